"""What a SQL login sees, and that no trick of SQL shows it more: the views, asked by a real role on a committed database."""
import psycopg
import pytest
import shapely
from psycopg import errors

from sitereg import decisions, disclosing
from sitereg.errors import BadInput, NotFound, Refused
from sitereg.store import cluster, logins
from sitereg.store import session as store
from tests import given
from tests.sitereg import analysing
from tests.sitereg.publishing import ANSWERS, confirm

pytestmark = pytest.mark.db
VIEWS = ("v_site", "v_site_point", "v_site_line", "v_site_area", "v_site_cell", "v_site_kind", "v_person", "v_event", "v_event_point",
         "v_event_cell", "v_event_site_near", "v_admin_unit", "v_site_relation", "v_holding", "v_holding_point", "v_holding_area",
         "v_holding_cell", "v_claim", "v_source", "v_document", "v_inquiry", "v_visit", "v_measure", "v_disturbance", "v_decision", "v_proposal",
         "v_task", "v_report", "v_disclosure", "v_batch", "v_silent_unit")
RECORDS = {"v_claim", "v_source", "v_document", "v_inquiry", "v_decision", "v_proposal", "v_task", "v_report", "v_disclosure", "v_batch"}
TYPES = {"v_site_point": "POINT", "v_site_line": "MULTILINESTRING", "v_site_area": "MULTIPOLYGON", "v_site_cell": "POLYGON",
         "v_event_point": "POINT", "v_event_cell": "POLYGON", "v_admin_unit": "MULTIPOLYGON", "v_holding_point": "POINT",
         "v_holding_area": "MULTIPOLYGON", "v_holding_cell": "POLYGON", "v_visit": "MULTIPOLYGON", "v_measure": "MULTIPOLYGON", "v_silent_unit": "MULTIPOLYGON"}


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "views") as settings:
        source = analysing.sources(settings)["B"]
        with analysing.as_(settings, "worker")() as session:
            analysing.scatter(session, source, sites=15, persons=5)
            given.site(session, given.kind("court"), {"predicate": "place", "pcode": "SY010000"}, source=source)
            analysing.person(session, analysing.event("arrested", lon=36.5, lat=33.5), source=source)
            open_site, _, said = given.site(session, given.kind("court"), given.place(36.5, 33.5), source=source)
        publish(settings, open_site, said)
        yield settings


def publish(settings, site, claims):
    """The site is confirmed and disclosed, as two people would."""
    with psycopg.connect(cluster.dsn(settings)) as raw:
        confirm(raw, site)
    with analysing.as_(settings, "worker")() as session:
        proposed = disclosing.disclose(session, site, claims, ANSWERS, reason="families asked")
    with analysing.as_(settings, "releaser")() as session:
        decisions.approve(session, proposed.proposal)


@pytest.fixture
def analyst1(filled):
    with analysing.sql_login(filled, "analyst1", records=True) as connection:
        yield connection


def rows(connection, query, *values):
    return connection.execute(query, values).fetchall()


@pytest.mark.parametrize("name", ["worker", "analyst1"])
def test_a_login_sees_the_rows_of_its_face_and_no_others(filled, name):
    with analysing.as_(filled, name, "reading")() as session, analysing.sql_login(filled, name) as connection:
        level, scopes = session.value("level"), session.value("scopes")
        with analysing.dba(filled) as raw:
            face = "face = %s and tier <= %s and scope = any(%s)"
            for view, table, key in (("v_site", "site", "code"), ("v_person", "person", "code"), ("v_event", "person_event", "id")):
                wanted = rows(raw, f"select {key} from reg.{table} where {face} order by 1", level, level, scopes)
                assert rows(connection, f"select {key} from {view} order by 1") == wanted and wanted
            shown = dict(rows(raw, f"select code, st_astext(shown) from reg.site where {face} and shown is not null", level, level, scopes))
        seen = {code: shape for view in VIEWS[1:5] for code, shape in rows(connection, f"select code, st_astext(geom) from {view}")}
        assert seen.keys() == shown.keys()
        assert all(shapely.from_wkt(seen[code]).equals(shapely.from_wkt(shape)) for code, shape in shown.items())
        apart = {name for (name,) in rows(connection, "select name_en from v_site")} & {"T2 only", "Apart"}
        assert apart == ({"T2 only", "Apart"} if name == "worker" else set())
        if name == "analyst1":
            assert not rows(connection, "select 1 from v_event_point") and rows(connection, "select 1 from v_event_cell")


