-- Pages of scans: images alone, each a document of its own whose bytes go to those who see it and are logged; regions of a page
-- with what is written there, word for word and sealed; what a picture shows, said before it is shown.
set role sr_writer;

-- Whether all that is cited of a document, of that whose page it is or of which it is a copy, rests on withdrawn consent.
create function api._silenced_document(p_id uuid) returns bool stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v uuid[] := api._silenced(); v_all uuid[];
begin
  if exists (select 1 from reg.agreement_approval) and exists (select 1 from reg.document d where d.id = p_id and d.agreement = any (api._over())) then return true; end if;
  if v = '{}' then return false; end if;
  v_all := array(select p_id union select p.document from reg.document_page p where p.image = p_id union select d.derived_from from reg.document d where d.id = p_id
    union select o.derived_from from reg.document d join reg.document o on o.id = d.derived_from where d.id = p_id);
  return exists (select 1 from reg.claim c where c.document = any (v_all) and c.source = any (v))
    and not exists (select 1 from reg.claim c where c.document = any (v_all) and c.source <> all (v) and not exists (select 1 from reg.claim_end e where e.claim = c.id));
end $$;

-- The document as the caller may see it, or the same "not found" as for one that does not exist. Partners see none.
create function api._seen_document(p_id uuid) returns reg.document set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.document;
begin
  select * into v from reg.document d where d.id = p_id and d.tier <= coalesce(api.level(), -1) and d.scope = any (coalesce(api.scopes(), '{}'));
  if not found or api._silenced_document(p_id) and not 'source_handler' = any (api.roles()) or api._taken_back(p_id) then perform api._missing(); end if;
  return v;
end $$;

create function api.add_page(p_document uuid, p_n int, p_image uuid, p_width int, p_height int) returns uuid
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v uuid := reg.new_id(); v_by uuid; v_image reg.document;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  perform api._seen_document(p_document);
  v_image := api._seen_document(p_image);
  if v_image.media_type not in ('image/png', 'image/jpeg') then
    perform api._bad('bad_value', 'image', v_image.media_type, 'A page is an image, PNG or JPEG'); end if;
  if not coalesce(p_n between 1 and 10000 and p_width between 1 and 100000 and p_height between 1 and 100000, false) then
    perform api._bad('bad_number', 'n', p_n::text, 'A page has a number from 1 and a size in pixels'); end if;
  select p.id into v from reg.document_page p where p.document = p_document and p.n = p_n and p.image = p_image;
  if found then return v; end if;
  v := reg.new_id();
  if exists (select 1 from reg.document_page p where p.document = p_document and p.n = p_n) then
    perform api._bad('bad_number', 'n', p_n::text, 'This document has such a page already'); end if;
  insert into reg.document_page(id, document, n, image, width, height, recorded_by, event, digest)
  values (v, p_document, p_n, p_image, p_width, p_height, v_by, v_event, '');
  perform api._close_event(v_event, 'add_page', p_document, p_n::text);
  return v;
end $$;
comment on function api.add_page(uuid, int, uuid, int, int) is 'The document has this page: an image, itself a document (or the document itself), in pixels; the same again changes nothing.';

