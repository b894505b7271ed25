"""How a site is protected, what threatens it, who answers for it and whether it can be reached."""

from sitereg.vocab.scheme import Scheme


class ProtectionStatus(Scheme):
    """Whether a site, a feature or a holding is protected; a page shows the worst (highest `badness`)."""

    UNASSESSED = "unassessed", "unassessed", {"badness": 5}
    UNPROTECTED = "unprotected", "unprotected", {"badness": 6}
    MEASURES_PLANNED = "measures_planned", "measures planned", {"badness": 4}
    PARTIALLY_PROTECTED = "partially_protected", "partially protected", {"badness": 3}
    PROTECTED = "protected", "protected", {"badness": 2}
    COMPROMISED = "compromised", "compromised", {"badness": 7}
    DESTROYED = "destroyed", "destroyed", {"badness": 8}
    PROTECTION_ENDED = "protection_ended", "protection ended", {"badness": 1}
    NOT_APPLICABLE = "not_applicable", "not applicable", {"badness": 0}


class MeasureKind(Scheme):
    """What is done to protect a place."""

    PERIMETER_FENCE = "perimeter_fence", "perimeter fence"
    SIGNAGE = "signage", "identification or warning signs"
    GUARD = "guard", "guard"
    WATCH_BY_RESIDENTS = "watch_by_residents", "watch by residents"
    ROOF_OR_DRAINAGE = "roof_or_drainage", "roof or drainage"
    ANIMAL_BARRIER = "animal_barrier", "barrier against animals"
    COVER_OR_BACKFILL = "cover_or_backfill", "protective cover or backfill"
    ACCESS_CONTROL_AND_LOG = "access_control_and_log", "access controlled and logged"
    LEGAL_ORDER = "legal_order", "legal protection order"
    LAND_USE_FREEZE = "land_use_freeze", "land use frozen"
    REMOTE_MONITORING_SATELLITE = "remote_monitoring_satellite", "satellite monitoring"
    DRONE_OR_CAMERA = "drone_or_camera", "drone or camera"
    PERIODIC_INSPECTION = "periodic_inspection", "periodic inspection"
    MINE_CLEARANCE_OR_MARKING = "mine_clearance_or_marking", "mines cleared or marked"
    INSCRIPTIONS_RECORDED = "inscriptions_recorded", "inscriptions on walls recorded"
    RECORDS_SECURED_IN_SITU = "records_secured_in_situ", "records secured in place"
    RECORDS_REMOVED_TO_CUSTODY = "records_removed_to_custody", "records removed to custody"
    DIGITISATION = "digitisation", "digitisation"
    PUBLIC_NOTICE = "public_notice", "public notice"
    NON_PUBLICATION_OF_LOCATION = "non_publication_of_location", "location not published"


class MeasureState(Scheme):
    """Where a measure stands."""

    PLANNED = "planned", "planned"
    ACTIVE = "active", "active"
    LAPSED = "lapsed", "lapsed"
    REMOVED = "removed", "removed"
    FAILED = "failed", "failed"


class DisturbanceKind(Scheme):
    """What threatens or has harmed a place."""

    OPENED_WITHOUT_SUPERVISION = "opened_without_supervision", "opened without specialist supervision"
    ROBBED_AND_MOVED = "robbed_and_moved", "robbed, remains moved in secret"
    LOOTING = "looting", "looting"
    RECORDS_TAKEN = "records_taken", "records taken"
    RECORDS_BURNED = "records_burned", "records burned"
    OVERPAINTING_RENOVATION = "overpainting_renovation", "painted or renovated over traces"
    CONSTRUCTION = "construction", "construction work"
    AGRICULTURE_PLOUGHING = "agriculture_ploughing", "ploughing"
    EROSION_FLOOD = "erosion_flood", "erosion or flood"
    ANIMAL_SCAVENGING = "animal_scavenging", "animals"
    VEHICLE_TRAFFIC = "vehicle_traffic", "vehicle traffic"
    BOMBARDMENT = "bombardment", "bombardment"
    MINES_UXO = "mines_uxo", "mines or unexploded ordnance"
    FIRE = "fire", "fire"
    MEDIA_ENTRY = "media_entry", "media entry without permission"
    MEMORIAL_BUILDING = "memorial_building", "memorial built"
    DELIBERATE_CONCEALMENT = "deliberate_concealment", "deliberate concealment"
    NATURAL_DECAY = "natural_decay", "natural decay"
    THREAT_REPORTED = "threat_reported", "threat reported"


class Severity(Scheme):
    """How much harm a disturbance did; from `moderate` on it may compromise the site."""

    NONE = "none", "no harm", {"rank": 0}
    MINOR = "minor", "minor", {"rank": 1}
    MODERATE = "moderate", "moderate", {"rank": 2}
    SEVERE = "severe", "severe", {"rank": 3}
    TOTAL = "total", "total", {"rank": 4}


