-- A redaction is looked at, its original opened, its copy made: by another person than those who drew and asked.
set role sr_writer;

-- What the caller has not looked at since it was asked for: the pages that the copy will have, 0 for sound that he did not hear.
create function api._redaction_unlooked(r reg.redaction, p_asked reg.redaction_step) returns int[] stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when (p_asked).id is null then '{}' when (r).kind = 'sound' then array(select 0 where not exists (select 1 from reg.custody_event c
      where c.document = (r).document and c.kind = 'opened' and c.note = 'redaction: heard' and c.recorded_by = api._actor() and c.recorded_at >= (p_asked).recorded_at))
    else array(select p.n from reg.document_page p where p.document = (r).document
      and ((p_asked).plan->>'first' is null or p.n between ((p_asked).plan->>'first')::float8 and ((p_asked).plan->>'last')::float8)
      and not exists (select 1 from reg.custody_event c where c.document in ((r).document, p.image) and c.kind = 'opened' and c.note = 'redaction: page ' || p.n
        and c.recorded_by = api._actor() and c.recorded_at >= (p_asked).recorded_at) order by p.n) end $$;

-- All that one who works on a redaction, or checks it, is shown of it but the pictures.
create function api.redaction_view(p_redaction uuid) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.redaction; d reg.document; v_asked reg.redaction_step; v_state text;
begin
  perform api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler', 'releaser');
  r := api._redaction(p_redaction);
  select * into d from reg.document x where x.id = r.document;
  v_state := api._redaction_state(r.id);
  select * into v_asked from reg.redaction_step s where s.redaction = r.id and s.step = 'asked' order by s.recorded_at desc, s.id desc limit 1;
  return jsonb_build_object('id', r.id, 'kind', r.kind, 'state', v_state, 'by', (select a.display from reg.account a where a.id = r.recorded_by),
    'document', jsonb_build_object('id', d.id, 'name', d.original_name, 'sha256', encode(d.sha256, 'hex'), 'media_type', d.media_type, 'tier', d.tier, 'scoped', d.scope <> 0,
      'partner', (select x.names from reg.partner x where x.id = d.partner), 'terms', d.terms,
      'graphic', coalesce((select s.graphic from reg.document_shows s where s.document = d.id order by s.recorded_at desc, s.id desc limit 1), false),
      'shows', (select s.shows from reg.document_shows s where s.document = d.id order by s.recorded_at desc, s.id desc limit 1)),
    'pages', (select coalesce(jsonb_agg(jsonb_build_object('n', p.n, 'width', p.width, 'height', p.height) order by p.n), '[]') from reg.document_page p where p.document = d.id),
    'marks', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('n', m.n, 'page', m.page, 'x', m.x, 'y', m.y, 'width', m.width, 'height', m.height,
        'began', m.began, 'ended', m.ended, 'reason', m.reason, 'why', m.why, 'by', a.display)) order by coalesce(m.page, 0), coalesce(m.began, 0), m.n), '[]')
      from api._redaction_marks(r.id) m join reg.account a on a.id = m.recorded_by),
    'asked', v_asked.id, 'plan', v_asked.plan, 'words', coalesce(api._unsealed(v_asked.sealed)::jsonb, '[]'), 'drawn_by_me', api._drew_it(r.id),
    'unlooked', to_jsonb(case when v_state = 'waiting' then api._redaction_unlooked(r, v_asked) else '{}' end), 'needs_releaser', coalesce((v_asked.plan->>'tier')::int < d.tier or (v_asked.plan->>'open')::bool, false),
    'steps', (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('step', s.step, 'why', s.why, 'by', a.display, 'checks', s.checks,
        'at', to_char(s.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), 'made', s.made)) order by s.recorded_at, s.id), '[]')
      from reg.redaction_step s join reg.account a on a.id = s.recorded_by where s.redaction = r.id));
end $$;
comment on function api.redaction_view(uuid) is
  'One redaction for who sees its original: boxes or intervals with their reasons, plan, words that must not appear, steps, and whether the caller drew or asked himself (drawn_by_me).';

