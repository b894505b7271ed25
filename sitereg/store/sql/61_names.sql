-- Names of persons: sealed words, opened one case at a time with a reason, and sought by keys. Whoever lacks the compartment names
-- is refused whatever the case. Volatile, so that no SQL login may ask: a name is never read without the log. Of a suspended case
-- only a source handler finds or opens the name.
set role sr_ident;
create function api._holds(p_compartment text) returns bool stable security definer set search_path = pg_catalog, public, pg_temp
language plpgsql as $$ begin return coalesce(p_compartment = any ((api._who()).compartments), false); end $$;
reset role;

set role sr_writer;

-- The search keys of the names that were said stand under the claims' own tier and scope.
create function api._key_names(p_said api._said[]) returns void set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  insert into reg.name_key(claim, person, tier, scope, key_strict, key_loose)
  select c.id, c.subject, c.tier, c.scope, api._key_strict(u.value->>'text'), k.loose
  from unnest(p_said) u join reg.claim c on c.id = u.id cross join lateral (select api._key_loose(u.value->>'text') as loose offset 0) k
  where u.predicate = 'person_name' and k.loose <> '';
  perform api._name_persons(array(select u.id from unnest(p_said) u where u.predicate = 'person_name'));
end $$;

create function api._forget_names(p_subject uuid) returns void security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  delete from reg.name_key k where k.person = p_subject;
end $$;

-- Refused unless the caller holds the compartment names and says what for.
create function api._may_name(p_reason text) returns void stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._actor();
  if coalesce(api.level(), 0) < 1 or not api._holds('names') then
    raise exception 'Names are for those who hold the compartment names' using errcode = 'SR403'; end if;
  if length(coalesce(trim(p_reason), '')) < 3 then perform api._bad('missing_required', 'reason', '', 'Say what the name is needed for'); end if;
  if length(p_reason) > 4000 then perform api._bad('too_long', 'reason', left(p_reason, 40), 'At most 4,000 letters'); end if;
end $$;

-- What a name was sought by, as the log keeps it: the same words give the same mark, and no mark gives the words.
create function api.name_mark(p_words text) returns text volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._actor();
  return left(replace(api._ref('00000000-0000-0000-0000-000000000000', md5(api._key_loose(p_words))::uuid)::text, '-', ''), 24);
end $$;
comment on function api.name_mark(text) is 'The keyed mark under which the read log keeps a search by name.';

create function api.person_named(p_words text, p_reason text, p_limit int default 1000) returns table(id uuid, code text, exact bool, score real)
volatile security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan language plpgsql as $$
#variable_conflict use_column
declare m record; v_strict text := api._key_strict(left(p_words, 200)); v_limit int := least(greatest(coalesce(p_limit, 1000), 0), 1001);
  v_refs uuid[]; v_scores real[]; v_told uuid[] := '{}'; v_done int := 0; v_next int;
begin
  perform api._may_name(p_reason);
  select * into m from api.me();
  if api._name_words(p_words) = '{}' then perform api._bad('missing_required', 'name', '', 'No letter of a name is left to search by'); end if;
  select array_agg(f.ref order by f.score desc, f.ref), array_agg(f.score order by f.score desc, f.ref) into v_refs, v_scores
  from api._found('person', m.level, m.scopes, p_words, false, 2000) f;
  -- the closest first, a hundred at a time with those as close as the last of them, until there are enough
  while v_done < coalesce(cardinality(v_refs), 0) and cardinality(v_told) < v_limit loop
    select max(i) into v_next from generate_subscripts(v_scores, 1) i where v_scores[i] >= v_scores[least(v_done + 100, cardinality(v_scores))];
    for id, code, exact, score in
      select p.id, p.code, bool_or(k.key_strict = v_strict), max(f.score) from unnest(v_refs[v_done + 1:v_next], v_scores[v_done + 1:v_next]) f(ref, score)
      join reg.name_key k on k.claim = f.ref
      join reg.subject s on s.id = k.person
      join reg.person p on p.id = case when s.merged_into is null then s.id else api._heir(s.id) end and p.face = m.level
        and p.tier <= m.level and p.scope = any (m.scopes) and (api._asked_for(p.case_state) or not 'partner' = any (m.roles))
        and (p.case_state <> 'suspended_security' or 'source_handler' = any (m.roles))
      where k.tier <= m.level and k.scope = any (m.scopes) and not api._is_silenced((select c.source from reg.claim c where c.id = k.claim))
        and not exists (select 1 from reg.claim_end e where e.claim = k.claim) and not p.id = any (v_told)
      group by p.id, p.code order by 3 desc, 4 desc, p.code
    loop
      exit when cardinality(v_told) >= v_limit;
      v_told := v_told || id;
      return next;
    end loop;
    v_done := v_next;
  end loop;
end $$;
comment on function api.person_named(text, text, int) is
  'Cases of the caller''s face of which a name is these words or sounds like them, in any order and in either script, the closest first; exact: '
  'letter by letter. For holders of the compartment names, with a reason. No name is answered. The caller logs it first (name_mark).';

create function api.person_names(p_code text, p_reason text) returns table(field text, text text, lang text, script text, verbatim text, recorded text,
  reliability text, credibility text)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
#variable_conflict use_column
declare v api._record; m record; n int; p reg.person;
begin
  perform api._may_name(p_reason);
  select * into m from api.me();
  v := api._record_of(p_code, 'person');
  select * into p from reg.person x where x.id = v.id and x.face = v.level;
  if p.id is null or (not api._asked_for(p.case_state) and 'partner' = any (m.roles)) then perform api._missing(); end if;
  if p.case_state = 'suspended_security' and not 'source_handler' = any (m.roles) then
    perform api._refuse('suspended', 'The case is suspended: its names are with the source handler.'); end if;
  insert into reg.read_log(actor, how, request, action, object, detail)
  values (api._actor(), api.how(), api.request(), 'person_names', v.id, jsonb_build_object('reason', p_reason));
  return query
  select c.predicate, coalesce(w.said->>'text', w.said->>'value'), w.said->>'lang', w.said->>'script', w.said->>'verbatim',
    to_char(c.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM'), c.reliability, c.credibility
  from reg.claim c cross join lateral (select api._unsealed(c.sealed)::jsonb as said offset 0) w
  where c.subject = any (v.members) and c.predicate in ('person_name', 'detainee_number') and c.sealed is not null and c.rumour_owner is null
    and coalesce((v.retiered->>c.id::text)::int, c.tier) <= m.level and c.scope = any (m.scopes) and w.said is not null
    and not exists (select 1 from reg.claim_end e where e.claim = c.id)
  order by c.predicate <> 'person_name', api._class(c.reliability, c.credibility), c.recorded_at, c.id;
end $$;
comment on function api.person_names(text, text) is
  'The names and numbers of one case in clear, for holders of the compartment names, with a reason; that they were opened stands in the read log '
  'with the answer, or there is no answer.';
reset role;
