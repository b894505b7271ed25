"""What decisions make of the resolved records: levels, protection, exact tier, merges; versions; what moves along."""
import uuid

import pytest

from sitereg.store import cluster
from tests.resolving import (
    a_site,
    claim,
    decide,
    differences,
    end,
    kind,
    numbered,
    person_faces,
    place,
    resolve,
    site_faces,
    subject,
)

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.db


@pytest.fixture
def raw(settings):
    with psycopg.connect(cluster.dsn(settings, settings.superuser)) as connection:
        yield connection
        connection.rollback()


def versions(faces):
    return {face: row["version"] for face, row in faces.items()}


def test_a_site_shows_the_best_level_of_its_kinds_and_no_group_of_refuted_ones(raw):
    site = a_site(raw, 1, kind("mass_grave"), kind("prison_central"), kind("court", tier=2))
    assert site_faces(raw, site)[0]["verification"] == "reported"
    decide(raw, site, "verification", "probable", aspect="mass_grave")
    decide(raw, site, "verification", "confirmed", aspect="prison_central")
    decide(raw, site, "verification", "suspected", aspect="court")
    resolve(raw, site)
    faces = site_faces(raw, site)
    assert [(row["verification"], row["kinds"]) for row in faces.values()] == [
        ("confirmed", ["prison_central", "mass_grave"])] * 2 + [("confirmed", ["prison_central", "mass_grave", "court"])]
    decide(raw, site, "verification", "refuted", aspect="prison_central")
    resolve(raw, site)
    faces = site_faces(raw, site)
    assert (faces[0]["verification"], faces[0]["groups"]) == ("probable", ["burial"])
    assert faces[0]["site_kinds"]["prison_central"]["verification"] == "refuted"
    assert "court" not in faces[1]["site_kinds"]
    decide(raw, site, "verification", "inconclusive", aspect="mass_grave")
    resolve(raw, site)
    assert site_faces(raw, site)[0]["verification"] == "inconclusive"


def test_a_level_of_a_kind_that_the_face_does_not_have_is_not_shown(raw):
    site = a_site(raw, 1, kind("court"), kind("mass_grave", tier=1))
    decide(raw, site, "verification", "confirmed", aspect="mass_grave")
    resolve(raw, site)
    assert [row["verification"] for row in site_faces(raw, site).values()] == ["reported", "confirmed", "confirmed"]


def test_protection_its_review_and_doubt_since_a_measure_lapsed(raw):
    site = a_site(raw, 1, kind("court"))
    fence, guard = str(uuid.UUID(int=5)), str(uuid.UUID(int=6))
    decide(raw, site, "protection", "protected", due="2025-01-01", minute=10)
    for measure in (fence, guard):
        decide(raw, site, "measure", "active", aspect=measure, minute=11)
    resolve(raw, site)
    row = site_faces(raw, site)[1]
    assert (row["protection"], row["next_review"], row["in_doubt_since"]) == ("protected", "2025-01-01", None)
    assert (site_faces(raw, site)[0]["protection"], site_faces(raw, site)[0]["next_review"]) == ("unassessed", None), "face 0 is not told"
    decide(raw, site, "measure", "lapsed", aspect=guard, observed_on="2024-05-03", minute=20)
    decide(raw, site, "measure", "lapsed", aspect=fence, observed_on="2024-05-01", minute=21)
    resolve(raw, site)
    assert [row["in_doubt_since"] for row in site_faces(raw, site).values()] == [None, "2024-05-01", "2024-05-01"]
    decide(raw, site, "measure", "active", aspect=fence, minute=22)
    resolve(raw, site)
    assert site_faces(raw, site)[1]["in_doubt_since"] == "2024-05-03"
    decide(raw, site, "protection", "partially_protected", minute=30)
    resolve(raw, site)
    assert site_faces(raw, site)[1]["in_doubt_since"] is None, "who decides after the lapse knew of it"
    decide(raw, site, "measure", "lapsed", aspect=fence, minute=31)
    decide(raw, site, "protection", "unprotected", minute=31)
    resolve(raw, site)
    assert site_faces(raw, site)[1]["in_doubt_since"] is None


