"""What spares work spares nothing that must hold: an event has all its rows, terms are as the vocabularies say, names as their words."""
import hashlib

import psycopg
import pytest

from tests import given

pytestmark = pytest.mark.db
SEALED = "select count(*), api._merkle(array_agg(r.digest)) from api._event_rows(%s) r"
CODES = [("_is_many", "predicate", "many"), ("_is_dated", "predicate", "dated"), ("_is_sealed", "predicate", "sealed"),
         ("_hiding_kind", "site_kind", "hides_place"), ("_hiding_building", "building", "hides_place"),
         ("_kind_group", "site_kind", "group"), ("_rank_of_level", "verification_level", "rank"),
         ("_activity_rank", "investigation_activity", "rank")]


def test_an_event_that_opens_only_the_tables_written_to_holds_all_its_rows(registry):
    site = given.site(registry, given.name("The mill"), source=given.source_of(registry, "B"))
    given.say(registry, site[0], given.kind("court"), given.place(36.5, 33.5), source=given.source_of(registry, "A"))
    with registry.dba() as raw:
        event, count, root = raw.execute("select e.id, e.count, e.root from reg.audit_event e where e.action = 'record_claims'"
                                         " order by e.seq desc limit 1").fetchone()
        assert raw.execute(SEALED, [event]).fetchone() == (count, root)
        told = dict(raw.execute("select tbl, count(*) from api._event_rows(%s) group by 1", [event]).fetchall())
        assert told == {"claim": 2, "decision": 2}, "the claims and the two levels that they give"


def test_an_event_that_sealed_words_holds_them_too(registry):
    said = {"predicate": "person_name", "value": {"text": "A name"}, "subject_key": "p", "credibility": "2", "source": str(given.source_of(registry, "B"))}
    registry.rows("record_claims", claims=given.registry_json([said]), subjects=given.registry_json([{"key": "p", "kind": "person", "tier": 1}]))
    with registry.dba() as raw:
        event, count, root = raw.execute("select e.id, e.count, e.root from reg.audit_event e where e.action = 'record_claims'"
                                         " order by e.seq desc limit 1").fetchone()
        assert raw.execute(SEALED, [event]).fetchone() == (count, root)
        assert {one for one, in raw.execute("select tbl from api._event_rows(%s)", [event]).fetchall()} == {"claim", "decision", "sealed"}


def test_where_the_server_does_not_count_every_table_is_asked(registry):
    given.site(registry, given.name("The mill"), source=given.source_of(registry, "B"))
    asked = "select api._written_here('{claim,sex}', '{reg.claim,vocab.sex}')"
    with registry.dba() as raw:
        assert raw.execute(asked).fetchone()[0] == ["claim"], "nobody adds a term"
        raw.execute("set local track_counts = off")
        assert raw.execute(asked).fetchone()[0] == ["claim", "sex"]


@pytest.mark.parametrize(("function", "scheme", "attr"), CODES, ids=[one[0] for one in CODES])
def test_what_is_written_out_is_what_the_vocabulary_says(registry, function, scheme, attr):
    with registry.dba() as raw:
        wanted = raw.execute(f"select t.code, t.attrs->>%s from vocab.{scheme} t", [attr]).fetchall()
        found = raw.execute(f"select t.code, api.{function}(t.code)::text from vocab.{scheme} t", []).fetchall()
        absent = raw.execute(f"select api.{function}('no such term')::text").fetchone()[0]
    flag = function.startswith(("_is", "_hiding"))
    assert [(code, said or "false" if flag else said) for code, said in wanted] == found and len(found) > 5
    assert absent == ("false" if flag else None)


def test_a_name_is_kept_as_its_words_say_one_by_one(registry):
    names = ["The old mill", "Ibn Abd al-Rahman 215", "فرع 215 عبد الرحمن", "Škola Ḫalīl", "old old mill", "'`", "mill"]
    site = given.site(registry, *(given.name(name) for name in names), source=given.source_of(registry, "B"))
    with registry.dba() as raw:
        kept = raw.execute(
            "select n.text, n.face, n.words, n.sets, api._word_marks(w.words, s.salt), api._sets(api._bones_marks(w.words), s.salt)"
            " from reg.site_name n cross join lateral (select api._name_words(n.text) as words) w"
            " cross join lateral (select api._salt('site', n.face, n.scope) as salt) s where n.site = %s", [site[0]]).fetchall()
    assert {row[0] for row in kept} == set(names) and {row[1] for row in kept} == {1, 2}
    assert [row[2:4] for row in kept] == [row[4:6] for row in kept]


def test_a_term_is_asked_of_its_own_vocabulary(registry):
    with registry.dba() as raw:
        asked = "select api._is_term('site_kind', 'court'), api._is_term('sex', 'court'), api._is_term('sex', null)"
        assert raw.execute(asked).fetchone() == (True, False, False)
        with pytest.raises(psycopg.errors.UndefinedTable, match="no vocabulary"), raw.transaction():
            raw.execute("select api._is_term('nothing', 'court')")


PERIODS = ('{"[2012-01-01,2013-01-01)"}', '{"[2012-01-01,)","[2011-05-01,2011-06-01)"}', '{"[2011-05-01,2014-01-01)","(,2012-01-01)"}',
           '{"[2012-01-01,2012-02-01)","[2012-01-01,2012-03-01)","[2011-01-01,2012-03-01)"}', '{"[-infinity,2012-01-01)","(,2011-01-01)"}',
           '{"[2011-01-01,2012-03-01)","[2012-01-01,2012-03-01)"}', '{"[2012-01-01,infinity)","[2013-01-01,)","[2011-01-01,)"}', '{"[2012-01-01,2012-03-01)","[2012-01-01,2012-03-01)"}')