def test_a_login_as_it_is_given_asks_the_views_of_places_and_cases(filled):
    with analysing.sql_login(filled, "worker") as connection:
        may = {view for view in VIEWS if rows(connection, "select has_table_privilege(%s, 'select')", f"api.{view}")[0][0]}
        assert may == set(VIEWS) - RECORDS
        for view in may:
            rows(connection, f"select * from {view}")


def test_below_tier_1_there_are_no_persons(filled):
    with analysing.dba(filled) as raw:
        raw.execute("update reg.clearance set roles = '{analyst}' where account = (select id from reg.account where name = 'viewer')")
    with analysing.sql_login(filled, "viewer", records=True) as connection:
        seen = {view for view in VIEWS if rows(connection, f"select 1 from {view}")}
    assert seen == {"v_site", "v_site_cell", "v_site_kind", "v_admin_unit", "v_claim"}
    with analysing.dba(filled) as raw:
        assert raw.execute("select count(*) from reg.person_event where face = 0").fetchone()[0] == 0


def test_each_view_has_a_typed_shape_a_key_and_words_for_every_column(filled, analyst1):
    assert {v for (v,) in rows(analyst1, "select viewname from pg_views where schemaname = 'api'")} == set(VIEWS)
    kinds = dict(rows(analyst1, "select f_table_name, type || '/' || srid from geometry_columns where f_table_schema = 'api'"))
    assert kinds == {view: f"{kind}/4326" for view, kind in TYPES.items()}
    bare = rows(analyst1, "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
                " where c.relnamespace = 'api'::regnamespace and c.relkind = 'v' and (col_description(c.oid, a.attnum) is null"
                " or obj_description(c.oid) is null)")
    assert bare == []
    keys = rows(analyst1, "select key, id from v_site")
    assert len({key for key, _ in keys}) == len(keys) and all(0 <= key < 2**52 for key, _ in keys)
    with analysing.as_(filled, "worker", "reading")() as session, analysing.sql_login(filled, "worker") as other:
        assert session.value("level") == 2
        assert {made: key for key, made in keys}.items() <= {made: key for key, made in rows(other, "select key, id from v_site")}.items()


def test_cells_join_events_to_sites_by_their_codes(filled):
    with analysing.sql_login(filled, "worker") as connection:
        by_code = rows(connection, "select e.id, s.id from v_event e join v_site s using (cell_10km) order by 1, 2")
        by_shape = rows(connection, "select e.id, s.id from v_event e join v_site s on e.uncertainty_m <= 7500 and s.uncertainty_m <= 7500 and"
                        " floor(st_x(st_transform(st_point(e.lon, e.lat, 4326), 6933)) / 10000) = floor(st_x(st_transform(st_point(s.lon, s.lat, 4326), 6933)) / 10000)"
                        " and floor(st_y(st_transform(st_point(e.lon, e.lat, 4326), 6933)) / 10000)"
                        " = floor(st_y(st_transform(st_point(s.lon, s.lat, 4326), 6933)) / 10000) order by 1, 2")
        assert by_code == by_shape and by_code
        assert rows(connection, "select count(*) from v_event e join v_admin_unit u using (pcode, edition) where e.shown_as = 'admin_unit'")[0][0] == 5


@pytest.mark.parametrize("view", VIEWS)
def test_explain_shows_a_function_scan_and_a_constant_guess(filled, analyst1, view):
    def plan(connection):
        return [line for (line,) in rows(connection, f"explain select * from {view}")]

    mine = plan(analyst1)
    assert mine[0].lstrip().startswith("Function Scan on") and all(line.lstrip().startswith(("Function Scan", "Filter")) for line in mine)
    box = [line for (line,) in rows(analyst1, f"explain (analyze, costs off, timing off, summary off) select * from {view} limit 0")]
    assert not any(word in line for line in box for word in ("Index", "Seq", "reg."))
    with analysing.sql_login(filled, "worker", records=True) as other:
        assert plan(other) == mine, "the guess may not depend on the rows"


FORBIDDEN = [
    "select * from reg.site", "select * from reg.claim", "select * from vault.subject_key", "select * from vocab.site_kind", "select * from signin.user",
    "insert into reg.site(id) values (gen_random_uuid())", "select api.write_disclosure('x', 'y', 'csv', '', 1, 0, '', '{}')",
    "select * from api.record_claims('[]')", "select api.log_read('x')", "select api._feature_id(gen_random_uuid())",
    "set role sr_reader", "set role sr_policed", "set role sitereg_dba", "set session authorization sitereg_dba", "create table api.mine(n int)",
    "create table public.mine(n int)", "create function public.mine() returns int language sql as 'select 1'", "alter role sr_sql superuser",
    "select st_estimatedextent('reg', 'site', 'shown')", "select * from pg_stats", "select pg_relation_size('reg.site')", "select pg_read_file('/etc/passwd')",
    "copy (select 1) to program 'true'", "select * from pg_authid", "set log_statement = 'none'", "set session_replication_role = replica",
    "select lo_export(1, '/tmp/x')", "set temp_file_limit = -1", "drop view api.v_site", "select * from api.v_site for update of reg.site",
]


