"""second factors, passkeys, locks, known browsers; personal tokens; the thaw of an account by two admins"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def moment(name, null=True):
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=null,
                     server_default=None if null else sa.text('clock_timestamp()'))


def whose(table):
    return (sa.Column('user_id', sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(['user_id'], ['signin.user.id'], name=op.f(f'fk_{table}_user_id'), ondelete='CASCADE'))


def upgrade():
    op.add_column('user', sa.Column('totp', sa.Text(), nullable=True), schema='signin')
    op.add_column('user', sa.Column('totp_counter', sa.BigInteger(), nullable=True), schema='signin')
    for column in (moment('proved_at'), moment('locked_at'), sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
                   sa.Column('pending', sa.Text(), nullable=True)):
        op.add_column('seat', column, schema='signin')
    op.execute("update signin.seat set proved_at = began_at")  # taken when a password was all there was
    for name in ('network_hash', 'device_hash'):
        op.add_column('attempt', sa.Column(name, sa.Text(), nullable=True), schema='signin')
    op.create_index('ix_attempt_network_hash', 'attempt', ['network_hash', 'at'], schema='signin')
    op.create_table('device', sa.Column('hash', sa.Text(), nullable=False), *whose('device'), moment('made_at', False),
                    moment('seen_at', False), sa.PrimaryKeyConstraint('hash', name=op.f('pk_device')), schema='signin')
    op.create_index('ix_device_user_id', 'device', ['user_id'], schema='signin')
    op.create_table(
        'passkey', sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False), *whose('passkey'),
        sa.Column('handle', sa.Text(), nullable=False), sa.Column('public_key', sa.LargeBinary(), nullable=False),
        sa.Column('uses', sa.BigInteger(), server_default='0', nullable=False), sa.Column('name', sa.Text(), nullable=False),
        moment('made_at', False), moment('used_at'), sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
        sa.UniqueConstraint('handle', name=op.f('uq_passkey_handle')), schema='signin')
    op.create_index('ix_passkey_user_id', 'passkey', ['user_id'], schema='signin')
    op.create_table('recovery', sa.Column('hash', sa.Text(), nullable=False), *whose('recovery'), moment('used_at'),
                    sa.PrimaryKeyConstraint('hash', name=op.f('pk_recovery')), schema='signin')
    op.create_index('ix_recovery_user_id', 'recovery', ['user_id'], schema='signin')
    op.create_table('spent', sa.Column('hash', sa.Text(), nullable=False), moment('at', False),
                    sa.PrimaryKeyConstraint('hash', name=op.f('pk_spent')), schema='signin')
    op.create_table(
        'personal_token', sa.Column('id', sa.UUID(), nullable=False), sa.Column('account', sa.UUID(), nullable=False),
        sa.Column('hash', sa.LargeBinary(), nullable=False), sa.Column('scopes', postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False), moment('made_at', False),
        sa.Column('expires_at', postgresql.TIMESTAMP(timezone=True), nullable=False), moment('used_at'), moment('ended_at'),
        sa.Column('ended_by', sa.UUID(), nullable=True), sa.Column('ended_why', sa.Text(), nullable=True),
        sa.CheckConstraint('octet_length(hash) = 32', name=op.f('ck_personal_token_hash')),
        sa.CheckConstraint('expires_at > made_at', name=op.f('ck_personal_token_expiry')),
        sa.CheckConstraint("cardinality(scopes) > 0 and scopes <@ array['frames']", name=op.f('ck_personal_token_scopes')),
        sa.ForeignKeyConstraint(['account'], ['reg.account.id'], name=op.f('fk_personal_token_account')),
        sa.ForeignKeyConstraint(['ended_by'], ['reg.account.id'], name=op.f('fk_personal_token_ended_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_personal_token')), sa.UniqueConstraint('hash', name=op.f('uq_personal_token_hash')),
        schema='reg')
    op.create_index('ix_personal_token_account', 'personal_token', ['account'], schema='reg')
    op.add_column('clearance_request', sa.Column('thaw', sa.Boolean(), server_default='false', nullable=False), schema='reg')
    for name in ('tier', 'expires_at'):
        op.alter_column('clearance_request', name, nullable=True, schema='reg')
    op.create_check_constraint(op.f('ck_clearance_request_thaw'), 'clearance_request',
                               'num_nulls(tier, expires_at) = case when thaw then 2 else 0 end', schema='reg')
    opened(['account', 'thaw'])


def opened(columns):
    op.drop_index('ix_clearance_request_open', table_name='clearance_request', schema='reg')
    op.create_index('ix_clearance_request_open', 'clearance_request', columns, unique=True, schema='reg',
                    postgresql_where=sa.text('outcome is null'))


def downgrade():
    op.execute('delete from reg.clearance_request where thaw')
    opened(['account'])
    op.drop_constraint(op.f('ck_clearance_request_thaw'), 'clearance_request', schema='reg', type_='check')
    for name in ('expires_at', 'tier'):
        op.alter_column('clearance_request', name, nullable=False, schema='reg')
    op.drop_column('clearance_request', 'thaw', schema='reg')
    op.drop_table('personal_token', schema='reg')
    for table in ('spent', 'recovery', 'passkey', 'device'):
        op.drop_table(table, schema='signin')
    op.drop_index('ix_attempt_network_hash', table_name='attempt', schema='signin')
    for table, names in (('attempt', ('device_hash', 'network_hash')), ('user', ('totp_counter', 'totp')),
                         ('seat', ('pending', 'tries', 'locked_at', 'proved_at'))):
        for name in names:
            op.drop_column(table, name, schema='signin')
