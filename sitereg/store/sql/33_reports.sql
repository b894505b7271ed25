-- What somebody told, before it is sorted, and what is to be done: reports with their steps, tasks.
set role sr_writer;
create function api.record_report(p_words text, p_terms jsonb, p_place text default null, p_shape text default null,
  p_uncertainty_m float8 default null, p_at daterange default null, p_callback bool default null, p_source uuid default null,
  p_tier int default 2, p_compartments text[] default '{}') returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid; v_scope int; v_shape geometry; v_told jsonb;
begin
  v_by := api._need('investigator', 'protection_officer', 'data_steward', 'source_handler');
  if coalesce(trim(p_words), '') = '' then perform api._bad('missing_required', 'words', '', 'Write down what was told'); end if;
  if p_tier is null or p_tier not between 1 and 2 or p_tier > api.level() then
    perform api._bad('bad_tier', 'tier', p_tier::text, 'A report has a tier from 1 up to your own'); end if;
  v_told := api._told_terms(p_terms, coalesce((select s.type from reg.source s where s.id = p_source), 'testimony_resident'));
  if not api._of_months(p_at::text) and exists (select 1 from reg.source s where s.id = p_source and s.type = 'testimony_insider') then
    perform api._bad('insider_words', 'at', '', 'The words and exact days of an insider go to the vault: here they are told in other words, and by the month'); end if;
  if p_at is not null and lower(p_at) > reg.today() then perform api._bad('future_date', 'at', p_at::text, 'This lies in the future'); end if;
  if p_source is not null and not exists (select 1 from reg.source s where s.id = p_source and s.tier <= api.level() and s.scope = any (api.scopes())) then
    perform api._missing(); end if;
  v_scope := api._held_scope(p_compartments);
  if p_shape is not null then
    v_shape := api._given_shape(p_shape, 'shape');
    if not coalesce(p_uncertainty_m > 0 and p_uncertainty_m < 'Infinity', false) then
      perform api._bad('bad_uncertainty', 'uncertainty_m', p_uncertainty_m::text, 'A shape needs an uncertainty in metres above 0'); end if;
  end if;
  insert into reg.report(id, sealed, place_verbatim, geom, uncertainty_m, at, callback, source, tier, scope, partner, agreement, terms, permitted_uses, consent,
    recorded_by, event, digest)
  values (v, api._sealed(v, 'report', p_words, p_tier, v_scope, v_event), p_place, v_shape, p_uncertainty_m, p_at, p_callback, p_source, p_tier, v_scope,
    (v_told->>'partner_id')::uuid, (v_told->>'agreement')::uuid, v_told->>'terms', api._uses(v_told), v_told->>'consent', v_by, v_event, '');
  insert into reg.report_step(id, report, state, recorded_by, event, digest) values (reg.new_id(), v, 'new', v_by, v_event, '');
  insert into reg.task(id, what, why, role, data, tier, scope, opened_by)
  values (reg.new_id(), 'sort_report', 'A report came in and waits to be sorted.', 'investigator', jsonb_build_object('report', v), p_tier, v_scope, v_by);
  perform api._close_event(v_event, 'record_report', v, '');
  return v;
end $$;
comment on function api.record_report(text, jsonb, text, text, float8, daterange, bool, uuid, int, text[]) is
  'What was told stands, its words sealed, ungraded, and a task to sort it is open.';

create function api.sort_report(p_report uuid, p_state text, p_why text, p_subject uuid default null, p_claims uuid[] default '{}',
  p_seen text default null) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v reg.report; v_now text;
