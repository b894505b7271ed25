"""cases are sought by age, circumstance, place and name; events by the area in which they may lie"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None
REACH = sa.literal_column('st_expand(shown, GREATEST(uncertainty_m, 0::double precision) / 55000::double precision)')
WORDS = sa.literal_column("string_to_array(key_loose, ' '::text)")


def upgrade():
    op.create_table(
        'age_band',
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('label_en', sa.Text(), nullable=False),
        sa.Column('label_ar', sa.Text(), nullable=False),
        sa.Column('rank', sa.SmallInteger(), nullable=False),
        sa.Column('attrs', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('draft', sa.Boolean(), server_default='false', nullable=False),
        sa.PrimaryKeyConstraint('code', name=op.f('pk_age_band')),
        schema='vocab')
    # null = not derived yet: sql/98_catch_up.sql does it in the same transaction
    op.add_column('person', sa.Column('age_bands', postgresql.ARRAY(sa.Text()), nullable=True), schema='reg')
    op.add_column('person_event', sa.Column('adm1', postgresql.ARRAY(sa.Text()), nullable=True), schema='reg')
    op.create_index('ix_person_listed', 'person', ['face', 'case_state', 'code'], schema='reg')
    op.create_index('ix_person_settled', 'person', ['face', 'fate', 'whereabouts', 'code'], schema='reg',
                    postgresql_where=sa.text("fate <> 'unknown' or whereabouts <> 'unknown'"))
    op.create_index('ix_person_ages', 'person', ['age_bands'], schema='reg', postgresql_using='gin')
    op.create_index('ix_person_circumstances', 'person', ['circumstances'], schema='reg', postgresql_using='gin')
    op.create_index('ix_person_event_reach', 'person_event', ['face', REACH], schema='reg', postgresql_using='gist',
                    postgresql_where=sa.text("shown_as = 'exact'"))
    op.create_index('ix_person_event_kind', 'person_event', ['face', 'kind', 'person'], schema='reg')
    op.create_index('ix_person_event_adm1', 'person_event', ['adm1'], schema='reg', postgresql_using='gin')
    op.drop_index('ix_name_key_loose', table_name='name_key', schema='reg')
    op.create_index('ix_name_key_words', 'name_key', [WORDS], schema='reg', postgresql_using='gin')


def downgrade():
    op.drop_index('ix_name_key_words', table_name='name_key', schema='reg')
    op.create_index('ix_name_key_loose', 'name_key', ['key_loose'], schema='reg')
    for index, table in (('adm1', 'person_event'), ('kind', 'person_event'), ('reach', 'person_event'), ('circumstances', 'person'),
                         ('ages', 'person'), ('settled', 'person'), ('listed', 'person')):
        op.drop_index(f'ix_{table}_{index}', table_name=table, schema='reg')
    op.drop_column('person_event', 'adm1', schema='reg')
    op.drop_column('person', 'age_bands', schema='reg')
    op.drop_table('age_band', schema='vocab')
