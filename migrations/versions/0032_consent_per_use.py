"""consent for each use, by version of the text; shares that a partner reads at his door; how much one partner sends in a day"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None
NOW = sa.text('clock_timestamp()')
SCHEMES = ('consent_use', 'use_answer', 'consent_how')


def keys(table, *pairs):
    return (sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{table}_{column}')) for column, target in pairs)


def upgrade():
    for scheme in SCHEMES:
        op.create_table(
            scheme, sa.Column('code', sa.Text(), nullable=False), sa.Column('label_en', sa.Text(), nullable=False),
            sa.Column('label_ar', sa.Text(), nullable=False), sa.Column('rank', sa.SmallInteger(), nullable=False),
            sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
            sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
            sa.PrimaryKeyConstraint('code', name=op.f(f'pk_{scheme}')), schema='vocab')
    op.create_table(
        'consent', sa.Column('id', sa.UUID(), nullable=False), sa.Column('source', sa.UUID(), nullable=True),
        sa.Column('partner', sa.UUID(), nullable=True), sa.Column('version', sa.Text(), nullable=False),
        sa.Column('uses', postgresql.JSONB(astext_type=sa.Text()), nullable=False), sa.Column('on_day', sa.Date(), nullable=False),
        sa.Column('how', sa.Text(), nullable=False), sa.Column('before', sa.Text(), nullable=True), sa.Column('why', sa.Text(), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False), sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=NOW, nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False), sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint('num_nonnulls(source, partner) = 1', name=op.f('ck_consent_of_one')),
        sa.CheckConstraint("how = 'written' or before is not null", name=op.f('ck_consent_before')),
        *keys('consent', ('source', 'reg.source.id'), ('partner', 'reg.partner.id'), ('how', 'vocab.consent_how.code'),
              ('scope', 'reg.scope.id'), ('recorded_by', 'reg.account.id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')), schema='reg')
    op.create_index('ix_consent_source', 'consent', ['source', 'recorded_at'], schema='reg')
    op.create_index('ix_consent_partner', 'consent', ['partner', 'recorded_at'], schema='reg')
    op.create_index('ix_consent_event', 'consent', ['event'], schema='reg')
    op.add_column('package', sa.Column('account', sa.UUID(), nullable=True), schema='reg')
    op.create_foreign_key('fk_package_account', 'package', 'account', ['account'], ['id'], source_schema='reg', referent_schema='reg')
    op.create_index('ix_package_account', 'package', ['account'], schema='reg', postgresql_where=sa.text('account is not null'))
    checks('package', kind="kind in ('hand_over', 'package', 'share')",
           one_recipient="case kind when 'package' then num_nulls(key, expires_on) = 0 when 'share' then num_nulls(account, expires_on) = 0"
                         " and key is null else account is null end")
    op.create_table(
        'door_tally', sa.Column('owner', sa.UUID(), nullable=False), sa.Column('day', sa.Date(), nullable=False),
        sa.Column('begun', sa.Integer(), nullable=False), sa.Column('parts', sa.Integer(), nullable=False),
        *keys('door_tally', ('owner', 'reg.account.id')), sa.PrimaryKeyConstraint('owner', 'day', name=op.f('pk_door_tally')), schema='reg')


def checks(table, **told):
    for name, said in told.items():
        op.drop_constraint(op.f(f'ck_{table}_{name}'), table, schema='reg')
        op.create_check_constraint(op.f(f'ck_{table}_{name}'), table, said, schema='reg')


def downgrade():
    op.drop_table('door_tally', schema='reg')
    checks('package', kind="kind in ('hand_over', 'package')", one_recipient="kind = 'hand_over' or num_nulls(key, expires_on) = 0")
    op.drop_index('ix_package_account', table_name='package', schema='reg')
    op.drop_column('package', 'account', schema='reg')
    op.drop_table('consent', schema='reg')
    for scheme in SCHEMES:
        op.drop_table(scheme, schema='vocab')
