-- The resolved record of sites: what follows from claims and decisions by the rule of 40b_rule.sql, face by face.
-- Dates and periods in JSON are the text of a daterange; names: {language: label, "all": [...]}.
set role sr_writer;

-- Each subject that stands by itself, once for each face that it has; none where it came with a batch that was revoked and
-- nothing else was ever said of it, nor where it is known from those alone whose consent is gone.
create function api._faces(p_ids uuid[], p_kind text) returns table(id uuid, face int, tier smallint, scope int, exact_tier int, code text)
stable language sql as $$
  select s.id, f.face, s.tier, s.scope, s.exact_tier::int, s.code from reg.subject s join (values (0), (1), (2)) f(face) on f.face >= s.tier
  where s.id = any (p_ids) and s.kind = p_kind and s.merged_into is null
    and (s.batch is null or exists (select 1 from reg.claim c where c.subject = s.id and not exists (select 1 from reg.claim_end e where e.claim = c.id))
         or exists (select 1 from reg.subject x where x.merged_into = s.id))
    and ((select api._silenced()) = '{}' or not api._only_of(s.id, (select api._silenced()))) $$;

-- What is shown of the places of claims, at the finest (metres of a cell, 0 = exact) asked for each; distinct pairs only.
create function api._places(p_claims uuid[], p_finest int[]) returns table(claim uuid, finest int, shown geometry, shown_as text,
  centre geometry, uncertainty_m float8, pcode text, edition text, place_kind text, method text) stable rows 200
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
returns table(centre geometry, radius float8, adm1 text, adm2 text, adm3 text, country text) stable rows 200
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

create type api._activity as (code text, until date);
-- The furthest thing done and the latest.
create function api._activities(p api._activity[]) returns jsonb stable parallel safe set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  if cardinality(p) = 1 then return jsonb_build_object('activity', jsonb_build_object('furthest', (p[1]).code, 'latest', (p[1]).code)); end if;
  return (select jsonb_build_object('activity', jsonb_build_object('furthest', (array_agg(a.code order by a.rank desc, a.code))[1],
    'latest', (array_agg(a.code order by a.until desc nulls last, a.rank desc, a.code))[1]))
    from (select u.code, u.until, api._activity_rank(u.code) as rank from unnest(p) u) a);
end $$;

create function api._why(p_claim uuid, p_class int, p_origins int, p_first_hand bool, p_against uuid[]) returns jsonb
stable parallel safe language sql as $$
  select case when p_against is null then jsonb_build_object('claim', p_claim, 'class', p_class, 'origins', p_origins, 'first_hand', p_first_hand)
    else jsonb_build_object('claim', p_claim, 'class', p_class, 'origins', p_origins, 'first_hand', p_first_hand, 'against', p_against) end $$;

-- Of several periods the one that begins first (an open one before all), and the one that ends last; each word once. They are asked for each
-- face of most sites, and of two or three things: without a query.
create function api._earliest(p daterange[]) returns daterange immutable parallel safe language plpgsql as $$
declare v daterange := p[1]; d daterange;
begin
  foreach d in array p loop if d < v then v := d; end if; end loop;
  return v;
end $$;
create function api._latest(p daterange[]) returns daterange immutable parallel safe language plpgsql as $$
declare v daterange := p[1]; d daterange;
begin
  foreach d in array p loop
    if upper(d) is null and upper(v) is not null or upper(d) > upper(v) or upper(d) is not distinct from upper(v) and d > v then v := d; end if;
  end loop;
  return v;
end $$;
create function api._distinct(p text[]) returns text[] stable parallel safe language plpgsql as $$
begin
  if cardinality(p) = 2 then return case when p[1] < p[2] then p when p[1] = p[2] then p[1:1] else array[p[2], p[1]] end; end if;
  return array(select distinct g from unnest(p) g order by 1);
end $$;

-- Since when a protection that was decided is in doubt: since the first measure that lapsed after it.
create function api._in_doubt(d reg.decision, p_then timestamptz[]) returns date stable set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  if d.to_state not in ('protected', 'partially_protected') then return null; end if;
  return (select min(coalesce(m.observed_on, (m.recorded_at at time zone 'Asia/Damascus')::date)) from api._in_force(array[d.subject], '{measure}', p_then) m
    where m.to_state = 'lapsed' and m.recorded_at >= d.recorded_at);
