-- Decisions: the state in force, the judging of guards, the writing of one decision with what follows from it.
set role sr_writer;

-- What was settled last about a person and a site for a question and tier, of whatever was merged into either: that counts as far as all who see the
-- two may know of it, else a step that is refused would tell of a compartment. Whatever is split off again has its own back.
create function api._link_state(p_subject uuid, p_aspect text) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select d.to_state from reg.subject p cross join lateral (select split_part(p_aspect, ':', 1) as question, split_part(p_aspect, ':', 3) as tier,
    api._uuid(split_part(p_aspect, ':', 2)) as site) a join reg.subject s on s.id = a.site
  join reg.decision d on d.subject = any (api._merged_in(p.id)) and d.machine = 'link_review' and split_part(d.aspect, ':', 1) = a.question
    and split_part(d.aspect, ':', 3) = a.tier and api._uuid(split_part(d.aspect, ':', 2)) = any (api._merged_in(a.site))
  where p.id = p_subject and (d.subject = p.id and d.aspect = p_aspect
    or d.tier <= greatest(p.tier, s.tier, a.tier::int) and d.scope in (0, p.scope, s.scope))
  order by d.recorded_at desc, d.seq desc limit 1);
end $$;

create function api._state(p_subject uuid, p_machine text, p_aspect text) returns text stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if p_machine = 'link_review' then return coalesce(api._link_state(p_subject, p_aspect), ''); end if;
  return coalesce((select d.to_state from reg.decision d where d.subject = p_subject and d.machine = p_machine
    and d.aspect = p_aspect order by d.seq desc limit 1),
    case p_machine when 'protection' then 'unassessed' when 'fate' then 'unknown' when 'whereabouts' then 'unknown' else '' end);
end $$;

-- Whether the caller may know of decisions on this aspect: not of the level of a kind that only claims hidden from him tell of,
-- nor of a restriction that holds something back from him, nor of fate and whereabouts while a case is suspended, nor of a review that
-- names a site which he does not see.
create function api._told_aspect(p_subject uuid, p_machine text, p_aspect text, p_level int, p_scopes int[]) returns bool stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return case p_machine when 'tier' then not exists (select 1 from reg.decision d where d.subject = p_subject and d.machine = 'tier'
      and d.aspect = p_aspect and greatest((d.value->>'tier')::int, (d.value->>'exact_tier')::int) > p_level)
    when 'fate' then not api._is_suspended(p_subject) when 'whereabouts' then not api._is_suspended(p_subject)
    when 'link_review' then exists (select 1 from reg.subject s where s.id = api._uuid(split_part(p_aspect, ':', 2)) and s.tier <= p_level
      and s.scope = any (p_scopes))
    when 'duplicate' then exists (select 1 from reg.subject s where s.id = api._uuid(p_aspect) and s.tier <= p_level and s.scope = any (p_scopes))
    else p_machine <> 'verification' or coalesce((
    select bool_or(coalesce(r.tier, c.tier) <= p_level and c.scope = any (p_scopes)) from reg.claim c
    left join api._retiered(array[p_subject]) r on r.claim = c.id
    where c.subject = any (api._merged_in(p_subject)) and c.predicate = 'kind' and c.value->>'code' = p_aspect), true) end;
end $$;

create function api._told_state(p_subject uuid, p_machine text, p_aspect text) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select case when api._told_aspect(p_subject, p_machine, p_aspect, m.level, m.scopes) then api._state(p_subject, p_machine, p_aspect) else '' end
  from api.me() m);
end $$;

-- What a guard is judged on: the rights are those of the one who asks now, so each approver is asked on his own rows.
create function api._context(p_subject uuid, p_machine text, p_aspect text, p_from text, p_to text, p_reason text,
  p_basis uuid[], p_value jsonb, p_due date, p_observed_on date) returns jsonb stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return (select jsonb_build_object('subject', p_subject, 'machine', p_machine, 'aspect', p_aspect, 'from', p_from, 'to', p_to,
    'reason', coalesce(p_reason, ''), 'basis', to_jsonb(coalesce(p_basis, '{}')), 'value', coalesce(p_value, '{}'), 'due', p_due,
    'observed_on', p_observed_on, 'level', m.level, 'scopes', to_jsonb(m.scopes)) from api.me() m);
