"""What outgrows one machine: the same chunks of persons handed to a Dask cluster, the world sent to every worker once.

    with Cluster(world, "tcp://127.0.0.1:8786") as cluster:
        for done in cluster.run(persons, top=20): ...

The answers are those of links.engine on this machine, to the last bit: each worker has the same versions of sitereg, numpy and
numba, or the run is refused, and a chunk is reckoned by the same code wherever it lands. A chunk whose worker is lost is given to
another. Persons and places travel to the workers: whoever names a scheduler decides on that (docs/operations.md).
"""
import itertools
from contextlib import suppress
from importlib.metadata import version

from sitereg.errors import BadInput, Refused, Unavailable
from sitereg.links.engine import CHUNK, Engine

SECONDS, TRIES, AHEAD = 15, 3, 3  # to be answered; workers that a chunk may lose; chunks waiting for each thread of a worker
PACKAGES = ("sitereg", "numpy", "numba", "scipy", "llvmlite")

__all__ = ["Cluster"]


class Cluster:
    """A Dask cluster that knows one world; to be used in a `with`. Raises BadInput, Refused, Unavailable."""

    def __init__(self, world, scheduler):
        try:
            from distributed import Client
        except ImportError:
            raise Refused("Runs on many machines need Dask, which is not installed here", where=scheduler, guard="no_dask",
                          needs="Install the extra: pip install 'sitereg[cluster]'.") from None
        if not str(scheduler).startswith(("tcp://", "tls://")):
            raise BadInput("A scheduler is named as tcp://HOST:PORT or tls://HOST:PORT", where=str(scheduler))
        try:
            self.client = Client(scheduler, timeout=SECONDS, set_as_default=False)
        except (OSError, ValueError, RuntimeError):
            raise Unavailable("No scheduler answers there", where=scheduler,
                              do="Start one with `dask scheduler` and its workers with `dask worker`.") from None
        self.world, self.sent, self.scheduler = world, None, scheduler

    def __enter__(self):
        self.check()
        self.sent = self.client.scatter(self.world, broadcast=True, hash=False)
        return self

    def __exit__(self, *_):
        with suppress(Exception):
            self.client.close()

    def check(self):
        """Every worker would give our bits: it has our versions. At least one is there within SECONDS."""
        try:
            self.client.wait_for_workers(1, timeout=SECONDS)
        except TimeoutError:
            raise Unavailable("The scheduler has no workers", where=self.scheduler, do="Start some with `dask worker`.") from None
        mine = versions()
        for worker, theirs in self.client.run(versions).items():
            other = ", ".join(f"{name} {theirs[name]} in place of {mine[name]}" for name in mine if theirs[name] != mine[name])
            if other:
                raise Refused("A worker would not give the same bits", where=f"{worker}: {other}", guard="other_versions",
                              needs="Install on every worker what stands in requirements.lock, and the same sitereg.")

    @property
    def hands(self):
        """How many chunks are reckoned at a time."""
        return max(sum(self.client.nthreads().values()), 1)

    def run(self, persons, *, top=20, chunk=CHUNK, skip=0, told=None):
        """As Engine.run, on the cluster."""
        source = iter(persons)
        chunks = itertools.islice(iter(lambda: list(itertools.islice(source, chunk)), []), skip, None)
        many = AHEAD * self.hands
        waiting, done = [self.rank(one, top) for one in itertools.islice(chunks, many)], skip * chunk
        while waiting:
            ranked = self.result(waiting.pop(0))
            waiting += [self.rank(one, top) for one in itertools.islice(chunks, 1)]
            done += len(ranked)
            if told:
                told(done)
            yield ranked

    def rank(self, persons, top):
        """A chunk is on its way: (future, persons, top)."""
        return self.client.submit(rank, self.sent.key, self.sent, persons, top, pure=False, retries=TRIES), persons, top

    def result(self, asked):
        """What came of a chunk; where the world was lost with its last worker it is sent again."""
        from distributed.client import CancelledError, FutureCancelledError

        future, persons, top = asked
        for left in reversed(range(TRIES + 1)):
            try:
                return future.result()
            except (CancelledError, FutureCancelledError):
                if not left:
                    break
                self.check()
                self.sent = self.client.scatter(self.world, broadcast=True, hash=False)
                future, persons, top = self.rank(persons, top)
        raise Unavailable("The workers were lost again and again", where=self.scheduler,
                          do="Look why (memory, say), then run again: the run goes on where it stopped.")


def versions():
    """What the bits of an answer hang on."""
    return {name: version(name) for name in PACKAGES}


ENGINES = {}


def rank(key, world, persons, top):
    """On a worker: the chunk ranked by the engine of this world, which is laid out once."""
    if key not in ENGINES:
        ENGINES.clear()
        ENGINES[key] = Engine(world)
    return ENGINES[key].rank(persons, top)
