"""Each mark by which a kept count grows old: what nothing but that mark tells of. Every act here leaves the rows of faces as they are, or is one of them."""
from datetime import date, timedelta

import pytest

from sitereg import claims, consent, disclosing, holdings, protection, sources
from sitereg.store import people
from sitereg.store.session import Json
from tests import given
from tests.sitereg import analysing
from tests.sitereg.test_kept_counts import acting, agree, approved, as_kept, keep, right, scopes

pytestmark = pytest.mark.db
DAY = date.today() - timedelta(days=400)
SITES = tuple("claimed ended visited decided restricted joined into parted stays frozen told_down seen gone silenced apart whole quiet silenced_part"
              " silenced_whole".split())
PARTS = ("joined", "parted", "apart", "silenced_part")  # by which no face of what they are joined into changes
NOTE = {"predicate": "note", "value": {"text": "said again"}}


@pytest.fixture(scope="module")
def house(server):
    """Sites of tier 1 with one account each, and a note of tier 2 at each; sources of which nothing but notes is known."""
    with analysing.house(server, "marks") as settings:
        made = {"sources": analysing.sources(settings)}
        with analysing.dba(settings) as raw:
            people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
        with acting(settings) as session:
            for n, name in enumerate(SITES):
                told = [NOTE] if name in PARTS else [given.kind("court"), given.place(36.4 + n / 50, 33.7)]
                made[name] = given.site(session, *told, source=made["sources"]["B"], key=name, tier=2 if name in ("parted", "apart") else 1)
                made[f"{name} 2"] = given.say(session, made[name][0], {**NOTE, "tier": 2}, source=made["sources"]["C"])[0]
            for name in ("silenced", "silenced_part", "quiet"):
                made[f"{name} by"] = sources.new(session, "testimony_survivor", {"en": name}, reliability="B", reason="test", terms=given.TERMS)
                made[f"{name} claim"] = given.say(session, made[name][0], {**NOTE, "tier": 2 if name == "silenced_part" else 1}, source=made[f"{name} by"])[0]
            made["visits"] = given.site(session, given.kind("court"), source=made["sources"]["B"], key="v")
            protection.inspect(session, made["visits"][0], visited_on=DAY)
            made["person"] = analysing.person(session, analysing.event("arrested", lon=36.2, lat=33.2), source=made["sources"]["B"])[0]
            made["records"] = holdings.record(session, made["sources"]["B"], credibility="2", name={"en": "Register"}, kinds=["detention_register"]).subject
        yield settings, made


def copied(raw, table, one, **change):
    """A row as it lies there is written again with changed fields, as nothing but the table hears of it."""
    raw.execute(f"insert into reg.{table} select (jsonb_populate_record(t, jsonb_build_object('id', reg.new_id()) || %s)).* from reg.{table} t where t.id = %s",
                [Json(change), one])


def decided(raw, site, machine, to, value=None, seq=90, **change):
    raw.execute("insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, value, proposed_by, tier, scope, recorded_by,"
                " event, digest, observed_on) select reg.new_id(), s.id, %s, '', %s, '', %s, 'arranged', '{}', %s, s.recorded_by, s.tier, s.scope, s.recorded_by,"
                " reg.new_id(), '', %s from reg.subject s where s.id = %s", [machine, seq, to, Json(value or {}), change.get("observed_on"), site])


def disclosed(settings, site, claim):
    """The claim counts from tier 0 on by what was decided of that site."""
    with analysing.dba(settings) as raw:
        decided(raw, site, "disclosure", "claims_disclosed", {"claims": [str(claim)]})


def joined(settings, one, into):
    with analysing.dba(settings) as raw:
        raw.execute("update reg.subject set merged_into = %s where id = %s", [into, one])
        raw.execute("select api._resolve(array_remove(array[%s, %s]::uuid[], null))", [one, into])


def a_claim(settings, made):
    with acting(settings) as session:
        given.say(session, made["claimed"][0], NOTE, source=made["sources"]["B"])


def before_an_end(settings, made):
    with acting(settings) as session:
        made["note"] = given.say(session, made["ended"][0], NOTE, source=made["sources"]["B"])[0]


def an_end(settings, made):
    with acting(settings) as session:
        claims.end(session, made["note"], why="it was of another place")


def a_visit(settings, made):
    with analysing.dba(settings) as raw:
        one = raw.execute("select id from reg.visit where site = %s", [made["visits"][0]]).fetchone()[0]
        copied(raw, "visit", one, site=str(made["visited"][0]))


def a_frozen_visit(settings, _made):
    with analysing.dba(settings) as raw:
        raw.execute("update reg.visit set scope = -1 - scope")


