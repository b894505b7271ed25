"""what a visit did not search, as an area"""
import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None
SOUND = ('{0} is null or (not st_isempty({0}) and st_isvalid({0}) and st_ndims({0}) = 2 and st_xmin({0}) >= -180 and st_xmax({0}) <= 180'
         ' and st_ymin({0}) >= -90 and st_ymax({0}) <= 90)')


def upgrade():
    op.add_column('visit', sa.Column('not_searched_shape', Geometry(srid=4326, dimension=2, spatial_index=False,
                  from_text='ST_GeomFromEWKT', name='geometry'), nullable=True), schema='reg')
    op.add_column('visit', sa.Column('not_searched_within_m', sa.Float(precision=53), nullable=True), schema='reg')
    op.create_check_constraint(op.f('ck_visit_sound_not_searched'), 'visit', SOUND.format('not_searched_shape'), schema='reg')


def downgrade():
    op.drop_constraint(op.f('ck_visit_sound_not_searched'), 'visit', schema='reg')
    op.drop_column('visit', 'not_searched_within_m', schema='reg')
    op.drop_column('visit', 'not_searched_shape', schema='reg')
