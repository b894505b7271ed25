"""The overview: parts sum to the whole, days are spread, hidden rows move nothing, silent units are silent, no cut is by party."""
import re
from datetime import date
from pathlib import Path

import pytest
import shapely
from hypothesis import given as drawn
from hypothesis import settings as tried
from hypothesis import strategies

from sitereg import charts, overview, protection, vocab
from sitereg.errors import BadInput
from tests import given
from tests.sitereg import analysing
from tests.sitereg.matrix_house import stands

pytestmark = pytest.mark.db
ROOT = Path(__file__).resolve().parents[2]
FAR = (36.8, 33.8)  # in governorate and district, not in the sub-district
NEAR = (36.15, 33.15)  # in the middle of the sub-district


@pytest.fixture(scope="module")
def house(server):
    """Sites of many shapes, one hidden, one apart; seven of the missing last seen in the sub-district, where nothing is recorded."""
    with analysing.house(server, "overview") as settings:
        source = analysing.sources(settings)["B"]
        with analysing.as_(settings, "worker")() as session:
            prison = {"began": "[2011-01-01,2013-01-01)", "ended": "[2014-01-01,2015-01-01)"}
            for n in range(6):
                said = [given.kind("prison_central", **(prison if n < 3 else {})), *([given.place(36.5 + n / 100, 33.7)] if n else [])]
                given.site(session, *said, source=source, key=f"p{n}")
            given.site(session, given.kind("mass_grave"), given.kind("court"), given.place(36.6, 33.9), exact_tier=2, source=source)
            people = [analysing.person(session, analysing.event("arrested", lon=NEAR[0] + n / 1000, lat=NEAR[1], at="[2013-03-01,2013-04-01)"),
                                       source=source)[0] for n in range(7)]
        with analysing.dba(settings) as raw:
            for person in people:
                stands(raw, person, "open_missing")
        yield settings


def reading(settings, name="worker"):
    return analysing.as_(settings, name, "reading")()


def told(settings, name="worker"):
    with reading(settings, name) as session:
        return overview.coverage(session), overview.progress(session)


@pytest.mark.parametrize("name", ["worker", "analyst1", "viewer"])
def test_the_parts_of_each_cut_sum_to_the_whole(house, name):
    held, moved = told(house, name)
    for cut in ("adm1", "protection", "source", "began"):
        assert sum(row["sites"] for row in held.cut(cut)) == pytest.approx(held.sites), cut
    assert sum(row["accounts"] for row in held.cut("adm1")) == held.accounts
    assert sum(row["accounts"] for row in held.cut("source_any")) == held.accounts
    pairs = sum(row["sites"] for row in held.cut("kind"))
    if held.sites:
        now = max(moved["protection"])
        assert sum(moved["protection"][now].values()) == held.sites and sum(moved["verification"][now].values()) == pairs
        assert held.by("protection") == moved["protection"][now]


def test_a_year_tells_who_was_surely_and_who_possibly_in_use(house):
    held, _ = told(house)
    years = {row["code"]: row for row in held.cut("active") if row["part"] == "detention"}
    assert [(years[year]["low"] or 0, years[year]["high"] or 0) for year in ("2010", "2012", "2013", "2014", "2015")] == [
        (0, 0), (3, 3), (3, 3), (3, 3), (0, 0)]
    assert (years["2011"]["low"] or 0, years["2011"]["high"]) == (0, 3) and years["2011"]["sites"] == pytest.approx(1.5, abs=0.01)
    assert years["none"]["sites"] == 3
    began = held.by("began")
    assert began["2011"] == pytest.approx(1.5, abs=0.01) and began["2012"] == pytest.approx(1.5, abs=0.01) and began["none"] == 4


@tried(max_examples=25, deadline=None)
@drawn(strategies.dates(date(1950, 1, 1), date(2030, 1, 1)), strategies.integers(0, 20_000))
def test_uncertain_days_spread_sum_to_one(house, first, many):
    with analysing.dba(house) as raw:
        shares = raw.execute("select sum(share), min(share) from api._spread_years(daterange(%s::date, %s::date + %s), '2026-11-30')",
                             [first, first, many + 1]).fetchone()
    assert shares[0] == pytest.approx(1) and shares[1] > 0


def test_a_silent_unit_is_told_until_something_is_recorded_there(house):
    with reading(house) as session:
        frame = overview.silent(session, level=3)
        assert list(frame["pcode"]) == ["SY010000"] and frame["persons"][0] == "5-9" and frame["surely"][0] == "5-9"
        assert frame.crs == "EPSG:4326" and frame.geometry.name == "geometry" and frame["sites_perhaps"][0] == 0
        assert list(overview.silent(session, level=3, least=8)["pcode"]) == []
        assert overview.silent_places(session, level=1) == [], "sites are recorded in the governorate"
        with pytest.raises(BadInput):
            overview.silent(session, level=5)
    with reading(house, "analyst1") as session:
        coarse = overview.silent_places(session, level=3)
        assert [row["pcode"] for row in coarse] == ["SY010000"], "of 10 km cells the chance still lies there"
    with reading(house, "viewer") as session:
        assert overview.silent_places(session, level=3) == []
    rolled = analysing.as_(house, "worker")()
    with pytest.raises(ZeroDivisionError), rolled as session:
        given.site(session, given.kind("court"), given.place(*NEAR), source=analysing.sources(house)["B"])
        assert overview.silent_places(session, level=3) == []
        raise ZeroDivisionError


