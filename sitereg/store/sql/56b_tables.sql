-- What was done for sites and bodies of records, what was settled, what waits and what left, flat, in the caller's face (see 56a).
set role sr_reader;

create function api.all_visits() returns table(key bigint, id uuid, record_code text, record_kind text, method text, visited_on date, team text,
  covered text, not_searched text, findings text, negative bool, damage_assessed bool, geom geometry)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes into v_me from api.me() m;
  return query
  select api._feature_id(b.id), b.id, r.code, r.kind, b.told->>'method', (b.told->>'on')::date, b.told->>'team', b.told->>'covered', b.told->>'left',
    b.told->>'findings', (b.told->>'negative')::bool, (b.told->>'assessed')::bool, b.area
  from reg.beside b join api._places_of(v_me.level, v_me.scopes) r on r.id = b.record
  where b.face = v_me.level and b.what = 'visit' and b.kin and b.scope = any (v_me.scopes) order by r.code, (b.told->>'on')::date, b.id;
end $$;
comment on function api.all_visits() is 'Every visit and remote review of what the caller sees; words and the area covered where his face shows the exact place.';

create function api.all_measures() returns table(key bigint, id uuid, record_code text, record_kind text, kind text, kind_en text, kind_ar text, state text,
  state_en text, state_ar text, agent_kind text, issuer text, legal_basis text, began_earliest date, began_latest date, ended_earliest date,
  ended_latest date, lapses_on date, note text, geom geometry)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes into v_me from api.me() m;
  return query
  select api._feature_id(b.id), b.id, r.code, r.kind, k.code, k.label_en, k.label_ar, s.code, s.label_en, s.label_ar, b.told->>'agent_kind',
    b.told->>'issuer', b.told->>'legal_basis', api._first_day((b.told->>'began')::daterange), api._final_day((b.told->>'began')::daterange),
    api._first_day((b.told->>'ended')::daterange), api._final_day((b.told->>'ended')::daterange), (b.told->>'lapses_on')::date, b.told->>'note', b.area
  from reg.beside b join api._places_of(v_me.level, v_me.scopes) r on r.id = b.record
  join vocab.measure_kind k on k.code = b.told->>'kind' left join vocab.measure_state s on s.code = b.told->>'state'
  where b.face = v_me.level and b.what = 'measure' and b.scope = any (v_me.scopes) order by r.code, b.id;
end $$;
comment on function api.all_measures() is 'Every protection measure with its state in force; words and the area where the caller''s face shows the exact place.';

create function api.all_disturbances() returns table(key bigint, id uuid, record_code text, record_kind text, kind text, kind_en text, kind_ar text, by text,
  severity text, severity_en text, severity_ar text, reversible bool, observed_earliest date, observed_latest date, reliability text, credibility text,
  is_open bool, ended_why text, remedy text, note text)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes into v_me from api.me() m;
  return query
  select api._feature_id(b.id), b.id, r.code, r.kind, k.code, k.label_en, k.label_ar, b.told->>'by', s.code, s.label_en, s.label_ar,
    (b.told->>'reversible')::bool, api._first_day((b.told->>'observed')::daterange), api._final_day((b.told->>'observed')::daterange),
    b.told->>'reliability', b.told->>'credibility', (b.told->>'open')::bool, b.told->>'ended_why', b.told->>'remedy', b.told->>'note'
  from reg.beside b join api._places_of(v_me.level, v_me.scopes) r on r.id = b.record
  join vocab.disturbance_kind k on k.code = b.told->>'kind' join vocab.severity s on s.code = b.told->>'severity'
  where b.face = v_me.level and b.what = 'disturbance' and b.scope = any (v_me.scopes) order by r.code, b.id;
end $$;
comment on function api.all_disturbances() is 'Every disturbance of what the caller sees and whether it is still open; words where his face shows the exact place.';