def test_case_fate_and_whereabouts_and_a_sign_of_life_after_a_death(raw):
    person = subject(raw, 1, kind="person")
    claim(raw, person, 11, {"says": "event", "value": {"kind": "seen_by_exdetainee"}, "at": "[2014-01-01,2014-01-02)"})
    decide(raw, person, "case", "open_missing")
    decide(raw, person, "fate", "dead", observed_on="2015-01-01")
    decide(raw, person, "whereabouts", "place_known")
    resolve(raw, person)
    row = person_faces(raw, person)[0]
    assert (row["case_state"], row["fate"], row["whereabouts"], row["conflicts"]) == ("open_missing", "dead", "place_known", [])
    claim(raw, person, 12, {"says": "event", "value": {"kind": "released"}, "at": "[2016-01-01,2016-01-02)", "grade": "F6"})
    resolve(raw, person)
    assert person_faces(raw, person)[0]["conflicts"] == []
    claim(raw, person, 13, {"says": "event", "value": {"kind": "released"}, "at": "[2016-01-01,2016-01-02)"})
    resolve(raw, person)
    assert person_faces(raw, person)[0]["conflicts"] == ["fate"]
    decide(raw, person, "case", "suspended_security")
    resolve(raw, person)
    assert {row["case_state"] for row in person_faces(raw, person).values()} == {"suspended_security"}


def exact_tier(raw, whose):
    return raw.execute("select exact_tier from reg.subject where id = %s", [whose]).fetchone()[0]


def test_burial_kinds_hide_the_exact_place_unless_places_are_published_or_disclosed(raw):
    batch = str(uuid.UUID(int=77))
    raw.execute("insert into reg.document(id, sha256, size, media_type, original_name, role, how, tier, scope, recorded_by, event, digest)"
                " select %s, sha256('x'), 1, 'text/csv', 'x', 'evidentiary', 'test', 1, 0, id, %s, '' from reg.account where name = 'worker'", [batch, batch])
    raw.execute("insert into reg.import_batch(id, document, profile, profile_version, tier, scope, totals, operator)"
                " select %s, %s, 'p', '1', 1, 0, '{\"places_published\": true}', id from reg.account where name = 'worker'", [batch, batch])
    assert exact_tier(raw, a_site(raw, 1, kind("mass_grave"))) == 2
    assert exact_tier(raw, a_site(raw, 2, kind("mass_grave", batch=batch))) == 0
    assert exact_tier(raw, a_site(raw, 3, kind("mass_grave", rumour=True))) == 0
    site = subject(raw, 4)
    decide(raw, site, "disclosure", "disclosed", aspect="place")
    claim(raw, site, 41, kind("mass_grave"))
    resolve(raw, site)
    assert exact_tier(raw, site) == 0
    end(raw, 10)
    resolve(raw, numbered(1))
    assert exact_tier(raw, numbered(1)) == 2, "never lowered by a retraction"


def test_a_private_house_hides_it_and_only_a_later_disclosure_lowers_it(raw):
    house = {"says": "building", "code": "private_house"}
    site = a_site(raw, 1, {**house, "batch": None})
    assert exact_tier(raw, site) == 2
    decide(raw, site, "disclosure", "disclosed", aspect="place", minute=100)
    raw.execute("update reg.subject set exact_tier = 0 where id = %s", [site])
    resolve(raw, site)
    assert exact_tier(raw, site) == 0
    claim(raw, site, 12, {**house, "recorded": 200})
    assert next(row[3] for row in differences(raw, site)) == "its exact place should be T2"
    resolve(raw, site)
    assert exact_tier(raw, site) == 2


