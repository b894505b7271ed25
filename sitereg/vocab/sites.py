"""What a site is, what it is made of, how well that is known, and what was done there."""

from sitereg.vocab.scheme import Scheme


class SiteKindGroup(Scheme):
    """What a kind belongs to: symbols, default tiers and the two link questions use it."""

    BURIAL = "burial", "burial"
    DETENTION = "detention", "detention"
    MEDICAL = "medical", "medical"
    RECORDS = "records", "records"
    OTHER = "other", "other places"


_GRAVE = {"group": "burial", "hides_place": True, "links": "buried"}
_HELD = {"group": "detention", "hides_place": False, "links": "held"}
_OTHER = {"group": "other", "hides_place": False, "links": None}
_OTHER_HELD = {"group": "other", "hides_place": False, "links": "held"}
_MEDICAL = {"group": "medical", "hides_place": False, "links": None}
_RECORDS = {"group": "records", "hides_place": False, "links": None}


class SiteKind(Scheme):
    """What a site was or is; several kinds over time are several claims.

    group: see SiteKindGroup. hides_place: the exact place is T2 by default. links: the question (held,
    buried) for which a site of this kind is a candidate, or None.
    """

    MASS_GRAVE = "mass_grave", "mass grave", _GRAVE
    INDIVIDUAL_CLANDESTINE_GRAVE = "individual_clandestine_grave", "clandestine single grave", _GRAVE
    SURFACE_DEPOSIT = "surface_deposit", "surface-scattered remains", _GRAVE
    REMAINS_IN_STRUCTURE = (
        "remains_in_structure", "remains in a building, roof, cistern or sewage pit", _GRAVE)
    WATER_OR_SHAFT_DEPOSIT = "water_or_shaft_deposit", "well, pit, sinkhole, ravine, watercourse", _GRAVE
    RUBBLE_BURIAL = "rubble_burial", "remains under rubble", _GRAVE
    CEMETERY_SECTION_UNMARKED = (
        "cemetery_section_unmarked", "unmarked or numbered section in a formal cemetery", _GRAVE)
    CEMETERY = "cemetery", "formal cemetery", {**_GRAVE, "hides_place": False}
    REBURIAL_PLACE = "reburial_place", "place where recovered remains were reburied", _GRAVE
    REMAINS_STORAGE = "remains_storage", "storage or identification centre for remains", _MEDICAL
    PROVISIONAL_BURIAL = "provisional_burial", "temporary burial (park, stadium, courtyard)", _GRAVE
    CREMATION_OR_DESTRUCTION = (
        "cremation_or_destruction", "place where bodies were burnt or destroyed", _GRAVE)
    EXECUTION_SITE = "execution_site", "place of killing or execution", _OTHER
    PRISON_CENTRAL = "prison_central", "civil or central prison", _HELD
    PRISON_MILITARY = "prison_military", "military prison", _HELD
    SECURITY_BRANCH = "security_branch", "intelligence branch", _HELD
    DETENTION_CENTRE_OTHER = "detention_centre_other", "other recognised detention facility", _HELD
    UNOFFICIAL_DETENTION = (
        "unofficial_detention", "secret or unofficial place of detention (school, villa, factory, farm)",
        _HELD)
    POLICE_STATION = "police_station", "police station", _HELD
    CRIMINAL_SECURITY_BRANCH = "criminal_security_branch", "criminal-security branch", _HELD
    MILITARY_BASE = "military_base", "military base or land", _OTHER_HELD
    CAMP_DETENTION = "camp_detention", "closed camp or annex", _HELD
    CHECKPOINT = "checkpoint", "checkpoint (fixed or mobile)", {**_OTHER_HELD, "symbol": "checkpoint"}
    BORDER_CROSSING = "border_crossing", "crossing point", {**_OTHER, "symbol": "border_crossing"}
    HOSPITAL_MILITARY = "hospital_military", "military hospital", {**_MEDICAL, "links": "held"}
    HOSPITAL_CIVIL = "hospital_civil", "civil hospital", _MEDICAL
    MORGUE = "morgue", "morgue or forensic-medicine unit", _MEDICAL
    COURT = "court", "court", _RECORDS
    CHILDRENS_INSTITUTION = "childrens_institution", "children's institution or orphanage", _OTHER_HELD
    CIVIL_REGISTRY = "civil_registry", "civil-status office", _RECORDS
    ARCHIVE = "archive", "records repository or archive", _RECORDS
    LAST_KNOWN_PLACE = "last_known_place", "last known place (used only as the place of an event)", _OTHER
    OTHER = "other", "other (see the note)", _OTHER
    UNKNOWN = "unknown", "not stated", _OTHER


