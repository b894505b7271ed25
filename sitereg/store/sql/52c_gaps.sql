-- Where protection is lacking and how pressing it is. Everything is reckoned from the rows of the caller's own face, as lists are (50).
set role sr_reader;

create type api._gap as (id uuid, verification text, protection text, adm1 text, next_review date, in_doubt_since date, overdue_days int,
  worst jsonb, reports int, measures text[], bodies text[], last_seen date, seen_by text, access text, reachable bool, points jsonb, urgency int);

-- The points of docs/protection.md, each under its reason: what is happening counts most, then what nobody looks after, then what is at stake.
create function api._gap_points(p_protection text, p_rank int, p_fresh bool, p_in_doubt bool, p_measures int, p_overdue int, p_unseen int,
  p_verification text) returns jsonb immutable parallel safe language sql as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'disturbance', (array[10, 30, 45, 55])[p_rank], 'recent', case when p_rank > 0 and p_fresh then 10 end,
    'status', case p_protection when 'compromised' then 25 when 'unprotected' then 20 when 'unassessed' then 15 when 'measures_planned' then 10
      when 'partially_protected' then 5 end,
    'in_doubt', case when p_in_doubt then 15 end, 'no_measure', case when p_measures = 0 then 15 end,
    'overdue', case when p_overdue > 0 then least((p_overdue + 6) / 7, 15) end,
    'unseen', case when p_unseen is null then 12 else nullif(least(p_unseen / 30, 12), 0) end,
    'stake', case p_verification when 'confirmed' then 6 when 'probable' then 4 else 2 end)) $$;

-- What is known of these sites and of those that were merged into them, each by the indexes of its site: what others record elsewhere is not read,
-- so that neither plan nor pages counted hang on it. First the harm and the threats that nobody has ended,
create function api._gap_harm(p_ids uuid[], p_today date) returns table(id uuid, reports int, rank int, fresh bool, worst jsonb) stable rows 1000
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$
begin
  return query
  select w.id, count(*) filter (where not ((v.attrs->>'rank')::int >= 2 and (d.visit is not null or api._class(d.reliability, d.credibility) = 0)))::int,
    max((v.attrs->>'rank')::int), bool_or(upper(d.observed) > p_today - 30), (array_agg(jsonb_build_object('kind', d.kind, 'severity', d.severity,
      'observed', d.observed) order by v.attrs->>'rank' desc, upper(d.observed) desc nulls last))[1]
  from api._sites_within(p_ids) w join reg.disturbance d on d.site = w.member join vocab.severity v on v.code = d.severity and (v.attrs->>'rank')::int > 0
  where not exists (select 1 from reg.disturbance_end e where e.disturbance = d.id) group by 1;
end $$;

-- then the measures that are active, and who stands behind them,
create function api._gap_works(p_ids uuid[]) returns table(id uuid, kinds text[], bodies text[]) stable rows 1000
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$
begin
  return query
  select w.id, array_agg(distinct m.kind), array_remove(array_agg(distinct coalesce(m.agent::text, m.agent_kind)), null)
  from api._sites_within(p_ids) w join reg.measure m on m.site = w.member
  where 'active' = (select d.to_state from reg.decision d where d.subject = m.site and d.machine = 'measure' and d.aspect = m.id::text order by d.seq desc limit 1)
  group by 1;
end $$;

-- and who looked last, of the visits that the caller may see.
create function api._gap_looks(p_ids uuid[], p_level int, p_scopes int[]) returns table(id uuid, day date, how text) stable rows 1000
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$
begin
  return query
  select distinct on (w.id) w.id, v.visited_on, v.method from api._sites_within(p_ids) w join reg.visit v on v.site = w.member
  where v.tier <= p_level and v.scope = any (p_scopes) order by w.id, v.visited_on desc, v.recorded_at desc;
end $$;

-- Every site of the caller's face that protection is asked for, with what is known of it; whether it lacks any is said by _gap_lists.
create function api._gaps(p_level int, p_scopes int[], p_adm1 text[]) returns setof api._gap stable set plan_cache_mode = force_custom_plan
language plpgsql as $$
declare v_today date := reg.today();
begin
  return query
  with seen as materialized (select s.* from reg.site s where s.face = p_level and s.tier <= p_level and s.scope = any (p_scopes)
    and (p_adm1 is null or coalesce(s.adm1, 'none') = any (p_adm1))
    and s.verification in ('suspected', 'probable', 'confirmed') and s.protection not in ('not_applicable', 'protection_ended', 'destroyed')),
  answers as (select x.id, array_agg(distinct a->>'authority') as bodies from seen x cross join lateral jsonb_array_elements(x.authorities) a
    where a->>'role' = 'responsible_for_protection' and (a->>'class')::int < 2 and coalesce(upper((a->>'ended')::daterange) > v_today, true) group by 1)
  select g.id, g.verification, g.protection, coalesce(g.adm1, 'none'), g.next_review, g.in_doubt_since, v_today - g.next_review, h.worst, coalesce(h.reports, 0),
    coalesce(w.kinds, '{}'), array(select distinct b from unnest(coalesce(w.bodies, '{}') || coalesce(a.bodies, '{}')) b order by b), l.day, l.how,
    g.access->>'condition', coalesce((c.attrs->>'safe')::bool, true), p.points, (select sum(value::int) from jsonb_each_text(p.points))::int
  from seen g left join api._gap_harm(array(select x.id from seen x), v_today) h on h.id = g.id
  left join api._gap_works(array(select x.id from seen x)) w on w.id = g.id left join answers a on a.id = g.id
  left join api._gap_looks(array(select x.id from seen x), p_level, p_scopes) l on l.id = g.id
  left join vocab.access_condition c on c.code = g.access->>'condition'
  cross join lateral (select api._gap_points(g.protection, h.rank, h.fresh, g.in_doubt_since is not null, cardinality(coalesce(w.kinds, '{}')),
    v_today - g.next_review, v_today - l.day, g.verification) as points) p;
