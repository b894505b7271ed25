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

-- The decision in force for each (subject, machine, aspect).
create function api._in_force(p_ids uuid[], p_machines text[], p_then timestamptz[] default null) returns setof reg.decision stable language sql as $$
  select distinct on (d.subject, d.machine, d.aspect) d.* from reg.decision d
  where d.subject = any (p_ids) and d.machine = any (p_machines) and (p_then is null or api._decided_by(d, p_then))
  order by d.subject, d.machine, d.aspect, d.seq desc $$;

-- Claims whose tier a disclosure or restriction in force has changed: {"claims": [...], "tier": n}; disclosed = 0. Of
-- restrictions the strictest holds, and before any disclosure.
create function api._decided_tiers(p_ids uuid[]) returns table(claim uuid, tier int) stable strict rows 10
set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_all uuid[] := (api._gathered(p_ids)).members;
begin
  if not exists (select 1 from reg.decision d where d.subject = any (v_all) and d.machine in ('disclosure', 'tier')) then return; end if;
  return query
  select api._uuid(n.claim), coalesce(max((d.value->>'tier')::int) filter (where d.machine = 'tier'), 0)
  from api._in_force(v_all, '{disclosure,tier}') d cross join lateral api._named_claims(d.machine, d.value) n
  where d.machine = 'disclosure' or d.value ? 'tier' group by n.claim;
end $$;

-- The tiers that count now where they are not the recorded ones: 3, that of the vault, for what rests on withdrawn consent (19), before
-- all that was decided.
create function api._retiered(p_ids uuid[]) returns table(claim uuid, tier int) stable strict rows 10
set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_silenced uuid[] := api._silenced();
begin
  if v_silenced = '{}' then return query select d.claim, d.tier from api._decided_tiers(p_ids) d; return; end if;
  return query
  with gone as materialized (select c.id from reg.claim c where c.source = any (v_silenced) and c.subject = any (array(select m.member from api._members(p_ids) m)))
  select d.claim, d.tier from api._decided_tiers(p_ids) d where d.claim not in (select g.id from gone g)
  union all select g.id, 3 from gone g;
end $$;

-- The claims that decisions in force choose.
create function api._chosen(p_members uuid[], p_then timestamptz[] default null) returns table(claim uuid) stable rows 10
  set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  if p_members is null then return; end if;
  return query select distinct api._uuid(d.value->>'claim') from api._in_force(p_members, '{chosen_value}', p_then) d where d.value ? 'claim';
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

-- A claim in one slot, and the faces (from, up to) that hear it so.
create type api._heard as (
  subject uuid, face int, upto int, slot text, said text, family text, many bool, dated bool, claim uuid, value jsonb, other uuid,
  object uuid, at daterange, began daterange, ended daterange, cls int, origin uuid, first_hand bool, day date, until date,
  span daterange, radius float8, recorded_at timestamptz, chosen bool);

