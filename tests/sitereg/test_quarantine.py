"""Nothing leaves quarantine without a partner, terms, permitted uses and what is known of consent: on every road, by the field that lacks."""
import pytest
from openpyxl import load_workbook

from sitereg import documents, entering, errors, imports, reports, sources, vocab
from sitereg.entering import labels, xlsx
from tests import given
from tests.sitereg.entering import line, sheet
from tests.sitereg.entering.test_xlsx import fill
from tests.sitereg.imports.steps import HEADER, ROWS, partner

pytestmark = pytest.mark.db
FIELDS = {"partner": "partner", "terms": "terms", "permitted_uses": "uses", "consent": "consent"}  # api -> form
UNSAID = {"partner": [None, {}, "", {"en": " "}], "terms": [None, "", "  "], "permitted_uses": [None, []], "consent": [None, "", " "]}
WRITTEN = ("source", "document", "report", "entry", "import_batch", "claim", "subject", "partner", "audit_event")
SOURCE = {"type": "ngo_report", "label": {"en": "A report"}, "reliability": "B", "reason": "x"}
FILE = {"sha256": "0" * 64, "size": 1, "media_type": "text/plain", "original_name": "x", "how": "file"}


def told(**changes):
    return {**given.TERMS, **changes}


def sheet_road(form, **more):
    def road(registry, terms, path):
        made = sheet(registry, form, **more)
        made.problems.clear()
        names = next(iter(terms["partner"].values()), "") if isinstance(terms["partner"], dict) else terms["partner"]
        made.head.update(partner=names, terms=terms["terms"], uses=terms["permitted_uses"] or [], consent=terms["consent"])
        entering.write(registry, made)
    return road


def document(registry, terms, path):
    (path / "a.txt").write_text("x")
    documents.keep(registry, path=path / "a.txt", terms=terms)


def batch(registry, terms, path):
    (path / "a.csv").write_text(HEADER + ROWS)
    changes = {f"terms__{name}": one if one is not None else {"partner": {}, "permitted_uses": []}.get(name, "") for name, one in terms.items()}
    imports.run(registry, path / "a.csv", profile=partner(**changes))


def straight(function, **args):
    return lambda registry, terms, path: registry.rows(function, **args, terms=given.Json(terms))


ROADS = {
    "sources.new": lambda registry, terms, path: sources.new(registry, SOURCE["type"], SOURCE["label"], reliability="B", reason="x", terms=terms),
    "documents.keep": document,
    "reports.record": lambda registry, terms, path: reports.record(registry, "What was told.", terms=terms),
    "form report": sheet_road("report", words="What was told."), "form site": sheet_road("site", kind="court", name="x"),
    "form person": sheet_road("person", name="Samer"), "form testimony": sheet_road("testimony", rows=[line("Samer")]),
    "import": batch,
    "api.new_source": straight("new_source", type="ngo_report", label=given.Json({"en": "x"}), reliability="B", reason="x"),
    "api.keep_document": straight("keep_document", file=given.Json(FILE)),
    "api.record_report": straight("record_report", words="x"),
    "api.open_entry": straight("open_entry", form="report", once="00000000-0000-4000-8000-000000000000", mark="00", source=given.Json({"type": "ngo_report"})),
    "api.open_batch": straight("open_batch", files=given.Json([FILE]), profile=given.Json({"name": "x", "version": "1"}),
                               source=given.Json({"type": "dataset", "reliability": "B"})),
}


def written(registry):
    with registry.dba() as raw:
        return {table: raw.execute(f"select count(*) from reg.{table}").fetchone()[0] for table in WRITTEN}


@pytest.mark.parametrize(("field", "unsaid"), [(field, one) for field, all_of in UNSAID.items() for one in all_of])
@pytest.mark.parametrize("road", ROADS)
def test_on_every_road_what_is_not_said_is_named_and_nothing_is_written(registry, tmp_path, road, field, unsaid):
    if road == "import" and field == "partner":
        unsaid = {}  # a profile holds its partner as a table
    before = written(registry)
    with pytest.raises(errors.BadInput) as refused:
        ROADS[road](registry, told(**{field: unsaid}), tmp_path)
    assert [one["field"] for one in refused.value.problems] == [FIELDS[field] if road.startswith("form") else field]
    assert refused.value.problems[0]["message"].startswith("Say ") and written(registry) == before
    if field in ("permitted_uses", "consent"):
        assert vocab.choices({"permitted_uses": "permitted_use", "consent": "consent_state"}[field], "") in refused.value.do


@pytest.mark.parametrize("road", ROADS)
def test_all_that_is_lacking_is_told_at_once(registry, tmp_path, road):
    nothing = {"partner": {}, "terms": "", "permitted_uses": [], "consent": ""}
    with pytest.raises(errors.BadInput) as refused:
        ROADS[road](registry, nothing, tmp_path)
    expected = list(FIELDS.values() if road.startswith("form") else FIELDS)
    assert [one["field"] for one in refused.value.problems] == expected


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_what_its_teller_does_not_want_kept_is_not_kept(registry, tmp_path, road, state):
    before = written(registry)
    with pytest.raises(errors.BadInput) as refused:
        ROADS[road](registry, told(consent=state), tmp_path)
    assert refused.value.problems[0]["field"] == "consent" and "does not want it kept" in refused.value.problems[0]["message"]
    assert written(registry) == before


@pytest.mark.parametrize("field", ["partner", "terms", "uses", "consent"])
def test_a_template_that_lacks_it_is_refused_by_the_field(registry, tmp_path, field):
    path = fill(tmp_path / "t.xlsx", "en")
    book = load_workbook(path)
    for row in book.worksheets[0].iter_rows(max_col=2):
        if row[0].value and row[0].value.startswith(labels.label(field, "en")):
            row[1].value = None
    book.save(path)
    typed, rows = xlsx.read(path)
    with pytest.raises(errors.BadInput) as refused:
        entering.write(registry, entering.read(registry, "testimony", typed, rows=rows, once="00000000-0000-4000-8000-000000000001"))
    assert field in {one["field"] for one in refused.value.problems}


@pytest.mark.parametrize("field", ["partner", "terms", "uses", "consent"])
def test_a_sheet_that_lacks_it_is_refused_by_the_field(registry, field):
    for form, more in (("report", {"words": "x"}), ("site", {"kind": "court"}), ("person", {"name": "x"}), ("testimony", {"rows": [line("x")]})):
        made = sheet(registry, form, **{**more, field: [] if field == "uses" else ""})
        assert field in {one["field"] for one in made.problems}, form
        with pytest.raises(errors.BadInput):
            entering.write(registry, made)


def test_a_partner_is_named_or_known(registry):
    with pytest.raises(errors.BadInput) as refused:
        sources.new(registry, "ngo_report", {"en": "x"}, reliability="B", reason="x", terms=told(partner="00000000-0000-7000-8000-000000000000"))
    assert [(one["field"], one["code"]) for one in refused.value.problems] == [("partner", "not_found")]
    known = registry.rows("partners")[0]["id"]
    assert sources.new(registry, "ngo_report", {"en": "x"}, reliability="B", reason="x", terms=told(partner=str(known)))
