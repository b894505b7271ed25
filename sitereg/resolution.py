"""Records as they follow from claims and decisions, computed again."""
import os
from concurrent.futures import ThreadPoolExecutor

from sitereg.errors import Conflict
from sitereg.store import session

TRIES = 5  # two portions may want each other's records: the one that gave way comes again

__all__ = ["again"]


def again(opened):
    """Every resolved record follows from its claims and decisions; answers how many rows did not.

    In portions, each with its event and committed by itself, by as many connections as there are cores (at most 4); under the
    rights of the one who asked, an auditor or admin.
    """
    def portion(row):
        for last in (*[False] * (TRIES - 1), True):
            try:
                with session.acting(opened.settings, opened.actor) as own:
                    return own.value("resolve_again", ids=row["ids"])
            except Conflict:
                if last:
                    raise

    with session.unasked(opened.settings) as own:
        portions = own.rows("keeper_portions")
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as many:
        return sum(many.map(portion, portions))
