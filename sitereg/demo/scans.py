"""Two drawn pages of an invented register: ruled paper, strokes that are no letters, and across it what they are."""
import tempfile
from pathlib import Path

import numpy
import rasterio
from rasterio.transform import from_origin

from sitereg import scans
from sitereg.demo.deciding import by
from sitereg.demo.dice import Dice
from sitereg.demo.sources import TERMS

HIGH, WIDE, LINE = 900, 640, 44  # pixels
PAPER, RULE, INK, RED = (244, 239, 226), (190, 200, 210), (52, 58, 80), (168, 60, 52)
# Letters of five dots by seven, a number a row
LETTERS = {
    "S": (15, 16, 16, 14, 1, 1, 30), "Y": (17, 17, 10, 4, 4, 4, 4), "N": (17, 25, 21, 19, 17, 17, 17), "T": (31, 4, 4, 4, 4, 4, 4),
    "H": (17, 17, 17, 31, 17, 17, 17), "E": (31, 16, 16, 30, 16, 16, 31), "I": (14, 4, 4, 4, 4, 4, 14),
    "C": (14, 17, 16, 16, 16, 17, 14)}
SHOWS = "Two drawn pages of a register: synthetic, the strokes are no writing"
WRITTEN = (("Line 2: admitted on 5 May 2013 (invented)", "en"), ("السطر ٢: أُدخل في ٥ أيار ٢٠١٣ (متخيَّل)", "ar"))


def record(settings, seed):
    """The scan stands with a region on its first page, of which two people wrote down what they read; answers its id."""
    dice = Dice(seed, "scan")
    with tempfile.TemporaryDirectory() as folder:
        pages = [save(Path(folder) / f"invented-register-{n}.png", drawn(dice)) for n in (1, 2)]
        with by(settings, "investigator") as opened:
            made = scans.keep(opened, pages=pages, shows=SHOWS, terms=TERMS, living="none")
            region = opened.one("draw_region", document=made, n=1, x=.06, y=2.25 * LINE / HIGH, width=.88, height=.8 * LINE / HIGH)
    for who, (text, language) in zip(("investigator", "steward"), WRITTEN, strict=True):
        with by(settings, who) as opened:
            opened.call("transcribe", region=region["region"], text=text, language=language)
    return made


def drawn(dice):
    """One page as bytes, (rows, columns, red green blue)."""
    page = numpy.full((HIGH, WIDE, 3), PAPER, "uint8")
    for y in range(2 * LINE, HIGH - LINE, LINE):
        page[y:y + 2, 40:WIDE - 40] = RULE
        x = WIDE - 60
        while x > 90 and dice.random() < 0.94:
            wide = dice.randint(14, 60)
            page[y - dice.randint(8, 14):y - 5, x - wide:x] = INK
            page[y - dice.randint(18, 30):y - 8, x - wide // 2:x - wide // 2 + 3] = INK
            x -= wide + dice.randint(6, 22)
    stamp(page, "SYNTHETIC", HIGH // 2, 44, 10)
    return page


def stamp(page, word, top, left, size):
    """The word stands across the page, each dot `size` pixels wide."""
    for n, letter in enumerate(word):
        for row, dots in enumerate(LETTERS[letter]):
            for column in range(5):
                if dots >> (4 - column) & 1:
                    y, x = top + row * size, left + (n * 6 + column) * size
                    page[y:y + size, x:x + size] = RED


def save(path, page):
    with rasterio.open(path, "w", driver="PNG", width=WIDE, height=HIGH, count=3, dtype="uint8",
                       transform=from_origin(0, HIGH, 1, 1)) as file:
        file.write(page.transpose(2, 0, 1))
    return path
