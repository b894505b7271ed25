-- Looking at all sites on pairs of rasters: the work waits for the keeper; what a machine took for a change is put to a person once, never decided.
set role sr_writer;
create function api.imagery_scan_ask(p_sites jsonb default '{}', p_before uuid default null, p_after uuid default null, p_again bool default false) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('protection_officer', 'investigator', 'analyst', 'data_steward');
  if (p_before is null) <> (p_after is null) or p_before = p_after then
    perform api._bad('bad_value', 'before', coalesce(p_before::text, ''), 'Two different rasters, the earlier and the later; or none for all pairs'); end if;
  return api.job_enqueue('imagery_scan', jsonb_build_object('sites', coalesce(p_sites, '{}'), 'before', p_before, 'after', p_after, 'again', coalesce(p_again, false)));
end $$;
comment on function api.imagery_scan_ask(jsonb, uuid, uuid, bool) is
  'A look at the sites that fit (filters as of site_list) on two rasters, or on all pairs of a season, waits for the keeper, who does it under the rights of the one '
  'who asked; the id of its job. again: also where this method has looked already.';

-- One task for each site and pair of rasters, whatever became of an earlier one; seen by whoever sees the exact place and both rasters.
create function api._propose_checks(p_observations uuid[]) returns void set search_path = pg_catalog, public, pg_temp language sql as $$
  insert into reg.task(id, what, why, subject, role, data, tier, scope)
  select reg.new_id(), 'check_imagery', 'On two images of different days the ground here changed and the ground around it did not: look at them, and have somebody go and '
      'see. It is a hint of a machine, no proof.', o.site, 'protection_officer', jsonb_build_object('observation', o.id, 'raster', o.raster, 'before', o.before),
    greatest(s.tier, s.exact_tier, d.tier, 1), case when d.scopes <@ array[s.scope] then s.scope else api._scope_of(array(select distinct c
      from unnest(s.scope || d.scopes) x(scope) cross join lateral unnest(api._compartments(x.scope)) c order by c)) end
  from (select distinct on (o.site, o.raster, o.before) o.* from reg.observation o where o.id = any (p_observations) and o.how = 'machine' and o.result = 'changed'
        order by o.site, o.raster, o.before, o.id) o
  join reg.subject s on s.id = o.site
  cross join lateral (select max(d.tier) as tier, array_agg(d.scope) as scopes from reg.raster r join reg.document d on d.id = r.document
                      where r.id in (o.raster, o.before)) d
  where not exists (select 1 from reg.task t where t.subject = o.site and t.what = 'check_imagery' and t.data->>'raster' = o.raster::text
                    and t.data->>'before' is not distinct from o.before::text) $$;
reset role;
