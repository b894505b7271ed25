-- Search keys of names: the same rules as sitereg/names.py, which says them in words; tests/files/names.csv holds for both.
set role sr_writer;
create function api._key_strict(p_name text) returns text immutable parallel safe language sql as $$
  select regexp_replace(trim(both ' ' from regexp_replace(lower(translate(regexp_replace(normalize(p_name, NFKC),
      '[\u00ad\u061c\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]', '', 'g'),
      'یێکگڤەھہۆأإآٱ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', 'ييككفهههواااا01234567890123456789') collate "und-x-icu"),
    '[ \t\n\r\f\v]+', ' ', 'g')), 'ى(?= |$)', 'ي', 'g') $$;

-- The words of a strict key, lineage left out, compounds joined.
create function api._key_words(p_strict text) returns text[] stable parallel safe language sql as $$
  select string_to_array(regexp_replace(regexp_replace(array_to_string(array_remove(array_remove(array_remove(array_remove(string_to_array(
      translate(p_strict, 'ةؤئء', 'هوي'), ' '), 'ابن'), 'بن'), 'بنت'), ''), ' '), '(^| )ابو (?=[^ ])', '\1ابو', 'g'), '(^| )عبد (?=ال)', '\1عبد', 'g'), ' ') $$;

create function api._key_bare(p_word text) returns text immutable parallel safe language sql as $$
  select case when p_word = 'ال' then '' when p_word = 'عبدلله' then 'عبدالله'
              when p_word like 'ال%' and length(p_word) >= 4 then substr(p_word, 3) else p_word end $$;

create function api._key_loose(p_name text) returns text stable parallel safe language sql as $$
  select coalesce(string_agg(t.bare, ' ' order by t.bare collate "C"), '') from (
    select distinct api._key_bare(w.word) as bare from unnest(api._key_words(api._key_strict(p_name))) w(word)) t where t.bare <> '' $$;

-- The keys of names of places: the loose key without the marks on Latin letters and without punctuation. A name of ASCII letters alone,
-- to which most rules do nothing, takes the short road.
create function api._name_keys(p_names text[]) returns table(text text, key text) stable parallel safe rows 100
set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query select n.text, coalesce(string_agg(n.bare, ' ') filter (where n.bare <> ''), '') from (
    select distinct t.text, api._key_bare(w.word) collate "C" as bare from unnest(p_names) t(text)
    left join lateral unnest(case when octet_length(t.text) = length(t.text)
      then string_to_array(regexp_replace(lower(t.text collate "C"), '[^a-z0-9]+', ' ', 'g'), ' ')
      else api._key_words(regexp_replace(api._key_strict(regexp_replace(normalize(t.text, NFD), '[\u0300-\u036f]', '', 'g')),
        '[^[:alnum:]]+', ' ', 'g')) end) w(word) on true order by 1, 2) n
  group by n.text;
end $$;
create function api._name_key(p_name text) returns text stable parallel safe language sql as $$
  select k.key from api._name_keys(array[p_name]) k $$;
reset role;
