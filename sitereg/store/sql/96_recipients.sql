-- Packages for one recipient: his sites as his gates show them, his fields, sealed to his key, to a day; and notices to who holds what changed.
set role sr_writer;

create function api._package_fields() returns text[] immutable parallel safe language sql as $$
  select '{names,kinds,verification,protection,remains_state,period,place}'::text[] $$;

-- Asked for: these sites, each by a gate that shows it to this recipient today, these fields, to a day within a year.
create function api._begin_gated(p reg.package, p_risk jsonb, p_codes text[], p_fields text[]) returns reg.package
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_code text; s reg.subject; g reg.gate; v_held uuid[] := '{}'; v_gates uuid[] := '{}';
begin
  if p.expires_on is null or p.expires_on <= reg.today() or p.expires_on > reg.today() + 366 then
    perform api._bad('bad_date', 'expires_on', p.expires_on::text, 'Say until when: a day within a year'); end if;
  if coalesce(cardinality(p_fields), 0) = 0 or not p_fields <@ api._package_fields() then perform api._bad('unknown_field', 'fields', array_to_string(p_fields, ', '), 'Say which fields'); end if;
  if coalesce(cardinality(p_codes), 0) = 0 then perform api._bad('missing_required', 'codes', '', 'Say which sites'); end if;
  for v_code in select distinct api._as_code(left(u, 40)) from unnest(p_codes) u order by 1 loop
    select * into s from reg.subject x where x.code = v_code and x.kind = 'site';
    s := api._seen_subject(api._heir(s.id));
    select * into g from reg.gate x where api._heir(x.subject) = s.id and lower(x.recipient) = lower(trim(p.recipient)) and api._gate_now(x) <> 'nothing'
      order by x.recorded_at desc, x.id desc limit 1;
    if not found then perform api._refuse('gate', 'Nobody decided that this recipient is shown all of these sites: the gate comes first.'); end if;
    if not s.id = any (v_held) then v_held := v_held || s.id; v_gates := v_gates || g.id; end if;
  end loop;
  p.fields := array(select f from unnest(api._package_fields()) f where f = any (p_fields));
  p := api._begin_package(p, p_risk);
  insert into reg.package_subject(package, subject, gate, event, digest) select p.id, u, v_gates[n], p.event, '' from unnest(v_held) with ordinality x(u, n);
  return p;
end $$;

create function api.package_begin(p_recipient text, p_purpose text, p_risk jsonb, p_codes text[], p_fields text[], p_key text, p_expires_on date,
  p_legal_basis text default null, p_partner uuid default null) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare p reg.package;
begin
  perform api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  if coalesce(p_key, '') !~ '^age1[0-9a-z]{58}$' then perform api._bad('bad_value', 'key', left(p_key, 80), 'This is no public age key: age1 and 58 letters and digits'); end if;
  p.kind := 'package'; p.recipient := p_recipient; p.purpose := p_purpose; p.legal_basis := p_legal_basis; p.partner := p_partner; p.event := reg.new_id();
  p.key := p_key; p.expires_on := p_expires_on;
  p := api._begin_gated(p, p_risk, p_codes, p_fields);
  perform api._close_event(p.event, 'package_begin', p.id, p.purpose);
  return p.id;
end $$;
comment on function api.package_begin(text, text, jsonb, text[], text[], text, date, text, uuid) is
  'A package for one recipient waits for a releaser: these sites, each by a decision of the gate for him, these fields, sealed to his age key, until a day.';

-- The sites of a package that its gates still show, with how exactly.
create function api._packed(p reg.package) returns table(subject uuid, now text) stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select x.subject, api._gate_now(g) from reg.package_subject x join reg.gate g on g.id = x.gate join reg.subject s on s.id = x.subject
    and s.tier <= (p).level and s.scope = 0 and s.merged_into is null
  where x.package = (p).id and api._gate_now(g) <> 'nothing' $$;

