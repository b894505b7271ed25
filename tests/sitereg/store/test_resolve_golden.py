"""The resolve rule by golden rows: each line of it in every face, and each line failing once when the rule is broken there."""
import tomllib
from pathlib import Path

import pytest

from sitereg.store import cluster
from tests import resolving

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.db
CASES = tomllib.loads((Path(__file__).parents[2] / "files/golden/resolve.toml").read_text())["case"]
SUBJECT = 1000


@pytest.fixture
def raw(settings):
    with psycopg.connect(cluster.dsn(settings, settings.superuser)) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("case", CASES, ids=[case["line"] for case in CASES])
def test_golden(raw, case):
    assert played(raw, case) == []


# What is replaced in which function, and the lines of the golden file that must then fail.
BROKEN = [
    ("_live", "from reg.claim_end e where e.claim = c.id", "from reg.claim_end e where e.claim = c.id and false", ["live: an ended", "1: a chosen value whose", "a later grade"]),
    ("_live", "c.rumour_owner is null", "true", ["live: a rumour"]),
    ("_live", "greatest(s.tier, coalesce(r.tier, c.tier)) as face", "s.tier::int as face", ["face: a claim enters", "face: a claim of the vault", "1: a chosen value wins only"]),
    ("_live", "(c.scope in (0, s.scope) or api._within_scope(c.scope, s.scope))", "true", ["face: a claim with compartments"]),
    ("_live", "(c.scope in (0, s.scope) or api._within_scope(c.scope, s.scope))", "c.scope in (0, s.scope)", ["face: a claim whose compartments"]),
    ("_faces", "f.face >= s.tier", "f.face >= 0", ["face: below the subject's"]),
    ("_picks", "s.chosen desc, ", "", ["1: a chosen value wins over", "1: a chosen place"]),
    ("_picks", "s.current desc, s.cls,", "s.current desc,", ["2: supported before", "2: ungraded before", "place: the class"]),
    ("_class", "p_reliability = 'F' or p_credibility = '6'", "p_reliability = 'F'", ["2: F or 6"]),
    ("_class", "p_reliability in ('D', 'E') or p_credibility in ('4', '5')", "p_reliability in ('D', 'E')", ["2: F or 6"]),
    ("_class", "then 1\n              when", "then 3\n              when", ["2: ungraded before", "2: F or 6"]),
    ("_picks", "s.origins desc,", "", ["3: more distinct"]),
    ("_picks", "c.words order by c.origin)", "c.words order by c.claim)", ["3: more distinct"]),
    ("_picks", "c.at_face, c.current, c.cls, c.words", "c.at_face, c.current, c.words", ["3: origins count within"]),
    ("_picks", "s.first_hand desc, ", "", ["3: then first-hand"]),
    ("_picks", "s.day desc nulls last, ", "", ["3: then the later at"]),
    ("_picks", "s.day desc nulls last", "s.day desc", ["3: then the later at"]),
    ("_last_day", "upper(p_days) - 1", "lower(p_days)", ["3: then the later at"]),
    ("_picks", "s.recorded_at desc, ", "", ["3: then the later record", "2: within a class"]),
    ("_picks", "s.recorded_at desc, s.claim)", "s.recorded_at desc, s.claim desc)", ["3: then the id"]),
    ("_picks", "s.current desc, ", "", ["dated: the value of the latest"]),
    ("_last_day", "upper_inf(p_days)", "false", ["dated: what began"]),
    ("_picks", "s.radius nulls last, ", "", ["place: the class"]),
    ("_picks", "r.cls = 0 and r.current", "r.current", ["place: circles that do not", "counts: ranges", "dated: of one day"]),
    ("_picks", "r.cls = 0 and r.current", "r.cls = 0", ["dated: the value of the latest"]),
    ("_apart", "when 'place' then api._places_apart(p_one, p_two)", "when 'place' then true", ["place: circles that meet", "place: an admin unit"]),
    ("_places_apart", "not st_dwithin(a.shape, b.shape, a.spread + b.spread)", "false", ["place: circles that do not"]),
    ("_apart", "when 'count' then not api._count_range(v1) && api._count_range(v2)", "when 'count' then true", ["counts: by definition"]),
    ("_apart", "when 'period' then not s1 && s2", "when 'period' then false", ["periods: disjoint"]),
    ("_apart", "when 'period' then not s1 && s2", "when 'period' then true", ["periods: disjoint"]),
    ("_apart", "else not p_many end", "else true end", ["names: one label"]),
    ("_slot", "'count:' || (p_value->>'definition')", "'count:'", ["counts: by definition"]),
    ("_slot", "'name:' || COALESCE".lower(), "'name:en' || coalesce", ["names: one label"]),
    ("_live", "and (n.scope in (0, s.scope) or api._within_scope(n.scope, s.scope))", "", ["relations: a site in compartments"]),
    ("_live", "greatest(h.face, h.other_tier)", "h.face", ["relations: directed", "person: companions"]),
    ("_live", "then null else s.other end", "then s.other else s.other end", ["person: an event at a site"]),
    ("_finest", "p_face >= case p_kind when 'person' then 2 else p_exact_tier end", "p_face >= p_exact_tier - 1", ["shown: below the exact", "shown: a burial kind"]),
    ("_finest", "case p_kind when 'person' then 2 else p_exact_tier end", "1", ["person: one event", "shown: below the exact"]),
    ("_site_rows", "case when p.finest = 0 then s.method end", "s.method", ["shown: below the exact"]),
    ("_person_rows", "case when e.finest = 0 then e.value->>'toponym' end", "e.value->>'toponym'", ["person: one event"]),
    ("_person_rows", "s.face < 2 and s.shown_as in ('exact', 'cell_1km')", "false", ["person: a site of known place"]),
    ("_site_rows", "f.face = 0 and f.is_house", "false", ["shown: of a private house"]),
    ("_unhidden", "api._hiding_kind(c.value->>'code')", "false", ["shown: a burial kind"]),
    ("_unhidden", "coalesce(r.tier, c.tier) <= greatest(s.tier, 1)", "true", ["shown: a private house"]),
]


