-- The views: they name no table, so whoever asks them needs nothing but the functions of 56. A comment on each column.
set role sr_policed;
do $$
declare v text; v_name text; v_site text; v_event text;
begin
  select string_agg(quote_ident(u), ', ') into v_site from unnest((select p.proargnames from pg_proc p
    where p.oid = 'api.all_sites()'::regprocedure)) u where u <> 'geom';
  select string_agg(quote_ident(u), ', ') into v_event from unnest((select p.proargnames from pg_proc p
    where p.oid = 'api.all_events()'::regprocedure)) u where u <> 'geom';
  foreach v in array array[
    format($q$v_site as select %s from api.all_sites()$q$, v_site),
    format($q$v_site_point as select %s, st_pointonsurface(geom)::geometry(Point, 4326) as geom from api.all_sites()
              where shown_as = 'exact' and st_dimension(geom) = 0$q$, v_site),
    format($q$v_site_line as select %s, st_multi(geom)::geometry(MultiLineString, 4326) as geom from api.all_sites()
              where shown_as = 'exact' and st_dimension(geom) = 1$q$, v_site),
    format($q$v_site_area as select %s, st_multi(geom)::geometry(MultiPolygon, 4326) as geom from api.all_sites()
              where shown_as in ('exact', 'admin_unit') and st_dimension(geom) = 2$q$, v_site),
    format($q$v_site_cell as select %s, geom::geometry(Polygon, 4326) as geom from api.all_sites()
              where shown_as in ('cell_1km', 'cell_10km')$q$, v_site),
    $q$v_site_kind as select * from api.all_site_kinds()$q$,
    $q$v_person as select * from api.all_persons()$q$,
    format($q$v_event as select %s from api.all_events()$q$, v_event),
    format($q$v_event_point as select %s, st_pointonsurface(geom)::geometry(Point, 4326) as geom from api.all_events()
              where shown_as = 'exact'$q$, v_event),
    format($q$v_event_cell as select %s, geom::geometry(Polygon, 4326) as geom from api.all_events()
              where shown_as in ('cell_1km', 'cell_10km')$q$, v_event),
    $q$v_event_site_near as select * from api.event_site_near(10)$q$,
    $q$v_admin_unit as select key, pcode, edition, level, country, parent, name_en, name_ar, radius_m, source,
              geom::geometry(MultiPolygon, 4326) as geom from api.all_units()$q$] loop
    execute 'create view api.' || v;
    v_name := split_part(v, ' ', 1);
    if current_setting('server_version_num')::int >= 150000 then
      execute format('alter view api.%I set (security_invoker = true)', v_name);
    end if;
  end loop;
end $$;

comment on view api.v_site is 'Every site that you may see, without its shape; nothing is left out because its place is not known.';
comment on view api.v_site_point is 'Sites of which you are shown an exact point; uncertainty_m is the radius around it.';
comment on view api.v_site_line is 'Sites of which you are shown an exact line.';
comment on view api.v_site_area is 'Sites of which you are shown an exact outline, or the admin unit that they lie in (shown_as says which).';
comment on view api.v_site_cell is 'Sites of which you are shown the cell of a fixed grid: the site lies somewhere in it, its middle means nothing.';
comment on view api.v_site_kind is 'What each site was: one row for each pair of a site and a kind, with the verification of that pair.';
comment on view api.v_person is 'The cases that you may see, under their public references, without names.';
comment on view api.v_event is 'What happened to persons, where and when, each place as you are shown it; shapes of units stand in v_admin_unit.';
comment on view api.v_event_point is 'Events whose exact place you are shown, as a point of it.';
comment on view api.v_event_cell is 'Events of which you are shown the cell of a fixed grid.';
comment on view api.v_event_site_near is
  'Pairs of an event and a site that may lie within 10 km of each other; for up to 100 km: select * from api.event_site_near(km).';
comment on view api.v_admin_unit is 'Administrative units by edition; join on (pcode, edition).';