class Building(Scheme):
    """What kind of building stands there; a private house hides its exact place for ever."""

    PURPOSE_BUILT = "purpose_built", "purpose-built"
    PRIVATE_HOUSE = "private_house", "private house", {"hides_place": True}
    SCHOOL = "school", "school"
    MOSQUE_CHURCH = "mosque_church", "mosque or church"
    FARM = "farm", "farm"
    FACTORY = "factory", "factory"
    STADIUM = "stadium", "stadium"
    PUBLIC_OFFICE = "public_office", "public office"
    BARRACKS = "barracks", "barracks"
    OPEN_GROUND = "open_ground", "open ground"
    UNKNOWN = "unknown", "unknown"


class CurrentUse(Scheme):
    """What the place is used for at a date."""

    DETENTION = "detention", "detention"
    HOUSING = "housing", "housing"
    SCHOOL = "school", "school"
    BARRACKS = "barracks", "barracks"
    MUSEUM = "museum", "museum"
    ARCHIVE = "archive", "archive"
    EMPTY = "empty", "empty"
    OTHER = "other", "other use"


class FeatureKind(Scheme):
    """Which part of a larger site a site is."""

    TRENCH = "trench", "trench"
    ROW = "row", "row"
    GRAVE = "grave", "grave"
    WING = "wing", "wing"
    FLOOR = "floor", "floor"
    CELL = "cell", "cell"
    WALL = "wall", "wall"
    BUILDING = "building", "building"
    YARD = "yard", "yard"
    OTHER = "other", "other part"


class Content(Scheme):
    """How many bodies a grave holds and how they lie to each other."""

    INDIVIDUAL = "individual", "individual"
    MULTIPLE = "multiple", "multiple"
    COMMINGLED = "commingled", "commingled"


class Adjacency(Scheme):
    """Whether graves lie apart or side by side."""

    ISOLATED = "isolated", "isolated"
    ADJACENT = "adjacent", "adjacent"


class Deposition(Scheme):
    """Whether the remains lie where they were first put."""

    PRIMARY = "primary", "primary"
    SECONDARY = "secondary", "secondary (moved here)"
    TERTIARY = "tertiary", "tertiary (moved more than once)"
    ROBBED = "robbed", "robbed (opened and emptied)"


class Integrity(Scheme):
    """Whether the deposit was touched after it was made."""

    UNDISTURBED = "undisturbed", "undisturbed"
    DISTURBED = "disturbed", "disturbed"
    DESTROYED = "destroyed", "destroyed"
    UNKNOWN = "unknown", "unknown"


class Construction(Scheme):
    """How the grave was made."""

    TRENCH = "trench", "trench"
    PIT = "pit", "pit"
    NATURAL_FEATURE = "natural_feature", "natural feature"
    REUSED_STRUCTURE = "reused_structure", "reused structure"
    SURFACE = "surface", "surface"
    SUBMERGED = "submerged", "submerged"


class VerificationLevel(Scheme):
    """How well a pair (site, kind) is known.

    rank: order of the map's fill; standing: the pair potential / known in which statistics speak, else None.
    """

    REPORTED = "reported", "reported", {"rank": 1, "standing": "potential"}
    SUSPECTED = "suspected", "suspected (potential)", {"rank": 2, "standing": "potential"}
    PROBABLE = "probable", "probable", {"rank": 3, "standing": "potential"}
    CONFIRMED = "confirmed", "confirmed (known)", {"rank": 4, "standing": "known"}
    REFUTED = "refuted", "refuted", {"rank": 0, "standing": None}
    INCONCLUSIVE = "inconclusive", "inconclusive", {"rank": 0, "standing": None}


