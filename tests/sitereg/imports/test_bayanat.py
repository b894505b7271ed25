"""The JSON of a Bayanat registry: locations become sites, actors listed persons with events; what it does not say is not made up. All invented."""
import json
from collections import Counter

import pytest

from sitereg import imports
from sitereg.imports import profile
from tests.sitereg.imports.steps import look

pytestmark = pytest.mark.db
KIND = {"id": 3, "title": "Point of Interest"}
PRISON = {"class": "location", "id": 41, "title": "Invented prison", "title_ar": "سجن متخيَّل", "description": None, "location_type": KIND, "admin_level": "",
          "latlng": {"lng": 36.2765, "lat": 33.5131}, "postal_code": None, "country": {"id": 1, "title": "Syria"}, "parent": {"id": 7, "title": "Damascus"},
          "tags": ["prison"], "lat": 33.5131, "lng": 36.2765, "full_location": "Invented prison", "updated_at": "2024-05-01T10:00"}
TOWN = {**PRISON, "id": 7, "title": "Damascus", "location_type": {"id": 1, "title": "Administrative Location"}, "tags": []}


def event(kind, place=None, **more):
    return {"id": 1, "title": None, "title_ar": None, "comments": None, "location": place, "eventtype": {"id": 1, "title": kind}, "from_date": None, "to_date": None, **more}


ACTOR = {"class": "actor", "id": 9001, "name": "Samer Halabi", "name_ar": "سامر حلبي", "nickname": None, "sex": "Male", "_sex": "Male", "age": "Adult", "civilian": None,
         "type": "Person", "tags": ["a", "b"], "comments": "invented", "origin_place": None, "actor_profiles": [{"originid": "X-1", "source_link": "NA", "description": "told"}],
         "events": [event("Arrest", PRISON, from_date="2013-05-12T00:00", to_date="2013-05-13T00:00"), event("Detention", None, from_date="2014-01-01T00:00"),
                    event("Release", None, from_date="2015-03-02T00:00")], "id_number": [], "roles": []}


@pytest.fixture
def written(tmp_path):
    def write(table, rows, name="export.json"):
        (tmp_path / name).write_text(json.dumps({table: rows} if table else rows, ensure_ascii=False))
        return tmp_path / name
    return write


def test_points_of_interest_are_sites_and_units_are_left_out(registry, written):
    bare = {**PRISON, "id": 42, "title": "A farm", "tags": ["farm"], "lat": 33.6, "latlng": None}
    report = imports.run(registry, written("locations", [PRISON, TOWN, bare]), profile="bayanat_locations")
    assert report.counts["rows_in"] == 2 and report.counts["quarantined"] == 1 and report.new_subjects == 1
    assert [one.code for one in report.file_problems] == ["not_read"]
    assert look(registry, "select names->>'en', names->>'ar', kinds from reg.site where face = 2") == [("Invented prison", "سجن متخيَّل", ["prison_central"])]
    assert look(registry, "select distinct s.label->>'en', s.consent, s.origin_root is not null from reg.claim c join reg.source s on s.id = c.source") == [
        ("A partner's Bayanat registry, locations", "unknown", True)]
    assert look(registry, "select count(*) from reg.claim where batch is null or row_no is null") == [(0,)]
    again = imports.run(registry, written("items", [PRISON, TOWN, bare], "again.json"), profile="bayanat_locations")
    assert again.new_subjects == 0


def test_actors_are_listed_persons_with_their_events(registry, written):
    report = imports.run(registry, written("actors", [ACTOR]), profile="bayanat_actors")
    assert report.new_subjects == 1 and report.counts["rejected"] == 0, report
    assert look(registry, "select case_state, sex from reg.person where face = 2") == [("listed", "male")]
    events = look(registry, "select kind, at::text, began::text, shown_as from reg.person_event where face = 2 order by kind")
    assert [one[0] for one in events] == ["arrested", "released"] and "2013-05-12" in str(events[0])
    assert Counter(look(registry, "select predicate from reg.claim where predicate = 'person_name'")) == {("person_name",): 2}
    assert "Samer" not in str(look(registry, "select value, verbatim, quote from reg.claim"))


