"""A registry of a few sites behind the web, and visitors who check every page that they are given."""
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from uuid import uuid4

import psycopg
import pytest

from sitereg.actors import Actor
from sitereg.store import cluster, credentials, session
from tests import given
from tests.conftest import clone, drop
from web import create_app

NONCED = re.compile(r"<(script|style)\b([^>]*)>")
FOREIGN = re.compile(r"([a-z]+:)?//", re.I)
SEALED = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Cross-Origin-Opener-Policy",
          "Cross-Origin-Resource-Policy", "Permissions-Policy", "X-Robots-Tag", "X-Request-Id", "Cache-Control")
PASSWORD = "a long sentence nobody guesses"


class Parts(HTMLParser):
    """Ids, forms with their tokens, the language of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.forms, self.attrs, self.html, self.title, self.inside = [], [], [], {}, "", False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.attrs += attrs
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.inside = tag == "title"
        if tag == "html":
            self.html = attrs
        if tag == "form" and attrs.get("method") == "post":
            self.forms.append({"action": attrs["action"]})
        if tag == "input" and self.forms and attrs.get("name"):
            self.forms[-1].setdefault(attrs["name"], attrs.get("value", ""))

    def handle_data(self, data):
        self.title += data.strip() if self.inside else ""
        self.inside = False


def sealed(answer):
    """The answer carries what every answer must, and nothing that lets a cache keep it."""
    assert all(answer.headers.get(name) for name in SEALED), answer.headers
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    if not answer.request.path.startswith("/static/"):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers and "Last-Modified" not in answer.headers
    return answer


def proper(answer, lang="en"):
    """The page is whole: neutral title, language, nonces, no other host, no id twice, a token in every form."""
    sealed(answer)
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])[1]
    found = Parts(answer.text)
    assert found.title in ("sitereg", "\u200b")
    assert (found.html["lang"], found.html["dir"]) == (lang, "rtl" if lang == "ar" else "ltr")
    assert all(f'nonce="{nonce}"' in attrs for _tag, attrs in NONCED.findall(answer.text))
    # data-key is drawn by chance and no address: one in some thousands begins as an address of another host would
    assert not [one for one in found.attrs if one[0] == "style" or one[0].startswith("on")
                or (one[0] != "data-key" and FOREIGN.match(one[1] or ""))]
    assert len(found.ids) == len(set(found.ids)), sorted(one for one in found.ids if found.ids.count(one) > 1)
    assert all(form.get("csrf_token") for form in found.forms)
    assert "Project-Id-Version" not in answer.text, "the header of the translations was taken for a word"
    return answer


@dataclass
class Visitor:
    """A browser of one account; every page that it gets is checked."""

    client: object
    lang: str = "en"

    def get(self, path, status=200, **more):
        answer = self.client.get(path, **more)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
        return proper(answer, self.lang) if answer.mimetype == "text/html" and answer.data and status != 303 else sealed(answer)

    def token(self):
        return re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/me").text or self.client.get("/sign-in").text)[1]

    def search(self, words="", status=200, **form):
        """The list that the form leads to, with or without words."""
        answer = self.post("/sites", 303, q=words, **form)
        return self.get(answer.headers["Location"], status)

    def post(self, path, status=303, **form):
        answer = self.client.post(path, data={"csrf_token": self.token(), **form})
        assert answer.status_code == status, (path, answer.status_code, answer.text[:3000])
        return proper(answer, self.lang) if status not in (302, 303) and answer.mimetype == "text/html" else sealed(answer)


@dataclass
class House:
    """The application, its database, codes of its sites, and visitors by account."""

    settings: object
    app: object
    sites: dict = field(default_factory=dict)
    known: dict = field(default_factory=dict)

    def visitor(self, name, lang="en"):
        if (name, lang) not in self.known:
            visitor = Visitor(self.app.test_client(), lang)
            page = visitor.client.get(f"/sign-in?lang={lang}").text
            token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
            answer = visitor.client.post("/sign-in", data={"email": f"{name}@test.invalid", "password": PASSWORD, "csrf_token": token})
            assert answer.status_code == 302, answer.text
            self.known[name, lang] = visitor
        return self.known[name, lang]

    def rows(self, query, *args):
        """Looking underneath, as the superuser."""
        with psycopg.connect(cluster.dsn(self.settings, self.settings.superuser), autocommit=True) as raw:
            return raw.execute(query, args).fetchall()

    def as_(self, name):
        return session.acting(self.settings, Actor(name, "local", "test"))


@pytest.fixture(scope="module")
def house(server):
    """A committed registry with its web, for the tests of one file."""
    from dataclasses import replace

    from tests.web import registry

    name = clone(server, f"web_{uuid4().hex[:12]}")
    settings = replace(server.settings, database=name, second_factor=())
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        for person in given.PEOPLE:
            credentials.accept(raw, account=person, email=f"{person}@test.invalid", password=PASSWORD)
    app = create_app(settings)
    app.testing = True
    yield registry.fill(House(settings, app))
    app.extensions["signin"].get_bind().dispose()
    drop(server, name)
