"""Pages of scans, regions of a page with their transcriptions, and what a picture shows: added to, never changed."""
from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from sitereg.store.tables.base import flag, id_pk, real, recorded, sealed_row, table, uid, whole, words

document_page = table(
    "document_page", id_pk(), uid("document", "document.id", null=False), whole("n", null=False),
    uid("image", "document.id", null=False), whole("width", null=False), whole("height", null=False), *recorded(), *sealed_row(),
    UniqueConstraint("document", "n"), CheckConstraint("n > 0 and width > 0 and height > 0", name="size"))

document_shows = table(
    "document_shows", id_pk(), uid("document", "document.id", null=False), flag("graphic", null=False),
    words("shows", null=False), *recorded(), *sealed_row(), Index("ix_document_shows_document", "document", "recorded_at"))

page_region = table(
    "page_region", id_pk(), uid("page", "document_page.id", null=False), whole("n", null=False), real("x", null=False),
    real("y", null=False), real("width", null=False), real("height", null=False), *recorded(), *sealed_row(),
    UniqueConstraint("page", "n"),
    CheckConstraint("x >= 0 and y >= 0 and width > 0 and height > 0 and x + width <= 1.000001 and y + height <= 1.000001",
                    name="inside"))

transcription = table(
    "transcription", id_pk(), uid("region", "page_region.id", null=False), uid("sealed", "sealed.id", null=False),
    words("language", null=False), *recorded(), *sealed_row(), Index("ix_transcription_region", "region", "recorded_at"))
