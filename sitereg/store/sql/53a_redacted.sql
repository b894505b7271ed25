-- What a redaction makes of the documents on both its sides: the original whose copy leaves in its place, the copy that was retracted.
set role sr_writer;

create function api._redaction_state(p_id uuid) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select case s.step when 'asked' then 'waiting' when 'refused' then 'draft' else s.step end
    from reg.redaction_step s where s.redaction = p_id order by s.recorded_at desc, s.id desc limit 1), 'draft') $$;

-- The redaction of which a document, or the document whose page it is, is the copy.
create function api._redaction_of(p_document uuid) returns uuid stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select s.redaction from reg.redaction_step s where s.step = 'made' and s.made in (
    select p_document union all select d.derived_from from reg.document d where d.id = p_document and d.role = 'working') limit 1 $$;

-- Whether a copy was retracted.
create function api._copy_retracted(p_document uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(api._redaction_state(api._redaction_of(p_document)) = 'retracted', false) $$;

-- Whether a copy was retracted and the caller does not see what it was made from: to him it is gone.
create function api._taken_back(p_document uuid) returns bool stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select exists (select 1 from reg.redaction_step s where s.made is not null) and api._copy_retracted(p_document) and not exists (
    select 1 from reg.redaction r join reg.document o on o.id = r.document where r.id = api._redaction_of(p_document)
      and o.tier <= api.level() and o.scope = any (api.scopes())) $$;

-- Whether two persons decided that of this document, or of the one whose page it is, a redacted copy leaves and nothing else: by the last
-- copy that was made. That it was retracted, by one person, opens nothing.
create function api._replaced(p_document uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select (a.plan->>'instead')::bool from reg.redaction r join reg.redaction_step m on m.redaction = r.id and m.step = 'made'
      cross join lateral (select s.plan from reg.redaction_step s where s.redaction = r.id and s.step = 'asked' order by s.recorded_at desc, s.id desc limit 1) a
    where r.document in (select p_document union all select d.derived_from from reg.document d where d.id = p_document and d.role = 'working')
    order by m.recorded_at desc, m.id desc limit 1), false) $$;
reset role;
