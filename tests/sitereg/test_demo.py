"""The demonstration registry: loaded once, every role can sign in, nothing lies near a known place, its stories hold."""
import csv
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import rasterio
import shapely
from pyproj import Geod, Transformer

from sitereg import (
    agreements,
    audit,
    claims,
    consent,
    coordination,
    demo,
    events,
    holdings,
    inquiries,
    joins,
    links,
    places,
    protection,
    referrals,
    requests,
    shares,
    sites,
    sources,
    statistics,
    submissions,
)
from sitereg.actors import Actor
from sitereg.demo import ground, rasters, stories
from sitereg.demo.dice import Dice
from sitereg.errors import BadInput, Refused
from sitereg.store import cluster, credentials, people, session
from sitereg.terrain import disturbance, scenes
from tests import given
from tests.conftest import clone, drop
from tests.sitereg import linking

pytestmark = pytest.mark.db
BOOK = Path(__file__).resolve().parents[2] / "docs" / "demo.md"


@pytest.fixture(scope="module")
def loaded(server, tmp_path_factory):
    """A small variant of the demonstration, in a home of its own; the stories stand in it as in the whole."""
    settings = replace(server.settings, database=clone(server, "demo_small"), home=tmp_path_factory.mktemp("loaded"),
                       key_file=server.settings.token_key_file)
    yield settings, demo.load(settings, size=demo.SMALL)
    drop(server, "demo_small")


SAID = """
    select (case when s.id::text like %(month)s then s.code else s.kind end) as subject, c.predicate,
      case when c.sealed is null then c.value::text else api._unsealed(c.sealed) end as value,
      (select case when o.id::text like %(month)s then o.code else o.kind end from reg.subject o where o.id = c.object) as object,
      st_astext(c.geom) as geom, c.uncertainty_m, c.pcode, c.at::text as at, c.began::text as began, c.ended::text as ended,
      c.credibility, c.reliability, c.first_hand, c.tier, c.rumour_until::text as rumour, x.label->>'en' as source,
      (select e.why from reg.claim_end e where e.claim = c.id) as why
    from reg.claim c join reg.subject s on s.id = c.subject join reg.source x on x.id = c.source"""
SETTLED = """
    select case when s.id::text like %(month)s then s.code else s.kind end as subject, d.machine,
      case when d.machine in ('measure', 'split', 'tier') then '' else d.aspect end as aspect, d.seq, d.from_state, d.to_state, d.reason,
      d.observed_on::text as observed, case when d.due > current_date then '' else d.due::text end as due, cardinality(d.basis) as basis,
      cardinality(d.approved_by) as approved, d.how
    from reg.decision d join reg.subject s on s.id = d.subject"""
MONTH = str(Dice("month").id())[:13]
DRAWN = re.compile(rf"(?!{MONTH})[0-9a-f]{{8}}-[0-9a-f]{{4}}-7[0-9a-f-]{{22}}")  # ids that the registry draws itself


def told(settings, query):
    """All that is said or settled, without what the registry draws itself."""
    with psycopg.connect(cluster.dsn(settings), autocommit=True) as raw:
        return sorted(DRAWN.sub("drawn", repr(row)) for row in raw.execute(query, {"month": MONTH + "%"}).fetchall())


def test_the_same_seed_gives_the_same_registry(loaded, small_demo):
    again = replace(loaded[0], database=small_demo)
    for query in (SAID, SETTLED):
        first, second = told(loaded[0], query), told(again, query)
        assert len(first) > 500 and [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]][:3] == []
    assert demo.counts(again) == demo.counts(loaded[0])


@pytest.fixture
def cast():
    return stories.cast(ground.Ground(Dice(demo.SEED, "ground")))


def reading(settings, who):
    return session.reading(settings, Actor(f"demo.{who}", "local"))


