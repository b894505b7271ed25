"""the rows of each face lie in pages of their own, so that what a reader reads is counted without what others see"""
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None
FACES = {'site': 'id', 'site_kind': 'site', 'site_relation': 'site', 'site_name': 'site', 'person': 'id', 'person_event': 'id', 'holding': 'id'}
REACH = 'st_expand(shown, GREATEST(uncertainty_m, 0::double precision) / 55000::double precision)'
# shapes are sought within one face, so the face need not stand in their indexes; apart from tier 2 they are now anyhow
SHAPES = {'ix_site_shown': ('site', 'shown', ''), 'ix_site_reach': ('site', REACH, ''), 'ix_person_event_shown': ('person_event', 'shown', ''),
          'ix_person_event_reach': ('person_event', REACH, "where shown_as = 'exact'")}
OPEN = {'ix_site_shown_open': ('site', 'shown', 'where face < 2'), 'ix_site_reach_open': ('site', REACH, 'where face < 2')}
# What was found by reading a whole table is found by what the one who asks may see of it, or did himself.
OWN = {'ix_claim_document': 'claim (document, locator) where document is not null', 'ix_task_waiting': 'task (tier, scope) where done_at is null',
       'ix_job_owner': 'job (owner, queued_at)', 'ix_disclosure_recorded_by': 'disclosure (recorded_by, recorded_at)',
       'ix_freezing_recorded_by': 'freezing (recorded_by, recorded_at)', 'ix_import_batch_operator': 'import_batch (operator, started_at)',
       'ix_document_seen': 'document (tier, scope, id)',
       'ix_decision_pairs': "decision (machine, subject, aspect, seq) where machine in ('duplicate', 'link_review')"}
# Nothing is measured of a table as a whole: it would move the plans for one face by what lies in the others. Each part is.
UNMEASURED = """
do $$
declare v_sign text;
begin
  for v_sign in select format('alter table only reg.{table} alter column %I set statistics 0', a.attname) from pg_attribute a
      where a.attrelid = 'reg.{table}'::regclass and a.attnum > 0 and not a.attisdropped loop execute v_sign; end loop;
end $$"""
# Columns, defaults and checks go over by LIKE; keys and indexes are written again as they stood, under their names.
MOVE = """
do $$
declare d record; v_keys text[]; v_indexes text[]; v_counted text[]; v_sign text;
begin
  select array_agg(format('alter table reg.{table} add constraint %I %s', c.conname, pg_get_constraintdef(c.oid)) order by c.contype desc, c.conname)
    into v_keys from pg_constraint c where c.conrelid = 'reg.{table}'::regclass and c.contype in ('p', 'f');
  select array_agg(replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') order by x.relname) into v_indexes
    from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = 'reg.{table}'::regclass and not i.indisprimary;
  select array_agg(format('alter table reg.{table} alter column %I set statistics %s', a.attname, a.attstattarget)) into v_counted
    from pg_attribute a where a.attrelid = coalesce(to_regclass('reg.{table}_0'), 'reg.{table}') and a.attnum > 0 and not a.attisdropped and a.attstattarget >= 0;
  alter table reg.{table} rename to {table}_before;
  create table reg.{table} (like reg.{table}_before including defaults including constraints) {parted};
  {parts}
  insert into reg.{table} select * from reg.{table}_before order by {key}, face;
  drop table reg.{table}_before;
  foreach v_sign in array v_keys || v_indexes || v_counted loop execute v_sign; end loop;
end $$"""


def move(table, parted):
    parts = ''.join(f'create table reg.{table}_{n} partition of reg.{table} for values in ({n}); ' for n in range(3)) if parted else ''
    op.execute(MOVE.format(table=table, key=FACES[table], parted='partition by list (face)' if parted else '', parts=parts))


def shapes(indexes, face):
    for name, (table, what, where) in indexes.items():
        op.execute(f'create index {name} on reg.{table} using gist ({face}{what if what == "shown" else f"({what})"}) {where}')


def drop(indexes):
    for name in indexes:
        op.execute(f'drop index reg.{name}')


def upgrade():
    drop(SHAPES | OPEN)
    for table in FACES:
        move(table, parted=True)
    shapes(SHAPES, '')
    for name, what in OWN.items():
        op.execute(f'create index {name} on reg.{what}')
    for table in FACES:
        op.execute(UNMEASURED.format(table=table))
    op.execute(f"analyze {', '.join(f'reg.{table}' for table in FACES)}")


def downgrade():
    drop(SHAPES | OWN)
    for table in FACES:
        move(table, parted=False)
    shapes(SHAPES | OPEN, 'face, ')
    for table in FACES.keys() - {'site_name'}:
        op.execute(f'create statistics reg.st_{table}_face (mcv) on face, tier, scope from reg.{table}')
    op.execute(f"analyze {', '.join(f'reg.{table}' for table in FACES)}")
