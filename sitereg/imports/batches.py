"""Batches: drafts become claims of subjects in one transaction, whole or not at all; and the way back."""

import contextlib
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from sitereg import documents, sharing
from sitereg.errors import BadInput, NotFound
from sitereg.imports import newer, recording, spelling
from sitereg.imports.ground import Ground, made
from sitereg.imports.intake import Intake, prepare
from sitereg.imports.problems import worst
from sitereg.imports.profile import Profile
from sitereg.imports.report import Report, RowReport
from sitereg.store.session import Json

__all__ = ["Report", "already", "ground", "known", "listed", "prepare", "revoke", "row", "rows", "run", "shown", "write"]


class _Undone(Exception):
    """Raised to undo a dry run."""


def run(session, path: Path | str, *, profile: str | Path | Profile, dry_run: bool = False) -> Report:
    """The file or folder is imported by the profile, or nothing was written and an error says why.

    The same bytes with the same version of the profile write nothing: the report names the batch in
    `already`.
    A dry run reports the same and undoes it. Raises BadInput for a file or profile that cannot be used or whose terms are not
    said, Denied for all but data stewards. The transaction stays open while the
    file is
    read: a door that may be given large files takes the steps apart, as the shell does (prepare, known,
    write).
    """
    with prepare(path, profile) as intake:
        today, before = known(session, intake)
        if before:
            return already(intake, before)
        intake.read(today, session.settings.token_key())
        return write(session, intake, dry_run=dry_run)


def known(session, intake: Intake) -> tuple[date, str | None]:
    """The registry's day, and the batch by which the same was imported already, or None; the intake then knows its ground."""
    found = session.one("intake_state", sha256=intake.staging.main.sha256, profile=intake.profile.name,
                        version=intake.profile.version)
    if not found["batch"]:
        intake.ground = ground(session, intake.profile)
    return found["today"], str(found["batch"]) if found["batch"] else None


def ground(session, profile: Profile) -> Ground | None:
    """The units of the profile's country and, where it reads toponyms, the places in its area."""
    if profile.place is None and not profile.events:
        return None
    west, south, east, north = profile.area.bounds
    toponyms = profile.place is not None and profile.place.toponyms
    places = session.rows("ground_places", west=west, south=south, east=east, north=north) if toponyms else ()
    return made(session.rows("ground_units", country=profile.area.country), places)


def already(intake: Intake, batch: str) -> Report:
    """The report of an import that wrote nothing, since `batch` holds the same."""
    return Report(intake.profile.name, intake.profile.version, intake.path.name, intake.staging.main.sha256,
                  already=batch, seconds=time.monotonic() - intake.began)


def write(session, intake: Intake, *, dry_run: bool = False) -> Report:
    """The rows of the intake, drafted while the database writes, are a batch in the open transaction, its files in the evidence
    store.

    The files are stored last, when all else holds: an import that fails leaves none.
    """
    report = None
    session.unhurried()
    try:
        with session.savepoint():
            report = _write(session, intake, dry_run)
            if dry_run:
                raise _Undone
            if not report.already:
                for each in intake.staging.documents:
                    documents.store(session.settings, each.path, each.sha256)
    except _Undone:
        pass
    return replace(report, seconds=time.monotonic() - intake.began)


def listed(session, *, limit: int = 100, after: str | None = None) -> list[dict]:
    """Your batches (all for auditors), the newest first."""
    return session.rows("batch_report", limit=limit, after=after)


def shown(session, *, batch: str) -> dict:
    """One batch: its file, terms and counts. Raises NotFound if it is not yours."""
    return session.one("batch_report", batch=batch)


def rows(session, *, batch: str, outcomes: tuple[str, ...] | None = None, limit: int = 100,
         after: tuple[str, int] = ("", 0), code: str | None = None, field: str | None = None, waiting: bool = False) -> list[dict]:
    """Rows of a batch with outcome, problems and verbatim words (sealed ones without), for data stewards.

    code, field: only rows with that problem; waiting: only those that nobody settled.
    """
    return session.rows("batch_rows", batch=batch, outcomes=list(outcomes) if outcomes else None, limit=limit,
                        part=after[0], row_no=after[1], code=code, field=field, open=waiting)


def row(session, *, batch: str, part: str, number: int) -> dict:
    """One row of a batch, as `rows` tells it; raises NotFound where there is none for the caller."""
    found = rows(session, batch=batch, limit=1, after=(part, number - 1))
    if not found or (found[0]["part"], found[0]["row_no"]) != (part, number):
        raise NotFound
    return found[0]


