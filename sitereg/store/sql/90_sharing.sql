-- What leaves the house: rows made from face 0 or 1 and never finer, and the record of who got them and why.
-- Rows in a compartment stay: the one who receives a file does not hold it. Who is alleged to be responsible is not told.
set role sr_reader;

create type api._leaving as (level int, scopes int[], face int, kinds text[], groups text[], verification text[], adm1 text[], box geometry);

-- The face from which a file is made, and its filter; refused above the caller's own tier, and above 1, which needs a second person.
create function api._leaving(p_face int, p_filter jsonb) returns api._leaving stable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v api._leaving; v_key text;
begin
  perform api._need('investigator', 'analyst', 'protection_officer', 'data_steward', 'releaser');
  select m.level into v.level from api.me() m;
  if not coalesce(p_face between 0 and least(v.level, 1), false) then
    perform api._bad('bad_tier', 'face', p_face::text, 'A file is made from face 0 or 1, and at most from your own'); end if;
  v.face := p_face;
  for v_key in select k from jsonb_object_keys(coalesce(p_filter, '{}')) k loop
    if v_key not in ('kinds', 'groups', 'verification', 'adm1', 'bbox') then
      perform api._bad('unknown_field', v_key, '', 'A file is filtered by kinds, groups, verification, adm1 and bbox'); end if;
    if jsonb_typeof(p_filter->v_key) <> 'array' then perform api._bad('bad_value', v_key, '', 'A filter is a list'); end if;
  end loop;
  v.kinds := api._texts(p_filter->'kinds'); v.groups := api._texts(p_filter->'groups');
  v.verification := api._texts(p_filter->'verification'); v.adm1 := api._texts(p_filter->'adm1');
  perform api._site_terms('site_kind', 'kinds', v.kinds), api._site_terms('site_kind_group', 'groups', v.groups),
          api._site_terms('verification_level', 'verification', v.verification), api._governorates('adm1', v.adm1);
  v.box := api._box(api._texts(p_filter->'bbox')::float8[]);
  return v;
end $$;

create function api._texts(p jsonb) returns text[] immutable parallel safe language sql as $$
  select array_agg(t) from jsonb_array_elements_text(p) t $$;

create function api._leaving_sites(f api._leaving) returns setof reg.site stable language sql as $$
  select s.* from reg.site s
  where s.face = (f).face and s.tier <= (f).face and s.scope = 0
    and ((f).box is null or (s.shown && (f).box and st_intersects(s.shown, (f).box)))
    and ((f).adm1 is null or coalesce(s.adm1, 'none') = any ((f).adm1))
    and (num_nulls((f).kinds, (f).groups, (f).verification) = 3 or exists (select 1 from reg.site_kind k
      where k.site = s.id and k.face = s.face and ((f).kinds is null or k.kind = any ((f).kinds))
        and ((f).groups is null or k.kind_group = any ((f).groups))
        and ((f).verification is null or k.verification = any ((f).verification)))) $$;

-- Of those, the ones that stay: a value that would leave rests on a source whose terms or consent do not permit sharing.
create function api._withheld(f api._leaving, p_uses text[] default '{partners,authorities}') returns uuid[] stable language plpgsql as $$
declare v_bad uuid[] := array(select s.id from reg.source s where not api._shareable(s.id, null, p_uses));
  v_fine uuid[] := array(select s.id from reg.source s where s.agreement is not null and not api._shareable(s.id, (f).face, p_uses));
begin
  return array(select s.id from api._leaving_sites(f) s where exists (
    select 1 from jsonb_each(s.why) w join reg.claim c on c.id = (w.value->>'claim')::uuid
    where split_part(w.key, ':', 1) in ('name', 'kind', 'period', 'place', 'remains_state') and c.source = any (case split_part(w.key, ':', 1) when 'place' then v_bad || v_fine else v_bad end)));
end $$;

create function api.leaving_withheld(p_face int, p_filter jsonb default '{}') returns int
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return cardinality(api._withheld(api._leaving(p_face, p_filter)));
end $$;
comment on function api.leaving_withheld(int, jsonb) is
  'How many of the sites that fit stay because their sources'' terms do not permit that they are shared; which is not told.';

create function api.leaving_sites(p_face int, p_filter jsonb default '{}') returns table(id uuid, code text, name_en text, name_ar text,
  kind text, kinds text, verification text, verifications text, protection text, remains_state text, began_earliest date, began_latest date,
  ended_earliest date, ended_latest date, shown_as text, uncertainty_m float8, "precision" text, place_kind text, method text, place_grade text,
  kind_grade text, lon float8, lat float8, country text, adm1 text, adm1_en text, adm1_ar text, adm2 text, adm3 text, edition text, geometry bytea)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._leaving := api._leaving(p_face, p_filter); v_withheld uuid[] := api._withheld(f);
begin
  return query
  select s.id, s.code, s.names->>'en', s.names->>'ar', s.kinds[1], array_to_string(s.kinds, ','), coalesce(k.levels[1], s.verification),
    coalesce(array_to_string(k.levels, ','), s.verification), s.protection, s.remains_state,
    api._first_day(s.active_began), api._final_day(s.active_began), api._first_day(s.active_ended), api._final_day(s.active_ended),
    s.shown_as, s.uncertainty_m, s.precision, s.place_kind, s.method, p.reliability || p.credibility, c.reliability || c.credibility,
    st_x(s.centre), st_y(s.centre), s.country, s.adm1, u.name_en, u.name_ar, s.adm2, s.adm3, u.edition, st_asbinary(s.shown)
  from api._leaving_sites(f) s
  left join reg.claim p on p.id = (s.why->'place'->>'claim')::uuid
  left join reg.claim c on c.id = (s.why->('kind:' || s.kinds[1])->>'claim')::uuid
  left join lateral (select array_agg(t.verification order by array_position(s.kinds, t.kind)) as levels from reg.site_kind t
                     where t.site = s.id and t.face = s.face) k on true
  left join lateral (select a.name_en, a.name_ar, a.edition from reg.admin_unit a where a.pcode = coalesce(s.adm1, s.country)
                     order by a.edition desc limit 1) u on true
  where s.id <> all (v_withheld) order by s.code;
