-- Recording claims: checked as a set, inserted as a set, resolved once, one event. Problems name row, field and value.
set role sr_writer;
create type api._said as (
  id uuid, subject uuid, subject_key text, predicate text, item uuid, value jsonb, object uuid, geom geometry,
  uncertainty_m float8, place_kind text, method text, pcode text, edition text, at text, began text, ended text,
  holds_throughout bool, verbatim text, edtf text, calendar text, source uuid, origin uuid, credibility text,
  first_hand bool, document uuid, locator text, quote text, tier int, compartments text[], rumour_owner uuid,
  rumour_until date, part text, row_no int, vault text);
create type api._new_subject as (key text, id uuid, kind text, tier int, exact_tier int, compartments text[], code text);

create function api._is_term(p_scheme text, p_code text) returns bool stable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v bool;
begin
  execute format('select exists (select 1 from vocab.%I t where t.code = $1)', p_scheme) into v using p_code;
  return v;
end $$;

create function api._problem(p_code text, p_field text, p_value text, p_message text) returns jsonb stable language sql as $$
  select jsonb_build_object('code', p_code, 'field', p_field, 'value', left(p_value, 200), 'message', p_message) $$;

-- What is wrong with what was said, as problems; null = nothing. Each claim is looked at once.
create function api._said_problems(p_said api._said[]) returns jsonb stable set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return (
  with me as materialized (select m.level, m.scopes, reg.today() as today from api.me() m),
  r as materialized (
    select u.*, u.ordinality as n, me.*, s.kind as subject_kind, s.tier as subject_tier, p.attrs as rule, so.id as known_source, so.type as source_type,
           s.id is not null and s.tier <= me.level and s.scope = any (me.scopes) as subject_seen
    from unnest(p_said) with ordinality u cross join me
    left join reg.subject s on s.id = u.subject
    left join vocab.predicate p on p.code = u.predicate
    left join reg.source so on so.id = u.source and so.tier <= me.level and so.scope = any (me.scopes)),
  asked as (
    select distinct r.n, r.row_no, t.scheme, t.code from r cross join lateral (values
      (case when r.rule->>'value' like 'term:%' then split_part(r.rule->>'value', ':', 2) end, r.value->>'code'),
      (r.rule->'term'->>1, r.value->>(r.rule->'term'->>0)), (r.rule->'also'->>1, r.value->>(r.rule->'also'->>0))) t(scheme, code) where t.scheme is not null),
  terms as materialized (select t.scheme, t.code, api._is_term(t.scheme, t.code) as known from (select distinct a.scheme, a.code from asked a) t),
  judged as (select r.n, r.row_no, array[
    case when not subject_seen then api._problem('not_found', 'subject', subject::text, 'There is no such subject for you') end,
    case when rule is null then api._problem('unknown_code', 'predicate', predicate, 'This cannot be said: no such predicate') end,
    case when rule is not null and subject_seen and rule->>'subject' not in (subject_kind, 'both') and not coalesce(rule->'also_of' ?
      subject_kind, false)
      then api._problem('unknown_code', 'predicate', predicate, 'This cannot be said of a ' || subject_kind) end,
    case when known_source is null
      then api._problem('not_found', 'source', source::text, 'Every claim rests on a source that you may see') end,
    case when coalesce(credibility, '6') !~ '^[1-6]$'
      then api._problem('bad_grade', 'credibility', credibility, 'Credibility is 1 to 6') end,
    case when predicate = 'place' and geom is null and pcode is null
      then api._problem('no_geometry', 'place', verbatim, 'A place needs a shape with its uncertainty, or an admin unit') end,
    case when geom is not null and not coalesce(api._sound(geom), false)
      then api._problem('bad_geometry', 'geom', left(verbatim, 80), 'The shape is empty, not finite, invalid or outside the world') end,
    case when geom is not null and not coalesce(uncertainty_m > 0 and uncertainty_m < 'Infinity', false)
      then api._problem('bad_uncertainty', 'uncertainty_m', uncertainty_m::text, 'A shape needs an uncertainty in metres above 0') end,
    case when pcode is not null and not exists (select 1 from reg.admin_unit a where a.pcode = r.pcode and a.edition =
      coalesce(r.edition, a.edition))
      then api._problem('unknown_code', 'pcode', pcode, 'This p-code is not in that edition') end,
    case when greatest(lower(nullif(at, '')::daterange), lower(nullif(began, '')::daterange)) > r.today
      then api._problem('future_date', 'at', coalesce(at, began), 'This lies in the future') end,
    case when tier < 1 or tier > r.level
      then api._problem('bad_tier', 'tier', tier::text, 'A claim is recorded at a tier from 1 up to your own') end,
    case when rule->>'value' in ('site', 'person') and not exists (select 1 from reg.subject o where o.id = r.object and o.kind =
      rule->>'value' and o.tier <= r.level and o.scope = any (r.scopes) and o.id <> r.subject)
      then api._problem('not_found', 'object', object::text, 'There is no such subject for you') end,
    case when rule->>'value' = 'name' and coalesce(trim(value->>'text'), '') = '' or rule->>'value' = 'external_id' and
      (coalesce(trim(value->>'scheme'), '') = '' or coalesce(trim(value->>'value'), '') = '')
      then api._problem('bad_value', 'value', value::text, 'A name has a text, an identifier its scheme and value') end,
    case when predicate = 'event' and value->>'site' is not null and not exists (select 1 from reg.subject o where o.id =
      api._uuid(r.value->>'site') and o.kind = 'site' and o.tier <= r.level and o.scope = any (r.scopes))
      then api._problem('not_found', 'site', value->>'site', 'There is no such site for you') end,
    case when document is not null and not exists (select 1 from reg.document d where d.id = r.document and d.tier <= r.level and
      d.scope = any (r.scopes))
      then api._problem('not_found', 'document', document::text, 'There is no such document for you') end,
    case when document is not null and locator ~ '^page [0-9]{1,5}(, region [0-9]{1,5})?$' and exists (select 1 from reg.document_page
      p where p.document = r.document) and not exists (select 1 from reg.document_page p left join reg.page_region g on g.page = p.id
      where p.document = r.document and r.locator in (format('page %s', p.n), format('page %s, region %s', p.n, g.n)))
      then api._problem('not_found', 'locator', locator, 'This document has no such page or region') end,
    case when origin is not null and not exists (select 1 from reg.source o where o.origin_root = r.origin and o.tier <= r.level and
      o.scope = any (r.scopes))
      then api._problem('not_found', 'origin', origin::text, 'No source that you may see has this origin') end,
    case when item is not null and item <> id and not exists (select 1 from unnest(p_said) o where o.id = r.item and o.subject =
      r.subject) and not exists (select 1 from reg.claim c where c.subject = r.subject and c.item = r.item and api._claim_tier(c.id,
      c.subject, c.tier) <= r.level and c.scope = any (r.scopes))
      then api._problem('not_found', 'item', item::text, 'Nothing that you may see was said of this item of the subject') end,
    case when predicate = 'relation' and value->>'kind' = 'part_of' and subject in (select api._wholes(r.object, p_said))
      then api._problem('ring', 'object', object::text, 'A part cannot contain what it is a part of') end,
    case when rule->>'value' = 'authority' and not exists (select 1 from reg.authority o where o.id = r.object)
      then api._problem('not_found', 'object', object::text, 'There is no such authority') end,
    case when rule->>'value' in ('count', 'share') and not coalesce(api._sound_count(value), false)
      then api._problem('bad_number', 'value', value::text, 'A count needs 0 <= min <= best <= max') end,
    case when rule->>'value' = 'share' and greatest(api._number(value->>'min'), api._number(value->>'best'),
      api._number(value->>'max')) > 100
      then api._problem('bad_number', 'value', value::text, 'A share is given in hundredths: 0 to 100') end,
    case when rule->>'value' = 'period' and coalesce(nullif(at, ''), nullif(began, ''), nullif(ended, '')) is null
      then api._problem('missing_required', 'began', '', 'Say which years: when they begin or when they end') end,
    case when credibility = '1' and not exists (select 1 from reg.claim c where c.subject = r.subject and c.predicate = r.predicate
      and c.value is not distinct from r.value and c.origin <> coalesce(r.origin, (select so.origin_root from reg.source so where
      so.id = r.source)) and api._claim_tier(c.id, c.subject, c.tier) <= r.level and c.scope = any (r.scopes) and not exists (select 1
      from reg.claim_end e where e.claim = c.id))
      then api._problem('needs_agreement', 'credibility', '1', 'Credibility 1 needs another claim of another origin that says the same') end] as found
    from r offset 0),
  found as (
    select j.n, j.row_no, p.k, p.problem from judged j cross join lateral unnest(j.found) with ordinality p(problem, k)
      where array_remove(j.found, null) <> '{}' and p.problem is not null
    union all select a.n, a.row_no, 4, api._problem('unknown_code', 'value', a.code, 'This is no term of ' || a.scheme) from asked a
      join terms t on t.scheme = a.scheme and t.code is not distinct from a.code where not coalesce(t.known, false)
    union all select r.n, r.row_no, 24, api._problem('insider_words', w.field, '',
        'The words and exact days of an insider go to the vault: here they are told in other words, and by the month')
      from r cross join lateral (values ('quote', r.quote is not null), ('verbatim', r.verbatim is not null), ('edtf', r.edtf is not null), ('locator', r.locator is not null),
        ('at', not api._of_months(r.at)), ('began', not api._of_months(r.began)), ('ended', not api._of_months(r.ended))) w(field, fine)
      where r.source_type = 'testimony_insider' and w.fine)
  select jsonb_agg(jsonb_build_object('row', coalesce(f.row_no, f.n)) || f.problem order by f.n, f.k) from found f);