-- Live claims with the slots that they fill: part 1 the claim's own; 2 an event once more, from the face on that shows its site;
-- 3 the period of a kind. Nothing has a slot where there is nothing to pick.
create function api._live(p_ids uuid[], p_then timestamptz[] default null) returns setof api._heard stable rows 200
set datestyle = 'ISO, YMD' set plan_cache_mode = force_generic_plan set enable_nestloop = on language plpgsql as $$
declare v_ids uuid[]; v_members uuid[]; v_moved bool; v_chose bool; v_tiers jsonb; v_chosen uuid[];
begin
  select g.ids, g.members into v_ids, v_members from api._gathered(p_ids) g;
  select bool_or(d.machine <> 'chosen_value') or api._silenced() <> '{}', bool_or(d.machine = 'chosen_value') into v_moved, v_chose
    from reg.decision d where d.subject = any (v_members) and d.machine in ('disclosure', 'tier', 'chosen_value');
  if v_moved then v_tiers := api._tiers_now(p_ids); end if;
  if v_chose then v_chosen := array(select ch.claim from api._chosen(v_members, p_then) ch); end if;
  return query
  with said as (
    select s.id as subject, greatest(s.tier, coalesce(r.tier, c.tier)) as face, api._is_many(c.predicate) as many,
      api._is_dated(c.predicate) and not api._is_many(c.predicate) as dated,
      case when c.predicate = 'place' then coalesce(u.radius_m, c.uncertainty_m) end as radius, coalesce(c.id = any (v_chosen), false) as chosen,
      o.id as other, o.tier as other_tier, u.pcode as unit, c.geom, c.uncertainty_m, c.item,
      c.id, c.predicate, c.value, c.object, c.at, c.began, c.ended, c.reliability, c.credibility, c.origin, c.first_hand, c.recorded_at,
      unnest(case when c.predicate = 'event' and o.tier > greatest(s.tier, coalesce(r.tier, c.tier)) then '{1,2}'
        when c.predicate = 'kind' and coalesce(c.began, c.ended, c.at) is not null then '{1,3}' else '{1}' end::int[]) as part
    from unnest(v_ids, v_members) m(id, member)
    join reg.subject s on s.id = m.id
    join reg.claim c on c.subject = m.member and c.rumour_owner is null
      and (c.scope in (0, s.scope) or api._within_scope(c.scope, s.scope))
    cross join lateral (select case when v_tiers is not null then (v_tiers->>c.id::text)::int end as tier) r
    left join reg.admin_unit u on u.pcode = c.pcode and u.edition = c.edition and u.geom is not null
      and (c.geom is null or c.place_kind = 'admin_unit') and c.predicate = 'place'
    left join lateral (select n.id, n.tier from reg.subject o
      join reg.subject n on n.id = case when o.merged_into is null then o.id else api._heir(o.id) end
      where o.id = case when c.predicate in ('relation', 'companion') then c.object
          when c.predicate = 'event' then api._uuid(c.value->>'site') end
        and n.id <> s.id and (n.scope in (0, s.scope) or api._within_scope(n.scope, s.scope)) offset 0) o on true
    where not api._is_sealed(c.predicate) and not exists (select 1 from reg.claim_end e where e.claim = c.id
        and (p_then is null or api._known_by(c.source, e.recorded_at, p_then) or not api._lives_on(e.superseded_by, c.tier, c.scope)))
      and (p_then is null or api._known_by(c.source, c.recorded_at, p_then))),
  heard as (
    select s.*, case when s.predicate = 'event' and s.part = 1 and s.other_tier > s.face then s.other_tier - 1 else 2 end as upto,
      case when s.predicate = 'event' and s.part = 1 and s.other_tier > s.face then null else s.other end as seen from said s)
  select h.subject, case when h.seen is null then h.face else greatest(h.face, h.other_tier) end, h.upto,
    case h.part when 3 then 'period:' || (h.value->>'code') else api._slot(h.predicate, h.many, h.value, h.item, h.object, h.other, h.at,
      h.began, h.ended, h.geom, h.unit) end,
    coalesce(case h.part when 3 then concat_ws('|', h.began, '', h.ended, '', h.at)
      else api._said(h.predicate, h.many, h.value, h.seen, h.at, h.began, h.ended, h.geom, h.uncertainty_m, h.unit) end, ''),
    case h.part when 3 then 'period' else h.predicate end, h.many, h.dated,
    h.id, h.value, h.seen, h.object, h.at, h.began, h.ended, api._class(h.reliability, h.credibility), h.origin, coalesce(h.first_hand,
      false),
    api._last_day(coalesce(h.at, h.began), h.recorded_at), api._last_day(coalesce(h.at, h.ended, h.began), h.recorded_at),
    case h.predicate when 'birth' then h.at when 'age' then api._born(h.value, h.at)
      else api._days(lower(coalesce(h.began, h.at)), upper(coalesce(h.ended, h.at))) end,
    h.radius, h.recorded_at, h.chosen
  from heard h;
end $$;

-- The slot that a claim fills; null where there is nothing to pick.
create function api._slot(p_predicate text, p_many bool, p_value jsonb, p_item uuid, p_object uuid, p_other uuid, p_at daterange,
  p_began daterange, p_ended daterange, p_geom geometry, p_unit text) returns text stable language sql as $$
  select case p_predicate
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
    else case when not p_many then p_predicate else p_predicate || ':' || (p_value->>'code') end end $$;

