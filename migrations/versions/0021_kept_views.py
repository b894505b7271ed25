"""views of the map are kept under random keys, and sites are watched"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def now(name):
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False)


def upgrade():
    op.create_table(
        'map_view', sa.Column('id', sa.UUID(), nullable=False), sa.Column('key', sa.Text(), nullable=False),
        sa.Column('owner', sa.UUID(), nullable=False), sa.Column('name', sa.Text(), nullable=True),
        sa.Column('shared', sa.Boolean(), server_default='false', nullable=False), sa.Column('at_least', sa.SmallInteger(), nullable=False),
        sa.Column('cipher', sa.LargeBinary(), nullable=False), now('kept_at'),
        sa.Column('expires_at', postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("key ~ '^[A-Za-z0-9_-]{22}$'", name=op.f('ck_map_view_key')),
        sa.CheckConstraint('at_least between 0 and 2', name=op.f('ck_map_view_at_least')),
        sa.CheckConstraint('not shared or name is not null', name=op.f('ck_map_view_shared')),
        sa.CheckConstraint('(name is null) = (expires_at is not null)', name=op.f('ck_map_view_expiry')),
        sa.CheckConstraint("substr(cipher, 1, 21) = 'age-encryption.org/v1'::bytea", name=op.f('ck_map_view_sealed')),
        sa.ForeignKeyConstraint(['owner'], ['reg.account.id'], name=op.f('fk_map_view_owner')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_map_view')), sa.UniqueConstraint('key', name=op.f('uq_map_view_key')), schema='reg')
    op.create_index('ix_map_view_owner', 'map_view', ['owner'], schema='reg')
    op.create_index('ix_map_view_expires_at', 'map_view', ['expires_at'], schema='reg')
    op.create_table(
        'watch', sa.Column('id', sa.UUID(), nullable=False), sa.Column('owner', sa.UUID(), nullable=False),
        sa.Column('site', sa.UUID(), nullable=False), now('since'), sa.Column('seen', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        now('seen_at'), sa.ForeignKeyConstraint(['owner'], ['reg.account.id'], name=op.f('fk_watch_owner')),
        sa.ForeignKeyConstraint(['site'], ['reg.subject.id'], name=op.f('fk_watch_site')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_watch')), sa.UniqueConstraint('owner', 'site', name=op.f('uq_watch_owner_site')), schema='reg')


def downgrade():
    for table in ('watch', 'map_view'):
        op.drop_table(table, schema='reg')
