"""of a stored link, what moves with every changed site stands apart, some persons a row; the chances follow from it"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

NUMBERS = postgresql.ARRAY(sa.Float(precision=53))
WHOLE = 'coalesce(l.total[1] - ln(nullif(l.p[1], 0) / (1 - l.unlisted)), 0)'
# What a link was when it was written is all that the version before can hold; who was moved on since is ranked anew.
MOVED = """
    with gone as (delete from reg.link l using reg.link_part t, reg.link_run u where t.run = l.run and t.n = l.part and u.id = l.run
      and t.whole[l.slot] <> l.whole returning u.tier, l.person)
    insert into reg.link_touched(tier, person) select distinct tier, person from gone"""
BEFORE = """
    update reg.link l set half = x.half, most = x.most, leans = x.leans, total = x.total, p = x.p
    from (select k.run, k.person, t.half[k.slot] as half, t.most[k.slot] as most, t.leans[k.slot] as leans,
        coalesce(s.total, '{}') as total, coalesce(s.p, '{}') as p
      from reg.link k join reg.link_part t on t.run = k.run and t.n = k.part
      cross join lateral (
        select array_agg(b.total order by b.n) as total, array_agg((1 - k.unlisted) * exp(b.total - k.whole) order by b.n) as p
        from (select (e.at - 1) / 10 as n, sum(e.value order by e.at) as total from unnest(k.parts) with ordinality e(value, at)
          group by 1) b) s) x
    where x.run = l.run and x.person = l.person"""


def upgrade():
    op.create_table(
        'link_part', sa.Column('run', sa.UUID(), nullable=False), sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('whole', NUMBERS, nullable=False), sa.Column('half', postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column('most', postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column('leans', postgresql.ARRAY(sa.Boolean()), nullable=False),
        sa.ForeignKeyConstraint(['run'], ['reg.link_run.id'], name=op.f('fk_link_part_run')),
        sa.PrimaryKeyConstraint('run', 'n', name=op.f('pk_link_part')), schema='reg')
    for name, kind in (('whole', sa.Float(precision=53)), ('cohort_rest', sa.Float(precision=53)),
                       ('companion_rest', sa.Float(precision=53)), ('part', sa.Integer()), ('slot', sa.SmallInteger())):
        op.add_column('link', sa.Column(name, kind, nullable=True), schema='reg')
    op.execute(f"""
        update reg.link l set whole = {WHOLE}, cohort_rest = 1, companion_rest = 1, part = 1 + x.at / 64, slot = 1 + x.at % 64
        from (select run, person, row_number() over (partition by run order by person) - 1 as at from reg.link) x
        where x.run = l.run and x.person = l.person""")
    op.execute("""
        insert into reg.link_part(run, n, whole, half, most, leans)
        select run, part, array_agg(whole order by slot), array_agg(half order by slot), array_agg(most order by slot),
          array_agg(leans order by slot) from reg.link group by run, part""")
    for name in ('whole', 'cohort_rest', 'companion_rest', 'part', 'slot'):
        op.alter_column('link', name, nullable=False, schema='reg')
    for name in ('total', 'p', 'half', 'most', 'leans'):
        op.drop_column('link', name, schema='reg')


def downgrade():
    for name, kind in (('total', NUMBERS), ('p', NUMBERS), ('half', sa.SmallInteger()), ('most', sa.SmallInteger()),
                       ('leans', sa.Boolean())):
        op.add_column('link', sa.Column(name, kind, nullable=True), schema='reg')
    op.execute(MOVED)
    op.execute(BEFORE)
    for name in ('total', 'p', 'half', 'most', 'leans'):
        op.alter_column('link', name, nullable=False, schema='reg')
    for name in ('whole', 'cohort_rest', 'companion_rest', 'part', 'slot'):
        op.drop_column('link', name, schema='reg')
    op.drop_table('link_part', schema='reg')