end $$;
comment on function api.leaving_sites(int, jsonb) is
  'The sites of face p_face (0 or 1, at most the caller''s own) as they may leave: none of a compartment, each place as that face shows it. '
  'filter: {"kinds": [], "groups": [], "verification": [], "adm1": [], "bbox": [west, south, east, north]}.';

create function api.sender() returns table(unit text, registry text, synthetic bool, today date)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select s.value #>> '{}' from reg.setting s where s.name = 'unit'), 'sitereg'),
    coalesce((select s.value #>> '{}' from reg.setting s where s.name = 'registry'),
      left(encode(sha256(convert_to((select e.id::text from reg.audit_event e order by e.seq limit 1), 'UTF8')), 'hex'), 12)),
    api.is_demo(), reg.today()
  where api.level() is not null $$;
comment on function api.sender() is 'What a file says of where it comes from: the unit, never a person; a mark of the registry that tells nothing else; whether its records are synthetic; the day.';

create function api.disclosures(p_subject uuid default null, p_limit int default 100) returns table(id uuid, recorded_at timestamptz, recipient text,
  purpose text, legal_basis text, risk text, format text, "precision" text, face int, filter jsonb, rows int, sha256 text)
stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off language sql as $$
  select d.id, d.recorded_at, d.recipient, d.purpose, d.legal_basis, d.risk, d.format, d.precision, d.face::int, d.filter, d.rows,
         encode(d.sha256, 'hex')
  from reg.disclosure d
  where d.recorded_by = any ((select api._whose('auditor', 'releaser'))::uuid[])
    and (p_subject is null or exists (select 1 from reg.disclosure_subject x join reg.subject s on s.id = x.subject
         where x.disclosure = d.id and x.subject = p_subject and s.tier <= (select api.level()) and s.scope = any ((select api.scopes())::int[])))
  order by d.recorded_at desc limit least(greatest(coalesce(p_limit, 100), 0), 1000000) $$;
comment on function api.disclosures(uuid, int) is 'What left, newest first: one''s own acts, all of them for auditors and releasers.';
reset role;

set role sr_writer;
create function api.write_disclosure(p_recipient text, p_purpose text, p_format text, p_precision text, p_face int, p_rows int, p_sha256 bytea,
  p_subjects uuid[], p_filter jsonb default '{}', p_legal_basis text default null, p_risk text default null) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_id uuid := reg.new_id(); v_by uuid;
begin
  v_by := api._need('investigator', 'analyst', 'protection_officer', 'data_steward', 'releaser');
  if coalesce(trim(p_recipient), '') = '' then perform api._bad('missing_required', 'recipient', '', 'Say who receives it'); end if;
  if coalesce(trim(p_purpose), '') = '' then perform api._bad('missing_required', 'purpose', '', 'Say what for'); end if;
  if p_legal_basis is not null and not api._is_term('legal_basis', p_legal_basis) then
    perform api._bad('unknown_code', 'legal_basis', p_legal_basis, 'This is no legal basis', 'legal_basis'); end if;
  if not coalesce(p_face between 0 and least(api.level(), 1), false) then
    perform api._bad('bad_tier', 'face', p_face::text, 'A file is made from face 0 or 1, and at most from your own'); end if;
  if not coalesce(octet_length(p_sha256) = 32, false) then perform api._bad('bad_value', 'sha256', '', 'A file has a SHA-256 of 32 bytes'); end if;
  if p_rows is distinct from cardinality(p_subjects) or exists (select 1 from unnest(p_subjects) u group by u having count(*) > 1) then
    perform api._bad('bad_number', 'rows', p_rows::text, 'Every row of the file is one of its subjects'); end if;
  if exists (select 1 from unnest(p_subjects) u where not exists (select 1 from reg.site s
             where s.id = u and s.face = p_face and s.tier <= p_face and s.scope = 0)) then
    perform api._missing(); end if;
  if p_subjects && api._withheld(api._leaving(p_face, '{}')) then
    perform api._refuse('withheld', 'Something of it may not be shared.'); end if;
  insert into reg.disclosure(id, recipient, purpose, legal_basis, risk, format, precision, face, filter, rows, sha256, recorded_by, event, digest)
  values (v_id, trim(p_recipient), trim(p_purpose), p_legal_basis, coalesce(nullif(trim(p_risk), ''), 'not stated'), p_format, p_precision, p_face,
    coalesce(p_filter, '{}'), p_rows, p_sha256, v_by, v_event, '');
  insert into reg.disclosure_subject(disclosure, subject, event, digest) select v_id, u, v_event, '' from unnest(p_subjects) u;
  perform api._close_event(v_event, 'disclose', v_id, trim(p_purpose));
  return v_id;
end $$;
comment on function api.write_disclosure(text, text, text, text, int, int, bytea, uuid[], jsonb, text, text) is
  'It stands recorded what leaves, to whom, what for, how precise, and of which subjects; called before the file gets its name.';
reset role;
