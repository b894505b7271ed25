"""What is said of a body of records: its kind, its extent, its condition, who was let in."""

from sitereg.vocab.scheme import Scheme


class RecordKind(Scheme):
    """What a body of records consists of."""

    DETENTION_REGISTER = "detention_register", "register of detainees"
    TRANSFER_ORDERS = "transfer_orders", "transfer orders"
    CASE_FILES = "case_files", "files of persons"
    INTERROGATION_RECORDS = "interrogation_records", "records of interrogations"
    COURT_FILES = "court_files", "court files"
    DEATH_NOTICES = "death_notices", "death notices and certificates"
    MORGUE_REGISTER = "morgue_register", "morgue or hospital register"
    CEMETERY_REGISTER = "cemetery_register", "register of burials"
    CIVIL_REGISTER = "civil_register", "civil-status register"
    PHOTOGRAPHS = "photographs", "photographs"
    CORRESPONDENCE = "correspondence", "orders and correspondence"
    DIGITAL_MEDIA = "digital_media", "computers and storage media"
    LIST_OF_NAMES = "list_of_names", "list of names"
    MIXED = "mixed", "mixed or not sorted"
    OTHER = "other", "other"


class ExtentUnit(Scheme):
    """In what an extent is counted; one is never turned into another."""

    SHELF_METRES = "shelf_metres", "metres of shelf"
    BOXES = "boxes", "boxes"
    VOLUMES = "volumes", "bound volumes"
    FILES = "files", "files"
    PAGES = "pages", "pages"
    IMAGES = "images", "images"
    NAMES = "names", "names listed"
    GIGABYTES = "gigabytes", "gigabytes"


class ExtentDefinition(Scheme):
    """How an extent came to be known; figures of different definitions are never added."""

    COUNTED = "counted", "counted on the spot"
    INVENTORY = "inventory", "by an inventory"
    ESTIMATED = "estimated", "estimated by eye"
    STATED_BY_CUSTODIAN = "stated_by_custodian", "stated by the custodian"
    REPORTED = "reported", "reported by others"


class RecordCondition(Scheme):
    """The state of a body of records."""

    GOOD = "good", "good"
    DISORDERED = "disordered", "complete but disordered"
    INCOMPLETE = "incomplete", "incomplete"
    DAMAGED = "damaged", "damaged"
    AT_RISK = "at_risk", "at risk of loss"
    DESTROYED = "destroyed", "destroyed"
    UNKNOWN = "unknown", "not seen"


class RecordsAccess(Scheme):
    """What came of asking to see or copy the records; `open` True = an answer is still to come."""

    ASKED = "asked", "access asked for", {"open": True}
    GRANTED = "granted", "access granted", {"open": False}
    GRANTED_IN_PART = "granted_in_part", "access granted in part", {"open": False}
    REFUSED = "refused", "access refused", {"open": False}
    NO_ANSWER = "no_answer", "no answer", {"open": True}
    WITHDRAWN = "withdrawn", "access withdrawn", {"open": False}


class InquiryStepKind(Scheme):
    """What an entry in the history of an inquiry is; `closes`: no step follows but a reopening."""

    STEP = "step", "step", {"closes": False}
    REASSIGNED = "reassigned", "given to somebody else", {"closes": False}
    DUE_CHANGED = "due_changed", "due date changed", {"closes": False}
    CLOSED = "closed", "closed", {"closes": True}
    REOPENED = "reopened", "opened again", {"closes": False}


class InquiryResult(Scheme):
    """What came of a step of an inquiry, or of the whole."""

    ANSWERED = "answered", "answered"
    ANSWERED_IN_PART = "answered_in_part", "answered in part"
    NO_ANSWER = "no_answer", "no answer"
    REFUSED = "refused", "refused"
    NOTHING_FOUND = "nothing_found", "nothing found"
    PENDING = "pending", "waiting for an answer"
    WITHDRAWN = "withdrawn", "no longer asked"


class FreezeKind(Scheme):
    """What one act freezes."""

    AREA = "area", "area"
    SITE = "site", "site"
    SOURCE = "source", "source"
