-- The gate: is this recipient shown this site, and how exactly? Seven questions, each answered with a reason; a no to one of them is a no.
-- Two persons, to a day, taken back at once by one. It rises and falls with protection: what is shown is never finer than how the site is
-- protected now allows, whatever was agreed. Who holds a finer place when protection falls gets a notice, and the releasers a task.
set role sr_writer;

create function api._gate_rank(p text) returns int immutable parallel safe language sql as $$
  select array_position('{nothing,governorate,cell_10km,cell_1km,exact}'::text[], p) $$;

-- The finest that a protection status allows.
create function api._gate_limit(p_protection text) returns text immutable parallel safe language sql as $$
  select case p_protection when 'protected' then 'exact' when 'partially_protected' then 'cell_1km' else 'cell_10km' end $$;

create function api._coarser(p_one text, p_two text) returns text immutable parallel safe language sql as $$
  select case when api._gate_rank(p_one) <= api._gate_rank(p_two) then p_one else p_two end $$;

create function api._gate_state(p_gate uuid) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select s.step from reg.gate_step s where s.gate = p_gate order by s.recorded_at desc, s.id desc limit 1), 'waiting') $$;

-- How exactly its recipient may be shown the site today.
create function api._gate_now(g reg.gate) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when not (g).allows or (g).until < reg.today() or api._gate_state((g).id) <> 'agreed' or s.scope <> 0 then 'nothing'
    else api._coarser((g).precision, api._gate_limit(api._state(s.id, 'protection', ''))) end
  from reg.subject s where s.id = api._heir((g).subject) $$;

-- Every question answered yes or no, with a reason; answers whether all are yes.
create function api._gate_answers(p jsonb) returns bool stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_problems jsonb;
begin
  select jsonb_agg(jsonb_build_object('code', 'missing_required', 'field', x.field, 'value', '', 'message', x.message) order by x.rank, x.field) into v_problems from (
    select q.rank, q.code as field, 'Answer yes or no' as message from vocab.gate_question q where coalesce(p->q.code->>'answer', '') not in ('yes', 'no')
    union all select q.rank, 'why_' || q.code, 'Say why' from vocab.gate_question q where coalesce(trim(p->q.code->>'why'), '') = '') x;
  if v_problems is not null then
    raise exception 'Answer each question, with a reason' using errcode = 'SR422', detail = jsonb_build_object('problems', v_problems)::text; end if;
  return not exists (select 1 from vocab.gate_question q where p->q.code->>'answer' <> 'yes');
end $$;

create function api.gate_propose(p_code text, p_recipient text, p_precision text, p_answers jsonb, p_reason text, p_until date) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; s reg.subject; g reg.gate; v_limit text;
begin
  v_by := api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  select * into s from reg.subject x where x.code = api._as_code(left(p_code, 40)) and x.kind = 'site';
  s := api._seen_subject(api._heir(s.id), true);
  if s.scope <> 0 then perform api._refuse('compartment', 'What is of a compartment is shown to nobody outside.'); end if;
  if coalesce(trim(p_recipient), '') = '' then perform api._bad('missing_required', 'recipient', '', 'Say who receives it'); end if;
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'Say why'); end if;
  if not api._is_term('gate_precision', coalesce(p_precision, '')) then
    perform api._bad('unknown_code', 'precision', p_precision, 'This is no term of gate_precision', 'gate_precision'); end if;
  if p_until is null or p_until <= reg.today() or p_until > reg.today() + 366 then perform api._bad('bad_date', 'until', p_until::text, 'Say until when: a day within a year'); end if;
  g.allows := api._gate_answers(p_answers) and p_precision <> 'nothing';
  g.protection := api._state(s.id, 'protection', ''); v_limit := api._gate_limit(g.protection);
  if g.allows and api._gate_rank(p_precision) > api._gate_rank(v_limit) then
    perform api._refuse('protection', 'As it is protected now it may not be shown that finely: protect it first, or ask for less.'); end if;
  if g.allows and p_precision = 'exact' and api.level() < s.exact_tier then perform api._refuse('level', 'Whoever asks for the exact place sees it himself.'); end if;
  g.id := reg.new_id(); g.subject := s.id; g.recipient := trim(p_recipient); g.precision := case when g.allows then p_precision else 'nothing' end; g.reason := trim(p_reason);
  g.answers := (select jsonb_object_agg(q.code, jsonb_build_object('answer', p_answers->q.code->>'answer', 'why', left(trim(p_answers->q.code->>'why'), 2000))) from vocab.gate_question q);
  g.until := p_until; g.tier := greatest(s.tier, 1); g.scope := 0; g.recorded_by := v_by; g.recorded_at := clock_timestamp(); g.event := v_event; g.digest := '';
  insert into reg.gate select g.*;
  if g.allows then
    insert into reg.task(id, what, why, subject, role, data, tier, scope, opened_by)
    values (reg.new_id(), 'agree_gate', 'Whether a recipient is shown a site waits for a releaser.', s.id, 'releaser', jsonb_build_object('gate', g.id), g.tier, 0, v_by); end if;
  perform api._close_event(v_event, case when g.allows then 'gate_propose' else 'gate_refuse' end, s.id, g.reason);
  return jsonb_build_object('gate', g.id, 'allows', g.allows, 'precision', g.precision);
end $$;
comment on function api.gate_propose(text, text, text, jsonb, text, date) is
  'Whether a recipient is shown a site, and how exactly, is answered: answers {question: {answer: yes or no, why}} for each gate_question. A no to one is a no and stands at '
  'once with its ground; else a releaser, another person, agrees. Never finer than how the site is protected allows.';

