"""`make bench`: every job at a moderate size, each in a process of its own, its table printed and kept in bench/results.

    python bench/run.py               all of them
    python bench/run.py tiles joins   only these
    python bench/run.py --full        at the sizes of docs/performance.md; claims15m takes most of an hour on two cores
"""
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
JOBS = {  # job: (arguments of `make bench`, arguments of --full)
    "joins": (["--events", "50000", "--sites", "5000"], ["--events", "100000", "--sites", "10000"]),
    "tiles": (["--n", "50000", "--repeats", "2"], ["--n", "100000", "--repeats", "5"]),
    "frames": (["--n", "50000"], ["--n", "200000", "--repeats", "5"]),
    "verifying": (["--n", "200000"], ["--n", "1000000"]),
    "importing": (["--rows", "3000"], ["--rows", "50000"]),
    "desk": (["--rows", "5000"], ["--rows", "100000"]),
    "nearby": ([], ["--events", "100000"]),
    "linking": ([], ["--persons", "300000", "--growth"]),
    "searching": ([], ["--names", "1000000", "--asked", "1000"]),
    "matching": ([], []),
    "crossing": ([], ["--n", "10000"]),
    "relinking": (["--persons", "4000", "--sites", "4000"], []),
    "terrain": (["--side", "2000"], []),
    "change": (["--rounds", "1"], ["--rounds", "6"]),
    "zonal": (["--side", "5000"], ["--side", "5000", "--repeats", "7"]),
    "twins": ([], []),
    "access": (["--n", "12000"], ["--n", "200000"]),
    "load": (["--minutes", "1", "--storm", "10", "--sites", "2000", "--events", "5000", "--rows", "1000"], ["--minutes", "30"]),
    "pages": (["--sites", "400"], []),
    "peers_web": (["--n", "3000"], ["--n", "12000", "--repeats", "5"]),
    "claims15m": (["--n", "60000", "--sites", "500", "--persons-resolved", "300"], []),
}


def main(asked):
    """Runs the jobs named (all without a name); answers how many of them failed."""
    full = "--full" in asked
    names = [one for one in asked if one != "--full"] or list(JOBS)
    unknown = [one for one in names if one not in JOBS]
    if unknown:
        print(f"There is no such job: {', '.join(unknown)}. There are: {', '.join(JOBS)}", file=sys.stderr)
        return 1
    failed = []
    for name in names:
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-m", f"bench.{name}", *JOBS[name][full]], cwd=ROOT, check=False)
        print(f"  ({name}: {time.monotonic() - began:.0f} s)", flush=True)
        if done.returncode:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
