"""What each role opens is what the matrix says: every function of the database asked as every role, every guard in its text compared."""
import re
from collections import Counter

import psycopg
import pytest

from sitereg import machines, vocab
from sitereg.matrix import VERBS
from sitereg.matrix.roles import MACHINE, acting
from sitereg.matrix.verbs import POLICIES, SEES_MORE
from sitereg.store import people, session
from tests import given

pytestmark = pytest.mark.db
ROLES = tuple(role.code for role in vocab.Role)
FUNCTIONS = {function: verb for verb in VERBS for function in verb.functions}
ON_A_MACHINE = ("decide", "annul", "approve", "lift", "restrict", "record_measure")  # what they need to know comes before the role
BY_NAME = ("duplicate_persons", "person_named", "person_names")  # for holders of names: a family holds no compartment, whatever it was given
ALL = """select p.proname, (select array_agg(format_type(t, null)) from unnest(p.proargtypes) t) from pg_proc p
  where p.pronamespace = 'api'::regnamespace and p.prokind = 'f' and p.proname !~ '^(_|keeper_)' and p.prorettype <> 'trigger'::regtype order by 1"""
LITERAL = re.compile(r"_need\(\s*('[a-z_]+'(?:\s*,\s*'[a-z_]+')*)\s*\)")
BESIDE = re.compile(r"(?:&& array\[|_whose\()('[a-z_]+'(?:, '[a-z_]+')*)[\])]|('[a-z_]+') = any \(\(?(?:select )?(?:\w+\.)?(?:api\.)?roles")


def words(text):
    return set(re.findall(r"'([a-z_]+)'", text))


@pytest.fixture
def sources(registry):
    """{function of the database: its text}, those with an underscore too; policies under the name of their table."""
    with registry.dba() as raw:
        texts = raw.execute("select proname, prosrc from pg_proc where pronamespace = 'api'::regnamespace and prokind = 'f'").fetchall()
        policies = raw.execute("select tablename, replace(qual, '::text', '') from pg_policies where schemaname in ('reg', 'vault')").fetchall()
    return dict(texts), {name: re.sub(r"ARRAY", "array", text) for name, text in policies}


@pytest.fixture
def asked_as(registry):
    """The SQLSTATE that a role alone (T2 and names) gets for a function with these arguments, or None."""
    with registry.dba() as raw:
        for role in ROLES:
            made = people.account(raw, f"only.{role}", display=role)
            people.clearance(raw, made, tier=2, roles=[role], compartments=["names"], reason="test")
        kinds = {name: types or [] for name, types in raw.execute(ALL)}
    key = registry.settings.token_key()

    def ask(role, function, **args):
        raw = registry.connection
        said = session.token(key, f"only.{role}", "local", "x", raw.info.backend_pid)
        try:
            with raw.transaction(force_rollback=True):
                raw.execute("select set_config('sitereg.tok', %s, true)", [said])
                if args:
                    raw.execute(session.calling(function, args), args)
                else:
                    raw.execute(f"select * from api.{function}({', '.join('null::' + kind for kind in kinds[function])})")
        except psycopg.Error as refusal:
            return refusal.sqlstate
        return None

    yield ask, kinds
    registry.become("worker")


def test_every_function_is_a_verb_and_every_verb_a_function(asked_as):
    named = Counter(function for verb in VERBS for function in verb.functions)
    assert set(named) == set(asked_as[1]) and set(named.values()) == {1}
    assert {role for verb in VERBS for role in verb.roles or ()} - set(MACHINE) <= set(ROLES)


def test_each_function_is_refused_to_exactly_the_roles_that_the_matrix_leaves_out(asked_as):
    ask, kinds = asked_as
    told = {}
    for function in kinds:
        verb = FUNCTIONS[function]
        if function in ON_A_MACHINE or verb.roles is None:
            continue
        opens = [role for role in ROLES if ask(role, function) != "SR403"]
        meant = [role for role in ROLES if role in verb.roles or (not verb.roles and (role != "family" or function not in BY_NAME))]
        if opens != meant:
            told[function] = (opens, meant)
    assert told == {}


def refused(ask, function, **args):
    return {role for role in ROLES if ask(role, function, **args) == "SR403"}


def test_what_is_decided_by_machine_is_refused_to_the_roles_of_no_step(asked_as):
    ask, _kinds = asked_as
    for machine in ("verification", "protection", "case", "fate", "whereabouts", "measure"):
        assert refused(ask, "decide", subject=None, machine=machine, aspect="", to="x", reason="x") == set(ROLES) - set(acting(machine)), machine
    assert set(acting("verification", "protection", "case", "fate", "whereabouts")) == set(FUNCTIONS["decide"].roles)
    assert refused(ask, "restrict", subject=None, tier=1, reason="x") == set(ROLES) - set(FUNCTIONS["restrict"].roles)
    assert refused(ask, "record_measure", site=None, kind="guard", state="planned", reason="x") == set(ROLES) - set(FUNCTIONS["record_measure"].roles)


def test_lifting_annulling_and_approving_are_refused_to_all_other_roles(registry, asked_as):
    ask, _kinds = asked_as
    site = given.site(registry, given.kind("court"), given.place(36.5, 33.5))[0]
    held = registry.call("restrict", subject=site, tier=2, reason="it is watched")["decision"]
    assert refused(ask, "lift", decision=held, reason="over") == set(ROLES) - set(FUNCTIONS["lift"].roles)
    assert refused(ask, "annul", decision=held, reason="wrong") == set(ROLES) - set(acting("tier")) - {"releaser", "family"}  # to whom nothing is there
    waiting = registry.call("lift", decision=held, reason="the danger is over")["proposal"]
    assert refused(ask, "approve", proposal=waiting, agrees=True, reason="yes") == set(ROLES) - {"releaser", "verifier"}
    answers = {role: ask(role, "approve", proposal=waiting, agrees=True, reason="yes") for role in ("verifier", "releaser")}
    assert answers == {"verifier": "SR423", "releaser": None}, "of tiers a releaser alone"
    assert set(FUNCTIONS["annul"].roles) == {role for machine in machines.START for role in acting(machine)} | {"verifier", "releaser"}


def test_every_role_that_a_function_names_is_its_own(sources):
    """The guards that stand in the text of a function, whatever comes before them when it is called."""
    texts, _policies = sources
    found = 0
    for name, text in texts.items():
        for one in LITERAL.findall(re.sub(r"--[^\n]*", "", text)):
            found += 1
            if name in FUNCTIONS:
                assert words(one) == set(FUNCTIONS[name].roles), name
            else:
                assert words(one) in [set(verb.roles or ()) for verb in VERBS], name
    assert found > 50


def test_wherever_else_a_role_changes_what_is_answered_it_is_said(sources):
    """Roles that widen or narrow the rows: `&& array[...]`, `= any (roles)`; policies too."""
    told = [{}, {}]
    for texts, found in zip(sources, told, strict=True):
        for name, text in texts.items():
            named = {role for pair in BESIDE.findall(text) for one in pair for role in words(one)} & set(ROLES)
            if named:
                found[name] = named
    for found, said in zip(told, (SEES_MORE, POLICIES), strict=True):
        assert {(name, *sorted(roles)) for name, roles in found.items()} == {(name, *sorted(roles)) for name, roles in said.items()}
