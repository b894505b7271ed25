"""Which stories are told in which language: each in one of the two in every run, in both in the drills (`make drills`)."""
import pytest


def told_in(first):
    return pytest.mark.parametrize("lang", [one if one == first else pytest.param(one, marks=pytest.mark.drill) for one in ("en", "ar")])


BOTH = pytest.mark.parametrize("lang", ["en", "ar"])
ENGLISH, ARABIC = told_in("en"), told_in("ar")
