"""Redacted copies: what leaves, what does not any more, what a retraction takes back, what a faulty maker is refused."""
import contextlib
import hashlib
import io

import pytest
import soundfile
from PIL import Image

from sitereg import consent, documents, redactions, scans
from sitereg.errors import NotFound, Refused
from sitereg.imports.readers import process
from sitereg.store.session import Json
from tests import given
from tests.sitereg import redacting, redacting_desk
from tests.sitereg.redacting_desk import BOX, RISK, agreed, kept_sound, looked_at, made_by, waiting

pytestmark = pytest.mark.db


@pytest.fixture
def opening(registry):
    return lambda: contextlib.nullcontext(registry)


@pytest.fixture
def scan(registry, tmp_path):
    """Keeps a scan of one picture, or of two pages as a PDF; answers its id."""
    return lambda *kind, **more: redacting_desk.scan(registry, tmp_path, *kind, **more)


@pytest.mark.parametrize(("kind", "media"), [("png", "image/png"), ("jpg", "image/jpeg")])
def test_a_picture_becomes_a_picture_that_leaves_as_it_was_checked(registry, scan, opening, kind, media):
    redaction, seen = waiting(registry, scan(kind), BOX)
    made = made_by(registry, opening, redaction, seen)
    view = scans.page(registry, made)
    released = documents.release(registry, made, recipient="A partner", purpose="test", risk=RISK)
    data = documents.leaving(registry.settings, released)
    assert view["media_type"] == media and view["pages"] == 1 and hashlib.sha256(data).hexdigest() == view["sha256"]


def test_the_copy_leaves_to_the_byte_and_the_original_does_not_any_more(registry, scan, opening):
    document = scan("pdf")
    redaction, seen = waiting(registry, document, BOX)
    documents.release(registry, document, recipient="A partner", purpose="before", risk=RISK)
    made = made_by(registry, opening, redaction, seen)
    released = documents.release(registry, made, recipient="A partner", purpose="test", risk=RISK)
    assert hashlib.sha256(documents.leaving(registry.settings, released)).hexdigest() == released["sha256"] == scans.page(registry, made)["sha256"]
    page = registry.one("open_page", document=document, n=1)["sha256"]
    (image,) = [one["document"] for one in documents.find(registry, sha256=page)]
    for one in (document, image):
        with pytest.raises(Refused) as refused:
            documents.release(registry, one, recipient="A partner", purpose="test", risk=RISK)
        assert "in its place" in refused.value.needs
    assert scans.page(registry, document)["replaced"]


def test_a_retraction_opens_no_original_and_two_persons_do(registry, scan):
    document = scan()
    for instead, leaves in ((True, False), (False, True)):
        redaction, seen = waiting(registry, document, BOX, instead=instead)
        agreed(registry, redaction, seen)
        redactions.settle(registry, redaction, "retracted", why="x")
        assert scans.page(registry, document)["replaced"] is not leaves
    documents.release(registry, document, recipient="A court", purpose="test", risk=RISK)


def test_nobody_lays_the_copy_ready_under_terms_of_his_own(registry, scan):
    document = scan()
    redaction, seen = waiting(registry, document, BOX)
    file = {"sha256": "cd" * 32, "size": 3, "media_type": "image/png", "original_name": "x.png"}
    with registry.as_("analyst1"):
        registry.call("keep_document", file=Json({**file, "role": "redacted", "derived_from": str(document)}), terms=Json({**given.TERMS, "terms": "publish it"}))
    with pytest.raises(Refused) as refused:
        agreed(registry, redaction, seen, file=Json(file))
    assert "from elsewhere" in refused.value.needs and redactions.show(registry, redaction)["state"] == "waiting"


def test_where_both_may_leave_two_persons_said_so(registry, scan, opening):
    document = scan()
    redaction, seen = waiting(registry, document, BOX, instead=False)
    agreed(registry, redaction, seen)
    documents.release(registry, document, recipient="A court", purpose="test", risk=RISK)


def test_a_copy_that_is_retracted_leaves_no_more_is_gone_and_who_has_it_is_told(registry, scan, opening):
    document = scan(tier=2, living="shown")
    redaction, seen = waiting(registry, document, BOX, tier=1)
    with registry.as_("releaser"):
        made = agreed(registry, redaction, seen)
    with registry.as_("investigator1"):
        documents.release(registry, made, recipient="A partner", purpose="test", risk=RISK)
        page = registry.one("open_page", document=made, n=1)["sha256"]
        (image,) = [one["document"] for one in documents.find(registry, sha256=page)]
    redactions.settle(registry, redaction, "retracted", why="a name shows on page 2")
    with registry.as_("investigator1"):
        assert registry.rows("document_list") == []
        for one in (made, image):
            with pytest.raises(NotFound):
                scans.page(registry, one)
    with pytest.raises(Refused) as refused:
        documents.release(registry, made, recipient="A partner", purpose="test", risk=RISK)
    assert "retracted" in refused.value.needs and scans.page(registry, made)["retracted"]
    with pytest.raises(Refused) as refused:
        documents.release(registry, document, recipient="A partner", purpose="test", risk=RISK)
    assert "in its place" in refused.value.needs, "one person's retraction does not open the original"
    with registry.as_("releaser"):
        told = [one for one in registry.rows("tasks", limit=1000) if one["what"] == "tell_recipient"]
        assert [one["data"]["recipient"] for one in told] == ["A partner"]
    assert [one for one in registry.rows("tasks", limit=1000) if one["what"] == "redact_document"]


