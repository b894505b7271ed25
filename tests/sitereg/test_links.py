"""Candidates as somebody asks for them: their order, their words, and what they never do."""
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor

import numpy
import pytest
import shapely
from click.testing import CliRunner

from sitereg import links
from sitereg.cli import main
from sitereg.errors import BadInput, NotFound, Refused
from sitereg.geo import spread
from sitereg.links import score
from sitereg.links.explain import compared
from sitereg.links.model import BARS
from tests import given
from tests.sitereg import analysing


def test_the_72_points_hold_their_share_and_lie_evenly():
    points = spread.disc_points(numpy.array([36.3]), numpy.array([33.5]), numpy.array([1_000.0]))[0]
    away = spread.GEOD.inv(numpy.full(72, 36.3), numpy.full(72, 33.5), *points.T)[2]
    assert len(set(map(tuple, points))) == 72 and 0.6 < (away <= 1_000).mean() < 0.75
    assert points.mean(axis=0) == pytest.approx([36.3, 33.5], abs=1e-5)
    square = spread.area_points(shapely.box(36, 33, 37, 34))
    assert 150 < len(square) <= 200 and square.mean(axis=0) == pytest.approx([36.5, 33.5], abs=0.01)


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "links") as made:
        analysing.bind(made)
        source = analysing.sources(made)["B"]
        used = {"began": "[2011-01-01,2011-02-01)", "ended": "[2015-01-01,2015-02-01)"}
        old = {"began": "[1990-01-01,1990-02-01)", "ended": "[2000-01-01,2000-02-01)"}
        codes = {}
        with analysing.as_(made, "worker")() as session:
            for name, kind, lon, more in (("near", "prison_central", 36.31, used), ("near but old", "prison_central", 36.3, old),
                                          ("far", "prison_military", 37.5, used), ("grave", "mass_grave", 36.32, used),
                                          ("old grave", "mass_grave", 36.33, old), ("court", "court", 36.3, used)):
                codes[name] = given.site(session, given.kind(kind, **more), given.name(name), given.place(lon, 33.5), source=source)[1]
            codes["hidden"] = given.site(session, given.kind("prison_central"), given.place(36.3, 33.5), tier=2, source=source)[1]
            codes["person"] = analysing.person(
                session, analysing.event("arrested", lon=36.3, lat=33.5, radius=500, at="[2013-03-01,2013-04-01)"),
                analysing.event("contact_received", lon=37.4, lat=33.5), source=source)[1]
            codes["other"] = analysing.person(session, analysing.event("arrested", lon=37.5, lat=33.5, at="[2013-03-01,2013-04-01)"),
                                              analysing.event("seen_alive_after", at="[2005-01-01,2005-01-02)"), source=source)[1]
        with analysing.dba(made) as raw:  # a family has asked for this one
            raw.execute("update reg.person set case_state = 'open_missing' where code = %s", [codes["other"]])
        yield made, codes


@pytest.mark.db
def test_candidates_of_a_person_come_nearest_and_in_use_first(filled):
    settings, codes = filled
    with analysing.as_(settings, "worker", "reading")() as session:
        answer = links.candidates(session, person=codes["person"])
    order = [one.site for one in answer.candidates]
    assert set(order) == {codes[name] for name in ("near", "near but old", "far", "hidden")} and answer.compared == 4
    assert order.index(codes["near"]) < order.index(codes["near but old"]) < order.index(codes["far"])
    assert [one.look for one in answer.candidates][:2] == ["look here first", "look here next"]
    for one in answer.candidates:
        assert one.total == sum(one.bars[name] for name in BARS), "the bars sum to the total, to the last bit"
        assert one.p is None, "too few confirmations of one's own for a probability"
    near = next(one for one in answer.candidates if one.site == codes["near"])
    assert near.bars["time"] == pytest.approx(1) and any("was in use then" in sentence for sentence in near.because)
    assert any(sentence.startswith("Arrest: between 0.4 and 1.4 km") for sentence in near.because)
    nameless = next(one for one in answer.candidates if one.site == codes["hidden"])
    assert nameless.bars["time"] == 0 and "time says nothing" in nameless.because[-1]
    assert near.because[1] == "Nearer than 1 of the 3 other sites asked about: compared with them, distance says little.", \
        "nearer than the mean of four but not than most of them"
    said = json.dumps([one.because for one in answer.candidates]) + " ".join(answer.notes)
    assert "found" not in said.lower() and "presumed alive" in said and "inquiry" in said


@pytest.mark.db
def test_where_nothing_is_known_nothing_comes_first(filled):
    settings, _ = filled
    with analysing.as_(settings, "worker")() as session, session.connection.transaction(force_rollback=True):
        code = analysing.person(session, analysing.event("reported_missing_filed"), source=analysing.sources(settings)["B"])[1]
        answer = links.candidates(session, person=code)
        assert {(one.look, one.total) for one in answer.candidates} == {("in no order", 0.0)} and answer.compared == 4


