"""`sitereg protection` and `sitereg decisions`: an officer's day in the shell; refused with the guard, overtaken with what changed."""
import json
import re

import pytest

from tests import given

pytestmark = pytest.mark.db
NEXT = "2999-01-01"


@pytest.fixture
def code(registry):
    return given.site(registry, given.kind("mass_grave"), given.name("North field"), given.place(36.1234, 33.1234, 40), exact_tier=2)[1]


def version(run, code):
    return json.loads(run("sites", "show", code, "--json").stdout)["version"]


def test_a_status_is_changed_with_a_visit_of_today(run, registry, code):
    with registry.as_("officer"):
        said = run("protection", "decide", code, "unprotected", "--reason", "Nobody watches it", "--visit", "today")
        assert (said.exit_code, said.stdout) == (0, f"{code}: unprotected, version {version(run, code)}.\n")
        shown = json.loads(run("protection", "show", code, "--json").stdout)
    today = registry.value("today").isoformat()
    assert shown["protection"] == "unprotected" and [one["visited_on"] for one in shown["visits"]] == [today]
    last = json.loads(run("decisions", "history", code, "--machine", "protection", "--json").stdout)[0]
    assert last["basis"] == [str(shown["visits"][0]["claim"])] and last["observed_on"] == today and last["reason"] == "Nobody watches it"


def test_what_a_guard_refuses_is_named_and_nothing_is_written(run, registry, code):
    with registry.as_("officer"):
        before = version(run, code)
        said = run("protection", "decide", code, "protected", "--reason", "A guard came", "--visit", "today", "--due", NEXT)
        assert said.exit_code == 2 and said.stderr.strip().endswith("(guard: i14_protected)") and "Traceback" not in said.stderr
        told = json.loads(run("protection", "decide", code, "protected", "--reason", "A guard came", "--visit", "today", "--due", NEXT,
                              "--json").stderr)
        assert told["error"] == "refused" and told["details"]["guard"] and told["details"]["needs"]
        assert version(run, code) == before and json.loads(run("protection", "show", code, "--json").stdout)["visits"] == []
        options = run("protection", "options", code).stdout
    assert re.search(r"^protected .*\[[a-z0-9_]+\]$", options, re.M) and re.search(r"^unprotected ", options, re.M)


def test_all_that_is_lacking_is_said_at_once_with_the_way_to_it(run, registry, code):
    with registry.as_("officer"):
        said = run("protection", "decide", code, "protected", "--reason", "A guard came").stderr
        told = json.loads(run("protection", "decide", code, "protected", "--reason", "A guard came", "--json").stderr)
        options = run("protection", "options", code).stdout.splitlines()
    assert said.startswith("Say on which day it was assessed (observed on). Record an active measure first. To do so: --observed-on DAY or --visit DAY;")
    assert "sitereg protection measure SITE KIND" in said and "--due DAY" in said and said.endswith("(guards: assessed, i14_protected)\n")
    assert [one["guard"] for one in told["details"]["lacking"]] == ["assessed", "i14_protected"] and told["details"]["guard"] == "assessed"
    assert all("(s)" not in line and " ," not in line for line in options)
    start = next(n for n, line in enumerate(options) if line.startswith("protected "))
    assert options[start].endswith("[assessed]") and options[start + 1].strip().startswith("Record an active measure first.")
    assert [line for line in options if line.startswith("destroyed ") and "1 approval " in line]


def test_every_guard_of_protection_has_a_way(run):
    from sitereg import machines
    from sitereg.cli import guards
    assert {one for step in machines.TRANSITIONS if step.machine == "protection" for guard in step.guards for one in guard.split("|")} <= set(guards.WAYS)
    assert set(guards.WAYS) <= {one for step in machines.TRANSITIONS for guard in step.guards for one in guard.split("|")}


def test_somebody_was_faster(run, registry, code):
    with registry.as_("officer"):
        seen = version(run, code)
        assert run("protection", "decide", code, "unprotected", "--reason", "First", "--visit", "today", "--seen", str(seen)).exit_code == 0
        said = run("protection", "decide", code, "measures_planned", "--reason", "Second", "--visit", "today", "--seen", str(seen))
        assert said.exit_code == 2 and f"version was {seen}, is now" in said.stderr and "protection was unassessed, is now unprotected" in said.stderr
        again = json.loads(run("protection", "decide", code, "measures_planned", "--reason", "Second", "--seen", str(seen), "--json").stderr)
        assert again["error"] == "conflict" and {"field", "was", "now", "by"} <= set(again["details"]["changed"][-1])
    assert json.loads(run("protection", "show", code, "--json").stdout)["protection"] == "unprotected"


