-- Vector tiles of the caller's face. From zoom 9: every pair (site, kind) that fits at the centre of what is shown, and the areas
-- that are shown. Below it, or where a tile would hold too many: one symbol for each square of a grid of 16 x 16, with counts.
-- Places known by their admin unit alone are the unit's outline with a count, never a pin. Content depends on nothing but the
-- rows of that face. Layers: sites, areas, units, unit_labels; ids: 52 bits of the SHA-256 of the 16 bytes of a site's id.
set role sr_reader;

-- A tile (EPSG:3857) with a margin of a thirty-second of its side, in degrees; no farther than the world reaches, beyond which degrees begin anew.
create function api._tile_box(p_tile geometry) returns geometry immutable language plpgsql as $$
declare v_margin float8 := (st_xmax(p_tile) - st_xmin(p_tile)) / 32;
begin
  return st_transform(st_makeenvelope(greatest(st_xmin(p_tile) - v_margin, -20037508.342789244), greatest(st_ymin(p_tile) - v_margin, -20037508.342789244),
    least(st_xmax(p_tile) + v_margin, 20037508.342789244), least(st_ymax(p_tile) + v_margin, 20037508.342789244), 3857), 4326);
end $$;

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
           u.pcode, u.n, u.g, u.x, u.c from u order by u.pcode offset 0),
  label as (
    select st_asmvtgeom(st_transform(u.centre, 3857), p_tile::box2d, 4096, 128, true) as geom, u.pcode, u.n, u.g, u.x, u.c, u.ue, u.ua from u order by u.pcode offset 0)
  select coalesce((select st_asmvt(o, 'units', 4096, 'geom') from outline o where o.geom is not null), '')
      || coalesce((select st_asmvt(l, 'unit_labels', 4096, 'geom') from label l where l.geom is not null), '') into v_layers;
  return v_layers;
end $$;

