-- One site: its page, under row security. Below exact_tier the free words, areas and shapes of visits, measures and disturbances
-- stay away, since they are finer than what is shown.
set role sr_ident;

-- A reference that means something beside p_subject only: nobody without the key can tie it to the same thing elsewhere.
create function api._ref(p_subject uuid, p_thing uuid) returns uuid stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v_key bytea;
begin
  select k.key into v_key from reg.token_key k order by k.id limit 1;
  return substr(encode(hmac(convert_to('ref|' || p_subject || '|' || p_thing, 'UTF8'), v_key, 'sha256'), 'hex'), 1, 32)::uuid;
end $$;
reset role;

set role sr_reader;
-- The compartments of a scope that the caller holds.
create function api._compartments(p_scope int) returns text[] stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
begin
  if p_scope = 0 then return '{}'; end if;
  return (select s.compartments from reg.scope s where s.id = p_scope and s.id = any ((select api.scopes())::int[]));
end $$;
reset role;

set role sr_policed;

-- Words that go with a coarse place: numbers that could be coordinates are left out; years and dates stay.
create function api._coarse_words(p_words text, p_exact bool) returns text immutable parallel safe language sql as $$
  select case when p_exact then p_words else regexp_replace(regexp_replace(p_words, '[0-9٠-٩۰-۹]+\s*[.,٫°''′″"]\s*[0-9٠-٩۰-۹.,٫°''′″"\s]*[0-9٠-٩۰-۹°''′″"]',
    '…', 'g'), '[0-9٠-٩۰-۹]{5,}', '…', 'g') end $$;

-- A fact with how well it is known: what the resolve rule kept of it, and how many claims of how many sources there are (p_said).
create function api._fact(p_field text, p_value jsonb, p_why jsonb, p_conflict bool, p_said jsonb) returns jsonb
stable parallel safe language sql as $$
  select jsonb_build_object('field', p_field, 'value', p_value, 'class', p_why->'class',
    'standing', (array['supported', 'ungraded', 'doubted'])[1 + (p_why->>'class')::int], 'origins', p_why->'origins', 'claims', p_said->'claims', 'sources', p_said->'sources', 'first_hand', p_why->'first_hand',
    'against', coalesce(jsonb_array_length(p_why->'against'), 0), 'conflict', p_conflict) $$;

-- Every resolved value of a site, in the order in which a page says them.
create function api._facts(s reg.site, p_said jsonb) returns jsonb stable language plpgsql as $$
begin
  return (
  select coalesce(jsonb_agg(api._fact(v.slot, v.value, s.why->v.slot, v.slot = any (s.conflicts), p_said->v.slot)
    order by v.n, v.slot, v.value #>> '{}' collate "C"), '[]')
  from (
    select 1 as n, 'name:' || n.key as slot, n.value from jsonb_each(s.names - 'all') n
    union all select 3, 'count:' || (c.value->>'definition'), c.value - array['class', 'origins', 'first_hand'] from jsonb_array_elements(s.counts) c
    union all select 6, f.key, f.value from jsonb_each(s.form) f
    union all select x.n, x.slot, x.value from (values
      (2, 'place', case when s.shown is not null then jsonb_build_object('shown_as', s.shown_as, 'uncertainty_m', s.uncertainty_m,
        'precision', s.precision) end),
      (4, 'remains_state', to_jsonb(s.remains_state)), (4, 'building', to_jsonb(s.building)), (4, 'current_use', to_jsonb(s.current_use)),
      (5, 'access_condition', nullif(s.access, '{}') - 'class'), (7, 'feature', s.feature)) x(n, slot, value) where x.value is not null
    union all select 8, 'external_id:' || (e.value->>'scheme'), e.value->'value' from jsonb_array_elements(s.external_ids) e) v);
end $$;

create function api._page_kinds(p_site uuid, p_face int, p_kinds text[], p_conflicts text[], p_said jsonb) returns jsonb
stable language plpgsql as $$
begin
  return (
  select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'group', k.kind_group, 'verification', k.verification, 'began', k.began, 'ended', k.ended,
    'periods', k.periods, 'class', k.class, 'standing', (array['supported', 'ungraded', 'doubted'])[1 + k.class], 'origins', k.origins,
    'claims', p_said->('kind:' || k.kind)->'claims', 'sources', p_said->('kind:' || k.kind)->'sources',
    'conflict', 'kind:' || k.kind = any (p_conflicts)) order by array_position(p_kinds, k.kind), k.kind), '[]')
  from reg.site_kind k where k.site = p_site and k.face = p_face);
end $$;

