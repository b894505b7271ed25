-- Silent places: units in which many were last seen and of which nothing is recorded. A place that is not known so well is spread over the units
-- that it may be in. Everything from the caller's face; persons are told in bands.
set role sr_reader;

create type api._spread as (n bigint, shown geometry, shown_as text, uncertainty_m float8, pcode text);

-- The newest outline of each unit of a level.
create function api._units_of(p_level int) returns table(pcode text, edition text, name_en text, name_ar text, parent text, geom geometry)
stable rows 100 language sql as $$
  select distinct on (a.pcode) a.pcode, a.edition, a.name_en, coalesce(a.name_ar, a.name_en), a.parent, a.geom
  from reg.admin_unit a where a.level = p_level and a.geom is not null order by a.pcode, a.edition desc $$;

-- The unit of a level that each of these units is, or lies in; null where none of that level is above it.
create function api._climbed(p_pcodes text[], p_level int) returns table(pcode text, unit text) stable rows 100 language sql as $$
  with recursive up as (
    select a.pcode as start, a.pcode, a.level, a.parent from reg.admin_unit a where a.pcode = any (p_pcodes)
    union select up.start, a.pcode, a.level, a.parent from up join reg.admin_unit a on a.pcode = up.parent and a.level < up.level)
  select up.start, min(up.pcode) filter (where up.level = p_level) from up group by 1 $$;

-- The cells of the grid of 10 km (40_cells.sql) whose codes these are, each under the name of the nearest place of the gazetteer within 15 km of its middle.
create function api._cells_of(p_codes text[]) returns table(pcode text, edition text, name_en text, name_ar text, parent text, geom geometry)
stable rows 100 language sql as $$
  select c.code, 'grid', p.names->>'en', coalesce(p.names->>'ar', p.names->>'en'), g.unit, c.geom
  from (select u as code, api._cell(st_transform(st_setsrid(st_makepoint((split_part(u, '/', 2)::float8 + 0.5) * 10000, (split_part(u, '/', 3)::float8 + 0.5) * 10000),
      6933), 4326), 10000) as geom from unnest(p_codes) u) c cross join lateral (select st_centroid(c.geom) as at) m
  left join lateral (select x.names, x.geom from reg.place x where st_dwithin(x.geom, m.at, 0.2) order by x.geom <-> m.at, x.id limit 1) p
    on st_distance(p.geom::geography, m.at::geography) <= 15000
  left join lateral (select w.unit from api._unit_at(m.at) a cross join lateral api._climbed(array[a.pcode], 1) w) g on true $$;

-- The points that stand for a place, each for the same chance: 24 on six rings around one known to a radius of more than half a kilometre, 25 of an area
-- or a cell of 10 km, else its middle.
create function api._stand_ins(p_shown geometry, p_shown_as text, p_uncertainty float8) returns geometry[] immutable parallel safe
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_middle geometry := st_pointonsurface(p_shown); v_slack float8 := api._slack(p_shown_as, p_uncertainty); v_wide float8 := cos(radians(st_y(v_middle))) * 111320;
begin
  if p_shown_as = 'cell_1km' then return array[st_centroid(p_shown)]; end if;
  if p_shown_as = 'cell_10km' then
    return array(select st_setsrid(st_makepoint(st_xmin(p_shown) + (i + 0.5) / 5 * (st_xmax(p_shown) - st_xmin(p_shown)),
      st_ymin(p_shown) + (j + 0.5) / 5 * (st_ymax(p_shown) - st_ymin(p_shown))), 4326) from generate_series(0, 4) i cross join generate_series(0, 4) j); end if;
  if st_dimension(p_shown) = 2 then return array(select d.geom from st_dump(st_generatepoints(p_shown, 25, 1)) d); end if;
  if v_slack <= 500 then return array[v_middle]; end if;
  return array(select st_setsrid(st_makepoint(st_x(v_middle) + sin(b) * r * v_slack / v_wide, st_y(v_middle) + cos(b) * r * v_slack / 110900), 4326)
    from generate_series(0, 5) i cross join generate_series(0, 3) j
    cross join lateral (select sqrt(-2 * ln(1 - (i + 0.5) / 6)) / 1.515 as r, radians((j + i / 6.0) * 90) as b) p);
