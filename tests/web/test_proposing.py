"""Merge, split, publication and restriction on the web: shown before they bite, held by two persons, silent about what is hidden."""
import re

import pytest

from tests import given
from tests.web.reading import words
from tests.web.test_hidden import still

pytestmark = pytest.mark.db
RISKS = {f"risk_{name}": "none, it was asked" for name in ("site", "sources", "families", "staff")}


def waiting(house, machine):
    return house.rows("select o.id from reg.proposal o where o.machine = %s and not exists (select 1 from reg.proposal_end e where e.proposal = o.id)", machine)


@pytest.fixture
def pair(house):
    """Two new sites that say the same: {code, claims} of each."""
    made = []
    for key in ("one", "two"):
        with house.as_("worker") as opened:
            source = opened.call("new_source", type="un_report", label=given.Json({"en": "a report"}), reliability="B", reason="test",
                                 terms=given.Json(given.TERMS))
            subject, code, claims = given.site(opened, given.kind("mass_grave"), given.name(f"The pit {key}"), given.kind("prison_military"), source=source, key=key)
            made.append({"id": subject, "code": code, "claims": [str(one) for one in claims]})
    return made


def test_a_merge_is_looked_at_then_proposed_and_approved_by_another(house, pair):
    one, two = pair
    worker, at = house.visitor("worker"), f"/sites/{two['code']}/merge"
    assert at in worker.get(f"/sites/{two['code']}").text
    looked = worker.post(at, 200, into=one["code"], reason="one gate on both", act="look")
    assert f"All that was said of it goes to {one['code']}" in words(looked) and "one gate on both" in looked.text
    assert all(f'<h2><a href="/sites/{each["code"]}">' in looked.text for each in pair), "the two side by side"
    assert not waiting(house, "merge"), "nothing of what was looked at stays"
    assert not house.rows("select 1 from reg.audit_event where reason = 'one gate on both'"), "and nothing of it in the chain"
    worker.post(at, 303, into=one["code"], reason="one gate on both", act="propose")
    assert "one gate on both" in worker.get("/desk").text and two["code"] in worker.get(f"/sites/{two['code']}").text
    proposal = waiting(house, "merge")[0][0]
    worker.post(f"/proposals/{proposal}", 403, act="approve", reason="my own")
    house.visitor("verifier").post(f"/proposals/{proposal}", 303, act="approve", reason="seen too")
    assert worker.get(f"/sites/{two['code']}", 303).headers["Location"].endswith(one["code"])
    assert worker.get(at, 303).headers["Location"].endswith(f"{one['code']}/merge")


def test_a_hidden_site_is_merged_with_as_little_as_an_absent_one(house, pair):
    reader, at = house.visitor("investigator1"), f"/sites/{pair[0]['code']}/merge"
    told = [still(reader.post(at, 422, into=code, reason="why", act=act)) for code in (house.sites["secret"]["code"], "SYS-222222-2") for act in ("look", "propose")]
    assert len({(text, tuple(sorted(head.items()))) for text, head in told[::2]}) == 1
    assert len({(text, tuple(sorted(head.items()))) for text, head in told[1::2]}) == 1
    for tail in ("merge", "split", "tier"):
        hidden, absent = (still(reader.get(f"/sites/{code}/{tail}", 404)) for code in (house.sites["secret"]["code"], "SYS-222222-2"))
        assert hidden == absent
        house.visitor("viewer").get(f"/sites/{pair[0]['code']}/{tail}", 403)
    for form in ("merge", "split", "disclose", "disclose-place", "restrict", "lift"):
        house.visitor("viewer").post(f"/sites/{pair[0]['code']}/{form}", 403, reason="x", act="propose")


