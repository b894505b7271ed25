"""`sitereg links evaluate`: figures on files, whatever their oddities, with no registry anywhere near."""
import json
import random
import warnings
from datetime import date

import numpy
import pytest
from click.testing import CliRunner

from bench import link_dev, link_figures
from sitereg.cli import main
from sitereg.errors import BadInput
from sitereg.links import cases, evaluate, files
from sitereg.links.model import DEFAULTS

PERSONS = "pid,group,lat,lon,radius_km,date_lo,date_hi,authority"
SITES = "sid,lat,lon,kind,authority,period_lo,period_hi"


@pytest.fixture
def lay(tmp_path, monkeypatch):
    """Writes the three files from lines of text (bytes as they are) and gives the words of the command."""
    def none(*_):
        raise AssertionError("no settings are read")

    monkeypatch.setattr("sitereg.settings.Settings.from_env", none)

    def write(persons, sites, truth, question="held"):
        words = []
        for name, text in (("persons", persons), ("sites", sites), ("truth", truth)):
            path = tmp_path / f"{name}.csv"
            path.write_bytes(text if isinstance(text, bytes) else ("\n".join(text) + "\n").encode())
            words += [f"--{name}", str(path)]
        return ["links", "evaluate", *words, "--question", question, "--json"]

    return write


def run(words):
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 0, said.stderr
    return json.loads(said.stdout)


def country(rng, n=60):
    """An invented country: two sites a town, people of a town and month held at the one in use then, which may be the farther."""
    towns = rng.uniform((33.0, 36.0), (36.0, 40.0), (12, 2))
    sites = [f"t{k}{which},{lat + away},{lon},branch,{auth},," for k, (lat, lon) in enumerate(towns)
             for which, away, auth in (("a", 0.01, "air"), ("b", 0.09, "army"))]
    persons, truth = [PERSONS], ["pid,sid,date"]
    for k in range(n):
        town, late = k % 12, k % 2
        when = date.fromordinal(date(2013 + late, 3, 1).toordinal() + int(rng.integers(0, 20)))
        lat, lon = towns[town] + rng.normal(0, 0.01, 2)
        persons.append(f"p{k},g{k},{lat:.5f},{lon:.5f},1,{when},{when},{('air', 'army')[late] if k % 3 else ''}")
        truth.append(f"p{k},t{town}{'ab'[late]},{when}")
    return persons, [SITES, *sites], truth


def test_figures_beside_what_needs_no_model(lay):
    made = run(lay(*country(numpy.random.default_rng(3))))
    assert (made["n"], made["candidates"], made["links"]) == (60, 24, 60) and made["skipped"] == [] == made["notes"]
    assert set(made["rankers"]) == {"nearest", "load", "distance", "default"}
    default, nearest = made["rankers"]["default"], made["rankers"]["nearest"]
    assert nearest["hit@1"] == pytest.approx(0.5, abs=0.05) and nearest["ll"] is None and nearest["ece"] is None
    assert default["hit@1"] > 0.85 and default["ll"] > made["rankers"]["distance"]["ll"] > made["rankers"]["load"]["ll"]
    for one in made["rankers"].values():
        assert one["hit@1"] <= one["hit@5"] <= one["hit@20"] <= 1 and 0 < one["mrr"] <= 1 and one["seconds"] >= 0
    assert sum(row["n"] for row in made["calibration"]) == 60 and made["version"] == DEFAULTS["held"].version


def test_the_own_group_is_left_out_of_all_that_is_counted(lay):
    persons, sites, truth = country(numpy.random.default_rng(3))
    alone = [line if k == 0 else ",".join([(parts := line.split(","))[0], "all", *parts[2:]]) for k, line in enumerate(persons)]
    left = run(lay(alone, sites, truth))["rankers"]
    assert left["load"]["hit@1"] == pytest.approx(1 / 24, abs=1e-3), "nothing is left to count"
    assert left["default"]["hit@1"] < run(lay(persons, sites, truth))["rankers"]["default"]["hit@1"]


