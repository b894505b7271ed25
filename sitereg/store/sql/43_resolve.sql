-- Resolving: what the rows should be, what differs from what they are, and the writing of the difference.
set role sr_writer;

-- What should stand and what stands, where the two differ: want null = a row that should be gone; was = its version;
-- moved = what others show of it may change.
create type api._site_difference as (id uuid, face int, want api._site_face, was int, moved bool);
create type api._person_difference as (id uuid, face int, want api._person_face, was int, moved bool);

create function api._site_differences(p_ids uuid[]) returns setof api._site_difference stable rows 200
  set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return query
  with want as materialized (select w, (w.site).id as id, (w.site).face as face, w.site, w.kinds, w.relations from api._site_rows(p_ids) w),
  have as materialized (select s, s.id, s.face, s.version from reg.site s where s.id = any (p_ids)),
  kinds as (select site, face, array_agg(k) as rows from (select k.site, k.face, k from reg.site_kind k
    join vocab.verification_level l on l.code = k.verification where k.site = any (p_ids)
    order by k.site, k.face, (l.attrs->>'rank')::int desc, k.class, k.origins desc, k.kind) k group by 1, 2),
  relations as (select site, face, array_agg(r) as rows from (select r.site, r.face, r from reg.site_relation r where r.site = any (p_ids)
    order by r.site, r.face, r.kind, r.other) r group by 1, 2)
  select coalesce(w.id, h.id), coalesce(w.face, h.face), w.w, h.version,
    w.id is null or h.id is null or ((w.site).tier, (w.site).scope, (w.site).shown, (w.site).centre, (w.site).shown_as, (w.site).uncertainty_m)
      is distinct from ((h.s).tier, (h.s).scope, (h.s).shown, (h.s).centre, (h.s).shown_as, (h.s).uncertainty_m)
  from want w full join have h on h.id = w.id and h.face = w.face
  left join kinds k on k.site = coalesce(w.id, h.id) and k.face = coalesce(w.face, h.face)
  left join relations r on r.site = coalesce(w.id, h.id) and r.face = coalesce(w.face, h.face)
  where w.id is null or h.id is null or w.site is distinct from h.s
     or w.kinds is distinct from coalesce(k.rows, '{}') or w.relations is distinct from coalesce(r.rows, '{}');
end $$;

create function api._person_differences(p_ids uuid[]) returns setof api._person_difference stable rows 200
  set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return query
  with want as materialized (select w, (w.person).id as id, (w.person).face as face, w.person, w.events from api._person_rows(p_ids) w),
  have as materialized (select p, p.id, p.face, p.version from reg.person p where p.id = any (p_ids)),
  events as (select e.person, e.face, array_agg(e order by e.id) as rows from reg.person_event e where e.person = any (p_ids) group by 1, 2)
  select coalesce(w.id, h.id), coalesce(w.face, h.face), w.w, h.version,
    w.id is null or h.id is null or ((w.person).tier, (w.person).scope, (w.person).case_state = 'suspended_security')
      is distinct from ((h.p).tier, (h.p).scope, (h.p).case_state = 'suspended_security')
  from want w full join have h on h.id = w.id and h.face = w.face
  left join events e on e.person = coalesce(w.id, h.id) and e.face = coalesce(w.face, h.face)
  where w.id is null or h.id is null or w.person is distinct from h.p or w.events is distinct from coalesce(e.rows, '{}');
end $$;

-- The rows of these sites are what they should be; a version grows only where something changed. Answers the moved ones, and how
-- many rows were not as they should be.
create function api._resolve_sites(p_ids uuid[], out moved uuid[], out wrong int) volatile set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v api._site_difference[] := array(select d from api._site_differences(p_ids) d); v_ids uuid[]; v_faces int[];
begin
  moved := '{}'; wrong := cardinality(v);
  if wrong = 0 then return; end if;
  select array_agg(d.id), array_agg(d.face) into v_ids, v_faces from unnest(v) d;
  delete from reg.site_relation t where t.site = any (v_ids) and exists (select 1 from unnest(v_ids, v_faces) d(id, face) where t.site = d.id and t.face = d.face);
  delete from reg.site_kind t where t.site = any (v_ids) and exists (select 1 from unnest(v_ids, v_faces) d(id, face) where t.site = d.id and t.face = d.face);
  delete from reg.site t where t.id = any (v_ids) and exists (select 1 from unnest(v_ids, v_faces) d(id, face) where t.id = d.id and t.face = d.face);
  insert into reg.site select n.* from unnest(v) d cross join lateral
    jsonb_populate_record((d.want).site, jsonb_build_object('version', coalesce(d.was, 0) + 1)) n where ((d.want).site).id is not null;
  insert into reg.site_kind select k.* from unnest(v) d cross join lateral unnest((d.want).kinds) k;
  insert into reg.site_relation select r.* from unnest(v) d cross join lateral unnest((d.want).relations) r;
  moved := array(select distinct d.id from unnest(v) d where d.moved);
