"""A consent that is withdrawn, followed through every copy: what is shown, counted, shared, packed, printed, redacted and handed over."""
import contextlib
import json

import pytest

from sitereg import consent, errors, packages, scans, shares, sharing, sites, sources, succession
from tests import given
from tests.sitereg.redacting_desk import BOX, agreed, scan, waiting
from tests.sitereg.test_consent_uses import GIVEN, tasks
from tests.sitereg.test_leaving import ASKED
from tests.sitereg.test_packages import key as _key  # noqa: F401 (a fixture, used by all)
from tests.sitereg.test_packages import opened, pack  # noqa: F401 (a fixture)
from tests.sitereg.test_shares import gated, partners, shared  # noqa: F401 (a fixture)

pytestmark = pytest.mark.db
NAME = "Told by one witness (invented)"


@pytest.fixture
def copies(registry, tmp_path, pack, partners):  # noqa: F811
    """All that was made of what one witness told of one place, which nobody else told of."""
    witness = sources.new(registry, "testimony_survivor", {"en": "A survivor"}, reliability="B", reason="test", terms=GIVEN)
    document = scan(registry, tmp_path)
    _site, code, _ = given.site(registry, given.kind("mass_grave", document=str(document)), given.name(NAME), given.place(36.123456, 33.123456), source=witness)
    opened(registry, code), gated(registry, code)
    package, *_ = pack([code])
    share = shared(registry, [code])
    sharing.print_page(registry, code, **{**ASKED, "recipient": "A newspaper"})
    copy = agreed(registry, *waiting(registry, document, BOX))
    return {"witness": witness, "code": code, "document": document, "package": package, "share": share, "copy": copy}


def everywhere(registry, copies):
    """On which roads what the witness told is met now."""
    code, found = copies["code"], set()

    def look(road, ask):
        with contextlib.suppress(errors.NotFound):
            if code in json.dumps(ask(), default=str, ensure_ascii=False):
                found.add(road)

    for who in ("worker", "investigator1", "analyst1"):
        with registry.as_(who):
            look("page", lambda: sites.show(registry, code))
            look("list", lambda: sites.find(registry))
            look("search", lambda: sites.find(registry, q=NAME))
            look("frame", lambda: registry.rows("site_frame"))
    look("leaves", lambda: registry.rows("leaving_sites", face=1, filter=given.registry_json({})))
    look("print", lambda: [sharing.print_page(registry, code, **ASKED), code])
    with registry.as_("union"):
        look("share", lambda: shares.show(registry, copies["share"])["rows"])
    with registry.as_("investigator1"):
        look("document", lambda: [scans.page(registry, copies["document"]), code])
        look("copy", lambda: [scans.page(registry, copies["copy"]), code])
    with registry.as_("handler"):
        if any(row["source"] == copies["witness"] and row["allows"] for row in succession.answers(registry)):
            found.add("hand-over")
    if sites.count(registry, q=NAME):
        found.add("count")
    return found


def test_what_was_withdrawn_is_gone_on_every_road_and_everybody_who_has_a_copy_is_told(registry, copies):
    before = everywhere(registry, copies)
    assert before >= {"page", "list", "search", "frame", "leaves", "print", "share", "document", "copy", "hand-over", "count"}
    with registry.as_("handler"):
        consent.change(registry, copies["witness"], consent="withdrawn", why="asked for it")
    assert everywhere(registry, copies) == set()
    assert {one["recipient"] for one in tasks(registry, "tell_recipient")} >= {"A court", "The union", "A newspaper"}
    assert {(one["package"], one["what"]) for one in packages.notices.listed(registry)} >= {(copies["package"], "retracted"), (copies["share"], "retracted")}
    with registry.as_("union"):
        assert shares.show(registry, copies["share"])["notices"], "the door says that something was taken back"
    with registry.as_("handler"):
        consent.change(registry, copies["witness"], consent="given", why="they came back", permitted_uses=GIVEN["permitted_uses"])
    assert "page" in everywhere(registry, copies)
