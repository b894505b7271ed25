"""Each face lies in a part of its own: moved there with its rows, reached through its table alone, and alone read by who has it."""
import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from sitereg import audit
from sitereg.store import cluster, schema
from tests.sitereg import analysing, peopled

pytestmark = pytest.mark.db
TABLES = ("site", "site_kind", "site_relation", "site_name", "person", "person_event", "holding")
LATER = ("beside", "site_square")  # parted from their beginning, by a later revision
SQUARES = ("select face, zoom, sum(confirmed + probable + suspected + reported + inconclusive + refuted), sum(x) from reg.site_square"
           " group by 1, 2 order by 1, 2")
BESIDE = "select face, what, count(*), md5(string_agg(b::text, '|' order by b::text)) from reg.beside b group by 1, 2 order by 1, 2"


@pytest.fixture(scope="module")
def filled(server, tmp_path_factory):
    with analysing.house(server, "parted") as settings:
        peopled.fill(settings, tmp_path_factory.mktemp("parted"))
        yield settings


@pytest.fixture(scope="module")
def raw(filled):
    with psycopg.connect(cluster.dsn(filled), autocommit=True) as connection:
        yield connection


def rows(raw):
    """What stands in them, but for what later revisions than the parts added or dropped."""
    return {table: raw.execute(f"select face, md5(string_agg(j::text, '|' order by j::text)), count(*) from reg.{table} t cross join lateral"
                               " (select to_jsonb(t) - array['name_key', 'sets'] as j) j group by 1 order by 1").fetchall() for table in TABLES}


def shape_of(raw):
    """Columns, keys and indexes of the tables of faces, their parts left out."""
    return raw.execute("""
      select c.conrelid::regclass::text, c.conname::text, pg_get_constraintdef(c.oid) from pg_constraint c
        where c.conrelid = any (%(tables)s::regclass[])
      union all select x.indrelid::regclass::text, i.relname, replace(pg_get_indexdef(i.oid), ' ON ONLY ', ' ON ') from pg_index x
        join pg_class i on i.oid = x.indexrelid where x.indrelid = any (%(tables)s::regclass[])
      union all select a.attrelid::regclass::text, a.attname, concat_ws(' ', row_number() over (partition by a.attrelid order by a.attnum), format_type(a.atttypid, a.atttypmod), a.attnotnull,
          pg_get_expr(d.adbin, d.adrelid)) from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = any (%(tables)s::regclass[]) and a.attnum > 0 and not a.attisdropped order by 1, 2, 3""", {"tables": [f"reg.{one}" for one in TABLES]}).fetchall()


def measured(raw, table, column):
    return raw.execute("select attstattarget from pg_attribute where attrelid = %s::regclass and attname = %s", [table, column]).fetchone()[0]


def down(raw):
    raw.autocommit = False
    with create_engine("postgresql+psycopg://", creator=lambda: raw, poolclass=StaticPool).begin() as connection:
        raw.execute((schema.SQL / "05_clear.sql").read_text())
        raw.execute("set role sr_owner")
        command.downgrade(schema.alembic(connection), "0015")
        raw.execute("reset role")
    raw.commit()
    raw.autocommit = True


def test_a_registry_with_rows_goes_down_and_up_and_is_what_it_was(filled, raw):
    before, form, faults, beside = rows(raw), shape_of(raw), audit.verify(filled).faults, raw.execute(BESIDE).fetchall()
    assert {what for _face, what, *_ in beside} == {"visit", "measure", "disturbance"}
    assert all(len(before[table]) > 1 for table in TABLES)
    squares = raw.execute(SQUARES).fetchall()
    assert len(squares) == 12
    down(raw)
    assert rows(raw) == before and raw.execute("select count(*) from pg_inherits i where i.inhparent = 'reg.site'::regclass").fetchone() == (0,)
    assert measured(raw, "reg.site", "adm1") == -1 and measured(raw, "reg.site_name", "words") == 0
    assert raw.execute("select count(*) from pg_statistic_ext").fetchone()[0] == len(TABLES) - 1
    schema.upgrade(raw)
    assert rows(raw) == before and shape_of(raw) == form and raw.execute(BESIDE).fetchall() == beside
    assert raw.execute(SQUARES).fetchall() == squares
    assert raw.execute("select count(*) from pg_statistic_ext").fetchone() == (0,)
    new = [one for one in audit.verify(filled).faults if one not in faults]
    assert [one for one in new if one["problem"] != "event without its row"] == [], "tables of later revisions went with their rows"


@pytest.mark.parametrize("table", TABLES + LATER)
def test_rows_lie_in_the_part_of_their_face_and_are_measured_there_alone(raw, table):
    for face in range(3):
        assert raw.execute(f"select count(*) from reg.{table}_{face} where face <> %s", [face]).fetchone() == (0,)
    raw.execute(f"analyze reg.{table}")
    told = raw.execute("select distinct tablename, inherited from pg_stats where schemaname = 'reg' and tablename ~ %s", [f"^{table}(_[012])?$"]).fetchall()
    assert told and {one for one, inherited in told if inherited} == set(), "what is known of a whole moves the plans of each face"


def test_no_face_is_reached_but_through_its_table(raw):
    for role in ("sr_policed", "sr_reader", "sr_writer", "sr_ident", "sr_vault", "sr_web", "sr_sql", "sr_keeper"):
        for table in TABLES + LATER:
            assert not raw.execute("select has_table_privilege(%s, %s, 'select,insert,update,delete')", [role, f"reg.{table}_2"]).fetchone()[0]
    with pytest.raises(psycopg.errors.CheckViolation):
        raw.execute("insert into reg.site_relation(site, face, tier, kind, other, class, origins) values (reg.new_id(), 3, 0, 'near', reg.new_id(), 1, 1)")


def test_a_reader_reads_the_part_of_his_face_alone(filled, raw):
    """Found at the start of each question: by a plan made for it, and by one that is kept."""
    ask = "select s.code from reg.site s join reg.site_kind k on k.site = s.id and k.face = s.face where s.face = $1 and s.tier <= $1"
    raw.execute(f"prepare parted(int) as {ask}")
    for mode in ("force_custom_plan", "force_generic_plan"):
        raw.execute(f"set plan_cache_mode = {mode}")
        plan = "\n".join(one for (one,) in raw.execute("explain (costs off, analyze, timing off, summary off) execute parted(1)").fetchall())
        assert "site_1" in plan and "site_0" not in plan and "site_2" not in plan, plan
    raw.execute("reset plan_cache_mode; deallocate parted")
