"""What people type into forms, read field by field: typed values, or every problem at once. What was typed is kept as it was."""
import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sitereg import vocab
from sitereg.errors import BadInput
from sitereg.writing import digits, has_controls
from web.words import DAMASCUS

LONG, SHORT = 4000, 200


@dataclass(frozen=True)
class Field:
    """One field: how it is read (one of READERS), from which vocabulary, whether it must be there."""

    kind: str
    of: tuple[str, ...] | str = ()
    must: bool = False


METHODS = ("on_site", "imagery", "telephone")
QUESTIONS = ("held", "buried")
WHERE_NOW = ("reburied", "stored", "unknown")
FORMATS = ("geojson", "gpkg", "parquet", "kml", "csv", "xlsx")
LEAVING = {"recipient": Field("text", must=True), "purpose": Field("text", must=True), "legal_basis": Field("term", "legal_basis"),
           **{f"risk_{name}": Field("long", must=True) for name in ("site", "sources", "families", "staff")}}
SOURCE = {"source_type": Field("term", "source_type", True), "source_label": Field("text", must=True),
          "connection": Field("term", "source_connection"), "reliability": Field("term", "reliability", True),
          "credibility": Field("term", "credibility"), "first_hand": Field("tick"), "partner": Field("text", must=True),
          "terms": Field("text", must=True), "uses": Field("terms", "permitted_use", True),
          "consent": Field("term", "consent_state", True)}
SAYING = {"code": Field("text"), "text": Field("long"), "on": Field("text"), "began": Field("text"), "ended": Field("text"),
          **{name: Field("text") for name in ("lang", "definition", "min", "best", "max", "role", "body", "body_kind",
                                              "relation_kind", "other", "where", "where_pick", "where_seen")},
          **{name: one for name, one in SOURCE.items() if name != "first_hand"},
          "hand": Field("term", ("yes", "no", "unknown"), True), "repeats": Field("id"), "quote": Field("long"),
          "document": Field("id"), "page": Field("number")}
RECORDS = {"kinds": Field("terms", "record_kind"), "years_from": Field("number"), "years_to": Field("number"),
           "unit": Field("term", "extent_unit"),
           "definition": Field("term", "extent_definition"), "extent_min": Field("number"), "extent_max": Field("number"),
           "condition": Field("term", "record_condition"), "digitised_min": Field("number"), "digitised_max": Field("number"),
           "custodian": Field("text"), "custodian_kind": Field("term", "authority_kind"), "held_at": Field("text"),
           "records_of": Field("text"), "observed_on": Field("day"), "note": Field("long")}
