"""a personal token may open the layers of map programs, beside or in place of frames"""
from alembic import op

revision = '0025'
down_revision = '0023'
branch_labels = None
depends_on = None
NAME = 'ck_personal_token_scopes'


def upgrade():
    op.drop_constraint(op.f(NAME), 'personal_token', schema='reg', type_='check')
    op.create_check_constraint(op.f(NAME), 'personal_token', "cardinality(scopes) > 0 and scopes <@ array['frames', 'layers']", schema='reg')


def downgrade():
    """Tokens that open layers are over, and say frames: before this nothing else could be said."""
    op.execute("update reg.personal_token set ended_at = coalesce(ended_at, clock_timestamp()), ended_why = coalesce(ended_why, "
               "'layers are no longer opened by tokens'), scopes = array['frames'] where 'layers' = any (scopes)")
    op.drop_constraint(op.f(NAME), 'personal_token', schema='reg', type_='check')
    op.create_check_constraint(op.f(NAME), 'personal_token', "cardinality(scopes) > 0 and scopes <@ array['frames']", schema='reg')
