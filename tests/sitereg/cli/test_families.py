"""`sitereg families` in the shell: said, signed by another, told, owed again after a retraction."""
import json

import pytest

from tests.sitereg import cases
from tests.sitereg.test_families import HELD, SEEN, family, say, sought

pytestmark = pytest.mark.db


def test_from_what_may_be_said_to_who_must_be_told_again(run, registry):
    source = family(registry)
    subject, code = sought(registry, {**HELD, "source": str(source)}, cases.event("died_witnessed"))
    with registry.as_("handler"):
        told = run("families", "say", code, "--language", "en").stdout
        assert "was held in March 2014, in the governorate of Unit SY01." in told and "No account of a death" in told
        assert "آذار/مارس" in run("families", "say", code).stdout and len(json.loads(run("families", "say", code, "--json").stdout)["lines"]) == 3
        made = json.loads(run("families", "propose", code, "--json").stdout)["telling"]
        assert run("families", "settle", made, "signed", "--why", "mine").exit_code == 2
    with registry.as_("releaser"):
        assert run("families", "settle", made, "signed", "--why", "read aloud").exit_code == 0
    with registry.as_("handler"):
        assert str(source) in run("families", "contacts", code).stdout
        assert run("families", "told", made, "--to", str(source), "--how", "telephone", "--on", registry.value("today").isoformat()).exit_code == 0
        assert "Nobody must be told again" in run("families", "owed").stdout
    say(registry, subject, SEEN)
    with registry.as_("handler"):
        owed = run("families", "owed", "--language", "en").stdout
        assert code in owed and "+ Information that we hold to be sound says that the person whom you seek was seen in custody in June 2015" in owed
        assert json.loads(run("families", "owed", "--json").stdout)[0]["contact"] == str(source)
    assert [action for action, _ in run("families", "owed").logged] == ["telling_page"] * 3 + ["telling_list"] * 3
