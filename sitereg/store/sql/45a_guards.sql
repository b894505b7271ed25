-- Guards of the state machines: what they are judged on, and those of the verification levels.
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
set search_path = pg_catalog, public, pg_temp language sql as $$
  with recursive m as (select p_subject as id union select s.id from reg.subject s join m on s.merged_into = m.id)
  select array_agg(m.id) from m $$;

-- Of these, the ones no more restricted than the subject: their measures, disturbances and visits count for it too.
create function api._kin(p_subject uuid) returns uuid[] stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select array_agg(k.id) from reg.subject s join reg.subject k on k.id = any (api._merged_in(s.id))
   and k.tier <= greatest(s.tier, 1) and (k.scope in (0, s.scope) or api._within_scope(k.scope, s.scope)) where s.id = p_subject $$;

-- The live claims of the subject that may be seen, with their grades and the kind of their source; cited = in the basis.
create function api._evidence(p jsonb) returns setof api._proof stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select c.id, c.predicate, c.value->>'code', c.value, c.object, c.geom, c.uncertainty_m, c.pcode, coalesce(c.at, c.began),
         s.type, t.attrs->>'family', coalesce((t.attrs->>'authentic')::bool, false), s.connection, c.origin, c.reliability,
         api._class(c.reliability, c.credibility), coalesce(c.first_hand, false), c.recorded_at,
         c.id = any (array(select jsonb_array_elements_text(p->'basis')::uuid))
  from reg.claim c join reg.source s on s.id = c.source join vocab.source_type t on t.code = s.type
  left join api._retiered(array[(p->>'subject')::uuid]) r on r.claim = c.id
  where c.subject = any (api._merged_in((p->>'subject')::uuid)) and coalesce(r.tier, c.tier) <= (p->>'level')::int
    and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int))
    and c.rumour_owner is null and not exists (select 1 from reg.claim_end e where e.claim = c.id) $$;

-- Of what is cited, that which speaks for the pair (site, kind): the kind itself, and what is only said of such a place.
create function api._support(p jsonb) returns setof api._proof stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select * from api._evidence(p) e where e.cited and case e.predicate when 'kind' then e.code = p->>'aspect' else e.predicate in
    ('place', 'count', 'remains_state', 'activity', 'relation', 'content', 'deposition', 'integrity', 'current_use') end $$;

create function api._last(p jsonb) returns setof reg.decision stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select d.* from reg.decision d where d.subject = (p->>'subject')::uuid and d.machine = p->>'machine'
     and d.aspect = p->>'aspect' order by d.seq desc limit 1 $$;

-- Whether a claim under the decision in force was ended for nothing, came back with a lower grade, or rests on withdrawn consent.
create function api._support_lost(p jsonb) returns bool stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select exists (select 1 from api._last(p) d join reg.claim c on c.id = any (d.basis)
    join reg.claim_end e on e.claim = c.id left join reg.claim n on n.id = e.superseded_by
    where api._claim_tier(c.id, c.subject, c.tier) <= (p->>'level')::int and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int))
      and (n.id is null or n.reliability > c.reliability or n.credibility > c.credibility))
    or exists (select 1 from api._last(p) d join reg.claim c on c.id = any (d.basis) where api._is_silenced(c.source)
      and c.tier <= (p->>'level')::int and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int))) $$;

-- The visit that a cited claim reports.
create function api._cited_visits(p jsonb) returns table(visit uuid, negative bool, covered bool, method text, class int) stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select v.id, v.negative, v.covered is not null or v.covered_shape is not null, v.method, e.class
  from api._evidence(p) e join reg.visit v on v.claim = e.id where e.cited $$;

