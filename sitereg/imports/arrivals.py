"""Files on somebody's intake desk: uploaded, looked at, mapped, tried and released; their owner's alone, for two weeks.

    settings.intake / <number> / file            the bytes as they came, 0600
                               / seen.json       what the closed reader found: columns, guesses, the first rows
                               / report.json     the last report, of a dry run or of the import

What was chosen is a draft (sitereg.drafts, form "intake"), sealed, and says whose the folder is: no draft, no file.
"""

import json
import os
import shutil
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from uuid import UUID, uuid4

from sitereg import drafts, jobs
from sitereg.errors import BadInput, NotFound, Unavailable
from sitereg.imports import batches, drafting, guessing, looking, mapping, profile, spool
from sitereg.imports.readers import Layer, Row
from sitereg.imports.rules import Profile
from sitereg.imports.spool import Arriving

FORM = "intake"
FIRST, WORDS = 20, 60
OLD = 3600.0  # seconds
FILE_KEYS = ("format", "encoding", "delimiter", "sheet", "header_row", "header_rows")

__all__ = [
    "FIRST",

    "drop",
    "first_rows",
    "listed",
    "look",
    "report",
    "save",
    "seen",
    "shown",
    "start",
    "sweep",
    "take",
]


def take(session, arriving: Arriving, name: str, *, corrects: str | None = None) -> UUID:
    """The file is on the caller's desk and was looked at; answers its number. corrects: the batch whose rows it corrects."""
    if not arriving.size:
        raise BadInput("The file is empty", where=name[:80], code="no_rows", do="Choose the file, and send it again.")
    once = uuid4()
    folder = _folder(session.settings, once)
    folder.mkdir(mode=0o700)
    try:
        held = {
            "file": name[:200],
            "sha256": arriving.hash.hexdigest(),
            "size": arriving.size,
            "corrects": corrects,
            "declared": {},
        }
        arriving.keep(folder / "file")
        if not corrects:
            held = look(session, once, held)
        save(session, once, held)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return once


def look(session, once: UUID, held: dict) -> dict:
    """The file was looked at as `held` declares it; answers `held` with the proposal that fits what was found."""
    folder = _folder(session.settings, once)
    used = [mapping.of_text(row["text"], row["profile"]) for row in session.rows("profiles_used")]
    found = looking.look(
        folder / "file",
        name=held["file"],
        used=used,
        **{key: value for key, value in held["declared"].items() if value not in ("", None)},
    )
    told = {**found.as_dict(), "fits": [asdict(one) for one in found.fits], "nearest": found.nearest and asdict(found.nearest)}
    if found.reading:
        rows = found.reading.rows
        both = {of: guessing.guess(found.layers, rows, session.value("today"), subject=of) for of in guessing.OF}
        guesses = both["site"]
        told |= {
            "layers": [asdict(one) for one in found.layers],
            "counts": found.rows,
            "guesses": {of: [asdict(one) for one in found] for of, found in both.items()},
            "words": _words(rows, [one.column for one in guesses]),
            "first": [asdict(one) for one in rows[:FIRST]],
            "notes": [note[2] for note in found.reading.notes],
        }
        held = of_subject(held, told, guessing.subject_of(both["site"], both["person"]))
    _write(folder / "seen.json", told)
    return held


def of_subject(held: dict, told: dict, subject: str) -> dict:
    """`held` with what is proposed where each row speaks of a site, or of a person; what was said of source and terms stays."""
    guesses = [guessing.Guess(**one) for one in told["guesses"][subject]]
    made = mapping.proposed(Path(held["file"]).stem, guesses, subject)
    words = {one.column: {word: guessing.headers.kind_of(word) or "" for word in told["words"].get(one.column, [])}
             for one in guesses if one.field == "kind"}
    said = {key: value for key, value in held.get("choices", {}).items() if key not in ("subject", "fields", "words", "order")}
    return {**held, "choices": {**made, "words": words, **said}}


def seen(settings, once: UUID) -> dict:
    """What the look found: {format, encoding, sure, delimiter, refused, layers, counts, guesses, words, first, fits}."""
    return _read(_folder(settings, once) / "seen.json") or {}


def first_rows(told: dict) -> list[Row]:
    """The first rows of the look, as the reader gave them."""
    return [Row(**{**one, "faults": tuple(map(tuple, one["faults"]))}) for one in told.get("first", [])]


def layers(told: dict) -> list[Layer]:
    """The layers of the look."""
    return [Layer(**{**one, "columns": tuple(one["columns"])}) for one in told.get("layers", [])]


