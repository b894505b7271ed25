-- Sites counted by square, for tiles of zoom 0 to 8 (decision 71): of each face and set of compartments, how many of each level and group
-- lie in each of the 16 x 16 squares of a tile of zoom 5, 6, 7 and 8, by the middle of what is shown of them. What changes adds rows and alters
-- none, so that nobody waits for another; the rows of a square are added up by whoever reads it, and gathered by the keeper.
-- x, y: sums in hundredths of a metre (EPSG:3857); id_high, id_low: all ids by exclusive or: of what stands alone, its own.
grant select, insert, update, delete on reg.site_square to sr_writer;  -- before 99: what catches up (98) is counted already
set role sr_writer;

-- The squares in which a point (EPSG:4326) lies: tile = its column of tiles << zoom | its row from the north, square = column * 16 + row from
-- the south; none beyond the world that has tiles.
create function api._squares_at(p_at geometry) returns table(zoom smallint, tile int, square smallint, x bigint, y bigint) immutable parallel safe rows 4
language plpgsql as $$
#variable_conflict use_column
declare v_x float8 := st_x(p_at) * 111319.490793273573; v_y float8 := ln(tan(radians(45 + least(greatest(st_y(p_at), -89), 89) / 2))) * 6378137;
  v_half constant float8 := 20037508.342789244; v_column int; v_row int; i int;
begin
  for i in 5 .. 8 loop
    v_column := floor((v_x + v_half) / (2 * v_half) * (16 << i)); v_row := floor((v_y + v_half) / (2 * v_half) * (16 << i));
    continue when v_column not between 0 and (16 << i) - 1 or v_row not between 0 and (16 << i) - 1;
    zoom := i; tile := v_column >> 4 << i | (1 << i) - 1 - (v_row >> 4); square := (v_column & 15) * 16 + (v_row & 15);
    x := round(v_x * 100); y := round(v_y * 100);
    return next;
  end loop;
end $$;

create function api._half(p_id uuid, p_low bool) returns bigint immutable parallel safe language sql as $$
  select ('x' || substr(encode(uuid_send(p_id), 'hex'), case when p_low then 17 else 1 end, 16))::bit(64)::bigint $$;

create type api._counted as (id uuid, face int, scope int, centre geometry, shown_as text, kind_group text, verification text, many int);

-- What these add to the squares (many: 1) or take from them (-1).
create function api._squares_of(p api._counted[]) returns setof reg.site_square stable rows 1000 set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return query
  select d.face, d.scope, q.zoom, q.tile, q.square, coalesce(d.kind_group, 'other'), true,
    sum(case d.verification when 'confirmed' then d.many else 0 end)::int, sum(case d.verification when 'probable' then d.many else 0 end)::int,
    sum(case d.verification when 'suspected' then d.many else 0 end)::int, sum(case d.verification when 'reported' then d.many else 0 end)::int,
    sum(case d.verification when 'inconclusive' then d.many else 0 end)::int, sum(case d.verification when 'refuted' then d.many else 0 end)::int,
    sum(d.many * q.x)::bigint, sum(d.many * q.y)::bigint, bit_xor(api._half(d.id, false)), bit_xor(api._half(d.id, true))
  from unnest(p) d cross join lateral api._squares_at(d.centre) q
  where d.shown_as not in ('none', 'admin_unit') group by 1, 2, 3, 4, 5, 6;
end $$;

-- Whoever writes rows of sites, their squares count them as they then stand.
create function api._squared_sites() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v api._counted[];
begin
  if tg_op = 'INSERT' then
    select array_agg(row(s.id, s.face, s.scope, s.centre, s.shown_as, s.groups[1], s.verification, 1)::api._counted) into v from made s;
  elsif tg_op = 'DELETE' then
    select array_agg(row(s.id, s.face, s.scope, s.centre, s.shown_as, s.groups[1], s.verification, -1)::api._counted) into v from gone s;
  else
    select array_agg(row(m.id, m.face, m.scope, m.centre, m.shown_as, m.groups[1], m.verification, 1)::api._counted)
        || array_agg(row(s.id, s.face, s.scope, s.centre, s.shown_as, s.groups[1], s.verification, -1)::api._counted) into v
      from made m join gone s on s.id = m.id and s.face = m.face
      where (m.scope, m.centre, m.shown_as, m.groups[1], m.verification) is distinct from (s.scope, s.centre, s.shown_as, s.groups[1], s.verification);
  end if;
  if v is not null then
    insert into reg.site_square select q.* from api._squares_of(v) q where (q.confirmed, q.probable, q.suspected, q.reported, q.inconclusive, q.refuted,
      q.x, q.y, q.id_high, q.id_low) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  end if;
  return null;
