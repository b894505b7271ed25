"""What is hidden moves neither plans nor pages: estimates know face, tier and scope together; sites of tiers 0 and 1 are found in
indexes of their own"""
import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

REACH = "st_expand(shown, GREATEST(uncertainty_m, 0::double precision) / 55000::double precision)"
FACES = ("site", "site_kind", "site_relation", "person", "person_event", "holding")


def upgrade():
    for table in FACES:
        op.execute(f"create statistics reg.st_{table}_face (mcv) on face, tier, scope from reg.{table}")
    for name, shape in (("shown", "shown"), ("reach", sa.text(REACH))):
        op.create_index(f"ix_site_{name}_open", "site", ["face", shape], schema="reg", postgresql_using="gist",
                        postgresql_where=sa.text("face < 2"))


def downgrade():
    for name in ("shown", "reach"):
        op.drop_index(f"ix_site_{name}_open", "site", schema="reg")
    for table in FACES:
        op.execute(f"drop statistics reg.st_{table}_face")
