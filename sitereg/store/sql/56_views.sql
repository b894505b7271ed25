-- What SQL users and QGIS see: views of the caller's own face, one typed geometry each. Each selects from one function that is
-- never planned into the query (security definer, a constant estimate), so that EXPLAIN shows a Function Scan and nothing
-- beneath; the predicate (face, tier, scope) stands inside the function.
set role sr_reader;

-- The cell of the grid (EPSG:6933) of a shown centre as `size/east/north`; null where the shape is wider than the cell.
create function api._cell_code(p_centre geometry, p_size int, p_reach float8) returns text immutable parallel safe language sql as $$
  select case when p_reach <= p_size * 0.75 then p_size::text || '/' || floor(st_x(st_transform(p_centre, 6933)) / p_size)::text
    || '/' || floor(st_y(st_transform(p_centre, 6933)) / p_size)::text end $$;

-- The rows of a face; planned into each of the statements that ask, with a box by its index and without one whole. Each names its face:
-- a plan that is kept for any face would follow from how many rows all of them have, and tell of what is hidden.
create function api._flat_sites(p_level int, p_scopes int[]) returns table(key bigint, id uuid, code text, name_en text, name_ar text, kind text, kind_en text, kind_ar text,
  kind_group text, kinds text, verification text, verification_en text, verification_ar text, protection text, protection_en text,
  protection_ar text, next_review date, building text, remains_state text, began_earliest date, began_latest date, ended_earliest date, ended_latest date,
  shown_as text, "precision" text, uncertainty_m float8, lon float8, lat float8, cell_1km text, cell_10km text, country text, adm1 text,
  adm1_en text, adm1_ar text, adm2 text, adm3 text, part_of bigint, version int, geom geometry)
stable rows 1000 language sql as $$
  select api._feature_id(s.id), s.id, s.code, s.names->>'en', s.names->>'ar', s.kinds[1], k.label_en, k.label_ar, k.attrs->>'group',
    array_to_string(s.kinds, ','), v.code, v.label_en, v.label_ar, p.code, p.label_en, p.label_ar, s.next_review, s.building, s.remains_state,
    api._first_day(s.active_began), api._final_day(s.active_began), api._first_day(s.active_ended), api._final_day(s.active_ended),
    s.shown_as, s.precision, s.uncertainty_m, st_x(s.centre), st_y(s.centre), api._cell_code(s.centre, 1000, s.uncertainty_m),
    api._cell_code(s.centre, 10000, s.uncertainty_m), s.country, s.adm1, u.name_en, u.name_ar, s.adm2, s.adm3, api._feature_id(o.id), s.version, s.shown
  from api._face(p_level, p_scopes) s
  left join vocab.site_kind k on k.code = s.kinds[1]
  join vocab.verification_level v on v.code = s.verification  -- that of the first of its kinds
  join vocab.protection_status p on p.code = s.protection
  left join (select distinct on (a.pcode) a.pcode, a.name_en, a.name_ar from reg.admin_unit a where a.level = 1 order by a.pcode, a.edition desc) u on u.pcode = s.adm1
  left join reg.site o on o.id = s.part_of and o.face = s.face and o.tier <= p_level and o.scope = any (p_scopes)
$$;

create function api.all_sites(p_bbox float8[] default null) returns table(key bigint, id uuid, code text, name_en text, name_ar text, kind text, kind_en text, kind_ar text,
  kind_group text, kinds text, verification text, verification_en text, verification_ar text, protection text, protection_en text,
  protection_ar text, next_review date, building text, remains_state text, began_earliest date, began_latest date, ended_earliest date, ended_latest date,
  shown_as text, "precision" text, uncertainty_m float8, lon float8, lat float8, cell_1km text, cell_10km text, country text, adm1 text,
  adm1_en text, adm1_ar text, adm2 text, adm3 text, part_of bigint, version int, geom geometry)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record; v_box geometry := api._box(p_bbox);
begin
  select m.level, m.scopes into v_me from api.me() m;
  case v_me.level
    when 0 then if v_box is null then return query select * from api._flat_sites(0, v_me.scopes) s order by s.id;
      else return query select * from api._flat_sites(0, v_me.scopes) s where s.geom && v_box order by s.id; end if;
    when 1 then if v_box is null then return query select * from api._flat_sites(1, v_me.scopes) s order by s.id;
      else return query select * from api._flat_sites(1, v_me.scopes) s where s.geom && v_box order by s.id; end if;
    when 2 then if v_box is null then return query select * from api._flat_sites(2, v_me.scopes) s order by s.id;
      else return query select * from api._flat_sites(2, v_me.scopes) s where s.geom && v_box order by s.id; end if;
    else return;
  end case;
end $$;
comment on function api.all_sites(float8[]) is 'Every site of the caller''s face, flat: codes with their labels, the days of use, what is shown of the place. bbox: of those that it may touch.';

