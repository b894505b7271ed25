"""The page of the ground: what is drawn for whom, that a cell stays a cell, that what is hidden is not there."""
import html
import io
import json
import re
from datetime import date
from types import SimpleNamespace
from uuid import UUID

import numpy
import pytest
import rasterio
from PIL import Image
from pyproj import Transformer
from rasterio.transform import from_origin
from shapely import Polygon, box
from shapely.geometry import shape

from sitereg import audit, imagery
from sitereg.imagery import Observation
from tests.web.registry import NEARBY, SPOT

pytestmark = pytest.mark.db
SAID = {"sensor": "Invented 2", "licence": "CC0", "attribution": "Nobody"}
ABSENT = "00000000-0000-7000-8000-000000000007"


def scene(path, seed, step=20, side=400, height=False):
    """Eight kilometres around the grave: an image in which one square of 100 m, west of it, is bright; or a plane that falls to the south."""
    x, y = Transformer.from_crs(4326, 32637, always_xy=True).transform(*SPOT)
    west, north = round(x) - side * step / 2, round(y) + side * step / 2
    if height:
        values = (800 - 0.1 * step * numpy.mgrid[0:side, 0:side][0])[None].astype("float32")
    else:
        values = numpy.random.default_rng(seed).integers(300, 700, (3, side, side)).astype("uint16")
        values[0, side // 2 - 2:side // 2 + 3, side // 2 - 12:side // 2 - 7] = 3000 * (seed - 1)
    with rasterio.open(path, "w", driver="GTiff", width=side, height=side, count=len(values), dtype=values.dtype, crs="EPSG:32637",
                       transform=from_origin(west, north, step, step), compress="deflate") as file:
        file.write(values)
        for n, name in enumerate(("red", "green", "blue")[:len(values)], 1):
            file.set_band_description(n, name)
    return path


@pytest.fixture(scope="module")
def ground(house, tmp_path_factory):
    """Two images and elevations of tier 1, an image and coarser elevations of tier 2, all around the grave; what was observed there."""
    folder = tmp_path_factory.mktemp("ground")
    with house.as_("worker") as opened:
        def add(name, **more):
            file = scene(folder / f"{name}.tif", more.pop("seed", 1), more.pop("step", 20), height=more.get("kind") == "elevation")
            return imagery.add(opened, file,
                               name=name, **{"kind": "imagery", "scene": name, **SAID, **more})["raster"]

        made = SimpleNamespace(
            before=add("before", seed=1, taken=date(2012, 2, 15)), after=add("after", seed=2, taken=date(2013, 10, 15)),
            relief=add("relief", kind="elevation", making="composite", taken=date(2000, 2, 11), until=date(2000, 2, 22)),
            secret=add("secret", seed=3, taken=date(2014, 1, 1), tier=2, sensor="Hidden Eye"),
            hidden=add("hidden", kind="elevation", making="composite", taken=date(2014, 1, 1), tier=2, sensor="Hidden Height", step=40))
        pair = {"site": house.sites["grave"]["id"], "raster": made.after, "before": made.before}
        imagery.observe(opened, [Observation(**pair, result="changed", changed_m2=9800.0, direction="barer", confidence=0.7, limits=("coarse",)),
                                 Observation(**pair, result="unchanged"), Observation(**pair, result="image_unusable", unusable="cloud")],
                        method="change 1")
    return made


def path(house, site="grave", more=""):
    return f"/sites/{house.sites[site]['code']}/ground{more}"


def flat(answer):
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r" (?=[:,.)])|(?<=\() ", "", re.sub(r"\s+", " ", text))


def colours(answer):
    assert answer.mimetype == "image/png"
    return numpy.asarray(Image.open(io.BytesIO(answer.data)))


