"""A SQL login that means ill: each thing that it may try, and what comes of it."""
import getpass

import psycopg
import pytest
from psycopg import errors

from sitereg import accounts
from sitereg.store import cluster, logins
from tests.sitereg import analysing

pytestmark = pytest.mark.db
REFUSED = (errors.InsufficientPrivilege, errors.UndefinedFunction, errors.UndefinedTable, errors.UndefinedObject, errors.InvalidParameterValue,
           errors.InvalidSchemaName, errors.CantChangeRuntimeParam, errors.FeatureNotSupported, errors.WrongObjectType, errors.ObjectNotInPrerequisiteState)
NO = [
    # what the server keeps of tables: sizes, counts, estimates, statistics
    "select reltuples, relpages, relallvisible from pg_class", "select pg_relation_size(16384)", "select pg_total_relation_size(16384)",
    "select pg_table_size(16384)", "select pg_indexes_size(16384)", "select pg_database_size(current_database())", "select pg_tablespace_size('pg_default')",
    "select n_distinct, most_common_vals from pg_stats", "select * from pg_stats_ext", "select * from pg_statistic", "select * from pg_statistic_ext_data",
    "select * from pg_stat_user_tables", "select * from pg_stat_all_indexes", "select * from pg_statio_user_tables", "select * from pg_statio_all_indexes",
    "select * from pg_stat_user_functions", "select * from pg_stat_xact_user_tables", "select pg_stat_get_live_tuples(16384)",
    "select pg_stat_get_db_tuples_returned(16384)", "select * from pg_stat_statements", "select pg_stat_reset()", "set track_functions = 'all'",
    "set track_io_timing = on", "select * from pg_shmem_allocations", "select * from pg_backend_memory_contexts",
    "select st_estimatedextent('reg', 'site', 'shown')", "select _postgis_selectivity('reg.site', 'shown', 'POINT(0 0)')", "select _postgis_stats('reg.site', 'shown')",
    "select _postgis_index_extent('reg.site', 'shown')",
    # tables, sequences, rows
    "select * from reg.site", "table reg.claim", "select * from reg.read_log", "select * from vault.subject_key", "select * from signin.seat",
    "insert into reg.subject(id) values (gen_random_uuid())", "update reg.site set tier = 0", "delete from reg.claim", "truncate reg.claim", "do $$ begin lock table reg.site; end $$",
    "select nextval('reg.audit_event_seq_seq')", "select * from api.v_site for update", "insert into api.v_site(code) values ('SYS-222222-2')",
    "update api.v_site set code = 'x'", "create index on reg.site(code)", "create trigger t before insert on reg.site execute function api._frozen()",
    "create table public.mine(n int)", "create schema mine", "alter view api.v_site owner to current_user", "grant select on reg.site to current_user",
    "create temp table mine(site uuid references reg.site(id))", "create temp table mine() inherits (reg.site)", "create statistics s on code, tier from reg.site",
    # somebody else
    "set role sr_reader", "set role sr_web", "set session authorization sr_web", "alter role current_user bypassrls", "create role mine", "set row_security = none",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user and usename is not null", "select api._who()", "select api.token_opens('x', 'frames')",
    # files, programs, other servers
    "copy (select 1) to program 'true'", "copy (select 1) to '/tmp/x'", "copy pg_temp.x from '/etc/passwd'", "select pg_read_file('/etc/passwd')", "select pg_ls_dir('.')",
    "select pg_ls_waldir()", "select pg_ls_logdir()", "select pg_current_logfile()", "select pg_stat_file('base')", "create extension dblink", "create extension postgres_fdw",
    "select dblink('x', 'select 1')", "create server s foreign data wrapper postgres_fdw", "load 'auto_explain'", "create function pg_temp.f() returns int language c as 'libc'",
    "create function pg_temp.f() returns int language plpython3u as 'return 1'", "select lo_create(0)", "select lo_from_bytea(0, 'x')", "select lo_import('/etc/passwd')",
    "select lo_export(1, '/tmp/x')", "select pg_logical_emit_message(false, 'a', 'b')", "select pg_switch_wal()", "create publication p for all tables",
    # locks of the keeper and of an upgrade; settings that are the server's
    "select pg_try_advisory_lock(7283001)", "select pg_advisory_lock_shared(1)", "select pg_advisory_xact_lock(1, 2)", "set log_min_messages = debug5", "set log_statement = 'none'",
    "set log_min_duration_statement = 0", "set session_replication_role = replica", "set temp_file_limit = -1", "set log_planner_stats = on", "set log_executor_stats = on",
    "alter system set log_statement = 'none'", "set debug_discard_caches = 1",
]
TELLING = "set client_min_messages = debug5; set debug_print_parse = on; set debug_print_rewritten = on; set debug_print_plan = on; set trace_sort = on"
CRIPPLED = ("set enable_indexscan = off; set enable_bitmapscan = off; set enable_indexonlyscan = off; set seq_page_cost = 0; set random_page_cost = 1e9;"
            " set cpu_index_tuple_cost = 1e9; set enable_nestloop = off")
ODD = ["set datestyle = 'German'", "set timezone = 'Asia/Tokyo'", "set standard_conforming_strings = off", "set transform_null_equals = on", "set array_nulls = off",
       "set search_path = pg_temp, public", "set plan_cache_mode = force_generic_plan", "set plan_cache_mode = force_custom_plan", "set default_transaction_isolation = serializable",
       "set lc_messages = 'C'", "set work_mem = '64kB'", "set jit = on", "set extra_float_digits = -10", "set role sr_sql", "set quote_all_identifiers = on",
       "set min_parallel_table_scan_size = 0; set parallel_setup_cost = 0; set parallel_tuple_cost = 0"]


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "hostile") as settings:
        source = analysing.sources(settings)["B"]
        with analysing.as_(settings, "worker")() as session:
            hidden = analysing.scatter(session, source, sites=8, persons=3)
        yield settings, hidden


