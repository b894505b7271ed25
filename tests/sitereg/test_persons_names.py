"""Names: sealed, opened one case at a time with a reason and a line in the log, sought in any spelling by those who may."""
import pytest

from sitereg import errors, persons
from tests import given
from tests.sitereg.cases import case, event, named, read_log

pytestmark = pytest.mark.db
WHY = "matching a list with the family"


@pytest.fixture
def ahmad(registry):
    """(id, code) of somebody with a synthetic name in both scripts."""
    return case(registry, event("arrested", "[2012-05-02,2012-05-03)"), named("أحمد عبد الله الخطيب", script="Arab"), named("Ahmad al-Invented", script="Latn"))


@pytest.mark.parametrize("typed", ["أحمد عبد الله الخطيب", "احمد الخطيب", "خطيب احمد", "الشيخ أحمد الخطيب", "أَحْمَد خَطِيب", "احـمـد", "ٱحمد عبدالله", "AHMAD", "ahmad al-invented"])
def test_a_name_is_found_however_it_is_written(registry, ahmad, typed):
    case(registry, event("arrested"), named("سمير البعيد"))
    assert persons.named(registry, typed, reason=WHY).ids == (ahmad[0],)


@pytest.mark.parametrize("typed", ["فاضل", "سمير الحلبي", "أح", "Xenia Ahmad"])
def test_another_name_is_not_found(registry, ahmad, typed):
    assert persons.named(registry, typed, reason=WHY).ids == ()


@pytest.mark.parametrize("typed", [
    "Ahmad Abdallah al-Khatib", "Ahmed Abd Allah el Khateeb", "KHATIB AHMED", "احمد عبدالله الخظيب", "أحمدعبدالله الخطيب"[4:], "ابو سمير احمد الخطيب",
    "الخطيب احمد بن عبد الله", "Şeyh Ahmed Hatib", "حمد عبد الله الخطيب"])
def test_a_name_is_found_across_scripts_and_with_a_slip(registry, ahmad, typed):
    case(registry, event("arrested"), named("سمير البعيد"))
    found = persons.named(registry, typed, reason=WHY)
    assert found.ids == (ahmad[0],) and found.exact == set()


def test_the_closest_comes_first_and_two_fathers_are_not_one(registry):
    close, far = (case(registry, event("arrested"), named(text)) for text in ("محمد محمد المخترع", "محمد أحمد المخترع"))
    assert persons.named(registry, "Mohamed Mohamed Mukhtara", reason=WHY).ids == (close[0], far[0])


READ_ANEW = [  # (a name, how it is typed: two words run together, a blank a letter off, a compound of which a part is spoilt)
    ("كمال فارس المخترع", "كمال فارسالمخترع"), ("Kamal Faris Mukhtara", "KamalFaris Mukhtara"), ("كمال فارس المخترع", "كما لفارس المخترع"),
    ("كمال صلاح الدين المخترع", "كمال صلاح الديب المخترع"), ("كمال عبد القادر المخترع", "كمال علد القادر المخترع")]


@pytest.mark.parametrize(("name", "typed"), READ_ANEW)
def test_what_is_near_no_name_is_read_anew(registry, name, typed):
    who = case(registry, event("arrested"), named(name))
    case(registry, event("arrested"), named("سمير البعيد"))
    assert persons.named(registry, typed, reason=WHY).ids == (who[0],)


def test_nothing_is_read_anew_by_words_of_hidden_names(registry):
    case(registry, event("arrested"), named("كمال فارس المخترع"), tier=2)
    with registry.dba() as raw:
        read = "select api._read_anew('person', %s::int[], array(select id from reg.scope), 'كمال فارسالمخترع', api._name_words('كمال فارسالمخترع'))"
        assert raw.execute(read, [[0, 1, 2]]).fetchone()[0] == ["كمال", "فارس", "مخترع"]
        assert raw.execute(read, [[0, 1]]).fetchone()[0] is None


@pytest.mark.parametrize(("name", "typed"), [("كمال الطاجوذ", "Tacuz"), ("Kemal Tacuz", "طاجوذ"), ("كمال الجاغش", "el-Cağış"), ("Kemal Cağış", "الجاغش"), ("كمال خالد", "Chalid")])
def test_letters_that_sound_alike_are_no_slips(registry, name, typed):
    who = case(registry, event("arrested"), named(name))
    case(registry, event("arrested"), named("سمير البعيد"))
    assert persons.named(registry, typed, reason=WHY).ids == (who[0],)


def test_a_short_vowel_heard_counts_less_than_a_long_one_written(registry):
    long, short = (case(registry, event("arrested"), named(text)) for text in ("حسين المخترع", "حسن المخترع"))
    assert persons.named(registry, "Husain Mukhtara", reason=WHY).ids == (long[0], short[0])
    assert persons.named(registry, "Hasan Mukhtara", reason=WHY).ids == (short[0], long[0])


def test_a_title_that_sounds_like_a_name_takes_no_word_from_it(registry):
    who = case(registry, event("arrested"), named("إبراهيم أحمد الحجيع"))
    assert persons.named(registry, "Hajj Ibrahim Ahmad al-Haji", reason=WHY).ids == (who[0],)


def test_results_are_references_alone(registry, ahmad):
    found = persons.named(registry, "احمد", reason=WHY)
    rows = persons.find(registry, ids=found.ids)
    assert [row["code"] for row in rows] == [ahmad[1]] and "Invented" not in repr([found, rows]) and "حمد" not in repr([found, rows])


