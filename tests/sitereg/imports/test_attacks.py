"""What an attacker sends is refused by a stable code, quickly and in little room: no file is read, no host is asked.

The secret can be read by every user of the machine and the server listens on it: only the closed reader keeps them apart.
"""

import json
import os
import pwd
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from sitereg import documents, imports
from sitereg.errors import STATUS_OF_CODE, BadInput
from sitereg.imports import profile
from sitereg.imports.readers import process
from tests.files.attacks import ATTACKS
from tests.sitereg.imports.test_profiles import table

CANARY = "canary-in-a-file-that-everybody-may-read"
ROOT = Path(__file__).parents[3]
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture(scope="module")
def world():
    """{folder of each attack}, and the number of connections that anybody made to the server beside them."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name, socket.create_server(("127.0.0.1", 0)) as server:
        room, asked = Path(name), []
        room.chmod(0o755)
        secret = room / "secret.csv"
        secret.write_text(f"id,name\n{CANARY},{CANARY}\n")
        threading.Thread(target=listen, args=(server, asked), daemon=True).start()
        url, given = f"http://127.0.0.1:{server.getsockname()[1]}", {}
        for each, attack in ATTACKS.items():
            (room / each).mkdir()
            given[each] = attack.make(room / each, secret, url)
        yield given, asked


def listen(server, asked):
    while True:
        try:
            asked.append(server.accept()[1])
        except OSError:
            return


def read_by(given, user=None):
    """{attack: what the closed reader said of it}, read by this user."""
    jobs = [{"name": name, "path": str(path), "format": ATTACKS[name].format} for name, path in given.items()]
    done = subprocess.run([sys.executable, "-m", "tests.files.reading"], input=json.dumps(jobs), capture_output=True, text=True,
                          cwd=ROOT, user=user, group=NOBODY.pw_gid if user else None, check=True,
                          env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"})
    return {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}


@pytest.fixture(scope="module")
def read(world):
    """{attack: what the closed reader said of it}."""
    return read_by(world[0])


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_by_its_code_and_says_what_to_do(read, name):
    _holds(name, read[name])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become an ordinary user; then the test above is of one")
def test_the_reader_of_an_ordinary_user_refuses_one_attack_of_each_kind_alike(world):
    one_each = {ATTACKS[name].number: name for name in world[0]}
    found = read_by({name: world[0][name] for name in one_each.values()}, NOBODY.pw_uid)
    for name in one_each.values():
        _holds(name, found[name])
    held = [one["isolation"] for one in found.values() if one["isolation"]]
    assert held and all(one["network_closed"] and one["files_closed"] and one["calls_closed"] for one in held) and world[1] == []


def _holds(name, found):
    assert found["code"] == ATTACKS[name].code, found
    assert found["code"] is None or found["do"]
    assert CANARY not in found["words"]
    assert found["seconds"] < 10 and found["megabytes"] <= 200, found


def test_nobody_asked_the_server_and_what_was_read_was_read_behind_closed_doors(read, world):
    assert world[1] == []
    held = [one["isolation"] for one in read.values() if one["isolation"]]
    assert held and all(one["network_closed"] and one["files_closed"] and one["calls_closed"] for one in held)


@pytest.mark.parametrize("name", ["../../x.csv", "x" * 240 + ".csv", "CON.csv", "a\u202evsc.csv", "<img onerror=x>.csv", "a\nb.csv"])
def test_the_name_of_a_file_is_words_and_nothing_else(tmp_path, name):
    """The copy has a name of ours; of the given one the last part is kept as it is."""
    (tmp_path / "room").mkdir()
    given = tmp_path / Path(name).name
    given.write_text("id\n1\n")
    staged = documents.stage(given, tmp_path / "room").main
    assert staged.path == tmp_path / "room" / "0" and staged.name == Path(name).name and ".." not in staged.name


def test_the_statuses_of_http_are_those_of_files():
    assert STATUS_OF_CODE == {"too_large": 413, "not_this_format": 415, "macros": 415, "disk_full": 507}


@pytest.mark.db
@pytest.mark.parametrize("name", ["links_in_kml", "linked_workbook", "package_that_acts", "vrt_as_csv", "vrt_in_a_zip", "entity_of_a_host"])
def test_by_the_road_of_an_import_the_secret_comes_in_nowhere(registry, world, name):
    """Nothing of the secret is in a report, a row, a claim; of a refused file nothing at all is kept."""
    attack, drawn = ATTACKS[name], ATTACKS[name].format not in ("csv", "xlsx")
    changes = {"file__format": attack.format, **({"place": {"geometry": True, "uncertainty_m": 50}} if drawn else {})}
    if attack.format == "kml":
        changes |= {"id__column": "name", "claims": [{"predicate": "kind", "code": "mass_grave"}]}
    if attack.format == "geopackage":
        changes |= {"file__layers": ["places"]}
    try:
        said = json.dumps(imports.run(registry, world[0][name], profile=profile.read(table(**changes), "p")).as_dict(), default=str)
    except BadInput as refusal:
        said = json.dumps(refusal.as_dict())
        assert refusal.code == attack.code
    else:
        assert attack.code is None
    with registry.dba() as raw:
        for kept in ("reg.import_row", "reg.claim", "reg.import_batch", "reg.document"):
            said += "".join(row[0] for row in raw.execute(f"select t::text from {kept} t").fetchall())
    assert CANARY not in said and world[1] == []


def test_a_library_without_these_doors_asks_the_server(tmp_path):
    """So the server of the other tests would have heard it: the same file by a GDAL with all its drivers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = []
        threading.Thread(target=listen, args=(server, asked), daemon=True).start()
        given = ATTACKS["service_as_geojson"].make(tmp_path, tmp_path / "none", f"http://127.0.0.1:{server.getsockname()[1]}")
        code = "import sys; from pyogrio import raw; raw.read(sys.argv[1])"
        subprocess.run([sys.executable, "-c", code, str(given)], capture_output=True, text=True,
                       env={"PATH": "/usr/bin:/bin", "GDAL_HTTP_TIMEOUT": "1"})
        if not asked:
            pytest.skip("this GDAL has no driver of web services")


def test_without_the_list_of_drivers_and_the_closed_files_the_canary_would_come_in(world):
    """The same file by a GDAL with all its drivers, in a process that closed nothing: this is what the reader is for."""
    code = ("import sys; from pyogrio import raw; meta, _, _, fields = raw.read(sys.argv[1]); print([list(one) for one in fields])")
    done = subprocess.run([sys.executable, "-c", code, str(world[0]["vrt_as_geojson"])], capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this GDAL does not open a virtual dataset under another name")
    assert CANARY in done.stdout
    closed = ("from sitereg.imports.readers import isolated, process\nimport pyogrio.raw\nisolated.lock_down((sys.argv[1],))\n")
    done = subprocess.run([sys.executable, "-c", "import sys\n" + closed + code, str(world[0]["vrt_as_geojson"])],
                          capture_output=True, text=True, env=process._environment("csv"), cwd="/")
    assert done.returncode and CANARY not in done.stdout
