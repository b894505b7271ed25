-- Reference geography: admin units by edition, places of the gazetteer. Nobody's secret; read by all, written by stewards.
set role sr_writer;
create function api._circle(p_geom geometry, out centre geometry, out radius_m float8) immutable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  centre := st_centroid(st_minimumboundingcircle(st_convexhull(p_geom)));
  if not st_intersects(p_geom, centre) then centre := st_closestpoint(p_geom, centre); end if;
  select max(st_distance(centre::geography, d.geom::geography)) into radius_m from st_dumppoints(st_convexhull(p_geom)) d;
end $$;
comment on function api._circle(geometry) is 'The corrected centre of a unit and the geodesic distance to its farthest boundary point.';

create function api._load_units(p_units jsonb, p_edition text, p_source text) returns int
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_n int;
begin
  insert into reg.admin_unit(pcode, edition, level, country, name_en, name_ar, names, parent, geom, centre, radius_m, source)
  select u.pcode, p_edition, u.level, u.country, u.name_en, u.name_ar, jsonb_strip_nulls(jsonb_build_object('en', u.name_en, 'ar', u.name_ar)),
         u.parent, g.shape, c.centre, c.radius_m, p_source
  from jsonb_to_recordset(p_units) u(pcode text, level int, country text, name_en text, name_ar text, parent text, geom text)
  cross join lateral (select st_setsrid(u.geom::geometry, 4326) as shape) g
  cross join lateral api._circle(g.shape) c
  on conflict (pcode, edition) do update set (level, country, name_en, name_ar, names, parent, geom, centre, radius_m, source)
   = (excluded.level, excluded.country, excluded.name_en, excluded.name_ar, excluded.names, excluded.parent, excluded.geom,
      excluded.centre, excluded.radius_m, excluded.source);
  get diagnostics v_n = row_count;
  return v_n;
end $$;

create function api._load_places(p_places jsonb, p_source text) returns int
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_n int;
begin
  insert into reg.place(id, names, geom, extent_m, country, kind, population, source, source_id)
  select reg.new_id(), jsonb_strip_nulls(jsonb_build_object('en', p.name_en, 'ar', p.name_ar)),
         st_setsrid(st_makepoint(p.lon, p.lat), 4326), p.extent_m, p.country, p.kind, p.population, p_source, p.source_id
  from jsonb_to_recordset(p_places) p(source_id text, name_en text, name_ar text, lon float8, lat float8, extent_m float8,
                                      country text, kind text, population int)
  on conflict (source, source_id) do update set (names, geom, extent_m, country, kind, population)
   = (excluded.names, excluded.geom, excluded.extent_m, excluded.country, excluded.kind, excluded.population);
  get diagnostics v_n = row_count;
  perform api._name_places(p_source);
  return v_n;
end $$;

create function api.load_places(p_units jsonb, p_places jsonb, p_edition text, p_source text) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v jsonb;
begin
  perform api._need('data_steward');
  if coalesce(trim(p_edition), '') = '' then perform api._bad('missing_required', 'edition', '', 'Admin units belong to an edition'); end if;
  v := jsonb_build_object('units', api._load_units(p_units, p_edition, p_source), 'places', api._load_places(p_places, p_source));
  perform api._close_event(reg.new_id(), 'load_places', null, p_edition || ': ' || v::text);
  return v;
end $$;
comment on function api.load_places(jsonb, jsonb, text, text) is 'The units of this edition and the places of this source stand as given; other editions stay.';
reset role;

set role sr_policed;
create function api.units_at(p_lon float8, p_lat float8) returns table(pcode text, edition text, level int, name_en text, name_ar text)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select a.pcode, a.edition, a.level::int, a.name_en, a.name_ar from reg.admin_unit a
  where st_intersects(a.geom, st_setsrid(st_makepoint(p_lon, p_lat), 4326)) order by a.edition, a.level $$;
comment on function api.units_at(float8, float8) is 'The admin units of every edition that hold this point.';

create function api.units(p_level int default null, p_edition text default null)
returns table(pcode text, edition text, level int, name_en text, name_ar text, parent text, radius_m float8, source text)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select a.pcode, a.edition, a.level::int, a.name_en, a.name_ar, a.parent, a.radius_m, a.source from reg.admin_unit a
  where (p_level is null or a.level = p_level) and (p_edition is null or a.edition = p_edition) order by a.edition, a.level, a.pcode $$;
comment on function api.units(int, text) is 'The admin units, without their shapes.';

-- What an import tests its places against: the units of one edition with their shapes, the one with the finest levels, the newest of
-- those; of other editions the codes alone.
create function api.ground_units(p_country text)
returns table(pcode text, edition text, level int, name_en text, name_ar text, lon float8, lat float8, shape bytea)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select a.pcode, a.edition, a.level::int, a.name_en, a.name_ar, st_x(a.centre), st_y(a.centre), case when a.edition = c.edition then st_asbinary(a.geom) end
  from reg.admin_unit a cross join lateral (select u.edition from reg.admin_unit u where u.country = p_country
    group by u.edition order by max(u.level) desc, u.edition desc limit 1) c
  where a.country = p_country order by a.edition, a.level, a.pcode $$;
comment on function api.ground_units(text) is 'The admin units of a country: of the edition that is tested against with their shapes (WKB), of others their codes.';

create function api.ground_places(p_west float8, p_south float8, p_east float8, p_north float8)
returns table(name_en text, name_ar text, lon float8, lat float8)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select p.names->>'en', p.names->>'ar', st_x(p.geom), st_y(p.geom) from reg.place p
  where p.geom && st_makeenvelope(p_west, p_south, p_east, p_north, 4326) order by 1, 3, 4 $$;
comment on function api.ground_places(float8, float8, float8, float8) is 'The places of the gazetteer in a box, by which toponyms have candidates.';

reset role;
