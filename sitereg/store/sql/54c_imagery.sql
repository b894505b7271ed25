-- Rasters of the ground and what was observed on them. A raster has the tier, the compartments and the freezes of its document. Rasters are few
-- and read whole, so the functions that read them are volatile: no SQL login asks, whose plan would count those that he is not shown.
set role sr_writer;

create function api._current_raster(p_document uuid) returns reg.raster stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select r.* from reg.raster r where r.document = p_document and not exists (select 1 from reg.raster n where n.replaces = r.id) $$;

-- What is told of a raster, checked; its days come from people and never from a tile.
create function api._check_raster(p jsonb, p_taken daterange) returns void stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v text; v_dated bool;
begin
  perform api._check_terms(array[['raster_kind', coalesce(p->>'kind', '')], ['raster_making', coalesce(p->>'making', '')]]);
  foreach v in array array['name', 'sensor', 'licence', 'attribution', 'crs'] loop
    if coalesce(trim(p->>v), '') = '' then perform api._bad('missing_required', v, '', 'This must be said of every raster'); end if;
    if length(p->>v) > 500 and v <> 'crs' then perform api._bad('too_long', v, left(p->>v, 40), 'At most 500 letters'); end if;
  end loop;
  select (m.attrs->>'dated')::bool into v_dated from vocab.raster_making m where m.code = p->>'making';
  if p_taken is not null and not v_dated then
    perform api._bad('date_of_mosaic', 'taken', p_taken::text, 'A mosaic or a picture of a web map has no day of its own: leave it out'); end if;
  if v_dated and (p_taken is null or lower(p_taken) is null or upper(p_taken) is null) then
    perform api._bad('missing_required', 'taken', coalesce(p_taken::text, ''), 'Say from when until when it was taken'); end if;
  if upper(p_taken) - 1 > reg.today() then perform api._bad('future_date', 'taken', p_taken::text, 'This lies in the future'); end if;
  if p->>'kind' = 'imagery' and p->>'making' = 'scene' and coalesce(trim(p->>'scene'), '') = '' then
    perform api._bad('missing_required', 'scene', '', 'Give the provider''s own number of the scene'); end if;
  if jsonb_typeof(p->'bands') is distinct from 'array' or jsonb_array_length(p->'bands') = 0 then
    perform api._bad('missing_required', 'bands', '', 'A raster has one band or more, each with a name'); end if;
end $$;

create function api.may_register_raster() returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$ begin perform api._need('data_steward'); end $$;
comment on function api.may_register_raster() is 'Nothing for a data steward, refused for all others: asked before a file is read.';

create function api.register_raster(p_document uuid, p_copy uuid, p_about jsonb, p_taken daterange default null) returns table(raster uuid, already bool)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_event uuid := reg.new_id(); v_by uuid; d reg.document; c reg.document; v reg.raster; v_was reg.raster;
begin
  v_by := api._need('data_steward');
  d := api._seen_document(p_document); c := api._seen_document(p_copy);
  if c.derived_from is distinct from d.id then perform api._bad('bad_value', 'copy', p_copy::text, 'This is no copy of that document'); end if;
  perform pg_advisory_xact_lock(hashtextextended('raster:' || d.id, 0));
  perform api._check_raster(p_about, p_taken);
  v.id := reg.new_id(); v.document := d.id; v.copy := c.id; v.kind := p_about->>'kind'; v.making := p_about->>'making'; v.name := trim(p_about->>'name');
  v.sensor := trim(p_about->>'sensor'); v.scene := nullif(trim(p_about->>'scene'), ''); v.taken := p_taken; v.resolution_m := (p_about->>'resolution_m')::float8;
  v.crs := p_about->>'crs'; v.width := (p_about->>'width')::int; v.height := (p_about->>'height')::int; v.bands := p_about->'bands';
  v.unit_m := case when v.kind = 'elevation' then coalesce((p_about->>'unit_m')::float8, 1) end; v.licence := trim(p_about->>'licence');
  v.attribution := trim(p_about->>'attribution'); v.note := nullif(trim(p_about->>'note'), '');
  v.footprint := st_setsrid(st_geomfromgeojson(p_about->>'footprint'), 4326);
  if not coalesce(api._sound(v.footprint), false) then perform api._bad('bad_geometry', 'footprint', '', 'The ground that the raster covers is no sound area'); end if;
  v_was := api._current_raster(d.id);
  if v_was.id is not null and (to_jsonb(v_was) - array['id', 'replaces', 'recorded_at', 'recorded_by', 'event', 'digest', 'footprint', 'copy'])
      = (to_jsonb(v) - array['id', 'replaces', 'recorded_at', 'recorded_by', 'event', 'digest', 'footprint', 'copy']) then
    return query select v_was.id, true; return; end if;
  insert into reg.raster(id, document, copy, replaces, kind, making, name, sensor, scene, taken, resolution_m, crs, width, height, bands, unit_m, licence,
    attribution, note, footprint, recorded_by, event, digest)
  values (v.id, v.document, v.copy, v_was.id, v.kind, v.making, v.name, v.sensor, v.scene, v.taken, v.resolution_m, v.crs, v.width, v.height, v.bands, v.unit_m,
    v.licence, v.attribution, v.note, v.footprint, v_by, v_event, '');
  perform api._close_event(v_event, 'register_raster', v.id, coalesce(p_about->>'why', ''));
  return query select v.id, false;
