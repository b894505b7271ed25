"""A hand-over takes only what its sources agree to, by two persons; it is verified offline, and says where a byte was changed."""
import contextlib
import csv
import json
import subprocess
import sys
from datetime import date

import pytest

from sitereg import consent, errors, packages, protection, sources, succession, witness
from sitereg.packages import verifier
from sitereg.packages.columns import COLUMNS
from tests import given
from tests.sitereg.cases import case, event, named, settle

pytestmark = pytest.mark.db
KEY = witness.Ed25519PrivateKey.generate()
RISK = {"site": "none: sealed", "sources": "asked, each", "families": "none", "staff": "none named"}
ASKED = {"recipient": "The successor", "purpose": "the search goes on", "risk": RISK}
PUBLIC = {**given.TERMS, "consent": "not_applicable", "partner": {"en": "A public body"}}


@pytest.fixture
def told(registry, tmp_path, monkeypatch):
    """Sources of three kinds and what they said of one prison: a witness not asked, one who agreed, public record."""
    silent = sources.new(registry, "testimony_survivor", {"en": "Witness Zaynab"}, reliability="B", reason="x", terms=given.TERMS)
    agreed = sources.new(registry, "testimony_resident", {"en": "Witness Yusuf"}, reliability="C", reason="x", terms=given.TERMS)
    public = sources.new(registry, "dataset", {"en": "Published list"}, reliability="B", reason="x", terms=PUBLIC)
    site, code, _ = given.site(registry, given.kind("prison_military"), given.place(36.5, 33.5), source=public)
    given.say(registry, site, given.name("Name from Yusuf"), source=agreed)
    given.say(registry, site, given.kind("court"), given.name("Secret of Zaynab", "ar"), source=silent)
    with registry.as_("handler"):
        succession.ask(registry, agreed, answer="given", asked="source", on=date(2026, 11, 1), note="on the telephone")
    monkeypatch.setattr(witness, "signing_key", lambda _settings: KEY)
    return {"site": site, "code": code, "silent": silent, "agreed": agreed, "public": public}


@pytest.fixture
def hand(registry, tmp_path):
    """Ask, agree and make; answers the folder."""
    def make(name="over", who="releaser"):
        package = packages.begin_hand_over(registry, **ASKED)
        with registry.as_(who):
            packages.settle(registry, package, agrees=True, why="looked at")
        packages.handover.make(lambda: contextlib.nullcontext(registry), registry.settings, tmp_path / name, package)
        return tmp_path / name
    return make


def rows(folder, name):
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_only_what_its_source_agrees_to_goes_along(registry, told, hand):
    folder = hand()
    whole = "".join(path.read_text("utf-8") for path in sorted(folder.rglob("*")) if path.is_file())
    assert "Zaynab" not in whole and "Yusuf" not in whole.replace("Name from Yusuf", "") and "Published list" in whole and "A public body" in whole
    site = next(one for one in rows(folder, "sites.csv") if one["code"] == told["code"])
    assert (site["name_en"], site["name_ar"]) == ("Name from Yusuf", "") and json.loads(site["kinds"]) == [{"kind": "prison_military", "verification": "suspected", "began": None, "ended": None}]
    claims = [json.loads(line) for line in (folder / "claims.jsonl").read_text("utf-8").splitlines()]
    assert sorted((one["field"].split(":")[0], one["source"] == str(told["public"])) for one in claims) == [("kind", True), ("name", False), ("place", True)]
    assert str(told["agreed"]) not in whole, "of a witness who is not named there is another reference for each record"
    withheld = json.loads((folder / "withheld.json").read_text())
    assert {(one["class"], one["reason"], one["count"]) for one in withheld} >= {("claims", "not_asked", 2), ("identities of sources", "vault", None)}


def test_every_column_stands_in_the_dictionary_and_every_code_in_the_terms(told, hand):
    folder = hand()
    said = {(one["file"], one["column"]) for one in rows(folder, "dictionary.csv")}
    for path in folder.glob("*.csv"):
        if path.name != "dictionary.csv":
            assert {(path.name, one) for one in path.read_text("utf-8-sig").splitlines()[0].split(",")} <= said
    for part in ("claims", "decisions"):
        for line in (folder / f"{part}.jsonl").read_text().splitlines():
            assert {(f"{part}.jsonl", one) for one in json.loads(line)} <= said
    assert all(len(meaning) > 2 for held in COLUMNS.values() for meaning in held.values())
    assert {("protection_status", "protected")} <= {(one["scheme"], one["code"]) for one in rows(folder, "terms.csv")}


