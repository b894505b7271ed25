"""Two lists crossed without names: recall and precision beside exact hashes and clear text, and what attackers learn of a file.

    python -m bench.crossing --n 10000

Invented persons of two lists, three in ten of them in both; the first list as its owner writes it, the second with slips, across
scripts or in both. Thresholds were judged on bench.names_slips; bench.names_held is for reporting alone.
"""
import argparse
import hashlib
import hmac
import sys
import time

import numpy
from rapidfuzz import fuzz, process

from bench import crossing_attacks, names_held, names_made, names_slips
from bench.measure import Table, Timing
from sitereg import names, sounds
from sitereg.crossing import comparing, encodings, keys
from sitereg.crossing.marks import Person, named
from sitereg.crossing.schema import Schema

SHARED = 0.3
TOWNS = (("دوما", "Douma"), ("داريا", "Darayya"), ("الرستن", "Rastan"), ("تلبيسة", "Talbiseh"), ("سراقب", "Saraqib"),
         ("معرة النعمان", "Maarrat al-Numan"), ("القصير", "Qusayr"), ("الزبداني", "Zabadani"), ("نوى", "Nawa"), ("إنخل", "Inkhil"),
         ("الباب", "Al-Bab"), ("منبج", "Manbij"), ("البوكمال", "Albu Kamal"), ("الميادين", "Mayadin"), ("جبلة", "Jableh"),
         ("بانياس", "Baniyas"), ("سلمية", "Salamiyah"), ("الحولة", "Houla"), ("كفرنبل", "Kafr Nabl"), ("حرستا", "Harasta"))
SCHEMAS = {"encoded": Schema(), "encoded, plain": Schema(hardening="plain"), "encoded, salted": Schema(salted=True),
           "encoded, names alone": Schema(fields=("name",))}
BARS = {"encoded": 0.75, "encoded, plain": 0.75, "encoded, salted": 0.75, "encoded, names alone": 0.85,
        "clear text (rapidfuzz)": 0.95}

WORLDS = (("no slips, other script", None, ("latin",)), ("slips, both scripts", names_slips, ("ar", "latin")),
          ("slips, other script", names_slips, ("latin",)), ("held slips, both", names_held, ("ar", "latin")))

__all__ = ["run"]


