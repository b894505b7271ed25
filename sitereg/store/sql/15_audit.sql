-- Rows that are written once, each with its own hash, tied by an event to one chain.
-- The canonical form of a row is its record text under fixed settings, with the digest empty and trailing nulls cut:
-- columns may be added behind (nullable), never dropped or reordered.
set role sr_writer;
create function api._canonical(p_row text) returns bytea stable parallel safe language sql as
$$ select rtrim(rtrim(convert_to(p_row, 'UTF8'), ')'), ',') || ')'::bytea $$;

create function api._seal() returns trigger security definer
set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD' set bytea_output = 'hex'
set extra_float_digits = 1 language plpgsql as $$
begin
  new.digest := null;
  new.digest := sha256(api._canonical(tg_table_name || new::text));
  return new;
end $$;

-- The same for rows that have a scope: the digest is that of the row outside the compartment of what is frozen (44_frozen.sql).
create function api._seal_scoped() returns trigger security definer
set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD' set bytea_output = 'hex'
set extra_float_digits = 1 language plpgsql as $$
declare v_scope int := new.scope;
begin
  new.digest := null;
  if v_scope < 0 then new.scope := -1 - v_scope; end if;
  new.digest := sha256(api._canonical(tg_table_name || new::text));
  new.scope := v_scope;
  return new;
end $$;

create function api._frozen() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are written once: nothing changes or removes them', tg_table_name using errcode = '42501';
end $$;

-- Rows that have a scope go to its twin and come back, and nothing else of them changes.
create function api._frozen_scoped() returns trigger language plpgsql as $$
declare v_now record;
begin
  if tg_op = 'UPDATE' and new.scope = -1 - old.scope then
    v_now := new; v_now.scope := old.scope;
    if v_now *= old then return new; end if;
  end if;
  raise exception 'Rows of % are written once: nothing changes or removes them', tg_table_name using errcode = '42501';
end $$;

create function api._sealed_tables() returns table(tbl text, sign text) stable language sql
set search_path = pg_catalog, public, pg_temp as $$
  select c.relname::text, format('%I.%I', n.nspname, c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('reg', 'vault') and c.relkind = 'r'
    and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'digest' and not a.attisdropped)
  order by 1 $$;

-- Digests of the rows of one event: written out from the tables that are sealed, so that its plan is kept; always by their indexes on
-- event, since a plan for any event would expect the size of an import.
do $$
declare v_tables text;
begin
  select string_agg(format('select %L::text, t.digest from %s t where t.event = p_event', s.tbl, s.sign), E'\n    union all ' order by s.tbl) into v_tables
    from api._sealed_tables() s;
  execute format($f$create function api._event_rows(p_event uuid) returns table(tbl text, digest bytea) stable
    set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off language plpgsql as $b$
    #variable_conflict use_column
    begin return query %s; end $b$ $f$, v_tables);
end $$;

-- The same of an event whose id was drawn in this very transaction: its rows lie in tables to which this transaction has added rows, and no
-- other is opened. The server counts those; nobody who asks can set the count back, and where it does not count, all are asked.
reset role;
set role sr_owner;
create function api._written_here(p_names text[], p_tables regclass[]) returns text[] stable security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  if not current_setting('track_counts')::bool then return p_names; end if;
  return array(select t.name from unnest(p_names, p_tables) t(name, id) where pg_stat_get_xact_tuples_inserted(t.id) > 0);
end $$;
reset role;
set role sr_writer;
do $$
declare v_tables text; v_often text;
begin
  select string_agg(case when s.tbl not in ('claim', 'decision') then t.said end, E'\n    ' order by s.tbl),
      string_agg(case when s.tbl in ('claim', 'decision') then t.said end, E'\n    ' order by s.tbl) into v_tables, v_often
    from api._sealed_tables() s cross join lateral (select format(
      'if %1$L = any (v_written) then return query select %1$L::text, t.digest from %2$s t where t.event = p_event; end if;', s.tbl, s.sign) as said) t;
  execute format($f$create function api._event_rows(p_event uuid, p_new bool) returns table(tbl text, digest bytea) stable
    set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off language plpgsql as $b$
    #variable_conflict use_column
    declare v_written text[] := api._written_here(%L, %L);
    begin
    %s
    if v_written <@ '{claim,decision}' then return; end if;
    %s
    end $b$ $f$, array(select s.tbl from api._sealed_tables() s), array(select s.sign from api._sealed_tables() s), v_often, v_tables);
end $$;

-- Merkle root of leaves in the order of their bytes; an odd one is carried up as it is; no leaf gives 32 zero bytes.
create function api._merkle(p_leaves bytea[]) returns bytea immutable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v bytea[];
begin
  if cardinality(p_leaves) = 1 then return p_leaves[1]; end if;
  if cardinality(p_leaves) = 2 then return sha256('\x01'::bytea || least(p_leaves[1], p_leaves[2]) || greatest(p_leaves[1], p_leaves[2])); end if;
  select array_agg(l order by l) into v from unnest(p_leaves) l;
  if v is null then return decode(repeat('00', 32), 'hex'); end if;
  while cardinality(v) > 1 loop
    select array_agg(case when r is null then l else sha256('\x01'::bytea || l || r) end order by o) into v
    from (select l, o, lead(l) over (order by o) as r from unnest(v) with ordinality u(l, o)) p where o % 2 = 1;
  end loop;
  return v[1];