end $$;

-- Of each place the units of a level that it may be in, with the chance. A place known as a unit is in the unit above it; as one that is wider, in each
-- unit below by its share of the area. What lies in no unit of the level is no row.
create function api._in_units(p_level int, p_places api._spread[]) returns table(n bigint, pcode text, share float8) stable rows 1000
set enable_nestloop = on language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with recursive s as materialized (select u.* from unnest(p_places) u),
  units as materialized (select u.pcode, u.edition, u.parent, u.geom from api._units_of(p_level) u),
  above as (select u.pcode, u.edition, u.parent as top from units u
    union select a.pcode, a.edition, x.parent from above a join reg.admin_unit x on x.pcode = a.top),
  known as materialized (select c.pcode, c.unit from api._climbed(array(select distinct s.pcode from s where s.shown_as = 'admin_unit'), p_level) c),
  spots as materialized (select s.n, d.point, count(*) over (partition by s.n) as total from s
    cross join lateral unnest(api._stand_ins(s.shown, s.shown_as, s.uncertainty_m)) d(point)
    where s.shown_as not in ('admin_unit', 'none') and not (p_level = 4 and (s.shown_as like 'cell%' or st_dimension(s.shown) = 0))),
  rings as materialized (select 24 as total, sin(b) * r as dx, cos(b) * r as dy from generate_series(0, 5) i cross join generate_series(0, 3) j
    cross join lateral (select sqrt(-2 * ln(1 - (i + 0.5) / 6)) / 1.515 as r, radians((j + i / 6.0) * 90) as b) p union all select 1, 0, 0),
  met as materialized (select p.n, p.total, at.pcode, count(*) as hits from spots p cross join lateral api._unit_at(p.point) at where p_level < 4 group by 1, 2, 3
    union all select p.n, p.total, api._cell_code(p.point, 10000, 0), count(*) from spots p where p_level = 4 group by 1, 2, 3
    -- of points and of cells, which a cell of 10 km holds whole, in the metres of the grid: east they are longer by k, north shorter
    union all select g.n, g.total, concat_ws('/', 10000, g.x, g.y), count(*) from (
      select m.n, o.total, floor((st_x(m.xy) + o.dx * m.slack * m.k) / 10000) as x, floor((st_y(m.xy) + o.dy * m.slack / m.k) / 10000) as y from (
        select s.n, st_transform(c.at, 6933) as xy, api._slack(s.shown_as, s.uncertainty_m) as slack, cos(radians(30)) / cos(radians(st_y(c.at))) as k from s
        cross join lateral (select st_pointonsurface(s.shown) as at offset 0) c
        where p_level = 4 and s.shown_as <> 'none' and (s.shown_as like 'cell%' or (s.shown_as = 'exact' and st_dimension(s.shown) = 0)) offset 0) m
      join rings o on (m.slack > 500) = (o.total > 1)) g group by 1, 2, 3),
  named as materialized (select c.pcode, c.unit from api._climbed(array(select distinct met.pcode from met), p_level) c where p_level < 4
    union all select distinct m.pcode, m.pcode from met m where p_level = 4)
  select m.n, d.unit, sum(m.hits)::float8 / m.total from met m join named d on d.pcode = m.pcode where d.unit is not null group by m.n, m.total, d.unit
  union all select s.n, k.unit, 1.0 from s join known k on k.pcode = s.pcode where s.shown_as = 'admin_unit' and k.unit is not null
  union all select s.n, u.pcode, least(a.part / nullif(a.whole, 0), 1) from s join known k on k.pcode = s.pcode and k.unit is null join above b on b.top = s.pcode
    join units u on u.pcode = b.pcode cross join lateral (select st_area(u.geom::geography) as part, st_area(s.shown::geography) as whole) a
    where s.shown_as = 'admin_unit';
end $$;

-- From how many to how many, so that nobody counts single persons; the same steps as lines of inquiry have.
create function api._band(p float8) returns text immutable parallel safe language sql as $$
  select case when n = 0 then '0' when n >= 1000 then '1000+' else b[width_bucket(n, b)] || '-' || b[width_bucket(n, b) + 1] - 1 end
  from (select round(p)::int as n, array[1, 5, 10, 20, 50, 100, 200, 500, 1000] as b) x $$;