def test_ties_are_averaged_over_their_orders():
    values = numpy.array([3.0, 2.0, 2.0, 2.0, 1.0])
    one, five, twenty, reciprocal = evaluate.hits(values, (2,))
    assert (one, five, twenty) == (0, 1, 1) and reciprocal == pytest.approx((1 / 2 + 1 / 3 + 1 / 4) / 3)
    assert evaluate.hits(numpy.zeros(10), (3,))[:2] == pytest.approx((0.1, 0.5))
    assert evaluate.hits(numpy.zeros(4), (0, 1))[0] == pytest.approx(0.5) and evaluate.hits(values, (0, 4))[0] == 1
    rng = numpy.random.default_rng(1)
    drawn = [min(rng.permutation(6)[:2]) + 1 for _ in range(20_000)]
    assert evaluate.hits(numpy.zeros(6), (1, 4))[3] == pytest.approx(numpy.mean(1 / numpy.array(drawn)), abs=0.01)


def test_chances_are_those_of_the_best_true_site_and_calibration_counts_the_first():
    one = evaluate.Ranked()
    one.add(numpy.log([0.5, 0.3, 0.2]), (1, 2), 0.1)
    one.add(numpy.log([0.6, 0.3, 0.1]), (0,), 0.1)
    made = evaluate.measures(one)
    assert made["ll"] == pytest.approx(numpy.log([0.27, 0.54]).mean(), abs=1e-4) and made["hit@1"] == 0.5
    assert made["brier"] == pytest.approx((0.45 ** 2 + 0.46 ** 2) / 2, abs=1e-4)
    assert made["ece"] == pytest.approx((0.45 + 0.46) / 2, abs=1e-4)


ODD = {
    "a lat that is none": ("1,g,91,36,,,,", "lat is no number between -90 and 90: read as empty",
                           "persons.csv line 2, column lat: '91'"),
    "a day that is none": ("1,g,34,36,,2013-02-30,,", "date_lo is no day of the calendar: read as not known", "'2013-02-30'"),
    "a year that cannot be": ("1,g,34,36,,1013-02-03,,", "date_lo lies before 1800 or in a year to come: read as not known",
                              "'1013-02-03'"),
    "days in the wrong order": ("1,g,34,36,,2014-01-01,2013-01-01,", "date_lo is later than date_hi: both read as not known", "2014-01-01"),
    "a negative radius": ("1,g,34,36,-5,,,", "radius_km is no number between 0 and 20000: read as empty", "'-5'"),
    "words for a number": ("1,g,34,36,far,,,", "radius_km is no number between 0 and 20000: read as empty", "'far'"),
    "no place": ("1,g,,,,,,", "a person has no coordinates: not ranked, the links count", "column lat, lon: '1'"),
    "no pid": (",g,34,36,,,,", "a row has no pid: left out", "line 2, column pid"),
    "a pid twice": ("7,g,34,36,,,,", "a pid stands twice in persons.csv: the first row counts", "line 3, column pid: '7'"),
    "a cell too many": ("1,g,34,36,,,,,", "a row has more or fewer cells than the header: left out", "persons.csv line 2"),
}


@pytest.mark.parametrize("what", ODD)
def test_an_odd_cell_is_counted_and_its_place_is_said(lay, what):
    line, said, where = ODD[what]
    made = run(lay([PERSONS, line, "7,g7,34,36,,2013,2013,"], [SITES, "s,34.1,36.1,,,,", "r,34.3,36.3,,,,"], ["pid,sid", "7,s"]))
    assert made["n"] == 1
    found = [one for one in made["skipped"] if one["what"] == said]
    assert found and found[0]["count"] == 1 and where in found[0]["first"][0] and found[0]["do"].endswith("."), made["skipped"]


def test_a_single_place_with_lat_and_lon_exchanged_is_counted_and_left_as_it_is(lay):
    people = ["1,g,40.1,20.1,,,,", *(f"{k},g{k},20.{k},40,,,," for k in range(2, 7))]
    made = run(lay([PERSONS, *people], [SITES, "s,20.1,40.1,,,,"], ["pid,sid", "1,s", "2,s"]))
    assert made["n"] == 2 and [one["what"] for one in made["skipped"]] == ["lat and lon look exchanged: read as written"]
    assert "persons.csv line 2, column lat, lon" in made["skipped"][0]["first"][0]


