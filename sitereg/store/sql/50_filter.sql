-- What is asked of the list of sites, checked, and who asks: the filter that list, counts, facets, tiles and frames take.
-- A code with a minus before it leaves out: of a kind, group, protection or governorate the sites that it alone would find, of a
-- level the pairs of that level.
set role sr_reader;

create type api._site_filter as (level int, scopes int[], today date, code text, found uuid[], kinds text[], groups text[],
  verification text[], protection text[], adm1 text[], box geometry, reach geometry, first_day date, last_day date, overdue bool, ids uuid[], paired bool,
  not_kinds text[], not_groups text[], not_verification text[], not_protection text[], not_adm1 text[],
  outline geometry, around_m float8, vicinity geometry, whole bool);

-- Of codes those that are wanted, those that are left out (a minus before them), and all without their minus; null where there are none.
create function api._wanted(p text[]) returns text[] immutable parallel safe language sql as $$
  select case when p = '{}' then p else (select array_agg(c order by n) from unnest(p) with ordinality u(c, n) where left(c, 1) <> '-') end $$;
create function api._left_out(p text[]) returns text[] immutable parallel safe language sql as $$
  select array_agg(substr(c, 2) order by n) from unnest(p) with ordinality u(c, n) where left(c, 1) = '-' $$;
create function api._bare(p text[]) returns text[] immutable parallel safe language sql as $$
  select array_agg(case when left(c, 1) = '-' then substr(c, 2) else c end order by n) from unnest(p) with ordinality u(c, n) $$;

create function api._site_terms(p_scheme text, p_field text, p_codes text[]) returns void stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v text;
begin
  if p_codes is null then return; end if;
  execute format('select u from unnest($1) u where not exists (select 1 from vocab.%I t where t.code = u) limit 1', p_scheme) into v using p_codes;
  if v is not null then perform api._bad('unknown_code', p_field, v, 'This is no term of ' || p_scheme, p_scheme); end if;
end $$;

-- A code as it is written, from one typed in small letters or without its dashes; other words as they are, in capitals.
create function api._as_code(p text) returns text immutable parallel safe language plpgsql as $$
declare v text := regexp_replace(upper(left(p, 40)), '[^0-9A-Z]', '', 'g');
begin
  return case when v ~ '^SY[SPH][0-9A-Z]{7}$' then substr(v, 1, 3) || '-' || substr(v, 4, 6) || '-' || substr(v, 10) else upper(trim(left(p, 200))) end;
end $$;

-- Governorates by p-code, in any edition, or none: a code that there is not would find nothing, as a true one may.
create function api._governorates(p_field text, p_codes text[]) returns void stable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v text;
begin
  select u into v from unnest(p_codes) u
   where u <> 'none' and not exists (select 1 from reg.admin_unit a where a.pcode = u and a.level = 1) limit 1;
  if v is not null then perform api._bad('unknown_code', p_field, v, 'This is the p-code of no governorate'); end if;
end $$;

-- The one who asks and what is asked for, checked. p_q is a name, however it is written, or a code.
create function api._site_filter(p_q text, p_kinds text[], p_groups text[], p_verification text[], p_protection text[], p_adm1 text[],
  p_bbox float8[], p_from date, p_to date, p_overdue bool, p_ids uuid[], p_around_km float8 default null) returns api._site_filter
stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v api._site_filter; v_q text := nullif(trim(left(p_q, 200)), '');
begin
  if coalesce(p_kinds, p_groups, p_verification, p_protection, p_adm1) is not null then
    perform api._site_terms('site_kind', 'kinds', api._bare(p_kinds)), api._site_terms('site_kind_group', 'groups', api._bare(p_groups)),
            api._site_terms('verification_level', 'verification', api._bare(p_verification)),
            api._site_terms('protection_status', 'protection', api._bare(p_protection)), api._governorates('adm1', api._bare(p_adm1)); end if;
  if p_from > p_to then perform api._bad('bad_period', 'from', p_from::text, 'The period ends before it begins'); end if;
  select m.level, m.scopes into v.level, v.scopes from api.me() m;
  v.today := reg.today();
  if v_q is not null then
    v.code := api._as_code(v_q); v.found := api._sites_called(v_q, v.level, v.scopes);
  end if;
  if coalesce(p_kinds, p_groups, p_verification, p_protection, p_adm1) is not null then  -- each is planned anew at each call
    v.kinds := api._wanted(p_kinds); v.groups := api._wanted(p_groups); v.verification := api._wanted(p_verification);
    v.protection := api._wanted(p_protection); v.adm1 := api._wanted(p_adm1);
    v.not_kinds := api._left_out(p_kinds); v.not_groups := api._left_out(p_groups); v.not_verification := api._left_out(p_verification);
    v.not_protection := api._left_out(p_protection); v.not_adm1 := api._left_out(p_adm1); end if;
  v.box := api._box(p_bbox); v.first_day := p_from; v.last_day := p_to; v.overdue := p_overdue; v.ids := p_ids;
  v.paired := num_nonnulls(v.kinds, v.groups, v.verification, v.not_verification, p_from, p_to) > 0;
  v.whole := not v.paired and num_nonnulls(v.code, v.protection, v.adm1, v.box, v.overdue, v.ids,
    v.not_kinds, v.not_groups, v.not_protection, v.not_adm1) = 0;
  if p_around_km is not null then return api._with_room(v, p_around_km); end if;
  return v;
end $$;

-- The filter with kilometres around its area: what may lie within them, in place of what meets the area.
create function api._with_room(f api._site_filter, p_km float8) returns api._site_filter stable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
begin
  if f.box is null then perform api._bad('bad_number', 'around_km', p_km::text, 'A distance is around an area: draw it, or name its corners'); end if;
  if not coalesce(p_km > 0 and p_km <= 500, false) then
    perform api._bad('bad_number', 'around_km', p_km::text, 'Around an area is more than 0 and at most 500 km'); end if;
  f.around_m := p_km * 1000;
  f.outline := st_segmentize(f.box, greatest(st_perimeter(f.box) / 1000, 0.02));
  f.vicinity := api._around(f.box, f.around_m);
  f.box := null;
  return f;
end $$;

-- Whether what is shown may lie within metres of an outline: inside it, or the geodesic between their nearest points, less how far
-- off an exact place may be, is no longer (as joins measure it, 55).
create function api._may_reach(p_shown geometry, p_lon float8, p_slack float8, p_outline geometry, p_metres float8) returns bool
immutable parallel safe language sql as $$
  select st_intersects(p_shown, p_outline)
    or coalesce(api._between(api._drawn(p_shown, api._zone(p_lon)), api._drawn(p_outline, api._zone(p_lon)), p_metres + p_slack) <= p_metres + p_slack, false) $$;
reset role;
