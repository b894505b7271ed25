"""families referred between partners, with their consent; declared work, tokens of contacts, and asking without being told"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None
SCHEMES = ('referral_need', 'referral_urgency', 'referral_field', 'referral_consent_form', 'referral_consent_by', 'referral_ground',
           'referral_outcome', 'work_kind', 'work_told', 'ask_answer')


def recorded():
    now = sa.text('clock_timestamp()')
    return (sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=now, nullable=False),
            sa.Column('recorded_by', sa.UUID(), nullable=False), sa.Column('event', sa.UUID(), nullable=False),
            sa.Column('digest', sa.LargeBinary(), nullable=False))


def keys(table, *pairs):
    return (sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{table}_{column}')) for column, target in pairs)


def box(*kinds):
    op.drop_constraint('ck_box_kind', 'box', schema='vault')
    op.create_check_constraint(op.f('ck_box_kind'), 'box', "kind in ('" + "', '".join(kinds) + "')", schema='vault')


def upgrade():
    for scheme in SCHEMES:
        op.create_table(
            scheme, sa.Column('code', sa.Text(), nullable=False), sa.Column('label_en', sa.Text(), nullable=False),
            sa.Column('label_ar', sa.Text(), nullable=False), sa.Column('rank', sa.SmallInteger(), nullable=False),
            sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
            sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
            sa.PrimaryKeyConstraint('code', name=op.f(f'pk_{scheme}')), schema='vocab')
    box('source', 'inquiry', 'referral')
    op.create_table('contact_token',
        sa.Column('subject', sa.UUID(), nullable=False), sa.Column('token', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint('octet_length(token) = 32', name=op.f('ck_contact_token_token')),
        *keys('contact_token', ('subject', 'vault.box.subject')),
        sa.PrimaryKeyConstraint('subject', 'token', name=op.f('pk_contact_token')), schema='vault')
    op.create_index('ix_contact_token_token', 'contact_token', ['token'], schema='vault')
    op.create_table('ask',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('account', sa.UUID(), nullable=False),
        sa.Column('tokens', sa.ARRAY(sa.LargeBinary()), nullable=False), sa.Column('on_day', sa.Date(), nullable=False),
        sa.Column('due', sa.Date(), nullable=False), sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('answered_by', sa.UUID(), nullable=True), sa.Column('answered_on', sa.Date(), nullable=True),
        sa.CheckConstraint('num_nulls(answer, answered_by, answered_on) in (0, 3)', name=op.f('ck_ask_answer')),
        *keys('ask', ('account', 'reg.account.id'), ('answer', 'vocab.ask_answer.code'), ('answered_by', 'reg.account.id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_ask')), schema='vault')
    op.create_index('ix_ask_account', 'ask', ['account', 'on_day'], schema='vault')
    op.create_table('partner_account',
        sa.Column('account', sa.UUID(), nullable=False), sa.Column('partner', sa.UUID(), nullable=False), *recorded(),
        *keys('partner_account', ('account', 'reg.account.id'), ('partner', 'reg.partner.id'),
        ('recorded_by', 'reg.account.id')), sa.PrimaryKeyConstraint('account', name=op.f('pk_partner_account')),
        schema='vault')
    op.create_index('ix_partner_account_event', 'partner_account', ['event'], schema='vault')
    op.create_index('ix_partner_account_partner', 'partner_account', ['partner'], schema='vault')
    op.create_table('referral',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('code', sa.Text(), nullable=False),
        sa.Column('way', sa.Text(), nullable=False), sa.Column('partner', sa.UUID(), nullable=False),
        sa.Column('agreement', sa.UUID(), nullable=False), sa.Column('owner', sa.UUID(), nullable=True),
        sa.Column('sender', sa.UUID(), nullable=True), sa.Column('needs', postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column('urgency', sa.Text(), nullable=False), sa.Column('fields', postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column('brief', sa.LargeBinary(), nullable=True), sa.Column('passed', sa.LargeBinary(), nullable=True),
        sa.Column('consent_form', sa.Text(), nullable=True), sa.Column('consent_by', sa.Text(), nullable=True),
        sa.Column('consent_on', sa.Date(), nullable=True), sa.Column('state', sa.Text(), nullable=False),
        sa.Column('since', sa.Date(), nullable=False), sa.Column('due', sa.Date(), nullable=True),
        sa.Column('made_on', sa.Date(), nullable=False), sa.Column('sent_on', sa.Date(), nullable=True),
        sa.Column('read', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('ground', sa.Text(), nullable=True), sa.Column('outcome', sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('drafted', 'consented', 'sent', 'accepted', 'declined', 'in_progress', 'outcome',"
                           " 'closed', 'withdrawn', 'deleted')", name=op.f('ck_referral_state')),
        sa.CheckConstraint("state in ('drafted', 'withdrawn') or num_nulls(consent_form, consent_by, consent_on) ="
                           " 0", name=op.f('ck_referral_consent')),
        sa.CheckConstraint("state not in ('withdrawn', 'deleted', 'closed') or num_nonnulls(brief, passed) ="
                           " 0", name=op.f('ck_referral_gone')),
        sa.CheckConstraint("substr(brief, 1, 21) = 'age-encryption.org/v1'::bytea and substr(passed, 1, 21) ="
                           " 'age-encryption.org/v1'::bytea", name=op.f('ck_referral_sealed')),
        sa.CheckConstraint("way in ('out', 'in') and (way = 'in') = (sender is not null)", name=op.f('ck_referral_way')),
        sa.CheckConstraint('cardinality(needs) > 0 and cardinality(fields) > 0', name=op.f('ck_referral_says')),
        *keys('referral', ('agreement', 'reg.agreement.id'), ('consent_by', 'vocab.referral_consent_by.code'),
        ('consent_form', 'vocab.referral_consent_form.code'), ('ground', 'vocab.referral_ground.code'),
        ('outcome', 'vocab.referral_outcome.code'), ('owner', 'reg.account.id'), ('partner', 'reg.partner.id'),
        ('sender', 'reg.account.id'), ('urgency', 'vocab.referral_urgency.code')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_referral')), sa.UniqueConstraint('code', name=op.f('uq_referral_code')),
        schema='vault')
    op.create_index('ix_referral_owner', 'referral', ['owner'], schema='vault')
    op.create_index('ix_referral_partner', 'referral', ['partner'], schema='vault')
    op.create_table('referral_key',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('account', sa.UUID(), nullable=False),
        sa.Column('public', sa.Text(), nullable=False), sa.Column('secret', sa.LargeBinary(), nullable=False),
        sa.Column('made_at', postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column('over', sa.Boolean(), server_default='false', nullable=False),
        sa.CheckConstraint("made_at = date_trunc('hour', made_at, 'UTC')", name=op.f('ck_referral_key_hours')),
        sa.CheckConstraint("public ~ '^age1[02-9ac-hj-np-z]{58}$'", name=op.f('ck_referral_key_public')),
        sa.CheckConstraint("substr(secret, 1, 21) = 'age-encryption.org/v1'::bytea", name=op.f('ck_referral_key_sealed')),
        *keys('referral_key', ('account', 'reg.account.id')), sa.PrimaryKeyConstraint('id', name=op.f('pk_referral_key')),
        sa.UniqueConstraint('public', name=op.f('uq_referral_key_public')), schema='vault')
    op.create_index('ix_referral_key_live', 'referral_key', ['account'], unique=True, schema='vault',
                    postgresql_where=sa.text('not over'))
    op.create_table('work',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('site', sa.UUID(), nullable=True),
        sa.Column('unit', sa.Text(), nullable=True), sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('began', sa.Date(), nullable=False), sa.Column('ended', sa.Date(), nullable=False),
        sa.Column('told', sa.Text(), nullable=False), sa.Column('partner', sa.UUID(), nullable=True),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False), *recorded(),
        sa.CheckConstraint('began <= ended', name=op.f('ck_work_days')),
        sa.CheckConstraint('num_nonnulls(site, unit) = 1', name=op.f('ck_work_where')),
        *keys('work', ('kind', 'vocab.work_kind.code'), ('partner', 'reg.partner.id'), ('recorded_by', 'reg.account.id'),
        ('scope', 'reg.scope.id'), ('site', 'reg.subject.id'), ('told', 'vocab.work_told.code')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_work')), schema='reg')
    op.create_index('ix_work_event', 'work', ['event'], schema='reg')
    op.create_index('ix_work_site', 'work', ['site'], schema='reg')
    op.create_index('ix_work_unit', 'work', ['unit'], schema='reg')
    op.create_table('referral_answer',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('referral', sa.UUID(), nullable=False),
        sa.Column('account', sa.UUID(), nullable=False), sa.Column('step', sa.Text(), nullable=False),
        sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('at', postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("at = date_trunc('hour', at, 'UTC')", name=op.f('ck_referral_answer_hours')),
        *keys('referral_answer', ('account', 'reg.account.id'), ('referral', 'vault.referral.id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_referral_answer')), schema='vault')
    op.create_index('ix_referral_answer_referral', 'referral_answer', ['referral'], schema='vault')
    op.create_table('referral_step',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('referral', sa.UUID(), nullable=False),
        sa.Column('step', sa.Text(), nullable=False),
        sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False), *recorded(),
        *keys('referral_step', ('recorded_by', 'reg.account.id'), ('referral', 'vault.referral.id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_referral_step')), schema='vault')
    op.create_index('ix_referral_step_event', 'referral_step', ['event'], schema='vault')
    op.create_index('ix_referral_step_referral', 'referral_step', ['referral'], schema='vault')
    op.create_table('work_end',
        sa.Column('work', sa.UUID(), nullable=False), sa.Column('why', sa.Text(), nullable=False), *recorded(),
        *keys('work_end', ('recorded_by', 'reg.account.id'), ('work', 'reg.work.id')),
        sa.PrimaryKeyConstraint('work', name=op.f('pk_work_end')), schema='reg')
    op.create_index('ix_work_end_event', 'work_end', ['event'], schema='reg')


def downgrade():
    op.drop_table('work_end', schema='reg')
    op.drop_table('referral_step', schema='vault')
    op.drop_table('referral_answer', schema='vault')
    op.drop_table('work', schema='reg')
    op.drop_table('referral_key', schema='vault')
    op.drop_table('referral', schema='vault')
    op.drop_table('partner_account', schema='vault')
    op.drop_table('ask', schema='vault')
    op.drop_table('contact_token', schema='vault')
    for scheme in SCHEMES:
        op.drop_table(scheme, schema='vocab')
    for name in ('subject_lock', 'sheet', 'box'):
        op.execute(f"delete from vault.{name} t using vault.box b where b.subject = t.subject and b.kind = 'referral'")
    box('source', 'inquiry')
