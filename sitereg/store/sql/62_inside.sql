-- What may lie within an area, and what may have been within a period: sites, and events of persons. Shapes and days of the
-- caller's face on both sides, so that no moving of the area tells more than that face shows. The chance is that of the joins
-- (sitereg.geo.spread): a radius holds its place with 68 %, an area holds it anywhere alike.
set role sr_reader;

-- The area as it is asked for, sound: polygons in degrees, straight in longitude and latitude.
create function api._area(p geometry) returns geometry immutable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v geometry := case when st_srid(p) = 0 then st_setsrid(p, 4326) else p end;
begin
  if v is null or st_dimension(v) <> 2 or st_srid(v) <> 4326 or st_isempty(v) or not st_isvalid(v) or st_npoints(v) > 200000
     or geometrytype(v) not in ('POLYGON', 'MULTIPOLYGON') or st_xmin(v) < -180 or st_xmax(v) > 180 or st_ymin(v) < -89 or st_ymax(v) > 89 then
    perform api._bad('bad_geometry', 'area', left(st_asewkt(p), 80), 'An area is a polygon in degrees that does not cross itself'); end if;
  return st_force2d(v);
end $$;

create function api.circle(p_lon float8, p_lat float8, p_km float8) returns geometry
immutable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v geography;
begin
  if not coalesce(p_lon between -170 and 170 and p_lat between -80 and 80, false) then
    perform api._bad('bad_place', 'centre', concat_ws(', ', p_lat, p_lon), 'A centre is a latitude and a longitude in degrees'); end if;
  if not coalesce(p_km > 0 and p_km <= 500, false) then
    perform api._bad('bad_number', 'km', p_km::text, 'A radius is more than 0 and at most 500 km'); end if;
  v := st_setsrid(st_makepoint(p_lon, p_lat), 4326)::geography;
  return st_makepolygon(st_makeline(array(select st_project(v, p_km * 1000, radians(-n % 360))::geometry from generate_series(0, 360) n)));
end $$;
comment on function api.circle(float8, float8, float8) is 'A circle of so many kilometres around a point as a polygon of 360 corners (EPSG:4326).';

create function api.unit_area(p_pcode text) returns geometry
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v geometry;
begin
  select a.geom into v from reg.admin_unit a where a.pcode = upper(trim(p_pcode)) and a.geom is not null and api.level() is not null
   order by a.edition desc limit 1;
  if v is null then perform api._bad('unknown_code', 'pcode', p_pcode, 'This is the p-code of no unit with an outline'); end if;
  return v;
end $$;
comment on function api.unit_area(text) is 'The outline of an admin unit in its newest edition (EPSG:4326).';

-- Where the rings stand on which somebody's place is sought around its middle, for a radius of 1: 6 rings of 12, each for the same chance.
create function api._ring_points() returns table(dx float8, dy float8, r float8) immutable rows 72 language sql as $$
  select sin(b) * r, cos(b) * r, r from generate_series(0, 5) i cross join generate_series(0, 11) j
  cross join lateral (select sqrt(-2 * ln(1 - (i + 0.5) / 6)) / 1.515 as r, radians((j + i / 6.0) * 30) as b) p $$;

create type api._spot as (n bigint, shown geometry, shown_as text, uncertainty_m float8);

