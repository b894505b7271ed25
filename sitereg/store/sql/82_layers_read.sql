-- Layers for map programs (OGC API - Features): a view of 57 or a function of 56, page by page as GeoJSON. What is asked of them
-- (box, days, values) meets rows of the caller's own face alone, since those are all that a layer holds.
set role sr_policed;

-- holds: the view that has the layer's columns, with words on each; source: what gives the rows (else that view), %1$s in it the box
-- that they must touch; shape: of a row t (null: none); first_day, last_day: between which what a row tells may have been so.
create function api._layers() returns table(layer text, holds text, source text, shape text, first_day text, last_day text)
immutable set search_path = pg_catalog, public, pg_temp language sql as $$
  select l.layer, l.holds, coalesce(l.source, 'api.' || l.holds), l.shape, d.first_day, d.last_day
  from (values
    ('sites', 'v_site', 'api.all_sites(%1$s)', 't.geom', 'used'),
    ('site_points', 'v_site_point', '(select * from api.all_sites(%1$s) where shown_as = ''exact'' and st_dimension(geom) = 0)', 'st_pointonsurface(t.geom)', 'used'),
    ('site_lines', 'v_site_line', '(select * from api.all_sites(%1$s) where shown_as = ''exact'' and st_dimension(geom) = 1)', 'st_multi(t.geom)', 'used'),
    ('site_areas', 'v_site_area', '(select * from api.all_sites(%1$s) where shown_as in (''exact'', ''admin_unit'') and st_dimension(geom) = 2)',
      'st_multi(t.geom)', 'used'),
    ('site_cells', 'v_site_cell', '(select * from api.all_sites(%1$s) where shown_as in (''cell_1km'', ''cell_10km''))', 't.geom', 'used'),
    ('site_uncertainty', 'v_site', 'api.all_sites()', 'api._reach_of(t.geom, t.shown_as, t.uncertainty_m)', 'used'),
    ('site_kinds', 'v_site_kind', null, null, 'used'), ('site_relations', 'v_site_relation', null, null, 'used'),
    ('persons', 'v_person', null, null, null),
    ('events', 'v_event', 'api.all_events(%1$s)', 't.geom', 'happened'),
    ('event_points', 'v_event_point', '(select * from api.all_events(%1$s) where shown_as = ''exact'')', 'st_pointonsurface(t.geom)', 'happened'),
    ('event_cells', 'v_event_cell', '(select * from api.all_events(%1$s) where shown_as in (''cell_1km'', ''cell_10km''))', 't.geom', 'happened'),
    ('holdings', 'v_holding', 'api.all_holdings()', 't.geom', 'years'), ('holding_points', 'v_holding_point', null, 't.geom', 'years'),
    ('holding_areas', 'v_holding_area', null, 't.geom', 'years'), ('holding_cells', 'v_holding_cell', null, 't.geom', 'years'),
    ('visits', 'v_visit', null, 't.geom', 'visited'), ('measures', 'v_measure', null, 't.geom', 'used'),
    ('disturbances', 'v_disturbance', null, null, 'observed'), ('units', 'v_admin_unit', null, 't.geom', null)) l(layer, holds, source, shape, days)
  left join (values
    ('used', 't.began_earliest', 't.ended_latest'), ('years', 't.years_began_earliest', 't.years_ended_latest'), ('visited', 't.visited_on', 't.visited_on'),
    ('happened', 'coalesce(t.at_earliest, t.began_earliest)', 'coalesce(t.at_latest, t.ended_latest)'),
    ('observed', 't.observed_earliest', 't.observed_latest')) d(days, first_day, last_day) on d.days = l.days $$;

-- The area in which a place lies: an exact one with its radius around it; a cell or unit is that area itself.
create function api._reach_of(p_shape geometry, p_shown_as text, p_radius float8) returns geometry immutable parallel safe
set search_path = pg_catalog, public, pg_temp language sql as $$
  select st_multi(case when p_shown_as = 'exact' then st_buffer(p_shape::geography, greatest(coalesce(p_radius, 0), 1))::geometry else p_shape end) $$;

