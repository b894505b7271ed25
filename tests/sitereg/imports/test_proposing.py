"""A strange file: what its columns may be and why, the profile made of it, and the readings offered for a row that waits."""
import tomllib
from datetime import date

import pytest

from sitereg.errors import BadInput
from sitereg.imports import guessing, headers, mapping, offers, profile, spelling
from sitereg.imports.readers import Layer, Row
from tests.sitereg.imports.steps import partner

TODAY = date(2025, 6, 1)
LISTS = {
    "ar": (["الرقم", "اسم الموقع", "النوع", "خط العرض", "خط الطول", "عدد الضحايا", "التاريخ", "ملاحظات"],
           ["id", "name_ar", "kind", "lat", "lon", "count", "date", "note"]),
    "en": (["No.", "Place name", "Site type", "Latitude", "Longitude", "Number of victims", "Date", "Remarks"],
           ["id", "name_ar", "kind", "lat", "lon", "count", "date", "note"]),
    "fr": (["Numéro", "Nom du lieu", "Catégorie", "latitude", "longitude", "Nombre de victimes", "Jour", "Commentaire"],
           ["id", "name_ar", "kind", "lat", "lon", "count", "date", "note"]),
    "es": (["Número", "Lugar", "Tipo", "Latitud", "Longitud", "Víctimas", "Fecha", "Observaciones"],
           ["id", "name_ar", "kind", "lat", "lon", "count", "date", "note"]),
    "said by nobody": (["a", "b", "c", "d", "e", "f", "g", "h"],
                       ["id", "verbatim", "kind", "lat", "lon", "verbatim", "date", "note"])}
CELLS = [["A-1", "مقبرة الطريق", "مقبرة جماعية", "٣٤٫١١٣١٢", "٣٩٫٤٧٦٥١", "حوالي ٤٠", "13/05/2013", "Seen from the road by three people who passed it"],
         ["A-2", "المدرسة", "سجن", "34.2134", "39.5912", "12", "2014", "The gate was closed; nobody knows what was behind it"],
         ["A-3", "البئر", "بئر", "34.3213", "39.6124", "3", "01/02/2014", "Synthetic, like everything that stands in this list"]]


def read(header, cells=CELLS):
    rows = [Row("", n, dict(zip(header, row, strict=True))) for n, row in enumerate(cells, start=1)]
    return [Layer("", tuple(header))], rows


@pytest.mark.parametrize("language", LISTS)
def test_columns_are_known_by_their_headers_and_by_what_stands_in_them(language):
    header, fields = LISTS[language]
    found = guessing.guess(*read(header), TODAY)
    assert [one.field for one in found] == fields
    assert all(one.told() for one in found)


def test_each_guess_says_why():
    found = {one.column: one.told() for one in guessing.guess(*read(LISTS["es"][0]), TODAY)}
    assert found["Fecha"] == "its header says fecha, and 3 of 3 cells read so"
    assert found["Número"] == "its header says numero"
    other = {one.column: one.told() for one in guessing.guess(*read(LISTS["said by nobody"][0]), TODAY)}
    assert (other["d"], other["c"]) == ("3 of 3 cells are degrees that fit", "3 of 3 cells name a kind of site")


def test_a_header_is_not_believed_against_its_cells():
    layers, rows = read(["id", "date"], [["1", "yes"], ["2", "no"]])
    assert [(one.field, one.reason) for one in guessing.guess(layers, rows, TODAY)] == [("id", "header"), ("verbatim", "unlike")]


def test_coordinates_in_one_cell_and_a_latitude_alone():
    layers, rows = read(["id", "where"], [["1", "34.2134, 39.5912"], ["2", "33.513, 36.276"]])
    assert [one.field for one in guessing.guess(layers, rows, TODAY)][1] == "place"
    layers, rows = read(["id", "lat"], [["1", "34.2134"], ["2", "33.513"]])
    assert [one.field for one in guessing.guess(layers, rows, TODAY)][1] == "verbatim"  # half a place is none


