-- Counts that the keeper keeps beforehand: for each tier and set of compartments that somebody holds, by 64 parts of the sites of that face alone.
-- What changes is marked with its transaction, its tiers and its compartments, as a caller hears of it: a part is right for him as long as the
-- snapshot in which it was counted saw every mark that he hears of. What is not right is counted on the spot, from its own sites; so nothing
-- is ever old, and what others record above him makes nothing slower. At each upgrade nothing is kept.
set role sr_owner;
truncate reg.kept_count, reg.count_mark;
grant select, insert, update, delete on reg.kept_count, reg.count_mark to sr_writer;  -- before 99: what catches up (98) marks already
set role sr_writer;

create function api._part_of(p_site uuid) returns int immutable parallel safe language sql as $$ select get_byte(uuid_send(p_site), 15) & 63 $$;
create function api._top_of(p_id uuid, p_into uuid) returns uuid stable language sql as $$ select case when p_into is null then p_id else api._heir(p_id) end $$;

-- The tier at which a claim counts by what was decided, whether its source is silenced or not: that stands beside each row.
create function api._tier_told(p_claim uuid, p_subject uuid, p_into uuid, p_tier int) returns int stable set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  if p_into is null and not exists (select 1 from reg.decision d where d.subject = p_subject and d.machine in ('disclosure', 'tier'))
    and not exists (select 1 from reg.subject s where s.merged_into = p_subject) then return p_tier; end if;
  return coalesce((select r.tier from api._decided_tiers(array[api._top_of(p_subject, p_into)]) r where r.claim = p_claim), p_tier);
end $$;

create function api._mark_faces() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if tg_table_name = 'site' then
    insert into reg.count_mark(xid, of, subject, lo, hi, scope) select distinct pg_current_xact_id()::text::bigint, 'face', m.id, m.face, m.face + 1, m.scope from moved m;
  else
    insert into reg.count_mark(xid, of, lo, hi, scope) select distinct pg_current_xact_id()::text::bigint, 'face', m.face, m.face + 1, m.scope from moved m;
  end if;
  return null;
end $$;

-- Of sites alone, for those who may see the claim as it counts now; what is new counts as it was recorded.
create function api._mark_claims() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into reg.count_mark(xid, of, subject, lo, hi, scope)
  select distinct pg_current_xact_id()::text::bigint, 'claim', api._top_of(s.id, s.merged_into), c.tier, 3, c.scope
    from (select m.subject, case when tg_op = 'INSERT' then m.tier else api._tier_told(m.id, m.subject, o.merged_into, m.tier) end as tier, m.scope
      from moved m left join reg.subject o on o.id = m.subject and tg_op <> 'INSERT' where m.predicate <> 'relation' and m.rumour_owner is null group by 1, 2, 3) c
    join reg.subject s on s.id = c.subject and s.kind = 'site';
  return null;
end $$;

create function api._mark_ends() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into reg.count_mark(xid, of, subject, lo, hi, scope)
  select distinct pg_current_xact_id()::text::bigint, 'claim', api._top_of(s.id, s.merged_into), api._tier_told(c.id, s.id, s.merged_into, c.tier), 3, c.scope
    from moved m join reg.claim c on c.id = m.claim and c.predicate <> 'relation' join reg.subject s on s.id = c.subject and s.kind = 'site';
  return null;
end $$;

create function api._mark_visits() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into reg.count_mark(xid, of, subject, lo, hi, scope)
  select distinct pg_current_xact_id()::text::bigint, 'visit', api._top_of(s.id, s.merged_into), m.tier, 3, m.scope from moved m join reg.subject s on s.id = m.site;
  return null;
end $$;

create function api._mark_decisions() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into reg.count_mark(xid, of, subject, lo, hi, scope)
  select distinct pg_current_xact_id()::text::bigint, 'decision', m.subject, m.tier, 3, m.scope from moved m where m.machine in ('verification', 'protection');
  return null;
end $$;