def a_decision(settings, made):
    with analysing.dba(settings) as raw:
        decided(raw, made["decided"][0], "protection", "unprotected", observed_on=DAY)


def a_frozen_decision(settings, made):
    with analysing.dba(settings) as raw:
        raw.execute("update reg.decision set scope = -1 - scope where subject = %s", [made["decided"][0]])


def before_a_restriction(settings, made):
    with acting(settings) as session:
        made["note"] = given.say(session, made["restricted"][0], NOTE, source=made["sources"]["B"])[0]


def a_restriction(settings, made):
    with acting(settings, "officer1") as session:
        made["held"] = disclosing.restrict(session, made["restricted"][0], claims=[made["note"]], reason="it names a family")


def a_lift(settings, made):
    with acting(settings) as session:
        done = disclosing.lift(session, made["held"].decision, reason="the danger is over")
    approved(settings, done, "releaser")


def a_merge(settings, made):
    joined(settings, made["joined"][0], made["into"][0])


def a_split(settings, made):
    joined(settings, made["joined"][0], None)


def before_parting(settings, made):
    """A note of the part was disclosed by a decision of the whole, which is no decision of the part alone."""
    joined(settings, made["parted"][0], made["stays"][0])
    disclosed(settings, made["stays"][0], made["parted 2"])


def a_parting(settings, made):
    joined(settings, made["parted"][0], None)


def a_joining(settings, made):
    joined(settings, made["parted"][0], made["stays"][0])


def before_coming_back(settings, made):
    """What a part decided of the whole, from a time when it was the whole, counts again with it."""
    disclosed(settings, made["apart"][0], made["whole 2"])


def a_coming_back(settings, made):
    joined(settings, made["apart"][0], made["whole"][0])


def before_a_freeze(settings, made):
    disclosed(settings, made["frozen"][0], made["frozen 2"])


def a_freeze(settings, made):
    with analysing.dba(settings) as raw:
        raw.execute("update reg.claim set scope = -1 - scope where id = %s", [made["frozen 2"]])


def a_face(settings, made):
    with analysing.dba(settings) as raw:
        raw.execute("update reg.site set adm1 = null where id = %s", [made["seen"][0]])


def a_frozen_face(settings, made):
    with analysing.dba(settings) as raw:
        raw.execute("update reg.site set scope = -1 - scope where id = %s", [made["seen"][0]])


def a_deleted_face(settings, made):
    with analysing.dba(settings) as raw:
        raw.execute("delete from reg.site where id = %s", [made["gone"][0]])


def a_made_face(settings, made):
    joined(settings, made["gone"][0], None)


def a_withdrawal(settings, made):
    with acting(settings) as session:
        consent.change(session, made["silenced by"], consent="withdrawn", why="they asked")


def before_silence_of_a_part(settings, made):
    joined(settings, made["silenced_part"][0], made["silenced_whole"][0])
    disclosed(settings, made["silenced_whole"][0], made["silenced_part claim"])


def a_withdrawal_of_a_part(settings, made):
    with acting(settings) as session:
        consent.change(session, made["silenced_part by"], consent="withdrawn", why="they asked")


def an_end_while_silenced(settings, made):
    """Withdrawn, ended and given again between two rounds of the keeper."""
    with acting(settings) as session:
        consent.change(session, made["quiet by"], consent="withdrawn", why="they asked")
    with analysing.dba(settings) as raw:
        raw.execute("insert into reg.claim_end(claim, why, recorded_by, event, digest) select c.id, 'arranged', c.recorded_by, c.event, '' from reg.claim c where c.id = %s",
                    [made["quiet claim"]])
    with acting(settings) as session:
        consent.change(session, made["quiet by"], consent="given", why="they asked")


ACTS = {"claim": (None, a_claim), "end": (before_an_end, an_end), "visit": (None, a_visit), "frozen visit": (None, a_frozen_visit), "visit back": (None, a_frozen_visit),
        "decision": (None, a_decision), "frozen decision": (None, a_frozen_decision), "decision back": (None, a_frozen_decision),
        "restriction": (before_a_restriction, a_restriction), "lift": (None, a_lift), "merge": (None, a_merge), "split": (None, a_split),
        "disclosed, then parted": (before_parting, a_parting), "parted, then joined": (None, a_joining), "disclosed, then back": (before_coming_back, a_coming_back),
        "disclosed, then frozen": (before_a_freeze, a_freeze), "frozen, then not": (None, a_freeze), "face": (None, a_face), "frozen face": (None, a_frozen_face),
        "face back": (None, a_frozen_face), "face gone": (None, a_deleted_face), "face made": (None, a_made_face), "silenced": (None, a_withdrawal),
        "disclosed of a part, then silenced": (before_silence_of_a_part, a_withdrawal_of_a_part), "ended while silenced": (None, an_end_while_silenced)}


