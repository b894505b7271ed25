-- What guards of the state machines are judged on, and the evidence that those of the verification levels ask for, piece by piece.
-- A guard answers null where it holds, else the sentence that says what is needed. It is judged only on rows that the one
-- who acts may see, so that a refusal tells nothing. p: {subject, machine, aspect, from, to, reason, basis[], value, due,
-- observed_on, level, scopes[]}. F and 6 count neither for nor against.
set role sr_writer;

create type api._proof as (
  id uuid, predicate text, code text, value jsonb, object uuid, geom geometry, uncertainty_m float8, pcode text,
  days daterange, source_type text, family text, authentic bool, connection text, origin uuid, reliability text, class int,
  first_hand bool, recorded_at timestamptz, cited bool);

-- The subject itself and whatever was merged into it, however deep.
create function api._merged_in(p_subject uuid) returns uuid[] stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return (with recursive m as (select p_subject as id union select s.id from m cross join lateral (select x.id from reg.subject x where x.merged_into = m.id offset 0) s)
  select array_agg(m.id) from m);
end $$;

-- Of these, the ones no more restricted than the subject: their measures, disturbances and visits count for it too.
create function api._kin(p_subject uuid) returns uuid[] stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return (select array_agg(k.id) from reg.subject s join reg.subject k on k.id = any (api._merged_in(s.id))
   and k.tier <= greatest(s.tier, 1) and (k.scope in (0, s.scope) or api._within_scope(k.scope, s.scope)) where s.id = p_subject);
end $$;

-- The live claims of the subject that may be seen, with their grades and the kind of their source; cited = in the basis.
-- In plpgsql, whose plans last for a session: guards ask for it some hundred times a page, and it was planned each time.
create function api._evidence(p jsonb) returns setof api._proof stable rows 30
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off language plpgsql as $$
#variable_conflict use_column
declare v_of uuid := (p->>'subject')::uuid; v_members uuid[] := api._merged_in(v_of); v_level int := (p->>'level')::int;
  v_scopes int[] := array(select jsonb_array_elements_text(p->'scopes')::int); v_basis uuid[] := array(select jsonb_array_elements_text(p->'basis')::uuid);
begin
  return query
  select c.id, c.predicate, c.value->>'code', c.value, c.object, c.geom, c.uncertainty_m, c.pcode, coalesce(c.at, c.began),
         s.type, t.attrs->>'family', coalesce((t.attrs->>'authentic')::bool, false), s.connection, c.origin, c.reliability,
         api._class(c.reliability, c.credibility), coalesce(c.first_hand, false), c.recorded_at, c.id = any (v_basis)
  from reg.claim c join reg.source s on s.id = c.source join vocab.source_type t on t.code = s.type
  left join api._retiered(array[v_of]) r on r.claim = c.id
  where c.subject = any (v_members) and coalesce(r.tier, c.tier) <= v_level and c.scope = any (v_scopes)
    and c.rumour_owner is null and not exists (select 1 from reg.claim_end e where e.claim = c.id offset 0);
end $$;

-- The same as an array, for those who ask for it several times: `e` of the functions below. Where it is not given it is read anew.
create function api._proofs(p jsonb) returns api._proof[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$ select array(select e from api._evidence(p) e) $$;

-- Of what is cited, that which speaks for the pair (site, kind): the kind itself, and what is only said of such a place.
create function api._support(p jsonb, e api._proof[]) returns setof api._proof stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select * from unnest(e) e where e.cited and case e.predicate when 'kind' then e.code = p->>'aspect' else e.predicate in
    ('place', 'count', 'remains_state', 'activity', 'relation', 'content', 'deposition', 'integrity', 'current_use') end $$;

create function api._last(p jsonb) returns setof reg.decision stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return query
  select d.* from reg.decision d where d.subject = (p->>'subject')::uuid and d.machine = p->>'machine'
     and d.aspect = p->>'aspect' order by d.seq desc limit 1;
end $$;

-- The claims under the decision in force, by their ids.
create function api._last_basis(p jsonb) returns setof reg.claim stable rows 10
set search_path = pg_catalog, public, pg_temp language sql as $$
  select c.* from reg.claim c where c.id = any (array(select unnest(d.basis) from api._last(p) d)) $$;

-- Whether a claim under the decision in force was ended for nothing, came back with a lower grade, or rests on withdrawn consent.
create function api._support_lost(p jsonb) returns bool stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select exists (select 1 from api._last_basis(p) c
    join reg.claim_end e on e.claim = c.id left join reg.claim n on n.id = e.superseded_by
    where api._claim_tier(c.id, c.subject, c.tier) <= (p->>'level')::int and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int))
      and (n.id is null or n.reliability > c.reliability or n.credibility > c.credibility))
    or exists (select 1 from api._last_basis(p) c where api._is_silenced(c.source)
      and c.tier <= (p->>'level')::int and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int))) $$;

