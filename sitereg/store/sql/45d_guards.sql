-- Guards of what moves a tier: what is published, how exactly, and what is withdrawn from those who read it now.
set role sr_writer;

create function api._guard_not_restricted(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._restrictions(array[(p->>'subject')::uuid]))
      or exists (select 1 from api._evidence(p) e join reg.claim c on c.id = e.id where e.cited and api._restricted(c.subject, c.id))
    then 'A restriction is in force on it or on a claim that is named: have that lifted first.' end;
end $$;

-- Whether a restriction in force names the claim.
create function api._restricted(p_subject uuid, p_claim uuid) returns bool stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return exists (select 1 from api._in_force(array[p_subject], '{tier}') d cross join lateral api._named_claims(d.machine, d.value) n
    where d.to_state = 'restricted' and n.claim = p_claim::text);
end $$;

-- "Should the place be published at all?" and the risk to each who could be hurt, in words, beside the decision for good.
create function api._guard_publish_answered(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select case
    when p->'value'->>'publish' is distinct from 'yes' then 'Answer first whether the place should be published at all (publish: yes).'
    when coalesce(p->'value'->>'recipient', '') not in ('public', 'shareable') then 'Say for whom it is (recipient: public or shareable).'
    when exists (select 1 from unnest(array['site', 'sources', 'families', 'staff']) r
                 where length(trim(coalesce(p->'value'->'risk'->>r, ''))) < 3)
      then 'Say the risk to the site, to sources and witnesses, to families, and to staff and communities.' end);
end $$;

create function api._guard_own_claims(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (with named as (select b.value::uuid as id from jsonb_array_elements_text(p->'basis') b)
  select case
    when not exists (select 1 from reg.subject s where s.id = (p->>'subject')::uuid and s.kind = 'site' and s.scope = 0)
      then 'Only a site without compartments is disclosed.'
    when not exists (select 1 from named n join api._evidence(p) e on e.id = n.id and e.predicate = 'kind')
      then 'Name the claims that count from now on, at least one that says what kind of place it was.'
    when exists (select 1 from named n where not exists (select 1 from api._evidence(p) e join reg.claim c on c.id = e.id
        join vocab.predicate k on k.code = c.predicate and not (k.attrs->>'sealed')::bool where e.id = n.id and c.scope = 0))
      then 'Each must be a live claim of this site that you may see: none sealed, no rumour, none of a compartment.' end);
end $$;

create function api._guard_kinds_confirmed(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._evidence(p) e where e.cited and e.predicate = 'kind' and not exists (
      select 1 from api._levels(p) l where l.kind = e.code and l.level = 'confirmed'))
    then 'Every kind that is shown must be confirmed first.' end;
end $$;

create function api._guard_place_lowered(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from reg.subject s where s.id = (p->>'subject')::uuid
      and (p->'value'->>'exact_tier')::int >= s.tier and (p->'value'->>'exact_tier')::int < s.exact_tier)
    then null else 'The exact place goes to a tier below the one that it has, and not below the site''s own.' end;
end $$;

create function api._guard_owner_consents(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when (p->'value'->>'exact_tier')::int = 0 and length(trim(coalesce(p->'value'->>'owner_consent', ''))) < 10
      and exists (select 1 from api._evidence(p) e join vocab.building b on b.code = e.code and (b.attrs->>'hides_place')::bool where e.predicate = 'building')
    then 'It is a private house: without its owner''s consent, said in words (owner consent), nothing finer than the sub-district is published.' end;
end $$;

create function api._guard_raises_tier(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case
    when p->'value' ? 'claims' then case
      when exists (select 1 from api._evidence(p) e join vocab.predicate k on k.code = e.predicate and (k.attrs->>'sealed')::bool where e.cited)
        then 'Sealed words are restricted with the case as a whole.'
      when not exists (select 1 from api._evidence(p) e join reg.claim c on c.id = e.id
          where e.cited and api._claim_tier(c.id, c.subject, c.tier) < (p->'value'->>'tier')::int)
        then 'These claims have that tier already.' end
    when not exists (select 1 from reg.subject s where s.id = (p->>'subject')::uuid and (s.tier < (p->'value'->>'tier')::int
        or s.exact_tier < (p->'value'->>'exact_tier')::int))
      then 'It has that tier already.' end;
end $$;

-- A merge would let what a restriction holds back be read with what stays, or publish what nobody named of it.
create function api._guard_tier_unmoved(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._restrictions(array[(p->>'subject')::uuid]))
      or exists (select 1 from api._in_force(array[(p->>'subject')::uuid], '{disclosure}') d where d.to_state = 'disclosed')
      or exists (select 1 from jsonb_array_elements(case when p->'value' ? 'parts' then p->'value'->'parts' else '[]' end) x, jsonb_array_elements_text(x->'claims') m
                 join reg.claim c on c.id = m::uuid where api._restricted(c.subject, c.id))
    then 'A disclosure or restriction of it is in force: annul it or have it lifted first.' end;
end $$;
reset role;
