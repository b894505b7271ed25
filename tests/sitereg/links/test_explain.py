"""What links say: every sentence in both languages, and nothing in the catalogue that nobody says."""
import ast
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy
import pytest

from sitereg import sentences
from sitereg.links import batch, explain, score, waterfall
from sitereg.links.candidates import band
from sitereg.links.model import BARS, Event, Network, Statement
from tests.sitereg.links.worlds import at, confirmed, day, days, person, sites, taken, world

ROOM = Path(explain.__file__).parent


def spoken():
    """Every text of the two modules that speak, without what documents them."""
    found = set()
    for name in ("explain.py", "candidates.py"):
        tree = ast.parse((ROOM / name).read_text())
        documents = {ast.get_docstring(one, clean=False) for one in ast.walk(tree)
                     if isinstance(one, ast.Module | ast.ClassDef | ast.FunctionDef)}
        found |= {one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)} - documents
    return found


def told():
    """The sentences among them."""
    return {*explain.LABELS.values(), *explain.LOOKS, *explain.STEPS, *explain.COMPARED.values(), *explain.FLAGGED.values(), *explain.SILENT.values(),
            *explain.LACKING.values(), *(one for _p, one in explain.LEADS),
            *(one for one in spoken() if "%(" in one)}


def test_every_sentence_has_its_arabic():
    for one in told():
        assert re.search("[\u0600-\u06ff]", sentences.said(one, "ar")), one


@pytest.mark.parametrize(("number", "shown"), [(0, "0"), (1, "1-4"), (4, "1-4"), (5, "5-9"), (49, "20-49"), (999, "500-999"), (1000, "1000+"), (7000, "1000+")])
def test_a_band_tells_nobody_alone(number, shown):
    assert band(number) == shown


def test_a_probability_is_never_told_as_sure_and_not_before_the_registry_has_tried_itself():
    told = [explain.chance(p, 0) for p in (0.93, 0.8, 0.04)]
    assert [one.rsplit(": ")[1] for one in told] == ["> 0.7", "0.80", "0.04"] and explain.chance(0.93, 4.7).endswith("0.93") and explain.chance(None, 9) is None
    assert [explain.look(rank, None, False) for rank in (0, 1, 5)] == ["look here first", "look here next", "look here also"]
    assert [explain.look(0, p, False) for p in (0.5, 0.3, 0.1, 0.09)] == ["strong lead", "a lead", "possibly", "on the list only"]
    assert explain.look(0, 0.9, True) == "in no order"


def test_bits_are_nats_by_the_length_of_the_longest():
    rows = (waterfall.row("space", explain.bits(2 * numpy.log(2)), (), "en"), waterfall.row("time", explain.bits(-numpy.log(2) / 2), (), "en"))
    assert [one.bits for one in rows] == pytest.approx([2.0, -0.5]) and waterfall.widest(rows) == pytest.approx(2) and waterfall.widest(rows[1:]) == 1
    assert waterfall.row("space", 0, (), "ar").label == "المسافة"


def scored(whole, asked):
    """As candidates.Scored, of a world without a database."""
    rows = tuple({"geometry": None, "periods": [one for one, site in enumerate(whole.sites.period_site) if site == n]} for n in range(len(whole.sites)))
    bars = score.bars(whole, asked)
    return SimpleNamespace(read=SimpleNamespace(world=whole, rows=rows), person=asked, bars=bars, order=batch.order(bars),
                           events=[{"id": one.id, "kind": "arrested", "first_day": None, "last_day": None, "geometry": None} for one in asked.events])


@pytest.fixture(scope="module")
def found():
    """One person of an invented world with three sites: the true one, the nearest, one that remains were moved to."""
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
    return scored(whole, asked)


