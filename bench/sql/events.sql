-- Events in face 2, one for each row of bench.spot, two to a person: three quarters at exact points, a quarter known by governorate.
insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by)
select f.id, 'person', f.code, 1, 0, 2, a.id from bench.face f, reg.account a where a.name = 'bench.worker' and f.n % 2 = 1;

insert into reg.person(id, face, tier, scope, code, case_state)
select f.id, 2, 1, 0, f.code, 'listed' from bench.face f where f.n % 2 = 1;

insert into reg.person_event(id, face, tier, scope, person, kind, at, shown, centre, shown_as, uncertainty_m, pcode, edition,
  toponym, reliability, credibility, class, origins, first_hand, claims)
select reg.new_id(), 2, 1, 0, f.id, ('{arrested,last_seen_free,seen_by_exdetainee}'::text[])[1 + s.n % 3],
  daterange('2011-03-01'::date + s.n % 4000, '2011-03-10'::date + s.n % 4000),
  case when u.pcode is null then p.geom else u.geom end, case when u.pcode is null then p.geom else u.centre end,
  case when u.pcode is null then 'exact' else 'admin_unit' end, case when u.pcode is null then 300 + s.n % 5000 else u.radius_m end,
  u.pcode, u.edition, 'Place ' || s.n % 900, 'B', '3', 0, 1 + s.n % 3, s.n % 2 = 0, array[f.id]
from bench.spot s
join bench.face f on f.n = s.n - (s.n + 1) % 2
cross join lateral (select st_setsrid(st_makepoint(s.lon, s.lat), 4326) as geom) p
left join reg.admin_unit u on s.n % 4 = 0 and u.pcode = 'SY' || lpad((1 + s.n % 14)::text, 2, '0');
