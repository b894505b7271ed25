"""What headers of lists are called in English, Arabic, French and Spanish, and what words in their cells mean. Pure."""

import re
import unicodedata

from sitereg import vocab
from sitereg.vocab import SiteKind
from sitereg.writing import plain

WORDS = {  # field of a mapping -> words that a header of it holds; the longest word that fits decides
    "id": "id|no|nr|number|code|ref|reference|record id|site id|record no|رقم|الرقم|معرف|المعرف|الرمز|رمز|م|numéro|identifiant|n°|"
    "número|num|codigo|código|identificador",
    "lat": "lat|latitude|y|coord y|خط العرض|دائرة العرض|العرض|latitud",
    "lon": "lon|lng|long|longitude|x|coord x|خط الطول|الطول|longitud",
    "place": "coordinates|coordinate|coords|gps|location|latlon|lat lon|mgrs|utm|الاحداثيات|احداثيات|الموقع الجغرافي|coordonnées|"
    "localisation|coordenadas|ubicación",
    "name": "name|place|site|title|place name|site name|الاسم|اسم|اسم الموقع|الموقع|اسم المكان|المكان|nom|lieu|nom du lieu|nombre|"
    "lugar|sitio",
    "name_en": "name en|english name|name english|الاسم بالانجليزية|الاسم الانجليزي",
    "name_ar": "name ar|arabic name|name arabic|الاسم بالعربية|الاسم العربي",
    "kind": "kind|type|category|what|site type|النوع|نوع|نوع الموقع|التصنيف|الفئة|catégorie|tipo|categoría|clase",
    "status": "status|state|official status|الحالة|حالة|الوضع|statut|état|estado|situación",
    "count": "count|people|victims|bodies|number of bodies|number of victims|estimate|العدد|عدد|عدد الضحايا|عدد الجثث|عدد الجثامين|"
    "nombre de victimes|nombre de corps|víctimas|número de víctimas|cuerpos|personas",
    "date": "date|day|when|year|seen|observed|reported on|التاريخ|تاريخ|اليوم|السنة|سنة|متى|jour|année|fecha|día|año",
    "note": "note|notes|remark|remarks|comment|comments|description|ملاحظة|ملاحظات|تفاصيل|الوصف|وصف|remarques|commentaire|"
    "observaciones|notas|descripción",
    "radius_km": "radius km|uncertainty km|نصف القطر كم|rayon km|radio km",
}
PERSON_WORDS = {  # the same for a list of persons
    "id": WORDS["id"],
    "full_name": "full name|name|person|the name|الاسم الكامل|الاسم الثلاثي|الاسم الرباعي|الاسم والنسبة|الاسم والكنية|الاسم|اسم|"
    "اسم المعتقل|اسم المفقود|اسم الشخص|nom complet|nom|nombre completo|nombre",
    "ism": "first name|given name|الاسم الأول|اسم الشخص الأول|prénom|primer nombre",
    "nasab_father": "father|father name|father's name|name of father|اسم الأب|الأب|اسم الوالد|nom du père|nombre del padre",
    "nasab_grandfather": "grandfather|grandfather name|اسم الجد|الجد",
    "family": "family|family name|surname|last name|النسبة|العائلة|اسم العائلة|nom de famille|apellido|apellidos",
    "mother_given": "mother|mother name|mother's name|name of mother|اسم الأم|الأم|اسم ونسبة الأم|اسم الوالدة|nom de la mère|"
    "nombre de la madre",
    "mother_family": "mother family|mother's family name|نسبة الأم|كنية الأم",
    "kunya": "kunya|الكنية أبو|ابو او ام",
    "alias": "alias|nickname|known as|اللقب|لقب|الاسم الحركي|surnom|alias de",
    "number": "detainee number|prisoner number|inmate number|رقم المعتقل|رقم السجين|رقم الموقوف",
    "sex": "sex|gender|الجنس|sexe|sexo",
    "born": "born|birth|birth date|date of birth|dob|year of birth|تاريخ الولادة|الولادة|المواليد|مواليد|التولد|تولد|تاريخ الميلاد|"
    "سنة الولادة|né le|date de naissance|fecha de nacimiento|nacimiento",
    "age": "age|العمر|السن|عمر|âge|edad",
    "arrested": "arrested|arrest date|date of arrest|arrested on|تاريخ الاعتقال|الاعتقال|تاريخ التوقيف|تاريخ الخطف|"
    "date d'arrestation|fecha de detención",
    "arrested_place": "place of arrest|arrest place|where arrested|مكان الاعتقال|مكان التوقيف|مكان الخطف|lieu d'arrestation|"
    "lugar de detención",
    "seen": "last seen|date last seen|last seen on|missing since|تاريخ آخر مشاهدة|آخر مشاهدة|تاريخ الاختفاء|تاريخ الفقدان|"
    "تاريخ الفقد|vu pour la dernière fois|visto por última vez",
    "seen_place": "place last seen|last seen place|last seen at|مكان آخر مشاهدة|مكان الاختفاء|مكان الفقدان|مكان الفقد",
    "note": WORDS["note"],
}
KINDS = {  # words in cells -> kinds, beside the vocabulary's own labels
    "mass_grave": "grave|mass grave|mass graves|مقبرة جماعية|قبر جماعي|fosse commune|charnier|fosa|fosa común|fosa comun",
    "cemetery": "cemetery|graveyard|مقبرة|المقبرة|cimetière|cementerio",
    "prison_central": "prison|jail|سجن|السجن|سجن مركزي|prison centrale|cárcel|carcel|prisión",
    "prison_military": "military prison|سجن عسكري|prison militaire|prisión militar",
    "security_branch": "branch|security branch|intelligence branch|فرع|فرع أمني|فرع امني|branche de sécurité",
    "detention_centre_other": "detention|detention centre|detention center|مركز احتجاز|معتقل|مركز توقيف|centre de détention|"
    "centro de detención|centro clandestino",
    "checkpoint": "checkpoint|حاجز|نقطة تفتيش|barrage|retén|control",
    "hospital_military": "military hospital|مشفى عسكري|hôpital militaire|hospital militar",
    "hospital_civil": "hospital|مشفى|مستشفى|hôpital|clínica",
    "court": "court|محكمة|tribunal",
    "police_station": "police|police station|مخفر|قسم شرطة|commissariat|comisaría",
    "water_or_shaft_deposit": "well|shaft|بئر|puits|pozo",
    "execution_site": "execution site|killing site|موقع إعدام|lieu d'exécution|lugar de ejecución",
    "military_base": "military base|base|قاعدة عسكرية|ثكنة|base militaire|base militar",
    "archive": "archive|أرشيف|archives|archivo",
}
_KUNYA = {"الكنيه", "كنيه", "kunya", "al kunya", "alkunya", "konya"}
_BREAK = re.compile(r"[\s_./()\[\]:;,\-|]+")
_LETTERS = str.maketrans("أإآٱىة", "اااايه")