def test_each_bar_says_what_it_rests_on(found):
    first, nearest, third = (explain.sentences(found, n) for n in range(3))
    assert set(first) == set(BARS)
    assert first["authority"] == "The authority that took the person ran it: this speaks for it."
    assert third["authority"].startswith("Another branch of the same authority ran it: this speaks for it")
    assert nearest["authority"].startswith("Another authority than the one that took the person ran it: this speaks against it")
    assert first["cohort"].startswith("Of 10 people taken nearby in the same weeks 9 were here: this")
    assert first["companion"].startswith("Of 1 people taken together with this person whose place is known 1 were here: this")
    assert first["mention"].startswith("Named in statements of 2 origins (the best of them B): this speaks strongly for it")
    assert first["transfer"].startswith("Where people were moved on to from the last known custody (2 known to have come here")
    assert third["transfer"].startswith("Transfers here from the last known custody are documented, without a number")
    assert third["moved"].startswith("Remains were moved here from S0: this speaks")
    assert first["moved"].startswith("Remains were moved away from here to S2: this speaks against")
    assert nearest["person"].startswith("It held people of another sex, age or service: this speaks strongly against")
    assert first["load"].startswith("How well the site is documented at about that time (9 of 10 confirmed links are of it)")
    assert first["person"] == "Nothing is known here that says either." and "time says nothing" in nearest["time"]
    assert "in use then" in first["time"] and "not in use then" in third["time"]


def test_all_of_it_is_said_in_arabic_and_nobody_is_said_to_be_found(found):
    for n in range(3):
        for bar, said in explain.sentences(found, n, "ar").items():
            assert re.search("[\u0600-\u06ff]", said) and "%(" not in said, bar
            assert not set("abcdefghijklmnopqrstuvwxyz") & set(said), said
    assert not [one for one in told() if set(re.findall("[a-z]+", one.lower())) & {"found", "dead", "died", "body", "victim"}]


def test_what_is_missing_tells_whom_it_could_bring_to_the_front():
    bare = person(taken(at(0), days("2013-01-01")))
    made = world(sites([at(k * 4.0) for k in range(12)]))
    lacks = {one.bar: one.rivals for one in explain.missing(scored(made, bare))}
    assert set(lacks) == {"authority", "mention", "transfer", "companion"} and lacks["transfer"] is None and 0 < lacks["authority"] <= lacks["mention"] <= 11
    totals = score.bars(made, bare).total
    assert lacks["authority"] == (totals > totals.max() - 2.6).sum() - 1, "2.6 nats lie between the same authority and another one"
    sure = replace(bare, statements=(Statement(0, "A", 1), Statement(0, "A", 2)))
    assert {one.bar: one.rivals for one in explain.missing(scored(made, sure))}["authority"] == 0, "the first leads by more"
    assert {one.bar for one in explain.missing(scored(made, person()))} >= {"space", "time"}


def test_a_neighbour_too_far_to_count_is_no_reason():
    links = confirmed([(1, 0, day("2013-02-10"), -1, 30, 0, 0), (2, 1, day("2010-02-10"), -1, 30, 0, 0)])
    one = scored(world(sites([at(4), at(8)]), links=links), person(taken(at(0), days("2013-02-10"), id=1)))
    said, bar = explain.sentences(one, 0), one.bars.cohort[0]
    assert 0 < bar < explain.LEAST and said["cohort"] == "Nobody confirmed was taken near enough in the same weeks to count: this says little."
    told = explain.because(one, 0, said)
    assert said["cohort"] not in told and said["load"] in told


def test_many_who_count_little_each_are_told_where_they_speak():
    links = confirmed([(k, 1, day("2013-02-10"), -1, 18, 0, 0) for k in range(1, 91)])
    one = scored(world(sites([at(2), at(40)]), links=links), person(taken(at(0), days("2013-02-10"), id=1)))
    here, elsewhere = (explain.sentences(one, n)["cohort"] for n in (1, 0))
    assert one.bars.cohort[1] > explain.LEAST and here.startswith("Others who were taken farther off or weeks apart were rather here: this")
    assert one.bars.cohort[0] < -explain.LEAST and elsewhere.startswith("Others who were taken farther off or weeks apart were rather elsewhere: this")
    assert explain.sentences(one, 1, "ar")["cohort"] != here
