-- Searching by name: each word leads to the words of the caller's own classes that are it or sound like it, these to the names that carry
-- them; a name is the closer the more of the words it has and the closer they sound. What the caller may not see has other marks
-- (40c_sounds.sql), so no step meets it.
set role sr_reader;

-- In how many letters two words differ; two letters that changed places count as one.
create function api._slips(a text, b text) returns int immutable parallel safe language sql as $$
  select case when length(a) = length(b) and translate(a, b, '') = '' and translate(b, a, '') = '' then least(levenshtein(a, b), 1)
    else levenshtein(a, b) end $$;

-- How far two words are by their bones, in letters of the longer: half of it where the letters sound alike.
create function api._bones_apart(p_bones text, t_bones text) returns real immutable parallel safe language sql as $$
  select case when p_bones = t_bones then 0 else (api._slips(p_bones, t_bones) + api._slips(api._alike(p_bones), api._alike(t_bones)))::real
    / (2 * greatest(length(p_bones), length(t_bones), 1)) end::real $$;

-- How close an Arabic and a Latin word are: short vowels cost next to nothing, since Arabic does not write them.
create function api._across(a_sound text, a_bones text, l_sound text, l_bones text) returns real immutable parallel safe language sql as $$
  select greatest(0, 0.97 - 0.55 * api._bones_apart(a_bones, l_bones)
    - 0.15 * (levenshtein(a_sound, l_sound, 1, 3, 3) - greatest(length(l_sound) - length(a_sound), 0))::real / greatest(length(a_sound), 1)
    - 0.01 * greatest(length(translate(a_sound, 'wyWY', '')) - length(a_sound) - length(translate(l_sound, 'wyWY', '')) + length(l_sound), 0))::real $$;

-- How close a word of a name is to one that was typed, 0 to 1: one letter in five missed counts about 0.2.
create function api._closeness(p_word text, p_sound text, p_bones text, t_word text, t_sound text, t_bones text) returns real
immutable parallel safe language sql as $$
  select case when p_word = t_word then 1 when ascii(t_word) < 58 and t_word ~ '^[0-9]+$' or ascii(p_word) < 58 and p_word ~ '^[0-9]+$' then 0
    when (octet_length(p_word) = length(p_word)) = (octet_length(t_word) = length(t_word)) then greatest(0,
      0.97 - 0.9 * api._slips(p_word, t_word)::real / greatest(length(p_word), length(t_word)),
      0.97 - 0.55 * api._bones_apart(p_bones, t_bones) - 0.4 * api._slips(p_sound, t_sound)::real / greatest(length(p_sound), length(t_sound), 1))
    when octet_length(p_word) = length(p_word) then api._across(t_sound, t_bones, p_sound, p_bones)
    else api._across(p_sound, p_bones, t_sound, t_bones) end::real $$;
