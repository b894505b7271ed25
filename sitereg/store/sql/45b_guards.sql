-- Guards of protection and of measures. Measures, disturbances and visits carry the tier of their subject: who sees the
-- subject sees them.
set role sr_writer;

-- Each measure of a subject with the state in force and the day on which it lapses (a renewal sets a new one).
create function api._measures(p_subject uuid, p_scopes int[] default null) returns table(id uuid, kind text, state text, agent_kind text, agent uuid, lapses_on date) stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  return query
  select m.id, m.kind, d.to_state, m.agent_kind, m.agent, coalesce(d.due, m.lapses_on)
  from reg.measure m left join lateral (select x.to_state, x.due from reg.decision x
    where x.subject = m.site and x.machine = 'measure' and x.aspect = m.id::text order by x.seq desc limit 1) d on true
  where m.site = any ((select api._kin(p_subject))::uuid[]) and (p_scopes is null or m.scope = any (p_scopes));
end $$;

-- Each disturbance: strong = still open, at least moderate, and from an officer's own visit or a claim of C3 or better (I15).
create function api._disturbances(p_subject uuid, p_scopes int[] default null) returns table(
  id uuid, kind text, severity text, rank int, is_open bool, remedy text, strong bool, class int, since date, recorded_at timestamptz) stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  return query
  select d.id, d.kind, d.severity, (s.attrs->>'rank')::int, e.disturbance is null, e.remedy,
         e.disturbance is null and (s.attrs->>'rank')::int >= 2
           and (d.visit is not null or api._class(d.reliability, d.credibility) = 0),
         case when d.visit is not null then 0 else api._class(d.reliability, d.credibility) end,
         coalesce(lower(d.observed), (d.recorded_at at time zone 'Asia/Damascus')::date), d.recorded_at
  from reg.disturbance d join vocab.severity s on s.code = d.severity
  left join reg.disturbance_end e on e.disturbance = d.id
  where d.site = any ((select api._kin(p_subject))::uuid[]) and (p_scopes is null or d.scope = any (p_scopes));
end $$;

-- The levels of the kinds that whoever a guard is judged for may know of.
create function api._levels(p jsonb) returns table(kind text, level text, recorded_at timestamptz) stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return query select distinct on (d.aspect) d.aspect, d.to_state, d.recorded_at from reg.decision d
    where d.subject = (p->>'subject')::uuid and d.machine = 'verification'
      and api._told_aspect(d.subject, 'verification', d.aspect, (p->>'level')::int, api._scopes_of(p)) order by d.aspect, d.seq desc;
end $$;

create function api._guard_assessed(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return case when p->>'observed_on' is null then 'Say on which day it was assessed (observed on).'
    when not exists (select 1 from reg.subject s where s.id = (p->>'subject')::uuid and (s.kind = 'holding' or exists (
      select 1 from api._levels(p) l where l.level in ('suspected', 'probable', 'confirmed'))))
      then 'One of its kinds must be suspected, probable or confirmed first.' end;
end $$;

create function api._guard_planned_measure(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return case when exists (select 1 from api._measures((p->>'subject')::uuid, api._scopes_of(p)) m where m.state in ('planned', 'active'))
    then null else 'Record a planned measure first.' end;
end $$;

create function api._guard_active_measure(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return case when exists (select 1 from api._measures((p->>'subject')::uuid, api._scopes_of(p)) m where m.state = 'active')
    then null else 'Record an active measure first.' end;
end $$;

create function api._guard_i14_protected(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select case when (n.parts[1]).have = 0 then 'Record an active measure first.'
    when (n.parts[2]).have = 0 then 'Name who answers for the protection: the agent of an active measure (residents count) or an authority '
        'responsible for protection.'
    when (n.parts[3]).have = 0 then 'Set the next review within twelve months from today.' end
  from (select api._parts_i14_protected(p) as parts offset 0) n);
end $$;

create function api._guard_last_measure_gone(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._measures((p->>'subject')::uuid, api._scopes_of(p)) m where m.state = 'active'
      or (m.state = 'planned' and p->>'from' = 'measures_planned'))
    then 'A measure still stands: record first that it was removed, failed or lapsed.' end;
end $$;

create function api._guard_disturbance_open(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._disturbances((p->>'subject')::uuid, api._scopes_of(p)) d where d.strong) then null
    else 'Record a disturbance that is at least moderate, from a visit of your own or a claim of C3 or better.' end;
end $$;

create function api._guard_damage_assessed_remedy(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select case when (n.parts[1]).have = 0 then 'End each disturbance first, saying what was done about it (remedy).'
    when (n.parts[2]).have = 0 then 'Record a visit or remote review after the disturbance that assessed the damage.' end
  from (select api._parts_damage_assessed_remedy(p) as parts offset 0) n);
end $$;

create function api._guard_remains_removed_where_now(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select case when (n.parts[1]).have = 0 then 'Cite the claim that all remains were removed.'
    when (n.parts[2]).have = 0
      then 'Record where the remains are now: a relation "remains moved to", or value: where_now = reburied, stored or unknown.' end
  from (select api._parts_remains_removed_where_now(p) as parts offset 0) n);
end $$;

create function api._guard_total_severity(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._disturbances((p->>'subject')::uuid, api._scopes_of(p)) d where d.severity = 'total' and d.is_open and d.class <> 1)
    then null else 'Record the disturbance of total severity first.' end;
end $$;

-- Something recorded since the decision in force: a cited claim, or a disturbance.
create function api._found_since(p jsonb) returns bool stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return exists (select 1 from api._evidence(p) e, api._last(p) d where e.cited and e.recorded_at > d.recorded_at)
      or exists (select 1 from api._disturbances((p->>'subject')::uuid, api._scopes_of(p)) x, api._last(p) d
                 where x.class <> 1 and x.recorded_at > d.recorded_at);
end $$;

create function api._guard_more_found(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._found_since(p) or length(trim(coalesce(p->'value'->>'report_wrong', ''))) >= 10 then null
    else 'Cite what was found since, or say how the report was wrong (value: report_wrong).' end;
end $$;

create function api._guard_renewed_finding(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._found_since(p) then null else 'Cite what was found since the protection ended.' end;
end $$;

create function api._guard_recovery_complete_handover(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select case when (n.parts[1]).have = 1 then null
    when (n.parts[2]).have = 0 then 'Cite the claim that the recovery is complete, or that the place became a memorial.'
    when (n.parts[3]).have = 0 then 'Say to whom the place was handed over (value: handover).' end
  from (select api._parts_recovery_complete_handover(p) as parts offset 0) n);
end $$;

create function api._guard_refuted_or_merged(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from reg.subject s where s.id = (p->>'subject')::uuid and s.merged_into is not null)
      or (select count(*) > 0 and bool_and(l.level = 'refuted') from api._levels(p) l)
    then null else 'Every kind of the site must be refuted, or the site merged into another.' end;
end $$;

create function api._guard_kind_changed(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._levels(p) l, api._last(p) d
      where l.level in ('suspected', 'probable', 'confirmed') and l.recorded_at > d.recorded_at)
    then null else 'A kind of the site must have become suspected, probable or confirmed since.' end;
end $$;

create function api._guard_past_its_end(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._measures((p->>'subject')::uuid) m
      where m.id::text = p->>'aspect' and m.lapses_on < reg.today())
    then null else 'The measure has not come to its end.' end;
end $$;

create function api._guard_new_end(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when (p->>'due')::date > reg.today() then null
    else 'Say until when it holds now (due, after today).' end;
end $$;
reset role;
