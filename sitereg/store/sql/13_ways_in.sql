-- Ways in that end at once: an account is frozen by any colleague and thawed by two admins; personal tokens of scripts.
set role sr_ident;
-- Seats of the web, browsers known to it and tokens of the account are over for good: a thaw does not bring them back.
create function api._end_ways(p_account reg.account, p_why text) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  update signin.seat s set ended_at = clock_timestamp(), ended_why = p_why from signin."user" u
   where u.id = s.user_id and u.account = p_account.name and s.ended_at is null;
  delete from signin.device d using signin."user" u where u.id = d.user_id and u.account = p_account.name;
  update reg.personal_token set ended_at = clock_timestamp(), ended_by = api.account(), ended_why = p_why
   where account = p_account.id and ended_at is null;
  perform api._forget_device(p_account.id);
end $$;

-- Five a day: a colleague whose own account is in the wrong hands must not be able to stop everybody.
create function api.account_freeze(p_account text, p_reason text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_me record; v_to reg.account;
begin
  select * into v_me from api.me();
  perform api._actor();
  if v_me.roles && array['partner', 'family'] or v_me.how = 'token' then
    raise exception 'Colleagues freeze an account, signed in as themselves' using errcode = 'SR403'; end if;
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'A freeze has a reason'); end if;
  v_to := api._open_account(p_account);
  if v_to.name = 'keeper' then perform api._refuse('machine', 'The keeper is nobody''s account: whoever runs the machine stops it.'); end if;
  perform 1 from reg.account a where a.id = v_to.id for update;
  if (select a.state from reg.account a where a.id = v_to.id) <> 'active' then
    raise exception 'This account is not active' using errcode = 'SR409'; end if;
  if not 'admin' = any (v_me.roles) and 5 <= (select count(*) from reg.audit_event e where e.actor = v_me.account
      and e.action = 'account_freeze' and e.at > clock_timestamp() - interval '1 day') then
    perform api._refuse('five_a_day', 'You froze five accounts within a day: an admin freezes the next one.'); end if;
  perform api._close_event(reg.new_id(), 'account_freeze', v_to.id, p_reason);
  perform api._end_ways(v_to, 'the account was frozen');
  update reg.account set state = 'frozen' where id = v_to.id;  -- last: one may freeze one's own account
end $$;
comment on function api.account_freeze(text, text) is
  'The account sees nothing from its next transaction on, its seats and tokens are over; by any colleague, at once.';

create function api.account_close(p_account text, p_reason text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_to reg.account;
begin
  perform api._need('admin');
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'Closing has a reason'); end if;
  v_to := api._open_account(p_account);
  if v_to.state = 'closed' then raise exception 'This account is closed' using errcode = 'SR409'; end if;
  perform api._close_event(reg.new_id(), 'account_close', v_to.id, p_reason);
  perform api._end_ways(v_to, 'the account was closed');
  update reg.account set state = 'closed' where id = v_to.id;
  perform api._end_key_of(v_to.id, 'the account was closed');
end $$;
comment on function api.account_close(text, text) is 'The account is closed for good: its owner has left. By one admin.';

create function api.thaw_ask(p_account text, p_reason text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := reg.new_id(); v_by uuid; v_to reg.account;
begin
  v_by := api._need('admin');
  v_to := api._open_account(p_account);
  if api._same_person(v_to.id, v_by) then perform api._refuse('four_eyes', 'Two other admins thaw your account.'); end if;
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'A thaw has a reason'); end if;
  if v_to.state <> 'frozen' then raise exception 'This account is not frozen' using errcode = 'SR409'; end if;
  update reg.clearance_request set outcome = 'replaced', settled_by = v_by, settled_at = clock_timestamp(), settled_why = p_reason
   where account = v_to.id and outcome is null and thaw;
  insert into reg.clearance_request(id, account, reason, asked_by, thaw) values (v, v_to.id, p_reason, v_by, true);
  perform api._close_event(reg.new_id(), 'thaw_ask', v_to.id, p_reason);
  return v;
end $$;
comment on function api.thaw_ask(text, text) is 'It is asked that a frozen account be active again; nothing changes until another admin agrees.';

