-- What the registry settles by itself from new claims, and another body's levels taken over by one decision for a batch.
set role sr_writer;

-- A live claim of a subject (with those merged into it); open = no more restricted than the subject (T1 where it is published).
create type api._told as (subject uuid, kind text, tier int, scope int, id uuid, predicate text, value jsonb, placed bool, days daterange, class int,
  open bool, claim_tier int, claim_scope int);
create function api._countable(p_ids uuid[], p_members uuid[], p_tiers jsonb, p_predicates text[]) returns setof api._told stable language sql as $$
  select s.id, s.kind, greatest(s.tier, 1), s.scope, c.id, c.predicate, c.value, c.geom is not null or c.pcode is not null,
         coalesce(c.at, c.began), api._class(c.reliability, c.credibility),
         t.tier <= greatest(s.tier, 1) and (c.scope in (0, s.scope) or api._within_scope(c.scope, s.scope)), t.tier, c.scope
  from unnest(p_ids, p_members) m(id, member) join reg.subject s on s.id = m.id join reg.claim c on c.subject = m.member
  cross join lateral (select case when p_tiers is null then c.tier else coalesce((p_tiers->>c.id::text)::int, c.tier) end as tier) t
  where c.predicate = any (p_predicates) and c.rumour_owner is null
    and not exists (select 1 from reg.claim_end e where e.claim = c.id) $$;

-- Called after claims were written and before they are resolved: (new) -> reported -> suspected where that guard holds, on
-- claims no more restricted than their subject; what rests on others becomes a task for those who may see them.
create function api._first_levels(p_ids uuid[], p_event uuid, p_how text default null, p_by uuid default null) returns void
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v_by uuid := coalesce(p_by, api._actor()); v_told api._told[]; v_ids uuid[]; v_members uuid[]; v_tiers jsonb; v_persons bool; v_listed bool; r record; v_new bool; v_low bool; v_how text := p_how;
begin
  if v_how is null then v_how := case when exists (select 1 from reg.import_batch b where b.id = p_event) then 'import' else 'rule' end; end if;
  select array_agg(distinct case when s.merged_into is null then s.id else api._heir(s.id) end), bool_or(s.kind = 'person') into p_ids, v_persons
    from reg.subject s where s.id = any (p_ids);
  select g.ids, g.members into v_ids, v_members from api._gathered(p_ids) g;
  if api._silenced() <> '{}' or exists (select 1 from reg.decision d where d.subject = any (v_members) and d.machine in ('disclosure', 'tier')) then
    v_tiers := api._tiers_now(v_ids); end if;
  v_told := array(select c from api._countable(v_ids, v_members, v_tiers, '{kind,place,event}') c);
  select bool_or(t.predicate = 'kind' and t.open and t.kind = 'site') as levels, bool_or(t.predicate = 'place') as places,
    bool_or(t.predicate = 'event' or t.predicate = 'kind' and not t.open) as tasks into r from unnest(v_told) t;
  if r.levels then  -- most kinds have their levels already: nothing is written then, nor is its writing prepared
    select bool_or(d.to_state is null) as new, bool_or(d.to_state is null or d.to_state = 'reported' and d.annuls is null) as low into v_new, v_low
      from (select distinct c.subject, c.value->>'code' as code from unnest(v_told) c where c.predicate = 'kind' and c.open and c.kind = 'site') t
      left join lateral (select d.to_state, d.annuls from reg.decision d where d.subject = t.subject and d.machine = 'verification' and d.aspect = t.code
        order by d.seq desc limit 1) d on true;
  end if;
  if v_new then
    insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, how, tier, scope,
      recorded_by, event, digest)
    select reg.new_id(), c.subject, 'verification', c.value->>'code', 1, '', 'reported', 'First claim of this kind',
           array_agg(c.id), v_by, v_how, c.tier, c.scope, v_by, p_event, ''
    from unnest(v_told) c where c.predicate = 'kind' and c.open and c.kind = 'site'
      and not exists (select 1 from reg.decision d where d.subject = c.subject and d.machine = 'verification' and d.aspect = c.value->>'code')
    group by c.subject, c.value->>'code', c.tier, c.scope;
  end if;
  if v_low and r.places then
    insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, how, tier, scope,
      recorded_by, event, digest)
    select reg.new_id(), g.subject, 'verification', g.code, l.seq + 1, 'reported', 'suspected', 'A graded source and a place with its uncertainty',
           g.basis, v_by, v_how, l.tier, l.scope, v_by, p_event, ''
    from (select c.subject, c.value->>'code' as code, array_agg(c.id) as basis
          from (select t.*, bool_or(t.predicate = 'place' and t.placed) over (partition by t.subject) as located from unnest(v_told) t
                where t.open and t.class <> 1) c where c.predicate = 'kind' and c.located group by 1, 2) g
    cross join lateral (select d.* from reg.decision d where d.subject = g.subject and d.machine = 'verification' and d.aspect = g.code
      order by d.seq desc limit 1) l
    where l.to_state = 'reported' and l.annuls is null;
  end if;
  if v_persons then
    v_listed := v_how = 'import' or not api._cases_open();
    insert into reg.decision(id, subject, machine, seq, from_state, to_state, reason, basis, proposed_by, how, tier, scope,
      recorded_by, event, digest)
    select reg.new_id(), s.id, 'case', 1, '', case when v_listed then 'listed' else 'draft' end,
           case when v_how = 'import' then 'Named in a list' when v_listed then 'Named while cases are not registered' else 'A case typed in' end, '{}', v_by, v_how, s.tier, s.scope, v_by, p_event, ''
    from reg.subject s where s.id = any (p_ids) and s.kind = 'person' and s.merged_into is null
      and not exists (select 1 from reg.decision d where d.subject = s.id and d.machine = 'case');
  end if;
  if r.tasks then perform api._claim_tasks(v_told); end if;