-- The visit that a cited claim reports.
create function api._cited_visits(e api._proof[]) returns table(visit uuid, negative bool, covered bool, method text, class int) stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select v.id, v.negative, v.covered is not null or v.covered_shape is not null, v.method, e.class
  from unnest(e) e join reg.visit v on v.claim = e.id where e.cited $$;

-- What a guard asks for, in pieces: `way` numbers the ways to satisfy it, of which one with all its pieces is enough; `form`: it is
-- said in the form of the proposal and no evidence; of `words` the people read "words: have of want". The guard itself is judged by these.
create type api._part as (way int, part text, have int, want int, form bool, words text);

create function api._met(p api._part[]) returns bool immutable parallel safe
set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(bool_or(w.met), false) from (select bool_and(x.have >= x.want) as met from unnest(p) x group by x.way) w $$;

create function api._parts_graded_source_and_place(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select array[
    (1, 'graded_kind', exists (select 1 from api._support(p, $2) e where e.predicate = 'kind' and e.class <> 1)::int, 1, false,
      'an account of this kind with both grades judged'),
    (1, 'graded_place', exists (select 1 from unnest($2) e where e.predicate = 'place' and e.class <> 1
      and (e.geom is not null or e.pcode is not null))::int, 1, false, 'a graded place with its uncertainty')]::api._part[] $$;
create function api._parts_graded_source_and_place(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$ select api._parts_graded_source_and_place(p, api._proofs(p)) $$;

-- How many accounts of different origins, three at most, agree on the place: their circles of uncertainty meet, each with each.
create function api._agreeing_accounts(p jsonb, e api._proof[]) returns int stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with a as materialized (select e.id, e.origin, geography(e.geom) as g, e.uncertainty_m as u from api._support(p, $2) e
    where e.predicate = 'place' and e.geom is not null and e.first_hand and e.class <> 1),
  pair as materialized (select a.id as one, b.id as two, a.origin as from_one, b.origin as from_two from a
    join a b on b.id > a.id and b.origin <> a.origin and st_dwithin(a.g, b.g, a.u + b.u))
  select case when exists (select 1 from pair x join pair y on y.one = x.two
      join pair z on z.one = x.one and z.two = y.two where y.from_two not in (x.from_one, x.from_two)) then 3
    when exists (select 1 from pair) then 2 when exists (select 1 from a) then 1 else 0 end $$;

create function api._parts_probable_basis(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with s as (select count(distinct e.origin)::int as origins, count(distinct e.family)::int as types,
               coalesce(bool_or(e.class = 0), false)::int as good from api._support(p, $2) e where e.class <> 1),
  against as (select (not exists (select 1 from unnest($2) e left join reg.visit v on v.claim = e.id
    where e.reliability in ('A', 'B') and e.class <> 1 and (coalesce(v.negative, false)
      or (e.predicate = 'official_status' and e.value->>'code' = 'refuted'))))::int as none)
  select array[
    (1, 'origins', s.origins, 2, false, 'independent origins'), (1, 'source_types', s.types, 2, false, 'different types of source'),
    (1, 'good_source', s.good, 1, false, 'a fairly reliable source that is possibly true (C3 or better)'),
    (1, 'uncontradicted', a.none, 1, false, 'no source of grade A or B that contradicts'),
    (2, 'agreeing_accounts', api._agreeing_accounts(p, $2), 3, false, 'independent first-hand accounts that agree on the place'),
    (2, 'uncontradicted', a.none, 1, false, 'no source of grade A or B that contradicts')]::api._part[] from s, against a $$;
create function api._parts_probable_basis(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$ select api._parts_probable_basis(p, api._proofs(p)) $$;

create function api._parts_visit_or_recovery(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select array[
    (1, 'own_visit', exists (select 1 from api._cited_visits($2) v where v.method = 'on_site' and not v.negative and v.class = 0)::int, 1, false,
      'a visit to the place that found something'),
    (2, 'recovery', exists (select 1 from api._support(p, $2) e where e.class = 0 and e.predicate = 'activity' and e.code like 'recovery_%')::int, 1,
      false, 'an account of a recovery')]::api._part[] $$;
create function api._parts_visit_or_recovery(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$ select api._parts_visit_or_recovery(p, api._proofs(p)) $$;

-- Of a grave: remains seen in place by a competent body; an excavation record; or documented removal or destruction. Of a facility: an
-- authentic record or a visit, and somebody who was there, of another origin.
create function api._parts_confirmed_basis(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with e as materialized (select * from api._support(p, $2) s where s.class = 0)
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
  from vocab.site_kind k where k.code = p->>'aspect' $$;
create function api._parts_confirmed_basis(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$ select api._parts_confirmed_basis(p, api._proofs(p)) $$;

create function api._parts_examined_no_result(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select array[(1, 'covered_visit', exists (select 1 from api._cited_visits($2) v where v.covered)::int, 1, false,
    'a visit or review that says what it covered')]::api._part[] $$;
create function api._parts_examined_no_result(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$ select api._parts_examined_no_result(p, api._proofs(p)) $$;

create function api._parts_negative_or_contrary(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select array[
    (1, 'negative_visit', exists (select 1 from api._cited_visits($2) v where v.negative and v.covered and v.class <> 1)::int, 1, false,
      'a visit that found nothing and says what it covered'),
    (2, 'contrary', exists (select 1 from unnest($2) e where e.cited and e.class = 0 and e.reliability in ('A', 'B')
      and e.id::text = p->'value'->>'contrary')::int, 1, true, 'a cited account of grade A or B is named as decisive against it')]::api._part[] $$;
create function api._parts_negative_or_contrary(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$ select api._parts_negative_or_contrary(p, api._proofs(p)) $$;

create function api._parts_expert_report(p jsonb, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select array[(1, 'expert_report', exists (select 1 from unnest($2) e where e.cited and e.class = 0
    and (e.connection = 'expert' or e.source_type = 'medical_forensic_record'))::int, 1, false,
    'an expert''s report or a forensic record')]::api._part[] $$;
create function api._parts_expert_report(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$ select api._parts_expert_report(p, api._proofs(p)) $$;

-- Of the guards of protection those that ask for several things.
create function api._parts_i14_protected(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with m as (select x.agent, x.agent_kind from api._measures((p->>'subject')::uuid) x where x.state = 'active')
  select array[(1, 'active_measure', exists (select 1 from m)::int, 1, false, 'a measure that is active'),
    (1, 'answers', (exists (select 1 from m where m.agent is not null or m.agent_kind is not null) or exists (select 1 from api._evidence(p) e
      where e.predicate = 'authority' and e.value->>'role' = 'responsible_for_protection'))::int, 1, false, 'somebody who answers for the protection'),
    (1, 'review', coalesce((p->>'due')::date > reg.today() and (p->>'due')::date <= reg.today() + interval '12 months', false)::int, 1, true,
      'the next review within twelve months')]::api._part[] $$;

create function api._parts_damage_assessed_remedy(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with d as materialized (select * from api._disturbances((p->>'subject')::uuid) x where x.rank >= 2 and x.class <> 1)
  select array[(1, 'remedied', (not exists (select 1 from d where d.is_open or d.remedy is null))::int, 1, false,
      'each disturbance ended, with what was done about it'),
    (1, 'assessed', exists (select 1 from reg.visit v where v.site = any ((select api._kin((p->>'subject')::uuid))::uuid[]) and v.damage_assessed
      and v.visited_on >= coalesce((select max(d.since) from d), v.visited_on))::int, 1, false,
      'a visit or remote review after the disturbance that assessed the damage')]::api._part[] $$;

create function api._parts_remains_removed_where_now(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select array[(1, 'removed', exists (select 1 from api._evidence(p) e where e.cited and e.predicate = 'remains_state' and e.code = 'all_removed'
      and e.class <> 1)::int, 1, false, 'an account that all remains were removed'),
    (1, 'where_now', (coalesce(p->'value'->>'where_now', '') in ('reburied', 'stored', 'unknown') or exists (select 1 from api._evidence(p) e
      where e.predicate = 'relation' and e.value->>'kind' = 'remains_moved_to'))::int, 1, true, 'where the remains are now')]::api._part[] $$;

create function api._parts_recovery_complete_handover(p jsonb) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with e as (select x.code from api._evidence(p) x where x.cited and x.predicate = 'activity' and x.class <> 1)
  select array[(1, 'memorial', exists (select 1 from e where e.code = 'memorialised')::int, 1, false, 'an account that the place became a memorial'),
    (2, 'complete', exists (select 1 from e where e.code = 'recovery_complete')::int, 1, false, 'an account that the recovery is complete'),
    (2, 'handover', (coalesce(trim(p->'value'->>'handover'), '') <> '')::int, 1, true, 'to whom the place was handed over')]::api._part[] $$;

-- The pieces of a guard; of one that asks for a single thing, null: its own words say it.
create function api._parts(p jsonb, p_guard text, e api._proof[]) returns api._part[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case p_guard when 'graded_source_and_place' then api._parts_graded_source_and_place(p, e)
    when 'probable_basis' then api._parts_probable_basis(p, e) when 'visit_or_recovery' then api._parts_visit_or_recovery(p, e)
    when 'confirmed_basis' then api._parts_confirmed_basis(p, e) when 'examined_no_result' then api._parts_examined_no_result(p, e)
    when 'negative_or_contrary' then api._parts_negative_or_contrary(p, e) when 'expert_report' then api._parts_expert_report(p, e)
    when 'i14_protected' then api._parts_i14_protected(p) when 'damage_assessed_remedy' then api._parts_damage_assessed_remedy(p)
    when 'remains_removed_where_now' then api._parts_remains_removed_where_now(p)
    when 'recovery_complete_handover' then api._parts_recovery_complete_handover(p) end $$;
reset role;
