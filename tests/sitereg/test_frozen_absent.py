"""What is frozen is absent on every road for all but releasers of tier 2, and comes back exactly as it was."""
import hashlib
from datetime import date, timedelta

import pytest
from shapely import box

from sitereg import claims, documents, errors, persons, protection, reports, sharing, sites
from sitereg.store import verification
from tests import given
from tests.sitereg import cases

pytestmark = pytest.mark.db
SOON = date.today() + timedelta(days=30)
HERE, AWAY = (36.5, 33.5), (36.9, 33.9)
AREA = box(36.45, 33.45, 36.55, 33.55)
READERS = ("worker", "investigator1", "steward1", "officer", "verifier", "handler", "auditor", "viewer")
DEFAULTS = """select p.oid::regproc::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'api' and p.prokind = 'f' and p.provolatile = 's' and p.pronargs = p.pronargdefaults and p.proname !~ '^(_|keeper)'
    and has_function_privilege('sr_web', p.oid, 'execute') order by 1"""
WITHOUT_VERSION = "(case jsonb_typeof(to_jsonb(x)) when 'object' then to_jsonb(x) - 'version' else to_jsonb(x) end)::text"
VIEWS = "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'api' and c.relkind = 'v' order by 1"


def told(registry, reader):
    """All that a reader is told who asks for everything: {function or view: its rows as text}."""
    with registry.as_(reader), registry.dba() as raw:
        roads = [f"(select * from {row[0]}())" for row in raw.execute(DEFAULTS).fetchall()] + [row[0] for row in raw.execute(VIEWS).fetchall()]
        said = {}
        for road in roads:
            try:
                with raw.transaction():
                    said[road] = raw.execute(f"select coalesce(string_agg(y, chr(10) order by y), '') from (select {WITHOUT_VERSION} as y from {road} x) t").fetchone()[0]
            except Exception as refused:
                said[road] = type(refused).__name__
        return said


def everything(registry):
    return {reader: told(registry, reader) for reader in READERS}


@pytest.fixture
def world(registry):
    """A site with all that can be told of one, a part of it, records, a person with one event there and one elsewhere, a second source."""
    source, other = given.source_of(registry, "C"), given.source_of(registry, "B")
    with registry.dba() as raw:
        paper = raw.execute(
            "insert into reg.document(id, sha256, size, media_type, original_name, role, how, tier, scope, recorded_by, event, digest) select reg.new_id(),"
            " sha256('scan'), 4, 'application/pdf', 'frozen paper.pdf', 'evidentiary', 'file', 1, 0, a.id, reg.new_id(), '' from reg.account a"
            " where a.name = 'worker' returning id").fetchone()[0]
    site, code, said = given.site(
        registry, given.kind("prison_central"), given.name("Quiet yard", document=str(paper)), given.place(*HERE),
        {"predicate": "external_id", "value": {"scheme": "list", "value": "Q-17"}}, source=source)
    part = given.site(registry, given.kind("cemetery"), given.name("Lower field"), given.place(36.58, 33.58),
                      {"predicate": "relation", "value": {"kind": "part_of"}, "object": str(site)}, source=other)
    other_site = given.site(registry, given.kind("court"), given.name("Court"), given.place(*AWAY),
                            {"predicate": "relation", "value": {"kind": "adjacent_to"}, "object": str(site)}, source=other)
    person, ref = cases.case(registry, cases.event("held_at", "[2013-01-01,2013-02-01)", site=str(site)), cases.event("arrested", "[2012-05-01,2012-05-02)", AWAY),
                             cases.event("seen_by_exdetainee", "[2013-03-01,2013-03-02)", HERE))
    protection.record_measure(registry, site, "guard", reason="watched")
    protection.decide(registry, site, "unprotected", reason="quiet yard open", observed_on=date(2024, 1, 1))
    with registry.dba() as raw:
        raw.execute("insert into reg.task(id, what, why, subject, tier, scope) values (reg.new_id(), 'look', 'look at the quiet yard', %s, 1, 0)", [site])
    return {"site": site, "code": code, "claims": said, "part": part, "other": other_site, "person": person, "ref": ref, "paper": paper,
            "source": source}


def observe(registry, world):
    visit = protection.inspect(registry, world["site"], visited_on=date(2024, 1, 1), findings="a quiet yard")["visit"]
    protection.record_disturbance(registry, world["site"], "looting", "minor", note="a quiet yard", visit=visit)


