-- Row-level security on every table of reg, vocab and vault: the backstop under every function.
-- sr_policed sees what the announced person may see; the owners of hot reads and writes bypass and carry the predicate.
-- Scope 0 is the empty set of compartments, which everybody cleared holds (the tier shuts out nobody's null): such rows, nearly
-- all of them, are passed without asking for the scopes, since each (select ...) asks anew who it is in every query.
do $$
declare t record; v_has_tier bool; v_has_face bool;
begin
  for t in select n.nspname, c.relname, format('%I.%I', n.nspname, c.relname) as sign, c.oid
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('reg', 'vocab', 'vault') and c.relkind in ('r', 'p')
  loop
    execute format('alter table %s enable row level security', t.sign);
    execute format('alter table %s force row level security', t.sign);
    select bool_or(attname = 'tier'), bool_or(attname = 'face') into v_has_tier, v_has_face
      from pg_attribute where attrelid = t.oid and not attisdropped;
    if t.nspname = 'vocab' or t.relname in ('transition', 'admin_unit', 'place', 'authority', 'compartment', 'setting') then
      execute format('create policy see on %s for select to sr_policed using ((select api.level()) is not null)', t.sign);
    elsif t.nspname = 'reg' and v_has_tier and t.relname not in ('clearance', 'clearance_request', 'link_run', 'link_touched', 'trip', 'package', 'notice', 'work', 'search_request') then
      execute format('create policy see on %s for select to sr_policed using (%s
        and (scope = 0 or scope = any ((select api.scopes())::int[])) %s)', t.sign,
        case when v_has_face and t.relname <> 'disclosure' then 'face = (select api.level()) and tier <= face'
             else 'tier <= (select api.level())' end,
        case when t.relname in ('claim', 'proposal', 'decision', 'gate') then 'and exists (select 1 from reg.subject s where s.id = subject)'
             when t.relname in ('visit', 'measure', 'disturbance') then 'and exists (select 1 from reg.subject s where s.id = site)'
             when t.relname = 'consent' then 'and (partner is not null or exists (select 1 from reg.source s where s.id = source))'
             when t.relname in ('name_key', 'telling') then 'and exists (select 1 from reg.subject s where s.id = person)'
             else '' end);
    end if;
  end loop;
end $$;
-- A claim that a restriction in force names is gone for those below the tier that it says; one that rests on withdrawn consent for all.
drop policy see on reg.claim;
create policy see on reg.claim for select to sr_policed using (tier <= (select api.level()) and scope = any ((select api.scopes())::int[])
  and source <> all ((select api._silenced())::uuid[]) and exists (select 1 from reg.subject s where s.id = subject)
  and not exists (select 1 from reg.decision d where d.subject = claim.subject and d.machine = 'tier' and d.to_state = 'restricted'
    and (d.value->>'tier')::int > (select api.level()) and d.value->'claims' ? claim.id::text
    and not exists (select 1 from reg.decision n where n.subject = d.subject and n.machine = d.machine and n.aspect = d.aspect and n.seq > d.seq)));
create policy see on reg.claim_end for select to sr_policed using (exists (select 1 from reg.claim c where c.id = claim));
create policy see on reg.source_grade for select to sr_policed using (exists (select 1 from reg.source s where s.id = source));
create policy see on reg.custody_event for select to sr_policed using (exists (select 1 from reg.document d where d.id = document));
create policy see on reg.proposal_end for select to sr_policed using (exists (select 1 from reg.proposal p where p.id = proposal));
create policy see on reg.approval for select to sr_policed using (exists (select 1 from reg.proposal p where p.id = proposal));
create policy see on reg.disturbance_end for select to sr_policed using (exists (select 1 from reg.disturbance d where d.id = disturbance));
create policy see on reg.row_settlement for select to sr_policed using (exists (select 1 from reg.import_row r
  where r.batch = row_settlement.batch and r.part = row_settlement.part and r.row_no = row_settlement.row_no));
create policy see on reg.report_step for select to sr_policed using (exists (select 1 from reg.report r where r.id = report));
create policy see on reg.inquiry_step for select to sr_policed using (exists (select 1 from reg.inquiry i where i.id = inquiry));
create policy see on reg.document_page for select to sr_policed using (exists (select 1 from reg.document d where d.id = document)
  and exists (select 1 from reg.document d where d.id = image));
