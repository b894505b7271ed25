-- Runs: lines of inquiry of a whole tier, computed by the keeper from the faces of that tier without compartments and shown to
-- exactly that clearance. One row a person holds the best sites in arrays. What moves in the registry takes the rows of a person away
-- at once and is remembered here until the keeper has computed them anew. What moves for everybody with each changed site (the sum of
-- weights, the sizes of sets) stands apart, 64 persons a row and nameless: a slot whose link is gone says nothing of anybody.
set role sr_writer;

create function api._link_runs_of(p_tier int) returns bool stable language plpgsql as $$
begin return exists (select 1 from reg.link_run u where u.tier = p_tier and u.state <> 'replaced'); end $$;

-- A case that changes has no stored links until it is looked at again.
create function api._link_person_moved() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_tier int;
begin
  for v_tier in 1 .. 2 loop
    continue when not api._link_runs_of(v_tier);
    insert into reg.link_touched(tier, person) select distinct v_tier, m.id from moved m where m.face = v_tier and m.scope = 0;
    delete from reg.link l using moved m, reg.link_run u where m.face = v_tier and l.person = m.id and u.id = l.run and u.tier = v_tier;
  end loop;
  return null;
end $$;

create function api._link_site_moved() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_tier int;
begin
  if not exists (select 1 from reg.link_run u where u.state <> 'replaced') then return null; end if;
  for v_tier in 1 .. 2 loop
    continue when not api._link_runs_of(v_tier);
    insert into reg.link_touched(tier) select v_tier where exists (select 1 from moved m where m.face = v_tier and m.scope = 0);
  end loop;
  return null;
end $$;

-- What every tier's search rests on beside the faces: who stands above whom, how wide a unit is.
create function api._link_ground_moved() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into reg.link_touched(tier) select t from generate_series(1, 2) t where api._link_runs_of(t);
  return null;
end $$;