def test_one_sign_in_for_each_role_and_the_registry_says_it_is_synthetic(loaded):
    settings, ways = loaded
    assert {way.role.split(" ")[0] for way in ways} == {
        "viewer", "investigator", "analyst", "verifier", "protection_officer", "data_steward", "source_handler", "releaser", "auditor",
        "admin", "partner", "family"}
    with reading(settings, "viewer") as opened:
        assert opened.value("is_demo") is True


def test_loading_again_adds_nothing_and_another_seed_is_refused(loaded):
    settings, ways = loaded

    def sign_ins():
        with psycopg.connect(cluster.dsn(settings)) as raw:
            return raw.execute('select account, email, password, fs_uniquifier from signin."user" order by 1').fetchall()

    before, held = demo.counts(settings), sign_ins()
    assert demo.load(settings, size=demo.SMALL) == ways and demo.counts(settings) == before and before["sites"] >= 60
    assert sign_ins() == held, "whoever is signed in stays so"
    with psycopg.connect(cluster.dsn(settings)) as raw:
        raw.execute("""update signin."user" set password = 'no hash' where account = 'demo.viewer'""")
        raw.execute("""delete from signin."user" where account = 'demo.admin'""")
    assert demo.load(settings) == ways and [row[:2] for row in sign_ins()] == [row[:2] for row in held]
    with pytest.raises(Refused, match="another seed"):
        demo.load(settings, seed=7)


def test_records_lie_at_sites_and_somebody_goes_after_questions(loaded):
    settings, _ = loaded
    with reading(settings, "investigator") as opened:
        stand = holdings.find(opened)
        assert len(stand) == demo.SMALL.records
        assert holdings.why(opened, stand[0]["code"], "record_kind")
        assert 0 < len(inquiries.find(opened)) < len(inquiries.find(opened, open=None))


def test_partners_have_agreements_consents_a_share_a_submission_and_a_release(loaded):
    settings, _ = loaded
    with reading(settings, "steward") as opened:
        found = agreements.find(opened)
        assert sorted(one["state"] for one in found) == ["in_force", "in_force", "over"] and min(one["expires_on"] for one in found) - opened.value("today") < timedelta(30)
        assert all(one["partner"]["en"].startswith("An invented") and one["title"].startswith("Synthetic") for one in found)
        (release,) = statistics.listed(opened)
        assert "Synthetic" in release["title"] and any(row["sites"] for row in release["rows"])
    with reading(settings, "handler") as opened:
        (sent,) = submissions.waiting(opened)
        assert sent["title"].startswith("Synthetic") and sent["opened_by"] is None
        with psycopg.connect(cluster.dsn(settings)) as raw:
            source = raw.execute("select id from reg.source where label->>'en' = 'List of invented union of survivors'").fetchone()[0]
        uses = {one["use"]: one for one in consent.uses(opened, source=source)["uses"]}
        assert uses["partners"]["allows"] and uses["authorities"]["decided"] == ["person"]
    with session.acting(settings, Actor("demo.partner", "local", "test")) as opened:
        (mine,) = shares.mine(opened)
        rows = shares.show(opened, mine["id"])["rows"]
        assert mine["state"] == "open" and rows and {row["shown_as"] for row in rows} <= {"cell_10km", "admin_unit", "none"}


def test_it_goes_into_no_registry_that_holds_anything_else(committed):
    with session.acting(committed, Actor("worker", "local", "test")) as opened:
        made = sources.new(opened, "ngo_report", {"en": "x"}, reliability="B", reason="x", terms=given.TERMS)
        claims.record(opened, [claims.said("kind", {"code": "court"}, source=made, subject_key="s")],
                      subjects=[claims.new_subject("s", "site")], reason="x")
    with pytest.raises(Refused, match="no whole demonstration"):
        demo.load(committed)
    with psycopg.connect(cluster.dsn(committed)) as raw:
        assert people.told(raw, "demo") is None
        assert raw.execute("select count(*) from reg.account where demo").fetchone() == (0,)


