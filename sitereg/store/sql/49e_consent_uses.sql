-- Consent for each use is recorded by the version of the text that was shown; narrowed or withdrawn at any time, use by use. What a use
-- allows is the stricter of whoever told it, the organisation that passed it on, its agreement and the terms; which of them decided is said.
set role sr_writer;

-- What was answered with what was answered before: every use has an answer, and none goes back to never having been asked.
create function api._consent_answers(p_uses jsonb, p_was jsonb) returns jsonb stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_key text; v_value text; v jsonb;
begin
  if coalesce(jsonb_typeof(p_uses), '') <> 'object' or p_uses = '{}' then perform api._bad('missing_required', 'uses', '', 'Say of at least one use what was answered', 'consent_use'); end if;
  for v_key, v_value in select * from jsonb_each_text(p_uses) loop
    if not api._is_term('consent_use', v_key) then perform api._bad('unknown_code', 'uses', left(v_key, 60), 'This is no term of consent_use', 'consent_use'); end if;
    if not coalesce(api._is_term('use_answer', v_value), false) then perform api._bad('unknown_code', 'use_' || v_key, left(v_value, 60), 'This is no term of use_answer', 'use_answer'); end if;
    if v_value = 'not_asked' and coalesce(p_was->>v_key, 'not_asked') <> 'not_asked' then
      perform api._bad('bad_value', 'use_' || v_key, v_value, 'This was answered before: say yes or no'); end if;
  end loop;
  select jsonb_object_agg(u.code, coalesce(p_uses->>u.code, p_was->>u.code, 'not_asked')) into v from vocab.consent_use u;
  if not exists (select 1 from jsonb_each_text(v) t where t.value <> 'not_asked') then
    perform api._bad('missing_required', 'uses', '', 'Say of at least one use what was answered', 'consent_use'); end if;
  return v;
end $$;

-- What follows where a use is refused that was not, or not any more: at once, in this transaction.
create function api._use_changed(p_sources uuid[], p_use text, p_narrowed bool, p_by uuid) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_live uuid[]; v_subjects uuid[]; v_persons uuid[];
begin
  v_live := array(select c.id from reg.claim c where c.source = any (p_sources) and not exists (select 1 from reg.claim_end e where e.claim = c.id));
  v_subjects := array(select distinct api._heir(c.subject) from reg.claim c where c.id = any (v_live));
  if p_narrowed and p_use = 'search' then perform api._recall_tasks(v_live, 'consent was withdrawn'), api._review_tasks(v_live); end if;
  if p_narrowed and p_use in ('partners', 'authorities', 'hand_over') then perform api._recall_tasks(v_live, 'consent for this use was withdrawn', array[p_use]); end if;
  if p_narrowed and p_use = 'statistics' and exists (select 1 from reg.statistic s where api._statistic_state(s.id) = 'published') then
    insert into reg.task(id, what, why, role, data, tier, scope, opened_by)
    values (reg.new_id(), 'statistics_narrowed', 'Consent to statistics was withdrawn: releases that were published stand as they are; say whether one is withdrawn.', 'releaser',
      jsonb_build_object('statistics', (select jsonb_agg(s.id) from reg.statistic s where api._statistic_state(s.id) = 'published')), 1, 0, p_by); end if;
  if p_use = 'search' then perform api._resolve(array(select distinct c.subject from reg.claim c where c.id = any (v_live))); end if;
  if p_use = 'linking' then
    v_persons := array(select u from unnest(v_subjects) u union select l.person from reg.link l where l.sites && v_subjects);
    delete from reg.link l where l.person = any (v_persons);
    insert into reg.link_touched(tier, person) select t, p.id from generate_series(1, 2) t join reg.person p on p.face = t and p.id = any (v_persons) where api._link_runs_of(t);
    insert into reg.link_touched(tier) select t from generate_series(1, 2) t where api._link_runs_of(t);
    perform api._resolve_beside(api._hold(v_subjects));
  end if;
end $$;

