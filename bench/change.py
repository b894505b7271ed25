"""What change between dates finds and how often it is wrong: planted disturbances on real and generated ground, beside simpler
ways.

    python -m bench.change --rounds 6 --out docs/pictures       also draws the curves; without --out only the table

A way gives each place a score; how many undisturbed places score as high is its false alarms, so ways are compared at the same
share of them.
"""
import argparse
import math
import os
import sys
from pathlib import Path

import numpy

from bench.measure import Table, timed
from bench.planted import APART, KINDS, RADIUS, SIZES, landsat, pairs, places, planted, scenes
from sitereg.terrain import registration
from sitereg.terrain.disturbance import changed

REAL = Path(os.environ.get("SITEREG_BENCH_LANDSAT") or Path(__file__).resolve().parents[2] / "shared" / "data" / "raster_landsat7")
WAYS = ("against the ring", "image differencing", "z-score of a cell", "z-score, put onto each other")
FALSE = (0.01, 0.05)
SHARE = 0.5  # of a cell that the work fills
WIDE, HIGH, EDGE, TOP, ROW = 260, 200, 46, 40, 3  # of a panel of the picture; panels a row
LEAST = 0.005  # false alarms at the left edge; from there to 1 on a scale of its logarithm
DRAWN = {WAYS[0]: ("#7a1f3d", ""), WAYS[1]: ("#777", "2 3"), WAYS[2]: ("#2b6a99", "7 3"), WAYS[3]: ("#2b6a99", "")}

__all__ = ["run"]


def scored(pair, after, at):
    """{way: scores of the places}, and what ours said of each."""
    found, told = {way: [] for way in WAYS}, []
    with scenes(pair, after) as (two, place):
        for row, column in at:
            told.append(changed(two, place(row, column), within_m=RADIUS * pair.cell))
            found[WAYS[0]].append(told[-1].score or 0.0)
    shift = registration.apart(after.mean(axis=0), pair.before.mean(axis=0))
    onto = registration.moved(pair.before, shift) if shift else pair.before
    apart = [(after[:3] - before[:3]).mean(axis=0) for before in (pair.before, onto)]
    z = [abs(one - numpy.nanmean(one)) / numpy.nanstd(one) for one in apart]
    y, x = numpy.mgrid[-6:7, -6:7]
    cells = numpy.nonzero(y**2 + x**2 <= RADIUS**2)
    for row, column in at:
        here = row - 6 + cells[0], column - 6 + cells[1]
        for way, values in zip(WAYS[1:], (abs(apart[0]), *z), strict=True):
            found[way].append(float(numpy.nan_to_num(values[here]).max()))
    return found, told


