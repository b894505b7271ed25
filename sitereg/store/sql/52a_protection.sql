-- What was done to a place and for it: visits, measures, disturbances. Who sees the site sees them; their shapes and words
-- are clues to the exact place and are shown where that is.
set role sr_writer;

-- A source of our own making: the team that went, or the office that writes.
create function api._own_source(p_subject reg.subject, p_type text, p_label text, p_by uuid, p_event uuid) returns uuid
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid := reg.new_id();
begin
  insert into reg.source(id, type, connection, label, origin_root, tier, scope, terms, permitted_uses, consent, recorded_by, event, digest)
  values (v, p_type, 'eyewitness', jsonb_build_object('en', p_label), v, greatest((p_subject).tier, 1), (p_subject).scope, 'our own record',
    array(select u.code from vocab.permitted_use u order by u.rank), 'not_applicable', p_by, p_event, '');
  insert into reg.source_grade(id, source, reliability, reason, recorded_by, event, digest)
  values (reg.new_id(), v, 'B', 'Our own officers', p_by, p_event, '');
  return v;
end $$;

-- A place (or holding) where the caller may act, and that was not merged into another.
create function api._check_place(p_subject reg.subject) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._check_subject(p_subject, 'protection', '');
  if (p_subject).merged_into is not null then perform api._refuse('merged', 'It was merged into another: record it there.'); end if;
end $$;

create function api._check_terms(p_pairs text[]) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  for i in 1 .. array_length(p_pairs, 1) loop
    if p_pairs[i][2] is not null and not api._is_term(p_pairs[i][1], p_pairs[i][2]) then
      perform api._bad('unknown_code', p_pairs[i][1], p_pairs[i][2], 'This is no term of ' || p_pairs[i][1], p_pairs[i][1]); end if;
  end loop;
end $$;

create function api._given_shape(p_hex text, p_field text) returns geometry
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v geometry;
begin
  begin v := st_setsrid(p_hex::geometry, 4326); exception when others then v := 'SRID=4326;POINT EMPTY'::geometry; end;
  if not api._sound(v) then perform api._bad('bad_geometry', p_field, '', 'The shape is empty, not finite, invalid or outside the world'); end if;
  return v;
end $$;

create function api._check_within(p_metres float8, p_shape geometry, p_field text) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if p_metres is null then return; end if;
  if p_shape is null then perform api._bad('missing_required', p_field, p_metres::text, 'How exact it is says nothing without the area'); end if;
  if not (p_metres > 0 and p_metres <= 100000) then  -- NaN is greater than all
    perform api._bad('bad_value', p_field, p_metres::text, 'Metres that the outline may be off: more than 0 and at most 100,000'); end if;
end $$;

create function api._visit_of(p_visit uuid, p_site uuid) returns reg.visit
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.visit;
begin
  if p_visit is null then return null; end if;
  select * into v from reg.visit x where x.id = p_visit and x.site = p_site;
  if not found then perform api._bad('not_found', 'visit', p_visit::text, 'This site has no such visit'); end if;
  return v;
end $$;

