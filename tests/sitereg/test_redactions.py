"""The redaction desk: drafted by one person, checked by another who sees the original, made into a document of its own, or refused."""
import contextlib
import hashlib

import pypdfium2
import pytest

from sitereg import documents, redactions, scans
from sitereg.errors import BadInput, Conflict, Denied, NotFound, Refused
from sitereg.store.session import Json
from tests import given
from tests.sitereg import redacting, redacting_desk
from tests.sitereg.redacting_desk import BOX, agreed, made_by, waiting

pytestmark = pytest.mark.db


@pytest.fixture
def opening(registry):
    return lambda: contextlib.nullcontext(registry)


@pytest.fixture
def scan(registry, tmp_path):
    """Keeps a scan of one picture, or of two pages as a PDF; answers its id."""
    return lambda *kind, **more: redacting_desk.scan(registry, tmp_path, *kind, **more)


def test_two_persons_make_a_copy_with_a_hash_custody_and_terms_of_its_own(registry, scan, opening):
    document = scan("pdf")
    redaction, seen = waiting(registry, document, BOX, words=[redacting.SECRET])
    made = made_by(registry, opening, redaction, seen)
    view = scans.page(registry, made, 2)
    assert (view["role"], view["tier"], view["pages"], view["held"], view["shows"]) == ("redacted", 1, 2, False, "a page, names covered")
    assert view["derived_from"]["id"] == str(document) and view["partner"] == given.TERMS["partner"] and view["terms"] == given.TERMS["terms"]
    assert [one["kind"] for one in view["custody"]] == ["acquired", "hashed", "verified", "copied", "copied"], "and two pages were drawn of it"
    assert "redacted" in [one["kind"] for one in scans.page(registry, document)["custody"]]
    data = documents.bytes_of(registry.settings, view["sha256"])
    assert hashlib.sha256(data).hexdigest() == view["sha256"] and view["name"] == f"redacted-{view['sha256'][:8]}.pdf"
    assert pypdfium2.PdfDocument(data)[0].render(scale=200 / 72).to_pil().getpixel((200, 60)) == (0, 0, 0)
    told = redactions.show(registry, redaction)
    assert told["state"] == "made" and told["steps"][-1]["checks"]["faults"] == [] and told["steps"][-1]["checks"]["squares"] > 1000
    assert [row["id"] for row in registry.rows("document_list") if row["role"] == "redacted"] == [made]


def test_the_drafter_and_whoever_drew_a_box_or_asked_does_not_check(registry, scan, opening):
    document = scan()
    with registry.as_("handler"):
        redaction = redactions.start(registry, document)
    with registry.as_("officer"):
        redactions.mark(registry, redaction, [BOX])
    with registry.as_("investigator1"):
        seen = redactions.ask(registry, redaction, tier=1, shows="x")
    for who in ("handler", "officer", "investigator1"):
        with registry.as_(who), pytest.raises(Refused) as refused:
            agreed(registry, redaction, seen)
        assert refused.value.guard == "four_eyes"
    with registry.as_("steward1"):
        agreed(registry, redaction, seen)


def test_nobody_agrees_to_what_he_did_not_look_at(registry, scan, opening):
    document = scan("pdf")
    redaction, seen = waiting(registry, document, BOX)
    registry.value("redaction_open", redaction=redaction, page=2, what="page")
    assert redactions.show(registry, redaction)["unlooked"] == [1]
    with pytest.raises(Refused) as refused:
        redactions.make(opening, redaction, seen=seen, why="I trust her")
    assert refused.value.guard == "not_looked"
    registry.value("redaction_open", redaction=redaction, page=1, what="page")
    redactions.settle(registry, redaction, "refused", why="more")
    with registry.as_("handler"):
        redactions.ask(registry, redaction, tier=1, shows="x", first=2, last=2)
    assert redactions.show(registry, redaction)["unlooked"] == [2], "what was looked at before it was asked for anew does not count"


