-- Statistics that are published: a table as it was made, never a count below five that is not hidden, agreed by a releaser, fixed for good.
-- Two releases could be subtracted from each other: between two of them lie ninety days.
set role sr_writer;

create function api._statistic_state(p_id uuid) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select s.step from reg.statistic_step s where s.statistic = p_id order by s.recorded_at desc, s.id desc limit 1), 'waiting') $$;

create function api.statistic_sites() returns table(adm1 text, kind text)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare f api._leaving; v_withheld uuid[];
begin
  perform api._need('analyst', 'data_steward', 'releaser');
  f := api._leaving(least(api.level(), 1), '{}'); v_withheld := api._withheld(f, '{statistics}');
  return query select coalesce(s.adm1, 'none'), s.kinds[1] from api._leaving_sites(f) s where s.id <> all (v_withheld) and s.kinds[1] is not null order by 1, 2;
end $$;
comment on function api.statistic_sites() is
  'What a table of counts is made of: the governorate and first kind of each site that may be counted, of sources whose terms permit it and who did not say no to statistics; no codes.';

-- Whether somebody said no to statistics, or is silent, since a table was counted: what may be counted is another than what was.
create function api._narrowed_since(p_at timestamptz) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select exists (select 1 from reg.consent c where c.recorded_at > p_at and c.tier <= 1 and c.scope = 0 and 'no' in (c.uses->>'statistics', c.uses->>'search'))
    or exists (select 1 from reg.terms_change t join vocab.consent_state v on v.code = t.consent and (v.attrs->>'hides')::bool where t.recorded_at > p_at and t.tier <= 1 and t.scope = 0)
    or exists (select 1 from reg.agreement_end e join reg.agreement_version v on v.id = e.version join reg.agreement g on g.id = v.agreement and g.tier <= 1 and g.scope = 0
      where e.recorded_at > p_at) $$;

create function api.statistic_propose(p_title text, p_rows jsonb) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid;
begin
  v_by := api._need('analyst', 'data_steward', 'releaser');
  if coalesce(trim(p_title), '') = '' then perform api._bad('missing_required', 'title', '', 'Say what it counts'); end if;
  if coalesce(jsonb_typeof(p_rows), '') <> 'array' or jsonb_array_length(p_rows) = 0 then perform api._bad('bad_value', 'rows', '', 'A statistic has rows'); end if;
  if exists (select 1 from jsonb_array_elements(p_rows) r where jsonb_typeof(r) <> 'object' or jsonb_typeof(r->'sites') not in ('number', 'null')
      or case when jsonb_typeof(r) = 'object' then r - array['adm1', 'group', 'sites'] <> '{}' end) then
    perform api._bad('bad_value', 'rows', '', 'A statistic has rows'); end if;
  if jsonb_path_exists(p_rows, '$[*].sites ? (@ > 0 && @ < 5)') then perform api._bad('bad_number', 'rows', '', 'A count below five is hidden'); end if;
  if exists (with counted as (select x.adm1, v.attrs->>'group' as "group" from api.statistic_sites() x join vocab.site_kind v on v.code = x.kind),
      sums as (select coalesce(c.adm1, 'all') as adm1, coalesce(c."group", 'all') as "group", count(*) as n from counted c group by cube(c.adm1, c."group"))
      select 1 from jsonb_to_recordset(p_rows) r(adm1 text, "group" text, sites numeric) left join sums s on s.adm1 = r.adm1 and s."group" = r."group"
      where r.sites is not null and r.sites <> coalesce(s.n, 0)) then
    perform api._refuse('counts', 'A number in it is not what is counted: count anew.'); end if;
  insert into reg.statistic(id, title, rows, tier, recorded_by, event, digest) values (v, trim(p_title), p_rows, 1, v_by, v_event, '');
  perform api._close_event(v_event, 'statistic_propose', v, trim(p_title));
  return v;
end $$;
comment on function api.statistic_propose(text, jsonb) is 'A table of counts waits for a releaser; none below five stands in it, and none that is not what is counted at this moment.';

create function api.statistic_settle(p_statistic uuid, p_step text, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; s reg.statistic; v_state text;
begin
  v_by := api._need('releaser');
  perform pg_advisory_xact_lock(hashtextextended('statistic', 0));  -- two releases at once are two within ninety days
  select * into s from reg.statistic x where x.id = p_statistic and x.tier <= api.level() for update;
  if not found then perform api._missing(); end if;
  v_state := api._statistic_state(s.id);
  if coalesce(p_step, '') not in ('published', 'refused', 'withdrawn') then perform api._bad('unknown_code', 'step', p_step, 'It is published, refused or withdrawn'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  if v_state <> (case p_step when 'withdrawn' then 'published' else 'waiting' end) then
    raise exception 'It was settled already' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'state', 'was', 'waiting', 'now', v_state)))::text; end if;
  if p_step = 'published' then
    if api._same_person(s.recorded_by, v_by) then perform api._refuse('four_eyes', 'A releaser other than the one who asked agrees.'); end if;
    if api._narrowed_since(s.recorded_at) then
      perform api._refuse('narrowed', 'Since it was counted somebody withdrew what it counts: refuse it, and count anew.'); end if;
    if exists (select 1 from reg.statistic_step x where x.step = 'published' and x.recorded_at > clock_timestamp() - interval '90 days') then
      perform api._refuse('too_soon', 'Another release is less than ninety days old: what changed between the two could be reckoned.'); end if;
  end if;
  insert into reg.statistic_step(id, statistic, step, why, recorded_by, event, digest) values (reg.new_id(), s.id, p_step, trim(p_why), v_by, v_event, '');
  perform api._close_event(v_event, 'statistic_' || p_step, s.id, trim(p_why));
end $$;
comment on function api.statistic_settle(uuid, text, text) is
  'A releaser, another person than the one who proposed it, publishes a table of counts for good, refuses it, or says that a published one is withdrawn.';

create function api.statistics(p_published bool default true) returns table(id uuid, title text, rows jsonb, state text, by text, on_day text, settled_by text, settled_why text,
  settled_on text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('analyst', 'data_steward', 'releaser', 'auditor');
  return query select s.id, s.title, s.rows, api._statistic_state(s.id), a.display, to_char(s.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), b.display, t.why,
      to_char(t.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD')
    from reg.statistic s join reg.account a on a.id = s.recorded_by
    left join lateral (select * from reg.statistic_step x where x.statistic = s.id order by x.recorded_at desc, x.id desc limit 1) t on true left join reg.account b on b.id = t.recorded_by
    where s.tier <= api.level() and (not coalesce(p_published, false) or api._statistic_state(s.id) = 'published') order by s.recorded_at desc, s.id;
end $$;
comment on function api.statistics(bool) is 'The tables of counts as they were published, or all with what became of them; each as it was made and never reckoned anew.';
reset role;
