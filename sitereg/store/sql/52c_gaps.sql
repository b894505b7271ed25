-- Where protection is lacking and how pressing it is. Everything is reckoned from the rows of the caller's own face, as lists are (50).
set role sr_reader;

-- What the lists need of a site as its face stands, read once; authorities: null where nobody answers for its protection.
create type api._gap_seen as (id uuid, verification text, protection text, adm1 text, next_review date, in_doubt_since date, access text, authorities jsonb);

create type api._gap as (id uuid, verification text, protection text, adm1 text, next_review date, in_doubt_since date, overdue_days int,
  worst jsonb, reports int, measures text[], bodies text[], last_seen date, seen_by text, access text, reachable bool, rank int, fresh bool, urgency int, lists text[]);

-- The points of docs/protection.md, each under its reason: what is happening counts most, then what nobody looks after, then what is at stake.
create function api._gap_weights(p_protection text, p_rank int, p_fresh bool, p_in_doubt bool, p_measures int, p_overdue int, p_unseen int, p_verification text)
returns table(disturbance int, recent int, status int, in_doubt int, no_measure int, overdue int, unseen int, stake int)
immutable parallel safe rows 1 language sql as $$
  select (array[10, 30, 45, 55])[p_rank], case when p_rank > 0 and p_fresh then 10 end,
    case p_protection when 'compromised' then 25 when 'unprotected' then 20 when 'unassessed' then 15 when 'measures_planned' then 10
      when 'partially_protected' then 5 end,
    case when p_in_doubt then 15 end, case when p_measures = 0 then 15 end, case when p_overdue > 0 then least((p_overdue + 6) / 7, 15) end,
    case when p_unseen is null then 12 else nullif(least(p_unseen / 30, 12), 0) end, case p_verification when 'confirmed' then 6 when 'probable' then 4 else 2 end $$;

create function api._gap_points(p_protection text, p_rank int, p_fresh bool, p_in_doubt bool, p_measures int, p_overdue int, p_unseen int,
  p_verification text) returns jsonb immutable parallel safe language sql as $$
  select jsonb_strip_nulls(to_jsonb(w)) from api._gap_weights(p_protection, p_rank, p_fresh, p_in_doubt, p_measures, p_overdue, p_unseen, p_verification) w $$;