def test_one_person_with_two_accounts_is_one_person(registry, scan, opening):
    redaction, seen = waiting(registry, scan(), BOX)
    with registry.dba() as raw:
        raw.execute("update reg.account set os_user = 'os_handler' where name = 'worker'")
    with pytest.raises(Refused) as refused:
        agreed(registry, redaction, seen)
    assert refused.value.guard == "four_eyes"


def test_a_box_that_was_taken_away_again_still_makes_its_drawer_no_checker(registry, scan, opening):
    with registry.as_("handler"):
        redaction = redactions.start(registry, scan())
        redactions.mark(registry, redaction, [BOX, BOX])
    redactions.unmark(registry, redaction, 2)
    with registry.as_("handler"):
        seen = redactions.ask(registry, redaction, tier=1, shows="x")
    with pytest.raises(Refused) as refused:
        agreed(registry, redaction, seen)
    assert refused.value.guard == "four_eyes"


def test_a_copy_for_more_people_than_the_original_is_checked_by_a_releaser(registry, scan, opening):
    document = scan(tier=2)
    redaction, seen = waiting(registry, document, BOX, tier=1)
    assert redactions.show(registry, redaction)["needs_releaser"]
    with pytest.raises(Refused) as refused:
        agreed(registry, redaction, seen)
    assert refused.value.guard == "releaser"
    with registry.as_("releaser"):
        made = agreed(registry, redaction, seen)
    with registry.as_("investigator1"):
        view = scans.page(registry, made)
        assert view["tier"] == 1 and view["derived_from"] is None and registry.one("open_page", document=made, n=1)["media_type"] == "image/png"
        assert [one["kind"] for one in view["custody"]] == ["acquired", "hashed", "verified", "copied"]
        with pytest.raises(NotFound):
            scans.page(registry, document)
        assert redactions.listed(registry) == []
        for act in (lambda: redactions.show(registry, redaction), lambda: redactions.listed(registry, document), lambda: redactions.start(registry, document),
                    lambda: redactions.preview(opening, redaction, 1), lambda: redactions.settle(registry, redaction, "retracted", why="x")):
            with pytest.raises(NotFound):
                act()


def test_a_copy_of_what_lies_in_a_compartment_leaves_it_by_a_releaser_alone(registry, scan, opening):
    document = scan(compartments=("names",))
    redaction, seen = waiting(registry, document, BOX, leave_compartments=True)
    with pytest.raises(Refused) as refused:
        agreed(registry, redaction, seen)
    assert refused.value.guard == "releaser"
    with registry.as_("releaser"), pytest.raises(NotFound):
        agreed(registry, redaction, seen)
    redaction, seen = waiting(registry, document, BOX)
    made = agreed(registry, redaction, seen)
    with registry.as_("investigator1"), pytest.raises(NotFound):
        scans.page(registry, made)


def test_who_may_do_what(registry, scan):
    redaction, _ = waiting(registry, scan(), BOX)
    for who in ("viewer", "auditor", "admin", "verifier"):
        with registry.as_(who):
            for function, args in (("redaction_view", {"redaction": redaction}), ("redactions", {}), ("redaction_open", {"redaction": redaction})):
                with pytest.raises(Denied):
                    registry.rows(function, **args)
    with registry.as_("releaser"):
        assert redactions.show(registry, redaction)["state"] == "waiting"
        for function, args in (("redaction_start", {"document": redaction}), ("redaction_mark", {"redaction": redaction, "marks": Json([BOX])})):
            with pytest.raises(Denied):
                registry.rows(function, **args)


def test_what_is_held_back_is_redacted_by_those_alone_who_see_its_pictures(registry, scan, opening):
    document = scan(living="shown")
    redaction, seen = waiting(registry, document, BOX)
    with registry.as_("investigator1"):
        assert redactions.listed(registry) == []
        for act in (lambda: redactions.start(registry, document), lambda: redactions.show(registry, redaction), lambda: redactions.preview(opening, redaction, 1),
                    lambda: agreed(registry, redaction, seen)):
            with pytest.raises(Refused) as refused, registry.savepoint():
                act()
            assert refused.value.guard == "redaction"
    made = agreed(registry, redaction, seen)
    assert not scans.page(registry, made)["held"]
    assert [one for one in registry.rows("tasks", limit=1000) if one["what"] == "redact_document"] == []


