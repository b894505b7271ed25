"""Who may what, what is settled by which machine, and the states of work."""

from sitereg.vocab.scheme import Scheme


class Role(Scheme):
    """A verb somebody may use; no role raises a tier."""

    VIEWER = "viewer", "viewer"
    INVESTIGATOR = "investigator", "investigator"
    ANALYST = "analyst", "analyst"
    VERIFIER = "verifier", "verifier"
    PROTECTION_OFFICER = "protection_officer", "protection officer"
    DATA_STEWARD = "data_steward", "data steward"
    SOURCE_HANDLER = "source_handler", "source handler"
    RELEASER = "releaser", "releaser"
    AUDITOR = "auditor", "auditor"
    ADMIN = "admin", "administrator"
    PARTNER = "partner", "partner"
    FAMILY = "family", "family of somebody who is sought"


class Tier(Scheme):
    """How restricted a row is; the labels of other schemes are printed on the way out."""

    T0 = "0", "T0 shareable outside", {"tlp": "TLP:CLEAR", "un": "Unclassified", "ocha": "Public"}
    T1 = "1", "T1 restricted", {"tlp": "TLP:AMBER", "un": "Confidential", "ocha": "Restricted"}
    T2 = "2", "T2 confidential", {
        "tlp": "TLP:AMBER+STRICT", "un": "Strictly confidential", "ocha": "Confidential"}
    T3 = "3", "T3 vault", {"tlp": "TLP:RED", "un": "Strictly confidential", "ocha": "Strictly confidential"}

    @property
    def level(self) -> int:
        """The tier as the number 0-3 that the database stores."""
        return int(self.value)


class Machine(Scheme):
    """What kind of thing a decision settles; approver: the role that agrees to it, else a verifier."""

    VERIFICATION = "verification", "verification"
    PROTECTION = "protection", "protection"
    CASE = "case", "case"
    FATE = "fate", "fate"
    WHEREABOUTS = "whereabouts", "whereabouts"
    MEASURE = "measure", "measure"
    CHOSEN_VALUE = "chosen_value", "chosen value"
    MERGE = "merge", "merge"
    SPLIT = "split", "split"
    TIER = "tier", "tier", {"approver": "releaser"}
    DISCLOSURE = "disclosure", "disclosure", {"approver": "releaser"}
    LINK_REVIEW = "link_review", "review of a link"
    DUPLICATE = "duplicate", "possible duplicate"


class LinkState(Scheme):
    """What the review of a link settled."""

    UNREVIEWED = "unreviewed", "not reviewed"
    LEAD = "lead", "lead"
    SET_ASIDE = "set_aside", "set aside"
    EXCLUDED = "excluded", "excluded"


class PairState(Scheme):
    """What two records that look alike were settled to be."""

    OPEN = "open", "not settled"
    SAME_AS = "same_as", "the same"
    PART_OF = "part_of", "part of the other"
    DIFFERENT = "different", "different"


class TaskState(Scheme):
    """Where a task stands."""

    OPEN = "open", "open"
    TAKEN = "taken", "taken"
    DONE = "done", "done"
    DROPPED = "dropped", "dropped"


class JobState(Scheme):
    """Where a job of the keeper stands; final: it will not run again."""

    QUEUED = "queued", "waiting", {"final": False}
    RUNNING = "running", "running", {"final": False}
    DONE = "done", "done", {"final": True}
    FAILED = "failed", "failed", {"final": True}
    CANCELLED = "cancelled", "cancelled", {"final": True}
