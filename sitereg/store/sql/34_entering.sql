-- What people enter by hand: a sheet is opened once with its terms, its source and its receipt; what it says is recorded in the same
-- transaction by the roads of 31 and 33. Drafts: sealed before they come here, their owner's alone, gone after two weeks.
set role sr_writer;
-- Eight random digits that no other sheet has; they tell nothing of what was said, by whom or how much.
create function api._new_receipt() returns text volatile set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v text;
begin
  loop
    v := lpad((('x' || encode(gen_random_bytes(6), 'hex'))::bit(48)::bigint % 100000000)::text, 8, '0');
    exit when not exists (select 1 from reg.entry e where e.receipt = v);
  end loop;
  return v;
end $$;

-- p_source: type, connection, label, before (the receipt of an earlier sheet of the same teller), vault: a box {public, locks, sheets} with
-- what is for source handlers alone, sealed (26).
create function api.open_entry(p_form text, p_once uuid, p_mark text, p_terms jsonb, p_source jsonb, p_tier int default 1)
returns table(entry uuid, receipt text, source uuid, already bool)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_by uuid; v reg.entry; v_event uuid := reg.new_id(); v_root uuid; v_told jsonb; v_box jsonb := p_source->'vault';
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  perform pg_advisory_xact_lock(hashtextextended('entry:' || v_by || p_once, 0));
  select e.* into v from reg.entry e where e.recorded_by = v_by and e.once = p_once;
  if found then
    if v.mark <> decode(p_mark, 'hex') then
      raise exception 'This sheet was sent already, with other words' using errcode = 'SR409',
        detail = jsonb_build_object('changed', jsonb_build_array(jsonb_build_object('field', 'receipt', 'was', '', 'now', v.receipt)))::text,
        hint = 'What was sent stands under that number. Is this another sheet, send it again; is it a correction, correct what stands.'; end if;
    return query select v.id, v.receipt, v.source, true;
    return;
  end if;
  if coalesce(p_form, '') not in ('report', 'site', 'person', 'testimony') then
    perform api._bad('unknown_code', 'form', p_form, 'There is no such form'); end if;
  if p_tier is null or p_tier not between 1 and 2 or p_tier > api.level() then
    perform api._bad('bad_tier', 'tier', p_tier::text, 'A sheet has a tier from 1 up to your own'); end if;
  v_told := api._told_terms(p_terms, p_source->>'type');
  if not coalesce(api._is_term('source_type', p_source->>'type'), false) then
    perform api._bad('unknown_code', 'who_type', p_source->>'type', 'Say who tells it', 'source_type'); end if;
  if p_source->>'connection' is not null and not api._is_term('source_connection', p_source->>'connection') then
    perform api._bad('unknown_code', 'who_connection', p_source->>'connection', 'This is no term of the list', 'source_connection'); end if;
  if coalesce(p_source->>'before', '') <> '' then
    select s.origin_root into v_root from reg.entry e join reg.source s on s.id = e.source
     where e.receipt = p_source->>'before' and e.tier <= api.level() and e.scope = any (api.scopes());
    if not found then perform api._bad('not_found', 'before', p_source->>'before', 'No sheet has this number'); end if;
  end if;
  v.id := reg.new_id(); v.source := reg.new_id(); v.receipt := api._new_receipt();
  v.partner := (v_told->>'partner_id')::uuid;
  insert into reg.source(id, type, connection, label, origin_root, tier, scope, partner, agreement, legal_class, terms, permitted_uses, consent, recorded_by, event, digest)
  values (v.source, p_source->>'type', p_source->>'connection',
    case when (select t.attrs->>'family' = 'testimony' from vocab.source_type t where t.code = p_source->>'type') then api._testimony() else p_source->'label' end, coalesce(v_root, v.source), p_tier, 0, v.partner,
    (v_told->>'agreement')::uuid, v_told->>'legal_class', p_terms->>'terms', api._uses(p_terms), p_terms->>'consent', v_by, v_event, '');
  insert into reg.source_grade(id, source, reliability, reason, recorded_by, event, digest)
  values (reg.new_id(), v.source, 'F', 'Not graded when it was taken down', v_by, v_event, '');
  if jsonb_typeof(v_box) = 'object' then
    perform api._open_box(v.source, 'source', v_box);
    perform api._keep_sheets(v.source, v_box->'sheets', v_by, v_event);
  end if;
  insert into reg.entry(id, form, once, mark, receipt, source, consent_scope, legal_basis, tier, scope, partner, agreement, terms, permitted_uses, consent,
    recorded_by, event, digest)
  values (v.id, p_form, p_once, decode(p_mark, 'hex'), v.receipt, v.source, coalesce(p_terms->'consent_scope', '{}'), p_terms->>'legal_basis', p_tier, 0,
    v.partner, (v_told->>'agreement')::uuid, p_terms->>'terms', api._uses(p_terms), p_terms->>'consent', v_by, v_event, '');
  perform api._close_event(v_event, 'open_entry', v.id, p_form);
  perform api._drop_drafts(array(select d.id from reg.draft d where d.owner = v_by and d.once = p_once));
  return query select v.id, v.receipt, v.source, false;
end $$;
comment on function api.open_entry(text, uuid, text, jsonb, jsonb, int) is
  'A sheet stands once, with its terms, a source of its own, graded F, and a receipt; sent again it answers the same. Its draft is gone.';

