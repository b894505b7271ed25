-- Proposing, deciding, approving, withdrawing, annulling. A subject is locked while its state changes, so of two writers the
-- second waits and then sees what the first did.
set role sr_writer;

create function api._may_propose(p_machine text) returns uuid
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_roles text[];
begin
  select array_agg(distinct r) into v_roles from reg.transition t, unnest(t.roles) r where t.machine = p_machine;
  if p_machine = 'chosen_value' then v_roles := array['investigator', 'analyst', 'data_steward']; end if;
  if v_roles is null then perform api._bad('unknown_code', 'machine', p_machine, 'Nothing of this kind is decided here'); end if;
  return api._need(variadic v_roles);
end $$;

create function api._check_words(p_reason text, p_value jsonb, p_observed_on date) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if coalesce(trim(p_reason), '') = '' then perform api._bad('missing_required', 'reason', '', 'Say why'); end if;
  if length(p_reason) > 4000 then perform api._bad('too_long', 'reason', left(p_reason, 40), 'At most 4,000 letters'); end if;
  if p_observed_on > reg.today() then
    perform api._bad('future_date', 'observed_on', p_observed_on::text, 'This day lies in the future'); end if;
  if jsonb_typeof(p_value) <> 'object' or p_value ?| array['annuls', 'batch', 'mapping', 'survivor', 'parts', 'moved'] then
    perform api._bad('bad_value', 'value', p_value::text, 'These keys are written by the registry itself'); end if;
end $$;

-- That this machine speaks of such a subject and aspect, that it was not merged away, that it lies where the caller may act.
create function api._check_subject(p_subject reg.subject, p_machine text, p_aspect text) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_area geometry;
begin
  if (p_subject).kind <> all (case when p_machine in ('case', 'fate', 'whereabouts') then array['person']
      when p_machine in ('verification', 'disclosure') then array['site'] when p_machine in ('protection', 'measure') then array['site', 'holding']
      else array['site', 'person', 'holding'] end) then
    perform api._bad('bad_subject', 'subject', (p_subject).kind, format('A %s has no %s', (p_subject).kind, p_machine)); end if;
  if (p_machine = 'verification' and not exists (select 1 from vocab.site_kind k where k.code = p_aspect))
     or (p_machine = 'measure' and not exists (select 1 from reg.measure m where m.id::text = p_aspect and m.site = (p_subject).id))
     or (p_machine in ('protection', 'case', 'fate', 'whereabouts') and p_aspect <> '') then
    perform api._bad('unknown_code', 'aspect', p_aspect, 'The aspect is the site kind of a verification, the measure of a measure, '
      'else empty'); end if;
  if (p_subject).merged_into is not null and p_machine not in ('merge', 'protection', 'measure') then
    perform api._refuse('merged', 'It was merged into another: decide there.'); end if;
  if p_machine in ('fate', 'whereabouts', 'chosen_value', 'link_review') and api._is_suspended((p_subject).id) then
    perform api._refuse('suspended', 'The case is suspended: nothing else is decided about it before it is open again.'); end if;
  select m.area into v_area from api.me() m;
  if v_area is not null and exists (select 1 from reg.claim c where c.subject = (p_subject).id and c.predicate = 'place' and c.geom is not null)
     and not exists (select 1 from reg.claim c where c.subject = (p_subject).id and c.predicate = 'place' and st_intersects(c.geom, v_area)
                     and not exists (select 1 from reg.claim_end e where e.claim = c.id)) then
    perform api._refuse('area', 'Your clearance lets you act inside its area only.'); end if;
end $$;

create function api.decide(p_subject uuid, p_machine text, p_aspect text, p_to text, p_reason text, p_basis uuid[] default '{}',
  p_seen int default null, p_observed_on date default null, p_due date default null, p_value jsonb default '{}') returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal; v_subject reg.subject; v_step reg.transition; v_p jsonb;
