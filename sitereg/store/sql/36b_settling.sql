-- Rows that were held back: a person corrects them (the correction is a batch of its own) or rejects them, with a reason; each is an act.
set role sr_writer;

create function api.settle_rows(p_batch uuid, p_rows jsonb, p_act text, p_reason text, p_by_batch uuid default null) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := coalesce(p_by_batch, reg.new_id()); v_by uuid; v reg.import_batch; v_now text; v_n int;
begin
  v_by := api._need('data_steward');
  perform api._check_words(p_reason, '{}', null);
  if coalesce(p_act, '') not in ('corrected', 'rejected') or (p_act = 'corrected') <> (p_by_batch is not null) then
    perform api._bad('unknown_code', 'act', p_act, 'A row is corrected by a batch of its own, or rejected'); end if;
  if p_by_batch is not null then perform api._own_batch(p_by_batch); end if;
  select * into v from reg.import_batch b where b.id = p_batch and b.tier <= api.level() and b.scope = any (api.scopes())
     and not api._is_silenced(api._uuid(b.totals->>'source')) for no key update;
  if not found then perform api._missing(); end if;
  if v.state <> 'done' then
    raise exception 'This batch was revoked already' using errcode = 'SR409',
      detail = jsonb_build_object('changed', jsonb_build_array(jsonb_build_object('field', 'state', 'was', 'done', 'now', v.state)))::text; end if;
  if jsonb_array_length(p_rows) = 0 then perform api._bad('empty', 'rows', '', 'Say which rows'); end if;
  if (select count(*) from jsonb_to_recordset(p_rows) w(part text, row_no int) join reg.import_row r on r.batch = p_batch and r.part = coalesce(w.part, '')
      and r.row_no = w.row_no and r.tier <= api.level() and r.scope = any (api.scopes()) and (r.outcome = 'quarantined' or r.outcome = 'rejected' and p_act = 'corrected'))
     <> jsonb_array_length(p_rows) then
    perform api._bad('not_found', 'rows', '', 'Only rows of the batch that were held back are settled'); end if;
  select s.act into v_now from jsonb_to_recordset(p_rows) w(part text, row_no int) cross join lateral api._settled(p_batch, coalesce(w.part, ''), w.row_no) s
   where s.id is not null limit 1;
  if found then
    raise exception 'Somebody settled this row since you looked at it' using errcode = 'SR409',
      detail = jsonb_build_object('changed', jsonb_build_array(jsonb_build_object('field', 'row', 'was', 'quarantined', 'now', v_now)))::text; end if;
  insert into reg.row_settlement(id, batch, part, row_no, act, reason, by_batch, recorded_by, event, digest)
  select reg.new_id(), p_batch, coalesce(w.part, ''), w.row_no, p_act, p_reason, p_by_batch, v_by, v_event, ''
  from jsonb_to_recordset(p_rows) w(part text, row_no int);
  get diagnostics v_n = row_count;
  if not exists (select 1 from reg.import_row r where r.batch = p_batch and r.outcome = 'quarantined' and (api._settled(r.batch, r.part, r.row_no)).id is null) then
    update reg.task t set done_at = clock_timestamp(), done_by = v_by, outcome = 'every row is settled'
     where t.what = 'review_quarantine' and t.data->>'batch' = p_batch::text and t.done_at is null; end if;
  if p_by_batch is null then perform api._close_event(v_event, 'settle_rows', p_batch, p_reason); end if;
  return v_n;
end $$;
comment on function api.settle_rows(uuid, jsonb, text, text, uuid) is
  'These rows that were held back are rejected, or corrected by the batch that is open now, with a reason; nobody settles what another one did.';

-- Sealed words of rows, opened by whoever may open a name: a data steward who holds the compartment names, with a reason. Volatile, so
-- that no SQL login may ask; the caller logs it first.
create function api.open_rows(p_batch uuid, p_rows jsonb, p_reason text) returns table(part text, row_no int, verbatim jsonb)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_n int;
begin
  perform api._need('data_steward');
  perform api._may_name(p_reason);
  return query select b.part, b.row_no, coalesce(b.verbatim, api._unsealed(r.sealed)::jsonb)
    from jsonb_to_recordset(p_rows) w(part text, row_no int)
    cross join lateral api.batch_rows(p_batch, null, 1, coalesce(w.part, ''), w.row_no - 1) b
    join reg.import_row r on r.batch = p_batch and r.part = b.part and r.row_no = b.row_no
    join reg.import_batch i on i.id = p_batch left join reg.subject s on s.id = r.subject
    where b.part = coalesce(w.part, '') and b.row_no = w.row_no
      and (coalesce(s.exact_tier, 0) <= api.level() or i.operator = api.account());
  get diagnostics v_n = row_count;
  if v_n <> jsonb_array_length(p_rows) then perform api._missing(); end if;
end $$;
comment on function api.open_rows(uuid, jsonb, text) is
  'The words of these rows of a batch as they were written, sealed ones opened. For data stewards who hold the compartment names, with a reason; '
  'the caller logs it first.';

