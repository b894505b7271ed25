"""A hand-over as a folder: every part in plain formats with dictionary, provenance, what stayed and why, the roots of the chain."""
import json
import secrets
import shutil

from sitereg import sharing, vocab
from sitereg.packages import folders, provenance
from sitereg.packages.columns import COLUMNS
from sitereg.store.session import Json

PARTS = ("sites", "cases", "events", "relations", "decisions", "claims", "sources", "documents", "measures", "visits",
         "disturbances")
SHAPED = ("sites", "events")  # as GeoJSON too
LINED = ("claims", "decisions")  # as JSON lines, since their values are no single words
README = """This folder holds what one registry of sites hands over to its successor.

Verify it first, offline: python3 verify.py --fingerprint "{fingerprint}"
(compare the fingerprint with what you were told by another road).
dictionary.csv says what every column of every file means, terms.csv what every code means in English and Arabic.
withheld.json says what stayed behind, by class and reason; provenance.json is W3C PROV-JSON; audit.json holds the roots of the
audit chain.
What a source said is here because it agreed. Retractions and corrections will reach you as notices: keep this folder together.

يحوي هذا المجلد ما يسلّمه سجلّ للمواقع إلى خلفه.

تحقّق منه أولاً دون اتصال: python3 verify.py --fingerprint "{fingerprint}" (قارن البصمة بما قيل لك بطريق آخر).
يشرح dictionary.csv كل عمود في كل ملف، ويشرح terms.csv كل رمز بالإنكليزية والعربية.
يقول withheld.json ما بقي، حسب الصنف والسبب؛ و provenance.json هو W3C PROV-JSON؛ ويحوي audit.json جذور سلسلة التدقيق.
ما قاله مصدر موجود هنا لأنه وافق. ستصلك الرجعات والتصحيحات كإشعارات: أبقِ هذا المجلد مجموعاً.
"""

__all__ = ["PARTS", "make"]


def make(acting, settings, folder, package):
    """The folder of a hand-over that was agreed stands, signed, and its disclosure is committed; answers (manifest, fingerprint).

    acting: what opens a transaction that commits; settings: of the registry whose keeper's key signs. All is read in one
    transaction; the folder gets its name last. Raises Refused (not agreed, made already, another tier), NotFound, BadInput.
    """
    folder = folders.free(folder)
    with acting() as session:
        session.call("log_read", action="hand_over", object=package, detail=Json({"part": "attempt"}))
    made = folders.started(folder)
    try:
        with acting() as session:
            session.unhurried()
            parts = {part: read(session, package, part) for part in PARTS}
            about = described(session, package, {name: len(rows) for name, rows in parts.items()})
            write(made, parts, about, read(session, package, "withheld"), read(session, package, "audit"))
            key = folders.fingerprint(settings)
            (made / "README.txt").write_text(README.format(fingerprint=key), encoding="utf-8")
            manifest, digest, key = folders.finish(made, settings, about)
            session.call("hand_over_made", package=package, manifest=digest, copy=about["copy"])
        folders.named(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return manifest, key


def read(session, package, part):
    return [next(iter(row.values())) for row in session.rows("hand_over_rows", package=package, part=part)]


def described(session, package, counts):
    """What the manifest says of the hand-over itself."""
    sender = sharing.sender(session)
    told = next(row for row in session.rows("packages", kind="hand_over") if row["id"] == package)
    tier = vocab.Tier(str(told["level"]))
    return {"what": "hand_over", "package": str(package), "copy": secrets.token_hex(6), "unit": sender["unit"],
            "registry": sender["registry"], "recipient": told["recipient"], "purpose": told["purpose"],
            "date": sender["today"].isoformat(), "tier": tier.label,
            "tlp": tier.attrs["tlp"], "crs": "OGC:CRS84", "synthetic": sender["synthetic"], "counts": counts}


def write(made, parts, about, withheld, audit):
    """Every file of the package but its manifest."""
    for part, rows in parts.items():
        if part in LINED:
            folders.lines(made / f"{part}.jsonl", [{name: row.get(name) for name in COLUMNS[part]} for row in rows])
        else:
            folders.table(made / f"{part}.csv", [name for name in COLUMNS[part] if name != "geometry"], rows)
        if part in SHAPED:
            folders.geojson(made / f"{part}.geojson", rows)
    terms = [{"scheme": scheme, "code": one.code, "label_en": one.label, "label_ar": vocab.label(scheme, one.code, "ar")}
             for scheme, held in vocab.SCHEMES.items() for one in held]
    folders.table(made / "terms.csv", list(COLUMNS["terms"]), terms)
    said = [{"file": file(part, name), "column": name, "meaning": meaning}
            for part, held in COLUMNS.items() for name, meaning in held.items()]
    folders.table(made / "dictionary.csv", ["file", "column", "meaning"], said)
    story = provenance.document(parts, unit=about["unit"], package=f"sr:package/{about['package']}", made=about["date"])
    chain = {"head": audit[0], "checkpoints": audit[1:]}
    for name, held in (("provenance.json", story), ("withheld.json", withheld), ("audit.json", chain)):
        (made / name).write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def file(part, column):
    """The file in which a column stands."""
    return f"{part}.jsonl" if part in LINED else f"{part}.geojson" if column == "geometry" else f"{part}.csv"
