"""What differs between the record of a past day and today's, both as the reader is told them; the place is left out."""
from flask_babel import gettext as _

from web import language, words


def told(then, now):
    """[(what, then, today)] of a site's kinds, protection, names and facts; empty where nothing differs."""
    rows = (*kinds(then, now), *status(then, now), *facts(then, now))
    return [(what, was or _("nothing"), is_ or _("nothing")) for what, was, is_ in rows]


def kinds(then, now):
    was, is_ = ({one["kind"]: language.word("verification_level", one["verification"]) for one in side["kinds"] or ()}
                for side in (then, now))
    return [(language.word("site_kind", kind), was.get(kind), is_.get(kind)) for kind in {**was, **is_}
            if was.get(kind) != is_.get(kind)]


def status(then, now):
    if then["protection"] == now["protection"]:
        return []
    return [(_("Protection"), *(language.word("protection_status", side["protection"]) for side in (then, now)))]


def facts(then, now):
    was, is_ = ({one["field"]: words.fact(one) for one in side["facts"] or () if one["field"] != "place"} for side in (then, now))
    return [(words.field(field), was.get(field), is_.get(field)) for field in {**was, **is_} if was.get(field) != is_.get(field)]