-- What a column means wherever it stands; `view.column` only there.
create function api._column_words() returns table(name text, words text) immutable language sql as $$ values
  ('key', 'An integer that stands for the row and stays the same: 52 bits of the SHA-256 of its id.'),
  ('id', 'The id by which pages and scripts know it.'), ('code', 'The public code, random, with a check character.'),
  ('name_en', 'The name in English.'), ('name_ar', 'The name in Arabic.'), ('kind', 'What it was: code of the vocabulary site_kind.'),
  ('kind_en', 'The kind in English.'), ('kind_ar', 'The kind in Arabic.'), ('v_event.kind', 'What happened: code of the vocabulary event_kind.'),
  ('v_event_point.kind', 'What happened: code of the vocabulary event_kind.'), ('v_event_cell.kind', 'What happened: code of the vocabulary event_kind.'),
  ('kind_group', 'burial, detention, medical, records, other.'), ('kinds', 'Codes of all kinds, best verified first, joined by commas.'),
  ('verification', 'How well the kind of this row is known: code.'), ('verification_en', 'The level in English.'),
  ('verification_ar', 'The level in Arabic.'), ('protection', 'Protection status: code.'), ('protection_en', 'The status in English.'),
  ('protection_ar', 'The status in Arabic.'), ('next_review', 'The day by which protection is looked at again.'),
  ('building', 'What kind of building: code.'), ('remains_state', 'Whether remains are still in the ground: code.'),
  ('began_earliest', 'The first day on which it can have begun; null: not bounded.'), ('began_latest', 'The last day on which it can have begun; null: not bounded.'),
  ('ended_earliest', 'The first day on which it can have ended; null: not known.'),
  ('ended_latest', 'The last day on which it can have ended; null with ended_earliest given: still going on when recorded.'),
  ('at_earliest', 'The first day on which it can have happened; null: not bounded.'), ('at_latest', 'The last day on which it can have happened; null: not bounded.'),
  ('shown_as', 'What you are shown of the place: exact, cell_1km, cell_10km, admin_unit, none.'), ('precision', 'The uncertainty in words: code.'),
  ('uncertainty_m', 'Metres around the exact place, or from the middle of the cell or unit to its farthest corner.'),
  ('lon', 'Longitude (WGS84) of the middle of what is shown.'), ('lat', 'Latitude (WGS84) of the middle of what is shown.'),
  ('cell_1km', 'The cell of the 1 km grid (EPSG:6933) as size/east/north, for joins; null where the place is not known so well.'),
  ('cell_10km', 'The cell of the 10 km grid (EPSG:6933) as size/east/north, for joins; null where the place is not known so well.'),
  ('country', 'ISO code of the country.'), ('adm1', 'P-code of the governorate; null where what is shown is coarser.'),
  ('adm1_en', 'The governorate in English.'), ('adm1_ar', 'The governorate in Arabic.'), ('adm2', 'P-code of the district.'),
  ('adm3', 'P-code of the sub-district.'), ('part_of', 'Key of the site that it is a part of, where you may see that one.'),
  ('version', 'Counts the changes of this record as you see it.'), ('geom', 'The shape that you are shown, EPSG:4326, longitude before latitude.'),
  ('site', 'Key of the site; null where none is named or you may not see it.'), ('site_code', 'Public code of the site.'),
  ('site_id', 'The id of the site.'), ('site_kind', 'Kind of the site: code.'),
  ('class', 'Grade of the claims behind it: 0 supported, 1 ungraded, 2 doubted.'), ('origins', 'How many independent origins say so.'),
  ('case_state', 'Where the case stands: code.'), ('case_state_en', 'The state in English.'), ('case_state_ar', 'The state in Arabic.'),
  ('fate', 'Alive, dead or unknown, by decision only: code.'), ('fate_en', 'The fate in English.'), ('fate_ar', 'The fate in Arabic.'),
  ('whereabouts', 'Where the person or the remains are, by decision only: code.'), ('whereabouts_en', 'The whereabouts in English.'),
  ('whereabouts_ar', 'The whereabouts in Arabic.'), ('sex', 'As recorded: code.'), ('birth_earliest', 'The first possible day of birth.'),
  ('birth_latest', 'The last possible day of birth.'), ('person', 'Key of the person.'), ('person_code', 'Public reference of the person.'),
  ('alive_evidence', 'What this kind of event says about being alive then: positive, negative, none.'), ('pcode', 'P-code of the admin unit.'),
  ('edition', 'Edition of the admin units that the p-code belongs to.'), ('toponym', 'The place as the source names it.'),
  ('reliability', 'Grade of the source, A to F; F means not known.'), ('credibility', 'Grade of the information, 1 to 6; 6 means not known.'),
  ('first_hand', 'Whether the source saw it.'), ('event', 'Key of the event.'), ('event_id', 'The id of the event.'), ('event_kind', 'What happened: code.'),
  ('km', 'The least kilometres that may lie between the two: d_min_m / 1000.'),
  ('d_min_m', 'Geodesic metres between the shapes that you are shown, less the uncertainty of exact places; 0 where they meet.'),
  ('time_overlap', 'Whether the event fell into the days in which the site was in use: certain, possible, none, unknown.'),
  ('event_shown_as', 'What you are shown of the place of the event.'), ('site_shown_as', 'What you are shown of the place of the site.'),
  ('event_uncertainty_m', 'uncertainty_m of the event.'), ('site_uncertainty_m', 'uncertainty_m of the site.'),
  ('level', '0 country, 1 governorate, 2 district, 3 sub-district, 4 below.'), ('parent', 'P-code of the unit above it in the same edition.'),
  ('radius_m', 'Metres from its middle to the farthest point of its boundary.'),
  ('source', 'Where the boundary comes from.') $$;

do $$
declare c record;
begin
  for c in select v.relname, a.attname, coalesce((select w.words from api._column_words() w where w.name = v.relname || '.' || a.attname),
             (select w.words from api._column_words() w where w.name = a.attname)) as words
    from pg_class v join pg_namespace n on n.oid = v.relnamespace join pg_attribute a on a.attrelid = v.oid and a.attnum > 0
    where n.nspname = 'api' and v.relkind = 'v' and v.relname like 'v\_%' loop
    if c.words is null then raise exception 'No words for the column %.%', c.relname, c.attname; end if;
    execute format('comment on column api.%I.%I is %L', c.relname, c.attname, c.words);
  end loop;
end $$;
drop function api._column_words();
reset role;
