"""Faces without claims: rows of the resolved record written as they would stand, for jobs that only read them."""
from pathlib import Path

from bench.ground import points

SQL = Path(__file__).with_name("sql")

__all__ = ["events", "sites"]


def sites(raw, n, *, seed=1):
    """n sites stand in face 1, each with one kind and an exact point; bench.bare holds them without rules."""
    spots(raw, n, seed, "SYS")
    raw.execute((SQL / "sites.sql").read_text())
    raw.execute("vacuum analyze bench.bare, reg.site, reg.site_kind, reg.subject")


def events(raw, n, *, seed=2, after=0):
    """n events of about n / 2 persons stand in face 2. after: so many codes are taken already."""
    spots(raw, n, seed, "SYP", after)
    raw.execute((SQL / "events.sql").read_text())
    raw.execute("vacuum analyze reg.person, reg.person_event, reg.subject")


def spots(raw, n, seed, prefix, after=0):
    """bench.spot(n, lon, lat) holds n points that lie as sites do, bench.face(n, id, code) a subject for each."""
    raw.execute("drop table if exists bench.spot, bench.face")
    raw.execute("create unlogged table bench.spot(n int primary key, lon float8, lat float8)")
    lon, lat = points(n, seed=seed)
    with raw.cursor().copy("copy bench.spot from stdin") as copy:
        copy.write("".join(f"{i}\t{x}\t{y}\n" for i, (x, y) in enumerate(zip(lon, lat, strict=True), 1)))
    raw.execute("create unlogged table bench.face as select n, reg.new_id() as id, bench.code(%s, n + %s) as code from bench.spot",
                [prefix, after])
    raw.execute("create unique index on bench.face(n)")
    raw.execute("analyze bench.spot, bench.face")
