"""What the map page says beside its list: each filter as a chip that takes it away, and the years as a histogram."""
from flask_babel import gettext as _

from web import asking, language

CHIPS = ("group", "kind", "verification", "protection", "governorate")
FIRST, HIGH = 1970, 30  # the year with which the slider begins at the latest; the height of the histogram in its own units


def chips(shown, facets, all_facets=None):
    """[{name, value, label, count, href, out}]: what is asked, one by one; href asks all but that.

    out: it leaves out, and count says how many it takes away of what the other filters leave (all_facets: counted without these).
    """
    labels = {(name, one["code"]): one for name in CHIPS for one in facets[name]}
    taken = {(name, one["code"]): one for name in CHIPS for one in all_facets[name]} if all_facets else labels
    found = [chip(shown, name, code, **worded(taken if code.startswith("-") else labels, name, code))
             for name in CHIPS for code in shown[name]]
    if shown["q"]:
        found.insert(0, chip(shown, "q", shown["q"], shown["q"]))
    if shown["area"]:
        found.append(chip(shown, "area", "", _("the area drawn")))
    if shown["around"]:
        found.append(chip(shown, "around", "", _("and %(km)s km around it", km=shown["around"])))
    if shown["from"] or shown["to"]:
        found.append({**chip(shown, "from", shown["from"], period(shown)), "name": "years",
                      "href": address({**shown, "from": "", "to": ""})})
    return found


def worded(labels, name, code):
    line = labels.get((name, code.removeprefix("-")), {})
    return {"label": line.get("label", code.removeprefix("-")), "count": line.get("count"), "out": code.startswith("-")}


def chip(shown, name, value, label, count=None, out=False):
    less = {**shown, name: [one for one in shown[name] if one != value] if isinstance(shown[name], list) else ""}
    if name == "area":
        less["around"] = ""
    return {"name": name, "value": value, "label": label, "count": count, "href": address(less), "out": out}


def address(shown):
    query = asking.query(shown)
    return "/sites" + ("?" + query if query else "")


def period(shown):
    """The years that are asked, in words."""
    if shown["from"] and shown["to"]:
        return _("%(first)s to %(last)s", first=shown["from"], last=shown["to"])
    return _("from %(year)s on", year=shown["from"]) if shown["from"] else _("until %(year)s", year=shown["to"])


def years(found, unsaid, shown, today):
    """The histogram: {first, last, low, high, bars [{x, y, height, year, n}], most, unsaid, said}; low and high: what is asked."""
    last = max([today.year, *found])
    first = min([FIRST, *found])
    most = max(found.values(), default=0)
    bars = [{"x": year - first, "height": round(HIGH * n / most, 2), "y": round(HIGH - HIGH * n / most, 2), "year": year, "n": n}
            for year, n in sorted(found.items())]
    low, high = (int(shown[name] or other) for name, other in (("from", first), ("to", last)))
    return {"first": first, "last": last, "low": min(max(low, first), last), "high": min(max(high, first), last), "bars": bars,
            "most": most, "unsaid": unsaid, "width": last - first + 1, "tall": HIGH,
            "said": period(shown) if shown["from"] or shown["to"] else _("all years"), "rtl": language.code() == "ar"}
