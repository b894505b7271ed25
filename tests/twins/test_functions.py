"""The same of every function that reads, of the files that leave, and of the views that SQL people ask: plans and catalogue included."""
import itertools
import json
import random
import uuid
from functools import partial
from pathlib import Path

import pytest
import shapely

from sitereg import exports
from sitereg.actors import Actor
from sitereg.errors import SiteregError
from sitereg.store import session
from tests.sitereg import analysing
from tests.twins import counting, hiding
from tests.twins.houses import of

pytestmark = pytest.mark.db
ROOT = Path(__file__).parents[2]
MOST, FIRST = 60, 20  # ways to ask one function; so many from the start, the others from everywhere
OFTEN = ("q", "kinds", "code", "subject", "batch", "claim", "source", "reason")  # asked for where a function takes them, needed or not


def functions(house, caller="sr_web"):
    """(name, [(parameter, needed)]) of each function of the api that only reads and that the web, or SQL people, may call (sr_sql:
    every login; sr_sql_records: where it was granted)."""
    rows = house.rows(
        "select p.proname, p.proargnames[:p.pronargs], p.pronargs - p.pronargdefaults from pg_proc p"
        " where p.pronamespace = 'api'::regnamespace and p.proname !~ '^_' and p.provolatile <> 'v' and has_function_privilege(%s, p.oid, 'execute')"
        " order by 1", caller)
    return [(name, [(one.removeprefix("p_"), n < needed) for n, one in enumerate(names or [])]) for name, names, needed in rows]


def candidates(twins):
    """What may be asked for each parameter: what both hold, what only one holds, what is nowhere."""
    own = dict(twins.plain.rows("select code, id from reg.subject where id = any (%s)", [
        *twins.known["sites"], twins.known.get("heir"), twins.known["person"], twins.known["holding"]]))
    codes = [*own, *(twins.hidden[key] for key in ("lone_code", "part_code", "apart_code", "person_code", "holding_code")), "SYS-222222-2"]
    ids = [*own.values(), *(twins.hidden[key] for key in ("lone", "part", "apart", "person", "holding")), uuid.UUID(int=7)]
    around = shapely.box(hiding.LONE[0] - .3, hiding.LONE[1] - .3, hiding.LONE[0] + .3, hiding.LONE[1] + .3)
    crowded = shapely.box(39.9, 36.0, 40.3, 36.4)
    marks = [row[0] for row in twins.secret.rows("select encode(fingerprint, 'hex') from reg.import_row")]
    shapes = [f"SRID=4326;{shape.wkt}" for shape in (around, crowded, shapely.box(36, 33, 38, 35))]
    waiting = [[row[0] for row in house.rows("select id from reg.proposal order by id")] for house in twins.both]
    return {
        "code": codes, "site": ids, "subject": ids, "person": ids, "id": ids, "ids": [ids], "q": [None, *hiding.WORDS], "name": hiding.WORDS, "words": hiding.WORDS, "kind": ["site", "person"],
        "field": ["kind", "name", "place", "note", "count", "relation", "event", "sex", "record_kind", "address"], "claims": [twins.hidden["claims"]],
        "claim": [None, *twins.hidden["claims"][:1]], "source": [None, twins.hidden["source"]], "batch": [None, twins.hidden["batch"]],
        "document": [twins.known["document"], twins.hidden["document"]], "inquiry": [twins.hidden["inquiry"]], "area": shapes,
        "lon": [hiding.LONE[0], 36.5], "lat": [hiding.LONE[1], 33.5], "km": [2, 50], "z": [0, 8, 14], "x": [0, 157, 10_067], "y": [0, 99, 6_400], "squares": [list(range(256))],
        "profile": ["partner"], "version": ["1"], "sha256": [twins.hidden["sha256"], "0" * 64], "fingerprints": [marks], "scheme": ["partner"],
        "values": [["1"]], "face": [0, 1, 2], "filter": ["{}"], "question": ["held", "buried"], "machine": ["protection", "case"], "once": [uuid.UUID(int=8)],
        "receipt": ["12345678"], "mapping": ['{"confirmada": "confirmed"}'], "reason": [None, "twin"], "pcode": ["SY01"], "kinds": [None, ["mass_grave"], ["security_branch"]],
        "west": [36.0], "south": [33.0], "east": [38.0], "north": [35.0], "country": ["SY"], "key": ["A" * 22], "package": [uuid.UUID(int=9)], "codes": [codes[:1], codes[:3]],
        "use": ["partners", "linking"], "layer": ["sites", "site_cells", "events", "holdings"], "feature": [7], "day": ["2026-11-01", "2025-01-01"], "proposals": waiting}


