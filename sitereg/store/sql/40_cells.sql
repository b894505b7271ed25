-- What a face may show of a place: the shape itself, a cell of one fixed grid, an admin unit, or nothing.
-- The grid: EPSG:6933, origin 0,0. Its axes follow parallels and meridians, so a cell is a true rectangle of degrees
-- and neighbours share their corners to the last bit. A border belongs to the cell east or north of it.
set role sr_writer;

-- The cell (4326) of p_size metres of the grid that holds the representative point of a shape; cut at the world's edge.
create function api._cell(p_geom geometry, p_size int) returns geometry immutable parallel safe language plpgsql as $$
declare v geometry := st_transform(st_pointonsurface(p_geom), 6933);
        i float8 := floor(st_x(v) / p_size); j float8 := floor(st_y(v) / p_size);
begin
  return st_transform(st_makeenvelope(
      greatest(i * p_size, -17367530.44), greatest(j * p_size, -7342230.13),
      least((i + 1) * p_size, 17367530.44), least((j + 1) * p_size, 7342230.13), 6933), 4326);
end $$;

-- The finest that a face may show, in metres of a cell's side: 0 = the shape itself. Persons' events: T2 or coarse.
create function api._finest(p_face int, p_exact_tier int, p_kind text) returns int immutable parallel safe language sql as $$
  select case when p_face >= case p_kind when 'person' then 2 else p_exact_tier end then 0
              when p_face = 1 and p_kind = 'site' then 1000 else 10000 end $$;

-- How far a shape reaches, metres: its uncertainty, or the diagonal of its box where that is more.
create function api._reach(p_geom geometry, p_uncertainty float8) returns float8 immutable parallel safe language sql as $$
  select greatest(p_uncertainty, case when st_dimension(p_geom) > 0 or st_numgeometries(p_geom) > 1 then st_distance(
    st_setsrid(st_makepoint(st_xmin(p_geom), st_ymin(p_geom)), 4326)::geography,
    st_setsrid(st_makepoint(st_xmax(p_geom), st_ymax(p_geom)), 4326)::geography) end) $$;

-- The unit itself, or the nearest above it that has a shape and is not finer than half the diagonal of a cell of p_finest.
create function api._unit_no_finer(p_pcode text, p_edition text, p_finest int)
returns table(pcode text, edition text, geom geometry, centre geometry, radius_m float8) stable rows 1 language sql as $$
  with recursive up as (
    select a.*, 0 as n from reg.admin_unit a where a.pcode = p_pcode and a.edition = p_edition
    union all
    select a.*, up.n + 1 from up join reg.admin_unit a on a.pcode = up.parent and a.edition = up.edition where up.n < 5)
  select up.pcode, up.edition, up.geom, coalesce(up.centre, st_pointonsurface(up.geom)), up.radius_m from up
  where up.geom is not null and (p_finest = 0 or up.level = 0 or up.radius_m >= p_finest / sqrt(2))
  order by up.n limit 1 $$;

-- The smallest unit that covers a shape with its uncertainty all around; else the country of its representative point.
create function api._unit_over(p_geom geometry, p_uncertainty float8)
returns table(pcode text, edition text, geom geometry, centre geometry, radius_m float8) stable rows 1 language sql as $$
  with around as materialized (
    select case when p_uncertainty <= 500000 then st_buffer(p_geom::geography, p_uncertainty)::geometry end as circle,
           st_pointonsurface(p_geom) as point)
  select u.pcode, u.edition, u.geom, coalesce(u.centre, st_pointonsurface(u.geom)), u.radius_m from (
    (select a.* from around r join reg.admin_unit a on a.level = 4 and st_covers(a.geom, r.circle) order by a.edition desc, a.pcode limit 1)
    union all
    (select a.* from around r join reg.admin_unit a on a.level = 3 and st_covers(a.geom, r.circle) order by a.edition desc, a.pcode limit 1)
    union all
    (select a.* from around r join reg.admin_unit a on a.level = 2 and st_covers(a.geom, r.circle) order by a.edition desc, a.pcode limit 1)
    union all
    (select a.* from around r join reg.admin_unit a on a.level = 1 and st_covers(a.geom, r.circle) order by a.edition desc, a.pcode limit 1)
    union all
    (select a.* from around r join reg.admin_unit a on a.level = 0 and st_covers(a.geom, r.point) order by a.edition desc, a.pcode limit 1)
  ) u limit 1 $$;

