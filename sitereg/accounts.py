"""Who may ask: the account of the shell, accounts and their clearances. Sign-in with a password belongs to the web."""

import hashlib
import os
import pwd
import secrets

import psycopg

from sitereg.actors import Actor
from sitereg.errors import BadInput, Conflict, Denied, Refused
from sitereg.store import cluster, logins, people, session

LOCAL = "local"
SHORTEST = 14  # characters of a password of the web
LOCAL_ROLES = ("data_steward", "investigator", "protection_officer", "analyst")

SCOPES = ("frames", "layers")  # what a personal token may read: tables of scripts, layers of map programs
TOKEN = "sitereg_"  # noqa: S105  (how every token begins: one that was published by mistake is found)

__all__ = ["SCOPES", "actor", "add", "add_compartment", "agree", "appoint", "ask", "close", "compartments", "end_sql_login",
           "end_token", "establish", "everyone", "freeze", "make_token", "opens", "os_user", "refuse", "revoke", "sign_in",
           "sql_login", "thaw", "tokens", "waiting", "whoami"]


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
    and so does the account of the keeper. A clearance that an admin has ended since stays ended."""
    with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        made = people.account(raw, LOCAL, display="Local user of this machine", os_user=os_user())
        if not people.ever_cleared(raw, made):
            people.clearance(raw, made, tier=2, roles=LOCAL_ROLES, compartments=("names",),
                             reason="the person at this machine; made by the set-up")
        keeper = people.account(raw, "keeper", display="The keeper")
        if not people.ever_cleared(raw, keeper):
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


def sign_in(settings, *, name, email, password, locale=None, forget_factors=False):
    """That e-mail address and password open the web as the account; an earlier password of it no longer does.

    forget_factors: app, passkeys and recovery codes are void; what was set up by whoever lost them opens nothing.

    By whoever runs this machine, as `appoint`; one event tells of it, without either. Raises NotFound: no such active account;
    BadInput: no address, one that another account has, or a password shorter than SHORTEST or made of the name or the address.
    """
    email = email.strip().lower()
    if not 3 <= len(email) <= 254 or "@" not in email[1:-1] or any(c.isspace() for c in email):
        raise BadInput("This is no e-mail address", where="email", do="It is a name to sign in with; nothing is sent to it.")
    if len(password) < SHORTEST:
        raise BadInput("The password is too short", where="password", do=f"Use at least {SHORTEST} characters, or --generate.")
    if any(part in password.lower() for part in (name.lower(), email.partition("@")[0]) if len(part) > 3) or len(set(password)) < 6:
        raise BadInput("The password is easily guessed", where="password", do="Use words of your own, or --generate.")
    from sitereg.store import credentials

    with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        made = people.found(raw, name)
        if credentials.taken(raw, account=name, email=email):
            raise BadInput("Another account signs in with that address", where="email", do="Use another one.")
        credentials.accept(raw, account=name, email=email, password=password, locale=locale)
        if forget_factors:
            credentials.forget_factors(raw, account=name)
        people.tell(raw, "set_sign_in", made, "the registry's OS user set the web sign-in"
                    + (" and the account's second factors are void" if forget_factors else ""))


def sql_login(settings, *, name, os_user, records=None):
    """The analyst's account may ask by SQL as that OS user of this machine; answers the login's name.

    records: why it may ask the views of claims, decisions and other paperwork, too; without a reason it may not, or not any more,
    and what it has open then is ended.
    By whoever runs this machine; role and admission stand together or not at all, and events tell of both grants. Raises NotFound,
    Refused (not an analyst, or a partner) and BadInput (no such OS user here, an empty reason).
    """
    if records is not None and not records.strip():
        raise BadInput("Say why this login may ask the views of records", where="reason",
                       do="What it counts there moves with what others hold.")
    if settings.embedded and not known(os_user):
        raise BadInput("This machine has no such OS user", where=os_user, do="Give a name that `id` knows.")
    with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        before = logins.asks_records(raw, name)
        login = logins.make_sql_login(raw, name, records=records is not None)
        people.tell(raw, "make_sql_login", people.found(raw, name), f"for the OS user {os_user}")
        if records is not None:
            people.tell(raw, "grant_sql_records", people.found(raw, name), records.strip())
        elif before:
            people.tell(raw, "end_sql_records", people.found(raw, name), "")
        if settings.embedded:
            cluster.admit(settings, login, os_user)
    if before and records is None:  # committed first: who connects now has the right no more
        with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
            logins.end_sessions(raw, login)
    return login


def known(os_user):
    """Whether this machine has an OS user of that name."""
    try:
        return bool(pwd.getpwnam(os_user))
    except (KeyError, ValueError):
        return False


def end_sql_login(settings, *, name):
    """The account asks by SQL no more; answers whether it did."""
    with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        login = logins.drop_sql_login(raw, name)
        if login is None:
            return False
        people.tell(raw, "end_sql_login", people.found(raw, name, active=False), "")
    if settings.embedded:
        cluster.dismiss(settings, login)
    return True


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

    Nothing changes until a second admin agrees. Raises Refused if one asks for oneself, BadInput for a role
    or a compartment that there is not.
    """
    return session.call("clearance_ask", account=account, tier=tier, compartments=list(compartments),
                        roles=list(roles), reason=reason, expires=expires)