create function api.consent_record(p_uses jsonb, p_version text, p_how text, p_on_day date, p_why text, p_source uuid default null, p_partner uuid default null,
  p_before text default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; s reg.source; v_was jsonb; v_uses jsonb; v_refused jsonb; v_use text; v_old uuid[]; v_new uuid[]; v_narrowed text[] := '{}'; v_widened text[] := '{}';
begin
  v_by := api._need('source_handler', 'data_steward', 'investigator');
  if num_nonnulls(p_source, p_partner) <> 1 then perform api._bad('missing_required', 'source', '', 'Name one source, or one partner'); end if;
  if p_source is not null then s := api._held_source(p_source);
  else
    if not exists (select 1 from api.partners() x where x.id = p_partner) then perform api._missing(); end if;
    perform 1 from reg.partner p where p.id = p_partner for update;  -- sources that are being recorded of it are waited for
    perform 1 from reg.source x where x.partner = p_partner order by x.id for update;
    s.tier := 1; s.scope := 0;
  end if;
  if coalesce(trim(p_version), '') = '' or length(p_version) > 200 then perform api._bad('missing_required', 'version', left(p_version, 200), 'Say which version of the text they were shown'); end if;
  if not api._is_term('consent_how', coalesce(p_how, '')) then perform api._bad('unknown_code', 'how', p_how, 'This is no term of consent_how', 'consent_how'); end if;
  if p_how <> 'written' and coalesce(trim(p_before), '') = '' then perform api._bad('missing_required', 'before', '', 'Say before whom, or by what kind of representative: an office, no name'); end if;
  if p_on_day is null or p_on_day > reg.today() then perform api._bad('bad_date', 'on_day', p_on_day::text, 'Say on which day they were asked, or answered; not one to come'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  perform pg_advisory_xact_lock(hashtextextended('consent', 0));
  select c.uses into v_was from reg.consent c where c.source = p_source or c.partner = p_partner order by c.recorded_at desc, c.id desc limit 1;
  v_uses := api._consent_answers(p_uses, coalesce(v_was, '{}'));
  v_refused := (select jsonb_object_agg(u.code, api._uses_refused(u.code)) from vocab.consent_use u);
  insert into reg.consent(id, source, partner, version, uses, on_day, how, before, why, tier, scope, recorded_by, event, digest)
  values (reg.new_id(), p_source, p_partner, trim(p_version), v_uses, p_on_day, p_how, nullif(trim(left(p_before, 200)), ''), trim(p_why), s.tier, s.scope, v_by, v_event, '');
  for v_use in select u.code from vocab.consent_use u order by u.rank loop
    v_old := array(select x::uuid from jsonb_array_elements_text(v_refused->v_use) x); v_new := api._uses_refused(v_use);
    if not v_new <@ v_old then
      v_narrowed := v_narrowed || v_use;
      perform api._use_changed(array(select unnest(v_new) except select unnest(v_old)), v_use, true, v_by); end if;
    if not v_old <@ v_new then
      v_widened := v_widened || v_use;
      perform api._use_changed(array(select unnest(v_old) except select unnest(v_new)), v_use, false, v_by); end if;
  end loop;
  perform api._close_event(v_event, 'consent_record', coalesce(p_source, p_partner), trim(p_why));
  return jsonb_build_object('uses', v_uses, 'narrowed', v_narrowed, 'widened', v_widened);
end $$;
comment on function api.consent_record(jsonb, text, text, date, text, uuid, uuid, text) is
  'What a source (or a partner, of what it passes on) answered of uses, by the version of the text that was shown; what is not named stays as answered. A use that is refused '
  'from now on ends in this transaction where it happens, and who received it for that is a task and a notice: narrowed, widened say of which uses that is so.';

-- What one use of a source comes to, and who decided: a no by each that says it; a yes by whoever was asked, else by the terms.
create function api._use_verdict(p_source uuid, p_use text, out allows bool, out decided text[], out person text, out organisation text, out terms bool, out agreement bool) stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare s reg.source; t record; v_class text; h record;
begin
  select * into s from reg.source x where x.id = p_source;
  select * into t from api._terms_now(p_source);
  v_class := api._legal_class(s.type, s.legal_class);
  person := coalesce(api._use_answer(p_source, p_use), 'not_asked');
  organisation := case when v_class <> 'individual' and s.partner is not null then coalesce(api._partner_answer(s.partner, p_use), 'not_asked') end;
  terms := true;
  if p_use in ('partners', 'authorities', 'statistics') then
    terms := coalesce((select (v.attrs->>'usable')::bool from vocab.consent_state v where v.code = t.consent), false) and (t.consent <> 'not_applicable' or v_class = 'organisation')
      and t.permitted_uses && array['sharing_with_partners', 'publication'] and coalesce(trim(s.terms), '') <> '';
    agreement := case when s.agreement is not null then api._leaves_under(s.agreement, null) end;
  elsif p_use = 'hand_over' then
    select * into h from api._hand_over(p_source);
    terms := h.allows or coalesce(h.reason, '') not in ('not_asked', 'terms', 'consent', 'waiting', 'not_reached');
    agreement := case when s.agreement is not null then coalesce('hand_over' = any ((api._standing_terms(s.agreement)).purposes), false) end;
    if h.reason = 'refused' then person := case when organisation = 'no' and person <> 'no' then person else 'no' end; end if;
  end if;
  decided := array_remove(array[case when t.hides or s.agreement = any (api._over()) then 'withdrawn' end, case when person = 'no' then 'person' end,
    case when organisation = 'no' then 'organisation' end, case when not agreement then 'agreement' end, case when not terms then 'terms' end], null);
  allows := decided = '{}';
  if allows then decided := array_remove(array[case when person = 'yes' then 'person' end, case when organisation = 'yes' then 'organisation' end,
    case when person <> 'yes' and organisation is distinct from 'yes' then 'terms' end], null); end if;
end $$;

create function api.consent_uses(p_source uuid default null, p_partner uuid default null) returns jsonb
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare s reg.source;
begin
  perform api._need('source_handler', 'data_steward', 'investigator');
  if p_source is not null then
    select * into s from reg.source x where x.id = p_source and x.tier <= api.level() and x.scope = any (api.scopes());
    if not found then perform api._missing(); end if;
  elsif not exists (select 1 from api.partners() x where x.id = p_partner) then perform api._missing(); end if;
  return jsonb_build_object('uses', (select jsonb_agg(jsonb_build_object('use', u.code) || case when p_source is not null then (select to_jsonb(v) || jsonb_build_object('stricter',
          'no' = any (array[v.person, v.organisation, case v.agreement when true then 'yes' when false then 'no' end])
          and ('yes' = any (array[v.person, v.organisation, case v.agreement when true then 'yes' when false then 'no' end]))) from api._use_verdict(p_source, u.code) v)
        else jsonb_build_object('organisation', coalesce(api._partner_answer(p_partner, u.code), 'not_asked')) end order by u.rank) from vocab.consent_use u),
    'partner', (select p.names from reg.partner p where p.id = coalesce(p_partner, s.partner)), 'partner_id', coalesce(p_partner, s.partner),
    'class', case when p_source is not null then api._legal_class(s.type, s.legal_class) end,
    'records', (select coalesce(jsonb_agg(jsonb_build_object('version', c.version, 'uses', c.uses, 'on_day', c.on_day, 'how', c.how, 'before', c.before, 'why', c.why, 'by', a.display,
        'whose', case when c.source is null then 'organisation' else 'person' end, 'at', to_char(c.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD')) order by c.recorded_at desc, c.id desc), '[]')
      from reg.consent c join reg.account a on a.id = c.recorded_by where c.source = p_source or c.partner = coalesce(p_partner, s.partner)
        and (p_partner is not null or api._legal_class(s.type, s.legal_class) <> 'individual')));
end $$;
comment on function api.consent_uses(uuid, uuid) is
  'Each use of a source with what whoever told it, the organisation, its agreement and the terms say, whether it is allowed, who decided, and where the stricter of two held; or what a '
  'partner answered for what it passes on; and every consent that was recorded, the newest first.';

create function api.record_uses(p_code text) returns table(use text, allows bool, decided text[], sources bigint, refusing bigint)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare s reg.subject; v_told uuid[];
begin
  perform api._need('source_handler', 'data_steward', 'investigator');
  select * into s from reg.subject x where x.code = api._as_code(left(p_code, 40));
  if s.id is null then perform api._missing(); end if;
  s := api._seen_subject(api._heir(s.id));
  v_told := array(select distinct c.source from reg.claim c where c.subject = any (array(select m.member from api._members(array[s.id]) m))
    and c.scope = any (api.scopes()) and api._claim_tier(c.id, c.subject, c.tier) <= api.level() and not exists (select 1 from reg.claim_end e where e.claim = c.id));
  return query select u.code, coalesce(bool_and(v.allows), false), array(select distinct w from unnest(v_told) y cross join lateral api._use_verdict(y, u.code) z cross join lateral unnest(z.decided) w
      where z.allows = coalesce(bool_and(v.allows), false) order by 1), count(v.*), count(*) filter (where not v.allows)
    from vocab.consent_use u left join unnest(v_told) x on true left join lateral api._use_verdict(x, u.code) v on x is not null group by u.code, u.rank order by u.rank;
end $$;
comment on function api.record_uses(text) is
  'Each use of a record as a whole: the strictest of all who told of it decides; by whom (person, organisation, agreement, terms, withdrawn), and how many of how many sources refuse.';

-- What a use has led to, of what the caller may see: what left for it and to whom, releases of counts, lines of inquiry, tasks that are open.
create function api.consent_downstream(p_use text, p_source uuid default null, p_partner uuid default null) returns jsonb
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_level int := api.level(); v_scopes int[] := api.scopes(); v_sources uuid[]; v_claims uuid[]; v_ids uuid[];
begin
  perform api._need('source_handler', 'data_steward', 'investigator');
  if not api._is_term('consent_use', coalesce(p_use, '')) then perform api._bad('unknown_code', 'use', p_use, 'This is no term of consent_use', 'consent_use'); end if;
  v_sources := array(select s.id from reg.source s where s.tier <= v_level and s.scope = any (v_scopes) and (s.id = p_source or p_partner is not null and s.partner = p_partner
    and api._legal_class(s.type, s.legal_class) <> 'individual'));
  if v_sources = '{}' and (p_partner is null or not exists (select 1 from api.partners() x where x.id = p_partner)) then perform api._missing(); end if;
  v_claims := array(select c.id from reg.claim c join reg.subject o on o.id = c.subject where c.source = any (v_sources) and c.tier <= v_level and c.scope = any (v_scopes)
    and o.tier <= v_level and o.scope = any (v_scopes) and not exists (select 1 from reg.claim_end e where e.claim = c.id));
  v_ids := array(select distinct api._heir(c.subject) from reg.claim c where c.id = any (v_claims));
  return jsonb_build_object('use', p_use, 'claims', cardinality(v_claims), 'records', cardinality(v_ids),
    'left', (select coalesce(jsonb_agg(jsonb_build_object('disclosure', x.id, 'recipient', x.recipient, 'purpose', x.purpose, 'at', x.at, 'records', x.n) order by x.at, x.id), '[]')
      from (select d.id, d.recipient, d.purpose, to_char(d.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD') as at, count(distinct c.subject) as n
        from api._rested_on(v_claims) r join reg.disclosure d on d.id = r.disclosure join reg.claim c on c.id = r.claim
        where p_use = 'search' or api._left_for(d.id) && array[p_use] group by 1, 2, 3, 4) x),
    'statistics', (select coalesce(jsonb_agg(jsonb_build_object('title', s.title, 'at', to_char(s.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD')) order by s.recorded_at), '[]')
      from reg.statistic s where p_use = 'statistics' and s.tier <= v_level and api._statistic_state(s.id) = 'published'),
    'links', case when p_use in ('search', 'linking') then (select count(distinct l.person) from reg.link l join reg.link_run r on r.id = l.run and r.tier = v_level and r.state = 'done'
      where l.person = any (v_ids) or l.sites && v_ids) else 0 end,
    'tasks', (select count(*) from reg.task t where t.done_at is null and t.tier <= v_level and t.scope = any (v_scopes) and t.what = 'tell_recipient'
      and t.data->'disclosures' ?| array(select r.disclosure::text from api._rested_on(v_claims) r where p_use = 'search' or api._left_for(r.disclosure) && array[p_use])));
end $$;
comment on function api.consent_downstream(text, uuid, uuid) is
  'What one use of a source (or of all that a partner passes on) has led to, of what the caller may see: what left for it and to whom, releases of counts, how many persons have lines of '
  'inquiry of it, and how many recipients are still to be told.';
reset role;
