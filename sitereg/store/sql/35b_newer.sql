-- A newer export beside what stands: which of its claims were said already, and what the rows of before were.
set role sr_reader;

-- Of many values each is said once. Of one value it was said already if nothing else was said since: A, then B, then A again is
-- news. What the caller is not shown, by his tier or as a clue to a hidden place, is not confirmed to him either.
create function api.said_already(p_profile text, p_claims jsonb) returns table(n bigint)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward');
  return query with said as materialized (
    select u.*, e.ordinality as n, p.attrs as rule from jsonb_array_elements(p_claims) with ordinality e
    cross join lateral jsonb_populate_record(null::api._said, e.value) u join vocab.predicate p on p.code = u.predicate
    where not (p.attrs->>'sealed')::bool),
  before as materialized (select b.id, b.started_at, b.operator from reg.import_batch b where b.profile = p_profile and b.state = 'done'
    and b.tier <= (select api.level()) and b.scope = any ((select api.scopes())::int[])),
  holders as materialized (select m.id, m.member from api._members(array(select distinct s.subject from said s)) m)
  select distinct s.n from said s join holders h on h.id = s.subject
  join reg.subject k on k.id = s.subject and k.tier <= (select api.level()) and k.scope = any ((select api.scopes())::int[])
  join reg.claim c on c.subject = h.member and c.predicate = s.predicate join before b on b.id = c.batch
  where c.value is not distinct from s.value and c.object is not distinct from s.object and c.credibility = coalesce(s.credibility, '6')
    and st_asbinary(c.geom) is not distinct from st_asbinary(s.geom) and c.uncertainty_m is not distinct from s.uncertainty_m
    and c.place_kind is not distinct from s.place_kind and c.method is not distinct from s.method
    and c.at is not distinct from nullif(s.at, '')::daterange and c.began is not distinct from nullif(s.began, '')::daterange
    and c.ended is not distinct from nullif(s.ended, '')::daterange
    and c.scope = any ((select api.scopes())::int[])
    and (b.operator = (select api.account()) or (api._claim_tier(c.id, c.subject, c.tier) <= (select api.level())
      and (not (s.rule->>'place_clue')::bool or k.exact_tier <= (select api.level()))))
    and ((s.rule->>'many')::bool or not exists (
      select 1 from holders lh join reg.claim l on l.subject = lh.member join before lb on lb.id = l.batch
      where lh.id = s.subject and l.predicate = c.predicate and (lb.started_at, lb.id) > (b.started_at, b.id)
        and (s.rule->>'per' is null or l.value->>(s.rule->>'per') is not distinct from s.value->>(s.rule->>'per'))
        and (not (s.rule->>'dated')::bool or l.at is not distinct from c.at)));
end $$;
comment on function api.said_already(text, jsonb) is
  'Which of these claims (by their place in the list) a batch of that profile, not revoked, said already, with nothing else of its own since.';

create function api.batch_before(p_profile text) returns table(batch uuid, original_name text, started_at timestamptz, rows_in int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('data_steward');
  return query select b.id, d.original_name, b.started_at, b.rows_in from reg.import_batch b join reg.document d on d.id = b.document
    where b.profile = p_profile and b.state = 'done' and not b.totals ? 'corrects' and b.tier <= api.level() and b.scope = any (api.scopes())
    order by b.started_at desc, b.id desc limit 1;
end $$;
comment on function api.batch_before(text) is 'The newest batch of that profile that was not revoked and is no correction of another, to compare a newer export with.';

create function api.rows_before(p_profile text, p_scheme text)
returns table(batch uuid, newest bool, part text, row_no int, subject uuid, code text, identifier text, verbatim jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward');
  return query with before as materialized (
    select b.id, b.operator, coalesce((b.totals->>'corrects')::uuid, b.id) as of, row_number() over (order by b.started_at desc, b.id desc) as back from reg.import_batch b
    where b.profile = p_profile and b.state = 'done' and b.tier <= (select api.level()) and b.scope = any ((select api.scopes())::int[])),
  found as (
    select r.*, b.back, b.of, b.operator, h.holder, rank() over (partition by h.holder order by b.back) as nth
    from reg.import_row r join before b on b.id = r.batch join reg.subject s on s.id = r.subject
    cross join lateral (select case when s.merged_into is null then s.id else api._heir(s.id) end as holder) h
    where r.tier <= (select api.level()) and r.scope = any ((select api.scopes())::int[]))
  select f.batch, f.of = (select n.of from before n where n.of = n.id order by n.back limit 1), f.part, f.row_no, s.id, s.code, x.value,
    case when s.exact_tier <= (select api.level()) or f.operator = (select api.account()) then f.verbatim end
  from found f join reg.subject s on s.id = f.holder and s.tier <= (select api.level()) and s.scope = any ((select api.scopes())::int[])
  left join lateral (select c.value->>'value' as value from reg.claim c where c.subject = f.subject and c.predicate = 'external_id'
    and c.value->>'scheme' = p_scheme and api._claim_tier(c.id, c.subject, c.tier) <= (select api.level())
    and c.scope = any ((select api.scopes())::int[]) order by c.recorded_at, c.id limit 1) x on true
  where f.nth = 1 order by f.back, f.part, f.row_no;
end $$;
comment on function api.rows_before(text, text) is
  'Of each subject the rows of the newest batch of that profile that named it, with their words unless those are sealed or finer than the caller sees.';
reset role;
