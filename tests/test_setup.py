"""The set-up as files: verbs of make, locks, copied browser libraries, compose file, scripts."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
HOST = re.compile(r"https?://|--(?:extra-)?index|--find-links|file:")


def script(name):
    """A fresh copy of scripts/NAME.py as a module."""
    spec = importlib.util.spec_from_file_location(f"script_{name}", ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(*arguments):
    return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_make_alone_prints_every_verb():
    said = make().stdout
    for verb in ("demo", "test", "check", "drills", "bench", "serve", "browser", "docs", "clean"):
        assert re.search(rf"^make {verb}\b", said, re.MULTILINE), verb
        assert make("--dry-run", verb).returncode == 0, verb


def test_ci_calls_make_test_and_nothing_else():
    run = ROOT / ".ci" / "run"
    assert os.access(run, os.X_OK)
    lines = [line for line in run.read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec make test"]


def lock_entries():
    text = (ROOT / "requirements.lock").read_text()
    return re.findall(r"(?m)^([a-z0-9.-]+)(?:\[.*?\])?==(\S+)([^\n]*(?:\n    [^\n]+)*)", text)


def test_every_locked_python_package_has_hashes_and_no_host():
    entries = lock_entries()
    assert len(entries) > 80
    assert [name for name, _, rest in entries if "--hash=sha256:" not in rest] == []
    assert not HOST.search((ROOT / "requirements.lock").read_text())


def test_every_requirement_is_locked():
    named = re.findall(r"(?m)^([a-z0-9-]+)", (ROOT / "requirements.in").read_text())
    assert set(named) - {name for name, _, _ in lock_entries()} == set()


def test_browser_libraries_are_pinned_without_hosts():
    package = json.loads((ROOT / "web" / "package.json").read_text())
    versions = package["dependencies"] | package["devDependencies"]
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    locked = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    assert [name for name, one in locked.items() if "resolved" in one] == []
    assert [name for name, one in locked.items() if name and "integrity" not in one] == []


def test_what_pages_use_is_copied_and_names_no_other_host():
    vendor = script("vendor")
    vendor.main()
    for target in [*vendor.FILES.values(), "fonts/fonts.css"]:
        assert (vendor.VENDOR / target).exists(), target
    for sheet in vendor.VENDOR.rglob("*.css"):
        text = sheet.read_text()
        assert "sourceMappingURL" not in text
        for named in re.findall(r"url\(['\"]?([^)'\"]+)", text):
            local = named.startswith(("data:", "#"))
            assert local or (sheet.parent / named.partition("#")[0]).exists(), f"{sheet.name}: {named}"


def test_the_fonts_speak_both_languages():
    css = (ROOT / "web" / "static" / "vendor" / "fonts" / "fonts.css").read_text()
    for family in ("'IBM Plex Sans'", "'IBM Plex Sans Arabic'"):
        assert re.search(rf"font-family: {family};", css)
    assert "U+0600-06FF" in css


@pytest.mark.parametrize("css", ["url(https://a.example/x.png)", "url('//a.example/x')", 'url( "http://a/x")'])
def test_a_style_sheet_with_a_foreign_host_is_refused(tmp_path, css):
    (tmp_path / "a.css").write_text(f"p {{ background: {css} }}")
    with pytest.raises(ValueError, match="another host"):
        script("vendor").copy(tmp_path / "a.css", tmp_path / "b.css")


def test_a_style_sheet_loses_its_source_map(tmp_path):
    (tmp_path / "a.css").write_text("p{}\n/*# sourceMappingURL=a.css.map */")
    (tmp_path / "a.js").write_text("f()\n//# sourceMappingURL=a.js.map")
    for name in ("a.css", "a.js"):
        script("vendor").copy(tmp_path / name, tmp_path / "out" / name)
    assert (tmp_path / "out" / "a.css").read_text() == "p{}\n"
    assert (tmp_path / "out" / "a.js").read_text() == "f()\n"


def test_without_root_the_line_is_said_and_nothing_installed(monkeypatch, capsys):
    setup = script("setup")
    monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(setup, "loud", lambda *_, **__: pytest.fail("something was run"))
    with pytest.raises(SystemExit) as end:
        setup.install_packages(["postgresql-15-postgis-3", "chromium"])
    assert end.value.code == 1
    said = capsys.readouterr().err
    assert "apt-get install -y --no-install-recommends postgresql-15-postgis-3 chromium" in said
    assert "as root" in said


def test_missing_packages_are_named(monkeypatch):
    setup = script("setup")
    monkeypatch.setattr(setup, "quiet", lambda *_: 1)
    monkeypatch.setattr(setup, "has_postgis", lambda: False)
    monkeypatch.setattr(setup, "has_pango", lambda: False)
    monkeypatch.setattr(setup.shutil, "which", lambda *_: None)
    monkeypatch.setattr(setup, "read", lambda _: 'VERSION_ID="12"')
    assert setup.missing_packages("python3", tests=False) == ["python3-venv", "postgresql-15-postgis-3", "libpangoft2-1.0-0"]
    assert "chromium-headless-shell" in setup.missing_packages("python3", tests=True)


def test_an_interpreter_below_a_closed_folder_is_not_taken_for_others(tmp_path):
    setup = script("setup")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "python3").touch(mode=0o755)
    assert not setup.open_to_all(str(closed / "python3"))
    assert setup.open_to_all("/bin/sh")


def test_the_second_set_up_does_nothing(monkeypatch, capsys):
    setup = script("setup")
    if not Path(setup.VENV, ".sitereg-stamp").exists():
        pytest.skip("this environment was not made by `make setup`")
    ran = []
    monkeypatch.setattr(setup, "loud", lambda command, **_: ran.append(command))
    monkeypatch.setattr(setup, "counted", lambda command, _: ran.append(command))
    monkeypatch.setattr(sys, "argv", ["setup.py"])
    setup.main()
    assert [Path(command[1]).name for command in ran] == ["vendor.py", "-c"]  # both look at their stamps and leave
    assert "ready in" in capsys.readouterr().err


@pytest.fixture
def compose():
    return YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())


def test_compose_is_valid():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec",
               str(ROOT / "docker-compose.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_compose_publishes_tls_alone_and_the_door_of_analysts_only_when_asked(compose):
    ports = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}
    assert ports == {"proxy": ["${SITEREG_ADDRESS:-0.0.0.0}:443:8443"], "door": ["${SITEREG_ANALYSTS:-127.0.0.1}:5432:5432"]}
    assert [name for name, one in compose["services"].items() if "profiles" in one] == ["door"]
    assert compose["services"]["door"]["profiles"] == ["analysts"]
    assert list(compose["networks"]) == ["inside"]
    door = compose["services"]["door"]["networks"]["inside"]["ipv4_address"]
    rules = [line.split() for line in (ROOT / "docker/db/pg_hba.conf").read_text().splitlines() if line and line[0] != "#"]
    assert [rule[3:] for rule in rules if rule[3].startswith(door)] == [[f"{door}/32", "cert"], [f"{door}/32", "reject"], [f"{door}/32", "reject"]]
    assert rules[0][:4] == ["hostssl", "sitereg", "+sr_sql", f"{door}/32"] and rules[-1][-1] == "reject"
    assert {rule[-1] for rule in rules} == {"cert", "reject", "scram-sha-256"}


def test_compose_gives_nobody_more_than_needed(compose):
    for name, one in compose["services"].items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert not one["user"].startswith(("0", "root")), name
        assert name in ("upgrade", "spool") or "healthcheck" in one, name
        assert one.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else []), name
        assert re.search(r":\d+[\d.-]*\d$", one["image"]), name
        assert not re.search(r"(?i)password=|secret=", json.dumps(one.get("environment", {}))), name
    assert "sitereg_dba.password" not in compose["services"]["web"]["secrets"]
    assert "sitereg_dba.password" not in compose["services"]["keeper"]["secrets"]


def test_the_secrets_of_compose_are_made_once(compose, tmp_path):
    folder = tmp_path / "docker"
    folder.mkdir()
    for name in ("secrets.sh", "certificates.sh"):
        (folder / name).write_text((ROOT / "docker" / name).read_text())
    before = {}
    for _ in range(2):
        subprocess.run(["bash", str(folder / "secrets.sh")], check=True, capture_output=True)
        made = {file.name: file.read_bytes() for file in (folder / "secrets").iterdir()}
        assert before in ({}, made)
        before = made
        assert set(made) == set(compose["secrets"])
        named = {one["file"] for one in compose["secrets"].values()}
        assert named == {f"docker/secrets/{name}" for name in made}
    assert len(made["token.key"]) == 32
    assert len(set(made.values())) == len(made)
    assert (folder / "secrets").stat().st_mode & 0o077 == 0
    assert (folder / "secrets" / "db.key").stat().st_mode & 0o077 == 0
    assert (folder / "authority").stat().st_mode & 0o077 == 0


def test_the_licence_is_whole():
    text = (ROOT / "LICENSE").read_text()
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in text
    assert "END OF TERMS AND CONDITIONS" in text
