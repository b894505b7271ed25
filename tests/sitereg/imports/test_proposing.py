"""A strange file: what its columns may be and why, the profile made of it, and the readings offered for a row that waits."""
import tomllib
from datetime import date

import pytest

from sitereg.errors import BadInput
from sitereg.imports import drafting, guessing, headers, mapping, offers, profile, spelling
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


PEOPLE = {
    "ar": ["الرقم", "الاسم", "اسم الأب", "الكنية", "اسم الأم", "الجنس", "المواليد", "العمر", "تاريخ الاعتقال", "مكان الاعتقال", "آخر مشاهدة",
           "رقم المعتقل", "ملاحظات"],
    "en": ["No.", "Given name", "Father's name", "Surname", "Mother's name", "Sex", "Date of birth", "Age", "Date of arrest", "Place of arrest",
           "Last seen", "Prisoner number", "Remarks"]}
TOLD = ["id", "full_name", "nasab_father", "family", "mother_given", "sex", "born", "age", "arrested", "arrested_place", "seen", "number", "note"]
PERSONS = [["1", "سالم", "خالد", "المثال", "مريم", "ذكر", "1980", "33", "12/05/2013", "حمص", "كانون الثاني 2014", "77", "كلمات متخيَّلة كلها، كأي شيء هنا"],
           ["2", "هند", "عمر", "المثال", "", "أنثى", "١٩٨٥", "٢٨", "13/05/2013", "", "2015", "", ""],
           ["3", "مجهول", "", "", "", "", "", "طفل", "2013", "دمشق", "", "", ""]]


@pytest.mark.parametrize("language", PEOPLE)
def test_a_list_of_persons_is_told_from_one_of_places_and_its_columns_are_known(language):
    layers, rows = read(PEOPLE[language], PERSONS)
    persons = guessing.guess(layers, rows, TODAY, subject="person")
    assert [one.field for one in persons] == (TOLD if language == "ar" else [{"full_name": "ism"}.get(one, one) for one in TOLD])
    assert guessing.subject_of(guessing.guess(layers, rows, TODAY), persons) == "person"
    places = read(LISTS["ar"][0])
    assert guessing.subject_of(guessing.guess(*places, TODAY), guessing.guess(*places, TODAY, subject="person")) == "site"


@pytest.mark.parametrize(("cells", "field", "says"), [
    (["أبو محمد", "أم سالم", "المثال"], "kunya", "2 of 3 cells begin with Abu or Umm"),
    (["المثال", "الحلبي", "أبو زيد"], "family", "word for family name in papers, and only 1 of 3")])
def test_al_kunya_is_told_by_its_cells_and_never_by_its_header_alone(cells, field, says):
    layers, rows = read(["الاسم", "الكنية"], [[f"اسم {n}", one] for n, one in enumerate(cells)])
    found = guessing.guess(layers, rows, TODAY, subject="person")[1]
    assert found.field == field and says in found.told()


SOURCE = {"name": "people", "version": "1", "title": "An invented list", "country": "SY", "bounds": "35.6, 32.3, 42.4, 37.35", "order": "dmy",
          "source_type": "ngo_report", "source_label": "An invented list", "reliability": "C", "reason": "made up", "tier": "1", "partner": "A partner",
          "terms": "a letter", "uses": ["search_for_missing"], "consent": "not_asked"}


def understood(header, cells, **fields):
    layers, rows = read(header, cells)
    guesses = guessing.guess(layers, rows, TODAY, subject="person")
    choices = mapping.proposed("people", guesses, "person")
    made = mapping.read({**choices, **SOURCE, "fields": {**choices["fields"], **fields}}, {"format": "csv"}, layers)
    assert made.subject.kind == "person" and made.compartments == ("names",) and profile.read(tomllib.loads(spelling.spell(made)), "again") == made
    seen = drafting.survey(rows, made, b"key")
    return [drafting.draft(row, made, seen, today=TODAY) for row in rows]


def said(draft, predicate):
    return [one["value"] for one in draft.claims if one["predicate"] == predicate]


def test_a_list_of_persons_is_mapped_and_its_first_rows_are_understood():
    first, second, third = understood(PEOPLE["en"], PERSONS)
    name, mother = said(first, "person_name")
    assert name["text"] == "سالم خالد المثال" and name["parts"] == [
        {"ism": "سالم", "nasab_father": "خالد", "family": "المثال", "weight": 1.0}]
    assert (mother["text"], mother["part"]) == ("مريم", "mother_given")
    assert said(first, "sex") == [{"code": "male"}] and said(first, "age") == [{"min": 33, "max": 33}]
    assert [(one["kind"], one.get("toponym")) for one in said(first, "event")] == [("arrested", "حمص"), ("last_seen_free", None)]
    at, = [one["at"] for one in first.claims if one["predicate"] == "birth"]
    assert at == "[1980-01-01,1981-01-01)" and said(first, "detainee_number") == [{"text": "77"}]
    assert said(second, "person_name")[0]["text"] == "هند عمر المثال"
    assert not said(third, "person_name") and said(third, "age") == [{"min": 0, "max": 17}]  # what stands for no name claims none
    assert all(not one["verbatim"] for one in first.claims if one.get("verbatim"))


def test_persons_without_numbers_are_told_apart_by_what_tells_who_they_are():
    header, cells = PEOPLE["en"][1:], [one[1:] for one in PERSONS]
    one, other, _third = understood(header, cells)
    again, _other, _third = understood(header, cells)
    assert one.external_id == again.external_id != other.external_id and "سالم" not in one.external_id
