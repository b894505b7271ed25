"""What links say: every sentence in both languages, and nothing in the catalogue that nobody says."""
import ast
import re
from pathlib import Path

import pytest

from sitereg import sentences
from sitereg.links import waterfall, words
from sitereg.links.candidates import band

ROOM = Path(words.__file__).parent


def spoken():
    """Every text of the two modules that speak, without what documents them."""
    found = set()
    for name in ("words.py", "candidates.py"):
        tree = ast.parse((ROOM / name).read_text())
        documents = {ast.get_docstring(one, clean=False) for one in ast.walk(tree)
                     if isinstance(one, ast.Module | ast.ClassDef | ast.FunctionDef)}
        found |= {one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)} - documents
    return found


def told():
    """The sentences among them."""
    return {*words.LABELS.values(), *words.LOOKS, *words.STEPS, *words.COMPARED.values(), *words.FLAGGED.values(), *words.SILENT.values(),
            *words.LACKING.values(), *(one for both in words.FIRM.values() for one in both),
            *(one for one in spoken() if "%(" in one)}


def test_every_sentence_has_its_arabic():
    for one in told():
        assert re.search("[\u0600-\u06ff]", sentences.said(one, "ar")), one


@pytest.mark.parametrize(("number", "shown"), [(0, "0"), (1, "1-4"), (4, "1-4"), (5, "5-9"), (49, "20-49"), (999, "500-999"), (1000, "1000+"), (7000, "1000+")])
def test_a_band_tells_nobody_alone(number, shown):
    assert band(number) == shown


def test_bits_are_nats_by_the_length_of_the_longest():
    rows = (waterfall.row("space", 2 * waterfall.BIT, (), "en"), waterfall.row("time", -waterfall.BIT / 2, (), "en"))
    assert [one.bits for one in rows] == [2.0, -0.5] and waterfall.widest(rows) == 2 and waterfall.widest(rows[1:]) == 1
    assert waterfall.row("space", 0, (), "ar").label == "المسافة"
