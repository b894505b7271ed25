-- Cases of missing persons and their events, in the caller's face: pseudonymous, without names; not for level 0. Events are shown
-- as that face shows them (below T2 at 10 km or an admin unit). Persons for whom nobody has asked are not for partners.
set role sr_reader;

create type api._person_filter as (level int, scopes int[], partner bool, states text[], kinds text[], box geometry, first_day date, last_day date,
  site uuid, code text, ids uuid[], by_event bool,
  fates text[], whereabouts text[], sexes text[], ages text[], circumstances text[], adm1 text[]);

create function api._person_filter(p_states text[], p_kinds text[], p_bbox float8[], p_from date, p_to date, p_site text, p_q text, p_ids uuid[],
  p_fates text[], p_whereabouts text[], p_sexes text[], p_ages text[],
  p_circumstances text[], p_adm1 text[]) returns api._person_filter stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v api._person_filter;
begin
  perform api._site_terms('case_state', 'states', p_states), api._site_terms('event_kind', 'kinds', p_kinds), api._site_terms('fate', 'fates', p_fates),
    api._site_terms('whereabouts', 'whereabouts', p_whereabouts), api._site_terms('sex', 'sexes', p_sexes), api._site_terms('age_band', 'ages', p_ages),
    api._site_terms('circumstance', 'circumstances', p_circumstances), api._governorates('adm1', p_adm1);
  if p_from > p_to then perform api._bad('bad_period', 'from', p_from::text, 'The period ends before it begins'); end if;
  select case when m.level >= 1 then m.level end, m.scopes, 'partner' = any (m.roles) into v.level, v.scopes, v.partner from api.me() m;
  v.states := p_states; v.kinds := p_kinds; v.box := api._box(p_bbox); v.first_day := p_from; v.last_day := p_to; v.ids := p_ids;
  v.code := api._as_code(nullif(trim(p_q), ''));
  if p_site is not null then
    select s.id into v.site from reg.site s where s.code = api._as_code(left(p_site, 40)) and s.face = v.level and s.tier <= v.level and s.scope = any (v.scopes);
    if not found then perform api._missing(); end if;
  end if;
  v.fates := p_fates; v.whereabouts := p_whereabouts; v.sexes := p_sexes; v.ages := p_ages; v.circumstances := p_circumstances; v.adm1 := p_adm1;
  v.by_event := p_adm1 is not null or p_kinds is not null or p_bbox is not null or p_from is not null or p_to is not null or p_site is not null;
  return v;
end $$;

-- Events of the caller's face that fit, whoever they happened to.
create function api._person_events(f api._person_filter) returns setof reg.person_event stable rows 1000 language sql as $$
  select e.* from reg.person_event e
  where e.face = (f).level and e.tier <= (f).level and e.scope = any ((f).scopes)
    and ((f).box is null or (e.shown && (f).box and st_intersects(e.shown, (f).box)))
    and ((f).kinds is null or e.kind = any ((f).kinds)) and ((f).site is null or e.site = (f).site)
    and ((f).adm1 is null or e.adm1 && (f).adm1)
    and coalesce(lower(coalesce(e.began, e.at)) <= (f).last_day, true) and coalesce(upper(coalesce(e.ended, e.at)) > (f).first_day, true) $$;

create function api._persons(f api._person_filter) returns setof reg.person stable rows 1000 language sql as $$
  select p.* from reg.person p
  where p.face = (f).level and p.tier <= (f).level and p.scope = any ((f).scopes) and (api._asked_for(p.case_state) or not (f).partner)
    and ((f).states is null or p.case_state = any ((f).states)) and ((f).ids is null or p.id = any ((f).ids)) and ((f).code is null or p.code = (f).code)
    and ((f).fates is null or p.fate = any ((f).fates)) and ((f).whereabouts is null or p.whereabouts = any ((f).whereabouts))
    and ((f).sexes is null or coalesce(p.sex, 'unknown') = any ((f).sexes)) and ((f).ages is null or p.age_bands && (f).ages)
    and ((f).circumstances is null or p.circumstances && (f).circumstances)
    $$;

