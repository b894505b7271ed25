"""who names a person as a companion is found without a look at everybody"""
import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_person_companions', 'person', ['companions'], schema='reg', postgresql_using='gin',
                    postgresql_ops={'companions': 'jsonb_path_ops'}, postgresql_where=sa.text("companions <> '[]'"))


def downgrade():
    op.drop_index('ix_person_companions', 'person', schema='reg')
