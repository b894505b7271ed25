"""What is read aloud to whoever told it, line by line, before it is sent: plain sentences in English and Arabic. Pure."""
from dataclasses import dataclass

from sitereg import names
from sitereg.dates import spoken
from sitereg.sentences import said
from sitereg.vocab import ProblemCode, label

FIRST = "This is what we have written down. I read it to you line by line: stop me where it is not right."
LAST = "You may correct this or take it back at any time, with the number that we give you."
HOW = {"saw": "You saw it yourself.", "heard": "You heard it yourself.",
       "told": "Others told you; you did not see or hear it yourself."}
CALL = {"yes": "We may contact you again.", "no": "We must not contact you again.",
        None: "You did not say whether we may contact you again."}
AGREES = {"yes": "You agree to this: %(uses)s.", "no": "You do not agree to this: %(uses)s."}
AGREED = ("given", "given_limited", "by_representative")


@dataclass(frozen=True)
class Line:
    """One line to read; row: the line of the testimony that it says again, None for what frames them."""

    words: str
    row: int | None = None


def lines(sheet, locale):
    """The Lines of a testimony or report in that language."""
    told = [Line(said(FIRST, locale))]
    if sheet.form == "report":
        told.append(Line(said("You told us: %(words)s", locale, words=sheet.said["words"])))
        told.append(Line(" ".join([place(sheet, "place", locale), when(sheet, "when", locale)])))
        told.append(Line(said(CALL[sheet.said["callback"]], locale)))
    told += [Line(row(sheet, one, locale), one["line"]) for one in sheet.rows]
    return [*told, *consent(sheet, locale), Line(said(LAST, locale))]


def text(sheet):
    """The whole read-back in Arabic and English, as the document that the claims are drawn from keeps it."""
    parts = ["\n".join(one.words for one in lines(sheet, locale)) for locale in ("ar", "en")]
    return "\n\n".join(parts) + "\n"


def row(sheet, one, locale):
    """One line of a testimony: who, what, where, when, and how the witness knows."""
    return " ".join([said("Line %(n)s.", locale, n=one["line"]), who(sheet, one, locale),
                     said("What happened: %(what)s.", locale, what=label("event_kind", one["what"], locale)),
                     place(sheet, f"r{one['line']}_place", locale), when(sheet, f"r{one['line']}_when", locale),
                     said(HOW[one["how"]], locale)])


def who(sheet, one, locale):
    kind, *whom = one["whom"]
    if kind == "case":
        return said("The person whom we have under the number %(code)s.", locale, code=whom[1])
    first = next(line for line in sheet.rows if line["line"] == whom[0])
    name = first["person"]
    if names.is_placeholder(name):
        name = said("a person whose name is not known", locale)
    if first is one:
        return said("The person: %(who)s.", locale, who=name)
    return said("The same person as in line %(n)s: %(who)s.", locale, n=whom[0], who=name)


def place(sheet, name, locale):
    found = sheet.places.get(name)
    if found is None or found.state == "none":
        return said("Where: you did not say.", locale)
    one = found.place
    if one is None:
        return said("Where, in your words: %(place)s.", locale, place=found.said)
    if one.kind == "point":
        return said("Where: at %(lat)s north, %(lon)s east, within %(m)s metres.", locale, lat=f"{one.lat:.5f}",
                    lon=f"{one.lon:.5f}", m=f"{one.uncertainty_m:,.0f}")
    known = one.names.get(locale) or next(iter(one.names.values()), one.code)
    if found.said in (known, one.code):
        return said("Where: %(place)s.", locale, place=known)
    return said("Where: %(place)s; in our list it is called %(known)s.", locale, place=found.said, known=known)


def when(sheet, name, locale):
    found = sheet.days.get(name)
    if found is None:
        return said("When: you did not say.", locale)
    if not found.found:
        return said("When, in your words: %(when)s.", locale, when=found.verbatim)
    days = spoken.between(found.earliest, found.latest, locale)
    if ProblemCode.AMBIGUOUS_DATE in found.problems:
        return said("When: %(when)s; your words (%(words)s) can mean several days, and we keep them all.", locale, when=days,
                    words=found.verbatim)
    return said("When: %(when)s.", locale, when=days)


def consent(sheet, locale):
    """What was agreed to and what was not, and under which terms it is kept."""
    head = sheet.head
    told = [said("Consent: %(consent)s.", locale, consent=label("consent_state", head["consent"], locale))]
    if head["consent"] in AGREED:
        scope = scopes(head)
        for answer, sentence in AGREES.items():
            uses = [label("consent_scope", code, locale) for code, one in scope.items() if one == answer]
            if uses:
                told.append(said(sentence, locale, uses=said(", ", locale).join(uses)))
    uses = said(", ", locale).join(label("permitted_use", code, locale) for code in head["uses"])
    told.append(said("It is kept by %(partner)s under these terms: %(terms)s. They permit: %(uses)s.", locale,
                     partner=head["partner"], terms=head["terms"], uses=uses))
    return [Line(one) for one in told]


def scopes(head):
    """{scope: yes or no} where consent was asked and given: what was not named was not agreed to; else {}."""
    from sitereg.vocab import ConsentScope

    if head["consent"] not in AGREED:
        return {}
    return {code: "yes" if code in head["scope"] else "no" for code in ConsentScope.codes()}