end $$;

create function api._resolve_persons(p_ids uuid[], out moved uuid[], out wrong int) volatile set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v api._person_difference[] := array(select d from api._person_differences(p_ids) d); v_ids uuid[]; v_faces int[];
begin
  moved := '{}'; wrong := cardinality(v);
  if wrong = 0 then return; end if;
  select array_agg(d.id), array_agg(d.face) into v_ids, v_faces from unnest(v) d;
  delete from reg.person_event t where t.person = any (v_ids) and exists (select 1 from unnest(v_ids, v_faces) d(id, face) where t.person = d.id and t.face = d.face);
  delete from reg.person t where t.id = any (v_ids) and exists (select 1 from unnest(v_ids, v_faces) d(id, face) where t.id = d.id and t.face = d.face);
  insert into reg.person select n.* from unnest(v) d cross join lateral
    jsonb_populate_record((d.want).person, jsonb_build_object('version', coalesce(d.was, 0) + 1)) n where ((d.want).person).id is not null;
  insert into reg.person_event select e.* from unnest(v) d cross join lateral unnest((d.want).events) e;
  moved := array(select distinct d.id from unnest(v) d where d.moved);
end $$;

-- Sites whose exact place must be T2 and is not: a private house, or a kind that hides its place, by a live claim no more
-- restricted than the site. Not where a disclosure of the place is in force (for a house: and is later than the claim),
-- nor for kinds of a batch whose terms say that its places are published.
create function api._unhidden(p_ids uuid[]) returns setof uuid stable set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  if not exists (select 1 from reg.subject s where s.id = any (p_ids) and s.kind = 'site' and s.exact_tier < 2) then return; end if;
  return query select distinct s.id from api._members(p_ids) m
  join reg.subject s on s.id = m.id and s.kind = 'site' and s.exact_tier < 2
  join reg.claim c on c.subject = m.member and c.predicate in ('building', 'kind') and c.rumour_owner is null
    and (c.scope in (0, s.scope) or api._within_scope(c.scope, s.scope))
  left join api._retiered(p_ids) r on r.claim = c.id
  left join vocab.site_kind k on c.predicate = 'kind' and k.code = c.value->>'code' and (k.attrs->>'hides_place')::bool
  left join vocab.building b on c.predicate = 'building' and b.code = c.value->>'code' and (b.attrs->>'hides_place')::bool
  left join api._in_force(p_ids, '{disclosure}') d on d.subject = s.id and d.aspect = 'place' and d.to_state <> ''
  left join reg.import_batch i on i.id = c.batch
  where coalesce(r.tier, c.tier) <= greatest(s.tier, 1) and not exists (select 1 from reg.claim_end e where e.claim = c.id)
    and (b.code is not null and (d.id is null or d.recorded_at < c.recorded_at)
         or k.code is not null and d.id is null and coalesce(i.totals->>'places_published', '') <> 'true');
end $$;

-- Whose rows show something of these: by a relation, as companions, or as the site of an event.
create function api._onlookers(p_ids uuid[]) returns uuid[] stable set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v uuid[] := array(select m.member from api._members(p_ids) m union select unnest(p_ids));
begin
  return array(
    select c.subject from unnest(v) n(id) join reg.claim c on c.object = n.id and c.predicate in ('relation', 'companion')
    union
    select c.subject from unnest(v) n(id) join reg.claim c on c.value->>'site' = n.id::text and c.predicate = 'event');
end $$;

-- Locked in the order of ids, with what they became if merged; the sites of their events are held against moving meanwhile.
create function api._hold(p_ids uuid[]) returns uuid[] volatile set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v uuid[] := array(select distinct x.id from (select unnest(p_ids) as id union
  select api._heir(s.id) from reg.subject s where s.id = any (p_ids) and s.merged_into is not null) x where x.id is not null order by 1);
