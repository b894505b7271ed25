"""A project for QGIS: our layers in our symbols, by SQL or by OGC API, with no layer of anybody else and no password in it.

It is XML that QGIS 3.22 and later read. What it holds of an account is nothing: by SQL it names a service of the machine's own
`pg_service.conf`, by OGC API a stored authentication of QGIS (id `sitereg`); whoever opens it sees what his own account may see.
"""

import base64
import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

from sitereg import symbols, vocab
from sitereg.errors import BadInput
from sitereg.layers import LAYERS

__all__ = ["AUTHENTICATION", "SERVICE", "packed", "project", "write"]

SERVICE, AUTHENTICATION = "sitereg", "sitereg"  # QGIS takes seven letters and digits for the second
VERSION = "3.22.0"
GROUPS = {  # the tree of the project, the first lies on top
    "Sites · المواقع": ("site_points", "site_lines", "site_areas", "site_cells", "site_uncertainty", "site_kinds"),
    "Events · الأحداث": ("event_points", "event_cells"),
    "Bodies of records · السجلات": ("holding_points", "holding_areas", "holding_cells"),
    "Protection · الحماية": ("measures", "visits", "disturbances"),
    "Cases · الحالات": ("persons",),
    "Units · الوحدات الإدارية": ("units",),
}
OFF = {"site_uncertainty", "event_points", "event_cells", "holding_areas", "holding_cells", "measures", "visits"}
ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?")
COLOURS = symbols.COLOURS["light"]
AROUND = ("3950000", "3790000", "4732000", "4500000")  # Syria in metres of Web Mercator
WGS84, WEB_MERCATOR = ("3452", "4326"), ("3857", "3857")  # QGIS's own number of a system, and EPSG's
CLASSES = {
    **{
        f"\"kind_group\"='{group}'" + (f' AND "kind" NOT IN ({", ".join(map(repr, symbols.KINDS))})' if group == "other" else ""): (
            group,
            None,
        )
        for group in symbols.GROUPS
    },
    f'"kind" IN ({", ".join(map(repr, symbols.KINDS))})': ("other", "checkpoint"),
}
LABEL_OF_A_CELL = "CASE WHEN \"shown_as\"='cell_1km' THEN '1 km' ELSE '10 km' END"


def write(path, *, url=None, service=None):
    """The project stands in a new file, .qgz or .qgs; of url (OGC API) and service (SQL) one is given. Raises BadInput."""
    path = Path(path)
    if path.suffix not in (".qgs", ".qgz"):
        raise BadInput("A project of QGIS ends in .qgz or .qgs", where=path.name)
    if path.exists():
        raise BadInput("There is such a file already", where=path.name, do="Give another name.")
    made = project(url=url, service=service)
    path.write_bytes(packed(made) if path.suffix == ".qgz" else made)


def packed(made):
    """The project as a .qgz, the same bytes each time."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo("sitereg.qgs"), made, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def project(*, url=None, service=None):
    """The project as bytes of XML, the same each time; url: of the landing page of the OGC API, service: of pg_service.conf."""
    if (url is None) == (service is None):
        raise BadInput("A project asks by SQL or by OGC API", do="Give a service or an address.")
    if not ADDRESS.fullmatch(url) if url is not None else not re.fullmatch(r"[A-Za-z0-9_.-]{1,63}", service):
        raise BadInput(
            "This is no name of a service or no address",
            where=url or service,
            do="An address begins with https:// and ends in /ogc.",
        )
    root = ET.Element("qgis", version=VERSION, projectname="sitereg")
    ET.SubElement(root, "title").text = "sitereg"
    crs(ET.SubElement(root, "projectCrs"), WEB_MERCATOR)
    ET.SubElement(ET.SubElement(ET.SubElement(root, "properties"), "SpatialRefSys"), "ProjectionsEnabled", type="int").text = "1"
    tree = ET.SubElement(root, "layer-tree-group")
    held = ET.SubElement(root, "projectlayers")
    for title, names in GROUPS.items():
        group = ET.SubElement(tree, "layer-tree-group", name=title, checked="Qt::Checked", expanded="1")
        for name in names:
            layer = LAYERS[name]
            if service is None or layer.view:
                provider, source = ("OAPIF", asked(layer, url)) if url else ("postgres", queried(layer, service))
                ET.SubElement(
                    group,
                    "layer-tree-layer",
                    id=f"sitereg_{name}",
                    name=layer.title,
                    source=source,
                    providerKey=provider,
                    checked="Qt::Unchecked" if name in OFF else "Qt::Checked",
                    expanded="0",
                )
                held.append(drawn(layer, provider, source))
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas")
    ET.SubElement(canvas, "units").text = "meters"
    extent = ET.SubElement(canvas, "extent")
    for side, value in zip(("xmin", "ymin", "xmax", "ymax"), AROUND, strict=True):
        ET.SubElement(extent, side).text = value
    crs(ET.SubElement(canvas, "destinationsrs"), WEB_MERCATOR)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def crs(parent, numbers):
    held = ET.SubElement(parent, "spatialrefsys")
    for tag, text in zip(("srsid", "srid", "authid"), (*numbers, f"EPSG:{numbers[1]}"), strict=True):
        ET.SubElement(held, tag).text = text


def asked(layer, url):
    return f"url='{url}' typename='{layer.name}' authcfg={AUTHENTICATION} pageSize='1000' restrictToRequestBBOX='1'"


def queried(layer, service):
    shape = f' type={layer.shape} table="api"."{layer.view}" (geom)' if layer.shape else f' table="api"."{layer.view}"'
    srid = " srid=4326" if layer.shape else ""
    return f"service='{service}' key='key' estimatedmetadata=false checkPrimaryKeyUnicity='0'{srid}{shape}"


def drawn(layer, provider, source):
    """The layer as the project holds it: where it is asked, and how it is drawn."""
    kind = {"": "No geometry", "Point": "Point", "MultiLineString": "Line"}.get(layer.shape, "Polygon")
    made = ET.Element("maplayer", type="vector", geometry=kind, wkbType=layer.shape or "NoGeometry", readOnly="1")
    for tag, text in (
        ("id", f"sitereg_{layer.name}"),
        ("datasource", source),
        ("layername", layer.title),
        ("abstract", layer.words),
    ):
        ET.SubElement(made, tag).text = text
    if layer.shape:
        crs(ET.SubElement(made, "srs"), WGS84)
    ET.SubElement(made, "provider", encoding="UTF-8").text = provider
    if layer.shape:
        made.append(renderer(layer))
    if layer.name == "site_cells":
        made.set("labelsEnabled", "1")
        made.append(labelling(LABEL_OF_A_CELL))
    ET.SubElement(made, "blendMode").text = "0"
    ET.SubElement(made, "previewExpression").text = '"code"' if layer.name.startswith("site") else '"key"'
    return made


def renderer(layer):
    """How it is drawn: points of sites by shape, fill and outline of the registry's symbols, areas by the colour of the group."""
    rules = []
    if layer.name == "site_points":
        rules = points()
    elif layer.name.startswith("site_"):
        exact = "\"shown_as\"='exact'" if layer.name in ("site_uncertainty", "site_areas") else None
        for test, (group, kind) in CLASSES.items():
            rules.append((both(test, exact), named(group, kind), area(layer, COLOURS[group])))
        if layer.name == "site_areas":  # many may be known by one unit alone: its outline, or they would darken it
            outline = area(LAYERS["units"], COLOURS["ink"])
            rules.append(("\"shown_as\"='admin_unit'", "A unit, no more · وحدة إدارية لا غير", outline))
    else:
        colour = (
            COLOURS["attention"]
            if layer.name == "measures"
            else COLOURS["records" if layer.name.startswith("holding") else "other"]
        )
        rules.append((None, layer.title, dot(colour) if layer.shape == "Point" else area(layer, colour)))
    made = ET.Element("renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0", enableorderby="0")
    tree, signs = ET.SubElement(made, "rules", key="all"), ET.SubElement(made, "symbols")
    for n, (test, label, sign) in enumerate(rules):
        ET.SubElement(tree, "rule", key=f"rule{n}", symbol=str(n), label=label, **({"filter": test} if test else {}))
        sign.set("name", str(n))
        signs.append(sign)
    return made


