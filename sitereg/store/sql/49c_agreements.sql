-- Agreements with partners: written by one, in force by two others, over by their last day or by one act of either side; whatever they
-- brought follows at once. A later version takes the place of the one before; what it covers no more is ended.
set role sr_writer;

create function api._agreement_lists(p jsonb, p_field text, p_scheme text, p_least int default 1) returns text[] stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v text[] := case when jsonb_typeof(p->p_field) = 'array' then api._texts(p->p_field) end; v_none text;
begin
  if coalesce(cardinality(v), 0) < p_least then perform api._bad('missing_required', p_field, '', 'Name at least one', p_scheme); end if;
  select u into v_none from unnest(v) u where not api._is_term(p_scheme, u) limit 1;
  if v_none is not null then perform api._bad('unknown_code', p_field, v_none, 'This is no term of ' || p_scheme, p_scheme); end if;
  return array(select distinct u from unnest(v) u order by 1);
end $$;

create function api._agreement_day(p jsonb, p_field text, p_must bool) returns date stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if coalesce(trim(p->>p_field), '') = '' then
    if p_must then perform api._bad('missing_required', p_field, '', 'Say the day'); end if;
    return null; end if;
  return (p->>p_field)::date;
exception when data_exception then
  perform api._bad('bad_date', p_field, p->>p_field, 'A day is written YYYY-MM-DD');
end $$;

create function api._agreement_words(p jsonb, p_field text, p_message text) returns text stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if coalesce(trim(p->>p_field), '') = '' then perform api._bad('missing_required', p_field, '', p_message); end if;
  return trim(p->>p_field);
end $$;

create function api._seen_agreement(p_id uuid) returns reg.agreement stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.agreement;
begin
  select * into v from reg.agreement a where a.id = p_id and a.tier <= api.level() and a.scope = any (api.scopes());
  if not found then perform api._missing(); end if;
  return v;
end $$;

-- A first version, or (p_agreement) another one of what there is.
create function api.add_agreement(p_terms jsonb, p_why text, p_partner jsonb default null, p_title text default null, p_agreement uuid default null,
  p_paper jsonb default null, p_tier int default 1, p_compartments text[] default '{}') returns table(agreement uuid, version uuid, n int)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_event uuid := reg.new_id(); v_by uuid; g reg.agreement; v reg.agreement_version; v_known text;
begin
  v_by := api._need('data_steward', 'source_handler');
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  for v_known in select k from jsonb_object_keys(coalesce(p_terms, '{}')) k where k not in ('classes', 'purposes', 'audiences', 'kinds', 'precision', 'onward',
      'retention_months', 'signed_on', 'signed_by_them', 'signed_by_us', 'review_on', 'expires_on') loop
    perform api._bad('unknown_field', v_known, '', 'An agreement has no such term'); end loop;
  v.classes := api._agreement_lists(p_terms, 'classes', 'legal_class'); v.purposes := api._agreement_lists(p_terms, 'purposes', 'permitted_use');
  v.audiences := api._agreement_lists(p_terms, 'audiences', 'audience'); v.kinds := api._agreement_lists(p_terms, 'kinds', 'data_kind');
  if 'individual' = any (v.classes) then
    perform api._bad('unknown_code', 'classes', 'individual', 'What individuals give themselves falls under their own consent', 'legal_class'); end if;
  v.precision := api._agreement_words(p_terms, 'precision', 'Say how fine a place may leave'); v.onward := api._agreement_words(p_terms, 'onward', 'Say whether it may be passed on');
  if not api._is_term('shared_precision', v.precision) then perform api._bad('unknown_code', 'precision', v.precision, 'This is no term of shared_precision', 'shared_precision'); end if;
  if not api._is_term('onward_sharing', v.onward) then perform api._bad('unknown_code', 'onward', v.onward, 'This is no term of onward_sharing', 'onward_sharing'); end if;
  if coalesce(p_terms->>'retention_months', '') !~ '^[0-9]{1,4}$' or (p_terms->>'retention_months')::int > 1200 then
    perform api._bad('bad_number', 'retention_months', p_terms->>'retention_months', 'Say for how many months it is kept after its end, 0 to 1200'); end if;
  v.retention_months := (p_terms->>'retention_months')::int;
  v.signed_on := api._agreement_day(p_terms, 'signed_on', true); v.review_on := api._agreement_day(p_terms, 'review_on', true);
  v.expires_on := api._agreement_day(p_terms, 'expires_on', false);
  v.signed_by_them := api._agreement_words(p_terms, 'signed_by_them', 'Say who signed for the partner');
  v.signed_by_us := api._agreement_words(p_terms, 'signed_by_us', 'Say who signed for the institution');
  if v.signed_on > reg.today() then perform api._bad('future_date', 'signed_on', v.signed_on::text, 'This lies in the future'); end if;
  if v.review_on < v.signed_on then perform api._bad('bad_date', 'review_on', v.review_on::text, 'This lies before the signature'); end if;
  if v.expires_on < reg.today() or v.expires_on < v.signed_on then perform api._bad('bad_date', 'expires_on', v.expires_on::text, 'This day has passed'); end if;
  if p_agreement is null then
    if jsonb_typeof(p_partner) is distinct from 'object' or not exists (select 1 from jsonb_each_text(p_partner) t where trim(t.value) <> '') then
      perform api._bad('missing_required', 'partner', '', 'Say with which partner'); end if;
    if coalesce(trim(p_title), '') = '' then perform api._bad('missing_required', 'title', '', 'Say what it is called'); end if;
    if not coalesce(p_tier between 1 and api.level(), false) then perform api._bad('bad_tier', 'tier', p_tier::text, 'An agreement has a tier from 1 up to your own'); end if;
    g.id := reg.new_id(); g.partner := api._partner_named(p_partner); g.tier := p_tier; g.scope := api._held_scope(p_compartments);
    perform pg_advisory_xact_lock(hashtextextended('agreement:' || g.partner, 0));
    if exists (select 1 from reg.agreement o where o.partner = g.partner and o.scope = g.scope and o.tier <= api.level()) then
      perform api._refuse('agreement', 'This partner has an agreement: add a version to it.'); end if;
    insert into reg.agreement(id, partner, title, tier, scope) values (g.id, g.partner, trim(p_title), g.tier, g.scope);
  else
    g := api._seen_agreement(p_agreement);
    perform 1 from reg.agreement a where a.id = g.id for update;
  end if;
  if p_paper is not null then
    v.paper := api._keep_document(p_paper, jsonb_build_object('partner_id', g.partner, 'terms', 'the signed paper of an agreement', 'consent', 'not_applicable'),
      g.tier, g.scope, v_by, v_event); end if;
  v.id := reg.new_id();
  v.n := (select coalesce(max(o.n), 0) + 1 from reg.agreement_version o where o.agreement = g.id);
  insert into reg.agreement_version(id, agreement, n, classes, purposes, audiences, kinds, precision, onward, retention_months, signed_on, signed_by_them,
    signed_by_us, review_on, expires_on, paper, why, recorded_by, event, digest)
  values (v.id, g.id, v.n, v.classes, v.purposes, v.audiences, v.kinds, v.precision, v.onward, v.retention_months, v.signed_on, v.signed_by_them, v.signed_by_us,
    v.review_on, v.expires_on, v.paper, trim(p_why), v_by, v_event, '');
  perform api._close_event(v_event, 'add_agreement', g.id, trim(p_why));
  return query select g.id, v.id, v.n;
