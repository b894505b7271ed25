"""A dossier for an authority: what may leave and nothing more, in both languages, logged with the hash of the file."""
import hashlib

import pypdfium2
import pytest

from sitereg import papers
from tests import given

pytestmark = pytest.mark.db
RISKS = {f"risk_{name}": "none: it was in the press" for name in ("site", "sources", "families", "staff")}
ASKED = {"recipient": "محافظة ريف دمشق", "purpose": "protection", "kinds": ["perimeter_fence", "guard"], "asked": "سياج قبل الشتاء", **RISKS}


@pytest.fixture(scope="module")
def place(house):
    """A suspected grave, exact from tier 2 on, with facts that were said and graded: its code."""
    with house.as_("worker") as opened:
        source = house.rows("select id from reg.source where label->>'en' = 'source B'")[0][0]
        made = given.site(opened, given.kind("mass_grave"), given.name("Bitter Spring"), given.name("النبع المر", "ar"),
                          given.place(36.234567, 33.456789, 20), {"predicate": "remains_state", "value": {"code": "in_place"}},
                          {"predicate": "count", "value": {"definition": "bodies_reported", "min": 12, "max": 40}},
                          {"predicate": "external_id", "value": {"scheme": "partner", "value": "X-77-secret"}},
                          source=source, exact_tier=2)
    return made[1]


def words(data):
    """All text of a PDF, and how many pages it has."""
    made = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in made), len(made)


def test_a_dossier_tells_what_may_leave_with_grades_and_what_is_asked_and_is_logged_by_its_hash(house, place):
    answer = house.visitor("officer").post(f"/sites/{place}/dossier", 200, language="en", **ASKED)
    assert answer.mimetype == "application/pdf" and place not in answer.headers["Content-Disposition"]
    told, pages = words(answer.data)
    assert pages <= 3
    for said in ("Bitter Spring", place, "TLP:AMBER", "UNVERIFIED", "1 km cell", "12-40", "usually reliable", "What is asked of you", "in place"):
        assert said in told, said
    assert "36.23" not in told and "33.45" not in told and "X-77" not in told and "source B" not in told
    log = house.rows("select detail from reg.read_log where action = 'dossier' order by id desc limit 1")[0][0]
    assert log["sha256"] == hashlib.sha256(answer.data).hexdigest()
    left = house.rows("select recipient, format, face, filter from reg.disclosure order by recorded_at desc limit 1")[0]
    assert left[:3] == (ASKED["recipient"], "print", 1)
    assert left[3]["asks"] == {"measures": ASKED["kinds"], "words": ASKED["asked"]}


def test_measures_in_force_are_told_with_order_and_area_only_where_the_exact_place_may_leave(house, place):
    from sitereg import protection

    square = "POLYGON((36.7 33.7, 36.701 33.7, 36.701 33.701, 36.7 33.701, 36.7 33.7))"
    shown = house.sites["hostile"]
    for code, subject in ((shown["code"], shown["id"]), (place, house.rows("select id from reg.subject where code = %s", place)[0][0])):
        with house.as_("officer") as opened:
            import shapely

            protection.record_measure(opened, subject, "perimeter_fence", state="active", issuer="The governorate",
                                      legal_basis="Order 12", area=shapely.from_wkt(square), area_within_m=5, note="our man there", reason="fenced")
            protection.record_measure(opened, subject, "guard", state="planned", reason="asked for")
        told, _pages = words(house.visitor("officer").post(f"/sites/{code}/dossier", 200, language="en", **{**ASKED, "kinds": []}).data)
        assert "Measures in force" in told and "our man there" not in told and "guard" not in told.lower().replace("guarded", "")
        assert ("The governorate" in told, "Order 12" in told, "1.03 ha" in told) == ((True,) * 3 if code == shown["code"] else (False,) * 3)


def test_the_same_in_arabic_whatever_the_page_speaks_names_the_fonts_of_the_house(house, place):
    answer = house.visitor("officer").post(f"/sites/{place}/dossier", 200, language="ar", **ASKED)
    told, _pages = words(answer.data)
    assert "What is asked of you" not in told and "TLP:AMBER" in told
    assert "محافظة ريف دمشق" in told and "سياج قبل الشتاء" in told  # in order; that they are joined is seen on the page
    fonts = {one.get_font().get_base_name().partition("+")[2].replace("-", " ") for page in pypdfium2.PdfDocument(answer.data)
             for one in page.get_objects() if hasattr(one, "get_font")}
    assert "IBM Plex Sans Arabic" in fonts and all(one.startswith("IBM Plex") for one in fonts)


def test_a_page_set_on_paper_fetches_nothing_but_fonts_of_the_house(tmp_path):
    (tmp_path / "secret.woff2").write_bytes(b"words")
    asked = "".join(f'<img src="{one}">' for one in ("http://elsewhere.invalid/x.png", "file:///etc/hostname", "font:../secret.woff2", "x.png"))
    assert papers.pdf(f"<p>Words</p>{asked}", fonts=tmp_path).startswith(b"%PDF")
    assert words(papers.pdf(f"<p>Words</p>{asked}", fonts=tmp_path))[0].strip() == "Words"


def test_without_recipient_or_risk_nothing_is_made_and_what_is_confidential_does_not_leave(house, place):
    officer = house.visitor("officer")
    before = house.rows("select count(*) from reg.disclosure")
    page = officer.post(f"/sites/{place}/dossier", 422, language="en", **{**ASKED, "recipient": "", "risk_site": ""}).text
    assert page.count("field-wrong") == 2 and "سياج قبل الشتاء" in page
    secret = officer.post(f"/sites/{house.sites['secret']['code']}/dossier", 409, language="en", **ASKED).text
    assert "What is confidential or of a compartment is not printed to leave" in secret
    assert house.rows("select count(*) from reg.disclosure") == before
    house.visitor("viewer").get(f"/sites/{place}/dossier", 403)
