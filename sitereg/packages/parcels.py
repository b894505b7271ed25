"""A package for one recipient: his sites and fields, sealed to his key; whose copy a file is that turned up.

The mark is the order of the rows: by the HMAC of each code under the number of the copy, which is drawn by chance and stands in the
package and in the registry. It tells copies apart as long as nobody sorts the rows or holds fewer than a few; it proves nothing
against a recipient who knows that it is there. No value is altered for it.
"""
import hmac
import io
import itertools
import secrets
import shutil
import tarfile

from sitereg import documents, sealing, sharing, vocab
from sitereg.errors import Refused
from sitereg.packages import folders
from sitereg.store.session import Json

MEANINGS = {
    "code": "the site's code", "name_en": "its name in English", "name_ar": "its name in Arabic", "kinds": "what it was or is",
    "verification": "how well that is known", "protection": "how it is protected", "remains_state": "what is known of remains",
    "began": "the first day of its use", "ended": "the last",
    "shown_as": "how the place stands here: exact, a cell, an admin unit, none",
    "uncertainty_m": "how far off the place may be, metres", "adm1": "p-code of the governorate", "geometry": "GeoJSON, OGC:CRS84"}
SEALED = "package.tar.age"

__all__ = ["make", "ordered", "whose"]


def make(acting, settings, folder, package):
    """The folder with the sealed package stands, signed, and its disclosure is committed; answers (manifest, fingerprint).

    Inside the age file lies a folder of the same kind, with its own manifest, signature and verifier. Raises Refused (not agreed,
    made already, expired, rows: no gate shows anything any more), NotFound, BadInput (the folder).
    """
    folder = folders.free(folder)
    with acting() as session:
        session.call("log_read", action="package", object=package, detail=Json({"part": "attempt"}))
    made = folders.started(folder)
    try:
        with acting() as session, documents.room() as inner:  # in clear on this machine alone, never on the carrier
            about, rows, key = read(session, package)
            write(inner, rows)
            _, digest, _ = folders.finish(inner, settings, {**about, "counts": {"sites": len(rows)}})
            (made / SEALED).write_bytes(sealing.sealed(tarred(inner), [key]))
            outside = {name: about[name] for name in ("what", "package", "expires", "date", "synthetic")}
            manifest, _, fingerprint = folders.finish(made, settings, outside)
            session.call("package_made", package=package, manifest=digest, copy=about["copy"])
        folders.named(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return manifest, fingerprint


def read(session, package):
    """(what the manifest inside says, the rows in the order of this copy, the key)."""
    sender = sharing.sender(session)
    key = session.value("package_key", package=package)
    told = next(row for row in session.rows("packages", kind="package") if row["id"] == package)
    rows = [next(iter(row.values())) for row in session.rows("package_rows", package=package)]
    if not rows:
        raise Refused("No site of it may be shown any more", guard="rows", needs="Look at what its gates say today.")
    tier, copy = vocab.Tier(str(told["level"])), secrets.token_hex(6)
    about = {"what": "package", "package": str(package), "copy": copy, "unit": sender["unit"], "recipient": told["recipient"],
             "purpose": told["purpose"], "date": sender["today"].isoformat(), "expires": told["expires_on"].isoformat(),
             "tlp": tier.attrs["tlp"], "crs": "OGC:CRS84", "synthetic": sender["synthetic"],
             "says": "For this recipient alone. Pass it on to nobody; destroy it when its time is over, and say that you did."}
    by_code = {row["code"]: row for row in rows}
    return about, [by_code[code] for code in ordered(by_code, copy)], key


def ordered(codes, copy):
    """The codes in the order of one copy."""
    return sorted(codes, key=lambda code: hmac.digest(copy.encode(), code.encode(), "sha256"))


def whose(session, codes):
    """Of whose package a file may be, by the codes in its order: [{package, recipient, copy, fits}], the best first.

    fits: the share of neighbours that stand in the order of that copy; chance gives about a half. One code tells nothing.
    """
    found = []
    for row in session.rows("package_copies", codes=list(codes)):
        rank = {code: at for at, code in enumerate(ordered(codes, row["copy"]))}
        pairs = list(itertools.pairwise(codes))
        in_order = sum(rank[one] < rank[other] for one, other in pairs)
        found.append({**row, "fits": in_order / len(pairs) if pairs else None})
    return sorted(found, key=lambda one: -(one["fits"] or 0))


def write(made, rows):
    """The table, the shapes and what each column means."""
    columns = [name for name in MEANINGS if any(name in row for row in rows)]
    folders.table(made / "sites.csv", [name for name in columns if name != "geometry"], rows)
    if "geometry" in columns:
        folders.geojson(made / "sites.geojson", [{"geometry": None, **row} for row in rows])
    folders.table(made / "dictionary.csv", ["column", "meaning"], [{"column": one, "meaning": MEANINGS[one]} for one in columns])


def tarred(folder):
    """The folder as the bytes of a tar that tells no owner and no time."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as bundle:
        for path in sorted(folder.rglob("*")):
            bundle.add(path, path.relative_to(folder).as_posix(), recursive=False, filter=nameless)
    return held.getvalue()


def nameless(member):
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