@pytest.mark.parametrize(("cells", "order"), [(["13/05/2013", "01/02/2014"], "dmy"), (["05/13/2013"], "mdy"), (["01/02/2014"], None),
                                              (["13/05/2013", "05/13/2013"], None)])
def test_the_order_of_a_date_is_proposed_where_a_day_shows_it(cells, order):
    assert guessing.order_of(cells) == order


def test_the_words_of_a_kind_are_read_in_both_languages():
    assert [headers.kind_of(word) for word in ("مقبرة جماعية", "mass grave", "MASS GRAVE", "Fosa común", "قصر", "")] == [
        "mass_grave", "mass_grave", "mass_grave", "mass_grave", None, None]


def chosen(**changes):
    header = LISTS["ar"][0]
    layers, rows = read(header)
    made = mapping.proposed("List of May", guessing.guess(layers, rows, TODAY))
    return made | {"source_type": "ngo_report", "source_label": "A list", "reliability": "C", "reason": "its staff wrote it",
                   "partner": "A partner", "terms": "a letter", "uses": ["analysis"], "consent": "not_asked", "uncertainty_m": "٥٠٠",
                   "count_definition": "bodies_reported"} | changes, layers


def test_what_was_chosen_is_a_profile_and_its_text_is_the_same_one():
    choices, layers = chosen()
    one = mapping.read(choices, {"format": "csv", "encoding": "utf-8"}, layers)
    assert (one.name, one.place.uncertainty_m, one.subject.tier, one.claims[0].at.order) == ("list_of_may", 500, 1, "dmy")
    assert one.claims[0].words["بئر"] == "water_or_shaft_deposit"
    text = spelling.spell(one)
    assert profile.read(tomllib.loads(text), "x.toml", text) == one
    assert mapping.with_terms(one, {**choices, "tier": "2", "partner": "Another"}).terms.partner == {"en": "Another"}


@pytest.mark.parametrize("name", profile.shipped())
def test_every_profile_that_ships_is_spelled_as_it_is(name):
    one = profile.load(name)
    assert profile.read(tomllib.loads(spelling.spell(one)), name) == one


@pytest.mark.parametrize(("change", "field"), [({"source_type": ""}, "source_type"), ({"tier": "0"}, "tier"), ({"bounds": "35, x"}, "bounds"),
                                               ({"reliability": ""}, "reliability"), ({"source_label": ""}, "source_label")])
def test_what_is_lacking_is_told_beside_its_question(change, field):
    choices, layers = chosen(**change)
    with pytest.raises(BadInput) as refusal:
        mapping.read(choices, {"format": "csv"}, layers)
    assert field in mapping.faults_of(refusal.value)


def test_a_column_left_out_is_claimed_by_nobody():
    choices, layers = chosen()
    column = LISTS["ar"][0][7]
    choices["fields"][column] = "left_out"
    one = mapping.read(choices, {"format": "csv"}, layers)
    assert one.handling.left_out == (column,) and column not in one.said and column in one.columns


def offered(cells, code, field):
    return offers.offers(partner(), cells, [{"code": code, "field": field}], TODAY)


def test_readings_of_a_row_that_waits():
    swapped = offered({"lat": "36.9", "lon": "34.2"}, "swapped", "lat, lon")
    assert [one.cells for one in swapped] == [{"lat": "34.2", "lon": "36.9"}] and swapped[0].place[:2] == (36.9, 34.2)
    days = offered({"seen": "03/04/2013"}, "ambiguous_date", "seen")
    assert {one.cells["seen"] for one in days} == {"2013-03-04", "2013-04-03"}
    assert {one.cells["kind"] for one in offered({"kind": "castle"}, "unknown_code", "kind")} >= {"prison", "grave"}
    assert offered({"note": "call 0911"}, "personal_data", "note") == []
