"""Filling a registry with claims by the million: subjects, batches, decisions and claims as sets, indexes made at the end.

The rows are those that api.record_claims would have written, with the digests that the seal would have given them
(bench.claims15m.prove looks at a sample); neither triggers nor foreign keys are asked on the way.
"""
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from psycopg import sql

from bench.ground import points

SQL = Path(__file__).with_name("sql")
SAID = (SQL / "said.sql").read_text()
SITE_FIRST = ["name", "kind", "place", "external_id", "count", "name"]
SITE_MIX = (["name"] * 14 + ["kind"] * 14 + ["place"] * 12 + ["count"] * 12 + ["authority"] * 8 + ["note"] * 10 + ["relation"] * 5
            + ["external_id"] * 4 + ["current_use"] * 5 + ["activity"] * 4 + ["building"] * 3 + ["official_status"] * 3
            + ["remains_state"] * 2 + ["access_condition"] * 2 + ["address"] * 2)
PERSON_FIRST = ["event", "external_id", "age", "sex", "event"]
PERSON_MIX = ["event"] * 14 + ["age", "sex", "birth", "circumstance", "circumstance", "external_id", "companion", "fate_indication"]
AT_ONCE = 200_000
BATCHES, AUTHORITIES = 200, 300
AS_SEALED = "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set bytea_output = 'hex'; set extra_float_digits = 1"

__all__ = ["fill", "make_subjects"]


def make_subjects(raw, n, *, sites, per_site, per_person):
    """Subjects for exactly n claims: `sites` sites of very uneven weight, persons with the rest; answers (sites, persons).
    Without n there are no persons.

    One site in a hundred, such as a large prison, has about ten times as much said of it. Raises ValueError: n is too small.
    """
    raw.execute((SQL / "claims.sql").read_text())
    raw.execute("select setseed(0.25)")
    raw.execute("select bench.new_sites(%s, %s)", [sites, (per_site - 6) / 1.09])
    persons = 0
    if n is not None:
        left = n - raw.execute("select sum(claims) from bench.subject").fetchone()[0]
        if left < per_person:
            raise ValueError(f"{n} claims are too few for {sites} sites")
        persons = left // per_person
        raw.execute("select bench.new_persons(%s, %s, %s, %s)", [sites, persons, per_person, left - persons * per_person])
    lon, lat = points(sites + persons)
    raw.execute("create unlogged table bench.spot(n int primary key, lon float8, lat float8)")
    with raw.cursor().copy("copy bench.spot from stdin") as copy:
        copy.write("".join(f"{i}\t{x}\t{y}\n" for i, (x, y) in enumerate(zip(lon, lat, strict=True), 1)))
    raw.execute("update bench.subject s set lon = p.lon, lat = p.lat from bench.spot p where p.n = s.n")
    raw.execute("analyze bench.subject")
    return sites, persons


def fill(ground, *, workers=2, names=()):
    """The claims of all bench.subject stand in reg.claim with their digests, batches and decisions.

    names: how sites are called, four ways of writing each name in turn (language, text), a multiple of four; without them they are
    called by 24 words and a number.
    """
    with ground.dba() as raw:
        raw.execute("select bench.new_reference(%s, %s, %s, %s)", [BATCHES, AUTHORITIES, SITE_MIX, PERSON_MIX])
        if names:
            name_them(raw, names)
        indexes = without_indexes(raw)
        ranges = chunks(raw)
        given = drawn_from(raw) | {"named": len(names)}
    with ThreadPoolExecutor(workers) as many:
        list(many.map(lambda part: fill_part(ground, part, given), ranges))
    with ThreadPoolExecutor(workers) as many:
        list(many.map(lambda each: run(ground, each), indexes))
    with ground.dba() as raw:
        raw.execute("analyze reg.claim")
        raw.execute("select bench.new_decisions()")


def name_them(raw, names):
    """bench.value holds these names of sites in place of its own."""
    raw.execute("delete from bench.value where kind = 'site' and predicate = 'name'")
    with raw.cursor() as cursor:
        cursor.executemany("insert into bench.value select 'site', 'name', %s,"
                           " jsonb_build_object('lang', %s::text, 'script', %s::text, 'text', %s::text)",
                           [(at, lang, "Arab" if lang == "ar" else "Latn", text) for at, (lang, text) in enumerate(names)])
    raw.execute("analyze bench.value")


def run(ground, statement):
    with ground.dba() as raw:
        raw.execute("set maintenance_work_mem = '1GB'")
        raw.execute(statement)


def without_indexes(raw):
    """The indexes of reg.claim but its key are gone; answers the statements that make them again."""
    found = raw.execute("select indexname, indexdef from pg_indexes where schemaname = 'reg' and tablename = 'claim'"
                        " and indexname not in (select conname from pg_constraint)").fetchall()
    for name, _ in found:
        raw.execute(sql.SQL("drop index reg.{}").format(sql.Identifier(name)))
    return [statement for _, statement in found]


def chunks(raw):
    """Ranges of subjects of about AT_ONCE claims each."""
    return raw.execute("select min(n), max(n) from (select n, sum(claims) over (order by n) / %s as part from bench.subject) s"
                       " group by part order by 1", [AT_ONCE]).fetchall()


def drawn_from(raw):
    """What said.sql is given besides the range."""
    return {"sites": raw.execute("select count(*) from bench.subject where kind = 'site'").fetchone()[0],
            "batches": BATCHES, "authorities": AUTHORITIES, "by": raw.execute("select bench.worker()").fetchone()[0],
            "edition": raw.execute("select max(edition) from reg.admin_unit").fetchone()[0],
            "site_first": SITE_FIRST, "site_mix": SITE_MIX, "site_mixed": len(SITE_MIX),
            "person_first": PERSON_FIRST, "person_mix": PERSON_MIX, "person_mixed": len(PERSON_MIX)}


def fill_part(ground, part, given):
    """The claims of the subjects part[0] to part[1] stand in reg.claim."""
    with ground.dba() as raw:
        raw.execute(f"set session_replication_role = replica; set work_mem = '256MB'; {AS_SEALED}")
        raw.execute("select setseed(%s)", [part[0] % 1000 / 1000])
        with raw.transaction():
            raw.execute("create temp table said(like reg.claim) on commit drop")
            raw.execute("alter table said alter digest drop not null")
            raw.execute(SAID, {**given, "first": part[0], "last": part[1]})
            columns = [row[0] for row in raw.execute("select attname from pg_attribute where attrelid = 'reg.claim'::regclass"
                                                     " and attnum > 0 and not attisdropped order by attnum").fetchall()]
            names = sql.SQL(", ").join(map(sql.Identifier, columns[:-1]))
            raw.execute(sql.SQL("insert into reg.claim select {}, bench.seal('claim', s::text) from said s"
                                " order by s.id").format(names))
