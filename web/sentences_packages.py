"""Sentences that the registry says of hand-overs, packages, the gate and notices, listed for translators. Shown by `said`."""
from web.sentences import N_

PACKAGES = (
    N_("A releaser other than the one who asked agrees."),
    N_("A package is made, then delivered, then acknowledged."),
    N_("Say how, and by whom"),
    N_("Say which fields"),
    N_("Say which sites"),
    N_("There is no such site"),
    N_("Say until when: a day within a year"),
    N_("This is no public age key"),
    N_("Ask the recipient for his key: it begins with age1."),
    N_("Nobody decided that this recipient is shown all of these sites: the gate comes first."),
    N_("It was settled already"),
    N_("What it holds changed while it was being made: make it again."),
)
GATE = (
    N_("Answer each question, with a reason"),
    N_("As it is protected now it may not be shown that finely: protect it first, or ask for less."),
    N_("It is less protected than when it was asked: refuse it, and ask anew."),
    N_("What is of a compartment is shown to nobody outside."),
    N_("Whoever asks for the exact place sees it himself."),
)
NOTICES = (
    N_("A notice is delivered, then acknowledged."),
)
SUCCESSION = (
    N_("Of a witness a source handler records it."),
    N_("Only who agrees to a hand-over can agree to be named in it"),
    N_("Say on which day they were asked, or answered; not one to come"),
)
