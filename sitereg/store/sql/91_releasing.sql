-- What leaves by hand: a document (the copy) or a printed page; to whom, what for and at what risk, in the transaction that hands it over.
set role sr_writer;

-- Risks in words to the site, to sources, families and staff, each answered; as the disclosure keeps them.
create function api._risk_told(p jsonb) returns text stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_problems jsonb; v_all text[] := array['site', 'sources', 'families', 'staff'];
begin
  select jsonb_agg(jsonb_build_object('code', 'missing_required', 'field', 'risk_' || k, 'value', '', 'message', 'Say the risk, or that there is none and why') order by n)
    into v_problems from unnest(v_all) with ordinality u(k, n) where coalesce(trim(p->>k), '') = '';
  if v_problems is not null then
    raise exception 'Say the risk, or that there is none and why' using errcode = 'SR422', detail = jsonb_build_object('problems', v_problems)::text; end if;
  return (select string_agg(k || ': ' || trim(p->>k), '; ' order by n) from unnest(v_all) with ordinality u(k, n));
end $$;

create function api._asked_by_whom(p_recipient text, p_purpose text, p_legal_basis text) returns void stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if coalesce(trim(p_recipient), '') = '' then perform api._bad('missing_required', 'recipient', '', 'Say who receives it'); end if;
  if coalesce(trim(p_purpose), '') = '' then perform api._bad('missing_required', 'purpose', '', 'Say what for'); end if;
  if p_legal_basis is not null and not api._is_term('legal_basis', p_legal_basis) then
    perform api._bad('unknown_code', 'legal_basis', p_legal_basis, 'This is no legal basis', 'legal_basis'); end if;
end $$;

-- The subjects that a document tells of; refused where its terms, consent, a compartment or a freeze hold it back.
create function api._leaving_document(d reg.document) returns uuid[] stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid[];
begin
  if d.scope < 0 then perform api._refuse('frozen', 'It is frozen: nothing of it leaves until two releasers lift that.'); end if;
  if api._damaged(d.id) or exists (select 1 from reg.document_page p where p.document = d.id and api._damaged(p.image)) then
    perform api._refuse('evidence', 'Its kept file is not what it was: nothing of it leaves until the file is put back.'); end if;
  if api._copy_retracted(d.id) then perform api._refuse('redaction', 'This redacted copy was retracted: another one is made before anything leaves.'); end if;
  if api._replaced(d.id) then perform api._refuse('redaction', 'Two persons decided that its redacted copy leaves in its place: give that one out.'); end if;
  if api._held_back(d.id) then
    perform api._refuse('redaction', 'Living people may be told from it: somebody looks and says that there are none, or a redacted copy is given.'); end if;
  if d.scope <> 0 then perform api._refuse('compartment', 'What is of a compartment does not leave as it is: make a redacted copy.'); end if;
  if d.partner is null or coalesce(trim(d.terms), '') = '' or not d.permitted_uses && array['sharing_with_partners', 'publication']
     or not coalesce((select (c.attrs->>'usable')::bool from vocab.consent_state c where c.code = d.consent), false)
     or api._silenced_document(d.id) or exists (select 1 from reg.claim c where c.document = d.id and not api._shareable(c.source)
                and (exists (select 1 from reg.terms_change t where t.source = c.source) or exists (select 1 from reg.source o where o.id = c.source and o.agreement is not null)))
     or exists (select 1 from reg.claim c where c.document = d.id and c.source = any (api._uses_refused('partners') || api._uses_refused('authorities')))
     or d.partner = any (api._partners_refusing('partners') || api._partners_refusing('authorities'))
     or d.agreement is not null and not api._leaves_under(d.agreement, 2) then
    perform api._refuse('terms', 'Its terms or the consent do not permit that it is shared.'); end if;
  v := array(select distinct c.subject from reg.claim c where c.document in (d.id, d.derived_from) and not exists (select 1 from reg.claim_end e where e.claim = c.id));
  return v;
end $$;

-- A PDF tells more than its pages show (who wrote it, what was there before): what leaves of one is made of the pictures of its pages.
create function api._leaving_pages(d reg.document) returns text[] stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v text[];
begin
  if d.media_type <> 'application/pdf' or api._redaction_of(d.id) is not null then return null; end if;  -- a redacted copy has nothing but its pages
  v := array(select encode(i.sha256, 'hex') from reg.document_page p join reg.document i on i.id = p.image where p.document = d.id order by p.n);
  if v = '{}' then perform api._refuse('pages', 'A PDF leaves as pictures of its pages: keep it as a scan first.'); end if;
  return v;
