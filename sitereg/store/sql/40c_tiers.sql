-- The tier that counts now: of claims that a restriction or disclosure names, and of subjects that one moved. Nothing is
-- updated in what was written: a claim keeps its recorded tier, the decisions in force say which one counts.
set role sr_writer;

-- The claims that a decision names; those of a restriction with what superseded them since, so that a correction or a later
-- grade brings nothing back. A disclosure names the very claims that were looked at and no later ones.
create function api._named_claims(p_machine text, p_value jsonb) returns table(claim text) stable rows 10 language sql as $$
  with recursive named as (
    select n.claim from jsonb_array_elements_text(case when jsonb_typeof(p_value->'claims') = 'array' then p_value->'claims' else '[]' end) n(claim)
    union
    select e.superseded_by::text from named join reg.claim_end e on e.claim = api._uuid(named.claim)
     where p_machine = 'tier' and e.superseded_by is not null)
  select named.claim from named $$;

-- The tier at which a claim counts now: 3, nobody's, where it rests on withdrawn consent.
create function api._claim_tier(p_claim uuid, p_subject uuid, p_tier int) returns int stable
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_heir uuid; v_tier int;
begin
  if (exists (select 1 from reg.terms_change) or exists (select 1 from reg.agreement_approval)) and api._is_silenced((select c.source from reg.claim c where c.id = p_claim)) then return 3; end if;
  select case when s.merged_into is null then s.id else api._heir(s.id) end into v_heir from reg.subject s where s.id = p_subject;
  if v_heir = p_subject and not exists (select 1 from reg.decision d where d.subject = p_subject and d.machine in ('disclosure', 'tier'))
     and not exists (select 1 from reg.subject s where s.merged_into = p_subject) then
    return p_tier; end if;
  select r.tier into v_tier from api._decided_tiers(array[v_heir]) r where r.claim = p_claim;
  return coalesce(v_tier, p_tier);
end $$;

-- The restrictions in force of these subjects as a whole, or of their exact place.
create function api._restrictions(p_ids uuid[]) returns setof reg.decision stable language sql as $$
  select * from api._in_force(p_ids, '{tier}') d where d.to_state = 'restricted' and not d.value ? 'claims' $$;

-- The tiers that subjects must have by the decisions in force. Where they began is what the first such decision was written
-- with: its own tier, and the tier of the exact place in its value.
create function api._tiers_due(p_ids uuid[]) returns table(id uuid, tier int, exact_tier int) stable language sql as $$
  with began as (select distinct on (d.subject) d.subject, d.tier, (d.value->>'exact_was')::int as exact_was from reg.decision d
      where d.subject = any (p_ids) and d.machine in ('disclosure', 'tier') order by d.subject, d.recorded_at, d.id),
  told as (select d.subject, bool_or(d.to_state = 'disclosed') as disclosed, max((d.value->>'exact_tier')::int) filter (where d.to_state = 'place_disclosed') as place
      from api._in_force(p_ids, '{disclosure}') d group by 1),
  held as (select d.subject, max((d.value->>'tier')::int) as tier, max(coalesce((d.value->>'exact_tier')::int, (d.value->>'tier')::int)) as exact_tier
      from api._restrictions(p_ids) d group by 1),
  due as (select s.id, greatest(case when t.disclosed then 0 else coalesce(b.tier, s.tier) end, h.tier) as tier, h.exact_tier as held,
      coalesce(t.place, b.exact_was, s.exact_tier) as exact_tier
    from reg.subject s left join began b on b.subject = s.id left join told t on t.subject = s.id left join held h on h.subject = s.id
    where s.id = any (p_ids))
  select d.id, d.tier, greatest(d.tier, d.held, d.exact_tier) from due d $$;

-- The subjects have the tiers that are due, and every record follows. The tier that a face's row carries is no news to those
-- who read that face: it is set beside the version, so that only what reads differently gets a new one.
create function api._retier(p_ids uuid[]) returns void
set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v record;
begin
  for v in select d.* from api._tiers_due(p_ids) d join reg.subject s on s.id = d.id and (s.tier, s.exact_tier) is distinct from (d.tier, d.exact_tier)
           order by d.id loop
    update reg.subject s set tier = v.tier, exact_tier = v.exact_tier where s.id = v.id;
    update reg.site s set tier = v.tier, exact_tier = v.exact_tier where s.id = v.id and s.face >= v.tier;
    update reg.site_kind k set tier = v.tier where k.site = v.id and k.face >= v.tier;
    update reg.site_relation r set tier = v.tier where r.site = v.id and r.face >= v.tier;
    update reg.person p set tier = v.tier where p.id = v.id and p.face >= v.tier;
    update reg.holding h set tier = v.tier, exact_tier = v.exact_tier where h.id = v.id and h.face >= v.tier;
    update reg.person_event e set tier = v.tier where e.person = v.id and e.face >= v.tier;
  end loop;
  perform api._resolve(p_ids);
end $$;

-- Subjects whose tier does not follow from decisions. Every decision is sealed with the tier that its subject had, so it
-- bears witness where no decision moved the tier (a review of a link does not: it is as restricted as the run that it rests on);
-- of what was never decided on, the claims: none is below its subject.
create function api._tier_faults() returns table(problem text, tbl text, id text, event uuid) stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  with s as (select s.*, exists (select 1 from reg.decision d where d.subject = s.id and d.machine in ('disclosure', 'tier')) as moved,
      (select d.tier from reg.decision d where d.subject = s.id and d.machine not in ('link_review', 'duplicate')
        order by d.recorded_at desc, d.id desc limit 1) as witness,
      (select min(c.tier) from reg.claim c where c.subject = s.id) as claims from reg.subject s),
  due as (select d.* from api._tiers_due(array(select s.id from s where s.moved)) d)
  select case when s.exact_tier < due.exact_tier and s.tier = due.tier then 'exact place lowered without a decision' else 'tier changed without a decision' end,
         'subject', s.id::text, null::uuid
  from s left join due on due.id = s.id
  where case when s.moved then s.tier <> due.tier or s.exact_tier < due.exact_tier
             else s.tier = 0 or s.tier > coalesce(s.witness, s.claims) or s.tier < s.witness end $$;
reset role;
