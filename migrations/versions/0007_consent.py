"""what becomes of what rests on withdrawn consent: kept under another basis, or erased"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('deletion_outcome',
        sa.Column('code', sa.Text(), nullable=False), sa.Column('label_en', sa.Text(), nullable=False),
        sa.Column('label_ar', sa.Text(), nullable=False), sa.Column('rank', sa.SmallInteger(), nullable=False),
        sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
        sa.PrimaryKeyConstraint('code', name=op.f('pk_deletion_outcome')), schema='vocab')
    op.create_table('deletion_review',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('source', sa.UUID(), nullable=False),
        sa.Column('change', sa.UUID(), nullable=False),
        sa.Column('outcome', sa.Text(), nullable=False),
        sa.Column('legal_basis', sa.Text(), nullable=True),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('erased', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(outcome = 'keep') = (legal_basis is not null) and legal_basis is distinct from 'consent'",
            name=op.f('ck_deletion_review_basis')),
        sa.ForeignKeyConstraint(['change'], ['reg.terms_change.id'], name=op.f('fk_deletion_review_change')),
        sa.ForeignKeyConstraint(['legal_basis'], ['vocab.legal_basis.code'], name=op.f('fk_deletion_review_legal_basis')),
        sa.ForeignKeyConstraint(['outcome'], ['vocab.deletion_outcome.code'], name=op.f('fk_deletion_review_outcome')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_deletion_review_recorded_by')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_deletion_review_scope')),
        sa.ForeignKeyConstraint(['source'], ['reg.source.id'], name=op.f('fk_deletion_review_source')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deletion_review')),
        schema='reg')
    op.create_index('ix_deletion_review_event', 'deletion_review', ['event'], unique=False, schema='reg')
    op.create_index('ix_deletion_review_source', 'deletion_review', ['source', 'recorded_at'], unique=False, schema='reg')


def downgrade():
    op.drop_index('ix_deletion_review_source', table_name='deletion_review', schema='reg')
    op.drop_index('ix_deletion_review_event', table_name='deletion_review', schema='reg')
    op.drop_table('deletion_review', schema='reg')
    op.drop_table('deletion_outcome', schema='vocab')
