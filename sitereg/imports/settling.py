"""Rows that were held back: corrected (by hand or by a file; a batch of its own, by the same road) or rejected, with a reason."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from sitereg.errors import NotFound, Refused
from sitereg.imports import batches, corrected, mapping, profile
from sitereg.imports.corrected import Original
from sitereg.imports.desk import Desk
from sitereg.imports.intake import prepare
from sitereg.imports.readers import Row
from sitereg.imports.report import Report
from sitereg.store.session import Json

PAGE = 50_000
MOST = 500

__all__ = ["correct", "correct_by_file", "holds_names", "opened", "original", "problems", "profile_of", "reject", "shut", "write"]


def problems(session, *, batch: str) -> list[dict]:
    """Of each problem of a batch (outcome, code, field): how many rows have it, and how many of those still wait."""
    return session.rows("batch_problems", batch=batch)


def profile_of(session, batch: str) -> profile.Profile:
    """The profile by which the batch was read; Refused where its text was not kept and the one that ships is another version."""
    text = session.value("batch_profile", batch=batch)
    if text:
        return mapping.of_text(text, "profile of the batch")
    one = batches.shown(session, batch=batch)
    if one["profile"] in profile.shipped():
        shipped = profile.load(one["profile"])
        if shipped.version == one["profile_version"]:
            return shipped
    raise Refused(
        "The text of this batch's profile was not kept",
        guard="no_profile",
        needs="Revoke the batch and import its file again: then its rows can be corrected one by one.",
    )


def original(session, batch: str) -> Original:
    """The batch with its rows, to be corrected; Refused where all words are sealed or withheld, NotFound where none are seen."""
    held = {(row["part"], row["row_no"]): row for row in _all(session, batch)}
    if not held:
        raise NotFound
    told = {key: row for key, row in held.items() if row["verbatim"] is not None}
    if not told:
        raise sealed()
    return Original(str(batch), profile_of(session, batch), told, frozenset(held.keys() - told.keys()))


def sealed() -> Refused:
    """What is said of rows whose words are sealed."""
    return Refused(
        "The words of these rows are sealed",
        guard="sealed_rows",
        needs="A data steward who holds the compartment names opens and corrects them; "
        "or correct the partner's own file and import it.",
    )


def write(session, path: Path, *, batch: str, form: str = "csv", **asked) -> int:
    """The rows of a batch stand at `path` as csv or xlsx, to be read or corrected; asked: filters of batches.rows."""
    rows = list(_all(session, batch, **asked))
    corrected.FORMATS[form](path, *corrected.table(str(batch), rows))
    return len(rows)


def _all(session, batch: str, **asked) -> Iterator[dict]:
    """Every row that is asked for, page by page."""
    after = ("", 0)
    while rows := batches.rows(session, batch=str(batch), limit=PAGE, after=after, **asked):
        yield from rows
        after = (rows[-1]["part"], rows[-1]["row_no"])


def correct_by_file(session, path: Path, *, batch: str, reason: str, dry_run: bool = False) -> Report:
    """The rows that the file corrects are a batch of their own and settle those that were held back."""
    with prepare(path, original=original(session, batch), reason=reason) as intake:
        return _through(session, intake, dry_run)


def opened(session, *, batch: str, rows: Iterable[tuple[str, int]], reason: str) -> list[dict]:
    """The rows {part, row_no, verbatim}, sealed words opened: for data stewards who hold `names`; log the read first.

    Raises Denied for others, BadInput without a reason, NotFound for rows that the batch has not or that are not shown.
    """
    named = [{"part": part, "row_no": number} for part, number in rows]
    return session.rows("open_rows", batch=batch, rows=Json(named), reason=reason)


def correct(
    session,
    *,
    batch: str,
    rows: Iterable[tuple[str, int]],
    cells: Mapping[str, str],
    reason: str,
    accept: Iterable[str] = (),
    dry_run: bool = False,
) -> Report:
    """These rows are read anew with these cells in place of theirs, and taken with the problems `accept`, if they stand then.

    Sealed words are opened for it (as `opened`; log it first). Raises BadInput with the problems that still hold a row back;
    Conflict where somebody settled one of them; Refused where its words are sealed and the caller may not open them.
    """
    profile = profile_of(session, batch)
    chosen, sealed = _chosen(session, batch, rows, reason)
    unknown = sorted(set(cells) - {name for row in chosen for name in row["verbatim"]})
    if unknown:
        raise NotFound
    changed = [{**row, "verbatim": {**row["verbatim"], **cells}} for row in chosen]
    of = Original(str(batch), profile, {(row["part"], row["row_no"]): row for row in chosen},
                  beside=_beside(session, batch, profile, changed, reason if sealed else None))
    header, lines = corrected.table(of.batch, changed)
    at = header.index(corrected.ACCEPT)
    taken = ", ".join(accept)
    with tempfile.TemporaryDirectory(prefix="sitereg-correct-") as folder:
        path = Path(folder) / "correction.csv"
        corrected.write_csv(path, header, [[*line[:at], taken, *line[at + 1 :]] for line in lines])
        with prepare(path, original=of, reason=reason) as intake:
            return _through(session, intake, dry_run)


def reject(session, *, batch: str, rows: Iterable[tuple[str, int]], reason: str) -> int:
    """These rows that were held back are rejected, with the reason; answers how many."""
    named = [{"part": part, "row_no": number} for part, number in rows]
    return session.call("settle_rows", batch=batch, rows=Json(named), act="rejected", reason=reason)


def _chosen(session, batch: str, rows: Iterable[tuple[str, int]], reason: str) -> tuple[list[dict], bool]:
    """(these rows with their words, whether some had to be opened for it)."""
    keys = list(dict.fromkeys(rows))
    if len(keys) > MOST:
        raise Refused(
            "So many rows are corrected by a file", guard="many_rows", needs=f"Choose at most {MOST} rows, or correct the report."
        )
    if not keys:
        raise NotFound
    found = [batches.row(session, batch=batch, part=part, number=number) for part, number in keys]
    shut = [key for key, one in zip(keys, found, strict=True) if one["sealed"]]
    if shut and not holds_names(session):
        raise sealed()
    told = opened(session, batch=batch, rows=shut, reason=reason) if shut else ()
    words = {(one["part"], one["row_no"]): one["verbatim"] for one in told}
    return [{**one, "verbatim": words.get(key, one["verbatim"])} for key, one in zip(keys, found, strict=True)], bool(shut)


def shut(session, *, batch: str, rows: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Those of these rows whose words are sealed: to correct them is to open them, which is logged first."""
    return [(part, number) for part, number in rows if batches.row(session, batch=batch, part=part, number=number)["sealed"]]


