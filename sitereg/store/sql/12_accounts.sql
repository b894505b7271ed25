-- Accounts and clearances: kept by admins, who see no content; nobody grants himself anything.
set role sr_ident;
create function api.self() returns table(name text, display text, level int, roles text[], compartments text[], os_user text, sql_login text, demo bool)
stable security definer set search_path = pg_catalog, public, pg_temp rows 1 language plpgsql as $$
#variable_conflict use_column
begin  -- in plpgsql, as api._who: a plan for the session; every request asks
  return query select a.name, a.display, m.level, m.roles, c.compartments, a.os_user, a.sql_login, a.demo from api.me() m
    join reg.account a on a.id = m.account join reg.clearance c on c.account = a.id and c.ended_at is null;
end $$;
comment on function api.self() is 'What the one who asks may know of himself: name, clearance, roles, compartments, bound OS user.';

create function api.is_demo() returns bool stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$ begin return exists (select 1 from reg.setting s where s.name = 'demo' and s.value = 'true'); end $$;
comment on function api.is_demo() is 'Whether all of this registry is synthetic.';

create function api.today() returns date stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$ begin return reg.today(); end $$;
comment on function api.today() is 'The registry''s day: the date in Damascus.';

create function api._open_account(p_name text) returns reg.account stable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v reg.account;
begin
  select * into v from reg.account a where a.name = p_name;
  if not found then perform api._missing(); end if;
  return v;
end $$;

create function api.account_add(p_name text, p_display text, p_os_user text default null, p_reason text default '') returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := reg.new_id();
begin
  perform api._need('admin');
  if p_name !~ '^[a-z][a-z0-9_.-]{1,62}$' then perform api._bad('bad_name', 'name', p_name, 'A name is 2 to 63 of a-z 0-9 . _ -, a letter first'); end if;
  if exists (select 1 from reg.account a where a.name = p_name) then
    raise exception 'There is an account of this name' using errcode = 'SR409'; end if;
  insert into reg.account(id, name, display, os_user) values (v, p_name, p_display, p_os_user);
  perform api._close_event(reg.new_id(), 'account_add', v, p_reason);
  return v;
end $$;
comment on function api.account_add(text, text, text, text) is 'An account exists, without any clearance yet.';