-- The words of these classes that are this one, sound like it, or (p_begun) begin like it; the closest, and of those about as close the
-- ones that many names carry: a slip is one of a common word more often than of a rare one.
create function api._words_like(p_kind text, p_tiers int[], p_scopes int[], p_word text, p_begun bool)
returns table(id bigint, score real, names int, bones bigint, heard float8, class bigint) stable rows 50 set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off language plpgsql as $$
#variable_conflict use_column
declare h record; v_salts bigint[]; v_marks bigint[];
begin
  select * into h from api._heard(p_word);
  v_salts := array(select api._salt(p_kind, t, s) from unnest(p_tiers) t cross join unnest(p_scopes) s);
  v_marks := array(select api._mark(n) # s from unnest(h.near || h.alike) n cross join unnest(v_salts) s);
  return query
  with met as materialized (
    select t.id, t.word, t.sound, t.bones collate "C" as bones, t.sound2, t.bones2, t.n, t.tier, t.scope from reg.name_token t where t.near && v_marks or t.alike && v_marks),
  said as (select m.bones, m.tier, m.scope, sum(m.n)::float8 as heard, least(api._bones_apart(h.bones, m.bones), api._bones_apart(h.bones2, m.bones)) as apart from met m group by 1, 2, 3),
  kept as (select m.*, s.heard from met m join said s on s.bones = m.bones and s.tier = m.tier and s.scope = m.scope
    order by 0.04 * ln(1 + m.n) - 0.55 * case when m.bones2 is null then s.apart else least(s.apart, api._bones_apart(h.bones, m.bones2)) end desc limit 200)
  select c.id, c.score, c.n, api._mark(c.bones), c.heard, c.id # api._mark(c.word) from (
    select c.id, max(c.score) as score, c.n, c.bones, c.word, max(c.heard) as heard from (
      select t.id, greatest(api._closeness(p_word, h.sound, h.bones, t.word, t.sound, t.bones),
          case when h.bones2 is not null then api._closeness(p_word, h.sound2, h.bones2, t.word, t.sound, t.bones) - 0.02 end,
          case when t.bones2 is not null then api._closeness(p_word, h.sound, h.bones, t.word, t.sound2, t.bones2) - 0.02 end)::real as score,
        t.n, t.bones, t.word, t.heard from kept t
      union all
      select t.id, (case when starts_with(t.word, p_word) then 0.9 else 0.75 end)::real, t.n, t.bones, t.word, t.n::float8 from reg.name_token t
       where p_begun and length(p_word) > 1 and p_word !~ '^[0-9]+$' and t.kind = p_kind and t.tier = any (p_tiers) and t.scope = any (p_scopes)
         and (t.word ~>=~ p_word and t.word ~<~ (p_word || chr(1114111))
              or length(h.bones) > 1 and t.bones ~>=~ h.bones and t.bones ~<~ (h.bones || chr(1114111)))) c
    where c.score >= 0.5 group by c.id, c.n, c.bones, c.word order by max(c.score) + 0.04 * ln(1 + c.n) desc, 1 limit 80) c;
end $$;

-- How much a word of what was typed counts: a kunya and a kind of place say less of who or which it is, a number says all.
create function api._weight(p_word text) returns real immutable parallel safe language sql as $$
  select (case when p_word ~ '^[0-9]+$' then 1.5 when p_word ~ '^(ابو|abu).' then 0.35
    when p_word in ('فرع', 'سجن', 'مشفي', 'مقبره', 'مطار', 'عسكري', 'مركزي', 'مدرسه', 'قسم', 'مخفر', 'حاجز', 'جامع', 'قريه', 'بلده', 'مدينه', 'مخيم',
      'امن', 'جماعي', 'شيخ', 'دكتور', 'حاج', 'sheikh', 'shaykh', 'sheyh', 'cheikh', 'dr', 'hajj', 'haj') then 0.35 when length(p_word) = 1 then 0.2 else 1 end)::real $$;

-- By which marks names are asked for: single words, two and three together of those like the words typed (at most one of them loosely),
-- first what says most of the whole and what few names carry, until about p_enough names are met. So what is in many names is asked for
-- only together with more; a title or kunya alone or not at all, beside other words. p_n: about how many of p_names names carry a word.
create function api._ways(p_ids bigint[], p_of int[], p_scores real[], p_n int[], p_bones bigint[], p_heard float8[], p_class bigint[], p_weights real[], p_names float8,
  p_enough float8, out words bigint[], out sets bigint[]) stable set plan_cache_mode = force_generic_plan set jit = off language plpgsql as $$
