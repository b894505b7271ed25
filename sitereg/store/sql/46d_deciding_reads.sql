-- Reading decisions: what was decided and what waits. What could be decided next stands in 46e.
set role sr_writer;

-- The value of a decision without what names rows that the caller may not see, without the claims that were moved, and below
-- T2 without the words on who could be hurt.
create function api._told_value(p_value jsonb, p_level int, p_scopes int[]) returns jsonb stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select coalesce(jsonb_object_agg(v.key, v.value), '{}') from jsonb_each(p_value - array['parts', 'moved', 'claims', 'exact_was']
    - case when p_level < 2 then array['risk', 'owner_consent'] else '{}' end) v
  where not exists (select 1 from reg.claim c where c.id = api._uuid(v.value #>> '{}') and not (api._claim_tier(c.id, c.subject, c.tier) <= p_level and c.scope = any (p_scopes)))
    and not exists (select 1 from reg.subject s where s.id = api._uuid(v.value #>> '{}') and not (s.tier <= p_level and s.scope = any (p_scopes))));
end $$;

create function api.decision_history(p_subject uuid, p_machine text default null, p_aspect text default null)
returns table(id uuid, machine text, aspect text, seq int, from_state text, to_state text, reason text, value jsonb, basis uuid[],
  proposed_by text, approved_by text[], annuls uuid, annulled bool, observed_on date, due date, how text, decided_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.subject := api._seen_subject(p_subject); m record; v_hushed bool := api._is_suspended(p_subject);
begin
  select * into m from api.me();
  return query
  select d.id, d.machine, d.aspect, d.seq, d.from_state, d.to_state,
         case when m.level > 0 and not v_hushed then api._coarse_words(d.reason, m.level >= v.exact_tier) end,
         case when m.level > 0 and not v_hushed then api._told_value(d.value, m.level, m.scopes) else '{}' end,
         array(select c.id from reg.claim c where c.id = any (d.basis) and not v_hushed and api._claim_tier(c.id, c.subject, c.tier) <= m.level and c.scope = any (m.scopes) order by c.id),
         case when m.level > 0 then p.display end,
         case when m.level > 0 then array(select a.display from reg.account a where a.id = any (d.approved_by) order by 1) else '{}' end,
         d.annuls, exists (select 1 from reg.decision x where x.annuls = d.id and x.subject = d.subject), case when not v_hushed then d.observed_on end, d.due, d.how,
         d.recorded_at
  from reg.decision d join reg.account p on p.id = d.proposed_by
  where d.subject = p_subject and d.tier <= m.level and d.scope = any (m.scopes)
    and api._told_aspect(d.subject, d.machine, d.aspect, m.level, m.scopes)
    and (not v_hushed or d.machine in ('case', 'tier', 'merge')) and d.machine = coalesce(p_machine, d.machine) and d.aspect = coalesce(p_aspect, d.aspect)
  order by d.recorded_at desc, d.seq desc;
end $$;
comment on function api.decision_history(uuid, text, text) is
  'Every decision on a subject, newest first, with who proposed and approved it and the claims under it that the caller may see; '
  'face 0, and everybody of a suspended case, is told the states and the days only.';

create function api.proposals_waiting(p_subject uuid default null) returns table(id uuid, subject uuid, code text, machine text, aspect text,
  from_state text, to_state text, reason text, value jsonb, basis uuid[], proposed_by text, proposed_at timestamptz, due date,
  observed_on date, approvals int, approvals_needed int, mine bool, may_approve bool)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare m record;
begin
  select * into m from api.me();
  if m.account is null or m.level = 0 then return; end if;
  return query
  select o.id, o.subject, s.code, o.machine, o.aspect, o.from_state, o.to_state, api._coarse_words(o.reason, m.level >= s.exact_tier),
         api._told_value(o.value, m.level, m.scopes)
           || case when o.value ? 'parts' and m.level >= s.exact_tier then jsonb_build_object('parts', o.value->'parts') else '{}' end,
         array(select c.id from reg.claim c where c.id = any (o.basis) and api._claim_tier(c.id, c.subject, c.tier) <= m.level and c.scope = any (m.scopes) order by c.id),
         p.display, o.recorded_at, o.due, o.observed_on, cardinality(g.done), o.approvals_needed::int, o.recorded_by = m.account,
         api._approver(o.machine) = any (m.roles) and not exists (select 1 from reg.account me join reg.account x on x.id = any (g.done || o.recorded_by)
           where me.id = m.account and (x.id = me.id or (me.os_user = x.os_user and not (me.demo and x.demo))))
  from reg.proposal o join reg.subject s on s.id = o.subject and s.tier <= m.level and s.scope = any (m.scopes)
  join reg.account p on p.id = o.recorded_by
  cross join lateral (select array(select a.recorded_by from reg.approval a where a.proposal = o.id and a.agrees) as done) g
  where o.tier <= m.level and o.scope = any (m.scopes) and o.subject = coalesce(p_subject, o.subject)
    and api._told_aspect(o.subject, o.machine, o.aspect, m.level, m.scopes) and not (s.kind = 'person' and api._is_suspended(s.id))
    and not exists (select 1 from reg.proposal_end x where x.proposal = o.id)
  order by o.recorded_at;
end $$;
comment on function api.proposals_waiting(uuid) is
  'The proposals that still wait for approval, oldest first, and whether the caller may give it.';

reset role;
