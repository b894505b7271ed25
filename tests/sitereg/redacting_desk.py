"""A redaction of tests as it goes from hand to hand: kept, drafted, asked for, looked at, agreed to."""
from sitereg import documents, redactions, scans
from sitereg.store.session import Json
from tests import given
from tests.sitereg import redacting

RISK = dict.fromkeys(("site", "sources", "families", "staff"), "none, it is made up")
BOX = {"page": 1, "x": .1, "y": .1, "width": .5, "height": .06, "reason": "witness"}


def scan(registry, folder, kind="png", tier=1, living="none", **more):
    """The id of a scan of one picture, or of two pages as a PDF."""
    path = folder / f"kept-{kind}-{tier}.{kind}"
    redacting.pdf(path) if kind == "pdf" else redacting.picture(path, kind.upper().replace("JPG", "JPEG"))
    return scans.keep(registry, pages=[path], shows="a page of a register", tier=tier, living=living, terms=given.TERMS, **more)


def kept_sound(registry, path, **more):
    return documents.keep(registry, path=redacting.sound(path), terms=given.TERMS, **more)


def waiting(registry, document, *marks, by="handler", **plan):
    """(redaction, the asking): drafted and asked for by `by`."""
    with registry.as_(by):
        made = redactions.start(registry, document)
        if marks:
            redactions.mark(registry, made, marks)
        return made, redactions.ask(registry, made, **{"tier": 1, "shows": "a page, names covered", **plan})


def looked_at(registry, redaction):
    """Whoever asks has looked at each page, or listened, as a door would have shown it."""
    for n in redactions.show(registry, redaction)["unlooked"]:
        registry.value("redaction_open", redaction=redaction, page=n or None, what="page" if n else "heard")


def made_by(registry, opening, redaction, seen, **more):
    looked_at(registry, redaction)
    return redactions.make(opening, redaction, **{"seen": seen, "why": "looked at", **more})


def agreed(registry, redaction, seen, **more):
    """The database is asked as after the making, of made-up bytes."""
    registry.agreed = getattr(registry, "agreed", 0) + 1
    looked_at(registry, redaction)
    file = {"sha256": f"{registry.agreed:064x}", "size": 3, "media_type": "image/png", "original_name": "x.png"}
    return registry.call("redaction_made", **{"redaction": redaction, "seen": seen, "file": Json(file), "pages": Json([{**file, "sha256": f"{registry.agreed + 99:064x}", "n": 1, "width": 9, "height": 9}]),
                                              "checks": Json({"faults": []}), "why": "looked at", **more})
