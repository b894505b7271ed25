"""Verifying and mending the resolved records; whatever the session's settings; whoever else writes at the same time."""
import threading

import pytest

from sitereg import errors
from sitereg.store import cluster
from tests.resolving import a_site, claim, differences, kind, numbered, place, resolve, site_faces, subject

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.db


@pytest.fixture
def raw(settings):
    with psycopg.connect(cluster.dsn(settings, settings.superuser)) as connection:
        yield connection
        connection.rollback()


def test_verify_names_rows_that_do_not_follow_and_resolving_again_mends_them(raw):
    site = a_site(raw, 1, kind("court"), place(36.1, 33.1))
    person = subject(raw, 2, kind="person")
    claim(raw, person, 21, {"says": "event", "value": {"kind": "held_at"}, "site": 1})
    resolve(raw, person)
    assert differences(raw) == []
    raw.execute("update reg.site set verification = 'confirmed' where id = %s and face = 1", [site])
    raw.execute("update reg.site_kind set verification = 'confirmed' where site = %s and face = 0", [site])
    raw.execute("delete from reg.site where id = %s and face = 2", [site])
    raw.execute("update reg.person_event set shown = st_translate(shown, 1, 0) where person = %s and face = 0", [person])
    merged = a_site(raw, 3)
    raw.execute("update reg.subject set merged_into = %s where id = %s", [site, merged])
    found = {(str(row[0]), row[1], row[2], row[3].split()[0]) for row in differences(raw)}
    assert found == {(site, 0, "site", "differs"), (site, 1, "site", "differs"), (site, 2, "site", "is"), (person, 0, "person", "differs"),
                     (person, 2, "person", "differs"), *((merged, face, "site", "should") for face in (0, 1, 2))}
    resolve(raw, site, person, merged)
    assert differences(raw) == []


def test_another_time_zone_or_date_style_finds_no_difference(raw):
    site = a_site(raw, 1, kind("court", began="[2011-01-01,2012-01-01)", ended="[2013-05-01,)"), {"says": "access_condition", "code": "open", "at": "[2024-01-02,2024-01-03)"})
    raw.execute("set local timezone = 'Pacific/Auckland'")
    raw.execute("set local datestyle = 'German, DMY'")
    raw.execute("set local extra_float_digits = 0")
    assert differences(raw, site) == []


def test_only_an_auditor_or_admin_resolves_all_again(registry):
    with registry.as_("auditor"):
        assert registry.value("resolve_again") == 0
    with pytest.raises(errors.Denied):
        registry.value("resolve_again")


def test_two_who_write_about_one_site_at_once_lose_nothing(committed):
    site = numbered(1)
    with psycopg.connect(cluster.dsn(committed, committed.superuser)) as one, psycopg.connect(cluster.dsn(committed, committed.superuser)) as two:
        subject(one, 1)
        one.commit()
        claim(one, site, 11, kind("court"))
        claim(two, site, 12, kind("archive"))
        resolve(one, site)
        later = threading.Thread(target=resolve, args=(two, site))
        later.start()
        later.join(0.5)
        assert later.is_alive(), "the second waits for the first"
        one.commit()
        later.join(20)
        two.commit()
        assert site_faces(one, site)[0]["kinds"] == ["archive", "court"]
        assert differences(one) == []
