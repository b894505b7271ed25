"""Whoever is cleared for less gets the same bytes from a registry that holds secrets as from one that does not."""
import pytest

from tests.twins import asking, hiding
from tests.twins.houses import of

pytestmark = pytest.mark.db
LISTS = ("/", "/sites", "/search", "/duplicates", "/persons", "/holdings", "/documents", "/inquiries", "/inquiries?which=open", "/inquiries?which=closed", "/desk", "/me",
         "/freezes", "/reports", "/enter", "/inside", "/holdings/new", "/inquiries/new", "/enter/report", "/enter/site", "/enter/person",
         "/enter/testimony")
SEARCHED = (*hiding.WORDS, "Hollow", "field", "prison", "حقل")


def compare(twins, reader, lang, paths, method="GET", **more):
    """Each path answers alike in both; what the first answered, by path."""
    seen = {}
    for path in paths:
        plain, secret = twins.answers(reader, method, path, lang=lang, **more)
        asking.alike(plain, secret, f"{method} {path} as {reader}")
        seen[path] = plain
    return seen


def both(plain, secret, asked):
    """The answer to the form and the page behind it are alike."""
    for one, other in zip(plain, secret, strict=True):
        asking.alike(one, other, asked)


def codes(twins):
    """Addresses of what both hold, of what only the second holds, and of nothing."""
    own = [row[0] for row in twins.plain.rows("select code from reg.subject where id = any (%s) order by 1", [
        *twins.known["sites"], twins.known.get("heir"), twins.known["person"], twins.known["holding"]])]
    return own, [twins.hidden[key] for key in ("lone_code", "part_code", "apart_code", "person_code", "holding_code")]


ROOMS = {"SYS": "/sites", "SYP": "/persons", "SYH": "/holdings"}


def addresses(twins):
    own, hidden = codes(twins)
    for code in (*own, *hidden, "SYS-222222-2"):
        room = f"{ROOMS[code[:3]]}/{code}"
        yield from (room, f"{room}/history", *(f"{room}/why/{field}" for field in ("kind", "name", "place", "note", "count", "relation", "event")))
        if not room.startswith("/holdings"):
            yield f"{room}/links"
        if room.startswith("/sites"):
            yield from (f"{room}/freeze", *(f"{room}/claims/{claim}" for claim in twins.hidden["claims"][:2]))
    for document in (twins.known["document"], twins.hidden["document"]):
        yield from (f"/documents/{document}", f"/documents/{document}?shown=yes", f"/documents/{document}/pages/1")
    yield f"/inquiries/{twins.hidden['inquiry']}"
    yield f"/inquiries/new?about={twins.hidden['lone_code']}"
    yield f"/holdings/new?site={twins.hidden['lone_code']}"


@pytest.mark.parametrize("reader", of("viewer", "demo.partner", "investigator1"))
def test_every_page_and_whatever_it_leads_to(twins, reader):
    first = compare(twins, reader, "en", LISTS)
    seen = compare(twins, reader, "en", dict.fromkeys(addresses(twins)))
    own, _ = codes(twins)
    further = [path for _status, _headers, body in seen.values() for path in (asking.links(body) if isinstance(body, str) else ()) if any(code in path for code in own)]
    seen |= compare(twins, reader, "en", [
        path for path in dict.fromkeys(further) if path not in seen and ("w=" not in path or reader == "investigator1")])
    assert not [word for word in hiding.WORDS for _s, _h, body in (*first.values(), *seen.values()) if isinstance(body, str) and word in body]
    assert {status for status, _h, _b in seen.values()} <= {200, 303, 403, 404, 422} and first["/"][0] == (303 if reader == "demo.partner" else 200)
    if reader not in ("viewer", "demo.partner", "admin"):
        assert [path for path, (status, _h, _b) in seen.items() if status == 200 and "/why/" in path], "something is shown"


def test_the_same_in_arabic(twins):
    compare(twins, "investigator1", "ar", LISTS)
    compare(twins, "investigator1", "ar", dict.fromkeys(addresses(twins)))


@pytest.mark.parametrize("reader", ["viewer", "investigator1"])
def test_every_search_with_words_and_filters(twins, reader):
    kinds = ("mass_grave", "security_branch", "prison_military")
    for path, form in [*((path, {"q": word}) for word in SEARCHED for path in ("/sites", "/search", "/search/suggest")), *(("/sites", {"kind": kind}) for kind in kinds),
                       *(("/holdings", {"q": word}) for word in SEARCHED), *(("/persons", {"kind": kind}) for kind in ("held_at", "buried_at"))]:
        plain, secret = twins.posted(reader, path, form)
        both(plain, secret, (path, form))


