-- Shares: what one partner is shown at his own door, by the same gates as packages and never as a copy. Asked by one, agreed by a releaser,
-- to a day; each read finds what the gates and sources let be seen at that moment, so what ends anywhere ends there in the next transaction.
set role sr_writer;

create function api.share_accounts() returns table(name text, display text) stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  return query select a.name, a.display from reg.account a where api._of_partner(a.id) order by a.display, a.name;
end $$;
comment on function api.share_accounts() is 'The accounts of partners, to whom something may be shown at their door.';

create function api.share_begin(p_recipient text, p_account text, p_purpose text, p_risk jsonb, p_codes text[], p_fields text[], p_expires_on date,
  p_legal_basis text default null, p_partner uuid default null) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare p reg.package;
begin
  perform api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  p.account := (select a.id from reg.account a where a.name = p_account and api._of_partner(a.id));
  if p.account is null then perform api._bad('unknown_code', 'account', left(p_account, 60), 'This is no account of a partner'); end if;
  p.kind := 'share'; p.recipient := p_recipient; p.purpose := p_purpose; p.legal_basis := p_legal_basis; p.partner := p_partner; p.event := reg.new_id();
  p.expires_on := p_expires_on;
  p := api._begin_gated(p, p_risk, p_codes, p_fields);
  perform api._close_event(p.event, 'share_begin', p.id, p.purpose);
  return p.id;
end $$;
comment on function api.share_begin(text, text, text, jsonb, text[], text[], date, text, uuid) is
  'What a partner is to be shown at his door waits for a releaser: these sites, each by a decision of the gate for this recipient, these fields, to one account, until a day.';

-- It stands as shown from the agreement on: recorded as having left, with every site that it shows on that day.
create function api._share_opened(p_package uuid) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare p reg.package; v uuid[];
begin
  select * into p from reg.package x where x.id = p_package;
  if p.expires_on < reg.today() then perform api._refuse('expired', 'Its day is past: ask for another one.'); end if;
  perform api._no_recalls();
  v := array(select x.subject from api._packed(p) x);
  if v = '{}' then perform api._refuse('rows', 'No site of it may be shown any more.'); end if;
  perform api._made_package(p, decode(api._rows_digest(p), 'hex'), encode(gen_random_bytes(6), 'hex'), v, 'share', 'as the gate decided for each');
end $$;

create function api.share_withdraw(p_package uuid, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; p reg.package;
begin
  v_by := api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  p := api._package(p_package, true);
  if p.kind <> 'share' then perform api._missing(); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  if api._package_state(p.id) <> 'made' then
    raise exception 'It was settled already' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'state', 'was', 'made', 'now', api._package_state(p.id))))::text; end if;
  insert into reg.package_step(id, package, step, why, recorded_by, event, digest) values (reg.new_id(), p.id, 'withdrawn', trim(p_why), v_by, v_event, '');
  insert into reg.notice(id, package, what, subjects, tier, scope, opened_on)
  select reg.new_id(), p.id, 'ended', array_agg(x.subject), p.tier, 0, reg.today() from reg.package_subject x where x.package = p.id;
  perform api._close_event(v_event, 'share_withdraw', p.id, trim(p_why));
end $$;
comment on function api.share_withdraw(uuid, text) is 'What a partner was shown at his door he sees no more, at once and by one person: the one who asked, or a releaser.';

-- At the door. Nothing here depends on anything but what was decided for this account.
create function api._share_state(p reg.package) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when api._package_state((p).id) <> 'made' then 'ended' when (p).expires_on < reg.today() then 'over' else 'open' end $$;

create function api._own_shares() returns setof reg.package stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select p.* from reg.package p where p.kind = 'share' and p.account = api.account()
    and exists (select 1 from reg.package_step s where s.package = p.id and s.step = 'made') $$;

create function api.door_shares() returns table(id uuid, purpose text, since text, until date, state text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('partner');
  return query select p.id, p.purpose, (select to_char(s.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD') from reg.package_step s where s.package = p.id and s.step = 'made'),
      p.expires_on, api._share_state(p) from api._own_shares() p order by p.recorded_at desc, p.id;
end $$;
comment on function api.door_shares() is 'What a partner is or was shown at his door: what for, since when, until which day, whether it is open, over or ended.';

create function api.door_share(p_id uuid) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare p reg.package; v_state text;
begin
  perform api._need('partner');
  select * into p from api._own_shares() x where x.id = p_id;
  if not found then perform api._missing(); end if;
  v_state := api._share_state(p);
  perform api.log_read('door_share', p.id);
  return jsonb_build_object('id', p.id, 'purpose', p.purpose, 'fields', p.fields, 'until', p.expires_on, 'state', v_state,
    'since', (select to_char(s.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD') from reg.package_step s where s.package = p.id and s.step = 'made'),
    'rows', case when v_state = 'open' then (select coalesce(jsonb_agg(r || jsonb_build_object('unit', (select jsonb_build_object('en', u.name_en, 'ar', u.name_ar) from reg.admin_unit u
        where u.pcode = r->>'adm1' order by u.edition desc limit 1)) order by r->>'code'), '[]') from api._packed_rows(p) r) else '[]' end,
    'notices', (select coalesce(jsonb_agg(jsonb_build_object('what', n.what, 'on', n.opened_on, 'codes', (select jsonb_agg(s.code order by s.code) from reg.subject s
        where s.id = any (n.subjects) and exists (select 1 from reg.package_subject x where x.package = p.id and api._heir(x.subject) = api._heir(s.id)))) order by n.opened_on desc, n.id), '[]')
      from reg.notice n where n.package = p.id));
end $$;
comment on function api.door_share(uuid) is
  'One share as it may be seen now by the partner to whom it was made: each site only with its fields and as exactly as its gate shows it today, and the notices to him; logged.';
reset role;
