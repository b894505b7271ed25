-- What comes in: documents with their custody, batches of a partner's rows, and the ending of a whole batch.
-- A batch is one transaction and one event, whose id is the batch's own: open, record_claims (p_batch), add_rows, close.
set role sr_writer;

create function api._partner_named(p_names jsonb) returns uuid set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v uuid;
begin
  select p.id into v from reg.partner p where p.names = p_names order by p.created_at limit 1;
  if v is null then
    insert into reg.partner(id, names) values (reg.new_id(), p_names) returning id into v;
  end if;
  return v;
end $$;

-- One step at a time: two who open a document in the same moment have one number after the other.
create function api._custody(p_document uuid, p_kind text, p_note text, p_by uuid, p_event uuid) returns void
set search_path = pg_catalog, public, pg_temp language sql as $$
  select pg_advisory_xact_lock(hashtextextended('custody:' || p_document, 0));
  insert into reg.custody_event(id, document, n, kind, note, recorded_by, event, digest)
  select reg.new_id(), p_document, coalesce(max(c.n), 0) + 1, p_kind, p_note, p_by, p_event, ''
  from reg.custody_event c where c.document = p_document $$;

-- The document of these bytes: the one that the caller may see, taken again, or a new one; two steps of custody either way.
create function api._keep_document(p_file jsonb, p_told jsonb, p_tier int, p_scope int, p_by uuid, p_event uuid) returns uuid
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid; v_sha bytea; v_from uuid := (p_file->>'derived_from')::uuid; v_role text := coalesce(p_file->>'role', 'evidentiary');
begin
  if coalesce(p_file->>'sha256', '') !~ '^[0-9a-f]{64}$' then
    perform api._bad('bad_value', 'sha256', p_file->>'sha256', 'A SHA-256 is 64 hexadecimal digits'); end if;
  if not exists (select 1 from vocab.document_role r where r.code = v_role) or (v_role = 'evidentiary') <> (v_from is null) then
    perform api._bad('unknown_code', 'role', v_role, 'An original derives from nothing; a working or redacted copy says from which document'); end if;
  v_sha := decode(p_file->>'sha256', 'hex');
  perform pg_advisory_xact_lock(hashtextextended('document:' || (p_file->>'sha256'), 0));
  if v_from is not null and not exists (select 1 from reg.document d where d.id = v_from and d.tier <= api.level() and d.scope = any (api.scopes())) then
    perform api._missing(); end if;
  select d.id into v from reg.document d where d.sha256 = v_sha and d.role = v_role and d.derived_from is not distinct from v_from
     and d.tier = p_tier and d.scope = p_scope order by d.recorded_at limit 1;
  if v is null then
    v := reg.new_id();
    insert into reg.document(id, sha256, size, media_type, original_name, role, how, derived_from, tier, scope, partner, agreement,
      terms, permitted_uses, consent, recorded_by, event, digest)
    values (v, v_sha, (p_file->>'size')::bigint, p_file->>'media_type', p_file->>'original_name', v_role, coalesce(p_file->>'how', 'file'),
      v_from, p_tier, p_scope, (p_told->>'partner_id')::uuid, (p_told->>'agreement')::uuid, p_told->>'terms',
      api._uses(p_told), p_told->>'consent', p_by, p_event, '');
  end if;
  perform api._custody(v, 'acquired', p_file->>'original_name', p_by, p_event);
  perform api._custody(v, 'hashed', p_file->>'sha256', p_by, p_event);
  if v_role = 'redacted' then perform api._looks_done(v_from, 'a redacted copy was kept', p_by); end if;
  if v_from is not null then perform api._custody(v_from, case v_role when 'redacted' then 'redacted' else 'copied' end, v::text, p_by, p_event); end if;
  return v;
end $$;

create function api.keep_document(p_file jsonb, p_terms jsonb default '{}', p_tier int default 1, p_compartments text[] default '{}')
returns uuid volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v uuid; v_told jsonb;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  if p_tier is null or p_tier < 1 or p_tier > api.level() then
    perform api._bad('bad_tier', 'tier', p_tier::text, 'A document has a tier from 1 up to your own'); end if;
  v_told := api._told_terms(p_terms);
  perform api._within(v_told, array['documents']);
  v := api._keep_document(p_file, v_told, p_tier, api._held_scope(p_compartments), v_by, v_event);
  perform api._close_event(v_event, 'keep_document', v, coalesce(p_file->>'how', 'file'));
  return v;