def test_what_a_faulty_maker_made_is_not_kept(registry, scan, opening, monkeypatch):
    redaction, seen = waiting(registry, scan("pdf"), BOX, words=["secret name"])
    whole = process.made

    def faulty(files, room, **options):
        path, told = whole(files, room, **{**options, "marks": {}})
        path.write_bytes(path.read_bytes() + b"the Secret Name of somebody")
        return path, told

    monkeypatch.setattr(process, "made", faulty)
    with pytest.raises(Refused) as refused:
        made_by(registry, opening, redaction, seen)
    assert refused.value.guard == "extraction" and {one["code"] for one in refused.value.details["faults"]} >= {"uncovered", "trailing", "word"}
    assert "something shows where it should be covered (page 1)" in str(refused.value) and "secret" not in str(refused.value).lower()
    assert redactions.show(registry, redaction)["state"] == "waiting"
    assert [row for row in registry.rows("document_list") if row["role"] == "redacted"] == []


def test_the_database_keeps_no_copy_with_a_fault_and_not_the_original_itself(registry, scan):
    document = scan()
    redaction, seen = waiting(registry, document, BOX)
    looked_at(registry, redaction)
    file = {"sha256": "ab" * 32, "size": 3, "media_type": "application/pdf", "original_name": "x.pdf"}
    for more in ({"checks": Json({"faults": [{"code": "text"}]})}, {"checks": Json({})}, {"file": Json({**file, "sha256": scans.page(registry, document)["sha256"]})}):
        with pytest.raises(Refused) as refused:
            registry.call("redaction_made", **{"redaction": redaction, "seen": seen, "file": Json(file), "pages": Json([]), "checks": Json({"faults": []}), "why": "x", **more})
        assert refused.value.guard == "extraction"


@pytest.mark.parametrize(("form", "length", "media", "seconds"), [("flac", "keep", "audio/flac", 5), ("wav", "cut", "audio/x-wav", 4.5)])
def test_sound_is_covered_heard_before_and_after_and_kept(registry, tmp_path, opening, form, length, media, seconds):
    document = kept_sound(registry, tmp_path / "said.wav")
    redaction, seen = waiting(registry, document, {"began": 1, "ended": 2.5, "reason": "source_identity"}, form=form, length=length)
    png, whole = redactions.waveform(opening, redaction)
    assert png[:4] == b"\x89PNG" and whole == 5
    held = [soundfile.read(io.BytesIO(redactions.heard(opening, redaction, covered=one)))[0] for one in (False, True)]
    assert len(held[0]) == 5 * redacting.RATE and len(held[1]) == seconds * redacting.RATE and not held[1][redacting.RATE:2 * redacting.RATE].any()
    made = made_by(registry, opening, redaction, seen)
    view = scans.page(registry, made)
    assert (view["media_type"], view["role"], view["pages"]) == (media, "redacted", 0)
    released = documents.release(registry, made, recipient="A partner", purpose="test", risk=RISK)
    assert hashlib.sha256(documents.leaving(registry.settings, released)).hexdigest() == view["sha256"]


def test_before_it_is_made_a_page_is_shown_as_it_will_be(registry, scan, opening):
    redaction = redactions.start(registry, scan("png"))
    redactions.mark(registry, redaction, [BOX])
    with Image.open(io.BytesIO(redactions.preview(opening, redaction, 1))) as shown:
        assert shown.size == (640, 480) and max(shown.getpixel((200, 60))) < 4
    with pytest.raises(NotFound):
        redactions.preview(opening, redaction, 2)


def test_where_the_boxes_lie_and_which_words_stands_in_no_log(registry, scan, opening):
    redaction, seen = waiting(registry, scan(), {**BOX, "x": .123456, "reason": "other", "why": "a telling reason"}, words=["A telling word"])
    made_by(registry, opening, redaction, seen)
    with registry.dba() as raw:
        logged = str(raw.execute("select action, reason from reg.audit_event").fetchall() + raw.execute("select action, detail from reg.read_log").fetchall())
        stored = str(raw.execute("select plan, checks, why from reg.redaction_step").fetchall())
        custody = str(raw.execute("select note from reg.custody_event").fetchall())
        assert raw.execute("select count(*) from reg.read_log where action = 'redaction_original'").fetchone()[0] == 2
    for told in ("123456", "telling"):
        assert told not in logged + custody
    assert "telling" not in stored and redactions.show(registry, redaction)["words"] == ["A telling word"]


def test_a_copy_follows_the_consent_of_its_original(registry, scan, opening):
    document = scan()
    with registry.dba() as raw:
        source = given.source(raw, "of the scan", "B")
    given.site(registry, given.kind("mass_grave", document=str(document)), source=source)
    redaction, seen = waiting(registry, document, BOX)
    made = agreed(registry, redaction, seen)
    consent.change(registry, source, consent="withdrawn", why="asked for it")
    for one in (document, made):
        with registry.as_("investigator1"), pytest.raises(NotFound):
            scans.page(registry, one)


def test_a_copy_made_elsewhere_waits_until_another_person_looked(registry, tmp_path, scan):
    document = scan("png", living="shown")
    path = redacting.picture(tmp_path / "by hand.png")
    copy = scans.keep(registry, pages=[path], shows="faces covered", terms=given.TERMS, role="redacted", derived_from=str(document))
    scans.look(registry, copy, living="none")
    for _who in range(2):
        with pytest.raises(Refused) as refused:
            documents.release(registry, copy, recipient="A partner", purpose="test", risk=RISK)
        assert refused.value.guard == "redaction"
    with registry.as_("officer"):
        scans.look(registry, copy, living="none")
        documents.release(registry, copy, recipient="A partner", purpose="test", risk=RISK)