end $$;

-- Protection as decided; in doubt since the first measure that lapsed after that decision, while the status stays.
create function api._protections(p_ids uuid[], p_then timestamptz[] default null) returns table(site uuid, protection text, next_review date, in_doubt_since date)
stable rows 200 set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query
  select d.subject, d.to_state, d.due, api._in_doubt(d, p_then) from api._in_force(p_ids, '{protection}', p_then) d where d.aspect = '' and d.to_state <> '';
end $$;

-- What version of a row stands.
create type api._version as (id uuid, face int, version int);
-- A site's row in one face, with its kinds and relations.
create type api._site_face as (site reg.site, kinds reg.site_kind[], relations reg.site_relation[]);

-- Relations as a face shows them.
create function api._in_face(p_relations reg.site_relation[], p_id uuid, p_face int, p_tier smallint, p_scope int) returns reg.site_relation[] stable language plpgsql as $$
begin
  return array(select row(p_id, p_face, p_tier, p_scope, r.kind, r.other, r.began, r.ended, r.value, r.claims, r.class, r.origins)::reg.site_relation
    from unnest(p_relations) with ordinality r order by r.ordinality);
end $$;

-- The picks go into rows as pieces, by what becomes of them (part): 1 a name, 2 an authority, 3 a count, 4 access, 5 an identifier, 6 an
-- activity, 7 a relation, 8 a state, 9 a form, 10 a feature, 0 what stands in `why` alone.
-- Its parts are joined by hashes: how many rows picks give is not known beforehand, and a plan that expects one joins thousands by
-- loops. The functions within, which do look up by index, are planned for themselves. What an aggregate needs in an order is sorted once
-- before it, since an order within an aggregate is a sort for each group.
create function api._site_rows(p_ids uuid[], p_then timestamptz[] default null, p_versions api._version[] default null) returns setof api._site_face stable rows 200
set datestyle = 'ISO, YMD' set plan_cache_mode = force_generic_plan set enable_nestloop = off set enable_mergejoin = off
  language plpgsql as $$