def test_a_disclosed_claim_counts_in_face_0_from_then_on_and_a_restricted_one_no_more(raw):
    site = a_site(raw, 1, {"says": "building", "code": "farm", "tier": 2})
    assert [row["building"] for row in site_faces(raw, site).values()] == [None, None, "farm"]
    told = decide(raw, site, "disclosure", "disclosed", value={"claims": [numbered(10)]})
    resolve(raw, site)
    assert [row["building"] for row in site_faces(raw, site).values()] == ["farm"] * 3
    decide(raw, site, "disclosure", "", annuls=told)
    resolve(raw, site)
    assert [row["building"] for row in site_faces(raw, site).values()] == [None, None, "farm"]
    decide(raw, site, "tier", "1", value={"claims": [numbered(10)], "tier": 1})
    resolve(raw, site)
    assert [row["building"] for row in site_faces(raw, site).values()] == [None, "farm", "farm"]


def test_rows_of_faces_that_no_longer_exist_go(raw):
    other = a_site(raw, 2, kind("court"))
    site = a_site(raw, 1, kind("court"), {"says": "relation", "value": {"kind": "part_of"}, "object": 2})
    person = subject(raw, 3, kind="person")
    claim(raw, person, 31, {"says": "event", "value": {"kind": "held_at"}, "site": 2})
    resolve(raw, person)
    raw.execute("update reg.subject set tier = 2, exact_tier = 2 where id = %s", [other])
    resolve(raw, other)
    assert list(site_faces(raw, other)) == [2]
    assert [row["part_of"] for row in site_faces(raw, site).values()] == [None, None, other], "nor does anybody else name it there"
    assert [row["events"][numbered(31)]["site"] for row in person_faces(raw, person).values()] == [None, None, other]
    assert versions(site_faces(raw, site)) == {0: 2, 1: 2, 2: 1}
    assert differences(raw, site, other, person) == []


def test_events_move_with_the_site_that_they_name(raw):
    site = a_site(raw, 1, kind("prison_central"), place(36.1, 33.1, 50))
    person = subject(raw, 2, kind="person")
    claim(raw, person, 21, {"says": "event", "value": {"kind": "held_at"}, "site": 1})
    claim(raw, person, 22, {"says": "sex", "code": "female"})
    resolve(raw, person)
    before = shown_of_event(raw, person)
    assert before[2] == "POINT(36.1 33.1)" and before[0] == before[1] and before[0].startswith("POLYGON")
    claim(raw, site, 13, place(36.2, 33.2, 5, tier=1))
    resolve(raw, site)
    faces = person_faces(raw, person)
    after = shown_of_event(raw, person)
    assert after[0] == before[0] and after[1] != before[1] and after[2] == "POINT(36.2 33.2)"
    assert versions(faces) == {0: 1, 1: 2, 2: 2}
    claim(raw, site, 14, {"says": "content", "code": "multiple"})
    resolve(raw, site)
    assert versions(person_faces(raw, person)) == {0: 1, 1: 2, 2: 2}


def shown_of_event(raw, person):
    return [row["events"][numbered(21)]["shown"] for row in person_faces(raw, person).values()]


def test_what_was_merged_is_read_as_part_of_what_stays_until_it_is_undone(raw):
    site = a_site(raw, 1, kind("court"))
    other = a_site(raw, 2, kind("archive"), place(36.1, 33.1))
    third = a_site(raw, 3, kind("court"), {"says": "relation", "value": {"kind": "part_of"}, "object": 2})
    person = subject(raw, 4, kind="person")
    claim(raw, person, 41, {"says": "event", "value": {"kind": "held_at"}, "site": 2})
    resolve(raw, person)
    raw.execute("update reg.subject set merged_into = %s where id = %s", [site, other])
    resolve(raw, other)
    assert site_faces(raw, other) == {}
    row = site_faces(raw, site)[0]
    assert (row["kinds"], row["shown"]) == (["archive", "court"], "POINT(36.1 33.1)")
    assert site_faces(raw, third)[0]["part_of"] == site
    assert person_faces(raw, person)[0]["events"][numbered(41)]["site"] == site
    raw.execute("update reg.subject set merged_into = %s where id = %s", [third, site])
    resolve(raw, site)
    assert site_faces(raw, third)[0]["kinds"] == ["archive", "court"] and site_faces(raw, third)[0]["part_of"] is None
    raw.execute("update reg.subject set merged_into = null where id in (%s, %s)", [site, other])
    resolve(raw, site, other, third)
    assert site_faces(raw, site)[0]["kinds"] == ["court"] and site_faces(raw, other)[0]["kinds"] == ["archive"]
    assert person_faces(raw, person)[0]["events"][numbered(41)]["site"] == other
    assert differences(raw, site, other, third, person) == []


