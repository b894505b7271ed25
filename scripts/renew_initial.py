"""Write migrations/versions/0001_registry.py anew from the tables. Only before the first release: afterwards add a revision."""
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from psycopg import connect
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from sitereg.store import cluster, schema

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ROOT / "migrations" / "versions"


def renew():
    with cluster.temporary(fast=True) as server, connect(server.dsn("sitereg_dba"), autocommit=True) as raw:
        raw.execute(schema.install_sql())
        engine = create_engine("postgresql+psycopg://", creator=lambda: raw, poolclass=StaticPool)
        with engine.begin() as bound:
            config = Config()
            config.set_main_option("script_location", str(ROOT / "migrations"))
            config.attributes["connection"] = bound
            (VERSIONS / "0001_registry.py").unlink(missing_ok=True)
            command.revision(config, "registry", autogenerate=True, rev_id="0001")


if __name__ == "__main__":
    sys.exit(renew())
