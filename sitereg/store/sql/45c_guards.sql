-- Guards of persons (case, fate, whereabouts), and of merges and splits. Presume alive: a notice, a register entry or a
-- court's declaration says nothing either way and satisfies none of these.
set role sr_writer;

-- Whether cases are registered (91c): two persons opened the stage, and two have not closed it since.
create function api._cases_open() returns bool stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return coalesce((select s.opens from reg.stage s join reg.stage_step x on x.stage = s.id and x.step = 'agreed' order by x.recorded_at desc, x.id desc limit 1), false);
end $$;

-- Whoever closes the stage waits for those who were let in before.
create function api._hold_stage() returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('stage', 0));
end $$;

create function api._guard_cited_claim(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._evidence(p) e where e.cited) then null
    else 'Cite at least one live claim about this person.' end;
end $$;

create function api._guard_stage(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._cases_open() then null else 'Cases are not registered in this stage: two persons open it first.' end;
end $$;

create function api._guard_request(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._evidence(p) e where e.cited and (e.connection = 'family'
      or e.source_type = 'testimony_family' or (e.predicate = 'event' and e.value->>'kind' = 'reported_missing_filed')))
    then null else 'Cite the request: a claim of the family, or the report of missing that was filed.' end;
end $$;

create function api._guard_duplicate_named(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from reg.subject s where s.id::text = p->'value'->>'duplicate_of' and s.kind = 'person'
      and s.id::text <> p->>'subject' and s.tier <= (p->>'level')::int
      and s.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int)))
    then null else 'Name the case that it repeats (value: duplicate_of).' end;
end $$;

create function api._remains_identified(p jsonb) returns bool stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return exists (select 1 from api._evidence(p) e where e.cited and e.class = 0
    and e.predicate = 'event' and e.value->>'kind' = 'remains_identified');
end $$;

create function api._guard_identified_remains(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._remains_identified(p) then null
    else 'Cite the claim that remains were identified (at least C3).' end;
end $$;

create function api._guard_dead_basis(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._remains_identified(p) or exists (
      select 1 from api._evidence(p) w join api._evidence(p) f on f.cited and f.id <> w.id
        and f.id::text = p->'value'->>'family_decision' and (f.connection = 'family' or f.source_type = 'testimony_family')
      where w.cited and w.class = 0 and w.first_hand and w.predicate = 'event'
        and w.value->>'kind' in ('died_witnessed', 'buried_at'))
    then null else 'Cite identified remains, or a first-hand account of the death or burial (at least C3) together with the '
      'family''s recorded decision (value: family_decision names its claim).' end;
end $$;

-- I17: a sign of life that may lie after the last cited evidence of death stands in the way until it is settled.
create function api._guard_alive_conflict(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (with e as materialized (select x.days, x.cited, x.class, k.attrs->>'alive_evidence' as says from api._evidence(p) x
      join vocab.event_kind k on k.code = x.value->>'kind' where x.predicate = 'event' and x.class <> 1),
    death as (select max(upper(e.days)) as last from e where e.cited and e.says = 'negative')
  select case when exists (select 1 from e, death where e.says = 'positive' and e.days is not null
      and coalesce(upper(e.days), 'infinity') > death.last)
    then 'A later claim speaks for being alive: settle that conflict first (end or grade the claim that is wrong).' end);
end $$;

create function api._guard_survivor_named(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from reg.subject s where s.id::text = p->'value'->>'survivor' and s.id::text <> p->>'subject' and s.kind = 'person' and s.merged_into is null
        and s.tier <= (p->>'level')::int and s.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int)))
      and exists (select 1 from reg.search_request r where r.person::text = p->>'subject' and api._state(r.person, 'case', '') in ('draft', 'listed', 'open_missing'))
      then null  -- the case that a search request brought with it, found to be somebody who is registered
    when exists (select 1 from reg.subject o where o.id = (p->>'subject')::uuid and o.kind = 'person')
      then 'Cases are not merged: one that was opened twice is closed as a duplicate.'
    when exists (select 1 from reg.subject s join reg.subject o on o.id = (p->>'subject')::uuid
      where s.id::text = p->'value'->>'survivor' and s.id <> o.id and s.kind = o.kind and o.kind in ('site', 'holding')
        and s.merged_into is null and s.tier <= (p->>'level')::int
        and s.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int)))
    then null else 'Name the site that stays: another of the same sort that is itself not merged.' end;
end $$;

create function api._guard_parts_named(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (with part as (select x.value as part, x.ordinality as n from jsonb_array_elements(p->'value'->'parts') with ordinality x),
       moved as (select c.value::uuid as claim from part, jsonb_array_elements_text(part.part->'claims') c)
  select case
    when not exists (select 1 from reg.subject s where s.id = (p->>'subject')::uuid and s.kind = 'site') then 'Only a site is split.'
    when not exists (select 1 from part) or exists (select 1 from part where coalesce(trim(part->>'name'), '') = ''
           or jsonb_array_length(part->'claims') = 0)
      then 'Name each part and the claims that go with it.'
    when (select count(*) <> count(distinct claim) from moved) then 'A claim goes to one part only.'
    when exists (select 1 from moved m where not exists (select 1 from api._evidence(p) e where e.id = m.claim))
      then 'Every claim that moves must be a live claim of this site.'
    when not exists (select 1 from api._evidence(p) e where e.predicate = 'kind' and e.id not in (select claim from moved))
      then 'At least one claim of a kind stays with the site.' end);
end $$;
reset role;
