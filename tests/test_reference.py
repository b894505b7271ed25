"""docs/reference.md says what the code says; every command has help, every function of the database a comment."""
import importlib.util
from pathlib import Path

import click
import psycopg
import pytest

from sitereg.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]


def leaves(command, path):
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from leaves(command.get_command(context, name), f"{path} {name}")
    else:
        yield path, command


@pytest.mark.parametrize("path,command", list(leaves(main, "sitereg")), ids=lambda one: one if isinstance(one, str) else "")
def test_every_command_has_help(path, command):
    assert command.help and command.help.strip().endswith((".", ":")), path


def test_every_word_leads_to_a_command():
    for word in COMMANDS:
        assert main.get_command(click.Context(main), word) is not None


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_matrix_in_the_documents_is_the_matrix_of_the_code(reference):
    text = (ROOT / "docs" / "security.md").read_text()
    assert reference.with_matrix(text) == text, "run `make docs`"


@pytest.mark.db
def test_the_reference_is_as_the_code(server, reference):
    with psycopg.connect(server.dsn(dbname="template_sitereg"), autocommit=True) as raw:
        assert (ROOT / "docs" / "reference.md").read_text() == reference.reference(raw), "run `make docs`"
