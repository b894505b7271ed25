-- Finding sites: lists, counts, facets, what is near. Everything is computed from the rows of the caller's own face:
-- the predicate (face, tier, scope) stands in _face and nowhere else, with level and scopes read once into a filter.
-- Periods: unknown could be any time, so it passes; a refuted kind counts only where asked for, or where nothing else is left.
set role sr_reader;

-- Whether something that began and ended within these ranges can have gone on between two days.
create function api._may_overlap(p_began daterange, p_ended daterange, p_first date, p_last date) returns bool
immutable parallel safe language sql as $$
  select coalesce(lower(p_began) <= p_last, true) and coalesce(upper(p_ended) > p_first, true) $$;

-- Whether a pair (site, kind) is what is asked for.
create function api._fits(f api._site_filter, p_kind text, p_group text, p_level text, p_began daterange, p_ended daterange)
returns bool immutable parallel safe language sql as $$
  select ((f).kinds is null or p_kind = any ((f).kinds)) and ((f).groups is null or p_group = any ((f).groups))
     and ((f).verification is null or p_level = any ((f).verification))
     and ((f).not_verification is null or p_level <> all ((f).not_verification))
     and api._may_overlap(p_began, p_ended, (f).first_day, (f).last_day) $$;

-- The same for a pair of a site that carries these groups: a refuted pair only where asked for, or where nothing else is left.
create function api._pair_fits(f api._site_filter, p_kind text, p_group text, p_level text, p_began daterange, p_ended daterange, p_groups text[])
returns bool immutable parallel safe language sql as $$
  select api._fits(f, p_kind, p_group, p_level, p_began, p_ended)
     and (p_level <> 'refuted' or (f).verification is not null or p_groups = '{}') $$;

-- The rows of the face of this level whose sets of compartments are held: planned into the query that asks.
create function api._face(p_level int, p_scopes int[]) returns setof reg.site stable rows 1000 language sql as $$
  select s.* from reg.site s where s.face = p_level and s.tier <= p_level and s.scope = any (p_scopes) $$;

-- The rows of the caller's face that fit: planned into the query that asks, so the index on (face, shown) is used. box is met by
-- what is shown, reach by that with its uncertainty around it (as ix_site_reach has it: 55 km to a degree, enough up to 60 N or S).
create function api._sites(f api._site_filter) returns setof reg.site stable rows 1000 language sql as $$
  select s.* from api._face((f).level, (f).scopes) s
  where ((f).box is null or (s.shown && (f).box and st_intersects(s.shown, (f).box)))
    and ((f).reach is null or st_expand(s.shown, greatest(s.uncertainty_m, 0) / 55000) && (f).reach)
    and ((f).outline is null or (st_expand(s.shown, greatest(s.uncertainty_m, 0) / 55000) && (f).vicinity
      and api._may_reach(s.shown, st_x(s.centre), api._slack(s.shown_as, s.uncertainty_m), (f).outline, (f).around_m)))
    and ((f).ids is null or s.id = any ((f).ids))
    and ((f).code is null or s.code = (f).code or s.id = any ((f).found))
    and ((f).protection is null or s.protection = any ((f).protection))
    and ((f).adm1 is null or coalesce(s.adm1, 'none') = any ((f).adm1))
    and ((f).not_protection is null or s.protection <> all ((f).not_protection))
    and ((f).not_adm1 is null or coalesce(s.adm1, 'none') <> all ((f).not_adm1))
    and (num_nulls((f).not_kinds, (f).not_groups) = 2 or not (
      (s.kinds = '{}' and ('unknown' = any (coalesce((f).not_kinds, '{}')) or 'other' = any (coalesce((f).not_groups, '{}'))))
      or exists (select 1 from reg.site_kind k where k.site = s.id and k.face = (f).level
        and (k.kind = any ((f).not_kinds) or k.kind_group = any ((f).not_groups))
        and (k.verification <> 'refuted' or s.groups = '{}' or 'refuted' = any (coalesce((f).verification, '{}'))))))
    and ((f).overdue is null or coalesce(s.next_review < (f).today, false) = (f).overdue)
    and api._may_overlap(s.active_began, s.active_ended, (f).first_day, (f).last_day)
    and (not (f).paired
         or exists (select 1 from reg.site_kind k where k.site = s.id and k.face = (f).level
           and (k.verification <> 'refuted' or (f).verification is not null)
           and api._fits(f, k.kind, k.kind_group, k.verification, k.began, k.ended))
         or (s.groups = '{}' and (f).verification is null and exists (select 1 from reg.site_kind k where k.site = s.id
           and k.face = (f).level and api._fits(f, k.kind, k.kind_group, k.verification, k.began, k.ended)))
         or (s.kinds = '{}' and api._fits(f, 'unknown', 'other', s.verification, null, null))) $$;

