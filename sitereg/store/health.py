"""What `doctor` asks of a living server: its settings, roles, archive, clock, the keeper's lock, and how old some things are."""

KEEPER = 7_283_002  # the advisory lock of the one keeper
SETTINGS = ("archive_mode", "client_connection_check_interval", "data_checksums", "fsync", "full_page_writes",
            "idle_in_transaction_session_timeout", "log_parameter_max_length", "log_parameter_max_length_on_error", "log_statement",
            "synchronous_commit")
OWNERS = ("sr_owner", "sr_policed", "sr_reader", "sr_writer", "sr_ident", "sr_vault", "sr_sql", "sr_sql_records")

__all__ = ["ages", "archive", "clock", "held", "people", "roles", "settings", "watched"]


def settings(raw):
    """Those of SETTINGS, by name, as the server says them; what it was started with, not what this session set."""
    return {one["name"]: one["reset_val"] for one in raw.execute(
        "select name, reset_val from pg_settings where name = any (%s)", [list(SETTINGS)]).fetchall()}


def roles(raw):
    """Roles of ours that may more than they should: owners that can log in, logins that pass row security, superusers."""
    return [one["rolname"] for one in raw.execute(
        "select rolname from pg_roles where rolname = any (%s) and (rolcanlogin or rolsuper or rolcreaterole)"
        " or rolname in ('sr_web', 'sr_keeper') and (rolsuper or rolbypassrls or rolcreaterole or rolinherit)"
        " or pg_has_role(oid, 'sr_sql', 'member') and rolname like 'sql\\_%%' and (rolsuper or rolbypassrls or rolcreaterole)"
        " order by 1", [list(OWNERS)]).fetchall()]


def watched(raw):
    """Whether the event trigger stands, and is on, that writes an event when triggers are switched off."""
    return raw.execute("select exists (select 1 from pg_event_trigger where evtname = 'sitereg_triggers' and evtenabled = 'O')"
                       " as stands").fetchone()["stands"]


def archive(raw):
    """(seconds since a segment of the log was last archived or None, whether the last try failed)."""
    one = raw.execute("select extract(epoch from clock_timestamp() - last_archived_time)::float8 as age,"
                      " coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as failing"
                      " from pg_stat_archiver").fetchone()
    return one["age"], one["failing"]


def clock(raw):
    """(the server's time, the time of the newest event, of the newest checkpoint), each None where there is none."""
    one = raw.execute("select clock_timestamp() as now, (select at from reg.audit_event order by seq desc limit 1) as event,"
                      " (select max(at) from reg.checkpoint) as signed").fetchone()
    return one["now"], one["event"], one["signed"]


def held(raw, lock):
    """Whether somebody holds that advisory lock in this database."""
    return raw.execute(
        "select exists (select 1 from pg_locks where locktype = 'advisory' and objid = %s and classid = 0 and granted"
        " and database = (select oid from pg_database where datname = current_database())) as held", [lock]).fetchone()["held"]


def ages(raw):
    """Seconds since: the first event without a checkpoint, the first read without a root, the longest waiting job; None: none."""
    return raw.execute(
        "select extract(epoch from clock_timestamp() - (select min(e.at) from reg.audit_event e where e.seq > coalesce("
        "   (select max(size) from reg.checkpoint), 0)))::float8 as unsigned,"
        " extract(epoch from clock_timestamp() - (select l.at from reg.read_log l"
        "   where l.id > coalesce((select max(last) from reg.read_root), 0) order by l.id limit 1))::float8 as unrooted,"
        " extract(epoch from clock_timestamp() - (select min(queued_at) from reg.job where state = 'queued'))::float8 as waiting"
    ).fetchone()


def people(raw):
    """How many hold a living clearance as admin, and as releaser of tier 2."""
    one = raw.execute(
        "select count(distinct a.id) filter (where 'admin' = any (c.roles)) as admins,"
        " count(distinct a.id) filter (where 'releaser' = any (c.roles) and c.tier = 2) as releasers"
        " from reg.clearance c join reg.account a on a.id = c.account"
        " where a.state = 'active' and c.ended_at is null and c.expires_at > clock_timestamp()").fetchone()
    return one["admins"], one["releasers"]