def test_whoever_is_shown_the_place_sees_pictures_numbers_and_what_was_observed(house, ground):
    page = house.visitor("officer").get(path(house))
    told = flat(page)
    assert f"/ground/{ground.before}.png" in page.text and f"/ground/{ground.secret}.png" in page.text, "the first and the last"
    assert "15 February 2012" in told and "Invented 2" in told and "Nobody (CC0)" in told
    assert "It falls south" in told and "5.7 degrees on average" in told
    assert "the ground changed: barer" in told and "no change seen" in told and "image unusable: clouds" in told
    assert "9,800 m²" in told and "confidence 0.70 of 1" in told and "by machine, change 1" in told and "Worker" in told
    assert "Old graves" in told and "never proof" in told
    assert 'role="img"' in page.text and "From west (A) to east (B)" in told
    arabic = house.visitor("officer", "ar").get(path(house))
    assert "تغيّرت الأرض" in arabic.text and "ما لا يُرى هنا" in arabic.text


def test_a_picture_is_centred_on_the_place_and_as_wide_as_was_asked(house, ground):
    officer = house.visitor("officer")
    for metres in (250, 500):
        seen = colours(officer.get(path(house, more=f"/{ground.after}.png?within={metres}")))
        assert seen.shape == (512, 512, 4) and (seen[..., 3] == 255).all()
        columns = numpy.nonzero((seen[246:266, :, 0] == 255).all(axis=0))[0]
        assert 256 - columns.mean() == pytest.approx(190 / (2 * metres) * 512, abs=20), "the bright square lies 190 m to the west"


def test_a_cell_is_drawn_whole_and_the_same_for_all_places_in_it(house, ground):
    """The grave and its twin lie in one cell: whoever is shown the cell gets the very same bytes, whatever is asked around it."""
    visitor = house.visitor("analyst1")
    seen = [visitor.get(path(house, site, f"/{ground.after}.png{asked}")).data
            for site in ("grave", "twin") for asked in ("", "?within=250")]
    assert len(set(seen)) == 1
    with house.as_("analyst1") as opened:
        place = opened.value("site_page", code=house.sites["grave"]["code"])["place"]
    extent = imagery.looking.extent(place, 250)
    turn = Transformer.from_crs(4326, 3857, always_xy=True).transform
    west, south, east, north = shape(place["shape"]).bounds
    cell = box(*turn(west, south), *turn(east, north))
    assert box(*extent.box).covers(cell.buffer(-0.01)) and box(*extent.box).area < 1.1 * cell.area
    assert (extent.outline, extent.circle, extent.within_m) == (None, None, 0)


def test_the_page_of_a_cell_tells_nothing_finer(house, ground):
    visitor = house.visitor("analyst1")
    pages = [visitor.get(path(house, site)) for site in ("grave", "twin")]
    told = [flat(one).replace(house.sites[site]["code"], "CODE").replace(name, "NAME")
            for one, site, name in zip(pages, ("grave", "twin"), ("Dry Well", "Second Well"), strict=True)]
    assert told[0] == told[1]
    for one in pages:
        assert not re.search(r"33\.54[0-9]{3}|36\.12[0-9]{3}", flat(one)) and f"{SPOT[0]}" not in one.text and f"{NEARBY[1]}" not in one.text
        assert "the ground changed" not in one.text and "as a whole" in one.text and "chip-place" not in one.text
        assert "f-within" not in one.text


def test_a_raster_that_is_hidden_is_answered_as_one_that_is_not(house, ground):
    visitor, officer = house.visitor("analyst1"), house.visitor("officer")
    assert "Hidden Eye" in officer.get(path(house)).text and "Hidden Eye" not in visitor.get(path(house)).text
    for form in (path(house, more="/{}.png"), "/imagery/{}/14/9834/6585.png", path(house, more="?before={}")):
        answers = [visitor.client.get(form.format(one)) for one in (ground.secret, ABSENT)]
        told = [re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|data-key="[^"]*"|[0-9a-f-]{16,36}', "", one.text) for one in answers]
        assert answers[0].status_code == answers[1].status_code and told[0] == told[1], form
    assert visitor.client.get(path(house, more=f"/{ground.secret}.png")).status_code == 404
    visitor.get(path(house, "secret"), 404)
    visitor.get(path(house, "secret", f"/{ground.after}.png"), 404)
    visitor.get(path(house, "secret", "/profile"), 404)


