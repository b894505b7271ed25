"""The vocabularies: codes are stable and safe, every term has its Arabic, attributes say what rules read."""

import pickle
import re

import polib
import pytest

from sitereg import vocab
from sitereg.vocab import (
    AuthorityKind,
    Credibility,
    EventKind,
    MeasureKind,
    Predicate,
    ProblemCode,
    ProtectionStatus,
    Reliability,
    Role,
    RowOutcome,
    SiteKind,
    SiteKindGroup,
    Tier,
    VerificationLevel,
)

TERMS = [(name, member) for name, scheme in vocab.SCHEMES.items() for member in scheme]
ARABIC = re.compile("[\u0621-\u064a]")


def test_every_scheme_is_registered_once_under_its_name():
    assert set(vocab.SCHEMES.values()) == set(vocab.Scheme.__subclasses__())
    assert vocab.SCHEMES["site_kind"] is SiteKind
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in vocab.SCHEMES)


@pytest.mark.parametrize(("scheme", "member"), TERMS)
def test_every_term_has_a_code_an_english_and_an_arabic_label(scheme, member):
    assert re.fullmatch(r"[a-z][a-z0-9_]*|[A-F]|[0-6]", member.code)
    assert type(member.code) is str and str(member) == member.code == member
    assert member.label and member.label == member.label.strip()
    assert not ARABIC.search(member.label)
    arabic = vocab.label(scheme, member.code, "ar")
    assert ARABIC.search(arabic), f"{scheme}.{member.code} has no Arabic label"
    assert pickle.loads(pickle.dumps(member)) is member


def test_labels_tell_the_terms_of_a_scheme_apart():
    for name, scheme in vocab.SCHEMES.items():
        for locale in vocab.LOCALES:
            labels = [vocab.label(name, code, locale) for code in scheme.codes()]
            assert len(labels) == len(set(labels)), f"{name} in {locale}: {labels}"


def test_the_arabic_file_holds_nothing_that_no_term_uses():
    path = vocab.__path__[0] + "/../translations/ar/LC_MESSAGES/vocab.po"
    entries = polib.pofile(path)
    held = {(entry.msgctxt, entry.msgid) for entry in entries}
    assert len(held) == len(entries)
    assert held == {(name, member.label) for name, member in TERMS}
    assert not [entry.msgid for entry in entries if entry.fuzzy or entry.obsolete]


def test_arabic_keeps_to_the_words_agreed():
    for name, member in TERMS:
        arabic = vocab.label(name, member.code, "ar")
        for word in ("جثث", "شهيد", "منشق", "بائد", "ادعاء", "ادّعاء"):
            assert word not in arabic, f"{name}.{member.code}: {arabic}"
    dug_up = [(name, m.code) for name, m in TERMS
              if "نبش" in re.sub("[\u064b-\u0652]", "", vocab.label(name, m.code, "ar"))]
    assert dug_up == [("deposition", "robbed"), ("disturbance_kind", "robbed_and_moved")]


def test_drafts_are_told_from_what_was_taken_from_statements():
    assert not vocab.is_draft("site_kind", "mass_grave")
    assert vocab.is_draft("site_kind", "execution_site")
    assert not vocab.is_draft("site_kind", "execution_site", "en")
    assert sum(vocab.is_draft(name, m.code) for name, m in TERMS) == len(TERMS) - 4


def test_labels_follow_the_language_and_fall_back_to_english():
    assert vocab.label("protection_status", "compromised") == "compromised"
    assert vocab.label("protection_status", "compromised", "ar_SY") == "تعرّض للعبث أو الضرر"
    assert vocab.label("protection_status", "compromised", "ku") == "compromised"
    with pytest.raises(LookupError, match="no_such"):
        vocab.label("no_such", "x")
    with pytest.raises(LookupError, match="'x' is not a code"):
        vocab.label("fate", "x")
    rows = list(vocab.terms())
    assert len(rows) == len(TERMS) and rows[0][:2] == ("site_kind", "mass_grave")


