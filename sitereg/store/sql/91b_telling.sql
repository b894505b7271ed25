-- What may be said today to the family that searches: facts by rule, a second person, and to whom it was said. Facts come from face 1
-- alone, whoever asks, so that nothing restricted shapes a sentence; what stays unsaid is told the one who works on it by its ground.
set role sr_writer;

-- Whether a source lets what it said be told to the family of the one it speaks of: consent that is usable, for the search, and, where an
-- agreement stands behind it, families among those for whom it may be used.
create function api._tellable(p_source uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select not api._is_silenced(s.id) and coalesce((select (v.attrs->>'usable')::bool from vocab.consent_state v where v.code = t.consent), false)
      and 'search_for_missing' = any (t.permitted_uses) and s.scope = 0
      and (s.agreement is null or exists (select 1 from api._standing_terms(s.agreement) a where a.onward = 'permitted' and 'families' = any (a.audiences)))
    from reg.source s cross join lateral api._terms_now(s.id) t where s.id = p_source), false) $$;

-- The sentence that a kind of event can become; null: none ever.
create function api._told_as(p_kind text) returns text immutable parallel safe language sql as $$
  select case p_kind when 'reported_missing_filed' then 'reported' when 'last_seen_free' then 'seen_free' when 'arrested' then 'taken' when 'abducted' then 'taken'
    when 'held_at' then 'held' when 'seen_by_exdetainee' then 'seen' when 'visited_by_family' then 'visited' when 'contact_received' then 'contact' end $$;

-- Why an event of a face is not told; null: it is. Death, then life (who is found alive decides who is told), then all else.
create function api._untold(e reg.person_event) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when k.attrs->>'alive_evidence' = 'negative' or (e).kind ~ '^(death|body|remains|buried)' then 'death'
    when (e).kind = any ('{released,returned_to_family,seen_alive_after,border_crossed}') then 'alive'
    when (e).face > 1 and not exists (select 1 from reg.person_event o where o.id = (e).id and o.face = 1 and o.scope = 0) or (e).scope <> 0 then 'restricted'
    when (e).class <> 0 then 'unsupported' when cardinality((e).conflicts) > 0 then 'contradicted'
    when exists (select 1 from reg.claim c where c.id = any ((e).claims) and not api._tellable(c.source)) then 'consent'
    when api._told_as((e).kind) is null then 'misread' end
  from vocab.event_kind k where k.code = (e).kind $$;

-- What may be told of an event: never finer than a month and a governorate; where an insider speaks, the year.
create function api._told_fact(e reg.person_event) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('line', api._told_as((e).kind),
    'year', case when d.a is not null and date_trunc('year', d.a) = date_trunc('year', d.z) then extract(year from d.a)::int end,
    'month', case when d.a is not null and date_trunc('month', d.a) = date_trunc('month', d.z)
      and not exists (select 1 from reg.claim c join reg.source s on s.id = c.source where c.id = any ((e).claims) and s.type = 'testimony_insider') then extract(month from d.a)::int end,
    'adm1', case when cardinality((e).adm1) = 1 and (e).adm1[1] <> 'none' then (e).adm1[1] end)
  from (select api._first_day(coalesce((e).at, (e).began)) as a, api._final_day(coalesce((e).at, (e).began)) as z) d $$;

-- What may be said of a case whoever asks: open (somebody asked and nothing else was decided), the facts with the claims that each rests on.
create function api._sayable(p_id uuid, out open bool, out facts jsonb, out basis jsonb) stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  select coalesce(bool_or(p.case_state in ('open_missing', 'fate_indicated') and p.fate = 'unknown' and p.scope = 0 and p.tier <= 1), false) into open
    from reg.person p where p.id = p_id and p.face = 1;
  select coalesce(jsonb_agg(f.fact order by f.fact), '[]'), coalesce(jsonb_agg(to_jsonb(f.claims) order by f.fact), '[]') into facts, basis
    from (select api._told_fact(e) as fact, array_agg(distinct c.c order by c.c) as claims from reg.person_event e cross join lateral unnest(e.claims) c(c)
      where open and e.person = p_id and e.face = 1 and api._untold(e) is null group by 1) f;
end $$;

-- The case that the caller sees under that code; of one whom nobody asked for, too: nothing is said of it.
create function api._told_case(p_code text, p_lock bool default false) returns reg.subject set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare s reg.subject; v uuid;
begin
  if coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  select x.id into v from reg.subject x where x.code = api._as_code(left(p_code, 40)) and x.kind = 'person';
  s := api._seen_subject(api._heir(v), p_lock);
  return s;
end $$;

