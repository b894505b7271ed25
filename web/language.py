"""English and Arabic: which one a reader wants, the words of the vocabularies in it, what every page is given."""
from functools import cache
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import g, request, session
from flask_babel import Babel, get_locale, gettext
from flask_babel import lazy_gettext as _

from sitereg import entering, symbols, vocab
from sitereg.matrix.roles import VISITORS
from web import identity, seats

LOCALES = ("en", "ar")
GROUPS = {"detention": _("places of detention"), "burial": _("burial sites"), "medical": _("hospitals and morgues"),
          "records": _("courts and records"), "other": _("other places")}
SHOWN_AS = {"exact": _("exact place"), "cell_1km": _("1 km cell"), "cell_10km": _("10 km cell"),
            "admin_unit": _("somewhere in this unit"), "none": _("no place known")}
MESSAGES = Path(__file__).parent / "translations"
ENTERS = {role for roles in entering.ROLES.values() for role in roles}
SCHEMES = {"kind": "site_kind", "verification": "verification_level", "protection": "protection_status"}

OF_PAGES = ("code", "document", "inquiry", "redaction")  # parts of an address that name a page of its own
APART = frozenset(identity.ROOMS)  # roles whose pages name nothing of the house
LISTS = {"sites.search": "/sites", "going.go": "/sites", "kept.keep": "/views", "kept.change": "/views",
         "search.ask": "/search", "duplicates.ask": "/duplicates",
         "duplicates.settle": "/duplicates",
         "persons.search": "/persons", "inside.ask": "/inside", "holdings.search": "/holdings",
         "holdings.add": "/holdings/new",
         "inquiries.add": "/inquiries/new", "security.login": "/sign-in", "second.answer": "/second", "second.take": "/second/new",
         "second.codes": "/me", "second.unlock": "/unlock", "me.make_token": "/me", "me.freeze": "/me"}  # the page under a form


def speak(app):
    """Pages speak the reader's language: ?lang=, then the session's, then the browser's."""
    spoken = Babel(app, locale_selector=chosen, default_translation_directories="translations")
    with app.app_context():
        domain = spoken.domain_instance
    for locale in LOCALES[1:]:
        domain.cache[locale, "messages"] = catalogue(locale)
    app.jinja_env.globals["symbol_svg"] = symbols.svg

    @app.before_request
    def remember():
        if request.args.get("lang") in LOCALES:
            session["lang"] = request.args["lang"]

    from web import conflicts, words, words_links, words_settle

    @app.context_processor
    def given():
        locale = code()
        return {"locale": locale, "direction": "rtl" if locale == "ar" else "ltr", "nonce": g.get("nonce", ""),
                "labels": labels(locale), "word": word, "words": words, "said": said, "labels_of": labels_of,
                "visits_of": words.visits_of, "new_key": uuid4, "stands": conflicts.stands,
                "links_step": words_links.step, "words_settle": words_settle, "drafts": locale != "en" and drafts(locale),
                "person": person(), "demo": g.get("demo", False),
                "tier_line": tier_line(), "seers": seers(), "other_language": other_language(), "here": here(),
                "seat": seats.state(), "drafts_key": seats.drafts_key(),
                "request_id": g.get("request_id", "")}


def said(text):
    """A sentence of the registry itself (a guard, an error; several of which one is enough) in the reader's language."""
    return f" {gettext('Or:')} ".join(gettext(one) for one in text.split(" Or: ")) if text else ""


def chosen():
    if session.get("lang") in LOCALES:
        return session["lang"]
    apart = APART & set((g.get("me") or {}).get("roles", ()))
    if apart or any(f"{one}/".startswith(("/door/", "/own/")) for one in (request.path, session.get("onward", ""))):
        return "ar"  # the door of partners and the pages of families speak Arabic first
    return request.accept_languages.best_match(LOCALES, "en")


@cache
@cache
def catalogue(locale):
    """The messages of one language, read from its .po as it stands: nothing is compiled beforehand."""
    made = BytesIO()
    with (MESSAGES / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        write_mo(made, read_po(file, locale=locale))
    made.seek(0)
    return Translations(made)


def other_language():
    """This page in the other language; after a form was sent, the page that the form stands on."""
    asked = "?" + urlencode([*kept_query(), ("lang", "en" if code() == "ar" else "ar")])
    return asked if "way_back" not in g and (request.method == "GET" or request.endpoint == "security.login") else path() + asked


def here():
    """The address under which this page is found again; one where nothing is leads to the list, and is not repeated."""
    if "missing" in g:
        return "/"
    asked = kept_query()
    return path() + ("?" + urlencode(asked) if asked else "")


def kept_query():
    return [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]


def path():
    if "way_back" in g:
        return g.way_back
    if request.method == "GET":
        return request.path
    if "missing" in g:
        return "/"
    if request.endpoint in LISTS:
        return LISTS[request.endpoint]
    of, one = request.path.split("/")[1], [str(part) for name, part in (request.view_args or {}).items() if name in OF_PAGES]
    return f"/{of}/{one[0]}" if one else "/desk"


def code():
    return str(get_locale() or "en")[:2]


@cache
def terms(scheme, locale):
    return {term.code: vocab.label(scheme, term.code, locale) for term in vocab.SCHEMES[scheme]}


def labels(locale):
    """{kind, group, verification, protection, precision: {code: word}} in the reader's language."""
    return {**{name: terms(scheme, locale) for name, scheme in SCHEMES.items()},
            "group": {key: str(value) for key, value in GROUPS.items()},
            "precision": {key: str(value) for key, value in SHOWN_AS.items()}}


def word(scheme, code_):
    """The term `code_` of a vocabulary in the reader's language; the code itself where there is none."""
    return terms(scheme, code()).get(code_, code_)


def labels_of(scheme, codes=None):
    """(code, word) of a vocabulary for a list to choose from, in its own order; of these codes alone, if given."""
    return [(one, label) for one, label in terms(scheme, code()).items() if codes is None or one in codes]


@cache
def drafts(locale):
    """Whether any word of the vocabularies still waits for a terminologist in this language."""
    return any(vocab.is_draft(scheme, term.code, locale) for scheme, terms_ in vocab.SCHEMES.items() for term in terms_)


def none_known():
    return _("no governorate known")


def person():
    me = g.get("me")
    if not me or APART & set(me["roles"]):
        return None
    return {"name": me["display"], "desk_count": g.get("desk_count", 0), "enters": bool(ENTERS & set(me["roles"])),
            "guards": bool(set(VISITORS) & set(me["roles"])), "roles": me["roles"]}


def seers():
    """By tier, whom it is for, in words that say what they see."""
    return [_("whoever is signed in"), _("whoever sees places to 1 km"), _("whoever sees exact places")]


def tier_line():
    me = g.get("me")
    if not me or APART & set(me["roles"]):
        return None
    return {0: _("You see what may be shared, places to the nearest 10 km."),
            1: _("You see places that are not published to the nearest 1 km."),
            2: _("You see exact places. Keep this screen to yourself.")}[me["level"]]
