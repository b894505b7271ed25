"""How fast one account may ask by token: bursts as a map needs them, and a steady pace after; kept by each process for itself."""

import math
import threading
import time

BURST, A_SECOND, ACCOUNTS = 400, 20, 1000
LEFT, ASKING = {}, threading.Lock()


def wait(account, now=None):
    """Seconds that the account must wait before it asks again; 0: it may ask, and that is counted."""
    now = time.monotonic() if now is None else now
    with ASKING:
        left, since = LEFT.pop(account, (BURST, now))
        left = min(BURST, left + (now - since) * A_SECOND)
        LEFT[account] = (left - 1 if left >= 1 else left, now)
        while len(LEFT) > ACCOUNTS:
            del LEFT[next(iter(LEFT))]  # who asked longest ago: full again by now, or nearly
    return 0 if left >= 1 else math.ceil((1 - left) / A_SECOND)