end $$;

-- Whether a range of days begins and ends with months.
create function api._of_months(p_days text) returns bool stable language sql as $$
  select coalesce(extract(day from lower(nullif(p_days, '')::daterange)), 1) = 1 and coalesce(extract(day from upper(nullif(p_days, '')::daterange)), 1) = 1 $$;

-- The source of a report that the caller sees: claims drawn from a report name the report, not its source.
create function api._teller_of(p_report uuid) returns uuid stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select r.source from reg.report r where r.id = p_report and r.tier <= api.level() and r.scope = any (api.scopes()) $$;

-- What was said beside the claims, sealed, lies in the boxes of their sources.
create function api._keep_claims(p_said api._said[], p_by uuid, p_event uuid) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  for v in select u.source, jsonb_agg(jsonb_build_object('kind', 'claim', 'object', u.id, 'cipher', u.vault)) as sheets from unnest(p_said) u
    where u.vault is not null group by u.source loop
    perform api._keep_sheets(v.source, v.sheets, p_by, p_event);
  end loop;
end $$;

-- What a site is a part of, itself and upwards, by what is said now and by live claims that the caller may see (I29).
create function api._wholes(p_site uuid, p_said api._said[]) returns setof uuid stable language sql as $$
  with recursive up as (
    select p_site as id
    union
    select w.object from up cross join lateral (
      select c.object from reg.claim c where c.subject = up.id and c.predicate = 'relation' and c.value->>'kind' = 'part_of' and c.rumour_owner is null
        and api._claim_tier(c.id, c.subject, c.tier) <= (select api.level()) and c.scope = any ((select api.scopes())::int[])
        and not exists (select 1 from reg.claim_end e where e.claim = c.id)
      union all
      select u.object from unnest(p_said) u where u.subject = up.id and u.predicate = 'relation' and u.value->>'kind' = 'part_of') w)
  select up.id from up $$;