-- What a row of a face shows of a place, made no finer than metres; nothing but the governorate where a unit would be finer.
create function api._packed_place(r reg.site, p_precision text) returns table(shown geometry, shown_as text, uncertainty_m float8, adm1 text) stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_metres int := (select (v.attrs->>'metres')::int from vocab.gate_precision v where v.code = p_precision); v record;
begin
  if (r).shown is null or p_precision = 'governorate' or (r).shown_as = 'admin_unit' and (r).uncertainty_m < v_metres then
    return query select null::geometry, case when (r).adm1 is null then 'none' else 'admin_unit' end, null::float8, (r).adm1; return; end if;
  if v_metres = 0 or (r).shown_as in ('admin_unit', 'cell_10km') or (r).shown_as = 'cell_1km' and v_metres = 1000 then
    return query select (r).shown, (r).shown_as, (r).uncertainty_m, (r).adm1; return; end if;
  select * into v from api._shown((r).shown, (r).uncertainty_m, null, null, v_metres);
  return query select v.shown, v.shown_as, v.uncertainty_m, (r).adm1;
end $$;

-- The sites of a package or share as rows, each as its gate shows it today, with its fields; of sources that agree to that use.
create function api._packed_rows(p reg.package) returns setof jsonb stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_sources uuid[] := array(select s.id from reg.source s
  where api._shareable(s.id, null, case when (p).kind = 'share' or (p).partner is not null then '{partners}'::text[] else '{partners,authorities}' end));
begin
  return query
  select jsonb_build_object('code', r.code)
      || case when 'names' = any ((p).fields) and x.now in ('cell_1km', 'exact') then jsonb_build_object('name_en', case when api._rests(r.why, 'name:en', v_sources) then r.names->>'en' end,
        'name_ar', case when api._rests(r.why, 'name:ar', v_sources) then r.names->>'ar' end) else '{}' end
      || case when 'kinds' = any ((p).fields) then jsonb_build_object('kinds', (select string_agg(k.kind, ',' order by k.kind) from reg.site_kind k
        where k.site = r.id and k.face = r.face and k.scope = 0 and api._rests(r.why, 'kind:' || k.kind, v_sources))) else '{}' end
      || case when 'verification' = any ((p).fields) then jsonb_build_object('verification', r.verification) else '{}' end
      || case when 'protection' = any ((p).fields) then jsonb_build_object('protection', r.protection) else '{}' end
      || case when 'remains_state' = any ((p).fields) then jsonb_build_object('remains_state', case when api._rests(r.why, 'remains_state', v_sources) then r.remains_state end) else '{}' end
      || case when 'period' = any ((p).fields) then jsonb_build_object('began', case when api._rests(r.why, 'period', v_sources) then api._first_day(r.active_began) end,
        'ended', case when api._rests(r.why, 'period', v_sources) then api._final_day(r.active_ended) end) else '{}' end
      || case when 'place' = any ((p).fields) and api._rests(r.why, 'place', v_sources) then (select jsonb_build_object('geometry', api._geojson(q.shown), 'shown_as', q.shown_as,
        'uncertainty_m', q.uncertainty_m, 'adm1', q.adm1) from api._packed_place(r, x.now) q) else '{}' end
    from api._packed(p) x join reg.site r on r.id = x.subject and r.face = (p).level order by r.code;
end $$;

create function api._rows_digest(p reg.package) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select encode(sha256(convert_to(coalesce(string_agg(r::text, E'\n' order by r->>'code'), ''), 'UTF8')), 'hex') from api._packed_rows(p) r $$;

create function api.package_rows(p_package uuid) returns setof jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare p reg.package; v jsonb[];
begin
  perform api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  p := api._makable(p_package);
  if p.kind <> 'package' then perform api._missing(); end if;
  perform api.log_read('package', p.id);
  v := array(select r from api._packed_rows(p) r);
  perform api._as_read(p.id, encode(sha256(convert_to(array_to_string(array(select r::text from unnest(v) r order by r->>'code'), E'\n'), 'UTF8')), 'hex'), true);
  return query select r from unnest(v) r order by r->>'code';
end $$;
comment on function api.package_rows(uuid) is
  'The sites of a package that was agreed, each as its gate shows it today and only with the fields that were asked for, for one of the two persons; logged.';

