-- The vault. A box for each source or inquiry, with an age key of its own; its secret is locked to each source handler's key and to the
-- recovery key; words reach the database sealed. Whoever deletes the locks has erased them, and every digest still holds. Nothing here
-- opens anything: that is done with a passphrase, outside (sitereg.vault).
set role sr_vault;

-- Whose keys everything is locked to now: the recovery key (account null), and those of living accounts that are source handlers.
create function api._live_recipients() returns setof vault.recipient stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select r.* from vault.recipient r where r.ended_at is null and (r.account is null or exists (
    select 1 from reg.account a join reg.clearance c on c.account = a.id and c.ended_at is null and c.expires_at > clock_timestamp()
    where a.id = r.account and a.state <> 'closed' and 'source_handler' = any (c.roles))) $$;

create function api.vault_recipients() returns table(recipient uuid, public text, recovery bool)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  return query select r.id, r.public, r.account is null from api._live_recipients() r order by r.account nulls first;
end $$;
comment on function api.vault_recipients() is 'The public keys to which what comes into the vault is locked.';

create function api._bytes(p_base64 text) returns bytea immutable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return decode(p_base64, 'base64');
exception when invalid_parameter_value then
  perform api._bad('bad_value', 'vault', '', 'What goes into the vault is sealed first');
end $$;

create function api._need_sealed(p bytea) returns bytea immutable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if coalesce(substr(p, 1, 21) <> 'age-encryption.org/v1'::bytea, true) then
    perform api._bad('bad_value', 'vault', '', 'What goes into the vault is sealed first'); end if;
  return p;
end $$;

-- The box of a subject stands: p {public, locks: [{recipient, wrapped}]}; the recovery key has its lock, whatever else.
create function api._open_box(p_subject uuid, p_kind text, p jsonb) returns void security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into vault.box(subject, kind, public) values (p_subject, p_kind, p->>'public');
  insert into vault.subject_lock(subject, recipient, wrapped)
  select p_subject, r.id, api._need_sealed(api._bytes(l.value->>'wrapped')) from jsonb_array_elements(p->'locks') l
  join api._live_recipients() r on r.id = api._uuid(l.value->>'recipient');
  if not exists (select 1 from vault.subject_lock l join vault.recipient r on r.id = l.recipient and r.account is null and r.ended_at is null where l.subject = p_subject) then
    perform api._refuse('recovery_key', 'The vault takes in what the recovery key opens: run `sitereg upgrade`, then send it again.'); end if;
  perform api._keep_tokens(p_subject, array(select jsonb_array_elements_text(coalesce(p->'tokens', '[]'))));
end $$;

-- Sealed sheets lie in a box: p_sheets [{kind, object, cipher}].
create function api._keep_sheets(p_subject uuid, p_sheets jsonb, p_by uuid, p_event uuid) returns void security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if (select b.erased_at is not null from vault.box b where b.subject = p_subject for share) then
    perform api._refuse('erased', 'What the vault held of them was erased on request; nothing is added again.'); end if;
  insert into vault.sheet(id, subject, kind, object, cipher, recorded_by, event, digest)
  select reg.new_id(), p_subject, s.value->>'kind', api._uuid(s.value->>'object'), api._need_sealed(api._bytes(s.value->>'cipher')), p_by, p_event, ''
  from jsonb_array_elements(p_sheets) s;
end $$;

-- What lies in a box can be opened by nobody any more: answers whether there was one.
create function api._erase_box(p_subject uuid) returns bool security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  update vault.box set erased_at = clock_timestamp() where subject = p_subject and erased_at is null;
  if not found then return false; end if;
  delete from vault.subject_lock l where l.subject = p_subject;
  delete from vault.contact_token t where t.subject = p_subject;
  return exists (select 1 from vault.sheet s where s.subject = p_subject);
end $$;

-- The box of that subject, for whoever sees the source, inquiry or referral that it belongs to; null where there is none yet.
create function api._seen_box(p_subject uuid, out kind text, out public text, out erased bool) stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  select case when s.id is not null then 'source' when i.id is not null then 'inquiry' end into kind from (select p_subject as id) x
  left join reg.source s on s.id = x.id and s.tier <= api.level() and s.scope = any (api.scopes())
  left join reg.inquiry i on i.id = x.id and i.tier <= api.level() and i.scope = any (api.scopes());
  if kind is null and 'source_handler' = any (api.roles()) and exists (select 1 from api._seen_referrals() r where r.id = p_subject) then kind := 'referral'; end if;
  if kind is null then perform api._missing(); end if;
  select b.public, b.erased_at is not null into public, erased from vault.box b where b.subject = p_subject;
end $$;

create function api.vault_box(p_subject uuid, p_box jsonb default null) returns text
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  perform api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  perform pg_advisory_xact_lock(hashtextextended('box:' || p_subject, 0));
  select * into v from api._seen_box(p_subject);
  if v.public is not null then return v.public; end if;
  if p_box is null then return null; end if;
  perform api._open_box(p_subject, v.kind, p_box);
  return p_box->>'public';
end $$;
comment on function api.vault_box(uuid, jsonb) is
  'The public key to which words of this source or inquiry are sealed; a box that is given stands if there was none. Null where there is none and none was given.';

create function api.vault_keep(p_subject uuid, p_kind text, p_cipher text, p_tokens text[] default '{}') returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v record;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  select * into v from api._seen_box(p_subject);
  if v.public is null or coalesce(p_kind, '') not in ('contact', 'words') or p_kind = 'words' and v.kind <> 'source' or v.kind = 'referral' then perform api._missing(); end if;
  perform api._keep_sheets(p_subject, jsonb_build_array(jsonb_build_object('kind', p_kind, 'cipher', p_cipher)), v_by, v_event);
  perform api._keep_tokens(p_subject, p_tokens);
  perform api._close_event(v_event, 'vault_keep', p_subject, '');
  return v_event;
end $$;
comment on function api.vault_keep(uuid, text, text, text[]) is
  'How to reach a source, or whoever asked an inquiry (contact), or what an insider said in his words (words), lies in the vault, sealed before it came here.';

-- Insiders among those who speak: by the id of a source, or of a report whose source speaks.
create function api.vault_insiders(p_ids uuid[]) returns table(id uuid, source uuid, public text)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  return query select i.id, s.id, b.public from unnest(p_ids) i(id)
    left join reg.report r on r.id = i.id and r.tier <= api.level() and r.scope = any (api.scopes())
    join reg.source s on s.id = coalesce(r.source, i.id) and s.type = 'testimony_insider' and s.tier <= api.level() and s.scope = any (api.scopes())
    left join vault.box b on b.subject = s.id;
end $$;
comment on function api.vault_insiders(uuid[]) is
  'Which of these sources (or sources of reports) are insiders, whose words and exact days go to the vault, and the key to seal them to.';

create function api.vault_insider_of(p_claim uuid) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  return (select s.id from reg.claim c join reg.source s on s.id = c.source and s.type = 'testimony_insider'
    where c.id = p_claim and api._claim_tier(c.id, c.subject, c.tier) <= api.level() and c.scope = any (api.scopes()));
end $$;
comment on function api.vault_insider_of(uuid) is 'The source of a claim, if it is an insider.';
reset role;
