"""Filters of the list: what is left out and how far around an area, as chips with counts, the same in list, tiles and kept views."""
import re

import pytest

from tests.web.test_leaving import FORM

pytestmark = pytest.mark.db


def asked(house, who, lang="en", **form):
    """(the page of the list, its address) after the filters were sent as the form sends them."""
    visitor = house.visitor(who, lang)
    address = visitor.post("/sites", **form).headers["Location"]
    return visitor.get(address).text, address


def total(text):
    return int(re.search(r'id="total"[^>]*>(\d+)', text).group(1))


def chips(text):
    """{value: (whether it leaves out, count)} of the filters in force."""
    found = re.search(r'<ul class="filter-chips".*?</ul>', text, re.S).group(0)
    return {one.group(1): ("not:" in one.group(0), int(count.group(1))) for one in re.finditer(r'<li>.*?data-value="([^"]*)".*?</li>', found, re.S)
            if (count := re.search(r'class="num"[^>]*>(\d+)', one.group(0)))}


def groups(text):
    """{group: how many of it the form would leave}."""
    return {code: int(n) for code, n in re.findall(r'name="group" value="(\w+)".*?class="num"[^>]*>(\d+)', text, re.S)}


def test_what_is_left_out_is_a_chip_that_says_how_many_it_takes_away(house):
    whole = house.visitor("worker").get("/sites").text
    there = {code: n for code, n in groups(whole).items() if n}
    code = next(iter(there))
    text, address = asked(house, "worker", **{"not": f"group:{code}"})
    assert chips(text) == {"-" + code: (True, there[code])} and total(text) == total(whole) - there[code]
    assert groups(text)[code] == 0 and f'name="group" value="-{code}"' in text and f'value="group:{code}"' not in text
    assert "group" not in address, "no address tells what is asked"
    kinds = re.compile(r'<option value="kind:\w+">[^<]*\(\d+\)</option>')
    assert kinds.findall(text) == kinds.findall(whole) != [], "what could be left out besides is offered as if nothing were"
    visitor = house.visitor("worker")
    off = re.search(rf'href="([^"]*)" data-name="group" data-value="-{code}"', text).group(1)
    assert total(visitor.get(off).text) == total(whole)


def test_each_that_is_left_out_counts_by_itself(house):
    whole = groups(house.visitor("worker").get("/sites").text)
    one, other = [code for code, n in whole.items() if n][:2]
    text, _ = asked(house, "worker", group=f"-{one}", **{"not": f"group:{other}"})
    assert chips(text) == {"-" + one: (True, whole[one]), "-" + other: (True, whole[other])}


def test_what_is_left_out_counts_what_one_sees_oneself(house):
    found, _ = asked(house, "worker", q="Hidden Hollow")
    code = next(code for code, n in groups(found).items() if n)
    for who, count in (("worker", 1), ("investigator1", 0)):
        text, _ = asked(house, who, q="Hidden Hollow", **{"not": f"group:{code}"})
        assert chips(text) == {"-" + code: (True, count)} and total(text) == 0


@pytest.mark.parametrize("form", [{"not": "nonsense:x"}, {"not": "group:nonsense"}, {"group": "--burial"}, {"governorate": "-Damascus"},
                                  {"area": "33, 36; 34, 37", "around": "far"}, {"area": "33, 36; 34, 37", "around": "0"},
                                  {"area": "33, 36; 34, 37", "around": "501"}, {"area": "33, 36; 34, 37", "around": "nan"}])
def test_what_cannot_be_asked_is_refused(house, form):
    visitor = house.visitor("worker")
    assert visitor.client.post("/sites", data={"csrf_token": visitor.token(), **form}).status_code == 422


@pytest.mark.parametrize("typed", ["60", "٦٠", "60,0"])
def test_a_distance_around_an_area_finds_more_and_is_a_chip_of_its_own(house, typed):
    area = "20.0, 20.0; 20.1, 20.1"
    alone, _ = asked(house, "worker", area=area)
    far, _ = asked(house, "worker", area=area, around="500")
    text, address = asked(house, "worker", area=area, around=typed)
    assert 'data-name="around"' in text and "60" in re.search(r'data-name="around".*?</li>', text, re.S).group(0)
    assert total(alone) == total(text) == total(far) == 0 and "around=" not in address
    nothing, _ = asked(house, "worker", around=typed)
    assert 'data-name="around"' not in nothing and total(nothing) > 0, "without an area a distance asks nothing"


@pytest.mark.parametrize("form", [{"group": "-burial"}, {"area": "33, 36; 34, 37", "around": "5"}])
def test_a_file_that_leaves_asks_to_take_off_what_it_cannot_leave_out(house, form):
    text, _ = asked(house, "worker", **form)
    answer = house.visitor("worker").client.post("/export", data={
        "csrf_token": house.visitor("worker").token(), **FORM, "recipient": "commission", "format": "csv"},
        query_string=re.search(r'href="/export\?([^"]*)"', text).group(1).replace("&amp;", "&"))
    assert answer.status_code == 422 and "filtered by group, kind, level, governorate and area alone" in answer.text


def test_it_is_said_in_arabic(house):
    text, _ = asked(house, "worker", "ar", **{"not": "group:burial"})
    assert "ليس:" in text and "استبعاد" in text