-- certain, probable (the chance is a half or more) or possible; and the chance. What lies outside with all of its stated radius is no row.
-- certain: all of it, with eight sigma of its radius around, where the law says 1.
create function api._spots_inside(p_area geometry, p_spots api._spot[]) returns table(n bigint, inside text, p float8) stable rows 1000
set enable_nestloop = off  -- the guesses for its steps are far too low; where there is no other way it is taken anyhow
language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with s as materialized (select u.n, u.shown, st_dimension(u.shown) as dim, api._slack(u.shown_as, u.uncertainty_m) as u,
      api._zone(st_x(st_centroid(st_envelope(u.shown)))) as zone
    from unnest(p_spots) u),
  areas as materialized (select z.zone, a.xy, st_boundary(a.xy) as edge from (select distinct s.zone from s where s.u > 0) z
    cross join lateral (select st_transform(st_segmentize(p_area, 0.02), z.zone) as xy offset 0) a),
  flat as (
    select s.n, case when st_covers(p_area, s.shown) then 1.0 when s.dim = 2 and st_intersects(p_area, s.shown) then
        least(st_area(st_intersection(st_transform(p_area, 6933), t.xy)) / nullif(st_area(t.xy), 0), 0.9999999)
      when s.dim = 1 and st_intersects(p_area, s.shown) then least(st_length(st_intersection(p_area, s.shown)) / nullif(st_length(s.shown), 0), 0.9999999) end as p
    from s cross join lateral (select case when s.dim = 2 then st_transform(s.shown, 6933) end as xy offset 0) t where s.u = 0),
  round as materialized (
    select s.n, s.dim, s.u, s.zone, d.xy, c.within and e.edge > s.u * 8 / 1.515 as sure,
      c.within and e.edge > s.u * 1.51 as deep  -- with all of its rings, of which the outermost is 1.472 radii away
    from areas a join s on s.zone = a.zone and s.u > 0 cross join lateral (select st_transform(s.shown, a.zone) as xy offset 0) d
    cross join lateral (select st_covers(a.xy, d.xy) as within offset 0) c cross join lateral (select st_distance(a.edge, d.xy) as edge offset 0) e
    where c.within or e.edge <= s.u),
  -- A place and those within a twentieth of its radius are asked for once; it moves a chance by two in a hundred at most
  asked as materialized (
    select k.*, case when k.dim = 0 then st_setsrid(st_makepoint((k.x + 0.5) * k.u / 20, (k.y + 0.5) * k.u / 20), k.zone) else k.first end as xy from (
      select min(r.n) as n, array_agg(r.n) as all_n, (array_agg(r.xy))[1] as first, r.dim, r.u, r.zone, r.x, r.y from (
        select r.*, case r.dim when 0 then floor(st_x(r.xy) * 20 / r.u) else r.n end as x, case r.dim when 0 then floor(st_y(r.xy) * 20 / r.u) end as y
        from round r where not r.deep) r group by r.dim, r.u, r.zone, r.x, r.y) k),
  rings as materialized (select * from api._ring_points()),
  -- A ring that does not reach the edge lies on the side of its middle
  near_edge as materialized (select r.*, a.xy as area, st_covers(a.xy, r.xy)::int as within, st_distance(a.edge, r.xy) * 0.999 as edge
    from asked r join areas a on a.zone = r.zone),
  chances as materialized (
    select r.all_n, c.p from near_edge r cross join lateral (
      select (count(*) filter (where st_intersects(r.area, st_translate(r.xy, o.dx * r.u, o.dy * r.u))) + (72 - count(*)) * r.within) / 72.0::float8 as p
      from rings o where o.r * r.u >= r.edge) c where r.dim = 0
    union all
    select r.all_n, c.p from near_edge r cross join lateral (
      select avg(case r.dim when 1 then st_length(st_intersection(r.area, g.xy)) / st_length(r.xy)
        else st_area(st_intersection(r.area, g.xy)) / st_area(r.xy) end)::float8 as p
      from rings o cross join lateral (select st_translate(r.xy, o.dx * r.u, o.dy * r.u) as xy offset 0) g) c where r.dim > 0),
  spread as (select u as n, c.p from chances c cross join unnest(c.all_n) u)
  select f.n, case when f.p = 1 then 'certain' when f.p >= 0.5 then 'probable' else 'possible' end, f.p::float8 from flat f where f.p > 1e-9
  union all
  select r.n, case when r.sure then 'certain' else 'probable' end, 1.0 from round r where r.deep
  union all
  select w.n, case when w.p >= 0.5 then 'probable' else 'possible' end, w.p from spread w;
