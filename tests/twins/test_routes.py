"""Every address of the web by every method: a route that is new is asked here, or this says why not."""
import re

import pytest

from sitereg.layers import LAYERS
from tests.twins import asking, hiding
from web import pace

pytestmark = pytest.mark.db
NOT_SENT = {  # endpoint: why its form is not sent; its address is asked by the other methods all the same
    "security.login": "takes a seat anew", "security.logout": "ends the seat", "me.leave": "ends the seat", "second.lock": "locks the seat",
    "second.unlock": "of a locked seat", "second.stay": "of a seat that is about to lock", "second.answer": "of a seat that waits",
    "second.codes": "one's own second factor", "second.end": "one's own second factor", "second.take": "one's own second factor",
    "second.key_new": "one's own passkey", "second.key_end": "one's own passkey", "second.key_options": "one's own passkey: a random challenge",
    "second.open_options": "a random challenge, before anybody is known", "second.open_with_key": "takes a seat anew",
    "second.begin": "shows a new random secret for one's own app", "me.end_others": "ends seats", "entering.keep": "a draft of one's own, under a random id",
    "kept.keep": "a view of one's own, under a random key", "redactions.start": "a draft of one's own, under a random id"}
TABLES = {"inquiry": "inquiry", "report": "report", "freezing": "freezing", "measure_id": "measure", "disturbance_id": "disturbance", "batch": "import_batch",
          "proposal": "proposal", "task": "task", "source": "source", "token": "personal_token", "once": "draft", "entry": "entry", "claim": "claim",
          "document": "document", "trip": "trip", "raster": "raster", "gate": "gate", "package": "package", "share": "package", "statistic": "statistic", "notice": "notice",
          "agreement": "agreement", "submission": "submission", "partner": "partner", "telling": "telling", "wanted": "search_request", "stage": "stage", "access": "family_access", "wish": "family_wish", "redaction": "redaction"}
ABSENT = "00000000-0000-7000-8000-000000000007"
PLAIN = {**dict.fromkeys(("referral", "work", "ask", "offer"), [ABSENT] * 3), "item": ["1"] * 3, "layer": ["sites", "site_cells", "nothing"], "feature": ["7"] * 3, "n": ["1"] * 3, "tileset": [ABSENT] * 3, "field": ["place"] * 3, "z": ["8"] * 3, "x": ["155", "157", "0"], "y": ["99", "99", "0"]}
ROOMS = {"sites": "SYS", "gates": "SYS", "persons": "SYP", "holdings": "SYH", "print": "SYS"}


@pytest.fixture(scope="module")
def parts(twins):
    return what_may_stand(twins)


def what_may_stand(twins):
    """What may stand in an address, by the name of the part: of what both hold, what is hidden, what is nowhere."""
    held = {}
    for part, table in TABLES.items():
        own, other = ({str(row[0]) for row in house.rows(f"select id from reg.{table}")} for house in twins.both)
        held[part] = [min(own, default=ABSENT), min(other - own, default=ABSENT), ABSENT]
    held["claim"][1] = str(twins.hidden["claims"][0])
    held["token"][0] = str(twins.plain.rows("select t.id from reg.personal_token t join reg.account a on a.id = t.account"
                                            " where a.name = 'investigator1' and t.reason = 'to be ended'")[0][0])
    held["document"][:2] = [str(twins.known["document"]), str(twins.hidden["document"])]
    own = dict(twins.plain.rows("select left(code, 3), code from reg.subject where id = any (%s)", [
        [twins.known["sites"][0], twins.known["person"], twins.known["holding"]]]))
    hidden = {twins.hidden[key][:3]: twins.hidden[key] for key in ("lone_code", "person_code", "holding_code")}
    return {**PLAIN, **held, **{room: [own[kind], hidden[kind], f"{kind}-222222-2"] for room, kind in ROOMS.items()}}


