"""Slope, aspect, ruggedness and roughness of a relief: ours at once, beside gdaldem asked for each.

    python -m bench.terrain --side 4000
"""
import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy
import rasterio
from rasterio.transform import from_origin

from bench.measure import Table, Timing, timed
from sitereg import terrain

MODES = (("slope",), ("aspect",), ("TRI", "-alg", "Riley"), ("roughness",))

__all__ = ["run"]


def made(path, side):
    """A relief of waves and noise, 30 m, in UTM."""
    dice = numpy.random.default_rng(3)
    y, x = numpy.mgrid[0:side, 0:side] / 200
    high = 600 + 80 * numpy.sin(x) * numpy.cos(y) + dice.normal(0, 1, (side, side))
    with rasterio.open(path, "w", driver="GTiff", width=side, height=side, count=1, dtype="float32", crs="EPSG:32637", tiled=True,
                       compress="deflate", transform=from_origin(600_000, 3_900_000, 30, 30)) as out:
        out.write(high.astype("float32"), 1)
    return path


def by_gdal(path, folder):
    """gdaldem, a process for each; answers (its slopes, CPU seconds)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for mode, *more in MODES:
        subprocess.run(["gdaldem", mode, str(path), str(folder / f"{mode}.tif"), "-q", *more], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with rasterio.open(folder / "slope.tif") as data:
        slope = data.read(1, masked=True).astype("float64").filled(numpy.nan)
    return slope, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(path, folder):
    """The same files."""
    grid = terrain.read(path)
    found = terrain.relief(grid)
    shutil.rmtree(folder, ignore_errors=True)
    terrain.write(grid, found, folder)
    return found.slope


def run(side=4000, repeats=3, *, keep=True):
    """The table: slopes that differ by the scale of the projection alone, then both timed from file to files."""
    table = Table("terrain", "Relief", {"cells": side * side, "cpus": os.cpu_count()})
    if not shutil.which("gdaldem"):
        table.note("gdaldem is not here: apt install gdal-bin")
        return table.finish(keep=keep)
    with tempfile.TemporaryDirectory() as made_in:
        folder = Path(made_in)
        path = made(folder / "relief.tif", side)
        took, cpu = [], 0.0
        for _ in range(repeats):
            began = time.perf_counter()
            theirs, spent = by_gdal(path, folder)
            took.append(time.perf_counter() - began)
            cpu += spent / repeats
        peer, mine = Timing(took, cpu, 0), timed(lambda: ours(path, folder / "ours"), repeats)
        apart = numpy.nanmax(abs(mine.answer - theirs))
    assert apart < 0.05, f"slopes differ by {apart} degrees"
    table.add("gdaldem: slope, aspect, TRI, roughness", peer, ratio=1, beside="four processes; uncompressed files")
    table.add("terrain: the same and a hillshade, compressed", mine, ratio=mine.cpu / peer.cpu,
              beside=f"slopes differ by at most {apart:.3f} degrees")
    return table.finish(keep=keep)


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--side", type=int, default=4000)
    run(asked.parse_args().side)
    return 0


if __name__ == "__main__":
    sys.exit(main())
