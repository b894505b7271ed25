-- What the keeper looks after unasked: the log of reads rooted in the chain, kept files hashed again.
set role sr_writer;

-- Settled are the entries up to the last one seen, once every transaction that was writing there at that moment has ended.
create function api.keeper_root_reads(p_tries int default 50) returns int volatile security definer
set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD' set bytea_output = 'hex'
set extra_float_digits = 1 language plpgsql as $$
declare v_by uuid := api._keeper(); v_event uuid := reg.new_id(); v_first bigint; v_last bigint; v_rows int; v_root bytea; v_writing text[]; i int;
begin
  select coalesce(max(r.last), 0) + 1 into v_first from reg.read_root r;
  select max(l.id) into v_last from reg.read_log l where l.id >= v_first;
  if v_last is null then return 0; end if;
  select array_agg(w.virtualtransaction) into v_writing from pg_locks w where w.relation = 'reg.read_log'::regclass and w.mode = 'RowExclusiveLock'
    and w.pid <> pg_backend_pid() and w.database = (select d.oid from pg_database d where d.datname = current_database());
  for i in 1 .. p_tries loop
    exit when not exists (select 1 from pg_locks w where w.relation = 'reg.read_log'::regclass and w.virtualtransaction = any (v_writing));
    if i = p_tries then return -1; end if;
    perform pg_sleep(0.1);
  end loop;
  select count(*), api._merkle(array_agg(sha256(api._canonical('read_log' || l::text)))) into v_rows, v_root from reg.read_log l where l.id between v_first and v_last;
  insert into reg.read_root(id, first, last, rows, root, recorded_by, event, digest) values (v_event, v_first, v_last, v_rows, v_root, v_by, v_event, '');
  perform api._close_event(v_event, 'root_reads', v_event, format('%s to %s', v_first, v_last));
  return v_rows;
end $$;
comment on function api.keeper_root_reads(int) is
  'What came to the log of reads since its last root is rooted by an event; how many entries, or -1 where somebody was still writing after so many tenths of a second: ask again.';

create function api.keeper_queues() returns table(what text, many bigint, age float8) stable security definer
set search_path = pg_catalog, public, pg_temp language sql as $$
  select q.what, q.many, extract(epoch from clock_timestamp() - q.since)::float8 from (
    select 'jobs_waiting' as what, count(*) as many, min(j.queued_at) as since from reg.job j where j.state = 'queued'
    union all select 'jobs_running', count(*), min(j.started_at) from reg.job j where j.state = 'running'
    union all select 'reads_unrooted', count(*), min(l.at) from reg.read_log l where l.id > coalesce((select max(r.last) from reg.read_root r), 0)
    union all select 'events_unsigned', count(*), min(e.at) from reg.audit_event e where e.seq > coalesce((select max(k.size) from reg.checkpoint k), 0)
    union all select 'checkpoint', null, max(k.at) from reg.checkpoint k) q $$;
comment on function api.keeper_queues() is
  'What waits for the keeper, how much of it, and for how many seconds the first of it; and how old the last checkpoint is.';

create function api.keeper_files(p_after text, p_share int default 4320, out files jsonb, out total int) stable security definer
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  select count(distinct d.sha256) into total from reg.document d;
  select coalesce(jsonb_object_agg(f.sha256, f.size), '{}') into files from (
    select encode(d.sha256, 'hex') as sha256, max(d.size) as size from reg.document d where d.sha256 > decode(p_after, 'hex')
    group by d.sha256 order by d.sha256 limit ceil(total::numeric / greatest(p_share, 1))::int) f;
end $$;
comment on function api.keeper_files(text, int) is 'The next kept files after that hash, {hash: size}: one of p_share equal parts of all; and how many files there are.';

create function api.keeper_size_of(p_sha256 text) returns bigint stable security definer
set search_path = pg_catalog, public, pg_temp language sql as $$
  select max(d.size) from reg.document d where p_sha256 ~ '^[0-9a-f]{64}$' and d.sha256 = decode(p_sha256, 'hex') $$;
comment on function api.keeper_size_of(text) is 'How many bytes a kept file has; null where no document speaks of it.';

-- Sealed is a document whose file was last found to be another, or gone.
create function api._damaged(p_document uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select c.kind = 'sealed' from reg.custody_event c where c.document = p_document and c.kind in ('sealed', 'verified') order by c.n desc limit 1), false) $$;

create function api.keeper_file_looked(p_sha256 text, p_problem text default null) returns int volatile security definer
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._keeper(); v_event uuid := reg.new_id(); v record; v_n int := 0;
begin
  for v in select d.id, d.tier, d.scope, d.original_name as name from reg.document d where d.sha256 = decode(p_sha256, 'hex')
      and api._damaged(d.id) <> (p_problem is not null) order by d.id loop
    v_n := v_n + 1;
    perform api._custody(v.id, case when p_problem is null then 'verified' else 'sealed' end, p_problem, v_by, v_event);
    if p_problem is not null then
      insert into reg.task(id, what, why, role, data, tier, scope, opened_by) values (reg.new_id(), 'evidence_incident',
        format('The kept file of a document is not what it was (%s): it is given to nobody until it is put back from a backup.', p_problem),
        'data_steward', jsonb_build_object('document', v.id, 'name', v.name), v.tier, v.scope, v_by);
    else
      update reg.task t set done_at = clock_timestamp(), done_by = v_by, outcome = 'the file is as it was'
      where t.what = 'evidence_incident' and t.data->>'document' = v.id::text and t.done_at is null;
    end if;
  end loop;
  if v_n > 0 then
    perform api._close_event(v_event, case when p_problem is null then 'evidence_restored' else 'evidence_incident' end, null,
      p_sha256 || coalesce(': ' || p_problem, '')); end if;
  return v_n;
end $$;
comment on function api.keeper_file_looked(text, text) is
  'What was found of a kept file: a problem seals its documents, with a step of custody, an event and a task; none unseals what was sealed. How many changed.';

create function api.keeper_looked_through(p_files int, p_wrong int, p_since timestamptz) returns void volatile security definer
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._keeper();
  perform api._close_event(reg.new_id(), 'rehash_evidence', null, format('%s files hashed again since %s, %s not as they were', p_files, (p_since at time zone 'UTC')::date, p_wrong));
end $$;
comment on function api.keeper_looked_through(int, int, timestamptz) is 'An event says that all kept files were hashed again, since when, and how many were not as they were.';
reset role;
