-- What a case and its events can be sought by, from what the same face shows: the governorates in which an event may lie (none where
-- that is not known), the ages
-- that somebody may have had when last known to be free.
set role sr_writer;

-- The governorates that each of these shapes meets, by p-code; units shown as such are told by their own code instead.
create function api._governorates_met(p_shapes geometry[]) returns table(shape geometry, adm1 text[]) stable rows 1000
set plan_cache_mode = force_generic_plan set enable_nestloop = on language plpgsql as $$
#variable_conflict use_column
begin
  return query
  select m.shape, array_agg(distinct a.pcode order by a.pcode)
  from (select u.pcode, u.geom from reg.admin_unit u where u.level = 1 offset 0) a
  cross join lateral (select s.shape from unnest(p_shapes) s(shape) where s.shape && a.geom and st_intersects(a.geom, s.shape) offset 0) m
  group by m.shape;
end $$;

-- The governorate of a unit, as a list of one; of the country none.
create function api._governorate_of(p_pcode text, p_edition text) returns text[] stable language sql as $$
  select array_remove(array[u.adm1], null) from api._units_above(p_pcode, p_edition) u $$;

-- When somebody went missing, as far as events tell: the first arrest, abduction or last sight in freedom, else the first day known.
create function api._missed(p_events reg.person_event[]) returns daterange stable language sql as $$
  select coalesce(e.began, e.at) from unnest(p_events) e where coalesce(e.began, e.at) is not null
  order by e.kind = any ('{arrested,abducted,last_seen_free}') desc, lower(coalesce(e.began, e.at)) nulls last, e.id limit 1 $$;

-- The bands of age in which somebody may have been then; of an age told at no day, the bands that it meets.
create function api._age_bands(p_birth daterange, p_age jsonb, p_then daterange) returns text[] stable language plpgsql as $$
declare v_born daterange := p_birth; v_least numeric; v_most numeric;
begin
  if v_born is null and p_age->>'at' ~ '^[\[(]' then v_born := api._born(p_age, (p_age->>'at')::daterange); end if;
  if v_born is not null and p_then is not null then
    v_least := extract(year from age(api._first_day(p_then), api._final_day(v_born)));
    v_most := extract(year from age(api._final_day(p_then), api._first_day(v_born)));
  elsif api._number(p_age->>'min') is not null or api._number(p_age->>'max') is not null then
    v_least := api._number(p_age->>'min'); v_most := api._number(p_age->>'max');
  else return '{}'; end if;
  if v_most < 0 then return '{}'; end if;
  return coalesce((select array_agg(b.code order by b.rank) from vocab.age_band b
    where (b.attrs->>'min')::int <= floor(coalesce(v_most, 200)) and coalesce((b.attrs->>'max')::int, 200) >= floor(greatest(v_least, 0))), '{}');
end $$;
reset role;
