-- Personal words: sealed under a key of their subject; whoever deletes the key has erased them, and every hash still holds.
set role sr_vault;
create function api._sealed(p_subject uuid, p_field text, p_words text, p_tier int, p_scope int, p_event uuid) returns uuid
security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_key bytea; v_id uuid := reg.new_id();
begin
  insert into vault.subject_key(subject, key) values (p_subject, gen_random_bytes(32)) on conflict do nothing;
  select k.key into v_key from vault.subject_key k where k.subject = p_subject;
  if v_key is null then
    perform api._refuse('erased', 'What is known of this person was erased on request; nothing personal is added again.');
  end if;
  insert into reg.sealed(id, subject, field, cipher, tier, scope, event, digest) values (v_id, p_subject, p_field,
    pgp_sym_encrypt(p_words, encode(v_key, 'hex'), 'cipher-algo=aes256, s2k-mode=1, compress-algo=0'), p_tier, p_scope, p_event, '');
  return v_id;
end $$;

create function api._unsealed(p_id uuid) returns text stable security definer
set search_path = pg_catalog, public, pg_temp language sql as $$
  select pgp_sym_decrypt(s.cipher, encode(k.key, 'hex')) from reg.sealed s
  join vault.subject_key k on k.subject = s.subject and k.key is not null where s.id = p_id $$;

create function api._erase(p_subject uuid) returns bool security definer
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  update vault.subject_key set key = null, erased_at = clock_timestamp() where subject = p_subject and key is not null;
  if not found then return false; end if;
  perform api._forget_names(p_subject);
  return true;
end $$;
reset role;