def test_a_code_is_chosen_in_a_demonstration_alone(registry):
    made = sources.new(registry, "ngo_report", {"en": "x"}, reliability="B", reason="x", terms=given.TERMS)
    said = [claims.said("kind", {"code": "court"}, source=made, subject_key="s")]

    def record(code):
        return claims.record(registry, said, subjects=[claims.new_subject("s", "site", code=code)])[0].code

    code = Dice("test").code("SYS")
    with pytest.raises(BadInput, match="draws the code"):
        record(code)
    with registry.dba() as raw:
        people.setting(raw, "demo", "true")
    with pytest.raises(BadInput, match="draws the code"):
        record(code[:-1] + ("2" if code[-1] != "2" else "3"))
    assert record(code) == code


def test_every_level_can_be_looked_at_and_face_0_has_one_site(loaded):
    settings, _ways = loaded
    with reading(settings, "analyst") as opened:
        facets = sites.facets(opened)
        assert {"confirmed", "probable", "refuted", "suspected"} <= set(sites.facets(opened, verification=[
            "confirmed", "probable", "refuted", "suspected"])["verification"]) and facets["overdue"]["true"] >= 1
        assert {"compromised", "unprotected", "protected"} <= set(facets["protection"])
        frames = sites.frame(opened, groups=["detention"]), events.frame(opened, kinds=["arrested"])
    for name in ("viewer", "partner", "admin"):
        with reading(settings, name) as opened:
            (only,) = sites.find(opened)
            assert only["names"]["en"] == "Published Court" and only["kinds"][0]["verification"] == "confirmed"
    pairs = joins.within(frames[1], frames[0], km=5)
    assert len(pairs[(pairs.p_inside > 0.5) & (pairs.time_overlap != "none")]) >= 3, "what docs/analysts.md shows gives something here"
    assert audit.verify(settings).faults == []


def test_no_invented_site_lies_at_a_known_place(loaded):
    settings, _ways = loaded
    with reading(settings, "analyst") as opened:
        rows = [row for row in opened.rows("site_list", limit=1000) if row["shown_as"] == "exact"]
    known = [(one["lon"], one["lat"]) for one in places.gazetteer()]
    tree, geod = shapely.STRtree([shapely.Point(one) for one in known]), Geod(ellps="WGS84")
    for row in rows:
        for n in tree.query(shapely.Point(row["lon"], row["lat"]).buffer(0.2)):
            assert geod.inv(row["lon"], row["lat"], *known[n])[2] > 1000 * ground.FAR_KM
    assert len(rows) > 30


def test_the_book_tells_the_codes_of_the_stories(loaded, cast):
    settings, _ways = loaded
    told = BOOK.read_text()
    assert set(re.findall(r"SYS-\w{6}-\w", told)) == {one.code for one in cast.values()} and told.count("\n## Story") == 6
    with reading(settings, "investigator") as opened:
        found = {row["code"]: row for row in sites.find(opened, limit=1000)}
    for key, one in cast.items():
        assert found[one.code]["names"] == {"en": one.names[0], "ar": one.names[1]}, key
    level = {key: {kind["kind"]: kind["verification"] for kind in found[one.code]["kinds"]} for key, one in cast.items()}
    assert level["echo"]["unofficial_detention"] == "suspected" and level["chorus"]["unofficial_detention"] == "probable"
    assert level["empty"]["mass_grave"] == "refuted" and set(level["barracks"]) == {"prison_military", "mass_grave"}
    assert found[cast["fence"].code]["protection"] == "compromised"
    with reading(settings, "officer") as opened:
        (fence,) = protection.measures(opened, cast["fence"].id)
    assert fence["state"] == "lapsed"


