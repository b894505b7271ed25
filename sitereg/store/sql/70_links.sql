-- What the search for lines of inquiry reads: events with places, candidate sites with the days in which they were in use, what is
-- confirmed, who was taken with whom, which way people and remains were moved. Everything from the faces of one reader: the caller,
-- or a run of one tier, which holds no compartment. Persons named in a list only, and those who came back, have no burial candidates.
set role sr_reader;

create type api._link_reader as (level int, scopes int[], partner bool);

create function api._link_me() returns api._link_reader stable language plpgsql as $$
declare v api._link_reader;
begin
  select m.level, m.scopes, 'partner' = any (m.roles) into v from api.me() m where m.level >= 1;
  return v;
end $$;

create function api._link_tier(p_tier int) returns api._link_reader immutable language sql as $$ select row(p_tier, '{0}'::int[], false)::api._link_reader $$;

create function api._link_question(p_question text) returns void immutable language plpgsql as $$
begin
  if p_question is null or p_question not in ('held', 'buried') then
    perform api._bad('unknown_code', 'question', coalesce(p_question, ''), 'The question is held or buried'); end if;
end $$;

-- Whether a question may be asked of a case in that state.
create function api._link_askable(p_question text, p_state text, r api._link_reader) returns bool immutable language sql as $$
  select case when p_question = 'buried' then api._asked_for(p_state) and p_state <> 'resolved_alive' else api._asked_for(p_state) or not (r).partner end $$;

create function api._link_cases(r api._link_reader) returns setof reg.person stable rows 10000 language sql as $$
  select p.* from reg.person p where p.face = (r).level and p.tier <= (r).level and p.scope = any ((r).scopes) $$;

