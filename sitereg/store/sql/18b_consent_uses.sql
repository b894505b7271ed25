-- Consent for each use, as it was last answered: by whoever told it (of the source), and by the organisation that passes it on (of its
-- partner, for all that it brought but what individuals gave themselves). One no is a no; what was not asked is as the terms said.
set role sr_writer;

-- The partners that say no to a use for what they pass on.
create function api._partners_refusing(p_use text) returns uuid[] stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if not exists (select 1 from reg.consent) then return '{}'; end if;
  return array(select l.partner from (select distinct on (c.partner) c.partner, c.uses from reg.consent c where c.partner is not null
    order by c.partner, c.recorded_at desc, c.id desc) l where l.uses->>p_use = 'no');
end $$;

-- The sources that must not be used so.
create function api._uses_refused(p_use text) returns uuid[] stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_partners uuid[];
begin
  if not exists (select 1 from reg.consent) then return '{}'; end if;
  v_partners := api._partners_refusing(p_use);  -- once, not once for each source
  return array(select l.source from (select distinct on (c.source) c.source, c.uses from reg.consent c where c.source is not null
      order by c.source, c.recorded_at desc, c.id desc) l where l.uses->>p_use = 'no'
    union select s.id from reg.source s where v_partners <> '{}' and s.partner = any (v_partners) and api._legal_class(s.type, s.legal_class) <> 'individual');
end $$;

-- What was answered of a use by whoever told it; null: never asked.
create function api._use_answer(p_source uuid, p_use text) returns text stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select nullif(c.uses->>p_use, 'not_asked') from reg.consent c where c.source = p_source order by c.recorded_at desc, c.id desc limit 1 $$;

create function api._partner_answer(p_partner uuid, p_use text) returns text stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select nullif(c.uses->>p_use, 'not_asked') from reg.consent c where c.partner = p_partner order by c.recorded_at desc, c.id desc limit 1 $$;

-- Whether one of these claims is of one of these sources.
create function api._told_by_any(p_claims uuid[], p_sources uuid[]) returns bool stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return p_sources <> '{}' and exists (select 1 from reg.claim c where c.id = any (p_claims) and c.source = any (p_sources));
end $$;
reset role;
