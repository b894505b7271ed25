-- What a proposal would change if it were approved now: the record before and after, and what follows from it.
set role sr_writer;

-- The best level of a site's kinds in a face, with that of one kind replaced.
create function api._best_level(p_site uuid, p_face int, p_kind text, p_level text) returns text stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select x.level from (
    select case when k.kind = p_kind then p_level else k.verification end as level, k.class, k.origins, k.kind
    from reg.site_kind k where k.site = p_site and k.face = p_face) x
  join vocab.verification_level l on l.code = x.level
  order by (l.attrs->>'rank')::int desc, x.class, x.origins desc, x.kind limit 1);
end $$;

create function api.proposal_effects(p_proposals uuid[]) returns table(proposal uuid, was jsonb, becomes jsonb, tasks jsonb, lines bool, published bool)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare m record; o reg.proposal; u reg.subject; s reg.site; d reg.decision;
begin
  select * into m from api.me();
  if m.account is null or m.level = 0 then return; end if;
  for o in select x.* from reg.proposal x where x.id = any (p_proposals) and x.tier <= m.level and x.scope = any (m.scopes)
      and api._told_aspect(x.subject, x.machine, x.aspect, m.level, m.scopes) and x.aspect not like 'batch:%'
      and not exists (select 1 from reg.proposal_end e where e.proposal = x.id) order by x.recorded_at, x.id loop
    select * into u from reg.subject x where x.id = o.subject and x.tier <= m.level and x.scope = any (m.scopes)
      and not (x.kind = 'person' and api._is_suspended(x.id));
    continue when not found;
    select * into s from reg.site x where x.id = u.id and x.face = m.level;
    d := null; d.machine := o.machine; d.aspect := o.aspect; d.from_state := o.from_state; d.to_state := o.to_state;
    proposal := o.id; lines := false; published := u.tier = 0 and u.kind = 'site';
    was := jsonb_build_object(o.machine, o.from_state); becomes := jsonb_build_object(o.machine, o.to_state);
    if o.machine = 'verification' and s.id is not null then
      was := was || jsonb_build_object('best', s.verification);
      becomes := becomes || jsonb_build_object('best', api._best_level(u.id, m.level, o.aspect, o.to_state));
      lines := exists (select 1 from vocab.site_kind k where k.code = o.aspect and k.attrs->>'links' is not null)
        and ('refuted' in (o.from_state, o.to_state) or 'confirmed' in (o.from_state, o.to_state));
    elsif o.machine = 'protection' and s.id is not null then
      was := was || jsonb_build_object('next_review', s.next_review, 'in_doubt_since', s.in_doubt_since);
      becomes := becomes || jsonb_build_object('next_review', o.due, 'in_doubt_since', null);
    elsif o.machine = 'merge' then
      lines := true;
      becomes := becomes || jsonb_build_object('into', (select x.code from reg.subject x where x.id::text = o.value->>'survivor'
        and x.tier <= m.level and x.scope = any (m.scopes)));
    end if;
    tasks := coalesce((select jsonb_agg(jsonb_build_object('what', f.what, 'why', f.why, 'role', f.role)) from api._follow_ups(u, d) f), '[]');
    return next;
  end loop;
end $$;
comment on function api.proposal_effects(uuid[]) is
  'What these open proposals would change if they were approved now, those that the caller sees: the record before (was) and after (becomes), the tasks that '
  'would be opened, lines: whether lines of inquiry are computed anew, published: whether the site is read outside.';
reset role;