begin
  if p_machine in ('merge', 'split', 'chosen_value', 'link_review', 'duplicate', 'disclosure', 'tier') then
    perform api._bad('unknown_code', 'machine', p_machine, 'This is decided by a road of its own'); end if;
  v.recorded_by := api._may_propose(p_machine);
  perform api._check_words(p_reason, p_value, p_observed_on);
  if p_machine = 'case' then perform api._hold_stage(); end if;
  v_subject := api._seen_subject(p_subject, true);
  perform api._check_subject(v_subject, p_machine, coalesce(p_aspect, ''));
  perform api._check_seen(v_subject, p_seen);
  v.subject := p_subject; v.machine := p_machine; v.aspect := coalesce(p_aspect, ''); v.to_state := p_to; v.reason := p_reason;
  v.basis := array(select distinct b from unnest(p_basis) b where b is not null); v.value := p_value; v.due := p_due;
  v.observed_on := p_observed_on; v.from_state := api._told_state(p_subject, p_machine, v.aspect);
  v_step := api._step(p_machine, v.from_state, p_to);
  v_p := api._context(p_subject, p_machine, v.aspect, v.from_state, p_to, p_reason, v.basis, p_value, p_due, p_observed_on);
  perform api._check_basis(v_p);
  perform api._check_guards(v_p, v_step.guards);
  if v_step.roles = '{}' then perform api._refuse('transition', 'This step is no person''s act: a rule of the registry takes it.'); end if;
  perform api._need(variadic v_step.roles);
  v.approvals_needed := v_step.approvals;
  return api._decide_or_propose(v_subject, v, v_event);
end $$;
comment on function api.decide(uuid, text, text, text, text, uuid[], int, date, date, jsonb) is
  'The state is changed, or proposed where others must approve; refused with the guard that does not hold.';

create function api._decide_or_propose(p_subject reg.subject, p reg.proposal, p_event uuid) returns jsonb
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.decision;
begin
  p.id := reg.new_id(); p.tier := greatest(p.tier, (p_subject).tier, 1); p.scope := coalesce(p.scope, (p_subject).scope);
  p.recorded_at := clock_timestamp(); p.event := p_event; p.digest := ''; p.aspect := coalesce(p.aspect, '');
  p.value := coalesce(p.value, '{}'); p.basis := coalesce(p.basis, '{}');
  if p.approvals_needed = 0 then
    v := api._settle(p_subject, p, '{}', 'person', p_event);
    perform api._resolve(array[v.subject]);
    perform api._close_event(p_event, 'decide', v.subject, p.reason);
    return jsonb_build_object('state', 'decided', 'decision', v.id, 'version', api._version(p_subject));
  end if;
  if exists (select 1 from reg.proposal o where o.subject = p.subject and o.machine = p.machine
      and (o.aspect = p.aspect or p.machine = 'split') and o.tier <= api.level() and o.scope = any (api.scopes()) and not exists (select 1 from reg.proposal_end x where x.proposal = o.id)) then
    raise exception 'A proposal for this waits already' using errcode = 'SR409', hint = 'Approve, refuse or withdraw it first.',
      detail = '{"changed": [{"field": "proposal", "was": null, "now": "waiting"}]}'; end if;
  insert into reg.proposal select p.*;
  perform api._close_event(p_event, 'propose', p.subject, p.reason);
  return jsonb_build_object('state', 'proposed', 'proposal', p.id, 'approvals_needed', p.approvals_needed,
                            'version', api._version(p_subject));
end $$;

-- The proposal as the caller may see it, its subject locked and the proposal still open.
create function api._open_proposal(p_id uuid) returns reg.proposal
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.proposal; v_end reg.proposal_end;
begin
  select * into v from reg.proposal o where o.id = p_id and o.tier <= api.level() and o.scope = any (api.scopes())
     and (o.machine not in ('tier', 'fate', 'whereabouts', 'link_review', 'duplicate') or api._told_aspect(o.subject, o.machine, o.aspect, api.level(), api.scopes()));
  if not found then perform api._missing(); end if;
  perform api._seen_subject(v.subject, true);
  select * into v_end from reg.proposal_end x where x.proposal = p_id;
  if found then
    raise exception 'The proposal is no longer open' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'proposal', 'was', 'open', 'now', v_end.outcome),
      jsonb_build_object('field', v.machine, 'was', v.from_state, 'now', api._state(v.subject, v.machine, v.aspect))))::text; end if;
  return v;
end $$;

-- Another account than all who had a hand in it and, outside the demo, another person at the computer.
create function api._four_eyes(p_others uuid[], p_me uuid) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if exists (select 1 from unnest(p_others) o where api._same_person(o, p_me)) then
    perform api._refuse('four_eyes', 'Somebody else must approve: not the proposer, nor one who approved already.'); end if;