-- A code that the caller chose: only in a registry of which all is synthetic, so that its stories can be named in a book.
create function api._demo_code(p_code text, p_kind text) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select api.is_demo() and p_code ~ ('^' || case p_kind when 'site' then 'SYS' when 'person' then 'SYP' else 'SYH' end || '-[2-9A-HJKMNP-TV-Z]{6}-.$')
     and right(p_code, 1) = reg.check_letter(substr(p_code, 5, 6)) $$;

create function api._new_subjects(p_new api._new_subject[], p_batch uuid, p_by uuid) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if exists (select 1 from unnest(p_new) n where n.tier < 1) then
    perform api._bad('bad_tier', 'tier', '0', 'Nothing is recorded below tier 1: a disclosure lowers it later, with four eyes'); end if;
  if exists (select 1 from unnest(p_new) n where n.kind not in ('site', 'person', 'holding') or n.kind is null
             or coalesce(n.tier, 1) > (select api.level()) or coalesce(n.tier, 1) > 2) then
    perform api._bad('bad_subject', 'kind', null, 'A new subject is a site, person or holding with a tier up to your own'); end if;
  if exists (select 1 from unnest(p_new) n where n.code is not null and not api._demo_code(n.code, n.kind)) then
    perform api._bad('bad_subject', 'code', null, 'The registry draws the code of what is new: leave it out'); end if;
  insert into reg.subject(id, kind, code, tier, scope, exact_tier, batch, recorded_by)
  select n.id, n.kind, coalesce(n.code, reg.new_code(case n.kind when 'site' then 'SYS' when 'person' then 'SYP' else 'SYH' end)),
         t.tier, api._held_scope(n.compartments),
         greatest(t.tier, coalesce(n.exact_tier, case n.kind when 'person' then 2 else 0 end)), p_batch, p_by
  from unnest(p_new) n cross join lateral (select coalesce(n.tier, 1) as tier) t;