begin
  perform 1 from reg.subject s where s.id = any (v) order by s.id for no key update;
  perform 1 from reg.subject s where s.id = any (array(select api._uuid(c.value->>'site') from reg.claim c
    where c.subject = any (v) and c.predicate = 'event')) order by s.id for share;
  return v;
end $$;

-- The resolved records of these subjects, and of those that show something of them, follow from claims and decisions; answers how
-- many rows were not as they should be.
create function api._resolve(p_ids uuid[]) returns int volatile
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record; v_ids uuid[] := api._hold(p_ids); v_unhidden uuid[] := array(select u from api._unhidden(v_ids) u);
        v_wrong int := cardinality(v_unhidden); v_more record;
begin
  if v_wrong > 0 then update reg.subject s set exact_tier = 2 where s.id = any (v_unhidden); end if;
  v := api._resolve_chunks(v_ids);
  if cardinality(v.moved) > 0 then v_more := api._resolve_chunks(api._hold(api._onlookers(v.moved))); v_wrong := v_wrong + v_more.wrong; end if;
  return v_wrong + v.wrong;
end $$;

-- A thousand at a time, sites before the persons whose events, and the records whose places, show them.
create function api._resolve_chunks(p_ids uuid[], out moved uuid[], out wrong int) volatile set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_kind text; v_ids uuid[]; v record; i int;
begin
  moved := '{}'; wrong := 0;
  for v_kind, v_ids in select s.kind, array_agg(s.id order by s.id) from reg.subject s where s.id = any (p_ids)
      group by s.kind order by array_position('{site,person,holding}', s.kind) loop
    for i in 1 .. cardinality(v_ids) by 1000 loop
      if v_kind = 'site' then v := api._resolve_sites(v_ids[i:i + 999]);
      elsif v_kind = 'person' then v := api._resolve_persons(v_ids[i:i + 999]); else v := api._resolve_holdings(v_ids[i:i + 999]); end if;
      moved := moved || v.moved; wrong := wrong + v.wrong;
    end loop;
  end loop;
end $$;

-- Rows that do not follow from claims and decisions any more, of these subjects or (null) of all.
create function api._resolved_differences(p_ids uuid[] default null) returns table(subject uuid, face int, row_of text, problem text)
stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_ids uuid[] := coalesce(p_ids, array(select s.id from reg.subject s order by s.id)); v uuid[]; i int;
begin
  for i in 1 .. cardinality(v_ids) by 1000 loop
    v := v_ids[i:i + 999];
    return query select u, null::int, 'subject', 'its exact place should be T2' from api._unhidden(v) u;
    return query select d.id, d.face, 'site', case when ((d.want).site).id is null then 'should not exist' when d.was is null then 'is missing'
      else 'differs from what its claims and decisions say' end from api._site_differences(v) d;
    return query select d.id, d.face, 'person', case when ((d.want).person).id is null then 'should not exist' when d.was is null then 'is missing'
      else 'differs from what its claims and decisions say' end from api._person_differences(v) d;
    return query select d.id, d.face, 'holding', case when (d.want).id is null then 'should not exist' when d.was is null then 'is missing'
      else 'differs from what its claims and decisions say' end from api._holding_differences(v) d;
  end loop;
end $$;

create function api.resolve_again(p_ids uuid[] default null) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_wrong int;
begin
  perform api._need('auditor', 'admin');
  v_wrong := api._resolve(coalesce(p_ids, array(select s.id from reg.subject s))) + case when p_ids is null then api._seek_again() else 0 end;
  perform api._close_event(v_event, 'resolve_again', null, format('%s rows did not follow from claims and decisions', v_wrong));
  return v_wrong;
end $$;
comment on function api.resolve_again(uuid[]) is
  'The resolved records of these subjects (null: of all) follow from claims and decisions again; how many rows did not.';

create function api.keeper_portions(p_size int default 1000) returns table(ids uuid[])
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._keeper();
  return query select array_agg(n.id) from (select s.id, s.kind, row_number() over (partition by s.kind order by s.id) as n from reg.subject s) n
    group by n.kind, (n.n - 1) / greatest(p_size, 1) order by n.kind = 'person', min(n.n);
end $$;
comment on function api.keeper_portions(int) is
  'The ids of all subjects in portions of at most so many, persons last: for resolve_again by several connections at a time.';
reset role;
