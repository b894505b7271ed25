-- What the freezes in force hold. A frozen row lies in the twin of its scope: the same compartments and `frozen`, which releasers
-- of tier 2 alone hold, by rule (10_identity.sql). The twin of scope n is -1 - n, so a row goes there and comes back exactly as it
-- was; its digest is that of the row as it was (15_audit.sql, store/verification.py). Nothing but the freezes in force says what lies there.
set role sr_writer;

create function api._twin_scope() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if 'frozen' = any (new.compartments) then raise exception 'The compartment frozen is the registry''s own' using errcode = '42501'; end if;
  insert into reg.scope(id, compartments) values (-1 - new.id, array(select c from unnest(new.compartments || array['frozen']) c order by 1)) on conflict do nothing;
  return null;
end $$;

-- The sources that are frozen, and what is the same source made anew: of its origin, kind and label.
create function api._frozen_sources() returns uuid[] stable language sql as $$
  select coalesce(array_agg(distinct s.id), '{}') from api._freezes() f join reg.source o on o.id = f.source
  join reg.source s on s.origin_root = o.origin_root and s.type = o.type and s.label = o.label $$;

-- The claims of a place or an event that lie in a frozen area, of these subjects or (null) of all: the shape meets it within what it
-- is uncertain by, 5 km at most, beyond which it says little of any area; a unit that is named lies in it by half of its ground.
create function api._claims_in_areas(p_subjects uuid[]) returns table(claim uuid, subject uuid, predicate text) stable rows 1000
set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
begin
  if not exists (select 1 from api._freezes() f where f.area is not null) then return; end if;
  return query
  with a as materialized (select f.area, f.area::geography as ground, st_expand(f.area, 0.2) as box from api._freezes() f where f.area is not null),
  u as materialized (select distinct n.pcode, n.edition from a join reg.admin_unit n on n.geom && a.area
    and st_area(st_intersection(st_makevalid(n.geom), a.area)) >= st_area(n.geom) / 2)
  select c.id, c.subject, c.predicate from reg.claim c
  where c.predicate in ('place', 'event') and (p_subjects is null or c.subject = any (p_subjects)) and case
    when c.pcode is not null and (c.geom is null or c.place_kind = 'admin_unit') then exists (select 1 from u where u.pcode = c.pcode and u.edition = c.edition)
    when c.geom is not null then exists (select 1 from a where c.geom && a.box
      and st_dwithin(c.geom::geography, a.ground, least(coalesce(c.uncertainty_m, 0), 5000))) end;
end $$;

-- Of these subjects, each standing by itself, those that are frozen whole: named by a freeze, or carrying an identifier of one that
-- is (a newer export of it); with a place in a frozen area; part of what is frozen; known from frozen sources alone.
create function api._due_subjects(p_heirs uuid[]) returns table(id uuid) stable rows 1000 set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare v_sources uuid[] := api._frozen_sources(); v_all uuid[] := array(select m.member from api._members(p_heirs) m);
begin
  return query
  with m as materialized (select * from api._members(p_heirs)),
  named as materialized (select m.id, m.member from api._members(array(select api._heir(f.subject) from api._freezes() f where f.subject is not null)) m),
  marks as materialized (select c.value->>'scheme' as scheme, c.value->>'value' as mark from named n join reg.claim c on c.subject = n.member and c.predicate = 'external_id')
  select n.id from named n where n.id = any (p_heirs)
  union select m.id from api._claims_in_areas(v_all) a join m on m.member = a.subject
    where a.predicate = 'place' and not exists (select 1 from reg.claim_end e where e.claim = a.claim)
  union select m.id from m join reg.claim c on c.subject = m.member and c.predicate = 'external_id'
    join marks k on k.scheme = c.value->>'scheme' and k.mark = c.value->>'value' where not exists (select 1 from reg.claim_end e where e.claim = c.id)
  union select m.id from m join reg.claim c on c.subject = m.member and c.predicate = 'relation' and c.value->>'kind' = 'part_of'
    join reg.subject o on o.id = c.object and o.scope < 0
    where c.rumour_owner is null and not exists (select 1 from reg.claim_end e where e.claim = c.id) and api._heir(o.id) <> m.id
  union select m.id from m join reg.claim c on c.subject = m.member and c.rumour_owner is null
    where v_sources <> '{}' and not exists (select 1 from reg.claim_end e where e.claim = c.id) group by m.id having bool_and(c.source = any (v_sources));
