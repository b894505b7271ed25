"""Work that takes longer than a request: put in line by a door, done by the keeper under the rights of the one who asked."""
from sitereg.store.session import Json

__all__ = ["enqueue", "mine", "stop"]


def enqueue(session, *, kind, **given):
    """The job waits; answers its id."""
    return session.call("job_enqueue", kind=kind, input=Json(given))


def mine(session, *, limit=50):
    """One's own jobs, the newest first (all of them for auditors), with state, progress, result or error."""
    return session.rows("jobs", limit=limit)


def stop(session, job):
    """Work of one's own that waits is taken back; what runs stops at its next step and keeps nothing. NotFound for any other."""
    return session.call("job_stop", id=job)
