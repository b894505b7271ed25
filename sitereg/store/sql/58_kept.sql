-- What people keep of the map. A view is a question (what is asked, where one looks), sealed with a key that is not in the database,
-- and never an answer: whoever opens it is answered from his own face. Its random key opens it for whoever holds it and has the
-- clearance that its owner named; a partner opens his own alone. No event: as a draft, it is nobody's record.
set role sr_writer;

create function api._kept_view(p_key text) returns reg.map_view stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.map_view; v_me record;
begin
  select * into v_me from api.me();
  select * into v from reg.map_view k where k.key = p_key and (k.expires_at is null or k.expires_at > statement_timestamp())
    and v_me.level is not null and (k.owner = v_me.account or k.at_least <= v_me.level and not 'partner' = any (v_me.roles));
  if not found then perform api._missing(); end if;
  return v;
end $$;

create function api._own_view(p_key text) returns reg.map_view stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.map_view := api._kept_view(p_key);
begin
  if v.owner <> api.account() then perform api._missing(); end if;
  return v;
end $$;

-- The name, who may open it and whether colleagues find it in their lists, checked; p_at_least: else one's own tier.
create function api._view_terms(p_name text, p_shared bool, p_at_least int, out name text, out shared bool, out at_least int)
stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_level int := api.level();
begin
  perform api._actor();
  name := nullif(trim(p_name), ''); shared := coalesce(p_shared, false); at_least := coalesce(p_at_least, v_level);
  if length(name) > 100 then perform api._bad('too_long', 'name', left(name, 40), 'At most 100 letters'); end if;
  if shared and name is null then perform api._bad('missing_required', 'name', '', 'Colleagues find a view by its name: give it one'); end if;
  if shared and 'partner' = any (api.roles()) then perform api._bad('bad_value', 'shared', '', 'A partner keeps views for himself'); end if;
  if not coalesce(at_least between 0 and v_level, false) then
    perform api._bad('bad_value', 'at_least', at_least::text, 'A view is opened from a tier on that one has oneself, or a lower one'); end if;
end $$;

create function api.keep_view(p_cipher bytea, p_name text default null, p_shared bool default false, p_at_least int default null) returns text
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._actor(); v record; v_key text := translate(encode(gen_random_bytes(16), 'base64'), '+/=', '-_');
begin
  select * into v from api._view_terms(p_name, p_shared, p_at_least);
  if octet_length(p_cipher) > 100000 then perform api._bad('too_long', 'asked', '', 'This is too much for one view'); end if;
  if (select count(*) from reg.map_view k where k.owner = v_by and (k.expires_at is null or k.expires_at > statement_timestamp())) >= 200 then
    perform api._refuse('views', 'You have two hundred views: delete one first.'); end if;
  insert into reg.map_view(id, key, owner, name, shared, at_least, cipher, expires_at)
  values (reg.new_id(), v_key, v_by, v.name, v.shared, v.at_least, api._need_sealed(p_cipher),
    case when v.name is null then clock_timestamp() + interval '90 days' end);
  return v_key;
end $$;
comment on function api.keep_view(bytea, text, bool, int) is
  'A view stands under the random key that is answered; sealed to a key that is not in the database. With a name until it is deleted, else for 90 days. '
  'shared: colleagues find it in their lists; at_least: the tier from which on it is opened, else one''s own.';

create function api.name_view(p_key text, p_name text, p_shared bool default false, p_at_least int default null) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_view reg.map_view := api._own_view(p_key); v record;
begin
  select * into v from api._view_terms(p_name, p_shared, coalesce(p_at_least, v_view.at_least));
  if v.name is null then perform api._bad('missing_required', 'name', '', 'Give it a name'); end if;
  update reg.map_view k set name = v.name, shared = v.shared, at_least = v.at_least, expires_at = null where k.id = v_view.id;
end $$;
comment on function api.name_view(text, text, bool, int) is
  'A view of one''s own has this name and stays until it is deleted; shared: colleagues find it in their lists; at_least: the tier from which on it is opened.';

