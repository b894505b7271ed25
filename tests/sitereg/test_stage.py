"""While cases are not registered, no road registers one: the case machine, a sheet, a list; what stood before goes on."""
import pytest

from sitereg import decisions, errors, persons
from tests import given
from tests.sitereg import cases
from tests.sitereg.entering import send

pytestmark = pytest.mark.db
FILED = {"predicate": "event", "value": {"kind": "reported_missing_filed"}, "at": "[2013-03-01,2013-04-01)"}
SENTENCE = "Cases are not registered in this stage: two persons open it first."


@pytest.fixture
def closed(registry):
    """The session, while the stage is closed."""
    with registry.dba() as raw:
        given.stage(raw, opens=False)
    return registry


def opened(registry, subject, claim):
    return decisions.decide(registry, subject, "case", "open_missing", reason="the family asks", basis=[claim])


def claim_of(registry, subject):
    with registry.dba() as raw:
        return raw.execute("select id from reg.claim where subject = %s limit 1", [subject]).fetchone()[0]


@pytest.mark.parametrize("state", ["draft", "listed"])
def test_the_case_machine_opens_nobodys_search_before_the_stage_is_open(registry, state):
    subject, code = cases.case(registry, FILED)
    if state == "listed":
        cases.settle(registry, subject, "case", "listed")
    with registry.dba() as raw:
        given.stage(raw, opens=False)
    claim = claim_of(registry, subject)
    with pytest.raises(errors.Refused) as refusal:
        opened(registry, subject, claim)
    assert refusal.value.guard == "stage" and refusal.value.needs == SENTENCE
    assert persons.show(registry, code)["case_state"] == state
    with registry.dba() as raw:
        given.stage(raw)
    opened(registry, subject, claim)
    assert persons.show(registry, code)["case_state"] == "open_missing"


def test_whoever_is_told_of_meanwhile_is_listed_and_opened_only_on_a_request(closed):
    made = send(closed, "person", name="Invented Meanwhile", sex="male")
    code = made.subjects[0][0]
    assert persons.show(closed, code)["case_state"] == "listed"
    subject = closed.one("where_now", code=code)["subject"]
    with closed.dba() as raw:
        given.stage(raw)
    with pytest.raises(errors.Refused) as refusal:
        opened(closed, subject, made.claims[0])
    assert refusal.value.guard == "request", "one who is only listed needs somebody who asks"
    later = send(closed, "person", name="Invented Later", sex="male")
    assert persons.show(closed, later.subjects[0][0])["case_state"] == "draft"


def test_a_sheet_that_asks_for_the_search_is_refused_whole(closed):
    with closed.dba() as raw:
        before = raw.execute("select count(*) from reg.entry").fetchone()
    with pytest.raises(errors.Refused) as refusal, closed.savepoint():
        send(closed, "person", name="Invented Asked", sex="male", asked="yes")
    assert refusal.value.guard == "stage"
    with closed.dba() as raw:
        assert raw.execute("select count(*) from reg.entry").fetchone() == before


def test_what_was_registered_before_goes_on_and_families_come_back(registry):
    subject, code = cases.case(registry, FILED)
    opened(registry, subject, claim_of(registry, subject))
    with registry.dba() as raw:
        given.stage(raw, opens=False)
    for to in ("fate_indicated", "open_missing", "closed_withdrawn", "open_missing"):
        decisions.decide(registry, subject, "case", to, reason="goes on as before", basis=[claim_of(registry, subject)])
        assert persons.show(registry, code)["case_state"] == to


def test_whoever_closes_the_stage_waits_for_those_who_are_opening_a_case(registry):
    subject, _code = cases.case(registry, FILED)
    held = ("select count(*) from pg_locks l where l.locktype = 'advisory' and l.pid = pg_backend_pid() and l.mode = 'ShareLock'"
            " and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('stage', 0)")
    with registry.dba() as raw:
        assert raw.execute(held).fetchone() == (0,)
    opened(registry, subject, claim_of(registry, subject))
    with registry.dba() as raw:
        assert raw.execute(held).fetchone() == (1,)


def test_everybody_at_work_may_know_it_and_nobody_else(registry):
    for who in ("worker", "officer1", "analyst1", "handler", "releaser", "verifier", "auditor"):
        with registry.as_(who):
            assert registry.value("cases_registered") is True
    for who in ("viewer", "admin"):
        with registry.as_(who), pytest.raises(errors.Denied):
            registry.value("cases_registered")
