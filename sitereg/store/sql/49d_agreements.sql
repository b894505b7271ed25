-- Reading agreements, for those who keep them: how they stand, what falls due, and everything that rests on one.
set role sr_reader;

create function api._agreement_state(p_id uuid) returns text stable set search_path = pg_catalog, public, pg_temp language sql as $$
  select coalesce((select case when n.stands then 'in_force' else 'over' end from api._agreements_now() n where n.agreement = p_id), 'draft') $$;

create function api.agreements() returns table(agreement uuid, partner jsonb, title text, tier int, state text, n int, review_on date, expires_on date, ended_on date,
  kept_until date, waits bool)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward', 'source_handler', 'releaser', 'verifier', 'auditor');
  return query select g.id, p.names, g.title, g.tier::int, api._agreement_state(g.id), v.n, v.review_on, v.expires_on, x.day,
      (x.day + make_interval(months => v.retention_months))::date, exists (select 1 from reg.agreement_version l where l.agreement = g.id
        and l.n = (select max(m.n) from reg.agreement_version m where m.agreement = g.id) and (select count(*) from reg.agreement_approval a where a.version = l.id) < 2)
    from reg.agreement g join reg.partner p on p.id = g.partner
    left join api._agreements_now() now on now.agreement = g.id
    join reg.agreement_version v on v.agreement = g.id and v.id = coalesce(now.version, (select l.id from reg.agreement_version l where l.agreement = g.id order by l.n desc limit 1))
    left join lateral (select (e.recorded_at at time zone 'Asia/Damascus')::date as day from reg.agreement_end e where e.version = v.id) x on true
    where g.tier <= api.level() and g.scope = any (api.scopes()) order by coalesce(v.expires_on, v.review_on), g.created_at, g.id;
end $$;
comment on function api.agreements() is 'Agreements with their partner, state (draft, in_force, over), the days that fall due, and whether a version waits to be approved.';

