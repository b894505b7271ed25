"""Counts that are kept beforehand: they are what is counted on the spot, at once after any change, for each reader his own."""
from datetime import date, timedelta

import pytest

from sitereg import claims, consent, decisions, disclosing, keeper, protection, sharing, sources
from sitereg.store import people
from sitereg.store import session as store
from tests import given
from tests.sitereg import analysing
from tests.sitereg.matrix_house import stands

pytestmark = pytest.mark.db
READERS = ("worker", "analyst1", "viewer", "releaser", "verifier1")
DAY = date.today() - timedelta(days=40)


@pytest.fixture(scope="module")
def house(server):
    """Sites of every tier, one of a compartment, with claims, visits and statuses; their ids and claims by name."""
    with analysing.house(server, "kept") as settings:
        made = {"sources": analysing.sources(settings)}
        with analysing.dba(settings) as raw:
            people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="test")
        with acting(settings) as session:
            for n in range(5):
                made[f"plain{n}"] = given.site(session, given.kind("court", began="[2011-01-01,2013-01-01)"), given.place(36.5 + n / 50, 33.7),
                                               source=made["sources"]["B"], key=f"p{n}")
            made["grave"] = given.site(session, given.kind("mass_grave"), given.place(36.6, 33.9), exact_tier=2, source=made["sources"]["C"])
            made["hidden"] = given.site(session, given.kind("prison_central"), given.place(36.7, 33.9), tier=2, source=made["sources"]["B"])
            made["apart"] = given.site(session, given.kind("court"), tier=2, compartments=["names"], source=made["sources"]["B"])
            made["told"] = sources.new(session, "testimony_survivor", {"en": "A survivor"}, reliability="B", reason="test", terms=given.TERMS)
            given.say(session, made["plain0"][0], given.name("The old court"), source=made["told"])
            protection.inspect(session, made["plain1"][0], visited_on=DAY)
        yield settings, made


def acting(settings, name="worker"):
    return analysing.as_(settings, name)()


def keep(settings):
    """Everything is counted ahead."""
    with store.unasked(settings) as opened:
        while opened.value("keeper_counts", seconds=60.0):
            pass


def rounded(rows):
    return sorted((tuple(round(one, 6) if isinstance(one, float) else one for one in row.values()) for row in rows), key=repr)


def as_kept(settings, name):
    with analysing.as_(settings, name, "reading")() as session:
        return [rounded(session.rows("coverage")), *(rounded(session.rows("progress", clock=clock)) for clock in ("recorded", "observed"))]


