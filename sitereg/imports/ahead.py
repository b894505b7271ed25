"""Work done ahead: a generator runs in a thread of its own, so that what waits for the database need not wait for it too."""

import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")
_DEPTH = 2
_END = object()

__all__ = ["ahead"]


def ahead(given: Iterator[T], depth: int = _DEPTH) -> Iterator[T]:
    """What `given` yields, in its order and at most `depth` of it made in advance; what it raises is raised here.

    Closed early, it ends `given` before it returns.
    """
    made: queue.Queue = queue.Queue(depth)
    over = threading.Event()

    def put(one) -> bool:
        while not over.is_set():
            try:
                made.put(one, timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for one in given:
                if not put((one, None)):
                    return
            put((_END, None))
        except BaseException as error:  # it is raised where it is waited for
            put((_END, error))

    worker = threading.Thread(target=work, name="drafting", daemon=True)
    worker.start()
    try:
        while True:
            one, error = made.get()
            if error is not None:
                raise error
            if one is _END:
                return
            yield one
    finally:
        over.set()
        worker.join()
