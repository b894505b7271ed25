"""names are sought by two and three of their words together; what a record was linked with is found from either"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None
SOUGHT = ('name_key', 'site_name', 'place')


def upgrade():
    for table in SOUGHT:  # '{}' = not derived yet: sql/98_catch_up.sql does it in the same transaction
        op.add_column(table, sa.Column('sets', postgresql.ARRAY(sa.BigInteger()), server_default='{}', nullable=False), schema='reg')
        op.create_index(f'ix_{table}_sets', table, ['sets'], schema='reg', postgresql_using='gin', postgresql_with={'fastupdate': 'off'})
        op.execute(f'alter table reg.{table} alter column sets set statistics 0')
    op.drop_column('site', 'name_key', schema='reg')
    op.create_index('ix_decision_pair', 'decision', ['aspect'], schema='reg', postgresql_where=sa.text("machine = 'duplicate'"))


def downgrade():
    op.drop_index('ix_decision_pair', table_name='decision', schema='reg')
    op.add_column('site', sa.Column('name_key', sa.Text(), server_default='', nullable=False), schema='reg')
    for table in SOUGHT:
        op.drop_index(f'ix_{table}_sets', table_name=table, schema='reg')
        op.drop_column(table, 'sets', schema='reg')
