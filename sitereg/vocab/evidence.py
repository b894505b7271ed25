"""Sources, grades, documents, consent, places as stated, and what an import made of a row."""

from sitereg.vocab.scheme import Scheme


class SourceType(Scheme):
    """What a source is; family: how it counts among "source types" of the verification guards."""

    TESTIMONY_SURVIVOR = "testimony_survivor", "testimony of a survivor", {"family": "testimony"}
    TESTIMONY_FAMILY = "testimony_family", "testimony of a family", {"family": "testimony"}
    TESTIMONY_INSIDER = "testimony_insider", "testimony of an insider", {"family": "testimony"}
    TESTIMONY_RESIDENT = "testimony_resident", "testimony of a resident", {"family": "testimony"}
    TESTIMONY_GRAVEDIGGER_DRIVER = (
        "testimony_gravedigger_driver", "testimony of a gravedigger or driver", {"family": "testimony"})
    OFFICIAL_RECORD = "official_record", "official record", {"family": "record", "authentic": True}
    LEAKED_RECORD = "leaked_record", "leaked record", {"family": "record", "authentic": True}
    COURT_RECORD = "court_record", "court record", {"family": "record", "authentic": True}
    MEDICAL_FORENSIC_RECORD = (
        "medical_forensic_record", "medical or forensic record", {"family": "record", "authentic": True})
    CEMETERY_REGISTER = "cemetery_register", "cemetery register", {"family": "record", "authentic": True}
    SITE_VISIT_REPORT = "site_visit_report", "site-visit report", {"family": "visit"}
    SATELLITE_IMAGERY = "satellite_imagery", "satellite imagery", {"family": "imagery"}
    DRONE_IMAGERY = "drone_imagery", "drone imagery", {"family": "imagery"}
    PHOTO = "photo", "photograph", {"family": "media"}
    VIDEO = "video", "video", {"family": "media"}
    SOCIAL_MEDIA = "social_media", "social media", {"family": "media"}
    NEWS_MEDIA = "news_media", "news media", {"family": "media"}
    NGO_REPORT = "ngo_report", "report of an organisation", {"family": "report"}
    UN_REPORT = "un_report", "United Nations report", {"family": "report"}
    ACADEMIC = "academic", "academic work", {"family": "report"}
    DATASET = "dataset", "dataset", {"family": "report"}
    ANONYMOUS_TIP = "anonymous_tip", "anonymous tip", {"family": "tip"}
    DERIVED_ANALYSIS = "derived_analysis", "derived analysis", {"family": "analysis"}


class SourceConnection(Scheme):
    """How the one who says it knows; coarse is what everybody but a source handler is shown."""

    VICTIM = "victim", "victim", {"coarse": "first_hand"}
    EYEWITNESS = "eyewitness", "eyewitness", {"coarse": "first_hand"}
    FAMILY = "family", "family", {"coarse": "second_hand"}
    OFFICIAL_INVOLVED = "official_involved", "official involved", {"coarse": "first_hand"}
    SECOND_HAND = "second_hand", "second-hand (hearsay)", {"coarse": "second_hand"}
    DOCUMENTARY = "documentary", "documentary", {"coarse": "document"}
    EXPERT = "expert", "expert", {"coarse": "document"}
    UNKNOWN = "unknown", "unknown", {"coarse": "unknown"}


class Reliability(Scheme):
    """Of the source, in a period. F says nothing: never order it after E."""

    A = "A", "completely reliable", {"standing": "supported"}
    B = "B", "usually reliable", {"standing": "supported"}
    C = "C", "fairly reliable", {"standing": "supported"}
    D = "D", "not usually reliable", {"standing": "doubted"}
    E = "E", "unreliable", {"standing": "doubted"}
    F = "F", "reliability cannot be judged", {"standing": "ungraded"}


class Credibility(Scheme):
    """Of the information. 6 says nothing: never order it after 5. 1 needs an agreeing claim elsewhere."""

    CONFIRMED = "1", "confirmed by other sources", {"standing": "supported"}
    PROBABLY_TRUE = "2", "probably true", {"standing": "supported"}
    POSSIBLY_TRUE = "3", "possibly true", {"standing": "supported"}
    DOUBTFUL = "4", "doubtful", {"standing": "doubted"}
    IMPROBABLE = "5", "improbable", {"standing": "doubted"}
    CANNOT_BE_JUDGED = "6", "truth cannot be judged", {"standing": "ungraded"}


class DocumentRole(Scheme):
    """Which copy a document is."""

    EVIDENTIARY = "evidentiary", "evidentiary original"
    WORKING = "working", "working copy"
    REDACTED = "redacted", "redacted copy"


