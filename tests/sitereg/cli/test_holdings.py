"""`sitereg holdings`: recorded with its terms, found, shown, explained; what is lacking is named."""
import json

import pytest

from tests import given

pytestmark = pytest.mark.db
TERMS = ("--source-type", "official_record", "--source-label", "An inventory", "--reliability", "B", "--credibility", "2", "--partner", "A commission",
         "--terms", "for the search", "--use", "search_for_missing", "--consent", "not_applicable")


def test_records_are_added_found_shown_and_explained(run, registry):
    court = given.site(registry, given.kind("court"), given.name("Court"))[1]
    said = run("holdings", "add", "--title-en", "Register of Hall 4", "--kind", "detention_register", "--years", 1982, 2012, "--extent", 40, 44, "--unit",
               "volumes", "--definition", "counted", "--held-at", court, "--custodian", "A ministry", *TERMS, "--json")
    code = json.loads(said.stdout)["code"]
    assert code in run("holdings", "find", "register").stdout and code in run("holdings", "find", "--site", court).stdout
    assert run("holdings", "access", code, "refused", "--on", "2025-03-01", "--answered-by", "the clerk", *TERMS).exit_code == 0
    assert run("holdings", "loss", code, "records_taken", "--what", "the volumes of 2011", *TERMS).exit_code == 0
    assert run("holdings", "say", code, "--condition", "damaged", *TERMS).stdout == f"{code}: 1 claim recorded.\n"
    shown = run("holdings", "show", code).stdout
    for word in ("Register of Hall 4", "register of detainees", "damaged", "A ministry", "access refused", "the clerk", "the volumes of 2011",
                 f"records held at -> {court}"):
        assert word in shown, word
    assert "An inventory" in run("holdings", "why", code, "record_condition").stdout
    assert json.loads(run("holdings", "show", code, "--json").stdout)["extents"][0]["max"] == 44


@pytest.mark.parametrize(("lacking", "field"), [("--partner", "partner"), ("--terms", "terms"), ("--use", "permitted_uses"), ("--consent", "consent")])
def test_without_terms_nothing_is_written_and_the_lacking_one_is_named(run, lacking, field):
    at = TERMS.index(lacking)
    said = run("holdings", "add", "--title-en", "Unsourced", *TERMS[:at], *TERMS[at + 2:], "--json")
    assert said.exit_code == 1 and json.loads(said.stderr)["details"]["problems"][0]["field"] == field
    assert "No records here" in run("holdings", "find", "Unsourced").stdout


def test_what_is_hidden_is_not_found_by_code_or_site(run, registry):
    with registry.as_("investigator1"):
        assert run("holdings", "show", "SYH-222222-2").exit_code == 2 and run("holdings", "find", "--site", "SYS-222222-2").exit_code == 2