create function api._guard_has_claim(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when exists (select 1 from api._evidence(p) e where e.cited
      and (p->>'machine' <> 'verification' or (e.predicate = 'kind' and e.code = p->>'aspect')))
    then null else 'Cite at least one live claim that says so.' end $$;

create function api._guard_graded_source_and_place(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case
    when not exists (select 1 from api._support(p) e where e.predicate = 'kind' and e.class <> 1)
      then 'Cite a claim of this kind with both grades judged (reliability A-E, credibility 1-5).'
    when not exists (select 1 from api._evidence(p) e where e.predicate = 'place' and e.class <> 1
                     and (e.geom is not null or e.pcode is not null))
      then 'Record a graded place with its uncertainty first.' end $$;

create function api._guard_triage_reason(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case
    when coalesce(p->'value'->>'duplicate_of', '') <> '' or exists (
        select 1 from reg.proposal o where o.machine = 'merge' and o.tier <= (p->>'level')::int
          and (o.subject = (p->>'subject')::uuid or o.value->>'survivor' = p->>'subject')
          and o.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int))
          and not exists (select 1 from reg.proposal_end x where x.proposal = o.id))
      then 'A duplicate is merged, not refuted: propose or end the merge.'
    when length(trim(p->>'reason')) < 10 then 'Say in the reason why the report is set aside (10 letters or more).' end $$;

-- Three accounts of different origins whose circles of uncertainty meet, each with each.
create function api._agreeing_accounts(p jsonb) returns bool stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with a as materialized (select e.id, e.origin, geography(e.geom) as g, e.uncertainty_m as u from api._support(p) e
    where e.predicate = 'place' and e.geom is not null and e.first_hand and e.class <> 1)
  select exists (select 1 from a join a b on b.id > a.id and b.origin <> a.origin and st_dwithin(a.g, b.g, a.u + b.u)
    join a c on c.id > b.id and c.origin not in (a.origin, b.origin)
     and st_dwithin(a.g, c.g, a.u + c.u) and st_dwithin(b.g, c.g, b.u + c.u)) $$;

create function api._guard_probable_basis(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with s as (select count(distinct e.origin) as origins, count(distinct e.family) as types, bool_or(e.class = 0) as good
             from api._support(p) e where e.class <> 1),
       against as (select 1 from api._evidence(p) e left join reg.visit v on v.claim = e.id
         where e.reliability in ('A', 'B') and e.class <> 1 and (coalesce(v.negative, false)
           or (e.predicate = 'official_status' and e.value->>'code' = 'refuted')))
  select case
    when exists (select 1 from against) then 'A source of grade A or B contradicts: settle that first.'
    when (s.origins >= 2 and s.types >= 2 and s.good) or api._agreeing_accounts(p) then null
    else 'Cite two independent origins of two source types, one of them at least C3, or three independent first-hand '
      'accounts that agree on the place.' end from s $$;

create function api._guard_visit_or_recovery(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when exists (select 1 from api._cited_visits(p) v where v.method = 'on_site' and not v.negative and v.class = 0)
      or exists (select 1 from api._support(p) e where e.class = 0 and e.predicate = 'activity' and e.code like 'recovery_%')
    then null else 'Cite the claim of a visit to the place or of a recovery.' end $$;

-- Remains seen in place by a competent body; an excavation record; or documented removal or destruction.
create function api._grave_shown(p jsonb) returns bool stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with e as materialized (select * from api._support(p) s where s.class = 0)
  select exists (select 1 from e where e.source_type in ('site_visit_report', 'medical_forensic_record')
      and e.predicate = 'remains_state' and e.code in ('in_place', 'partly_removed'))
    or exists (select 1 from e where (e.authentic or e.family = 'visit') and (
         (e.predicate = 'activity' and e.code in ('recovery_ongoing', 'recovery_partial', 'recovery_complete'))
      or (e.predicate = 'count' and e.value->>'definition' in ('bodies_recovered', 'bodies_identified'))))
    or (p->'value'->>'evidence_in_place' = 'no'
      and exists (select 1 from e where e.family = 'imagery' and e.days is not null)
      and (select count(distinct e.origin) from e where e.first_hand) >= 2
      and exists (select 1 from e where e.connection = 'expert')) $$;

-- An authentic record or a visit, and somebody who was there, of another origin.
create function api._facility_shown(p jsonb) returns bool stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with e as materialized (select * from api._support(p) s where s.class = 0)
  select exists (select 1 from e a join e b on b.origin <> a.origin
                 where (a.authentic or a.family = 'visit') and b.first_hand) $$;

create function api._guard_confirmed_basis(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when k.attrs->>'group' = 'burial' then
      case when api._grave_shown(p) then null else 'Cite remains seen in place by a competent body, an excavation record, or '
        'documented removal or destruction (dated imagery, two first-hand origins, an expert''s note, evidence in place = no).' end
    when api._facility_shown(p) then null
    else 'Cite an authentic record or a visit, and a first-hand source of another origin.' end
  from vocab.site_kind k where k.code = p->>'aspect' $$;

create function api._guard_batch_official_status(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when p->>'road' is distinct from 'batch'
      then 'Another body''s level is taken over by one decision for its whole batch.'
    when not exists (select 1 from reg.claim c join reg.subject s on s.id = c.subject and s.tier <= (p->>'level')::int
      where c.batch = (p->'value'->>'batch')::uuid and c.predicate = 'official_status' and api._claim_tier(c.id, c.subject, c.tier) <= (p->>'level')::int
        and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int))
        and p->'value'->'mapping' ? (c.value->>'code')
        and not exists (select 1 from reg.claim_end e where e.claim = c.id))
      then 'The batch must hold live status claims of that body with the codes that are mapped.' end $$;

create function api._guard_examined_no_result(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when exists (select 1 from api._cited_visits(p) v where v.covered) then null
    else 'Cite the claim of a visit or review that says what it covered.' end $$;

create function api._guard_negative_or_contrary(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when exists (select 1 from api._cited_visits(p) v where v.negative and v.covered and v.class <> 1)
      or exists (select 1 from api._evidence(p) e where e.cited and e.class = 0 and e.reliability in ('A', 'B')
                 and e.id::text = p->'value'->>'contrary')
    then null else 'Cite a negative visit with what it covered, or name the cited claim of grade A or B that is decisive '
      'against it (value: contrary).' end $$;

create function api._guard_confirming_evidence_gone(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when api._support_lost(p) or exists (select 1 from api._last(p) d join reg.claim c on c.id = any (d.basis)
      where c.id::text = p->'value'->>'invalid' and api._claim_tier(c.id, c.subject, c.tier) <= (p->>'level')::int
        and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int)))
    then null else 'A claim under the confirmation must have been retracted or downgraded, or be named as invalid (value: '
      'invalid).' end $$;

create function api._guard_expert_report(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when exists (select 1 from api._evidence(p) e where e.cited and e.class = 0
      and (e.connection = 'expert' or e.source_type = 'medical_forensic_record'))
    then null else 'Cite an expert''s report (source connection expert, or a forensic record).' end $$;

create function api._guard_new_claim_or_error_shown(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when exists (select 1 from api._evidence(p) e, api._last(p) d where e.cited and e.recorded_at > d.recorded_at)
      or length(trim(coalesce(p->'value'->>'error', ''))) >= 10
    then null else 'Cite a claim recorded since, or show the error in the earlier coverage (value: error).' end $$;

create function api._guard_support_gone(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when api._support_lost(p) then null
    else 'A claim that the level rests on must have been retracted or downgraded.' end $$;
reset role;
