-- Runs and their links as a reader is shown them: those of exactly his tier, of persons and sites that he sees.
set role sr_reader;

-- The bars of a site were written with the sum of weights of that day; the load of all sites rises together where others' links are confirmed or
-- taken back (`lift`), and what each place of the person gives (`near`: which part of a site's nearness each has) grows where sites are new, gone or
-- elsewhere (`gain`). The bars of neighbours and companions hang on all: `gone` is how much further the logarithm of the sum has grown; a rest is what
-- they leave to every site (exp of the bar where nobody was).
create function api._link_of(p_question text, r api._link_reader) returns table(run uuid, person uuid, code text, rank int, site uuid, site_code text,
  total float8, parts float8[], p float8, unlisted float8, half int, most int, leans bool, stale bool, version text, cutoff timestamptz)
stable set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
begin
  return query
  select u.id, p.id, p.code, (row_number() over (partition by l.run, l.person order by n.i))::int, s.id, s.code, t.total,
    array[o.space, o.parts[2], o.load] || o.parts[4:7] || c.cohort || d.companion || o.parts[10:],
    (1 - l.unlisted) * exp(t.total - w.whole[l.slot]), l.unlisted, w.half[l.slot]::int, w.most[l.slot]::int, w.leans[l.slot],
    u.stale_since is not null or exists (select 1 from reg.link_touched t where t.tier = u.tier and t.person is null), u.version, u.cutoff
  from reg.link_run u join reg.link l on l.run = u.id join reg.link_part w on w.run = l.run and w.n = l.part
  join reg.person p on p.id = l.person and p.face = (r).level and p.tier <= (r).level and p.scope = any ((r).scopes)
    and api._link_askable(p_question, p.case_state, r)
  cross join lateral generate_subscripts(l.sites, 1) n(i)
  join reg.site s on s.id = l.sites[n.i] and s.face = (r).level and s.tier <= (r).level and s.scope = any ((r).scopes)
  cross join lateral (select ln(1 + l.near[n.i * 3 - 2] * (w.gain[l.slot][1] - 1) + l.near[n.i * 3 - 1] * (w.gain[l.slot][2] - 1)
    + l.near[n.i * 3] * (w.gain[l.slot][3] - 1)) as risen offset 0) g
  cross join lateral (select l.parts[(n.i - 1) * 10 + 1:n.i * 10] as parts, l.parts[(n.i - 1) * 10 + 1] + g.risen as space,
    l.parts[(n.i - 1) * 10 + 3] + w.lift[l.slot] as load, w.whole[l.slot] - w.lift[l.slot] - g.risen - l.whole as gone offset 0) o
  cross join lateral (select case o.gone when 0 then o.parts[8] else ln(l.cohort_rest + (exp(o.parts[8]) - l.cohort_rest) * exp(o.gone)) end as cohort
    offset 0) c
  cross join lateral (select case o.gone when 0 then o.parts[9]
    else ln(l.companion_rest + (exp(o.parts[9]) - l.companion_rest) * exp(o.gone + o.parts[8] - c.cohort)) end as companion offset 0) d
  cross join lateral (select o.space + o.parts[2] + o.load + o.parts[4] + o.parts[5] + o.parts[6] + o.parts[7] + c.cohort + d.companion + o.parts[10] as total
    offset 0) t
  where u.question = p_question and u.tier = (r).level and u.state = 'done';
end $$;

create function api._link_reason(p_question text, p_reason text) returns void immutable language plpgsql as $$
begin
  perform api._link_question(p_question);
  if p_question = 'buried' and coalesce(trim(p_reason), '') = '' then
    perform api._bad('missing_required', 'reason', '', 'The question of burial is asked with a reason'); end if;
end $$;

create function api.link_runs() returns table(id uuid, question text, tier int, version text, cutoff timestamptz, filter jsonb, top int, state text,
  persons int, done int, counts jsonb, asked_by text, began_at timestamptz, ended_at timestamptz, stale_since timestamptz, moved bool)
stable security definer set search_path = pg_catalog, public, pg_temp language sql as $$
  select u.id, u.question, u.tier::int, u.version, u.cutoff, u.filter->'asked', u.top, u.state, u.persons, u.done, u.counts, a.display, u.began_at, u.ended_at,
    u.stale_since, u.state <> 'replaced' and exists (select 1 from reg.link_touched t where t.tier = u.tier)
  from (select * from api._link_me()) r join reg.link_run u on u.tier = (r).level and not (r).partner join reg.account a on a.id = u.asked_by
  order by u.began_at desc, u.id $$;
comment on function api.link_runs() is
  'Runs of lines of inquiry of the caller''s own tier, the newest first; moved: something changed that the keeper has not looked at yet. Not for partners.';

create function api.link_frame(p_question text, p_reason text default null, p_persons text[] default null, p_sites text[] default null)
returns table(person text, site text, rank int, total float8, space float8, "time" float8, load float8, authority float8, person_fit float8, mention float8,
  transfer float8, cohort float8, companion float8, moved float8, p float8, unlisted float8, half int, most int, leans bool, review text, stale bool,
  version text, cutoff timestamptz, is_line_of_inquiry bool)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan language plpgsql as $$
#variable_conflict use_column
declare r api._link_reader := api._link_me();
begin
  perform api._link_reason(p_question, p_reason);
  return query
  select l.code, l.site_code, l.rank, l.total, l.parts[1], l.parts[2], l.parts[3], l.parts[4], l.parts[5], l.parts[6], l.parts[7], l.parts[8], l.parts[9],
    l.parts[10], l.p, l.unlisted, l.half, l.most, l.leans, coalesce(v.state, 'unreviewed'), l.stale, l.version, l.cutoff, true
  from api._link_of(p_question, r) l left join api._link_reviews(r, p_question) v on v.person = l.person and v.site = l.site
  where (p_persons is null or l.code = any (p_persons)) and (p_sites is null or l.site_code = any (p_sites))
  order by l.code, l.rank;
end $$;
comment on function api.link_frame(text, text, text[], text[]) is
  'Every stored line of inquiry of a question (held, buried: with a reason) that the caller is shown, without names: the bars in nats, whose sum is total; '
  'p and unlisted sum to at most 1 over the sites of a person; half, most: how many sites hold the truth with 50 and 90 %.';

-- Every review that the reader may know of, of the person and the site that stand for what it was made of: the newest of each tier.
create function api._link_settled(r api._link_reader, p_question text) returns table(person uuid, site uuid, tier int, decision reg.decision)
stable language sql as $$
  select distinct on (h.person, h.site, d.aspect_tier) h.person, h.site, d.aspect_tier::int, d.made
  from (select e as made, split_part(e.aspect, ':', 3) as aspect_tier from reg.decision e where e.machine = 'link_review'
    and e.aspect like p_question || ':%' and e.tier <= (r).level and e.scope = any ((r).scopes)) d
  cross join lateral (select api._heir((d.made).subject) as person, api._heir(api._uuid(split_part((d.made).aspect, ':', 2))) as site offset 0) h
  order by h.person, h.site, d.aspect_tier, (d.made).recorded_at desc, (d.made).seq desc $$;

-- What was settled last about a person and a site, for this question, as far as the reader may know it.
create function api._link_reviews(r api._link_reader, p_question text) returns table(person uuid, site uuid, state text, at timestamptz)
stable language sql as $$
  select distinct on (l.person, l.site) l.person, l.site, nullif((l.decision).to_state, ''), (l.decision).recorded_at
  from api._link_settled(r, p_question) l order by l.person, l.site, (l.decision).recorded_at desc, (l.decision).seq desc $$;
reset role;

set role sr_writer;
create function api.link_ask(p_question text, p_persons jsonb, p_top int, p_reason text default null, p_scheduler text default null)
returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_filter text;
begin
  perform api._need('investigator', 'analyst', 'data_steward');
  perform api._link_reason(p_question, p_reason);
  if coalesce(api.level(), 0) < 1 then perform api._refuse('tier', 'Lines of inquiry are of tier 1 or 2.'); end if;
  if p_top is null or p_top not between 1 and 100 then perform api._bad('bad_value', 'top', coalesce(p_top::text, ''), 'Between 1 and 100 sites are kept'); end if;
  if p_question = 'buried' then perform api.log_read('link_buried', null, jsonb_build_object('about', 'run', 'reason', p_reason)); end if;
  return api.job_enqueue('link_run', jsonb_build_object('question', p_question, 'persons', coalesce(p_persons, '{}'), 'top', p_top, 'reason', p_reason,
    'scheduler', p_scheduler));
end $$;
comment on function api.link_ask(text, jsonb, int, text, text) is 'A run of lines of inquiry of the caller''s tier waits for the keeper; the id of its job.';

create function api.link_may_run(p_question text, p_reason text default null) returns int
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  perform api._need('investigator', 'analyst', 'data_steward');
  perform api._link_reason(p_question, p_reason);
  return api.level();
end $$;
comment on function api.link_may_run(text, text) is 'The tier whose lines of inquiry the caller may have computed: his own.';
reset role;
