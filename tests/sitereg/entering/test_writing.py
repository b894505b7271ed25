"""Each form stands in the registry whole or not at all, once, with its terms, and first hand only where somebody saw it."""
from uuid import uuid4

import psycopg
import pytest

from sitereg import audit, entering, errors, persons, sites
from sitereg.actors import Actor
from sitereg.store import session
from tests import given
from tests.sitereg.entering import NAMES, line, send, sheet

pytestmark = pytest.mark.db


def underneath(registry, query, *args):
    with registry.dba() as raw:
        return raw.execute(query, args).fetchall()


def test_a_report_stands_with_its_terms_its_place_and_a_source_of_its_own(registry):
    made = send(registry, "report", words="Lorries came at night", place="geo:33.5138,36.2765;u=30", when="May 2013", callback="yes",
                who_name="Somebody Invented", who_contact="0999")
    row, = entering.triage.listed(registry)
    assert (row["id"], row["words"], row["callback"], row["receipt"]) == (made.report, "Lorries came at night", True, made.receipt)
    assert (round(row["lat"], 4), round(row["lon"], 4), row["uncertainty_m"]) == (33.5138, 36.2765, 30)
    assert str(row["at"]) == "[2013-05-01, 2013-06-01)" and row["partner"] == {"und": "Our office"}
    entry = underneath(registry, "select consent_scope, permitted_uses, consent, receipt from reg.entry")[0]
    assert entry[0]["store"] == "yes" and entry[0]["publish_anonymised"] == "no" and entry[1:3] == (
        ["search_for_missing", "protection_of_sites"], "given")
    assert underneath(registry, "select g.reliability from reg.source_grade g join reg.report r on r.source = g.source where r.id = %s", row["id"]) == [("F",)]


def test_words_that_are_no_date_are_kept_with_the_report(registry):
    send(registry, "report", words="Dug ground", when="after the second snow")
    row, = entering.triage.listed(registry)
    assert row["at"] is None and row["words"].endswith("after the second snow")


def test_a_new_site_is_reported_and_its_exact_place_of_a_grave_is_held_back(registry):
    made = send(registry, "site", kind="mass_grave", name="حقل المثال", place="33°30'47\"N 36°17'30\"E", began="2012~", words="Two pits")
    code = made.subjects[0][0]
    page = sites.show(registry, code)
    assert [(one["kind"], one["verification"]) for one in page["kinds"]] == [("mass_grave", "reported")]
    assert page["names"] == {"ar": "حقل المثال"} and page["place"]["shown_as"] == "exact"
    with registry.as_("investigator1"):
        assert sites.show(registry, code)["place"]["shown_as"] == "cell_1km"


def test_a_site_with_a_name_for_a_place_stays_unplaced_and_keeps_the_words(registry):
    made = send(registry, "site", kind="security_branch", place="behind the old mill")
    page = sites.show(registry, made.subjects[0][0])
    assert page["place"]["shown_as"] == "none"
    assert [one["value"]["text"] for one in sites.why(registry, made.subjects[0][0], "address")] == ["behind the old mill"]


def test_a_person_typed_in_is_a_draft_and_open_once_somebody_asks(registry):
    typed = {"name": NAMES[0], "sex": "male", "birth": "1984", "what": "arrested", "place": "SY", "when": "12 أيار 2013", "words": "A scar"}
    first = send(registry, "person", **typed)
    second = send(registry, "person", **typed, asked="yes")
    pages = [persons.show(registry, one.subjects[0][0]) for one in (first, second)]
    assert [one["case_state"] for one in pages] == ["draft", "open_missing"]
    event, = pages[0]["events"]
    assert event["kind"] == "arrested" and str(event["at"]) == "[2013-05-12,2013-05-13)"
    assert NAMES[0] not in str(underneath(registry, "select to_jsonb(c) from reg.claim c"))