class LivingShown(Scheme):
    """Whether living people can be told from a picture, a scan or a film."""

    NOT_LOOKED = "not_looked", "nobody has looked yet"
    SHOWN = "shown", "living people can be told from it"
    NONE = "none", "looked: nobody living can be told from it"


class CustodyKind(Scheme):
    """What happened to a document, in its numbered chain."""

    ACQUIRED = "acquired", "acquired"
    HASHED = "hashed", "hashed"
    OPENED = "opened", "opened"
    COPIED = "copied", "copied"
    REDACTED = "redacted", "redacted"
    VERIFIED = "verified", "verified"
    TRANSFERRED = "transferred", "transferred"
    RELEASED = "released", "released"
    RETURNED = "returned", "returned"
    SEALED = "sealed", "sealed"
    DESTROYED = "destroyed", "destroyed"


class ConsentState(Scheme):
    """What was answered when consent was asked; usable: sharing may be considered; hides: what rests on it is not shown."""

    NOT_ASKED = "not_asked", "not asked", {"usable": False}
    GIVEN = "given", "given", {"usable": True}
    GIVEN_LIMITED = "given_limited", "given for some uses", {"usable": True}
    REFUSED = "refused", "refused", {"usable": False, "hides": True}
    WITHDRAWN = "withdrawn", "withdrawn", {"usable": False, "hides": True}
    NOT_APPLICABLE = "not_applicable", "not applicable (public record)", {"usable": True}
    BY_REPRESENTATIVE = "by_representative", "given by a representative", {"usable": True}
    UNKNOWN = "unknown", "unknown", {"usable": False}


class ConsentScope(Scheme):
    """What consent may cover; each answered yes, no or unknown."""

    STORE = "store", "store"
    ANALYSE = "analyse", "analyse"
    SHARE_IIMP_INTERNAL = "share_iimp_internal", "share inside the institution"
    SHARE_NCMP = "share_ncmp", "share with the national commission"
    SHARE_ICRC = "share_icrc", "share with the ICRC"
    SHARE_ICMP = "share_icmp", "share with the ICMP"
    SHARE_IIIM_ACCOUNTABILITY = "share_iiim_accountability", "share for accountability (IIIM)"
    PUBLISH_ANONYMISED = "publish_anonymised", "publish anonymised"
    RECONTACT = "recontact", "contact again"


class DeletionOutcome(Scheme):
    """What becomes of what rests on withdrawn consent."""

    KEEP = "keep", "kept under another legal basis, closed to all"
    ERASE = "erase", "erased as far as it can be"


class Answer(Scheme):
    """An answer to a yes-or-no question; not asked is neither no nor unknown."""

    YES = "yes", "yes"
    NO = "no", "no"
    UNKNOWN = "unknown", "unknown"
    NOT_ASKED = "not_asked", "not asked"


class LegalBasis(Scheme):
    """Why personal data may be processed; consent is one of six."""

    VITAL_INTEREST = "vital_interest", "vital interest"
    PUBLIC_INTEREST = "public_interest", "public interest"
    CONSENT = "consent", "consent"
    LEGITIMATE_INTEREST = "legitimate_interest", "legitimate interest"
    CONTRACT = "contract", "contract"
    LEGAL_OBLIGATION = "legal_obligation", "legal obligation"


class PermittedUse(Scheme):
    """What the terms of a partner allow."""

    SEARCH_FOR_MISSING = "search_for_missing", "search for the missing"
    PROTECTION_OF_SITES = "protection_of_sites", "protection of sites"
    ANALYSIS = "analysis", "analysis"
    STATISTICS = "statistics", "statistics"
    SHARING_WITH_PARTNERS = "sharing_with_partners", "sharing with partners"
    PUBLICATION = "publication", "publication"
    ACCOUNTABILITY = "accountability", "accountability"
    HAND_OVER = "hand_over", "handing over to a successor institution"


class RowOutcome(Scheme):
    """What became of one row of an import; rows in = the sum of the four."""

    ACCEPTED = "accepted", "accepted"
    FLAGGED = "flagged", "accepted with a flag"
    QUARANTINED = "quarantined", "in quarantine"
    REJECTED = "rejected", "rejected"


class KnownBy(Scheme):
    """How a witness knows what one line of a testimony says; first_hand: whether it counts as first hand."""

    SAW = "saw", "saw it", {"first_hand": True}
    HEARD = "heard", "heard it", {"first_hand": False}
    TOLD = "told", "was told", {"first_hand": False}


class ReportState(Scheme):
    """Where a report stands."""

    NEW = "new", "new"
    ATTACHED = "attached", "attached to a site"
    NEW_SITE = "new_site", "became a new site"
    UNPLACED = "unplaced", "kept without a place"
    CLOSED = "closed", "closed"
