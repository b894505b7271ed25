"""What the server counts for whoever runs EXPLAIN (ANALYZE, BUFFERS): the pages that a function or a view read inside."""
import contextlib
import itertools
import re

import psycopg

from tests.twins import hiding

WAYS = 4  # to ask one function
BOXES = [
    [39.9, 36.0, 40.3, 36.4], [hiding.LONE[0] - .1, hiding.LONE[1] - .1, hiding.LONE[0] + .1, hiding.LONE[1] + .1],
    [36.0, 33.0, 38.0, 35.0]]
EXPLAIN = "explain (analyze, buffers, costs off, timing off, summary off) "
# They read tables that have a tier and no face (claims, decisions, ...): a login asks them where that was granted apart, and
# docs/security.md says of each what is counted.
TOLD = {*"""all_batches all_claims all_decisions all_disclosures all_documents all_inquiries all_proposals all_reports all_sources all_tasks
    v_batch v_claim v_decision v_disclosure v_document v_inquiry v_proposal v_report v_source v_task""".split()}
SAME_LAYOUT = ("vacuum (full) {0}", "vacuum (analyze) {0}")
PART = re.compile(r"Scan .*on (site|site_kind|site_relation|site_name|person|person_event|holding|beside|site_square)_2\b")
TABLES = "reg.site, reg.site_kind, reg.site_relation, reg.site_name, reg.person, reg.person_event, reg.holding, reg.beside, reg.site_square"


def pages(connection, query, values=None):
    """(the pages counted, the plan without them), or what it refuses; the first time the session learns the catalogue."""
    try:
        for _ in range(2):
            plan = [line for (line,) in connection.execute(EXPLAIN + query, values).fetchall()]
    except Exception as refusal:  # what is refused must be refused alike
        return type(refusal).__name__, str(refusal)
    plan = list(itertools.takewhile(lambda line: not line.startswith("Planning"), plan))
    counted = next((line for line in plan if "Buffers" in line), "")
    return sum(map(int, re.findall(r"(?:hit|read)=(\d+)", counted))), [line for line in plan if "Buffers" not in line]


def questions(functions, ways):
    """(name, query, values) of each function in some ways, upon the hidden places too. ways: what answers the arguments for parameters."""
    for name, parameters in functions:
        placed = [{"bbox": box} for box in BOXES] if ("bbox", False) in parameters else []
        for args in (*itertools.islice(ways(parameters), WAYS), *placed):
            yield name, f"select * from api.{name}({', '.join(f'p_{one} => %({one})s' for one in args)})", args


def apart(connections, asked):
    """{name: (pages of the one, pages of the other, the arguments)} of what the two registries count or plan differently."""
    found = {}
    for name, query, values in asked:
        one, other = (pages(each, query, values) for each in connections)
        if one != other:
            found.setdefault(name, (one[0], other[0], values))
    return found


def told_inside(raw, login, asked, most=None):
    """[(name, line of a plan)]: where the plans inside, told to the superuser alone, read a row or a page of the faces' parts of tier 2.
    most: so many rows are fetched of each answer (else all); the plans are those of whole answers."""
    told, found = [], set()
    raw.execute("load 'auto_explain'")
    for setting in ("log_min_duration = 0", "log_analyze = on", "log_timing = off", "log_nested_statements = on"):
        raw.execute(f"set auto_explain.{setting}")
    raw.add_notice_handler(lambda one: told.append(one.message_primary))
    raw.execute(f"set client_min_messages = log; set cursor_tuple_fraction = 1; set session authorization {login}")
    for name, query, values in asked:
        with contextlib.suppress(psycopg.Error), raw.transaction(force_rollback=True):  # what is refused read something too
            psycopg.ClientCursor(raw).execute(f"declare asked no scroll cursor for {query}", values)
            raw.execute(f"fetch {most or 'all'} from asked").fetchall()
            raw.execute("close asked")
        found |= {(name, line.strip()) for line in "\n".join(told).splitlines() if PART.search(line) and "never executed" not in line}
        told.clear()
    return sorted(found)


def rows_read(house, ask, times):
    """{table: rows} that the server counted a time while `ask` was asked so often, from the first plans to those that are kept."""
    before = read_so_far(house)
    for _ in range(times):
        ask()
    after = read_so_far(house)
    return {table: (rows - before[table]) / times for table, rows in after.items() if rows != before[table]}


def read_so_far(house):
    """{table: rows read}; the connections of its database are ended, for a backend tells what it counted at its end."""
    theirs = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
    house.rows(f"select pg_terminate_backend(pid, 20000) {theirs}")
    return dict(house.rows("select relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_user_tables where schemaname = 'reg'"))
