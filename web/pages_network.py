"""How a site stands to others as a small drawing: before it what led there, after it where it led, below what lies beside."""
from web import language, words

BESIDE = {"same_as", "adjacent_to", "shares_perimeter_with"}
MOST, LEAST = 6, 2
WIDE, NODE, TALL, STEP = 760, 216, 40, 62
LETTERS = 24

__all__ = ["drawn"]


def drawn(site):
    """{width, height, nodes, edges, left_out} in the direction of reading; None for fewer than two relations."""
    relations = words.beside(site["relations"])
    if len(relations) < LEAST:
        return None
    sides = {"before": [], "after": [], "beside": []}
    for one in relations:
        side = "beside" if one["kind"] in BESIDE else "after" if one["direction"] == "to" else "before"
        sides[side].append(one)
    rows = max(len(sides[side][:MOST]) for side in ("before", "after"))
    low = max(rows * STEP, STEP)
    turned = language.code() == "ar"
    middle = {"x": (WIDE - NODE) / 2, "y": low / 2 - TALL / 2}
    nodes, edges = [{**middle, **node(site, here=True)}], []
    for side in ("before", "after"):
        shown = sides[side][:MOST]
        for n, one in enumerate(shown):
            y = low * (n + 0.5) / len(shown) - TALL / 2
            at_end = (side == "after") != turned
            x = WIDE - NODE - 2 if at_end else 2
            nodes.append({"x": x, "y": y, **node(one)})
            inner, outer = (middle["x"] + NODE, x) if at_end else (middle["x"], x + NODE)
            ends = [(inner, low / 2), (outer, y + TALL / 2)]
            edges.append(edge(one, *(ends if side == "after" else ends[::-1]), label=(x + NODE / 2, y - 4)))
    shown = sides["beside"][:3]
    for n, one in enumerate(shown):
        x = WIDE * (n + 0.5) / len(shown) - NODE / 2
        nodes.append({"x": x, "y": low + 26, **node(one)})
        ends = (WIDE / 2, low / 2 + TALL / 2), (x + NODE / 2, low + 26)
        edges.append({**edge(one, *ends, label=(x + NODE / 2, low + 22)), "plain": True})
    left_out = len(relations) - sum(len(sides[side][:MOST]) for side in ("before", "after")) - len(shown)
    return {"width": WIDE, "height": low + (26 + TALL + 4 if shown else 4), "nodes": nodes, "edges": edges, "left_out": left_out}


def node(one, here=False):
    """A site in the drawing: its code, a name that fits, the kind whose symbol it has."""
    names = one["names"] or {}
    name = names.get(language.code()) or names.get("en") or names.get("ar") or one["code"]
    kinds = [kind["kind"] if isinstance(kind, dict) else kind for kind in one["kinds"] or []]
    cut = name if len(name) <= LETTERS else name[:LETTERS - 1] + "…"
    return {"code": one["code"], "name": cut, "kind": kinds[0] if kinds else None, "here": here}


def edge(one, start, end, label):
    """A line from where it leads to where: broken where one origin alone says so; its kind stands at the other site."""
    said = " · ".join(filter(None, (language.word("relation_kind", one["kind"]), years(one["began"], one["ended"]))))
    (x, y), (to_x, to_y), half = start, end, (start[0] + end[0]) / 2
    path = f"M{x:.0f} {y:.0f} C{half:.0f} {y:.0f} {half:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}"
    return {"path": path, "once": one["origins"] is not None and one["origins"] < 2, "plain": False, "said": said,
            "x": round(label[0]), "y": round(label[1])}


def years(began, ended):
    """The years from the first in which it may have begun to the last in which it may have ended; the list has the days."""
    known = [day.year for one in (began, ended) if one for day in words.ends(one) if day]
    return "" if not known else str(min(known)) if min(known) == max(known) else f"\u2066{min(known)}–{max(known)}\u2069"