-- A clearance is asked for by one admin and counts once another one has agreed; who is to hold it is neither of them.
-- Two accounts of one OS user are one person, except in the demonstration, as for decisions.
create function api._same_person(p_one uuid, p_two uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select exists (select 1 from reg.account a, reg.account b where a.id = p_one and b.id = p_two
    and (a.id = b.id or (a.os_user = b.os_user and not (a.demo and b.demo)))) $$;

-- A compartment that nobody made would be a scope of its own: rows in it would be seen by whoever is given the same slip.
create function api._check_compartments(p_compartments text[]) returns void stable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v text;
begin
  select u into v from unnest(p_compartments) u where u is distinct from 'frozen' and not exists (select 1 from reg.compartment c where c.code = u) limit 1;
  if found then perform api._bad('bad_compartment', 'compartments', coalesce(v, ''), format('There is no such compartment. There are: %s',
    (select string_agg(c.code, ', ' order by c.code) from reg.compartment c))); end if;
end $$;

create function api.compartment_add(p_code text, p_label text, p_reason text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('admin');
  if not coalesce(p_code ~ '^[a-z][a-z0-9_]{1,40}$' and p_code <> 'frozen', false) then
    perform api._bad('bad_name', 'code', p_code, 'A compartment is 2 to 41 of a-z 0-9 _, a letter first, and not frozen'); end if;
  if coalesce(trim(p_label), '') = '' then perform api._bad('missing_required', 'label', '', 'Say in words what the compartment is for'); end if;
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'A compartment has a reason'); end if;
  if exists (select 1 from reg.compartment c where c.code = p_code) then
    raise exception 'There is a compartment of this name' using errcode = 'SR409'; end if;
  insert into reg.compartment(code, label) values (p_code, trim(p_label));
  perform api._close_event(reg.new_id(), 'compartment_add', null, concat_ws(': ', p_code, p_reason));
end $$;
comment on function api.compartment_add(text, text, text) is 'The compartment is there to be named by clearances; nobody holds it yet.';

create function api.compartments() returns table(code text, label text, holders int)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select c.code, c.label, (select count(*)::int from reg.clearance l join reg.account a on a.id = l.account and a.state = 'active'
      where l.ended_at is null and l.expires_at > clock_timestamp() and c.code = any (l.compartments))
  from reg.compartment c where (select api.roles()) && array['admin', 'auditor'] order by c.code $$;
comment on function api.compartments() is 'The compartments that there are and how many accounts hold each, for admins and auditors.';

create function api.clearance_ask(p_account text, p_tier int, p_compartments text[], p_roles text[], p_reason text, p_expires timestamptz)
returns uuid volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := reg.new_id(); v_by uuid; v_to reg.account;
begin
  v_by := api._need('admin');
  v_to := api._open_account(p_account);
  if api._same_person(v_to.id, v_by) then perform api._refuse('four_eyes', 'Another admin asks for what you are to hold.'); end if;
  if not coalesce(p_tier between 0 and 2, false) then perform api._bad('bad_tier', 'tier', p_tier::text, 'A clearance has a tier from 0 to 2'); end if;
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'A clearance has a reason'); end if;
  if p_expires is null or p_expires <= clock_timestamp() then perform api._bad('bad_date', 'expires', p_expires::text, 'A clearance expires, and later than now'); end if;
  perform api._check_compartments(p_compartments);
  if 'frozen' = any (p_compartments) then perform api._bad('bad_compartment', 'compartments', 'frozen',
    'No clearance gives the compartment frozen: releasers of tier 2 hold it because they are that'); end if;
  if exists (select 1 from unnest(p_roles) r where not api._is_term('role', r)) then
    perform api._bad('unknown_code', 'roles', (select r from unnest(p_roles) r where not api._is_term('role', r) limit 1), 'There is no such role', 'role'); end if;
  if 'family' = any (p_roles) then perform api._refuse('family', 'A family signs in with what was handed over with its request, and with nothing else.'); end if;
  update reg.clearance_request set outcome = 'replaced', settled_by = v_by, settled_at = clock_timestamp(), settled_why = p_reason
   where account = v_to.id and outcome is null and not thaw;
  insert into reg.clearance_request(id, account, tier, compartments, roles, reason, expires_at, asked_by)
  values (v, v_to.id, p_tier, coalesce(p_compartments, '{}'), coalesce(p_roles, '{}'), p_reason, p_expires, v_by);
  perform api._close_event(reg.new_id(), 'clearance_ask', v_to.id, p_reason);
  return v;
end $$;
comment on function api.clearance_ask(text, int, text[], text[], text, timestamptz) is
  'It is asked that the account hold exactly this clearance, in place of what was asked for it before; nothing changes until another admin agrees.';

