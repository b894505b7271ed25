-- The other tables as scripts, SQL users and QGIS see them: flat, in the caller's face. What may be told of a row is asked of the function
-- that pages ask (why, visits, decision_history, ...), so there is one rule for both; each is opaque to the planner like those of 56.
set role sr_reader;

-- An integer for a row that has no id of its own: 52 bits of the SHA-256 of what names it.
create function api._text_key(p text) returns bigint immutable parallel safe language sql as $$
  select ('x' || left(encode(sha256(convert_to(p, 'UTF8')), 'hex'), 13))::bit(52)::bigint $$;

-- Sites, bodies of records and cases that the caller sees.
create function api._seen_records() returns table(id uuid, code text, kind text) stable rows 1000
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes, 'partner' = any (m.roles) as partner into v_me from api.me() m;
  return query
  select s.id, s.code, 'site' from reg.site s where s.face = v_me.level and s.tier <= v_me.level and s.scope = any (v_me.scopes)
  union all
  select h.id, h.code, 'holding' from reg.holding h where h.face = v_me.level and h.tier <= v_me.level and h.scope = any (v_me.scopes)
  union all
  select p.id, p.code, 'person' from reg.person p where p.face = v_me.level and v_me.level >= 1 and p.tier <= v_me.level
    and p.scope = any (v_me.scopes) and (api._asked_for(p.case_state) or not v_me.partner);
end $$;

-- Sites and bodies of records of a face: planned into the query that asks, which names the face.
create function api._places_of(p_level int, p_scopes int[]) returns table(id uuid, code text, kind text) stable rows 1000 language sql as $$
  select s.id, s.code, 'site' from reg.site s where s.face = p_level and s.tier <= p_level and s.scope = any (p_scopes)
  union all
  select h.id, h.code, 'holding' from reg.holding h where h.face = p_level and h.tier <= p_level and h.scope = any (p_scopes) $$;

create function api.all_relations() returns table(key bigint, site bigint, site_code text, kind text, kind_en text, kind_ar text, other bigint,
  other_code text, feature_kind text, feature_number text, began_earliest date, began_latest date, ended_earliest date, ended_latest date, class int,
  origins int, basis text)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes into v_me from api.me() m;
  return query
  select api._text_key(concat_ws('|', r.site, r.kind, r.other)), api._feature_id(s.id), s.code, k.code, k.label_en, k.label_ar, api._feature_id(o.id), o.code,
    case when r.kind = 'part_of' then s.feature->>'feature_kind' end, case when r.kind = 'part_of' then s.feature->>'number' end,
    api._first_day(r.began), api._final_day(r.began), api._first_day(r.ended), api._final_day(r.ended), r.class::int, r.origins, 'claims'
  from reg.site_relation r join vocab.relation_kind k on k.code = r.kind
  join reg.site s on s.id = r.site and s.face = r.face and s.tier <= v_me.level and s.scope = any (v_me.scopes)
  join reg.site o on o.id = r.other and o.face = r.face and o.tier <= v_me.level and o.scope = any (v_me.scopes)
  where r.face = v_me.level and r.tier <= v_me.level and r.scope = any (v_me.scopes)
  union all
  select api._text_key(concat_ws('|', s.id, k.code, o.id, 'decision')), api._feature_id(s.id), s.code, k.code, k.label_en, k.label_ar, api._feature_id(o.id), o.code,
    null, null, null, null, null, null, null, null, 'decision'
  from reg.beside l join vocab.relation_kind k on k.code = l.told->>'state'
  join reg.site s on s.id = l.record and s.face = v_me.level and s.tier <= v_me.level and s.scope = any (v_me.scopes)
  join reg.site o on o.id = l.id and o.face = v_me.level and o.tier <= v_me.level and o.scope = any (v_me.scopes)
  where l.face = v_me.level and l.what = 'settled' and l.told_tier <= v_me.level and l.scope = any (v_me.scopes) order by 3, 4, 8, 17;
end $$;
comment on function api.all_relations() is
  'Every relation of two sites that the caller both sees, from the first to the second; of a part (part_of) what part it is. basis: claims (somebody says '
  'so) or decision (somebody judged two records to be one site, or one a part of the other: no account says it, so class and origins are empty).';

