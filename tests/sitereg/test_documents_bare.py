"""Working copies tell nothing beside the picture; originals lie sealed; a kept file that changed is handed out to nobody."""
import hashlib
import io
import stat

import psycopg
import pypdfium2
import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from sitereg import audit, documents, errors, keeper, pictures, scans
from sitereg.imports.readers import process
from sitereg.store import arriving, cluster, evidence, session
from tests import given
from tests.conftest import drop
from tests.sitereg.tampering import WORKER, house
from tests.sitereg.test_scans import book

MARK = b"secret mark"
WORDS = MARK.decode()


def drawing(size=(40, 24)):
    made = Image.new("RGB", size, "white")
    ImageDraw.Draw(made).rectangle((0, 0, 9, 5), fill="black")
    return made


def exif(orientation=None):
    told = Image.Exif()
    told[0x010F], told[0x013B] = f"{WORDS} camera", f"{WORDS} author"
    if orientation:
        told[0x0112] = orientation
    told.get_ifd(0x8825).update({1: "N", 2: (33.0, 32.0, 35.5), 29: WORDS})
    return told


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + MARK


def jpeg(orientation=None, **more):
    """A JPEG with all that one can tell: EXIF with coordinates, XMP, IPTC, a comment, a profile, two thumbnails, another picture behind it."""
    held = io.BytesIO()
    drawing().save(held, "JPEG", quality=95, exif=exif(orientation), comment=MARK, icc_profile=profile(), xmp=b"<x>" + MARK + b"</x>", **more)
    data = held.getvalue()
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10" + MARK
    told = b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc
    thumb = b"JFXX\0\x10" + MARK
    told += b"\xff\xe0" + (len(thumb) + 2).to_bytes(2, "big") + thumb
    small = b"JFIF\0\x01\x02\0\0\x01\0\x01\x02\x02" + (MARK + b"x")[:12]
    assert data[2:4] == b"\xff\xe0"
    end = 4 + int.from_bytes(data[4:6], "big")
    return data[:2] + b"\xff\xe0" + (len(small) + 2).to_bytes(2, "big") + small + told + data[end:] + data + MARK


def png():
    held, words = io.BytesIO(), PngImagePlugin.PngInfo()
    words.add_text("Author", WORDS)
    words.add_text("Comment", WORDS * 9, zip=True)
    words.add_itxt("XML:com.adobe.xmp", f"<x>{WORDS}</x>")
    drawing().save(held, "PNG", pnginfo=words, exif=exif(), icc_profile=profile(), dpi=(72, 72))
    return held.getvalue() + MARK


def inspected(data):
    """What an inspector of pictures finds beside the picture: names of what tells something."""
    with Image.open(io.BytesIO(data)) as made:
        made.load()
        found = set(made.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "gamma", "srgb", "progressive", "progression"}
        return found | {"exif" for _ in [0] if len(made.getexif())} | {"xmp" for _ in [0] if made.getxmp()} | {
            "frames" for _ in [0] if getattr(made, "n_frames", 1) > 1}


def pixels(data):
    with Image.open(io.BytesIO(data)) as made:
        return made.convert("RGB").tobytes()


@pytest.mark.parametrize("data", [jpeg(), jpeg(progressive=True), jpeg(orientation=6), png()], ids=["jpeg", "progressive", "turned", "png"])
def test_a_bare_picture_is_the_same_picture_and_tells_nothing_else(data):
    assert MARK in data and inspected(data) >= {"exif", "icc_profile"}
    made = pictures.bare(data)
    assert inspected(made) == set() and MARK not in made and pixels(made) == pixels(data)
    assert pictures.bare(made) == made and pictures.measure(made) == pictures.measure(data)


def test_whether_a_picture_is_to_be_turned_is_read_from_what_it_says():
    assert [pictures.turned(one) for one in (jpeg(), jpeg(1), jpeg(6), jpeg(3), png(), b"", b"\xff\xd8\xff\xe1\x00\x0aExif\0\0II", pictures.bare(jpeg(6)))] == [
        False, False, True, True, False, False, False, False]