end $$;

-- A scope of compartments that the caller himself holds.
create function api._held_scope(p_compartments text[]) returns int set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v int;
begin
  if coalesce(cardinality(p_compartments), 0) = 0 then return 0; end if;
  v := api._scope_of(p_compartments);
  if v < 0 or not v = any (api.scopes()) then
    perform api._bad('bad_compartment', 'compartments', p_compartments::text, 'You can only use compartments that you hold'); end if;
  return v;
end $$;

create function api.record_claims(p_claims jsonb, p_subjects jsonb default '[]', p_batch uuid default null, p_reason text default '')
returns table(n bigint, claim uuid, subject uuid, code text, subject_key text)
volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
declare v_event uuid := coalesce(p_batch, reg.new_id()); v_by uuid; v_new api._new_subject[]; v_said api._said[];
        v_problems jsonb; v_touched uuid[]; r record;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  if p_batch is not null and not exists (select 1 from reg.import_batch b where b.id = p_batch and b.state = 'running' and b.operator = v_by) then
    perform api._missing(); end if;
  select array_agg(row(s.key, coalesce(s.id, reg.new_id()), s.kind, s.tier, s.exact_tier, s.compartments, s.code)::api._new_subject)
    into v_new from jsonb_populate_recordset(null::api._new_subject, p_subjects) s;
  if v_new is not null then perform api._new_subjects(v_new, p_batch, v_by); end if;
  begin
  select array_agg(jsonb_populate_record(null::api._said, e.value || jsonb_strip_nulls(jsonb_build_object(
      'id', coalesce(e.value->>'id', reg.new_id()::text),
      'subject', coalesce(e.value->>'subject', w.id::text),
      'source', coalesce(e.value->>'source', case when e.value ? 'report' then api._teller_of(api._uuid(e.value->>'report'))::text end)))) order by e.ordinality)
    into v_said from jsonb_array_elements(p_claims) with ordinality e
    left join unnest(v_new) w on w.key = e.value->>'subject_key';
  exception when data_exception or invalid_text_representation or internal_error then
    perform api._bad('bad_value', 'claims', left(sqlerrm, 120), 'A value has a form that cannot be read: ' || left(sqlerrm, 120));
  end;
  if v_said is null then perform api._bad('empty', 'claims', '', 'Nothing was said'); end if;
  v_problems := api._said_problems(v_said);
  if v_problems is not null then
    raise exception 'Some of what was said cannot be recorded' using errcode = 'SR422',
      detail = jsonb_build_object('problems', v_problems)::text; end if;
  perform 1 from reg.subject s where s.id in (select u.subject from unnest(v_said) u) order by s.id for no key update;
  perform api._insert_claims(v_said, p_batch, v_by, v_event);
  select array_agg(distinct u.subject) as touched, bool_or(u.predicate in ('kind', 'place', 'event')) as levelled,
    bool_or(u.predicate = 'person_name') as named, bool_or(u.vault is not null) as sealed into r from unnest(v_said) u;
  if r.named then perform api._key_names(v_said); end if;
  if r.sealed then perform api._keep_claims(v_said, v_by, v_event); end if;
  if p_batch is not null then perform api._measure_young_tables(); end if;
  if v_new is not null or r.levelled then perform api._first_levels(r.touched, v_event); end if;
  v_touched := api._felt(v_said);
  if v_touched <> '{}' then perform api._resolve(v_touched); end if;
  if p_batch is null then perform api._close_event(v_event, 'record_claims', r.touched[1], p_reason); end if;
  return query select u.ordinality, u.id, u.subject, s.code, u.subject_key from unnest(v_said) with ordinality u
    join reg.subject s on s.id = u.subject order by 1;
