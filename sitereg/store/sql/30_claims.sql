-- What is said: sources with their grades, subjects, claims and their ends. One road for one claim and for five thousand.
set role sr_writer;

create function api._scope_of(p_compartments text[]) returns int set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v_id int; v_all text[] := array(select distinct c from unnest(coalesce(p_compartments, '{}')) c where c <> 'frozen' order by 1);
begin
  insert into reg.scope(compartments) values (v_all) on conflict (compartments) do nothing;
  select s.id into v_id from reg.scope s where s.compartments = v_all;
  return case when 'frozen' = any (p_compartments) then -1 - v_id else v_id end;
end $$;

-- The subject as the caller may see it, or the same "not found" as for one that does not exist; locked when p_lock.
create function api._seen_subject(p_id uuid, p_lock bool default false) returns reg.subject
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.subject;
begin
  if p_lock then select * into v from reg.subject s where s.id = p_id for update;
  else select * into v from reg.subject s where s.id = p_id; end if;
  if v.id is null or v.tier > coalesce(api.level(), -1) or not v.scope = any (coalesce(api.scopes(), '{}')) then
    perform api._missing();
  end if;
  return v;
end $$;

-- The uses that somebody's terms permit: words of permitted_use; the first that is none is named.
create function api._no_use(p_terms jsonb) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(u.value #>> '{}', 'null') from jsonb_array_elements(p_terms->'permitted_uses') with ordinality u
  where not exists (select 1 from vocab.permitted_use t where t.code = u.value #>> '{}') order by u.ordinality limit 1 $$;

create function api._uses(p_terms jsonb) returns text[] stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_none text;
begin
  if coalesce(jsonb_typeof(p_terms->'permitted_uses'), 'null') = 'null' then return '{}'; end if;
  if jsonb_typeof(p_terms->'permitted_uses') <> 'array' then
    perform api._bad('bad_value', 'permitted_uses', p_terms->>'permitted_uses', 'The permitted uses are a list of words'); end if;
  v_none := api._no_use(p_terms);
  if v_none is not null then
    perform api._bad('unknown_code', 'permitted_uses', v_none, 'This is no term of permitted_use', 'permitted_use'); end if;
  return array(select jsonb_array_elements_text(p_terms->'permitted_uses'));
end $$;

-- What the terms do not say, each by its field: nothing leaves quarantine without a partner, terms, permitted uses and what is known of
-- consent, nor is anything written that its teller does not want kept.
create function api._terms_problems(p jsonb) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  with t as (select coalesce(jsonb_typeof(p->'partner'), 'null') as partner, coalesce(jsonb_typeof(p->'permitted_uses'), 'null') as uses,
      coalesce(trim(p->>'consent'), '') as consent, case jsonb_typeof(p->'permitted_uses') when 'array' then api._no_use(p) end as no_use),
  found(n, code, field, value, message, scheme) as (
    select 1, 'missing_required', 'partner', '', 'Say which partner it comes from', null from t
      where partner not in ('object', 'string') or partner = 'string' and trim(p->>'partner') = ''
        or partner = 'object' and not exists (select 1 from jsonb_each_text(case partner when 'object' then p->'partner' end) n where trim(n.value) <> '')
    union all select 1, 'not_found', 'partner', p->>'partner', 'There is no such partner', null from t
      where partner = 'string' and trim(p->>'partner') <> '' and not exists (select 1 from reg.partner r where r.id = api._uuid(p->>'partner'))
    union all select 2, 'missing_required', 'terms', '', 'Say under which terms it was given', null where coalesce(trim(p->>'terms'), '') = ''
    union all select 3, 'missing_required', 'permitted_uses', '', 'Say which uses the terms permit', 'permitted_use' from t where uses = 'null' or p->'permitted_uses' = '[]'
    union all select 3, 'bad_value', 'permitted_uses', p->>'permitted_uses', 'The permitted uses are a list of words', 'permitted_use' from t where uses not in ('null', 'array')
    union all select 3, 'unknown_code', 'permitted_uses', no_use, 'This is no term of permitted_use', 'permitted_use' from t where no_use is not null
    union all select 4, 'missing_required', 'consent', '', 'Say what is known of consent', 'consent_state' from t where consent = ''
    union all select 4, 'unknown_code', 'consent', consent, 'This is no term of consent_state', 'consent_state' from t where consent <> '' and not api._is_term('consent_state', consent)
    union all select 4, 'not_kept', 'consent', consent, 'Whoever tells it does not want it kept: nothing is written', null from t
      join vocab.consent_state v on v.code = consent and (v.attrs->>'hides')::bool
    union all select 5, 'not_kept', 'consent_scope', 'store', 'Whoever tells it does not want it kept: nothing is written', null where p->'consent_scope'->>'store' = 'no'
    union all select 5, 'unknown_code', 'consent_scope', s.key, 'This is no term of consent_scope', 'consent_scope' from jsonb_each_text(case jsonb_typeof(p->'consent_scope') when 'object' then p->'consent_scope' end) s
      where not api._is_term('consent_scope', s.key) or not coalesce(api._is_term('answer', s.value), false)
    union all select 6, 'unknown_code', 'legal_basis', p->>'legal_basis', 'This is no legal basis', 'legal_basis'
      where p->>'legal_basis' is not null and not api._is_term('legal_basis', p->>'legal_basis'))
  select jsonb_agg(jsonb_build_object('code', f.code, 'field', f.field, 'value', left(f.value, 200), 'message', f.message)
    || case when f.scheme is null then '{}' else jsonb_build_object('scheme', f.scheme) end order by f.n, f.field, f.value) from found f $$;

-- The terms as they are kept: the partner by id, whether it was named by it or by what it is called. The one place where they are judged.
create function api._told_terms(p_terms jsonb, p_type text default null) returns jsonb set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_problems jsonb := api._terms_problems(coalesce(p_terms, '{}'));
begin
  if v_problems is not null then
    raise exception '%', v_problems->0->>'message' using errcode = 'SR422', detail = jsonb_build_object('problems', v_problems)::text; end if;
  return api._bound(p_terms || jsonb_build_object('partner_id', case jsonb_typeof(p_terms->'partner') when 'object' then api._partner_named(p_terms->'partner')
    else api._uuid(p_terms->>'partner') end), p_type);
end $$;

create function api.new_source(p_type text, p_label jsonb, p_reliability text, p_reason text, p_connection text default null,
  p_origin_root uuid default null, p_tier int default 1, p_compartments text[] default '{}', p_terms jsonb default '{}',
  p_repeats uuid default null)
returns uuid volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_id uuid := reg.new_id(); v_by uuid; v_told jsonb;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'source_handler', 'protection_officer');
  if p_label is null or not exists (select 1 from jsonb_each_text(p_label) l where trim(l.value) <> '') then
    perform api._bad('missing_required', 'label', '', 'Say what the source is called'); end if;
  if not exists (select 1 from vocab.source_type t where t.code = p_type) then
    perform api._bad('unknown_code', 'type', p_type, 'This is no type of source', 'source_type'); end if;
  if not exists (select 1 from vocab.reliability t where t.code = p_reliability) then
    perform api._bad('unknown_code', 'reliability', p_reliability, 'A source is graded A to F'); end if;
  if p_tier is null or p_tier < 1 or p_tier > api.level() then
    perform api._bad('bad_tier', 'tier', p_tier::text, 'A source has a tier from 1 up to your own'); end if;
  if p_origin_root is not null and not exists (select 1 from reg.source s where s.origin_root = p_origin_root and s.tier <= api.level() and s.scope = any (api.scopes())) then
    perform api._bad('unknown_code', 'origin_root', p_origin_root::text, 'No source has this origin'); end if;
  if p_repeats is not null then
    select c.origin into p_origin_root from reg.claim c where c.id = p_repeats and c.scope = any (api.scopes())
      and api._claim_tier(c.id, c.subject, c.tier) <= api.level() and not exists (select 1 from reg.claim_end e where e.claim = c.id);
    if not found then perform api._bad('not_found', 'repeats', p_repeats::text, 'This is no live claim that you may see'); end if;
  end if;
  v_told := api._told_terms(p_terms, p_type);
  insert into reg.source(id, type, connection, label, origin_root, tier, scope, partner, agreement, legal_class, terms, permitted_uses,
    consent, recorded_by, event, digest)
  values (v_id, p_type, p_connection, p_label, coalesce(p_origin_root, v_id), p_tier, api._held_scope(p_compartments),
    (v_told->>'partner_id')::uuid, (v_told->>'agreement')::uuid, v_told->>'legal_class', v_told->>'terms',
    api._uses(v_told), v_told->>'consent', v_by, v_event, '');
  insert into reg.source_grade(id, source, reliability, reason, recorded_by, event, digest)
  values (reg.new_id(), v_id, p_reliability, p_reason, v_by, v_event, '');
  perform api._close_event(v_event, 'new_source', v_id, p_reason);
  return v_id;
end $$;
comment on function api.new_source(text, jsonb, text, text, text, uuid, int, text[], jsonb, uuid) is
  'A source stands in the registry with its first grade and the terms under which it was received (partner: {language: name} or an id, terms, '
  'permitted_uses, consent; each is needed); its identity does not belong here. p_repeats: a claim that the caller sees, whose origin it repeats.';

-- A later grade is a new row; claims keep the one copied when they were recorded, so they are superseded by copies with the new.
create function api.grade_source(p_source uuid, p_reliability text, p_reason text) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v_old uuid[]; v_touched uuid[]; v_seen int;
begin
  v_by := api._need('investigator', 'source_handler', 'data_steward');
  if not exists (select 1 from vocab.reliability t where t.code = p_reliability) then
    perform api._bad('unknown_code', 'reliability', p_reliability, 'A source is graded A to F'); end if;
  if not exists (select 1 from reg.source s where s.id = p_source and s.tier <= api.level() and s.scope = any (api.scopes())) then
    perform api._missing(); end if;
  insert into reg.source_grade(id, source, reliability, reason, recorded_by, event, digest)
  values (reg.new_id(), p_source, p_reliability, p_reason, v_by, v_event, '');
  select array_agg(c.id), array_agg(distinct c.subject), count(*) filter (where api._claim_tier(c.id, c.subject, c.tier) <= api.level() and c.scope = any (api.scopes()))
    into v_old, v_touched, v_seen from reg.claim c
   where c.source = p_source and c.reliability <> p_reliability and not exists (select 1 from reg.claim_end e where e.claim = c.id);
  if v_old is not null then
    perform api._supersede(v_old, jsonb_build_object('reliability', p_reliability), p_reason, v_by, v_event);
    perform api._review_tasks(v_old);
    perform api._resolve(v_touched);
  end if;
  perform api._close_event(v_event, 'grade_source', p_source, p_reason);
  return v_seen;
end $$;
comment on function api.grade_source(uuid, text, text) is
  'The source has this grade from now on, and so have its living claims, as new rows; how many of those the caller may see.';

-- A shape that can be drawn, and a count whose numbers are in their order.
create function api._sound(p geometry) returns bool immutable language sql as $$
  select not st_isempty(p) and st_isvalid(p) and st_ndims(p) = 2 and st_xmin(p) >= -180 and st_xmax(p) <= 180
     and st_ymin(p) >= -90 and st_ymax(p) <= 90 $$;
create function api._sound_count(p jsonb) returns bool immutable language plpgsql as $$
begin
  return (select bool_and(jsonb_typeof(v.value) in ('number', 'null')) filter (where v.key in ('min', 'best', 'max'))
       and coalesce((p->>'min')::numeric, 0) >= 0
       and coalesce((p->>'min')::numeric, 0) <= coalesce((p->>'best')::numeric, (p->>'min')::numeric, 0)
       and coalesce((p->>'best')::numeric, (p->>'min')::numeric, 0) <= coalesce((p->>'max')::numeric, (p->>'best')::numeric, 'Infinity')
    from jsonb_each(p) v);
end $$;
reset role;
