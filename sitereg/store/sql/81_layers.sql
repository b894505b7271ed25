-- What else is laid over the map of sites: events of persons, counted by square and never by name; and who was taken from where to where.
set role sr_reader;

-- The events of the caller's face in a tile, counted on a grid of 8 x 8; at the middle of what is shown of their places. k: their kind where all
-- are of one. Of those known by their unit alone none is drawn.
create function api.event_tile(p_z int, p_x int, p_y int, p_kinds text[] default null, p_from date default null, p_to date default null) returns bytea
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
declare f api._person_filter; v_tile geometry; v_box geometry; v_side float8; v_layer bytea;
begin
  if not coalesce(p_z between 0 and 20 and p_x >= 0 and p_y >= 0 and p_x < 1 << p_z and p_y < 1 << p_z, false) then perform api._missing(); end if;
  f := api._person_filter(null, p_kinds, null, p_from, p_to, null, null, null, null, null, null, null, null, null);
  if (f).level is null then return null; end if;
  v_tile := st_tileenvelope(p_z, p_x, p_y); v_box := st_transform(v_tile, 4326); v_side := st_xmax(v_tile) - st_xmin(v_tile);
  with e as materialized (
    select e.kind, st_transform(e.centre, 3857) as at from api._person_events(f) e
    join reg.person p on p.id = e.person and p.face = e.face and p.tier <= (f).level and p.scope = any ((f).scopes) and (api._asked_for(p.case_state) or not (f).partner)
    where e.shown_as not in ('none', 'admin_unit') and e.shown && v_box and e.centre && v_box),
  placed as (select e.kind, (st_x(e.at) - st_xmin(v_tile)) / v_side as x, (st_y(e.at) - st_ymin(v_tile)) / v_side as y from e),
  square as (
    select count(*)::int as n, case when min(q.kind) = max(q.kind) then min(q.kind) end as k, floor(q.y * 8) * 8 + floor(q.x * 8) as at, avg(q.x) as x, avg(q.y) as y
    from placed q where q.x >= 0 and q.x < 1 and q.y >= 0 and q.y < 1 group by floor(q.x * 8), floor(q.y * 8)),
  drawn as (
    select st_asmvtgeom(st_setsrid(st_makepoint(st_xmin(v_tile) + s.x * v_side, st_ymin(v_tile) + s.y * v_side), 3857), v_tile::box2d, 4096, 128, true) as geom, s.n, s.k
    from square s order by s.at)
  select st_asmvt(d, 'events', 4096, 'geom') into v_layer from drawn d;
  return nullif(v_layer, '');
end $$;
comment on function api.event_tile(int, int, int, text[], date, date) is
  'The vector tile (MVT) of the events of the cases that the caller sees, counted by square at the middle of what he is shown of their places; null where it is '
  'empty. Layer events: n how many, k their kind where all are of one. No names and no cases. No such tile: not found.';

create function api.site_transfers(p_from date default null, p_to date default null, p_limit int default 1000)
returns table(kind text, code text, names jsonb, lon float8, lat float8, shown_as text, other_code text, other_names jsonb, other_lon float8, other_lat float8,
  other_shown_as text, began daterange, ended daterange, class int, origins int, persons int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v record;
begin
  if p_from > p_to then perform api._bad('bad_period', 'from', p_from::text, 'The period ends before it begins'); end if;
  select m.level, m.scopes, 'partner' = any (m.roles) as partner into v from api.me() m;
  return query
  select t.kind, a.code, a.names - 'all', st_x(a.centre), st_y(a.centre), a.shown_as, b.code, b.names - 'all', st_x(b.centre), st_y(b.centre), b.shown_as,
    t.began, t.ended, t.class::int, t.origins,
    (select count(distinct x.person)::int from reg.person_event x join reg.person_event y on y.person = x.person and y.face = x.face and y.site = t.other
       and y.tier <= v.level and y.scope = any (v.scopes)
     join reg.person p on p.id = x.person and p.face = x.face and p.tier <= v.level and p.scope = any (v.scopes) and (api._asked_for(p.case_state) or not v.partner)
     where x.site = t.site and x.face = v.level and x.tier <= v.level and x.scope = any (v.scopes))
  from reg.site_relation t
  join reg.site a on a.id = t.site and a.face = t.face and a.tier <= v.level and a.scope = any (v.scopes) and a.centre is not null
  join reg.site b on b.id = t.other and b.face = t.face and b.tier <= v.level and b.scope = any (v.scopes) and b.centre is not null
  where t.face = v.level and t.tier <= v.level and t.scope = any (v.scopes)
    and t.kind in ('transferred_detainees_to', 'transferred_bodies_to', 'remains_moved_to') and api._may_overlap(t.began, t.ended, p_from, p_to)
  order by a.code, b.code, t.kind limit least(greatest(coalesce(p_limit, 1000), 0), 5000);
end $$;
comment on function api.site_transfers(date, date, int) is
  'From which site people, bodies and remains were taken to which other, in days that may lie between two: both sites as the caller is shown them (middle of what '
  'is shown, EPSG:4326), how many origins say so, and how many of the persons that the caller sees are known to have been at both.';

-- The edition of the units of a country that has the finest levels, the fullest of those.
create function api._finest_edition(p_country text) returns text stable language sql as $$
  select u.edition from reg.admin_unit u where u.country = p_country and u.geom is not null group by u.edition order by max(u.level) desc, count(*) desc, u.edition desc limit 1 $$;

-- The units that were loaded: governorates at any zoom, districts from 7, sub-districts from 10; the same for every reader.
create function api.unit_tile(p_z int, p_x int, p_y int) returns bytea
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
declare v_tile geometry; v_box geometry; v_degrees float8; v_layers bytea;
begin
  if not coalesce(p_z between 0 and 20 and p_x >= 0 and p_y >= 0 and p_x < 1 << p_z and p_y < 1 << p_z, false) then perform api._missing(); end if;
  if api.level() is null then return null; end if;
  v_tile := st_tileenvelope(p_z, p_x, p_y); v_box := api._tile_box(v_tile); v_degrees := (st_xmax(v_tile) - st_xmin(v_tile)) / 512 / 111320;
  with u as materialized (
    select a.pcode, a.level::int as level, a.name_en as ue, a.name_ar as ua, a.geom, a.centre from reg.admin_unit a
    where a.edition = api._finest_edition('SY') and a.country = 'SY' and a.level between 1 and case when p_z < 7 then 1 when p_z < 10 then 2 else 3 end
      and a.geom && v_box),
  outline as (select st_asmvtgeom(st_transform(st_simplifypreservetopology(u.geom, v_degrees), 3857), v_tile::box2d, 4096, 64, true) as geom, u.level
    from u order by u.level, u.pcode),
  label as (select st_asmvtgeom(st_transform(u.centre, 3857), v_tile::box2d, 4096, 0, true) as geom, u.level, u.ue, u.ua from u
    where u.centre && st_transform(v_tile, 4326) order by u.level, u.pcode)
  select coalesce((select st_asmvt(o, 'boundaries', 4096, 'geom') from outline o where o.geom is not null), '')
      || coalesce((select st_asmvt(l, 'names', 4096, 'geom') from label l where l.geom is not null), '') into v_layers;
  return nullif(v_layers, '');
end $$;
comment on function api.unit_tile(int, int, int) is
  'The vector tile (MVT) of the admin units of the finest edition that was loaded: layer boundaries (level 1 to 3), names (level, ue, ua) at their middle; '
  'null where it is empty. No such tile: not found.';
reset role;
