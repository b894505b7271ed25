-- Subjects and claims by the million, as sets. Not through api.record_claims: the rows are what it would have written,
-- with the digests that the seal would have given them (bench.seal), and without triggers or foreign keys being asked.
create unlogged table bench.subject(n int primary key, id uuid not null, kind text not null, tier int not null, claims int not null, lon float8, lat float8);
create unlogged table bench.batch(n int primary key, id uuid not null);
create table bench.authority(n int primary key, id uuid not null);

-- A UUID of version 7 of those thirty days, as reg.new_id tells the month alone; the rest from the words.
create function bench.v7(p_ms bigint, p_words text) returns uuid immutable parallel safe language sql as $$
  select overlay(overlay(md5(p_words) placing lpad(to_hex(p_ms - p_ms % 2592000000), 12, '0') || '7' from 1) placing '8' from 17)::uuid $$;

create function bench.seal(p_table text, p_row text) returns bytea immutable parallel safe language sql as $$
  select sha256(convert_to(p_table || rtrim(left(p_row, -1), ',') || ')', 'UTF8')) $$;

create function bench.one_of(p text[], p_dice float8) returns text immutable parallel safe language sql as $$
  select p[1 + floor(p_dice * cardinality(p))::int] $$;

create function bench.day(p_first date, p_dice float8, p_days int) returns daterange immutable parallel safe language sql as $$
  select daterange(p_first + floor(p_dice * 4000)::int, p_first + floor(p_dice * 4000)::int + p_days) $$;

-- What is said, by predicate: drawn once, a thousand of each; the dice are three numbers from 0 to 1.
create unlogged table bench.value(kind text, predicate text, v int, value jsonb, primary key (kind, predicate, v));

create function bench.site_value(p text, n int, a float8, b float8, c float8) returns jsonb immutable parallel safe language sql as $$
  select case p
    when 'name' then case when a < 0.5 then jsonb_build_object('lang', 'en', 'script', 'Latn', 'text', bench.one_of('{North,East,South,West,Old,New}', b)
        || ' ' || bench.one_of('{Ridge,Quarry,Mill,Bridge}', c) || ' ' || n)
      else jsonb_build_object('lang', 'ar', 'script', 'Arab', 'text', bench.one_of('{التل,المقلع,الطاحون,الجسر}', c)
        || ' ' || bench.one_of('{الشمالي,الشرقي,الجنوبي,الغربي}', b) || ' ' || n) end
    when 'kind' then jsonb_build_object('code', bench.one_of('{mass_grave,prison_military,security_branch,unofficial_detention,checkpoint,hospital_military,court,archive}',
        case when a < 0.85 then (n % 8) / 8.0 + 0.01 else b end))
    when 'count' then (select jsonb_build_object('definition', bench.one_of('{bodies_reported,bodies_reported,capacity}', b), 'min', m, 'best', m + 5, 'max', m + 25)
      from (select floor(a * 60)::int as m) v)
    when 'authority' then jsonb_build_object('role', bench.one_of('{operates_site,controls_area}', a))
    when 'relation' then jsonb_build_object('kind', bench.one_of('{adjacent_to,transferred_detainees_to,transferred_bodies_to,records_held_at}', a))
    when 'external_id' then jsonb_build_object('scheme', 'bench_' || floor(a * 20)::int, 'value', n || '-' || floor(b * 3)::int)
    when 'current_use' then jsonb_build_object('code', bench.one_of('{detention,housing,barracks,empty}', a))
    when 'activity' then jsonb_build_object('code', bench.one_of('{desk_assessment,remote_sensing,site_visit,test_trench,recovery_ongoing}', a))
    when 'building' then jsonb_build_object('code', bench.one_of('{purpose_built,farm,factory,school,open_ground}', a))
    when 'remains_state' then jsonb_build_object('code', bench.one_of('{in_place,partly_removed,all_removed}', a))
    when 'access_condition' then jsonb_build_object('code', bench.one_of('{open,permit_required,denied,unsafe_mines}', a))
    when 'official_status' then jsonb_build_object('scheme', 'bench', 'code', floor(a * 5)::text, 'text', 'status ' || floor(a * 5)::int)
    when 'place' then null
    else jsonb_build_object('text', 'What somebody said about place ' || n || ', remark ' || floor(a * 1000)::int || ': ' || repeat('words of a note ', 1 + floor(b * 6)::int)) end $$;

create function bench.person_value(p text, n int, a float8, b float8, c float8) returns jsonb immutable parallel safe language sql as $$
  select case p
    when 'event' then jsonb_build_object('kind', bench.one_of('{arrested,seen_by_exdetainee,transferred_to,last_seen_free,appeared_in_record}', a))
    when 'sex' then jsonb_build_object('code', bench.one_of('{male,male,male,female}', a))
    when 'age' then jsonb_build_object('min', 15 + floor(a * 40)::int, 'max', 17 + floor(a * 40)::int)
    when 'circumstance' then jsonb_build_object('code', bench.one_of('{arrest_home_raid,arrest_checkpoint,summons}', a))
    when 'fate_indication' then jsonb_build_object('code', bench.one_of('{death_notice,witness_of_death,sign_of_life}', a))
    when 'companion' then jsonb_build_object('kind', bench.one_of('{taken_together,held_together,seen_together}', a))
    when 'external_id' then jsonb_build_object('scheme', 'bench_list_' || floor(a * 30)::int, 'value', n || '-' || floor(b * 2)::int) end $$;