def test_odd_sites_and_links_are_counted_too(lay):
    made = run(lay([PERSONS, "1,g,34,36,,,,", "2,h,34,36,,,,"],
                   [SITES, "s,34.1,36.1,,,2013,2012", "t,,36,,,,", "s,1,1,,,,", "u,34.2,36,,,,"],
                   ["pid,sid,date", "1,s,31/12/2013", "1,s,", "9,u,2013-05-05", "2,nowhere,", "2,t,"]))
    said = {one["what"].split(":")[0]: one["count"] for one in made["skipped"]}
    assert said == {"period_lo is later than period_hi": 1, "a site has no coordinates": 1, "a sid stands twice in sites.csv": 1,
                    "date is no day of the calendar": 1, "a link stands twice in the truth": 1,
                    "a true site is not among the candidates": 2,
                    "a link is of a person who is not in the persons file": 1}
    assert (made["n"], made["candidates"], made["links"]) == (1, 2, 2)


def test_tables_as_windows_writes_them(lay):
    sites = "SID;Lat;LON\r\ns\xe9;34,1;36,1\r\nt;34,5;36,5\r\n".encode("cp1252")
    truth = "\ufeffpid\tsid\r\n1\ts\xe9\r\n".encode()
    persons = "pid;group;lat;lon;date_lo\r\n1;g;34,05;36,05;2013-02\r\n".encode("utf-16")
    made = run(lay(persons, sites, truth))
    assert made["n"] == 1 and made["rankers"]["nearest"]["hit@1"] == 1 and made["skipped"] == []
    assert any("sites.csv is not UTF-8 (line 2)" in note for note in made["notes"])


def test_a_month_and_a_year_are_all_their_days(tmp_path):
    table = files.Table("p.csv", (), ())
    odd = files.Oddities()
    read = lambda text, last=False: files.day(table, 2, {"d": text}, "d", odd, last=last)  # noqa: E731
    day = lambda *parts: date(*parts).toordinal()  # noqa: E731
    assert (read("2013-02"), read("2013-02", True)) == (day(2013, 2, 1), day(2013, 2, 28))
    assert (read("2012"), read("2012", True)) == (day(2012, 1, 1), day(2012, 12, 31)) and read("2013-02-03T10:00") == day(2013, 2, 3)
    assert numpy.isnan(read("NaT")) and numpy.isnan(read("")) and odd.found == {}


