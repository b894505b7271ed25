"""a confirmed link moves the load of every site: of stored links by how much, in few rows"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

# What a link was when it was written is all that the version before can hold; whose load moved since is ranked anew.
MOVED = """
    with gone as (delete from reg.link l using reg.link_part t, reg.link_run u where t.run = l.run and t.n = l.part and u.id = l.run
      and t.lift[l.slot] <> 0 returning u.tier, l.person)
    insert into reg.link_touched(tier, person) select distinct tier, person from gone"""


def upgrade():
    op.add_column('link_part', sa.Column('lift', postgresql.ARRAY(sa.Float(precision=53)), nullable=True), schema='reg')
    op.execute("update reg.link_part set lift = array_fill(0::float8, array[cardinality(whole)])")
    op.alter_column('link_part', 'lift', nullable=False, schema='reg')


def downgrade():
    op.execute(MOVED)
    op.drop_column('link_part', 'lift', schema='reg')
