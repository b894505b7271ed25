"""Change within 10,000 site buffers between two scenes in one pass: beside bare reading, exactextract, rasterstats and a rasterio
loop.

    python -m bench.zonal --side 5000 --sites 10000
    python -m bench.zonal --install          and exactextract and rasterstats, in a venv of their own

The peers of other packages run in a process of their own; their clock and CPU are of the work alone, not of imports. Equal first:
the same means of the NDVI difference as exactextract (shares of cells), as rasterstats and the loop where those count whole cells
alike.
"""
import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy
import pyproj
import rasterio
import shapely
from rasterio.features import geometry_mask
from rasterio.transform import from_origin
from rasterio.windows import Window

from bench.measure import Table, Timing, timed
from bench.nearby import VENV
from sitereg.terrain import zonal
from sitereg.terrain.scenes import scene

NAMES = ("blue", "green", "red", "nir")
TARGET = 1.1
ALIKE = 1e-6  # of NDVI: the peers hold differences as float32
CENTRES = 0.02  # whole cells by their middles beside shares
EXTRA = ("exactextract", "rasterstats", "rasterio", "geopandas")
ABSENT = "not here (python -m bench.zonal --install)"
PEER = '''
import json, pickle, sys, time, resource
import geopandas, numpy, rasterio
which, folder, out = sys.argv[1:]
shapes = geopandas.GeoSeries.from_wkb(pickle.load(open(f"{folder}/shapes", "rb")), crs=32637)
def difference():
    ndvi = []
    for name in ("before", "after"):
        with rasterio.open(f"{folder}/{name}.tif") as data:
            red, nir = data.read([3, 4]).astype("float32")
            profile = data.profile
        ndvi.append((nir - red) / (nir + red))
    return ndvi[1] - ndvi[0], profile
def run():
    apart, profile = difference()
    if which == "exactextract":
        from exactextract import exact_extract
        from exactextract.raster import NumPyRasterSource
        left, top = profile["transform"].c, profile["transform"].f
        right, low = left + 10 * profile["width"], top - 10 * profile["height"]
        source = NumPyRasterSource(apart, xmin=left, ymin=low, xmax=right, ymax=top, srs_wkt=profile["crs"].to_wkt())
        frame = geopandas.GeoDataFrame(geometry=shapes)
        return exact_extract(source, frame, ["mean"], output="pandas")["mean"].to_numpy()
    from rasterstats import zonal_stats
    return numpy.array([one["mean"] for one in zonal_stats(list(shapes), apart, affine=profile["transform"], stats=["mean"],
                                                           nodata=-9e9)], float)
if which == "exactextract":
    import exactextract
else:
    import rasterstats
begin, cpu = time.perf_counter(), time.process_time()
found = run()
spent = time.perf_counter() - begin, time.process_time() - cpu
numpy.save(out, found)
print(json.dumps([*spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
'''

__all__ = ["run"]


def made(folder, side, sites):
    """Two scenes of four bands (10 m, int16, tiles of 512, deflate) and the buffers of 200 m around random sites (EPSG:32637)."""
    dice = numpy.random.default_rng(1)
    y, x = numpy.mgrid[0:side, 0:side] / 200
    for name in ("before", "after"):
        with rasterio.open(folder / f"{name}.tif", "w", driver="GTiff", width=side, height=side, count=4, dtype="int16", nodata=0,
                           crs="EPSG:32637", transform=from_origin(600_000, 3_900_000, 10, 10), tiled=True, blockxsize=512,
                           blockysize=512, compress="deflate", predictor=2) as out:
            for n, label in enumerate(NAMES, 1):
                out.write((700 * n + 300 * numpy.sin(x + n) * numpy.cos(y) + dice.normal(0, 40, (side, side))).astype("int16"), n)
                out.set_band_description(n, label)
    across, down = dice.uniform(210, side * 10 - 210, (2, sites))
    return shapely.buffer(shapely.points(600_000 + across, 3_900_000 - down), 200, quad_segs=16)


def bare(folder):
    """All blocks of both scenes, read by one thread."""
    for name in ("before", "after"):
        with rasterio.open(folder / f"{name}.tif") as data:
            for _, window in data.block_windows(1):
                data.read(window=window)


def both_threads(folder):
    """The same, each scene by a thread of its own."""
    def one(name):
        with rasterio.open(folder / f"{name}.tif") as data:
            for _, window in data.block_windows(1):
                data.read(window=window)
    with ThreadPoolExecutor(2) as two:
        list(two.map(one, ("before", "after")))


def ours(folder, lonlat):
    with scene(folder / "before.tif") as before, scene(folder / "after.tif") as after:
        return zonal.differences(before, after, lonlat)["difference"].to_numpy()