OUTLINE = {"corners": Field("long"), "within": Field("metres")}
SENT = {"page": Field("term", ("field",)), "once": Field("id")}  # the page that the form stands on; the number of sending
BESIDE = ("over_", "was_")  # of a field: whose value counts after somebody was faster; what it was when the form was opened
OTHER_BASES = tuple(one for one in vocab.LegalBasis.codes() if one != "consent")
LANGUAGES = ("ar", "en", "ku", "fr", "tr", "ru", "fa")
FORMS = {
    "decide": {"to": Field("term", "protection_status", True), "reason": Field("long", must=True), "basis": Field("ids"),
               "observed_on": Field("day"), "due": Field("day"), "seen": Field("number"), "visit_today": Field("tick"),
               "where_now": Field("term", WHERE_NOW), "handover": Field("text"), "report_wrong": Field("text")},
    "propose_level": {"reason": Field("long", must=True), "basis": Field("ids"), "seen": Field("number"),
                      "evidence_gone": Field("tick"), "error": Field("text"), "contrary": Field("id"), "invalid": Field("id")},
    "visit": {"method": Field("term", METHODS, True), "visited_on": Field("day", must=True), "team": Field("text"),
              "covered": Field("text"), "not_searched": Field("text"), "findings": Field("long"), "negative": Field("tick"),
              "damage_assessed": Field("tick"), "remains": Field("term", "remains_state"), "seen": Field("number"),
              "access": Field("term", "access_condition"), "harm": Field("term", "disturbance_kind"),
              "severity": Field("term", "severity"), "by": Field("term", "disturbance_by"), "harm_note": Field("long"),
              "drawn": Field("long"), "centre": Field("text"), "km": Field("text"), **OUTLINE, **SENT},
    "measure": {"kind": Field("term", "measure_kind", True), "state": Field("term", ("planned", "active"), True),
                "agent_kind": Field("term", "authority_kind"), "began": Field("day"), "lapses_on": Field("day"),
                "legal_basis": Field("text"), "note": Field("long"), "reason": Field("long", must=True), "seen": Field("number"),
                "issuer": Field("text"), **OUTLINE, **SENT},
    "trip": {"back_by": Field("moment", must=True), "colleague": Field("text", must=True),
             **{name: Field("text") for name in ("hazards", "control", "permit", "escort", "help")}},
    "measure_state": {"to": Field("term", ("active", "removed", "failed"), True), "reason": Field("long", must=True),
                      "due": Field("day"), "seen": Field("number")},
    "disturbance": {"kind": Field("term", "disturbance_kind", True), "severity": Field("term", "severity", True),
                    "by": Field("term", "disturbance_by"), "observed": Field("day"), "visit": Field("id", must=True),
                    "note": Field("long"), "seen": Field("number"), **SENT},
    "disturbance_end": {"why": Field("long", must=True), "remedy": Field("text")},
    "names": {"reason": Field("long", must=True)},
    "holding": {"title_en": Field("text"), "title_ar": Field("text"), "tier": Field("term", ("1", "2")), **RECORDS, **SOURCE},
    "holding_say": {**RECORDS, **SOURCE},
    "records_access": {"code": Field("term", "records_access", True), "on": Field("day", must=True), "asked_by": Field("text"),
                       "answered_by": Field("text"), "note": Field("long"), **SOURCE},
    "record_loss": {"kind": Field("term", "disturbance_kind", True), "what": Field("text", must=True), "on": Field("day"),
                    "by_whom": Field("text"), **SOURCE},
    "inquiry": {"about": Field("text", must=True), "question": Field("long", must=True), "due": Field("day", must=True),
                "owner": Field("text"),
                "task": Field("id")},
    "inquiry_step": {"kind": Field("term", "inquiry_step_kind", True), "step": Field("long", must=True), "done_on": Field("day"),
                     "result": Field("term", "inquiry_result"), "owner": Field("text"), "due": Field("day"),
                     "seen": Field("number")},
    "freeze": {"reason": Field("long", must=True), "review_on": Field("day", must=True)},
    "freeze_area": {"centre": Field("text"), "km": Field("text"), "unit": Field("text"), "drawn": Field("long"),
                    "reason": Field("long", must=True), "review_on": Field("day", must=True)},
    "unfreeze": {"act": Field("term", ("ask", "agree", "refuse"), True), "why": Field("long", must=True)},
    "retract": {"why": Field("long", must=True)},
    "consent": {"consent": Field("term", "consent_state", True), "why": Field("long", must=True),
                "uses": Field("terms", "permitted_use")},
    "review": {"outcome": Field("term", "deletion_outcome", True), "legal_basis": Field("term", OTHER_BASES),
               "why": Field("long", must=True), "sure": Field("tick")},
    "links": {"question": Field("term", QUESTIONS), "reason": Field("text"), "one": Field("text"), "other": Field("text")},
    "link_review": {"site": Field("text", must=True), "question": Field("term", QUESTIONS, True), "asked": Field("text"),
                    "to": Field("term", ("lead", "set_aside", "excluded"), True), "reason": Field("long", must=True),
                    "would_show": Field("text"), "asks": Field("text"), "owner": Field("text"), "due": Field("day"),
                    "seen": Field("number")},
    "duplicate": {"kind": Field("term", ("sites", "persons"), True), "one": Field("text", must=True),
                  "other": Field("text", must=True),
                  "to": Field("term", ("same_as", "part_of", "different", "open"), True), "reason": Field("long", must=True)},
    "site_say": SAYING,
    "leaving": LEAVING,
    "dossier": {"language": Field("term", ("ar", "en"), True), "kinds": Field("terms", "measure_kind"), "asked": Field("long"),
                **LEAVING},
    "export": {"format": Field("term", FORMATS, True), **LEAVING},
    "token": {"days": Field("term", ("7", "30", "90"), True), "why": Field("text", must=True),
              "password": Field("text", must=True)},
    "contact": {"name": Field("text"), "contact": Field("text", must=True)},
    "vault_key": {"act": Field("term", ("make", "change", "lost"), True), "passphrase": Field("secret"),
                  "new": Field("secret", must=True), "again": Field("secret", must=True)},
    "vault_open": {"passphrase": Field("secret", must=True)},
    "vault_end": {"account": Field("text", must=True), "why": Field("long", must=True)},
    "vault_erase": {"why": Field("long", must=True), "sure": Field("tick")},
    "freeze_account": {"account": Field("text", must=True), "why": Field("long", must=True)},
    "region": {**{name: Field("share", must=True) for name in ("x", "y", "width", "height")}, "text": Field("long"),
               "language": Field("term", LANGUAGES)},
    "transcription": {"region": Field("id", must=True), "text": Field("long", must=True),
                      "language": Field("term", LANGUAGES, True)},
    "shows": {"shows": Field("long", must=True), "graphic": Field("tick")},
    "look": {"living": Field("term", "living_shown", True), "imagery": Field("tick"), "scene": Field("text"),
             "acquired": Field("text")},
    "review_several": {"machine": Field("text", must=True), "proposal": Field("ids"), "reason": Field("long"),
                       "act": Field("term", ("approve", "refuse"), True)},
    "task": {"outcome": Field("long", must=True)},
    "proposal": {"act": Field("term", ("approve", "refuse", "withdraw"), True), "reason": Field("long")},
}


