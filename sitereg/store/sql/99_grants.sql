-- Who may call what: no underscore = a door's; nothing on tables. A SQL login may call what its views read, questions about places that
-- count the same pages whatever is hidden, and who it is itself: whoever may EXPLAIN a function counts the pages that it reads inside.
-- The views of v_records read tables that have a tier and no face, where a count moves with what others hold: sr_sql_records alone.
do $$
declare f record; t record; v_sql constant text[] := array['sites_inside', 'sites_near', 'events_inside', 'inside_counts', 'circle',
  'units_at', 'account', 'how', 'level', 'me', 'request', 'roles', 'scopes', 'today'];
  v_records constant text[] := array['v_batch', 'v_claim', 'v_decision', 'v_disclosure', 'v_document', 'v_inquiry', 'v_proposal', 'v_report',
    'v_source', 'v_task'];
  v_views text[];
begin
  for t in select format('%I.%I', n.nspname, c.relname) as sign, n.nspname, c.relname, c.relispartition from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('reg', 'vocab', 'vault') and c.relkind in ('r', 'p')
  loop
    execute format('revoke all on %s from public, sr_web, sr_sql, sr_sql_records, sr_keeper', t.sign);
    if t.relispartition then  -- the part of one face: reached through its table alone
      execute format('revoke all on %s from sr_policed, sr_reader, sr_ident, sr_writer, sr_vault', t.sign);
    elsif t.nspname = 'vault' then
      execute format('grant select, insert, update on %s to sr_vault', t.sign);
    elsif t.relname = 'token_key' then
      execute format('grant select, insert, update on %s to sr_ident', t.sign);
    else
      execute format('grant select on %s to sr_policed, sr_reader, sr_ident', t.sign);
      execute format('grant select, insert, update, delete on %s to sr_writer', t.sign);
      execute format('grant select, insert on %s to sr_vault', t.sign);
    end if;
  end loop;
  grant delete on vault.subject_lock, vault.contact_token to sr_vault;
  grant insert, update on reg.account, reg.clearance, reg.clearance_request, reg.personal_token, reg.scope, reg.compartment to sr_ident;
  for f in select p.oid, p.oid::regprocedure as sign, p.proname, p.provolatile from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'api' and p.prokind = 'f'
  loop
    execute format('revoke all on function %s from public', f.sign);
    execute format('grant execute on function %s to sr_owner, sr_policed, sr_reader, sr_writer, sr_ident, sr_vault', f.sign);
    if f.proname like 'keeper\_%' then
      execute format('grant execute on function %s to sr_keeper', f.sign);
    elsif left(f.proname, 1) <> '_' then
      execute format('grant execute on function %s to sr_web, sr_keeper', f.sign);
      v_views := array(select v.relname from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class v on v.oid = r.ev_class
        where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_proc'::regclass and d.refobjid = f.oid
          and v.relnamespace = 'api'::regnamespace and v.relname like 'v\_%');
      if f.provolatile in ('s', 'i') and (f.proname = any (v_sql) or not v_views <@ v_records) then
        execute format('grant execute on function %s to sr_sql', f.sign);
      elsif f.provolatile in ('s', 'i') and v_views <> '{}' then
        execute format('grant execute on function %s to sr_sql_records', f.sign); end if;
    end if;
  end loop;
  for f in select p.oid::regprocedure as sign from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'reg' and p.prokind = 'f' and p.prorettype <> 'event_trigger'::regtype loop
    execute format('revoke all on function %s from public', f.sign);
    execute format('grant execute on function %s to sr_owner, sr_policed, sr_reader, sr_writer, sr_ident, sr_vault', f.sign);
  end loop;
  for t in select format('%I.%I', n.nspname, c.relname) as sign, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'api' and c.relkind = 'v' and c.relname like 'v\_%'
  loop
    execute format('grant select on %s to %I', t.sign, case when t.relname = any (v_records) then 'sr_sql_records' else 'sr_sql' end);
  end loop;
end $$;
grant usage on schema signin to sr_web;
grant select, insert, update, delete on all tables in schema signin to sr_web;
grant usage on all sequences in schema signin to sr_web;
grant usage on schema signin to sr_ident;
grant insert on signin."user" to sr_ident;
grant select on signin."user", signin.seat, signin.device to sr_ident;
grant update (ended_at, ended_why) on signin.seat to sr_ident;
grant delete on signin.device, signin.seat, signin.attempt to sr_ident;
grant select (user_id), update (made_at, used_at) on signin.passkey to sr_ident;
grant select (made_at, used_at) on signin.passkey to sr_ident;
grant select (at) on signin.attempt to sr_ident;
grant update (made_at, seen_at) on signin.device to sr_ident;
grant usage on all sequences in schema reg to sr_writer, sr_ident;
revoke create on schema public from public;

-- Triggers that were off are on again: an upgrade writes all of them anew.
set role sr_writer;
do $$
declare v_mark constant uuid := '00000000-0000-7000-8000-0000000000ff';
begin
  if 'triggers_off' = (select e.action from reg.audit_event e where e.object = v_mark order by e.seq desc limit 1) then
    perform api._close_event(reg.new_id(), 'triggers_on', v_mark, 'an upgrade wrote them anew'); end if;
end $$;
reset role;

-- Which plans a reading function makes is not for the asker to choose, nor to be printed to him: with indexes switched off it would
-- read, and EXPLAIN (BUFFERS) would count, every page of a table, and debug_print_plan would show estimates of what is hidden. Not of
-- sr_ident's functions, asked many times a page: none reads more than accounts.
do $$
declare f record; v_pins text;
begin
  for f in select p.oid::regprocedure as sign, coalesce(p.proconfig, '{}') as held from pg_proc p
    where p.pronamespace = 'api'::regnamespace and p.prosecdef and p.provolatile <> 'v' and left(p.proname, 1) <> '_'
      and p.proowner <> 'sr_ident'::regrole
  loop
    select string_agg(format('set %I from current', g.name), ' ' order by g.name) into v_pins from pg_settings g
      where g.name in ('enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan', 'enable_nestloop', 'enable_hashjoin',
          'enable_mergejoin', 'seq_page_cost', 'random_page_cost', 'cpu_index_tuple_cost', 'cpu_operator_cost', 'join_collapse_limit',
          'debug_print_parse', 'debug_print_rewritten', 'debug_print_plan', 'trace_sort')
        and not exists (select 1 from unnest(f.held) h where split_part(h, '=', 1) = g.name);
    execute format('alter function %s %s', f.sign, v_pins);
  end loop;
end $$;
