-- The resolved record of persons and of their events, face by face. Sealed words (names, numbers) enter no face; below
-- T2 an event shows 10 km or an admin unit, and no toponym.
set role sr_writer;

-- In what the supported claims about one event exclude the one that was picked.
create function api._event_conflicts(p_best uuid, p_against uuid[]) returns text[] stable language sql as $$
  select array_agg(distinct w.what order by w.what) from reg.claim b join reg.claim c on c.id = any (p_against)
  cross join lateral (values
    ('kind', c.value->>'kind' <> b.value->>'kind'), ('site', c.value->>'site' <> b.value->>'site'),
    ('at', not api._days(lower(coalesce(c.began, c.at)), upper(coalesce(c.ended, c.at)))
            && api._days(lower(coalesce(b.began, b.at)), upper(coalesce(b.ended, b.at)))),
    ('place', api._places_apart(b.id, c.id))) w(what, apart)
  where b.id = p_best and w.apart $$;

-- Whether somebody decided dead has a supported sign of life after that: after the day observed, else after the last
-- event that speaks of death, else after the decision.
create function api._alive_after(p_fate reg.decision, p_events api._pick[]) returns bool stable language sql as $$
  select coalesce(p_fate.to_state = 'dead', false) and exists (
    select 1 from unnest(p_events) e join vocab.event_kind k on k.code = e.value->>'kind' and k.attrs->>'alive_evidence' = 'positive'
    where e.cls = 0 and e.until > coalesce(p_fate.observed_on,
      (select max(n.until) from unnest(p_events) n join vocab.event_kind d on d.code = n.value->>'kind' and d.attrs->>'alive_evidence' = 'negative'),
      (p_fate.recorded_at at time zone 'Asia/Damascus')::date)) $$;

-- A person's row in one face, with the events: one for each item, by its best claim. The place of an event is the
-- claim's own, else what the same face shows of the site that it names, if it shows that site: below T2 no finer than 10 km.
create type api._person_face as (person reg.person, events reg.person_event[]);

