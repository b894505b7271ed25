"""what views look up of a record beside its row is kept by face, each face in pages of its own"""
from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None
SOUND = ('area is null or (not st_isempty(area) and st_isvalid(area) and st_ndims(area) = 2 and st_xmin(area) >= -180 and st_xmax(area) <= 180'
         ' and st_ymin(area) >= -90 and st_ymax(area) <= 90)')
# Filled by the upgrade itself (98_catch_up.sql), since its rows follow from the rule that the functions write.
TABLE = f"""
create table reg.beside (
  record uuid not null, face integer not null, tier smallint not null, scope integer not null default 0, what text not null, id uuid not null,
  told_tier smallint not null, kin boolean not null, told jsonb not null default '{{}}', area geometry(geometry, 4326),
  constraint ck_beside_face check (face between 0 and 2 and tier <= face),
  constraint ck_beside_what check (what in ('visit', 'measure', 'disturbance', 'settled', 'unlinked')),
  constraint ck_beside_sound check ({SOUND})) partition by list (face)"""
AFTER = """
create table reg.beside_0 partition of reg.beside for values in (0);
create table reg.beside_1 partition of reg.beside for values in (1);
create table reg.beside_2 partition of reg.beside for values in (2);
alter table reg.beside add constraint pk_beside primary key (record, face, what, id);
alter table reg.beside add constraint fk_beside_record foreign key (record) references reg.subject (id);
alter table reg.beside add constraint fk_beside_scope foreign key (scope) references reg.scope (id);
create index ix_beside_what on reg.beside (what);
do $$
declare v_sign text;
begin
  for v_sign in select format('alter table only reg.beside alter column %I set statistics 0', a.attname) from pg_attribute a
      where a.attrelid = 'reg.beside'::regclass and a.attnum > 0 and not a.attisdropped loop execute v_sign; end loop;
end $$"""


def upgrade():
    op.execute(TABLE)
    op.execute(AFTER)


def downgrade():
    op.execute('drop table reg.beside')
