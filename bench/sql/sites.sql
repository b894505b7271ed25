-- Sites in face 1, one for each row of bench.spot: one kind each, an exact point with 20 m; as bench.bare without rules.
insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by)
select f.id, 'site', f.code, 1, 0, 1, a.id from bench.face f, reg.account a where a.name = 'bench.worker';

create table bench.bare as
select f.id, f.code, k.kind, k.kind_group,
  ('{reported,suspected,suspected,probable,confirmed,refuted}'::text[])[1 + f.n / 6 % 6] as verification,
  'Site ' || f.n as name_en, 'موقع ' || f.n as name_ar, st_setsrid(st_makepoint(s.lon, s.lat), 4326) as geom
from bench.face f
join bench.spot s on s.n = f.n
join (values (0, 'mass_grave', 'burial'), (1, 'prison_military', 'detention'), (2, 'security_branch', 'detention'),
  (3, 'checkpoint', 'other'), (4, 'hospital_military', 'medical'), (5, 'court', 'records')) k(i, kind, kind_group) on k.i = f.n % 6;

insert into reg.site(id, face, tier, scope, exact_tier, code, names, kinds, groups, shown, centre, shown_as,
  uncertainty_m, precision, place_kind, method, adm1, country, verification)
select b.id, 1, 1, 0, 1, b.code, jsonb_build_object('en', b.name_en, 'ar', b.name_ar, 'all', '[]'::jsonb),
  array[b.kind], case when b.verification <> 'refuted' then array[b.kind_group] else '{}' end, b.geom, b.geom, 'exact',
  20, 'exact', 'exact', 'survey_grade', 'SY01', 'SY', b.verification
from bench.bare b;

insert into reg.site_kind(site, face, tier, scope, kind, kind_group, verification, class, origins)
select b.id, 1, 1, 0, b.kind, b.kind_group, b.verification, 0, 1 from bench.bare b;

create index on bench.bare using gist(geom);