-- A restriction, a disclosure, or what takes one back: for those tiers between what a claim counted as before and what it counts as now.
create function api._mark_tiers() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if not exists (select 1 from moved m where m.machine in ('tier', 'disclosure')) then return null; end if;
  insert into reg.count_mark(xid, of, subject, lo, hi, scope)
  with top as materialized (select distinct api._top_of(s.id, s.merged_into) as id from moved m join reg.subject s on s.id = m.subject and s.kind = 'site'
    where m.machine in ('tier', 'disclosure')),
  members as materialized (select * from api._members(array(select t.id from top t))),
  was as materialized (select api._uuid(n.claim) as claim, coalesce(max((d.value->>'tier')::int) filter (where d.machine = 'tier'), 0) as tier
    from (select distinct on (x.subject, x.machine, x.aspect) x.* from reg.decision x where x.subject in (select b.member from members b)
      and x.machine in ('disclosure', 'tier') and x.id not in (select m.id from moved m) order by x.subject, x.machine, x.aspect, x.seq desc) d
    cross join lateral api._named_claims(d.machine, d.value) n where d.machine = 'disclosure' or d.value ? 'tier' group by 1),
  now as materialized (select d.claim, d.tier from api._decided_tiers(array(select t.id from top t)) d)
  select distinct pg_current_xact_id()::text::bigint, 'claim', b.id, least(x.was, x.now), greatest(x.was, x.now), c.scope
    from (select coalesce(w.claim, n.claim) as claim, w.tier as was_tier, n.tier as now_tier from was w full join now n on n.claim = w.claim) y
    join reg.claim c on c.id = y.claim join members b on b.member = c.subject
    cross join lateral (select coalesce(y.was_tier, c.tier) as was, coalesce(y.now_tier, c.tier) as now) x where x.was <> x.now;
  return null;
end $$;

-- Sites that become one, or two again: all that was said, decided and seen of the one counts with another. What each decided counts alone at one
-- time and jointly at the other; of what was said of those that stay, that alone is news.
create function api._mark_merges() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_of uuid[] := api._merged_in(new.id); v_tops uuid[]; v_all uuid[];
begin
  if new.kind <> 'site' then return null; end if;
  v_tops := array(select api._heir(x) from unnest(array[new.id, new.merged_into, old.merged_into]) x where x is not null union select new.id);
  v_all := array(select m.member from api._members(v_tops) m union select unnest(v_of));
  insert into reg.count_mark(xid, of, subject, lo, hi, scope)
  with told as materialized (select d.subject = any (v_of) as moved, d.machine, case d.machine when 'tier' then (d.value->>'tier')::int end as tier, api._uuid(n.claim) as claim
    from api._in_force(v_all, '{disclosure,tier}') d cross join lateral api._named_claims(d.machine, d.value) n where d.machine = 'disclosure' or d.value ? 'tier'),
  counts as (select c.scope, c.subject = any (v_of) as moved, coalesce(t.joint, c.tier) as joint, coalesce(case when c.subject = any (v_of) then t.there else t.here end, c.tier) as alone
    from reg.claim c left join (select t.claim, coalesce(max(t.tier) filter (where t.machine = 'tier'), 0) as joint,
        case when bool_or(t.moved) then coalesce(max(t.tier) filter (where t.moved and t.machine = 'tier'), 0) end as there,
        case when not bool_and(t.moved) then coalesce(max(t.tier) filter (where not t.moved and t.machine = 'tier'), 0) end as here from told t group by 1) t on t.claim = c.id
    where c.subject = any (v_of) or t.claim is not null and c.subject = any (v_all))
  select distinct pg_current_xact_id()::text::bigint, 'claim', t.id, r.lo, r.hi, r.scope from unnest(v_tops) t(id) cross join (
    select least(c.joint, c.alone) as lo, case when c.moved then 3 else greatest(c.joint, c.alone) end as hi, c.scope from counts c where c.moved or c.joint <> c.alone
    union select v.tier, 3, v.scope from reg.visit v where v.site = any (v_of)) r;
  return null;
end $$;

