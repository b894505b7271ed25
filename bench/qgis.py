"""A pan in QGIS: the views opened by an analyst's SQL login in a headless QGIS, each box fetched as the canvas does.

    python -m bench.qgis --n 12000
    python -m bench.qgis --n 55000

Needs python3-qgis. Of the sites 40 % are exact points, the others areas and cells. Beside it the same layers of a working copy.
"""
import argparse
import json
import random
import subprocess
from pathlib import Path

import psycopg

from bench import faces_fill
from bench.ground import FIELD, ground, points
from bench.measure import Table, Timing
from sitereg import sites, tables
from sitereg.store import cluster, logins

LOOK = Path(__file__).resolve().parents[1] / "tests" / "qgis" / "look.py"
PANS, SIDE = 20, 0.25  # boxes a layer, degrees
LAYERS = {"v_site_point": "sites_point", "v_site_area": "sites_area", "v_site_cell": None}
SHAPES = """
  update reg.site set shown = st_buffer(shown::geography, 60, 2)::geometry where code < 'SYS-A';
  update reg.site set shown = st_expand(shown, 0.005), shown_as = 'cell_1km', uncertainty_m = 800 where code >= 'SYS-P'"""

__all__ = ["run"]


def run(n=12_000, *, keep=True):
    """The table for n sites: seconds to open a layer, and of a pan: live, the same with estimated metadata, of a working copy."""
    table = Table(f"qgis_{n // 1000}k", "A pan in QGIS", {"sites": n, "pans": PANS})
    with ground() as made:
        with made.dba() as raw:
            faces_fill.sites(raw, n)
            raw.execute(SHAPES)
            raw.execute("vacuum full analyze reg.site")
            login = logins.make_sql_login(raw, FIELD.account)
        cluster.admit(made.settings, login)
        boxes = around(n)
        for estimated in (False, True):
            for view, seen in look([live(made.settings, login, view, estimated, boxes) for view in LAYERS]).items():
                row(table, f"{view}{', estimated metadata' if estimated else ''}", seen)
        path = made.settings.home / "work.gpkg"
        with made.reading(FIELD) as session:
            tables.save({"sites": sites.frame(session)}, path)
        copied = [{"name": name, "provider": "ogr", "uri": f"{path}|layername={name}", "boxes": boxes}
                  for name in LAYERS.values() if name]
        for name, seen in look(copied).items():
            row(table, f"{name} of a working copy", seen)
    return table.finish(keep=keep)


def around(n):
    """Boxes around sites, as one pans over them."""
    dice, spots, half = random.Random(3), list(zip(*points(n), strict=True)), SIDE / 2
    return [[float(x) - half, float(y) - half, float(x) + half, float(y) + half] for x, y in dice.sample(spots, PANS)]


def live(settings, login, view, estimated, boxes):
    said = psycopg.conninfo.conninfo_to_dict(cluster.dsn(settings, login))
    return {"name": view, "provider": "postgres", "boxes": boxes,
            "uri": f"dbname='{said['dbname']}' host={said['host']} user='{login}' key='key'"
                   f' estimatedmetadata={str(estimated).lower()} table="api"."{view}" (geom)'}


def look(layers):
    """What QGIS measured, by layer."""
    done = subprocess.run(["/usr/bin/python3", str(LOOK), json.dumps(layers)], capture_output=True, text=True, timeout=900,
                          check=False)
    if "LOOKED " not in done.stdout:
        raise SystemExit(f"QGIS did not look: {done.stderr[-2000:]}")
    return {one["name"]: one for one in json.loads(done.stdout.split("LOOKED ", 1)[1])}


def row(table, name, seen):
    assert seen["valid"], (name, seen["said"])
    found = sum(one["found"] for one in seen["pans_s"]) // PANS
    table.add(f"{name}: a pan", Timing([one["seconds"] for one in seen["pans_s"]], 0, 0),
              beside=f"opened in {seen['opened_s']:.2f} s; {found:,} in a box; the layer counts {seen['count']:,}")


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--n", type=int, default=12_000)
    run(asked.parse_args().n)


if __name__ == "__main__":
    main()
