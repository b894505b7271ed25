"""Values of the registry as a reader reads them: days, counts, distances, grades, facts. Words come from the vocabularies."""
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import ngettext

from sitereg.dates import spoken
from web import language, sentences

DAMASCUS = ZoneInfo("Asia/Damascus")
RANGE = re.compile(r"^([\[(])([^,]*),([^\])]*)([\])])$")
RULED = re.compile(r"Disturbance: (?P<kind>\w+), (?P<severity>\w+)|Its end was (?P<day>\d{4}-\d\d-\d\d)")
ARABIC = re.compile("[\u0600-\u06ff]")
TERM_FIELDS = ("remains_state", "building", "current_use", "content", "adjacency", "deposition", "integrity", "construction",
               "sex_regime", "sex", "circumstance", "fate_indication")
OF_PERSONS = ("event", "companion", "birth", "age")


def day(value):
    """One day in words: 12 May 2025; in Arabic with both names of the month."""
    if not value:
        return ""
    return spoken.day(date.fromisoformat(value[:10]) if isinstance(value, str) else value, language.code())


def month_of(value):
    return spoken.month_of(value, language.code())


def moment(value):
    """A time in words, in Damascus."""
    value = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = value.astimezone(DAMASCUS) if isinstance(value, datetime) else value
    return _("%(day)s, %(time)s Damascus", day=day(at.date()), time=at.strftime("%H:%M"))


def hour(value):
    """The hour in Damascus of a moment that is kept no finer."""
    at = value.astimezone(DAMASCUS)
    return _("%(day)s, %(hour)s", day=day(at), hour=f"\u2068{at:%H}:00\u2069")


def recorded(text):
    """2026-03 or 2026-03-01 (as the registry tells them) in words."""
    if not text:
        return ""
    parts = [int(part) for part in text[:10].split("-")]
    return month_of(date(parts[0], parts[1], 1)) if len(parts) == 2 else day(date(*parts))


def ends(value):
    """(first day, last day) of a daterange as text or as psycopg gives it; None where it is open or not bounded."""
    if value is None or value == "empty":
        return None, None
    if isinstance(value, str):
        low, high = RANGE.match(value).group(2, 3)
        low, high = (date.fromisoformat(one) if one and "infinity" not in one else None for one in (low, high))
        closed = value.endswith("]")
    else:
        low, high, closed = value.lower, value.upper, value.upper_inc
    return low, (high if closed or high is None else high - timedelta(days=1))


def days(value):
    """A range of days in which something lies, in words: a day, a month, a year, between two days, after, before."""
    return spoken.between(*ends(value), language.code())


def period(began, ended):
    """From when to when, as far as known."""
    told = []
    if began:
        told.append(_("began %(days)s", days=days(began)))
    if ended:
        told.append(_("ended %(days)s", days=days(ended)) if ends(ended) != (None, None) else _("still so"))
    return _("; ").join(told)


def metres(value):
    """A distance that nobody takes for more exact than it is."""
    if value is None:
        return ""
    if value >= 1000:
        return _("%(n)s km", n=format_decimal(round(value / 1000, 1), locale="en"))
    return _("%(n)s m", n=format_decimal(round(value), locale="en"))


def count(value):
    """A count with what it counts apart from it: 12, 3-60, at least 3, about 12 (3-60)."""
    low, best, high = value.get("min"), value.get("best"), value.get("max")
    if low is not None and high is not None and low != high:
        return f"{low}-{high}" + (" " + _("(most likely %(n)s)", n=best) if best is not None else "")
    if best is None and high is None:
        return _("at least %(n)s", n=low)
    if best is None and low is None:
        return _("at most %(n)s", n=high)
    return str(best if best is not None else low)


def precision(place):
    """How exactly a place is known, as a sentence about what is shown of it."""
    if place["shown_as"] == "exact":
        return within(place["uncertainty_m"]) or _("exact place")
    return language.labels(language.code())["precision"][place["shown_as"]]


