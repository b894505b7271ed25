-- The redaction desk: what is covered of a document and why, drafted by one person and checked by another, made into a new document.
-- Who does not see the original meets no redaction of it. The bytes are made and looked at outside; here it is decided whether they may stand.
set role sr_writer;

-- What can be redacted of a document: its pages, its sound, or nothing as it is.
create function api._redacted_as(d reg.document) returns text stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if d.media_type in ('audio/mpeg', 'audio/mp3', 'audio/wav', 'audio/x-wav', 'audio/vnd.wave', 'audio/flac', 'audio/x-flac', 'audio/ogg', 'application/ogg') then return 'sound'; end if;
  if d.media_type not in ('application/pdf', 'image/png', 'image/jpeg') then
    perform api._refuse('redaction', 'This is redacted as pages: print it to a PDF, keep that as a scan, redact the scan. Of sound: WAV, FLAC, MP3, OGG.'); end if;
  if not exists (select 1 from reg.document_page p where p.document = d.id) then
    perform api._refuse('pages', 'It has no pages to draw on yet: keep it as a scan first.'); end if;
  return 'pages';
end $$;

-- The original as one who works on a redaction of it may see it, its pictures included.
create function api._redacted_original(p_document uuid) returns reg.document set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare d reg.document := api._seen_document(p_document);
begin
  if d.scope < 0 then perform api._refuse('frozen', 'It is frozen: nothing of it leaves until two releasers lift that.'); end if;
  if api.level() < 2 and api._held_back(d.id) then
    perform api._refuse('redaction', 'Until somebody has looked whether living people can be told from it, its pictures are shown to whoever sees exact places.'); end if;
  return d;
end $$;

create function api.redaction_start(p_document uuid) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid; d reg.document; v_kind text;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  d := api._redacted_original(p_document);
  if d.role <> 'evidentiary' then perform api._refuse('redaction', 'The original is redacted, not a copy of it.'); end if;
  v_kind := api._redacted_as(d);
  insert into reg.redaction(id, document, kind, recorded_by, event, digest) values (v, d.id, v_kind, v_by, v_event, '');
  perform api._close_event(v_event, 'redaction_start', v, '');
  return v;
end $$;
comment on function api.redaction_start(uuid) is 'A draft of a redaction of a document stands, which the caller sees with its pictures: a scan with pages, or sound (WAV, FLAC, MP3, OGG).';

-- The redaction, locked, in that state, its original seen by the caller; Conflict in another state.
create function api._redaction(p_id uuid, p_state text default null) returns reg.redaction set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.redaction; v text;
begin
  select * into r from reg.redaction x where x.id = p_id;
  if not found then perform api._missing(); end if;
  perform api._redacted_original(r.document);
  if p_state is null then return r; end if;
  perform pg_advisory_xact_lock(hashtextextended('redaction:' || r.id, 0));
  v := api._redaction_state(r.id);
  if v <> p_state then
    raise exception 'It was settled already' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'state', 'was', p_state, 'now', v)))::text; end if;
  return r;
end $$;

create function api._redaction_marks(p_redaction uuid) returns setof reg.redaction_mark stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select m.* from reg.redaction_mark m where m.redaction = p_redaction and not exists (select 1 from reg.redaction_mark_end e where e.mark = m.id) order by m.n $$;

-- Refused where a mark lies nowhere on the document, or has no reason.
create function api._check_mark(r reg.redaction, m reg.redaction_mark) returns void stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if not coalesce(api._is_term('redaction_reason', m.reason), false) then
    perform api._bad('unknown_code', 'reason', m.reason, 'Say why it is covered', 'redaction_reason'); end if;
  if m.reason = 'other' and m.why is null then perform api._bad('missing_required', 'why', '', 'Another reason is said in words'); end if;
  if length(m.why) > 200 then perform api._bad('too_long', 'why', left(m.why, 40), 'At most 200 letters'); end if;
  if r.kind = 'sound' then
    if not coalesce(m.began >= 0 and m.ended > m.began and m.ended < 1000000 and num_nonnulls(m.page, m.x, m.y, m.width, m.height) = 0, false) then
      perform api._bad('bad_number', 'began', concat_ws(', ', m.began, m.ended), 'An interval has its beginning and its end in seconds from the start'); end if;
  else
    if not coalesce(m.x >= 0 and m.y >= 0 and m.width > 0 and m.height > 0 and m.x + m.width <= 1.000001 and m.y + m.height <= 1.000001 and num_nonnulls(m.began, m.ended) = 0, false) then
      perform api._bad('bad_number', 'x', concat_ws(', ', m.x, m.y, m.width, m.height), 'A region lies within its page: left, top, width and height as parts of it'); end if;
    if not exists (select 1 from reg.document_page p where p.document = r.document and p.n = m.page) then
      perform api._bad('bad_number', 'page', m.page::text, 'This document has no such page'); end if;
  end if;