def add_compartment(session, *, code, label, reason):
    """The compartment is there, to be named by clearances; nobody holds it yet. Raises BadInput, Conflict if it is there."""
    session.call("compartment_add", code=code, label=label, reason=reason)


def compartments(session):
    """The compartments that there are, and how many accounts hold each, for admins and auditors."""
    return session.rows("compartments")


def waiting(session):
    """The clearances and thaws that wait for a second admin, the oldest first."""
    return session.rows("clearance_requests")


def agree(session, *, request, reason=""):
    """The account holds the clearance that was asked for, or is thawed.

    Raises Refused to whoever asked, and to whoever is to hold it.
    """
    return session.call("clearance_settle", request=request, agrees=True, reason=reason)


def refuse(session, *, request, reason):
    """The request is settled and nothing changed; the one who asked takes it back in the same way."""
    session.call("clearance_settle", request=request, agrees=False, reason=reason)


def revoke(session, *, account, reason):
    """The account holds no clearance and sees nothing from its next transaction on."""
    session.call("clearance_end", account=account, reason=reason)


def freeze(session, *, account, reason):
    """The account sees nothing from its next transaction on; its seats, known browsers and tokens are over for good.

    By any colleague. Raises NotFound, Conflict (it is not active), Refused (five a day; the keeper), Denied to partners.
    """
    session.call("account_freeze", account=account, reason=reason)


def thaw(session, *, account, reason):
    """It is asked that a frozen account be active again; answers the request's id. Nothing changes until a second admin agrees."""
    return session.call("thaw_ask", account=account, reason=reason)


def close(session, *, account, reason):
    """The account is closed for good."""
    session.call("account_close", account=account, reason=reason)


def make_token(session, *, account, scopes, days, reason):
    """What a script shows to read as the account for so many days: (text, to be shown once; the token's id).

    scopes: of SCOPES. The registry keeps the text's hash alone. Raises Refused (another's account; ten are held), BadInput.
    """
    text = TOKEN + secrets.token_urlsafe(32)
    return text, session.call("token_make", account=account, hash=token_hash(text), scopes=list(scopes), days=days, reason=reason)


def token_hash(text):
    """What the registry keeps of a token: it is random, so that one round says nothing about it."""
    return hashlib.sha256(text.encode()).digest()


def tokens(session):
    """One's own tokens, the newest first; all of them for admins and auditors."""
    return session.rows("tokens")


def end_token(session, *, token, reason):
    """The token opens nothing any more. Raises NotFound: there is none, it is over, or somebody else's."""
    session.call("token_end", token=token, reason=reason)


def opens(settings, text, scope):
    """The name of the account as which this token reads what `scope` names, or None."""
    if not text.startswith(TOKEN) or len(text) > 100:
        return None
    return session.unannounced(settings, "token_opens", hash=token_hash(text), scope=scope)
