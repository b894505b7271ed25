"""Sixty invented sources with grades; every fifth only repeats what another told, so that it counts once with it."""
from sitereg import sources, vocab
from sitereg.store.session import Json
from sitereg.vocab import AuthorityKind, PermittedUse

TERMS = {"partner": {"en": "Invented partner", "ar": "شريك متخيَّل"}, "terms": "Synthetic: made up for the demonstration",
         "permitted_uses": list(PermittedUse.codes()), "consent": "given"}
TYPES = (("testimony_survivor", "C"), ("testimony_family", "C"), ("testimony_resident", "B"), ("official_record", "B"),
         ("satellite_imagery", "B"), ("ngo_report", "B"), ("social_media", "E"), ("anonymous_tip", "F"), ("cemetery_register", "A"),
         ("testimony_insider", "D"), ("news_media", "D"), ("un_report", "A"), ("testimony_gravedigger_driver", "C"),
         ("medical_forensic_record", "B"), ("leaked_record", "B"), ("court_record", "B"), ("drone_imagery", "B"), ("photo", "C"),
         ("video", "C"), ("academic", "B"), ("dataset", "C"), ("derived_analysis", "D"))
HEARD = ("testimony", "news_media", "social_media", "ngo_report", "un_report", "anonymous_tip")
MANY = 60


def record(opened, many=MANY):
    """The sources stand; answers their ids by type, in the order made, and as `repeats` those that only repeat another."""
    made, first = {"repeats": set()}, {}
    for n in range(many):
        kind, grade = TYPES[n % len(TYPES)]
        repeats = first.get(kind) if n % 5 == 4 and n >= len(TYPES) else None
        one = new(opened, kind, f"Invented source {n + 1}", f"مصدر متخيَّل {n + 1}", grade, repeats=repeats)
        first.setdefault(kind, one)
        made.setdefault(kind, []).append(one)
        if repeats:
            made["repeats"].add(one)
    return made


def new(opened, kind, en, ar, grade, *, repeats=None):
    """One invented source; answers its id."""
    connection = None
    if repeats and kind.startswith(HEARD):
        connection = "second_hand"
    elif kind.startswith("testimony"):
        connection = "family" if kind == "testimony_family" else "eyewitness"
    return sources.new(opened, kind, {"en": en, "ar": ar}, reliability=grade, reason="Graded for the demonstration", terms=TERMS,
                       connection=connection, repeats=repeats)


def bodies(opened):
    """One invented authority of each kind stands; answers their ids."""
    return [opened.call("find_authority", kind=one.value, names=Json({
        "en": f"Invented: {one.label}", "ar": f"{vocab.label('authority_kind', one, 'ar')} (متخيَّلة)"})) for one in AuthorityKind]
