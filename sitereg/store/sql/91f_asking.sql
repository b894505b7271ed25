-- Whether somebody spoke with a witness before, asked without being told: what is asked is kept as tokens (keyed outside the database), and
-- nothing is looked up when it is asked, so that the answer cannot differ. A source handler sees later whether it meets a source, decides
-- what is told, and the asker hears it on the day that was said at once, whatever came of it.
set role sr_vault;

create function api._keep_tokens(p_subject uuid, p_tokens text[]) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into vault.contact_token(subject, token) select p_subject, api._bytes(t) from unnest(p_tokens) t where octet_length(api._bytes(t)) = 32 on conflict do nothing;
end $$;

create function api.ask_witness(p_tokens text[]) returns date
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('investigator', 'protection_officer', 'data_steward', 'partner'); v uuid := reg.new_id(); v_partner bool := 'partner' = any (api.roles());
begin
  if coalesce(cardinality(p_tokens), 0) not between 1 and 4 or exists (select 1 from unnest(p_tokens) t where t is null or octet_length(api._bytes(t)) <> 32) then
    perform api._bad('bad_value', 'contact', '', 'Give a telephone number with its area, or an address of mail'); end if;
  perform pg_advisory_xact_lock(hashtextextended('ask:' || v_by, 0));
  if (select count(*) from vault.ask a where a.account = v_by and a.on_day = reg.today()) >= 5 or (select count(*) from vault.ask a where a.account = v_by and a.on_day > reg.today() - 30) >= 20 then
    perform api._refuse('throttle', 'At most five questions a day and twenty in thirty days: speak to the coordinator.'); end if;
  insert into vault.ask(id, account, tokens, on_day, due) select v, v_by, array_agg(api._bytes(t)), reg.today(), reg.today() + 3 from unnest(p_tokens) t;
  perform api.log_read('ask_witness', v);
  if not v_partner then perform api._close_event(reg.new_id(), 'ask_witness', v, ''); end if;
  return reg.today() + 3;
end $$;
comment on function api.ask_witness(text[]) is
  'Asks whether somebody spoke with the one who is reached so: tokens (base64 of 32 bytes, keyed outside the database). Always answered alike, with the day on which '
  'the asker hears; nothing is looked up. Five a day, twenty in thirty days; logged.';

create function api.my_asks() returns table(id uuid, on_day date, due date, answer text)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_by uuid := api._need('investigator', 'protection_officer', 'data_steward', 'partner');
begin
  return query select a.id, a.on_day, a.due, case when a.due <= reg.today() then coalesce(a.answer, 'nothing_told') end from vault.ask a
    where a.account = v_by order by a.on_day desc, a.id;
end $$;
comment on function api.my_asks() is 'What one asked oneself, and the answer from its day on; what nobody answered reads like what may not be told.';

create function api.asks_waiting() returns table(id uuid, asker text, on_day date, due date, answer text, sources jsonb)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('source_handler');
  if coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  return query select a.id, x.display, a.on_day, a.due, a.answer, (select coalesce(jsonb_agg(jsonb_build_object('source', s.id, 'label', s.label) order by s.id), '[]')
      from reg.source s where s.tier <= api.level() and s.scope = any (api.scopes()) and s.id in (select t.subject from vault.contact_token t where t.token = any (a.tokens)))
    from vault.ask a join reg.account x on x.id = a.account where a.due > reg.today() order by a.answer is not null, a.due, a.id;
end $$;
comment on function api.asks_waiting() is 'For source handlers: who asked what is not due yet, and which sources that they see are reached so.';

create function api.answer_ask(p_ask uuid, p_answer text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('source_handler'); a vault.ask;
begin
  select x.* into a from vault.ask x where x.id = p_ask and x.due > reg.today() for update;
  if a.id is null or coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  if a.account = v_by then perform api._refuse('four_eyes', 'Another person than the one who asked answers it.'); end if;
  if not exists (select 1 from vocab.ask_answer t where t.code = p_answer) then perform api._bad('missing_required', 'answer', '', 'Say what is told', 'ask_answer'); end if;
  if a.answer = 'speak_first' and a.answered_by <> v_by then  -- who does not see the source must not undo what one said who does
    perform api._refuse('stricter', 'A colleague said that the asker speaks with the coordinator first: that holds.'); end if;
  update vault.ask x set answer = p_answer, answered_by = v_by, answered_on = reg.today() where x.id = a.id;
  perform api._close_event(reg.new_id(), 'answer_ask', a.id, '');
end $$;
comment on function api.answer_ask(uuid, text) is 'What the asker hears on the day: nothing_told or speak_first. Until that day it may be changed, but not what another handler said: speak_first.';
reset role;
