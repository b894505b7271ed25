"""How old the last copies and the last drill are, and what is too old of them."""
from collections.abc import Iterator
from datetime import datetime

from sitereg.backup import making, segments
from sitereg.store import repository

HOUR, DAY = 3_600, 86_400
BASE, FILES, DRILL = 26 * HOUR, HOUR, 8 * DAY

__all__ = ["alarms", "seconds", "waiting"]


def alarms(settings, now: datetime) -> Iterator[tuple[str, str]]:
    """(what is wrong, what to do) of the backups of this home."""
    repo = repository.armed(settings)
    if repo is None:
        yield "No backups are made", "Make a key (`sitereg backup key`), then `sitereg backup start`; see docs/operations.md."
        return
    last, watching = making.last(settings), "Look whether `sitereg backup watch` runs, and for room in the repository."
    ages = seconds(settings, now)
    for name, most, what in (("base", BASE, "No base copy was made"), ("files", FILES, "Kept files were not brought")):
        if ages[name] is None or ages[name] > most:
            yield f"{what} for {spoken(ages[name])}", watching
    if (oldest := waiting(settings, now) or 0) > HOUR:
        yield f"A segment of the log waits in the spool for {spoken(oldest)}", watching
    if (since := next(iter(segments.unsigned(settings, repo)), None)) and now.timestamp() - since > HOUR:
        yield (f"A sealed segment of the log has waited for its signature for {spoken(now.timestamp() - since)}",
               "Look whether `sitereg backup watch` runs. If it does, the repository holds not what was sealed: an incident.")
    if last.get("base") and not any(one.get("line") == repo.line for one in making.listed(repo.folder)):
        yield "No base copy in the repository is of this database", "Run `sitereg backup now`; look at the repository's disk."
    if ages["drill"] is None or ages["drill"] > DRILL:
        yield (f"No drill has shown for {spoken(ages['drill'])} that a backup comes back",
               "Bring the key and run `sitereg restore FOLDER --drill`.")
    elif not last["drill"].get("well"):
        yield "The last drill found rules that let through what they must not", "Run it again and do what it says."


def seconds(settings, now: datetime) -> dict[str, float | None]:
    """Seconds since the last base copy, since kept files were brought, since the last drill: {base, files, drill}; None: never."""
    last = making.last(settings)
    moments = {"base": last.get("base"), "files": last.get("files"), "drill": (last["drill"] or {}).get("at")}
    return {name: (now - datetime.fromisoformat(at)).total_seconds() if at else None for name, at in moments.items()}


def waiting(settings, now: datetime) -> float | None:
    """For how many seconds the oldest segment of the log has waited in an outside server's spool; None: nothing waits."""
    repo = repository.armed(settings)
    found = [one.stat().st_mtime for one in repo.spool.iterdir()] if repo and repo.spool and repo.spool.is_dir() else []
    return now.timestamp() - min(found) if found else None


def spoken(age):
    """A span of time in words."""
    return "ever" if age is None else f"{age / DAY:.0f} days" if age >= 2 * DAY else f"{age / HOUR:.0f} hours"
