"""Scans: documents that are looked at page by page, as pictures; what is written where stands as regions and transcriptions.

Images come in as they are; one that says how it is to be turned has a working copy that stands upright. Of a PDF the file
itself is the document, and its pages are drawn. Drawing is done in the isolated process of the readers and makes working copies of
the document, each with its step of custody. What leaves of it is bound anew of them (documents.leaving).
"""
import mimetypes
from pathlib import Path

from sitereg import dates, documents, pictures
from sitereg.errors import BadInput
from sitereg.imports.readers import process

PDF = ".pdf"
SOUNDS = (".wav", ".flac", ".mp3", ".ogg")

__all__ = ["keep", "look", "page"]


def keep(session, *, pages: list[Path], shows: str, graphic: bool = False, living: str = "not_looked", imagery: bool = False,
         scene: str | None = None, acquired: str | None = None, **kept) -> str:
    """Images (PNG or JPEG), or one PDF, stand as the pages of one document, whose id is answered: the PDF, or the first image. One
    sound stands as a document without pages.

    shows: what they show, in words. living, imagery, scene, acquired: as `look`, which a redacted copy needs not.
    kept: as `documents.keep`. Nothing stands if one page is refused. Raises BadInput.
    """
    pages = [Path(one) for one in pages]
    bound = [one for one in pages if one.suffix.lower() == PDF]
    if bound and len(pages) > 1:
        raise BadInput("A scan is one PDF, or images", where=bound[0].name, do="Keep each PDF as a document of its own.")
    if pages[0].suffix.lower() in SOUNDS:
        return _of_sound(session, pages, shows, graphic, kept)
    with session.savepoint():
        made = _of_pdf(session, pages[0], kept) if bound else _of_images(session, pages, kept)
        session.call("describe_document", document=made, graphic=graphic, shows=shows)
        if kept.get("role", "evidentiary") == "evidentiary":
            look(session, made, living=living, imagery=imagery, scene=scene, acquired=acquired)
    return made


def look(session, document, *, living: str, imagery: bool = False, scene: str | None = None,
         acquired: str | None = None) -> None:
    """It is said whether living people can be told from the document: not_looked, shown, or none, and then it is held back no more.

    imagery: it is an image from above; scene: the provider's own number of it; acquired: the days it is of, as people write them.
    One without scene or days is told as such. Raises BadInput for a date that cannot be read, Refused for whoever may not see the
    pictures and says that nobody is in them.
    """
    days = dates.parse(acquired, session.value("today")) if acquired else None
    if days and not days.found:
        raise BadInput("The day of the image cannot be read", problems=[
            {"code": "bad_date", "field": "acquired", "value": acquired[:60],
             "message": "A day, a month or a year, such as 2013-05-12"}])
    session.call("look_document", document=document, living=living, imagery=imagery, scene=scene,
                 acquired=days.daterange() if days else None)


def page(session, document, n: int = 1) -> dict:
    """One document with one of its pages: regions, transcriptions, copies, terms, custody."""
    return session.value("document_view", document=document, n=n)


def _of_sound(session, pages, shows, graphic, kept):
    if len(pages) > 1:
        raise BadInput("One sound is one document", where=pages[1].name, do="Keep each as a document of its own.")
    with session.savepoint():
        made = documents.keep(session, path=pages[0], **kept)
        session.call("describe_document", document=made, graphic=graphic, shows=shows)
    return made


def _of_images(session, paths, kept):
    sizes = [_measured(path) for path in paths]
    made = [documents.keep(session, path=path, **kept) for path in paths]
    for n, (path, image, size) in enumerate(zip(paths, made, sizes, strict=True), start=1):
        if pictures.turned(path.read_bytes()):
            (_, image, size), = _drawn(session, path, image, "picture", kept)
        _add(session, made[0], n, image, size)
    return made[0]


def _of_pdf(session, path, kept):
    """The PDF is kept before anybody opens it; its pages follow as working copies of it."""
    made = documents.keep(session, path=path, **kept)
    for number, image, size in _drawn(session, path, made, "pdf", kept):
        _add(session, made, number, image, size)
    return made


def _drawn(session, path, made, format, kept):
    """(number, document, size) of each page of the document `made` as it was drawn: working copies of it."""
    copied = {**kept, "role": "working", "derived_from": str(made), "how": "drawn"}
    with documents.room() as folder:
        staged = documents.stage(path, folder).main
        for one in process.drawn(staged, folder, format=format):
            image = folder / f"{path.stem[:80]} page {one.number}.jpg"
            image.write_bytes(one.data)
            size = _measured(image)
            yield one.number, documents.keep(session, path=image, **copied), size
            image.unlink()


def _add(session, document, n, image, size):
    session.call("add_page", document=document, n=n, image=image, width=size[0], height=size[1])


def _measured(path):
    """The width and height of an image; BadInput where it is none that can be a page."""
    try:
        kind, *size = pictures.measure(path.read_bytes())
    except (ValueError, OSError) as error:
        raise BadInput("A page is an image, PNG or JPEG, or a PDF is given whole", where=path.name,
                       do="Give images of its pages, or the PDF.") from error
    if size[0] * size[1] > pictures.MOST_PIXELS:
        raise BadInput("A picture has more pixels than anybody can look at", where=f"{path.name}: {size[0]:,} x {size[1]:,}",
                       code="too_large", do=f"Ask for a copy of at most {pictures.MOST_PIXELS:,} pixels.")
    if mimetypes.guess_type(path.name)[0] != kind:
        raise BadInput("The name of the file says another kind of image", where=path.name, do=f"It is {kind}: name it so.")
    return size
