"""Filling a registry with claims by the million: subjects, batches, decisions and claims as sets, indexes made at the end."""
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from psycopg import sql

from bench.ground import points

RULES = Path(__file__).with_name("claims_fill.sql")
SITE_FIRST = ["name", "kind", "place", "external_id", "count", "name"]
SITE_MIX = (["name"] * 14 + ["kind"] * 14 + ["place"] * 12 + ["count"] * 12 + ["authority"] * 8 + ["note"] * 10 + ["relation"] * 5
            + ["external_id"] * 4 + ["current_use"] * 5 + ["activity"] * 4 + ["building"] * 3 + ["official_status"] * 3
            + ["remains_state"] * 2 + ["access_condition"] * 2 + ["address"] * 2)
PERSON_FIRST = ["event", "external_id", "age", "sex", "event"]
PERSON_MIX = ["event"] * 14 + ["age", "sex", "birth", "circumstance", "circumstance", "external_id", "companion", "fate_indication"]
AT_ONCE = 400_000
BY = "(select a.id from reg.account a where a.name = 'bench.worker')"

__all__ = ["fill", "make_subjects"]


def make_subjects(raw, n, *, sites, per_site, per_person):
    """Subjects for exactly n claims: `sites` sites of very uneven weight, persons with the rest; answers (sites, persons)."""
    raw.execute(RULES.read_text())
    raw.execute("select setseed(0.25)")
    raw.execute(  # one site in a hundred, such as a large prison, has ten times as much said of it
        "insert into bench.subject select i, bench.v7(1700000000000 + i, 'site' || i), 'site',"
        " case when i %% 7 = 0 then 2 when i %% 6 = 0 then 0 else 1 end,"
        " 6 + floor(-ln(1 - random()) * %s * case when i %% 100 = 0 then 10 else 1 end)::int from generate_series(1, %s) i",
        [(per_site - 6) / 1.09, sites])
    left = n - raw.execute("select sum(claims) from bench.subject").fetchone()[0]
    if left < per_person:
        raise ValueError(f"{n} claims are too few for {sites} sites")
    persons = left // per_person
    raw.execute(
        "insert into bench.subject select %s + i, bench.v7(1700100000000 + i, 'person' || i), 'person', 1 + (i %% 9 = 0)::int,"
        " %s + case when i = %s then %s else 0 end from generate_series(1, %s) i",
        [sites, per_person, persons, left - persons * per_person, persons])
    lon, lat = points(sites + persons)
    raw.execute("create unlogged table bench.spot(n int primary key, lon float8, lat float8)")
    with raw.cursor().copy("copy bench.spot from stdin") as copy:
        copy.write("".join(f"{i}\t{x}\t{y}\n" for i, (x, y) in enumerate(zip(lon, lat, strict=True), 1)))
    raw.execute("update bench.subject s set lon = p.lon, lat = p.lat from bench.spot p where p.n = s.n")
    raw.execute("analyze bench.subject")
    return sites, persons


def fill(ground, *, workers=2):
    """The claims of all bench.subject stand in reg.claim with their digests, batches and decisions; answers seconds by step."""
    with ground.dba() as raw:
        batches, authorities = 200, 300
        reference(raw, batches, authorities)
        raw.execute("set session_replication_role = replica")
        raw.execute(
            "insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by)"
            " select s.id, s.kind, bench.code(case s.kind when 'site' then 'SYS' else 'SYP' end, s.n), s.tier, 0,"
            f" case s.kind when 'site' then greatest(s.tier, s.n %% 3) else 2 end, {BY} from bench.subject s".replace("%%", "%"))
        indexes = without_indexes(raw)
        sites = raw.execute("select count(*) from bench.subject where kind = 'site'").fetchone()[0]
        ranges = chunks(raw)
    with ThreadPoolExecutor(workers) as many:
        list(many.map(lambda part: fill_part(ground, part, sites, batches, authorities), ranges))
    with ThreadPoolExecutor(workers) as many:
        list(many.map(lambda each: run(ground, each), indexes))
    with ground.dba() as raw:
        decisions(raw)


def run(ground, statement):
    with ground.dba() as raw:
        raw.execute("set maintenance_work_mem = '1GB'")
        raw.execute(statement)


