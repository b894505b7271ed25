"""The uses that somebody's terms permit are words of the vocabulary, whoever writes them down."""
import pytest

from sitereg import documents, errors, reports, sources
from tests import given

pytestmark = pytest.mark.db


def source(registry, terms, path):
    sources.new(registry, "ngo_report", {"en": "A report"}, reliability="B", reason="test", terms={**given.TERMS, **terms})


def document(registry, terms, path):
    path.write_text("what was handed over")
    documents.keep(registry, path=path, terms={**given.TERMS, **terms})


def known_document(registry, terms, path):
    document(registry, {}, path)
    document(registry, terms, path)


def report(registry, terms, path):
    reports.record(registry, "What was told.", terms={**given.TERMS, **terms})


ROADS = [source, document, known_document, report]


@pytest.mark.parametrize("road", ROADS)
def test_a_use_that_is_no_term_is_refused_by_its_name(registry, tmp_path, road):
    with pytest.raises((errors.BadInput, errors.Refused)) as refused:
        road(registry, {"permitted_uses": ["search_for_missing", "film_rights"]}, tmp_path / "given.txt")
    assert "film_rights" in str(refused.value.as_dict())


@pytest.mark.parametrize("road", [source, document])
@pytest.mark.parametrize("uses", ["analysis", {"analysis": True}, [None], [["analysis"]]])
def test_uses_are_a_list_of_words(registry, tmp_path, road, uses):
    with pytest.raises(errors.BadInput):
        road(registry, {"permitted_uses": uses}, tmp_path / "given.txt")


@pytest.mark.parametrize("road", ROADS)
def test_known_uses_stand_as_they_were_given(registry, tmp_path, road):
    uses = ["search_for_missing", "analysis"]
    road(registry, {"permitted_uses": uses}, tmp_path / "given.txt")
    if road is not known_document:
        with registry.dba() as raw:
            table = road.__name__
            assert raw.execute(f"select permitted_uses from reg.{table} order by recorded_at desc limit 1").fetchone()[0] == uses
