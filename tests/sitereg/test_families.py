"""What may be said today to a family: by rule, signed by a second person, told, and owed again once something changed."""
import json
from datetime import timedelta

import pytest

from sitereg import agreements, consent, errors, families, sharing, telling, vocab
from sitereg.store import people
from tests import given
from tests.sitereg import cases
from tests.sitereg.test_agreements import agree, theirs
from tests.sitereg.test_telling import NEVER

pytestmark = pytest.mark.db
HELD = cases.event("held_at", "[2014-03-05,2014-03-09)", (36.5, 33.5))
FREE = cases.event("last_seen_free", "[2013-01-01,2014-01-01)")
SEEN = cases.event("seen_by_exdetainee", "[2015-06-10,2015-06-11)", (36.1, 33.1))


def sought(registry, *said, state="open_missing", **more):
    subject, code = cases.case(registry, *said, **more)
    cases.settle(registry, subject, "case", state)
    return subject, code


def family(registry, label="A family (invented)", kind="testimony_family", grade="B"):
    with registry.dba() as raw:
        return given.source(raw, label, grade, kind=kind)


def say(registry, subject, said):
    said = {"credibility": "2", "source": str(given.source_of(registry, "B")), "subject": str(subject), **said}
    registry.rows("record_claims", claims=given.registry_json([said]), subjects=given.registry_json([]))


def facts(one):
    return [line for line in one["lines"] if line["line"] in telling.FACTS]


def today(registry, code, who="handler"):
    with registry.as_(who):
        return families.today(registry, code)


def signed(registry, code):
    with registry.as_("handler"):
        made = families.propose(registry, code)
    with registry.as_("releaser"):
        families.settle(registry, made, "signed", why="read aloud")
    return made


def told_of(registry, *more):
    """A case that a family told of, told what may be said: (subject, code, source, id of what was told)."""
    source = family(registry)
    subject, code = sought(registry, {**HELD, "source": str(source)}, *more)
    made = signed(registry, code)
    with registry.as_("handler"):
        families.told(registry, made, source, how="telephone", on=registry.value("today"))
        assert [row for row in families.owed(registry) if row["code"] == code] == []
    return subject, code, source, made


def owed(registry, code, who="handler"):
    with registry.as_(who):
        return [row for row in families.owed(registry) if row["code"] == code]


def test_sentences_of_supported_accounts(registry):
    _, code = sought(registry, HELD, FREE, SEEN)
    one = today(registry, code)
    assert [(row["line"], row["year"], row["month"], row["adm1"]) for row in facts(one)] == [
        ("seen_free", 2013, None, None), ("held", 2014, 3, "SY01"), ("seen", 2015, 6, "SY01")]
    assert one["words"]["en"][2] == "Information that we hold to be sound says that the person whom you seek was held in March 2014, in the governorate of Unit SY01."
    assert "آذار/مارس 2014" in one["words"]["ar"][2] and "محافظة وحدة SY01" in one["words"]["ar"][2] and len(one["words"]["en"]) == len(one["words"]["ar"]) == 5
    assert one["withheld"] == ["always"] and today(registry, code, "releaser") == one


@pytest.mark.parametrize(("said", "ground"), [
    (cases.event("died_witnessed", "[2014-03-05,2014-03-06)"), "death"), (cases.event("death_registered", "[2014-03-05,2014-03-06)"), "death"),
    (cases.event("body_photographed", "[2014-03-05,2014-03-06)"), "death"), (cases.event("remains_identified"), "death"),
    (cases.event("released", "[2014-03-05,2014-03-06)"), "alive"), (cases.event("seen_alive_after"), "alive"),
    ({**HELD, "credibility": "6"}, "unsupported"), ({**HELD, "credibility": "5"}, "unsupported"), ({**HELD, "tier": 2}, "restricted"),
    (cases.event("hospitalised", "[2014-03-05,2014-03-06)"), "misread"), (cases.event("appeared_in_record"), "misread")])
def test_what_is_not_said_and_why(registry, said, ground):
    _, code = sought(registry, said)
    one = today(registry, code)
    assert [row["line"] for row in one["lines"]] == ["open", "close"] and ground in one["withheld"]
    assert {*one["withheld"]} == {ground, "always"}


def test_of_insiders_the_year_alone(registry):
    _, code = sought(registry, {**cases.event("held_at", "[2014-03-01,2014-04-01)", (36.5, 33.5)), "source": str(family(registry, "An insider", "testimony_insider"))})
    assert [(row["year"], row["month"]) for row in facts(today(registry, code))] == [(2014, None)]


def test_a_contradiction_is_not_told(registry):
    subject, code = sought(registry, HELD)
    with registry.dba() as raw:
        item = raw.execute("select item from reg.claim where subject = %s", [subject]).fetchone()[0]
    say(registry, subject, {**cases.event("arrested", "[2014-03-05,2014-03-09)", (36.5, 33.5)), "item": str(item), "source": str(family(registry, "Another", "testimony_survivor"))})
    one = today(registry, code)
    assert facts(one) == [] and "contradicted" in one["withheld"]


