"""What views look up beside a row is kept by face and says at once what the functions of pages say, whatever is done to the record."""
from datetime import date, timedelta

import pytest
from shapely import box

from sitereg import consent, decisions, disclosing, duplicates, holdings, protection, sharing, sources
from sitereg.store import verification
from tests import given
from tests.sitereg.cases import case, event
from tests.sitereg.publishing import annul, confirmed, disclose

pytestmark = pytest.mark.db
READERS = ("worker", "investigator1", "officer", "releaser", "viewer")
SOON = date.today() + timedelta(days=30)
HERE = (36.5, 33.5)
PLOT = box(36.5, 33.5, 36.501, 33.501)
VISITS = """select r.code, v.id, v.method, v.visited_on, v.team, v.covered, v.not_searched, v.findings, v.negative, v.damage_assessed,
  st_astext(v.covered_shape) from {places} r cross join lateral api.visits(r.id) v order by 1, 2"""
ALL_VISITS = """select record_code, id, method, visited_on, team, covered, not_searched, findings, negative, damage_assessed, st_astext(geom)
  from api.all_visits() order by 1, 2"""
MEASURES = """select r.code, m.id, m.kind, m.state, m.agent_kind, m.issuer, m.legal_basis, api._first_day(m.began), api._final_day(m.began),
  api._first_day(m.ended), api._final_day(m.ended), m.lapses_on, m.note, st_astext(m.area)
  from {places} r cross join lateral api.measures(r.id) m order by 1, 2"""
ALL_MEASURES = """select record_code, id, kind, state, agent_kind, issuer, legal_basis, began_earliest, began_latest, ended_earliest,
  ended_latest, lapses_on, note, st_astext(geom) from api.all_measures() order by 1, 2"""
HARM = """select r.code, d.id, d.kind, d.by, d.severity, d.reversible, api._first_day(d.observed), api._final_day(d.observed), d.reliability,
  d.credibility, d.is_open, d.ended_why, d.remedy, d.note from {places} r cross join lateral api.disturbances(r.id) d order by 1, 2"""
ALL_HARM = """select record_code, id, kind, by, severity, reversible, observed_earliest, observed_latest, reliability, credibility, is_open,
  ended_why, remedy, note from api.all_disturbances() order by 1, 2"""
SETTLED = """select s.code, o.code, l.state from api._settled_pairs('site', null) l join {places} s on s.id = l.one join {places} o on o.id = l.other
  order by 1, 2"""
ALL_SETTLED = "select site_code, other_code, kind from api.all_relations() where basis = 'decision' order by 1, 2"
UNLINKED = """select x.id from (
  select e.id, e.face, api._told_by_any(e.claims, api._uses_refused('linking')) as out from reg.person_event e
  union all select s.id, s.face, api._told_by_any(array[(s.why->'place'->>'claim')::uuid], api._uses_refused('linking')) from reg.site s) x
  where x.face = api.level() and x.out order by 1"""
ALL_UNLINKED = "select b.id from reg.beside b where b.what = 'unlinked' and b.face = api.level() order by 1"
COVERED = """select st_astext(v.covered_shape) from {places} r join {exact} x on x.id = r.id and x.face = api.level() and x.face >= x.exact_tier
  cross join lateral api._sites_within(array[r.id]) w join reg.visit v on v.site = w.member
  where v.covered_shape is not null and v.tier <= api.level() and v.scope = any (api.scopes()) order by 1"""
ALL_COVERED = """select st_astext(b.area) from {places} r join reg.beside b on b.record = r.id and b.face = api.level() and b.what = 'visit'
  where b.area is not null and b.told_tier <= api.level() and b.scope = any (api.scopes()) order by 1"""
BOTH = ((VISITS, ALL_VISITS), (MEASURES, ALL_MEASURES), (HARM, ALL_HARM), (SETTLED, ALL_SETTLED), (UNLINKED, ALL_UNLINKED), (COVERED, ALL_COVERED))
PLACES = "(select id, code from api.all_sites() union all select id, code from api.all_holdings())"
EXACT = "(select id, face, exact_tier from reg.site union all select id, face, exact_tier from reg.holding)"


def alike(registry):
    """What stands beside follows, and every reader is told by views what pages tell; how many rows each of the six questions has, by reader."""
    counted = {}
    for reader in READERS:
        with registry.as_(reader), registry.dba() as raw:
            counted[reader] = []
            for wanted, told in BOTH:
                rows = [raw.execute(one.format(places=PLACES, exact=EXACT)).fetchall() for one in (wanted, told)]
                assert rows[0] == rows[1], (reader, told)
                counted[reader].append(len(rows[0]))
    with registry.dba() as raw:
        assert raw.execute("select * from api._resolved_differences()").fetchall() == []
    return counted


