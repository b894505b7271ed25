-- The parts of a hand-over, as rows of JSON: what the two persons' clearance sees of no compartment, of sources who agree to it. A value
-- goes along when the claim that it rests on does. No name of a person, no identity of a source, nobody of our own staff.
set role sr_writer;

-- Every claim told of what is seen, with what its source answers. Of a witness who is not named no event and no import, which would tie
-- together what he said of several records.
create function api._handed_claims() returns table(subject uuid, code text, record text, field text, value jsonb, claim uuid, reliability text, credibility text, first_hand bool,
  ref uuid, source uuid, allows bool, named bool, reason text, at daterange, began daterange, ended daterange, shape jsonb, uncertainty_m float8, place_kind text, method text,
  pcode text, verbatim text, recorded text, quote text, made_in uuid, batch uuid)
stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language sql as $$
  with src as materialized (select s.id, s.type, h.* from reg.source s cross join lateral api._hand_over(s.id) h),
  seen as materialized (select r.* from api._seen_records() r join reg.subject s on s.id = r.id and s.scope = 0
    where r.kind <> 'person' or not api._is_suspended(r.id) and exists (select 1 from reg.person p where p.id = r.id and p.face = api.level() and api._asked_for(p.case_state)))
  select r.id, r.code, r.kind, w.field, w.value, w.claim, w.reliability, w.credibility, w.first_hand,
    case when src.named or not api._is_told(src.type) then src.id else w.source_ref end, src.id, src.allows, src.named, src.reason, w.at, w.began, w.ended, w.shape,
    w.uncertainty_m, w.place_kind, w.method, w.pcode, w.verbatim, w.recorded, w.quote, case when t.apart is null then c.event end, case when t.apart is null then c.batch end
  from seen r cross join lateral api._claims_told(r.code, r.kind) w join reg.claim c on c.id = w.claim and c.scope = 0 join src on src.id = c.source
  cross join lateral (select case when not src.named and api._is_told(src.type) then true end as apart) t $$;

-- Whether a record has values under this word (kind, kind:prison, name ...), and all of them rest on sources that agree.
create function api._rests(p_why jsonb, p_word text, p_sources uuid[]) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(bool_and(c.source = any (p_sources) and c.scope = 0), false) from jsonb_each(p_why) w join reg.claim c on c.id = (w.value->>'claim')::uuid
  where w.key = p_word or split_part(w.key, ':', 1) = p_word $$;

create function api._handed_sites(p_sources uuid[], p_ids uuid[]) returns setof jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('code', s.code, 'name_en', case when api._rests(s.why, 'name:en', p_sources) then s.names->>'en' end,
    'name_ar', case when api._rests(s.why, 'name:ar', p_sources) then s.names->>'ar' end,
    'kinds', (select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'verification', k.verification, 'began', api._first_day(k.began), 'ended', api._final_day(k.ended)) order by k.kind), '[]')
      from reg.site_kind k where k.site = s.id and k.face = s.face and k.scope = 0 and api._rests(s.why, 'kind:' || k.kind, p_sources)),
    'protection', s.protection, 'next_review', s.next_review, 'remains_state', case when api._rests(s.why, 'remains_state', p_sources) then s.remains_state end,
    'shown_as', case when g.ok then s.shown_as else 'none' end, 'uncertainty_m', case when g.ok then s.uncertainty_m end, 'place_kind', case when g.ok then s.place_kind end,
    'method', case when g.ok then s.method end, 'country', case when g.ok then s.country end, 'adm1', case when g.ok then s.adm1 end, 'adm2', case when g.ok then s.adm2 end,
    'adm3', case when g.ok then s.adm3 end, 'geometry', case when g.ok then api._geojson(s.shown) end)
  from reg.site s cross join lateral (select api._rests(s.why, 'place', p_sources) as ok) g
  where s.face = api.level() and s.scope = 0 and s.id = any (p_ids) order by s.code $$;