-- The run of these words that waits to be gone on with, else a new one; p_mark: a hash of all that is the same for every person.
create function api.keeper_link_begin(p_question text, p_tier int, p_version text, p_parameters jsonb, p_mark bytea, p_cutoff timestamptz, p_filter jsonb,
  p_top int, p_persons int, p_counts jsonb, p_by text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid; v_by uuid := (select a.id from reg.account a where a.name = p_by); v_old uuid;
begin
  perform api._keeper();
  select u.id into v from reg.link_run u where u.question = p_question and u.tier = p_tier and u.version = p_version and u.mark = p_mark
    and u.filter = p_filter and u.top = p_top and u.state = 'running';
  if v is not null then
    update reg.link_run u set persons = p_persons where u.id = v;
    return v;
  end if;
  for v_old in update reg.link_run u set state = 'replaced', ended_at = clock_timestamp() where u.question = p_question and u.tier = p_tier
      and u.filter = p_filter and u.state = 'running' returning u.id loop
    delete from reg.link l where l.run = v_old;
    delete from reg.link_part t where t.run = v_old;
  end loop;
  insert into reg.link_run(id, question, tier, version, parameters, mark, cutoff, filter, top, state, persons, counts, asked_by)
  values (reg.new_id(), p_question, p_tier, p_version, p_parameters, p_mark, p_cutoff, p_filter, p_top, 'running', p_persons, p_counts, v_by) returning id into v;
  return v;
end $$;
comment on function api.keeper_link_begin(text, int, text, jsonb, bytea, timestamptz, jsonb, int, int, jsonb, text) is
  'A run for one question and tier stands and may be filled; one that broke off with the same data and parameters is gone on with.';

create function api.keeper_link_done(p_run uuid) returns uuid[] stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select array(select l.person from reg.link l where l.run = p_run) $$;
comment on function api.keeper_link_done(uuid) is 'The persons whose links a run holds already.';

-- The rows of link_part whose persons these are, written anew; of others in them, and of those whose link is gone, nothing changes.
create function api.keeper_link_weights(p_run uuid, p_persons uuid[], p_whole float8[], p_half int[], p_most int[], p_leans bool[], p_lift float8[],
  p_gain float8[]) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
begin
  perform api._keeper();
  with given as materialized (select l.part, l.slot, x.whole, x.half, x.most, x.leans, x.lift, p_gain[3 * x.i - 2:3 * x.i] as gain
      from unnest(p_persons, p_whole, p_half, p_most, p_leans, p_lift) with ordinality x(person, whole, half, most, leans, lift, i)
      join reg.link l on l.run = p_run and l.person = x.person),
  made as (select t.n, array_agg(coalesce(g.whole, t.whole[k.i]) order by k.i) as whole, array_agg(coalesce(g.half, t.half[k.i]) order by k.i) as half,
      array_agg(coalesce(g.most, t.most[k.i]) order by k.i) as most, array_agg(coalesce(g.leans, t.leans[k.i]) order by k.i) as leans,
      array_agg(coalesce(g.lift, t.lift[k.i]) order by k.i) as lift,
      array_agg(coalesce(g.gain, array[t.gain[k.i][1], t.gain[k.i][2], t.gain[k.i][3]]) order by k.i) as gain
    from reg.link_part t cross join lateral generate_subscripts(t.whole, 1) k(i) left join given g on g.part = t.n and g.slot = k.i
    where t.run = p_run and t.n in (select g.part from given g) group by t.n)
  update reg.link_part t set whole = m.whole, half = m.half, most = m.most, leans = m.leans, lift = m.lift, gain = m.gain
  from made m where t.run = p_run and t.n = m.n;
end $$;
comment on function api.keeper_link_weights(uuid, uuid[], float8[], int[], int[], bool[], float8[], float8[]) is
  'The links of these persons have this sum of weights over all sites, whence their chances, sets of these sizes, a load of every site that is so much above the one that was written, and places (three a person) that give so many times as much; what they were written with stays.';

create function api.keeper_link_slots(p_run uuid) returns table(persons uuid[], parts int[], slots int[])
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(array_agg(l.person), '{}'), coalesce(array_agg(l.part), '{}'), coalesce(array_agg(l.slot::int), '{}') from reg.link l where l.run = p_run $$;
comment on function api.keeper_link_slots(uuid) is 'The persons whose links a run holds, and where in link_part stands what moves of each.';

create function api.keeper_link_parts(p_run uuid) returns table(n int, whole float8[], half int[], most int[], leans bool[], lift float8[], gain float8[])
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select t.n, t.whole, t.half::int[], t.most::int[], t.leans, t.lift, t.gain from reg.link_part t where t.run = p_run order by t.n $$;
comment on function api.keeper_link_parts(uuid) is 'The rows of link_part of a run; slots of links that are gone among them.';

create function api.keeper_link_moves(p_run uuid, p_parts int[], p_ends int[], p_whole float8[], p_half int[], p_most int[], p_leans bool[], p_lift float8[],
  p_gain float8[]) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
begin
  perform api._keeper();
  update reg.link_part t set whole = p_whole[x.a + 1:x.b], half = p_half[x.a + 1:x.b], most = p_most[x.a + 1:x.b], leans = p_leans[x.a + 1:x.b],
    lift = p_lift[x.a + 1:x.b], gain = p_gain[x.a + 1:x.b][1:3]
  from (select p_parts[i] as n, coalesce(p_ends[i - 1], 0) as a, p_ends[i] as b from generate_subscripts(p_parts, 1) i) x where t.run = p_run and t.n = x.n;
end $$;
comment on function api.keeper_link_moves(uuid, int[], int[], float8[], int[], int[], bool[], float8[], float8[]) is
  'These rows of link_part are written whole: arrays end to end, p_ends says where each ends, p_gain has three numbers a slot.';

-- p_ends: for each person how many sites all up to it have; the arrays of sites, parts (one for each bar and site) and near (three a site) lie end to end.
-- Whoever has a link already keeps the place in link_part; p_new: others get one, else what was deleted meanwhile stays away.
create function api.keeper_link_rows(p_run uuid, p_persons uuid[], p_ends int[], p_sites uuid[], p_parts float8[], p_unlisted float8[], p_whole float8[],
  p_rests float8[], p_half int[], p_most int[], p_leans bool[], p_lift float8[], p_near float8[], p_gain float8[], p_new bool default true) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_width int := coalesce(cardinality(p_parts) / nullif(cardinality(p_sites), 0), 0); v_fresh int[]; v_last int; v int;
begin
  perform api._keeper();
  update reg.link l set sites = p_sites[n.a + 1:n.b], parts = p_parts[n.a * v_width + 1:n.b * v_width], unlisted = p_unlisted[n.i], whole = p_whole[n.i],
    cohort_rest = p_rests[2 * n.i - 1], companion_rest = p_rests[2 * n.i], near = p_near[n.a * 3 + 1:n.b * 3]
  from (select i, coalesce(p_ends[i - 1], 0) as a, p_ends[i] as b from generate_subscripts(p_persons, 1) i) n where l.run = p_run and l.person = p_persons[n.i];
  get diagnostics v = row_count;
  if v > 0 then perform api.keeper_link_weights(p_run, p_persons, p_whole, p_half, p_most, p_leans, p_lift, p_gain); end if;
  if not p_new or v = cardinality(p_persons) then return v; end if;
  v_fresh := array(select i from generate_subscripts(p_persons, 1) i where not exists (select 1 from reg.link l where l.run = p_run and l.person = p_persons[i]) order by i);
  v_last := coalesce((select max(t.n) from reg.link_part t where t.run = p_run), 0);
  insert into reg.link_part(run, n, whole, half, most, leans, lift, gain)
  select p_run, v_last + 1 + (k - 1) / 64, array_agg(p_whole[v_fresh[k]] order by k), array_agg(p_half[v_fresh[k]] order by k),
    array_agg(p_most[v_fresh[k]] order by k), array_agg(p_leans[v_fresh[k]] order by k),
    array_agg(p_lift[v_fresh[k]] order by k), array_agg(p_gain[3 * v_fresh[k] - 2:3 * v_fresh[k]] order by k) from generate_subscripts(v_fresh, 1) k group by (k - 1) / 64;
  insert into reg.link(run, person, sites, parts, unlisted, whole, cohort_rest, companion_rest, near, part, slot)
  select p_run, p_persons[n.i], p_sites[n.a + 1:n.b], p_parts[n.a * v_width + 1:n.b * v_width], p_unlisted[n.i], p_whole[n.i], p_rests[2 * n.i - 1],
    p_rests[2 * n.i], p_near[n.a * 3 + 1:n.b * 3], v_last + 1 + (n.k - 1) / 64, 1 + (n.k - 1) % 64
  from (select k, v_fresh[k] as i, coalesce(p_ends[v_fresh[k] - 1], 0) as a, p_ends[v_fresh[k]] as b from generate_subscripts(v_fresh, 1) k) n;
  update reg.link_run u set done = least(u.persons, u.done + cardinality(v_fresh)) where u.id = p_run and u.state = 'running';
  return v + cardinality(v_fresh);
end $$;
comment on function api.keeper_link_rows(uuid, uuid[], int[], uuid[], float8[], float8[], float8[], float8[], int[], int[], bool[], float8[], float8[], float8[], bool) is
  'A run holds the links of these persons: arrays end to end, p_ends says where each person''s sites end; rests: two a person; near and gain: three a site, three a person. How many it holds of them.';

create function api.keeper_link_follows(p_run uuid, p_mark bytea, p_cutoff timestamptz, p_counts jsonb) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._keeper();
  delete from reg.link_part t where t.run = p_run and not exists (select 1 from reg.link l where l.run = p_run and l.part = t.n);
  update reg.link_run u set mark = p_mark, cutoff = p_cutoff, counts = p_counts, stale_since = null where u.id = p_run and u.state = 'done';
end $$;
comment on function api.keeper_link_follows(uuid, bytea, timestamptz, jsonb) is
  'A run says what the registry says now: its links were moved on, each as exactly as in a run from nothing.';

create function api.keeper_link_end(p_run uuid) returns int volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.link_run; v_n int;
begin
  perform api._keeper();
  select count(*) into v_n from reg.link l where l.run = p_run;
  update reg.link_run u set state = 'done', ended_at = clock_timestamp(), done = v_n, persons = v_n where u.id = p_run returning u.* into v;
  delete from reg.link l using reg.link_run o where o.id = l.run and o.tier = v.tier and o.question = v.question and o.id <> v.id
    and (v.filter = '{}' or exists (select 1 from reg.link n where n.run = v.id and n.person = l.person));
  delete from reg.link_part t using reg.link_run o where o.id = t.run and o.tier = v.tier and o.question = v.question and o.id <> v.id
    and not exists (select 1 from reg.link l where l.run = t.run and l.part = t.n);
  update reg.link_run o set state = 'replaced', ended_at = coalesce(o.ended_at, clock_timestamp()) where o.tier = v.tier and o.question = v.question
    and o.id <> v.id and o.state <> 'replaced' and (v.filter = '{}' or o.filter = v.filter);
  return v_n;
end $$;
comment on function api.keeper_link_end(uuid) is
  'A run is whole: it is what is shown from now on, and takes the place of earlier ones. How many persons it holds.';

create function api.keeper_link_runs() returns table(id uuid, question text, tier int, version text, mark bytea, filter jsonb, top int, state text,
  stale bool, asked_by text) stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select u.id, u.question, u.tier, u.version, u.mark, u.filter, u.top, u.state, u.stale_since is not null, a.name from reg.link_run u join reg.account a on a.id = u.asked_by
  where u.state <> 'replaced' order by u.tier, u.question, u.began_at $$;
comment on function api.keeper_link_runs() is 'The runs that are shown or still filled.';

create function api.keeper_link_take(p_tier int) returns table(sites bool, persons uuid[]) volatile security definer
set search_path = pg_catalog, public, pg_temp language sql as $$
  with taken as (delete from reg.link_touched t where t.tier = p_tier returning t.person)
  select coalesce(bool_or(t.person is null), false), coalesce(array_agg(distinct t.person) filter (where t.person is not null), '{}') from taken t $$;
comment on function api.keeper_link_take(int) is
  'What moved in the faces of a tier since it was last taken: whether any site did, and which persons. Taken for good as the transaction ends.';

create function api.keeper_link_stale(p_run uuid) returns void volatile security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  update reg.link_run u set stale_since = coalesce(u.stale_since, clock_timestamp()) where u.id = p_run $$;
comment on function api.keeper_link_stale(uuid) is 'A run no longer says what its data say.';
reset role;

create trigger e_links_new after insert on reg.person referencing new table as moved for each statement execute function api._link_person_moved();
create trigger e_links_old after delete on reg.person referencing old table as moved for each statement execute function api._link_person_moved();
create trigger e_links_was after update on reg.person referencing old table as moved for each statement execute function api._link_person_moved();
create trigger e_links_is after update on reg.person referencing new table as moved for each statement execute function api._link_person_moved();
create trigger e_links_new after insert on reg.site referencing new table as moved for each statement execute function api._link_site_moved();
create trigger e_links_old after delete on reg.site referencing old table as moved for each statement execute function api._link_site_moved();
create trigger e_links_was after update on reg.site referencing old table as moved for each statement execute function api._link_site_moved();
create trigger e_links_is after update on reg.site referencing new table as moved for each statement execute function api._link_site_moved();
create trigger e_links_is after update on reg.authority for each statement execute function api._link_ground_moved();
create trigger e_links_new after insert on reg.admin_unit for each statement execute function api._link_ground_moved();
create trigger e_links_is after update on reg.admin_unit for each statement execute function api._link_ground_moved();

set role sr_reader;
create function api.keeper_link_sites(p_question text, p_tier int) returns table(id uuid, code text, name_en text, name_ar text, kind text,
  verification text, kinds text[], geometry bytea, shown_as text, uncertainty_m float8, adm1 text, periods jsonb, authorities jsonb, building text,
  sex_regime text, part_of uuid)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$ select * from api._link_sites(api._link_tier(p_tier), p_question) $$;
comment on function api.keeper_link_sites(text, int) is 'As link_sites, of the faces of a tier without compartments.';

create function api.keeper_link_persons(p_question text, p_tier int, p_persons uuid[] default null) returns table(id uuid, code text, sex text,
  birth_earliest date, birth_latest date, age jsonb, circumstances text[])
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select * from api._link_persons(api._link_tier(p_tier), p_question, p_persons) $$;
comment on function api.keeper_link_persons(text, int, uuid[]) is 'As link_persons, of the faces of a tier without compartments: all, or these.';

create function api.keeper_link_events(p_question text, p_tier int, p_persons uuid[] default null) returns table(id uuid, person uuid, person_code text,
  kind text, leg text, alive_evidence text, first_day date, last_day date, geometry bytea, shown_as text, uncertainty_m float8, place text, site uuid,
  site_code text, reliability text, credibility text, authority uuid, authority_line uuid[], confirmed bool, lineages int[])
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select * from api._link_events(api._link_tier(p_tier), p_question, p_persons) $$;
comment on function api.keeper_link_events(text, int, uuid[]) is 'As link_events, of the faces of a tier without compartments: of all persons, or of these.';

create function api.keeper_link_confirmed(p_tier int, p_persons uuid[] default null) returns table(person uuid, event uuid, leg text, kind text, site uuid, first_day date,
  last_day date, taken_on date, lon float8, lat float8, radius_m float8)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$ select * from api._link_confirmed(api._link_tier(p_tier), p_persons) $$;
comment on function api.keeper_link_confirmed(int, uuid[]) is 'As link_confirmed, of the faces of a tier without compartments: of all persons, or of these.';

create function api.keeper_link_naming(p_tier int, p_sites uuid[]) returns uuid[]
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language sql as $$
  select array(select distinct e.person from reg.person_event e cross join api._link_tier(p_tier) r
    where e.site = any (p_sites) and e.face = r.level and e.tier <= r.level and e.scope = any (r.scopes)) $$;
comment on function api.keeper_link_naming(int, uuid[]) is 'The persons of whom something is said that names one of these sites, in the faces of a tier without compartments.';

create function api.keeper_link_network(p_tier int) returns table(kind text, site uuid, other uuid, began date, ended date, class int, origins int, value jsonb,
  geometry bytea, shown_as text, uncertainty_m float8, other_geometry bytea, other_shown_as text, other_uncertainty_m float8)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$ select * from api._link_network(api._link_tier(p_tier)) $$;
comment on function api.keeper_link_network(int) is 'As link_network, of the faces of a tier without compartments.';

create function api.keeper_link_companions(p_tier int, p_persons uuid[] default null) returns table(person uuid, other uuid, kind text, class int, origins int)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$ select * from api._link_companions(api._link_tier(p_tier), p_persons) $$;
comment on function api.keeper_link_companions(int, uuid[]) is 'As link_companions, of the faces of a tier without compartments: all, or where one of the two is one of these.';
reset role;
