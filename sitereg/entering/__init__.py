"""What people were just told, entered by hand: four forms, read as they were typed, written whole or not at all.

    sheet = entering.read(session, "testimony", typed, rows=rows, once=uuid4())
    sheet.problems or entering.write(session, sheet)      Written(receipt="48217730", ...)

`typed` and `rows` are plain words, as a web form, a JSON file or a spreadsheet holds them: one reader serves the three doors.
A sheet asks partner, terms, permitted uses and consent once; everything that it writes carries them, through a source of the
sheet's own. Nothing is matched in silence: an existing site or person is named by its code or chosen from what is offered.
"""
from sitereg import drafts
from sitereg.entering import labels, triage, xlsx
from sitereg.entering.fields import FORMS, ROLES, ROWS
from sitereg.entering.readback import Line, lines, text
from sitereg.entering.recording import Written, last_terms, of_receipt, receipt, take_back, write
from sitereg.entering.sheets import Sheet, read

__all__ = ["FORMS", "ROLES", "ROWS", "Line", "Sheet", "Written", "drafts", "labels", "last_terms", "lines", "read",
           "of_receipt", "receipt", "take_back", "text", "triage", "write", "xlsx"]
