"""`sitereg requests` in the shell: the stage opened by two, a request recorded from a file, compared, matched, handed over."""
import json
from datetime import timedelta

import pytest

from tests import given
from tests.sitereg.test_requests import TYPED, listed

pytestmark = pytest.mark.db


def test_from_the_stage_to_the_paper(run, registry, tmp_path):
    _, code = listed(registry)
    sheet = tmp_path / "request.json"
    sheet.write_text(json.dumps({**TYPED, "answer_by": (registry.value("today") + timedelta(days=30)).isoformat()}))
    with registry.dba() as raw:
        given.stage(raw, opens=False)
    with registry.as_("handler"):
        assert "not registered" in run("requests", "stage").stdout
        closed = run("requests", "record", str(sheet))
        assert closed.exit_code == 2 and "two persons open it first" in closed.stderr
        made = json.loads(run("requests", "stage", "open", "--why", "decided", "--json").stdout)["stage"]
        assert run("requests", "stage", "agree", "--why", "x").exit_code == 1
        assert run("requests", "stage", "agree", "--id", made, "--why", "mine").exit_code == 2
    with registry.as_("releaser"):
        assert "Cases are registered." in run("requests", "stage", "agree", "--id", made, "--why", "as decided").stdout
    with registry.as_("handler"):
        assert "nothing was written" in run("requests", "record", str(sheet), "--check").stdout and "No request." in run("requests", "list").stdout
        request = json.loads(run("requests", "record", str(sheet), "--json").stdout)["request"]
        assert json.loads(run("requests", "record", str(sheet), "--json").stdout)["request"] == request
        found = run("requests", "candidates", request, "--reason", "the mother asks").stdout
        assert code in found and "listed" in found and "الزعبي" not in found
        assert run("requests", "match", request, code, "--why", "name and year").exit_code == 0
        assert run("requests", "open", request, "--why", "x").exit_code == 2
        assert run("requests", "step", request, "left_open", "--why", "x").exit_code == 1
        assert run("requests", "step", request, "comparing", "--why", "reads lists").exit_code == 0
        shown = json.loads(run("requests", "access", request, "--json").stdout)
        assert set(shown) == {"access", "code", "secret"} and shown["code"] not in run("requests", "list", "--json").stdout
        assert run("requests", "end-access", shown["access"], "--why", "lost").exit_code == 0
        assert "match_waits" in run("requests", "list").stdout
    with registry.as_("worker"):
        assert run("requests", "list").exit_code == 2
