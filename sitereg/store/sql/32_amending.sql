-- Claims that were recorded: ended, corrected, superseded by new rows; never changed.
set role sr_writer;

-- Claims end and stand again with changed fields (p_change), as new rows that the old ones point to.
create function api._supersede(p_claims uuid[], p_change jsonb, p_why text, p_by uuid, p_event uuid) returns uuid[]
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.claim; v_old uuid; v_new uuid[] := '{}';
begin
  foreach v_old in array p_claims loop
    select c.* into v from reg.claim c where c.id = v_old;
    v := jsonb_populate_record(v, p_change);
    v.id := reg.new_id(); v.recorded_at := clock_timestamp(); v.recorded_by := p_by; v.event := p_event; v.digest := '';
    insert into reg.claim select v.*;
    insert into reg.claim_end(claim, why, superseded_by, recorded_by, event, digest) values (v_old, p_why, v.id, p_by, p_event, '');
    insert into reg.name_key select v.id, k.person, k.tier, k.scope, k.key_strict, k.key_loose, k.words, k.sets from reg.name_key k where k.claim = v_old;
    v_new := v_new || v.id;
  end loop;
  return v_new;
end $$;

create function api.end_claim(p_claim uuid, p_why text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v reg.claim;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why it is retracted'); end if;
  select * into v from reg.claim c where c.id = p_claim and api._claim_tier(c.id, c.subject, c.tier) <= api.level() and c.scope = any (api.scopes());
  if not found then perform api._missing(); end if;
  perform api._seen_subject(v.subject, true);
  if exists (select 1 from reg.claim_end e where e.claim = p_claim) then
    raise exception 'This claim was ended already' using errcode = 'SR409', detail = '{"changed": [{"field": "claim", "was": "live", "now": "ended"}]}';
  end if;
  insert into reg.claim_end(claim, why, recorded_by, event, digest) values (p_claim, p_why, v_by, v_event, '');
  perform api._recall_tasks(array[p_claim], 'a claim was retracted');
  perform api._review_tasks(array[p_claim]);
  perform api._resolve(array[v.subject]);
  perform api._close_event(v_event, 'end_claim', p_claim, p_why);
end $$;
comment on function api.end_claim(uuid, text) is 'The claim counts no more; it stays readable with who ended it and why.';

-- A claim as it would stand corrected, checked like a new one in what was changed.
create function api._check_corrected(p reg.claim, p_change jsonb) returns void stable set search_path = pg_catalog, public, pg_temp
language plpgsql as $$
declare v_said api._said; v_problems jsonb;
begin
  if p.sealed is not null and p_change ?| array['value', 'verbatim'] then
    perform api._bad('unknown_field', 'value', '', 'Sealed words are not corrected; end the claim and record another'); end if;
  begin
    v_said := jsonb_populate_record(null::api._said, to_jsonb(jsonb_populate_record(p, p_change)) - 'geom');
  exception when data_exception then
    perform api._bad('bad_value', 'change', left(sqlerrm, 120), 'A value has a form that cannot be read: ' || left(sqlerrm, 120));
  end;
  v_said.geom := p.geom;
  select jsonb_agg(f) into v_problems from jsonb_array_elements(api._said_problems(array[v_said])) f
   where f->>'code' = 'insider_words' and p_change ? (f->>'field') or f->>'field' in ('value', 'credibility', 'at', 'site', 'locator') and (f->>'field' <> 'locator' or p_change ? 'locator') and (f->>'field' <> 'credibility' or p_change ? 'credibility')
     and (f->>'field' not in ('value', 'site') or p_change ? 'value') and (f->>'field' <> 'at' or p_change ?| array['at', 'began']);
  if v_problems is not null then
    raise exception 'The correction cannot be recorded' using errcode = 'SR422', detail = jsonb_build_object('problems', v_problems)::text; end if;
end $$;

create function api.correct_claim(p_claim uuid, p_change jsonb, p_why text, p_vault text default null) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v reg.claim; v_new uuid[]; v_key text;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  for v_key in select jsonb_object_keys(p_change) loop
    if v_key not in ('value', 'at', 'began', 'ended', 'credibility', 'first_hand', 'verbatim', 'locator', 'rumour_owner', 'rumour_until') then
      perform api._bad('unknown_field', v_key, '', 'This cannot be corrected; end the claim and record another'); end if;
  end loop;
  select * into v from reg.claim c where c.id = p_claim and api._claim_tier(c.id, c.subject, c.tier) <= api.level() and c.scope = any (api.scopes());
  if not found then perform api._missing(); end if;
  perform api._seen_subject(v.subject, true);
  if exists (select 1 from reg.claim_end e where e.claim = p_claim) then
    raise exception 'This claim was ended already' using errcode = 'SR409', detail = '{"changed": [{"field": "claim", "was": "live", "now": "ended"}]}';
  end if;
  perform api._check_corrected(v, coalesce(p_change, '{}'));
  v_new := api._supersede(array[p_claim], p_change, p_why, v_by, v_event);
  if p_vault is not null then
    perform api._keep_sheets(v.source, jsonb_build_array(jsonb_build_object('kind', 'claim', 'object', v_new[1], 'cipher', p_vault)), v_by, v_event); end if;
  perform api._recall_tasks(array[p_claim], 'a claim was corrected');
  perform api._review_tasks(array[p_claim]);
  perform api._first_levels(array[v.subject], v_event);
  perform api._resolve(array[v.subject]);
  perform api._close_event(v_event, 'correct_claim', v_new[1], p_why);
  return v_new[1];
end $$;
comment on function api.correct_claim(uuid, jsonb, text, text) is
  'The claim is superseded by a corrected one; both stay readable. p_vault: what goes to the vault with it, sealed.';
reset role;
