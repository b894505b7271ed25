-- The same from the partner's side of the door: keys that are made in his browser, referrals to him, his own. Of what he does the hour is kept.
set role sr_vault;

create function api._my_partner() returns uuid stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('partner');
begin
  return (select x.partner from vault.partner_account x where x.account = v_by);
end $$;

create function api.door_my_key() returns table(public text, secret bytea) volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_by uuid := api._need('partner');
begin
  return query select k.public, k.secret from vault.referral_key k where k.account = v_by and not k.over;
end $$;
comment on function api.door_my_key() is 'A partner''s own key, its secret half locked by a passphrase that only he knows; opened in his browser.';

create function api.door_new_key(p_public text, p_secret text) returns void volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('partner');
begin
  if not coalesce(p_public ~ '^age1[02-9ac-hj-np-z]{58}$', false) then perform api._bad('bad_value', 'public', '', 'This is no key'); end if;
  update vault.referral_key k set over = true where k.account = v_by and not k.over;
  insert into vault.referral_key(id, account, public, secret, made_at) values (reg.new_id(), v_by, p_public, api._need_sealed(api._bytes(p_secret)), api._hour());
end $$;
comment on function api.door_new_key(text, text) is 'A partner has another key, made in his browser; what was sealed to the former one is not opened any more.';

-- What was sent to the partner of this account, or by this account itself.
create function api._door_referrals() returns setof vault.referral stable rows 50 set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_partner uuid := api._my_partner();
begin
  return query select r.* from vault.referral r where r.way = 'out' and r.partner = v_partner and r.sent_on is not null or r.way = 'in' and r.sender = api.account();
end $$;

create function api.door_referrals(p_id uuid default null) returns table(id uuid, code text, way text, needs text[], urgency text, fields text[], state text, since date, due date, overdue bool,
  ground text, outcome text, may text[])
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('partner');
  return query select r.id, r.code, r.way, r.needs, r.urgency, r.fields, r.state, r.since, r.due, coalesce(r.due < reg.today(), false), r.ground, r.outcome,
      array(select a.step from api._referral_after(r.state, case r.way when 'in' then 'sender' else 'receiver' end) a)
    from api._door_referrals() r where p_id is null or r.id = p_id order by coalesce(r.due < reg.today(), false) desc, r.due nulls last, r.id;
end $$;
comment on function api.door_referrals(uuid) is 'Referrals that were sent to the partner of this account, and those that this account sent, overdue ones first; or one of them. Nothing sealed.';

create function api.door_passed(p_id uuid) returns table(brief bytea, passed bytea) volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r vault.referral;
begin
  perform api._need('partner');
  select x.* into r from api._door_referrals() x where x.id = p_id and x.way = 'out';
  if r.id is null then perform api._missing(); end if;
  if r.state not in ('sent', 'accepted', 'in_progress', 'outcome') or not api._refers_under(r.agreement) then return; end if;
  perform api.log_read('referral_passed', r.id);
  if r.state <> 'sent' then update vault.referral x set read = true where x.id = r.id; end if;
  return query select r.brief, case when r.state <> 'sent' then r.passed end;
end $$;
comment on function api.door_passed(uuid) is
  'What is passed on, sealed to the partner''s keys: while it waits for an answer the brief alone, once it was accepted the rest. Nothing after a withdrawal or a closing, or '
  'where no agreement in force covers it. Each giving stands in the log, with the hour.';

create function api._door_said(p_id uuid, p_step text, p_data jsonb) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into vault.referral_answer(id, referral, account, step, data, at) values (reg.new_id(), p_id, api.account(), p_step, p_data, api._hour());
  perform api.log_read('referral_' || p_step, p_id);
end $$;

create function api.door_answer(p_id uuid, p_step text, p_data jsonb default '{}') returns void volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare r vault.referral;
begin
  perform api._need('partner');
  perform 1 from vault.referral x where x.id = p_id for update;
  select x.* into r from api._door_referrals() x where x.id = p_id;
  if r.id is null then perform api._missing(); end if;
  r := api._referral_moved(r, case r.way when 'in' then 'sender' else 'receiver' end, coalesce(p_step, ''), coalesce(p_data, '{}'));
  perform api._door_said(r.id, p_step, jsonb_strip_nulls(jsonb_build_object('ground', p_data->'ground', 'outcome', p_data->'outcome')));
end $$;
comment on function api.door_answer(uuid, text, jsonb) is
  'A partner''s next step. Of one that was sent to him: accepted, declined {ground}, in_progress, outcome {outcome}, deleted. Of his own: withdrawn {ground}, closed.';

create function api.door_refer(p_needs text[], p_urgency text, p_fields text[], p_passed text, p_consent jsonb) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('partner'); v_partner uuid := api._my_partner(); v uuid := reg.new_id(); v_agreement uuid; r vault.referral;
begin
  perform pg_advisory_xact_lock(hashtextextended('door:' || v_by, 0));
  select a.id into v_agreement from reg.agreement a where a.partner = v_partner and api._refers_under(a.id) order by a.created_at desc limit 1;
  if v_agreement is null then perform api._refuse('agreement', 'No agreement in force with you covers referrals: speak to the institution.'); end if;
  perform api._referral_terms(p_needs, p_urgency, p_fields);
  if (select count(*) from vault.referral x where x.sender = v_by and x.state = 'sent') >= 40 then perform api._refuse('unsent', 'Forty of yours wait for an answer: speak to the institution.'); end if;
  r.id := v; r.code := api._receipt_code(); r.way := 'in'; r.partner := v_partner; r.agreement := v_agreement; r.sender := v_by; r.needs := p_needs; r.urgency := p_urgency; r.fields := p_fields;
  r.passed := api._need_sealed(api._bytes(p_passed)); r.state := 'sent'; r.since := reg.today(); r.made_on := reg.today(); r.sent_on := reg.today(); r.read := false;
  r := api._referral_consent(r, p_consent);
  r.due := api._referral_due(r);
  insert into vault.referral select r.*;
  perform api._door_said(v, 'sent', '{}');
  return v;
end $$;
comment on function api.door_refer(text[], text, text[], text, jsonb) is
  'A partner refers a family to the institution: needs, urgency, which fields are passed on, sealed in his browser, with the consent {form, by, on, covers}.';
reset role;
