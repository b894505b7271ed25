-- Subjects and claims by the million, as sets. Not through api.record_claims: the rows are what it would have written,
-- with the digests that the seal would have given them (bench.seal), and without triggers or foreign keys being asked.
create unlogged table bench.subject(n int primary key, id uuid not null, kind text not null, tier int not null, claims int not null, lon float8, lat float8);
create unlogged table bench.batch(n int primary key, id uuid not null);
create table bench.authority(n int primary key, id uuid not null);

-- A UUID of version 7 at that millisecond; the rest from the words.
create function bench.v7(p_ms bigint, p_words text) returns uuid immutable parallel safe language sql as $$
  select overlay(overlay(md5(p_words) placing lpad(to_hex(p_ms), 12, '0') || '7' from 1) placing '8' from 17)::uuid $$;

-- A code of the registry's form; different for every n below 30^6.
create function bench.code(p_prefix text, p_n bigint) returns text immutable parallel safe language sql as $$
  select p_prefix || '-' || c || '-' || reg.check_letter(c) from (
    select string_agg(substr('23456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + ((x / (30 ^ i)::bigint) % 30)::int, 1), '' order by i) as c
    from (select (p_n * 382250341 + 1234567) % 729000000 as x) v, generate_series(0, 5) i) s $$;

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
