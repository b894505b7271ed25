-- Searching by name: each word leads to the words of the caller's own classes that are it or sound like it, these to the names that carry
-- them; a name is the closer the more of the words it has and the closer they sound. What the caller may not see has other marks
-- (40c_sounds.sql), so no step meets it.
set role sr_reader;

-- In how many letters two words differ; two letters that changed places count as one.
create function api._slips(a text, b text) returns int immutable parallel safe language sql as $$
  select case when length(a) = length(b) and translate(a, b, '') = '' and translate(b, a, '') = '' then least(levenshtein(a, b), 1)
    else levenshtein(a, b) end $$;

-- How close a word of a name is to one that was typed, 0 to 1: one letter in five missed counts about 0.2. Between scripts short
-- vowels cost nothing, since Arabic does not write them.
create function api._closeness(p_word text, p_sound text, p_bones text, t_word text, t_sound text, t_bones text) returns real
immutable parallel safe language sql as $$
  select case when p_word = t_word then 1 when p_word ~ '^[0-9]+$' or t_word ~ '^[0-9]+$' then 0
    when (octet_length(p_word) = length(p_word)) = (octet_length(t_word) = length(t_word)) then greatest(0,
      0.97 - 0.9 * api._slips(p_word, t_word)::real / greatest(length(p_word), length(t_word)),
      0.97 - 0.55 * api._slips(p_bones, t_bones)::real / greatest(length(p_bones), length(t_bones), 1)
        - 0.4 * api._slips(p_sound, t_sound)::real / greatest(length(p_sound), length(t_sound), 1))
    else greatest(0, 0.97 - 0.55 * api._slips(p_bones, t_bones)::real / greatest(length(p_bones), length(t_bones), 1) - 0.15 * case
      when octet_length(p_word) = length(p_word)
        then (levenshtein(t_sound, p_sound, 1, 3, 3) - greatest(length(p_sound) - length(t_sound), 0))::real / greatest(length(t_sound), 1)
      else (levenshtein(p_sound, t_sound, 1, 3, 3) - greatest(length(t_sound) - length(p_sound), 0))::real / greatest(length(p_sound), 1) end) end::real $$;