@pytest.fixture
def world(registry):
    """A grave that only tier 2 is shown exactly, one that tier 1 is, a record and a case; something was done at each place."""
    source, other = given.source_of(registry, "C"), given.source_of(registry, "B")
    grave = given.site(registry, given.kind("mass_grave"), given.name("North field"), given.place(*HERE), exact_tier=2, source=source)
    court = given.site(registry, given.kind("court"), given.name("Court"), given.place(36.9, 33.9), exact_tier=1, source=other)
    hidden = given.site(registry, given.kind("court"), given.place(36.8, 33.8), tier=2, source=other)
    book = holdings.record(registry, other, name={"en": "Register"}, kinds=["detention_register"], held_at=court[0])
    person = case(registry, event("held_at", "[2013-01-01,2013-02-01)", HERE))
    made = {}
    for what, one in (("grave", grave[0]), ("court", court[0]), ("hidden", hidden[0]), ("book", book.subject)):
        seen = protection.inspect(registry, one, visited_on=date(2025, 6, 1), team="two of us", covered="the field", covered_shape=PLOT,
                                  findings="loose earth", negative=False)
        measure = protection.record_measure(registry, one, "guard", reason="test", state="active", area=PLOT, issuer="the council", lapses_on=SOON)
        harm = protection.record_disturbance(registry, one, "looting", "minor", note="seen", visit=seen["visit"])
        made[what] = {"id": one, "visit": seen, "measure": measure, "harm": harm["disturbance"]}
    return {**made, "codes": {"grave": grave[1], "court": court[1], "hidden": hidden[1]}, "said": {"grave": grave[2], "court": court[2]},
            "source": source, "person": person}


def test_what_was_seen_and_done_reads_as_on_pages(registry, world):
    counted = alike(registry)
    assert counted["worker"] == [4, 4, 4, 0, 0, 4] and counted["investigator1"] == [3, 3, 3, 0, 0, 2] and counted["viewer"] == [0] * 6
    protection.end_disturbance(registry, world["court"]["harm"], why="over", remedy="a fence")
    protection.set_measure(registry, world["grave"]["measure"], "removed", reason="taken down")
    alike(registry)
    with registry.as_("investigator1"):
        assert {row["state"] for row in registry.rows("all_measures")} == {"active", "removed"}
        assert [row["is_open"] for row in registry.rows("all_disturbances")].count(False) == 1
        assert [row["findings"] for row in registry.rows("all_visits")].count("loose earth") == 2, "words stand where the exact place is shown"


def test_it_follows_restrictions_and_disclosures(registry, world):
    done = disclosing.restrict(registry, world["court"]["id"], reason="it is watched")
    assert alike(registry)["investigator1"][0] == 2
    annul(registry, done.decision)
    assert alike(registry)["investigator1"][0] == 3


def test_what_is_disclosed_is_told_below(registry):
    site, _code, claims = confirmed(registry, given.name("Old court"))
    protection.inspect(registry, site, visited_on=date(2025, 6, 1), findings="loose earth")
    assert alike(registry)["viewer"][0] == 0
    disclose(registry, site, claims["kind"], claims["name"])
    assert alike(registry)["viewer"][0] == 1


@pytest.mark.parametrize("way", ["site", "source", "area", "team"])
def test_it_follows_a_freeze_and_its_end(registry, world, way):
    before = alike(registry)
    what = {"site": {"code": world["codes"]["grave"]}, "source": {"source": world["source"]}, "area": {"area": PLOT.buffer(.01)},
            "team": {"source": world["grave"]["visit"]["source"]}}[way]
    duplicates.settle(registry, "sites", world["codes"]["grave"], world["codes"]["court"], to="same_as", reason="one gate")
    settled = alike(registry)
    assert settled["investigator1"][3] == before["investigator1"][3] + 1
    with registry.as_("investigator1"):
        made = sharing.freeze(registry, "source" if way == "team" else way, reason="somebody was followed", review_on=SOON, **what)
    frozen = alike(registry)
    assert frozen["worker"][3] == (way in ("source", "team")), "the grave itself stays, known by what was seen there"
    assert way != "team" or (frozen["investigator1"][:3], frozen["releaser"][:3]) == ([2, 3, 2], settled["releaser"][:3]), "nor is what the team told"
    with registry.as_("releaser"):
        sharing.ask_unfreeze(registry, made, why="it was nothing")
    with registry.as_("releaser2"):
        sharing.settle_unfreeze(registry, made, agrees=True, why="looked at")
    assert alike(registry) == settled


