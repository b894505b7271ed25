"""Importing: claims a second from a partner's file to resolved faces, beside a COPY of the same rows into the same indexed table.

    python -m bench.importing --rows 50000
"""
import argparse
import csv
import os
import random
import subprocess
import tempfile
from pathlib import Path

import geopandas
import psycopg
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from bench.ground import WORKER, ground, points
from bench.measure import Table, timed
from sitereg import imports
from sitereg.imports import profile as profiles
from sitereg.store import cluster

REAL = (("es_fosas", "es_fosas/CAPAS_MAPA_DE_FOSAS"), ("es_fosas_csv", "es_fosas/Exovi_fosas.csv"),
        ("ar_ccd", "ar_ccd/centros_clandestinos_detencion.csv"), ("ar_persons", "link_dev/ar_persons.csv"))
PROFILE = """
name = "bench_sites"
version = "1"
title = "Made-up places of a benchmark"
[file]
format = "csv"
encoding = "utf-8"
[area]
country = "SY"
bounds = [35.0, 32.0, 42.5, 37.5]
[subject]
kind = "site"
tier = 1
[id]
scheme = "bench_sites"
column = "number"
[source]
type = "dataset"
connection = "documentary"
label = { en = "Made-up places" }
reliability = "B"
reason = "made up for a benchmark"
origin = "bench_sites"
[terms]
partner = { en = "Benchmark" }
terms = "Made up; free for all"
permitted_uses = ["analysis"]
consent = "not_applicable"
[place]
lat = "lat"
lon = "lon"
uncertainty_m = 250
[[claims]]
predicate = "name"
column = "name_en"
lang = "en"
[[claims]]
predicate = "name"
column = "name_ar"
lang = "ar"
[[claims]]
predicate = "kind"
column = "kind"
words = { prison = "prison_military", checkpoint = "checkpoint", court = "court" }
[[claims]]
predicate = "note"
column = "note"
"""
CLAIMS_A_ROW = 6

__all__ = ["run"]


def run(rows=50_000, *, data=None, keep=True):
    """The table: the real profiles where their files are here, then `rows` made-up ones; each batch equals its COPY."""
    data = Path(data or os.environ.get("SITEREG_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    table = Table("importing", "Importing a partner's file", {"made-up rows": rows})
    with ground() as made, tempfile.TemporaryDirectory() as folder:
        for name, file in REAL:
            if (data / file).exists():
                one(made, table, name, data / file, name)
            else:
                table.note(f"{name}: its file is not here (SITEREG_TEST_DATA)")
        told = Path(folder) / "bench_sites.toml"
        told.write_text(PROFILE)
        file = written(Path(folder) / "bench_sites.csv", rows)
        report = one(made, table, f"made up, {rows:,} rows", file, profiles.load(told))
        others(made, table, report, Path(folder))
        taken = report.counts["accepted"] + report.counts["flagged"]
        assert report.claims == taken * CLAIMS_A_ROW and taken > 0.9 * rows, f"{report.claims} claims of {taken} of {rows} rows"
    return table.finish(keep=keep)


def written(path, rows, seed=5):
    """A CSV of so many made-up sites, each with an English and an Arabic name, a kind, a place, a note."""
    dice = random.Random(seed)
    lon, lat = points(rows, seed=seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["number", "name_en", "name_ar", "kind", "lat", "lon", "note"])
        for n in range(rows):
            sheet.writerow([f"B{n}", f"Place {n}", f"مكان {n}", dice.choice(["prison", "checkpoint", "court"]),
                            f"{lat[n] + n * 1e-9:.9f}", f"{lon[n]:.9f}",
                            f"Seen from the road on day {dice.randint(1, 900)}; the gate was closed."])
    return path


def one(made, table, name, path, profile):
    """One import timed end to end, then the same claims copied; answers the report."""
    with made.acting(WORKER) as session:
        took = timed(lambda: imports.run(session, path, profile=profile), pids=[session.connection.info.backend_pid])
    report = took.answer
    copy = copied(made, report)
    rate, ratio = report.claims / took.median, took.median / copy.median
    table.add(f"{name}: COPY of its {report.claims:,} claims", copy, ratio=1)
    table.add(f"{name}: import end to end", took, ratio=ratio, target=">= 5,000 claims/s; <= 10 of COPY",
              met=rate >= 5000 and ratio <= 10, beside=f"{rate:,.0f} claims/s")
    return report


def copied(made, report):
    """A COPY of the batch's claims into an empty table with the indexes and checks of reg.claim; they are the same rows."""
    with made.dba() as raw:
        raw.execute("drop table if exists bench.claim")
        raw.execute("create table bench.claim (like reg.claim including all)")
        with raw.cursor().copy(f"copy (select * from reg.claim where batch = '{report.batch}') to stdout (format binary)") as copy:
            body = b"".join(copy)

        def fill():
            raw.execute("truncate bench.claim")
            with raw.cursor().copy("copy bench.claim from stdin (format binary)") as copy:
                copy.write(body)

        took = timed(fill, 3, pids=[raw.info.backend_pid])
        equal = raw.execute("select count(*) from bench.claim b join reg.claim c on c.id = b.id"
                            " where c.digest = b.digest").fetchone()[0]
        faced = unresolved(raw, report)
    assert equal == report.claims, f"{equal} of {report.claims} claims are the same"
    assert not faced, f"{faced} faces do not follow from the claims"
    return took


def others(made, table, report, folder):
    """The same claims as rows of text, numbers and a shape, written to a bare table by geopandas.to_postgis and by ogr2ogr."""
    with made.dba() as raw:
        columns = raw.execute("select attname, format_type(atttypid, atttypmod) from pg_attribute where"
                              " attrelid = 'reg.claim'::regclass and attnum > 0 and not attisdropped order by attnum").fetchall()
        plain = ", ".join(name if kind.startswith("geometry") or kind in ("double precision", "integer", "boolean")
                          else f"{name}::text as {name}" for name, kind in columns)
        engine = create_engine("postgresql+psycopg://", creator=lambda: raw, poolclass=StaticPool)
        frame = geopandas.read_postgis(f"select {plain} from reg.claim where batch = '{report.batch}'", engine, geom_col="geom",
                                       crs=4326)
    frame.to_file(folder / "claims.gpkg", layer="claims")
    writer = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(cluster.dsn(made.settings)),
                           poolclass=StaticPool)
    where = f"PG:{cluster.dsn(made.settings)} active_schema=bench"
    ways = {"geopandas.to_postgis": lambda: frame.to_postgis("claim_frame", writer, schema="bench", if_exists="replace"),
            "ogr2ogr": lambda: subprocess.run(["ogr2ogr", "-f", "PostgreSQL", where, folder / "claims.gpkg", "-nln", "claim_ogr",
                                               "-overwrite", "--config", "PG_USE_COPY", "YES"], check=True, capture_output=True)}
    base = next(row["median"] for row in reversed(table.rows) if "COPY" in row["name"])
    for name, run_ in ways.items():
        took = timed(run_)
        table.add(f"the same {len(frame):,} claims by {name}, bare table", took, ratio=took.median / base,
                  beside="text, numbers and shapes alone; no index but of the shape, no rule")


def unresolved(raw: psycopg.Connection, report):
    """Of 100 subjects of the batch, the faces that differ from what their claims say."""
    return raw.execute("select count(*) from api._resolved_differences(array(select distinct c.subject from reg.claim c"
                       " where c.batch = %s order by 1 limit 100))", [report.batch]).fetchone()[0]


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=50_000, help="made-up rows")
    given = asked.parse_args()
    run(given.rows)


if __name__ == "__main__":
    main()
