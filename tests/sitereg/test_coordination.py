"""Who works where, and who spoke with whom: answered without content, and alike whether there is something to hide or not."""
from base64 import b64decode
from datetime import date, timedelta

import pytest

from sitereg import contacts, coordination, errors, vault
from tests import given, vault_keys
from tests.sitereg.test_agreements import PARTNER, agree, sound, turn
from tests.sitereg.test_referrals import doors, handlers

pytestmark = pytest.mark.db
PERIOD = {"began": date.today(), "ended": date.today() + timedelta(30)}


@pytest.fixture(autouse=True)
def day(request):
    """The day stands still: in Damascus it may be another one than here."""
    if "registry" in request.fixturenames:
        turn(request.getfixturevalue("registry"), 0)


def place(registry, **more):
    """The code of a site that everybody of tier 1 sees."""
    return given.site(registry, given.kind("court"), given.place(36.4, 33.4), **more)[1]


def told(registry, code, who="investigator1"):
    with registry.as_(who):
        return registry.rows("work_at", code=code)


@pytest.mark.parametrize(("written", "ways"), [
    ("0933 111 222", ["tel:963933111222"]), ("+963 (933) 111-222", ["tel:963933111222"]), ("00963933111222", ["tel:963933111222"]), ("933111222", ["tel:963933111222"]),
    ("٠٩٣٣١١١٢٢٢ أو A.B@Example.ORG", ["tel:963933111222", "mail:a.b@example.org"]), ("+49 30 1234567", ["tel:49301234567"]), ("by the mill", []), ("", [])])
def test_a_contact_in_one_form_however_it_is_written(written, ways):
    assert contacts.ways(written) == ways


def test_somebody_and_names_and_no_content(registry):
    code = place(registry)
    assert told(registry, code) == []
    coordination.declare(registry, kind="exhumation", told="somebody", code=code, **PERIOD)
    assert told(registry, code) == [{"who": None}]
    coordination.declare(registry, kind="survey", told="named", code=code, agreement=agree(registry), **PERIOD)
    with registry.as_("investigator1"):
        assert coordination.at(registry, code) == {"somebody": True, "names": [PARTNER]}
    assert sound(registry)


def test_hidden_work_answers_like_none(registry):
    """The same rows for a site with work that is told to nobody, over, ended, or in a compartment, and for one without; the coordinator sees it."""
    plain, code = place(registry), place(registry)
    coordination.declare(registry, kind="exhumation", told="nobody", code=code, **PERIOD)
    over = coordination.declare(registry, kind="survey", told="somebody", code=code, **PERIOD)
    coordination.end(registry, over, why="done")
    coordination.declare(registry, kind="survey", told="somebody", code=code, began=date.today(), ended=date.today())
    turn(registry, 1)
    assert told(registry, code) == told(registry, plain) == []
    with registry.as_("steward1"):
        assert [row["kind"] for row in coordination.works(registry)] == ["exhumation"]
    with registry.as_("investigator1"):
        assert coordination.works(registry) == []


def test_a_secret_site_is_not_there_whatever_was_declared(registry):
    code = given.site(registry, given.kind("court"), given.place(36.4, 33.4), tier=2)[1]
    coordination.declare(registry, kind="survey", told="named", code=code, **PERIOD)
    said = []
    for one in (code, "SYS-222222-2"):
        with registry.as_("investigator1"), pytest.raises(errors.NotFound) as caught:
            coordination.at(registry, one)
        said.append(str(caught.value))
    with registry.as_("steward1"):
        assert coordination.works(registry) == [] and said[0] == said[1]
    with registry.as_("investigator1"), pytest.raises(errors.NotFound):
        coordination.declare(registry, kind="survey", told="named", code=code, **PERIOD)


def test_in_a_unit_by_what_one_sees_of_the_site(registry):
    code = place(registry)
    with registry.dba() as raw:
        unit = raw.execute("select adm1 from reg.site where code = %s and face = 1", [code]).fetchone()[0]
    coordination.declare(registry, kind="survey", told="somebody", unit=unit, **PERIOD)
    assert told(registry, code) == [{"who": None}]


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"told": "x"}, {"ended": date.today() - timedelta(1)}, {"ended": date.today() + timedelta(800)}, {"code": None}, {"code": None, "unit": "XX"}])
def test_a_declaration_is_complete(registry, wrong):
    with pytest.raises(errors.BadInput):
        coordination.declare(registry, **{"kind": "survey", "told": "somebody", "code": place(registry), **PERIOD, **wrong})


def test_who_may_declare_and_for_whom(registry):
    code, agreement = place(registry), agree(registry)
    doors(registry, "door")
    for who in ("viewer", "auditor", "admin", "verifier", "door"):
        with registry.as_(who), pytest.raises(errors.Denied):
            coordination.declare(registry, kind="survey", told="somebody", code=code, **PERIOD)
        with registry.as_(who), pytest.raises(errors.Denied):
            coordination.at(registry, code)
    with registry.as_("investigator1"):
        with pytest.raises(errors.Denied):
            coordination.declare(registry, kind="survey", told="named", code=code, agreement=agreement, **PERIOD)
        mine = coordination.declare(registry, kind="survey", told="somebody", code=code, **PERIOD)
    with registry.as_("officer1"), pytest.raises(errors.NotFound):
        coordination.end(registry, mine, why="not mine")


def witness(registry, contact="Call 0933 111 222"):
    """A source that is reached so."""
    with registry.as_("worker"):
        source = given.source_of(registry, "B")
        vault.keep(registry, source, {"contact": contact})
    return source


