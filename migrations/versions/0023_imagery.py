"""rasters of the ground with their working copies; what was observed on them"""
import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None
SCHEMES = ('change_direction', 'observation_result', 'raster_kind', 'raster_making', 'unusable_reason')


def uid(name, null=True):
    return sa.Column(name, sa.UUID(), nullable=null)


def text(name, null=True):
    return sa.Column(name, sa.Text(), nullable=null)


def real(name, null=True):
    return sa.Column(name, sa.Float(precision=53), nullable=null)


def jsonb(name, default=None):
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default=default, nullable=False)


def shape(name, null=True):
    return sa.Column(name, Geometry(srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=null)


def sealed():
    return (sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
            uid('recorded_by', False), uid('event', False), sa.Column('digest', sa.LargeBinary(), nullable=False))


def keys(table, *pairs):
    return (*(sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{table}_{column}')) for column, target in pairs),
            sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')))


def sound(column, table):
    return sa.CheckConstraint(
        f'{column} is null or (not st_isempty({column}) and st_isvalid({column}) and st_ndims({column}) = 2 and st_xmin({column}) >= -180 '
        f'and st_xmax({column}) <= 180 and st_ymin({column}) >= -90 and st_ymax({column}) <= 90)', name=op.f(f'ck_{table}_sound'))


def upgrade():
    for scheme in SCHEMES:
        op.create_table(
            scheme, text('code', False), text('label_en', False), text('label_ar', False), sa.Column('rank', sa.SmallInteger(), nullable=False),
            jsonb('attrs', '{}'), sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
            sa.PrimaryKeyConstraint('code', name=op.f(f'pk_{scheme}')), schema='vocab')
    op.create_table(
        'raster', uid('id', False), uid('document', False), uid('copy', False), uid('replaces'), text('kind', False), text('making', False),
        text('name', False), text('sensor', False), text('scene'), sa.Column('taken', postgresql.DATERANGE(), nullable=True),
        real('resolution_m', False), text('crs', False), sa.Column('width', sa.Integer(), nullable=False),
        sa.Column('height', sa.Integer(), nullable=False), jsonb('bands'), real('unit_m'), text('licence', False), text('attribution', False),
        text('note'), shape('footprint', False), *sealed(),
        sa.CheckConstraint("width > 0 and height > 0 and resolution_m > 0 and resolution_m < 'Infinity'", name=op.f('ck_raster_size')),
        sa.CheckConstraint("(kind = 'elevation') = (unit_m is not null)", name=op.f('ck_raster_unit')),
        sa.CheckConstraint('not isempty(taken)', name=op.f('ck_raster_days')),
        sa.CheckConstraint('document <> copy', name=op.f('ck_raster_two')), sound('footprint', 'raster'),
        *keys('raster', ('document', 'reg.document.id'), ('copy', 'reg.document.id'), ('replaces', 'reg.raster.id'),
              ('kind', 'vocab.raster_kind.code'), ('making', 'vocab.raster_making.code'), ('recorded_by', 'reg.account.id')),
        sa.UniqueConstraint('replaces', name=op.f('uq_raster_replaces')), schema='reg')
    op.create_index('ix_raster_document', 'raster', ['document'], schema='reg')
    op.create_index('ix_raster_event', 'raster', ['event'], schema='reg')
    op.create_table(
        'observation', uid('id', False), uid('site', False), uid('raster', False), uid('before'),
        sa.Column('taken', postgresql.DATERANGE(), nullable=True), sa.Column('taken_before', postgresql.DATERANGE(), nullable=True),
        text('result', False), text('unusable'), real('changed_m2'), shape('changed'), text('direction'), real('strength'), real('confidence'),
        sa.Column('limits', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False), jsonb('figures', '{}'), text('method', False),
        text('how', False), text('note'), *sealed(),
        sa.CheckConstraint("how in ('machine', 'person')", name=op.f('ck_observation_how')),
        sa.CheckConstraint('before <> raster', name=op.f('ck_observation_two')),
        sa.CheckConstraint("(result = 'image_unusable') = (unusable is not null)", name=op.f('ck_observation_unusable')),
        sa.CheckConstraint("result = 'changed' or direction is null and changed is null", name=op.f('ck_observation_changed')),
        sa.CheckConstraint("(changed_m2 is null or changed_m2 >= 0 and changed_m2 < 'Infinity') and (confidence is null or confidence "
                           "between 0 and 1)", name=op.f('ck_observation_figures')), sound('changed', 'observation'),
        *keys('observation', ('site', 'reg.subject.id'), ('raster', 'reg.raster.id'), ('before', 'reg.raster.id'),
              ('result', 'vocab.observation_result.code'), ('unusable', 'vocab.unusable_reason.code'),
              ('direction', 'vocab.change_direction.code'), ('recorded_by', 'reg.account.id')), schema='reg')
    op.create_index('ix_observation_site', 'observation', ['site', 'recorded_at'], schema='reg')
    op.create_index('ix_observation_raster', 'observation', ['raster'], schema='reg')
    op.create_index('ix_observation_event', 'observation', ['event'], schema='reg')


def downgrade():
    for table in ('observation', 'raster'):
        op.drop_table(table, schema='reg')
    for scheme in reversed(SCHEMES):
        op.drop_table(scheme, schema='vocab')