def measured(pair, rounds, dice):
    """(scores of undisturbed places by way, scores by (kind, size) and way, what ours said of undisturbed places, of disturbed)."""
    quiet, calm, dug, loud = {way: [] for way in WAYS}, [], {}, []
    for _ in range(rounds * 4):
        found, told = scored(pair, pair.after, places(dice))
        calm += told
        for way in WAYS:
            quiet[way] += found[way]
    for kind in KINDS:
        for size in SIZES:
            dug[kind, size] = {way: [] for way in WAYS}
            for _ in range(max(1, rounds // 3)):
                at = places(dice)
                found, told = scored(pair, planted(pair, at, kind, size, SHARE, dice), at)
                loud += told
                for way in WAYS:
                    dug[kind, size][way] += found[way]
    return quiet, dug, calm, loud


def at_false(quiet, dug, share):
    """The share of disturbed places that score above all but `share` of the undisturbed ones; half of those that score the same."""
    mark = numpy.quantile(quiet, 1 - share, method="higher")
    return float((numpy.array(dug) > mark).mean())


def run(rounds=3, *, out=None, real=REAL, keep=True):
    """The table: for each pair of scenes what each way finds at the same share of false alarms; ours at its own alarm."""
    dice = numpy.random.default_rng(11)
    sizes = {"rounds": rounds, "site_cells": 85, "apart": APART}
    table = Table("change", "Change between dates: planted disturbances found", sizes)
    known, plots = landsat(real), []
    if known is None:
        table.note(f"The two Landsat scenes are not here: {real} (SITEREG_BENCH_LANDSAT). Generated ground only.")
    for pair in pairs(known, dice):
        quiet, dug, calm, loud = measured(pair, rounds, dice)
        every = {way: [one for case in dug.values() for one in case[way]] for way in WAYS}
        alarms = sum(one.result == "changed" for one in calm) / len(calm)
        dumb = 100 * sum(one.result == "image_unusable" for one in calm) / len(calm)
        table.say(f"{pair.name}: false alarms as it is set", 100 * alarms, unit="%", target="<= 2 %", met=alarms <= 0.02,
                  beside=f"of {len(calm)} undisturbed places; unusable {dumb:.1f} %")
        table.say("  found as it is set", 100 * sum(one.result == "changed" for one in loud) / len(loud), unit="%",
                  beside=by_size(pair, dug, quiet))
        for way in WAYS:
            finds = [100 * at_false(quiet[way], every[way], share) for share in FALSE]
            table.say(f"  {way}", finds[0], unit="%", beside=f"found at 1 % false alarms; {finds[1]:.0f} % at 5 %")
        plots.append((pair.name, [(way, curve(quiet[way], every[way])) for way in WAYS]))
    if known:
        discs(table, next(iter(pairs(known, dice))), dice, rounds * 100)
    if out:
        Path(out, "change.svg").write_text(drawn(plots), encoding="utf-8")
    place = next(iter(pairs(None, dice)))
    with scenes(place, place.after) as (two, at):
        once = timed(lambda: changed(two, at(150, 150), within_m=RADIUS * place.cell), 20, warm=2)
    table.add("one site, two scenes of five bands", once, unit="ms")
    return table.finish(keep=keep)


def discs(table, pair, dice, many):
    """How many sites of 60 to 150 m all over the real scenes of two seasons raise an alarm, where nothing is known to have been
    dug."""
    with scenes(pair, pair.after) as (two, place):
        told = [changed(two, place(*dice.uniform(15, 285, 2)), within_m=dice.uniform(60, 150)) for _ in range(many)]
    alarms, dumb = (sum(one.result == what for one in told) for what in ("changed", "image_unusable"))
    table.say(f"{pair.name}: {many} random sites", 100 * alarms / many, unit="%", target="<= 1 %", met=alarms <= 0.01 * many,
              beside=f"{alarms} alarms; highest score {max(one.score or 0 for one in told):.2f}; "
                     f"unusable {100 * dumb / many:.1f} %")


def by_size(pair, dug, quiet):
    """What ours finds of each size at 1 % false alarms, all kinds together."""
    told = []
    for size in SIZES:
        scores = [one for kind in KINDS for one in dug[kind, size][WAYS[0]]]
        told.append(f"{size}: {100 * at_false(quiet[WAYS[0]], scores, 0.01):.0f}")
    return f"at 1 % false alarms by cells, %: {', '.join(told)}"


def curve(quiet, dug):
    """[(share of false alarms, share found)] over all marks."""
    marks = numpy.unique(numpy.quantile(quiet, numpy.linspace(0, 1, 201)))[::-1]
    quiet, dug = numpy.sort(quiet), numpy.sort(dug)
    return [(1 - numpy.searchsorted(quiet, mark, "right") / len(quiet), 1 - numpy.searchsorted(dug, mark, "right") / len(dug))
            for mark in marks]


def drawn(plots):
    """The curves as SVG, a panel for each pair of scenes: share found by share of false alarms."""
    down = -(-len(plots) // ROW)
    box = f'viewBox="0 0 {(WIDE + EDGE) * ROW + 20} {(HIGH + EDGE + TOP) * down + 30}"'
    made = [f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="11">',
            "<title>Planted disturbances found by share of false alarms</title>",
            '<rect width="100%" height="100%" fill="#fff"/>']
    for n, (title, lines) in enumerate(plots):
        made += [f'<g transform="translate({n % ROW * (WIDE + EDGE) + EDGE},{n // ROW * (HIGH + EDGE + TOP) + TOP})">',
                 f'<rect width="{WIDE}" height="{HIGH}" fill="none" stroke="#bbb"/>',
                 f'<text x="{WIDE / 2}" y="-10" text-anchor="middle" font-weight="bold">{title}</text>']
        made += [f'<text x="{across(x)}" y="{HIGH + 15}" text-anchor="middle">{x:.0%}</text>' for x in (0.01, 0.05, 0.2, 1)]
        made += [f'<text x="-4" y="{(1 - y) * HIGH + 4}" text-anchor="end">{y:.0%}</text>' for y in (0, 0.5, 1)]
        for way, points in lines:
            colour, dash = DRAWN[way]
            path = " ".join(f"{across(x):.1f},{(1 - y) * HIGH:.1f}" for x, y in points)
            made.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
        made.append("</g>")
    for n, (way, (colour, dash)) in enumerate(DRAWN.items()):
        made.append(f'<g transform="translate({EDGE + n * 230},{(HIGH + EDGE + TOP) * down + 12})"><line x2="30" stroke="{colour}" '
                    f'stroke-width="2" stroke-dasharray="{dash}"/><text x="36" y="4">{way}</text></g>')
    return "\n".join([*made, "</svg>", ""])


def across(share):
    """Where a share of false alarms stands."""
    return WIDE * (1 - math.log(max(share, LEAST)) / math.log(LEAST))


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--out", help="a folder for the picture")
    told = asked.parse_args()
    run(told.rounds, out=told.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
