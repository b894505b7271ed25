-- What the registry covers and where it is silent, from the rows of the caller's own face alone. There is no cut by authority, party or whoever
-- ran a place: docs/overview.md says why. Days that are uncertain are spread over the years that they may be in.
set role sr_reader;

-- The live accounts behind sites (and behind those merged into them) that the caller may see, by source. Not those of relations, which speak
-- of two sites. Each by the indexes of its site: what others record elsewhere is not read.
create function api._accounts(p_ids uuid[], f api._site_filter) returns table(id uuid, source uuid, n int, first timestamptz) stable rows 1000
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$
declare v_moved jsonb := (select jsonb_object_agg(r.claim, r.tier) from api._retiered(p_ids) r);
begin
  return query
  select w.id, c.source, count(*)::int, min(c.recorded_at) from api._sites_within(p_ids) w join reg.claim c on c.subject = w.member
  where coalesce((v_moved->>c.id::text)::int, c.tier) <= (f).level and c.scope = any ((f).scopes) and c.predicate <> 'relation' and c.rumour_owner is null
    and not exists (select 1 from reg.claim_end e where e.claim = c.id) group by 1, 2;
end $$;

-- How surely something that began on a day from b0 to b1 and ended on one from e0 to e1 was in use between two days: 1 surely, 0 surely not, between them the chance; null where an end that matters is not known.
create function api._in_use(b0 date, b1 date, e0 date, e1 date, p_first date, p_last date) returns float8 immutable parallel safe language sql as $$
  select case when b0 > p_last or e1 < p_first then 0 else
      (case when b1 <= p_last or e1 <= p_last then 1 when b1 is not null then (p_last - b0 + 1)::float8 / (b1 - b0 + 1) end)
    * (case when b0 >= p_first or e0 >= p_first then 1 when e1 is not null then (e1 - p_first + 1)::float8 / (e1 - e0 + 1) end) end $$;

-- The years that a chart shows, and `before` for all that came before 1970.
create function api._years(p_today date) returns table(year text, first date, last date) stable rows 60 language sql as $$
  select 'before', '-infinity'::date, '1969-12-31'::date union all
  select y::text, make_date(y, 1, 1), make_date(y, 12, 31) from generate_series(1970, extract(year from p_today)::int) y $$;

-- In which years something began: shares of its days that sum to one; one row `none` where no day bounds it on both sides.
create function api._spread_years(p_began daterange, p_today date) returns table(year text, share float8) stable rows 10 language plpgsql as $$
declare v_first date := api._first_day(p_began); v_last date := least(api._final_day(p_began), make_date(extract(year from p_today)::int, 12, 31));
begin
  if v_first is null or v_last is null or v_first > v_last then return query select 'none', 1.0::float8; return; end if;
  return query select y.year, (least(y.last, v_last) - greatest(y.first, v_first) + 1)::float8 / (v_last - v_first + 1) from api._years(p_today) y
    where y.first <= v_last and y.last >= v_first;
end $$;

