"""Days of other reckonings: the Hijri calendar, the serials of spreadsheets, feasts people remember by."""

from datetime import date

from hijridate import Hijri

from sitereg.dates.days import shift

HIJRI_SLACK = 2
"""Days by which a local sighting may differ from Umm al-Qura: tabular calendars differ by -1 to +2 days."""

_TABULAR_EPOCH = 227015
"""The ordinal of 1 Muharram 1 in the civil tabular calendar (16 July 622 Julian)."""


def hijri_day(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Hijri one by Umm al-Qura (1343-1500), before by the tabular calendar.

    ValueError where there is no such day.
    """
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError("There is no such day in the Hijri calendar.")
    if 1343 <= year <= 1500:
        return Hijri(year, month, day).to_gregorian()
    if day > _tabular_length(year, month):
        raise ValueError("There is no such day in the Hijri calendar.")
    months = 29 * (month - 1) + month // 2
    return date.fromordinal(_TABULAR_EPOCH + 354 * (year - 1) + (3 + 11 * year) // 30 + months + day - 1)


def hijri_span(year: int, month: int | None = None, day: int | None = None) -> tuple[date, date]:
    """The Gregorian days, both included, that a Hijri day, month or year can be, two days wider on each side.

    ValueError where there is no such day.
    """
    if day:
        start = end = hijri_day(year, month, day)
    else:
        start = hijri_day(year, month or 1, 1)
        following = (year, month + 1) if month and month < 12 else (year + 1, 1)
        end = shift(hijri_day(*following, 1), -1) if following[0] <= 1500 else hijri_day(1500, 12, 29)
    return shift(start, -HIJRI_SLACK), shift(end, HIJRI_SLACK)


def _tabular_length(year: int, month: int) -> int:
    leap = (11 * year + 14) % 30 < 11
    return 30 if month % 2 or (month == 12 and leap) else 29


def excel_day(serial: int, system: str) -> date:
    """The day of a spreadsheet's serial in the `1900` or `1904` system.

    ValueError for the days that system invents (0 and 29 February 1900) and what lies beyond the year 2173.
    """
    if system == "1904":
        if not 0 <= serial <= 100_000:
            raise ValueError("There is no such day in the 1904 system.")
        return shift(date(1904, 1, 1), serial)
    if not 1 <= serial <= 100_000 or serial == 60:
        raise ValueError("There is no such day in the 1900 system.")
    return shift(date(1899, 12, 31 if serial < 60 else 30), serial)


FEASTS = {
    "eid_al_fitr": ((10, 1), "عيد الفطر|العيد الصغير|eid al-fitr|eid ul-fitr|eid el-fitr"),
    "eid_al_adha": ((12, 10), "عيد الأضحى|العيد الكبير|eid al-adha|eid ul-adha|eid el-adha"),
    "ramadan": ((9, None), "رمضان|شهر رمضان|ramadan"),
}


ANCHORS = {
    date(2024, 12, 8): "the fall|the fall of the regime|fall of the regime|liberation|the liberation"
                       "|السقوط|سقوط النظام|التحرير|تحرير دمشق",
}


def feast_spans(feast: str, year: int) -> list[tuple[date, date]]:
    """The spans of a feast or month that begin in a Gregorian year: one, or two in a year that holds both."""
    month, day = FEASTS[feast][0]
    near = (year - 622) * 33 // 32
    spans = [hijri_span(hijri, month, day) for hijri in range(near - 1, near + 4) if 1343 <= hijri <= 1500]
    return [span for span in spans if shift(span[0], HIJRI_SLACK).year == year]