@pytest.mark.parametrize("periods", PERIODS)
def test_the_first_and_the_last_of_some_periods_are_what_a_query_would_say(registry, periods):
    with registry.dba() as raw:
        assert raw.execute(
            "select api._earliest(p) is not distinct from (select d from unnest(p) d order by lower(d) nulls first, d limit 1),"
            " api._latest(p) is not distinct from (select d from unnest(p) d order by upper(d) desc nulls first, d desc limit 1)"
            " from (select %s::daterange[] as p) x", [periods]).fetchone() == (True, True)


@pytest.mark.parametrize("words", ["{b,a}", "{a,b}", "{a,a}", "{c,a,b,a}", "{Z,a}", "{سجن,a}"])
def test_each_word_once_and_in_order(registry, words):
    with registry.dba() as raw:
        assert raw.execute("select api._distinct(p) = array(select distinct g from unnest(p) g order by 1) from (select %s::text[] as p) x",
                           [words]).fetchone()[0]


def test_a_root_of_few_leaves_is_that_of_the_rule(registry):
    leaves = [bytes([n]) * 32 for n in (7, 3, 9, 1)]

    def root(held):
        held = sorted(held)
        while len(held) > 1:
            pairs = [held[at:at + 2] for at in range(0, len(held), 2)]
            held = [hashlib.sha256(b"\1" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
        return held[0] if held else bytes(32)

    with registry.dba() as raw:
        for many in range(5):
            assert raw.execute("select api._merkle(%s::bytea[])", [leaves[:many]]).fetchone()[0] == root(leaves[:many])


def test_one_activity_is_both_the_furthest_and_the_latest(registry):
    with registry.dba() as raw:
        said = raw.execute("select api._activities(p[1:1]), api._activities(p) from (select array[row('site_visit', '2014-01-01'),"
                           " row('desk_assessment', '2013-01-01')]::api._activity[] as p) x").fetchone()
    assert said[0] == said[1] == {"activity": {"furthest": "site_visit", "latest": "site_visit"}}


def test_a_kind_that_more_sources_tell_of_is_altered_where_it_stands(registry):
    site = given.site(registry, given.kind("court"), given.kind("archive"), source=given.source_of(registry, "A"))[0]
    counts = ("select sum(pg_stat_get_xact_tuples_updated(i.inhrelid))::int, sum(pg_stat_get_xact_tuples_inserted(i.inhrelid))::int,"
              " sum(pg_stat_get_xact_tuples_deleted(i.inhrelid))::int from pg_inherits i where i.inhparent = 'reg.site_kind'::regclass")
    with registry.dba() as raw:
        raw.execute("insert into reg.claim select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'origin', gen_random_uuid(),"
                    " 'reliability', 'B'))).* from reg.claim c where c.subject = %s and c.value->>'code' = 'court'", [site])
        before = raw.execute(counts).fetchone()
        assert raw.execute("select api._resolve(array[%s::uuid])", [site]).fetchone()[0] == 2
        assert [now - was for now, was in zip(raw.execute(counts).fetchone(), before, strict=True)] == [2, 0, 0]
        assert raw.execute("select k.kind, k.origins from reg.site_kind k where k.site = %s and k.face = 1 order by 1",
                           [site]).fetchall() == [("archive", 1), ("court", 2)]
        assert raw.execute("select count(*) from api._resolved_differences(array[%s::uuid])", [site]).fetchone()[0] == 0


def test_the_members_of_a_subject_are_those_merged_into_it(registry):
    ids = [given.site(registry, given.kind("court"), source=given.source_of(registry, "A"))[0] for _ in range(3)]
    asked = ("select array(select unnest(g.ids) || ':' || unnest(g.members) order by 1),"
             " array(select m.id || ':' || m.member from api._members(%(ids)s::uuid[]) m order by 1) from api._gathered(%(ids)s::uuid[]) g")
    with registry.dba() as raw:
        alone = raw.execute(asked, {"ids": ids}).fetchone()
        raw.execute("update reg.subject set merged_into = %s where id = %s", [ids[0], ids[1]])
        raw.execute("update reg.subject set merged_into = %s where id = %s", [ids[1], ids[2]])
        merged = raw.execute(asked, {"ids": ids}).fetchone()
    assert alone[0] == alone[1] == sorted(f"{one}:{one}" for one in ids)
    assert merged[0] == merged[1] == sorted(f"{ids[0]}:{one}" for one in ids)


def test_what_is_resolved_is_held_with_what_it_became(registry):
    one, other = (given.site(registry, given.kind("court"), source=given.source_of(registry, "A"))[0] for _ in range(2))
    with registry.dba() as raw:
        raw.execute("update reg.subject set merged_into = %s where id = %s", [one, other])
        assert raw.execute("select api._hold(array[%s::uuid])", [other]).fetchone()[0] == sorted([one, other])
        assert raw.execute("select api._hold('{}')").fetchone()[0] == []


def test_an_event_names_whoever_asked(registry):
    given.site(registry, given.name("The mill"), source=given.source_of(registry, "B"))
    with registry.dba() as raw:
        assert raw.execute("select e.actor = c.recorded_by, e.how from reg.audit_event e join reg.claim c on c.event = e.id"
                           " where e.action = 'record_claims' order by e.seq desc limit 1").fetchone() == (True, "local")


def test_the_worst_of_a_place_with_nothing_beside_it_is_its_own(registry):
    elsewhere = '[{"here": false, "protection": "destroyed"}]'
    with registry.dba() as raw:
        found = raw.execute("select v.code, api._page_worst(v.code, '[]', '[]'), api._page_worst(v.code, '[]', %s) from vocab.protection_status v",
                            [elsewhere]).fetchall()
    assert len(found) > 5 and all(short == long == {"status": code, "n": 1, "of": 1} for code, short, long in found)