create policy see on reg.document_shows for select to sr_policed using (exists (select 1 from reg.document d where d.id = document));
create policy see on reg.document_look for select to sr_policed using (exists (select 1 from reg.document d where d.id = document));
create policy see on reg.document_camera for select to sr_policed using ((select api.level()) >= 2 and exists (select 1 from reg.document d where d.id = document));
create policy see on reg.page_region for select to sr_policed using (exists (select 1 from reg.document_page p where p.id = page));
create policy see on reg.transcription for select to sr_policed using (exists (select 1 from reg.page_region r where r.id = region));
-- A redaction is seen with the document that it is of, the original: its boxes and words tell what is in it.
create policy see on reg.redaction for select to sr_policed using (exists (select 1 from reg.document d where d.id = document));
create policy see on reg.redaction_mark for select to sr_policed using (exists (select 1 from reg.redaction r where r.id = redaction));
create policy see on reg.redaction_mark_end for select to sr_policed using (exists (select 1 from reg.redaction_mark m where m.id = mark));
create policy see on reg.redaction_step for select to sr_policed using (exists (select 1 from reg.redaction r where r.id = redaction));
-- A raster is seen with its document. What was observed at a site: by whoever is shown its exact place and every raster that it rests on.
create policy see on reg.raster for select to sr_policed using (exists (select 1 from reg.document d where d.id = document));
create policy see on reg.observation for select to sr_policed using (
  exists (select 1 from reg.subject s where s.id = site and s.exact_tier <= (select api.level()))
  and exists (select 1 from reg.raster r where r.id = raster) and (before is null or exists (select 1 from reg.raster r where r.id = before)));
create policy see on reg.freezing_ask for select to sr_policed using (exists (select 1 from reg.freezing f where f.id = freezing));
create policy see on reg.freezing_ask_end for select to sr_policed using (exists (select 1 from reg.freezing_ask a where a.id = ask));
create policy see on reg.freezing_lift for select to sr_policed using (exists (select 1 from reg.freezing f where f.id = freezing));
-- A run of lines of inquiry is for exactly the clearance of its tier; a link besides for whoever sees the case.
create policy see on reg.link_run for select to sr_policed using (tier = (select api.level()));
create policy see on reg.link for select to sr_policed using (exists (select 1 from reg.link_run u where u.id = run)
  and exists (select 1 from reg.person p where p.id = person));
create policy see on reg.link_part for select to sr_policed using (exists (select 1 from reg.link_run u where u.id = run));
create policy see on reg.account for select to sr_policed using (id = (select api.account()) or (select api.roles()) && array['admin', 'auditor']);
create policy see on reg.clearance for select to sr_policed using (account = (select api.account()) or (select api.roles()) && array['admin', 'auditor']);
create policy see on reg.personal_token for select to sr_policed using (account = (select api.account()) or (select api.roles()) && array['admin', 'auditor']);
create policy see on reg.clearance_request for select to sr_policed using ((select api.roles()) && array['admin', 'auditor']);
create policy see on reg.job for select to sr_policed using (owner = (select api.account()) or (select api.roles()) && array['auditor']);
create policy see on reg.draft for select to sr_policed using (owner = (select api.account()));
create policy see on reg.map_view for select to sr_policed using (owner = (select api.account())
  or shared and at_least <= (select api.level()) and not (select api.roles()) && array['partner']);
create policy see on reg.work for select to sr_policed using (tier <= (select api.level()) and scope = any ((select api.scopes())::int[])
  and (site is null or exists (select 1 from reg.subject s where s.id = site)) and (recorded_by = (select api.account()) or (select api.roles()) && array['data_steward', 'source_handler']));
