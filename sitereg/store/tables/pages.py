"""Pages of scans, regions of a page with their transcriptions, what a picture shows, was looked at for
and tells of its camera: added to, never changed."""
from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from sitereg.store.tables.base import days, flag, id_pk, real, recorded, sealed_row, shape, table, term, uid, whole, words

document_page = table(
    "document_page", id_pk(), uid("document", "document.id", null=False), whole("n", null=False),
    uid("image", "document.id", null=False), whole("width", null=False), whole("height", null=False), *recorded(), *sealed_row(),
    UniqueConstraint("document", "n"), CheckConstraint("n > 0 and width > 0 and height > 0", name="size"))

document_shows = table(
    "document_shows", id_pk(), uid("document", "document.id", null=False), flag("graphic", null=False),
    words("shows", null=False), *recorded(), *sealed_row(), Index("ix_document_shows_document", "document", "recorded_at"))

document_look = table(
    "document_look", id_pk(), uid("document", "document.id", null=False), term("living", "living_shown", null=False),
    flag("imagery", null=False), words("scene"), days("acquired"), *recorded(), *sealed_row(),
    Index("ix_document_look_document", "document", "recorded_at"))

document_camera = table(
    "document_camera", id_pk(), uid("document", "document.id", null=False), shape("geom", "POINT", null=False),
    real("uncertainty_m", null=False), real("bearing"), words("taken"), *recorded(), *sealed_row(), UniqueConstraint("document"),
    CheckConstraint("not st_isempty(geom) and st_isvalid(geom) and st_ndims(geom) = 2 and st_xmin(geom) >= -180"
                    " and st_xmax(geom) <= 180 and st_ymin(geom) >= -90 and st_ymax(geom) <= 90", name="sound"),
    CheckConstraint("uncertainty_m > 0 and uncertainty_m < 'Infinity'", name="radius"),
    CheckConstraint("bearing is null or bearing >= 0 and bearing <= 360", name="bearing"))

page_region = table(
    "page_region", id_pk(), uid("page", "document_page.id", null=False), whole("n", null=False), real("x", null=False),
    real("y", null=False), real("width", null=False), real("height", null=False), *recorded(), *sealed_row(),
    UniqueConstraint("page", "n"),
    CheckConstraint("x >= 0 and y >= 0 and width > 0 and height > 0 and x + width <= 1.000001 and y + height <= 1.000001",
                    name="inside"))

transcription = table(
    "transcription", id_pk(), uid("region", "page_region.id", null=False), uid("sealed", "sealed.id", null=False),
    words("language", null=False), *recorded(), *sealed_row(), Index("ix_transcription_region", "region", "recorded_at"))
