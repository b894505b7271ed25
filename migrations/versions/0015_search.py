"""names of sites, places and persons are sought by how their words sound; possible duplicates are settled"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None
WORDS = sa.literal_column("string_to_array(key_loose, ' '::text)")
AT_ONCE = {'postgresql_using': 'gin', 'postgresql_with': {'fastupdate': 'off'}, 'schema': 'reg'}


def marks(name):
    return sa.Column(name, postgresql.ARRAY(sa.BigInteger()), server_default='{}', nullable=False)


def tiered():
    return (sa.Column('tier', sa.SmallInteger(), nullable=False), sa.Column('scope', sa.Integer(), server_default='0', nullable=False))


def upgrade():
    op.create_table(
        'pair_state', sa.Column('code', sa.Text(), nullable=False), sa.Column('label_en', sa.Text(), nullable=False),
        sa.Column('label_ar', sa.Text(), nullable=False), sa.Column('rank', sa.SmallInteger(), nullable=False),
        sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
        sa.PrimaryKeyConstraint('code', name=op.f('pk_pair_state')), schema='vocab')
    op.create_table(
        'name_token', sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False), sa.Column('kind', sa.Text(), nullable=False),
        *tiered(), sa.Column('word', sa.Text(), nullable=False), sa.Column('sound', sa.Text(), nullable=False),
        sa.Column('bones', sa.Text(), nullable=False), marks('near'),
        sa.Column('n', sa.Integer(), server_default='0', nullable=False),
        sa.CheckConstraint("kind in ('site', 'place', 'person')", name=op.f('ck_name_token_kind')),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_name_token_scope')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_name_token')), schema='reg')
    op.create_index('ix_name_token_near', 'name_token', ['near'], **AT_ONCE)
    op.create_index('ix_name_token_word', 'name_token', ['kind', 'tier', 'scope', 'word'], schema='reg',
                    postgresql_ops={'word': 'text_pattern_ops'})
    op.create_index('ix_name_token_bones', 'name_token', ['kind', 'tier', 'scope', 'bones'], schema='reg',
                    postgresql_ops={'bones': 'text_pattern_ops'})
    op.create_table(
        'site_name', sa.Column('site', sa.UUID(), nullable=False), sa.Column('face', sa.Integer(), nullable=False), *tiered(),
        sa.Column('n', sa.SmallInteger(), nullable=False), sa.Column('lang', sa.Text(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False), marks('words'),
        sa.ForeignKeyConstraint(['scope'], ['reg.scope.id'], name=op.f('fk_site_name_scope')),
        sa.ForeignKeyConstraint(['site'], ['reg.subject.id'], name=op.f('fk_site_name_site')),
        sa.PrimaryKeyConstraint('site', 'face', 'n', name=op.f('pk_site_name')), schema='reg')
    op.create_index('ix_site_name_words', 'site_name', ['words'], **AT_ONCE)
    # '{}' = not derived yet: sql/98_catch_up.sql does it in the same transaction
    for table in ('name_key', 'place'):
        op.add_column(table, marks('words'), schema='reg')
    op.drop_index('ix_name_key_words', table_name='name_key', schema='reg')
    op.create_index('ix_name_key_words', 'name_key', ['words'], **AT_ONCE)
    op.create_index('ix_place_words', 'place', ['words'], **AT_ONCE)
    # no statistics of marks: planning by them costs more than it gains, and they would tell of names
    for table, column in (('name_token', 'near'), ('site_name', 'words'), ('name_key', 'words'), ('place', 'words')):
        op.execute(f'alter table reg.{table} alter column {column} set statistics 0')


def downgrade():
    op.drop_index('ix_place_words', table_name='place', schema='reg')
    op.drop_index('ix_name_key_words', table_name='name_key', schema='reg')
    op.create_index('ix_name_key_words', 'name_key', [WORDS], schema='reg', postgresql_using='gin')
    for table in ('place', 'name_key'):
        op.drop_column(table, 'words', schema='reg')
    for table in ('site_name', 'name_token'):
        op.drop_table(table, schema='reg')
    op.drop_table('pair_state', schema='vocab')
