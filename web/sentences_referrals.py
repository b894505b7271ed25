"""Sentences that the registry says of referrals and coordination, listed so that translators find them. Shown by `said`."""
from web.sentences import N_

COORDINATION = (
    N_("Name a site or a unit, one of them"), N_("There is no such unit"),
    N_("Say from when until when: not over yet, and within two years"),
    N_("Give a telephone number with its area, or an address of mail"),
    N_("At most five questions a day and twenty in thirty days: speak to the coordinator."),
    N_("Another person than the one who asked answers it."), N_("Say what is told"),
    N_("A colleague said that the asker speaks with the coordinator first: that holds."),
)

REFERRALS = (
    N_("Say on which ground"), N_("Say what came of it"), N_("It stands elsewhere by now"), N_("Say in which form they consented"),
    N_("Say who consented"), N_("Say on which day they consented: not one to come, and within ninety days"),
    N_("They did not consent to all that would be passed on: withdraw this one and write another with less."),
    N_("No agreement in force with this partner covers referrals."), N_("Say what they need"), N_("Say how soon"),
    N_("Say what is needed"),
    N_("There is no account of a partner of that name"),
    N_("This account belongs to a partner already, for good: make another account."),
    N_("This partner has no key yet: somebody of theirs makes one in the door first."), N_("This partner has no key yet"),
    N_("Somebody of theirs makes one in the door first."), N_("Nobody of that name can be given it"),
    N_("No agreement in force with you covers referrals: speak to the institution."),
    N_("Forty of yours wait for an answer: speak to the institution."), N_("This is not passed on"),
    N_("No code or coordinates of the registry is passed on"),
    N_("Say it without codes of the registry and without coordinates."),
    N_("Choose a governorate"),
    N_("Say the place in at most 200 letters, on one line"),
    N_("At most five declarations a day and twenty in thirty days: speak to the coordinator."),
    N_("It is taken over or refused"),
    N_("This account belongs to no partner whose agreement is in force: bind it first, or refuse."),
    N_("This name may not be told: it was not agreed."),
)
