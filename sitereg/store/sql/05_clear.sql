-- Rules are written anew at each upgrade: the schema of functions, the policies, the triggers. FORCE is lifted for the
-- migrations in between (same transaction) and restored by 20_policies.sql.
drop schema if exists api cascade;
create schema api authorization sr_owner;
grant usage, create on schema api to sr_policed, sr_reader, sr_writer, sr_ident, sr_vault;
grant create on schema reg to sr_ident;
do $$
declare t record;
begin
  for t in select p.policyname, format('%I.%I', p.schemaname, p.tablename) as sign from pg_policies p
    where p.schemaname in ('reg', 'vocab', 'vault') loop
    execute format('drop policy %I on %s', t.policyname, t.sign);
  end loop;
  for t in select g.tgname, g.tgrelid::regclass as sign from pg_trigger g join pg_class c on c.oid = g.tgrelid
    join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('reg', 'vocab', 'vault') and not g.tgisinternal loop
    execute format('drop trigger %I on %s', t.tgname, t.sign);
  end loop;
  for t in select format('%I.%I', n.nspname, c.relname) as sign from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('reg', 'vocab', 'vault') and c.relkind in ('r', 'p') loop
    execute format('alter table %s no force row level security', t.sign);
  end loop;
end $$;
