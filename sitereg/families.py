"""Families: what may be said today, signed by a second person, told, and who must be told again when something changed.

    propose -> waiting --another person--> signed --told to a family, as often as there are families--> told
                                        -> refused

By source handlers, who alone reach families through the vault; releasers sign too. Raises NotFound for a case that is not there
or not visible, Refused (not_sayable, four_eyes), Conflict, BadInput.
"""
from sitereg import telling
from sitereg.sentences import LOCALES
from sitereg.store.session import Json

HOW = ("in_person", "telephone", "letter")

__all__ = ["HOW", "contacts", "listed", "owed", "propose", "settle", "today", "told"]


def governorates(session):
    """{p-code: {en, ar}} of every governorate."""
    return {one["pcode"]: {locale: one[f"name_{locale}"] or one["name_en"] for locale in LOCALES}
            for one in session.rows("units", level=1)}


def spoken(session, lines):
    """{en: [sentence], ar: [sentence]} of lines."""
    names = governorates(session)
    return {locale: telling.words(lines, locale, names) for locale in LOCALES}


def today(session, code):
    """What may be said of a case today: code, id, open, lines, words {en, ar}, withheld (keys of telling.WITHHELD)."""
    answer = session.value("telling_facts", code=code)
    lines = telling.lines(answer["facts"]) if answer["open"] else []
    return {"id": answer["id"], "code": answer["code"], "case_state": answer["case_state"], "open": answer["open"], "lines": lines,
            "words": spoken(session, lines), "withheld": telling.withheld(answer)}


def propose(session, code):
    """What may be said today waits for a second person; answers its id."""
    lines = telling.lines(session.value("telling_facts", code=code)["facts"])
    return session.call("telling_propose", code=code, lines=Json(lines), sentences=Json(spoken(session, lines)))


def settle(session, which, step, *, why):
    """Another person than the one who wrote it signs it, or refuses it."""
    session.call("telling_settle", telling=which, step=step, why=why)


def told(session, which, contact, *, how, on):
    """That it was told to a family (the id of a source that told of the case), how (of HOW), on which day."""
    session.call("telling_told", telling=which, contact=contact, how=how, on=on)


def contacts(session, code):
    """[{contact, label}]: the families that told of the case themselves."""
    return session.rows("telling_contacts", code=code)


def listed(session, *, code=None):
    """What was written, signed and told, the newest first; of one case where a code is given."""
    return session.rows("tellings", code=code)


def owed(session):
    """Who must be told again: [{code, telling, contact, how, on, by, gone, new}], gone and new as {en, ar} of sentences.

    Of each family of each case the last telling counts; it is owed once what was told no longer holds, or there is more to say.
    """
    last = {}
    for row in listed(session):
        for one in row["told"]:
            held = last.get((row["code"], one["contact"]))
            if held is None or held[1]["at"] < one["at"]:
                last[row["code"], one["contact"]] = row, one
    found = [(row, one, telling.again(row["lines"], row)) for row, one in last.values()]
    return [{"code": row["code"], "telling": row["id"], **one,
             **{name: spoken(session, change[name]) for name in ("gone", "new")}}
            for row, one, change in found if change]