end $$;

-- The claims of these subjects that lie, or do not lie, in the compartment against what the freezes in force say: frozen are those of
-- a frozen subject or source, those that name a frozen subject, and events in a frozen area.
create function api._claims_astray(p_subjects uuid[]) returns table(claim uuid) stable rows 1000 set plan_cache_mode = force_custom_plan language plpgsql as $$
declare v_sources uuid[] := api._frozen_sources();
begin
  return query
  with a as materialized (select x.claim from api._claims_in_areas(p_subjects) x where x.predicate = 'event')
  select c.id from reg.claim c join reg.subject s on s.id = c.subject left join a on a.claim = c.id
  left join reg.subject o on o.id = case when c.predicate in ('relation', 'companion') then c.object when c.predicate = 'event' then api._uuid(c.value->>'site') end
  where c.subject = any (p_subjects) and (c.scope < 0) <> (s.scope < 0 or a.claim is not null or coalesce(o.scope < 0, false) or c.source = any (v_sources));
end $$;

-- These subjects, and whatever shows something of those that move, lie where the freezes in force say, with all that is told of them.
create function api._freeze_among(p_ids uuid[]) returns void volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_next uuid[] := p_ids; v_heirs uuid[]; v_all uuid[]; v_flip uuid[]; v_moved uuid[] := '{}'; v_seen uuid[] := '{}'; v_claims uuid[]; v_reports uuid[];
begin
  loop
    v_heirs := array(select distinct api._heir(s.id) from reg.subject s where s.id = any (v_next));
    v_all := array(select m.member from api._members(v_heirs) m);
    perform 1 from reg.subject s where s.id = any (v_all) order by s.id for no key update;
    v_flip := array(select s.id from api._members(v_heirs) m join reg.subject s on s.id = m.member
      left join api._due_subjects(v_heirs) d on d.id = m.id where (s.scope < 0) <> (d.id is not null));
    update reg.subject s set scope = -1 - s.scope where s.id = any (v_flip);
    v_seen := v_seen || v_all; v_moved := v_moved || v_flip;
    exit when v_flip = '{}';
    v_next := api._onlookers(v_flip);
  end loop;
  v_seen := array(select distinct x from unnest(v_seen) x);
  v_claims := array(select a.claim from api._claims_astray(v_seen) a);
  update reg.claim c set scope = -1 - c.scope where c.id = any (v_claims);
  if v_moved <> '{}' then perform api._move_faces(v_moved); end if;
  if v_moved <> '{}' or v_claims <> '{}' then perform api._move_with(v_moved, v_claims); end if;
  -- a record resolves anew where a claim is frozen and the record is not, or was so before
  v_all := array(select c.subject from reg.claim c where c.id = any (v_claims) except select x from unnest(v_moved) x);
  v_claims := array(select c.id from reg.claim c where c.subject = any (v_moved) and c.scope < 0 except select x from unnest(v_claims) x);
  v_all := v_all || array(select distinct c.subject from reg.claim c where c.id = any (v_claims));
  if v_all <> '{}' then perform api._resolve(v_all); end if;
end $$;

