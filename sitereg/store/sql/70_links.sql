-- What the search for lines of inquiry reads: events with places, candidate sites with the days in which they were in use.
-- Everything from the caller's own face. Persons named in a list only have no burial candidates; fates are never read here.
set role sr_reader;

-- The person whose public reference or id this is, as the caller may see it; for questions of burial never a listed one.
create function api.link_person(p_person text, p_question text) returns table(id uuid, code text, case_state text, birth_earliest date, birth_latest date)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_me record; v reg.person;
begin
  if p_question not in ('held', 'buried') then perform api._bad('unknown_code', 'question', p_question, 'The question is held or buried'); end if;
  select m.level, m.scopes, m.roles into v_me from api.me() m;
  select p.* into v from reg.person p where (p.code = upper(trim(p_person)) or p.id = api._uuid(trim(p_person))) and p.face = v_me.level
    and p.tier <= v_me.level and p.scope = any (v_me.scopes) and v_me.level >= 1;
  if not found then perform api._missing(); end if;
  if not api._asked_for(v.case_state) and 'partner' = any (v_me.roles) then perform api._missing(); end if;
  if p_question = 'buried' and not api._asked_for(v.case_state) then
    perform api._refuse('listed', 'Nobody has asked for this person: named in a list only, hence no question of burial.'); end if;
  return query select v.id, v.code, v.case_state, api._first_day(v.birth), api._final_day(v.birth);
end $$;
comment on function api.link_person(text, text) is 'The person of that public reference, for a question (held, buried) that may be asked.';

-- Events of one person, or of all whom the question may be asked of; a place named only as a site is that site's.
create function api.link_events(p_question text, p_person uuid default null) returns table(id uuid, person uuid, person_code text, kind text, leg text,
  alive_evidence text, first_day date, last_day date, geometry bytea, shown_as text, uncertainty_m float8, place text, site uuid, site_code text,
  reliability text, credibility text)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes, m.roles into v_me from api.me() m;
  if coalesce(v_me.level, 0) < 1 then return; end if;
  return query
  select e.id, e.person, p.code, e.kind, k.attrs->>'links', k.attrs->>'alive_evidence', api._first_day(coalesce(e.at, e.began)),
    api._final_day(coalesce(e.at, e.ended, e.began)), st_asbinary(coalesce(e.shown, s.shown)), case when e.shown is null then s.shown_as else e.shown_as end,
    case when e.shown is null then s.uncertainty_m else e.uncertainty_m end, coalesce(s.code, e.toponym, u.name_en), s.id, s.code, e.reliability, e.credibility
  from reg.person_event e
  join reg.person p on p.id = e.person and p.face = e.face and p.tier <= v_me.level and p.scope = any (v_me.scopes)
  join vocab.event_kind k on k.code = e.kind
  left join reg.site s on s.id = e.site and s.face = e.face and s.tier <= v_me.level and s.scope = any (v_me.scopes)
  left join reg.admin_unit u on u.pcode = e.pcode and u.edition = e.edition
  where e.face = v_me.level and e.tier <= v_me.level and e.scope = any (v_me.scopes) and (p_person is null or e.person = p_person)
    and (api._asked_for(p.case_state) or p_question = 'held' and not 'partner' = any (v_me.roles))
  order by p.code, e.id;
end $$;
comment on function api.link_events(text, uuid) is
  'Events that a link score reads: leg (arrested, last_custody, last_seen_free, home or null), the days, what is shown of the place as WKB.';

create function api.link_sites(p_question text) returns table(id uuid, code text, name_en text, name_ar text, kind text, verification text,
  geometry bytea, shown_as text, uncertainty_m float8, adm1 text, periods jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v_me record;
begin
  if p_question not in ('held', 'buried') then perform api._bad('unknown_code', 'question', p_question, 'The question is held or buried'); end if;
  select m.level, m.scopes into v_me from api.me() m;
  if coalesce(v_me.level, 0) < 1 then return; end if;
  return query
  select s.id, s.code, s.names->>'en', s.names->>'ar', k.kinds[1], k.levels[1], st_asbinary(s.shown), s.shown_as, s.uncertainty_m, s.adm1, k.periods
  from reg.site s
  join lateral (select array_agg(t.kind order by array_position(s.kinds, t.kind)) as kinds,
                       array_agg(t.verification order by array_position(s.kinds, t.kind)) as levels,
                       jsonb_agg(jsonb_build_array(api._first_day(t.began), api._final_day(t.began), api._first_day(t.ended), api._final_day(t.ended))
                                 order by t.kind) filter (where coalesce(t.began, t.ended) is not null) as periods
                from reg.site_kind t join vocab.site_kind v on v.code = t.kind and v.attrs->>'links' = p_question
                where t.site = s.id and t.face = s.face and t.verification <> 'refuted') k on k.kinds is not null
  where s.face = v_me.level and s.tier <= v_me.level and s.scope = any (v_me.scopes)
  order by s.code;
end $$;
comment on function api.link_sites(text) is
  'Sites where somebody may have been held (or be buried), by any of their kinds that is not refuted; periods: [began from, to, ended from, to].';
reset role;