end $$;

-- The share of the days of a range that lie on or before a day; null where the range has no bound that would tell.
create function api._share_until(p_days daterange, p_day date) returns float8 immutable parallel safe language sql as $$
  select case when p_days is null then null when api._final_day(p_days) <= p_day then 1 when api._first_day(p_days) > p_day then 0
    when api._first_day(p_days) is not null and api._final_day(p_days) is not null
      then (p_day - api._first_day(p_days) + 1)::float8 / (api._final_day(p_days) - api._first_day(p_days) + 1) end $$;

-- Whether something happened between two days: certain, probable, possible, unknown (no day is known), none; any = no days were asked for.
-- A moment, or a period that is true on one of its days at least, falls on any of its days alike. A period meets the days if it began by
-- the last and ended after the first; each end falls on any of its days alike.
create function api._time_inside(p_at daterange, p_began daterange, p_ended daterange, p_throughout bool, p_from date, p_to date)
returns text immutable parallel safe set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_days daterange := p_at; v_begins float8; v_ends float8; v_first date; v_last date;
begin
  if p_from is null and p_to is null then return 'any'; end if;
  if coalesce(p_at, p_began, p_ended) is null then return 'unknown'; end if;
  if p_at is null and p_throughout is false and lower(p_began) <= upper(coalesce(p_ended, p_began)) then
    v_days := daterange(lower(p_began), upper(coalesce(p_ended, p_began))); end if;
  if v_days is not null then
    v_first := api._first_day(v_days); v_last := api._final_day(v_days);
    if v_last < p_from or v_first > p_to then return 'none'; end if;
    if coalesce(v_first >= p_from, p_from is null) and coalesce(v_last <= p_to, p_to is null) then return 'certain'; end if;
    if v_first is null or v_last is null then return 'possible'; end if;
    return case when (least(v_last, coalesce(p_to, v_last)) - greatest(v_first, coalesce(p_from, v_first)) + 1)::float8 / (v_last - v_first + 1) >= 0.5
                then 'probable' else 'possible' end;
  end if;
  v_begins := case when p_to is null or api._final_day(p_ended) <= p_to then 1 else api._share_until(p_began, p_to) end;
  v_ends := case when p_from is null or api._first_day(p_began) >= p_from or api._first_day(p_ended) >= p_from then 1
                 else 1 - api._share_until(p_ended, p_from - 1) end;
  if v_begins = 0 or v_ends = 0 then return 'none'; end if;
  return case when v_begins = 1 and v_ends = 1 then 'certain' when v_begins * v_ends >= 0.5 then 'probable' else 'possible' end;
end $$;

create function api._worse(p_where text, p_when text) returns text immutable parallel safe language sql as $$
  select case when 'possible' in (p_where, p_when) or p_when = 'unknown' then 'possible' when 'probable' in (p_where, p_when) then 'probable' else 'certain' end $$;

create function api._check_period(p_from date, p_to date) returns void immutable language plpgsql as $$
begin
  if p_from > p_to then perform api._bad('bad_period', 'from', p_from::text, 'The period ends before it begins'); end if;
end $$;

-- Two outlines in degrees that settle most exact points of a radius of at most 1.5^p_step metres with one look each: what lies in `sure` is certain,
-- what lies without `far` is no row. Both err on the side of leaving a point to the law: the outline is made plainer, and the margins are wider
-- by as much and by a hundredth and 5 m (arcs of a buffer are chords, and lines straight on the map are not straight in degrees).
create function api._rims(p_area geometry, p_zone int, p_step int, out sure geometry, out far geometry) immutable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_area geometry := st_transform(st_segmentize(p_area, 0.02), p_zone); v_radius float8 := 1.5 ^ p_step * 1.0001; v_deep float8 := v_radius * 8 / 1.515;
begin
  sure := st_transform(st_segmentize(st_buffer(st_simplifypreservetopology(v_area, greatest(v_deep * 0.05, 20)),
    -(v_deep + greatest(v_deep * 0.05, 20)) * 1.01 - 5), 2000), 4326);
  far := st_transform(st_segmentize(st_buffer(st_simplifypreservetopology(v_area, greatest(v_radius * 0.05, 20)),
    (v_radius + greatest(v_radius * 0.05, 20)) * 1.01 + 5), 2000), 4326);
