-- Bodies of records: lists, one page, why; the records at a site. Lists carry the predicate themselves, a page stands under row
-- security. Words about a place (who asked where, what was taken) pass _coarse_words where the exact place is not shown.
set role sr_reader;

create type api._holding_filter as (level int, scopes int[], code text, words text[], kinds text[], protection text[], condition text[],
  access text[], site uuid, today date);

create function api._holding_filter(p_q text, p_kinds text[], p_protection text[], p_condition text[], p_access text[], p_site text)
returns api._holding_filter stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v api._holding_filter; v_q text := nullif(trim(left(p_q, 200)), '');
begin
  perform api._site_terms('record_kind', 'kinds', p_kinds), api._site_terms('protection_status', 'protection', p_protection),
          api._site_terms('record_condition', 'condition', p_condition), api._site_terms('records_access', 'access', p_access);
  select m.level, m.scopes into v.level, v.scopes from api.me() m;
  if v_q is not null then
    v.code := api._as_code(v_q); v.words := string_to_array(nullif(trim(api._name_key(v_q)), ''), ' '); end if;
  v.kinds := p_kinds; v.protection := p_protection; v.condition := p_condition; v.access := p_access; v.today := reg.today();
  if p_site is not null then
    select s.id into v.site from reg.site s where s.code = api._as_code(p_site) and s.face = v.level and s.tier <= v.level and s.scope = any (v.scopes);
    if not found then perform api._missing(); end if;
  end if;
  return v;
end $$;

create function api._holdings(f api._holding_filter) returns setof reg.holding stable rows 100 language sql as $$
  select h.* from reg.holding h
  where h.face = (f).level and h.tier <= (f).level and h.scope = any ((f).scopes)
    and ((f).site is null or (f).site = any (h.sites))
    and ((f).code is null or h.code = (f).code or coalesce((select bool_and(strpos(h.name_key, w) > 0) from unnest((f).words) w), false))
    and ((f).kinds is null or h.record_kinds && (f).kinds) and ((f).protection is null or h.protection = any ((f).protection))
    and ((f).condition is null or h.condition = any ((f).condition))
    and ((f).access is null or h.access->0->>'code' = any ((f).access)) $$;

create function api.holding_list(p_q text default null, p_kinds text[] default null, p_protection text[] default null, p_condition text[] default null,
  p_access text[] default null, p_site text default null, p_limit int default 100, p_after text default null)