create function api.drop_view(p_key text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_view reg.map_view := api._own_view(p_key);
begin
  delete from reg.map_view k where k.id = v_view.id;
end $$;
comment on function api.drop_view(text) is 'A view of one''s own is gone, for everybody who had its key.';

create function api.kept_view(p_key text) returns table(key text, name text, mine bool, by text, shared bool, at_least int, kept_at timestamptz, cipher bytea)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.map_view := api._kept_view(p_key);
begin
  return query select v.key, v.name, v.owner = api.account(), a.display, v.shared, v.at_least::int, v.kept_at, v.cipher from reg.account a where a.id = v.owner;
end $$;
comment on function api.kept_view(text) is 'A view under its key, as it was sealed: one''s own, or one that a colleague opens from one''s tier on. Else: not found.';

create function api.kept_views() returns table(key text, name text, mine bool, by text, shared bool, at_least int, kept_at timestamptz, expires_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  with me as materialized (select * from api.me())
  select k.key, k.name, k.owner = me.account, a.display, k.shared, k.at_least::int, k.kept_at, k.expires_at
  from me join reg.map_view k on (k.expires_at is null or k.expires_at > statement_timestamp())
    and me.level is not null and (k.owner = me.account or k.shared and k.at_least <= me.level and not 'partner' = any (me.roles))
  join reg.account a on a.id = k.owner order by k.owner = me.account desc, k.name is null, lower(k.name), k.kept_at desc, k.key $$;
comment on function api.kept_views() is
  'One''s own views, those with a name first, and those that colleagues share with one''s tier; without what they ask.';

create function api.keeper_drop_views() returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  with gone as (delete from reg.map_view k where k.expires_at <= clock_timestamp() returning 1) select count(*)::int from gone $$;
comment on function api.keeper_drop_views() is 'Views without a name whose time is over are gone.';
reset role;

-- Watched sites: what somebody saw of a site when he last looked is kept beside it, in his own face, and compared with what he sees now.
set role sr_policed;
create function api._looks_like(p_site uuid) returns jsonb stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare s reg.site; v jsonb; v_all uuid[];
begin
  select * into s from reg.site x where x.id = p_site;
  if not found then return null; end if;
  v_all := array(select w.member from api._sites_within(array[p_site]) w);
  select jsonb_build_object('claims', coalesce(sum(h.claims), 0), 'ended', coalesce(sum(h.ended), 0),
    'decisions', count(*) filter (where h.what = 'decision')) into v from api.site_history(s.code) h;
  return v || jsonb_build_object('face', s.face, 'protection', s.protection, 'next_review', s.next_review, 'in_doubt_since', s.in_doubt_since,
    'kinds', (select coalesce(jsonb_object_agg(k.kind, k.verification), '{}') from reg.site_kind k where k.site = s.id and k.face = s.face),
    'visits', (select count(*) from reg.visit x where x.site = any (v_all)), 'measures', (select count(*) from reg.measure x where x.site = any (v_all)),
    'disturbances', (select count(*) from reg.disturbance x where x.site = any (v_all)));
end $$;

create function api.watches() returns setof text stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return query select s.code from reg.watch w join reg.subject u on u.id = w.site
  join reg.site s on s.id = case when u.merged_into is null then u.id else api._became(u.code, 'site') end;
end $$;
comment on function api.watches() is 'The codes of the sites that one watches and sees.';

create function api.watched() returns table(watch uuid, id uuid, code text, names jsonb, since timestamptz, seen_at timestamptz, seen jsonb, now jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return query
  select w.id, s.id, s.code, s.names - 'all', w.since, w.seen_at, w.seen, api._looks_like(s.id)
  from reg.watch w join reg.subject u on u.id = w.site
  cross join lateral (select case when u.merged_into is null then u.id else api._became(u.code, 'site') end as id) b
  join reg.site s on s.id = b.id order by s.code, w.since, w.id;
end $$;
comment on function api.watched() is
  'The sites that one watches and sees, by code, each with what one saw when one last looked (seen) and what one sees now: counts of claims, decisions, visits, '
  'measures and disturbances, kinds with their levels, protection, review. Of a merged site: what it became. One that is hidden is absent.';
reset role;

set role sr_writer;
create function api._watches(p_site uuid) returns uuid[] stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select array(select w.watch from api.watched() w where w.id = p_site) $$;

create function api.watch_site(p_site uuid) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._actor(); v_subject reg.subject := api._seen_subject(p_site); v_seen jsonb := api._looks_like(p_site);
begin
  if v_subject.kind <> 'site' then perform api._missing(); end if;
  if v_subject.merged_into is not null then perform api._refuse('merged', 'It was merged into another: record it there.'); end if;
  if v_seen is null then perform api._missing(); end if;
  if api._watches(p_site) <> '{}' then return; end if;
  if (select count(*) from reg.watch w where w.owner = v_by) >= 300 then perform api._refuse('watches', 'You watch three hundred sites: leave one first.'); end if;
  insert into reg.watch(id, owner, site, seen) values (reg.new_id(), v_by, p_site, v_seen) on conflict do nothing;
end $$;
comment on function api.watch_site(uuid) is 'A site that one sees is watched by oneself from now on; nobody else is told.';

create function api.unwatch_site(p_site uuid) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._actor(); v uuid[] := api._watches(p_site);
begin
  if v = '{}' then perform api._missing(); end if;
  delete from reg.watch w where w.owner = v_by and w.id = any (v);
end $$;
comment on function api.unwatch_site(uuid) is 'A site is watched by oneself no more.';

create function api.looked_at(p_site uuid default null) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._actor(); v int;
begin
  with seen as (select w.watch, w.now from api.watched() w where p_site is null or w.id = p_site),
  done as (update reg.watch w set seen = seen.now, seen_at = clock_timestamp() from seen where w.id = seen.watch and w.owner = v_by returning 1)
  select count(*)::int into v from done;
  if v = 0 and p_site is not null then perform api._missing(); end if;
  return v;
end $$;
comment on function api.looked_at(uuid) is 'What one sees now of a watched site, or of all of them, is what one has seen; answers of how many.';
reset role;
