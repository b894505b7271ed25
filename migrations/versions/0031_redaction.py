"""redactions: what is covered of a document and why, by two persons, and the copy that was made"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None
SCHEMES = ('redaction_reason', 'redaction_state', 'redaction_length', 'redaction_fault')
TABLES = ('redaction', 'redaction_mark', 'redaction_mark_end', 'redaction_step')


def sealed(table):
    return (sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
            sa.Column('recorded_by', sa.UUID(), nullable=False), sa.Column('event', sa.UUID(), nullable=False),
            sa.Column('digest', sa.LargeBinary(), nullable=False),
            sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f(f'fk_{table}_recorded_by')))


def key(table, column, target):
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{table}_{column}'))


def columns(kind, *names):
    return (sa.Column(name, kind, nullable=True) for name in names)


def upgrade():
    for scheme in SCHEMES:
        op.create_table(
            scheme, sa.Column('code', sa.Text(), nullable=False), sa.Column('label_en', sa.Text(), nullable=False),
            sa.Column('label_ar', sa.Text(), nullable=False), sa.Column('rank', sa.SmallInteger(), nullable=False),
            sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
            sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
            sa.PrimaryKeyConstraint('code', name=op.f(f'pk_{scheme}')), schema='vocab')
    op.create_table(
        'redaction', sa.Column('id', sa.UUID(), nullable=False), sa.Column('document', sa.UUID(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False), *sealed('redaction'),
        sa.CheckConstraint("kind in ('pages', 'sound')", name=op.f('ck_redaction_kind')),
        key('redaction', 'document', 'reg.document.id'), sa.PrimaryKeyConstraint('id', name=op.f('pk_redaction')), schema='reg')
    op.create_index('ix_redaction_document', 'redaction', ['document', 'recorded_at'], unique=False, schema='reg')
    op.create_table(
        'redaction_mark', sa.Column('id', sa.UUID(), nullable=False), sa.Column('redaction', sa.UUID(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False), sa.Column('page', sa.Integer(), nullable=True),
        *columns(sa.Float(53), 'x', 'y', 'width', 'height', 'began', 'ended'), sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('why', sa.Text(), nullable=True), *sealed('redaction_mark'),
        sa.CheckConstraint("num_nulls(page, x, y, width, height) in (0, 5) and num_nulls(began, ended) in (0, 2)"
                           " and (page is null) <> (began is null)", name=op.f('ck_redaction_mark_where')),
        sa.CheckConstraint("x >= 0 and y >= 0 and width > 0 and height > 0 and x + width <= 1.000001 and y + height <= 1.000001",
                           name=op.f('ck_redaction_mark_inside')),
        sa.CheckConstraint("began >= 0 and ended > began and ended < 1000000", name=op.f('ck_redaction_mark_interval')),
        sa.CheckConstraint("reason <> 'other' or why is not null", name=op.f('ck_redaction_mark_worded')),
        key('redaction_mark', 'redaction', 'reg.redaction.id'), key('redaction_mark', 'reason', 'vocab.redaction_reason.code'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_redaction_mark')),
        sa.UniqueConstraint('redaction', 'n', name=op.f('uq_redaction_mark_redaction_n')), schema='reg')
    op.create_table(
        'redaction_mark_end', sa.Column('mark', sa.UUID(), nullable=False), *sealed('redaction_mark_end'),
        key('redaction_mark_end', 'mark', 'reg.redaction_mark.id'),
        sa.PrimaryKeyConstraint('mark', name=op.f('pk_redaction_mark_end')), schema='reg')
    op.create_table(
        'redaction_step', sa.Column('id', sa.UUID(), nullable=False), sa.Column('redaction', sa.UUID(), nullable=False),
        sa.Column('step', sa.Text(), nullable=False), sa.Column('why', sa.Text(), nullable=True),
        sa.Column('plan', postgresql.JSONB(astext_type=sa.Text()), nullable=True), *columns(sa.UUID(), 'sealed', 'made'),
        sa.Column('checks', postgresql.JSONB(astext_type=sa.Text()), nullable=True), *sealed('redaction_step'),
        sa.CheckConstraint("step in ('asked', 'refused', 'made', 'dropped', 'retracted')", name=op.f('ck_redaction_step_step')),
        sa.CheckConstraint("(step = 'asked') = (plan is not null) and (step = 'made') = (num_nulls(made, checks) = 0)",
                           name=op.f('ck_redaction_step_parts')),
        key('redaction_step', 'redaction', 'reg.redaction.id'), key('redaction_step', 'sealed', 'reg.sealed.id'),
        key('redaction_step', 'made', 'reg.document.id'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_redaction_step')), schema='reg')
    op.create_index('ix_redaction_step_redaction', 'redaction_step', ['redaction', 'recorded_at'], unique=False, schema='reg')
    op.create_index('ix_redaction_step_made', 'redaction_step', ['made'], unique=False, schema='reg')
    for table in TABLES:
        op.create_index(f'ix_{table}_event', table, ['event'], unique=False, schema='reg')


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table, schema='reg')
    for scheme in SCHEMES:
        op.drop_table(scheme, schema='vocab')
