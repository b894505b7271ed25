"""What the workers of a run share: the seed, the order of the files, what one worker keeps together."""
from collections import namedtuple
from pathlib import Path

import pytest

from sitereg.store import cluster
from tests import seeds, workers

ROOT = Path(__file__).resolve().parents[1]
Item = namedtuple("Item", "nodeid")


def test_every_file_that_is_named_is_there():
    assert workers.lacking(ROOT) == []


def test_files_come_dear_ones_first_and_stay_whole():
    dear, group = workers.DEAR[-1], list(workers.GROUPS)
    given = [Item(f"{file}::test_{n}") for n in range(3) for file in ("tests/test_b.py", "tests/test_a.py", dear, *group, workers.AHEAD[0])]
    given += [Item("tests/test_b.py::test_more")]
    found = workers.ordered(given)
    assert sorted(found) == sorted(given)
    assert list(dict.fromkeys(one.nodeid.partition("::")[0] for one in found)) == [
        workers.AHEAD[0], *group, dear, "tests/test_b.py", "tests/test_a.py"]
    assert [one.nodeid for one in found if "test_a" in one.nodeid] == [f"tests/test_a.py::test_{n}" for n in range(3)]


def test_clusters_lie_on_disk_where_memory_is_short(monkeypatch, tmp_path):
    monkeypatch.setattr(seeds, "ROOM", 1 << 60)
    assert seeds.parent() == Path(seeds.tempfile.gettempdir())
    monkeypatch.setattr(seeds, "ROOM", 1)
    monkeypatch.setattr(seeds, "MEMORY", tmp_path)
    assert seeds.parent() == tmp_path
    monkeypatch.setattr(seeds, "MEMORY", tmp_path / "nowhere")
    assert seeds.parent() == Path(seeds.tempfile.gettempdir())


def test_a_seed_that_failed_says_why(tmp_path):
    (tmp_path / "log").write_text("the disk is full")
    (tmp_path / "failed").touch()
    with pytest.raises(RuntimeError, match="the disk is full"), seeds.copied(tmp_path, seeds.BARE):
        pass


@pytest.mark.db
def test_a_worker_has_a_cluster_of_its_own_from_the_seed(tmp_path):
    tmp_path.chmod(0o711)
    with cluster.temporary(parent=seeds.parent()) as made:
        (made.settings.home / "kept").write_text("a key")
        seeds.psycopg.connect(made.dsn()).execute("create table told as select 7 as n").connection.commit()
        seeds.keep(made, tmp_path / seeds.BARE)
        with seeds.copied(tmp_path, seeds.BARE) as copy, seeds.psycopg.connect(copy.dsn()) as raw:
            assert copy.settings.home != made.settings.home and (copy.settings.home / "kept").read_text() == "a key"
            assert raw.execute("select n from told").fetchone() == (7,)
