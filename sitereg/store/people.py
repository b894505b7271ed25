"""Accounts and clearances written underneath, as the database's superuser: the first account, the demo's, those of tests."""
from sitereg import vocab
from sitereg.errors import BadInput, NotFound


def ground(raw):
    """The empty scope and the compartment `names` exist."""
    raw.execute("insert into reg.scope(id, compartments) values (0, '{}') on conflict do nothing")
    raw.execute("insert into reg.compartment(code, label) values ('names', 'names of persons') on conflict do nothing")
    raw.execute("insert into reg.scope(compartments) values ('{names}') on conflict do nothing")


def account(raw, name, *, display, os_user=None, demo=False):
    """The id of the account `name`, made if it was not there; an existing one is left as it is."""
    ground(raw)
    raw.execute("insert into reg.account(id, name, display, os_user, demo) values (reg.new_id(), %s, %s, %s, %s)"
                " on conflict (name) do nothing", [name, display, os_user, demo])
    return raw.execute("select id from reg.account where name = %s", [name]).fetchone()[0]


def clearance(raw, account, *, tier, roles, reason, compartments=(), expires="9999-12-31", approver=None):
    """The account holds this clearance if it held none; answers whether it was given now."""
    unknown = raw.execute("select r from unnest(%s::text[]) r where r not in (select code from vocab.role)",
                          [list(roles)]).fetchall()
    if unknown:
        raise BadInput("There is no such role", where=", ".join(row[0] for row in unknown), do=vocab.choices("role", unknown[0][0]))
    made = raw.execute(
        "insert into reg.clearance(id, account, tier, compartments, roles, reason, approver, expires_at)"
        " values (reg.new_id(), %s, %s, %s, %s, %s, coalesce(%s, %s), %s) on conflict do nothing returning id",
        [account, tier, list(compartments), list(roles), reason, approver, account, expires]).fetchone()
    raw.execute("insert into reg.scope(compartments) select array_agg(c order by c) from unnest(%s::text[]) c"
                " having count(*) > 0 on conflict do nothing", [list(compartments)])
    return made is not None


def ever_cleared(raw, account):
    """Whether the account holds or once held a clearance."""
    return raw.execute("select exists (select 1 from reg.clearance where account = %s)", [account]).fetchone()[0]


def admins(raw):
    """How many persons hold the role of an admin now: accounts of one OS user are one."""
    return raw.execute("select count(distinct coalesce('u ' || a.os_user, 'a ' || a.name)) from reg.clearance c"
                       " join reg.account a on a.id = c.account where a.state = 'active' and c.ended_at is null"
                       " and c.expires_at > clock_timestamp() and 'admin' = any (c.roles)").fetchone()[0]


def bound(raw, account):
    """The OS user to which the account is bound, or None."""
    return raw.execute("select os_user from reg.account where id = %s", [account]).fetchone()[0]


def found(raw, name, *, active=True):
    """The id of the account of that name; raises NotFound where there is none (or, with `active`, where it is frozen)."""
    row = raw.execute("select id from reg.account where name = %s and (state = 'active' or not %s)", [name, active]).fetchone()
    if row is None:
        raise NotFound
    return row[0]


def tell(raw, action, account, reason):
    """An event of the chain says what was done underneath to the account."""
    raw.execute("select api._close_event(reg.new_id(), %s, %s, %s)", [action, account, reason])


def setting(raw, name, value):
    """The setting `name` has this JSON value; None removes it."""
    if value is None:
        raw.execute("delete from reg.setting where name = %s", [name])
    else:
        raw.execute("insert into reg.setting(name, value) values (%s, %s::jsonb) on conflict (name)"
                    " do update set value = excluded.value", [name, value])


def told(raw, name):
    """The JSON value of the setting `name`, or None."""
    row = raw.execute("select value from reg.setting where name = %s", [name]).fetchone()
    return row[0] if row else None


def amounts(raw):
    """How many of each there are, for whoever set the registry up: {sites, persons, sources, claims, ...}."""
    return raw.execute("""select jsonb_build_object(
        'sites', (select count(*) from reg.subject where kind = 'site'),
        'persons', (select count(*) from reg.subject where kind = 'person'),
        'sources', (select count(*) from reg.source), 'claims', (select count(*) from reg.claim),
        'retracted', (select count(*) from reg.claim_end),
        'rumours', (select count(*) from reg.claim where rumour_owner is not null),
        'decisions', (select count(*) from reg.decision), 'visits', (select count(*) from reg.visit),
        'measures', (select count(*) from reg.measure), 'disturbances', (select count(*) from reg.disturbance))""").fetchone()[0]


def filled(raw):
    """Whether the registry holds any subject at all."""
    return raw.execute("select exists (select 1 from reg.subject)").fetchone()[0]
