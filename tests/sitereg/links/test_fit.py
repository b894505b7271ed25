"""What is learnt is taken only where it is true: on registries simulated with known parameters, a change is found, noise is not."""
import json
from dataclasses import replace

import numpy
import pytest
from click.testing import CliRunner

from sitereg.cli import main
from sitereg.errors import BadInput
from sitereg.links import fit, keeping, score
from sitereg.links.cases import Case
from sitereg.links.model import DEFAULTS
from tests.sitereg.links.worlds import at, day, days, person, sites, taken, world

SITES = 30
THIRDS = ["abc"[n % 3] for n in range(200)]


def simulated(seed, persons, **true):
    """(the world under the defaults, its cases): each true site drawn from the score under the parameters `true`."""
    rng = numpy.random.default_rng(seed)
    where = rng.uniform(-60, 60, (SITES, 2))
    codes = ("air", "army", "state")
    used = {k: [(*days(f"201{k % 3}-01-01"), *days(f"201{k % 3 + 1}-01-01"))] for k in range(0, SITES, 2)}
    made = sites([at(*one, 50.0) for one in where], used, authorities=tuple(((codes[k % 3], numpy.nan, numpy.nan),) for k in range(SITES)))
    base = world(made)
    told = world(made, **true)
    facts = score.statistics(told)
    cases = []
    for n in range(persons):
        when = day("2010-06-01") + int(rng.integers(0, 1_200))
        asked = person(taken(at(*rng.uniform(-60, 60, 2), 1_000.0), (when, when)), authorities=frozenset({codes[n % 3]}), number=n, group=n)
        p = score.bars(told, asked, facts).p
        cases.append(Case(asked, (int(rng.choice(SITES, p=p / p.sum())),), float(when)))
    return base, cases


def test_too_few_groups_change_nothing():
    base, cases = simulated(1, 60, kappa=(("authority", 3.0),))
    few = [replace(case, person=replace(case.person, group=n % 49)) for n, case in enumerate(cases)]
    made = fit.fit(base, few)
    assert made.parameters is base.parameters and not made.accepted and made.groups == 49 and "50 are needed" in made.why
    nobody = [replace(case, person=replace(case.person, group=-1)) for case in few]
    assert len(set(fit.numbered(nobody).tolist())) == 60, "somebody of no group is one of its own"


def test_a_true_change_is_found_and_taken():
    base, cases = simulated(12, 99, kappa=(("authority", 3.5), ("time", 0.0)))
    made = fit.fit(base, cases)
    assert made.accepted and "beat the defaults" in made.why and [one.what for one in made.trials] == ["exponents"]
    kappa = dict(made.parameters.kappa)
    assert kappa["authority"] > 1.4 and 0 <= kappa["time"] < 0.7 and made.parameters.version.startswith("fitted:")
    assert made.parameters.version == fit.fit(base, cases, THIRDS[:99]).parameters.version, "the same data, the same fit"
    trial = made.trials[0]
    for was, now, error in (trial.newest, trial.left_out):
        assert now - was > error > 0
    assert trial.regions == 8


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_noise_is_refused(seed):
    base, cases = simulated(seed, 60)
    made = fit.fit(base, cases, THIRDS[:60])
    assert not made.accepted and made.parameters is base.parameters and "the defaults stay" in made.why


def test_what_the_newest_confirmations_contradict_is_refused():
    base, cases = simulated(6, 80)
    _, other = simulated(6, 80, kappa=(("authority", 4.0),))
    mixed = [*cases[:64], *other[64:]]  # the newest fifth follows another law than all before
    ordered = [replace(case, confirmed_on=float(n)) for n, case in enumerate(mixed)]
    made = fit.fit(base, ordered, ["north" if n % 2 else "south" for n in range(80)])
    assert not made.accepted


def test_shapes_are_learnt_within_their_bounds_from_a_hundred_groups():
    true = {"d0_km": 12.0, "authority": (0.0, 0.0, 0.0), "gaps": ((0, 2.5), (30, 0.0), (180, -1.0), (400, -1.6), (1e9, -2.5))}
    base, cases = simulated(7, 110, **true)
    made = fit.fit(base, cases, [("north", "south")[n % 2] for n in range(110)])
    assert made.accepted and made.trials[0].what == "shapes and exponents"
    p = made.parameters
    nats = [nat for _, nat in p.gaps]
    assert nats == sorted(nats, reverse=True) and 0.5 <= p.d0_km <= 30 and 1 <= p.g <= 3 and p.d0_km > base.parameters.d0_km
    same, parent, other = p.authority
    assert 0 <= parent <= same < 1.2 and -1.2 < other <= 0


def test_regions_are_halves_of_halves_and_a_group_counts_as_one():
    base, cases = simulated(8, 64)
    regions = fit.regions_of(cases)
    assert sorted(numpy.bincount(regions).tolist()) == [8] * 8
    crowd = [replace(case, person=replace(case.person, group=min(n, 10))) for n, case in enumerate(cases)]
    data = fit.Data.of(base, crowd, fit.numbered(crowd))
    assert data.weights.sum() == pytest.approx(11) and data.weights[-1] == pytest.approx(1 / 54)
    assert fit.newest_of(data).sum() >= 2


def test_parameters_are_kept_in_a_file_and_read_again(tmp_path):
    fitted = replace(DEFAULTS["held"], name="fitted", kappa=(("load", 0.5),), d0_km=2.25)
    keeping.write(tmp_path / "p.json", fitted)
    assert keeping.read(tmp_path / "p.json", "held") == fitted and keeping.read(tmp_path / "p.json", "held").version == fitted.version
    for name, text, said in (("other.json", (tmp_path / "p.json").read_text(), "for the question held"), ("x.json", "{", "no parameters"),
                             ("y.json", '{"question": "held", "speed": 3}', "no parameters"), ("gone.json", None, "no such file")):
        if text is not None:
            (tmp_path / name).write_text(text)
        with pytest.raises(BadInput, match=said):
            keeping.read(tmp_path / name, "buried")


def test_the_shell_fits_files_and_evaluates_with_what_it_kept(tmp_path):
    rng = numpy.random.default_rng(4)
    spots = rng.uniform((33, 36), (35, 38), (8, 2))
    lines = {"persons": ["pid,group,lat,lon,date_lo"], "sites": ["sid,lat,lon", *(f"s{k},{a},{b}" for k, (a, b) in enumerate(spots))],
             "truth": ["pid,sid"]}
    for n in range(55):
        lat, lon = spots[n % 8] + rng.normal(0, 0.2, 2)
        lines["persons"].append(f"{n},g{n},{lat},{lon},2013-0{n % 9 + 1}-01")
        lines["truth"].append(f"{n},s{n % 8}")
    words = []
    for name, rows in lines.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(rows))
        words += [f"--{name}", str(tmp_path / f"{name}.csv")]
    kept = str(tmp_path / "parameters.json")
    said = CliRunner().invoke(main, ["links", "fit", *words, "--question", "held", "--out", kept, "--json"])
    made = json.loads(said.stdout)
    assert said.exit_code == 0 and made["groups"] == 55 and [one["what"] for one in made["trials"]] == ["exponents"]
    assert all(isinstance(value, float) for value in made["trials"][0]["newest"])
    again = CliRunner().invoke(main, ["links", "evaluate", *words, "--question", "held", "--parameters", kept, "--json"])
    assert json.loads(again.stdout)["version"] == made["version"]
    told = CliRunner().invoke(main, ["links", "fit", *words, "--question", "held"])
    assert made["why"] in told.stdout and "no random sample" in told.stdout
