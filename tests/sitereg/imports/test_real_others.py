"""The other partners' files, whole: Catalonia in two snapshots, Moscow, the sums of the IOM, the federal list of Mexico."""

import dataclasses
from collections import Counter
from datetime import date

import pytest

from sitereg import imports
from sitereg.imports import intake, profile
from tests.sitereg.imports.test_real import codes, look

SEVERAL = {"detention_centre_other+execution_site+prison_central": 1, "execution_site+mass_grave": 3, "execution_site+prison_central": 1}
pytestmark = [pytest.mark.db, pytest.mark.data, pytest.mark.timeout(900)]
FIRST, SECOND = "Fosses comunes a Catalunya_20250316.geojson", "Fosses_comunes_a_Catalunya_20250826.geojson"


def balanced(counts):
    return counts["rows_in"] == sum(counts[one] for one in ("accepted", "flagged", "quarantined", "rejected"))


def test_two_snapshots_of_catalonia_make_one_set_of_graves_and_a_difference(registry, data):
    first = imports.run(registry, data("es_catalunya") / FIRST, profile="es_catalunya")
    assert first.counts == {"rows_in": 987, "accepted": 965, "flagged": 22, "quarantined": 0, "rejected": 0, "unchanged": 0}
    assert codes(first) == {"vague_count": 16, "repeated_point": 10, "null_island": 8, "bad_number": 4}
    assert first.new_subjects == 987 and first.difference is None
    assert [one.code for one in first.file_problems] == ["status_not_taken_over"]
    assert look(registry, "select count(*), count(shown) from reg.site where face = 1") == [(987, 979)]
    assert look(registry, "select value->>'code', count(*) from reg.claim where predicate = 'official_status'"
                          " and value->>'scheme' = 'es_catalunya_categoria' group by 1 order by 1") == [("confirmada", 568), ("probable", 418)]
    assert look(registry, "select place_kind, min(uncertainty_m), max(uncertainty_m), count(*) from reg.claim where predicate = 'place'"
                          " group by 1 order by 1") == [("approximate", 500, 500, 969), ("representative", 2000, 2000, 10)]
    before = look(registry, "select count(*) from reg.claim")[0][0]
    dry = imports.run(registry, data("es_catalunya") / SECOND, profile="es_catalunya", dry_run=True)
    assert look(registry, "select count(*) from reg.claim") == [(before,)]

    second = imports.run(registry, data("es_catalunya") / SECOND, profile="es_catalunya")
    assert second.counts["rows_in"] == 1004 and balanced(second.counts)
    assert second.difference.batch == first.batch and second.difference.file == FIRST
    assert dry.difference.counts == second.difference.counts == {"added": 17, "changed": 18, "unchanged": 969, "no_longer_named": 0}
    fields = Counter(each.name for one in second.difference.changed for each in one.fields if each.new is not None)
    assert fields == {"mida": 8, "titol": 5, "place": 4, "conservaci_": 3, "tipologia_inhumats": 1}
    told = {one.identifier: [each.as_dict() for each in one.fields] for one in second.difference.changed}
    assert told["434"] == [{"field": "mida", "old": "Indeterminat", "new": "57"}]
    assert told["253"] == [{"field": "place", "old": "41.523797 0.616018", "new": "41.497521 0.644503"}]
    alone, = [one for one in told.values() if one[0]["new"] is None]
    assert alone == [{"field": "place", "old": None, "new": None}], "its twin moved away: the point is its own now, 500 m instead of 2 km"
    silent = [one.identifier for one in second.difference.changed if not one.claims]
    assert silent == ["197"], "its state is not known any more: nothing new is claimed, the former word stands"
    assert second.new_subjects == 17 and second.counts["unchanged"] == 969 + 1
    assert look(registry, "select count(*), count(distinct subject) from reg.claim where predicate = 'external_id'") == [(1004, 1004)]
    assert look(registry, "select count(*) from reg.site where face = 2") == [(1004,)], "no twin"
    changed = sum(one.claims for one in second.difference.changed)
    added = sum(one.claims for one in second.difference.added)
    assert second.claims == changed + added == look(registry, "select count(*) from reg.claim")[0][0] - before
    assert changed <= sum(fields.values()) + 1
    assert look(registry, "select count(*) from reg.claim_end") == [(0,)], "what stood before still stands beside it"
    assert look(registry, "select count(*) from reg.claim where batch = %s and predicate = 'place'"
                          " and subject not in (select subject from reg.claim where batch = %s and predicate = 'external_id')",
                second.batch, second.batch) == [(5,)]

    again = imports.run(registry, data("es_catalunya") / SECOND, profile="es_catalunya")
    assert again.already == second.batch and again.claims == 0
    done = imports.revoke(registry, batch=second.batch, reason="taken back by the test")
    assert done["claims_ended"] == second.claims and done["repeated_by"] == []
    assert look(registry, "select count(*) from reg.site where face = 2") == [(987,)]


