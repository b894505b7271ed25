"""Inquiries in the web: opened, given, closed; overdue on the desk of whoever has them; hidden ones absent."""
from datetime import date, timedelta

import pytest

from tests.web.test_hidden import still

pytestmark = pytest.mark.db
SOON = (date.today() + timedelta(days=30)).isoformat()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_an_inquiry_is_opened_carried_on_and_closed(house, lang):
    worker = house.visitor("worker", lang)
    at = worker.post("/inquiries/new", 303, about=house.sites["prison"]["code"], question="Who has the key?", due=SOON, owner="", task="").headers["Location"]
    assert "Who has the key?" in worker.get("/desk").text and "Who has the key?" in worker.get("/inquiries").text
    worker.post(f"{at}/steps", 303, kind="step", step="Wrote to the clerk", result="no_answer", seen="0", done_on="")
    worker.post(f"{at}/steps", 409, kind="step", step="Overtaken words", result="pending", seen="0")
    worker.post(f"{at}/steps", 303, kind="reassigned", step="on leave", owner="investigator1", seen="1", due="")
    assert "Who has the key?" not in worker.get("/desk").text
    other = house.visitor("investigator1", lang)
    assert "Who has the key?" in other.get("/desk").text
    other.post(f"{at}/steps", 303, kind="closed", step="The mukhtar has it", result="answered", seen="2")
    page = other.get(at).text
    assert all(one in page for one in ("Wrote to the clerk", "on leave", "The mukhtar has it")) and at in other.get("/inquiries?which=closed").text
    assert "kept words" in other.post(f"{at}/steps", 409, kind="step", step="kept words", result="pending").text


def test_a_hidden_inquiry_is_absent(house):
    at = house.visitor("worker").post("/inquiries/new", 303, about=house.sites["secret"]["code"], question="Hidden question", due=SOON).headers["Location"]
    reader, absent = house.visitor("investigator1"), "/inquiries/00000000-0000-7000-8000-000000000000"
    assert still(reader.get(at, 404)) == still(reader.get(absent, 404))
    form = {"kind": "step", "step": "x", "result": "pending"}
    assert still(reader.post(f"{at}/steps", 404, **form)) == still(reader.post(f"{absent}/steps", 404, **form))
    assert "Hidden question" not in reader.get("/inquiries?which=open").text
    refused = [still(reader.post("/inquiries/new", 422, about=code, question="x", due=SOON))[0].replace(code, "")
               for code in (house.sites["secret"]["code"], "SYS-222222-2")]
    assert refused[0] == refused[1]
