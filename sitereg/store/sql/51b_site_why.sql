-- Why: the claims behind a field of one record, in the order of the resolve rule; and what became of the record.
-- Owned by the reader, since claims that a disclosure names count below the tier they were recorded with; each query carries
-- the predicate. What was published is the value, never the words it was told in. What could tell who a witness is, or that two records
-- have the same one (its id, an insider's label, the kind of witness, quotes, the exact time), is for source handlers.
set role sr_reader;

-- What every witness is called whose sheet was taken down, and every insider.
create function api._testimony() returns jsonb immutable language sql as $$ select '{"en": "testimony", "ar": "شهادة"}'::jsonb $$;

-- A record that the caller sees, by its code or that of one merged into it: id, its row's exactness, who asks; the claims whose
-- tier a decision in force has changed {claim: tier}, and those that one has chosen; whether identifiers are for the caller (of persons:
-- with the compartment names).
create type api._record as (id uuid, code text, scope int, exact_tier int, level int, scopes int[], handler bool, members uuid[],
  retiered jsonb, chosen uuid[], numbers bool);

create function api._record_of(p_code text, p_kind text) returns api._record stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v api._record; s reg.subject;
begin
  select m.level, m.scopes, 'source_handler' = any (m.roles) into v.level, v.scopes, v.handler from api.me() m;
  select * into s from reg.subject x where x.code = api._as_code(left(p_code, 40)) and x.kind = p_kind and x.tier <= v.level and x.scope = any (v.scopes);
  if s.merged_into is not null then select * into s from reg.subject x where x.id = api._heir(s.id); end if;
  if s.id is null or not coalesce(s.tier <= v.level and s.scope = any (v.scopes), false) then perform api._missing(); end if;
  v.numbers := p_kind <> 'person' or api._holds('names');
  v.id := s.id; v.code := s.code; v.scope := s.scope; v.exact_tier := s.exact_tier;
  v.members := array[s.id];
  if exists (select 1 from reg.subject x where x.merged_into = s.id) then v.members := array(select m.member from api._members(array[s.id]) m); end if;
  if exists (select 1 from reg.decision d where d.subject = any (v.members) and d.machine in ('disclosure', 'tier', 'chosen_value'))
     or api._silenced() <> '{}' then
    v.retiered := (select jsonb_object_agg(r.claim, r.tier) from api._retiered(array[s.id]) r);
    v.chosen := array(select c.claim from api._chosen(v.members) c);
  end if;
  return v;
end $$;

-- The live claims of a record that its face is resolved from, and those beside it: of compartments that the record lacks.
create type api._said_of as (c reg.claim, slot text, said text, cls int, beside bool, dated bool, until date, day date, radius float8, chosen bool);

create function api._claims_of(v api._record) returns setof api._said_of stable rows 200 language sql as $$
  select c, k.slot, case when k.slot is not null then coalesce(api._said(c.predicate, (p.attrs->>'many')::bool, c.value, o.id, c.at,
    c.began, c.ended,
      c.geom, c.uncertainty_m, u.pcode), '') end, api._class(c.reliability, c.credibility),
    not (c.scope in (0, (v).scope) or api._within_scope(c.scope, (v).scope)),
    (p.attrs->>'dated')::bool and not (p.attrs->>'many')::bool, api._last_day(coalesce(c.at, c.ended, c.began), c.recorded_at),
    api._last_day(coalesce(c.at, c.began), c.recorded_at), case when c.predicate = 'place' then coalesce(u.radius_m, c.uncertainty_m) end,
    coalesce(c.id = any ((v).chosen), false)
  from reg.claim c
  join vocab.predicate p on p.code = c.predicate and not (p.attrs->>'sealed')::bool
  -- by what each claim names, so that the same rows are read whatever else there is
  left join lateral (select y.pcode, y.radius_m from reg.admin_unit y where c.predicate = 'place' and (c.geom is null or c.place_kind = 'admin_unit')
    and y.pcode = c.pcode and y.edition = c.edition and y.geom is not null offset 0) u on true
  left join lateral (select y.id, y.merged_into from reg.subject y where c.predicate in ('relation', 'companion') and y.id = c.object offset 0) x on true
  left join lateral (select y.id, y.tier, y.scope from reg.subject y where y.id = case when x.merged_into is null then x.id else api._heir(x.id) end offset 0) o on true
  cross join lateral (select api._slot(c.predicate, (p.attrs->>'many')::bool, c.value, c.item, c.object, o.id, c.at, c.began, c.ended,
    c.geom,
    u.pcode) as slot offset 0) k
  where c.subject = any ((v).members) and c.rumour_owner is null and coalesce(((v).retiered->>c.id::text)::int, c.tier) <= (v).level
    and c.scope = any ((v).scopes) and not exists (select 1 from reg.claim_end e where e.claim = c.id)
    and (c.predicate not in ('relation', 'companion') or (o.tier <= (v).level and o.scope = any ((v).scopes)))
    and (c.predicate <> 'companion' or not api._is_suspended(o.id) and (not coalesce('partner' = any ((select api.roles())::text[]), true)
      or exists (select 1 from reg.person f where f.id = o.id and f.face = (v).level and api._asked_for(f.case_state))))
    and (c.predicate <> 'external_id' or (v).numbers) $$;

-- How many live claims of how many sources stand behind each slot of a record that the caller sees: {slot: {claims, sources}}.
create function api._said_counts(p_code text, p_kind text) returns jsonb stable security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off language plpgsql as $$
declare v api._record := api._record_of(p_code, p_kind);
begin
  return (
    with said as materialized (select s.slot, s.beside, (s.c).source as source from api._claims_of(v) s)
    select coalesce(jsonb_object_agg(n.slot, jsonb_build_object('claims', n.claims, 'sources', n.sources)), '{}') from (
      select s.slot, count(*) as claims, count(distinct s.source) as sources from said s
      where s.slot is not null and not s.beside group by 1) n);
end $$;

-- The same, numbered in the order of the rule within each slot.
create function api._ranked(v api._record) returns table(c reg.claim, slot text, cls int, beside bool, origin_no int, place int) stable rows 200 language sql as $$
  with s as materialized (
    select s.*, (s.c).origin as origin, coalesce(s.slot, (s.c).predicate) as in_slot, max(s.until) over (partition by s.slot, s.beside) as latest
    from api._claims_of(v) s),
  n as (
    select s.*, dense_rank() over (order by api._ref((v).id, s.origin)) as origin_no,
      not s.dated or s.latest is null or coalesce(api._days(lower(coalesce((s.c).at, (s.c).began, (s.c).ended)), s.until + 1) @> s.latest, false) as now from s),
  o as (select n.in_slot, n.beside, n.now, n.cls, n.said, count(distinct n.origin) as origins from n group by 1, 2, 3, 4, 5)
  select n.c, n.in_slot, n.cls, n.beside, n.origin_no::int, row_number() over (partition by n.in_slot order by n.beside, n.chosen desc, n.now desc, n.cls,
      n.radius nulls last, o.origins desc, coalesce((n.c).first_hand, false) desc, n.day desc nulls last, (n.c).recorded_at desc, (n.c).id)::int
  from n join o on o.in_slot = n.in_slot and o.beside = n.beside and o.now = n.now and o.cls = n.cls and o.said is not distinct from n.said $$;

-- The fields of which one may ask why: a predicate, or a predicate and which of its values (name:ar, count:bodies_reported).
create function api._asked_field(p_field text, p_kind text, out predicate text, out slot text) immutable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_field text := trim(left(coalesce(p_field, ''), 120));
begin
  v_field := regexp_replace(v_field, '^(verification|period):', 'kind:');
  v_field := case v_field when 'shape' then 'place' when 'uncertainty' then 'place' when 'precision' then 'place' when 'access' then 'access_condition'
    when 'verification' then 'kind' when 'period' then 'kind' else v_field end;
  predicate := split_part(v_field, ':', 1);
  slot := case when v_field like '%:%' then v_field end;
end $$;

create function api._why_of(v api._record, p_predicate text, p_slot text, p_why jsonb) returns table(field text, value jsonb, claim uuid, class int,
  standing text, reliability text, credibility text, first_hand bool, source_ref uuid, source_label jsonb, source_type text, source_family text,
  connection text, origin_no int, at daterange, began daterange, ended daterange, shape jsonb, uncertainty_m float8, place_kind text, method text,
  pcode text, verbatim text, recorded text, document text, locator text, quote text, chosen bool, contradicts bool, beside bool,
  compartments text[], tier int, withheld bool)
stable rows 20 language plpgsql as $$
#variable_conflict use_column
begin
  return query
  select r.slot, case when w.hidden then null when p.code = 'relation' then (r.c).value || jsonb_build_object('to', o.code)
      when p.code = 'companion' then (r.c).value || jsonb_build_object('person', o.code)
      when p.code = 'authority' then (r.c).value || jsonb_build_object('names', a.names)
      when p.code = 'event' and not w.exact then jsonb_build_object('kind', (r.c).value->'kind')
      when p.code = 'official_status' and not w.exact then (r.c).value - 'text' else (r.c).value end,
    (r.c).id, r.cls, (array['supported', 'ungraded', 'doubted'])[1 + r.cls], (r.c).reliability, (r.c).credibility, (r.c).first_hand,
    api._ref((v).id, (r.c).source), case when (v).level > 0 and so.tier <= (v).level and so.scope = any ((v).scopes) then case when w.named then so.label else api._testimony() end end,
    case when (v).handler or not t.told then t.code end, t.attrs->>'family', case when (v).handler then so.connection else n.attrs->>'coarse' end,
    r.origin_no, case when not w.hidden then (r.c).at end, case when not w.hidden then (r.c).began end, case when not w.hidden then (r.c).ended end,
    case when w.exact then api._geojson((r.c).geom) end, case when w.exact then (r.c).uncertainty_m end, case when w.exact then (r.c).place_kind end,
    case when w.exact then (r.c).method end, case when w.exact then (r.c).pcode end, case when w.words and w.named then (r.c).verbatim end,
    case when (v).handler and w.exact then to_char((r.c).recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
         else to_char((r.c).recorded_at at time zone 'Asia/Damascus', case when t.told and not (v).handler then 'YYYY-MM' else 'YYYY-MM-DD' end) end,
    case when w.named then d.original_name end, case when w.words and w.named then (r.c).locator end, case when w.words and ((v).handler or not t.told) then (r.c).quote end,
    case when p_why ? r.slot then p_why->r.slot->>'claim' = (r.c).id::text end, coalesce(p_why->r.slot->'against' ? (r.c).id::text, false), r.beside,
    array(select unnest(sc.compartments) except select unnest(rs.compartments)), (r.c).tier::int, w.hidden
  from api._ranked(v) r
  join vocab.predicate p on p.code = (r.c).predicate
  join reg.source so on so.id = (r.c).source
  join lateral (select x.code, x.attrs, x.attrs->>'family' = 'testimony' as told from vocab.source_type x where x.code = so.type) t on true
  left join vocab.source_connection n on n.code = so.connection
  cross join lateral (select (v).level >= (v).exact_tier as exact, (v).level > 0 and (v).level >= (v).exact_tier as words, (v).level < (v).exact_tier and (p.attrs->>'place_clue')::bool as hidden, (v).handler or so.type <> 'testimony_insider' as named) w
  left join reg.document d on d.id = (r.c).document and d.tier <= (v).level and d.scope = any ((v).scopes)
  left join reg.subject x on p.code in ('relation', 'companion') and x.id = (r.c).object
  left join reg.subject o on o.id = case when x.merged_into is null then x.id else api._heir(x.id) end
  left join reg.authority a on p.code = 'authority' and a.id = (r.c).object
  left join reg.scope sc on sc.id = (r.c).scope left join reg.scope rs on rs.id = (v).scope
  where (p_predicate is null or p.code = p_predicate) and (p_slot is null or r.slot = p_slot or starts_with(r.slot, p_slot || ':')) order by r.slot, r.place;
end $$;

create function api.site_why(p_code text, p_field text) returns table(field text, value jsonb, claim uuid, class int, standing text, reliability text,
  credibility text, first_hand bool, source_ref uuid, source_label jsonb, source_type text, source_family text, connection text, origin_no int,
  at daterange, began daterange, ended daterange, shape jsonb, uncertainty_m float8, place_kind text, method text, pcode text, verbatim text,
  recorded text, document text, locator text, quote text, chosen bool, contradicts bool, beside bool, compartments text[], tier int, withheld bool)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v api._record := api._record_of(p_code, 'site'); v_field record; v_why jsonb;
begin
  select * into v_field from api._asked_field(p_field, 'site');
  if not exists (select 1 from vocab.predicate p where p.code = v_field.predicate and p.attrs->>'subject' in ('site', 'both')) then
    perform api._bad('unknown_field', 'field', p_field, 'A site has no such field; ask for a predicate such as place, kind or count:bodies_reported'); end if;
  select s.why into v_why from reg.site s where s.id = v.id and s.face = v.level;
  return query select * from api._why_of(v, v_field.predicate, v_field.slot, coalesce(v_why, '{}'));
end $$;
comment on function api.site_why(text, text) is
  'The live claims behind a field of a site in the caller''s face, by the resolve rule, best first, then those beside the record. source_ref is '
  'the same for one source within this record and unlike elsewhere; origin_no numbers the origins within the record. withheld: a clue to a place '
  'finer than the caller is shown: only its grade, its source and when it was recorded (the month, for a testimony) are told.';

create function api.site_claims(p_code text, p_claims uuid[]) returns table(field text, value jsonb, claim uuid, class int, standing text,
  reliability text, credibility text, first_hand bool, source_ref uuid, source_label jsonb, source_type text, source_family text, connection text,
  origin_no int, at daterange, began daterange, ended daterange, shape jsonb, uncertainty_m float8, place_kind text, method text, pcode text,
  verbatim text, recorded text, document text, locator text, quote text, chosen bool, contradicts bool, beside bool, compartments text[], tier int,
  withheld bool)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v api._record := api._record_of(p_code, 'site');
begin
  return query select w.* from (select distinct c.predicate from reg.claim c where c.id = any (p_claims) and c.subject = any (v.members)) p
    cross join lateral api._why_of(v, p.predicate, null, '{}') w where w.claim = any (p_claims) order by w.field, w.claim;
end $$;
comment on function api.site_claims(text, uuid[]) is
  'These claims of a site, those of them that the caller sees, as site_why tells them: what a proposal would disclose.';

create function api.person_why(p_code text, p_field text) returns table(field text, value jsonb, claim uuid, class int, standing text, reliability text,
  credibility text, first_hand bool, source_ref uuid, source_label jsonb, source_type text, source_family text, connection text, origin_no int,
  at daterange, began daterange, ended daterange, shape jsonb, uncertainty_m float8, place_kind text, method text, pcode text, verbatim text,
  recorded text, document text, locator text, quote text, chosen bool, contradicts bool, beside bool, compartments text[], tier int, withheld bool)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v api._record := api._record_of(p_code, 'person'); v_field record; v_why jsonb;
begin
  if v.level < 1 or ('partner' = any (api.roles()) and exists (select 1 from reg.person p where p.id = v.id and p.face = v.level and not api._asked_for(p.case_state))) then
    perform api._missing(); end if;
  select * into v_field from api._asked_field(p_field, 'person');
  if not exists (select 1 from vocab.predicate p where p.code = v_field.predicate and p.attrs->>'subject' in ('person', 'both')
                 and not (p.attrs->>'sealed')::bool) then
    perform api._bad('unknown_field', 'field', p_field, 'A case has no such field; ask for a predicate such as event, birth or sex'); end if;
  if api._is_suspended(v.id) then return; end if;
  v.exact_tier := 2;
  select s.why into v_why from reg.person s where s.id = v.id and s.face = v.level;
  return query select * from api._why_of(v, v_field.predicate, v_field.slot, coalesce(v_why, '{}'));
end $$;
comment on function api.person_why(text, text) is
  'The live claims behind a field of a case in the caller''s face, as site_why tells them of sites; of events below T2 the kind and the days.';

create function api.site_history(p_code text) returns table(day text, what text, machine text, aspect text, from_state text, to_state text,
  reason text, proposed_by text, approved_by text[], how text, observed_on date, due date, annulled bool, annuls bool, claims int, ended int, said jsonb,
  batch text, version int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off language plpgsql as $$
#variable_conflict use_column
declare v api._record := api._record_of(p_code, 'site'); v_version int;
begin
  select s.version into v_version from reg.site s where s.id = v.id and s.face = v.level;
  return query
  with live as (
    select c.id, c.batch, c.recorded_at,
      case when p.attrs->>'sealed' = 'false' and c.predicate not in ('relation', 'companion') then c.predicate else '' end as told, case when t.attrs->>'family' = 'testimony' and not v.handler then 'YYYY-MM' else 'YYYY-MM-DD' end as form
    from reg.claim c join reg.source so on so.id = c.source join vocab.source_type t on t.code = so.type
    join vocab.predicate p on p.code = c.predicate
    where c.subject = any (v.members) and c.rumour_owner is null and coalesce((v.retiered->>c.id::text)::int, c.tier) <= v.level
      and c.scope = any (v.scopes)),
  told as (
    select to_char(l.recorded_at at time zone 'Asia/Damascus', l.form) as day, l.batch, l.told, 1 as claims, 0 as ended from live l
    union all
    select to_char(e.recorded_at at time zone 'Asia/Damascus', l.form), l.batch, l.told, 0, 1 from live l join reg.claim_end e on e.claim = l.id),
  days as (select t.day, t.batch, t.told, sum(t.claims)::int as claims, sum(t.ended)::int as ended from told t group by 1, 2, 3)
  select h.day, h.what, h.machine, h.aspect, h.from_state, h.to_state, h.reason, h.proposed_by, h.approved_by, h.how, h.observed_on, h.due, h.annulled,
         h.annuls, h.claims, h.ended, h.said, h.batch, v_version
  from (
    select to_char(d.recorded_at at time zone 'Asia/Damascus', case when d.how = 'person' or v.handler or not api._told(d.basis) then 'YYYY-MM-DD' else 'YYYY-MM' end)
        as day, d.recorded_at as at, d.seq, 'decision' as what, d.machine, d.aspect,
      d.from_state, d.to_state, api._coarse_words(d.reason, v.level >= v.exact_tier) as reason, p.display as proposed_by,
      array(select a.display from reg.account a where a.id = any (d.approved_by) order by 1) as approved_by, d.how, d.observed_on, d.due,
      exists (select 1 from reg.decision x where x.subject = d.subject and x.annuls = d.id) as annulled, d.annuls is not null as annuls, null::int as claims, null::int as ended,
      null::jsonb as said, null::text as batch
    from reg.decision d join reg.account p on p.id = d.proposed_by
    where d.subject = any (v.members) and d.tier <= v.level and d.scope = any (v.scopes)
      and api._told_aspect(d.subject, d.machine, d.aspect, v.level, v.scopes)
    union all
    select t.day, null, null, 'claims', null, null, null, null, null, null, '{}', null, null, null, null, null, sum(t.claims)::int, sum(t.ended)::int,
      coalesce(jsonb_object_agg(t.told, t.claims) filter (where t.claims > 0), '{}'), b.profile
    from days t left join reg.import_batch b on b.id = t.batch and b.tier <= v.level and b.scope = any (v.scopes) group by t.day, t.batch, b.profile) h
  order by h.day desc, h.at desc nulls last, h.seq desc, h.batch;
end $$;
comment on function api.site_history(text) is
  'What became of a site, newest first: its decisions with who proposed and approved them, and how many claims were recorded and ended on each '
  'day (month, for testimonies) by which profile, said: how many of each predicate ("" for sealed words and relations); version is that of the caller''s face. The shapes that it had are not told.';
reset role;