-- The same of whom an event fits. Apart, so that the planner may begin with the few events or walk the cases in their order; which
-- of the two is told by how many there are, a few thousand or more, not by its guess.
create function api._persons_met(f api._person_filter) returns setof reg.person stable rows 1000 language sql as $$
  select p.* from api._persons(f) p where exists (select 1 from api._person_events(f) e where e.person = p.id) $$;

create function api._person_ids(f api._person_filter, p_after text, p_limit int) returns uuid[] stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
declare v_few constant int := 2000; v_some uuid[];
begin
  if not (f).by_event then
    return array(select p.id from api._persons(f) p where p_after is null or p.code > p_after order by p.code limit p_limit); end if;
  v_some := array(select p.id from api._persons_met(f) p limit case when p_limit is null then 0 else v_few + 1 end);
  if p_limit is not null and cardinality(v_some) <= v_few then
    return array(select p.id from reg.person p where p.id = any (v_some) and p.face = (f).level and (p_after is null or p.code > p_after)
                 order by p.code limit p_limit); end if;
  return array(select p.id from api._persons_met(f) p where p_after is null or p.code > p_after order by p.code limit p_limit);
end $$;

create function api.person_list(p_states text[] default null, p_kinds text[] default null, p_bbox float8[] default null, p_from date default null,
  p_to date default null, p_site text default null, p_q text default null, p_ids uuid[] default null,
  p_fates text[] default null, p_whereabouts text[] default null, p_sexes text[] default null, p_ages text[] default null,
  p_circumstances text[] default null, p_adm1 text[] default null, p_limit int default 100, p_after text default null)
