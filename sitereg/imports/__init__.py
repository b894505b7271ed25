"""Imports: a partner's file and a profile become claims with their source, whole or not at all, and a
report by row.

imports.run(session, path, profile="es_fosas")          -> Report; nothing is written if it was imported
already
imports.run(session, path, profile=..., dry_run=True)   -> the same report, and everything is undone
imports.listed(session), imports.shown(session, batch=...), imports.revoke(session, batch=..., reason=...)

documents.stage (copy + SHA-256) -> readers (a process of its own) -> drafting (pure) -> api.record_claims
"""

from typing import Any

__all__ = ["listed", "revoke", "run", "shown"]


def __getattr__(name: str) -> Any:
    """The public names live in batches; the reader process imports this package and must not need a
    database."""
    if name in __all__:
        from sitereg.imports import batches

        return getattr(batches, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
