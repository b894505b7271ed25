"""The gate answers whether one recipient is shown a site, and how exactly; packages hold that and no more; notices follow each copy."""
import contextlib
import io
import json
import subprocess
import sys
import tarfile
from datetime import date, timedelta

import pytest
from shapely.geometry import shape

from sitereg import claims, errors, gates, packages, sealing, sharing, vocab, witness
from sitereg.packages import folders, parcels, verifier
from tests import given
from tests.sitereg.deciding import put, tasks

pytestmark = pytest.mark.db
KEY, RECIPIENT = witness.Ed25519PrivateKey.generate(), sealing.identity()
RISK = {"site": "guarded", "sources": "none named", "families": "none", "staff": "none"}
YES = {one.code: {"answer": "yes", "why": "looked at"} for one in vocab.GateQuestion}
SPOT = (36.123456, 33.123456)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setattr(witness, "signing_key", lambda _settings: KEY)


@pytest.fixture
def grave(registry):
    return given.site(registry, given.kind("mass_grave"), given.name("North field"), given.place(*SPOT), exact_tier=2)


def later(registry, days=30):
    return registry.value("today") + timedelta(days=days)


def ask(registry, code, **more):
    given_ = {"recipient": "A court", "precision": "cell_10km", "answers": YES, "reason": "for the trial", "until": later(registry), **more}
    return gates.propose(registry, code, **given_)


def opened(registry, code, **more):
    """A gate that a releaser agreed to; its id."""
    made = ask(registry, code, **more)
    with registry.as_("releaser"):
        gates.settle(registry, made["gate"], "agreed", why="looked at")
    return made["gate"]


def now(registry, code):
    return [(one["state"], one["precision"], one["now"]) for one in gates.listed(registry, code=code)]


def test_the_default_is_no_and_a_no_stands_with_its_ground(registry, grave):
    made = ask(registry, grave[1], answers={**YES, "families": {"answer": "no", "why": "they were not told yet"}})
    assert (made["allows"], made["precision"]) == (False, "nothing")
    one = gates.listed(registry)[0]
    assert (one["state"], one["now"], one["answers"]["families"]) == ("refused", "nothing", {"answer": "no", "why": "they were not told yet"})
    with registry.as_("releaser"), pytest.raises(errors.Conflict):
        gates.settle(registry, made["gate"], "agreed", why="all the same")
    with pytest.raises(errors.BadInput) as refused:
        ask(registry, grave[1], answers={"site": {"answer": "yes", "why": " "}, "staff": {"answer": "perhaps", "why": "x"}})
    fields = {one["field"] for one in refused.value.problems}
    assert {"why_site", "staff", "need", "why_need", "keeps", "witnesses", "communities"} <= fields and "site" not in fields


def test_two_persons_agree_and_one_ends_it(registry, grave):
    made = ask(registry, grave[1])
    assert now(registry, grave[1]) == [("waiting", "cell_10km", "nothing")]
    with pytest.raises(errors.Denied):
        gates.settle(registry, made["gate"], "agreed", why="mine")
    with registry.as_("releaser"):
        own = ask(registry, grave[1], recipient="Another")
        with pytest.raises(errors.Refused) as refused:
            gates.settle(registry, own["gate"], "agreed", why="mine")
        assert refused.value.guard == "four_eyes"
        assert gates.settle(registry, own["gate"], "refused", why="nobody knows them") == "refused"
        gates.settle(registry, made["gate"], "agreed", why="looked at")
    assert now(registry, grave[1]) == [("refused", "cell_10km", "nothing"), ("agreed", "cell_10km", "cell_10km")]
    gates.settle(registry, made["gate"], "ended", why="they lost a laptop")
    assert now(registry, grave[1])[1] == ("ended", "cell_10km", "nothing")


def test_it_rises_and_falls_with_protection(registry, grave):
    for finer in ("cell_1km", "exact"):
        with pytest.raises(errors.Refused) as refused:
            ask(registry, grave[1], precision=finer)
        assert refused.value.guard == "protection"
    put(registry, grave[0], "protection", "protected")
    opened(registry, grave[1], precision="exact")
    assert now(registry, grave[1])[0][2] == "exact" and tasks(registry, grave[0], "gate_fell") == []
    for status, shown in (("partially_protected", "cell_1km"), ("compromised", "cell_10km"), ("protected", "exact")):
        put(registry, grave[0], "protection", status)
        assert now(registry, grave[1])[0][1:] == ("exact", shown)
    assert len(tasks(registry, grave[0], "gate_fell")) == 2 and {one["recipient"] for one in tasks(registry, grave[0], "gate_fell")} == {"A court"}


def begin(registry, codes, **more):
    asked = {"recipient": "A court", "purpose": "the trial", "risk": RISK, "codes": codes, "fields": packages.FIELDS, "key": RECIPIENT[1], "expires_on": later(registry), **more}
    return packages.begin(registry, **asked)


