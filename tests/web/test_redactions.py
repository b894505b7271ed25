"""The redaction desk on its pages: drawn by numbers, asked for, looked at before and after, made by another, retracted; hidden from the rest."""
import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import soundfile
from PIL import Image

from sitereg import documents, redactions, scans
from tests import given
from tests.sitereg import redacting
from tests.web.test_hidden import still

pytestmark = pytest.mark.db
BOX = {"page": "1", "x": "10", "y": "١٠", "width": "50", "height": "6", "reason": "witness", "why": ""}


@pytest.fixture
def scan(house, tmp_path):
    """Keeps a picture, other bytes each time; answers its id."""
    def make(tier=1, **more):
        path = redacting.picture(tmp_path / "page.png")
        path.write_bytes(path.read_bytes() + uuid4().bytes)
        with house.as_("worker") as opened:
            return scans.keep(opened, pages=[path], terms=given.TERMS, tier=tier, **{"shows": "a page", "living": "none", **more})
    return make


def drafted(house, document, who="handler", lang="en", tier="1"):
    """The address of a redaction that waits."""
    visitor = house.visitor(who, lang)
    here = visitor.post(f"/documents/{document}/redactions", 303).headers["Location"]
    visitor.post(f"{here}/marks", 303, **BOX)
    visitor.post(f"{here}/ask", 303, tier=tier, shows="names covered", words="Invented Bulldozer\nسامر", instead="yes")
    return here


def asking(page):
    return page.split('name="seen" value="')[1].split('"')[0]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_one_person_covers_another_looks_and_makes(house, scan, lang):
    document = scan()
    drafter, checker = house.visitor("handler", lang), house.visitor("officer", lang)
    assert f"/documents/{document}/redactions" in drafter.get(f"/documents/{document}").text
    here = drafter.post(f"/documents/{document}/redactions", 303).headers["Location"]
    wrong = drafter.post(f"{here}/marks", 422, **{**BOX, "reason": "other", "why": "", "x": "99"}).text
    assert 'value="99"' in wrong
    drafter.post(f"{here}/marks", 303, **BOX)
    drafter.post(f"{here}/marks", 303, **{**BOX, "y": "60"})
    page = drafter.get(here).text
    assert '<rect class="covered" id="box-1" x="64.0" y="48.0" width="320.0"' in page and f'src="/documents/{document}/pages/1"' in page
    drafter.post(f"{here}/marks/2", 303)
    assert 'id="box-2"' not in drafter.get(here).text
    drafter.post(f"{here}/ask", 422, tier="1", shows="")
    drafter.post(f"{here}/ask", 303, tier="1", shows="names covered", words="Invented Bulldozer\nسامر", instead="yes")
    drafter.post(f"{here}/marks", 409, **BOX)
    assert 'name="seen"' not in drafter.get(f"{here}/check").text
    for who in ("officer", "releaser"):
        assert f"{here}/check" in house.visitor(who, lang).get("/redactions").text
    page = checker.get(f"{here}/check").text
    seen = asking(page)
    assert "سامر" in page and f'src="{here}/pages/1"' in page
    checker.post(f"{here}/made", 409, seen=seen, why="unseen")
    after = checker.get(f"{here}/pages/1")
    with Image.open(io.BytesIO(after.data)) as shown:
        assert after.mimetype == "image/jpeg" and max(shown.getpixel((200, 60))) < 4 and max(shown.getpixel((10, 10))) > 200
    drafter.get(f"{here}/pages/1")
    drafter.post(f"{here}/made", 409, seen=seen, why="mine")
    checker.post(f"{here}/made", 422, seen=seen, why="")
    where = checker.post(f"{here}/made", 303, seen=seen, why="looked at").headers["Location"]
    copy = house.visitor("investigator1", lang).get(where).text
    assert "redacted-" in copy and "page.png" in copy
    checker.post(f"{here}/settle", 303, act="retracted", why="a name shows")
    assert house.rows("select count(*) from reg.read_log where action = 'redaction_original' and detail->>'redaction' = %s", here.split("/")[-1])[0][0] >= 3


def test_the_page_before_and_the_page_after_are_opened_in_the_same_moment(house, scan):
    document = scan()
    here = drafted(house, document)
    with ThreadPoolExecutor(1) as beside:
        with house.as_("officer") as opened:
            opened.one("open_page", document=document, n=1)
            other = beside.submit(lambda: house.visitor("officer").get(f"{here}/pages/1"))
            time.sleep(.5)
        assert other.result().mimetype == "image/jpeg"


def test_what_was_found_in_a_copy_is_said_and_it_is_not_kept(house, scan, monkeypatch):
    from sitereg.imports.readers import process

    here, whole = drafted(house, scan()), process.made
    checker = house.visitor("officer", "ar")
    checker.get(f"{here}/pages/1")
    seen = asking(checker.get(f"{here}/check").text)
    monkeypatch.setattr(process, "made", lambda files, room, **options: whole(files, room, **{**options, "marks": {}}))
    page = checker.post(f"{here}/made", 409, seen=seen, why="looked at").text
    assert "شيء يظهر حيث يجب أن يكون محجوباً (الصفحة 1)" in page and "looked at" in page
    assert house.rows("select count(*) from reg.redaction_step where redaction = %s and step = 'made'", here.split("/")[-1])[0][0] == 0


