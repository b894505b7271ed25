"""`sitereg sites` and `sitereg persons`: what they print, their exit codes, the log before exact places are shown."""
import json
import re

import psycopg
import pytest
from click.testing import CliRunner

from sitereg import accounts
from sitereg.actors import Actor
from sitereg.cli import main
from sitereg.cli.words import counted, days
from sitereg.store import cluster
from sitereg.store import session as store
from tests import given

pytestmark = pytest.mark.db


@pytest.fixture
def made(registry):
    return given.site(registry, given.kind("mass_grave"), given.name("North field"), given.name("حقل الشمال", "ar"), given.place(36.1234, 33.1234, 40),
                      {"predicate": "count", "value": {"definition": "bodies_reported", "min": 3, "best": 5, "max": 9}}, exact_tier=2)


def test_find_as_lines_and_as_geojson(run, made):
    said = run("sites", "find", "north")
    assert said.exit_code == 0 and made[1] in said.stdout and "mass grave: suspected" in said.stdout and "33.12340, 36.12340" in said.stdout
    answer = json.loads(run("sites", "find", "حقل", "--json").stdout)
    assert answer["type"] == "FeatureCollection" and answer["next"] is None
    (feature,) = answer["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [36.1234, 33.1234]} and feature["properties"]["code"] == made[1]
    nothing = run("sites", "find", "nothing of that name")
    assert nothing.exit_code == 0 and nothing.stdout == "No site here in what you may see.\n"


def test_filters_limits_and_next(run, registry, made):
    more = [given.site(registry, given.kind("court"), key=str(n))[1] for n in range(3)]
    answer = json.loads(run("sites", "find", "--limit", "2", "--json").stdout)
    rest = json.loads(run("sites", "find", "--after", answer["next"], "--json").stdout)
    assert sorted(one["id"] for one in answer["features"] + rest["features"]) == sorted([made[1], *more])
    by_kind = json.loads(run("sites", "find", "--kind", "court", "--from", "2012-01-01", "--not-overdue", "--json").stdout)
    assert sorted(one["id"] for one in by_kind["features"]) == sorted(more)
    rest = json.loads(run("sites", "find", "--not-kind", "court", "--not-governorate", "none", "--json").stdout)
    assert not {one["id"] for one in rest["features"]} & set(more)
    around = json.loads(run("sites", "find", "--area", "32.5, 36.2; 32.6, 36.3", "--around", "200", "--json").stdout)
    assert made[1] in {one["id"] for one in around["features"]}
    assert json.loads(run("sites", "find", "--area", "32.5, 36.2; 32.6, 36.3", "--json").stdout)["features"] == []
    boxed = json.loads(run("sites", "find", "--bbox", "36,33,37,34", "--json").stdout)
    assert [one["id"] for one in boxed["features"]] == [made[1]]


@pytest.mark.parametrize("words", [("find", "--kind", "nonsense"), ("find", "--bbox", "1,2,3"), ("find", "--bbox", "4,3,2,1"), ("near", "nowhere"),
                                   ("find", "--from", "soon"), ("why", "X", "nonsense"), ("near", "33,36", "--km", "0"), ("show",)])
def test_bad_usage_is_1(run, made, words):
    words = [made[1] if word == "X" else word for word in words]
    assert run("sites", *words).exit_code == 1


@pytest.mark.parametrize(("words", "told"), [
    (("find", "--kind", "mass_grav"), "This is no term of site_kind: kinds 'mass_grav'. Nearest is: mass_grave.\n"),
    (("find", "--kind", "prison"), "This is no term of site_kind: kinds 'prison'. Nearest are: "),
    (("find", "--group", "nonsense"), "This is no term of site_kind_group: groups 'nonsense'. Give one of: burial, detention, "),
    (("near", "33,36", "--km", "99999"), "Near is more than 0 and at most 20,100 km: km '99999'.\n"),
    (("find", "--bbox", "4,3,2,1"), "A box is west, south, east, north in degrees, west below east, south below north: bbox '4,3,2,1'.\n"),
    (("find", "--from", "2012-02-01", "--to", "2012-01-01"), "The period ends before it begins: from '2012-02-01'. Give the earlier day first.\n")])
def test_a_fault_is_said_once_and_with_what_to_do(run, made, words, told):
    said = run("sites", *words)
    assert said.exit_code == 1 and said.stderr.startswith(told) and said.stderr.count("This is no term") <= 1


@pytest.mark.parametrize("noun", ["sites", "persons"])
def test_how_a_day_is_written_is_said(run, noun):
    assert "Give a day as YYYY-MM-DD." in run(noun, "find", "--from", "soon").stderr


@pytest.mark.parametrize("verb", [("show",), ("why", "place"), ("history",)])
def test_what_is_not_there_and_what_is_hidden_are_2_with_the_same_words(run, registry, verb):
    hidden = given.site(registry, given.kind("court"), tier=2)[1]
    with registry.as_("investigator1"):
        said = [run("sites", verb[0], code, *verb[1:]) for code in (hidden, "SYS-NOSUCH-9")]
    assert [one.exit_code for one in said] == [2, 2] and said[0].stderr == said[1].stderr and said[0].stdout == ""


def test_show_why_history_near(run, made):
    shown = run("sites", "show", made[1])
    assert "33.12340, 36.12340, +-40 m" in shown.stdout and "count:bodies_reported" in shown.stdout and "best 5" in shown.stdout
    assert json.loads(run("sites", "show", made[1], "--json").stdout)["place"]["shape"]["type"] == "Point"
    why = run("sites", "why", made[1], "place")
    assert why.stdout.startswith("* place") and "33.12340, 36.12340 +-40 m" in why.stdout and "B2" in why.stdout
    assert json.loads(run("sites", "why", made[1], "kind", "--json").stdout)[0]["field"] == "kind:mass_grave"
    assert "verification mass_grave: new -> reported" in run("sites", "history", made[1]).stdout
    assert json.loads(run("sites", "history", made[1], "--json").stdout)[0]["what"] in ("decision", "claims")
    near = run("sites", "near", "33.12, 36.12", "--km", "5")
    assert made[1] in near.stdout and " km" in near.stdout
    assert json.loads(run("sites", "near", "33.12, 36.12", "--json").stdout)["features"][0]["properties"]["d_min_m"] > 0


def test_what_would_settle_it_is_said_with_how_much_there_is_and_the_nearest_are_listed(run, made):
    told = run("sites", "settle", made[1]).stdout
    assert "mass grave: suspected (potential)" in told and "independent origins (1 of 2)" in told and "-> confirmed, 1 approval" in told
    assert "(said with the proposal)" in told and "protection: unassessed" in told
    rows = json.loads(run("sites", "settle", made[1], "--json").stdout)
    assert {row["machine"] for row in rows} == {"verification", "protection"}
    near = run("decisions", "nearest", "--kind", "mass_grave").stdout
    assert made[1] in near and "-> probable: lacks" in near
    assert run("decisions", "nearest", "--kind", "court").stdout == "Nothing could be settled in what you may see.\n"


def test_a_past_day_is_said_to_be_one(run, made):
    told = run("sites", "show", made[1], "--on", "2020-01-01").stdout
    assert "nothing that you see was recorded by 2020-01-01" in told and "North field" not in told
    assert run("sites", "show", made[1], "--on", "2199-01-01").exit_code == 1


def test_codes_are_found_without_dashes_and_in_small_letters(run, registry, made):
    bare = made[1].replace("-", "").lower()
    for words in (("find", bare), ("find", made[1].lower()), ("show", bare), ("why", bare, "place"), ("history", bare)):
        said = run("sites", *words)
        assert said.exit_code == 0 and (words[0] in ("why", "history") or made[1] in said.stdout), words
    assert run("sites", "find", bare + "x").stdout == "No site here in what you may see.\n"


def test_why_says_which_claims_do_not_count_and_what_its_marks_mean(run, registry):
    graded, weak = given.source_of(registry, "B"), given.source_of(registry, "E")
    said = [{"credibility": "2", "source": str(graded), "subject_key": "s", **given.kind("court")},
            {"credibility": "5", "source": str(weak), "subject_key": "s", **given.kind("court")}]
    code = registry.rows("record_claims", claims=given.registry_json(said), subjects=given.registry_json(
        [{"key": "s", "kind": "site", "tier": 1}]))[0]["code"]
    first, second, legend = run("sites", "why", code, "kind").stdout.splitlines()
    assert first.startswith("* kind:court") and "court  B2" in first and "does not count" not in first
    assert second.startswith("~ kind:court") and "E5" in second and "doubted: does not count" in second
    assert legend == "Marks: * its value is shown; ~ does not count while a better one stands."
    assert "(supported, 1 origin)" in run("sites", "show", code).stdout


def test_why_a_protection_status_is_its_decision(run, registry, made):
    from sitereg import protection
    nothing = run("sites", "why", made[1], "protection")
    assert nothing.exit_code == 0 and "unassessed. Nothing was decided yet" in nothing.stdout
    with registry.as_("officer"):
        protection.decide(registry, made[0], "unprotected", reason="Nobody watches it",
                          visit={"visited_on": registry.value("today"), "findings": "open"})
    told = run("sites", "why", made[1], "protection").stdout
    assert "unprotected, decided on" in told and "Reason: Nobody watches it" in told and "Rests on  activity" in told and "site visit" in told
    found = json.loads(run("sites", "why", made[1], "protection", "--json").stdout)
    assert found["decision"]["to_state"] == "unprotected" and len(found["claims"]) == 1
    shown = run("sites", "show", made[1]).stdout
    assert re.search(r"^visits {19}1$", shown, re.M) and "latest site visit" in shown and "shown_as" not in shown
    assert "exact place, precision site (250 m), +-40 m" in shown and "1 source, 1 origin)" in shown, shown


def test_a_point_outside_syria_is_said_to_be(run, made):
    turned = run("sites", "near", "39.38 36.21")
    assert turned.exit_code == 0
    assert turned.stderr == ("39.38 36.21 lies outside Syria. The other way round (36.21, 39.38) it lies in Syria: latitude comes first.\n")
    assert run("sites", "near", "48.85, 2.35").stderr == "48.85, 2.35 lies outside Syria.\n" and run("sites", "near", "33.12, 36.12").stderr == ""


@pytest.mark.parametrize(("given_range", "told"), [
    ("[2012-04-27,2012-05-08)", "2012-04-27 to 2012-05-07"), ("[2012-05-02,2012-05-03)", "2012-05-02"), ("[2012-05-02,)", "from 2012-05-02"),
    ("(,2012-05-03)", "until 2012-05-02"), ("[2012-05-02,infinity)", "2012-05-02 and still"), ("not a range", "not a range")])
def test_days_are_said_both_included(given_range, told):
    assert days(given_range) == told
    assert counted(1, "origin") == "1 origin" and counted(1200, "row") == "1,200 rows" and counted(0, "row") == "0 rows"


def test_a_coarse_reader_gets_no_coordinate_and_no_log(run, registry, made):
    with registry.as_("investigator1"):
        said = "".join(run("sites", *words).stdout for words in (("find",), ("show", made[1]), ("why", made[1], "place"), ("near", "33.1,36.1")))
        assert "33.1234" not in said and "36.1234" not in said and "1 km cell" in said and "(finer than you are shown)" in said
        assert run("sites", "find", "--json").logged == []


def test_persons(run, registry):
    claims = [{"credibility": "2", "source": str(given.source_of(registry, "B")), "subject_key": "p", "predicate": "event",
               "value": {"kind": "arrested"}, "at": "[2012-05-02,2012-05-03)", "geom": given.point(36.1, 33.1), "uncertainty_m": 500, "place_kind": "exact"}]
    subject = given.registry_json([{"key": "p", "kind": "person", "tier": 1}])
    code = registry.rows("record_claims", claims=given.registry_json(claims), subjects=subject)[0]["code"]
    found = run("persons", "find", "--event", "arrested", "--from", "2012-01-01")
    assert code in found.stdout and "arrest 2012-05-02" in found.stdout
    assert json.loads(run("persons", "find", code, "--json").stdout)["features"][0]["geometry"]["type"] == "Point"
    assert "arrest" in run("persons", "show", code).stdout
    assert json.loads(run("persons", "show", code, "--json").stdout)["code"] == code
    assert {action for action, _ in run("persons", "find", "--state", "resolved_alive").logged} == {"persons_find", "person"}
    assert run("persons", "find", "--state", "lost").exit_code == 1 and run("persons", "show", "SYP-NOSUCH-9").exit_code == 2


def test_exact_places_stand_in_the_log_before_they_are_printed(committed, monkeypatch):
    """With real commits: the row is there; where it cannot be written nothing is printed."""
    monkeypatch.setattr("sitereg.settings.Settings.from_env", classmethod(lambda cls: committed))
    monkeypatch.setattr(accounts, "actor", lambda settings: Actor("worker", "local", "test"))
    with store.acting(committed, Actor("worker", "local", "test")) as session, psycopg.connect(cluster.dsn(committed, committed.superuser)) as raw:
        source = raw.execute("select id from reg.source where label->>'en' = 'source B'").fetchone()[0]
        claims = [{"credibility": "2", "source": str(source), "subject_key": "s", **one} for one in (given.kind("court"), given.place(36.1, 33.1))]
        code = session.rows("record_claims", claims=given.registry_json(claims),
                            subjects=given.registry_json([{"key": "s", "kind": "site", "tier": 1}]))[0]["code"]
    for words in (("find",), ("show", code), ("near", "33.1,36.1"), ("why", code, "place")):
        assert CliRunner().invoke(main, ["sites", *words]).exit_code == 0
    with psycopg.connect(cluster.dsn(committed, committed.superuser)) as raw:
        logged = raw.execute("select action, detail->'codes'->>0 from reg.read_log order by id").fetchall()
        raw.execute("alter table reg.read_log add constraint never check (action = '') not valid")
    assert logged == [("sites_find", code), ("site", code), ("sites_near", code), ("site_why", code)]
    said = CliRunner().invoke(main, ["sites", "find"])
    assert said.exit_code != 0 and code not in said.stdout