end $$;

create function api.redaction_mark(p_redaction uuid, p_marks jsonb) returns int[]
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; r reg.redaction; m reg.redaction_mark; v jsonb; v_numbers int[] := '{}'; n int;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  r := api._redaction(p_redaction, 'draft');
  if coalesce(jsonb_typeof(p_marks), '') <> 'array' or jsonb_array_length(p_marks) not between 1 and 500 then
    perform api._bad('bad_value', 'marks', '', 'Give one to 500 boxes or intervals'); end if;
  select coalesce(max(x.n), 0) into n from reg.redaction_mark x where x.redaction = r.id;
  if n + jsonb_array_length(p_marks) > 5000 then perform api._bad('too_many', 'marks', '', 'One redaction has 5,000 boxes or intervals at most: make several'); end if;
  for v in select x.value from jsonb_array_elements(p_marks) with ordinality x order by x.ordinality loop
    m := jsonb_populate_record(null::reg.redaction_mark, jsonb_strip_nulls(v) - array['id', 'redaction', 'n', 'recorded_at', 'recorded_by', 'event', 'digest']);
    m.why := nullif(trim(m.why), '');
    perform api._check_mark(r, m);
    n := n + 1;
    insert into reg.redaction_mark(id, redaction, n, page, x, y, width, height, began, ended, reason, why, recorded_by, event, digest)
    values (reg.new_id(), r.id, n, m.page, m.x, m.y, least(m.width, 1 - m.x), least(m.height, 1 - m.y), m.began, m.ended, m.reason, m.why, v_by, v_event, '');
    v_numbers := v_numbers || n;
  end loop;
  perform api._close_event(v_event, 'redaction_mark', r.id, '');  -- where the boxes lie stands in no log
  return v_numbers;
end $$;
comment on function api.redaction_mark(uuid, jsonb) is
  'Boxes stand on the pages of a draft (page; x, y, width, height as parts of it), or intervals in its sound (began, ended, in seconds), each with a reason and its why: their numbers.';

create function api.redaction_unmark(p_redaction uuid, p_n int) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; r reg.redaction; v uuid;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  r := api._redaction(p_redaction, 'draft');
  select m.id into v from api._redaction_marks(r.id) m where m.n = p_n;
  if not found then perform api._missing(); end if;
  insert into reg.redaction_mark_end(mark, recorded_by, event, digest) values (v, v_by, v_event, '');
  perform api._close_event(v_event, 'redaction_unmark', r.id, '');
end $$;
comment on function api.redaction_unmark(uuid, int) is 'A box or an interval of a draft is taken away again; that it stood stays recorded.';

-- The plan as it is kept: every key said, nothing else.
create function api._redaction_plan(r reg.redaction, d reg.document, p jsonb) returns jsonb stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_tier int := (p->>'tier')::int; v_from float8 := (p->>'first')::float8; v_to float8 := (p->>'last')::float8; v_pages int; v_form text;
begin
  if not coalesce(v_tier between 1 and d.tier, false) then
    perform api._bad('bad_tier', 'tier', p->>'tier', 'The copy has a tier from 1 up to that of the original'); end if;
  if coalesce(trim(p->>'shows'), '') = '' then perform api._bad('missing_required', 'shows', '', 'Say in words what it shows'); end if;
  if (v_from is null) <> (v_to is null) or v_to < v_from or r.kind = 'sound' and v_to <= v_from then
    perform api._bad('bad_number', 'first', concat_ws(' - ', p->>'first', p->>'last'), 'An excerpt has its beginning and its end'); end if;
  if r.kind = 'pages' then
    select count(*) into v_pages from reg.document_page x where x.document = r.document and (v_from is null or x.n between v_from and v_to);
    if v_pages = 0 then perform api._bad('bad_number', 'first', p->>'first', 'This document has no such page'); end if;
    if v_pages > 300 then perform api._bad('too_many', 'first', v_pages::text, 'At most 300 pages at once: take an excerpt'); end if;
    v_form := case when v_pages = 1 and d.media_type = 'image/png' then 'png' when v_pages = 1 and d.media_type = 'image/jpeg' then 'jpeg' else 'pdf' end;
  else
    v_form := coalesce(p->>'form', 'flac');
    if v_form not in ('flac', 'wav') then perform api._bad('unknown_code', 'form', v_form, 'Sound is written as flac or wav'); end if;
    if v_from < 0 then perform api._bad('bad_number', 'first', p->>'first', 'An excerpt has its beginning and its end'); end if;
    if not coalesce(api._is_term('redaction_length', p->>'length'), false) then
      perform api._bad('unknown_code', 'length', p->>'length', 'Say what stands where sound was covered', 'redaction_length'); end if;
  end if;
  if v_from is null and not exists (select 1 from api._redaction_marks(r.id)) then
    perform api._bad('missing_required', 'marks', '', 'Cover something, or choose an excerpt'); end if;
  return jsonb_build_object('tier', v_tier, 'open', coalesce((p->>'open')::bool, false) and d.scope <> 0, 'instead', coalesce((p->>'instead')::bool, true),
    'first', v_from, 'last', v_to, 'form', v_form, 'length', case r.kind when 'sound' then p->>'length' end, 'shows', left(trim(p->>'shows'), 2000));
