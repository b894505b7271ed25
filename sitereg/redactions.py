"""The redaction desk: regions of pages and pictures, or intervals of sound, covered in a new document that two persons agreed to.

    start -> draft --mark, unmark--> ask -> waiting --make, another person--> made --settle retracted--> retracted
                  <---------- settle refused ----------'

The copy is made by the closed reader of pixels or samples alone, then looked through by code of its own (check_pages, check_sound);
what has a fault is not kept. Whoever does not see the original meets no redaction of it. Raises NotFound, Refused (four_eyes,
releaser, not_looked, redaction, pages, frozen, evidence, extraction), Conflict, BadInput.

`opening` makes a short transaction (session.acting) in which the originals are opened: each such read is committed before the bytes
are taken, and none stays open while a file is drawn.
"""
import base64
from pathlib import Path

from sitereg import documents, pictures, vocab
from sitereg.errors import BadInput, Refused
from sitereg.imports.readers import process
from sitereg.store.session import Json

MEDIA = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg", "flac": "audio/flac", "wav": "audio/x-wav"}
MOST_BYTES = 2**30
MOST_PAGES = 150  # of one copy: within the seconds that the closed reader is given, with twice as much to spare

TOO_LONG = "A copy has at most 150 pages: ask for an excerpt of it, and make several copies."

__all__ = ["MEDIA", "ask", "faults_told", "heard", "listed", "make", "mark", "preview", "settle", "show", "start", "unmark",
           "waveform"]


def start(session, document):
    """A draft of a redaction of the document stands; answers its id."""
    return session.call("redaction_start", document=document)


def mark(session, redaction, marks):
    """The boxes (page, x, y, width, height as parts of it) or intervals (began, ended, seconds) stand on a draft, each with its
    reason (of redaction_reason) and why; answers their numbers."""
    return session.call("redaction_mark", redaction=redaction, marks=Json(list(marks)))


def unmark(session, redaction, n):
    """Box or interval n is taken away from a draft again."""
    session.call("redaction_unmark", redaction=redaction, n=n)


def ask(session, redaction, *, tier, shows, first=None, last=None, form=None, length="keep", leave_compartments=False, instead=True,
        words=()):
    """The draft waits for another person; answers the id of the asking, which `make` takes as what was seen.

    tier: of the copy. first, last: an excerpt, pages or seconds. form, length: of sound. instead: the copy leaves and the original
    does not any more. words: what must not appear in the copy, sealed.
    """
    plan = {"tier": tier, "shows": shows, "first": first, "last": last, "form": form, "length": length, "open": leave_compartments,
            "instead": instead}
    _bounded({**show(session, redaction), "plan": plan})
    return session.call("redaction_ask", redaction=redaction, plan=Json(plan), words=list(words))


def settle(session, redaction, step, *, why):
    """What waits is refused, a draft dropped, or a copy that was made retracted (step), with words."""
    session.call("redaction_settle", redaction=redaction, step=step, why=why)


def show(session, redaction):
    """One redaction: document, pages, marks, plan, words, steps, state; drawn_by_me; needs_releaser."""
    return session.value("redaction_view", redaction=redaction)


def listed(session, document=None):
    """The redactions of documents that the caller sees, the newest first; of one document where it is given."""
    return session.rows("redactions", document=document)


def preview(opening, redaction, n):
    """Page n as the copy will show it: a JPEG. No copy is kept."""
    view, settings, files = _opened(opening, redaction, "page", n)
    with documents.room() as room:
        path, _told = process.made(_staged(settings, files, room), room, format="redact_pages", most_bytes=MOST_BYTES,
                                   **{**_of_pages(view, [n]), "form": "jpeg"})
        return path.read_bytes()


def heard(opening, redaction, *, covered):
    """The sound as FLAC, written anew: as the copy will be (covered), or the original."""
    view, settings, files = _opened(opening, redaction, "heard" if covered else "original")
    options = _of_sound(view) if covered else {"length": "keep", "excerpt": None, "marks": []}
    with documents.room() as room:
        path, _told = process.made(_staged(settings, files, room), room, format="redact_sound", most_bytes=MOST_BYTES,
                                   **{**options, "form": "flac"})
        return path.read_bytes()


def waveform(opening, redaction):
    """(PNG, seconds): how loud the original is over its length."""
    _view, settings, files = _opened(opening, redaction, "shape")
    with documents.room() as room:
        told = process.looked(_staged(settings, files, room), room, format="waveform", most_bytes=0)
    return base64.b64decode(told["png"], validate=True), float(told["seconds"])