returns table(id uuid, code text, names jsonb, record_kinds text[], years_began daterange, years_ended daterange, extents jsonb, condition text,
  digitised jsonb, last_access jsonb, losses int, protection text, next_review date, overdue bool, sites jsonb, conflicts text[], version int,
  shown_as text, uncertainty_m float8, lon float8, lat float8, shape jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._holding_filter := api._holding_filter(p_q, p_kinds, p_protection, p_condition, p_access, p_site);
begin
  return query
  select h.id, h.code, h.names, h.record_kinds, h.years_began, h.years_ended, h.extents, h.condition, h.digitised,
    (h.access->0) - array['note', 'slot'], jsonb_array_length(h.losses), h.protection, h.next_review, coalesce(h.next_review < f.today, false),
    (select coalesce(jsonb_agg(jsonb_build_object('kind', r.value->'kind', 'code', s.code, 'names', s.names - 'all') order by s.code), '[]')
     from jsonb_array_elements(h.relations) r join reg.site s on s.id = (r.value->>'site')::uuid and s.face = f.level
       and s.tier <= f.level and s.scope = any (f.scopes)),
    h.conflicts, h.version, h.shown_as, h.uncertainty_m, st_x(h.centre), st_y(h.centre), api._geojson(h.shown)
  from api._holdings(f) h where p_after is null or h.code > p_after order by h.code limit least(greatest(coalesce(p_limit, 100), 0), 1000);
end $$;
comment on function api.holding_list(text, text[], text[], text[], text[], text, int, text) is
  'Bodies of records of the caller''s face, by code: words of a title or a code, kinds, protection, condition, what last came of asking for access, the site where they lie '
  'or which they are of (its code). extents: never added to one another; last_access: what last came of asking.';

create function api.holding_count(p_q text default null, p_kinds text[] default null, p_protection text[] default null, p_condition text[] default null,
  p_access text[] default null, p_site text default null) returns bigint
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return (select count(*) from api._holdings(api._holding_filter(p_q, p_kinds, p_protection, p_condition, p_access, p_site)) h);
end $$;
comment on function api.holding_count(text, text[], text[], text[], text[], text) is 'How many bodies of records fit, in what the caller may see.';

create function api.holding_why(p_code text, p_field text) returns table(field text, value jsonb, claim uuid, class int, standing text,
  reliability text, credibility text, first_hand bool, source_ref uuid, source_label jsonb, source_type text, source_family text, connection text,
  origin_no int, at daterange, began daterange, ended daterange, shape jsonb, uncertainty_m float8, place_kind text, method text, pcode text,
  verbatim text, recorded text, document text, locator text, quote text, chosen bool, contradicts bool, beside bool, compartments text[], tier int,
  withheld bool)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v api._record := api._record_of(p_code, 'holding'); v_field record; v_why jsonb;
begin
  select * into v_field from api._asked_field(p_field, 'holding');
  if not exists (select 1 from vocab.predicate p where p.code = v_field.predicate
                 and (p.attrs->>'subject' in ('holding', 'both') or p.attrs->'also_of' ? 'holding')) then
    perform api._bad('unknown_field', 'field', p_field, 'Records have no such field; ask for a predicate such as record_kind, extent or records_access'); end if;
  select h.why into v_why from reg.holding h where h.id = v.id and h.face = v.level;
  return query select * from api._why_of(v, v_field.predicate, v_field.slot, coalesce(v_why, '{}'));
end $$;
comment on function api.holding_why(text, text) is
  'The live claims behind a field of a body of records in the caller''s face, as site_why tells them of sites.';
reset role;

set role sr_policed;
-- Every resolved value of a body of records, in the order in which a page says them.
create function api._holding_facts(h reg.holding, p_said jsonb) returns jsonb stable language plpgsql as $$
begin
  return (
  select coalesce(jsonb_agg(api._fact(v.slot, v.value, h.why->v.slot, v.slot = any (h.conflicts), p_said->v.slot)
    order by v.n, v.slot, v.value #>> '{}' collate "C"), '[]')
  from (
    select 1 as n, 'name:' || n.key as slot, n.value from jsonb_each(h.names) n
    union all select 2, 'record_kind:' || k, to_jsonb(k) from unnest(h.record_kinds) k
    union all select 4, 'extent:' || (e.value->>'unit') || ':' || (e.value->>'definition'), e.value - array['class', 'origins'] from jsonb_array_elements(h.extents) e
    union all select x.n, x.slot, x.value from (values
      (3, 'years_covered', case when coalesce(h.years_began, h.years_ended) is not null then jsonb_build_object('began', h.years_began, 'ended', h.years_ended) end),
      (5, 'record_condition', to_jsonb(h.condition)), (6, 'digitised', h.digitised - 'class'),
      (7, 'place', case when h.shown is not null then jsonb_build_object('shown_as', h.shown_as, 'uncertainty_m', h.uncertainty_m) end)) x(n, slot, value)
      where x.value is not null
    union all select 8, 'external_id:' || (e.value->>'scheme'), e.value->'value' from jsonb_array_elements(h.external_ids) e) v);
end $$;

-- Entries of a list (access, losses) with how well each is known; their words without numbers that could be a place.
create function api._holding_entries(p_entries jsonb, p_said jsonb, p_exact bool) returns jsonb stable language plpgsql as $$
begin
  return (select coalesce(jsonb_agg(e.value || jsonb_build_object('standing', (array['supported', 'ungraded', 'doubted'])[1 + (e.value->>'class')::int],
      'sources', p_said->(e.value->>'slot')->'sources')
    || (select coalesce(jsonb_object_agg(w.key, api._coarse_words(w.value #>> '{}', p_exact)), '{}') from jsonb_each(e.value) w
        where w.key in ('note', 'what', 'by_whom', 'asked_by', 'answered_by') and jsonb_typeof(w.value) = 'string') order by e.ordinality), '[]')
    from jsonb_array_elements(p_entries) with ordinality e);
end $$;

create function api._holding_relations(p_relations jsonb) returns jsonb stable language plpgsql as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_object('kind', r.value->'kind', 'code', s.code, 'names', s.names - 'all', 'kinds', s.kinds,
      'began', r.value->'began', 'ended', r.value->'ended', 'origins', r.value->'origins',
      'standing', (array['supported', 'ungraded', 'doubted'])[1 + (r.value->>'class')::int]) order by r.value->>'kind', s.code), '[]')
    from jsonb_array_elements(p_relations) r join reg.site s on s.id = (r.value->>'site')::uuid);
end $$;

create function api.holding_page(p_code text) returns jsonb
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
declare h reg.holding; v_exact bool; v_all uuid[]; v_said jsonb; v_code text := api._as_code(left(p_code, 40));
begin
  select * into h from reg.holding x where x.code = v_code;
  if not found then
    select x.code into h.code from reg.holding x where x.id = api._became(v_code, 'holding');
    if not found then perform api._missing(); end if;
    return jsonb_build_object('code', v_code, 'merged_into', h.code);
  end if;
  v_exact := h.face >= h.exact_tier; v_said := api._said_counts(h.code, 'holding');
  v_all := array(select w.member from api._sites_within(array[h.id]) w);
  return jsonb_build_object('id', h.id, 'code', h.code, 'merged_into', null, 'face', h.face, 'version', h.version, 'tier', h.tier, 'exact', v_exact,
      'compartments', api._compartments(h.scope), 'names', h.names, 'record_kinds', h.record_kinds, 'years_began', h.years_began,
      'years_ended', h.years_ended, 'extents', h.extents, 'condition', h.condition, 'digitised', h.digitised, 'conflicts', h.conflicts,
      'facts', api._holding_facts(h, v_said), 'authorities', api._page_authorities(h.authorities),
      'access', api._holding_entries(h.access, v_said, v_exact), 'losses', api._holding_entries(h.losses, v_said, v_exact),
      'relations', api._holding_relations(h.relations), 'external_ids', h.external_ids,
      'place', jsonb_build_object('shape', api._geojson(h.shown), 'shown_as', h.shown_as, 'uncertainty_m', h.uncertainty_m,
        'lon', st_x(h.centre), 'lat', st_y(h.centre), 'units', api._page_units(array[h.country, h.adm1])))
    || jsonb_build_object('protection', h.protection, 'next_review', h.next_review, 'overdue', coalesce(h.next_review < reg.today(), false),
      'in_doubt_since', h.in_doubt_since, 'measures', api._page_measures(v_all, v_exact),
      'disturbances', api._page_disturbances(v_all, v_exact), 'visits', api._page_visits(v_all, v_exact));
end $$;
comment on function api.holding_page(text) is
  'Everything of one body of records in the caller''s face, as one object: facts with how well they are known, custodians, access asked for and '
  'what came of it, losses, the visible sites where it lies or which it is of, protection. The code of a merged one gives {code, merged_into}. '
  'Not visible: not found.';

-- The records that lie at a site or are of it, as the reader's face has them.
create function api._page_records(p_sites uuid[]) returns jsonb stable language plpgsql as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_object('code', h.code, 'names', h.names, 'record_kinds', h.record_kinds, 'protection', h.protection,
      'condition', h.condition, 'overdue', coalesce(h.next_review < reg.today(), false), 'years_began', h.years_began, 'years_ended', h.years_ended,
      'last_access', h.access->0->'code', 'losses', jsonb_array_length(h.losses), 'here', l.here) order by l.here desc, h.code), '[]')
    from reg.holding h cross join lateral (select bool_or(r.value->>'kind' = 'records_held_at') as here from jsonb_array_elements(h.relations) r
      where (r.value->>'site')::uuid = any (p_sites)) l where h.sites && p_sites and l.here is not null);
end $$;

-- The worst protection of a site, its features and the records that lie there, with how many of how many have it.
create function api._page_worst(p_protection text, p_features jsonb, p_records jsonb) returns jsonb stable language plpgsql as $$
begin
  if p_features = '[]' and p_records = '[]' then return jsonb_build_object('status', p_protection, 'n', 1, 'of', 1); end if;
  return (
  with all_of as (
    select p_protection as status union all select f.value->>'protection' from jsonb_array_elements(p_features) f
    union all select r.value->>'protection' from jsonb_array_elements(p_records) r where (r.value->>'here')::bool),
  ranked as (select a.status, (v.attrs->>'badness')::int as badness from all_of a join vocab.protection_status v on v.code = a.status)
  select jsonb_build_object('status', (array_agg(r.status order by r.badness desc))[1],
    'n', count(*) filter (where r.badness = (select max(x.badness) from ranked x)), 'of', count(*)) from ranked r);
end $$;
reset role;
