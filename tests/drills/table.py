"""What the drills leave behind: one line for each, with the rounds that were run, what was done, and what held or broke.

`make drills` writes bench/results/drills.md; SITEREG_DRILL_ROUNDS says how many rounds each drill has (else its own number),
SITEREG_DRILL_SEED from where its dice begin.
"""
import os
import random
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "bench" / "results" / "drills.md"
HEAD = "| what happened | rounds | minutes | load | what was counted | what held |\n|---|---|---|---|---|---|\n"


class Line:
    """One drill as it goes: `dice` for its moments, `rounds(n)` gives their numbers, `count` what came of them."""

    def __init__(self, what):
        self.what, self.done, self.told, self.began = what, 0, Counter(), time.monotonic()
        self.seed = int(os.environ.get("SITEREG_DRILL_SEED") or 1)
        self.dice = random.Random(self.seed)
        self.worst = {}

    def rounds(self, usual):
        """The numbers of the rounds; each is counted once it held."""
        for number in range(int(os.environ.get("SITEREG_DRILL_ROUNDS") or usual)):
            yield number
            self.done += 1

    def count(self, name, many=1):
        self.told[name] += many

    def most(self, name, seconds):
        """The worst of a duration stands in the line."""
        self.worst[name] = max(self.worst.get(name, 0), seconds)

    def text(self, held):
        """The line of the table."""
        counted = [f"{many} {name}" for name, many in self.told.items()] + [f"{name} {s:.1f} s" for name, s in self.worst.items()]
        return (f"| {self.what} | {self.done} | {(time.monotonic() - self.began) / 60:.1f} | {os.getloadavg()[0]:.1f} |"
                f" {', '.join(counted)} | {held} |\n")


@contextmanager
def drilled(what, held):
    """A drill of many rounds: its line says `held` where every one did, else which round broke and how."""
    line = Line(what)
    try:
        yield line
    except BaseException as error:
        write(line.text(f"**broke** in round {line.done + 1} (seed {line.seed}): {type(error).__name__}: {str(error).partition(chr(10))[0][:160]}"))
        raise
    write(line.text(held))


def write(text):
    """The line stands at the end of the table; the line of the same drill from before is gone."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    before = FILE.read_text().splitlines(keepends=True)[2:] if FILE.exists() else []
    same = text.split("|")[1]
    FILE.write_text(HEAD + "".join(one for one in before if one.split("|")[1] != same) + text)
