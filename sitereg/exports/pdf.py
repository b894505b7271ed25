"""PDF: a sheet with the map and its legend, then the sites as a list, in English or Arabic. It is not read back."""
from datetime import date

from markupsafe import Markup, escape

from sitereg import maps, papers, symbols, vocab
from sitereg.dates import spoken
from sitereg.errors import BadInput
from sitereg.exports import mapsheet
from sitereg.sentences import LOCALES, said

SUFFIX = ".pdf"
MOST, LISTED = 20_000, 400
FONTS = maps.STATIC / "vendor" / "fonts"
FACES = (("IBM Plex Sans", "ibm-plex-sans-latin"), ("IBM Plex Sans Ext", "ibm-plex-sans-latin-ext"),
         ("IBM Plex Sans Arabic", "ibm-plex-sans-arabic-arabic"))
STYLE = """
@page { size: A4 landscape; margin: 17mm 12mm 13mm;
  @top-center { content: element(stamp); width: 100%; vertical-align: bottom; padding-bottom: 1mm; }
  @bottom-center { content: counter(page) " / " counter(pages); direction: ltr; font: 400 8pt "IBM Plex Sans"; color: #555; } }
* { box-sizing: border-box; }
body { color: #111; margin: 0; }
h1 { font-size: 12pt; margin: 0 0 1mm; line-height: 1.2; }
h2 { font-size: 9pt; margin: 2mm 0 0.5mm; }
h2:first-child { margin-top: 0; }
p { margin: 0 0 0.5mm; }
.stamp { position: running(stamp); border: 1pt solid #111; padding: 0.7mm 2mm; font-size: 8pt; margin: 0; }
.sheet { display: flex; gap: 5mm; }
.drawn { position: relative; width: 200mm; flex: none; direction: ltr; }
.drawn svg { width: 200mm; display: block; }
.drawn > span { position: absolute; font-size: 6.5pt; line-height: 8pt; margin-top: -4pt; color: #333; white-space: nowrap; }
.side { flex: 1; font-size: 7.5pt; line-height: 1.25; }
.below { display: flex; gap: 6mm; font-size: 7.5pt; line-height: 1.3; margin-top: 1.5mm; }
.below > div { flex: 1; }
.side ul { list-style: none; margin: 0; padding: 0; }
.side li { display: flex; gap: 2mm; align-items: center; }
.side li svg { width: 5mm; height: 5mm; flex: none; }
table { width: 100%; border-collapse: collapse; font-size: 8pt; }
th, td { text-align: START; vertical-align: top; padding: 1mm 2mm; border-bottom: 0.4pt solid #bbb; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.list { break-before: page; }
"""
PRECISION = {"exact": "known to within %(m)s m", "cell_1km": "1 km cell", "cell_10km": "10 km cell",
             "admin_unit": "somewhere in this unit", "none": "no place known"}
HEADS = ("No.", "Code", "Name", "Kind", "Verification", "Protection", "Place", "Admin unit")

__all__ = ["write"]


def write(table, about, path):
    """The file has a map of the rows and, up to 400 of them, their list. about holds language (en, ar), by and face too."""
    locale = about.get("language") or "en"
    if locale not in LOCALES:
        raise BadInput("A sheet is written in Arabic or English", where=f"language {locale}", do="Give ar or en.")
    if len(table) > MOST:
        raise BadInput("These are too many sites for one sheet", where=f"{len(table)} sites, at most {MOST}",
                       do="Filter them, or take another format.")
    rows = table.reset_index(drop=True)
    path.write_bytes(papers.pdf(str(page(rows, about, locale)), fonts=FONTS))
    return {"language": locale, "listed": len(rows) if len(rows) <= LISTED else 0}


def page(rows, about, locale):
    """The sheet as HTML for sitereg.papers."""
    drawn = mapsheet.drawing(rows, locale, about["filter"].get("bbox"), numbered=len(rows) <= LISTED)
    rtl = locale == "ar"
    word = Markup('<span style="{}: {}%; top: {}%">{}</span>')
    words = Markup("").join(
        word.format("right" if one["before"] else "left", one["x"], one["y"], one["text"]) for one in drawn["words"])
    told = Markup(
        '<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8"><title>{}</title><style>{}</style></head><body>'
        '{}<h1>{}</h1><div class="sheet"><div class="drawn">{}{}</div><div class="side">{}</div></div><div class="below">{}</div>{}'
        '</body></html>')
    style, map = Markup(_style(rtl)), Markup(drawn["svg"])  # noqa: S704 - of this module and of numbers
    title = said("Sites as they were known on %(day)s", locale, day=spoken.day(date.fromisoformat(about["date"]), locale))
    return told.format(locale, "rtl" if rtl else "ltr", title, style, stamp(rows, about, locale), title, map, words,
                       legend(rows, locale), notes(rows, about, drawn, locale),
                       listing(rows, locale))


def _style(rtl):
    face = '@font-face {{ font-family: "{}"; font-weight: {}; src: url("font:{}-{}-normal.woff2"); }}\n'
    faces = "".join(face.format(family, weight, name, weight) for family, name in FACES for weight in (400, 600))
    size = "9.5pt/1.6" if rtl else "9pt/1.45"
    body = f'body {{ font: 400 {size} "IBM Plex Sans", "IBM Plex Sans Ext", "IBM Plex Sans Arabic"; }}'
    return faces + STYLE.replace("START", "right" if rtl else "left") + body