create function api._page_authorities(p_authorities jsonb) returns jsonb stable language plpgsql as $$
begin
  if p_authorities = '[]' then return '[]'; end if;
  return (
  select coalesce(jsonb_agg(a.value || jsonb_build_object('names', u.names, 'kind', u.kind,
    'standing', (array['supported', 'ungraded', 'doubted'])[1 + (a.value->>'class')::int]) order by a.ordinality), '[]')
  from jsonb_array_elements(p_authorities) with ordinality a left join reg.authority u on u.id = (a.value->>'authority')::uuid);
end $$;

create function api._page_units(p_units text[]) returns jsonb stable language plpgsql as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_object('pcode', l.pcode, 'en', l.en, 'ar', l.ar) order by length(l.pcode), l.pcode), '[]')
          from api._labels(p_units) l);
end $$;

-- Relations in both directions, to sites that the caller sees; its features (the sites that are part of it); what it is part of.
create function api._page_relations(p_site uuid, p_part_of uuid, out relations jsonb, out features jsonb, out part_of jsonb)
stable language plpgsql as $$
begin
  select coalesce(jsonb_agg(jsonb_build_object('kind', r.kind, 'direction', r.direction, 'code', o.code, 'names', o.names - 'all',
      'kinds', o.kinds, 'began', r.began, 'ended', r.ended, 'class', r.class,
      'standing', (array['supported', 'ungraded', 'doubted'])[1 + r.class], 'origins', r.origins)
      order by r.kind, r.direction desc, o.code), '[]'),
    coalesce(jsonb_agg(jsonb_build_object('code', o.code, 'names', o.names - 'all', 'feature', o.feature, 'kinds', o.kinds,
      'verification', o.verification, 'protection', o.protection) order by o.feature->>'feature_kind', o.feature->>'number', o.code)
      filter (where r.kind = 'part_of' and r.direction = 'from'), '[]'),
    jsonb_agg(jsonb_build_object('code', o.code, 'names', o.names - 'all'))
      filter (where r.kind = 'part_of' and r.direction = 'to' and o.id = p_part_of)->0
    into relations, features, part_of
  from (select x.*, case when x.site = p_site then 'to' else 'from' end as direction,
          case when x.site = p_site then x.other else x.site end as beyond
        from reg.site_relation x where x.site = p_site or x.other = p_site) r
  join reg.site o on o.id = r.beyond;
end $$;

create function api._page_measures(p_sites uuid[], p_exact bool, p_by timestamptz default null) returns jsonb stable language plpgsql as $$
begin
  if not exists (select 1 from reg.measure m where m.site = any (p_sites)) then return '[]'; end if;
  return (
  select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'kind', m.kind, 'state', coalesce(d.to_state, 'planned'), 'agent_kind', m.agent_kind,
    'agent', u.names, 'issuer', case when p_exact then m.issuer end, 'ordered', m.legal_basis is not null,
    'legal_basis', case when p_exact then m.legal_basis end, 'began', m.began, 'ended', m.ended, 'lapses_on', coalesce(d.due, m.lapses_on),
    'note', case when p_exact then m.note end, 'area', case when p_exact then api._geojson(m.area) end,
    'area_within_m', case when p_exact then m.area_within_m end) order by m.recorded_at desc, m.id), '[]')
  from reg.measure m left join reg.authority u on u.id = m.agent
  left join lateral (select x.to_state, x.due from reg.decision x where x.subject = m.site and x.machine = 'measure' and x.aspect = m.id::text
                     and (p_by is null or x.recorded_at < p_by) order by x.seq desc limit 1) d on true
  where m.site = any (p_sites) and (p_by is null or m.recorded_at < p_by));
end $$;

create function api._page_disturbances(p_sites uuid[], p_exact bool, p_by timestamptz default null) returns jsonb stable language plpgsql as $$
begin
  if not exists (select 1 from reg.disturbance d where d.site = any (p_sites)) then return '[]'; end if;
  return (
  select coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'kind', d.kind, 'by', d.by, 'severity', d.severity, 'reversible', d.reversible,
    'observed', d.observed, 'reliability', d.reliability, 'credibility', d.credibility, 'visited', d.visit is not null,
    'note', case when p_exact then d.note end) order by d.recorded_at desc, d.id), '[]')
  from reg.disturbance d where d.site = any (p_sites) and (p_by is null or d.recorded_at < p_by)
    and not exists (select 1 from reg.disturbance_end e where e.disturbance = d.id and (p_by is null or e.recorded_at < p_by)));
end $$;

