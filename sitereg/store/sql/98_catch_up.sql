-- What a new version derives for the first time of rows that were there before it: done once, at the upgrade that brings it.
do $$
declare v_ids uuid[] := array(select distinct p.id from reg.person p where p.age_bands is null order by 1); i int;
begin
  for i in 1 .. cardinality(v_ids) by 1000 loop perform api._resolve_persons(v_ids[i:i + 999]); end loop;
  insert into reg.compartment(code, label) select distinct u, u from reg.clearance c cross join unnest(c.compartments) u on conflict do nothing;
  if not exists (select 1 from reg.name_key) and exists (select 1 from reg.sealed s where s.field = 'person_name') then
    insert into reg.name_key(claim, person, tier, scope, key_strict, key_loose)
    select c.id, c.subject, c.tier, c.scope, api._key_strict(w.text), api._key_loose(w.text) from reg.claim c
    cross join lateral (select api._unsealed(c.sealed)::jsonb->>'text' as text) w
    where c.sealed is not null and c.predicate = 'person_name' and api._key_loose(w.text) <> '';
  end if;
  v_ids := array(select k.claim from reg.name_key k where k.words = '{}' order by 1);
  for i in 1 .. cardinality(v_ids) by 5000 loop perform api._name_persons(v_ids[i:i + 4999]); end loop;
  update reg.name_token t set (sound, bones, sound2, bones2, near, alike) = (select h.sound, h.bones, h.sound2, h.bones2, api._word_marks(h.near, t.id # api._mark(t.word)),
    api._word_marks(h.alike, t.id # api._mark(t.word)) from api._heard(t.word) h)
   where t.alike = '{}' and t.word !~ '^[0-9]*$' and (length(t.bones) > 1 or t.word ~ '[cv]|^[aeu]l');
  update reg.name_key k set sets = api._sets(api._known_bones(k.words), api._salt('person', k.tier, k.scope)) where k.sets = '{}' and k.words[2] is not null;
  update reg.site_name n set sets = api._sets(api._known_bones(n.words), api._salt('site', n.face, n.scope)) where n.sets = '{}' and n.words[2] is not null;
  update reg.place p set sets = api._sets(api._known_bones(p.words), api._salt('place', 0, 0)) where p.sets = '{}' and p.words[2] is not null;
  v_ids := array(select distinct s.id from reg.site s where s.names <> '{}' and not exists (select 1 from reg.site_name n where n.site = s.id and n.face = s.face) order by 1);
  for i in 1 .. cardinality(v_ids) by 1000 loop
    perform api._name_sites(array_agg(s.id), array_agg(s.face)) from reg.site s where s.id = any (v_ids[i:i + 999])
      and not exists (select 1 from reg.site_name n where n.site = s.id and n.face = s.face);
  end loop;
  if exists (select 1 from reg.place p where p.words = '{}') then perform api._name_places(null); end if;
  if not exists (select 1 from reg.site_square) then perform api._square_again(); end if;
end $$;
