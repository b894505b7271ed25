-- Search keys of names: the same rules as sitereg/names.py, which says them in words; tests/files/names.csv holds for both.
set role sr_writer;
create function api._key_strict(p_name text) returns text immutable parallel safe language plpgsql as $$
begin
  return regexp_replace(trim(both ' ' from regexp_replace(lower(translate(regexp_replace(normalize(p_name, NFKC),
      '[\u00ad\u061c\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]', '', 'g'),
      'یێکگڤەھہۆأإآٱ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', 'ييككفهههواااا01234567890123456789') collate "und-x-icu"),
    '[ \t\n\r\f\v]+', ' ', 'g')), 'ى(?= |$)', 'ي', 'g');
end $$;

create function api._key_loose(p_name text) returns text immutable parallel safe language plpgsql as $$
declare v text := translate(api._key_strict(p_name), 'ةؤئء', 'هوي');
begin
  if v !~ '[\u0600-\u06ff]' and position(' ' in v) = 0 then return v; end if;
  v := array_to_string(array_remove(array_remove(array_remove(array_remove(string_to_array(v, ' '), 'ابن'), 'بن'), 'بنت'), ''), ' ');
  v := regexp_replace(regexp_replace(v, '(^| )ابو (?=[^ ])', '\1ابو', 'g'), '(^| )عبد (?=ال)', '\1عبد', 'g');
  return coalesce((select string_agg(t.bare, ' ' order by t.bare collate "C") from (
    select distinct case when w.word = 'ال' then '' when w.word = 'عبدلله' then 'عبدالله'
                         when w.word like 'ال%' and length(w.word) >= 4 then substr(w.word, 3) else w.word end as bare
    from unnest(string_to_array(v, ' ')) w(word)) t where t.bare <> ''), '');
end $$;

-- The key of a place's name: the loose key without the marks on Latin letters and without punctuation.
create function api._name_key(p_name text) returns text immutable parallel safe language plpgsql as $$
begin
  return api._key_loose(regexp_replace(normalize(regexp_replace(normalize(p_name, NFD), '[\u0300-\u036f]', '', 'g'), NFC), '[^[:alnum:]]+', ' ', 'g'));
end $$;
reset role;