end $$;
comment on function api.record_claims(jsonb, jsonb, uuid, text) is
  'What was said stands in the registry, the records of its subjects are resolved again, one event tells of it.';

create function api._insert_claims(p_said api._said[], p_batch uuid, p_by uuid, p_event uuid) returns void
set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  with said as (
    select u.*, greatest(u.tier, s.tier, 1) as held_tier, s.scope as subject_scope, (p.attrs->>'sealed')::bool as is_sealed, so.origin_root,
      coalesce(u.compartments, '{}') || case when (p.attrs->>'sealed')::bool then array['names'] else '{}' end as more
    from unnest(p_said) u join reg.subject s on s.id = u.subject join vocab.predicate p on p.code = u.predicate join reg.source so on so.id = u.source),
  scopes as materialized (
    select w.*, case when w.more = '{}' then w.subject_scope else api._held_scope(c.compartments || w.more) end as scope
    from (select distinct subject_scope, more from said) w join reg.scope c on c.id = w.subject_scope)
  insert into reg.claim(id, subject, predicate, item, value, object, geom, uncertainty_m, place_kind, method, pcode, edition,
    at, began, ended, holds_throughout, verbatim, edtf, calendar, source, origin, reliability, credibility, first_hand,
    document, locator, quote, tier, scope, sealed, rumour_owner, rumour_until, batch, part, row_no, recorded_at, recorded_by, event, digest)
  select u.id, u.subject, u.predicate, coalesce(u.item, u.id), case when u.is_sealed then '{"sealed": true}' else u.value end, u.object,
    st_setsrid(u.geom, 4326), u.uncertainty_m, u.place_kind, u.method, u.pcode,
    case when u.pcode is not null then coalesce(u.edition, (select max(a.edition) from reg.admin_unit a where a.pcode = u.pcode)) end,
    nullif(u.at, '')::daterange, nullif(u.began, '')::daterange, nullif(u.ended, '')::daterange, u.holds_throughout,
    case when not u.is_sealed then u.verbatim end, u.edtf, u.calendar, u.source, coalesce(u.origin, u.origin_root),
    g.reliability, coalesce(u.credibility, '6'), u.first_hand, u.document, u.locator, case when not u.is_sealed then u.quote end,
    u.held_tier, w.scope,
    case when u.is_sealed then api._sealed(u.subject, u.predicate,
      (u.value || jsonb_strip_nulls(jsonb_build_object('verbatim', u.verbatim, 'quote', u.quote)))::text, u.held_tier, w.scope, p_event) end,
    u.rumour_owner, u.rumour_until, p_batch, u.part, u.row_no, clock_timestamp(), p_by, p_event, ''
  from said u join scopes w on w.subject_scope = u.subject_scope and w.more = u.more
  join lateral (select sg.reliability from reg.source_grade sg where sg.source = u.source order by sg.recorded_at desc, sg.id desc limit 1) g on true;
