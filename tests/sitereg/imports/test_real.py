"""The four published files, whole: what the registry holds after them is what the files hold, none twice, none lost."""

import csv
from collections import Counter

import pytest

from sitereg import imports

pytestmark = [pytest.mark.db, pytest.mark.data, pytest.mark.timeout(900)]


def look(registry, sql, *values):
    with registry.dba() as raw:
        return raw.execute(sql, values).fetchall()


def codes(report):
    found = Counter()
    for (code, _), rows in report.problems().items():
        found[code] += len(rows)
    return dict(found)


def test_the_graves_of_spain_in_five_layers_and_one_table(registry, data):
    layers = imports.run(registry, data("es_fosas") / "CAPAS_MAPA_DE_FOSAS", profile="es_fosas")
    assert layers.counts == {"rows_in": 2362, "accepted": 1456, "flagged": 906, "quarantined": 0, "rejected": 0, "unchanged": 0}
    assert (layers.new_subjects, layers.joined_subjects) == (2361, 0)
    assert codes(layers) == {"repeated_point": 906, "duplicate_key": 1}
    twice, = [row for row in layers.rows if row.problems and row.problems[0].code == "duplicate_key"]
    assert twice.part == "Fosa_Valle_de_los_Caídos" and "Fosa_No_Intervenida" in twice.problems[0].message
    said = look(registry, "select value->>'code' from reg.claim where subject = %s and predicate = 'official_status'"
                          " and value->>'scheme' = 'es_fosas_capa' order by 1", twice.subject)
    assert said == [("no_intervenida",), ("valle_de_los_caidos",)]
    statuses = look(registry, "select value->>'code', count(distinct subject) from reg.claim where predicate = 'official_status'"
                              " and value->>'scheme' = 'es_fosas_capa' group by 1 order by 1")
    assert statuses == [("desaparecida", 243), ("exhumada", 441), ("no_intervenida", 1177), ("trasladada_al_valle", 500),
                        ("valle_de_los_caidos", 1)]
    radii = look(registry, "select place_kind, min(uncertainty_m), max(uncertainty_m), count(*) from reg.claim where batch = %s"
                           " and predicate = 'place' group by 1 order by 1", layers.batch)
    assert radii[0] == ("approximate", 2000, radii[0][2], 1456) and radii[0][2] < 15_000
    assert radii[1] == ("representative", 10_000, 10_000, 905), "the grave in two layers says its place once"
    assert look(registry, "select distinct exact_tier from reg.site where face = 2") == [(1,)]

    table = imports.run(registry, data("es_fosas") / "Exovi_fosas.csv", profile="es_fosas_csv")
    assert table.counts["rows_in"] == 2640 == table.counts["accepted"] + table.counts["flagged"]
    assert (table.new_subjects, table.joined_subjects) == (249, 2361)
    found = codes(table)
    assert found["duplicate_key"] == 30 and found["no_geometry"] == 249 and found["unsure_date"] == 35 + 55
    assert look(registry, "select count(*), count(distinct code), count(shown) from reg.site where face = 1") == [(2610, 2610, 2361)]
    assert look(registry, "select count(distinct subject), count(distinct value->>'value') from reg.claim where predicate = 'external_id'"
                          " and value->>'scheme' = 'es_fosas'") == [(2610, 2610)]
    assert look(registry, "select verification, count(*) from reg.site_kind where face = 1 and kind = 'mass_grave' group by 1 order by 1") == [
        ("reported", 249), ("suspected", 2361)]
    assert look(registry, "select count(distinct origin) from reg.claim where batch = any (%s::uuid[])", [layers.batch, table.batch]) == [(1,)]
    assert look(registry, "select count(*) from reg.claim where batch = %s and locator like '%%OBSERVACIONES' and scope = 0", table.batch) == [(0,)]
    again = imports.run(registry, data("es_fosas") / "CAPAS_MAPA_DE_FOSAS", profile="es_fosas")
    assert again.already == layers.batch


def test_the_detention_centres_of_argentina_with_who_ran_them(registry, data):
    report = imports.run(registry, data("ar_ccd") / "centros_clandestinos_detencion.csv", profile="ar_ccd")
    assert report.counts == {"rows_in": 762, "accepted": 647, "flagged": 115, "quarantined": 0, "rejected": 0, "unchanged": 0}
    assert report.new_subjects == 762
    assert codes(report) == {"repeated_point": 109, "no_geometry": 6, "text_split": 59 + 41}
    assert look(registry, "select count(*), count(shown), count(*) filter (where current_use = 'museum'),"
                          " count(*) filter (where building = 'private_house'), count(*) filter (where kinds = '{unofficial_detention}')"
                          " from reg.site where face = 2") == [(762, 756, 24, 17, 762)]
    ran = dict(look(registry, "select a.names->>'es' || ' ' || a.kind, count(*) from reg.claim c join reg.authority a on a.id = c.object"
                              " where c.batch = %s group by 1", report.batch))
    assert ran["Ejército Argentino armed_force"] == 83 + 4 + 2 + 1 + 9 and ran["Policía provincial (Argentina) police"] == 374 + 2 + 1
    assert sum(ran.values()) == 660 and len(ran) == 9
    hidden = look(registry, "select count(*) from reg.site where face = 1 and building = 'private_house' and shown_as = 'exact'")
    assert hidden == [(0,)]
    esma, = look(registry, "select value->>'text', length(verbatim) from reg.claim where batch = %s and predicate = 'name'"
                           " and value->>'text' like '%%(ESMA)'", report.batch)
    assert esma[0] == "ESCUELA DE MECÁNICA DE LA ARMADA (ESMA)" and esma[1] > 100
    assert look(registry, "select count(*) from reg.claim where batch = %s and predicate in ('name', 'note') and value->>'text' ~ '  '",
                report.batch) == [(0,)]


def test_the_persons_of_argentina_are_listed_with_their_events(registry, data):
    path = data("link_dev") / "ar_persons.csv"
    report = imports.run(registry, path, profile="ar_persons")
    with path.open() as file:
        rows = list(csv.DictReader(file))
    first = sum(any(row[c] for c in ("lat", "place", "date_lo")) for row in rows)
    second = sum(any(row[c] for c in ("f_lat", "f_place", "f_lo")) for row in rows)
    assert report.counts["rows_in"] == len(rows) == 8753 == report.new_subjects
    assert report.counts["accepted"] + report.counts["flagged"] == 8753
    assert look(registry, "select case_state, fate, count(*) from reg.person where face = 2 group by 1, 2") == [("listed", "unknown", 8753)]
    assert look(registry, "select kind, count(*) from reg.person_event where face = 2 group by 1 order by 1") == [
        ("appeared_in_record", second), ("arrested", first)]
    assert look(registry, "select distinct uncertainty_m from reg.person_event where face = 2 and kind = 'arrested' and shown is not null"
                          " order by 1") == [(3000,), (6000,), (10000,)]
    one, = look(registry, "select lower(e.at)::text, (upper(e.at) - 1)::text, st_x(e.centre), st_y(e.centre) from reg.person_event e"
                          " join reg.person p on p.id = e.person and p.face = 2 where e.face = 2 and e.kind = 'arrested'"
                          " and p.external_ids @> '[{\"value\": \"11788\"}]'")
    assert one == ("1976-11-01", "1976-11-30", -58.4372, -34.6083)
    assert look(registry, "select count(*) from reg.import_row where batch = %s and verbatim is not null", report.batch) == [(0,)]
