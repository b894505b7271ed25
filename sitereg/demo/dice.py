"""Seeded chance: the same seed gives the same ids, codes, places and days on every machine."""
import random
from datetime import date, datetime, timedelta, timezone
from uuid import UUID

from sitereg.writing import CODE_LETTERS, check_letter

MONTH = int(datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=3))).timestamp() * 1000)


class Dice(random.Random):
    """Chance of one room of the demonstration, told apart from the others' by its name."""

    def __init__(self, *of):
        super().__init__("/".join(str(one) for one in of))
        self.given = set()

    def id(self):
        """A UUIDv7 of the month of the demonstration, as reg.new_id makes them."""
        bits = self.getrandbits(74)
        return UUID(f"{MONTH:012x}7{bits >> 62:03x}{0x8000 | bits >> 48 & 0x3FFF:04x}{bits & (1 << 48) - 1:012x}")

    def code(self, prefix):
        """A public code with its check character, as reg.new_code makes them; none twice."""
        while (body := "".join(self.choice(CODE_LETTERS) for _ in range(6))) in self.given:
            pass
        self.given.add(body)
        return f"{prefix}-{body}-{check_letter(body)}"

    def day(self, first, last):
        """A day from `first` to `last`, both included."""
        return first + timedelta(days=self.randint(0, (last - first).days))

    def around(self, day, most):
        """A day as somebody remembers it: itself, or a range of up to `most` days that holds it."""
        before, after = self.choice((0, 0, self.randint(0, most))), self.choice((0, self.randint(0, most)))
        return day - timedelta(days=before), min(day + timedelta(days=after), date(2025, 12, 31))


class Turns:
    """The terms of each vocabulary one after another: each occurs where as many are asked for as there are."""

    def __init__(self):
        self.asked = {}

    def next(self, scheme, *without):
        """The code of the next term, `without` some."""
        codes = [one for one in scheme.codes() if one not in without]
        n = self.asked[scheme, without] = self.asked.get((scheme, without), -1) + 1
        return codes[n % len(codes)]
