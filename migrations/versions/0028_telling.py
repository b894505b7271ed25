"""what families may be told: the sentences of one day, who signed them, whom they were told to"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def recorded():
    return (sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
            sa.Column('recorded_by', sa.UUID(), nullable=False), sa.Column('event', sa.UUID(), nullable=False),
            sa.Column('digest', sa.LargeBinary(), nullable=False))


def upgrade():
    op.create_table('telling',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('person', sa.UUID(), nullable=False),
        sa.Column('lines', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('words', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('basis', postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        *recorded(),
        sa.CheckConstraint('jsonb_array_length(lines) between 2 and 5', name=op.f('ck_telling_lines')),
        sa.ForeignKeyConstraint(['person'], ['reg.subject.id'], name=op.f('fk_telling_person')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_telling_recorded_by')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_telling_scope')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_telling')),
        schema='reg'
    )
    op.create_index('ix_telling_event', 'telling', ['event'], unique=False, schema='reg')
    op.create_index('ix_telling_person', 'telling', ['person', 'recorded_at'], unique=False, schema='reg')
    op.create_table('telling_step',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('telling', sa.UUID(), nullable=False),
        sa.Column('step', sa.Text(), nullable=False),
        sa.Column('why', sa.Text(), nullable=True),
        sa.Column('contact', sa.UUID(), nullable=True),
        sa.Column('how', sa.Text(), nullable=True),
        sa.Column('on_day', sa.Date(), nullable=True),
        *recorded(),
        sa.CheckConstraint("step in ('signed', 'refused', 'told')", name=op.f('ck_telling_step_step')),
        sa.CheckConstraint("case step when 'told' then num_nulls(contact, how, on_day) = 0 else num_nonnulls(contact, how, on_day) = 0"
                           " and why is not null end", name=op.f('ck_telling_step_told')),
        sa.CheckConstraint("how in ('in_person', 'telephone', 'letter')", name=op.f('ck_telling_step_how')),
        sa.ForeignKeyConstraint(['contact'], ['reg.source.id'], name=op.f('fk_telling_step_contact')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_telling_step_recorded_by')),
        sa.ForeignKeyConstraint(['telling'], ['reg.telling.id'], name=op.f('fk_telling_step_telling')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_telling_step')),
        schema='reg'
    )
    op.create_index('ix_telling_step_contact', 'telling_step', ['contact'], unique=False, schema='reg')
    op.create_index('ix_telling_step_event', 'telling_step', ['event'], unique=False, schema='reg')
    op.create_index('ix_telling_step_telling', 'telling_step', ['telling', 'recorded_at'], unique=False, schema='reg')


def downgrade():
    op.drop_table('telling_step', schema='reg')
    op.drop_table('telling', schema='reg')
