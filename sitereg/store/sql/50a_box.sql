-- Where something is asked for: a rectangle, or an area with corners.
set role sr_reader;

-- What a filter bbox is in EPSG:4326: (west, south, east, north) in degrees, a rectangle; or the corners of an area, longitude and latitude each.
create function api._box(p_bbox float8[]) returns geometry immutable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v geometry;
begin
  if p_bbox is null then return null; end if;
  if cardinality(p_bbox) between 6 and 200 and cardinality(p_bbox) % 2 = 0 then
    select st_makepolygon(st_addpoint(l.line, st_startpoint(l.line))) into v from (
      select st_setsrid(st_makeline(st_makepoint(p_bbox[i], p_bbox[i + 1]) order by i), 4326) as line from generate_series(1, cardinality(p_bbox), 2) i
      where p_bbox[i] between -180 and 180 and p_bbox[i + 1] between -90 and 90) l where st_npoints(l.line) * 2 = cardinality(p_bbox);
    if coalesce(not st_isvalid(v), true) then
      perform api._bad('bad_bbox', 'bbox', '', 'The corners of an area follow one another along its edge, which crosses itself nowhere'); end if;
    return v;
  end if;
  if cardinality(p_bbox) <> 4 or not coalesce(p_bbox[1] <= p_bbox[3] and p_bbox[2] <= p_bbox[4] and p_bbox[1] >= -180
     and p_bbox[3] <= 180 and p_bbox[2] >= -90 and p_bbox[4] <= 90, false) then
    perform api._bad('bad_bbox', 'bbox', array_to_string(p_bbox, ','), 'A box is west, south, east, north in degrees, west below east, south below north'); end if;
  return st_makeenvelope(p_bbox[1], p_bbox[2], p_bbox[3], p_bbox[4], 4326);
end $$;
reset role;
