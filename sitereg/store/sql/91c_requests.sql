-- Search requests. The stage in which cases are registered is opened by two persons; before that, and after it was closed, nothing new is taken
-- in, by no road (45c, 46b, 46c). A request is a sheet of its own with the family as its source (34) and a case of its own; that it speaks of somebody who is registered
-- already is a merge, which another person confirms and which can be undone (47): what two families say is never mixed, nor settled by itself.
set role sr_writer;
create function api._stage_state(p_id uuid) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select x.step from reg.stage_step x where x.stage = p_id), 'waiting') $$;

create function api._need_stage() returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._hold_stage();
  if not api._cases_open() then perform api._refuse('stage', 'Cases are not registered in this stage: two persons open it first.'); end if;
end $$;

create function api.cases_registered() returns bool stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler', 'releaser', 'verifier', 'auditor');
  return api._cases_open();
end $$;
comment on function api.cases_registered() is 'Whether cases are registered in this stage, for all who work here: while they are not, whoever is told of is listed and no search is opened.';

create function api.stage() returns jsonb stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('source_handler', 'releaser', 'verifier', 'auditor');
  return jsonb_build_object('open', api._cases_open(), 'history', (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'opens', s.opens, 'reason', s.reason, 'by', a.display,
      'on', to_char(s.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), 'mine', s.recorded_by = api.account(), 'state', api._stage_state(s.id), 'settled_by', b.display,
      'settled_on', to_char(x.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), 'why', x.why) order by s.recorded_at desc, s.id desc), '[]')
    from reg.stage s join reg.account a on a.id = s.recorded_by left join reg.stage_step x on x.stage = s.id left join reg.account b on b.id = x.recorded_by));
end $$;
comment on function api.stage() is 'Whether cases are registered in this stage, and how that came: who asked, who agreed or refused, when and why.';

create function api.stage_ask(p_opens bool, p_reason text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid;
begin
  v_by := api._need('source_handler', 'releaser', 'verifier');
  perform pg_advisory_xact_lock(hashtextextended('stage', 0));
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'Say why'); end if;
  if p_opens is null or p_opens = api._cases_open() then perform api._refuse('stage', 'That is how it is already.'); end if;
  if exists (select 1 from reg.stage s where api._stage_state(s.id) = 'waiting') then
    raise exception 'A proposal for this waits already' using errcode = 'SR409', hint = 'Approve, refuse or withdraw it first.',
      detail = '{"changed": [{"field": "proposal", "was": null, "now": "waiting"}]}'; end if;
  insert into reg.stage(id, opens, reason, recorded_by, event, digest) values (v, p_opens, trim(p_reason), v_by, v_event, '');
  perform api._close_event(v_event, 'stage_ask', v, trim(p_reason));
  return v;
end $$;
comment on function api.stage_ask(bool, text) is 'It is asked that registering cases be opened, or closed again; nothing changes before another person agrees.';

create function api.stage_settle(p_stage uuid, p_step text, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; s reg.stage;
begin
  v_by := api._need('releaser', 'verifier');
  perform pg_advisory_xact_lock(hashtextextended('stage', 0));
  select * into s from reg.stage x where x.id = p_stage;
  if not found then perform api._missing(); end if;
  if coalesce(p_step, '') not in ('agreed', 'refused') then perform api._bad('unknown_code', 'step', p_step, 'It is agreed to or refused'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  if api._stage_state(s.id) <> 'waiting' then
    raise exception 'It was settled already' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'state', 'was', 'waiting', 'now', api._stage_state(s.id))))::text; end if;
  if p_step = 'agreed' and api._same_person(s.recorded_by, v_by) then perform api._refuse('four_eyes', 'Another person than the one who asked agrees.'); end if;
  insert into reg.stage_step(id, stage, step, why, recorded_by, event, digest) values (reg.new_id(), s.id, p_step, trim(p_why), v_by, v_event, '');
  perform api._close_event(v_event, 'stage_' || p_step, s.id, trim(p_why));
end $$;
comment on function api.stage_settle(uuid, text, text) is
  'Another person agrees, and cases are registered from now on, or no more: what is there stays, nothing new is taken in; or it is refused.';