-- The pairs (site, kind) of those rows; a site of which no kind is known is one pair, unknown.
create function api._pairs(f api._site_filter) returns table(site uuid, kind text, kind_group text, verification text, protection text,
  overdue bool, code text, names jsonb, shown geometry, centre geometry, shown_as text, uncertainty_m float8, unit text)
stable rows 1000 language sql as $$
  select s.id, coalesce(k.kind, 'unknown'), coalesce(k.kind_group, 'other'), coalesce(k.verification, s.verification), s.protection,
         coalesce(s.next_review < (f).today, false), s.code, s.names, s.shown, s.centre, s.shown_as, s.uncertainty_m,
         coalesce(s.adm3, s.adm2, s.adm1, s.country)
  from api._sites(f) s left join reg.site_kind k on k.site = s.id and k.face = (f).level
  where api._pair_fits(f, coalesce(k.kind, 'unknown'), coalesce(k.kind_group, 'other'), coalesce(k.verification, s.verification), k.began, k.ended,
                       s.groups) $$;

-- A shape as GeoJSON: seven decimals, outer rings counter-clockwise.
create function api._geojson(p geometry) returns jsonb immutable parallel safe language sql as $$ select st_asgeojson(st_forcepolygonccw(p), 7)::jsonb $$;

-- What a shape is in a list: the outline of a unit made plainer, its exact one is on the page.
create function api._plain_shape(p_shown geometry, p_shown_as text) returns jsonb immutable parallel safe language sql as $$
  select api._geojson(case when p_shown_as = 'admin_unit' and st_npoints(p_shown) > 100 then st_simplifypreservetopology(p_shown, 0.01)
                           else p_shown end) $$;

create type api._site_listed as (id uuid, code text, names jsonb, kinds jsonb, verification text, protection text, next_review date, overdue bool,
  in_doubt_since date, last_checked date, shown_as text, "precision" text, uncertainty_m float8, place_en text, place_ar text, adm1 text, adm2 text,
  adm3 text, country text, conflicts text[], version int, lon float8, lat float8, shape jsonb);

-- The newest names of the units of sites: the finest unit that is known, and its governorate.
create function api._labels(p_units text[]) returns table(pcode text, en text, ar text) stable rows 10 language plpgsql as $$
#variable_conflict use_column
begin
  return query select distinct on (a.pcode) a.pcode, a.name_en, coalesce(a.name_ar, a.name_en) from reg.admin_unit a
    where a.pcode = any (p_units) order by a.pcode, a.edition desc;
end $$;

-- Sites with those that were merged into them.
create function api._sites_within(p_ids uuid[]) returns table(id uuid, member uuid) stable rows 100 language sql as $$
  with recursive m as (select i as id, i as member from unnest(p_ids) i
    union all select m.id, x.id from m join reg.subject x on x.merged_into = m.member) select m.id, m.member from m $$;

-- When these sites were last visited as far as the caller sees; by the indexes of each: whole tables are read or not as others' rows are many.
create function api._last_visits(p_ids uuid[], f api._site_filter) returns table(site uuid, last date) stable rows 100
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$ begin return query select w.id, max(v.visited_on) from api._sites_within(p_ids) w join reg.visit v on v.site = w.member
    where v.tier <= (f).level and v.scope = any ((f).scopes) group by 1;
end $$;

-- What a list says of sites of the caller's face; planned once a session: kinds by the site, so that no other face's size moves the plan.
create function api._listed(p_ids uuid[], f api._site_filter) returns setof api._site_listed
stable set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return query
  with s as materialized (select s.*, coalesce(s.adm3, s.adm2, s.adm1, s.country) as unit from reg.site s where s.id = any (p_ids) and s.face = (f).level),
  names as materialized (select * from api._labels(array(select s.unit from s union select s.adm1 from s))),
  visits as (select * from api._last_visits(p_ids, f))
  select s.id, s.code, s.names - 'all', (select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'group', k.kind_group, 'verification', k.verification,
      'began', k.began, 'ended', k.ended) order by array_position(s.kinds, k.kind), k.kind), '[]') from reg.site_kind k where k.site = s.id and k.face = (f).level),
    s.verification, s.protection, s.next_review, coalesce(s.next_review < (f).today, false),
    s.in_doubt_since, v.last, s.shown_as, s.precision, s.uncertainty_m, u.en || coalesce(', ' || nullif(g.en, u.en), ''),
    u.ar || coalesce('، ' || nullif(g.ar, u.ar), ''), s.adm1, s.adm2, s.adm3, s.country, s.conflicts, s.version,
    st_x(s.centre), st_y(s.centre), api._plain_shape(s.shown, s.shown_as)
  from s left join names u on u.pcode = s.unit left join names g on g.pcode = s.adm1
  left join visits v on v.site = s.id;
