-- Who works where, answered without content: whoever sees a site is told that somebody works there, or the name where that was agreed,
-- and nothing of what is hidden from him. What is declared as told to nobody answers as if it were not there.
set role sr_writer;

-- The site that the caller sees under that code, in his own face.
create function api._own_site(p_code text) returns reg.site stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare s reg.site;
begin
  select x.* into s from reg.site x where x.code = api._as_code(left(p_code, 40)) and x.face = coalesce(api.level(), -1) and x.tier <= api.level() and x.scope = any (api.scopes());
  if s.id is null then perform api._missing(); end if;
  return s;
end $$;

create function api.declare_work(p_kind text, p_began date, p_ended date, p_told text, p_code text default null, p_unit text default null, p_agreement uuid default null) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('investigator', 'protection_officer', 'analyst', 'data_steward'); v_event uuid := reg.new_id(); v uuid := reg.new_id(); s reg.site; v_partner uuid;
begin
  if num_nonnulls(p_code, p_unit) <> 1 then perform api._bad('missing_required', 'code', '', 'Name a site or a unit, one of them'); end if;
  if p_code is not null then s := api._own_site(p_code);
  elsif not exists (select 1 from reg.admin_unit a where a.pcode = p_unit) then perform api._bad('not_found', 'unit', left(p_unit, 40), 'There is no such unit'); end if;
  perform api._check_terms(array[['work_kind', coalesce(p_kind, '')], ['work_told', coalesce(p_told, '')]]);
  if p_began is null or p_ended is null or p_began > p_ended or p_ended < reg.today() or p_ended > reg.today() + 730 then
    perform api._bad('bad_date', 'ended', p_ended::text, 'Say from when until when: not over yet, and within two years'); end if;
  if p_agreement is not null then
    if not 'data_steward' = any (api.roles()) then raise exception 'This needs the role data_steward' using errcode = 'SR403'; end if;
    select a.partner into v_partner from reg.agreement a where a.id = p_agreement and a.tier <= api.level() and a.scope = any (api.scopes())
      and exists (select 1 from api._agreements_now() n where n.agreement = a.id and n.stands);
    if v_partner is null then perform api._missing(); end if;
  end if;
  insert into reg.work(id, site, unit, kind, began, ended, told, partner, tier, scope, recorded_by, event, digest)
  values (v, s.id, p_unit, p_kind, p_began, p_ended, p_told, v_partner, greatest(coalesce(s.tier, 1), 1), coalesce(s.scope, 0), v_by, v_event, '');
  perform api._close_event(v_event, 'declare_work', s.id, p_kind);
  return v;
end $$;
comment on function api.declare_work(text, date, date, text, text, text, uuid) is
  'Somebody works at a site (code) or in an admin unit: what kind, from when until when, and what others who see the same site are told: nobody, somebody, named. Of a '
  'partner (the agreement in force with it) by a data steward.';

create function api.end_work(p_work uuid, p_why text) returns void volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('investigator', 'protection_officer', 'analyst', 'data_steward'); v_event uuid := reg.new_id(); w reg.work;
begin
  select x.* into w from reg.work x where x.id = p_work and x.id in (select y.id from api.works() y);
  if w.id is null or exists (select 1 from reg.work_end e where e.work = w.id) then perform api._missing(); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  insert into reg.work_end(work, why, recorded_by, event, digest) values (w.id, trim(p_why), v_by, v_event, '');
  perform api._close_event(v_event, 'end_work', w.site, trim(p_why));
end $$;
comment on function api.end_work(uuid, text) is 'The declared work is over, or will not be: by whoever declared it, or a data steward.';

create function api.work_at(p_code text) returns table(who jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare s reg.site;
begin
  perform api._need('investigator', 'protection_officer', 'analyst', 'data_steward', 'source_handler');
  s := api._own_site(p_code);
  return query select distinct case w.told when 'named' then coalesce(p.names, jsonb_build_object('und', a.display)) end
    from reg.work w join reg.account a on a.id = w.recorded_by left join reg.partner p on p.id = w.partner
    where (w.site = s.id or w.unit in (s.adm1, s.adm2, s.adm3)) and w.told <> 'nobody' and w.ended >= reg.today() and w.tier <= api.level() and w.scope = any (api.scopes())
      and not exists (select 1 from reg.work_end e where e.work = w.id) order by 1;
end $$;
comment on function api.work_at(text) is
  'Whether somebody works at a site that the caller sees: a row for each name that may be told, one without a name where somebody may not be named, none else. No content.';

create function api.works() returns table(id uuid, code text, unit text, kind text, began date, ended date, told text, partner jsonb, by text, mine bool)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('investigator', 'protection_officer', 'analyst', 'data_steward', 'source_handler');
  return query select w.id, s.code, w.unit, w.kind, w.began, w.ended, w.told, p.names, a.display, w.recorded_by = api.account()
    from reg.work w join reg.account a on a.id = w.recorded_by left join reg.partner p on p.id = w.partner
    left join reg.site s on s.id = w.site and s.face = api.level() and s.tier <= api.level() and s.scope = any (api.scopes())
    where w.tier <= api.level() and w.scope = any (api.scopes()) and (w.site is null or s.id is not null) and w.ended >= reg.today()
      and (w.recorded_by = api.account() or api.roles() && array['data_steward', 'source_handler']) and not exists (select 1 from reg.work_end e where e.work = w.id)
    order by w.ended, w.id;
end $$;
comment on function api.works() is 'Declared work that is not over: one''s own; for data stewards and source handlers, who coordinate, all at what they see.';

-- Declared work in a governorate, of what the caller sees as one who coordinates.
create function api._works_in(p_unit text) returns table(id uuid, code text, unit text, kind text, ended date, partner jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select w.id, w.code, w.unit, w.kind, w.ended, w.partner from api.works() w left join reg.site s on s.code = w.code and s.face = api.level()
  where w.unit like p_unit || '%' or s.adm1 = p_unit $$;
reset role;