-- What the family itself told, as its own page may show it: never finer than a month and a governorate, no name, no sign of death; of the
-- rest that it was received, and how many words its own account has.
create function api._told_by_family(p_person uuid, p_source uuid) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('name', exists (select 1 from reg.claim c where c.subject = p_person and c.source = p_source and c.predicate = 'person_name'),
    'birth', (select case when date_trunc('year', api._first_day(p.birth)) = date_trunc('year', api._final_day(p.birth)) then extract(year from api._first_day(p.birth))::int end
      from reg.person p where p.id = p_person and p.face = s.face),
    'also', (select jsonb_build_object('other_name', count(*) filter (where c.predicate = 'person_name') > 1, 'sex', coalesce(bool_or(c.predicate = 'sex'), false),
        'circumstance', coalesce(bool_or(c.predicate = 'circumstance'), false), 'number', coalesce(bool_or(c.predicate = 'detainee_number'), false),
        'words', coalesce(sum(cardinality(regexp_split_to_array(trim(coalesce(api._unsealed(c.sealed)::jsonb, c.value)->>'text'), '\s+'))) filter (where c.predicate = 'person_note'), 0))
      from reg.claim c where c.subject = p_person and c.source = p_source),
    'facts', (select coalesce(jsonb_agg(f.fact order by f.fact), '[]') from (select api._told_fact(e) - 'line'
        || jsonb_build_object('kind', case when coalesce(api._untold(e), '') in ('death', 'alive') then 'other' else e.kind end) as fact
      from reg.person_event e where e.person = p_person and e.face = s.face) f))
  from (select greatest(x.tier, 1) as face from reg.subject x where x.id = p_person) s $$;

create function api._is_reach(p jsonb) returns bool immutable parallel safe language sql as $$
  select coalesce(jsonb_typeof(p) = 'object' and (select array_agg(k order by k) from jsonb_object_keys(p) k) = '{hours,language,way}'
    and p->>'way' in ('telephone', 'message', 'letter', 'in_person', 'nobody') and p->>'hours' in ('any', 'morning', 'afternoon', 'evening')
    and p->>'language' in ('ar', 'ku', 'en', 'tr', 'fr', 'de', 'other'), false) $$;