end $$;

-- The guards that do not hold, with what each needs; "a|b" holds where either does.
create function api._lacking(p jsonb, p_guards text[]) returns table(guard text, needs text) stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_guard text; v_way text; v_needs text; v_all text[];
begin
  foreach v_guard in array p_guards loop
    v_all := '{}';
    foreach v_way in array string_to_array(v_guard, '|') loop
      execute format('select api.%I($1)', '_guard_' || v_way) into v_needs using p;
      if v_needs is null then v_all := null; exit; end if;
      v_all := v_all || v_needs;
    end loop;
    if v_all is not null then guard := v_guard; needs := array_to_string(v_all, ' Or: '); return next; end if;
  end loop;
end $$;

-- Refused where a guard does not hold: with the words of the first, and all that are lacking beside it.
create function api._check_guards(p jsonb, p_guards text[]) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v jsonb;
begin
  select jsonb_agg(jsonb_build_object('guard', l.guard, 'needs', l.needs) order by l.n) into v
    from api._lacking(p, p_guards) with ordinality l(guard, needs, n);
  if v is not null then
    raise exception '%', v->0->>'needs' using errcode = 'SR423', detail = (v->0 || jsonb_build_object('lacking', v))::text; end if;
end $$;

create function api._check_basis(p jsonb) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v text;
begin
  for v in select b.value from jsonb_array_elements_text(p->'basis') b
    where b.value::uuid not in (select e.id from api._evidence(p) e) limit 1 loop
    perform api._bad('not_found', 'basis', v, 'This is no live claim about it that you may see');
  end loop;
end $$;

-- The step from the state in force, or a refusal that names the steps there are.
create function api._step(p_machine text, p_from text, p_to text) returns reg.transition
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.transition; v_to text;
begin
  select * into v from reg.transition t where t.machine = p_machine and t.from_state = p_from and t.to_state = p_to;
  if not found then
    select string_agg(t.to_state, ', ' order by t.to_state) into v_to from reg.transition t
     where t.machine = p_machine and t.from_state = p_from and t.roles <> '{}';
    perform api._refuse('transition', format('From %s there is no step to %s; there is: %s.',
      coalesce(nullif(p_from, ''), 'new'), coalesce(nullif(p_to, ''), 'nothing'), coalesce(v_to, 'none')));
  end if;
  return v;
end $$;

create function api._open_task(p_what text, p_why text, p_subject reg.subject, p_role text, p_data jsonb) returns void
set search_path = pg_catalog, public, pg_temp language sql as $$
  insert into reg.task(id, what, why, subject, role, data, tier, scope)
  select reg.new_id(), p_what, p_why, (p_subject).id, p_role, p_data, greatest((p_subject).tier, 1), (p_subject).scope
  where not exists (select 1 from reg.task t where t.subject = (p_subject).id and t.what = p_what and t.data = p_data
                    and t.done_at is null) $$;

-- Somebody who can do the work: an active account with a clearance that sees such a subject, and a working role; null where nobody is.
create function api._worker_named(p_name text, p_tier int, p_scope int) returns uuid stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select a.id from reg.account a join reg.clearance c on c.account = a.id and c.ended_at is null and c.expires_at > clock_timestamp()
   where a.name = p_name and a.state = 'active' and c.tier >= p_tier and p_scope = any (api._held(c.compartments))
     and c.roles && array['investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler'] $$;

create function api._role_of(p_machine text) returns text immutable set search_path = pg_catalog, public, pg_temp
language sql as $$ select case when p_machine in ('protection', 'measure') then 'protection_officer' else 'investigator' end $$;

