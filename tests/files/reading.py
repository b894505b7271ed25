"""Reads files through the closed reader and tells of each what came of it: `python -m tests.files.reading < jobs.json`.

A small process of its own, so that the largest size of the readers it waits for is theirs.
"""

import json
import os
import sys
import time
from pathlib import Path

from sitereg import documents
from sitereg.errors import BadInput, SiteregError
from sitereg.imports.readers import process

PEAK = [0]


def main() -> None:
    """For each {name, path, format} on stdin one object on stdout: name, code or null, words, isolation, seconds, megabytes."""
    waited = os.waitpid

    def waitpid(pid, flags):
        ended, status, used = os.wait4(pid, flags)
        PEAK[0] = used.ru_maxrss // 1024 if ended else PEAK[0]
        return ended, status

    os.waitpid = waitpid
    try:
        for job in json.load(sys.stdin):
            print(json.dumps({"name": job["name"], **told(job)}), flush=True)
    finally:
        os.waitpid = waited


def told(job: dict) -> dict:
    """What came of one file."""
    began, found = time.monotonic(), {"code": None, "isolation": None}
    try:
        with documents.room() as room:
            read = process.read(documents.stage(Path(job["path"]), room).files, room, format=job["format"])
        found |= {"isolation": read.isolation, "words": json.dumps([[row.cells for row in read.rows], read.notes])}
    except BadInput as refusal:
        found |= {"code": refusal.code, "words": json.dumps(refusal.as_dict()), "do": refusal.remedy}
    except SiteregError as error:
        found |= {"code": f"failed: {error.code}", "words": str(error)}
    return {**found, "seconds": time.monotonic() - began, "megabytes": PEAK[0]}


if __name__ == "__main__":
    main()