@pytest.mark.parametrize("mark", [
    {**BOX, "page": 3}, {**BOX, "page": None}, {**BOX, "x": -.1}, {**BOX, "width": .95}, {**BOX, "height": 0}, {**BOX, "reason": "nosy"}, {**BOX, "reason": None},
    {**BOX, "reason": "other"}, {**BOX, "reason": "other", "why": " "}, {"began": 1, "ended": 2, "reason": "witness"}, {**BOX, "began": 1, "ended": 2}])
def test_a_box_has_a_place_and_a_reason(registry, scan, mark):
    redaction = redactions.start(registry, scan())
    with pytest.raises(BadInput):
        redactions.mark(registry, redaction, [mark])
    assert redactions.mark(registry, redaction, [BOX, {**BOX, "reason": "other", "why": "a dog that is known"}]) == [1, 2]


def test_what_waits_is_not_drawn_on_and_what_was_refused_goes_back(registry, scan, opening):
    redaction, seen = waiting(registry, scan(), BOX)
    for act in (lambda: redactions.mark(registry, redaction, [BOX]), lambda: redactions.unmark(registry, redaction, 1),
                lambda: redactions.ask(registry, redaction, tier=1, shows="x"), lambda: redactions.settle(registry, redaction, "dropped", why="x")):
        with pytest.raises(Conflict):
            act()
    with pytest.raises(BadInput):
        redactions.settle(registry, redaction, "refused", why=" ")
    redactions.settle(registry, redaction, "refused", why="the name on page 2 is not covered")
    told = redactions.show(registry, redaction)
    assert told["state"] == "draft" and told["steps"][-1]["why"] == "the name on page 2 is not covered"
    with registry.as_("handler"):
        redactions.mark(registry, redaction, [{**BOX, "y": .5}])
        again = redactions.ask(registry, redaction, tier=1, shows="x")
    with pytest.raises(Conflict):
        agreed(registry, redaction, seen)
    agreed(registry, redaction, again)
    with pytest.raises(Conflict):
        agreed(registry, redaction, again)


def test_nothing_covered_and_no_excerpt_is_no_redaction(registry, scan, opening):
    redaction = redactions.start(registry, scan("pdf"))
    for plan in ({}, {"tier": 2}, {"tier": 0}, {"shows": " "}, {"first": 2, "last": 1}, {"first": 5, "last": 9}, {"first": 1}, {"words": ["ab"]}):
        with pytest.raises(BadInput):
            redactions.ask(registry, redaction, **{"tier": 1, "shows": "x", **plan})
    with registry.as_("handler"):
        seen = redactions.ask(registry, redaction, tier=1, shows="page 2 alone", first=2, last=2)
    with registry.as_("officer"):
        assert scans.page(registry, made_by(registry, opening, redaction, seen))["pages"] == 1


@pytest.mark.parametrize(("name", "expected"), [("notes.txt", "redaction"), ("list.xlsx", "redaction"), ("said.aiff", "redaction"), ("page.pdf", "pages")])
def test_what_has_no_pages_is_refused_with_what_to_do(registry, tmp_path, name, expected):
    path = tmp_path / name
    path.write_bytes(b"%PDF-1.4 words")
    document = documents.keep(registry, path=path, terms=given.TERMS)
    with registry.as_("handler"), pytest.raises(Refused) as refused:
        scans.look(registry, document, living="none")
        redactions.start(registry, document)
    assert refused.value.guard == expected and "keep" in refused.value.needs


def test_copies_are_not_redacted(registry, scan, opening):
    document = scan()
    redaction, seen = waiting(registry, document, BOX)
    made = agreed(registry, redaction, seen)
    with pytest.raises(Refused):
        redactions.start(registry, made)
