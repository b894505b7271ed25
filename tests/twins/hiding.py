"""What is written into one of two twins, all of it above tier 1 or in a compartment: whatever of it the other readers notice is a leak."""
import hashlib
from datetime import date, timedelta

from shapely import box

from sitereg import decisions, disclosing, holdings, imports, inquiries, protection, reports, scans, sharing, sources
from tests import given
from tests.sitereg import analysing
from tests.sitereg.imports.steps import HEADER, partner
from tests.sitereg.test_pages import png

LONE, CLUSTER, TOLD = (41.234567, 37.012345), (40.111111, 36.222222), (41.012345, 36.512345)  # nothing else lies there
WORDS = ("Telling Hollow", "وهدة السر", "Quiet Orchard Register", "Grandmother Fig", "A partner nobody knows", "A colonel's own office")
MANY = 5_000
SECRET_TERMS = {**given.TERMS, "partner": {"en": "A partner nobody knows"}}


def hide(settings, known, folder):
    """Everything that may be secret is secret here: places, claims, cases, records, papers, acts; about what is known (`known`:
    ids of sites, person, holding, document of tier 1) and about what nobody below knows. Answers ids and codes of what is hidden."""
    acting = lambda name: analysing.as_(settings, name)()  # noqa: E731
    with acting("worker") as session:
        source = sources.new(session, "testimony_insider", {"en": "Grandmother Fig", "ar": "الجدة"}, reliability="B", reason="known",
                             tier=2, terms=SECRET_TERMS)
        made = sites(session, source, known)
        cases(session, source, known, made)
        papers(session, source, known, made, folder)
        acts(session, source, known, made)
    with acting("worker") as session:
        made |= batch(session, folder)
    with acting("officer") as session:
        seen = protection.inspect(session, made["lone"], visited_on=date(2026, 3, 1), covered="the hollow", findings="disturbed soil")
        decisions.decide(session, made["lone"], "protection", "unprotected", reason="nobody is there", observed_on=date(2026, 3, 1))
        protection.record_measure(session, made["lone"], "perimeter_fence", reason="to keep it", lapses_on=session.value("today") + timedelta(days=9))
        protection.record_disturbance(session, made["lone"], "looting", "severe", note="seen from the road", visit=seen["visit"])
    made |= swallowed(acting, known)
    with acting("handler") as session:
        reports.record(session, "He said it lies behind the Telling Hollow", terms=SECRET_TERMS, tier=2, source=source,
                       paraphrase="It is said to lie behind the Telling Hollow")
        sharing.freeze(session, "source", source=source, reason="he is in danger", review_on=session.value("today") + timedelta(days=30))
    with acting("officer") as session:
        around = box(LONE[0] - .05, LONE[1] - .05, LONE[0] + .05, LONE[1] + .05)
        sharing.freeze(session, "area", area=around, reason="digging", review_on=session.value("today") + timedelta(days=30))
    with analysing.dba(settings) as raw:
        raw.execute("analyze")
    return made


def sites(session, source, known):
    """A lone site of a telling name, a dense cluster, one in a compartment; what T2 knows of the sites that all know."""
    lone, lone_code, said = given.site(session, given.kind("mass_grave"), given.name("Telling Hollow"), given.name("وهدة السر", "ar"),
                                       given.place(*LONE), {"predicate": "count", "value": {"definition": "bodies_reported", "min": 90, "max": 120}},
                                       tier=2, exact_tier=2, source=source)
    apart, apart_code, _ = given.site(session, given.kind("prison_military"), given.name("Telling Hollow Annexe"), given.place(41.3, 37.1),
                                      compartments=["names"], source=source)
    for first in range(0, MANY, 1000):
        crowd(session, source, range(first, first + 1000))
    for site in known["sites"]:
        given.say(session, site, given.kind("mass_grave", tier=2), given.name("Telling Hollow Gate", tier=2), given.place(*TOLD, tier=2),
                  {"predicate": "note", "value": {"text": "A colonel's own office is on the second floor"}, "tier": 2},
                  {"predicate": "count", "value": {"definition": "bodies_reported", "min": 700, "max": 800}, "tier": 2},
                  {"predicate": "relation", "value": {"kind": "adjacent_to"}, "object": str(lone), "tier": 2}, source=source)
    return {"lone": lone, "lone_code": lone_code, "apart": apart, "apart_code": apart_code, "source": source, "claims": said}


