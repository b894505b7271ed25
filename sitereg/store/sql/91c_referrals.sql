-- Families referred between partners. All of it lies in the vault's schema, of which sr_vault alone may read a table: no function of
-- sites, cases, events or links (sr_reader, sr_writer, sr_policed) and no SQL login can join with it, and no column leads from it to them.
-- What is passed on is sealed before it comes here: to the partner's own key, and into a box of the vault for the institution.
set role sr_vault;

-- An agreement in force with that partner covers referrals.
create function api._refers_under(p_agreement uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return coalesce((select 'referrals' = any (v.kinds) from api._standing_terms(p_agreement) v), false);
end $$;

-- An account that lives and has that role.
create function api._lives_as(p_account uuid, p_role text) returns bool stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return exists (select 1 from reg.account a join reg.clearance c on c.account = a.id and c.ended_at is null and c.expires_at > clock_timestamp()
    where a.id = p_account and a.state = 'active' and p_role = any (c.roles));
end $$;

-- What follows which state, by which side; a step that is not here cannot be taken.
create function api._referral_after(p_state text, p_side text) returns table(step text) immutable set search_path = pg_catalog, public, pg_temp language sql as $$
  select t.step from (values ('drafted', 'consented', 'sender'), ('consented', 'sent', 'sender'), ('sent', 'accepted', 'receiver'), ('sent', 'declined', 'receiver'),
      ('accepted', 'in_progress', 'receiver'), ('accepted', 'outcome', 'receiver'), ('in_progress', 'outcome', 'receiver'), ('outcome', 'closed', 'sender'), ('declined', 'closed', 'sender'),
      ('drafted', 'withdrawn', 'sender'), ('consented', 'withdrawn', 'sender'), ('sent', 'withdrawn', 'sender'), ('accepted', 'withdrawn', 'sender'), ('in_progress', 'withdrawn', 'sender'),
      ('outcome', 'withdrawn', 'sender'), ('declined', 'withdrawn', 'sender'), ('closed', 'withdrawn', 'sender'), ('withdrawn', 'deleted', 'receiver')) t(was, step, side)
  where t.was = p_state and t.side = p_side $$;

-- The day by which the next step is due; null: nothing is awaited.
create function api._referral_due(r vault.referral) returns date stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when (r).state in ('drafted', 'consented', 'sent') then (r).since + (u.attrs->>'answer_days')::int
    when (r).state = 'accepted' then (r).since + (u.attrs->>'outcome_days')::int when (r).state = 'in_progress' then (r).due
    when (r).state in ('declined', 'outcome') then (r).since + 7 when (r).state = 'withdrawn' and (r).sent_on is not null then (r).since + 3 end
  from vocab.referral_urgency u where u.code = (r).urgency $$;

-- One step of either side, checked; what was to be passed on is gone with a withdrawal and a closing. Answers the row as it stands.
create function api._referral_moved(r vault.referral, p_side text, p_step text, p_data jsonb) returns vault.referral set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_said text := coalesce(p_data->>'ground', p_data->>'outcome'); v_covers text[];
begin
  if not exists (select 1 from api._referral_after(r.state, p_side) a where a.step = p_step) then
    raise exception 'It stands elsewhere by now' using errcode = 'SR409', detail = jsonb_build_object('changed', jsonb_build_array(
      jsonb_build_object('field', 'state', 'was', p_step, 'now', r.state)))::text; end if;
  if p_step in ('declined', 'withdrawn') and not exists (select 1 from vocab.referral_ground g where g.code = p_data->>'ground') then
    perform api._bad('missing_required', 'ground', '', 'Say on which ground', 'referral_ground'); end if;
  if p_step = 'outcome' and not exists (select 1 from vocab.referral_outcome g where g.code = p_data->>'outcome') then
    perform api._bad('missing_required', 'outcome', '', 'Say what came of it', 'referral_outcome'); end if;
  if p_step = 'consented' then
    r := api._referral_consent(r, p_data); end if;
  if p_step = 'sent' then
    if not api._refers_under(r.agreement) then perform api._refuse('agreement', 'No agreement in force with this partner covers referrals.'); end if;
    r.sent_on := reg.today(); end if;
  if p_step in ('declined', 'withdrawn') then r.ground := v_said; end if;
  if p_step = 'outcome' then r.outcome := v_said; end if;
  if p_step in ('withdrawn', 'closed') then r.brief := null; r.passed := null; end if;
  r.state := p_step; r.since := reg.today(); r.due := api._referral_due(r);
  update vault.referral x set (state, since, due, sent_on, ground, outcome, brief, passed, consent_form, consent_by, consent_on, owner)
    = (r.state, r.since, r.due, r.sent_on, r.ground, r.outcome, r.brief, r.passed, r.consent_form, r.consent_by, r.consent_on, r.owner) where x.id = r.id;
  if p_step = 'withdrawn' then perform api._erase_box(r.id); end if;
  return r;
end $$;

-- Consent for exactly this referral: its form, who gave it, on which day, and that it covers all that would be passed on.
create function api._referral_consent(r vault.referral, p_data jsonb) returns vault.referral stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if not exists (select 1 from vocab.referral_consent_form f where f.code = p_data->>'form') then perform api._bad('missing_required', 'form', '', 'Say in which form they consented', 'referral_consent_form'); end if;
  if not exists (select 1 from vocab.referral_consent_by f where f.code = p_data->>'by') then perform api._bad('missing_required', 'by', '', 'Say who consented', 'referral_consent_by'); end if;
  if not coalesce(p_data->>'on' ~ '^\d{4}-\d\d-\d\d$', false) or (p_data->>'on')::date not between reg.today() - 90 and reg.today() then
    perform api._bad('bad_date', 'on', p_data->>'on', 'Say on which day they consented: not one to come, and within ninety days'); end if;
  if not r.fields <@ array(select jsonb_array_elements_text(case when jsonb_typeof(p_data->'covers') = 'array' then p_data->'covers' else '[]' end)) then
    perform api._refuse('covers', 'They did not consent to all that would be passed on: withdraw this one and write another with less.'); end if;
  r.consent_form := p_data->>'form'; r.consent_by := p_data->>'by'; r.consent_on := (p_data->>'on')::date;
  return r;
end $$;

-- The referral as the caseworker sees it: one's own, one from a partner that nobody has taken yet, and those whose owner is no handler any more.
create function api._seen_referrals() returns setof vault.referral stable rows 50 set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('source_handler');
begin
  if coalesce(api.level(), 0) < 1 then return; end if;
  return query select r.* from vault.referral r where r.owner = v_by or r.owner is null or not api._lives_as(r.owner, 'source_handler');
end $$;

create function api._seen_referral(p_id uuid, p_lock bool default false) returns vault.referral set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r vault.referral;
begin
  perform api._need('source_handler');
  if p_lock then perform 1 from vault.referral x where x.id = p_id for update; end if;
  select x.* into r from api._seen_referrals() x where x.id = p_id;
  if r.id is null then perform api._missing(); end if;
  return r;
end $$;

create function api._referral_said(p_id uuid, p_step text, p_data jsonb, p_by uuid, p_event uuid) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into vault.referral_step(id, referral, step, data, recorded_by, event, digest) values (reg.new_id(), p_id, p_step, p_data, p_by, p_event, '');
  perform api._close_event(p_event, 'referral_' || p_step, p_id, '');
end $$;

create function api._referral_terms(p_needs text[], p_urgency text, p_fields text[]) returns void stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if coalesce(cardinality(p_needs), 0) = 0 or exists (select 1 from unnest(p_needs) n where not exists (select 1 from vocab.referral_need v where v.code = n)) then
    perform api._bad('missing_required', 'needs', '', 'Say what they need', 'referral_need'); end if;
  if not exists (select 1 from vocab.referral_urgency v where v.code = p_urgency) then perform api._bad('missing_required', 'urgency', '', 'Say how soon', 'referral_urgency'); end if;
  if not coalesce('reason' = any (p_fields), false) or exists (select 1 from unnest(p_fields) n where not exists (select 1 from vocab.referral_field v where v.code = n)) then
    perform api._bad('missing_required', 'reason', '', 'Say what is needed', 'referral_field'); end if;
end $$;

create function api.referral_partners() returns table(agreement uuid, partner jsonb, expires_on date, accounts int, keys text[])
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('source_handler');
  return query select a.id, p.names, v.expires_on, (select count(*)::int from vault.partner_account x where x.partner = p.id and api._lives_as(x.account, 'partner')), api._partner_keys(p.id)
    from reg.agreement a join reg.partner p on p.id = a.partner cross join lateral api._standing_terms(a.id) v
    where a.tier <= coalesce(api.level(), -1) and a.scope = any (api.scopes()) and 'referrals' = any (v.kinds) order by a.id;
end $$;
comment on function api.referral_partners() is 'Partners with whom an agreement in force covers referrals: until when, how many accounts of theirs are known, and the keys to which what is passed on is sealed.';

-- The public keys of a partner's living accounts.
create function api._partner_keys(p_partner uuid) returns text[] stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return array(select k.public from vault.partner_account x join vault.referral_key k on k.account = x.account and not k.over
    where x.partner = p_partner and api._lives_as(x.account, 'partner') order by k.id);
end $$;

create function api.bind_partner(p_account text, p_agreement uuid) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('source_handler'); v_event uuid := reg.new_id(); v uuid; v_partner uuid;
begin
  select a.partner into v_partner from reg.agreement a where a.id = p_agreement and a.tier <= coalesce(api.level(), -1) and a.scope = any (api.scopes());
  if v_partner is null then perform api._missing(); end if;
  select a.id into v from reg.account a where a.name = p_account and api._lives_as(a.id, 'partner');
  if v is null then perform api._bad('not_found', 'account', left(p_account, 60), 'There is no account of a partner of that name'); end if;
  if exists (select 1 from vault.partner_account x where x.account = v) then
    perform api._refuse('bound', 'This account belongs to a partner already, for good: make another account.'); end if;
  insert into vault.partner_account(account, partner, recorded_by, event, digest) values (v, v_partner, v_by, v_event, '');
  perform api._close_event(v_event, 'bind_partner', v, '');
end $$;
comment on function api.bind_partner(text, uuid) is 'An account of the door belongs, for good, to the partner of that agreement: referrals to this partner are read there.';

create function api.referral_draft(p_agreement uuid, p_needs text[], p_urgency text, p_fields text[], p_brief text, p_passed text, p_box jsonb) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('source_handler'); v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_partner uuid; r vault.referral;
begin
  perform api._referral_terms(p_needs, p_urgency, p_fields);
  select a.partner into v_partner from reg.agreement a where a.id = p_agreement and a.tier <= coalesce(api.level(), -1) and a.scope = any (api.scopes());
  if v_partner is null then perform api._missing(); end if;
  if not api._refers_under(p_agreement) then perform api._refuse('agreement', 'No agreement in force with this partner covers referrals.'); end if;
  if api._partner_keys(v_partner) = '{}' then perform api._refuse('partner_key', 'This partner has no key yet: somebody of theirs makes one in the door first.'); end if;
  if p_box->>'public' is null then perform api._bad('bad_value', 'box', '', 'What goes into the vault is sealed first'); end if;
  perform api._open_box(v, 'referral', p_box);
  perform api._keep_sheets(v, p_box->'sheets', v_by, v_event);
  insert into vault.referral(id, code, way, partner, agreement, owner, needs, urgency, fields, brief, passed, state, since, made_on)
  values (v, api._receipt_code(), 'out', v_partner, p_agreement, v_by, p_needs, p_urgency, p_fields, api._need_sealed(api._bytes(p_brief)), api._need_sealed(api._bytes(p_passed)),
    'drafted', reg.today(), reg.today()) returning * into r;
  update vault.referral x set due = api._referral_due(r) where x.id = v;
  perform api._referral_said(v, 'drafted', jsonb_build_object('agreement', p_agreement, 'needs', p_needs, 'urgency', p_urgency, 'fields', p_fields), v_by, v_event);
  return v;
end $$;
comment on function api.referral_draft(uuid, text[], text, text[], text, text, jsonb) is
  'A referral to the partner of an agreement that covers it is written, not sent: needs, urgency, which fields would be passed on; what they say comes sealed to the '
  'partner''s keys (brief: before accepting; passed: afterwards) and, for the institution, in a box of the vault.';

create function api.referral_step(p_referral uuid, p_step text, p_data jsonb default '{}') returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('source_handler'); v_event uuid := reg.new_id(); r vault.referral;
begin
  r := api._seen_referral(p_referral, true);
  r.owner := v_by;
  r := api._referral_moved(r, case r.way when 'out' then 'sender' else 'receiver' end, coalesce(p_step, ''), coalesce(p_data, '{}'));
  perform api._referral_said(r.id, p_step, p_data, v_by, v_event);
end $$;
comment on function api.referral_step(uuid, text, jsonb) is
  'The next step of the institution''s side. Of one to a partner: consented {form, by, on, covers}, sent, withdrawn {ground}, closed. Of one from a partner: accepted, '
  'declined {ground}, in_progress, outcome {outcome}, deleted. Whoever takes it has it.';

create function api.referral_hand(p_referral uuid, p_owner text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('source_handler'); v_event uuid := reg.new_id(); r vault.referral; v uuid;
begin
  r := api._seen_referral(p_referral, true);
  select a.id into v from reg.account a join reg.clearance c on c.account = a.id and c.ended_at is null and c.tier >= 1 where a.name = p_owner and api._lives_as(a.id, 'source_handler');
  if v is null then perform api._bad('not_found', 'owner', left(p_owner, 60), 'Nobody of that name can be given it'); end if;
  update vault.referral x set owner = v where x.id = r.id;
  perform api._referral_said(r.id, 'handed', '{}', v_by, v_event);
end $$;
comment on function api.referral_hand(uuid, text) is 'Another source handler has the referral from now on, and the one who had it sees it no more.';

create function api.referrals() returns table(id uuid, code text, way text, partner jsonb, needs text[], urgency text, state text, since date, due date, overdue bool, mine bool, taken bool)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  return query select r.id, r.code, r.way, p.names, r.needs, r.urgency, r.state, r.since, r.due, coalesce(r.due < reg.today(), false), coalesce(r.owner = api.account(), false), r.owner is not null
    from api._seen_referrals() r join reg.partner p on p.id = r.partner order by coalesce(r.due < reg.today(), false) desc, r.due nulls last, r.id;
end $$;
comment on function api.referrals() is
  'Referrals that the caseworker sees, overdue ones first: one''s own, those from partners that nobody has taken, those whose owner is no source handler any more.';

create function api.referral(p_referral uuid) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r vault.referral := api._seen_referral(p_referral);
begin
  return jsonb_build_object('id', r.id, 'code', r.code, 'way', r.way, 'partner', (select p.names from reg.partner p where p.id = r.partner), 'needs', r.needs, 'urgency', r.urgency,
    'fields', r.fields, 'state', r.state, 'since', r.since, 'due', r.due, 'overdue', coalesce(r.due < reg.today(), false), 'ground', r.ground, 'outcome', r.outcome,
    'consent', case when r.consent_on is not null then jsonb_build_object('form', r.consent_form, 'by', r.consent_by, 'on', r.consent_on) end, 'taken', r.owner is not null,
    'owner', (select a.display from reg.account a where a.id = r.owner), 'stands', api._refers_under(r.agreement), 'holds', r.passed is not null, 'read', r.read,
    'may', (select coalesce(jsonb_agg(a.step), '[]') from api._referral_after(r.state, case r.way when 'out' then 'sender' else 'receiver' end) a),
    'steps', (select coalesce(jsonb_agg(jsonb_build_object('step', s.step, 'data', s.data, 'on', s.day, 'by', s.by, 'theirs', s.theirs)
      order by s.day, array_position(array['drafted', 'consented', 'sent', 'accepted', 'declined', 'in_progress', 'outcome', 'closed', 'withdrawn', 'deleted'], s.step), s.at), '[]') from (
      select x.step, x.data, (x.recorded_at at time zone 'Asia/Damascus')::date as day, a.display as by, false as theirs, x.recorded_at as at from vault.referral_step x join reg.account a on a.id = x.recorded_by where x.referral = r.id
      union all select x.step, x.data, (x.at at time zone 'Asia/Damascus')::date, null, true, x.at from vault.referral_answer x where x.referral = r.id) s));
end $$;
comment on function api.referral(uuid) is 'One referral with its time line: who did what on which day (of partners the day, never who), what may be done now, what is overdue. Nothing sealed.';

create function api.referral_open(p_referral uuid) returns table(cipher bytea)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r vault.referral := api._seen_referral(p_referral);
begin
  perform api._own_key();
  if r.way <> 'in' or r.passed is null then perform api._missing(); end if;
  perform api.log_read('referral_open', r.id);
  return query select r.passed;
end $$;
comment on function api.referral_open(uuid) is 'What a partner passed on with a referral, still sealed, for a handler''s own key; the opening stands in the log.';

-- Of quarters that are over, by one question at a time, never below five, in steps of five: no single family can be reckoned out.
create function api.referral_counts() returns table(year int, quarter int, what text, code text, n int)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('source_handler', 'releaser', 'data_steward');
  return query select t.y, t.q, t.what, t.code, (count(*)::int / 5) * 5 from (
    select extract(year from r.made_on)::int as y, extract(quarter from r.made_on)::int as q, w.what, w.code from vault.referral r
      cross join lateral (select 'need', u from unnest(r.needs) u union all values ('way', r.way), ('urgency', r.urgency), ('outcome', r.outcome)) w(what, code)
      where r.made_on < date_trunc('quarter', reg.today())::date and r.sent_on is not null and w.code is not null) t
    group by 1, 2, 3, 4 having count(*) >= 5 order by 1, 2, 3, 4;
end $$;
comment on function api.referral_counts() is
  'For reports: how many referrals were sent, of quarters that are over, by need, way, urgency or outcome; below five nothing is said, else rounded down to a multiple of five.';
reset role;