create function api.record_visit(p_site uuid, p_method text, p_visited_on date, p_team text default null, p_covered text default null,
  p_covered_shape text default null, p_not_searched text default null, p_findings text default null, p_negative bool default false,
  p_damage_assessed bool default false, p_remains text default null, p_documents uuid[] default '{}', p_credibility text default '2',
  p_seen int default null, p_covered_within_m float8 default null, p_access text default null, p_not_searched_shape text default null,
  p_not_searched_within_m float8 default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_id uuid := reg.new_id(); v_by uuid; v_site reg.subject; v_source uuid; v_said api._said; v_all api._said[]; v_shape geometry; v_left geometry;
begin
  v_by := api._need('protection_officer', 'investigator');
  v_site := api._seen_subject(p_site, true);
  perform api._check_place(v_site);
  perform api._check_seen(v_site, p_seen);
  if p_method not in ('on_site', 'imagery', 'telephone') then perform api._bad('unknown_code', 'method', p_method, 'on_site, imagery or telephone'); end if;
  if p_visited_on is null then perform api._bad('missing_required', 'visited_on', '', 'Say on which day'); end if;
  if p_visited_on > reg.today() then perform api._bad('future_date', 'visited_on', p_visited_on::text, 'This day lies in the future'); end if;
  if p_negative and coalesce(trim(p_covered), '') = '' and p_covered_shape is null then
    perform api._bad('missing_required', 'covered', '', 'A negative result says what was covered'); end if;
  perform api._check_terms(array[['remains_state', p_remains], ['credibility', p_credibility], ['access_condition', p_access]]);
  if p_access is not null and v_site.kind <> 'site' then
    perform api._bad('bad_subject', 'access', p_access, 'Of records it is said apart who is let to see them (records_access)'); end if;
  if p_credibility = '1' then
    perform api._bad('needs_agreement', 'credibility', '1', 'Credibility 1 needs another claim of another origin that says the same'); end if;
  v_shape := api._given_shape(p_covered_shape, 'covered_shape');
  perform api._check_within(p_covered_within_m, v_shape, 'covered_within_m');
  v_left := api._given_shape(p_not_searched_shape, 'not_searched_shape');
  perform api._check_within(p_not_searched_within_m, v_left, 'not_searched_within_m');
  if exists (select 1 from unnest(p_documents) d where not exists (select 1 from reg.document x where x.id = d and x.tier <= api.level() and x.scope = any (api.scopes()))) then
    perform api._bad('not_found', 'documents', '', 'One of these documents is not here for you'); end if;
  v_source := api._own_source(v_site, case p_method when 'on_site' then 'site_visit_report' else 'derived_analysis' end,
    case p_method when 'on_site' then 'Visit' when 'imagery' then 'Review by imagery' else 'Review by telephone' end, v_by, v_event);
  v_said.subject := p_site; v_said.source := v_source; v_said.credibility := p_credibility; v_said.first_hand := p_method = 'on_site';
  v_said.at := daterange(p_visited_on, p_visited_on, '[]')::text;
  if v_site.kind = 'site' then
    v_said.id := reg.new_id(); v_said.predicate := 'activity';
    v_said.value := jsonb_build_object('code', case p_method when 'on_site' then 'site_visit' when 'imagery' then 'remote_sensing' else 'desk_assessment' end);
    v_all := array[v_said];
    if p_remains is not null then
      v_said.id := reg.new_id(); v_said.predicate := 'remains_state'; v_said.value := jsonb_build_object('code', p_remains);
      v_all := v_all || v_said;
    end if;
    if p_access is not null then
      v_said.id := reg.new_id(); v_said.predicate := 'access_condition'; v_said.value := jsonb_build_object('code', p_access);
      v_all := v_all || v_said;
    end if;
    perform api._insert_claims(v_all, null, v_by, v_event);
  end if;
  insert into reg.visit(id, site, method, visited_on, team, covered, covered_shape, not_searched, findings, negative, damage_assessed,
    documents, source, claim, tier, scope, recorded_by, event, digest, covered_within_m,
    not_searched_shape, not_searched_within_m)
  values (v_id, p_site, p_method, p_visited_on, p_team, p_covered, v_shape, p_not_searched, p_findings, p_negative, p_damage_assessed,
    p_documents, v_source, v_all[1].id, greatest(v_site.tier, 1), v_site.scope, v_by, v_event, '', p_covered_within_m,
    v_left, p_not_searched_within_m);
  perform api._first_levels(array[p_site], v_event);
  perform api._resolve(array[p_site]);
  perform api._close_event(v_event, 'record_visit', p_site, p_method);
  return jsonb_build_object('visit', v_id, 'source', v_source, 'claims', (select jsonb_agg(u.id) from unnest(v_all) u), 'version', api._version(v_site));
end $$;
comment on function api.record_visit(uuid, text, date, text, text, text, text, text, bool, bool, text, uuid[], text, int, float8, text, text, float8) is
  'A visit or remote review stands, with its source and the claims that decisions can cite; what was not searched is said, in words and as an area, and how one came in.';

create function api.record_measure(p_site uuid, p_kind text, p_state text, p_reason text, p_agent_kind text default null, p_agent uuid default null,
  p_issuer text default null, p_legal_basis text default null, p_area text default null, p_began daterange default null,
  p_ended daterange default null, p_lapses_on date default null, p_note text default null, p_visit uuid default null,
  p_source uuid default null, p_seen int default null, p_area_within_m float8 default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_id uuid := reg.new_id(); v_by uuid; v_site reg.subject; v_source uuid; v reg.proposal; v_area geometry;
begin
  v_by := api._need(variadic (api._step('measure', '', p_state)).roles);
  perform api._check_words(p_reason, '{}', null);
  v_site := api._seen_subject(p_site, true);
  perform api._check_place(v_site);
  perform api._check_seen(v_site, p_seen);
  perform api._check_terms(array[['measure_kind', coalesce(p_kind, '')], ['authority_kind', p_agent_kind]]);
  if p_agent is not null and not exists (select 1 from reg.authority a where a.id = p_agent) then
    perform api._bad('not_found', 'agent', p_agent::text, 'There is no such authority'); end if;
  if p_lapses_on < reg.today() then
    perform api._bad('bad_date', 'lapses_on', p_lapses_on::text, 'This measure would have lapsed already'); end if;
  v_area := api._given_shape(p_area, 'area');
  perform api._check_within(p_area_within_m, v_area, 'area_within_m');
  v_source := coalesce((api._visit_of(p_visit, p_site)).source, p_source, api._own_source(v_site, 'derived_analysis', 'Entry of the protection office', v_by, v_event));
  perform api._seen_source(v_source);
  insert into reg.measure(id, site, kind, agent_kind, agent, issuer, legal_basis, area, began, ended, lapses_on, note, visit, source, tier, scope, recorded_by, event, digest, area_within_m)
  values (v_id, p_site, p_kind, p_agent_kind, p_agent, p_issuer, p_legal_basis, v_area, p_began, p_ended, p_lapses_on,
    p_note, p_visit, v_source, greatest(v_site.tier, 1), v_site.scope, v_by, v_event, '', p_area_within_m);
  v.subject := p_site; v.machine := 'measure'; v.aspect := v_id; v.to_state := p_state; v.reason := p_reason; v.value := '{}'; v.basis := '{}';
  v.recorded_by := v_by; v.id := v_event; v.due := p_lapses_on;
  perform api._settle(v_site, v, '{}', 'person', v_event);
  perform api._resolve(array[p_site]);
  perform api._close_event(v_event, 'record_measure', p_site, p_reason);
  return jsonb_build_object('measure', v_id, 'state', p_state, 'version', api._version(v_site));
end $$;
comment on function api.record_measure(uuid, text, text, text, text, uuid, text, text, text, daterange, daterange, date, text, uuid, uuid, int, float8) is
  'A measure stands, planned or active; the protection status is decided apart from it.';

create function api._seen_source(p_source uuid) returns reg.source
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.source;
begin
  select * into v from reg.source s where s.id = p_source and s.tier <= api.level() and s.scope = any (api.scopes());
  if not found then perform api._bad('not_found', 'source', p_source::text, 'There is no such source for you'); end if;
  return v;
end $$;

create function api.measure_state(p_measure uuid, p_to text, p_reason text, p_due date default null, p_observed_on date default null, p_seen int default null)
returns jsonb volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_site uuid;
begin
  perform api._may_propose('measure');
  select m.site into v_site from reg.measure m where m.id = p_measure and m.tier <= api.level() and m.scope = any (api.scopes());
  if not found then perform api._missing(); end if;
  return api.decide(v_site, 'measure', p_measure::text, p_to, p_reason, '{}', p_seen, p_observed_on, p_due);
end $$;
comment on function api.measure_state(uuid, text, text, date, date, int) is
  'The measure is active, removed or failed now, or active again until a new day.';

create function api.record_disturbance(p_site uuid, p_kind text, p_severity text, p_by text default null, p_observed daterange default null,
  p_reversible bool default null, p_note text default null, p_visit uuid default null, p_source uuid default null,
  p_credibility text default null, p_seen int default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_id uuid := reg.new_id(); v_by uuid; v_site reg.subject; v_visit reg.visit; v_source reg.source; v_grade text; v_says text;
begin
  v_by := api._need('protection_officer', 'investigator', 'analyst', 'data_steward');
  v_site := api._seen_subject(p_site, true);
  perform api._check_place(v_site);
  perform api._check_seen(v_site, p_seen);
  perform api._check_terms(array[['disturbance_kind', coalesce(p_kind, '')], ['severity', coalesce(p_severity, '')], ['disturbance_by', p_by], ['credibility', p_credibility]]);
  if lower(p_observed) > reg.today() then perform api._bad('future_date', 'observed', p_observed::text, 'This lies in the future'); end if;
  v_visit := api._visit_of(p_visit, p_site);
  v_source := api._seen_source(coalesce(v_visit.source, p_source));
  if v_source.type = 'testimony_insider' and not api._of_months(p_observed::text) then
    perform api._bad('insider_words', 'observed', '', 'The words and exact days of an insider go to the vault: here they are told in other words, and by the month'); end if;
  select g.reliability into v_grade from reg.source_grade g where g.source = v_source.id order by g.recorded_at desc, g.id desc limit 1;
  insert into reg.disturbance(id, site, kind, by, severity, reversible, observed, note, visit, source, reliability, credibility, tier, scope, recorded_by, event, digest)
  values (v_id, p_site, p_kind, p_by, p_severity, p_reversible, p_observed, p_note, p_visit, v_source.id, v_grade,
    coalesce(p_credibility, case when p_visit is null then '6' else '2' end), greatest(v_site.tier, 1), v_site.scope, v_by, v_event, '');
  v_says := api._answer_disturbance(v_site, v_id, v_visit.claim, v_by, v_event);
  perform api._resolve(array[p_site]);
  perform api._close_event(v_event, 'record_disturbance', p_site, p_kind);
  return jsonb_build_object('disturbance', v_id, 'answer', v_says, 'protection', api._state(p_site, 'protection', ''), 'version', api._version(v_site));
end $$;
comment on function api.record_disturbance(uuid, text, text, text, daterange, bool, text, uuid, uuid, text, int) is
  'A disturbance stands open; at least moderate and from our own visit or a claim of C3 it makes the site compromised at once, '
  'any other opens a task and a mark.';

-- I15. Answers 'compromised', 'already' (the status does not change by it) or 'task'.
create function api._answer_disturbance(p_site reg.subject, p_disturbance uuid, p_claim uuid, p_by uuid, p_event uuid) returns text
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.proposal; d record;
begin
  select * into d from api._disturbances((p_site).id) x where x.id = p_disturbance;
  if not d.strong then
    if d.rank > 0 then
      perform api._open_task('check_disturbance', format('A disturbance was reported (%s, %s): go and see, or ask somebody there.', d.kind, d.severity),
        p_site, 'protection_officer', jsonb_build_object('disturbance', p_disturbance));
    end if;
    return 'task';
  end if;
  v.from_state := api._state((p_site).id, 'protection', '');
  if not exists (select 1 from reg.transition t where t.machine = 'protection' and t.from_state = v.from_state and t.to_state = 'compromised'
                 and t.guards = array['disturbance_open']) then return 'already'; end if;
  v.id := p_event; v.subject := (p_site).id; v.machine := 'protection'; v.aspect := ''; v.to_state := 'compromised';
  v.reason := format('Disturbance: %s, %s', d.kind, d.severity); v.value := jsonb_build_object('disturbance', p_disturbance);
  v.basis := array_remove(array[p_claim], null); v.observed_on := d.since; v.recorded_by := p_by;
  perform api._settle(p_site, v, '{}', 'rule', p_event);
  return 'compromised';
end $$;

create function api.end_disturbance(p_disturbance uuid, p_why text, p_remedy text default null, p_visit uuid default null) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v_site uuid;
begin
  v_by := api._need('protection_officer');
  perform api._check_words(p_why, '{}', null);
  select d.site into v_site from reg.disturbance d where d.id = p_disturbance and d.tier <= api.level() and d.scope = any (api.scopes());
  if not found then perform api._missing(); end if;
  perform api._seen_subject(v_site, true);
  if exists (select 1 from reg.disturbance_end e where e.disturbance = p_disturbance) then
    raise exception 'This disturbance was ended already' using errcode = 'SR409', detail = '{"changed": [{"field": "disturbance", "was": "open", "now": "ended"}]}'; end if;
  insert into reg.disturbance_end(disturbance, why, remedy, visit, recorded_by, event, digest)
  values (p_disturbance, p_why, nullif(trim(p_remedy), ''), (api._visit_of(p_visit, v_site)).id, v_by, v_event, '');
  update reg.task set done_at = clock_timestamp(), done_by = v_by, outcome = p_why
   where subject = v_site and what = 'check_disturbance' and data->>'disturbance' = p_disturbance::text and done_at is null;
  perform api._resolve(array[v_site]);
  perform api._close_event(v_event, 'end_disturbance', v_site, p_why);
end $$;
comment on function api.end_disturbance(uuid, text, text, uuid) is
  'The disturbance is over, with what was done about it; the status stays until it is decided anew.';
reset role;
