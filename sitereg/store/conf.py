"""What the embedded cluster is told: its settings and whom it admits, as texts of the three files."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from psycopg.conninfo import make_conninfo

ROLES = ("sitereg_dba", "sr_web", "sr_keeper")

HBA = """\
# Written by sitereg. Unix socket only; who somebody is, the OS says (peer); as whom, pg_ident.conf.
local all all peer map=sitereg
local replication sitereg_dba peer map=sitereg
"""

_CONF = """\
# Written by sitereg at each start: changes go into local.conf beside it.
listen_addresses = ''
unix_socket_directories = '{run}'
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 2GB
work_mem = 16MB
maintenance_work_mem = 256MB
max_locks_per_transaction = 256
max_wal_size = 4GB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
client_connection_check_interval = 2s
idle_in_transaction_session_timeout = 5min
# a statement's values, and the row that broke a rule, stay out of the log
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
log_line_prefix = '%m [%p] %u@%d '
log_checkpoints = off
log_autovacuum_min_duration = -1
"""

_DURABLE = """\
fsync = on
full_page_writes = on
synchronous_commit = on
"""

_FAST = """\
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
"""


_ARCHIVE = """\
archive_mode = on
archive_timeout = 5min
archive_command = '{command}'
"""


def conf(run: Path, fast: bool, archive: str | None = None) -> str:
    """The text of sitereg.conf: socket in `run`; durable, or `fast` and lost with the machine's power; its log handed to the
    command `archive`."""
    kept = _FAST if fast else _DURABLE + (_ARCHIVE.format(command=_quoted(archive)) if archive else "")
    return _CONF.format(run=_quoted(str(run))) + kept


def _quoted(text: str) -> str:
    return text.replace("'", "''")


@lru_cache(maxsize=64)
def conninfo(run: Path, user: str, dbname: str) -> str:
    """The conninfo of `user` to `dbname` by the socket in `run`; kept, as each request asks for it twice."""
    return make_conninfo("", host=str(run), port=5432, user=user, dbname=dbname, connect_timeout=10)


def ident_lines(roles: Iterable[str] = ROLES, users: Iterable[str] = ()) -> list[str]:
    """The lines of pg_ident.conf that let each OS user of `users` be each of `roles`."""
    return [f'sitereg "{user}" {role}' for user in users for role in roles]
