"""The testimony sheet as a spreadsheet: a template with lists to choose from, and what somebody filled into one.

Two pages: what is said once, a field a line; and the lines of the testimony, one of them an example that must be replaced. Labels
may stand in English or Arabic, whoever reads; words of lists as their labels in either language, or as codes. A file is opened
by the isolated reader that partners' files are opened by, never in this process.
"""
from pathlib import Path

from sitereg import documents, vocab
from sitereg.entering import fields, labels
from sitereg.errors import BadInput
from sitereg.imports.readers import process
from sitereg.sentences import LOCALES, said

MOST_BYTES = 2 * 2**20
LINES = 40
HEAD = ("who_type", "who_connection", "who_name", "who_contact", "before", "language", "partner", "terms", "uses", "consent",
        "scope", "legal_basis", "tier")
ROW = ("person", "what", "place", "when", "how")
PAGES = ("Said once", "Lines")
YES, NO = "yes", "no"
EXAMPLE = {"person": "EXAMPLE Ahmad (replace or delete this line)", "what": "seen_by_exdetainee", "place": "the long cell",
           "when": "May 2013", "how": "saw"}
EXAMPLE_HINT = "The first line of the second page is an example: replace it or delete it."
NOT_REPLACED = "The example line was sent as it was: replace or delete it"
OTHER_LANGUAGE = "another language"

__all__ = ["read", "template"]


def template(path, *, locale="en"):
    """The template stands at `path` (never over a file that is there), its labels and lists in that language."""
    from openpyxl import Workbook

    if Path(path).exists():
        raise BadInput("There is a file of that name already", where=Path(path).name, do="Give another name.")
    book = Workbook()
    once, lines, lists = book.active, book.create_sheet(said(PAGES[1], locale)), book.create_sheet("lists")
    once.title = said(PAGES[0], locale)
    for sheet in (once, lines):
        sheet.sheet_view.rightToLeft = locale == "ar"
    _fill_once(once, lists, locale)
    _fill_lines(lines, lists, locale)
    lists.sheet_state = "hidden"
    book.save(path)


def read(path):
    """(typed, rows) of a filled template, as `entering.read` takes them.

    Raises BadInput for what is no such file, is too large, has fields that nobody knows, or still holds the example as it was.
    """
    once, lines = _opened(Path(path))
    problems = []
    typed, rows = _typed(once, problems), _rows(lines, problems)
    if problems:
        raise BadInput("The sheet cannot be used as it is", problems=problems, do="Correct these cells; nothing was written.")
    return typed, rows


def options(name):
    """The codes of a field that is chosen from a list, or none."""
    one = {**fields.HEAD, **fields.FORMS["testimony"], **fields.ROWS}[name]
    return list(one.of if isinstance(one.of, tuple) else vocab.SCHEMES[one.of].codes()) if one.kind == "term" else []


def word(name, code, locale):
    """The label of a code of that field's list."""
    if name == "language":
        return language_name(code, locale)
    if name == "tier":
        return labels.tier(code, locale)
    one = {**fields.HEAD, **fields.ROWS}[name]
    return vocab.label(one.of, code, locale)


def language_name(code, locale):
    """The name of a language of LANGUAGES in that language."""
    from babel import Locale

    return said(OTHER_LANGUAGE, locale) if code == "other" else Locale(locale).languages[code]


def _fill_once(sheet, lists, locale):
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = 44, 44, 70
    for name in HEAD:
        for code in vocab.SCHEMES[fields.HEAD[name].of].codes() if name in labels.TICKS else (None,):
            sheet.append([_tick(name, code, locale) if code else labels.label(name, locale), None, labels.hint(name, locale)])
            cell = sheet.cell(sheet.max_row, 2)
            choices = [said(YES, locale), said(NO, locale)] if code else [word(name, one, locale) for one in options(name)]
            if choices:
                _choose(sheet, lists, cell.coordinate, choices)
            sheet.cell(sheet.max_row, 1).font = Font(bold=True)
            cell.number_format, cell.alignment = "@", Alignment(wrap_text=True)
    sheet.append([])
    sheet.append([said(EXAMPLE_HINT, locale)])


def _fill_lines(sheet, lists, locale):
    from openpyxl.styles import Font

    sheet.append([labels.label(name, locale) for name in ROW])
    for at, name in enumerate(ROW, 1):
        sheet.cell(1, at).font = Font(bold=True)
        letter = sheet.cell(1, at).column_letter
        sheet.column_dimensions[letter].width = 36
        choices = [word(name, one, locale) for one in options(name)]
        if choices:
            _choose(sheet, lists, f"{letter}2:{letter}{LINES + 1}", choices)
        for line in range(2, LINES + 2):
            sheet.cell(line, at).number_format = "@"
        sheet.cell(2, at).value = word(name, EXAMPLE[name], locale) if choices else said(EXAMPLE[name], locale)
    sheet.freeze_panes = "A2"


