-- The decisions that move a tier. Disclosure: named claims of a site count in face 0 from now on, or its exact place is shown
-- further down; four eyes, the second a releaser's. Restriction: one person's act raises the tier at once; lifting it takes two.
set role sr_writer;

-- One who agrees to a decision of this machine.
create function api._approver(p_machine text) returns text stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select m.attrs->>'approver' from vocab.machine m where m.code = p_machine), 'verifier') $$;

-- The proposal of a step of one of these machines, its guards judged; the value remembers how exact the place was until now.
create function api._tier_step(p_subject reg.subject, p_machine text, p_aspect text, p_to text, p_basis uuid[], p_value jsonb, p_reason text)
returns reg.proposal set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.proposal; v_step reg.transition; v_p jsonb;
begin
  v.recorded_by := api._actor(); v.subject := (p_subject).id; v.machine := p_machine; v.aspect := p_aspect; v.to_state := p_to; v.reason := p_reason;
  v.basis := array(select distinct b from unnest(p_basis) b where b is not null);
  v.value := jsonb_strip_nulls(p_value) || jsonb_build_object('exact_was', (p_subject).exact_tier);
  v.from_state := api._state(v.subject, p_machine, p_aspect);
  v_step := api._step(p_machine, v.from_state, p_to);
  perform api._need(variadic v_step.roles);
  v_p := api._context(v.subject, p_machine, p_aspect, v.from_state, p_to, p_reason, v.basis, v.value, null, null);
  perform api._check_basis(v_p);
  perform api._check_guards(v_p, v_step.guards);
  v.approvals_needed := v_step.approvals;
  select greatest(max(api._claim_tier(c.id, c.subject, c.tier)), 1) into v.tier from reg.claim c where c.id = any (v.basis);
  return v;
end $$;

create function api._answers(p jsonb) returns jsonb immutable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select jsonb_build_object('publish', p->'publish', 'recipient', p->'recipient', 'owner_consent', left(p->>'owner_consent', 2000), 'risk', (
    select jsonb_object_agg(r, left(p->'risk'->>r, 2000)) from unnest(array['site', 'sources', 'families', 'staff']) r)) $$;

-- The subject of such a step, locked: it may be proposed by the caller, has words, is seen by him and is as he saw it.
create function api._tier_subject(p_subject uuid, p_machine text, p_aspect text, p_reason text, p_seen int) returns reg.subject
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.subject;
begin
  perform api._may_propose(p_machine);
  perform api._check_words(p_reason, '{}', null);
  v := api._seen_subject(p_subject, true);
  perform api._check_subject(v, p_machine, p_aspect);
  perform api._check_seen(v, p_seen);
  return v;
end $$;