create function api.agreement_page(p_id uuid) returns jsonb stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare g reg.agreement;
begin
  perform api._need('data_steward', 'source_handler', 'releaser', 'verifier', 'auditor');
  g := api._seen_agreement(p_id);
  return jsonb_build_object('id', g.id, 'title', g.title, 'tier', g.tier, 'state', api._agreement_state(g.id), 'partner', (select p.names from reg.partner p where p.id = g.partner),
    'versions', (select jsonb_agg(jsonb_build_object('id', v.id, 'n', v.n, 'classes', v.classes, 'purposes', v.purposes, 'audiences', v.audiences, 'kinds', v.kinds,
        'precision', v.precision, 'onward', v.onward, 'retention_months', v.retention_months, 'signed_on', v.signed_on, 'signed_by_them', v.signed_by_them,
        'signed_by_us', v.signed_by_us, 'review_on', v.review_on, 'expires_on', v.expires_on, 'paper', v.paper, 'why', v.why, 'by', a.display,
        'mine', v.recorded_by = api.account() or exists (select 1 from reg.agreement_approval m where m.version = v.id and m.recorded_by = api.account()),
        'approvals', (select coalesce(jsonb_agg(jsonb_build_object('by', b.display, 'at', to_char(m.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD')) order by m.recorded_at), '[]')
          from reg.agreement_approval m join reg.account b on b.id = m.recorded_by where m.version = v.id),
        'end', (select jsonb_build_object('kind', e.kind, 'why', e.why, 'by', b.display, 'at', to_char(e.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'))
          from reg.agreement_end e join reg.account b on b.id = e.recorded_by where e.version = v.id)) order by v.n desc)
      from reg.agreement_version v join reg.account a on a.id = v.recorded_by where v.agreement = g.id));
end $$;
comment on function api.agreement_page(uuid) is 'One agreement with its versions, the newest first: terms, who approved each, how it ended.';

-- Everything that rests on it, of what the caller may see: by codes, without content. What it hides from all it does not hide from those
-- who settle what becomes of it; a record in their tier and compartments is told by its code.
create function api.agreement_downstream(p_id uuid) returns jsonb stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare g reg.agreement; v_level int := api.level(); v_scopes int[] := api.scopes(); v_claims uuid[]; v_ids uuid[];
begin
  perform api._need('data_steward', 'source_handler', 'releaser', 'auditor');
  g := api._seen_agreement(p_id);
  v_claims := array(select c.id from unnest(api._agreement_claims(g.id)) u join reg.claim c on c.id = u join reg.subject o on o.id = c.subject
    where c.tier <= v_level and c.scope = any (v_scopes) and o.tier <= v_level and o.scope = any (v_scopes));
  v_ids := array(select distinct api._heir(c.subject) from reg.claim c where c.id = any (v_claims));
  return jsonb_build_object(
    'batches', (select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'file', d.original_name, 'state', b.state, 'rows', b.rows_in) order by b.started_at, b.id), '[]')
      from reg.import_batch b join reg.document d on d.id = b.document where b.agreement = g.id and b.tier <= v_level and b.scope = any (v_scopes)),
    'sources', (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'label', s.label, 'class', api._legal_class(s.type, s.legal_class)) order by s.id), '[]')
      from reg.source s where s.agreement = g.id and s.tier <= v_level and s.scope = any (v_scopes)),
    'documents', (select count(*) from reg.document d where d.agreement = g.id and d.tier <= v_level and d.scope = any (v_scopes)),
    'reports', (select count(*) from reg.report r where r.agreement = g.id and r.tier <= v_level and r.scope = any (v_scopes)),
    'sheets', (select count(*) from reg.entry e where e.agreement = g.id and e.tier <= v_level and e.scope = any (v_scopes)),
    'claims', cardinality(v_claims),
    'records', (select coalesce(jsonb_agg(jsonb_build_object('code', o.code, 'kind', o.kind, 'claims', t.n, 'alone', not exists (select 1 from reg.claim c
          where c.subject = any (array(select m.member from api._members(array[o.id]) m)) and c.id <> all (v_claims) and c.tier <= v_level and c.scope = any (v_scopes)
            and not exists (select 1 from reg.claim_end e where e.claim = c.id))) order by o.code), '[]')
      from (select api._heir(c.subject) as id, count(*) as n from reg.claim c where c.id = any (v_claims) group by 1) t join reg.subject o on o.id = t.id
        and o.tier <= v_level and o.scope = any (v_scopes)),
    'links', (select count(distinct l.person) from reg.link l join reg.link_run r on r.id = l.run and r.tier = v_level and r.state = 'done'
      where l.person = any (v_ids) or l.sites && v_ids),
    'left', (select coalesce(jsonb_agg(jsonb_build_object('disclosure', x.id, 'recipient', x.recipient, 'purpose', x.purpose, 'at', x.at, 'records', x.n) order by x.at, x.id), '[]')
      from (select d.id, d.recipient, d.purpose, to_char(d.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD') as at, count(distinct c.subject) as n
        from api._rested_on(v_claims) r join reg.disclosure d on d.id = r.disclosure join reg.claim c on c.id = r.claim group by 1, 2, 3, 4) x),
    'tasks', (select coalesce(jsonb_agg(jsonb_build_object('what', t.what, 'why', t.why, 'role', t.role, 'due', t.due) order by t.opened_at, t.id), '[]') from reg.task t
      where t.done_at is null and t.tier <= v_level and t.scope = any (v_scopes) and (t.data->>'agreement' = g.id::text or t.what = 'tell_recipient' and t.data->'disclosures'
        ?| array(select r.disclosure::text from api._rested_on(v_claims) r) or t.what = 'review_status' and api._uuid(t.data->>'claim') = any (v_claims))));
end $$;
comment on function api.agreement_downstream(uuid) is
  'Everything that rests on an agreement, of what the caller may see: batches, sources, sheets, reports, claims, records (alone: nobody else told of them), links, what left '
  'to whom, and the tasks that its end opened. Codes and counts, no content.';

-- What may be done with a record as a whole: what each of those who told of it permits, since the stricter holds. uses: what all permit;
-- stricter: whether somebody permits less than somebody else; told: how many sources of the caller's say which.
create function api.record_consent(p_code text) returns jsonb stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare s reg.subject; v jsonb;
begin
  perform api._need('source_handler', 'data_steward', 'investigator');
  select * into s from reg.subject x where x.code = api._as_code(left(p_code, 40));
  if s.id is null then perform api._missing(); end if;
  s := api._seen_subject(api._heir(s.id));
  with told as materialized (select distinct c.source from reg.claim c where c.subject = any (array(select m.member from api._members(array[s.id]) m))
      and c.scope = any (api.scopes()) and api._claim_tier(c.id, c.subject, c.tier) <= api.level() and not exists (select 1 from reg.claim_end e where e.claim = c.id)),
  said as materialized (select o.id, t.consent, api._legal_class(o.type, o.legal_class) as class, o.agreement is not null as agreed, api._shareable(o.id) as leaves,
      array(select u from unnest(t.permitted_uses) u where o.agreement is null or u = any ((api._standing_terms(o.agreement)).purposes) order by u) as uses
    from told join reg.source o on o.id = told.source cross join lateral api._terms_now(o.id) t)
  select jsonb_build_object('code', s.code, 'sources', count(*), 'leaves', coalesce(bool_and(leaves), false),
    'uses', (select coalesce(jsonb_agg(p.code order by p.rank), '[]') from vocab.permitted_use p where not exists (select 1 from said x where not p.code = any (x.uses)) and exists (select 1 from said)),
    'stricter', count(distinct uses) > 1 or count(distinct leaves) > 1,
    'told', (select coalesce(jsonb_agg(jsonb_build_object('consent', g.consent, 'class', g.class, 'agreed', g.agreed, 'uses', g.uses, 'sources', g.n) order by g.consent, g.class, g.uses), '[]')
      from (select consent, class, agreed, uses, count(*) as n from said group by 1, 2, 3, 4) g)) into v from said;
  return v;
end $$;
comment on function api.record_consent(text) is
  'What may be done with a record: the uses that all who told of it permit, whether one permits less than another (then the stricter holds), and what each kind of them said.';

-- What stands under no agreement: from before there were any, or since; individuals' own words, which need none, apart.
create function api.without_agreement() returns table(partner jsonb, before bigint, since bigint, individuals bigint)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward', 'source_handler', 'releaser', 'auditor');
  return query select p.names, count(*) filter (where b."row" is not null), count(*) filter (where b."row" is null and w.class <> 'individual'),
      count(*) filter (where b."row" is null and w.class = 'individual')
    from reg.source s join reg.partner p on p.id = s.partner left join reg.before_agreements b on b.tbl = 'source' and b."row" = s.id
    cross join lateral (select api._legal_class(s.type, s.legal_class) as class) w
    where s.agreement is null and s.tier <= api.level() and s.scope = any (api.scopes()) group by p.id, p.names order by count(*) desc, p.id;
end $$;
comment on function api.without_agreement() is 'For each partner how many sources stand under no agreement: from before agreements were kept, since, and of individuals who speak for themselves.';
reset role;
