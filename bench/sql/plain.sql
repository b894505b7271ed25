-- A plainer registry as a peer: the same claims resolved by a rule of three lines (class, number of origins, smaller uncertainty) into
-- one row a site and face, with one kind, one level and one status a site; no guards, seals, chain, cells of a grid, conflicts or words of why.
create schema plain;
create table plain.claim (like reg.claim including defaults including indexes);
create table plain.site(
  id uuid, face int, tier int, scope int, code text, kind text, names jsonb, place geometry(Geometry, 4326), shown geometry(Geometry, 4326),
  uncertainty_m float8, verification text, protection text, classes jsonb, version int default 1, primary key (id, face));
create index on plain.site using gist (face, shown);
create index on plain.site (code, face);

-- (Claims are fetched by their index and the rest is hashed: with the planner's own guess of how many there are, time grows with the square.)
create function plain.resolve(p_ids uuid[]) returns void set enable_nestloop = off set jit = off language sql as $$
  with faces as (
    select s.id, s.code, s.tier, s.scope, f.face from reg.subject s cross join generate_series(0, 2) f(face)
    where s.id = any (p_ids) and s.kind = 'site' and s.tier <= f.face),
  heard as (
    select f.face, c.id, c.subject, c.predicate, c.value, c.geom, c.uncertainty_m, c.origin,
      case when c.reliability = 'F' or c.credibility = '6' then 1 when c.reliability in ('D', 'E') or c.credibility in ('4', '5') then 2
        else 0 end as class
    from faces f cross join lateral (select k.* from reg.claim k where k.subject = f.id and k.tier <= f.face and k.scope in (0, f.scope) offset 0) c
    where (select e.claim from reg.claim_end e where e.claim = c.id) is null),
  answers as (
    select distinct on (v.face, v.subject, v.predicate) v.* from (
      select face, subject, predicate, value, count(distinct origin) as origins, min(class) as class from heard group by 1, 2, 3, 4) v
    order by v.face, v.subject, v.predicate, v.class, v.origins desc, v.value::text),
  said as (
    select face, subject, jsonb_object_agg(predicate, value) as said, jsonb_object_agg(predicate, class) as classes from answers group by 1, 2),
  placed as (
    select distinct on (face, subject) face, subject, geom, uncertainty_m from heard where geom is not null
    order by face, subject, class, uncertainty_m, id),
  states as (
    select d.subject, max(d.to_state) filter (where d.machine = 'verification') as verification,
      max(d.to_state) filter (where d.machine = 'protection') as protection
    from (select distinct on (subject, machine) * from reg.decision where subject = any (p_ids) order by subject, machine, seq desc) d group by 1)
  insert into plain.site as t(id, face, tier, scope, code, kind, names, place, shown, uncertainty_m, verification, protection, classes)
  select f.id, f.face, f.tier, f.scope, f.code, s.said->'kind'->>'code', s.said->'name', p.geom,
    case when f.face = 2 then p.geom else st_envelope(st_expand(p.geom, 0.005)) end, p.uncertainty_m,
    coalesce(d.verification, 'reported'), coalesce(d.protection, 'unassessed'), s.classes
  from faces f left join said s on s.subject = f.id and s.face = f.face
  left join placed p on p.subject = f.id and p.face = f.face
  left join states d on d.subject = f.id
  on conflict (id, face) do update set kind = excluded.kind, names = excluded.names, place = excluded.place, shown = excluded.shown,
    uncertainty_m = excluded.uncertainty_m, verification = excluded.verification, protection = excluded.protection, classes = excluded.classes,
    version = t.version + 1
  where (t.kind, t.names, t.place, t.shown, t.uncertainty_m, t.verification, t.protection, t.classes) is distinct from
    (excluded.kind, excluded.names, excluded.place, excluded.shown, excluded.uncertainty_m, excluded.verification, excluded.protection, excluded.classes) $$;

create function plain.record(p_claims jsonb) returns void language plpgsql as $$
begin
  insert into plain.claim(id, subject, predicate, item, value, uncertainty_m, source, origin, reliability, credibility, tier, scope, recorded_at, recorded_by, event, digest)
  select gen_random_uuid(), (e->>'subject')::uuid, e->>'predicate', gen_random_uuid(), e->'value', (e->>'uncertainty_m')::float8,
    (e->>'source')::uuid, (e->>'source')::uuid, 'B', e->>'credibility', 1, 0, clock_timestamp(), (e->>'source')::uuid, gen_random_uuid(), ''
  from jsonb_array_elements(p_claims) e;
  perform plain.resolve(array(select distinct (e->>'subject')::uuid from jsonb_array_elements(p_claims) e));
end $$;