def freeze(registry, world, way, by="investigator1"):
    what = {"site": {"code": world["code"]}, "source": {"source": world["source"]}, "area": {"area": AREA}}[way]
    with registry.as_(by):
        return sharing.freeze(registry, way, reason="somebody was followed", review_on=SOON, **what)


def lift(registry, made):
    with registry.as_("releaser"):
        sharing.ask_unfreeze(registry, made, why="it was nothing")
    with registry.as_("releaser2"):
        assert sharing.settle_unfreeze(registry, made, agrees=True, why="looked at") == "taken"


def faults(registry):
    with registry.dba() as raw:
        found = raw.execute("select problem, tbl, id from api._freeze_faults()").fetchall()
        found += [one for one in verification.faults_in(raw, ["rows"]) if one["problem"] == "row changed"]
        found += raw.execute("select problem, row_of, subject::text from api._resolved_differences()").fetchall()
        return found + raw.execute("select problem, tbl, id from api._tier_faults()").fetchall()


@pytest.mark.parametrize("way", ["site", "source", "area"])
def test_it_is_absent_on_every_road_and_comes_back_exactly_as_it_was(registry, world, way):
    if way != "source":  # else the visit, a source of its own, would carry the record
        observe(registry, world)
    before = everything(registry)
    names = [str(world["site"]), world["code"], "Quiet yard", "quiet yard", "Q-17"] + ([] if way == "area" else ["frozen paper"])
    assert all(any(name in text for text in before["worker"].values()) for name in names[:3])
    made = freeze(registry, world, way)
    for reader, roads in everything(registry).items():
        for road, text in roads.items():
            assert not [name for name in names if name in text], (reader, road)
            assert str(made) not in text or road == "(select * from api.freeze_receipts())", (reader, road)
    for reader in READERS:
        with registry.as_(reader):
            for asked in (lambda: sites.show(registry, world["code"]), lambda: sharing.frozen(registry, world["code"])):
                with pytest.raises(errors.NotFound):
                    asked()
    assert faults(registry) == []
    with registry.as_("releaser"):
        assert sites.show(registry, world["code"])["code"] == world["code"] and sharing.frozen(registry, world["code"])
    lift(registry, made)
    after = everything(registry)
    for reader in READERS:
        for road, text in before[reader].items():
            if "audit_log" not in road and "freeze_receipts" not in road:
                assert text == after[reader][road], (reader, road)
    assert faults(registry) == []


@pytest.mark.parametrize("way", ["site", "area"])
def test_a_case_loses_the_events_at_the_frozen_place_and_nothing_else(registry, world, way):
    made = freeze(registry, world, way)
    left = {one["kind"] for one in persons.show(registry, world["ref"])["events"]}
    assert left == ({"arrested", "seen_by_exdetainee"} if way == "site" else {"arrested"})
    lift(registry, made)
    assert len(persons.show(registry, world["ref"])["events"]) == 3


def test_a_part_goes_with_the_whole_and_what_lies_beside_it_loses_the_relation_only(registry, world):
    made = freeze(registry, world, "site")
    with pytest.raises(errors.NotFound):
        sites.show(registry, world["part"][1])
    assert sites.show(registry, world["other"][1])["relations"] == []
    lift(registry, made)
    assert len(sites.show(registry, world["other"][1])["relations"]) == 1 and sites.show(registry, world["part"][1])


def test_a_source_takes_its_claims_from_records_that_others_carry(registry, world):
    given.say(registry, world["site"], given.name("Known otherwise", "ar"), given.kind("prison_central"), source=given.source_of(registry, "A"))
    made = freeze(registry, world, "source")
    seen = sites.show(registry, world["code"])
    assert seen["names"] == {"ar": "Known otherwise"} and seen["place"]["shown_as"] == "none" and sites.count(registry) == 3
    lift(registry, made)
    assert sites.show(registry, world["code"])["names"]["en"] == "Quiet yard" and faults(registry) == []


def test_of_several_freezes_each_gives_back_what_no_other_holds(registry, world):
    first, second, third = (freeze(registry, world, way) for way in ("area", "source", "area"))
    with registry.as_("releaser"):
        fourth = sharing.freeze(registry, "site", code=world["code"], reason="again", review_on=SOON)
    for made in (first, fourth, third):
        lift(registry, made)
        assert faults(registry) == []
        with pytest.raises(errors.NotFound):
            sites.show(registry, world["code"])
    lift(registry, second)
    assert sites.show(registry, world["code"])["names"]["en"] == "Quiet yard" and faults(registry) == []
    with registry.dba() as raw:
        assert raw.execute("select count(*) from reg.claim where scope < 0").fetchone()[0] == 0