def holds_names(session) -> bool:
    """Whether the caller may open sealed words of rows."""
    return "names" in session.one("self")["compartments"]


def _beside(session, batch: str, profile: profile.Profile, changed: list[dict], reason: str | None) -> tuple[Row, ...]:
    """The other rows that one of these is drafted beside: those of its number (or its words, where rows have none) and of its
    point. reason: sealed rows are looked into too, where what numbers a row are its words."""
    asked = []
    for one in changed:
        desk = Desk(Row(one["part"], one["row_no"], one["verbatim"], None, one["verbatim"].get(corrected.SHAPE)), profile, date.min)
        asked += [told for told in (_same(profile.id.reads, desk), _at_one_point(profile.place, desk)) if told]
    if not asked:
        return ()
    rows = session.rows("rows_beside", batch=batch, cells=Json(asked), reason=reason if profile.id.columns else None)
    found: dict[tuple[str, int], dict] = {}
    for row in rows:
        found.setdefault((row["part"], row["row_no"]), {}).update(row["cells"])
    return tuple(Row(*at, cells, None, cells.pop(corrected.SHAPE, None)) for at, cells in sorted(found.items()))


def _same(columns: Iterable[str], desk: Desk) -> dict[str, str]:
    """The cells of these columns, blanks made single; {} where all are blank."""
    return {name: " ".join(desk.row.cells.get(name, "").split()) for name in columns} if any(map(desk.cell, columns)) else {}


def _at_one_point(place, desk: Desk) -> dict[str, str]:
    if place is None or not place.repeated_uncertainty_m:
        return {}
    if place.geometry:
        return {corrected.SHAPE: desk.row.shape} if desk.row.shape else {}
    return _same((place.lat, place.lon) if place.lat else (place.text,), desk)


def _through(session, intake, dry_run: bool) -> Report:
    today, before = batches.known(session, intake)
    if before:
        return batches.already(intake, before)
    intake.read(today, session.settings.token_key())
    return batches.write(session, intake, dry_run=dry_run)
