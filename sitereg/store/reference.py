"""Reference geography written by the set-up, underneath: what ships with the product."""
import json


def has_edition(raw, edition):
    return raw.execute("select exists (select 1 from reg.admin_unit where edition = %s)", [edition]).fetchone()[0]


def has_places(raw, source):
    return raw.execute("select exists (select 1 from reg.place where source = %s)", [source]).fetchone()[0]


def load(raw, *, units=(), places=(), edition, source):
    """The units of `edition` and the places of `source` stand as given; answers (units, places) written."""
    return raw.execute("select api._load_units(%s::jsonb, %s, %s), api._load_places(%s::jsonb, %s)",
                       [json.dumps(list(units)), edition, source, json.dumps(list(places)), source]).fetchone()
