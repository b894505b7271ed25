-- What was looked at in a picture, a scan or a film before it goes further: whether living people can be told from it, of which scene and
-- days an image from above is; and where a photograph says that it was taken from.
set role sr_writer;

create function api._look_at(p_document uuid) returns reg.document_look stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select l.* from reg.document_look l where l.document = p_document order by l.recorded_at desc, l.id desc limit 1 $$;

-- A picture, scan or film is held back until somebody has looked and found nobody in it: no preview below T2, and nothing of it leaves.
-- A redacted copy was made for that, and checked by a second person; one that came from elsewhere is held back until another person than
-- who kept it has looked. A page that was drawn of a document is held back with it.
create function api._held_back(p_document uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when o.media_type !~ '^(image/|video/|application/pdf$)' then false
    when o.role = 'evidentiary' then coalesce((api._look_at(o.id)).living, 'not_looked') <> 'none'
    when o.role = 'redacted' and api._redaction_of(o.id) is null then coalesce((api._look_at(o.id)).living, 'not_looked') <> 'none'
      or not exists (select 1 from reg.document_look l where l.document = o.id and l.living = 'none' and not api._same_person(l.recorded_by, o.recorded_by))
    else false end
  from reg.document d join reg.document o on o.id = case d.role when 'working' then d.derived_from else d.id end where d.id = p_document $$;

create function api._date_unknown(p_document uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select l.imagery and (l.scene is null or l.acquired is null) from api._look_at(p_document) l), false) $$;

create function api.look_document(p_document uuid, p_living text, p_imagery bool default false, p_scene text default null, p_acquired text default null) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; d reg.document; v_days daterange := nullif(p_acquired, '')::daterange;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  d := api._seen_document(p_document);
  if not api._is_term('living_shown', coalesce(p_living, '')) then
    perform api._bad('unknown_code', 'living', p_living, 'Say whether living people can be told from it: not_looked, shown or none'); end if;
  if p_living = 'none' and api.level() < 2 and d.recorded_by <> v_by then
    perform api._refuse('redaction', 'Whoever looks for living people sees the pictures: whoever sees exact places, or who kept them.'); end if;
  if length(coalesce(p_scene, '')) > 200 then perform api._bad('too_long', 'scene', left(p_scene, 40), 'At most 200 letters'); end if;
  if lower(v_days) > reg.today() then perform api._bad('future_date', 'acquired', p_acquired, 'This lies in the future'); end if;
  insert into reg.document_look(id, document, living, imagery, scene, acquired, recorded_by, event, digest)
  values (reg.new_id(), d.id, p_living, coalesce(p_imagery, false), nullif(trim(p_scene), ''), v_days, v_by, v_event, '');
  if p_living = 'none' then perform api._looks_done(d.id, 'somebody looked: nobody living can be told from it', v_by);
  elsif not exists (select 1 from reg.task t where t.what = 'redact_document' and t.data->>'document' = d.id::text and t.done_at is null) then
    insert into reg.task(id, what, why, role, data, tier, scope, opened_by)
    values (reg.new_id(), 'redact_document', 'Living people may be told from this document: look, and make a redacted copy where they can.', 'investigator',
      jsonb_build_object('document', d.id), greatest(d.tier, 2), d.scope, v_by); end if;
  perform api._close_event(v_event, 'look_document', d.id, p_living);
end $$;
comment on function api.look_document(uuid, text, bool, text, text) is
  'It is said whether living people can be told from a document (not_looked, shown, none) and, of an image from above, of which scene and days it is; '
  'until the answer is none it is shown from T2 on and does not leave.';

create function api._looks_done(p_document uuid, p_outcome text, p_by uuid) returns void set search_path = pg_catalog, public, pg_temp language sql as $$
  update reg.task t set done_at = clock_timestamp(), done_by = p_by, outcome = p_outcome
  where t.what = 'redact_document' and t.data->>'document' = p_document::text and t.done_at is null $$;

create function api.keep_camera(p_document uuid, p_lon float8, p_lat float8, p_uncertainty_m float8, p_bearing float8 default null, p_taken text default null) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; d reg.document; v_point geometry := st_setsrid(st_makepoint(p_lon, p_lat), 4326);
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  d := api._seen_document(p_document);
  if exists (select 1 from reg.document_camera c where c.document = d.id) then return; end if;
  if not coalesce(api._sound(v_point), false) then perform api._bad('bad_geometry', 'camera', '', 'The point is not finite or outside the world'); end if;
  if not coalesce(p_uncertainty_m > 0 and p_uncertainty_m < 'Infinity', false) then
    perform api._bad('bad_uncertainty', 'uncertainty_m', p_uncertainty_m::text, 'A shape needs an uncertainty in metres above 0'); end if;
  insert into reg.document_camera(id, document, geom, uncertainty_m, bearing, taken, recorded_by, event, digest)
  values (reg.new_id(), d.id, v_point, p_uncertainty_m, p_bearing, left(p_taken, 40), v_by, v_event, '');
  perform api._close_event(v_event, 'keep_camera', d.id, '');
end $$;
comment on function api.keep_camera(uuid, float8, float8, float8, float8, text) is
  'Where a photograph says that it was taken from, as far off as that may be: for staff from T2 on, where to look for its place and never that place.';

-- What a photograph tells of the camera, for those who are shown exact places; null for others and where it tells nothing.
create function api._camera_of(p_image uuid) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('lon', st_x(c.geom), 'lat', st_y(c.geom), 'uncertainty_m', c.uncertainty_m, 'bearing', c.bearing, 'taken', c.taken)
  from reg.document_camera c where c.document = p_image and (select api.level()) >= 2 $$;
reset role;