end $$;

-- The file that leaves of a document that is no PDF: of a picture that had to be turned the upright copy, else the document itself.
create function api._leaving_file(d reg.document, out sha256 text, out media_type text) stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  select encode(i.sha256, 'hex'), i.media_type into sha256, media_type from reg.document_page p join reg.document i on i.id = p.image
    where p.document = d.id and p.n = 1 and i.derived_from = d.id and d.media_type <> 'application/pdf';
  if not found then sha256 := encode(d.sha256, 'hex'); media_type := d.media_type; end if;
end $$;

create function api._released(d reg.document, p_asked jsonb, p_face int, p_by uuid, p_approved_by uuid, p_event uuid) returns uuid
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := reg.new_id(); v_subjects uuid[] := api._leaving_document(d);
begin
  insert into reg.disclosure(id, recipient, purpose, legal_basis, risk, format, precision, face, filter, rows, sha256, approved_by, recorded_by, event, digest, document)
  values (v, trim(p_asked->>'recipient'), trim(p_asked->>'purpose'), p_asked->>'legal_basis', api._risk_told(p_asked->'risk'), d.media_type, case when d.media_type = 'application/pdf' and api._redaction_of(d.id) is null then 'pictures of its pages' else 'the document as it is' end, p_face,
    '{}', cardinality(v_subjects), d.sha256, p_approved_by, p_by, p_event, '', d.id);
  insert into reg.disclosure_subject(disclosure, subject, event, digest) select v, u, p_event, '' from unnest(v_subjects) u;
  perform api._custody(d.id, 'released', v::text, p_by, p_event);
  return v;
end $$;

create function api.release_document(p_document uuid, p_recipient text, p_purpose text, p_risk jsonb, p_legal_basis text default null,
  out disclosure uuid, out sha256 text, out media_type text, out name text, out waits uuid, out pages text[])
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; d reg.document; v_asked jsonb;
begin
  v_by := api._need('investigator', 'analyst', 'protection_officer', 'data_steward', 'releaser');
  d := api._seen_document(p_document);
  perform api._asked_by_whom(p_recipient, p_purpose, p_legal_basis), api._risk_told(p_risk), api._leaving_document(d);
  v_asked := jsonb_build_object('recipient', p_recipient, 'purpose', p_purpose, 'legal_basis', p_legal_basis, 'risk', p_risk);
  select f.* into sha256, media_type from api._leaving_file(d) f;
  name := d.original_name; pages := api._leaving_pages(d);
  if d.tier > 1 then  -- a releaser agrees, another person: until then nothing leaves
    waits := reg.new_id(); sha256 := null;
    insert into reg.task(id, what, why, role, data, tier, scope, opened_by)
    values (waits, 'release_document', format('A confidential document is to be given to %s.', trim(p_recipient)), 'releaser',
      jsonb_build_object('document', d.id, 'name', d.original_name) || v_asked, d.tier, d.scope, v_by);
    perform api._close_event(v_event, 'ask_release', d.id, trim(p_purpose));
    return;
  end if;
  disclosure := api._released(d, v_asked, 1, v_by, null, v_event);
  perform api._close_event(v_event, 'release_document', d.id, trim(p_purpose));
end $$;
comment on function api.release_document(uuid, text, text, jsonb, text) is
  'A document may leave and it stands recorded to whom, what for and at what risk (site, sources, families, staff), with a step of custody; refused by its terms, '
  'consent, compartment or a freeze. Answers where its bytes lie; of a T2 document instead the task by which a releaser agrees (waits).';

create function api.agree_release(p_task uuid, out disclosure uuid, out sha256 text, out media_type text, out name text, out pages text[])
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; t reg.task; d reg.document;
begin
  v_by := api._need('releaser');
  select * into t from reg.task x where x.id = p_task and x.what = 'release_document' and x.done_at is null and x.tier <= api.level() and x.scope = any (api.scopes()) for update;
  if not found then perform api._missing(); end if;
  d := api._seen_document((t.data->>'document')::uuid);
  if api._same_person(t.opened_by, v_by) then perform api._refuse('four_eyes', 'A releaser other than the one who asked agrees.'); end if;
  disclosure := api._released(d, t.data, 2, t.opened_by, v_by, v_event);
  select f.* into sha256, media_type from api._leaving_file(d) f;
  name := d.original_name; pages := api._leaving_pages(d);
  update reg.task x set done_at = clock_timestamp(), done_by = v_by, outcome = 'released: ' || agree_release.disclosure where x.id = t.id;
  perform api._close_event(v_event, 'release_document', d.id, t.data->>'purpose');