#variable_conflict use_column
begin
  with met as materialized (select * from unnest(p_ids, p_of, p_scores, p_n, p_bones, p_heard, p_class) u(id, q, score, n, bones, heard, class)),
  heard as materialized (select m.q, m.class, m.bones, max(m.score) * p_weights[m.q] as worth, max(m.score) >= 0.85 as tight, max(m.score) as score, max(m.heard) as n from met m
    where p_weights[m.q] >= 0.5 or not 1 <= any (p_weights) group by 1, 2, 3),
  total as (select sum(w)::real as weight from unnest(p_weights) w),
  pairs as materialized (
    select a.q as q1, b.q as q2, a.bones as one, b.bones as two, a.class, a.worth + b.worth as worth, a.tight and b.tight as tight,
      a.n * b.n / p_names / case when a.bones = b.bones then 2.5 else 1 end as many
    from heard a join heard b on a.q < b.q and a.class = b.class where a.tight or b.tight),
  ways as (
    select null::bigint as word, api._pair_mark(p.one, p.two) # p.class as mark, p.worth, p.many from pairs p
    union all select null, api._three_mark(p.one, p.two, c.bones) # p.class, p.worth + c.worth, p.many * c.n / p_names
      from pairs p join heard c on c.q > p.q2 and c.class = p.class where p.many > 20 and (p.tight or c.tight) and p.many * c.n / p_names > 0.1
    union all select m.id, null, m.score * p_weights[m.q], m.n from met m),
  counted as (select w.*, sum(w.many + 0.5) over (order by w.worth / t.weight - case when p_enough < 500 then 0 else 0.02 end * ln(1 + w.many) desc, w.word, w.mark
    rows between unbounded preceding and 1 preceding) as before from ways w cross join total t)
  select array_agg(c.word) filter (where c.word is not null), array_agg(c.mark) filter (where c.mark is not null) into words, sets from counted c where c.before + c.many < 2 * p_enough or coalesce(c.before, 0) < p_enough / 4;
end $$;

-- The names (at most so many) that carry one of these words or sets.
create type api._named as (ref uuid, n int, words bigint[]);
create function api._carrying(p_kind text, p_level int, p_words bigint[], p_sets bigint[], p_most int) returns api._named[]
stable set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan language plpgsql as $$
begin
  return case p_kind
    when 'person' then array(select row(k.claim, 1, k.words)::api._named from reg.name_key k where k.words && p_words or k.sets && p_sets limit p_most)
    when 'site' then array(select row(k.site, k.n, k.words)::api._named from reg.site_name k where k.face = p_level and (k.words && p_words or k.sets && p_sets) limit p_most)
    else array(select row(k.id, 1, k.words)::api._named from reg.place k where k.words && p_words or k.sets && p_sets limit p_most) end;
end $$;

-- How close these names are to what was typed: the words like word q of it are ids, each with its score. A name that lacks a number
-- that was typed is none. Two words typed are not one word of a name, nor two words of it one that was typed: what counts is the less of
-- the best word of the name for each one typed and the best one typed for each word of the name.
create function api._scored(p_named api._named[], p_ids bigint[], p_of int[], p_scores real[], p_weights real[], p_numbers int)
returns table(ref uuid, n int, score real) stable rows 100 set enable_nestloop = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
declare v_whole real := (select sum(u) from unnest(p_weights) u);
begin
  return query
    with hits as materialized (
      select k.i, k.ref, k.n, cardinality(k.words) as long, w.at, s.q, (s.score * 10000)::int * 64 + 63 - w.at as met, s.score * p_weights[s.q] as worth
      from unnest(p_named) with ordinality k(ref, n, words, i) cross join lateral unnest(k.words) with ordinality w(id, at)
      join unnest(p_ids, p_of, p_scores) s(id, q, score) on s.id = w.id),
    typed as (select h.i, h.ref, h.n, h.long, h.q, max(h.met) as met from hits h group by 1, 2, 3, 4, 5),
    borne as (select h.i, sum(h.worth) as worth from (select h.i, h.at, max(h.worth) as worth from hits h group by 1, 2) h group by 1),
    best as (select t.i, t.ref, t.n, sum(t.met / 64 * p_weights[t.q]) / 10000 as worth, coalesce(corr(t.q, 63 - t.met % 64), 0) as agree,
        t.long - count(*) as more, case when count(*) > 1 then 0.02 else 0 end as ordered
      from typed t group by 1, 2, 3, t.long having count(*) filter (where p_weights[t.q] > 1) = p_numbers)
    select b.ref, b.n, (least(b.worth, o.worth) / v_whole - 0.02 * b.more + b.ordered * b.agree)::real from best b join borne o on o.i = b.i;
