"""Vector tiles of the caller's face."""

__all__ = ["events", "sites"]


def sites(session, *, z, x, y, **filters):
    """The tile z/x/y (Web Mercator, XYZ) as MVT bytes, b"" where nothing is shown in it; filters: those of sites.find.

    From zoom 9 one point for each kind of a site in layer `sites`, what is shown of its place in `areas`; below that counts on a
    grid. Places known by their admin unit alone are in `units` and `unit_labels`. Raises NotFound where there is no such tile.
    """
    given = {name.rstrip("_"): value for name, value in filters.items() if value is not None}
    return bytes(session.value("site_tile", z=z, x=x, y=y, **given) or b"")


def events(session, *, z, x, y, from_=None, to=None):
    """The same of events of persons, layer `events`: counts by square of those that may lie between two days, no names."""
    return bytes(session.value("event_tile", z=z, x=x, y=y, **{"from": from_, "to": to}) or b"")
