-- Recording claims: checked as a set, inserted as a set, resolved once, one event. Problems name row, field and value.
set role sr_writer;
create type api._said as (
  id uuid, subject uuid, subject_key text, predicate text, item uuid, value jsonb, object uuid, geom geometry,
  uncertainty_m float8, place_kind text, method text, pcode text, edition text, at text, began text, ended text,
  holds_throughout bool, verbatim text, edtf text, calendar text, source uuid, origin uuid, credibility text,
  first_hand bool, document uuid, locator text, quote text, tier int, compartments text[], rumour_owner uuid,
  rumour_until date, part text, row_no int, vault text);
create type api._new_subject as (key text, id uuid, kind text, tier int, exact_tier int, compartments text[], code text);

-- Whether a vocabulary has that term: written out from the vocabularies, so that its plans are kept.
do $$
declare v_all text;
begin
  select string_agg(format('when %L then return exists (select 1 from vocab.%I t where t.code = p_code);', c.relname, c.relname), E'\n    ' order by c.relname) into v_all
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'code' where c.relnamespace = 'vocab'::regnamespace and c.relkind = 'r';
  execute format($f$create function api._is_term(p_scheme text, p_code text) returns bool stable set search_path = pg_catalog, public, pg_temp
    set plan_cache_mode = force_generic_plan language plpgsql as $b$
    begin
    case p_scheme
    %s
    else raise exception 'There is no vocabulary %%', p_scheme using errcode = '42P01'; end case; end $b$ $f$, v_all);
end $$;

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
declare v_event uuid := coalesce(p_batch, reg.new_id()); v_me api._asker; v_by uuid; v_new api._new_subject[]; v_said api._said[];
        v_problems jsonb; v_touched uuid[]; r record;
begin
  v_me := api._needed('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler'); v_by := v_me.account;
  if p_batch is not null then
    if not exists (select 1 from reg.import_batch b where b.id = p_batch and b.state = 'running' and b.operator = v_by) then perform api._missing(); end if;
  end if;
  if p_subjects <> '[]' then
    select array_agg(row(s.key, coalesce(s.id, reg.new_id()), s.kind, s.tier, s.exact_tier, s.compartments, s.code)::api._new_subject)
      into v_new from jsonb_populate_recordset(null::api._new_subject, p_subjects) s;
  end if;
  if v_new is not null then
    perform api._new_subjects(v_new, p_batch, v_by);
    v_me.scopes := api.scopes();  -- a set of compartments that he holds may stand for the first time
  end if;
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
  v_problems := api._said_problems(v_said, v_me);
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
  if v_new is not null or r.levelled then perform api._first_levels(r.touched, v_event, case when p_batch is null then 'rule' else 'import' end, v_by); end if;
  v_touched := api._felt(v_said);
  if v_touched <> '{}' then perform api._resolve(v_touched); end if;
  if p_batch is null then perform api._close_new_event(v_event, 'record_claims', r.touched[1], p_reason, v_me); end if;
  return query select u.ordinality, u.id, u.subject, s.code, u.subject_key from unnest(v_said) with ordinality u
    join reg.subject s on s.id = u.subject order by 1;
end $$;
comment on function api.record_claims(jsonb, jsonb, uuid, text) is
  'What was said stands in the registry, the records of its subjects are resolved again, one event tells of it.';

create function api._insert_claims(p_said api._said[], p_batch uuid, p_by uuid, p_event uuid) returns void
set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  with said as (
    select u.*, greatest(u.tier, s.tier, 1) as held_tier, s.scope as subject_scope, api._is_sealed(u.predicate) as is_sealed, so.origin_root,
      coalesce(u.compartments, '{}') || case when api._is_sealed(u.predicate) then array['names'] else '{}' end as more
    from unnest(p_said) u join reg.subject s on s.id = u.subject join reg.source so on so.id = u.source),
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
