"""The shell door: every word has help, errors are one line and a code, nothing heavy is loaded early."""

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from sitereg import errors
from sitereg.cli import COMMANDS, main, options


@pytest.fixture
def run():
    """Runs `sitereg` with those words; answers exit_code, stdout and stderr."""
    return lambda *words: CliRunner().invoke(main, list(words))


@pytest.fixture
def word(monkeypatch):
    """Adds the word `try` whose body is the given function."""
    def add(body, *decorators):
        made = click.command()(body)
        for decorator in decorators:
            made = decorator(made)
        monkeypatch.setattr(sys.modules["sitereg.cli.options"], "tried", made, raising=False)
        monkeypatch.setitem(COMMANDS, "try", "options:tried")

    return add


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_word_has_help(run, name):
    said = run(name, "--help")
    assert said.exit_code == 0
    command = main.get_command(None, name)
    assert command.help and command.help.strip()[0].isupper()


def test_the_list_of_words_is_the_table(run):
    said = run("--help").stdout
    assert all(f"\n  {name}" in said for name in COMMANDS)


@pytest.mark.parametrize("words", [["nothing"], ["status", "--nothing"], ["up", "extra"], ["install"],
                                   ["serve", "--workers", "0"],
                                   ["install", "--print", "--superuser-url", "x"]])
def test_usage_errors_exit_1(run, words):
    said = run(*words)
    assert said.exit_code == 1
    assert "Usage:" in said.stderr and said.stdout == ""


@pytest.mark.parametrize(("error", "code"), [
    (errors.BadInput("Not so", do="Do\nthis."), 1), (errors.Refused("No", guard="g"), 2),
    (errors.NotFound(), 2), (errors.Undecided("Unclear"), 3), (errors.Unavailable("Away"), 3),
])
def test_errors_are_one_line_and_their_exit_code(run, word, error, code):
    def body(as_json):
        raise error

    word(body, options.json_option)
    said = run("try")
    assert (said.exit_code, said.stdout) == (code, "")
    guard = " (guard: g)" if isinstance(error, errors.Refused) else ""
    assert said.stderr == " ".join(str(error).split()) + guard + "\n"
    said = run("try", "--json")
    assert said.exit_code == code
    assert json.loads(said.stderr) == json.loads(json.dumps(error.as_dict()))


def test_a_failure_names_its_sqlstate(run, word):
    def body():
        raise errors.from_sqlstate("XX000")

    word(body)
    assert "SQLSTATE XX000" in run("try").stderr


def test_a_number_that_a_command_answers_is_its_exit_code(run, word):
    word(lambda: 2)
    assert run("try").exit_code == 2


def test_ctrl_c_exits_130(run, word):
    def body():
        raise KeyboardInterrupt

    word(body)
    assert run("try").exit_code == 130


def test_a_file_of_somebody_else_is_named(run, word):
    def body():
        raise PermissionError(13, "Permission denied", "/srv/registry/keys")

    word(body)
    said = run("try")
    assert said.exit_code == 2
    assert "/srv/registry/keys" in said.stderr and said.stderr.count("\n") == 1


def test_as_beats_the_environment(run, word, monkeypatch):
    def body(settings):
        click.echo(settings.acting_as)

    word(options.with_settings(body))
    monkeypatch.setenv("SITEREG_AS", "maria")
    assert run("try").stdout == "maria\n"
    assert run("try", "--as", "nour").stdout == "nour\n"


def test_arabic_is_printed_as_it_is(capsys):
    options.show({"name": "صيدنايا"})
    assert json.loads(capsys.readouterr().out) == {"name": "صيدنايا"}


def test_the_help_loads_no_science_and_no_driver():
    code = ("import sys; from sitereg.cli import COMMANDS, main; [main.get_command(None, word) for word in COMMANDS];"
            "print({'geopandas', 'pandas', 'flask', 'rasterio', 'folium', 'numpy', 'psycopg', 'babel', 'http.client'} & set(sys.modules))")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
