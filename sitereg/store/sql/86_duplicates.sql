-- Possible duplicates: what is compared, of the caller's own face, and what was settled of two records. A decision of machine `duplicate`
-- about the one, with the other as its aspect: linked or told apart, as restricted as both; nothing is merged or moved by it.
set role sr_reader;

create function api.duplicate_sites(p_adm1 text default null) returns table(id uuid, code text, names text[], kinds text[], groups text[], lon float8, lat float8, uncertainty_m float8,
  areas text[], listed text[], version int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare m record;
begin
  select x.level, x.scopes into m from api.me() x;
  return query
  select s.id, s.code, array(select distinct n.text from reg.site_name n where n.site = s.id and n.face = s.face), s.kinds, s.groups,
    case when s.shown_as <> 'admin_unit' then st_x(s.centre) end, case when s.shown_as <> 'admin_unit' then st_y(s.centre) end,
    api._slack(s.shown_as, s.uncertainty_m) + case s.shown_as when 'cell_1km' then 710 when 'cell_10km' then 7100 else 0 end,
    array_remove(array[s.adm3, s.adm2, s.adm1], null),
    array(select (e->>'scheme') || '=' || (e->>'value') from jsonb_array_elements(s.external_ids) e), s.version
  from reg.site s where s.face = m.level and s.tier <= m.level and s.scope = any (m.scopes) and (p_adm1 is null or s.adm1 = p_adm1) order by s.code;
end $$;
comment on function api.duplicate_sites(text) is
  'Sites of the caller''s face as they are compared with one another (of one governorate, if it is given): names, kinds, the middle of what is shown '
  'with the metres around it (EPSG:4326), admin units, outside lists that name it.';

-- What was settled last of two records of this kind (of one record, if its id is given), of those that the caller sees both: with the ids.
create function api._settled_pairs(p_kind text, p_id uuid) returns table(one uuid, other uuid, state text, reason text, by text, at timestamptz, seen jsonb)
stable set plan_cache_mode = force_generic_plan set enable_seqscan = off language plpgsql as $$
#variable_conflict use_column
declare m record;
begin
  if not exists (select 1 from reg.decision d where d.machine = 'duplicate' and (p_id is null or d.subject = p_id or d.aspect = p_id::text)) then return; end if;
  select x.level, x.scopes, x.roles into m from api.me() x;
  return query
  select s.id, o.id, l.to_state, l.reason, a.display, l.recorded_at, l.value->'seen'
  from (select distinct on (d.subject, d.aspect) d.* from reg.decision d
      where d.machine = 'duplicate' and (p_id is null or d.subject = p_id or d.aspect = p_id::text) order by d.subject, d.aspect, d.seq desc) l
  join reg.subject s on s.id = l.subject and s.kind = p_kind and s.tier <= m.level and s.scope = any (m.scopes)
  join reg.subject o on o.id = api._uuid(l.aspect) and o.tier <= m.level and o.scope = any (m.scopes)
  join reg.account a on a.id = l.recorded_by
  where l.tier <= m.level and l.scope = any (m.scopes) and l.to_state <> 'open'
    and (p_kind <> 'person' or m.level >= 1 and (select count(*) from reg.person p where p.id in (s.id, o.id) and p.face = m.level
      and (api._asked_for(p.case_state) or not 'partner' = any (m.roles))) = 2) and not api._is_suspended(s.id) and not api._is_suspended(o.id);
end $$;

create function api.duplicates_settled(p_kind text) returns table(one text, other text, one_names jsonb, other_names jsonb, state text, reason text, by text,
  at timestamptz, seen jsonb) stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select s.code, o.code, coalesce(a.names - 'all', '{}'), coalesce(b.names - 'all', '{}'), l.state, l.reason, l.by, l.at, l.seen
  from api._settled_pairs(p_kind, null) l join reg.subject s on s.id = l.one join reg.subject o on o.id = l.other
  left join reg.site a on a.id = s.id and a.face = api.level() left join reg.site b on b.id = o.id and b.face = api.level() order by s.code, o.code $$;
comment on function api.duplicates_settled(text) is
  'What was settled last of two records that look alike (kind: site, person), of those that the caller sees both: same_as, part_of (the one is part of the other), different; of sites with their names.';

-- What a record was linked with, as its page names it: direction says, of part_of, whether it is a part of the other (to) or the other of it (from).
create function api._page_linked(p_kind text, p_id uuid, p_level int) returns jsonb stable language plpgsql as $$
begin
  return (
  select coalesce(jsonb_agg(jsonb_build_object('kind', l.state, 'direction', case when l.one = p_id then 'to' else 'from' end, 'code', o.code,
    'names', coalesce((select x.names - 'all' from reg.site x where x.id = o.id and x.face = p_level), '{}'), 'at', l.at, 'by', l.by, 'reason', l.reason)
    order by l.state desc, o.code), '[]')
  from api._settled_pairs(p_kind, p_id) l join reg.subject o on o.id = case when l.one = p_id then l.other else l.one end where l.state in ('same_as', 'part_of'));
end $$;
reset role;

set role sr_writer;
-- Cases as they are compared: of names the marks of their words, mixed anew at each asking, so that no name leaves.
create function api.duplicate_persons(p_reason text, p_adm1 text default null) returns table(id uuid, code text, names jsonb, birth_earliest date, birth_latest date, sex text, areas text[],
  began date, ended date, listed text[], version int)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare m record; v_salt bigint := ('x' || left(md5(gen_random_uuid()::text), 16))::bit(64)::bigint;
begin
  perform api._may_name(p_reason);
  select * into m from api.me();
  return query
  with named as materialized (
    select p.id, k.claim, k.words, k.tier, k.scope from reg.name_key k join reg.subject s on s.id = k.person
    join reg.person p on p.id = case when s.merged_into is null then s.id else api._heir(s.id) end and p.face = m.level
      and p.tier <= m.level and p.scope = any (m.scopes) and (api._asked_for(p.case_state) or not 'partner' = any (m.roles)) and p.case_state <> 'suspended_security'
      and (p_adm1 is null or exists (select 1 from reg.person_event e where e.person = p.id and e.face = p.face and p_adm1 = any (e.adm1)))
    where k.tier <= m.level and k.scope = any (m.scopes) and not api._is_silenced((select c.source from reg.claim c where c.id = k.claim))
      and not exists (select 1 from reg.claim_end e where e.claim = k.claim)),
  read as (
    select n.id, n.claim, jsonb_agg(jsonb_build_array(x.key, api._mark(t.bones) # v_salt, to_jsonb(array(select b # x.off from unnest(t.near) b)),
      t.word ~ '^[0-9]+$', api._weight(t.word) < 0.5) order by w.at) as words
    from named n cross join lateral unnest(n.words) with ordinality w(mark, at) join reg.name_token t on t.id = w.mark
    cross join lateral (select api._salt('person', n.tier, n.scope) # v_salt as off, w.mark # api._salt('person', n.tier, n.scope) # v_salt as key) x group by 1, 2)
  select p.id, p.code, r.names, api._first_day(p.birth), api._final_day(p.birth), p.sex, e.areas, e.began, e.ended,
    array(select (x->>'scheme') || '=' || (x->>'value') from jsonb_array_elements(p.external_ids) x), p.version
  from (select r.id, jsonb_agg(r.words) as names from read r group by 1) r
  join reg.person p on p.id = r.id and p.face = m.level
  left join lateral (select array(select distinct a from reg.person_event v, unnest(v.adm1) a where v.person = p.id and v.face = p.face) as areas,
      min(api._first_day(coalesce(v.began, v.at))) as began, max(api._final_day(coalesce(v.began, v.at))) as ended
    from reg.person_event v where v.person = p.id and v.face = p.face and v.kind in ('arrested', 'abducted', 'last_seen_free')) e on true
  order by p.code;
end $$;
comment on function api.duplicate_persons(text, text) is
  'Cases as they are compared with one another, for holders of the compartment names, with a reason: of names only marks that are made anew at each asking.';

create function api.settle_duplicate(p_kind text, p_one text, p_other text, p_to text, p_reason text, p_value jsonb default '{}') returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal; v_one reg.subject; v_other reg.subject; v_step reg.transition; r api._record; v_ids uuid[] := '{}'; v_code text; v_turned bool;
begin
  v.recorded_by := api._may_propose('duplicate');
  perform api._check_terms(array[['pair_state', coalesce(p_to, '')]]);
  perform api._check_words(p_reason, p_value, null);
  if coalesce(p_kind in ('site', 'person'), false) is false then perform api._bad('unknown_code', 'kind', p_kind, 'Two sites or two persons are compared'); end if;
  foreach v_code in array array[p_one, p_other] loop
    r := api._record_of(v_code, p_kind);
    v_ids := v_ids || r.id;
  end loop;
  perform 1 from reg.subject s where s.id = any (v_ids) order by s.id for update;
  v_one := api._seen_subject(v_ids[1], true);
  v_other := api._seen_subject(v_ids[2]);
  if v_one.id = v_other.id then perform api._bad('bad_value', 'other', p_other, 'These are one record already'); end if;
  if p_kind = 'person' and (coalesce(api.level(), 0) < 1 or api._is_suspended(v_one.id) or api._is_suspended(v_other.id)) then perform api._missing(); end if;
  v_turned := api._state(v_other.id, 'duplicate', v_one.id::text) not in ('', 'open');
  if p_to <> 'part_of' and (v_turned or v_one.id > v_other.id and api._state(v_one.id, 'duplicate', v_other.id::text) in ('', 'open')) then
    v_one := api._seen_subject(v_ids[2], true); v_other := api._seen_subject(v_ids[1]); end if;
  if p_to = 'part_of' and p_kind = 'person' then perform api._bad('bad_value', 'to', p_to, 'A person is no part of another'); end if;
  if p_to = 'part_of' and v_turned then perform api._refuse('settled', 'These two were settled already, the other way round: undo that first.'); end if;
  perform api._check_subject(v_one, 'duplicate', '');
  perform api._check_subject(v_other, 'duplicate', '');
  v.subject := v_one.id; v.machine := 'duplicate'; v.aspect := v_other.id::text; v.to_state := p_to; v.reason := p_reason; v.basis := '{}'; v.value := p_value;
  v.tier := greatest(v_one.tier, v_other.tier);
  v.scope := api._scope_of(array(select distinct c from reg.scope x, unnest(x.compartments) c where x.id in (v_one.scope, v_other.scope)));
  v.from_state := api._state(v_one.id, 'duplicate', v.aspect);
  v_step := api._step('duplicate', v.from_state, p_to);
  v.approvals_needed := v_step.approvals;
  return api._decide_or_propose(v_one, v, v_event);
end $$;
comment on function api.settle_duplicate(text, text, text, text, text, jsonb) is
  'Two records that look alike are linked (same_as; part_of: the first is part of the other), told apart (different), or what was settled is undone (open). '
  'One person''s act, with a reason; nothing is merged by it.';
reset role;