def test_what_the_rows_of_the_database_hold_is_what_the_dictionary_says(registry, told):
    person = case(registry, named("Samer Halabi"), event("arrested", "[2012-05-02,2012-05-03)", (36.123456, 33.123456)))
    settle(registry, person[0], "case", "open_missing")
    with registry.as_("worker"):
        registry.call("record_measure", site=told["site"], kind="guard", state="planned", reason="x")
    package = packages.begin_hand_over(registry, **ASKED)
    with registry.as_("releaser"):
        packages.settle(registry, package, agrees=True, why="looked at")
    for part in packages.handover.PARTS:
        for row in packages.handover.read(registry, package, part):
            assert set(row) == set(COLUMNS[part]), part


def test_a_hand_over_takes_two_persons_once(registry, told, hand, tmp_path):
    package = packages.begin_hand_over(registry, **ASKED)

    def make(name="x"):
        packages.handover.make(lambda: contextlib.nullcontext(registry), registry.settings, tmp_path / name, package)

    with pytest.raises(errors.Refused) as refused:
        make()
    assert refused.value.guard == "agreed" and not (tmp_path / "x").exists() and not list(tmp_path.glob(".making-*"))
    with pytest.raises(errors.Denied):
        packages.settle(registry, package, agrees=True, why="mine")
    with registry.as_("releaser"):
        own = packages.begin_hand_over(registry, **ASKED)
        with pytest.raises(errors.Refused) as refused:
            packages.settle(registry, own, agrees=True, why="mine")
        assert refused.value.guard == "four_eyes"
        packages.settle(registry, own, agrees=False, why="nobody else knows of it")
        packages.settle(registry, package, agrees=True, why="looked at")
        with pytest.raises(errors.Conflict):
            packages.settle(registry, package, agrees=False, why="again")
    with registry.as_("releaser2"), pytest.raises(errors.NotFound):
        registry.rows("hand_over_rows", package=package, part="sites")
    make()
    with pytest.raises(errors.Refused) as refused:
        make("y")
    assert refused.value.guard == "agreed"
    listed = {one["id"]: one for one in packages.listed(registry, kind="hand_over")}
    assert listed[package]["state"] == "made" and listed[package]["settled_by"] == "Releaser" and listed[package]["manifest"] == verifier.digest((tmp_path / "x" / "manifest.json").read_bytes())
    with registry.as_("auditor"):
        assert packages.listed(registry) == [], "those of tier 2 are for whoever is cleared for it"
    with registry.as_("releaser2"):
        states = {one["id"]: (one["state"], one["settled_why"]) for one in packages.listed(registry)}
        assert states[own] == ("refused", "nobody else knows of it")
    with registry.dba() as raw:
        assert raw.execute("select format, face, a.name, b.name from reg.disclosure d join reg.account a on a.id = d.recorded_by join reg.account b on b.id = d.approved_by"
                           " where d.id = %s", [listed[package]["disclosure"]]).fetchall() == [("hand-over", 2, "worker", "releaser")]
        assert raw.execute("select count(*) from reg.read_log where action = 'hand_over'").fetchone()[0] > 10


def run(folder, *words):
    done = subprocess.run([sys.executable, str(folder / "verify.py"), *words], capture_output=True, text=True, cwd="/", check=False)
    return done.returncode, done.stdout


