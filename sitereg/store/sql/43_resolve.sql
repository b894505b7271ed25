-- Resolving: what the rows should be, what differs from what they are, and the writing of the difference.
set role sr_writer;

-- What should stand and what stands, where the two differ: want null = a row that should be gone; was = its version, null = there is none yet;
-- kinds, relations, events = those that stand; moved = what others show of it may change.
create type api._site_difference as (id uuid, face int, want api._site_face, was int, kinds reg.site_kind[], relations reg.site_relation[], moved bool);
create type api._person_difference as (id uuid, face int, want api._person_face, was int, events reg.person_event[], moved bool);

create function api._site_differences(p_ids uuid[]) returns setof api._site_difference stable rows 200
  set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return query
  with have as materialized (select s, s.id, s.face, s.version from reg.site s where s.id = any (p_ids)),
  want as materialized (select (w.site).id as id, (w.site).face as face, w.site, w.kinds, w.relations
    from api._site_rows(p_ids, null, array(select row(h.id, h.face, h.version)::api._version from have h)) w),
  kinds as (select site, face, array_agg(k) as rows from (select k.site, k.face, k from reg.site_kind k where k.site = any (p_ids)
    order by k.site, k.face, api._rank_of_level(k.verification) desc, k.class, k.origins desc, k.kind) k group by 1, 2),
  relations as (select site, face, array_agg(r) as rows from (select r.site, r.face, r from reg.site_relation r where r.site = any (p_ids)
    order by r.site, r.face, r.kind collate "C", r.other) r group by 1, 2)
  select coalesce(w.id, h.id), coalesce(w.face, h.face), row(w.site, w.kinds, w.relations)::api._site_face, h.version, k.rows, r.rows,
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
  select coalesce(w.id, h.id), coalesce(w.face, h.face), w.w, h.version, e.rows,
    w.id is null or h.id is null or ((w.person).tier, (w.person).scope, (w.person).case_state = 'suspended_security')
      is distinct from ((h.p).tier, (h.p).scope, (h.p).case_state = 'suspended_security')
  from want w full join have h on h.id = w.id and h.face = w.face
  left join events e on e.person = coalesce(w.id, h.id) and e.face = coalesce(w.face, h.face)
  where w.id is null or h.id is null or w.person is distinct from h.p or w.events is distinct from coalesce(e.rows, '{}');
end $$;

-- Rows that stand read as these do, and each has its next version. Written out from the columns of the tables. A row is altered where it
-- stands, so that indexes, foreign keys, names as they are sought and links hear of what is new in it and of nothing else.
do $$
declare v record;
begin
  for v in select t.tbl, string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where a.attname <> all (t.key)) as columns,
      string_agg(case a.attname when 'version' then 'n.version + 1' else format('n.%I', a.attname) end, ', ' order by a.attnum) filter (where a.attname <> all (t.key)) as news,
      string_agg(format('t.%1$I = n.%1$I', a.attname), ' and ' order by a.attnum) filter (where a.attname = any (t.key)) as same
    from (values ('site', '{id,face}'::text[]), ('person', '{id,face}'), ('holding', '{id,face}'), ('site_kind', '{site,face,kind}')) t(tbl, key)
    join pg_attribute a on a.attrelid = format('reg.%I', t.tbl)::regclass and a.attnum > 0 and not a.attisdropped group by 1
  loop
    execute format($f$create function api._alter_%1$ss(p_rows reg.%1$s[]) returns void volatile set plan_cache_mode = force_generic_plan language plpgsql as $b$
      begin update reg.%1$s t set (%2$s) = row(%3$s) from unnest(p_rows) n where %4$s; end $b$ $f$, v.tbl, v.columns, v.news, v.same);
  end loop;
end $$;

-- The rows of these sites are what they should be; a version grows only where something changed. Answers the moved ones, and how
-- many rows were not as they should be. Kinds and relations that stay as they are stay where they are.
create function api._resolve_sites(p_ids uuid[], out moved uuid[], out wrong int) volatile set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v record; v_gone uuid[] := '{}'; v_faces int[] := '{}'; v_made reg.site[] := '{}'; v_other reg.site[] := '{}'; k reg.site_kind; v_old_kinds reg.site_kind[] := '{}';
        v_kinds reg.site_kind[] := '{}'; v_other_kinds reg.site_kind[] := '{}'; v_were text[]; r reg.site_relation; v_old_relations reg.site_relation[] := '{}'; v_relations reg.site_relation[] := '{}';
