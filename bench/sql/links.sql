-- Lines of inquiry: of the sites of bench.bare, days of use and kinds by turns; of every bench.face with an odd number a case with an
-- arrest (a quarter known by governorate), half of them with a home; of one in twenty the custody is confirmed. Face 1 alone.
update reg.site_kind k set kind = case when b.n % 2 = 0 then 'security_branch' else 'mass_grave' end, verification = 'probable',
  kind_group = case when b.n % 2 = 0 then 'detention' else 'burial' end,
  began = case when b.n % 5 > 0 then daterange('2011-01-01'::date + b.n % 900, '2011-02-01'::date + b.n % 900) end,
  ended = case when b.n % 5 > 1 then daterange('2013-06-01'::date + b.n % 1500, '2013-07-01'::date + b.n % 1500) end
from (select id, (row_number() over (order by code))::int as n from bench.bare) b where b.id = k.site;

insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by)
select f.id, 'person', f.code, 1, 0, 1, a.id from bench.face f, reg.account a where a.name = 'bench.worker';

insert into reg.person(id, face, tier, scope, code, case_state)
select f.id, 1, 1, 0, f.code, 'open_missing' from bench.face f;

insert into reg.person_event(id, face, tier, scope, person, kind, at, shown, centre, shown_as, uncertainty_m, pcode, edition,
  toponym, reliability, credibility, class, origins, first_hand, claims)
select reg.new_id(), 1, 1, 0, f.id, k.kind, case k.kind when 'arrested' then daterange('2011-03-01'::date + s.n % 1700, '2011-03-02'::date + s.n % 1700 + s.n % 4) end,
  case when u.pcode is null then p.geom else u.geom end, case when u.pcode is null then p.geom else u.centre end,
  case when u.pcode is null then 'exact' else 'admin_unit' end, case when u.pcode is null then 300 + s.n % 5000 else u.radius_m end,
  u.pcode, u.edition, 'Place ' || s.n % 900, 'B', '3', 0, 1, true, array[f.id]
from bench.spot s join bench.face f on f.n = s.n
join (values ('arrested', 1), ('resident_at', 2)) k(kind, every) on s.n % k.every = 0
cross join lateral (select st_setsrid(st_makepoint(round(s.lon::numeric, 2 + s.n % 5 / 4), round(s.lat::numeric, 2 + s.n % 5 / 4)), 4326) as geom) p
left join reg.admin_unit u on s.n % 4 = 0 and k.kind = 'arrested' and u.pcode = 'SY' || lpad((1 + s.n % 14)::text, 2, '0');

insert into reg.person_event(id, face, tier, scope, person, kind, at, site, reliability, credibility, class, origins, first_hand, claims)
select reg.new_id(), 1, 1, 0, f.id, 'held_at', daterange('2011-04-01'::date + f.n % 1700, '2011-04-02'::date + f.n % 1700), s.id, 'A', '2', 0, 2, true, array[f.id]
from bench.face f join (select id, (row_number() over (order by code))::int - 1 as n, count(*) over () as many from bench.bare) s
  on s.n = least(s.many - 1, floor(power((f.n * 7919 % 10007) / 10007.0, 6) * s.many))
where f.n % 20 = 0;
