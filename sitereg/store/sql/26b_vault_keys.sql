-- Keys of source handlers, and the opening of the vault: who may, how often, and that it stands in the log.
set role sr_vault;

create function api._own_key(p_lock bool default false) returns vault.recipient set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v vault.recipient; v_by uuid := api._need('source_handler');
begin
  if api.how() = 'token' then raise exception 'The vault is opened by a person, not by a token' using errcode = 'SR403'; end if;
  if p_lock then select * into v from vault.recipient r where r.account = v_by and r.ended_at is null for update;
  else select * into v from vault.recipient r where r.account = v_by and r.ended_at is null; end if;
  return v;
end $$;

create function api._end_key(p_recipient uuid, p_by uuid, p_why text) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  update vault.recipient set ended_at = clock_timestamp(), ended_by = p_by, ended_why = p_why where id = p_recipient and ended_at is null;
  delete from vault.subject_lock l where l.recipient = p_recipient;
end $$;

-- Called wherever an account loses its clearance, its role or its life: what was locked to its key is locked to it no more.
create function api._end_key_of(p_account uuid, p_why text) returns void security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid;
begin
  select r.id into v from vault.recipient r where r.account = p_account and r.ended_at is null
    and not exists (select 1 from api._live_recipients() l where l.id = r.id);
  if v is not null then perform api._end_key(v, api.account(), p_why); end if;
end $$;

create function api.vault_new_key(p_public text, p_secret bytea, p_lost bool default false) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v vault.recipient := api._own_key(true); v_by uuid := api.account(); v_id uuid := reg.new_id();
begin
  if v.id is not null and not coalesce(p_lost, false) then
    perform api._refuse('one_key', 'You have a key. Change its passphrase, or say that it is lost: then a colleague shares the vault with a new one.'); end if;
  if v.id is not null then perform api._end_key(v.id, v_by, 'lost'); end if;
  insert into vault.recipient(id, account, public, secret) values (v_id, v_by, p_public, api._need_sealed(p_secret));
  perform api._close_event(reg.new_id(), 'vault_new_key', v_by, case when v.id is null then '' else 'the former one is lost' end);
  return v_id;
end $$;
comment on function api.vault_new_key(text, bytea, bool) is
  'The source handler has this key, its secret half locked by a passphrase that nobody else knows; of a lost one every lock is gone.';

create function api.vault_passphrase(p_secret bytea) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v vault.recipient := api._own_key(true);
begin
  if v.id is null then perform api._missing(); end if;
  update vault.recipient set secret = api._need_sealed(p_secret), tries = 0, tried_at = null where id = v.id;
  perform api._close_event(reg.new_id(), 'vault_passphrase', v.account, '');
end $$;
comment on function api.vault_passphrase(bytea) is 'One''s own key is locked by another passphrase from now on.';

-- Counted before it is tried: five within a quarter of an hour, then a quarter of an hour's rest.
create function api.vault_try() returns table(recipient uuid, public text, secret bytea)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v vault.recipient := api._own_key(true);
begin
  if v.id is null then perform api._refuse('no_key', 'You have no key of the vault yet: make one, then a colleague shares the vault with it.'); end if;
  if v.tries >= 5 and v.tried_at > clock_timestamp() - interval '15 minutes' then
    perform api._refuse('tries', 'Five passphrases were wrong: wait a quarter of an hour, then try again.'); end if;
  update vault.recipient r set tried_at = clock_timestamp(), tries = case when v.tried_at > clock_timestamp() - interval '15 minutes' then v.tries + 1 else 1 end
   where r.id = v.id;
  return query select v.id, v.public, v.secret;
end $$;
comment on function api.vault_try() is 'One''s own key, still locked, to be tried with a passphrase; each try counts until one was right.';

create function api.vault_tried(p_right bool) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v vault.recipient := api._own_key();
begin
  if p_right then update vault.recipient set tries = 0, tried_at = null where id = v.id;
  else perform api.log_read('vault_refused', null, '{}'); end if;