returns table(id uuid, code text, case_state text, fate text, whereabouts text, sex text, birth_earliest date, birth_latest date, circumstances text[],
  fate_indications text[], conflicts text[], version int, events int, last_kind text, last_from date, last_to date, last_site text, shown_as text,
  uncertainty_m float8, place_en text, place_ar text, lon float8, lat float8, shape jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._person_filter := api._person_filter(p_states, p_kinds, p_bbox, p_from, p_to, p_site, p_q, p_ids,
    p_fates, p_whereabouts, p_sexes, p_ages, p_circumstances, p_adm1);
  v_ids uuid[];
begin
  v_ids := api._person_ids(f, p_after, least(greatest(coalesce(p_limit, 100), 0), 1000));
  return query
  with found as materialized (select p.* from reg.person p where p.id = any (v_ids) and p.face = (f).level)  -- by their ids: never by walking all codes
  select p.id, p.code, p.case_state, p.fate, p.whereabouts, p.sex, api._first_day(p.birth), api._final_day(p.birth), p.circumstances,
    p.fate_indications, p.conflicts, p.version, coalesce(n.n, 0), l.kind, api._first_day(coalesce(l.began, l.at)), api._final_day(coalesce(l.ended, l.at)),
    w.code, coalesce(l.shown_as, 'none'), l.uncertainty_m, u.en, u.ar, st_x(l.centre), st_y(l.centre), api._plain_shape(l.shown, l.shown_as)
  from found p
  left join lateral (select count(*)::int as n from reg.person_event e where e.person = p.id and e.face = p.face) n on true
  left join lateral (select e.* from reg.person_event e where e.person = p.id and e.face = p.face
    order by e.shown is null, upper(coalesce(e.ended, e.began, e.at)) desc nulls last, e.id limit 1) l on true
  left join reg.site w on w.id = l.site and w.face = (f).level and w.tier <= (f).level and w.scope = any ((f).scopes)
  left join lateral api._labels(array[coalesce(l.pcode, l.adm1[1])]) u on l.pcode is not null or cardinality(l.adm1) = 1
  order by p.code;
end $$;
comment on function api.person_list(text[], text[], float8[], date, date, text, text, uuid[], text[], text[], text[], text[], text[], text[], int, text) is
  'Cases of the caller''s face by code, without names: at most p_limit (1000), after the code p_after; from level 1. kinds, bbox, from, to, adm1 and site '
  '(a code) speak of one event of theirs; adm1: governorates in which what is shown of it may lie (none = not known); ages: bands in which they may have been. last_*: the latest event with a place, as it is shown (GeoJSON, EPSG:4326, metres).';

create function api.person_count(p_states text[] default null, p_kinds text[] default null, p_bbox float8[] default null, p_from date default null,
  p_to date default null, p_site text default null, p_q text default null, p_ids uuid[] default null,
  p_fates text[] default null, p_whereabouts text[] default null, p_sexes text[] default null, p_ages text[] default null,
  p_circumstances text[] default null, p_adm1 text[] default null, p_most int default null) returns int
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
declare f api._person_filter := api._person_filter(p_states, p_kinds, p_bbox, p_from, p_to, p_site, p_q, p_ids,
    p_fates, p_whereabouts, p_sexes, p_ages, p_circumstances, p_adm1);
begin
  if (f).by_event then return (select count(*) from (select 1 from api._persons_met(f) limit p_most) n); end if;
  return (select count(*) from (select 1 from api._persons(f) limit p_most) n);
end $$;
comment on function api.person_count(text[], text[], float8[], date, date, text, text, uuid[], text[], text[], text[], text[], text[], text[], int) is
  'How many cases person_list would list in all; counted up to p_most, if that is given.';

create function api.person_frame(p_states text[] default null, p_kinds text[] default null, p_bbox float8[] default null, p_from date default null,
  p_to date default null, p_site text default null, p_ids uuid[] default null,
  p_fates text[] default null, p_whereabouts text[] default null, p_sexes text[] default null, p_ages text[] default null,
  p_circumstances text[] default null, p_adm1 text[] default null) returns table(id text, code text, case_state text, fate text,
  whereabouts text, sex text, birth_earliest date, birth_latest date, age_min int, age_max int, circumstances text, fate_indications text, events int,
  conflicts text, version int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._person_filter := api._person_filter(p_states, p_kinds, p_bbox, p_from, p_to, p_site, null, p_ids,
    p_fates, p_whereabouts, p_sexes, p_ages, p_circumstances, p_adm1);
  v_ids uuid[] := case when (f).by_event then api._person_ids(f, null, null) end;
begin
  return query
  select p.id::text, p.code, p.case_state, p.fate, p.whereabouts, p.sex, api._first_day(p.birth), api._final_day(p.birth),
    (p.age->>'min')::numeric::int, (p.age->>'max')::numeric::int, array_to_string(p.circumstances, ','), array_to_string(p.fate_indications, ','),
    coalesce(n.n, 0), array_to_string(p.conflicts, ','), p.version
  from api._persons(f) p
  left join (select e.person, count(*)::int as n from reg.person_event e where e.face = (f).level group by 1) n on n.person = p.id
  where v_ids is null or p.id = any (v_ids) order by p.code;
end $$;
comment on function api.person_frame(text[], text[], float8[], date, date, text, uuid[], text[], text[], text[], text[], text[], text[]) is
  'Every case that person_list would list, in flat columns for a DataFrame; no names. age_min and age_max in years, as last told.';

create function api.event_frame(p_states text[] default null, p_kinds text[] default null, p_bbox float8[] default null, p_from date default null,
  p_to date default null, p_site text default null, p_ids uuid[] default null,
  p_fates text[] default null, p_whereabouts text[] default null, p_sexes text[] default null, p_ages text[] default null,
  p_circumstances text[] default null, p_adm1 text[] default null) returns table(id text, person_id text, person text, kind text, alive_evidence text,
  at_earliest date, at_latest date, began_earliest date, began_latest date, ended_earliest date, ended_latest date, still bool, holds_throughout bool,
  geometry bytea, shown_as text, uncertainty_m float8, lon float8, lat float8, pcode text, edition text, toponym text, site text, site_id text,
  authority_en text, authority_ar text, reliability text, credibility text, class int, origins int, first_hand bool, conflicts text)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._person_filter := api._person_filter(p_states, p_kinds, p_bbox, p_from, p_to, p_site, null, p_ids,
    p_fates, p_whereabouts, p_sexes, p_ages, p_circumstances, p_adm1);
begin
  return query
  select e.id::text, p.id::text, p.code, e.kind, k.attrs->>'alive_evidence', api._first_day(e.at), api._final_day(e.at), api._first_day(e.began), api._final_day(e.began),
    api._first_day(e.ended), api._final_day(e.ended), upper_inf(e.ended) or upper(e.ended) = 'infinity', e.holds_throughout,
    case when e.shown_as <> 'admin_unit' then st_asbinary(e.shown) end,
    e.shown_as, e.uncertainty_m, st_x(e.centre), st_y(e.centre), e.pcode, e.edition, e.toponym, w.code, w.id::text,
    coalesce(a.names->>'en', a.names->>'und'), a.names->>'ar', e.reliability, e.credibility, e.class::int, e.origins, e.first_hand,
    array_to_string(e.conflicts, ',')
  from api._person_events(f) e
  join reg.person p on p.id = e.person and p.face = e.face and p.tier <= (f).level and p.scope = any ((f).scopes)
    and (api._asked_for(p.case_state) or not (f).partner) and ((f).states is null or p.case_state = any ((f).states)) and ((f).ids is null or p.id = any ((f).ids))
    and ((f).fates is null or p.fate = any ((f).fates)) and ((f).whereabouts is null or p.whereabouts = any ((f).whereabouts))
    and ((f).sexes is null or coalesce(p.sex, 'unknown') = any ((f).sexes)) and ((f).ages is null or p.age_bands && (f).ages)
    and ((f).circumstances is null or p.circumstances && (f).circumstances)
  left join reg.site w on w.id = e.site and w.face = (f).level and w.tier <= (f).level and w.scope = any ((f).scopes)
  left join vocab.event_kind k on k.code = e.kind
  left join reg.authority a on a.id = e.authority
  order by p.code, coalesce(lower(e.began), lower(e.at)) nulls last, e.id;
end $$;
comment on function api.event_frame(text[], text[], float8[], date, date, text, uuid[], text[], text[], text[], text[], text[], text[]) is
  'Every event that fits, of the cases of the caller''s face, in flat columns for a GeoDataFrame: geometry is the WKB (EPSG:4326) of what is shown, '
  'uncertainty_m is metres around it; of an admin unit null (its outline: event_outlines); dates are inclusive days, still = true when '
  'last recorded; site only where the caller sees it.';
reset role;

set role sr_policed;
create function api._page_events(p reg.person) returns jsonb stable language plpgsql as $$
begin
  return (
  select coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'alive_evidence', k.attrs->>'alive_evidence', 'edtf', c.edtf,
    'verbatim', case when p.face >= 2 then c.verbatim end, 'at', e.at, 'began', e.began, 'ended', e.ended, 'holds_throughout', e.holds_throughout,
    'shape', api._plain_shape(e.shown, e.shown_as), 'shown_as', e.shown_as, 'uncertainty_m', e.uncertainty_m, 'lon', st_x(e.centre), 'lat', st_y(e.centre),
    'pcode', e.pcode, 'unit', u.names, 'toponym', e.toponym, 'site', w.code, 'site_names', w.names - 'all', 'authority', a.names,
    'reliability', e.reliability, 'credibility', e.credibility, 'class', e.class, 'standing', (array['supported', 'ungraded', 'doubted'])[1 + e.class],
    'origins', e.origins, 'first_hand', e.first_hand, 'conflicts', e.conflicts, 'slot', 'event:' || e.id)
    order by coalesce(lower(e.began), lower(e.at)) nulls last, upper(coalesce(e.ended, e.at)), e.kind, e.id), '[]')
  from reg.person_event e join vocab.event_kind k on k.code = e.kind left join reg.site w on w.id = e.site left join reg.authority a on a.id = e.authority
  left join lateral (select x.edtf, x.verbatim from reg.claim x where x.id = any (e.claims) and x.at is not distinct from e.at
    and x.began is not distinct from e.began and x.ended is not distinct from e.ended order by x.verbatim is null, x.id limit 1) c on true
  left join lateral (select jsonb_build_object('en', l.en, 'ar', l.ar) as names from api._labels(array[coalesce(e.pcode, e.adm1[1])]) l) u
    on e.pcode is not null or cardinality(e.adm1) = 1
  where e.person = p.id);