def stamp(rows, about, locale):
    """How sure, how restricted, whether invented: at the head of every page."""
    unverified = int((rows["stamp"] != "").sum())
    parts = [said("UNVERIFIED: %(n)s of %(of)s sites", locale, n=unverified, of=len(rows))] if unverified else []
    parts += [Markup('<bdi dir="ltr">{}</bdi>').format(about[one]) for one in ("tlp", "classification")]
    if about["synthetic"]:
        parts.append(said("Synthetic data: nothing on this sheet is real", locale))
    return Markup('<p class="stamp"><b>{}</b></p>').format(Markup(" · ").join(parts))


def legend(rows, locale):
    """What the symbols on this sheet mean, and no others."""
    groups = [one for one in symbols.GROUPS if (rows["kind"].map(mapsheet.group) == one).any()]
    kinds = [one for one in symbols.KINDS if (rows["kind"] == one).any()]
    shapes = _items([*((symbols.svg(one, None, "confirmed"), vocab.label("site_kind_group", one, locale)) for one in groups),
                     *((symbols.svg("other", one, "confirmed"), vocab.label("site_kind", one, locale)) for one in kinds)])
    fills = _items((symbols.svg("burial", None, one), vocab.label("verification_level", one, locale))
                   for one in symbols.LEVELS if rows["verifications"].str.contains(one).any())
    marks = _items((symbols.svg("burial", None, "suspected", one), vocab.label("protection_status", one, locale))
                   for one in (*symbols.UNDER, *symbols.OVER) if (rows["protection"] == one).any())
    return Markup("<h2>{}</h2>{}<h2>{}</h2>{}{}").format(
        said("What it was", locale), shapes, said("How well it is known", locale), fills,
        Markup("<h2>{}</h2>{}").format(said("Protection", locale), marks) if marks else "")


def notes(rows, about, drawn, locale):
    """How exactly places are shown; who printed it, for whom and what for."""
    there = {"cell": rows["shown_as"].str.startswith("cell").any(), "unit": (rows["shown_as"] == "admin_unit").any(),
             "ring": drawn["rings"]}
    told = [said(PRECISION_NOTE[about["face"]], locale), *(said(NOTES[one], locale) for one in NOTES if there[one])]
    if len(rows) > LISTED:
        told.append(said("The list of %(n)s sites is not printed: take it as CSV or XLSX beside this sheet.", locale, n=len(rows)))
    told += [said("WGS 84 (EPSG:4326), north is up.", locale),
             said("Natural Earth, GeoNames (CC BY 4.0). Boundaries imply no opinion.", locale)]
    lines = [(said("To", locale), about["recipient"]), (said("What for", locale), about["purpose"]),
             (said("From", locale), about["unit"]), (said("Printed by", locale), about["by"]),
             (said("Filter", locale), _filter(about["filter"], locale))]
    return Markup("<div><h2>{}</h2>{}</div><div><h2>{}</h2>{}<p><b>{}</b></p></div>").format(
        said("How to read it", locale), Markup("").join(Markup("<p>{}</p>").format(one) for one in told),
        said("This sheet", locale), Markup("").join(Markup("<p>{}: <bdi>{}</bdi></p>").format(*one) for one in lines if one[1]),
        said("Not to be passed on.", locale))


NOTES = {
    "cell": "A symbol within four corners stands for a cell, not for a point.",
    "unit": "An outline with a number: so many sites are known to lie somewhere in this unit.",
    "ring": "A number in a ring: so many sites whose symbols would cover each other.",
}
PRECISION_NOTE = {
    0: "Places are shown as cells of 10 km or coarser, unless a disclosure decision says otherwise.",
    1: "Places are shown exactly only where the exact place is not restricted; else as cells of 1 km or coarser.",
}


def _items(pairs):
    made = Markup("").join(Markup("<li>{}<span>{}</span></li>").format(*one) for one in pairs)
    return Markup("<ul>{}</ul>").format(made) if made else made


def _filter(filter, locale):
    schemes = {"kinds": "site_kind", "groups": "site_kind_group", "verification": "verification_level"}
    told = [vocab.label(schemes[name], one, locale) for name in schemes for one in filter.get(name, ())]
    return ", ".join([*told, *filter.get("adm1", ()), *([said("an area", locale)] if filter.get("bbox") else [])])


def listing(rows, locale):
    """The sites one by one, by their numbers; more than 400 are no list on paper."""
    if len(rows) > LISTED:
        return ""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(said(one, locale)) for one in HEADS)
    cell = Markup("<td><bdi>{}</bdi></td>")
    lines = (Markup("").join(cell.format(one) for one in _cells(n, row, locale)) for n, row in enumerate(rows.itertuples(), 1))
    body = Markup("").join(Markup("<tr>{}</tr>").format(one) for one in lines)
    return Markup('<table class="list"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(head, body)


def _cells(n, row, locale):
    named = (row.name_ar, row.name_en) if locale == "ar" else (row.name_en, row.name_ar)
    kinds = [vocab.label("site_kind", one, locale) for one in (row.kinds or "").split(",") if one]
    levels = [vocab.label("verification_level", one, locale) for one in row.verifications.split(",")]
    place = said(PRECISION[row.shown_as], locale, m=f"{row.uncertainty_m:,.0f}" if row.uncertainty_m == row.uncertainty_m else "?")
    if row.shown_as == "exact" and row.lat == row.lat:
        place = Markup('<span dir="ltr">{}</span> · {}').format(f"{row.lat:.5f}, {row.lon:.5f}", place)
    unit = row.adm1_ar if locale == "ar" and isinstance(row.adm1_ar, str) else row.adm1_en
    code = Markup('<span dir="ltr">{}</span>').format(row.code)
    return (n, code, next((one for one in named if isinstance(one, str)), "–"), escape(", ".join(kinds)), ", ".join(levels),
            vocab.label("protection_status", row.protection, locale) if isinstance(row.protection, str) else "–", place,
            unit if isinstance(unit, str) else "–")