create function api.all_holdings() returns table(key bigint, id uuid, code text, name_en text, name_ar text, record_kinds text, sites text,
  years_began_earliest date, years_began_latest date, years_ended_earliest date, years_ended_latest date, "condition" text, condition_en text,
  condition_ar text, last_access text, losses int, protection text, protection_en text, protection_ar text, next_review date, shown_as text,
  uncertainty_m float8, lon float8, lat float8, country text, adm1 text, version int, geom geometry)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes into v_me from api.me() m;
  return query
  select api._feature_id(h.id), h.id, h.code, h.names->>'en', h.names->>'ar', array_to_string(h.record_kinds, ','),
    (select string_agg(s.code, ',' order by s.code) from reg.site s
      where s.id = any (array(select (r.value->>'site')::uuid from jsonb_array_elements(h.relations) r))
        and s.face = h.face and s.tier <= v_me.level and s.scope = any (v_me.scopes)),
    api._first_day(h.years_began), api._final_day(h.years_began), api._first_day(h.years_ended), api._final_day(h.years_ended),
    c.code, c.label_en, c.label_ar, h.access->0->>'code', jsonb_array_length(h.losses), p.code, p.label_en, p.label_ar, h.next_review, h.shown_as,
    h.uncertainty_m, st_x(h.centre), st_y(h.centre), h.country, h.adm1, h.version, h.shown
  from reg.holding h left join vocab.record_condition c on c.code = h.condition join vocab.protection_status p on p.code = h.protection
  where h.face = v_me.level and h.tier <= v_me.level and h.scope = any (v_me.scopes) order by h.code;
end $$;
comment on function api.all_holdings() is 'Every body of records of the caller''s face, flat, with what is shown of its place.';

-- Of a case whose holder asks that nobody be told there are no claims.
create function api._claims_told(p_code text, p_kind text) returns table(field text, value jsonb, claim uuid, class int, standing text,
  reliability text, credibility text, first_hand bool, source_ref uuid, source_label jsonb, source_type text, source_family text, connection text,
  origin_no int, at daterange, began daterange, ended daterange, shape jsonb, uncertainty_m float8, place_kind text, method text, pcode text,
  verbatim text, recorded text, document text, locator text, quote text, chosen bool, contradicts bool, beside bool, compartments text[], tier int,
  withheld bool)
stable rows 20 set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v api._record := api._record_of(p_code, p_kind);
begin
  if p_kind = 'person' then
    if api._is_suspended(v.id) then return; end if;
    v.exact_tier := 2;
  end if;
  return query select * from api._why_of(v, null, null, '{}');
end $$;

create function api.all_claims(p_codes text[] default null) returns table(key bigint, id uuid, record_code text, record_kind text, field text,
  value text, class int, reliability text, credibility text, first_hand bool, source_ref uuid, source_en text, source_ar text, source_type text,
  source_family text, connection text, origin_no int, at_earliest date, at_latest date, began_earliest date, began_latest date, ended_earliest date,
  ended_latest date, uncertainty_m float8, place_kind text, method text, pcode text, verbatim text, quote text, recorded text, beside bool,
  tier int, withheld bool, geom geometry)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  return query
  select api._feature_id(w.claim), w.claim, r.code, r.kind, w.field, w.value::text, w.class, w.reliability, w.credibility, w.first_hand, w.source_ref,
    w.source_label->>'en', w.source_label->>'ar', w.source_type, w.source_family, w.connection, w.origin_no, api._first_day(w.at), api._final_day(w.at),
    api._first_day(w.began), api._final_day(w.began), api._first_day(w.ended), api._final_day(w.ended), w.uncertainty_m, w.place_kind, w.method, w.pcode,
    w.verbatim, w.quote, w.recorded, w.beside, w.tier, w.withheld, st_setsrid(st_geomfromgeojson(w.shape), 4326)
  from api._seen_records() r cross join lateral api._claims_told(r.code, r.kind) w
  where p_codes is null or r.code = any (p_codes) order by r.code, w.field, w.class, w.claim;