end $$;

-- Of each person a sign of life that lies wholly after an account of the death or its notice, in the pair that most people may see.
create function api._life_conflicts(p_told api._told[]) returns table(subject uuid, data jsonb, tier int, scope int) stable language sql as $$
  with said as materialized (
    select c.*, k.attrs->>'alive_evidence' = 'positive' as alive from unnest(p_told) c
    join vocab.event_kind k on k.code = c.value->>'kind' and (k.attrs->>'alive_evidence' in ('positive', 'negative')
      or k.code in ('death_notice_issued', 'death_registered', 'body_photographed', 'body_released'))
    where c.predicate = 'event' and c.kind = 'person' and c.class <> 1 and c.days is not null)
  select distinct on (a.subject) a.subject, jsonb_build_object('alive', a.id, 'death', d.id), greatest(a.tier, a.claim_tier, d.claim_tier),
    case when a.claim_scope = d.claim_scope or d.claim_scope = 0 then a.claim_scope else d.claim_scope end
  from said a join said d on a.alive and not d.alive and d.subject = a.subject and upper(d.days) <= lower(a.days)
    and (a.claim_scope = d.claim_scope or 0 in (a.claim_scope, d.claim_scope))
  order by a.subject, greatest(a.claim_tier, d.claim_tier), lower(a.days) desc, upper(d.days) desc, a.id, d.id $$;

