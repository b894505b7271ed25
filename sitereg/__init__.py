"""A registry of sites for the search for the missing.

    import sitereg

    with sitereg.reading() as s:
        events, sites = sitereg.events.frame(s), sitereg.sites.frame(s, groups=["detention"])
    pairs = sitereg.joins.within(events, sites, km=5)

Rooms are imported as they are first named. `reading` opens a transaction that can write nothing, `acting` one that commits as
its block ends; both as the account of whoever runs the script (SITEREG_AS, or as_).
"""

import dataclasses
import importlib

__version__ = "0.1.0"

_ROOMS = ("sites", "persons", "events", "joins", "inside", "links", "exports", "sharing", "claims", "decisions", "protection",
          "sources", "documents", "places", "search", "duplicates",
          "imports", "reports", "entering", "maps", "tables", "vocab", "errors")

__all__ = ["acting", "reading", *_ROOMS]


def reading(as_=None, settings=None):
    """A context manager: a read-only session of the account that runs this script (or `as_`, bound to the same OS user).

    settings: sitereg.settings.Settings, by default from the environment. Raises Denied where that account may not ask.
    """
    return _opened("reading", as_, settings)


def acting(as_=None, settings=None):
    """A context manager: a session that commits as the block ends and rolls back as it raises; else like `reading`."""
    return _opened("acting", as_, settings)


def _opened(way, as_, settings):
    from sitereg import accounts
    from sitereg.settings import Settings
    from sitereg.store import session

    settings = settings or Settings.from_env()
    if as_:
        settings = dataclasses.replace(settings, acting_as=as_)
    return getattr(session, way)(settings, accounts.actor(settings))


def __getattr__(name):
    if name in _ROOMS:
        return importlib.import_module(f"sitereg.{name}")
    raise AttributeError(f"module 'sitereg' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_ROOMS])