create function api._handed_cases(p_sources uuid[], p_ids uuid[]) returns setof jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('code', p.code, 'case_state', p.case_state, 'fate', p.fate, 'whereabouts', p.whereabouts,
    'sex', case when api._rests(p.why, 'sex', p_sources) then p.sex end, 'birth_earliest', case when b.ok then api._first_day(p.birth) end,
    'birth_latest', case when b.ok then api._final_day(p.birth) end)
  from reg.person p cross join lateral (select api._rests(p.why, 'birth', p_sources) as ok) b where p.face = api.level() and p.scope = 0 and p.id = any (p_ids) order by p.code $$;

create function api._handed_events(p_sources uuid[], p_ids uuid[]) returns setof jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('person', p.code, 'kind', e.kind, 'at_earliest', api._first_day(e.at), 'at_latest', api._final_day(e.at), 'began', api._first_day(e.began),
    'ended', api._final_day(e.ended), 'shown_as', e.shown_as, 'uncertainty_m', e.uncertainty_m, 'pcode', e.pcode, 'edition', e.edition, 'site', s.code,
    'reliability', e.reliability, 'credibility', e.credibility, 'first_hand', e.first_hand, 'geometry', case when e.shown_as <> 'admin_unit' then api._geojson(e.shown) end)
  from reg.person_event e join reg.person p on p.id = e.person and p.face = e.face left join reg.site s on s.id = e.site and s.face = e.face and s.id = any (p_ids)
  where e.face = api.level() and e.scope = 0 and e.person = any (p_ids)
    and not exists (select 1 from reg.claim c where c.id = any (e.claims) and not (c.source = any (p_sources) and c.scope = 0)) order by p.code, e.kind, e.id $$;

create function api._handed_relations(p_sources uuid[], p_ids uuid[]) returns setof jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('site', s.code, 'kind', r.kind, 'other', o.code, 'began', api._first_day(r.began), 'ended', api._final_day(r.ended))
  from reg.site_relation r join reg.subject s on s.id = r.site join reg.subject o on o.id = r.other
  where r.face = api.level() and r.scope = 0 and r.site = any (p_ids) and r.other = any (p_ids)
    and not exists (select 1 from reg.claim c where c.id = any (r.claims) and not (c.source = any (p_sources) and c.scope = 0)) order by s.code, r.kind, o.code $$;

-- Of a decision the words go along where every claim that it cites does; who decided does not, nor an event in which a witness told.
create function api._handed_decisions(p_sources uuid[], p_ids uuid[]) returns setof jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('record', d.record_code, 'machine', d.machine, 'aspect', d.aspect, 'seq', d.seq, 'from_state', d.from_state, 'to_state', d.to_state,
    'reason', case when cardinality(x.basis) > 0 and not exists (select 1 from reg.claim c where c.id = any (x.basis) and not (c.source = any (p_sources) and c.scope = 0)) then d.reason end,
    'approvals', cardinality(x.approved_by), 'annulled', d.annulled, 'how', d.how, 'decided_on', to_char(d.decided_at at time zone 'UTC', 'YYYY-MM-DD'),
    'recorded_in', case when not exists (select 1 from reg.claim c join reg.source o on o.id = c.source where c.event = x.event and api._is_told(o.type)) then x.event end)
  from api.all_decisions() d join reg.decision x on x.id = d.id and x.scope = 0 join reg.subject s on s.id = x.subject
  where d.machine in ('verification', 'protection', 'case', 'measure') and api._heir(s.id) = any (p_ids) order by d.record_code, d.machine, d.aspect, d.seq $$;

