-- Reading what came in: batches are shown to their operators and to auditors, rows to data stewards who may see them.
set role sr_reader;

create function api.batch_report(p_batch uuid default null, p_limit int default 100, p_after uuid default null) returns table(
  batch uuid, state text, profile text, profile_version text, encoding text, tier int, document uuid, sha256 text, original_name text,
  partner jsonb, terms text, permitted_uses text[], consent text, rows_in int, accepted int, flagged int, quarantined int, rejected int,
  totals jsonb, operator text, started_at timestamptz, ended_at timestamptz, revoked_at timestamptz, revoked_why text)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select b.id, b.state, b.profile, b.profile_version, b.encoding, b.tier::int, d.id, encode(d.sha256, 'hex'), d.original_name, p.names, b.terms,
    b.permitted_uses, b.consent, b.rows_in, b.accepted, b.flagged, b.quarantined, b.rejected, b.totals - 'origin', a.name, b.started_at, b.ended_at,
    b.revoked_at, b.revoked_why
  from reg.import_batch b join reg.document d on d.id = b.document join reg.account a on a.id = b.operator left join reg.partner p on p.id = b.partner
  where (b.operator = (select api.account()) or 'auditor' = any ((select api.roles())::text[])) and (p_batch is null or b.id = p_batch)
    and (p_after is null or (b.started_at, b.id) < (select l.started_at, l.id from reg.import_batch l where l.id = p_after
      and (l.operator = (select api.account()) or 'auditor' = any ((select api.roles())::text[]))))
  order by b.started_at desc, b.id desc limit least(greatest(p_limit, 1), 1000000) $$;
comment on function api.batch_report(uuid, int, uuid) is 'Batches, the newest first, for whoever ran them and for auditors: counts, file, terms; no content.';

create function api.batch_rows(p_batch uuid, p_outcomes text[] default null, p_limit int default 100, p_part text default '', p_row_no int default 0)
returns table(part text, row_no int, outcome text, problems jsonb, verbatim jsonb, sealed bool, subject uuid, code text, claims int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward');
  return query select r.part, r.row_no, r.outcome, case when w.told then r.problems else '[]' end, case when w.told then r.verbatim end,
      r.sealed is not null, s.id, s.code, cardinality(r.claims)
    from reg.import_row r join reg.import_batch b on b.id = r.batch left join reg.subject s on s.id = r.subject and s.tier <= (select api.level()) and s.scope = any ((select api.scopes())::int[])
    cross join lateral (select coalesce(s.exact_tier, 0) <= (select api.level()) or b.operator = (select api.account()) as told) w
    where r.batch = p_batch and r.tier <= (select api.level()) and r.scope = any ((select api.scopes())::int[]) and (r.subject is null or s.id is not null)
      and not api._is_silenced(api._uuid(b.totals->>'source'))
      and (p_outcomes is null or r.outcome = any (p_outcomes)) and (r.part, r.row_no) > (p_part, p_row_no)
    order by r.part, r.row_no limit least(greatest(p_limit, 1), 100000);
end $$;
comment on function api.batch_rows(uuid, text[], int, text, int) is 'What became of the rows of a batch, with their verbatim words unless those are sealed, or finer than what the caller is shown of the place.';
reset role;
