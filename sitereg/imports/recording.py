"""Drafts on their way into a batch: which subject each speaks of, their claims in large calls, their rows
kept."""

from collections import defaultdict
from dataclasses import dataclass, field

from sitereg.imports import newer
from sitereg.imports.drafting import Draft
from sitereg.imports.intake import LUMP, Intake, fingerprint
from sitereg.imports.problems import Problem, problem, worst
from sitereg.imports.rules import Profile
from sitereg.store.session import Json
from sitereg.vocab import ProblemCode

CHUNK = LUMP + 1_000
"""Claims in one call at most: a list of drafts and what its last row said beyond it."""


@dataclass
class Taken:
    """A draft with the subject it speaks of: an id where it is known, else the key (external id) of a new
    one.

    `writes` says whether claims are recorded, `says` which: those that do not stand already; `new` marks the one row that
    makes a subject, `repeats` the earlier batch that holds the row word for word.
    """

    draft: Draft
    mark: str
    problems: list[Problem]
    subject: str | None = None
    code: str | None = None
    key: str | None = None
    new: bool = False
    writes: bool = False
    unchanged: bool = False
    repeats: str | None = None
    says: list[dict] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)

    def note(self, code: ProblemCode, profile: Profile, message: str, outcome: str | None = None) -> None:
        """A problem found beside the registry stands with those of the draft."""
        self.problems.append(problem(code, profile.id.field, self.draft.external_id, message,
                                     outcome=outcome, outcomes=profile.outcomes))


@dataclass
class Course:
    """What the lists before this one left: identifiers that made a subject, rows by their fingerprint, subjects, authorities, and
    what was said of each subject."""

    makers: set[str] = field(default_factory=set)
    seen: dict[str, Taken] = field(default_factory=dict)
    subjects: dict[str, tuple[str, str]] = field(default_factory=dict)
    authorities: dict[tuple, str] = field(default_factory=dict)
    heard: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def take(session, intake: Intake, drafts: list[Draft], opened: dict, course: Course) -> list[Taken]:
    """These drafts have their subjects, their claims stand, and each row is kept with what became of it."""
    taken = _place(session, intake.profile, drafts, course)
    _record(session, intake.profile, taken, opened, course)
    _keep_rows(session, intake.profile, taken, str(opened["batch"]))
    return taken


def _place(session, profile: Profile, drafts: list[Draft], course: Course) -> list[Taken]:
    """Each draft with the one live subject of its identifier that the importer may see, or the key of a new
    one."""
    key = session.settings.token_key()
    taken = [Taken(one, fingerprint(one, profile, key), list(one.problems)) for one in drafts]
    standing = [one for one in taken if one.draft.claims]
    before = {row["fingerprint"]: row for row in session.rows(
        "known_rows", profile=profile.name, fingerprints=[one.mark for one in standing])} if standing else {}
    owners: dict[str, dict] = {}
    asked = sorted({one.draft.external_id for one in standing} - course.makers)
    for row in session.rows("subjects_by_external", scheme=profile.id.scheme, values=asked) if asked else ():
        owners.setdefault(row["value"], {})[row["subject"]] = row
    for one in standing:
        if _finds(one, profile, list(owners.get(one.draft.external_id, {}).values()), course.makers):
            _weigh(one, profile, before.get(one.mark), course.seen.setdefault(one.mark, one))
    newer.sift(session, profile, [one for one in taken if one.writes], course)
    return taken


def _record(session, profile: Profile, taken: list[Taken], opened: dict, course: Course) -> None:
    """The claims of all rows that write stand, at most CHUNK in a call."""
    waiting, size = [], 0
    for one in taken:
        if not one.writes:
            continue
        if waiting and size + len(one.says) > CHUNK:
            _send(session, profile, waiting, opened, course.subjects)
            waiting, size = [], 0
        waiting.append(one)
        size += len(one.says)
    if waiting:
        _send(session, profile, waiting, opened, course.subjects)
    for one in taken:
        if one.key and not one.subject:
            one.subject, one.code = course.subjects[one.key]