-- What is shown of a place in a face whose finest is p_finest; 10001 = no cell, a sub-district at the finest. p_pcode: the place is an admin unit by name, and its
-- polygon stands for it in every face. Beyond half of the coarsest cell: the smallest unit that covers it, else nothing.
create function api._shown(p_geom geometry, p_uncertainty float8, p_pcode text, p_edition text, p_finest int, out shown geometry,
  out shown_as text,
  out centre geometry, out uncertainty_m float8, out pcode text, out edition text)
stable set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_reach float8; v_size int;
begin
  if p_pcode is not null then
    select u.geom, u.centre, u.radius_m, u.pcode, u.edition into shown, centre, uncertainty_m, pcode, edition
      from api._unit_no_finer(p_pcode, p_edition, p_finest) u;
  end if;
  if shown is null and p_geom is not null then
    if p_finest = 0 then
      shown := p_geom; shown_as := 'exact'; centre := st_pointonsurface(p_geom); uncertainty_m := p_uncertainty;
      return;
    end if;
    v_reach := api._reach(p_geom, p_uncertainty);
    v_size := case when p_finest > 10000 then null when v_reach <= p_finest / 2.0 then p_finest when v_reach <= 5000 then 10000 end;
    if v_size is not null then
      shown := api._cell(p_geom, v_size); shown_as := case v_size when 1000 then 'cell_1km'
        else 'cell_10km' end; centre := st_centroid(shown);
      uncertainty_m := ceil(greatest(st_distance(centre::geography, st_pointn(st_exteriorring(shown), 1)::geography),
                                     st_distance(centre::geography, st_pointn(st_exteriorring(shown), 3)::geography)));
      return;
    end if;
    if p_finest > 10000 and v_reach <= 5000 then
      select u.geom, u.centre, u.radius_m, u.pcode, u.edition into shown, centre, uncertainty_m, pcode, edition
        from api._unit_at(st_pointonsurface(p_geom)) a cross join lateral api._unit_no_finer(a.pcode, a.edition, 10000) u;
    end if;
    if shown is null then
      select u.geom, u.centre, u.radius_m, u.pcode, u.edition into shown, centre, uncertainty_m, pcode, edition
        from api._unit_over(p_geom, p_uncertainty) u;
    end if;
  end if;
  shown_as := case when shown is null then 'none' else 'admin_unit' end;
end $$;

-- The finest unit down to sub-districts that covers a point, of the newest edition.
create function api._unit_at(p_point geometry) returns table(pcode text, edition text) stable rows 1 language sql as $$
  select u.pcode, u.edition from (
    (select p.pcode, p.edition from reg.admin_piece p where st_covers(p.geom, p_point) order by p.edition desc, p.pcode limit 1)
    union all
    (select a.pcode, a.edition from reg.admin_unit a where a.level < 3 and st_covers(a.geom, p_point)
      order by a.level desc, a.edition desc, a.pcode limit 1)) u limit 1 $$;

-- A unit with those above it, and their radii (metres): what is finer than a shown shape is not said of it.
create function api._units_above(p_pcode text, p_edition text)
returns table(adm1 text, radius1 float8, adm2 text, radius2 float8, adm3 text, radius3 float8, country text) stable rows 1 language sql as $$
  with recursive up as (
    select a.pcode, a.edition, a.level, a.parent, a.country, a.radius_m from reg.admin_unit a
     where a.pcode = p_pcode and a.edition = p_edition
    union all
    select a.pcode, a.edition, a.level, a.parent, a.country, a.radius_m from up
      join reg.admin_unit a on a.pcode = up.parent and a.edition = up.edition and a.level < up.level)
  select max(up.pcode) filter (where up.level = 1), max(up.radius_m) filter (where up.level = 1),
         max(up.pcode) filter (where up.level = 2), max(up.radius_m) filter (where up.level = 2),
         max(up.pcode) filter (where up.level = 3), max(up.radius_m) filter (where up.level = 3), max(up.country) from up $$;
reset role;