end $$;
comment on function api.add_agreement(jsonb, text, jsonb, text, uuid, jsonb, int, text[]) is
  'A version of an agreement waits for two persons who approve it: the terms {classes, purposes, audiences, kinds, precision, onward, retention_months, signed_on, '
  'signed_by_them, signed_by_us, review_on, expires_on}; p_agreement: another version of that one; p_paper: the signed paper, a file as of keep_document.';

-- The live claims that came under an agreement; p_beside: only those of kinds that are not among these.
create function api._agreement_claims(p_agreement uuid, p_beside text[] default null) returns uuid[] stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select array(select c.id from reg.source s join reg.claim c on c.source = s.id join reg.subject o on o.id = c.subject
    where s.agreement = p_agreement and not exists (select 1 from reg.claim_end e where e.claim = c.id)
      and (p_beside is null or not api._data_kind(o.kind, c.predicate) = any (p_beside))) $$;

-- The same once what is being recorded of its sources has been waited for.
create function api._agreement_claims_held(p_agreement uuid) returns uuid[] volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform 1 from reg.source s where s.agreement = p_agreement order by s.id for update;
  return api._agreement_claims(p_agreement);
end $$;

create function api.approve_agreement(p_version uuid) returns table(approvals int, stands bool)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_event uuid := reg.new_id(); v_by uuid; v reg.agreement_version; g reg.agreement; v_n int; v_was bool; v_live uuid[]; v_more uuid[];
begin
  v_by := api._need('data_steward', 'source_handler', 'releaser', 'verifier');
  select * into v from reg.agreement_version x where x.id = p_version;
  if v.id is null then perform api._missing(); end if;
  g := api._seen_agreement(v.agreement);
  perform 1 from reg.agreement a where a.id = g.id for update;
  if api._same_person(v.recorded_by, v_by) then perform api._refuse('four_eyes', 'Two others approve it, not the one who wrote it down.'); end if;
  if exists (select 1 from reg.agreement_approval a where a.version = v.id and api._same_person(a.recorded_by, v_by)) then
    perform api._refuse('four_eyes', 'Another person approves it too: you did already.'); end if;
  if exists (select 1 from reg.agreement_version l where l.agreement = g.id and l.n > v.n) then
    perform api._refuse('agreement', 'A later version was written: approve that one.'); end if;
  if v.expires_on < reg.today() then perform api._refuse('agreement', 'Its last day has passed: write another version.'); end if;
  v_n := (select count(*) from reg.agreement_approval a where a.version = v.id);
  if v_n >= 2 then perform api._refuse('agreement', 'It is approved already.'); end if;
  v_was := coalesce((select n.stands from api._agreements_now() n where n.agreement = g.id), false);
  insert into reg.agreement_approval(version, recorded_by, event, digest) values (v.id, v_by, v_event, '');
  if v_n = 1 then
    update reg.agreement a set until = v.expires_on, over = false where a.id = g.id;
    v_live := api._agreement_claims_held(g.id);
    v_more := api._agreement_claims(g.id, v.kinds);
    if v_more <> '{}' then
      perform api._recall_tasks(v_more, 'an agreement does not cover it any more'), api._review_tasks(v_more);
      insert into reg.claim_end(claim, why, recorded_by, event, digest) select c, 'outside the agreement, version ' || v.n, v_by, v_event, '' from unnest(v_more) c;
    end if;
    if not v_was or v_more <> '{}' then perform api._resolve(array(select distinct c.subject from reg.claim c where c.id = any (v_live))); end if;
    update reg.task t set done_at = clock_timestamp(), done_by = v_by, outcome = 'another version was approved'
     where t.what = 'agreement_over' and t.data->>'agreement' = g.id::text and t.done_at is null;
  end if;
  perform api._close_event(v_event, 'approve_agreement', g.id, format('version %s', v.n));
  return query select v_n + 1, v_n = 1;
