"""what two records were settled to be lies in a face where both stand, and nowhere else"""
from alembic import op

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade():
    op.execute("""delete from reg.beside b where b.what = 'settled'
        and not exists (select 1 from reg.site o where o.id = b.id and o.face = b.face)
        and not exists (select 1 from reg.holding o where o.id = b.id and o.face = b.face)""")


def downgrade():
    pass
