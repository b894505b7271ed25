"""`sitereg work` and `sitereg asks` in the shell."""
import json
from datetime import date, timedelta

import pytest

from sitereg import vault
from tests import given
from tests.sitereg.test_agreements import turn

pytestmark = pytest.mark.db


def test_work_is_declared_asked_and_ended(run, registry):
    turn(registry, 0)
    code = given.site(registry, given.kind("court"), given.place(36.4, 33.4))[1]
    period = ("--began", str(date.today()), "--ended", str(date.today() + timedelta(9)))
    assert run("work", "at", code).stdout == "Nothing that may be told here.\n"
    made = run("work", "declare", "--site", code, "--kind", "survey", "--told", "somebody", *period).stdout.split()[0]
    with registry.as_("investigator1"):
        assert "write to the coordinator" in run("work", "at", code).stdout and json.loads(run("work", "at", code, "--json").stdout) == {"somebody": True, "names": []}
        assert run("work", "list").stdout == "None.\n"
    assert code in run("work", "list").stdout and run("work", "end", made, "--why", "done").exit_code == 0
    assert run("work", "list").stdout == "None.\n"
    assert run("work", "declare", "--kind", "survey", "--told", "somebody", *period).exit_code == 1


def test_a_witness_is_asked_for_and_answered(run, registry):
    turn(registry, 0)
    source = given.source_of(registry, "B")
    vault.keep(registry, source, {"contact": "0933 111 222"})
    with registry.as_("investigator1"):
        known = run("asks", "new", input="+963 933 111 222\n")
        unknown = run("asks", "new", input="+963 944 999 888\n")
        assert known.stdout == unknown.stdout and "You hear from the coordinator on" in known.stdout
        assert "you hear on" in run("asks", "list").stdout and run("asks", "new", input="by the mill\n").exit_code == 1
    with registry.as_("handler"):
        assert str(source) in run("asks", "waiting").stdout and "nobody whom you see" in run("asks", "waiting").stdout
        which = next(row["id"] for row in json.loads(run("asks", "waiting", "--json").stdout) if row["sources"])
        assert run("asks", "answer", which, "speak_first").exit_code == 0
    turn(registry, 3)
    with registry.as_("investigator1"):
        told = run("asks", "list").stdout
        assert "speak_first" in told and "nothing_told" in told
