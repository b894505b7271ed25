"""The surroundings: absolute paths, a key that nobody else reads, clear refusals."""

import os
import stat
import threading
from pathlib import Path

import pytest

from sitereg.errors import BadInput, Unavailable
from sitereg.settings import SOCKET_LIMIT, Settings


def test_home_of_root_is_the_machine_s_and_never_below_a_home(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert Settings.from_env({"HOME": "/somewhere"}).home == Path("/var/lib/sitereg")


def test_home_of_a_user_is_the_xdg_data_folder(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/maria")
    assert Settings.from_env({}).home == Path("/home/maria/.local/share/sitereg")
    assert Settings.from_env({"XDG_DATA_HOME": "/data"}).home == Path("/data/sitereg")
    assert Settings.from_env({"XDG_DATA_HOME": "relative"}).home == Path("/home/maria/.local/share/sitereg")


def test_what_the_environment_says_is_taken():
    settings = Settings.from_env({
        "SITEREG_HOME": "/srv/reg", "SITEREG_DATABASE_URL": "postgresql://db/sitereg",
        "SITEREG_TEST_DATA": "/data", "SITEREG_AS": "maria", "SITEREG_LISTEN": "[::1]:9000",
        "SITEREG_HOSTS": "Sites.example.org, registry", "SITEREG_PROXIES": "1", "SITEREG_SECOND_FACTOR": "verifier, admin",
        "SITEREG_TOKEN_KEY": "/run/secrets/token", "SITEREG_PASSWORDS": "/run/secrets"})
    assert settings == Settings(
        home=Path("/srv/reg"), run=Path("/srv/reg/run"), database_url="postgresql://db/sitereg",
        test_data=Path("/data"), acting_as="maria", host="::1", port=9000, hosts=("sites.example.org", "registry"),
        proxies=1, second_factor=("verifier", "admin"),
        key_file=Path("/run/secrets/token"), passwords=Path("/run/secrets"))
    assert not settings.embedded
    assert settings.token_key_file == Path("/run/secrets/token")


def test_empty_words_say_nothing():
    empty = dict.fromkeys(("SITEREG_DATABASE_URL", "SITEREG_TEST_DATA", "SITEREG_AS", "SITEREG_LISTEN", "SITEREG_HOSTS"), "")
    settings = Settings.from_env({"SITEREG_HOME": "/srv/reg", **empty})
    assert settings.embedded
    assert (settings.test_data, settings.acting_as, settings.port) == (None, None, 8000)


@pytest.mark.parametrize("env", [
    {"SITEREG_HOME": "here"},
    {"SITEREG_HOME": "/srv", "SITEREG_LISTEN": "8000"},
    {"SITEREG_HOME": "/srv", "SITEREG_LISTEN": "localhost:0"},
    {"SITEREG_HOME": "/srv", "SITEREG_LISTEN": "localhost:70000"},
    {"SITEREG_HOME": "/srv", "SITEREG_LISTEN": "a b:80"},
    *({"SITEREG_HOME": "/srv", "SITEREG_HOSTS": name} for name in ("*.example.org", ".example.org", "a:80", "a b", "a,-b", "http://a")),
])
def test_what_cannot_be_meant_is_refused(env):
    with pytest.raises(BadInput):
        Settings.from_env(env)


@pytest.mark.parametrize("length", [10, 60, 85, 86, 87, 100, 200])
def test_the_socket_always_fits(length, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    home = Path("/" + "h" * length)
    env = {"SITEREG_HOME": str(home), "XDG_RUNTIME_DIR": "/run/user/1000"}
    settings = Settings.from_env(env)
    assert len(os.fsencode(settings.run / ".s.PGSQL.5432")) <= SOCKET_LIMIT
    assert settings.run == Settings.from_env(env).run


def test_two_long_homes_do_not_share_a_socket():
    one, two = (Settings.from_env({"SITEREG_HOME": f"/{'h' * 150}/{name}"}).run for name in "ab")
    assert one != two


def test_long_arabic_homes_are_measured_in_bytes():
    run = Settings.from_env({"SITEREG_HOME": "/" + "س" * 50}).run
    assert len(os.fsencode(run / ".s.PGSQL.5432")) <= SOCKET_LIMIT


def test_the_token_key_is_made_once_and_is_private(tmp_path):
    settings = Settings.at(tmp_path / "home")
    settings.make_folders()
    path = settings.make_token_key()
    key = settings.token_key()
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    settings.make_token_key()
    assert settings.token_key() == key
    assert [file.name for file in settings.keys.iterdir()] == ["token.key"]


@pytest.mark.parametrize(("mode", "content", "code"), [
    (0o640, b"k" * 32, "open_token_key"),
    (0o604, b"k" * 32, "open_token_key"),
    (0o600, b"k" * 31, "bad_token_key"),
    (0o600, b"", "bad_token_key"),
])
def test_a_token_key_that_is_no_secret_is_refused(tmp_path, mode, content, code):
    settings = Settings.at(tmp_path)
    settings.make_folders()
    settings.token_key_file.write_bytes(content)
    settings.token_key_file.chmod(mode)
    with pytest.raises(Unavailable) as refusal:
        settings.token_key()
    assert refusal.value.code == code


def test_a_missing_token_key_says_what_to_do(tmp_path):
    with pytest.raises(Unavailable, match="sitereg up"):
        Settings.at(tmp_path).token_key()


def test_private_folders_are_closed_to_others(tmp_path):
    settings = Settings.at(tmp_path / "home")
    settings.make_folders()
    for folder in (settings.keys, settings.evidence, settings.state):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_every_role_signs_in_with_a_second_factor_unless_it_is_said_otherwise():
    assert Settings.from_env({}).second_factor == ("all",)
    assert Settings.from_env({"SITEREG_SECOND_FACTOR": "none"}).second_factor == ()


@pytest.mark.parametrize("said", [{"SITEREG_SECOND_FACTOR": "king"}, {"SITEREG_SECOND_FACTOR": "all,admin"}, {"SITEREG_SECOND_FACTOR": ","},
                                  {"SITEREG_PROXIES": "many"}, {"SITEREG_PROXIES": "-1"}])
def test_a_role_or_a_number_of_proxies_that_is_none_is_refused(said):
    with pytest.raises(BadInput):
        Settings.from_env(said)


def test_of_many_threads_that_are_the_first_all_read_what_one_wrote(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    from sitereg import witness
    from sitereg.settings import write_once

    settings, gate = Settings.at(tmp_path / "home"), threading.Barrier(16)
    settings.make_folders()

    def first(number):
        gate.wait(10)
        return write_once(tmp_path / "key", lambda: b"%d" % number * 1000).read_bytes(), witness.public(witness.signing_key(settings))

    with ThreadPoolExecutor(16) as many:
        told = set(many.map(first, range(16)))
    assert len(told) == 1
    assert not [one for folder in (tmp_path, settings.keys) for one in folder.iterdir() if one.name.startswith(("key.", "keeper.key."))]
