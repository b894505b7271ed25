create schema bench;

-- A code of the registry's form; different for every n below 30^6.
create function bench.code(p_prefix text, p_n bigint) returns text immutable parallel safe language sql as $$
  select p_prefix || '-' || c || '-' || reg.check_letter(c) from (
    select string_agg(substr('23456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + ((x / (30 ^ i)::bigint) % 30)::int, 1), '' order by i) as c
    from (select (p_n * 382250341 + 1234567) % 729000000 as x) v, generate_series(0, 5) i) s $$;

create function bench.worker() returns uuid stable language sql as $$ select a.id from reg.account a where a.name = 'bench.worker' $$;
