"""What leaves by hand: a document or a printed page, with recipient, purpose and risks; confidential documents by two persons."""
from datetime import date, timedelta

import pytest

from sitereg import consent, documents, errors, inquiries, scans, sharing
from tests import given
from tests.sitereg.cases import case, event, named, settle
from tests.sitereg.test_pages import png

pytestmark = pytest.mark.db
RISK = {"site": "none: it is guarded", "sources": "none named", "families": "none", "staff": "none"}
ASKED = {"recipient": "A commission", "purpose": "the search", "risk": RISK}


@pytest.fixture
def scan(registry, tmp_path):
    def make(tier=1, **terms):
        path = tmp_path / f"page-{tier}.png"
        path.write_bytes(png(33, 33, note=f"{tier}{terms}".encode()))
        return scans.keep(registry, pages=[path], shows="x", living="none", tier=tier, terms={**given.TERMS, **terms})

    return make


def disclosures(registry):
    with registry.dba() as raw:
        return raw.execute("select format, face, risk, a.name, b.name from reg.disclosure d join reg.account a on a.id = d.recorded_by"
                           " left join reg.account b on b.id = d.approved_by order by d.recorded_at").fetchall()


def test_a_document_leaves_with_who_what_for_and_every_risk(registry, scan):
    document = scan()
    made = documents.release(registry, document, **ASKED)
    assert made["waits"] is None and scans.page(registry, document)["custody"][-1]["kind"] == "released"
    assert disclosures(registry) == [("image/png", 1, "site: none: it is guarded; sources: none named; families: none; staff: none", "worker", None)]
    assert documents.leaving(registry.settings, made) == png(33, 33)


@pytest.mark.parametrize(("lacking", "field"), [({"recipient": " "}, "recipient"), ({"purpose": ""}, "purpose"), ({"risk": {**RISK, "families": " "}}, "risk_families"),
                                                ({"risk": {}}, "risk_site"), ({"legal_basis": "because"}, "legal_basis")])
def test_what_is_not_said_is_named_and_nothing_leaves(registry, scan, lacking, field):
    court = given.site(registry, given.kind("court"))[1]
    for act in (lambda: documents.release(registry, scan(), **{**ASKED, **lacking}), lambda: sharing.print_page(registry, court, **{**ASKED, **lacking})):
        with pytest.raises(errors.BadInput) as refused:
            act()
        assert refused.value.problems[0]["field"] == field and disclosures(registry) == []


@pytest.mark.parametrize("terms", [{"permitted_uses": ["analysis"]}, {"consent": "unknown"}, {"consent": "not_asked"}])
def test_a_document_that_may_not_be_shared_does_not_leave(registry, scan, terms):
    for tier in (1, 2):
        with pytest.raises(errors.Refused) as refused:
            documents.release(registry, scan(tier, **terms), **ASKED)
        assert refused.value.guard == "terms" and disclosures(registry) == []


def test_a_confidential_document_leaves_by_two_persons(registry, scan):
    document = scan(tier=2)
    waits = documents.release(registry, document, **ASKED)
    assert waits["waits"] and waits["sha256"] is None and disclosures(registry) == []
    with pytest.raises(errors.Denied):
        documents.agree(registry, waits["waits"])
    with registry.as_("releaser"):
        assert [one["data"]["recipient"] for one in documents.waiting(registry)] == ["A commission"]
        made = documents.agree(registry, waits["waits"])
        assert documents.leaving(registry.settings, made) == png(33, 33) and documents.waiting(registry) == []
        with pytest.raises(errors.NotFound):
            documents.agree(registry, waits["waits"])
        own = documents.release(registry, document, **ASKED)
        with pytest.raises(errors.Refused) as refused:
            documents.agree(registry, own["waits"])
        assert refused.value.guard == "four_eyes"
    assert [one[1:2] + one[3:] for one in disclosures(registry)] == [(2, "worker", "releaser")]


