-- Inquiries: a question about a site, a person or records, with an owner, a day by which, steps and an outcome. Nothing is
-- changed: who has it, until when, whether it is closed follow from the numbered steps. It carries the tier of its subject.
set role sr_writer;

create type api._inquiry_now as (owner uuid, due date, closed bool, result text, outcome text, steps int);

create function api._inquiry_state(p_inquiry uuid) returns api._inquiry_now stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v api._inquiry_now; i reg.inquiry; s reg.inquiry_step;
begin
  select * into i from reg.inquiry x where x.id = p_inquiry;
  v.owner := i.owner; v.due := i.due; v.closed := false; v.steps := 0;
  for s in select * from reg.inquiry_step x where x.inquiry = p_inquiry order by x.n loop
    v.steps := s.n;
    if s.kind = 'reassigned' then v.owner := s.owner; v.due := coalesce(s.due, v.due);
    elsif s.kind = 'due_changed' then v.due := s.due;
    elsif s.kind = 'closed' then v.closed := true; v.result := s.result; v.outcome := s.step;
    elsif s.kind = 'reopened' then v.closed := false; v.result := null; v.outcome := null; v.due := coalesce(s.due, v.due); end if;
  end loop;
  return v;
end $$;

-- The inquiry as the caller may see it (its subject too), locked; or the same "not found" as for one that does not exist.
create function api._seen_inquiry(p_id uuid, p_lock bool default false) returns reg.inquiry set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.inquiry;
begin
  select * into v from reg.inquiry i where i.id = p_id and i.tier <= coalesce(api.level(), -1) and i.scope = any (coalesce(api.scopes(), '{}'))
    and exists (select 1 from reg.subject s where s.id = i.subject and s.tier <= api.level() and s.scope = any (api.scopes()));
  if not found then perform api._missing(); end if;
  if p_lock then perform pg_advisory_xact_lock(hashtextextended('inquiry:' || p_id, 0)); end if;
  return v;
end $$;

create function api._owner_of(p_name text, p_tier int, p_scope int) returns uuid stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := case when p_name is null then api._actor() else api._worker_named(p_name, p_tier, p_scope) end;
begin
  if v is null then perform api._bad('not_found', 'owner', p_name, 'Nobody of that name can be given this inquiry'); end if;
  return v;
end $$;

create function api.open_inquiry(p_subject uuid, p_question text, p_due date, p_owner text default null, p_task uuid default null) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid; v_subject reg.subject; v_tier int; v_scope int; v_task reg.task;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  v_subject := api._seen_subject(p_subject);
  if v_subject.merged_into is not null then perform api._refuse('merged', 'It was merged into another: record it there.'); end if;
  if coalesce(trim(p_question), '') = '' then perform api._bad('missing_required', 'question', '', 'Say what is to be found out'); end if;
  if p_due is null then perform api._bad('missing_required', 'due', '', 'Say by when'); end if;
  if p_due < reg.today() then perform api._bad('bad_date', 'due', p_due::text, 'This day is over'); end if;
  v_tier := greatest(v_subject.tier, 1); v_scope := v_subject.scope;
  if p_task is not null then
    select t.* into v_task from reg.task t where t.id = p_task and t.id in (select x.id from api.tasks(1000) x);
    if not found then perform api._missing(); end if;
    v_tier := greatest(v_tier, v_task.tier); v_scope := case when v_task.scope = 0 then v_scope else v_task.scope end;
  end if;
  insert into reg.inquiry(id, subject, question, owner, due, tier, scope, recorded_by, event, digest, task)
  values (v, p_subject, trim(p_question), api._owner_of(p_owner, v_tier, v_scope), p_due, v_tier, v_scope, v_by, v_event, '', p_task);
  if p_task is not null then
    update reg.task set done_at = clock_timestamp(), done_by = v_by, outcome = 'an inquiry was opened: ' || v where id = p_task and done_at is null; end if;
  perform api._close_event(v_event, 'open_inquiry', v, '');
  return v;
end $$;
comment on function api.open_inquiry(uuid, text, date, text, uuid) is
  'An inquiry stands about a site, a person or records, with its owner (an account''s name, else oneself) and day; the task that it came from is done.';