end $$;

-- The rows of these squares added up; what adds up to nothing is no row.
create function api._squares_sum(p reg.site_square[]) returns setof reg.site_square stable rows 1000 set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return query
  select s.face, s.scope, s.zoom, s.tile, s.square, s.kind_group, false, sum(s.confirmed)::int, sum(s.probable)::int, sum(s.suspected)::int, sum(s.reported)::int,
    sum(s.inconclusive)::int, sum(s.refuted)::int, sum(s.x)::bigint, sum(s.y)::bigint, bit_xor(s.id_high), bit_xor(s.id_low)
  from unnest(p) s group by 1, 2, 3, 4, 5, 6
  having (sum(s.confirmed), sum(s.probable), sum(s.suspected), sum(s.reported), sum(s.inconclusive), sum(s.refuted), sum(s.x), sum(s.y),
    bit_xor(s.id_high), bit_xor(s.id_low)) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
end $$;

-- What was added is one row again for each square, level and group; answers how many rows were read for it.
create function api._gather_squares() returns int volatile set plan_cache_mode = force_custom_plan language plpgsql as $$
declare v reg.site_square[];
begin
  with loose as materialized (select distinct s.face, s.scope, s.zoom, s.tile, s.square, s.kind_group from reg.site_square s where s.loose),
  gone as (delete from reg.site_square s using loose l where (s.face, s.scope, s.zoom, s.tile, s.square, s.kind_group)
    = (l.face, l.scope, l.zoom, l.tile, l.square, l.kind_group) returning s)
  select array_agg(g.s) into v from gone g;
  insert into reg.site_square select q.* from api._squares_sum(v) q;
  return coalesce(cardinality(v), 0);
end $$;

create function api.keeper_squares() returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._keeper();
  if not pg_try_advisory_xact_lock(7283040) then return 0; end if;  -- one at a time: two would wait for each other's rows
  return api._gather_squares();
end $$;
comment on function api.keeper_squares() is
  'What changed in the counts of squares that tiles of zoom 0 to 8 are drawn from is added to them; how many rows were read for it.';

-- Squares that do not count what the rows of sites say: of which face, zoom, tile and square.
create function api._square_faults() returns table(tbl text, id text) stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return query
  with want as materialized (select q.* from api._squares_of(array(
      select row(s.id, s.face, s.scope, s.centre, s.shown_as, s.groups[1], s.verification, 1)::api._counted from reg.site s)) q),
  have as materialized (select q.* from api._squares_sum(array(select s from reg.site_square s)) q)
  select distinct 'site_square', format('face %s, zoom %s, tile %s, square %s', coalesce(w.face, h.face), coalesce(w.zoom, h.zoom), coalesce(w.tile, h.tile),
    coalesce(w.square, h.square))
  from want w full join have h on (h.face, h.scope, h.zoom, h.tile, h.square, h.kind_group) = (w.face, w.scope, w.zoom, w.tile, w.square, w.kind_group)
  where (w.confirmed, w.probable, w.suspected, w.reported, w.inconclusive, w.refuted, w.x, w.y, w.id_high, w.id_low)
    is distinct from (h.confirmed, h.probable, h.suspected, h.reported, h.inconclusive, h.refuted, h.x, h.y, h.id_high, h.id_low);
end $$;

-- Where squares are wrong all are counted anew from the rows of sites; nothing writes sites or gathers meanwhile. Answers how many were.
create function api._square_again() returns int volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_wrong int := (select count(*) from api._square_faults());
begin
  if v_wrong > 0 then
    perform pg_advisory_xact_lock(7283040);
    lock table reg.site in share row exclusive mode;
    delete from reg.site_square;
    insert into reg.site_square select q.face, q.scope, q.zoom, q.tile, q.square, q.kind_group, false, q.confirmed, q.probable, q.suspected, q.reported, q.inconclusive,
      q.refuted, q.x, q.y, q.id_high, q.id_low from api._squares_of(array(
        select row(s.id, s.face, s.scope, s.centre, s.shown_as, s.groups[1], s.verification, 1)::api._counted from reg.site s)) q;
  end if;
  return v_wrong;
end $$;
reset role;
create trigger g_squared after insert on reg.site referencing new table as made for each statement execute function api._squared_sites();
create trigger h_squared after update on reg.site referencing old table as gone new table as made for each statement execute function api._squared_sites();
create trigger i_squared after delete on reg.site referencing old table as gone for each statement execute function api._squared_sites();