create function api._handed_documents(p_sources uuid[]) returns setof jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('document', d.id, 'sha256', encode(d.sha256, 'hex'), 'bytes', d.size, 'media_type', d.media_type, 'role', d.role,
    'derived_from', case when not api._replaced(d.derived_from) then d.derived_from end)
  from reg.document d where d.tier <= api.level() and d.scope = 0 and not api._silenced_document(d.id) and not api._replaced(d.id) and not api._copy_retracted(d.id)
    and exists (select 1 from reg.claim c where c.document in (d.id, d.derived_from))
    and not exists (select 1 from reg.claim c where c.document in (d.id, d.derived_from) and not (c.source = any (p_sources) and c.scope = 0)) order by d.id $$;

-- What stays, by class and reason; a reason without a number holds always, whether or not there is such a thing.
create function api._withheld_by_class() returns setof jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('class', 'claims', 'reason', h.reason, 'count', count(*)) from api._handed_claims() h where not h.allows group by h.reason
  union all select jsonb_build_object('class', 'cases', 'reason', 'nobody_asked', 'count', count(*)) from reg.person p
    where p.face = api.level() and p.tier <= api.level() and p.scope = 0 and not api._asked_for(p.case_state) having count(*) > 0
  union all select jsonb_build_object('class', x.class, 'reason', x.reason, 'count', null) from (values ('names of persons', 'sealed'), ('identities of sources', 'vault'),
    ('what is of a compartment', 'compartment'), ('what is restricted above the tier of this package', 'tier'), ('what is frozen', 'frozen'), ('lines of inquiry', 'no_fact'),
    ('files of documents', 'one_by_one'), ('who of our staff did what', 'staff')) x(class, reason) $$;

create function api._claims_digest(p_claims uuid[]) returns text immutable set search_path = pg_catalog, public, pg_temp language sql as $$
  select encode(sha256(convert_to(coalesce(string_agg(c::text, ',' order by c), ''), 'UTF8')), 'hex') from unnest(p_claims) c $$;