-- The words of these classes that are this one, sound like it, or (p_begun) begin like it; the closest, and of those about as close the
-- ones that many names carry: a slip is one of a common word more often than of a rare one.
create function api._words_like(p_kind text, p_tiers int[], p_scopes int[], p_word text, p_begun bool)
returns table(id bigint, score real, names int) stable rows 50 set plan_cache_mode = force_generic_plan set enable_seqscan = off set jit = off language plpgsql as $$
#variable_conflict use_column
declare v_sound text := api._sound(p_word); v_bones text := api._bones(p_word, v_sound); v_marks bigint[];
begin
  v_marks := array(select api._mark(n) # api._salt(p_kind, t, s) from unnest(api._near(p_word, v_sound, v_bones)) n, unnest(p_tiers) t, unnest(p_scopes) s);
  return query
  select c.id, max(c.score), max(c.n) from (
    select t.id, api._closeness(p_word, v_sound, v_bones, t.word, t.sound, t.bones) as score, t.n from reg.name_token t where t.near && v_marks
    union all
    select t.id, (case when starts_with(t.word, p_word) then 0.9 else 0.75 end)::real, t.n from reg.name_token t
     where p_begun and length(p_word) > 1 and p_word !~ '^[0-9]+$' and t.kind = p_kind and t.tier = any (p_tiers) and t.scope = any (p_scopes)
       and (t.word ~>=~ p_word and t.word ~<~ (p_word || chr(1114111))
            or length(v_bones) > 1 and t.bones ~>=~ v_bones and t.bones ~<~ (v_bones || chr(1114111)))) c
  where c.score >= 0.5 group by 1 order by max(c.score) + 0.04 * ln(1 + max(c.n)) desc, 1 limit 80;
end $$;

-- How much a word of what was typed counts: a kunya and a kind of place say less of who or which it is, a number says all.
create function api._weight(p_word text) returns real immutable parallel safe language sql as $$
  select (case when p_word ~ '^[0-9]+$' then 1.5 when p_word ~ '^(ابو|abu).' then 0.35
    when p_word in ('فرع', 'سجن', 'مشفي', 'مقبره', 'مطار', 'عسكري', 'مركزي', 'مدرسه', 'قسم', 'مخفر', 'حاجز', 'جامع', 'قريه', 'بلده', 'مدينه', 'مخيم',
      'امن', 'جماعي', 'شيخ', 'دكتور', 'حاج', 'sheikh', 'shaykh', 'sheyh', 'cheikh', 'dr', 'hajj', 'haj') then 0.35 when length(p_word) = 1 then 0.2 else 1 end)::real $$;

-- Names that meet a condition on their marks, with how close they are to what was typed: the words like word q of it are ids, each with
-- its score. A name that lacks a number that was typed is none; two words typed are not one word of a name.
create function api._scored(p_from text, p_where text, p_ids bigint[], p_of int[], p_scores real[], p_weights real[], p_numbers int, p_most int)
returns table(ref uuid, n int, score real) stable rows 100 set enable_seqscan = off set jit = off language plpgsql as $$
#variable_conflict use_column
begin
  return query execute format($q$
    with named as materialized (%s (%s) limit %s),
    best as (select k.ref, k.n, cardinality(k.words) as long, s.q, max((s.score * 10000)::int * 64 + 63 - w.at) as met,
        bit_or(case when s.score >= 0.85 then 1 << w.at::int else 0 end) as places
      from named k cross join lateral unnest(k.words) with ordinality w(id, at) join unnest($1, $2, $3) s(id, q, score) on s.id = w.id group by 1, 2, 3, 4),
    whole as (select sum(u)::real as weight from unnest($4) u)
    select b.ref, b.n, (sum(b.met / 64 * $4[b.q]) / 10000 / max(o.weight)
        * least(bit_count((bit_or(b.places) | bit_or(1 << (63 - b.met %% 64)::int))::bit(32))::real / count(*), 1)
        - 0.02 * (b.long - count(*)) + case when count(*) > 1 then 0.02 * coalesce(corr(b.q, 63 - b.met %% 64), 0) else 0 end)::real
    from best b cross join whole o group by b.ref, b.n, b.long having count(*) filter (where $4[b.q] > 1) = $5$q$, p_from, p_where, p_most)
    using p_ids, p_of, p_scores, p_weights, p_numbers;
end $$;

-- What is asked of the marks of names: the fewest words together that few names carry, in every way that there is, at most one of them
-- taken loosely (p_wide: all of them); where all are common, all of them. p_n: how many of p_names names carry what is like each word.
create function api._conditions(p_tight text[], p_loose text[], p_n float8[], p_more float8[], p_names float8, p_few float8, p_wide bool) returns text
immutable language sql as $$
  with ways as materialized (
    select s.words, l.loose, p_names * (select exp(sum(ln(greatest(case when l.loose in (i, -1) then p_more[i] else p_n[i] end, 0.5) / p_names)))
      from generate_series(1, cardinality(p_n)) i where s.words & (1 << i) > 0) as many
    from generate_series(2, (1 << (cardinality(p_n) + 1)) - 2, 2) s(words) cross join generate_series(-1, cardinality(p_n)) l(loose)
    where case when p_wide then l.loose = -1 else l.loose = 0 or l.loose > 0 and s.words & (1 << l.loose) > 0 end),
  few as (select w.* from ways w where w.many <= p_few),
  least as (
    select f.words, f.loose from few f where not exists (select 1 from few o where (o.words, o.loose) <> (f.words, f.loose)
      and o.words & f.words = o.words and (f.loose in (0, o.loose) or o.words & (1 << f.loose) = 0))
    union all
    select w.words, w.loose from ways w where not exists (select 1 from few) and w.words = (1 << (cardinality(p_n) + 1)) - 2 and w.loose <= 0)
  select string_agg(c.condition, ' or ') from (
    select (select string_agg(case when l.loose in (i, -1) then p_loose[i] else p_tight[i] end, ' and ')
      from generate_series(1, cardinality(p_n)) i where l.words & (1 << i) > 0) as condition
    from least l) c $$;

-- The names (ref, n) of a kind that fit these words best, with how close they are: person: a claim; site: a site and its n-th name; place.
create function api._found(p_kind text, p_level int, p_scopes int[], p_text text, p_begun bool, p_most int)
returns table(ref uuid, n int, score real) stable rows 100 language plpgsql as $$
#variable_conflict use_column
declare
  v_words text[] := api._name_words(p_text); v_from text; v_weights real[]; v_tiers int[] := array[p_level]; w record; v_numbers int; v_names float8;
  v_ids bigint[] := '{}'; v_of int[] := '{}'; v_scores real[] := '{}'; v_loose text[] := '{}'; v_tight text[] := '{}'; v_n float8[] := '{}'; v_more float8[] := '{}'; v_few int; v_refs uuid[] := '{}'; v_ns int[] := '{}'; v_found real[] := '{}';
begin
  if p_level is null or v_words = '{}' then return; end if;
  if p_kind = 'person' then v_tiers := array(select generate_series(0, p_level)); end if;
  v_from := case p_kind when 'person' then 'select k.claim as ref, 1 as n, k.words from reg.name_key k where'
    when 'site' then format('select k.site as ref, k.n::int as n, k.words from reg.site_name k where k.face = %s and', p_level) else 'select k.id as ref, 1 as n, k.words from reg.place k where' end;
  v_weights := array(select api._weight(u.word) from unnest(v_words) with ordinality u(word, i) order by u.i);
  v_numbers := (select count(*) from unnest(v_weights) u where u > 1);
  select coalesce(sum(t.n), 0) into v_names from reg.name_token t where t.id in (select api._mark('') # api._salt(p_kind, l, s) from unnest(v_tiers) l, unnest(p_scopes) s);
  for i in 1 .. cardinality(v_words) loop
    select array_agg(l.id) as ids, array_agg(l.score) as scores, array_agg(l.id) filter (where l.score >= 0.85) as tight, sum(l.names) as more,
      sum(l.names) filter (where l.score >= 0.85) as n into w
    from api._words_like(p_kind, v_tiers, p_scopes, v_words[i], p_begun and i = cardinality(v_words)) l;
    v_ids := v_ids || w.ids; v_scores := v_scores || w.scores; v_of := v_of || array_fill(i, array[coalesce(cardinality(w.ids), 0)]);
    if (v_weights[i] >= 0.9 or cardinality(v_words) = 1) and cardinality(v_n) < 5 and w.ids is not null then
      v_loose := v_loose || format('k.words && %L::bigint[]', w.ids);
      v_tight := v_tight || coalesce(format('k.words && %L::bigint[]', w.tight), 'false');
      v_more := v_more || w.more::float8; v_n := v_n || coalesce(w.n, 0)::float8;
    end if;
  end loop;
  if v_ids = '{}' then return; end if;
  if v_n = '{}' then v_tight := array[format('k.words && %L::bigint[]', v_ids)]; v_n := array[v_names]; v_loose := v_tight; v_more := v_n; end if;
  foreach v_few in array array[300, 1500] loop
    select v_refs || array_agg(s.ref) as refs, v_ns || array_agg(s.n) as ns, v_found || array_agg(s.score) as scores, max(s.score) as best into w
    from api._scored(v_from, api._conditions(v_tight, v_loose, v_n, v_more, greatest(v_names, 1), v_few, v_few > 300), v_ids, v_of, v_scores, v_weights,
      v_numbers, 2500) s where s.score >= 0.6;
    v_refs := w.refs; v_ns := w.ns; v_found := w.scores;
    exit when w.best >= 0.9 or cardinality(v_n) < 2;
  end loop;
  return query select u.ref, u.n, max(u.score) from unnest(v_refs, v_ns, v_found) u(ref, n, score) group by 1, 2 order by 3 desc, 1 limit p_most;
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
  best as (select distinct on (f.ref) f.* from found f order by f.ref, f.score desc, f.n)
  select s.code, s.names - 'all', n.text, n.lang, least(b.score, 1), s.kinds, u.en, u.ar from best b
  join reg.site s on s.id = b.ref and s.face = m.level and s.tier <= m.level and s.scope = any (m.scopes)
  left join reg.site_name n on n.site = s.id and n.face = s.face and n.n = b.n and b.score <= 1.1
  left join lateral api._labels(array[coalesce(s.adm3, s.adm2, s.adm1, s.country)]) u on true
  order by b.score desc, s.code limit least(greatest(coalesce(p_limit, 20), 0), 200);
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