def reference(raw, batches, authorities):
    """A partner, a document and so many batches and authorities."""
    raw.execute(
        "with p as (insert into reg.partner(id, names) values (reg.new_id(), '{\"en\": \"Benchmark\"}') returning id),"
        f" d as (insert into reg.document(id, sha256, size, media_type, original_name, role, how, tier, scope, partner, recorded_by, event, digest)"
        f" select reg.new_id(), sha256('bench'), 1, 'text/csv', 'bench.csv', 'evidentiary', 'benchmark', 1, 0, p.id, {BY}, p.id, '' from p returning id),"
        " b as (insert into bench.batch select i, reg.new_id() from generate_series(1, %s) i returning id)"
        " insert into reg.import_batch(id, document, profile, profile_version, tier, scope, state, rows_in, accepted, flagged, quarantined, rejected, operator)"
        f" select b.id, d.id, 'bench', '1', 1, 0, 'done', 0, 0, 0, 0, 0, {BY} from b, d", [batches])
    for kind, mix in (("site", SITE_MIX), ("person", PERSON_MIX)):
        raw.execute(
            "insert into bench.value select %s, p, v, bench." + kind + "_value(p, v, case when p = 'kind' and v < 8 then 0 else random() end,"
            " random(), random()) from (select distinct unnest(%s::text[]) as p) p, generate_series(0, 999) v", [kind, mix])
    raw.execute("analyze bench.value, bench.source, bench.batch")
    raw.execute("insert into bench.authority select i, reg.new_id() from generate_series(1, %s) i", [authorities])
    raw.execute("insert into reg.authority(id, names, key, kind) select a.id, jsonb_build_object('en', 'Authority ' || a.n),"
                " 'authority ' || a.n, 'intelligence_service' from bench.authority a")


def without_indexes(raw):
    """The indexes of reg.claim but its key are gone; answers the statements that make them again."""
    found = raw.execute("select indexname, indexdef from pg_indexes where schemaname = 'reg' and tablename = 'claim'"
                        " and indexname not in (select conname from pg_constraint)").fetchall()
    for name, _ in found:
        raw.execute(sql.SQL("drop index reg.{}").format(sql.Identifier(name)))
    return [statement for _, statement in found]


def chunks(raw):
    """Ranges of subjects of about AT_ONCE claims each."""
    return raw.execute(
        "select min(n), max(n) from (select n, sum(claims) over (order by n) / %s as part from bench.subject) s group by part order by 1",
        [AT_ONCE]).fetchall()


def fill_part(ground, part, sites, batches, authorities):
    """The claims of the subjects first to last stand in reg.claim."""
    with ground.dba() as raw, raw.transaction():
        raw.execute("set local session_replication_role = replica")
        raw.execute("set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; set local bytea_output = 'hex'; set local extra_float_digits = 1")
        raw.execute("set local work_mem = '256MB'; select setseed(%s)" % (part[0] % 1000 / 1000))
        raw.execute("create temp table said(like reg.claim) on commit drop")
        raw.execute("alter table said alter digest drop not null")
        given = {"first": part[0], "last": part[1], "sites": sites, "batches": batches, "authorities": authorities,
                 "site_first": SITE_FIRST, "site_mix": SITE_MIX, "site_mixed": len(SITE_MIX), "person_first": PERSON_FIRST,
                 "person_mix": PERSON_MIX, "person_mixed": len(PERSON_MIX),
                 "edition": raw.execute("select max(edition) from reg.admin_unit").fetchone()[0], "by": raw.execute(f"select {BY}").fetchone()[0]}
        raw.execute(SAID, given)
        columns = [row[0] for row in raw.execute("select attname from pg_attribute where attrelid = 'reg.claim'::regclass and attnum > 0"
                                                 " and not attisdropped order by attnum").fetchall()]
        raw.execute(sql.SQL("insert into reg.claim select {}, bench.seal('claim', s::text) from said s order by s.id").format(
            sql.SQL(", ").join(map(sql.Identifier, columns[:-1]))))