end $$;
comment on function api.agree_release(uuid) is
  'A releaser, another person than the one who asked, agrees that a confidential document leaves: it stands recorded with both, and where its bytes lie is answered.';

-- What a printed page tells of a record: the row of face 0 or 1, never finer, without names of persons and without who is alleged to be responsible.
-- The facts of a site as they leave: each with the grades of the claim that it rests on; no name (they stand apart), no partner's number, nothing of our own visits.
create function api._graded(r reg.site) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(jsonb_agg((f.value - array['claims', 'sources', 'first_hand', 'class']) || jsonb_build_object('reliability', c.reliability,
    'credibility', c.credibility, 'at', c.at) order by f.ordinality), '[]')
  from jsonb_array_elements(api._facts(r, '{}')) with ordinality f
  left join reg.claim c on c.id = (r.why->(f.value->>'field')->>'claim')::uuid
  where split_part(f.value->>'field', ':', 1) not in ('name', 'external_id', 'activity') $$;

create function api._printed(s reg.subject, p_face int) returns jsonb stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v jsonb;
begin
  if s.kind = 'site' then
    select jsonb_build_object('names', r.names - 'all', 'kinds', (select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'verification', k.verification) order by k.kind), '[]')
        from reg.site_kind k where k.site = r.id and k.face = r.face), 'shown_as', r.shown_as, 'uncertainty_m', r.uncertainty_m, 'lon', st_x(r.centre), 'lat', st_y(r.centre),
        'units', array_remove(array[r.adm1, r.adm2, r.adm3], null), 'remains_state', r.remains_state, 'protection', r.protection, 'why', r.why, 'conflicts', cardinality(r.conflicts),
        'shown', api._geojson(r.shown), 'facts', api._graded(r))
      into v from reg.site r where r.id = s.id and r.face = p_face;
  elsif s.kind = 'holding' then
    select jsonb_build_object('names', r.names - 'all', 'record_kinds', r.record_kinds, 'years_began', r.years_began, 'years_ended', r.years_ended, 'extents', r.extents,
        'condition', r.condition, 'shown_as', r.shown_as, 'uncertainty_m', r.uncertainty_m, 'units', array_remove(array[r.adm1], null), 'protection', r.protection,
        'why', r.why, 'conflicts', cardinality(r.conflicts)) into v from reg.holding r where r.id = s.id and r.face = p_face;
  else
    select jsonb_build_object('names', '{}'::jsonb, 'case_state', r.case_state, 'sex', r.sex, 'birth', r.birth, 'circumstances', r.circumstances, 'why', r.why,
        'conflicts', cardinality(r.conflicts), 'events', (select coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'at', e.at, 'began', e.began, 'ended', e.ended,
          'shown_as', e.shown_as, 'uncertainty_m', e.uncertainty_m, 'units', e.adm1) order by coalesce(lower(e.began), lower(e.at)) nulls last, e.id), '[]')
          from reg.person_event e where e.person = r.id and e.face = r.face)) into v from reg.person r where r.id = s.id and r.face = p_face;
    if not coalesce(api._asked_for(v->>'case_state'), true) then perform api._refuse('listed', 'Nobody has asked for this person yet: the case does not leave.'); end if;
    if api._is_suspended(s.id) then perform api._refuse('suspended', 'The case is suspended: it does not leave.'); end if;
  end if;
  return v;
end $$;

-- Measures in force on a site that may leave at this face: who answers for each in kind, never by name; the order, its issuer and how large the area is
-- only where the exact place is shown. What its source did not agree to share stays.
create function api._printed_measures(s reg.subject, p_face int) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(jsonb_agg(jsonb_build_object('kind', m.kind, 'agent_kind', m.agent_kind, 'began', r.began, 'lapses_on', m.lapses_on)
    || case when p_face >= s.exact_tier then jsonb_build_object('issuer', r.issuer, 'legal_basis', r.legal_basis, 'area_m2', round(st_area(r.area::geography)::numeric, -1),
         'area_within_m', r.area_within_m) else '{}' end order by r.began nulls last, m.id), '[]')
  from api._measures(s.id) m join reg.measure r on r.id = m.id and r.tier <= p_face and r.scope = 0
  where m.state = 'active' and api._shareable(r.source, p_face) $$;

