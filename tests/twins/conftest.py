"""The twins of the tests: who is cleared for less asks both."""
from uuid import uuid4

import pytest

from tests.twins import houses


@pytest.fixture(scope="session")
def first_twins(server, small_demo, tmp_path_factory):
    """The demonstration at its smallest, and a copy of its whole database into which secrets are written afterwards; never asked."""
    names = [f"{name}_{uuid4().hex[:8]}" for name in ("plain", "secret")]
    with houses.pair(server, small_demo, names, tmp_path_factory.mktemp("twins")) as made:
        yield made


@pytest.fixture(scope="module")
def twins(server, first_twins):
    """Twins of the file's own: they are made once a worker, and copied for each file."""
    with houses.again(server, first_twins) as made:
        yield made
