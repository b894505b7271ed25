"""From what a person chose for each column to a profile, and from a proposal to such choices. Pure.

choices: {"fields": {column: field}, "words": {column: {cell: code}}, and one text (or list) for each of ASKED}
"""

import tomllib
from collections.abc import Mapping, Sequence

from sitereg.imports import guessing, headers, mapping_persons, profile, spelling
from sitereg.imports.readers import Layer
from sitereg.imports.rules import Profile
from sitereg.writing import digits

ASKED = (
    "name",
    "version",
    "title",
    "kind",
    "country",
    "bounds",
    "crs",
    "order",
    "method",
    "uncertainty_m",
    "repeated_uncertainty_m",
    "published_places",
    "count_definition",
    "status_scheme",
    "tier",
    "partner",
    "terms",
    "uses",
    "consent",
    "source_type",
    "connection",
    "source_label",
    "reliability",
    "reason",
    "published",
    "origin",
)
TERMS = ("tier", "partner", "terms", "uses", "consent")
"""What is said anew whenever a batch is released."""
SYRIA = ("SY", "35.6, 32.3, 42.4, 37.35")
WORDED = {"kind": "site_kind", "status": None}

__all__ = ["ASKED", "TERMS", "faults_of", "file_keys", "of_text", "proposed", "read", "table", "with_terms"]


def proposed(name: str, guesses: Sequence[guessing.Guess], subject: str = "site") -> dict:
    """The choices that a proposal makes: fields and kinds of the guesses, Syria, what must be said by a person left blank."""
    fields = {one.column: one.field for one in guesses}
    words = {one.column: {word: headers.kind_of(word) or "" for word in one.words} for one in guesses if one.field == "kind"}
    dated = next((one for one in guesses if one.field in ("date", "arrested", "seen", "born")), None)
    plain = "_".join(headers.folded(name).split())
    return {
        "subject": subject,
        "fields": fields,
        "words": words,
        "name": plain[:60] or "partner",
        "version": "1",
        "title": name,
        "country": SYRIA[0],
        "bounds": SYRIA[1],
        "order": guessing.order_of(dated.words) or "" if dated else "",
        "method": "source_coordinates",
        "uncertainty_m": "",
        "tier": "1",
        "kind": "",
        "uses": [],
    }


def read(choices: Mapping, file: Mapping, layers: Sequence[Layer]) -> Profile:
    """The profile that these choices make for that file ([file]'s keys); raises BadInput with the faults, each with its key."""
    made = table(choices, file, layers)
    return profile.read(made, made["name"] or "mapping")


def file_keys(seen) -> dict:
    """The keys of [file] that a look (looking.Seen) found."""
    keys = {"format": seen.format, "encoding": seen.encoding, "delimiter": seen.delimiter}
    parts = [one.part for one in seen.layers if one.part]
    return {key: value for key, value in keys.items() if value} | ({"layers": parts} if parts and seen.format != "xlsx" else {})


def with_terms(one: Profile, choices: Mapping) -> Profile:
    """The same profile under the tier, partner, terms, uses and consent that were said at the release."""
    made = spelling.table(one)
    made["subject"] = {**made["subject"], "tier": _whole(choices.get("tier"))}
    made["terms"] = _terms(choices)
    return profile.read(made, one.name)


def table(choices: Mapping, file: Mapping, layers: Sequence[Layer]) -> dict:
    """The profile as the table that profile.read takes."""
    fields = _Fields(choices)
    made = {
        "name": choices.get("name", ""),
        "version": choices.get("version", ""),
        "title": choices.get("title", ""),
        "file": dict(file),
    }
    if choices.get("crs"):
        made["file"]["crs"] = choices["crs"]
    made["area"] = {
        "country": choices.get("country", ""),
        "bounds": [_number(one) for one in choices.get("bounds", "").split(",")],
    }
    of = choices.get("subject") or "site"
    made["subject"] = {"kind": of, "tier": _whole(choices.get("tier")), **({"compartments": ["names"]} if of == "person" else {})}
    made["id"] = {"scheme": choices.get("name", ""), **fields.identifier()}
    made["source"] = _told(
        {
            "type": choices.get("source_type"),
            "connection": choices.get("connection"),
            "label": {"en": choices["source_label"]} if choices.get("source_label") else None,
            "reliability": choices.get("reliability"),
            "reason": choices.get("reason"),
            "origin": choices.get("origin") or choices.get("name"),
            "published": choices.get("published"),
        }
    )
    made["terms"] = _terms(choices)
    made["handling"] = {
        "places_published": choices.get("published_places") == "yes",
        "verbatim_only": fields.all("verbatim"),
        "left_out": fields.all("left_out"),
    }
    if of == "person":
        return made | mapping_persons.said(fields.fields, choices)
    shapes = any(layer.shapes for layer in layers)
    if where := fields.place(shapes):
        made["place"] = _told(
            {
                **where,
                "method": choices.get("method") or None,
                "uncertainty_m": _number(choices.get("uncertainty_m")),
                "repeated_uncertainty_m": _number(choices.get("repeated_uncertainty_m")),
            }
        )
    made["claims"] = fields.claims()
    return made


