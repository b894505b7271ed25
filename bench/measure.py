"""Measuring: seconds, CPU seconds of this process and of database backends, peak memory; one table a job, kept as JSON."""
import json
import os
import platform
import statistics
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("results")
TICKS = os.sysconf("SC_CLK_TCK")

__all__ = ["Table", "Timing", "cpu_seconds", "on_cpu", "percentile", "timed"]


@dataclass
class Timing:
    """What repeated runs of one thing took: seconds of each, CPU seconds of one (the mean), peak memory in MB."""

    seconds: list[float]
    cpu: float
    peak_mb: float
    answer: object = field(default=None, repr=False)

    @property
    def median(self):
        return statistics.median(self.seconds)

    @property
    def p95(self):
        return percentile(self.seconds, 95)


def percentile(values, percent):
    """The smallest of the values that at least so many percent of them do not exceed."""
    held = sorted(values)
    return held[min(len(held) - 1, max(0, -(-len(held) * percent // 100) - 1))]


def timed(run, repeats=1, *, pids=(), warm=0):
    """`run()` has run warm + repeats times; the Timing of the last `repeats` of them, with what the last one answered.

    pids: processes that work for it (database backends): their CPU counts, and the peak memory is that of all together.
    """
    mine = (os.getpid(), *pids)
    for _ in range(warm):
        run()
    for pid in mine:
        forget_peak(pid)
    before, seconds, answer = sum(map(cpu_seconds, mine)), [], None
    for _ in range(repeats):
        began = time.perf_counter()
        answer = run()
        seconds.append(time.perf_counter() - began)
    spent = sum(map(cpu_seconds, mine)) - before
    return Timing(seconds, spent / repeats, sum(map(peak_mb, mine)), answer)


def cpu_seconds(pid):
    """User and system time of a process and of its children that have ended."""
    if pid == os.getpid():
        return time.process_time() + sum(os.times()[2:4])  # its own to the microsecond: a tick may be all that a short job takes
    text = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(text[11]) + int(text[12])) / TICKS


def on_cpu(pid):
    """The seconds that a process was on a core, to the microsecond where the kernel tells (else as `cpu_seconds`)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return cpu_seconds(pid)


def peak_mb(pid):
    """The largest resident memory of a process since `forget_peak`, in MB; shared buffers that it touched are in it."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def forget_peak(pid):
    """The peak begins at what is held now, where the kernel lets us say so."""
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        return


@dataclass
class Table:
    """One job's table: what ran, how large, rows with their target and whether it was met."""

    job: str
    title: str
    sizes: dict
    rows: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    began: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    load: str = field(default_factory=lambda: load())

    def add(self, name, timing, *, unit="s", ratio=None, target=None, met=None, beside=""):
        """A row: median and p95 in `unit` (s or ms), CPU seconds, peak MB; ratio to the peer; the target in words; met or not."""
        scale = {"s": 1, "ms": 1000}[unit]
        self.rows.append({
            "name": name, "repeats": len(timing.seconds), "median": timing.median * scale, "p95": timing.p95 * scale, "unit": unit,
            "cpu_s": timing.cpu, "peak_mb": timing.peak_mb, "ratio": ratio, "target": target, "met": met, "beside": beside})

    def say(self, name, value, *, unit="", target=None, met=None, beside=""):
        """A row that is no time: a number with its unit."""
        self.rows.append({"name": name, "repeats": None, "median": value, "p95": None, "unit": unit, "cpu_s": None,
                          "peak_mb": None, "ratio": None, "target": target, "met": met, "beside": beside})

    def note(self, text):
        self.notes.append(text)

    def finish(self, *, keep=True):
        """The table is printed and, with `keep`, stands in bench/results/<job>.json; answers itself."""
        print(self.text(), flush=True)
        if keep:
            RESULTS.mkdir(exist_ok=True)
            machine = {"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}
            told = json.dumps({**asdict(self), **machine, "load_at_end": load()}, indent=1, ensure_ascii=False)
            (RESULTS / f"{self.job}.json").write_text(f"{told}\n")
        return self

    def text(self):
        heads = ("", "repeats", "median", "p95", "CPU s", "peak MB", "ratio", "target", "", "beside")
        lines = [heads, *(written(row) for row in self.rows)]
        widths = [max(len(line[n]) for line in lines) for n in range(len(heads))]
        body = [justified(line, widths) for line in lines]
        sizes = ", ".join(f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}"
                          for name, value in self.sizes.items())
        notes = [f"  {one}" for one in self.notes]
        return "\n".join([f"\n{self.title}", f"  {sizes}; load {self.load}; {self.began}", *body, *notes])


def justified(line, widths):
    """The cells of a line, words to the left and numbers to the right."""
    cells = enumerate(zip(line, widths, strict=True))
    return "  ".join(cell.ljust(width) if n in (0, 7, 8, 9) else cell.rjust(width) for n, (cell, width) in cells).rstrip()


def load():
    """The load averages of the last 1, 5 and 15 minutes."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


def figure(number):
    """As it is read: three digits, thousands whole; nothing for None."""
    return "" if number is None else f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def written(row):
    met = {None: "", True: "met", False: "not met"}[row["met"]]
    median = f"{figure(row['median'])} {row['unit']}".strip()
    return (row["name"], figure(row["repeats"]), median, figure(row["p95"]), figure(row["cpu_s"]), figure(row["peak_mb"]),
            figure(row["ratio"]), row["target"] or "", met, row["beside"])
