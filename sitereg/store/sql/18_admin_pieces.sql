-- Sub-districts cut into small pieces, so that asking in which of them a point lies reads a few corners instead of whole
-- borders. Kept by a trigger; filled here for units that came before it.
set role sr_writer;
create function api._cut_unit() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    delete from reg.admin_piece p where p.pcode = old.pcode and p.edition = old.edition;
  end if;
  if tg_op <> 'DELETE' and new.level = 3 then
    insert into reg.admin_piece(pcode, edition, n, geom)
    select new.pcode, new.edition, row_number() over (), d.geom
    from st_subdivide(new.geom, 48) s(geom) cross join lateral st_dump(s.geom) d;
  end if;
  return null;
end $$;
reset role;
create trigger d_cut after insert or delete or update of pcode, edition, level, geom on reg.admin_unit
  for each row execute function api._cut_unit();
insert into reg.admin_piece(pcode, edition, n, geom)
select u.pcode, u.edition, row_number() over (partition by u.pcode, u.edition), d.geom
from reg.admin_unit u cross join lateral st_subdivide(u.geom, 48) s(geom) cross join lateral st_dump(s.geom) d
where u.level = 3 and not exists (select 1 from reg.admin_piece p where p.pcode = u.pcode and p.edition = u.edition);