def rules(twins):
    """(rule, view) of every address but our own files, which are the same for everybody."""
    app = twins.plain.app
    return [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


EVERYWHERE = ((0, 0), (1, 1), (2, 2), (0, 1))
TOLD_APART = ((0, 0), (1, 1), (0, 1))  # without what is nowhere in either: that is asked for in the drills


def addresses(rule, parts, which):
    """The addresses of a rule: of what both hold, what is hidden, what is nowhere; and what is hidden at a code that both hold."""
    names = [name for name in re.findall(r"<(?:[^<>]+:)?(\w+)>", rule.rule) if name not in ("room", "kind")]
    rooms = re.search(r"<any\(([^)]*)\):(?:room|kind)>", rule.rule)
    of_what = re.search(r"(\w+)/<uuid:id>", rule.rule)
    for room in rooms[1].split(", ") if rooms else [of_what[1] if of_what else rule.rule.split("/")[1]]:
        lacking = [name for name in names if (room if name in ("code", "id") else name) not in parts]
        assert not lacking, f"{rule.rule}: say in TABLES or PLAIN what to ask for {lacking}"
        for first, others in which if names else ((0, 0),):
            path = re.sub(r"<any[^>]*>", room, rule.rule)
            for name in names:
                value = parts[room][first] if name == "code" else parts[room if name == "id" else name][others]
                path = re.sub(rf"<(?:[^<>]+:)?{name}>", value, path)
            yield path


def asked(rules, parts, which=TOLD_APART):
    """(rule, path, reader): each address asked by somebody whom the view lets in, and the first of those that have it to themselves
    by somebody whom it does not."""
    allowed = {"protection_officer": "officer1", "investigator": "investigator1", "data_steward": "steward1", "analyst": "analyst1"}
    for rule, view in rules:
        roles = getattr(view, "open_to", None) or ()
        inside = next((allowed[role] for role in roles if role in allowed), "investigator1")
        paths = list(dict.fromkeys(addresses(rule, parts, which)))
        yield from ((rule, path, inside) for path in paths)
        if roles:
            yield rule, paths[min(1, len(paths) - 1)], "viewer"


@pytest.mark.parametrize("which", [TOLD_APART, pytest.param(EVERYWHERE, marks=pytest.mark.drill)], ids=["told apart", "everywhere"])
def test_every_address_is_read_alike(twins, parts, which):
    shown, before = 0, None
    for rule, path, reader in asked(rules(twins), parts, which):
        methods = ("GET",) if rule is before else ("GET", "HEAD", "OPTIONS", "DELETE")
        for method in methods if rule.rule != "/second/new" else ("OPTIONS", "DELETE"):
            plain, secret = twins.answers(reader, method, path)
            asking.alike(plain, secret, f"{method} {path} as {reader}")
            shown += plain[0] == 200 and method == "GET"
        before = rule
    assert shown > 40, "pages are shown"


def test_every_form_is_answered_alike(twins, parts):
    """Sent empty: not found, refused, or shown again with what is missing."""
    sent = [(rule, view) for rule, view in rules(twins) if "POST" in rule.methods and rule.endpoint not in NOT_SENT]
    assert set(NOT_SENT) <= {rule.endpoint for rule, _view in rules(twins)}, "each of these is a route still"
    answered = set()
    for _rule, path, reader in asked(sent, parts):
        for plain, secret in zip(*twins.posted(reader, path, {}), strict=True):
            asking.alike(plain, secret, f"POST {path} as {reader}")
            answered.add(plain and plain[0])
    assert {200, 403, 404, 422} <= answered, answered


@pytest.mark.parametrize("headers", [
    {"If-None-Match": "*", "If-Modified-Since": "Mon, 01 Jan 2035 00:00:00 GMT", "Range": "bytes=0-9,20-", "Accept-Encoding": "gzip, br"},
    {"Accept": "application/json", "Accept-Language": "ar", "X-Requested-With": "XMLHttpRequest"}], ids=lambda one: next(iter(one)))
def test_headers_change_nothing(twins, parts, headers):
    read = [(rule, view) for rule, view in rules(twins) if "GET" in rule.methods and rule.endpoint != "second.begin" and "<" in rule.rule]
    for _rule, path, reader in asked(read, parts):
        if reader != "viewer":
            plain, secret = twins.answers(reader, "GET", path, headers=headers)
            asking.alike(plain, secret, f"{path} with {headers}")


WRONG = ("/nothing", "/sites/SYS-K7F49M-3/nothing", "/sites/sys", "/tiles/sites/30/0/0.mvt", "/tiles/sites/9/512/0.mvt", "/sites?kind=nonsense",
         "/sites?q=Hollow", "/sites?after=SYS-222222-2", "/persons?w=AAAA", "/documents/7", "/?from=20x", "/inquiries?which=none", "/static/none.js")


@pytest.mark.parametrize("reader", ["viewer", "investigator1"])
def test_what_is_wrong_is_said_alike(twins, reader):
    for path in WRONG:
        for method in ("GET", "POST"):
            plain, secret = twins.answers(reader, method, path)
            asking.alike(plain, secret, f"{method} {path} as {reader}")
            assert plain[0] >= 400 or "after=" in path


@pytest.mark.parametrize("form", ["geojson", "csv", "parquet"])
@pytest.mark.parametrize("reader", ["viewer", "investigator1"])
def test_frames_by_token(twins, reader, form):
    for table in ("sites", "persons", "events"):
        for method in ("GET", "HEAD"):
            plain, secret = twins.answers(reader, method, f"/api/frames/{table}?as={form}", headers={"Authorization": f"Bearer {twins.tokens[reader]}"})
            asking.alike(plain, secret, (table, form, reader))
            assert plain[0] == 200 and not [word for word in hiding.WORDS if word in str(plain[2])]


@pytest.mark.parametrize("reader", ["viewer", "investigator1"])
def test_a_hidden_page_is_the_page_of_what_is_nowhere(twins, reader):
    """In the registry that hides: not a byte of its refusals tells a hidden code from one that was never given."""
    for one, other in (("lone_code", "SYS"), ("apart_code", "SYS"), ("person_code", "SYP"), ("holding_code", "SYH")):
        room = next(name for name, prefix in ROOMS.items() if prefix == other)
        found = []
        for code in (twins.hidden[one], f"{other}-222222-2"):
            status, headers, body = asking.answer(twins.moment, twins.secret, reader, "en", "GET", f"/{room}/{code}", question=f"/{room}/")
            found.append((status, headers, body.replace(code, "CODE")))
        asking.alike(*found, (one, reader))
        assert found[0][0] == 404


@pytest.mark.parametrize("reader", ["viewer", "investigator1"])
def test_layers_by_token(twins, reader):
    """Pages, counts, boxes, days and values of each layer; the tiles over what is hidden."""
    header, shown = {"Authorization": f"Bearer {twins.tokens[reader]}"}, 0
    lon, lat = hiding.LONE
    around = f"?bbox={lon - .01},{lat - .01},{lon + .01},{lat + .01}"
    paths = ["/ogc", "/ogc/api", "/ogc/collections", *(f"/ogc/collections/{name}/{rest}" for name in LAYERS for rest in ("items", f"items{around}")),
        *(f"/ogc/collections/sites/{rest}" for rest in ("queryables", "items?limit=2", "items?datetime=2013-01-01/2014-01-01", "items/7")),
        *(f"/ogc/collections/sites/tiles/WebMercatorQuad/{z}/{y}/{x}" for z, x, y in (
            re.findall(r"\d+", path) for path in asking.tiles(lon, lat, (0, 6, 9, 13))))]
    for path in paths:
        pace.LEFT.clear()
        plain, secret = twins.answers(reader, "GET", path, headers=header)
        asking.alike(plain, secret, f"{path} as {reader}")
        assert plain[0] in (200, 204, 404) and not [word for word in hiding.WORDS if word in str(plain[2])]
        shown += plain[0] == 200
    assert shown > 2 * len(LAYERS)
