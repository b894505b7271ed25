"""Long documents on the redaction desk: each page of the copy is there, covered where it was asked for, and nothing else."""
import contextlib

import pypdfium2
import pytest

from sitereg import documents, redactions, scans
from sitereg.errors import Refused
from tests import given
from tests.sitereg import redacting
from tests.sitereg.redacting_desk import made_by, waiting

pytestmark = pytest.mark.db
A4, SMALL = (1654, 2339), (416, 320)  # at 200 dots an inch
SCALE = 200 / 72


def long(path, pages, size):
    """A PDF of so many made-up pages."""
    made = (redacting.page(n, size) for n in range(1, pages + 1))
    next(made).save(path, "PDF", resolution=200, save_all=True, append_images=made)
    return path


def boxes(pages):
    """A box on each page but every third, at another height on each."""
    return [{"page": n, "x": .1, "y": .1 + .1 * (n % 5), "width": .5, "height": .06, "reason": "witness"} for n in pages if n % 3]


@pytest.mark.parametrize(("pages", "size"), [(1, A4), (4, SMALL), (30, SMALL), pytest.param(120, A4, marks=pytest.mark.drill)])
def test_each_page_of_a_long_document_is_covered_where_it_was_asked_for(registry, tmp_path, pages, size):
    document = scans.keep(registry, pages=[long(tmp_path / "long.pdf", pages, size)], shows="x", tier=1, living="none", terms=given.TERMS)
    redaction, seen = waiting(registry, document, *boxes(range(1, pages + 1)))
    made = made_by(registry, lambda: contextlib.nullcontext(registry), redaction, seen)
    view = scans.page(registry, made)
    assert view["pages"] == pages
    copy = pypdfium2.PdfDocument(documents.bytes_of(registry.settings, view["sha256"]))
    assert len(copy) == pages
    for n in range(1, pages + 1):
        at = (size[0] * .3, size[1] * (.13 + .1 * (n % 5)))
        shown = copy[n - 1].render(scale=SCALE).to_pil().convert("RGB")
        assert (shown.getpixel(tuple(map(int, at))) == (0, 0, 0)) == bool(n % 3), n
        assert shown.getpixel((2, 2)) > (240, 240, 240), "the rest of the page is there"


def test_a_copy_of_too_many_pages_is_refused_and_an_excerpt_of_it_is_taken(registry, tmp_path, monkeypatch):
    monkeypatch.setattr(redactions, "MOST_PAGES", 3)
    document = scans.keep(registry, pages=[long(tmp_path / "long.pdf", 5, SMALL)], shows="x", tier=1, living="none", terms=given.TERMS)
    with registry.as_("handler"):
        redaction = redactions.start(registry, document)
        redactions.mark(registry, redaction, boxes([4]))
        with pytest.raises(Refused, match="at most 150 pages") as refused:
            redactions.ask(registry, redaction, tier=1, shows="x")
        assert refused.value.guard == "pages" and redactions.show(registry, redaction)["state"] == "draft"
        seen = redactions.ask(registry, redaction, tier=1, shows="x", first=3, last=5)
    made = made_by(registry, lambda: contextlib.nullcontext(registry), redaction, seen)
    assert scans.page(registry, made)["pages"] == 3


def test_a_plan_of_too_many_pages_is_not_made(registry, tmp_path, monkeypatch):
    document = scans.keep(registry, pages=[long(tmp_path / "long.pdf", 4, SMALL)], shows="x", tier=1, living="none", terms=given.TERMS)
    redaction, seen = waiting(registry, document, *boxes([1]))
    monkeypatch.setattr(redactions, "MOST_PAGES", 3)
    with pytest.raises(Refused, match="several copies"):
        made_by(registry, lambda: contextlib.nullcontext(registry), redaction, seen)
