"""The matrix as data: whole, in both languages, and the same for a clearance however its roles are put together."""
import re

import pytest

from sitereg import sentences
from sitereg.matrix import CELLS, RULES, VERBS, WHAT, WHO, rules, shown
from sitereg.vocab import Role


def test_every_rule_is_used_and_every_word_has_its_arabic():
    assert set(RULES) == set(CELLS.values())
    for text in (*RULES.values(), *(what.words for what in WHAT)):
        assert re.search("[\u0600-\u06ff]", sentences.said(text, "ar")), text


def test_rows_and_verbs_name_roles_that_there_are_and_every_role_is_a_row():
    roles = {role.code for role in Role} - {"family"}  # without a tier: test_requests_family
    assert {role for who in WHO for role in who.roles} == roles
    assert len({verb.code for verb in VERBS}) == len(VERBS) and len({who.code for who in WHO}) == len(WHO)


@pytest.mark.parametrize("who", WHO, ids=lambda one: one.code)
def test_another_role_takes_nothing_away(who):
    """Roles add: but a partner stays one, and a family, whatever else they are."""
    for what in WHAT:
        for role in Role:
            if role.code not in ("partner", "family"):
                assert set(rules(what, who.tier, who.roles, who.compartments)) - {what.tiers[who.tier]} <= set(
                    rules(what, who.tier, (*who.roles, role.code), who.compartments))


def test_what_somebody_sees_is_told_in_words_and_what_he_does_not_is_not():
    told = dict(shown(1, ["investigator"], [], "en"))
    assert told["sites listed, counted, drawn, exported"] == [RULES["t1"]]
    assert "names of persons" not in told and "the chain of events" not in told
    told = dict(shown(2, ["releaser", "investigator"], ["names"], "en"))
    assert told["sites listed, counted, drawn, exported"] == [RULES["t2_names"], RULES["t2_frozen"]]
    assert "a login for SQL and QGIS" not in dict(shown(2, ["partner", "analyst"], [], "en"))
    assert shown(2, ["family", "investigator"], ["names"], "en") == []
