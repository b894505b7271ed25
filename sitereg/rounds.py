"""What the keeper does again and again: when it is due, by a clock that nobody sets, and what came of it, for whoever watches.

state/keeper.json holds counts, moments and seconds by the name of a duty or queue; nothing of a record, a place or a person.
"""
import json
import os
import time
from contextlib import contextmanager
from datetime import timedelta

FILE = "keeper.json"

__all__ = ["Rounds", "told"]


class Rounds:
    """The rounds of one keeper, from its start on."""

    def __init__(self, settings):
        self.path, self.times, self.changed = settings.state / FILE, {}, False
        self.told = {"begun": time.time(), "rounds": {}, "queues": {}, "jobs": {}}

    def due(self, name: str) -> bool:
        """Whether the round has not been tried yet, or its time has come."""
        return self.times.get(name, 0.0) <= time.monotonic()

    @contextmanager
    def trying(self, name: str, every: timedelta):
        """Within the block the round is done; it is due again after `every`. Noted are how it went and how long it took."""
        self.times[name] = time.monotonic() + every.total_seconds()
        held, began = self.told["rounds"].setdefault(name, {"well": 0, "failed": 0}), time.monotonic()
        held["every"], self.changed = every.total_seconds(), True
        try:
            yield
        except BaseException:
            held["failed"] += 1
            raise
        held |= {"well": held["well"] + 1, "at": time.time(), "seconds": round(time.monotonic() - began, 3)}

    def again(self, name: str, after: timedelta) -> None:
        """The round is due after that, although it was just tried."""
        self.times[name] = min(self.times.get(name, 0.0), time.monotonic() + after.total_seconds())

    def done(self, state: str) -> None:
        """One job more came to that end."""
        self.told["jobs"][state], self.changed = self.told["jobs"].get(state, 0) + 1, True

    def waits(self, queues: dict) -> None:
        """What waits for the keeper now: {queue: (how many or None, seconds of the oldest or None)}."""
        self.told["queues"], self.changed = queues, True

    def tell(self) -> None:
        """What is known stands in the home's state, whole, where something came to it since it last did."""
        if self.changed:
            part = self.path.with_name(f"{FILE}.{os.getpid()}")
            part.write_text(json.dumps({**self.told, "at": time.time()}))
            part.chmod(0o600)
            part.rename(self.path)
            self.changed = False


def told(settings) -> dict | None:
    """What the keeper last told of itself, or None: {begun, at, rounds, queues, jobs}; moments in seconds since 1970."""
    try:
        return json.loads((settings.state / FILE).read_text())
    except (OSError, ValueError):
        return None