SAID = """
  insert into said(id, subject, predicate, item, value, object, geom, uncertainty_m, place_kind, method, pcode, edition, at, began, ended,
    source, origin, reliability, credibility, first_hand, locator, tier, scope, batch, part, row_no, recorded_at, recorded_by, event)
  with dice as materialized (
    select s.n, s.id as subject, s.kind, s.tier, s.lon, s.lat, k, 1700200000000 + s.n::bigint * 97000 + k as ms,
      random() as a, random() as b, random() as c, random() as d, random() as e
    from bench.subject s cross join lateral generate_series(1, s.claims) k where s.n between %(first)s and %(last)s),
  what as materialized (
    select x.*, case kind when 'site' then coalesce((%(site_first)s::text[])[k], (%(site_mix)s::text[])[1 + floor(d * %(site_mixed)s)::int])
        else coalesce((%(person_first)s::text[])[k], (%(person_mix)s::text[])[1 + floor(d * %(person_mixed)s)::int]) end as predicate,
      bench.v7(ms, 'claim' || n || '-' || k) as id from dice x),
  told as materialized (
    select w.*, case when predicate = 'event' then bench.v7(ms - k, 'item' || n || '-' || (k + floor(a * 2)::int) %% 4) else id end as item,
      case when predicate in ('relation', 'event') then 1 + floor(power(c, 3) * (%(sites)s - 1))::int
           when predicate = 'companion' then case n when %(sites)s + 1 then n + 1 else n - 1 end end as other,
      predicate = 'place' and (k = 3 or d < 0.95) or predicate = 'event' and a < 0.6 as placed from what w)
  select w.id, w.subject, w.predicate, w.item,
    case w.predicate when 'external_id' then jsonb_build_object('scheme', 'bench_list_' || floor(a * 30)::int, 'value', w.n || '-' || w.k)
      when 'event' then v.value || case when e < 0.08 then jsonb_build_object('site', o.id) else '{}' end else v.value end,
    case w.predicate when 'authority' then u.id when 'relation' then o.id when 'companion' then o.id end,
    case when w.placed then st_setsrid(st_makepoint(w.lon + (b - 0.5) * 0.02, w.lat + (c - 0.5) * 0.02), 4326) end,
    case when w.placed then (array[15, 60, 250, 900, 3000])[1 + floor(a * 5)::int] end,
    case when w.placed then case when a < 0.2 then 'exact' else 'approximate' end when w.predicate = 'place' then 'admin_unit' end,
    case when w.placed then 'source_coordinates' when w.predicate = 'place' then 'admin_unit' end,
    case when w.predicate = 'place' and not w.placed then 'SY' || lpad((1 + w.n %% 14)::text, 2, '0') end,
    case when w.predicate = 'place' and not w.placed then %(edition)s::text end,
    case when w.predicate in ('count', 'event', 'age', 'birth', 'access_condition', 'activity') then bench.day('2011-03-01', b, 1 + floor(c * 60)::int) end,
    case when w.predicate in ('kind', 'authority') and b < 0.5 then bench.day('1990-01-01', c, 90) end,
    case when w.predicate in ('kind', 'authority') and b < 0.3 then bench.day('2012-01-01', c, 300) end,
    s.id, s.origin, s.reliability, (1 + floor(e * 6))::int::text, c < 0.4, 'row ' || (w.n * 7 + w.k),
    greatest(w.tier, case when d > 0.9 then 2 when w.kind = 'person' then 1 else 0 end), 0, t.id, '', w.n * 7 + w.k,
    to_timestamp(ms / 1000.0), %(by)s::uuid, t.id
  from told w
  join bench.source s on s.n = 1 + floor(b * 400)::int
  join bench.batch t on t.n = 1 + (w.n / 40) %% %(batches)s
  left join bench.value v on v.kind = w.kind and v.predicate = w.predicate
    and v.v = case when w.predicate = 'kind' and a < 0.85 then w.n %% 8 else floor(d * 7919000)::int %% 1000 end
  left join bench.subject o on o.n = w.other
  left join bench.authority u on w.predicate = 'authority' and u.n = 1 + floor(b * %(authorities)s)::int
"""


def decisions(raw):
    """The levels that an import gives (reported, suspected), protection statuses and case states, sealed like any other."""
    raw.execute("set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set bytea_output = 'hex'; set session_replication_role = origin")
    event = raw.execute("select reg.new_id()").fetchone()[0]
    columns = "id, subject, machine, aspect, seq, from_state, to_state, reason, basis, proposed_by, how, tier, scope, recorded_by, event, digest"
    kinds = ("(select distinct on (c.subject, c.value->>'code') c.subject, c.value->>'code' as code, c.id, s.tier from reg.claim c"
             " join reg.subject s on s.id = c.subject where c.predicate = 'kind' and c.tier <= s.tier) k")
    raw.execute(f"insert into reg.decision({columns}) select reg.new_id(), k.subject, 'verification', k.code, 1, '', 'reported',"
                f" 'First claim of this kind', array[k.id], {BY}, 'import', k.tier, 0, {BY}, %s, '' from {kinds}", [event])
    raw.execute(f"insert into reg.decision({columns}) select reg.new_id(), d.subject, d.machine, d.aspect, 2, 'reported', 'suspected',"
                f" 'A graded source and a place with its uncertainty', d.basis, {BY}, 'import', d.tier, 0, {BY}, %s, ''"
                " from reg.decision d where d.machine = 'verification' and hashtext(d.subject::text) %% 3 > 0", [event])
    raw.execute(f"insert into reg.decision({columns}) select reg.new_id(), s.id, 'protection', '', 1, 'unassessed', 'unprotected',"
                f" 'Seen from the road', '{{}}', {BY}, 'person', s.tier, 0, {BY}, %s, '' from reg.subject s where s.kind = 'site'"
                " and hashtext(s.code) %% 4 = 0", [event])