-- What api.clearance_settle does for a thaw, after its guards of four eyes.
create function api._thaw(r reg.clearance_request, p_by uuid, p_reason text) returns void set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
begin
  update reg.account set state = 'active' where id = r.account and state = 'frozen';
  if not found then raise exception 'This account is not frozen' using errcode = 'SR409'; end if;
  update reg.clearance_request set outcome = 'granted', settled_by = p_by, settled_at = clock_timestamp(), settled_why = p_reason where id = r.id;
  perform api._close_event(reg.new_id(), 'account_thaw', r.account, concat_ws('; ', r.reason, nullif(trim(p_reason), '')));
end $$;

-- A token is its owner's alone: an admin who made one for somebody could read as him.
create function api.token_make(p_account text, p_hash bytea, p_scopes text[], p_days int, p_reason text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := reg.new_id(); v_me record;
begin
  select * into v_me from api.me();
  perform api._actor();
  if v_me.how = 'token' then raise exception 'A token makes no token' using errcode = 'SR403'; end if;
  if v_me.name <> p_account then perform api._refuse('own_token', 'A token is made by the account that it reads as: act as that account.'); end if;
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'A token has a reason'); end if;
  if not coalesce(p_days between 1 and 90, false) then perform api._bad('bad_value', 'days', p_days::text, 'A token lives for 1 to 90 days'); end if;
  if not coalesce(p_scopes <@ array['frames', 'layers'] and cardinality(p_scopes) > 0, false) then
    perform api._bad('unknown_code', 'scopes', array_to_string(p_scopes, ' '), 'A token reads frames or layers'); end if;
  if 10 <= (select count(*) from reg.personal_token t where t.account = v_me.account and t.ended_at is null and t.expires_at > clock_timestamp()) then
    perform api._refuse('ten_tokens', 'You hold ten tokens: revoke one that you do not need.'); end if;
  insert into reg.personal_token(id, account, hash, scopes, reason, expires_at)
  values (v, v_me.account, p_hash, p_scopes, p_reason, clock_timestamp() + make_interval(days => p_days));
  perform api._close_event(reg.new_id(), 'token_make', v_me.account, p_reason);
  return v;
end $$;
comment on function api.token_make(text, bytea, text[], int, text) is 'A script reads as the one who asks, for so many days; the hash alone is kept.';

create function api.token_end(p_token uuid, p_reason text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_owner uuid;
begin
  update reg.personal_token t set ended_at = clock_timestamp(), ended_by = api._actor(), ended_why = p_reason
   where t.id = p_token and t.ended_at is null and (t.account = api.account() or api.roles() && array['admin']) and api.how() <> 'token'
  returning t.account into v_owner;
  if not found then perform api._missing(); end if;
  perform api._close_event(reg.new_id(), 'token_end', v_owner, p_reason);
end $$;
comment on function api.token_end(uuid, text) is 'The token opens nothing any more; by its owner or an admin.';

create function api.tokens() returns table(token uuid, account text, scopes text[], reason text, made_at timestamptz, expires_at timestamptz,
  used_at timestamptz, ended_at timestamptz, ended_why text)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select t.id, a.name, t.scopes, t.reason, t.made_at, t.expires_at, t.used_at, t.ended_at, t.ended_why
  from reg.personal_token t join reg.account a on a.id = t.account
  where t.account = (select api.account()) or (select api.roles()) && array['admin', 'auditor'] order by t.made_at desc $$;
comment on function api.tokens() is 'One''s own tokens, the newest first, without what opens them; all of them for admins and auditors.';

-- Asked before anybody is announced; whoever asks must hold the token itself. When it was last used is kept to the minute: a map
-- program asks fifty times a second, and each note of it would be a commit that the next one waits for.
create function api.token_opens(p_hash bytea, p_scope text) returns text
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  select t.id, a.name, t.used_at into v from reg.personal_token t join reg.account a on a.id = t.account
   where a.state = 'active' and t.hash = p_hash and p_scope = any (t.scopes) and t.ended_at is null and t.expires_at > clock_timestamp();
  if v.used_at is null or v.used_at <= clock_timestamp() - interval '1 minute' then
    update reg.personal_token t set used_at = clock_timestamp() where t.id = v.id; end if;
  return v.name;
end $$;
comment on function api.token_opens(bytea, text) is 'The account as which this token reads what the scope names; null where it opens nothing.';
reset role;