def units(place):
    """The admin units in which a place lies, the smallest first, and its country, which no unit may stand for."""
    told, code = [one.get(language.code()) or one["en"] for one in reversed(place["units"])], place.get("country")
    if code and code not in [one["pcode"] for one in place["units"]]:
        told.append(Locale(language.code()).territories.get(code, code))
    return told


def beside(relations):
    """The relations to sites that are no parts of this one."""
    return [one for one in relations if (one["kind"], one["direction"]) != ("part_of", "from")]


def within(radius):
    """How far off a place may be, in words; empty where that is not known."""
    return _("known to within %(distance)s", distance=metres(radius)) if radius else ""


def origins(number):
    return ngettext("%(num)d origin", "%(num)d origins", number) if number else ""


def standing(value):
    """How well a value is supported, in words."""
    return {"supported": _("supported"), "ungraded": _("not graded yet"), "doubted": _("doubted")}.get(value, "")


def grade(row):
    """Both grades in words: usually reliable; probably true."""
    return _("; ").join((language.word("reliability", row["reliability"]), language.word("credibility", row["credibility"])))


def hand(row):
    """Whether the one who says it saw it."""
    if row["source_family"] == "imagery" or row["source_type"] in ("photo", "video"):
        return _("picture of it")
    if row["source_family"] in ("record", "analysis"):
        return _("document")
    if row["first_hand"]:
        return _("saw it")
    said_to = {"first_hand": _("saw it"), "second_hand": _("heard of it"), "document": _("document")}
    return said_to.get(row["connection"], _("not said"))


def field(name):
    """What a field of a site is called."""
    predicate, _colon, part = name.partition(":")
    if predicate == "name":
        return {"en": _("name in English"), "ar": _("name in Arabic")}.get(part, _("name (%(lang)s)", lang=part))
    if predicate == "count":
        return language.word("count_definition", part)
    if predicate == "external_id":
        return _("number at %(partner)s", partner=part)
    if predicate == "kind" and part:
        return language.word("site_kind", part)
    if predicate == "activity":
        return _("investigation so far")
    return language.word("predicate", predicate)


def fact(one):
    """The value of a resolved field in words."""
    predicate, value = one["field"].partition(":")[0], one["value"]
    if predicate == "place":
        return precision(value)
    if predicate == "count":
        return count(value)
    if predicate == "activity":
        return language.word("investigation_activity", value["furthest"])
    if predicate == "access_condition":
        return language.word("access_condition", value["condition"])
    if predicate == "feature":
        return " ".join(filter(None, (language.word("feature_kind", value["feature_kind"]), value.get("number"))))
    if predicate in OF_PERSONS:
        return words_persons().fact(predicate, value)
    if predicate in TERM_FIELDS:
        return language.word("facility_sex_regime" if predicate == "sex_regime" else predicate, value)
    return str(value)


def said(row):
    """What one claim says, in words; None where it is finer than the reader is shown."""
    if row["withheld"]:
        return None
    predicate, value = row["field"].partition(":")[0], row["value"] or {}
    if predicate == "place":
        unit = _("admin unit %(code)s", code=row["pcode"]) if row["pcode"] else ""
        method = language.word("georef_method", row["method"]) if row["method"] else ""
        return _(", ").join(filter(None, (unit, within(row["uncertainty_m"]), method)))
    if predicate == "kind":
        return _("; ").join(filter(None, (language.word("site_kind", value["code"]), period(row["began"], row["ended"]))))
    if predicate == "count":
        return f'{language.word("count_definition", value["definition"])}: {count(value)}'
    if predicate == "authority":
        names = value.get("names") or {}
        name = names.get(language.code()) or names.get("en") or names.get("ar") or ""
        return f'{language.word("authority_role", value["role"])}: {name}'
    if predicate == "relation":
        return f'{language.word("relation_kind", value["kind"])}: {value.get("to") or ""}'
    if predicate in OF_PERSONS:
        return words_persons().said(predicate, row, value)
    if "text" in value:
        return value["text"]
    if "code" in value:
        scheme = {"sex_regime": "facility_sex_regime", "activity": "investigation_activity"}.get(predicate, predicate)
        return language.word(scheme, value["code"])
    if predicate == "feature":
        return fact({"field": "feature", "value": value})
    return str(value.get("value", ""))


