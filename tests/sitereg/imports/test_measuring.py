"""A batch into a young registry: its tables are measured as they grow, and no oftener."""
import psycopg
import pytest

from sitereg import imports
from sitereg.store import cluster
from tests.sitereg.imports.steps import HEADER, look, partner

pytestmark = pytest.mark.db
MEASURED = "select pg_stat_get_analyze_count('reg.claim'::regclass) from (select pg_stat_clear_snapshot()) fresh"
KNOWN = "select c.reltuples::int, (select count(*) from reg.claim)::int from pg_class c where c.oid = 'reg.claim'::regclass"


@pytest.fixture
def bring(registry, settings, tmp_path, monkeypatch):
    """Imports n rows, some 150 claims in a call; answers its calls and how often claims were measured meanwhile."""
    monkeypatch.setattr("sitereg.imports.recording.CHUNK", 150)
    with psycopg.connect(cluster.dsn(settings, settings.superuser), autocommit=True) as raw:
        raw.execute("analyze reg.claim")  # what a test before this one measured stands although its rows were rolled back
    real, calls = registry.rows, []

    def counted(function, **args):
        calls.append(function)
        return real(function, **args)

    monkeypatch.setattr(registry, "rows", counted)

    def imported(n, first=0):
        before, = look(registry, MEASURED)[0]
        calls.clear()
        path = tmp_path / f"{first}.csv"
        path.write_text(HEADER + "".join(f"{i},موقع {i},prison,33.{i:05},36.2765,,,\n" for i in range(first, first + n)))
        imports.run(registry, path, profile=partner())
        return calls.count("record_claims"), look(registry, MEASURED)[0][0] - before

    return imported


def test_a_young_table_is_measured_as_it_doubles(registry, bring):
    calls, measured = bring(600)
    known, there = look(registry, KNOWN)[0]
    assert calls >= 16 and 3 <= measured <= 6
    assert known <= there < 2.5 * known


def test_a_batch_into_what_is_well_known_measures_nothing(registry, bring):
    bring(600)
    with registry.dba() as raw:
        raw.execute("analyze reg.claim")
    calls, measured = bring(120, first=600)
    assert calls >= 3 and measured == 0


def test_a_batch_does_not_wait_for_somebody_who_measures_too(registry, bring, settings):
    registry.connection.execute("set local lock_timeout = '3s'")
    with psycopg.connect(cluster.dsn(settings, settings.superuser)) as other:
        other.execute("lock table reg.claim in share update exclusive mode")
        calls, measured = bring(120)
    assert calls >= 3 and measured == 0