def test_it_verifies_itself_and_names_what_was_changed(told, hand):
    folder = hand()
    code, said = run(folder)
    assert code == 0 and "Sound" in said
    key = witness.fingerprint(witness.public(witness.signing_key(None)))
    assert run(folder, "--fingerprint", key)[0] == 0 and run(folder, "--fingerprint", "0000 " * 8)[0] == 2
    held = (folder / "terms.csv").read_bytes()
    assert len(held) > 3 * verifier.BLOCK
    (folder / "terms.csv").write_bytes(held[:9000] + bytes([held[9000] ^ 1]) + held[9001:])
    assert run(folder) == (2, "terms.csv: was changed between byte 8192 and byte 12287\n")
    (folder / "terms.csv").write_bytes(held[:-1])
    code, said = run(folder)
    assert code == 2 and f"it has {len(held) - 1} bytes, not {len(held)}" in said
    (folder / "terms.csv").unlink()
    (folder / "more.txt").write_text("x")
    assert run(folder) == (2, "terms.csv: is missing\nmore.txt: is no file of this package\n")
    (folder / "more.txt").unlink()
    (folder / "terms.csv").symlink_to("/etc/hostname")
    assert run(folder) == (2, "terms.csv: is missing\n")
    (folder / "terms.csv").unlink()
    (folder / "terms.csv").write_bytes(held)
    manifest = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(manifest.replace("The successor", "Somebody else"))
    assert run(folder) == (2, "manifest.json: is not what was signed\n")
    whole = next(one["sha256"] for one in json.loads(manifest)["files"] if one["path"] == "sites.csv")
    (folder / "manifest.json").write_text(manifest.replace(whole, "0" * 64))
    assert run(folder) == (2, "manifest.json: is not what was signed\nsites.csv: was changed somewhere\n")
    (folder / "manifest.json").write_text("{")
    assert run(folder)[0] == 3
    (folder / "manifest.json").write_text(manifest)
    (folder / "manifest.sig.json").unlink()
    assert run(folder)[0] == 2


