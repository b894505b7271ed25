"""Redacted pages: made of pixels alone, and every copy that a faulty maker could make is found out before it is kept."""
import ctypes
import io
import struct
import zlib

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter

from sitereg.imports.readers import check_bytes, redact_pages
from tests.sitereg import redacting
from tests.sitereg.redacting import BOX, PAGES, SECRET, faults, made, page, pdf, picture

ONE = {"kind": "pictures", "form": "jpeg", "pages": [1], "marks": {"1": [BOX]}, "words": []}


@pytest.fixture
def book(tmp_path):
    return pdf(tmp_path / "book.pdf")


@pytest.fixture
def good(book, tmp_path):
    return made([book], tmp_path / "good.pdf", PAGES)


def test_a_sound_copy_of_a_pdf_has_nothing_but_its_pages(book, good):
    assert faults([book], good, {**PAGES, "words": [SECRET]}) == set()
    data, opened = good.read_bytes(), pypdfium2.PdfDocument(good)
    assert len(opened) == 2 and opened[0].get_textpage().get_text_range() == "" and not any(opened.get_metadata_dict().values())
    assert data.count(b"%%EOF") == 1 and b"/Info" not in data and SECRET.encode() not in data
    shown = opened[0].render(scale=200 / 72).to_pil()
    assert shown.getpixel((200, 60)) == (0, 0, 0) and shown.getpixel((200, 400)) != (0, 0, 0)


def test_the_same_pages_and_boxes_are_the_same_bytes(book, good, tmp_path):
    assert made([book], tmp_path / "again.pdf", PAGES).read_bytes() == good.read_bytes()


def test_what_is_covered_changes_no_byte(tmp_path):
    """Nothing of what was under the box shapes the file, its size included."""
    copies = []
    for words in ("short", "a much longer name that fills the box"):
        one = Image.new("RGB", (640, 480), "white")
        ImageDraw.Draw(one).text((70, 52), words, fill="black", font_size=14)
        one.save(tmp_path / "one.png")
        copies.append(made([tmp_path / "one.png"], tmp_path / "copy", ONE).read_bytes())
    assert copies[0] == copies[1]


def test_boxes_are_widened_to_whole_squares_so_that_a_width_tells_no_letter():
    assert redact_pages.squares([.1, .1, .11, .1], 640, 480) == redact_pages.squares([.1, .1, .104, .1], 640, 480) == (64, 48, 136, 96)
    assert redact_pages.squares([0, 0, 1, 1], 643, 481) == (0, 0, 643, 481)


@pytest.mark.parametrize(("form", "kept"), [("PNG", "png"), ("JPEG", "jpeg")])
def test_a_photograph_stands_upright_and_tells_nothing_beside_itself(tmp_path, form, kept):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8825] = 6, SECRET, {1: "N", 2: (33.0, 30.0, 0.0)}
    original, options = picture(tmp_path / "photo", form, exif=exif), {**ONE, "form": kept, "words": [SECRET]}
    copy = made([original], tmp_path / "copy", options)
    assert faults([original], copy, options) == set()
    with Image.open(copy) as found:
        assert found.size == (480, 640) and not found.getexif() and "icc_profile" not in found.info
    assert SECRET.encode() not in copy.read_bytes()


def test_what_a_clear_picture_hides_under_its_clearness_stays_hidden(tmp_path):
    clear = page().convert("RGBA")
    clear.putalpha(0)
    clear.save(tmp_path / "clear.png")
    copy = made([tmp_path / "clear.png"], tmp_path / "copy", {**ONE, "form": "png"})
    with Image.open(copy) as found:
        assert found.convert("RGB").getcolors() and {colour for _n, colour in found.convert("RGB").getcolors()} == {(0, 0, 0), (255, 255, 255)}
    assert faults([tmp_path / "clear.png"], copy, {**ONE, "form": "png"}) == set()


def test_pictures_become_pages_of_one_pdf(tmp_path):
    originals = [picture(tmp_path / "a"), picture(tmp_path / "b", "JPEG", quality=60)]
    options = {**ONE, "form": "pdf", "pages": [3, 5], "marks": {"5": [BOX]}}
    copy = made(originals, tmp_path / "copy", options)
    assert faults(originals, copy, options) == set() and len(pypdfium2.PdfDocument(copy)) == 2


def rewritten(book, into, act):
    """The PDF, opened by a library, changed and saved anew."""
    opened = pypdfium2.PdfDocument(book)
    act(opened)
    opened.save(into)
    return into


def box_over(opened):
    """Black boxes as shapes over the page: the words stay under them."""
    for one in opened:
        width, height = one.get_size()
        shape = pypdfium2.raw.FPDFPageObj_CreateNewRect(.1 * width, .84 * height, .5 * width, .06 * height)
        pypdfium2.raw.FPDFPageObj_SetFillColor(shape, 0, 0, 0, 255)
        pypdfium2.raw.FPDFPath_SetDrawMode(shape, 1, False)
        pypdfium2.raw.FPDFPage_InsertObject(one, shape)
        one.gen_content()