def test_tiles_are_drawn_and_where_nothing_is_known_there_is_none(house, ground):
    officer = house.visitor("officer")
    x, y = (SPOT[0] + 180) / 360 * 2**14, (1 - numpy.arcsinh(numpy.tan(numpy.radians(SPOT[1]))) / numpy.pi) / 2 * 2**14
    for raster in (ground.after, ground.relief):
        seen = colours(officer.get(f"/imagery/{raster}/14/{int(x)}/{int(y)}.png"))
        assert seen.shape == (256, 256, 4) and seen[..., 3].all()
    assert officer.client.get(f"/imagery/{ground.after}/14/0/0.png").status_code == 204
    for wrong in ("25/0/0", "3/8/0", "3/0/8"):
        officer.get(f"/imagery/{ground.after}/{wrong}.png", 404)
    assert house.visitor("viewer").client.get(f"/imagery/{ground.after}/14/{int(x)}/{int(y)}.png").status_code == 404


def tile_of(raster, more=""):
    x, y = (SPOT[0] + 180) / 360 * 2**14, (1 - numpy.arcsinh(numpy.tan(numpy.radians(SPOT[1]))) / numpy.pi) / 2 * 2**14
    return f"/imagery/{raster}/{more}14/{int(x)}/{int(y)}.png"