def test_refused_with_words_it_is_a_draft_again(house, scan):
    here = drafted(house, scan())
    house.visitor("officer").post(f"{here}/settle", 422, act="refused", why="")
    house.visitor("officer").post(f"{here}/settle", 303, act="refused", why="the corner shows a face")
    page = house.visitor("handler").get(here).text
    assert "the corner shows a face" in page and 'id="mark"' in page
    house.visitor("handler").post(f"{here}/settle", 303, act="dropped", why="another page")
    house.visitor("handler").post(f"{here}/marks", 409, **BOX)


def test_a_lower_copy_is_made_by_a_releaser_and_then_seen_without_its_original(house, scan):
    document = scan(tier=2)
    here = drafted(house, document)
    for who in ("officer", "releaser"):
        house.visitor(who).get(f"{here}/pages/1")
    page = house.visitor("officer").get(f"{here}/check").text
    seen = asking(house.visitor("releaser").get(f"{here}/check").text)
    assert 'name="seen"' not in page
    house.visitor("officer").post(f"{here}/made", 409, seen=seen, why="x")
    where = house.visitor("releaser").post(f"{here}/made", 303, seen=seen, why="x").headers["Location"]
    shown = house.visitor("investigator1").get(where).text
    assert str(document) not in shown and "page.png" not in shown and "redacted-" in shown


def test_hidden_absent_and_wrong_are_one_answer(house, scan):
    hidden, absent = scan(tier=2), "00000000-0000-7000-8000-000000000000"
    here = drafted(house, hidden)
    reader, nowhere = house.visitor("investigator1"), f"/redactions/{absent}"
    for tail in ("", "/check", "/pages/1", "/sound"):
        assert still(reader.get(here + tail, 404)) == still(reader.get(nowhere + tail, 404))
    for tail, form in (("/marks", BOX), ("/marks/1", {}), ("/ask", {"tier": "1", "shows": "x"}), ("/settle", {"act": "refused", "why": "x"}),
                       ("/made", {"seen": absent, "why": "x"})):
        assert still(reader.post(here + tail, 404, **form)) == still(reader.post(nowhere + tail, 404, **form))
    assert still(reader.post(f"/documents/{hidden}/redactions", 404)) == still(reader.post(f"/documents/{absent}/redactions", 404))
    assert here not in reader.get("/redactions").text
    for who in ("viewer", "verifier", "auditor"):
        house.visitor(who).get("/redactions", 403)


def test_what_cannot_be_redacted_as_it_is_says_what_to_do(house, tmp_path):
    (tmp_path / "notes.txt").write_text(f"words {uuid4()}")
    with house.as_("worker") as opened:
        document = documents.keep(opened, path=tmp_path / "notes.txt", terms=given.TERMS)
    assert "print it to a PDF" in house.visitor("handler").post(f"/documents/{document}/redactions", 409).text
    assert "اطبعه إلى ملف PDF" in house.visitor("handler", "ar").post(f"/documents/{document}/redactions", 409).text


def test_a_graphic_original_is_not_loaded_unasked(house, scan):
    here = drafted(house, scan(graphic=True))
    page = house.visitor("officer").get(f"{here}/check").text
    assert "/pages/1" not in page and "shown=yes" in page and f'src="{here}/pages/1"' in house.visitor("officer").get(f"{here}/check?shown=yes").text


def test_sound_is_seen_as_a_line_heard_before_and_after_and_made(house, tmp_path):
    path = redacting.sound(tmp_path / "said.wav", seconds=3 + uuid4().int % 9)
    with house.as_("worker") as opened:
        document = documents.keep(opened, path=path, terms=given.TERMS)
    drafter, checker = house.visitor("handler"), house.visitor("officer")
    here = drafter.post(f"/documents/{document}/redactions", 303).headers["Location"]
    drafter.post(f"{here}/marks", 303, began="0:01", ended="٢٫٥", reason="source_identity", why="")
    page = drafter.get(here).text
    assert 'src="data:image/png;base64,' in page and re.search('id="box-1" x="1(.0)?" y="0" width="1.5"', page)
    drafter.post(f"{here}/ask", 303, tier="1", shows="a voice", form="wav", length="cut", instead="yes")
    page = checker.get(f"{here}/check").text
    seen = asking(page)
    checker.post(f"{here}/made", 409, seen=seen, why="unheard")
    answer = checker.get(f"{here}/sound?covered=yes")
    assert answer.mimetype == "audio/flac" and not soundfile.read(io.BytesIO(answer.data))[0][8000:16000].any()
    assert "media-src 'self'" in answer.headers["Content-Security-Policy"]
    checker.post(f"{here}/made", 303, seen=seen, why="heard")
    with house.as_("worker") as opened:
        assert redactions.listed(opened, document)[0]["state"] == "made"