def box_as_annotation(opened):
    for one in opened:
        pypdfium2.raw.FPDFPage_CreateAnnot(one, pypdfium2.raw.FPDF_ANNOT_SQUARE)


def text_under(opened):
    """A page with a layer of words, as recognised text has."""
    font = pypdfium2.raw.FPDFText_LoadStandardFont(opened, b"Helvetica")
    words, first = pypdfium2.raw.FPDFPageObj_CreateTextObj(opened, font, 12), opened[0]
    held = ("a named informer" + "\0").encode("utf-16-le")
    pypdfium2.raw.FPDFText_SetText(words, (ctypes.c_ushort * (len(held) // 2)).from_buffer_copy(held))
    pypdfium2.raw.FPDFPage_InsertObject(first, words)
    first.gen_content()


def attached(opened):
    opened.new_attachment("notes.txt").set_data(b"who told it")


@pytest.mark.parametrize(("act", "expected"), [
    (box_as_annotation, ("annotation", 1)), (box_over, ("drawing", 1)), (text_under, ("text", 1)), (attached, ("attachment", None))])
def test_what_a_library_lays_over_or_under_is_found(good, book, tmp_path, act, expected):
    assert expected in faults([book], rewritten(good, tmp_path / "faulty.pdf", act), PAGES)


def test_a_box_drawn_over_the_picture_of_a_page_leaves_what_is_under_it(book, tmp_path):
    bare = made([book], tmp_path / "bare.pdf", {**PAGES, "marks": {}})
    found = faults([book], rewritten(bare, tmp_path / "faulty.pdf", box_over), PAGES)
    assert ("uncovered", 1) in found and ("drawing", 1) in found


def appended(good, more):
    good.chmod(0o600)
    good.write_bytes(good.read_bytes() + more)
    return good


def test_an_earlier_revision_is_found(good, book):
    again = b"3 0 obj\n<</Type /Page /Parent 2 0 R>>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 9 /Root 1 0 R /Prev 12>>\nstartxref\n9\n%%EOF\n"
    assert ("revision", None) in faults([book], appended(good, again), PAGES)


def test_a_second_end_is_a_second_revision_whatever_it_says(good, book):
    assert ("revision", None) in faults([book], appended(good, b"trailer\n<</Size 9 /Root 1 0 R>>\nstartxref\n9\n%%EOF\n"), PAGES)


@pytest.mark.parametrize("more", [b"\n", b"PK\x03\x04notes", SECRET.encode(), b"\0" * 40])
def test_bytes_behind_the_end_of_a_pdf_are_found(good, book, more):
    assert ("trailing", None) in faults([book], appended(good, more), PAGES)


@pytest.mark.parametrize(("was", "becomes", "expected"), [
    (b"<</Type /Catalog", b"<</Metadata 9 0 R /Type /Catalog", "metadata"), (b"/Root 1 0 R", b"/Root 1 0 R /Info 9 0 R", "metadata"),
    (b"<</Type /Catalog", b"<</OpenAction 9 0 R /Type /Catalog", "action"), (b"<</Type /Catalog", b"<</AcroForm 9 0 R /Type /Catalog", "form"),
    (b"<</Type /Page ", b"<</Thumb 4 0 R /Type /Page ", "thumbnail"), (b"<</Type /Catalog", b"<</Title (x) /Type /Catalog", "text"),
    (b"<</Type /Catalog", b"<</Lang <616263> /Type /Catalog", "text"), (b"%PDF-1.4\n", b"%PDF-1.4\n% told by him\n", "structure"),
    (b"/Do Q", b"/Do Q", None), (b"xref\n0", b"xref\n\n0", None)])
def test_each_part_that_no_copy_of_ours_has_is_named(good, book, was, becomes, expected):
    good.chmod(0o600)
    good.write_bytes(good.read_bytes().replace(was, becomes, 1))
    found = {code for code, _page in faults([book], good, PAGES)}
    assert found == set() if expected is None else expected in found


def jpeg_with(data, marker, held):
    return data[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(held) + 2) + held + data[2:]


def jfif(thumb):
    return b"JFIF\0\x01\x02\0\0\x01\0\x01" + thumb


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize(("marker", "held", "expected"), [
    (0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0", "metadata"), (0xE1, b"Exif\0\0MM\0*\xff\xd8\xff\xdb", "thumbnail"),
    (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>", "metadata"), (0xE2, b"ICC_PROFILE\0\x01\x01", "metadata"), (0xED, b"Photoshop 3.0\0", "metadata"),
    (0xFE, b"told by him", "metadata"), (0xEC, b"x", "structure"), (0xE0, jfif(b"\x01\x01\xff\xff\xff"), "thumbnail")])
def test_each_block_beside_the_pixels_of_a_jpeg_is_named(tmp_path, marker, held, expected):
    original = picture(tmp_path / "photo", "JPEG")
    copy = made([original], tmp_path / "copy", ONE)
    copy.write_bytes(jpeg_with(copy.read_bytes(), marker, held))
    assert (expected, None) in faults([original], copy, ONE)
    good = made([original], tmp_path / "again", ONE)
    book = tmp_path / "in.pdf"
    options = {**ONE, "form": "pdf"}
    data = made([original], book, options).read_bytes()
    inside = good.read_bytes()
    book.write_bytes(data.replace(b"/Length %d>>" % len(inside), b"/Length %d>>" % (len(inside) + len(held) + 4)).replace(inside, jpeg_with(inside, marker, held)))
    assert (expected, 1) in faults([original], book, options), "within a page of a PDF, too"


def test_bytes_behind_the_end_of_a_picture_are_found(tmp_path):
    original = picture(tmp_path / "photo")
    for form in ("png", "jpeg"):
        copy = made([original], tmp_path / form, {**ONE, "form": form})
        copy.write_bytes(copy.read_bytes() + b"x")
        assert ("trailing", None) in faults([original], copy, {**ONE, "form": form})


def test_words_and_pixels_too_many_in_a_png_are_found(tmp_path):
    original, options = picture(tmp_path / "photo"), {**ONE, "form": "png"}
    data = made([original], tmp_path / "copy", options).read_bytes()

    def part(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    told = data[:33] + part(b"tEXt", b"Author\0" + SECRET.encode()) + data[33:]
    hidden = data[:-12] + part(b"IDAT", b"more behind the last pixel") + data[-12:]
    assert {one["code"] for one in check_bytes.png(told)[0]} == {"metadata"} and {one["code"] for one in check_bytes.png(hidden)[0]} == {"trailing"}
    assert check_bytes.png(data)[0] == [] and check_bytes.png(data[:40] + b"x" + data[41:])[0]


def painted(into, act, form="JPEG"):
    """A copy of the first page as a faulty maker would paint it."""
    held, one = io.BytesIO(), page()
    act(one)
    one.save(held, form, **({"quality": 92, "subsampling": 0} if form == "JPEG" else {}))
    into.write_bytes(held.getvalue())
    return into


def blurred(one):
    where = (64, 48, 384, 80)
    one.paste(one.crop(where).filter(ImageFilter.GaussianBlur(6)), where)


def translucent(one):
    shade = Image.new("RGB", (320, 32), "black")
    one.paste(Image.blend(one.crop((64, 48, 384, 80)), shade, .93), (64, 48))


def narrow(one):
    one.paste((0, 0, 0), (64, 48, 380, 72))


def elsewhere(one):
    one.paste((0, 0, 0), (64, 48, 384, 80))
    one.paste((0, 0, 0), (64, 300, 384, 316))


@pytest.mark.parametrize(("act", "expected"), [(blurred, "uncovered"), (translucent, "uncovered"), (narrow, "uncovered"), (elsewhere, "differs"),
                                               (lambda one: None, "uncovered")])
def test_blur_shade_and_boxes_in_the_wrong_place_are_found(tmp_path, act, expected):
    original = picture(tmp_path / "photo")
    for form, kept in (("JPEG", "jpeg"), ("PNG", "png")):
        assert (expected, 1) in faults([original], painted(tmp_path / "copy", act, form), {**ONE, "form": kept})


def test_the_wrong_page_too_few_pages_and_another_size_are_found(book, good, tmp_path):
    swapped = made([book], tmp_path / "swapped.pdf", {**PAGES, "pages": [2, 1]})
    assert {("differs", 1), ("differs", 2)} <= faults([book], swapped, PAGES)
    assert ("pages", None) in faults([book], made([book], tmp_path / "one.pdf", {**PAGES, "pages": [1]}), PAGES)
    small = tmp_path / "small"
    page(size=(320, 240)).save(small, "JPEG")
    assert ("size", 1) in faults([picture(tmp_path / "photo")], small, ONE)


def test_words_that_must_not_appear_are_found_as_bytes_of_any_kind(good, book):
    data = good.read_bytes()
    for n, word in enumerate(("Abu Khaled", "سامر الخير"), start=1):
        for encoding in ("utf-8", "utf-16-le", "cp1256"):
            good.chmod(0o600)
            good.write_bytes(data[:9] + b"%" + word.upper().encode(encoding) + b"\n" + data[9:])
            assert ("word", None) in faults([book], good, {**PAGES, "words": ["somebody else", "nobody here", word][-n:]})
    assert redacting.check_pages.word_faults(b"beside", b"beside and the SECRETKEY among pixels", ["secretkey", "and"]) == [
        {"code": "word", "page": None, "byte": 15, "word": 1}]


def test_what_is_no_such_file_is_found(book, tmp_path):
    for form in ("pdf", "png", "jpeg"):
        (tmp_path / "copy").write_bytes(b"words")
        assert {code for code, _page in faults([book], tmp_path / "copy", {**PAGES, "form": form})} >= {"kind", "pages"}
