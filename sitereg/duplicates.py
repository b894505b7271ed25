"""Possible duplicates of sites and persons: proposed from one's own rows, with what speaks for and against; linked, told apart.

    found = duplicates.find(session, "sites", adm1="SY07")
    duplicates.settle(session, "sites", "SYS-K7F49M-3", "SYS-2M5K8P-Q", to="same_as", reason="the same gate on both photographs")

Nothing is merged here, and nothing is settled by itself. What was told apart does not come back until one of the two has changed.
"""
from dataclasses import dataclass

from sitereg import decisions, likeness
from sitereg.errors import BadInput
from sitereg.store import session as store

KINDS = {"sites": "site", "persons": "person"}
MOST = 20_000  # records that are compared at once

__all__ = ["KINDS", "MOST", "Proposal", "beside", "find", "settle", "settled", "show"]


@dataclass(frozen=True)
class Proposal:
    """Two records that look alike, by code; bits: how much speaks for one thing (strong from 16); parts: ((what, bits, said), ...);
    ids: of the two."""

    one: str
    other: str
    bits: float
    strong: bool
    suggests: str
    parts: tuple
    ids: tuple

    def as_dict(self):
        """The same for JSON."""
        return {"one": self.one, "other": self.other, "bits": self.bits, "strong": self.strong, "suggests": self.suggests,
                "parts": [{"what": what, "bits": bits, "said": list(said) if isinstance(said, tuple) else said}
                          for what, bits, said in self.parts]}


def find(session, kind, *, reason=None, adm1=None, limit=100, most=MOST):
    """Pairs of the caller's own records that may be one thing or a part of one, the likeliest first, but for those settled already.

    kind: sites, or persons (for holders of the compartment `names`, with a reason, which stands in the read log; no name is
    answered). adm1: of one governorate. Raises BadInput for another kind, or for more than `most` records.
    """
    held = records(session, checked(kind), reason, adm1, most)
    codes = {one.id: code for code, (one, _version) in held.items()}
    ids = {code: one.id for code, (one, _version) in held.items()}
    known = frozenset(frozenset((ids[row["one"]], ids[row["other"]])) for row in settled(session, kind)
                      if row["one"] in ids and row["other"] in ids and stands(session, row, held))
    found = likeness.pairs([one for one, _version in held.values()], known=known)[:limit]
    return [proposal(made, codes) for made in found]


def show(session, kind, one, other, *, reason=None):
    """The Proposal of these two, however little alike they look. Raises NotFound for a record that is not there or not visible."""
    held = records(session, checked(kind), reason, None, MOST)
    for code in (one, other):
        if code not in held:
            session.one("site_list" if kind == "sites" else "person_list", q=code, limit=1)
            raise BadInput("This record has no name that can be compared", where=code)
    compared = [record for record, _version in held.values()]
    return proposal(likeness.compare(held[one][0], held[other][0], compared), {held[code][0].id: code for code in (one, other)})


def beside(session, kind, code, *, reason=None, limit=20, most=MOST):
    """What may be the same as one record, the likeliest first, each as a Proposal of it and another.

    Raises BadInput where it has no name that can be compared, or for more than `most` records.
    """
    held = records(session, checked(kind), reason, None, most)
    if code not in held:
        raise BadInput("This record has no name that can be compared", where=code)
    codes = {one.id: each for each, (one, _version) in held.items()}
    apart = {row["one"] if row["other"] == code else row["other"] for row in settled(session, kind)
             if code in (row["one"], row["other"]) and row["state"] == "different" and {row["one"], row["other"]} <= held.keys()
             and stands(session, row, held)}
    found = likeness.beside(held[code][0], [one for one, _version in held.values()])
    return [made for made in (proposal(each, codes) for each in found) if made.other not in apart][:limit]


def settle(session, kind, one, other, *, to, reason):
    """Two records are linked (same_as; part_of: `one` is part of `other`), told apart (different), or that is undone (open).

    One person's act, with a reason; it stands in the history of decisions. Raises NotFound, BadInput, Refused, Denied.
    """
    rows = {row["code"]: row["version"] for code in (one, other)
            for row in session.rows("site_list" if checked(kind) == "site" else "person_list", q=code, limit=1)}
    seen = {"face": session.value("level"), "versions": rows}
    return decisions.Outcome.of(session.call("settle_duplicate", kind=checked(kind), one=one, other=other, to=to, reason=reason,
                                             value=store.Json({"seen": seen})))


def settled(session, kind):
    """What was settled of two records that the caller sees both: one, other, state, reason, by, at."""
    return session.rows("duplicates_settled", kind=checked(kind))


def stands(session, row, held):
    """Whether what was settled holds still: a link always; what was told apart, until one of the two has changed since."""
    seen = row["seen"] or {}
    if row["state"] != "different" or seen.get("face") != session.value("level"):
        return True
    return all(held[code][1] == seen["versions"].get(code) for code in (row["one"], row["other"]))


def checked(kind):
    if kind not in KINDS:
        raise BadInput("There is nothing of this kind to compare", where=str(kind), do=f"Compare {' or '.join(KINDS)}.")
    return KINDS[kind]


def proposal(made, codes):
    return Proposal(codes[made.one], codes[made.other], made.bits, made.strong, made.suggests, made.parts,
                    (made.one, made.other))


def records(session, kind, reason, adm1, most):
    """{code: (likeness.Record, version)} of all that the caller sees and that has a name."""
    if kind == "site":  # counted first: what is too many to compare is not read
        few(session.value("site_count", adm1=adm1 and [adm1]), most)
    rows = session.rows("duplicate_sites", adm1=adm1) if kind == "site" else persons(session, reason, adm1)
    few(len(rows), most)
    return {row["code"]: ((site if kind == "site" else person)(row), row["version"]) for row in rows if row["names"]}


def few(many, most):
    if many > most:
        raise BadInput("There are too many records to compare at once", where=str(many), do="Compare those of one governorate.")


def persons(session, reason, adm1):
    rows = session.rows("duplicate_persons", reason=reason, adm1=adm1)
    with store.acting(session.settings, session.actor) as log:
        log.call("log_read", action="duplicates_persons", detail=store.Json({"reason": reason, "compared": len(rows)}))
    return rows


def site(row):
    names = tuple(name for name in map(likeness.read, row["names"]) if name)
    return likeness.Record(row["id"], names, frozenset(row["kinds"]), frozenset(row["groups"]), row["lon"], row["lat"],
                           row["uncertainty_m"] or 0.0, frozenset(row["areas"]), listed=listed(row))


def person(row):
    names = tuple(tuple(likeness.Word(key, bones, frozenset(near), number, light) for key, bones, near, number, light in name)
                  for name in row["names"])
    born = (row["birth_earliest"], row["birth_latest"]) if row["birth_earliest"] and row["birth_latest"] else None
    return likeness.Record(row["id"], names, areas=frozenset(row["areas"] or ()) - {"none"}, began=row["began"], ended=row["ended"],
                           born=born, sex=row["sex"], listed=listed(row))


def listed(row):
    return frozenset(tuple(one.split("=", 1)) for one in row["listed"])
