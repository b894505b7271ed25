"""Vector tiles of the caller's face."""

from sitereg.errors import NotFound

__all__ = ["events", "opened", "sites", "units"]

DEEPEST = 20  # the last zoom


def there(z, x, y):
    """Raises NotFound where there is no such tile, before the database is asked about numbers that it has not."""
    if not (0 <= z <= DEEPEST and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise NotFound


def sites(session, *, z, x, y, **filters):
    """The tile z/x/y (Web Mercator, XYZ) as MVT bytes, b"" where nothing is shown in it; filters: those of sites.find.

    From zoom 9 one point for each kind of a site in layer `sites`, what is shown of its place in `areas`; below that counts on a
    grid. Places known by their admin unit alone are in `units` and `unit_labels`. Raises NotFound where there is no such tile.
    """
    there(z, x, y)
    given = {name.rstrip("_"): value for name, value in filters.items() if value is not None}
    return bytes(session.value("site_tile", z=z, x=x, y=y, **given) or b"")


def opened(session, *, z, x, y, squares, limit=60, **filters):
    """The sites that such a tile counts in these squares of it, as rows: what a number on the map stands for."""
    there(z, x, y)
    given = {name.rstrip("_"): value for name, value in filters.items() if value is not None}
    return session.rows("site_squares", z=z, x=x, y=y, squares=list(squares), limit=limit, **given)


def events(session, *, z, x, y, from_=None, to=None):
    """The same of events of persons, layer `events`: counts by square of those that may lie between two days, no names."""
    there(z, x, y)
    return bytes(session.value("event_tile", z=z, x=x, y=y, **{"from": from_, "to": to}) or b"")


def units(session, *, z, x, y):
    """The same of admin units, layers `boundaries` and `names`: those that were loaded, whoever asks."""
    there(z, x, y)
    return bytes(session.value("unit_tile", z=z, x=x, y=y) or b"")
