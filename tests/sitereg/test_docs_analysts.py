"""What docs/analysts.md tells people to type works as it stands there."""
import re
from pathlib import Path

import pytest

from tests.sitereg import analysing

pytestmark = pytest.mark.db
TEXT = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "docs") as settings:
        analysing.bind(settings)
        with analysing.as_(settings, "worker")() as session:
            analysing.scatter(session, analysing.sources(settings)["B"], sites=12, persons=4)
        yield settings


def test_the_script_runs(filled, tmp_path, monkeypatch):
    monkeypatch.setattr("sitereg.settings.Settings.from_env", classmethod(lambda cls: filled))
    monkeypatch.setattr("sitereg.accounts.LOCAL", "worker")
    monkeypatch.chdir(tmp_path)
    names = {}
    for script in blocks("python"):
        exec(compile(script, "docs/analysts.md", "exec"), names)
    assert len(names["sites"]) > 5 and len(names["pairs"]) > 0 and len(names["persons"]) == 4
    assert (tmp_path / "sites.html").stat().st_size > 10_000


def test_the_queries_run(filled):
    asked = [query for block in blocks("sql") for query in block.split(";") if query.strip().removeprefix("--").strip()]
    with analysing.sql_login(filled, "worker") as connection:
        found = [connection.execute(query).fetchall() for query in asked if "select" in query]
        assert len(found) == 4 and any(found)
        views = {name for (name,) in connection.execute("select viewname from pg_views where schemaname = 'api'")}
    assert views == set(re.findall(r"`(v_\w+)`", TEXT))


def test_every_column_and_option_that_is_named_is_there(filled):
    from sitereg import events, joins, sites
    from sitereg.cli.export import export

    with analysing.as_(filled, "worker", "reading")() as session:
        frames = sites.frame(session), events.frame(session)
    pairs = joins.within(frames[1], frames[0], 20)
    held = {*frames[0].columns, *frames[1].columns, *pairs.columns}
    for name in ("shown_as", "uncertainty_m", "still", "d_min_m", "d_max_m", "p_inside", "time_overlap", "began_earliest", "at_latest", "lon"):
        assert name in held and f"`{name}`" in TEXT, name
    options = {option for one in export.params for option in one.opts}
    assert set(re.findall(r"(--[a-z0-9-]+)", "\n".join(re.findall(r"```\n(sitereg export.*?)```", TEXT, re.DOTALL)))) <= options