-- Which rows of a batch say in these cells what is asked, blanks made single: the cells that were asked are answered, no others. Sealed rows
-- are compared only with a reason, by whoever may open them.
create function api.rows_beside(p_batch uuid, p_cells jsonb, p_reason text default null) returns table(part text, row_no int, cells jsonb)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_level int := api.level(); v_scopes int[] := api.scopes();
begin
  perform api._need('data_steward');
  if p_reason is not null then perform api._may_name(p_reason); end if;
  if not exists (select 1 from reg.import_batch b where b.id = p_batch and b.tier <= v_level and b.scope = any (v_scopes)
      and not api._is_silenced(api._uuid(b.totals->>'source'))) then perform api._missing(); end if;
  return query select r.part, r.row_no, w.value from reg.import_row r
    cross join lateral (select case when r.sealed is null then r.verbatim when p_reason is not null then api._unsealed(r.sealed)::jsonb end as said offset 0) x
    join jsonb_array_elements(p_cells) w on not exists (select 1 from jsonb_each_text(w.value) c
      where regexp_replace(btrim(coalesce(x.said->>c.key, '')), '\s+', ' ', 'g') <> c.value)
    where r.batch = p_batch and r.tier <= v_level and r.scope = any (v_scopes) order by r.part, r.row_no;
end $$;
comment on function api.rows_beside(uuid, jsonb, text) is
  'Which rows of a batch hold these cells ({column: text}, several asked at once), to draft a corrected row as it would have been beside them.';

-- What another body says of the sites of a batch, by its own codes.
create function api.batch_statuses(p_batch uuid) returns table(profile text, code text, words text[], sites int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v reg.import_batch;
begin
  perform api._need('investigator', 'analyst', 'verifier');
  select * into v from reg.import_batch b where b.id = p_batch and b.state = 'done' and b.tier <= api.level() and b.scope = any (api.scopes())
     and not api._is_silenced(api._uuid(b.totals->>'source'));
  if not found then perform api._missing(); end if;
  return query select v.profile, c.value->>'code', array_agg(distinct c.value->>'text' order by c.value->>'text'), count(distinct c.subject)::int
    from reg.claim c join reg.subject s on s.id = c.subject and s.tier <= (select api.level()) and s.scope = any ((select api.scopes())::int[])
    where c.batch = p_batch and c.predicate = 'official_status' and api._claim_tier(c.id, c.subject, c.tier) <= (select api.level())
      and c.scope = any ((select api.scopes())::int[]) and not exists (select 1 from reg.claim_end e where e.claim = c.id)
    group by 2 order by 4 desc, 2;
end $$;
comment on function api.batch_statuses(uuid) is 'The statuses that another body gives in a batch: its codes, its words for each, and of how many sites that the caller may see.';

create function api.takeover_steps(p_batch uuid, p_mapping jsonb, p_proposal uuid default null)
returns table(code text, aspect text, from_state text, to_state text, sites int, examples text[])
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v reg.proposal;
begin
  v.recorded_by := api._need('investigator', 'analyst', 'verifier');
  if p_proposal is not null then
    select o.* into v from reg.proposal o where o.id = p_proposal and o.value->>'batch' = p_batch::text and o.tier <= api.level() and o.scope = any (api.scopes());
    if not found then perform api._missing(); end if;
  else v.value := jsonb_build_object('batch', p_batch, 'mapping', p_mapping); end if;
  if not exists (select 1 from reg.import_batch b where b.id = p_batch and b.tier <= api.level() and b.scope = any (api.scopes())
      and not api._is_silenced(api._uuid(b.totals->>'source'))) then perform api._missing(); end if;
  return query select b.code, b.aspect, b.from_state, b.to_state, count(distinct b.subject)::int, (array_agg(s.code order by s.code))[1:5]
    from api._batch_steps(v) b join reg.subject s on s.id = b.subject group by 1, 2, 3, 4 order by 5 desc, 1, 2;
end $$;
comment on function api.takeover_steps(uuid, jsonb, uuid) is
  'What taking over a body''s statuses for a batch would change, by its code, the kind and the level: how many sites, with examples; of a proposal what it would change now.';

-- Work of the keeper that its owner stops: what waits is taken back, what runs stops at its next step and keeps nothing.
create function api.job_stop(p_id uuid) returns text volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v text;
begin
  update reg.job j set input = j.input || '{"stop": true}', state = case j.state when 'queued' then 'cancelled' else j.state end,
    ended_at = case j.state when 'queued' then clock_timestamp() end
   where j.id = p_id and j.owner = api._actor() and j.state in ('queued', 'running') returning j.state into v;
  if not found then perform api._missing(); end if;
  return v;
end $$;
comment on function api.job_stop(uuid) is 'Work of one''s own that waits is taken back; what runs stops at its next step, and nothing of it is kept.';

create function api.keeper_job_stopped(p_id uuid) returns bool stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((j.input->>'stop')::bool, false) from reg.job j where j.id = p_id $$;
comment on function api.keeper_job_stopped(uuid) is 'Whether its owner wants this job to stop.';

create function api.keeper_drafts_there(p_onces uuid[]) returns uuid[] stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select array(select d.once from reg.draft d where d.once = any (p_onces) and d.expires_at > clock_timestamp()) $$;
comment on function api.keeper_drafts_there(uuid[]) is 'Those of these intakes that their owners still have on the desk; the files of the others are removed.';
reset role;
