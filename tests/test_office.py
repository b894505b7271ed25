"""What an office starts, started here without containers: the proxy with its file, the door of analysts, the units of systemd."""
import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from ruamel.yaml import YAML
from werkzeug.serving import make_server

from sitereg.cli import COMMANDS
from sitereg.store import cluster, schema
from sitereg.store.folders import write
from sitereg.store.programs import owner
from web import create_app

ROOT = Path(__file__).resolve().parents[1]
NAME = "sites.example.org"
PLACE = "/tiles/sites/14/9876/6543.mvt"


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A folder as docker/ is, with what the two scripts make there."""
    folder = tmp_path_factory.mktemp("office") / "docker"
    folder.mkdir()
    for name in ("secrets.sh", "certificates.sh"):
        shutil.copy(ROOT / "docker" / name, folder)
    subprocess.run(["bash", str(folder / "secrets.sh"), NAME], check=True, capture_output=True)
    for login in ("sql_analyst1", "sql_worker", "sql_stray"):
        subprocess.run(["bash", str(folder / "certificates.sh"), "analyst", login], check=True, capture_output=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=sql_analyst1", "-keyout",
                    str(folder / "analysts/stranger.key"), "-out", str(folder / "analysts/stranger.crt")], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def proxied(certificates, settings, tmp_path_factory):
    """(port of Caddy with the shipped file in front of a web, switch that stops the web, what Caddy wrote to its log)."""
    named = replace(settings, hosts=(NAME,), proxies=1)
    web = make_server("127.0.0.1", 0, create_app(named), threaded=True)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    port, log = free_port(), tmp_path_factory.mktemp("caddy") / "log"
    env = {"PATH": os.environ["PATH"], "HOME": str(log.parent), "SITEREG_NAME": NAME, "SITEREG_TLS_PORT": str(port),
           "SITEREG_TLS_CERT": str(certificates / "secrets" / "tls.crt"), "SITEREG_TLS_KEY": str(certificates / "secrets" / "tls.key"),
           "SITEREG_WEB": f"127.0.0.1:{web.server_port}"}
    with log.open("wb") as out, subprocess.Popen(
            ["caddy", "run", "--config", str(ROOT / "docker" / "Caddyfile"), "--adapter", "caddyfile"], env=env, stderr=out, stdout=out) as caddy:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)

        def stop_web():
            web.shutdown()
            web.server_close()

        yield port, stop_web, log
        caddy.send_signal(signal.SIGTERM)


def ask(proxied, certificates, path="/sign-in", host=NAME, method="GET", body=None, headers=()):
    trust = ssl.create_default_context(cafile=str(certificates / "house.crt"))
    raw = socket.create_connection(("127.0.0.1", proxied[0]), 10)
    connection = http.client.HTTPSConnection(NAME, proxied[0], context=trust)
    connection.sock = trust.wrap_socket(raw, server_hostname=NAME)
    with contextlib.closing(connection):
        connection.request(method, path, body=body, headers={"Host": host, **dict(headers)})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


@pytest.mark.db
@needs("caddy")
def test_the_proxy_speaks_tls_and_hands_on_the_web_s_headers(proxied, certificates):
    status, headers, page = ask(proxied, certificates)
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "private, no-store"
    assert "Server" not in headers
    assert "Secure" in headers["Set-Cookie"]
    assert b"<form" in page


@pytest.mark.db
@needs("caddy")
def test_another_name_gets_no_page(proxied, certificates):
    for host in ("elsewhere.invalid", "127.0.0.1", f"{NAME}.evil.invalid"):
        assert ask(proxied, certificates, host=host)[0] in (400, 421), host


@pytest.mark.db
@needs("caddy")
def test_what_is_too_large_is_refused(proxied, certificates):
    assert ask(proxied, certificates, headers={"X-Long": "x" * 40_000})[0] == 431
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(proxied, certificates, method="POST", body=b"a=" + b"x" * (300 * 1024), headers=form)[0] == 413


@pytest.mark.db
@needs("caddy")
def test_the_proxy_s_log_names_no_address_even_when_the_web_is_gone(proxied, certificates):
    assert ask(proxied, certificates, PLACE)[0] in (302, 303, 401, 404)
    proxied[1]()
    status, headers, page = ask(proxied, certificates, PLACE)
    assert (status, page) == (502, b"502")
    assert headers["Strict-Transport-Security"].startswith("max-age")
    assert "Server" not in headers
    said = proxied[2].read_text()
    assert "9876" not in said and "127.0.0.1" not in said and "sign-in" not in said, said


@pytest.fixture(scope="module")
def door(certificates):
    """(address, conninfo of the superuser) of a cluster whose rules are the shipped pg_hba.conf, with the door at 127.0.0.1."""
    address = "127." + ".".join(str(one % 250 + 2) for one in os.urandom(3))
    with cluster.temporary(fast=True) as made:
        data, keys = made.settings.data, made.settings.data / "door"
        keys.mkdir(mode=0o700)
        os.chown(keys, owner().pw_uid, owner().pw_gid)
        for name in ("db.crt", "db.key", "analysts.crt"):
            write(keys / name, (certificates / "secrets" / name).read_text())
        rules = (ROOT / "docker/db/pg_hba.conf").read_text().replace("172.30.77.9/32", "127.0.0.1/32")
        write(data / "pg_hba.conf", (data / "pg_hba.conf").read_text() + rules)
        told = [one.removeprefix("-c") for one in compose()["services"]["db"]["command"] if one.startswith("-cssl")]
        write(data / "local.conf", f"listen_addresses = '{address}'\n" + "".join(
            re.sub(r"=(.*)", r" = '\1'\n", one).replace("/run/secrets", str(keys)) for one in told))
        cluster.stop(made.settings)
        cluster.start(made.settings)
        with psycopg.connect(made.dsn(), autocommit=True) as raw:
            raw.execute(schema.install_sql())
            raw.execute("create role sql_analyst1 login; grant sr_sql to sql_analyst1; alter role sr_web password 'known'")
            raw.execute("create role sql_stray login password 'known'; alter role sitereg_dba password 'known'")
        yield address, made.dsn()


def compose():
    return YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())


def enter(door, certificates, user, *, certificate=None, **more):
    """A connection through the door; raises psycopg.OperationalError where it is closed."""
    own = {"sslcert": str(certificates / f"analysts/{certificate}.crt"), "sslkey": str(certificates / f"analysts/{certificate}.key")}
    asked = {"host": "db", "hostaddr": door[0], "port": 5432, "user": user, "dbname": "sitereg", "password": "known", "connect_timeout": 5,
             "sslmode": "verify-full", "sslrootcert": str(certificates / "analysts/house.crt"), "passfile": "/dev/null",
             **(own if certificate else {"sslcert": "/dev/null/none"}), **more}
    return psycopg.connect(**asked)


def test_a_sql_login_with_its_certificate_enters_by_tls(door, certificates):
    with enter(door, certificates, "sql_analyst1", certificate="sql_analyst1") as raw:
        one = raw.execute("select current_user::text, ssl, version from pg_stat_ssl where pid = pg_backend_pid()").fetchone()
    assert one == ("sql_analyst1", True, "TLSv1.3")


@pytest.mark.parametrize(("user", "more"), [
    ("sql_analyst1", {}),
    ("sql_analyst1", {"certificate": "sql_worker"}),
    ("sql_analyst1", {"certificate": "stranger"}),
    ("sql_analyst1", {"sslmode": "disable"}),
    ("sql_analyst1", {"certificate": "sql_analyst1", "dbname": "postgres"}),
    ("sql_analyst1", {"certificate": "sql_analyst1", "replication": "database"}), ("sql_analyst1", {"certificate": "sql_analyst1", "replication": "true"}),
    ("sql_stray", {"certificate": "sql_stray"}),
    ("sr_web", {}), ("sr_web", {"sslmode": "disable"}), ("sr_web", {"certificate": "sql_analyst1"}),
    ("sitereg_dba", {}), ("sitereg_dba", {"sslmode": "disable"}), ("sr_keeper", {})],
    ids=lambda one: one if isinstance(one, str) else "-".join(one.values()) or "plain")
def test_nobody_else_enters_by_the_door(door, certificates, user, more):
    with pytest.raises(psycopg.OperationalError, match=r"rejects|certificate|no pg_hba|unknown ca|walsender"), enter(door, certificates, user, **more):
        pytest.fail("it let somebody in")


def test_what_the_services_are_told_to_run_there_is(tmp_path):
    for name, one in compose()["services"].items():
        if one["image"].startswith("sitereg:"):
            words = [*one.get("command", []), *one.get("healthcheck", {}).get("test", ["CMD"])[1:]]
            assert all(words[at + 1] in COMMANDS for at, word in enumerate(words) if word == "sitereg"), name
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert not source.startswith("./docker") or (ROOT / source).is_file(), source
    for line in (ROOT / "docker/Dockerfile").read_text().splitlines():
        if line.startswith("COPY") and "--from" not in line and " . " not in line:
            assert all((ROOT / source).exists() for source in line.split()[1:-1]), line


def test_the_archive_command_of_compose_is_atomic_and_refuses_another(tmp_path):
    """Run by sh as PostgreSQL would, in place of a container."""
    spool, segment = tmp_path / "spool", tmp_path / "000000010000000000000001"
    spool.mkdir()
    segment.write_bytes(b"one")
    said = next(one for one in compose()["services"]["db"]["command"] if "archive_command" in one).partition("=")[2]
    said = said.replace("/var/spool/sitereg", str(spool)).replace("%f", segment.name).replace("%p", str(segment))
    assert subprocess.run(["sh", "-c", said], check=False).returncode == 0
    assert [(one.name, one.read_bytes(), one.stat().st_mode & 0o777) for one in spool.iterdir()] == [(segment.name, b"one", 0o640)]
    assert subprocess.run(["sh", "-c", said], check=False).returncode != 0


def test_haproxy_and_caddy_are_told_nothing_that_logs_requests():
    assert "log" not in re.sub(r"(?m)^\s*#.*|^\s*log default \{", "", (ROOT / "docker/Caddyfile").read_text()).replace("http.log.", "")
    assert "option tcplog" not in (ROOT / "docker/haproxy.cfg").read_text()


@needs("systemd-analyze")
def test_the_units_of_systemd_are_whole_and_closed(tmp_path):
    units = sorted((ROOT / "deploy/systemd").glob("sitereg-*"))
    for unit in units:
        text = unit.read_text()
        words = re.findall(r"/opt/sitereg/\.venv/bin/sitereg (\w+)", text)
        assert all(one in COMMANDS for one in words), unit.name
        (tmp_path / unit.name).write_text(text.replace("/opt/sitereg/.venv/bin/sitereg", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", *map(str, tmp_path.iterdir())], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for unit in units:
        if unit.suffix == ".service":
            done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=45", str(tmp_path / unit.name)],
                                  capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{unit.name}: {done.stdout[-200:]}{done.stderr}"
