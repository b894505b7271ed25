"""what leaves as a whole: whom one asked about a hand-over, the gate, packages with their steps, notices to those who hold them"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None
SCHEMES = ('asked_whom', 'gate_precision', 'gate_question', 'hand_over_answer', 'package_state')
TABLES = ('statistic_step', 'statistic', 'package_subject', 'package_step', 'notice_step', 'gate_step', 'notice', 'gate', 'consent_ask', 'package')


def sealed():
    return sa.Column('event', sa.UUID(), nullable=False), sa.Column('digest', sa.LargeBinary(), nullable=False)


def recorded():
    return (sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
            sa.Column('recorded_by', sa.UUID(), nullable=False), *sealed())


def upgrade():
    for scheme in SCHEMES:
        op.create_table(
            scheme, *(sa.Column(name, sa.Text(), nullable=False) for name in ('code', 'label_en', 'label_ar')),
            sa.Column('rank', sa.SmallInteger(), nullable=False),
            sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
            sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
            sa.PrimaryKeyConstraint('code', name=op.f(f'pk_{scheme}')), schema='vocab')
    op.create_table('package',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('partner', sa.UUID(), nullable=True),
        sa.Column('recipient', sa.Text(), nullable=False),
        sa.Column('purpose', sa.Text(), nullable=False),
        sa.Column('legal_basis', sa.Text(), nullable=True),
        sa.Column('risk', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('level', sa.SmallInteger(), nullable=False),
        sa.Column('fields', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('key', sa.Text(), nullable=True),
        sa.Column('expires_on', sa.Date(), nullable=True),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        *recorded(),
        sa.CheckConstraint("kind = 'hand_over' or num_nulls(key, expires_on) = 0", name=op.f('ck_package_one_recipient')),
        sa.CheckConstraint("kind in ('hand_over', 'package')", name=op.f('ck_package_kind')),
        sa.CheckConstraint('level between 0 and 2', name=op.f('ck_package_level')),
        sa.ForeignKeyConstraint(['legal_basis'], ['vocab.legal_basis.code'], name=op.f('fk_package_legal_basis')),
        sa.ForeignKeyConstraint(['partner'], ['reg.partner.id'], name=op.f('fk_package_partner')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_package_recorded_by')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_package_scope')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_package')),
        schema='reg'
    )
    op.create_index('ix_package_event', 'package', ['event'], unique=False, schema='reg')
    op.create_table('consent_ask',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('source', sa.UUID(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('asked', sa.Text(), nullable=False),
        sa.Column('named', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('on_day', sa.Date(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        *recorded(),
        sa.CheckConstraint("not named or answer = 'given'", name=op.f('ck_consent_ask_named')),
        sa.ForeignKeyConstraint(['answer'], ['vocab.hand_over_answer.code'], name=op.f('fk_consent_ask_answer')),
        sa.ForeignKeyConstraint(['asked'], ['vocab.asked_whom.code'], name=op.f('fk_consent_ask_asked')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_consent_ask_recorded_by')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_consent_ask_scope')),
        sa.ForeignKeyConstraint(['source'], ['reg.source.id'], name=op.f('fk_consent_ask_source')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_ask')),
        schema='reg'
    )
    op.create_index('ix_consent_ask_event', 'consent_ask', ['event'], unique=False, schema='reg')
    op.create_index('ix_consent_ask_source', 'consent_ask', ['source', 'recorded_at'], unique=False, schema='reg')
    op.create_table('gate',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('subject', sa.UUID(), nullable=False),
        sa.Column('recipient', sa.Text(), nullable=False),
        sa.Column('precision', sa.Text(), nullable=False),
        sa.Column('protection', sa.Text(), nullable=False),
        sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('allows', sa.Boolean(), nullable=False),
        sa.Column('until', sa.Date(), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        *recorded(),
        sa.CheckConstraint("allows = (precision <> 'nothing')", name=op.f('ck_gate_allows')),
        sa.ForeignKeyConstraint(['precision'], ['vocab.gate_precision.code'], name=op.f('fk_gate_precision')),
        sa.ForeignKeyConstraint(['protection'], ['vocab.protection_status.code'], name=op.f('fk_gate_protection')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_gate_recorded_by')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_gate_scope')),
        sa.ForeignKeyConstraint(['subject'], ['reg.subject.id'], name=op.f('fk_gate_subject')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_gate')),
        schema='reg'
    )
    op.create_index('ix_gate_event', 'gate', ['event'], unique=False, schema='reg')
    op.create_index('ix_gate_subject', 'gate', ['subject', 'recorded_at'], unique=False, schema='reg')
    op.create_table('notice',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('package', sa.UUID(), nullable=False),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('subjects', postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        sa.Column('opened_on', sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(['package'], ['reg.package.id'], name=op.f('fk_notice_package')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_notice_scope')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
        schema='reg'
    )
    op.create_index('ix_notice_package', 'notice', ['package'], unique=False, schema='reg')
    op.create_table('gate_step',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('gate', sa.UUID(), nullable=False),
        sa.Column('step', sa.Text(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        *recorded(),
        sa.CheckConstraint("step in ('agreed', 'refused', 'ended')", name=op.f('ck_gate_step_step')),
        sa.ForeignKeyConstraint(['gate'], ['reg.gate.id'], name=op.f('fk_gate_step_gate')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_gate_step_recorded_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_gate_step')),
        schema='reg'
    )
    op.create_index('ix_gate_step_event', 'gate_step', ['event'], unique=False, schema='reg')
    op.create_index('ix_gate_step_gate', 'gate_step', ['gate', 'recorded_at'], unique=False, schema='reg')
    op.create_table('notice_step',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('notice', sa.UUID(), nullable=False),
        sa.Column('step', sa.Text(), nullable=False),
        sa.Column('how', sa.Text(), nullable=False),
        *recorded(),
        sa.CheckConstraint("step in ('delivered', 'acknowledged')", name=op.f('ck_notice_step_step')),
        sa.ForeignKeyConstraint(['notice'], ['reg.notice.id'], name=op.f('fk_notice_step_notice')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_notice_step_recorded_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_step')),
        schema='reg'
    )
    op.create_index('ix_notice_step_event', 'notice_step', ['event'], unique=False, schema='reg')
    op.create_index('ix_notice_step_notice', 'notice_step', ['notice', 'recorded_at'], unique=False, schema='reg')
    op.create_table('package_step',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('package', sa.UUID(), nullable=False),
        sa.Column('step', sa.Text(), nullable=False),
        sa.Column('why', sa.Text(), nullable=True),
        sa.Column('manifest', sa.LargeBinary(), nullable=True),
        sa.Column('disclosure', sa.UUID(), nullable=True),
        sa.Column('copy', sa.Text(), nullable=True),
        *recorded(),
        sa.CheckConstraint("(step = 'made') = (num_nulls(manifest, disclosure, copy) = 0)", name=op.f('ck_package_step_made')),
        sa.ForeignKeyConstraint(['disclosure'], ['reg.disclosure.id'], name=op.f('fk_package_step_disclosure')),
        sa.ForeignKeyConstraint(['package'], ['reg.package.id'], name=op.f('fk_package_step_package')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_package_step_recorded_by')),
        sa.ForeignKeyConstraint(['step'], ['vocab.package_state.code'], name=op.f('fk_package_step_step')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_package_step')),
        schema='reg'
    )
    op.create_index('ix_package_step_event', 'package_step', ['event'], unique=False, schema='reg')
    op.create_index('ix_package_step_package', 'package_step', ['package', 'recorded_at'], unique=False, schema='reg')
    op.create_table('package_subject',
        sa.Column('package', sa.UUID(), nullable=False),
        sa.Column('subject', sa.UUID(), nullable=False),
        sa.Column('gate', sa.UUID(), nullable=False),
        *sealed(),
        sa.ForeignKeyConstraint(['gate'], ['reg.gate.id'], name=op.f('fk_package_subject_gate')),
        sa.ForeignKeyConstraint(['package'], ['reg.package.id'], name=op.f('fk_package_subject_package')),
        sa.ForeignKeyConstraint(['subject'], ['reg.subject.id'], name=op.f('fk_package_subject_subject')),
        sa.PrimaryKeyConstraint('package', 'subject', name=op.f('pk_package_subject')),
        schema='reg'
    )
    op.create_index('ix_package_subject_event', 'package_subject', ['event'], unique=False, schema='reg')
    op.create_index('ix_package_subject_subject', 'package_subject', ['subject'], unique=False, schema='reg')
    op.create_table('statistic',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('rows', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        *recorded(),
        sa.CheckConstraint("not jsonb_path_exists(rows, '$[*].sites ? (@ > 0 && @ < 5)')", name=op.f('ck_statistic_small_counts')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_statistic_recorded_by')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_statistic_scope')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_statistic')),
        schema='reg'
    )
    op.create_index('ix_statistic_event', 'statistic', ['event'], unique=False, schema='reg')
    op.create_table('statistic_step',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('statistic', sa.UUID(), nullable=False),
        sa.Column('step', sa.Text(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        *recorded(),
        sa.CheckConstraint("step in ('published', 'refused', 'withdrawn')", name=op.f('ck_statistic_step_step')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_statistic_step_recorded_by')),
        sa.ForeignKeyConstraint(['statistic'], ['reg.statistic.id'], name=op.f('fk_statistic_step_statistic')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_statistic_step')),
        schema='reg'
    )
    op.create_index('ix_statistic_step_event', 'statistic_step', ['event'], unique=False, schema='reg')
    op.create_index('ix_statistic_step_statistic', 'statistic_step', ['statistic', 'recorded_at'], unique=False, schema='reg')


def downgrade():
    for table in TABLES:
        op.drop_table(table, schema='reg')
    for scheme in SCHEMES:
        op.drop_table(scheme, schema='vocab')
