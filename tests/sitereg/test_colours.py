"""The colours of the symbols: told apart by whoever lacks a kind of cones, seen on their ground, the same in pages as on the map."""
import itertools
import re
from pathlib import Path

import pytest

from sitereg import symbols
from tests.sitereg.seeing import CONES, apart, contrast, lab

CSS = (Path(__file__).resolve().parents[2] / "web" / "static" / "css" / "app.css").read_text(encoding="utf-8")
NAMES = (*symbols.GROUPS, "attention")
FAR = 10  # CIEDE2000: about 2 is just seen side by side; what lies apart on a map needs several times that


@pytest.mark.parametrize(("one", "other", "far"), [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425), ((50, 2.5, 0), (50, 0, -2.5), 4.3065), ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644), ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082)])
def test_the_distance_is_the_published_one(one, other, far):
    assert round(apart(one, other), 4) == far == round(apart(other, one), 4)


@pytest.mark.parametrize("cones", CONES)
@pytest.mark.parametrize("scheme", symbols.COLOURS)
def test_groups_and_what_needs_attention_are_told_apart_by_everybody(scheme, cones):
    seen = {name: lab(symbols.COLOURS[scheme][name], cones) for name in NAMES}
    near = {pair: round(apart(seen[pair[0]], seen[pair[1]]), 1) for pair in itertools.combinations(NAMES, 2)}
    assert min(near.values()) >= FAR, min(near.items(), key=lambda one: one[1])


@pytest.mark.parametrize("scheme", symbols.COLOURS)
def test_each_colour_is_seen_on_its_ground(scheme):
    colours = symbols.COLOURS[scheme]
    assert all(contrast(colours[name], colours["paper"]) >= 3 for name in (*NAMES, "mixed"))
    assert contrast(colours["ink"], colours["paper"]) >= 7


def test_no_group_is_told_by_its_colour_alone():
    assert len(set(symbols.GROUPS.values())) == len(symbols.GROUPS)
    assert len({str(symbols.strokes(level)) for level in symbols.LEVELS}) == len(symbols.LEVELS)


@pytest.mark.parametrize("scheme", symbols.COLOURS)
def test_pages_have_the_colours_of_the_map(scheme):
    told = re.findall(r"--sym-(\w+): (#[0-9A-Fa-f]{6})", CSS)
    ours = {(name, code.upper()) for name, code in told}
    assert {(name, symbols.COLOURS[scheme][name].upper()) for name in NAMES} <= ours
