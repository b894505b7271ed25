-- Which owners of functions may name what: needed before the functions are written.
grant usage on schema reg, vocab to sr_policed, sr_reader, sr_writer, sr_ident, sr_vault;
grant usage on schema vault to sr_vault, sr_writer;
grant select on vault.sheet to sr_writer;  -- the chain counts its digests; what is in it nobody here opens
grant usage on schema api to sr_owner, sr_policed, sr_reader, sr_writer, sr_ident, sr_vault, sr_web, sr_sql, sr_keeper;
grant select (event, digest) on vault.referral_step, vault.partner_account to sr_writer;  -- the same, and no other column