@pytest.fixture
def pack(registry, tmp_path):
    """A package that was agreed and made: (its id, the outer folder, the folder that the recipient opened)."""
    def make(codes, name="parcel", **more):
        package = begin(registry, codes, **more)
        with registry.as_("releaser"):
            packages.settle(registry, package, agrees=True, why="looked at")
        parcels.make(lambda: contextlib.nullcontext(registry), registry.settings, tmp_path / name, package)
        inside = tmp_path / f"{name}-opened"
        with tarfile.open(fileobj=io.BytesIO(sealing.opened((tmp_path / name / parcels.SEALED).read_bytes(), RECIPIENT[0]))) as bundle:
            bundle.extractall(inside)
        return package, tmp_path / name, inside
    return make


def verified(folder):
    done = subprocess.run([sys.executable, str(folder / "verify.py")], capture_output=True, text=True, cwd="/", check=False)
    return done.returncode, done.stdout


def test_a_package_shows_what_the_gate_allows_and_the_fields_asked_for(registry, grave, pack):
    opened(registry, grave[1])
    _id, outer, inside = pack([grave[1]], fields=["kinds", "names", "place"])
    one = json.loads((inside / "sites.geojson").read_text())["features"][0]
    assert set(one["properties"]) == {"code", "kinds", "shown_as", "uncertainty_m", "adm1"} and one["properties"]["shown_as"] == "cell_10km"
    west, south, east, north = shape(one["geometry"]).bounds
    assert east - west > .08 and west < SPOT[0] < east and south < SPOT[1] < north
    whole = "".join(path.read_text("utf-8") for path in inside.rglob("*"))
    assert "North field" not in whole and "36.1234" not in whole and "protection" not in (inside / "sites.csv").read_text()
    outside = (outer / "manifest.json").read_text()
    assert "A court" not in outside and grave[1] not in outside and "A court" in (inside / "manifest.json").read_text()
    assert verified(outer)[0] == verified(inside)[0] == 0
    (outer / parcels.SEALED).write_bytes((outer / parcels.SEALED).read_bytes()[:-1] + b"x")
    assert verified(outer)[0] == 2 and sealing.opened((outer / parcels.SEALED).read_bytes(), sealing.identity()[0]) is None


def test_whoever_agrees_sees_which_sites_and_to_whose_key(registry, grave):
    opened(registry, grave[1])
    with registry.as_("steward1"):
        package = begin(registry, [grave[1]])
    with registry.as_("releaser"):
        told = next(one for one in packages.listed(registry) if one["id"] == package)
        assert (told["codes"], told["key"]) == ([grave[1]], RECIPIENT[1])
    with registry.as_("auditor"):
        told = next(one for one in packages.listed(registry) if one["id"] == package)
        assert told["codes"] == [], "an auditor is told no content"


def test_nothing_lies_in_clear_where_the_package_goes(registry, grave, tmp_path, monkeypatch):
    opened(registry, grave[1])
    package = begin(registry, [grave[1]])
    with registry.as_("releaser"):
        packages.settle(registry, package, agrees=True, why="looked at")
    carrier, clear, write = tmp_path / "carrier", [], parcels.write
    carrier.mkdir()
    monkeypatch.setattr(parcels, "write", lambda made, rows: (clear.append(made), write(made, rows)))
    parcels.make(lambda: contextlib.nullcontext(registry), registry.settings, carrier / "parcel", package)
    assert len(clear) == 1 and carrier not in clear[0].parents and not clear[0].exists()
    assert [one.name for one in carrier.iterdir()] == ["parcel"]


def test_the_exact_place_goes_to_whom_it_was_decided_for_alone(registry, grave, pack):
    put(registry, grave[0], "protection", "protected")
    opened(registry, grave[1], precision="exact")
    one = json.loads((pack([grave[1]])[2] / "sites.geojson").read_text())["features"][0]
    assert one["geometry"]["coordinates"] == list(SPOT) and one["properties"]["name_en"] == "North field"
    with pytest.raises(errors.Refused) as refused:
        begin(registry, [grave[1]], recipient="A newspaper")
    assert refused.value.guard == "gate"


def test_what_falls_between_asking_and_making_is_not_packed(registry, grave, tmp_path):
    gate = opened(registry, grave[1])
    package = begin(registry, [grave[1]])
    with registry.as_("releaser"):
        packages.settle(registry, package, agrees=True, why="looked at")
    gates.settle(registry, gate, "ended", why="they lost a laptop")
    with pytest.raises(errors.Refused) as refused:
        parcels.make(lambda: contextlib.nullcontext(registry), registry.settings, tmp_path / "x", package)
    assert refused.value.guard == "rows" and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("wrong", "field"), [({"key": "age1nonsense"}, "key"), ({"fields": ["sources"]}, "fields"), ({"fields": []}, "fields"), ({"codes": []}, "codes"),
                                              ({"expires_on": date(2020, 1, 1)}, "expires_on"), ({"risk": {**RISK, "staff": ""}}, "risk_staff"), ({"recipient": ""}, "recipient")])