create function api.package_made(p_package uuid, p_manifest bytea, p_copy text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare p reg.package; v uuid[];
begin
  perform api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  p := api._makable(p_package);
  if p.kind <> 'package' then perform api._missing(); end if;
  perform api._no_recalls();
  perform api._as_read(p.id, api._rows_digest(p), false);
  v := array(select x.subject from api._packed(p) x);
  if v = '{}' then perform api._refuse('rows', 'No site of it may be shown any more.'); end if;
  return api._made_package(p, p_manifest, p_copy, v, 'package', 'as the gate decided for each');
end $$;
comment on function api.package_made(uuid, bytea, text) is 'The package is made, once: its disclosure names every site in it, both persons and the hash of its manifest.';

create function api.package_key(p_package uuid) returns text stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  return (select p.key from api._package(p_package) p);
end $$;
comment on function api.package_key(uuid) is 'The public age key to which a package is sealed.';

create function api.package_copies(p_codes text[]) returns table(package uuid, recipient text, copy text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('releaser', 'auditor');
  return query select p.id, p.recipient, m.copy from reg.package p join reg.package_step m on m.package = p.id and m.step = 'made'
    where p.tier <= api.level() and p.kind = 'package' and not exists (select 1 from unnest(p_codes) u where not exists (
      select 1 from reg.package_subject x join reg.subject s on s.id = x.subject where x.package = p.id and s.code = u)) order by p.recorded_at, p.id;
end $$;
comment on function api.package_copies(text[]) is 'The copies that hold all of these codes: of whose a file that turned up may be.';

create function api.notices(p_open bool default true) returns table(id uuid, package uuid, recipient text, what text, codes text[], opened_on date, copy text, delivered text,
  acknowledged text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('investigator', 'protection_officer', 'data_steward', 'releaser', 'auditor');
  return query select n.id, p.id, p.recipient, n.what, array(select s.code from reg.subject s where s.id = any (n.subjects) and s.tier <= api.level()
      and s.scope = any (api.scopes()) and 'auditor' <> all (api.roles()) order by s.code), n.opened_on, m.copy, d.how, a.how
    from reg.notice n join reg.package p on p.id = n.package join reg.package_step m on m.package = p.id and m.step = 'made'
    left join lateral (select t.how from reg.notice_step t where t.notice = n.id and t.step = 'delivered' order by t.recorded_at desc limit 1) d on true
    left join lateral (select t.how from reg.notice_step t where t.notice = n.id and t.step = 'acknowledged' order by t.recorded_at desc limit 1) a on true
    where p.tier <= api.level() and p.scope = any (api.scopes()) and p.recorded_by = any (api._whose('releaser', 'auditor'))
      and (not coalesce(p_open, false) or a.how is null) order by n.opened_on desc, n.id;
end $$;
comment on function api.notices(bool) is
  'Notices to those who hold what was retracted, corrected or is shown less: of packages of one''s own, of all for releasers and auditors; open: not acknowledged yet.';

create function api.notice_step(p_notice uuid, p_step text, p_how text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v_package uuid; v_last text;
begin
  v_by := api._need('investigator', 'protection_officer', 'data_steward', 'releaser');
  select n.package into v_package from reg.notice n where n.id = p_notice for update;
  if not found then perform api._missing(); end if;
  perform api._package(v_package);
  if coalesce(p_step, '') not in ('delivered', 'acknowledged') then perform api._bad('unknown_code', 'step', p_step, 'A notice is delivered or acknowledged'); end if;
  if coalesce(trim(p_how), '') = '' then perform api._bad('missing_required', 'how', '', 'Say how, and by whom'); end if;
  select t.step into v_last from reg.notice_step t where t.notice = p_notice order by t.recorded_at desc limit 1;
  if v_last = 'acknowledged' or p_step = 'acknowledged' and v_last is null then perform api._refuse('order', 'A notice is delivered, then acknowledged.'); end if;
  insert into reg.notice_step(id, notice, step, how, recorded_by, event, digest) values (reg.new_id(), p_notice, p_step, trim(p_how), v_by, v_event, '');
  perform api._close_event(v_event, 'notice_' || p_step, v_package, trim(p_how));
end $$;
comment on function api.notice_step(uuid, text, text) is 'It stands recorded that a notice was delivered to the recipient, or that he acknowledged it, with how and by whom.';
reset role;
