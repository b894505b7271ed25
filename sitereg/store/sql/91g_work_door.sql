-- Coordination at the door: a partner declares work, which a steward takes over, and asks whether somebody works at a place. Nothing is looked up
-- when he does either, and what he reads of it is what he typed: so no answer can differ. What he hears of a place is a coordinator's decision,
-- on a day that was said at once; a name only where its bearer agreed to be named, and while both are under agreements that stand.
set role sr_vault;

create function api._door_place(p_unit text, p_place text) returns text stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v text := nullif(trim(coalesce(p_place, '')), '');
begin
  if not exists (select 1 from reg.admin_unit u where u.pcode = p_unit and u.level = 1) then perform api._bad('not_found', 'unit', left(coalesce(p_unit, ''), 40), 'Choose a governorate'); end if;
  if length(v) > 200 or v ~ '[[:cntrl:]]' then perform api._bad('too_long', 'place', '', 'Say the place in at most 200 letters, on one line'); end if;
  return v;
end $$;

create function api.door_declare_work(p_unit text, p_kind text, p_began date, p_ended date, p_told text, p_place text default null) returns date
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('partner'); v_place text := api._door_place(p_unit, p_place);
begin
  perform api._check_terms(array[['work_kind', coalesce(p_kind, '')], ['work_told', coalesce(p_told, '')]]);
  if p_began is null or p_ended is null or p_began > p_ended or p_ended < reg.today() or p_ended > reg.today() + 730 then
    perform api._bad('bad_date', 'ended', p_ended::text, 'Say from when until when: not over yet, and within two years'); end if;
  perform pg_advisory_xact_lock(hashtextextended('ask:' || v_by, 0));
  if (select count(*) from vault.work_offer o where o.account = v_by and o.on_day = reg.today()) >= 5 or (select count(*) from vault.work_offer o where o.account = v_by and o.on_day > reg.today() - 30) >= 20 then
    perform api._refuse('throttle', 'At most five declarations a day and twenty in thirty days: speak to the coordinator.'); end if;
  insert into vault.work_offer(id, account, unit, place, kind, began, ended, told, on_day) values (gen_random_uuid(), v_by, p_unit, v_place, p_kind, p_began, p_ended, p_told, reg.today());
  return reg.today();
end $$;
comment on function api.door_declare_work(text, text, date, date, text, text) is
  'A partner declares at the door where it works: governorate, in words the place, what kind, from when until when, what others are told. Always answered alike, with the day; a data '
  'steward takes it over. Five a day, twenty in thirty days.';

create function api.door_works() returns table(id uuid, unit text, place text, kind text, began date, ended date, told text, on_day date, over_on date)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_by uuid := api._need('partner');
begin
  return query select o.id, o.unit, o.place, o.kind, o.began, o.ended, o.told, o.on_day, o.over_on from vault.work_offer o where o.account = v_by order by o.on_day desc, o.id;
end $$;
comment on function api.door_works() is 'What a partner declared at the door, as it typed it; never what became of it.';

create function api.door_work_over(p_id uuid) returns void volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('partner');
begin
  update vault.work_offer o set over_on = reg.today() where o.id = p_id and o.account = v_by and o.over_on is null;
  if not found then perform api._missing(); end if;
end $$;
comment on function api.door_work_over(uuid) is 'A partner says that work which it declared at the door is over, or will not be; a data steward ends it.';

create function api.work_offers() returns table(id uuid, by text, partner jsonb, unit text, place text, kind text, began date, ended date, told text, on_day date, over_on date, work uuid)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward');
  if coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  return query select o.id, x.display, p.names, o.unit, o.place, o.kind, o.began, o.ended, o.told, o.on_day, o.over_on, o.work
    from vault.work_offer o join reg.account x on x.id = o.account left join vault.partner_account a on a.account = o.account left join reg.partner p on p.id = a.partner
    where o.ended >= reg.today() and (o.step is null and o.over_on is null or o.work in (select w.id from api.works() w) and o.over_on is not null)
    order by o.on_day, o.id;
end $$;
comment on function api.work_offers() is
  'For data stewards: what partners declared at the door and nobody took over, and what they say is over and still stands as declared work (work) at what one sees.';

create function api.work_offer_settle(p_offer uuid, p_step text, p_code text default null) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('data_steward'); o vault.work_offer; v_agreement uuid; v uuid; v_code text := nullif(trim(coalesce(p_code, '')), '');
begin
  if coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  select x.* into o from vault.work_offer x where x.id = p_offer and x.step is null and x.over_on is null for update;
  if o.id is null then perform api._missing(); end if;
  if coalesce(p_step, '') not in ('taken', 'refused') then perform api._bad('unknown_code', 'step', left(coalesce(p_step, ''), 40), 'It is taken over or refused'); end if;
  if p_step = 'taken' then
    select g.id into v_agreement from vault.partner_account a join reg.agreement g on g.partner = a.partner and g.tier <= api.level() and g.scope = any (api.scopes())
      join api._agreements_now() n on n.agreement = g.id and n.stands where a.account = o.account order by g.created_at desc limit 1;
    if v_agreement is null then perform api._refuse('agreement', 'This account belongs to no partner whose agreement is in force: bind it first, or refuse.'); end if;
    v := api.declare_work(o.kind, o.began, o.ended, o.told, v_code, case when v_code is null then o.unit end, v_agreement);
  end if;
  update vault.work_offer x set step = p_step, settled_by = v_by, settled_on = reg.today(), work = v where x.id = o.id;
  if v is null then perform api._close_event(reg.new_id(), 'work_offer_refused', o.id, ''); end if;
  return v;
