"""The words of dates in Arabic (Levantine and standard), English, French, Spanish, folded for comparing."""

import re
import unicodedata

from sitereg.writing import plain


def fold(text: str) -> str:
    """The text plain, in small letters, without diacritics, hamza seats or tatweel; for comparing only."""
    if text.isascii():
        return plain(text).lower()
    apart = unicodedata.normalize("NFKD", plain(text).lower())
    kept = "".join(one for one in apart if unicodedata.category(one) != "Mn")
    return kept.translate({0x0640: None, 0x0649: "\u064a", 0x0629: "\u0647", 0x0621: None})


def _table(rows: str) -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for row in rows.strip().splitlines():
        numbers, names = row.split(":")
        for name in names.split("|"):
            found[fold(name)] = frozenset(int(number) for number in numbers.split(","))
    return found


MONTHS = _table("""
1:كانون الثاني|كانون ثاني|كانون التاني|كانون2|ك2|يناير|january|jan|janvier|janv|enero|kanun al-thani
2:شباط|فبراير|february|feb|fevrier|fevr|fev|febrero|shubat|shbat
3:آذار|اذار|مارس|march|mar|mars|marzo|adhar|azar
4:نيسان|أبريل|إبريل|april|apr|avril|avr|abril|nisan
5:أيار|ايار|مايو|may|mai|mayo|ayyar|ayar
6:حزيران|يونيو|june|jun|juin|junio|haziran|huzayran
7:تموز|يوليو|july|jul|juillet|juil|julio|tammuz|tamuz
8:آب|أغسطس|august|aug|aout|agosto|aab
9:أيلول|ايلول|سبتمبر|september|sep|sept|septembre|septiembre|setiembre|aylul|eylul
10:تشرين الأول|تشرين أول|تشرين1|ت1|أكتوبر|october|oct|octobre|octubre|tishrin al-awwal
11:تشرين الثاني|تشرين ثاني|تشرين التاني|تشرين2|ت2|نوفمبر|november|nov|novembre|noviembre|tishrin al-thani
12:كانون الأول|كانون أول|كانون1|ك1|ديسمبر|december|dec|decembre|diciembre|dic|kanun al-awwal
1,12:كانون|kanun|kanoun
10,11:تشرين|tishrin|tishreen
""")

HIJRI_MONTHS = _table("""
1:محرم|المحرم|muharram
2:صفر|safar
3:ربيع الأول|ربيع أول|rabi al-awwal|rabi i
4:ربيع الآخر|ربيع الثاني|ربيع ثاني|rabi al-thani|rabi ii
5:جمادى الأولى|جمادى الأول|جمادي الأولى|jumada al-ula|jumada i
6:جمادى الآخرة|جمادى الثانية|جمادى الثاني|jumada al-akhira|jumada ii
7:رجب|rajab
8:شعبان|shaban
9:رمضان|ramadan
10:شوال|shawwal
11:ذو القعدة|ذي القعدة|dhu al-qada
12:ذو الحجة|ذي الحجة|dhu al-hijja
""")

SEASONS = {fold(name): season for season, names in {
    "spring": "spring|الربيع|ربيع|printemps|primavera", "summer": "summer|الصيف|صيف|ete|verano",
    "autumn": "autumn|fall|الخريف|خريف|automne|otono", "winter": "winter|الشتاء|شتاء|hiver|invierno",
}.items() for name in names.split("|")}

PARTS = {fold(name): part for part, names in {
    "early": "early|beginning of|the beginning of|start of|أوائل|بداية|مطلع|debut|principios de",
    "middle": "mid|middle of|the middle of|منتصف|أواسط|mi|mediados de",
    "late": "late|end of|the end of|أواخر|نهاية|fin|finales de",
}.items() for name in names.split("|")}

ABOUT = tuple(fold(w) for w in (
    "approximately", "around", "circa", "about", "approx.", "approx", "ca.", "c.", "vers", "hacia",
    "حوالي", "تقريبا", "نحو", "قرابة", "~"))
BEFORE = tuple(fold(w) for w in ("before", "prior to", "قبل", "avant", "antes de"))
AFTER = tuple(fold(w) for w in ("after", "بعد", "apres", "despues de"))
COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
UNITS = {
    1: ("days", "day", "يوم", "ايام", "jours", "dias"), 7: ("weeks", "week", "اسبوع", "اسابيع"),
    30: ("months", "month", "شهر", "اشهر")}
NO_DATE = {fold(w) for w in (
    "", "??", "not known", "no date", "nd", "n.d.", "sin fecha", "desconocida", "inconnu", "inconnue",
    "غير معروف", "غير معلوم", "مجهول", "لا يوجد", "غير محدد")}
DECADES = {fold(w): d for w, d in (
    ("الستينات", 1960), ("الستينيات", 1960), ("السبعينات", 1970), ("السبعينيات", 1970), ("الثمانينات", 1980),
    ("الثمانينيات", 1980), ("التسعينات", 1990), ("التسعينيات", 1990))}

_GLUE = r"(?: of | de | del | من | شهر |, | )"
_YEAR_WORDS = r"(?:(?:عام|سنه|year|l'an) )?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|o)?"


def _names(table: dict) -> str:
    return "|".join(re.escape(name) for name in sorted(table, key=len, reverse=True))


MONTH = rf"(?P<month>{_names(MONTHS)})\.?(?:\s?[/(]\s?(?P<again>{_names(MONTHS)})\)?)?"
HIJRI_MONTH = rf"(?P<month>{_names(HIJRI_MONTHS)})"
SUFFIX = r"(?:\s?(?:هـ|ه|هجري|هجريه|للهجره|ah|h|a\.h\.))"
GREGORIAN_SUFFIX = r"(?:\s?(?:م|ميلادي|ميلاديه|للميلاد|ad|ce))?"
YEAR = rf"{_YEAR_WORDS}(?P<year>\d{{4}})"

WRITTEN = tuple(re.compile(p) for p in (
    rf"{_DAY}{_GLUE}{MONTH}{_GLUE}{YEAR}{GREGORIAN_SUFFIX}",
    rf"{MONTH} {_DAY}(?:, | ){YEAR}{GREGORIAN_SUFFIX}",
    rf"{YEAR} {MONTH} {_DAY}",
    rf"(?:شهر )?{MONTH}{_GLUE}{YEAR}{GREGORIAN_SUFFIX}",
    rf"{YEAR} {MONTH}",
))
WRITTEN_SHORT = re.compile(rf"(?:{_DAY} )?{MONTH} (?P<year>\d{{2}})")
WRITTEN_HIJRI = re.compile(rf"(?:{_DAY}(?: من | ))?(?:شهر )?{HIJRI_MONTH}(?: من | ){YEAR}{SUFFIX}?")
