"""What would settle a site, a past day, the line of time, saying more: on its page and on the desk, in both languages."""
import re
from datetime import date, timedelta

import pytest

from tests.web.reading import words
from tests.web.test_hidden import still
from web.views import settling

pytestmark = pytest.mark.db
SOURCE = {"source_label": "a shepherd", "source_type": "testimony_resident", "connection": "eyewitness", "hand": "yes", "reliability": "C",
          "credibility": "2", "partner": "Field office", "terms": "as agreed", "uses": "search_for_missing", "consent": "given"}


@pytest.fixture(scope="module")
def suspected(house):
    """The grave of the registry, which is suspected as it was recorded."""
    return house.sites["grave"]


@pytest.mark.parametrize(("lang", "told", "asks"), [
    ("en", "independent origins: 1 of 2", "Ask for this"), ("ar", "أصول مستقلة: 1 من 2", "اسأل عن هذا")])
def test_the_page_says_what_is_lacking_and_one_click_asks_for_it(house, suspected, lang, told, asks):
    reader = house.visitor("investigator1", lang)
    page = reader.get(f"/sites/{suspected['code']}")
    assert told in words(page) and asks in words(page)
    question = re.search(r'name="question" value="([^"]*)"', page.text)[1].replace("&#34;", '"').replace("&#39;", "'")
    due = re.search(r'name="due" value="([^"]*)"', page.text)[1]
    at = reader.post("/inquiries/new", 303, about=suspected["code"], question=question, due=due).headers["Location"]
    assert told in words(reader.get(at))
    assert at in reader.get(f"/sites/{suspected['code']}").text, "what is asked already leads to its inquiry"
    assert asks not in words(house.visitor("viewer", lang).get("/settle"))


def test_a_level_is_proposed_from_the_page_with_its_basis_and_a_refusal_keeps_what_was_typed(house, suspected):
    worker, code = house.visitor("worker"), suspected["code"]
    at = f"/sites/{code}/propose/mass_grave:probable"
    refused = worker.post(at, 409, reason="kept words of mine", basis=str(suspected["claims"][0]))
    assert "kept words of mine" in refused.text and "two independent origins" in refused.text and " checked" in refused.text
    with house.as_("worker") as opened:
        from tests import given

        more = given.say(opened, suspected["id"], given.kind("mass_grave"), source=_other_type(opened))
    assert "/propose/mass_grave:probable" in worker.get(f"/sites/{code}").text, "ready: the page leads to the form"
    worker.post(at, 303, reason="two of them agree", basis=[str(suspected["claims"][0]), str(more[0])])
    assert "probable" in words(worker.get(f"/sites/{code}"))
    gone = worker.post(at, 409, reason="too late", basis=str(more[0]), seen="1")
    assert "too late" in gone.text, "a step that somebody took meanwhile keeps what was typed"
    worker.get(at, 404)


def _other_type(opened):
    from tests import given

    return opened.call("new_source", type="un_report", label=given.Json({"en": "a report"}), reliability="B", reason="test",
                       terms=given.Json(given.TERMS))


def test_the_list_on_the_desk_is_narrowed_and_hides_what_is_hidden(house, suspected):
    reader = house.visitor("investigator1")
    assert "/settle" in reader.get("/desk").text
    page = reader.get("/settle")
    assert house.sites["secret"]["code"] not in page.text and house.sites["twin"]["code"] in page.text
    assert house.sites["twin"]["code"] not in reader.get("/settle?kind=court").text
    reader.get("/settle?kind=castle", 422)
    assert house.sites["twin"]["code"] in house.visitor("investigator1", "ar").get("/settle?kind=mass_grave").text


def judged(page):
    """The kinds of sites on a page, in their order."""
    return re.findall(r'<article class="proposal">.*?href="/sites/(SYS-[^"#]+)#settle".*?<b>([^:<]+):', page.text, re.DOTALL)