def loop(folder, shapes):
    """What one writes first: both scenes open, a window and a mask for each site."""
    found = numpy.full(len(shapes), numpy.nan)
    with rasterio.open(folder / "before.tif") as before, rasterio.open(folder / "after.tif") as after:
        for n, shape in enumerate(shapes):
            window = rasterio.windows.from_bounds(*shape.bounds, before.transform)
            window = window.round_offsets(op="floor").round_lengths(op="ceil")
            window = Window(window.col_off, window.row_off, window.width + 1, window.height + 1).intersection(
                Window(0, 0, before.width, before.height))
            inside = geometry_mask([shape], (int(window.height), int(window.width)), before.window_transform(window), invert=True)
            ndvi = []
            for data in (before, after):
                red, nir = data.read([3, 4], window=window).astype("float32")
                ndvi.append((nir - red) / (nir + red))
            found[n] = (ndvi[1] - ndvi[0])[inside].mean()
    return found


def peer(name, folder, python):
    """(Timing, means) of a package in a process of its own; None where it is not here."""
    if subprocess.run([python, "-c", f"import {name}, geopandas, rasterio"], capture_output=True, check=False).returncode:
        return None
    asked = [python, "-c", PEER, name, str(folder), str(folder / "out.npy")]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    clock, cpu, peak = json.loads(done.stdout.splitlines()[-1])
    return Timing([clock], cpu, peak), numpy.load(folder / "out.npy")


def run(side=5000, sites=10_000, repeats=3, *, peers=True, keep=True):
    """The table: ours and bare reading in turns; then the peers, once each."""
    sizes = {"side": side, "sites": sites, "cpus": os.cpu_count()}
    table = Table("zonal", "NDVI difference within site buffers, two scenes", sizes)
    with tempfile.TemporaryDirectory() as made_in:
        folder = Path(made_in)
        shapes = made(folder, side, sites)
        (folder / "shapes").write_bytes(pickle.dumps(list(shapely.to_wkb(shapes))))
        back = pyproj.Transformer.from_crs(32637, 4326, always_xy=True).transform
        lonlat = shapely.transform(shapes, back, interleaved=False)
        ours(folder, lonlat[:10])  # compiled once a machine
        read, mine, two = [], [], []
        for _ in range(repeats):
            read.append(timed(lambda: bare(folder)))
            mine.append(timed(lambda: ours(folder, lonlat)))
            two.append(timed(lambda: both_threads(folder)))
        base, best = (numpy.median([one.median for one in many]) for many in (read, mine))
        table.add("all blocks of both, one thread", joined(read), ratio=1)
        table.add("all blocks of both, two threads", joined(two), ratio=numpy.median([one.median for one in two]) / base)
        table.add("zonal.differences", joined(mine), ratio=best / base, target=f"<= {TARGET} of reading",
                  met=bool(best <= TARGET * base), beside=f"CPU {joined(mine).cpu / joined(read).cpu:.2f} of reading")
        others(table, folder, shapes, mine[-1].answer, base, peers)
    return table.finish(keep=keep)


def others(table, folder, shapes, found, base, peers):
    """The rows of the peers, each with how far its means lie from ours."""
    naive = timed(lambda: loop(folder, shapes))
    table.add("rasterio loop, a window and a mask a site", naive, ratio=naive.median / base,
              beside=apart(naive.answer, found, CENTRES, "cells by their middles"))
    for name, most, says in (("exactextract", ALIKE, "the same shares"), ("rasterstats", CENTRES, "cells by their middles")):
        python = next((one for one in (str(VENV / "bin" / "python"), sys.executable) if Path(one).exists()), sys.executable)
        theirs = peer(name, folder, python) if peers else None
        if theirs is None:
            table.note(f"{name}: {ABSENT}")
            continue
        table.add(f"{name}, on the difference in memory", theirs[0], ratio=theirs[0].median / base,
                  beside=apart(theirs[1], found, most, says))


def apart(theirs, found, most, says):
    """How far two lists of means lie apart, in words; AssertionError beyond `most`."""
    far = float(numpy.nanmax(abs(theirs - found)))
    assert far <= most, f"means differ by {far}"
    return f"{says}; means differ by at most {far:.1e}"


def joined(many):
    """One Timing of several of one run each."""
    cpu = float(numpy.median([one.cpu for one in many]))
    return Timing([one.seconds[0] for one in many], cpu, max(one.peak_mb for one in many))


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--side", type=int, default=5000)
    asked.add_argument("--sites", type=int, default=10_000)
    asked.add_argument("--repeats", type=int, default=3)
    asked.add_argument("--install", action="store_true", help="install the peers' packages in a venv of their own, then measure")
    told = asked.parse_args()
    if told.install:
        venv.create(VENV, with_pip=True)
        subprocess.run([str(VENV / "bin" / "pip"), "install", "-q", *EXTRA], check=True)
    run(told.side, told.sites, told.repeats)
    return 0


if __name__ == "__main__":
    sys.exit(main())
