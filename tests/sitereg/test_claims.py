"""Claims are said once: recorded as a set, ended by another row, never changed."""

import psycopg
import pytest
from shapely import Point, Polygon

from sitereg import claims, errors, sources
from sitereg.store import verification
from tests import given

pytestmark = pytest.mark.db


def live(registry, subject):
    with registry.dba() as raw:
        return raw.execute(
            "select count(*) from reg.claim c where c.subject = %s and not exists"
            " (select 1 from reg.claim_end e where e.claim = c.id)",
            [subject],
        ).fetchone()[0]


def events(registry):
    with registry.dba() as raw:
        return raw.execute("select action, count from reg.audit_event order by seq").fetchall()


def test_a_site_comes_to_be_with_what_is_said_of_it(registry):
    source = given.source_of(registry, "B")
    rows = claims.record(
        registry,
        [
            claims.said("kind", {"code": "prison_central"}, source=source, subject_key="a", credibility="2"),
            claims.said("place", source=source, subject_key="a", shape=Point(36.1, 33.1), uncertainty_m=20, credibility="2"),
        ],
        subjects=[claims.new_subject("a", "site")],
        reason="told today",
    )
    assert {row.code for row in rows} and rows[0].code == rows[1].code and rows[0].code.startswith("SYS-")
    assert events(registry)[-1][0] == "record_claims" and events(registry)[-1][1] >= 2


@pytest.mark.parametrize(
    "fault,field",
    [
        ({"predicate": "colour"}, "predicate"),
        ({"value": {"code": "castle"}}, "value"),
        ({"source": "00000000-0000-7000-8000-000000000000"}, "source"),
        ({"credibility": "7"}, "credibility"),
        ({"tier": 3}, "tier"),
        ({"at": "[2999-01-01,2999-01-02)"}, "at"),
    ],
)
def test_what_cannot_be_said_is_named_and_nothing_stands(registry, fault, field):
    subject, *_ = given.site(registry, given.kind("prison_central"))
    before = live(registry, subject)
    with pytest.raises(errors.BadInput) as bad:
        given.say(registry, subject, {**given.kind("prison_military"), **fault})
    assert [one["field"] for one in bad.value.problems] == [field]
    assert live(registry, subject) == before


@pytest.mark.parametrize(
    "shape",
    [
        "POINT EMPTY",
        "POINT(nan 33)",
        "POINT(36 inf)",
        "POINT(36 91)",
        "POINT Z (36 33 1)",
        "POLYGON((36 33, 37 34, 37 33, 36 34, 36 33))",
    ],
)
def test_shapes_that_would_vanish_from_the_map_are_refused(registry, shape):
    subject, *_ = given.site(registry, given.kind("prison_central"))
    with registry.dba() as raw, pytest.raises(psycopg.Error), raw.transaction():
        raw.execute(
            "update reg.site set shown = st_geomfromtext(%s, 4326), shown_as = 'exact' where id = %s and face = 2", [shape, subject]
        )
    with pytest.raises(errors.BadInput):
        given.say(registry, subject, {"predicate": "place", "geom": shape, "uncertainty_m": 10})


@pytest.mark.parametrize("radius", [0, -1, "NaN", "Infinity", None])
def test_a_shape_without_a_sound_uncertainty_is_refused(registry, radius):
    subject, *_ = given.site(registry, given.kind("prison_central"))
    with pytest.raises(errors.BadInput):
        given.say(registry, subject, {"predicate": "place", "geom": given.point(36, 33), "uncertainty_m": radius})


def test_an_area_is_a_place_too(registry):
    subject, *_ = given.site(registry, given.kind("prison_central"))
    claims.record(
        registry,
        [
            claims.said(
                "place",
                source=given.source_of(registry, "A"),
                subject=subject,
                credibility="2",
                shape=Polygon([(36, 33), (36.01, 33), (36.01, 33.01)]),
                uncertainty_m=30,
            )
        ],
    )
    with registry.dba() as raw:
        assert (
            raw.execute("select st_geometrytype(shown) from reg.site where id = %s and face = 2", [subject]).fetchone()[0]
            == "ST_Polygon"
        )