def test_without_the_library_the_signature_is_said_to_be_unchecked(told, hand):
    folder = hand()
    done = subprocess.run([sys.executable, "-S", "-I", str(folder / "verify.py"), str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 3 and "cryptography" in done.stdout
    (folder / "sites.csv").write_text("x")
    assert subprocess.run([sys.executable, "-S", "-I", str(folder / "verify.py"), str(folder)], capture_output=True, check=False).returncode == 2


def test_provenance_names_who_agreed_to_be_named_and_nobody_of_ours(registry, told, hand):
    with registry.as_("handler"):
        succession.ask(registry, told["agreed"], answer="given", asked="source", on=date(2026, 11, 2), named=True)
    folder = hand()
    story = json.loads((folder / "provenance.json").read_text())
    assert {"entity", "activity", "agent", "wasGeneratedBy", "wasAttributedTo", "wasAssociatedWith"} <= set(story)
    labels = {one.get("prov:label") for one in story["agent"].values()}
    assert {"Witness Yusuf", "Published list"} <= labels and "Witness Zaynab" not in labels and "Worker" not in json.dumps(story)
    claims = [json.loads(line) for line in (folder / "claims.jsonl").read_text().splitlines()]
    assert {f"sr:claim/{one['claim']}" for one in claims} <= set(story["entity"])
    for said in story["wasAttributedTo"].values():
        assert said["prov:agent"] in story["agent"] and said["prov:entity"] in story["entity"]
    for said in story["wasGeneratedBy"].values():
        assert said["prov:activity"] in story["activity"]


def test_what_we_saw_ourselves_goes_along_and_nobody_is_asked(registry, told, hand):
    protection.inspect(registry, told["site"], visited_on=date(2026, 11, 5), team="Team Names", findings="a wall")
    folder = hand()
    assert [(one["visited_on"], one["findings"]) for one in rows(folder, "visits.csv")] == [("2026-11-05", "a wall")] and "Team Names" not in (folder / "visits.csv").read_text()
    assert "activity" in {json.loads(line)["field"].split(":")[0] for line in (folder / "claims.jsonl").read_text().splitlines()}
    with registry.as_("handler"):
        assert "site_visit_report" not in {one["type"] for one in succession.answers(registry)}


def test_nothing_in_it_ties_what_one_witness_said_of_two_records(registry, told, hand):
    both = [{"credibility": "2", "source": str(told["agreed"]), "subject_key": key, **given.kind("court")} for key in ("one", "two")]
    made = registry.rows("record_claims", claims=given.registry_json(both), subjects=given.registry_json(
        [{"key": key, "kind": "site", "tier": 1, "exact_tier": None, "compartments": None} for key in ("one", "two")]))
    codes = {row["code"] for row in made}
    folder = hand()
    said = [one for part in ("claims", "decisions") for line in (folder / f"{part}.jsonl").read_text().splitlines()
            for one in [json.loads(line)] if (one.get("record")) in codes]
    assert {one["record"] for one in said} == codes and any("claim" in one for one in said) and any("machine" in one for one in said)
    for name in ("source", "batch", "recorded_in"):
        of = [{one[name] for one in said if one["record"] == code and one.get(name)} for code in codes]
        assert not set.intersection(*of), f"{name} is the same for both records"
    story = json.loads((folder / "provenance.json").read_text())
    acts = {}
    for one in story["wasGeneratedBy"].values():
        record = story["entity"][one["prov:entity"]].get("sr:record")
        if record in codes:
            acts.setdefault(one["prov:activity"], set()).add(record)
    assert acts and all(len(held) == 1 for held in acts.values()), "an activity holds what was said of both"


def test_disturbances_and_measures_stay_with_a_source_that_did_not_agree(registry, told, hand):
    for source, note in ((told["silent"], "Zaynab saw a digger"), (told["agreed"], "Fresh ruts")):
        protection.record_disturbance(registry, told["site"], "looting", "minor", observed=date(2026, 11, 1), note=note, source=source)
        registry.call("record_measure", site=told["site"], kind="guard", state="planned", reason="x", note=note, source=source)
    folder = hand()
    for name in ("disturbances.csv", "measures.csv"):
        assert [one["note"] for one in rows(folder, name)] == ["Fresh ruts"], name


@pytest.mark.parametrize(("answer", "reason"), [("refused", "refused"), ("waiting", "waiting"), ("not_reached", "not_reached")])
def test_an_answer_that_is_no_yes_keeps_it_here(registry, told, answer, reason):
    with registry.as_("handler"):
        succession.ask(registry, told["agreed"], answer=answer, asked="representative", on=date(2026, 11, 2))
        row = next(one for one in succession.answers(registry) if one["source"] == told["agreed"])
        assert (row["allows"], row["reason"], row["by"]) == (False, reason, "Handler")


def test_withdrawn_consent_is_stronger_than_an_old_yes(registry, told, hand):
    consent.change(registry, told["agreed"], consent="withdrawn", why="they asked")
    assert "Name from Yusuf" not in (hand() / "claims.jsonl").read_text()


def test_a_refusal_after_it_left_tells_who_received_it(registry, told, hand):
    hand()
    with registry.as_("handler"):
        succession.ask(registry, told["agreed"], answer="refused", asked="source", on=date(2026, 11, 3))
    with registry.dba() as raw:
        assert raw.execute("select data->>'recipient' from reg.task where what = 'tell_recipient' and done_at is null").fetchall() == [("The successor",)]


def test_who_may_ask_and_who_sees_that(registry, told):
    with registry.as_("worker"):
        with pytest.raises(errors.Refused) as refused:
            succession.ask(registry, told["silent"], answer="given", asked="source", on=date(2026, 11, 1))
        assert refused.value.guard == "handler"
        assert told["silent"] not in {one["source"] for one in succession.answers(registry)} and told["public"] in {one["source"] for one in succession.answers(registry)}
    with registry.as_("handler"):
        open_ = {one["source"] for one in succession.answers(registry, open=True)}
        assert told["silent"] in open_ and told["public"] not in open_ and told["agreed"] not in open_
        for wrong in ({"on": date(2030, 1, 1)}, {"answer": "maybe"}, {"asked": "nobody"}, {"answer": "refused", "named": True}):
            with pytest.raises(errors.BadInput):
                succession.ask(registry, told["silent"], **{"answer": "given", "asked": "source", "on": date(2026, 11, 1), **wrong})
    registry.call("restrict", subject=told["site"], tier=2, reason="it is watched")
    with registry.as_("steward1"):
        assert told["public"] not in {one["source"] for one in succession.answers(registry)}, "one that says nothing which he sees"
    for who in ("investigator1", "verifier", "viewer", "releaser"):
        with registry.as_(who), pytest.raises(errors.Denied):
            succession.answers(registry)
