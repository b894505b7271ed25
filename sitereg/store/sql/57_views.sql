-- The views: they name no table, so whoever asks them needs nothing but the functions of 56. A comment on each column.
set role sr_policed;
do $$
declare v text; v_name text; v_site text; v_event text; v_holding text;
begin
  select string_agg(quote_ident(u), ', ') into v_holding from unnest((select p.proargnames from pg_proc p
    where p.oid = 'api.all_holdings()'::regprocedure)) u where u <> 'geom';
  select string_agg(quote_ident(u), ', ') into v_site from unnest((select p.proargnames from pg_proc p
    where p.oid = 'api.all_sites(float8[])'::regprocedure)) u where u not in ('geom', 'p_bbox');
  select string_agg(quote_ident(u), ', ') into v_event from unnest((select p.proargnames from pg_proc p
    where p.oid = 'api.all_events(float8[])'::regprocedure)) u where u not in ('geom', 'p_bbox');
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
    $q$v_site_relation as select * from api.all_relations()$q$,
    format($q$v_holding as select %s from api.all_holdings()$q$, v_holding),
    format($q$v_holding_point as select %s, st_pointonsurface(geom)::geometry(Point, 4326) as geom from api.all_holdings()
              where shown_as = 'exact' and st_dimension(geom) = 0$q$, v_holding),
    format($q$v_holding_area as select %s, st_multi(geom)::geometry(MultiPolygon, 4326) as geom from api.all_holdings()
              where shown_as in ('exact', 'admin_unit') and st_dimension(geom) = 2$q$, v_holding),
    format($q$v_holding_cell as select %s, geom::geometry(Polygon, 4326) as geom from api.all_holdings()
              where shown_as in ('cell_1km', 'cell_10km')$q$, v_holding),
    (select format($q$v_claim as select %s from api.all_claims()$q$, string_agg(quote_ident(u), ', ')) from unnest((select p.proargnames from pg_proc p
      where p.oid = 'api.all_claims(text[])'::regprocedure)) u where u not in ('geom', 'p_codes')),
    $q$v_source as select * from api.all_sources()$q$, $q$v_document as select * from api.all_documents()$q$,
    $q$v_inquiry as select * from api.all_inquiries()$q$, $q$v_disturbance as select * from api.all_disturbances()$q$,
    $q$v_visit as select key, id, record_code, record_kind, method, visited_on, team, covered, not_searched, findings, negative, damage_assessed,
              case when st_dimension(geom) = 2 then st_multi(geom) end::geometry(MultiPolygon, 4326) as geom from api.all_visits()$q$,
    $q$v_measure as select key, id, record_code, record_kind, kind, kind_en, kind_ar, state, state_en, state_ar, agent_kind, issuer, legal_basis,
              began_earliest, began_latest, ended_earliest, ended_latest, lapses_on, note,
              case when st_dimension(geom) = 2 then st_multi(geom) end::geometry(MultiPolygon, 4326) as geom from api.all_measures()$q$,
    $q$v_decision as select * from api.all_decisions()$q$, $q$v_proposal as select * from api.all_proposals()$q$,
    $q$v_task as select * from api.all_tasks()$q$, $q$v_disclosure as select * from api.all_disclosures()$q$,
    $q$v_batch as select * from api.all_batches()$q$,
    $q$v_report as select key, id, receipt, state, record_code, words, place, at_earliest, at_latest, callback, consent, permitted_uses, partner_en,
              partner_ar, uncertainty_m, lon, lat, recorded_at, tier from api.all_reports()$q$,
    $q$v_admin_unit as select key, pcode, edition, level, country, parent, name_en, name_ar, radius_m, source,
              geom::geometry(MultiPolygon, 4326) as geom from api.all_units()$q$,
    $q$v_silent_unit as select key, pcode, edition, level, name_en, name_ar, parent, parent_en, parent_ar, persons, surely, perhaps, sites_perhaps, lon, lat,
              geom::geometry(MultiPolygon, 4326) as geom from api.silent_units()$q$] loop
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
comment on view api.v_site_relation is 'What one site is to another: parts, transfers, successors, and what two records were judged to be (basis); both sites are ones that you may see.';
comment on view api.v_holding is 'Every body of records that you may see, without its shape.';
comment on view api.v_holding_point is 'Bodies of records of which you are shown an exact point.';
comment on view api.v_holding_area is 'Bodies of records of which you are shown an exact outline, or the admin unit (shown_as says which).';
comment on view api.v_holding_cell is 'Bodies of records of which you are shown the cell of a fixed grid.';
comment on view api.v_claim is 'What is said of the records that you may see, by whom, how well graded: live claims, without shapes and names. Of some records: api.all_claims(codes).';
comment on view api.v_source is 'Sources that say something which you may see; nothing here ties a source to a record.';
comment on view api.v_document is 'Scans that you may see.';
comment on view api.v_inquiry is 'Inquiries that you may see, open and closed.';
comment on view api.v_visit is 'Visits and remote reviews, with the area covered where you are shown the exact place.';
comment on view api.v_measure is 'Protection measures and their state in force, with the area where you are shown the exact place.';
comment on view api.v_disturbance is 'Disturbances, and whether each is still open.';
comment on view api.v_decision is 'Every decision on a record that you may see.';
comment on view api.v_proposal is 'Proposals that wait for approval.';
comment on view api.v_task is 'Open tasks for somebody with your roles.';
comment on view api.v_report is 'Reports to be sorted, for roles that sort them.';
comment on view api.v_disclosure is 'What left: your own acts, all of them for auditors and releasers.';
comment on view api.v_batch is 'Batches that you ran, all of them for auditors.';
comment on view api.v_silent_unit is 'Silent places: units in which many were last seen and nothing is recorded; ask there. Of another level: api.silent_units(level).';
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
  ('source', 'Where the boundary comes from.'),
  ('record_code', 'Public code of the site, body of records or case.'), ('record_kind', 'site, holding or person.'),
  ('other', 'Key of the other site.'), ('other_code', 'Public code of the other site.'),
  ('feature_kind', 'Of part_of: what part it is (trench, wing, cell, ...): code.'), ('feature_number', 'Of part_of: its number or letter.'),
  ('v_site_relation.kind', 'What the first site is to the other: code of the vocabulary relation_kind.'),
  ('v_site_relation.basis', 'claims: somebody says so; decision: somebody judged the two records to be that.'),
  ('record_kinds', 'Codes of what records they are, joined by commas.'), ('sites', 'Codes of the sites where they lie or which they are of, joined by commas.'),
  ('years_began_earliest', 'The first day with which they can begin.'), ('years_began_latest', 'The last day with which they can begin.'),
  ('years_ended_earliest', 'The first day with which they can end.'), ('years_ended_latest', 'The last day with which they can end.'),
  ('condition', 'The state that they are in: code.'), ('condition_en', 'The state in English.'), ('condition_ar', 'The state in Arabic.'),
  ('last_access', 'What last came of asking for access: code.'), ('losses', 'How many losses are known.'),
  ('field', 'What it speaks of: a predicate, or a predicate and which of its values (name:ar).'), ('value', 'What is said, as JSON.'),
  ('source_ref', 'Stands for the source within this record, and for another one elsewhere.'), ('source_en', 'What the source is called in English.'),
  ('source_ar', 'What the source is called in Arabic.'), ('source_type', 'Code of the vocabulary source_type; of a testimony for source handlers alone.'),
  ('source_family', 'testimony, record, imagery, ...'), ('connection', 'How the source knows: coarse, for source handlers the code.'),
  ('origin_no', 'Numbers the origins within the record: sources that repeat one another share it.'), ('place_kind', 'What kind of place is given: code.'),
  ('method', 'How the place was found: code.'), ('v_visit.method', 'on_site, imagery, telephone.'), ('verbatim', 'The words of the source.'),
  ('quote', 'The passage.'), ('recorded', 'The day on which it was recorded; of a testimony the month.'),
  ('beside', 'Of a compartment that the record lacks: it does not count in the record.'), ('tier', 'Level of access, 0 to 2.'),
  ('withheld', 'A clue to a place finer than you are shown: its words and place are left out.'),
  ('type_en', 'The type in English.'), ('type_ar', 'The type in Arabic.'), ('label_en', 'What the source is called in English.'),
  ('label_ar', 'What the source is called in Arabic.'), ('repeats', 'Whether it only repeats another source.'),
  ('name', 'The name under which the file came.'), ('media_type', 'What kind of file it is.'), ('role', 'Role: code.'), ('role_en', 'The role in English.'),
  ('role_ar', 'The role in Arabic.'), ('pages', 'How many pages it has.'), ('regions', 'How many regions are marked on them.'),
  ('graphic', 'Whether it shows what not everybody should see unprepared.'),
  ('question', 'What is to be found out.'), ('owner', 'Who has it in hand.'), ('due', 'The day by which it is due.'), ('overdue', 'Whether that day has passed.'),
  ('closed', 'Whether it is closed.'), ('result', 'What came of it: code.'), ('outcome', 'What came of it, in words.'), ('steps', 'How many entries it has.'),
  ('opened_on', 'The day on which it was opened.'), ('visited_on', 'The day of the visit.'), ('team', 'Who went.'), ('covered', 'What was searched.'),
  ('not_searched', 'What was not searched.'), ('findings', 'What was found.'), ('negative', 'Whether nothing was found.'),
  ('damage_assessed', 'Whether damage was assessed.'), ('v_visit.geom', 'The area that was searched, EPSG:4326.'),
  ('v_measure.geom', 'The area that is protected, EPSG:4326.'), ('v_measure.kind', 'What is done: code of the vocabulary measure_kind.'),
  ('v_disturbance.kind', 'What happened to it: code of the vocabulary disturbance_kind.'), ('state', 'State: code.'), ('state_en', 'The state in English.'),
  ('state_ar', 'The state in Arabic.'), ('agent_kind', 'What kind of body does it: code.'), ('issuer', 'Who ordered it.'),
  ('legal_basis', 'The law or order, or the legal basis: code.'), ('lapses_on', 'The day on which it lapses.'), ('note', 'Words on it.'),
  ('by', 'By whom: code.'), ('severity', 'How bad: code.'), ('severity_en', 'The severity in English.'), ('severity_ar', 'The severity in Arabic.'),
  ('reversible', 'Whether it can be undone.'), ('observed_earliest', 'The first day on which it can have been seen.'),
  ('observed_latest', 'The last day on which it can have been seen.'), ('is_open', 'Whether nothing has ended it yet.'), ('ended_why', 'What ended it.'),
  ('remedy', 'What was done about it.'), ('machine', 'What was decided on: code.'), ('machine_en', 'The same in English.'), ('machine_ar', 'The same in Arabic.'),
  ('aspect', 'Of which part of it: a kind, a measure.'), ('seq', 'Number of the decision of this machine and aspect.'), ('from_state', 'The state before: code.'),
  ('to_state', 'The state after: code.'), ('reason', 'Why.'), ('proposed_by', 'Who proposed it.'), ('approved_by', 'Who approved it.'),
  ('annulled', 'Whether a later decision annuls it.'), ('annuls', 'Whether it annuls an earlier one.'), ('observed_on', 'The day on which it was seen to be so.'),
  ('how', 'person, import or rule.'), ('decided_at', 'When it was decided.'), ('proposed_at', 'When it was proposed.'), ('approvals', 'How many have approved.'),
  ('approvals_needed', 'How many must.'), ('mine', 'Whether you proposed it.'), ('may_approve', 'Whether you may approve it.'), ('what', 'What is to be done: code.'),
  ('why', 'Why it is to be done.'), ('v_task.role', 'Whose task it is: code of a role.'), ('opened_at', 'When it was opened.'), ('receipt', 'The receipt that was given.'),
  ('words', 'What was told.'), ('place', 'The place as it was told.'), ('callback', 'Whether one may call back.'), ('consent', 'What was consented to: code.'),
  ('permitted_uses', 'What it may be used for: codes joined by commas.'), ('partner_en', 'The partner in English.'), ('partner_ar', 'The partner in Arabic.'),
  ('recorded_at', 'When it was recorded.'), ('recipient', 'Who received it.'), ('purpose', 'What for.'), ('risk', 'What it risks.'), ('format', 'The format.'),
  ('v_disclosure.precision', 'How precise the places are.'), ('face', 'The face from which it was made.'), ('filter', 'What was asked for, as JSON.'),
  ('row_count', 'How many rows.'), ('sha256', 'SHA-256 of the file.'), ('profile', 'The profile that read it.'), ('original_name', 'The name of the file.'),
  ('terms', 'The terms under which it came.'), ('rows_in', 'How many rows the file had.'), ('accepted', 'How many were accepted.'),
  ('flagged', 'How many were accepted with a flag.'), ('quarantined', 'How many wait for somebody.'), ('rejected', 'How many were rejected.'),
  ('operator', 'Who ran it.'), ('started_at', 'When it began.'), ('ended_at', 'When it ended.'), ('revoked_at', 'When it was revoked.'),
  ('revoked_why', 'Why it was revoked.'), ('v_silent_unit.persons', 'How many were last seen there, by chance where a place may be elsewhere: a band.'),
  ('surely', 'How many of them surely there: a band.'), ('perhaps', 'How many perhaps there: a band.'), ('parent_en', 'The unit above it in English.'),
  ('parent_ar', 'The unit above it in Arabic.'), ('sites_perhaps', 'Sites and bodies of records known so coarsely that they may lie there.') $$;

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