@pytest.mark.parametrize("uses", [["analysis"], ["search_for_missing"]])
def test_what_terms_do_not_permit_is_not_told(registry, uses):
    source = family(registry)
    _, code = sought(registry, {**HELD, "source": str(source)})
    consent.change(registry, source, consent="given", why="asked again", permitted_uses=uses)
    one = today(registry, code)
    assert bool(facts(one)) == (uses == ["search_for_missing"]) and ("consent" in one["withheld"]) == (uses == ["analysis"])


@pytest.mark.parametrize("state", ["listed", "suspended_security", "closed_withdrawn", "resolved_alive"])
def test_of_these_cases_nothing_is_said(registry, state):
    _, code = sought(registry, HELD, state=state)
    one = today(registry, code)
    assert one["lines"] == [] and "closed" in one["withheld"]
    with registry.as_("handler"), pytest.raises(errors.Refused):
        families.propose(registry, code)


def test_of_somebody_decided_dead_no_sentence_is_made(registry):
    subject, code = sought(registry, HELD)
    cases.settle(registry, subject, "fate", "dead")
    assert today(registry, code)["lines"] == []


def test_words_never_say_what_may_not_be_said(registry):
    other = sought(registry, HELD)[1]
    kinds = list(vocab.EventKind.codes())
    site = given.site(registry, given.kind("prison_military"), given.name("Invented hidden prison"), given.place(36.2, 33.2))
    for batch in (kinds[at:at + 5] for at in range(0, len(kinds), 5)):
        _, code = sought(registry, *(cases.event(kind, f"[2014-0{n + 1}-05,2014-0{n + 1}-06)", (36.1, 33.1), site=str(site[0]), toponym="Invented village")
                                     for n, kind in enumerate(batch)), cases.named("Invented Name"))
        said = json.dumps(today(registry, code)["words"], ensure_ascii=False)
        for never in (*NEVER, other, code, site[1], "hidden prison", "village", "Invented Name", "SY0100", "33.1", "%"):
            assert never not in said.lower() if never.islower() else never not in said, (never, said)


def test_another_person_signs_then_it_is_told(registry):
    source = family(registry)
    _, code = sought(registry, {**HELD, "source": str(source)})
    with registry.as_("handler"):
        made = families.propose(registry, code)
        with pytest.raises(errors.Refused) as refused:
            families.settle(registry, made, "signed", why="mine")
        assert refused.value.guard == "four_eyes"
        with pytest.raises(errors.Conflict):
            families.told(registry, made, source, how="telephone", on=registry.value("today"))
    with registry.as_("releaser"):
        with pytest.raises(errors.BadInput):
            families.settle(registry, made, "signed", why=" ")
        families.settle(registry, made, "signed", why="read aloud")
        with pytest.raises(errors.Denied):
            families.told(registry, made, source, how="telephone", on=registry.value("today"))
    with registry.as_("handler"):
        day = registry.value("today")
        assert [row["contact"] for row in families.contacts(registry, code)] == [source]
        with pytest.raises(errors.BadInput):
            families.told(registry, made, family(registry, "Of another case"), how="telephone", on=day)
        for wrong in (day + timedelta(days=1), day - timedelta(days=1)):
            with pytest.raises(errors.BadInput):
                families.told(registry, made, source, how="telephone", on=wrong)
        with pytest.raises(errors.BadInput):
            families.told(registry, made, source, how="shouted", on=day)
        families.told(registry, made, source, how="telephone", on=day)
        row = families.listed(registry, code=code)[0]
    assert row["state"] == "signed" and row["signed_by"] == "Releaser" and [(one["contact"], one["how"], one["by"]) for one in row["told"]] == [(str(source), "telephone", "Handler")]


def test_nobody_puts_other_words_into_it(registry):
    _, code = sought(registry, HELD)
    with registry.as_("handler"):
        one = families.today(registry, code)
        for lines in ([], one["lines"][:1], one["lines"][1:], [one["lines"][0], {"line": "held", "year": 2014, "month": 3, "adm1": "SY0100"}, one["lines"][-1]],
                      [one["lines"][0], {**one["lines"][1], "note": "x"}, one["lines"][-1]], [one["lines"][0], *[one["lines"][1]] * 4, one["lines"][-1]]):
            with pytest.raises((errors.BadInput, errors.Refused)):
                registry.call("telling_propose", code=code, lines=given.registry_json(lines), sentences=given.registry_json({k: ["x"] * len(lines) for k in ("en", "ar")}))
        with pytest.raises(errors.BadInput):
            registry.call("telling_propose", code=code, lines=given.registry_json(one["lines"]), sentences=given.registry_json({"en": ["x"], "ar": ["x"]}))


