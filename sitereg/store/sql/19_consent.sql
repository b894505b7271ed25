-- Whose consent is gone, or whose agreement is over (49c): what rests on such a source has the tier of the vault, in no face and in nobody's answer, until consent is
-- renewed. Nothing of it is touched: the last change of the source's terms says so, and the next one may say otherwise.
set role sr_writer;

-- Each agreement that was ever approved, by the last version that two persons approved; whether it stands today.
create function api._agreements_now() returns table(agreement uuid, version uuid, stands bool) stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  return query select l.agreement, l.id, coalesce(l.expires_on >= reg.today(), true) and not exists (select 1 from reg.agreement_end e where e.version = l.id)
  from (select distinct on (v.agreement) v.* from reg.agreement_version v where (select count(*) from reg.agreement_approval a where a.version = v.id) >= 2
    order by v.agreement, v.n desc) l;
end $$;

-- Those that are over.
create function api._over() returns uuid[] stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if not exists (select 1 from reg.agreement_approval) then return '{}'; end if;
  return array(select n.agreement from api._agreements_now() n where not n.stands);
end $$;

-- The sources of which that is so.
create function api._silenced() returns uuid[] stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_over uuid[];
begin
  if not exists (select 1 from reg.agreement_approval) and not exists (select 1 from reg.terms_change) and not exists (select 1 from reg.consent) then return '{}'; end if;
  v_over := api._over();
  return array(select l.source from (select distinct on (t.source) t.source, t.consent from reg.terms_change t
      order by t.source, t.recorded_at desc, t.id desc) l join vocab.consent_state v on v.code = l.consent and (v.attrs->>'hides')::bool
    union select s.id from reg.source s where v_over <> '{}' and s.agreement = any (v_over) union select unnest(api._uses_refused('search')));
end $$;

-- Whether it is so of this one.
create function api._is_silenced(p_source uuid) returns bool stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  if exists (select 1 from reg.agreement_approval) and exists (select 1 from reg.source s where s.id = p_source and s.agreement = any (api._over())) then return true; end if;
  if p_source = any (api._uses_refused('search')) then return true; end if;
  if not exists (select 1 from reg.terms_change) then return false; end if;
  return coalesce((select (v.attrs->>'hides')::bool from reg.terms_change t join vocab.consent_state v on v.code = t.consent
    where t.source = p_source order by t.recorded_at desc, t.id desc limit 1), false);
end $$;

-- Whether all that is still said of a subject (with those merged into it) is said by these sources, and nobody of the registry has
-- decided, measured or visited anything: then the subject itself is gone with them.
create function api._only_of(p_subject uuid, p_sources uuid[]) returns bool stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid[] := array(select m.member from api._members(array[p_subject]) m);
begin
  return exists (select 1 from reg.claim c where c.subject = any (v) and c.source = any (p_sources) and not exists (select 1 from reg.claim_end e where e.claim = c.id))
    and not exists (select 1 from reg.claim c where c.subject = any (v) and c.source <> all (p_sources) and not exists (select 1 from reg.claim_end e where e.claim = c.id))
    and not exists (select 1 from reg.decision d where d.subject = any (v) and d.how = 'person')
    and not exists (select 1 from reg.measure m where m.site = any (v)) and not exists (select 1 from reg.visit i where i.site = any (v));
end $$;

-- Nothing new is taken in from a source whose consent is gone.
create function api._not_while_silenced() returns trigger security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_silenced uuid[] := api._silenced();
begin
  if v_silenced <> '{}' and exists (select 1 from made m where m.source = any (v_silenced)) then
    perform api._refuse('consent', 'Consent was withdrawn, or the agreement is over: nothing that this source said is taken in until it is given again.'); end if;
  return null;
end $$;
reset role;
