"""The evaluation of the link score on the two countries of link_dev, again: the table, and two pictures drawn as SVG.

    python -m bench.link_figures DATA OUT     DATA = the folder link_dev; OUT gets calibration.svg, hits.svg and the files

The pictures are written by the few lines below: two plots of lines ask for no plotting library, and the same figures give the
same bytes. The registry's own confirmations can be drawn alike: `evaluation(persons, sites, truth, question)` takes any files.
"""
import sys
from pathlib import Path

import numpy

from bench import link_dev
from sitereg.links import cases, evaluate, score
from sitereg.links.model import DEFAULTS

SETS = (("spain-residence", 3), ("spain-birth", 3), ("argentina", 0), ("argentina-found", 0))
UPTO = tuple(range(1, 51))
COLOURS = {"default": "#1b5e4b", "distance": "#b26a00", "load": "#5b6f95", "nearest": "#8a3b3b"}
WIDTH, HEIGHT, EDGE, TOP = 300, 220, 44, 30


def main(data, out):
    """The table stands on stdout as Markdown, the pictures in `out`."""
    link_dev.main(data, out)
    figures = {}
    for name, cap in SETS:
        figures[name] = evaluation(*(out / f"{name}-{what}.csv" for what in ("persons", "sites", "truth")), "buried", cap)
        print(table(name, figures[name]), flush=True)
    for file, across, upward, lines in (("hits", "k", "true sites among the first k", hit_lines),
                                        ("calibration", "P of the first candidate", "share that was right", calibration_lines)):
        plots = [(name, across, lines(one)) for name, one in figures.items()]
        (out / f"{file}.svg").write_text(panels(plots, upward), encoding="utf-8")


def evaluation(persons, sites, truth, question, cap=0):
    """{"made": what `sitereg links evaluate` answers, "curves": {ranker: hit@k for k of UPTO}} of three files."""
    found = cases.load(persons, sites, truth, DEFAULTS[question], cap)
    facts = score.statistics(found.world)
    curves = {name: [] for name in evaluate.RANKERS}
    for case in found.cases:
        for name, (values, _) in evaluate.ranked_by(found.world, case, facts).items():
            curves[name].append(evaluate.hits(values, case.truth, UPTO)[:-1])
    return {"made": evaluate.evaluate(found), "curves": {name: numpy.mean(rows, axis=0) for name, rows in curves.items()}}


def table(name, figures):
    """The rows of one set as Markdown."""
    made, keys = figures["made"], ("hit@1", "hit@5", "hit@20", "mrr", "ll", "ece", "brier")
    rows = [[name, made["n"], made["candidates"], ranker, *("-" if one[key] is None else f"{one[key]:.3f}" for key in keys),
             f"{one['seconds']:.1f}"] for ranker, one in made["rankers"].items()]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)


def hit_lines(figures):
    """[(ranker, points within 0..1)]: k on a scale of its logarithm."""
    across = numpy.log(UPTO) / numpy.log(UPTO[-1])
    return [(name, list(zip(across, values, strict=True))) for name, values in figures["curves"].items()]


def calibration_lines(figures):
    """[(ranker, points)]: what was said against what was right; tenths of fewer than ten persons are left out."""
    rows = [row for row in figures["made"]["calibration"] if row["n"] >= 10]
    return [("as said", [(0, 0), (1, 1)]), ("default", [(row["said"], row["right"]) for row in rows])]


def panels(plots, upward):
    """One SVG with a panel for each (title, what is across, lines)."""
    size = f'width="{(WIDTH + EDGE) * len(plots)}" height="{HEIGHT + EDGE + TOP}"'
    made = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11">',
            '<rect width="100%" height="100%" fill="#fff"/>']
    for n, (title, across, lines) in enumerate(plots):
        made += [f'<g transform="translate({n * (WIDTH + EDGE) + EDGE},{TOP})">', *axes(title, across, upward if n == 0 else "")]
        for k, (name, points) in enumerate(lines):
            colour, dash = COLOURS.get(name, "#999"), ' stroke-dasharray="4 3"' if name not in COLOURS else ""
            path = " ".join(f"{x * (WIDTH - 20):.1f},{(1 - y) * HEIGHT:.1f}" for x, y in points)
            made.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>')
            made += [f'<circle cx="{x * (WIDTH - 20):.1f}" cy="{(1 - y) * HEIGHT:.1f}" r="2.5" fill="{colour}"/>' for x, y in points
                     if name == "default" and across != "k"]
            if n == 0:
                made.append(f'<text x="8" y="{14 + 14 * k}" fill="{colour}">{name}</text>')
        made.append("</g>")
    return "\n".join([*made, "</svg>", ""])


def axes(title, across, upward):
    """The frame of a panel with its words."""
    wide = WIDTH - 20
    ticks = [(x / 4, x / 4) for x in range(5)]
    if across == "k":
        ticks = [(numpy.log(k) / numpy.log(UPTO[-1]), k) for k in (1, 5, 20, 50)]
    return [f'<rect width="{wide}" height="{HEIGHT}" fill="none" stroke="#bbb"/>',
            f'<text x="{wide / 2}" y="-10" text-anchor="middle" font-weight="bold">{title}</text>',
            f'<text x="{wide / 2}" y="{HEIGHT + 32}" text-anchor="middle">{across}</text>',
            f'<text transform="translate(-32,{HEIGHT / 2}) rotate(-90)" text-anchor="middle">{upward}</text>',
            *(f'<text x="{x * wide:.1f}" y="{HEIGHT + 15}" text-anchor="middle">{label}</text>' for x, label in ticks),
            *(f'<text x="-4" y="{(1 - y / 4) * HEIGHT + 4:.1f}" text-anchor="end">{y / 4:g}</text>' for y in range(5))]


if __name__ == "__main__":
    main(*(Path(one) for one in sys.argv[1:]))
