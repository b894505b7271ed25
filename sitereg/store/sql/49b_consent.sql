-- Consent that changes. Withdrawn, at once: nothing that rests on it is shown inside (19), shared or taken in; each recipient of it and
-- each status that rests on it is on a task, and within thirty days a source handler says whether it is kept under another basis or
-- erased as far as it can be. Given again, everything stands as it stood, but for what was erased.
set role sr_writer;

-- The consent and uses of a source as they stand now.
-- What a family withdrew on its own page and the keeper did not carry out yet (91d): these uses, or all of them.
create function api._withdrawn_uses(p_source uuid) returns text[] stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if not exists (select 1 from reg.family_wish w where w.done_at is null and w.wish in ('withdraw', 'delete')) then return null; end if;
  return (select case when bool_or(w.wish = 'delete') then array['*'] else array_agg(w.value->>'use') end from reg.family_wish w
    join reg.search_request r on r.id = w.request where r.source = p_source and w.done_at is null and w.wish in ('withdraw', 'delete'));
end $$;

create function api._terms_now(p_source uuid) returns table(consent text, permitted_uses text[], hides bool, change uuid, changed_by uuid) stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(t.consent, s.consent), case when g.uses is null then coalesce(t.permitted_uses, s.permitted_uses)
      else array(select u.u from unnest(coalesce(t.permitted_uses, s.permitted_uses)) with ordinality u(u, n) where u.u <> all (g.uses) and not '*' = any (g.uses) order by u.n) end, t.id is not null and coalesce((v.attrs->>'hides')::bool, false), t.id, t.recorded_by
  from reg.source s left join lateral (select x.* from reg.terms_change x where x.source = s.id order by x.recorded_at desc, x.id desc limit 1) t on true
  left join vocab.consent_state v on v.code = t.consent cross join lateral (select api._withdrawn_uses(p_source) as uses) g where s.id = p_source $$;

-- Shared is what the terms and the consent permit, and, where an agreement stands behind it, what that permits too: the stricter holds. An
-- individual's own words leave by their own consent alone, to which "public record" is no answer. p_face: at which a place would leave.
-- p_uses: for which of these it would leave; nobody who was asked of one may have said no (null: whatever was answered).
create function api._shareable(p_source uuid, p_face int default null, p_uses text[] default '{partners,authorities}') returns bool stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select not exists (select 1 from unnest(p_uses) u where p_source = any (api._uses_refused(u))) and coalesce((select coalesce((select (v.attrs->>'usable')::bool from vocab.consent_state v where v.code = t.consent), false)
      and (t.consent <> 'not_applicable' or api._legal_class(s.type, s.legal_class) = 'organisation')
      and t.permitted_uses && array['sharing_with_partners', 'publication'] and coalesce(trim(s.terms), '') <> ''
      and (s.agreement is null or api._leaves_under(s.agreement, p_face))
    from reg.source s cross join lateral api._terms_now(s.id) t where s.id = p_source), false) $$;

-- The source as the caller may see it and as nobody else changes it meanwhile: claims that are being written of it are waited for.
create function api._held_source(p_source uuid) returns reg.source set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.source;
begin
  select * into v from reg.source s where s.id = p_source and s.tier <= api.level() and s.scope = any (api.scopes()) for update;
  if not found then perform api._missing(); end if;
  return v;
end $$;

