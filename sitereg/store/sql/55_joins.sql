-- Which sites lie near which events: shapes of the caller's face on both sides, geodesic metres, each distinct shape of an
-- event measured once. SQL and joins.within answer the same pairs.
set role sr_reader;

-- How far around its shape a place may truly be: a cell or unit is itself the area.
create function api._slack(p_shown_as text, p_uncertainty float8) returns float8 immutable parallel safe language sql as $$
  select case when p_shown_as = 'exact' then coalesce(p_uncertainty, 0) else 0 end $$;

-- The box in degrees that surely holds everything within p_metres of a shape; the world where it would cross a pole or +-180.
create function api._around(p_shape geometry, p_metres float8) returns geometry immutable parallel safe language plpgsql as $$
declare v_up float8 := degrees(p_metres * 1.01 / 6335000);
  v_north float8 := greatest(abs(st_ymin(p_shape)), abs(st_ymax(p_shape))) + v_up; v_across float8;
begin
  if v_north >= 89 then return st_makeenvelope(-180, -90, 180, 90, 4326); end if;
  v_across := v_up / cos(radians(v_north));
  if st_xmin(p_shape) - v_across <= -180 or st_xmax(p_shape) + v_across >= 180 then return st_makeenvelope(-180, -90, 180, 90, 4326); end if;
  return st_expand(p_shape, v_across, v_up);
end $$;

-- A shape in the metres of the UTM zone of a longitude, its edges drawn along great circles. The nearest points of two shapes
-- are sought there: geography seeks them on the sphere and is up to 0.3 % off between areas.
create function api._drawn(p_shape geometry, p_zone int) returns geometry immutable parallel safe language sql as $$
  select st_transform(case when st_dimension(p_shape) = 0 then p_shape else st_segmentize(p_shape::geography, 10000)::geometry end, p_zone) $$;
create function api._zone(p_lon float8) returns int immutable parallel safe language sql as $$
  select 32601 + greatest(least(floor((p_lon + 180) / 6)::int, 59), 0) $$;

-- The geodesic between the nearest points of two drawn shapes, metres; null where it is more than p_limit. Exact to 1 m at 10 km.
create function api._between(p_one geometry, p_other geometry, p_limit float8) returns float8 immutable parallel safe language sql as $$
  select case when not st_dwithin(p_one, p_other, p_limit * 1.005 + 10) then null when st_intersects(p_one, p_other) then 0
    else (select st_distance(st_transform(st_startpoint(l), 4326)::geography, st_transform(st_endpoint(l), 4326)::geography)
          from st_shortestline(p_one, p_other) l) end $$;

-- time_overlap: whether the event (a moment, or from began to ended) fell into the days in which the site was in use. What is not
-- known constrains nothing; where one of the two has no day at all it is unknown.
create function api.event_site_near(p_km float8) returns table(event bigint, event_id uuid, person bigint, person_code text, event_kind text,
  site bigint, site_id uuid, site_code text, site_kind text, km float8, d_min_m float8, time_overlap text, event_shown_as text,
  site_shown_as text, event_uncertainty_m float8, site_uncertainty_m float8)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan
