"""Sentences that rooms themselves say to people, in English and Arabic: translations/<language>/LC_MESSAGES/sentences.po."""
from functools import cache
from pathlib import Path

LOCALES = ("en", "ar")
TRANSLATIONS = Path(__file__).parent / "translations"

__all__ = ["LOCALES", "said"]


def said(text, locale, **parts):
    """The English sentence in that language, its %(parts)s filled in; in English where the language has none."""
    told = catalogue(locale).get(text, text) if locale != "en" else text
    return told % parts if parts else told


@cache
def catalogue(locale):
    """{English: the same in that language}."""
    from babel.messages.pofile import read_po  # as it is first needed: a shell speaks English and starts sooner

    path = TRANSLATIONS / locale / "LC_MESSAGES" / "sentences.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale=locale) if message.id and message.string}
