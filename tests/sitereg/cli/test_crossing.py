"""`sitereg cross` at two desks and a third place: no registry, no home, no database."""
import csv
import json
import stat

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from sitereg.cli import main
from sitereg.store import session

HERE = [("name", "birth_year", "origin"), ("الشيخ محمد علي الحلبي", "1980", "دوما"), ("مجهول", "", ""), ("خالد يوسف", "١٩٧٥", "حرستا")]
THERE = [("Full name", "born"), ("Samir Nabil", "1960"), ("Khaled Youssef", "1975-03-01"), ("Mohammad Ali al-Halabi", 1980)]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with both lists, no registry in reach; run(words) with the folder's files named shortly."""
    def none(*_args, **_more):
        raise AssertionError("the database was asked for")

    for way in ("reading", "acting"):
        monkeypatch.setattr(session, way, none)
    monkeypatch.setenv("SITEREG_HOME", str(tmp_path / "no-home"))
    monkeypatch.chdir(tmp_path)
    with open("here.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(HERE)
    book = Workbook()
    for row in THERE:
        book.active.append(row)
    book.save("there.xlsx")
    return lambda *words: CliRunner().invoke(main, ["cross", *words])


@pytest.fixture
def key(desk):
    for half in ("h1", "h2"):
        assert desk("key", "new", half).exit_code == 0
    made = desk("key", "join", "h1", "h2", "--to", "key", "--json")
    return json.loads(made.stdout)["spoken"]


def encoded(desk, *more, path="here.csv", to="a"):
    return desk("encode", path, "--key", "key", "--to", f"{to}.crossing", "--numbers", f"{to}.numbers.csv", *more)


def rows(name):
    with open(name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_two_lists_are_crossed_and_each_finds_his_own_rows(desk, key, tmp_path):
    here = encoded(desk, "--without", "origin")
    assert here.exit_code == 0, here.output
    assert here.stdout.startswith("2 rows encoded in a.crossing; 1 without a name were left out.")
    there = encoded(desk, "--without", "origin", "--name", "Full name", "--born", "born", "--json", path="there.xlsx", to="b")
    assert json.loads(there.stdout)["rows"] == 3
    made = desk("compare", "a.crossing", "b.crossing")
    assert made.exit_code == 0 and "2 pairs from 0.75 on, of 2 and 3 rows" in made.stderr
    mine, theirs = ({row["number"]: row["row"] for row in rows(f"{to}.numbers.csv")} for to in ("a", "b"))
    pairs = {(mine[one["one"]], theirs[one["other"]]) for one in csv.DictReader(made.stdout.splitlines())}
    assert pairs == {("1", "3"), ("3", "2")} and mine[""] == "2"
    told = json.loads(desk("compare", "a.crossing", "b.crossing", "--least", "1", "--json").stdout)
    assert told["rows"] == [2, 3] and all(one["similarity"] == 1 for one in told["pairs"])
    assert not (tmp_path / "no-home").exists()


def test_secrets_are_kept_for_their_owner_and_never_written_over(desk, key, tmp_path):
    encoded(desk)
    for name in ("h1", "key", "a.crossing", "a.numbers.csv"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    held = (tmp_path / "h1").read_text()
    for again in (desk("key", "new", "h1"), desk("key", "join", "h1", "h2", "--to", "key"), encoded(desk)):
        assert again.exit_code == 1 and "There is such a file already" in again.stderr
    assert (tmp_path / "h1").read_text() == held


def test_both_desks_hear_the_same_word_and_no_secret_is_printed(desk, key, tmp_path):
    other = desk("key", "join", "h2", "h1", "--to", "key2")
    assert key in other.stdout
    for name in ("h1", "h2", "key"):
        assert (tmp_path / name).read_text().strip().rpartition(":")[2] not in other.output


def test_unlike_keys_and_unlike_rules_are_refused(desk, key):
    encoded(desk)
    desk("key", "new", "h3")
    desk("key", "join", "h1", "h3", "--to", "other")
    desk("encode", "here.csv", "--key", "other", "--to", "c.crossing", "--numbers", "c.csv")
    refused = desk("compare", "a.crossing", "c.crossing")
    assert refused.exit_code == 1 and "under different keys" in refused.stderr and "Both partners join" in refused.stderr
    encoded(desk, "--plain", to="d")
    refused = desk("compare", "a.crossing", "d.crossing", "--json")
    assert json.loads(refused.stderr)["error"] == "other_schema"


@pytest.mark.parametrize(("words", "says"), [
    (["encode", "there.xlsx", "--key", "key", "--to", "x", "--numbers", "y"], "The list has no column name, birth_year, origin"),
    (["encode", "none.csv", "--key", "key", "--to", "x", "--numbers", "y"], "There is no such file"),
    (["encode", "here.csv", "--key", "h1", "--to", "x", "--numbers", "y"], "This is no key"),
    (["encode", "here.csv", "--key", "none", "--to", "x", "--numbers", "y"], "There is no such file of a crossing"),
    (["encode", "here.csv", "--key", "key", "--to", "none/x", "--numbers", "y"], "There is no such folder"),
    (["encode", "here.csv", "--key", "key", "--to", "x", "--numbers", "y", "--salted", "--without", "born"], "cannot be salted"),
    (["compare", "here.csv", "here.csv"], "This is no file of encodings"),
    (["key", "join", "h1", "key", "--to", "x"], "This is no half"),
])
def test_what_cannot_be_used_is_said(desk, key, words, says, tmp_path):
    refused = desk(*words)
    assert refused.exit_code == 1 and says in refused.stderr and not {"x", "y"} & {one.name for one in tmp_path.iterdir()}