-- What a claim says in its slot, for counting how many origins say the same.
create function api._said(p_predicate text, p_many bool, p_value jsonb, p_other uuid, p_at daterange, p_began daterange, p_ended daterange,
  p_geom geometry, p_uncertainty float8, p_unit text) returns text stable language sql as $$
  select case when p_predicate = 'name' then p_value->>'text'
    when p_predicate in ('count', 'extent', 'digitised') then concat_ws('|', p_value->'min', p_value->'best', p_value->'max')
    when p_predicate in ('authority', 'years_covered') then concat_ws('|', p_began, '', p_ended, '', p_at)
    when p_predicate = 'event' then concat_ws('|', p_value->>'kind', p_other)
    when p_predicate = 'place' then concat_ws('|', md5(p_geom::bytea), p_uncertainty, p_unit)
    when p_predicate = 'birth' then p_at::text
    when p_many then '' else coalesce(p_value->>'code', p_value::text) end $$;

-- Whether the places of two claims exclude each other: their circles do not meet. An admin unit is its own circle.
create function api._places_apart(p_one uuid, p_two uuid) returns bool stable set plan_cache_mode = force_generic_plan
  language plpgsql as $$
declare a record; b record;
begin
  a := api._circle_of(p_one); b := api._circle_of(p_two);
  return coalesce(not st_dwithin(a.shape, b.shape, a.spread + b.spread), false);
end $$;

create function api._circle_of(p_claim uuid, out shape geography, out spread float8) stable
  set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  select coalesce(u.geom, c.geom)::geography, case when u.pcode is null then c.uncertainty_m else 0 end into shape, spread
  from reg.claim c left join reg.admin_unit u on u.pcode = c.pcode and u.edition = c.edition and u.geom is not null
    and (c.geom is null or c.place_kind = 'admin_unit')
  where c.id = p_claim;
end $$;

create function api._count_range(p jsonb) returns numrange immutable parallel safe language sql as $$
  select case when coalesce(coalesce(api._number(p->>'min'), api._number(p->>'best')) <= coalesce(api._number(p->>'max'),
    api._number(p->>'best')), true)
    then numrange(coalesce(api._number(p->>'min'), api._number(p->>'best')), coalesce(api._number(p->>'max'), api._number(p->>'best')),
      '[]') end $$;

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

-- What is picked: one row for the best claim of each slot, from a face up to another; nth is the slot in the order of subject and slot.
-- Of what is shown with all that was said (names, periods, authorities, buildings) one row for each further value too, by its best claim.
-- origins and first_hand are those of the value in its class; of the best alone: claims, all of an event or relation, and against,
-- the supported claims that exclude it.
create type api._pick as (
  nth bigint, subject uuid, face int, upto int, slot text, family text, best bool, claim uuid, value jsonb, other uuid, object uuid,
  at daterange, began daterange, ended daterange, until date, cls int, origins int, first_hand bool, claims uuid[], against uuid[]);

