-- What is wrong with what was said: looked at before anything of it is written (31_record.sql).
set role sr_writer;
create function api._problem(p_code text, p_field text, p_value text, p_message text) returns jsonb stable language sql as $$
  select jsonb_build_object('code', p_code, 'field', p_field, 'value', left(p_value, 200), 'message', p_message) $$;

-- What is wrong with what was said, as problems; null = nothing. Each claim is looked at once.
create function api._said_problems(p_said api._said[], p_me api._asker default null) returns jsonb stable set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_me api._asker := p_me;
begin
  if v_me.account is null then select * into v_me from api.me(); end if;
  return (
  with r as materialized (
    select u.*, u.ordinality as n, v_me.level, s.kind as subject_kind, s.tier as subject_tier, p.attrs as rule, so.id as known_source, so.type as source_type,
           s.id is not null and s.tier <= v_me.level and s.scope = any (v_me.scopes) as subject_seen
    from unnest(p_said) with ordinality u
    left join reg.subject s on s.id = u.subject
    left join vocab.predicate p on p.code = u.predicate
    left join reg.source so on so.id = u.source and so.tier <= v_me.level and so.scope = any (v_me.scopes)),
  asked as (
    select distinct r.n, r.row_no, t.scheme, t.code from r cross join lateral (values
      (case when r.rule->>'value' like 'term:%' then split_part(r.rule->>'value', ':', 2) end, r.value->>'code'),
      (r.rule->'term'->>1, r.value->>(r.rule->'term'->>0)), (r.rule->'also'->>1, r.value->>(r.rule->'also'->>0))) t(scheme, code) where t.scheme is not null),
  terms as materialized (select t.scheme, t.code, api._is_term(t.scheme, t.code) as known from (select distinct a.scheme, a.code from asked a) t),
  judged as (select r.n, r.row_no, array[
    case when not subject_seen then api._problem('not_found', 'subject', subject::text, 'There is no such subject for you') end,
    case when rule is null then api._problem('unknown_code', 'predicate', predicate, 'This cannot be said: no such predicate') end,
    case when rule is not null and subject_seen and rule->>'subject' not in (subject_kind, 'both') and not coalesce(rule->'also_of' ?
      subject_kind, false)
      then api._problem('unknown_code', 'predicate', predicate, 'This cannot be said of a ' || subject_kind) end,
    case when known_source is null
      then api._problem('not_found', 'source', source::text, 'Every claim rests on a source that you may see') end,
    case when coalesce(credibility, '6') !~ '^[1-6]$'
      then api._problem('bad_grade', 'credibility', credibility, 'Credibility is 1 to 6') end,
    case when predicate = 'place' and geom is null and pcode is null
      then api._problem('no_geometry', 'place', verbatim, 'A place needs a shape with its uncertainty, or an admin unit') end,
    case when geom is not null and not coalesce(api._sound(geom), false)
      then api._problem('bad_geometry', 'geom', left(verbatim, 80), 'The shape is empty, not finite, invalid or outside the world') end,
    case when geom is not null and not coalesce(uncertainty_m > 0 and uncertainty_m < 'Infinity', false)
      then api._problem('bad_uncertainty', 'uncertainty_m', uncertainty_m::text, 'A shape needs an uncertainty in metres above 0') end,
    case when (at <> '' or began <> '') and greatest(lower(nullif(at, '')::daterange), lower(nullif(began, '')::daterange)) > (select reg.today())
      then api._problem('future_date', 'at', coalesce(at, began), 'This lies in the future') end,
    case when tier < 1 or tier > r.level
      then api._problem('bad_tier', 'tier', tier::text, 'A claim is recorded at a tier from 1 up to your own') end,
    case when rule->>'value' = 'name' and coalesce(trim(value->>'text'), '') = '' or rule->>'value' = 'external_id' and
      (coalesce(trim(value->>'scheme'), '') = '' or coalesce(trim(value->>'value'), '') = '')
      then api._problem('bad_value', 'value', value::text, 'A name has a text, an identifier its scheme and value') end,
    case when rule->>'value' in ('count', 'share') and not coalesce(api._sound_count(value), false)
      then api._problem('bad_number', 'value', value::text, 'A count needs 0 <= min <= best <= max') end,
    case when rule->>'value' = 'share' and greatest(api._number(value->>'min'), api._number(value->>'best'),
      api._number(value->>'max')) > 100
      then api._problem('bad_number', 'value', value::text, 'A share is given in hundredths: 0 to 100') end,
    case when rule->>'value' = 'period' and coalesce(nullif(at, ''), nullif(began, ''), nullif(ended, '')) is null
      then api._problem('missing_required', 'began', '', 'Say which years: when they begin or when they end') end] as found
    from r offset 0),
  found as (
    select j.n, j.row_no, p.k, p.problem from judged j cross join lateral unnest(j.found) with ordinality p(problem, k)
      where array_remove(j.found, null) <> '{}' and p.problem is not null
    union all select m.n, m.row_no, 30 + m.k, m.problem from api._more_problems((select p_said where exists (select 1 from r where r.rule->>'value' in ('site', 'person', 'authority')
      or r.document is not null or r.origin is not null or r.pcode is not null or r.item <> r.id or r.credibility = '1' or r.value->>'site' is not null))) m
    union all select a.n, a.row_no, 4, api._problem('unknown_code', 'value', a.code, 'This is no term of ' || a.scheme) from asked a
      join terms t on t.scheme = a.scheme and t.code is not distinct from a.code where not coalesce(t.known, false)
    union all select r.n, r.row_no, 24, api._problem('insider_words', w.field, '',
        'The words and exact days of an insider go to the vault: here they are told in other words, and by the month')
      from r cross join lateral (values ('quote', r.quote is not null), ('verbatim', r.verbatim is not null), ('edtf', r.edtf is not null), ('locator', r.locator is not null),
        ('at', not api._of_months(r.at)), ('began', not api._of_months(r.began)), ('ended', not api._of_months(r.ended))) w(field, fine)
      where r.source_type = 'testimony_insider' and w.fine)
  select jsonb_agg(jsonb_build_object('row', coalesce(f.row_no, f.n)) || f.problem order by f.n, f.k) from found f);
