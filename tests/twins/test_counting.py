"""What the twins count by can fail: a plan inside that reads another face's part is seen. And what pages of records read, and pairs of events
and places where a source keeps its own from linking."""
from datetime import date

import psycopg
import pytest

from sitereg import consent
from sitereg.store import cluster
from tests.sitereg import analysing
from tests.twins import asking, counting

pytestmark = pytest.mark.db
LEAK = """
    create function api.looks_at_more(n int) returns bigint stable security definer set search_path = pg_catalog, pg_temp language plpgsql as $$
    begin return (select count(*) from reg.site where face = {}); end $$;
    grant execute on function api.looks_at_more(int) to public"""
ASKED = "select api.looks_at_more(n) from generate_series(1, 500) n"


@pytest.mark.parametrize(("face", "seen"), [(1, set()), (2, {"leak"})])
def test_a_read_inside_is_seen(committed, face, seen):
    with analysing.sql_login(committed, "analyst1") as login, psycopg.connect(cluster.dsn(committed), autocommit=True) as raw:
        raw.execute(LEAK.format(face))
        found = counting.told_inside(raw, login.info.user, [("refused", "select * from reg.site", None), ("leak", ASKED, None)])
    assert {name for name, _line in found} == seen


@pytest.mark.parametrize("page", ["/sites/{}", "/sites/{}/history", "/sites/{}/why/place", "/persons/{}", "/persons/{}/links", "/holdings/{}"])
def test_a_page_of_a_record_reads_the_same_rows(twins, page):
    """Each plan looks rows up by what the reader sees: more records elsewhere are no more rows, and no other way to the same ones. Claims of this
    record that are hidden are read with the others, since a decision may have opened them."""
    known = {"sites": twins.known["sites"][0], "persons": twins.known["person"], "holdings": twins.known["holding"]}[page.split("/")[1]]
    path = page.format(*twins.plain.rows("select code from reg.subject where id = %s", known)[0])
    read = [counting.rows_read(house, lambda house=house: asking.answer(twins.moment, house, "investigator1", "en", "GET", path), 16)
            for house in twins.both]
    far = {table: tuple(round(one.get(table, 0)) for one in read) for table in {*read[0], *read[1]}
           if table != "claim" and abs(read[0].get(table, 0) - read[1].get(table, 0)) > max(10, .1 * read[0].get(table, 0))}
    assert not far, "what is hidden elsewhere is read, or another way is taken because of it: {table: (rows without it, rows with it)}"


def test_pairs_are_counted_alike_where_a_source_keeps_its_events_from_linking(twins):
    """The same source in both, of most events that tier 1 sees; the secret twin holds claims of it, too, that only tier 2 sees."""
    (source,) = twins.plain.rows("""select c.source from reg.person_event e join reg.claim c on c.id = any (e.claims) where e.face = 1
        group by 1 order by count(*) desc, 1 limit 1""")[0]
    asked = [("pairs", "select * from api.v_event_site_near", None), ("near", "select * from api.event_site_near(p_km => 10)", None)]
    kept = []
    for house in twins.both:
        with analysing.as_(house.settings, "worker")() as opened:
            consent.record(opened, {"linking": "no"}, version="leaflet", how="oral", before="the team", on=date(2026, 1, 1), why="they were asked", source=source)
        with analysing.dba(house.settings) as raw:
            kept.append(raw.execute("select count(*) from reg.beside where what = 'unlinked' and face = 1").fetchone()[0])
            for how in counting.SAME_LAYOUT:
                raw.execute(how.format(counting.TABLES))
    assert kept[0] == kept[1] > 0
    with twins.logins("analyst1") as logins:
        assert all(0 < len(each.execute(query).fetchall()) for each in logins for _name, query, _values in asked)
        assert counting.apart(logins, asked) == {}
