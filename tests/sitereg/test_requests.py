"""Search requests: nothing before the stage is open; recorded once, matched by two persons, undone, left open, opened; never by themselves."""
from datetime import timedelta
from uuid import uuid4

import pytest

from sitereg import consent, decisions, errors, persons, requests, sharing
from sitereg.store import verification
from tests import given
from tests.sitereg import cases
from tests.vault_keys import hand_out, opened

pytestmark = pytest.mark.db
TYPED = {"who_name": "Invented Mother", "who_contact": "0999 123", "relation": "mother", "reached": "after sunset", "not_told": "her brother", "way": "telephone",
         "hours": "evening", "language": "ar", "urgency": "soon", "name": "محمد خالد الزعبي", "sex": "male", "birth": "1980", "what": "arrested", "when": "March 2013",
         "place": "33.5 N, 36.5 E", "words": "They took him from the shop", "partner": "Family desk (invented)", "terms": "as read to them", "uses": ["search_for_missing", "statistics"],
         "consent": "given", "scope": ["store", "analyse"]}
OTHERS = ("worker", "verifier", "officer", "releaser", "auditor", "admin", "viewer", "investigator1", "steward1", "analyst1")


def turned(registry, opens=True):
    with registry.as_("handler"):
        made = requests.turn(registry, opens, reason="the board decided")
    with registry.as_("releaser"):
        requests.settle_stage(registry, made, "agreed", why="as decided")


def asked(registry, **more):
    """(id of a new request, as it is shown)."""
    with registry.as_("handler"):
        typed = {**TYPED, "answer_by": registry.value("today") + timedelta(days=30), **more}
        made = requests.record(registry, {name: one for name, one in typed.items() if one}, once=uuid4())
        return made, requests.show(registry, made)


def listed(registry, *said, text="محمد خالد الزعبي"):
    """(id, code) of a person whom a list named and nobody asked for."""
    subject, code = cases.case(registry, cases.named(text, lang="ar"), {"predicate": "birth", "value": {}, "at": "[1980-01-01,1981-01-01)"}, *said)
    cases.settle(registry, subject, "case", "listed")
    return subject, code


def state(registry, request):
    with registry.as_("handler"):
        return requests.show(registry, request)["state"]


def agree(registry, made, who="verifier"):
    with registry.as_(who):
        decisions.approve(registry, made["proposal"], reason="looked at it")


def test_nothing_is_taken_in_before_two_persons_opened_the_stage_and_after_they_closed_it(registry):
    turned(registry, False)
    for _ in range(2):
        with pytest.raises(errors.Refused, match="not registered"):
            asked(registry)
        with registry.as_("handler"), pytest.raises(errors.Refused, match="two persons open it"):
            registry.call("request_record", entry=uuid4(), urgency="soon", answer_by=registry.value("today"), reach=given.Json({}), version="1")
        turned(registry)
        made, _ = asked(registry)
        turned(registry, False)
        with registry.as_("handler"):
            assert requests.show(registry, made)["state"] == "received" and requests.stage(registry)["open"] is False
            requests.step(registry, made, "caseworker", why="goes on")
            for act, more in ((requests.open_, {"why": "x"}), (requests.match, {"code": "SYP-222222-2", "why": "x"}), (requests.hand_over, {})):
                with pytest.raises(errors.Refused) as refusal:
                    act(registry, made, **more)
                assert refusal.value.guard == "stage"
    with registry.as_("auditor"):
        assert [(row["opens"], row["state"]) for row in requests.stage(registry)["history"]] == [(False, "agreed"), (True, "agreed")] * 3


def test_the_stage_is_no_one_persons_decision(registry):
    with registry.as_("releaser"):
        made = requests.turn(registry, False, reason="it is time")
        with pytest.raises(errors.Refused, match="Another person"):
            requests.settle_stage(registry, made, "agreed", why="mine")
        with pytest.raises(errors.Conflict):
            requests.turn(registry, False, reason="again")
    with registry.as_("handler"), pytest.raises(errors.Denied):
        requests.settle_stage(registry, made, "agreed", why="no")
    with registry.as_("worker"), pytest.raises(errors.Denied):
        requests.stage(registry)
    with registry.as_("verifier"):
        requests.settle_stage(registry, made, "refused", why="too early")
        assert requests.stage(registry)["open"] is True
        with pytest.raises(errors.Conflict):
            requests.settle_stage(registry, made, "agreed", why="after all")