create function api.request_record(p_entry uuid, p_urgency text, p_answer_by date, p_reach jsonb, p_version text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid; e reg.entry; v_of uuid[]; t record;
begin
  v_by := api._need('source_handler');
  perform api._need_stage();
  select x.* into e from reg.entry x join reg.source s on s.id = x.source and s.type = 'testimony_family'
    where x.id = p_entry and x.recorded_by = v_by and x.form = 'person' and x.tier <= api.level() for update of x;
  v_of := array(select distinct c.subject from reg.claim c join reg.subject s on s.id = c.subject and s.kind = 'person' where c.source = e.source);
  if e.id is null or cardinality(v_of) <> 1 then perform api._missing(); end if;
  if exists (select 1 from reg.search_request r where r.entry = e.id) then return (select r.id from reg.search_request r where r.entry = e.id); end if;
  select * into t from api._terms_now(e.source);
  if t.hides or not 'search_for_missing' = any (t.permitted_uses) or not coalesce((select (c.attrs->>'usable')::bool from vocab.consent_state c where c.code = t.consent), false) then
    perform api._bad('missing_required', 'uses', '', 'Nobody is searched for without the family''s consent to the search'); end if;
  if coalesce(p_urgency, '') not in ('ordinary', 'soon', 'urgent') then perform api._bad('unknown_code', 'urgency', p_urgency, 'Say how urgent it is'); end if;
  if p_answer_by is null or p_answer_by < reg.today() then perform api._bad('bad_date', 'answer_by', p_answer_by::text, 'Say by which day they are answered; not one that is over'); end if;
  if not api._is_reach(p_reach) then perform api._bad('unknown_code', 'way', '', 'Say how they wish to be reached'); end if;
  if coalesce(trim(p_version), '') = '' then perform api._bad('missing_required', 'version', '', 'Say which wording of the consent was read to them'); end if;
  insert into reg.search_request(id, entry, source, person, urgency, answer_by, said, reach, consent_version, tier, scope, recorded_by, event, digest)
  values (v, e.id, e.source, v_of[1], p_urgency, p_answer_by, api._told_by_family(v_of[1], e.source), p_reach, trim(p_version), greatest(e.tier, 1), e.scope, v_by, v_event, '');
  perform api._close_event(v_event, 'request_record', v, p_urgency);
  return v;
end $$;
comment on function api.request_record(uuid, text, date, jsonb, text) is
  'A sheet that one wrote down of a family is a search request: how urgent (ordinary, soon, urgent), by which day they are answered, how they wish to be reached '
  '(reach: {way, hours, language}), which wording of the consent was read to them. Refused before the stage is open, and without consent to the search.';

-- The request as a source handler may see it, or as nobody does.
create function api._request(p_id uuid, p_lock bool default true) returns reg.search_request set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.search_request;
begin
  perform api._need('source_handler');
  if coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  select x.* into r from reg.search_request x join reg.source o on o.id = x.source and o.tier <= api.level() and o.scope = any (api.scopes())
    join reg.subject h on h.id = api._heir(x.person) and h.tier <= api.level() and h.scope = any (api.scopes())
    where x.id = p_id and x.tier <= api.level() and x.scope = any (api.scopes());
  if not found then perform api._missing(); end if;
  if p_lock then perform pg_advisory_xact_lock(hashtextextended('request:' || r.id, 0)); end if;
  return r;
end $$;

create function api._request_step(p_request reg.search_request, p_step text, p_why text, p_due date default null, p_proposal uuid default null) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id();
begin
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  insert into reg.request_step(id, request, step, why, due, proposal, recorded_by, event, digest)
  values (reg.new_id(), (p_request).id, p_step, trim(p_why), p_due, p_proposal, api._actor(), v_event, '');
  perform api._close_event(v_event, 'request_' || p_step, (p_request).id, trim(p_why));
end $$;

create function api.request_step(p_request uuid, p_step text, p_why text, p_due date default null) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.search_request := api._request(p_request);
begin
  if coalesce(p_step, '') not in ('comparing', 'caseworker', 'asked_back', 'answered', 'left_open') then perform api._bad('unknown_code', 'step', p_step, 'This is no step of a request'); end if;
  if p_step in ('answered', 'left_open') and (p_due is null or p_due <= reg.today()) then
    perform api._bad('bad_date', 'due', p_due::text, 'Say on which day to come, after today, it is looked at again'); end if;
  perform api._request_step(r, p_step, p_why, case when p_step in ('answered', 'left_open') then p_due end);
end $$;
comment on function api.request_step(uuid, text, text, date) is
  'What is being done with a request: comparing, caseworker, asked_back, answered or left_open (the last two with the day on which it is looked at again). The family reads '
  'comparing, caseworker and asked_back as a kind of work, never why.';

create function api.request_match(p_request uuid, p_code text, p_why text) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.search_request := api._request(p_request); v_other reg.subject; v jsonb; v_ids uuid[];
begin
  perform api._need_stage();
  v_other := api._told_case(p_code, true);
  if api._is_suspended(v_other.id) then perform api._missing(); end if;
  if (select s.merged_into is not null from reg.subject s where s.id = r.person) then perform api._refuse('merged', 'It was matched already: undo that first.'); end if;
  if v_other.id = r.person then perform api._bad('bad_value', 'code', p_code, 'This is the case of the request itself'); end if;
  v := api._propose_merge(api._actor(), v_other.id, r.person, p_why);
  perform api._request_step(r, 'matched', p_why, null, (v->>'proposal')::uuid);
  return v;
end $$;
comment on function api.request_match(uuid, text, text) is
  'It is proposed that the person of a request is the one of that code; a verifier, another person, confirms it. Then what the family told is read as part of that case; the '
  'request stays one of its own.';

create function api.request_unmatch(p_request uuid, p_why text) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.search_request := api._request(p_request); d reg.decision; v jsonb;
begin
  perform api._check_words(p_why, '{}', null);
  select * into d from reg.decision x where x.subject = r.person and x.machine = 'merge' order by x.seq desc limit 1;
  if d.id is null or d.to_state <> 'merged' then perform api._refuse('not_matched', 'It is not matched with anybody.'); end if;
  v := api._propose_annulment(api._actor(), d, (select s from reg.subject s where s.id = r.person), p_why);
  perform api._request_step(r, 'unmatched', p_why, null, (v->>'proposal')::uuid);
  return v;
end $$;
comment on function api.request_unmatch(uuid, text) is 'It is proposed that a match falls; once another person confirms it, the request has its own case again.';

create function api.request_open(p_request uuid, p_why text) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.search_request := api._request(p_request); s reg.subject; v reg.proposal; v_step reg.transition; v_p jsonb; v_done jsonb; v_event uuid := reg.new_id();
begin
  perform api._need_stage();
  perform api._check_words(p_why, '{}', null);
  if exists (select 1 from reg.proposal o where o.subject = r.person and o.machine = 'merge' and not exists (select 1 from reg.proposal_end x where x.proposal = o.id)) then
    perform api._refuse('match_waits', 'A match waits for another person: settle that first.'); end if;
  s := api._seen_subject(api._heir(r.person), true);
  v.recorded_by := api._actor(); v.subject := s.id; v.machine := 'case'; v.aspect := ''; v.to_state := 'open_missing'; v.reason := p_why; v.value := '{}';
  v.basis := array(select c.id from api._members(array[s.id]) m join reg.claim c on c.subject = m.member where c.source = r.source and not exists (select 1 from reg.claim_end e where e.claim = c.id));
  v.from_state := api._told_state(s.id, 'case', '');
  if v.from_state not in ('draft', 'listed') then perform api._refuse('transition', 'The search for this person is open already, or something else was decided.'); end if;
  v_step := api._step('case', v.from_state, 'open_missing');
  v_p := api._context(s.id, 'case', '', v.from_state, 'open_missing', p_why, v.basis, '{}', null, null);
  perform api._check_basis(v_p);
  perform api._check_guards(v_p, v_step.guards);
  v.approvals_needed := v_step.approvals;
  v_done := api._decide_or_propose(s, v, v_event);
  perform api._request_step(r, 'opened', p_why);
  return v_done || jsonb_build_object('code', s.code);
end $$;
comment on function api.request_open(uuid, text) is
  'The search for the person of a request is open: of somebody who was only listed, or of the case that the request itself made; on the word of the family. One person''s act.';

-- Where a request stands, for those who work on it.
create function api._request_state(r reg.search_request) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when api._is_silenced((r).source) then 'withdrawn'
    when exists (select 1 from reg.proposal o where o.subject = (r).person and o.machine = 'merge' and not exists (select 1 from reg.proposal_end x where x.proposal = o.id)) then 'match_waits'
    when api._asked_for(api._state(api._heir((r).person), 'case', '')) then 'open'
    when (select s.merged_into is not null from reg.subject s where s.id = (r).person) then 'matched'
    when (select x.step from reg.request_step x where x.request = (r).id order by x.recorded_at desc, x.id desc limit 1) in ('left_open', 'answered') then 'left_open'
    else 'received' end $$;

create function api.requests(p_request uuid default null) returns table(id uuid, code text, own_code text, source uuid, state text, work text, urgency text, due date, overdue bool, on_day text,
  by text, reach jsonb, said jsonb, consent text, uses text[], version text, calls jsonb, steps jsonb, accesses jsonb, others int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('source_handler');
  if coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  if p_request is not null then perform api._request(p_request, false); end if;
  return query select r.id, h.code, s.code, r.source, n.state, api._request_work(r.id), r.urgency, d.due, d.due < reg.today(), to_char(r.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), a.display,
      api._reach_now(r.id), r.said, t.consent, t.permitted_uses, r.consent_version,
      (select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'wish', w.wish, 'value', w.value, 'hour', w.asked_at) order by w.asked_at, w.id), '[]') from reg.family_wish w
        where w.request = r.id and w.done_at is null and w.wish <> 'reach'),
      (select coalesce(jsonb_agg(jsonb_build_object('step', x.step, 'why', x.why, 'due', x.due, 'by', b.display, 'on', to_char(x.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'))
        order by x.recorded_at desc, x.id desc), '[]') from reg.request_step x join reg.account b on b.id = x.recorded_by where x.request = r.id),
      (select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'on', to_char(f.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), 'open', u.state = 'active') order by f.recorded_at, f.id), '[]')
        from reg.family_access f join reg.account u on u.id = f.account where f.request = r.id),
      (select count(*)::int from reg.search_request o where o.id <> r.id and api._heir(o.person) = h.id and o.tier <= api.level() and o.scope = any (api.scopes()))
    from reg.search_request r join reg.subject s on s.id = r.person join reg.subject h on h.id = api._heir(r.person) and h.tier <= api.level() and h.scope = any (api.scopes())
    join reg.source o on o.id = r.source and o.tier <= api.level() and o.scope = any (api.scopes()) join reg.account a on a.id = r.recorded_by
    cross join lateral (select api._request_state(r) as state) n cross join lateral api._terms_now(r.source) t
    cross join lateral (select coalesce((select x.due from reg.request_step x where x.request = r.id and x.due is not null order by x.recorded_at desc, x.id desc limit 1), r.answer_by) as due) d
    where r.tier <= api.level() and r.scope = any (api.scopes()) and (p_request is null or r.id = p_request)
    order by n.state = 'withdrawn' desc, d.due, r.recorded_at, r.id;
end $$;
comment on function api.requests(uuid) is
  'Search requests, for source handlers: whose consent is gone first, then by the day on which they are to be answered or looked at again. state: withdrawn, match_waits, open, matched, '
  'left_open, received; calls: what the family asks for; others: how many other requests are for the same person.';
reset role;