def test_the_places_of_moscow_have_several_kinds_and_lie_where_they_lie(registry, data):
    report = imports.run(registry, data("ru_topography_of_terror"), profile="ru_topography_of_terror")
    assert report.counts == {"rows_in": 105, "accepted": 64, "flagged": 41, "quarantined": 0, "rejected": 0, "unchanged": 0}
    assert codes(report) == {"geometry_repaired": 105, "duplicate_key": 41} and ("geometry_repaired", "shape") in report.problems()
    assert (report.new_subjects, report.joined_subjects) == (64, 0)
    assert Counter(row.part for row in report.rows) == {
        "konclagerya_1920h": 17, "mesta_massovyh_rasstrelov": 7, "mesta_zahoroneniya_rasstrelyannyh": 7, "mesta_zaklyucheniya": 56,
        "sharashki": 18}
    kinds = dict(look(registry, "select array_to_string(kinds, '+'), count(*) from reg.site where face = 1 group by 1"))
    assert sum(kinds.values()) == 64
    assert {kind: number for kind, number in kinds.items() if "+" in kind} == SEVERAL
    places = look(registry, "select x.value->>'value', st_x(st_centroid(c.geom)), st_y(st_centroid(c.geom)), c.uncertainty_m,"
                            " st_geometrytype(c.geom), r.verbatim->>'X_centroid', r.verbatim->>'Y_centroid'"
                            " from reg.claim c join reg.claim x on x.subject = c.subject and x.predicate = 'external_id'"
                            " join reg.import_row r on r.batch = c.batch and r.part = c.part and r.row_no = c.row_no"
                            " where c.predicate = 'place'")
    assert {row[4] for row in places} == {"ST_Polygon", "ST_MultiPolygon"} and {row[3] for row in places} == {50}
    for _, lon, lat, _, _, x, y in places:
        assert abs(lon - float(x)) < 0.0002 and abs(lat - float(y)) < 0.0002, "the publisher's own centres in degrees"
    assert look(registry, "select distinct exact_tier from reg.site where face = 2") == [(1,)]
    again = imports.run(registry, data("ru_topography_of_terror"), profile="ru_topography_of_terror")
    assert again.already == report.batch
    done = imports.revoke(registry, batch=report.batch, reason="taken back by the test")
    assert done["claims_ended"] == report.claims and look(registry, "select count(*) from reg.site where face = 1") == [(0,)]


def test_read_as_their_file_names_them_all_outlines_of_moscow_wait_for_a_person(data):
    """The .prj says pseudo-Mercator; the middles that the layers give in degrees lie 20 km away from that."""
    named = profile.load("ru_topography_of_terror")
    wrong = dataclasses.replace(named, file=dataclasses.replace(named.file, crs="EPSG:3857", crs_named=""))
    with intake.prepare(data("ru_topography_of_terror"), wrong) as taken:
        taken.draft(date(2026, 1, 1))
    assert {draft.outcome for draft in taken.drafts} == {"quarantined"} and len(taken.drafts) == 105
    message = next(one.message for one in taken.drafts[0].problems if one.code == "places_disagree")
    assert "19,9" in message or "20,0" in message, message


