"""What in a free text may tell of a living person: telephone, mail, numbers of papers, who told it. Pure."""

import re

from sitereg.writing import digits

_AREAS = "11|14|15|16|21|22|23|31|33|41|43|51|52"
_TWO = r"[^\W\d_]{2,} [^\W\d_]{2,}"
_CALLED = "السيدة?|المدعوة?|الأخت?|الحاجة?|الدكتورة?|المهندسة?|أبو|أم"
_TELLS = tuple((re.compile(form), what) for form, what in (
    (r"[\w.+-]+@[\w-]+\.\w{2,}", "a mail address"),
    (r"(?<![\d.,])(?:\+|00)\d[\d ()-]{8,16}\d(?!\d)", "a telephone number"),
    (rf"(?<![\d.,])(?:09\d{{2}}[ -]?\d{{3}}[ -]?\d{{3}}|0(?:{_AREAS})[ -]?\d{{6,7}})(?!\d)", "a telephone number"),
    (r"(?<![\d.,])\d{11}(?!\d)", "a number of somebody's papers"),
    (r"(?:الرقم الوطني|رقم الهوية|رقم القيد|خانة|(?i:national (?:id|number)|passport))[^\d\n]{0,8}\d{2,}",
     "a number of somebody's papers"),
    (rf"(?:المصدر|الشاهد|الشاهدة|الراوي|الراوية|المبلغ|مقدم البلاغ|(?i:source|witness|informant|contact))[^\S\n]?[:：-]\s?{_TWO}",
     "the name of who told it"),
    (rf"(?:أخبرنا|أخبرني|أخبرتنا|روى لنا|حسب رواية|قال لنا) (?:{_CALLED}) [^\W\d_]{{2,}}", "the name of who told it"),
    (r"(?i:told (?:us |me )?by|according to) (?:Mrs?\.?|Ms\.?|Dr\.?|Abu|Umm|[A-Z][a-z]+) [A-Z][a-z]+", "the name of who told it"),
))


def tells(text: str) -> str | None:
    """What the text may hold that is nobody's business (in words), or None."""
    western = digits(text)
    return next((what for form, what in _TELLS if form.search(western)), None)
