"""documents tell whether living people were looked for, of which scene an image is, and where a photograph was taken from"""
import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def recorded(table):
    return (
        sa.Column('recorded_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
        sa.Column('recorded_by', sa.UUID(), nullable=False), sa.Column('event', sa.UUID(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['document'], ['reg.document.id'], name=op.f(f'fk_{table}_document')),
        sa.ForeignKeyConstraint(['recorded_by'], ['reg.account.id'], name=op.f(f'fk_{table}_recorded_by')),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')))


def upgrade():
    op.create_table(
        'living_shown', sa.Column('code', sa.Text(), nullable=False), sa.Column('label_en', sa.Text(), nullable=False),
        sa.Column('label_ar', sa.Text(), nullable=False), sa.Column('rank', sa.SmallInteger(), nullable=False),
        sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
        sa.PrimaryKeyConstraint('code', name=op.f('pk_living_shown')), schema='vocab')
    op.create_table(
        'document_look', sa.Column('id', sa.UUID(), nullable=False), sa.Column('document', sa.UUID(), nullable=False),
        sa.Column('living', sa.Text(), nullable=False), sa.Column('imagery', sa.Boolean(), nullable=False),
        sa.Column('scene', sa.Text(), nullable=True), sa.Column('acquired', postgresql.DATERANGE(), nullable=True),
        sa.ForeignKeyConstraint(['living'], ['vocab.living_shown.code'], name=op.f('fk_document_look_living')),
        *recorded('document_look'), schema='reg')
    op.create_index('ix_document_look_document', 'document_look', ['document', 'recorded_at'], schema='reg')
    op.create_index('ix_document_look_event', 'document_look', ['event'], schema='reg')
    op.create_table(
        'document_camera', sa.Column('id', sa.UUID(), nullable=False), sa.Column('document', sa.UUID(), nullable=False),
        sa.Column('geom', Geometry('POINT', srid=4326, spatial_index=False), nullable=False),
        sa.Column('uncertainty_m', sa.Float(53), nullable=False), sa.Column('bearing', sa.Float(53), nullable=True),
        sa.Column('taken', sa.Text(), nullable=True),
        sa.CheckConstraint('not st_isempty(geom) and st_isvalid(geom) and st_ndims(geom) = 2 and st_xmin(geom) >= -180 and st_xmax(geom) <= 180'
                           ' and st_ymin(geom) >= -90 and st_ymax(geom) <= 90', name=op.f('ck_document_camera_sound')),
        sa.CheckConstraint("uncertainty_m > 0 and uncertainty_m < 'Infinity'", name=op.f('ck_document_camera_radius')),
        sa.CheckConstraint('bearing is null or bearing >= 0 and bearing <= 360', name=op.f('ck_document_camera_bearing')),
        sa.UniqueConstraint('document', name=op.f('uq_document_camera_document')),
        *recorded('document_camera'), schema='reg')
    op.create_index('ix_document_camera_event', 'document_camera', ['event'], schema='reg')


def downgrade():
    for table in ('document_camera', 'document_look'):
        op.drop_table(table, schema='reg')
    op.drop_table('living_shown', schema='vocab')
