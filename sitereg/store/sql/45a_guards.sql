-- Guards of the verification levels. What they weigh stands in 45_evidence.sql and 45_parts.sql.
set role sr_writer;

create function api._guard_has_claim(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._evidence(p) e where e.cited
      and (p->>'machine' <> 'verification' or (e.predicate = 'kind' and e.code = p->>'aspect')))
    then null else 'Cite at least one live claim that says so.' end;
end $$;

create function api._guard_graded_source_and_place(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select case
    when (n.parts[1]).have < 1 then 'Cite a claim of this kind with both grades judged (reliability A-E, credibility 1-5).'
    when (n.parts[2]).have < 1 then 'Record a graded place with its uncertainty first.' end
  from (select api._parts_graded_source_and_place(p) as parts) n);
end $$;

create function api._guard_triage_reason(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case
    when coalesce(p->'value'->>'duplicate_of', '') <> '' or exists (
        select 1 from reg.proposal o where o.machine = 'merge' and o.tier <= (p->>'level')::int
          and (o.subject = (p->>'subject')::uuid or o.value->>'survivor' = p->>'subject')
          and o.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int))
          and not exists (select 1 from reg.proposal_end x where x.proposal = o.id))
      then 'A duplicate is merged, not refuted: propose or end the merge.'
    when length(trim(p->>'reason')) < 10 then 'Say in the reason why the report is set aside (10 letters or more).' end;
end $$;

create function api._guard_probable_basis(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select case
    when (n.parts[4]).have < 1 then 'A source of grade A or B contradicts: settle that first.'
    when api._met(n.parts) then null
    else 'Cite two independent origins of two source types, one of them at least C3, or three independent first-hand '
      'accounts that agree on the place.' end from (select api._parts_probable_basis(p) as parts) n);
end $$;

create function api._guard_visit_or_recovery(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._met(api._parts_visit_or_recovery(p)) then null
    else 'Cite the claim of a visit to the place or of a recovery.' end;
end $$;

create function api._guard_confirmed_basis(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select case when api._met(api._parts_confirmed_basis(p)) then null
    when k.attrs->>'group' = 'burial' then 'Cite remains seen in place by a competent body, an excavation record, or '
      'documented removal or destruction (dated imagery, two first-hand origins, an expert''s note, evidence in place = no).'
    else 'Cite an authentic record or a visit, and a first-hand source of another origin.' end
  from vocab.site_kind k where k.code = p->>'aspect');
end $$;

create function api._guard_batch_official_status(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select case when p->>'road' is distinct from 'batch'
      then 'Another body''s level is taken over by one decision for its whole batch.'
    when not exists (select 1 from reg.claim c join reg.subject s on s.id = c.subject and s.tier <= (p->>'level')::int
      where c.batch = (p->'value'->>'batch')::uuid and c.predicate = 'official_status' and api._claim_tier(c.id, c.subject, c.tier) <= (p->>'level')::int
        and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int))
        and p->'value'->'mapping' ? (c.value->>'code')
        and not exists (select 1 from reg.claim_end e where e.claim = c.id))
      then 'The batch must hold live status claims of that body with the codes that are mapped.' end);
end $$;

create function api._guard_examined_no_result(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._met(api._parts_examined_no_result(p)) then null
    else 'Cite the claim of a visit or review that says what it covered.' end;
end $$;

create function api._guard_negative_or_contrary(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._met(api._parts_negative_or_contrary(p)) then null
    else 'Cite a negative visit with what it covered, or name the cited claim of grade A or B that is decisive '
      'against it (value: contrary).' end;
end $$;

create function api._guard_confirming_evidence_gone(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._support_lost(p) or exists (select 1 from api._last_basis(p) c
      where c.id::text = p->'value'->>'invalid' and api._claim_tier(c.id, c.subject, c.tier) <= (p->>'level')::int
        and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int)))
    then null else 'A claim under the confirmation must have been retracted or downgraded, or be named as invalid (value: '
      'invalid).' end;
end $$;

create function api._guard_expert_report(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._met(api._parts_expert_report(p)) then null
    else 'Cite an expert''s report (source connection expert, or a forensic record).' end;
end $$;

create function api._guard_new_claim_or_error_shown(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when exists (select 1 from api._evidence(p) e, api._last(p) d where e.cited and e.recorded_at > d.recorded_at)
      or length(trim(coalesce(p->'value'->>'error', ''))) >= 10
    then null else 'Cite a claim recorded since, or show the error in the earlier coverage (value: error).' end;
end $$;

create function api._guard_support_gone(p jsonb) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case when api._support_lost(p) then null
    else 'A claim that the level rests on must have been retracted or downgraded.' end;
end $$;
reset role;
