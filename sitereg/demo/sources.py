"""Sixty invented sources with grades; every fifth only repeats what another told, so that it counts once with it."""
from sitereg import sources
from sitereg.vocab import PermittedUse

TERMS = {"partner": {"en": "Invented partner", "ar": "شريك متخيَّل"}, "terms": "Synthetic: made up for the demonstration",
         "permitted_uses": list(PermittedUse.codes()), "consent": "given"}
TYPES = (("testimony_survivor", "C"), ("testimony_family", "C"), ("testimony_resident", "B"), ("official_record", "B"),
         ("satellite_imagery", "B"), ("ngo_report", "B"), ("social_media", "E"), ("anonymous_tip", "F"), ("cemetery_register", "A"),
         ("testimony_insider", "D"), ("news_media", "D"), ("un_report", "A"), ("testimony_gravedigger_driver", "C"),
         ("medical_forensic_record", "B"), ("leaked_record", "B"))
MANY = 60


def record(opened, many=MANY):
    """The sources stand; answers their ids by type, in the order made."""
    made, first = {}, {}
    for n in range(many):
        kind, grade = TYPES[n % len(TYPES)]
        repeats = first.get(kind) if n % 5 == 4 and n >= len(TYPES) else None
        one = new(opened, kind, f"Invented source {n + 1}", f"مصدر متخيَّل {n + 1}", grade, repeats=repeats)
        first.setdefault(kind, one)
        made.setdefault(kind, []).append(one)
    return made


def new(opened, kind, en, ar, grade, *, repeats=None):
    """One invented source; answers its id."""
    connection = "eyewitness" if kind.startswith("testimony") and kind != "testimony_family" else None
    return sources.new(opened, kind, {"en": en, "ar": ar}, reliability=grade, reason="Graded for the demonstration", terms=TERMS,
                       connection="family" if kind == "testimony_family" else connection, repeats=repeats)