-- Ground that everybody sees: by which places silent ones are named.
create function api._mark_ground() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into reg.count_mark(xid, of, lo, hi, scope) values (pg_current_xact_id()::text::bigint, 'face', 0, 3, 0);
  return null;
end $$;

reset role;
do $$
declare t record;
begin
  for t in select * from (values ('site', '_mark_faces'), ('person', '_mark_faces'), ('holding', '_mark_faces'), ('claim', '_mark_claims'), ('visit', '_mark_visits'),
      ('decision', '_mark_decisions')) t(tbl, fn) loop
    execute format('create trigger f_count_new after insert on reg.%I referencing new table as moved for each statement execute function api.%I()', t.tbl, t.fn);
    if t.fn = '_mark_faces' then  -- of what was said, seen and decided nothing is ever deleted
      execute format('create trigger f_count_old after delete on reg.%I referencing old table as moved for each statement execute function api.%I()', t.tbl, t.fn); end if;
    execute format('create trigger f_count_was after update on reg.%I referencing old table as moved for each statement execute function api.%I()', t.tbl, t.fn);
    execute format('create trigger f_count_is after update on reg.%I referencing new table as moved for each statement execute function api.%I()', t.tbl, t.fn);
  end loop;
end $$;
create trigger f_count_new after insert on reg.claim_end referencing new table as moved for each statement execute function api._mark_ends();
create trigger f_count_tier after insert on reg.decision referencing new table as moved for each statement execute function api._mark_tiers();
create trigger f_count_merged after update of merged_into on reg.subject for each row when (old.merged_into is distinct from new.merged_into)
  execute function api._mark_merges();
create trigger f_count_new after insert on reg.place for each statement execute function api._mark_ground();
create trigger f_count_is after update or delete on reg.place for each statement execute function api._mark_ground();
create trigger f_count_new after insert on reg.admin_unit for each statement execute function api._mark_ground();
create trigger f_count_is after update or delete on reg.admin_unit for each statement execute function api._mark_ground();

set role sr_writer;
-- Under which the rows of a caller are kept: which cluster, so that what was restored elsewhere counts anew; the month; the silenced sources whose
-- claims such a caller saw.
create type api._kept_under as (home text, month date, silenced text);
create function api._kept_now(p_level int, p_scopes int[]) returns api._kept_under stable language plpgsql as $$
declare v_silenced uuid[] := api._silenced();
begin
  return (select row(c.system_identifier::text, date_trunc('month', reg.today())::date, case when v_silenced = '{}' then '' else
    (select md5(coalesce(string_agg(u::text, ',' order by u), '')) from unnest(v_silenced) u where exists (select 1 from reg.claim c join reg.subject s on s.id = c.subject where c.source = u and c.scope = any (p_scopes)
      and api._tier_told(c.id, s.id, s.merged_into, c.tier) <= p_level)) end)::api._kept_under from pg_control_system() c);
end $$;
create function api._ordered(p int[]) returns int[] immutable parallel safe language sql as $$ select array(select u from unnest(p) u order by u) $$;
create function api._kept_since(p_now date) returns date immutable parallel safe language sql as $$ select (p_now - interval '35 months')::date $$;

-- The marks that a caller hears of and a snapshot did not see: of sites; of silent places whatever faces and visits there are.
create function api._unseen(p_what text, p_seen text, p_level int, p_scopes int[]) returns setof reg.count_mark stable rows 10 language sql as $$
  select m.* from reg.count_mark m where m.scope = any (p_scopes) and m.lo <= p_level and m.hi > p_level
    and case p_what when 'silent' then m.of in ('face', 'visit') else m.subject is not null end
    and not pg_visible_in_snapshot(m.xid::text::xid8, p_seen::pg_snapshot) $$;
create function api._is_old(k reg.kept_count) returns bool stable language sql as $$
  select exists (select 1 from api._unseen((k).what, (k).seen, (k).level, (k).scopes) m where (k).what = 'silent' or api._part_of(m.subject) = (k).part) $$;

