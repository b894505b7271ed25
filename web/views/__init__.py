"""One blueprint a file; every route in them carries @open_to or @open_to_all."""
from web.views import (
    api,
    consent,
    desk,
    documents,
    duplicates,
    entering,
    field,
    freezing,
    gaps,
    holdings,
    inquiries,
    inside,
    intake,
    intake_rows,
    intake_statuses,
    leaving,
    links,
    me,
    persons,
    protection,
    reports,
    search,
    second,
    sharing,
    sites,
    tiles,
    vault,
)

BLUEPRINTS = tuple(room.views for room in (
    sites, search, duplicates, tiles, persons, links, inside, holdings, documents, inquiries, sharing, intake, intake_rows,
    intake_statuses, freezing, consent, vault, leaving, protection, field, gaps, desk, entering, reports, me, second, api))