end $$;

create function api._events_judged(v_area geometry, p_from date, p_to date, p_kinds text[]) returns table(id uuid, person uuid, inside text, where_inside text,
  when_inside text, p float8) stable rows 1000 set enable_nestloop = off language plpgsql as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes into v_me from api.me() m;
  return query
  with near as materialized (
    select e.id, e.person, e.shown, e.shown_as, e.pcode, e.edition, e.centre, e.uncertainty_m, k.zone, k.step,
      case when p_from is null and p_to is null then 'any' else api._time_inside(e.at, e.began, e.ended, e.holds_throughout, p_from, p_to) end as at_time,
      case when e.shown_as = 'exact' and st_dimension(e.shown) > 0 then e.id end as own
    from (
      select x.* from reg.person_event x where x.face = v_me.level and x.shown_as = 'exact'
        and st_expand(x.shown, greatest(x.uncertainty_m, 0::float8) / 55000::float8) && v_area
      union all
      select x.* from reg.person_event x where x.face = v_me.level and x.shown && v_area and x.shown_as <> 'exact') e
    left join lateral (select api._zone(case when geometrytype(e.shown) = 'POINT' then st_x(e.shown) end) as zone, ceil(ln(greatest(e.uncertainty_m, 1)) / ln(1.5))::int as step
      where e.shown_as = 'exact' and e.uncertainty_m > 0 and geometrytype(e.shown) = 'POINT') k on true
    where e.tier <= v_me.level and e.scope = any (v_me.scopes) and (p_kinds is null or e.kind = any (p_kinds))
      and coalesce(lower(coalesce(e.began, e.at)) <= p_to, true) and coalesce(upper(coalesce(e.ended, e.at)) > p_from, true)),
  -- worth it where many lie: a pair of outlines takes as long to make as some five hundred points to judge
  rims as materialized (select w.zone, w.step, r.sure, r.far from (select n.zone, n.step from near n where n.step is not null
    group by 1, 2 having count(*) >= 1000) w cross join lateral api._rims(v_area, w.zone, w.step) r),
  looked as materialized (select n.*, case when r.zone is null then null when st_covers(r.sure, n.shown) then 'certain'
    when not st_intersects(r.far, n.shown) then 'none' end as verdict
    from (select * from near order by zone, step offset 0) n  -- PostGIS keeps what it knows of an outline while that stays the same
    left join rims r on r.zone = n.zone and r.step = n.step where n.at_time <> 'none'),
  spots as materialized (
    select n.id, n.person, n.at_time, n.shown, n.shown_as, n.uncertainty_m, dense_rank() over (
      order by n.shown_as, n.pcode, n.edition, st_x(n.centre), st_y(n.centre), n.uncertainty_m, n.own) as spot
    from looked n where n.verdict is null),
  judged as materialized (select * from api._spots_inside(v_area, array(
    select distinct on (s.spot) row(s.spot, s.shown, s.shown_as, s.uncertainty_m)::api._spot from spots s order by s.spot)))
  select s.id, s.person, api._worse(j.inside, s.at_time), j.inside, s.at_time, j.p from spots s join judged j on j.n = s.spot
  union all
  select l.id, l.person, api._worse('certain', l.at_time), 'certain', l.at_time, 1.0 from looked l where l.verdict = 'certain';
end $$;

create type api._met as (id uuid, person uuid, inside text, where_inside text, when_inside text, p float8);

