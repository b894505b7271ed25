"""Lines of inquiry between persons and sites: what to look at first, never what is so.

Here so far: an interim order by distance and time alone (docs/analysts.md says what it leaves out). It stores nothing and
changes no status.
"""
from sitereg.links.candidates import Answer, Candidate, candidates

__all__ = ["Answer", "Candidate", "candidates"]
