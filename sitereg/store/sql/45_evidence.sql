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

-- The sets of compartments of whoever a guard is judged for: what is frozen, or of a set that he lacks, neither helps him nor stands in his way.
create function api._scopes_of(p jsonb) returns int[] immutable parallel safe
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return array(select jsonb_array_elements_text(p->'scopes')::int);
end $$;

-- The live claims of the subject that may be seen, with their grades and the kind of their source; cited = in the basis.
-- In plpgsql, whose plans last for a session: guards ask for it some hundred times a page, and it was planned each time.
create function api._evidence(p jsonb) returns setof api._proof stable rows 30
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off language plpgsql as $$
#variable_conflict use_column
declare v_of uuid := (p->>'subject')::uuid; v_members uuid[] := api._merged_in(v_of); v_level int := (p->>'level')::int;
  v_scopes int[] := api._scopes_of(p); v_basis uuid[] := array(select jsonb_array_elements_text(p->'basis')::uuid);
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
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return array(select e from api._evidence(p) e);
end $$;

-- Of what is cited, that which speaks for the pair (site, kind): the kind itself, and what is only said of such a place.
create function api._support(p jsonb, e api._proof[]) returns setof api._proof stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query select * from unnest(e) e where e.cited and case e.predicate when 'kind' then e.code = p->>'aspect' else e.predicate in
    ('place', 'count', 'remains_state', 'activity', 'relation', 'content', 'deposition', 'integrity', 'current_use') end;
end $$;

create function api._last(p jsonb) returns setof reg.decision stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return query
  select d.* from reg.decision d where d.subject = (p->>'subject')::uuid and d.machine = p->>'machine'
     and d.aspect = p->>'aspect' order by d.seq desc limit 1;
end $$;

-- The claims under the decision in force, by their ids.
create function api._last_basis(p jsonb) returns setof reg.claim stable rows 10
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query select c.* from reg.claim c where c.id = any (array(select unnest(d.basis) from api._last(p) d));
end $$;

-- Whether a claim under the decision in force was ended for nothing, came back with a lower grade, or rests on withdrawn consent.
create function api._support_lost(p jsonb) returns bool stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return exists (select 1 from api._last_basis(p) c
    join reg.claim_end e on e.claim = c.id left join reg.claim n on n.id = e.superseded_by
    where api._claim_tier(c.id, c.subject, c.tier) <= (p->>'level')::int and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int))
      and (n.id is null or n.reliability > c.reliability or n.credibility > c.credibility))
    or exists (select 1 from api._last_basis(p) c where api._is_silenced(c.source)
      and c.tier <= (p->>'level')::int and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int)));
end $$;

-- The visit that a cited claim reports.
create function api._cited_visits(e api._proof[]) returns table(visit uuid, negative bool, covered bool, method text, class int) stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query select v.id, v.negative, v.covered is not null or v.covered_shape is not null, v.method, e.class
  from unnest(e) e join reg.visit v on v.claim = e.id where e.cited;
end $$;
reset role;
