-- Merging two subjects and splitting one. No claim is copied at a merge: what was merged is read as part of what stays, so
-- annulling it is one step back. The parts of an annulled split are merged into the site they came from.
set role sr_writer;

-- The proposal of a merge, by whoever may make it: people who settle records (api.merge), or whoever registered a search (91c).
create function api._propose_merge(p_by uuid, p_survivor uuid, p_other uuid, p_reason text, p_seen int default null) returns jsonb
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal; v_other reg.subject; v_survivor reg.subject;
begin
  v.recorded_by := p_by;
  perform api._check_words(p_reason, '{}', null);
  perform 1 from reg.subject s where s.id in (p_survivor, p_other) order by s.id for update;
  v_survivor := api._seen_subject(p_survivor);
  v_other := api._seen_subject(p_other);
  perform api._check_subject(v_survivor, 'merge', '');
  perform api._check_subject(v_other, 'merge', '');
  perform api._check_seen(v_survivor, p_seen);
  v.subject := p_other; v.machine := 'merge'; v.aspect := ''; v.reason := p_reason; v.to_state := 'merged';
  v.from_state := api._state(p_other, 'merge', ''); v.value := jsonb_build_object('survivor', p_survivor);
  v.tier := v_survivor.tier; v.scope := api._scope_of(array(select c from reg.scope x, unnest(x.compartments) c where x.id in (v_survivor.scope, v_other.scope)));
  v.approvals_needed := (api._step('merge', v.from_state, 'merged')).approvals;
  perform api._check_guards(api._context(p_other, 'merge', '', v.from_state, 'merged', p_reason, '{}', v.value, null, null),
                            array['survivor_named', 'tier_unmoved']);
  return api._decide_or_propose(v_other, v, v_event);
end $$;