end $$;
comment on function api.vault_tried(bool) is 'The passphrase was right, and nothing counts against it any more; or it was not, and the log says so.';

-- The claims that became this one by correction or a new grade, itself among them.
create function api._before(p_claim uuid) returns setof uuid stable set search_path = pg_catalog, public, pg_temp language sql as $$
  with recursive back as (select p_claim as id union select e.claim from back join reg.claim_end e on e.superseded_by = back.id) select id from back $$;

-- The box that is meant and its sheets: those of a claim, or those of a source (or of that of a report) or inquiry as a whole.
create function api._meant(p_kind text, p_id uuid, out subject uuid, out erased bool, out sheets uuid[]) stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  if p_kind = 'claim' then
    select c.source into subject from reg.claim c join reg.subject s on s.id = c.subject and s.tier <= api.level() and s.scope = any (api.scopes())
     where c.id = p_id and c.tier <= api.level() and c.scope = any (api.scopes());
  elsif p_kind = 'report' then
    select r.source into subject from reg.report r where r.id = p_id and r.tier <= api.level() and r.scope = any (api.scopes());
  elsif p_kind in ('source', 'inquiry', 'referral') then subject := p_id; end if;
  if subject is null then perform api._missing(); end if;
  select * into v from api._seen_box(subject);
  if v.kind <> (case when p_kind in ('inquiry', 'referral') then p_kind else 'source' end) then perform api._missing(); end if;
  erased := coalesce(v.erased, false);
  sheets := array(select s.id from vault.sheet s where s.subject = _meant.subject
    and case when p_kind = 'claim' then s.object in (select api._before(p_id)) else s.object is null end);
end $$;

create function api.vault_holds(p_kind text, p_id uuid) returns table(sheets int, erased bool)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._own_key();
  return query select cardinality(m.sheets), m.erased from api._meant(p_kind, p_id) m;
end $$;
comment on function api.vault_holds(text, uuid) is 'How many sheets the vault holds of a source, report, claim or inquiry, for source handlers; not what is in them.';

create function api.vault_open(p_kind text, p_id uuid) returns table(sheet uuid, kind text, cipher bytea, wrapped bytea, recorded date, by text)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_key vault.recipient := api._own_key(); v record;
begin
  select * into v from api._meant(p_kind, p_id);
  perform api.log_read('vault_open', p_id, jsonb_build_object('kind', p_kind));  -- never the source: an auditor reads this log
  if v.erased then perform api._refuse('erased', 'What the vault held of them was erased on request: nobody opens it again.'); end if;
  return query select s.id, s.kind, s.cipher, l.wrapped, (s.recorded_at at time zone 'Asia/Damascus')::date, a.display
    from vault.sheet s join reg.account a on a.id = s.recorded_by left join vault.subject_lock l on l.subject = s.subject and l.recipient = v_key.id
    where s.id = any (v.sheets) order by s.recorded_at, s.id;
end $$;
comment on function api.vault_open(text, uuid) is
  'What the vault holds of a source, of that of a report, of a claim or of an inquiry, still sealed, with the lock of the caller''s key (null: nobody shared it '
  'with him yet); for source handlers, and the opening stands in the log with the answer.';

create function api.vault_unshared(p_limit int default 1000) returns table(subject uuid, wrapped bytea, recipient uuid, public text, account text)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_key vault.recipient := api._own_key();
begin
  return query select m.subject, m.wrapped, r.id, r.public, a.name from vault.subject_lock m cross join api._live_recipients() r left join reg.account a on a.id = r.account
    where m.recipient = v_key.id and not exists (select 1 from vault.subject_lock l where l.subject = m.subject and l.recipient = r.id)
    order by m.subject, r.id limit least(greatest(coalesce(p_limit, 1000), 0), 10000);
end $$;
comment on function api.vault_unshared(int) is 'What one''s own key opens and a colleague''s (or the recovery key) does not yet: each with both locks'' keys.';

