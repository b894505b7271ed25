-- The resolved record of sites: what follows from claims and decisions by the rule of 40b_rule.sql, face by face.
-- Dates and periods in JSON are the text of a daterange; names: {language: label, "all": [...]}.
set role sr_writer;

-- Each subject that stands by itself, once for each face that it has; none where it came with a batch that was revoked and
-- nothing else was ever said of it, nor where it is known from those alone whose consent is gone.
create function api._faces(p_ids uuid[], p_kind text) returns table(id uuid, face int, tier smallint, scope int, exact_tier int, code text)
stable language sql as $$
  select s.id, f.face, s.tier, s.scope, s.exact_tier::int, s.code from reg.subject s cross join generate_series(s.tier::int, 2) f(face)
  where s.id = any (p_ids) and s.kind = p_kind and s.merged_into is null
    and (s.batch is null or exists (select 1 from reg.claim c where c.subject = s.id and not exists (select 1 from reg.claim_end e where e.claim = c.id))
         or exists (select 1 from reg.subject x where x.merged_into = s.id))
    and ((select api._silenced()) = '{}' or not api._only_of(s.id, (select api._silenced()))) $$;

-- What is shown of the places of claims, at the finest (metres of a cell, 0 = exact) asked for each; distinct pairs only.
create function api._places(p_claims uuid[], p_finest int[]) returns table(claim uuid, finest int, shown geometry, shown_as text,
  centre geometry, uncertainty_m float8, pcode text, edition text, place_kind text, method text) stable rows 20000
set plan_cache_mode = force_generic_plan set enable_nestloop = on language plpgsql as $$
#variable_conflict use_column
begin
  return query
  select c.id, a.finest, s.shown, s.shown_as, s.centre, s.uncertainty_m, s.pcode, s.edition,
    c.place_kind, c.method from (select distinct u.claim, u.finest from unnest(p_claims, p_finest) u(claim, finest)) a
  join reg.claim c on c.id = a.claim
  cross join lateral api._shown(c.geom, c.uncertainty_m, case when c.geom is null or c.place_kind = 'admin_unit' then c.pcode end,
                                c.edition, a.finest) s;
end $$;

-- The admin units of shown shapes, from the shapes alone: no unit finer than what is shown, one answer for each centre.
create function api._units(p_centres geometry[], p_radii float8[], p_pcodes text[], p_editions text[])
returns table(centre geometry, radius float8, adm1 text, adm2 text, adm3 text, country text) stable rows 20000
set plan_cache_mode = force_generic_plan set enable_nestloop = on language plpgsql as $$
#variable_conflict use_column
begin
  return query
  with asked as (select distinct * from unnest(p_centres, p_radii, p_pcodes, p_editions) u(centre, radius, pcode, edition)),
  found as materialized (
    select a.centre, a.radius, coalesce(a.pcode, f.pcode) as pcode, coalesce(a.edition, f.edition) as edition
    from asked a left join lateral (select * from api._unit_at(a.centre) x where a.pcode is null) f on true),
  above as materialized (
    select u.pcode, u.edition, n.* from (select distinct f.pcode, f.edition from found f where f.pcode is not null) u
    cross join lateral api._units_above(u.pcode, u.edition) n)
  select f.centre, f.radius, case when n.radius1 >= f.radius then n.adm1 end, case when n.radius2 >= f.radius then n.adm2 end,
    case when n.radius3 >= f.radius then n.adm3 end, n.country
  from found f join above n on n.pcode = f.pcode and n.edition = f.edition;
end $$;

create type api._activity as (code text, until date, rank int);
-- The furthest thing done and the latest.
create function api._activities(p api._activity[]) returns jsonb immutable parallel safe language plpgsql as $$
begin
  return (select jsonb_build_object('activity', jsonb_build_object('furthest', (array_agg(a.code order by a.rank desc, a.code))[1],
    'latest', (array_agg(a.code order by a.until desc nulls last, a.rank desc, a.code))[1])) from unnest(p) a);
end $$;