create function api._person_rows(p_ids uuid[]) returns setof api._person_face stable rows 200
set datestyle = 'ISO, YMD' set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return query
  with subjects as materialized (select * from api._faces(p_ids, 'person')),
  picks as materialized (select * from api._picked(array(select distinct s.id from subjects s))),
  starts as (select p.subject, bit_or(1 << p.face) as starts from picks p group by 1),
  faces as materialized (select s.*, api._base(s.face, b.starts) as base from subjects s left join starts b on b.subject = s.id),
  states as materialized (
    select d.subject, max(d.to_state) filter (where d.machine = 'case') as case_state, max(d.to_state) filter (where d.machine = 'fate') as fate,
      max(d.to_state) filter (where d.machine = 'whereabouts') as whereabouts, (array_agg(d) filter (where d.machine = 'fate'))[1] as fate_decision
    from api._in_force(p_ids, '{case,fate,whereabouts}') d where d.aspect = '' group by 1),
  hushed as materialized (select h.id from api._suspended(p_ids || array(select p.other from picks p where p.family = 'companion')) h),
  spoken as (
    select p.subject, p.face, max(p.value->>'code') filter (where family = 'sex' and best) as sex,
      (array_agg(p.at) filter (where family = 'birth' and best))[1] as birth,
      jsonb_agg(jsonb_build_object('min', p.value->'min', 'max', p.value->'max', 'at', coalesce(to_jsonb(p.at), p.value->'at')))
        filter (where family = 'age' and best) as age,
      array_agg(p.value->>'code') filter (where family = 'circumstance' and best) as circumstances,
      array_agg(p.value->>'code') filter (where family = 'fate_indication' and best) as fate_indications,
      jsonb_agg(jsonb_build_object('scheme', p.value->'scheme', 'value', p.value->'value'))
        filter (where family = 'external_id' and best) as external_ids,
      jsonb_agg(jsonb_build_object('kind', p.value->'kind', 'person', p.other, 'class', p.cls, 'origins', p.origins))
        filter (where family = 'companion' and best and p.other not in (select h.id from hushed h)) as companions,
      array_agg(p.slot) filter (where best and against is not null) as conflicts,
      jsonb_object_agg(p.slot, api._why(p.claim, p.cls, p.origins, p.first_hand, p.against))
        filter (where best and family in ('sex', 'birth', 'age', 'circumstance', 'fate_indication')) as why,
      array_agg(p::api._pick) filter (where family = 'event' and best and p.subject in (select s.subject from states s where s.fate = 'dead')) as events
    from (select p.* from picks p order by subject, face, nth, best desc, cls, origins desc, claim) p group by 1, 2),
  happened as materialized (
    select p.*, c.item, c.pcode, c.edition, c.holds_throughout, c.reliability, c.credibility, f.face as shown_in, f.tier, f.scope,
      api._finest(f.face, f.exact_tier, 'person') as finest
    from picks p join faces f on f.id = p.subject and f.base = p.face join reg.claim c on c.id = p.claim
    where p.family = 'event' and p.best and p.subject not in (select h.id from hushed h)),
  places as materialized (
    select * from api._places(array(select claim from happened), array(select finest from happened)) s where s.shown is not null),
  sites as materialized (
    select s.id, s.face, coalesce(g.shown_as, s.shown_as) as shown_as, case when g.shown_as is null then s.shown else g.shown end as shown,
      case when g.shown_as is null then s.centre else g.centre end as centre,
      case when g.shown_as is null then s.uncertainty_m else g.uncertainty_m end as uncertainty_m, g.pcode, g.edition,
      case when g.pcode is null then array_remove(array[s.adm1], null) else api._governorate_of(g.pcode, g.edition) end as units
    from reg.site s left join lateral api._shown(s.shown, s.uncertainty_m, null, null, api._finest(s.face, 2, 'person')) g
      on s.face < 2 and s.shown_as in ('exact', 'cell_1km')
    where s.id = any (array(select distinct h.other from happened h where h.other is not null))),
  met as materialized (select * from api._governorates_met(array(
    select distinct o.shown from (select shown, shown_as from places union all select shown, shown_as from sites) o where o.shown_as <> 'admin_unit'))),
  events as (
    select e.subject, e.shown_in as face, array_agg(row(e.item, e.shown_in, e.tier, e.scope, e.subject, k.code, e.at, e.began, e.ended, e.holds_throughout,
      coalesce(p.shown, s.shown), coalesce(p.centre, s.centre), coalesce(p.shown_as, s.shown_as, 'none'), coalesce(p.uncertainty_m, s.uncertainty_m),
      case when e.finest = 0 then coalesce(p.pcode, e.pcode) else coalesce(p.pcode, s.pcode) end,
      case when e.finest = 0 then coalesce(p.edition, e.edition) else coalesce(p.edition, s.edition) end,
      case when e.finest = 0 then e.value->>'toponym' end, e.other, a.id, e.reliability, e.credibility, e.cls, e.origins, e.first_hand,
      e.claims, case when e.against is null then '{}' else coalesce(api._event_conflicts(e.claim, e.against), '{}') end,
      coalesce(nullif(case when coalesce(p.shown_as, s.shown_as) <> 'admin_unit' then m.adm1 when p.claim is null then s.units
        else api._governorate_of(p.pcode, p.edition) end, '{}'), '{none}')
      )::reg.person_event order by e.item) as rows
    from happened e join vocab.event_kind k on k.code = e.value->>'kind'
    left join reg.authority a on a.id = e.object
    left join places p on p.claim = e.claim and p.finest = e.finest
    left join sites s on p.claim is null and s.id = e.other and s.face = e.shown_in
    left join met m on m.shape = coalesce(p.shown, s.shown) group by 1, 2)
  select case when h.id is null then p.row else api._hushed(p.row) end, p.events
  from faces f
  left join hushed h on h.id = f.id
  left join spoken s on s.subject = f.id and s.face = f.base
  left join states t on t.subject = f.id
  left join events e on e.subject = f.id and e.face = f.face
  cross join lateral (select row(f.id, f.face, f.tier, f.scope, f.code, coalesce(nullif(t.case_state, ''), 'listed'), coalesce(nullif(t.fate, ''), 'unknown'),
      coalesce(nullif(t.whereabouts, ''), 'unknown'), s.sex, s.birth, s.age->0, coalesce(s.circumstances, '{}'), coalesce(s.fate_indications, '{}'),
      coalesce(s.external_ids, '[]'), coalesce(s.companions, '[]'), coalesce(s.conflicts, '{}')
        || case when api._alive_after(t.fate_decision, s.events) then array['fate'] else '{}' end,
      coalesce(s.why, '{}'),
      coalesce((select o.version from reg.person o where o.id = f.id and o.face = f.face), 1),
      api._age_bands(s.birth, s.age->0, api._missed(e.rows)))::reg.person as row, coalesce(e.rows, '{}') as events) p;
end $$;
reset role;
