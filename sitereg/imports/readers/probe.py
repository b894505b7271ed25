"""Whether the isolated process is closed in: it closes itself in as for a partner's file, then tries what it may not.

Run by readers.process.probe as `python -m sitereg.imports.readers.probe FILE PORT`; says on stdout what it could do.
"""
import json
import socket
import sys

from sitereg.imports.readers.isolated import lock_down


def main() -> None:
    """One JSON object stands on stdout: {network_closed, user, opened, reached}."""
    file, port = sys.argv[1], int(sys.argv[2])
    told = lock_down()
    try:
        with open(file, "rb") as given:
            told["opened"] = bool(given.read(1))
    except OSError:
        told["opened"] = False
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
        told["reached"] = True
    except OSError:
        told["reached"] = False
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
