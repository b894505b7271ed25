"""what an officer sends from the field is written once; trips, seeds of drafts on a device; how exact an area is"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None
NOW = sa.text('clock_timestamp()')


def moment(name, **more):
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), **more)


def upgrade():
    op.add_column('visit', sa.Column('covered_within_m', sa.Float(precision=53), nullable=True), schema='reg')
    op.add_column('measure', sa.Column('area_within_m', sa.Float(precision=53), nullable=True), schema='reg')
    op.create_table(
        'sending', sa.Column('owner', sa.UUID(), nullable=False), sa.Column('once', sa.UUID(), nullable=False),
        sa.Column('form', sa.Text(), nullable=False), sa.Column('mark', sa.LargeBinary(), nullable=False),
        moment('sent_at', server_default=NOW, nullable=False),
        sa.CheckConstraint('octet_length(mark) = 32', name=op.f('ck_sending_mark')),
        sa.ForeignKeyConstraint(['owner'], ['reg.account.id'], name=op.f('fk_sending_owner')),
        sa.PrimaryKeyConstraint('owner', 'once', name=op.f('pk_sending')), schema='reg')
    op.create_index('ix_sending_sent_at', 'sending', ['sent_at'], schema='reg')
    op.create_table(
        'trip', sa.Column('id', sa.UUID(), nullable=False), sa.Column('site', sa.UUID(), nullable=False),
        sa.Column('traveller', sa.UUID(), nullable=False), sa.Column('colleague', sa.UUID(), nullable=False),
        moment('back_by', nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ('hazards', 'control', 'permit', 'escort', 'help')),
        sa.Column('tier', sa.SmallInteger(), nullable=False), sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        moment('left_at', server_default=NOW, nullable=False), moment('back_at', nullable=True),
        sa.Column('task', sa.UUID(), nullable=True),
        sa.CheckConstraint('traveller <> colleague', name=op.f('ck_trip_two')),
        *(sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_trip_{column}')) for column, target in (
            ('site', 'reg.subject.id'), ('traveller', 'reg.account.id'), ('colleague', 'reg.account.id'),
            ('scope', 'reg.scope.id'), ('task', 'reg.task.id'))),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_trip')), schema='reg')
    op.create_index('ix_trip_open', 'trip', ['back_by'], schema='reg', postgresql_where=sa.text('back_at is null'))
    op.create_index('ix_trip_traveller', 'trip', ['traveller'], schema='reg')
    op.create_table(
        'device_seed', sa.Column('account', sa.UUID(), nullable=False), sa.Column('seed', sa.LargeBinary(), nullable=False),
        sa.Column('until', sa.Date(), nullable=False), sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('given_by', sa.UUID(), nullable=False), moment('given_at', server_default=NOW, nullable=False),
        sa.CheckConstraint('octet_length(seed) = 32', name=op.f('ck_device_seed_seed')),
        *(sa.ForeignKeyConstraint([column], ['reg.account.id'], name=op.f(f'fk_device_seed_{column}'))
          for column in ('account', 'given_by')),
        sa.PrimaryKeyConstraint('account', name=op.f('pk_device_seed')), schema='reg')


def downgrade():
    op.drop_table('device_seed', schema='reg')
    op.drop_table('trip', schema='reg')
    op.drop_table('sending', schema='reg')
    op.drop_column('measure', 'area_within_m', schema='reg')
    op.drop_column('visit', 'covered_within_m', schema='reg')