@pytest.mark.parametrize(("function", "old", "new", "lines"), BROKEN, ids=[f"{one[0]}: {one[2][:30] or 'without ' + one[1][:30]}" for one in BROKEN])
def test_golden_rows_notice_a_broken_rule(raw, function, old, new, lines):
    text = raw.execute("select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
                       " where n.nspname = 'api' and p.proname = %s", [function]).fetchone()[0]
    assert old in text, "the rule no longer holds the text that this test breaks"
    raw.execute(text.replace(old, new).encode())
    for case in CASES:
        if any(case["line"].startswith(line) for line in lines):
            with raw.transaction(force_rollback=True):
                try:
                    wrong = played(raw, case)
                except psycopg.Error:
                    wrong = ["refused"]
            assert wrong, f"not noticed by: {case['line']}"


def played(raw, case):
    """What differs from the golden row after the claims of `case` were resolved: lines of text, none if it is as it should be."""
    for n in (801, 802):
        raw.execute("insert into reg.authority(id, names, key, kind) values (%s, '{}', %s, 'intelligence_service')", [resolving.numbered(n), f"k{n}"])
    others = [resolving.subject(raw, other["n"], kind=other.get("kind", "site"), tier=other.get("tier", 0), scope=other.get("scope", ()))
              for other in case.get("others", ())]
    for other, whose in zip(case.get("others", ()), others, strict=True):
        if "place" in other:
            resolving.claim(raw, whose, other["n"], {"says": "place", "place": other["place"], "tier": other["tier"]})
    resolving.resolve(raw, *others)
    whose = resolving.subject(raw, SUBJECT, kind=case.get("kind", "site"), tier=case.get("tier", 0), exact_tier=case.get("exact_tier"),
                              scope=case.get("scope", ()))
    for n, said in enumerate(case["claims"], 1):
        resolving.claim(raw, whose, n, said)
    for n in case.get("ended", ()):
        resolving.end(raw, n)
    for aspect, n in case.get("chosen", {}).items():
        resolving.decide(raw, whose, "chosen_value", "chosen", aspect=aspect, value={"claim": resolving.numbered(n)})
    resolving.resolve(raw, whose)
    faces = (resolving.person_faces if case.get("kind") == "person" else resolving.site_faces)(raw, whose)
    wrong = [] if list(faces) == case.get("faces", [0, 1, 2]) else [f"faces {list(faces)}"]
    for face, row in faces.items():
        for path, expected in {**case.get("each", {}), **case.get(f"face{face}", {})}.items():
            found = reached(row, path)
            if found != meant(expected):
                wrong.append(f"face {face}: {path} is {found!r}, not {meant(expected)!r}")
    return wrong


def reached(row, path):
    """The value at a dotted path of keys and indexes; "<absent>" where the way ends before it."""
    for key in path.split("."):
        key = meant(key)
        if isinstance(row, list):
            key = int(key)
            row = row[key] if key < len(row) else "<absent>"
        else:
            row = row.get(key, "<absent>") if isinstance(row, dict) else "<absent>"
    return row


def meant(expected):
    """A value of the golden file with "#n" made ids and "<null>" made None."""
    if isinstance(expected, list):
        return [meant(one) for one in expected]
    if expected == "<null>":
        return None
    return resolving.numbered(int(expected[1:])) if isinstance(expected, str) and expected.startswith("#") else expected