@pytest.fixture
def grave(registry):
    """A grave whose exact place is T2: (id, code, claims)."""
    return given.site(registry, given.kind("mass_grave"), given.name("North field"), given.place(36.123456, 33.123456), exact_tier=2)


def test_a_printed_site_is_what_tier_1_is_shown_and_is_recorded(registry, grave):
    told = sharing.print_page(registry, grave[1], **ASKED)
    assert told["face"] == 1 and told["shown_as"] == "cell_1km" and told["unverified"] and "36.1234" not in repr(told)
    assert [one["kind"] for one in told["kinds"]] == ["mass_grave"] and told["recipient"] == "A commission"
    assert [one[:2] for one in disclosures(registry)] == [("print", 1)] and str(registry.rows("disclosures")[0]["id"]) == told["disclosure"]
    assert {one["recipient"] for one in sharing.recipients(registry, claim=grave[2][0])} == {"A commission"}


def test_a_printed_case_has_no_name_and_coarse_places(registry):
    person = case(registry, named("Samer Halabi"), event("arrested", "[2012-05-02,2012-05-03)", (36.123456, 33.123456)))
    with pytest.raises(errors.Refused) as refused:
        sharing.print_page(registry, person[1], **ASKED)
    assert refused.value.guard == "listed"
    settle(registry, person[0], "case", "open_missing")
    told = sharing.print_page(registry, person[1], **ASKED)
    assert "Samer" not in repr(told) and "36.12" not in repr(told) and told["events"][0]["shown_as"] in ("cell_10km", "admin_unit")
    settle(registry, person[0], "case", "suspended_security")
    with pytest.raises(errors.Refused) as refused:
        sharing.print_page(registry, person[1], **ASKED)
    assert refused.value.guard in ("suspended", "listed")


def test_an_inquiry_is_printed_with_its_steps(registry, grave):
    made = inquiries.open_(registry, grave[0], "Who has the keys?", due=registry.value("today") + timedelta(days=9))
    inquiries.step(registry, made, "Asked the clerk", result="no_answer")
    told = sharing.print_page(registry, "", inquiry=made, **ASKED)
    assert told["code"] == grave[1] and told["inquiry"]["steps"][0]["step"] == "Asked the clerk" and "owner" not in told["inquiry"]


def test_what_may_not_leave_is_not_printed(registry, grave):
    secret = given.site(registry, given.kind("court"), tier=2)[1]
    bound = given.site(registry, given.kind("court"), compartments=["names"])[1]
    for code, guard in ((secret, "second_person"), (bound, "second_person")):
        with pytest.raises(errors.Refused) as refused:
            sharing.print_page(registry, code, **ASKED)
        assert refused.value.guard == guard
    with registry.as_("investigator1"):
        for code in (secret, "SYS-222222-2"):
            with pytest.raises(errors.NotFound):
                sharing.print_page(registry, code, **ASKED)
    with registry.as_("verifier"), pytest.raises(errors.Denied):
        sharing.print_page(registry, grave[1], **ASKED)
    sharing.freeze(registry, "site", code=grave[1], reason="x", review_on=date.today() + timedelta(days=9))
    with pytest.raises(errors.NotFound):
        sharing.print_page(registry, grave[1], **ASKED)
    with registry.as_("releaser"), pytest.raises(errors.Refused) as refused:
        sharing.print_page(registry, grave[1], **ASKED)
    assert refused.value.guard == "frozen" and disclosures(registry) == []


def test_what_rests_on_terms_that_do_not_permit_it_is_not_printed(registry):
    source = given.source_of(registry, "C")
    court = given.site(registry, given.kind("court"), source=source)[1]
    consent.change(registry, source, consent="unknown", why="asked again")
    with pytest.raises(errors.Refused) as refused:
        sharing.print_page(registry, court, **ASKED)
    assert refused.value.guard == "terms"
