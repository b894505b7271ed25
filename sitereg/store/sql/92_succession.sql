-- May a successor institution have what a source said? Who was asked, in kind and never by name, what they answered, and when. What
-- was not asked is not handed over, but for what is public record and whose terms permitted a hand-over from the first day.
set role sr_writer;

-- Whether it is a visit of our own: nobody else is to be asked.
create function api._is_own(s reg.source) returns bool immutable parallel safe language sql as $$ select (s).partner is null and (s).terms = 'our own record' $$;

-- Whether what a source said goes along, whether it may be named, and else why not.
create function api._hand_over(p_source uuid, out allows bool, out named bool, out reason text) stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare s reg.source; t record; a reg.consent_ask; v_public bool;
begin
  select * into s from reg.source x where x.id = p_source;
  if api._is_own(s) then allows := not api._is_silenced(s.id); named := false; if not allows then reason := 'withdrawn'; end if; return; end if;  -- what we saw ourselves
  select * into t from api._terms_now(p_source);
  select * into a from reg.consent_ask x where x.source = p_source order by x.recorded_at desc, x.id desc limit 1;
  v_public := t.consent = 'not_applicable' and 'publication' = any (t.permitted_uses);
  reason := case when t.hides then 'withdrawn' when coalesce(trim(s.terms), '') = '' or s.partner is null then 'terms' when a.answer = 'refused' or p_source = any (api._uses_refused('hand_over')) then 'refused'
    when s.agreement is not null and not 'hand_over' = any ((api._standing_terms(s.agreement)).purposes) then 'agreement'
    when not coalesce((select (v.attrs->>'usable')::bool from vocab.consent_state v where v.code = t.consent), false) then 'consent'
    when a.answer = 'given' then null
    when a.id is not null then a.answer
    when api._use_answer(p_source, 'hand_over') = 'yes' then null
    when api._partner_answer(s.partner, 'hand_over') = 'yes' and api._legal_class(s.type, s.legal_class) = 'organisation' then null
    when v_public or 'hand_over' = any (t.permitted_uses) then null
    else 'not_asked' end;
  allows := reason is null;
  named := allows and (v_public or coalesce(a.named, false));
end $$;

-- The sources whose words go along.
create function api._handed_sources() returns uuid[] stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(array_agg(s.id), '{}') from reg.source s cross join lateral api._hand_over(s.id) h where h.allows $$;

create function api._is_told(p_type text) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select v.attrs->>'family' in ('testimony', 'tip') from vocab.source_type v where v.code = p_type), true) $$;

create function api.hand_over_ask(p_source uuid, p_answer text, p_asked text, p_on_day date, p_named bool default false, p_note text default null) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; s reg.source; v_was record; v_now record;
begin
  v_by := api._need('source_handler', 'data_steward');
  s := api._held_source(p_source);
  if api._is_told(s.type) and not 'source_handler' = any (api.roles()) then perform api._refuse('handler', 'Of a witness a source handler records it.'); end if;
  if not api._is_term('hand_over_answer', coalesce(p_answer, '')) then
    perform api._bad('unknown_code', 'answer', p_answer, 'This is no term of hand_over_answer', 'hand_over_answer'); end if;
  if not api._is_term('asked_whom', coalesce(p_asked, '')) then perform api._bad('unknown_code', 'asked', p_asked, 'This is no term of asked_whom', 'asked_whom'); end if;
  if p_on_day is null or p_on_day > reg.today() then perform api._bad('bad_date', 'on_day', p_on_day::text, 'Say on which day they were asked, or answered; not one to come'); end if;
  if p_answer = 'waiting' and p_source = any (api._uses_refused('recontact')) then
    perform api._refuse('recontact', 'They said that they are not to be contacted again: only what they say of themselves is recorded.'); end if;
  if coalesce(p_named, false) and p_answer <> 'given' then perform api._bad('bad_value', 'named', 'yes', 'Only who agrees to a hand-over can agree to be named in it'); end if;
  select * into v_was from api._hand_over(p_source);
  insert into reg.consent_ask(id, source, answer, asked, named, on_day, note, tier, scope, recorded_by, event, digest)
  values (reg.new_id(), p_source, p_answer, p_asked, coalesce(p_named, false), p_on_day, nullif(trim(left(p_note, 2000)), ''), s.tier, s.scope, v_by, v_event, '');
  select * into v_now from api._hand_over(p_source);
  if v_was.allows and not v_now.allows then
    perform api._recall_tasks(array(select c.id from reg.claim c where c.source = p_source and not exists (select 1 from reg.claim_end e where e.claim = c.id)),
      'a hand-over was refused', '{hand_over}'); end if;
  perform api._close_event(v_event, 'hand_over_ask', p_source, coalesce(p_note, p_answer));
end $$;
comment on function api.hand_over_ask(uuid, text, text, date, bool, text) is
  'It stands recorded that a source was asked whether a successor may have what it said, who was asked (in kind), and the answer; named: they agree to be named. '
  'Of witnesses by source handlers alone. Refused after it was handed over: who received it is a task and a notice.';

create function api.hand_over_answers(p_open bool default false) returns table(source uuid, label jsonb, type text, claims bigint, allows bool, named bool, reason text,
  answer text, asked text, on_day date, by text, note text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_me record;
begin
  perform api._need('source_handler', 'data_steward');
  select m.level, m.scopes, 'source_handler' = any (m.roles) as handler into v_me from api.me() m;
  return query
  with all_seen as materialized (select r.id, r.kind from api._seen_records() r),
  silent as materialized (select u.id from api._suspended(array(select a.id from all_seen a where a.kind = 'person')) u),
  seen as materialized (select a.id from all_seen a where not exists (select 1 from silent x where x.id = a.id)),
  gone as materialized (select r.claim from api._retiered(array(select seen.id from seen)) r where r.tier > v_me.level),
  said as materialized (select c.source, count(*) as claims from api._members(array(select seen.id from seen)) m
    join reg.claim c on c.subject = m.member and c.tier <= v_me.level and c.scope = any (v_me.scopes) and c.scope >= 0 and c.rumour_owner is null
      and not exists (select 1 from reg.claim_end e where e.claim = c.id) and not exists (select 1 from gone g where g.claim = c.id) group by 1)
  select s.id, s.label, s.type, n.claims, h.allows, h.named, h.reason, a.answer, a.asked, a.on_day, c.display, a.note
    from said n join reg.source s on s.id = n.source cross join lateral api._hand_over(s.id) h
    left join lateral (select * from reg.consent_ask x where x.source = s.id order by x.recorded_at desc, x.id desc limit 1) a on true
    left join reg.account c on c.id = a.recorded_by
    where s.tier <= v_me.level and s.scope = any (v_me.scopes) and s.scope >= 0 and not api._is_own(s) and (v_me.handler or not api._is_told(s.type))
      and (not coalesce(p_open, false) or h.reason in ('not_asked', 'waiting', 'not_reached'))
    order by coalesce(array_position('{not_asked,waiting,not_reached}'::text[], h.reason), 9), h.allows, h.reason, n.claims desc, s.id;
end $$;
comment on function api.hand_over_answers(bool) is
  'Each source that somebody may ask about a hand-over: whether what it said goes along, may be named, else why not, and what was last recorded of asking; '
  'open: those without an answer. Witnesses for source handlers alone.';
reset role;