end $$;

-- The same for what is said of more than a subject and its value: of others, of documents, items, units and origins. Each is looked for elsewhere,
-- and the plan for it is not begun where nothing of the kind was said.
create function api._more_problems(p_said api._said[]) returns table(n bigint, row_no int, k bigint, problem jsonb) stable strict rows 10
set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with me as materialized (select m.level, m.scopes from api.me() m),
  r as materialized (select u.*, u.ordinality as n, me.*, p.attrs as rule
    from unnest(p_said) with ordinality u cross join me left join vocab.predicate p on p.code = u.predicate),
  judged as (select r.n, r.row_no, array[
    case when pcode is not null and not exists (select 1 from reg.admin_unit a where a.pcode = r.pcode and a.edition =
      coalesce(r.edition, a.edition))
      then api._problem('unknown_code', 'pcode', pcode, 'This p-code is not in that edition') end,
    case when rule->>'value' in ('site', 'person') and not exists (select 1 from reg.subject o where o.id = r.object and o.kind =
      rule->>'value' and o.tier <= r.level and o.scope = any (r.scopes) and o.id <> r.subject)
      then api._problem('not_found', 'object', object::text, 'There is no such subject for you') end,
    case when predicate = 'event' and value->>'site' is not null and not exists (select 1 from reg.subject o where o.id =
      api._uuid(r.value->>'site') and o.kind = 'site' and o.tier <= r.level and o.scope = any (r.scopes))
      then api._problem('not_found', 'site', value->>'site', 'There is no such site for you') end,
    case when document is not null and not exists (select 1 from reg.document d where d.id = r.document and d.tier <= r.level and
      d.scope = any (r.scopes))
      then api._problem('not_found', 'document', document::text, 'There is no such document for you') end,
    case when document is not null and locator ~ '^page [0-9]{1,5}(, region [0-9]{1,5})?$' and exists (select 1 from reg.document_page
      p where p.document = r.document) and not exists (select 1 from reg.document_page p left join reg.page_region g on g.page = p.id
      where p.document = r.document and r.locator in (format('page %s', p.n), format('page %s, region %s', p.n, g.n)))
      then api._problem('not_found', 'locator', locator, 'This document has no such page or region') end,
    case when origin is not null and not exists (select 1 from reg.source o where o.origin_root = r.origin and o.tier <= r.level and
      o.scope = any (r.scopes))
      then api._problem('not_found', 'origin', origin::text, 'No source that you may see has this origin') end,
    case when item is not null and item <> id and not exists (select 1 from unnest(p_said) o where o.id = r.item and o.subject =
      r.subject) and not exists (select 1 from reg.claim c where c.subject = r.subject and c.item = r.item and api._claim_tier(c.id,
      c.subject, c.tier) <= r.level and c.scope = any (r.scopes))
      then api._problem('not_found', 'item', item::text, 'Nothing that you may see was said of this item of the subject') end,
    case when predicate = 'relation' and value->>'kind' = 'part_of' and subject in (select api._wholes(r.object, p_said))
      then api._problem('ring', 'object', object::text, 'A part cannot contain what it is a part of') end,
    case when rule->>'value' = 'authority' and not exists (select 1 from reg.authority o where o.id = r.object)
      then api._problem('not_found', 'object', object::text, 'There is no such authority') end,
    case when credibility = '1' and not exists (select 1 from reg.claim c where c.subject = r.subject and c.predicate = r.predicate
      and c.value is not distinct from r.value and c.origin <> coalesce(r.origin, (select so.origin_root from reg.source so where
      so.id = r.source)) and api._claim_tier(c.id, c.subject, c.tier) <= r.level and c.scope = any (r.scopes) and not exists (select 1
      from reg.claim_end e where e.claim = c.id))
      then api._problem('needs_agreement', 'credibility', '1', 'Credibility 1 needs another claim of another origin that says the same') end] as found
    from r offset 0)
  select j.n, j.row_no, p.k, p.problem from judged j cross join lateral unnest(j.found) with ordinality p(problem, k)
    where array_remove(j.found, null) <> '{}' and p.problem is not null;
end $$;

-- Whether a range of days begins and ends with months.
create function api._of_months(p_days text) returns bool stable language sql as $$
  select coalesce(extract(day from lower(nullif(p_days, '')::daterange)), 1) = 1 and coalesce(extract(day from upper(nullif(p_days, '')::daterange)), 1) = 1 $$;
reset role;
