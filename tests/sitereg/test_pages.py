"""Scans: pages, regions with what is written there, copies; who may not see them finds nothing; each look is logged."""
import struct
import zlib

import pytest

from sitereg import documents, errors, pictures, scans
from tests import given

pytestmark = pytest.mark.db


def png(width=60, height=80, note=b""):
    """A grey PNG of that size, with a text chunk that tells `note`."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xc0" * width for _ in range(height))
    return pictures.PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + (
        chunk(b"tEXt", b"Comment\0" + note) if note else b"") + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


JPEG = (b"\xff\xd8\xff\xe0\x00\x04JF\xff\xe1\x00\x08Exif33\xff\xfe\x00\x06note\xff\xc0\x00\x0b\x08\x00\x50\x00\x3c\x01\x01\x11\x00"
        b"\xff\xda\x00\x02scan\xff\xd9thumbnail")


@pytest.fixture
def scan(registry, tmp_path):
    """Keeps a scan of two pages; answers its id."""
    paths = [tmp_path / f"page {n}.png" for n in (1, 2)]

    def make(tier=1, **more):
        for n, path in enumerate(paths):
            path.write_bytes(png(note=f"33.543217 {n} {tier}".encode()))
        return scans.keep(registry, pages=paths, terms=given.TERMS, tier=tier, **{"shows": "a page of a register", "living": "none", **more})

    return make


def test_a_picture_is_measured_and_told_without_what_it_tells_beside_itself():
    assert pictures.measure(png(7, 9)) == ("image/png", 7, 9) and pictures.measure(JPEG) == ("image/jpeg", 60, 80)
    assert b"33.54" in png(note=b"33.54") and b"33.54" not in pictures.bare(png(note=b"33.54")) and pictures.bare(png(note=b"x")) == png()
    assert pictures.bare(JPEG) == (b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x50\x00\x3c\x01\x01\x11\x00\xff\xda\x00\x02scan\xff\xd9")
    for bad in (b"", b"GIF89a", b"\xff\xd8\xff\xe0\xff\xff", png()[:20], b"%PDF-1.7"):
        with pytest.raises(ValueError, match=r"PNG|JPEG|size"):
            pictures.measure(bad)


def test_a_scan_has_pages_regions_and_what_is_written_there_with_all_that_was_written(registry, scan):
    document = scan()
    made = registry.one("draw_region", document=document, n=2, x=.1, y=.2, width=.5, height=.1)
    registry.call("transcribe", region=made["region"], text="سجل رقم ٤", language="ar")
    with registry.as_("steward1"):
        registry.call("transcribe", region=made["region"], text="سجل رقم ٥", language="ar")
    view = scans.page(registry, document, 2)
    assert view["pages"] == 2 and view["shows"] == "a page of a register" and (view["page"]["width"], view["page"]["height"]) == (60, 80)
    region = view["page"]["regions"][0]
    assert region["locator"] == "page 2, region 1" and {one["text"] for one in region["transcriptions"]} == {"سجل رقم ٤", "سجل رقم ٥"}
    assert region["transcriptions"][0]["by"] in ("Worker", "Steward1")
    with registry.dba() as raw:
        assert raw.execute("select count(*) from reg.transcription t where t::text like '%سجل%'").fetchone()[0] == 0, "they are sealed"


def test_a_region_is_cited_as_the_locator_of_a_claim_and_only_if_it_is_there(registry, scan):
    document = scan()
    registry.one("draw_region", document=document, n=1, x=0, y=0, width=1, height=1)
    given.site(registry, given.kind("court", document=str(document), locator="page 1, region 1"))
    assert scans.page(registry, document)["page"]["regions"][0]["claims"] == 1
    for wrong in ("page 1, region 2", "page 3", "page 2, region 1"):
        with pytest.raises(errors.BadInput):
            given.site(registry, given.kind("court", document=str(document), locator=wrong))


def test_a_correction_cites_only_what_is_there_too(registry, scan):
    document = scan()
    registry.one("draw_region", document=document, n=1, x=0, y=0, width=1, height=1)
    claim = given.site(registry, given.kind("court", document=str(document), locator="page 1"))[2][0]
    with pytest.raises(errors.BadInput) as refused:
        registry.call("correct_claim", claim=claim, change=given.Json({"locator": "page 1, region 9"}), why="a slip")
    assert refused.value.problems[0]["field"] == "locator"
    registry.call("correct_claim", claim=claim, change=given.Json({"locator": "page 1, region 1"}), why="a slip")
    assert scans.page(registry, document)["page"]["regions"][0]["claims"] == 1


@pytest.mark.parametrize("box", [(-.1, 0, 1, 1), (0, 0, 0, 1), (.5, 0, .6, 1), (float("nan"), 0, 1, 1), (0, 0, float("inf"), 1)])
def test_a_region_lies_within_its_page(registry, scan, box):
    with pytest.raises(errors.BadInput):
        registry.one("draw_region", document=scan(), n=1, **dict(zip(("x", "y", "width", "height"), box, strict=True)))


def test_a_look_stands_in_the_log_and_in_the_chain_of_custody(registry, scan):
    document = scan()
    found = registry.one("open_page", document=document, n=1)
    assert documents.bytes_of(registry.settings, found["sha256"]).startswith(pictures.PNG)
    assert scans.page(registry, document)["custody"][-1]["kind"] == "opened"
    with registry.dba() as raw:
        assert raw.execute("select detail from reg.read_log where action = 'document_page' and object = %s", [document]).fetchall() == [({"page": 1},)]


def test_bytes_that_changed_are_not_shown(registry, scan):
    found = registry.one("open_page", document=scan(), n=1)
    place = documents.location(registry.settings, found["sha256"])
    held = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(held[:-1] + b"x")
    with pytest.raises(errors.SiteregError, match="not what it was"):
        documents.bytes_of(registry.settings, found["sha256"])
    place.write_bytes(held)


def test_a_hidden_scan_is_absent_in_every_way(registry, scan):
    hidden, absent = scan(tier=2), "00000000-0000-7000-8000-000000000000"
    region = registry.one("draw_region", document=hidden, n=1, x=0, y=0, width=1, height=1)["region"]
    with registry.as_("investigator1"):
        assert registry.rows("document_list") == []
        for ask in (lambda one: scans.page(registry, one), lambda one: registry.one("open_page", document=one, n=1),
                    lambda one: registry.one("draw_region", document=one, n=1, x=0, y=0, width=1, height=1),
                    lambda one: registry.call("describe_document", document=one, graphic=False, shows="x"),
                    lambda one: registry.call("transcribe", region=region if one == hidden else absent, text="x", language="ar")):
            said = []
            for one in (hidden, absent):
                with pytest.raises(errors.NotFound) as refused:
                    ask(one)
                said.append(str(refused.value))
            assert said[0] == said[1]


def test_a_redacted_copy_says_of_what_it_is_made_and_the_original_knows(registry, scan, tmp_path):
    document = scan()
    path = tmp_path / "redacted.png"
    path.write_bytes(png(10, 10))
    copy = scans.keep(registry, pages=[path], shows="the names are covered", terms=given.TERMS, role="redacted", derived_from=str(document))
    assert scans.page(registry, copy)["derived_from"]["id"] == str(document)
    view = scans.page(registry, document)
    assert [(one["id"], one["role"]) for one in view["copies"]] == [(str(copy), "redacted")] and "redacted" in [one["kind"] for one in view["custody"]]


def test_what_is_no_image_is_no_page(registry, scan, tmp_path):
    for name, data in (("list.pdf", b"%PDF-1.7"), ("a.png", JPEG), ("a.jpg", b"<html>")):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(errors.BadInput):
            scans.keep(registry, pages=[path], shows="x", terms=given.TERMS)


def papers(registry, code, reader):
    with registry.as_(reader):
        return {one["document"]: one for one in documents.of_site(registry, code)}


def test_a_site_tells_the_documents_it_rests_on_with_their_custody_and_none_that_is_hidden(registry, scan):
    with registry.dba() as raw:
        insider = given.source(raw, "source insider", "B", kind="testimony_insider")
    known, secret, told = scan(), scan(tier=2), scan()
    whose, code = given.site(registry, {**given.kind("archive"), "document": str(known)}, source=given.source_of(registry, "B"))[:2]
    given.say(registry, whose, {**given.name("Old Archive"), "document": str(known)}, {**given.name("أرشيف", "ar"), "document": str(secret)},
              source=given.source_of(registry, "B"))
    given.say(registry, whose, {"predicate": "note", "value": {"text": "Behind the mill."}, "document": str(told)}, source=insider)
    seen = {reader: papers(registry, code, reader) for reader in ("worker", "investigator1")}
    assert {one: (row["claims"], row["fields"]) for one, row in seen["investigator1"].items()} == {known: (2, ["kind", "name"])}
    assert seen["worker"].keys() == {known, secret, told} and seen["investigator1"][known]["of_all"] == 1
    assert all(row["custody"][0]["kind"] == "acquired" and len(row["sha256"]) == 64 for row in seen["worker"].values())
    with registry.as_("viewer"), pytest.raises(errors.NotFound):
        documents.of_site(registry, code)
