"""agreements by version, approved by two, ended by their day or by withdrawal; whose data a source gave; what stood before; what partners submit"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None
NOW = sa.text('clock_timestamp()')
SCHEMES = ('audience', 'data_kind', 'shared_precision', 'onward_sharing', 'legal_class', 'agreement_end')
WAS = (('purposes', postgresql.ARRAY(sa.Text())), ('audiences', postgresql.ARRAY(sa.Text())), ('onward', sa.Text()),
       ('retention', sa.Text()), ('precision', sa.Text()), ('signed', sa.Date()), ('expires', sa.Date()))
HAS_TERMS = ('source', 'document', 'import_batch', 'report', 'entry')


def sealed():
    return (sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=NOW, nullable=False),
            sa.Column('recorded_by', sa.UUID(), nullable=False), sa.Column('event', sa.UUID(), nullable=False),
            sa.Column('digest', sa.LargeBinary(), nullable=False))


def words(*names, null=False):
    return (sa.Column(name, sa.Text(), nullable=null) for name in names)


def lists(*names):
    return (sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False) for name in names)


def keys(table, *pairs):
    return (sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{table}_{column}')) for column, target in pairs)


def upgrade():
    for scheme in SCHEMES:
        op.create_table(
            scheme, sa.Column('code', sa.Text(), nullable=False), *words('label_en', 'label_ar'),
            sa.Column('rank', sa.SmallInteger(), nullable=False),
            sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
            sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
            sa.PrimaryKeyConstraint('code', name=op.f(f'pk_{scheme}')), schema='vocab')
    for name, _ in WAS:
        op.drop_column('agreement', name, schema='reg')
    op.add_column('agreement', sa.Column('tier', sa.SmallInteger(), nullable=False, server_default='1'), schema='reg')
    op.alter_column('agreement', 'tier', server_default=None, schema='reg')
    op.add_column('agreement', sa.Column('scope', sa.Integer(), server_default='0', nullable=False), schema='reg')
    op.create_foreign_key('fk_agreement_scope', 'agreement', 'scope', ['scope'], ['id'], source_schema='reg', referent_schema='reg')
    op.add_column('agreement', sa.Column('until', sa.Date(), nullable=True), schema='reg')
    op.add_column('agreement', sa.Column('over', sa.Boolean(), server_default='false', nullable=False), schema='reg')
    op.create_index('ix_agreement_partner', 'agreement', ['partner'], schema='reg')
    op.create_index('ix_agreement_until', 'agreement', ['until'], schema='reg', postgresql_where=sa.text('not over'))
    op.create_table(
        'agreement_version', sa.Column('id', sa.UUID(), nullable=False), sa.Column('agreement', sa.UUID(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False), *lists('classes', 'purposes', 'audiences', 'kinds'), *words('precision', 'onward'),
        sa.Column('retention_months', sa.Integer(), nullable=False), sa.Column('signed_on', sa.Date(), nullable=False),
        *words('signed_by_them', 'signed_by_us'), sa.Column('review_on', sa.Date(), nullable=False),
        sa.Column('expires_on', sa.Date(), nullable=True), sa.Column('paper', sa.UUID(), nullable=True), *words('why'), *sealed(),
        sa.CheckConstraint('n > 0 and retention_months between 0 and 1200', name=op.f('ck_agreement_version_numbers')),
        sa.CheckConstraint('signed_on <= review_on and signed_on <= expires_on', name=op.f('ck_agreement_version_days')),
        *keys('agreement_version', ('agreement', 'reg.agreement.id'), ('precision', 'vocab.shared_precision.code'),
              ('onward', 'vocab.onward_sharing.code'), ('paper', 'reg.document.id'), ('recorded_by', 'reg.account.id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement_version')),
        sa.UniqueConstraint('agreement', 'n', name=op.f('uq_agreement_version_agreement_n')), schema='reg')
    op.create_table(
        'agreement_approval', sa.Column('version', sa.UUID(), nullable=False), *sealed(),
        *keys('agreement_approval', ('version', 'reg.agreement_version.id'), ('recorded_by', 'reg.account.id')),
        sa.PrimaryKeyConstraint('version', 'recorded_by', name=op.f('pk_agreement_approval')), schema='reg')
    op.create_table(
        'agreement_end', sa.Column('version', sa.UUID(), nullable=False), *words('kind', 'why'), *sealed(),
        *keys('agreement_end', ('version', 'reg.agreement_version.id'), ('kind', 'vocab.agreement_end.code'),
              ('recorded_by', 'reg.account.id')),
        sa.PrimaryKeyConstraint('version', name=op.f('pk_agreement_end')), schema='reg')
    for name in ('agreement_version', 'agreement_approval', 'agreement_end'):
        op.create_index(f'ix_{name}_event', name, ['event'], schema='reg')
    op.create_table(
        'before_agreements', *words('tbl'), sa.Column('row', sa.UUID(), nullable=False),
        sa.CheckConstraint("tbl in ('source', 'document', 'import_batch', 'report', 'entry')", name=op.f('ck_before_agreements_tbl')),
        sa.PrimaryKeyConstraint('tbl', 'row', name=op.f('pk_before_agreements')), schema='reg')
    for name in HAS_TERMS:
        op.execute(f"insert into reg.before_agreements(tbl, row) select '{name}', t.id from reg.{name} t where t.agreement is null")
    moments = [sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=name != 'began_at') for name in ('began_at', 'sent_at', 'opened_at')]
    op.create_table(
        'submission', sa.Column('id', sa.UUID(), nullable=False), sa.Column('owner', sa.UUID(), nullable=False), *words('title'),
        sa.Column('parts', sa.ARRAY(sa.Integer()), nullable=False), *moments[:2], *words('receipt', null=True),
        sa.Column('sha256', sa.LargeBinary(), nullable=True), moments[2], sa.Column('opened_by', sa.UUID(), nullable=True),
        sa.CheckConstraint('num_nulls(sent_at, receipt, sha256) in (0, 3)', name=op.f('ck_submission_sent')),
        sa.CheckConstraint("began_at = date_trunc('hour', began_at, 'UTC') and sent_at = date_trunc('hour', sent_at, 'UTC')"
                           " and opened_at = date_trunc('hour', opened_at, 'UTC')", name=op.f('ck_submission_hours')),
        sa.CheckConstraint("receipt ~ '^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$'", name=op.f('ck_submission_receipt')),
        sa.CheckConstraint('octet_length(sha256) = 32', name=op.f('ck_submission_sha256')),
        *keys('submission', ('owner', 'reg.account.id'), ('opened_by', 'reg.account.id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
        sa.UniqueConstraint('receipt', name=op.f('uq_submission_receipt')), schema='reg')
    op.create_index('ix_submission_owner', 'submission', ['owner'], schema='reg')
    op.add_column('source', sa.Column('legal_class', sa.Text(), nullable=True), schema='reg')
    op.create_foreign_key('fk_source_legal_class', 'source', 'legal_class', ['legal_class'], ['code'], source_schema='reg',
                          referent_schema='vocab')
    op.create_index('ix_source_agreement', 'source', ['agreement'], schema='reg', postgresql_where=sa.text('agreement is not null'))


def downgrade():
    op.drop_index('ix_source_agreement', table_name='source', schema='reg')
    op.drop_column('source', 'legal_class', schema='reg')
    for name in ('submission', 'before_agreements', 'agreement_end', 'agreement_approval', 'agreement_version'):
        op.drop_table(name, schema='reg')
    op.drop_index('ix_agreement_until', table_name='agreement', schema='reg')
    op.drop_index('ix_agreement_partner', table_name='agreement', schema='reg')
    for name in ('over', 'until', 'scope', 'tier'):
        op.drop_column('agreement', name, schema='reg')
    for name, kind in WAS:
        bare = isinstance(kind, postgresql.ARRAY)
        op.add_column('agreement', sa.Column(name, kind, nullable=not bare, server_default='{}' if bare else None), schema='reg')
    for scheme in SCHEMES:
        op.drop_table(scheme, schema='vocab')
