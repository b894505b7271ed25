"""The matrix of access as data, pure: who may see what (cells) and who may do what (verbs).

docs/security.md is written from it; tests compare it with every function, route, policy and answer. A rule changes here and where
it is enforced (SQL), or a test fails.
"""
from sitereg.matrix.cells import CELLS, RULES, WHAT, WHO, What, Who, rules, shown
from sitereg.matrix.verbs import VERBS, Verb

__all__ = ["CELLS", "RULES", "VERBS", "WHAT", "WHO", "Verb", "What", "Who", "rules", "shown"]
