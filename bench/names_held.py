"""Names as others would ask for them, by other rules than bench.names_slips: held back while search is tuned, for reporting.

Other systems of transliteration (cedillas, Kurmanji, Italian ears, digits for letters), what a scanner reads wrongly in Latin and
Arabic letters, parts exchanged, a grandfather left out, given names shortened to a letter, ends cut off, words run together.
"""
from bench import names_made

SCANS_LATIN = (("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("l", "i"), ("i", "l"), ("e", "c"),
               ("u", "n"), ("n", "u"), ("h", "b"), ("a", "o"))
SCANS_ARABIC = (("ج", "ح"), ("خ", "ح"), ("ذ", "د"), ("ز", "ر"), ("ش", "س"), ("ض", "ص"), ("ظ", "ط"), ("غ", "ع"), ("ق", "ف"),
                ("ن", "ب"), ("ي", "ب"), ("لم", "ام"), ("ها", "ما"), ("سي", "س"))

__all__ = ["asked"]


def scanned(dice, text, latin):
    """One letter or two as a scanner reads them."""
    fits = [one for one in (SCANS_LATIN if latin else SCANS_ARABIC) if one[0] in text[1:]]
    if not fits:
        return text
    find, put = fits[dice.integers(len(fits))]
    return text[0] + text[1:].replace(find, put, 1)


def cut(dice, text, latin):
    """The end of the name is torn off."""
    return text[:-1 - int(dice.integers(2))]


def together(dice, text, latin):
    """The last two words without a blank."""
    head, _blank, last = text.rpartition(" ")
    return head + last


def again(dice, text, latin):
    """Two letters written twice."""
    at = int(dice.integers(1, max(2, len(text) - 2)))
    return text[:at] + text[at:at + 2] + text[at:]


def vowel(dice, text, latin):
    """In Latin letters a vowel heard otherwise or swallowed, in Arabic a long one written short."""
    spots = [i for i, letter in enumerate(text) if i and letter in ("aeiouāīūîû" if latin else "اوي")]
    if not spots:
        return text
    at = spots[dice.integers(len(spots))]
    return text[:at] + ("aeiou"[dice.integers(5)] if latin and dice.random() < 0.7 else "") + text[at + 1:]


def parts_of(dice, name):
    """The words of a name as they are given: all, without the grandfather, given and family name alone, the family name first."""
    chance, parts = dice.random(), list(name)
    if chance < 0.15 and len(parts) == 4:
        parts.pop(2)
    elif chance < 0.25 and len(parts) > 2:
        parts.pop(1)
    elif chance < 0.4:
        parts[0], parts[-1] = parts[-1], parts[0]
    return parts


def asked(dice, name, script):
    """(what is typed, the words of the name that are in it): as names_slips.asked, by the rules of this module."""
    parts, latin = parts_of(dice, name), script == "latin"
    text = names_made.written(parts, list(names_made.HELD)[dice.integers(len(names_made.HELD))] if latin else "ar")
    text = (scanned, scanned, cut, together, again, vowel, vowel)[dice.integers(7)](dice, text, latin)
    return text, tuple(parts)

