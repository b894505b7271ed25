"""sites are counted by square, each face in pages of its own; those known by their admin unit alone are found by their shape"""
from alembic import op

revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None
# Filled by the upgrade itself (98_catch_up.sql), from the rows of sites.
TABLE = """
create table reg.site_square (
  face integer not null, scope integer not null, zoom smallint not null, tile integer not null, square smallint not null,
  kind_group text not null, loose boolean not null, confirmed integer not null, probable integer not null,
  suspected integer not null, reported integer not null, inconclusive integer not null, refuted integer not null,
  x bigint not null, y bigint not null, id_high bigint not null, id_low bigint not null,
  constraint ck_site_square_face check (face between 0 and 2),
  constraint ck_site_square_zoom check (zoom between 5 and 8 and square between 0 and 255)) partition by list (face)"""
AFTER = """
create table reg.site_square_0 partition of reg.site_square for values in (0);
create table reg.site_square_1 partition of reg.site_square for values in (1);
create table reg.site_square_2 partition of reg.site_square for values in (2);
alter table reg.site_square add constraint fk_site_square_scope foreign key (scope) references reg.scope (id);
create index ix_site_square_tile on reg.site_square (scope, zoom, tile);
create index ix_site_square_loose on reg.site_square (tile) where loose;
create index ix_site_unit on reg.site using gist (shown) where shown_as = 'admin_unit';
do $$
declare v_sign text;
begin
  for v_sign in select format('alter table only reg.site_square alter column %I set statistics 0', a.attname) from pg_attribute a
      where a.attrelid = 'reg.site_square'::regclass and a.attnum > 0 and not a.attisdropped loop execute v_sign; end loop;
end $$"""


def upgrade():
    op.execute(TABLE)
    op.execute(AFTER)


def downgrade():
    op.execute('drop index reg.ix_site_unit')
    op.execute('drop table reg.site_square')
