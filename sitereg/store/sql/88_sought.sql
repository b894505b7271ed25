-- Do the rows by which names of sites and persons are sought say what the names say? Read anew from records and claims, and made anew
-- where they do not. (Places come with the program, and are written whole by places.load.)
set role sr_writer;
create function api._sought(p_text text, p_salt bigint, out words bigint[], out sets bigint[]) stable language plpgsql as $$
declare v text[] := api._name_words(p_text);
begin
  words := api._word_marks(v, p_salt); sets := api._sets(api._bones_marks(v), p_salt);
end $$;

-- The name that a claim says under seal, as it is sought; null where it cannot be opened.
create function api._sought_name(p_sealed uuid) returns text stable language plpgsql as $$
begin
  return api._key_strict(api._unsealed(p_sealed)::jsonb->>'text');
exception when data_exception or external_routine_invocation_exception then return null;
end $$;

-- What is wrong, by table and id: of sites their names, of persons the claim; last the words themselves. How many
-- names carry a word (n) is about right only, and not asked.
create function api._sought_faults() returns table(tbl text, id text) stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return query
  with said as (
    select s.id, s.face, s.tier, s.scope, a.n, coalesce(a.name->>'lang', 'und') as lang, a.name->>'text' as text from reg.site s
    cross join lateral jsonb_array_elements(coalesce(s.names->'all', (select jsonb_agg(jsonb_build_object('lang', e.key, 'text', e.value))
      from jsonb_each_text(s.names) e))) with ordinality a(name, n))
  select distinct 'site_name', coalesce(m.id, x.site)::text from said m full join reg.site_name x on x.site = m.id and x.face = m.face and x.n = m.n
  left join lateral api._sought(m.text, api._salt('site', m.face, m.scope)) w on true
  where (x.tier, x.scope, x.lang, x.text, x.words, x.sets) is distinct from (m.tier, m.scope, m.lang, m.text, w.words, w.sets);
  return query
  select 'name_key', k.claim::text from reg.name_key k join reg.claim c on c.id = k.claim
  cross join lateral (select coalesce(api._sought_name(c.sealed), k.key_strict) as strict offset 0) u
  cross join lateral api._sought(u.strict, api._salt('person', k.tier, k.scope)) w
  where (k.key_strict, k.words, k.sets) is distinct from (u.strict, w.words, w.sets);
  return query
  select 'name_token', t.id::text from reg.name_token t cross join lateral (select api._salt(t.kind, t.tier, t.scope) as salt offset 0) s
  cross join lateral (select h.* from api._heard(t.word) h offset 0) h
  cross join lateral (select api._word_marks(h.near, s.salt) as near, api._word_marks(h.alike, s.salt) as alike offset 0) m
  where t.kind <> 'place' and (t.id <> api._mark(t.word) # s.salt
    or t.word <> '' and ((t.sound, t.bones, t.sound2, t.bones2) is distinct from (h.sound, h.bones, h.sound2, h.bones2)
      or not (t.near @> m.near and t.near <@ m.near and t.alike @> m.alike and t.alike <@ m.alike)))
  union all
  select 'name_token', w.mark::text from (select unnest(words) from reg.site_name union select unnest(words) from reg.name_key) w(mark)
  where not exists (select 1 from reg.name_token t where t.id = w.mark);
end $$;

-- The rows are written anew where they do not follow; answers how many.
create function api._seek_again() returns int set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_wrong int := 0; v_claims uuid[]; v_sites uuid[]; v record;
begin
  for v in select f.tbl, array_agg(f.id) as ids from api._sought_faults() f group by 1 order by f.tbl = 'name_token' desc loop
    v_wrong := v_wrong + cardinality(v.ids);
    if v.tbl = 'name_token' then  -- whoever carries such a word writes it anew below
      v_claims := array(select k.claim from reg.name_key k where k.words && v.ids::bigint[]);
      v_sites := array(select distinct n.site from reg.site_name n where n.words && v.ids::bigint[]);
      delete from reg.name_token t where t.id = any (v.ids::bigint[]);
    elsif v.tbl = 'name_key' then v_claims := v_claims || v.ids::uuid[];
    else v_sites := v_sites || v.ids::uuid[]; end if;
  end loop;
  update reg.name_key k set key_strict = u.strict from reg.claim c cross join lateral (select api._sought_name(c.sealed) as strict offset 0) u
   where k.claim = any (v_claims) and c.id = k.claim and u.strict <> k.key_strict;
  if v_claims <> '{}' then perform api._name_persons(v_claims); end if;
  if v_sites <> '{}' then
    delete from reg.site_name n where n.site = any (v_sites);
    perform api._name_sites(array_agg(s.id), array_agg(s.face)) from reg.site s where s.id = any (v_sites) having count(*) > 0;
  end if;
  return v_wrong;
end $$;
reset role;