create function api._gate(p_id uuid) returns reg.gate set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare g reg.gate;
begin
  perform 1 from reg.gate x where x.id = p_id for update;
  select * into g from reg.gate x where x.id = p_id and x.tier <= api.level()
    and exists (select 1 from reg.subject s where s.id = api._heir(x.subject) and s.tier <= api.level() and s.scope = any (api.scopes()));
  if not found then perform api._missing(); end if;
  return g;
end $$;

create function api.gate_settle(p_gate uuid, p_step text, p_why text) returns text
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; g reg.gate; v_state text;
begin
  v_by := api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  g := api._gate(p_gate); v_state := api._gate_state(g.id);
  if coalesce(p_step, '') not in ('agreed', 'refused', 'ended') then perform api._bad('unknown_code', 'step', p_step, 'It is agreed, refused or ended'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  if not g.allows or v_state <> (case p_step when 'ended' then 'agreed' else 'waiting' end) then
    raise exception 'It was settled already' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'state', 'was', 'waiting', 'now', v_state)))::text; end if;
  if p_step <> 'ended' then
    if not 'releaser' = any (api.roles()) then raise exception 'This needs the role releaser' using errcode = 'SR403'; end if;
    if p_step = 'agreed' and api._same_person(g.recorded_by, v_by) then perform api._refuse('four_eyes', 'A releaser other than the one who asked agrees.'); end if;
    if p_step = 'agreed' and api._gate_rank(g.precision) > api._gate_rank(api._gate_limit(api._state(api._heir(g.subject), 'protection', ''))) then
      perform api._refuse('protection', 'It is less protected than when it was asked: refuse it, and ask anew.'); end if;
    update reg.task set done_at = clock_timestamp(), done_by = v_by, outcome = p_step where what = 'agree_gate' and data->>'gate' = g.id::text and done_at is null;
  end if;
  insert into reg.gate_step(id, gate, step, why, recorded_by, event, digest) values (reg.new_id(), g.id, p_step, trim(p_why), v_by, v_event, '');
  if p_step = 'ended' then perform api._notices(array[g.subject], 'restricted', g.id); end if;
  perform api._close_event(v_event, 'gate_' || p_step, g.subject, trim(p_why));
  return p_step;
end $$;
comment on function api.gate_settle(uuid, text, text) is
  'A releaser, another person, agrees that a recipient is shown a site, or refuses it; or anybody who may ask ends what was agreed, at once: whoever holds it gets a notice.';

create function api.gates(p_code text default null) returns table(id uuid, code text, names jsonb, recipient text, "precision" text, now text, protection text, protection_now text,
  answers jsonb, reason text, allows bool, until date, state text, asked_by text, asked_on text, mine bool, settled_by text, settled_why text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  return query select g.id, s.code, f.names - 'all', g.recipient, g.precision, api._gate_now(g), g.protection, api._state(s.id, 'protection', ''), g.answers, g.reason, g.allows, g.until,
      case when not g.allows then 'refused' else api._gate_state(g.id) end, a.display, to_char(g.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'),
      g.recorded_by = api._actor(), b.display, t.why
    from reg.gate g join reg.subject s on s.id = api._heir(g.subject) and s.tier <= api.level() and s.scope = any (api.scopes()) join reg.account a on a.id = g.recorded_by
    left join reg.site f on f.id = s.id and f.face = api.level()
    left join lateral (select * from reg.gate_step x where x.gate = g.id order by x.recorded_at desc, x.id desc limit 1) t on true left join reg.account b on b.id = t.recorded_by
    where g.tier <= api.level() and (p_code is null or s.code = api._as_code(left(p_code, 40))) order by g.recorded_at desc, g.id;
end $$;
comment on function api.gates(text) is
  'What was decided of recipients and sites that the caller sees, the newest first: as agreed (precision), and as it holds today (now), which follows protection.';

-- A notice to each package made that holds one of these records (of one gate alone, where it is named).
create function api._notices(p_subjects uuid[], p_what text, p_gate uuid default null) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._recalls();
  insert into reg.notice(id, package, what, subjects, tier, scope, opened_on)
  select reg.new_id(), p.id, p_what, array_agg(distinct x.subject), p.tier, 0, reg.today()
  from reg.package p join reg.package_step m on m.package = p.id and m.step = 'made' join reg.disclosure_subject x on x.disclosure = m.disclosure
  where x.subject in (select u from unnest(p_subjects) u union select api._heir(u) from unnest(p_subjects) u)
    and (p_gate is null or exists (select 1 from reg.package_subject y where y.package = p.id and y.gate = p_gate)) group by p.id;
end $$;

-- Protection changed: of each gate in force that showed more than is allowed now, the releasers are told, and whoever holds it.
create function api._gates_follow() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare d record; g reg.gate;
begin
  for d in select m.subject, m.from_state, m.to_state from made m where m.machine = 'protection'
      and api._gate_rank(api._gate_limit(m.to_state)) < api._gate_rank(api._gate_limit(m.from_state)) loop
    for g in select x.* from reg.gate x where api._heir(x.subject) = d.subject and x.allows and x.until >= reg.today() and api._gate_state(x.id) = 'agreed'
        and api._gate_rank(x.precision) > api._gate_rank(api._gate_limit(d.to_state)) loop
      insert into reg.task(id, what, why, subject, role, data, tier, scope)
      values (reg.new_id(), 'gate_fell', format('It is protected less: %s is shown no more than %s from now on, and what they hold is finer. Tell them, or end it.', g.recipient,
        api._gate_limit(d.to_state)), d.subject, 'releaser', jsonb_build_object('gate', g.id, 'recipient', g.recipient), g.tier, 0);
      perform api._notices(array[d.subject], 'restricted', g.id);
    end loop;
  end loop;
  return null;
end $$;
reset role;
create trigger e_gates after insert on reg.decision referencing new table as made for each statement execute function api._gates_follow();
