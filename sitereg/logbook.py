"""The log of a process: one JSON object a line, which tells what happened and where in the program, never to whom or what.

    {"at": "2026-11-30T14:05:00.123+00:00", "level": "info", "from": "sitereg.web", "said": "request", "request": "9f…", ...}

What our own code says stands in words of its own; of a library's only the sentence without what was put into it, since that holds
addresses and values. Of an exception stand its class and the lines of our files that it came through; its words may hold a row.
"""
import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = ("sitereg", "web")
TOLD = "told"

__all__ = ["Lines", "begin", "places"]


class Lines(logging.Formatter):
    """A record as one line of JSON. `extra={"told": {...}}` adds fields."""

    def format(self, record):
        """The line, without its end."""
        ours = record.name.split(".")[0] in OURS
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "from": record.name,
                "said": record.getMessage() if ours else str(record.msg), **getattr(record, TOLD, {})}
        if record.exc_info and record.exc_info[1]:
            line |= {"error": record.exc_info[0].__name__, "through": places(record.exc_info[1])}
        return json.dumps(line, ensure_ascii=False, default=str)


def places(error: BaseException) -> list[str]:
    """The lines of our own files that an exception came through, the deepest last: file:line."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(one.filename).relative_to(ROOT)}:{one.lineno}" for one in frames
            if Path(one.filename).is_relative_to(ROOT) and Path(one.filename).relative_to(ROOT).parts[0] in OURS]


def begin() -> None:
    """From now on this process logs lines to stderr: ours from `info` on, those of libraries from `warning` on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
