"""One blueprint a file; every route in them carries @open_to or @open_to_all."""
from web.views import desk, entering, inside, me, persons, protection, reports, sites, tiles

BLUEPRINTS = (sites.views, tiles.views, persons.views, inside.views, protection.views, desk.views, entering.views, reports.views,
              me.views)
