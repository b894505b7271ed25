"""The missing: cases, fates, whereabouts, events, names. No term here says more than was said."""

from sitereg.vocab.scheme import Scheme


class CaseState(Scheme):
    """Where a case stands; counted: the person counts as missing."""

    DRAFT = "draft", "draft", {"counted": False}
    LISTED = "listed", "named in a record or list", {"counted": False}
    OPEN_MISSING = "open_missing", "missing (search open)", {"counted": True}
    FATE_INDICATED = "fate_indicated", "something points to the fate", {"counted": True}
    RESOLVED_ALIVE = "resolved_alive", "resolved: alive", {"counted": False}
    RESOLVED_DECEASED_IDENTIFIED = (
        "resolved_deceased_identified", "resolved: remains identified", {"counted": False})
    CLOSED_DUPLICATE = "closed_duplicate", "closed: duplicate", {"counted": False}
    CLOSED_WITHDRAWN = "closed_withdrawn", "closed: request withdrawn", {"counted": False}
    SUSPENDED_SECURITY = "suspended_security", "suspended for security", {"counted": False}


class Fate(Scheme):
    """Alive or dead, settled by decision only; presume alive."""

    UNKNOWN = "unknown", "fate unknown"
    ALIVE = "alive", "alive"
    DEAD = "dead", "deceased"


class FateIndication(Scheme):
    """What points to a fate without settling it; several may hold."""

    DEATH_NOTICE = "death_notice", "notice of death"
    DEATH_REGISTERED = "death_registered", "entry in the civil register"
    PHOTOGRAPH_MATCH = "photograph_match", "match with a photograph"
    WITNESS_OF_DEATH = "witness_of_death", "witness of a death"
    COURT_DECLARATION = "court_declaration", "declaration of a court"
    BODY_REPORTED = "body_reported", "body reported"
    SIGN_OF_LIFE = "sign_of_life", "sign of life"


class Whereabouts(Scheme):
    """Where a person or the remains are; an axis of its own beside fate."""

    UNKNOWN = "unknown", "whereabouts unknown"
    AREA_KNOWN = "area_known", "area known"
    PLACE_KNOWN = "place_known", "place known"
    IN_CUSTODY_PLACE_KNOWN = "in_custody_place_known", "in custody, place known"
    REMAINS_PLACE_KNOWN = "remains_place_known", "place of the remains known"
    RETURNED_ALIVE = "returned_alive", "returned to the family"
    REMAINS_RETURNED = "remains_returned", "remains returned"


class Circumstance(Scheme):
    """How a person went missing."""

    ARREST_HOME_RAID = "arrest_home_raid", "arrest in a home raid"
    ARREST_CHECKPOINT = "arrest_checkpoint", "arrest at a checkpoint"
    ARREST_BORDER = "arrest_border", "arrest at a border"
    ARREST_WORKPLACE_UNIVERSITY = "arrest_workplace_university", "arrest at work or university"
    SUMMONS = "summons", "summons"
    ABDUCTION_UNKNOWN = "abduction_unknown", "abduction by unknown persons"
    ABDUCTION_ARMED_GROUP = "abduction_armed_group", "abduction by an armed group"
    HOSTILITIES_SHELLING = "hostilities_shelling", "hostilities or shelling"
    COMBATANT_MISSING_IN_ACTION = "combatant_missing_in_action", "combatant missing in action"
    SIEGE_OR_EVACUATION = "siege_or_evacuation", "siege or evacuation"
    DISPLACEMENT_ROUTE = "displacement_route", "on a route of displacement"
    MIGRATION_SEA = "migration_sea", "migration by sea"
    MIGRATION_LAND = "migration_land", "migration by land"
    SEPARATED_CHILD = "separated_child", "separated child"
    TRANSFER_FROM_OTHER_DETENTION = "transfer_from_other_detention", "transfer from another detention"
    PRISONER_EXCHANGE = "prisoner_exchange", "exchange of prisoners"
    HOSPITAL_DISAPPEARANCE = "hospital_disappearance", "disappearance from a hospital"
    NATURAL_DISASTER = "natural_disaster", "natural disaster"
    OTHER = "other", "other circumstance"
    UNKNOWN = "unknown", "unknown"


_FREE = {"alive_evidence": "none", "links": None}
_SEEN = {"alive_evidence": "positive", "links": "last_custody"}
_ALIVE = {"alive_evidence": "positive", "links": None}
_TAKEN = {"alive_evidence": "none", "links": "arrested"}
_HELD = {"alive_evidence": "none", "links": "last_custody"}
_REMAINS = {"alive_evidence": "negative", "links": "buried"}