@pytest.mark.db
def test_a_turned_picture_is_shown_and_leaves_upright_and_its_original_stays_as_it_came(registry, tmp_path):
    path = tmp_path / "page.jpg"
    path.write_bytes(jpeg(orientation=6))
    document = scans.keep(registry, pages=[path], shows="a page", living="none", terms=given.TERMS)
    view = scans.page(registry, document)
    assert (view["page"]["width"], view["page"]["height"]) == (24, 40) and view["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    found = registry.one("open_page", document=document, n=1)
    shown = documents.bytes_of(registry.settings, found["sha256"])
    with Image.open(io.BytesIO(shown)) as made:
        assert made.size == (24, 40) and made.convert("L").getpixel((21, 3)) < 60 and made.convert("L").getpixel((3, 3)) > 200
    assert inspected(shown) == set() and MARK not in shown
    assert [one["kind"] for one in view["custody"]] == ["acquired", "hashed", "copied"]
    risk = dict.fromkeys(("site", "sources", "families", "staff"), "none, it is made up")
    made = documents.release(registry, document, recipient="A partner", purpose="test", risk=risk)
    assert documents.leaving(registry.settings, made) == pictures.bare(shown)
    assert documents.bytes_of(registry.settings, view["sha256"]) == path.read_bytes()
    place = documents.location(registry.settings, view["sha256"])
    assert stat.S_IMODE(place.stat().st_mode) == 0o400


@pytest.mark.db
def test_what_leaves_of_a_pdf_has_no_author_and_no_words_of_the_original(registry, tmp_path):
    path = book(tmp_path / "book.pdf", author=WORDS, subject=WORDS)
    assert MARK in path.read_bytes() or pypdfium2.PdfDocument(path).get_metadata_dict()["Author"] == WORDS
    document = scans.keep(registry, pages=[path], shows="a page", living="none", terms=given.TERMS)
    risk = dict.fromkeys(("site", "sources", "families", "staff"), "none, it is made up")
    data = documents.leaving(registry.settings, documents.release(registry, document, recipient="A partner", purpose="test", risk=risk))
    told = pypdfium2.PdfDocument(data).get_metadata_dict()
    assert not any(told.get(name) for name in ("Title", "Author", "Subject", "Keywords")) and MARK not in data


@pytest.mark.db
@pytest.mark.parametrize("broken", [False, True])
def test_the_hash_is_of_the_bytes_as_they_came_and_they_are_kept_before_anybody_parses_them(registry, tmp_path, monkeypatch, broken):
    path = tmp_path / "book.pdf"
    path.write_bytes(b"%PDF-1.7 " + MARK)
    sha256, seen = hashlib.sha256(path.read_bytes()).hexdigest(), []

    def drawn(one, room, *, format):
        seen.append((one.sha256, documents.location(registry.settings, sha256).read_bytes()))
        if broken:
            raise errors.BadInput("The PDF is damaged")
        return iter(())

    monkeypatch.setattr(process, "drawn", drawn)
    try:
        scans.keep(registry, pages=[path], shows="x", terms=given.TERMS)
    except errors.BadInput:
        assert broken and documents.find(registry, sha256=sha256) == []
    assert seen == [(sha256, path.read_bytes())]


@pytest.fixture(scope="module")
def store(server, tmp_path_factory):
    settings = house(server, tmp_path_factory.mktemp("files") / "home", "kept_files")
    yield settings
    session.close()
    drop(server, settings.database)


def rows(settings, query, *args):
    with psycopg.connect(cluster.dsn(settings)) as raw:
        return raw.execute(query, args).fetchall()


def custody(settings, sha256):
    return [kind for kind, in rows(settings, "select c.kind from reg.custody_event c join reg.document d on d.id = c.document"
                                   " where d.sha256 = decode(%s, 'hex') order by c.n", sha256)]


@pytest.mark.db
def test_a_kept_file_that_changed_is_sealed_told_of_and_unsealed_once_it_is_back(store):
    sha256 = rows(store, "select encode(sha256, 'hex') from reg.document where media_type = 'text/plain'")[0][0]
    document = rows(store, "select id from reg.document where media_type = 'text/plain'")[0][0]
    place, risk = arriving.target(store, sha256), dict.fromkeys(("site", "sources", "families", "staff"), "none, made up")
    before = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(b"X" + before[1:])
    with pytest.raises(errors.Refused) as refusal:
        documents.bytes_of(store, sha256)
    assert refusal.value.code == "evidence_changed" and refusal.value.do and [one.name for one in evidence.suspects(store)] == [sha256]
    keeper.look_at_suspects(store)
    keeper.look_at_suspects(store)
    assert custody(store, sha256) == ["acquired", "hashed", "sealed"], "told once"
    assert rows(store, "select what, role, data->>'document' from reg.task where done_at is null") == [("evidence_incident", "data_steward", str(document))]
    with session.acting(store, WORKER) as opened, pytest.raises(errors.Refused) as refusal:
        documents.release(opened, document, recipient="A partner", purpose="test", risk=risk)
    assert refusal.value.guard == "evidence"
    place.write_bytes(before)
    place.chmod(0o400)
    keeper.look_at_suspects(store)
    assert custody(store, sha256)[-1] == "verified" and evidence.suspects(store) == []
    assert rows(store, "select 1 from reg.task where done_at is null") == []
    with session.acting(store, WORKER) as opened:
        assert documents.leaving(store, documents.release(opened, document, recipient="A partner", purpose="test", risk=risk)) == before
    assert {"evidence_incident", "evidence_restored"} <= {one for one, in rows(store, "select action from reg.audit_event")}
    assert audit.verify(store, files=True).sound


@pytest.mark.db
def test_the_keeper_hashes_all_files_again_by_and_by_and_says_so(store):
    sha256 = max(one for one, in rows(store, "select encode(sha256, 'hex') from reg.document"))
    place = arriving.target(store, sha256)
    before = place.read_bytes()
    place.unlink()
    for _ in range(5):
        keeper.look_at_evidence(store)
    place.write_bytes(before)
    place.chmod(0o400)
    assert custody(store, sha256)[-1] == "sealed"
    told = rows(store, "select reason from reg.audit_event where action = 'rehash_evidence'")
    assert len(told) == 1 and told[0][0].startswith("4 files hashed again since ") and told[0][0].endswith(", 1 not as they were")
    keeper.look_at_suspects(store)
    assert custody(store, sha256)[-1] == "verified" and audit.verify(store, files=True).sound
