"""the log of reads is rooted by the hour, each root a sealed row of an event; it tells tries to sign in under names that nobody has"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'read_root', sa.Column('id', sa.UUID(), nullable=False), sa.Column('first', sa.BigInteger(), nullable=False),
        sa.Column('last', sa.BigInteger(), nullable=False), sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('root', sa.LargeBinary(), nullable=False),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False), sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint('first > 0 and last >= first', name=op.f('ck_read_root_stretch')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_read_root_recorded_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_read_root')), sa.UniqueConstraint('first', name=op.f('uq_read_root_first')),
        schema='reg')
    op.alter_column('read_log', 'actor', nullable=True, schema='reg')
    op.create_index('ix_read_root_event', 'read_root', ['event'], schema='reg')


def downgrade():
    op.drop_table('read_root', schema='reg')
    op.execute('delete from reg.read_log where actor is null')
    op.alter_column('read_log', 'actor', nullable=False, schema='reg')