end $$;

create function api.subjects_by_external(p_scheme text, p_values text[]) returns table(value text, subject uuid, code text, kind text)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select distinct c.value->>'value', s.id, s.code, s.kind from reg.claim c join reg.subject m on m.id = c.subject
  join reg.subject s on s.id = case when m.merged_into is null then m.id else api._heir(m.id) end
   and s.tier <= (select api.level()) and s.scope = any ((select api.scopes())::int[])
  where c.predicate = 'external_id' and c.value->>'scheme' = p_scheme and c.value->>'value' = any (p_values)
    and api._claim_tier(c.id, c.subject, c.tier) <= (select api.level()) and c.scope = any ((select api.scopes())::int[]) and c.rumour_owner is null
    and (s.kind <> 'person' or (select api._holds('names') or api.roles() && array['data_steward']))
    and not exists (select 1 from reg.claim_end e where e.claim = c.id) $$;
comment on function api.subjects_by_external(text, text[]) is 'Which visible subjects carry these identifiers of a partner, by themselves or by what was '
  'merged into them; cases for holders of the compartment names, and for data stewards, whose imports join by them.';

create function api.find_authority(p_names jsonb, p_kind text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid; v_key text := lower(regexp_replace(trim(coalesce(p_names->>'en', p_names->>'ar', p_names->>'und', (select x.value from jsonb_each_text(p_names) x limit 1))), '\s+', ' ', 'g'));
begin
  perform api._need('investigator', 'analyst', 'data_steward');
  if coalesce(v_key, '') = '' then perform api._bad('missing_required', 'names', '', 'An authority needs a name'); end if;
  if not api._is_term('authority_kind', p_kind) then perform api._bad('unknown_code', 'kind', p_kind, 'This is no kind of authority', 'authority_kind'); end if;
  insert into reg.authority(id, names, key, kind) values (reg.new_id(), p_names, v_key, p_kind) on conflict (key) do nothing returning id into v;
  if v is not null then perform api._close_event(reg.new_id(), 'new_authority', v, v_key); end if;
  select a.id into v from reg.authority a where a.key = v_key;
  return v;
end $$;
comment on function api.find_authority(jsonb, text) is 'The authority of that name, made if it was not known.';
reset role;

-- A batch into a young registry would be planned as if its tables were empty, five times slower, and nobody else sees its rows
-- before it ends. So it measures a table when most of what stands there came with it: never again until there is twice as much,
-- for each measure costs as much as recording a thousand claims and has every plan made anew.
set role sr_owner;
create function api._measure_young_tables() returns void volatile security definer
set search_path = pg_catalog, public, pg_temp set default_statistics_target = 30 language plpgsql as $$
declare v_table regclass;
begin
  for v_table in select c.oid::regclass from unnest('{reg.subject,reg.claim,reg.claim_end,reg.decision,reg.site,reg.site_kind,reg.person,reg.person_event}'::regclass[]) t(root)
    join pg_class c on c.relkind = 'r' and (c.oid = t.root or c.oid in (select i.inhrelid from pg_inherits i where i.inhparent = t.root))
    where pg_stat_get_xact_tuples_inserted(c.oid) >= greatest(2 * c.reltuples, 100) loop
    execute format('analyze (skip_locked) %s', v_table);
  end loop;
end $$;
reset role;
