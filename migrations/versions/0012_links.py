"""lines of inquiry are stored: runs for one question and tier, one row a person, and what has moved since"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def numbers(name):
    return sa.Column(name, postgresql.ARRAY(sa.Float(precision=53)), nullable=False)


def upgrade():
    op.create_table(
        'link_run', sa.Column('id', sa.UUID(), nullable=False), sa.Column('question', sa.Text(), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False), sa.Column('version', sa.Text(), nullable=False),
        sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('mark', sa.LargeBinary(), nullable=False),
        sa.Column('cutoff', postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column('filter', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('top', sa.Integer(), nullable=False), sa.Column('state', sa.Text(), nullable=False),
        sa.Column('persons', sa.Integer(), nullable=False), sa.Column('done', sa.Integer(), server_default='0', nullable=False),
        sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('asked_by', sa.UUID(), nullable=False),
        sa.Column('began_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('ended_at', postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column('stale_since', postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("question in ('held', 'buried')", name=op.f('ck_link_run_question')),
        sa.CheckConstraint('tier between 1 and 2', name=op.f('ck_link_run_tier')),
        sa.CheckConstraint('top between 1 and 100', name=op.f('ck_link_run_top')),
        sa.CheckConstraint('octet_length(mark) = 32', name=op.f('ck_link_run_mark')),
        sa.CheckConstraint("state in ('running', 'done', 'replaced')", name=op.f('ck_link_run_state')),
        sa.CheckConstraint("(state = 'running') = (ended_at is null)", name=op.f('ck_link_run_ended')),
        sa.ForeignKeyConstraint(['asked_by'], ['reg.account.id'], name=op.f('fk_link_run_asked_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_link_run')), schema='reg')
    op.create_index('ix_link_run_state', 'link_run', ['tier', 'question'], schema='reg',
                    postgresql_where=sa.text("state <> 'replaced'"))
    op.create_table(
        'link', sa.Column('run', sa.UUID(), nullable=False), sa.Column('person', sa.UUID(), nullable=False),
        sa.Column('sites', postgresql.ARRAY(sa.UUID()), nullable=False), numbers('total'), numbers('parts'), numbers('p'),
        sa.Column('unlisted', sa.Float(precision=53), nullable=False), sa.Column('half', sa.SmallInteger(), nullable=False),
        sa.Column('most', sa.SmallInteger(), nullable=False), sa.Column('leans', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['run'], ['reg.link_run.id'], name=op.f('fk_link_run')),
        sa.PrimaryKeyConstraint('run', 'person', name=op.f('pk_link')), schema='reg')
    op.create_index('ix_link_person', 'link', ['person'], schema='reg')
    op.create_table(
        'link_touched', sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False), sa.Column('person', sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_link_touched')), schema='reg')


def downgrade():
    for table in ('link_touched', 'link', 'link_run'):
        op.drop_table(table, schema='reg')