-- Where those who are missing were last seen free, taken or held, as far as a place is known of it.
create function api._last_seen(p_level int, p_scopes int[], p_partner bool) returns setof reg.person_event stable rows 1000 language sql as $$
  select distinct on (e.person) e.* from reg.person_event e
  join reg.person p on p.id = e.person and p.face = e.face and p.tier <= p_level and p.scope = any (p_scopes) and (api._asked_for(p.case_state) or not p_partner)
  join vocab.case_state c on c.code = p.case_state and (c.attrs->>'counted')::bool
  join vocab.event_kind k on k.code = e.kind and k.attrs->>'links' in ('last_seen_free', 'arrested', 'last_custody')
  where e.face = p_level and e.tier <= p_level and e.scope = any (p_scopes) and e.shown is not null
  order by e.person, upper(coalesce(e.ended, e.began, e.at)) desc nulls last, e.id $$;

-- Areas that visits covered, of sites whose exact place is shown.
create function api._covered(p_ids uuid[], p_level int, p_scopes int[]) returns setof geometry stable rows 100
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$
begin
  return query select v.covered_shape from api._sites_within(p_ids) w join reg.visit v on v.site = w.member
    where v.covered_shape is not null and v.tier <= p_level and v.scope = any (p_scopes);
end $$;

create function api._silent_units(p_face int, p_scopes int[], p_partner bool, p_level int, p_least int) returns table(key bigint, pcode text, edition text, level int, name_en text,
  name_ar text, parent text, parent_en text, parent_ar text, persons text, surely text, perhaps text, sites_perhaps int, lon float8, lat float8, geom geometry)
stable set plan_cache_mode = force_custom_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  return query
  with last as materialized (select e.shown, e.shown_as, e.uncertainty_m, e.pcode, case when e.shown_as = 'admin_unit' then e.pcode
      when e.shown_as = 'exact' and st_dimension(e.shown) = 0 then concat_ws('|', round(st_x(e.centre)::numeric * 200), round(st_y(e.centre)::numeric * 200),
        ceil(ln(greatest(e.uncertainty_m, 1)) / ln(1.5)))
      else md5(st_asbinary(e.shown)) || '|' || e.uncertainty_m end as place from api._last_seen(p_face, p_scopes, p_partner) e),
  spots as materialized (select row_number() over (order by p.place) as n, p.* from (
    select l.place, count(*)::int as many, (array_agg(l.shown order by l.uncertainty_m, l.shown))[1] as shown, min(l.shown_as) as shown_as,
      min(l.uncertainty_m) as uncertainty_m, min(l.pcode) as pcode from last l group by l.place) p),
  crowd as materialized (select i.pcode, sum(p.many * i.share) as mean, coalesce(sum(p.many) filter (where i.share >= 0.999), 0) as surely, sum(p.many) as perhaps
    from api._in_units(p_level, array(select row(p.n, p.shown, p.shown_as, p.uncertainty_m, p.pcode)::api._spread from spots p)) i
    join spots p on p.n = i.n where i.share > 0.001 group by 1),
  recorded as materialized (
    select row_number() over () as n, x.* from (
      select s.id, s.exact_tier, s.shown, s.shown_as, s.uncertainty_m, coalesce(s.adm3, s.adm2, s.adm1, s.country) as pcode,
        case p_level when 1 then s.adm1 when 2 then s.adm2 when 3 then s.adm3 end as unit
      from reg.site s where s.face = p_face and s.tier <= p_face and s.scope = any (p_scopes) and s.shown is not null
      union all
      select h.id, h.exact_tier, h.shown, h.shown_as, h.uncertainty_m, coalesce(h.adm1, h.country), case p_level when 1 then h.adm1 end
      from reg.holding h where h.face = p_face and h.tier <= p_face and h.scope = any (p_scopes) and h.shown is not null) x),
  known as materialized (
    select r.unit as pcode, 1.0::float8 as share from recorded r where r.unit is not null
    union all select i.pcode, i.share from api._in_units(p_level, array(select row(r.n, r.shown, r.shown_as, r.uncertainty_m, r.pcode)::api._spread
      from recorded r where r.unit is null)) i),
  spoken as materialized (select k.pcode, max(k.share) as most, count(*) filter (where k.share between 0.001 and 0.5) as perhaps from known k group by 1),
  dim as materialized (select r.shown from recorded r where p_level = 4 and r.shown_as = 'admin_unit'),
  units as materialized (select u.* from api._units_of(p_level) u where p_level < 4
    union all select u.* from api._cells_of(array(select c.pcode from crowd c where p_level = 4 and round(c.mean) >= p_least)) u),
  walked as materialized (select c.shape from api._covered(array(select r.id from recorded r where p_face >= r.exact_tier), p_face, p_scopes) c(shape))
  select api._text_key(u.pcode || '|' || u.edition), u.pcode, u.edition, p_level, u.name_en, u.name_ar, u.parent, p.en, p.ar, api._band(c.mean), api._band(c.surely),
    api._band(c.perhaps), (coalesce(k.perhaps, 0) + (select count(*) from dim d where st_intersects(d.shown, m.at)))::int, st_x(m.at), st_y(m.at), st_multi(u.geom)
  from crowd c join units u on u.pcode = c.pcode left join spoken k on k.pcode = u.pcode
  left join api._labels(array(select x.parent from units x)) p on p.pcode = u.parent
  cross join lateral (select st_pointonsurface(u.geom) as at) m
  where round(c.mean) >= p_least and coalesce(k.most, 0) < 0.5 and not exists (select 1 from walked w where st_intersects(w.shape, u.geom))
  order by split_part(replace(api._band(c.mean), '+', '-'), '-', 1)::int desc, u.pcode;
