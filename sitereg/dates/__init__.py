"""Dates as people write them -> all the days they can mean; periods with two such ends.

    dates.parse("12 أيار 2013", today).daterange()                   '[2013-05-12,2013-05-13)'
    dates.parse("05/06/2013", today)                                the union of 5 June and 6 May, ambiguous
    dates.parse("05/06/2013", today, dates.Declared(order="dmy"))   5 June
    dates.parse_period("2013/..", today).ended.open                 True: still so when recorded

`today` is the day of the one who records (reg.today() in the database): no clock is read here, so the same
words on the same day always mean the same. Nothing here raises for any text that people may give.
"""

from sitereg.dates.calendars import HIJRI_SLACK, hijri_span
from sitereg.dates.days import Days, Period, spell
from sitereg.dates.parse import parse
from sitereg.dates.periods import join, parse_period, still
from sitereg.dates.readings import Declared

__all__ = [
    "HIJRI_SLACK", "Days", "Declared", "Period", "hijri_span", "join", "parse", "parse_period", "spell",
    "still",
]