end $$;
comment on function api.keep_document(jsonb, jsonb, int, text[]) is
  'The document of these bytes stands in the registry with its custody: {sha256, size, media_type, original_name, how, role, derived_from}.';

-- The custody of a document as the caller may see it, numbered as he sees it: copies that he may not see were not made.
create function api._custody_of(p_document uuid) returns table(n bigint, kind text, note text, recorded_at timestamptz) stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select row_number() over (order by c.n), c.kind, c.note, c.recorded_at from reg.custody_event c
  where c.document = p_document and (c.kind not in ('copied', 'redacted') or exists (select 1 from reg.document d
    where d.id = api._uuid(c.note) and d.tier <= (select api.level()) and d.scope = any ((select api.scopes())::int[]))) $$;

create function api.documents_of(p_sha256 text) returns table(document uuid, size bigint, media_type text, original_name text, role text,
  how text, recorded_at timestamptz, custody jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select d.id, d.size, d.media_type, d.original_name, d.role, d.how, d.recorded_at,
    (select jsonb_agg(jsonb_build_object('n', c.n, 'kind', c.kind, 'note', c.note, 'at', c.recorded_at) order by c.n) from api._custody_of(d.id) c)
  from reg.document d where d.sha256 = decode(p_sha256, 'hex') and d.tier <= (select api.level()) and d.scope = any ((select api.scopes())::int[]) $$;
comment on function api.documents_of(text) is 'The visible documents of these bytes, each with its numbered chain of custody.';

create function api.keeper_kept_files(p_sha256 text[]) returns text[]
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select array(select distinct encode(d.sha256, 'hex') from reg.document d where d.sha256 = any (array(select decode(h, 'hex') from unnest(p_sha256) h where h ~ '^[0-9a-f]{64}$'))) $$;
comment on function api.keeper_kept_files(text[]) is 'Those of these hashes of files that a document has.';

-- The source of a profile: the one its earlier batches rest on, as long as it still says the same; sources of one origin share its root.
create function api._batch_source(p_profile text, p_source jsonb, p_told jsonb, p_tier int, p_scope int, p_by uuid, p_event uuid) returns uuid
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid; v_root uuid;
begin
  select s.id into v from reg.import_batch b join reg.source s on s.id = (b.totals->>'source')::uuid
   where b.profile = p_profile and s.type = p_source->>'type' and s.label = p_source->'label' and s.tier = p_tier and s.scope = p_scope
     and s.connection is not distinct from p_source->>'connection'
     and s.agreement is not distinct from (p_told->>'agreement')::uuid and s.legal_class is not distinct from p_told->>'legal_class' order by b.started_at desc limit 1;
  if v is not null then return v; end if;
  select s.origin_root into v_root from reg.import_batch b join reg.source s on s.id = (b.totals->>'source')::uuid
   where b.totals->>'origin' = p_source->>'origin' order by b.started_at limit 1;
  v := reg.new_id();
  insert into reg.source(id, type, connection, label, origin_root, tier, scope, partner, agreement, legal_class, terms, permitted_uses, consent, recorded_by, event, digest)
  values (v, p_source->>'type', p_source->>'connection', p_source->'label', coalesce(v_root, v), p_tier, p_scope, (p_told->>'partner_id')::uuid,
    (p_told->>'agreement')::uuid, p_told->>'legal_class', p_told->>'terms', api._uses(p_told), p_told->>'consent', p_by, p_event, '');
  insert into reg.source_grade(id, source, reliability, reason, recorded_by, event, digest)
  values (reg.new_id(), v, p_source->>'reliability', coalesce(p_source->>'reason', 'as the profile grades it'), p_by, p_event, '');
  return v;
end $$;

create function api._same_batch(p_sha256 text, p_profile text, p_version text) returns uuid stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select b.id from reg.import_batch b join reg.document d on d.id = b.document
  where d.sha256 = decode(p_sha256, 'hex') and b.profile = p_profile and b.profile_version = p_version and b.state = 'done'
    and b.tier <= (select api.level()) and b.scope = any ((select api.scopes())::int[])
  order by b.started_at desc limit 1 $$;

create function api.intake_state(p_sha256 text, p_profile text, p_version text) returns table(today date, batch uuid)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('data_steward');
  return query select reg.today(), api._same_batch(p_sha256, p_profile, p_version);
end $$;
comment on function api.intake_state(text, text, text) is
  'The registry''s day, and the batch by which the same bytes were imported already with this version of the profile, or null.';

create function api.open_batch(p_files jsonb, p_profile jsonb, p_source jsonb, p_terms jsonb, p_tier int default 1, p_compartments text[] default '{}')
returns table(batch uuid, source uuid, document uuid, already bool)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_batch uuid := reg.new_id(); v_by uuid; v_scope int; v_told jsonb; v_source uuid; v_main uuid; v_file jsonb; v_at bigint;
begin
  v_by := api._need('data_steward');
  v_told := api._told_terms(p_terms, p_source->>'type');
  if p_tier is null or p_tier < 1 or p_tier > api.level() then
    perform api._bad('bad_tier', 'tier', p_tier::text, 'An import has a tier from 1 up to your own'); end if;
  if not api._is_term('source_type', p_source->>'type') or not api._is_term('reliability', p_source->>'reliability') then
    perform api._bad('unknown_code', 'source', p_source->>'type', 'A source has a type and a reliability A to F'); end if;
  if p_source->>'type' = 'testimony_insider' then
    perform api._refuse('insider', 'An insider is entered as a sheet, whose words go to the vault: the rows of a file would lie here as they are.'); end if;
  v_scope := api._held_scope(p_compartments);
  perform pg_advisory_xact_lock(hashtextextended('import:' || coalesce(p_profile->>'scheme', ''), 0));
  select api._same_batch(p_files->0->>'sha256', p_profile->>'name', p_profile->>'version') into batch;
  if batch is not null then
    return query select b.id, (b.totals->>'source')::uuid, b.document, true from reg.import_batch b where b.id = batch;
    return;
  end if;
  for v_file, v_at in select f.value, f.ordinality from jsonb_array_elements(p_files) with ordinality f order by f.ordinality loop
    if v_at = 1 then v_main := api._keep_document(v_file, v_told, p_tier, v_scope, v_by, v_batch);
    else perform api._keep_document(v_file, v_told, p_tier, v_scope, v_by, v_batch); end if;
  end loop;
  v_source := api._batch_source(p_profile->>'name', p_source, v_told, p_tier, v_scope, v_by, v_batch);
  insert into reg.import_batch(id, document, profile, profile_version, encoding, tier, scope, partner, agreement, terms, permitted_uses, consent,
    state, totals, operator)
  values (v_batch, v_main, p_profile->>'name', p_profile->>'version', p_profile->>'encoding', p_tier, v_scope, (v_told->>'partner_id')::uuid,
    (v_told->>'agreement')::uuid, v_told->>'terms', api._uses(v_told), v_told->>'consent', 'running',
    jsonb_strip_nulls(jsonb_build_object('source', v_source, 'origin', p_source->'origin', 'places_published', coalesce(p_profile->'places_published', 'false'),
      'profile_text', p_profile->'text', 'corrects', p_profile->'corrects')), v_by);
  return query select v_batch, v_source, v_main, false;
end $$;
comment on function api.open_batch(jsonb, jsonb, jsonb, jsonb, int, text[]) is
  'A batch is open in this transaction, its files kept, its source known; or the batch that imported the same before, which writes nothing.';

-- A batch is one transaction: what was opened and not closed would stand in no event, so it is not kept.
create function api._closed_in_time() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if exists (select 1 from reg.import_batch b where b.id = new.id and b.state = 'running') then
    perform api._refuse('batch_closed', 'A batch is closed in the transaction that opened it; nothing of it was kept.'); end if;
  return null;
end $$;

create function api._own_batch(p_batch uuid) returns reg.import_batch set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.import_batch; v_by uuid := api._need('data_steward');
begin
  select * into v from reg.import_batch b where b.id = p_batch and b.state = 'running' and b.operator = v_by;
  if not found then perform api._missing(); end if;
  return v;
end $$;

create function api.known_rows(p_profile text, p_fingerprints text[]) returns table(fingerprint text, subject uuid, batch uuid)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('data_steward');
  return query select distinct on (r.fingerprint) encode(r.fingerprint, 'hex'), case when s.merged_into is null then s.id else api._heir(s.id) end, r.batch
    from reg.import_row r join reg.import_batch b on b.id = r.batch and b.state = 'done' and b.profile = p_profile
    join reg.subject s on s.id = r.subject and s.tier <= (select api.level()) and s.scope = any ((select api.scopes())::int[])
    where r.fingerprint = any (array(select decode(f, 'hex') from unnest(p_fingerprints) f))
      and r.tier <= (select api.level()) and r.scope = any ((select api.scopes())::int[])
    order by r.fingerprint, r.batch;
end $$;
comment on function api.known_rows(text, text[]) is 'Which of these rows stand in a batch of that profile that was not revoked, and of which subject.';

create function api.add_rows(p_batch uuid, p_rows jsonb, p_seal bool default false) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.import_batch := api._own_batch(p_batch); v_n int;
begin
  if exists (select 1 from jsonb_to_recordset(p_rows) r(subject uuid) where r.subject is not null and not exists (select 1 from reg.subject s
             where s.id = r.subject and s.tier <= (select api.level()) and s.scope = any ((select api.scopes())::int[]))) then
    perform api._missing(); end if;
  insert into reg.import_row(batch, part, row_no, outcome, problems, verbatim, sealed, fingerprint, subject, claims, tier, scope)
  select p_batch, coalesce(r.part, ''), r.row_no, r.outcome, coalesce(r.problems, '[]'), case when not p_seal then r.verbatim end,
    case when p_seal then api._sealed(coalesce(r.subject, p_batch), 'import_row', r.verbatim::text, v.tier, v.scope, p_batch) end,
    decode(r.fingerprint, 'hex'), r.subject, coalesce(r.claims, '{}'), v.tier, v.scope
  from jsonb_to_recordset(p_rows) r(part text, row_no int, outcome text, problems jsonb, verbatim jsonb, fingerprint text, subject uuid, claims uuid[]);
  get diagnostics v_n = row_count;
  return v_n;
end $$;
comment on function api.add_rows(uuid, jsonb, bool) is
  'What became of each row stands beside its verbatim words; of persons they are sealed under the key of the subject, or of the batch where there is none.';

-- One hash over all rows of a batch: import rows carry no digest of their own, the event's reason does.
create function api._rows_hash(p_batch uuid) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', r.part, r.row_no, r.outcome, encode(r.fingerprint, 'hex'), r.subject, r.claims::text),
    E'\n' order by r.part collate "C", r.row_no), ''), 'UTF8')), 'hex') from reg.import_row r where r.batch = p_batch $$;

