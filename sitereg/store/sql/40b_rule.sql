-- The resolve rule (what wins, what disagrees): per face, subject and slot, over live claims.
-- A slot is what one value is picked for: place, building, count:<definition>, name:<language>, kind:<kind>, period:<kind>,
-- authority:<role>:<authority>, relation:<kind>:<site>, event:<item>, ... `said` is the value within it, for counting
-- how many origins say the same. Order: a chosen_value decision whose claim is live in the face; for what changes over
-- time the claims that speak of the latest day; the class (0 supported, 1 ungraded, 2 doubted); for a place the smaller
-- uncertainty; more origins for the same value in the class; first-hand; the later day (last possible day of `at`, else
-- of `began`; an open range counts to the day it was recorded; no day comes last); recorded later; the smaller id.
set role sr_writer;

create function api._uuid(p text) returns uuid immutable parallel safe language sql as $$
  select case when p ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p::uuid end $$;

-- Whether everybody who holds scope p_wide holds p_narrow too.
create function api._within_scope(p_narrow int, p_wide int) returns bool stable language sql as $$
  select p_narrow in (0, p_wide) or (select n.compartments from reg.scope n where n.id = p_narrow)
                                 <@ (select w.compartments from reg.scope w where w.id = p_wide) $$;

-- What a merged subject has become.
create function api._heir(p_id uuid) returns uuid stable language sql as $$
  with recursive up as (select s.id, s.merged_into from reg.subject s where s.id = p_id
    union select s.id, s.merged_into from up join reg.subject s on s.id = up.merged_into)
  select up.id from up where up.merged_into is null $$;

-- Each subject that stands by itself with those merged into it, whose claims are its own now.
create function api._members(p_ids uuid[]) returns table(id uuid, member uuid) stable language sql as $$
  with recursive m as (
    select s.id, s.id as member from reg.subject s where s.id = any (p_ids) and s.merged_into is null
    union all select m.id, s.id from m join reg.subject s on s.merged_into = m.member)
  select m.id, m.member from m $$;

-- The decision in force for each (subject, machine, aspect).
create function api._in_force(p_ids uuid[], p_machines text[]) returns setof reg.decision stable language sql as $$
  select distinct on (d.subject, d.machine, d.aspect) d.* from reg.decision d
  where d.subject = any (p_ids) and d.machine = any (p_machines) order by d.subject, d.machine, d.aspect, d.seq desc $$;

-- Claims whose tier a disclosure or restriction in force has changed: {"claims": [...], "tier": n}; disclosed = 0. Of
-- restrictions the strictest holds, and before any disclosure.
create function api._decided_tiers(p_ids uuid[]) returns table(claim uuid, tier int) stable rows 10
set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_all uuid[] := array(select m.member from api._members(p_ids) m);
begin
  if not exists (select 1 from reg.decision d where d.subject = any (v_all) and d.machine in ('disclosure', 'tier')) then return; end if;
  return query
  select api._uuid(n.claim), coalesce(max((d.value->>'tier')::int) filter (where d.machine = 'tier'), 0)
  from api._in_force(v_all, '{disclosure,tier}') d cross join lateral api._named_claims(d.machine, d.value) n
  where d.machine = 'disclosure' or d.value ? 'tier' group by n.claim;
end $$;

-- The tiers that count now where they are not the recorded ones: 3, that of the vault, for what rests on withdrawn consent (19), before
-- all that was decided.
create function api._retiered(p_ids uuid[]) returns table(claim uuid, tier int) stable rows 10
set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_silenced uuid[] := api._silenced();
begin
  if v_silenced = '{}' then return query select d.claim, d.tier from api._decided_tiers(p_ids) d; return; end if;
  return query
  with gone as materialized (select c.id from reg.claim c where c.source = any (v_silenced) and c.subject = any (array(select m.member from api._members(p_ids) m)))
  select d.claim, d.tier from api._decided_tiers(p_ids) d where d.claim not in (select g.id from gone g)
  union all select g.id, 3 from gone g;
end $$;

create function api._chosen(p_ids uuid[]) returns table(claim uuid) stable rows 10 set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return query select distinct api._uuid(d.value->>'claim')
  from api._in_force(array(select m.member from api._members(p_ids) m), '{chosen_value}') d where d.value ? 'claim';
end $$;

create function api._class(p_reliability text, p_credibility text) returns int immutable parallel safe language sql as $$
  select case when p_reliability = 'F' or p_credibility = '6' then 1
              when p_reliability in ('D', 'E') or p_credibility in ('4', '5') then 2 else 0 end $$;

