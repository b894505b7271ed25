"""The one process that works unasked: jobs in line, what lapses, who is late, checkpoints, kept files, sessions that are over."""
import contextlib
import logging
import threading
import time
from datetime import timedelta
from uuid import UUID

import psycopg

from sitereg import audit, imagery, rehash, resolution, submissions
from sitereg import persons as cases
from sitereg.actors import Actor
from sitereg.errors import Refused, SiteregError, Unavailable
from sitereg.imports import arrivals, working
from sitereg.links import runs
from sitereg.rounds import Rounds
from sitereg.store import arriving, cluster, health, session
from sitereg.store.session import Json

LOCK = health.KEEPER
BEAT = 1.0  # seconds between two looks at the line
ROUNDS = {name: timedelta(minutes=minutes) for minutes, names in {
    1: "agreements counts links queues suspects trips", 10: "lapsed evidence", 60: "arrivals reads door", 24 * 60: "checkpoint",
}.items() for name in names.split()}
STRAYS = timedelta(seconds=20)  # a statement that runs when its clearance goes has this long, and its own few seconds
FORSAKEN_MINUTES = 30
STATEMENT_SECONDS = 15
MOST_FAILED = 60
COUNTING = 10.0  # seconds of a minute, at most
AGAIN = timedelta(minutes=1)  # after which a round that failed is tried again

log = logging.getLogger("sitereg.keeper")


def run(settings, *, rounds=None):
    """The keeper works until it is stopped (or for `rounds` beats); raises Unavailable if another one works already.

    A beat that fails is logged with its cause, and the next one begins with fresh connections: the rules may just have been
    written anew under it. The keeper ends (Unavailable) when MOST_FAILED beats failed in a row, or its lock is gone.
    """
    with psycopg.connect(cluster.dsn(settings, "sr_keeper"), autocommit=True) as guard, contextlib.ExitStack() as stack:
        if not guard.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:
            raise Unavailable("Another keeper works already", do="Leave it, or stop it first.")
        stack.callback(release, guard)
        due = Rounds(settings)
        stack.enter_context(watching(settings))
        with session.unasked(settings) as opened:
            opened.call("keeper_forsaken", minutes=FORSAKEN_MINUTES)
        failed = 0
        while rounds is None or rounds > 0:
            hold(guard)
            try:
                beat(settings, due)
                failed = 0
            except (SiteregError, psycopg.Error) as error:
                failed += 1
                log.error("This beat failed, %d in a row of at most %d: %s", failed, MOST_FAILED, told(error))
                if failed >= MOST_FAILED:
                    raise Unavailable("The keeper gives up", where=f"{failed} beats failed in a row", do="Read its log.") from None
                session.close()
            rounds = None if rounds is None else rounds - 1
            if rounds != 0:
                time.sleep(BEAT * (1 + min(failed, 10)))


@contextlib.contextmanager
def watching(settings):
    """Strays are ended every STRAYS beside the beats: a long job must not let somebody go on who may not any more."""
    over = threading.Event()

    def watch():
        while True:
            try:
                end_strays(settings)
            except (SiteregError, psycopg.Error) as error:
                log.error("strays: %s", told(error))
            if over.wait(STRAYS.total_seconds()):
                return

    beside = threading.Thread(target=watch, name="strays", daemon=True)
    beside.start()
    try:
        yield
    finally:
        over.set()
        beside.join(10)


def release(guard):
    """The next keeper may begin at once, not only when the server has noticed that this connection ended."""
    with contextlib.suppress(psycopg.Error):
        guard.execute("select pg_advisory_unlock(%s)", [LOCK])


def hold(guard):
    """The connection that holds the lock lives; without it another keeper may work by now."""
    try:
        guard.execute("select 1")
    except psycopg.Error as error:
        raise Unavailable("The keeper has lost its lock", where=told(error), do="Start it again once the database runs.") from None


def told(error):
    """What failed, for the log: SQLSTATE and the server's first line, never the row that broke a rule."""
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(cause, psycopg.Error):
        return f"{error.__class__.__name__}: {error}"
    return f"SQLSTATE {cause.sqlstate or 'none'}: {cause.diag.message_primary or str(cause).partition(chr(10))[0]}"


