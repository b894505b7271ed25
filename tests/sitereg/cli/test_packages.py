"""`sitereg gate` and `sitereg packages` in the shell: from the questions to the sealed folder, whose copy it is, and notices."""
import json
from datetime import timedelta

import pytest

from sitereg import claims, sealing, vocab, witness
from tests import given

pytestmark = pytest.mark.db
KEY, RECIPIENT = witness.Ed25519PrivateKey.generate(), sealing.identity()
LEAVING = ("--recipient", "A court", "--purpose", "the trial", *(word for one in ("site", "sources", "families", "staff") for word in (f"--risk-{one}", "none")))


def test_from_the_questions_to_the_notice(run, registry, tmp_path, monkeypatch):
    monkeypatch.setattr(witness, "signing_key", lambda _settings: KEY)
    _site, code, said = given.site(registry, given.kind("court"), given.place(36.5, 33.5))
    until = (registry.value("today") + timedelta(days=20)).isoformat()
    yes = [word for one in vocab.GateQuestion for word in ("--answer", f"{one.code}=yes:looked at")]
    gate = ("gate", "ask", code, "--recipient", "A court", "--precision", "cell_10km", "--until", until, "--why", "the trial")
    assert "Is the site safe" in run("gate", "questions").stdout
    assert run(*gate, "--answer", "site:maybe").exit_code == 1
    assert "Not shown" in run(*gate, *yes, "--answer", "staff=no:they are known").stdout
    made = json.loads(run(*gate, *yes, "--json").stdout)
    pack = ("packages", "ask", code, *LEAVING, "--field", "kinds", "--field", "place", "--until", until)
    assert "The gate comes first" in run(*pack, "--key", RECIPIENT[1]).stderr or "gate" in run(*pack, "--key", RECIPIENT[1]).stderr
    with registry.as_("releaser"):
        assert run("gate", "settle", made["gate"], "agreed", "--why", "looked at").exit_code == 0
    assert "today a cell of 10 km" in run("gate", "list", "--of", code).stdout
    assert run(*pack, "--key", "age1x").exit_code == 1
    package = json.loads(run(*pack, "--key", RECIPIENT[1], "--json").stdout)["package"]
    assert run("packages", "make", package, tmp_path / "out").exit_code == 2
    with registry.as_("releaser"):
        assert run("packages", "agree", package, "--why", "looked at").exit_code == 0
    assert "fingerprint" in run("packages", "make", package, tmp_path / "out").stdout
    assert run("handover", "verify", tmp_path / "out").exit_code == 0
    (tmp_path / "found.csv").write_text(f"code,kinds\n{code},court\n")
    with registry.as_("releaser"):
        assert "A court" in run("packages", "whose", tmp_path / "found.csv").stdout
    claims.end(registry, said[1], why="a mistake")
    notice = json.loads(run("packages", "notices", "--json").stdout)[0]["id"]
    assert run("packages", "notify", notice, tmp_path / "notice").exit_code == 0
    assert run("packages", "noticed", notice, "delivered", "--how", "by courier").exit_code == 0
    assert "delivered: by courier" in run("packages", "notices").stdout
    assert run("packages", "noticed", notice, "acknowledged", "--how", "by letter").exit_code == 0
    assert "No notice is open" in run("packages", "notices").stdout
    assert "Ended" in run("gate", "settle", made["gate"], "ended", "--why", "over").stdout
