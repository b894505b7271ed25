"""A live web on the synthetic registry and the system's Chromium; every page is watched: hosts, console, policy."""
import os
import shutil
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from sitereg.actors import Actor
from sitereg.store import session
from tests.browser.pages import Visit
from tests.conftest import clone, drop
from web import create_app

CHROMIUM = (os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
            or "/usr/bin/chromium")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]
AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"


class Quiet(WSGIRequestHandler):
    """As the real server: no access log."""

    def log_request(self, *_given):
        pass


@dataclass
class Live:
    """Where the web answers, and its registry."""

    url: str
    settings: object
    browser: object
    opened: list = field(default_factory=list)

    def visit(self, lang="en", width=1280, height=860, scripts=True):
        """A fresh browser profile that speaks `lang` and watches what its pages do."""
        context = self.browser.new_context(viewport={"width": width, "height": height}, locale=lang, java_script_enabled=scripts,
                                           bypass_csp=False, reduced_motion="reduce")
        self.opened.append(Visit(self.url, context, lang, AXE))
        return self.opened[-1]

    def as_(self, name):
        return session.acting(self.settings, Actor(f"demo.{name}", "system", "story"))


@pytest.fixture(scope="session")
def served(server, small_demo):
    name = clone(server, f"browser_{uuid4().hex[:8]}", small_demo)
    settings = replace(server.settings, database=name, second_factor=())
    app = create_app(settings)
    made = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}", settings
    made.shutdown()
    thread.join()
    app.extensions["signin"].get_bind().dispose()
    drop(server, name)


@pytest.fixture(scope="session")
def browser():
    if not Path(CHROMIUM).exists():
        message = "Chromium is not here: install the package chromium-headless-shell (or chromium), or set CHROMIUM"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield made
        made.close()


@pytest.fixture
def live(served, browser):
    """The web, and a watch over all that its pages did: no other host, no error, no breach of the policy."""
    found = Live(*served, browser)
    yield found
    for visit in found.opened:
        told = [*visit.foreign, *visit.errors]  # what closing cuts off is no fault of the page
        visit.context.close()
        assert told == []
