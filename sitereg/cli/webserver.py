"""Gunicorn around the web, configured here and nowhere else."""

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from sitereg import logbook
from sitereg.settings import Settings


class Log(Logger):
    """Gunicorn's own words as lines of ours; what it puts into them (addresses) is left out."""

    def setup(self, cfg):
        """The handlers that Gunicorn made write our lines."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logbook.Lines())


class Server(BaseApplication):
    """The web on settings.host:settings.port; each worker makes its own application after the fork.

    No access log: it would name places by their tile numbers. Errors go to stderr. Threads: those at work, those that wait at the
    gate (web/shedding.py), and some that turn others away; whoever accepts does that too where there is a crowd (accepting.py).
    """

    def __init__(self, settings: Settings, workers: int):
        from web import watching

        logbook.begin()
        self.settings, self.workers = settings, workers
        if settings.metrics:
            watching.prepare(settings)
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn's settings are ours; its own files and GUNICORN_CMD_ARGS are not read, and no socket steers it."""
        from sitereg.cli.accepting import Worker
        from web import watching

        settings = self.settings
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        for key, value in {
            "bind": f"{host}:{self.settings.port}", "workers": self.workers, "worker_class": Worker,
            "threads": 40, "timeout": 60, "graceful_timeout": 10, "keepalive": 5, "accesslog": None,
            "errorlog": "-", "loglevel": "warning", "limit_request_line": 4094, "limit_request_fields": 60,
            "proc_name": "sitereg-web", "logger_class": Log, "control_socket_disable": True,
            "when_ready": lambda _server: watching.serve(settings) if settings.metrics else None,
            "child_exit": lambda _server, worker: watching.gone(settings, worker.pid),
        }.items():
            self.cfg.set(key, value)

    def load(self):
        """The Flask application of this worker."""
        from web import create_app

        return create_app(self.settings)