def _tick(name, code, locale):
    """What stands beside a cell that takes yes or no."""
    return f"{labels.label(name, locale)}: {vocab.label(fields.HEAD[name].of, code, locale)}"


def _choose(sheet, lists, cells, choices):
    """Those cells take one of the choices, which stand in a column of the hidden page."""
    from openpyxl.worksheet.datavalidation import DataValidation

    at = lists.max_column + 1 if lists["A1"].value else 1
    for line, choice in enumerate(choices, 1):
        lists.cell(line, at).value = choice
    letter = lists.cell(1, at).column_letter
    rule = DataValidation(type="list", formula1=f"lists!${letter}$1:${letter}${len(choices)}", allow_blank=True,
                          showErrorMessage=True)
    sheet.add_data_validation(rule)
    rule.add(cells)


def _opened(path):
    """The rows of the two pages, each {letter: text} with its line."""
    if path.exists() and path.stat().st_size > MOST_BYTES:
        raise BadInput("The file is too large for a testimony sheet", where=path.name, do="Give the filled template alone.")
    with documents.room() as room:
        try:
            found = process.read(documents.stage(path, room).files, room, format="xlsx", plain=True)
        except BadInput as fault:
            raise BadInput(fault.what, where=path.name, code=fault.code, do="Give the filled template, as .xlsx.") from fault
    pages = {layer.part: [] for layer in found.layers if layer.part != "lists"}
    for row in found.rows:
        if row.part in pages:
            pages[row.part].append((row.line, {letter: text.strip() for letter, text in row.cells.items()}))
    if len(pages) < len(PAGES):
        raise BadInput("The file has not the two pages of the template", where=path.name,
                       do="Fill the file that `sitereg testimony template` makes.")
    return list(pages.values())[:len(PAGES)]


def _code(name, text):
    """The code for a label in either language, or the text as it is: what is none is told by the reader of the sheet."""
    known = {word(name, code, locale): code for code in options(name) for locale in LOCALES}
    return known.get(text, text)


def _typed(page, problems):
    known = {labels.label(name, locale): name for name in HEAD if name not in labels.TICKS for locale in LOCALES}
    ticks = {_tick(name, code, locale): (name, code)
             for name in labels.TICKS for code in vocab.SCHEMES[fields.HEAD[name].of].codes() for locale in LOCALES}
    hints = {said(EXAMPLE_HINT, locale) for locale in LOCALES}
    typed = {name: [] for name in labels.TICKS}
    for line, cells in page:
        mark, value = cells.get("A", ""), cells.get("B", "")
        if mark in ticks:
            if value in {said(YES, locale) for locale in LOCALES}:
                typed[ticks[mark][0]].append(ticks[mark][1])
            elif value not in {"", *(said(NO, locale) for locale in LOCALES)}:
                problems.append(_problem(mark, value, "Say yes or no", f"B{line}"))
        elif mark in known:
            typed[known[mark]] = _code(known[mark], value)
        elif mark and mark not in hints:
            problems.append(_problem(mark, value, fields.NO_FIELD, f"A{line}"))
    return typed


def _rows(page, problems):
    known = {labels.label(name, locale): name for name in ROW for locale in LOCALES}
    head = dict(page).get(1, {})
    columns = {letter: known[mark] for letter, mark in head.items() if mark in known}
    problems += [_problem(mark, "", fields.NO_FIELD, f"column {letter}")
                 for letter, mark in head.items() if mark and mark not in known]
    if len(columns) < len(ROW):
        lacking = sorted(set(ROW) - set(columns.values()))
        problems.append(_problem(", ".join(labels.label(one) for one in lacking), "", "This column is missing", "line 1"))
    rows = []
    for line, cells in page:
        row = {name: _code(name, cells.get(letter, "")) for letter, name in columns.items()}
        if line == 1 or not any(row.values()):
            continue
        if any(row.get("person") == said(EXAMPLE["person"], locale) for locale in LOCALES):
            problems.append(_problem("person", row["person"], NOT_REPLACED, f"A{line}"))
        else:
            rows.append(row)
    return rows


def _problem(name, value, message, where):
    return {"code": "bad_value", "field": f"{name} ({where})", "value": value[:60], "message": message}