end $$;
comment on function api.work_offer_settle(uuid, text, text) is
  'A data steward takes over what a partner declared (taken: as declared work of that partner, at the site of that code or in the governorate, under its agreement in force), or refuses '
  'it. The partner reads the same in both cases.';

create function api.ask_place(p_unit text, p_place text default null) returns date
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('partner'); v uuid := gen_random_uuid(); v_place text := api._door_place(p_unit, p_place);
begin
  perform pg_advisory_xact_lock(hashtextextended('ask:' || v_by, 0));
  if (select count(*) from vault.place_ask a where a.account = v_by and a.on_day = reg.today()) >= 5 or (select count(*) from vault.place_ask a where a.account = v_by and a.on_day > reg.today() - 30) >= 20 then
    perform api._refuse('throttle', 'At most five questions a day and twenty in thirty days: speak to the coordinator.'); end if;
  insert into vault.place_ask(id, account, unit, place, on_day, due) values (v, v_by, p_unit, v_place, reg.today(), reg.today() + 3);
  perform api.log_read('ask_place', v);
  return reg.today() + 3;
end $$;
comment on function api.ask_place(text, text) is
  'A partner asks whether somebody works at a place (governorate, and in words). Always answered alike, with the day on which it hears; nothing is looked up. Five a day, twenty in thirty '
  'days; logged.';

-- The name that may be told with an answer: of declared work that stands, is told with its name, and whose partner and the asker's are both under
-- agreements in force of which the first lets partners be told.
create function api._work_name(p_work uuid, p_asker uuid) returns jsonb stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select p.names from reg.work w join reg.partner p on p.id = w.partner
  where w.id = p_work and w.told = 'named' and w.ended >= reg.today() and not exists (select 1 from reg.work_end e where e.work = w.id)
    and exists (select 1 from reg.agreement g, api._standing_terms(g.id) v where g.partner = w.partner and v.onward = 'permitted' and 'partners' = any (v.audiences))
    and exists (select 1 from vault.partner_account a join reg.agreement g on g.partner = a.partner join api._agreements_now() n on n.agreement = g.id and n.stands where a.account = p_asker) $$;

create function api.my_place_asks() returns table(id uuid, unit text, place text, on_day date, due date, answer text, names jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_by uuid := api._need('partner');
begin
  return query select a.id, a.unit, a.place, a.on_day, a.due, case when a.due <= reg.today() then coalesce(a.answer, 'nothing_told') end,
      case when a.due <= reg.today() and a.answer = 'speak_first' then api._work_name(a.work, v_by) end
    from vault.place_ask a where a.account = v_by order by a.on_day desc, a.id;
end $$;
comment on function api.my_place_asks() is
  'What a partner asked of places, and the answer from its day on, with a name only where it may be told on that day; what nobody answered reads like what may not be told.';

create function api.place_asks_waiting() returns table(id uuid, asker text, unit text, place text, on_day date, due date, answer text, named jsonb, works jsonb)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward', 'source_handler');
  if coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  return query select a.id, x.display, a.unit, a.place, a.on_day, a.due, a.answer, api._work_name(a.work, a.account),
      (select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'code', w.code, 'unit', w.unit, 'kind', w.kind, 'partner', w.partner, 'may', api._work_name(w.id, a.account) is not null) order by w.ended, w.id), '[]')
        from api._works_in(a.unit) w)
    from vault.place_ask a join reg.account x on x.id = a.account where a.due > reg.today() order by a.answer is not null, a.due, a.id;
end $$;
comment on function api.place_asks_waiting() is
  'For who coordinates (data stewards, source handlers): what partners asked of places and is not due, with the declared work in that governorate at what one sees, and whether its name may be told (may).';

create function api.answer_place_ask(p_ask uuid, p_answer text, p_work uuid default null) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid := api._need('data_steward', 'source_handler'); a vault.place_ask;
begin
  select x.* into a from vault.place_ask x where x.id = p_ask and x.due > reg.today() for update;
  if a.id is null or coalesce(api.level(), 0) < 1 then perform api._missing(); end if;
  if not exists (select 1 from vocab.ask_answer t where t.code = p_answer) then perform api._bad('missing_required', 'answer', '', 'Say what is told', 'ask_answer'); end if;
  if a.answer = 'speak_first' and a.answered_by <> v_by then  -- who does not see the work must not undo what one said who does
    perform api._refuse('stricter', 'A colleague said that the asker speaks with the coordinator first: that holds.'); end if;
  if p_work is not null then
    if not exists (select 1 from api.works() w where w.id = p_work) then perform api._missing(); end if;
    if p_answer <> 'speak_first' or api._work_name(p_work, a.account) is null then perform api._refuse('agreement', 'This name may not be told: it was not agreed.'); end if;
  end if;
  update vault.place_ask x set answer = p_answer, work = p_work, answered_by = v_by, answered_on = reg.today() where x.id = a.id;
  perform api._close_event(reg.new_id(), 'answer_place_ask', a.id, '');
end $$;
comment on function api.answer_place_ask(uuid, text, uuid) is
  'What the asker hears on the day: nothing_told or speak_first, with the name of declared work (work) only where that was agreed. Until that day it may be changed, but not what another '
  'said: speak_first.';
reset role;
