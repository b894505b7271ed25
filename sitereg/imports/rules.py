"""What a profile may say, section by section: the fields here are the keys of its TOML. docs/profiles.md
explains them."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from sitereg.imports.readers import ENDINGS
from sitereg.imports.sections import Area, Consent, File, Handling, Identifier, Source, Subject, Terms, Unit
from sitereg.vocab import GeorefMethod, Predicate, SiteKind

NAME_PARTS = ("ism", "nasab_father", "nasab_grandfather", "family")
"""Parts of a name that lists give in columns of their own, in their order."""


@dataclass(frozen=True, slots=True)
class When:
    """A date of a claim: `column`, or from `column` to `last` (both days included).

    open: a blank cell of the two is not known, not the same day as the other. first_january = "flag": 1 January is taken as that
    day and flagged, since it often stands for the year. excel: numbers are days of a spreadsheet's 1900 or 1904 system. not_before:
    no day of the column lies before that one, which settles the century of a year of two digits; never said of births.
    """

    column: str
    last: str | None = None
    order: str | None = None
    first_january: str = "day"
    open: bool = False
    excel: str | None = None
    not_before: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """[place] and [events.place]: where the place is written and how far from the truth it may lie.

    radius_m, methods, kinds: columns in which a row says its own uncertainty in metres, the method of its place and what it
    stands for (codes of the vocabulary); where they are blank the rule's own count. as_stated: the uncertainty of the row was
    weighed by a registry; few decimals do not raise it.

    beside_lat, beside_lon: columns in which the partner gives the middle of his shape in degrees, too: a row whose shape
    lies more than beside_m from it waits for a person, since one of the two is wrong.

    Either `lat` and `lon`, or one `text`, or `geometry` (the shape of a layer). The uncertainty is the
    largest of uncertainty_m, the row's own `radius_km` or `radius_m` and what numbers and method imply; points that several
    rows share get repeated_uncertainty_m, stand for something larger and are flagged.

    crs: the system of the numbers in columns (EPSG:22770, EPSG:4227). datum "unknown": 150 m more. toponym: the columns that
    name the place where no coordinates do; its candidates are told and none is taken. camera: the numbers say where a
    photograph was taken from, so they are told and never the place. scene, acquired: columns of the image that the place was
    drawn on. largest_km2: of an area; else what is usual for its kind.
    """

    lat: str | None = None
    lon: str | None = None
    text: str | None = None
    geometry: bool = False
    order: str | None = None
    method: str = GeorefMethod.SOURCE_COORDINATES.value
    kind: str | None = None
    uncertainty_m: float | None = None
    radius_km: str | None = None
    radius_m: str | None = None
    methods: str | None = None
    kinds: str | None = None
    as_stated: bool = False
    crs: str | None = None
    datum: str = "known"
    toponym: str | tuple[str, ...] | None = None
    camera: bool = False
    scene: str | None = None
    acquired: str | None = None
    repeated_uncertainty_m: float | None = None
    largest_km2: float | None = None
    beside_lat: str | None = None
    beside_lon: str | None = None
    beside_m: float = 100.0
    credibility: str = "3"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        named = (self.lat, self.lon, self.text, self.radius_km, self.radius_m, self.methods, self.kinds, self.beside_lat,
                 self.beside_lon)
        return tuple(one for one in (*named, self.scene, self.acquired, *self.toponyms) if one)

    @property
    def toponyms(self) -> tuple[str, ...]:
        """The columns of its name."""
        return (self.toponym,) if isinstance(self.toponym, str) else self.toponym or ()


@dataclass(frozen=True, slots=True)
class Saying:
    """[[claims]]: one thing said of the subject, from a column, several columns, or the same in every row.

    words: cell -> code (of an authority: {name, kind}); "" = known and nothing is claimed of it; unknown:
    what
    becomes of a row with another word. ticks: of a column that is ticked (نعم, لا, 1, 0, ✓ ...) what a yes, a no and an unknown
    stand for; one that is not named claims nothing, nor does a blank, which is "not asked". partial: another rule reads the same
    column whole; words that are not listed here say nothing to this one. part: which part of a name a column holds (family,
    kunya ...); parts: of a name in several `columns` which of NAME_PARTS each of them is.
    inferred: the column was guessed from another, so nothing is claimed. doubted: cells that may be a value or stand for
    "unknown": nothing is claimed and the row is flagged. split: what separates several codes in one cell. gap: text after a run
    of three or more blanks is of another column and
    becomes a `note`. alternatives: what separates several names in one cell.
    """

    predicate: str
    column: str | None = None
    columns: tuple[str, ...] = ()
    join: str = ", "
    code: str | None = None
    words: dict = field(default_factory=dict)
    ticks: dict = field(default_factory=dict)
    unknown: str | None = None
    partial: bool = False
    missing: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    part: str | None = None
    parts: tuple[str, ...] = ()
    inferred: bool = False
    lang: str | None = None
    definition: str | None = None
    scheme: str | None = None
    role: str | None = None
    gap: str | None = None
    alternatives: str | None = None
    split: str | None = None
    label: str | None = None
    credibility: str = "2"
    first_hand: bool | None = None
    compartments: tuple[str, ...] = ()
    at: When | None = None
    began: When | None = None
    ended: When | None = None

    @property
    def dates(self) -> dict[str, When]:
        """The dates it carries, by the field of the claim."""
        given = {"at": self.at, "began": self.began, "ended": self.ended}
        return {name: when for name, when in given.items() if when}

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns it reads, without those of its dates."""
        return (self.column,) if self.column else self.columns


