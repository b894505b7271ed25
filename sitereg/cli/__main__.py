"""`python -m sitereg.cli` is `sitereg`."""

from sitereg.cli import main

main(prog_name="sitereg")
