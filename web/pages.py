"""What templates are given: rows of the list, facets, the parts of a site's page. Nothing is computed here but order and words."""

from flask import g
from flask_babel import gettext as _
from shapely.geometry import shape

from sitereg import decisions, holdings, maps, places, protection, sharing, sites, vocab, watches
from sitereg.machines import ANYONE_AT_WORK
from sitereg.matrix.roles import (  # noqa: F401  (views say pages.CHANGERS)
    CHANGERS,
    FREEZERS,
    GIVERS,
    OFFICERS,
    PACKERS,
    REPORTERS,
    SETTLERS,
    VISITORS,
    WORKING,
    acting,
)
from web import asking, basemaps, language

CITABLE = ("activity", "remains_state", "kind", "place", "authority", "relation")
RECORDS_CITABLE = ("record_condition", "records_access", "record_loss", "authority", "relation")
GROUPS = ("detention", "burial", "medical", "records", "other")
PLACES = 3
ACTS = {"decide": OFFICERS, "visit": VISITORS, "report": REPORTERS, "say": WORKING, "link": SETTLERS, "freeze": FREEZERS,
        "print": GIVERS, "gate": PACKERS, "tier": ANYONE_AT_WORK, "join": acting("merge")}


def is_records(code):
    """Whether a code is that of a body of records."""
    return code.startswith("SYH-")


def unit_names(opened, told):
    """{p-code: name in the reader's language} of the units that a printed page names."""
    wanted = {*(told.get("units") or ()), *(one for event in told.get("events", ()) for one in event["units"])}
    return {one["pcode"]: one[f"name_{language.code()}"] or one["name_en"] for level in (1, 2, 3) if wanted
            for one in places.units(opened, level=level) if one["pcode"] in wanted}


def address(code):
    """The page of what a code stands for: a site or a body of records."""
    return f"/holdings/{code}" if is_records(code) else f"/sites/{code}"


def row(site, today):
    """One site of api.site_list as macros_sites.row takes it."""
    return {"code": site["code"], "names": site["names"], "kinds": site["kinds"], "protection": site["protection"],
            "overdue": site["overdue"], "place_text": site[f"place_{language.code()}"],
            "precision": site["shown_as"] if site["shown_as"] != "none" else None,
            "days_since_check": (today - site["last_checked"]).days if site["last_checked"] else None,
            "bounds": [round(one, 4) for one in shape(site["shape"]).bounds] if site["shape"] else None}


def around(rows):
    """West, south, east, north of what the reader may see of these rows, with some room; None where there is nothing."""
    boxes = [shape(one["shape"]).bounds for one in rows if one["shape"]]
    if not boxes:
        return None
    west, south, east, north = (pick(side) for pick, side in zip((min, min, max, max), zip(*boxes, strict=True), strict=True))
    room = max((east - west) / 10, (north - south) / 10, 0.02)
    return west - room, south - room, east + room, north + room


def facets(opened, counted, shown):
    """{facet: [{code, label, count}]} of what the reader may see; a kind or governorate that no site has is left out."""
    counts = {(facet, one): n for facet, codes in counted.items() for one, n in codes.items()}
    labels = language.labels(language.code())

    def line(facet, code, label):
        return {"code": code, "label": label, "count": counts.get((facet, code), 0)}

    def there(facet, chosen, code):
        return (facet, code) in counts or code in chosen

    units = [line("adm1", code, label) for code, label in governorates(opened).items() if there("adm1", shown["governorate"], code)]
    return {
        "group": [line("group", code, labels["group"][code]) for code in GROUPS],
        "kind": [line("kind", code, label) for code, label in labels["kind"].items() if there("kind", shown["kind"], code)],
        "verification": [line("verification", code, label) for code, label in labels["verification"].items()],
        "protection": [line("protection", code, label) for code, label in labels["protection"].items()
                       if there("protection", shown["protection"], code)],
        "governorate": sorted(units, key=lambda one: (one["code"] == "none", one["label"]))}


def governorates(opened):
    """{p-code: name in the reader's language}, and `none`."""
    return {**{one["pcode"]: one[f"name_{language.code()}"] or one["name_en"] for one in places.units(opened, level=1)},
            "none": _("no governorate known")}


def numbered(stops):
    """A map of places with their numbers, in the form of maps.Trail, as maps.Parts; None where there are none."""
    if not stops:
        return None
    drawn = basemaps.base(more=("trail",), bounds=around(stops))
    maps.Trail([], locale=language.code(), beside=stops, colour="#0072B2").add_to(drawn)
    return maps.render(drawn, g.nonce)