create function api.redactions(p_document uuid default null) returns table(id uuid, document uuid, name text, kind text, state text, marks bigint, by text, on_day text,
  mine bool, made uuid)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler', 'releaser');
  if p_document is not null then perform api._seen_document(p_document); end if;
  return query select r.id, d.id, d.original_name, r.kind, api._redaction_state(r.id), (select count(*) from api._redaction_marks(r.id)), a.display,
      to_char(r.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), api._drew_it(r.id), (select s.made from reg.redaction_step s where s.redaction = r.id and s.step = 'made')
    from reg.redaction r join reg.document d on d.id = r.document and d.tier <= api.level() and d.scope = any (api.scopes()) and d.scope >= 0 join reg.account a on a.id = r.recorded_by
    where (p_document is null or d.id = p_document) and not api._silenced_document(d.id) and (api.level() >= 2 or not api._held_back(d.id))
    order by r.recorded_at desc, r.id limit 500;
end $$;
comment on function api.redactions(uuid) is 'The redactions of documents that the caller sees, the newest first; of one document where it is given.';

-- Whether the caller, or the same person by another account, drew any of it or asked for it.
create function api._drew_it(p_redaction uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select exists (select 1 from (select r.recorded_by from reg.redaction r where r.id = p_redaction
      union select m.recorded_by from reg.redaction_mark m where m.redaction = p_redaction
      union select e.recorded_by from reg.redaction_mark_end e join reg.redaction_mark m on m.id = e.mark where m.redaction = p_redaction
      union select s.recorded_by from reg.redaction_step s where s.redaction = p_redaction and s.step = 'asked') x
    where api._same_person(x.recorded_by, api._actor())) $$;

create function api.redaction_open(p_redaction uuid, p_page int default null, p_what text default 'page') returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; r reg.redaction; d reg.document; p record; v_files jsonb := '[]';
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler', 'releaser');
  r := api._redaction(p_redaction);
  d := api._seen_document(r.document);
  if coalesce(p_what, '') not in ('page', 'heard', 'original', 'shape', 'made') then perform api._bad('unknown_code', 'what', p_what, 'It is opened to be looked at, heard or made'); end if;
  if api._damaged(d.id) then perform api._refuse('evidence', 'Its kept file is not what it was: nothing of it leaves until the file is put back.'); end if;
  if r.kind = 'sound' or d.media_type = 'application/pdf' then
    if p_page is not null and not exists (select 1 from reg.document_page x where x.document = d.id and x.n = p_page) then perform api._missing(); end if;
    v_files := jsonb_build_array(jsonb_build_object('sha256', encode(d.sha256, 'hex'), 'media_type', d.media_type));
    perform api._custody(d.id, 'opened', concat_ws(' ', 'redaction:', p_what, p_page), v_by, v_event);
  else
    for p in select x.n, i.id, encode(i.sha256, 'hex') as sha256, i.media_type from reg.document_page x join reg.document i on i.id = x.image
        where x.document = d.id and (p_page is null or x.n = p_page) order by x.n loop
      perform api._seen_document(p.id);
      v_files := v_files || jsonb_build_object('n', p.n, 'sha256', p.sha256, 'media_type', p.media_type);
      perform api._custody(p.id, 'opened', concat_ws(' ', 'redaction:', p_what, p_page), v_by, v_event);
    end loop;
    if v_files = '[]' then perform api._missing(); end if;
  end if;
  perform api.log_read('redaction_original', d.id, jsonb_strip_nulls(jsonb_build_object('redaction', r.id, 'page', p_page, 'what', p_what)));
  perform api._close_event(v_event, 'redaction_open', r.id, '');
  return v_files;
end $$;
comment on function api.redaction_open(uuid, int, text) is
  'The original is about to be opened for its redaction (one page, or all of it), to be looked at (page), heard, as it is (original), drawn as a line (shape) or made: the read stands in the log and in the chain of custody; answers where its bytes lie.';

create function api.redaction_made(p_redaction uuid, p_seen uuid, p_file jsonb, p_pages jsonb, p_checks jsonb, p_why text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; r reg.redaction; d reg.document; v_asked reg.redaction_step; v_made uuid; v_told jsonb; v_scope int; v jsonb; v_image uuid;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler', 'releaser');
  r := api._redaction(p_redaction, 'waiting');
  select * into d from reg.document x where x.id = r.document;
  select * into v_asked from reg.redaction_step s where s.redaction = r.id and s.step = 'asked' order by s.recorded_at desc, s.id desc limit 1;
  if v_asked.id is distinct from p_seen then
    raise exception 'It was changed since it was looked at' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'asked', 'was', p_seen, 'now', v_asked.id)))::text; end if;
  if api._drew_it(r.id) then perform api._refuse('four_eyes', 'Another person than those who drew and asked checks a redaction.'); end if;
  if (v_asked.plan->>'tier')::int < d.tier or (v_asked.plan->>'open')::bool then
    if not 'releaser' = any (api.roles()) then perform api._refuse('releaser', 'A copy that more people may see than the original is checked by a releaser.'); end if; end if;
  if api._redaction_unlooked(r, v_asked) <> '{}' then
    perform api._refuse('not_looked', 'Look at each page as it will be, or listen to the sound as it will be, before you agree.'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  if coalesce(jsonb_array_length(p_checks->'faults'), -1) <> 0 then perform api._refuse('extraction', 'Something was found in the copy that may not be in it: it is not kept.'); end if;
  if coalesce(p_file->>'sha256', '') = encode(d.sha256, 'hex') then perform api._refuse('extraction', 'The copy is the original: it is not kept.'); end if;
  v_scope := case when (v_asked.plan->>'open')::bool then 0 else d.scope end;
  v_told := jsonb_build_object('partner_id', d.partner, 'agreement', d.agreement, 'terms', d.terms, 'permitted_uses', to_jsonb(d.permitted_uses), 'consent', d.consent);
  v_made := api._keep_document(p_file || jsonb_build_object('role', 'redacted', 'derived_from', d.id, 'how', 'redaction'), v_told, (v_asked.plan->>'tier')::int, v_scope, v_by, v_event);
  if not exists (select 1 from reg.document x where x.id = v_made and x.event = v_event) then  -- kept by hand before, under terms of whoever did
    perform api._refuse('redaction', 'The very same copy stands already, from elsewhere.'); end if;
  perform api._custody(v_made, 'verified', 'redaction', v_by, v_event);
  for v in select x.value from jsonb_array_elements(coalesce(p_pages, '[]')) x loop
    v_image := case when v->>'sha256' = p_file->>'sha256' then v_made else api._keep_document(v || jsonb_build_object('role', 'working', 'derived_from', v_made, 'how', 'drawn'),
      v_told, (v_asked.plan->>'tier')::int, v_scope, v_by, v_event) end;
    insert into reg.document_page(id, document, n, image, width, height, recorded_by, event, digest)
    values (reg.new_id(), v_made, (v->>'n')::int, v_image, (v->>'width')::int, (v->>'height')::int, v_by, v_event, '');
  end loop;
  insert into reg.document_shows(id, document, graphic, shows, recorded_by, event, digest)
  select reg.new_id(), v_made, coalesce((select s.graphic from reg.document_shows s where s.document = d.id order by s.recorded_at desc, s.id desc limit 1), false),
    v_asked.plan->>'shows', v_by, v_event, '';
  insert into reg.redaction_step(id, redaction, step, why, made, checks, recorded_by, event, digest)
  values (reg.new_id(), r.id, 'made', left(trim(p_why), 4000), v_made, p_checks, v_by, v_event, '');
  perform api._close_event(v_event, 'redaction_made', r.id, '');
  return v_made;
end $$;
comment on function api.redaction_made(uuid, uuid, jsonb, jsonb, jsonb, text) is
  'The copy stands, a document of its own: derived from the original, of the tier that was asked for, under the same terms, with custody on both. By another person than those who '
  'drew and asked, of what that person looked at (seen: redaction_view.asked), a releaser where more people may see it; checks: what was looked at in the copy, without a fault.';
reset role;
