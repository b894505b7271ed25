"""`sitereg` run inside the test's transaction, each act in a savepoint, as the shell would commit it; the log of reads is a list."""
import importlib
import pkgutil
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from sitereg import cli

NOUNS = [importlib.import_module(f"sitereg.cli.{found.name}") for found in pkgutil.iter_modules(cli.__path__)
         if not found.name.startswith("_") and found.name != "options"]


@pytest.fixture
def run(registry, monkeypatch):
    """Runs `sitereg` with those words; what it answers has `logged`, (action, detail) of each read that was logged so far."""
    logged = []

    class Log:
        def call(self, function, **args):
            logged.append((args["action"], args["detail"].obj if args.get("detail") else {}))

    @contextmanager
    def opened(settings, way="reading"):
        with registry.savepoint():
            yield registry

    @contextmanager
    def acting(settings, actor):
        yield Log()

    for module in NOUNS:
        if hasattr(module, "opened"):
            monkeypatch.setattr(module, "opened", opened)
    monkeypatch.setattr("sitereg.store.session.acting", acting)

    def run(*words, input=None):
        said = CliRunner().invoke(cli.main, list(map(str, words)), input=input)
        said.logged = logged
        return said

    return run
