-- What was known by a past day.
set role sr_writer;

-- A past day (decision 37) is two times, {the end of the day, the end of the last month that was over}: what a testimony said, and what was done by
-- itself upon it, is told by the month. Null: now. Whether a claim was known by then,
create function api._known_by(p_source uuid, p_at timestamptz, p_then timestamptz[]) returns bool stable language sql as $$
  select p_at < p_then[case when t.attrs->>'family' = 'testimony' then 2 else 1 end]
  from reg.source s join vocab.source_type t on t.code = s.type where s.id = p_source $$;

-- whether what superseded it still stands today, as open to readers as it was: what was taken back since stays unseen,
create function api._lives_on(p_claim uuid, p_tier int, p_scope int) returns bool stable language sql as $$
  with recursive next as (select p_claim as id union select e.superseded_by from next n join reg.claim_end e on e.claim = n.id)
  select exists (select 1 from next n join reg.claim c on c.id = n.id and c.tier <= p_tier and c.scope = p_scope
    where not exists (select 1 from reg.claim_end e where e.claim = n.id)) $$;

-- Whether a testimony is among these claims: what the system then does by itself happens on the day of the testimony.
create function api._told(p_claims uuid[]) returns bool stable language plpgsql as $$
begin
  -- each by its id: one plan whatever else there is, which for a set depended on how many claims all faces have
  return exists (select 1 from unnest(p_claims) x cross join lateral (select y.source from reg.claim y where y.id = x offset 0) c
    cross join lateral (select y.type from reg.source y where y.id = c.source offset 0) so join vocab.source_type t on t.code = so.type
    where t.attrs->>'family' = 'testimony');
end $$;

-- and whether it was decided by then.
create function api._decided_by(d reg.decision, p_then timestamptz[]) returns bool stable language sql as $$
  select (d).recorded_at < p_then[case when (d).how = 'person' or not api._told((d).basis) then 1 else 2 end] $$;
reset role;