create function api.all_site_kinds() returns table(key bigint, site bigint, site_code text, kind text, kind_en text, kind_ar text, kind_group text,
  verification text, verification_en text, verification_ar text, began_earliest date, began_latest date, ended_earliest date, ended_latest date, class int, origins int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes into v_me from api.me() m;
  return query
  select api._text_key(s.id || '|' || k.kind), api._feature_id(s.id), s.code, k.kind, c.label_en, c.label_ar, k.kind_group, v.code, v.label_en, v.label_ar,
    api._first_day(k.began), api._final_day(k.began), api._first_day(k.ended), api._final_day(k.ended), k.class::int, k.origins
  from reg.site_kind k join reg.site s on s.id = k.site and s.face = k.face
  join vocab.site_kind c on c.code = k.kind join vocab.verification_level v on v.code = k.verification
  where k.face = v_me.level and s.tier <= v_me.level and s.scope = any (v_me.scopes) and k.tier <= v_me.level and k.scope = any (v_me.scopes)
  order by s.id, k.kind;
end $$;
comment on function api.all_site_kinds() is 'Every pair of a site of the caller''s face and what it was, with the verification of that pair.';

create function api.all_persons() returns table(key bigint, id uuid, code text, case_state text, case_state_en text, case_state_ar text, fate text,
  fate_en text, fate_ar text, whereabouts text, whereabouts_en text, whereabouts_ar text, sex text, birth_earliest date, birth_latest date, version int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes, 'partner' = any (m.roles) as partner into v_me from api.me() m;
  if coalesce(v_me.level, 0) < 1 then return; end if;
  return query
  select api._feature_id(p.id), p.id, p.code, c.code, c.label_en, c.label_ar, f.code, f.label_en, f.label_ar, w.code, w.label_en, w.label_ar,
    p.sex, api._first_day(p.birth), api._final_day(p.birth), p.version
  from reg.person p join vocab.case_state c on c.code = p.case_state join vocab.fate f on f.code = p.fate
  join vocab.whereabouts w on w.code = p.whereabouts
  where p.face = v_me.level and p.tier <= v_me.level and p.scope = any (v_me.scopes) and (api._asked_for(p.case_state) or not v_me.partner)
  order by p.id;
end $$;
comment on function api.all_persons() is 'Every case of the caller''s face (tier 1 and up), under its public reference and without a name.';

create function api.all_events(p_bbox float8[] default null) returns table(key bigint, id uuid, person bigint, person_code text, kind text, kind_en text, kind_ar text,
  alive_evidence text, at_earliest date, at_latest date, began_earliest date, began_latest date, ended_earliest date, ended_latest date, shown_as text,
  uncertainty_m float8, lon float8, lat float8, cell_10km text, pcode text, edition text, toponym text, site bigint, site_code text, reliability text,
  credibility text, class int, origins int, first_hand bool, geom geometry)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record; v_box geometry := api._box(p_bbox);
begin
  select m.level, m.scopes, 'partner' = any (m.roles) as partner into v_me from api.me() m;
  if coalesce(v_me.level, 0) < 1 then return; end if;
  return query
  select api._feature_id(e.id), e.id, api._feature_id(e.person), p.code, k.code, k.label_en, k.label_ar, k.attrs->>'alive_evidence',
    api._first_day(e.at), api._final_day(e.at), api._first_day(e.began), api._final_day(e.began), api._first_day(e.ended), api._final_day(e.ended),
    e.shown_as, e.uncertainty_m, st_x(e.centre), st_y(e.centre), api._cell_code(e.centre, 10000, e.uncertainty_m), e.pcode, e.edition, e.toponym,
    api._feature_id(s.id), s.code, e.reliability, e.credibility, e.class::int, e.origins, e.first_hand,
    case when e.shown_as <> 'admin_unit' then e.shown end
  from reg.person_event e join reg.person p on p.id = e.person and p.face = e.face and p.tier <= v_me.level and p.scope = any (v_me.scopes)
  join vocab.event_kind k on k.code = e.kind
  left join reg.site s on s.id = e.site and s.face = e.face and s.tier <= v_me.level and s.scope = any (v_me.scopes)
  where e.face = v_me.level and e.tier <= v_me.level and e.scope = any (v_me.scopes) and (api._asked_for(p.case_state) or not v_me.partner)
    and (v_box is null or e.shown && v_box)
  order by e.id;
end $$;
comment on function api.all_events(float8[]) is
  'Every event of a person of the caller''s face (tier 1 and up). Of a place known as an admin unit the code stands here, its shape in all_units. bbox: of those that it may touch.';

create function api.all_units() returns table(key bigint, pcode text, edition text, level int, country text, parent text, name_en text, name_ar text,
  radius_m float8, source text, geom geometry)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  if api.level() is null then return; end if;
  return query
  select api._text_key(a.pcode || '|' || a.edition), a.pcode, a.edition,
    a.level::int, a.country, a.parent, a.name_en, a.name_ar, a.radius_m, a.source, st_multi(a.geom)
  from reg.admin_unit a;
end $$;
comment on function api.all_units() is 'Every admin unit of every edition, with its shape.';

-- The outlines of units, asked for once for each: frames hold them in many rows.
create function api.site_outlines(p_ids uuid[]) returns table(id text, geometry bytea)
stable security definer set search_path = pg_catalog, public, pg_temp language sql rows 1000 as $$
  select s.id::text, st_asbinary(s.shown) from reg.site s
  where s.id = any (p_ids) and s.face = (select api.level()) and s.tier <= (select api.level()) and s.scope = any ((select api.scopes())::int[]) $$;
comment on function api.site_outlines(uuid[]) is 'What the caller is shown of these sites, as WKB (EPSG:4326).';

create function api.event_outlines(p_ids uuid[]) returns table(id text, geometry bytea)
stable security definer set search_path = pg_catalog, public, pg_temp language sql rows 1000 as $$
  select e.id::text, st_asbinary(e.shown) from reg.person_event e
  where e.id = any (p_ids) and e.face = (select api.level()) and e.tier <= (select api.level()) and e.scope = any ((select api.scopes())::int[])
    and e.face >= 1 and exists (select 1 from reg.person p where p.id = e.person and p.face = e.face
        and p.scope = any ((select api.scopes())::int[])) $$;
comment on function api.event_outlines(uuid[]) is 'What the caller is shown of the places of these events, as WKB (EPSG:4326).';
reset role;