end $$;

create function api.silent_units(p_level int default null, p_least int default 5) returns table(key bigint, pcode text, edition text, level int, name_en text,
  name_ar text, parent text, parent_en text, parent_ar text, persons text, surely text, perhaps text, sites_perhaps int, lon float8, lat float8, geom geometry)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record; v_level int := coalesce(p_level, 4); v_least int := greatest(coalesce(p_least, 5), 5); v_kept jsonb;
begin
  if not coalesce(v_level between 1 and 4, false) then
    perform api._bad('bad_number', 'level', v_level::text, 'The level is 1 (governorate), 2 (district), 3 (sub-district) or 4 (cell of 10 km)'); end if;
  select m.level, m.scopes, 'partner' = any (m.roles) as partner, m.how into v_me from api.me() m;
  if coalesce(v_me.level, 0) < 1 then return; end if;
  -- a SQL login may count the pages that this reads: none of it lies with what others hold
  if v_level = 4 and v_least = 5 and not v_me.partner and v_me.how <> 'sql' then v_kept := api._kept_silent(v_me.level, v_me.scopes); end if;
  if v_kept is null then return query select * from api._silent_units(v_me.level, v_me.scopes, v_me.partner, v_level, v_least);
  else
    return query select r.key, r.pcode, r.edition, r.level, r.name_en, r.name_ar, r.parent, r.parent_en, r.parent_ar, r.persons, r.surely, r.perhaps, r.sites_perhaps, r.lon, r.lat,
      r.geom::geometry from rows from (jsonb_to_recordset(v_kept) as (key bigint, pcode text, edition text, level int, name_en text, name_ar text, parent text, parent_en text,
      parent_ar text, persons text, surely text, perhaps text, sites_perhaps int, lon float8, lat float8, geom text)) with ordinality as r(key, pcode, edition, level, name_en, name_ar,
      parent, parent_en, parent_ar, persons, surely, perhaps, sites_perhaps, lon, lat, geom, n) order by r.n; end if;
end $$;
comment on function api.silent_units(int, int) is
  'Silent places: units of a level (1 governorate, 2 district, 3 sub-district; by default 4: cells of 10 km, each named after the nearest place) in which at least p_least (5 or more) of those '
  'who are missing were last seen free, taken or held, and in which no site and no body of records surely or probably lies and no visit searched: '
  'places to ask in. persons, surely, perhaps: how many, in bands: by chance, whose place surely lies there, whose may. sites_perhaps: sites and '
  'records known so coarsely that they may lie there. Who is known no better than to a unit counts in no cell. The fullest band first. From level 1.';
reset role;
