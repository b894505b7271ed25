"""A registry with rows in every table, of each tier: what opens every frame, view and GeoPackage finds something there."""
from datetime import date, timedelta

import psycopg
import shapely

from sitereg import decisions, disclosing, exports, holdings, imports, inquiries, protection, reports, scans
from sitereg.store import cluster
from tests import given
from tests.sitereg import analysing
from tests.sitereg.imports.steps import HEADER, ROWS, partner
from tests.sitereg.publishing import ANSWERS, confirm
from tests.sitereg.test_pages import png

SOON = date.today() + timedelta(days=30)
PLOT = shapely.box(36.5, 33.5, 36.51, 33.51)
ROAD = shapely.LineString([(36.1, 33.1), (36.2, 33.2)])
ARABIC = "مقبرة الخيال قرب الطاحونة"
TOLD = "Two lorries came at night to the field behind the invented mill."
FINDINGS = "Loose earth under the third tree."


def fill(settings, folder):
    """Rows in every table; answers {what: code} of some of them."""
    source = analysing.sources(settings)["B"]
    codes = {}
    with analysing.as_(settings, "worker")() as session:
        codes["hidden"], codes["apart"] = analysing.scatter(session, source, sites=12, persons=4)
        grave, codes["grave"], _ = given.site(session, given.kind("mass_grave"), given.name(ARABIC, "ar"), given.place(36.5, 33.5),
                                              exact_tier=2, source=source)
        unit = {"predicate": "place", "pcode": "SY010000"}
        court, codes["court"], _ = given.site(session, given.kind("court"), given.name("Court"), unit, source=source)
        road = {"predicate": "place", "geom": shapely.to_wkb(ROAD, hex=True), "uncertainty_m": 50, "place_kind": "exact", "method": "map_digitised"}
        given.site(session, given.kind("checkpoint"), given.name("Road"), road, source=source)
        wing, codes["wing"], _ = given.site(session, given.kind("prison_central"), given.name("Wing"), source=source)
        given.say(session, wing, {"predicate": "relation", "object": str(court), "value": {"kind": "part_of"}},
                  {"predicate": "feature", "value": {"feature_kind": "wing", "number": "3"}}, source=source)
        codes["book"] = holdings.record(session, source, credibility="2", name={"en": "Register of Hall 4", "ar": "سجل القاعة 4"},
                                        kinds=["detention_register"], years=(1982, 2012), condition="damaged", held_at=court).code
        holdings.record(session, source, credibility="2", name={"en": "Hidden register"}, kinds=["detention_register"], tier=2)
        inquiries.open_(session, grave, "Who has the key?", due=SOON)
        looked = protection.inspect(session, grave, visited_on=date(2025, 6, 1), team="two of us", covered="the eastern half", covered_shape=PLOT,
                           not_searched="the well", findings=FINDINGS)
        protection.record_measure(session, grave, "guard", reason="test", state="active", area=PLOT, issuer="the council")
        protection.record_disturbance(session, grave, "looting", "moderate", observed=date(2025, 6, 1), visit=looked["visit"])
        reports.record(session, TOLD, terms=given.TERMS, place="behind the mill", shape=shapely.Point(36.1, 33.1), uncertainty_m=400)
        codes["person"] = analysing.person(session, analysing.event("arrested", lon=36.5, lat=33.5), {
            "predicate": "external_id", "value": {"scheme": "partner", "value": "A-4711"}}, source=source)[1]
        open_site, codes["open"], said = given.site(session, given.kind("court"), given.place(36.5, 33.5), source=source)
        page = folder / "page.png"
        page.write_bytes(png())
        scans.keep(session, pages=[page], terms=given.TERMS, shows="a page of a register", living="none")
        table = folder / "list.csv"
        table.write_text(HEADER + ROWS)
        imports.run(session, table, profile=partner())
    publish(settings, open_site, said)
    with analysing.as_(settings, "worker")() as session:
        nothing = protection.inspect(session, court, visited_on=date(2025, 6, 3), covered="the yard", negative=True)["claims"]
        decisions.decide(session, court, "verification", "refuted", aspect="court", reason="nothing was found", basis=nothing)
    exports.write(analysing.as_(settings, "worker"), folder / "left.geojson", recipient="National commission", purpose="test")
    return codes


def publish(settings, site, claims):
    """The site is confirmed and disclosed, as two people would."""
    with psycopg.connect(cluster.dsn(settings)) as raw:
        confirm(raw, site)
    with analysing.as_(settings, "worker")() as session:
        proposed = disclosing.disclose(session, site, claims, ANSWERS, reason="families asked")
    with analysing.as_(settings, "releaser")() as session:
        decisions.approve(session, proposed.proposal)