end $$;

-- What is close to these words, as they are read; p_likes: the words like each of them (and perhaps of others).
create type api._like as (word text, id bigint, score real, names int, bones bigint, heard float8, class bigint);
create function api._likes(p_kind text, p_tiers int[], p_scopes int[], p_words text[], p_begun bool, p_known api._like[]) returns api._like[] stable language plpgsql as $$
begin
  return p_known || array(select row(w.word, l.id, l.score, l.names, l.bones, l.heard, l.class)::api._like
    from (select u.word, max(u.i) as i from unnest(p_words) with ordinality u(word, i) where u.word not in (select k.word from unnest(p_known) k) group by 1) w
    cross join lateral api._words_like(p_kind, p_tiers, p_scopes, w.word, p_begun and w.i = cardinality(p_words)) l);
end $$;
create type api._close as (ref uuid, n int, score real);
create function api._found_by(p_kind text, p_tiers int[], p_scopes int[], p_words text[], p_likes api._like[], p_enough int) returns api._close[]
stable set plan_cache_mode = force_generic_plan set jit = off language plpgsql as $$
declare
  v_weights real[] := array(select api._weight(u.word) from unnest(p_words) with ordinality u(word, i) order by u.i); w record; v_names float8;
  v_ways record; v_named api._named[]; v_enough int;
