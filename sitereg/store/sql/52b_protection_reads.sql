-- What the keeper does by the calendar, and what is read of protection.
set role sr_writer;

create function api._keeper() returns uuid stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if api.how() is distinct from 'system' then raise exception 'Only the keeper does this' using errcode = 'SR403'; end if;
  return api._actor();
end $$;

-- The last decision of that machine on each subject and aspect.
create function api._standing(p_machine text) returns setof reg.decision stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select distinct on (d.subject, d.aspect) d.* from reg.decision d where d.machine = p_machine order by d.subject, d.aspect, d.seq desc $$;

-- Active measures whose day has come are lapsed; the protection status stays and is in doubt.
create function api.lapse_measures() returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid := api._keeper(); v_subject reg.subject; v reg.proposal; v_ids uuid[] := '{}'; v_n int := 0;
begin
  for v_subject in select s.* from reg.subject s where s.id in (select m.site from reg.measure m where m.lapses_on is not null
      or exists (select 1 from reg.decision d where d.subject = m.site and d.machine = 'measure' and d.aspect = m.id::text and d.due is not null))
      order by s.id for update loop
    for v.aspect, v.due in select m.id::text, m.lapses_on from api._measures(v_subject.id) m join reg.measure r on r.id = m.id and r.site = v_subject.id
        where m.state = 'active' and m.lapses_on < reg.today() loop
      perform api._check_guards(api._context(v_subject.id, 'measure', v.aspect, 'active', 'lapsed', '', '{}', '{}', null, null), array['past_its_end']);
      v.id := v_event; v.subject := v_subject.id; v.machine := 'measure'; v.to_state := 'lapsed'; v.value := '{}'; v.basis := '{}';
      v.reason := format('Its end was %s', v.due); v.observed_on := v.due; v.recorded_by := v_by; v.due := null;
      perform api._settle(v_subject, v, '{}', 'rule', v_event);
      v_ids := v_ids || v_subject.id; v_n := v_n + 1;
    end loop;
  end loop;
  if v_n > 0 then
    perform api._resolve(array(select distinct i from unnest(v_ids) i));
    perform api._close_event(v_event, 'lapse_measures', null, format('%s measures came to their end', v_n));
  end if;
  return v_n;
end $$;
comment on function api.lapse_measures() is 'Every active measure whose end has passed is lapsed; how many.';

-- The daily look at what time and retractions break, as tasks: I12 (credibility 1 that nothing agrees with any more), I13 (a
-- confirmation with a claim under it gone), I14 (protected without an active measure), reviews that are due.
create function api.daily_review() returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_before bigint; v_after bigint;
begin
  perform api._keeper();
  select count(*) into v_before from reg.task;
  perform api._open_task(f.what, f.why, s, f.role, f.data) from (
    select 'review_protection' as what, 'Its status says protected, but no measure is active any more.' as why, 'protection_officer' as role,
           '{"rule": "I14"}'::jsonb as data, d.subject
    from api._standing('protection') d where d.to_state in ('protected', 'partially_protected')
     and not exists (select 1 from api._measures(d.subject) m where m.state = 'active')
    union all
    select 'review_protection', format('The review was due on %s.', d.due), 'protection_officer', jsonb_build_object('due', d.due), d.subject
    from api._standing('protection') d where d.due < reg.today()
    union all
    select 'review_status', 'A claim under the confirmation is gone.', 'investigator', jsonb_build_object('rule', 'I13', 'aspect', d.aspect), d.subject
    from api._standing('verification') d where d.to_state = 'confirmed' and exists (select 1 from reg.claim_end e
      join reg.claim c on c.id = e.claim and api._claim_tier(c.id, c.subject, c.tier) <= d.tier and (c.scope in (0, d.scope) or api._within_scope(c.scope, d.scope))
      left join reg.claim n on n.id = e.superseded_by where e.claim = any (d.basis) and (n.id is null or api._class(n.reliability, n.credibility) > 0))
  ) f join reg.subject s on s.id = f.subject;
  insert into reg.task(id, what, why, subject, role, data, tier, scope)
  select reg.new_id(), 'credibility_alone', 'Credibility 1 needs another claim of another origin that says the same: there is none any more.',
         c.subject, 'analyst', jsonb_build_object('claim', c.id), api._claim_tier(c.id, c.subject, c.tier), c.scope
  from reg.claim c where c.credibility = '1' and c.tier <= 2 and not exists (select 1 from reg.claim_end e where e.claim = c.id)
    and not exists (select 1 from reg.claim o where o.subject = c.subject and o.predicate = c.predicate and o.value is not distinct from c.value
                    and o.origin <> c.origin and not exists (select 1 from reg.claim_end e where e.claim = o.id))
    and not exists (select 1 from reg.task t where t.subject = c.subject and t.what = 'credibility_alone' and t.done_at is null
                    and t.data->>'claim' = c.id::text);
  select count(*) into v_after from reg.task;
  if v_after > v_before then
    perform api._close_event(reg.new_id(), 'daily_review', null, format('%s new tasks', v_after - v_before)); end if;
  return v_after - v_before;