create function api.telling_facts(p_code text) returns jsonb
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare s reg.subject; v record; p reg.person;
begin
  perform api._need('source_handler', 'releaser');
  s := api._told_case(p_code);
  select * into v from api._sayable(s.id);
  select * into p from reg.person x where x.id = s.id and x.face = api.level();
  return jsonb_build_object('id', s.id, 'code', s.code, 'case_state', p.case_state, 'open', v.open, 'facts', v.facts,
    'withheld', (select coalesce(jsonb_agg(jsonb_build_object('ground', w.ground, 'kinds', w.kinds) order by w.ground), '[]') from (
      select api._untold(e) as ground, array_agg(distinct e.kind order by e.kind) as kinds from reg.person_event e
      where e.person = s.id and e.face = api.level() and e.tier <= api.level() and e.scope = any (api.scopes()) and api._untold(e) is not null group by 1) w),
    'indicated', coalesce(cardinality(p.fate_indications), 0) > 0, 'companions', coalesce(jsonb_array_length(p.companions), 0) > 0);
end $$;
comment on function api.telling_facts(text) is
  'What may be said today to the family of a case, as facts (line, year, month, adm1: nothing finer), of supported accounts whose terms permit it, the same whoever asks; and '
  'what is withheld of what the caller sees, by its ground. open: whether anything may be said at all. For source handlers and releasers.';

-- Refused where these lines are no longer what may be said.
create function api._still_sayable(p_person uuid, p_lines jsonb) returns void stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  select * into v from api._sayable(p_person);
  if not v.open or exists (select 1 from jsonb_array_elements(p_lines) with ordinality l(one, n) where l.n > 1 and l.n < jsonb_array_length(p_lines)
      and not exists (select 1 from jsonb_array_elements(v.facts) f(one) where f.one = l.one)) then
    perform api._refuse('not_sayable', 'This may not be said today: what the registry knows of the case changed, or nothing may be said of it.'); end if;
end $$;

create function api.telling_propose(p_code text, p_lines jsonb, p_sentences jsonb) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid; s reg.subject; n int; v_known record;
begin
  v_by := api._need('source_handler');
  s := api._told_case(p_code, true);
  n := case when jsonb_typeof(p_lines) = 'array' then jsonb_array_length(p_lines) end;
  if n is null or n not between 2 and 5 or p_lines->0 <> '{"line": "open"}' or p_lines->(n - 1) <> '{"line": "close"}' then
    perform api._bad('bad_value', 'lines', '', 'Two to five sentences are said, the first and the last of them always'); end if;
  if coalesce(jsonb_typeof(p_sentences->'en'), '') <> 'array' or coalesce(jsonb_typeof(p_sentences->'ar'), '') <> 'array'
     or jsonb_array_length(p_sentences->'en') <> n or jsonb_array_length(p_sentences->'ar') <> n then
    perform api._bad('bad_value', 'sentences', '', 'Each sentence has its words in Arabic and in English'); end if;
  perform api._still_sayable(s.id, p_lines);
  select * into v_known from api._sayable(s.id);
  insert into reg.telling(id, person, lines, words, basis, tier, recorded_by, event, digest)
  values (v, s.id, p_lines, p_sentences, array(select distinct api._uuid(c.c) from jsonb_array_elements(v_known.facts) with ordinality f(one, n)
      cross join lateral jsonb_array_elements_text(v_known.basis->(f.n - 1)::int) c(c) where p_lines @> jsonb_build_array(f.one) order by 1), greatest(s.tier, 1), v_by, v_event, '');
  perform api._close_event(v_event, 'telling_propose', s.id, 'what may be said');
  return v;
end $$;
comment on function api.telling_propose(text, jsonb, jsonb) is
  'What is to be said to the family of a case waits for a second person: lines as telling_facts gave them, between the first and the last that are always said, with '
  'their words (sentences: {en, ar}). Refused where a line is not what may be said now.';

create function api._telling_state(p_id uuid) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select case x.step when 'told' then 'signed' else x.step end from reg.telling_step x where x.telling = p_id order by x.recorded_at desc, x.id desc limit 1), 'waiting') $$;

create function api._telling(p_id uuid, p_state text) returns reg.telling set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare t reg.telling; v text;
begin
  if coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  select x.* into t from reg.telling x where x.id = p_id and x.tier <= api.level() for update;
  if t.id is null then perform api._missing(); end if;
  perform api._seen_subject(api._heir(t.person));
  v := api._telling_state(t.id);
  if v <> p_state then
    raise exception 'It was settled already' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'state', 'was', p_state, 'now', v)))::text; end if;
  return t;
end $$;