def asked(twins, parameters):
    """The ways to ask a function: each needed parameter with all that it may be, and q, kinds, code and the like where it takes them."""
    known = candidates(twins)
    known["claims"] = known["claims"] if ("code", True) in parameters else ["[]"]
    lacking = [name for name, needed in parameters if needed and name not in known]
    assert not lacking, f"say in `candidates` what to ask for {lacking}"
    if {"lon", "lat"} <= {name for name, _ in parameters}:
        known["lat"], places = [None], [hiding.LONE, (36.5, 33.5)]
    taken = [name for name, needed in parameters if needed or name in OFTEN]
    ways = list(itertools.product(*(known[name] for name in taken)))
    ways = ways[:FIRST] + random.Random(str(parameters)).sample(ways[FIRST:], min(max(len(ways) - FIRST, 0), MOST - FIRST))
    for way in ways:
        args = {name: one for name, one in zip(taken, way, strict=True) if one is not None}
        if "lon" in taken:
            for lon, lat in places:
                yield {**args, "lon": lon, "lat": lat}
        else:
            yield args


def told(session, function, args):
    """The rows, or the refusal, as text."""
    try:
        with session.savepoint():
            return [{name: str(one) for name, one in row.items()} for row in session.rows(function, **args)]
    except SiteregError as refusal:
        return type(refusal).__name__, str(refusal), json.dumps(getattr(refusal, "problems", None), default=str)


@pytest.mark.parametrize("reader", of("viewer", "demo.partner", "analyst1"))
def test_every_function_answers_alike(twins, reader):
    answered, told_apart = set(), []
    plain, secret = twins.reading(reader)
    with plain as one, secret as other:
        for function, parameters in functions(twins.plain):
            for args in asked(twins, parameters):
                first, second = told(one, function, args), told(other, function, args)
                if first != second:
                    told_apart.append((function, args, [(a, b) for a, b in zip(first, second, strict=False) if a != b][:1]))
                if isinstance(first, list) and first:
                    answered.add(function)
    assert not told_apart, (len(told_apart), {one[0] for one in told_apart}, told_apart[:3])
    if reader == "analyst1":
        assert {"site_page", "site_list", "site_why", "person_page", "holding_page", "document_view", "site_tile", "site_frame",
                "link_frame", "link_runs", "link_sites", "link_events"} <= answered


BY_TYPE = {"text": ["x"], "int4": [1], "int8": [1], "float8": [1.0], "bool": [True], "date": ["2026-12-01"], "jsonb": ["{}"], "bytea": [b"x" * 32],
           "daterange": ["[2013-01-01,2013-02-01)"], "timestamptz": ["2026-12-01T00:00:00Z"], "geometry": [None], "_text": [["x"]]}


def writing(twins):
    """(name, [(parameter, needed, type)]) of each function that may write and that the web or the shell may call."""
    rows = twins.plain.rows(
        "select p.proname, p.proargnames[:p.pronargs], p.pronargs - p.pronargdefaults, array(select t.typname::text from unnest(p.proargtypes)"
        " with ordinality a(t, n) join pg_type t on t.oid = a.t order by a.n) from pg_proc p where p.pronamespace = 'api'::regnamespace"
        " and p.proname !~ '^_' and p.provolatile = 'v' and has_function_privilege('sr_web', p.oid, 'execute') order by 1")
    return [(name, [(one.removeprefix("p_"), n < needed, kind) for n, (one, kind) in enumerate(zip(names or [], types, strict=True))])
            for name, names, needed, types in rows]


