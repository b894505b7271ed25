"""What a reader is shown of candidate sites beside their bars: names, kinds, the place as he may see it, the days of use."""
from datetime import date, timedelta

import shapely

__all__ = ["places"]


def places(session, codes, *, question="held"):
    """{code: id, names, kind, verification, shape (GeoJSON or None), at (lat, lon), shown_as, uncertainty_m, used} of these sites.

    used: periods as {at, began, ended}, dateranges as the database writes them. What the caller does not see is left out.
    """
    return {row["code"]: told(row) for row in session.rows("link_sites", question=question, codes=sorted(set(codes)))}


def told(row):
    """What is shown of one row of api.link_sites."""
    shape = None if row["geometry"] is None else shapely.from_wkb(row["geometry"])
    middle = None if shape is None else shape.representative_point()
    return {"id": row["id"], "names": {"en": row["name_en"], "ar": row["name_ar"]}, "kind": row["kind"],
            "verification": row["verification"],
            "shape": None if shape is None else shapely.geometry.mapping(shape), "at": middle and (middle.y, middle.x),
            "shown_as": row["shown_as"], "uncertainty_m": row["uncertainty_m"],
            "used": [{"at": None, "began": between(*one[:2]), "ended": between(*one[2:])} for one in row["periods"] or ()]}


def between(first, last):
    """Two days in ISO form, both included, as a daterange; None where neither is known."""
    if not first and not last:
        return None
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat() if last else ""
    return f"[{first or ''},{after})"
