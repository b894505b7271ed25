"""bodies of records, pages of scans with their regions, the history of inquiries; freezes and withdrawn consent"""
import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None
SCHEMES = ('extent_definition', 'extent_unit', 'freeze_kind', 'inquiry_result', 'inquiry_step_kind', 'record_condition',
           'record_kind', 'records_access')


def upgrade():
    for scheme in SCHEMES:
        op.create_table(
            scheme, sa.Column('code', sa.Text(), nullable=False), sa.Column('label_en', sa.Text(), nullable=False),
            sa.Column('label_ar', sa.Text(), nullable=False), sa.Column('rank', sa.SmallInteger(), nullable=False),
            sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
            sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
            sa.PrimaryKeyConstraint('code', name=op.f(f'pk_{scheme}')), schema='vocab')
    op.create_table('document_page',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('document', sa.UUID(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('image', sa.UUID(), nullable=False),
        sa.Column('width', sa.Integer(), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint('n > 0 and width > 0 and height > 0', name=op.f('ck_document_page_size')),
        sa.ForeignKeyConstraint(['document'], ['reg.document.id'], name=op.f('fk_document_page_document')),
        sa.ForeignKeyConstraint(['image'], ['reg.document.id'], name=op.f('fk_document_page_image')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_document_page_recorded_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_document_page')),
        sa.UniqueConstraint('document', 'n', name=op.f('uq_document_page_document_n')),
        schema='reg')
    op.create_index('ix_document_page_event', 'document_page', ['event'], unique=False, schema='reg')
    op.create_table('document_shows',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('document', sa.UUID(), nullable=False),
        sa.Column('graphic', sa.Boolean(), nullable=False),
        sa.Column('shows', sa.Text(), nullable=False),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['document'], ['reg.document.id'], name=op.f('fk_document_shows_document')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_document_shows_recorded_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_document_shows')),
        schema='reg')
    op.create_index('ix_document_shows_document', 'document_shows', ['document', 'recorded_at'], unique=False, schema='reg')
    op.create_index('ix_document_shows_event', 'document_shows', ['event'], unique=False, schema='reg')
    op.create_geospatial_table('freezing',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('subject', sa.UUID(), nullable=True),
        sa.Column('source', sa.UUID(), nullable=True),
        sa.Column('area', Geometry(srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'),
            nullable=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('review_on', sa.Date(), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("num_nonnulls(subject, source, area) = 1 and case kind when 'site' then subject is not null when "
            "'source' then source is not null else area is not null end", name=op.f('ck_freezing_of_one')),
        sa.CheckConstraint('area is null or (not st_isempty(area) and st_isvalid(area) and st_ndims(area) = 2 and st_xmin(area) '
            '>= -180 and st_xmax(area) <= 180 and st_ymin(area) >= -90 and st_ymax(area) <= 90)', name=op.f('ck_freezing_sound')),
        sa.ForeignKeyConstraint(['kind'], ['vocab.freeze_kind.code'], name=op.f('fk_freezing_kind')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_freezing_recorded_by')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_freezing_scope')),
        sa.ForeignKeyConstraint(['source'], ['reg.source.id'], name=op.f('fk_freezing_source')),
        sa.ForeignKeyConstraint(['subject'], ['reg.subject.id'], name=op.f('fk_freezing_subject')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_freezing')),
        schema='reg')
    op.create_index('ix_freezing_event', 'freezing', ['event'], unique=False, schema='reg')
    op.create_index('ix_freezing_source', 'freezing', ['source'], unique=False, schema='reg')
    op.create_index('ix_freezing_subject', 'freezing', ['subject'], unique=False, schema='reg')
    op.create_geospatial_table('holding',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('face', sa.Integer(), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        sa.Column('exact_tier', sa.SmallInteger(), nullable=False),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('names', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('name_key', sa.Text(), server_default='', nullable=False),
        sa.Column('record_kinds', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('years_began', postgresql.DATERANGE(), nullable=True),
        sa.Column('years_ended', postgresql.DATERANGE(), nullable=True),
        sa.Column('extents', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
        sa.Column('authorities', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
        sa.Column('condition', sa.Text(), nullable=True),
        sa.Column('digitised', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column('access', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
        sa.Column('losses', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
        sa.Column('sites', postgresql.ARRAY(sa.UUID()), server_default='{}', nullable=False),
        sa.Column('relations', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
        sa.Column('shown', Geometry(srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'),
            nullable=True),
        sa.Column('centre', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False,
            from_text='ST_GeomFromEWKT', name='geometry'), nullable=True),
        sa.Column('shown_as', sa.Text(), server_default='none', nullable=False),
        sa.Column('uncertainty_m', sa.Float(precision=53), nullable=True),
        sa.Column('adm1', sa.Text(), nullable=True),
        sa.Column('country', sa.Text(), nullable=True),
        sa.Column('external_ids', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
        sa.Column('protection', sa.Text(), server_default='unassessed', nullable=False),
        sa.Column('next_review', sa.Date(), nullable=True),
        sa.Column('in_doubt_since', sa.Date(), nullable=True),
        sa.Column('conflicts', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('why', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.CheckConstraint("(shown is null) = (shown_as = 'none')", name=op.f('ck_holding_shown')),
        sa.CheckConstraint('face between 0 and 2 and tier <= face', name=op.f('ck_holding_face')),
        sa.CheckConstraint('shown is null or (not st_isempty(shown) and st_isvalid(shown) and st_ndims(shown) = 2 and '
            'st_xmin(shown) >= -180 and st_xmax(shown) <= 180 and st_ymin(shown) >= -90 and st_ymax(shown) <= 90)',
            name=op.f('ck_holding_sound')),
        sa.ForeignKeyConstraint(['condition'], ['vocab.record_condition.code'], name=op.f('fk_holding_condition')),
        sa.ForeignKeyConstraint(['id'], ['reg.subject.id'], name=op.f('fk_holding_id')),
        sa.ForeignKeyConstraint(['protection'], ['vocab.protection_status.code'], name=op.f('fk_holding_protection')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_holding_scope')),
        sa.PrimaryKeyConstraint('id', 'face', name=op.f('pk_holding')),
        schema='reg')
    op.create_index('ix_holding_code', 'holding', ['code', 'face'], unique=False, schema='reg')
    op.create_index('ix_holding_sites', 'holding', ['sites'], unique=False, schema='reg', postgresql_using='gin')
    op.create_table('terms_change',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('source', sa.UUID(), nullable=False),
        sa.Column('consent', sa.Text(), nullable=False),
        sa.Column('permitted_uses', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('tier', sa.SmallInteger(), nullable=False),
        sa.Column('scope', sa.Integer(), server_default='0', nullable=False),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['consent'], ['vocab.consent_state.code'], name=op.f('fk_terms_change_consent')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_terms_change_recorded_by')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_terms_change_scope')),
        sa.ForeignKeyConstraint(['source'], ['reg.source.id'], name=op.f('fk_terms_change_source')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_terms_change')),
        schema='reg')
    op.create_index('ix_terms_change_event', 'terms_change', ['event'], unique=False, schema='reg')
    op.create_index('ix_terms_change_source', 'terms_change', ['source', 'recorded_at'], unique=False, schema='reg')
    op.create_table('freezing_lift',
        sa.Column('freezing', sa.UUID(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['freezing'], ['reg.freezing.id'], name=op.f('fk_freezing_lift_freezing')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_freezing_lift_recorded_by')),
        sa.PrimaryKeyConstraint('freezing', name=op.f('pk_freezing_lift')),
        schema='reg')
    op.create_index('ix_freezing_lift_event', 'freezing_lift', ['event'], unique=False, schema='reg')
    op.create_table('page_region',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('page', sa.UUID(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('x', sa.Float(precision=53), nullable=False),
        sa.Column('y', sa.Float(precision=53), nullable=False),
        sa.Column('width', sa.Float(precision=53), nullable=False),
        sa.Column('height', sa.Float(precision=53), nullable=False),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.CheckConstraint('x >= 0 and y >= 0 and width > 0 and height > 0 and x + width <= 1.000001 and y + height <= '
            '1.000001', name=op.f('ck_page_region_inside')),
        sa.ForeignKeyConstraint(['page'], ['reg.document_page.id'], name=op.f('fk_page_region_page')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_page_region_recorded_by')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_page_region')),
        sa.UniqueConstraint('page', 'n', name=op.f('uq_page_region_page_n')),
        schema='reg')
    op.create_index('ix_page_region_event', 'page_region', ['event'], unique=False, schema='reg')
    op.create_table('transcription',
        sa.Column('id', sa.UUID(), nullable=False),
        sa.Column('region', sa.UUID(), nullable=False),
        sa.Column('sealed', sa.UUID(), nullable=False),
        sa.Column('language', sa.Text(), nullable=False),
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False),
        sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f('fk_transcription_recorded_by')),
        sa.ForeignKeyConstraint(['region'], ['reg.page_region.id'], name=op.f('fk_transcription_region')),
        sa.ForeignKeyConstraint(['sealed'], ['reg.sealed.id'], name=op.f('fk_transcription_sealed')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_transcription')),
        schema='reg')
    op.create_index('ix_transcription_event', 'transcription', ['event'], unique=False, schema='reg')
    op.create_index('ix_transcription_region', 'transcription', ['region', 'recorded_at'], unique=False, schema='reg')
    op.add_column('disclosure', sa.Column('document', sa.UUID(), nullable=True), schema='reg')
    op.create_foreign_key(op.f('fk_disclosure_document'), 'disclosure', 'document', ['document'], ['id'],
        source_schema='reg', referent_schema='reg')
    op.add_column('inquiry', sa.Column('task', sa.UUID(), nullable=True), schema='reg')
    op.create_index('ix_inquiry_subject', 'inquiry', ['subject'], unique=False, schema='reg')
    op.create_foreign_key(op.f('fk_inquiry_task'), 'inquiry', 'task', ['task'], ['id'], source_schema='reg',
        referent_schema='reg')
    op.add_column('inquiry_step', sa.Column('kind', sa.Text(), nullable=True), schema='reg')
    op.add_column('inquiry_step', sa.Column('done_on', sa.Date(), nullable=True), schema='reg')
    op.add_column('inquiry_step', sa.Column('result', sa.Text(), nullable=True), schema='reg')
    op.add_column('inquiry_step', sa.Column('owner', sa.UUID(), nullable=True), schema='reg')
    op.add_column('inquiry_step', sa.Column('due', sa.Date(), nullable=True), schema='reg')
    op.add_column('inquiry_step', sa.Column('n', sa.Integer(), nullable=True), schema='reg')
    op.create_unique_constraint(op.f('uq_inquiry_step_inquiry_n'), 'inquiry_step', ['inquiry', 'n'], schema='reg')
    op.create_foreign_key(op.f('fk_inquiry_step_kind'), 'inquiry_step', 'inquiry_step_kind', ['kind'], ['code'],
        source_schema='reg', referent_schema='vocab')
    op.create_foreign_key(op.f('fk_inquiry_step_result'), 'inquiry_step', 'inquiry_result', ['result'], ['code'],
        source_schema='reg', referent_schema='vocab')
    op.create_foreign_key(op.f('fk_inquiry_step_owner'), 'inquiry_step', 'account', ['owner'], ['id'], source_schema='reg',
        referent_schema='reg')


def downgrade():
    op.drop_constraint(op.f('fk_inquiry_step_owner'), 'inquiry_step', schema='reg', type_='foreignkey')
    op.drop_constraint(op.f('fk_inquiry_step_result'), 'inquiry_step', schema='reg', type_='foreignkey')
    op.drop_constraint(op.f('fk_inquiry_step_kind'), 'inquiry_step', schema='reg', type_='foreignkey')
    op.drop_constraint(op.f('uq_inquiry_step_inquiry_n'), 'inquiry_step', schema='reg', type_='unique')
    op.drop_column('inquiry_step', 'n', schema='reg')
    op.drop_column('inquiry_step', 'due', schema='reg')
    op.drop_column('inquiry_step', 'owner', schema='reg')
    op.drop_column('inquiry_step', 'result', schema='reg')
    op.drop_column('inquiry_step', 'done_on', schema='reg')
    op.drop_column('inquiry_step', 'kind', schema='reg')
    op.drop_constraint(op.f('fk_inquiry_task'), 'inquiry', schema='reg', type_='foreignkey')
    op.drop_index('ix_inquiry_subject', table_name='inquiry', schema='reg')
    op.drop_column('inquiry', 'task', schema='reg')
    op.drop_constraint(op.f('fk_disclosure_document'), 'disclosure', schema='reg', type_='foreignkey')
    op.drop_column('disclosure', 'document', schema='reg')
    op.drop_index('ix_transcription_region', table_name='transcription', schema='reg')
    op.drop_index('ix_transcription_event', table_name='transcription', schema='reg')
    op.drop_table('transcription', schema='reg')
    op.drop_index('ix_page_region_event', table_name='page_region', schema='reg')
    op.drop_table('page_region', schema='reg')
    op.drop_index('ix_freezing_lift_event', table_name='freezing_lift', schema='reg')
    op.drop_table('freezing_lift', schema='reg')
    op.drop_index('ix_terms_change_source', table_name='terms_change', schema='reg')
    op.drop_index('ix_terms_change_event', table_name='terms_change', schema='reg')
    op.drop_table('terms_change', schema='reg')
    op.drop_index('ix_holding_sites', table_name='holding', schema='reg', postgresql_using='gin')
    op.drop_index('ix_holding_code', table_name='holding', schema='reg')
    op.drop_geospatial_table('holding', schema='reg')
    op.drop_index('ix_freezing_subject', table_name='freezing', schema='reg')
    op.drop_index('ix_freezing_source', table_name='freezing', schema='reg')
    op.drop_index('ix_freezing_event', table_name='freezing', schema='reg')
    op.drop_geospatial_table('freezing', schema='reg')
    op.drop_index('ix_document_shows_event', table_name='document_shows', schema='reg')
    op.drop_index('ix_document_shows_document', table_name='document_shows', schema='reg')
    op.drop_table('document_shows', schema='reg')
    op.drop_index('ix_document_page_event', table_name='document_page', schema='reg')
    op.drop_table('document_page', schema='reg')
    for scheme in reversed(SCHEMES):
        op.drop_table(scheme, schema='vocab')