def places_named(opened, text):
    """The first places of the gazetteer of that name, in words: they are there whether or not a site is."""
    if not text:
        return []
    found = places.named(opened, name=text, limit=PLACES)
    return [one[f"name_{language.code()}"] or one["name_en"] for one in found]


def site(opened, one):
    """The parts of a site's page that do not stand in api.site_page: map, protection, what the reader may do."""
    return {"map": place_map(one), "watched": one["code"] in watches.codes(opened), "asked_of": asked_of(one),
            **guarding(opened, one)}


def at_a_glance(opened, one):
    """The same of the panel of the map."""
    return {"asked_of": asked_of(one), "may": may(), "frozen": sharing.frozen(opened, one["code"])}


def asked_of(one):
    """Whether the reader may ask for whom a site is a line of inquiry."""
    return g.me["level"] > 0 and questions(one)


def questions(one):
    """The questions of lines of inquiry (held, buried) that are asked of a site, by its kinds that are not refuted."""
    asked = {vocab.term("site_kind", kind["kind"]).attrs["links"] for kind in one["kinds"] if kind["verification"] != "refuted"}
    return asked - {None}


def guarding(opened, one):
    """What the reader may do for the protection of a site or of records, and what he needs to do it."""
    subject = one["id"]
    given = {"may": may(), "waiting": decisions.waiting(opened, subject), "frozen": sharing.frozen(opened, one["code"])}
    if given["may"]["decide"]:
        given |= {"options": options(opened, subject, given["waiting"]), "citable": citable(opened, one["code"]),
                  "today": opened.value("today")}
    return given


def may():
    """{act: whether the reader may do it}, of the acts that pages of places and records offer."""
    roles = set(g.me["roles"])
    return {act: bool(roles & set(allowed)) for act, allowed in ACTS.items()}


def commonest_first(opened):
    """{vocabulary: [(code, word)]} for lists on the road: what is recorded most often in what the reader sees stands first."""
    found = {}
    for scheme, codes in protection.said_most(opened).items():
        words = dict(language.labels_of(scheme))
        found[scheme] = [(code, words.pop(code)) for code in codes if code in words] + list(words.items())
    return found


def options(opened, subject, waiting):
    """The next protection statuses with what each lacks, in the order of the vocabulary.

    barred: what the form itself cannot satisfy, however it is filled; proposed: it would have to be
    approved, and a proposal on the status waits already.
    """
    order = {code: number for number, code in enumerate(vocab.SCHEMES["protection_status"])}
    proposed = any(one["machine"] == "protection" for one in waiting)
    rows = [{**one, "proposed": proposed and one["approvals"] > 0}
            for one in decisions.options(opened, subject, "protection") if one["may"]]
    return sorted(rows, key=lambda one: order.get(one["to_state"], 99))


def citable(opened, code):
    """The live claims of a site that a decision may cite, the newest kinds of evidence first."""
    room, predicates = (holdings, RECORDS_CITABLE) if is_records(code) else (sites, CITABLE)
    return [one for predicate in predicates for one in room.why(opened, code, predicate)]


def settled(opened, one, field):
    """The decisions that chose a value of this field, newest first."""
    return [row for row in decisions.history(opened, one["id"], machine="chosen_value")
            if row["aspect"].partition(":")[0] == field.partition(":")[0]]


def past_map(one):
    """A small map of where a site was placed on a past day, as maps.Parts; None where none is told."""
    place = one["place"]
    if not place or not place["shape"]:
        return None
    return numbered([{"numbers": [], "at": [place["lat"], place["lon"]], "shape": place["shape"], "sure": True,
                      "shown_as": place["shown_as"], "radius": place["uncertainty_m"] or 0, "texts": [one["code"]]}])


def place_map(one):
    """A small map of what the reader is shown of the place, as maps.Parts; None where no place is known."""
    drawn = one["place"]["shape"]
    if not drawn:
        return None
    west, south, east, north = shape(drawn).bounds
    room = max(east - west, north - south, 0.02) * 0.7
    chart = basemaps.base(tiles_url="/tiles/sites/{z}/{x}/{y}.mvt", query=asking.query({"q": one["code"]}),
                        bounds=(west - room, south - room, east + room, north + room))
    return maps.render(chart, g.nonce)