-- The cuts of coverage of these sites, so that those of several sets of sites add up; sources: of the total, whose accounts stand behind them.
create function api._coverage_parts(f api._site_filter) returns table(cut text, code text, part text, sites float8, low int, high int, accounts int, sources uuid[])
stable rows 1000 set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with s as materialized (select x.*, coalesce(x.adm1, 'none') as unit, coalesce(t.attrs->>'group', 'other') as kind_group
    from api._sites(f) x left join vocab.site_kind t on t.code = x.kinds[1]),
  told as materialized (select a.id, a.source, a.n, t.attrs->>'family' as family from api._accounts(array(select s.id from s), f) a
    join reg.source o on o.id = a.source join vocab.source_type t on t.code = o.type),
  site_told as materialized (select t.id, sum(t.n)::int as n, count(distinct t.family) as families, min(t.family) as family from told t group by 1),
  periods as materialized (select s.kind_group, s.active_began as began, s.active_ended as ended, api._first_day(s.active_began) as b0, api._final_day(s.active_began) as b1,
    api._first_day(s.active_ended) as e0, api._final_day(s.active_ended) as e1, count(*)::int as n from s group by 1, 2, 3),
  pairs as materialized (select s.id, coalesce(k.kind, 'unknown') as kind, coalesce(k.verification, s.verification) as verification, k.origins
    from s left join reg.site_kind k on k.site = s.id and k.face = (f).level),
  lone as materialized (select p.id from pairs p group by 1 having coalesce(max(p.origins) filter (where p.verification <> 'refuted'), 0) <= 1),
  seen as materialized (select v.site from api._last_visits(array(select s.id from s), f) v)
  select 'total', 'sites', null::text, count(*)::float8, null::int, null::int, coalesce(sum(t.n), 0)::int, (select array_agg(distinct told.source) from told)
    from s left join site_told t on t.id = s.id
  union all select 'adm1', s.unit, s.kind_group, count(*), null, null, coalesce(sum(t.n), 0)::int, null from s left join site_told t on t.id = s.id group by 2, 3
  union all select 'adm2', coalesce(s.adm2, 'none'), s.unit, count(*), null, null, coalesce(sum(t.n), 0)::int, null from s left join site_told t on t.id = s.id group by 2, 3
  union all select 'active', y.year, p.kind_group, sum(p.n * coalesce(u.chance, 0)), (sum(p.n) filter (where u.chance = 1))::int,
      (sum(p.n) filter (where u.chance is distinct from 0))::int, null, null
    from periods p cross join api._years((f).today) y cross join lateral (select api._in_use(p.b0, p.b1, p.e0, p.e1, y.first, y.last) as chance) u
    where y.year <> 'before' and coalesce(p.began, p.ended) is not null group by 2, 3
  union all select 'active', 'none', p.kind_group, sum(p.n), null, null, null, null from periods p where coalesce(p.began, p.ended) is null group by 3
  union all select 'began', y.year, p.kind_group, sum(p.n * y.share), null, null, null, null from periods p cross join lateral api._spread_years(p.began, (f).today) y group by 2, 3
  union all select 'kind', p.kind, p.verification, count(*), null, null, null, null from pairs p group by 2, 3
  union all select 'protection', s.protection, s.kind_group, count(*), null, null, null, null from s group by 2, 3
  union all select 'source', case when t.families > 1 then 'several' else coalesce(t.family, 'none') end, null, count(*), null, null, null, null
    from s left join site_told t on t.id = s.id group by 2
  union all select 'source_any', t.family, null, count(distinct t.id), null, null, sum(t.n)::int, null from told t group by 2
  union all select 'note', n.code, null, count(*), null, null, null, null from s left join site_told t on t.id = s.id cross join lateral (values
      ('no_place', s.shown_as = 'none'), ('unit_only', s.shown_as = 'admin_unit'), ('no_day', coalesce(s.active_began, s.active_ended) is null),
      ('part', s.part_of is not null), ('one_origin', s.id in (select lone.id from lone)), ('not_visited', s.id not in (select seen.site from seen)),
      ('conflict', s.conflicts <> '{}')) n(code, met) where n.met group by 2;
end $$;