end $$;
comment on function api.register_raster(uuid, uuid, jsonb, daterange) is
  'The raster of a kept document and its working copy stands in the catalogue, with the tier and compartments of the document: {kind, making, name, sensor, '
  'scene, resolution_m, crs, width, height, bands, unit_m, licence, attribution, note, footprint, why}; taken: from when until when, never of a mosaic. '
  'Of the same document anew it replaces what was said before; the very same is answered as it stands (already).';

create function api._display(p_account uuid) returns text stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select a.display from reg.account a where a.id = p_account and api.level() >= 1 $$;

create type api._observed as (n int, site uuid, raster uuid, before uuid, result text, unusable text, changed_m2 float8, changed jsonb, direction text,
  strength float8, confidence float8, limits text[], figures jsonb, note text);

-- Of a site or a raster that is not visible: not found, as of none. Where the exact place is not shown nothing is recorded.
create function api._check_observed(p_rows api._observed[]) returns void stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_level int := api.level(); v_scopes int[] := api.scopes(); v record;
begin
  if exists (select 1 from (select distinct t.site from unnest(p_rows) t) t where not exists (select 1 from reg.site s where s.id = t.site and s.face = v_level
       and s.tier <= v_level and s.scope = any (v_scopes)))
     or exists (select 1 from (select distinct r.id from unnest(p_rows) t cross join lateral (values (t.raster), (coalesce(t.before, t.raster))) r(id)) t
       where not exists (select 1 from reg.raster r join reg.document d on d.id = r.document where r.id = t.id and d.tier <= v_level and d.scope = any (v_scopes))) then
    perform api._missing(); end if;
  if exists (select 1 from (select distinct t.site from unnest(p_rows) t) t join reg.site s on s.id = t.site and s.face = v_level
      join reg.subject u on u.id = s.id where s.exact_tier > v_level or u.exact_tier > v_level) then
    perform api._refuse('exact_place', 'Of a place that is shown to you as a cell nothing is seen from above: whoever is shown the exact place looks.'); end if;
  for v in select t.n, case when not coalesce(api._is_term('observation_result', t.result), false) then 'result'
      when (t.result = 'image_unusable') <> (t.unusable is not null) or t.unusable is not null and not api._is_term('unusable_reason', t.unusable) then 'unusable'
      when t.result <> 'changed' and (t.direction is not null or t.changed is not null)
        or t.direction is not null and not api._is_term('change_direction', t.direction) then 'direction'
      when t.changed_m2 < 0 or t.changed_m2 >= 'Infinity' then 'changed_m2' when t.confidence not between 0 and 1 then 'confidence'
      when t.before = t.raster then 'before' when jsonb_typeof(t.figures) <> 'object' then 'figures' when length(t.note) > 2000 then 'note' end as field
    from unnest(p_rows) t loop
    if v.field is not null then
      perform api._bad('bad_value', v.field, v.n::text, 'This observation is not whole: unusable needs a reason, only a change has a direction, a confidence lies from 0 to 1'); end if;
  end loop;
