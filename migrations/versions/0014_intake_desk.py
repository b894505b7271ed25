"""the intake desk: drafts of intakes, and what people did about rows that were held back"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None
SHEETS = "form in ('report', 'site', 'person', 'testimony')"
DRAFTS = "form in ('report', 'site', 'person', 'testimony', 'intake')"


def upgrade():
    op.drop_constraint(op.f('ck_draft_form'), 'draft', schema='reg', type_='check')
    op.create_check_constraint(op.f('ck_draft_form'), 'draft', DRAFTS, schema='reg')
    op.create_table(
        'row_settlement',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('batch', sa.UUID(), nullable=False),
        sa.Column('part', sa.Text(), nullable=False),
        sa.Column('row_no', sa.Integer(), nullable=False),
        sa.Column('act', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('by_batch', sa.UUID(), nullable=True),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("act in ('corrected', 'rejected')", name=op.f('ck_row_settlement_act')),
        sa.CheckConstraint("(act = 'corrected') = (by_batch is not null)", name=op.f('ck_row_settlement_by_batch')),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f('ck_row_settlement_reason')),
        sa.ForeignKeyConstraint(['batch', 'part', 'row_no'], ['reg.import_row.batch', 'reg.import_row.part', 'reg.import_row.row_no'],
                                name=op.f('fk_row_settlement_batch_part_row_no')),
        sa.ForeignKeyConstraint(['by_batch'], ['reg.import_batch.id'], name=op.f('fk_row_settlement_by_batch')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_row_settlement_recorded_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_row_settlement')),
        schema='reg')
    op.create_index('ix_row_settlement_row', 'row_settlement', ['batch', 'part', 'row_no'], schema='reg')
    op.create_index('ix_row_settlement_event', 'row_settlement', ['event'], schema='reg')


def downgrade():
    op.drop_table('row_settlement', schema='reg')
    op.execute("delete from reg.draft where form = 'intake'")
    op.drop_constraint(op.f('ck_draft_form'), 'draft', schema='reg', type_='check')
    op.create_check_constraint(op.f('ck_draft_form'), 'draft', SHEETS, schema='reg')