create function api.coverage(p_face int default null, p_ids uuid[] default null) returns table(cut text, code text, part text, sites float8, low int, high int, accounts int, sources int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v api._kept; f api._site_filter := api._site_filter(null, null, null, null, null, null, null, null, null, null, p_ids);
begin
  if p_face not between 0 and least(f.level, 1) then
    perform api._bad('bad_tier', 'face', p_face::text, 'A file is made from face 0 or 1, and at most from your own'); end if;
  if p_face is not null then f.level := p_face; f.scopes := '{0}'; end if;
  if p_face is null and p_ids is null then v := api._kept_parts('coverage', f.level, f.scopes); f.ids := v.ids; end if;
  return query
  with r as materialized (select * from api._kept_rows('coverage', v) union all select * from api._coverage_parts(f) where v.ids is distinct from '{}'),
  told as materialized (select t.attrs->>'family' as family, count(*)::int as n from (select distinct u.source from r cross join lateral unnest(r.sources) u(source)) d
    join reg.source o on o.id = d.source join vocab.source_type t on t.code = o.type group by 1)
  select r.cut, r.code, r.part, sum(r.sites), sum(r.low)::int, sum(r.high)::int, sum(r.accounts)::int,
    case r.cut when 'total' then (select coalesce(sum(t.n), 0)::int from told t) when 'source_any' then (select t.n from told t where t.family is not distinct from r.code) end
  from r where r.cut <> 'adm2' or exists (select 1 from r x where x.cut = 'adm2' and x.code <> 'none') group by 1, 2, 3 order by 1, 2, 3;
end $$;
comment on function api.coverage(int, uuid[]) is
  'What the sites of the caller''s face cover (of these ids alone; or of face 0 or 1, without compartments, as files are made of), in cuts; within total, adm1, source, protection, began each site counts once, within adm2 too (parts: its '
  'governorate; only where districts are known), within kind each pair of a site and a kind. part: the group of the best known kind (of kind: its verification). '
  'active: of each year from 1970 the sites surely (low) and possibly (high) in use, sites = the sum of chances where they can be told; began: each site '
  'spread over the days on which it may have begun. source: the family of sources on which a site rests alone, several, or none; source_any: sites that '
  'have any account of the family. note: how many sites have no place, no day, one origin at most, no visit, ... No cut is by authority or party.';

-- The levels and statuses of the past by month, from what was decided and recorded; the present month is the record as it stands.
create function api._steps(p_machine text, p_ids uuid[], p_aspects text[], p_ns bigint[], f api._site_filter, p_clock text)
returns table(n bigint, month date, state text, seq int)
stable rows 1000 set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$
begin
  return query
  select u.n, date_trunc('month', coalesce(case p_clock when 'observed' then d.observed_on end, (d.recorded_at at time zone 'Asia/Damascus')::date)::timestamp)::date,
    d.to_state, d.seq
  from unnest(p_ids, p_aspects, p_ns) u(id, aspect, n) join reg.decision d on d.subject = u.id and d.machine = p_machine and d.aspect = u.aspect
  where d.tier <= (f).level and d.scope = any ((f).scopes);
end $$;

create function api._looked(p_ids uuid[], f api._site_filter, p_since date) returns table(site uuid, month date, method text) stable rows 1000
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$
begin
  return query
  select distinct w.id, date_trunc('month', v.visited_on)::date, v.method from api._sites_within(p_ids) w join reg.visit v on v.site = w.member
  where v.tier <= (f).level and v.scope = any ((f).scopes) and v.visited_on >= p_since;
end $$;

-- What enters and leaves each state in a month, of these sites, and what was visited: those of several sets of sites add up.
create function api._progress_parts(f api._site_filter, p_since date, p_now date, p_clock text) returns table(what text, state text, month date, n int)
stable rows 1000 set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with s as materialized (select x.id, x.protection from api._sites(f) x),
  entered as materialized (select a.id, date_trunc('month', min(a.first) at time zone 'Asia/Damascus')::date as month
    from api._accounts(array(select s.id from s), f) a group by 1),
  held as materialized (
    select row_number() over () as n, t.* from (
      select 'verification' as what, k.site as id, k.kind as aspect, k.verification as state from reg.site_kind k join s on s.id = k.site where k.face = (f).level
      union all select 'protection', s.id, '', s.protection from s) t),
  decided as materialized (
    select d.n, least(d.month, p_now) as month, d.state, d.seq from (select array_agg(r.id) as ids, array_agg(r.aspect) as aspects,
        array_agg(r.n) as ns, r.what from held r group by r.what) g cross join lateral api._steps(g.what, g.ids, g.aspects, g.ns, f, p_clock) d),
  began as (select d.n, min(d.month) as month from decided d group by 1),
  steps as (
    select * from decided
    union all select r.n, least(e.month, b.month, p_now), case r.what when 'verification' then 'reported' else 'unassessed' end, 0
      from held r left join entered e on e.id = r.id left join began b on b.n = r.n
    union all select r.n, p_now, r.state, 2147483647 from held r),
  latest as (select distinct on (x.n, x.month) x.n, x.month, x.state from steps x order by x.n, x.month, x.seq desc),
  spans as (select l.*, lead(l.month) over (partition by l.n order by l.month) as upto from latest l),
  -- what enters and leaves each state in a month, added up: no span is asked of every month that it lasts
  moved as (select r.what, p.state, greatest(p.month, p_since) as month, count(*) as n from spans p join held r on r.n = p.n
      where p.upto is null or p.upto > p_since group by 1, 2, 3
    union all select r.what, p.state, p.upto, -count(*) from spans p join held r on r.n = p.n where p.upto > p_since group by 1, 2, 3)
  select v.what, v.state, v.month, sum(v.n)::int from moved v group by 1, 2, 3
  union all select 'visits', l.method, l.month, count(*)::int from api._looked(array(select s.id from s), f, p_since) l where l.month <= p_now group by 2, 3;
end $$;

create function api.progress(p_months int default 36, p_clock text default 'recorded') returns table(what text, month date, state text, n int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v api._kept; f api._site_filter := api._site_filter(null, null, null, null, null, null, null, null, null, null, null);
  v_now date := date_trunc('month', reg.today())::date;
  v_since date := v_now - make_interval(months => least(greatest(coalesce(p_months, 36), 1), 120) - 1);
begin
  if p_clock is null or p_clock not in ('recorded', 'observed') then
    perform api._bad('unknown_code', 'clock', coalesce(p_clock, ''), 'The clock is recorded or observed'); end if;
  if v_since = api._kept_since(v_now) then v := api._kept_parts(p_clock, f.level, f.scopes); f.ids := v.ids; end if;
  return query
  with r as materialized (select k.cut as what, k.code as state, k.part::date as month, k.accounts as n from api._kept_rows(p_clock, v) k
    union all select * from api._progress_parts(f, v_since, v_now, p_clock) where v.ids is distinct from '{}'),
  moved as materialized (select r.what, r.state, r.month, sum(r.n) as n from r group by 1, 2, 3)
  select t.what, m.month::date, t.state, sum(v.n)::int from (select distinct v.what, v.state from moved v where v.what <> 'visits') t
    cross join generate_series(v_since::timestamp, v_now::timestamp, interval '1 month') m(month)
    join moved v on v.what = t.what and v.state = t.state and v.month <= m.month group by 1, 2, 3 having sum(v.n) > 0
  union all select v.what, v.month, v.state, v.n::int from moved v where v.what = 'visits'
  order by 1, 2, 3;
end $$;
comment on function api.progress(int, text) is
  'Of the sites that the caller sees today, by month of the last p_months (at most 120): how many pairs of a site and a kind stood at each verification '
  'level and how many sites had each protection status at the end of the month, by the day on which it was recorded, or with p_clock observed seen to be so (the present month: as they stand); '
  'and how many sites were visited in it, by method. A pair counts from the month of the first account that the caller sees.';
reset role;
