"""`sitereg handover` and `sitereg packages` in the shell: asked, agreed by somebody else, made, verified; who was not asked yet."""
import json

import pytest

from sitereg import witness
from tests import given

pytestmark = pytest.mark.db
KEY = witness.Ed25519PrivateKey.generate()
ASKED = ("--recipient", "The successor", "--purpose", "the search", *(word for one in ("site", "sources", "families", "staff") for word in (f"--risk-{one}", "none")))


def test_from_the_question_to_the_verifier(run, registry, tmp_path, monkeypatch):
    monkeypatch.setattr(witness, "signing_key", lambda _settings: KEY)
    source = given.source_of(registry, "C")
    given.site(registry, given.kind("court"), given.name("Old court"), source=source)
    with registry.as_("handler"):
        assert f"{source}  testimony_resident" in run("handover", "sources", "--open").stdout
        assert "Recorded" in run("handover", "asked", source, "given", "--asked", "source", "--on", "today").stdout
        assert str(source) not in run("handover", "sources", "--open").stdout and "may be handed over" in run("handover", "sources").stdout
    package = json.loads(run("handover", "ask", *ASKED, "--json").stdout)["package"]
    early = run("handover", "make", tmp_path / "over")
    assert early.exit_code == 1 and "No hand-over was agreed" in early.stderr
    assert run("packages", "agree", package, "--why", "x").exit_code == 2
    with registry.as_("releaser"):
        assert "waits for a releaser" in run("packages", "list").stdout
        assert run("packages", "agree", package, "--why", "looked at").exit_code == 0
    made = run("handover", "make", tmp_path / "over")
    assert made.exit_code == 0 and "1 sites" in made.stdout and "fingerprint" in made.stdout
    key = witness.fingerprint(witness.public(witness.signing_key(None)))
    assert run("handover", "verify", tmp_path / "over", "--fingerprint", key).exit_code == 0
    (tmp_path / "over" / "sites.csv").write_bytes(b"x")
    changed = run("handover", "verify", tmp_path / "over")
    assert changed.exit_code == 2 and "sites.csv: was changed" in changed.stdout
    assert run("packages", "step", package, "acknowledged", "--why", "x").exit_code == 2
    assert run("packages", "step", package, "delivered", "--why", "by courier").exit_code == 0
    assert "delivered  Worker: by courier" in run("packages", "list").stdout