def read(form, given):
    """{field: value} of the form named `form`; raises BadInput with {code, field, value, message} for each fault."""
    values, problems = {}, []
    for name, field in FORMS[form].items():
        try:
            values[name] = READERS[field.kind](given, name, field)
        except ValueError as fault:
            problems.append({"code": "bad_value", "field": name, "value": given.get(name, "")[:60], "message": str(fault)})
            continue
        if field.must and not values[name] and values[name] != 0:
            problems.append({"code": "missing_required", "field": name, "value": "", "message": "This is needed"})
    problems += [{"code": "unknown_field", "field": name[:60], "value": "", "message": "This form has no such field"}
                 for name in sorted(set(given) - set(FORMS[form]) - {"csrf_token"}) if not beside(form, name)]
    if problems:
        raise BadInput("The form is not complete", problems=problems, do="What you typed is kept: correct what is marked.")
    return values


def beside(form, name):
    """The field of the form that this name says something beside, or None."""
    return next((name.removeprefix(one) for one in BESIDE if name.startswith(one) and name.removeprefix(one) in FORMS[form]), None)


def let_stand(form, given):
    """The fields of which what stands now is to stay, though something was typed."""
    return {beside(form, name) for name in given if name.startswith("over_") and given[name] == "now"} - {None}


def status(trouble):
    """The HTTP status of a page that shows a form: as it stands, with faults to correct, or refused."""
    if trouble is None:
        return 200
    return 422 if isinstance(trouble, BadInput) else 409


def typed(given):
    """What stood in the form, for showing it again: {field: text}, and fields of several values as lists."""
    return {**{name: given.get(name, "") for name in given}, **{name: given.getlist(name) for name in ("basis", "uses", "kinds")}}


def text(given, name, field):
    value = given.get(name, "").strip()
    if has_controls(value):
        raise ValueError("It holds a character that no field may hold")
    most = LONG if field.kind == "long" else SHORT
    if len(value) > most:
        raise ValueError("At most 4,000 letters" if most == LONG else "At most 200 letters")
    return value or None


def term(given, name, field):
    value = given.get(name, "")
    allowed = set(vocab.SCHEMES[field.of]) if isinstance(field.of, str) else set(field.of)
    if value and value not in allowed:
        raise ValueError("This is no term of the list")
    return value or None


def terms(given, name, field):
    chosen = [one for one in given.getlist(name) if one]
    if set(chosen) - set(vocab.SCHEMES[field.of]):
        raise ValueError("This is no term of the list")
    return chosen


def day(given, name, _field):
    value = digits(given.get(name, "")).strip()
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise ValueError("A day is written as 2026-03-01") from None


def past_day(value):
    """The day in an address; raises BadInput for what is none."""
    try:
        return date.fromisoformat(digits(value).strip())
    except ValueError:
        raise BadInput("A day is written as 2026-03-01", do="Choose a day before today.") from None


def number(given, name, _field):
    value = digits(given.get(name, "")).strip()
    if value and not (value.isdecimal() and len(value) < 10):
        raise ValueError("This is no number")
    return int(value) if value else None


def moment(given, name, _field):
    """A day and an hour in Damascus, as the browser writes them."""
    value = digits(given.get(name, "")).strip()
    try:
        return datetime.fromisoformat(value[:16]).replace(tzinfo=DAMASCUS) if value else None
    except ValueError:
        raise ValueError("A day and an hour are written as 2026-03-01T14:30") from None


def metres(given, name, _field):
    value = digits(given.get(name, "")).strip().replace(",", ".")
    if value and not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", value):
        raise ValueError("This is no number")
    return float(value) if value else None


def share(given, name, _field):
    value = digits(given.get(name, "")).strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", value or "0") or float(value or 0) > 100:
        raise ValueError("Give hundredths of the page: 0 to 100")
    return float(value) if value else None


def tick(given, name, _field):
    return given.get(name) == "yes"


def secret(given, name, _field):
    """A passphrase as it was typed; never shown again."""
    value = given.get(name, "")
    if len(value) > LONG or has_controls(value):
        raise ValueError("It holds a character that no field may hold" if has_controls(value) else "At most 4,000 letters")
    return value


def one_id(given, name, _field):
    return known(given.get(name, "")) if given.get(name) else None


def ids(given, name, _field):
    return [known(one) for one in given.getlist(name)[:200]]


def known(value):
    try:
        return UUID(value)
    except ValueError:
        raise ValueError("This is no id") from None


READERS = {"secret": secret, "text": text, "long": text, "term": term, "terms": terms, "day": day, "number": number,
           "moment": moment, "metres": metres, "share": share, "tick": tick, "id": one_id, "ids": ids}