begin
  moved := '{}'; wrong := 0;
  for v in select d.id, d.face, d.was, d.moved, (d.want).site, coalesce((d.want).kinds, '{}') as kinds, coalesce(d.kinds, '{}') as old_kinds,
      coalesce((d.want).relations, '{}') as relations, coalesce(d.relations, '{}') as old_relations from api._site_differences(p_ids) d loop
    wrong := wrong + 1;
    if v.moved then moved := moved || v.id; end if;
    if v.was is null then v_made := v_made || v.site;
    elsif (v.site).id is null then v_gone := v_gone || v.id; v_faces := v_faces || v.face;
    else v_other := v_other || v.site; end if;
    if v.kinds <> v.old_kinds then
      v_were := '{}';
      foreach k in array v.old_kinds loop
        v_were := v_were || k.kind;
        if k.kind = any ((v.site).kinds) is not true then v_old_kinds := v_old_kinds || k; end if;
      end loop;
      foreach k in array v.kinds loop
        if not k.kind = any (v_were) then v_kinds := v_kinds || k;
        elsif not k = any (v.old_kinds) then v_other_kinds := v_other_kinds || k; end if;
      end loop;
    end if;
    if v.relations <> v.old_relations then
      foreach r in array v.old_relations loop if not r = any (v.relations) then v_old_relations := v_old_relations || r; end if; end loop;
      foreach r in array v.relations loop if not r = any (v.old_relations) then v_relations := v_relations || r; end if; end loop;
    end if;
  end loop;
  if v_old_relations <> '{}' then
    delete from reg.site_relation t using unnest(v_old_relations) o where t.site = o.site and t.face = o.face and t.kind = o.kind and t.other = o.other; end if;
  if v_old_kinds <> '{}' then delete from reg.site_kind t using unnest(v_old_kinds) o where t.site = o.site and t.face = o.face and t.kind = o.kind; end if;
  if v_gone <> '{}' then delete from reg.site t using unnest(v_gone, v_faces) o(id, face) where t.id = o.id and t.face = o.face; end if;
  if v_made <> '{}' then insert into reg.site select n.* from unnest(v_made) n; end if;
  if v_other <> '{}' then perform api._alter_sites(v_other); end if;
  if v_kinds <> '{}' then insert into reg.site_kind select n.* from unnest(v_kinds) n; end if;
  if v_other_kinds <> '{}' then perform api._alter_site_kinds(v_other_kinds); end if;
  if v_relations <> '{}' then insert into reg.site_relation select n.* from unnest(v_relations) n; end if;
end $$;

create function api._resolve_persons(p_ids uuid[], out moved uuid[], out wrong int) volatile set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v record; v_gone uuid[] := '{}'; v_faces int[] := '{}'; v_made reg.person[] := '{}'; v_other reg.person[] := '{}'; e reg.person_event;
        v_old_events reg.person_event[] := '{}'; v_events reg.person_event[] := '{}';
begin
  moved := '{}'; wrong := 0;
  for v in select d.id, d.face, d.was, d.moved, (d.want).person, coalesce((d.want).events, '{}') as events, coalesce(d.events, '{}') as old_events
      from api._person_differences(p_ids) d loop
    wrong := wrong + 1;
    if v.moved then moved := moved || v.id; end if;
    if v.was is null then v_made := v_made || v.person;
    elsif (v.person).id is null then v_gone := v_gone || v.id; v_faces := v_faces || v.face;
    else v_other := v_other || v.person; end if;
    if v.events <> v.old_events then
      foreach e in array v.old_events loop if not e = any (v.events) then v_old_events := v_old_events || e; end if; end loop;
      foreach e in array v.events loop if not e = any (v.old_events) then v_events := v_events || e; end if; end loop;
    end if;
  end loop;
  if v_old_events <> '{}' then delete from reg.person_event t using unnest(v_old_events) o where t.id = o.id and t.face = o.face; end if;
  if v_gone <> '{}' then delete from reg.person t using unnest(v_gone, v_faces) o(id, face) where t.id = o.id and t.face = o.face; end if;
  if v_made <> '{}' then insert into reg.person select n.* from unnest(v_made) n; end if;
  if v_other <> '{}' then perform api._alter_persons(v_other); end if;
  if v_events <> '{}' then insert into reg.person_event select n.* from unnest(v_events) n; end if;
end $$;

-- Of what was said, the subjects whose rows it may change: not where words alone were said that fill no slot (a note, an address), nothing
-- but what is sealed, or a rumour, of what has its rows already.
create function api._felt(p_said api._said[]) returns uuid[] stable set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_all uuid[]; v_felt uuid[];
begin
  select array_agg(distinct u.subject), array_agg(distinct u.subject) filter (where u.rumour_owner is null and not api._is_sealed(u.predicate)
      and api._slot(u.predicate, api._is_many(u.predicate), u.value, coalesce(u.item, u.id), u.object, u.object, nullif(u.at, '')::daterange,
        nullif(u.began, '')::daterange, nullif(u.ended, '')::daterange, u.geom, u.pcode) is not null) into v_all, v_felt
    from unnest(p_said) u;
  if v_all = v_felt then return v_all; end if;
  return array(select a from unnest(v_all) a where a = any (v_felt) or not exists (select 1 from reg.site s where s.id = a and s.face = 2)
    and not exists (select 1 from reg.person s where s.id = a and s.face = 2) and not exists (select 1 from reg.holding s where s.id = a and s.face = 2));
