"""Why this site: sentences with their inputs, exact differences, and what is missing and would matter."""
import ast
from dataclasses import replace
from pathlib import Path

import numpy
import pytest

from sitereg.links import explain, score
from sitereg.links.model import BARS, Event, Network, Statement
from sitereg.sentences import catalogue
from tests.sitereg.links import worlds
from tests.sitereg.links.worlds import at, confirmed, day, days, person, sites, taken, world


@pytest.fixture(scope="module")
def told():
    """One person of an invented world, and the lines of three sites: the true one, the nearest, one that was moved from."""
    used = (*days("2013-01-01"), *days("2013-12-31"))
    made = sites([at(12.4), at(3.1), at(60)], {0: [used], 2: [(*days("2016-01-01"), *days("2017-01-01"))]},
                 authorities=((("air_1", numpy.nan, numpy.nan),), (("army", numpy.nan, numpy.nan),), (("air_2", numpy.nan, numpy.nan),)),
                 serves=(frozenset(), frozenset({"women"}), frozenset()))
    links = confirmed([(k, 0, day("2013-02-10"), -1, 1, 0, 0) for k in range(1, 10)] + [(10, 1, day("2013-02-10"), -1, 0, 1, 0)]
                      + [(11, 0, day("2013-02-11"), -1, 0, 0, 0)])
    network = Network(moves=numpy.array([(20, 20, 1, 0), (21, 21, 1, 0)]), documented=numpy.array([[1, 2]]), moved=numpy.array([[0, 2]]))
    whole = world(made, links=links, network=network, parents=(("air_1", "air"), ("air_2", "air")))
    asked = person(taken(at(0, radius_m=2_000.0), days("2013-02-14"), id=1), Event("last_custody", at(3.1), days("2013-03-01"), 1, id=2),
                   authorities=frozenset({"air_1"}), sex="male", statements=(Statement(0, "B", 1), Statement(0, "C", 2)),
                   companions=((11, 1.0),))
    bars = score.bars(whole, asked)
    return whole, asked, bars, [{line.bar: line for line in explain.lines(whole, asked, bars, n)} for n in range(3)]


def test_each_bar_that_speaks_has_a_sentence_with_its_inputs(told):
    _, _, bars, (first, nearest, third) = told
    say = lambda line: explain.sentence(line)  # noqa: E731
    assert list(first) == [name for name in BARS if name in first] and set(first) == set(BARS) - {"person"}
    assert say(first["time"]) == "In use 2013-01-01 – 2013-12-31, and the days asked about are 2013-02-14: this speaks for it."
    assert say(first["authority"]) == "The authority that took the person ran it: this speaks for it."
    assert say(third["authority"]).startswith("Another branch of the same authority ran it: this speaks for it")
    assert say(nearest["authority"]).startswith("Another authority than the one that took the person ran it: this speaks against it")
    assert say(first["cohort"]).startswith("Of 10 people taken nearby in the same weeks 9 were here: this")
    assert say(first["companion"]).startswith("Of 1 people taken together with this person whose place is known 1 were here: this")
    assert say(first["mention"]).startswith("Named in statements of 2 origins (the best of them B): this speaks strongly for it")
    assert say(first["transfer"]).startswith("Where people were moved on to from the last known custody (2 known to have come here")
    assert say(third["transfer"]).startswith("Transfers here from the last known custody are documented, without a number")
    assert say(third["moved"]).startswith("Remains were moved here from S0: this speaks")
    assert say(first["moved"]).startswith("Remains were moved away from here to S2: this speaks against")
    assert say(nearest["person"]).startswith("It held people of another sex, age or service: this speaks strongly against")
    assert say(first["load"]).startswith("How well the site is documented at about that time (9 of 10 confirmed links are of it)")
    assert say(nearest["time"]).startswith("Its days of use are not known, so time is not weighed")
    assert say(first["space"]).startswith("12.") and "km from the place of the arrest (give or take 2.0 km)" in say(first["space"])
    for name, line in first.items():
        assert line.bits == pytest.approx(getattr(bars, name)[0] / numpy.log(2)) and line.words == explain.strength(getattr(bars, name)[0])


