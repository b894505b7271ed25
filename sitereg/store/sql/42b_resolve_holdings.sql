-- The resolved record of bodies of records, face by face, by the rule of 40b_rule.sql. Dates and periods in JSON are the text
-- of a daterange. What is known of access and of losses is a list: each entry is an item of its own.
set role sr_writer;

create function api._holding_rows(p_ids uuid[]) returns setof reg.holding stable rows 1000
set datestyle = 'ISO, YMD' set plan_cache_mode = force_generic_plan set enable_nestloop = off language plpgsql as $$
begin
  return query
  with subjects as materialized (select * from api._faces(p_ids, 'holding')),
  picks as materialized (select * from api._picked(array(select distinct s.id from subjects s))),
  starts as (select p.subject, bit_or(1 << p.face) as starts from picks p group by 1),
  faces as materialized (select s.*, api._base(s.face, b.starts) as base from subjects s left join starts b on b.subject = s.id),
  keys as materialized (select * from api._name_keys(array(select distinct value->>'text' from picks where family = 'name'))),
  named as (
    select p.subject, p.face, jsonb_object_agg(substr(p.slot, 6), p.value->'text') filter (where best) as labels,
      coalesce(string_agg(distinct k.key collate "C", '|') filter (where k.key <> ''), '') as keys
    from picks p join keys k on k.text = p.value->>'text' where p.family = 'name' group by 1, 2),
  spoken as (
    select p.subject, p.face,
      array_agg(p.value->>'code') filter (where family = 'record_kind' and best) as record_kinds,
      (array_agg(coalesce(p.began, p.at)) filter (where family = 'years_covered' and best))[1] as years_began,
      (array_agg(coalesce(p.ended, p.at)) filter (where family = 'years_covered' and best))[1] as years_ended,
      jsonb_agg(jsonb_build_object('unit', p.value->'unit', 'definition', p.value->'definition', 'min', p.value->'min', 'best', p.value->'best',
        'max', p.value->'max', 'at', p.at, 'class', p.cls, 'origins', p.origins)) filter (where family = 'extent' and best) as extents,
      jsonb_agg(jsonb_build_object('role', p.value->'role', 'authority', p.object, 'first_hand', p.first_hand, 'began', p.began, 'ended', p.ended,
        'at', p.at, 'class', p.cls, 'origins', p.origins)) filter (where family = 'authority') as authorities,
      max(p.value->>'code') filter (where family = 'record_condition' and best) as condition,
      jsonb_agg(jsonb_build_object('min', p.value->'min', 'best', p.value->'best', 'max', p.value->'max', 'at', p.at, 'class', p.cls))
        filter (where family = 'digitised' and best)->0 as digitised,
      jsonb_agg(jsonb_build_object('code', p.value->'code', 'asked_by', p.value->'asked_by', 'answered_by', p.value->'answered_by',
        'note', p.value->'note', 'at', p.at, 'class', p.cls, 'origins', p.origins, 'slot', p.slot) order by lower(p.at) desc nulls last, p.slot)
        filter (where family = 'records_access' and best) as access,
      jsonb_agg(jsonb_build_object('kind', p.value->'kind', 'what', p.value->'what', 'by_whom', p.value->'by_whom', 'at', p.at, 'class', p.cls,
        'origins', p.origins, 'slot', p.slot) order by lower(p.at) desc nulls last, p.slot) filter (where family = 'record_loss' and best) as losses,
      array_agg(distinct p.other order by p.other) filter (where family = 'relation' and best) as sites,
      jsonb_agg(jsonb_build_object('kind', p.value->'kind', 'site', p.other, 'began', p.began, 'ended', p.ended, 'class', p.cls,
        'origins', p.origins) order by p.value->>'kind', p.other) filter (where family = 'relation' and best) as relations,
      jsonb_agg(jsonb_build_object('scheme', p.value->'scheme', 'value', p.value->'value')) filter (where family = 'external_id' and best) as external_ids,
      array_agg(p.slot) filter (where best and against is not null) as conflicts,
      jsonb_object_agg(p.slot, api._why(p.claim, p.cls, p.origins, p.first_hand, p.against))
        filter (where best and family not in ('relation', 'authority', 'external_id')) as why
    from (select p.* from picks p order by p.subject, p.face, p.nth, p.best desc, p.cls, p.origins desc, p.claim) p group by 1, 2),
  placed as materialized (
    select f.id, f.face, p.claim, api._finest(f.face, f.exact_tier, 'site') as finest
    from picks p join faces f on f.id = p.subject and f.base = p.face where p.family = 'place' and p.best),
  shown as materialized (
    select p.id, p.face, s.shown, s.shown_as, s.centre, s.uncertainty_m, s.pcode, s.edition
    from placed p join api._places(array(select claim from placed), array(select finest from placed)) s on s.claim = p.claim and s.finest = p.finest)
  select (x.r).* from (select row(f.id, f.face, f.tier, f.scope, f.exact_tier, f.code, coalesce(n.labels, '{}'), coalesce(n.keys, ''), coalesce(v.record_kinds, '{}'),
      v.years_began, v.years_ended, coalesce(v.extents, '[]'), coalesce(v.authorities, '[]'), v.condition, v.digitised,
      coalesce(v.access, '[]'), coalesce(v.losses, '[]'), coalesce(v.sites, '{}'), coalesce(v.relations, '[]'), s.shown, s.centre,
      coalesce(s.shown_as, 'none'), s.uncertainty_m, l.adm1, l.country, coalesce(v.external_ids, '[]'), coalesce(p.protection, 'unassessed'),
      p.next_review, p.in_doubt_since, coalesce(v.conflicts, '{}'), coalesce(v.why, '{}'),
      coalesce((select o.version from reg.holding o where o.id = f.id and o.face = f.face), 1))::reg.holding as r
  from faces f
  left join named n on n.subject = f.id and n.face = f.base
  left join spoken v on v.subject = f.id and v.face = f.base
  left join shown s on s.id = f.id and s.face = f.face
  left join api._units(array(select centre from shown where centre is not null), array(select coalesce(uncertainty_m, 0) from shown where centre is not null),
    array(select pcode from shown where centre is not null), array(select edition from shown where centre is not null)) l
    on l.centre = s.centre and l.radius = coalesce(s.uncertainty_m, 0)
  left join api._protections(p_ids) p on p.site = f.id and f.face > 0) x;
end $$;

create type api._holding_difference as (id uuid, face int, want reg.holding, was int, moved bool);

create function api._holding_differences(p_ids uuid[]) returns setof api._holding_difference stable rows 1000 language plpgsql as $$
begin
  return query
  with want as materialized (select w, w.id, w.face from api._holding_rows(p_ids) w),
  have as materialized (select h, h.id, h.face, h.version from reg.holding h where h.id = any (p_ids))
  select coalesce(w.id, h.id), coalesce(w.face, h.face), w.w, h.version, false
  from want w full join have h on h.id = w.id and h.face = w.face where w.id is null or h.id is null or w.w is distinct from h.h;
end $$;

create function api._resolve_holdings(p_ids uuid[], out moved uuid[], out wrong int) volatile set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v api._holding_difference[] := array(select d from api._holding_differences(p_ids) d);
begin
  moved := '{}'; wrong := cardinality(v);
  if wrong = 0 then return; end if;
  delete from reg.holding t using unnest(v) d where (d.want).id is null and t.id = d.id and t.face = d.face;
  insert into reg.holding select (d.want).* from unnest(v) d where d.was is null;
  perform api._alter_holdings(array(select d.want from unnest(v) d where d.was is not null and (d.want).id is not null));
end $$;
reset role;