create function api.disclose(p_site uuid, p_claims uuid[], p_answers jsonb, p_reason text, p_seen int default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_site reg.subject := api._tier_subject(p_site, 'disclosure', '', p_reason, p_seen);
begin
  return api._decide_or_propose(v_site, api._tier_step(v_site, 'disclosure', '', 'disclosed', p_claims, api._answers(p_answers) || jsonb_build_object(
    'claims', array(select distinct c from unnest(p_claims) c where c is not null)), p_reason), reg.new_id());
end $$;
comment on function api.disclose(uuid, uuid[], jsonb, text, int) is
  'It is proposed that a site is T0 and these claims alone count in face 0; a releaser approves. answers: publish (yes), recipient (public or '
  'shareable), risk {site, sources, families, staff}.';

create function api.disclose_place(p_site uuid, p_tier int, p_answers jsonb, p_reason text, p_seen int default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_site reg.subject := api._tier_subject(p_site, 'disclosure', 'place', p_reason, p_seen);
begin
  return api._decide_or_propose(v_site, api._tier_step(v_site, 'disclosure', 'place', 'place_disclosed', '{}', api._answers(p_answers)
    || jsonb_build_object('exact_tier', p_tier), p_reason), reg.new_id());
end $$;
comment on function api.disclose_place(uuid, int, jsonb, text, int) is
  'It is proposed that the exact place is shown from this tier on, never below the site''s own; a releaser approves. answers as for disclose, and '
  'owner_consent where a private house would be published.';

create function api.restrict(p_subject uuid, p_tier int, p_reason text, p_claims uuid[] default '{}', p_place bool default false,
  p_seen int default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal; v_subject reg.subject; v_one reg.subject; v_done uuid; v_made uuid; v_ids uuid[] := '{}';
begin
  if p_tier is null or p_tier not between 1 and 2 then perform api._bad('bad_tier', 'tier', p_tier::text, 'A restriction raises to tier 1 or 2'); end if;
  v_subject := api._tier_subject(p_subject, 'tier', '', p_reason, p_seen);
  v := api._tier_step(v_subject, 'tier', v_event::text, 'restricted', p_claims, case when p_place then jsonb_build_object('exact_tier', p_tier)
    else jsonb_build_object('tier', p_tier) end || case when cardinality(p_claims) > 0 then jsonb_build_object('claims', p_claims) else '{}' end, p_reason);
  for v_one in select s.* from reg.subject s where s.id in (select m.member from api._members(array[p_subject]) m)
      and (cardinality(v.basis) = 0 or exists (select 1 from reg.claim c where c.id = any (v.basis) and c.subject = s.id)) order by s.id for update loop
    v.subject := v_one.id; v.value := v.value || jsonb_build_object('exact_was', v_one.exact_tier);
    if v.value ? 'claims' then v.value := v.value || jsonb_build_object('claims',
      array(select c.id from reg.claim c where c.id = any (p_claims) and c.subject = v_one.id)); end if;
    v_made := (api._settle(v_one, v, '{}', 'person', v_event)).id;
    if v_done is null or v_one.id = p_subject then v_done := v_made; end if;
    v_ids := v_ids || v_one.id;
  end loop;
  perform api._retier(v_ids || p_subject);
  perform api._close_event(v_event, 'restrict', p_subject, p_reason);
  return jsonb_build_object('state', 'decided', 'decision', v_done, 'version', api._version(v_subject));
end $$;
comment on function api.restrict(uuid, int, text, uuid[], bool, int) is
  'At once, by one person''s act, this subject (or these claims of it, or its exact place alone) has at least this tier: whoever is cleared for less '
  'finds nothing there any more.';

create function api.lift(p_decision uuid, p_reason text) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare d reg.decision; v_subject reg.subject;
begin
  perform api._may_propose('tier');
  perform api._check_words(p_reason, '{}', null);
  select * into d from reg.decision x where x.id = p_decision and x.machine = 'tier' and x.tier <= api.level() and x.scope = any (api.scopes())
     and api._told_aspect(x.subject, x.machine, x.aspect, api.level(), api.scopes());
  if not found then perform api._missing(); end if;
  v_subject := api._seen_subject(d.subject, true);
  return api._decide_or_propose(v_subject, api._tier_step(v_subject, 'tier', d.aspect, 'lifted', '{}', '{}', p_reason), reg.new_id());
end $$;
comment on function api.lift(uuid, text) is
  'It is proposed that a restriction ends, since the danger is over; a releaser approves, and the tiers are again what else was decided.';

-- After a disclosure, a lifting, or the annulment of one. A restriction of a site covers what was merged into it by decisions of
-- the same aspect: they end and stand again together.
create function api._tiers_moved(p reg.decision, p_proposal reg.proposal, p_approved uuid[], p_event uuid) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_one reg.subject; v_last reg.decision; v_ids uuid[] := array[p.subject];
begin
  if p.machine = 'tier' then
    for v_one in select s.* from api._members(array[api._heir(p.subject)]) m join reg.subject s on s.id = m.member and s.id <> p.subject order by s.id for update of s loop
      select * into v_last from reg.decision d where d.subject = v_one.id and d.machine = 'tier' and d.aspect = p.aspect order by d.seq desc limit 1;
      if not found or v_last.to_state <> p.from_state then continue; end if;
      p_proposal.subject := v_one.id;
      p_proposal.value := coalesce((select d.value from reg.decision d where d.subject = v_one.id and d.machine = 'tier' and d.aspect = p.aspect
          and d.seq = v_last.seq - 1 and d.to_state = p.to_state), '{}') || case when p.annuls is not null then jsonb_build_object('annuls', v_last.id) else '{}' end;
      perform api._settle(v_one, p_proposal, p_approved, 'person', p_event);
      v_ids := v_ids || v_one.id;
    end loop;
  end if;
  perform api._retier(v_ids || api._heir(p.subject));
end $$;
reset role;
