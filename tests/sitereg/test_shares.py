"""What a partner is shown at his door: what was decided for him and nothing else, as long as it holds, in the next transaction no more."""
import contextlib
from datetime import timedelta

import pytest

from sitereg import claims, consent, errors, gates, packages, shares
from sitereg.store import people
from tests import given
from tests.sitereg.cases import read_log
from tests.sitereg.deciding import put
from tests.sitereg.test_packages import RISK, YES, later

pytestmark = pytest.mark.db
SPOT = (36.123456, 33.123456)


@pytest.fixture
def partners(registry):
    with registry.dba() as raw:
        for name in ("union", "other"):
            people.clearance(raw, people.account(raw, name, display=name.title()), tier=0, roles=["partner"], reason="test")


@pytest.fixture
def grave(registry):
    return given.site(registry, given.kind("mass_grave"), given.name("North field"), given.place(*SPOT), exact_tier=2)


def gated(registry, code, precision="cell_10km", **more):
    made = gates.propose(registry, code, **{"recipient": "The union", "precision": precision, "answers": YES, "reason": "their families", "until": later(registry), **more})
    with registry.as_("releaser"):
        gates.settle(registry, made["gate"], "agreed", why="looked at")
    return made["gate"]


def ask(registry, codes, **more):
    return packages.share(registry, **{"recipient": "The union", "account": "union", "purpose": "their search", "risk": RISK, "codes": codes, "fields": packages.FIELDS,
                                       "expires_on": later(registry), **more})


def shared(registry, codes, **more):
    made = ask(registry, codes, **more)
    with registry.as_("releaser"):
        assert packages.settle(registry, made, agrees=True, why="looked at") == "made"
    return made


def seen(registry, share, who="union"):
    with registry.as_(who):
        return shares.show(registry, share)


def test_he_sees_his_sites_and_fields_as_coarse_as_the_gate_and_another_partner_nothing(registry, partners, grave):
    given.site(registry, given.kind("mass_grave"), given.name("Elsewhere"), given.place(36.13, 33.13))
    gated(registry, grave[1])
    share = shared(registry, [grave[1]], fields=["kinds", "place"])
    one = seen(registry, share)
    assert [(row["code"], row["kinds"], row["shown_as"]) for row in one["rows"]] == [(grave[1], "mass_grave", "cell_10km")]
    assert not {"name_en", "verification", "protection"} & set(one["rows"][0]) and one["rows"][0]["geometry"]["type"] == "Polygon"
    drawn = shares.drawing(one["rows"], "en")
    assert drawn.count('fill-opacity="0.14"') == 1 and "http" not in drawn
    with registry.as_("other"):
        assert shares.mine(registry) == []
    with pytest.raises(errors.NotFound):
        seen(registry, share, "other")
    with registry.as_("worker"), pytest.raises(errors.Denied):
        shares.show(registry, share)
    assert len(read_log(registry, "door_share")) == 1


def test_two_persons_a_gate_and_a_partner_are_needed(registry, partners, grave):
    with pytest.raises(errors.Refused) as refused:
        ask(registry, [grave[1]])
    assert refused.value.guard == "gate"
    gated(registry, grave[1])
    for account in ("worker", "nobody", ""):
        with pytest.raises(errors.BadInput):
            ask(registry, [grave[1]], account=account)
    share = ask(registry, [grave[1]])
    with registry.as_("union"):
        assert shares.mine(registry) == []
    with pytest.raises(errors.Denied):
        packages.settle(registry, share, agrees=True, why="mine")
    with registry.as_("releaser"):
        own = ask(registry, [grave[1]])
        with pytest.raises(errors.Refused) as refused:
            packages.settle(registry, own, agrees=True, why="mine")
        assert refused.value.guard == "four_eyes"
        packages.settle(registry, share, agrees=False, why="no")
    with pytest.raises(errors.NotFound):
        seen(registry, share)


def test_each_end_is_seen_in_the_next_read_with_a_notice(registry, partners, grave):
    ends = {
        "gate": lambda gate, _share: gates.settle(registry, gate, "ended", why="they lost a laptop"),
        "withdraw": lambda _gate, share: packages.withdraw(registry, share, why="over"),
        "claim": lambda _gate, _share: claims.end(registry, grave[2][0], why="a mistake"),
        "consent": lambda _gate, _share: consent.record(registry, {"partners": "no"}, version="1", how="written", on=registry.value("today"), why="asked",
                                                        source=given.source_of(registry, "B")),
    }
    for name, end in ends.items():
        with contextlib.suppress(StopIteration), registry.savepoint():
            share = shared(registry, [grave[1]], fields=["kinds"]) if (gate := gated(registry, grave[1])) else None
            assert seen(registry, share)["rows"][0]["kinds"] == "mass_grave" and seen(registry, share)["notices"] == []
            end(gate, share)
            now = seen(registry, share)
            assert not any(row.get("kinds") for row in now["rows"]), name
            assert [one["what"] for one in now["notices"]] == [{"gate": "restricted", "withdraw": "ended"}.get(name, "retracted")], name
            assert "laptop" not in str(now) and "mistake" not in str(now)
            assert (now["state"], shares_of(registry)) == (("ended", ["ended"]) if name == "withdraw" else ("open", ["open"]))
            raise StopIteration


def shares_of(registry):
    with registry.as_("union"):
        return [one["state"] for one in shares.mine(registry)]


def test_it_is_over_with_its_day_and_falls_with_protection(registry, partners, grave):
    put(registry, grave[0], "protection", "protected")
    gated(registry, grave[1], precision="exact")
    share = shared(registry, [grave[1]])
    assert seen(registry, share)["rows"][0]["shown_as"] == "exact" and seen(registry, share)["rows"][0]["name_en"] == "North field"
    put(registry, grave[0], "protection", "unprotected")
    fallen = seen(registry, share)["rows"][0]
    assert fallen["shown_as"] == "cell_10km" and "name_en" not in fallen
    with registry.dba() as raw:
        raw.execute("insert into reg.setting(name, value) values ('today', to_jsonb(%s::text))", [str(registry.value("today") + timedelta(40))])
    registry.become(registry.actor.account)
    over = seen(registry, share)
    assert (over["state"], over["rows"], shares_of(registry)) == ("over", [], ["over"])


def test_what_is_told_of_a_site_after_it_was_shared_is_taken_back_with_a_notice_too(registry, partners, grave):
    gated(registry, grave[1])
    share = shared(registry, [grave[1]])
    later_on = given.say(registry, grave[0], given.kind("court"))[0]
    assert seen(registry, share)["rows"][0]["kinds"] == "court,mass_grave"
    claims.end(registry, later_on, why="a mistake")
    assert (seen(registry, share)["rows"][0]["kinds"], [one["what"] for one in seen(registry, share)["notices"]]) == ("mass_grave", ["retracted"])
