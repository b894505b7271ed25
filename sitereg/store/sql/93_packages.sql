-- What leaves as a whole, by two persons: a hand-over to a successor, a package for one recipient. Asked, agreed by a releaser, made once
-- (the disclosure is written with its manifest), delivered, acknowledged; what was refused stands with its ground.
set role sr_writer;

create function api._package(p_id uuid, p_lock bool default false) returns reg.package set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.package;
begin
  if p_lock then perform 1 from reg.package p where p.id = p_id for update; end if;
  select * into v from reg.package p where p.id = p_id and p.tier <= api.level() and p.scope = any (api.scopes())
    and (p.recorded_by = api._actor() or api.roles() && array['releaser']);
  if not found then perform api._missing(); end if;
  return v;
end $$;

-- The last step, or waiting; expired packages are of no use any more, which is told of them and not kept as a step.
create function api._package_state(p_id uuid) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select s.step from reg.package_step s where s.package = p_id order by s.recorded_at desc, s.id desc limit 1), 'waiting') $$;

create function api._begin_package(p reg.package, p_risk jsonb) returns reg.package set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._asked_by_whom(p.recipient, p.purpose, p.legal_basis), api._risk_told(p_risk);
  if p.partner is not null and not exists (select 1 from api.partners() x where x.id = p.partner) then perform api._bad('unknown_code', 'partner', p.partner::text, 'There is no such partner'); end if;
  p.id := reg.new_id(); p.recorded_by := api._actor(); p.recorded_at := clock_timestamp(); p.level := api.level(); p.tier := greatest(p.level, 1); p.scope := 0;
  p.recipient := trim(p.recipient); p.purpose := trim(p.purpose); p.digest := '';
  p.risk := (select jsonb_object_agg(r, trim(p_risk->>r)) from unnest(array['site', 'sources', 'families', 'staff']) r);
  insert into reg.package select p.*;
  insert into reg.task(id, what, why, role, data, tier, scope, opened_by)
  values (reg.new_id(), 'agree_package', format('%s for %s waits for a releaser.', case p.kind when 'hand_over' then 'A hand-over' when 'share' then 'A share' else 'A package' end, p.recipient), 'releaser',
    jsonb_build_object('package', p.id), p.tier, 0, p.recorded_by);
  return p;
end $$;

create function api.hand_over_begin(p_recipient text, p_purpose text, p_risk jsonb, p_legal_basis text default null, p_partner uuid default null) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare p reg.package;
begin
  perform api._need('data_steward', 'releaser');
  p.kind := 'hand_over'; p.recipient := p_recipient; p.purpose := p_purpose; p.legal_basis := p_legal_basis; p.partner := p_partner; p.event := reg.new_id(); p.fields := '{}';
  p := api._begin_package(p, p_risk);
  perform api._close_event(p.event, 'hand_over_begin', p.id, p.purpose);
  return p.id;
end $$;
comment on function api.hand_over_begin(text, text, jsonb, text, uuid) is
  'A hand-over to a successor waits for a releaser, another person: of all that the asker''s clearance sees and its sources agree to. Nothing leaves yet.';

create function api.package_settle(p_package uuid, p_agrees bool, p_why text) returns text
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; p reg.package; v_step text := case when p_agrees then 'agreed' else 'refused' end;
begin
  v_by := api._need('releaser');
  p := api._package(p_package, true);
  if api._package_state(p.id) <> 'waiting' then
    raise exception 'It was settled already' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'state', 'was', 'waiting', 'now', api._package_state(p.id))))::text; end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  if p_agrees and api._same_person(p.recorded_by, v_by) then perform api._refuse('four_eyes', 'A releaser other than the one who asked agrees.'); end if;
  insert into reg.package_step(id, package, step, why, recorded_by, event, digest) values (reg.new_id(), p.id, v_step, trim(p_why), v_by, v_event, '');
  update reg.task set done_at = clock_timestamp(), done_by = v_by, outcome = v_step where what = 'agree_package' and data->>'package' = p.id::text and done_at is null;
  if p_agrees and p.kind = 'share' then perform api._share_opened(p.id); v_step := 'made'; end if;
  perform api._close_event(v_event, 'package_' || case when p_agrees then 'agreed' else 'refused' end, p.id, trim(p_why));
  return v_step;
end $$;
comment on function api.package_settle(uuid, bool, text) is 'A releaser, another person than the one who asked, agrees that a package be made, or refuses it with the ground.';

-- The package, to be made now by one of the two: agreed, not made yet, not expired, with the clearance under which it was asked for.
create function api._makable(p_package uuid) returns reg.package set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare p reg.package; v_state text;
begin
  p := api._package(p_package, true); v_state := api._package_state(p.id);
  if v_state <> 'agreed' then perform api._refuse('agreed', case v_state when 'waiting' then 'A releaser, another person than the one who asked, agrees first.'
    else 'It is made or refused already: ask for another one.' end); end if;
  if p.expires_on < reg.today() then perform api._refuse('expired', 'Its day is past: ask for another one.'); end if;
  if not exists (select 1 from reg.package_step s where s.package = p.id and s.step = 'agreed' and (s.recorded_by = api._actor() or p.recorded_by = api._actor())) then
    perform api._missing(); end if;
  if api.level() <> p.level then perform api._refuse('level', 'It is made under the tier of the one who asked.'); end if;
  return p;
end $$;

