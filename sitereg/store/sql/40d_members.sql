-- Who belongs together: a subject with those merged into it, and the tiers that count of what was said of them.
set role sr_writer;

-- What a merged subject has become.
create function api._heir(p_id uuid) returns uuid stable language sql as $$
  with recursive up as (select s.id, s.merged_into from reg.subject s where s.id = p_id
    union select s.id, s.merged_into from up join reg.subject s on s.id = up.merged_into)
  select up.id from up where up.merged_into is null $$;

-- Each subject that stands by itself with those merged into it, whose claims are its own now.
create function api._members(p_ids uuid[]) returns table(id uuid, member uuid) stable language sql as $$
  with recursive m as (
    select s.id, s.id as member from reg.subject s where s.id = any (p_ids) and s.merged_into is null
    union all select m.id, s.id from m cross join lateral (select x.id from reg.subject x where x.merged_into = m.member offset 0) s)
  select m.id, m.member from m $$;

-- The same as two lists; where nobody is merged into any of them, each is its own member and nothing is followed.
create function api._gathered(p_ids uuid[], out ids uuid[], out members uuid[]) stable
set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_more bool;
begin
  select array_agg(s.id), bool_or(exists (select 1 from reg.subject o where o.merged_into = s.id)) into ids, v_more
    from reg.subject s where s.id = any (p_ids) and s.merged_into is null;
  members := ids;
  if v_more then select array_agg(m.id), array_agg(m.member) into ids, members from api._members(p_ids) m; end if;
end $$;

-- The tiers that count now where they are not the recorded ones, by claim; null = none (api._retiered).
create function api._tiers_now(p_ids uuid[]) returns jsonb stable language sql as $$
  select jsonb_object_agg(r.claim, r.tier) from api._retiered(p_ids) r where r.claim is not null $$;
reset role;