end $$;

create function api.approve(p_proposal uuid, p_agrees bool, p_reason text default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal; v_by uuid; v_agreed uuid[]; v_subject reg.subject; v_done jsonb;
begin
  v_by := api._need('verifier', 'releaser');
  v := api._open_proposal(p_proposal);
  if not api._approver(v.machine) = any (api.roles()) then
    perform api._refuse('approver', case api._approver(v.machine) when 'releaser' then 'A releaser approves what moves a tier.'
      else 'A verifier approves this.' end); end if;
  v_subject := api._seen_subject(v.subject);
  v_agreed := array(select a.recorded_by from reg.approval a where a.proposal = v.id order by a.recorded_at);
  perform api._four_eyes(v.recorded_by || v_agreed, v_by);
  if not p_agrees and coalesce(trim(p_reason), '') = '' then
    perform api._bad('missing_required', 'reason', '', 'Say why you do not agree'); end if;
  if p_agrees then perform api._check_proposal(v_subject, v); end if;
  insert into reg.approval(id, proposal, agrees, reason, recorded_by, event, digest)
  values (reg.new_id(), v.id, p_agrees, p_reason, v_by, v_event, '');
  v_agreed := v_agreed || v_by;
  if p_agrees and cardinality(v_agreed) < v.approvals_needed then
    perform api._close_event(v_event, 'approve', v.subject, coalesce(p_reason, v.reason));
    return jsonb_build_object('state', 'waiting', 'proposal', v.id, 'approvals_needed', v.approvals_needed - cardinality(v_agreed));
  end if;
  insert into reg.proposal_end(proposal, outcome, why, recorded_by, event, digest)
  values (v.id, case when p_agrees then 'taken' else 'refused' end, p_reason, v_by, v_event, '');
  v_done := case when p_agrees then api._take(v_subject, v, v_agreed, v_event)
                 else jsonb_build_object('state', 'refused', 'proposal', v.id) end;
  perform api._close_event(v_event, case when p_agrees then 'approve' else 'refuse' end, v.subject, coalesce(p_reason, v.reason));
  return v_done || jsonb_build_object('version', api._version(v_subject));
end $$;
comment on function api.approve(uuid, bool, text) is
  'One more pair of eyes has agreed, and with the last the decision stands; or the proposal is refused.';

-- The guards again, on the rows of the one who approves now.
create function api._check_proposal(p_subject reg.subject, p reg.proposal) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_p jsonb; v_guards text[];
begin
  if p.aspect like 'batch:%' then perform api._check_takeover(p); return; end if;
  if api._state(p.subject, p.machine, p.aspect) <> p.from_state then
    raise exception 'It changed since it was proposed' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', p.machine, 'was', p.from_state, 'now', api._state(p.subject, p.machine, p.aspect))))::text; end if;
  if p.value ? 'annuls' then
    perform api._check_undo((select d from reg.decision d where d.id = (p.value->>'annuls')::uuid));
    return; end if;
  v_p := api._context(p.subject, p.machine, p.aspect, p.from_state, p.to_state, p.reason, p.basis, p.value, p.due, p.observed_on);
  v_guards := (api._step(p.machine, p.from_state, p.to_state)).guards;
  perform api._check_guards(v_p, v_guards);
end $$;

create function api._take(p_subject reg.subject, p reg.proposal, p_approved uuid[], p_event uuid) returns jsonb
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.decision;
begin
  if p.aspect like 'batch:%' then return api._take_batch(p, p_approved, p_event); end if;
  if p.machine = 'split' and not p.value ? 'annuls' then p.value := api._divide(p_subject, p, p_event); end if;
  v := api._settle(p_subject, p, p_approved, 'person', p_event);
  if p.machine in ('merge', 'split') then perform api._move(v, p_event);
  elsif p.machine in ('disclosure', 'tier') then perform api._tiers_moved(v, p, p_approved, p_event);
  else perform api._resolve(array[v.subject]); end if;
  return jsonb_build_object('state', 'decided', 'decision', v.id, 'proposal', p.id);
end $$;

create function api.withdraw(p_proposal uuid, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal;
begin
  perform api._actor();
  v := api._open_proposal(p_proposal);
  if v.recorded_by <> api._actor() then perform api._refuse('proposer', 'Only the one who proposed it withdraws it; a verifier refuses it.'); end if;
  perform api._check_words(p_why, '{}', null);
  insert into reg.proposal_end(proposal, outcome, why, recorded_by, event, digest) values (v.id, 'withdrawn', p_why, v.recorded_by, v_event, '');
  perform api._close_event(v_event, 'withdraw', v.subject, p_why);
end $$;
comment on function api.withdraw(uuid, text) is 'The proposal is taken back by the one who made it.';

-- That the last decision of its kind falls is proposed, by whoever may say so.
create function api._propose_annulment(p_by uuid, d reg.decision, p_subject reg.subject, p_reason text) returns jsonb
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal; v_before reg.decision;
begin
  if exists (select 1 from reg.decision x where x.subject = d.subject and x.machine = d.machine and x.aspect = d.aspect and x.seq > d.seq) then
    perform api._refuse('last_decision', 'Only the last decision of its kind is annulled: a later one stands.'); end if;
  if d.from_state = '' and d.machine in ('verification', 'case', 'measure') then
    perform api._refuse('first_decision', 'The first state goes with what was recorded: retract that instead.'); end if;
  perform api._check_undo(d);
  select * into v_before from reg.decision x where x.subject = d.subject and x.machine = d.machine and x.aspect = d.aspect and x.seq = d.seq - 1;
  v.recorded_by := p_by;
  v.subject := d.subject; v.machine := d.machine; v.aspect := d.aspect; v.from_state := d.to_state; v.to_state := d.from_state;
  v.reason := p_reason; v.basis := v_before.basis; v.due := v_before.due; v.observed_on := v_before.observed_on;
  v.value := coalesce(v_before.value, '{}') || jsonb_build_object('annuls', d.id); v.approvals_needed := 1;
  return api._decide_or_propose(p_subject, v, v_event);
end $$;

create function api.annul(p_decision uuid, p_reason text) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._actor(); d reg.decision; v_subject reg.subject;
begin
  perform api._check_words(p_reason, '{}', null);
  select * into d from reg.decision x where x.id = p_decision and x.tier <= api.level() and x.scope = any (api.scopes())
     and (x.machine not in ('tier', 'link_review', 'duplicate') or api._told_aspect(x.subject, x.machine, x.aspect, api.level(), api.scopes()));
  if not found then perform api._missing(); end if;
  v_subject := api._seen_subject(d.subject, true);
  if not api._approver(d.machine) = any (api.roles()) then perform api._may_propose(d.machine); end if;
  return api._propose_annulment(v_by, d, v_subject, p_reason);
end $$;
comment on function api.annul(uuid, text) is
  'It is proposed that the last decision of its kind falls and the state before it holds again; one other approves.';

create function api.choose_value(p_subject uuid, p_aspect text, p_claim uuid, p_reason text) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal; v_subject reg.subject; v_aspect text;
begin
  v.recorded_by := api._may_propose('chosen_value');
  perform api._check_words(p_reason, '{}', null);
  v_subject := api._seen_subject(p_subject, true);
  perform api._check_subject(v_subject, 'chosen_value', '');
  select c.predicate || coalesce(':' || (c.value->>(p.attrs->>'per')), '')
      || coalesce(':' || (c.value->>(p.attrs->'also'->>0)), '') into v_aspect
  from api._evidence(api._context(p_subject, '', '', '', '', '', array[p_claim], '{}', null, null)) c
  join vocab.predicate p on p.code = c.predicate where c.cited;
  if not found then perform api._bad('not_found', 'claim', p_claim::text, 'This is no live claim about it that you may see'); end if;
  if v_aspect <> coalesce(p_aspect, v_aspect) then
    perform api._bad('unknown_code', 'aspect', p_aspect, format('This claim is about %s', v_aspect)); end if;
  v.subject := p_subject; v.machine := 'chosen_value'; v.aspect := v_aspect; v.to_state := 'chosen'; v.reason := p_reason;
  v.basis := array[p_claim]; v.value := jsonb_build_object('claim', p_claim); v.approvals_needed := 0;
  return api._decide_or_propose(v_subject, v, v_event);
end $$;
comment on function api.choose_value(uuid, text, uuid, text) is
  'Of contradicting claims this one is what the record shows, as long as it lives.';
reset role;
