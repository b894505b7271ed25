"""The lines of `sitereg sites why`: the claims behind a field with what each counts for, and the decision behind a status."""
import click

from sitereg.cli import words
from sitereg.cli.features import said

MARKS = {"*": "its value is shown", "!": "contradicts what is shown",
         "+": "of compartments that the record lacks: stands beside it",
         "~": "does not count while a better one stands", " ": "agrees or adds"}


def tell(rows):
    """The claims, each in one line with its mark, and under them what the marks mean."""
    best = {}
    for row in rows:
        if not row["beside"]:
            best[row["field"]] = min(best.get(row["field"], 2), row["class"])
    told = [(mark(row, best.get(row["field"], 0)), row) for row in rows]
    for sign, row in told:
        click.echo(claim(sign, row))
    if told:
        met = [sign for sign in MARKS if any(sign == one for one, _ in told)]
        click.echo("Marks: " + "; ".join(f"{sign.strip() or 'none'} {MARKS[sign]}" for sign in met) + ".")


def mark(row, best):
    """The mark of a claim: origins are counted within the best class of grades that stands in its field."""
    if row["chosen"]:
        return "*"
    if row["contradicts"]:
        return "!"
    if row["beside"]:
        return "+"
    return "~" if row["class"] > best else " "


def claim(sign, row):
    """A claim in one line: its mark, value, grade, source, origin, when it was recorded, and the id by which it is cited."""
    label = (row["source_label"] or {}).get("en") or row["source_type"] or row["source_family"]
    value = "(finer than you are shown)" if row["withheld"] else words.value(row["field"], row["value"] or {}) or place_of(row)
    hand = {True: "first-hand", False: "second-hand", None: "not said whether first-hand"}[row["first_hand"]]
    parts = [f"{sign} {row['field']:<24} {value}  {row['reliability']}{row['credibility']}", hand, label,
             f"origin {row['origin_no']}", row["recorded"], *([row["document"]] if row["document"] else []),
             *([f"{row['standing']}: does not count"] if sign == "~" else [])]
    return ", ".join(parts) + f"  claim {row['claim']}"


def place_of(row):
    """The place that a claim gives, in words."""
    if not row["shape"]:
        return row["pcode"] or "-"
    at = row["shape"]["coordinates"]
    where = f"{at[1]:.5f}, {at[0]:.5f}" if row["shape"]["type"] == "Point" else row["shape"]["type"].lower()
    return f"{where} +-{row['uncertainty_m']:,.0f} m"


def of_protection(session, code):
    """The decision under the protection status of a site and the claims that it rests on, as {decision, claims}."""
    from sitereg import decisions, sites

    page = sites.show(session, code)
    if page["merged_into"]:
        page = sites.show(session, page["merged_into"])
    past = decisions.history(session, page["id"], machine="protection")
    return {"code": page["code"], "protection": page["protection"], "decision": past[0] if past else None,
            "claims": sites.claims(session, page["code"], past[0]["basis"]) if past else []}


def tell_protection(found):
    """The same, in lines."""
    status, last = said("protection_status", found["protection"]), found["decision"]
    if last is None:
        click.echo(f"{found['code']}: {status}. Nothing was decided yet in what you may see.")
        return
    people = ", ".join([last["proposed_by"] or "not told to you", *(f"approved by {name}" for name in last["approved_by"])])
    how = {"rule": " by a rule of the registry"}.get(last["how"], "")
    click.echo(f"{found['code']}: {status}, decided{how} on {last['decided_at']:%Y-%m-%d} ({people}).")
    if last["reason"]:
        click.echo(f"Reason: {last['reason']}")
    for name, day in (("Assessed on", last["observed_on"]), ("Review due", last["due"])):
        if day:
            click.echo(f"{name} {day}")
    if last["annuls"]:
        click.echo("It annuls the decision before it.")
    for row in found["claims"]:
        click.echo("Rests on" + claim(" ", row))
    if not found["claims"]:
        click.echo("It rests on no claim that you may see.")