-- The same for whoever may say so: those who keep consent (api.change_terms), or the keeper, for a family that said so itself (91d).
create function api._change_terms(s reg.source, p_consent text, p_why text, p_uses text[], p_by uuid) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_was record; v_hides bool; v_live uuid[];
begin
  select * into v_was from api._terms_now(s.id);
  v_hides := coalesce((select (v.attrs->>'hides')::bool from vocab.consent_state v where v.code = p_consent), false);
  v_live := array(select c.id from reg.claim c where c.source = s.id and not exists (select 1 from reg.claim_end e where e.claim = c.id));
  if v_hides and not v_was.hides then
    perform api._recall_tasks(v_live, 'consent was withdrawn'), api._review_tasks(v_live);
    insert into reg.task(id, what, why, role, due, data, tier, scope, opened_by)
    values (reg.new_id(), 'deletion_review', 'Consent was withdrawn: say whether what rests on it is kept under another basis, or erased as far as it can be.',
      'source_handler', reg.today() + 30, jsonb_build_object('source', s.id), s.tier, s.scope, p_by);
  end if;
  insert into reg.terms_change(id, source, consent, permitted_uses, why, tier, scope, recorded_by, event, digest)
  values (reg.new_id(), s.id, p_consent, api._uses(jsonb_build_object('permitted_uses', coalesce(p_uses, v_was.permitted_uses))), trim(p_why),
    s.tier, s.scope, p_by, v_event, '');
  if v_was.hides and not v_hides then perform api._deletion_reviewed(s.id, 'given again', p_by); end if;
  if v_was.hides <> v_hides then perform api._resolve(array(select distinct c.subject from reg.claim c where c.id = any (v_live))); end if;
  perform api._close_event(v_event, 'change_terms', s.id, trim(p_why));
end $$;

