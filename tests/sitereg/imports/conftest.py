"""What tests of imports share."""

import pytest

from sitereg import imports
from tests.sitereg.imports.steps import HEADER, ROWS, partner


@pytest.fixture
def bring(registry, tmp_path):
    """Imports the text (rows under HEADER) as a file; more goes to imports.run."""
    def imported(rows=ROWS, *, name="list.csv", made=None, **more):
        path = tmp_path / name
        path.write_text(HEADER + rows)
        return imports.run(registry, path, profile=made or partner(), **more)
    return imported
