"""Consent use by use in the web, in both languages: who decides is said, a no ends the use, what it led to is listed."""
from uuid import uuid4

import pytest

from sitereg import sharing, sources
from tests import given

pytestmark = pytest.mark.db
LANGS = pytest.mark.parametrize("lang", ["en", "ar"])
USES = ("search", "linking", "partners", "authorities", "statistics", "hand_over", "recontact")
FORM = {**{f"use_{one}": "not_asked" for one in USES}, "version": "leaflet 3", "how": "oral", "before": "the field team", "on_day": "2026-11-01", "why": "asked"}


@LANGS
def test_a_no_to_one_use_is_recorded_and_said(house, lang):
    worker, who = house.visitor("worker", lang), f"commission {uuid4()}"
    with house.as_("worker") as opened:
        source = sources.new(opened, "ngo_report", {"en": f"A list {uuid4()}"}, reliability="B", reason="x", terms=given.TERMS)
        site, _, _ = given.site(opened, given.kind("court"), given.place(36.5, 33.5), source=source)
        sharing.disclose(opened, recipient=who, purpose="the search", format="csv", precision="1 km", face=1, rows=1, sha256=b"x" * 32, subjects=[site])
    at = f"/sources/{source}/uses"
    assert at in worker.get(f"/sources/{source}/consent").text
    page = worker.get(at).text
    assert who in page and {"en": "not asked: as the terms said", "ar": "لم يُسألوا: كما قالت الشروط"}[lang] in page
    worker.post(at, 422, **{**FORM, "use_partners": "no", "before": ""})
    worker.post(at, 422, **FORM)
    worker.post(at, 303, **{**FORM, "use_partners": "no"})
    page = worker.get(at).text
    assert {"en": "not permitted", "ar": "غير مسموح"}[lang] in page and "leaflet 3" in page and "the field team" in page
    assert {"en": "1 recipient is still to be told", "ar": "متسلم واحد لم يُبلَّغ بعد"}[lang] in page
    worker.post(at, 422, **FORM)  # what was answered does not become never asked
    partner = house.rows("select partner from reg.source where id = %s", source)[0][0]
    handler = house.visitor("handler", lang)
    assert f"/partners/{partner}/uses" in handler.get(at).text and handler.get(f"/partners/{partner}/uses").status_code == 200
    handler.post(f"/partners/{partner}/uses", 303, **{**FORM, "use_recontact": "yes"})
    house.visitor("verifier", lang).get(f"/partners/{partner}/uses", 403)
    house.visitor("releaser", lang).get(at, 403), worker.get(f"/sources/{uuid4()}/uses", 404), handler.get(f"/partners/{uuid4()}/uses", 404)