def test_nobody_is_said_to_be_found_or_dead_and_all_is_said_in_arabic(told):
    tree = ast.parse(Path(explain.__file__).read_text())
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
             and " " in node.value.strip() and node.value not in docs and node.value not in ("> .7", " – ", " / ")}
    known = catalogue("ar")
    assert len(texts) > 30 and not [text for text in texts if text not in known]
    assert not [text for text in texts if any(word in text.lower().split() for word in ("found", "dead", "died", "body"))]
    for lines in told[3]:
        for line in lines.values():
            arabic = explain.sentence(line, "ar")
            assert "%(" not in arabic and not set("abcdefghijklmnopqrtuvwxyz") & set(arabic.replace(line.parts.get("best", "?"), "")), arabic


def test_the_difference_of_two_is_their_log_odds(told):
    made, asked, _, _ = told
    bars = score.bars(made, replace(asked, statements=(), companions=(), events=asked.events[:1], sex=None))
    each, total = explain.contrast(bars, 0, 1)
    assert total == pytest.approx(numpy.log2(bars.p[0] / bars.p[1])) == pytest.approx(sum(each.values()))
    assert each["space"] < 0 < min(total, each["load"], each["authority"]), "the nearest is not the likeliest, and this is why"


def test_what_is_missing_is_told_where_it_could_put_another_first():
    places = [at(k * 4.0) for k in range(12)]
    bare = person(taken(at(0), days("2013-01-01")))
    made = world(sites(places))
    lacks = explain.missing(made, bare, score.bars(made, bare))
    assert {one.bar for one in lacks} == {"authority", "mention", "transfer", "companion"}
    assert [one.bits for one in lacks] == sorted((one.bits for one in lacks), reverse=True) and all(one.sites for one in lacks)
    assert explain.sentence(lacks[0]) == lacks[0].text and explain.sentence(lacks[0], "ar") != lacks[0].text
    sure = replace(bare, statements=(Statement(0, "A", 1), Statement(0, "A", 2)))
    fewer = {one.bar for one in explain.missing(made, sure, score.bars(made, sure))}
    assert "authority" not in fewer, "2.6 nats change nothing where the first leads by more"
    empty = person()
    assert {one.bar for one in explain.missing(made, empty, score.bars(made, empty))} >= {"space", "time"}


def test_the_order_with_and_without_load_and_cohort_stand_side_by_side():
    made, people = worlds.drawn(1)
    standings = [explain.standing(score.bars(made, one)) for one in people]
    assert any(one.leans for one in standings) and all(len(one.order) == len(one.plain) == len(made.sites) for one in standings)
    assert all(len(one.half[0]) <= len(one.most[0]) for one in standings)


def test_a_probability_is_never_shown_as_sure_and_not_before_the_registry_has_tried_itself():
    assert [explain.shown(p) for p in (0.93, 0.8, 0.71, 0.04)] == ["> .7", ".80", ".71", ".04"] and explain.shown(0.93, named=True) == ".93"
    assert [explain.look(rank, 0.9, 49) for rank in (0, 1, 5)] == ["look here first", "look here next", "look here also"]
    assert [explain.look(0, p, 50) for p in (0.5, 0.3, 0.1, 0.09)] == ["strong lead", "a lead", "possibly", "on the list only"]


def test_a_vague_place_a_lost_day_and_a_derived_period_are_said():
    made = world(sites([at(10), at(30)]), links=confirmed([(k, 1, day("2013-01-01") + 10 * k, -1, 90, 0, 0) for k in range(4)]))
    vague = person(taken(at(0, radius_m=300_000.0), days("2013-01-10")))
    lines = {one.bar: one for one in explain.lines(made, vague, score.bars(made, vague), 1)}
    assert explain.sentence(lines["space"]).startswith("The place is too vague to compare")
    assert explain.sentence(lines["time"]).startswith("By the days of others who were there it was in use about 2012-12-22 – 2013-02-10")
    lost = person(taken(None))
    assert [one.text for one in explain.lines(made, lost, score.bars(made, lost), 0)] == [
        "No place to compare, so distance is not weighed", "No day is known from which to reckon, so time is not weighed",
        "How well the site is documented at about that time (%(here)s of %(all)s confirmed links are of it)"]
    against = person(statements=(Statement(0, "B", 1, against=True),))
    assert explain.lines(made, against, score.bars(made, against), 0)[-1].text.startswith("Ruled out in statements")