-- One decision stands; whatever else was proposed from the old state is stale; what follows becomes tasks.
create function api._settle(p_subject reg.subject, p_proposal reg.proposal, p_approved uuid[], p_how text, p_event uuid)
returns reg.decision set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.decision; v_last reg.decision;
begin
  select * into v_last from reg.decision d where d.subject = (p_subject).id and d.machine = (p_proposal).machine
     and d.aspect = (p_proposal).aspect order by d.seq desc limit 1;
  insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, value, reason, basis, proposal, proposed_by,
    approved_by, annuls, observed_on, due, how, tier, scope, recorded_at, recorded_by, event, digest)
  values (reg.new_id(), (p_subject).id, (p_proposal).machine, (p_proposal).aspect, coalesce(v_last.seq, 0) + 1,
    api._state((p_subject).id, (p_proposal).machine, (p_proposal).aspect), (p_proposal).to_state, (p_proposal).value - 'annuls',
    (p_proposal).reason, (p_proposal).basis, case when cardinality(p_approved) > 0 then (p_proposal).id end,
    (p_proposal).recorded_by, p_approved, ((p_proposal).value->>'annuls')::uuid, (p_proposal).observed_on, (p_proposal).due,
    p_how, greatest((p_subject).tier, case when (p_proposal).machine in ('link_review', 'duplicate') then (p_proposal).tier end, 1),
    case when (p_proposal).machine in ('link_review', 'duplicate') then (p_proposal).scope else (p_subject).scope end, greatest(clock_timestamp(), v_last.recorded_at + interval '1 microsecond'),
    api._actor(), p_event, '') returning * into v;
  insert into reg.proposal_end(proposal, outcome, why, recorded_by, event, digest)
  select o.id, 'stale', 'The state it started from is no longer in force', api._actor(), p_event, '' from reg.proposal o
   where o.subject = v.subject and o.machine = v.machine and o.aspect = v.aspect and o.id <> (p_proposal).id
     and not exists (select 1 from reg.proposal_end x where x.proposal = o.id);
  perform api._follow_up(p_subject, v);
  return v;
end $$;

-- The tasks that follow from a decision, as told before it is taken too (46f).
create function api._follow_ups(p_subject reg.subject, p_decision reg.decision) returns table(what text, why text, role text, data jsonb) stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if p_decision.machine = 'protection' and p_decision.to_state = 'protected' and (p_subject).exact_tier > (p_subject).tier then
    return query select 'consider_exact_place', 'It is protected now: consider whether its exact place may be disclosed further.',
      'investigator', jsonb_build_object('machine', 'disclosure');
  elsif p_decision.machine = 'verification' and p_decision.to_state = 'refuted' and exists (
      select 1 from api._measures((p_subject).id) m where m.state in ('planned', 'active')) then
    return query select 'review_protection', format('The %s was refuted: decide whether its measures come down and the protection '
      'no longer applies.', p_decision.aspect), 'protection_officer', jsonb_build_object('aspect', p_decision.aspect);
  elsif p_decision.machine = 'measure' and p_decision.to_state not in ('planned', 'active')
      and api._state((p_subject).id, 'protection', '') in ('protected', 'partially_protected')
      and not exists (select 1 from api._measures((p_subject).id) m where m.state = 'active') then
    return query select 'review_protection', 'Its status says protected, but no measure is active any more.',
      'protection_officer', jsonb_build_object('rule', 'I14');
  end if;
  if p_decision.machine = 'verification' and p_decision.from_state = 'confirmed' and (p_subject).tier = 0 then
    return query select 'review_disclosure', format('It is published, and its %s is no longer confirmed: restrict it or annul the disclosure.',
      p_decision.aspect), 'releaser', jsonb_build_object('aspect', p_decision.aspect);
  end if;
end $$;

create function api._follow_up(p_subject reg.subject, p_decision reg.decision) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._open_task(f.what, f.why, p_subject, f.role, f.data) from api._follow_ups(p_subject, p_decision) f;
  if p_decision.machine = 'link_review' and p_decision.to_state = 'lead' and p_decision.annuls is null then
    perform api._open_lead(p_decision); end if;
