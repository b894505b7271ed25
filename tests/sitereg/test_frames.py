"""A frame holds exactly what COPY sent: every type, nulls, infinities, any chunking; and of the registry only the caller's face."""
import struct
from datetime import date

import numpy
import pandas
import pytest
import shapely

from sitereg import events, frames, sites
from sitereg.errors import BadInput
from tests import given
from tests.sitereg import analysing

COLUMNS = """n % 2 = 0 as flag, n::int2 as small, n::int as whole, n::bigint * 10000000000 as large, n / 4.0::float4 as half,
    n / 8.0::float8 as real, 'text ' || n as words, case n % 3 when 0 then 'female' when 1 then 'male' end as sex,
    case when n % 2 = 0 then 'c' || n % 5 end as shown_as, date '2000-01-01' + n as day,
    timestamptz '2026-03-01 10:00+02' + n * interval '1 s' as moment, md5(n::text)::uuid as id, jsonb_build_object('n', n) as held,
    array['a' || n, null, 'ب'] as list,
    case n % 4 when 0 then st_asbinary(st_makepoint(n, 1.5)) when 1 then st_asbinary(st_makeenvelope(0, 0, n, n))
         when 2 then st_asbinary('linestring(0 0, 1 1)'::geometry) end as geometry"""
TERMS = {"sex": "sex", "shown_as": None}


@pytest.fixture
def ask(settings):
    """The frame of any query, by way of COPY, and a cursor of the plain rows."""
    with analysing.dba(settings) as connection:
        def answer(query):
            cursor = connection.execute(query)
            columns = [(column.name, column.type_code) for column in cursor.description]
            with connection.cursor().copy(f"copy ({query}) to stdout (format binary)") as copy:
                return frames.read(columns, copy, terms=TERMS), cursor
        yield answer


@pytest.mark.db
@pytest.mark.parametrize("at_once", [3, 512, 16_384])
def test_every_type_arrives_as_it_was(ask, monkeypatch, at_once):
    monkeypatch.setattr(frames, "AT_ONCE", at_once)
    table, cursor = ask(f"select {COLUMNS} from generate_series(0, 1300) n")
    rows = cursor.fetchall()
    assert len(table) == len(rows) == 1301
    for n in (0, 1, 2, 3, 511, 512, 1024, 1300):
        flag, small, whole, large, half, real, words, sex, shown, day, moment, made, held, listed, shape = rows[n]
        row = table.iloc[n]
        assert (row["flag"], row["small"], row["whole"], row["large"]) == (flag, small, whole, large)
        assert (row["half"], row["real"], row["words"]) == (half, real, words)
        assert [None if pandas.isna(row[c]) else row[c] for c in ("sex", "shown_as")] == [sex, shown]
        assert row["day"].date() == day and row["moment"] == moment and row["id"] == str(made)
        assert row["held"] == f'{{"n": {n}}}' and held == {"n": n} and row["list"] == listed
        assert row["geometry"] is None if shape is None else row["geometry"] == shapely.from_wkb(bytes(shape))
    kinds = table.dtypes.astype(str).to_dict()
    assert kinds["day"] == "datetime64[s]" and kinds["words"] == "str" and kinds["flag"] == "boolean" and kinds["whole"] == "Int32"
    assert list(table["sex"].cat.categories) == ["female", "male", "another_or_intersex", "unknown"]
    assert table["geometry"].iloc[2] is table["geometry"].iloc[6]  # equal shapes are made once


@pytest.mark.db
def test_nulls_infinities_and_nothing(ask):
    table, _ = ask("select null::bool as flag, null::int as whole, null::float8 as real, null::text as words, null::text as sex,"
                   " d as day, null::uuid as id, null::timestamptz as moment, null::text[] as list, null::bytea as geometry"
                   " from unnest(array['infinity', '-infinity', null, '0044-03-15 BC']::date[]) d")
    assert table.drop(columns="day").isna().all().all()
    days = table["day"]
    assert days[0] == pandas.Timestamp("9999-12-31") and days[1].year == 1 and pandas.isna(days[2])
    assert days.to_numpy()[3] == numpy.datetime64("-0043-03-15")
    empty, _ = ask(f"select {COLUMNS} from generate_series(1, 0) n")
    assert len(empty) == 0 and empty["sex"].cat.categories[0] == "female" and empty.dtypes["day"].kind == "M"