end $$;

create function api.site_list(p_q text default null, p_kinds text[] default null, p_groups text[] default null, p_verification text[] default null,
  p_protection text[] default null, p_adm1 text[] default null, p_bbox float8[] default null, p_from date default null, p_to date default null,
  p_overdue bool default null, p_ids uuid[] default null, p_limit int default 100, p_after text default null, p_around_km float8 default null) returns setof api._site_listed
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
declare f api._site_filter := api._site_filter(p_q, p_kinds, p_groups, p_verification, p_protection, p_adm1, p_bbox, p_from, p_to, p_overdue, p_ids, p_around_km);
begin
  return query select * from api._listed(array(
    select s.id from api._sites(f) s where p_after is null or s.code > p_after order by s.code limit least(greatest(coalesce(p_limit, 100), 0), 1000)), f) r
    order by r.code;
end $$;
comment on function api.site_list(text, text[], text[], text[], text[], text[], float8[], date, date, bool, uuid[], int, text, float8) is
  'Sites of the caller''s face by code: at most p_limit (1000), after the code p_after. bbox: west, south, east, north in degrees, or longitude and latitude of each corner of an area, met by '
  'what is shown; around_km: with it, what may lie within so many kilometres of that area; a code with a minus before it leaves out; from, to: days in which the site may have been active. shape: GeoJSON of what is shown; metres; EPSG:4326.';

create function api.site_count(p_q text default null, p_kinds text[] default null, p_groups text[] default null, p_verification text[] default null,
  p_protection text[] default null, p_adm1 text[] default null, p_bbox float8[] default null, p_from date default null, p_to date default null,
  p_overdue bool default null, p_ids uuid[] default null, p_around_km float8 default null) returns int
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
declare f api._site_filter := api._site_filter(p_q, p_kinds, p_groups, p_verification, p_protection, p_adm1, p_bbox, p_from, p_to, p_overdue, p_ids, p_around_km);
begin
  return (select count(*) from api._sites(f));
end $$;
comment on function api.site_count(text, text[], text[], text[], text[], text[], float8[], date, date, bool, uuid[], float8) is
  'How many sites of the caller''s face site_list would list in all.';