create function api._why(p_claim uuid, p_class int, p_origins int, p_first_hand bool, p_against uuid[]) returns jsonb
stable parallel safe language sql as $$
  select case when p_against is null then jsonb_build_object('claim', p_claim, 'class', p_class, 'origins', p_origins, 'first_hand', p_first_hand)
    else jsonb_build_object('claim', p_claim, 'class', p_class, 'origins', p_origins, 'first_hand', p_first_hand, 'against', p_against) end $$;

-- Protection as decided; in doubt since the first measure that lapsed after that decision, while the status stays.
create function api._protections(p_ids uuid[]) returns table(site uuid, protection text, next_review date, in_doubt_since date)
stable rows 1000 language sql as $$
  with d as materialized (select * from api._in_force(p_ids, '{protection,measure}')),
  lapsed as (select p.subject, min(coalesce(m.observed_on, (m.recorded_at at time zone 'Asia/Damascus')::date)) as since
             from d p join d m on m.subject = p.subject and m.machine = 'measure' and m.to_state = 'lapsed' and m.recorded_at >= p.recorded_at
             where p.machine = 'protection' group by 1)
  select p.subject, p.to_state, p.due, case when p.to_state in ('protected', 'partially_protected') then l.since end
  from d p left join lapsed l on l.subject = p.subject where p.machine = 'protection' and p.aspect = '' and p.to_state <> '' $$;

-- A site's row in one face, with its kinds and relations.
create type api._site_face as (site reg.site, kinds reg.site_kind[], relations reg.site_relation[]);