def test_what_comes_while_it_holds_falls_under_it_at_once(registry, world):
    made = freeze(registry, world, "area")
    new = given.site(registry, given.kind("court"), given.name("New in the area"), given.place(*HERE))
    beside = given.site(registry, given.kind("court"), given.name("New elsewhere"), given.place(*AWAY))
    given.say(registry, world["other"][0], given.place(*HERE, 50))  # a standing site is told to lie there
    given.say(registry, world["person"], cases.event("died_witnessed", "[2014-01-01,2014-01-02)", HERE))
    for code in (new[1], world["other"][1]):
        with pytest.raises(errors.NotFound):
            sites.show(registry, code)
    assert sites.show(registry, beside[1]) and {one["kind"] for one in persons.show(registry, world["ref"])["events"]} == {"arrested"}
    assert faults(registry) == []
    lift(registry, made)
    assert sites.show(registry, new[1]) and sites.show(registry, world["other"][1]) and faults(registry) == []


def test_a_newer_record_with_the_identifier_of_a_frozen_site_falls_under_it(registry, world):
    freeze(registry, world, "site")
    again = given.site(registry, given.kind("court"), {"predicate": "external_id", "value": {"scheme": "list", "value": "Q-17"}})
    with pytest.raises(errors.NotFound):
        sites.show(registry, again[1])


def test_a_frozen_source_made_anew_is_frozen(registry, world):
    freeze(registry, world, "source")
    with registry.dba() as raw:
        root = raw.execute("select origin_root from reg.source where id = %s", [world["source"]]).fetchone()[0]
        anew = given.source(raw, "source C", "C", origin=root)
    with registry.as_("worker"), pytest.raises(errors.BadInput):
        given.say(registry, world["other"][0], given.name("By it"), source=anew)


def test_documents_go_with_what_rests_on_them(registry, world):
    freeze(registry, world, "site")
    with pytest.raises(errors.NotFound):
        documents.release(registry, world["paper"], recipient="A commission", purpose="x",
                          risk=dict.fromkeys(("site", "sources", "families", "staff"), "none"))
    assert documents.find(registry, sha256=hashlib.sha256(b"scan").hexdigest()) == []


def test_what_is_asked_of_something_frozen_is_refused_as_of_something_that_never_was(registry, world):
    freeze(registry, world, "site")
    never = "00000000-0000-7000-8000-000000000000"
    roads = (lambda one: given.say(registry, one, given.name("x")),
             lambda one: protection.decide(registry, one, "protected", reason="x", observed_on=date(2024, 2, 2)),
             lambda one: protection.record_measure(registry, one, "guard", reason="x"),
             lambda one: registry.call("open_inquiry", subject=one, question="?", due=SOON),
             lambda one: cases.case(registry, cases.event("held_at", site=str(one))))
    for road in roads:
        answers = []
        for one in (world["site"], never):
            with pytest.raises(errors.SiteregError) as refused, registry.savepoint():
                road(one)
            answers.append((type(refused.value), str(refused.value).replace(str(one), "")))
        assert answers[0] == answers[1]
    with pytest.raises(errors.NotFound):
        claims.end(registry, world["claims"][0], why="x")


def test_receipts_tell_the_one_who_froze_the_reference_and_nothing_else(registry, world):
    made = freeze(registry, world, "site")
    with registry.as_("investigator1"):
        mine = sharing.receipts(registry)
        assert [(one["id"], one["kind"], one["lifted"]) for one in mine] == [(made, "site", False)] and sharing.freezes(registry) == []
        assert world["code"] not in str(mine) and "followed" not in str(mine)
    assert sharing.receipts(registry) == []
    with registry.as_("releaser"):
        assert [one["data"]["freezing"] for one in reports.tasks(registry) if one["what"] == "review_freeze"] == [str(made)]
        assert [one["code"] for one in sharing.freezes(registry)] == [world["code"]]
    lift(registry, made)
    with registry.as_("investigator1"):
        assert sharing.receipts(registry)[0]["lifted"]
