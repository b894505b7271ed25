"""A registry that serves: sites with claims, last-known places, people who signed in, the real web and keeper.

All of it over a throw-away cluster. The web is that of `sitereg up` (Gunicorn, two processes), asked by cookie or token.
"""
import contextlib
import http.cookiejar
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import numpy

from bench import faces_fill, names_made
from bench.claims15m import resolve
from bench.claims_fill import fill, make_subjects
from bench.ground import Ground, ground
from bench.measure import cpu_seconds
from sitereg import accounts
from sitereg.actors import Actor
from sitereg.store import credentials, people, session

AGENT = "bench"  # a cookie that comes from another browser than it was given to is written anew in each answer
PASSWORD = "said-to-nobody-but-this-benchmark"  # noqa: S105
WORKING = ("investigator", "analyst")
STAFF = {  # name: (tier, compartments, roles)
    **{f"load.field{n}": (1, (), WORKING) for n in range(4)},
    **{f"load.inner{n}": (2, ("names",), WORKING) for n in range(2)},
    **{f"load.officer{n}": (1 + n % 2, (), ("investigator", "protection_officer")) for n in range(4)},
    **{f"load.map{n}": (1 + n % 2, (), WORKING) for n in range(6)},
}
PROGRAM = """
import dataclasses, sys
from pathlib import Path
from sitereg.cli.webserver import Server
from sitereg.settings import Settings
settings = dataclasses.replace(Settings.at(Path(sys.argv[1])), port=int(sys.argv[2]), second_factor=())
Server(settings, 2).run()
"""
KEEPER = """
import sys
from pathlib import Path
from sitereg import keeper, logbook
from sitereg.settings import Settings
logbook.begin()
keeper.run(Settings.at(Path(sys.argv[1])))
"""

__all__ = ["AGENT", "STAFF", "Served", "served", "shared"]


@dataclass
class Served:
    """A registry whose web answers at `url`; cookies, forgery tokens and access tokens by account."""

    ground: Ground
    url: str
    web: subprocess.Popen
    cookies: dict = field(default_factory=dict)
    forms: dict = field(default_factory=dict)
    tokens: dict = field(default_factory=dict)

    def workers(self):
        """The processes of the web: the one that began and those that answer."""
        return [self.web.pid, *children(self.web.pid)]

    def backends(self):
        """The processes of the database."""
        with self.ground.dba() as raw:
            (first,) = raw.execute("select pg_read_file('postmaster.pid')").fetchone()
        return [int(first.split()[0]), *children(int(first.split()[0]))]

    def spent(self):
        """(CPU seconds of the web, of the database) since they began, with those of their processes that ended."""
        return sum(map(cpu_of, self.workers())), sum(map(cpu_of, self.backends()))

    def memory(self):
        """(MB of the web, of the database) that no other process shares, and shared parts once (Pss)."""
        return shared(self.workers()), shared(self.backends())

    def get(self, path, name):
        """(status, body) as that account is answered."""
        return ask(self.url + path, self.cookies[name])


@contextlib.contextmanager
def served(sites=12_000, events=200_000, *, say=print, durable=True, keeping=True, fill=None, staff=None):
    """A Served exists while the block runs.

    durable: as in use; keeping: with the keeper beside it; fill: what fills it, else `filled`; staff: who signs in, else STAFF.
    """
    staff = STAFF if staff is None else staff
    with ground(fast=not durable) as made, contextlib.ExitStack() as held:
        (fill or filled)(made, sites, events, say)
        with made.dba() as raw:
            for name, (tier, compartments, roles) in staff.items():
                account = people.account(raw, name, display=name)
                people.clearance(raw, account, tier=tier, compartments=compartments, roles=roles, reason="benchmark")
                credentials.accept(raw, account=name, email=f"{name}@bench.invalid", password=PASSWORD)
            if not raw.execute("select 1 from reg.account where name = 'keeper'").fetchone():
                people.clearance(raw, people.account(raw, "keeper", display="The keeper"), tier=2, roles=(), reason="bench")
        made.settings.make_folders()
        log = held.enter_context((Path(tempfile.gettempdir()) / f"sitereg-bench-{free_port()}.log").open("wb"))
        held.callback(Path(log.name).unlink, missing_ok=True)
        port = free_port()
        web = held.enter_context(child(PROGRAM, log, made.settings.home, port))
        if keeping:
            held.enter_context(child(KEEPER, log, made.settings.home))
        one = Served(made, f"http://127.0.0.1:{port}", web)
        awaited(one.url, web)
        for name in staff:
            one.cookies[name], one.forms[name] = signed_in(one.url, name)
            with session.acting(made.settings, Actor(name, "local", "bench")) as opened:
                one.tokens[name], _ = accounts.make_token(opened, account=name, scopes=["layers", "frames"], days=1, reason="bench")
        session.close()
        say(f"{one.url} answers", flush=True)
        yield one


def filled(made, sites, events, say):
    """Sites with fifteen claims each on average, resolved; so many events of persons as faces alone."""
    began = time.perf_counter()
    with made.dba() as raw:
        make_subjects(raw, None, sites=sites, per_site=15, per_person=25)
    fill(made, names=names_made.places(numpy.random.default_rng(5), sites))
    resolve(made, 0)
    say(f"{sites:,} sites: {time.perf_counter() - began:.0f} s", flush=True)
    with made.dba() as raw:
        if events:
            faces_fill.events(raw, events)
        raw.execute("vacuum analyze")
    say(f"{events:,} last-known places: {time.perf_counter() - began:.0f} s", flush=True)


@contextlib.contextmanager
def child(program, log, *given):
    """That program runs in a process of its own while the block runs, and is gone after it."""
    made = subprocess.Popen([sys.executable, "-c", program, *map(str, given)], stdout=log, stderr=log)
    try:
        yield made
    finally:
        made.terminate()
        try:
            made.wait(30)
        except subprocess.TimeoutExpired:
            made.kill()
            made.wait()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def awaited(url, process, seconds=90):
    """The web answers; raises RuntimeError if it ended or takes too long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/sign-in", timeout=5).read()  # noqa: S310
            return
        time.sleep(0.1)
    raise RuntimeError("the web did not start")


def signed_in(url, name):
    """(Cookie header, token of forms) of a seat that this account has taken."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    browser.addheaders = [("User-Agent", AGENT)]

    def token(page):
        return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    form = {"email": f"{name}@bench.invalid", "password": PASSWORD,
            "csrf_token": token(browser.open(f"{url}/sign-in").read().decode())}
    browser.open(f"{url}/sign-in", urllib.parse.urlencode(form).encode()).read()
    found = token(browser.open(f"{url}/me").read().decode())
    return "; ".join(f"{one.name}={one.value}" for one in jar), found


def ask(url, cookie, form=None):
    """(status, body) of one request with that Cookie header; redirections are followed."""
    body = urllib.parse.urlencode(form).encode() if form else None
    try:
        asked = urllib.request.Request(url, body, {"Cookie": cookie, "User-Agent": AGENT})  # noqa: S310
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def children(pid):
    """The processes that this one made and that live."""
    with contextlib.suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def cpu_of(pid):
    with contextlib.suppress(OSError):
        return cpu_seconds(pid)
    return 0.0


def shared(pids):
    """MB of these processes, what they share counted once."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += next(int(line.split()[1]) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                          if line.startswith("Pss:"))
    return total / 1024