create function api.change_terms(p_source uuid, p_consent text, p_why text, p_permitted_uses text[] default null) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_by uuid; s reg.source;
begin
  v_by := api._need('source_handler', 'data_steward', 'investigator');
  s := api._held_source(p_source);
  if not api._is_term('consent_state', coalesce(p_consent, '')) then perform api._bad('unknown_code', 'consent', p_consent, 'This is no term of consent_state', 'consent_state'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  perform api._change_terms(s, p_consent, p_why, p_permitted_uses, v_by);
end $$;
comment on function api.change_terms(uuid, text, text, text[]) is
  'The consent and permitted uses of a source are these from now on. Withdrawn or refused: what rests on it is shown to nobody and shared with nobody any '
  'more, who received it, which status rests on it and what is to become of it are tasks. Given again: it stands as it stood.';

create function api._deletion_reviewed(p_source uuid, p_outcome text, p_by uuid) returns void set search_path = pg_catalog, public, pg_temp language sql as $$
  update reg.task set done_at = clock_timestamp(), done_by = p_by, outcome = p_outcome
  where done_at is null and what = 'deletion_review' and data->>'source' = p_source::text $$;

-- What stands of a source and of its terms, for whoever may change them.
create function api.source_terms(p_source uuid) returns jsonb stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare s reg.source; t record; v_level int := api.level(); v_scopes int[] := api.scopes(); v_coded bool;
begin
  perform api._need('source_handler', 'data_steward', 'investigator');
  select * into s from reg.source x where x.id = p_source and x.tier <= v_level and x.scope = any (v_scopes);
  if not found then perform api._missing(); end if;
  v_coded := s.type <> 'testimony_insider' or 'source_handler' = any (api.roles());
  select * into t from api._terms_now(p_source);
  return (with said as materialized (select c.id, c.subject from reg.claim c join reg.subject o on o.id = c.subject and o.tier <= v_level and o.scope = any (v_scopes)
      where c.source = p_source and c.scope = any (v_scopes) and not exists (select 1 from reg.claim_end e where e.claim = c.id)
        and (api._claim_tier(c.id, c.subject, c.tier) <= v_level or t.hides and c.tier <= v_level and 'source_handler' = any (api.roles())))
    select jsonb_build_object('id', s.id, 'label', s.label, 'type', s.type, 'partner', (select p.names from reg.partner p where p.id = s.partner), 'terms', s.terms,
      'consent', t.consent, 'permitted_uses', t.permitted_uses, 'withdrawn', t.hides, 'claims', (select count(*) from said),
      'records', (select coalesce(jsonb_agg(r.code order by r.code) filter (where v_coded), '[]') from (select distinct o.code from said join reg.subject o on o.id = api._heir(said.subject)) r),
      'changes', (select coalesce(jsonb_agg(jsonb_build_object('consent', x.consent, 'permitted_uses', x.permitted_uses, 'why', x.why, 'by', a.display,
          'at', to_char(x.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD')) order by x.recorded_at desc, x.id desc), '[]')
        from reg.terms_change x join reg.account a on a.id = x.recorded_by where x.source = s.id),
      'reviews', (select coalesce(jsonb_agg(jsonb_build_object('outcome', x.outcome, 'legal_basis', x.legal_basis, 'why', x.why, 'erased', x.erased, 'by', a.display,
          'at', to_char(x.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), 'id', x.id) order by x.recorded_at desc, x.id desc), '[]')
        from reg.deletion_review x join reg.account a on a.id = x.recorded_by where x.source = s.id)));
end $$;
comment on function api.source_terms(uuid) is
  'A source with its consent and uses as they stand and as they changed, what became of it when consent was withdrawn, and how many live claims of which records '
  'rest on it that the caller may see.';

create function api.withdrawn() returns table(source uuid, label jsonb, type text, consent text, at text, by text, why text, claims bigint, due date, outcome text)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('source_handler');
  return query select s.id, s.label, s.type, t.consent, to_char(t.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), a.display, t.why,
      (select count(*) from reg.claim c where c.source = s.id and c.tier <= api.level() and c.scope = any (api.scopes()) and not exists (select 1 from reg.claim_end e where e.claim = c.id)),
      (select min(k.due) from reg.task k where k.what = 'deletion_review' and k.done_at is null and k.data->>'source' = s.id::text),
      (select r.outcome from reg.deletion_review r where r.source = s.id and r.change = t.id order by r.recorded_at desc, r.id desc limit 1)
    from reg.source s join reg.terms_change t on t.id = (select n.change from api._terms_now(s.id) n) join reg.account a on a.id = t.recorded_by
    where s.id = any (api._silenced()) and s.tier <= api.level() and s.scope = any (api.scopes())
    order by 9 nulls last, t.recorded_at, s.id;
end $$;
comment on function api.withdrawn() is 'The sources whose consent is gone, for source handlers: by when each is to be reviewed, or what came of that.';

create function api.withdrawn_claims(p_source uuid) returns table(claim uuid, code text, predicate text, value jsonb, sealed bool, verbatim text, recorded text,
  at daterange, began daterange, ended daterange, uncertainty_m float8, pcode text, method text)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('source_handler');
  if not exists (select 1 from reg.source s where s.id = p_source and s.tier <= api.level() and s.scope = any (api.scopes())) or not api._is_silenced(p_source) then
    perform api._missing(); end if;
  perform api.log_read('withdrawn_claims', p_source);
  return query select c.id, o.code, c.predicate, c.value, c.sealed is not null, c.verbatim, to_char(c.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'),
      c.at, c.began, c.ended, c.uncertainty_m, c.pcode, c.method
    from reg.claim c join reg.subject o on o.id = c.subject and o.tier <= api.level() and o.scope = any (api.scopes())
    where c.source = p_source and c.tier <= api.level() and c.scope = any (api.scopes()) and not exists (select 1 from reg.claim_end e where e.claim = c.id)
    order by o.code, c.predicate, c.id;
end $$;
comment on function api.withdrawn_claims(uuid) is
  'What a source said whose consent is gone, for source handlers, but no sealed words; that it was opened stands in the read log with the answer.';

-- The keys under which only words of this source are sealed: its box in the vault, its reports, persons and documents that nobody else told of.
create function api._keys_of(p_source uuid) returns table(kind text, id uuid) stable set search_path = pg_catalog, public, pg_temp language sql as $$
  with words as (select c.sealed from reg.claim c where c.source = p_source and c.sealed is not null
      union select r.sealed from reg.import_row r join reg.import_batch b on b.id = r.batch where b.totals->>'source' = p_source::text and r.sealed is not null)
  select 'identity', p_source
  union all select 'report', r.id from reg.report r where r.source = p_source
  union all select 'person', x.subject from (select distinct s.subject from reg.sealed s join words w on w.sealed = s.id) x
    where not exists (select 1 from reg.sealed o where o.subject = x.subject and o.id not in (select w.sealed from words w))
  union all select 'document', d.id from reg.document d where d.id in (select t.document from api._told_by(p_source) t) $$;

-- The documents of which all that is cited was said by this source.
create function api._told_by(p_source uuid) returns table(document uuid) stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select distinct c.document from reg.claim c where c.source = p_source and c.document is not null
    and not exists (select 1 from reg.claim o where o.document = c.document and o.source <> p_source and not exists (select 1 from reg.claim_end e where e.claim = o.id)) $$;

create function api.review_deletion(p_source uuid, p_outcome text, p_why text, p_legal_basis text default null) returns jsonb
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; s reg.source; t record; v_erased jsonb := '{}'; v_shared bigint;
begin
  v_by := api._need('source_handler');
  s := api._held_source(p_source);
  select * into t from api._terms_now(p_source);
  if not t.hides then perform api._refuse('consent', 'Consent was not withdrawn: there is nothing to review.'); end if;
  if not api._is_term('deletion_outcome', coalesce(p_outcome, '')) then
    perform api._bad('unknown_code', 'outcome', p_outcome, 'This is no term of deletion_outcome', 'deletion_outcome'); end if;
  if coalesce(trim(p_why), '') = '' then perform api._bad('missing_required', 'why', '', 'Say why'); end if;
  if p_outcome = 'keep' and not coalesce(api._is_term('legal_basis', p_legal_basis) and p_legal_basis <> 'consent', false) then
    perform api._bad('missing_required', 'legal_basis', coalesce(p_legal_basis, ''), 'Say which basis other than consent allows that it is kept', 'legal_basis'); end if;
  if exists (select 1 from reg.deletion_review r where r.change = t.change and r.outcome = 'erase') then
    raise exception 'It was erased already' using errcode = 'SR409', detail = '{"changed": [{"field": "review", "was": "open", "now": "erase"}]}'; end if;
  if p_outcome = 'erase' then
    if api._same_person(t.changed_by, v_by) then perform api._refuse('four_eyes', 'Somebody else erases it, not the one who recorded the withdrawal.'); end if;
    select count(distinct c.subject) into v_shared from reg.claim c where c.source = p_source and c.sealed is not null
      and c.subject not in (select k.id from api._keys_of(p_source) k where k.kind = 'person');
    select coalesce(jsonb_object_agg(k.kind, k.n), '{}') into v_erased from (
      select k.kind, count(*) filter (where case k.kind when 'identity' then api._erase_box(k.id) else api._erase(k.id) end) as n from api._keys_of(p_source) k group by 1) k;
    delete from reg.name_key k using reg.claim c where c.id = k.claim and c.source = p_source;
    v_erased := v_erased || jsonb_build_object('shared', v_shared);
  end if;
  insert into reg.deletion_review(id, source, change, outcome, legal_basis, why, erased, tier, scope, recorded_by, event, digest)
  values (reg.new_id(), p_source, t.change, p_outcome, case when p_outcome = 'keep' then p_legal_basis end, trim(p_why), v_erased, s.tier, s.scope, v_by, v_event, '');
  perform api._deletion_reviewed(p_source, p_outcome, v_by);
  perform api._close_event(v_event, 'review_deletion', p_source, trim(p_why));
  return v_erased;
end $$;
comment on function api.review_deletion(uuid, text, text, text) is
  'What rests on withdrawn consent is kept, closed, under another legal basis; or erased by another person than the one who recorded the withdrawal: the keys of '
  'its personal words are gone (how many of identity, reports, persons and documents; shared: cases whose key also seals what others told), claims stay as rows.';
reset role;
create trigger d_silenced after insert on reg.claim referencing new table as made for each statement execute function api._not_while_silenced();
