"""`sitereg redactions` in the shell: drafted by one account, refused, drafted anew, looked at and made by another, retracted."""
import io
import json

import pytest
import soundfile
from PIL import Image

from sitereg import scans
from tests import given
from tests.sitereg import redacting

pytestmark = pytest.mark.db


@pytest.fixture
def drafted(registry, run, tmp_path):
    """(document, redaction): a draft of the handler with two boxes."""
    document = scans.keep(registry, pages=[redacting.picture(tmp_path / "page.png")], shows="x", living="none", terms=given.TERMS)
    (tmp_path / "marks.json").write_text(json.dumps([{"page": 1, "x": .5, "y": .5, "width": .2, "height": .1, "reason": "other", "why": "a dog"}]))
    with registry.as_("handler"):
        made = json.loads(run("redactions", "start", document, "--json").stdout)["redaction"]
        assert run("redactions", "mark", made, "--page", 1, "--box", 10, 10, 50, 6, "--reason", "witness").stdout == "Covered: 1.\n"
        assert json.loads(run("redactions", "mark", made, "--from", tmp_path / "marks.json", "--json").stdout) == {"numbers": [2]}
    return document, made


def test_from_a_draft_to_a_copy_and_its_retraction(run, registry, drafted, tmp_path):
    document, made = drafted
    (tmp_path / "words.txt").write_text("Invented Bulldozer\n\nسامر\n")
    with registry.as_("handler"):
        assert run("redactions", "unmark", made, 2).exit_code == 0
        assert run("redactions", "ask", made, "--shows", "names covered", "--tier", 1, "--words", tmp_path / "words.txt").exit_code == 0
        assert run("redactions", "settle", made, "refused", "--why", "one more").stdout == "Refused.\n"
        assert run("redactions", "ask", made, "--shows", "names covered", "--tier", 1, "--words", tmp_path / "words.txt").exit_code == 0
        own = run("redactions", "make", made, "--why", "mine")
        assert own.exit_code == 2 and "Another person" in own.stderr
    shown = run("redactions", "show", made).stdout
    assert "page 1: 10.0 / 10.0, 50.0 x 6.0  a witness" in shown and "not looked at by you yet: pages 1" in shown and "refused by Handler: one more" in shown
    assert json.loads(run("redactions", "show", made, "--json").stdout)["words"] == ["Invented Bulldozer", "سامر"]
    assert "Look at each page" in run("redactions", "make", made, "--why", "unseen").stderr
    assert run("redactions", "page", made, 1, "-o", tmp_path / "after.jpg").exit_code == 0
    with Image.open(tmp_path / "after.jpg") as after:
        assert max(after.getpixel((200, 60))) < 4
    copy = json.loads(run("redactions", "make", made, "--why", "looked at", "--json").stdout)["document"]
    assert scans.page(registry, copy)["role"] == "redacted"
    assert f"{made}  made" in run("redactions", "list", "--document", document).stdout
    assert run("redactions", "settle", made, "retracted", "--why", "a name shows").exit_code == 0 and scans.page(registry, copy)["retracted"]
    assert {action for action, _ in run("redactions", "list").logged} == {"redaction", "redaction_list"}


def test_sound_is_kept_covered_and_heard(run, registry, tmp_path):
    kept = run("documents", "add", redacting.sound(tmp_path / "said.wav"), "--shows", "a voice", "--partner", "P", "--terms", "t", "--use", "analysis",
               "--consent", "given", "--json")
    document = json.loads(kept.stdout)["document"]
    made = json.loads(run("redactions", "start", document, "--json").stdout)["redaction"]
    assert run("redactions", "mark", made, "--interval", 1, 2.5, "--reason", "source_identity").exit_code == 0
    assert run("redactions", "hear", made, "-o", tmp_path / "after.flac").exit_code == 0
    assert not soundfile.read(io.BytesIO((tmp_path / "after.flac").read_bytes()))[0][8000:20000].any()
    assert "1.00 - 2.50 s" in run("redactions", "show", made).stdout and "said.wav" in run("documents", "find").stdout


@pytest.mark.parametrize("words", [(), ("--page", 1, "--box", 1, 1, 1, 1, "--interval", 1, 2)])
def test_a_mark_is_one_thing(run, drafted, words):
    assert run("redactions", "mark", drafted[1], *words).exit_code == 1