def asked(registry, contact, who="investigator1"):
    """What the asker gets at once, and what stands then on his list, without the random ids."""
    with registry.as_(who):
        said = coordination.ask(registry, contact)
        return said, [{name: one for name, one in row.items() if name != "id"} for row in coordination.asks(registry)]


@pytest.mark.parametrize("who", ["investigator1", "door"])
def test_known_and_unknown_witnesses_are_answered_alike(registry, who):
    """Of two askers, one asks of a protected witness and one of nobody: what each is told, now and on the day, is the same."""
    doors(registry, "door", "door2")
    witness(registry)
    twin = {"investigator1": "officer1", "door": "door2"}[who]
    assert asked(registry, "+963 933 111 222", who) == asked(registry, "+963 944 999 888", twin)
    turn(registry, 3)
    answers = []
    for one in (who, twin):
        with registry.as_(one):
            answers.append([(row["due"], row["answer"]) for row in coordination.asks(registry)])
    assert answers[0] == answers[1] and answers[0][0][1] == "nothing_told", "nobody answered: that reads like what may not be told"


def test_nothing_is_looked_up_when_it_is_asked(registry):
    """No token of a source is read by the asking function, nor does its log or event say more than that it was asked."""
    witness(registry)
    with registry.dba() as raw:
        assert "contact_token" not in raw.execute("select prosrc from pg_proc where proname = 'ask_witness'").fetchone()[0]
    asked(registry, "0933111222")
    with registry.dba() as raw:
        assert raw.execute("select detail from reg.read_log where action = 'ask_witness'").fetchone()[0] == {}
        assert raw.execute("select reason from reg.audit_event where action = 'ask_witness'").fetchone()[0] == ""
        kept = raw.execute("select a::text from vault.ask a").fetchone()[0] + str(raw.execute("select t::text from vault.contact_token t").fetchall())
    assert "933111222" not in kept


def test_a_handler_sees_whom_it_meets_and_decides(registry):
    source = witness(registry)
    asked(registry, "٠٩٣٣ ١١١ ٢٢٢")
    asked(registry, "0944 999 888", "officer1")
    with registry.as_("handler"):
        rows = coordination.waiting(registry)
        assert sorted(len(row["sources"]) for row in rows) == [0, 1]
        met = next(row for row in rows if row["sources"])
        assert met["sources"][0]["source"] == str(source)
        coordination.answer(registry, met["id"], "speak_first")
        coordination.answer(registry, met["id"], "nothing_told")
        coordination.answer(registry, met["id"], "speak_first")
        with pytest.raises(errors.BadInput):
            coordination.answer(registry, met["id"], "go_on")
    handlers(registry, "case2")
    with registry.as_("case2"), pytest.raises(errors.Refused):
        coordination.answer(registry, met["id"], "nothing_told")
    with registry.as_("investigator1"):
        assert coordination.asks(registry)[0]["answer"] is None, "not before the day, lest its moment tells"
    turn(registry, 3)
    with registry.as_("investigator1"):
        assert coordination.asks(registry)[0]["answer"] == "speak_first"
    with registry.as_("handler"):
        assert coordination.waiting(registry) == []
        with pytest.raises(errors.NotFound):
            coordination.answer(registry, met["id"], "nothing_told")


def test_a_source_that_the_handler_does_not_see_meets_nothing(registry):
    source = witness(registry)
    asked(registry, "0933111222")
    with registry.dba() as raw:
        raw.execute("update reg.clearance set tier = 1 where account = (select id from reg.account where name = 'handler')")
        raw.execute("alter table reg.source disable trigger user")
        raw.execute("update reg.source set tier = 2 where id = %s", [source])
    with registry.as_("handler"):
        assert [row["sources"] for row in coordination.waiting(registry)] == [[]]


def test_erased_with_its_box(registry):
    source = witness(registry)
    with registry.dba() as raw:
        assert raw.execute("select count(*) from vault.contact_token where subject = %s", [source]).fetchone()[0] == 1
        raw.execute("select api._erase_box(%s)", [source])
        assert raw.execute("select count(*) from vault.contact_token").fetchone()[0] == 0


def test_nobody_fishes(registry):
    """Five a day, twenty in thirty days, by their own number alone; others' answers do not change it."""
    for day in range(4):
        turn(registry, day)
        for n in range(5):
            asked(registry, f"0944 000 {day}{n}1")
        with registry.as_("investigator1"), pytest.raises(errors.Refused):
            coordination.ask(registry, "0933111222")
    turn(registry, 5)
    with registry.as_("investigator1"), pytest.raises(errors.Refused):
        coordination.ask(registry, "0933111222")
    turn(registry, 40)
    asked(registry, "0933111222")


@pytest.mark.parametrize("contact", ["", "by the mill", "12"])
def test_what_reaches_nobody_is_refused_before_anything(registry, contact):
    with registry.as_("investigator1"), pytest.raises(errors.BadInput):
        coordination.ask(registry, contact)


def test_who_may_ask_and_answer(registry):
    for who in ("viewer", "auditor", "admin", "analyst1", "verifier"):
        with registry.as_(who), pytest.raises(errors.Denied):
            coordination.ask(registry, "0933111222")
    for who in ("worker", "releaser", "auditor"):
        with registry.as_(who), pytest.raises(errors.Denied):
            coordination.waiting(registry)


def test_a_family_that_is_referred_is_no_witness(registry):
    vault_keys.hand_out(registry, "handler")
    with registry.as_("handler"):
        box = vault.box(registry, words={"contact": "0933 111 222"})
        assert box["tokens"] == []
        kept = vault.box(registry, identity={"name": "x", "contact": "0933 111 222"})["tokens"]
        assert len(kept) == 1 and len(b64decode(kept[0])) == 32
