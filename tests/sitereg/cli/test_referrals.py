"""`sitereg referrals` in the shell: a partner bound, a family referred with its consent, overdue, handed over, opened, counted."""
import json
from datetime import date

import pytest

from tests import vault_keys
from tests.sitereg.test_agreements import agree, turn
from tests.sitereg.test_referrals import SAID, answer, doors, handlers, key_of

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def day(request):
    """The day stands still: in Damascus it may be another one than here."""
    if "registry" in request.fixturenames:
        turn(request.getfixturevalue("registry"), 0)


def test_from_the_partner_to_the_outcome(run, registry, tmp_path):
    agreement = str(agree(registry, kinds=["referrals"]))
    doors(registry, "door")
    handlers(registry, "case2")
    key_of(registry, "door")
    vault_keys.hand_out(registry, "handler")
    file = tmp_path / "said.json"
    file.write_text(json.dumps(SAID))
    with registry.as_("handler"):
        assert run("referrals", "bind", "door", agreement).exit_code == 0
        assert agreement in run("referrals", "partners").stdout and "NO KEY" not in run("referrals", "partners").stdout
        made = json.loads(run("referrals", "draft", agreement, "--need", "legal", "--urgency", "critical", "--fields", str(file), "--json").stdout)["referral"]
        assert run("referrals", "step", made, "sent").exit_code == 2
        covers = [part for name in SAID for part in ("--covers", name)]
        assert run("referrals", "consent", made, "--form", "spoken", "--by", "self", "--on", str(date.today()), *covers).exit_code == 0
        assert run("referrals", "step", made, "sent").exit_code == 0
    answer(registry, made, "accepted")
    answer(registry, made, "outcome", outcome="in_part")
    turn(registry, 8)
    with registry.as_("handler"):
        assert "OVERDUE" in run("referrals", "list", "--overdue").stdout and made in run("referrals", "list").stdout
        told = run("referrals", "show", made).stdout
        assert "the partner" in told and "now possible: closed, withdrawn" in told and "0933" not in told
        assert json.loads(run("referrals", "show", made, "--json").stdout)["outcome"] == "in_part"
        opened = run("referrals", "open", made, input=f"{vault_keys.PASSPHRASE}\n")
        assert "contact: 0933 111 222" in opened.stdout
        assert run("referrals", "hand", made, "--to", "case2").exit_code == 0
        assert run("referrals", "list").stdout == "None.\n" and run("referrals", "counts").stdout == "None.\n"
        file.write_text("[]")
        assert run("referrals", "draft", agreement, "--need", "legal", "--urgency", "critical", "--fields", str(file)).exit_code == 1
    with registry.as_("case2"):
        assert run("referrals", "withdraw", made, "--ground", "family_withdrew").exit_code == 0
        assert "withdrawn" in run("referrals", "list").stdout