def invented(dice, n):
    """n persons: (words of the name, year of birth, town)."""
    people = names_made.people(dice, n, names_made.families(dice, max(200, n // 20)))
    return [(one, int(dice.integers(1950, 2000)), int(dice.integers(len(TOWNS)))) for one in people]


def noted(dice, one, script, slips=None):
    """A Person as a source has it: a sixth without a year, a sixth without a town; with slips also a year beside."""
    name, born, town = one
    if slips:
        text = slips.asked(dice, name, script)[0]
        born += int(dice.integers(-1, 2)) if dice.random() < 0.3 else 0
    else:
        systems = ["ar"] if script == "ar" else list(names_made.SYSTEMS)
        text = names_made.written(name, systems[dice.integers(len(systems))])
    return Person(text, born if dice.random() > 0.15 else None, TOWNS[town][script != "ar"] if dice.random() > 0.15 else "")


def lists(n, slips, seed, scripts):
    """(first list, second list, how many of the first stand in the second at the same places); scripts: of the second's rows."""
    dice, shared = numpy.random.default_rng(seed), int(SHARED * n)
    people = invented(dice, 2 * n - shared)
    first = [noted(dice, one, "ar") for one in people[:n]]
    second = [noted(dice, one, scripts[int(dice.integers(len(scripts)))], slips if i < shared else None)
              for i, one in enumerate(people[:shared] + people[n:])]
    return first, second, shared


def encoded(first, second, schema, least):
    """[(place in the first list, place in the second)]."""
    key = keys.join(keys.half(), keys.half())
    a, b = encodings.encode(first, key, schema), encodings.encode(second, key, schema)
    return [(a.numbers[one.one], b.numbers[one.other]) for one in comparing.cross(a.file, b.file, least).pairs]


def hashed(first, second, text):
    """The peer: keyed hashes of the whole name and year, equal or not, each once."""
    def of(one):
        return hmac.new(b"any", f"{text(one.name)}|{one.born or ''}".encode(), hashlib.sha256).digest()

    places, found = {}, []
    for i, one in enumerate(first):
        places.setdefault(of(one), []).append(i)
    for j, one in enumerate(second):
        if places.get(of(one)):
            found.append((places[of(one)].pop(), j))
    return found


def clear(first, second, least):
    """The upper bound: who sees both lists, rapidfuzz over the bones of names, year and place with it."""
    def read(people):
        return ([" ".join(map(sounds.bones, named(one.name))) for one in people], [one.born for one in people],
                [" ".join(sorted(map(sounds.bones, sounds.words(one.origin)))) for one in people])

    (heard, born, town), (others, theirs, towns) = read(first), read(second)
    pairs = []
    for start in range(0, len(first), 500):
        part = slice(start, start + 500)
        scores = process.cdist(heard[part], others, scorer=fuzz.token_set_ratio, dtype=numpy.float32, workers=1) / 100
        scores += 0.2 * agreement(born[part], theirs, 1) + 0.2 * agreement(*numbered(town[part], towns), 0)
        rows, columns = numpy.nonzero(scores >= least)
        pairs += zip(scores[rows, columns].tolist(), (rows + start).tolist(), columns.tolist(), strict=True)
    used, found = (set(), set()), []
    for _score, i, j in sorted(pairs, key=lambda pair: -pair[0]):
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            found.append((i, j))
    return found


def numbered(one, other):
    """Words as numbers, None for ''."""
    known = {word: i for i, word in enumerate(sorted({*one, *other} - {""}), 1)}
    return [known.get(word) for word in one], [known.get(word) for word in other]


def agreement(one, other, within):
    """Of each with each: 0.5 where the numbers are no farther apart than `within`, -0.5 where they are, 0 where one is None."""
    a, b = (numpy.array([value or 0 for value in side], dtype=numpy.float32) for side in (one, other))
    alike = numpy.abs(a[:, None] - b[None, :]) <= within
    return numpy.where((a[:, None] == 0) | (b[None, :] == 0), 0, alike - numpy.float32(0.5)).astype(numpy.float32)


def judged(table, name, made, shared):
    """A row: seconds, pairs, precision and recall of what `made` answers."""
    began, cpu = time.perf_counter(), time.process_time()
    found = made()
    timing = Timing([time.perf_counter() - began], time.process_time() - cpu, 0)
    right = sum(i == j < shared for i, j in found)
    table.add(name, timing, beside=f"{shared:,} true pairs, {len(found):,} found: precision {right / max(1, len(found)):.3f}, "
                                   f"recall {right / shared:.3f}")
    return right / max(1, len(found)), right / shared


def ways(first, second):
    """{name: () -> pairs}: the encodings, and what they are beside."""
    made = {name: lambda schema=schema, name=name: encoded(first, second, schema, BARS[name]) for name, schema in SCHEMAS.items()}
    made["exact hash of the name as searched (peer)"] = lambda: hashed(first, second, names.key_loose)
    made["exact hash of its bones (peer)"] = lambda: hashed(
        first, second, lambda text: " ".join(sorted(map(sounds.bones, named(text)))))
    made["clear text (rapidfuzz)"] = lambda: clear(first, second, BARS["clear text (rapidfuzz)"])
    return made


def run(n=2000, *, seed=11, keep=True):
    table = Table("crossing", "Two lists crossed without names", {"n": n, "in both": int(SHARED * n)})
    for title, slips, scripts in WORLDS:
        first, second, shared = lists(n, slips, seed, scripts)
        for name, made in ways(first, second).items():
            judged(table, f"{title}: {name}", made, shared)
    dice = numpy.random.default_rng(seed + 1)
    people = invented(dice, 5 * n)
    register, victims = [noted(dice, one, "ar") for one in people], [noted(dice, one, "ar") for one in people[:n]]
    for name, schema in SCHEMAS.items():
        for what, share in crossing_attacks.learnt(register, victims, schema).items():
            table.say(f"{name}: {what}", 100 * share, unit="%")
    table.finish(keep=keep)
    return table


def main(args=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=2000, help="rows of either list")
    run(parser.parse_args(args).n)
    return 0


if __name__ == "__main__":
    sys.exit(main())