end $$;

-- Each status that rests on one of these ended claims is to be looked at again, by those who may see the claim.
create function api._review_tasks(p_claims uuid[]) returns void
set search_path = pg_catalog, public, pg_temp language sql as $$
  insert into reg.task(id, what, why, subject, role, data, tier, scope)
  select reg.new_id(), 'review_status', format('A claim under "%s" was retracted, corrected or graded anew.', d.to_state), d.subject,
         api._role_of(d.machine), x.data, greatest(d.tier, api._claim_tier(c.id, c.subject, c.tier)), c.scope
  from reg.claim c join reg.decision d on d.subject in (c.subject, api._heir(c.subject)) and c.id = any (d.basis)
  cross join lateral (select jsonb_build_object('machine', d.machine, 'aspect', d.aspect, 'state', d.to_state, 'claim', c.id) as data) x
  where c.id = any (p_claims) and not exists (select 1 from reg.decision l where l.subject = d.subject and l.machine = d.machine
          and l.aspect = d.aspect and l.seq > d.seq)
    and not exists (select 1 from reg.task t where t.subject = d.subject and t.what = 'review_status' and t.data = x.data
                    and t.done_at is null) $$;

create function api._version(p_subject reg.subject) returns int stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_level int := api.level();
begin
  return case (p_subject).kind
    when 'site' then (select s.version from reg.site s where s.id = (p_subject).id and s.face = v_level)
    when 'person' then (select s.version from reg.person s where s.id = (p_subject).id and s.face = v_level)
    when 'holding' then (select s.version from reg.holding s where s.id = (p_subject).id and s.face = v_level) end;
end $$;

-- Nobody writes over what he has not seen: the version of the record he looked at must be the one in force.
create function api._check_seen(p_subject reg.subject, p_seen int) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_now int := api._version(p_subject);
begin
  if p_seen is null or v_now is null or v_now = p_seen then return; end if;
  raise exception 'Somebody changed this since you looked at it' using errcode = 'SR409', detail = jsonb_build_object('changed',
    jsonb_build_array(jsonb_build_object('field', 'version', 'was', p_seen, 'now', v_now))
    || api._changes((p_subject).id, least(greatest(v_now - p_seen, 1), 20)))::text;
end $$;

-- What the last n events did to a subject, as far as the caller may see it: {field, was, now, by, at}.
create function api._changes(p_subject uuid, p_n int) returns jsonb stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with me as (select m.level, m.scopes from api.me() m where not api._is_suspended(p_subject)),
  done as (
    select d.event, d.recorded_at, d.recorded_by, d.machine || case when d.aspect = '' then '' else ' ' || d.aspect end as field,
           d.from_state as was, d.to_state as now from reg.decision d, me where d.subject = p_subject
       and api._told_aspect(d.subject, d.machine, d.aspect, me.level, me.scopes)
    union all
    select c.event, max(c.recorded_at), c.recorded_by, c.predicate, null, 'a new claim' from reg.claim c, me
     where c.subject = p_subject and api._claim_tier(c.id, c.subject, c.tier) <= me.level and c.scope = any (me.scopes) group by 1, 3, 4
    union all
    select e.event, max(e.recorded_at), e.recorded_by, c.predicate, 'a claim', 'ended' from reg.claim_end e
      join reg.claim c on c.id = e.claim, me
     where c.subject = p_subject and api._claim_tier(c.id, c.subject, c.tier) <= me.level and c.scope = any (me.scopes) group by 1, 3, 4),
  late as (select event from done group by event order by max(recorded_at) desc limit p_n)
  select coalesce(jsonb_agg(jsonb_build_object('field', field, 'was', was, 'now', now, 'by', a.display, 'at', recorded_at)
    order by recorded_at), '[]') from done join late using (event) left join reg.account a on a.id = recorded_by $$;
reset role;
