"""search requests: the stage of registering cases, who asked for whom, what became of it, families who read their own page"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None
TABLES = ('family_wish', 'family_access', 'request_step', 'search_request', 'stage_step', 'stage')


def recorded():
    return (sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
            sa.Column('recorded_by', sa.UUID(), nullable=False), sa.Column('event', sa.UUID(), nullable=False),
            sa.Column('digest', sa.LargeBinary(), nullable=False))


def points(table, **columns):
    return [sa.ForeignKeyConstraint([name], [f'reg.{target}.id'], name=op.f(f'fk_{table}_{name}')) for name, target in columns.items()]


def upgrade():
    op.create_table('stage',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('opens', sa.Boolean(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False), *recorded(), *points('stage', recorded_by='account'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_stage')), schema='reg')
    op.create_table('stage_step',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('stage', sa.UUID(), nullable=False),
        sa.Column('step', sa.Text(), nullable=False), sa.Column('why', sa.Text(), nullable=False), *recorded(),
        sa.CheckConstraint("step in ('agreed', 'refused')", name=op.f('ck_stage_step_step')),
        *points('stage_step', recorded_by='account', stage='stage'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_stage_step')), schema='reg')
    op.create_table('search_request',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('entry', sa.UUID(), nullable=False),
        sa.Column('source', sa.UUID(), nullable=False), sa.Column('person', sa.UUID(), nullable=False),
        sa.Column('urgency', sa.Text(), nullable=False), sa.Column('answer_by', sa.Date(), nullable=False),
        sa.Column('said', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('reach', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('consent_version', sa.Text(), nullable=False), sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False), *recorded(),
        sa.CheckConstraint("urgency in ('ordinary', 'soon', 'urgent')", name=op.f('ck_search_request_urgency')),
        *points('search_request', entry='entry', person='subject', recorded_by='account', scope='scope', source='source'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_request')), schema='reg')
    op.create_table('request_step',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('request', sa.UUID(), nullable=False),
        sa.Column('step', sa.Text(), nullable=False), sa.Column('why', sa.Text(), nullable=False),
        sa.Column('due', sa.Date(), nullable=True), sa.Column('proposal', sa.UUID(), nullable=True), *recorded(),
        sa.CheckConstraint("step in ('comparing', 'caseworker', 'asked_back', 'answered', 'left_open', 'matched', 'unmatched', 'opened')",
                           name=op.f('ck_request_step_step')),
        sa.CheckConstraint("(step in ('left_open', 'answered')) = (due is not null)", name=op.f('ck_request_step_due')),
        *points('request_step', proposal='proposal', recorded_by='account', request='search_request'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_request_step')), schema='reg')
    op.create_table('family_access',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('request', sa.UUID(), nullable=False),
        sa.Column('account', sa.UUID(), nullable=False), *recorded(),
        *points('family_access', account='account', recorded_by='account', request='search_request'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_family_access')), schema='reg')
    op.create_table('family_wish',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('request', sa.UUID(), nullable=False),
        sa.Column('wish', sa.Text(), nullable=False), sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('asked_at', postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column('done_at', postgresql.TIMESTAMP(timezone=True), nullable=True), sa.Column('done_by', sa.UUID(), nullable=True),
        sa.CheckConstraint("wish in ('reach', 'call', 'withdraw', 'delete')", name=op.f('ck_family_wish_wish')),
        sa.CheckConstraint("asked_at = date_trunc('hour', asked_at, 'UTC') and done_at = date_trunc('hour', done_at, 'UTC')",
                           name=op.f('ck_family_wish_hours')),
        *points('family_wish', done_by='account', request='search_request'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_family_wish')), schema='reg')
    for table in TABLES[1:]:
        op.create_index(f'ix_{table}_event', table, ['event'], unique=False, schema='reg')
    for name, table, columns, unique in (
            ('stage_step_stage', 'stage_step', ['stage'], True), ('search_request_entry', 'search_request', ['entry'], True),
            ('search_request_source', 'search_request', ['source'], False), ('search_request_person', 'search_request', ['person'], False),
            ('request_step_request', 'request_step', ['request', 'recorded_at'], False),
            ('family_access_account', 'family_access', ['account'], True), ('family_access_request', 'family_access', ['request'], False),
            ('family_wish_request', 'family_wish', ['request'], False)):
        op.create_index(f'ix_{name}', table, columns, unique=unique, schema='reg')


def downgrade():
    for table in TABLES:
        op.drop_table(table, schema='reg')
