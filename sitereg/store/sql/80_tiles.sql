-- Vector tiles of the caller's face. From zoom 9: every pair (site, kind) that fits at the centre of what is shown, and the areas
-- that are shown. Below it, or where a tile would hold too many: one symbol for each square of a grid of 16 x 16, with counts.
-- Places known by their admin unit alone are the unit's outline with a count, never a pin. Content depends on nothing but the
-- rows of that face. Layers: sites, areas, units, unit_labels; ids: 52 bits of the SHA-256 of the 16 bytes of a site's id.
set role sr_reader;

create type api._tile_unit as (code text, pcode text, n int, g text);

create function api._feature_id(p_id uuid) returns bigint immutable parallel safe language sql as $$
  select ('x' || substr(encode(sha256(uuid_send(p_id)), 'hex'), 1, 13))::bit(52)::bigint $$;

create function api._level_rank(p_level text) returns int immutable parallel safe language sql as $$
  select array_position('{confirmed,probable,suspected,reported,inconclusive,refuted}'::text[], p_level) $$;

-- Units that are all that is known of places (one site's code each, whose shape is the unit): outlines and labels with counts.
create function api._unit_layers(p_units api._tile_unit[], p_face int, p_tile geometry) returns bytea stable language plpgsql as $$
declare v_layers bytea; v_degrees float8 := (st_xmax(p_tile) - st_xmin(p_tile)) / 512 / 111320;
begin
  if p_units is null then return ''; end if;
  with u as materialized (
    select u.pcode, u.n, u.g, s.shown_as as x, case when u.n = 1 then s.code end as c, s.shown, s.centre
    from unnest(p_units) u join reg.site s on s.code = u.code and s.face = p_face),
  outline as (
    select st_asmvtgeom(st_transform(st_simplifypreservetopology(u.shown, v_degrees), 3857), p_tile::box2d, 4096, 128, true) as geom,
           u.pcode, u.n, u.g, u.x, u.c from u order by u.pcode),
  label as (
    select st_asmvtgeom(st_transform(u.centre, 3857), p_tile::box2d, 4096, 128, true) as geom, u.pcode, u.n, u.g, u.x, u.c from u order by u.pcode)
  select coalesce((select st_asmvt(o, 'units', 4096, 'geom') from outline o where o.geom is not null), '')
      || coalesce((select st_asmvt(l, 'unit_labels', 4096, 'geom') from label l where l.geom is not null), '') into v_layers;
  return v_layers;
end $$;

-- Every pair with its attributes, and the areas; names from zoom 11. p_many: without names and areas.
create function api._near_layers(f api._site_filter, p_tile geometry, p_zoom int, p_many bool) returns bytea
stable set plan_cache_mode = force_custom_plan language plpgsql as $$
declare v_layers bytea; v_pixel float8 := (st_xmax(p_tile) - st_xmin(p_tile)) / 256;
begin
  with c as materialized (
    select p.*, st_transform(p.centre, 3857) as at, cos(radians(st_y(p.centre))) as scale from api._pairs(f) p),
  point as (
    select st_asmvtgeom(c.at, p_tile::box2d, 4096, 128, true) as geom, api._feature_id(c.site) as id, c.code as c, c.kind as k, c.kind_group as g,
           c.verification as v, c.protection as p, c.shown_as as x, case when c.overdue then 1 end as o, 1 as n,
           case when p_zoom >= 11 and not p_many then left(c.names->>'en', 80) end as ne,
           case when p_zoom >= 11 and not p_many then left(c.names->>'ar', 80) end as na
    from c where c.shown_as <> 'admin_unit' order by c.code, c.kind),
  one as (select distinct on (c.code) c.* from c order by c.code, api._level_rank(c.verification), c.kind),
  area as (
    select st_asmvtgeom(case when one.shown_as <> 'exact' or st_dimension(one.shown) > 0 then st_transform(one.shown, 3857)
        when one.uncertainty_m > 8 * v_pixel * one.scale then st_buffer(one.at, one.uncertainty_m / one.scale, 6) end, p_tile::box2d, 4096, 128, true) as geom,
      api._feature_id(one.site) as id, one.code as c, one.shown_as as x, one.kind_group as g
    from one where one.shown_as <> 'admin_unit' and not p_many order by one.code)
  select coalesce((select st_asmvt(q, 'sites', 4096, 'geom', 'id') from point q where q.geom is not null), '')
      || coalesce((select st_asmvt(a, 'areas', 4096, 'geom', 'id') from area a where a.geom is not null), '')
      || api._unit_layers((select array_agg(u::api._tile_unit) from (select min(one.code collate "C") collate "default", one.unit, count(*)::int, min(one.kind_group collate "C")
           from one where one.shown_as = 'admin_unit' group by one.unit) u), (f).level, p_tile) into v_layers;
  return v_layers;
end $$;

-- The sites that fit, each once with its best pair that fits, placed in the tile (0 to 1); those known by unit have a unit instead.
create function api._far_sites(f api._site_filter, p_tile geometry)
returns table(code text, unit text, k text, g text, v text, x float8, y float8) stable rows 1000 language sql as $$
  select c.code, c.unit, c.k, c.g, c.v, case when c.unit is null then (c.lon * 111319.490793273573 - st_xmin(p_tile)) / (st_xmax(p_tile) - st_xmin(p_tile)) end,
    case when c.unit is null then (ln(tan(radians(45 + least(greatest(c.lat, -89), 89) / 2))) * 6378137 - st_ymin(p_tile)) / (st_xmax(p_tile) - st_xmin(p_tile)) end
  from (
    select s.code, st_x(s.centre) as lon, st_y(s.centre) as lat, case s.shown_as when 'admin_unit' then coalesce(s.adm3, s.adm2, s.adm1, s.country) end as unit,
           coalesce(s.kinds[1], 'unknown') as k, coalesce(t.g, 'other') as g, s.verification as v
    from api._sites(f) s left join (select k.code, k.attrs->>'group' as g from vocab.site_kind k offset 0) t on t.code = s.kinds[1]
    where not (f).paired
    union all
    (select distinct on (p.code) p.code, st_x(p.centre), st_y(p.centre), case p.shown_as when 'admin_unit' then p.unit end, p.kind, p.kind_group, p.verification
     from api._pairs(f) p where (f).paired order by p.code, api._level_rank(p.verification), p.kind)
    offset 0) c offset 0 $$;

-- One symbol for each square of the grid: n sites, s how many of each level (confirmed to refuted), g the most frequent group,
-- v the best level; what stands alone keeps its attributes.
create function api._far_layers(f api._site_filter, p_tile geometry) returns bytea
stable set plan_cache_mode = force_custom_plan language plpgsql as $$
declare v_layers bytea; v_side float8 := st_xmax(p_tile) - st_xmin(p_tile);
begin
  with square as materialized (
    select floor(m.x * 16)::int as i, floor(m.y * 16)::int as j, m.unit, count(*)::int as n, avg(m.x) as x, avg(m.y) as y,
      min(m.code collate "C") collate "default" as code, min(m.k collate "C") collate "default" as k,
      array[count(*) filter (where m.v = 'confirmed'), count(*) filter (where m.v = 'probable'), count(*) filter (where m.v = 'suspected'),
            count(*) filter (where m.v = 'reported'), count(*) filter (where m.v = 'inconclusive'), count(*) filter (where m.v = 'refuted')] as levels,
      array[count(*) filter (where m.g = 'burial'), count(*) filter (where m.g = 'detention'), count(*) filter (where m.g = 'medical'),
            count(*) filter (where m.g = 'records'), count(*) filter (where m.g = 'other')] as groups
    from api._far_sites(f, p_tile) m where m.unit is not null or (m.x >= 0 and m.x < 1 and m.y >= 0 and m.y < 1) group by 1, 2, 3),
  named as (
    select q.*, (array['burial', 'detention', 'medical', 'records', 'other'])[array_position(q.groups, (select max(m) from unnest(q.groups) m))] as g,
      (array['confirmed', 'probable', 'suspected', 'reported', 'inconclusive', 'refuted'])[
        (select min(l.o) from unnest(q.levels) with ordinality l(n, o) where l.n > 0)] as v from square q),
  symbol as (
    select st_asmvtgeom(st_setsrid(st_makepoint(st_xmin(p_tile) + q.x * v_side, st_ymin(p_tile) + q.y * v_side), 3857), p_tile::box2d, 4096, 128, true) as geom,
      api._feature_id(s.id) as id, q.n, q.g, q.v, case when q.n > 1 then array_to_string(q.levels, ',') end as s,
      s.code as c, case when q.n = 1 then q.k end as k, s.protection as p, s.shown_as as x, case when s.next_review < (f).today then 1 end as o
    from named q left join lateral (select * from reg.site s where s.code = q.code and s.face = (f).level limit 1) s on q.n = 1 where q.unit is null order by q.i, q.j)
  select coalesce((select st_asmvt(y, 'sites', 4096, 'geom', 'id') from symbol y), '')
      || api._unit_layers((select array_agg(row(q.code, q.unit, q.n, q.g)::api._tile_unit) from named q where q.unit is not null), (f).level, p_tile)
    into v_layers;
  return v_layers;
end $$;

create function api.site_tile(p_z int, p_x int, p_y int, p_q text default null, p_kinds text[] default null, p_groups text[] default null,
  p_verification text[] default null, p_protection text[] default null, p_adm1 text[] default null, p_bbox float8[] default null,
  p_from date default null, p_to date default null, p_overdue bool default null, p_ids uuid[] default null) returns bytea
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
declare f api._site_filter; v_tile geometry; v_n int;
begin
  if not coalesce(p_z between 0 and 20 and p_x >= 0 and p_y >= 0 and p_x < 1 << p_z and p_y < 1 << p_z, false) then perform api._missing(); end if;
  f := api._site_filter(p_q, p_kinds, p_groups, p_verification, p_protection, p_adm1, p_bbox, p_from, p_to, p_overdue, p_ids);
  v_tile := st_tileenvelope(p_z, p_x, p_y);
  f.reach := st_transform(st_expand(v_tile, (st_xmax(v_tile) - st_xmin(v_tile)) / 32), 4326);
  if p_z < 9 then return nullif(api._far_layers(f, v_tile), ''); end if;
  select count(*) into v_n from (select 1 from api._sites(f) s limit 3001) t;
  if v_n = 0 then return null; end if;
  if v_n > 3000 then return nullif(api._far_layers(f, v_tile), ''); end if;
  return nullif(api._near_layers(f, v_tile, p_z, v_n > 1200), '');
end $$;
comment on function api.site_tile(int, int, int, text, text[], text[], text[], text[], text[], float8[], date, date, bool, uuid[]) is
  'The vector tile (MVT) of the sites that site_list would list, as the caller is shown them; null where it is empty. Layer sites: c code, '
  'k kind, g group, v level of that kind, p protection, x shown as, o overdue, n how many, s how many of each level, ne and na names; '
  'areas: c, x, g; units and unit_labels: pcode, n, g, x. No such tile: not found.';
reset role;
