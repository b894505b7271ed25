-- The guards read backwards: what could be decided next, what is lacking for it, and which sites are nearest to it.
set role sr_writer;

-- The same act with its form filled in: what then still does not hold is a matter of evidence, not of what was typed.
create function api._filled(p jsonb) returns jsonb stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return p || jsonb_build_object('reason', 'filled in by the form', 'observed_on', coalesce(p->>'observed_on', reg.today()::text),
    'due', coalesce(p->>'due', (reg.today() + 1)::text),
    'value', jsonb_strip_nulls(jsonb_build_object('where_now', 'unknown', 'handover', 'filled in', 'report_wrong', 'filled in by the form',
      'error', 'filled in by the form', 'evidence_in_place', 'no',
      'invalid', (select c.id from api._last_basis(p) c
        where api._claim_tier(c.id, c.subject, c.tier) <= (p->>'level')::int
          and c.scope = any (array(select jsonb_array_elements_text(p->'scopes')::int)) order by c.id limit 1))) || (p->'value'));
end $$;

-- lacking: what does not hold as it stands, barred: what does not hold however the form is filled ({guard, needs}); guards: each with met,
-- in_form (it is said in the form), needs and its ways in pieces; short: how many pieces of evidence are lacking on the shortest way.
create type api._read_back as (lacking jsonb, barred jsonb, guards jsonb, short int);

create function api._ways(p api._part[]) returns jsonb immutable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select coalesce(jsonb_agg(w.pieces order by w.way), '[]') from (
    select x.way, jsonb_agg(jsonb_build_object('part', x.part, 'words', x.words, 'have', least(x.have, x.want), 'want', x.want, 'form', x.form)
      order by x.n) as pieces
    from unnest(p) with ordinality x(way, part, have, want, form, words, n) group by x.way) w);
end $$;

create function api._short(p api._part[]) returns int immutable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return (select coalesce(min(w.short), 1)::int from (
    select sum(case when x.form then 0 else greatest(x.want - x.have, 0) end) as short from unnest(p) x group by x.way) w);
end $$;

create function api._backwards(p jsonb, p_guards text[], e api._proof[] default null) returns api._read_back stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v api._read_back; v_guard text; v_parts api._part[]; v_needs text; v_barred text; v_filled jsonb;
  v_proofs api._proof[] := coalesce(e, api._proofs(p));  -- once for all guards, and by whoever asks of several steps once for all of them
begin
  v.lacking := '[]'; v.barred := '[]'; v.guards := '[]'; v.short := 0;
  foreach v_guard in array p_guards loop
    v_needs := null; v_barred := null; v_parts := api._parts(p, v_guard, v_proofs);
    if v_parts is null or not api._met(v_parts) then  -- a guard with pieces holds where they do, and is asked for its words alone
      v_needs := (select l.needs from api._lacking(p, array[v_guard]) l);
      if v_needs is not null and v_parts is null then
        v_filled := coalesce(v_filled, api._filled(p));
        v_barred := (select l.needs from api._lacking(v_filled, array[v_guard]) l);
      elsif not api._met(array(select (x.way, x.part, case when x.form then x.want else x.have end, x.want, x.form, x.words)::api._part from unnest(v_parts) x)) then
        v_barred := v_needs;
      end if;
    end if;
    v.guards := v.guards || jsonb_build_object('guard', v_guard, 'met', v_needs is null, 'in_form', v_needs is not null and v_barred is null,
      'needs', v_needs, 'ways', api._ways(v_parts));
    if v_needs is not null then v.lacking := v.lacking || jsonb_build_object('guard', v_guard, 'needs', v_needs); end if;
    if v_barred is not null then
      v.barred := v.barred || jsonb_build_object('guard', v_guard, 'needs', v_barred);
      v.short := v.short + greatest(api._short(v_parts), 1);
    end if;
  end loop;
  return v;
end $$;

