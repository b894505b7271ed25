"""What the registry says of consent for each use, of shares and of counts that are published, for translators; shown by `said`."""
from web.sentences import N_

CONSENTS = (
    N_("Say of at least one use what was answered"),
    N_("This was answered before: say yes or no"),
    N_("Say which version of the text they were shown"),
    N_("Say before whom, or by what kind of representative: an office, no name"),
    N_("They said that they are not to be contacted again: only what they say of themselves is recorded."),
    N_("Consent to statistics was withdrawn: releases that were published stand as they are; say whether one is withdrawn."),
)
STATISTICS = (
    N_("Since it was counted somebody withdrew what it counts: refuse it, and count anew."),
    N_("Another release is less than ninety days old: what changed between the two could be reckoned."),
    N_("A number in it is not what is counted: count anew."),
    N_("There is nothing to count."),
    N_("No site that may leave fits"),
    N_("Say what it counts"),
)
SHARES = (
    N_("This is no account of a partner"),
)
