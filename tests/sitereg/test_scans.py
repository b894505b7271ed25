"""A PDF as a scan: kept as it came, its pages drawn where nothing in it can do harm, each a working copy of it."""
import hashlib

import pytest
from PIL import Image, ImageDraw

from sitereg import documents, errors, scans
from sitereg.imports.readers import process
from tests import given
from tests.files.attacks import ATTACKS

pytestmark = pytest.mark.db


def book(path, pages=2, size=(420, 594), **more):
    """A PDF of pages that each show another bar, at 72 dots an inch."""
    made = []
    for n in range(pages):
        page = Image.new("RGB", size, "white")
        ImageDraw.Draw(page).rectangle((20, 40 * (n + 1), 200, 40 * (n + 1) + 20), fill="black")
        made.append(page)
    made[0].save(path, "PDF", resolution=72, save_all=True, append_images=made[1:], title="33.543217 the informer", **more)
    return path


def kept(registry, path, **more):
    return scans.keep(registry, pages=[path], **{"shows": "two pages of a register", "living": "none", "terms": given.TERMS, **more})


def test_the_pages_of_a_pdf_are_drawn_and_the_pdf_itself_is_the_document(registry, tmp_path):
    path = book(tmp_path / "register.pdf")
    document = kept(registry, path)
    view = scans.page(registry, document, 2)
    assert view["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest() and view["media_type"] == "application/pdf"
    assert view["pages"] == 2 and (view["page"]["width"], view["page"]["height"]) == (1167, 1650), "200 dots an inch"
    found = registry.one("open_page", document=document, n=2)
    assert found["media_type"] == "image/jpeg"
    data = documents.bytes_of(registry.settings, found["sha256"])
    assert b"informer" not in data
    (tmp_path / "page.jpg").write_bytes(data)
    with Image.open(tmp_path / "page.jpg") as page:
        assert page.convert("L").getpixel((300, 250)) < 30 and page.convert("L").getpixel((300, 140)) > 220, "the second bar, not the first"


def test_pages_are_no_copies_to_choose_from_and_the_original_knows_that_it_was_copied(registry, tmp_path):
    view = scans.page(registry, kept(registry, book(tmp_path / "register.pdf")))
    assert view["copies"] == [] and [one["kind"] for one in view["custody"]].count("copied") == 2
    assert [row["name"] for row in registry.rows("document_list")] == ["register.pdf"]


def test_the_same_pdf_again_is_the_same_document_with_the_same_pages(registry, tmp_path):
    path = book(tmp_path / "register.pdf")
    first = kept(registry, path)
    assert kept(registry, path) == first and scans.page(registry, first)["pages"] == 2


def test_pages_have_the_tier_and_the_terms_of_their_pdf(registry, tmp_path):
    document = kept(registry, book(tmp_path / "register.pdf"), tier=2)
    image = registry.one("open_page", document=document, n=1)["sha256"]
    with registry.as_("investigator1"):
        assert registry.rows("documents_of", sha256=image) == []
        with pytest.raises(errors.NotFound):
            registry.one("open_page", document=document, n=1)
    with registry.dba() as raw:
        assert raw.execute("select distinct tier, terms, consent from reg.document where derived_from = %s", [document]).fetchall() == [
            (2, given.TERMS["terms"], given.TERMS["consent"])]


def test_a_huge_page_is_drawn_within_bounds(registry, tmp_path):
    view = scans.page(registry, kept(registry, book(tmp_path / "wall.pdf", pages=1, size=(14_000, 700))))
    assert (view["page"]["width"], view["page"]["height"]) == (4000, 200)


def damaged(path):
    path.write_bytes(b"%PDF-1.7\n" + b"\0" * 400)


def locked(path):
    """As small a PDF as says that it is encrypted by a password that is not empty."""
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>",
             b"<</Filter/Standard/V 2/R 3/Length 128/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>"]
    made, at = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, start=1):
        at.append(len(made))
        made += b"%d 0 obj%sendobj\n" % (n, part)
    start = len(made)
    made += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % one for one in at)
    made += b"trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[<" + b"43" * 16 + b"><" + b"43" * 16 + b">]>>\nstartxref\n%d\n%%%%EOF" % start
    path.write_bytes(made)


@pytest.mark.parametrize(("make", "says"), [
    (damaged, "damaged"), (locked, "password"), (lambda path: path.write_bytes(b"<html>"), "no PDF"), (lambda path: path.write_bytes(b""), "no PDF")])
def test_a_pdf_that_cannot_be_drawn_is_refused_and_leaves_no_document(registry, tmp_path, make, says):
    make(tmp_path / "scan.pdf")
    with pytest.raises(errors.BadInput, match=says):
        kept(registry, tmp_path / "scan.pdf")
    assert registry.rows("document_list") == []
    assert registry.rows("documents_of", sha256=hashlib.sha256((tmp_path / "scan.pdf").read_bytes()).hexdigest()) == []


def test_more_pages_than_can_be_kept_in_one_go_are_refused(registry, tmp_path, monkeypatch):
    path = book(tmp_path / "long.pdf", pages=1_001, size=(20, 20))
    with pytest.raises(errors.BadInput, match="1,001 pages"):
        kept(registry, path)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn(registry, tmp_path):
    path = ATTACKS["pixel_flood"].make(tmp_path, tmp_path, "")
    with pytest.raises(errors.BadInput, match="60,000 x 60,000") as refusal:
        kept(registry, path)
    assert refusal.value.code == "too_large" and registry.rows("document_list") == []


def test_a_pdf_comes_alone(registry, tmp_path):
    with pytest.raises(errors.BadInput, match="one PDF, or images"):
        scans.keep(registry, pages=[book(tmp_path / "a.pdf"), book(tmp_path / "b.pdf")], shows="x", terms=given.TERMS)


def test_what_the_reader_hands_over_as_a_page_is_believed_only_if_it_is_a_picture(registry, tmp_path, monkeypatch):
    monkeypatch.setattr(process, "drawn", lambda *_, **__: iter([process.Page(1, 10, 10, b"<html>")]))
    with pytest.raises(errors.BadInput, match="page is an image"):
        kept(registry, book(tmp_path / "register.pdf"))
    assert registry.rows("document_list") == []



def test_what_leaves_of_a_pdf_is_made_of_its_pages_and_tells_nothing_else(registry, tmp_path):
    risk = dict.fromkeys(("site", "sources", "families", "staff"), "none")
    document = kept(registry, book(tmp_path / "register.pdf"))
    made = documents.release(registry, document, recipient="A commission", purpose="the search", risk=risk)
    left = documents.leaving(registry.settings, made)
    title = "informer".encode("utf-16-be")
    assert left.startswith(b"%PDF") and title not in left and title in (tmp_path / "register.pdf").read_bytes()
    (tmp_path / "left.pdf").write_bytes(left)
    again = scans.page(registry, kept(registry, tmp_path / "left.pdf"), 2)
    assert again["pages"] == 2 and abs(again["page"]["width"] - 1167) <= 1 and abs(again["page"]["height"] - 1650) <= 1
    bare = documents.keep(registry, path=book(tmp_path / "other.pdf", pages=1), terms=given.TERMS)
    scans.look(registry, bare, living="none")
    with pytest.raises(errors.Refused) as refused:
        documents.release(registry, bare, recipient="A commission", purpose="the search", risk=risk)
    assert refused.value.guard == "pages"
