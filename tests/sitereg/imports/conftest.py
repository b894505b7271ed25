"""What tests of imports share."""

import psycopg
import pytest

from sitereg import imports
from sitereg.store import cluster
from tests.sitereg.imports.steps import HEADER, ROWS, partner


@pytest.fixture
def bring(registry, tmp_path):
    """Imports the text (rows under HEADER) as a file; more goes to imports.run."""
    def imported(rows=ROWS, *, name="list.csv", made=None, **more):
        path = tmp_path / name
        path.write_text(HEADER + rows)
        return imports.run(registry, path, profile=made or partner(), **more)
    return imported


@pytest.fixture(autouse=True)
def measured(request):
    """Before whole files come in, the server knows that nothing stands in the registry: what it measured of rows that were rolled back
    since would have it plan a batch, and not measure it, as if that stood there (one file took 160 s so, and takes 4)."""
    if request.node.get_closest_marker("data") and "registry" in request.fixturenames:
        settings = request.getfixturevalue("settings")
        with psycopg.connect(cluster.dsn(settings, settings.superuser), autocommit=True) as raw:
            raw.execute("vacuum (analyze)")