end $$;
comment on function api.all_claims(text[]) is
  'Every live claim about the records that the caller sees (or of those codes alone), as site_why, person_why and holding_why tell them; names are not among them.';

-- Listed once something that it says is seen: a source of hidden records alone, of restricted claims alone, or one whose consent is
-- withdrawn, is hidden with them.
create function api.all_sources() returns table(key bigint, source_type text, type_en text, type_ar text, source_family text, connection text, label_en text,
  label_ar text, reliability text, repeats bool, recorded text, tier int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
declare v_me record;
begin
  select m.level, m.scopes, 'source_handler' = any (m.roles) as handler into v_me from api.me() m;
  return query
  with seen as materialized (select r.id from api._seen_records() r where r.kind <> 'person' or not api._is_suspended(r.id)),
  gone as materialized (select r.claim from api._retiered(array(select seen.id from seen)) r where r.tier > v_me.level),
  speaking as materialized (
    select distinct c.source from seen cross join lateral api._members(array[seen.id]) m
    join reg.claim c on c.subject = m.member and c.tier <= v_me.level and c.scope = any (v_me.scopes) and c.rumour_owner is null
      and not exists (select 1 from reg.claim_end e where e.claim = c.id) and not exists (select 1 from gone g where g.claim = c.id))
  select api._feature_id(s.id), t.code, t.label_en, t.label_ar, t.family, case when v_me.handler then s.connection else n.attrs->>'coarse' end,
    case when v_me.level > 0 then t.label->>'en' end, case when v_me.level > 0 then t.label->>'ar' end, g.reliability, s.origin_root <> s.id,
    to_char(s.recorded_at at time zone 'Asia/Damascus', case when t.told and not v_me.handler then 'YYYY-MM' else 'YYYY-MM-DD' end), s.tier::int
  from speaking p join reg.source s on s.id = p.source and s.tier <= v_me.level and s.scope = any (v_me.scopes)
  cross join lateral (select case when v_me.handler or not x.told then s.type end as code, case when v_me.handler or not x.told then x.label_en end as label_en,
      case when v_me.handler or not x.told then x.label_ar end as label_ar, x.family, x.told,
      case when v_me.handler or s.type <> 'testimony_insider' then s.label else api._testimony() end as label
    from (select y.label_en, y.label_ar, y.attrs->>'family' as family, y.attrs->>'family' = 'testimony' as told from vocab.source_type y where y.code = s.type) x) t
  left join vocab.source_connection n on n.code = s.connection
  left join lateral (select x.reliability from reg.source_grade x where x.source = s.id order by x.recorded_at desc, x.id desc limit 1) g on true
  order by api._feature_id(s.id);
end $$;
comment on function api.all_sources() is
  'Every source that says something which the caller sees, with the grade in force: of a testimony the family and the month, the kind of witness (and an '
  'insider''s label) for source handlers alone. Nothing here ties a source to a record; within one record source_ref of all_claims tells its sources apart.';

create function api.all_documents() returns table(key bigint, id uuid, name text, media_type text, role text, role_en text, role_ar text, pages bigint,
  regions bigint, graphic bool, recorded date)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  return query select api._feature_id(d.id), d.id, d.name, d.media_type, r.code, r.label_en, r.label_ar, d.pages, d.regions, d.graphic, d.recorded::date
  from api.document_list(1000000) d join vocab.document_role r on r.code = d.role;
end $$;
comment on function api.all_documents() is 'Every scan that the caller sees, with how many pages and regions it has.';

create function api.all_inquiries() returns table(key bigint, id uuid, record_code text, record_kind text, question text, owner text, due date, overdue bool,
  closed bool, result text, outcome text, steps int, opened_on date)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql rows 1000 as $$
#variable_conflict use_column
begin
  return query select api._feature_id(i.id), i.id, i.code, i.kind, i.question, i.owner, i.due, i.overdue, i.closed, i.result, i.outcome, i.steps, i.opened_on::date
  from api.inquiries(null, false, null, 1000000) i;
end $$;
comment on function api.all_inquiries() is 'Every inquiry that the caller sees, open and closed.';
reset role;