def test_a_request_is_recorded_once_with_who_searches_in_the_vault(registry):
    hand_out(registry, "handler")
    once = uuid4()
    with registry.as_("handler"):
        typed = {**TYPED, "answer_by": registry.value("today") + timedelta(days=30)}
        made = requests.record(registry, typed, once=once)
        assert requests.record(registry, typed, once=once) == made
        one = requests.show(registry, made)
    assert one["state"] == "received" and one["work"] == "received" and one["reach"] == {"way": "telephone", "hours": "evening", "language": "ar"}
    assert one["said"] == {"name": True, "birth": 1980, "facts": [{"kind": "arrested", "year": 2013, "month": 3, "adm1": "SY01"}],
                           "also": {"circumstance": False, "number": False, "other_name": False, "sex": True, "words": 6}} and one["version"] == requests.CONSENT
    assert opened(registry, "handler", "source", one["source"]) == [
        {"name": "Invented Mother", "contact": "0999 123"}, {"relation": "mother", "reached": "after sunset", "not_told": "her brother"}]
    with registry.dba() as raw:
        clear = raw.execute("select string_agg(r::text, ' ') from (select row_to_json(s) r from reg.search_request s union all select row_to_json(c) from reg.claim c"
                            " union all select row_to_json(t) from reg.audit_event t) x").fetchone()[0]
        assert "Invented Mother" not in clear and "her brother" not in clear and "الزعبي" not in clear and "the shop" not in clear
        assert verification.faults_in(raw) == [] and raw.execute("select * from api._resolved_differences()").fetchall() == []
    case = persons.find(registry, q=one["code"])[0]
    assert case["case_state"] == "draft"


@pytest.mark.parametrize("name", OTHERS)
def test_requests_are_the_source_handlers(registry, name):
    made, _ = asked(registry)
    with registry.as_(name):
        for act in (lambda: registry.rows("requests"), lambda: requests.match(registry, made, "SYP-222222-2", why="x"), lambda: requests.unmatch(registry, made, why="x"),
                    lambda: requests.open_(registry, made, why="x"), lambda: requests.hand_over(registry, made), lambda: requests.step(registry, made, "comparing", why="x"),
                    lambda: requests.end_access(registry, made, why="x"), lambda: requests.called(registry, made), lambda: requests.mine(registry), lambda: requests.wish(registry, "call")):
            with pytest.raises(errors.Denied):
                act()
        with registry.dba() as raw:
            raw.execute("set role sr_policed")
            assert [raw.execute(f"select count(*) from reg.{table}").fetchone()[0] for table in ("search_request", "request_step", "family_access", "family_wish")] == [0] * 4
            raw.execute("reset role")


@pytest.mark.parametrize(("more", "field"), [({"consent": "not_asked"}, "uses"), ({"uses": ["statistics"]}, "uses"), ({"way": ""}, "way"), ({"answer_by": ""}, "answer_by"),
                                             ({"reached": "x" * 1001}, "reached"), ({"answer_by": "2020-01-01"}, "answer_by"), ({"name": "", "words": "", "what": ""}, "name")])
def test_what_is_lacking_is_told_by_its_field_and_nothing_is_kept(registry, more, field):
    with pytest.raises(errors.BadInput) as fault:
        asked(registry, **more)
    assert field in [one["field"] for one in fault.value.problems]
    with registry.as_("handler"):
        assert requests.listed(registry) == []


def test_a_match_is_proposed_confirmed_by_another_and_undone(registry):
    _, code = listed(registry, cases.event("death_notice_issued", "[2018-07-01,2018-08-01)"))
    made, one = asked(registry)
    with registry.as_("handler"):
        (proposal, row, is_request), *_ = requests.candidates(registry, made, reason="the mother asks")
        assert (proposal.other, row["case_state"], is_request) == (code, "listed", False) and ("name", "born") == tuple(part[0] for part in proposal.parts if part[0] in ("name", "born"))
        waits = requests.match(registry, made, code, why="name, father and year")
        with pytest.raises(errors.Refused):
            requests.open_(registry, made, why="at once")
        with pytest.raises(errors.Conflict):
            requests.match(registry, made, code, why="again")
    assert state(registry, made) == "match_waits" and persons.find(registry, q=code)[0]["case_state"] == "listed"
    with registry.as_("handler"), pytest.raises(errors.Denied):
        decisions.approve(registry, waits["proposal"], reason="mine")
    agree(registry, waits)
    assert state(registry, made) == "matched" and persons.find(registry, q=code)[0]["case_state"] == "listed"
    with registry.as_("handler"):
        assert requests.open_(registry, made, why="the mother asked")["code"] == code
    page = persons.show(registry, code)
    assert page["case_state"] == "open_missing" and page["fate"] == "unknown" and state(registry, made) == "open"
    assert "arrested" in [event["kind"] for event in page["events"]] and persons.show(registry, one["own_code"])["merged_into"] == code
    with registry.as_("handler"):
        undone = requests.unmatch(registry, made, why="another father")
    agree(registry, undone)
    assert state(registry, made) == "received" and "arrested" not in [event["kind"] for event in persons.show(registry, code)["events"]]
    with registry.dba() as raw:
        assert raw.execute("select * from api._resolved_differences()").fetchall() == []


