"""the lists of sites where protection is lacking are a vocabulary"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'gap_list', sa.Column('code', sa.Text(), nullable=False), sa.Column('label_en', sa.Text(), nullable=False),
        sa.Column('label_ar', sa.Text(), nullable=False), sa.Column('rank', sa.SmallInteger(), nullable=False),
        sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
        sa.PrimaryKeyConstraint('code', name=op.f('pk_gap_list')), schema='vocab')


def downgrade():
    op.drop_table('gap_list', schema='vocab')
