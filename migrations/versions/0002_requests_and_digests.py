"""clearances are asked for and agreed to; sealed words and the subjects of disclosures are tied to events"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
BOUND = ('sealed', 'disclosure_subject')
# The event that ties the rows from before; sql/17_bind.sql hashes them and closes it in the same transaction.
EVENT = '00000000-0000-7000-8000-000000000002'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'clearance_request',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('account', sa.UUID(), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('compartments', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('roles', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('expires_at', postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column('asked_by', sa.UUID(), nullable=False),
        sa.Column('asked_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('outcome', sa.Text(), nullable=True),
        sa.Column('settled_by', sa.UUID(), nullable=True),
        sa.Column('settled_at', postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column('settled_why', sa.Text(), nullable=True),
        sa.CheckConstraint('tier between 0 and 2', name=op.f('ck_clearance_request_tier')),
        sa.CheckConstraint("outcome in ('granted', 'refused', 'replaced')", name=op.f('ck_clearance_request_outcome')),
        sa.CheckConstraint('num_nulls(outcome, settled_by, settled_at) in (0, 3)', name=op.f('ck_clearance_request_settled')),
        sa.CheckConstraint("outcome <> 'granted' or settled_by not in (asked_by, account)",
                           name=op.f('ck_clearance_request_four_eyes')),
        sa.CheckConstraint('asked_by <> account', name=op.f('ck_clearance_request_oneself')),
        *(sa.ForeignKeyConstraint([column], ['reg.account.id'], name=op.f(f'fk_clearance_request_{column}'))
          for column in ('account', 'asked_by', 'settled_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_clearance_request')),
        schema='reg')
    op.create_index('ix_clearance_request_open', 'clearance_request', ['account'], unique=True, schema='reg',
                    postgresql_where=sa.text('outcome is null'))
    op.add_column('clearance', sa.Column('request', sa.UUID(), nullable=True), schema='reg')
    op.create_foreign_key(op.f('fk_clearance_request'), 'clearance', 'clearance_request', ['request'], ['id'],
                          source_schema='reg', referent_schema='reg')
    for table in BOUND:
        op.add_column(table, sa.Column('event', sa.UUID(), nullable=True), schema='reg')
        op.add_column(table, sa.Column('digest', sa.LargeBinary(), nullable=True), schema='reg')
        op.execute(f"update reg.{table} set event = '{EVENT}', digest = ''")
        op.alter_column(table, 'event', nullable=False, schema='reg')
        op.alter_column(table, 'digest', nullable=False, schema='reg')
        op.create_index(f'ix_{table}_event', table, ['event'], schema='reg')


def downgrade():
    for table in BOUND:
        op.drop_column(table, 'event', schema='reg')
        op.drop_column(table, 'digest', schema='reg')
    op.drop_column('clearance', 'request', schema='reg')
    op.drop_table('clearance_request', schema='reg')
