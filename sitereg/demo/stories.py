"""The places of the first five stories of docs/demo.md, the same in every demonstration, and those that tests look for."""
from datetime import date, timedelta

from sitereg import claims, decisions, disclosing, keeper, protection
from sitereg.demo import sources as demo_sources
from sitereg.demo.deciding import FAMILIES, by, day
from sitereg.demo.dice import Dice
from sitereg.demo.network import Route
from sitereg.demo.sites import INVENTED, Site

DAY = date(2026, 3, 1)
RISKS = {"site": "none: it is invented", "sources": "none: they are invented", "families": "none", "staff": "none"}
CAST = {  # key: (kind, governorate, English, Arabic)
    "echo": ("unofficial_detention", "SY04", "Echo Farm", "مزرعة الصدى"),
    "chorus": ("unofficial_detention", "SY04", "Chorus Farm", "مزرعة الأصوات"),
    "branch": ("security_branch", "SY03", "Branch 7000 at Far Ridge", "الفرع 7000 عند التل البعيد"),
    "hospital": ("hospital_military", "SY03", "Far Ridge Hospital", "مشفى التل البعيد"),
    "first": ("mass_grave", "SY03", "First Field", "الحقل الأول"),
    "second": ("mass_grave", "SY03", "Second Field", "الحقل الثاني"),
    "fence": ("mass_grave", "SY05", "Fenced Orchard", "البستان المسوَّر"),
    "villa": ("unofficial_detention", "SY02", "House of the Fig", "دار التينة"),
    "barracks": ("prison_military", "SY11", "Two Lives Barracks", "ثكنة الحياتين"),
    "published": ("court", "SY09", "Published Court", "المحكمة المنشورة"),
    "empty": ("mass_grave", "SY09", "Empty Field", "الحقل الخالي"),
}


def cast(ground):
    """The sites of the stories: {key: Site}; their codes do not depend on the seed, so that docs can name them."""
    dice, made = Dice("sitereg stories"), {}
    for key, (kind, pcode, en, ar) in CAST.items():
        made[key] = Site(key, dice.id(), dice.code("SYS"), kind, pcode, ground.spot(pcode), date(2012, 1, 1), date(2014, 9, 1),
                         (en, ar))
    return made


def route(who):
    return Route(who["branch"], who["hospital"], who["first"], who["second"],
                 date(2012, 3, 1), date(2013, 11, 1), date(2018, 4, 1), 90)


def tellers(opened):
    """Sources of the stories: one that saw, two that only repeat it, and two of origins of their own."""
    new = demo_sources.new
    saw = new(opened, "testimony_survivor", "One who was held (invented)", "من احتُجز هناك (متخيَّل)", "C")
    return {"saw": saw,
            "heard": new(opened, "testimony_resident", "A neighbour who heard it (invented)", "جار سمع منه (متخيَّل)", "C",
                         repeats=saw),
            "wrote": new(opened, "news_media", "A paper that printed it (invented)", "صحيفة نشرته (متخيَّلة)", "C", repeats=saw),
            "other": new(opened, "testimony_resident", "Another who saw it (invented)", "آخر رآه (متخيَّل)", "C"),
            "paper": new(opened, "official_record", "A register (invented)", "سجل (متخيَّل)", "B"),
            "image": new(opened, "satellite_imagery", "An image (invented)", "صورة فضائية (متخيَّلة)", "B")}