end $$;
comment on function api.approve_agreement(uuid) is
  'One of two persons, neither of whom wrote it down, approves a version; by the second it stands, what was hidden while the agreement was over is shown again, and what '
  'it covers no more is ended, with a task for each recipient.';

-- It is over: nothing that it brought is shown, shared or taken in; recipients, statuses and what becomes of it are tasks.
create function api._agreement_over(p_agreement uuid, p_kind text, p_why text, p_by uuid, p_event uuid) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_live uuid[]; v record; g reg.agreement;
begin
  v_live := api._agreement_claims_held(p_agreement);
  select * into g from reg.agreement a where a.id = p_agreement;
  select n.version, x.retention_months into v from api._agreements_now() n join reg.agreement_version x on x.id = n.version where n.agreement = p_agreement;
  perform api._recall_tasks(v_live, 'an agreement ended'), api._review_tasks(v_live);
  insert into reg.agreement_end(version, kind, why, recorded_by, event, digest) values (v.version, p_kind, p_why, p_by, p_event, '');
  update reg.agreement a set over = true where a.id = p_agreement;
  insert into reg.task(id, what, why, role, due, data, tier, scope, opened_by)
  values (reg.new_id(), 'agreement_over', 'An agreement is over: renew it, or give back and erase what came under it as its retention says.', 'data_steward',
    reg.today() + least(30, 30 * v.retention_months), jsonb_build_object('agreement', p_agreement), g.tier, g.scope, p_by);
  perform api._resolve(array(select distinct c.subject from reg.claim c where c.id = any (v_live)));
end $$;

create function api.end_agreement(p_agreement uuid, p_kind text, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; g reg.agreement;
begin
  v_by := api._need('data_steward', 'source_handler', 'releaser');
  g := api._seen_agreement(p_agreement);
  perform 1 from reg.agreement a where a.id = g.id for update;
  if not coalesce(p_kind in ('by_them', 'by_us'), false) then perform api._bad('unknown_code', 'kind', p_kind, 'It is withdrawn by them or by us', 'agreement_end'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  if not coalesce((select n.stands from api._agreements_now() n where n.agreement = g.id), false) then
    perform api._refuse('agreement', 'It does not stand: there is nothing to withdraw.'); end if;
  perform api._agreement_over(g.id, p_kind, trim(p_why), v_by, v_event);
  perform api._close_event(v_event, 'end_agreement', g.id, trim(p_why));
end $$;
comment on function api.end_agreement(uuid, text, text) is
  'An agreement is withdrawn, by the partner (by_them) or the institution (by_us), at once and by one person: nothing that it brought is shown, shared or taken in.';

-- The one who ends what is over by its day is the keeper, at his round or when the first person asks afterwards.
create function api.lapse_agreements() returns int volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid := api._keeper(); v_id uuid; v_n int := 0;
begin
  for v_id in select g.id from reg.agreement g where not g.over and g.until < reg.today() order by g.id for update loop
    perform api._agreement_over(v_id, 'expired', 'Its last day has passed', v_by, v_event);
    v_n := v_n + 1;
  end loop;
  if v_n > 0 then perform api._close_event(v_event, 'lapse_agreements', null, format('%s agreements came to their end', v_n)); end if;
  return v_n;
end $$;
comment on function api.lapse_agreements() is 'Every agreement whose last day has passed is over, with all that rests on it; how many. Until it has run nobody is answered.';

create function api.agreement_due() returns bool volatile security definer set search_path = pg_catalog, public, pg_temp language sql as 
  $$ select exists (select 1 from reg.agreement g where not g.over and g.until < reg.today()) $$;
comment on function api.agreement_due() is 'Whether nobody is answered because an agreement has seen its last day: the doors then call lapse_agreements.';
reset role;