create function api.vault_share(p_locks jsonb) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v vault.recipient := api._own_key(); v_n int;
begin
  with made as (
    insert into vault.subject_lock(subject, recipient, wrapped)
    select b.subject, r.id, api._need_sealed(api._bytes(l.value->>'wrapped')) from jsonb_array_elements(p_locks) l
    join vault.box b on b.subject = api._uuid(l.value->>'subject') and b.erased_at is null
    join api._live_recipients() r on r.id = api._uuid(l.value->>'recipient') or r.public = l.value->>'public'
    on conflict do nothing returning 1) select count(*) into v_n from made;
  if v_n > 0 then perform api._close_event(reg.new_id(), 'vault_share', api.account(), v_n || ' locks'); end if;
  return v_n;
end $$;
comment on function api.vault_share(jsonb) is 'Boxes are locked to further living keys, wrapped by whoever opened them: [{subject, recipient or public, wrapped}]; how many now.';

create function api.vault_end_key(p_account text, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v vault.recipient; v_by uuid := api._need('source_handler', 'admin');
begin
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  select r.* into v from vault.recipient r join reg.account a on a.id = r.account where a.name = p_account and r.ended_at is null for update of r;
  if not found then perform api._missing(); end if;
  perform api._end_key(v.id, v_by, trim(p_why));
  perform api._close_event(reg.new_id(), 'vault_end_key', v.account, trim(p_why));
end $$;
comment on function api.vault_end_key(text, text) is 'The key of that account opens nothing here any more: each of its locks is gone. What he copied is copied.';

create function api.vault_state() returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_me uuid := api._need('source_handler', 'admin', 'auditor');
begin
  return jsonb_build_object(
    'sealed', (select count(*) from vault.box b where b.erased_at is null),
    'unopened', (select count(*) from vault.box b where b.erased_at is null and not exists (
      select 1 from vault.subject_lock l join api._live_recipients() r on r.id = l.recipient and r.account is not null where l.subject = b.subject)),
    'erased', (select count(*) from vault.box b where b.erased_at is not null),
    'recovery', (select r.public from vault.recipient r where r.account is null and r.ended_at is null),
    'keys', (select coalesce(jsonb_agg(jsonb_build_object('account', a.name, 'display', a.display, 'public', r.public, 'mine', a.id = v_me, 'made', to_char(r.made_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'),
        'live', exists (select 1 from api._live_recipients() l where l.id = r.id), 'opens', (select count(*) from vault.subject_lock l where l.recipient = r.id),
        'lacks', (select count(*) from vault.box b where b.erased_at is null and not exists (select 1 from vault.subject_lock l where l.subject = b.subject and l.recipient = r.id))) order by a.name), '[]')
      from vault.recipient r join reg.account a on a.id = r.account where r.ended_at is null),
    'without_key', (select coalesce(jsonb_agg(jsonb_build_object('account', a.name, 'display', a.display, 'mine', a.id = v_me) order by a.name), '[]') from reg.account a
      join reg.clearance c on c.account = a.id and c.ended_at is null and c.expires_at > clock_timestamp() and 'source_handler' = any (c.roles)
      where a.state = 'active' and not exists (select 1 from vault.recipient r where r.account = a.id and r.ended_at is null)));
end $$;
comment on function api.vault_state() is
  'For handlers, admins and auditors: how much is sealed, how much of it no handler opens yet, whose keys there are, what each opens and lacks, and who has none.';

create function api.vault_erase(p_inquiry uuid, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  perform api._need('source_handler');
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  select * into v from api._seen_box(p_inquiry);
  if v.kind <> 'inquiry' or v.public is null or v.erased then perform api._missing(); end if;
  perform api._erase_box(p_inquiry);
  perform api._close_event(reg.new_id(), 'vault_erase', p_inquiry, trim(p_why));
end $$;
comment on function api.vault_erase(uuid, text) is
  'How to reach whoever asked an inquiry can be opened by nobody any more. Of sources the deletion review does it (review_deletion).';
reset role;
