"""Zip archives as partners send them: opened by Python alone, never unpacked to disk, bounded before a byte is inflated."""

import io
import stat
import zipfile
from pathlib import Path

from sitereg.imports.readers import Unreadable

MOST_MEMBERS = 2_000
MOST_BYTES = 512 * 2**20
MOST_GROWTH, SMALL = 200, 2**24
"""A member that grows more than so many times, and beyond SMALL, is no table: text shrinks to a tenth or a thirtieth."""
MAGIC = b"PK\x03\x04"


def is_zip(path: Path) -> bool:
    """Whether the file begins as a zip archive does."""
    with path.open("rb") as file:
        return file.read(4) == MAGIC


def opened(path: Path) -> zipfile.ZipFile:
    """The archive, its directory checked. Raises Unreadable for what is no zip, too large, encrypted or hostile.

    The sizes of the directory bound what Python inflates of a member, so their sum bounds the whole, also where members overlap.
    """
    try:
        bundle = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise Unreadable("The archive is damaged or no zip", code="not_this_format", do="Ask for the file again.") from error
    members = bundle.infolist()
    if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > MOST_BYTES:
        raise Unreadable(f"The archive holds more than {MOST_MEMBERS:,} files or {MOST_BYTES // 2**20} MB",
                         code="too_large", do="Unpack it and import it in parts.")
    if any(one.file_size > max(SMALL, MOST_GROWTH * one.compress_size) for one in members):
        raise Unreadable(f"The archive holds a file that grows more than {MOST_GROWTH} times as it is unpacked", code="too_large",
                         do="Unpack it and import what is in it.")
    names = [one.filename for one in members]
    for one in members:
        if _is_unsafe(one):
            raise Unreadable(f"The archive holds a file that is not taken: {one.filename[:60]!r}", code="bad_archive",
                             do="Ask for an archive of plain files without a password.")
    if len(set(names)) < len(names):
        raise Unreadable("The archive holds two files of one name", code="bad_archive", do="Ask for the file again.")
    return bundle


def content(bundle: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of one member. Raises Unreadable where it is damaged."""
    try:
        return bundle.read(name)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Unreadable(f"A file in the archive is damaged: {name[:60]!r}", do="Ask for the file again.") from error


def packed(parts: dict[str, bytes]) -> bytes:
    """A new archive of these files, not compressed: what is handed to others is of our own making."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as bundle:
        for name, data in parts.items():
            bundle.writestr(name, data)
    return made.getvalue()


def refuse_declarations(data: bytes) -> None:
    """Raises Unreadable for XML that declares a document type: entities are declared there, and nobody needs one."""
    head = data.replace(b"\0", b"")
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Unreadable("The file declares XML entities", code="bad_archive", do="Ask for a file without a DOCTYPE.")


def _is_unsafe(one: zipfile.ZipInfo) -> bool:
    parts = one.filename.replace("\\", "/").split("/")
    odd = one.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in one.orig_filename
    return odd or bool(one.flag_bits & 1) or stat.S_ISLNK(one.external_attr >> 16)