create function api.layer_columns(p_layer text) returns table(name text, type text, words text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 40 as $$
#variable_conflict use_column
declare l record;
begin
  select * into l from api._layers() d where d.layer = p_layer;
  if l is null then perform api._missing(); end if;
  return query
  select a.attname::text, format_type(a.atttypid, null), col_description(a.attrelid, a.attnum)
  from pg_attribute a where a.attrelid = ('api.' || l.holds)::regclass and a.attnum > 0 and not a.attisdropped and a.attname <> 'geom' order by a.attnum;
end $$;
comment on function api.layer_columns(text) is 'The columns of a layer but for its shape, with their types and what each means. No such layer: not found.';

-- The rows of a layer that fit, as a query of key, shape and the columns; p_equal: {column: value}, each compared in the column's type.
create function api._layer_rows(p_layer text, p_bbox float8[], p_from date, p_to date, p_equal jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare l record; c record; v_where text := 'true'; v_box geometry := api._box(p_bbox);
begin
  select * into l from api._layers() d where d.layer = p_layer;
  if l is null then perform api._missing(); end if;
  if v_box is not null then
    v_where := case when l.shape is null then 'false' else format('%1$s && %2$L::geometry and st_intersects(%1$s, %2$L::geometry)', l.shape, v_box) end; end if;
  if p_from is not null and l.last_day is not null then v_where := v_where || format(' and coalesce(%s >= %L::date, true)', l.last_day, p_from); end if;
  if p_to is not null and l.first_day is not null then v_where := v_where || format(' and coalesce(%s <= %L::date, true)', l.first_day, p_to); end if;
  for c in select e.key as name, e.value, k.type from jsonb_each_text(coalesce(p_equal, '{}')) e left join api.layer_columns(p_layer) k on k.name = e.key loop
    if c.type is null then perform api._bad('unknown_field', c.name, '', 'This layer has no such column'); end if;
    v_where := v_where || format(' and t.%I = %L::%s', c.name, c.value, c.type);
  end loop;
  return format('select t.key as _key, %s as _shape, t.* from %s t where %s', coalesce(l.shape, 'null::geometry'),
                format(l.source, quote_nullable(p_bbox) || '::float8[]'), v_where);
end $$;

-- A row r of those as a GeoJSON feature: seven decimals, outer rings counter-clockwise.
create function api._layer_feature(p_layer text) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select format($q$'{"type":"Feature","id":' || r._key || ',"geometry":' || coalesce(st_asgeojson(st_forcepolygonccw(r._shape), 7), 'null')
    || ',"properties":' || (select row_to_json(p) from (select %s) p) || '}'$q$, string_agg(format('r.%I', c.name), ', ')) from api.layer_columns(p_layer) c $$;

-- A page of the rows that $fits gives: one text for the statement that is planned at each call (values of columns are asked for) and
-- for those that are planned once a session.
create function api._layer_page_of(p_layer text, p_fits text, p_past text, p_limit text) returns text stable set search_path = pg_catalog, public, pg_temp
language sql as $$
  select format($q$
    with fits as materialized (%1$s),
    page as (select f.*, row_number() over w as _n, sum(700 + 24 * coalesce(st_npoints(f._shape), 0)) over w as _weight
             from (select * from fits where %3$s is null or _key > %3$s order by _key limit %4$s + 1) f window w as (order by f._key)),
    kept as (select r._key, %2$s as feature from page r where r._n <= %4$s and (r._n = 1 or r._weight <= 4000000))
    select '[' || coalesce(string_agg(k.feature, ',' order by k._key), '') || ']', (select count(*)::int from fits), count(*)::int,
           case when count(*) < (select count(*) from page) then max(k._key) end from kept k $q$,
    p_fits, api._layer_feature(p_layer), p_past, p_limit) $$;

-- api._page_of_<layer>: the pages of each layer where no value of a column is asked for.
do $$
declare l record; v_where text;
begin
  for l in select * from api._layers() loop
    v_where := case when l.shape is null then 'p_box is null' else format('(p_box is null or %1$s && p_box and st_intersects(%1$s, p_box))', l.shape) end
      || coalesce(' and (p_from is null or coalesce(' || l.last_day || ' >= p_from, true))', '')
      || coalesce(' and (p_to is null or coalesce(' || l.first_day || ' <= p_to, true))', '');
    execute format($f$create function api.%1$I(p_bbox float8[], p_box geometry, p_from date, p_to date, p_past bigint, p_limit int)
      returns table(features text, matched int, returned int, last bigint) stable rows 1 set plan_cache_mode = force_generic_plan language plpgsql as $b$
      begin return query %2$s; end $b$ $f$, '_page_of_' || l.layer, api._layer_page_of(l.layer,
        format('select t.key as _key, %s as _shape, t.* from %s t where %s', coalesce(l.shape, 'null::geometry'), format(l.source, 'p_bbox'), v_where),
        'p_past', 'p_limit'));
  end loop;
end $$;

create function api.layer_page(p_layer text, p_bbox float8[] default null, p_from date default null, p_to date default null, p_equal jsonb default null,
  p_past bigint default null, p_limit int default 1000) returns table(features text, matched int, returned int, last bigint)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1 as $$
declare v_limit int := greatest(1, least(coalesce(p_limit, 1000), 5000));
begin
  if coalesce(p_equal, '{}') = '{}' then
    if coalesce(p_layer !~ '^[a-z_]{1,40}$' or to_regproc('api._page_of_' || p_layer) is null, true) then perform api._missing(); end if;
    return query execute format('select * from api.%I($1, $2, $3, $4, $5, $6)', '_page_of_' || p_layer) using p_bbox, api._box(p_bbox), p_from, p_to, p_past, v_limit;
  else
    return query execute api._layer_page_of(p_layer, api._layer_rows(p_layer, p_bbox, p_from, p_to, p_equal), '$1', '$2') using p_past, v_limit;
  end if;
end $$;
comment on function api.layer_page(text, float8[], date, date, jsonb, bigint, int) is
  'A page of a layer of the caller''s face: GeoJSON features by key after p_past, at most p_limit (5000) and some 4 MB, how many fit in all, how many are '
  'here, and the last key where more follow. bbox: as of site_list, met by what is shown; from, to: days in which what a row tells may have been so, what '
  'is not known constrains nothing; equal: {column: value}.';

create function api.layer_feature(p_layer text, p_feature bigint) returns text
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v text;
begin
  execute format('select %s from (%s) r where r._key = $1', api._layer_feature(p_layer), api._layer_rows(p_layer, null, null, null, null)) into v using p_feature;
  if v is null then perform api._missing(); end if;
  return v;
end $$;
comment on function api.layer_feature(text, bigint) is 'One feature of a layer of the caller''s face, by its key, as GeoJSON. No such row of his: not found.';
reset role;