end $$;

create function api._event_hash(p reg.audit_event) returns bytea immutable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
begin
  return sha256(convert_to(concat_ws('|', p.seq, p.id, (extract(epoch from p.at) * 1000000)::bigint, coalesce(p.actor::text, '-'),
    p.how, coalesce(p.request, '-'), p.action, coalesce(p.object::text, '-'), p.count, encode(p.root, 'hex'),
    encode(sha256(convert_to(p.reason, 'UTF8')), 'hex'), encode(p.prev, 'hex')), 'UTF8'));
end $$;

-- The freezes in force (44_frozen.sql, 49_freezing.sql).
create function api._freezes() returns setof reg.freezing stable language sql as $$
  select f.* from reg.freezing f where not exists (select 1 from reg.freezing_lift l where l.freezing = f.id) $$;

create function api._any_freeze() returns bool stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return exists (select 1 from api._freezes() f);
end $$;

create function api._end_event(p_event uuid, p_action text, p_object uuid, p_reason text, p_new bool, p_me api._asker) returns bigint
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.audit_event; v_me api._asker := p_me; v_head record;
begin
  if v_me.account is null then select * into v_me from api.me(); end if;
  v.id := p_event; v.actor := v_me.account; v.how := coalesce(v_me.how, 'system'); v.request := v_me.request;
  v.action := p_action; v.object := p_object; v.reason := coalesce(p_reason, '');
  select h.seq, h.hash into v_head from reg.audit_head h for update;
  if not found then
    insert into reg.audit_head(one, seq, hash) values (1, 0, sha256('sitereg'::bytea)) on conflict do nothing;
    select h.seq, h.hash into v_head from reg.audit_head h for update;
  end if;
  -- the head is held, so a freeze is either in force here or sees these rows once they are committed
  if api._any_freeze() and p_action not in ('freeze', 'unfreeze') then perform api._freeze_event(p_event); end if;
  if p_new then select count(*), api._merkle(array_agg(r.digest)) into v.count, v.root from api._event_rows(p_event, p_new) r;
  else select count(*), api._merkle(array_agg(r.digest)) into v.count, v.root from api._event_rows(p_event) r; end if;
  v.seq := v_head.seq + 1; v.prev := v_head.hash; v.at := clock_timestamp();
  v.hash := api._event_hash(v);
  insert into reg.audit_event select v.*;
  update reg.audit_head set seq = v.seq, hash = v.hash;
  return v.seq;
end $$;

-- An event is over; by a function that drew its id itself, and that may hand on who asks.
create function api._close_event(p_event uuid, p_action text, p_object uuid, p_reason text) returns bigint
security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin return api._end_event(p_event, p_action, p_object, p_reason, false, null); end $$;
create function api._close_new_event(p_event uuid, p_action text, p_object uuid, p_reason text, p_me api._asker default null) returns bigint
security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin return api._end_event(p_event, p_action, p_object, p_reason, true, p_me); end $$;

-- Of what partners and families do no time finer than the hour is kept, and of where they sit nothing; of everybody else the moment.
create function api._of_partner(p_account uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return exists (select 1 from reg.clearance c where c.account = p_account and c.roles && array['partner', 'family']);
end $$;
create function api._moment_of(p_account uuid) returns timestamptz volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return case when api._of_partner(p_account) then date_trunc('hour', clock_timestamp(), 'UTC') else clock_timestamp() end;
end $$;

create function api.log_read(p_action text, p_object uuid default null, p_detail jsonb default '{}') returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  select * into v from api.me();
  if v.account is null then raise exception 'Nobody is announced in this transaction' using errcode = 'SR403'; end if;
  insert into reg.read_log(at, actor, how, request, action, object, detail)
  values (api._moment_of(v.account), v.account, v.how, v.request, p_action, p_object, p_detail);
end $$;
comment on function api.log_read(text, uuid, jsonb) is 'The read about to be answered stands in the log.';

create function api.log_sign_in(p_what text, p_account text default null, p_request text default null, p_network text default null) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_account uuid := (select a.id from reg.account a where a.name = p_account);
begin
  if p_what is null or p_what <> all (array['signed_in', 'password_accepted', 'sign_in_failed', 'sign_in_slowed', 'seat_locked', 'seat_unlocked',
      'seat_ended']) then perform api._bad('bad_value', 'what', p_what, 'This is nothing that happens at the door'); end if;
  insert into reg.read_log(at, actor, how, request, action, detail)
  values (api._moment_of(v_account), v_account, 'password', left(p_request, 64), p_what,
    jsonb_strip_nulls(jsonb_build_object('network', case when not api._of_partner(v_account) then left(p_network, 64) end)));
end $$;
comment on function api.log_sign_in(text, text, text, text) is
  'What happens at the door stands in the log of reads before it is answered, also a try under a name that nobody has; asked before anybody is announced.';
reset role;
