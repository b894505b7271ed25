"""Row security under every function: what sr_policed sees is exactly what an independent reading of the rules allows."""
from collections import Counter

import psycopg
import pytest

from sitereg import disclosing
from tests import given
from tests.sitereg.publishing import annul, published

pytestmark = pytest.mark.db
READERS = ("worker", "officer", "investigator1", "viewer")
FACES = {"site", "site_kind", "site_relation", "person", "person_event"}
PARENTS = {"claim": ("subject", "subject"), "decision": ("subject", "subject"), "proposal": ("subject", "subject"),
           "claim_end": ("claim", "claim"), "visit": ("site", "subject")}


@pytest.fixture
def filled(registry):
    """Sites of each tier, with and without a compartment, with claims above their site, restricted and ended ones, decisions."""
    open_site = published(registry, given.name("open"), kind="prison_central")[0]
    made = [given.site(registry, given.kind("prison_central"), given.name(f"site {tier} {held}"), given.place(36 + tier / 10, 33.1),
                       tier=tier, compartments=held)
            for tier in (1, 2) for held in (None, ["names"])]
    for tier in (1, 2):
        given.say(registry, open_site, given.kind("court", tier=tier))
        held_back = given.say(registry, made[0][0], given.kind("court"), given.name("held back"))
        done = disclosing.restrict(registry, made[0][0], claims=held_back[:1], reason="it names a family")
    annul(registry, done.decision)
    given.say(registry, made[0][0], given.kind("archive", compartments=["names"]))
    registry.call("end_claim", claim=made[2][2][1], why="test")
    return registry


def rows(registry, table, role):
    with registry.dba() as raw, raw.transaction(force_rollback=True):
        raw.execute(f"set local role {role}")
        return raw.execute(f"select to_jsonb(t) from reg.{table} t").fetchall()


def clearances(registry):
    with registry.dba() as raw:
        held = {name: (tier, set(compartments)) for name, tier, compartments in raw.execute(
            "select a.name, c.tier, c.compartments from reg.account a join reg.clearance c on c.account = a.id")}
        scopes = {number: set(words) for number, words in raw.execute("select id, compartments from reg.scope")}
    return held, scopes


def allowed(registry, reader, table, everything):
    """The rules of docs/security.md again, in Python."""
    held, scopes = clearances(registry)
    tier, compartments = held[reader]

    def may(row):
        return row["tier"] <= tier and scopes[row["scope"]] <= compartments

    seen = {"subject": {row["id"] for row in everything["subject"] if may(row)}}
    last = {(row["subject"], row["aspect"]): row for row in sorted(everything["decision"], key=lambda row: row["seq"]) if row["machine"] == "tier"}
    gone = {claim for row in last.values() if row["to_state"] == "restricted" and row["value"]["tier"] > tier for claim in row["value"]["claims"]}
    seen["claim"] = {row["id"] for row in everything["claim"] if may(row) and row["subject"] in seen["subject"] and row["id"] not in gone}
    if table == "claim_end":
        return [row for row in everything[table] if row["claim"] in seen["claim"]]
    if table == "claim":
        return [row for row in everything[table] if row["id"] in seen["claim"]]
    if table in ("decision", "proposal"):
        return [row for row in everything[table] if may(row) and row["subject"] in seen["subject"]]
    return [row for row in everything[table] if may(row) and (table not in FACES or row["face"] == tier)]


def compare(registry, table):
    tables = {table, "subject", "claim", "decision"}
    everything = {one: [row for row, in rows(registry, one, "sr_writer")] for one in tables}
    assert everything[table], "nothing to tell apart"
    for reader in READERS:
        with registry.as_(reader):
            got = [row for row, in rows(registry, table, "sr_policed")]
        want = allowed(registry, reader, table, everything)
        assert Counter(map(repr, got)) == Counter(map(repr, want)), (table, reader)


@pytest.mark.parametrize("table", ["subject", "claim", "claim_end", "decision", "site", "site_kind", "source"])
def test_row_security_and_the_rules_agree(filled, table):
    compare(filled, table)


@pytest.mark.parametrize("table", ["subject", "claim", "claim_end", "decision", "site", "site_kind", "source"])
def test_an_open_policy_is_noticed(filled, table):
    with filled.dba() as raw:
        raw.execute(f"drop policy see on reg.{table}")
        raw.execute(f"create policy see on reg.{table} for select to sr_policed using (true)")
    with pytest.raises(AssertionError):
        compare(filled, table)


def test_the_set_that_policies_pass_by_is_the_empty_one(registry):
    with registry.dba() as raw:
        assert raw.execute("select compartments from reg.scope where id = 0").fetchone() == ([],)


def test_nobody_announced_sees_no_row(filled):
    with filled.dba() as raw:
        raw.execute("select set_config('sitereg.tok', '', true)")
        raw.execute("set local role sr_policed")
        for table in ("subject", "claim", "site", "decision", "account", "source", "admin_unit"):
            assert raw.execute(f"select count(*) from reg.{table}").fetchone()[0] == 0, table
        raw.execute("reset role")


def test_the_token_key_is_readable_by_identity_alone(filled):
    for role in ("sr_policed", "sr_reader", "sr_writer", "sr_web"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(filled, "token_key", role)


@pytest.mark.parametrize("table", ["audit_head", "scope"])
def test_tables_without_a_policy_show_nobody_anything(filled, table):
    with filled.as_("worker"):
        assert rows(filled, table, "sr_policed") == []