@pytest.fixture(scope="module")
def connected(filled):
    with analysing.sql_login(filled[0], "analyst1") as connection:
        connection.prepare_threshold = None  # `discard all` forgets what the driver counts on
        yield connection


@pytest.fixture
def login(connected):
    connected.execute("discard all")
    connected.execute("set default_transaction_read_only = off")
    return connected


def codes(connection):
    return {row[0] for row in connection.execute("select code from api.v_site").fetchall()}


@pytest.mark.parametrize("query", NO)
def test_what_is_refused(login, query):
    with pytest.raises(REFUSED) as refused:
        login.execute(query)
    assert not any(code in str(refused.value) for code in codes(login)), "no row in the words of a refusal"


def test_what_others_do_shows_no_words(filled, login):
    with psycopg.connect(cluster.dsn(filled[0], "sr_web")) as other:
        other.execute("select 'SYS-K7F49M-3'")
        told = [row[0] for row in login.execute("select query from pg_stat_activity where usename is distinct from current_user").fetchall()]
    assert told and set(told) <= {None, "", "<insufficient privilege>"}
    assert login.execute("select count(*) from pg_sequences where schemaname = 'reg' and last_value is not null").fetchone() == (0,)


@pytest.mark.parametrize("way", [
    "prepare p as select code from api.v_site; execute p", "begin; declare c cursor with hold for select code from api.v_site; fetch all from c; commit; fetch absolute 0 from c",
    "create temp view mine as select * from api.v_site; select code from mine", "do $$ begin perform count(*) from api.v_site; end $$; select code from api.v_site",
    "create function pg_temp.f() returns setof text language sql security definer as 'select code from api.v_site'; select pg_temp.f()",
    "listen sites; notify sites; select code from api.v_site"], ids=lambda one: one.split()[0] + " " + one.split()[1])
def test_other_roads_lead_to_the_same_rows(filled, login, way):
    before = codes(login)
    found = login.execute(way)
    while found.nextset():
        pass
    assert codes(login) == before and not before & set(filled[1])


@pytest.mark.parametrize("setting", ODD)
def test_settings_of_the_session_open_nothing(filled, login, setting):
    before = codes(login)
    try:
        login.execute(setting)
    except REFUSED:
        return
    assert codes(login) == before and not before & set(filled[1])


def plans_told(login, view):
    """The messages of a query that tells as much as it can, without those of its own outer plan."""
    told = []
    login.add_notice_handler(lambda one: told.append((one.message_primary or "") + (one.message_detail or "")))
    login.execute(f"select * from api.{view}")
    return told


@pytest.mark.parametrize("records", [False, True])
def test_no_plan_of_the_inside_is_printed(filled, records):
    with analysing.sql_login(filled[0], "worker", records=records) as login:
        login.execute("select * from api.v_site")
        login.execute(TELLING)
        for view in ("v_claim", "v_source") if records else ("v_site", "v_event", "v_visit", "v_site_relation", "v_silent_unit", "v_event_site_near"):
            told = plans_told(login, view)
            assert any("plan_rows 1000" in one for one in told), "his own plan is"
            assert not [one for one in told if "sort" in one.split(":")[0] or ("plan_rows" in one and "plan_rows 1000" not in one)], view


RECORDS = """v_batch v_claim v_decision v_disclosure v_document v_inquiry v_proposal v_report v_source v_task all_batches() all_claims()
    all_decisions() all_disclosures() all_documents() all_inquiries() all_proposals() all_reports() all_sources() all_tasks()""".split()


@pytest.mark.parametrize("asked", RECORDS)
def test_records_are_asked_by_whom_it_was_granted_to_and_by_nobody_else(filled, login, asked):
    for query in (f"select * from api.{asked}", f"explain (analyze, buffers) select * from api.{asked}"):
        with pytest.raises(errors.InsufficientPrivilege):
            login.execute(query)
    with pytest.raises(errors.InsufficientPrivilege):
        login.execute("set role sr_sql_records")
    with analysing.sql_login(filled[0], "worker", records=True) as other:
        other.execute(f"select * from api.{asked}")


def test_a_login_that_is_made_again_without_records_loses_them_at_once(filled):
    with analysing.sql_login(filled[0], "worker", records=True) as login:
        login.execute("select * from api.v_claim")
        with analysing.dba(filled[0]) as raw:
            logins.make_sql_login(raw, "worker")
        with pytest.raises(errors.InsufficientPrivilege):
            login.execute("select * from api.v_claim")
        login.execute("select * from api.v_visit")


def test_what_it_has_open_ends_with_the_right_to_records(filled):
    """Else a statement that was prepared may be answered until its transaction ends."""
    with pytest.raises(psycopg.OperationalError), analysing.sql_login(filled[0], "worker", records=True) as login:
        login.execute("prepare told as select * from api.v_claim")
        login.execute("begin isolation level repeatable read")
        assert login.execute("execute told").fetchall()
        accounts.sql_login(filled[0], name="worker", os_user=getpass.getuser())
        login.execute("execute told")


def test_no_setting_makes_a_function_read_whole_tables(filled, login):
    """Else its buffers would count the pages of all that is hidden."""
    def pages():
        plan = login.execute("explain (analyze, buffers, costs off, timing off, summary off) select * from api.v_site").fetchall()
        return next(line for (line,) in plan if "Buffers" in line)

    login.execute("select * from api.v_site")
    before = pages()
    login.execute(CRIPPLED)
    assert pages() == before