create function api.clearance_settle(p_request uuid, p_agrees bool, p_reason text default '') returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := reg.new_id(); v_by uuid; r reg.clearance_request;
begin
  v_by := api._need('admin');
  select * into r from reg.clearance_request q where q.id = p_request for update;
  if not found then perform api._missing(); end if;
  if r.outcome is not null then raise exception 'This request is settled' using errcode = 'SR409'; end if;
  if not coalesce(p_agrees, false) then
    update reg.clearance_request set outcome = 'refused', settled_by = v_by, settled_at = clock_timestamp(), settled_why = p_reason where id = r.id;
    perform api._close_event(reg.new_id(), case when r.thaw then 'thaw_refuse' else 'clearance_refuse' end, r.account, p_reason);
    return null;
  end if;
  if api._same_person(r.asked_by, v_by) then perform api._refuse('four_eyes', 'Another admin agrees to what you asked for.'); end if;
  if api._same_person(r.account, v_by) then perform api._refuse('four_eyes', 'Another admin agrees to what you are to hold.'); end if;
  if not exists (select 1 from reg.clearance c join reg.account a on a.id = c.account and a.state = 'active' where c.account = r.asked_by
                 and c.ended_at is null and c.expires_at > clock_timestamp() and 'admin' = any (c.roles)) then
    perform api._refuse('four_eyes', 'Whoever asked is no admin any more: ask for it anew.'); end if;
  if r.thaw then perform api._thaw(r, v_by, p_reason); return r.account; end if;
  if r.expires_at <= clock_timestamp() then perform api._bad('bad_date', 'expires', r.expires_at::text, 'A clearance expires, and later than now'); end if;
  update reg.clearance set ended_at = clock_timestamp(), ended_by = v_by, ended_why = 'replaced: ' || r.reason
   where account = r.account and ended_at is null;
  insert into reg.clearance(id, account, tier, compartments, roles, reason, approver, expires_at, request)
  values (v, r.account, r.tier, r.compartments, r.roles, r.reason, v_by, r.expires_at, r.id);
  perform api._end_key_of(r.account, 'the account is no source handler any more');
  update reg.clearance_request set outcome = 'granted', settled_by = v_by, settled_at = clock_timestamp(), settled_why = p_reason where id = r.id;
  insert into reg.scope(compartments) select array_agg(distinct c order by c) from unnest(r.compartments) c having count(*) > 0
    on conflict do nothing;
  perform api._close_event(reg.new_id(), 'clearance_grant', r.account, concat_ws('; ', r.reason, nullif(trim(p_reason), '')));
  return v;
end $$;
comment on function api.clearance_settle(uuid, bool, text) is
  'A second admin agrees, and the account holds the clearance, or is thawed, from its next transaction on; or any admin refuses, the one who asked too.';

create function api.clearance_requests() returns table(request uuid, account text, tier int, compartments text[], roles text[], reason text,
  expires_at timestamptz, asked_by text, asked_at timestamptz, thaw bool)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select q.id, a.name, q.tier::int, q.compartments, q.roles, q.reason, q.expires_at, b.name, q.asked_at, q.thaw
  from reg.clearance_request q join reg.account a on a.id = q.account join reg.account b on b.id = q.asked_by
  where q.outcome is null and (select api.roles()) && array['admin', 'auditor'] order by q.asked_at $$;
comment on function api.clearance_requests() is 'The clearances and thaws that wait for a second admin, the oldest first; for admins and auditors.';

create function api.clearance_end(p_account text, p_reason text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid; v_to reg.account;
begin
  v_by := api._need('admin');
  v_to := api._open_account(p_account);
  update reg.clearance set ended_at = clock_timestamp(), ended_by = v_by, ended_why = p_reason where account = v_to.id and ended_at is null;
  if not found then perform api._missing(); end if;
  perform api._end_key_of(v_to.id, 'the clearance ended');
  perform api._close_event(reg.new_id(), 'clearance_end', v_to.id, p_reason);
end $$;
comment on function api.clearance_end(text, text) is 'The account holds no clearance: from its next transaction on it sees nothing.';

create function api.accounts() returns table(name text, display text, state text, tier int, compartments text[], roles text[], reason text, expires_at timestamptz, sql_login text, sql_records bool)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select a.name, a.display, a.state, c.tier, c.compartments, c.roles, c.reason, c.expires_at, a.sql_login,
    exists (select 1 from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles l on l.oid = m.member
      where g.rolname = 'sr_sql_records' and l.rolname = a.sql_login) from reg.account a
  left join reg.clearance c on c.account = a.id and c.ended_at is null
  where (select api.roles()) && array['admin', 'auditor'] or a.id = (select api.account()) order by a.name $$;
comment on function api.accounts() is 'All accounts with their clearances for admins and auditors, one''s own for others; sql_records: its SQL login may ask the views of records.';
reset role;
