-- Freezing: one act, at once, after which nothing of an area, a site or a source leaves and nothing of it is edited, until another
-- person lifts it. And who received what: the disclosures whose rows rested on a claim.
set role sr_writer;

-- The freezes in force that concern a subject: of itself or what it was merged into, of a source of a live claim about it, of an area
-- that any place told of it meets (whatever the tier: who may not see the area is told no more than that the site is frozen).
create function api._freezes_of(p_subject uuid) returns setof reg.freezing stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select f.* from reg.freezing f where not exists (select 1 from reg.freezing_lift l where l.freezing = f.id) and (
    f.subject in (p_subject, api._heir(p_subject))
    or f.source is not null and exists (select 1 from reg.claim c where c.source = f.source and c.subject in (select m.member from api._members(array[api._heir(p_subject)]) m)
        and not exists (select 1 from reg.claim_end e where e.claim = c.id))
    or f.area is not null and exists (select 1 from reg.claim c left join reg.admin_unit u on c.geom is null and u.pcode = c.pcode and u.edition = c.edition
        where c.subject in (select m.member from api._members(array[api._heir(p_subject)]) m) and c.predicate = 'place'
          and not exists (select 1 from reg.claim_end e where e.claim = c.id)
          and st_dwithin(coalesce(c.geom, u.geom)::geography, f.area::geography, coalesce(c.uncertainty_m, 0)))) $$;

create function api._any_freeze() returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select exists (select 1 from reg.freezing f where not exists (select 1 from reg.freezing_lift l where l.freezing = f.id)) $$;

create function api._frozen_subject(p_subject uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return api._any_freeze() and exists (select 1 from api._freezes_of(p_subject) f);
end $$;

-- All that is frozen now, as one set.
create function api._frozen_ids() returns uuid[] stable set search_path = pg_catalog, public, pg_temp language sql as $$
  with f as materialized (select * from reg.freezing x where not exists (select 1 from reg.freezing_lift l where l.freezing = x.id)),
  met as (
    select f.subject as id from f where f.subject is not null
    union select c.subject from f join reg.claim c on c.source = f.source where not exists (select 1 from reg.claim_end e where e.claim = c.id)
    union select c.subject from f join reg.claim c on c.predicate = 'place' and f.area is not null
      left join reg.admin_unit u on c.geom is null and u.pcode = c.pcode and u.edition = c.edition
      where not exists (select 1 from reg.claim_end e where e.claim = c.id)
        and st_dwithin(coalesce(c.geom, u.geom)::geography, f.area::geography, coalesce(c.uncertainty_m, 0)))
  select coalesce(array_agg(distinct x.id), '{}') from (select met.id from met union select api._heir(met.id) from met) x $$;

-- What is told of a frozen subject, or by a frozen source, is not written, nor is it decided on: but for what raises a tier, what a rule
-- of the registry does (a measure that lapses, a disturbance that compromises), and a retraction, which nothing holds up.
create function api._not_while_frozen() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_row jsonb;
begin
  if not api._any_freeze() then return new; end if;
  v_row := to_jsonb(new) - array['geom', 'covered_shape', 'area'];
  if v_row->>'machine' = 'tier' or v_row->>'how' = 'rule' then return new; end if;
  if api._frozen_subject(coalesce(v_row->>'site', v_row->>'subject')::uuid)
     or (tg_table_name = 'claim' and exists (select 1 from reg.freezing f where f.source = (v_row->>'source')::uuid
         and not exists (select 1 from reg.freezing_lift l where l.freezing = f.id))) then
    perform api._refuse('frozen', 'It is frozen: nothing of it is changed until another person lifts that.');
  end if;
  return new;
end $$;

create function api.freeze(p_kind text, p_reason text, p_review_on date, p_code text default null, p_source uuid default null, p_area text default null)
returns uuid volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid; v_subject reg.subject; v_source reg.source; v_area geometry; v_tier int; v_scope int := 0;
begin
  v_by := api._need('protection_officer', 'investigator', 'data_steward', 'source_handler', 'releaser');
  perform api._check_terms(array[['freeze_kind', coalesce(p_kind, '')]]);
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'Say why it is frozen'); end if;
  if p_review_on is null then perform api._bad('missing_required', 'review_on', '', 'Say by when it is looked at again'); end if;
  if p_review_on < reg.today() or p_review_on > reg.today() + 366 then
    perform api._bad('bad_date', 'review_on', p_review_on::text, 'A freeze is looked at again from today on and within a year'); end if;
  if p_kind = 'site' then
    select s.* into v_subject from reg.subject s where s.code = api._as_code(left(coalesce(p_code, ''), 40)) and s.kind in ('site', 'holding')
      and s.tier <= api.level() and s.scope = any (api.scopes());
    if not found then perform api._missing(); end if;
    v_subject := api._seen_subject(api._heir(v_subject.id), true); v_tier := v_subject.tier; v_scope := v_subject.scope;
  elsif p_kind = 'source' then
    select s.* into v_source from reg.source s where s.id = p_source and s.tier <= api.level() and s.scope = any (api.scopes());
    if not found then perform api._missing(); end if;
    v_tier := v_source.tier; v_scope := v_source.scope;
  else
    if p_area is null then perform api._bad('missing_required', 'area', '', 'Draw the area, or name its corners'); end if;
    v_area := api._given_shape(p_area, 'area'); v_tier := api.level();
  end if;
  insert into reg.freezing(id, kind, subject, source, area, reason, review_on, tier, scope, recorded_by, event, digest)
  values (v, p_kind, v_subject.id, v_source.id, v_area, trim(p_reason), p_review_on, greatest(v_tier, 1), v_scope, v_by, v_event, '');
  insert into reg.task(id, what, why, subject, role, due, data, tier, scope, opened_by)
  values (reg.new_id(), 'review_freeze', 'A freeze is to be looked at again: lift it, or say why it stays.', v_subject.id, 'releaser', p_review_on,
    jsonb_build_object('freezing', v), greatest(v_tier, 1), v_scope, v_by);
  perform api._close_event(v_event, 'freeze', v, trim(p_reason));
  return v;
