-- On the road: what was sent already is written once; who is on the way, by when he is back, and who looks for him otherwise. Neither
-- is anybody's record: no event of the chain tells where an officer went, and both are gone after their time.
set role sr_writer;

-- Whether the sending is new; false where the same words were sent under this number before.
create function api.send_once(p_once uuid, p_form text, p_mark text) returns bool
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid; v_mark bytea := decode(p_mark, 'hex'); v reg.sending;
begin
  v_by := api._need('protection_officer', 'investigator', 'analyst', 'data_steward');
  perform pg_advisory_xact_lock(hashtextextended('sending:' || v_by || p_once, 0));
  select s.* into v from reg.sending s where s.owner = v_by and s.once = p_once;
  if found and (v.mark <> v_mark or v.form <> p_form) then
    raise exception 'This was sent already, with other words' using errcode = 'SR409',
      detail = jsonb_build_object('changed', jsonb_build_array(jsonb_build_object('field', 'sending', 'was', '', 'now', '', 'at', v.sent_at)))::text,
      hint = 'What was sent first stands. Is this another entry, send it again; is it a correction, correct what stands.'; end if;
  if found then return false; end if;
  insert into reg.sending(owner, once, form, mark) values (v_by, p_once, p_form, v_mark);
  return true;
end $$;
comment on function api.send_once(uuid, text, text) is
  'Whether what is sent under this number is new: false where the same was sent before, so that a line that breaks writes nothing twice.';

create function api._trips() returns setof reg.trip stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select t.* from reg.trip t where t.back_at is null and api.account() in (t.traveller, t.colleague) $$;

create function api.start_trip(p_site uuid, p_back_by timestamptz, p_colleague text, p_hazards text default null, p_control text default null,
  p_permit text default null, p_escort text default null, p_help text default null) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_id uuid := reg.new_id(); v_by uuid; v_site reg.subject; v_colleague uuid;
begin
  v_by := api._need('protection_officer', 'investigator');
  v_site := api._seen_subject(p_site, true);
  perform api._check_place(v_site);
  if p_back_by is null or p_back_by <= clock_timestamp() or p_back_by > clock_timestamp() + interval '14 days' then
    perform api._bad('bad_date', 'back_by', coalesce(p_back_by::text, ''), 'Say by when you are back: an hour to come, within fourteen days'); end if;
  v_colleague := case when coalesce(trim(p_colleague), '') <> '' then api._worker_named(trim(p_colleague), greatest(v_site.tier, 1), v_site.scope) end;
  if v_colleague is null or v_colleague = v_by then
    perform api._bad('not_found', 'colleague', coalesce(p_colleague, ''), 'Name a colleague by the name of the account: somebody else, who may see this place'); end if;
  if exists (select 1 from reg.trip t where t.traveller = v_by and t.back_at is null) then
    perform api._refuse('trip', 'You are on the way already: say first that you are safely back.'); end if;
  insert into reg.trip(id, site, traveller, colleague, back_by, hazards, control, permit, escort, help, tier, scope)
  values (v_id, p_site, v_by, v_colleague, p_back_by, p_hazards, p_control, p_permit, p_escort, p_help, greatest(v_site.tier, 1), v_site.scope);
  return v_id;
end $$;
comment on function api.start_trip(uuid, timestamptz, text, text, text, text, text, text) is
  'One sets out for a place and says by when one is back; the colleague who is named gets a task otherwise. In no event of the chain.';