def test_measures_disturbances_and_their_ends(run, registry, code):
    with registry.as_("officer"):
        visit = json.loads(run("protection", "visit", code, "--on", "today", "--findings", "A pit", "--json").stdout)
        measure = json.loads(run("protection", "measure", code, "guard", "--reason", "Residents watch", "--visit", visit["visit"], "--json").stdout)
        assert run("protection", "set-measure", measure["measure"], "removed", "--reason", "They left").exit_code == 0
        said = run("protection", "disturbance", code, "looting", "severe", "--visit", visit["visit"], "--observed", "today")
        assert said.exit_code == 0 and "counts as compromised now" in said.stdout
        ended = run("protection", "end-disturbance", said.stdout.split()[1].rstrip(":"), "--why", "It is fenced now")
        assert ended.exit_code == 0
        lines = run("protection", "show", code).stdout
        gaps = run("protection", "gaps").stdout
    assert "compromised" in lines and "guard: removed" in lines and code in gaps


def test_proposals_go_round_in_the_shell(run, registry, code):
    claims = [str(row["claim"]) for row in registry.rows("site_why", code=code, field="kind:mass_grave")]
    level = run("decisions", "options", code, "verification", "--aspect", "mass_grave")
    assert level.exit_code == 0 and "probable" in level.stdout
    refused = run("decisions", "decide", code, "verification", "refuted", "--aspect", "mass_grave", "--reason", "No", "--basis", claims[0])
    assert refused.exit_code == 2 and "(guard: " in refused.stderr
    first = json.loads(run("decisions", "history", code, "--machine", "verification", "--json").stdout)[0]
    asked = json.loads(run("decisions", "annul", first["id"], "--reason", "It was another place", "--json").stdout)
    assert asked["state"] == "proposed" and "yours" in run("decisions", "waiting", code).stdout
    own = run("decisions", "approve", asked["proposal"])
    assert own.exit_code == 2
    with registry.as_("verifier"):
        assert "you may approve" in run("decisions", "waiting").stdout
        assert run("decisions", "approve", asked["proposal"], "--reason", "Agreed").stdout == "Decided.\n"
    assert "(annulled)" in run("decisions", "history", code).stdout
    assert run("decisions", "waiting").stdout == "Nothing waits in what you may see.\n"


def test_proposals_of_one_kind_are_reviewed_together_in_the_shell(run, registry):
    from tests import given

    stays, *others = (given.site(registry, given.kind("mass_grave"), key=key)[1] for key in ("a", "b", "c"))
    asked = [json.loads(run("decisions", "merge", stays, one, "--reason", "One gate", "--json").stdout)["proposal"] for one in others]
    own = run("decisions", "review", "approve", *asked, "--reason", "mine")
    assert own.exit_code == 2 and not own.stdout, "nobody approves what he proposed"
    with registry.as_("verifier"):
        looked = run("decisions", "review", "approve", *asked, "--look")
        assert looked.exit_code == 0 and looked.stdout.count(f"goes to {stays}") == 2 and "One gate" in looked.stdout
        assert len(json.loads(run("decisions", "waiting", "--json").stdout)) == 2, "looking answers nothing"
        done = run("decisions", "review", "refuse", *asked, "--reason", "It is there", "--of", asked[0], "I was there")
        assert done.exit_code == 0 and done.stdout.count("refused; the state stays") == 2


@pytest.mark.parametrize("words", [("protection", "decide", "X", "nonsense", "--reason", "r"), ("protection", "decide", "X", "protected"),
                                   ("protection", "visit", "X", "--on", "yesterday"), ("decisions", "approve", "no-id"),
                                   ("decisions", "decide", "X", "merge", "merged", "--reason", "r")])
def test_bad_usage_is_1(run, code, words):
    assert run(*[code if word == "X" else word for word in words]).exit_code == 1


def test_an_unknown_code_is_not_found(run):
    said = run("protection", "decide", "SYS-222222-2", "protected", "--reason", "r")
    assert said.exit_code == 2 and "Nothing of that name" in said.stderr
