"""What somebody of tier 2 who is no source handler reads of the records of one insider has nothing in common that would join them."""
import json
import re

import pytest

from sitereg import claims, entering, errors, persons, sharing, sites, sources, tables
from tests import given
from tests.sitereg.cases import event
from tests.sitereg.entering import line, send

pytestmark = pytest.mark.db
WORDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9]{8,}|[A-Za-z\u0600-\u06ff]{4,}")
DRIVER = "the driver of the yellow machine"


@pytest.fixture
def records(registry):
    """Two sites and a case of one insider, recorded together with the same document, and as many of another one, at the same places of the list."""
    made = {}
    for n in range(2):
        source = sources.new(registry, "testimony_insider", {"en": f"{DRIVER} {n}"}, reliability="C", reason="test", terms=given.TERMS)
        said = []
        for key in ("a", "b"):
            said += [claims.said("kind", {"code": "court"}, source=source, subject_key=key, at="[2013-05-12,2013-05-12]", quote="I drove there"),
                     claims.said("note", {"text": "seen"}, source=source, subject_key=key, verbatim="I was there")]
        said += [{**event("held_at", "[2013-05-12,2013-05-12]", (36.5, 33.5)), "source": source, "subject_key": "p"}]
        rows = claims.record(registry, said, subjects=[claims.new_subject("a", "site"), claims.new_subject("b", "site"), claims.new_subject("p", "person")])
        made[n] = {"source": source, "sites": sorted({one.code for one in rows if one.key != "p"}), "case": next(one.code for one in rows if one.key == "p"),
                   "claims": [one.claim for one in rows]}
    return made


def pages(registry, one):
    """All that is told of each record of one insider, as JSON."""
    told = []
    for code in one["sites"]:
        told.append([sites.why(registry, code, field) for field in ("kind", "note")] + [sites.history(registry, code), sites.show(registry, code)])
    told.append([persons.why(registry, one["case"], "event"), persons.show(registry, one["case"])])
    return [json.dumps(each, default=str, ensure_ascii=False) for each in told]


def marks(text):
    return set(WORDS.findall(text))


def test_no_mark_is_shared_by_the_records_of_one_insider_but_those_that_all_records_share(registry, records):
    mine, others = pages(registry, records[0]), pages(registry, records[1])
    for at, here in enumerate(mine[:2]):
        there = mine[1 - at]
        assert marks(here) & marks(there) <= set.union(*map(marks, others)), "a word that ties the two sites of one insider, and is in no record of the other"
    assert DRIVER not in "".join(mine) and not any(str(one["source"]) in "".join(mine + others) for one in records.values())
    refs = [{row["source_ref"] for row in sites.why(registry, code, "kind")} for one in records.values() for code in one["sites"]]
    refs += [{row["source_ref"] for row in persons.why(registry, one["case"], "event")} for one in records.values()]
    assert all(len(one) == 1 for one in refs) and len(set.union(*refs)) == len(refs)
    with registry.as_("handler"):
        assert DRIVER in "".join(pages(registry, records[0]))


def test_frames_and_views_tie_no_record_to_another(registry, records):
    rows = registry.rows("all_claims")
    by_ref = {}
    for row in rows:
        by_ref.setdefault(row["source_ref"], set()).add(row["record_code"])
    assert all(len(codes) == 1 for codes in by_ref.values()) and len(by_ref) == 6
    assert {(row["source_en"], row["source_type"], row["quote"], row["verbatim"]) for row in rows} == {("testimony", None, None, None)}
    assert {str(row["at_earliest"]) for row in rows if row["at_earliest"]} == {"2013-05-01"}
    kept = json.dumps(registry.rows("all_sources"), default=str)
    assert DRIVER not in kept and not any(str(one["source"]) in kept for one in records.values()) and tables


def test_the_id_of_a_claim_tells_the_month_alone(records):
    ids = [str(one) for each in records.values() for one in each["claims"]]
    assert len({one[:13] for one in ids}) == 1 and len({one[14:] for one in ids}) == len(ids)


def test_reports_and_their_sheets_are_tied_to_nobody(registry):
    for words in ("one", "two"):
        send(registry, "report", words=words, who_type="testimony_insider", paraphrase=words)
    with registry.as_("verifier"), registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{investigator}' from reg.account a where a.id = account and a.name = 'verifier'")
    with registry.as_("verifier"):
        rows = entering.triage.listed(registry)
        assert {(row["source"], row["source_type"], row["receipt"], row["source_family"]) for row in rows} == {(None, None, None, "testimony")}
        assert len({row["source_ref"] for row in rows}) == 2


def test_a_receipt_of_an_insider_opens_for_a_handler_and_for_whoever_took_it_down(registry):
    made = send(registry, "testimony", who_type="testimony_insider", rows=[line("Invented One"), line("Invented Two")])
    assert len(entering.of_receipt(registry, made.receipt)["subjects"]) == 2
    with registry.as_("handler"):
        assert len(entering.of_receipt(registry, made.receipt)["subjects"]) == 2
    with registry.as_("investigator1"), pytest.raises(errors.NotFound):
        entering.of_receipt(registry, made.receipt)


def test_who_received_what_rests_on_the_source_of_a_testimony_s_claim_tells_no_other_record(registry, records):
    one = records[0]
    ids = [registry.one("where_now", code=code)["subject"] for code in one["sites"]]
    sharing.disclose(registry, recipient="A commission", purpose="the search", format="csv", precision="1 km", face=1, rows=2, sha256=b"x" * 32, subjects=ids)
    seen = registry.rows("recipients", source_of=one["claims"][0])
    assert [(row["recipient"], row["code"]) for row in seen] == [("A commission", None)]
    with registry.as_("handler"):
        assert {row["code"] for row in registry.rows("recipients", source_of=one["claims"][0])} == set(one["sites"])


def test_a_file_of_an_insider_is_not_imported(registry):
    with pytest.raises(errors.Refused) as refused:
        registry.rows("open_batch", files=given.Json([]), profile=given.Json({}), source=given.Json({"type": "testimony_insider", "reliability": "F"}),
                      terms=given.Json(given.TERMS))
    assert refused.value.guard == "insider"
