"""what people enter by hand: sheets with terms and receipts, drafts, how a witness knows"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None
FORMS = "form in ('report', 'site', 'person', 'testimony')"


def upgrade():
    op.create_table(
        'known_by',
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('label_en', sa.Text(), nullable=False),
        sa.Column('label_ar', sa.Text(), nullable=False),
        sa.Column('rank', sa.SmallInteger(), nullable=False),
        sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
        sa.PrimaryKeyConstraint('code', name=op.f('pk_known_by')),
        schema='vocab')
    op.create_table(
        'entry',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('form', sa.Text(), nullable=False),
        sa.Column('once', sa.UUID(), nullable=False),
        sa.Column('mark', sa.LargeBinary(), nullable=False),
        sa.Column('receipt', sa.Text(), nullable=False),
        sa.Column('source', sa.UUID(), nullable=False),
        sa.Column('consent_scope', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('legal_basis', sa.Text(), nullable=True),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        sa.Column('partner', sa.UUID(), nullable=True),
        sa.Column('agreement', sa.UUID(), nullable=True),
        sa.Column('terms', sa.Text(), nullable=True),
        sa.Column('permitted_uses', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('consent', sa.Text(), nullable=True),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(FORMS, name=op.f('ck_entry_form')),
        sa.CheckConstraint('octet_length(mark) = 32', name=op.f('ck_entry_mark')),
        sa.CheckConstraint("receipt ~ '^[0-9]{8}$'", name=op.f('ck_entry_receipt')),
        *(sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_entry_{column}')) for column, target in (
            ('source', 'reg.source.id'), ('scope', 'reg.scope.id'), ('partner', 'reg.partner.id'),
            ('agreement', 'reg.agreement.id'), ('recorded_by', 'reg.account.id'))),
        sa.ForeignKeyConstraint(['legal_basis'], ['vocab.legal_basis.code'], name=op.f('fk_entry_legal_basis')),
        sa.ForeignKeyConstraint(['consent'], ['vocab.consent_state.code'], name=op.f('fk_entry_consent')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_entry')),
        sa.UniqueConstraint('receipt', name=op.f('uq_entry_receipt')),
        sa.UniqueConstraint('recorded_by', 'once', name=op.f('uq_entry_recorded_by_once')),
        schema='reg')
    op.create_index('ix_entry_source', 'entry', ['source'], schema='reg')
    op.create_index('ix_entry_event', 'entry', ['event'], schema='reg')
    op.create_table(
        'draft',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('owner', sa.UUID(), nullable=False),
        sa.Column('once', sa.UUID(), nullable=False),
        sa.Column('form', sa.Text(), nullable=False),
        sa.Column('cipher', sa.LargeBinary(), nullable=False),
        sa.Column('saved_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('expires_at', postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(FORMS, name=op.f('ck_draft_form')),
        sa.ForeignKeyConstraint(['owner'], ['reg.account.id'], name=op.f('fk_draft_owner')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_draft')),
        sa.UniqueConstraint('owner', 'once', name=op.f('uq_draft_owner_once')),
        schema='reg')
    op.create_index('ix_draft_expires_at', 'draft', ['expires_at'], schema='reg')


def downgrade():
    op.drop_table('draft', schema='reg')
    op.drop_table('entry', schema='reg')
    op.drop_table('known_by', schema='vocab')