create function api.telling_settle(p_telling uuid, p_step text, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; t reg.telling;
begin
  v_by := api._need('source_handler', 'releaser');
  t := api._telling(p_telling, 'waiting');
  if coalesce(p_step, '') not in ('signed', 'refused') then perform api._bad('unknown_code', 'step', p_step, 'It is signed or refused'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  if p_step = 'signed' then
    if api._same_person(t.recorded_by, v_by) then perform api._refuse('four_eyes', 'Another person than the one who wrote it signs it.'); end if;
    perform api._still_sayable(api._heir(t.person), t.lines);
  end if;
  insert into reg.telling_step(id, telling, step, why, recorded_by, event, digest) values (reg.new_id(), t.id, p_step, trim(p_why), v_by, v_event, '');
  perform api._close_event(v_event, 'telling_' || p_step, t.person, trim(p_why));
end $$;
comment on function api.telling_settle(uuid, text, text) is
  'Another person than the one who wrote it signs what is to be said, if it may still be said, or refuses it.';

-- The families that told of a case themselves, whose consent holds: whom one may tell.
create function api._families_of(p_person uuid) returns setof reg.source stable rows 5 set search_path = pg_catalog, public, pg_temp language sql as $$
  select s.* from reg.source s where (s.type = 'testimony_family' or s.connection = 'family') and s.tier <= api.level() and s.scope = any (api.scopes()) and not api._is_silenced(s.id)
    and s.id <> all (api._uses_refused('recontact')) and s.id in (select c.source from api._members(array[p_person]) m join reg.claim c on c.subject = m.member) $$;

create function api.telling_told(p_telling uuid, p_contact uuid, p_how text, p_on date) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; t reg.telling; v_signed date;
begin
  v_by := api._need('source_handler');
  t := api._telling(p_telling, 'signed');
  if not exists (select 1 from api._families_of(api._heir(t.person)) f where f.id = p_contact) then
    perform api._bad('not_found', 'contact', '', 'Choose a family that told of this case itself'); end if;
  if coalesce(p_how, '') not in ('in_person', 'telephone', 'letter') then perform api._bad('unknown_code', 'how', p_how, 'Say how it was told'); end if;
  select (x.recorded_at at time zone 'Asia/Damascus')::date into v_signed from reg.telling_step x where x.telling = t.id and x.step = 'signed';
  if p_on is null or p_on > reg.today() or p_on < least(v_signed, reg.today()) then perform api._bad('bad_date', 'on', p_on::text, 'Say on which day it was told; not one to come, not before it was signed'); end if;
  perform api._still_sayable(api._heir(t.person), t.lines);
  insert into reg.telling_step(id, telling, step, contact, how, on_day, recorded_by, event, digest) values (reg.new_id(), t.id, 'told', p_contact, p_how, p_on, v_by, v_event, '');
  perform api._close_event(v_event, 'telling_told', t.person, 'told');
end $$;
comment on function api.telling_told(uuid, uuid, text, date) is
  'That it was told: to which family (a source that told of this case, how to reach whom lies in the vault), how (in_person, telephone, letter), on which day. By a source handler.';

create function api.telling_contacts(p_code text) returns table(contact uuid, label jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('source_handler');
  return query select f.id, f.label from api._families_of((api._told_case(p_code)).id) f order by f.id;
end $$;
comment on function api.telling_contacts(text) is 'The families that told of a case themselves: whom one may tell what is signed. For source handlers.';

create function api.tellings(p_code text default null) returns table(id uuid, code text, lines jsonb, words jsonb, state text, by text, on_day text, mine bool, signed_by text, settled_why text,
  told jsonb, open bool, facts jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_one uuid;
begin
  perform api._need('source_handler', 'releaser');
  if coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  if p_code is not null then v_one := (api._told_case(p_code)).id; end if;
  return query select t.id, s.code, t.lines, t.words, api._telling_state(t.id), a.display, to_char(t.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), t.recorded_by = api._actor(),
      b.display, z.why, (select coalesce(jsonb_agg(jsonb_build_object('contact', x.contact, 'how', x.how, 'on', x.on_day, 'by', w.display, 'at', x.recorded_at) order by x.recorded_at), '[]')
        from reg.telling_step x join reg.account w on w.id = x.recorded_by
          join reg.source f on f.id = x.contact and f.tier <= api.level() and f.scope = any (api.scopes()) and not api._is_silenced(f.id)
        where x.telling = t.id and x.step = 'told'), n.open, n.facts
    from reg.telling t join reg.subject s on s.id = api._heir(t.person) and s.tier <= api.level() and s.scope = any (api.scopes()) join reg.account a on a.id = t.recorded_by
    join reg.person p on p.id = s.id and p.face = api.level() and p.case_state <> 'suspended_security'
    cross join lateral api._sayable(s.id) n
    left join lateral (select * from reg.telling_step x where x.telling = t.id and x.step <> 'told' order by x.recorded_at desc, x.id desc limit 1) z on true left join reg.account b on b.id = z.recorded_by
    where t.tier <= api.level() and (p_code is null or s.id = v_one) order by t.recorded_at desc, t.id;
end $$;
comment on function api.tellings(text) is
  'What was written, signed and told to families of the cases that the caller sees, the newest first: lines, words as they were said, told [{contact, how, on, by}], and what may '
  'be said today (open, facts). Of a suspended case nothing; of a family whose consent is gone, not that it was told.';
reset role;
