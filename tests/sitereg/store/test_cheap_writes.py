"""What spares work spares nothing that must hold: an event has all its rows, terms are as the vocabularies say, names as their words."""
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
