"""Sentences that the registry says of lines of inquiry, listed so that translators find them. Shown by `said`."""
from web.sentences import N_

LINES = (
    N_("No digging."),
    N_("No contact with the owner or the family before a second reviewer has agreed."),
    N_("What else would show it: "),
    N_("Who asks whom by when: "),
)
REFUSALS = (
    N_("The question of burial is asked with a reason"),
    N_("Say why it is asked; it is logged."),
    N_("Nobody has asked for this person: named in a list only, hence no question of burial."),
    N_("This person came back: there is no question of burial."),
    N_("There is no question of burial about this person."),
    N_("This site is no candidate"),
    N_("A sign of life is later than its last known day of use."),
    N_("This site is no candidate for that question: its kinds are of another sort, or were refuted."),
    N_("Sites of this kind are not asked about burial"),
    N_("Sites of this kind are not asked about detention"),
    N_("This site is asked about neither detention nor burial"),
    N_("Its kinds are of another sort, or were refuted."),
    N_("So many persons cannot be compared at once"),
    N_("Have a run made (sitereg links run), or ask person by person."),
    N_("Say what else would show it (would_show)."),
    N_("Say who asks whom (asks)."),
    N_("Say by when (due), a day that is not over."),
    N_("Choose two different places to compare."),
)
