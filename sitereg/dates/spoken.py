"""Days as they are said to a person, in English and Arabic: 12 May 2025, a month, a year, between two days."""
from datetime import timedelta

from sitereg.sentences import said


def day(value, locale):
    """One day: 12 May 2025; in Arabic with both names of the month, 12 أيار/مايو 2025."""
    if locale == "ar":
        return f"{value.day} {month(value.month)} {value.year}"
    from babel.dates import format_date

    return format_date(value, "d MMMM y", locale="en")


def month(number):
    """The month in Arabic, in the Levantine name and the other."""
    from babel.dates import get_month_names

    levantine, other = (get_month_names("wide", "format", locale)[number] for locale in ("ar_SY", "ar_EG"))
    return levantine if levantine == other else f"{levantine}/{other}"


def month_of(value, locale):
    """The month and the year of a day."""
    if locale == "ar":
        return f"{month(value.month)} {value.year}"
    from babel.dates import format_date

    return format_date(value, "MMMM y", locale="en")


def between(first, last, locale):
    """Days in which something lies, both included, each possibly None: a day, a month, years, between two days, after, before."""
    if first is None and last is None:
        return said("at a time not known", locale)
    if first is None:
        return said("before %(day)s", locale, day=day(last + timedelta(days=1), locale))
    if last is None:
        return said("after %(day)s", locale, day=day(first - timedelta(days=1), locale))
    if first == last:
        return day(first, locale)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year}-{last.year}"
    if first.day == 1 and (last + timedelta(days=1)).day == 1 and (first.year, first.month) == (last.year, last.month):
        return month_of(first, locale)
    return said("between %(first)s and %(last)s", locale, first=day(first, locale), last=day(last, locale))
