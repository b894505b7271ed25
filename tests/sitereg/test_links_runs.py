"""Runs of lines of inquiry: what is stored equals what is computed, for exactly one tier; what moves is made good, and no more."""
import contextlib
import json

import numpy
import pytest
from click.testing import CliRunner

from sitereg import jobs, keeper, links, sharing
from sitereg.cli import main
from sitereg.errors import BadInput, Denied
from sitereg.links import engine, runs, world
from sitereg.links.model import BARS
from tests import given
from tests.sitereg import analysing, linking

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "link_runs") as settings:
        made = linking.fill(settings)
        for tier in (1, 2):
            for question in ("held", "buried"):
                runs.run(settings, question, tier, by="worker")
        yield settings, made


def framed(settings, who, **asked):
    with analysing.as_(settings, who, "reading")() as session:
        return links.frame(session, **asked)


def persons(settings, who, **asked):
    return set(framed(settings, who, **asked)["person"])


def codes(made, *names):
    return {made[name][1] for name in names}


NAMES = ["person_fit" if name == "person" else name for name in BARS]


def test_what_is_stored_is_what_is_computed_and_computed_again_to_the_last_bit(filled):
    settings, made = filled
    for who in ("worker", "analyst1"):
        table = framed(settings, who)
        with analysing.as_(settings, who, "reading")() as session:
            answer = links.candidates(session, person=made["a"][1])
        rows = table[table["person"] == made["a"][1]]
        assert rows["site"].tolist() == [one.site for one in answer.candidates] and rows["rank"].tolist() == [one.rank for one in answer.candidates]
        assert rows["total"].tolist() == pytest.approx([one.total for one in answer.candidates], abs=1e-9)
        for column, name in zip(NAMES, BARS, strict=True):
            assert rows[column].tolist() == pytest.approx([one.bars[name] for one in answer.candidates], abs=1e-9), name
        assert (table[NAMES].to_numpy().cumsum(axis=1)[:, -1] == table["total"]).all()
        runs.run(settings, "held", {"worker": 2, "analyst1": 1}[who], by="worker")
        again = framed(settings, who)
        assert again[[*NAMES, "total", "p", "site", "person"]].equals(table[[*NAMES, "total", "p", "site", "person"]])
        assert float(rows["p"].sum() + rows["unlisted"].iloc[0]) == pytest.approx(1)


def test_each_tier_has_its_own_run_without_compartments(filled):
    settings, made = filled
    assert persons(settings, "worker") == codes(made, "a", "b", "t2", "known", "listed")
    assert persons(settings, "analyst1") == codes(made, "a", "b", "known", "listed")
    assert made["hidden"][1] in set(framed(settings, "worker")["site"]) and made["hidden"][1] not in set(framed(settings, "analyst1")["site"])
    assert len(framed(settings, "viewer")) == 0
    with analysing.as_(settings, "worker", "reading")() as session:
        assert [one.site for one in links.candidates(session, person=made["named"][1]).candidates], "computed live, never stored"
        assert {one["tier"] for one in links.find(session)} == {2}
    with analysing.as_(settings, "viewer", "reading")() as session:
        assert links.find(session) == []


def test_the_frame_says_what_it_is_and_names_nobody(filled):
    settings, made = filled
    table = framed(settings, "worker")
    assert table["is_line_of_inquiry"].all() and table.crs.to_epsg() == 4326 and not table.geometry.isna().any()
    assert not {"name", "name_en", "fate"} & set(table.columns) and set(table["review"]) == {"unreviewed"}
    assert len(framed(settings, "worker", persons=[made["a"][1]], sites=[made["far"][1]])) == 1
    with pytest.raises(BadInput, match="reason"):
        framed(settings, "worker", question="buried")


def test_of_the_listed_and_of_those_who_lived_on_no_burial_is_stored(filled):
    settings, made = filled
    asked = {"question": "buried", "reason": "a family asks"}
    assert persons(settings, "worker", **asked) == codes(made, "a", "b", "t2")
    with analysing.as_(settings, "worker")() as session:
        given.say(session, made["b"][0], analysing.event("seen_alive_after", at="[2016-01-01,2016-01-02)"), source=made["told"])
    runs.renew(settings)
    assert persons(settings, "worker", **asked) == codes(made, "a", "t2"), "a sign of life after the graves were last used"


