-- What the keeper does: jobs, checkpoints, roots of the log of reads; named keeper_ and given to sr_keeper alone. The log of events.
set role sr_writer;
-- The accounts whose own acts one may list: one's own, or with one of these roles everybody's. As ids, so that they are found by an index.
create function api._whose(variadic p_roles text[]) returns uuid[] stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if api.roles() && p_roles then return array(select a.id from reg.account a); end if;
  return array[api.account()];
end $$;

create function api.job_enqueue(p_kind text, p_input jsonb) returns uuid volatile security definer
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := reg.new_id();
begin
  insert into reg.job(id, kind, owner, input, state) values (v, p_kind, api._actor(), p_input, 'queued');
  return v;
end $$;
comment on function api.job_enqueue(text, jsonb) is 'The work waits for the keeper, who does it under the rights of the one who asked.';

create function api.keeper_take_job() returns table(id uuid, kind text, owner text, input jsonb) volatile security definer
set search_path = pg_catalog, public, pg_temp language sql as $$
  update reg.job j set state = 'running', started_at = clock_timestamp(), heartbeat_at = clock_timestamp()
  from reg.account a where a.id = j.owner and j.id = (
    select w.id from reg.job w where w.state = 'queued' order by w.queued_at limit 1 for update skip locked)
  returning j.id, j.kind, a.name, j.input $$;
comment on function api.keeper_take_job() is 'The longest waiting job runs now, taken by this keeper.';

create function api.keeper_job(p_id uuid, p_state text, p_progress jsonb default null, p_result jsonb default null, p_error text default null)
returns void volatile security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  update reg.job j set state = p_state, progress = coalesce(p_progress, j.progress), result = coalesce(p_result, j.result),
    error = p_error, heartbeat_at = clock_timestamp(),
    ended_at = case when p_state in ('done', 'failed', 'cancelled') then clock_timestamp() end where j.id = p_id $$;
comment on function api.keeper_job(uuid, text, jsonb, jsonb, text) is 'The job is in this state, with this progress or result.';

create function api.keeper_forsaken(p_minutes int) returns int volatile security definer
set search_path = pg_catalog, public, pg_temp language sql as $$
  with f as (update reg.job j set state = 'failed', error = 'The keeper ended while it ran; nothing of it was kept.', ended_at = clock_timestamp()
    where j.state = 'running' and j.heartbeat_at < clock_timestamp() - make_interval(mins => p_minutes) returning 1)
  select count(*)::int from f $$;
comment on function api.keeper_forsaken(int) is 'Jobs whose keeper died are marked failed.';

create function api.keeper_head() returns table(size bigint, root bytea, previous bytea, checkpoint_at timestamptz, now timestamptz) stable security definer
set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(h.seq, 0), coalesce(h.hash, sha256('sitereg'::bytea)), coalesce(sha256(c.signature), decode(repeat('00', 32), 'hex')), c.at, clock_timestamp()
  from (select 1) one left join reg.audit_head h on true
  left join lateral (select * from reg.checkpoint k order by k.size desc, k.at desc limit 1) c on true $$;
comment on function api.keeper_head() is 'The chain''s head, the last checkpoint, and the moment by this server''s clock, for signing.';

create function api.keeper_checkpoint(p_size bigint, p_root bytea, p_at timestamptz, p_previous bytea, p_signature bytea, p_key bytea)
returns uuid volatile security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  insert into reg.checkpoint(id, size, root, at, previous, signature, key)
  values (reg.new_id(), p_size, p_root, p_at, p_previous, p_signature, p_key) returning id $$;
comment on function api.keeper_checkpoint(bigint, bytea, timestamptz, bytea, bytea, bytea) is 'A signed checkpoint stands; hand it outside the house.';

create function api.keeper_end_strays(p_seconds int) returns int volatile security definer
set search_path = pg_catalog, public, pg_temp language sql as $$
  with who as materialized (  -- since: from when on a transaction knows the clearance that holds now; some seconds for it to be committed
    select a.name, a.sql_login, c.id is not null and 'analyst' = any (c.roles) and not c.roles && array['partner', 'family'] as asks,
      case when c.id is null then 'infinity' else c.began_at + interval '5 seconds' end as since
    from reg.account a left join reg.clearance c on c.account = a.id and a.state = 'active' and c.ended_at is null and c.expires_at > clock_timestamp())
  select count(*) filter (where pg_terminate_backend(s.pid))::int from pg_stat_activity s
  where exists (select 1 from who w where w.sql_login = s.usename and (not w.asks or s.xact_start < w.since))
     or (s.usename = 'sr_sql' or s.usename in (select w.sql_login from who w)) and s.state <> 'idle' and s.query_start < clock_timestamp() - make_interval(secs => p_seconds)
     or s.usename = 'sr_web' and s.datname = current_database()
        and exists (select 1 from who w where s.xact_start < w.since and s.application_name = api._mark(w.name, s.pid)) $$;
comment on function api.keeper_end_strays(int) is 'Ended are sessions of SQL people who hold no clearance for it or whose statement runs too long, and transactions '
  'begun under a clearance that has ended or changed since, of the web too.';

create function api.jobs(p_limit int default 50) returns table(id uuid, kind text, owner text, state text, progress jsonb, result jsonb, error text, queued_at timestamptz, ended_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off language sql as $$
  select j.id, j.kind, a.name, j.state, j.progress, j.result, j.error, j.queued_at, j.ended_at from reg.job j join reg.account a on a.id = j.owner
  where j.owner = any ((select api._whose('auditor'))::uuid[]) order by j.queued_at desc limit least(p_limit, 500) $$;
comment on function api.jobs(int) is 'One''s own jobs, the newest first; all of them for auditors.';

create function api.audit_log(p_before bigint default null, p_limit int default 100)
returns table(seq bigint, at timestamptz, actor text, how text, action text, object uuid, count int, reason text, hash bytea)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('auditor');
  return query select e.seq, e.at, a.name, e.how, e.action, case when w.told then e.object end, e.count,
      case when w.told then api._coarse_words(e.reason, false) else '' end, e.hash from reg.audit_event e
    left join reg.account a on a.id = e.actor cross join lateral (select api._holds('frozen') or not api._of_frozen(e.object) as told) w where p_before is null or e.seq < p_before order by e.seq desc limit least(p_limit, 1000);
end $$;
comment on function api.audit_log(bigint, int) is 'The chain of events, newest first, for auditors; no content.';
reset role;
