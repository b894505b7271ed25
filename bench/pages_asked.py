"""Which pages are asked, by whom, of which records: every address that GET opens, for each role that may open it.

A new address is asked by itself; what it is asked about is in TABLES and WORDS, and an address of which the registry holds
nothing is told as such, not left out in silence.
"""
import re
from dataclasses import dataclass

from bench.pages_fill import ROLES
from web import create_app

OUTSIDE = (  # seats and doors: nothing of the registry is read
    "static", "security.login", "security.logout", "me.health", "me.leave", "second.begin", "second.ask", "second.locked",
    "door.enter", "own.enter")
NO_PAGES = ("/tiles/", "/ogc", "/api/", "/imagery/", "/basemaps/")  # as tiles, layers and frames: bench.tiles, bench.load
CODES = {"sites": "site", "gates": "site", "print": "site", "persons": "person", "holdings": "holding"}
TABLES = {"inquiry": "inquiry", "document": "document", "batch": "import_batch", "source": "source", "agreement": "agreement",
          "partner": "partner", "statistic": "statistic", "submission": "submission", "wanted": "search_request",
          "redaction": "redaction", "raster": "raster", "share": "package", "once": "draft", "entry": "entry"}
WORDS = {"settling.ask": ["mass_grave:probable", "prison_military:probable"], "sites.why": ["place", "kind", "name", "protection"],
         "saying.ask": ["note", "kind", "place"], "persons.why": ["event", "age"], "holdings.why": ["name"]}
CLAIM = ("select s.code, c.id from reg.claim c join reg.site s on s.id = c.subject and s.face = 2 where not exists"
         " (select 1 from reg.claim_end e where e.claim = c.id) order by md5(c.id::text) limit %s")
NARROWED = {"/desk/review": "/desk/review?machine=verification"}  # what opens with a filter alone
QUERIES = {  # addresses that people follow from a page, beside those that stand alone
    "/sites": ("/sites?kind=mass_grave", "/sites?verification=suspected&from=2012", "/sites?governorate=SY07"),
    "/persons": ("/persons?state=listed",),
    "/protection": ("/protection?list=no_measure", "/protection?list=disturbed&area=SY07", "/protection?skip=1000"),
    "/overview": ("/overview?clock=observed",), "/overview/silent": ("/overview/silent?level=1",),
    "/settle": ("/settle?skip=200",)}

__all__ = ["Page", "asked"]


@dataclass(frozen=True)
class Page:
    """One address as it stands in the web: who may open it, and the paths of some records (none: the registry holds none)."""

    rule: str
    roles: tuple
    paths: tuple


def asked(house, records):
    """Every Page, each with up to so many records."""
    app = create_app(house.ground.settings)
    with house.ground.dba() as raw:
        held = holdings(raw, records)
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" not in rule.methods or rule.endpoint in OUTSIDE or rule.rule.startswith(NO_PAGES):
            continue
        roles = app.view_functions[rule.endpoint].open_to
        may = tuple(role for role in ROLES if (role in roles if roles else role != "partner"))
        yield Page(rule.rule, may, tuple(paths(rule, held)))
        for one in QUERIES.get(rule.rule, ()):
            yield Page(one, may, (one,))


def holdings(raw, records):
    """{what may stand in an address: [value]} of the records."""
    held = {name: [str(one) for (one,) in raw.execute(f"select id from reg.{table} order by md5(id::text) limit %s", [records])]
            for name, table in TABLES.items()}
    for room in ("site", "person", "holding"):
        held[room] = [one for (one,) in raw.execute(f"select code from reg.{room} where face = 2 and why <> '{{}}'"
                                                    " order by md5(code) limit %s", [records])]
    held["claim"] = [(code, str(claim)) for code, claim in raw.execute(CLAIM, [records])]
    return held


def paths(rule, held):
    """The paths of one rule: one for each record of the kind that it holds fewest of."""
    path = re.sub(r"<any\(([^),]*)[^)]*\):room>", r"\1", rule.rule)
    names = re.findall(r"<(?:[^<>]+:)?(\w+)>", path)
    if not names:
        return [NARROWED.get(path, path)]
    room = CODES.get(path.split("/")[1])
    known = {**held, "code": held.get(room, []), "field": WORDS.get(rule.endpoint, ["place"]), "n": ["1"]}
    values = {name: known.get(name, []) for name in names}
    if "claim" in names:
        values |= {"code": [code for code, _claim in held["claim"]], "claim": [claim for _code, claim in held["claim"]]}
    many = max((len(one) for name, one in values.items() if name != "field"), default=0)
    if not all(values.values()):
        return []
    return [filled(path, {name: one[n % len(one)] for name, one in values.items()}) for n in range(many)]


def filled(path, values):
    for name, value in values.items():
        path = re.sub(rf"<(?:[^<>]+:)?{name}>", value, path)
    return path