end $$;

create function api._page_companions(p reg.person) returns jsonb stable language plpgsql as $$
begin
  return (
  select coalesce(jsonb_agg(jsonb_build_object('kind', c.value->'kind', 'code', o.code, 'case_state', o.case_state, 'class', c.value->'class',
    'origins', c.value->'origins') order by o.code), '[]')
  from jsonb_array_elements(p.companions) c
  cross join lateral (select x.code, x.case_state from reg.person x where x.id = (c.value->>'person')::uuid offset 0) o  -- each by its id, however many cases there are
  where api._asked_for(o.case_state) or not 'partner' = any ((select api.roles())::text[]));
end $$;

create function api._page_case(p reg.person, p_said jsonb) returns jsonb stable language plpgsql as $$
begin
  return (
  select coalesce(jsonb_agg(api._fact(v.slot, v.value, p.why->v.slot, v.slot = any (p.conflicts), p_said->v.slot) order by v.n, v.slot), '[]') from (
    select 1 as n, 'sex' as slot, to_jsonb(p.sex) as value where p.sex is not null
    union all select 2, 'birth', to_jsonb(p.birth) where p.birth is not null
    union all select 3, 'age', p.age where p.age is not null
    union all select 4, 'circumstance:' || c, to_jsonb(c) from unnest(p.circumstances) c
    union all select 5, 'fate_indication:' || i, to_jsonb(i) from unnest(p.fate_indications) i) v);
