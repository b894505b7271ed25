"""What the forms of the intake desk hold: how a file is to be read, which column is what, the terms of a release."""
from flask import request

from sitereg import vocab
from sitereg.errors import BadInput
from sitereg.imports import guessing, mapping
from sitereg.writing import digits, has_controls

SHORT, LONG = 200, 2_000
ENCODINGS = ("utf-8", "utf-16", "cp1256", "cp1252", "iso8859-6")


def line(name, most=SHORT):
    """A text of the form on one line; raises BadInput where it is too long."""
    text = " ".join(request.form.get(name, "").split())
    if len(text) > most or has_controls(text):
        raise BadInput(
            "The form is not complete",
            problems=[{"code": "too_long", "field": name, "value": "", "message": "At most 200 letters"}],
            do="What you typed is kept: correct what is marked.",
        )
    return text


def declared():
    """How the file is to be read, where somebody says otherwise than it seems."""
    given = {name: line(name) for name in ("encoding", "delimiter", "sheet")}
    given["encoding"] = given["encoding"] if given["encoding"] in ENCODINGS else None
    given["delimiter"] = {"tab": "\t"}.get(given["delimiter"], given["delimiter"])[:1] or None
    given |= {
        name: min(int(number), 999)
        for name in ("header_row", "header_rows")
        if (number := line(name)).isdecimal() and int(number)
    }
    return {name: value for name, value in given.items() if value}


def mapped(seen, before):
    """The choices that the mapping form holds."""
    subject = before.get("subject") or "site"
    columns = [one["column"] for one in seen.get("guesses", {}).get(subject, [])]
    known = (*guessing.OF[subject], *guessing.KEPT)
    fields = {column: field for at, column in enumerate(columns) if (field := request.form.get(f"f{at}", "")) in known}
    words = {
        column: {word: line(f"w{at}_{n}") for n, word in enumerate(seen["words"].get(column, []))}
        for at, column in enumerate(columns)
        if f"w{at}_0" in request.form
    }
    texts = {
        name: line(name, LONG if name == "reason" else SHORT)
        for name in mapping.ASKED
        if name not in mapping.TERMS and name in request.form
    }
    texts["published_places"] = "yes" if request.form.get("published_places") == "yes" else ""
    return {"fields": {**before.get("fields", {}), **fields}, "words": {**before.get("words", {}), **words}, **texts}


def rows_told():
    """How many rows the partner says that the file holds, or None where he does not; BadInput for what is no number."""
    words = digits(line("rows")).replace(",", "")
    if words and not (words.isdecimal() and 0 < len(words) < 9 and int(words)):
        raise BadInput("The form is not complete", do="What you typed is kept: correct what is marked.",
                       problems=[{"code": "bad_value", "field": "rows", "value": words[:40], "message": "This is no number"}])
    return int(words) if words else None


def terms():
    """The tier and the terms of the release."""
    uses = [one for one in request.form.getlist("uses") if one in set(vocab.SCHEMES["permitted_use"])]
    return {**{name: line(name) for name in mapping.TERMS if name != "uses" and name in request.form}, "uses": uses}