def words_persons():
    from web import words_persons

    return words_persons


def visits_of(site):
    """(id, day and method) of a site's visits, for a list to choose from."""
    return [(one["id"], f'{day(one["visited_on"])}, {method(one["method"])}') for one in site["visits"]]


def method(code):
    """How somebody looked at a place, in words."""
    return {"on_site": _("on site"), "imagery": _("by imagery"), "telephone": _("by telephone")}[code]


def state(machine, aspect, code):
    """A state of a machine in words."""
    scheme = {"verification": "verification_level", "protection": "protection_status", "measure": "measure_state",
              "case": "case_state", "fate": "fate", "whereabouts": "whereabouts",
              "link_review": "link_state", "duplicate": "pair_state"}.get(machine)
    if not code:
        return _("nothing")
    if machine in ("disclosure", "tier", "merge", "split"):
        return {"disclosed": _("published"), "place_disclosed": _("exact place published"), "restricted": _("restricted"),
                "lifted": _("restriction lifted"), "merged": _("merged"), "split": _("split up")}[code]
    return language.word(scheme, code) if scheme else code.replace("_", " ")


def machine(name, aspect=""):
    """What was decided about, in words."""
    if name == "verification":
        return _("How well known: %(kind)s", kind=language.word("site_kind", aspect) if aspect else "")
    if name == "disclosure":
        return _("Publication of the exact place") if aspect == "place" else _("Publication")
    return {"tier": _("Restriction"), "protection": _("Protection"), "measure": _("Measure"), "merge": _("Merge"),
            "split": _("Split"), "chosen_value": _("Chosen value: %(field)s", field=field(aspect))
            }.get(name) or language.word("machine", name)


def things(said):
    """What was recorded on one day, as api.site_history tells it by predicate ("" for what it does not name): name 2, place."""
    named = [(language.word("predicate", code) if code else _("something else"), n)
             for code, n in sorted(said.items(), key=lambda one: (not one[0], -one[1], one[0]))]
    return _(", ").join(f"{name} ({n})" if n > 1 else name for name, n in named)


def reason(one):
    """Why something was decided: a person's words as they stand, those of a rule in the reader's language."""
    made = RULED.fullmatch(one["reason"] or "") if one["how"] == "rule" else None
    if made and made["kind"]:
        return _("Disturbance: %(kind)s, %(severity)s", kind=language.word("disturbance_kind", made["kind"]),
                 severity=language.word("severity", made["severity"]))
    return _("Its end was %(day)s", day=day(made["day"])) if made else language.said(one["reason"])


def label(names):
    """What a source is called: of the registry's own (a visit, a review) in the reader's language."""
    own = names.get("en") if names and list(names) == ["en"] else None
    if own in sentences.OWN_SOURCES:
        return {language.code(): language.said(own)}
    return names


def latin(text):
    """Whether a text has no Arabic letter: on an Arabic page it then says that it is none."""
    return language.code() == "ar" and not ARABIC.search(text or "")


def changed(one):
    """A change as {field, was, now}, in words."""
    name, _blank, aspect = one["field"].partition(" ")
    if name in ("verification", "protection", "measure", "disclosure", "tier"):
        told = machine(name, aspect if name in ("verification", "disclosure") else "")
        return {**one, "field": told, "was": state(name, aspect, one.get("was")), "now": state(name, aspect, one.get("now"))}
    fixed = {"version": _("version"), "proposal": _("proposal"), "disturbance": _("disturbance"), "visit": _("visit"),
             "task": _("task")}
    was, now = (language.said(str(one.get(when) or "")) or "-" for when in ("was", "now"))
    return {**one, "field": fixed.get(name) or field(one["field"]), "was": was, "now": now}