create function api.print_page(p_code text, p_recipient text, p_purpose text, p_risk jsonb, p_legal_basis text default null, p_inquiry uuid default null,
  p_asks jsonb default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid; s reg.subject; v_face int; v_page jsonb; v_told jsonb; i reg.inquiry; v_risk text;
begin
  v_by := api._need('investigator', 'analyst', 'protection_officer', 'data_steward', 'releaser');
  if p_inquiry is not null then i := api._seen_inquiry(p_inquiry); end if;
  select * into s from reg.subject x where x.code = api._as_code(left(p_code, 40)) or x.id = i.subject;
  if s.merged_into is not null then select * into s from reg.subject x where x.id = api._heir(s.id); end if;
  if s.id is null then perform api._missing(); end if;
  s := api._seen_subject(s.id);
  v_face := least(api.level(), 1);
  perform api._asked_by_whom(p_recipient, p_purpose, p_legal_basis);
  v_risk := api._risk_told(p_risk);
  if s.scope < 0 then perform api._refuse('frozen', 'It is frozen: nothing of it leaves until two releasers lift that.'); end if;
  if s.tier > v_face or s.scope <> 0 or i.tier > v_face or i.scope <> 0 then
    perform api._refuse('second_person', 'What is confidential or of a compartment is not printed to leave; what tier 1 may know of others is.'); end if;
  v_page := api._printed(s, v_face);
  if v_page is null then perform api._missing(); end if;
  if exists (select 1 from jsonb_each(v_page->'why') w join reg.claim c on c.id = (w.value->>'claim')::uuid where not api._shareable(c.source, case when split_part(w.key, ':', 1) in ('place', 'event') then v_face end)) then
    perform api._refuse('terms', 'Its terms or the consent do not permit that it is shared.'); end if;
  v_told := (v_page - 'why') || jsonb_build_object('code', s.code, 'kind', s.kind, 'face', v_face, 'today', reg.today(), 'unit', (select x.unit from api.sender() x),
    'synthetic', api.is_demo(), 'inquiry', case when i.id is not null then (select api.inquiry(i.id) - array['first_owner', 'opened_by', 'owner', 'mine']) end)
    || case when p_asks is null then '{}' else jsonb_build_object('asks', p_asks) end
    || case when s.kind = 'site' then jsonb_build_object('measures', api._printed_measures(s, v_face)) else '{}' end;
  insert into reg.disclosure(id, recipient, purpose, legal_basis, risk, format, precision, face, filter, rows, sha256, recorded_by, event, digest)
  values (v, trim(p_recipient), trim(p_purpose), p_legal_basis, v_risk, 'print', 'as tier ' || v_face || ' is shown it', v_face,
    jsonb_build_object('code', s.code) || case when p_asks is null then '{}' else jsonb_build_object('asks', p_asks) end, 1, sha256(convert_to(v_told::text, 'UTF8')), v_by, v_event, '');
  insert into reg.disclosure_subject(disclosure, subject, event, digest) values (v, s.id, v_event, '');
  perform api._close_event(v_event, 'print_page', s.id, trim(p_purpose));
  return v_told || jsonb_build_object('disclosure', v, 'recipient', trim(p_recipient), 'purpose', trim(p_purpose),
    'unverified', s.kind <> 'site' or jsonb_array_length(v_page->'kinds') = 0 or exists (select 1 from jsonb_array_elements(v_page->'kinds') k where k.value->>'verification' <> 'confirmed'));
end $$;
comment on function api.print_page(text, text, text, jsonb, text, uuid, jsonb) is
  'What a page printed to leave tells of a site, records, a case (no names) or an inquiry about one: what tier 1 at most is shown; to whom it goes, what for and at what '
  'risk stands recorded with the answer, or there is no answer; asks: what is asked of the recipient, told and recorded as it is. Refused where it is confidential, frozen, suspended, or its terms do not permit sharing.';
reset role;