end $$;

create function api.person_page(p_code text) returns jsonb
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
declare p reg.person; v_old bool; v_me record; v_code text := upper(trim(left(p_code, 40)));
begin
  select m.level, m.roles into v_me from api.me() m;
  select * into p from reg.person x where x.code = v_code;
  v_old := not found;
  if v_old then select * into p from reg.person x where x.id = api._became(v_code, 'person'); end if;
  if p.id is null or coalesce(v_me.level, 0) < 1 or (not api._asked_for(p.case_state) and 'partner' = any (v_me.roles)) then
    perform api._missing(); end if;
  if v_old then return jsonb_build_object('code', v_code, 'merged_into', p.code); end if;
  return jsonb_build_object('id', p.id, 'code', p.code, 'merged_into', null, 'face', p.face, 'version', p.version, 'tier', p.tier,
    'compartments', api._compartments(p.scope), 'case_state', p.case_state, 'fate', p.fate,
    'whereabouts', p.whereabouts, 'sex', p.sex, 'birth', p.birth, 'age', p.age, 'circumstances', p.circumstances,
    'fate_indications', p.fate_indications, 'external_ids', case when api._holds('names') then p.external_ids else '[]' end, 'conflicts', p.conflicts, 'facts', api._page_case(p, api._said_counts(p.code, 'person')),
    'events', api._page_events(p), 'companions', api._page_companions(p), 'linked', api._page_linked('person', p.id, p.face));
end $$;
comment on function api.person_page(text) is
  'Everything of one case in the caller''s face, as one object, without names: the three axes, facts with how well they are known, events as they are '
  'shown (GeoJSON, EPSG:4326, metres), visible companions, cases that somebody judged to be the same person (linked: by whom, when, why). The code of a merged case gives {code, merged_into}. From level 1; not visible: not found.';
reset role;
