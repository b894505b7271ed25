"""The one process that works unasked: jobs in line, what lapses, who is late, checkpoints, kept files, sessions that are over."""
import contextlib
import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg

from sitereg import audit, rehash
from sitereg import persons as cases
from sitereg.actors import Actor
from sitereg.errors import Conflict, Refused, SiteregError, Unavailable
from sitereg.imports import arrivals, working
from sitereg.links import runs
from sitereg.store import arriving, cluster, health, session
from sitereg.store.session import Json

LOCK = health.KEEPER
BEAT = 1.0  # seconds between two looks at the line
ROUNDS = {"lapsed": timedelta(minutes=10), "checkpoint": timedelta(days=1), "arrivals": timedelta(hours=1),
          "reads": timedelta(hours=1), "links": timedelta(minutes=1), "suspects": timedelta(minutes=1),
          "evidence": timedelta(minutes=10), "trips": timedelta(minutes=1)}
STRAYS = timedelta(seconds=20)  # a statement that runs when its clearance goes has this long, and its own few seconds
FORSAKEN_MINUTES = 30
STATEMENT_SECONDS = 15
MOST_FAILED = 60
AGAIN = timedelta(minutes=1)  # after which a round that failed is tried again
TRIES = 5  # two portions may want each other's records: the one that gave way comes again

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
        due = dict.fromkeys(ROUNDS, datetime.min.replace(tzinfo=UTC))
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
    now = datetime.now(UTC)
    for name, work in (("lapsed", lapse), ("reads", root_reads), ("checkpoint", checkpoint),
                       ("arrivals", settle_arrivals), ("suspects", look_at_suspects), ("evidence", look_at_evidence),
                       ("trips", look_for), ("links", runs.renew)):
        if due[name] <= now:
            due[name] = now + ROUNDS[name]
            try:
                work(settings)
            except SiteregError as error:
                due[name] = now + min(ROUNDS[name], AGAIN)
                log.error("%s: %s", name, told(error))
                session.close()
    while work_one(settings):
        pass


def lapse(settings):
    with session.unasked(settings) as opened:
        opened.call("lapse_measures")
        opened.call("daily_review")
        opened.call("keeper_drop_drafts")
        opened.call("keeper_drop_views")
        opened.call("keeper_forsaken", minutes=FORSAKEN_MINUTES)
        arrivals.sweep(settings, lambda onces: opened.value("keeper_drafts_there", onces=onces))


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
        head, now = opened.one("keeper_head"), datetime.now(UTC)
        if head["size"] and (head["checkpoint_at"] is None or now - head["checkpoint_at"] >= ROUNDS["checkpoint"]):
            audit.sign(opened, settings, at=now)


def work_one(settings):
    """One waiting job is done, or failed with its words; answers whether there was one."""
    with session.unasked(settings) as opened:
        taken = next(iter(opened.rows("keeper_take_job")), None)
    if taken is None:
        return False
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
    return True


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
    return {"resolve_again": resolve_again, "link_run": link_run}


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


def resolve_again(opened):
    """Every resolved record follows from its claims and decisions; answers how many rows did not.

    In portions, each with its event and committed by itself, by as many connections as there are cores (at most 4); under the
    rights of the one who asked, an auditor or admin.
    """
    def portion(row):
        for last in (*[False] * (TRIES - 1), True):
            try:
                with session.acting(opened.settings, opened.actor) as own:
                    return own.value("resolve_again", ids=row["ids"])
            except Conflict:
                if last:
                    raise

    with session.unasked(opened.settings) as own:
        portions = own.rows("keeper_portions")
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as many:
        return sum(many.map(portion, portions))
