-- Runs: lines of inquiry of a whole tier, computed by the keeper from the faces of that tier without compartments and shown to
-- exactly that clearance. One row a person holds the best sites in arrays. What moves in the registry takes the rows of a person away
-- at once and is remembered here until the keeper has computed them anew.
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
  end loop;
  insert into reg.link_run(id, question, tier, version, parameters, mark, cutoff, filter, top, state, persons, counts, asked_by)
  values (reg.new_id(), p_question, p_tier, p_version, p_parameters, p_mark, p_cutoff, p_filter, p_top, 'running', p_persons, p_counts, v_by) returning id into v;
  return v;
end $$;
comment on function api.keeper_link_begin(text, int, text, jsonb, bytea, timestamptz, jsonb, int, int, jsonb, text) is
  'A run for one question and tier stands and may be filled; one that broke off with the same data and parameters is gone on with.';

create function api.keeper_link_done(p_run uuid) returns table(person uuid) stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select l.person from reg.link l where l.run = p_run $$;
comment on function api.keeper_link_done(uuid) is 'The persons whose links a run holds already.';

-- p_ends: for each person how many sites all up to it have; the arrays of sites, sums, parts (one for each bar and site) and chances lie end to end.
create function api.keeper_link_rows(p_run uuid, p_persons uuid[], p_ends int[], p_sites uuid[], p_total float8[], p_parts float8[], p_p float8[],
  p_unlisted float8[], p_half int[], p_most int[], p_leans bool[]) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_width int := coalesce(cardinality(p_parts) / nullif(cardinality(p_sites), 0), 0);
begin
  perform api._keeper();
  insert into reg.link(run, person, sites, total, parts, p, unlisted, half, most, leans)
  select p_run, p_persons[n.i], p_sites[n.a + 1:n.b], p_total[n.a + 1:n.b], p_parts[n.a * v_width + 1:n.b * v_width], p_p[n.a + 1:n.b], p_unlisted[n.i],
    p_half[n.i], p_most[n.i], p_leans[n.i]
  from (select i, coalesce(p_ends[i - 1], 0) as a, p_ends[i] as b from generate_subscripts(p_persons, 1) i) n
  on conflict (run, person) do update set sites = excluded.sites, total = excluded.total, parts = excluded.parts, p = excluded.p, unlisted = excluded.unlisted,
    half = excluded.half, most = excluded.most, leans = excluded.leans;
  update reg.link_run u set done = least(u.persons, u.done + cardinality(p_persons)) where u.id = p_run and u.state = 'running';
end $$;
comment on function api.keeper_link_rows(uuid, uuid[], int[], uuid[], float8[], float8[], float8[], float8[], int[], int[], bool[]) is
  'A run holds the links of these persons: arrays end to end, p_ends says where each person''s sites end.';

-- What was deleted meanwhile, because the case moved, stays away.
create function api.keeper_link_chances(p_run uuid, p_persons uuid[], p_p float8[], p_half int[], p_most int[], p_leans bool[]) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_width int := cardinality(p_p) / nullif(cardinality(p_persons), 0); v int;
begin
  perform api._keeper();
  update reg.link l set p = p_p[(n.i - 1) * v_width + 1:n.i * v_width], half = p_half[n.i], most = p_most[n.i], leans = p_leans[n.i]
  from (select i, p_persons[i] as person from generate_subscripts(p_persons, 1) i) n where l.run = p_run and l.person = n.person;
  get diagnostics v = row_count;
  return v;
end $$;
comment on function api.keeper_link_chances(uuid, uuid[], float8[], int[], int[], bool[]) is
  'The links of these persons have these chances, as many a person, and sets of these sizes; their sites and bars are what they were. How many have.';

create function api.keeper_link_kept(p_run uuid, p_persons uuid[]) returns table(person uuid) volatile security definer
set search_path = pg_catalog, public, pg_temp language sql as $$
  select l.person from reg.link l where l.run = p_run and l.person = any (p_persons) order by l.person for update $$;
comment on function api.keeper_link_kept(uuid, uuid[]) is 'Which of these persons a run holds links of; they stay as they are until the transaction ends.';

create function api.keeper_link_follows(p_run uuid, p_mark bytea, p_cutoff timestamptz, p_counts jsonb) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._keeper();
  update reg.link_run u set mark = p_mark, cutoff = p_cutoff, counts = p_counts, stale_since = null where u.id = p_run and u.state = 'done';
end $$;
comment on function api.keeper_link_follows(uuid, bytea, timestamptz, jsonb) is
  'A run says what the registry says now: its links were moved on, each as exactly as in a run from nothing.';

create function api.keeper_link_gone(p_run uuid, p_persons uuid[]) returns void volatile security definer
set search_path = pg_catalog, public, pg_temp language sql as $$
  delete from reg.link l where l.run = p_run and l.person = any (p_persons) $$;
comment on function api.keeper_link_gone(uuid, uuid[]) is 'A run holds no links of these persons any more.';

create function api.keeper_link_end(p_run uuid) returns int volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.link_run; v_n int;
begin
  perform api._keeper();
  select count(*) into v_n from reg.link l where l.run = p_run;
  update reg.link_run u set state = 'done', ended_at = clock_timestamp(), done = v_n, persons = v_n where u.id = p_run returning u.* into v;
  delete from reg.link l using reg.link_run o where o.id = l.run and o.tier = v.tier and o.question = v.question and o.id <> v.id
    and (v.filter = '{}' or exists (select 1 from reg.link n where n.run = v.id and n.person = l.person));
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

create function api.keeper_link_network(p_tier int) returns table(kind text, site uuid, other uuid, began date, ended date, class int, origins int, value jsonb,
  geometry bytea, shown_as text, uncertainty_m float8, other_geometry bytea, other_shown_as text, other_uncertainty_m float8)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$ select * from api._link_network(api._link_tier(p_tier)) $$;
comment on function api.keeper_link_network(int) is 'As link_network, of the faces of a tier without compartments.';

create function api.keeper_link_companions(p_tier int, p_persons uuid[] default null) returns table(person uuid, other uuid, kind text, class int, origins int)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$ select * from api._link_companions(api._link_tier(p_tier), p_persons) $$;
comment on function api.keeper_link_companions(int, uuid[]) is 'As link_companions, of the faces of a tier without compartments: all, or where one of the two is one of these.';
reset role;