@pytest.mark.parametrize("name", ACTS)
def test_what_nothing_but_its_mark_tells_of_is_counted_at_once(house, name):
    settings, made = house
    before, act = ACTS[name]
    if before:
        before(settings, made)
    keep(settings)
    told = as_kept(settings, "analyst1")
    act(settings, made)
    agree(settings, name)
    assert as_kept(settings, "analyst1") != told, "nothing that is counted has changed"


def test_another_month_has_its_own_counts(house):
    settings, made = house
    today = date.today()
    with analysing.dba(settings) as raw:
        one = raw.execute("select id from reg.visit where site = %s", [made["visits"][0]]).fetchone()[0]
        copied(raw, "visit", one, visited_on=str(date(today.year - 3 + today.month // 12, today.month % 12 + 1, 2)))
        keep(settings)
        told = as_kept(settings, "analyst1")
        raw.execute("insert into reg.setting(name, value) values ('today', %s) on conflict (name) do update set value = excluded.value",
                    [Json(str(date(today.year + 1, 2, 3)))])
        try:
            agree(settings, "another month and year")
            assert as_kept(settings, "analyst1") != told
        finally:
            raw.execute("delete from reg.setting where name = 'today'")


def test_what_was_withdrawn_and_is_not_his_makes_nothing_of_his_old(house):
    """Neither a source that told him nothing, nor one of which a restriction left him nothing."""
    settings, made = house
    with acting(settings) as session:
        above, held = (sources.new(session, "testimony_survivor", {"en": name}, reliability="B", reason="test", terms=given.TERMS) for name in ("Above", "Held"))
        given.say(session, made["claimed"][0], {**NOTE, "tier": 2}, source=above)
        note = given.say(session, made["told_down"][0], NOTE, source=held)[0]
    with acting(settings, "officer1") as session:
        disclosing.restrict(session, made["told_down"][0], claims=[note], reason="it names a family")
    keep(settings)
    low, high = scopes(settings, "analyst1"), scopes(settings, "worker")
    for one in (above, held):
        with acting(settings) as session:
            consent.change(session, one, consent="withdrawn", why="they asked")
        assert right(settings, 1, low) == 64 and not right(settings, 2, high)
        keep(settings)


SILENT = {
    "a site": "update reg.site set shown = shown where id = (select id from reg.site limit 1)", "a site gone": "delete from reg.site where id = %(gone)s",
    "a site made": "select api._resolve(array[%(gone)s])", "a person": "update reg.person set sex = sex where id = %(person)s",
    "a person gone": "delete from reg.person where id = %(person)s", "a person made": "select api._resolve(array[%(person)s])",
    "its change": "update reg.holding set tier = tier", "its end": "delete from reg.holding", "a body of records": "select api._resolve(array[%(records)s])",
    "a visit": "update reg.visit set scope = -1 - scope",
    "a place": "insert into reg.place select (jsonb_populate_record(p, '{}')).* from reg.place p where false",
    "places change": "update reg.place set names = names where false", "a unit": "insert into reg.admin_unit select * from reg.admin_unit where false",
    "units change": "update reg.admin_unit set name_en = name_en where false"}


@pytest.mark.parametrize("name", SILENT)
def test_silent_places_hear_of(house, name):
    settings, made = house
    held = scopes(settings, "analyst1")
    with analysing.dba(settings) as raw:
        raw.execute("update reg.kept_count set counted_at = counted_at - interval '1 hour'")
        keep(settings)
        kept = "select api._kept_silent(1, %s) is not null"
        assert raw.execute(kept, [held]).fetchone()[0]
        raw.execute(SILENT[name], {"gone": made["quiet"][0], "person": made["person"], "records": made["records"]})
        assert not raw.execute(kept, [held]).fetchone()[0]


def test_an_import_leaves_many_marks_and_all_is_right_at_once_and_kept_again(house):
    settings, made = house
    keep(settings)
    with acting(settings) as session:
        given.site(session, given.kind("court"), source=made["sources"]["B"], key="many")
    with analysing.dba(settings) as raw:
        raw.execute("insert into reg.count_mark(xid, of, subject, lo, hi, scope) select pg_current_xact_id()::text::bigint, 'claim', gen_random_uuid(),"
                    " 1, 3, 0 from generate_series(1, 20001)")
    agree(settings, "many marks")
    with analysing.dba(settings) as raw:
        raw.execute("update reg.kept_count set counted_at = counted_at - interval '1 hour'")
    keep(settings)
    agree(settings, "many marks, kept again")
    assert right(settings, 1, scopes(settings, "analyst1")) == 64
    with analysing.dba(settings) as raw:
        assert not raw.execute("select count(*) from reg.count_mark").fetchone()[0]