def make(opening, redaction, *, seen, why):
    """The copy is made, looked through and stands as a document, whose id is answered; by another person than those who drew and
    asked, of the asking that was seen. Raises Refused (extraction) with details["faults"] where something was found in it."""
    view, settings, files = _opened(opening, redaction, "made")
    plan = view["plan"] or {}
    if not plan:
        raise BadInput("This redaction waits for nobody: it is still a draft", do="Ask for it first.")
    _bounded(view)
    sound = view["kind"] == "sound"
    options = {**(_of_sound(view) if sound else _of_pages(view, _pages(view))), "form": plan["form"]}
    if not sound and options["kind"] == "pictures":
        files = [one for one in files if one["n"] in options["pages"]]
    with documents.room() as room:
        originals = _staged(settings, files, room)
        path, _told = process.made(originals, room, format="redact_sound" if sound else "redact_pages", most_bytes=MOST_BYTES,
                                   **options)
        copy = _copied(path, room, f"redacted.{plan['form']}")
        looked = process.looked([*originals, copy], room, format="check_sound" if sound else "check_pages",
                                most_bytes=MOST_BYTES if sound else 0, words=view["words"], **options)
        if looked["faults"]:
            raise Refused("Something was found in the copy that may not be in it: it is not kept.", guard="extraction",
                          where=faults_told(looked["faults"]), details={"faults": looked["faults"]},
                          needs="Something was found in the copy that may not be in it: it is not kept.")
        pages = [] if sound else _drawn(copy, plan["form"], room)
        with opening() as session:
            told = [{**_told_of(one, plan["form"]), "n": n, "width": width, "height": height} for n, one, width, height in pages]
            made = session.call("redaction_made", redaction=redaction, seen=seen, file=Json(_told_of(copy, plan["form"])),
                                pages=Json(told), checks=Json(looked), why=why)
            for one in (copy, *(page for _n, page, _w, _h in pages)):
                documents.store(session.settings, one.path, one.sha256)
    return made


def faults_told(faults, locale="en", labels=("page", "second", "byte", "word")):
    """The faults in words, each with where it was found."""
    page, second, byte, word = labels
    return "; ".join(" ".join(filter(None, (
        vocab.label("redaction_fault", one["code"], locale), one.get("page") and f"({page} {one['page']})",
        one.get("seconds") is not None and f"({second} {one['seconds']})",
        one.get("byte") is not None and not one.get("page") and f"({byte} {one['byte']})",
        one.get("word") and f"({word} {one['word']})"))) for one in faults[:10])


def _opened(opening, redaction, what, n=None):
    """(the redaction, the settings, where the bytes of its original lie): the read is committed."""
    with opening() as session:
        view = show(session, redaction)
        return view, session.settings, session.value("redaction_open", redaction=redaction, page=n, what=what)


def _staged(settings, files, room):
    """Copies of the originals under names of ours, their hashes those of the registry."""
    made = []
    for n, one in enumerate(files):
        where = documents.location(settings, one["sha256"])
        folder = room / f"original{n}"
        folder.mkdir()
        held = documents.stage(where, folder).main if where.is_file() else None
        if held is None or held.sha256 != one["sha256"]:
            documents.bytes_of(settings, one["sha256"])  # says what is wrong, and notes it for the keeper
        made.append(held)
    return made


def _copied(path: Path, room: Path, name: str):
    folder = room / name
    folder.mkdir()
    return documents.stage(path, folder).main


def _bounded(view):
    """Refused where the copy would have more pages than are drawn and looked through in one go."""
    if view["kind"] != "sound" and len(_pages(view)) > MOST_PAGES:
        raise Refused("The copy would be too large", guard="pages", needs=TOO_LONG)


def _pages(view):
    """The numbers of the pages that the copy has."""
    first, last = view["plan"]["first"], view["plan"]["last"]
    return [one["n"] for one in view["pages"] if None in (first, last) or first <= one["n"] <= last]  # half an excerpt is refused


def _of_pages(view, pages):
    marks: dict[str, list] = {}
    for one in view["marks"]:
        if one["page"] in pages:
            marks.setdefault(str(one["page"]), []).append([one["x"], one["y"], one["width"], one["height"]])
    return {"kind": "pdf" if view["document"]["media_type"] == "application/pdf" else "pictures", "pages": pages, "marks": marks}


def _of_sound(view):
    plan = view["plan"] or {}
    return {"length": plan.get("length") or "keep", "marks": [[one["began"], one["ended"]] for one in view["marks"]],
            "excerpt": [plan["first"], plan["last"]] if plan.get("first") is not None else None}


def _drawn(copy, form, room):
    """[(number, file, width, height)]: the pages of the copy as they are looked at; of a picture the picture itself."""
    if form != "pdf":
        _kind, width, height = pictures.measure(copy.path.read_bytes())
        return [(1, copy, width, height)]
    made = []
    for page in process.drawn(copy, room, format="pdf"):
        path = room / f"page{page.number}.jpg"
        path.write_bytes(page.data)
        _kind, width, height = pictures.measure(page.data)
        made.append((page.number, _copied(path, room, f"page{page.number}"), width, height))
    return made


def _told_of(one, form):
    """What the registry is told of a file of ours: a name that says nothing of the original's."""
    page = one.name.endswith(".jpg")
    return {"sha256": one.sha256, "size": one.size, "media_type": "image/jpeg" if page else MEDIA[form],
            "original_name": f"redacted-{one.sha256[:8]}.{'jpg' if page or form == 'jpeg' else form}"}