def test_the_sums_of_the_iom_are_places_with_counts_and_no_persons(registry, data):
    report = imports.run(registry, data("iom_missing_migrants") / "mmp-2025-03-10.csv", profile="iom_missing_migrants")
    assert report.counts == {"rows_in": 1391, "accepted": 1391, "flagged": 0, "quarantined": 0, "rejected": 0, "unchanged": 0}
    assert report.new_subjects == 1391
    assert look(registry, "select (select count(*) from reg.person), (select count(*) from reg.subject where kind = 'person')") == [(0, 0)]
    assert look(registry, "select kinds, count(*), count(shown) from reg.site where face = 1 group by 1") == [(["last_known_place"], 1391, 1391)]
    assert look(registry, "select value->>'definition', count(*), sum((value->>'best')::int) from reg.claim where predicate = 'count'"
                          " group by 1") == [("dead_or_missing", 1391, 53320)]
    whole, tenth = look(registry, "select count(*) filter (where uncertainty_m > 90000), count(*) filter (where uncertainty_m < 16000)"
                                  " from reg.claim where predicate = 'place'")[0]
    assert (whole, tenth) == (31, 1360), "whole degrees are whole degrees"
    assert look(registry, "select max(upper(at) - 1)::text, count(*) filter (where upper(at) > '2025-03-11') from reg.claim"
                          " where predicate = 'count'") == [("2025-03-10", 0)], "nothing is later than the export"
    assert look(registry, "select count(distinct value->>'value') from reg.claim where predicate = 'external_id'") == [(1391,)]
    assert imports.revoke(registry, batch=report.batch, reason="taken back by the test")["claims_ended"] == report.claims


def test_the_persons_of_mexico_are_listed_by_place_names_alone(registry, data):
    report = imports.run(registry, data("mx_rnped_federal") / "rnped_federal.csv", profile="mx_rnped_federal")
    assert report.counts["rows_in"] == 443 == report.new_subjects and balanced(report.counts)
    assert (report.counts["quarantined"], report.counts["rejected"]) == (0, 0)
    assert codes(report) == {"duplicate_row": 55, "bad_number": 30}
    assert look(registry, "select case_state, fate, count(*) from reg.person where face = 2 group by 1, 2") == [("listed", "unknown", 443)]
    assert look(registry, "select kind, count(*), count(toponym), count(shown) from reg.person_event where face = 2 group by 1 order by 1") == [
        ("last_seen_free", 443, 443, 0), ("reported_missing_filed", 443, 443, 0)]
    assert look(registry, "select count(*) from reg.claim where geom is not null") == [(0,)], "nothing was geocoded"
    iguala = look(registry, "select value->>'toponym', count(*) from reg.claim where value->>'toponym' like 'IGUALA DE %%' group by 1")
    assert iguala == [("IGUALA DE LA INDEPENDENCIA, GUERRERO, MEXICO", 85)]
    assert look(registry, "select count(*) from reg.claim where predicate = 'age' and value->>'min' = '0'") == [(0,)]
    assert look(registry, "select count(*) from reg.import_row where verbatim is not null") == [(0,)], "sealed"
    assert look(registry, "select count(distinct value->>'value'), count(*) filter (where value->>'value' ~ '^[0-9a-f]{16}$')"
                          " from reg.claim where predicate = 'external_id'") == [(443, 443)], "nothing of the person can be read from it"
    assert look(registry, "select count(*) from reg.site") == [(0,)]
    assert imports.revoke(registry, batch=report.batch, reason="taken back by the test")["claims_ended"] == report.claims


def test_the_persons_of_a_newer_export_join_those_of_before(registry, data, tmp_path):
    path = data("mx_rnped_federal") / "rnped_federal.csv"
    header, *rows = path.read_text("utf-8").splitlines(keepends=True)
    imports.run(registry, path, profile="mx_rnped_federal")
    newer = tmp_path / "newer.csv"
    newer.write_text("".join([header, *reversed(rows[3:])]), "utf-8")
    report = imports.run(registry, newer, profile="mx_rnped_federal")
    assert (report.claims, report.new_subjects) == (0, 0)
    assert report.difference.counts == {"added": 0, "changed": 0, "unchanged": 440, "no_longer_named": 3}