def hidden_things(twins):
    """For each parameter that names something: what only one registry holds, and what neither does."""
    held = {name: [{row[0] for row in house.rows(f"select id from reg.{name}")} for house in twins.both] for name in (
        "freezing", "measure", "disturbance", "report", "proposal", "decision", "task")}
    ids = {name: sorted(other - own)[:1] for name, (own, other) in held.items()}
    assert sum(map(len, ids.values())) > 3
    ids |= {name: [twins.hidden[name]] for name in ("source", "batch", "document", "inquiry")} | {"claim": twins.hidden["claims"][:1]}
    ids |= {name: [twins.hidden["lone"], twins.hidden["person"]] for name in ("subject", "site", "person", "survivor", "other")}
    return {name: [*held, uuid.UUID(int=7)] for name, held in ids.items()} | {
        "code": [twins.hidden["lone_code"], twins.hidden["person_code"], "SYS-222222-2"], "words": hiding.WORDS[:2],
        "claims": ["[]"], "basis": [twins.hidden["claims"][:1]], "question": ["held"]}


@pytest.mark.parametrize("reader", of("investigator1", "steward1", among=("investigator1", "officer1", "steward1", "verifier1")))
def test_what_writes_refuses_alike(twins, reader):
    """Whatever writes is asked about what is hidden and about what is nowhere; all of it is undone."""
    held, told_apart = hidden_things(twins), []
    sessions = [session.acting(house.settings, Actor(reader, "local", "twin")) for house in twins.both]
    with sessions[0] as one, sessions[1] as other:
        for function, parameters in writing(twins):
            taken = [(name, kind) for name, needed, kind in parameters if needed]
            for way in itertools.islice(itertools.product(*(
                    held["claims" if kind == "jsonb" and name == "claims" else name] if name in held and kind != "_uuid"
                    else [twins.hidden["claims"][:1]] if kind == "_uuid" else BY_TYPE.get(kind, [uuid.UUID(int=7)]) for name, kind in taken)), 6):
                first, second = (undone(each, function, dict(zip([name for name, _kind in taken], way, strict=True))) for each in (one, other))
                if first != second:
                    told_apart.append((function, way, first, second))
    assert not told_apart, told_apart[:5]


def undone(opened, function, args):
    """What a function refuses, in words, or that it did not; nothing of it stays."""
    try:
        with opened.savepoint():
            opened.rows(function, **args)
            raise Undo
    except Undo:
        return "done"
    except SiteregError as refusal:
        return type(refusal).__name__, str(refusal), json.dumps(getattr(refusal, "problems", None), default=str)


class Undo(Exception):
    """What was done in a savepoint is undone."""


@pytest.fixture(params=[False])
def logins(twins, request):
    """Connections of the same analyst to both: his login as it is given, or (True) one that may ask the views of records, too."""
    with twins.logins("analyst1", records=request.param) as connections:
        yield connections


all_views = pytest.mark.parametrize("logins", [True], indirect=True, ids=["records"])


def both(logins, query, *values):
    def ask(connection):
        try:
            return connection.execute(query, values).fetchall()
        except Exception as refusal:  # what is refused must be refused alike
            return type(refusal).__name__, str(refusal)

    return [ask(connection) for connection in logins]


def views(house, *callers):
    """The names of the views that these roles may ask."""
    return [name for name, may in house.rows(
        "select c.relname, array(select r from unnest(%s::text[]) r where has_table_privilege(r, c.oid, 'select')) from pg_class c"
        " where c.relnamespace = 'api'::regnamespace and c.relkind = 'v' order by 1", list(callers)) if may]


@all_views
def test_every_view_holds_the_same_rows_and_its_plan_says_the_same(twins, logins):
    for view in views(twins.plain, "sr_sql", "sr_sql_records"):
        for query in ("select * from api.{} t order by t::text", "explain select * from api.{}", "explain select * from api.{} where key = 7",
                      "explain (analyze, buffers, costs off, timing off, summary off) select * from api.{} limit 0"):
            plain, secret = both(logins, query.format(view))
            assert plain == secret, query.format(view)


def every_question(twins, *callers):
    """Every view and every function that these roles of SQL people may call, as `counting` asks them."""
    return [*((view, f"select * from api.{view}", None) for view in views(twins.plain, *callers)),
            *(one for caller in callers for one in counting.questions(functions(twins.plain, caller), partial(asked, twins)))]