WRONG = {
    "no such file": (None, "There is no such file"),
    "empty": (b"", "The file is empty"),
    "only a header": (PERSONS.encode(), "has a header and no rows"),
    "no column": (b"pid,lat,lon\n1,2,3\n", "has no column group: persons.csv line 1"),
    "a column twice": (b"pid,group,lat,lon,lat\n1,g,2,3,4\n", "names a column twice: lat"),
    "binary": (b"pid,group,lat,lon\n1,\x00,2,3\n", "zero bytes"),
    "exchanged": (b"pid,group,lat,lon\n1,g,-3.7,40.4\n2,g,-4,41\n", "with lat and lon exchanged"),
    "nobody": (b"pid,group,lat,lon\nz,g,40,-3\n", "No person of the truth has a place"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_cannot_be_used_is_refused_with_what_to_do(lay, tmp_path, what):
    raw, said = WRONG[what]
    words = lay(raw or b"", [SITES, "s,40.4,-3.7,,,,", "t,41,-4,,,,"], ["pid,sid", "1,s", "2,t"])
    if raw is None:
        (tmp_path / "persons.csv").unlink()
    refused = CliRunner().invoke(main, words)
    assert refused.exit_code == 1 and refused.stdout == "", refused.stdout
    told = json.loads(refused.stderr.splitlines()[-1])
    assert said in f"{told['what']}: {told['where']}" and told["do"] and "Traceback" not in refused.stderr


def test_a_cap_ranks_so_many_of_one_place_and_site_and_counts_all(lay):
    people = [f"{k},g{k},34,36,,2013,2013," for k in range(9)]
    words = lay([PERSONS, *people], [SITES, "s,34.1,36.1,,,,", "r,34.3,36.3,,,,"], ["pid,sid", *(f"{k},{'sr'[k > 6]}" for k in range(9))])
    made = run([*words, "--cap", "3"])
    assert made["n"] == 5 and made["links"] == 9 and "At most 3 persons" in made["notes"][0]


def test_as_words_it_is_a_table_and_what_was_odd_stands_beside(lay):
    words = lay(*country(numpy.random.default_rng(3)))
    words.remove("--json")
    said = CliRunner().invoke(main, words)
    assert said.exit_code == 0 and said.stdout.startswith("60 of 60 persons ranked among 24 sites, 60 true links, question held")
    assert [line.split()[0] for line in said.stdout.splitlines()[2:]] == ["ranker", "nearest", "load", "distance", "default"]


@pytest.mark.data
@pytest.mark.parametrize(("name", "cap", "n", "nearest", "least"), [
    pytest.param("spain-residence", 3, 362, 0.068, (0.42, 0.63, 0.85, -3.41), marks=pytest.mark.drill),
    ("argentina-found", 0, 1_255, 0.278, (0.284, 0.471, 0.72, -3.81))])
def test_the_figures_of_two_countries_are_reached(data, tmp_path, name, cap, n, nearest, least):
    link_dev.main(data("link_dev"), tmp_path)
    found = cases.load(*(tmp_path / f"{name}-{what}.csv" for what in ("persons", "sites", "truth")), DEFAULTS["buried"], cap)
    made = evaluate.evaluate(found)
    best = made["rankers"]["default"]
    assert made["n"] == n and made["rankers"]["nearest"]["hit@1"] == pytest.approx(nearest, abs=5e-4)
    assert all(best[key] >= value for key, value in zip(("hit@1", "hit@5", "hit@20", "ll"), least, strict=True)), best


def test_reading_raises_and_never_guesses_a_table(tmp_path):
    (tmp_path / "x.csv").write_text('pid,group,lat,lon\n1,"a\n')
    with pytest.raises(BadInput):
        files.read(tmp_path / "x.csv", ("pid", "nothing"), files.Oddities())


CELLS = ("", "1", "36.5", "-181", "1e999", "nan", "2013-13", "0000-00-00", "31.12.2013", "9999-12-31", "10000-01-01", "é", '"a', ";", "|",
         "air|army", " 34 ", "34,5", "−5", "٣٤", "2013-1-1", "-1-2-3", "2013--1", "2013-02-30T00:00", "inf", "1_000")
COLUMNS = {"persons": PERSONS, "sites": SITES, "truth": "pid,sid,date"}


def test_whatever_stands_in_the_files_there_is_an_answer_or_a_refusal(tmp_path):
    rng = random.Random(5)
    good = {"radius_km": "2", "date_lo": "2013-01-02", "date_hi": "2013-02-02", "authority": "air", "kind": "prison", "date": "2013-01-05",
            "period_lo": "2012-01-01", "period_hi": ""}
    answered = refused = 0
    for _ in range(60):
        for name, head in COLUMNS.items():
            mark, columns = rng.choice(",,;\t|"), head.split(",")
            cell = lambda c, k: {"pid": str(k), "sid": f"s{k}", "group": f"g{k % 3}", "lat": f"{34 + k / 99}",  # noqa: E731
                                 "lon": f"{36 + k / 50}"}.get(c) or good[c]
            rows = [columns, *([rng.choice(CELLS) if rng.random() < 0.1 else cell(c, k) for c in columns]
                               for k in range(rng.randint(1, 8)))]
            text = rng.choice(("\n", "\r\n")).join(mark.join(row) for row in rows)
            (tmp_path / name).write_bytes(text.encode(rng.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252")), "replace"))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                found = cases.load(*(tmp_path / name for name in COLUMNS), DEFAULTS[rng.choice(("held", "buried"))], rng.choice((0, 2)))
                assert evaluate.evaluate(found)["n"] == len(found.cases)
            answered += 1
        except BadInput as error:
            assert error.do and error.where
            refused += 1
    assert answered > 20 and refused > 5


def test_the_pictures_are_drawn_from_any_files(lay, tmp_path):
    from xml.etree import ElementTree

    lay(*country(numpy.random.default_rng(3)))
    made = link_figures.evaluation(*(tmp_path / f"{name}.csv" for name in COLUMNS), "held")
    assert made["curves"]["default"][4] == pytest.approx(made["made"]["rankers"]["default"]["hit@5"], abs=1e-4)
    assert link_figures.table("made up", made).count("\n") == 3
    for across, lines in (("k", link_figures.hit_lines), ("P of the first candidate", link_figures.calibration_lines)):
        drawn = link_figures.panels([("made up", across, lines(made))], "share")
        assert len(ElementTree.fromstring(drawn).findall(".//{*}polyline")) == len(lines(made))