def test_without_boundaries_cells_are_silent_and_named_after_the_nearest_place(house):
    for name in ("worker", "analyst1"):
        with reading(house, name) as session:
            cells = overview.silent_places(session)
        assert cells and {row["level"] for row in cells} == {4} and {row["edition"] for row in cells} == {"grid"}
        assert all(row["persons"] == "5-9" and re.fullmatch(r"10000/-?\d+/-?\d+", row["pcode"]) for row in cells)
        west, south, east, north = shapely.geometry.shape(cells[0]["shape"]).bounds
        assert west <= NEAR[0] <= east and south <= NEAR[1] <= north and cells[0]["parent"] == "SY01"


def test_a_place_known_to_the_governorate_alone_is_spread_over_its_units(house):
    source = analysing.sources(house)["B"]
    with pytest.raises(ZeroDivisionError), analysing.as_(house, "worker")() as session:
        given.site(session, given.kind("court"), {"predicate": "place", "pcode": "SY01"}, source=source)
        row = overview.silent_places(session, level=3)[0]
        assert row["sites_perhaps"] == 1 and row["pcode"] == "SY010000"
        raise ZeroDivisionError


def test_what_is_hidden_moves_no_number(house):
    source = analysing.sources(house)["B"]
    before = [told(house, name) for name in ("analyst1", "viewer")]
    with reading(house, "analyst1") as session:
        silent = overview.silent_places(session, level=3)
    with analysing.as_(house, "worker")() as session:
        hidden, _, _ = given.site(session, given.kind("mass_grave"), given.place(*NEAR), tier=2, source=source)
        given.site(session, given.kind("court"), given.place(*NEAR), compartments=["names"], source=source)
        known = session.rows("site_list", kinds=["court"], limit=1)[0]["id"]
        given.say(session, known, given.kind("morgue", tier=2), {"predicate": "note", "value": {"text": "x"}, "tier": 2}, source=source)
    with analysing.as_(house, "officer")() as session:
        protection.inspect(session, hidden, visited_on=date(2026, 1, 5), covered="all", findings="soil")
    assert [told(house, name) for name in ("analyst1", "viewer")] == before
    with reading(house, "analyst1") as session:
        assert overview.silent_places(session, level=3) == silent
    with reading(house, "officer") as session:
        assert [row["pcode"] for row in overview.silent_places(session, level=3)] == [], "whoever sees it is not sent to ask"


def test_no_cut_and_no_column_is_by_party_or_authority(house):
    held, _ = told(house)
    assert {row["cut"] for row in held.rows} <= set(overview.CUTS)
    bodies = {term.code for scheme in ("authority_kind", "authority_role") for term in vocab.SCHEMES[scheme]}
    assert {word for row in held.rows for word in (row["code"], row["part"])} & bodies == set()
    code = "".join((ROOT / name).read_text() for name in ("sitereg/store/sql/56c_overview.sql", "sitereg/store/sql/56d_silent.sql"))
    said = re.sub(r"--.*|'[^'\n]*'", "", code)
    assert not re.search(r"authorit|part(y|ies)\b|operates", said)


def test_findings_and_notes_are_reckoned_from_the_rows(house):
    held, moved = told(house)
    made = overview.tables(held, moved)
    units = {"SY01": "Unit One", "SY02": "Unit Two", "none": "not known"}
    english = overview.findings(made, "en", units)
    assert english["adm1"] == f"Most sites are recorded in Unit One: {held.sites - 1 - (held.by('adm1')['none'] - 1):,.0f} of {held.sites}."
    notes = overview.notes(held, made, "en", units)
    assert any("Unit Two" in one for one in notes) and any("have no place" in one for one in notes) and notes[0].startswith("This counts what was told")
    for sentences in (overview.findings(made, "ar", units).values(), overview.notes(held, made, "ar", units)):
        assert all(re.search("[\u0600-\u06ff]", one) and "%(" not in one for one in sentences)


def test_a_chart_reads_from_either_side():
    rows = [charts.Bar("Homs", 10), charts.Bar("Aleppo <&>", 5)]
    left, right = (charts.bars(rows, most=10, locale=locale, said="Sites") for locale in ("en", "ar"))
    boxes = [[(float(x), float(width)) for x, width in re.findall(r'<rect[^>]* x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', one)] for one in (left, right)]
    assert [(x + width, width) for x, width in boxes[1]] == [(charts.WIDE - x, width) for x, width in boxes[0]]
    assert boxes[0][0][1] == 2 * boxes[0][1][1] and "Aleppo &lt;&amp;&gt;" in left and 'direction="rtl"' in right
    drawn = charts.columns([charts.Bar("2011", 1, low=1, high=3)], most=3, locale="en", said="x")
    heights = {kind: float(height) for kind, height in re.findall(r'class="(chart-\w+)" x="[\d.]+" y="[\d.]+" width="[\d.]+" height="([\d.]+)"', drawn)}
    assert heights["chart-pale"] == pytest.approx(3 * heights["chart-full"])