def test_a_file_that_holds_no_table_is_refused(registry, written):
    from sitereg.errors import SiteregError

    for number, (table, rows) in enumerate(((None, {"actors": "x"}), ("actors", [1]), (None, [{"name": "no id"}]))):
        with pytest.raises(SiteregError) as refused:
            imports.run(registry, written(table, rows, f"{number}.json"), profile="bayanat_actors")
        assert "no table of Bayanat" in str(refused.value)


def test_what_the_reader_lays_flat(tmp_path):
    from sitereg.imports.readers import bayanat

    path = tmp_path / "x.json"
    path.write_text(json.dumps([ACTOR]))
    said = list(bayanat.read([{"path": str(path)}], {}))
    cells = said[1]["row"]["cells"]
    assert (cells["arrested / from"], cells["arrested / lat"], cells["arrested / place"], cells["profile / originid"]) == ("2013-05-12", "33.5131", "Invented prison", "X-1")
    assert json.loads(cells["other events"])[0]["eventtype"]["title"] == "Detention" and cells["tags"] == "a; b" and cells["held / from"] == ""


def test_both_profiles_ship():
    assert {f"bayanat_{one}" for one in ("actors", "locations", "bulletins", "incidents")} <= set(profile.shipped())


def relation(number, name, *roles):
    return {"actor": {"id": number, "name": name, "sources": []}, "related_as": list(roles), "probability": 1, "comment": None, "user_id": 4}


BULLETIN = {"class": "bulletin", "id": 700, "title": "A video of an invented arrest", "title_ar": None, "sjac_title": None, "sjac_title_ar": None, "originid": "V-1",
            "assigned_to": {"id": 4, "name": "A colleague"}, "first_peer_reviewer": None, "locations": [PRISON], "geoLocations": [], "labels": [{"id": 1, "title": "Arrest"}],
            "verLabels": [], "sources": [{"id": 2, "title": "An invented channel"}], "medias": [{"id": 1, "title": "v.mp4"}], "description": "Told by a neighbour",
            "comments": None, "source_link": "NA", "tags": [], "publish_date": "2013-06-01T00:00", "documentation_date": None, "status": "Updated", "review": None,
            "review_action": None, "updated_at": "2024-05-01T10:00", "roles": [], "bulletin_relations": [], "incident_relations": [],
            "events": [event("Arrest", PRISON, from_date="2013-05-12T00:00"), event("Shelling", PRISON, from_date="2013-05-12T00:00")],
            "actor_relations": [relation(9001, "Samer Halabi", 1), relation(9002, "Nadia Homsi", 2), relation(9003, "Rami Idlibi", 1, 4)]}
INCIDENT = {**{name: value for name, value in BULLETIN.items() if name not in ("sources", "medias", "publish_date", "documentation_date", "source_link", "originid",
                                                                              "sjac_title", "sjac_title_ar", "incident_relations", "verLabels", "geoLocations")},
            "class": "incident", "id": 50, "potential_violations": [], "claimed_violations": [{"id": 1, "title": "Enforced disappearance"}],
            "events": [event("Enforced disappearance", PRISON, from_date="2013-05-13T00:00")], "actor_relations": [{**relation(9001, "Samer Halabi"), "related_as": 1}]}


@pytest.mark.parametrize("profile_name", ["bayanat_bulletins", "bayanat_incidents"])
def test_events_are_told_of_those_alone_to_whom_they_happened(registry, written, profile_name):
    table = profile_name.removeprefix("bayanat_")
    told = {"bulletins": [BULLETIN, {**BULLETIN, "id": 701, "actor_relations": []}], "incidents": [INCIDENT]}[table]
    report = imports.run(registry, written(table, told), profile=profile_name)
    assert report.counts["rejected"] == 0 and [one.code for one in report.file_problems].count("not_read") == (table == "bulletins"), report
    assert report.new_subjects == {"bulletins": 3, "incidents": 1}[table]
    told = look(registry, "select p.sex, e.kind, e.at::text from reg.person p left join reg.person_event e on e.person = p.id and e.face = 2 where p.face = 2"
                          " order by e.kind nulls last")
    kinds = Counter(kind for _, kind, _ in told)
    assert kinds == {"bulletins": {"arrested": 2, None: 1}, "incidents": {"abducted": 1}}[table], "nothing of a witness, nothing of a kind that we do not know"
    assert "Samer" not in str(look(registry, "select value, verbatim, quote from reg.claim"))
    assert look(registry, "select count(*) from reg.import_row where verbatim is not null") == [(0,)], "rows of persons are sealed"
    assert {"description", "comments"} <= set(profile.load(profile_name).handling.left_out), "free words name witnesses: they stay in the kept file"


