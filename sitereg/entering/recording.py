"""A sheet without faults -> what stands in the registry: source, document, report or claims, in the caller's one transaction."""
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sitereg import claims, decisions, documents, house, names, reports, vault, vocab
from sitereg.entering import fields, readback
from sitereg.errors import BadInput
from sitereg.store.session import Json

FIRST_HAND = {"victim": True, "eyewitness": True, "official_involved": True, "family": False, "second_hand": False}
ASKED = "The family or somebody close asked for the search"
FIELDS = {"permitted_uses": "uses", "consent_scope": "scope"}
UNREAD = "When, as it was told: "


@dataclass(frozen=True)
class Written:
    """What came of a sheet. subjects: (code, whether new, line or None) of each site and person; already: it was sent before."""

    entry: UUID
    receipt: str
    already: bool = False
    report: UUID | None = None
    subjects: tuple[tuple[str, bool, int | None], ...] = field(default=())
    claims: tuple[UUID, ...] = field(default=())


def write(session, sheet):
    """The sheet stands, once: sent again as it was, the answer is the same and nothing more is written.

    Raises BadInput with the problems of the sheet, of its terms and of what consent allows; Conflict where a sheet of the
    same `once` was sent with other words.
    """
    if sheet.problems:
        raise BadInput("The sheet is not complete", problems=sheet.problems, do="What you typed is kept: correct what is marked.")
    with session.savepoint(), by_field():
        opened = session.one("open_entry", form=sheet.form, once=sheet.once, mark=mark(session.settings, sheet),
                             terms=Json(terms(session, sheet.head)), source=Json(told_by(session, sheet)),
                             tier=tier(session, sheet))
        if opened["already"]:
            return Written(opened["entry"], opened["receipt"], already=True)
        return WRITERS[sheet.form](session, sheet, opened)


@contextmanager
def by_field():
    """What the registry lacks of the terms is told by the fields of the sheet."""
    try:
        yield
    except BadInput as fault:
        told = [{**one, "field": FIELDS.get(one["field"], one["field"])} for one in fault.problems]
        raise BadInput(fault.what, problems=told, do=fault.do) from fault


def receipt(session, entry):
    """A sheet of one's own: form, receipt, recorded_at."""
    return session.one("entry", id=entry)


def of_receipt(session, number):
    """What stands under the number that somebody was given: form, recorded_at, consent, report, report_state, subjects, claims.

    Only what the caller may see of it, and none of its words. Raises NotFound, BadInput for what is no number.
    """
    try:
        held = fields.value(fields.HEAD["before"], number)
    except ValueError as fault:
        told = {"code": "bad_value", "field": "receipt", "value": "", "message": str(fault)}
        raise BadInput(str(fault), problems=[told]) from None
    return session.one("entry_of", receipt=held or "")


def take_back(session, number, *, why):
    """Whoever told it takes it back: its claims that the caller sees are ended, its report is closed; answers how many claims.

    Statuses that rested on them get a task. The rows stay, as all that was said does; erasing is another act.
    """
    with session.savepoint():
        held = of_receipt(session, number)
        for one in held["claims"]:
            claims.end(session, one, why=why)
        if held["report"] and held["report_state"] != "closed":
            reports.sort(session, held["report"], "closed", why=why)
    return len(held["claims"])


def last_terms(session):
    """{partner, terms, uses} of one's own last sheet, to begin the next one with; {} for the first. Consent is asked anew."""
    row = next(iter(session.rows("last_terms")), None)
    return {"partner": next(iter(row["partner"].values()), ""), "terms": row["terms"], "uses": row["permitted_uses"]} if row else {}


def mark(settings, sheet):
    """What only the same sheet has, in hex; keyed with what is not in the database, so that nobody confirms a guess by it."""
    typed = {name: one for name, one in sheet.typed.items() if one}
    words = json.dumps([sheet.form, typed, sheet.typed_rows], ensure_ascii=False, sort_keys=True)
    return house.mark(settings, "entry", words).hex()