@pytest.mark.parametrize("query", FORBIDDEN)
def test_what_a_login_may_not_do(analyst1, query):
    analyst1.execute("set default_transaction_read_only = off")
    with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedFunction, errors.UndefinedTable, errors.InvalidParameterValue,
                        errors.InvalidSchemaName, errors.SyntaxError)):
        analyst1.execute(query)


def test_announcing_somebody_else_changes_nothing(filled, analyst1):
    before = rows(analyst1, "select code from v_site order by 1")
    forged = store.token(filled.token_key(), "worker", "local", None, analyst1.info.backend_pid)
    with analyst1.transaction():
        analyst1.execute("select set_config('sitereg.tok', %s, true)", [forged])
        assert rows(analyst1, "select level from api.me()") == [(1,)] and rows(analyst1, "select code from v_site order by 1") == before
    analyst1.execute("set role sr_sql")
    assert rows(analyst1, "select name from api.me()") == [("analyst1",)] and rows(analyst1, "select code from v_site order by 1") == before


def test_own_tables_functions_and_operators_show_nothing_more(filled, analyst1):
    before = {code for (code,) in rows(analyst1, "select code from v_site")}
    analyst1.execute("set default_transaction_read_only = off")
    analyst1.execute("create temp table site(id uuid, face int, tier int, scope int)")
    analyst1.execute("create temp table me(level int, scopes int[])")
    analyst1.execute("insert into me values (2, '{0,1,2}')")
    analyst1.execute("create function pg_temp.me() returns table(account uuid, level int, scopes int[], roles text[]) language sql as"
                     " $$ select null::uuid, 2, array[0, 1, 2], array['admin'] $$")
    analyst1.execute("create temp table told(code text, id uuid)")
    analyst1.execute("create function pg_temp.tell(code text, id uuid) returns bool language plpgsql cost 0.0000001 as"
                     " $$ begin insert into told values (code, id); return true; end $$")
    analyst1.execute("set search_path = pg_temp, api, public")
    assert {code for (code,) in rows(analyst1, "select code from v_site where pg_temp.tell(code, id)")} == before
    assert {code for (code,) in rows(analyst1, "select code from told")} == before
    with analysing.sql_login(filled, "worker") as other:
        assert before < {code for (code,) in rows(other, "select code from v_site")}


def test_a_frozen_or_demoted_account_sees_nothing_at_once(filled, analyst1):
    assert rows(analyst1, "select 1 from v_site")
    with analysing.dba(filled) as raw:
        for change in ("update reg.account set state = %s where name = 'analyst1'",):
            raw.execute(change, ["frozen"])
            assert not any(rows(analyst1, f"select 1 from {view}") for view in VIEWS)
            raw.execute(change, ["active"])
    assert rows(analyst1, "select 1 from v_site")


def test_who_may_have_a_login(filled):
    with analysing.dba(filled) as raw:
        with pytest.raises(NotFound):
            logins.make_sql_login(raw, "nobody")
        with pytest.raises(Refused, match="analyst"):
            logins.make_sql_login(raw, "officer")
        raw.execute("insert into reg.partner(id, names) values (reg.new_id(), '{}')")
        raw.execute("update reg.account set partner = (select id from reg.partner limit 1) where name = 'verifier1'")
        with pytest.raises(Refused, match="partner"):
            logins.make_sql_login(raw, "verifier1")
        raw.execute("update reg.account set sql_login = 'sql_analyst1' where name = 'officer'")
        with pytest.raises(BadInput, match="Another account"):
            logins.make_sql_login(raw, "analyst1")
        raw.execute("update reg.account set sql_login = null where name = 'officer'")
        assert logins.make_sql_login(raw, "analyst1") == logins.make_sql_login(raw, "analyst1") == "sql_analyst1"
        assert raw.execute("select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls, rolpassword from pg_authid"
                           " where rolname = 'sql_analyst1'").fetchone() == (False, None)
        assert logins.drop_sql_login(raw, "analyst1") and not logins.drop_sql_login(raw, "analyst1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cluster.dsn(filled, "sql_analyst1"))
