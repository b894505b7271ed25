"""Sentences that the registry says of sites that leave as a file, listed so that translators find them. Shown by `said`."""
from web.sentences import N_

REFUSALS = (
    N_("Take this filter off the list first"),
    N_("A file is filtered by group, kind, level, governorate and area alone"),
    N_("No site that may leave fits: there is neither file nor disclosure"),
    N_("Ask for more: fewer filters, a larger box, another tier."),
)