create function api.describe_document(p_document uuid, p_graphic bool, p_shows text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  perform api._seen_document(p_document);
  if coalesce(trim(p_shows), '') = '' then perform api._bad('missing_required', 'shows', '', 'Say in words what it shows'); end if;
  insert into reg.document_shows(id, document, graphic, shows, recorded_by, event, digest)
  values (reg.new_id(), p_document, coalesce(p_graphic, false), left(trim(p_shows), 2000), v_by, v_event, '');
  perform api._close_event(v_event, 'describe_document', p_document, '');
end $$;
comment on function api.describe_document(uuid, bool, text) is 'It is said in words what a document shows, and whether that is graphic: then nobody sees it unasked.';

create function api._page_of(p_document uuid, p_n int) returns reg.document_page set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v reg.document_page;
begin
  perform api._seen_document(p_document);
  select * into v from reg.document_page p where p.document = p_document and p.n = p_n;
  if not found then perform api._missing(); end if;
  perform api._seen_document(v.image);
  return v;
end $$;

create function api.open_page(p_document uuid, p_n int, out sha256 text, out media_type text)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid := api._actor(); v reg.document_page := api._page_of(p_document, p_n);
begin
  select encode(d.sha256, 'hex'), d.media_type into sha256, media_type from reg.document d where d.id = v.image;
  if api.level() < 2 and api._held_back(p_document) then
    perform api._refuse('redaction', 'Until somebody has looked whether living people can be told from it, its pictures are shown to whoever sees exact places.'); end if;
  perform api.log_read('document_page', p_document, jsonb_build_object('page', p_n));
  perform api._custody(v.image, 'opened', 'page ' || p_n, v_by, v_event);
  perform api._close_event(v_event, 'open_page', p_document, p_n::text);
end $$;
comment on function api.open_page(uuid, int) is 'The page is about to be shown: the read stands in the log and in the chain of custody; answers where its bytes lie and what they are.';

create function api.draw_region(p_document uuid, p_n int, p_x float8, p_y float8, p_width float8, p_height float8, out region uuid, out n int)
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v reg.document_page;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  v := api._page_of(p_document, p_n);
  if not coalesce(p_x >= 0 and p_y >= 0 and p_width > 0 and p_height > 0 and p_x + p_width <= 1.000001 and p_y + p_height <= 1.000001, false) then
    perform api._bad('bad_number', 'region', concat_ws(', ', p_x, p_y, p_width, p_height), 'A region lies within its page: left, top, width and height as parts of it'); end if;
  perform pg_advisory_xact_lock(hashtextextended('page:' || v.id, 0));
  region := reg.new_id();
  select coalesce(max(r.n), 0) + 1 into draw_region.n from reg.page_region r where r.page = v.id;
  insert into reg.page_region(id, page, n, x, y, width, height, recorded_by, event, digest)
  values (region, v.id, draw_region.n, p_x, p_y, least(p_width, 1 - p_x), least(p_height, 1 - p_y), v_by, v_event, '');
  perform api._close_event(v_event, 'draw_region', p_document, format('page %s, region %s', p_n, draw_region.n));
end $$;
comment on function api.draw_region(uuid, int, float8, float8, float8, float8) is
  'A region stands on a page (left, top, width, height as parts of the page) under the next number; a claim cites it as "page N, region M".';

create function api.transcribe(p_region uuid, p_text text, p_language text) returns void
volatile security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare v_event uuid := reg.new_id(); v_by uuid; v_page reg.document_page; v_document reg.document;
begin
  v_by := api._need('investigator', 'analyst', 'data_steward', 'protection_officer', 'source_handler');
  select p.* into v_page from reg.page_region r join reg.document_page p on p.id = r.page where r.id = p_region;
  if not found then perform api._missing(); end if;
  v_document := api._seen_document(v_page.document);
  if coalesce(trim(p_text), '') = '' then perform api._bad('missing_required', 'text', '', 'Write down what stands there, word for word'); end if;
  if coalesce(p_language, '') !~ '^[a-z]{2,3}$' then perform api._bad('bad_value', 'language', p_language, 'A language is a code such as ar, en, ku'); end if;
  insert into reg.transcription(id, region, sealed, language, recorded_by, event, digest)
  values (reg.new_id(), p_region, api._sealed(v_document.id, 'transcription', p_text, v_document.tier, v_document.scope, v_event), p_language, v_by, v_event, '');
  perform api._close_event(v_event, 'transcribe', v_document.id, '');
end $$;
comment on function api.transcribe(uuid, text, text) is 'What stands in a region is written down, word for word, sealed, with its language; an earlier transcription stays readable.';

create function api._regions_of(p_page uuid, p_document uuid, p_n int) returns jsonb stable set search_path = pg_catalog, public, pg_temp language plpgsql as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'n', r.n, 'x', r.x, 'y', r.y, 'width', r.width, 'height', r.height,
      'locator', format('page %s, region %s', p_n, r.n), 'drawn_by', a.display,
      'claims', (select count(*) from reg.claim c where c.document = p_document and c.locator = format('page %s, region %s', p_n, r.n)
        and not exists (select 1 from reg.claim_end e where e.claim = c.id) and c.scope = any ((select api.scopes())::int[])
        and api._claim_tier(c.id, c.subject, c.tier) <= api.level()
        and exists (select 1 from reg.subject s where s.id = c.subject and s.tier <= api.level() and s.scope = any ((select api.scopes())::int[]))),
      'transcriptions', (select coalesce(jsonb_agg(jsonb_build_object('text', api._unsealed(t.sealed), 'language', t.language, 'by', w.display,
          'at', to_char(t.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD')) order by t.recorded_at desc, t.id), '[]')
        from reg.transcription t join reg.account w on w.id = t.recorded_by where t.region = r.id)) order by r.n), '[]')
    from reg.page_region r join reg.account a on a.id = r.recorded_by where r.page = p_page);
end $$;

create function api.document_view(p_document uuid, p_n int default 1) returns jsonb
stable security definer set search_path = pg_catalog, public, pg_temp language plpgsql as $$
declare d reg.document := api._seen_document(p_document); p reg.document_page; v_shows reg.document_shows; v_look reg.document_look;
begin
  select * into p from reg.document_page x where x.document = d.id and x.n = p_n;
  if not found and p_n <> 1 then perform api._missing(); end if;
  select * into v_shows from reg.document_shows s where s.document = d.id order by s.recorded_at desc, s.id desc limit 1;
  v_look := api._look_at(d.id);
  return jsonb_build_object('id', d.id, 'name', d.original_name, 'media_type', d.media_type, 'role', d.role, 'size', d.size, 'tier', d.tier,
    'sha256', encode(d.sha256, 'hex'), 'partner', (select x.names from reg.partner x where x.id = d.partner), 'terms', d.terms, 'permitted_uses', d.permitted_uses,
    'consent', d.consent, 'graphic', coalesce(v_shows.graphic, false), 'shows', v_shows.shows,
    'living', coalesce(v_look.living, 'not_looked'), 'held', api._held_back(d.id), 'preview', not api._held_back(d.id) or api.level() >= 2,
    'imagery', coalesce(v_look.imagery, false), 'scene', v_look.scene, 'acquired', v_look.acquired::text, 'date_unknown', api._date_unknown(d.id),
    'camera', api._camera_of(coalesce(p.image, d.id)),
    'derived_from', (select jsonb_build_object('id', o.id, 'name', o.original_name) from reg.document o where o.id = d.derived_from
      and o.tier <= api.level() and o.scope = any ((select api.scopes())::int[])),
    'copies', (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'name', c.original_name, 'role', c.role, 'retracted', api._copy_retracted(c.id)) order by c.recorded_at), '[]')
      from reg.document c where c.derived_from = d.id and not exists (select 1 from reg.document_page x where x.document = d.id and x.image = c.id) and c.tier <= api.level() and c.scope = any ((select api.scopes())::int[])),
    'retracted', api._copy_retracted(d.id), 'replaced', api._replaced(d.id),
    'pages', (select count(*) from reg.document_page x where x.document = d.id),
    'page', case when p.id is not null then jsonb_build_object('n', p.n, 'width', p.width, 'height', p.height, 'regions', api._regions_of(p.id, d.id, p.n)) end,
    'custody', (select coalesce(jsonb_agg(jsonb_build_object('n', c.n, 'kind', c.kind, 'at', to_char(c.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'))
      order by c.n), '[]') from (select * from api._custody_of(d.id) x order by x.n desc limit 20) c));
end $$;
comment on function api.document_view(uuid, int) is
  'One document with one of its pages: what it shows in words and whether that is graphic, whether it is held back for the living people in it, '
  'scene and days of an image, for T2 where a photograph was taken from, regions with their transcriptions, copies, terms, the '
  'latest twenty steps of custody. Its bytes: open_page.';

-- p_held: only those that are held back until somebody has looked for living people in them.
create function api.document_list(p_limit int default 100, p_after uuid default null, p_held bool default false) returns table(id uuid, name text,
  media_type text, role text, pages bigint, regions bigint, graphic bool, recorded text, held bool, date_unknown bool)
stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off language sql as $$
  select d.id, d.original_name, d.media_type, d.role, (select count(*) from reg.document_page p where p.document = d.id),
    (select count(*) from reg.document_page p join reg.page_region r on r.page = p.id where p.document = d.id),
    coalesce((select s.graphic from reg.document_shows s where s.document = d.id order by s.recorded_at desc, s.id desc limit 1), false),
    to_char(d.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD'), api._held_back(d.id), api._date_unknown(d.id)
  -- what has neither pages nor sound is left out first: what is asked of each document is dearer
  from (select x.* from reg.document x where x.tier <= (select api.level()) and x.scope = any ((select api.scopes())::int[]) and (p_after is null or x.id > p_after)
    and (x.media_type like 'audio/%' or exists (select 1 from reg.document_page p where p.document = x.id)) order by x.id offset 0) d
  where not api._silenced_document(d.id) and not api._taken_back(d.id) and (not p_held or api._held_back(d.id))
  order by d.id limit least(greatest(coalesce(p_limit, 100), 0), 1000000) $$;
comment on function api.document_list(int, uuid, bool) is
  'The scans and sounds that the caller may see, by id, with how many pages and regions they have; held: only those in which nobody has looked for living people yet, or that show some.';

create function api.site_documents(p_code text, p_limit int default 20) returns table(document uuid, name text, media_type text, role text, sha256 text,
  claims int, fields text[], custody jsonb, of_all int)
stable security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off language plpgsql as $$
#variable_conflict use_column
declare v api._record := api._record_of(p_code, 'site');
begin
  return query
  with said as (select (s.c).document as document, (s.c).predicate as predicate, (s.c).id as claim from api._claims_of(v) s
    join reg.source o on o.id = (s.c).source and (v.handler or o.type <> 'testimony_insider') where (s.c).document is not null),
  held as (select c.document, count(*)::int as claims, array_agg(distinct c.predicate order by c.predicate) as fields from said c group by 1),
  -- by id, so that what it costs hangs on what the caller sees alone: of all documents none is asked whether it rests on consent
  seen as materialized (select h.claims as claims, h.fields as fields, (d.d).* from held h cross join lateral (select x as d from reg.document x where x.id = h.document
    and x.tier <= v.level and x.scope = any (v.scopes) offset 0) d)
  select d.id, d.original_name, d.media_type, d.role, encode(d.sha256, 'hex'), d.claims, d.fields,
    (select jsonb_agg(jsonb_build_object('n', x.n, 'kind', x.kind, 'at', to_char(x.recorded_at at time zone 'Asia/Damascus', 'YYYY-MM-DD')) order by x.n)
     from (select * from api._custody_of(d.id) y order by y.n desc limit 10) x), (count(*) over ())::int
  from seen d where v.handler or not api._silenced_document(d.id)
  order by d.claims desc, d.id limit least(greatest(coalesce(p_limit, 20), 0), 200);
end $$;
comment on function api.site_documents(text, int) is
  'The documents on which the live claims of a site rest that the caller sees, those of most claims first: which of its fields, and the latest ten steps of '
  'custody. Of an insider''s accounts handlers alone are told the document. of_all: how many there are. Not visible: not found.';
reset role;