def swallowed(acting, known):
    """A place of tier 2 with harm and a visit became part of one that is known."""
    with acting("worker") as session:
        source = sources.new(session, "testimony_resident", {"en": "Grandmother Fig"}, reliability="B", reason="known", tier=2, terms=SECRET_TERMS)
        part, code, _ = given.site(session, given.kind("mass_grave"), given.name("Telling Hollow Lower Field"), given.place(*TOLD), tier=2, source=source)
    with acting("officer") as session:
        seen = protection.inspect(session, part, visited_on=date(2026, 3, 1), covered="the lower field", findings="disturbed soil")
        protection.record_disturbance(session, part, "looting", "severe", note="seen from the road", visit=seen["visit"])
    with acting("worker") as session:
        proposed = decisions.merge(session, known["heir"], part, reason="it is its lower field")
    with acting("verifier") as session:
        decisions.approve(session, proposed.proposal)
    return {"part": part, "part_code": code}


def crowd(session, source, numbers):
    claims, subjects = [], []
    for n in numbers:
        where = (CLUSTER[0] + n % 100 / 20_000, CLUSTER[1] + n // 100 / 20_000)
        for one in (given.kind("security_branch"), given.name(f"Telling Hollow {n}"), given.place(*where)):
            claims.append({"credibility": "2", "source": str(source), "subject_key": f"c{n}", **one})
        subjects.append({"key": f"c{n}", "kind": "site", "tier": 2})
    session.rows("record_claims", claims=given.Json(claims), subjects=given.Json(subjects))


def cases(session, source, known, made):
    """A secret case at a known site; what T2 knows of a known case: another event, another name, a companion."""
    event = analysing.event("held_at", lon=TOLD[0], lat=TOLD[1], at="[2013-03-01,2013-04-01)", value={"site": str(known["sites"][0])})
    case, code = analysing.person(session, event, {"predicate": "person_name", "value": {"text": "Grandmother Fig"}}, source=source, tier=2)
    given.say(session, known["person"], {**event, "tier": 2}, {"predicate": "person_name", "value": {"text": "A colonel's own office"}, "tier": 2},
              {"predicate": "sex", "value": {"code": "female"}, "tier": 2}, source=source)
    made |= {"person": case, "person_code": code}


def papers(session, source, known, made, folder):
    """Secret records at a known site, a secret copy of a known document, a region of it that a secret claim cites."""
    other = sources.new(session, "testimony_resident", {"en": "A colonel's own office"}, reliability="B", reason="known", tier=2,
                        terms=SECRET_TERMS)  # not frozen: a frozen claim would hide the paper that it cites
    records = holdings.record(session, source, name={"en": "Quiet Orchard Register"}, kinds=["detention_register"], tier=2,
                              held_at=known["sites"][0], condition="good")
    paths = []
    for n, more in enumerate(({}, {"role": "redacted", "derived_from": str(known["document"])})):
        path = folder / f"Telling Hollow {n}.png"
        path.write_bytes(png(40 + n, 50, note=b"Telling Hollow"))
        paths.append(scans.keep(session, pages=[path], shows="Telling Hollow", terms=SECRET_TERMS, tier=2, living="none", **more))
    given.say(session, known["sites"][0], {"predicate": "note", "value": {"text": "Telling Hollow is told there"}, "tier": 2,
                                           "document": str(known["document"]), "locator": "page 1, region 1"}, source=other)
    made |= {"holding": records.subject, "holding_code": records.code, "document": paths[0]}


def batch(session, folder):
    """A partner's list, imported for tier 2 alone: its bytes, its batch, the marks of its rows."""
    path = folder / "list.csv"
    path.write_text(HEADER + "1,Telling Hollow,prison,37.0131,41.2365,,12/05/2013,\n", encoding="utf-8")
    report = imports.run(session, path, profile=partner(subject__tier=2))
    made = session.rows("batch_report")[0]
    return {"batch": made["batch"], "sha256": fingerprint(path), "report": report}


def fingerprint(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def acts(session, source, known, made):
    """Proposals, restrictions, inquiries, sheets and drafts that only T2 knows of."""
    decisions.merge(session, known["sites"][0], made["lone"], reason="it may be one place")
    disclosing.restrict(session, made["apart"], reason="Telling Hollow is watched")
    made["inquiry"] = inquiries.open_(session, made["lone"], "Who dug at Telling Hollow?", due=session.value("today") + timedelta(days=9))
    session.call("job_enqueue", kind="verify", input=given.Json({"words": "Telling Hollow"}))
    session.call("find_authority", names=given.Json({"en": "A colonel's own office"}), kind="unknown")