end $$;
comment on function api.daily_review() is 'Each rule that time or a retraction has broken has a task; how many are new. It changes no status.';

-- Words and shapes of such rows are clues to the exact place: only for those whose face shows it. What a frozen source told of a place that
-- is not frozen lies in another scope than the place. Views tell the same from what is kept by face (42c_beside.sql).
create function api.visits(p_site uuid) returns table(id uuid, method text, visited_on date, team text, covered text, covered_shape geometry,
  not_searched text, findings text, negative bool, damage_assessed bool, claim uuid, recorded_at timestamptz, covered_within_m float8)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.subject := api._seen_subject(p_site); v_exact bool := api.level() >= v.exact_tier;
begin
  return query select x.id, x.method, x.visited_on, case when v_exact then x.team end, case when v_exact then x.covered end,
    case when v_exact then x.covered_shape end, case when v_exact then x.not_searched end, case when v_exact then x.findings end,
    x.negative, x.damage_assessed, x.claim, x.recorded_at, case when v_exact then x.covered_within_m end
    from reg.visit x where x.site = any ((select api._kin(p_site))::uuid[]) and x.scope = any ((select api.scopes())::int[]) order by x.visited_on desc, x.recorded_at desc;
end $$;
comment on function api.visits(uuid) is 'The visits and remote reviews of a site, newest first.';

create function api.measures(p_site uuid) returns table(id uuid, kind text, state text, agent_kind text, agent uuid, issuer text, legal_basis text,
  area geometry, began daterange, ended daterange, lapses_on date, note text, visit uuid, recorded_at timestamptz, area_within_m float8)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.subject := api._seen_subject(p_site); v_exact bool := api.level() >= v.exact_tier;
begin
  return query select x.id, x.kind, m.state, x.agent_kind, x.agent, case when v_exact then x.issuer end,
    case when v_exact then x.legal_basis end,
    case when v_exact then x.area end, x.began, x.ended, m.lapses_on, case when v_exact then x.note end, x.visit, x.recorded_at,
    case when v_exact then x.area_within_m end
  from api._measures(p_site) m join reg.measure x on x.id = m.id and x.scope = any ((select api.scopes())::int[]) order by x.recorded_at desc;
end $$;
comment on function api.measures(uuid) is 'The measures of a site with the state and the end in force, newest first.';

create function api.disturbances(p_site uuid) returns table(id uuid, kind text, by text, severity text, reversible bool, observed daterange,
  note text, visit uuid, reliability text, credibility text, is_open bool, ended_why text, remedy text, recorded_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.subject := api._seen_subject(p_site); v_exact bool := api.level() >= v.exact_tier;
begin
  return query select x.id, x.kind, x.by, x.severity, x.reversible, x.observed, case when v_exact then x.note end, x.visit, x.reliability,
    x.credibility, e.disturbance is null, case when v_exact then e.why end, case when v_exact then e.remedy end, x.recorded_at
  from reg.disturbance x left join reg.disturbance_end e on e.disturbance = x.id where x.site = any ((select api._kin(p_site))::uuid[])
    and x.scope = any ((select api.scopes())::int[]) order by x.recorded_at desc;
end $$;
comment on function api.disturbances(uuid) is 'The disturbances of a site, newest first, and what ended them.';
reset role;