def test_what_changed_meanwhile_is_not_signed(registry):
    source = family(registry)
    _, code = sought(registry, {**HELD, "source": str(source)})
    with registry.as_("handler"):
        made = families.propose(registry, code)
    consent.change(registry, source, consent="withdrawn", why="asked for it")
    with registry.as_("releaser"), pytest.raises(errors.Refused) as refused:
        families.settle(registry, made, "signed", why="read aloud")
    assert refused.value.guard == "not_sayable"


def test_a_retraction_is_owed(registry):
    _, code, source, _ = told_of(registry, SEEN)
    claim = registry.rows("person_why", code=code, field=next(row["slot"] for row in registry.value("person_page", code=code)["events"] if row["kind"] == "seen_by_exdetainee"))[0]["claim"]
    registry.call("end_claim", claim=claim, why="mistaken")
    row, = owed(registry, code)
    assert row["contact"] == str(source) and "was seen in custody" in row["gone"]["en"][0] and row["new"]["en"] == [] and row["how"] == "telephone"
    assert owed(registry, code, "releaser")[0]["gone"] == row["gone"]
    again = signed(registry, code)
    with registry.as_("handler"):
        families.told(registry, again, source, how="in_person", on=registry.value("today"))
    assert owed(registry, code) == []


def test_a_new_account_is_owed(registry):
    subject, code, _, _ = told_of(registry)
    say(registry, subject, SEEN)
    row, = owed(registry, code)
    assert row["gone"]["en"] == [] and "was seen in custody in June 2015" in row["new"]["en"][0]


def test_a_decision_is_owed_and_a_suspension_tells_nobody(registry):
    subject, code, _, _ = told_of(registry)
    cases.settle(registry, subject, "case", "closed_withdrawn")
    assert len(owed(registry, code)[0]["gone"]["en"]) == 3
    cases.settle(registry, subject, "case", "suspended_security")
    assert owed(registry, code) == []
    with registry.as_("handler"):
        assert families.listed(registry, code=code) == []


def test_a_family_whose_consent_is_gone_is_not_called_again(registry):
    _, code, source, _ = told_of(registry, SEEN)
    consent.change(registry, source, consent="withdrawn", why="asked for it")
    assert owed(registry, code) == []


def test_who_may_not_read_the_case_finds_nothing(registry):
    _, code = sought(registry, HELD, tier=2)
    _, plain = sought(registry, HELD)
    for who in ("worker", "investigator1", "verifier", "admin", "auditor", "viewer"):
        with registry.as_(who), pytest.raises(errors.Denied):
            families.today(registry, plain)
    with registry.as_("handler"):
        assert families.today(registry, code)["lines"] == []
    with registry.dba() as raw:
        people.clearance(raw, people.account(raw, "handler1", display="Handler1", os_user="os_handler1"), tier=1, compartments=[], roles=["source_handler"], reason="test")
    with registry.as_("handler1"):
        for asked in (lambda c: families.today(registry, c), lambda c: families.listed(registry, code=c), lambda c: families.contacts(registry, c)):
            found = []
            for one in (code, "SYP-222222-2"):
                with pytest.raises(errors.NotFound) as lost:
                    asked(one)
                found.append(str(lost.value))
            assert found[0] == found[1]


def test_what_a_freeze_takes_away_is_owed(registry):
    survivor = family(registry, "A survivor (invented)", "testimony_survivor")
    _, code, _, _ = told_of(registry, {**SEEN, "source": str(survivor)})
    soon = registry.value("today") + timedelta(days=20)
    sharing.freeze(registry, "source", reason="somebody was followed", review_on=soon, source=survivor)
    assert "seen in custody" in owed(registry, code)[0]["gone"]["en"][0]


@pytest.mark.parametrize(("audiences", "onward", "told"), [(["families"], "permitted", True), (["partners"], "permitted", False), (["families"], "never", False)])
def test_an_agreement_lets_families_be_told_until_it_ends(registry, audiences, onward, told):
    made = agree(registry, audiences=audiences, onward=onward, kinds=["persons", "events"])
    source = theirs(registry)
    _, code = sought(registry, {**HELD, "source": str(source)})
    assert bool(facts(today(registry, code))) == told and ("consent" in today(registry, code)["withheld"]) != told
    agreements.withdraw(registry, made, by="by_them", why="they asked")
    assert facts(today(registry, code)) == []


def test_what_is_restricted_makes_no_sentence_finer(registry):
    subject, code = sought(registry, cases.event("held_at", "[2014-01-01,2015-01-01)", (36.5, 33.5)))
    with registry.dba() as raw:
        item = raw.execute("select item from reg.claim where subject = %s", [subject]).fetchone()[0]
    say(registry, subject, {**HELD, "item": str(item), "tier": 2, "credibility": "1", "first_hand": True, "source": str(given.source_of(registry, "A"))})
    assert [(row["year"], row["month"]) for row in facts(today(registry, code))] == [(2014, None)]
