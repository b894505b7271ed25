-- What guards ask for, taken apart (45a-45d judge by it, 46e reads it backwards). In plpgsql, whose plans last for a session: a page asks some
-- hundred times, and a function of SQL with a search path of its own is planned at each call.
set role sr_writer;

-- What a guard asks for, in pieces: `way` numbers the ways to satisfy it, of which one with all its pieces is enough; `form`: it is
-- said in the form of the proposal and no evidence; of `words` the people read "words: have of want". The guard itself is judged by these.
create type api._part as (way int, part text, have int, want int, form bool, words text);

create function api._met(p api._part[]) returns bool immutable parallel safe
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select coalesce(bool_or(w.met), false) from (select bool_and(x.have >= x.want) as met from unnest(p) x group by x.way) w);
end $$;

create function api._parts_graded_source_and_place(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return array[
    (1, 'graded_kind', exists (select 1 from api._support(p, $2) e where e.predicate = 'kind' and e.class <> 1)::int, 1, false,
      'an account of this kind with both grades judged'),
    (1, 'graded_place', exists (select 1 from unnest($2) e where e.predicate = 'place' and e.class <> 1
      and (e.geom is not null or e.pcode is not null))::int, 1, false, 'a graded place with its uncertainty')]::api._part[];
end $$;
create function api._parts_graded_source_and_place(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return api._parts_graded_source_and_place(p, api._proofs(p));
end $$;

-- How many accounts of different origins, three at most, agree on the place: their circles of uncertainty meet, each with each.
create function api._agreeing_accounts(p jsonb, e api._proof[]) returns int stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (with a as materialized (select e.id, e.origin, geography(e.geom) as g, e.uncertainty_m as u from api._support(p, $2) e
    where e.predicate = 'place' and e.geom is not null and e.first_hand and e.class <> 1),
  pair as materialized (select a.id as one, b.id as two, a.origin as from_one, b.origin as from_two from a
    join a b on b.id > a.id and b.origin <> a.origin and st_dwithin(a.g, b.g, a.u + b.u))
  select case when exists (select 1 from pair x join pair y on y.one = x.two
      join pair z on z.one = x.one and z.two = y.two where y.from_two not in (x.from_one, x.from_two)) then 3
    when exists (select 1 from pair) then 2 when exists (select 1 from a) then 1 else 0 end);
end $$;

create function api._parts_probable_basis(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (with s as (select count(distinct e.origin)::int as origins, count(distinct e.family)::int as types,
               coalesce(bool_or(e.class = 0), false)::int as good from api._support(p, $2) e where e.class <> 1),
  against as (select (not exists (select 1 from unnest($2) e left join reg.visit v on v.claim = e.id
    where e.reliability in ('A', 'B') and e.class <> 1 and (coalesce(v.negative, false)
      or (e.predicate = 'official_status' and e.value->>'code' = 'refuted'))))::int as none)
  select array[
    (1, 'origins', s.origins, 2, false, 'independent origins'), (1, 'source_types', s.types, 2, false, 'different types of source'),
    (1, 'good_source', s.good, 1, false, 'a fairly reliable source that is possibly true (C3 or better)'),
    (1, 'uncontradicted', a.none, 1, false, 'no source of grade A or B that contradicts'),
    (2, 'agreeing_accounts', api._agreeing_accounts(p, $2), 3, false, 'independent first-hand accounts that agree on the place'),
    (2, 'uncontradicted', a.none, 1, false, 'no source of grade A or B that contradicts')]::api._part[] from s, against a);
end $$;
create function api._parts_probable_basis(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return api._parts_probable_basis(p, api._proofs(p));
end $$;

create function api._parts_visit_or_recovery(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return array[
    (1, 'own_visit', exists (select 1 from api._cited_visits($2) v where v.method = 'on_site' and not v.negative and v.class = 0)::int, 1, false,
      'a visit to the place that found something'),
    (2, 'recovery', exists (select 1 from api._support(p, $2) e where e.class = 0 and e.predicate = 'activity' and e.code like 'recovery_%')::int, 1,
      false, 'an account of a recovery')]::api._part[];
end $$;
create function api._parts_visit_or_recovery(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return api._parts_visit_or_recovery(p, api._proofs(p));
end $$;

-- Of a grave: remains seen in place by a competent body; an excavation record; or documented removal or destruction. Of a facility: an
-- authentic record or a visit, and somebody who was there, of another origin.
create function api._parts_confirmed_basis(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (with e as materialized (select * from api._support(p, $2) s where s.class = 0)
  select case when k.attrs->>'group' = 'burial' then array[
    (1, 'remains_seen', exists (select 1 from e where e.source_type in ('site_visit_report', 'medical_forensic_record')
      and e.predicate = 'remains_state' and e.code in ('in_place', 'partly_removed'))::int, 1, false, 'remains seen in place by a competent body'),
    (2, 'recovery_record', exists (select 1 from e where (e.authentic or e.family = 'visit') and (
      (e.predicate = 'activity' and e.code in ('recovery_ongoing', 'recovery_partial', 'recovery_complete'))
      or (e.predicate = 'count' and e.value->>'definition' in ('bodies_recovered', 'bodies_identified'))))::int, 1, false, 'an excavation record'),
    (3, 'dated_imagery', exists (select 1 from e where e.family = 'imagery' and e.days is not null)::int, 1, false, 'dated imagery'),
    (3, 'first_hand_origins', (select count(distinct e.origin) from e where e.first_hand)::int, 2, false, 'first-hand accounts of different origins'),
    (3, 'expert_note', exists (select 1 from e where e.connection = 'expert')::int, 1, false, 'an expert''s note'),
    (3, 'removed', coalesce(p->'value'->>'evidence_in_place' = 'no', false)::int, 1, true, 'it is said that no evidence is left in place')]::api._part[]
  else array[
    (1, 'record_or_visit', exists (select 1 from e where e.authentic or e.family = 'visit')::int, 1, false, 'an authentic record or a visit'),
    (1, 'first_hand', case when exists (select 1 from e where e.authentic or e.family = 'visit')
        then exists (select 1 from e a join e b on b.origin <> a.origin where (a.authentic or a.family = 'visit') and b.first_hand)
        else exists (select 1 from e where e.first_hand) end::int, 1, false, 'a first-hand source of another origin')]::api._part[] end
  from vocab.site_kind k where k.code = p->>'aspect');
end $$;
create function api._parts_confirmed_basis(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return api._parts_confirmed_basis(p, api._proofs(p));
end $$;

create function api._parts_examined_no_result(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return array[(1, 'covered_visit', exists (select 1 from api._cited_visits($2) v where v.covered)::int, 1, false,
    'a visit or review that says what it covered')]::api._part[];
end $$;
create function api._parts_examined_no_result(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return api._parts_examined_no_result(p, api._proofs(p));
end $$;

create function api._parts_negative_or_contrary(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return array[
    (1, 'negative_visit', exists (select 1 from api._cited_visits($2) v where v.negative and v.covered and v.class <> 1)::int, 1, false,
      'a visit that found nothing and says what it covered'),
    (2, 'contrary', exists (select 1 from unnest($2) e where e.cited and e.class = 0 and e.reliability in ('A', 'B')
      and e.id::text = p->'value'->>'contrary')::int, 1, true, 'a cited account of grade A or B is named as decisive against it')]::api._part[];
end $$;
create function api._parts_negative_or_contrary(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return api._parts_negative_or_contrary(p, api._proofs(p));
end $$;

create function api._parts_expert_report(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return array[(1, 'expert_report', exists (select 1 from unnest($2) e where e.cited and e.class = 0
    and (e.connection = 'expert' or e.source_type = 'medical_forensic_record'))::int, 1, false,
    'an expert''s report or a forensic record')]::api._part[];
end $$;
create function api._parts_expert_report(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return api._parts_expert_report(p, api._proofs(p));
end $$;

-- Of the guards of protection those that ask for several things.
create function api._parts_i14_protected(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (with m as (select x.agent, x.agent_kind from api._measures((p->>'subject')::uuid, api._scopes_of(p)) x where x.state = 'active')
  select array[(1, 'active_measure', exists (select 1 from m)::int, 1, false, 'a measure that is active'),
    (1, 'answers', (exists (select 1 from m where m.agent is not null or m.agent_kind is not null) or exists (select 1 from api._evidence(p) e
      where e.predicate = 'authority' and e.value->>'role' = 'responsible_for_protection'))::int, 1, false, 'somebody who answers for the protection'),
    (1, 'review', coalesce((p->>'due')::date > reg.today() and (p->>'due')::date <= reg.today() + interval '12 months', false)::int, 1, true,
      'the next review within twelve months')]::api._part[]);
end $$;

create function api._parts_damage_assessed_remedy(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (with d as materialized (select * from api._disturbances((p->>'subject')::uuid, api._scopes_of(p)) x where x.rank >= 2 and x.class <> 1)
  select array[(1, 'remedied', (not exists (select 1 from d where d.is_open or d.remedy is null))::int, 1, false,
      'each disturbance ended, with what was done about it'),
    (1, 'assessed', exists (select 1 from reg.visit v where v.site = any ((select api._kin((p->>'subject')::uuid))::uuid[]) and v.damage_assessed
      and v.scope = any (api._scopes_of(p)) and v.visited_on >= coalesce((select max(d.since) from d), v.visited_on))::int, 1, false,
      'a visit or remote review after the disturbance that assessed the damage')]::api._part[]);
end $$;

create function api._parts_remains_removed_where_now(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return array[(1, 'removed', exists (select 1 from api._evidence(p) e where e.cited and e.predicate = 'remains_state' and e.code = 'all_removed'
      and e.class <> 1)::int, 1, false, 'an account that all remains were removed'),
    (1, 'where_now', (coalesce(p->'value'->>'where_now', '') in ('reburied', 'stored', 'unknown') or exists (select 1 from api._evidence(p) e
      where e.predicate = 'relation' and e.value->>'kind' = 'remains_moved_to'))::int, 1, true, 'where the remains are now')]::api._part[];
end $$;

create function api._parts_recovery_complete_handover(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (with e as (select x.code from api._evidence(p) x where x.cited and x.predicate = 'activity' and x.class <> 1)
  select array[(1, 'memorial', exists (select 1 from e where e.code = 'memorialised')::int, 1, false, 'an account that the place became a memorial'),
    (2, 'complete', exists (select 1 from e where e.code = 'recovery_complete')::int, 1, false, 'an account that the recovery is complete'),
    (2, 'handover', (coalesce(trim(p->'value'->>'handover'), '') <> '')::int, 1, true, 'to whom the place was handed over')]::api._part[]);
end $$;

-- The pieces of a guard; of one that asks for a single thing, null: its own words say it.
create function api._parts(p jsonb, p_guard text, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case p_guard when 'graded_source_and_place' then api._parts_graded_source_and_place(p, e)
    when 'probable_basis' then api._parts_probable_basis(p, e) when 'visit_or_recovery' then api._parts_visit_or_recovery(p, e)
    when 'confirmed_basis' then api._parts_confirmed_basis(p, e) when 'examined_no_result' then api._parts_examined_no_result(p, e)
    when 'negative_or_contrary' then api._parts_negative_or_contrary(p, e) when 'expert_report' then api._parts_expert_report(p, e)
    when 'i14_protected' then api._parts_i14_protected(p) when 'damage_assessed_remedy' then api._parts_damage_assessed_remedy(p)
    when 'remains_removed_where_now' then api._parts_remains_removed_where_now(p)
    when 'recovery_complete_handover' then api._parts_recovery_complete_handover(p) end;
end $$;
reset role;
