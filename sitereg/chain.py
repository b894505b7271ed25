"""The chain as arithmetic: Merkle roots, and what is wrong where an event does not follow the one before. Knows no database."""
import hashlib
from dataclasses import dataclass

from sitereg.faults import fault, shortened

NOTHING = bytes(32)  # the root of no rows
START = hashlib.sha256(b"sitereg").digest()  # what the first event follows

__all__ = ["NOTHING", "START", "Odd", "merkle", "told"]


@dataclass(frozen=True, slots=True)
class Odd:
    """An event that does not fit: its number, the number before it in the table (0: none), and in what it does not fit.

    changed: its hash is not that of its content. unlinked: it does not follow the hash before it; follows: the number of the event
    whose hash it names, None where there is none. backwards: it is dated before the event before it.
    """

    seq: int
    before: int
    changed: bool
    unlinked: bool
    backwards: bool
    follows: int | None = None


def merkle(leaves):
    """The root of digests in the order of their bytes; an odd one is carried up as it is; of none it is 32 zero bytes."""
    level = sorted(leaves)
    if not level:
        return NOTHING
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[n] + level[n + 1]).digest() for n in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2:]
    return level[0]


def told(odd, head, last):
    """Findings about the chain. odd: its Odd events in their order. head: (number, hash) that the registry holds for its last
    event, or None; last: (number, hash) of the last event in the table, or None where there is none."""
    names = {"event changed": [], "event missing": [], "event inserted": [], "event reordered": [], "chain broken": [],
             "clock ran backwards": []}
    moved = set()
    for one in odd:
        gap = one.seq - one.before - 1
        if gap:
            names["event missing"] += range(one.before + 1, one.seq)
        if one.changed:
            names["event changed"].append(one.seq)
        if one.backwards:
            names["clock ran backwards"].append(one.seq)
        if not one.unlinked or gap:
            continue
        if one.follows is None:
            names["chain broken"].append(one.seq)
        elif one.follows == one.seq - 2 and one.before not in moved:
            names["event inserted"].append(one.before)
        else:
            moved.add(one.seq)
            names["event reordered"].append(one.seq)
    found = [each for name, numbers in names.items() for each in shortened(numbers, name)]
    return found + list(_end(head, last))


def _end(head, last):
    """What is wrong between the end of the table and what the registry holds for its end."""
    ended = last[0] if last else 0
    if head is None:
        if last:
            yield fault("chain head changed", "audit_head")
    elif head[0] > ended:
        yield from shortened(range(ended + 1, head[0] + 1), "tail lost")
    elif head[0] < ended:
        yield from shortened(range(head[0] + 1, ended + 1), "event inserted")
    elif last and head[1] != last[1]:
        yield fault("chain head changed", "audit_head", str(head[0]))