def test_a_testimony_writes_its_lines_with_the_read_back_as_their_document(registry):
    site = given.site(registry, given.kind("security_branch"), given.name("Branch of the test"), given.place(36.3, 33.5))
    known = send(registry, "person", name="Known Before").subjects[0][0]
    rows = [line(NAMES[0], place=site[1]), line(NAMES[1], place='"', when='"', how="heard"), line(known, how="told", place="33.5138N 36.2765E"),
            line("=1", what="transferred_to", place="nobody knows", when="later")]
    made = send(registry, "testimony", rows=rows)
    assert [(new, number) for _code, new, number in made.subjects] == [(True, 1), (True, 2), (False, None)] and made.subjects[2][0] == known
    pages = [persons.show(registry, code) for code, *_ in made.subjects]
    assert [len(one["events"]) for one in pages] == [2, 1, 1] and pages[0]["case_state"] == "draft"
    assert [one["site"] for one in pages[1]["events"]] == [site[1]]
    told = underneath(registry, "select c.locator, c.first_hand, d.original_name, c.verbatim from reg.claim c join reg.document d on d.id = c.document"
                                " where c.predicate = 'event' order by c.locator")
    assert [(one[0], one[1]) for one in told] == [("line 1", True), ("line 2", False), ("line 3", False), ("line 4", True)]
    assert told[3][3] == "nobody knows; later" and {one[2] for one in told} == {"testimony.txt"}
    digest = underneath(registry, "select encode(sha256, 'hex'), tier, scope from reg.document where original_name = 'testimony.txt'")[0]
    kept = registry.settings.evidence / digest[0][:2] / digest[0][2:4] / digest[0]
    assert NAMES[0] in kept.read_text() and digest[2] != 0, "the words that hold names are of the compartment"


@pytest.mark.parametrize("form", ["report", "testimony"])
def test_sent_twice_it_is_written_once(registry, form):
    once, more = uuid4(), {"words": "x"} if form == "report" else {"rows": [line(NAMES[0])]}
    first, second = (send(registry, form, once=once, **more) for _ in range(2))
    assert (second.already, second.receipt, second.entry) == (True, first.receipt, first.entry)
    assert underneath(registry, "select (select count(*) from reg.entry), (select count(*) from reg.report),"
                                " (select count(*) from reg.subject)") == [(1, int(form == "report"), int(form == "testimony"))]


def test_sent_again_with_other_words_is_a_conflict_and_nothing_is_lost(registry):
    once = uuid4()
    first = send(registry, "report", once=once, words="x")
    with pytest.raises(errors.Conflict) as overtaken:
        send(registry, "report", once=once, words="y")
    assert overtaken.value.changed[0]["now"] == first.receipt


def test_the_same_number_of_sending_is_each_account_s_own(registry):
    once = uuid4()
    first = send(registry, "report", once=once, words="x")
    with registry.as_("handler"):
        assert send(registry, "report", once=once, words="x").receipt != first.receipt
        with pytest.raises(errors.NotFound):
            entering.receipt(registry, first.entry)


def test_two_sheets_of_one_teller_are_one_origin(registry):
    first = send(registry, "site", kind="mass_grave", name="A")
    send(registry, "site", kind="mass_grave", name="B", before=f"{first.receipt[:4]} {first.receipt[4:]}")
    assert underneath(registry, "select count(distinct origin_root), count(*) from reg.source s join reg.entry e on e.source = s.id") == [(1, 2)]
    with pytest.raises(errors.BadInput) as unknown:
        send(registry, "report", words="x", before="00000000" if first.receipt != "00000000" else "00000001")
    assert unknown.value.problems[0]["field"] == "before"


def test_who_does_not_want_it_kept_is_not_kept(registry):
    with pytest.raises(errors.BadInput) as refused:
        send(registry, "testimony", rows=[line(NAMES[0])], consent="refused")
    assert {one["field"] for one in refused.value.problems} == {"consent"}
    unsaid = sheet(registry, "testimony", rows=[line(NAMES[0])], scope=["analyse"])
    assert [one["field"] for one in unsaid.problems] == ["scope"]
    unsaid.problems.clear()
    with pytest.raises(errors.BadInput, match="does not want it kept"):
        entering.write(registry, unsaid)
    assert underneath(registry, "select (select count(*) from reg.entry), (select count(*) from reg.claim)") == [(0, 0)]


def test_a_fault_in_one_line_writes_none(registry):
    bad = sheet(registry, "testimony", rows=[line(NAMES[0]), line(NAMES[1])])
    bad.rows[1]["whom"] = ("case", "00000000-0000-7000-8000-000000000000", "SYP-222222-2")
    with pytest.raises(errors.BadInput):
        entering.write(registry, bad)
    assert underneath(registry, "select (select count(*) from reg.entry), (select count(*) from reg.document)") == [(0, 0)]
    assert not list(registry.settings.evidence.rglob("*.part"))


