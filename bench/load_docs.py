"""The table of a load as docs/operations.md holds it: whole, between two lines of its own, with its day and its sizes."""
from bench.measure import figure

FIRST, LAST = "<!-- written by python -m bench.load --write -->", "<!-- end of what was written -->"

__all__ = ["text", "write"]


def write(table, path):
    """The file holds the table between FIRST and LAST in place of what stood there. Raises ValueError: it has no such lines."""
    held = path.read_text()
    before, _first, rest = held.partition(FIRST)
    _old, _last, after = rest.partition(LAST)
    if not _first or not _last:
        raise ValueError(f"{path.name} has no lines between which the table stands")
    path.write_text(f"{before}{FIRST}\n{text(table)}\n{LAST}{after}")


def text(table):
    """The table in Markdown: what was measured, what came out, what it is to be."""
    sizes = ", ".join(f"{many:,} {what}" for what, many in table.sizes.items())
    lines = [f"| {table.title}, {table.began[:10]}; {sizes} | measured | asked for | |", "|---|---|---|---|"]
    for row in table.rows:
        met = {True: "met", False: "**not met**", None: ""}[row["met"]]
        lines.append(f"| {row['name']} | {figure(row['median'])} {row['unit']} | {row['target'] or ''} | "
                     f"{'; '.join(one for one in (met, row['beside']) if one)} |")
    return "\n".join(lines)