__all__ = ["KINDS", "PERSON_WORDS", "WORDS", "are_arabic", "field_of", "folded", "is_kunya", "kind_of"]


def folded(text: str) -> str:
    """Small letters without accents, marks and joining signs; alef, yeh and teh marbuta in one form each."""
    words = unicodedata.normalize("NFD", plain(text).lower().translate(_LETTERS))
    bare = "".join(one for one in words if not unicodedata.combining(one) and one != "ـ")
    return " ".join(part for part in _BREAK.split(bare) if part)


def field_of(header: str, subject: str = "site") -> tuple[str, str] | None:
    """(field of a list of sites or persons, the word by which the header tells it), None where it tells nothing."""
    said = f" {folded(re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', header))} "
    met = [(len(word), field, word) for word, field in _HEADERS[subject].items() if f" {word} " in said]
    if not met:
        return None
    _length, field, word = max(met)
    return field, word


def kind_of(cell: str) -> str | None:
    """The kind of site that a cell names by a code, a label in either language, or one of KINDS."""
    return _KINDS.get(folded(cell)) if cell.strip() else None


def is_kunya(header: str) -> bool:
    """Whether a header says al-kunya, which is the family name in Syrian papers and Abu or Umm of somebody in speech."""
    return folded(header) in _KUNYA


def are_arabic(cells: list[str]) -> bool:
    """Whether most letters of these cells are Arabic."""
    letters = [one for cell in cells for one in cell if one.isalpha()]
    return sum("\u0600" <= one <= "\u06ff" for one in letters) * 2 > len(letters)


_HEADERS = {
    subject: {folded(word): field for field, words in known.items() for word in words.split("|")}
    for subject, known in (("site", WORDS), ("person", PERSON_WORDS))
}
_KINDS = {folded(word): code for code, words in KINDS.items() for word in words.split("|")}
_KINDS |= {folded(vocab.label("site_kind", one.code, locale)): one.code for one in SiteKind for locale in ("en", "ar")}
_KINDS |= {folded(one.code): one.code for one in SiteKind}