def test_the_truth_and_the_rasters_stand_beside_the_registry_and_say_that_they_are_synthetic(loaded):
    settings, _ways = loaded
    with open(settings.home / "truth" / "persons.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == demo.SMALL.persons and {row["synthetic"] for row in rows} == {"yes"}
    assert {"yes", "no"} == {row["alive"] for row in rows} and any(row["moved_to"] for row in rows)
    for name in ("relief", "before", "after", "changed"):
        with rasterio.open(settings.home / "rasters" / f"{name}.tif") as file:
            assert file.tags()["SYNTHETIC"] == "YES" and file.crs.to_epsg() == 32637
    with rasterio.open(settings.home / "rasters" / "changed.tif") as mask, rasterio.open(settings.home / "rasters" / "before.tif") as was, \
            rasterio.open(settings.home / "rasters" / "after.tif") as now:
        dug = mask.read(1) == 1
        assert (now.read(1) - was.read(1))[dug].mean() < -0.05 < (now.read(1) - was.read(1))[mask.read(1) == 0].mean()


def test_what_was_dug_in_the_invented_valley_is_found_at_the_site_and_nowhere_else(loaded):
    settings, _ways = loaded
    folder = settings.home / "rasters"
    with rasterio.open(folder / "after.tif") as file:
        at = lambda row, column: shapely.Point(*Transformer.from_crs(file.crs, 4326, always_xy=True).transform(*file.xy(row, column)))  # noqa: E731
    with scenes.scene(folder / "before.tif", day=rasters.BEFORE) as was, scenes.scene(folder / "after.tif", day=rasters.AFTER) as now:
        dug = disturbance.changed([was, now], at(rasters.DOWN // 10 - 2, rasters.RIGHT // 10), within_m=60)
        still = disturbance.changed([was, now], at(520, 560), within_m=60)
    assert (dug.result, still.result) == ("changed", "unchanged"), (dug, still)



def test_lines_of_inquiry_find_the_planted_graves_and_the_one_to_which_remains_were_moved(loaded, cast):
    settings, _ = loaded
    found, nearest, _ = linking.planted(settings)
    assert found >= 2 * nearest and found > 0.3
    with reading(settings, "investigator") as opened:
        seen = [one for one in opened.rows("link_events", question="buried") if one["leg"] == "last_custody" and one["site"] == cast["branch"].id]
        assert seen, "somebody was last seen at the branch whose way is told"
        for one in seen:
            answer = links.candidates(opened, person=one["person_code"], question="buried", reason="the demonstration")
            first = [each.site for each in answer.candidates[:5]]
            assert {cast["first"].code, cast["second"].code} <= set(first), "the grave, and the one to which remains were moved"


def test_families_search_one_reads_its_page_and_one_is_referred(loaded):
    settings, ways = loaded
    with reading(settings, "handler") as opened:
        rows = requests.listed(opened)
        assert sorted((row["state"], row["work"]) for row in rows) == [
            ("left_open", "received"), ("open", "caseworker"), ("received", "comparing"), ("received", "received")]
        row, = (row for row in rows if row["state"] == "open")
        assert row["code"] != row["own_code"], "matched with one whom a list named"
        assert [one["state"] for one in referrals.find(opened)] == ["in_progress"]
        place, = coordination.places_waiting(opened)
        assert "Synthetic" in place["place"]
    with reading(settings, "steward") as opened:
        assert ["Synthetic" in one["place"] for one in coordination.offers(opened)] == [True]
    with psycopg.connect(cluster.dsn(settings)) as raw:
        name, hashed = raw.execute('select account, password from signin."user" where email = %s', [requests.code_of(ways[-1].email)]).fetchone()
    assert credentials.HASHER.verify(hashed, requests.secret_of(ways[-1].password))
    with session.reading(settings, Actor(name, "local")) as opened:
        mine = requests.mine(opened)
    assert mine["work"] == "caseworker" and len(mine["told"]) == 1 and mine["said"]["also"]["words"] > 5
    assert "متخي" not in json.dumps(mine["said"], ensure_ascii=False) and "Synthetic" not in json.dumps(mine["said"])
