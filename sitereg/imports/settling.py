"""Rows that were held back: corrected (by hand or by a file; a batch of its own, by the same road) or rejected, with a reason."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sitereg.errors import NotFound, Refused
from sitereg.imports import batches, corrected, mapping, profile
from sitereg.imports.corrected import Original
from sitereg.imports.intake import prepare
from sitereg.imports.report import Report
from sitereg.store.session import Json

PAGE = 50_000
MOST = 500

__all__ = ["correct", "correct_by_file", "original", "problems", "profile_of", "reject", "write"]


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
        needs="Correct the partner's own file and import it: rows that did not change write nothing. Or reject the rows.",
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

    Raises BadInput with the problems that still hold a row back; Conflict where somebody settled one of them.
    """
    of = original(session, batch)
    chosen = _chosen(of, rows)
    unknown = sorted(set(cells) - {name for row in chosen for name in row["verbatim"]})
    if unknown:
        raise NotFound
    changed = [{**row, "verbatim": {**row["verbatim"], **cells}} for row in chosen]
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


def _chosen(of: Original, rows: Iterable[tuple[str, int]]) -> list[dict]:
    keys = list(dict.fromkeys(rows))
    if not keys or any(key not in of.rows and key not in of.sealed for key in keys):
        raise NotFound
    if any(key in of.sealed for key in keys):
        raise sealed()
    if len(keys) > MOST:
        raise Refused(
            "So many rows are corrected by a file", guard="many_rows", needs=f"Choose at most {MOST} rows, or correct the report."
        )
    return [of.rows[key] for key in keys]


def _through(session, intake, dry_run: bool) -> Report:
    today, before = batches.known(session, intake)
    if before:
        return batches.already(intake, before)
    intake.draft(today, session.settings.token_key())
    return batches.write(session, intake, dry_run=dry_run)