-- Its parts are joined by hashes: how many rows picks give is not known beforehand, and a plan that expects one joins thousands by
-- loops. The functions within, which do look up by index, are planned for themselves.
create function api._site_rows(p_ids uuid[]) returns setof api._site_face stable rows 20000
set datestyle = 'ISO, YMD' set plan_cache_mode = force_generic_plan set enable_nestloop = off language plpgsql as $$
begin
  return query
  with subjects as materialized (select * from api._faces(p_ids, 'site')),
  picks as materialized (select * from api._picks(array(select distinct s.id from subjects s))),
  bases as (select subject, array_agg(face) as at from (select distinct subject, face from picks) b group by 1),
  levels as materialized (select d.subject, jsonb_object_agg(d.aspect, nullif(d.to_state, '')) as states
    from api._in_force(p_ids, '{verification}') d group by 1),
  faces as materialized (select s.*, api._base(s.face, b.at) as base, v.states
    from subjects s left join bases b on b.subject = s.id left join levels v on v.subject = s.id),
  keys as materialized (select * from api._name_keys(array(select distinct value->>'text' from picks where family = 'name'))),
  known as materialized (
    select p.subject, p.face, substr(p.slot, strpos(p.slot, ':') + 1) as kind, max(p.cls) filter (where family = 'kind' and best) as cls,
      max(p.origins) filter (where family = 'kind' and best) as origins,
      jsonb_agg(jsonb_build_object('began', p.began, 'ended', p.ended, 'at', p.at, 'class', p.cls, 'origins', p.origins)
        order by p.best desc, p.cls, p.origins desc, p.claim) filter (where family = 'period') as list,
      (array_agg(p.began) filter (where family = 'period' and best))[1] as began,
      (array_agg(p.ended) filter (where family = 'period' and best))[1] as ended
    from picks p where family in ('kind', 'period') group by 1, 2, 3),
  kind_rows as materialized (
    select f.id, f.face, v.code, v.attrs->>'group' as kind_group, l.code as level, (l.attrs->>'rank')::int as rank, k.began, k.ended, k.cls, k.origins,
      row(f.id, f.face, f.tier, f.scope, v.code, v.attrs->>'group', k.began, k.ended, coalesce(k.list, '[]'), l.code, k.cls, k.origins)::reg.site_kind as kind
    from known k join faces f on f.id = k.subject and f.base = k.face
    join vocab.site_kind v on v.code = k.kind
    join vocab.verification_level l on l.code = coalesce(f.states->>v.code, 'reported')
    where k.cls is not null),
  kinds as (
    select id, face, array_agg(kind order by code) as rows, array_agg(code order by rank desc, cls, origins desc, code) as codes,
      array_agg(distinct kind_group) filter (where level <> 'refuted') as groups, (array_agg(level order by rank desc, level))[1] as best,
      (array_agg(began order by lower(began) nulls first, began) filter (where began is not null and level <> 'refuted'))[1] as began,
      case when bool_and(ended is not null) filter (where coalesce(began, ended) is not null and level <> 'refuted')
        then (array_agg(ended order by upper(ended) desc nulls first, ended desc) filter (where ended is not null and level <> 'refuted'))[1] end as ended
    from kind_rows group by 1, 2),
  relations as (
    select f.id, f.face, array_agg(row(f.id, f.face, f.tier, f.scope, r.value->>'kind', r.other, r.began, r.ended,
      r.value - '{kind,to,note}'::text[], r.claims, r.cls, r.origins)::reg.site_relation order by r.value->>'kind', r.other) as rows
    from picks r join faces f on f.id = r.subject and f.base = r.face where r.family = 'relation' and r.best group by 1, 2),
  named as (
    select p.subject, p.face, jsonb_object_agg(substr(p.slot, 6), p.value->'text') filter (where best) as labels,
      jsonb_agg(jsonb_build_object('text', p.value->'text', 'lang', substr(p.slot, 6), 'script', p.value->'script', 'class', p.cls,
        'origins', p.origins)) as names,
      coalesce(string_agg(distinct p.key collate "C", '|') filter (where p.key <> ''), '') as keys
    from (select p.subject, p.face, p.nth, p.slot, p.best, p.cls, p.origins, p.claim, p.value, k.key
          from picks p join keys k on k.text = p.value->>'text' where p.family = 'name'
          order by p.subject, p.face, p.nth, p.best desc, p.cls, p.origins desc, p.claim) p
    group by 1, 2),
  spoken as (
    select p.subject, p.face,
      jsonb_agg(jsonb_build_object('role', p.value->'role', 'authority', p.object, 'first_hand', p.first_hand, 'began', p.began, 'ended', p.ended,
        'at', p.at, 'class', p.cls, 'origins', p.origins)) filter (where family = 'authority') as authorities,
      jsonb_agg(jsonb_build_object('definition', p.value->'definition', 'min', p.value->'min', 'best', p.value->'best', 'max', p.value->'max',
        'at', p.at, 'class', p.cls, 'origins', p.origins, 'first_hand', p.first_hand)) filter (where family = 'count' and best) as counts,
      jsonb_object_agg(p.family, p.value->'code') filter (where best and family in ('remains_state', 'building', 'current_use')) as states,
      jsonb_agg(jsonb_build_object('condition', p.value->'code', 'as_of', p.until, 'valid_until', p.value->'valid_until',
        'checked_by', p.value->'checked_by', 'class', p.cls)) filter (where family = 'access_condition' and best)->0 as access,
      jsonb_object_agg(p.family, p.value->'code') filter (where best and family in
        ('content', 'adjacency', 'deposition', 'integrity', 'construction', 'sex_regime')) as form,
      array_agg(row(p.value->>'code', p.until, p.rank)::api._activity) filter (where family = 'activity' and best) as activities,
      jsonb_agg(jsonb_build_object('scheme', p.value->'scheme', 'value', p.value->'value')) filter (where family = 'external_id' and best) as external_ids,
      (array_agg(p.other) filter (where family = 'relation' and best and p.value->>'kind' = 'part_of'))[1] as part_of,
      jsonb_agg(jsonb_build_object('feature_kind', p.value->'feature_kind', 'number', p.value->'number')) filter (where family = 'feature' and best)->0 as feature,
      array_agg(replace(p.slot, 'period:', 'kind:')) filter (where best and against is not null) as conflicts,
      jsonb_object_agg(p.slot, api._why(p.claim, p.cls, p.origins, p.first_hand, p.against))
        filter (where best and family not in ('relation', 'authority', 'external_id', 'official_status')) as why
    from (select p.*, (a.attrs->>'rank')::int as rank from picks p
      left join vocab.investigation_activity a on p.family = 'activity' and a.code = p.value->>'code'
      order by p.subject, p.face, p.nth, p.best desc, p.cls, p.origins desc, p.claim) p
    group by 1, 2),
  classes as (select array_agg(p.code order by b.up_to desc) as codes, array_agg(-b.up_to order by b.up_to desc) as bounds
    from vocab.precision_class p cross join lateral (select (p.attrs->>'up_to_m')::float8 as up_to) b where b.up_to is not null),
  houses as (select distinct p.subject from picks p join vocab.building b on b.code = p.value->>'code' and (b.attrs->>'hides_place')::bool
    where p.family = 'building' and p.face <= 1),
  placed as materialized (
    select f.id, f.face, p.claim, n.finest + case when n.finest > 0 and f.face = 0 and h.subject is not null then 1 else 0 end as finest
    from picks p join faces f on f.id = p.subject and f.base = p.face
    cross join lateral (select api._finest(f.face, f.exact_tier, 'site') as finest) n
    left join houses h on h.subject = p.subject where p.family = 'place' and p.best),
  shown as materialized (
    select p.id, p.face, s.shown, s.shown_as, s.centre, s.uncertainty_m, s.pcode, s.edition,
      case when s.shown_as in ('none', 'admin_unit') then nullif(s.shown_as, 'none') when p.finest = 0 then s.place_kind else 'approximate' end as place_kind,
      case when p.finest = 0 then s.method end as method
    from placed p join api._places(array(select claim from placed), array(select finest from placed)) s on s.claim = p.claim and s.finest = p.finest)
  select row(f.id, f.face, f.tier, f.scope, f.exact_tier, f.code, case when n.names is null then '{}' else n.labels || jsonb_build_object('all', n.names) end,
      coalesce(n.keys, ''), coalesce(k.codes, '{}'), coalesce(k.groups, '{}'), s.shown, s.centre, coalesce(s.shown_as, 'none'), s.uncertainty_m,
      case when s.pcode is not null and l.adm1 is null and l.country is not null then 'country' else api._precision(s.uncertainty_m, c.codes, c.bounds) end,
      s.place_kind, s.method, l.adm1, l.adm2, l.adm3, l.country, coalesce(v.authorities, '[]'), coalesce(v.counts, '[]'), v.states->>'remains_state',
      v.states->>'building', v.states->>'current_use', coalesce(v.access, '{}'), case when v.activities is null then coalesce(v.form, '{}') else coalesce(v.form, '{}') || api._activities(v.activities) end,
      coalesce(v.external_ids, '[]'), v.part_of, v.feature, coalesce(k.best, 'reported'), coalesce(p.protection, 'unassessed'),
      p.next_review, p.in_doubt_since, k.began, k.ended, coalesce(v.conflicts, '{}'), coalesce(v.why, '{}'),
      coalesce((select o.version from reg.site o where o.id = f.id and o.face = f.face), 1))::reg.site,
    coalesce(k.rows, '{}'), coalesce(r.rows, '{}')
  from faces f cross join classes c
  left join named n on n.subject = f.id and n.face = f.base
  left join spoken v on v.subject = f.id and v.face = f.base
  left join kinds k on k.id = f.id and k.face = f.face
  left join relations r on r.id = f.id and r.face = f.face
  left join shown s on s.id = f.id and s.face = f.face
  left join api._units(array(select centre from shown where centre is not null), array(select coalesce(uncertainty_m, 0) from shown where centre is not null),
    array(select pcode from shown where centre is not null), array(select edition from shown where centre is not null)) l
    on l.centre = s.centre and l.radius = coalesce(s.uncertainty_m, 0)
  left join api._protections(p_ids) p on p.site = f.id and f.face > 0;
end $$;
reset role;
