"""the vault: sealed in age to the keys of source handlers and to one recovery key; what lay there under symmetric keys is sealed anew"""
import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from sitereg.errors import Unavailable
from sitereg.store import resealing

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

AGE = "substr({}, 1, 21) = 'age-encryption.org/v1'::bytea"
PUBLIC = "public ~ '^age1[02-9ac-hj-np-z]{58}$'"


def moment(name, null=True):
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=null,
                     server_default=None if null else sa.text('clock_timestamp()'))


def upgrade():
    op.create_table(
        'recipient', sa.Column('id', sa.UUID(), nullable=False), sa.Column('account', sa.UUID(), nullable=True),
        sa.Column('public', sa.Text(), nullable=False), sa.Column('secret', sa.LargeBinary(), nullable=True),
        sa.Column('tries', sa.Integer(), server_default='0', nullable=False), moment('tried_at'), moment('made_at', False),
        moment('ended_at'), sa.Column('ended_by', sa.UUID(), nullable=True), sa.Column('ended_why', sa.Text(), nullable=True),
        sa.CheckConstraint(PUBLIC, name=op.f('ck_recipient_public')),
        sa.CheckConstraint('(account is null) = (secret is null)', name=op.f('ck_recipient_secret')),
        sa.CheckConstraint(AGE.format('secret'), name=op.f('ck_recipient_sealed')),
        sa.ForeignKeyConstraint(['account'], ['reg.account.id'], name=op.f('fk_recipient_account')),
        sa.ForeignKeyConstraint(['ended_by'], ['reg.account.id'], name=op.f('fk_recipient_ended_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recipient')), sa.UniqueConstraint('public', name=op.f('uq_recipient_public')),
        schema='vault')
    op.create_index('ix_recipient_live', 'recipient', ['account'], unique=True, schema='vault',
                    postgresql_where=sa.text('ended_at is null'), postgresql_nulls_not_distinct=True)
    op.create_table(
        'box', sa.Column('subject', sa.UUID(), nullable=False), sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('public', sa.Text(), nullable=False), moment('made_at', False), moment('erased_at'),
        sa.CheckConstraint("kind in ('source', 'inquiry')", name=op.f('ck_box_kind')),
        sa.CheckConstraint(PUBLIC, name=op.f('ck_box_public')), sa.PrimaryKeyConstraint('subject', name=op.f('pk_box')), schema='vault')
    op.create_table(
        'subject_lock', sa.Column('subject', sa.UUID(), nullable=False), sa.Column('recipient', sa.UUID(), nullable=False),
        sa.Column('wrapped', sa.LargeBinary(), nullable=False), moment('made_at', False),
        sa.CheckConstraint(AGE.format('wrapped'), name=op.f('ck_subject_lock_sealed')),
        sa.ForeignKeyConstraint(['subject'], ['vault.box.subject'], name=op.f('fk_subject_lock_subject')),
        sa.ForeignKeyConstraint(['recipient'], ['vault.recipient.id'], name=op.f('fk_subject_lock_recipient')),
        sa.PrimaryKeyConstraint('subject', 'recipient', name=op.f('pk_subject_lock')), schema='vault')
    op.create_index('ix_subject_lock_recipient', 'subject_lock', ['recipient'], unique=False, schema='vault')
    op.create_table(
        'sheet', sa.Column('id', sa.UUID(), nullable=False), sa.Column('subject', sa.UUID(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False), sa.Column('object', sa.UUID(), nullable=True),
        sa.Column('cipher', sa.LargeBinary(), nullable=False), moment('recorded_at', False),
        sa.Column('recorded_by', sa.UUID(), nullable=False), sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind in ('identity', 'contact', 'words', 'testimony', 'claim')", name=op.f('ck_sheet_kind')),
        sa.CheckConstraint("(kind = 'claim') = (object is not null)", name=op.f('ck_sheet_object')),
        sa.CheckConstraint(AGE.format('cipher'), name=op.f('ck_sheet_sealed')),
        sa.ForeignKeyConstraint(['subject'], ['vault.box.subject'], name=op.f('fk_sheet_subject')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_sheet_recorded_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sheet')), schema='vault')
    for column in ('event', 'object', 'subject'):
        op.create_index(f'ix_sheet_{column}', 'sheet', [column], unique=False, schema='vault')
    raw = op.get_bind().connection.driver_connection
    keys = context.config.attributes.get('vault') or {}
    if keys.get('recovery'):
        resealing.accept(raw, keys['recovery'])
    if resealing.waiting(raw) and not (keys.get('recovery') and keys.get('house')):
        raise Unavailable('What lies in the vault is sealed anew, and there is no key to seal it to', code='no_recovery_key',
                          do='Run `sitereg upgrade`, which makes one.')
    resealing.reseal(raw, keys.get('house'))
    op.drop_table('source_identity', schema='vault')
    op.create_check_constraint(op.f('ck_draft_sealed'), 'draft', AGE.format('cipher'), schema='reg')


def downgrade():
    op.execute('delete from reg.draft')  # sealed to a key that the version before does not know
    op.drop_constraint(op.f('ck_draft_sealed'), 'draft', schema='reg', type_='check')
    op.create_table(
        'source_identity', sa.Column('source', sa.UUID(), nullable=False), sa.Column('cipher', sa.LargeBinary(), nullable=False),
        moment('recorded_at', False), sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_source_identity_recorded_by')),
        sa.PrimaryKeyConstraint('source', name=op.f('pk_source_identity')), schema='vault')
    for table in ('sheet', 'subject_lock', 'box', 'recipient'):
        op.drop_table(table, schema='vault')
