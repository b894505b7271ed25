"""A redacted copy byte by byte: what a file of pictures alone may hold is said here part by part, and every other part is a fault.

Written without the code that makes copies, and by other means: PDF 1.7 (ISO 32000-1, 7.3 to 7.5), JPEG (ITU-T T.81, annex B), PNG.
A fault is {"code": of redaction_fault, "page": n or None, "byte": where in the file or None}.
"""

import re
import struct
import zlib

_STREAM = re.compile(rb"\bstream\r?\n")
_LENGTH = re.compile(rb"/Length (\d+)>>\s*$")
_NAME = re.compile(rb"/[^\s/<>\[\]()%{}]*")
_NAMES = {b"/" + one for one in (
    b"Type Catalog Pages Page Count Kids Parent MediaBox Resources XObject P Contents Subtype Image Width Height ColorSpace"
    b" DeviceRGB BitsPerComponent Filter DCTDecode Length Size Root").split()}
_WORD = re.compile(rb"[A-Za-z%][^\s/<>\[\]()]*")
_WORDS = {b"%PDF-1.4", b"%%EOF", *b"obj endobj stream endstream R xref f n trailer startxref q cm Do Q".split()}
_MEANS = {b"/Annots": "annotation", b"/Annot": "annotation", b"/AcroForm": "form", b"/XFA": "form", b"/EmbeddedFiles": "attachment",
          b"/EmbeddedFile": "attachment", b"/EF": "attachment", b"/Filespec": "attachment", b"/Metadata": "metadata",
          b"/Info": "metadata", b"/ID": "metadata", b"/PieceInfo": "metadata", b"/Prev": "revision", b"/Thumb": "thumbnail",
          b"/OpenAction": "action", b"/AA": "action", b"/JavaScript": "action", b"/JS": "action",
          b"/Font": "text", b"/Form": "drawing"}
PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PARTS, _PNG_TOLD = (b"IHDR", b"IDAT", b"IEND"), (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"tIME", b"pHYs")
_JPEG_PARTS = {0xDB, 0xC0, 0xC2, 0xC4, 0xDA, 0xDD, 0xE0}
_TOLD = {0xE1: "metadata", 0xE2: "metadata", 0xED: "metadata", 0xFE: "metadata"}

__all__ = ["jpeg", "pdf", "png"]


def fault(code, *, page=None, byte=None):
    return {"code": code, "page": page, "byte": byte}


def pdf(data: bytes) -> tuple[list[dict], bytes]:
    """(faults, all of the file but the coded pictures): one revision: catalogue, pages, a JPEG for each, no more."""
    faults, rest, at, page = [], bytearray(), 0, 0
    while found := _STREAM.search(data, at):
        rest += data[at:found.end()]
        length = _LENGTH.search(data[max(at, found.start() - 400):found.start()])
        end = found.end() + int(length[1]) if length else 0
        if not length or data[end:end + 11] != b"\nendstream\n":
            faults.append(fault("structure", byte=found.start()))
            at = found.end()
            continue
        body, at = data[found.end():end], end
        if body[:2] == b"\xff\xd8":
            page += 1
            more, beside = jpeg(body, page=page)
            faults += more
            rest += beside
        else:
            rest += body
    rest += data[at:]
    return faults + _skeleton(bytes(rest), data), bytes(rest)


def _skeleton(rest, data):
    """What is wrong with all that is no coded picture."""
    plain = re.sub(rb"\xff\xd8.*?\xff\xd9", b"", rest, flags=re.S)
    faults = [fault(_MEANS.get(name, "structure"), byte=max(data.find(name), 0))
              for name in sorted(set(_NAME.findall(plain)) - _NAMES)]
    if b"(" in plain or re.search(rb"(?<!<)<[0-9A-Fa-f\s]+>", plain):
        faults.append(fault("text", byte=plain.find(b"(")))
    faults += [fault("structure", byte=max(data.find(word), 0)) for word in sorted(
        set(_WORD.findall(_NAME.sub(b" ", plain))) - _WORDS)]
    if any(plain.count(word) != 1 for word in (b"%%EOF", b"\nstartxref\n", b"\ntrailer\n")):
        faults.append(fault("revision", byte=data.find(b"%%EOF")))
    if not data.endswith(b"\n%%EOF\n"):
        faults.append(fault("trailing", byte=data.rfind(b"%%EOF") + 6))
    if any(one > 126 or one < 10 for one in plain):
        faults.append(fault("structure"))
    if not data.startswith(b"%PDF-1.4\n"):
        faults.append(fault("kind", byte=0))
    return faults


def jpeg(data: bytes, *, page: int | None = None) -> tuple[list[dict], bytes]:
    """(faults, all of the file but its coded pixels): only blocks with which a picture is coded, nothing behind its end."""
    if data[:2] != b"\xff\xd8":
        return [fault("kind", page=page, byte=0)], data
    faults, rest, at = [], bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xD9:
        marker, end = data[at + 1], at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        rest += data[at:end]
        if marker not in _JPEG_PARTS:
            faults.append(fault(_jpeg_fault(marker, data[at + 4:end]), page=page, byte=at))
        if marker == 0xE0 and (data[at + 4:at + 9] != b"JFIF\0" or end - at != 18 or data[at + 16:at + 18] != b"\0\0"):
            faults.append(fault("thumbnail", page=page, byte=at))
        at = _coded(data, end) if marker == 0xDA else end
    if data[at:at + 2] != b"\xff\xd9":
        faults.append(fault("structure", page=page, byte=at))
    elif at + 2 != len(data):
        faults.append(fault("trailing", page=page, byte=at + 2))
    return faults, bytes(rest + data[at:])


def _jpeg_fault(marker, held):
    if marker == 0xE1 and held[:6] == b"Exif\0\0" and b"\xff\xd8" in held:
        return "thumbnail"
    return _TOLD.get(marker, "structure")


def _coded(data, at):
    """Where the next marker stands behind coded pixels."""
    while (at := data.find(b"\xff", at)) >= 0:
        if at + 1 < len(data) and data[at + 1] and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    return len(data)


def png(data: bytes) -> tuple[list[dict], bytes]:
    """(faults, all of the file but its coded pixels): header, pixels, end; the pixels fill what is coded to its last byte."""
    if data[:8] != PNG:
        return [fault("kind", byte=0)], data
    faults, rest, coded, at = [], bytearray(PNG), bytearray(), 8
    size = depth = 0
    while at + 12 <= len(data):
        (length,), name = struct.unpack(">I", data[at:at + 4]), data[at + 4:at + 8]
        body, end = data[at + 8:at + 8 + length], at + 12 + length
        if name not in _PNG_PARTS:
            faults.append(fault("metadata" if name in _PNG_TOLD else "structure", byte=at))
        if data[end - 4:end] != struct.pack(">I", zlib.crc32(name + body)):
            faults.append(fault("structure", byte=at))
        if name == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            size, depth = height * (1 + 3 * width), (depth, colour)
        coded += body if name == b"IDAT" else b""
        rest += data[at:at + 8] + (b"" if name == b"IDAT" else body)
        at = end
        if name == b"IEND":
            break
    if at != len(data):
        faults.append(fault("trailing", byte=at))
    return faults + _packed(bytes(coded), size, depth), bytes(rest + data[at:])


def _packed(coded, size, depth):
    if depth != (8, 2):
        return [fault("kind", byte=24)]
    opened = zlib.decompressobj()
    try:
        found = len(opened.decompress(coded, size + 1))
    except zlib.error:
        return [fault("structure")]
    if found != size or not opened.eof or opened.unused_data:
        return [fault("trailing")]
    return []