def test_a_split_shows_which_accounts_go_where_to_both(house, pair):
    one = pair[0]
    worker, at = house.visitor("worker"), f"/sites/{one['code']}/split"
    grave, _name, prison = one["claims"]
    refused = worker.post(at, 409, part_1="The prison", reason="two places", act="look", **{f"to-{grave}": "1", f"to-{prison}": "1"})
    assert "At least one claim of a kind stays with the site." in refused.text and "The prison" in refused.text
    assert refused.text.count("selected") == 2, "where each was to go stands there still"
    sent = {"part_1": "The prison", "reason": "two places", f"to-{prison}": "1"}
    looked = worker.post(at, 200, act="look", **sent)
    assert "The prison" in words(looked) and "These accounts would leave the site" in words(looked) and not waiting(house, "split")
    worker.post(at, 303, act="propose", **sent)
    desk = words(house.visitor("verifier").get("/desk"))
    assert "These accounts would leave the site" in desk and "military prison" in desk.lower()
    assert "These accounts would leave the site" in words(house.visitor("verifier").get("/desk/review?machine=split"))
    house.visitor("verifier").post(f"/proposals/{waiting(house, 'split')[0][0]}", 303, act="approve", reason="yes")
    new = house.rows("select s.code from reg.decision d, jsonb_array_elements(d.value->'parts') x, reg.subject s"
                     " where d.machine = 'split' and d.subject = %s and s.id = (x->>'subject')::uuid", one["id"])[0][0]
    assert f'/sites/{new}/why/kind:prison_military' in worker.get(f"/sites/{new}").text
    assert "/why/kind:prison_military" not in worker.get(f"/sites/{one['code']}").text


def test_a_restriction_holds_at_once_and_is_lifted_by_two(house, pair):
    one = pair[0]
    worker, reader = house.visitor("worker"), house.visitor("investigator1")
    reader.get(f"/sites/{one['code']}")
    worker.post(f"/sites/{one['code']}/restrict", 422, tier="2", what="claims", reason="danger")
    worker.post(f"/sites/{one['code']}/restrict", 303, tier="2", what="site", reason="somebody is in danger")
    assert still(reader.get(f"/sites/{one['code']}", 404)) == still(reader.get("/sites/SYS-222222-2", 404))
    page = worker.get(f"/sites/{one['code']}/tier")
    assert "somebody is in danger" in page.text and "It is seen at tier 2 alone." in page.text
    held = re.search(r'name="decision" value="([^"]+)"', page.text)[1]
    worker.post(f"/sites/{pair[1]['code']}/lift", 422, decision=held, reason="of another site")
    worker.post(f"/sites/{one['code']}/lift", 303, decision=held, reason="they are safe")
    reader.get(f"/sites/{one['code']}", 404)
    house.visitor("releaser").post(f"/proposals/{waiting(house, 'tier')[0][0]}", 303, act="approve", reason="yes")
    reader.get(f"/sites/{one['code']}")


@pytest.mark.parametrize(("lang", "told"), [("en", "Every kind that is shown must be confirmed first."), ("ar", "كل نوع")])
def test_what_bars_a_publication_is_told_before_and_no_half_answer_is_taken(house, pair, lang, told):
    worker, at = house.visitor("worker", lang), f"/sites/{pair[0]['code']}"
    page = worker.get(f"{at}/tier")
    assert told in words(page) and 'id="disclose"' not in page.text
    refused = worker.post(f"{at}/disclose", 409, basis=pair[0]["claims"], publish="yes", recipient="public", reason="why", act="propose", **RISKS)
    assert told in words(refused)
    worker.post(f"{at}/disclose", 422, basis=pair[0]["claims"], recipient="public", reason="why", act="propose", **{**RISKS, "risk_staff": ""})


def test_the_exact_place_is_shown_to_more_by_two_and_looked_at_first(house):
    grave, worker = house.sites["grave"], house.visitor("worker")
    sent = {"from_tier": "1", "publish": "yes", "recipient": "shareable", "reason": "the ministry asks", **RISKS}
    at = f"/sites/{grave['code']}/disclose-place"
    worker.post(at, 409, act="look", **{**sent, "publish": ""})
    looked = worker.post(at, 200, act="look", **sent)
    assert "The exact place is shown from tier 1 on." in words(looked) and not waiting(house, "disclosure")
    worker.post(at, 303, act="propose", **sent)
    assert "33.54" not in house.visitor("investigator1").get(f"/sites/{grave['code']}").text
    proposal = waiting(house, "disclosure")[0][0]
    house.visitor("verifier").post(f"/proposals/{proposal}", 409, act="approve", reason="not mine to give")
    review = words(house.visitor("releaser").get("/desk/review?machine=disclosure"))
    assert "The exact place is shown from tier 1 on." in review and "none, it was asked" in review, "risks are read before several are answered"
    house.visitor("releaser").post(f"/proposals/{proposal}", 303, act="approve", reason="yes")
    assert "33.54322" in house.visitor("investigator1").get(f"/sites/{grave['code']}").text
