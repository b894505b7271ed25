-- Reading what came in: batches are shown to their operators and to auditors, rows to data stewards who may see them.
set role sr_reader;

create function api.batch_report(p_batch uuid default null, p_limit int default 100, p_after uuid default null) returns table(
  batch uuid, state text, profile text, profile_version text, encoding text, tier int, document uuid, sha256 text, original_name text,
  partner jsonb, terms text, permitted_uses text[], consent text, rows_in int, accepted int, flagged int, quarantined int, rejected int,
  totals jsonb, operator text, started_at timestamptz, ended_at timestamptz, revoked_at timestamptz, revoked_why text)
stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off language sql as $$
  select b.id, b.state, b.profile, b.profile_version, b.encoding, b.tier::int, d.id, encode(d.sha256, 'hex'), d.original_name, p.names, b.terms,
    b.permitted_uses, b.consent, b.rows_in, b.accepted, b.flagged, b.quarantined, b.rejected, b.totals - array['origin', 'profile_text'], a.name, b.started_at, b.ended_at,
    b.revoked_at, b.revoked_why
  from reg.import_batch b join reg.document d on d.id = b.document join reg.account a on a.id = b.operator left join reg.partner p on p.id = b.partner
  where b.operator = any ((select api._whose('auditor'))::uuid[]) and (p_batch is null or b.id = p_batch)
    and (p_after is null or (b.started_at, b.id) < (select l.started_at, l.id from reg.import_batch l where l.id = p_after
      and l.operator = any ((select api._whose('auditor'))::uuid[])))
  order by b.started_at desc, b.id desc limit least(greatest(p_limit, 1), 1000000) $$;
comment on function api.batch_report(uuid, int, uuid) is 'Batches, the newest first, for whoever ran them and for auditors: counts, file, terms; no content.';

-- What a person did about a row that was held back: the last act that stands; a correction stands as long as its batch does.
create function api._settled(p_batch uuid, p_part text, p_row_no int) returns reg.row_settlement stable
set search_path = pg_catalog, public, pg_temp language sql as $$
  select s.* from reg.row_settlement s left join reg.import_batch b on b.id = s.by_batch
  where s.batch = p_batch and s.part = p_part and s.row_no = p_row_no and (b.id is null or b.state <> 'revoked')
  order by s.recorded_at desc, s.id desc limit 1 $$;

-- p_code, p_field: only rows with that problem (in that field). p_open: only those that nobody settled yet.
create function api.batch_rows(p_batch uuid, p_outcomes text[] default null, p_limit int default 100, p_part text default '', p_row_no int default 0,
  p_code text default null, p_field text default null, p_open bool default false)
returns table(part text, row_no int, outcome text, problems jsonb, verbatim jsonb, sealed bool, subject uuid, code text, claims int,
  fingerprint text, settled jsonb)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward');
  return query select r.part, r.row_no, r.outcome, case when w.told then r.problems else '[]' end, case when w.told then r.verbatim end,
      r.sealed is not null, s.id, s.code, cardinality(r.claims), encode(r.fingerprint, 'hex'),
      case when x.id is not null then jsonb_build_object('act', x.act, 'reason', x.reason, 'by', a.display, 'at', x.recorded_at, 'batch', x.by_batch) end
    from reg.import_row r join reg.import_batch b on b.id = r.batch left join reg.subject s on s.id = r.subject and s.tier <= (select api.level()) and s.scope = any ((select api.scopes())::int[])
    cross join lateral (select coalesce(s.exact_tier, 0) <= (select api.level()) or b.operator = (select api.account()) as told) w
    left join lateral api._settled(r.batch, r.part, r.row_no) x on r.outcome in ('quarantined', 'rejected') left join reg.account a on a.id = x.recorded_by
    where r.batch = p_batch and r.tier <= (select api.level()) and r.scope = any ((select api.scopes())::int[]) and (r.subject is null or s.id is not null)
      and not api._is_silenced(api._uuid(b.totals->>'source'))
      and (p_outcomes is null or r.outcome = any (p_outcomes)) and (r.part, r.row_no) > (p_part, p_row_no)
      and (p_code is null or w.told and r.problems @> jsonb_build_array(jsonb_strip_nulls(jsonb_build_object('code', p_code, 'field', p_field))))
      and (not p_open or x.id is null)
    order by r.part, r.row_no limit least(greatest(p_limit, 1), 100000);
end $$;
comment on function api.batch_rows(uuid, text[], int, text, int, text, text, bool) is
  'What became of the rows of a batch and who settled what was held back, with their verbatim words unless those are sealed, or finer than what the caller is shown of the place.';

create function api.batch_problems(p_batch uuid) returns table(outcome text, code text, field text, rows int, open int)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward');
  return query select r.outcome, p.value->>'code', p.value->>'field', count(distinct (r.part, r.row_no))::int,
      count(distinct (r.part, r.row_no)) filter (where r.outcome in ('quarantined', 'rejected') and r.settled is null)::int
    from api.batch_rows(p_batch, p_limit => 100000) r cross join lateral jsonb_array_elements(r.problems) p
    group by 1, 2, 3 order by 4 desc, 1, 2, 3;
end $$;
comment on function api.batch_problems(uuid) is 'Of each problem in a batch: how many rows have it, and how many of those still wait for a person.';

create function api.batch_profile(p_batch uuid) returns text
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v text;
begin
  perform api._need('data_steward');
  select coalesce(b.totals->>'profile_text', '') into v from reg.import_batch b where b.id = p_batch and b.tier <= api.level() and b.scope = any (api.scopes())
     and not api._is_silenced(api._uuid(b.totals->>'source'));
  if not found then perform api._missing(); end if;
  return nullif(v, '');
end $$;
comment on function api.batch_profile(uuid) is 'The text of the profile by which a batch was read; null for one from before texts were kept.';

create function api.profiles_used() returns table(profile text, version text, text text, used_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward');
  return query select distinct on (b.profile) b.profile, b.profile_version, b.totals->>'profile_text', b.started_at from reg.import_batch b
    where b.state = 'done' and b.totals ? 'profile_text' and not api._is_silenced(api._uuid(b.totals->>'source')) and b.tier <= (select api.level()) and b.scope = any ((select api.scopes())::int[])
    order by b.profile, b.started_at desc;
end $$;
comment on function api.profiles_used() is 'The profiles of batches that the caller may see, each as it was last used.';

create function api.batches_of_file(p_sha256 text) returns table(batch uuid, profile text, version text, started_at timestamptz)
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
begin
  perform api._need('data_steward');
  return query select b.id, b.profile, b.profile_version, b.started_at from reg.import_batch b join reg.document d on d.id = b.document
    where d.sha256 = decode(p_sha256, 'hex') and b.state = 'done' and b.tier <= (select api.level()) and b.scope = any ((select api.scopes())::int[])
    order by b.started_at desc;
end $$;
comment on function api.batches_of_file(text) is 'The batches, not revoked, that the caller may see and that took in exactly these bytes.';
reset role;