-- The person whose public reference or id this is, as the caller may see it; for questions of burial never one of whom it is not asked.
create function api.link_person(p_person text, p_question text) returns table(id uuid, code text, case_state text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare r api._link_reader := api._link_me(); v reg.person;
begin
  perform api._link_question(p_question);
  select p.* into v from api._link_cases(r) p where p.code = upper(trim(p_person)) or p.id = api._uuid(lower(trim(p_person)));
  if v.id is null or (r.partner and not api._asked_for(v.case_state)) then perform api._missing(); end if;
  if p_question = 'buried' and not api._asked_for(v.case_state) then
    perform api._refuse('listed', 'Nobody has asked for this person: named in a list only, hence no question of burial.'); end if;
  if not api._link_askable(p_question, v.case_state, r) then
    perform api._refuse('alive', 'This person came back: there is no question of burial.'); end if;
  return query select v.id, v.code, v.case_state;
end $$;
comment on function api.link_person(text, text) is 'The person of that public reference, for a question (held, buried) that may be asked.';

create function api._link_persons(r api._link_reader, p_question text, p_persons uuid[]) returns table(id uuid, code text, sex text, birth_earliest date,
  birth_latest date, age jsonb, circumstances text[]) stable set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query
  select p.id, p.code, p.sex, api._first_day(p.birth), api._final_day(p.birth), p.age, p.circumstances from api._link_cases(r) p
  where (p_persons is null or p.id = any (p_persons)) and api._link_askable(p_question, p.case_state, r) order by p.code;
end $$;
create function api.link_persons(p_question text, p_person uuid default null) returns table(id uuid, code text, sex text, birth_earliest date,
  birth_latest date, age jsonb, circumstances text[])
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select * from api._link_persons(api._link_me(), p_question, case when p_person is not null then array[p_person] end) $$;
comment on function api.link_persons(text, uuid) is 'The persons of whom a question may be asked, or one of them: what a link score reads of them beside their events.';

-- Those above an authority, the next one first.
create function api._authority_line(p_authority uuid) returns uuid[] stable language sql as $$
  with recursive up as (select a.parent as id, 1 as n from reg.authority a where a.id = p_authority and a.parent is not null
    union all select a.parent, up.n + 1 from up join reg.authority a on a.id = up.id where a.parent is not null and up.n < 10)
  select coalesce(array_agg(up.id order by up.n), '{}') from up $$;

-- Whether an event says where somebody was held, or lies, so well that others are judged by it: supported, and of two origins or
-- from an authentic record graded A or B that names the same site.
create function api._confirms(e reg.person_event) returns bool stable language sql as $$
  select (e).site is not null and (e).class = 0 and ((e).origins >= 2 or exists (
    select 1 from reg.claim c join reg.source s on s.id = c.source join vocab.source_type t on t.code = s.type and t.attrs->>'family' = 'record'
    where c.id = any ((e).claims) and c.reliability in ('A', 'B') and api._class(c.reliability, c.credibility) = 0
      and api._heir(api._uuid(c.value->>'site')) = (e).site)) $$;

-- Events of one person, or of all whom the question may be asked of; a place named only as a site is that site's. lineages: origins of
-- the claims behind an event that names a site, numbered within the person: those of one number repeat one another.
create function api._link_events(r api._link_reader, p_question text, p_persons uuid[]) returns table(id uuid, person uuid, person_code text, kind text,
  leg text, alive_evidence text, first_day date, last_day date, geometry bytea, shown_as text, uncertainty_m float8, place text, site uuid, site_code text,
  reliability text, credibility text, authority uuid, authority_line uuid[], confirmed bool, lineages int[])
stable set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with seen as materialized (
    select e, p.code, k.attrs->>'links' as leg, k.attrs->>'alive_evidence' as alive, s.id as site, s.code as site_code, s.shown, s.shown_as, s.uncertainty_m
    from api._link_cases(r) p join reg.person_event e on e.person = p.id and e.face = p.face and e.tier <= (r).level and e.scope = any ((r).scopes)
    join vocab.event_kind k on k.code = e.kind
    left join reg.site s on s.id = e.site and s.face = e.face and s.tier <= (r).level and s.scope = any ((r).scopes)
    where (p_persons is null or p.id = any (p_persons)) and api._link_askable(p_question, p.case_state, r)
      and not api._told_by_any(e.claims, (select api._uses_refused('linking')))),
  told as (
    select d.event, array_agg(distinct d.lineage order by d.lineage) as lineages from (
      select (v.e).id as event, (dense_rank() over (partition by (v.e).person order by c.origin))::int as lineage
      from seen v join reg.claim c on c.id = any ((v.e).claims) where v.site is not null) d group by 1),
  acted as materialized (select a.id, api._authority_line(a.id) as line from (select distinct (v.e).authority as id from seen v where (v.e).authority is not null) a)
  select (v.e).id, (v.e).person, v.code, (v.e).kind, v.leg, v.alive, api._first_day(coalesce((v.e).at, (v.e).began)),
    api._final_day(coalesce((v.e).at, (v.e).ended, (v.e).began)), st_asbinary(coalesce((v.e).shown, v.shown)),
    case when (v.e).shown is null then v.shown_as else (v.e).shown_as end,
    case when (v.e).shown is null then v.uncertainty_m else (v.e).uncertainty_m end, coalesce(v.site_code, (v.e).toponym, u.name_en),
    v.site, v.site_code, (v.e).reliability, (v.e).credibility, (v.e).authority, coalesce(a.line, '{}'), v.site is not null and api._confirms(v.e), coalesce(t.lineages, '{}')
  from seen v left join told t on t.event = (v.e).id left join acted a on a.id = (v.e).authority
  left join reg.admin_unit u on u.pcode = (v.e).pcode and u.edition = (v.e).edition
  order by v.code, (v.e).id;
end $$;
create function api.link_events(p_question text, p_person uuid default null) returns table(id uuid, person uuid, person_code text, kind text,
  leg text, alive_evidence text, first_day date, last_day date, geometry bytea, shown_as text, uncertainty_m float8, place text, site uuid, site_code text,
  reliability text, credibility text, authority uuid, authority_line uuid[], confirmed bool, lineages int[])
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select * from api._link_events(api._link_me(), p_question, case when p_person is not null then array[p_person] end) $$;
comment on function api.link_events(text, uuid) is
  'Events that a link score reads: leg (arrested, last_custody, last_seen_free, home, buried or null), the days, what is shown of the place as WKB; '
  'confirmed: it is well enough known to speak for others; lineages: which of a person''s statements repeat one another.';

-- p_codes: of these sites alone.
create function api._link_sites(r api._link_reader, p_question text, p_codes text[] default null) returns table(id uuid, code text, name_en text, name_ar text, kind text,
  verification text, kinds text[], geometry bytea, shown_as text, uncertainty_m float8, adm1 text, periods jsonb, authorities jsonb, building text,
  sex_regime text, part_of uuid)
stable set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v_kinds text[] := array(select v.code from vocab.site_kind v where v.attrs->>'links' = p_question); v_refused uuid[];
begin
  perform api._link_question(p_question);
  v_refused := api._uses_refused('linking');
  return query
  select s.id, s.code, s.names->>'en', s.names->>'ar', k.kinds[1], k.levels[1], k.kinds, st_asbinary(s.shown), s.shown_as, s.uncertainty_m, s.adm1, k.periods,
    a.rows, s.building, s.form->>'sex_regime', o.id
  from reg.site s
  join lateral (select array_agg(t.kind order by array_position(s.kinds, t.kind)) as kinds,
                       array_agg(t.verification order by array_position(s.kinds, t.kind)) as levels,
                       jsonb_agg(jsonb_build_array(api._first_day(t.began), api._final_day(t.began), api._first_day(t.ended), api._final_day(t.ended))
                                 order by t.kind) filter (where coalesce(t.began, t.ended) is not null) as periods
                from reg.site_kind t
                where t.site = s.id and t.face = s.face and t.kind = any (v_kinds) and t.verification <> 'refuted'
                  and case when v_refused = '{}' then true else not api._told_by_any(array[(s.why->('kind:' || t.kind)->>'claim')::uuid], v_refused) end) k on k.kinds is not null
  left join lateral (select jsonb_agg(jsonb_build_array(x.value->>'authority', x.value->>'role', api._first_day(d.began), api._final_day(d.began),
        api._first_day(d.ended), api._final_day(d.ended),
        to_jsonb(api._authority_line((x.value->>'authority')::uuid))) order by x.ordinality) as rows
      from jsonb_array_elements(s.authorities) with ordinality x
      cross join lateral (select coalesce((x.value->>'began')::daterange, (x.value->>'at')::daterange) as began, (x.value->>'ended')::daterange as ended) d
      where x.value->>'role' in ('operates_site', 'landowner') and (x.value->>'class')::int < 2 and x.value->>'authority' is not null) a on true
  left join reg.site o on o.id = s.part_of and o.face = s.face and o.tier <= (r).level and o.scope = any ((r).scopes)
  where s.face = (r).level and s.tier <= (r).level and s.scope = any ((r).scopes) and (p_codes is null or s.code = any (p_codes))
    and case when v_refused = '{}' then true else not api._told_by_any(array[(s.why->'place'->>'claim')::uuid], v_refused) end
  order by s.code;
end $$;
create function api.link_sites(p_question text, p_codes text[] default null) returns table(id uuid, code text, name_en text, name_ar text, kind text,
  verification text, kinds text[], geometry bytea, shown_as text, uncertainty_m float8, adm1 text, periods jsonb, authorities jsonb, building text,
  sex_regime text, part_of uuid)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$ select * from api._link_sites(api._link_me(), p_question, p_codes) $$;
comment on function api.link_sites(text, text[]) is
  'Sites where somebody may have been held (or be buried), by any of their kinds that is not refuted; periods: [began from, to, ended from, to]; '
  'authorities: [authority, role, began from, to, ended from, to, those above it] of those who ran the place or own the ground; p_codes: of these alone.';

-- Where somebody was held or lies, as far as it is confirmed; after a release nothing.
-- taken_on, lon, lat, radius_m: when and where the person was taken, the circle that holds the place with 68 %.
create function api._link_confirmed(r api._link_reader, p_persons uuid[] default null) returns table(person uuid, event uuid, leg text, kind text, site uuid, first_day date,
  last_day date, taken_on date, lon float8, lat float8, radius_m float8)
stable set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v_kinds text[] := array(select k.code from vocab.event_kind k where k.attrs->>'links' in ('last_custody', 'buried')); v_refused uuid[] := api._uses_refused('linking');
begin
  return query
  -- the few events that name a site and could confirm anything, by an index of theirs, before all that is asked of each
  with known as materialized (select e.* from reg.person_event e where e.face = (r).level and e.site is not null and e.class = 0
    and e.tier <= (r).level and e.scope = any ((r).scopes) and e.kind = any (v_kinds) and (p_persons is null or e.person = any (p_persons))
    and case when e.origins >= 2 then true else api._confirms(e) end and case when v_refused = '{}' then true else not api._told_by_any(e.claims, v_refused) end)
  select e.person, e.id, k.attrs->>'links', e.kind, e.site, d.first_day, d.last_day, t.taken_on, t.lon, t.lat, t.radius_m
  from known e join vocab.event_kind k on k.code = e.kind
  join reg.person p on p.id = e.person and p.face = (r).level and p.tier <= (r).level and p.scope = any ((r).scopes)
    and (api._asked_for(p.case_state) or not (r).partner)
  join reg.site s on s.id = e.site and s.face = (r).level and s.tier <= (r).level and s.scope = any ((r).scopes)
  cross join lateral (select api._first_day(coalesce(e.at, e.began)) as first_day, api._final_day(coalesce(e.at, e.ended, e.began)) as last_day) d
  left join lateral (
    select api._first_day(coalesce(w.at, w.began)) as taken_on, st_x(w.centre) as lon, st_y(w.centre) as lat, case w.shown_as when 'exact' then w.uncertainty_m
        when 'cell_1km' then 465 when 'cell_10km' then 4650 else 0.6 * (select max(u.radius_m) from reg.admin_unit u where u.pcode = w.pcode and u.edition = w.edition) end as radius_m
    from reg.person_event w join vocab.event_kind v on v.code = w.kind and v.attrs->>'links' in ('arrested', 'last_seen_free')
    where w.person = e.person and w.face = (r).level and w.tier <= (r).level and w.scope = any ((r).scopes)
    order by v.attrs->>'links', w.shown is null, w.class, api._first_day(coalesce(w.at, w.began)) nulls last, w.id limit 1) t on true
  where not (k.attrs->>'links' = 'last_custody' and d.first_day is not null and exists (
      select 1 from reg.person_event x where x.person = e.person and x.face = (r).level and x.kind in ('released', 'returned_to_family') and x.class = 0
        and api._first_day(coalesce(x.at, x.began)) < d.first_day))
  order by e.person, d.first_day, e.id;
end $$;
create function api.link_confirmed() returns table(person uuid, event uuid, leg text, kind text, site uuid, first_day date,
  last_day date, taken_on date, lon float8, lat float8, radius_m float8)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$ select * from api._link_confirmed(api._link_me()) $$;
comment on function api.link_confirmed() is
  'Where persons were held (last_custody) or lie (buried), of those events that are supported and of two origins or from a record graded A or B; '
  'taken_on, lon, lat, radius_m: when and where they were taken, with the circle that holds the place with 68 %.';

create function api._link_network(r api._link_reader) returns table(kind text, site uuid, other uuid, began date, ended date, class int, origins int,
  value jsonb, geometry bytea, shown_as text, uncertainty_m float8, other_geometry bytea, other_shown_as text, other_uncertainty_m float8) stable set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query
  select t.kind, t.site, t.other, api._first_day(t.began), api._final_day(t.ended), t.class::int, t.origins, t.value,
    st_asbinary(w.shown), w.shown_as, w.uncertainty_m, st_asbinary(s.shown), s.shown_as, s.uncertainty_m
  from reg.site_relation t join reg.site w on w.id = t.site and w.face = t.face
  join reg.site s on s.id = t.other and s.face = t.face and s.tier <= (r).level and s.scope = any ((r).scopes)
  where t.face = (r).level and t.tier <= (r).level and t.scope = any ((r).scopes) and t.class < 2 and not api._told_by_any(t.claims, (select api._uses_refused('linking')))
    and t.kind in ('transferred_detainees_to', 'transferred_bodies_to', 'remains_moved_to')
  order by t.kind, t.site, t.other;
end $$;
create function api.link_network() returns table(kind text, site uuid, other uuid, began date, ended date, class int, origins int, value jsonb,
  geometry bytea, shown_as text, uncertainty_m float8, other_geometry bytea, other_shown_as text, other_uncertainty_m float8)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$ select * from api._link_network(api._link_me()) $$;
comment on function api.link_network() is 'From which site people, bodies and remains were taken to which other, as far as documented; doubted relations are left out; '
  'with what is shown of both places as WKB.';

-- p_persons: only of these, whichever of the two they are.
create function api._link_companions(r api._link_reader, p_persons uuid[] default null)
returns table(person uuid, other uuid, kind text, class int, origins int)
stable set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v uuid[] := case when p_persons is not null then array(select unnest(p_persons) union select p.id from unnest(p_persons) x
    join reg.person p on p.companions @> jsonb_build_array(jsonb_build_object('person', x)) and p.companions <> '[]' and p.face = (r).level) end;
  v_out uuid[] := api._uses_refused('linking');
begin
  return query
  select p.id, o.id, c.value->>'kind', (c.value->>'class')::int, (c.value->>'origins')::int
  from api._link_cases(r) p cross join lateral jsonb_array_elements(p.companions) c
  join reg.person o on o.id = (c.value->>'person')::uuid and o.face = p.face and o.tier <= (r).level and o.scope = any ((r).scopes)
  where p.companions <> '[]' and (v is null or p.id = any (v) and (p.id = any (p_persons) or o.id = any (p_persons)))
    and not ((r).partner and not (api._asked_for(p.case_state) and api._asked_for(o.case_state)))
    and not exists (select 1 from reg.claim k where k.source = any (v_out) and k.predicate = 'companion' and k.value->>'kind' = c.value->>'kind'
      and (api._heir(k.subject), api._heir(k.object)) in ((p.id, o.id), (o.id, p.id)))
  order by p.id, o.id, 3;
end $$;
create function api.link_companions() returns table(person uuid, other uuid, kind text, class int, origins int)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$ select * from api._link_companions(api._link_me()) $$;
comment on function api.link_companions() is 'Who was taken or seen together with whom, of those whom the caller sees.';
reset role;
