"""One blueprint a file; every route in them carries @open_to or @open_to_all."""
from web.views import desk, documents, holdings, inquiries, me, protection, sharing, sites, tiles

BLUEPRINTS = (sites.views, holdings.views, documents.views, inquiries.views, sharing.views,
              tiles.views, protection.views, desk.views, me.views)
