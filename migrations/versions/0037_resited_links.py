"""a site that is new, gone or elsewhere moves what each place of a person gives to every site: of stored links by how much, in few rows"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

# What a link was when it was written is all that the version before can hold; whose places moved since is ranked anew.
MOVED = """
    with gone as (delete from reg.link l using reg.link_part t, reg.link_run u where t.run = l.run and t.n = l.part and u.id = l.run
      and (t.gain[l.slot][1] <> 1 or t.gain[l.slot][2] <> 1 or t.gain[l.slot][3] <> 1) returning u.tier, l.person)
    insert into reg.link_touched(tier, person) select distinct tier, person from gone"""


def numbers(table, name, every):
    op.add_column(table, sa.Column(name, postgresql.ARRAY(sa.Float(precision=53)), nullable=True), schema='reg')
    op.execute(f"update reg.{table} set {name} = {every}")
    op.alter_column(table, name, nullable=False, schema='reg')


def upgrade():
    numbers('link', 'near', "array_fill(0::float8, array[3 * cardinality(sites)])")
    numbers('link_part', 'gain', "array_fill(1::float8, array[cardinality(whole), 3])")


def downgrade():
    op.execute(MOVED)
    op.drop_column('link_part', 'gain', schema='reg')
    op.drop_column('link', 'near', schema='reg')