create function api.all_decisions() returns table(key bigint, id uuid, record_code text, record_kind text, machine text, machine_en text, machine_ar text,
  aspect text, seq int, from_state text, to_state text, reason text, proposed_by text, approved_by text, annulled bool, annuls bool, observed_on date,
  due date, how text, decided_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  return query
  select api._feature_id(d.id), d.id, r.code, r.kind, k.code, k.label_en, k.label_ar, d.aspect, d.seq, d.from_state, d.to_state, d.reason, d.proposed_by,
    array_to_string(d.approved_by, ', '), d.annulled, d.annuls is not null, d.observed_on, d.due, d.how, d.decided_at
  from api._seen_records() r cross join lateral api.decision_history(r.id) d join vocab.machine k on k.code = d.machine
  where r.id in (select x.subject from reg.decision x) order by r.code, d.decided_at, d.machine, d.aspect, d.seq;
end $$;
comment on function api.all_decisions() is 'Every decision on what the caller sees, as decision_history tells it.';

create function api.all_proposals() returns table(key bigint, id uuid, record_code text, machine text, machine_en text, machine_ar text, aspect text,
  from_state text, to_state text, reason text, proposed_by text, proposed_at timestamptz, due date, approvals int, approvals_needed int, mine bool,
  may_approve bool)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  return query
  select api._feature_id(o.id), o.id, o.code, k.code, k.label_en, k.label_ar, o.aspect, o.from_state, o.to_state, o.reason, o.proposed_by, o.proposed_at, o.due,
    o.approvals, o.approvals_needed, o.mine, o.may_approve
  from api.proposals_waiting() o join vocab.machine k on k.code = o.machine;
end $$;
comment on function api.all_proposals() is 'Every proposal that waits for approval and that the caller sees.';

create function api.all_tasks() returns table(key bigint, id uuid, what text, why text, record_code text, role text, due date, opened_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  return query select api._feature_id(t.id), t.id, t.what, t.why, t.code, t.role, t.due, t.opened_at from api.tasks(1000000) t;
end $$;
comment on function api.all_tasks() is 'Every open task for somebody like the caller.';

create function api.all_reports() returns table(key bigint, id uuid, receipt text, state text, record_code text, words text, place text, at_earliest date,
  at_latest date, callback bool, consent text, permitted_uses text, partner_en text, partner_ar text, uncertainty_m float8, lon float8, lat float8,
  recorded_at timestamptz, tier int, geom geometry)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  if not coalesce(api.roles() && array['investigator', 'data_steward', 'source_handler'], false) then return; end if;
  return query
  select api._feature_id(r.id), r.id, r.receipt, r.state, r.code, r.words, r.place, api._first_day(r.at), api._final_day(r.at), r.callback, r.consent,
    array_to_string(r.permitted_uses, ','), r.partner->>'en', r.partner->>'ar', r.uncertainty_m, r.lon, r.lat, r.recorded_at, r.tier,
    st_setsrid(decode(r.shape, 'hex')::geometry, 4326)
  from api.reports(null, 1000000, null) r;
end $$;
comment on function api.all_reports() is 'Every report that the caller may sort, as reports tells it; none for whoever has no role that sorts them.';

create function api.all_disclosures() returns table(key bigint, id uuid, recorded_at timestamptz, recipient text, purpose text, legal_basis text, risk text,
  format text, "precision" text, face int, filter text, row_count int, sha256 text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  return query
  select api._feature_id(d.id), d.id, d.recorded_at, d.recipient, d.purpose, d.legal_basis, d.risk, d.format, d.precision, d.face, d.filter::text, d.rows,
    d.sha256 from api.disclosures(null, 1000000) d;
end $$;
comment on function api.all_disclosures() is 'What left: the caller''s own acts, all of them for auditors and releasers.';

create function api.all_batches() returns table(key bigint, id uuid, state text, profile text, original_name text, sha256 text, tier int, partner_en text,
  partner_ar text, terms text, permitted_uses text, consent text, rows_in int, accepted int, flagged int, quarantined int, rejected int, operator text,
  started_at timestamptz, ended_at timestamptz, revoked_at timestamptz, revoked_why text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  return query
  select api._feature_id(b.batch), b.batch, b.state, b.profile, b.original_name, b.sha256, b.tier, b.partner->>'en', b.partner->>'ar', b.terms,
    array_to_string(b.permitted_uses, ','), b.consent, b.rows_in, b.accepted, b.flagged, b.quarantined, b.rejected, b.operator, b.started_at, b.ended_at,
    b.revoked_at, b.revoked_why
  from api.batch_report(null, 1000000) b;
end $$;
comment on function api.all_batches() is 'Every batch that the caller ran, all of them for auditors.';
reset role;
