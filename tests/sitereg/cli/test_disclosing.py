"""`sitereg sites disclose`, `disclose-place`, `restrict`, `lift`: what they print and do, and what they ask for."""
import json

import pytest

from sitereg import decisions
from tests import given
from tests.sitereg.publishing import RISK, confirmed
from tests.sitereg.test_disclosing import seen, tiers, values

pytestmark = pytest.mark.db
ANSWERED = ["--publish", "--recipient", "public", *(word for name, text in RISK.items() for word in (f"--risk-{name}", text)), "--reason", "families asked"]


def test_a_site_and_its_place_are_proposed_for_disclosure(run, registry):
    _, code, claims = confirmed(registry, given.name("Old court"), given.place(36.1, 33.1))
    said = run("sites", "disclose", code, "--claim", claims["kind"], "--claim", claims["name"], *ANSWERED)
    assert said.exit_code == 0 and said.stdout.startswith("Proposed: ") and "releaser" in said.stdout
    with registry.as_("releaser"):
        decisions.approve(registry, said.stdout.split()[1].rstrip("."))
    assert values(seen(registry, code)) == {"name:en": "Old court"}
    told = json.loads(run("sites", "disclose-place", code, "--from-tier", 0, *ANSWERED, "--json").stdout)
    assert told["state"] == "proposed" and told["approvals_needed"] == 1


def test_unanswered_is_refused_in_words(run, registry):
    _, code, claims = confirmed(registry)
    assert run("sites", "disclose", code, "--claim", claims["kind"]).exit_code == 1
    said = run("sites", "disclose", code, "--claim", claims["kind"], *ANSWERED[1:])
    assert said.exit_code == 2 and "whether the place should be published at all" in said.stderr
    assert run("sites", "disclose", "SYS-NOWHER-E", "--claim", claims["kind"], *ANSWERED).exit_code == 2


def test_a_site_is_restricted_at_once_and_lifting_waits(run, registry):
    site, code, claims = confirmed(registry, given.name("A"))
    assert run("sites", "restrict", code, "--reason", "tonight", "--place").stdout.startswith("Decided: ") and tiers(registry, site) == (1, 2)
    assert run("sites", "restrict", code, "--reason", "it names a family", "--claim", claims["name"]).exit_code == 0
    assert json.loads(run("sites", "restrict", code, "--reason", "tonight", "--json").stdout)["state"] == "decided" and tiers(registry, site) == (2, 2)
    assert run("sites", "lift", code, "--reason", "the danger is over").stdout.startswith("Proposed: 3 restrictions")
    assert seen(registry, code, "officer1") is None


def test_nothing_to_lift_and_a_merged_code_are_said(run, registry):
    site, code, _ = confirmed(registry)
    assert "No restriction is in force" in run("sites", "lift", code, "--reason", "x").stderr
    other, old, _ = confirmed(registry)
    done = decisions.merge(registry, site, other, reason="the same building")
    with registry.as_("verifier"):
        decisions.approve(registry, done.proposal)
    assert code in run("sites", "restrict", old, "--reason", "x").stderr
