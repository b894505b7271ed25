"""The cases of bad input as data (files/corpus/*.toml), and how each is run: what became of it, beside what should.

A case has `n` (its number; those of section 2 say so), `says`, and either `row`, `rows` (cells, the rest is usual), `wkt`, a `file` with
its `text` (`rows_told`: how many rows the partner says), an `original`, or `see` (the test that shows it, with what it `does`); `with` changes the profile. Expected: `outcome` (or one of
`any`) and `codes` of each row, or `refused`; `told` in a message, `proposed` readings, parts of `claims`.
"""

import itertools
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import shapely

from sitereg.errors import BadInput
from sitereg.imports import drafting, intake, profile
from sitereg.imports.readers import Row
from tests.sitereg.imports.steps import ground_of_cases

FILES = Path(__file__).parent
TODAY = date(2026, 1, 1)
USUAL = {"partner": {"id": "1", "name": "سجن المثال", "kind": "prison", "lat": "33.5131", "lon": "36.2765"},
         "persons": {"id": "1", "name": "سالم مثال"}, "consenting": {"id": "1", "name": "سالم مثال", "scope": "search", "who": "أم"}}
CONSENT = {"column": "agreed", "by": "who", "parents": ["أم", "أب"], "scope": "scope", "minor": "age"}


@dataclass(frozen=True)
class Got:
    """What became of one case: the drafts of its rows, or the refusal of the whole, and the problems of the file."""

    drafts: tuple = ()
    refusal: BadInput | None = None
    problems: tuple = ()

    @property
    def outcomes(self) -> list[str]:
        """Of each row; of a refused file one word."""
        return ["refused"] if self.refusal else [one.outcome for one in self.drafts]

    @property
    def codes(self) -> list[str]:
        """The codes that any row has, each once, in order; of a refused file its own."""
        found = [self.refusal.code] if self.refusal else [p.code for one in self.drafts for p in one.problems]
        return list(dict.fromkeys(found))


def load() -> list[dict]:
    """All cases in the order of their numbers, those of section 2 last."""
    found = [{**case, "where": path.stem} for path in sorted((FILES / "corpus").glob("*.toml"))
             for case in tomllib.loads(path.read_text("utf-8"))["case"]]
    return sorted(found, key=lambda case: ("section" in case["n"], int(case["n"].split()[0])))


def table(name: str, **changes) -> dict:
    """The table of a profile beside the originals, with these keys changed; `consenting` is `persons` with a section [consent]."""
    found = tomllib.loads((FILES / "originals" / f"{'persons' if name == 'consenting' else name}.toml").read_text("utf-8"))
    if name == "consenting":
        found |= {"consent": CONSENT}
    for path, value in changes.items():
        at, (*folders, last) = found, path.split("__")
        for one in folders:
            at = at[int(one) if one.isdigit() else one]
        at[int(last) if last.isdigit() else last] = value
    return found


def runs(case: dict, room: Path) -> list[Got]:
    """What became of each variant of the case."""
    texts, wkts = case.get("each_text", [case.get("text")]), case.get("each_wkt", [case.get("wkt")])
    each = case.get("each", [{}])
    return [_run(case, room, text, wkt, more) for text, wkt, more in itertools.product(texts, wkts, each)]


def _run(case: dict, room: Path, text: str | None, wkt: str | None, more: dict) -> Got:
    kind = case.get("profile", "partner")
    try:
        made = profile.read(table(kind, **{**case.get("with", {}), **more}), f"{kind}.toml")
        if "file" in case or "original" in case:
            return _whole(case, made, room, text)
        rows = _rows(case, kind, wkt)
        seen = drafting.survey(rows, made, b"key", ground_of_cases() if case.get("ground", True) else None)
        return Got(tuple(drafting.draft(one, made, seen, today=TODAY) for one in rows))
    except BadInput as refusal:
        return Got(refusal=refusal)


def _whole(case: dict, made, room: Path, text: str | None) -> Got:
    if "original" in case:
        path = next(one for one in (FILES / "originals").iterdir() if one.stem == case["original"] and one.suffix != ".toml")
        if path.suffix == ".zip":
            made = profile.read(table("partner_shapefile"), "partner_shapefile.toml")
    else:
        path = room / case["file"]
        path.write_bytes((text or "").encode(case.get("encoding", "utf-8")))
    with intake.prepare(path, made, rows=case.get("rows_told")) as taken:
        taken.ground = ground_of_cases()
        taken.draft(TODAY, b"key")
        return Got(tuple(taken.drafts), problems=tuple(taken.problems))


def _rows(case: dict, kind: str, wkt: str | None) -> list[Row]:
    given = case.get("rows", [case.get("row", {})])
    if "each_row" in case:
        column, row = case["each_row"]["column"], case.get("row", {})
        given = [{**row, column: value, "id": str(n)} for n, value in enumerate(case["each_row"]["values"], 1)]
    if "middle_of" in case:
        lon, lat = ground_of_cases().units[case["middle_of"]].middles[1]
        given = [{"lat": f"{lat:.5f}", "lon": f"{lon:.5f}"}]
    shape = shapely.to_wkb(shapely.from_wkt(wkt), hex=True) if wkt else None
    full = [{**USUAL[kind], **{k: "x" * 30_000 if v == "@long" else v for k, v in one.items()}} for one in given]
    return [Row("", n, cells, n + 1, shape) for n, cells in enumerate(full, 1)]