def of_file(told: dict, held: dict) -> dict:
    """The keys of [file] under which the file was looked at."""
    given = {key: held["declared"].get(key) or told.get(key) for key in FILE_KEYS}
    parts = [one["part"] for one in told.get("layers", []) if one["part"]]
    if parts and given["format"] != "xlsx":
        given["layers"] = parts
    return {key: value for key, value in given.items() if value not in (None, "")}


def chosen(session, once: UUID, held: dict) -> Profile:
    """The profile that was chosen or mapped; raises BadInput with what is lacking."""
    told, choices = seen(session.settings, once), held.get("choices", {})
    if not held.get("profile"):
        return mapping.read(choices, of_file(told, held), layers(told))
    used = {row["profile"]: row["text"] for row in session.rows("profiles_used")}
    name = held["profile"]
    one = mapping.of_text(used[name], name) if name in used else profile.load(Path(name).name)
    return mapping.with_terms(one, choices) if any(choices.get(key) for key in ("partner", "terms")) else one


def preview(session, once: UUID, held: dict) -> list[drafting.Draft]:
    """The first rows as they are understood now; raises BadInput with what is lacking of the profile."""
    one, rows = chosen(session, once, held), first_rows(seen(session.settings, once))
    survey = drafting.survey(rows, one, session.settings.token_key(), batches.ground(session, one))
    today = session.value("today")
    return [drafting.draft(row, one, survey, today=today) for row in rows]


def save(session, once: UUID, held: dict) -> None:
    """What was chosen stands, for two weeks from now."""
    drafts.save(session, once, FORM, held)


def shown(session, once: UUID) -> dict:
    """What was chosen of a file on the caller's own desk; raises NotFound for any other."""
    found = drafts.shown(session, once)
    if found["form"] != FORM or not (_folder(session.settings, once) / "file").exists():
        raise NotFound
    return found["typed"]


def listed(session) -> list[dict]:
    """The files on the caller's own desk, the last first: {once, saved_at, expires_at} and what was chosen."""
    return [
        {**row, **shown(session, row["once"])}
        for row in drafts.listed(session)
        if row["form"] == FORM and (_folder(session.settings, row["once"]) / "file").exists()
    ]


def drop(session, once: UUID) -> None:
    """The file is on no desk any more."""
    shown(session, once)
    drafts.drop(session, once)
    shutil.rmtree(_folder(session.settings, once), ignore_errors=True)


def start(session, once: UUID, held: dict, *, dry_run: bool, reason: str = "") -> str:
    """The keeper is to import the file, or to try it; answers the job."""
    job = str(jobs.enqueue(session, kind="import_file", once=str(once), dry_run=dry_run))
    save(session, once, {**held, "job": job, "dry_run": dry_run, **({"reason": reason} if reason else {})})
    return job


def keep_report(settings, once: UUID, told: dict) -> None:
    """The report stands beside the file, for its owner alone."""
    _write(_folder(settings, once) / "report.json", told)


def report(settings, once: UUID) -> dict | None:
    """The last report, or None."""
    return _read(_folder(settings, once) / "report.json")


def file_of(settings, once: UUID) -> Path:
    """Where the bytes lie."""
    return _folder(settings, once) / "file"


def sweep(settings, there) -> int:
    """Folders without a draft are gone; so is what was left of uploads that broke off. there: which of these numbers have one."""
    if not settings.intake.is_dir():
        return 0
    found = {one.name: one for one in settings.intake.iterdir() if one.is_dir()}
    kept = set(map(str, there([UUID(name) for name in found if _is_number(name)]) or [])) if found else set()
    gone = [one for name, one in found.items() if name not in kept and _is_old(one)]
    for one in gone:
        shutil.rmtree(one, ignore_errors=True)
    spool.sweep(settings.intake)
    return len(gone)


def _words(rows: list[Row], columns: list[str]) -> dict[str, list[str]]:
    """The different cells of each column that has few of them, the most frequent first."""
    found = {}
    for column in columns:
        counted = Counter(" ".join(row.cells.get(column, "").split()) for row in rows)
        counted.pop("", None)
        if 0 < len(counted) <= WORDS and max(map(len, counted)) <= 120:
            found[column] = [word for word, _n in counted.most_common()]
    return found


def _folder(settings, once: UUID) -> Path:
    return settings.intake / str(UUID(str(once)))


def _is_old(path: Path) -> bool:
    """An hour old: what has no draft yet may just be arriving."""
    return time.time() - path.stat().st_mtime >= OLD


def _is_number(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _write(path: Path, told: dict) -> None:
    part = path.with_suffix(f".{uuid4()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False, default=str)
    part.rename(path)


def _read(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Unavailable(
            "What was kept of this file cannot be read", where=path.name, do="Delete it from the desk and upload it again."
        ) from error
