"""Lists as the shell answers them, GeoJSON or lines; and the log that stands before exact places are shown."""
from collections.abc import Callable
from typing import Any

import click

from sitereg.cli.options import show


def logged(session, action: str, rows: list[dict], *, subject: Any = None) -> list[dict]:
    """The rows, once the log says (committed) which exact places a reader of T2 is shown; without any nothing is logged."""
    from sitereg.store import session as store

    exact = [row["code"] for row in rows if row["shown_as"] == "exact"]
    if exact and session.value("level") == 2:
        with store.acting(session.settings, session.actor) as log:
            log.call("log_read", action=action, object=subject, detail=store.Json({"n": len(exact), "codes": exact}))
    return rows


def typed_place(text: str) -> Any:
    """The one place (geo.Place) that was typed, latitude first, or as MGRS; BadInput for all else."""
    from sitereg import geo
    from sitereg.errors import BadInput

    found = geo.parse(text, geo.Declared(order="latlon"))
    if not found.found:
        raise BadInput("This is not read as one place", where=text, do="Give latitude and longitude (33.51, 36.29), or MGRS.")
    return found


def collection(rows: list[dict], limit: int, *, geometry: str = "shape") -> dict:
    """A FeatureCollection of the rows; `next` is the code after which to go on, null at the end."""
    return {"type": "FeatureCollection", "next": rows[-1]["code"] if len(rows) == limit else None,
            "features": [{"type": "Feature", "id": row["code"], "geometry": row[geometry],
                          "properties": {name: value for name, value in row.items() if name != geometry}} for row in rows]}


def one_page(page: dict, as_json: bool, tell: Callable) -> None:
    """One record is printed: as JSON, by `tell`, or, where it was merged, as the code of what it became."""
    if as_json:
        show(page)
    elif page["merged_into"]:
        click.echo(f"{page['code']} was merged into {page['merged_into']}.")
    else:
        tell(page)


def pages(ask, limit: int, after: str | None) -> list[dict]:
    """Up to `limit` rows of ask(limit=, after=), which answers at most a thousand at a time."""
    rows: list[dict] = []
    while len(rows) < limit:
        wanted = min(limit - len(rows), 1000)
        more = ask(limit=wanted, after=rows[-1]["code"] if rows else after)
        rows += more
        if len(more) < wanted:
            break
    return rows


def said(scheme: str, code: str | None) -> str:
    """The English word for a code; `-` for none."""
    from sitereg.vocab import label

    return label(scheme, code) if code else "-"


def place(row: dict) -> str:
    """What is shown of a place, in words: where it is, as what it is shown, how well it is known."""
    if row.get("lon") is None:
        return "no place"
    shown = {"exact": f"+-{row['uncertainty_m']:,.0f} m" if row["uncertainty_m"] else "exact", "cell_1km": "1 km cell",
             "cell_10km": "10 km cell", "admin_unit": "somewhere in this unit"}[row["shown_as"]]
    where = "" if row["shown_as"] == "admin_unit" else f"{row['lat']:.5f}, {row['lon']:.5f}, "
    return ", ".join(part for part in (row.get("place_en"), where + shown) if part)


def gap_reasons(row) -> str:
    """What else makes it pressing, as it stands after the status on its line."""
    told = []
    if row["worst"]:
        told.append(f"{said('disturbance_kind', row['worst']['kind'])} ({said('severity', row['worst']['severity'])})")
    if row["in_doubt_since"]:
        told.append(f"in doubt since {row['in_doubt_since']}")
    if row["overdue_days"]:
        told.append(f"review overdue by {row['overdue_days']} days")
    told.append(", ".join(said("measure_kind", one) for one in row["measures"]) or "no active measure")
    told.append(f"seen {row['last_seen']}" if row["last_seen"] else "no visit recorded")
    if not row["reachable"]:
        told.append(f"not safe to reach: {said('access_condition', row['access'])}")
    return "; " + "; ".join(told)
