"""Who may ask: the account of the shell, accounts and their clearances. Sign-in with a password belongs to the web."""

import os
import pwd

import psycopg

from sitereg.actors import Actor
from sitereg.errors import Denied
from sitereg.store import cluster, people, session

LOCAL = "local"
LOCAL_ROLES = ("data_steward", "investigator", "protection_officer", "analyst")

__all__ = ["actor", "add", "establish", "everyone", "freeze", "grant", "os_user", "revoke", "whoami"]


def actor(settings, *, how="local", request=None):
    """The account of whoever uses this machine's shell: SITEREG_AS, --as, else `local`.

    Raises Denied if that account is not bound to the OS user that runs this process.
    """
    asked = Actor(settings.acting_as or LOCAL, how, request)
    with session.reading(settings, asked) as opened:
        bound = opened.one("self")["os_user"]
    if bound != os_user():
        raise Denied("This account is not bound to your OS user", where=asked.account,
                     do="Leave out --as (and SITEREG_AS), or ask an admin to bind it.")
    return asked


def os_user():
    """The name of the OS user that runs this process, whatever the environment says."""
    return pwd.getpwuid(os.geteuid()).pw_name


def establish(settings):
    """The account `local` exists, bound to the OS user that runs this, with the working roles at T2, never verifier;
    and so does the account of the keeper."""
    with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        made = people.account(raw, LOCAL, display="Local user of this machine", os_user=os_user())
        people.clearance(raw, made, tier=2, roles=LOCAL_ROLES, compartments=("names",),
                         reason="the person at this machine; made by the set-up")
        keeper = people.account(raw, "keeper", display="The keeper")
        people.clearance(raw, keeper, tier=2, roles=(), reason="works unasked; made by the set-up")


def whoami(session):
    """Name, clearance tier, roles, compartments and bound OS user of the one who asks."""
    return session.one("self")


def everyone(session):
    """All accounts with their clearances, for admins and auditors; one's own for others."""
    return session.rows("accounts")


def add(session, *, name, display, os_user=None, reason):
    """The account exists, without a clearance; answers its id. Raises Conflict if the name is taken."""
    return session.call("account_add", name=name, display=display, os_user=os_user, reason=reason)


def grant(session, *, account, tier, roles, compartments=(), reason, expires):
    """The account holds exactly this clearance until `expires`; nobody grants himself anything (Refused)."""
    return session.call("clearance_grant", account=account, tier=tier, compartments=list(compartments),
                        roles=list(roles), reason=reason, expires=expires)


def revoke(session, *, account, reason):
    """The account holds no clearance and sees nothing from its next transaction on."""
    session.call("clearance_end", account=account, reason=reason)


def freeze(session, *, account, reason, state="frozen"):
    """The account is `frozen`, `closed` or `active` again from its next transaction on."""
    session.call("account_state", account=account, state=state, reason=reason)
