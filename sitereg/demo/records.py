"""Bodies of records at invented places (what is covered, who keeps it, who was let in), and questions that somebody goes after."""
from datetime import date, timedelta

from sitereg import holdings, inquiries, vocab
from sitereg.demo import deciding
from sitereg.demo.dice import Dice, Turns
from sitereg.vocab import DisturbanceKind, ExtentDefinition, ExtentUnit, InquiryResult, RecordCondition, RecordKind, RecordsAccess

WHERE = ("records_repository", "court", "civil_status_office", "prison_civil", "hospital_military", "intelligence_branch")
TITLES = {
    "detention_register": ("Register of admissions of {place}", "سجل نزلاء {place}"),
    "court_files": ("Court files kept at {place}", "ملفات قضائية محفوظة في {place}"),
    "civil_register": ("Civil-status volumes of {place}", "مجلدات الأحوال المدنية في {place}"),
    "transfer_orders": ("Transfer orders of {place}", "أوامر النقل في {place}"),
    "morgue_register": ("Register of the cold room of {place}", "سجل غرفة التبريد في {place}"),
    "correspondence": ("Orders and letters of {place}", "أوامر ومراسلات {place}")}
KEEPERS = (("An invented records commission", "هيئة سجلات متخيَّلة", "national_commission"),
           ("An invented town council", "مجلس بلدة متخيَّل", "municipality_or_local_council"),
           ("An invented association of families", "رابطة عائلات متخيَّلة", "family_association"))
LOSSES = ("records_taken", "records_burned", "fire", "natural_decay", "looting")
ENDS = (("The custodian answered in writing", "answered"), ("Another unit asks already", "withdrawn"))
BEGAN = date(2025, 9, 1)
QUESTIONS = ("Who holds the volumes that are missing between the first and the third?",
             "Does the register name the ward to which people were moved?",
             "Is the fence that was seen in spring still standing?",
             "Who was on duty at the gate in the week of the transfer?")

__all__ = ["open_questions", "record"]


def record(opened, seed, made, told_by, many):
    """So many bodies of records stand, each at a site of its own; answers their ids with the names of their places."""
    dice, turns = Dice(seed, "records"), Turns()
    places = sorted((one for one in made if one.tier == 1), key=lambda one: (one.kind not in WHERE, one.code))[:many]
    stand = []
    for n, place in enumerate(places):
        kind, low, last = turns.next(RecordKind), dice.randint(4, 60), max(place.began.year, min(place.ended.year, 2024))
        en, ar, body = KEEPERS[n % len(KEEPERS)]
        seen, unit = dice.day(date(2025, 1, 10), date(2025, 11, 30)), turns.next(ExtentUnit)
        first = holdings.record(
            opened, dice.choice(told_by["official_record"]), name=title(kind, place), kinds=[kind], credibility="2",
            years=(place.began.year, last), custodian={"name": {"en": en, "ar": ar}, "kind": body},
            extent={"unit": unit, "definition": turns.next(ExtentDefinition, "reported"), "min": low, "max": low + 9},
            condition=turns.next(RecordCondition), held_at=place.id, observed_on=seen,
            records_of=places[n - 1].id if n % 4 == 1 else None,
            digitised={"min": 10, "best": dice.randint(11, 60), "max": 70} if n % 3 == 1 else None,
            access={"code": turns.next(RecordsAccess), "on": seen, "asked_by": "Demonstration unit"},
            loss={"kind": turns.next(DisturbanceKind, *(one for one in DisturbanceKind.codes() if one not in LOSSES)),
                  "what": f"Volume {dice.randint(2, 9)}", "on": seen} if n % 3 == 2 else None)
        holdings.say(opened, first.subject, dice.choice(told_by["ngo_report"]), credibility="3",
                     extent={"unit": unit, "definition": "reported", "min": low + 20, "max": low + 40})
        stand.append(first.subject)
    return stand


def title(kind, place):
    """What such a body of records is called at a place, in both languages."""
    told = TITLES.get(kind) or tuple(f"{vocab.label('record_kind', kind, lang)}: {{place}}".capitalize() for lang in vocab.LOCALES)
    return {lang: text.format(place=name) for lang, text, name in zip(vocab.LOCALES, told, place.names, strict=True)}


def open_questions(settings, seed, stand, sites):
    """Somebody goes after a question about every second body of records and about as many sites; some are answered or overdue."""
    dice, turns = Dice(seed, "questions"), Turns()
    asked = []
    with deciding.day(settings, BEGAN) as began, deciding.by(settings, "investigator") as opened:
        for n, subject in enumerate([*stand[::2], *(one.id for one in sites[: len(stand) // 2])]):
            due = began + timedelta(days=dice.randint(10, 90) if n % 3 == 1 else dice.randint(300, 500))
            asked.append(inquiries.open_(opened, subject, QUESTIONS[n % len(QUESTIONS)], due=due))
    with deciding.by(settings, "investigator") as opened:
        today = opened.value("today")
        for n, one in enumerate(asked):
            if n % 2:
                inquiries.step(opened, one, "Wrote to whoever keeps it", result=turns.next(InquiryResult, "withdrawn"))
            if n % 6 == 2:
                inquiries.postpone(opened, one, today + timedelta(days=60), why="The custodian is away")
            if n % 4 == 3:
                outcome, result = ENDS[n % 8 == 3]
                inquiries.close(opened, one, outcome, result=result)
            if n % 8 == 7:
                inquiries.reopen(opened, one, why="The answer speaks of another register", due=today + timedelta(days=30))
            if n % 6 == 4:
                inquiries.reassign(opened, one, "demo.field", why="Nearer to the place")