create function api.inquiry_step(p_inquiry uuid, p_kind text, p_step text, p_done_on date default null, p_result text default null, p_owner text default null,
  p_due date default null, p_seen int default null) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v reg.inquiry; v_now api._inquiry_now;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  v := api._seen_inquiry(p_inquiry, true);
  v_now := api._inquiry_state(p_inquiry);
  if p_seen is not null and p_seen <> v_now.steps then
    raise exception 'Somebody changed this since you looked at it' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'version', 'was', p_seen, 'now', v_now.steps)))::text; end if;
  perform api._check_terms(array[['inquiry_step_kind', coalesce(p_kind, '')], ['inquiry_result', p_result]]);
  if coalesce(trim(p_step), '') = '' then perform api._bad('missing_required', 'step', '', 'Say what was done, or why'); end if;
  if v_now.closed <> (p_kind = 'reopened') then
    perform api._refuse('inquiry_open', case when v_now.closed then 'This inquiry is closed: open it again first.' else 'This inquiry is open.' end); end if;
  if p_kind in ('step', 'closed') and p_result is null then perform api._bad('missing_required', 'result', '', 'Say what came of it; no answer is a result'); end if;
  if p_kind = 'closed' and p_result = 'pending' then perform api._bad('bad_value', 'result', p_result, 'An inquiry that waits for an answer is not closed'); end if;
  if p_kind in ('reassigned') and p_owner is null then perform api._bad('missing_required', 'owner', '', 'Say to whom it is given'); end if;
  if p_kind = 'due_changed' and p_due is null then perform api._bad('missing_required', 'due', '', 'Say by when'); end if;
  if p_due < reg.today() then perform api._bad('bad_date', 'due', p_due::text, 'This day is over'); end if;
  if p_done_on > reg.today() then perform api._bad('future_date', 'done_on', p_done_on::text, 'This day lies in the future'); end if;
  insert into reg.inquiry_step(id, inquiry, step, recorded_by, event, digest, kind, done_on, result, owner, due, n)
  values (reg.new_id(), p_inquiry, trim(p_step), v_by, v_event, '', p_kind, coalesce(p_done_on, reg.today()), case when p_kind in ('step', 'closed') then p_result end,
    case when p_kind = 'reassigned' then api._owner_of(p_owner, v.tier, v.scope) end, case when p_kind in ('reassigned', 'due_changed', 'reopened') then p_due end, v_now.steps + 1);
  perform api._close_event(v_event, 'inquiry_step', p_inquiry, p_kind);
  return v_now.steps + 1;
end $$;
comment on function api.inquiry_step(uuid, text, text, date, text, text, date, int) is
  'The history of an inquiry has one more entry: a step with its result, another owner, another day, a closing with its outcome, an opening again. '
  'p_seen: how many entries were looked at; nothing is written where there are more.';

create function api.inquiries(p_subject uuid default null, p_mine bool default false, p_open bool default true, p_limit int default 100)
returns table(id uuid, subject uuid, code text, kind text, question text, owner text, mine bool, due date, overdue bool, closed bool, result text, outcome text,
  steps int, opened_on text)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  with me as materialized (select * from api.me())
  select i.id, s.id, s.code, s.kind, i.question, a.display, n.owner = me.account, n.due, not n.closed and n.due < reg.today(), n.closed, n.result, n.outcome, n.steps,
    to_char(i.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD')
  from me join reg.inquiry i on i.tier <= me.level and i.scope = any (me.scopes)
  join reg.subject s on s.id = i.subject and s.tier <= me.level and s.scope = any (me.scopes)
  cross join lateral api._inquiry_state(i.id) n join reg.account a on a.id = n.owner
  where (p_subject is null or s.id = p_subject) and (not coalesce(p_mine, false) or n.owner = me.account) and (p_open is null or n.closed <> p_open)
  order by n.closed, n.due, i.id limit least(greatest(coalesce(p_limit, 100), 0), 1000000) $$;
comment on function api.inquiries(uuid, bool, bool, int) is
  'Inquiries that the caller may see, the most urgent first: of one subject, one''s own, open ones (p_open null: all), overdue where the day has passed.';

create function api.inquiry(p_inquiry uuid) returns jsonb
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.inquiry := api._seen_inquiry(p_inquiry); n api._inquiry_now := api._inquiry_state(p_inquiry); s reg.subject;
begin
  select * into s from reg.subject x where x.id = v.subject;
  return jsonb_build_object('id', v.id, 'subject', s.id, 'code', s.code, 'kind', s.kind, 'question', v.question, 'first_due', v.due,
    'first_owner', (select a.display from reg.account a where a.id = v.owner), 'opened_by', (select a.display from reg.account a where a.id = v.recorded_by),
    'opened_on', to_char(v.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), 'owner', (select a.display from reg.account a where a.id = n.owner),
    'mine', n.owner = api.account(), 'due', n.due, 'overdue', not n.closed and n.due < reg.today(), 'closed', n.closed, 'result', n.result, 'outcome', n.outcome,
    'version', n.steps, 'steps', (select coalesce(jsonb_agg(jsonb_build_object('n', t.n, 'kind', t.kind, 'step', t.step, 'done_on', t.done_on, 'result', t.result,
      'owner', o.display, 'due', t.due, 'by', a.display, 'recorded', to_char(t.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD')) order by t.n), '[]')
      from reg.inquiry_step t join reg.account a on a.id = t.recorded_by left join reg.account o on o.id = t.owner where t.inquiry = v.id));
end $$;
comment on function api.inquiry(uuid) is 'One inquiry with its whole history: who had it, what was done when, by whom, with what result.';
reset role;