def test_a_version_grows_with_its_face_only(raw):
    site = a_site(raw, 1, kind("court"))
    resolve(raw, site)
    assert versions(site_faces(raw, site)) == {0: 1, 1: 1, 2: 1}
    claim(raw, site, 12, {"says": "building", "code": "school", "tier": 1})
    resolve(raw, site)
    assert versions(site_faces(raw, site)) == {0: 1, 1: 2, 2: 2}
    decide(raw, site, "verification", "suspected", aspect="court")
    resolve(raw, site)
    assert versions(site_faces(raw, site)) == {0: 2, 1: 3, 2: 3}
    claim(raw, site, 13, kind("archive", tier=2, grade="E5"))
    claim(raw, site, 14, kind("archive", tier=2, began="[2011-01-01,2012-01-01)"))
    resolve(raw, site)
    before = versions(site_faces(raw, site))
    decide(raw, site, "verification", "suspected", aspect="archive")
    resolve(raw, site)
    assert versions(site_faces(raw, site)) == {**before, 2: before[2] + 1}, "a change of one kind's level is a change of the row"


def test_what_no_number_is_or_no_authority_hinders_nobody(raw):
    site = a_site(raw, 1, {"says": "count", "value": {"definition": "graves", "min": "few", "best": 3}}, {"says": "count", "value": {"definition": "graves", "best": 1e30}})
    person = subject(raw, 2, kind="person")
    for n, said in enumerate(({"says": "age", "value": {"min": "x", "max": 99999999}, "at": "[2012-01-01,2012-01-02)"}, {"says": "age", "value": {"min": 30, "max": 20}, "at": "[2012-01-01,2012-01-02)"},
                              {"says": "event", "value": {"kind": "arrested", "site": "nowhere"}, "object": 999}, {"says": "event", "value": {"kind": "no_such_kind"}}), 21):
        claim(raw, person, n, said)
    resolve(raw, site, person)
    assert site_faces(raw, site)[0]["counts"][0]["definition"] == "graves"
    assert list(person_faces(raw, person)[0]["events"]) == [numbered(23)]
    assert person_faces(raw, person)[0]["events"][numbered(23)]["authority"] is None


def test_a_unit_that_is_redrawn_is_found_where_it_is_now(raw):
    shape = "POLYGON((36.5 33.5, 36.54 33.5, 36.54 33.54, 36.5 33.54, 36.5 33.5))"
    raw.execute("insert into reg.admin_unit(pcode, edition, level, country, name_en, parent, geom, radius_m, source)"
                " values ('SY010002', 'test', 3, 'SY', 'New', 'SY0100', st_geomfromtext(%s, 4326), 3000, 'test')", [shape])
    site = a_site(raw, 1, place(36.51, 33.51))
    assert site_faces(raw, site)[0]["adm3"] == "SY010002"
    raw.execute("update reg.admin_unit set geom = st_translate(geom, 0.1, 0) where pcode = 'SY010002'")
    resolve(raw, site)
    assert site_faces(raw, site)[0]["adm3"] is None and site_faces(raw, site)[0]["adm2"] == "SY0100"
    raw.execute("update reg.admin_unit set geom = st_translate(geom, -0.1, 0) where pcode = 'SY010002'")
    raw.execute("delete from reg.admin_unit where pcode = 'SY010002'")
    assert raw.execute("select count(*) from reg.admin_piece where pcode = 'SY010002'").fetchone()[0] == 0
