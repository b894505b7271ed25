"""Which worker of a run takes which files, and when: what is dear comes first, and what shares something dear stays together."""
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

GROUPS = {"tests/twins/test_pages.py": "twins", "tests/twins/test_routes.py": "twins", "tests/twins/test_functions.py": "twins",
          "tests/twins/test_counting.py": "twins"}
"""Files that one worker takes one after the other, for they ask the same houses."""
AHEAD = ("tests/sitereg/imports/test_corpus.py", "tests/sitereg/test_geo_properties.py", "tests/sitereg/imports/test_corpus_cases.py",
         "tests/sitereg/test_redact_sound.py", "tests/sitereg/test_basemap.py", "tests/sitereg/links/test_exactness.py")
"""They need no database: each worker has some of them while the seed is in the making."""
DEAR = (*GROUPS, "tests/sitereg/test_demo_whole.py", "tests/twins/test_moved.py", "tests/sitereg/cli/test_server.py",
        "tests/sitereg/store/test_cluster.py", "tests/sitereg/imports/test_real.py", "tests/sitereg/imports/test_real_others.py",
        "tests/sitereg/store/test_bound_rows.py", "tests/sitereg/store/test_schema.py", "tests/sitereg/store/test_faces_parted.py",
        "tests/sitereg/backup/test_restoring.py", "tests/drills/test_kill_import.py", "tests/drills/test_upgrade_old.py")
"""Files of few tests that take long, the longest first; the others follow by how many tests they have."""


def ordered(items):
    """The tests in the order in which workers take their files; within a file they stay as they stand there."""
    files = [one.nodeid.partition("::")[0] for one in items]
    many = {file: files.count(file) for file in dict.fromkeys(files)}
    first = {file: n for n, file in enumerate((*AHEAD, *DEAR))}
    return [one for _file, one in sorted(zip(files, items, strict=True), key=lambda each: (
        first.get(each[0], len(first)), -many[each[0]], each[0]))]


class Scheduling(LoadScopeScheduling):
    """A worker gets whole files, and whole groups of them, in the order of the tests."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        return GROUPS.get(file, file)


def lacking(root):
    """Files that are named here and are no more."""
    return [file for file in dict.fromkeys((*GROUPS, *AHEAD, *DEAR)) if not Path(root, file).exists()]