def as_counted(settings, name):
    """The same from the rows alone: of all ids; of 37 months, which are never kept, all but the first."""
    with analysing.dba(settings) as raw:
        ids = [row[0] for row in raw.execute("select distinct id from reg.site")]
    with analysing.as_(settings, name, "reading")() as session:
        today = session.value("today")
        since = date(today.year - 3 + today.month // 12, today.month % 12 + 1, 1)
        return [rounded(session.rows("coverage", ids=ids)), *(rounded(row for row in session.rows("progress", months=37, clock=clock) if row["month"] >= since)
                                                              for clock in ("recorded", "observed"))]


def agree(settings, what):
    for name in READERS:
        assert as_kept(settings, name) == as_counted(settings, name), (what, name)


def silent(settings, name, least):
    with analysing.as_(settings, name, "reading")() as session:
        return session.rows("silent_units", least=least)


def right(settings, level, scopes, what="coverage"):
    """How many of the 64 parts are right for that tier and those compartments."""
    with analysing.dba(settings) as raw:
        return raw.execute("select cardinality((api._kept_parts(%s, %s, %s)).parts)", [what, level, scopes]).fetchone()[0]


def scopes(settings, name):
    with analysing.as_(settings, name, "reading")() as session:
        return session.value("scopes")


def approved(settings, done, name="verifier"):
    if done.state != "decided":
        with acting(settings, name) as session:
            decisions.approve(session, done.proposal)


def a_claim(settings, made):
    with acting(settings) as session:
        made["said"] = given.say(session, made["plain2"][0], given.name("Another name"), source=made["sources"]["B"])


def a_note(settings, made):
    with acting(settings) as session:
        made["note"] = given.say(session, made["plain3"][0], {"predicate": "note", "value": {"text": "said again"}}, source=made["sources"]["B"])


def an_end(settings, made):
    with acting(settings) as session:
        claims.end(session, made["note"][0], why="it was of another place")


def a_site(settings, made):
    with acting(settings) as session:
        made["new"] = given.site(session, given.kind("court"), given.place(36.4, 33.6), source=made["sources"]["B"], key="new")


def a_visit(settings, made):
    with acting(settings, "officer1") as session:
        protection.inspect(session, made["plain4"][0], visited_on=DAY, method="imagery")


def a_status(settings, made):
    with acting(settings, "officer") as session:
        done = protection.decide(session, made["plain0"][0], "unprotected", reason="nobody is there", observed_on=DAY)
    approved(settings, done)


def a_restriction(settings, made):
    with acting(settings, "officer1") as session:
        made["restricted"] = disclosing.restrict(session, made["plain1"][0], claims=[made["plain1"][2][0]], reason="it names a family")


def a_restricted_site(settings, made):
    with acting(settings, "officer1") as session:
        disclosing.restrict(session, made["plain2"][0], reason="somebody is in danger")


def a_lift(settings, made):
    with acting(settings, "worker") as session:
        done = disclosing.lift(session, made["restricted"].decision, reason="the danger is over")
    approved(settings, done, "releaser")


def a_merge(settings, made):
    with acting(settings) as session:
        made["merge"] = decisions.merge(session, made["plain3"][0], made["plain4"][0], reason="two spellings of one name")
    approved(settings, made["merge"])


def a_split(settings, made):
    with acting(settings) as session:
        last = decisions.history(session, made["plain4"][0], machine="merge")[0]
        done = decisions.annul(session, last["id"], reason="two places after all")
    approved(settings, done)


def a_freeze(settings, made):
    with acting(settings, "investigator1") as session:
        made["frozen"] = sharing.freeze(session, "site", code=made["plain0"][1], reason="somebody was followed", review_on=date.today() + timedelta(days=30))


def a_withdrawal(settings, made):
    with acting(settings) as session:
        consent.change(session, made["told"], consent="withdrawn", why="they asked")


def a_return(settings, made):
    with acting(settings) as session:
        consent.change(session, made["told"], consent="given", why="they asked")


ACTS = (a_claim, a_note, an_end, a_site, a_visit, a_status, a_withdrawal, a_return, a_restriction, a_lift, a_merge, a_split, a_restricted_site, a_freeze)


def test_what_is_kept_is_what_is_counted_whatever_is_done_and_at_once(house):
    settings, made = house
    keep(settings)
    assert right(settings, 2, scopes(settings, "worker")) == right(settings, 1, scopes(settings, "analyst1"), "observed") == 64
    agree(settings, "nothing")
    for act in ACTS:
        act(settings, made)
        agree(settings, act.__name__)
        keep(settings)
        agree(settings, f"{act.__name__}, kept again")


def test_what_is_done_in_a_transaction_counts_in_it(house):
    settings, made = house
    keep(settings)
    with acting(settings) as session:
        before = session.rows("coverage")
        given.say(session, made["grave"][0], given.name("Said a moment ago"), source=made["sources"]["B"])
        after = session.rows("coverage")
    assert next(row for row in after if row["cut"] == "total")["accounts"] == next(row for row in before if row["cut"] == "total")["accounts"] + 1


def test_what_is_hidden_from_a_reader_makes_nothing_of_his_old(house):
    settings, made = house
    keep(settings)
    low, high, mine = (scopes(settings, name) for name in ("analyst1", "verifier1", "worker"))
    with acting(settings) as session:
        given.say(session, made["hidden"][0], given.name("The hidden prison"), source=made["sources"]["B"])
        given.say(session, made["apart"][0], given.name("Of a compartment"), source=made["sources"]["B"])
    for what in ("coverage", "recorded"):
        assert right(settings, 1, low, what) == 64, "tier 1 hears of what tier 2 recorded"
        assert right(settings, 2, mine, what) == 62 or made["hidden"][0].bytes[15] % 64 == made["apart"][0].bytes[15] % 64
    assert set(mine) != set(high) or right(settings, 2, high) < 64


def test_two_clearances_have_each_their_own(house):
    settings, _made = house
    keep(settings)
    with analysing.dba(settings) as raw:
        rows = raw.execute("select level, scopes, (select sum(n) from (select unnest(k.sites) as n, unnest(k.cuts) as cut) u where u.cut = 'total') from"
                           " (select level, scopes, array_agg(s) as sites, array_agg(c) as cuts from reg.kept_count, unnest(sites, cuts) u(s, c)"
                           "  where what = 'coverage' group by 1, 2) k").fetchall()
        told = {(level, tuple(held)): n for level, held, n in rows}
        for (level, held), n in told.items():
            assert n == raw.execute("select count(*) from reg.site where face = %s and tier <= %s and scope = any(%s)", [level, level, list(held)]).fetchone()[0]
    assert len(set(told.values())) > 2


def test_the_keeper_keeps_them_and_forgets_marks_that_all_have_seen(house):
    settings, made = house
    a_note(settings, made)
    with analysing.dba(settings) as raw:
        raw.execute("update reg.kept_count set counted_at = counted_at - interval '1 hour'")  # silent places are not kept again at once
    keeper.run(settings, rounds=1)
    with analysing.dba(settings) as raw:
        assert raw.execute("select count(*) from reg.count_mark").fetchone()[0] == 0
        assert raw.execute("select bool_and(done) from reg.kept_count").fetchone()[0]
    agree(settings, "the keeper's round")


def test_what_stood_for_six_hours_is_counted_anew_from_the_rows_whatever_was_marked(house):
    settings, _made = house
    keep(settings)
    with analysing.dba(settings) as raw:
        raw.execute("update reg.kept_count set ids = '{}', accounts = array_fill(77, array[coalesce(cardinality(accounts), 0)])")
    assert as_kept(settings, "worker") != as_counted(settings, "worker")
    keep(settings)
    assert as_kept(settings, "worker") != as_counted(settings, "worker")
    with analysing.dba(settings) as raw:
        raw.execute("update reg.kept_count set counted_at = now() - interval '7 hours'")
    keep(settings)
    agree(settings, "six hours later")


def test_what_a_dump_brought_from_another_cluster_is_of_no_use_and_does_no_harm(house):
    settings, _made = house
    keep(settings)
    with analysing.dba(settings) as raw:
        raw.execute("update reg.kept_count set home = '1', accounts = array_fill(77, array[coalesce(cardinality(accounts), 0)])")
        raw.execute("insert into reg.count_mark(xid, of, subject, lo, hi, scope) select 9000000000000, 'claim', id, 0, 3, 0 from reg.subject where kind = 'site'")
    agree(settings, "brought from elsewhere")
    keep(settings)
    agree(settings, "kept anew")
    assert right(settings, 2, scopes(settings, "worker")) == 64


def test_rights_that_nobody_holds_any_more_are_not_kept(house):
    settings, _made = house
    keep(settings)
    with analysing.dba(settings) as raw:
        raw.execute("update reg.clearance set ended_at = now() where tier = 0")
        assert raw.execute("select count(*) from reg.kept_count where level = 0").fetchone()[0] > 0
    keep(settings)
    with analysing.dba(settings) as raw:
        assert raw.execute("select count(*) from reg.kept_count where level = 0").fetchone()[0] == 0
        raw.execute("update reg.clearance set ended_at = null where tier = 0")


def test_silent_places_are_kept_until_somebody_is_seen_there_or_found(house):
    settings, made = house
    with acting(settings) as session:
        seen = [analysing.person(session, analysing.event("arrested", lon=36.15 + n / 1000, lat=33.15, at="[2013-03-01,2013-04-01)"),
                                 source=made["sources"]["B"])[0] for n in range(7)]
    with analysing.dba(settings) as raw:
        for one in seen:
            stands(raw, one, "open_missing")
        raw.execute("update reg.kept_count set counted_at = counted_at - interval '1 hour'")
    keep(settings)
    for name in ("worker", "analyst1", "viewer"):
        told = silent(settings, name, 5)
        with analysing.dba(settings) as raw:
            raw.execute("update reg.kept_count set done = false where what = 'silent'")
        assert told == silent(settings, name, 5) and bool(told) == (name != "viewer")
        keep(settings)
    before = silent(settings, "worker", 5)
    with acting(settings) as session:
        given.site(session, given.kind("court"), given.place(36.152, 33.15), source=made["sources"]["B"], key="there")
    after = silent(settings, "worker", 5)
    assert len(after) < len(before), "what is found there is told at once"
    with analysing.dba(settings) as raw:
        assert raw.execute("select rows is not null and done from reg.kept_count where what = 'silent' and level = 2 limit 1").fetchone()[0]