end $$;

-- p_rows: [{n, site, raster, before, result, unusable, changed_m2, changed (GeoJSON), direction, strength, confidence, limits, figures, note}].
create function api.record_observations(p_rows jsonb, p_method text, p_how text default 'machine', p_reason text default '') returns table(n int, observation uuid)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_event uuid := reg.new_id(); v_by uuid; v_rows api._observed[]; v_ids uuid[];
begin
  v_by := api._need('protection_officer', 'investigator', 'analyst', 'data_steward');
  if coalesce(trim(p_method), '') = '' or length(p_method) > 200 then perform api._bad('missing_required', 'method', '', 'Say by which method and version'); end if;
  if p_how is null or p_how not in ('machine', 'person') then perform api._bad('unknown_code', 'how', p_how, 'By machine or by person'); end if;
  if jsonb_typeof(p_rows) is distinct from 'array' or jsonb_array_length(p_rows) = 0 then perform api._bad('missing_required', 'rows', '', 'A list of observations'); end if;
  v_rows := array(select row(coalesce(x.n, o.ordinality::int), x.site, x.raster, x.before, x.result, x.unusable, x.changed_m2, x.changed, x.direction, x.strength,
      x.confidence, x.limits, x.figures, x.note)::api._observed
    from jsonb_array_elements(p_rows) with ordinality o cross join lateral jsonb_to_record(o.value) x(n int, site uuid, raster uuid, before uuid, result text,
      unusable text, changed_m2 float8, changed jsonb, direction text, strength float8, confidence float8, limits text[], figures jsonb, note text) order by o.ordinality);
  perform api._check_observed(v_rows);
  v_ids := array(select reg.new_id() from generate_series(1, cardinality(v_rows)));
  insert into reg.observation(id, site, raster, before, taken, taken_before, result, unusable, changed_m2, changed, direction, strength, confidence, limits,
    figures, method, how, note, recorded_by, event, digest)
  select v_ids[t.at], t.site, t.raster, t.before, r.taken, b.taken, t.result, t.unusable, t.changed_m2, st_setsrid(st_geomfromgeojson(t.changed::text), 4326),
    t.direction, t.strength, t.confidence, coalesce(t.limits, '{}'), coalesce(t.figures, '{}'), trim(p_method), p_how, t.note, v_by, v_event, ''
  from unnest(v_rows) with ordinality t(n, site, raster, before, result, unusable, changed_m2, changed, direction, strength, confidence, limits, figures, note, at)
    join reg.raster r on r.id = t.raster left join reg.raster b on b.id = t.before;
  perform api._propose_checks(v_ids);
  perform api._close_event(v_event, 'record_observations', null, coalesce(p_reason, ''));
  return query select t.n, v_ids[t.at] from unnest(v_rows) with ordinality t(n, site, raster, before, result, unusable, changed_m2, changed, direction, strength,
    confidence, limits, figures, note, at) order by t.at;
end $$;
comment on function api.record_observations(jsonb, text, text, text) is
  'What was seen at sites on a raster, or by comparing two, stands in one event, thousands at once, what was not seen too: each with its site, the raster and '
  'the earlier one, the result (changed, unchanged, image_unusable with why), area, direction, strength and confidence. A site or raster that is not visible is '
  'not found; of a site whose exact place is not shown nothing is recorded.';
reset role;

set role sr_policed;
-- One raster as its catalogue tells it; replaced: a later word on the same file stands.
create function api._raster_told(r reg.raster) returns jsonb stable language sql as $$
  select jsonb_build_object('id', r.id, 'kind', r.kind, 'making', r.making, 'name', r.name, 'sensor', r.sensor, 'scene', r.scene, 'taken', r.taken,
    'date_unknown', r.taken is null, 'resolution_m', r.resolution_m, 'crs', r.crs, 'width', r.width, 'height', r.height, 'bands', r.bands, 'unit_m', r.unit_m,
    'licence', r.licence, 'attribution', r.attribution, 'note', r.note, 'footprint', api._geojson(r.footprint), 'tier', d.tier,
    'compartments', api._compartments(d.scope), 'document', d.id, 'sha256', encode(d.sha256, 'hex'), 'copy', encode(c.sha256, 'hex'),
    'original_name', d.original_name, 'recorded_at', r.recorded_at, 'replaced', exists (select 1 from reg.raster n where n.replaces = r.id))
  from reg.document d join reg.document c on c.id = r.copy where d.id = r.document and not api._silenced_document(d.id) $$;