@pytest.mark.parametrize("reader", ["viewer", "investigator1", "officer1"])
def test_every_tile_from_the_world_to_the_street(twins, reader):
    spots = [hiding.LONE, hiding.CLUSTER, (41.3, 37.1)]
    spots += [(row[0], row[1]) for row in twins.plain.rows(
        "select st_x(st_centroid(shown)), st_y(st_centroid(shown)) from reg.site where face = 1 and shown is not null and id = any (%s)",
        twins.known["sites"])]
    paths = dict.fromkeys(path for spot in spots for path in asking.tiles(*spot))
    seen = compare(twins, reader, "en", paths)
    assert [path for path, (status, _h, body) in seen.items() if status == 200 and body], "the tiles hold something"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_other_ways_to_ask(twins, method):
    compare(twins, "investigator1", "en", [*LISTS, *dict.fromkeys(addresses(twins)), *asking.tiles(*hiding.LONE, zooms=(0, 8, 14))], method)


def test_a_part_of_an_answer(twins):
    paths = ["/", *dict.fromkeys(addresses(twins)), *asking.tiles(*hiding.LONE, zooms=(8,))]
    compare(twins, "investigator1", "en", paths, headers={"Range": "bytes=0-99"})


AREAS = ({"centre": "37.012345, 41.234567", "km": "30"}, {"centre": "36.222222, 40.111111", "km": "30"}, {"centre": "33.5, 36.5", "km": "200"})


@pytest.mark.parametrize("reader", ["viewer", "investigator1"])
def test_what_lies_inside_an_area(twins, reader):
    for area in AREAS:
        plain, secret = twins.posted(reader, "/inside", area)
        both(plain, secret, area)
        assert plain[1][0] == 200


@pytest.mark.parametrize("words", [*hiding.WORDS, "37.012345, 41.234567", "36.2, 40.1"])
def test_what_the_form_offers_for_words_of_a_place(twins, words):
    for form in ({"place": words}, {"text": words}):
        plain, secret = twins.posted("investigator1", "/enter/reading", form)
        both(plain, secret, words)


@pytest.mark.parametrize("reader", ["viewer", "investigator1"])
def test_lines_of_inquiry_about_burial_and_of_two_places(twins, reader):
    """Asked of what both hold, what is hidden and what is nowhere; compared with a place that is hidden as with one that is nowhere."""
    own, hidden = codes(twins)
    places = [code for code in (*own, *hidden, "SYS-222222-2") if code.startswith("SYS")]
    for code in (*own, *hidden, "SYS-222222-2", "SYP-222222-2"):
        if not code.startswith("SYH"):
            plain, secret = twins.posted(reader, f"{ROOMS[code[:3]]}/{code}/links", {"question": "buried", "reason": "twin"})
            both(plain, secret, code)
            assert reader != "viewer" or plain[0][0] == 404, "nobody's lines of inquiry are of tier 0"
    person = next(code for code in own if code.startswith("SYP"))
    for one in places:
        plain, secret = twins.posted(reader, f"/persons/{person}/links", {"question": "held", "one": places[0], "other": one})
        both(plain, secret, (person, one))
        plain, secret = twins.posted(reader, f"/persons/{person}/links/review", {"question": "held", "site": one, "to": "set_aside", "reason": "twin"})
        both(plain, secret, (person, one, "review"))


WRITES = (("protection", "officer1", {"to": "unprotected", "reason": "seen", "observed_on": "2026-01-01"}),
          ("visits", "officer1", {"visited_on": "2026-01-01"}), ("measures", "officer1", {"kind": "guard", "reason": "x"}),
          ("disturbances", "officer1", {"kind": "looting", "severity": "severe"}), ("freeze", "officer1", {"reason": "x", "review_on": "2026-12-12"}))


@pytest.mark.parametrize(("act", "reader", "form"), WRITES, ids=[act for act, _r, _f in WRITES])
def test_what_is_hidden_cannot_be_written_to_and_says_nothing(twins, act, reader, form):
    for code in (twins.hidden["lone_code"], twins.hidden["apart_code"], "SYS-222222-2"):
        plain, secret = twins.posted(reader, f"/sites/{code}/{act}", form)
        both(plain, secret, (code, act))
        assert plain[0][0] == 404