-- The last day of a range; an open one counts to the day of p_recorded in Damascus.
create function api._last_day(p_days daterange, p_recorded timestamptz) returns date immutable parallel safe language sql as $$
  select case when upper_inf(p_days) or upper(p_days) = 'infinity' then (p_recorded at time zone 'Asia/Damascus')::date
              else upper(p_days) - 1 end $$;

-- The days from p_first to the day before p_end, a null = no bound; null where they are the wrong way round.
create function api._days(p_first date, p_end date) returns daterange immutable parallel safe language sql as $$
  select case when coalesce(p_first <= p_end, true) then daterange(p_first, p_end) end $$;

-- The number that a text is, if it is one of a sensible length.
create function api._number(p text) returns numeric immutable parallel safe language sql as $$
  select case when p ~ '^\d{1,9}(\.\d{1,9})?$' then p::numeric end $$;

-- The days on which somebody of that age (min, max in years) at that time can be born.
create function api._born(p_age jsonb, p_at daterange) returns daterange immutable parallel safe language sql as $$
  select api._days((lower(p_at) - make_interval(years => case when api._number(p_age->>'max') < 200 then api._number(p_age->>'max')::int + 1 end))::date,
                   (upper(p_at) - make_interval(years => case when api._number(p_age->>'min') < 200 then api._number(p_age->>'min')::int end))::date) $$;

-- A claim as one face hears it in one slot.
create type api._heard as (
  subject uuid, face int, slot text, said text, family text, many bool, dated bool, claim uuid, value jsonb, other uuid,
  object uuid, at daterange, began daterange, ended daterange, cls int, origin uuid, first_hand bool, day date, until date,
  span daterange, radius float8, recorded_at timestamptz, chosen bool);

-- Live claims with the slots that they fill, once for each face in which the subject reads differently from the face below
-- it: where it begins, where a claim joins, where something that a claim names becomes visible. See _base.
create function api._live(p_ids uuid[]) returns setof api._heard stable rows 20000
set datestyle = 'ISO, YMD' set plan_cache_mode = force_generic_plan set enable_nestloop = on language plpgsql as $$
begin
  return query
  with rules as materialized (
    select p.code, (p.attrs->>'many')::bool as many, (p.attrs->>'dated')::bool and not (p.attrs->>'many')::bool as dated
    from vocab.predicate p where not (p.attrs->>'sealed')::bool),
  said as (
    select s.id as subject, s.tier as subject_tier, greatest(s.tier, coalesce(r.tier, c.tier)) as from_face, p.many, p.dated,
      case when c.predicate = 'place' then coalesce(u.radius_m, c.uncertainty_m) end as radius, ch.claim is not null as chosen,
      o.id as other, o.tier as other_tier, k.family, k.slot, k.said,
      c.id, c.predicate, c.value, c.object, c.at, c.began, c.ended, c.reliability, c.credibility, c.origin, c.first_hand, c.recorded_at
    from api._members(p_ids) m
    join reg.subject s on s.id = m.id
    join reg.claim c on c.subject = m.member and c.rumour_owner is null
      and (c.scope in (0, s.scope) or api._within_scope(c.scope, s.scope))
    join rules p on p.code = c.predicate
    left join api._retiered(p_ids) r on r.claim = c.id
    left join api._chosen(p_ids) ch on ch.claim = c.id
    left join reg.admin_unit u on u.pcode = c.pcode and u.edition = c.edition and u.geom is not null
      and (c.geom is null or c.place_kind = 'admin_unit') and c.predicate = 'place'
    left join lateral (select n.id, n.tier from reg.subject o
      join reg.subject n on n.id = case when o.merged_into is null then o.id else api._heir(o.id) end
      where o.id = case when c.predicate in ('relation', 'companion') then c.object
          when c.predicate = 'event' then api._uuid(c.value->>'site') end
        and n.id <> s.id and (n.scope in (0, s.scope) or api._within_scope(n.scope, s.scope)) offset 0) o on true
    cross join lateral api._slots(c.predicate, p.many, c.value, c.item, c.object, o.id, c.at, c.began, c.ended, c.geom, c.uncertainty_m, u.pcode) k
    where not exists (select 1 from reg.claim_end e where e.claim = c.id)),
  joining as (select s.*, bool_or(1 in (s.from_face, s.other_tier)) over w as at1, bool_or(2 in (s.from_face, s.other_tier)) over w as at2
              from said s window w as (partition by s.subject)),
  faces as (
    select j.*, f.face, case when j.other_tier <= f.face then j.other end as seen from joining j
    join (values (0), (1), (2)) f(face) on f.face >= j.from_face and (f.face = j.subject_tier or f.face = 1 and j.at1 or f.face = 2 and j.at2))
  select f.subject, f.face, f.slot, case f.family when 'event' then concat_ws('|', f.value->>'kind', f.seen) else f.said end, f.family, f.many, f.dated,
    f.id, f.value, f.seen, f.object, f.at, f.began, f.ended, api._class(f.reliability, f.credibility), f.origin, coalesce(f.first_hand, false),
    api._last_day(coalesce(f.at, f.began), f.recorded_at), api._last_day(coalesce(f.at, f.ended, f.began), f.recorded_at),
    case f.predicate when 'birth' then f.at when 'age' then api._born(f.value, f.at)
      else api._days(lower(coalesce(f.began, f.at)), upper(coalesce(f.ended, f.at))) end,
    f.radius, f.recorded_at, f.chosen
  from faces f where f.seen is not null or f.family not in ('relation', 'companion');
