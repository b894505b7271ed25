"""words of names are kept as they may be read otherwise, and with those that sound alike"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade():
    for name in ('sound2', 'bones2'):
        op.add_column('name_token', sa.Column(name, sa.Text(), nullable=True), schema='reg')
    # '{}' = not derived yet: sql/98_catch_up.sql does it in the same transaction
    op.add_column('name_token', sa.Column('alike', postgresql.ARRAY(sa.BigInteger()), server_default='{}', nullable=False), schema='reg')
    op.create_index('ix_name_token_alike', 'name_token', ['alike'], schema='reg', postgresql_using='gin', postgresql_with={'fastupdate': 'off'})
    op.execute('alter table reg.name_token alter column alike set statistics 0')


def downgrade():
    op.drop_index('ix_name_token_alike', table_name='name_token', schema='reg')
    for name in ('alike', 'bones2', 'sound2'):
        op.drop_column('name_token', name, schema='reg')