create function api.merge(p_survivor uuid, p_other uuid, p_reason text, p_seen int default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._may_propose('merge');
begin
  return api._propose_merge(v_by, p_survivor, p_other, p_reason, p_seen);
end $$;
comment on function api.merge(uuid, uuid, text, int) is
  'It is proposed that the other becomes part of the survivor; one other approves; every code stays and leads to what it became.';

create function api.split(p_site uuid, p_parts jsonb, p_reason text, p_seen int default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v reg.proposal; v_site reg.subject;
begin
  v.recorded_by := api._may_propose('split');
  perform api._check_words(p_reason, '{}', null);
  v_site := api._seen_subject(p_site, true);
  perform api._check_subject(v_site, 'split', '');
  perform api._check_seen(v_site, p_seen);
  v.subject := p_site; v.machine := 'split'; v.aspect := v_event::text; v.reason := p_reason; v.from_state := ''; v.to_state := 'split';
  v.value := jsonb_build_object('parts', p_parts); v.approvals_needed := (api._step('split', '', 'split')).approvals;
  perform api._check_guards(api._context(p_site, 'split', v.aspect, '', 'split', p_reason, '{}', v.value, null, null), array['parts_named', 'tier_unmoved']);
  return api._decide_or_propose(v_site, v, v_event);
end $$;
comment on function api.split(uuid, jsonb, text, int) is
  'It is proposed that claims leave this site for new ones, [{"name": ..., "claims": [...]}, ...]; one other approves.';

-- The new sites of a split, each with its claims as superseding copies; the value of the decision then names them.
create function api._divide(p_site reg.subject, p reg.proposal, p_event uuid) returns jsonb
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_part jsonb; v_parts jsonb := '[]'; v_new uuid; v_claims uuid[];
begin
  for v_part in select x from jsonb_array_elements(p.value->'parts') x loop
    v_new := reg.new_id();
    v_claims := array(select c::uuid from jsonb_array_elements_text(v_part->'claims') c);
    insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by)
    values (v_new, 'site', reg.new_code('SYS'), greatest((p_site).tier, 1), (p_site).scope, greatest((p_site).exact_tier, 1), api._actor());
    perform api._supersede(v_claims, jsonb_build_object('subject', v_new), p.reason, api._actor(), p_event);
    perform api._review_tasks(v_claims);
    v_parts := v_parts || (v_part || jsonb_build_object('subject', v_new));
  end loop;
  return p.value || jsonb_build_object('parts', v_parts);
end $$;

-- A merge that is annulled and then restored, or a split, must not close a ring of merges.
create function api._check_undo(p reg.decision) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_merged reg.decision;
begin
  if p.machine = 'merge' and p.to_state = '' then
    select * into v_merged from reg.decision d where d.id = p.annuls;
    if exists (select 1 from reg.subject s where s.id = (v_merged.value->>'survivor')::uuid and s.merged_into is not null) then
      perform api._refuse('survivor_named', 'The site that was to stay was itself merged since: propose the merge anew.'); end if;
  end if;
end $$;

-- What a merge or split, its annulment or its restoration does to the subjects; then all that speak of them resolve again.
create function api._move(p reg.decision, p_event uuid) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_told reg.decision := p; v_ids uuid[]; v_other reg.subject; v_site reg.subject; v_to uuid;
begin
  if p.to_state = '' then select * into v_told from reg.decision d where d.id = p.annuls; end if;
  if p.machine = 'merge' then
    v_to := (v_told.value->>'survivor')::uuid;
    v_ids := array[p.subject, v_to];
    perform 1 from reg.subject s where s.id = any (v_ids) order by s.id for update;
    update reg.subject set merged_into = case when p.to_state = 'merged' then v_to end where id = p.subject returning * into v_other;
    if p.to_state = 'merged' then
      select * into v_site from reg.subject s where s.id = v_to;
      -- What a higher tier brings is told to nobody below it, not even by how exactly the place is shown; of a compartment's the stricter of the two
      -- holds all the same, lest those of its tier who hold it be shown more exactly where it lies. The task goes to whoever sees both.
      if v_other.tier <= greatest(v_site.tier, 1) then update reg.subject set exact_tier = greatest(exact_tier, v_other.exact_tier) where id = v_to; end if;
      if v_other.tier > greatest(v_site.tier, 1) or not api._within_scope(v_other.scope, v_site.scope) then
        v_site.tier := greatest(v_site.tier, v_other.tier);
        v_site.scope := api._scope_of(array(select c from reg.scope x, unnest(x.compartments) c where x.id in (v_site.scope, v_other.scope)));
      end if;
      if v_site.kind <> 'person' then
        perform api._open_task('review_merged', 'Another site became part of this one: look again at its levels and its protection.', v_site,
          'investigator', jsonb_build_object('merge', p.id));
      end if;
    end if;
  else
    v_ids := p.subject || array(select (x->>'subject')::uuid from jsonb_array_elements(v_told.value->'parts') x);
    update reg.subject set merged_into = case when p.to_state = '' then p.subject end
     where id = any (v_ids) and id <> p.subject and merged_into is not distinct from case when p.to_state = '' then null else p.subject end;
  end if;
  v_ids := array(select distinct x from unnest(v_ids || api._heir(v_ids[1]) || api._heir(v_ids[2])) x where x is not null);
  perform api._first_levels(v_ids, p_event, 'rule');
  perform api._resolve(v_ids || array(select r.site from reg.site_relation r where r.other = any (v_ids)
    union select e.person from reg.person_event e where e.site = any (v_ids)));
end $$;

create function api.where_now(p_code text) returns table(asked text, became text, subject uuid, code text, kind text)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  with m as (select x.level, x.scopes from api.me() x),
  old as (select s.* from reg.subject s, m where s.code = upper(trim(p_code)) and s.tier <= m.level and s.scope = any (m.scopes)),
  found as (
    select 0 as n, case when o.merged_into is null then 'itself' else 'merged' end as became, api._heir(o.id) as id from old o
    union all
    select 1, 'part', (x->>'subject')::uuid from old o
    join lateral (select distinct on (d.aspect) d.to_state, d.value from reg.decision d where d.subject = o.id and d.machine = 'split'
                  order by d.aspect, d.seq desc) d on d.to_state = 'split' cross join lateral jsonb_array_elements(d.value->'parts') x)
  select upper(trim(p_code)), f.became, s.id, s.code, s.kind from found f join reg.subject s on s.id = f.id
  cross join m where s.tier <= m.level and s.scope = any (m.scopes) order by f.n, s.code $$;
comment on function api.where_now(text) is
  'What stands under a code today: the subject itself, the one it was merged into, and the parts it was split into.';
reset role;