def test_bulletins_join_the_persons_of_the_actors(registry, written):
    imports.run(registry, written("actors", [ACTOR]), profile="bayanat_actors")
    report = imports.run(registry, written("bulletins", [BULLETIN], "b.json"), profile="bayanat_bulletins")
    assert report.new_subjects == 2
    assert look(registry, "select count(*) from reg.person where face = 2") == [(3,)]
    assert look(registry, "select count(distinct origin_root) from reg.source s join reg.claim c on c.source = s.id") == [(1,)], "one registry counts once"


def test_without_a_role_that_the_profile_names_no_event_is_taken(tmp_path):
    from sitereg.imports.readers import bayanat

    (tmp_path / "x.json").write_text(json.dumps({"bulletins": [BULLETIN]}))
    for victims, arrested in (((), 0), (("1",), 2), (("2",), 1)):
        cells = [one["row"]["cells"] for one in bayanat.read([{"path": str(tmp_path / "x.json")}], {"victims": victims}) if "row" in one]
        assert sum(one["arrested / from"] == "2013-05-12" for one in cells) == arrested
        assert all("Shelling" in one["other events"] for one in cells)
        assert [one["actor / role"] for one in cells] == ["1", "2", "1; 4"]
        assert {one["sources"] for one in cells} == {"An invented channel"} and "A colleague" not in str(cells), "a partner's staff is not brought"


def test_lots_that_bayanat_wrote_without_a_comma_are_read(registry, tmp_path):
    path = tmp_path / "lots.json"
    two = json.dumps({**ACTOR, "id": 9009})
    path.write_text('{ \n"actors": [ \n' + json.dumps(ACTOR) + "\n" + two + "\n] \n }")
    assert imports.run(registry, path, profile="bayanat_actors").new_subjects == 2


CSV = """,id,name,name_ar,nickname,sex,age,civilian,type,events.event-1,events.event-2,related_bulletins.bulletin-1,profile_1_originid
0,9001,Samer Halabi,سامر حلبي,,Male,Adult,,Person,12-Arrest,13-Release,700-A video of an invented arrest,X-1
1,9004,Nadia Homsi,,,Female,Adult,,Person,,,,
"""
CSV_BULLETINS = """,id,title,title_ar,origin_id,source_link,sjac_title,sjac_title_ar,description,publish_date,documentation_date,labels,sources.source-1,events.event-1,related_actors.actor-1,related_actors.actor-2
0,700,A video of an invented arrest,,V-1,NA,,,Told by a neighbour,2013-06-01,,,2-An invented channel,12-Arrest,9001-Samer Halabi,9002-Nadia Homsi
"""


def test_the_csv_tells_who_and_no_event(registry, tmp_path):
    (tmp_path / "actors.csv").write_text(CSV)
    report = imports.run(registry, tmp_path / "actors.csv", profile="bayanat_actors")
    assert (report.counts["rows_in"], report.new_subjects, report.counts["rejected"]) == (2, 2, 0), report
    assert Counter(look(registry, "select sex from reg.person where face = 2")) == {("male",): 1, ("female",): 1}
    assert look(registry, "select count(*) from reg.person_event") == [(0,)]
    (tmp_path / "bulletins.csv").write_text(CSV_BULLETINS)
    report = imports.run(registry, tmp_path / "bulletins.csv", profile="bayanat_bulletins")
    assert (report.counts["rows_in"], report.new_subjects) == (2, 1) and look(registry, "select count(*) from reg.person_event") == [(0,)]
