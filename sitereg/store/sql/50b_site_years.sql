-- In which years sites were in use, as far as it is said: for the histogram beside a list.
set role sr_reader;

-- The first and the last year of which something is said of a site in use: from when it may have begun (else, ended) to when it may have ended
-- (else, begun); one that was open when last recorded goes on until today.
-- A set of one row, which is planned into the query that asks; as a record it was called once for each site.
create function api._years_of(p_began daterange, p_ended daterange, p_today date) returns table(low int, high int)
immutable parallel safe rows 1 language sql as $$
  select case when d.low is not null then greatest(extract(year from d.low)::int, 1900) end, case when d.high is not null then greatest(extract(year from d.high)::int, 1900) end
  from (select coalesce(api._first_day(p_began), api._first_day(p_ended)) as low,
    coalesce(api._final_day(p_ended), case when upper_inf(p_ended) or upper(p_ended) = 'infinity' then p_today end, api._final_day(p_began)) as high) d $$;

create function api.site_years(p_q text default null, p_kinds text[] default null, p_groups text[] default null, p_verification text[] default null,
  p_protection text[] default null, p_adm1 text[] default null, p_bbox float8[] default null, p_overdue bool default null, p_ids uuid[] default null, p_around_km float8 default null)
returns table(year int, n int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._site_filter := api._site_filter(p_q, p_kinds, p_groups, p_verification, p_protection, p_adm1, p_bbox, null, null, p_overdue, p_ids, p_around_km);
begin
  return query
  with spans as materialized (
    select y.low, y.high, count(*)::int as n from api._sites(f) s cross join lateral api._years_of(s.active_began, s.active_ended, (f).today) y group by 1, 2)
  select y.year, sum(p.n)::int from spans p cross join lateral generate_series(p.low, least(p.high, extract(year from (f).today)::int)) y(year) group by 1
  union all
  select null, sum(p.n)::int from spans p where p.low is null or p.high is null having sum(p.n) > 0
  order by 1 nulls last;
end $$;
comment on function api.site_years(text, text[], text[], text[], text[], text[], float8[], bool, uuid[], float8) is
  'Of the sites that site_list would list in any period: how many were in use in each year as far as it is said; year null: of how many nothing is said.';
reset role;