-- Every pair with its attributes, and the areas, an exact one whole in every tile that it reaches (it fades from its own middle); null where
-- that is too much for one tile: more than 3,000 sites or 9,000 pairs. Names from zoom 11, or of up to 300 sites; no names and no areas beyond
-- 1,200. Planned once a session for all tiles: the box stands beside the filter, so that such a plan uses the index too. What is drawn is made
-- once a row (offset 0): else it would be made to see that it is there, and again to be written. _near_whole is the same of whole faces, where
-- nothing is asked for: what each row is asked then costs more than drawing it. A circle of less than eight pixels is not drawn, so what reaches in by
-- that alone is left out before its kinds are read; and of a site of one kind that is not refuted the site's own row tells it whole.
do $do$
begin
  for i in 1 .. 2 loop
    execute format($fn$create function api.%1$I(f api._site_filter, p_tile geometry, p_box geometry, p_zoom int) returns bytea
stable set plan_cache_mode = force_generic_plan language plpgsql as $b$
declare v_layers bytea; v_level int := (f).level; v_scopes int[] := (f).scopes; v_today date := (f).today; v_eight float8 := (st_xmax(p_tile) - st_xmin(p_tile)) / 32; v_drawn box2d := p_tile::box2d;
begin
  with c as materialized (
    select s.id, s.code collate "C" as code, coalesce(k.kind, s.kinds[1], 'unknown') as k, coalesce(k.kind_group, s.groups[1], 'other') as g, coalesce(k.verification, s.verification) as v,
      s.protection as p, s.shown_as as x, case when s.next_review < v_today then 1 end as o, s.names, s.shown, s.uncertainty_m,
      st_transform(s.centre, 3857) as at, st_y(s.centre) as lat, coalesce(s.adm3, s.adm2, s.adm1, s.country) as unit
    from %2$s
    where st_expand(s.shown, greatest(s.uncertainty_m, 0) / 55000) && p_box
      and (s.shown && p_box or s.uncertainty_m > v_eight * cos(radians(st_y(s.centre)))
        and st_expand(s.centre, s.uncertainty_m / 110000 / cos(radians(st_y(s.centre)))) && p_box)
      and %3$s
    limit 9001),
  sites as materialized (
    select case when m.n > 9000 then 3001 when m.n <= 300 or p_zoom >= 11 and m.n <= 1200 then m.n else (select count(distinct c.id) from c) end as n
    from (select count(*) as n from c) m),
  said as materialized (select s.n > 3000 as too_many, s.n > 1200 as many, (p_zoom >= 11 or s.n <= 300) and s.n <= 1200 as named from sites s),
  point as (
    select st_asmvtgeom(c.at, v_drawn, 4096, 128, true) as geom, api._feature_id(c.id) as id, c.code as c, c.k, c.g, c.v, c.p, c.x, c.o, 1 as n,
           case when said.named then left(c.names->>'en', 80) end as ne, case when said.named then left(c.names->>'ar', 80) end as na
    from c cross join said where c.x <> 'admin_unit' and not said.too_many order by c.code, c.k offset 0),
  one as materialized (
    select distinct on (c.code) c.code, c.id, c.x, c.g, c.shown, c.uncertainty_m, c.at, c.lat, c.unit from c cross join said
    where not said.too_many and (c.x = 'admin_unit'
      or (not said.many and (c.x <> 'exact' or c.uncertainty_m > v_eight * cos(radians(c.lat)) or st_dimension(c.shown) > 0)))
    order by c.code, api._level_rank(c.v), c.k),
  area as (
    select st_asmvtgeom(case when one.x <> 'exact' or st_dimension(one.shown) > 0 then st_transform(one.shown, 3857)
        else st_buffer(one.at, one.uncertainty_m / cos(radians(one.lat)), 6) end, v_drawn, 4096, 128, one.x <> 'exact') as geom,
      api._feature_id(one.id) as id, one.code as c, one.x, one.g from one where one.x <> 'admin_unit' order by one.code offset 0)
  select case when not said.too_many then coalesce((select st_asmvt(q, 'sites', 4096, 'geom', 'id') from point q where q.geom is not null), '')
      || coalesce((select st_asmvt(a, 'areas', 4096, 'geom', 'id') from area a where a.geom is not null), '')
      || api._unit_layers((select array_agg(u::api._tile_unit) from (select min(one.code) collate "default", one.unit, count(*)::int, min(one.g)
           from one where one.x = 'admin_unit' group by one.unit) u), v_level, p_tile) end into v_layers from said;
  return v_layers;
end $b$ $fn$, (array['_near_layers', '_near_whole'])[i], (array[
      'api._sites(f) s left join reg.site_kind k on k.site = s.id and k.face = v_level',
      $q$api._face(v_level, v_scopes) s left join lateral (select k.kind, k.kind_group, k.verification from reg.site_kind k where k.site = s.id and k.face = v_level
        and (cardinality(s.kinds) > 1 or s.groups = '{}' and s.kinds <> '{}') offset 0) k on true$q$])[i],
      (array[$q$api._pair_fits(f, coalesce(k.kind, 'unknown'), coalesce(k.kind_group, 'other'), coalesce(k.verification, s.verification), k.began, k.ended, s.groups)$q$,
        $q$(coalesce(k.verification, s.verification) <> 'refuted' or s.groups = '{}')$q$])[i]);
  end loop;
end $do$;

-- Whether any site may reach into a box.
create function api._reaching(f api._site_filter, p_box geometry) returns bool
stable set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  if (f).whole then
    return exists (select 1 from api._face((f).level, (f).scopes) s where st_expand(s.shown, greatest(s.uncertainty_m, 0) / 55000) && p_box); end if;
  return exists (select 1 from api._sites(f) s where st_expand(s.shown, greatest(s.uncertainty_m, 0) / 55000) && p_box);
end $$;

-- Where in a tile (0 to 1 from its west and south, EPSG:3857 as its side) a point in degrees lies.
create function api._in_tile(p_at geometry, p_west float8, p_south float8, p_side float8) returns table(x float8, y float8) immutable parallel safe rows 1
language sql as $$
  select (st_x(p_at) * 111319.490793273573 - p_west) / p_side, (ln(tan(radians(45 + least(greatest(st_y(p_at), -89), 89) / 2))) * 6378137 - p_south) / p_side $$;

-- The sites that fit, each once with its best pair that fits: where in the tile (0 to 1) the middle of what is shown of it lies.
create function api._far_placed(f api._site_filter, p_tile geometry)
returns table(code text, unit text, k text, g text, v text, x float8, y float8) stable rows 1000 language sql as $$
    select c.code, c.unit, c.k, c.g, c.v, p.x, p.y
    from (
      select s.code, s.centre,
        case s.shown_as when 'admin_unit' then coalesce(s.adm3, s.adm2, s.adm1, s.country) end as unit, s.kinds[1] as k, s.groups[1] as g, s.verification as v
      from api._sites(f) s where not (f).paired and s.shown_as <> 'none'
      union all
      (select distinct on (p.code) p.code, p.centre, case p.shown_as when 'admin_unit' then p.unit end, p.kind, p.kind_group, p.verification
       from api._pairs(f) p where (f).paired and p.shown_as <> 'none' order by p.code, api._level_rank(p.verification), p.kind)
      offset 0) c cross join lateral api._in_tile(c.centre, st_xmin(p_tile), st_ymin(p_tile), st_xmax(p_tile) - st_xmin(p_tile)) p offset 0 $$;

