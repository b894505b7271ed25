"""Words of consent for each use: the uses that are asked one by one, what was answered, how consent was given."""
from sitereg.vocab.scheme import Scheme


class ConsentUse(Scheme):
    """The uses that somebody is asked about one by one."""

    SEARCH = "search", "search and internal analysis"
    LINKING = "linking", "linking persons and sites"
    PARTNERS = "partners", "sharing with partners"
    AUTHORITIES = "authorities", "disclosure to authorities and courts"
    STATISTICS = "statistics", "publication as statistics"
    HAND_OVER = "hand_over", "hand-over to a successor"
    RECONTACT = "recontact", "contact them again"


class UseAnswer(Scheme):
    """What was answered of one use; not asked: as the terms said, and never more."""

    YES = "yes", "yes"
    NO = "no", "no"
    NOT_ASKED = "not_asked", "not asked: as the terms said"


class ConsentHow(Scheme):
    """How consent was given; what is not written names, by office and never by name, before whom."""

    WRITTEN = "written", "in writing"
    ORAL = "oral", "orally, before somebody of ours"
    PROXY = "proxy", "by a representative"
