"""The sections of a profile that say what a file is, who sent it and under which terms; rules.py holds what its columns say."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class File:
    """[file]: how the bytes are read. `missing` are the cells that say nothing, in any column.

    crs: the coordinate system of the shapes; one that the file names must be the same. crs_named: what the file names where
    that is known to be wrong: then `crs` counts, and beside_lat and beside_lon of [place] should bear it out. layers: of shapefiles
    all that there are, of a GeoPackage or KML those to be read. Of a workbook: sheet, header_row (the first row of the header),
    header_rows (how many rows make up a column's name).

    formats: those that the profile reads besides `format`; the ending of the file's name says which it is. some_layers: of
    `layers` those that there are. shape: the column of a sheet that holds the shape as WKT. restored: cells to which an export
    put an apostrophe, so that no spreadsheet runs them, lose it again. victims: of Bayanat's bulletins and incidents the roles,
    by the partner's own numbers, of those to whom their events happened.
    """

    format: str
    encoding: str = "utf-8"
    delimiter: str = ","
    crs: str = ""
    crs_named: str = ""
    missing: tuple[str, ...] = ("",)
    layers: tuple[str, ...] = ()
    sheet: str = ""
    header_row: int = 1
    header_rows: int = 1
    formats: tuple[str, ...] = ()
    some_layers: bool = False
    shape: str = ""
    restored: bool = False
    victims: tuple[str, ...] = ()

    @property
    def system(self) -> str:
        """The coordinate system in which its numbers are read."""
        return self.crs or "EPSG:4326"


@dataclass(frozen=True, slots=True)
class Area:
    """[area]: where its places are expected: west, south, east, north in degrees; others are flagged."""

    country: str
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Subject:
    """[subject]: what one row speaks of and who may see it."""

    kind: str
    tier: int = 1
    compartments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identifier:
    """[id]: the partner's own number (`column`), by which rows of different files join one subject.

    registry: the column in which an export names the registry that made it: what was made here is refused, since it would
    stand beside itself. A list without one gives `columns`: what stands in them together is the identifier, and rows with the
    same words are numbered and kept apart.
    """

    scheme: str
    column: str | None = None
    columns: tuple[str, ...] = ()
    registry: str | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns it reads."""
        return (self.column,) if self.column else self.columns

    @property
    def field(self) -> str:
        """Its columns, as a problem names them."""
        return self.reads[0] if len(self.reads) == 1 else f"{self.reads[0]} and {len(self.reads) - 1} more"


@dataclass(frozen=True, slots=True)
class Unit:
    """[unit]: the admin unit that a row names: `code` (a column of OCHA's p-codes), `names` (columns of its name, in any script).

    A place is tested against it, and where the row gives no coordinates the unit is the place.
    """

    code: str | None = None
    names: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return (*((self.code,) if self.code else ()), *self.names)


@dataclass(frozen=True, slots=True)
class Consent:
    """[consent]: the column in which each row says whether the person, or who may speak for them, agreed.

    by: the column of who agreed; parents: the words in it that may agree for a minor. scope: the column of what was agreed to.
    minor: the column of the age. What is not a clear yes of somebody who may give it is "not asked", and the row is T2.
    """

    column: str
    by: str | None = None
    parents: tuple[str, ...] = ()
    scope: str | None = None
    minor: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return tuple(one for one in (self.column, self.by, self.scope, self.minor) if one)


@dataclass(frozen=True, slots=True)
class Source:
    """[source]: who says it. Profiles with the same `origin` repeat one another and count once.

    published: the day of the export (2025-03-10): nothing in it is later, so a bare year of that year ends there.
    """

    type: str
    label: dict
    reliability: str
    reason: str
    origin: str
    connection: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """[terms]: under what it was given; without all four nothing is written."""

    partner: dict = field(default_factory=dict)
    terms: str = ""
    permitted_uses: tuple[str, ...] = ()
    consent: str = ""


@dataclass(frozen=True, slots=True)
class Handling:
    """[handling]: whether the exact places are public already; columns kept with the row and not claimed; columns left out:
    their cells stand in the kept file alone, not with the row."""

    places_published: bool = False
    verbatim_only: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
