"""Who is on the way to a place, by when he is back, and who looks for him otherwise.

A trip is nobody's record: no event of the chain tells it, the traveller and the colleague whom he named see it, and ninety days
after the return it is gone. The keeper makes a task for the colleague of whoever is late.
"""
from datetime import datetime
from uuid import UUID

from sitereg.store.session import Session

__all__ = ["end", "on_the_way", "start"]


def start(session: Session, site: UUID, *, back_by: datetime, colleague: str, **known: str | None) -> UUID:
    """One sets out; the trip's id. colleague: the name of an account that may see the place.

    known: hazards (with their days), control (whose), permit, escort, help (the nearest), each in words. Raises BadInput by
    field, Refused where one is on the way already.
    """
    return session.call("start_trip", site=site, back_by=back_by, colleague=colleague, **known)


def on_the_way(session: Session) -> list[dict]:
    """Open trips of one's own, and those of others whom one is to look for; who is to be back first, first."""
    return session.rows("trips")


def end(session: Session, trip: UUID) -> None:
    """The traveller is safely back; NotFound for a trip that is over or of others."""
    session.call("end_trip", trip=trip)