def test_what_is_no_such_copy_is_refused():
    with pytest.raises(BadInput, match="no copy"):
        frames.read([("n", 23)], [b"not a copy at all, whatever it is"])
    head = frames.SIGNATURE + bytes(8)
    with pytest.raises(BadInput, match="columns that were announced"):
        frames.read([("n", 23)], [head + struct.pack(">hiiii", 2, 4, 7, 4, 8), frames.TRAILER])
    with pytest.raises(BadInput, match="numeric_thing"):
        frames.read([("numeric_thing", 1700)], [head + frames.TRAILER])
    assert frames.read([("n", 23)], [head + struct.pack(">hii", 1, 4, 7), frames.TRAILER])["n"].tolist() == [7]


@pytest.mark.db
def test_a_frame_is_the_callers_face_and_the_read_is_logged(committed):
    source = analysing.sources(committed)["B"]
    with analysing.as_(committed, "worker")() as session:
        given.site(session, given.kind("mass_grave"), given.place(36.2, 33.5), exact_tier=2, source=source)
        given.site(session, given.kind("prison_central"), given.place(36.3, 33.5), tier=2, source=source)
        analysing.person(session, analysing.event("arrested", lon=36.25, lat=33.55, at="[2013-03-01,2013-04-01)"), source=source)
    seen = {}
    for name in ("worker", "analyst1", "viewer"):
        with analysing.as_(committed, name, "reading")() as session:
            seen[name] = sites.frame(session), events.frame(session)
    found, happened = seen["worker"]
    assert found.crs == "EPSG:4326" and sorted(found["shown_as"]) == ["exact", "exact"] and happened["shown_as"].tolist() == ["exact"]
    assert happened.geometry[0].equals(shapely.Point(36.25, 33.55)) and happened["at_latest"][0].date() == date(2013, 3, 31)
    coarse, events1 = seen["analyst1"]
    assert coarse["shown_as"].tolist() == ["cell_1km"] and coarse["code"].iloc[0] in set(found["code"])
    assert events1["shown_as"].tolist() == ["cell_10km"] and events1.geometry[0].area > 0.005
    assert [len(frame) for frame in seen["viewer"]] == [0, 0]
    with analysing.dba(committed) as raw:
        logged = raw.execute("select a.name, l.detail->>'of' from reg.read_log l join reg.account a on a.id = l.actor order by l.id").fetchall()
    assert logged == [(name, of) for name in seen for of in ("site_frame", "event_frame")]


@pytest.mark.db
def test_the_outline_of_a_unit_is_sent_once_and_stands_in_every_row(committed):
    source = analysing.sources(committed)["B"]
    with analysing.as_(committed, "worker")() as session:
        for pcode in ("SY01", "SY010000", "SY010000", "SY"):
            given.site(session, given.kind("court"), {"predicate": "place", "pcode": pcode}, source=source)
            analysing.person(session, analysing.event("arrested", pcode=pcode), analysing.event("resident_at"), source=source)
    for room, table, kept in ((sites, "site", "true"), (events, "person_event", "shown_as <> 'none'")):
        with analysing.as_(committed, "worker", "reading")() as session:
            frame = room.frame(session)
            plain = session.rows(f"{table.removeprefix('person_')}_frame")
        with analysing.dba(committed) as raw:
            wanted = dict(raw.execute(f"select id::text, st_astext(shown) from reg.{table} where face = 2 and {kept}"))
        assert len(wanted) == 4 and all(row["geometry"] is None for row in plain)
        got = {row["id"]: row["geometry"] for row in frame.to_dict("records") if row["geometry"] is not None}
        assert got.keys() == wanted.keys() and all(got[n].equals(shapely.from_wkt(wanted[n])) for n in wanted)
        assert len({id(shape) for shape in got.values()}) == 3


@pytest.mark.db
def test_a_script_opens_the_registry_as_the_account_of_its_os_user(committed, monkeypatch):
    import sitereg

    analysing.bind(committed)
    monkeypatch.setattr("sitereg.settings.Settings.from_env", classmethod(lambda cls: committed))
    with sitereg.reading(as_="worker") as session:
        assert session.one("self")["name"] == "worker" and len(sitereg.events.frame(session)) == 0
        with pytest.raises(sitereg.errors.SiteregError):
            session.call("log_read", action="x")
    with pytest.raises(sitereg.errors.Denied), sitereg.reading(as_="analyst1"):
        pass


def test_the_public_face_is_pinned():
    import sitereg

    assert sitereg.__all__ == [
        "acting", "reading", "sites", "persons", "events", "joins", "inside", "links", "exports", "sharing", "claims", "decisions",
        "protection", "sources", "documents", "places", "search", "duplicates", "imports", "reports", "entering", "maps", "tables", "vocab", "errors"]
    assert set(sitereg.__all__) <= set(dir(sitereg)) and all(getattr(sitereg, name) for name in sitereg.__all__)
    with pytest.raises(AttributeError):
        sitereg.nothing_of_that_name
