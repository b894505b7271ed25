-- What is looked up of a record beside its row, kept by face as the rows are (decision 65): the views read the part of their own face,
-- where nothing lies that another face alone shows. Of each row that stands in a face: visits, measures and disturbances (words and shapes
-- where that face shows the exact place; kin: of those merged into it what is no more restricted than it), what two records were settled
-- to be, and the events and places that a source keeps from linking.
set role sr_writer;

create type api._beside_difference as (record uuid, face int, want reg.beside, was reg.beside);

create function api._beside_rows(p_ids uuid[]) returns setof reg.beside stable rows 200
set datestyle = 'ISO, YMD' set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_refused uuid[] := api._uses_refused('linking');
begin
  return query
  with f as materialized (
    select s.id, s.face, s.tier, s.face >= s.exact_tier as exact from reg.site s where s.id = any (p_ids)
    union all select h.id, h.face, h.tier, h.face >= h.exact_tier from reg.holding h where h.id = any (p_ids)),
  m as materialized (
    select m.id, m.member, k.tier <= greatest(s.tier, 1) and (k.scope in (0, s.scope) or api._within_scope(k.scope, s.scope)) as kin
    from api._members(array(select distinct f.id from f)) m join reg.subject s on s.id = m.id join reg.subject k on k.id = m.member),
  words as (
    select 'visit' as what, m.id as record, v.id, v.tier, v.scope, m.kin, v.covered_shape as area,
      jsonb_build_object('method', v.method, 'on', v.visited_on, 'negative', v.negative, 'assessed', v.damage_assessed) as told,
      jsonb_build_object('team', v.team, 'covered', v.covered, 'left', v.not_searched, 'findings', v.findings) as near
    from m join reg.visit v on v.site = m.member
    union all
    select 'measure', m.id, x.id, x.tier, x.scope, true, x.area,
      jsonb_build_object('kind', x.kind, 'state', d.to_state, 'agent_kind', x.agent_kind, 'began', x.began, 'ended', x.ended,
        'lapses_on', coalesce(d.due, x.lapses_on)),
      jsonb_build_object('issuer', x.issuer, 'legal_basis', x.legal_basis, 'note', x.note)
    from m join reg.measure x on x.site = m.member left join lateral (select y.to_state, y.due from reg.decision y
      where y.subject = x.site and y.machine = 'measure' and y.aspect = x.id::text order by y.seq desc limit 1) d on true where m.kin
    union all
    select 'disturbance', m.id, x.id, x.tier, x.scope, true, null::geometry,
      jsonb_build_object('kind', x.kind, 'by', x.by, 'severity', x.severity, 'reversible', x.reversible, 'observed', x.observed,
        'reliability', x.reliability, 'credibility', x.credibility, 'open', e.disturbance is null),
      jsonb_build_object('note', x.note, 'ended_why', e.why, 'remedy', e.remedy)
    from m join reg.disturbance x on x.site = m.member left join reg.disturbance_end e on e.disturbance = x.id where m.kin),
  settled as (
    select distinct on (d.subject, d.aspect) d.subject, api._uuid(d.aspect) as other, d.to_state, d.tier, d.scope from reg.decision d
    where d.subject = any (p_ids) and d.machine = 'duplicate' order by d.subject, d.aspect, d.seq desc)
  select f.id, f.face, f.tier, w.scope, w.what, w.id, w.tier, w.kin, jsonb_strip_nulls(case when f.exact then w.told || w.near else w.told end),
    (case when f.exact then w.area end)::geometry(geometry, 4326)
  from words w join f on f.id = w.record where w.kin or w.tier <= f.face
  union all
  select f.id, f.face, f.tier, l.scope, 'settled', l.other, l.tier, true, jsonb_build_object('state', l.to_state), null::geometry(geometry, 4326)
  from settled l join f on f.id = l.subject where l.to_state <> 'open' and l.other is not null and l.tier <= f.face
    -- of a record that this face does not show nothing lies here, not even that it was settled
    and (exists (select 1 from reg.site o where o.id = l.other and o.face = f.face) or exists (select 1 from reg.holding o where o.id = l.other and o.face = f.face))
  union all
  select e.person, e.face, e.tier, e.scope, 'unlinked', e.id, e.tier, true, '{}'::jsonb, null::geometry(geometry, 4326) from reg.person_event e
  where v_refused <> '{}' and e.person = any (p_ids) and exists (select 1 from reg.claim c where c.id = any (e.claims) and c.source = any (v_refused))
  union all
  select s.id, s.face, s.tier, s.scope, 'unlinked', s.id, s.tier, true, '{}'::jsonb, null::geometry(geometry, 4326) from reg.site s
  where v_refused <> '{}' and s.id = any (p_ids)
    and exists (select 1 from reg.claim c where c.id = (s.why->'place'->>'claim')::uuid and c.source = any (v_refused));
end $$;

create function api._beside_differences(p_ids uuid[]) returns setof api._beside_difference stable rows 200
set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return query
  with want as materialized (select w, w.record, w.face, w.what, w.id from api._beside_rows(p_ids) w),
  have as materialized (select b, b.record, b.face, b.what, b.id from reg.beside b where b.record = any (p_ids))
  select coalesce(w.record, h.record), coalesce(w.face, h.face), w.w, h.b
  from want w full join have h on h.record = w.record and h.face = w.face and h.what = w.what and h.id = w.id
  where w.record is null or h.record is null or w.w is distinct from h.b;
end $$;

-- Whether anything may stand beside any of these, or does: of most records nothing does, and their rows are resolved often.
create function api._has_beside(p_ids uuid[]) returns bool stable set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_all uuid[] := array(select m.member from api._members(p_ids) m); v_refused uuid[];
begin
  if exists (select 1 from reg.beside b where b.record = any (p_ids)) or exists (select 1 from reg.visit v where v.site = any (v_all))
    or exists (select 1 from reg.measure x where x.site = any (v_all)) or exists (select 1 from reg.disturbance x where x.site = any (v_all))
    or exists (select 1 from reg.decision d where d.subject = any (p_ids) and d.machine = 'duplicate') then return true; end if;
  v_refused := api._uses_refused('linking');
  return v_refused <> '{}' and exists (select 1 from reg.claim c where c.subject = any (v_all) and c.source = any (v_refused));
end $$;

-- What stands beside these records is what should; answers how many rows were not so. After their rows, from which it follows too.
create function api._resolve_beside(p_ids uuid[]) returns int volatile set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v api._beside_difference[]; v_wrong int := 0; i int;
begin
  -- and beside whatever was settled to be one with them, or none, or a part: that stands where both do
  p_ids := p_ids || array(select distinct d.subject from reg.decision d where d.machine = 'duplicate' and d.aspect = any (p_ids::text[]) and d.subject <> all (p_ids));
  for i in 1 .. coalesce(cardinality(p_ids), 0) by 1000 loop
    continue when not api._has_beside(p_ids[i:i + 999]);
    v := array(select d from api._beside_differences(p_ids[i:i + 999]) d);
    delete from reg.beside b using unnest(v) d
      where b.record = d.record and b.face = d.face and b.what = (d.was).what and b.id = (d.was).id;
    insert into reg.beside select (d.want).* from unnest(v) d where (d.want).record is not null;
    v_wrong := v_wrong + cardinality(v);
  end loop;
  return v_wrong;
end $$;
reset role;