create policy see on reg.work_end for select to sr_policed using (exists (select 1 from reg.work w where w.id = work));
create policy see on reg.submission for select to sr_policed using (owner = (select api.account()) or (select api.roles()) && array['source_handler']);
create policy see on reg.door_tally for select to sr_policed using (owner = (select api.account()));
create policy see on reg.watch for select to sr_policed using (owner = (select api.account()));
create policy see on reg.sending for select to sr_policed using (owner = (select api.account()));
create policy see on reg.device_seed for select to sr_policed using (account = (select api.account()));
create policy see on reg.trip for select to sr_policed using ((select api.account()) in (traveller, colleague));
create policy see on reg.audit_event for select to sr_policed using ((select api.roles()) && array['auditor']);
create policy see on reg.checkpoint for select to sr_policed using ((select api.roles()) && array['auditor']);
create policy see on reg.read_root for select to sr_policed using ((select api.roles()) && array['auditor']);
create policy see on reg.read_log for select to sr_policed using ((select api.roles()) && array['auditor']);
create policy see on reg.disclosure for select to sr_policed using (recorded_by = (select api.account()) or (select api.roles()) && array['auditor', 'releaser']);
-- A package is its asker's, the releasers' and the auditors'; a notice that of who sees its package.
create policy see on reg.package for select to sr_policed using (tier <= (select api.level()) and scope = any ((select api.scopes())::int[])
  and (recorded_by = (select api.account()) or (select api.roles()) && array['releaser', 'auditor']));
create policy see on reg.package_step for select to sr_policed using (exists (select 1 from reg.package p where p.id = package));
create policy see on reg.package_subject for select to sr_policed using (exists (select 1 from reg.package p where p.id = package));
create policy see on reg.notice for select to sr_policed using (exists (select 1 from reg.package p where p.id = package));
create policy see on reg.notice_step for select to sr_policed using (exists (select 1 from reg.notice n where n.id = notice));
create policy see on reg.statistic_step for select to sr_policed using (exists (select 1 from reg.statistic s where s.id = statistic));
create policy see on reg.gate_step for select to sr_policed using (exists (select 1 from reg.gate g where g.id = gate));
create policy see on reg.telling_step for select to sr_policed using (exists (select 1 from reg.telling t where t.id = telling));
-- Requests are the source handlers'; the stage is everybody's who works here. What a family wishes is its own and theirs.
create policy see on reg.search_request for select to sr_policed using (tier <= (select api.level()) and scope = any ((select api.scopes())::int[])
  and (select api.roles()) && array['source_handler'] and exists (select 1 from reg.source s where s.id = source));
create policy see on reg.request_step for select to sr_policed using (exists (select 1 from reg.search_request r where r.id = request));
create policy see on reg.family_access for select to sr_policed using (account = (select api.account()) or exists (select 1 from reg.search_request r where r.id = request));
create policy see on reg.family_wish for select to sr_policed using (exists (select 1 from reg.search_request r where r.id = request));
create policy see on reg.stage for select to sr_policed using ((select api.level()) is not null);
create policy see on reg.stage_step for select to sr_policed using ((select api.level()) is not null);
-- A partner is known by what came from him: one from whom all is hidden is hidden too.
create policy see on reg.partner for select to sr_policed using ((select api.level()) >= 1 and (exists (select 1 from reg.source s where s.partner = partner.id)
  or exists (select 1 from reg.document d where d.partner = partner.id) or exists (select 1 from reg.import_batch b where b.partner = partner.id)));
create policy see on reg.agreement_version for select to sr_policed using (exists (select 1 from reg.agreement a where a.id = agreement));
create policy see on reg.agreement_approval for select to sr_policed using (exists (select 1 from reg.agreement_version v where v.id = version));
create policy see on reg.agreement_end for select to sr_policed using (exists (select 1 from reg.agreement_version v where v.id = version));
create policy see on reg.before_agreements for select to sr_policed using (tbl = 'source' and exists (select 1 from reg.source s where s.id = before_agreements."row"));

-- Append-only rows: sealed on the way in, frozen afterwards.
do $$
declare t record;
begin
  for t in select c.relname, format('%I.%I', n.nspname, c.relname) as sign,
                  exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'digest') as sealed,
                  case when exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'scope') then '_scoped' else '' end as kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('reg', 'vault') and c.relkind = 'r'
      and (c.relname in ('audit_event', 'read_log', 'checkpoint', 'import_row')
           or exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'digest'))
  loop
    if t.sealed then execute format('create trigger a_seal before insert on %s for each row execute function api._seal%s()', t.sign, t.kind); end if;
    execute format('create trigger b_frozen before update or delete on %s for each row execute function api._frozen%s()', t.sign, t.kind);
    execute format('create trigger c_frozen before truncate on %s for each statement execute function api._frozen()', t.sign);
  end loop;
end $$;