def test_a_person_who_changed_is_ranked_anew_alone(filled):
    settings, made = filled
    before = framed(settings, "worker")
    with analysing.as_(settings, "worker")() as session:
        given.say(session, made["a"][0], linking.at_site(made["far"][0], "seen_by_exdetainee", "[2013-04-01,2013-04-02)"), source=made["told"])
    assert made["a"][1] not in persons(settings, "worker"), "what is no longer so is not shown"
    with analysing.as_(settings, "worker", "reading")() as session:
        assert any(one["moved"] for one in links.find(session))
    told = runs.renew(settings)
    assert sorted(told.values()) == [1, 1, 1, 1] and runs.renew(settings) == {}
    after = framed(settings, "worker")
    mine = after[after["person"] == made["a"][1]]
    assert mine["site"].iloc[0] == made["far"][1] and (mine["transfer"] != 0).any()
    rest = [table[table["person"] != made["a"][1]].drop(columns="geometry") for table in (before, after)]
    assert rest[0].reset_index(drop=True).equals(rest[1].reset_index(drop=True))


def test_a_site_a_link_or_a_transfer_that_changed_makes_the_run_anew(filled):
    settings, made = filled
    with analysing.as_(settings, "worker")() as session:
        given.say(session, made["near"][0], given.name("Synthetic other name"), source=made["told"])
    told = runs.renew(settings)
    assert set(told.values()) == {0}, "a name moves no score"
    with analysing.as_(settings, "worker")() as session:
        given.say(session, made["b"][0], linking.at_site(made["near"][0]), source=made["record"])  # confirmed at once: a record graded A
    assert framed(settings, "worker")["stale"].eq(False).all()
    told = runs.renew(settings)
    assert max(told.values()) >= 4 and runs.renew(settings) == {}
    with analysing.as_(settings, "worker", "reading")() as session:
        held = [one for one in links.find(session) if one["question"] == "held"]
        assert [one["state"] for one in held][:2] == ["done", "replaced"] and held[0]["counts"]["confirmed"] == held[1]["counts"]["confirmed"] + 1
        live = links.candidates(session, person=made["t2"][1])
    rows = framed(settings, "worker", persons=[made["t2"][1]])
    assert rows["total"].tolist() == pytest.approx([one.total for one in live.candidates], abs=1e-9)


def test_a_run_that_broke_off_is_gone_on_with(filled, monkeypatch):
    settings, _ = filled
    monkeypatch.setattr(runs, "CHUNK", 2)
    with pytest.raises(RuntimeError):
        runs.run(settings, "held", 2, by="worker", top=2, progress=lambda done, of: stop())
    with analysing.as_(settings, "worker", "reading")() as session:
        broken = links.find(session)[0]
        assert (broken["state"], broken["done"]) == ("running", 2)
    steps = []
    done = runs.run(settings, "held", 2, by="worker", top=2, progress=lambda done, of: steps.append((done, of)))
    assert done == {"run": str(broken["id"]), "persons": 5} and steps == [(4, 5), (5, 5)]
    assert framed(settings, "worker").groupby("person")["rank"].max().tolist() == [2] * 5


def stop():
    raise RuntimeError("cut")


def test_who_is_frozen_suspended_or_withdrawn_leaves_the_stored_links_at_once(filled):
    settings, made = filled
    runs.run(settings, "held", 2, by="worker")
    with analysing.as_(settings, "worker")() as session:
        with session.connection.transaction(force_rollback=True):
            sharing.freeze(session, "site", code=made["far"][1], reason="digging", review_on=session.value("today"))
            rows = session.rows("link_frame", question="held")
            assert made["far"][1] not in {one["site"] for one in rows}, "a frozen site"
            assert all(one["rank"] <= 2 for one in rows), "and its number tells nothing"
    with analysing.dba(settings) as raw:
        with raw.transaction(force_rollback=True):
            raw.execute("select api._resolve(array[%s]::uuid[])", [made["a"][0]])
            raw.execute("update reg.subject set tier = 2 where id = %s", [made["a"][0]])
            raw.execute("select api._resolve(array[%s]::uuid[])", [made["a"][0]])
            left = raw.execute("select u.tier from reg.link l join reg.link_run u on u.id = l.run where l.person = %s", [made["a"][0]]).fetchall()
            assert left == [], "a case whose tier was raised is in no stored link"