begin
  v_by := api._need('investigator', 'data_steward');
  select * into v from reg.report r where r.id = p_report and r.tier <= api.level() and r.scope = any (api.scopes()) for update;
  if not found or api._is_silenced(v.source) then perform api._missing(); end if;
  select s.state into v_now from reg.report_step s where s.report = p_report order by s.recorded_at desc, s.id desc limit 1;
  if v_now = 'closed' then
    raise exception 'This report was closed already' using errcode = 'SR409',
      detail = '{"changed": [{"field": "state", "was": "open", "now": "closed"}]}'; end if;
  if p_seen is not null and p_seen <> v_now then
    raise exception 'Somebody sorted this report already' using errcode = 'SR409',
      detail = jsonb_build_object('changed', jsonb_build_array(jsonb_build_object('field', 'report', 'was', p_seen, 'now', v_now)))::text; end if;
  if coalesce(p_state, '') not in ('attached', 'new_site', 'unplaced', 'closed') then
    perform api._bad('unknown_code', 'state', p_state, 'A report is attached, made a new site, kept unplaced or closed'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why it is sorted so'); end if;
  if p_state in ('attached', 'new_site') then
    if p_subject is null then perform api._refuse('subject', 'Name the subject that the report belongs to.'); end if;
    perform api._seen_subject(p_subject);
    if coalesce(cardinality(p_claims), 0) = 0 or exists (select 1 from unnest(p_claims) i where not exists (
        select 1 from reg.claim c where c.id = i and c.subject = p_subject and api._claim_tier(c.id, c.subject, c.tier) <= api.level() and c.scope = any (api.scopes()))) then
      perform api._refuse('claims', 'Sorting a report writes its claims: name the claims of that subject that were drawn from it.'); end if;
  end if;
  insert into reg.report_step(id, report, state, subject, why, claims, recorded_by, event, digest)
  values (reg.new_id(), p_report, p_state, p_subject, p_why, p_claims, v_by, v_event, '');
  update reg.task set done_at = clock_timestamp(), done_by = v_by, outcome = p_state
   where done_at is null and what = 'sort_report' and data->>'report' = p_report::text;
  perform api._close_event(v_event, 'sort_report', p_report, p_why);
end $$;
comment on function api.sort_report(uuid, text, text, uuid, uuid[], text) is 'The report is attached to a subject with the claims drawn from it, kept unplaced, or closed.';

create function api.reports(p_state text default null, p_limit int default 100, p_id uuid default null)
returns table(id uuid, words text, place text, at daterange,
  callback bool, state text, subject uuid, consent text, permitted_uses text[], recorded_at timestamptz, lon float8, lat float8, uncertainty_m float8,
  shape text, source uuid, source_ref uuid, source_type text, source_family text, receipt text, partner jsonb, tier int, code text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('investigator', 'data_steward', 'source_handler');
  return query select r.id, case when w.told then api._unsealed(r.sealed) end, case when w.told then r.place_verbatim end, r.at, r.callback and not coalesce(r.source = any (api._uses_refused('recontact')), false), s.state,
    o.id, r.consent, r.permitted_uses, r.recorded_at, case when w.told then st_x(st_centroid(r.geom)) end, case when w.told then st_y(st_centroid(r.geom)) end,
    case when w.told then r.uncertainty_m end, case when w.told then encode(st_asbinary(r.geom), 'hex') end,
    case when y.named then r.source end, api._ref(r.id, r.source), case when y.named then c.type end, y.family, case when y.named or r.recorded_by = api.account() then e.receipt end,
    p.names, r.tier::int, o.code
  from reg.report r join lateral (select t.state, t.subject from reg.report_step t where t.report = r.id
    order by t.recorded_at desc, t.id desc limit 1) s on true
  left join reg.partner p on p.id = r.partner
  left join reg.source c on c.id = r.source and c.tier <= api.level() and c.scope = any (api.scopes())
  left join reg.entry e on e.source = c.id
  cross join lateral (select max(t.attrs->>'family') as family, 'source_handler' = any (api.roles()) or coalesce(max(t.attrs->>'family') <> 'testimony', true) as named
    from vocab.source_type t where t.code = c.type) y
  left join reg.subject o on o.id = s.subject and o.tier <= api.level() and o.scope = any (api.scopes())
  left join reg.subject x on x.id = s.subject
  cross join lateral (select coalesce(x.exact_tier, 0) <= api.level() or r.recorded_by = api.account() as told) w
  where r.tier <= api.level() and r.scope = any (api.scopes()) and (not api._is_silenced(r.source) or 'source_handler' = any (api.roles())) and (p_state is null or s.state = p_state) and (p_id is null or r.id = p_id)
  order by r.recorded_at desc limit least(greatest(coalesce(p_limit, 100), 0), 1000000);
end $$;
comment on function api.reports(text, int, uuid) is 'The reports that the caller may see, the newest first, with their words unless those are finer than what he is shown of the place. Which source, what kind of '
  'witness and which sheet a testimony is, is for source handlers (the sheet for whoever took it down too); source_ref stands for the source here and nowhere else.';

create function api.tasks(p_limit int default 100) returns table(id uuid, what text, why text, subject uuid, code text, role text, due date,
  data jsonb, opened_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off language sql as $$
  with me as materialized (select * from api.me())
  select t.id, t.what, t.why, t.subject, s.code, t.role, t.due, t.data, t.opened_at
  from me join reg.task t on t.tier <= me.level and t.scope = any (me.scopes) and t.done_at is null
    and (t.role = any (me.roles) or t.person = me.account or (t.role is null and t.person is null))
  left join reg.subject s on s.id = t.subject
  where (t.what <> 'sort_report' or not exists (select 1 from reg.report r where r.id = api._uuid(t.data->>'report') and api._is_silenced(r.source)))
    and (t.subject is null or s.tier <= me.level and s.scope = any (me.scopes) and not (s.kind = 'person' and api._is_suspended(s.id)))
  order by t.due nulls last, t.opened_at limit least(greatest(coalesce(p_limit, 100), 0), 1000000) $$;
comment on function api.tasks(int) is 'What is to be done by somebody like the caller, the most urgent first.';

create function api.task_done(p_task uuid, p_outcome text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._actor(); v reg.task;
begin
  if not exists (select 1 from api.tasks(1000) t where t.id = p_task) then perform api._missing(); end if;
  if coalesce(trim(p_outcome), '') = '' then perform api._bad('missing_required', 'outcome', '', 'Say what came of it'); end if;
  update reg.task set done_at = clock_timestamp(), done_by = v_by, outcome = p_outcome where id = p_task and done_at is null returning * into v;
  if not found then perform api._missing(); end if;
  perform api._close_event(reg.new_id(), 'task_done', p_task, p_outcome);
end $$;
comment on function api.task_done(uuid, text) is 'The task is done, with what came of it.';
reset role;
