-- What the vocabularies say of their terms, written out from them at each upgrade (which alone changes them): the resolve rule asks it of every
-- claim, and what stands in its text is neither opened, locked nor joined. Before the policies, under which the owner of the tables reads nothing.
set role sr_owner;
do $$
declare v record; v_codes text[]; v_bounds float8[];
begin
  for v in select * from (values ('_is_many', 'predicate', 'many'), ('_is_dated', 'predicate', 'dated'), ('_is_sealed', 'predicate', 'sealed'),
      ('_hiding_kind', 'site_kind', 'hides_place'), ('_hiding_building', 'building', 'hides_place')) t(name, scheme, attr) loop
    execute format($f$do $b$ begin execute format('create function api.%1$s(p_code text) returns bool immutable parallel safe language sql as $c$ select %%L::jsonb ? p_code $c$',
      (select coalesce(jsonb_object_agg(t.code, true), '{}') from vocab.%2$I t where (t.attrs->>%3$L)::bool)); end $b$ $f$, v.name, v.scheme, v.attr);
  end loop;
  for v in select * from (values ('_kind_group', 'site_kind', 'group', 'text'), ('_rank_of_level', 'verification_level', 'rank', 'int'),
      ('_activity_rank', 'investigation_activity', 'rank', 'int')) t(name, scheme, attr, type) loop
    execute format($f$do $b$ begin execute format('create function api.%1$s(p_code text) returns %4$s immutable parallel safe language sql as $c$ select (%%L::jsonb->>p_code)::%4$s $c$',
      (select jsonb_object_agg(t.code, t.attrs->%3$L) from vocab.%2$I t)); end $b$ $f$, v.name, v.scheme, v.attr, v.type);
  end loop;
  -- The class of an uncertainty in metres; null = no place. The classes stand widest first, with minus their bounds.
  select array_agg(p.code order by b.up_to desc), array_agg(-b.up_to order by b.up_to desc) into v_codes, v_bounds
    from vocab.precision_class p cross join lateral (select (p.attrs->>'up_to_m')::float8 as up_to) b where b.up_to is not null;
  execute format($f$create function api._precision(p_uncertainty float8) returns text immutable parallel safe language sql as $b$
    select case when p_uncertainty is null then 'none' else coalesce((%L::text[])[width_bucket(-p_uncertainty, %L::float8[])], 'governorate') end $b$ $f$,
    v_codes, v_bounds);
end $$;
reset role;
