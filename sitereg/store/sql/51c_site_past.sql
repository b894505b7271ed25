-- One site as it was known on a past day: the resolve rule over what was recorded by then, under the reader's rights of today (decision 37).
set role sr_reader;

-- The two times of a past day, {end of the day, end of the last month that was over}; those who guard sources are told by the day.
create function api._then(p_day date, p_handler bool) returns timestamptz[] immutable language sql as $$
  select array[(p_day + 1)::timestamp at time zone 'Asia/Damascus',
    case when p_handler then (p_day + 1)::timestamp else date_trunc('month', (p_day + 1)::timestamp) end at time zone 'Asia/Damascus'] $$;

-- The kinds of a past row, as api._page_kinds tells those of today.
create function api._past_kinds(p_kinds reg.site_kind[], p_order text[], p_conflicts text[]) returns jsonb stable language sql as $$
  select coalesce(jsonb_agg(jsonb_build_object('kind', k.kind, 'group', k.kind_group, 'verification', k.verification, 'began', k.began, 'ended', k.ended,
    'periods', k.periods, 'class', k.class, 'standing', (array['supported', 'ungraded', 'doubted'])[1 + k.class], 'origins', k.origins,
    'conflict', 'kind:' || k.kind = any (p_conflicts)) order by array_position(p_order, k.kind), k.kind), '[]')
  from unnest(p_kinds) k $$;

-- Relations said by then, from it and to it, with sites that the caller sees today, under the names of today.
create function api._past_relations(p_relations reg.site_relation[], v api._record) returns jsonb stable language sql as $$
  select coalesce(jsonb_agg(jsonb_build_object('kind', r.kind, 'direction', 'to', 'code', o.code, 'names', o.names - 'all', 'kinds', o.kinds,
      'began', r.began, 'ended', r.ended, 'class', r.class, 'standing', (array['supported', 'ungraded', 'doubted'])[1 + r.class], 'origins', r.origins)
    order by r.kind, o.code), '[]')
  from unnest(p_relations) r join reg.site o on o.id = r.other and o.face = (v).level and o.tier <= (v).level and o.scope = any ((v).scopes) $$;

create function api.site_page_on(p_code text, p_day date) returns jsonb
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v api._record; f api._site_face; s reg.site; v_then timestamptz[]; v_exact bool;
begin
  if coalesce(api.level(), 0) < 1 then perform api._refuse('past_day', 'What was known on a past day is told from tier 1 on.'); end if;
  v := api._record_of(p_code, 'site');
  if v.code <> api._as_code(left(p_code, 40)) then return jsonb_build_object('code', api._as_code(left(p_code, 40)), 'merged_into', v.code); end if;
  if p_day is null or p_day >= reg.today() then
    perform api._bad('bad_date', 'on', coalesce(p_day::text, ''), 'A past day is before today: the page itself shows today'); end if;
  v_then := api._then(p_day, v.handler); v_exact := v.level >= v.exact_tier;
  select (r).* into f from (select r from api._site_rows(array[v.id], v_then) r offset 0) x where ((x.r).site).face = v.level;
  s := f.site;
  return jsonb_build_object('id', v.id, 'code', v.code, 'merged_into', null, 'day', p_day, 'known', api._was_known(v, v_then), 'exact', v_exact, 'face', v.level,
      'moved_since', exists (select 1 from reg.decision d where d.subject = any (v.members) and d.machine in ('merge', 'split') and d.recorded_at >= v_then[1]
        and d.tier <= v.level and d.scope = any (v.scopes)),
      'names', coalesce(s.names - 'all', '{}'), 'kinds', api._past_kinds(f.kinds, s.kinds, s.conflicts), 'verification', s.verification, 'protection', s.protection,
      'next_review', s.next_review, 'overdue', coalesce(s.next_review < p_day, false), 'in_doubt_since', s.in_doubt_since,
      'facts', coalesce((select jsonb_agg(x.fact order by x.n) from jsonb_array_elements(api._facts(s, '{}')) with ordinality x(fact, n)
        where v_exact or x.fact->>'field' <> 'place'), '[]'),
      'authorities', api._page_authorities(s.authorities), 'relations', api._past_relations(f.relations, v),
      'place', case when v_exact then jsonb_build_object('shape', api._geojson(s.shown), 'shown_as', s.shown_as, 'uncertainty_m', s.uncertainty_m,
        'precision', s.precision, 'lon', st_x(s.centre), 'lat', st_y(s.centre), 'country', s.country,
        'units', api._page_units(array[s.country, s.adm1, s.adm2, s.adm3])) end)
    || jsonb_build_object('measures', api._page_measures(v.members, v_exact, v_then[1]), 'disturbances', api._page_disturbances(v.members, v_exact, v_then[1]),
      'visits', api._page_visits(v.members, v_exact, v_then[1]));
end $$;
comment on function api.site_page_on(text, date) is
  'A site as it was known at the end of a past day (Damascus), as site_page tells today''s: the resolve rule over what was recorded by then, under the rights '
  'of today. What was retracted, frozen or withdrawn since stays unseen. A testimony counts from the end of its month (for source handlers, from its day). Below '
  'the tier of the exact place no place is told, and at T0 no past. known: whether anything was recorded by then that the caller sees.';

-- Whether anything that the caller sees was recorded by then.
create function api._was_known(v api._record, p_then timestamptz[]) returns bool stable language sql as $$
  select exists (select 1 from reg.claim c where c.subject = any ((v).members) and c.rumour_owner is null
      and coalesce(((v).retiered->>c.id::text)::int, c.tier) <= (v).level and c.scope = any ((v).scopes) and api._known_by(c.source, c.recorded_at, p_then)
      and not exists (select 1 from reg.claim_end e where e.claim = c.id and not api._lives_on(e.superseded_by, c.tier, c.scope)))
    or exists (select 1 from reg.decision d where d.subject = any ((v).members) and d.tier <= (v).level and d.scope = any ((v).scopes)
      and api._told_aspect(d.subject, d.machine, d.aspect, (v).level, (v).scopes) and api._decided_by(d, p_then)) $$;
reset role;
