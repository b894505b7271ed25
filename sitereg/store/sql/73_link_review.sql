-- Reviews of links: a decision about a person whose aspect is question:site:tier, each tier with a history of its own. It is as restricted as all that it rests on: the person,
-- the site and the run of the reviewer's tier. A lead opens its inquiry; it says nothing about anybody's fate.
set role sr_writer;

create function api._guard_lead_lines(p jsonb) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when coalesce(trim(p->'value'->>'would_show'), '') = '' then 'Say what else would show it (would_show).'
    when coalesce(trim(p->'value'->>'asks'), '') = '' then 'Say who asks whom (asks).'
    when p->>'due' is null or (p->>'due')::date < reg.today() then 'Say by when (due), a day that is not over.' end $$;

-- The inquiry of a lead, with its owner and day; its four lines stand in it as its first steps.
create function api._open_lead(p_decision reg.decision) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := api._uuid((p_decision).value->>'inquiry'); v_line text; v_n int := 0;
begin
  insert into reg.inquiry(id, subject, question, owner, due, tier, scope, recorded_by, event, digest)
  values (v, (p_decision).subject, format('Line of inquiry (%s): %s', split_part((p_decision).aspect, ':', 1), (p_decision).value->>'would_show'),
    api._owner_of(nullif((p_decision).value->>'owner', ''), (p_decision).tier, (p_decision).scope), (p_decision).due, (p_decision).tier, (p_decision).scope,
    (p_decision).recorded_by, (p_decision).event, '');
  foreach v_line in array array['No digging.', 'No contact with the owner or the family before a second reviewer has agreed.',
      'What else would show it: ' || ((p_decision).value->>'would_show'), 'Who asks whom by when: ' || ((p_decision).value->>'asks') || ', by ' || (p_decision).due] loop
    v_n := v_n + 1;
    insert into reg.inquiry_step(id, inquiry, step, recorded_by, event, digest, kind, done_on, result, n)
    values (reg.new_id(), v, v_line, (p_decision).recorded_by, (p_decision).event, '', 'step', reg.today(), 'pending', v_n);
  end loop;
end $$;

create function api.review_link(p_person uuid, p_site uuid, p_question text, p_to text, p_reason text, p_value jsonb default '{}', p_due date default null,
  p_basis uuid[] default '{}', p_seen int default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal; v_person reg.subject; v_site reg.subject; v_step reg.transition; v_p jsonb; v_state text;
begin
  v.recorded_by := api._may_propose('link_review');
  perform api._link_question(p_question);
  v_person := api._seen_subject(p_person, true);
  v_site := api._seen_subject(p_site);
  perform api._check_terms(array[['link_state', coalesce(p_to, '')]]);
  perform api._check_words(p_reason, p_value, null);
  select p.case_state into v_state from reg.person p where p.id = p_person and p.face = api.level() and api.level() >= 1;
  if v_state is null or v_person.kind <> 'person' or v_site.kind <> 'site' then perform api._missing(); end if;
  perform api._check_subject(v_person, 'link_review', '');
  if v_site.merged_into is not null then perform api._refuse('merged', 'It was merged into another: decide there.'); end if;
  if not api._link_askable(p_question, v_state, api._link_me()) then
    perform api._refuse('listed', 'There is no question of burial about this person.'); end if;
  if not exists (select 1 from reg.site_kind k join vocab.site_kind t on t.code = k.kind and t.attrs->>'links' = p_question
      where k.site = p_site and k.face = api.level() and k.verification <> 'refuted') then
    perform api._refuse('no_candidate', 'This site is no candidate for that question: its kinds are of another sort, or were refuted.'); end if;
  perform api._check_seen(v_person, p_seen);
  v.subject := p_person; v.machine := 'link_review'; v.aspect := concat_ws(':', p_question, p_site, api.level()); v.to_state := p_to; v.reason := p_reason; v.due := p_due;
  v.basis := array(select distinct b from unnest(p_basis) b where b is not null);
  v.value := (p_value - 'inquiry') || case when p_to = 'lead' then jsonb_build_object('inquiry', reg.new_id()) else '{}' end;
  v.tier := greatest(v_person.tier, v_site.tier, api.level());
  v.scope := api._scope_of(array(select distinct c from reg.scope x, unnest(x.compartments) c where x.id in (v_person.scope, v_site.scope)));
  v.from_state := api._state(p_person, 'link_review', v.aspect);
  v_step := api._step('link_review', v.from_state, p_to);
  v_p := api._context(p_person, 'link_review', v.aspect, v.from_state, p_to, p_reason, v.basis, v.value, p_due, null);
  perform api._check_basis(v_p);
  perform api._check_guards(v_p, v_step.guards);
  if p_to = 'lead' then perform api._owner_of(nullif(v.value->>'owner', ''), v.tier, v.scope); end if;
  v.approvals_needed := v_step.approvals;
  return api._decide_or_propose(v_person, v, v_event) || case when p_to = 'lead' then jsonb_build_object('inquiry', v.value->'inquiry') else '{}' end;
end $$;
comment on function api.review_link(uuid, uuid, text, text, text, jsonb, date, uuid[], int) is
  'What a link is to those who search is settled (lead, set_aside) or proposed (excluded). A lead says what else would show it, who asks whom and by when '
  '(value: would_show, asks, owner) and opens its inquiry; it changes no status.';

create function api.link_reviews(p_question text, p_person uuid default null) returns table(person text, site text, tier int, state text, reason text, due date,
  inquiry uuid, by text, at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off language sql as $$
  select p.code, s.code, (d).tier::int, (d).to_state, api._coarse_words((d).reason, (r).level >= s.exact_tier), (d).due, api._uuid((d).value->>'inquiry'), a.display,
    (d).recorded_at
  from api._link_me() r cross join lateral (select l.person, l.site, l.decision as d from api._link_settled(r, p_question) l
    where p_person is null or l.person = p_person) l
  join reg.person p on (d).to_state <> '' and p.id = l.person and p.face = (select api.level()) and p.tier <= (r).level and p.scope = any ((r).scopes)
    and (api._asked_for(p.case_state) or not (r).partner) and p.case_state <> 'suspended_security'
  join reg.site s on s.id = l.site and s.face = (select api.level()) and s.tier <= (r).level and s.scope = any ((r).scopes)
  join reg.account a on a.id = (d).recorded_by
  order by p.code, s.code, (d).tier $$;
comment on function api.link_reviews(text, uuid) is 'What was settled last about each link that the caller sees: lead, set_aside or excluded.';
reset role;