create function api.entry(p_id uuid) returns table(id uuid, form text, receipt text, source uuid, recorded_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select e.id, e.form, e.receipt, e.source, e.recorded_at from reg.entry e where e.id = p_id and e.recorded_by = api.account() $$;
comment on function api.entry(uuid) is 'A sheet of one''s own, with its receipt.';

-- What stands under the number that a teller was given, as far as the caller sees it: no words of it.
create function api.entry_of(p_receipt text) returns table(id uuid, form text, recorded_at timestamptz, consent text, source uuid, report uuid,
  report_state text, subjects text[], claims uuid[])
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v_level int := api.level(); v_scopes int[] := api.scopes();
begin
  perform api._need('investigator', 'data_steward', 'source_handler');
  return query
  select e.id, e.form, e.recorded_at, (select n.consent from api._terms_now(e.source) n), e.source, r.id, t.state, coalesce(c.codes, '{}'), coalesce(c.ids, '{}')
  from reg.entry e
  left join reg.report r on r.source = e.source and r.tier <= v_level and r.scope = any (v_scopes)
  left join lateral (select s.state from reg.report_step s where s.report = r.id order by s.recorded_at desc, s.id desc limit 1) t on true
  left join lateral (
    select array_agg(distinct s.code) as codes, array_agg(c.id order by c.id) as ids from reg.claim c join reg.subject s on s.id = c.subject
    where c.source = e.source and s.tier <= v_level and s.scope = any (v_scopes) and c.scope = any (v_scopes)
      and api._claim_tier(c.id, c.subject, c.tier) <= v_level and not exists (select 1 from reg.claim_end x where x.claim = c.id)) c on true
  join reg.source o on o.id = e.source
  where e.receipt = p_receipt and e.tier <= v_level and e.scope = any (v_scopes)
    and (o.type <> 'testimony_insider' or e.recorded_by = api.account() or 'source_handler' = any (api.roles()));
end $$;
comment on function api.entry_of(text) is 'What stands under the number of a receipt: its form, its report, the subjects and live claims drawn from it that the caller may see; that of an insider for '
  'source handlers and for whoever took it down.';

create function api.last_terms() returns table(partner jsonb, terms text, permitted_uses text[])
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select p.names, e.terms, e.permitted_uses from reg.entry e join reg.partner p on p.id = e.partner
  where e.recorded_by = api.account() order by e.recorded_at desc limit 1 $$;
comment on function api.last_terms() is 'The partner, terms and uses of one''s own last sheet, to begin the next one with; never its consent.';

-- Drafts. No event: they are nobody's record yet, and what stands in the chain stays for ever.
create function api.save_draft(p_once uuid, p_form text, p_cipher bytea) returns timestamptz
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid; v uuid; v_until timestamptz := clock_timestamp() + interval '14 days';
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  perform pg_advisory_xact_lock(hashtextextended('entry:' || v_by || p_once, 0));
  if exists (select 1 from reg.entry e where e.recorded_by = v_by and e.once = p_once) then perform api._missing(); end if;
  if octet_length(p_cipher) > 400000 then perform api._bad('too_long', 'draft', '', 'The draft is too long: send what stands there, and begin another'); end if;
  select d.id into v from reg.draft d where d.owner = v_by and d.once = p_once for update;
  if v is null then
    if (select count(*) from reg.draft d where d.owner = v_by and d.expires_at > clock_timestamp()) >= 40 then
      perform api._refuse('drafts', 'You have forty drafts: send or delete one first.'); end if;
    v := reg.new_id();
    insert into reg.draft(id, owner, once, form, cipher, expires_at) values (v, v_by, p_once, p_form, api._need_sealed(p_cipher), v_until);
  else
    update reg.draft d set cipher = api._need_sealed(p_cipher), form = p_form, saved_at = clock_timestamp(), expires_at = v_until where d.id = v;
  end if;
  return v_until;
end $$;
comment on function api.save_draft(uuid, text, bytea) is
  'The draft is kept, sealed to a key that is not in the database, for its owner alone; answers until when. A sheet that was sent has no draft.';

create function api.drafts() returns table(once uuid, form text, saved_at timestamptz, expires_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select d.once, d.form, d.saved_at, d.expires_at from reg.draft d where d.owner = api.account() and d.expires_at > clock_timestamp() order by d.saved_at desc $$;
comment on function api.drafts() is 'One''s own drafts, the last one first, without their words.';

create function api.draft(p_once uuid) returns table(form text, cipher bytea, saved_at timestamptz, expires_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select d.form, d.cipher, d.saved_at, d.expires_at from reg.draft d
  where d.owner = api.account() and d.once = p_once and d.expires_at > clock_timestamp() $$;
comment on function api.draft(uuid) is 'A draft of one''s own, as it was sealed.';

create function api._drop_drafts(p_ids uuid[]) returns int set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  delete from reg.draft d where d.id = any (p_ids);
  return coalesce(cardinality(p_ids), 0);
end $$;

create function api.drop_draft(p_once uuid) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if api._drop_drafts(array(select d.id from reg.draft d where d.owner = api._actor() and d.once = p_once)) = 0 then perform api._missing(); end if;
end $$;
comment on function api.drop_draft(uuid) is 'A draft of one''s own is gone.';

create function api.keeper_drop_drafts() returns int
volatile security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select api._drop_drafts(array(select d.id from reg.draft d where d.expires_at <= clock_timestamp())) $$;
comment on function api.keeper_drop_drafts() is 'Drafts whose time is over are gone.';
reset role;

set role sr_policed;
create function api.partners() returns table(id uuid, names jsonb) stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select p.id, p.names from reg.partner p order by p.created_at, p.id $$;
comment on function api.partners() is 'Partners from whom something came that the caller may see, the first known first.';
reset role;
