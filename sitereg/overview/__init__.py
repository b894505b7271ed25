"""What the registry covers and where it is silent: counts of the caller's own face, with what they cannot say.

    told = overview.coverage(session)            rows by governorate, year, kind, source; notes on what the counts cannot say
    overview.progress(session, months=24)        levels and statuses month by month
    overview.silent(session)                     GeoDataFrame of units where many were last seen and nothing is recorded

There is no cut by party or authority. docs/overview.md defines each count; findings() and notes() say them in words.
"""

from sitereg.overview.reading import CUTS, FAMILIES, LEVELS, Coverage, coverage, progress, silent, silent_places
from sitereg.overview.saying import findings, notes
from sitereg.overview.tables import Table, tables

__all__ = [
    "CUTS",
    "FAMILIES",
    "LEVELS",
    "Coverage",
    "Table",
    "coverage",
    "findings",
    "notes",
    "progress",
    "silent",
    "silent_places",
    "tables",
]