def told(who, t):
    """What the sources say in the stories; the dicts of claims.said."""
    said = []

    def say(key, predicate, value, source, credibility="2", **more):
        said.append(claims.said(predicate, value, source=t[source], subject_key=key, credibility=credibility,
                                first_hand=source in ("saw", "other"), **more))

    for key, one in who.items():
        say(key, "name", {"text": one.names[0], "lang": "en"}, "paper")
        say(key, "name", {"text": one.names[1], "lang": "ar"}, "paper")
        say(key, "note", {"text": INVENTED}, "paper")
        say(key, "place", None, "image", shape=one.spot, uncertainty_m=60, place_kind="exact", method="satellite_digitised")
        for source in {"echo": ("saw", "heard", "wrote"), "chorus": ("saw", "other", "paper"), "villa": ("saw", "other"),
                       "barracks": ("saw", "paper")}.get(key, ("saw", "paper")):
            say(key, "kind", {"code": one.kind}, source, began=one.began, ended=one.ended)
    say("villa", "building", {"code": "private_house"}, "other")
    say("villa", "current_use", {"code": "housing"}, "other", at=date(2025, 6, 1))
    say("barracks", "kind", {"code": "mass_grave"}, "other", began=(date(2013, 1, 1), date(2013, 6, 1)))
    say("barracks", "current_use", {"code": "barracks"}, "other", at=date(2025, 6, 1))
    for key, low in (("first", 70), ("second", 60)):
        say(key, "count", {"definition": "bodies_reported", "min": low, "best": low + 20, "max": low + 40}, "saw")
    say("second", "deposition", {"code": "secondary"}, "image")
    say("first", "deposition", {"code": "robbed"}, "image")
    return said


def settle(settings, who, cites):
    """What was decided in the stories, in the order in which it happened."""
    fenced(settings, who["fence"])
    with by(settings, "officer") as opened:
        seen = {key: protection.inspect(opened, who[key].id, visited_on=DAY, team="Demo team", covered="all of it",
                                        findings="As it was told") for key in ("published", "barracks")}
        protection.inspect(opened, who["empty"].id, visited_on=DAY - timedelta(days=200), team="Demo team",
                           findings="Turned away at the gate.", not_searched="All of it: entry was refused.")
        bare = protection.inspect(opened, who["empty"].id, visited_on=DAY, team="Demo team", covered="the whole field",
                                  negative=True, findings="Untouched ground")
    with by(settings, "investigator") as opened:
        def level(key, to, visit=None):
            of_this_kind = cites[key, "kind"][:2] if key == "barracks" else cites[key, "kind"]
            return decisions.decide(opened, who[key].id, "verification", to, aspect=who[key].kind, reason=REASONS[to],
                                    basis=[*of_this_kind, *(visit["claims"] if visit else ())]).proposal

        level("chorus", "probable")
        waiting = [level("published", "confirmed", seen["published"]), level("empty", "refuted", bare)]
        level("barracks", "confirmed", seen["barracks"])  # waits at the verifier's desk
        opened.call("end_claim", claim=cites["villa", "kind"][1], why="Asked again, the source is not sure (invented)")
    with by(settings, "verifier") as opened:
        for one in waiting:
            decisions.approve(opened, one, reason="Agreed")
    with by(settings, "analyst") as opened:
        named = [*cites["published", "kind"], *cites["published", "name"], *cites["published", "place"]]
        asked = disclosing.disclose(opened, who["published"].id, named, disclosing.Answers(True, "public", RISKS),
                                    reason="For the demonstration")
    with by(settings, "releaser") as opened:
        decisions.approve(opened, asked.proposal, reason="Agreed")


REASONS = {"probable": "Sources of several origins agree", "confirmed": "What was told was looked at on the spot",
           "refuted": "The whole field was looked at"}


def fenced(settings, one):
    """A fence is put up in 2019 until 2021, lapses unseen, and in 2022 families open the place."""
    with day(settings, date(2019, 5, 2)) as today, by(settings, "officer") as opened:
        protection.record_measure(opened, one.id, "perimeter_fence", reason="Agreed with the residents", began=today,
                                  agent_kind="residents_or_committee", lapses_on=date(2021, 5, 1))
        protection.decide(opened, one.id, "protected", reason="Fenced all around", observed_on=today, due=date(2020, 5, 1))
    with day(settings, date(2022, 9, 10)) as today:
        keeper.lapse(settings)
        with by(settings, "officer") as opened:
            visit = protection.inspect(opened, one.id, visited_on=today, team="Demo team", covered="all of it", findings=FAMILIES)
            protection.record_disturbance(opened, one.id, "opened_without_supervision", "severe", by="families",
                                          observed=(date(2022, 8, 1), date(2022, 9, 1)), visit=visit["visit"])