-- The rows that faces are read from follow their subjects.
create function api._move_faces(p_moved uuid[]) returns void volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  for v in select * from (values ('site', 'id'), ('site_kind', 'site'), ('site_relation', 'site'), ('holding', 'id'), ('person', 'id'), ('person_event', 'person')) t(tbl, col) loop
    execute format('update reg.%1$I t set scope = s.scope from reg.subject s where s.id = t.%2$I and s.id = any ($1) and t.scope <> s.scope', v.tbl, v.col) using p_moved;
  end loop;
end $$;

-- What is told of subjects and claims that moved goes with them: decisions, proposals, inquiries, visits, measures, disturbances,
-- sealed words, keys of names, rows of imports, documents, tasks.
create function api._move_with(p_moved uuid[], p_claims uuid[]) returns void volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record; v_names text[] := p_moved::text[];
begin
  for v in select * from (values ('decision', 'subject'), ('proposal', 'subject'), ('inquiry', 'subject'), ('sealed', 'subject')) t(tbl, col) loop
    execute format('update reg.%1$I t set scope = -1 - t.scope from reg.subject s where s.id = t.%2$I and s.id = any ($1) and (t.scope < 0) <> (s.scope < 0)', v.tbl, v.col)
      using p_moved;
  end loop;
  for v in select * from (values ('decision'), ('proposal')) t(tbl) loop
    execute format('update reg.%1$I t set scope = -1 - t.scope from reg.subject s, reg.subject o where s.id = t.subject and t.machine = ''merge'' and o.id::text = t.value->>''survivor''
      and t.value->>''survivor'' = any ($1) and (t.scope < 0) <> (s.scope < 0 or o.scope < 0)', v.tbl) using v_names;
  end loop;
  update reg.sealed t set scope = -1 - t.scope from reg.claim c where c.id = any (p_claims) and t.id = c.sealed and (t.scope < 0) <> (c.scope < 0);
  update reg.name_key t set scope = -1 - t.scope from reg.claim c where c.id = any (p_claims) and t.claim = c.id and (t.scope < 0) <> (c.scope < 0);
  update reg.import_row t set scope = -1 - t.scope from (
    select r.batch, r.part, r.row_no, bool_or(c.scope < 0) or coalesce(bool_or(s.scope < 0), false) as frozen
    from (select distinct c.batch, c.part, c.row_no from reg.claim c where c.id = any (p_claims) and c.batch is not null
          union select s.batch, r.part, r.row_no from reg.subject s join reg.import_row r on r.batch = s.batch and r.subject = s.id where s.id = any (p_moved)) r
    join reg.claim c on c.batch = r.batch and c.part is not distinct from r.part and c.row_no = r.row_no
    left join reg.subject s on s.id = c.subject group by 1, 2, 3) x
  where t.batch = x.batch and t.part is not distinct from x.part and t.row_no = x.row_no and (t.scope < 0) <> x.frozen;
  perform api._move_observed(p_moved, '{}');
  perform api._move_documents();
  perform api._move_tasks();
end $$;

-- What was observed and done at places: with its place, and with the source that told it; what stands beside the places follows.
create function api._move_observed(p_sites uuid[], p_sources uuid[]) returns void volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  for v in select * from (values ('visit'), ('measure'), ('disturbance')) t(tbl) loop
    execute format('update reg.%1$I t set scope = -1 - t.scope from reg.subject s where s.id = t.site and (t.site = any ($1) or t.source = any ($2))
      and (t.scope < 0) <> (s.scope < 0 or exists (select 1 from reg.source o where o.id = t.source and o.scope < 0))', v.tbl) using p_sites, p_sources;
  end loop;
  perform api._resolve_beside(array(select distinct api._heir(s) from (select unnest(p_sites) as s
    union select t.site from reg.visit t where t.source = any (p_sources) union select t.site from reg.measure t where t.source = any (p_sources)
    union select t.site from reg.disturbance t where t.source = any (p_sources)) x));
end $$;

-- Documents that a frozen claim or visit rests on, with what they were made from, what was made from them, and their pages.
create function api._frozen_documents() returns table(id uuid) stable language sql as $$
  with recursive met as (
    select distinct c.document as id from reg.claim c where c.scope < 0 and c.document is not null
    union select d from reg.visit v, unnest(v.documents) d where v.scope < 0
    union select n.id from met cross join lateral (
      select d.derived_from as id from reg.document d where d.id = met.id and d.derived_from is not null
      union all select d.id from reg.document d where d.derived_from = met.id
      union all select p.image from reg.document_page p where p.document = met.id) n)
  select met.id from met $$;

create function api._move_documents() returns void volatile set search_path = pg_catalog, public, pg_temp language sql as $$
  with due as materialized (select f.id from api._frozen_documents() f)
  update reg.document d set scope = -1 - d.scope where (d.scope < 0) <> exists (select 1 from due where due.id = d.id) $$;

-- Tasks about a frozen subject, claim, report or freeze.
create function api._move_tasks() returns void volatile set search_path = pg_catalog, public, pg_temp language sql as $$
  update reg.task t set scope = -1 - t.scope where (t.scope < 0) <> (t.data ? 'freezing'
    or exists (select 1 from reg.subject s where s.id = t.subject and s.scope < 0)
    or exists (select 1 from reg.claim c where c.id = api._uuid(t.data->>'claim') and c.scope < 0)
    or exists (select 1 from reg.report r where r.id = api._uuid(t.data->>'report') and r.scope < 0)) $$;

-- The sources, with what was changed in their terms, the receipts and observations that rest on them; and reports of a frozen source,
-- in a frozen area or about what is frozen. Answers whether anything moved.
create function api._freeze_sources() returns void volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid[]; v_frozen uuid[] := api._frozen_sources();
begin
  with moved as (update reg.source s set scope = -1 - s.scope where (s.scope < 0) <> (s.id = any (v_frozen)) returning s.id)
  select array_agg(m.id) into v from moved m;
  if v is null then return; end if;
  update reg.terms_change t set scope = -1 - t.scope where t.source = any (v);
  update reg.entry t set scope = -1 - t.scope where t.source = any (v);
  perform api._move_observed('{}', v);
end $$;

create function api._freeze_reports() returns void volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid[] := array(select r.id from reg.report r where (r.scope < 0) <> api._report_due(r));
begin
  if v = '{}' then return; end if;
  update reg.report r set scope = -1 - r.scope where r.id = any (v);
  update reg.sealed t set scope = -1 - t.scope from reg.report r where r.id = any (v) and t.id = r.sealed and (t.scope < 0) <> (r.scope < 0);
  perform api._move_tasks();
end $$;

create function api._report_due(r reg.report) returns bool stable language sql as $$
  select exists (select 1 from reg.source s where s.id = (r).source and s.scope < 0)
    or exists (select 1 from reg.report_step t join reg.subject s on s.id = t.subject where t.report = (r).id and s.scope < 0)
    or exists (select 1 from reg.report_step t join reg.claim c on c.id = any (t.claims) where t.report = (r).id and c.scope < 0)
    or exists (select 1 from api._freezes() f where f.area is not null and st_dwithin((r).geom::geography, f.area::geography, least((r).uncertainty_m, 5000))) $$;

-- Whom a freeze meets at first: the subjects of which some claim, or all, fall under it.
create function api._met_by(f reg.freezing) returns uuid[] stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if (f).subject is not null then
    return array(select m.member from api._members(array[api._heir((f).subject)]) m union select o.subject from api._members(array[api._heir((f).subject)]) m
      join reg.claim c on c.subject = m.member and c.predicate = 'external_id'
      join reg.claim o on o.predicate = 'external_id' and o.value->>'scheme' = c.value->>'scheme' and o.value->>'value' = c.value->>'value');
  end if;
  if (f).source is not null then
    return array(select distinct c.subject from reg.claim c where c.source = any (api._frozen_sources())); end if;
  return array(select distinct a.subject from api._claims_in_areas(null) a);
end $$;

-- What came with an event falls at once under the freezes in force. Called with the head of the chain held (15_audit.sql).
create function api._freeze_event(p_event uuid) returns void volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid[];
begin
  v := array(select c.subject from reg.claim c where c.event = p_event
    union select c.subject from reg.claim_end e join reg.claim c on c.id = e.claim where e.event = p_event
    union select d.subject from reg.decision d where d.event = p_event and d.machine in ('merge', 'split'));
  perform api._freeze_sources();
  if v <> '{}' then perform api._freeze_among(v); end if;
  if exists (select 1 from reg.document d where d.event = p_event) or exists (select 1 from reg.document_page p where p.event = p_event)
     or exists (select 1 from reg.visit x where x.event = p_event) then perform api._move_documents(); end if;
  if v <> '{}' or exists (select 1 from reg.report r where r.event = p_event) or exists (select 1 from reg.report_step t where t.event = p_event) then
    perform api._freeze_reports(); end if;
end $$;

-- Whether an event of the chain was about something that is frozen now, or about a freeze in force.
create function api._of_frozen(p_object uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return api._any_freeze() and (exists (select 1 from reg.subject s where s.id = p_object and s.scope < 0)
    or exists (select 1 from reg.claim c where c.id = p_object and c.scope < 0) or exists (select 1 from reg.source s where s.id = p_object and s.scope < 0)
    or exists (select 1 from reg.document d where d.id = p_object and d.scope < 0) or exists (select 1 from reg.report r where r.id = p_object and r.scope < 0)
    or exists (select 1 from api._freezes() f where f.id = p_object));
end $$;

-- Rows that lie in the compartment without a freeze in force that holds them, or outside although one does.
create function api._freeze_faults() returns table(problem text, tbl text, id text, event uuid) stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_all uuid[] := array(select s.id from reg.subject s); v_frozen uuid[] := api._frozen_sources(); v_heirs uuid[];
begin
  if not api._any_freeze() and not exists (select 1 from reg.subject s where s.scope < 0) and not exists (select 1 from reg.claim c where c.scope < 0)
     and not exists (select 1 from reg.source s where s.scope < 0) and not exists (select 1 from reg.document d where d.scope < 0) then return; end if;
  v_heirs := array(select s.id from reg.subject s where s.merged_into is null);
  return query select 'does not lie where the freezes in force say', x.tbl, x.id::text, null::uuid from (
    select 'subject' as tbl, s.id from api._members(v_heirs) m join reg.subject s on s.id = m.member left join api._due_subjects(v_heirs) d on d.id = m.id
      where (s.scope < 0) <> (d.id is not null)
    union all select 'claim', a.claim from api._claims_astray(v_all) a
    union all select 'source', s.id from reg.source s where (s.scope < 0) <> (s.id = any (v_frozen))
    union all select 'decision', d.id from reg.decision d join reg.subject s on s.id = d.subject where d.machine <> 'merge' and (d.scope < 0) <> (s.scope < 0)
    union all select 'inquiry', i.id from reg.inquiry i join reg.subject s on s.id = i.subject where (i.scope < 0) <> (s.scope < 0)
    union all select 'task', t.id from reg.task t join reg.subject s on s.id = t.subject where s.scope < 0 and t.scope >= 0
    union all select 'report', r.id from reg.report r where (r.scope < 0) <> api._report_due(r)
    union all select 'document', d.id from reg.document d where (d.scope < 0) <> exists (select 1 from api._frozen_documents() f where f.id = d.id)) x;
end $$;
reset role;
create trigger e_twin after insert on reg.scope for each row when (new.id >= 0) execute function api._twin_scope();
insert into reg.scope(id, compartments) select -1 - s.id, array(select c from unnest(s.compartments || array['frozen']) c order by 1)
  from reg.scope s where s.id >= 0 on conflict do nothing;
