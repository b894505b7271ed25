-- Freezing: one act, at once, after which an area, a site or a source with all that is told of it is absent for everybody but releasers
-- of tier 2, until two of them lift that. And who received what: the disclosures whose rows rested on a claim.
set role sr_writer;

-- What is frozen is not edited by those who still see it: but for what raises a tier, what a rule of the registry does (a measure that
-- lapses, a disturbance that compromises), and a retraction, which nothing holds up.
create function api._not_while_frozen() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if not api._any_freeze() then return null; end if;
  if exists (
    select 1 from made m cross join lateral (select to_jsonb(m) - array['geom', 'covered_shape', 'not_searched_shape', 'area'] as told offset 0) r
    where r.told->>'machine' is distinct from 'tier' and r.told->>'how' is distinct from 'rule' and (
      exists (select 1 from reg.subject s where s.scope < 0 and s.id in (coalesce(r.told->>'site', r.told->>'subject')::uuid,
        case when r.told->>'machine' = 'merge' then api._uuid(r.told->'value'->>'survivor') end))
      or exists (select 1 from reg.source s where s.id = (r.told->>'source')::uuid and s.scope < 0))) then
    perform api._refuse('frozen', 'It is frozen: nothing of it is changed until two releasers lift that.');
  end if;
  return null;
end $$;

-- All that the freezes in force hold lies in the compartment before the act ends, and what was written meanwhile too: once the head of
-- the chain is held, what others wrote is committed, or waits and then finds this freeze in force (_close_event).
create function api._frozen_now(p_met uuid[]) returns void volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_seq bigint := (select h.seq from reg.audit_head h); v_late uuid;
begin
  perform api._freeze_sources();
  perform api._freeze_among(p_met);
  perform api._freeze_reports();
  perform 1 from reg.audit_head h for update;
  for v_late in select e.id from reg.audit_event e where e.seq > v_seq order by e.seq loop perform api._freeze_event(v_late); end loop;
end $$;

-- A claim as the caller may see it, or the same "not found" as for one that does not exist.
create function api._seen_claim(p_claim uuid) returns reg.claim stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.claim;
begin
  select c.* into v from reg.claim c join reg.subject s on s.id = c.subject and s.tier <= coalesce(api.level(), -1) and s.scope = any (coalesce(api.scopes(), '{}'))
    where c.id = p_claim and api._claim_tier(c.id, c.subject, c.tier) <= api.level() and c.scope = any (api.scopes());
  if not found then perform api._missing(); end if;
  return v;
end $$;

create function api.freeze(p_kind text, p_reason text, p_review_on date, p_code text default null, p_source uuid default null, p_area text default null,
  p_claim uuid default null) returns uuid volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.freezing; v_by uuid; v_subject reg.subject; v_source reg.source; v_area geometry; v_scope int := 0;
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
    v_subject := api._seen_subject(api._heir(v_subject.id), true); v_scope := v_subject.scope;
  elsif p_kind = 'source' then
    select s.* into v_source from reg.source s where s.id = case when p_claim is null then p_source else (select c.source from api._seen_claim(p_claim) c) end
      and (p_claim is not null or s.tier <= api.level() and s.scope = any (api.scopes()));
    if not found then perform api._missing(); end if;
    v_scope := v_source.scope;
  else
    if p_area is null then perform api._bad('missing_required', 'area', '', 'Draw the area, or name its corners'); end if;
    v_area := api._given_shape(p_area, 'area');
  end if;
  insert into reg.freezing(id, kind, subject, source, area, reason, review_on, tier, scope, recorded_by, event, digest)
  values (reg.new_id(), p_kind, v_subject.id, v_source.id, v_area, trim(p_reason), p_review_on, 2, least(v_scope, -1 - v_scope), v_by, v_event, '') returning * into v;
  insert into reg.task(id, what, why, role, due, data, tier, scope, opened_by)
  values (reg.new_id(), 'review_freeze', 'A freeze is to be looked at again: ask that it be lifted, or say why it stays.', 'releaser', p_review_on,
    jsonb_build_object('freezing', v.id), 2, v.scope, v_by);
  perform api._frozen_now(api._met_by(v));
  perform api._close_event(v_event, 'freeze', v.id, trim(p_reason));
  return v.id;
end $$;
comment on function api.freeze(text, text, date, text, uuid, text, uuid) is
  'At once, by one person''s act, an area (WKB), a site or records (its code) or a source (or that of a claim) is absent for all but releasers of tier 2, with all that is told of '
  'it and all that comes while it holds, until two of them lift that. Answers the reference of the freeze.';