-- Which parts are right as they are kept, and the sites of the others (null: nothing is kept, so all).
create type api._kept as (level int, scopes int[], parts int[], ids uuid[]);
create function api._kept_parts(p_what text, p_level int, p_scopes int[]) returns api._kept stable language plpgsql as $$
declare v api._kept; v_scopes int[] := api._ordered(p_scopes); n api._kept_under;
begin
  if not exists (select 1 from reg.kept_count k where k.what = p_what and k.level = p_level and k.scopes = v_scopes) then return v; end if;
  n := api._kept_now(p_level, p_scopes);
  with k as materialized (select k.part, k.seen, k.done and (k.home, k.month, k.silenced) = (n.home, n.month, n.silenced) as done from reg.kept_count k
    where k.what = p_what and k.level = p_level and k.scopes = v_scopes),
  m as materialized (select distinct u.xid, api._part_of(u.subject) as part from reg.count_mark u where u.scope = any (p_scopes) and u.lo <= p_level and u.hi > p_level and u.subject is not null),
  old as (select k.part from k where not k.done or exists (select 1 from m where m.part = k.part and not pg_visible_in_snapshot(m.xid::text::xid8, k.seen::pg_snapshot)))
  select p_level, v_scopes, array(select k.part from k where k.part not in (select o.part from old o)) into v;
  if cardinality(v.parts) < 32 then return null; end if;
  v.ids := case when cardinality(v.parts) = 64 then '{}' else array(
    with k as materialized (select k.part, k.seen, k.ids from reg.kept_count k where k.what = p_what and k.level = p_level and k.scopes = v_scopes and k.part <> all (v.parts))
    select unnest(k.ids) from k union select u.subject from (select distinct k.seen from k) s cross join lateral api._unseen(p_what, s.seen, p_level, p_scopes) u
      where api._part_of(u.subject) in (select k.part from k)) end;
  return v;
end $$;

create function api._kept_rows(p_what text, p api._kept) returns table(cut text, code text, part text, sites float8, low int, high int, accounts int, sources uuid[])
stable rows 10000 language sql as $$
  select u.cut, u.code, u.part, u.sites, u.low, u.high, u.accounts, case when u.n = 1 then k.sources end from reg.kept_count k
  cross join lateral unnest(k.cuts, k.codes, k.parts, k.sites, k.low, k.high, k.accounts) with ordinality u(cut, code, part, sites, low, high, accounts, n)
  where k.what = p_what and k.level = (p).level and k.scopes = (p).scopes and k.part = any ((p).parts) $$;

-- The silent places as they are kept, or null where they are not right.
create function api._kept_silent(p_level int, p_scopes int[]) returns jsonb stable language plpgsql as $$
declare k reg.kept_count; n api._kept_under;
begin
  select * into k from reg.kept_count t where t.what = 'silent' and t.level = p_level and t.scopes = api._ordered(p_scopes) and t.part = 0 and t.done;
  if not found or api._is_old(k) then return null; end if;
  n := api._kept_now(p_level, p_scopes);
  return case when (k.home, k.silenced) = (n.home, n.silenced) then k.rows end;
end $$;