def faults_of(error) -> dict[str, str]:
    """{what was asked: what is wrong with it} of a refusal by `read`; what belongs to no question stands under ""."""
    known = {
        "source.label": "source_label",
        "source.type": "source_type",
        "place.uncertainty_m": "uncertainty_m",
        "place": "uncertainty_m",
        "file.crs": "crs",
        "area.bounds": "bounds",
        "subject.tier": "tier",
        "claims": "kind",
        "id": "fields",
    }
    found = {}
    for one in error.problems:
        field = one["field"]
        found.setdefault(
            known.get(field) or (field.rpartition(".")[2] if field.rpartition(".")[2] in ASKED else ""), one["message"]
        )
    return found


class _Fields:
    """Which column is what."""

    def __init__(self, choices: Mapping):
        self.choices, self.fields = choices, dict(choices.get("fields", {}))

    def all(self, field: str) -> list[str]:
        return [column for column, one in self.fields.items() if one == field]

    def one(self, field: str) -> str | None:
        return next(iter(self.all(field)), None)

    def identifier(self) -> dict:
        """Its own number, else what stands together in the columns that tell which site it is."""
        if self.one("id"):
            return {"column": self.one("id")}
        if self.choices.get("subject") == "person":
            return {"columns": mapping_persons.identifying(self.fields)}
        return {"columns": [c for f in ("name", "name_ar", "name_en", "lat", "lon", "place") for c in self.all(f)]}

    def place(self, shapes: bool) -> dict | None:
        extra = {"radius_km": self.one("radius_km")} if self.one("radius_km") else {}
        if self.one("lat") and self.one("lon"):
            return {"lat": self.one("lat"), "lon": self.one("lon"), **extra}
        if self.one("place"):
            return {"text": self.one("place"), "order": "latlon", **extra}
        return {"geometry": True, **extra} if shapes else None

    def claims(self) -> list[dict]:
        choices, made = self.choices, []
        when = {"at": _told({"column": self.one("date"), "order": choices.get("order") or None})} if self.one("date") else {}
        if column := self.one("kind"):
            words = choices.get("words", {}).get(column, {})
            made.append(
                {
                    "predicate": "kind",
                    "column": column,
                    "words": {w: c if c != "-" else "" for w, c in words.items() if c},
                    **when,
                }
            )
        elif choices.get("kind"):
            made.append({"predicate": "kind", "code": choices["kind"], **when})
        for field, lang in (("name", None), ("name_ar", "ar"), ("name_en", "en")):
            made += [_told({"predicate": "name", "column": column, "lang": lang}) for column in self.all(field)]
        made += [
            {"predicate": "count", "column": column, "definition": choices.get("count_definition") or ""}
            for column in self.all("count")
        ]
        if column := self.one("status"):
            words = choices.get("words", {}).get(column, {})
            made.append(
                {
                    "predicate": "official_status",
                    "column": column,
                    "scheme": choices.get("status_scheme") or choices.get("name", ""),
                    "words": {word: code if code != "-" else "" for word, code in words.items() if code},
                }
            )
        return made + [{"predicate": "note", "column": column} for column in self.all("note")]


def _terms(choices: Mapping) -> dict:
    return _told(
        {
            "partner": {"en": choices["partner"]} if choices.get("partner") else None,
            "terms": choices.get("terms"),
            "permitted_uses": list(choices.get("uses") or ()) or None,
            "consent": choices.get("consent"),
        }
    )


def _told(given: dict) -> dict:
    return {key: value for key, value in given.items() if value not in (None, "")}


def _number(text: str | None) -> float | str | None:
    """The number that a text is; the text itself where it is none, so that the profile's check names it."""
    words = digits((text or "").strip())
    try:
        return float(words) if words else None
    except ValueError:
        return words


def _whole(text) -> int | str:
    words = digits(str(text or "")).strip()
    return int(words) if words.isdecimal() and len(words) < 3 else words


def of_text(text: str, where: str) -> Profile:
    """The profile that a text of a batch or of a file tells."""
    return profile.read(tomllib.loads(text), where, text)