def beat(settings, due):
    """Whatever is due has been done once; a round that fails comes AGAIN, a job that fails is marked and the next one taken."""
    for name, work in (("agreements", lapse_agreements), ("lapsed", lapse), ("reads", root_reads), ("checkpoint", checkpoint),
                       ("arrivals", settle_arrivals), ("suspects", look_at_suspects), ("evidence", look_at_evidence),
                       ("trips", look_for), ("door", keep_the_door), ("links", runs.renew), ("counts", count_ahead),
                       ("queues", lambda _: count(settings, due))):
        if due.due(name):
            try:
                with due.trying(name, ROUNDS[name]):
                    work(settings)
            except SiteregError as error:
                due.again(name, AGAIN)
                log.error("%s: %s", name, told(error))
                session.close()
    due.tell()
    while state := work_one(settings):
        due.done(state)
        due.tell()


def count(settings, due):
    """How much waits for the keeper, and how long the oldest of it has waited, is told to whoever watches."""
    with session.unasked(settings) as opened:
        due.waits({row["what"]: [row["many"], row["age"]] for row in opened.rows("keeper_queues")})


def count_ahead(settings):
    """Counts of squares are gathered, and those of the overview kept for whoever may ask, as far as COUNTING goes; the rest follows
    in the next round."""
    until = time.monotonic() + COUNTING
    with session.unasked(settings) as opened:
        opened.call("keeper_squares")
    while time.monotonic() < until:
        with session.unasked(settings) as opened:
            if not opened.value("keeper_counts"):
                return


def lapse(settings):
    with session.unasked(settings) as opened:
        for name in ("lapse_measures", "daily_review", "keeper_drop_drafts", "keeper_drop_views", "keeper_families"):
            opened.call(name)
        opened.call("keeper_forsaken", minutes=FORSAKEN_MINUTES)
        arrivals.sweep(settings, lambda onces: opened.value("keeper_drafts_there", onces=onces))


def lapse_agreements(settings):
    """What an agreement brought is gone once its last day has passed; how many agreements came to their end."""
    with session.unasked(settings) as opened:
        return opened.unhurried().value("lapse_agreements")


def keep_the_door(settings):
    """Of partners no moment finer than the hour is kept once they have left; what they never sent within a week is gone."""
    with session.unasked(settings) as opened:
        opened.call("keeper_partners_seats")
        submissions.sweep(settings, lambda ids: opened.value("keeper_door", ids=ids))


def look_for(settings):
    """Whoever is not back in time is a task of the colleague whom he named."""
    with session.unasked(settings) as opened:
        opened.call("keeper_trips")


def end_strays(settings):
    with session.unasked(settings) as opened:
        opened.call("keeper_end_strays", seconds=STATEMENT_SECONDS)


def settle_arrivals(settings):
    """Files of which no row came to speak are gone from the evidence store a day after they came."""
    with session.unasked(settings) as opened:
        removed = arriving.sweep(settings, lambda hashes: opened.value("keeper_kept_files", sha256=hashes) or [])
    if removed:
        log.info("%d files in the evidence store belonged to no document and were removed", removed)


def root_reads(settings):
    """What came to the log of reads stands under a root in the chain; where somebody is still writing it comes AGAIN."""
    with session.unasked(settings) as opened:
        if opened.value("keeper_root_reads") < 0:
            raise Unavailable("Somebody is still writing into the log of reads")


def look_at_suspects(settings):
    """Kept files that somebody met changed are looked at, and those that are sealed for it."""
    wrong = rehash.suspects(settings, session.unasked)
    if wrong:
        log.error("%d kept files are not what they were: run `sitereg verify --files`, and put them back from a backup", wrong)


def look_at_evidence(settings):
    """The next share of kept files is hashed again."""
    rehash.portion(settings, session.unasked)