def test_how_steep_it_is_is_drawn_of_elevations_alone(house, ground):
    officer = house.visitor("officer")
    seen = colours(officer.get(tile_of(ground.relief, "slope/")))
    assert {tuple(one) for one in seen.reshape(-1, 4)} == {(0xfe, 0xe3, 0x91, 255)}, "5.7 degrees everywhere"
    assert officer.client.get(f"/imagery/{ground.relief}/slope/14/0/0.png").status_code == 204
    officer.get(tile_of(ground.after, "slope/"), 404)
    for who in ("analyst1", "viewer"):
        raster = ground.hidden if who == "analyst1" else ground.relief
        answers = [house.visitor(who).client.get(tile_of(one, way)) for one in (raster, ABSENT) for way in ("", "slope/")]
        assert [one.status_code for one in answers] == [404] * 4
        assert len({re.sub(r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|data-key="[^"]*"|[0-9a-f-]{16,36}', "", one.text) for one in answers}) == 1


def offered(page):
    """{id of a raster: the words beside it} of what can be laid over the large map."""
    boxes = re.findall(r'value="(\w+):([0-9a-f-]{36})" data-raster="([^"]+)" aria-describedby="([\w-]+)"', page.text)
    assert [way for way, *_more in boxes] == ["hillshade", "slope"] * (len(boxes) // 2)
    return {UUID(one): re.search(rf'id="{said}">(.*?)</p>', page.text)[1] for _way, one, _raster, said in boxes}


def test_the_large_map_offers_the_elevations_that_one_may_see(house, ground):
    """With source, days, cells and terms; of what is hidden not a word, and images stay on the page of the ground."""
    told = offered(house.visitor("officer").get("/"))
    assert list(told) == [ground.relief, ground.hidden], "the finest first"
    assert "Invented 2 · 11 February 2000 to 22 February 2000 · cells of 20 m" in told[ground.relief] and "Nobody (CC0)" in told[ground.relief]
    seen = house.visitor("analyst1").get("/")
    assert list(offered(seen)) == [ground.relief] and "Hidden Height" not in seen.text and str(ground.hidden) not in seen.text
    none = house.visitor("viewer").get("/")
    assert offered(none) == {} and "Terrain" not in none.text and str(ground.relief) not in none.text
    arabic = house.visitor("officer", "ar").get("/").text
    assert "تظليل التضاريس" in arabic and "Hillshade" not in arabic


def test_the_layers_say_where_their_ground_lies(house, ground):
    raster = json.loads(html.unescape(re.search(r'data-raster="([^"]+)"', house.visitor("officer").get("/").text)[1]))
    (ring,) = raster["ground"]
    west, south, east, north = Polygon(ring).bounds
    assert west < SPOT[0] < east and south < SPOT[1] < north and north - south == pytest.approx(8 / 111, rel=0.05)
    assert raster["url"] == f"/imagery/{ground.relief}/{{z}}/{{x}}/{{y}}.png" and raster["said"] == "Nobody (CC0)"


def test_a_profile_of_two_places_is_drawn_and_its_address_tells_neither(house, ground):
    officer = house.visitor("officer")
    sent = {"from": "33.560, 36.123456", "to": "33.530, 36.123456"}
    where = officer.post(path(house), 303, **sent).headers["Location"]
    assert "33.56" not in where and "36.12" not in where and where.endswith("#profile")
    page = officer.get(where.removesuffix("#profile"))
    told = flat(page)
    assert 'value="33.560, 36.123456"' in page.text and "as you gave them" in told and "3.3 km" in told
    link = re.search(r'href="([^"]+/ground/profile[^"]*)"', page.text)[1].replace("&amp;", "&")
    table = officer.get(link)
    rows = [one.split(",") for one in table.text.split()]
    assert rows[0] == ["distance_m", "elevation_m"] and "profile.csv" in table.headers["Content-Disposition"]
    falls = [float(high) for _at, high in rows[1:]]
    assert falls[0] - falls[-1] == pytest.approx(0.1 * float(rows[-1][0]), rel=0.01), "it falls a tenth of its way"


@pytest.mark.parametrize(("sent", "says"), [
    ({"from": "nowhere", "to": "33.53, 36.12"}, "not read as one place"), ({"from": "33.53, 36.12", "to": "33.53, 36.12"}, "same place")])
def test_ends_that_are_none_are_said_in_the_form(house, ground, sent, says):
    page = house.visitor("officer").post(path(house), 422, **sent)
    assert says in page.text and f'value="{sent["from"]}"' in page.text


def test_a_profile_off_the_raster_or_too_long_is_said_and_the_page_stands(house, ground):
    officer = house.visitor("officer")
    for sent, says in (({"from": "35.0, 38.0", "to": "35.1, 38.1"}, "does not reach"), ({"from": "33.5, 36.1", "to": "35.5, 38.1"}, "too far")):
        where = officer.post(path(house), 303, **sent).headers["Location"]
        assert says in flat(officer.get(where.removesuffix("#profile")))


def test_without_rasters_a_place_or_a_finer_place_the_page_says_so(house, ground):
    officer = house.visitor("officer")
    assert "No place is known" in flat(officer.get(path(house, "nowhere")))
    told = flat(officer.get(path(house, "prison")))
    assert "No image that you may see reaches this ground" in told and "No elevations" in told and "Nobody has looked yet" in told


def test_exact_places_stand_in_the_log_before_they_are_shown(house, ground):
    def logged():
        return house.rows("select count(*) from reg.read_log where action = 'site_ground' and object = %s", house.sites["grave"]["id"])[0][0]

    before = logged()
    house.visitor("officer").get(path(house))
    house.visitor("officer").get(path(house, more=f"/{ground.after}.png"))
    assert logged() == before + 2
    house.visitor("analyst1").get(path(house))
    assert logged() == before + 2, "a cell is no exact place"


def test_the_page_of_the_site_leads_there(house, ground):
    assert path(house) in house.visitor("officer").get(path(house).removesuffix("/ground")).text


def test_the_chain_holds_with_rasters_and_observations_in_it(house, ground):
    found = audit.verify(house.settings, files=True)
    assert [one for one in found.faults if one["problem"] != "file extra"] == [] and found.files  # other registries of the run keep theirs there