-- The freeze as a releaser of tier 2 may see it, still in force, and locked; or the same "not found" as for one that does not exist.
create function api._open_freeze(p_freezing uuid) returns reg.freezing set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare f reg.freezing;
begin
  perform api._need('releaser');
  select * into f from reg.freezing x where x.id = p_freezing and x.tier <= api.level() and x.scope = any (api.scopes()) for update;
  if not found then perform api._missing(); end if;
  if exists (select 1 from reg.freezing_lift l where l.freezing = f.id) then
    raise exception 'This freeze was lifted already' using errcode = 'SR409', detail = '{"changed": [{"field": "freeze", "was": "in force", "now": "lifted"}]}'; end if;
  return f;
end $$;

create function api._open_ask(p_freezing uuid) returns reg.freezing_ask stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select a.* from reg.freezing_ask a where a.freezing = p_freezing and not exists (select 1 from reg.freezing_ask_end e where e.ask = a.id) $$;

create function api.ask_unfreeze(p_freezing uuid, p_why text) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); f reg.freezing := api._open_freeze(p_freezing);
begin
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why it is lifted'); end if;
  if (api._open_ask(f.id)).id is not null then
    raise exception 'It is asked already that this freeze be lifted' using errcode = 'SR409', hint = 'Agree to it, refuse or withdraw it first.',
      detail = '{"changed": [{"field": "freeze", "was": "in force", "now": "waiting"}]}'; end if;
  insert into reg.freezing_ask(id, freezing, why, recorded_by, event, digest) values (v, f.id, trim(p_why), api._actor(), v_event, '');
  insert into reg.task(id, what, why, role, due, data, tier, scope, opened_by)
  values (reg.new_id(), 'second_unfreeze', 'It is asked that a freeze be lifted: another releaser agrees, or refuses.', 'releaser', f.review_on,
    jsonb_build_object('freezing', f.id, 'ask', v), 2, f.scope, api._actor());
  perform api._close_event(v_event, 'ask_unfreeze', f.id, trim(p_why));
  return v;
end $$;
comment on function api.ask_unfreeze(uuid, text) is 'A releaser of tier 2 asks that a freeze be lifted; nothing changes until another one agrees.';

create function api.settle_unfreeze(p_freezing uuid, p_agrees bool, p_why text) returns text
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); f reg.freezing := api._open_freeze(p_freezing); a reg.freezing_ask := api._open_ask(p_freezing); v_by uuid := api._actor(); v_met uuid[];
        v_outcome text := case when p_agrees then 'taken' when a.recorded_by = v_by then 'withdrawn' else 'refused' end;
