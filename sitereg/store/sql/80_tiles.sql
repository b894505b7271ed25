-- Vector tiles of the caller's face. From zoom 9: every pair (site, kind) that fits at the centre of what is shown, and the areas
-- that are shown. Below it, or where a tile would hold too many: one symbol for each square of a grid of 16 x 16, with counts.
-- Places known by their admin unit alone are the unit's outline with a count, never a pin. Content depends on nothing but the
-- rows of that face. Layers: sites, areas, units, unit_labels; ids: 52 bits of the SHA-256 of the 16 bytes of a site's id.
set role sr_reader;

-- A tile (EPSG:3857) with a margin of a thirty-second of its side, in degrees.
create function api._tile_box(p_tile geometry) returns geometry immutable language sql as $$
  select st_transform(st_expand(p_tile, (st_xmax(p_tile) - st_xmin(p_tile)) / 32), 4326) $$;

create type api._tile_unit as (code text, pcode text, n int, g text);

create function api._feature_id(p_id uuid) returns bigint immutable parallel safe language sql as $$
  select ('x' || substr(encode(sha256(uuid_send(p_id)), 'hex'), 1, 13))::bit(52)::bigint $$;

create function api._level_rank(p_level text) returns int immutable parallel safe language sql as $$
  select array_position('{confirmed,probable,suspected,reported,inconclusive,refuted}'::text[], p_level) $$;

