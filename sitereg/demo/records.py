"""Bodies of records at invented places (what is covered, who keeps it, who was let in), and questions that somebody goes after."""
from datetime import date, timedelta

from sitereg import holdings, inquiries
from sitereg.demo import deciding
from sitereg.demo.dice import Dice

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
ACCESS = ("asked", "granted", "granted_in_part", "refused")
QUESTIONS = ("Who holds the volumes that are missing between the first and the third?",
             "Does the register name the ward to which people were moved?",
             "Is the fence that was seen in spring still standing?",
             "Who was on duty at the gate in the week of the transfer?")

__all__ = ["open_questions", "record"]


def record(opened, seed, made, told_by, many):
    """So many bodies of records stand, each at a site of its own; answers their ids with the names of their places."""
    dice, kinds = Dice(seed, "records"), list(TITLES)
    places = sorted((one for one in made if one.tier == 1), key=lambda one: (one.kind not in WHERE, one.code))[:many]
    stand = []
    for n, place in enumerate(places):
        kind, low = kinds[n % len(kinds)], dice.randint(4, 60)
        en, ar = (text.format(place=name) for text, name in zip(TITLES[kind], place.names, strict=True))
        last = max(place.began.year, min(place.ended.year, 2024))
        keeper = KEEPERS[n % len(KEEPERS)]
        seen = dice.day(date(2025, 1, 10), date(2025, 11, 30))
        first = holdings.record(
            opened, dice.choice(told_by["official_record"]), name={"en": en, "ar": ar}, kinds=[kind], credibility="2",
            years=(place.began.year, last),
            custodian={"name": {"en": keeper[0], "ar": keeper[1]}, "kind": keeper[2]},
            extent={"unit": "volumes", "definition": dice.choice(("counted", "estimated")), "min": low,
                    "max": low + dice.randint(0, 9)},
            condition=dice.choice(("good", "disordered", "incomplete", "damaged", "at_risk")), held_at=place.id, observed_on=seen,
            access={"code": ACCESS[n % len(ACCESS)], "on": seen, "asked_by": "Demonstration unit"},
            loss={"kind": "records_taken", "what": f"Volume {dice.randint(2, 9)}", "on": seen} if n % 3 == 2 else None)
        holdings.say(opened, first.subject, dice.choice(told_by["ngo_report"]), credibility="3",
                     extent={"unit": "volumes", "definition": "reported", "min": low + 20, "max": low + 40})
        stand.append(first.subject)
    return stand


def open_questions(settings, seed, stand, sites):
    """Somebody goes after a question about every second body of records and about as many sites; some are answered or overdue."""
    dice = Dice(seed, "questions")
    with deciding.by(settings, "investigator") as opened:
        today = opened.value("today")
        for n, subject in enumerate([*stand[::2], *(one.id for one in sites[: len(stand) // 2])]):
            due = today + timedelta(days=dice.randint(10, 90))
            asked = inquiries.open_(opened, subject, QUESTIONS[n % len(QUESTIONS)], due=due)
            if n % 2:
                inquiries.step(opened, asked, "Wrote to whoever keeps it", result=dice.choice(("no_answer", "answered_in_part")))
            if n % 4 == 3:
                inquiries.close(opened, asked, "The custodian answered in writing", result="answered")
