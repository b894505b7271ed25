"""SQL logins of analysts: one role for one account, member of sr_sql (and of sr_sql_records where that was granted apart), known to
the server as that account."""
from psycopg import sql

from sitereg.errors import BadInput, NotFound, Refused

__all__ = ["asks_records", "drop_sql_login", "end_sessions", "make_sql_login"]

LIMITS = {"statement_timeout": "15s", "temp_file_limit": "1GB", "idle_in_transaction_session_timeout": "60s",
          "lock_timeout": "5s", "log_statement": "all", "default_transaction_read_only": "on", "search_path": "api, public"}


def make_sql_login(connection, account, *, records=False):
    """The account may ask by SQL: the role sql_<account> exists, may log in without a password where the server proves the
    OS user (peer), may call what sr_sql may, and is that account to the registry. Answers the role's name.

    records: it may ask the views of claims, decisions and other paperwork, too, whose pages, counted by EXPLAIN, move with what
    others hold; without it an earlier such right is taken back.

    connection: psycopg, of a superuser; nothing is committed here. Every statement of the login stands in the server's log,
    and it cannot change that. Raises NotFound (no such account), Refused: the account holds no live clearance with the role
    analyst, or belongs to a partner; BadInput: another account has that login.
    """
    found = connection.execute(
        "select a.id, a.partner, a.sql_login, coalesce(c.roles, '{}') from reg.account a left join reg.clearance c"
        " on c.account = a.id and c.ended_at is null and c.expires_at > clock_timestamp()"
        " where a.name = %s and a.state = 'active'", [account]).fetchone()
    if found is None:
        raise NotFound
    made, partner, before, roles = found
    if partner is not None or "partner" in roles:
        raise Refused("A partner asks by pages and files, never by SQL", where=account, guard="no_partner")
    if "analyst" not in roles:
        raise Refused("Only an analyst asks by SQL", where=account, guard="analyst", needs="Grant the role analyst first.")
    login = before or login_name(account)
    if connection.execute("select 1 from reg.account where sql_login = %s and id <> %s", [login, made]).fetchone():
        raise BadInput("Another account has that login", where=login, do="Rename one of the two accounts.")
    role = sql.Identifier(login)
    if not connection.execute("select 1 from pg_roles where rolname = %s", [login]).fetchone():
        connection.execute(sql.SQL("create role {}").format(role))
    connection.execute(sql.SQL("alter role {} login inherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls"
                               " connection limit 5 password null").format(role))
    connection.execute(sql.SQL("grant sr_sql to {}").format(role))
    change = "grant sr_sql_records to {}" if records else "revoke sr_sql_records from {}"
    connection.execute(sql.SQL(change).format(role))
    for name, value in LIMITS.items():
        kept = sql.SQL(value) if name == "search_path" else sql.Literal(value)
        connection.execute(sql.SQL("alter role {} set {} = {}").format(role, sql.Identifier(name), kept))
    connection.execute("update reg.account set sql_login = %s where id = %s", [login, made])
    return login


def asks_records(connection, account):
    """Whether the account has a SQL login that may ask the views of records."""
    return connection.execute(
        "select exists (select 1 from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles l on l.oid = m.member"
        " join reg.account a on a.sql_login = l.rolname"
        " where g.rolname = 'sr_sql_records' and a.name = %s)", [account]).fetchone()[0]


def drop_sql_login(connection, account):
    """The account asks by SQL no more, its role is gone and what it has open is ended; answers the role's name, None if it had
    none. Raises NotFound."""
    found = connection.execute("select id, sql_login from reg.account where name = %s", [account]).fetchone()
    if found is None:
        raise NotFound
    made, login = found
    if login is None:
        return None
    connection.execute("update reg.account set sql_login = null where id = %s", [made])
    connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(login)))
    end_sessions(connection, login)
    connection.execute(sql.SQL("drop role {}").format(sql.Identifier(login)))
    return login


def end_sessions(connection, login):
    """What that login has open is ended: a transaction would keep what it may do until its end."""
    connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", [login])


def login_name(account):
    """The role of an account's name: sql_ and small letters, digits and _ (of which PostgreSQL keeps 63 bytes)."""
    name = "sql_" + "".join(c if c.isalnum() else "_" for c in account)
    if len(name) > 54:
        raise BadInput("The account's name is too long for a login", where=account, do="Use a name of at most 50 letters.")
    return name