end $$;

create function api.redaction_ask(p_redaction uuid, p_plan jsonb, p_words text[] default '{}') returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid; r reg.redaction; d reg.document; v_words text[];
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  r := api._redaction(p_redaction, 'draft');
  select * into d from reg.document x where x.id = r.document;
  v_words := array(select distinct trim(w) from unnest(coalesce(p_words, '{}')) w where trim(w) <> '' order by 1);
  if cardinality(v_words) > 100 or exists (select 1 from unnest(v_words) w where length(w) not between 3 and 200) then
    perform api._bad('bad_value', 'words', '', 'At most 100 words, each of 3 letters or more'); end if;
  insert into reg.redaction_step(id, redaction, step, plan, sealed, recorded_by, event, digest)
  values (v, r.id, 'asked', api._redaction_plan(r, d, p_plan), case when v_words <> '{}' then
    api._sealed(d.id, 'redaction_words', to_jsonb(v_words)::text, d.tier, d.scope, v_event) end, v_by, v_event, '');
  perform api._close_event(v_event, 'redaction_ask', r.id, '');
  return v;
end $$;
comment on function api.redaction_ask(uuid, jsonb, text[]) is
  'A draft waits for another person. plan: tier of the copy, open (leave the compartments), instead (the copy leaves in place of the original), first and last (an excerpt: '
  'pages or seconds), shows (in words), of sound form (flac, wav) and length (keep, cut). words: what must not appear in the copy; sealed.';

create function api.redaction_settle(p_redaction uuid, p_step text, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; r reg.redaction; v_made uuid;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler', 'releaser');
  if coalesce(p_step, '') not in ('refused', 'dropped', 'retracted') then perform api._bad('unknown_code', 'step', p_step, 'It is refused, dropped or retracted'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  r := api._redaction(p_redaction, case p_step when 'refused' then 'waiting' when 'dropped' then 'draft' else 'made' end);
  insert into reg.redaction_step(id, redaction, step, why, recorded_by, event, digest) values (reg.new_id(), r.id, p_step, left(trim(p_why), 4000), v_by, v_event, '');
  if p_step = 'retracted' then
    select s.made into v_made from reg.redaction_step s where s.redaction = r.id and s.step = 'made';
    perform api._recall_copy(v_made), api._looks_again(r.document, v_by);
  end if;
  perform api._close_event(v_event, 'redaction_' || p_step, r.id, '');
end $$;
comment on function api.redaction_settle(uuid, text, text) is
  'What waits is refused, back to a draft (who drafted it takes it back so); a draft is dropped; a copy that was made is retracted: it leaves no more, is gone for who does not see '
  'the original, and who received it is to be told.';

-- A task for the releasers for each who received the copy.
create function api._recall_copy(p_made uuid) returns void set search_path = pg_catalog, public, pg_temp language sql as $$
  insert into reg.task(id, what, why, role, data, tier, scope)
  select reg.new_id(), 'tell_recipient', format('a redacted copy was retracted: one document of what %s received on %s is to be told to them.', l.recipient,
      string_agg(distinct to_char(l.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), ', ')),
    'releaser', jsonb_build_object('recipient', l.recipient, 'disclosures', jsonb_agg(distinct l.id), 'what', 'a redacted copy was retracted'), max(d.tier), 0
  from reg.disclosure l join reg.document d on d.id = l.document where l.document in (select p_made union select x.id from reg.document x where x.derived_from = p_made)
  group by l.recipient $$;

-- Where living people may be told from the original and no copy stands any more, somebody is to make one.
create function api._looks_again(p_document uuid, p_by uuid) returns void set search_path = pg_catalog, public, pg_temp language sql as $$
  insert into reg.task(id, what, why, role, data, tier, scope, opened_by)
  select reg.new_id(), 'redact_document', 'Living people may be told from this document: look, and make a redacted copy where they can.', 'investigator',
    jsonb_build_object('document', d.id), greatest(d.tier, 2), d.scope, p_by
  from reg.document d where d.id = p_document and api._held_back(d.id)
    and not exists (select 1 from reg.task t where t.what = 'redact_document' and t.data->>'document' = d.id::text and t.done_at is null) $$;
reset role;
