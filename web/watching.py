"""Each request leaves one line in the log and, where somebody measures, counts: its route, never what was asked for or by whom.

Counts go by route, method and class of status, times by blueprint: nothing in them depends on one record, and they are served on
an address of this machine alone (SITEREG_METRICS). What a person may not see is neither counted nor told apart.
"""
import logging
import os
import shutil
import time
from datetime import UTC, datetime

from flask import g, request

from sitereg import audit, rounds
from sitereg.backup import ages

log = logging.getLogger("sitereg.web")
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)

__all__ = ["House", "Keeper", "Meters", "gone", "prepare", "serve", "watch"]


class Meters:
    """What is counted of requests; shared by the processes of one web through a folder."""

    def __init__(self):
        from prometheus_client import Counter, Histogram

        self.requests = Counter("sitereg_requests", "Requests by route, method and class of status.", ["route", "method", "status"])
        self.seconds = Histogram("sitereg_request_seconds", "Seconds until an answer begins, by room.", ["room"], buckets=BUCKETS)
        self.shed = Counter("sitereg_shed", "Requests that were turned away because there was no room.")

    def count(self, status, seconds):
        """One request more."""
        self.requests.labels(route(), request.method if request.url_rule else "-", f"{status // 100}xx").inc()
        self.seconds.labels((request.blueprint or "house") if request.url_rule else "none").observe(seconds)


def route():
    """The rule that was asked for, with the names of its parts and not what stood there; "-" where there is none."""
    return request.url_rule.rule if request.url_rule and request.endpoint != "static" else "static" if request.url_rule else "-"


def unseen():
    """Whether it is a room of partners or families, of whom no finer moment than the hour is kept: neither line nor count."""
    return request.blueprint in ("door", "own")


def watch(app):
    """Every answer leaves a line; static files and the rooms of partners and families leave none."""
    meters = Meters() if app.config["SITEREG"].metrics and os.environ.get("PROMETHEUS_MULTIPROC_DIR") else None

    @app.before_request
    def begin():
        g.began = time.perf_counter()

    @app.after_request
    def tell(response):
        took = time.perf_counter() - g.get("began", time.perf_counter())
        if request.endpoint != "static" and not unseen():
            log.info("request", extra={"told": {"request": g.get("request_id"), "route": route(), "method": request.method,
                                                "status": response.status_code, "ms": round(took * 1000)}})
        if meters and not unseen():
            meters.count(response.status_code, took)
        return response

    return meters


def prepare(settings):
    """The processes of this web count together from zero; to be called before any of them begins."""
    folder = settings.state / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


class House:
    """What the machine's owner is told beside requests: ages of backups and of verify, room on the disks."""

    def __init__(self, settings):
        self.settings = settings

    def collect(self):
        """Gauges as they are now; what never happened is missing."""
        from prometheus_client.core import GaugeMetricFamily

        now = datetime.now(UTC)
        old = GaugeMetricFamily("sitereg_age_seconds", "Seconds since: base, files, drill, verify, the oldest in the spool.",
                                labels=["what"])
        last = audit.last(self.settings)
        found = {**ages.seconds(self.settings, now), "spool": ages.waiting(self.settings, now),
                 "verify": (now - datetime.fromisoformat(last["at"])).total_seconds() if last else None}
        for name, seconds in found.items():
            if seconds is not None:
                old.add_metric([name], seconds)
        yield old
        room = GaugeMetricFamily("sitereg_free_bytes", "Room that is left on the disk of it.", labels=["what"])
        for name in ("data", "evidence", "state"):
            if (folder := getattr(self.settings, name)).exists():
                room.add_metric([name], shutil.disk_usage(folder).free)
        yield room
        verdict = GaugeMetricFamily("sitereg_sound", "1 where the last verify found all as it was written, else 0.")
        if last:
            verdict.add_metric([], float(last["verdict"] == "sound"))
        yield verdict


class Keeper:
    """What the machine's owner is told of the keeper: its rounds by duty, its jobs by how they ended, what waits for it."""

    def __init__(self, settings):
        self.settings = settings

    def collect(self):
        """Gauges and counts as the keeper last told them; none where it never told anything."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        told, now = rounds.told(self.settings), time.time()
        if told is None:
            return
        yield GaugeMetricFamily("sitereg_keeper_told_seconds", "Seconds since the keeper last told of itself.", now - told["at"])
        yield GaugeMetricFamily("sitereg_keeper_up_seconds", "Seconds from its start to that.", told["at"] - told["begun"])
        age, took, every = (GaugeMetricFamily(f"sitereg_keeper_round_{name}_seconds", said, labels=["duty"]) for name, said in (
            ("age", "Seconds since the round last went well."), ("took", "Seconds it took."), ("every", "Seconds between two.")))
        tried = CounterMetricFamily("sitereg_keeper_rounds", "Rounds since the keeper began.", labels=["duty", "how"])
        for duty, one in told["rounds"].items():
            every.add_metric([duty], one["every"])
            if "at" in one:
                age.add_metric([duty], now - one["at"])
                took.add_metric([duty], one["seconds"])
            for how in ("well", "failed"):
                tried.add_metric([duty, how], one[how])
        jobs = CounterMetricFamily("sitereg_keeper_jobs", "Jobs since the keeper began, by how they ended.", labels=["how"])
        for how, many in told["jobs"].items():
            jobs.add_metric([how], many)
        many, old = (GaugeMetricFamily(f"sitereg_queue_{name}", said, labels=["queue"]) for name, said in (
            ("length", "How much waits for the keeper."), ("age_seconds", "For how long the first of it has waited.")))
        for queue, (length, seconds) in told["queues"].items():
            if length is not None:
                many.add_metric([queue], length)
            if seconds is not None:
                old.add_metric([queue], seconds + now - told["at"])
        yield from (age, took, every, tried, jobs, many, old)


def gone(settings, pid):
    """A process of the web has ended; what it counted stays counted."""
    if settings.metrics:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)


def serve(settings):
    """The counts of all processes are answered on settings.metrics, an address of this machine; answers (server, thread)."""
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(House(settings))
    registry.register(Keeper(settings))
    host, port = settings.metrics
    return start_http_server(port, addr=host, registry=registry)
