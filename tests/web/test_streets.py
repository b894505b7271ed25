"""A map of streets in the web: ranges for whoever is signed in, its licence on each map."""
import pytest

from sitereg import streets
from tests.sitereg.test_streets import archive

pytestmark = pytest.mark.db


def test_ranges_of_an_added_map_go_to_whoever_is_signed_in_and_maps_name_its_licence(house, tmp_path):
    before = house.visitor("officer").get("/sites").text
    path = archive(tmp_path)
    number = streets.add(house.settings, path)["number"]
    try:
        answer = house.visitor("officer").get(f"/basemaps/{number}.pmtiles", 206, headers={"Range": "bytes=0-6"})
        assert answer.data == b"PMTiles" and answer.headers["Content-Range"].endswith(f"/{path.stat().st_size}")
        assert house.app.test_client().get(f"/basemaps/{number}.pmtiles").status_code == 401
        page = house.visitor("officer").get("/sites").text
        assert "Synthetic streets, invented" in page and number in page and "js/streets.js" in page
    finally:
        streets.remove(house.settings, number)
    assert number not in before and "js/streets.js" not in before
    house.visitor("officer").get(f"/basemaps/{number}.pmtiles", 404)
