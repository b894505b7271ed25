-- A document that leaves: the copy, to whom and what for, in the transaction that hands its bytes over.
set role sr_writer;
create function api.release_document(p_document uuid, p_recipient text, p_purpose text, p_legal_basis text default null, p_risk text default null,
  out disclosure uuid, out sha256 text, out media_type text, out name text)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; d reg.document; v_subjects uuid[];
begin
  v_by := api._need('investigator', 'analyst', 'protection_officer', 'data_steward', 'releaser');
  d := api._seen_document(p_document);
  if coalesce(trim(p_recipient), '') = '' then perform api._bad('missing_required', 'recipient', '', 'Say who receives it'); end if;
  if coalesce(trim(p_purpose), '') = '' then perform api._bad('missing_required', 'purpose', '', 'Say what for'); end if;
  if p_legal_basis is not null and not api._is_term('legal_basis', p_legal_basis) then
    perform api._bad('unknown_code', 'legal_basis', p_legal_basis, 'This is no legal basis', 'legal_basis'); end if;
  if d.tier > 1 or d.scope <> 0 then perform api._refuse('second_person', 'What is confidential or of a compartment does not leave as it is: make a redacted copy.'); end if;
  if d.partner is null or coalesce(trim(d.terms), '') = '' or not d.permitted_uses && array['sharing_with_partners', 'publication']
     or not coalesce((select (c.attrs->>'usable')::bool from vocab.consent_state c where c.code = d.consent), false)
     or exists (select 1 from reg.claim c where c.document = d.id and not api._shareable(c.source)
                and exists (select 1 from reg.terms_change t where t.source = c.source)) then
    perform api._refuse('terms', 'Its terms or the consent do not permit that it is shared.'); end if;
  v_subjects := array(select distinct c.subject from reg.claim c where c.document in (d.id, d.derived_from) and not exists (select 1 from reg.claim_end e where e.claim = c.id));
  disclosure := reg.new_id(); sha256 := encode(d.sha256, 'hex'); media_type := d.media_type; name := d.original_name;
  insert into reg.disclosure(id, recipient, purpose, legal_basis, risk, format, precision, face, filter, rows, sha256, recorded_by, event, digest, document)
  values (disclosure, trim(p_recipient), trim(p_purpose), p_legal_basis, coalesce(nullif(trim(p_risk), ''), 'not stated'), d.media_type, 'the document as it is', 1, '{}',
    cardinality(v_subjects), d.sha256, v_by, v_event, '', d.id);
  insert into reg.disclosure_subject(disclosure, subject, event, digest) select release_document.disclosure, u, v_event, '' from unnest(v_subjects) u;
  perform api._custody(d.id, 'released', disclosure::text, v_by, v_event);
  perform api._close_event(v_event, 'release_document', d.id, trim(p_purpose));
end $$;
comment on function api.release_document(uuid, text, text, text, text) is
  'A document may leave and it stands recorded to whom and what for, with a step of custody; refused by its terms, consent or tier. '
  'Answers where its bytes lie.';
reset role;