@pytest.fixture(scope="module")
def laid(twins):
    """Rows lie alike in both: where a table was written when is no secret of its rows."""
    for house in twins.both:
        with analysing.dba(house.settings) as raw:
            for how in counting.SAME_LAYOUT:
                raw.execute(how.format(counting.TABLES))


@all_views
@pytest.mark.parametrize("most", [100, pytest.param(None, marks=pytest.mark.drill)])
def test_no_question_reads_the_part_of_another_face(twins, logins, most):
    """Of a tier-1 analyst none reads what tier 2 alone is shown, not a page: sites, kinds, relations, names, cases, events, records.
    Of the views that ask a function about each of their rows the first rows do: each asks it by the same plan."""
    with analysing.dba(twins.secret.settings) as raw:
        assert counting.told_inside(raw, logins[1].info.user, every_question(twins, "sr_sql", "sr_sql_records"), most) == []


def test_no_view_and_no_function_counts_pages_by_what_is_hidden(twins, laid, logins):
    """Of all that a login may ask as it is given. The secret twin has fifty times as many sites, most of them in one spot."""
    questions = every_question(twins, "sr_sql")
    assert counting.TOLD.isdisjoint(name for name, *_ in questions) and {"v_visit", "v_event_site_near", "silent_units"} <= {name for name, *_ in questions}
    assert counting.apart(logins, questions) == {}


@all_views
def test_what_a_login_with_records_counts_is_what_is_told_of_it(twins, laid, logins):
    questions = every_question(twins, "sr_sql_records")
    assert {name for name, *_ in questions} == counting.TOLD
    assert "v_claim" in counting.apart(logins, questions), "else it needs no grant of its own"
    said = (ROOT / "docs" / "security.md").read_text()
    assert [name for name in sorted(counting.TOLD) if f"`{name}`" not in said] == []


COUNTED = {  # what the server itself counts or names, whoever asks; each is said in docs/security.md
    "pg_database", "pg_stat_database", "pg_stat_database_conflicts", "pg_stat_activity", "pg_locks", "pg_stat_wal", "pg_stat_bgwriter", "pg_stat_archiver",
    "pg_stat_slru", "pg_stat_gssapi", "pg_stat_ssl", "pg_stat_io", "pg_cursors", "pg_prepared_xacts", "pg_stat_replication", "pg_backend_memory_contexts"}


def test_the_catalogue_tells_nothing_more(twins, logins):
    readable = [row[0] for row in logins[0].execute(
        "select c.oid::regclass::text from pg_class c where c.relnamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
        " and c.relkind in ('r', 'v') and has_table_privilege(c.oid, 'select') order by 1").fetchall()]
    assert len(readable) > 50
    differ = []
    for name in readable:
        plain, secret = both(logins, f"select replace(t::text, current_database(), 'ours') from {name} t order by 1")
        if plain != secret:
            differ.append(name)
    assert sorted(differ) == sorted(one for one in differ if one.split(".")[-1] in COUNTED), differ


@pytest.mark.parametrize("query", [
    "select pg_database_size(current_database())",
    "select pg_total_relation_size('reg.site')", "select pg_relation_filepath('reg.site')", "select st_estimatedextent('reg', 'site', 'shown')",
    "select last_value from pg_sequences", "select pg_stat_get_live_tuples('reg.site'::regclass)", "select pg_stat_get_numscans('reg.site'::regclass)",
    "select pg_current_wal_lsn()", "select pg_last_committed_xact()", "select pg_xact_commit_timestamp('3'::xid)"])
def test_functions_of_the_server_that_measure_tell_nothing(logins, query):
    plain, secret = both(logins, query)
    assert plain == secret, (plain, secret)


@pytest.mark.parametrize("format", ["csv", "geojson"])
@pytest.mark.parametrize("reader", ["investigator1", "analyst1"])
def test_a_file_that_leaves_is_the_same_file(twins, reader, format, tmp_path):
    files = []
    for n, house in enumerate(twins.both):
        path = tmp_path / str(n)
        path.mkdir()
        about = exports.write(analysing.as_(house.settings, reader), path / f"sites.{format}", recipient="A commission", purpose="the search")
        files.append(((path / f"sites.{format}").read_bytes(), {key: one for key, one in about.items() if key != "disclosure"}))
    assert files[0] == files[1]