create function api.close_batch(p_batch uuid, p_counts jsonb) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.import_batch := api._own_batch(p_batch); v_n record; v_totals jsonb; v_reason text;
begin
  select count(*) as rows_in, count(*) filter (where r.outcome = 'accepted') as accepted, count(*) filter (where r.outcome = 'flagged') as flagged,
         count(*) filter (where r.outcome = 'quarantined') as quarantined, count(*) filter (where r.outcome = 'rejected') as rejected
    into v_n from reg.import_row r where r.batch = p_batch;
  if v_n.rows_in <> (p_counts->>'rows_in')::int then
    perform api._bad('row_missing', 'rows_in', p_counts->>'rows_in', 'Every row that was read has an outcome: ' || v_n.rows_in || ' do'); end if;
  v_totals := v.totals || (p_counts - array['rows_in', 'accepted', 'flagged', 'quarantined', 'rejected'])
    || jsonb_build_object('claims', (select count(*) from reg.claim c where c.batch = p_batch),
                          'new_subjects', (select count(*) from reg.subject s where s.batch = p_batch), 'rows_sha256', api._rows_hash(p_batch));
  update reg.import_batch b set state = 'done', rows_in = v_n.rows_in, accepted = v_n.accepted, flagged = v_n.flagged,
    quarantined = v_n.quarantined, rejected = v_n.rejected, totals = v_totals, ended_at = clock_timestamp() where b.id = p_batch;
  insert into reg.task(id, what, why, role, data, tier, scope, opened_by)
  select reg.new_id(), t.what, t.why, t.role, jsonb_build_object('batch', p_batch, 'rows', t.n), v.tier, v.scope, v.operator from (values
    ('review_quarantine', 'Rows of an import wait for a person.', 'data_steward', v_n.quarantined),
    ('take_over_statuses', 'An import carries the statuses of another body: one decision for the batch takes them over or leaves them.', 'investigator',
     (select count(distinct c.subject) from reg.claim c where c.batch = p_batch and c.predicate = 'official_status'))) t(what, why, role, n)
  where t.n > 0;
  v_reason := format('%s %s: %s rows, %s accepted, %s flagged, %s quarantined, %s rejected; rows sha256 %s', v.profile, v.profile_version,
    v_n.rows_in, v_n.accepted, v_n.flagged, v_n.quarantined, v_n.rejected, v_totals->>'rows_sha256');
  perform api._close_event(p_batch, 'import', p_batch, v_reason);
  return to_jsonb(v_n) || v_totals;
