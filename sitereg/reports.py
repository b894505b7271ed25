"""What somebody told, before it is sorted; and the tasks that rules and people open."""
from collections.abc import Iterable, Mapping
from uuid import UUID

from shapely import to_wkb
from shapely.geometry.base import BaseGeometry

from sitereg import vault
from sitereg.claims import days
from sitereg.errors import BadInput
from sitereg.store.session import Json, Session

SAY_OTHERWISE = "Tell what an insider said in other words, which do not tell who said it"

__all__ = ["SAY_OTHERWISE", "done", "record", "sort", "tasks", "waiting"]


def record(session: Session, words: str, *, terms: Mapping, place: str | None = None, shape: BaseGeometry | None = None,
           uncertainty_m: float | None = None, at=None, callback: bool | None = None, source: UUID | None = None, tier: int = 2,
           compartments: Iterable[str] = (), paraphrase: str | None = None) -> UUID:
    """The report stands, its words sealed, and a task to sort it is open; answers its id.

    terms: partner ({language: name}), terms, permitted_uses, consent. place: as it was told. shape: EPSG:4326 with
    uncertainty_m in metres. at: a day or a pair of days. tier: 1 or 2. paraphrase: of an insider, and needed there: what those read
    who sort it; his words and the exact days go to the vault. Raises Refused where the terms are not said, BadInput for what cannot
    be read.
    """
    at = days(at)
    if vault.speaks(session, source):
        if not (paraphrase or "").strip():
            problem = {"code": "missing_required", "field": "paraphrase", "value": "", "message": SAY_OTHERWISE}
            raise BadInput(SAY_OTHERWISE, problems=[problem])
        vault.keep(session, source, {"words": words, **({"at": at} if at and vault.months(at) != at else {})}, kind="words")
        words, at = paraphrase, at and vault.months(at)
    return session.call("record_report", words=words, terms=Json(dict(terms)), place=place, callback=callback, source=source,
                        tier=tier, shape=None if shape is None else to_wkb(shape, hex=True), uncertainty_m=uncertainty_m,
                        at=at, compartments=list(compartments))


def sort(session: Session, report: UUID, state: str, *, why: str, subject: UUID | None = None, claims: Iterable[UUID] = (),
         seen: str | None = None) -> None:
    """The report is `attached` or `new_site` (with the claims drawn from it), `unplaced` or `closed`.

    seen: the state that was looked at; another one by now raises Conflict. Raises Refused where subject or claims are missing,
    Conflict if it was closed already.
    """
    session.call("sort_report", report=report, state=state, why=why, subject=subject, claims=list(claims), seen=seen)


def waiting(session: Session, *, state: str | None = "new", limit: int = 100, id: UUID | None = None) -> list[Mapping]:
    """Reports in that state (None: all), the newest first, with their words: log the read before showing them.

    id: this one alone.
    """
    return session.rows("reports", state=state, limit=limit, id=id)


def tasks(session: Session, *, limit: int = 100) -> list[Mapping]:
    """What is to be done by somebody like the caller, the most urgent first."""
    return session.rows("tasks", limit=limit)


def done(session: Session, task: UUID, *, outcome: str) -> None:
    """The task is done; `outcome` says what came of it."""
    session.call("task_done", task=task, outcome=outcome)