-- What the caller may know of these sites and of those that were merged into them (a more restricted one's harm is not told with it), each by the
-- indexes of its site: what others record elsewhere is not read, so that neither plan nor pages counted hang on it. First the harm and the threats
-- that nobody has ended,
create function api._gap_harm(p_ids uuid[], p_members uuid[], p_level int, p_scopes int[], p_today date) returns table(id uuid, reports int, rank int, fresh bool, worst jsonb) stable rows 1000
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$
begin
  return query
  select w.id, count(*) filter (where not ((v.attrs->>'rank')::int >= 2 and (d.visit is not null or api._class(d.reliability, d.credibility) = 0)))::int,
    max((v.attrs->>'rank')::int), bool_or(upper(d.observed) > p_today - 30), (array_agg(jsonb_build_object('kind', d.kind, 'severity', d.severity,
      'observed', d.observed) order by v.attrs->>'rank' desc, upper(d.observed) desc nulls last))[1]
  from unnest(p_ids, p_members) w(id, member) join reg.disturbance d on d.site = w.member join vocab.severity v on v.code = d.severity and (v.attrs->>'rank')::int > 0
  where d.tier <= p_level and d.scope = any (p_scopes) and not exists (select 1 from reg.disturbance_end e where e.disturbance = d.id) group by 1;
end $$;

-- then the measures that are active, and who stands behind them,
create function api._gap_works(p_ids uuid[], p_members uuid[], p_level int, p_scopes int[]) returns table(id uuid, kinds text[], bodies text[]) stable rows 1000
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$
begin
  return query
  select w.id, array_agg(distinct m.kind), array_remove(array_agg(distinct coalesce(m.agent::text, m.agent_kind)), null)
  from unnest(p_ids, p_members) w(id, member) join reg.measure m on m.site = w.member
  where m.tier <= p_level and m.scope = any (p_scopes) and 'active' = (select d.to_state from reg.decision d where d.subject = m.site and d.machine = 'measure' and d.aspect = m.id::text order by d.seq desc limit 1)
  group by 1;
end $$;

-- and who looked last.
create function api._gap_looks(p_ids uuid[], p_members uuid[], p_level int, p_scopes int[]) returns table(id uuid, day date, how text) stable rows 1000
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off language plpgsql as $$
begin
  return query
  select distinct on (w.id) w.id, v.visited_on, v.method from unnest(p_ids, p_members) w(id, member) join reg.visit v on v.site = w.member
  where v.tier <= p_level and v.scope = any (p_scopes) order by w.id, v.visited_on desc, v.recorded_at desc;
end $$;

-- The lists a site stands in. Those nobody can safely reach are a list of their own, lest they bury the others.
create function api._gap_lists(p_protection text, p_reachable bool, p_in_doubt bool, p_overdue int, p_harmed bool, p_measured bool) returns table(lists text[])
immutable parallel safe rows 1 language sql as $$
  select array_remove(array[
    case when l.lacks and p_reachable then 'to_do' end, case when l.lacks and not p_reachable then 'not_reachable' end,
    case when p_in_doubt then 'in_doubt' end, case when p_overdue > 0 then 'review_overdue' end, case when p_overdue between -30 and 0 then 'due_soon' end,
    case when p_harmed then 'disturbed' end, case when not p_measured then 'no_measure' end], null)
  from (select p_protection <> 'protected' or p_overdue > 0 or p_in_doubt or p_harmed as lacks) l $$;

-- Every site of the caller's face that protection is asked for, with what is known of it and the lists that it stands in (none where it lacks nothing).
create function api._gaps(p_level int, p_scopes int[], p_adm1 text[]) returns setof api._gap stable set plan_cache_mode = force_generic_plan
language plpgsql as $$
declare v_today date := reg.today(); v_ids uuid[]; v_members uuid[]; v_seen api._gap_seen[] := array(
    select (s.id, s.verification, s.protection, coalesce(s.adm1, 'none'), s.next_review, s.in_doubt_since, s.access->>'condition',
      case when s.authorities @> '[{"role": "responsible_for_protection"}]' then s.authorities end)::api._gap_seen
    from reg.site s where s.face = p_level and s.tier <= p_level and s.scope = any (p_scopes) and (p_adm1 is null or coalesce(s.adm1, 'none') = any (p_adm1))
      and s.verification in ('suspected', 'probable', 'confirmed') and s.protection not in ('not_applicable', 'protection_ended', 'destroyed'));
begin
  select array_agg(w.id), array_agg(w.member) into v_ids, v_members from api._sites_within(array(select s.id from unnest(v_seen) s)) w;
  return query
  with seen as materialized (select s.* from unnest(v_seen) s),
  answers as materialized (select x.id, array_agg(distinct a->>'authority') as bodies from seen x cross join lateral jsonb_array_elements(x.authorities) a
    where a->>'role' = 'responsible_for_protection' and (a->>'class')::int < 2 and coalesce(upper((a->>'ended')::daterange) > v_today, true) group by 1)
  select g.id, g.verification, g.protection, g.adm1, g.next_review, g.in_doubt_since, v_today - g.next_review, h.worst, coalesce(h.reports, 0),
    coalesce(w.kinds, '{}'), case when a.id is null then coalesce(w.bodies, '{}') else array(select distinct b from unnest(coalesce(w.bodies, '{}') || a.bodies) b order by b) end,
    l.day, l.how, g.access, coalesce((c.attrs->>'safe')::bool, true), h.rank, h.fresh,
    coalesce(p.disturbance, 0) + coalesce(p.recent, 0) + coalesce(p.status, 0) + coalesce(p.in_doubt, 0) + coalesce(p.no_measure, 0) + coalesce(p.overdue, 0)
      + coalesce(p.unseen, 0) + p.stake, n.lists
  from seen g left join api._gap_harm(v_ids, v_members, p_level, p_scopes, v_today) h on h.id = g.id
  left join api._gap_works(v_ids, v_members, p_level, p_scopes) w on w.id = g.id left join answers a on a.id = g.id
  left join api._gap_looks(v_ids, v_members, p_level, p_scopes) l on l.id = g.id
  left join vocab.access_condition c on c.code = g.access
  cross join lateral api._gap_weights(g.protection, h.rank, h.fresh, g.in_doubt_since is not null, cardinality(coalesce(w.kinds, '{}')),
    v_today - g.next_review, v_today - l.day, g.verification) p
  cross join lateral api._gap_lists(g.protection, coalesce((c.attrs->>'safe')::bool, true), g.in_doubt_since is not null, v_today - g.next_review,
    h.worst is not null, coalesce(w.kinds, '{}') <> '{}') n;
end $$;

create function api._gap_asked(p_list text, p_adm1 text[], p_body text) returns void stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._governorates('adm1', p_adm1);
  perform api._site_terms('gap_list', 'list', array[p_list]);
  if p_body <> 'none' and p_body !~ '^[0-9a-f-]{36}$' then perform api._site_terms('authority_kind', 'body', array[p_body]); end if;
end $$;

-- Whether a gap is on that list and answered for by that body (null: by anyone).
create function api._gap_fits(g api._gap, p_list text, p_body text) returns bool immutable parallel safe language sql as $$
  select p_list = any ((g).lists) and (p_body is null or p_body = any ((g).bodies) or (p_body = 'none' and (g).bodies = '{}')) $$;

create type api._gap_told as (id uuid, code text, names jsonb, kinds text[], verification text, protection text, next_review date,
  overdue_days int, in_doubt_since date, worst jsonb, reports int, measures text[], bodies jsonb, last_seen date, seen_by text, access text,
  reachable bool, points jsonb, urgency int, shown_as text, "precision" text, uncertainty_m float8, place_en text, place_ar text, adm1 text,
  lon float8, lat float8, shape jsonb);

-- These gaps as they are told, with their sites as the face shows them.
create function api._gaps_told(p_gaps api._gap[], p_level int) returns setof api._gap_told stable rows 100 set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_today date := reg.today();
begin
  return query
  with found as materialized (select * from unnest(p_gaps)),
  site as materialized (select s.*, coalesce(s.adm3, s.adm2, s.adm1, s.country) as unit from reg.site s where s.face = p_level
    and s.id = any (array(select f.id from found f))),
  names as materialized (select * from api._labels(array(select s.unit from site s union select s.adm1 from site s)))
  select s.id, s.code, s.names - 'all', s.kinds, f.verification, f.protection, f.next_review, greatest(f.overdue_days, 0), f.in_doubt_since, f.worst, f.reports,
    f.measures, api._bodies(f.bodies), f.last_seen, f.seen_by, f.access, f.reachable,
    api._gap_points(f.protection, f.rank, f.fresh, f.in_doubt_since is not null, cardinality(f.measures), f.overdue_days, v_today - f.last_seen, f.verification),
    f.urgency, s.shown_as, s.precision, s.uncertainty_m,
    u.en || coalesce(', ' || nullif(g.en, u.en), ''), u.ar || coalesce('، ' || nullif(g.ar, u.ar), ''), s.adm1, st_x(s.centre), st_y(s.centre),
    api._plain_shape(s.shown, s.shown_as)
  from found f join site s on s.id = f.id left join names u on u.pcode = s.unit left join names g on g.pcode = s.adm1 order by f.urgency desc, f.id;
end $$;

create function api.protection_gaps(p_list text default 'to_do', p_adm1 text[] default null, p_body text default null, p_limit int default 100,
  p_skip int default 0) returns setof api._gap_told
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
declare v_level int; v_scopes int[];
begin
  perform api._gap_asked(p_list, p_adm1, p_body);
  select m.level, m.scopes into v_level, v_scopes from api.me() m;
  return query select t.* from api._gaps_told(array(select g from api._gaps(v_level, v_scopes, p_adm1) g where api._gap_fits(g, p_list, p_body)
    order by g.urgency desc, g.id limit least(greatest(p_limit, 1), 10000) offset greatest(p_skip, 0)), v_level) t;
end $$;
comment on function api.protection_gaps(text, text[], text, int, int) is
  'Sites of the caller''s face on one list of gaps, the most pressing first (docs/protection.md gives the points of `urgency`): to_do, not_reachable, '
  'in_doubt, review_overdue, due_soon (within 30 days), disturbed, no_measure. p_body: an authority, a kind of body, or none. Days; metres; EPSG:4326.';

-- Bodies as they are told: an authority by its names, or a kind of body alone.
create function api._bodies(p_bodies text[]) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(jsonb_agg(jsonb_build_object('body', b.body, 'kind', coalesce(u.kind, b.body), 'names', u.names) order by b.n), '[]')
  from unnest(p_bodies) with ordinality b(body, n) left join reg.authority u on u.id::text = b.body $$;

-- How many of these gaps stand on each list, in each governorate, under each body; those of the lists are narrowed by area and body.
create function api._gap_counted(p_gaps api._gap[], p_adm1 text[], p_body text) returns table(facet text, code text, n int, body jsonb) stable rows 100
set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with all_gaps as materialized (select g.adm1, g.bodies, g.lists from unnest(p_gaps) g),
  here as (select g.* from all_gaps g where p_adm1 is null or g.adm1 = any (p_adm1)),
  mine as (select g.* from here g where p_body is null or p_body = any (g.bodies) or (p_body = 'none' and g.bodies = '{}'))
  select 'list', l, sum(m.n)::int, null::jsonb from (select g.lists, count(*) as n from mine g group by 1) m cross join unnest(m.lists) l group by 2
  union all select 'adm1', g.adm1, count(*)::int, null from all_gaps g where g.lists <> '{}' group by 2
  union all select 'body', b, sum(m.n)::int, api._bodies(array[b])->0 from (select g.bodies, count(*) as n from here g where g.lists <> '{}' group by 1) m
    cross join unnest(case when m.bodies = '{}' then array['none'] else m.bodies end) b group by 2;
end $$;

create function api.protection_gap_counts(p_adm1 text[] default null, p_body text default null) returns table(facet text, code text, n int, body jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
declare v_level int; v_scopes int[];
begin
  perform api._gap_asked('to_do', p_adm1, p_body);
  select m.level, m.scopes into v_level, v_scopes from api.me() m;
  return query select c.* from api._gap_counted(array(select g from api._gaps(v_level, v_scopes, null) g), p_adm1, p_body) c;
end $$;
comment on function api.protection_gap_counts(text[], text) is
  'How many sites of the caller''s face stand on each list of gaps (of the governorates and the body asked for), in each governorate, and under each body.';

create function api.protection_gap_page(p_list text default 'to_do', p_adm1 text[] default null, p_body text default null, p_limit int default 100,
  p_skip int default 0) returns table(counts jsonb, id uuid, code text, names jsonb, kinds text[], verification text, protection text, next_review date,
  overdue_days int, in_doubt_since date, worst jsonb, reports int, measures text[], bodies jsonb, last_seen date, seen_by text, access text,
  reachable bool, points jsonb, urgency int, shown_as text, "precision" text, uncertainty_m float8, place_en text, place_ar text, adm1 text,
  lon float8, lat float8, shape jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v_level int; v_scopes int[]; v_gaps api._gap[];
begin
  perform api._gap_asked(p_list, p_adm1, p_body);
  select m.level, m.scopes into v_level, v_scopes from api.me() m;
  v_gaps := array(select g from api._gaps(v_level, v_scopes, null) g);
  return query
  select (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from api._gap_counted(v_gaps, p_adm1, p_body) c), (null::api._gap_told).*
  union all select null, t.* from api._gaps_told(array(select g from unnest(v_gaps) g where (p_adm1 is null or g.adm1 = any (p_adm1)) and api._gap_fits(g, p_list, p_body)
    order by g.urgency desc, g.id limit least(greatest(p_limit, 1), 10000) offset greatest(p_skip, 0)), v_level) t;
end $$;
comment on function api.protection_gap_page(text, text[], text, int, int) is
  'What protection_gaps and protection_gap_counts answer to the same, reckoned once: a first row with counts ([{facet, code, n, body}]) alone, then the gaps.';
reset role;