def test_the_shell_asks_and_the_keeper_computes(filled, monkeypatch):
    settings, made = filled
    monkeypatch.setattr("sitereg.settings.Settings.from_env", classmethod(lambda cls: settings))
    run = lambda *words: CliRunner().invoke(main, ["links", *words, "--as", "worker"])  # noqa: E731
    asked = run("run", "--no-wait", "--persons", "states=open_missing", "--json")
    job = json.loads(asked.stdout)["job"]
    keeper.run(settings, rounds=1)
    with analysing.as_(settings, "worker", "reading")() as session:
        row = next(one for one in jobs.mine(session) if str(one["id"]) == job)
    assert row["state"] == "done" and row["result"]["persons"] == 3 and row["progress"] == {"done": 3, "of": 3}
    told = json.loads(run("runs", "--json").stdout)
    assert told[0]["filter"] == {"states": ["open_missing"]} and told[0]["persons"] == 3
    assert persons(settings, "worker") == codes(made, "a", "b", "t2", "known", "listed"), "the others stay as they were"
    assert "persons" in run("runs").output and run("run", "--persons", "nonsense").exit_code == 1
    assert run("run", "--question", "buried").exit_code == 1, "a reason is asked"
    with analysing.as_(settings, "viewer")() as session, pytest.raises(Denied):
        links.ask(session)
    with analysing.as_(settings, "viewer")() as session:  # any kind of work may be put in line; its rights are looked at when it is done
        forged = jobs.enqueue(session, kind="link_run", question="held", top=5, persons={})
    keeper.run(settings, rounds=1)
    with analysing.as_(settings, "viewer", "reading")() as session:
        assert next(one for one in jobs.mine(session) if one["id"] == forged)["state"] == "failed"


def test_a_site_is_answered_from_the_run(filled):
    settings, made = filled
    runs.run(settings, "held", 2, by="worker")
    with analysing.as_(settings, "worker", "reading")() as session:
        answer = links.candidates(session, site=made["far"][1], limit=2)
        assert answer.compared == 5 and len(answer.candidates) == 2
        alone = [links.candidates(session, person=one.person) for one in answer.candidates]
        assert [next(x.total for x in each.candidates if x.site == made["far"][1]) for each in alone] == [one.total for one in answer.candidates]


def test_every_bar_is_explained_and_contrasted(filled):
    settings, made = filled
    with analysing.as_(settings, "worker", "reading")() as session:
        one = links.why(session, person=made["a"][1], site=made["far"][1])
        told = links.contrast(session, person=made["a"][1], site=made["far"][1], other=made["near"][1])
    assert one.because and set(one.bars) == set(one.sentences) == set(BARS) and all(one.sentences.values())
    assert told.bits == pytest.approx(numpy.sum(list(told.differences.values())))
    assert told.one.bits - told.other.bits == pytest.approx(told.bits)


def test_an_answer_and_the_comparison_beside_it_read_the_world_and_are_logged_once(filled, monkeypatch):
    settings, made = filled
    asked = {"person": made["a"][1], "question": "buried", "reason": "a family asks"}
    read, load, logged = [], world.load, "select count(*) from reg.read_log where action = 'link_buried'"
    monkeypatch.setattr(world, "load", lambda *given: read.append(1) or load(*given))
    with analysing.dba(settings) as raw, analysing.as_(settings, "worker", "reading")() as session:
        before = raw.execute(logged).fetchone()[0]
        answer, apart = links.beside(session, **asked, pair=(made["grave"][1], made["second"][1]))
        assert len(read) == 1 and raw.execute(logged).fetchone()[0] == before + 1
        assert answer == links.candidates(session, **asked)
        assert apart == links.contrast(session, **asked, site=made["grave"][1], other=made["second"][1])
        assert links.beside(session, **asked)[1] is None


def test_a_site_says_while_the_registry_is_ahead_of_the_run(filled):
    settings, made = filled
    runs.run(settings, "held", 2, by="worker")

    def told():
        with analysing.as_(settings, "worker", "reading")() as session:
            return " ".join(links.candidates(session, site=made["far"][1], locale="en").notes)
    runs.renew(settings)
    assert "not compared anew yet" not in told()
    with analysing.as_(settings, "worker")() as opened:
        given.site(opened, given.kind("security_branch"), given.place(36.8, 33.55), source=made["told"])
    assert "not compared anew yet" in told()
    runs.renew(settings)
    assert "not compared anew yet" not in told()


def test_a_run_by_a_cluster_is_stored_like_any_other(filled, monkeypatch):
    settings, _ = filled
    handed = []

    class Near(contextlib.AbstractContextManager):
        """A cluster of one: this process."""

        hands = 3

        def __init__(self, world, scheduler):
            handed.append(scheduler)
            self.run = engine.Engine(world).run

        def __exit__(self, *_):
            handed.append("closed")

    before = framed(settings, "analyst1")
    monkeypatch.setattr(runs.cluster, "Cluster", Near)
    told = []
    runs.run(settings, "held", 1, by="analyst1", progress=lambda done, of: told.append((done, of)), scheduler="tcp://127.0.0.1:8786")
    assert handed == ["tcp://127.0.0.1:8786", "closed"] and told == [(len(set(before["person"])), len(set(before["person"])))]
    after = framed(settings, "analyst1")
    assert before["total"].tolist() == after["total"].tolist() and before["site"].tolist() == after["site"].tolist()