def terms(session, head):
    """The terms of the sheet as the registry takes them; a partner that is known by that name is that one."""
    known = [one["names"] for one in session.rows("partners") if head["partner"] in one["names"].values()]
    told = {"partner": known[0] if known else {"und": head["partner"]}, "terms": head["terms"], "permitted_uses": head["uses"],
            "consent": head["consent"], "consent_scope": readback.scopes(head), "legal_basis": head["legal_basis"]}
    return {name: one for name, one in told.items() if one is not None}


def told_by(session, sheet):
    """The source of the sheet: what it is, coarse enough for all; who it is, and an insider's words, sealed for the vault."""
    head = sheet.head
    label = {locale: vocab.label("source_type", head["who_type"], locale) for locale in vocab.LOCALES}
    said = {"identity": {name: head[f"who_{name}"] for name in ("name", "contact") if head[f"who_{name}"]}}
    if sheet.insider and sheet.form == "testimony":
        said["testimony"] = {"text": readback.text(sheet)}
    elif sheet.insider and sheet.form != "report" and sheet.said["words"]:  # a report's: reports.record
        said["words"] = {"words": sheet.said["words"]}
    return {"type": head["who_type"], "connection": head["who_connection"], "label": label, "before": head["before"],
            "vault": vault.box(session, **said)}


def in_words(sheet):
    """What was told, as it may stand in the registry."""
    return sheet.said["paraphrase"] if sheet.insider else sheet.said["words"]


def tier(session, sheet):
    """The tier of the sheet: as asked for, else the highest that the caller has for a report, and 1 for the other forms."""
    if sheet.head["tier"]:
        return int(sheet.head["tier"])
    return max(1, session.value("level") or 1) if sheet.form == "report" else 1


def _report(session, sheet, opened):
    head, said, where, when = sheet.head, sheet.said, sheet.places["place"], sheet.days.get("when")
    words = said["words"] + (f"\n{UNREAD}{when.verbatim}" if when is not None and not when.found else "")
    put, place = where.claim(), said["place"]
    if where.place and where.place.code and where.place.code not in place:
        place = f"{place} ({where.place.code})"
    made = reports.record(session, words, terms=terms(session, head), place=place, shape=put.get("shape"), source=opened["source"],
                          uncertainty_m=put.get("uncertainty_m"), at=when.daterange() if when is not None else None,
                          tier=tier(session, sheet), callback={"yes": True, "no": False}.get(said["callback"]),
                          paraphrase=said["paraphrase"])
    return Written(opened["entry"], opened["receipt"], report=made)


def _site(session, sheet, opened):
    said, where = sheet.said, sheet.places["place"]
    say = _sayer(sheet, opened, "s")
    when = {name: sheet.days[name].daterange() for name in ("began", "ended") if name in sheet.days and sheet.days[name].found}
    made = [say("kind", {"code": said["kind"]}, **when, verbatim="; ".join(one.verbatim for one in sheet.days.values()) or None)]
    made += [say("name", _name(said[name])) for name in ("name", "name_other") if said[name]]
    if where.claim():
        made.append(say("place", verbatim=where.said, **where.claim()))
    elif where.state == "words":
        made.append(say("address", {"text": where.said}))
    made += [say("building", {"code": said["building"]})] if said["building"] else []
    made += [say("note", {"text": in_words(sheet)})] if said["words"] else []
    hides = vocab.SiteKind(said["kind"]).attrs["hides_place"]
    new = claims.new_subject("s", "site", tier=tier(session, sheet), exact_tier=2 if hides else None)
    return _recorded(session, opened, made, [new], {"s": None})


def _person(session, sheet, opened):
    said, say = sheet.said, _sayer(sheet, opened, "p")
    made = [say("person_name", _name(said[name])) for name in ("name", "name_other")
            if said[name] and not names.is_placeholder(said[name])]
    made += [say(predicate, {"code": said[predicate]}) for predicate in ("sex", "circumstance") if said[predicate]]
    if "birth" in sheet.days and sheet.days["birth"].found:
        made.append(say("birth", {}, **_at(sheet.days["birth"])))
    if said["what"]:
        made.append(say("event", *_event(sheet, said["what"], "place", "when")))
    made += [say("detainee_number", {"text": said["number"]})] if said["number"] else []
    made += [say("person_note", {"text": in_words(sheet)})] if said["words"] else []
    done = _recorded(session, opened, made, [claims.new_subject("p", "person", tier=tier(session, sheet))], {"p": None})
    if said["asked"]:
        found = session.one("where_now", code=done.subjects[0][0])
        decisions.decide(session, found["subject"], "case", "open_missing", reason=ASKED, basis=done.claims)
    return done