-- What was read in this transaction to be packed is what is recorded as having left: asked again while nobody can take anything back.
create function api._as_read(p_package uuid, p_digest text, p_first bool) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_name text := 'sitereg.packed_' || replace(p_package::text, '-', ''); v_was text := coalesce(current_setting(v_name, true), '');
begin
  if p_first and v_was = '' then perform set_config(v_name, p_digest, true);
  elsif v_was <> p_digest then perform api._refuse('changed', 'What it holds changed while it was being made: make it again.'); end if;
end $$;

create function api._made_package(p reg.package, p_manifest bytea, p_copy text, p_subjects uuid[], p_format text, p_precision text) returns uuid
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid := api._actor(); v uuid := reg.new_id(); v_releaser uuid;
begin
  if not coalesce(octet_length(p_manifest) = 32, false) then perform api._bad('bad_value', 'manifest', '', 'A manifest has a SHA-256 of 32 bytes'); end if;
  select s.recorded_by into v_releaser from reg.package_step s where s.package = p.id and s.step = 'agreed';
  insert into reg.disclosure(id, recipient, purpose, legal_basis, risk, format, precision, face, filter, rows, sha256, approved_by, recorded_by, event, digest)
  values (v, p.recipient, p.purpose, p.legal_basis, api._risk_told(p.risk), p_format, p_precision, p.level, jsonb_build_object('package', p.id), cardinality(p_subjects),
    p_manifest, v_releaser, p.recorded_by, v_event, '');
  insert into reg.disclosure_subject(disclosure, subject, event, digest) select v, u, v_event, '' from unnest(p_subjects) u;
  insert into reg.package_step(id, package, step, manifest, disclosure, copy, recorded_by, event, digest)
  values (reg.new_id(), p.id, 'made', p_manifest, v, p_copy, v_by, v_event, '');
  perform api._close_event(v_event, 'package_made', p.id, p.purpose);
  return v;
end $$;

create function api.package_step(p_package uuid, p_step text, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; p reg.package; v_state text;
begin
  v_by := api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  p := api._package(p_package, true); v_state := api._package_state(p.id);
  if coalesce(p_step, '') not in ('delivered', 'acknowledged') then perform api._bad('unknown_code', 'step', p_step, 'A package is delivered or acknowledged'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say how, and by whom'); end if;
  if p.kind = 'share' or (p_step, v_state) not in (('delivered', 'made'), ('acknowledged', 'delivered')) then
    perform api._refuse('order', 'A package is made, then delivered, then acknowledged.'); end if;
  insert into reg.package_step(id, package, step, why, recorded_by, event, digest) values (reg.new_id(), p.id, p_step, trim(p_why), v_by, v_event, '');
  perform api._close_event(v_event, 'package_' || p_step, p.id, trim(p_why));
end $$;
comment on function api.package_step(uuid, text, text) is 'It stands recorded that a package was delivered, or that its recipient acknowledged it, with how and by whom.';

create function api.packages(p_kind text default null) returns table(id uuid, kind text, recipient text, partner jsonb, purpose text, legal_basis text, risk jsonb, level int,
  fields text[], expires_on date, expired bool, state text, asked_by text, asked_at timestamptz, mine bool, settled_by text, settled_why text, made_at timestamptz, copy text,
  disclosure uuid, manifest text, records bigint, notices bigint, steps jsonb, key text, codes text[], account text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('investigator', 'protection_officer', 'data_steward', 'releaser', 'auditor');
  return query select p.id, p.kind, p.recipient, x.names, p.purpose, p.legal_basis, p.risk, p.level::int, p.fields, p.expires_on, coalesce(p.expires_on < reg.today(), false),
      api._package_state(p.id), a.display, p.recorded_at, p.recorded_by = api._actor(), b.display, s.why, m.recorded_at, m.copy, m.disclosure, encode(m.manifest, 'hex'),
      (select count(*) from (select d.subject from reg.disclosure_subject d where d.disclosure = m.disclosure union all select d.subject from reg.package_subject d where d.package = p.id
          and m.disclosure is null) d join reg.subject o on o.id = d.subject and o.tier <= api.level() and o.scope = any (api.scopes())),
      (select count(*) from reg.notice n where n.package = p.id and not exists (select 1 from reg.notice_step t where t.notice = n.id and t.step = 'acknowledged')),
      (select coalesce(jsonb_agg(jsonb_build_object('step', t.step, 'why', t.why, 'by', c.display, 'at', to_char(t.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'))
          order by t.recorded_at, t.id), '[]') from reg.package_step t join reg.account c on c.id = t.recorded_by where t.package = p.id), p.key,
      array(select distinct o.code from reg.package_subject d join reg.subject o on o.id = api._heir(d.subject) and o.tier <= api.level() and o.scope = any (api.scopes())
        where d.package = p.id and api.roles() && array['investigator', 'protection_officer', 'data_steward', 'releaser'] order by 1), h.display
    from reg.package p join reg.account a on a.id = p.recorded_by left join reg.partner x on x.id = p.partner left join reg.account h on h.id = p.account
    left join lateral (select * from reg.package_step t where t.package = p.id and t.step in ('agreed', 'refused')) s on true left join reg.account b on b.id = s.recorded_by
    left join lateral (select * from reg.package_step t where t.package = p.id and t.step = 'made') m on true
    where p.tier <= api.level() and p.scope = any (api.scopes()) and p.recorded_by = any (api._whose('releaser', 'auditor')) and (p_kind is null or p.kind = p_kind)
    order by p.recorded_at desc, p.id;
end $$;
comment on function api.packages(text) is
  'Hand-overs and packages, the newest first: one''s own, all of them for releasers and auditors; which sites and to whose key (no codes for auditors), who asked, who agreed or '
  'refused and why, whose copy it is, and how many notices wait to be acknowledged.';
reset role;
