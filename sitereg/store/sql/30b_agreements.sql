-- What an agreement makes of whatever comes under it: the terms of a partner who has one are bound to it, and what it does not cover is
-- refused. A partner has one agreement in force at a time, so that nobody chooses under which he writes.
set role sr_writer;

-- Whose data they are: as was said, else as the type of source tells. An organisation that passes on what individuals told it says so.
create function api._legal_class(p_type text, p_said text) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce(p_said, case (select t.attrs->>'family' from vocab.source_type t where t.code = p_type) when 'testimony' then 'individual' else 'organisation' end) $$;

-- The terms of an agreement as they stand now.
create function api._standing_terms(p_agreement uuid) returns reg.agreement_version stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select v from api._agreements_now() n join reg.agreement_version v on v.id = n.version where n.agreement = p_agreement and n.stands $$;

-- Whether something of it may leave, at that face where a place would (null: without one).
create function api._leaves_under(p_agreement uuid, p_face int) returns bool stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select v.onward = 'permitted' and v.purposes && array['sharing_with_partners', 'publication']
      and exists (select 1 from vocab.audience a where a.code = any (v.audiences) and (a.attrs->>'outside')::bool)
      and (p_face is null or (select (s.attrs->>'face')::int from vocab.shared_precision s where s.code = v.precision) >= p_face)
    from api._standing_terms(p_agreement) v), false) $$;

-- Terms with the agreement that they fall under and the class of the data. Individuals speak for themselves: what they gave falls under no
-- organisation's agreement, and consent is asked of them; what they gave to an organisation that has one is passed on under it.
create function api._bound(p_told jsonb, p_type text) returns jsonb stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_given text := coalesce(trim(p_told->>'agreement'), ''); v_said text := nullif(trim(p_told->>'legal_class'), ''); v_class text; g record; v reg.agreement_version; v_none text;
begin
  if v_said is not null and not api._is_term('legal_class', v_said) then
    perform api._bad('unknown_code', 'legal_class', v_said, 'This is no term of legal_class', 'legal_class'); end if;
  v_class := case when p_type is null then coalesce(v_said, 'organisation') else api._legal_class(p_type, v_said) end;
  select a.id, n.stands into g from reg.agreement a join api._agreements_now() n on n.agreement = a.id
   where a.partner = (p_told->>'partner_id')::uuid and a.tier <= api.level() and a.scope = any (api.scopes()) and (v_given = '' or a.id = api._uuid(v_given))
   order by n.stands desc, a.created_at desc limit 1;
  if g.id is null and v_given <> '' then perform api._bad('not_found', 'agreement', v_given, 'This partner has no such agreement'); end if;
  if g.id is not null and v_said is null and v_class = 'individual' then v_class := 'passed_on'; end if;
  if v_class <> 'organisation' and p_told->>'consent' = 'not_applicable' and (v_said is not null or g.id is not null) then
    perform api._refuse('legal_class', 'What individuals told is no public record: say what is known of their consent.'); end if;
  if v_class = 'individual' and v_given <> '' then
    perform api._refuse('legal_class', 'What individuals give themselves falls under their own consent, and under no agreement of an organisation.'); end if;
  if g.id is null or v_class = 'individual' then
    return p_told || jsonb_build_object('agreement', null, 'legal_class', coalesce(v_said, case when g.id is not null then v_class end)); end if;
  if not g.stands then
    perform api._refuse('agreement', 'The agreement with this partner is over: nothing is taken in from them until another version of it is approved.'); end if;
  select * into v from api._standing_terms(g.id);
  if not v_class = any (v.classes) then perform api._refuse('agreement', 'The agreement with this partner does not cover data of this class.'); end if;
  select u into v_none from unnest(api._uses(p_told)) u where u <> all (v.purposes) limit 1;
  if v_none is not null then perform api._refuse('agreement', 'The agreement with this partner does not cover one of these uses.'); end if;
  return p_told || jsonb_build_object('agreement', g.id, 'legal_class', v_class);
end $$;

-- Refused where these terms fall under an agreement that does not cover all of these kinds of data.
create function api._within(p_told jsonb, p_kinds text[]) returns void stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.agreement_version;
begin
  if p_told->>'agreement' is null then return; end if;
  select * into v from api._standing_terms((p_told->>'agreement')::uuid);
  if not p_kinds <@ v.kinds then perform api._refuse('agreement', 'The agreement with this partner does not cover this kind of data.'); end if;
end $$;

-- What kind of data a claim is.
create function api._data_kind(p_subject text, p_predicate text) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select case when (p.attrs->>'sealed')::bool then 'names' when p.code = 'place' then 'places' when p.code = 'event' then 'events'
    when p_subject = 'person' then 'persons' else 'sites' end from vocab.predicate p where p.code = p_predicate $$;

create function api._only_covered() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if not exists (select 1 from reg.agreement_approval) then return null; end if;
  if exists (select 1 from made m join reg.source s on s.id = m.source join api._agreements_now() n on n.agreement = s.agreement
      join reg.agreement_version v on v.id = n.version join reg.subject o on o.id = m.subject where not api._data_kind(o.kind, m.predicate) = any (v.kinds)) then
    perform api._refuse('agreement', 'The agreement with this partner does not cover this kind of data.'); end if;
  return null;
end $$;
reset role;
create trigger d_covered after insert on reg.claim referencing new table as made for each statement execute function api._only_covered();
