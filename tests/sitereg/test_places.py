import pytest
from pyproj import Geod

from sitereg import errors, places

pytestmark = pytest.mark.db


@pytest.fixture
def shipped(registry):
    with registry.dba() as raw:
        places.ship(raw)
    return registry


def test_fourteen_governorates_ship_with_both_names(shipped):
    rows = places.units(shipped, level=1, edition="ne-10m")
    assert len(rows) == 14 and [row["pcode"] for row in rows] == [f"SY{n:02}" for n in range(1, 15)]
    assert all(row["name_en"] and row["name_ar"] for row in rows)
    held = [row["pcode"] for row in places.at(shipped, lon=37.15, lat=36.20) if row["edition"] == "ne-10m"]
    assert held == ["SY02"]


def test_shipping_twice_adds_nothing(shipped):
    with shipped.dba() as raw:
        before = raw.execute("select count(*) from reg.place").fetchone()
        places.ship(raw)
        assert raw.execute("select count(*) from reg.place").fetchone() == before


def test_a_place_is_found_in_either_script(shipped):
    assert places.named(shipped, name="Tadmur")[0]["name_ar"] == "تدمر"
    assert places.named(shipped, name="تدمر")[0]["name_en"] == "Tadmur"


def test_the_radius_reaches_the_farthest_boundary_point(registry):
    with registry.dba() as raw:
        lon, lat, radius = raw.execute(
            "select st_x(centre), st_y(centre), radius_m from api._circle("
            "'SRID=4326;POLYGON((36 33, 37 33, 37 34, 36 34, 36 33))')").fetchone()
    far = max(Geod(ellps="WGS84").inv(lon, lat, x, y)[2] for x in (36, 37) for y in (33, 34))
    assert radius == pytest.approx(far, rel=1e-6)


def test_ocha_boundaries_load_under_their_edition(registry, data):
    done = places.load_cod(registry, folder=data("syr_cod_ab"))
    assert done["edition"] == "cod-2020-12-17" and done["units"] == 1 + 14 + 62 + 272
    assert {row["pcode"] for row in places.at(registry, lon=36.29, lat=33.51) if row["edition"] == done["edition"]} == {
        "SY", "SY01", "SY0100", "SY010000"}


def test_boundaries_are_the_stewards_work(registry, data):
    with registry.as_("investigator1"), pytest.raises(errors.Denied):
        places.load_cod(registry, folder=data("syr_cod_ab"))


def test_a_folder_without_boundaries_is_named(registry, tmp_path):
    with pytest.raises(errors.BadInput, match=r"syr_admin0\.shp"):
        places.load_cod(registry, folder=tmp_path)