-- The same counted by square of the tile (16 x 16), unit, level and group.
create function api._far_squares(f api._site_filter, p_tile geometry)
returns table(square int, unit text, v text, g text, n int, x float8, y float8, code text, k text) stable rows 1000 language sql as $$
  select case when m.unit is null then floor(m.x * 16)::int * 16 + floor(m.y * 16)::int end, m.unit, m.v, m.g, count(*)::int, sum(m.x), sum(m.y),
         min(m.code collate "C"), min(m.k collate "C")
  from api._far_placed(f, p_tile) m
  where m.unit is not null or (m.x >= 0 and m.x < 1 and m.y >= 0 and m.y < 1) group by 1, 2, 3, 4 $$;

-- As an array: of what is asked for, planned for each tile.
create type api._square as (square int, unit text, v text, g text, n int, x float8, y float8, code text, k text);
create function api._far_parts(f api._site_filter, p_tile geometry) returns api._square[] stable set plan_cache_mode = force_custom_plan language plpgsql as $$
begin
  return array(select q::api._square from api._far_squares(f, p_tile) q);
end $$;

-- What is drawn as one symbol, of a square or of a unit: n sites, their middle in the tile (0 to 1), levels: how many of each (confirmed to refuted), the most
-- frequent group; of what stands alone its code and (null: its first) kind.
create type api._symbol as (square int, unit text, n int, x float8, y float8, code text, k text, levels int[], g text);
create function api._far_symbols(p_parts api._square[]) returns setof api._symbol stable rows 300 set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return query
  with part as materialized (select * from unnest(p_parts)),
  levels as (
    select q.square, q.unit, sum(q.n)::int as n, sum(q.x) / sum(q.n) as x, sum(q.y) / sum(q.n) as y, min(q.code) as code, min(q.k) as k,
      array[coalesce(sum(q.n) filter (where q.v = 'confirmed'), 0), coalesce(sum(q.n) filter (where q.v = 'probable'), 0),
        coalesce(sum(q.n) filter (where q.v = 'suspected'), 0), coalesce(sum(q.n) filter (where q.v = 'reported'), 0),
        coalesce(sum(q.n) filter (where q.v = 'inconclusive'), 0), coalesce(sum(q.n) filter (where q.v = 'refuted'), 0)]::int[] as levels
    from part q group by 1, 2),
  groups as (
    select distinct on (q.square, q.unit) q.square, q.unit, coalesce(q.g, 'other') as g from part q group by 1, 2, 3 order by 1, 2, sum(q.n) desc, 3)
  select l.*, g.g from levels l join groups g on coalesce(g.square, -1) = coalesce(l.square, -1) and coalesce(g.unit, '') = coalesce(l.unit, '');
end $$;

-- The same of a whole face, from the squares that are kept (40e) and the rows of those that are known by their unit alone; below zoom 5 the squares of zoom 5 are
-- added up. Up to zoom 6 every unit is counted, as it is of what is asked for.
create function api._far_kept(f api._site_filter, p_z int, p_x int, p_y int, p_tile geometry, p_box geometry) returns api._symbol[]
stable set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_level int := (f).level; v_scopes int[] := (f).scopes; v_west float8 := st_xmin(p_tile); v_south float8 := st_ymin(p_tile);
  v_side float8 := st_xmax(p_tile) - v_west; v_zoom int := greatest(p_z, 5); v_up int := v_zoom - p_z; v_last int := (1 << v_up) - 1; v_units api._square[]; v_tiles int[];