@pytest.mark.db
def test_what_the_caller_may_not_see_is_no_candidate(filled):
    settings, codes = filled
    with analysing.as_(settings, "analyst1", "reading")() as session:
        answer = links.candidates(session, person=codes["person"])
        assert codes["hidden"] not in [one.site for one in answer.candidates] and answer.compared == 3
        with pytest.raises(NotFound):
            links.candidates(session, site=codes["hidden"])
    with analysing.as_(settings, "viewer", "reading")() as session, pytest.raises(NotFound):
        links.candidates(session, person=codes["person"])


@pytest.mark.db
@pytest.mark.parametrize("name", ["worker", "analyst1", "viewer"])
def test_some_sites_are_read_by_their_codes_as_among_all(filled, name):
    settings, _codes = filled
    with analysing.as_(settings, name, "reading")() as session:
        whole = session.rows("link_sites", question="held")
        some = [one["code"] for one in whole][::2]
        assert session.rows("link_sites", question="held", codes=some) == [one for one in whole if one["code"] in some]
        assert session.rows("link_sites", question="held", codes=[]) == []
    with analysing.as_(settings, "worker", "reading")() as session:
        every = [one["code"] for one in session.rows("link_sites", question="held")]
    with analysing.as_(settings, name, "reading")() as session:
        assert session.rows("link_sites", question="held", codes=every) == whole, "a code opens nothing that is hidden"


@pytest.mark.db
def test_a_site_is_asked_for_whom_it_stands_out(filled):
    settings, codes = filled
    with analysing.as_(settings, "worker", "reading")() as session:
        answer = links.candidates(session, site=codes["far"])
        assert [one.person for one in answer.candidates] == [codes["other"], codes["person"]]
        both = {one.person: one.total for one in answer.candidates}
        mine = next(one for one in links.candidates(session, person=codes["other"]).candidates if one.site == codes["far"])
        assert mine.because == answer.candidates[0].because, "and so are the sentences"
        assert both[codes["other"]] == pytest.approx(mine.total, abs=1e-3), "asked from either side the bars are the same"
        for code in (codes["court"], codes["court"].lower()):
            with pytest.raises(BadInput, match="neither detention nor burial"):
                links.candidates(session, site=code)
        with pytest.raises(NotFound):
            links.candidates(session, site="SYS-222222-2")


def test_the_words_for_distance_follow_the_rank_and_name_the_comparison():
    bars = [2.5, 1.0, 0.2, 0.1, -1.0, -1.1, -1.2, -1.3, -1.4, -2.0, -2.1]
    told = [compared(bar, bars) for bar in bars]
    assert told[0] == "Nearer than 10 of the 10 other sites asked about: compared with them, distance speaks for it."
    assert told[5] == "Nearer than 5 of the 10 other sites asked about: compared with them, distance says little."
    assert told[-1] == "Nearer than 0 of the 10 other sites asked about: compared with them, distance speaks against it."
    assert "strongly" not in " ".join(told)
    same = "Nearer than 0 of the 4 other sites asked about, as near as 4: compared with them, distance says little."
    assert compared(0.0, [0.0] * 5) == same
    assert compared(0.0, [0.0]) == "No other site asked about has a place: distance says nothing."


@pytest.mark.db
def test_burial_is_asked_with_a_reason_and_never_of_the_listed(filled):
    settings, codes = filled
    with analysing.as_(settings, "worker", "reading")() as session:
        with pytest.raises(BadInput, match="reason"):
            links.candidates(session, person=codes["other"], question="buried")
        with pytest.raises(Refused, match="named in a list only"), session.savepoint():
            links.candidates(session, person=codes["person"], question="buried", reason="family asks")
        answer = links.candidates(session, person=codes["other"], question="buried", reason="family asks")
        assert [one.site for one in answer.candidates] == [codes["grave"]], "a sign of life after the old grave's days rules it out"
        of_site = links.candidates(session, site=codes["grave"], question="buried", reason="visit planned")
        assert [one.person for one in of_site.candidates] == [codes["other"]]
    with analysing.dba(settings) as raw:
        logged = raw.execute("select detail->>'reason' from reg.read_log where action = 'link_buried' order by id").fetchall()
        assert logged == [("family asks",), ("family asks",), ("visit planned",)]


@pytest.mark.db
def test_a_process_scores_one_person_at_a_time(filled, monkeypatch):
    """What a score takes for a moment grows with the square of the places of custody: threads of a web do not take it side by side."""
    inside, most, bars = [], [], score.bars

    def slowly(*given):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        made = bars(*given)
        inside.pop()
        return made

    def ask():
        with analysing.as_(filled[0], "worker", "reading")() as session:
            links.candidates(session, person=filled[1]["person"])

    monkeypatch.setattr(score, "bars", slowly)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: ask(), range(3)))
    assert most == [1, 1, 1]


