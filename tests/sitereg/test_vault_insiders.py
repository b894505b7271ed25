"""Insiders: in the registry the month and other words, for everybody; what they said, and when, in the vault, by every road."""
import json

import pytest

from sitereg import claims, entering, errors, reports, sites, sources
from tests import given
from tests.sitereg.entering import line, send
from tests.sitereg.test_vault import WHO, sound, underneath
from tests.vault_keys import hand_out, opened

pytestmark = pytest.mark.db


def insider(registry, grade="B"):
    return sources.new(registry, "testimony_insider", {"en": "A driver"}, reliability=grade, reason="test", terms=given.TERMS)


def test_an_insider_s_claims_keep_the_month_and_the_rest_lies_in_the_vault(registry):
    hand_out(registry, "handler")
    source = insider(registry)
    made = claims.record(registry, [
        claims.said("kind", {"code": "mass_grave"}, source=source, subject_key="s", began="[2013-05-12,2013-05-12]", quote="I drove it there",
                    verbatim="the day after the feast", edtf="2013-05-12", locator="line 3", holds_throughout=True),
        claims.said("note", {"text": "Earth was moved by machines"}, source=source, subject_key="s", at="[2013-05-01,2013-06-01)"),
        claims.said("name", {"text": "Dry Field", "lang": "en"}, source=given.source_of(registry, "B"), subject_key="s", quote="so they call it")],
        subjects=[claims.new_subject("s", "site")])
    first, second, third = (underneath(registry, "select began, at, quote, verbatim, edtf, locator, holds_throughout from reg.claim where id = %s", one.claim)[0]
                            for one in made)
    assert str(first[0]) == "[2013-05-01, 2013-06-01)" and first[2:] == (None,) * 5
    assert str(second[1]) == "[2013-05-01, 2013-06-01)" and third[2] == "so they call it"
    assert opened(registry, "handler", "claim", made[0].claim) == [
        {"quote": "I drove it there", "verbatim": "the day after the feast", "locator": "line 3", "edtf": "2013-05-12",
         "holds_throughout": True, "began": "[2013-05-12,2013-05-13)"}]
    assert opened(registry, "handler", "claim", made[1].claim) == opened(registry, "handler", "claim", made[2].claim) == []
    assert opened(registry, "handler", "source", source) == [], "a claim's sheet is opened by its claim"
    assert sound(registry)


def test_a_new_grade_and_a_correction_of_an_insider_s_claim_lose_nothing(registry):
    hand_out(registry, "handler")
    source = insider(registry)
    site, _code, _ = given.site(registry, given.kind("court"))
    (made,) = claims.record(registry, [claims.said("note", {"text": "Lorries"}, source=source, subject=site, quote="four lorries", at="[2013-05-12,2013-05-13)")])
    sources.grade(registry, source, "C", reason="heard again")
    graded = underneath(registry, "select superseded_by from reg.claim_end where claim = %s", made.claim)[0][0]
    assert opened(registry, "handler", "claim", graded)[0]["quote"] == "four lorries"
    corrected = claims.correct(registry, graded, why="the month was wrong", at="[2013-06-03,2013-06-03]")
    assert str(underneath(registry, "select at from reg.claim where id = %s", corrected)[0][0]) == "[2013-06-01, 2013-07-01)"
    assert [sorted(one) for one in opened(registry, "handler", "claim", corrected)] == [["at", "quote"], ["at"]]
    assert sound(registry)


@pytest.mark.parametrize(("field", "value"), [("quote", "words"), ("verbatim", "words"), ("edtf", "2013-05-12"), ("locator", "line 3"),
                                              ("at", "[2013-05-12,2013-05-13)"), ("began", "[2013-05-01,2013-05-20)"), ("ended", "(,2013-05-20)")])
def test_no_road_records_an_insider_s_words_or_days_beside_the_vault(registry, field, value):
    source = insider(registry)
    site, _code, _ = given.site(registry, given.kind("court"))
    with pytest.raises(errors.BadInput) as refused:
        given.say(registry, site, {"predicate": "note", "value": {"text": "x"}, field: value}, source=source)
    assert [(one["code"], one["field"], one["value"]) for one in refused.value.problems] == [("insider_words", field, "")]
    (made,) = given.say(registry, site, {"predicate": "note", "value": {"text": "x"}}, source=source)
    if field in ("verbatim", "at", "began", "ended"):
        with pytest.raises(errors.BadInput):
            registry.call("correct_claim", claim=made, change=given.Json({field: value}), why="x")


def test_a_testimony_of_an_insider_is_no_document_and_its_lines_keep_the_month(registry):
    hand_out(registry, "handler")
    made = send(registry, "testimony", who_type="testimony_insider", **WHO, rows=[line("Invented One", when="12 May 2013", place="the long cell")])
    assert underneath(registry, "select count(*) from reg.document") == [(0,)]
    at, verbatim, source = underneath(registry, "select at, verbatim, source from reg.claim where predicate = 'event'")[0]
    assert (str(at), verbatim) == ("[2013-05-01, 2013-06-01)", None)
    assert [sorted(one) for one in opened(registry, "handler", "source", source)] == [["contact", "name"], ["text"]]
    assert "12 May 2013" in json.dumps(opened(registry, "handler", "claim", made.claims[-1])) and sound(registry)


def test_an_insider_s_report_is_sorted_by_its_paraphrase(registry):
    hand_out(registry, "handler")
    typed = {"who_type": "testimony_insider", "words": "My own bulldozer dug it", "when": "12 May 2013", "place": "geo:33.5,36.3;u=30"}
    with pytest.raises(errors.BadInput) as refused:
        send(registry, "report", **typed)
    assert [one["field"] for one in refused.value.problems] == ["paraphrase"]
    made = send(registry, "report", **typed, paraphrase="Machines dug there")
    (row,) = entering.triage.listed(registry)
    assert (row["words"], str(row["at"])) == ("Machines dug there", "[2013-05-01, 2013-06-01)")
    assert {"words": "My own bulldozer dug it", "at": "[2013-05-12,2013-05-13)"} in opened(registry, "handler", "report", made.report)
    code = entering.triage.sort(registry, made.report, {"to": "new_site", "why": "x", "kind": "mass_grave", "place": "yes"})
    assert len(sites.why(registry, code, "place")) == 1
    with pytest.raises(errors.BadInput):
        reports.record(registry, "words", terms=given.TERMS, source=insider(registry))
    with pytest.raises(errors.BadInput):
        send(registry, "report", words="x", paraphrase="y")


def test_an_insider_s_words_of_a_site_and_a_case_stand_there_in_other_words(registry):
    hand_out(registry, "handler")
    who = {"who_type": "testimony_insider", "words": "I saw it from my cab", "paraphrase": "Seen from near"}
    made = send(registry, "site", kind="mass_grave", began="12 May 2013", **who)
    assert [one["value"]["text"] for one in sites.why(registry, made.subjects[0][0], "note")] == ["Seen from near"]
    source = underneath(registry, "select source from reg.claim where id = %s", made.claims[0])[0][0]
    assert opened(registry, "handler", "source", source) == [{"words": "I saw it from my cab"}]
    send(registry, "person", name="Invented Person", **who)
    assert "my cab" not in str(underneath(registry, "select api._unsealed(s.id) from reg.sealed s"))
