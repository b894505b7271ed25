"""Reviews of links: a lead opens its four lines and an inquiry, excluding needs another pair of eyes, and nothing tells of what is hidden."""
from datetime import timedelta

import pytest

from sitereg import decisions, inquiries, links, persons
from sitereg.errors import BadInput, NotFound, Refused
from tests import given
from tests.sitereg import analysing, linking
from tests.sitereg.matrix_house import stands

pytestmark = pytest.mark.db


@pytest.fixture
def search(registry):
    """(session, person, site, hidden site): the person open and of tier 1, the last site of tier 2."""
    source = given.source_of(registry, "B")
    person = analysing.person(registry, linking.arrested(36.3), source=source)
    site = given.site(registry, given.kind("prison_central"), given.place(36.31, 33.5), source=source)
    hidden = given.site(registry, given.kind("prison_central"), given.place(36.32, 33.5), tier=2, source=source)
    with registry.dba() as raw:
        stands(raw, person[0], "open_missing")
    return registry, person, site, hidden


def lead(session, person, site, **more):
    told = {"to": "lead", "reason": "near and in use", "would_show": "the register of the prison", "asks": "we ask the archive",
            "due": session.value("today") + timedelta(days=30)}
    return links.review(session, person[1], site[1], **{**told, **more})


def test_a_lead_opens_its_four_lines_and_an_inquiry_and_changes_no_status(search):
    session, person, site, _ = search
    before = persons.show(session, person[1])
    done, inquiry = lead(session, person, site)
    assert done.state == "decided"
    opened = inquiries.show(session, inquiry)
    assert opened["code"] == person[1] and opened["mine"] and opened["due"] and "register of the prison" in opened["question"]
    lines = [one["step"] for one in opened["steps"]]
    assert len(lines) == 4 and lines[0] == "No digging." and "second reviewer" in lines[1]
    assert "register of the prison" in lines[2] and "we ask the archive" in lines[3]
    assert site[1] not in str(opened), "where the site is hidden or frozen later, the inquiry tells nothing of it"
    after = persons.show(session, person[1])
    assert [after[axis] for axis in ("case_state", "fate", "whereabouts")] == [before[axis] for axis in ("case_state", "fate", "whereabouts")]
    told = links.reviews(session, person=person[1])
    assert [(one["site"], one["state"], one["inquiry"]) for one in told] == [(site[1], "lead", inquiry)]


@pytest.mark.parametrize("lacking", ["would_show", "asks", "due"])
def test_a_lead_is_refused_without_one_of_its_lines(search, lacking):
    session, person, site, _ = search
    with pytest.raises(Refused) as refused, session.savepoint():
        lead(session, person, site, **{lacking: None})
    assert refused.value.guard == "lead_lines" and lacking in refused.value.needs
    assert links.reviews(session, person=person[1]) == []


def test_excluding_needs_another_one_who_agrees(search):
    session, person, site, _ = search
    done, inquiry = links.review(session, person[1], site[1], to="excluded", reason="visited, never held anybody")
    assert (done.state, inquiry) == ("proposed", None) and links.reviews(session, person=person[1]) == []
    with session.as_("verifier"):
        assert decisions.approve(session, done.proposal).state == "decided"
    assert links.reviews(session, person=person[1])[0]["state"] == "excluded"
    again, inquiry = lead(session, person, site)
    assert again.state == "proposed" and inquiry
    with session.as_("verifier"):
        decisions.approve(session, again.proposal)
    assert inquiries.show(session, inquiry)["question"].startswith("Line of inquiry (held)")


def test_what_was_settled_of_whoever_was_merged_into_another_stands_for_both(search):
    session, person, site, _ = search
    again = given.site(session, given.kind("prison_central"), given.place(36.3101, 33.5), source=given.source_of(session, "B"))
    person, twice = (analysing.person(session, linking.arrested(36.3), source=given.source_of(session, "B")) for _ in range(2))
    excluded, _ = links.review(session, twice[1], again[1], to="excluded", reason="visited, never held anybody")
    assert links.reviews(session, person=person[1]) == []
    merged = decisions.merge(session, site[0], again[0], reason="one place")
    with session.as_("verifier"):
        for done in (excluded, merged):
            decisions.approve(session, done.proposal)
    with session.dba() as raw:  # as the case that a search request brought with it
        raw.execute("update reg.subject set merged_into = %s where id = %s", [person[0], twice[0]])
    assert [(one["site"], one["state"]) for one in links.reviews(session, person=person[1])] == [(site[1], "excluded")]
    again, inquiry = lead(session, person, site)
    assert again.state == "proposed" and inquiry, "coming back from it needs another pair of eyes still"


def test_a_review_is_as_restricted_as_what_it_rests_on(search):
    session, person, site, hidden = search
    lead(session, person, site)
    lead(session, person, hidden)
    with session.as_("investigator1"):  # tier 1
        assert links.reviews(session, person=person[1]) == [] and decisions.history(session, person[0], machine="link_review") == []
        assert inquiries.find(session, subject=person[0]) == []
        with pytest.raises(NotFound), session.savepoint():
            session.call("review_link", person=person[0], site=hidden[0], question="held", to="set_aside", reason="no")
        done, _ = links.review(session, person[1], site[1], to="lead", reason="near", would_show="the register", asks="we",
                               due=session.value("today"))
        assert done.state == "decided", "as if nobody had reviewed it: each tier has a history of its own"
        assert [(one["tier"], one["state"]) for one in links.reviews(session, person=person[1])] == [(1, "lead")]
    assert sorted((one["tier"], one["site"]) for one in links.reviews(session, person=person[1])) == sorted([(1, site[1]), (2, site[1]), (2, hidden[1])])


def test_what_is_no_candidate_and_of_whom_it_is_not_asked_is_not_reviewed(search):
    session, person, site, _ = search
    court = given.site(session, given.kind("court"), given.place(36.4, 33.5))
    with pytest.raises(Refused, match="no candidate"), session.savepoint():
        links.review(session, person[1], court[1], to="set_aside", reason="it is a court")
    listed = analysing.person(session, linking.arrested(36.3), source=given.source_of(session, "B"))
    grave = given.site(session, given.kind("mass_grave"), given.place(36.5, 33.5))
    with pytest.raises(Refused), session.savepoint():
        session.call("review_link", person=listed[0], site=grave[0], question="buried", to="set_aside", reason="no")
    with pytest.raises(BadInput), session.savepoint():
        links.review(session, person[1], site[1], to="found", reason="x")
    with pytest.raises(Refused) as refused, session.savepoint():
        links.review(session, person[1], site[1], to="unreviewed", reason="x")
    assert refused.value.guard == "transition"
