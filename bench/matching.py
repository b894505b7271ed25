"""Possible duplicates: precision and recall of what `sitereg.likeness` proposes, on outside lists and on invented persons.

    python -m bench.matching

Outside lists (SITEREG_TEST_DATA): two snapshots of the Catalan graves, the Spanish map's shapefile beside its CSV; a pair is true
where the lists' own numbers say so, which are not compared. Invented persons by two generators: bench.names_slips, on which the
weights were judged, and bench.names_held, which nothing was fitted to.
"""
import argparse
import glob
import json
import math
import os
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import geopandas
import numpy
import pandas

from bench import names_held, names_made, names_slips
from bench.measure import Table, Timing
from sitereg import likeness

__all__ = ["run"]


def record(key, name, **more):
    return likeness.Record(key, tuple(one for one in (likeness.read(name),) if one) if isinstance(name, str) else (), **more)


def finite(value):
    return float(value) if value is not None and math.isfinite(float(value)) else None


def catalunya(data):
    """(records of both snapshots, true pairs)."""
    records, ids = [], ({}, {})
    for k, path in enumerate(sorted(glob.glob(str(data / "es_catalunya" / "*.geojson")))):
        for n, one in enumerate(json.loads(Path(path).read_text())["features"]):
            told, key = one["properties"], f"{k}:{n}"
            lon, lat = ((one.get("geometry") or {}).get("coordinates") or (None, None))[:2]
            kinds = frozenset([told["categoria_de_fosses"]])
            records.append(record(key, told["titol"], kinds=kinds, groups=kinds, lon=finite(lon), lat=finite(lat),
                                  uncertainty_m=250, areas=frozenset([told["municipi"] or told["comarca"]])))
            ids[k].setdefault(str(told["id"]).strip(), []).append(key)
    return records, {frozenset((one, other)) for key in ids[0].keys() & ids[1].keys()
                     for one in ids[0][key] for other in ids[1][key]}


def fosas(data):
    """(records of the shapefile and of the CSV, true pairs of which both have a name)."""
    records, sides = [], {}

    def put(key, name, town, number, side):
        records.append(record(key, name, areas=frozenset([str(town).lower()])))
        if records[-1].names:
            sides.setdefault(str(number).strip(), ([], []))[side].append(key)

    for n, row in pandas.read_csv(data / "es_fosas" / "Exovi_fosas.csv", sep=";", encoding="cp1252").iterrows():
        put(f"c:{n}", row.DENOMINACION_FOSA, row.LOCALIDAD_MUNICIPIO, row.NUMERO_REGISTRO, 0)
    for path in sorted(glob.glob(str(data / "es_fosas" / "CAPAS_MAPA_DE_FOSAS" / "**" / "*.shp"), recursive=True)):
        for n, row in geopandas.read_file(path).iterrows():
            put(f"s:{Path(path).stem}:{n}", row.DENOMINACI, row.LOCALIDAD_, row.FOSA_NM, 1)
    return records, {frozenset((one, other)) for a, b in sides.values() for one in a for other in b}


def invented(slips, seed, n=8000, twice=500):
    """(records of n invented persons, `twice` of them once more as another source might have them; the true pairs)."""
    dice, systems = numpy.random.default_rng(seed), list(names_made.SYSTEMS)
    records, truth = [], set()
    for i, name in enumerate(names_made.people(dice, n, names_made.families(dice, max(200, n // 20)))):
        day, width = date(2011, 6, 1) + timedelta(days=int(dice.integers(0, 1600))), int(dice.choice([0, 10, 30, 180]))
        year = int(dice.integers(1955, 2000))
        born = (date(year, 1, 1), date(year, 12, 31)) if dice.random() < 0.6 else None
        areas = frozenset([f"SY{int(dice.integers(1, 15)):02d}"]) if dice.random() < 0.8 else frozenset()
        days = (day - timedelta(days=width), day + timedelta(days=width)) if dice.random() < 0.7 else (None, None)
        sex = "male" if dice.random() < 0.7 else None
        text = names_made.written(name, "ar" if dice.random() < 0.75 else systems[dice.integers(len(systems))])
        records.append(record(f"a{i}", text, areas=areas, began=days[0], ended=days[1], born=born, sex=sex))
        if i < twice:
            text, _words = slips.asked(dice, name, "latin" if dice.random() < 0.5 else "ar")
            moved = (None, None)
            if days[0] and dice.random() < 0.8:
                moved = days[0] + timedelta(days=int(dice.integers(-20, 20))), days[1] + timedelta(days=int(dice.integers(10, 40)))
            about = (date(year - 1, 1, 1), date(year + 1, 12, 31)) if born and dice.random() < 0.8 else None
            kept = areas if dice.random() < 0.9 else frozenset()
            records.append(record(f"b{i}", text, areas=kept, began=moved[0], ended=moved[1], born=about, sex=sex))
            truth.add(frozenset((f"a{i}", f"b{i}")))
    return records, truth


def judge(table, name, records, truth, bars=(likeness.PROPOSED,)):
    """Rows of the table: what is proposed from each bar up, how much of it is true, how much of the truth it is."""
    began, cpu = time.perf_counter(), time.process_time()
    found = likeness.pairs(records)
    timing = Timing([time.perf_counter() - began], time.process_time() - cpu, 0)
    for bar in bars:
        made = [{one.one, one.other} for one in found if one.bits >= bar]
        right = sum(frozenset(one) in truth for one in made)
        told = f"precision {right / max(1, len(made)):.3f}, recall {right / max(1, len(truth)):.3f}"
        table.add(f"{name}, from {bar:g} bits", timing,
                  beside=f"{len(records):,} records, {len(truth):,} true pairs, {len(made):,} proposed: {told}")


def run(data=None, n=8000, *, keep=True):
    data = Path(data or os.environ.get("SITEREG_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    table = Table("matching", "Possible duplicates: what is proposed", {"persons": n})
    for name, read in (("Catalonia, two snapshots", catalunya), ("Spanish map, shapefile and CSV", fosas)):
        if (data / ("es_catalunya" if read is catalunya else "es_fosas")).exists():
            judge(table, name, *read(data))
        else:
            table.note(f"{name}: its files are not here (SITEREG_TEST_DATA)")
    for name, slips, seed in (("invented persons, tuned on", names_slips, 3), ("invented persons, held back", names_held, 17)):
        judge(table, name, *invented(slips, seed, n, n // 16), bars=(9, 13, 15, 18))
    table.finish(keep=keep)
    return table


def main(args=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="the folder of the outside lists")
    parser.add_argument("--persons", type=int, default=8000)
    asked = parser.parse_args(args)
    run(asked.data, asked.persons)
    return 0


if __name__ == "__main__":
    sys.exit(main())
