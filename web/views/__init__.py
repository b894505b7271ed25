"""One blueprint a file; every route in them carries @open_to or @open_to_all."""
from web.views import desk, me, protection, sites, tiles

BLUEPRINTS = (sites.views, tiles.views, protection.views, desk.views, me.views)