-- Tasks from claims: a kind that only restricted claims tell of, a sign of life of somebody settled as dead (I17), and one after an
-- account of the death where nothing is settled.
create function api._claim_tasks(p_told api._told[]) returns void
set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  insert into reg.task(id, what, why, subject, role, data, tier, scope)
  select reg.new_id(), f.what, f.why, f.subject, 'investigator', f.data, f.tier, f.scope from (
    select 'restricted_kind' as what, 'Only claims more restricted than the site tell of this kind: propose its level.' as why, c.subject,
           jsonb_build_object('aspect', c.value->>'code') as data, max(greatest(c.tier, c.claim_tier)) as tier, max(c.claim_scope) as scope
    from unnest(p_told) c where c.predicate = 'kind' and c.kind = 'site' and not exists (select 1 from reg.decision d
      where d.subject = c.subject and d.machine = 'verification' and d.aspect = c.value->>'code')
    group by c.subject, c.value->>'code'
    union all
    select 'alive_conflict', 'A claim speaks for being alive after the death that was settled: one of the two is wrong.', c.subject,
           jsonb_build_object('claim', c.id), greatest(c.tier, c.claim_tier), c.claim_scope
    from unnest(p_told) c join vocab.event_kind k on k.code = c.value->>'kind' and k.attrs->>'alive_evidence' = 'positive'
    join lateral (select d.to_state, d.basis from reg.decision d where d.subject = c.subject and d.machine = 'fate' order by d.seq desc limit 1) d
      on d.to_state = 'dead'
    where c.predicate = 'event' and c.class <> 1 and coalesce(upper(c.days), 'infinity') > (select max(coalesce(upper(coalesce(b.at, b.began)), '-infinity'))
      from reg.claim b join vocab.event_kind x on x.code = b.value->>'kind' and x.attrs->>'alive_evidence' = 'negative' where b.id = any (d.basis))
    union all
    select 'life_conflict', 'One account tells of a death or its notice, another of life after that: both stand and nothing is settled. Weigh them.',
           l.subject, l.data, l.tier, l.scope
    from api._life_conflicts(p_told) l where not exists (select 1 from reg.task t where t.subject = l.subject and t.what = 'life_conflict'
      and (t.done_at is null or t.data = l.data)) and coalesce((select d.to_state from reg.decision d where d.subject = l.subject
      and d.machine = 'fate' order by d.seq desc limit 1), 'unknown') <> 'dead') f
  where not exists (select 1 from reg.task t where t.subject = f.subject and t.what = f.what and t.data = f.data and t.done_at is null);
end $$;

-- Which pairs a taken-over batch would move: on claims and subjects that both the proposer and the caller may see.
create function api._batch_steps(p reg.proposal) returns table(subject uuid, aspect text, seq int, from_state text, to_state text,
  basis uuid[], code text, tier smallint, scope int) stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with me as (select m.level, m.scopes from api.me() m),
  his as (select c.tier as level, array(select s.id from reg.scope s where s.compartments <@ c.compartments) as scopes
          from reg.clearance c where c.account = (p).recorded_by and c.ended_at is null and c.expires_at > statement_timestamp()),
  said as (
    select c.subject, c.predicate, c.value->>'code' as code, c.id from reg.claim c, me, his
    where c.batch = ((p).value->>'batch')::uuid and c.predicate in ('official_status', 'kind') and api._claim_tier(c.id, c.subject, c.tier) <= least(me.level, his.level)
      and c.scope = any (me.scopes) and c.scope = any (his.scopes) and c.rumour_owner is null
      and not exists (select 1 from reg.claim_end e where e.claim = c.id)),
  status as (select t.subject, max(t.code) as code, array_agg(t.id) as basis from said t
             where t.predicate = 'official_status' and (p).value->'mapping' ? t.code group by t.subject having count(distinct t.code) = 1),
  pair as (select distinct t.subject, k.code as aspect, t.code, t.basis from status t join said k on k.subject = t.subject and k.predicate = 'kind')
  select s.id, r.aspect, d.seq + 1, d.to_state, n.to_state, r.basis, r.code, greatest(s.tier, 1)::smallint, s.scope
  from pair r join reg.subject s on s.id = r.subject and s.merged_into is null
  cross join me cross join his
  join lateral (select x.seq, x.to_state from reg.decision x where x.subject = s.id and x.machine = 'verification' and x.aspect = r.aspect
                order by x.seq desc limit 1) d on d.to_state in ('reported', 'suspected')
  join reg.transition n on n.machine = 'verification' and n.from_state = d.to_state and n.to_state = (p).value->'mapping'->>r.code
  where s.tier <= least(me.level, his.level) and s.scope = any (me.scopes) and s.scope = any (his.scopes) $$;