-- Units that are all that is known of places (one site's code each, whose shape is the unit): outlines and labels with counts.
create function api._unit_layers(p_units api._tile_unit[], p_face int, p_tile geometry) returns bytea stable language plpgsql as $$
declare v_layers bytea; v_degrees float8 := (st_xmax(p_tile) - st_xmin(p_tile)) / 512 / 111320; v_box geometry := api._tile_box(p_tile);
begin
  if p_units is null then return ''; end if;
  with u as materialized (
    select u.pcode, u.n, u.g, s.shown_as as x, case when u.n = 1 then s.code end as c, s.shown, s.centre, l.en as ue, l.ar as ua
    from unnest(p_units) u join reg.site s on s.code = u.code and s.face = p_face and s.shown && v_box
    left join api._labels(array(select q.pcode from unnest(p_units) q)) l on l.pcode = u.pcode),
  outline as (
    select st_asmvtgeom(st_transform(st_simplifypreservetopology(u.shown, v_degrees), 3857), p_tile::box2d, 4096, 128, true) as geom,
           u.pcode, u.n, u.g, u.x, u.c from u order by u.pcode),
  label as (
    select st_asmvtgeom(st_transform(u.centre, 3857), p_tile::box2d, 4096, 128, true) as geom, u.pcode, u.n, u.g, u.x, u.c, u.ue, u.ua from u order by u.pcode)
  select coalesce((select st_asmvt(o, 'units', 4096, 'geom') from outline o where o.geom is not null), '')
      || coalesce((select st_asmvt(l, 'unit_labels', 4096, 'geom') from label l where l.geom is not null), '') into v_layers;
  return v_layers;
end $$;

-- Every pair with its attributes, and the areas, an exact one whole in every tile that it reaches (it fades from its own middle);
-- p_named: with names. p_many: without names and areas. Planned once a session for all
-- tiles: the box stands beside the filter, so that such a plan uses the index too.
create function api._near_layers(f api._site_filter, p_tile geometry, p_box geometry, p_named bool, p_many bool) returns bytea
stable set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_layers bytea; v_pixel float8 := (st_xmax(p_tile) - st_xmin(p_tile)) / 256;
begin
  with c as materialized (
    select s.id, s.code collate "C" as code, coalesce(k.kind, 'unknown') as k, coalesce(k.kind_group, 'other') as g, coalesce(k.verification, s.verification) as v,
      s.protection as p, s.shown_as as x, case when s.next_review < (f).today then 1 end as o, s.names, s.shown, s.uncertainty_m,
      st_transform(s.centre, 3857) as at, st_y(s.centre) as lat, coalesce(s.adm3, s.adm2, s.adm1, s.country) as unit
    from api._sites(f) s left join reg.site_kind k on k.site = s.id and k.face = (f).level
    where st_expand(s.shown, greatest(s.uncertainty_m, 0) / 55000) && p_box
      and api._pair_fits(f, coalesce(k.kind, 'unknown'), coalesce(k.kind_group, 'other'), coalesce(k.verification, s.verification), k.began, k.ended, s.groups)),
  point as (
    select st_asmvtgeom(c.at, p_tile::box2d, 4096, 128, true) as geom, api._feature_id(c.id) as id, c.code as c, c.k, c.g, c.v, c.p, c.x, c.o, 1 as n,
           case when p_named and not p_many then left(c.names->>'en', 80) end as ne,
           case when p_named and not p_many then left(c.names->>'ar', 80) end as na
    from c where c.x <> 'admin_unit' order by c.code, c.k),
  one as (
    select distinct on (c.code) c.* from c
    where c.x = 'admin_unit' or (not p_many and (c.x <> 'exact' or st_dimension(c.shown) > 0 or c.uncertainty_m > 8 * v_pixel * cos(radians(c.lat))))
    order by c.code, api._level_rank(c.v), c.k),
  area as (
    select st_asmvtgeom(case when one.x <> 'exact' or st_dimension(one.shown) > 0 then st_transform(one.shown, 3857)
        else st_buffer(one.at, one.uncertainty_m / cos(radians(one.lat)), 6) end, p_tile::box2d, 4096, 128, one.x <> 'exact') as geom,
      api._feature_id(one.id) as id, one.code as c, one.x, one.g from one where one.x <> 'admin_unit' order by one.code)
  select coalesce((select st_asmvt(q, 'sites', 4096, 'geom', 'id') from point q where q.geom is not null), '')
      || coalesce((select st_asmvt(a, 'areas', 4096, 'geom', 'id') from area a where a.geom is not null), '')
      || api._unit_layers((select array_agg(u::api._tile_unit) from (select min(one.code) collate "default", one.unit, count(*)::int, min(one.g)
           from one where one.x = 'admin_unit' group by one.unit) u), (f).level, p_tile) into v_layers;
  return v_layers;
end $$;

-- How many sites may reach into a box, up to p_most.
create function api._reaching(f api._site_filter, p_box geometry, p_most int) returns int
stable set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return (select count(*) from (select 1 from api._sites(f) s where st_expand(s.shown, greatest(s.uncertainty_m, 0) / 55000) && p_box limit p_most) t);
end $$;

-- The sites that fit, each once with its best pair that fits, counted by square of the tile (16 x 16), unit, level and group.
create function api._far_squares(f api._site_filter, p_tile geometry)
returns table(square int, unit text, v text, g text, n int, x float8, y float8, code text, k text) stable rows 1000 language sql as $$
  select case when m.unit is null then floor(m.x * 16)::int * 16 + floor(m.y * 16)::int end, m.unit, m.v, m.g, count(*)::int, sum(m.x), sum(m.y),
         min(m.code collate "C"), min(m.k collate "C")
  from (
    select c.code, c.unit, c.k, c.g, c.v, (c.lon * 111319.490793273573 - st_xmin(p_tile)) / (st_xmax(p_tile) - st_xmin(p_tile)) as x,
      (ln(tan(radians(45 + least(greatest(c.lat, -89), 89) / 2))) * 6378137 - st_ymin(p_tile)) / (st_xmax(p_tile) - st_xmin(p_tile)) as y
    from (
      select s.code, st_x(s.centre) as lon, st_y(s.centre) as lat,
        case s.shown_as when 'admin_unit' then coalesce(s.adm3, s.adm2, s.adm1, s.country) end as unit, s.kinds[1] as k, s.groups[1] as g, s.verification as v
      from api._sites(f) s where not (f).paired and s.shown_as <> 'none'
      union all
      (select distinct on (p.code) p.code, st_x(p.centre), st_y(p.centre), case p.shown_as when 'admin_unit' then p.unit end, p.kind, p.kind_group, p.verification
       from api._pairs(f) p where (f).paired and p.shown_as <> 'none' order by p.code, api._level_rank(p.verification), p.kind)
      offset 0) c offset 0) m
  where m.unit is not null or (m.x >= 0 and m.x < 1 and m.y >= 0 and m.y < 1) group by 1, 2, 3, 4 $$;

-- One symbol for each square of the grid: n sites, s how many of each level (confirmed to refuted), g the most frequent group,
-- v the best level; what stands alone keeps its attributes and has its names.
create function api._far_layers(f api._site_filter, p_tile geometry) returns bytea
stable set plan_cache_mode = force_custom_plan language plpgsql as $$
declare v_layers bytea; v_side float8 := st_xmax(p_tile) - st_xmin(p_tile);
begin
  with part as materialized (select * from api._far_squares(f, p_tile)),
  levels as (
    select q.square, q.unit, sum(q.n)::int as n, sum(q.x) / sum(q.n) as x, sum(q.y) / sum(q.n) as y, min(q.code) as code, min(q.k) as k,
      array[coalesce(sum(q.n) filter (where q.v = 'confirmed'), 0), coalesce(sum(q.n) filter (where q.v = 'probable'), 0),
        coalesce(sum(q.n) filter (where q.v = 'suspected'), 0), coalesce(sum(q.n) filter (where q.v = 'reported'), 0),
        coalesce(sum(q.n) filter (where q.v = 'inconclusive'), 0), coalesce(sum(q.n) filter (where q.v = 'refuted'), 0)] as levels
    from part q group by 1, 2),
  groups as (
    select distinct on (q.square, q.unit) q.square, q.unit, coalesce(q.g, 'other') as g from part q group by 1, 2, 3 order by 1, 2, sum(q.n) desc, 3),
  named as materialized (
    select l.*, g.g, (array['confirmed', 'probable', 'suspected', 'reported', 'inconclusive', 'refuted'])[
        (select min(u.o) from unnest(l.levels) with ordinality u(n, o) where u.n > 0)] as v
    from levels l join groups g on g.square is not distinct from l.square and g.unit is not distinct from l.unit),
  symbol as (
    select st_asmvtgeom(st_setsrid(st_makepoint(st_xmin(p_tile) + q.x * v_side, st_ymin(p_tile) + q.y * v_side), 3857), p_tile::box2d, 4096, 128, true) as geom,
      api._feature_id(s.id) as id, q.n, case when q.n = 1 then coalesce(t.attrs->>'group', 'other') else q.g end as g, q.v,
      case when q.n > 1 then array_to_string(q.levels, ',') end as s, s.code as c, case when q.n = 1 then coalesce(q.k, 'unknown') end as k,
      s.protection as p, s.shown_as as x, case when s.next_review < (f).today then 1 end as o, left(s.names->>'en', 80) as ne,
      left(s.names->>'ar', 80) as na
    from named q left join vocab.site_kind t on t.code = q.k
    left join lateral (select * from reg.site s where s.code = q.code collate "default" and s.face = (f).level limit 1) s on q.n = 1
    where q.unit is null order by q.square)
  select coalesce((select st_asmvt(y, 'sites', 4096, 'geom', 'id') from symbol y), '')
      || api._unit_layers((select array_agg(row(q.code, q.unit, q.n, q.g)::api._tile_unit) from named q where q.unit is not null), (f).level, p_tile)
    into v_layers;
  return v_layers;
end $$;

create function api.site_tile(p_z int, p_x int, p_y int, p_q text default null, p_kinds text[] default null, p_groups text[] default null,
  p_verification text[] default null, p_protection text[] default null, p_adm1 text[] default null, p_bbox float8[] default null,
  p_from date default null, p_to date default null, p_overdue bool default null, p_ids uuid[] default null) returns bytea
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare f api._site_filter; v_tile geometry; v_box geometry; v_n int;
begin
  if not coalesce(p_z between 0 and 20 and p_x >= 0 and p_y >= 0 and p_x < 1 << p_z and p_y < 1 << p_z, false) then perform api._missing(); end if;
  f := api._site_filter(p_q, p_kinds, p_groups, p_verification, p_protection, p_adm1, p_bbox, p_from, p_to, p_overdue, p_ids);
  v_tile := st_tileenvelope(p_z, p_x, p_y);
  v_box := api._tile_box(v_tile);
  v_n := api._reaching(f, v_box, case when p_z < 9 then 1 else 3001 end);
  if v_n = 0 then return null; end if;
  if p_z >= 9 and v_n <= 3000 then return nullif(api._near_layers(f, v_tile, v_box, p_z >= 11 or v_n <= 300, v_n > 1200), ''); end if;
  if p_z > 6 then f.reach := v_box; end if;  -- a tile that holds most of the face is read faster without the index
  return nullif(api._far_layers(f, v_tile), '');
end $$;
comment on function api.site_tile(int, int, int, text, text[], text[], text[], text[], text[], float8[], date, date, bool, uuid[]) is
  'The vector tile (MVT) of the sites that site_list would list, as the caller is shown them; null where it is empty. Layer sites: c code, '
  'k kind, g group, v level of that kind, p protection, x shown as, o overdue, n how many, s how many of each level, ne and na names; '
  'areas: c, x, g; units and unit_labels: pcode, n, g, x, the labels also ue and ua (the unit''s names). No such tile: not found.';
reset role;