create function api._page_visits(p_sites uuid[], p_exact bool, p_by timestamptz default null) returns jsonb stable language plpgsql as $$
begin
  return (
  select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'method', v.method, 'visited_on', v.visited_on, 'negative', v.negative,
    'damage_assessed', v.damage_assessed, 'team', case when p_exact then v.team end, 'covered', case when p_exact then v.covered end,
    'covered_shape', case when p_exact then api._geojson(v.covered_shape) end, 'not_searched', case when p_exact then v.not_searched end,
    'findings', case when p_exact then v.findings end, 'covered_within_m', case when p_exact then v.covered_within_m end,
    'not_searched_shape', case when p_exact then api._geojson(v.not_searched_shape) end, 'not_searched_within_m', case when p_exact then v.not_searched_within_m end,
    'photographs', (select coalesce(jsonb_agg(d.id order by d.id), '[]') from reg.document d where p_exact and d.id = any (v.documents)
      and not api._silenced_document(d.id))) order by v.visited_on desc, v.id), '[]')
  from reg.visit v where v.site = any (p_sites) and (p_by is null or v.recorded_at < p_by));
end $$;

-- What the code of a merged record stands for now, where the caller sees each step; else null.
create function api._became(p_code text, p_kind text) returns uuid stable language plpgsql as $$
declare v reg.subject;
begin
  select * into v from reg.subject s where s.code = p_code and s.kind = p_kind and s.merged_into is not null;
  while v.merged_into is not null loop
    select * into v from reg.subject s where s.id = v.merged_into;
  end loop;
  return v.id;
end $$;

create function api.site_page(p_code text) returns jsonb
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
declare s reg.site; v_exact bool; v_all uuid[]; v_said jsonb; v_near record; v_records jsonb; v_code text := api._as_code(left(p_code, 40));
begin
  select * into s from reg.site x where x.code = v_code;
  if not found then
    select x.code into s.code from reg.site x where x.id = api._became(v_code, 'site');
    if not found then perform api._missing(); end if;
    return jsonb_build_object('code', v_code, 'merged_into', s.code);
  end if;
  v_exact := s.face >= s.exact_tier; v_said := api._said_counts(s.code, 'site'); v_near := api._page_relations(s.id, s.part_of);
  v_all := array(select w.member from api._sites_within(array[s.id]) w); v_records := api._page_records(v_all);
  return jsonb_build_object('id', s.id, 'code', s.code, 'merged_into', null, 'face', s.face, 'version', s.version, 'tier', s.tier,
      'exact', v_exact, 'compartments', api._compartments(s.scope), 'names', s.names - 'all',
      'all_names', coalesce(s.names->'all', '[]'), 'kinds', api._page_kinds(s.id, s.face, s.kinds, s.conflicts, v_said),
      'verification', s.verification, 'protection', s.protection,
      'next_review', s.next_review, 'overdue', coalesce(s.next_review < reg.today(), false), 'in_doubt_since', s.in_doubt_since,
      'conflicts', s.conflicts, 'facts', api._facts(s, v_said), 'authorities', api._page_authorities(s.authorities),
      'counts', s.counts, 'access', s.access, 'form', s.form, 'external_ids', s.external_ids)
    || jsonb_build_object('place', jsonb_build_object('shape', api._geojson(s.shown), 'shown_as', s.shown_as, 'uncertainty_m', s.uncertainty_m,
        'precision', s.precision, 'place_kind', s.place_kind, 'method', s.method, 'lon', st_x(s.centre), 'lat', st_y(s.centre), 'adm1', s.adm1,
        'adm2', s.adm2, 'adm3', s.adm3, 'country', s.country, 'units', api._page_units(array[s.country, s.adm1, s.adm2, s.adm3])),
      'active_began', s.active_began, 'active_ended', s.active_ended, 'feature', s.feature,
      'part_of', v_near.part_of, 'relations', v_near.relations, 'linked', api._page_linked('site', s.id, s.face),
      'features', v_near.features, 'measures', api._page_measures(v_all, v_exact),
      'disturbances', api._page_disturbances(v_all, v_exact), 'visits', api._page_visits(v_all, v_exact),
      'records', v_records, 'worst', api._page_worst(s.protection, v_near.features, v_records));
end $$;
comment on function api.site_page(text) is
  'Everything of one site in the caller''s face, as one object: facts with how well they are known, kinds, authorities, relations to visible '
  'sites, sites that somebody judged to be the same or a part (linked: by whom, when, why), features, records that lie there or are of it, the worst protection of all these with its count, measures, open disturbances, '
  'visits, what is shown of the place (GeoJSON, EPSG:4326, metres). The code of a merged site '
  'gives {code, merged_into}. Dates and periods as dateranges. Not visible: not found.';
reset role;
