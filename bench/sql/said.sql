-- What is said of the subjects first to last: one row a claim, by dice.
insert into said(id, subject, predicate, item, value, object, geom, uncertainty_m, place_kind, method, pcode, edition, at, began, ended,
  source, origin, reliability, credibility, first_hand, locator, tier, scope, batch, part, row_no, recorded_at, recorded_by, event)
with dice as materialized (
  select s.n, s.id as subject, s.kind, s.tier, s.lon, s.lat, k, 1700200000000 + s.n::bigint * 97000 + k as ms,
    random() as a, random() as b, random() as c, random() as d, random() as e
  from bench.subject s cross join lateral generate_series(1, s.claims) k where s.n between %(first)s and %(last)s),
what as materialized (
  select x.*, case kind when 'site' then coalesce((%(site_first)s::text[])[k], (%(site_mix)s::text[])[1 + floor(d * %(site_mixed)s)::int])
      else coalesce((%(person_first)s::text[])[k], (%(person_mix)s::text[])[1 + floor(d * %(person_mixed)s)::int]) end as predicate,
    bench.v7(ms, 'claim' || n || '-' || k) as id from dice x),
told as materialized (
  select w.*, case when predicate = 'event' then bench.v7(ms - k, 'item' || n || '-' || (k + floor(a * 2)::int) %% 4) else id end as item,
    case when predicate in ('relation', 'event') then 1 + floor(power(c, 3) * (%(sites)s - 1))::int
         when predicate = 'companion' then case n when %(sites)s + 1 then n + 1 else n - 1 end end as other,
    predicate = 'place' and (k = 3 or d < 0.95) or predicate = 'event' and a < 0.6 as placed from what w)
select w.id, w.subject, w.predicate, w.item,
  case w.predicate when 'external_id' then jsonb_build_object('scheme', 'bench_list_' || floor(a * 30)::int, 'value', w.n || '-' || w.k)
    when 'event' then v.value || case when e < 0.08 then jsonb_build_object('site', o.id) else '{}' end else v.value end,
  case w.predicate when 'authority' then u.id when 'relation' then o.id when 'companion' then o.id end,
  case when w.placed then st_setsrid(st_makepoint(w.lon + (b - 0.5) * 0.02, w.lat + (c - 0.5) * 0.02), 4326) end,
  case when w.placed then (array[15, 60, 250, 900, 3000])[1 + floor(a * 5)::int] end,
  case when w.placed then case when a < 0.2 then 'exact' else 'approximate' end when w.predicate = 'place' then 'admin_unit' end,
  case when w.placed then 'source_coordinates' when w.predicate = 'place' then 'admin_unit' end,
  case when w.predicate = 'place' and not w.placed then 'SY' || lpad((1 + w.n %% 14)::text, 2, '0') end,
  case when w.predicate = 'place' and not w.placed then %(edition)s::text end,
  case when w.predicate in ('count', 'event', 'age', 'birth', 'access_condition', 'activity') then bench.day('2011-03-01', b, 1 + floor(c * 60)::int) end,
  case when w.predicate in ('kind', 'authority') and b < 0.5 then bench.day('1990-01-01', c, 90) end,
  case when w.predicate in ('kind', 'authority') and b < 0.3 then bench.day('2012-01-01', c, 300) end,
  s.id, s.origin, s.reliability, (1 + floor(e * 6))::int::text, c < 0.4, 'row ' || (w.n * 7 + w.k),
  greatest(w.tier, case when d > 0.9 then 2 when w.kind = 'person' then 1 else 0 end), 0, t.id, '', w.n * 7 + w.k,
  to_timestamp(ms / 1000.0), %(by)s::uuid, t.id
from told w
join bench.source s on s.n = 1 + floor(b * 400)::int
join bench.batch t on t.n = 1 + (w.n / 40) %% %(batches)s
left join bench.value v on v.kind = w.kind and v.predicate = w.predicate
  and v.v = case when w.predicate = 'kind' and a < 0.85 then w.n %% 8
    when w.predicate = 'name' and %(named)s > 0 then w.n * 4 %% %(named)s + floor(e * 4)::int else floor(d * 7919000)::int %% 1000 end
left join bench.subject o on o.n = w.other
left join bench.authority u on w.predicate = 'authority' and u.n = 1 + floor(b * %(authorities)s)::int
