-- Rows from before their table was tied to the chain (migrations 0002 and 0009): hashed now and tied by one event, once. It says that
-- they stood so at this upgrade, not that they stood so when they were written. The triggers are not there yet (20).
set role sr_owner;
do $$
declare t record; v_table text; v_any bool; v_some bool; v_new text;
begin
  for t in select * from (values
      ('00000000-0000-7000-8000-000000000002'::uuid, array['reg.sealed', 'reg.disclosure_subject'], 'Sealed words and the subjects of disclosures from before the upgrade are tied to the chain'),
      ('00000000-0000-7000-8000-000000000009', array['vault.sheet'], 'What the vault held from before the upgrade is sealed to keys of persons, and tied to the chain')) b(event, tables, reason) loop
    continue when exists (select 1 from reg.audit_event e where e.id = t.event);
    v_any := false;
    foreach v_table in array t.tables loop
      execute format('select exists (select 1 from %s x where x.event = $1)', v_table) into v_some using t.event;
      v_any := v_any or v_some;
    end loop;
    continue when not v_any;
    foreach v_table in array t.tables loop
      execute format('create trigger a_seal before update on %s for each row execute function api._seal()', v_table);
      execute format('update %s set digest = digest where event = $1', v_table) using t.event;
      execute format('drop trigger a_seal on %s', v_table);
    end loop;
    for v_new in select s.sign from api._sealed_tables() s where s.sign like 'reg.%' loop  -- tables of later migrations have no grants yet (99)
      execute format('grant select on %s to sr_writer', v_new);
    end loop;
    perform api._close_event(t.event, 'bind_rows', null, t.reason);
  end loop;
end $$;
reset role;
