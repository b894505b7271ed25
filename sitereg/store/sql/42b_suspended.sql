-- Cases suspended for security: somebody found alive wishes that nobody is told. While that holds every face shows the state and
-- nothing else; what the claims and decisions say of them stands in no row that anybody reads.
set role sr_writer;

-- Whether somebody has asked for the person: not for one named in a list, nor for one whom a witness or a colleague only told of.
-- Until then the case is for those who work here, and for no partner.
create function api._asked_for(p_state text) returns bool immutable parallel safe language sql as $$ select p_state not in ('draft', 'listed') $$;

create function api._suspended(p_ids uuid[]) returns table(id uuid) stable rows 10 language sql as $$
  select d.subject from api._in_force(p_ids, '{case}') d where d.aspect = '' and d.to_state = 'suspended_security' $$;

create function api._is_suspended(p_id uuid) returns bool stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
begin
  return exists (select 1 from api._suspended(array(select case when s.merged_into is null then s.id else api._heir(s.id) end
                                                    from reg.subject s where s.id = p_id)));
end $$;

-- A case as a suspended one stands in a face: who it is about, and that it is suspended.
create function api._hushed(p reg.person) returns reg.person immutable parallel safe language sql as $$
  select jsonb_populate_record(p, '{"fate": "unknown", "whereabouts": "unknown", "sex": null, "birth": null, "age": null, "circumstances": [],
    "fate_indications": [], "external_ids": [], "companions": [], "conflicts": [], "why": {}, "age_bands": []}') $$;
reset role;