def _keep_rows(session, profile: Profile, taken: list[Taken], batch: str) -> None:
    """Every row stands in the batch with its outcome, problems and verbatim words (sealed if of persons, or if personal data
    may stand in them)."""
    for seals in (False, True):
        rows = [_row(one, seals) for one in taken if (profile.seals or _tells(one)) is seals]
        for at in range(0, len(rows), CHUNK):
            session.call("add_rows", batch=batch, rows=Json(rows[at:at + CHUNK]), seal=seals)


def _tells(one: Taken) -> bool:
    """Whether something in the row may tell of a living person: its words are sealed until somebody has looked."""
    return any(each.code == ProblemCode.PERSONAL_DATA for each in one.problems)


def _finds(one: Taken, profile: Profile, owners: list[dict], makers: set[str]) -> bool:
    """The row has its subject; False (and quarantine) where several carry its identifier, or one of another
    kind."""
    identifier = one.draft.external_id
    if len(owners) > 1 or (owners and owners[0]["kind"] != profile.subject.kind):
        what = "is carried by several subjects" if len(owners) > 1 else f"is that of a {owners[0]['kind']}"
        one.note(ProblemCode.DUPLICATE_KEY, profile, f"{identifier} {what}: a person decides", "quarantined")
        return False
    if owners:
        one.subject, one.code = str(owners[0]["subject"]), owners[0]["code"]
    else:
        one.key, one.new = identifier, identifier not in makers
        makers.add(identifier)
    return True


def _weigh(one: Taken, profile: Profile, earlier: dict | None, first: Taken) -> None:
    """Whether the row is another one of this file, and in which earlier batch it stands word for word."""
    if first is not one:
        same = first.draft.row.number
        one.note(ProblemCode.DUPLICATE_ROW, profile, f"The same as row {same}: nothing written")
    else:
        one.writes = True
        if earlier and str(earlier["subject"]) == one.subject:
            one.repeats = str(earlier["batch"])
    placed = any(claim["predicate"] == "place" for claim in one.draft.claims)
    told = any(each.code in (ProblemCode.NO_GEOMETRY, ProblemCode.NULL_ISLAND) for each in one.problems)
    if one.new and profile.subject.kind == "site" and not placed and not told:
        one.note(ProblemCode.NO_GEOMETRY, profile, "A new site of which this file gives no place")


def _send(session, profile: Profile, waiting: list[Taken], opened: dict, subjects: dict) -> None:
    claims, owners, new = [], [], {}
    said = {"source": str(opened["source"]), "document": str(opened["document"])}
    for one in waiting:
        known = one.subject or subjects.get(one.key, (None,))[0]
        if known is None:
            new.setdefault(one.key, _subject(one.key, profile))
        more = {**said, "subject": known} if known else {**said, "subject_key": one.key}
        for claim in one.says:
            claims.append({**claim, **more})
            owners.append(one)
    answered = session.rows("record_claims", claims=Json(claims), subjects=Json(list(new.values())),
                            batch=str(opened["batch"]))
    for row in answered:
        owners[row["n"] - 1].claims.append(str(row["claim"]))
        if row["subject_key"]:
            subjects[row["subject_key"]] = (str(row["subject"]), row["code"])


def _subject(key: str, profile: Profile) -> dict:
    return {"key": key, "kind": profile.subject.kind, "tier": profile.subject.tier,
            "exact_tier": profile.exact_tier, "compartments": list(profile.subject.compartments)}


def _row(one: Taken, seals: bool) -> dict:
    row = one.draft.row
    shape = {"(shape)": row.shape} if row.shape else {}
    told = [each.sealed if seals else each for each in one.problems]
    return {"part": row.part, "row_no": row.number, "outcome": worst(one.problems), "fingerprint": one.mark,
            "problems": [each.as_dict() for each in told], "verbatim": {**row.cells, **shape},
            "subject": one.subject, "claims": one.claims}