class GapList(Scheme):
    """The lists of sites where protection is lacking: one to work through, and what is looked for apart from it."""

    TO_DO = "to_do", "to look after"
    NOT_REACHABLE = "not_reachable", "not safe to reach"
    IN_DOUBT = "in_doubt", "protection in doubt"
    REVIEW_OVERDUE = "review_overdue", "review overdue"
    DUE_SOON = "due_soon", "review due within 30 days"
    DISTURBED = "disturbed", "harm or threat not over"
    NO_MEASURE = "no_measure", "no active measure"


class DisturbanceBy(Scheme):
    """Who disturbed it; said without blame."""

    FAMILIES = "families", "families"
    RESIDENTS = "residents", "residents"
    RESCUERS = "rescuers", "rescuers"
    AUTHORITY = "authority", "an authority"
    MEDIA = "media", "media"
    UNKNOWN = "unknown", "unknown"


class MovedBy(Scheme):
    """Who moved remains from one place to another."""

    PERPETRATORS = "perpetrators", "those who buried them"
    FAMILIES = "families", "families"
    AUTHORITY = "authority", "an authority"
    UNKNOWN = "unknown", "unknown"


class AuthorityKind(Scheme):
    """The function of a body, never a party."""

    ARMED_FORCE = "armed_force", "armed force"
    INTELLIGENCE_SERVICE = "intelligence_service", "intelligence service"
    MILITARY_POLICE = "military_police", "military police"
    POLICE = "police", "police"
    JUDICIARY = "judiciary", "judiciary"
    PRISON_SERVICE = "prison_service", "prison service"
    DE_FACTO_AUTHORITY = "de_facto_authority", "de facto authority"
    NON_STATE_ARMED_GROUP = "non_state_armed_group", "non-state armed group"
    FOREIGN_FORCE = "foreign_force", "foreign force"
    NATIONAL_COMMISSION = "national_commission", "national commission"
    CIVIL_DEFENCE = "civil_defence", "civil defence"
    FORENSIC_AUTHORITY = "forensic_authority", "forensic authority"
    CIVIL_REGISTRY_AUTHORITY = "civil_registry_authority", "civil-registry authority"
    HOSPITAL_ADMINISTRATION = "hospital_administration", "hospital administration"
    MUNICIPALITY_OR_LOCAL_COUNCIL = "municipality_or_local_council", "municipality or local council"
    MUKHTAR = "mukhtar", "mukhtar"
    RESIDENTS_OR_COMMITTEE = "residents_or_committee", "residents or their committee"
    TRIBE = "tribe", "tribe"
    RELIGIOUS_ENDOWMENT = "religious_endowment", "religious endowment"
    LANDOWNER = "landowner", "landowner"
    UN_ENTITY = "un_entity", "United Nations entity"
    RED_CROSS_RED_CRESCENT = "red_cross_red_crescent", "Red Cross or Red Crescent"
    ICMP = "icmp", "International Commission on Missing Persons"
    NGO_CSO = "ngo_cso", "civil-society organisation"
    FAMILY_ASSOCIATION = "family_association", "association of families"
    COMPANY = "company", "company"
    UNKNOWN = "unknown", "unknown"


class AuthorityRole(Scheme):
    """What a body does at a site in a period; `exported` False = never leaves by default."""

    CONTROLS_TERRITORY = "controls_territory", "controls the territory", {"exported": True}
    OPERATES_SITE = "operates_site", "operates the site", {"exported": True}
    CUSTODIAN_OF_RECORDS = "custodian_of_records", "custodian of records", {"exported": True}
    RESPONSIBLE_FOR_PROTECTION = (
        "responsible_for_protection", "responsible for protection", {"exported": True})
    LANDOWNER = "landowner", "owner of the land", {"exported": True}
    INVESTIGATING = "investigating", "investigating body", {"exported": True}
    ALLEGED_RESPONSIBLE = "alleged_responsible", "named as responsible", {"exported": False}


class AccessCondition(Scheme):
    """Whether and how a place can be reached; `safe` False = a hazard to whoever goes."""

    OPEN = "open", "open", {"safe": True}
    PERMIT_REQUIRED = "permit_required", "permit required", {"safe": True}
    ESCORT_REQUIRED = "escort_required", "escort required", {"safe": True}
    RESTRICTED_MILITARY = "restricted_military", "restricted military area", {"safe": False}
    DENIED = "denied", "denied", {"safe": False}
    UNSAFE_MINES = "unsafe_mines", "unsafe: mines", {"safe": False}
    UNSAFE_ACTIVE_HOSTILITIES = "unsafe_active_hostilities", "unsafe: active hostilities", {"safe": False}
    CONTESTED_CONTROL = "contested_control", "contested control", {"safe": False}
    PRIVATE_CONSENT_NEEDED = "private_consent_needed", "owner's consent needed", {"safe": True}
    SEASONAL = "seasonal", "seasonal", {"safe": True}
    STRUCTURALLY_UNSAFE = "structurally_unsafe", "risk of collapse", {"safe": False}
    UNKNOWN = "unknown", "not checked: treat as unsafe", {"safe": False}
