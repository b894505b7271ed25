-- Rows from before their table was tied to the chain (migration 0002): hashed now and tied by one event, once. It says that
-- they stood so at this upgrade, not that they stood so when they were written. The triggers are not there yet (20).
set role sr_owner;
do $$
declare v_event constant uuid := '00000000-0000-7000-8000-000000000002'; v_table text; v_new text;
begin
  if exists (select 1 from reg.audit_event e where e.id = v_event)
     or not exists (select 1 from reg.sealed s where s.event = v_event union all select 1 from reg.disclosure_subject d where d.event = v_event) then
    return; end if;
  foreach v_table in array array['sealed', 'disclosure_subject'] loop
    execute format('create trigger a_seal before update on reg.%I for each row execute function api._seal()', v_table);
    execute format('update reg.%I set digest = digest where event = $1', v_table) using v_event;
    execute format('drop trigger a_seal on reg.%I', v_table);
  end loop;
  for v_new in select t.sign from api._sealed_tables() t where t.sign like 'reg.%' loop  -- tables of later migrations have no grants yet (99)
    execute format('grant select on %s to sr_writer', v_new);
  end loop;
  perform api._close_event(v_event, 'bind_rows', null, 'Sealed words and the subjects of disclosures from before the upgrade are tied to the chain');
end $$;
reset role;