-- One part, counted anew from its sites; its row is locked, and says what it was before the marks that come after p_seen.
create function api._count_part(p_what text, p_level int, p_scopes int[], p_part int, p_seen text) returns void volatile language plpgsql as $$
#variable_conflict use_column
declare f api._site_filter; k reg.kept_count; n api._kept_under := api._kept_now(p_level, p_scopes); v_ids uuid[];
begin
  select * into k from reg.kept_count k where k.what = p_what and k.level = p_level and k.scopes = p_scopes and k.part = p_part for update;
  if p_what = 'silent' then
    update reg.kept_count t set home = n.home, month = n.month, silenced = n.silenced, seen = p_seen, done = true, counted_at = clock_timestamp(), rows = (
        select coalesce(jsonb_agg(to_jsonb(s) || jsonb_build_object('geom', encode(st_asewkb(s.geom), 'hex')) order by s.n), '[]')
        from api._silent_units(p_level, p_scopes, false, 4, 5) with ordinality s(key, pcode, edition, level, name_en, name_ar, parent, parent_en, parent_ar, persons, surely, perhaps,
          sites_perhaps, lon, lat, geom, n))
      where t.what = p_what and t.level = p_level and t.scopes = p_scopes and t.part = p_part;
    return; end if;
  -- after an import its sites are fewer than its marks; and what stood for long is not believed, whatever was marked
  if k.counted_at < clock_timestamp() - interval '6 hours' or (select count(*) from (select 1 from reg.count_mark limit 20001) m) > 20000 then
    v_ids := array(select s.id from api._face(p_level, p_scopes) s where api._part_of(s.id) = p_part);
  else
    v_ids := array(select unnest(k.ids) union select m.subject from api._unseen(p_what, k.seen, p_level, p_scopes) m where api._part_of(m.subject) = p_part); end if;
  f.level := p_level; f.scopes := p_scopes; f.today := reg.today(); f.paired := false; f.ids := array(select s.id from reg.site s where s.id = any (v_ids) and s.face = p_level
    and s.tier <= p_level and s.scope = any (p_scopes));
  if p_what = 'coverage' then
    select array_agg(r.cut), array_agg(r.code), array_agg(r.part), array_agg(r.sites), array_agg(r.low), array_agg(r.high), array_agg(r.accounts) into
      k.cuts, k.codes, k.parts, k.sites, k.low, k.high, k.accounts from api._coverage_parts(f) r;
    k.sources := array(select distinct a.source from api._accounts(f.ids, f) a);
  else
    select array_agg(r.what), array_agg(r.state), array_agg(r.month::text), array_agg(null::float8), array_agg(null::int), array_agg(null::int), array_agg(r.n) into
      k.cuts, k.codes, k.parts, k.sites, k.low, k.high, k.accounts from api._progress_parts(f, api._kept_since(n.month), n.month, p_what) r;
    k.sources := null;
  end if;
  update reg.kept_count t set home = n.home, month = n.month, silenced = n.silenced, seen = p_seen, done = true, counted_at = clock_timestamp(), ids = f.ids, cuts = k.cuts, codes = k.codes, parts = k.parts,
    sites = k.sites, low = k.low, high = k.high, accounts = k.accounts, sources = k.sources
    where t.what = p_what and t.level = p_level and t.scopes = p_scopes and t.part = p_part;
end $$;

-- The tiers with their compartments under which anybody may ask now (as 10_identity.sql reckons them).
create function api._rights_held() returns table(level int, scopes int[]) stable rows 10 language sql as $$
  select distinct c.tier::int, api._ordered(api._held(array_remove(c.compartments, 'frozen') || case when c.tier = 2 and 'releaser' = any (c.roles) then array['frozen'] else '{}' end))
  from reg.account a join reg.clearance c on c.account = a.id and c.ended_at is null and c.expires_at > clock_timestamp()
  where a.state = 'active' and not 'family' = any (c.roles) and a.name <> 'keeper' $$;