def walked(reader, at):
    """Every page from there on, by its link to the next."""
    pages = []
    while at:
        pages.append(reader.get(at))
        found = re.search(r'rel="next" href="([^"]+)"', pages[-1].text)
        at = found and found[1].replace("&amp;", "&")
    return pages


def test_the_list_has_pages_on_which_each_stands_once(house, suspected, monkeypatch):
    """What fits is walked page by page, there and back; the filters go along; what lies past the end leads to the beginning."""
    reader = house.visitor("investigator1")
    monkeypatch.setattr(settling, "PAGE", 60)  # as many as are ever judged at once
    every = [one for page in walked(reader, "/settle") for one in judged(page)]
    assert len(every) == len(set(every)) > 4
    monkeypatch.setattr(settling, "PAGE", 2)
    pages, told = walked(reader, "/settle"), []
    for page in pages:
        told += judged(page)
        assert f"{len(told) - len(judged(page)) + 1} to {len(told)} of {len(every)} that fit" in words(page)
    assert sorted(told) == sorted(every) and len(pages) == -(-len(every) // 2)
    assert 'rel="prev"' not in pages[0].text and judged(reader.get(re.search(r'rel="prev" href="([^"]+)"', pages[1].text)[1])) == judged(pages[0])
    assert judged(reader.get("/settle?skip=-5")) == judged(pages[0])
    monkeypatch.setattr(settling, "PAGE", 1)
    graves = reader.get("/settle?kind=mass_grave")
    assert "kind=mass_grave" in re.search(r'rel="next" href="([^"]+)"', graves.text)[1]
    past = reader.get("/settle?kind=mass_grave&skip=5000")
    assert judged(past) == [] and "that fit" not in past.text and "None here" in past.text and 'rel="next"' not in past.text
    assert judged(reader.get(re.search(r'rel="prev" href="([^"]+)"', past.text)[1].replace("&amp;", "&"))) == judged(graves)


@pytest.mark.parametrize(("lang", "strip"), [("en", "A past state"), ("ar", "حالة سابقة")])
def test_a_past_day_is_said_to_be_one_and_nothing_is_done_there(house, suspected, lang, strip):
    house.rows("with off as (select set_config('session_replication_role', 'replica', false)) update reg.claim set recorded_at ="
               " recorded_at - interval '70 days' from off where subject = %s returning 1", suspected["id"])
    reader = house.visitor("worker", lang)
    day = (date.today() - timedelta(days=1)).isoformat()
    page = reader.get(f"/sites/{suspected['code']}/on?day={day}")
    assert strip in words(page) and "Dry Well" in page.text
    forms = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"|<form[^>]*action="([^"]+)"[^>]*method="post"', page.text)
    assert not [one for pair in forms for one in pair if suspected["code"] in one]
    with house.as_("worker") as opened:
        today = opened.value("today")  # in Damascus, where it is tomorrow before it is here
    assert reader.get(f"/sites/{suspected['code']}/on?day={today}", 422).text.count('aria-invalid="true"') == 1
    reader.get(f"/sites/{suspected['code']}/on?day=soon", 422)


def test_a_past_day_says_what_is_different_today(house, suspected):
    from tests import given

    with house.as_("worker") as opened:
        given.say(opened, suspected["id"], {"predicate": "remains_state", "value": {"code": "partly_removed"}}, source=_other_type(opened))
    reader, day = house.visitor("worker"), (date.today() - timedelta(days=1)).isoformat()
    page = reader.get(f"/sites/{suspected['code']}/on?day={day}").text
    rows = re.findall(r"<tr><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td></tr>", page[page.index('id="h-since"'):page.index('id="h-facts"')])
    told = {re.sub("<[^>]+>", "", what): tuple(re.sub("<[^>]+>", "", one) for one in pair) for what, *pair in rows}
    assert ("nothing", "removed in part") in told.values(), told
    assert not any(re.search(r"\d\d\.\d{3}|km", "".join(pair)) for pair in told.values()), "places are not compared"


def test_a_past_day_of_a_hidden_site_is_as_absent_as_none(house):
    reader, day = house.visitor("investigator1"), date.today() - timedelta(days=1)
    hidden, none = (still(reader.get(f"/sites/{code}/on?day={day}", 404)) for code in (house.sites["secret"]["code"], "SYS-222222-2"))
    assert hidden == none


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_line_of_time_has_what_is_said_above_and_decisions_below_with_a_table_behind(house, suspected, lang):
    page = house.visitor("worker", lang).get(f"/sites/{suspected['code']}").text
    chart = page[page.index('class="chart time"'):page.index("</svg>", page.index('class="chart time"'))]
    assert "time-decided" in chart and "time-axis" in chart
    assert ">a<" in page[page.index("</svg>", page.index('class="chart time"')):], "the decision has its letter in the table"


def test_something_more_is_said_question_after_question(house):
    worker, code = house.visitor("worker"), house.sites["prison"]["code"]
    assert f"/sites/{code}/say/building" in worker.get(f"/sites/{code}/say").text
    at = f"/sites/{code}/say/building"
    assert "as agreed" not in worker.get(at).text
    refused = worker.post(at, 422, **SOURCE | {"on": "the other day, maybe"}, quote="kept quote")
    assert "kept quote" in refused.text and "This is needed" in refused.text and "not read as a day" in refused.text
    worker.post(at, 303, **SOURCE | {"source_type": "ngo_report"}, code="school", on="summer 2013", quote="it was our school")
    why = worker.get(f"/sites/{code}/why/building")
    assert "school" in words(why) and "it was our school" in words(why) and "probably true" in words(why)
    worker.get(f"/sites/{code}/say/castle", 404)
    assert "Side by side" not in why.text
    worker.post(at, 303, **SOURCE | {"source_type": "un_report", "reliability": "B"}, code="factory", on="summer 2013")
    apart = words(worker.get(f"/sites/{code}/why/building"))
    assert "Side by side" in apart and apart.index("What is shown") < apart.index("What differs")


@pytest.mark.parametrize(("field", "typed", "shown"), [
    ("count", {"definition": "bodies_reported", "min": "20", "max": "٦٠"}, "20-60"),
    ("name", {"text": "Tall House", "lang": "en"}, "Tall House"), ("note", {"text": "the well is dry"}, "the well is dry")])
def test_each_way_of_saying_writes_its_claim(house, field, typed, shown):
    worker, code = house.visitor("worker"), house.sites["prison"]["code"]
    worker.get(f"/sites/{code}/say/{field}")
    worker.post(f"/sites/{code}/say/{field}", 303, **SOURCE, **typed)
    assert shown in words(worker.get(f"/sites/{code}/why/{field}"))


def test_a_place_is_read_and_offered_and_one_that_repeats_another_is_of_the_same_origin(house):
    worker, code = house.visitor("worker"), house.sites["nowhere"]["code"]
    at = f"/sites/{code}/say/place"
    assert "No place was read" in worker.post(at, 422, **SOURCE, where="behind the big tree").text
    either = worker.post(at, 422, **SOURCE, where="33.5138, 36.2765")
    assert "in more than one way" in either.text and "33.5138, 36.2765" in either.text
    pick = re.search(r'name="where_pick" value="(33[^"]+)"', either.text)[1]
    worker.post(at, 303, **SOURCE, where="33.5138, 36.2765", where_pick=pick)
    first = re.search(r'name="repeats".*?value="([0-9a-f-]{36})"', worker.get(at).text.replace("\n", ""))[1]
    worker.post(at, 303, **SOURCE, where="N33.5139, E36.2766", repeats=first)
    assert len(set(house.rows("select origin from reg.claim where predicate = 'place' and subject = %s", house.sites["nowhere"]["id"]))) == 1