end $$;

-- Sites whose exact place must be T2 and is not: a private house, or a kind that hides its place, by a live claim no more
-- restricted than the site. Not where a disclosure of the place is in force (for a house: and is later than the claim),
-- nor for kinds of a batch whose terms say that its places are published.
create function api._unhidden(p_ids uuid[]) returns setof uuid stable set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v uuid[];
begin
  if not exists (select 1 from reg.subject s where s.id = any (p_ids) and s.kind = 'site' and s.exact_tier < 2) then return; end if;
  -- most hide nothing: their claims are looked at, and what else counts is not asked
  select g.members into v from api._gathered(p_ids) g;
  if not exists (select 1 from reg.claim c where c.subject = any (v) and c.predicate in ('building', 'kind') and (c.predicate = 'building' and api._hiding_building(c.value->>'code')
      or c.predicate = 'kind' and api._hiding_kind(c.value->>'code'))) then return; end if;
  return query select distinct s.id from api._members(p_ids) m
  join reg.subject s on s.id = m.id and s.kind = 'site' and s.exact_tier < 2
  join reg.claim c on c.subject = m.member and c.predicate in ('building', 'kind') and c.rumour_owner is null
    and (c.scope in (0, s.scope) or api._within_scope(c.scope, s.scope))
  left join api._retiered(p_ids) r on r.claim = c.id
  left join api._in_force(p_ids, '{disclosure}') d on d.subject = s.id and d.aspect = 'place' and d.to_state <> ''
  left join reg.import_batch i on i.id = c.batch
  where coalesce(r.tier, c.tier) <= greatest(s.tier, 1) and not exists (select 1 from reg.claim_end e where e.claim = c.id)
    and (c.predicate = 'building' and api._hiding_building(c.value->>'code') and (d.id is null or d.recorded_at < c.recorded_at)
         or c.predicate = 'kind' and api._hiding_kind(c.value->>'code') and d.id is null and coalesce(i.totals->>'places_published', '') <> 'true');
end $$;

-- Whose rows show something of these: by a relation, as companions, or as the site of an event.
create function api._onlookers(p_ids uuid[]) returns uuid[] stable set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v uuid[] := array(select unnest((api._gathered(p_ids)).members) union select unnest(p_ids));
begin
  return array(
    select c.subject from unnest(v) n(id) join reg.claim c on c.object = n.id and c.predicate in ('relation', 'companion')
    union
    select c.subject from unnest(v) n(id) join reg.claim c on c.value->>'site' = n.id::text and c.predicate = 'event');
end $$;

-- Locked in the order of ids, with what they became if merged; the sites of their events are held against moving meanwhile.
create function api._hold(p_ids uuid[]) returns uuid[] volatile set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v uuid[]; v_more uuid[]; v_merged bool; v_persons bool;
begin
  if p_ids = '{}' then return p_ids; end if;
  select array_agg(s.id order by s.id), bool_or(s.merged_into is not null), bool_or(s.kind = 'person') into v, v_merged, v_persons
    from reg.subject s where s.id = any (p_ids);
  if v_merged then
    v := array(select u from unnest(v) u union select api._heir(s.id) from reg.subject s where s.id = any (v) and s.merged_into is not null order by 1); end if;
  select bool_or(h.merged_into is not null) into v_merged
    from (select s.merged_into from reg.subject s where s.id = any (v) order by s.id for no key update) h;
  if v_merged then  -- it may have been merged while it was waited for
    v_more := array(select api._heir(s.id) from reg.subject s where s.id = any (v) and s.merged_into is not null);
    if not v_more <@ v then return api._hold(v || v_more); end if;
  end if;
  if v_persons then
    perform 1 from reg.subject s where s.id = any (array(select api._uuid(c.value->>'site') from reg.claim c
      where c.subject = any (v) and c.predicate = 'event')) order by s.id for share;
  end if;
  return coalesce(v, '{}');
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
      moved := moved || v.moved; wrong := wrong + v.wrong + api._resolve_beside(v_ids[i:i + 999]);
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
    return query select d.record, d.face, 'beside', case when (d.want).record is null then 'should not exist' when (d.was).record is null then 'is missing'
      else 'differs from what was seen, done and decided' end from api._beside_differences(v) d;
  end loop;
end $$;

create function api.resolve_again(p_ids uuid[] default null) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_wrong int;
begin
  perform api._need('auditor', 'admin');
  v_wrong := api._resolve(coalesce(p_ids, array(select s.id from reg.subject s))) + case when p_ids is null then api._seek_again() + api._square_again() else 0 end;
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
