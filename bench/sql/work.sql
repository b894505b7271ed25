-- What people at work leave beside claims: visits, measures, harm, proposals, inquiries, tasks, papers, trips. As rows alone, like those of
-- claims.sql: the shares are those of a registry in use (one site in three was visited, one in five has a measure, ...). After new_decisions.
set session_replication_role = replica;

create function bench.pick(p_codes text[], p_n bigint) returns text immutable parallel safe language sql as $$ select p_codes[1 + p_n % cardinality(p_codes)] $$;

create function bench.new_work() returns void language plpgsql as $$
declare v_by uuid := bench.worker(); v_event uuid := reg.new_id(); v_source uuid := (select s.id from bench.source s where s.n = 1);
  v_document uuid := (select d.id from reg.document d limit 1); v_kinds text[]; v_harm text[]; v_severity text[]; v_today date := reg.today();
begin
  select array_agg(v.code order by v.code) into v_kinds from vocab.measure_kind v;
  select array_agg(v.code order by v.code) into v_harm from vocab.disturbance_kind v;
  select array_agg(v.code order by v.code) into v_severity from vocab.severity v;
  create temp table at_work on commit drop as
    select s.n, s.id, s.tier, r.exact_tier, s.lon, s.lat from bench.subject s join reg.subject r on r.id = s.id where s.kind = 'site';

  insert into reg.visit(id, site, method, visited_on, team, covered, covered_shape, not_searched, findings, negative, damage_assessed, source, tier, scope, recorded_at,
    recorded_by, event, digest)
  select reg.new_id(), w.id, bench.pick('{on_site,imagery,telephone}', w.n + k), v_today - (w.n * 13 + k * 200) % 900, 'Team ' || w.n % 9, 'All of it',
    case when w.n % 12 = 0 then st_expand(st_setsrid(st_makepoint(w.lon, w.lat), 4326), 0.001) end, null, 'What was seen of place ' || w.n, w.n % 4 = 0, false, v_source, w.tier, 0,
    now() - ((w.n * 13 + k * 200) % 900) * interval '1 day', v_by, v_event, ''
  from at_work w cross join generate_series(0, 1) k where w.n % 3 = 0 and (k = 0 or w.n % 2 = 0);

  insert into reg.measure(id, site, kind, agent_kind, issuer, began, lapses_on, note, source, tier, scope, recorded_by, event, digest)
  select reg.new_id(), w.id, bench.pick(v_kinds, w.n / 5 + k), case when w.n % 2 = 0 then 'intelligence_service' end, 'Who issued it', daterange(v_today - 400, v_today - 300),
    case when w.n % 3 = 0 then v_today + w.n % 200 end, 'A note', v_source, w.tier, 0, v_by, v_event, ''
  from at_work w cross join generate_series(0, 1) k where w.n % 5 = 0 and (k = 0 or w.n % 4 = 0);
  insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, how, tier, scope, recorded_by, event, digest, due)
  select reg.new_id(), m.site, 'measure', m.id::text, 1, '', case when get_byte(uuid_send(m.id), 15) % 4 = 0 then 'planned' else 'active' end, 'Agreed on site', '{}', v_by,
    'person', m.tier, 0, v_by, v_event, '', m.lapses_on from reg.measure m;

  insert into reg.disturbance(id, site, kind, by, severity, observed, note, source, reliability, credibility, tier, scope, recorded_by, event, digest)
  select reg.new_id(), w.id, bench.pick(v_harm, w.n / 6), null, bench.pick(v_severity, w.n / 6 + k), daterange(v_today - w.n % 500, v_today - w.n % 500 + 1), 'Seen there',
    v_source, 'B', bench.pick('{2,3,4}', w.n), w.tier, 0, v_by, v_event, ''
  from at_work w cross join generate_series(0, 1) k where w.n % 6 = 0 and (k = 0 or w.n % 5 = 0);
  insert into reg.disturbance_end(disturbance, why, recorded_by, event, digest)
  select d.id, 'It ended', v_by, v_event, '' from reg.disturbance d where get_byte(uuid_send(d.id), 15) % 3 = 0;

  -- reviews that are due: the protection decisions of claims.sql with a day; more steps by people
  update reg.decision d set due = v_today + hashtext(d.subject::text) % 200 where d.machine = 'protection' and hashtext(d.id::text) % 2 = 0;
  insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, approved_by, how, tier, scope, recorded_by, event, digest)
  select reg.new_id(), d.subject, d.machine, d.aspect, 3, 'suspected', 'probable', 'Two accounts that agree', d.basis, v_by, '{}', 'person', d.tier, 0, v_by, v_event, ''
  from reg.decision d where d.machine = 'verification' and d.seq = 2 and abs(hashtext(d.id::text)) % 5 = 0;
  insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, approved_by, how, tier, scope, recorded_by, event, digest)
  select reg.new_id(), d.subject, d.machine, d.aspect, 4, 'probable', 'confirmed', 'Seen and documented', d.basis, v_by, '{}', 'person', d.tier, 0, v_by, v_event, ''
  from reg.decision d where d.machine = 'verification' and d.seq = 3 and abs(hashtext(d.id::text)) % 3 = 0;

  insert into reg.proposal(id, subject, machine, aspect, from_state, to_state, reason, basis, approvals_needed, tier, scope, recorded_by, event, digest)
  select reg.new_id(), d.subject, 'verification', d.aspect, d.to_state, 'confirmed', 'It can be confirmed', d.basis, 1, d.tier, 0, v_by, v_event, ''
  from (select distinct on (x.subject) x.* from reg.decision x where x.machine = 'verification' order by x.subject, x.seq desc) d
  where d.to_state = 'probable' order by md5(d.id::text) limit (select count(*) / 300 from at_work);

  insert into reg.inquiry(id, subject, question, owner, due, tier, scope, recorded_by, event, digest)
  select reg.new_id(), w.id, 'Who can tell more of place ' || w.n || '?', v_by, v_today + w.n % 60 - 20, w.tier, 0, v_by, v_event, '' from at_work w where w.n % 20 = 3;
  insert into reg.inquiry_step(id, inquiry, step, recorded_by, event, digest, kind, due, n)
  select reg.new_id(), i.id, 'Step ' || k, v_by, v_event, '', (select min(v.code) from vocab.inquiry_step_kind v), i.due, k from reg.inquiry i cross join generate_series(1, 3) k;

  insert into reg.task(id, what, why, subject, role, data, tier, scope, opened_at)
  select reg.new_id(), t.what, t.why, w.id, t.role, t.data, w.tier, 0, now() - w.n % 300 * interval '1 day'
  from at_work w join (values (0, 'review_protection', 'Its status says protected, but no measure is active any more.', 'protection_officer', '{"rule": "I14"}'::jsonb),
    (1, 'review_status', 'A claim under the confirmation is gone.', 'investigator', '{"rule": "I13", "aspect": "mass_grave"}'),
    (2, 'credibility_alone', 'Credibility 1 needs another claim of another origin that says the same: there is none any more.', 'analyst', '{}')) t(n, what, why, role, data)
    on t.n = w.n / 4 % 3 where w.n % 4 = 1;

  insert into reg.document(id, sha256, size, media_type, original_name, role, how, derived_from, tier, scope, recorded_by, event, digest)
  select reg.new_id(), sha256(('paper ' || i)::bytea), 10000 + i, 'application/pdf', 'paper-' || i || '.pdf', 'evidentiary', 'benchmark', null, 1 + i % 2, 0, v_by, v_event, ''
  from generate_series(1, (select count(*) / 4 from at_work)) i;
  insert into reg.custody_event(id, document, n, kind, recorded_by, event, digest)
  select reg.new_id(), d.id, 1, (select min(v.code) from vocab.custody_kind v), v_by, v_event, '' from reg.document d where d.original_name like 'paper-%';

  insert into reg.trip(id, site, traveller, colleague, back_by, tier, scope)
  select reg.new_id(), w.id, a.id, v_by, now() + interval '6 hours', w.tier, 0 from at_work w cross join lateral (select x.id from reg.account x where x.id <> v_by order by x.name limit 1) a
  where w.n % 600 = 7;
end $$;

select bench.new_work();
set session_replication_role = origin;