end $$;
comment on function api.freeze(text, text, date, text, uuid, text) is
  'At once, by one person''s act, nothing of an area (WKB), a site or records (its code) or a source leaves or is edited, until another person lifts it.';

create function api.unfreeze(p_freezing uuid, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; f reg.freezing;
begin
  v_by := api._need('protection_officer', 'investigator', 'data_steward', 'source_handler', 'releaser');
  select * into f from reg.freezing x where x.id = p_freezing and x.tier <= api.level() and x.scope = any (api.scopes()) for update;
  if not found then perform api._missing(); end if;
  if exists (select 1 from reg.freezing_lift l where l.freezing = f.id) then
    raise exception 'This freeze was lifted already' using errcode = 'SR409', detail = '{"changed": [{"field": "freeze", "was": "in force", "now": "lifted"}]}'; end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why it is lifted'); end if;
  if api._same_person(f.recorded_by, v_by) then perform api._refuse('four_eyes', 'Somebody else lifts it, not the one who froze it.'); end if;
  insert into reg.freezing_lift(freezing, why, recorded_by, event, digest) values (f.id, trim(p_why), v_by, v_event, '');
  update reg.task set done_at = clock_timestamp(), done_by = v_by, outcome = 'lifted' where done_at is null and what = 'review_freeze' and data->>'freezing' = f.id::text;
  perform api._close_event(v_event, 'unfreeze', f.id, trim(p_why));
end $$;
comment on function api.unfreeze(uuid, text) is 'A freeze is lifted, by another person than the one who froze.';

create function api.freezes(p_code text default null, p_open bool default true) returns table(id uuid, kind text, code text, source uuid, area jsonb, reason text, review_on date,
  by text, at text, lifted bool, lifted_why text, lifted_by text)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  with me as materialized (select * from api.me())
  select f.id, f.kind, s.code, f.source, api._geojson(f.area), f.reason, f.review_on, a.display, to_char(f.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'),
    l.freezing is not null, l.why, w.display
  from me join reg.freezing f on f.tier <= me.level and f.scope = any (me.scopes) join reg.account a on a.id = f.recorded_by
  left join reg.freezing_lift l on l.freezing = f.id left join reg.account w on w.id = l.recorded_by
  left join reg.subject s on s.id = f.subject
  where (f.subject is null or s.tier <= me.level and s.scope = any (me.scopes)) and (p_open is null or (l.freezing is null) = p_open)
    and (p_code is null or f.id in (select x.id from reg.subject o cross join lateral api._freezes_of(o.id) x
      where o.code = api._as_code(left(p_code, 40)) and o.tier <= me.level and o.scope = any (me.scopes)))
  order by f.recorded_at desc, f.id $$;
comment on function api.freezes(text, bool) is 'The freezes that the caller may see: those in force (p_open null: all), or that concern the site of a code.';

create function api.is_frozen(p_code text) returns bool stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid;
begin
  select s.id into v from reg.subject s where s.code = api._as_code(left(p_code, 40)) and s.tier <= coalesce(api.level(), -1) and s.scope = any (coalesce(api.scopes(), '{}'));
  if not found then perform api._missing(); end if;
  return api._frozen_subject(v);
end $$;
comment on function api.is_frozen(text) is 'Whether something that the caller sees is frozen; by what and why only those are told who may see that (freezes).';

-- The disclosures whose rows rested on these claims: of their subject, in a face that the claim counts in, while it lived.
create function api._rested_on(p_claims uuid[]) returns table(disclosure uuid, claim uuid) stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select distinct d.id, c.id from reg.claim c join reg.disclosure_subject x on x.subject in (c.subject, api._heir(c.subject))
  join reg.disclosure d on d.id = x.disclosure and d.recorded_at >= c.recorded_at
    and d.face >= least(c.tier, coalesce((select r.tier from api._decided_tiers(array[api._heir(c.subject)]) r where r.claim = c.id), c.tier))
  left join reg.claim_end e on e.claim = c.id
  where c.id = any (p_claims) and c.scope = 0 and c.rumour_owner is null and (e.claim is null or e.recorded_at >= d.recorded_at) $$;

-- One open task for each recipient who holds what rested on these claims.
create function api._recall_tasks(p_claims uuid[], p_what text) returns void set search_path = pg_catalog, public, pg_temp language sql as $$
  insert into reg.task(id, what, why, role, data, tier, scope)
  select reg.new_id(), 'tell_recipient', format('%s: %s of what %s received on %s is to be told to them.', p_what, case when count(distinct c.subject) = 1 then 'one record'
      else count(distinct c.subject) || ' records' end, d.recipient, string_agg(distinct to_char(d.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), ', ')),
    'releaser', jsonb_build_object('recipient', d.recipient, 'disclosures', jsonb_agg(distinct d.id), 'what', p_what), greatest(max(c.tier), 1), 0
  from api._rested_on(p_claims) r join reg.disclosure d on d.id = r.disclosure join reg.claim c on c.id = r.claim group by d.recipient $$;

create function api.recipients(p_claim uuid default null, p_source uuid default null, p_batch uuid default null) returns table(recipient text, disclosure uuid, on_day text,
  purpose text, format text, rows int, code text, claims int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid[];
begin
  perform api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler', 'releaser', 'auditor');
  if num_nonnulls(p_claim, p_source, p_batch) <> 1 then perform api._bad('missing_required', 'claim', '', 'Name one claim, source or batch'); end if;
  v := array(select c.id from reg.claim c join reg.subject s on s.id = c.subject and s.tier <= api.level() and s.scope = any (api.scopes())
    where (c.id = p_claim or c.source = p_source or c.batch = p_batch) and c.scope = any (api.scopes())
      and (api._claim_tier(c.id, c.subject, c.tier) <= api.level() or c.tier <= api.level() and 'source_handler' = any (api.roles()) and api._is_silenced(c.source)));
  if v = '{}' then perform api._missing(); end if;
  return query select d.recipient, d.id, to_char(d.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), d.purpose, d.format, d.rows, s.code, count(*)::int
    from api._rested_on(v) r join reg.disclosure d on d.id = r.disclosure join reg.claim c on c.id = r.claim
    join reg.subject s on s.id = api._heir(c.subject) group by d.id, s.code order by d.recipient, d.recorded_at desc, s.code;
end $$;
comment on function api.recipients(uuid, uuid, uuid) is
  'Everyone who received a file whose rows rested on a claim, on a source or on a batch: recipient, day, purpose, and of which site.';

create function api.retract_source(p_source uuid, p_why text) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v uuid[]; v_touched uuid[]; v_seen int;
begin
  v_by := api._need('investigator', 'source_handler', 'data_steward');
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why it is retracted'); end if;
  if not exists (select 1 from reg.source s where s.id = p_source and s.tier <= api.level() and s.scope = any (api.scopes())) then perform api._missing(); end if;
  select array_agg(c.id), array_agg(distinct c.subject), count(*) filter (where api._claim_tier(c.id, c.subject, c.tier) <= api.level() and c.scope = any (api.scopes()))
    into v, v_touched, v_seen from reg.claim c where c.source = p_source and not exists (select 1 from reg.claim_end e where e.claim = c.id);
  if v is not null then
    perform 1 from reg.subject s where s.id = any (v_touched) order by s.id for no key update;
    perform api._recall_tasks(v, 'a source was retracted');
    insert into reg.claim_end(claim, why, recorded_by, event, digest) select c, p_why, v_by, v_event, '' from unnest(v) c;
    perform api._review_tasks(v);
    perform api._resolve(v_touched);
  end if;
  perform api._close_event(v_event, 'retract_source', p_source, p_why);
  return coalesce(v_seen, 0);
end $$;
comment on function api.retract_source(uuid, text) is
  'Everything that a source said counts no more; each recipient of what rested on it is on a task. How many claims the caller may see of it.';
reset role;
do $$
declare t text;
begin
  foreach t in array array['claim', 'decision', 'proposal', 'measure'] loop
    execute format('create trigger d_frozen before insert on reg.%I for each row execute function api._not_while_frozen()', t);
  end loop;
end $$;
