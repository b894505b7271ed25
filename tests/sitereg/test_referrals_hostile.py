"""Referrals, looked at by who means ill: what is not passed on, what no reader of sites can join, what is kept of partners, what counts tell."""
import pytest

from sitereg import errors, referrals
from tests.sitereg.test_agreements import turn
from tests.sitereg.test_referrals import answer, covered, sent, state

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def day(request):
    """The day stands still: in Damascus it may be another one than here."""
    if "registry" in request.fixturenames:
        turn(request.getfixturevalue("registry"), 0)


@pytest.fixture
def pair(registry):
    return covered(registry)


@pytest.mark.parametrize(("field", "words"), [("reason", "See SYS-K7F49M-3"), ("lives_in", "33.5138, 36.2765"), ("reason", "٣٣٫٥ sys - k7f49m"), ("score", "0.9"), ("person", "x")])
def test_no_place_code_or_score_of_the_registry_is_passed_on(field, words):
    with pytest.raises(errors.BadInput):
        referrals.parts({"reason": "x", field: words})


def test_no_reader_of_sites_and_links_can_touch_needs(registry, pair):
    """The owners of what reads sites, cases and links, and every SQL login, have no right on a table of referrals; nor do these lead to those."""
    with registry.dba() as raw:
        tables = [row[0] for row in raw.execute("select c.oid::regclass::text from pg_class c where c.relnamespace = 'vault'::regnamespace and c.relkind = 'r'"
                                                " and c.relname ~ '^(referral|partner_account)'").fetchall()]
        assert len(tables) == 5
        for table in tables:
            for role in ("sr_reader", "sr_policed", "sr_writer", "sr_ident", "sr_sql", "sr_web", "sr_keeper"):
                assert raw.execute("select has_table_privilege(%s, %s, 'select, insert, update, delete')", [role, table]).fetchone()[0] is False, (role, table)
                columns = raw.execute("select array_agg(a.attname::text) from pg_attribute a where a.attrelid = %s::regclass and a.attnum > 0"
                                      " and has_column_privilege(%s, a.attrelid, a.attname, 'select, update')", [table, role]).fetchone()[0]
                assert columns in (None, ["event", "digest"]) and (columns is None or role == "sr_writer"), "the chain counts digests"
        leads = raw.execute("select distinct confrelid::regclass::text from pg_constraint where contype = 'f' and conrelid::regclass::text = any(%s)", [tables]).fetchall()
        assert {row[0] for row in leads if not row[0].startswith("vocab.")} == {"reg.account", "reg.partner", "reg.agreement", "vault.referral"}
        told = raw.execute("select p.proname from pg_proc p where p.pronamespace = 'api'::regnamespace and p.proowner <> 'sr_vault'::regrole"
                           " and p.proname <> '_event_rows' and p.prosrc ~ 'vault\\.referral'").fetchall()
        assert told == []
        raw.execute("set local role sr_reader")
        with pytest.raises(Exception, match="permission denied"), raw.transaction():
            raw.execute("select r.needs from vault.referral r join reg.person p on true").fetchall()
        raw.execute("reset role")


def test_of_a_partner_the_hour_and_no_event(registry, pair):
    one = sent(registry, pair[0])
    with registry.dba() as raw:
        before = raw.execute("select count(*) from reg.audit_event").fetchone()[0]
    answer(registry, one, "declined", ground="out_of_area")
    with registry.dba() as raw:
        assert raw.execute("select count(*) from reg.audit_event").fetchone()[0] == before
        assert raw.execute("select bool_and(at = date_trunc('hour', at)) from reg.read_log where action like 'referral%%' and actor = (select id from reg.account where name = 'door')").fetchone()[0]
    assert state(registry, one)["ground"] == "out_of_area"


def test_counts_of_the_past_in_fives(registry, pair):
    for n in range(7):
        sent(registry, pair[0], needs=("legal",) if n < 4 else ("legal", "medical"))
    with registry.as_("releaser"):
        assert referrals.counts(registry) == [], "a quarter that is not over could be watched"
    turn(registry, 100)
    with registry.as_("releaser"):
        assert {(row["what"], row["code"], row["n"]) for row in referrals.counts(registry)} == {("need", "legal", 5), ("way", "out", 5), ("urgency", "urgent", 5)}
    with registry.as_("worker"):
        referrals.counts(registry)
    for who in ("analyst1", "viewer", "auditor"):
        with registry.as_(who), pytest.raises(errors.Denied):
            referrals.counts(registry)


@pytest.mark.parametrize("who", ["worker", "analyst1", "releaser", "auditor", "admin", "viewer", "door"])
def test_for_other_roles_it_is_refused(registry, pair, who):
    one = sent(registry, pair[0])
    with registry.as_(who):
        for work in (referrals.find, referrals.partners, lambda session: referrals.show(session, one), lambda session: referrals.step(session, one, "closed")):
            with pytest.raises(errors.Denied):
                work(registry)
