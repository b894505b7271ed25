"""What a reader asks of the list and the map: a form or a query string, checked, as filters of the registry and as shown.

What is searched for is sent by form and stands in an address only concealed (`w`): history and logs of proxies keep addresses."""
import json
import re
from datetime import date
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from sitereg import vocab
from sitereg.errors import BadInput
from sitereg.geo import corners
from sitereg.writing import digits
from web import security

CODES = {"group": ("groups", "site_kind_group"), "kind": ("kinds", "site_kind"),
         "verification": ("verification", "verification_level"), "protection": ("protection", "protection_status")}
UNIT = re.compile(r"[A-Z]{2}[0-9]{2}|none")
YEAR = re.compile(r"(19|20)[0-9]{2}")
CODE = re.compile(r"[A-Z0-9-]{1,20}")
KNOWN = {"governorate", "from", "to", "lang"}
PLACED = ("area", "around", "not")  # of sites alone
FARTHEST = 500
LETTERS, LONG = 200, 2000
NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
TOO_FAR = "Around an area: a number of kilometres, more than 0 and at most 500"


def asked(form=None, codes=CODES, extra=(), held=None):
    """(filters of api.site_list, the same as the form shows them); raises BadInput with every problem found.

    form: what was sent, with the words as q; else the address is read, with all of it concealed as w. The other names: group,
    kind, verification, protection, governorate (each of these as often as wanted, of sites with a minus before a code to leave it
    out, or `not` with kind:code), from and to (years), area and around (kilometres around it). codes: other names, each
    with the filter that it is and its vocabulary (as of persons); extra: names that are read elsewhere; held: what a kept view
    asks, in place of what is concealed in the address.
    """
    given, known, problems = (form, {"q", "csrf_token"}, []) if form is not None else in_address(held)
    known |= {*codes, *KNOWN, *extra, *(PLACED if codes is CODES else ())}
    problems += [problem("unknown_field", name, "", "There is no such filter") for name in given if name not in known]
    shown = {name: [one for one in given.getlist(name) if one] for name in (*codes, "governorate")}
    problems += left_out(given, shown) if codes is CODES else []
    shown["q"] = given.get("q", "").strip()
    if len(shown["q"]) > LETTERS or "\x00" in shown["q"]:
        problems.append(problem("too_long", "q", "", "At most 200 letters"))
    filters = {"q": shown["q"] or None}
    for name, (field, scheme) in codes.items():
        problems += [problem("unknown_code", name, one, "This is no term of the list") for one in shown[name]
                     if bare(one, codes) not in set(vocab.SCHEMES[scheme])]
        filters[field] = shown[name] or None
    problems += [problem("unknown_code", "governorate", one, "This is no term of the list")
                 for one in shown["governorate"] if not UNIT.fullmatch(bare(one, codes))]
    filters["adm1"] = shown["governorate"] or None
    if codes is CODES:
        shown["area"], shown["around"] = (given.get(name, "").strip() for name in ("area", "around"))
        filters["bbox"], wrong = area(shown["area"])
        filters["around_km"], far = around(shown)
        problems += wrong + far
    for name, day in (("from", (1, 1)), ("to", (12, 31))):
        shown[name] = digits(given.get(name, "").strip())
        if shown[name] and not YEAR.fullmatch(shown[name]):
            problems.append(problem("bad_date", name, shown[name], "A year has four digits, such as 1982"))
        elif shown[name]:
            filters[name] = date(int(shown[name]), *day)
    if problems:
        raise BadInput("This cannot be asked", problems=problems, do="Take the filters that the page offers.")
    return filters, shown


def area(text):
    """(the filter, problems) of an area that was drawn or whose corners were typed; (None, []) for none."""
    try:
        return (corners.box(corners.read(text[:LONG])) if text else None), []
    except ValueError as error:
        return None, [problem("bad_value", "area", "", str(error))]


def around(shown):
    """(the filter, problems) of kilometres around an area; without an area they ask nothing."""
    typed = digits(shown["around"]).replace("٫", ".").replace(",", ".")
    if not shown["area"] or not typed:
        shown["around"] = ""
        return None, []
    try:
        km = float(typed) if NUMBER.fullmatch(typed) else 0
        return (km, []) if 0 < km <= FARTHEST else (None, [problem("bad_number", "around", typed, TOO_FAR)])
    finally:
        shown["around"] = typed


def bare(code, codes=CODES):
    """A code without the minus that leaves it out, where sites are asked for."""
    return code.removeprefix("-") if codes is CODES else code


def left_out(given, shown):
    """What is to be left out, chosen in the form as kind:code, joins what is asked; the problems found."""
    chosen = [one.partition(":") for one in given.getlist("not") if one]
    for name, _between, code in chosen:
        if name in shown and "-" + code not in shown[name]:
            shown[name].append("-" + code)
    strange = [name for name, _between, _code in chosen if name not in shown]
    return [problem("unknown_field", "not", name, "There is no such filter") for name in strange]


def without_left_out(filters):
    """The same filters, nothing left out; None where nothing is."""
    names = [field for field, _scheme in CODES.values()] + ["adm1"]
    kept = {name: [one for one in filters[name] or () if not one.startswith("-")] or None for name in names}
    return {**filters, **kept} if any(kept[name] != filters[name] for name in names) else None


def in_address(told=None):
    """What the address asks: (fields, names that it may have, faults). What is concealed comes first; codes may stand beside it,
    where somebody wrote them, words may not. told: what stands in place of what is concealed."""
    held, problems = {}, []
    try:
        if told is None:
            told = json.loads(security.revealed(request.args["w"])) if request.args.get("w") else {}
        held = {name: value if isinstance(value, list) else [value] for name, value in told.items()}
    except (ValueError, AttributeError):
        problems.append(problem("bad_value", "w", "", "This search is over: type it again"))
    given = MultiDict([(name, str(one)) for name, values in held.items() for one in values])
    given.update(MultiDict([one for one in request.args.items(multi=True) if one[0] != "w"]))
    return given, {"after"} | ({"q"} if "q" not in request.args else set()), problems


def after():
    """The codes after which the pages seen so far began: the last one is that of this page."""
    given = request.args.getlist("after")
    if not all(CODE.fullmatch(one) for one in given):
        raise BadInput("This cannot be asked", problems=[problem("bad_value", "after", "", "This is no code")])
    return given


def hidden(name):
    """What stands concealed under this name in the address, as JSON told it; None where nothing does. Raises BadInput."""
    return revealed(name, request.args.get(name))


def revealed(name, token):
    """What such a token conceals, whatever way it came."""
    try:
        return json.loads(security.revealed(token)) if token else None
    except ValueError:
        raise BadInput("This cannot be asked", problems=[
            problem("bad_value", name, "", "This search is over: type it again")]) from None


def hide(told):
    """The same for an address: only this seat reads it."""
    return security.concealed(json.dumps(told, ensure_ascii=False, separators=(",", ":")))


def problem(code, field, value, message):
    return {"code": code, "field": field, "value": value[:60], "message": message}


def query(shown, **more):
    """The query string of these filters, concealed, and of nothing that is empty."""
    told = {name: value for name, value in shown.items() if value}
    return urlencode([(name, one) for name, value in {**({"w": hide(told)} if told else {}), **more}.items()
                      for one in (value if isinstance(value, list) else [value]) if one])
