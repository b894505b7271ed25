"""lifting a freeze takes two; what is frozen is found by the compartment that it lies in"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def written_once():
    """The columns of a row that is written once, behind its own."""
    return (sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
            sa.Column('recorded_by', sa.UUID(), nullable=False), sa.Column('event', sa.UUID(), nullable=False),
            sa.Column('digest', sa.LargeBinary(), nullable=False))


def upgrade():
    op.create_table('freezing_ask',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('freezing', sa.UUID(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        *written_once(),
        sa.ForeignKeyConstraint(['freezing'], ['reg.freezing.id'], name=op.f('fk_freezing_ask_freezing')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_freezing_ask_recorded_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_freezing_ask')),
        schema='reg')
    op.create_index('ix_freezing_ask_event', 'freezing_ask', ['event'], unique=False, schema='reg')
    op.create_index('ix_freezing_ask_freezing', 'freezing_ask', ['freezing'], unique=False, schema='reg')
    op.create_table('freezing_ask_end',
        sa.Column('ask', sa.UUID(), nullable=False),
        sa.Column('outcome', sa.Text(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        *written_once(),
        sa.CheckConstraint("outcome in ('taken', 'refused', 'withdrawn')", name=op.f('ck_freezing_ask_end_outcome')),
        sa.ForeignKeyConstraint(['ask'], ['reg.freezing_ask.id'], name=op.f('fk_freezing_ask_end_ask')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_freezing_ask_end_recorded_by')),
        sa.PrimaryKeyConstraint('ask', name=op.f('pk_freezing_ask_end')),
        schema='reg')
    op.create_index('ix_freezing_ask_end_event', 'freezing_ask_end', ['event'], unique=False, schema='reg')
    op.create_index('ix_subject_frozen', 'subject', ['id'], unique=False, schema='reg', postgresql_where=sa.text('scope < 0'))
    op.create_index('ix_claim_frozen', 'claim', ['subject', 'document'], unique=False, schema='reg', postgresql_where=sa.text('scope < 0'))


def downgrade():
    op.drop_index('ix_claim_frozen', table_name='claim', schema='reg')
    op.drop_index('ix_subject_frozen', table_name='subject', schema='reg')
    op.drop_index('ix_freezing_ask_end_event', table_name='freezing_ask_end', schema='reg')
    op.drop_table('freezing_ask_end', schema='reg')
    op.drop_index('ix_freezing_ask_freezing', table_name='freezing_ask', schema='reg')
    op.drop_index('ix_freezing_ask_event', table_name='freezing_ask', schema='reg')
    op.drop_table('freezing_ask', schema='reg')
