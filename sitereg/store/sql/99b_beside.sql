-- What stands beside rows that were there before the table was (migration 0038): once, and after the grants, since it asks functions of sr_writer's.
do $$
begin
  if not exists (select 1 from reg.beside) then
    perform api._resolve_beside(array(select distinct api._heir(x.id) from (select v.site as id from reg.visit v union select m.site from reg.measure m
      union select d.site from reg.disturbance d union select d.subject from reg.decision d where d.machine = 'duplicate'
      union select c.subject from reg.claim c where c.source = any (api._uses_refused('linking'))) x));
  end if;
end $$;