def points():
    """(test, label, symbol) of each thing that a point of a site shows, in the order in which they are drawn over one another."""
    found = []
    for code, strokes in symbols.UNDER.items():
        found += [
            (both(test, f"\"protection\"='{code}'"), said("protection_status", code), picture(strokes, group, kind))
            for test, (group, kind) in CLASSES.items()
        ]
    for test, (group, kind) in CLASSES.items():
        found += [
            (
                both(test, f"\"verification\"='{level}'"),
                f"{named(group, kind)}: {said('verification_level', level)}",
                picture(strokes, group, kind),
            )
            for level, strokes in symbols.FILLS.items()
        ]
    late = '"next_review" < to_date(now())'
    return found + [
        (
            late if code == "overdue" else f"\"protection\"='{code}'",
            "Review overdue · المراجعة متأخرة" if code == "overdue" else said("protection_status", code),
            picture(strokes, "other", None),
        )
        for code, strokes in symbols.OVER.items()
    ]


def both(test, other):
    return f"({test}) AND {other}" if other else test


def said(scheme, code):
    return f"{vocab.label(scheme, code, 'en')} · {vocab.label(scheme, code, 'ar')}"


def named(group, kind):
    return said("site_kind", kind) if kind else said("site_kind_group", group)


def picture(strokes, group, kind):
    """A marker of these strokes, its picture inside the project."""
    drawing = symbols.drawing(strokes, group, kind).encode()
    return symbol("marker", "SvgMarker", name="base64:" + base64.b64encode(drawing).decode(), size="5.5", size_unit="MM")


def dot(colour):
    return symbol(
        "marker", "SimpleMarker", name="circle", color=rgba(colour), outline_color="255,255,255,255", size="2", size_unit="MM"
    )


def area(layer, colour):
    """An outline, pale inside: somewhere in it; dashed where the area is no site but where one may lie."""
    if layer.shape == "MultiLineString":
        return symbol("line", "SimpleLine", line_color=rgba(colour), line_width="0.6", line_width_unit="MM")
    unit = layer.name == "units"
    return symbol(
        "fill",
        "SimpleFill",
        color=rgba(colour, 0 if unit else 40),
        outline_color=rgba(colour),
        outline_width="0.2" if unit else "0.4",
        outline_width_unit="MM",
        style="no" if unit else "solid",
        outline_style="dash" if unit or layer.name == "site_uncertainty" else "solid",
    )


def symbol(kind, drawing, **options):
    made = ET.Element("symbol", type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    held = ET.SubElement(
        ET.SubElement(made, "layer", {"class": drawing, "enabled": "1", "locked": "0", "pass": "0"}), "Option", type="Map"
    )
    for name, value in options.items():
        ET.SubElement(held, "Option", type="QString", name=name, value=value)
    return made


def rgba(colour, alpha=255):
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + f",{alpha}"


def labelling(expression):
    made = ET.Element("labeling", type="simple")
    settings = ET.SubElement(made, "settings", calloutType="simple")
    ET.SubElement(
        settings, "text-style", fieldName=expression, isExpression="1", fontSize="7", fontSizeUnit="Point", textColor="17,17,17,255"
    )
    ET.SubElement(settings, "placement", placement="1")
    return made
