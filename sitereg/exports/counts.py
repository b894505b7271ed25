"""The counts of the overview as a table that leaves: of the sites that may leave in face 1 at most, fewer than five told as `<5`.

Where one small number alone is hidden within a cut, or within one of its parts, the next smallest is hidden too, so that no sum
gives it back; the table holds no totals. The disclosure names every site that is counted.
"""
import hashlib
import io
import json
from csv import writer
from uuid import UUID

from sitereg import overview, sharing
from sitereg.errors import BadInput, Refused
from sitereg.store.session import Json
from sitereg.vocab import Tier

LEAST = 5
HIDDEN = f"<{LEAST}"
CUTS = ("adm1", "began", "kind", "protection", "source")
COLUMNS = ("cut", "code", "part", "sites")

__all__ = ["make"]


def make(session, *, recipient, purpose, risk=None, legal_basis=None):
    """(the CSV, its manifest), both bytes; the disclosure is recorded in this transaction.

    Raises BadInput (no recipient or purpose), Denied (the role), Refused (no site may leave).
    """
    for name, value in (("recipient", recipient), ("purpose", purpose)):
        if not (value or "").strip():
            raise BadInput(f"A file leaves only with its {name}", where=name, do="Say to whom it goes and what for.")
    face = min(session.value("level"), 1)
    ids = [row["id"] for row in session.rows("leaving_sites", face=face, filter=Json({}))]
    if not ids:
        raise Refused("No site that may leave fits: there is neither file nor disclosure", guard="rows",
                      needs="Ask for more: fewer filters, a larger box, another tier.")
    table = sheet(overview.coverage(session, face=face, ids=[UUID(str(one)) for one in ids]).rows)
    sender, tier = sharing.sender(session), Tier(str(face))
    about = {"what": "counts", "unit": sender["unit"], "registry": sender["registry"], "synthetic": sender["synthetic"],
             "date": sender["today"].isoformat(), "recipient": recipient.strip(), "purpose": purpose.strip(), "tier": tier.label,
             "tlp": tier.attrs["tlp"], "classification": tier.attrs["un"], "ocha": tier.attrs["ocha"], "format": "csv",
             "precision": "counts; fewer than five are not told", "legal_basis": legal_basis,
             "withheld": session.value("leaving_withheld", face=face, filter=Json({})), "sites": len(ids),
             "sha256": hashlib.sha256(table).hexdigest()}
    about["disclosure"] = str(sharing.disclose(
        session, recipient=recipient, purpose=purpose, format="csv", precision=about["precision"], face=face, rows=len(ids),
        sha256=bytes.fromhex(about["sha256"]), subjects=ids, legal_basis=legal_basis, risk=risk))
    return table, (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()


def sheet(rows):
    """The CSV (UTF-8 with the mark that spreadsheets look for) of the cuts that leave."""
    file = io.StringIO()
    out = writer(file, lineterminator="\r\n")
    out.writerow(COLUMNS)
    for cut in CUTS:
        held = [{**row, "sites": round(row["sites"])} for row in rows if row["cut"] == cut]
        lost = hidden(held)
        out.writerows([cut, row["code"], row["part"] or "", HIDDEN if n in lost else row["sites"]] for n, row in enumerate(held))
    return file.getvalue().encode("utf-8-sig")


def hidden(rows):
    """Positions of the rows that are not told: the small ones, and where one stands alone the next smallest beside it."""
    lost = {n for n, row in enumerate(rows) if 0 < row["sites"] < LEAST}
    groups = [[n for n, row in enumerate(rows) if row[name] == value]
              for name in ("part", "code") for value in dict.fromkeys(row[name] for row in rows)] + [range(len(rows))]
    while more := set().union(*(beside(rows, lost, among) for among in groups)) - lost:
        lost |= more
    return lost


def beside(rows, lost, among):
    """The next smallest of some rows where just one of them is hidden."""
    told = [n for n in among if n not in lost and rows[n]["sites"]]
    return {min(told, key=lambda n: (rows[n]["sites"], n))} if sum(n in lost for n in among) == 1 and told else set()