begin
  if a.id is null then perform api._refuse('asked', 'Nobody has asked that it be lifted: ask first, then another releaser agrees.'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', case when p_agrees then 'Say why it is lifted' else 'Say why you do not agree' end); end if;
  if p_agrees then
    if api._same_person(a.recorded_by, v_by) then perform api._refuse('four_eyes', 'Another releaser agrees to it, not the one who asked.'); end if;
    if not exists (select 1 from reg.clearance c join reg.account x on x.id = c.account and x.state = 'active' where c.account = a.recorded_by
        and c.ended_at is null and c.expires_at > clock_timestamp() and c.tier = 2 and 'releaser' = any (c.roles)) then
      perform api._refuse('four_eyes', 'Whoever asked is no releaser of tier 2 any more: refuse it and ask anew.'); end if;
    v_met := array(select s.id from reg.subject s where s.scope < 0 union select c.subject from reg.claim c where c.scope < 0);
    insert into reg.freezing_lift(freezing, why, recorded_by, event, digest) values (f.id, trim(p_why), v_by, v_event, '');
  end if;
  insert into reg.freezing_ask_end(ask, outcome, why, recorded_by, event, digest) values (a.id, v_outcome, trim(p_why), v_by, v_event, '');
  update reg.task t set done_at = clock_timestamp(), done_by = v_by, outcome = v_outcome where t.done_at is null and t.data->>'freezing' = f.id::text
    and (p_agrees or t.data->>'ask' = a.id::text);
  if p_agrees then perform api._frozen_now(v_met); end if;
  perform api._close_event(v_event, case v_outcome when 'taken' then 'unfreeze' else 'keep_frozen' end, f.id, trim(p_why));
  return v_outcome;
end $$;
comment on function api.settle_unfreeze(uuid, bool, text) is
  'Another releaser of tier 2 agrees, and exactly what no other freeze holds is back as it was (taken); or the freeze stays: refused, or withdrawn by the one who asked.';

create function api.freezes(p_code text default null, p_open bool default true) returns table(id uuid, kind text, code text, source uuid, source_label jsonb, area jsonb,
  reason text, review_on date, by text, at text, asked_by text, asked_at text, asked_why text, asked_by_me bool, lifted bool, lifted_why text, lifted_by text)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  with me as materialized (select * from api.me())
  select f.id, f.kind, s.code, case when w.named then f.source else api._ref(f.id, f.source) end, case when w.named then o.label else api._testimony() end, api._geojson(f.area), f.reason, f.review_on, a.display, to_char(f.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'),
    x.display, to_char(q.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), q.why, q.recorded_by = me.account, l.freezing is not null, l.why, y.display
  from me join reg.freezing f on 'releaser' = any (me.roles) and f.tier <= me.level and f.scope = any (me.scopes) join reg.account a on a.id = f.recorded_by
  left join reg.freezing_lift l on l.freezing = f.id left join reg.account y on y.id = l.recorded_by
  left join api._open_ask(f.id) q on q.id is not null left join reg.account x on x.id = q.recorded_by
  left join reg.subject s on s.id = f.subject left join reg.source o on o.id = f.source
  cross join lateral (select 'source_handler' = any (me.roles) or o.type is distinct from 'testimony_insider' as named) w
  where (f.subject is null or s.tier <= me.level and s.scope = any (me.scopes)) and (p_open is null or (l.freezing is null) = p_open)
    and (p_code is null or s.code = api._as_code(left(p_code, 40)))
  order by f.recorded_at desc, f.id $$;
comment on function api.freezes(text, bool) is
  'For releasers of tier 2: the freezes in force (p_open null: all), or those of the site of a code, and who asked that they be lifted.';

create function api.freeze_receipts() returns table(id uuid, kind text, at text, review_on date, lifted bool)
stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off language sql as $$
  select f.id, f.kind, to_char(f.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), f.review_on, exists (select 1 from reg.freezing_lift l where l.freezing = f.id)
  from reg.freezing f where f.recorded_by = (select api.account()) order by f.recorded_at desc, f.id limit 100 $$;
comment on function api.freeze_receipts() is 'What one froze oneself: the reference and the day of each freeze, and whether it is lifted; nothing of what is frozen.';

create function api.is_frozen(p_code text) returns bool stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v int;
begin
  select s.scope into v from reg.subject s where s.code = api._as_code(left(p_code, 40)) and s.tier <= coalesce(api.level(), -1) and s.scope = any (coalesce(api.scopes(), '{}'));
  if not found then perform api._missing(); end if;
  return v < 0;
end $$;
comment on function api.is_frozen(text) is 'Whether something that the caller sees is frozen: never for anybody but releasers of tier 2.';

-- The disclosures whose rows rested on these claims: of their subject, in a face that the claim counts in, while it lived.
-- Whether what left is a share that is still read at the door: what is told of its sites since then is in it too.
create function api._still_shown(p_disclosure uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select exists (select 1 from reg.package_step m join reg.package p on p.id = m.package and p.kind = 'share' and p.expires_on >= reg.today()
    where m.disclosure = p_disclosure and not exists (select 1 from reg.package_step w where w.package = p.id and w.step = 'withdrawn')) $$;

create function api._rested_on(p_claims uuid[]) returns table(disclosure uuid, claim uuid) stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select distinct d.id, c.id from reg.claim c join reg.disclosure_subject x on x.subject in (c.subject, api._heir(c.subject))
  join reg.disclosure d on d.id = x.disclosure and (d.recorded_at >= c.recorded_at or api._still_shown(d.id))
    and d.face >= least(c.tier, coalesce((select r.tier from api._decided_tiers(array[api._heir(c.subject)]) r where r.claim = c.id), c.tier))
  left join reg.claim_end e on e.claim = c.id
  where c.id = any (p_claims) and c.scope in (0, -1) and c.rumour_owner is null and (e.claim is null or e.recorded_at >= d.recorded_at) $$;

-- Whoever takes something back waits while something is being recorded as having left, and sees it then; both last until the transaction ends.
create function api._recalls() returns void volatile set search_path = pg_catalog, public, pg_temp language sql as $$
  select pg_advisory_xact_lock_shared(hashtextextended('leaving', 0)) $$;
create function api._no_recalls() returns void volatile set search_path = pg_catalog, public, pg_temp language sql as $$
  select pg_advisory_xact_lock(hashtextextended('leaving', 0)) $$;
create function api._recalled() returns trigger set search_path = pg_catalog, public, pg_temp language plpgsql as $$ begin perform api._recalls(); return null; end $$;

-- Which uses of consent something that left is: by a package or share for a known partner, by a hand-over, or to anybody.
create function api._left_for(p_disclosure uuid) returns text[] stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select case when p.kind = 'hand_over' then '{hand_over}'::text[] when p.kind = 'share' or p.partner is not null then '{partners}' end
    from reg.package_step m join reg.package p on p.id = m.package where m.disclosure = p_disclosure), '{partners,authorities}') $$;

-- One open task for each recipient who holds what rested on these claims, and a notice for each package; p_uses: where it left for these.
create function api._recall_tasks(p_claims uuid[], p_what text, p_uses text[] default null) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._recalls();
  insert into reg.task(id, what, why, role, data, tier, scope)
  select reg.new_id(), 'tell_recipient', format('%s: %s of what %s received on %s is to be told to them.', p_what, case when count(distinct c.subject) = 1 then 'one record'
      else count(distinct c.subject) || ' records' end, d.recipient, string_agg(distinct to_char(d.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), ', ')),
    'releaser', jsonb_build_object('recipient', d.recipient, 'disclosures', jsonb_agg(distinct d.id), 'what', p_what), greatest(max(c.tier), 1), case when bool_and(c.scope < 0) then -1 else 0 end
  from api._rested_on(p_claims) r join reg.disclosure d on d.id = r.disclosure join reg.claim c on c.id = r.claim
  where p_uses is null or api._left_for(d.id) && p_uses group by d.recipient;
  insert into reg.notice(id, package, what, subjects, tier, scope, opened_on)  -- what he is told: not why
  select reg.new_id(), m.package, case p_what when 'a claim was corrected' then 'corrected' else 'retracted' end, array_agg(distinct api._heir(c.subject)), p.tier, 0, reg.today()
  from api._rested_on(p_claims) r join reg.package_step m on m.disclosure = r.disclosure join reg.package p on p.id = m.package join reg.claim c on c.id = r.claim
  where p_uses is null or api._left_for(m.disclosure) && p_uses group by m.package, p.tier;
end $$;

-- The source of a claim, where the caller may see both.
create function api._source_seen(p_claim uuid) returns uuid stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid;
begin
  select s.id into v from api._seen_claim(p_claim) c join reg.source s on s.id = c.source and s.tier <= api.level() and s.scope = any (api.scopes());
  if not found then perform api._missing(); end if;
  return v;
end $$;

create function api.recipients(p_claim uuid default null, p_source uuid default null, p_batch uuid default null, p_source_of uuid default null) returns table(recipient text, disclosure uuid, on_day text,
  purpose text, format text, rows int, code text, claims int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid[]; v_source uuid := p_source; v_coded bool;
begin
  perform api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler', 'releaser', 'auditor');
  if num_nonnulls(p_claim, p_source, p_batch, p_source_of) <> 1 then perform api._bad('missing_required', 'claim', '', 'Name one claim, source or batch'); end if;
  if p_source_of is not null then v_source := api._source_seen(p_source_of); end if;
  v := array(select c.id from reg.claim c join reg.subject s on s.id = c.subject and s.tier <= api.level() and s.scope = any (api.scopes())
    where (c.id = p_claim or c.source = v_source or c.batch = p_batch) and c.scope = any (api.scopes())
      and (api._claim_tier(c.id, c.subject, c.tier) <= api.level() or c.tier <= api.level() and 'source_handler' = any (api.roles()) and api._is_silenced(c.source)));
  if v = '{}' then perform api._missing(); end if;
  v_coded := p_source_of is null or 'source_handler' = any (api.roles()) or not exists (select 1 from reg.source s join vocab.source_type t on t.code = s.type
    where s.id = v_source and t.attrs->>'family' = 'testimony');
  return query select d.recipient, d.id, to_char(d.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), d.purpose, d.format, d.rows, w.code, count(*)::int
    from api._rested_on(v) r join reg.disclosure d on d.id = r.disclosure join reg.claim c on c.id = r.claim
    join reg.subject s on s.id = api._heir(c.subject) cross join lateral (select case when v_coded then s.code end as code) w
    group by d.id, w.code order by d.recipient, d.recorded_at desc, w.code;
end $$;
comment on function api.recipients(uuid, uuid, uuid, uuid) is
  'Everyone who received a file whose rows rested on a claim, on a source (or that of a claim) or on a batch: recipient, day, purpose, and of which site '
  '(of the source of a testimony''s claim for source handlers alone: it would tell which records have the same witness).';

create function api.retract_source(p_source uuid, p_why text, p_claim uuid default null) returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v uuid[]; v_touched uuid[]; v_seen int;
begin
  v_by := api._need('investigator', 'source_handler', 'data_steward');
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why it is retracted'); end if;
  if p_claim is not null then p_source := api._source_seen(p_claim); end if;
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
comment on function api.retract_source(uuid, text, uuid) is
  'Everything that a source (or that of a claim) said counts no more; each recipient of what rested on it is on a task. How many claims the caller may see of it.';
reset role;
do $$
declare t text;
begin
  foreach t in array array['claim', 'decision', 'proposal', 'measure'] loop
    execute format('create trigger d_frozen after insert on reg.%I referencing new table as made for each statement execute function api._not_while_frozen()', t);
  end loop;
end $$;
create trigger c_recalled before insert on reg.claim_end for each statement execute function api._recalled();