def test_credibility_one_needs_another_origin_that_agrees(registry):
    subject, *_ = given.site(registry, given.kind("prison_central"))
    with pytest.raises(errors.BadInput, match="another origin"):
        given.say(registry, subject, given.kind("prison_central", credibility="1"))
    given.say(registry, subject, given.kind("prison_central", credibility="1"), source=given.source_of(registry, "A"))


@pytest.mark.parametrize(
    "statement",
    [
        "update reg.claim set quote = 'x'",
        "delete from reg.claim",
        "truncate reg.claim cascade",
        "update reg.decision set reason = 'x'",
        "delete from reg.audit_event",
    ],
)
def test_nobody_changes_what_was_written(registry, statement):
    given.site(registry, given.kind("prison_central"))
    with registry.dba() as raw, pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
        raw.execute(statement)


def test_an_ended_claim_counts_no_more_and_stays(registry):
    subject, _, (_kind, name) = given.site(registry, given.kind("prison_central"), given.name("North"))
    claims.end(registry, name, why="named after another place")
    assert live(registry, subject) == 1
    with registry.dba() as raw:
        assert raw.execute("select names from reg.site where id = %s and face = 2", [subject]).fetchone()[0].get("en") is None
    with pytest.raises(errors.Conflict):
        claims.end(registry, name, why="again")


def test_a_correction_supersedes(registry):
    subject, _, (name,) = given.site(registry, given.name("Nort"))
    new = claims.correct(registry, name, why="typing error", value={"text": "North", "lang": "en"})
    with registry.dba() as raw:
        assert raw.execute("select names->>'en' from reg.site where id = %s and face = 2", [subject]).fetchone()[0] == "North"
        assert raw.execute("select superseded_by from reg.claim_end where claim = %s", [name]).fetchone()[0] == new


def test_a_later_grade_of_a_source_resolves_again(registry):
    source = sources.new(registry, "testimony_resident", {"en": "a resident"}, reliability="B", reason="known to us", terms=given.TERMS)
    subject, *_ = given.site(registry, given.name("North"), source=source)
    given.say(registry, subject, given.name("South"), source=given.source_of(registry, "F"))
    assert sources.grade(registry, source, "E", reason="found to invent") == 1
    with registry.dba() as raw:
        assert raw.execute("select names->>'en' from reg.site where id = %s and face = 2", [subject]).fetchone()[0] == "South"


def test_hidden_and_absent_subjects_are_answered_alike(registry):
    hidden, *_ = given.site(registry, given.kind("prison_central"), tier=2)
    said = []
    with registry.as_("investigator1"):
        for subject in (hidden, "00000000-0000-7000-8000-000000000000"):
            with pytest.raises(errors.BadInput) as bad:
                given.say(registry, subject, given.kind("prison_central"))
            said.append([{**one, "value": None} for one in bad.value.problems])
    assert said[0] == said[1]


def test_names_of_persons_are_sealed_and_erased_with_their_key(registry):
    source = given.source_of(registry, "B")
    (row,) = claims.record(
        registry,
        [claims.said("person_name", {"text": "an invented name", "lang": "en"}, source=source, subject_key="p")],
        subjects=[claims.new_subject("p", "person")],
    )
    with registry.dba() as raw:
        value, sealed = raw.execute("select value, sealed from reg.claim where id = %s", [row.claim]).fetchone()
        assert value == {"sealed": True}
        assert "an invented name" in raw.execute("select api._unsealed(%s)", [sealed]).fetchone()[0]
        assert raw.execute("select api._erase(%s)", [row.subject]).fetchone()[0]
        assert raw.execute("select api._unsealed(%s)", [sealed]).fetchone()[0] is None
        assert verification.faults_in(raw) == []


def test_a_set_of_compartments_that_nobody_used_before_is_told_of_at_once(registry):
    with registry.dba() as raw:
        raw.execute("update reg.clearance c set compartments = '{case_7,names}' from reg.account a where a.id = c.account and a.name = 'worker'")
        assert raw.execute("select 1 from reg.scope where compartments = '{case_7}'").fetchall() == []
    made = given.site(registry, given.kind("court"), given.place(36.5, 33.5), compartments=["case_7"])
    assert [row["code"] for row in registry.rows("all_sites")] == [made[1]]
    with registry.as_("officer"):
        assert registry.rows("all_sites") == []
