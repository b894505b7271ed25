"""Statistics that are published: sites by governorate and group of kinds, of what may leave, fixed for good once two agreed."""
import csv
import io
import re
import zipfile

from openpyxl import Workbook

from sitereg import suppression, vocab
from sitereg.errors import NotFound, Refused
from sitereg.store.session import Json
from sitereg.writing import inert

ALL = "all"
NOTES = (
    ("A count of one to four is not told, nor some others beside it, so that no sum gives it back: such a cell is empty.",
     "لا يُذكر عدد من واحد إلى أربعة، ولا بعض الأعداد بجانبه، كي لا يُستنتج عدد صغير من مجموع: تُترك تلك الخلية فارغة."),
    ("Sites that may leave, by the first of their kinds, verified or not. Nobody's list of sites is complete.",
     "مواقع يجوز أن تُذكر خارجاً، كلٌّ منها بأول أنواعه، ومنها ما لم يُتحقق منه. ولا قائمة مواقع كاملة لدى أحد."),
    ("Fixed as it was made on the day above; it is not reckoned anew.", "ثابت كما أُعدّ في اليوم المذكور أعلاه؛ ولا يُحسب من جديد."),
)

__all__ = ["ALL", "NOTES", "as_csv", "as_xlsx", "counted", "grid", "listed", "one", "propose", "settle"]


def counted(session):
    """[{adm1, group, sites}] with the sums (`all`), small counts and what would give them back hidden (sites: None).

    Of face 1 at most, of sources that let it be counted, each site by the first of its kinds. Raises Refused where there is none.
    """
    found = [(row["adm1"], vocab.term("site_kind", row["kind"]).attrs["group"]) for row in session.rows("statistic_sites")]
    if not found:
        raise Refused("No site that may leave fits", guard="rows", needs="There is nothing to count.")
    units, groups = (sorted({one[at] for one in found}) for at in (0, 1))
    table = suppression.suppressed([[found.count((unit, group)) for group in groups] for unit in units])
    return [{"adm1": unit, "group": group, "sites": number} for unit, row in zip([*units, ALL], table, strict=True)
            for group, number in zip([*groups, ALL], row, strict=True)]


def propose(session, title):
    """The counts as they are now wait for a releaser; answers the release's id."""
    return session.call("statistic_propose", title=title, rows=Json(counted(session)))


def settle(session, statistic, step, *, why):
    """A releaser who did not propose it publishes or refuses it, or withdraws what was published. Refused (four_eyes, too_soon)."""
    session.call("statistic_settle", statistic=statistic, step=step, why=why)


def listed(session, *, published=True):
    """What was published, as it was made; with published=False all, and what became of it."""
    return session.rows("statistics", published=published)


def one(session, statistic):
    """One table with what became of it. Raises NotFound."""
    found = next((row for row in listed(session, published=False) if row["id"] == statistic), None)
    if found is None:
        raise NotFound
    return found


def grid(release):
    """(groups, [(unit, [sites])]) as it was made: units and groups with their sums (`all`) last; a hidden count is None."""
    units, groups = (list(dict.fromkeys(row[name] for row in release["rows"])) for name in ("adm1", "group"))
    cells = {(row["adm1"], row["group"]): row["sites"] for row in release["rows"]}
    return groups, [(unit, [cells.get((unit, group)) for group in groups]) for unit in units]


def told(release, names, demo):
    """The lines of what leaves: title and day, the table under words of `names` (of units and groups), notes in both languages."""
    groups, rows = grid(release)
    yield [inert(release["title"])]
    yield [release["settled_on"], "SYNTHETIC" if demo else ""]
    yield ["", *(names(group) for group in groups)]
    for unit, counts in rows:
        yield [names(unit), *counts]
    for english, arabic in NOTES:
        yield [english]
        yield [arabic]


def as_csv(release, names, demo=False):
    """A published table as a CSV in UTF-8 with the mark that spreadsheets look for."""
    held = io.StringIO()
    csv.writer(held, lineterminator="\r\n").writerows(told(release, names, demo))
    return held.getvalue().encode("utf-8-sig")


def as_xlsx(release, names, demo=False):
    """The same as a workbook: no cell is a formula, it tells no author, and one release is the same bytes at any hour."""
    book, held = Workbook(write_only=True), io.BytesIO()
    book.properties.creator = "sitereg"
    sheet = book.create_sheet("counts")
    for line in told(release, names, demo):
        sheet.append(line)
    book.save(held)
    made = io.BytesIO()
    with zipfile.ZipFile(held) as whole, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as still:
        for name in whole.namelist():  # the hour at which it was made stands in each entry and in the properties
            part = whole.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"1980-01-01T00:00:00Z", part)
            still.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()