create function api.rasters(p_site text default null, p_area geometry default null, p_kind text default null, p_at daterange default null, p_limit int default 100,
  p_after uuid default null) returns table(raster uuid, told jsonb)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_area geometry := p_area;
begin
  if p_site is not null then
    select coalesce(s.shown, st_geomfromtext('polygon empty', 4326)) into v_area from reg.site s where s.code = api._as_code(p_site);
    if not found then perform api._missing(); end if;
  end if;
  if p_kind is not null and not api._is_term('raster_kind', p_kind) then perform api._bad('unknown_code', 'kind', p_kind, 'There is no such kind', 'raster_kind'); end if;
  return query select r.id, t.told from reg.raster r cross join lateral (select api._raster_told(r)) t(told)
    where t.told is not null and not (t.told->>'replaced')::bool and (v_area is null or st_intersects(r.footprint, v_area)) and (p_kind is null or r.kind = p_kind)
      and (p_at is null or r.taken && p_at) and (p_after is null or r.id > p_after)
    order by r.id limit least(greatest(coalesce(p_limit, 100), 0), 10000);
end $$;
comment on function api.rasters(text, geometry, text, daterange, int, uuid) is
  'The rasters that the caller may see, by id: those that reach a site as it is shown to him, or an area (EPSG:4326), of a kind, taken on days that meet these. '
  'A raster that was told anew is there once. Not visible: absent.';

create function api.raster(p_raster uuid) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r reg.raster; v jsonb;
begin
  select * into r from reg.raster x where x.id = p_raster;
  if found then v := api._raster_told(r); end if;
  if v is null then perform api._missing(); end if;
  return v;
end $$;
comment on function api.raster(uuid) is 'All that the catalogue tells of one raster: kind, days, resolution (metres), bands, licence, footprint, hashes. Not visible: not found.';

create function api.observations(p_site text default null, p_raster uuid default null, p_before uuid default null, p_method text default null,
  p_result text default null, p_limit int default 100, p_after uuid default null)
returns table(id uuid, site uuid, code text, raster uuid, before uuid, taken daterange, taken_before daterange, result text, unusable text, changed_m2 float8,
  changed jsonb, direction text, strength float8, confidence float8, limits text[], figures jsonb, method text, how text, note text, by text, recorded_at timestamptz)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_sites uuid[]; v_after reg.observation;
begin
  if p_site is not null then
    v_sites := array(select w.member from reg.site s cross join lateral api._sites_within(array[s.id]) w where s.code = api._as_code(p_site));
    if v_sites = '{}' then perform api._missing(); end if;
  end if;
  select * into v_after from reg.observation o where o.id = p_after;
  return query select o.id, o.site, s.code, o.raster, o.before, o.taken, o.taken_before, o.result, o.unusable, o.changed_m2, api._geojson(o.changed), o.direction,
    o.strength, o.confidence, o.limits, o.figures, o.method, o.how, o.note, api._display(o.recorded_by), o.recorded_at
  from reg.observation o join reg.subject s on s.id = o.site
  where (v_sites is null or o.site = any (v_sites)) and (p_raster is null or o.raster = p_raster) and (p_before is null or o.before = p_before)
    and (p_method is null or o.method = p_method) and (p_result is null or o.result = p_result)
    and (p_after is null or (o.recorded_at, o.id) < (v_after.recorded_at, v_after.id))
  order by o.recorded_at desc, o.id desc limit least(greatest(coalesce(p_limit, 100), 0), 100000);
end $$;
comment on function api.observations(text, uuid, uuid, text, text, int, uuid) is
  'What was seen from above at sites whose exact place the caller is shown, on rasters that he may see, newest first: changed, unchanged and unusable, each with '
  'the days of its rasters (dateranges), the area (square metres), method, by machine or person, and whose account wrote it.';
reset role;