begin
  select coalesce(sum(t.n), 0) into v_names from reg.name_token t where t.id in (select api._mark('') # api._salt(p_kind, l, s) from unnest(p_tiers) l, unnest(p_scopes) s);
  select array_agg(l.id) as ids, array_agg(u.i::int) as of, array_agg(l.score) as scores, array_agg(l.names) as n, array_agg(l.bones) as bones, array_agg(l.heard) as heard,
    array_agg(l.class) as class into w from unnest(p_words) with ordinality u(word, i) join unnest(p_likes) l on l.word = u.word;
  if w.ids is null then return '{}'; end if;
  -- what is guessed of how many carry two words together may be far too few: then less is asked for
  foreach v_enough in array array[p_enough, 200, 50, 8] loop
    v_ways := api._ways(w.ids, w.of, w.scores, w.n, w.bones, w.heard, w.class, v_weights, greatest(v_names, 1), v_enough);
    v_named := api._carrying(p_kind, p_tiers[1], v_ways.words, v_ways.sets, 3000);
    exit when cardinality(v_named) < 3000;
  end loop;
  return array(select row(s.ref, s.n, s.score)::api._close from api._scored(v_named, w.ids, w.of, w.scores, v_weights,
    (select count(*)::int from unnest(v_weights) u where u > 1)) s where s.score >= 0.6);
end $$;

-- About how many of the caller's names carry the one of these words that the fewest carry; null: there are no words.
create function api._fewest(p_words text[], p_salts bigint[]) returns int stable set plan_cache_mode = force_generic_plan
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off language plpgsql as $$
begin
  return (select min(coalesce(k.n, 0)) from unnest(p_words) w(word) cross join lateral (select max(t.n) as n from unnest(p_salts) s(salt)
    join reg.name_token t on t.id = api._mark(w.word) # s.salt) k);
end $$;

-- How else the text may be read where it is near no name: two words run together, a letter slipped over a blank, the article is spoilt.
-- Such a reading is taken if the words that it makes are better known, among the caller's names, than those that it undoes; null: there is none.
create function api._read_anew(p_kind text, p_tiers int[], p_scopes int[], p_text text, p_words text[]) returns text[]
stable set plan_cache_mode = force_generic_plan set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off language plpgsql as $$
declare v text; v_read text[]; v_salts bigint[] := array(select api._salt(p_kind, t, s) from unnest(p_tiers) t cross join unnest(p_scopes) s);
begin
  v_read := api._name_words(regexp_replace(p_text, '([[:lower:]])([[:upper:]])', '\1 \2', 'g'));  -- a capital begins a word
  if cardinality(v_read) > cardinality(p_words) then return v_read; end if;
  select p_words[:p.i - 1] || p.one || p.two || p_words[p.i + 1:] into v_read from (
    select w.i, s.one, s.two, api._fewest(array[s.one, s.two], v_salts) as n, k.n as was from unnest(p_words) with ordinality w(word, i)
    cross join lateral (select api._fewest(array[w.word], v_salts) as n offset 0) k cross join generate_series(3, length(w.word) - 3) at
    cross join lateral (select left(w.word, at) as one, regexp_replace(substr(w.word, at + 1), '^(?:ال|[ae]l)(?=...)', '') as two) s) p
   where p.n > p.was order by p.n desc limit 1;
  if v_read is not null then return v_read; end if;
  for v in with blanks as (select at from generate_series(2, length(p_text) - 1) at where substr(p_text, at, 1) = ' ')
    select left(p_text, b.at - 2) || ' ' || substr(p_text, b.at - 1, 1) || substr(p_text, b.at + 1) from blanks b where b.at > 2
    union all
    select left(p_text, b.at - 1) || substr(p_text, b.at + 1, 1) || ' ' || substr(p_text, b.at + 2) from blanks b where b.at < length(p_text) - 1
    union all
    select regexp_replace(p_text, '(^| )' || w.word || '( |$)', '\1' || substr(w.word, 3) || '\2') from unnest(string_to_array(p_text, ' ')) w(word)
     where w.word ~ '^(?:[\u0621-\u064a]ل|ا[\u0621-\u064a])[\u0621-\u064a]{4,}$' and w.word !~ '^ال'
    limit 12
  loop
    v_read := api._name_words(v);
    if api._fewest(array(select unnest(v_read) except select unnest(p_words)), v_salts) > api._fewest(array(select unnest(p_words) except select unnest(v_read)), v_salts)
      then return v_read; end if;
  end loop;
  return null;
end $$;

-- The words with two that follow each other taken as one, where that is close to a word that more names carry than one of the two (a compound of
-- which a part is spoilt); null: there is none. p_likes: the words like those so made too.
create function api._read_joined(p_words text[], p_likes api._like[]) returns text[] stable language plpgsql as $$
begin
  return (
    with known as materialized (select w.word, max(l.names) as n from unnest(p_words) w(word) join unnest(p_likes) l on l.word = w.word and l.score = 1 group by 1)
    select p_words[:i - 1] || (p_words[i] || p_words[i + 1]) || p_words[i + 2:] from generate_series(1, cardinality(p_words) - 1) i
    left join known a on a.word = p_words[i] left join known b on b.word = p_words[i + 1]
    cross join lateral (select max(l.score) as score from unnest(p_likes) l where l.word = p_words[i] || p_words[i + 1]
      and l.names > least(coalesce(a.n, 0), coalesce(b.n, 0))) l
    where l.score >= 0.75 order by l.score desc, i limit 1);
end $$;

-- The names (ref, n) of a kind that fit these words best, with how close they are: person: a claim; site: a site and its n-th name; place.
create function api._found(p_kind text, p_level int, p_scopes int[], p_text text, p_begun bool, p_most int)
returns table(ref uuid, n int, score real) stable rows 100 language plpgsql as $$
#variable_conflict use_column
declare v_words text[] := api._name_words(p_text); v_tiers int[] := case p_kind when 'person' then array(select generate_series(0, p_level)) else array[p_level] end;
  v_found api._close[]; v_anew text[]; v_likes api._like[];
begin
  if p_level is null or v_words = '{}' then return; end if;
  v_likes := api._likes(p_kind, v_tiers, p_scopes, v_words, p_begun, '{}');
  v_found := api._found_by(p_kind, v_tiers, p_scopes, v_words, v_likes, 800);
  for i in 1 .. case when p_begun then 0 else 2 end loop
    exit when (select max(f.score) from unnest(v_found) f) >= case i when 1 then 0.88 else 0.8 end;
    if i = 1 then v_anew := api._read_anew(p_kind, v_tiers, p_scopes, p_text, v_words);
    else
      v_anew := array(select v_words[j] || v_words[j + 1] from generate_series(1, cardinality(v_words) - 1) j where length(v_words[j] || v_words[j + 1]) > 5);
      v_likes := api._likes(p_kind, v_tiers, p_scopes, v_anew, false, v_likes);
      v_anew := api._read_joined(v_words, v_likes);
    end if;
    if v_anew is not null then
      v_likes := api._likes(p_kind, v_tiers, p_scopes, v_anew, false, v_likes);
      v_found := v_found || array(select row(f.ref, f.n, f.score - 0.04)::api._close from unnest(api._found_by(p_kind, v_tiers, p_scopes, v_anew, v_likes, 300)) f); end if;
  end loop;
  return query select f.ref, f.n, max(f.score) from unnest(v_found) f group by 1, 2 order by 3 desc, 1 limit p_most;
end $$;

-- The sites of these names as a list is filtered by them: those about as close as the closest.
create function api._sites_called(p_q text, p_level int, p_scopes int[]) returns uuid[] stable language plpgsql as $$
begin
  return coalesce((select array_agg(distinct f.ref) from (
    select f.ref, f.score, max(f.score) over () as best from api._found('site', p_level, p_scopes, p_q, true, 5000) f) f
    where f.score >= greatest(0.7, f.best - 0.15)), '{}');
end $$;

create function api.site_search(p_words text, p_begun bool default false, p_limit int default 20)
returns table(code text, names jsonb, written text, lang text, score real, kinds text[], place_en text, place_ar text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare m record;
begin
  if length(p_words) > 200 then perform api._bad('too_long', 'words', '', 'At most 200 letters'); end if;
  select x.level, x.scopes into m from api.me() x;
  return query
  with found as (select f.ref, f.n, f.score from api._found('site', m.level, m.scopes, p_words, p_begun, 200) f
    union all select s.id, 1, 2 from reg.site s where s.code = api._as_code(p_words) and s.face = m.level),
  best as (select distinct on (f.ref) f.* from found f order by f.ref, f.score desc, f.n),
  -- the places of those alone that are told
  told as materialized (select s.id, s.face, s.code, s.names, s.kinds, coalesce(s.adm3, s.adm2, s.adm1, s.country) as unit, b.n, b.score from best b
    join reg.site s on s.id = b.ref and s.face = m.level and s.tier <= m.level and s.scope = any (m.scopes)
    order by b.score desc, s.code limit least(greatest(coalesce(p_limit, 20), 0), 200)),
  units as materialized (select l.* from api._labels(array(select distinct t.unit from told t)) l)
  select t.code, t.names - 'all', n.text, n.lang, least(t.score, 1), t.kinds, u.en, u.ar from told t
  left join reg.site_name n on n.site = t.id and n.face = t.face and n.n = t.n and t.score <= 1.1
  left join units u on u.pcode = t.unit
  order by t.score desc, t.code;
end $$;
comment on function api.site_search(text, bool, int) is
  'Sites of the caller''s face by name, however it is written and in either script, the closest first (score 1: all words just so), or by code. written: '
  'the name of it that was met (null: its code). p_begun: the last word may be the beginning of one.';

create function api.places_named(p_name text, p_limit int default 20)
returns table(name_en text, name_ar text, lon float8, lat float8, extent_m float8, country text, kind text, population int, source text, score real)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return query select p.names->>'en', p.names->>'ar', st_x(p.geom), st_y(p.geom), p.extent_m, p.country, p.kind, p.population, p.source, f.score
  from api._found('place', case when api.level() is not null then 0 end, '{0}', p_name, true, 400) f join reg.place p on p.id = f.ref
  order by f.score desc, p.population desc nulls last, 1 limit least(p_limit, 200);
end $$;
comment on function api.places_named(text, int) is
  'Places of the gazetteer of that name, however it is written and in either script, the closest first; the last word may be its beginning.';
reset role;