end $$;

-- The lists a site stands in. Those nobody can safely reach are a list of their own, lest they bury the others.
create function api._gap_lists(g api._gap) returns text[] immutable parallel safe language sql as $$
  select array_remove(array[
    case when l.lacks and (g).reachable then 'to_do' end, case when l.lacks and not (g).reachable then 'not_reachable' end,
    case when (g).in_doubt_since is not null then 'in_doubt' end, case when (g).overdue_days > 0 then 'review_overdue' end,
    case when (g).overdue_days between -30 and 0 then 'due_soon' end, case when (g).worst is not null then 'disturbed' end,
    case when (g).measures = '{}' then 'no_measure' end], null)
  from (select (g).protection <> 'protected' or (g).overdue_days > 0 or (g).in_doubt_since is not null or (g).worst is not null as lacks) l $$;

create function api._gap_asked(p_list text, p_adm1 text[], p_body text) returns void stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._governorates('adm1', p_adm1);
  perform api._site_terms('gap_list', 'list', array[p_list]);
  if p_body <> 'none' and p_body !~ '^[0-9a-f-]{36}$' then perform api._site_terms('authority_kind', 'body', array[p_body]); end if;
end $$;

create function api.protection_gaps(p_list text default 'to_do', p_adm1 text[] default null, p_body text default null, p_limit int default 100,
  p_skip int default 0) returns table(id uuid, code text, names jsonb, kinds text[], verification text, protection text, next_review date,
  overdue_days int, in_doubt_since date, worst jsonb, reports int, measures text[], bodies jsonb, last_seen date, seen_by text, access text,
  reachable bool, points jsonb, urgency int, shown_as text, "precision" text, uncertainty_m float8, place_en text, place_ar text, adm1 text,
  lon float8, lat float8, shape jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v_level int; v_scopes int[];
begin
  perform api._gap_asked(p_list, p_adm1, p_body);
  select m.level, m.scopes into v_level, v_scopes from api.me() m;
  return query
  with found as materialized (select g.* from api._gaps(v_level, v_scopes, p_adm1) g where p_list = any (api._gap_lists(g))
      and (p_body is null or p_body = any (g.bodies) or (p_body = 'none' and g.bodies = '{}'))
    order by g.urgency desc, g.id limit least(greatest(p_limit, 1), 10000) offset greatest(p_skip, 0)),
  site as materialized (select s.*, coalesce(s.adm3, s.adm2, s.adm1, s.country) as unit from reg.site s where s.face = v_level
    and s.id = any (array(select f.id from found f))),
  names as materialized (select * from api._labels(array(select s.unit from site s union select s.adm1 from site s)))
  select s.id, s.code, s.names - 'all', s.kinds, f.verification, f.protection, f.next_review, greatest(f.overdue_days, 0), f.in_doubt_since, f.worst, f.reports,
    f.measures, api._bodies(f.bodies), f.last_seen, f.seen_by, f.access, f.reachable, f.points, f.urgency, s.shown_as, s.precision, s.uncertainty_m,
    u.en || coalesce(', ' || nullif(g.en, u.en), ''), u.ar || coalesce('، ' || nullif(g.ar, u.ar), ''), s.adm1, st_x(s.centre), st_y(s.centre),
    api._plain_shape(s.shown, s.shown_as)
  from found f join site s on s.id = f.id left join names u on u.pcode = s.unit left join names g on g.pcode = s.adm1 order by f.urgency desc, f.id;
end $$;
comment on function api.protection_gaps(text, text[], text, int, int) is
  'Sites of the caller''s face on one list of gaps, the most pressing first (docs/protection.md gives the points of `urgency`): to_do, not_reachable, '
  'in_doubt, review_overdue, due_soon (within 30 days), disturbed, no_measure. p_body: an authority, a kind of body, or none. Days; metres; EPSG:4326.';

-- Bodies as they are told: an authority by its names, or a kind of body alone.
create function api._bodies(p_bodies text[]) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(jsonb_agg(jsonb_build_object('body', b.body, 'kind', coalesce(u.kind, b.body), 'names', u.names) order by b.n), '[]')
  from unnest(p_bodies) with ordinality b(body, n) left join reg.authority u on u.id::text = b.body $$;

create function api.protection_gap_counts(p_adm1 text[] default null, p_body text default null) returns table(facet text, code text, n int, body jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v_level int; v_scopes int[];
begin
  perform api._gap_asked('to_do', p_adm1, p_body);
  select m.level, m.scopes into v_level, v_scopes from api.me() m;
  return query
  with all_gaps as materialized (select g.*, api._gap_lists(g) as lists from api._gaps(v_level, v_scopes, null) g),
  here as (select g.* from all_gaps g where p_adm1 is null or g.adm1 = any (p_adm1)),
  mine as (select g.* from here g where p_body is null or p_body = any (g.bodies) or (p_body = 'none' and g.bodies = '{}'))
  select 'list', l, count(*)::int, null::jsonb from mine g cross join unnest(g.lists) l group by 2
  union all select 'adm1', g.adm1, count(*)::int, null from all_gaps g where g.lists <> '{}' group by 2
  union all select 'body', b, count(*)::int, api._bodies(array[b])->0 from here g
    cross join unnest(case when g.bodies = '{}' then array['none'] else g.bodies end) b where g.lists <> '{}' group by 2;
end $$;
comment on function api.protection_gap_counts(text[], text) is
  'How many sites of the caller''s face stand on each list of gaps (of the governorates and the body asked for), in each governorate, and under each body.';
reset role;