def test_names_need_their_compartment(registry):
    with registry.as_("investigator1"):
        assert ("form", "bad_compartment") in [(one["field"], one["code"]) for one in sheet(registry, "testimony", rows=[line("x y")]).problems]
        assert send(registry, "person", what="arrested", place="somewhere").subjects


def test_the_receipt_is_eight_digits_and_tells_nothing(registry):
    made = [send(registry, "report", words=words) for words in ("x", "x" * 4000)]
    assert all(len(one.receipt) == 8 and one.receipt.isdecimal() for one in made) and made[0].receipt != made[1].receipt
    assert dict(entering.receipt(registry, made[0].entry)).keys() == dict(entering.receipt(registry, made[1].entry)).keys()


def test_by_its_number_a_sheet_is_found_without_its_words_and_taken_back(registry):
    told = send(registry, "testimony", rows=[line(NAMES[0]), line(NAMES[1])])
    report = send(registry, "report", words="x")
    held = entering.of_receipt(registry, f"{told.receipt[:4]} {told.receipt[4:]}")
    assert held["subjects"] == sorted(code for code, *_ in told.subjects) and set(held["claims"]) == set(told.claims) and NAMES[0] not in str(held)
    assert entering.take_back(registry, told.receipt, why="they changed their mind") == 4
    assert entering.of_receipt(registry, told.receipt)["claims"] == [] and all(persons.show(registry, code)["events"] == [] for code, *_ in told.subjects)
    entering.take_back(registry, report.receipt, why="they changed their mind")
    assert entering.of_receipt(registry, report.receipt)["report_state"] == "closed"
    for number in ("00000000" if told.receipt != "00000000" else "00000001", ""):
        with pytest.raises(errors.NotFound):
            entering.of_receipt(registry, number)
    with pytest.raises(errors.BadInput):
        entering.of_receipt(registry, "no number")
    high = send(registry, "report", words="x", tier="2")
    with registry.as_("investigator1"), pytest.raises(errors.NotFound):
        entering.of_receipt(registry, high.receipt)


def test_sent_by_two_at_the_same_moment_it_is_written_once(committed):
    from concurrent.futures import ThreadPoolExecutor

    once = uuid4()

    def click(_number):
        with session.acting(committed, Actor("worker", "local", "test")) as opened:
            return send(opened, "testimony", once=once, rows=[line(NAMES[0])])

    with session.reading(committed, Actor("worker", "local", "test")) as opened:  # one pool of connections stands before they begin
        assert persons.count(opened) == 0
    with ThreadPoolExecutor(4) as many:
        made = list(many.map(click, range(4)))
    assert len({one.receipt for one in made}) == 1 and sorted(one.already for one in made) == [False, True, True, True]
    with session.reading(committed, Actor("worker", "local", "test")) as opened:
        assert persons.count(opened) == 1
    assert audit.verify(committed).sound


def test_sorted_by_two_at_the_same_moment_it_makes_one_site(committed):
    from concurrent.futures import ThreadPoolExecutor

    with session.acting(committed, Actor("worker", "local", "test")) as opened:
        report = send(opened, "report", words="x").report

    def click(_number):
        try:
            with session.acting(committed, Actor("worker", "local", "test")) as opened:
                return entering.triage.sort(opened, report, {"to": "new_site", "kind": "mass_grave", "why": "x", "seen": "new"})
        except errors.Conflict:
            return None

    with ThreadPoolExecutor(3) as many:
        made = list(many.map(click, range(3)))
    assert len([one for one in made if one]) == 1
    with session.reading(committed, Actor("worker", "local", "test")) as opened:
        assert sites.count(opened) == 1


def test_a_sheet_belongs_to_the_chain(registry):
    send(registry, "report", words="x")
    with registry.dba() as raw, pytest.raises(psycopg.errors.InsufficientPrivilege), raw.transaction():
        raw.execute("update reg.entry set receipt = '00000000'")
    assert underneath(registry, "select count(*) from reg.audit_event a join reg.entry e on e.event = a.id where a.count = 3") == [(1,)]