def revoke(session, *, batch: str, reason: str) -> dict:
    """Every live claim of the batch is ended, in one event; its rows may be imported again.

    Raises NotFound, Conflict if it was revoked before, BadInput without a reason.
    """
    return session.value("revoke_batch", batch=batch, reason=reason)


def _write(session, intake: Intake, dry_run: bool) -> Report:
    _from_elsewhere(session, intake)
    opened = _open(session, intake)
    if opened["already"]:
        return already(intake, str(opened["batch"]))
    batch = str(opened["batch"])
    before = next(iter(session.rows("batch_before", profile=intake.profile.name)), None)
    taken, course, rows = [], recording.Course(), len(intake.waiting) or len(intake.drafts)
    with contextlib.closing(intake.lumps()) as lumps:
        for drafts in lumps:
            intake.tell("write", len(taken), rows)
            taken += recording.take(session, intake, drafts, opened, course)
    intake.tell("keep", len(taken), len(taken))
    difference = newer.compare(session, intake.profile, taken, before) if not intake.original else None
    if intake.original:
        _settle(session, intake, taken, batch)
    report = _report(intake, taken, batch, dry_run, difference)
    session.call("close_batch", batch=batch, counts=Json({
        **report.counts, "joined_subjects": report.joined_subjects, "isolation": intake.isolation,
        **({"against": difference.batch, "difference": difference.counts} if difference else {}),
        **({"rows_told": intake.rows} if intake.rows is not None else {}),
        "file_problems": [one.as_dict() for one in intake.problems]}))
    return report


def _settle(session, intake: Intake, taken: list[recording.Taken], batch: str) -> None:
    """Rows that were held back and stand now are settled by this batch."""
    keys = [(one.draft.row.part, one.draft.row.number) for one in taken if worst(one.problems) in ("accepted", "flagged")]
    rows = [{"part": part, "row_no": number} for part, number in keys if intake.original.open((part, number))]
    if rows:
        session.call("settle_rows", batch=intake.original.batch, rows=Json(rows), act="corrected", reason=intake.reason,
                     by_batch=batch)


def _open(session, intake: Intake) -> dict:
    profile, source, terms = intake.profile, intake.profile.source, intake.profile.terms
    how = f"import by profile {profile.name}"
    return session.one(
        "open_batch", files=Json([one.told(how) for one in intake.staging.documents]),
        profile=Json({"name": profile.name, "version": profile.version, "encoding": profile.file.encoding,
                      "scheme": profile.id.scheme, "places_published": profile.handling.places_published,
                      "text": spelling.spell(profile), "corrects": intake.original.batch if intake.original else None}),
        source=Json({"type": source.type, "connection": source.connection, "label": source.label,
                     "origin": source.origin, "reliability": source.reliability, "reason": source.reason}),
        terms=Json({"partner": terms.partner, "terms": terms.terms, "consent": terms.consent,
                    "permitted_uses": list(terms.permitted_uses)}),
        tier=profile.subject.tier, compartments=list(profile.compartments))


def _from_elsewhere(session, intake: Intake) -> None:
    """Raises BadInput where a row says that it left this very registry."""
    column = intake.profile.id.registry
    here = column and sharing.sender(session)["registry"]
    rows = intake.waiting or [one.row for one in intake.drafts]
    own = [one for one in rows if column and one.cells.get(column) == here]
    if own:
        raise BadInput("This file was made by this registry: its sites would stand beside themselves", code="own_export",
                       where=f"row {own[0].number}, {column} = {here}",
                       do="An edited working copy comes back by `sitereg edits take`.")


def _report(intake: Intake, taken: list[recording.Taken], batch: str, dry_run: bool,
            difference: newer.Difference | None) -> Report:
    new = {one.subject for one in taken if one.new}
    joined = {one.subject for one in taken if one.subject} - new
    told = tuple(
        RowReport(one.draft.row.part, one.draft.row.number, worst(one.problems), tuple(one.problems),
                  one.subject, one.code, one.new, one.unchanged, tuple(one.claims)) for one in taken)
    return Report(intake.profile.name, intake.profile.version, intake.path.name, intake.staging.main.sha256,
                  batch, None, dry_run, told, tuple(intake.problems), sum(len(one.claims) for one in taken), len(new), len(joined),
                  difference=difference)