end $$;

-- Which face of _live speaks for face p_face, given those that there are.
create function api._base(p_face int, p_at int[]) returns int immutable parallel safe language sql as $$
  select case when p_face = 2 and 2 = any (p_at) then 2 when p_face >= 1 and 1 = any (p_at) then 1 else 0 end $$;

-- The slots that a claim fills, and what it says in each; none where there is nothing to pick.
create function api._slots(p_predicate text, p_many bool, p_value jsonb, p_item uuid, p_object uuid, p_other uuid, p_at daterange,
  p_began daterange, p_ended daterange, p_geom geometry, p_uncertainty float8, p_unit text)
returns table(family text, slot text, said text) stable rows 1 language sql as $$
  select k.family, k.slot, coalesce(k.said, '') from (
    select p_predicate as family,
      case p_predicate
        when 'name' then 'name:' || coalesce(nullif(p_value->>'lang', ''), 'und')
        when 'count' then 'count:' || (p_value->>'definition')
        when 'extent' then 'extent:' || (p_value->>'unit') || ':' || (p_value->>'definition')
        when 'years_covered' then case when coalesce(p_began, p_ended, p_at) is not null then 'years_covered' end
        when 'records_access' then 'records_access:' || p_item
        when 'record_loss' then 'record_loss:' || p_item
        when 'authority' then 'authority:' || (p_value->>'role') || ':' || coalesce(p_object::text, '')
        when 'relation' then 'relation:' || (p_value->>'kind') || ':' || p_other
        when 'companion' then 'companion:' || (p_value->>'kind') || ':' || p_other
        when 'external_id' then 'external_id:' || (p_value->>'scheme') || ':' || (p_value->>'value')
        when 'event' then case when p_value ? 'kind' then 'event:' || p_item end
        when 'place' then case when p_geom is not null or p_unit is not null then 'place' end
        when 'birth' then case when p_at is not null then 'birth' end
        else case when not p_many then p_predicate else p_predicate || ':' || (p_value->>'code') end end as slot,
      case when p_predicate = 'name' then p_value->>'text'
        when p_predicate in ('count', 'extent', 'digitised') then concat_ws('|', p_value->'min', p_value->'best', p_value->'max')
        when p_predicate in ('authority', 'years_covered') then concat_ws('|', p_began, '', p_ended, '', p_at)
        when p_predicate = 'event' then concat_ws('|', p_value->>'kind', p_other)
        when p_predicate = 'place' then concat_ws('|', md5(p_geom::bytea), p_uncertainty, p_unit)
        when p_predicate = 'birth' then p_at::text
        when p_many then '' else coalesce(p_value->>'code', p_value::text) end as said
    union all
    select 'period', 'period:' || (p_value->>'code'), concat_ws('|', p_began, '', p_ended, '', p_at)
    where p_predicate = 'kind' and coalesce(p_began, p_ended, p_at) is not null) k
  where k.slot is not null $$;

-- Whether the places of two claims exclude each other: their circles do not meet. An admin unit is its own circle.
create function api._places_apart(p_one uuid, p_two uuid) returns bool stable language sql as $$
  with p as (
    select c.id, coalesce(u.geom, c.geom)::geography as shape, case when u.pcode is null then c.uncertainty_m else 0 end as spread
    from reg.claim c left join reg.admin_unit u on u.pcode = c.pcode and u.edition = c.edition and u.geom is not null
      and (c.geom is null or c.place_kind = 'admin_unit')
    where c.id in (p_one, p_two))
  select coalesce(not st_dwithin(a.shape, b.shape, a.spread + b.spread), false) from p a, p b where a.id = p_one and b.id = p_two $$;

create function api._count_range(p jsonb) returns numrange immutable parallel safe language sql as $$
  select case when coalesce(lo <= hi, true) then numrange(lo, hi, '[]') end from (select
    coalesce(api._number(p->>'min'), api._number(p->>'best')) as lo, coalesce(api._number(p->>'max'), api._number(p->>'best')) as hi) b $$;

