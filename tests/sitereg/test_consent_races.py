"""Consent that is refused while somebody else is still writing holds of what he writes, too: nothing falls between the two."""
from datetime import date

import psycopg
import pytest

from sitereg import agreements, consent, decisions, sources
from sitereg.store import cluster
from tests import given
from tests.sitereg.test_agreements import PARTNER, terms, theirs
from tests.sitereg.test_decisions_concurrency import acting, in_thread

pytestmark = pytest.mark.db
WITNESS = {"reliability": "B", "reason": "test", "terms": given.TERMS}


def asked(settings, query, *values):
    with psycopg.connect(cluster.dsn(settings, settings.superuser)) as raw:
        return raw.execute(query, values).fetchall()


def refuse(settings, use, **whose):
    def act():
        with acting(settings, "worker") as session:
            return consent.record(session, {use: "no"}, version="leaflet", how="written", on=date.today(), why="they were asked", **whose)
    return act


@pytest.mark.parametrize("use", ["linking", "search"])
def test_a_source_that_is_being_recorded_falls_under_what_its_partner_refuses_meanwhile(committed, use):
    partner = asked(committed, "select id from reg.partner where names->>'en' = 'Test partner'")[0][0]
    with acting(committed, "worker") as first:
        told = sources.new(first, "ngo_report", {"en": "Their list"}, **WITNESS)
        given.site(first, given.kind("court"), given.place(36.5, 33.5), source=told)
        said, thread = in_thread(refuse(committed, use, partner=partner))
        thread.join(0.7)
        assert thread.is_alive(), "it waits for what is being recorded"
    thread.join(20)
    assert said[0]["narrowed"] == [use]
    assert asked(committed, "select row_of, problem from api._resolved_differences()") == []


def test_what_is_being_recorded_under_an_agreement_is_hidden_with_it(committed):
    with acting(committed, "worker") as session:
        made = agreements.add(session, terms(), why="the test", partner=PARTNER, title="MoU")
    for who in ("verifier", "releaser"):
        with acting(committed, who) as session:
            agreements.approve(session, made["version"])
    with acting(committed, "worker") as session:
        source = theirs(session)

    def withdraw():
        with acting(committed, "worker") as session:
            return agreements.withdraw(session, made["agreement"], by="by_us", why="the test")

    with acting(committed, "worker") as first:
        given.site(first, given.kind("court"), given.place(36.5, 33.5), source=source)
        said, thread = in_thread(withdraw)
        thread.join(0.7)
        assert thread.is_alive(), "it waits for what is being recorded"
    thread.join(20)
    assert said == [None]
    assert asked(committed, "select row_of, problem from api._resolved_differences()") == []
    assert asked(committed, "select 1 from reg.site") == []


def test_consent_withdrawn_while_its_site_is_merged_reaches_what_the_site_became(committed):
    with acting(committed, "worker") as session:
        witness = sources.new(session, "testimony_survivor", {"en": "A survivor"}, **WITNESS)
        other = sources.new(session, "testimony_resident", {"en": "A neighbour"}, **WITNESS)
        kept = given.site(session, given.kind("court"), given.place(36.5, 33.5), source=other)[0]
        gone = given.site(session, given.kind("court"), given.place(36.51, 33.51), source=other)[0]
        given.say(session, gone, given.name("What he called it"), source=witness)
        merged = decisions.merge(session, kept, gone, reason="one place")
    with acting(committed, "verifier") as first:
        decisions.approve(first, merged.proposal)
        said, thread = in_thread(refuse(committed, "search", source=witness))
        thread.join(0.7)
        assert thread.is_alive(), "it waits for the merge"
    thread.join(20)
    assert said[0]["narrowed"] == ["search"]
    assert asked(committed, "select row_of, problem from api._resolved_differences()") == []
    assert asked(committed, "select 1 from reg.site s where s.id = %s and s.names::text like '%%he called it%%'", kept) == []


def test_what_is_held_while_it_is_merged_is_held_with_what_it_became(committed):
    with acting(committed, "worker") as session:
        other = sources.new(session, "testimony_resident", {"en": "A neighbour"}, **WITNESS)
        kept, gone = (given.site(session, given.kind("court"), given.place(x, 33.5), source=other)[0] for x in (36.5, 36.51))
        merged = decisions.merge(session, kept, gone, reason="one place")
    with acting(committed, "verifier") as first:
        decisions.approve(first, merged.proposal)
        said, thread = in_thread(lambda: asked(committed, "select api._hold(%s)", [gone])[0][0])
        thread.join(0.7)
        assert thread.is_alive(), "it waits for the merge"
    thread.join(20)
    assert sorted(said[0]) == sorted([gone, kept])