def _testimony(session, sheet, opened):
    """The read-back is kept as a document, each line's claims are drawn from it; the file is stored last, when all else holds.

    That of an insider lies in the vault, and no document is named: two records that named the same one would tell of one witness.
    """
    if sheet.insider:
        return _recorded(session, opened, *_lines(session, sheet, opened, None))
    with documents.room() as folder:
        (folder / "testimony.txt").write_text(readback.text(sheet), encoding="utf-8")
        kept = documents.stage(folder / "testimony.txt", folder).main
        document = session.value("keep_document", file=Json(kept.told("testimony")), terms=Json(terms(session, sheet.head)),
                                 tier=tier(session, sheet), compartments=["names"])
        done = _recorded(session, opened, *_lines(session, sheet, opened, document))
        documents.store(session.settings, kept.path, kept.sha256)
    return done


def _lines(session, sheet, opened, document):
    """(claims, new subjects, {key: line}) of the lines of a testimony."""
    made, subjects, lines = [], [], {}
    for one in sheet.rows:
        say = _sayer(sheet, opened, f"p{one['whom'][1]}", how=one["how"], document=document,
                     locator=f"line {one['line']}" if document else None, case=one["whom"][1] if one["whom"][0] == "case" else None)
        if one["whom"] == ("new", one["line"]):
            subjects.append(claims.new_subject(f"p{one['line']}", "person", tier=tier(session, sheet)))
            lines[f"p{one['line']}"] = one["line"]
            if not names.is_placeholder(one["person"]):
                made.append(say("person_name", _name(one["person"])))
        made.append(say("event", *_event(sheet, one["what"], f"r{one['line']}_place", f"r{one['line']}_when")))
    return made, subjects, lines


WRITERS = {"report": _report, "site": _site, "person": _person, "testimony": _testimony}


def _sayer(sheet, opened, key, *, how=None, document=None, locator=None, case=None):
    """A function that says one thing of a subject, with all that the sheet says once: source, first hand, document, line."""
    first = vocab.KnownBy(how).attrs["first_hand"] if how else FIRST_HAND.get(sheet.head["who_connection"])
    whose = {"subject": case} if case else {"subject_key": key}

    def say(predicate, value=None, more=None, **parts):
        return claims.said(predicate, value, source=opened["source"], first_hand=first, document=document, locator=locator, **whose,
                           **(more or {}), **parts)

    return say


def _event(sheet, what, place, when):
    """(value, the other fields) of what happened to a person, where and when."""
    where, days = sheet.places[place], sheet.days.get(when)
    value = {"kind": what}
    if where.place and where.place.kind == "site":
        value["site"] = where.place.id
    elif where.said and not (where.place and where.place.kind == "point"):
        value["toponym"] = where.said
    told = "; ".join(one for one in (where.said, days.verbatim if days is not None else "") if one)
    return value, {**where.claim(), **(_at(days) if days is not None and days.found else {}), "verbatim": told or None}


def _at(days):
    return {"at": days.daterange(), "edtf": days.edtf, "calendar": days.calendar}


def _name(text):
    return {"text": text, "lang": "ar" if names.script(text) == "Arab" else "en" if names.script(text) == "Latn" else "und"}


def _recorded(session, opened, made, subjects, lines):
    """The claims stand; lines: the line in which each new subject was named, by its key."""
    if not made:
        raise BadInput("Nothing was said", do="Say a name, a place, or what happened to whom.")
    rows = claims.record(session, made, subjects=subjects, reason="entered by hand")
    told = {row.subject: (row.code, row.key in lines, lines.get(row.key)) for row in rows}
    return Written(opened["entry"], opened["receipt"], subjects=tuple(told.values()), claims=tuple(row.claim for row in rows))
