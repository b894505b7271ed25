"""Who may ask: the account of the shell, accounts and their clearances. Sign-in with a password belongs to the web."""

import os
import pwd

import psycopg

from sitereg.actors import Actor
from sitereg.errors import Conflict, Denied, Refused
from sitereg.store import cluster, people, session

LOCAL = "local"
LOCAL_ROLES = ("data_steward", "investigator", "protection_officer", "analyst")

__all__ = ["actor", "add", "agree", "appoint", "ask", "establish", "everyone", "freeze", "os_user", "refuse", "revoke", "waiting",
           "whoami"]


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


def appoint(settings, *, name, display, os_user, reason, expires):
    """One of the first two admins, by whoever runs this machine: without two, no clearance could be asked for and agreed to.

    Raises Refused once two persons hold the role, and Conflict where the account is bound to another OS user or cleared.
    """
    with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        if people.admins(raw) >= 2:
            raise Refused("Two admins are there: they make the others", guard="four_eyes", where=name,
                          do="Let one of them run `sitereg accounts grant`, and the other `sitereg accounts agree`.")
        made = people.account(raw, name, display=display, os_user=os_user)
        if people.bound(raw, made) != os_user or not people.clearance(
                raw, made, tier=0, roles=("admin",), reason=reason, expires=expires):
            raise Conflict("This account holds a clearance, or is another OS user's", where=name,
                           do="Appoint an account of its own as admin.")
        people.tell(raw, "appoint_admin", made, reason)


def whoami(session):
    """Name, clearance tier, roles, compartments and bound OS user of the one who asks."""
    return session.one("self")


def everyone(session):
    """All accounts with their clearances, for admins and auditors; one's own for others."""
    return session.rows("accounts")


def add(session, *, name, display, os_user=None, reason):
    """The account exists, without a clearance; answers its id. Raises Conflict if the name is taken."""
    return session.call("account_add", name=name, display=display, os_user=os_user, reason=reason)


def ask(session, *, account, tier, roles, compartments=(), reason, expires):
    """It is asked that the account hold exactly this clearance until `expires`; answers the request's id.

    Nothing changes until a second admin agrees. Raises Refused if one asks for oneself.
    """
    return session.call("clearance_ask", account=account, tier=tier, compartments=list(compartments),
                        roles=list(roles), reason=reason, expires=expires)


def waiting(session):
    """The clearances that wait for a second admin, the oldest first."""
    return session.rows("clearance_requests")


def agree(session, *, request, reason=""):
    """The account holds the clearance that was asked for. Raises Refused to whoever asked, and to whoever is to hold it."""
    return session.call("clearance_settle", request=request, agrees=True, reason=reason)


def refuse(session, *, request, reason):
    """The request is settled and nothing changed; the one who asked takes it back in the same way."""
    session.call("clearance_settle", request=request, agrees=False, reason=reason)


def revoke(session, *, account, reason):
    """The account holds no clearance and sees nothing from its next transaction on."""
    session.call("clearance_end", account=account, reason=reason)


def freeze(session, *, account, reason, state="frozen"):
    """The account is `frozen`, `closed` or `active` again from its next transaction on."""
    session.call("account_state", account=account, state=state, reason=reason)