create function api.hand_over_rows(p_package uuid, p_part text) returns setof jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare p reg.package; v_sources uuid[]; v_ids uuid[]; v_digest text;
begin
  perform api._need('data_steward', 'releaser');
  p := api._makable(p_package);
  if p.kind <> 'hand_over' then perform api._missing(); end if;
  perform api.log_read('hand_over', p.id, jsonb_build_object('part', left(p_part, 20)));
  v_sources := api._handed_sources();
  if p_part in ('sites', 'cases', 'events', 'relations', 'decisions', 'measures', 'visits', 'disturbances') then
    select array_agg(distinct h.subject), api._claims_digest(array_agg(h.claim)) into v_ids, v_digest from api._handed_claims() h where h.allows;
    v_ids := coalesce(v_ids, '{}');
    perform api._as_read(p.id, v_digest, true); end if;
  if p_part = 'sites' then return query select api._handed_sites(v_sources, v_ids);
  elsif p_part = 'cases' then return query select api._handed_cases(v_sources, v_ids);
  elsif p_part = 'events' then return query select api._handed_events(v_sources, v_ids);
  elsif p_part = 'relations' then return query select api._handed_relations(v_sources, v_ids);
  elsif p_part = 'decisions' then return query select api._handed_decisions(v_sources, v_ids);
  elsif p_part = 'documents' then return query select api._handed_documents(v_sources);
  elsif p_part = 'withheld' then return query select api._withheld_by_class();
  elsif p_part = 'claims' then
    return query select jsonb_build_object('claim', h.claim, 'record', h.code, 'record_kind', h.record, 'field', h.field, 'value', h.value, 'reliability', h.reliability,
        'credibility', h.credibility, 'first_hand', h.first_hand, 'source', h.ref, 'at_earliest', api._first_day(h.at), 'at_latest', api._final_day(h.at),
        'began', api._first_day(h.began), 'ended', api._final_day(h.ended), 'geometry', h.shape, 'uncertainty_m', h.uncertainty_m, 'place_kind', h.place_kind, 'method', h.method,
        'pcode', h.pcode, 'verbatim', h.verbatim, 'quote', h.quote, 'recorded', h.recorded, 'recorded_in', h.made_in, 'batch', h.batch)
      from api._handed_claims() h where h.allows order by h.code, h.field, h.claim;
  elsif p_part = 'sources' then
    return query select distinct on (h.ref) jsonb_build_object('source', h.ref, 'type', case when h.named or not api._is_told(s.type) then s.type end,
        'family', v.attrs->>'family', 'label_en', case when h.named then s.label->>'en' end, 'label_ar', case when h.named then s.label->>'ar' end, 'named', h.named,
        'partner_en', case when h.named then q.names->>'en' end, 'partner_ar', case when h.named then q.names->>'ar' end, 'terms', case when h.named then s.terms end,
        'consent', t.consent, 'reliability', g.reliability, 'repeats', s.origin_root <> s.id)
      from api._handed_claims() h join reg.source s on s.id = h.source join vocab.source_type v on v.code = s.type left join reg.partner q on q.id = s.partner
      cross join lateral api._terms_now(s.id) t
      left join lateral (select x.reliability from reg.source_grade x where x.source = s.id order by x.recorded_at desc, x.id desc limit 1) g on true
      where h.allows order by h.ref;
  elsif p_part = 'measures' then
    return query select to_jsonb(m) - array['key', 'id', 'kind_en', 'kind_ar', 'state_en', 'state_ar', 'geom'] from api.all_measures() m
      join reg.subject s on s.code = m.record_code join reg.measure x on x.id = m.id and x.scope = 0 and x.source = any (v_sources) where s.id = any (v_ids);
  elsif p_part = 'visits' then
    return query select to_jsonb(m) - array['key', 'id', 'team', 'geom'] from api.all_visits() m join reg.subject s on s.code = m.record_code
      join reg.visit x on x.id = m.id and x.scope = 0 and x.source = any (v_sources) where s.id = any (v_ids);
  elsif p_part = 'disturbances' then
    return query select to_jsonb(m) - array['key', 'id', 'kind_en', 'kind_ar', 'severity_en', 'severity_ar', 'by_en', 'by_ar', 'geom'] from api.all_disturbances() m
      join reg.subject s on s.code = m.record_code join reg.disturbance x on x.id = m.id and x.scope = 0 and x.source = any (v_sources) where s.id = any (v_ids);
  elsif p_part = 'audit' then
    return query select jsonb_build_object('events', a.seq, 'head', encode(a.hash, 'hex')) from reg.audit_head a
      union all (select jsonb_build_object('size', k.size, 'root', encode(k.root, 'hex'), 'at', k.at, 'previous', encode(k.previous, 'hex'), 'signature', encode(k.signature, 'hex'),
        'key', encode(k.key, 'hex')) from reg.checkpoint k order by k.size, k.at);
  else perform api._bad('unknown_code', 'part', p_part, 'A hand-over has no such part'); end if;
end $$;
comment on function api.hand_over_rows(uuid, text) is
  'One part of a hand-over that was agreed (sites, cases, events, relations, decisions, claims, sources, documents, measures, visits, disturbances, audit, withheld), '
  'for one of the two persons; logged.';

create function api.hand_over_made(p_package uuid, p_manifest bytea, p_copy text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare p reg.package; v_ids uuid[]; v_digest text;
begin
  perform api._need('data_steward', 'releaser');
  p := api._makable(p_package);
  if p.kind <> 'hand_over' then perform api._missing(); end if;
  perform api._no_recalls();
  select coalesce(array_agg(distinct h.subject), '{}'), api._claims_digest(array_agg(h.claim)) into v_ids, v_digest from api._handed_claims() h where h.allows;
  perform api._as_read(p.id, v_digest, false);
  return api._made_package(p, p_manifest, p_copy, v_ids, 'hand-over',
    'as tier ' || p.level || ' is shown it');
end $$;
comment on function api.hand_over_made(uuid, bytea, text) is
  'The hand-over is made, once: its disclosure names every record in it, both persons and the hash of its manifest.';
reset role;