create function api.trips() returns table(id uuid, code text, traveller text, colleague text, mine bool, back_by timestamptz, late bool, hazards text,
  control text, permit text, escort text, help text, left_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select t.id, (select s.code from reg.subject s where s.id = t.site and s.tier <= api.level() and s.scope = any (api.scopes())), a.display,
    c.display, t.traveller = api.account(), t.back_by, t.back_by < clock_timestamp(), t.hazards, t.control, t.permit, t.escort, t.help, t.left_at
  from api._trips() t join reg.account a on a.id = t.traveller join reg.account c on c.id = t.colleague order by t.back_by, t.id $$;
comment on function api.trips() is 'Who is on the way: oneself, or those whom one is to look for; the code of the place where one still sees it.';

create function api.end_trip(p_trip uuid) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._actor(); v reg.trip;
begin
  update reg.trip t set back_at = clock_timestamp() where t.id = p_trip and t.id in (select x.id from api._trips() x) returning t.* into v;
  if not found then perform api._missing(); end if;
  update reg.task set done_at = clock_timestamp(), done_by = v_by, outcome = 'Safely back' where id = v.task and done_at is null;
end $$;
comment on function api.end_trip(uuid) is 'The traveller is safely back, says he himself or the colleague who looked for him; the task about it is done.';

-- A task names who is late and since when, and no place: it reaches the colleague whatever became of the place meanwhile.
create function api.keeper_trips() returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare t record; v uuid; v_n int := 0;
begin
  for t in select x.id, x.colleague, x.back_by, a.display from reg.trip x join reg.account a on a.id = x.traveller
      where x.back_at is null and x.task is null and x.back_by < clock_timestamp() for update of x loop
    v := reg.new_id(); v_n := v_n + 1;
    insert into reg.task(id, what, why, person, due, data, tier, scope)
    values (v, 'trip_late', format('%s is not back: it was to be by %s. Call, then do what was agreed.', t.display,
      to_char(t.back_by at time zone 'Asia/Damascus', 'YYYY-MM-DD HH24:MI')), t.colleague, reg.today(), jsonb_build_object('trip', t.id), 1, 0);
    update reg.trip set task = v where id = t.id;
  end loop;
  if v_n > 0 then perform api._close_event(reg.new_id(), 'keeper_trips', null, format('%s new tasks', v_n)); end if;
  delete from reg.trip where back_at < clock_timestamp() - interval '90 days';
  delete from reg.sending where sent_at < clock_timestamp() - interval '30 days';
  delete from reg.device_seed where until < reg.today();
  return v_n;
end $$;
comment on function api.keeper_trips() is 'Whoever is not back in time is a task of the colleague whom he named; how many are new. What is over is forgotten.';

-- Drafts on a device. The key that opens them is made of this seed and of the house's key, which no database holds: without the row
-- nobody makes it again, and what lies on the device is read by nobody.
create function api.allow_device_drafts(p_account text, p_until date, p_reason text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid; v uuid;
begin
  v_by := api._need('data_steward');
  perform api._check_words(p_reason, '{}', null);
  if p_until is null or p_until < reg.today() or p_until > reg.today() + 90 then
    perform api._bad('bad_date', 'until', coalesce(p_until::text, ''), 'It is allowed until a day within ninety days'); end if;
  v := api._worker_named(p_account, 1, 0);
  if v is null then perform api._bad('not_found', 'account', p_account, 'Nobody of that name works in the field'); end if;
  if v = v_by then perform api._refuse('self', 'Another steward allows it: nobody for himself.'); end if;
  insert into reg.device_seed(account, seed, until, reason, given_by) values (v, gen_random_bytes(32), p_until, p_reason, v_by)
  on conflict (account) do update set until = excluded.until, reason = excluded.reason, given_by = excluded.given_by, given_at = clock_timestamp();
  perform api._close_event(reg.new_id(), 'allow_device_drafts', v, p_reason);
end $$;
comment on function api.allow_device_drafts(text, date, text) is
  'The account''s pages may keep a sealed draft on their device until that day; allowed again it is longer, and the drafts stay readable.';

create function api._forget_device(p_account uuid) returns bool security definer
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  delete from reg.device_seed d where d.account = p_account;
  return found;
end $$;

create function api.end_device_drafts(p_account text, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._actor(); v uuid;
begin
  select a.id into v from reg.account a where a.name = p_account and (a.id = v_by or 'data_steward' = any (api.roles()));
  if v is null or not api._forget_device(v) then perform api._missing(); end if;
  perform api._close_event(reg.new_id(), 'end_device_drafts', v, p_why);
end $$;
comment on function api.end_device_drafts(text, text) is
  'The seed is forgotten: what the account''s devices hold opens to nobody any more. By a steward, or by its owner.';

create function api.device_drafts() returns table(name text, until date, reason text, given_by text, given_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select a.name, d.until, d.reason, b.name, d.given_at from reg.device_seed d join reg.account a on a.id = d.account join reg.account b on b.id = d.given_by
  where d.account = api.account() or 'data_steward' = any (api.roles()) order by a.name $$;
comment on function api.device_drafts() is 'Who may keep sealed drafts on a device, until when and why: one''s own, and all for stewards. Never the seed.';

-- Volatile, so that no SQL login asks for it.
create function api.device_seed() returns bytea
volatile security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select d.seed from reg.device_seed d where d.account = api.account() and d.until >= reg.today() $$;
comment on function api.device_seed() is 'What the key of one''s own drafts on a device is made of, together with the house''s key; null where the policy allows none.';

-- What is said most often in what the caller sees, so that a list to choose from on the road begins with it.
set role sr_reader;
create function api.said_most() returns table(scheme text, code text, n int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_level int; v_scopes int[];
begin
  select m.level, m.scopes into v_level, v_scopes from api.me() m;
  return query
  with s as materialized (select s.id, s.remains_state, s.access->>'condition' as access from reg.site s
    where s.face = v_level and s.tier <= v_level and s.scope = any (v_scopes))
  select 'measure_kind', m.kind, count(*)::int from reg.measure m join s on s.id = m.site where m.tier <= v_level and m.scope = any (v_scopes) group by 2
  union all select 'disturbance_kind', d.kind, count(*)::int from reg.disturbance d join s on s.id = d.site
    where d.tier <= v_level and d.scope = any (v_scopes) group by 2
  union all select 'remains_state', s.remains_state, count(*)::int from s where s.remains_state is not null group by 2
  union all select 'access_condition', s.access, count(*)::int from s where s.access is not null group by 2
  order by 1, 3 desc, 2;
end $$;
comment on function api.said_most() is
  'How often each kind of measure and of disturbance, state of remains and condition of access is recorded in what the caller sees, by vocabulary, the commonest first.';
reset role;
