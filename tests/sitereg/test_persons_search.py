"""Cases by what is known of them: states apart, ages, circumstances, the governorate at the precision that the face allows."""
import re

import pytest

from sitereg import errors, persons
from tests.sitereg.cases import case, event, settle

pytestmark = pytest.mark.db
LON, LAT = 36.1234567, 33.7654321


def codes(registry, **asked):
    rows = persons.find(registry, **asked)
    assert persons.count(registry, **asked) == len(rows) == len(registry.rows("person_frame", **persons.asked(asked)))
    return {row["code"] for row in rows}


@pytest.fixture
def three(registry):
    girl = case(registry, {"predicate": "sex", "value": {"code": "female"}}, {"predicate": "birth", "at": "[2002-01-01,2003-01-01)"},
                {"predicate": "circumstance", "value": {"code": "separated_child"}}, event("last_seen_free", "[2012-05-02,2012-05-03)", (36.5, 33.5)))
    man = case(registry, {"predicate": "sex", "value": {"code": "male"}}, {"predicate": "age", "value": {"min": 58, "max": 61}, "at": "[2013-01-01,2013-01-02)"},
               {"predicate": "circumstance", "value": {"code": "summons"}}, event("arrested", "[2013-01-01,2013-01-02)", (35.2, 33.5)))
    somebody = case(registry, event("held_at"))
    settle(registry, man[0], "case", "fate_indicated")
    settle(registry, man[0], "whereabouts", "area_known")
    return girl[1], man[1], somebody[1]


@pytest.mark.parametrize(("asked", "who"), [
    ({"fates": ["unknown"]}, "gms"), ({"fates": ["dead"]}, ""), ({"whereabouts": ["area_known"]}, "m"), ({"whereabouts": ["area_known", "unknown"]}, "gms"),
    ({"states": ["fate_indicated"]}, "m"), ({"sexes": ["female"]}, "g"), ({"sexes": ["unknown"]}, "s"), ({"ages": ["age_5_11"]}, "g"),
    ({"ages": ["age_12_17"]}, ""), ({"ages": ["age_18_59"]}, "m"), ({"ages": ["age_60_plus"]}, "m"), ({"circumstances": ["summons"]}, "m"),
    ({"adm1": ["SY01"]}, "g"), ({"adm1": ["none"]}, "ms"), ({"adm1": ["SY01"], "kinds": ["arrested"]}, ""),
    ({"sexes": ["male"], "ages": ["age_60_plus"], "circumstances": ["summons"], "kinds": ["arrested"]}, "m")])
def test_each_filter(registry, three, asked, who):
    mine = {one[0] for one, letter in zip(zip(three), "gms", strict=True) if letter in who}
    assert codes(registry, **asked) & set(three) == mine


@pytest.mark.parametrize("asked", [{"fates": ["gone"]}, {"whereabouts": ["x"]}, {"sexes": ["x"]}, {"ages": ["40"]}, {"circumstances": ["x"]}, {"adm1": ["SY77"]}])
def test_what_is_no_term_is_refused(registry, asked):
    with pytest.raises(errors.BadInput):
        persons.find(registry, **asked)


def test_below_t2_a_governorate_is_asked_of_the_cell_and_not_of_the_point(registry):
    """Two events on both sides of the border of SY01, in one cell of 10 km: who sees the cell sees both alike."""
    cell = registry.rows("event_frame")
    del cell
    within, beyond = case(registry, event("arrested", where=(36.002, 33.52)))[1], case(registry, event("arrested", where=(35.998, 33.52)))[1]
    assert codes(registry, adm1=["SY01"]) & {within, beyond} == {within}
    with registry.as_("investigator1"):
        shapes = {row["code"]: row["shape"] for row in persons.find(registry) if row["code"] in (within, beyond)}
        assert shapes[within] == shapes[beyond], "the arrangement of this test: one cell over the border"
        assert codes(registry, adm1=["SY01"]) >= {within, beyond}
        assert not codes(registry, adm1=["none"]) & {within, beyond}


def test_a_count_may_stop(registry, three):
    assert persons.count(registry, most=2) == 2 and persons.count(registry) >= 3


def test_the_searches_use_their_indexes(registry):
    """Of many cases the few are found without looking at all: by state, by what is settled, by kind and place of an event, by name."""
    with registry.dba() as raw:
        raw.execute("insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by) select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,"
                    " 'person', 'SYP-' || lpad(n::text, 6, '0') || '-X', 1, 0, 2, (select id from reg.account where name = 'worker') from generate_series(1, 6000) n")
        raw.execute("insert into reg.person(id, face, tier, scope, code, case_state, fate, circumstances, age_bands) select id, 2, 1, 0, code,"
                    " case when code < 'SYP-000030' then 'open_missing' else 'listed' end, case when code < 'SYP-000020' then 'alive' else 'unknown' end,"
                    " '{}', '{}' from reg.subject where code like 'SYP-00%-X'")
        raw.execute("insert into reg.person_event(id, face, tier, scope, person, kind, shown, centre, shown_as, uncertainty_m, reliability, credibility, class,"
                    " origins, claims, adm1) select s.id, 2, 1, 0, s.id, case when s.code < 'SYP-000040' then 'buried_at' else 'arrested' end, g, g, 'exact', 500,"
                    " 'B', '2', 0, 1, '{}', case when s.code < 'SYP-000040' then '{SY01}' else '{}' end::text[] from reg.subject s cross join lateral"
                    " (select st_setsrid(st_makepoint(36 + (substr(s.code, 5, 6)::int % 997) / 1000.0, 33 + (substr(s.code, 5, 6)::int % 991) / 1000.0), 4326) as g) p"
                    " where s.code like 'SYP-00%-X'")
        raw.execute("analyze reg.person; analyze reg.person_event")
        for what, index in (("where p.face = 2 and p.case_state = any ('{open_missing}')", "ix_person_listed"),
                            ("where p.face = 2 and (p.fate <> 'unknown' or p.whereabouts <> 'unknown') and p.fate = any ('{alive}')", "ix_person_settled")):
            assert parts(raw, index) & uses(raw, "select p.id from reg.person p " + what), what
        for what, index in (("e.kind = any ('{buried_at}')", "ix_person_event_kind"), ("e.adm1 && '{SY01}'", "ix_person_event_adm1"),
                            ("e.shown_as = 'exact' and st_expand(e.shown, greatest(e.uncertainty_m, 0::float8) / 55000::float8) && st_makeenvelope(36.1, 33.1, 36.11, 33.11, 4326)",
                             "ix_person_event_reach")):
            assert parts(raw, index) & uses(raw, "select e.id from reg.person_event e where e.face = 2 and " + what), what
        raw.execute("set local enable_seqscan = off")
        assert "ix_name_key_words" in plan(raw, "select claim from reg.name_key k where k.words && '{1}'::bigint[]")


def parts(raw, index):
    """An index of a table of faces and those of its parts."""
    return {index, *(one for one, in raw.execute("select inhrelid::regclass::text from pg_inherits where inhparent = ('reg.' || %s)::regclass", [index]))}


def uses(raw, query):
    return {"reg." + one for one in re.findall(r"\bon (\w+_idx\d*|ix_\w+)\b|\busing (\w+)\b", plan(raw, query)) for one in one if one}


def plan(raw, query):
    return "\n".join(row[0] for row in raw.execute("explain " + query).fetchall())