begin
  return query
  with subjects as materialized (select * from api._faces(p_ids, 'site')),
  picks as materialized (select * from api._picks(array(select distinct s.id from subjects s), p_then)),
  starts as (select p.subject, bit_or((1 << p.face) | (1 << (p.upto + 1))) as starts,
      bool_or(p.family = 'building' and p.face <= 1 and api._hiding_building(p.value->>'code')) as is_house from picks p group by 1),
  levels as (select d.subject, jsonb_object_agg(d.aspect, nullif(d.to_state, '')) filter (where d.machine = 'verification') as states,
      (array_agg(d) filter (where d.machine = 'protection' and d.aspect = '' and d.to_state <> ''))[1] as protection
    from api._in_force(p_ids, '{verification,protection}', p_then) d group by 1),
  faces as materialized (select f.*, dense_rank() over (order by f.id, f.base) as side
    from (select s.*, api._base(s.face, b.starts) as base, coalesce(b.is_house, false) as is_house, v.states, v.protection
      from subjects s left join starts b on b.subject = s.id left join levels v on v.subject = s.id) f),
  sides as materialized (select f.side, f.id, f.base from faces f group by 1, 2, 3),
  known as (
    select p.side, p.kind, max(p.cls) filter (where p.is_kind) as cls, max(p.origins) filter (where p.is_kind) as origins,
      jsonb_agg(jsonb_build_object('began', p.began, 'ended', p.ended, 'at', p.at, 'class', p.cls, 'origins', p.origins))
        filter (where not p.is_kind) as list,
      (array_agg(p.began) filter (where not p.is_kind and best))[1] as began,
      (array_agg(p.ended) filter (where not p.is_kind and best))[1] as ended
    from (select p.*, d.side, p.family = 'kind' as is_kind, substr(p.slot, strpos(p.slot, ':') + 1) collate "C" as kind
          from picks p join sides d on d.id = p.subject and d.base between p.face and p.upto where p.family in ('kind', 'period')
          order by d.side, substr(p.slot, strpos(p.slot, ':') + 1) collate "C", p.best desc, p.cls, p.origins desc, p.claim) p
    group by 1, 2),
  kinds as (
    select id, face, array_agg(kind) as rows, array_agg(code) as codes, array_agg(kind_group) filter (where level <> 'refuted') as groups,
      (array_agg(level))[1] as best, array_agg(began) filter (where began is not null and level <> 'refuted') as began,
      case when bool_and(ended is not null) filter (where coalesce(began, ended) is not null and level <> 'refuted')
        then array_agg(ended) filter (where ended is not null and level <> 'refuted') end as ended
    from (
      select f.id, f.face, k.kind collate "default" as code, g.kind_group, l.level, k.began, k.ended,
        row(f.id, f.face, f.tier, f.scope, k.kind, g.kind_group, k.began, k.ended, coalesce(k.list, '[]'), l.level, k.cls, k.origins)::reg.site_kind as kind
      from known k join faces f on f.side = k.side
      cross join lateral (select api._kind_group(k.kind) as kind_group) g cross join lateral (select coalesce(f.states->>k.kind, 'reported') as level) l
      where k.cls is not null and g.kind_group is not null and api._rank_of_level(l.level) is not null
      order by f.id, f.face, api._rank_of_level(l.level) desc, k.cls, k.origins desc, k.kind collate "default") k
    group by 1, 2),
  pieces as (
    select p.*, case p.part when 1 then p.value->'text' when 8 then p.value->'code' when 9 then p.value->'code' end as code,
      case p.part when 1 then substr(p.slot, 6) when 6 then p.value->>'code' when 7 then p.value->>'kind' end as said,
      case p.part
        when 1 then jsonb_build_object('text', p.value->'text', 'lang', substr(p.slot, 6), 'script', p.value->'script', 'class', p.cls,
          'origins', p.origins)
        when 2 then jsonb_build_object('role', p.value->'role', 'authority', p.object, 'first_hand', p.first_hand, 'began', p.began,
          'ended', p.ended,
          'at', p.at, 'class', p.cls, 'origins', p.origins)
        when 3 then jsonb_build_object('definition', p.value->'definition', 'min', p.value->'min', 'best', p.value->'best', 'max',
          p.value->'max',
          'at', p.at, 'class', p.cls, 'origins', p.origins, 'first_hand', p.first_hand)
        when 4 then jsonb_build_object('condition', p.value->'code', 'as_of', p.until, 'valid_until', p.value->'valid_until',
          'checked_by', p.value->'checked_by', 'class', p.cls)
        when 5 then jsonb_build_object('scheme', p.value->'scheme', 'value', p.value->'value')
        when 7 then p.value - '{kind,to,note}'::text[]
        when 10 then jsonb_build_object('feature_kind', p.value->'feature_kind', 'number', p.value->'number') end as piece,
      case when p.best and p.family not in ('relation', 'authority', 'external_id', 'official_status')
        then api._why(p.claim, p.cls, p.origins, p.first_hand, p.against) end as why
    from (
      select p.subject, p.face, p.upto, p.nth, p.slot, p.family, p.best, p.cls, p.origins, p.claim, p.value, p.object, p.other, p.at,
        p.began, p.ended,
        p.until, p.first_hand, p.against, p.claims, case p.family when 'name' then 1 when 'authority' then 2 when 'count' then 3 when 'access_condition' then 4
          when 'external_id' then 5 when 'activity' then 6 when 'relation' then 7 when 'remains_state' then 8 when 'building' then 8
            when 'current_use' then 8
          when 'content' then 9 when 'adjacency' then 9 when 'deposition' then 9 when 'integrity' then 9 when 'construction' then 9
            when 'sex_regime' then 9
          when 'feature' then 10 end as part
      from picks p where p.best or p.family in ('name', 'authority') offset 0) p offset 0),
  spoken as (
    select p.side,
      jsonb_object_agg(p.said, p.code) filter (where part = 1 and best) as labels, jsonb_agg(piece) filter (where part = 1) as names,
      jsonb_agg(piece) filter (where part = 2) as authorities, jsonb_agg(piece) filter (where part = 3) as counts,
      jsonb_agg(piece) filter (where part = 4)->0 as access, jsonb_agg(piece) filter (where part = 5) as external_ids,
      array_agg(row(p.said, p.until)::api._activity) filter (where part = 6) as activities,
      (array_agg(p.other) filter (where part = 7 and p.said = 'part_of'))[1] as part_of,
      array_agg(row(null, null, null, null, p.said, p.other, p.began, p.ended, p.piece, p.claims, p.cls, p.origins)::reg.site_relation) filter (where part = 7) as relations,
      jsonb_object_agg(p.family, p.code) filter (where part = 8) as states,
      jsonb_object_agg(p.family, p.code) filter (where part = 9) as form, jsonb_agg(piece) filter (where part = 10)->0 as feature,
      array_agg(replace(p.slot, 'period:', 'kind:')) filter (where p.best and p.against is not null) as conflicts,
      jsonb_object_agg(p.slot, p.why) filter (where p.why is not null) as why
    from (select q.part, q.best, q.said, q.code, q.piece, q.other, q.until, q.family, d.side, q.against, q.slot, q.why, q.began, q.ended,
        q.claims, q.cls, q.origins
      from pieces q join sides d on d.id = q.subject and d.base between q.face and q.upto
      order by d.side, q.nth, q.best desc, q.cls, q.origins desc, q.claim) p
    group by 1),
  placed as materialized (
    select f.id, f.face, p.claim, n.finest + case when n.finest > 0 and f.face = 0 and f.is_house then 1 else 0 end as finest
    from picks p join faces f on f.id = p.subject and f.base between p.face and p.upto
    cross join lateral (select api._finest(f.face, f.exact_tier, 'site') as finest) n
    where p.family = 'place' and p.best),
  shown as materialized (
    select p.id, p.face, s.shown, s.shown_as, s.centre, s.uncertainty_m, s.pcode, s.edition,
      case when s.shown_as in ('none', 'admin_unit') then nullif(s.shown_as, 'none') when p.finest = 0 then s.place_kind else 'approximate' end as place_kind,
      case when p.finest = 0 then s.method end as method
    from (select array_agg(claim) as claims, array_agg(finest) as finest from placed) a cross join lateral api._places(a.claims, a.finest) s
    join placed p on s.claim = p.claim and s.finest = p.finest)
  select row(f.id, f.face, f.tier, f.scope, f.exact_tier, f.code, case when v.names is null then '{}'
    else v.labels || jsonb_build_object('all', v.names) end,
      coalesce(k.codes, '{}'), case when k.groups[2] is null then coalesce(k.groups, '{}')
        else api._distinct(k.groups) end, s.shown, s.centre, coalesce(s.shown_as, 'none'),
        s.uncertainty_m,
      case when s.pcode is not null and l.adm1 is null and l.country is not null then 'country' else api._precision(s.uncertainty_m) end,
      s.place_kind, s.method, l.adm1, l.adm2, l.adm3, l.country, coalesce(v.authorities, '[]'), coalesce(v.counts, '[]'), v.states->>'remains_state',
      v.states->>'building', v.states->>'current_use', coalesce(v.access, '{}'), case when v.activities is null then coalesce(v.form, '{}') else coalesce(v.form, '{}') || api._activities(v.activities) end,
      coalesce(v.external_ids, '[]'), v.part_of, v.feature, coalesce(k.best, 'reported'), case when f.face > 0 then coalesce((f.protection).to_state, 'unassessed') else 'unassessed' end,
      case when f.face > 0 then (f.protection).due end,
      case when f.face > 0 and (f.protection).to_state in ('protected', 'partially_protected') then api._in_doubt(f.protection, p_then) end,
      case when k.began[2] is null then k.began[1] else api._earliest(k.began) end,
      case when k.ended[2] is null then k.ended[1] else api._latest(k.ended) end, coalesce(v.conflicts, '{}'), coalesce(v.why, '{}'),
      coalesce(o.version, 1))::reg.site,
    coalesce(k.rows, '{}'), case when v.relations is null then '{}' else api._in_face(v.relations, f.id, f.face, f.tier, f.scope) end
  from faces f
  left join spoken v on v.side = f.side
  left join unnest(p_versions) o on o.id = f.id and o.face = f.face
  left join kinds k on k.id = f.id and k.face = f.face
  left join shown s on s.id = f.id and s.face = f.face
  left join (select u.* from (select array_agg(centre) as centres, array_agg(coalesce(uncertainty_m, 0)) as radii, array_agg(pcode) as pcodes,
      array_agg(edition) as editions from shown where centre is not null) a cross join lateral api._units(a.centres, a.radii, a.pcodes, a.editions) u) l
    on l.centre = s.centre and l.radius = coalesce(s.uncertainty_m, 0);
end $$;
reset role;
