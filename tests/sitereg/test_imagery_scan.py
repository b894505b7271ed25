"""All sites looked at: observations in one event, a task for a person once, under the rights of whoever asks."""
import contextlib
from datetime import date

import numpy
import pyproj
import pytest
import rasterio

from sitereg import errors, imagery, jobs, keeper
from sitereg.actors import Actor
from sitereg.imagery import scanning
from tests import given
from tests.sitereg.rasters import registered
from tests.sitereg.test_change import GRID, dug, ground, nothing

pytestmark = pytest.mark.db
BACK = pyproj.Transformer.from_crs(32637, 4326, always_xy=True).transform
BOX = (40.09, 35.20, 40.14, 35.26)
NAMES = [{"name": name} for name in ("blue", "green", "red", "near infrared")]


def at(row, column):
    return BACK(*(GRID @ (column + 0.5, row + 0.5)))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Two files: the second with a pit in the middle, and nothing known in its upper left."""
    folder, made = tmp_path_factory.mktemp("scan"), []
    for n, bands in enumerate((ground(), nothing(dug(ground(2), 4), slice(0, 60), slice(0, 60)))):
        made.append(folder / f"{n}.tif")
        with rasterio.open(made[-1], "w", driver="GTiff", width=220, height=220, count=4, dtype="float32", crs="EPSG:32637",
                           transform=GRID, nodata=numpy.nan, tiled=True, blockxsize=64, blockysize=64) as out:
            out.write(bands.astype("float32"))
    return made


@pytest.fixture
def scanned(registry, pictures, monkeypatch):
    """Three sites: on the pit, on quiet ground, where nothing is known; a fourth whose exact place is of tier 2; two rasters."""
    def kept(row, column, **more):
        return given.site(registry, given.kind("security_branch"), given.place(*at(row, column), radius=60), **more)[:2]
    sites = {"pit": kept(110, 110), "quiet": kept(60, 160), "blind": kept(30, 30), "hidden": kept(110, 111, exact_tier=2)}
    days = ("[2012-02-15,2012-02-16)", "[2013-02-01,2013-02-02)")
    rasters = [registered(registry, number=n, taken=day, box=BOX, bands=NAMES, crs="EPSG:32637") for n, day in enumerate(days, 1)]
    files = dict(zip(rasters, pictures, strict=True))
    monkeypatch.setattr(imagery.catalogue, "path", lambda settings, raster: files[raster.id])
    return {"sites": sites, "before": rasters[0], "after": rasters[1]}


def tasks(registry):
    return [row for row in registry.rows("tasks") if row["what"] == "check_imagery"]


def test_what_changed_what_did_not_and_what_could_not_be_seen_is_kept_in_one_event(registry, scanned):
    registry.become("officer1")
    told = imagery.scanning.scan(registry)
    assert told == {"pairs": 1, "looked": 3, "changed": 1, "unchanged": 1, "image_unusable": {"no_data": 1}, "already": 0, "not_exact": 1}
    found = {row["code"]: row for row in imagery.observations(registry)}
    sites = scanned["sites"]
    assert {name: found[code]["result"] for name, (_, code) in sites.items() if code in found} == {
        "pit": "changed", "quiet": "unchanged", "blind": "image_unusable"}
    pit = found[sites["pit"][1]]
    assert (pit["direction"], pit["how"], pit["method"], pit["raster"], pit["before"]) == (
        "darker", "machine", scanning.METHOD, scanned["after"], scanned["before"])
    assert 400 <= pit["changed_m2"] <= 4_000 and pit["confidence"] > 0.9 and pit["strength"] > 5 and pit["changed"]["type"]
    assert pit["taken"] == (date(2013, 2, 1), date(2013, 2, 1)) and pit["figures"]["index"] == "brightness"
    with registry.dba() as raw:
        assert raw.execute("select count, action from reg.audit_event order by seq desc limit 1").fetchone() == (3, "record_observations")
        assert not raw.execute("select count(*) from reg.disturbance").fetchone()[0], "nothing is decided"


def test_a_change_is_a_task_for_a_person_once(registry, scanned):
    registry.become("officer1")
    imagery.scanning.scan(registry)
    one, = tasks(registry)
    assert one["code"] == scanned["sites"]["pit"][1] and one["role"] == "protection_officer"
    assert one["data"]["raster"] == str(scanned["after"]) and one["data"]["before"] == str(scanned["before"])
    again = imagery.scanning.scan(registry)
    assert (again["looked"], again["already"]) == (0, 3) and len(imagery.observations(registry)) == 3
    registry.call("task_done", task=one["id"], outcome="looked: shadow of a wall")
    assert imagery.scanning.scan(registry, again=True)["changed"] == 1
    assert len(imagery.observations(registry)) == 6 and tasks(registry) == [], "somebody has answered it"


def test_whoever_sees_less_looks_at_less_and_is_told_of_no_more(registry, scanned):
    """With the exact place of the fourth: looked at, its change a task of tier 2 that tier 1 does not see."""
    registry.become("officer")
    told = imagery.scanning.scan(registry)
    assert told["looked"] == 4 and told["changed"] == 2 and told["not_exact"] == 0
    assert len(tasks(registry)) == 2
    registry.become("officer1")
    assert [row["code"] for row in tasks(registry)] == [scanned["sites"]["pit"][1]]
    assert scanned["sites"]["hidden"][1] not in {row["code"] for row in imagery.observations(registry)}
    again = imagery.scanning.scan(registry)
    assert (again["already"], again["not_exact"]) == (3, 1)


def test_a_task_of_a_raster_of_tier_2_is_of_tier_2(registry, scanned):
    secret = registered(registry, number=7, taken="[2013-01-20,2013-01-21)", tier=2, box=BOX)
    pit = scanned["sites"]["pit"][0]
    imagery.observe(registry, [imagery.Observation(pit, secret, "changed", before=scanned["before"], direction="darker", confidence=0.9),
                               imagery.Observation(pit, scanned["after"], "changed", before=scanned["before"], confidence=0.9)],
                    method="change 1")
    imagery.observe(registry, [imagery.Observation(pit, scanned["after"], "changed", confidence=0.9)], method="by eye", how="person")
    registry.become("officer")
    assert {row["data"]["raster"] for row in tasks(registry)} == {str(secret), str(scanned["after"])}
    registry.become("officer1")
    assert {row["data"]["raster"] for row in tasks(registry)} == {str(scanned["after"])}


def test_the_keeper_does_it_under_the_rights_of_whoever_asked(registry, scanned, monkeypatch):
    registry.become("officer1")
    job = imagery.scanning.ask(registry, before=scanned["before"], after=scanned["after"], kinds=["security_branch"])
    row, = [one for one in jobs.mine(registry) if one["id"] == job]
    assert (row["state"], row["kind"]) == ("queued", "imagery_scan")
    with registry.dba() as raw:
        given_in = raw.execute("select input from reg.job where id = %s", [job]).fetchone()[0]
    registry.actor = Actor("officer1", "system", str(job))
    asked = Asked()
    monkeypatch.setattr(keeper.session, "unasked", lambda settings: contextlib.nullcontext(asked))
    told = keeper.handlers()["imagery_scan"](registry, **given_in)
    assert asked.told == [{"done": 3, "of": 3}]
    assert (told["looked"], told["changed"], told["not_exact"]) == (3, 1, 1)
    assert {one["by"] for one in imagery.observations(registry)} == {"Officer1"}
    asked.stopped = True
    with pytest.raises(keeper.Stopped):
        keeper.handlers()["imagery_scan"](registry, **{**given_in, "again": True})
    assert len(imagery.observations(registry)) == 3, "what is stopped keeps nothing"


class Asked:
    """What the keeper is told of a job, and whether it was stopped."""

    def __init__(self):
        self.told, self.stopped = [], False

    def value(self, function, **asked):
        return self.stopped

    def call(self, function, *, progress, **more):
        self.told.append(progress.obj)


def test_what_may_not_be_asked(registry, scanned):
    registry.become("officer1")
    with pytest.raises(errors.BadInput):
        imagery.scanning.ask(registry, before=scanned["before"])
    with pytest.raises(errors.BadInput):
        imagery.scanning.ask(registry, colour="red")
    secret = registered_by_worker(registry)
    registry.become("officer1")
    with pytest.raises(errors.NotFound):
        imagery.scanning.scan(registry, before=scanned["before"], after=secret)
    registry.become("viewer")
    with pytest.raises(errors.Denied):
        imagery.scanning.ask(registry)


def registered_by_worker(registry):
    registry.become("worker")
    return registered(registry, number=8, taken="[2013-01-20,2013-01-21)", tier=2, box=BOX)


class Raster:
    def __init__(self, day, box=BOX):
        self.taken, self.box = day and (day, day), box

    @property
    def footprint(self):
        west, south, east, north = self.box
        return {"type": "Polygon", "coordinates": [[(west, south), (east, south), (east, north), (west, north), (west, south)]]}


@pytest.mark.parametrize(("days", "found"), [
    ([date(2012, 2, 1), date(2012, 8, 1)], [(0, 1)]),  # no other of the season: the one before
    ([date(2011, 2, 1), date(2012, 2, 20), date(2012, 8, 1), date(2013, 1, 10)], [(0, 1), (1, 2), (0, 3), (1, 3)]),
    ([date(2012, 12, 20), date(2013, 8, 1), date(2014, 1, 10)], [(0, 1), (0, 2)]),  # over the end of the year
    ([date(2012, 2, 1), None], []), ([date(2012, 2, 1), date(2012, 2, 1)], [])])
def test_pairs_are_of_one_season_where_there_is_one(days, found):
    rasters = [Raster(day) for day in days]
    assert scanning.pairs(rasters) == [(rasters[a], rasters[b]) for a, b in found]
    assert scanning.pairs([Raster(date(2012, 2, 1)), Raster(date(2013, 2, 1), (50, 30, 51, 31))]) == []