create function api._check_takeover(p reg.proposal) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._check_guards(api._context(p.subject, p.machine, p.aspect, p.from_state, p.to_state, p.reason, p.basis, p.value, null, null)
    || '{"road": "batch"}', array['batch_official_status']);
end $$;

create function api._take_batch(p reg.proposal, p_approved uuid[], p_event uuid) returns jsonb
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_ids uuid[]; v_by uuid := api._actor(); v_n int;
begin
  perform 1 from reg.subject s where s.id in (select b.subject from api._batch_steps(p) b) order by s.id for update;
  insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, value, reason, basis, proposal, proposed_by,
    approved_by, how, tier, scope, recorded_by, event, digest)
  select reg.new_id(), b.subject, 'verification', b.aspect, b.seq, b.from_state, b.to_state,
         jsonb_build_object('batch', p.value->>'batch', 'code', b.code), p.reason, b.basis, p.id, p.recorded_by, p_approved, 'person',
         b.tier, b.scope, v_by, p_event, '' from api._batch_steps(p) b;
  get diagnostics v_n = row_count;
  update reg.task t set done_at = clock_timestamp(), done_by = v_by, outcome = 'one decision took them over'
   where t.what = 'take_over_statuses' and t.data->>'batch' = p.value->>'batch' and t.done_at is null;
  v_ids := array(select distinct d.subject from reg.decision d where d.proposal = p.id);
  insert into reg.proposal_end(proposal, outcome, why, recorded_by, event, digest)
  select o.id, 'stale', 'The state it started from is no longer in force', v_by, p_event, '' from reg.proposal o
   join reg.decision d on d.proposal = p.id and d.subject = o.subject and d.machine = o.machine and d.aspect = o.aspect
   where o.id <> p.id and not exists (select 1 from reg.proposal_end x where x.proposal = o.id);
  perform api._resolve(v_ids);
  return jsonb_build_object('state', 'decided', 'proposal', p.id, 'decisions', v_n, 'sites', cardinality(v_ids));
end $$;

create function api.take_over_statuses(p_batch uuid, p_mapping jsonb, p_reason text) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal; v_subject reg.subject; v_batch reg.import_batch; v_bad text;
begin
  v.recorded_by := api._may_propose('verification');
  perform api._check_words(p_reason, '{}', null);
  select * into v_batch from reg.import_batch b where b.id = p_batch and b.tier <= api.level() and b.scope = any (api.scopes());
  if not found then perform api._missing(); end if;
  select e.value into v_bad from jsonb_each_text(p_mapping) e where e.value not in ('suspected', 'probable', 'confirmed', 'refuted', 'inconclusive') limit 1;
  if found or p_mapping = '{}' then
    perform api._bad('unknown_code', 'mapping', v_bad, 'Map each of that body''s codes to suspected, probable, confirmed, refuted or inconclusive'); end if;
  select s.* into v_subject from reg.subject s join reg.claim c on c.subject = s.id and c.batch = p_batch and c.predicate = 'official_status'
   where s.tier <= api.level() and s.scope = any (api.scopes()) order by s.tier, s.id limit 1;
  if not found then perform api._refuse('batch_official_status', 'The batch must hold live status claims of that body with the codes that are mapped.'); end if;
  v.subject := v_subject.id; v.machine := 'verification'; v.aspect := 'batch:' || p_batch; v.from_state := ''; v.to_state := 'taken_over';
  v.reason := p_reason; v.value := jsonb_build_object('batch', p_batch, 'mapping', p_mapping); v.approvals_needed := 1; v.tier := v_batch.tier;
  v.scope := v_subject.scope;
  perform api._check_takeover(v);
  return api._decide_or_propose(v_subject, v, v_event);
end $$;
comment on function api.take_over_statuses(uuid, jsonb, text) is
  'One proposal to accept another body''s levels for a whole batch; one other approves, then each (site, kind) has its decision.';
reset role;