@pytest.mark.parametrize("other", ["grave", "hidden"])
def test_it_follows_a_merge_and_tells_of_what_is_no_more_restricted(registry, world, other):
    before = alike(registry)
    merged = decisions.merge(registry, world["court"]["id"], world[other]["id"], reason="one place")
    with registry.as_("verifier"):
        decisions.approve(registry, merged.proposal)
    after = alike(registry)
    assert after["investigator1"][:3] == before["investigator1"][:3] and after["worker"][0] == before["worker"][0] - (other == "hidden")
    with registry.as_("worker"):
        assert world["codes"][other] not in {row["record_code"] for row in registry.rows("all_visits")}


def test_what_two_sites_were_settled_to_be_stands_beside_the_first(registry, world):
    codes = world["codes"]
    duplicates.settle(registry, "sites", codes["grave"], codes["court"], to="part_of", reason="one fence")
    duplicates.settle(registry, "sites", codes["hidden"], codes["court"], to="same_as", reason="one gate")
    counted = alike(registry)
    assert (counted["worker"][3], counted["investigator1"][3]) == (2, 1)
    duplicates.settle(registry, "sites", codes["grave"], codes["court"], to="open", reason="looked again")
    assert alike(registry)["worker"][3] == 1


@pytest.mark.parametrize("hidden", ["record", "id"])
def test_a_record_that_a_face_shows_no_more_leaves_nothing_there_of_what_it_was_settled_to_be(registry, world, hidden):
    duplicates.settle(registry, "sites", world["codes"]["grave"], world["codes"]["court"], to="same_as", reason="one gate")
    faces = lambda: [face for (face,) in rows(registry, "select face from reg.beside where what = 'settled' order by 1")]  # noqa: E731
    before, ((site,),) = faces(), rows(registry, f"select distinct {hidden} from reg.beside where what = 'settled'")
    done = disclosing.restrict(registry, site, reason="it is watched")
    assert alike(registry)["investigator1"][3] == 0
    assert before == [1, 2] and faces() == [2], "a row that nobody is told would still be counted among the pages that a login reads"
    annul(registry, done.decision)
    assert faces() == before


def rows(registry, query):
    with registry.dba() as raw:
        return raw.execute(query).fetchall()


def test_a_source_that_refuses_linking_takes_its_places_out_of_pairs_and_a_yes_brings_them_back(registry):
    witness = sources.new(registry, "testimony_survivor", {"en": "A survivor"}, reliability="B", reason="test", terms=given.TERMS)
    say = lambda answer: consent.record(registry, {"linking": answer}, version="leaflet", how="oral", before="the team", on=date.today(),  # noqa: E731
                                        why="they were asked", source=witness)
    given.site(registry, given.kind("court"), given.place(36.52, 33.52))
    given.site(registry, given.kind("mass_grave"), given.place(*HERE), source=witness)
    case(registry, event("held_at", "[2013-01-01,2013-02-01)", HERE))
    pairs = lambda: len(registry.rows("event_site_near", km=10))  # noqa: E731
    assert (alike(registry)["worker"][4], pairs()) == (0, 2)
    say("no")
    assert (alike(registry)["worker"][4], pairs()) == (1, 1)
    given.site(registry, given.kind("mass_grave"), given.place(36.49, 33.49), source=witness)
    assert (alike(registry)["worker"][4], pairs()) == (2, 1), "what he tells afterwards is not linked either"
    say("yes")
    assert (alike(registry)["worker"][4], pairs()) == (0, 3)


def test_verify_names_a_row_that_does_not_follow(registry, world):
    with registry.dba() as raw:
        assert verification.faults_in(raw, ["records"]) == []
        for change in ("update reg.beside set told = told || '{\"method\": \"imagery\"}' where what = 'visit' and face = 1", "delete from reg.beside where face = 2",
                       "insert into reg.beside select record, face, tier, scope, 'unlinked', record, told_tier, true, '{}', null from reg.beside limit 1"):
            with raw.transaction(force_rollback=True):
                raw.execute(change)
                found = raw.execute("select distinct row_of from api._resolved_differences()").fetchall()
                assert found == [("beside",)], change