create function bench.new_sites(p_n int, p_weight float8) returns void language sql as $$
  insert into bench.subject
  select i, bench.v7(1700000000000 + i, 'site' || i), 'site', case when i % 7 = 0 then 2 when i % 6 = 0 then 0 else 1 end,
    6 + floor(-ln(1 - random()) * p_weight * case when i % 100 = 0 then 10 else 1 end)::int
  from generate_series(1, p_n) i $$;

-- The first has p_more claims more than the others.
create function bench.new_persons(p_after int, p_n int, p_claims int, p_more int) returns void language sql as $$
  insert into bench.subject
  select p_after + i, bench.v7(1700100000000 + i, 'person' || i), 'person', 1 + (i % 9 = 0)::int, p_claims + case when i = 1 then p_more else 0 end
  from generate_series(1, p_n) i $$;

-- Subjects, a partner, a document, batches, authorities, and the values that claims draw from.
create function bench.new_reference(p_batches int, p_authorities int, p_site_mix text[], p_person_mix text[]) returns void language plpgsql as $$
declare v_partner uuid := reg.new_id(); v_document uuid := reg.new_id(); v_by uuid := bench.worker();
begin
  insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by)
  select s.id, s.kind, bench.code(case s.kind when 'site' then 'SYS' else 'SYP' end, s.n), s.tier, 0,
    case s.kind when 'site' then greatest(s.tier, s.n % 3) else 2 end, v_by from bench.subject s;
  insert into reg.partner(id, names) values (v_partner, '{"en": "Benchmark"}');
  insert into reg.document(id, sha256, size, media_type, original_name, role, how, tier, scope, partner, recorded_by, event, digest)
  values (v_document, sha256('bench'), 1, 'text/csv', 'bench.csv', 'evidentiary', 'benchmark', 1, 0, v_partner, v_by, v_document, '');
  insert into bench.batch select i, reg.new_id() from generate_series(1, p_batches) i;
  insert into reg.import_batch(id, document, profile, profile_version, tier, scope, state, rows_in, accepted, flagged, quarantined, rejected, operator)
  select b.id, v_document, 'bench', '1', 1, 0, 'done', 0, 0, 0, 0, 0, v_by from bench.batch b;
  insert into bench.authority select i, reg.new_id() from generate_series(1, p_authorities) i;
  insert into reg.authority(id, names, key, kind)
  select a.id, jsonb_build_object('en', 'Authority ' || a.n), 'authority ' || a.n, 'intelligence_service' from bench.authority a;
  insert into bench.value
  select 'site', p, v, bench.site_value(p, v, case when p = 'kind' and v < 8 then 0 else random() end, random(), random())
  from (select distinct unnest(p_site_mix) as p) p, generate_series(0, 999) v;
  insert into bench.value
  select 'person', p, v, bench.person_value(p, v, random(), random(), random())
  from (select distinct unnest(p_person_mix) as p) p, generate_series(0, 999) v;
  analyze bench.value, bench.source, bench.batch;
end $$;

-- The levels that an import gives (reported, most of them suspected) and protection statuses, sealed by their trigger.
create function bench.new_decisions() returns void language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid := bench.worker();
begin
  insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, how, tier, scope, recorded_by, event, digest)
  select reg.new_id(), k.subject, 'verification', k.code, 1, '', 'reported', 'First claim of this kind', array[k.id], v_by, 'import', k.tier, 0, v_by, v_event, ''
  from (select distinct on (c.subject, c.value->>'code') c.subject, c.value->>'code' as code, c.id, s.tier
        from reg.subject s join reg.claim c on c.subject = s.id and c.predicate = 'kind' and c.tier <= s.tier where s.kind = 'site') k;
  insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, how, tier, scope, recorded_by, event, digest)
  select reg.new_id(), d.subject, d.machine, d.aspect, 2, 'reported', 'suspected', 'A graded source and a place with its uncertainty', d.basis, v_by, 'import',
    d.tier, 0, v_by, v_event, '' from reg.decision d where d.machine = 'verification' and hashtext(d.subject::text) % 3 <> 0;
  insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, how, tier, scope, recorded_by, event, digest)
  select reg.new_id(), s.id, 'protection', '', 1, 'unassessed', 'unprotected', 'Seen from the road', '{}', v_by, 'person', s.tier, 0, v_by, v_event, ''
  from reg.subject s where s.kind = 'site' and hashtext(s.code) % 4 = 0;
end $$;
