"""Cases that a list or a testimony made, before anybody asked for the person: for those who work here, for no partner."""
import pytest
from shapely import box

from sitereg import errors, persons
from tests import given
from tests.sitereg.cases import case, event, settle
from tests.sitereg.entering import line, send

pytestmark = pytest.mark.db


@pytest.mark.parametrize("state", ["draft", "listed"])
def test_whom_nobody_asked_for_is_for_no_partner_on_any_road(registry, state):
    """A list or a testimony names people before their families ask: who works here sees the case, a partner of whatever tier does not."""
    friend = case(registry, event("arrested", "[2012-05-02,2012-05-03)", (36.2, 33.4)))
    person = case(registry, event("held_at", "[2012-05-02,2012-05-03)", (36.2, 33.4)))
    given.say(registry, friend[0], {"predicate": "companion", "value": {"kind": "seen_together"}, "object": str(person[0])})
    given.site(registry, given.kind("prison_military", at="[2012-01-01,2013-01-01)"), given.place(36.2, 33.4))
    settle(registry, friend[0], "case", "open_missing")
    settle(registry, person[0], "case", state)

    def seen(code, id):
        area = {"area": box(35, 32, 37, 35).wkb_hex}
        roads = [persons.find(registry), registry.rows("person_frame"), registry.rows("event_frame"), persons.show(registry, friend[1]),
                 persons.why(registry, friend[1], "companion"), registry.rows("events_inside", **area), registry.rows("event_site_near", km=5),
                 registry.rows("link_events", question="held")]
        found = [one for one in roads if code in repr(one) or str(id) in repr(one)]
        for ask in (lambda: persons.show(registry, code), lambda: persons.why(registry, code, "event"),
                    lambda: registry.one("link_person", person=code, question="held")):
            try:
                found.append(ask())
            except errors.NotFound:
                pass
        return len(found)

    with registry.as_("investigator1"):
        assert seen(*person[::-1]) == 11 and persons.count(registry) == 2
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{partner}' where account = (select id from reg.account where name = 'investigator1')")
    with registry.as_("investigator1"):
        assert seen(*person[::-1]) == 0 and persons.count(registry) == 1
    settle(registry, person[0], "case", "open_missing")
    with registry.as_("investigator1"):
        assert seen(*person[::-1]) == 11


def test_what_a_testimony_makes_are_drafts_that_a_partner_does_not_see(registry):
    made = send(registry, "testimony", rows=[line("Samer Halabi")])
    code = made.subjects[0][0]
    with registry.as_("investigator1"):
        assert persons.show(registry, code)["case_state"] == "draft"
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{partner}' where account = (select id from reg.account where name = 'investigator1')")
    for who in ("investigator1", "viewer"):
        with registry.as_(who):
            assert persons.find(registry) == []
            with pytest.raises(errors.NotFound):
                persons.show(registry, code)
