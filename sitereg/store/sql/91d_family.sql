-- A family's own page. Whoever signs in with what was handed over with a request has no tier and no compartment (10): all that is answered is
-- made here, of the request itself and of what was told by a person. Nothing else shapes it, so that nothing can be inferred: no case, no
-- match, no link and no site is read. Of what a family does no time finer than the hour is kept: so the chain tells of it when the keeper, or
-- a source handler, carries it out.
set role sr_writer;
create function api._reach_now(p_request uuid) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select w.value from reg.family_wish w where w.request = p_request and w.wish = 'reach'), (select r.reach from reg.search_request r where r.id = p_request)) $$;

-- What the family reads of the work: the last of three kinds, else that it was received.
create function api._request_work(p_request uuid) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select x.step from reg.request_step x where x.request = p_request and x.step in ('comparing', 'caseworker', 'asked_back') order by x.recorded_at desc, x.id desc limit 1), 'received') $$;

-- The request of the one who asks.
create function api._family() returns reg.search_request stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.search_request;
begin
  perform api._need('family');
  select x.* into r from reg.family_access f join reg.search_request x on x.id = f.request where f.account = api.account();
  if not found then perform api._missing(); end if;
  return r;
end $$;

create function api.family_page() returns jsonb stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.search_request := api._family(); t record;
begin
  select * into t from api._terms_now(r.source);
  return jsonb_build_object('received', to_char(r.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), 'said', r.said, 'places', (select coalesce(jsonb_object_agg(u.pcode, jsonb_build_object('en', u.name_en, 'ar', u.name_ar)), '{}')
      from (select distinct on (u.pcode) u.* from reg.admin_unit u where u.level = 1 and u.pcode in (select f->>'adm1' from jsonb_array_elements(r.said->'facts') f)
        order by u.pcode, u.edition desc) u), 'work', api._request_work(r.id), 'reach', api._reach_now(r.id),
    'uses', case when t.hides then '[]' else to_jsonb(t.permitted_uses) end, 'version', r.consent_version,
    'told', (select coalesce(jsonb_agg(jsonb_build_object('words', l.words, 'on', x.on_day, 'how', x.how, 'by', a.display) order by x.on_day desc, x.id), '[]')
      from reg.telling_step x join reg.telling l on l.id = x.telling join reg.account a on a.id = x.recorded_by where x.step = 'told' and x.contact = r.source),
    'asked', (select coalesce(jsonb_agg(jsonb_build_object('wish', w.wish, 'value', w.value, 'hour', w.asked_at, 'done', w.done_at is not null) order by w.asked_at desc, w.id), '[]')
      from reg.family_wish w where w.request = r.id and w.wish <> 'reach'));
end $$;
comment on function api.family_page() is
  'What a family reads of its own request: what it told (nothing finer than a month and a governorate, no words), what kind of work is being done, what was told to it by whom on which day, how it '
  'wishes to be reached, for what its words may be used, what it asked for. The same whatever the registry holds.';

create function api.family_wish(p_wish text, p_value jsonb default '{}') returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.search_request := api._family(); t record;
begin
  perform pg_advisory_xact_lock(hashtextextended('request:' || r.id, 0));
  if (select count(*) from reg.family_wish w where w.request = r.id) >= 200 then perform api._refuse('many_wishes', 'This was asked very often: ask your caseworker.'); end if;
  if p_wish = 'reach' then
    if not api._is_reach(p_value) then perform api._bad('unknown_code', 'way', '', 'Say how you wish to be reached'); end if;
    delete from reg.family_wish w where w.request = r.id and w.wish = 'reach';
  elsif p_wish in ('call', 'hear', 'delete') then
    if exists (select 1 from reg.family_wish w where w.request = r.id and w.wish = p_wish and (w.done_at is null or p_wish = 'delete')) then return; end if;
    p_value := '{}';
  elsif p_wish = 'withdraw' then
    select * into t from api._terms_now(r.source);
    if t.hides or not coalesce(p_value->>'use' = any (t.permitted_uses), false) then return; end if;
    p_value := jsonb_build_object('use', p_value->>'use');
  else perform api._bad('unknown_code', 'wish', p_wish, 'This cannot be asked here'); end if;
  insert into reg.family_wish(id, request, wish, value, asked_at) values (gen_random_uuid(), r.id, p_wish, p_value, api._hour());
end $$;
comment on function api.family_wish(text, jsonb) is
  'A family says how it wishes to be reached (reach: {way, hours, language}), asks to be called (call) or that what it told is read to it (hear), withdraws its consent to one use (withdraw: {use}) or asks that all be deleted '
  '(delete). What is withdrawn counts at once; the hour is kept, no finer time.';

create function api.request_wish_done(p_wish uuid) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); w reg.family_wish; r reg.search_request;
begin
  perform api._need('source_handler');
  select * into w from reg.family_wish x where x.id = p_wish and x.wish in ('call', 'hear') and x.done_at is null;
  if not found then perform api._missing(); end if;
  r := api._request(w.request);
  update reg.family_wish x set done_at = api._hour(), done_by = api._actor() where x.id = w.id and x.done_at is null;
  if not found then perform api._missing(); end if;
  perform api._close_event(v_event, case w.wish when 'call' then 'family_called' else 'family_heard' end, r.id, '');
end $$;
comment on function api.request_wish_done(uuid) is 'A family that asked to be called was called; what it told was read to one that asked to hear it.';

