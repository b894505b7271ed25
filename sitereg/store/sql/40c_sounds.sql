-- How the words of a name sound: the same rules as sitereg/sounds.py, which says them in words; tests/files/sounds.csv holds for both.
set role sr_writer;
-- Each of p_find in its turn replaced by what stands in its place in p_put; a text in which none is met is looked at once.
create function api._replaced(p_text text, p_find text[], p_put text[]) returns text immutable parallel safe language plpgsql as $$
declare v text := p_text;
begin
  if v !~ array_to_string(p_find, '|') then return v; end if;
  for i in 1 .. cardinality(p_find) loop v := regexp_replace(v, p_find[i], p_put[i], 'g'); end loop;
  return v;
end $$;

create function api._name_words(p_name text) returns text[] stable parallel safe language plpgsql as $$
declare v text := case when octet_length(p_name) = length(p_name) then lower(left(p_name, 300) collate "C") else api._key_strict(left(p_name, 300)) end;
begin
  if octet_length(v) <> length(v) then
    v := translate(api._replaced(v, array['[şš]', '[çč]', '[ğġ]', 'ß', 'ḫ', 'ṯ', 'ḏ'], array['sh', 'ch', 'gh', 'ss', 'kh', 'th', 'dh']), 'øıđħžǧ', 'oidhjj');
    v := translate(normalize(regexp_replace(normalize(v, NFD), '[''’‘ʼʿʾ`´ʻ\u0300-\u036f]', '', 'g'), NFC), 'ةؤئء', 'هوي');
  else v := translate(v, '''`', ''); end if;
  v := regexp_replace(v, '[\x01-/:-@\[-`{-¿×÷،؛؟٪-٭۔\u2000-\u206f\u3000-\u303f]+', ' ', 'g');
  if v ~ '[0-9]' then v := regexp_replace(v, '(?<=[0-9]{2})(?=[^0-9 ])|(?<=[^0-9 ])(?=[0-9]{3})', ' ', 'g'); end if;
  v := ' ' || trim(both ' ' from v) || ' ';
  if octet_length(v) <> length(v) then
    v := api._replaced(v, array[' (?:ابن|بن|بنت)(?= )', ' عبد ال(?=[^ ])', ' عبدال(?=[^ ]{2})', ' عبدلله(?= )', ' (?:ابو|ابا|ابي) (?:ال)?(?=[^ ])',
      ' ام (?:ال)?(?=[^ ])', ' الدين(?= )', ' الياس(?= )', ' ال(?=[^ ]{2})', ' ال(?= )'],
      array['', ' عبد', ' عبد', ' عبدله', ' ابو', ' ام', 'دين', ' ايلياس', ' ', '']); end if;
  if v ~ '[a-z]' then
    v := api._replaced(v, array[' (?:ibn|bin|ben|bint)(?= )', ' abe?d[aeou]{1,2}l(?=[^ ]{2})', ' abe?d[aeou]{0,2}l (?:[ae]l )?(?=[^ ])',
      ' abe?d (?:[aeu][lrstdnz] |[aeu]sh |[aeu]l)(?=[^ ])', ' (?:abu|abo|abou|aboo|aba|abi) (?:[ae]l )?(?=[^ ])',
      ' (?:um|umm|om|omm|oum|oumm) (?:[ae]l )?(?=[^ ])', '(?<=[^ ]) (?:[aeu][ld] )?(?:[aeu][ld])?(?:di|dee|de|die)ne?(?= )', ' (?:al|el|ul)(?= )',
      ' [aeu](?:r(?= r)|s(?= s)|sh(?= sh)|t(?= t)|d(?= d)|n(?= n)|z(?= z))', ' [ae]l(?=[bcdfghjkmnpqrstvwxyz][^ ]{2})'],
      array['', ' abda', ' abda', ' abda', ' abu', ' um', 'din', '', '', ' ']); end if;
  return coalesce((array(select left(coalesce('{"branch": "فرع", "prison": "سجن", "jail": "سجن", "hospital": "مشفي", "مستشفي": "مشفي",
    "cemetery": "مقبره", "graveyard": "مقبره", "airport": "مطار", "airbase": "مطار", "military": "عسكري", "عسكريه": "عسكري", "central": "مركزي",
    "school": "مدرسه", "palestine": "فلسطين", "section": "قسم", "station": "مخفر", "checkpoint": "حاجز", "mosque": "جامع", "village": "قريه",
    "town": "بلده", "city": "مدينه", "camp": "مخيم", "security": "امن", "امني": "امن", "intelligence": "مخابرات", "mass": "جماعي",
    "جماعيه": "جماعي", "grave": "مقبره", "north": "شمالي", "south": "جنوبي", "east": "شرقي", "west": "غربي", "old": "قديم",
    "new": "جديد"}'::jsonb->>w.word, w.word), 40) from unnest(string_to_array(v, ' ')) with ordinality w(word, n) where w.word <> '' order by w.n))[1:12], '{}');
end $$;

create function api._once(p_text text) returns text immutable parallel safe language sql as $$ select regexp_replace(p_text, '(.)\1+', '\1', 'g') $$;

create function api._sound(p_word text) returns text immutable parallel safe language plpgsql as $$
declare v text := p_word;
begin
  if v ~ '^[0-9]+$' then return v; end if;
  v := case left(v, 1) when 'و' then 'W' || substr(v, 2) when 'ي' then 'Y' || substr(v, 2) else v end;
  if length(v) > 2 and right(v, 1) = 'ه' or length(v) > 3 and right(v, 1) = 'ح' then v := left(v, -1); end if;
  if v ~ '[a-z0-9]' then
    if left(v, 1) in ('o', 'w', 'y', 'j', 'i', 'c') then
      v := api._replaced(v, array['^ou(?=[aeiy])|^w', '^y(?=[aeou])|^j(?=os)|^io', '^chr'], array['W', 'Y', 'kr']); end if;
    if strpos(v, 'h') > 0 then
      v := replace(replace(regexp_replace(replace(v, 'dsch', 'j'), 't?sch|sh|ch', 'C', 'g'), 'kh', 'X'), 'gh', 'G'); end if;
    v := replace(replace(replace(replace(replace(replace(replace(v, 'dj', 'j'), 'zh', 'j'), 'th', 't'), 'dh', 'd'), 'ph', 'f'), 'ck', 'k'), 'q', 'k');
    if strpos(v, 'c') > 0 then v := regexp_replace(v, 'c(?=[eiy])', 's', 'g'); end if;
    if right(v, 1) = 'h' then v := regexp_replace(v, '(?<=...[aeiou])h$', ''); end if;
    v := translate(v, '3759eiou2', 'ahXsyyww'); end if;
  return api._once(translate(v, 'cpvxابتثجحخدذرزسشصضطظعغفقكلمنهويىپچژ', 'kbfXabttjhXddrzsCsdtzaGfkklmnhwyabCj'));
end $$;

create function api._bones(p_word text, p_sound text) returns text immutable parallel safe language plpgsql as $$
declare v_bare text := api._once(translate(p_sound, 'awy', ''));
begin
  return case when p_word ~ '^[0-9]+$' then p_word when length(v_bare) > 1 then v_bare
    else coalesce(nullif(api._once(translate(p_sound, 'WYa', 'wy')), ''), p_sound) end;
end $$;

-- The word with the letters written that its own may stand for; null where there is one way to read it.
create function api._other(p_word text) returns text immutable parallel safe language plpgsql as $$
declare v text;
begin
  if p_word !~ '[cv]|^[aeu]l' then return null; end if;
  v := api._replaced(p_word, array['^[aeu]l(?=[aeiou][a-z]{3})', '(?<![st])ch(?!r)', 'c(?![hk])', 'v'], array['', 'X', 'j', 'w']);
  return nullif(v, p_word);
end $$;

-- The bones with one letter for all consonants of which one tongue makes the other.
create function api._alike(p_bones text) returns text immutable parallel safe language sql as $$ select translate(p_bones, 'XzGjCt', 'hdggss') $$;

create function api._near(p_word text, p_sound text, p_bones text) returns text[] immutable parallel safe language plpgsql as $$
declare v text[] := array[p_bones];
begin
  if p_word ~ '^[0-9]+$' then return array[p_word]; end if;
  if length(p_bones) > 2 then
    for i in 1 .. length(p_bones) loop v := v || api._once(overlay(p_bones placing '' from i for 1)); end loop; end if;
  if length(p_bones) < 4 then
    v := v || ('~' || p_sound);
    for i in 1 .. case when length(p_sound) > 2 then length(p_sound) else 0 end loop v := v || ('~' || overlay(p_sound placing '' from i for 1)); end loop; end if;
  return array(select distinct u from unnest(v) u);
end $$;

-- All that is kept of how a word sounds, of both ways to read it; the empty word counts names and is near none.
create function api._heard(p_word text, out sound text, out bones text, out sound2 text, out bones2 text, out near text[], out alike text[])
immutable parallel safe language plpgsql as $$
declare v_other text := api._other(p_word);
begin
  sound := api._sound(p_word); bones := api._bones(p_word, sound); near := '{}'; alike := '{}';
  if p_word = '' then return; end if;
  near := api._near(p_word, sound, bones);
  if p_word ~ '^[0-9]+$' then return; end if;
  if length(bones) > 1 then alike := array['=' || api._once(api._alike(bones))]; end if;
  if v_other is null then return; end if;
  sound2 := api._sound(v_other); bones2 := api._bones(v_other, sound2);
  if length(bones2) > 1 then alike := alike || ('=' || api._once(api._alike(bones2))); end if;
  alike := array(select distinct u from unnest(alike || api._near(v_other, sound2, bones2)) u);
end $$;

-- A mark of a word or sound for those who hold this tier (of sites: read this face) and scope: without the salt of his own classes
-- nobody asks for it, so neither what is found nor how long it takes tells of names that he may not see.
create function api._mark(p_text text) returns bigint immutable parallel safe language sql as $$
  select ('x' || left(md5(p_text), 16))::bit(64)::bigint $$;
create function api._salt(p_kind text, p_tier int, p_scope int) returns bigint immutable parallel safe language sql as $$
  select ('x' || left(md5('sitereg/' || p_kind || '/' || p_tier::text || '/' || p_scope::text), 16))::bit(64)::bigint $$;

create function api._word_marks(p_words text[], p_salt bigint) returns bigint[] immutable parallel safe language plpgsql as $$
declare v bigint[] := '{}'; w text;
begin
  foreach w in array coalesce(p_words, '{}') loop v := v || (api._mark(w) # p_salt); end loop;
  return v;
end $$;

-- The marks of two and of three words together, in any order: words that many names carry are in few names together.
create function api._pair_mark(p_one bigint, p_other bigint) returns bigint immutable parallel safe language sql as $$
  select least(p_one, p_other) # ((greatest(p_one, p_other) << 13) | ((greatest(p_one, p_other) >> 51) & 8191)) $$;
create function api._three_mark(p_one bigint, p_other bigint, p_third bigint) returns bigint immutable parallel safe language sql as $$
  select api._pair_mark(least(p_one, p_other, p_third), p_one # p_other # p_third # least(p_one, p_other, p_third) # greatest(p_one, p_other, p_third))
    # ((greatest(p_one, p_other, p_third) << 26) | ((greatest(p_one, p_other, p_third) >> 38) & 67108863)) $$;

-- All such marks of a name whose words have these bones (as marks): of two of its first eight words, of three of its first five.
create function api._sets(p_bones bigint[], p_salt bigint) returns bigint[] immutable parallel safe language plpgsql as $$
declare v bigint[] := '{}'; v_words int := least(cardinality(p_bones), 8);
begin
  for i in 1 .. v_words - 1 loop
    for j in i + 1 .. v_words loop
      v := v || (api._pair_mark(p_bones[i], p_bones[j]) # p_salt);
      for k in j + 1 .. least(v_words, 5) loop v := v || (api._three_mark(p_bones[i], p_bones[j], p_bones[k]) # p_salt); end loop;
    end loop;
  end loop;
  return v;
end $$;
create function api._bones_marks(p_words text[]) returns bigint[] immutable parallel safe language sql as $$
  select coalesce(array_agg(api._mark(api._bones(w.word, api._sound(w.word))) order by w.n), '{}') from unnest(p_words) with ordinality w(word, n) $$;

create function api._salted(p_marks bigint[], p_salt bigint) returns bigint[] immutable parallel safe language plpgsql as $$
declare v bigint[] := '{}'; m bigint;
begin
  foreach m in array coalesce(p_marks, '{}') loop v := v || (m # p_salt); end loop;
  return v;
end $$;

-- The same of words that are kept, by their marks.
create function api._known_bones(p_words bigint[]) returns bigint[] stable set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return (select coalesce(array_agg(api._mark(t.bones) order by w.n), '{}') from unnest(p_words) with ordinality w(mark, n) join reg.name_token t on t.id = w.mark);
end $$;

-- These words (one for each name that carries it) can be met by those that sound alike, in this class. n is about how many names carry a
-- word: whoever counts at the same time is not waited for.
create function api._keep_words(p_kind text, p_tier int, p_scope int, p_words text[], p_names int) returns void
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_nestloop = on language plpgsql as $$
declare v_salt bigint := api._salt(p_kind, p_tier, p_scope); v_ids bigint[]; v_words text[]; v_n int[];
begin
  if p_kind = 'person' then perform pg_advisory_xact_lock_shared(7283015); end if;
  select array_agg(api._mark(w.word) # v_salt order by w.word), array_agg(w.word order by w.word), array_agg(w.n order by w.word) into v_ids, v_words, v_n
  from (select u as word, count(*) as n from unnest(p_words) u group by 1 union all select '', p_names) w;
  update reg.name_token t set n = t.n + w.n from unnest(v_ids, v_n) w(id, n)
   where t.id = w.id and t.id in (select x.id from reg.name_token x where x.id = any (v_ids) for no key update skip locked);
  insert into reg.name_token(id, kind, tier, scope, word, sound, bones, sound2, bones2, near, alike, n)
  select w.id, p_kind, p_tier, p_scope, w.word, h.sound, h.bones, h.sound2, h.bones2, api._word_marks(h.near, v_salt), api._word_marks(h.alike, v_salt), w.n
  from unnest(v_ids, v_words, v_n) w(id, word, n) cross join lateral (select h.* from api._heard(w.word) h offset 0) h
  where not exists (select 1 from reg.name_token t where t.id = w.id) order by w.id on conflict do nothing;
end $$;

-- The names of these rows of sites, of the places of a source, and of persons (all that have none yet) as they are sought. p_known: the names of
-- these rows as they were sought until now: those that are still said so stay, and nobody reads the words of a name twice, nor asks twice how a
-- word sounds: all texts are read before all words, since the server keeps 32 patterns at hand and no more.
create function api._name_sites(p_ids uuid[], p_faces int[], p_known reg.site_name[] default '{}') returns void set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_nestloop = off language plpgsql as $$
declare v record; v_said reg.site_name[];
begin
  v_said := array(select row(s.id, s.face, s.tier, s.scope, a.n::smallint, coalesce(a.name->>'lang', 'und'), a.name->>'text', '{}', '{}')::reg.site_name
    from reg.site s join unnest(p_ids, p_faces) d(id, face) on s.id = d.id and s.face = d.face cross join lateral jsonb_array_elements(
      coalesce(s.names->'all', (select jsonb_agg(jsonb_build_object('lang', e.key, 'text', e.value)) from jsonb_each_text(s.names) e))) with ordinality a(name, n)
    where s.id = any (p_ids));
  if p_known <> '{}' then
    delete from reg.site_name t where t.site = any (p_ids) and (t.site, t.face, t.n) in (
      select k.site, k.face, k.n from unnest(p_known) k left join unnest(v_said) m on m.site = k.site and m.face = k.face and m.n = k.n and m.lang = k.lang
        and m.text = k.text and m.tier = k.tier and m.scope = k.scope where m.site is null);
  end if;
  for v in
    with said as materialized (select m.* from unnest(v_said) m left join unnest(p_known) k on m.site = k.site and m.face = k.face and m.n = k.n
        and m.lang = k.lang and m.text = k.text and m.tier = k.tier and m.scope = k.scope where k.site is null),
    known as materialized (select distinct on (k.face, k.scope, k.text) k.face, k.scope, k.text, k.words, k.sets from unnest(p_known) k),
    texts as materialized (select m.text, api._name_words(m.text) as words from (
      select distinct m.text from said m left join known k on k.face = m.face and k.scope = m.scope and k.text = m.text where k.text is null) m offset 0),
    spelt as materialized (select w.word, api._mark(w.word) as mark, api._mark(api._bones(w.word, api._sound(w.word))) as bones from (
      select distinct u.word from texts t cross join lateral unnest(t.words) u(word)) w),
    read as materialized (select r.text, r.words, r.marks, api._sets(r.bones, 0) as sets from (
      select t.text, t.words, coalesce(array_agg(s.mark order by u.n) filter (where u.n is not null), '{}') as marks,
        coalesce(array_agg(s.bones order by u.n) filter (where u.n is not null), '{}') as bones
      from texts t left join lateral unnest(t.words) with ordinality u(word, n) on true left join spelt s on s.word = u.word group by 1, 2) r offset 0),
    salts as (select m.face, m.scope, api._salt('site', m.face, m.scope) as salt from said m group by 1, 2),
    written as (
      insert into reg.site_name select m.site, m.face, m.tier, m.scope, m.n, m.lang, m.text,
        coalesce(k.words, api._salted(r.marks, s.salt)), coalesce(k.sets, api._salted(r.sets, s.salt))
      from said m join salts s on s.face = m.face and s.scope = m.scope left join known k on k.face = m.face and k.scope = m.scope and k.text = m.text
      left join read r on r.text = m.text)
    select m.face, m.scope, array_agg(w.word) as words, count(distinct (m.site, m.n)) as names from said m
    left join known k on k.face = m.face and k.scope = m.scope and k.text = m.text join read r on r.text = m.text
    cross join lateral unnest(r.words) w(word) where k.text is null group by 1, 2 order by 1, 2
  loop
    perform api._keep_words('site', v.face, v.scope, v.words, v.names::int);
  end loop;
end $$;

create function api._name_places(p_source text) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_words text[]; v_names int;
begin
  with read as materialized (select p.id, api._name_words(coalesce(p.names->>'en', '')) || api._name_words(coalesce(p.names->>'ar', '')) as words from reg.place p
      where p_source is null or p.source = p_source),
  written as (update reg.place p set words = api._word_marks(r.words, s.salt), sets = api._sets(api._bones_marks(r.words), s.salt)
    from read r cross join (select api._salt('place', 0, 0) as salt) s where r.id = p.id)
  select array_agg(w.word), count(distinct r.id) into v_words, v_names from read r cross join lateral unnest(r.words) w(word);
  perform api._keep_words('place', 0, 0, v_words, v_names);
end $$;

create function api._name_persons(p_claims uuid[]) returns void set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan language plpgsql as $$
declare v record;
begin
  for v in
    with read as materialized (select k.claim, k.tier, k.scope, api._name_words(k.key_strict) as words from reg.name_key k where k.claim = any (p_claims)),
    written as (update reg.name_key k set words = api._word_marks(r.words, s.salt), sets = api._sets(api._bones_marks(r.words), s.salt)
      from read r cross join lateral (select api._salt('person', r.tier, r.scope) as salt offset 0) s where k.claim = r.claim)
    select r.tier, r.scope, array_agg(w.word) as words, count(distinct r.claim) as names from read r cross join lateral unnest(r.words) w(word) group by 1, 2 order by 1, 2
  loop
    perform api._keep_words('person', v.tier, v.scope, v.words, v.names::int);
  end loop;
end $$;

-- Whoever writes rows of sites, their names are sought as they then stand.
create function api._named_sites() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_ids uuid[]; v_faces int[];
begin
  if tg_op = 'INSERT' then
    perform api._name_sites(array_agg(s.id), array_agg(s.face)) from made s having count(*) > 0;
  elsif tg_op = 'DELETE' then
    delete from reg.site_name n using gone s where n.site = s.id and n.face = s.face;
  else
    select array_agg(m.id), array_agg(m.face) into v_ids, v_faces from made m join gone s on s.id = m.id and s.face = m.face
      where (m.names, m.tier, m.scope) is distinct from (s.names, s.tier, s.scope);
    if v_ids is not null then
      perform api._name_sites(v_ids, v_faces, array(select o from reg.site_name o join unnest(v_ids, v_faces) d(id, face) on o.site = d.id and o.face = d.face));
    end if;
  end if;
  return null;
end $$;

-- Names that go to another class are sought there: the salt of the one is taken off their marks and that of the other put on.
create function api._other_class() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_was bigint := api._salt('person', old.tier, old.scope); v_is bigint := api._salt('person', new.tier, new.scope);
begin
  if v_was = v_is or old.words <> new.words then return new; end if;
  perform api._keep_words('person', new.tier, new.scope, array(select t.word from reg.name_token t where t.id = any (old.words)), 1);
  new.words := array(select w.mark # v_was # v_is from unnest(old.words) with ordinality w(mark, n) order by w.n);
  new.sets := array(select w.mark # v_was # v_is from unnest(old.sets) w(mark));
  return new;
end $$;

-- A word of persons that no name carries any more is forgotten with the last one; whoever writes names just then is waited for.
create function api._forget_words() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if not exists (select 1 from gone) then return null; end if;
  perform pg_advisory_xact_lock(7283015);
  delete from reg.name_token t using (select distinct w.mark from gone g cross join lateral unnest(g.words) w(mark)) g
   where t.id = g.mark and not exists (select 1 from reg.name_key k where k.words @> array[g.mark]);
  return null;
end $$;

reset role;
create trigger d_other_class before update of tier, scope on reg.name_key for each row execute function api._other_class();
create trigger e_forget_words after delete on reg.name_key referencing old table as gone for each statement execute function api._forget_words();
create trigger d_named after insert on reg.site referencing new table as made for each statement execute function api._named_sites();
create trigger e_named after update on reg.site referencing old table as gone new table as made for each statement execute function api._named_sites();
create trigger f_named after delete on reg.site referencing old table as gone for each statement execute function api._named_sites();
