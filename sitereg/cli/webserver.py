"""Gunicorn around the web, configured here and nowhere else."""

from gunicorn.app.base import BaseApplication

from sitereg.settings import Settings


class Server(BaseApplication):
    """The web on settings.host:settings.port; each worker makes its own application after the fork.

    No access log: it would name places by their tile numbers. Errors go to stderr.
    """

    def __init__(self, settings: Settings, workers: int):
        self.settings, self.workers = settings, workers
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn's settings are ours; its own files and GUNICORN_CMD_ARGS are not read."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        for key, value in {
            "bind": f"{host}:{self.settings.port}", "workers": self.workers, "worker_class": "gthread",
            "threads": 4, "timeout": 60, "graceful_timeout": 10, "keepalive": 5, "accesslog": None,
            "errorlog": "-", "loglevel": "warning", "limit_request_line": 4094, "limit_request_fields": 60,
            "proc_name": "sitereg-web",
        }.items():
            self.cfg.set(key, value)

    def load(self):
        """The Flask application of this worker."""
        from web import create_app

        return create_app(self.settings)