-- Whether two different answers for one slot exclude each other: circles that do not meet, ranges or periods that do not
-- overlap, other terms; for many-valued slots never.
create function api._apart(p_family text, p_many bool, p_one uuid, p_two uuid, v1 jsonb, v2 jsonb, s1 daterange, s2 daterange, o1 uuid, o2 uuid)
returns bool stable language sql as $$
  select coalesce(case p_family
    when 'place' then api._places_apart(p_one, p_two)
    when 'period' then not s1 && s2
    when 'birth' then not s1 && s2
    when 'years_covered' then not s1 && s2
    when 'extent' then not api._count_range(v1) && api._count_range(v2)
    when 'digitised' then not api._count_range(v1) && api._count_range(v2)
    when 'age' then not s1 && s2
    when 'count' then not api._count_range(v1) && api._count_range(v2)
    when 'event' then v1->>'kind' <> v2->>'kind' or coalesce(not s1 && s2, false)
      or coalesce(o1 <> o2, false) or coalesce(api._places_apart(p_one, p_two), false)
    else not p_many end, false) $$;

-- What is picked in the faces of _live: one row for each distinct value of each slot, by its best claim; `best` marks the slot's own,
-- nth its slot in the order of subject, face and slot. origins and first_hand are those of the value in its class; of the best alone:
-- claims, all of the slot, and against, the supported claims that exclude it.
create type api._pick as (
  nth bigint, subject uuid, face int, slot text, family text, best bool, claim uuid, value jsonb, other uuid, object uuid,
  at daterange, began daterange, ended daterange, until date, cls int, origins int, first_hand bool, claims uuid[], against uuid[]);

create function api._picks(p_ids uuid[]) returns setof api._pick stable rows 20000
set plan_cache_mode = force_generic_plan set enable_nestloop = on language plpgsql as $$
begin
  return query
  with heard as materialized (
    select l.*, l.said collate "C" as words, dense_rank() over o as nth, row_number() over o as n, count(*) over w as voices, not l.dated or case when max(l.until) over w is null then true when l.until is null then false
        else api._days(lower(coalesce(l.at, l.began, l.ended)), l.until + 1) @> max(l.until) over w end as current
    from api._live(p_ids) l window w as (partition by l.subject, l.face, l.slot collate "C"), o as (order by l.subject, l.face, l.slot collate "C")),
  counted as (select h.n, h.nth, h.words, h.cls, h.current, h.claim, h.chosen, h.radius, h.first_hand, h.day, h.recorded_at,
                dense_rank() over (partition by h.nth, h.current, h.cls, h.words order by h.origin) as origin
              from heard h where h.voices > 1),
  same as (
    select c.*, max(c.origin) over w as origins, bool_or(c.first_hand) over w as any_first
    from counted c window w as (partition by c.nth, c.current, c.cls, c.words)),
  ranked as materialized (
    select s.n, s.nth, s.words, s.cls, s.current, s.claim, s.origins::int, s.any_first, row_number() over w as rank,
      first_value(s.n) over w as best, first_value(s.words) over w as best_words
    from same s window w as (partition by s.nth order by s.chosen desc, s.current desc, s.cls, s.radius nulls last, s.origins desc,
      s.first_hand desc, s.day desc nulls last, s.recorded_at desc, s.claim)),
  voices as (select r.best, array_agg(r.claim order by r.claim) as claims from ranked r group by 1),
  against as (
    select r.best, array_agg(r.claim order by r.claim) as claims from ranked r join heard a on a.n = r.n join heard b on b.n = r.best
    where r.rank > 1 and r.cls = 0 and r.current and r.words <> r.best_words
      and api._apart(a.family, a.many, a.claim, b.claim, a.value, b.value, a.span, b.span, a.other, b.other) group by 1),
  found as (
    select f.n, f.rank = 1 as best, f.origins, f.any_first, v.claims, a.claims as against
    from (select distinct on (r.nth, r.words) r.* from ranked r order by r.nth, r.words, r.rank) f
    left join voices v on v.best = f.n left join against a on a.best = f.n)
  select h.nth, h.subject, h.face, h.slot, h.family, true, h.claim, h.value, h.other, h.object, h.at, h.began, h.ended, h.until,
    h.cls, 1, h.first_hand, array[h.claim], null::uuid[]
  from heard h where h.voices = 1
  union all
  select h.nth, h.subject, h.face, h.slot, h.family, f.best, h.claim, h.value, h.other, h.object, h.at, h.began, h.ended, h.until,
    h.cls, f.origins, f.any_first, f.claims, f.against
  from found f join heard h on h.n = f.n;
end $$;
reset role;