@dataclass(frozen=True, slots=True)
class Event:
    """[[events]]: something that happened to a person; claimed where the row gives its place or its date.

    toponym: the column, or the columns (the smallest unit first), that name the place in words.
    """

    kind: str
    place: PlaceRule | None = None
    toponym: str | tuple[str, ...] | None = None
    at: When | None = None
    quote: str | None = None
    credibility: str = "2"

    @property
    def toponyms(self) -> tuple[str, ...]:
        """The columns of its place name."""
        return (self.toponym,) if isinstance(self.toponym, str) else self.toponym or ()


@dataclass(frozen=True, slots=True)
class Check:
    """[[checks]]: what the values of one row may not do to each other; the row is flagged where they do.

    not_more: the number in `column` exceeds that in `than`. excludes: `column` is above 0 where `than` is
    one of
    `words`. not_before: the date in `column` lies before that in `than`. `credibility` is then that of the
    claims made from `column`.
    """

    kind: str
    column: str
    than: str
    words: tuple[str, ...] = ()
    credibility: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One partner's table: how it is read, what its columns say, who said it and under which terms."""

    name: str
    version: str
    title: str
    file: File
    area: Area
    subject: Subject
    id: Identifier
    source: Source
    terms: Terms = field(default_factory=Terms)
    handling: Handling = field(default_factory=Handling)
    place: PlaceRule | None = None
    unit: Unit | None = None
    consent: Consent | None = None
    grade: str | None = None
    claims: tuple[Saying, ...] = ()
    events: tuple[Event, ...] = ()
    checks: tuple[Check, ...] = ()
    outcomes: dict = field(default_factory=dict)

    def of(self, path: Path) -> "Profile":
        """The profile for the format that the ending of the file's name says, where it is one of `formats`."""
        told = ENDINGS.get(path.suffix.lower())
        return replace(self, file=replace(self.file, format=told)) if told in self.file.formats else self

    @property
    def seals(self) -> bool:
        """Whether rows are of persons: their verbatim words are sealed."""
        return self.subject.kind == "person"

    @property
    def exact_tier(self) -> int:
        """The tier of the exact place of a new subject: that of its existence if published, else 2 where
        its kind hides it."""
        if self.seals:
            return 2
        kinds = {
            code
            for one in self.claims
            if one.predicate == Predicate.KIND
            for code in (one.code, *one.words.values(), *one.ticks.values())
            if code
        }
        hides = any(SiteKind(code).attrs["hides_place"] for code in kinds)
        return 2 if hides and not self.handling.places_published else self.subject.tier

    @property
    def compartments(self) -> tuple[str, ...]:
        """All compartments its claims use: whoever imports or revokes holds them, and the verbatim rows
        need them."""
        used = {*self.subject.compartments, *(c for one in self.claims for c in one.compartments)}
        return tuple(sorted(used | ({"names"} if self.seals else set())))

    @property
    def opaque(self) -> bool:
        """Whether an identifier made of columns must not be read: of persons, and where it would tell a hidden place."""
        return self.seals or self.exact_tier > self.subject.tier

    @property
    def columns(self) -> frozenset[str]:
        """All columns it speaks of."""
        return self.said | set(self.handling.verbatim_only) | set(self.handling.left_out)

    @property
    def said(self) -> frozenset[str]:
        """The columns of which it claims something: a file without one of them is another file."""
        said = {
            *self.id.reads,
            self.grade,
            *(self.unit.columns if self.unit else ()),
            *(self.consent.columns if self.consent else ()),
            *(c for one in self.checks for c in (one.column, one.than)),
        }
        for one in self.claims:
            said.update(one.reads, *((when.column, when.last) for when in one.dates.values()))
        for one in self.events:
            said.update(one.place.columns if one.place else (), one.toponyms)
            said.update((one.at.column, one.at.last) if one.at else ())
        return frozenset(said | set(self.place.columns if self.place else ())) - {None}
