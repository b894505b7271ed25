"""Sentences that the registry says of what families are told, listed so that translators find them. Shown by `said`."""
from web.sentences import N_

TELLING = (
    N_("Another person than the one who wrote it signs it."),
    N_("This may not be said today: what the registry knows of the case changed, or nothing may be said of it."),
    N_("Choose a family that told of this case itself"),
    N_("Say how it was told"),
    N_("Say on which day it was told; not one to come, not before it was signed"),
)
