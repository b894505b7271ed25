"""counts are kept beforehand for a tier and its compartments; events that name a site and are supported have an index of their own"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def many(name, kind, null=True):
    return sa.Column(name, postgresql.ARRAY(kind), nullable=null)


def upgrade():
    op.create_table(
        'kept_count', sa.Column('what', sa.Text(), nullable=False), sa.Column('level', sa.SmallInteger(), nullable=False),
        many('scopes', sa.Integer(), False), sa.Column('part', sa.SmallInteger(), nullable=False),
        sa.Column('home', sa.Text(), nullable=False), sa.Column('month', sa.Date()), sa.Column('silenced', sa.Text(), nullable=False),
        sa.Column('seen', sa.Text(), nullable=False), sa.Column('done', sa.Boolean(), server_default='false', nullable=False),
        many('ids', sa.UUID(), False), many('cuts', sa.Text()), many('codes', sa.Text()), many('parts', sa.Text()),
        many('sites', sa.Float(53)), many('low', sa.Integer()), many('high', sa.Integer()), many('accounts', sa.Integer()),
        many('sources', sa.UUID()), sa.Column('rows', postgresql.JSONB(astext_type=sa.Text())),
        sa.Column('counted_at', postgresql.TIMESTAMP(timezone=True)),
        sa.CheckConstraint("what in ('coverage', 'recorded', 'observed', 'silent')", name=op.f('ck_kept_count_what')),
        sa.PrimaryKeyConstraint('what', 'level', 'scopes', 'part', name=op.f('pk_kept_count')), schema='reg')
    op.create_table(
        'count_mark', sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('xid', sa.BigInteger(), nullable=False), sa.Column('of', sa.Text(), nullable=False), sa.Column('subject', sa.UUID()),
        sa.Column('lo', sa.SmallInteger(), nullable=False), sa.Column('hi', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), nullable=False),
        sa.CheckConstraint("of in ('face', 'claim', 'decision', 'visit')", name=op.f('ck_count_mark_of')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_count_mark')), schema='reg')
    op.create_index('ix_count_mark_heard', 'count_mark', ['scope', 'lo'], schema='reg')
    op.create_index('ix_person_event_named', 'person_event', ['face', 'person'], schema='reg',
                    postgresql_where=sa.text('site is not null and class = 0'))


def downgrade():
    op.drop_index('ix_person_event_named', table_name='person_event', schema='reg')
    op.drop_table('count_mark', schema='reg')
    op.drop_table('kept_count', schema='reg')
