"""What people type into forms, read field by field: typed values, or every problem at once. What was typed is kept as it was."""
import re
from datetime import date, datetime
from uuid import UUID

from sitereg import vocab
from sitereg.errors import BadInput
from sitereg.writing import digits, has_controls
from web.fields import BESIDE, FORMATS, FORMS, LISTS, OTHER_BASES, PACKED  # noqa: F401 - views say forms.FORMATS and the like
from web.words import DAMASCUS

LONG, SHORT = 4000, 200


def read(form, given):
    """{field: value} of the form named `form`; raises BadInput with {code, field, value, message} for each fault."""
    values, problems = {}, []
    for name, field in FORMS[form].items():
        try:
            values[name] = READERS[field.kind](given, name, field)
        except ValueError as fault:
            problems.append({"code": "bad_value", "field": name, "value": given.get(name, "")[:60], "message": str(fault)})
            continue
        if field.must and not values[name] and values[name] != 0:
            problems.append({"code": "missing_required", "field": name, "value": "", "message": "This is needed"})
    problems += [{"code": "unknown_field", "field": name[:60], "value": "", "message": "This form has no such field"}
                 for name in sorted(set(given) - set(FORMS[form]) - {"csrf_token"}) if not beside(form, name)]
    if problems:
        raise BadInput("The form is not complete", problems=problems, do="What you typed is kept: correct what is marked.")
    return values


def beside(form, name):
    """The field of the form that this name says something beside, or None."""
    return next((name.removeprefix(one) for one in BESIDE if name.startswith(one) and name.removeprefix(one) in FORMS[form]), None)


def let_stand(form, given):
    """The fields of which what stands now is to stay, though something was typed."""
    return {beside(form, name) for name in given if name.startswith("over_") and given[name] == "now"} - {None}


def status(trouble):
    """The HTTP status of a page that shows a form: as it stands, with faults to correct, or refused."""
    if trouble is None:
        return 200
    return 422 if isinstance(trouble, BadInput) else 409


def typed(given):
    """What stood in the form, for showing it again: {field: text}, and fields of several values as lists."""
    return {**{name: given.get(name, "") for name in given}, **{name: given.getlist(name) for name in LISTS}}


def text(given, name, field):
    value = given.get(name, "").strip()
    if has_controls(value):
        raise ValueError("It holds a character that no field may hold")
    most = LONG if field.kind == "long" else SHORT
    if len(value) > most:
        raise ValueError("At most 4,000 letters" if most == LONG else "At most 200 letters")
    return value or None


def term(given, name, field):
    value = given.get(name, "")
    allowed = set(vocab.SCHEMES[field.of]) if isinstance(field.of, str) else set(field.of)
    if value and value not in allowed:
        raise ValueError("This is no term of the list")
    return value or None


def terms(given, name, field):
    chosen = [one for one in given.getlist(name) if one]
    if set(chosen) - set(vocab.SCHEMES[field.of]):
        raise ValueError("This is no term of the list")
    return chosen


def day(given, name, _field):
    value = digits(given.get(name, "")).strip()
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise ValueError("A day is written as 2026-03-01") from None


def past_day(value):
    """The day in an address; raises BadInput for what is none."""
    try:
        return date.fromisoformat(digits(value).strip())
    except ValueError:
        raise BadInput("A day is written as 2026-03-01", do="Choose a day before today.") from None


def number(given, name, _field):
    value = digits(given.get(name, "")).strip()
    if value and not (value.isdecimal() and len(value) < 10):
        raise ValueError("This is no number")
    return int(value) if value else None


def moment(given, name, _field):
    """A day and an hour in Damascus, as the browser writes them."""
    value = digits(given.get(name, "")).strip()
    try:
        return datetime.fromisoformat(value[:16]).replace(tzinfo=DAMASCUS) if value else None
    except ValueError:
        raise ValueError("A day and an hour are written as 2026-03-01T14:30") from None


def metres(given, name, _field):
    value = digits(given.get(name, "")).strip().replace(",", ".")
    if value and not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", value):
        raise ValueError("This is no number")
    return float(value) if value else None


def seconds(given, name, _field):
    """Seconds from the start, or minutes and seconds as 2:05.5, as a number."""
    value = digits(given.get(name, "")).strip().replace(",", ".").replace("٫", ".")
    if value and not re.fullmatch(r"([0-9]{1,3}:){0,2}[0-9]{1,6}(\.[0-9]{1,3})?", value):
        raise ValueError("This is no number")
    total = 0.0
    for part in value.split(":") if value else ():
        total = total * 60 + float(part)
    return total if value else None


def share(given, name, _field):
    value = digits(given.get(name, "")).strip().replace(",", ".").replace("٫", ".")
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,6})?", value or "0") or float(value or 0) > 100:
        raise ValueError("Give hundredths of the page: 0 to 100")
    return float(value) if value else None


def tick(given, name, _field):
    return given.get(name) == "yes"


def secret(given, name, _field):
    """A passphrase as it was typed; never shown again."""
    value = given.get(name, "")
    if len(value) > LONG or has_controls(value):
        raise ValueError("It holds a character that no field may hold" if has_controls(value) else "At most 4,000 letters")
    return value


def one_id(given, name, _field):
    return known(given.get(name, "")) if given.get(name) else None


def ids(given, name, _field):
    return [known(one) for one in given.getlist(name)[:200]]


def known(value):
    try:
        return UUID(value)
    except ValueError:
        raise ValueError("This is no id") from None


READERS = {"secret": secret, "text": text, "long": text, "term": term, "terms": terms, "day": day, "number": number,
           "moment": moment, "metres": metres, "seconds": seconds, "share": share, "tick": tick, "id": one_id, "ids": ids}