@pytest.mark.db
def test_nothing_is_written(filled):
    settings, codes = filled
    count = "select (select count(*) from reg.decision), (select count(*) from reg.audit_event), (select max(version) from reg.person)"
    with analysing.dba(settings) as raw:
        before = raw.execute(count).fetchone()
        with analysing.as_(settings, "worker", "reading")() as session:
            links.candidates(session, person=codes["person"])
        assert raw.execute(count).fetchone() == before
    with analysing.as_(settings, "worker", "reading")() as session:
        for wrong in ({}, {"person": codes["person"], "site": codes["far"]}, {"person": codes["person"], "question": "alive"}):
            with pytest.raises(BadInput):
                links.candidates(session, **wrong)


@pytest.mark.db
def test_the_shell_looks_joins_and_links(filled, monkeypatch):
    settings, codes = filled
    monkeypatch.setattr("sitereg.settings.Settings.from_env", classmethod(lambda cls: settings))
    run = lambda *words: CliRunner().invoke(main, [*words, "--as", "worker"])  # noqa: E731
    told = run("links", "candidates", codes["person"])
    assert told.exit_code == 0 and "look here first" in told.output and "line" in told.output.lower()
    held = json.loads(run("links", "candidates", "--site", codes["far"], "--json").stdout)
    assert held["candidates"][0]["person"] == codes["other"] and held["notes"] and set(held["bands"]) == {"first", "five"}
    assert "It comes first for 1-4 persons" in run("links", "candidates", "--site", codes["far"]).output
    why = run("links", "explain", codes["person"], codes["near"]).output
    assert "Distance" in why and "bits  Nearer than 1 of the 3" in why and "All together" in why
    apart = run("links", "contrast", codes["person"], codes["near"], codes["far"]).output.splitlines()
    assert codes["near"] in apart[0] and sum(float(line.split()[-1]) for line in apart[1:-1]) == pytest.approx(float(apart[-1].split()[-1]), abs=0.03)
    assert run("links", "candidates", codes["person"], "--question", "buried", "--reason", "x").exit_code == 2
    looked = json.loads(run("frames", "sites", "--head", "2", "--json").stdout)
    assert looked["rows"] == 7 and looked["columns"]["kind"] == "category" and len(looked["head"]) == 2
    assert "7 rows" in run("frames", "sites").output and run("frames", "persons").exit_code == run("frames", "events").exit_code == 0
    near = json.loads(run("joins", "within", "--km", "5", "--site-group", "detention", "--event-kind", "arrested", "--json").stdout)
    assert near["pairs"] == len(near["rows"]) == 4 and {row["site_code"] for row in near["rows"]} >= {codes["near"], codes["far"]}
    assert math.isclose(near["rows"][0]["p_inside"], 1) and "pairs within 5 km" in run("joins", "within", "--km", "5").output
    assert near["rows"] == sorted(near["rows"], key=lambda row: -row["p_inside"]) and near["rows"][0]["person"] in codes.values()
    first = run("joins", "within", "--km", "5", "--event-kind", "arrested", "--limit", "1").output.splitlines()
    assert first[0].endswith("pairs within 5 km, the first 1") and first[1].split()[0] in codes.values() and "  arrest  " in first[1]
    assert "pairs that the naive join misses" in run("joins", "compare", "--km", "5").output
    counts = json.loads(run("joins", "compare", "--km", "5", "--json").stdout)
    assert counts["pairs"] >= counts["in_both"] and "only here" in run("joins", "compare", "--km", "5").output


@pytest.mark.db
def test_a_grave_is_not_asked_about_detention_and_what_is_hidden_reads_as_absent(filled, monkeypatch):
    settings, codes = filled
    monkeypatch.setattr("sitereg.settings.Settings.from_env", classmethod(lambda cls: settings))
    run = lambda who, *words: CliRunner().invoke(main, ["links", "candidates", *words, "--as", who])  # noqa: E731
    said = run("worker", "--site", codes["grave"])
    assert said.exit_code == 1
    assert said.stderr == f"Sites of this kind are not asked about detention: {codes['grave']}. Ask with --question buried and a reason.\n"
    turned = run("worker", "--site", codes["far"], "--question", "buried", "--reason", "x")
    assert turned.exit_code == 1 and "not asked about burial" in turned.stderr and "--question held" in turned.stderr
    with analysing.as_(settings, "analyst1", "reading")() as session:
        for code in (codes["hidden"], "SYS-NOSUCH-9", "019f0000-0000-7000-8000-000000000000"):
            with pytest.raises(NotFound) as error:
                links.candidates(session, site=code)
            assert str(error.value) == str(NotFound())
