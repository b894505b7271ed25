"""Both languages say everything: no message is missing, none is a guess, every sentence of the registry is known."""
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask_babel import ngettext

from web import forms, language, sentences, words

ROOT = Path(__file__).resolve().parents[2]
SQL = ROOT / "sitereg" / "store" / "sql"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
HOLES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def catalogue():
    return read_po(BytesIO((ROOT / "web/translations/ar/LC_MESSAGES/messages.po").read_bytes()), locale="ar")


def wanted():
    options = {"templates/**.html": {"extensions": "jinja2.ext.i18n", "trimmed": "true"}}
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "N_": None}
    return {found[2] for found in extract_from_dir(ROOT / "web", METHODS, options, keywords)
            if "node_modules" not in found[0]} - {""}


def test_every_message_is_there_in_arabic_and_nothing_else():
    held = {message.id for message in catalogue() if message.id}
    assert wanted() - held == set() and held - wanted() == set()


def test_no_message_is_empty_fuzzy_or_left_in_english():
    for message in catalogue():
        if message.id:
            texts = message.string if message.pluralizable else (message.string,)
            assert all(texts) and not message.fuzzy, message.id
            assert all(re.search("[\u0600-\u06ff]", text) or not re.search("[a-z]", text) for text in texts), message.id


def test_what_is_filled_in_later_stands_in_both_languages():
    for message in catalogue():
        if message.id and not message.pluralizable:
            assert sorted(HOLES.findall(message.id)) == sorted(HOLES.findall(message.string)), message.id


def test_all_six_plurals_of_arabic_are_there():
    assert all(len(message.string) == 6 for message in catalogue() if message.pluralizable)


@pytest.mark.parametrize(("number", "arabic"), [(0, "لا مواقع"), (1, "موقع واحد"), (2, "موقعان"), (7, "7 مواقع"), (64, "64 موقعاً"),
                                                (100, "100 موقع")])
def test_numbers_in_arabic_take_their_form(talking, number, arabic):
    with talking("ar"):
        assert ngettext("%(num)d site", "%(num)d sites", number) == arabic


def test_every_need_of_a_guard_of_protection_and_measures_is_known():
    text = re.sub(r"'\s*\n\s*'", "", (SQL / "45b_guards.sql").read_text())
    needs = set(re.findall(r"'([A-Z][^'\n]* [^'\n]*\.)'", text))
    assert len(needs) > 15 and needs - set(sentences.GUARDS) == set()


def test_every_fault_that_a_form_can_have_is_known():
    raised = re.findall(r'ValueError\("([^"]+)"\)', (ROOT / "web/forms.py").read_text())
    assert raised and set(raised) <= set(sentences.FAULTS)
    assert {name for fields in forms.FORMS.values() for name in fields} >= {"reason", "to", "seen"}


def test_every_fault_that_a_sheet_or_the_sorting_of_a_report_can_have_is_known():
    from sitereg.entering import fields, sheets, triage

    known = {*sentences.ENTERING, *sentences.FAULTS}
    assert {*fields.FAULTS, *sheets.FAULTS, *triage.FAULTS} - known == set()
    rules = "".join((SQL / name).read_text() for name in ("30_claims.sql", "33_reports.sql", "34_entering.sql", "35_intake.sql"))
    room = "".join(path.read_text() for path in (ROOT / "sitereg" / "entering").glob("*.py"))
    shown = [one for one in sentences.ENTERING if one not in room and one not in (ROOT / "web/views/entering.py").read_text()]
    assert [one for one in shown if one not in rules and one != "This form is too old"] == [], "a sentence that nobody says any more"


def test_every_refusal_about_accounts_is_known():
    rules = (SQL / "13_ways_in.sql").read_text()
    said = {one.replace("''", "'") for one in re.findall(r"'((?:[A-Z]|You )(?:[^'\n]|'')* (?:[^'\n]|'')*)'(?:\);| using errcode)", rules)}
    assert len(said) > 12 and said == set(sentences.ACCOUNTS)


@pytest.mark.parametrize(("given", "english"), [
    ("[2012-12-01,2013-01-31)", "between 1 December 2012 and 30 January 2013"), ("[2012-01-01,2013-01-01)", "2012"),
    ("[2011-01-01,2014-01-01)", "2011-2013"), ("[2012-02-01,2012-03-01)", "February 2012"), ("[2012-02-03,2012-02-04)", "3 February 2012"),
    ("(,2012-02-03)", "before 3 February 2012"), ("[2012-02-04,)", "after 3 February 2012"), ("(,)", "at a time not known")])
def test_days_are_told_as_vaguely_as_they_are_known(talking, given, english):
    with talking("en"):
        assert words.days(given) == english


def test_days_in_arabic_have_both_names_of_the_month(talking):
    with talking("ar"):
        assert words.day("2025-05-12") == "12 أيار/مايو 2025"


@pytest.mark.parametrize(("given", "english"), [
    ({"min": 3, "best": 8, "max": 60}, "3-60 (most likely 8)"), ({"min": 3, "best": None, "max": None}, "at least 3"),
    ({"min": None, "best": None, "max": 9}, "at most 9"), ({"min": 4, "best": 4, "max": 4}, "4"), ({"best": 7}, "7")])
def test_counts_are_ranges(talking, given, english):
    with talking("en"):
        assert words.count(given) == english


def test_no_word_is_asked_for_that_is_none(talking):
    with talking("ar"):
        for now in (None, "", "open"):
            told = words.changed({"field": "task", "was": None, "now": now})
            assert "Project-Id-Version" not in str(told) and told["was"] == "-"


def test_a_name_without_arabic_says_so_on_an_arabic_page(talking):
    with talking("ar"):
        assert words.latin("Wadi Sauda") and not words.latin("دمشق") and not words.latin("Wadi وادي")
    with talking("en"):
        assert not words.latin("Wadi Sauda")


def test_terms_come_from_the_vocabularies(talking):
    with talking("ar"):
        assert language.word("site_kind", "mass_grave") != language.terms("site_kind", "en")["mass_grave"]
        assert language.drafts("ar")


@pytest.fixture
def talking():
    """A context in which pages speak a language, without any registry."""
    from contextlib import contextmanager

    from flask import Flask, session

    app = Flask("talk", root_path=str(ROOT / "web"))
    app.secret_key = "only for a test"
    language.speak(app)

    @contextmanager
    def speak(code):
        with app.test_request_context():
            session["lang"] = code
            yield

    return speak
