"""`sitereg statistics` in the shell: proposed, shown with what is hidden, published by a releaser."""
import json

import pytest

from tests import given

pytestmark = pytest.mark.db


def test_a_table_is_proposed_shown_and_published(run, registry):
    for at in range(6):
        given.site(registry, given.kind("court"), given.place(36.2 + at / 100, 33.2))
    given.site(registry, given.kind("prison_military"), given.place(36.5, 33.5))
    made = json.loads(run("statistics", "propose", "Sites", "--json").stdout)["statistic"]
    shown = run("statistics", "show", made).stdout.splitlines()
    assert shown[0] == "adm1,group,sites" and "SY01,detention," in shown and not any(line.endswith(",1") for line in shown)
    assert "Nothing was published" in run("statistics", "list").stdout and "waiting" in run("statistics", "list", "--all").stdout
    assert run("statistics", "settle", made, "published", "--why", "x").exit_code == 2
    with registry.as_("releaser"):
        assert run("statistics", "settle", made, "published", "--why", "looked at").exit_code == 0
    assert "published" in run("statistics", "list").stdout
    assert run("statistics", "show", "00000000-0000-7000-8000-000000000000").exit_code == 2