begin
  v_tiles := array(select ((p_x << v_up) + i) << v_zoom | (p_y << v_up) + j from generate_series(0, v_last) i cross join generate_series(0, v_last) j);
  v_units := array(
    select row(null, u.unit, u.verification, u.g, count(*)::int, 0, 0, min(u.code collate "C"), null)::api._square from (
      select coalesce(s.adm3, s.adm2, s.adm1, s.country) as unit, s.verification, s.groups[1] as g, s.code
      from api._face(v_level, v_scopes) s where s.shown_as = 'admin_unit' and s.shown && case when p_z > 6 then p_box else st_makeenvelope(-180, -90, 180, 90, 4326) end) u
    group by u.unit, u.verification, u.g);
  return array(
    with m as (
      select ((s.tile >> v_zoom & v_last) * 16 + (s.square >> 4) >> v_up) * 16 + ((v_last - (s.tile & v_last)) * 16 + (s.square & 15) >> v_up) as square, s.kind_group as g,
        sum(s.confirmed)::int as l1, sum(s.probable)::int as l2, sum(s.suspected)::int as l3, sum(s.reported)::int as l4, sum(s.inconclusive)::int as l5,
        sum(s.refuted)::int as l6, sum(s.confirmed + s.probable + s.suspected + s.reported + s.inconclusive + s.refuted)::int as n, sum(s.x::float8) as x, sum(s.y::float8) as y,
        bit_xor(s.id_high) as high, bit_xor(s.id_low) as low
      from reg.site_square s where s.face = v_level and s.scope = any (v_scopes) and s.zoom = v_zoom and s.tile = any (v_tiles) group by 1, 2),
    q as (
      select m.square, sum(m.n)::int as n, array[sum(m.l1), sum(m.l2), sum(m.l3), sum(m.l4), sum(m.l5), sum(m.l6)]::int[] as levels,
        (array_agg(m.g order by m.n desc, m.g))[1] as g, sum(m.x) / sum(m.n) / 100 as x, sum(m.y) / sum(m.n) / 100 as y,
        bit_xor(m.high) as high, bit_xor(m.low) as low
      from m where m.n > 0 group by 1)
    select row(q.square, null, q.n, (q.x - v_west) / v_side, (q.y - v_south) / v_side, s.code, null, q.levels, q.g)::api._symbol
    from q left join lateral (select t.code from reg.site t where t.face = v_level
      and t.id = case when q.n = 1 then (lpad(to_hex(q.high), 16, '0') || lpad(to_hex(q.low), 16, '0'))::uuid end limit 1) s on true) || array(select u from api._far_symbols(v_units) u where v_units <> '{}');
end $$;

-- One symbol for each square of the grid: n sites, s how many of each level (confirmed to refuted), g the most frequent group,
-- v the best level; what stands alone keeps its attributes and has its names.
create function api._far_layers(f api._site_filter, p_tile geometry, p_symbols api._symbol[]) returns bytea
stable set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_layers bytea; v_side float8 := st_xmax(p_tile) - st_xmin(p_tile);
begin
  with named as materialized (
    select q.*, case when q.levels[1] > 0 then 'confirmed' when q.levels[2] > 0 then 'probable' when q.levels[3] > 0 then 'suspected'
      when q.levels[4] > 0 then 'reported' when q.levels[5] > 0 then 'inconclusive' else 'refuted' end as v
    from unnest(p_symbols) q),
  symbol as (
    select st_asmvtgeom(st_setsrid(st_makepoint(st_xmin(p_tile) + q.x * v_side, st_ymin(p_tile) + q.y * v_side), 3857), p_tile::box2d, 4096, 128, true) as geom,
      api._feature_id(s.id) as id, q.n, q.square as q, case when q.n = 1 then coalesce(t.attrs->>'group', 'other') else q.g end as g, q.v,
      case when q.n > 1 then array_to_string(q.levels, ',') end as s, s.code as c, case when q.n = 1 then coalesce(q.k, s.kinds[1], 'unknown') end as k,
      s.protection as p, s.shown_as as x, case when s.next_review < (f).today then 1 end as o, left(s.names->>'en', 80) as ne,
      left(s.names->>'ar', 80) as na
    from named q left join lateral (select * from reg.site s where s.code = q.code collate "default" and s.face = (f).level limit 1) s on q.n = 1
    left join vocab.site_kind t on t.code = coalesce(q.k, s.kinds[1])
    where q.unit is null order by q.square offset 0)
  select coalesce((select st_asmvt(y, 'sites', 4096, 'geom', 'id') from symbol y), '')
      || api._unit_layers((select array_agg(row(q.code, q.unit, q.n, q.g)::api._tile_unit) from named q where q.unit is not null), (f).level, p_tile)
    into v_layers;
  return v_layers;