def test_kinds_belong_to_groups_and_burials_hide_their_place():
    groups = {g.code: {k.code for k in SiteKind.with_attr("group", g.code)} for g in SiteKindGroup}
    assert set().union(*groups.values()) == set(SiteKind.codes()) and len(SiteKind.codes()) == 34
    assert groups["burial"] == {
        "mass_grave", "individual_clandestine_grave", "surface_deposit", "remains_in_structure",
        "water_or_shaft_deposit", "rubble_burial", "cemetery_section_unmarked", "cemetery", "reburial_place",
        "provisional_burial", "cremation_or_destruction"}
    assert groups["detention"] == {
        "prison_central", "prison_military", "security_branch", "detention_centre_other",
        "unofficial_detention", "police_station", "criminal_security_branch", "camp_detention"}
    assert groups["medical"] == {"hospital_military", "hospital_civil", "morgue", "remains_storage"}
    assert groups["records"] == {"court", "civil_registry", "archive"}
    assert {k.code for k in SiteKind if k.attrs["hides_place"]} == groups["burial"] - {"cemetery"}
    held = {k.code for k in SiteKind.with_attr("links", "held")}
    assert held == groups["detention"] | {
        "checkpoint", "military_base", "hospital_military", "childrens_institution"}
    assert {k.code for k in SiteKind.with_attr("links", "buried")} == groups["burial"]


def test_events_say_about_life_only_what_they_may():
    by = {value: {k.code for k in EventKind.with_attr("alive_evidence", value)}
          for value in ("positive", "negative", "none")}
    assert by["positive"] == {"seen_by_exdetainee", "visited_by_family", "contact_received", "released",
                              "returned_to_family", "seen_alive_after"}
    assert by["negative"] == {"died_witnessed", "buried_at", "remains_recovered", "remains_identified"}
    assert {"death_notice_issued", "death_registered", "appeared_in_record"} < by["none"]
    assert {k.code for k in EventKind.with_attr("links", "last_custody")} == {
        "held_at", "seen_by_exdetainee", "visited_by_family", "transferred_to", "hospitalised"}


def test_f_and_6_stand_neither_above_nor_below():
    assert [r.attrs["standing"] for r in Reliability] == ["supported"] * 3 + ["doubted"] * 2 + ["ungraded"]
    assert [c.attrs["standing"] for c in Credibility] == ["supported"] * 3 + ["doubted"] * 2 + ["ungraded"]
    assert Credibility("6") is Credibility.CANNOT_BE_JUDGED


def test_ranks_and_tiers_are_what_the_rules_count_on():
    assert [t.level for t in Tier] == [0, 1, 2, 3]
    assert {v.code for v in VerificationLevel.with_attr("standing", "potential")} == {
        "reported", "suspected", "probable"}
    worst = max(ProtectionStatus, key=lambda status: status.attrs["badness"])
    assert worst is ProtectionStatus.DESTROYED
    assert len({s.attrs["badness"] for s in ProtectionStatus}) == len(ProtectionStatus)
    assert len(Role.codes()) == 12 and len(MeasureKind.codes()) == 20 and "icmp" in AuthorityKind.codes()
    assert {p.attrs["outcome"] for p in ProblemCode} <= set(RowOutcome.codes())


@pytest.mark.parametrize("predicate", list(Predicate))
def test_every_predicate_says_what_it_holds(predicate):
    attrs = predicate.attrs
    assert attrs["subject"] in {"site", "person", "holding", "both"}
    assert set(attrs.get("also_of", ())) <= {"holding"}
    kind, _, scheme = attrs["value"].partition(":")
    assert kind in {"text", "term", "count", "date", "place", "name", "json", "id", "site", "person",
                    "authority", "external_id", "period", "share"}
    assert not scheme or scheme in vocab.SCHEMES
    for field, of in filter(None, (attrs.get("term"), attrs.get("also"))):
        assert field in attrs["fields"] and of in vocab.SCHEMES
    assert attrs["per"] is None or attrs["per"] in attrs["fields"]
    assert all(type(attrs[flag]) is bool for flag in ("many", "sealed", "place_clue", "dated"))


def test_clues_and_sealed_predicates_are_marked():
    assert {p.code for p in Predicate.with_attr("place_clue", True)} == {"place", "address", "note"}
    assert {p.code for p in Predicate.with_attr("sealed", True)} == {
        "person_name", "person_note", "detainee_number"}
    single = {p.code for p in Predicate if not p.attrs["many"] and p.attrs["subject"] == "site"}
    assert {"place", "count", "building", "current_use", "remains_state", "access_condition"} <= single