def test_two_families_requests_for_one_person_stay_two(registry):
    first, one = asked(registry)
    second, other = asked(registry, birth="1982", who_name="Invented Wife")
    with registry.as_("handler"):
        found = requests.candidates(registry, second, reason="a wife asks")
        assert [(made.other, is_request) for made, _, is_request in found] == [(one["own_code"], True)]
        waits = requests.match(registry, second, one["own_code"], why="the wife of the same man")
        assert requests.show(registry, second)["others"] == 0
    agree(registry, waits)
    with registry.as_("handler"):
        rows = {row["id"]: row for row in requests.listed(registry)}
    assert rows[first]["code"] == rows[second]["code"] == one["own_code"] and rows[second]["own_code"] == other["own_code"]
    assert [rows[at]["said"]["birth"] for at in (first, second)] == [1980, 1982] and rows[first]["others"] == rows[second]["others"] == 1


def test_left_open_until_a_day_and_its_own_case_opened(registry):
    made, one = asked(registry)
    today = registry.value("today")
    with registry.as_("handler"):
        with pytest.raises(errors.BadInput):
            requests.step(registry, made, "left_open", why="nobody like him on the lists", due=today)
        requests.step(registry, made, "left_open", why="nobody like him on the lists", due=today + timedelta(days=90))
        shown = requests.show(registry, made)
        assert (shown["state"], shown["due"], shown["overdue"], shown["work"]) == ("left_open", today + timedelta(days=90), False, "received")
        with registry.dba() as raw:
            raw.execute("insert into reg.setting(name, value) values ('today', %s::jsonb)", [f'"{today + timedelta(days=91)}"'])
        assert requests.listed(registry)[0]["overdue"]
        assert requests.open_(registry, made, why="a case of its own")["code"] == one["own_code"]
    assert persons.find(registry, q=one["own_code"])[0]["case_state"] == "open_missing"


def test_withdrawn_consent_stands_first_and_nothing_is_handed_over(registry):
    made, one = asked(registry)
    asked(registry, name="سعيد عمر", birth="1990")
    consent.change(registry, one["source"], consent="withdrawn", why="she asked for it")
    with registry.as_("handler"):
        assert [row["state"] for row in requests.listed(registry)] == ["withdrawn", "received"]
        with pytest.raises(errors.Refused, match="withdrawn"):
            requests.hand_over(registry, made)


def test_what_is_frozen_is_on_no_list(registry):
    made, one = asked(registry)
    with registry.as_("handler"):
        sharing.freeze(registry, "source", reason="a threat", review_on=registry.value("today") + timedelta(days=20), source=one["source"])
        assert requests.listed(registry) == []
        with pytest.raises(errors.NotFound):
            requests.show(registry, made)


def test_codes_are_read_however_they_were_written(registry):
    assert requests.code_of(" k7f4 - 9M3P‑x2qr ") == requests.code_of("K7F49M3PX2QR") == "k7f49m3px2qr@paper" == requests.code_of("K٧F٤-٩M٣P-X٢QR")
    assert requests.code_of("K7F4-9M3P") is requests.code_of("somebody@test.invalid") is requests.code_of("") is None
    assert requests.secret_of("١٢٣ ٤٥٦-٧٨٩") == "123456789"
    made, _ = asked(registry)
    with registry.as_("handler"):
        for code, kept in (("short@paper", "$argon2id$x"), ("k7f49m3px2qr@paper", "in clear"), ("somebody@test.invalid", "$argon2id$x")):
            with pytest.raises(errors.BadInput):
                registry.call("request_access", request=made, code=code, hash=kept)
        seen = [requests.hand_over(registry, made) for _ in range(5)]
        assert len({code for _, code, _ in seen}) == 5 and all(requests.code_of(code) and len(requests.secret_of(secret)) == 9 for _, code, secret in seen)
        with pytest.raises(errors.Refused, match="Five"):
            requests.hand_over(registry, made)