-- Planned anew each time, since from the array's length the planner knows whether a few cases are looked up or all are read.
create function api._events_inside(v_area geometry, p_from date, p_to date, p_kinds text[]) returns table(id uuid, person uuid, inside text, where_inside text,
  when_inside text, p float8, code text) stable rows 1000 set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v_me record; v_met api._met[];
begin
  select m.level, m.scopes, 'partner' = any (m.roles) as partner into v_me from api.me() m;
  if coalesce(v_me.level, 0) < 1 then return; end if;
  v_met := array(select row(j.id, j.person, j.inside, j.where_inside, j.when_inside, j.p)::api._met from api._events_judged(v_area, p_from, p_to, p_kinds) j);
  return query
  select j.id, j.person, j.inside, j.where_inside, j.when_inside, j.p, p.code from unnest(v_met) j
  join reg.person p on p.id = j.person and p.face = v_me.level and p.tier <= v_me.level and p.scope = any (v_me.scopes)
    and (api._asked_for(p.case_state) or not v_me.partner);
end $$;

create function api.events_inside(p_area geometry, p_from date default null, p_to date default null, p_kinds text[] default null, p_limit int default 100,
  p_skip int default 0, p_counted bool default false) returns table(id uuid, person_id uuid, person text, case_state text, kind text, inside text,
  where_inside text, when_inside text, p_inside float8, at daterange, began daterange, ended daterange, site text, place_en text, place_ar text,
  shown_as text, uncertainty_m float8, lon float8, lat float8, shape jsonb, counted jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v_me record; v_area geometry := api._area(p_area);
begin
  perform api._check_period(p_from, p_to), api._site_terms('event_kind', 'kinds', p_kinds);
  select m.level, m.scopes into v_me from api.me() m;
  return query
  with whole as materialized (select i.* from api._events_inside(v_area, p_from, p_to, p_kinds) i),
  counts as materialized (select jsonb_build_object('events', (select jsonb_object_agg(g.inside, g.n) from (
      select w.inside, count(*) as n from whole w group by 1) g),
    'persons', (select jsonb_object_agg(('{certain,probable,possible}'::text[])[g.surest], g.n) from (select b.surest, count(*) as n from (
      select min(array_position('{certain,probable,possible}', w.inside)) as surest from whole w group by w.person) b group by 1) g)) as told),
  found as materialized (
    select i.* from whole i order by array_position('{certain,probable,possible}', i.inside), i.p desc, i.code, i.id
    limit least(greatest(coalesce(p_limit, 100), 0), 100000) offset greatest(coalesce(p_skip, 0), 0))
  select f.id, f.person, f.code, c.case_state, e.kind, f.inside, f.where_inside, f.when_inside, f.p, e.at, e.began, e.ended, w.code, u.en, u.ar,
    e.shown_as, e.uncertainty_m, st_x(e.centre), st_y(e.centre), api._plain_shape(e.shown, e.shown_as),
    case when p_counted then (select k.told from counts k) end
  from found f join reg.person_event e on e.id = f.id and e.face = v_me.level join reg.person c on c.id = f.person and c.face = v_me.level
  left join reg.site w on w.id = e.site and w.face = v_me.level and w.tier <= v_me.level and w.scope = any (v_me.scopes)
  left join lateral api._labels(array[coalesce(e.pcode, e.adm1[1])]) u on cardinality(e.adm1) = 1 or e.pcode is not null
  order by array_position('{certain,probable,possible}', f.inside), f.p desc, f.code, f.id;
end $$;
comment on function api.events_inside(geometry, date, date, text[], int, int, bool) is
  'Events of persons that may lie within an area (a polygon, EPSG:4326: api.circle and api.unit_area make one) and a period (days, both included), the surest '
  'first, after p_skip of them. inside is the lesser of where_inside (certain, probable: the chance p_inside is a half or more, possible) and when_inside '
  '(the same; unknown: no day is known; any: no period was asked for). p_counted: each row tells how many there are in all, by class. Shapes and days are those of the caller''s face. From level 1.';

create function api._sites_inside(f api._site_filter, v_area geometry) returns table(id uuid, code text, inside text, where_inside text, when_inside text, p float8)
stable rows 1000 language plpgsql as $$
#variable_conflict use_column
begin
  f.reach := v_area;
  return query
  with near as materialized (
    select s.id, s.code, row_number() over () as n, s.shown, s.shown_as, s.uncertainty_m,
      api._time_inside(null, s.active_began, s.active_ended, true, (f).first_day, (f).last_day) as at_time from api._sites(f) s),
  judged as materialized (select * from api._spots_inside(v_area, array(
    select row(n.n, n.shown, n.shown_as, n.uncertainty_m)::api._spot from near n where n.at_time <> 'none')))
  select n.id, n.code, api._worse(j.inside, n.at_time), j.inside, n.at_time, j.p from near n join judged j on j.n = n.n;
end $$;

create function api.sites_inside(p_area geometry, p_from date default null, p_to date default null, p_kinds text[] default null, p_groups text[] default null,
  p_limit int default 100, p_skip int default 0, p_counted bool default false) returns table(id uuid, code text, names jsonb, kinds jsonb, verification text,
  inside text, where_inside text, when_inside text, p_inside float8, shown_as text, uncertainty_m float8, place_en text, place_ar text, lon float8, lat float8,
  shape jsonb, counted jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._site_filter := api._site_filter(null, p_kinds, p_groups, null, null, null, null, p_from, p_to, null, null);
  v_area geometry := api._area(p_area);
begin
  return query
  with whole as materialized (select i.* from api._sites_inside(f, v_area) i),
  counts as materialized (select jsonb_build_object('sites', (select jsonb_object_agg(g.inside, g.n) from (
    select w.inside, count(*) as n from whole w group by 1) g)) as told),
  found as materialized (select i.* from whole i order by array_position('{certain,probable,possible}', i.inside), i.p desc, i.code
    limit least(greatest(coalesce(p_limit, 100), 0), 100000) offset greatest(coalesce(p_skip, 0), 0))
  select r.id, r.code, r.names, r.kinds, r.verification, i.inside, i.where_inside, i.when_inside, i.p, r.shown_as, r.uncertainty_m, r.place_en, r.place_ar,
    r.lon, r.lat, r.shape, case when p_counted then (select k.told from counts k) end
  from api._listed(array(select found.id from found), f) r join found i on i.id = r.id
  order by array_position('{certain,probable,possible}', i.inside), i.p desc, r.code;
end $$;
comment on function api.sites_inside(geometry, date, date, text[], text[], int, int, bool) is
  'Sites that may lie within an area and may have been in use within a period, as events_inside says it of events; when_inside speaks of the days in which '
  'the site was in use.';

create function api.inside_counts(p_area geometry, p_from date default null, p_to date default null, p_event_kinds text[] default null,
  p_site_kinds text[] default null, p_site_groups text[] default null) returns table(what text, inside text, n int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._site_filter := api._site_filter(null, p_site_kinds, p_site_groups, null, null, null, null, p_from, p_to, null, null);
  v_area geometry := api._area(p_area);
begin
  perform api._site_terms('event_kind', 'kinds', p_event_kinds);
  return query
  with happened as materialized (select i.person, array_position('{certain,probable,possible}', i.inside) as n
    from api._events_inside(v_area, p_from, p_to, p_event_kinds) i),
  surest as (select min(h.n) as n from happened h group by h.person)
  select 'sites', i.inside, count(*)::int from api._sites_inside(f, v_area) i group by 2
  union all select 'events', ('{certain,probable,possible}'::text[])[h.n], count(*)::int from happened h group by 2
  union all select 'persons', ('{certain,probable,possible}'::text[])[b.n], count(*)::int from surest b group by 2;
end $$;
comment on function api.inside_counts(geometry, date, date, text[], text[], text[]) is
  'How many sites, events and persons (each by its surest event) sites_inside and events_inside would answer, by class.';
reset role;