-- What is judged where nothing is cited yet: as if every live claim that the caller sees were.
create function api._all_cited(p jsonb, out asked jsonb, out e api._proof[]) stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  e := array(select (x.id, x.predicate, x.code, x.value, x.object, x.geom, x.uncertainty_m, x.pcode, x.days, x.source_type, x.family, x.authentic, x.connection,
    x.origin, x.reliability, x.class, x.first_hand, x.recorded_at, true)::api._proof from api._evidence(p) x);
  asked := p || jsonb_build_object('basis', coalesce((select jsonb_agg(x.id order by x.id) from unnest(e) x), '[]'));
end $$;

create function api.decision_options(p_subject uuid, p_machine text, p_aspect text default '', p_basis uuid[] default null,
  p_value jsonb default '{}', p_due date default null, p_observed_on date default null)
returns table(to_state text, approvals int, may bool, note text, lacking jsonb, barred jsonb, guards jsonb, short int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_from text; v_p jsonb; v_e api._proof[];
begin
  perform api._seen_subject(p_subject);
  v_from := api._told_state(p_subject, p_machine, coalesce(p_aspect, ''));
  v_p := api._context(p_subject, p_machine, coalesce(p_aspect, ''), v_from, '', '', p_basis, p_value, p_due, p_observed_on);
  if p_basis is null then select c.asked, c.e into v_p, v_e from api._all_cited(v_p) c; end if;
  return query
  select t.to_state, t.approvals::int, t.roles && (select m.roles from api.me() m), t.note, b.lacking, b.barred, b.guards, b.short
  from reg.transition t cross join lateral (select (x.r).* from (select api._backwards(v_p || jsonb_build_object('to', t.to_state), t.guards, v_e) as r offset 0) x) b
  where t.machine = p_machine and t.from_state = v_from and t.roles <> '{}' order by t.to_state;
end $$;
comment on function api.decision_options(uuid, text, text, uuid[], jsonb, date, date) is
  'The next states from the one in force and, read backwards from the guards, what is lacking for each; without a basis, as if '
  'every visible live claim were cited. barred: what is lacking however the form is filled; guards: each with its pieces of evidence '
  '(have of want) by way; short: how many pieces are lacking on the shortest way.';

create function api.site_settle(p_code text) returns table(machine text, aspect text, from_state text, to_state text, up bool, proposed bool,
  approvals int, may bool, note text, lacking jsonb, barred jsonb, guards jsonb, short int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v api._record := api._record_of(p_code, 'site');
begin
  if v.level < 1 then return; end if;
  return query
  with asked as (
    select k.n, 'verification' as machine, k.kind as aspect from unnest((select s.kinds from reg.site s where s.id = v.id and s.face = v.level))
      with ordinality k(kind, n)
    union all select 1000, 'protection', '')
  select a.machine, a.aspect, f.state, o.to_state, api._is_up(a.machine, f.state, o.to_state), exists (select 1 from reg.proposal w
      where w.subject = v.id and w.machine = a.machine and w.aspect = a.aspect and w.tier <= v.level and w.scope = any (v.scopes)
        and not exists (select 1 from reg.proposal_end x where x.proposal = w.id)),
    o.approvals, o.may, o.note, o.lacking, o.barred, o.guards, o.short
  from asked a cross join lateral (select api._told_state(v.id, a.machine, a.aspect) as state offset 0) f
  cross join lateral api.decision_options(v.id, a.machine, a.aspect) o
  left join vocab.verification_level l on l.code = o.to_state and a.machine = 'verification'
  order by a.n, api._is_up(a.machine, f.state, o.to_state) desc, (l.attrs->>'rank')::int nulls last, o.short, o.to_state;
end $$;
comment on function api.site_settle(text) is
  'What would settle a site: for each of its kinds and for its protection the next states with the guards of each read backwards, as '
  'decision_options tells them on the rows of the caller; up: it would be better known; proposed: a proposal on it waits. Nothing at T0.';

-- Whether a step leads to a better known level, or to a better protected place.
create function api._is_up(p_machine text, p_from text, p_to text) returns bool stable
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return case p_machine when 'verification' then coalesce((
      select (b.attrs->>'rank')::int > coalesce((a.attrs->>'rank')::int, 0) from vocab.verification_level b
      left join vocab.verification_level a on a.code = p_from where b.code = p_to), false)
    else p_to in ('measures_planned', 'partially_protected', 'protected') end;
end $$;

create function api.nearest_settled(p_kinds text[] default null, p_states text[] default null, p_adm1 text[] default null, p_limit int default 20, p_skip int default 0)
returns table(id uuid, code text, names jsonb, place_en text, place_ar text, kind text, from_state text, to_state text, proposed bool,
  approvals int, may bool, lacking jsonb, barred jsonb, guards jsonb, short int, judged int, fit int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_level int; v_scopes int[]; v_roles text[]; v_many int := least(greatest(coalesce(p_limit, 20), 1), 60);
begin
  perform api._site_terms('site_kind', 'kind', p_kinds);
  perform api._site_terms('verification_level', 'state', p_states);
  perform api._governorates('adm1', p_adm1);
  select m.level, m.scopes, m.roles into v_level, v_scopes, v_roles from api.me() m;
  if coalesce(v_level, 0) < 1 then return; end if;
  return query
  with fitting as materialized (  -- of a kind tier and scope are those of its site
    select k.site as id, k.kind, k.class, k.origins from reg.site_kind k
    where k.face = v_level and k.tier <= v_level and k.scope = any (v_scopes) and k.verification in ('reported', 'suspected', 'probable')
      and (p_kinds is null or k.kind = any (p_kinds)) and (p_states is null or k.verification = any (p_states))
      and (p_adm1 is null or exists (select 1 from reg.site s where s.id = k.site and s.face = v_level and coalesce(s.adm1, 'none') = any (p_adm1)))),
  best as materialized (select f.*, row_number() over (order by f.class, f.origins desc, f.id, f.kind) as n from (
    select * from fitting f order by f.class, f.origins desc, f.id, f.kind limit v_many offset least(greatest(coalesce(p_skip, 0), 0), 100000)) f),
  judged as materialized (
    select f.*, w.state, t.to_state, t.approvals::int as approvals, t.roles && v_roles as may,
      api._backwards(c.asked || jsonb_build_object('to', t.to_state), t.guards, c.e) as b
    from best f cross join lateral (select api._told_state(f.id, 'verification', f.kind) as state offset 0) w
    join reg.transition t on t.machine = 'verification' and t.from_state = w.state and t.roles <> '{}' and t.to_state = case w.state
      when '' then 'reported' when 'reported' then 'suspected' when 'suspected' then 'probable' when 'probable' then 'confirmed' end
    cross join lateral api._all_cited(api._context(f.id, 'verification', f.kind, w.state, '', '', null, '{}', null, null)) c),
  site as materialized (select s.id, s.code, s.names - 'all' as names, coalesce(s.adm3, s.adm2, s.adm1, s.country) as unit, s.adm1 from reg.site s
    where s.id = any (array(select j.id from judged j)) and s.face = v_level),
  names as materialized (select * from api._labels(array(select s.unit from site s union select s.adm1 from site s)))
  select j.id, s.code, s.names, u.en || coalesce(', ' || nullif(g.en, u.en), ''), u.ar || coalesce('، ' || nullif(g.ar, u.ar), ''),
    j.kind, j.state, j.to_state, exists (select 1 from reg.proposal w where w.subject = j.id and w.machine = 'verification'
      and w.aspect = j.kind and w.tier <= v_level and w.scope = any (v_scopes) and not exists (select 1 from reg.proposal_end x where x.proposal = w.id)),
    j.approvals, j.may, (j.b).lacking, (j.b).barred, (j.b).guards, (j.b).short, (select count(*)::int from judged), (select count(*)::int from fitting)
  from judged j join site s on s.id = j.id left join names u on u.pcode = s.unit left join names g on g.pcode = s.adm1 order by (j.b).short, j.n;
end $$;
comment on function api.nearest_settled(text[], text[], text[], int, int) is
  'The kinds of sites of the caller''s face whose next level up is nearest, with the guards read backwards, those that lack least first. '
  'Of the kinds that fit (fit) p_limit (60 at most) are judged (judged), the best supported first: by class, then by the number of origins.';
reset role;