class InvestigationActivity(Scheme):
    """What was done at a site; the page shows the furthest (`rank`) and what is going on now."""

    DESK_ASSESSMENT = "desk_assessment", "desk assessment", {"rank": 1}
    REMOTE_SENSING = "remote_sensing", "remote sensing", {"rank": 2}
    NON_INVASIVE_SURVEY = "non_invasive_survey", "non-invasive survey", {"rank": 3}
    SITE_VISIT = "site_visit", "site visit", {"rank": 4}
    LIMITED_INTERVENTION = "limited_intervention", "limited intervention", {"rank": 5}
    TEST_TRENCH = "test_trench", "test trench", {"rank": 6}
    RECOVERY_AUTHORISED = "recovery_authorised", "recovery authorised", {"rank": 7}
    RECOVERY_ONGOING = "recovery_ongoing", "recovery going on", {"rank": 8}
    RECOVERY_PARTIAL = "recovery_partial", "remains recovered in part", {"rank": 9}
    RECOVERY_COMPLETE = "recovery_complete", "recovery complete", {"rank": 10}
    ANALYSIS = "analysis", "analysis", {"rank": 11}
    SUSPENDED = "suspended", "suspended", {"rank": 0}
    REMAINS_RETURNED = "remains_returned", "remains returned", {"rank": 12}
    REBURIED = "reburied", "reburied", {"rank": 13}
    MEMORIALISED = "memorialised", "memorialised", {"rank": 14}


class RemainsState(Scheme):
    """Whether remains are still in the ground."""

    IN_PLACE = "in_place", "in place"
    PARTLY_REMOVED = "partly_removed", "removed in part"
    ALL_REMOVED = "all_removed", "all removed"
    UNKNOWN = "unknown", "unknown"


class CountDefinition(Scheme):
    """What a count counts; counts of different definitions or of related sites are never added up."""

    BODIES_REPORTED = "bodies_reported", "people buried here, as reported"
    BODIES_RECOVERED = "bodies_recovered", "people recovered"
    BODIES_IDENTIFIED = "bodies_identified", "people identified"
    PERSONS_KILLED = "persons_killed", "people killed here"
    DEAD_OR_MISSING = "dead_or_missing", "people who died or went missing here, not told apart"
    PERSONS_HELD = "persons_held", "people held here"
    CAPACITY = "capacity", "people the place was built for"
    GRAVES = "graves", "graves"
    RECORDS = "records", "records"


class RelationKind(Scheme):
    """How one site stands to another, directed from the subject; acyclic: none, always, or in time."""

    PART_OF = "part_of", "part of", {"acyclic": "always"}
    SAME_AS = "same_as", "same as (proposed merge)", {"acyclic": None}
    ADJACENT_TO = "adjacent_to", "adjacent to", {"acyclic": None}
    TRANSFERRED_DETAINEES_TO = "transferred_detainees_to", "transferred detainees to", {"acyclic": None}
    TRANSFERRED_BODIES_TO = "transferred_bodies_to", "transferred bodies to", {"acyclic": None}
    REMAINS_MOVED_TO = "remains_moved_to", "remains moved to", {"acyclic": "in_time"}
    RECORDS_HELD_AT = "records_held_at", "records held at", {"acyclic": None}
    RECORDS_OF = "records_of", "records of", {"acyclic": None}
    SENTENCED_AT = "sentenced_at", "detainees sentenced at", {"acyclic": None}
    SUPPLIED_BY_CHECKPOINT = "supplied_by_checkpoint", "supplied by checkpoint", {"acyclic": None}
    SUCCESSOR_OF = "successor_of", "successor of (moved or renamed)", {"acyclic": "always"}
    SHARES_PERIMETER_WITH = "shares_perimeter_with", "shares a perimeter with", {"acyclic": None}