set enable_nestloop = off  -- the guesses for the steps below are far too low; where shapes meet boxes there is no other way anyhow
language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record; v_wide constant float8 := 1000; v_limit float8 := p_km * 1000;
begin
  if not coalesce(p_km > 0 and p_km <= 100, false) then
    perform api._bad('bad_number', 'km', p_km::text, 'Near is more than 0 and at most 100 km'); end if;
  select m.level, m.scopes, 'partner' = any (m.roles) as partner into v_me from api.me() m;
  if coalesce(v_me.level, 0) < 1 then return; end if;
  return query
  with unlinked as materialized (select b.id from reg.beside b where b.face = v_me.level and b.what = 'unlinked'),
  e as materialized (
    select v.id, v.kind, v.shown_as, v.uncertainty_m, p.code, api._feature_id(v.id) as key, api._feature_id(v.person) as person_key,
      v.at is not null as moment, coalesce(api._first_day(v.at), api._first_day(v.began)) as first, coalesce(api._final_day(v.at), api._final_day(v.ended)) as last,
      api._final_day(v.began) as sure_from, api._first_day(v.ended) as sure_to, dense_rank() over (
        order by v.shown_as, v.pcode, v.edition, st_x(v.centre), st_y(v.centre), v.uncertainty_m,
                 case when v.shown_as = 'exact' and st_dimension(v.shown) > 0 then v.id end) as place
    from reg.person_event v join reg.person p on p.id = v.person and p.face = v.face and p.tier <= v_me.level and p.scope = any (v_me.scopes)
      and (api._asked_for(p.case_state) or not v_me.partner)
    where v.face = v_me.level and v.tier <= v_me.level and v.scope = any (v_me.scopes) and v.shown is not null
      and not exists (select 1 from unlinked u where u.id = v.id)),
  sites as materialized (
    select s.id, s.code, s.kinds[1] as kind, s.shown_as, s.uncertainty_m, api._feature_id(s.id) as key,
      api._first_day(s.active_began) as began_first, api._final_day(s.active_began) as began_last,
      api._first_day(s.active_ended) as ended_first, api._final_day(s.active_ended) as ended_last
    from reg.site s where s.face = v_me.level and s.tier <= v_me.level and s.scope = any (v_me.scopes) and s.shown is not null
      and not exists (select 1 from unlinked u where u.id = s.id)),
  places as materialized (
    select f.place, v.shown, api._slack(v.shown_as, v.uncertainty_m) as slack, st_dimension(v.shown) as dim,
           api._around(v.shown, v_limit + api._slack(v.shown_as, v.uncertainty_m) + v_wide) as box
    from (select distinct on (e.place) e.place, e.id from e order by e.place) f
    join reg.person_event v on v.id = f.id and v.face = v_me.level),
  wide as materialized (
    select s.id, s.shown, s.centre, s.uncertainty_m as slack,
           api._around(s.shown, v_limit + s.uncertainty_m + (select max(p.slack) from places p)) as box
    from reg.site s
    where s.face = v_me.level and s.tier <= v_me.level and s.scope = any (v_me.scopes) and s.shown_as = 'exact' and s.uncertainty_m > v_wide),
  met as materialized (
    select p.place, s.id, p.slack + api._slack(s.shown_as, s.uncertainty_m) as slack, api._zone(st_x(s.centre)) as zone,
           case when p.dim = 0 and st_dimension(s.shown) = 0 then st_distance(p.shown::geography, s.shown::geography) end as d
    from places p join reg.site s on s.face = v_me.level and s.shown && p.box and api._slack(s.shown_as, s.uncertainty_m) <= v_wide
    where s.tier <= v_me.level and s.scope = any (v_me.scopes)
    union all
    select p.place, w.id, p.slack + w.slack, api._zone(st_x(w.centre)),
           case when p.dim = 0 and st_dimension(w.shown) = 0 then st_distance(p.shown::geography, w.shown::geography) end
    from wide w join places p on p.shown && w.box),
  drawn_places as materialized (
    select w.place, w.zone, api._drawn(p.shown, w.zone) as xy
    from (select distinct m.place, m.zone from met m where m.d is null) w join places p on p.place = w.place),
  drawn_sites as materialized (
    select w.id, api._drawn(s.shown, w.zone) as xy
    from (select distinct m.id, m.zone from met m where m.d is null) w join reg.site s on s.id = w.id and s.face = v_me.level),
  apart as materialized (
    select m.place, m.id, greatest(m.d - m.slack, 0) as d from met m where m.d is not null
    union all
    select m.place, m.id, greatest(b.d - m.slack, 0) from met m
    join drawn_places p on p.place = m.place and p.zone = m.zone join drawn_sites s on s.id = m.id
    cross join lateral (select api._between(p.xy, s.xy, v_limit + m.slack) as d) b where m.d is null and b.d is not null)
  select e.key, e.id, e.person_key, e.code, e.kind, s.key, s.id, s.code, s.kind, a.d / 1000, a.d,
    case when coalesce(e.first, e.last) is null or coalesce(s.began_first, s.began_last, s.ended_first, s.ended_last) is null then 'unknown'
      when e.last < s.began_first or e.first > s.ended_last then 'none'
      when e.first >= s.began_last and e.last <= s.ended_first then 'certain'
      when not e.moment and num_nulls(e.sure_from, e.sure_to, s.began_last, s.ended_first) = 0
        and greatest(e.sure_from, s.began_last) <= least(e.sure_to, s.ended_first) then 'certain'
      else 'possible' end,
    e.shown_as, s.shown_as, e.uncertainty_m, s.uncertainty_m
  from apart a join e on e.place = a.place join sites s on s.id = a.id
  where a.d <= v_limit order by e.key, s.key;  -- not as they lie: that would tell what was written last
end $$;
comment on function api.event_site_near(float8) is
  'Every pair of an event and a site that may lie within p_km (at most 100) of each other. d_min_m: geodesic metres between what the caller is '
  'shown of both, less the uncertainty of exact places; km: the same in kilometres. time_overlap: certain, possible, none, unknown.';
reset role;