-- A slot is picked anew only for a face from which on it holds other claims than below (starts: a bit for each such face).
create function api._picks(p_ids uuid[], p_then timestamptz[] default null) returns setof api._pick stable rows 200
set plan_cache_mode = force_generic_plan set enable_nestloop = off set enable_mergejoin = off language plpgsql as $$
begin
  return query
  with heard as materialized (
    select l.*, l.said collate "C" as words, dense_rank() over o as nth, row_number() over o as n, count(*) over w as voices,
      bit_or((1 << l.face) | (1 << (l.upto + 1))) over w as starts
    from api._live(p_ids, p_then) l where l.slot is not null and l.face <= 2
    window w as (partition by l.subject, l.slot collate "C"), o as (order by l.subject, l.slot collate "C")),
  counted as (
    select c.*, dense_rank() over (partition by c.at_face, c.current, c.cls, c.words order by c.origin) as nth_origin from (
      select h.n, h.nth * 4 + f.face as at_face, f.face, h.starts, h.words, h.family, h.cls, h.claim, h.chosen, h.radius, h.first_hand,
        h.day, h.recorded_at, h.origin,
        not h.dated or case when max(h.until) over v is null then true when h.until is null then false
          else api._days(lower(coalesce(h.at, h.began, h.ended)), h.until + 1) @> max(h.until) over v end as current
      from heard h join (values (0), (1), (2)) f(face) on f.face between h.face and h.upto and (h.starts >> f.face) & 1 = 1
      where h.voices > 1 window v as (partition by h.nth * 4 + f.face)) c),
  ranked as materialized (
    select s.n, s.at_face, s.face, s.starts, s.words, s.family, s.cls, s.current, s.claim, s.origins::int, s.any_first,
      row_number() over w as rank,
      first_value(s.n) over w as best, first_value(s.words) over w as best_words
    from (select c.*, max(c.nth_origin) over u as origins, bool_or(c.first_hand) over u as any_first
          from counted c window u as (partition by c.at_face, c.current, c.cls, c.words)) s
    window w as (partition by s.at_face order by s.chosen desc, s.current desc, s.cls, s.radius nulls last, s.origins desc,
      s.first_hand desc, s.day desc nulls last, s.recorded_at desc, s.claim)),
  voices as (select r.at_face, array_agg(r.claim order by r.claim) as claims from ranked r where r.family in ('event', 'relation')
    group by 1),
  against as (
    select r.at_face, array_agg(r.claim order by r.claim) as claims from ranked r join heard a on a.n = r.n join heard b on b.n = r.best
    where r.rank > 1 and r.cls = 0 and r.current and r.words <> r.best_words
      and api._apart(a.family, a.many, a.claim, b.claim, a.value, b.value, a.span, b.span, a.other, b.other) group by 1),
  found as (
    select r.n, r.at_face, r.face, r.starts, true as best, r.origins, r.any_first from ranked r where r.rank = 1
    union all
    (select distinct on (r.at_face, r.words) r.n, r.at_face, r.face, r.starts, false, r.origins, r.any_first from ranked r
     where r.words <> r.best_words and r.family in ('name', 'period', 'authority', 'building') order by r.at_face, r.words, r.rank))
  select h.nth, h.subject, h.face, h.upto, h.slot, h.family, true, h.claim, h.value, h.other, h.object, h.at, h.began, h.ended, h.until,
    h.cls, 1, h.first_hand, array[h.claim], null::uuid[]
  from heard h where h.voices = 1
  union all
  select h.nth, h.subject, f.face, case when f.face = 0 and f.starts & 2 > 0 then 0 when f.face < 2 and f.starts & 4 > 0 then 1 else 2 end,
    h.slot, h.family, f.best, h.claim, h.value, h.other, h.object, h.at, h.began, h.ended, h.until,
    h.cls, f.origins, f.any_first, v.claims, a.claims
  from found f join heard h on h.n = f.n
  left join voices v on f.best and v.at_face = f.at_face left join against a on f.best and a.at_face = f.at_face;
end $$;

-- Which face, of those from which on a subject reads differently (starts), speaks for face p_face.
create function api._base(p_face int, p_starts int) returns int immutable parallel safe language sql as $$
  select case when p_face = 2 and p_starts & 4 > 0 then 2 when p_face >= 1 and p_starts & 2 > 0 then 1 else 0 end $$;

-- The picks spread over those faces.
create function api._picked(p_ids uuid[]) returns setof api._pick stable rows 200 language sql as $$
  with p as materialized (select * from api._picks(p_ids)),
  b as (select subject, bit_or((1 << face) | (1 << (upto + 1))) as starts from p group by 1)
  select p.nth, p.subject, f.face, f.face, p.slot, p.family, p.best, p.claim, p.value, p.other, p.object, p.at, p.began, p.ended, p.until,
    p.cls, p.origins, p.first_hand, p.claims, p.against
  from p join b on b.subject = p.subject join (values (0), (1), (2)) f(face) on f.face between p.face and p.upto
    and (b.starts >> f.face) & 1 = 1 $$;
reset role;