create function api.site_facets(p_q text default null, p_kinds text[] default null, p_groups text[] default null, p_verification text[] default null,
  p_protection text[] default null, p_adm1 text[] default null, p_bbox float8[] default null, p_from date default null, p_to date default null,
  p_overdue bool default null, p_ids uuid[] default null, p_around_km float8 default null) returns table(facet text, code text, n int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan set enable_nestloop = on language plpgsql as $$
#variable_conflict use_column
declare f api._site_filter := api._site_filter(p_q, p_kinds, p_groups, p_verification, p_protection, p_adm1, p_bbox, p_from, p_to, p_overdue, p_ids, p_around_km);
begin
  -- of a whole face the kinds are read in the order of their sites, once; of a few sites each by its own. The planner cannot tell: it is given no figures.
  if p_q is null and p_bbox is null and p_ids is null then perform set_config('enable_nestloop', 'off', true); end if;
  return query
  with s as materialized (
    select s.id, s.groups, s.verification, s.protection, coalesce(s.adm1, 'none') as adm1, s.shown_as, cardinality(s.kinds) < 2 as lone,
           coalesce(s.next_review < (f).today, false) as overdue from api._sites(f) s),
  p as materialized (
    select s.id, s.lone, coalesce(k.kind, 'unknown') as kind, coalesce(k.kind_group, 'other') as kind_group, coalesce(k.verification, s.verification) as verification
    from s left join reg.site_kind k on k.site = s.id and k.face = (f).level
    where api._pair_fits(f, coalesce(k.kind, 'unknown'), coalesce(k.kind_group, 'other'), coalesce(k.verification, s.verification), k.began, k.ended, s.groups)),
  -- one look at the pairs and one at the sites; a site of one kind is counted with its pair, of the others each group and level counts once
  pairs as materialized (select p.kind, p.kind_group, p.verification, p.lone, count(*)::int as n from p group by 1, 2, 3, 4),
  many as materialized (select p.id, p.kind_group, p.verification from p where not p.lone),
  one as materialized (select s.protection, s.adm1, s.shown_as, s.overdue, grouping(s.protection, s.adm1, s.shown_as, s.overdue) as left_out, count(*)::int as n
    from s group by grouping sets ((s.protection), (s.adm1), (s.shown_as), (s.overdue)))
  select 'kind', p.kind, sum(p.n)::int from pairs p group by 2
  union all select 'group', t.kind_group, sum(t.n)::int from (select p.kind_group, p.n from pairs p where p.lone
    union all select d.kind_group, 1 from (select distinct m.id, m.kind_group from many m) d) t group by 2
  union all select 'verification', t.verification, sum(t.n)::int from (select p.verification, p.n from pairs p where p.lone
    union all select d.verification, 1 from (select distinct m.id, m.verification from many m) d) t group by 2
  union all select case o.left_out when 7 then 'protection' when 11 then 'adm1' when 13 then 'shown_as' else 'overdue' end,
    coalesce(case o.left_out when 7 then o.protection when 11 then o.adm1 when 13 then o.shown_as end, o.overdue::text), o.n from one o
  order by 1, 3 desc, 2;
end $$;
comment on function api.site_facets(text, text[], text[], text[], text[], text[], float8[], date, date, bool, uuid[], float8) is
  'Of the sites that site_list would list, how many have each kind, group, verification of a kind that fits, protection, governorate '
  '(none = not known), shape and state of review.';

-- Geodesic metres between a point and what is shown: the nearest and the farthest that the site may be. The shape of an exact
-- place is widened by its uncertainty; a cell or unit is itself the area. An area is measured as joins measure it (55); beyond
-- 200 km, where the plane of its zone bends, between the points that are nearest on the sphere.
create function api._distances(p_point geography, p_shown geometry, p_zone int, p_rough float8, p_slack float8, out d_min float8, out d_max float8)
immutable parallel safe language sql as $$
  select greatest(case when st_dimension(p_shown) > 0 and p_rough <= 200000
             then api._between(api._drawn(p_point::geometry, p_zone), api._drawn(p_shown, p_zone), 300000) else p_rough end - p_slack, 0),
         (select max(st_distance(d.geom::geography, p_point))
           from st_dumppoints(case when st_npoints(p_shown) > 20 then st_convexhull(p_shown) else p_shown end) d) + p_slack $$;

create function api.sites_near(p_lon float8, p_lat float8, p_km float8, p_q text default null, p_kinds text[] default null,
  p_groups text[] default null, p_verification text[] default null, p_protection text[] default null, p_adm1 text[] default null,
  p_bbox float8[] default null, p_from date default null, p_to date default null, p_overdue bool default null, p_ids uuid[] default null,
  p_limit int default 100, p_around_km float8 default null) returns table(id uuid, code text, names jsonb, kinds jsonb, verification text, protection text, next_review date,
  overdue bool, in_doubt_since date, last_checked date, shown_as text, "precision" text, uncertainty_m float8, place_en text, place_ar text,
  adm1 text, adm2 text, adm3 text, country text, conflicts text[], version int, lon float8, lat float8, shape jsonb, d_min_m float8, d_max_m float8)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._site_filter := api._site_filter(p_q, p_kinds, p_groups, p_verification, p_protection, p_adm1, p_bbox, p_from, p_to, p_overdue, p_ids, p_around_km);
  v_point geography; v_around geometry; v_reach float8; v_limit int := least(greatest(coalesce(p_limit, 100), 0), 1000);
begin
  if not coalesce(p_lon between -180 and 180 and p_lat between -90 and 90, false) then
    perform api._bad('bad_place', 'near', concat_ws(', ', p_lat, p_lon), 'Near needs a latitude and a longitude in degrees'); end if;
  if not coalesce(p_km > 0 and p_km <= 20100, false) then
    perform api._bad('bad_number', 'km', p_km::text, 'Near is more than 0 and at most 20,100 km'); end if;
  v_point := st_setsrid(st_makepoint(p_lon, p_lat), 4326)::geography;
  v_reach := degrees(p_km * 1010 / 6356752);
  v_around := case when abs(p_lat) + v_reach >= 89 or abs(p_lon) + v_reach / cos(radians(least(abs(p_lat) + v_reach, 89))) >= 180
    then st_makeenvelope(-180, -90, 180, 90, 4326)
    else st_expand(v_point::geometry, v_reach / cos(radians(abs(p_lat) + v_reach)), v_reach) end;
  f.reach := v_around;
  return query
  with rough as materialized (
    select s.id, s.code, s.shown, api._zone(st_x(s.centre)) as zone, r.d, r.slack, greatest(r.d - r.slack, 0) as d_min from api._sites(f) s
    cross join lateral (select st_distance(s.shown::geography, v_point) as d, api._slack(s.shown_as, s.uncertainty_m) as slack) r),
  -- geography is a thousandth off for areas: all are measured well that may be among those asked for
  reach as materialized (select max(n.d_min) as d from (
    select r.d_min from rough r where r.d_min <= p_km * 1010 + 200 order by r.d_min limit v_limit) n),
  near as materialized (select r.id, r.code, d.* from rough r cross join lateral api._distances(v_point, r.shown, r.zone, r.d, r.slack) d
    where r.d_min <= (select reach.d * 1.01 + 200 from reach)),
  found as materialized (select * from near n where n.d_min <= p_km * 1000 order by n.d_min, n.code limit v_limit)
  select r.*, found.d_min, found.d_max from api._listed(array(select found.id from found), f) r
  join found on found.id = r.id order by found.d_min, r.code;
end $$;
comment on function api.sites_near(float8, float8, float8, text, text[], text[], text[], text[], text[], float8[], date, date, bool, uuid[], int, float8) is
  'Sites that may lie within p_km of a point, nearest first; d_min_m and d_max_m are geodesic metres to the nearest and farthest place where '
  'the site can be, from the whole shape that the caller is shown with its uncertainty.';

-- The first or last day of a range; null where it is open, unbounded or not known.
create function api._first_day(p daterange) returns date immutable parallel safe language sql as $$
  select case when isfinite(lower(p)) then lower(p) end $$;
create function api._final_day(p daterange) returns date immutable parallel safe language sql as $$
  select case when isfinite(upper(p)) then upper(p) - 1 end $$;

create function api.site_frame(p_q text default null, p_kinds text[] default null, p_groups text[] default null, p_verification text[] default null,
  p_protection text[] default null, p_adm1 text[] default null, p_bbox float8[] default null, p_from date default null, p_to date default null,
  p_overdue bool default null, p_ids uuid[] default null, p_around_km float8 default null) returns table(id text, code text, kind text, "group" text, kinds text, groups text, verification text,
  protection text, next_review date, overdue bool, name_en text, name_ar text, geometry bytea, shown_as text, uncertainty_m float8,
  "precision" text, place_kind text, lon float8, lat float8, adm1 text, adm2 text, adm3 text, country text, began_earliest date, began_latest date,
  ended_earliest date, ended_latest date, still bool, remains_state text, building text, current_use text, access text, part_of text,
  last_checked date, conflicts text, version int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._site_filter := api._site_filter(p_q, p_kinds, p_groups, p_verification, p_protection, p_adm1, p_bbox, p_from, p_to, p_overdue, p_ids, p_around_km);
begin
  return query
  with s as materialized (select * from api._sites(f))
  select s.id::text, s.code, s.kinds[1], t.attrs->>'group', array_to_string(s.kinds, ','), array_to_string(s.groups, ','), s.verification, s.protection, s.next_review,
    coalesce(s.next_review < (f).today, false), s.names->>'en', s.names->>'ar',
    case when s.shown_as <> 'admin_unit' then st_asbinary(s.shown) end, s.shown_as, s.uncertainty_m, s.precision,
    s.place_kind, st_x(s.centre), st_y(s.centre), s.adm1, s.adm2, s.adm3, s.country, api._first_day(s.active_began), api._final_day(s.active_began),
    api._first_day(s.active_ended), api._final_day(s.active_ended), upper_inf(s.active_ended) or upper(s.active_ended) = 'infinity',
    s.remains_state, s.building, s.current_use, s.access->>'condition', w.code, v.last, array_to_string(s.conflicts, ','), s.version
  from s
  left join vocab.site_kind t on t.code = s.kinds[1]
  left join reg.site w on w.id = s.part_of and w.face = (f).level and w.tier <= (f).level and w.scope = any ((f).scopes)
  left join api._last_visits(array(select s.id from s), f) v on v.site = s.id
  order by s.code;
end $$;
comment on function api.site_frame(text, text[], text[], text[], text[], text[], float8[], date, date, bool, uuid[], float8) is
  'Every site that site_list would list, in flat columns for a GeoDataFrame: geometry is the WKB (EPSG:4326) of what is shown, uncertainty_m is '
  'metres around it, of an admin unit null (its outline: site_outlines), kinds and groups are joined by commas with the best known first, dates are inclusive days, still = true when last recorded.';
reset role;