def checkpoint(settings):
    """A checkpoint is signed if the chain has grown since the last one and a day has passed."""
    with session.unasked(settings) as opened:
        head = opened.one("keeper_head")
        if head["size"] and (head["checkpoint_at"] is None or head["now"] - head["checkpoint_at"] >= ROUNDS["checkpoint"]):
            audit.sign(opened, settings)


def work_one(settings):
    """One waiting job is done, or failed with its words; answers the state it came to, None where none waited."""
    with session.unasked(settings) as opened:
        taken = next(iter(opened.rows("keeper_take_job")), None)
    if taken is None:
        return None
    actor = Actor(taken["owner"], "system", str(taken["id"]))
    try:
        if taken["kind"] == "import_file":
            result = import_file(settings, actor, **taken["input"])
        else:
            with session.acting(settings, actor) as opened:
                result = handlers()[taken["kind"]](opened, **taken["input"])
        end = {"state": "done", "result": Json(result)}
    except Stopped as stop:
        end = {"state": "cancelled", "error": str(stop)}
    except SiteregError as error:
        end = {"state": "failed", "error": str(error)}
    except KeyError:
        end = {"state": "failed", "error": f"Nobody here does jobs of the kind {taken['kind']}."}
    except Exception:  # whoever may ask for work must not be able to end the keeper
        log.exception("job %s", taken["id"])
        end = {"state": "failed", "error": "The work broke off; nothing of it was kept."}
    with session.unasked(settings) as opened:
        opened.call("keeper_job", id=taken["id"], **end)
    return end["state"]


class Stopped(Exception):
    """The one who asked for the work stopped it; nothing of it is kept."""


def import_file(settings, actor, once, dry_run, stop=False):
    """A file of somebody's desk is imported, or tried: whole or not at all; its report stands beside it. Answers counts and batch.

    The file is read and drafted before the transaction begins, under the rights of the one who asked; each step says how far it is.
    """
    def tell(step, done, of):
        with session.unasked(settings) as own:
            if own.value("keeper_job_stopped", id=actor.request):
                raise Stopped("It was stopped. Nothing of it was kept.")
            own.call("keeper_job", id=actor.request, state="running", progress=Json({"step": step, "done": done, "of": of}))

    return working.work(settings, actor, once, dry_run=dry_run, tell=tell)


def handlers():
    """What the keeper can do for others: kind of job -> function(session, **input) -> JSON-able result."""
    return {"resolve_again": resolution.again, "link_run": link_run, "imagery_scan": imagery_scan}


def imagery_scan(opened, sites, before=None, after=None, again=False):
    """The sites that the one who asked sees are looked at on two rasters, or on all pairs: whole, in one event, or not at all."""
    def tell(done, of):
        with session.unasked(opened.settings) as own:
            if own.value("keeper_job_stopped", id=opened.actor.request):
                raise Stopped("It was stopped. Nothing of it was kept.")
            own.call("keeper_job", id=opened.actor.request, state="running", progress=Json({"done": done, "of": of}))

    two = {name: UUID(one) for name, one in (("before", before), ("after", after)) if one}
    return imagery.scanning.scan(opened, again=again, tell=tell, **two, **sites)


def link_run(opened, question, top, persons, reason=None, scheduler=None):
    """The lines of inquiry of the tier of the one who asked are computed and stored; answers the run and how many persons it holds.

    persons: filters; they choose among those whom the one who asked sees.
    """
    if scheduler not in (None, opened.settings.scheduler):
        raise Refused("This registry hands its persons to no such cluster", where=scheduler, guard="other_scheduler",
                      needs="Whoever runs the registry names the one it trusts in SITEREG_SCHEDULER, for the keeper.")
    tier = opened.call("link_may_run", question=question, reason=reason)
    only = [row["id"] for row in opened.unhurried().rows("person_frame", **cases.asked(persons))] if persons else None

    def tell(done, of):
        with session.unasked(opened.settings) as own:
            own.call("keeper_job", id=opened.actor.request, state="running", progress=Json({"done": done, "of": of}))

    return runs.run(opened.settings, question, tier, by=opened.actor.account, top=top, only=only, asked=persons or None,
                    progress=tell, scheduler=scheduler)