class EventKind(Scheme):
    """What happened to a person: who, what, where with its uncertainty, when, which authority.

    alive_evidence: positive, negative or none; a notice, a register entry and a list say nothing either way.
    links: the leg of the link score that uses it (home, last_seen_free, arrested, last_custody, buried) or
    None; confirmed links of the question `held` rest on last_custody, those of `buried` on buried.
    """

    RESIDENT_AT = "resident_at", "resident at", {**_FREE, "links": "home"}
    LAST_SEEN_FREE = "last_seen_free", "last seen free", {**_FREE, "links": "last_seen_free"}
    REPORTED_MISSING_FILED = "reported_missing_filed", "report of missing filed", _FREE
    ARRESTED = "arrested", "arrest", _TAKEN
    ABDUCTED = "abducted", "abduction", _TAKEN
    HELD_AT = "held_at", "held at", _HELD
    TRANSFERRED_FROM = "transferred_from", "transferred from", _FREE
    TRANSFERRED_TO = "transferred_to", "transferred to", _HELD
    SEEN_BY_EXDETAINEE = "seen_by_exdetainee", "seen by a former detainee", _SEEN
    VISITED_BY_FAMILY = "visited_by_family", "visited by the family", _SEEN
    CONTACT_RECEIVED = "contact_received", "contact received", _ALIVE
    APPEARED_IN_RECORD = "appeared_in_record", "named in a record or list", _FREE
    TRIED_OR_SENTENCED = "tried_or_sentenced", "tried or sentenced", _FREE
    HOSPITALISED = "hospitalised", "admitted to hospital", _HELD
    DIED_WITNESSED = "died_witnessed", "death witnessed", {"alive_evidence": "negative", "links": None}
    DEATH_NOTICE_ISSUED = "death_notice_issued", "notice of death issued", _FREE
    DEATH_REGISTERED = "death_registered", "death registered", _FREE
    BODY_PHOTOGRAPHED = "body_photographed", "body photographed", _FREE
    BODY_RELEASED = "body_released", "body released", _FREE
    BURIED_AT = "buried_at", "burial at", _REMAINS
    REMAINS_RECOVERED = "remains_recovered", "remains recovered", _REMAINS
    REMAINS_IDENTIFIED = "remains_identified", "remains identified", _REMAINS
    RETURNED_TO_FAMILY = "returned_to_family", "returned to the family", _ALIVE
    RELEASED = "released", "release", _ALIVE
    SEEN_ALIVE_AFTER = "seen_alive_after", "seen alive afterwards", _ALIVE
    BORDER_CROSSED = "border_crossed", "border crossed", _FREE


class AliveEvidence(Scheme):
    """What an event kind says about being alive at that time."""

    POSITIVE = "positive", "speaks for being alive"
    NEGATIVE = "negative", "speaks for being dead"
    NONE = "none", "says nothing either way"


class CompanionKind(Scheme):
    """How two persons were together; symmetric unless said otherwise."""

    TAKEN_TOGETHER = "taken_together", "taken together with", {"symmetric": True}
    HELD_TOGETHER = "held_together", "held together with", {"symmetric": True}
    SEEN_TOGETHER = "seen_together", "seen together with", {"symmetric": True}
    TRANSFERRED_TOGETHER = "transferred_together", "transferred together with", {"symmetric": True}
    RELATIVE_OF = "relative_of", "relative of", {"symmetric": True}


class Sex(Scheme):
    """As recorded by the source; never inferred from a name."""

    FEMALE = "female", "female", {"hxl": "+f"}
    MALE = "male", "male", {"hxl": "+m"}
    ANOTHER_OR_INTERSEX = "another_or_intersex", "another or intersex", {"hxl": "+i"}
    UNKNOWN = "unknown", "unknown", {"hxl": None}


class AgeBand(Scheme):
    """Age in whole years when last known to be free; somebody whose age is not well known may be of several."""

    AGE_0_4 = "age_0_4", "0 to 4 years", {"min": 0, "max": 4}
    AGE_5_11 = "age_5_11", "5 to 11 years", {"min": 5, "max": 11}
    AGE_12_17 = "age_12_17", "12 to 17 years", {"min": 12, "max": 17}
    AGE_18_59 = "age_18_59", "18 to 59 years", {"min": 18, "max": 59}
    AGE_60_PLUS = "age_60_plus", "60 years and more", {"min": 60, "max": None}


class FacilitySexRegime(Scheme):
    """Whom a facility held, at a date."""

    MEN = "men", "men"
    WOMEN = "women", "women"
    MIXED = "mixed", "mixed"
    JUVENILE_SECTION = "juvenile_section", "with a section for minors"
    UNKNOWN = "unknown", "unknown"


class NamePart(Scheme):
    """A part of a name. In Syrian papers the word al-kunya means the family name: map by document type."""

    ISM = "ism", "given name"
    NASAB_FATHER = "nasab_father", "father's name"
    NASAB_GRANDFATHER = "nasab_grandfather", "grandfather's name"
    MOTHER_GIVEN = "mother_given", "mother's given name"
    MOTHER_FAMILY = "mother_family", "mother's family name"
    FAMILY = "family", "family name"
    KUNYA = "kunya", "kunya (Abu or Umm)"
    LAQAB = "laqab", "epithet"
    NISBA = "nisba", "name of origin"
    ALIAS = "alias", "alias"
    DETAINEE_NUMBER = "detainee_number", "number as a detainee"
    CORPSE_NUMBER = "corpse_number", "number of a body"
    REGISTRY = "registry", "place and number in the register"