def test_what_is_lacking_is_named(registry, grave, wrong, field):
    opened(registry, grave[1])
    with pytest.raises((errors.BadInput, errors.Refused)) as refused:
        begin(registry, wrong.pop("codes", [grave[1]]), **wrong)
    assert getattr(refused.value, "problems", [{"field": "recipient"}])[0]["field"] == field


def test_the_order_of_the_rows_tells_whose_copy_it_is(registry, pack):
    codes = []
    for at in range(8):
        codes.append(given.site(registry, given.kind("court"), given.place(36.5 + at / 10, 33.5))[1])
        for recipient in ("A court", "A commission"):
            opened(registry, codes[-1], recipient=recipient)
    ours = pack(codes, "one")[2]
    pack(codes, "two", recipient="A commission")
    order = [line.split(",")[0] for line in (ours / "sites.csv").read_text("utf-8-sig").splitlines()[1:]]
    with registry.as_("releaser"):
        found = parcels.whose(registry, order)
        assert (found[0]["recipient"], found[0]["fits"]) == ("A court", 1.0) and len(found) == 2 and found[1]["fits"] < 1
        assert parcels.whose(registry, [*order, "SYS-222222-2"]) == [] and {one["fits"] for one in parcels.whose(registry, order[:1])} == {None}
    with pytest.raises(errors.Denied):
        parcels.whose(registry, order)


def test_a_package_whose_time_is_over_says_so(registry, tmp_path):
    made = tmp_path / "old"
    made.mkdir()
    (made / "x.txt").write_text("x")
    folders.finish(made, registry.settings, {"what": "package", "expires": "2020-01-01"})
    assert verifier.verify(made) == (["its time was over on 2020-01-01: it is to be destroyed"], [])


def test_notices_reach_every_package_that_held_what_changed(registry, grave, pack, tmp_path):
    opened(registry, grave[1])
    opened(registry, grave[1], recipient="A commission")
    first, second = pack([grave[1]], "one")[0], pack([grave[1]], "two", recipient="A commission")[0]
    claims.end(registry, grave[2][1], why="a mistake")
    told = {one["package"]: one for one in packages.notices.listed(registry)}
    assert set(told) == {first, second} and {(one["what"], tuple(one["codes"])) for one in told.values()} == {("retracted", (grave[1],))}
    notice = told[first]["id"]
    said = packages.notices.write(registry, registry.settings, tmp_path / "notice", notice)
    assert json.loads(sealing.opened((tmp_path / "notice" / "notice.json.age").read_bytes(), RECIPIENT[0])) == said
    assert said["records"] == [grave[1]] and "mistake" not in json.dumps(said) and verified(tmp_path / "notice")[0] == 0
    with pytest.raises(errors.Refused):
        packages.notices.step(registry, notice, "acknowledged", how="by letter")
    packages.notices.step(registry, notice, "delivered", how="by courier")
    assert {one["package"]: one["delivered"] for one in packages.notices.listed(registry)} == {first: "by courier", second: None}
    packages.notices.step(registry, notice, "acknowledged", how="by letter, signed")
    assert [one["package"] for one in packages.notices.listed(registry)] == [second] and len(packages.notices.listed(registry, open=False)) == 2
    assert {one["id"]: one["notices"] for one in packages.listed(registry)} == {first: 0, second: 1}
    with registry.as_("investigator1"):
        assert packages.notices.listed(registry, open=False) == []
        with pytest.raises(errors.NotFound):
            packages.notices.step(registry, told[second]["id"], "delivered", how="x")


def test_who_holds_a_finer_place_is_told_when_protection_falls_or_a_gate_ends(registry, grave, pack):
    put(registry, grave[0], "protection", "protected")
    gate = opened(registry, grave[1], precision="exact")
    package = pack([grave[1]])[0]
    put(registry, grave[0], "protection", "compromised")
    gates.settle(registry, gate, "ended", why="over")
    assert [(one["package"], one["what"]) for one in packages.notices.listed(registry)] == [(package, "restricted")] * 2


def test_a_retracted_source_is_followed_into_the_package(registry, pack):
    source = given.source_of(registry, "D")
    code = given.site(registry, given.kind("court"), given.place(36.5, 33.5), source=source)[1]
    opened(registry, code)
    pack([code])
    sharing.retract(registry, source, why="invented")
    assert [(one["what"], one["codes"]) for one in packages.notices.listed(registry)] == [("retracted", [code])]


def test_a_site_that_one_does_not_see_cannot_be_asked_for(registry, grave):
    secret = given.site(registry, given.kind("court"), tier=2)[1]
    with registry.as_("investigator1"):
        for code in (secret, "SYS-222222-2"):
            with pytest.raises(errors.NotFound):
                ask(registry, code)
            with pytest.raises(errors.NotFound):
                begin(registry, [code])
        assert gates.listed(registry, code=secret) == []
