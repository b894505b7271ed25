"""What can be said of a site, a person or a body of records: one predicate for each claim."""

from sitereg.vocab.scheme import Scheme


def _site(value: str, *, many: bool = False, **more) -> dict:
    return {"subject": "site", "value": value, "many": many, "sealed": False, "place_clue": False,
            "dated": False, "per": None, **more}


def _person(value: str, *, many: bool = False, **more) -> dict:
    return {**_site(value, many=many, **more), "subject": "person"}


def _holding(value: str, *, many: bool = False, **more) -> dict:
    return {**_site(value, many=many, **more), "subject": "holding"}


RECORDS_TOO = ("holding",)


class Predicate(Scheme):
    """What a claim says; its attributes:

    subject: site, person, holding (a body of records) or both (any of them); also_of: of what else it can be
    said. value: text, date, period, place, name, count, share (of a hundred), id, external_id, json, the id of a
    site, person or authority, or term:<scheme>. fields: the keys of a JSON value; term, also: which of them are
    codes, of which scheme. many: all live values are kept; else the resolve rule picks one, `per` the named
    field where there is one. dated: one value for each date. sealed: stored as ciphertext. place_clue: finer
    than a cell, so shown only where the exact place is.
    """

    NAME = "name", "name", _site("name", many=True, fields=("text", "lang", "script"), also_of=RECORDS_TOO)
    KIND = "kind", "kind", _site("term:site_kind", many=True, dated=True)
    PLACE = "place", "place", _site("place", place_clue=True, also_of=RECORDS_TOO)
    AUTHORITY = "authority", "authority", _site(
        "authority", many=True, dated=True, fields=("role", "authority"), term=("role", "authority_role"), also_of=RECORDS_TOO)
    COUNT = "count", "count", _site(
        "count", per="definition", fields=("definition", "min", "best", "max"),
        term=("definition", "count_definition"))
    REMAINS_STATE = "remains_state", "state of the remains", _site("term:remains_state", dated=True)
    BUILDING = "building", "building", _site("term:building", dated=True)
    CURRENT_USE = "current_use", "current use", _site("term:current_use", dated=True)
    ACCESS_CONDITION = "access_condition", "access", _site("term:access_condition", dated=True)
    CONTENT = "content", "content of the grave", _site("term:content")
    ADJACENCY = "adjacency", "position of the grave", _site("term:adjacency")
    DEPOSITION = "deposition", "deposition", _site("term:deposition")
    INTEGRITY = "integrity", "integrity", _site("term:integrity")
    CONSTRUCTION = "construction", "construction of the grave", _site("term:construction")
    FEATURE = "feature", "part of a larger site", _site(
        "json", fields=("feature_kind", "number"), term=("feature_kind", "feature_kind"))
    RELATION = "relation", "relation to another site", _site(
        "site", many=True, dated=True, fields=("kind", "to"), term=("kind", "relation_kind"), also_of=RECORDS_TOO)
    OFFICIAL_STATUS = "official_status", "status given by another body", _site(
        "json", many=True, fields=("scheme", "code", "text"))
    ADDRESS = "address", "address", _site("text", many=True, place_clue=True)
    ACTIVITY = "activity", "investigation activity", _site(
        "term:investigation_activity", many=True, dated=True)
    SEX_REGIME = "sex_regime", "whom it held", _site("term:facility_sex_regime", dated=True)
    NOTE = "note", "note on the site", _site("text", many=True, place_clue=True, also_of=RECORDS_TOO)
    EXTERNAL_ID = "external_id", "identifier given by a partner", {
        **_site("external_id", many=True, fields=("scheme", "value")), "subject": "both"}

    RECORD_KIND = "record_kind", "kind of records", _holding("term:record_kind", many=True)
    YEARS_COVERED = "years_covered", "years covered", _holding("period")
    EXTENT = "extent", "extent", _holding(
        "count", per="unit", fields=("unit", "definition", "min", "best", "max"),
        term=("unit", "extent_unit"), also=("definition", "extent_definition"))
    RECORD_CONDITION = "record_condition", "condition of the records", _holding("term:record_condition", dated=True)
    DIGITISED = "digitised", "digitised share", _holding("share", dated=True, fields=("min", "best", "max"))
    RECORDS_ACCESS = "records_access", "access to the records", _holding(
        "json", many=True, fields=("code", "asked_by", "answered_by", "note"), term=("code", "records_access"))
    RECORD_LOSS = "record_loss", "loss of records", _holding(
        "json", many=True, fields=("kind", "what", "by_whom"), term=("kind", "disturbance_kind"))

    EVENT = "event", "event", _person(
        "json", many=True, dated=True, fields=("kind", "site", "pcode", "toponym", "authority"),
        term=("kind", "event_kind"))
    SEX = "sex", "sex as recorded", _person("term:sex")
    BIRTH = "birth", "date of birth", _person("date")
    AGE = "age", "age at a date", _person("json", fields=("min", "max", "at"))
    CIRCUMSTANCE = "circumstance", "circumstance of going missing", _person("term:circumstance", many=True)
    COMPANION = "companion", "companion", _person(
        "person", many=True, fields=("kind", "person"), term=("kind", "companion_kind"))
    FATE_INDICATION = "fate_indication", "indication of the fate", _person("term:fate_indication", many=True)
    PERSON_NAME = "person_name", "name of a person", _person("name", many=True, sealed=True)
    PERSON_NOTE = "person_note", "note on a person", _person("text", many=True, sealed=True)
    DETAINEE_NUMBER = "detainee_number", "detainee number", _person("id", many=True, sealed=True)
