"""Views of the map: a question under a random key, sealed; opened with one's own rights by whoever may; gone when their time is over."""
import re

import pytest

from sitereg import errors, sites, views
from tests import given

pytestmark = pytest.mark.db
ASKED = {"q": "well", "kind": ["mass_grave"], "governorate": ["SY01"], "from": "2012", "to": ""}
QUESTION = {"asked": ASKED, "at": [36.123456, 33.543217], "zoom": 14}


def test_a_view_is_asked_again_as_it_was_kept(registry):
    key = views.keep(registry, QUESTION)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", key)
    view = views.show(registry, key)
    assert view["asked"] == {name: value for name, value in ASKED.items() if value} and (view["at"], view["zoom"]) == ([36.123456, 33.543217], 14)
    assert view["mine"] and view["name"] is None and views.listed(registry)[0]["expires_at"]
    assert views.filters(view["asked"]) == sites.asked({"q": "well", "kinds": ["mass_grave"], "adm1": ["SY01"], "from_": views.date(2012, 1, 1)})


def test_the_database_holds_neither_words_nor_places(registry):
    views.keep(registry, QUESTION)
    with registry.dba() as raw:
        held = str(raw.execute("select to_jsonb(k), encode(k.cipher, 'escape') from reg.map_view k").fetchall())
    assert "well" not in held and "36.1" not in held and "mass_grave" not in held


def test_a_colleague_opens_it_with_his_own_rights(registry):
    for n, tier in enumerate((1, 1, 2)):
        given.site(registry, given.kind("mass_grave"), given.name("Well"), tier=tier, key=str(n))
    key = views.keep(registry, {"asked": {"kind": ["mass_grave"]}}, at_least=1)
    found = {}
    for who in ("worker", "analyst1"):
        with registry.as_(who):
            view = views.show(registry, key)
            found[who] = (view["mine"], sites.count(registry, **views.filters(view["asked"])))
    assert found == {"worker": (True, 3), "analyst1": (False, 2)}


@pytest.mark.parametrize(("at_least", "opens"), [(None, {"officer"}), (2, {"officer"}), (1, {"officer", "analyst1"}), (0, {"officer", "analyst1", "viewer"})])
def test_from_a_tier_on_it_is_opened_and_listed_and_below_it_there_is_none(registry, at_least, opens):
    key = views.keep(registry, QUESTION, name="Wells of the south", shared=True, at_least=at_least)
    opened, listed = set(), set()
    for who in ("officer", "analyst1", "viewer"):
        with registry.as_(who):
            listed |= {who} if key in {row["key"] for row in views.listed(registry)} else set()
            try:
                opened |= {who} if views.show(registry, key) else set()
            except errors.NotFound:
                pass
    assert opened == listed == opens


def test_a_view_that_is_not_shared_is_in_nobodys_list_and_its_key_opens_it(registry):
    key = views.keep(registry, QUESTION, name="Mine")
    with registry.as_("officer"):
        assert views.listed(registry) == [] and views.show(registry, key)["by"] == "Worker"
        for act in (lambda: views.change(registry, key, name="Taken"), lambda: views.drop(registry, key)):
            with pytest.raises(errors.NotFound):
                act()
    assert views.show(registry, key)["name"] == "Mine"


def test_a_partner_keeps_views_for_himself_alone(registry):
    shared = views.keep(registry, QUESTION, name="Of the house", shared=True, at_least=0)
    with registry.dba() as raw:
        raw.execute("update reg.clearance set roles = '{partner}' where account = (select id from reg.account where name = 'viewer')")
    with registry.as_("viewer"):
        own = views.keep(registry, {"asked": {}}, name="Own")
        assert [row["key"] for row in views.listed(registry)] == [own] and views.show(registry, own)
        with pytest.raises(errors.NotFound):
            views.show(registry, shared)
        with pytest.raises(errors.BadInput, match="for himself"):
            views.change(registry, own, name="Own", shared=True)


def test_row_security_shows_what_the_list_shows(registry):
    views.keep(registry, QUESTION, name="Private")
    views.keep(registry, QUESTION, name="Shared", shared=True, at_least=1)
    seen = {}
    for who in ("worker", "officer", "analyst1", "viewer"):
        with registry.as_(who):
            mine = len(views.listed(registry))
            with registry.dba() as raw, raw.transaction(force_rollback=True):
                raw.execute("set local role sr_policed")
                seen[who] = (raw.execute("select count(*) from reg.map_view").fetchone()[0], mine)
    assert seen == {"worker": (2, 2), "officer": (1, 1), "analyst1": (1, 1), "viewer": (0, 0)}


def test_renaming_sharing_and_dropping(registry):
    key = views.keep(registry, QUESTION)
    views.change(registry, key, name="  Wells ", shared=True)
    row, = views.listed(registry)
    assert (row["name"], row["shared"], row["at_least"], row["expires_at"]) == ("Wells", True, 2, None)
    views.change(registry, key, name="Wells")
    assert not views.listed(registry)[0]["shared"]
    views.drop(registry, key)
    with pytest.raises(errors.NotFound):
        views.show(registry, key)


def test_without_a_name_it_is_over_after_ninety_days(registry):
    short, long = views.keep(registry, QUESTION), views.keep(registry, QUESTION, name="Stays")
    with registry.dba() as raw:
        raw.execute("update reg.map_view set expires_at = now() - interval '1 second' where expires_at is not null")
        assert [row["key"] for row in views.listed(registry)] == [long]
        with pytest.raises(errors.NotFound):
            views.show(registry, short)
        assert raw.execute("select api.keeper_drop_views()").fetchone()[0] == 1
    assert views.show(registry, long)


@pytest.mark.parametrize(("question", "more", "told"), [
    ({"asked": {"bbox": [1]}}, {}, "no such thing"), ({"near": 1}, {}, "no such thing"), ({"at": [400, 33], "zoom": 9}, {}, "lies on the earth"),
    ({"at": [36, "x"], "zoom": 9}, {}, "no number"), ({"at": [36, 33], "zoom": float("nan")}, {}, "no number"), ({"at": [36, 33], "zoom": 99}, {}, "lies on the earth"),
    ({}, {"name": "x" * 101}, "100 letters"), ({}, {"shared": True}, "by its name"), ({}, {"at_least": 3}, "a tier on"), ({}, {"at_least": -1}, "a tier on")])
def test_what_cannot_be_kept_is_said(registry, question, more, told):
    with pytest.raises(errors.BadInput, match=told):
        views.keep(registry, question, **more)
    with registry.as_("viewer"), pytest.raises(errors.BadInput, match="a tier on"):
        views.keep(registry, {}, at_least=1)
