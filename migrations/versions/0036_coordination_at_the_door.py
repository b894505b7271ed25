"""partners declare work and ask about places at the door; a family asks that what it told is read to it"""
import sqlalchemy as sa
from alembic import op

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def keys(table, *pairs):
    return (sa.ForeignKeyConstraint([column], [target], name=op.f(f'fk_{table}_{column}')) for column, target in pairs)


def wishes(*codes):
    op.drop_constraint('ck_family_wish_wish', 'family_wish', schema='reg')
    op.create_check_constraint(op.f('ck_family_wish_wish'), 'family_wish', "wish in ('" + "', '".join(codes) + "')", schema='reg')


def upgrade():
    wishes('reach', 'call', 'hear', 'withdraw', 'delete')
    op.create_table('work_offer',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('account', sa.UUID(), nullable=False),
        sa.Column('unit', sa.Text(), nullable=False), sa.Column('place', sa.Text(), nullable=True),
        sa.Column('kind', sa.Text(), nullable=False), sa.Column('began', sa.Date(), nullable=False),
        sa.Column('ended', sa.Date(), nullable=False), sa.Column('told', sa.Text(), nullable=False),
        sa.Column('on_day', sa.Date(), nullable=False), sa.Column('over_on', sa.Date(), nullable=True),
        sa.Column('step', sa.Text(), nullable=True), sa.Column('settled_by', sa.UUID(), nullable=True),
        sa.Column('settled_on', sa.Date(), nullable=True), sa.Column('work', sa.UUID(), nullable=True),
        sa.CheckConstraint('began <= ended', name=op.f('ck_work_offer_days')),
        sa.CheckConstraint("step in ('taken', 'refused')", name=op.f('ck_work_offer_step')),
        sa.CheckConstraint('num_nulls(step, settled_by, settled_on) in (0, 3)', name=op.f('ck_work_offer_settled')),
        *keys('work_offer', ('account', 'reg.account.id'), ('kind', 'vocab.work_kind.code'), ('told', 'vocab.work_told.code'),
              ('settled_by', 'reg.account.id'), ('work', 'reg.work.id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_work_offer')), schema='vault')
    op.create_index('ix_work_offer_account', 'work_offer', ['account', 'on_day'], schema='vault')
    op.create_table('place_ask',
        sa.Column('id', sa.UUID(), nullable=False), sa.Column('account', sa.UUID(), nullable=False),
        sa.Column('unit', sa.Text(), nullable=False), sa.Column('place', sa.Text(), nullable=True),
        sa.Column('on_day', sa.Date(), nullable=False), sa.Column('due', sa.Date(), nullable=False),
        sa.Column('answer', sa.Text(), nullable=True), sa.Column('work', sa.UUID(), nullable=True),
        sa.Column('answered_by', sa.UUID(), nullable=True), sa.Column('answered_on', sa.Date(), nullable=True),
        sa.CheckConstraint('num_nulls(answer, answered_by, answered_on) in (0, 3)', name=op.f('ck_place_ask_answer')),
        *keys('place_ask', ('account', 'reg.account.id'), ('answer', 'vocab.ask_answer.code'), ('work', 'reg.work.id'),
              ('answered_by', 'reg.account.id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_place_ask')), schema='vault')
    op.create_index('ix_place_ask_account', 'place_ask', ['account', 'on_day'], schema='vault')


def downgrade():
    op.drop_table('place_ask', schema='vault')
    op.drop_table('work_offer', schema='vault')
    op.execute("delete from reg.family_wish where wish = 'hear'")
    wishes('reach', 'call', 'withdraw', 'delete')
