-- What needs a superuser, once: extensions, the roles that own functions, the revokes. Idempotent; run first at each upgrade.
create extension if not exists postgis;
create extension if not exists pgcrypto;
create extension if not exists pg_trgm;
create extension if not exists btree_gist;
create extension if not exists fuzzystrmatch;

do $$
declare r text;
begin
  foreach r in array array['sr_owner', 'sr_policed', 'sr_reader', 'sr_writer', 'sr_ident', 'sr_vault', 'sr_sql', 'sr_sql_records'] loop
    if not exists (select 1 from pg_roles where rolname = r) then execute format('create role %I nologin', r); end if;
  end loop;
  foreach r in array array['sr_web', 'sr_keeper'] loop
    if not exists (select 1 from pg_roles where rolname = r) then execute format('create role %I login noinherit', r); end if;
  end loop;
end $$;
alter role sr_reader bypassrls;
alter role sr_writer bypassrls;
alter role sr_ident bypassrls;
alter role sr_vault bypassrls;
alter role sr_web set statement_timeout = '30s';
alter role sr_web set idle_in_transaction_session_timeout = '60s';
alter role sr_sql set statement_timeout = '15s';
alter role sr_sql set temp_file_limit = '1GB';
grant pg_signal_backend to sr_keeper, sr_writer;
grant pg_read_all_stats to sr_writer;

create schema if not exists reg authorization sr_owner;
create schema if not exists vocab authorization sr_owner;
create schema if not exists vault authorization sr_owner;
create schema if not exists signin authorization sr_owner;
revoke all on schema public from public;
grant usage on schema public to public;

-- Whoever switches triggers of the registry off, or on again, leaves an event in its chain; not while rules are written anew, when
-- there are no triggers (99_grants.sql looks afterwards). Under the object of these events the last one is found.
create or replace function reg.watch_triggers() returns event_trigger security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v_off text; v_last text; v_mark constant uuid := '00000000-0000-7000-8000-0000000000ff';
begin
  if to_regclass('reg.audit_event') is null or to_regprocedure('api._close_event(uuid, text, uuid, text)') is null
     or not exists (select 1 from pg_trigger t where t.tgrelid = to_regclass('reg.audit_event') and t.tgname = 'c_frozen') then return; end if;
  select string_agg(c.relname || '.' || t.tgname, ', ' order by 1) into v_off from pg_trigger t join pg_class c on c.oid = t.tgrelid
    join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('reg', 'vault') and not t.tgisinternal and t.tgenabled <> 'O';
  select e.action into v_last from reg.audit_event e where e.object = v_mark order by e.seq desc limit 1;
  if v_off is not null and v_last is distinct from 'triggers_off' then perform api._close_event(reg.new_id(), 'triggers_off', v_mark, v_off);
  elsif v_off is null and v_last = 'triggers_off' then perform api._close_event(reg.new_id(), 'triggers_on', v_mark, ''); end if;
end $$;
revoke all on function reg.watch_triggers() from public;
do $$
begin
  if not exists (select 1 from pg_event_trigger where evtname = 'sitereg_triggers') then
    create event trigger sitereg_triggers on ddl_command_end when tag in ('ALTER TABLE') execute function reg.watch_triggers();
  end if;
end $$;

-- These answer from statistics and indexes, whatever policies and grants say.
do $$
declare f record;
begin
  for f in select p.oid::regprocedure as sign from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.proname in ('st_estimatedextent', 'st_findextent', '_postgis_index_extent', '_postgis_stats', '_postgis_selectivity',
                        '_postgis_join_selectivity', 'postgis_extensions_upgrade', 'pg_relation_size', 'pg_total_relation_size',
                        'pg_table_size', 'pg_indexes_size', 'pg_database_size', 'pg_tablespace_size')
      and n.nspname in ('public', 'pg_catalog')
       or n.nspname = 'pg_catalog' and p.proname like 'pg\_stat\_get\_%' and p.proargtypes = array['oid'::regtype]::oidvector
  loop
    execute format('revoke execute on function %s from public', f.sign);
  end loop;
end $$;
-- Large objects, messages in the WAL and advisory locks are open to everybody: a SQL login could fill the disk, or hold the lock of the
-- keeper or of an upgrade.
do $$
declare f record;
begin
  for f in select p.oid::regprocedure as sign, p.proname like '%advisory%' as locks from pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace
      and (p.proname like '%advisory%' or p.proname like 'lo\_%' or p.proname in ('loread', 'lowrite', 'pg_logical_emit_message'))
  loop
    execute format('revoke execute on function %s from public', f.sign);
    if f.locks then execute format('grant execute on function %s to sr_web, sr_keeper, sr_writer, sr_vault, sr_owner', f.sign); end if;
  end loop;
end $$;
revoke select on pg_catalog.pg_stats, pg_catalog.pg_stats_ext from public;
grant select (schemaname, tablename, attname) on pg_catalog.pg_stats to sr_sql;  -- QGIS asks whether there are any: of our views none
do $$
declare v_told text;
begin
  select string_agg(quote_ident(a.attname), ', ') into v_told from pg_attribute a where a.attrelid = 'pg_catalog.pg_class'::regclass
    and not a.attisdropped and a.attname not in ('reltuples', 'relpages', 'relallvisible');
  revoke select on pg_catalog.pg_class from public;
  execute format('grant select (%s) on pg_catalog.pg_class to public', v_told);
end $$;
grant select on pg_catalog.pg_class to sr_owner;
grant execute on function pg_catalog.pg_stat_get_xact_tuples_inserted(oid) to sr_owner;