create function api.keeper_counts(p_seconds float8 default 2) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_seen text := pg_current_snapshot()::text; v record; n int := 0; v_began timestamptz;
begin
  perform api._keeper();
  if not exists (select 1 from reg.kept_count) then delete from reg.count_mark m where pg_visible_in_snapshot(m.xid::text::xid8, v_seen::pg_snapshot); end if;
  delete from reg.kept_count k where not exists (select 1 from api._rights_held() h where h.level = k.level and h.scopes = k.scopes)
    or k.home <> (select c.system_identifier::text from pg_control_system() c);
  -- of a transaction that this cluster has not come to: brought by a dump from another one, where what was kept is of no use either
  delete from reg.count_mark m where m.xid::text::xid8 >= pg_snapshot_xmax(pg_current_snapshot());
  for v in select h.level, h.scopes, w.what from api._rights_held() h cross join unnest(array['coverage', 'recorded', 'observed']) w(what)
      where not exists (select 1 from reg.kept_count k where k.what = w.what and k.level = h.level and k.scopes = h.scopes) loop
    insert into reg.kept_count(what, level, scopes, part, home, month, silenced, seen, ids, done, cuts, codes, parts, sites, low, high, accounts)
    select v.what, v.level, v.scopes, g.part, c.home, c.month, c.silenced, v_seen, coalesce(s.ids, '{}'), s.ids is null,
      e.cuts, case when e.cuts <> '{}' then '{sites}'::text[] else '{}' end, case when e.cuts <> '{}' then array[null::text] else '{}' end, e.n, '{}', '{}', e.n::int[]
    from api._kept_now(v.level, v.scopes) c cross join (select case v.what when 'coverage' then '{total}'::text[] else '{}' end as cuts,
      case v.what when 'coverage' then '{0}'::float8[] else '{}' end as n) e cross join generate_series(0, 63) g(part)
    left join (select api._part_of(s.id) as part, array_agg(s.id) as ids from api._face(v.level, v.scopes) s group by 1) s on s.part = g.part;
  end loop;
  insert into reg.kept_count(what, level, scopes, part, home, silenced, seen, ids)
  select 'silent', h.level, h.scopes, 0, c.system_identifier::text, '', v_seen, '{}' from api._rights_held() h cross join pg_control_system() c where h.level > 0 on conflict do nothing;
  for v in with h as materialized (select distinct k.what, k.level, k.scopes, k.seen from reg.kept_count k where k.done),
      w as materialized (select r.level, r.scopes, n.month, n.silenced from (select distinct h.level, h.scopes from h) r cross join lateral api._kept_now(r.level, r.scopes) n),
      m as materialized (select distinct m.xid, m.lo, m.hi, m.scope, m.of in ('face', 'visit') as walked, api._part_of(m.subject) as part from reg.count_mark m),  -- an import leaves many
      old as materialized (select distinct h.what, h.level, h.scopes, h.seen, case h.what when 'silent' then 0 else m.part end as part
        from h join m on m.scope = any (h.scopes) and m.lo <= h.level and m.hi > h.level and case h.what when 'silent' then m.walked else m.part is not null end
          and not pg_visible_in_snapshot(m.xid::text::xid8, h.seen::pg_snapshot))
      select k.what, k.level, k.scopes, k.part from reg.kept_count k left join w on w.level = k.level and w.scopes = k.scopes
        left join old o on o.what = k.what and o.level = k.level and o.scopes = k.scopes and o.seen = k.seen and o.part = k.part
      where not k.done or k.counted_at < clock_timestamp() - interval '6 hours' or ((k.month, k.silenced) <> (w.month, w.silenced) or o.what is not null)
        and (k.what <> 'silent' or k.counted_at < clock_timestamp() - interval '10 minutes')
      order by k.done, random() loop
    v_began := coalesce(v_began, clock_timestamp());
    perform api._count_part(v.what, v.level, v.scopes, v.part, v_seen);
    n := n + 1;
    exit when clock_timestamp() > v_began + p_seconds * interval '1 second';
  end loop;
  if n = 0 and exists (select 1 from reg.count_mark) then
    -- what is kept is right (of silent places perhaps not yet again): it is so in this snapshot too, and marks that all have seen say nothing any more
    update reg.kept_count k set seen = v_seen where k.what <> 'silent' or not api._is_old(k);
    delete from reg.count_mark m where not exists (select 1 from (select distinct k.seen from reg.kept_count k) k
      where not pg_visible_in_snapshot(m.xid::text::xid8, k.seen::pg_snapshot)) and pg_visible_in_snapshot(m.xid::text::xid8, v_seen::pg_snapshot);
  end if;
  return n;
end $$;
comment on function api.keeper_counts(float8) is
  'Counts of the overview are kept for every tier and set of compartments that somebody holds: parts of which something changed are counted anew, for '
  'so many seconds at most; how many parts were. 0: all is right, and marks that everything kept has seen are gone.';
reset role;