create function api.request_reach(p_request uuid, p_reach jsonb) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.search_request := api._request(p_request); v_event uuid := reg.new_id();
begin
  if not api._is_reach(p_reach) then perform api._bad('unknown_code', 'way', '', 'Say how they wish to be reached'); end if;
  delete from reg.family_wish w where w.request = r.id and w.wish = 'reach';
  insert into reg.family_wish(id, request, wish, value, asked_at, done_at, done_by) values (gen_random_uuid(), r.id, 'reach', p_reach, api._hour(), api._hour(), api._actor());
  perform api._close_event(v_event, 'request_reach', r.id, '');
end $$;
comment on function api.request_reach(uuid, jsonb) is
  'A source handler writes down how a family wishes to be reached from now on (reach: {way, hours, language}), as it said by telephone or in person; its own page shows it, and it may change it.';

-- Each hour, what families withdrew in an hour that is over: so that no moment of theirs stands in the chain.
create function api.keeper_families() returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare w record; n int := 0; v_uses text[];
begin
  perform api._keeper();
  for w in select r.source, bool_or(x.wish = 'delete') as all_of_it, array_agg(x.value->>'use') as uses, array_agg(x.id) as ids, min(f.account::text)::uuid as family
      from reg.family_wish x join reg.search_request r on r.id = x.request join reg.family_access f on f.request = r.id
      where x.done_at is null and x.wish in ('withdraw', 'delete') and x.asked_at < api._hour() group by r.source order by r.source loop
    update reg.family_wish x set done_at = api._hour(), done_by = w.family where x.id = any (w.ids);
    if not api._is_silenced(w.source) then
      v_uses := array(select u.u from unnest((select t.permitted_uses from api._terms_now(w.source) t)) u(u) where u.u <> all (array_remove(w.uses, null)));
      perform api._change_terms(s, case when w.all_of_it or v_uses = '{}' then 'withdrawn' else (select t.consent from api._terms_now(s.id) t) end, 'as the family said on its own page',
        case when v_uses <> '{}' then v_uses end, w.family) from (select * from reg.source o where o.id = w.source for update) s;
      n := n + 1;
    end if;
  end loop;
  return n;
end $$;
comment on function api.keeper_families() is
  'What families withdrew on their own pages in an hour that is over is carried out: uses end, or consent is gone with all that follows; how many sources.';
reset role;

set role sr_ident;
-- An account for one relative: no person's clearance asked for by admins, since it opens nothing but its own page. p_code: what is typed to sign in.
create function api._family_in(p_by uuid, p_code text, p_hash text) returns uuid security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := reg.new_id(); v_name text := 'family.' || encode(gen_random_bytes(9), 'hex');
begin
  if exists (select 1 from signin."user" u where u.email = p_code) then perform api._refuse('code', 'Make another code.'); end if;
  insert into reg.account(id, name, display) values (v, v_name, 'family');
  insert into reg.clearance(id, account, tier, roles, reason, approver, expires_at)
  values (reg.new_id(), v, 0, '{family}', 'handed over with a search request', p_by, date_trunc('day', clock_timestamp()) + interval '2 years');
  insert into signin."user"(account, email, password, fs_uniquifier, locale) values (v_name, p_code, p_hash, encode(gen_random_bytes(32), 'hex'), 'ar');
  return v;
end $$;

create function api._family_out(p_account uuid, p_why text) returns void security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.account;
begin
  select * into v from reg.account a where a.id = p_account;
  perform api._end_ways(v, p_why);
  update reg.account set state = 'closed' where id = v.id;
end $$;
reset role;

set role sr_writer;
create function api.request_access(p_request uuid, p_code text, p_hash text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.search_request := api._request(p_request); v_event uuid := reg.new_id(); v uuid := reg.new_id();
begin
  perform api._need_stage();
  if api._is_silenced(r.source) then perform api._refuse('consent', 'Consent was withdrawn: nothing is handed over.'); end if;
  if not coalesce(p_code ~ '^[2-9a-hj-np-z]{12}@paper$' and p_hash like '$argon2id$%' and length(p_hash) < 300, false) then perform api._bad('bad_value', 'code', '', 'This is no code as the registry makes them'); end if;
  if (select count(*) from reg.family_access f join reg.account a on a.id = f.account and a.state = 'active' where f.request = r.id) >= 5 then
    perform api._refuse('accesses', 'Five of the family have an access: end one first.'); end if;
  insert into reg.family_access(id, request, account, recorded_by, event, digest)
  values (v, r.id, api._family_in(api._actor(), p_code, p_hash), api._actor(), v_event, '');
  perform api._close_event(v_event, 'request_access', r.id, 'handed over on paper');
  return v;
end $$;
comment on function api.request_access(uuid, text, text) is
  'One of the family may read its own page of the request: code, what is typed to sign in; hash, of the second secret (argon2id). Neither stands in the chain.';

create function api.request_access_end(p_access uuid, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); f reg.family_access; r reg.search_request;
begin
  perform api._need('source_handler');
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  select x.* into f from reg.family_access x join reg.account a on a.id = x.account and a.state <> 'closed' where x.id = p_access;
  if not found then perform api._missing(); end if;
  r := api._request(f.request);
  perform api._family_out(f.account, 'the access was ended');
  perform api._close_event(v_event, 'request_access_end', r.id, trim(p_why));
end $$;
comment on function api.request_access_end(uuid, text) is 'An access of the family opens nothing any more: the paper was lost, or it is not wished for.';
reset role;