end $$;

create function api.site_tile(p_z int, p_x int, p_y int, p_q text default null, p_kinds text[] default null, p_groups text[] default null,
  p_verification text[] default null, p_protection text[] default null, p_adm1 text[] default null, p_bbox float8[] default null,
  p_from date default null, p_to date default null, p_overdue bool default null, p_ids uuid[] default null, p_around_km float8 default null) returns bytea
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare f api._site_filter; v_tile geometry; v_box geometry; v_layers bytea;
begin
  if not coalesce(p_z between 0 and 20 and p_x >= 0 and p_y >= 0 and p_x < 1 << p_z and p_y < 1 << p_z, false) then perform api._missing(); end if;
  f := api._site_filter(p_q, p_kinds, p_groups, p_verification, p_protection, p_adm1, p_bbox, p_from, p_to, p_overdue, p_ids, p_around_km);
  v_tile := st_tileenvelope(p_z, p_x, p_y);
  v_box := api._tile_box(v_tile);
  if p_z >= 9 then
    if (f).whole then v_layers := api._near_whole(f, v_tile, v_box, p_z); else v_layers := api._near_layers(f, v_tile, v_box, p_z); end if;
    if v_layers is not null then return nullif(v_layers, ''); end if;
  elsif (f).whole then return nullif(api._far_layers(f, v_tile, api._far_kept(f, p_z, p_x, p_y, v_tile, v_box)), '');
  elsif not api._reaching(f, v_box) then return null;
  end if;
  if p_z > 6 then f.reach := v_box; end if;  -- a tile that holds most of the face is read faster without the index
  return nullif(api._far_layers(f, v_tile, array(select q from api._far_symbols(api._far_parts(f, v_tile)) q)), '');
end $$;
comment on function api.site_tile(int, int, int, text, text[], text[], text[], text[], text[], float8[], date, date, bool, uuid[], float8) is
  'The vector tile (MVT) of the sites that site_list would list, as the caller is shown them; null where it is empty. Layer sites: c code, '
  'k kind, g group, v level of that kind, p protection, x shown as, o overdue, n how many, q which square, s how many of each level, ne and na names; '
  'areas: c, x, g; units and unit_labels: pcode, n, g, x, the labels also ue and ua (the unit''s names). No such tile: not found.';

create function api.site_squares(p_z int, p_x int, p_y int, p_squares int[], p_limit int default 60, p_q text default null, p_kinds text[] default null,
  p_groups text[] default null, p_verification text[] default null, p_protection text[] default null, p_adm1 text[] default null, p_bbox float8[] default null,
  p_from date default null, p_to date default null, p_overdue bool default null, p_ids uuid[] default null, p_around_km float8 default null)
returns table(code text, names jsonb, kind text, kind_group text, verification text, protection text, shown_as text, overdue bool, of_all int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._site_filter; v_tile geometry;
begin
  if not coalesce(p_z between 0 and 20 and p_x >= 0 and p_y >= 0 and p_x < 1 << p_z and p_y < 1 << p_z, false) then perform api._missing(); end if;
  f := api._site_filter(p_q, p_kinds, p_groups, p_verification, p_protection, p_adm1, p_bbox, p_from, p_to, p_overdue, p_ids, p_around_km);
  v_tile := st_tileenvelope(p_z, p_x, p_y);
  if p_z > 6 then f.reach := api._tile_box(v_tile); end if;
  return query
  with met as (select m.* from api._far_placed(f, v_tile) m where m.unit is null and m.x >= 0 and m.x < 1 and m.y >= 0 and m.y < 1
    and floor(m.x * 16)::int * 16 + floor(m.y * 16)::int = any (p_squares))
  select s.code, s.names - 'all', coalesce(m.k, 'unknown'), coalesce(m.g, 'other'), m.v, s.protection, s.shown_as, s.next_review < (f).today, (count(*) over ())::int
  from met m join reg.site s on s.code = m.code and s.face = (f).level
  order by api._level_rank(m.v), s.code collate "C" limit least(greatest(coalesce(p_limit, 60), 0), 200);
end $$;
comment on function api.site_squares(int, int, int, int[], int, text, text[], text[], text[], text[], text[], float8[], date, date, bool, uuid[], float8) is
  'The sites that a tile counts in these squares of it (q of its symbols), each with its best kind that fits, the best known first; of_all: how many there '
  'are. No such tile: not found.';
reset role;