end $$;
comment on function api.close_batch(uuid, jsonb) is
  'The batch is done: its rows are counted, their hash and all its claims stand in one event of the chain whose id is the batch''s.';

-- Later batches of the profile left unsaid what this one had said: they rest on it, and whoever revokes it should know.
create function api._repeats(p reg.import_batch) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(jsonb_agg(jsonb_build_object('batch', t.id, 'file', t.original_name, 'rows', t.rows) order by t.started_at), '[]') from (
    select b.id, d.original_name, b.started_at, count(*) as rows from reg.import_batch b join reg.document d on d.id = b.document
    join reg.import_row r on r.batch = b.id join reg.subject s on s.id = r.subject and s.tier <= api.level() and s.scope = any (api.scopes())
    where b.profile = p.profile and b.state = 'done' and b.started_at > p.started_at and b.tier <= api.level() and b.scope = any (api.scopes())
      and exists (select 1 from reg.import_row o where o.batch = p.id and o.subject = r.subject)
    group by b.id, d.original_name, b.started_at) t $$;

create function api.revoke_batch(p_batch uuid, p_reason text) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v reg.import_batch; v_ended uuid[]; v_touched uuid[];
begin
  v_by := api._need('data_steward');
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'Say why the batch is revoked'); end if;
  select * into v from reg.import_batch b where b.id = p_batch and b.tier <= api.level() and b.scope = any (api.scopes()) for update;
  if not found then perform api._missing(); end if;
  if v.state <> 'done' then
    raise exception 'This batch was revoked already' using errcode = 'SR409',
      detail = jsonb_build_object('changed', jsonb_build_array(jsonb_build_object('field', 'state', 'was', 'done', 'now', v.state)))::text; end if;
  perform 1 from reg.subject s where s.id in (select c.subject from reg.claim c where c.batch = p_batch) order by s.id for no key update;
  with ended as (
    insert into reg.claim_end(claim, why, recorded_by, event, digest)
    select c.id, 'batch revoked: ' || p_reason, v_by, v_event, '' from reg.claim c
    where c.batch = p_batch and not exists (select 1 from reg.claim_end e where e.claim = c.id) returning claim)
  select coalesce(array_agg(claim), '{}') into v_ended from ended;
  v_touched := array(select distinct c.subject from reg.claim c where c.batch = p_batch);
  update reg.import_batch b set state = 'revoked', revoked_by = v_by, revoked_why = p_reason, revoked_at = clock_timestamp() where b.id = p_batch;
  update reg.task t set done_at = clock_timestamp(), done_by = v_by, outcome = 'the batch was revoked'
   where t.data->>'batch' = p_batch::text and t.done_at is null;
  if cardinality(v_ended) > 0 then perform api._recall_tasks(v_ended, 'a batch was revoked'); perform api._review_tasks(v_ended); end if;
  if cardinality(v_touched) > 0 then perform api._resolve(v_touched); end if;
  perform api._close_event(v_event, 'revoke_batch', p_batch, p_reason);
  return (select jsonb_build_object('batch', p_batch, 'claims_ended', count(*), 'subjects', count(distinct c.subject), 'repeated_by', api._repeats(v))
          from reg.claim c where c.id = any (v_ended) and api._claim_tier(c.id, c.subject, c.tier) <= api.level() and c.scope = any (api.scopes()));
end $$;
comment on function api.revoke_batch(uuid, text) is 'All claims of the batch are ended in one event; nothing vanishes, and its rows may be imported again.';
reset role;
create constraint trigger e_closed after insert on reg.import_batch deferrable initially deferred
  for each row execute function api._closed_in_time();
