"""The sentences to families as a rule: whatever facts there are, two to five of them, and never a word that may not be said."""
import itertools
import random

import pytest

from sitereg import telling

NEVER = ("dead", "death", "died", "deceased", "body", "remains", "buried", "burial", "grave", "kill", "execut", "score", "likely", "probab", " bits", "وفاة", "توفي", "متوفى",
         "ميت", "موت", "جثة", "جثمان", "رفات", "دفن", "قبر", "قتل", "إعدام", "احتمال", "درجة")
NAMES = {"SY01": {"en": "Damascus", "ar": "دمشق"}, "SY02": {"en": "Aleppo", "ar": "حلب"}}
EVERY = [{"line": line, "year": year, "month": month, "adm1": adm1} for line, (year, month), adm1 in itertools.product(
    telling.FACTS, ((None, None), (2012, None), (2014, 3), (2019, 12)), (None, "SY01", "SY02", "SY0100"))]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_facts_there_are(seed):
    dice = random.Random(seed)
    facts = [*dice.sample(EVERY, dice.randint(0, 8)), {"line": dice.choice(["died", "buried_at", "x"]), "year": 2014, "month": 1, "adm1": "SY01"}]
    lines = telling.lines(facts)
    assert 2 <= len(lines) <= 5 and lines[0] == telling.OPEN and lines[-1] == telling.CLOSE and all(one in facts for one in lines[1:-1])
    assert lines == telling.lines(dice.sample(facts, len(facts)))
    for locale in ("en", "ar"):
        told = telling.words(lines, locale, NAMES)
        assert len(told) == len(lines) and all(one.endswith(".") and "%(" not in one for one in told)
        assert not [(word, one) for word in NEVER for one in told if word in one.lower()]
        assert "SY0" not in " ".join(told)


def test_every_sentence_is_in_both_languages_and_tells_no_death():
    for one in [telling.OPEN, telling.CLOSE, *EVERY]:
        english, arabic = (telling.words([one], locale, NAMES)[0] for locale in ("en", "ar"))
        assert english != arabic and not any("a" <= letter <= "z" for letter in arabic.lower())
    assert all(telling.said(one, "ar") != one for one in telling.WITHHELD.values())


def test_signs_of_life_and_the_newest_come_first_told_in_order_of_time():
    fact = lambda line, year: {"line": line, "year": year, "month": None, "adm1": None}  # noqa: E731
    facts = [fact("seen", 2013), fact("held", 2018), fact("held", 2012), fact("taken", 2011), fact("contact", 2012)]
    assert [(one["line"], one["year"]) for one in telling.lines(facts)[1:-1]] == [("contact", 2012), ("seen", 2013), ("held", 2018)]


def test_what_is_owed():
    held, seen = ({"line": line, "year": 2014, "month": 3, "adm1": None} for line in ("held", "seen"))
    now = {"open": True, "facts": [held]}
    assert telling.again(telling.lines([held]), now) is None
    assert telling.again(telling.lines([held, seen]), now) == {"gone": [seen], "new": []}
    assert telling.again(telling.lines([]), now) == {"gone": [], "new": [held]}
    assert telling.again(telling.lines([held]), {"open": False, "facts": []}) == {"gone": telling.lines([held]), "new": []}