def test_the_name_as_typed_comes_first(registry, ahmad):
    other = case(registry, event("arrested"), named("خطيب احمد عبد الله"))
    found = persons.named(registry, "أحمد عبد الله الخطيب", reason=WHY)
    assert found.ids[0] == ahmad[0] and set(found.ids) == {ahmad[0], other[0]} and found.exact == {ahmad[1]}


@pytest.mark.parametrize("who", ["officer", "investigator1", "analyst1", "viewer", "auditor"])
def test_names_are_for_the_compartment_whatever_the_case(registry, ahmad, who):
    with registry.as_(who):
        for ask in (lambda: persons.named(registry, "احمد", reason=WHY), lambda: persons.names_of(registry, ahmad[1], reason=WHY),
                    lambda: persons.names_of(registry, "SYP-222222-2", reason=WHY)):
            with pytest.raises(errors.Denied):
                ask()


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_nothing_without_a_reason(registry, ahmad, reason):
    for ask in (lambda: persons.named(registry, "احمد", reason=reason), lambda: persons.names_of(registry, ahmad[1], reason=reason)):
        with pytest.raises(errors.BadInput):
            ask()


@pytest.mark.parametrize("typed", ["مجهول الهوية", "xxx", "-", "", "unknown", "ال", "x" * 300])
def test_what_is_nobodys_name_is_refused(registry, typed):
    with pytest.raises(errors.BadInput):
        persons.named(registry, typed, reason=WHY)


def test_opening_stands_in_the_log_with_its_reason_and_no_name(registry, ahmad):
    rows = persons.names_of(registry, ahmad[1], reason=WHY)
    assert {row["text"] for row in rows} == {"أحمد عبد الله الخطيب", "Ahmad al-Invented"}
    with registry.dba() as raw:
        who, subject, detail = raw.execute("select a.name, r.object, r.detail from reg.read_log r join reg.account a on a.id = r.actor"
                                           " where r.action = 'person_names'").fetchone()
    assert (who, subject, detail) == ("worker", ahmad[0], {"reason": WHY})


def test_a_search_stands_in_the_log_under_a_mark_that_tells_no_name(registry, ahmad):
    before = len(read_log(registry, "person_named"))
    for typed in ("احمد الخطيب", "الخطيب أحمد", "سمير"):
        persons.named(registry, typed, reason=WHY)
    details = read_log(registry, "person_named")[before:]
    assert [one["reason"] for one in details] == [WHY] * 3 and "حمد" not in repr(details)
    marks = [one["mark"] for one in details]
    assert marks[0] == marks[1] != marks[2] and all(len(one) == 24 for one in marks)


def test_hidden_cases_are_found_by_nobody_who_may_not_see_them(registry):
    secret = case(registry, event("arrested"), named("نادر المستتر"), tier=2, compartments=["names"])
    assert persons.named(registry, "نادر", reason=WHY).ids == (secret[0],)
    with registry.dba() as raw:
        raw.execute("update reg.clearance set compartments = '{names}' where account = (select id from reg.account where name = 'investigator1')")
    with registry.as_("investigator1"):
        assert persons.named(registry, "نادر", reason=WHY).ids == ()
        with pytest.raises(errors.NotFound):
            persons.names_of(registry, secret[1], reason=WHY)


def test_an_ended_name_and_an_erased_person_are_found_no_more(registry, ahmad):
    claim = given.say(registry, ahmad[0], named("فاضل الزائل"))[0]
    assert persons.named(registry, "فاضل", reason=WHY).ids == (ahmad[0],)
    registry.call("end_claim", claim=claim, why="a mistake")
    assert persons.named(registry, "فاضل", reason=WHY).ids == ()
    with registry.dba() as raw:
        assert raw.execute("select api._erase(%s)", [ahmad[0]]).fetchone()[0]
        assert raw.execute("select count(*) from reg.name_key where person = %s", [ahmad[0]]).fetchone()[0] == 0
    assert persons.named(registry, "احمد", reason=WHY).ids == () and persons.names_of(registry, ahmad[1], reason=WHY) == []


def test_a_regraded_name_is_found_still(registry, ahmad):
    registry.call("grade_source", source=given.source_of(registry, "B"), reliability="C", reason="looked at again")
    assert persons.named(registry, "احمد", reason=WHY).ids == (ahmad[0],)


def test_keys_of_names_from_before_are_made_at_the_upgrade(registry, ahmad):
    from sitereg.store import schema

    with registry.dba() as raw:
        raw.execute("delete from reg.name_key")
        raw.execute("update reg.person set age_bands = null where id = %s", [ahmad[0]])
        raw.execute((schema.SQL / "98_catch_up.sql").read_text())
        assert raw.execute("select age_bands from reg.person where id = %s and face = 2", [ahmad[0]]).fetchone()[0] is not None
    assert persons.named(registry, "احمد", reason=WHY).ids == (ahmad[0],)


def test_a_sql_login_may_not_ask(registry):
    with registry.dba() as raw:
        for sign in ("person_named(text, text, int)", "person_names(text, text)", "name_mark(text)"):
            assert not raw.execute("select has_function_privilege('sr_sql', %s, 'execute')", [f"api.{sign}"]).fetchone()[0]
