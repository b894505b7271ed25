"""The synthetic demonstration registry: seeded, dated from a fixed day, said to be synthetic everywhere. No place and no
person in it is real, and no site lies within two kilometres of a place of the gazetteer."""
import random
from dataclasses import dataclass
from datetime import date, timedelta

import psycopg
import shapely

from sitereg import accounts, claims, decisions, disclosing, places, protection, sources
from sitereg.actors import Actor
from sitereg.store import cluster, credentials, people, session
from sitereg.vocab import PermittedUse, SiteKind

DAY = date(2026, 3, 1)
WORKING = ("investigator", "analyst", "data_steward", "protection_officer")
PEOPLE = {  # role shown: (account, display, tier, compartments, roles)
    "viewer": ("demo.viewer", "Demo viewer", 0, (), ("viewer",)),
    "investigator": ("demo.investigator", "Demo investigator", 2, ("names",), ("investigator",)),
    "investigator (T1)": ("demo.field", "Demo field investigator", 1, (), ("investigator",)),
    "analyst": ("demo.analyst", "Demo analyst", 2, (), ("analyst",)),
    "verifier": ("demo.verifier", "Demo verifier", 2, ("names",), ("verifier",)),
    "protection_officer": ("demo.officer", "Demo protection officer", 2, (), ("protection_officer",)),
    "data_steward": ("demo.steward", "Demo data steward", 2, ("names",), ("data_steward",)),
    "source_handler": ("demo.handler", "Demo source handler", 2, ("names",), ("source_handler",)),
    "releaser": ("demo.releaser", "Demo releaser", 2, (), ("releaser",)),
    "auditor": ("demo.auditor", "Demo auditor", 0, (), ("auditor",)),
    "admin": ("demo.admin", "Demo admin", 0, (), ("admin",)),
    "admin (second)": ("demo.second", "Demo second admin", 0, (), ("admin",)),
    "partner": ("demo.partner", "Demo partner", 0, (), ("partner",)),
}
KINDS = ("mass_grave", "mass_grave", "water_or_shaft_deposit", "provisional_burial", "prison_central", "prison_military",
         "security_branch", "unofficial_detention", "checkpoint", "hospital_military", "hospital_civil", "court", "archive",
         "civil_registry", "cemetery_section_unmarked")
FIRST = (("North", "الشمالي"), ("East", "الشرقي"), ("South", "الجنوبي"), ("West", "الغربي"), ("Upper", "الأعلى"),
         ("Lower", "الأسفل"), ("Old", "القديم"), ("New", "الجديد"))
SECOND = (("Ridge", "التل"), ("Orchard", "البستان"), ("Quarry", "المقلع"), ("Valley", "الوادي"), ("Spring", "النبع"),
          ("Field", "الحقل"), ("Mill", "الطاحون"), ("Bridge", "الجسر"))
TERMS = {"partner": {"en": "Invented partner", "ar": "شريك متخيَّل"}, "terms": "Synthetic: made up for the demonstration",
         "permitted_uses": list(PermittedUse.codes()), "consent": "given"}
SOURCES = (("testimony_survivor", "C"), ("testimony_family", "C"), ("testimony_resident", "B"), ("official_record", "B"),
           ("satellite_imagery", "B"), ("ngo_report", "B"), ("social_media", "E"), ("anonymous_tip", "F"),
           ("cemetery_register", "A"), ("testimony_insider", "D"), ("news_media", "D"), ("un_report", "A"))
SITES, PERSONS = 64, 160
WELL_TOLD = {"Published Court": "court", "Empty Field": "mass_grave", "Second Ward": "hospital_civil", "Forgotten Fence": "archive"}
RISKS = {"site": "none: it is invented", "sources": "none: they are invented", "families": "none", "staff": "none"}


@dataclass(frozen=True)
class SignIn:
    """One way in: what it is for, the address and the password to type."""

    role: str
    email: str
    password: str


def load(settings) -> list[SignIn]:
    """The demonstration registry is loaded, once; answers one sign-in for each role."""
    with session.translated(), psycopg.connect(cluster.dsn(settings)) as raw:
        ways = [admit(raw, role, *who) for role, who in PEOPLE.items()]
        people.setting(raw, "demo", "true")
        people.setting(raw, "unit", '"Demonstration unit"')
        filled = people.filled(raw)
    places.establish(settings)
    if not filled:
        fill(settings)
    return ways


def admit(raw, role, name, display, tier, compartments, roles):
    """The demo account exists, bound to the OS user, and opens the web with a password that is no secret."""
    made = people.account(raw, name, display=display, os_user=accounts.os_user(), demo=True)
    people.clearance(raw, made, tier=tier, compartments=compartments, roles=roles, reason="demonstration")
    way = SignIn(role, f"{name}@demo.invalid", f"{name}-sees-only-invented-places")
    if not credentials.opens(raw, account=name, email=way.email, password=way.password):  # else whoever sits there stays
        credentials.accept(raw, account=name, email=way.email, password=way.password)
    return way


def fill(settings):
    """Sources, sites, persons, decisions: each through the door that its account would use; all or nothing."""
    dice = random.Random(20260301)  # noqa: S311  (an invented world, the same each time)
    with session.acting(settings, Actor("demo.investigator", "system", "demo")) as opened:
        told = [sources.new(opened, kind, {"en": f"Invented source {n + 1}", "ar": f"مصدر متخيَّل {n + 1}"}, reliability=grade,
                            reason="demonstration", terms=TERMS, connection="eyewitness" if kind.startswith("testimony") else None)
                for n, (kind, grade) in enumerate(SOURCES)]
        spots = Spots(dice)
        made = [site(opened, dice, told, spots, number) for number in range(SITES)]
        persons(opened, dice, told, spots, [one[0] for one in made])
        known = [well_told(opened, dice, told, spots, name) for name in WELL_TOLD]
    settle(settings, dice, made)
    examine(settings, *known)


class Spots:
    """Points in Syria that lie two kilometres and more from every place of the gazetteer and from one another; `prisons` are the
    sites of detention with a place: (point, first day, last day)."""

    def __init__(self, dice):
        self.dice, self.prisons = dice, []
        self.taken = [shapely.Point(row["lon"], row["lat"]) for row in places.gazetteer()]
        shapes = [shapely.geometry.shape(one["geometry"]) for one in places.shipped()]
        self.land = shapely.unary_union(shapes).buffer(-0.05)

    def one(self):
        west, south, east, north = self.land.bounds
        while True:
            point = shapely.Point(round(self.dice.uniform(west, east), 5), round(self.dice.uniform(south, north), 5))
            if self.land.contains(point) and all(point.distance(other) > 0.03 for other in self.taken):
                self.taken.append(point)
                return point


def site(opened, dice, told, spots, number):
    """One invented site; answers (id, code, kind, point)."""
    kind, spot = KINDS[number % len(KINDS)], spots.one()
    (en1, ar1), (en2, ar2) = dice.choice(FIRST), dice.choice(SECOND)
    began = date(dice.randint(1979, 2014), dice.randint(1, 12), 1)
    ended = began + timedelta(days=dice.randint(200, 4000))
    said = [
        claim("kind", {"code": kind}, dice.choice(told), dice, began=(began, began + timedelta(days=60)),
              ended=(ended, ended + timedelta(days=200))),
        claim("kind", {"code": kind}, dice.choice(told), dice),
        claim("name", {"text": f"{en1} {en2} {number + 1}", "lang": "en"}, told[2], dice),
        claim("name", {"text": f"{ar2} {ar1} {number + 1}", "lang": "ar"}, told[2], dice),
        claim("note", {"text": "Invented for demonstration; nothing here is real."}, told[5], dice)]
    said += where(dice, told, spot, number)
    if number % 3 == 0:
        low = dice.randint(3, 60)
        said += [claim("count", {"definition": "bodies_reported", "min": low, "best": low + 5, "max": low + 20}, told[1], dice),
                 claim("count", {"definition": "bodies_reported", "min": low + 40, "max": low + 90}, told[6], dice)]
    if number % 9 == 4:
        said.append(claim("kind", {"code": "mass_grave"}, told[0], dice))
    if number % 11 == 5:
        said.append(claim("building", {"code": "private_house"}, told[2], dice))
    tier = 2 if number % 16 == 7 else 1
    rows = claims.record(opened, said, subjects=[claims.new_subject("s", "site", tier=tier)], reason="demonstration")
    if SiteKind(kind).attrs["group"] == "detention" and number % 13 != 6 and number % 7 != 3:
        spots.prisons.append((spot, began + timedelta(days=60), ended))
    return rows[0].subject, rows[0].code, kind, [row.claim for row in rows]


def where(dice, told, spot, number):
    """What is said of the place: mostly a point, sometimes an area, a governorate alone, or nothing."""
    if number % 13 == 6:
        return []
    if number % 7 == 3:
        return [claim("place", None, dice.choice(told), dice, pcode=f"SY{number % 14 + 1:02}", place_kind="admin_unit",
                      method="admin_unit")]
    radius = dice.choice((15, 60, 250, 900, 3000))
    said = [claim("place", None, told[4], dice, shape=spot, uncertainty_m=radius, method="satellite_digitised",
                  place_kind="exact" if radius < 100 else "approximate")]
    if number % 5 == 0:
        ring = spot.buffer(0.004, quad_segs=2).envelope
        said = [claim("place", None, told[4], dice, shape=ring, uncertainty_m=50, place_kind="exact",
                      method="drone_orthophoto")]
    if number % 6 == 1:
        other = shapely.Point(spot.x + 0.05, spot.y)
        said.append(claim("place", None, told[3], dice, shape=other, uncertainty_m=500, place_kind="approximate",
                          method="testimony_sketch"))
    return said


def claim(predicate, value, source, dice, **more):
    return claims.said(predicate, value, source=source, subject_key="s", credibility=str(dice.choice((2, 2, 3, 3, 4, 6))),
                       first_hand=dice.random() < 0.6, **more)


def persons(opened, dice, told, spots, sites):
    """Invented persons, pseudonymous, each with one or two events at uncertain places and days."""
    subjects, said = [], []
    for number in range(PERSONS):
        key, day = f"p{number}", date(2011, 3, 1) + timedelta(days=dice.randint(0, 3600))
        subjects.append(claims.new_subject(key, "person"))
        event, spot = dice.choice(("arrested", "last_seen_free", "abducted")), spots.one()
        if number % 20 == 7:  # not far from a place of detention, in its days
            prison, day, _ = spots.prisons[number // 20 % len(spots.prisons)]
            event, spot = "arrested", shapely.Point(prison.x + 0.008, prison.y + 0.006)
        said.append(claims.said("event", {"kind": event}, source=told[1], subject_key=key, credibility="2", shape=spot,
                                uncertainty_m=dice.choice((300, 2000, 8000)), place_kind="approximate", method="testimony_sketch",
                                at=(day, day + timedelta(days=dice.choice((0, 10, 60))))))
        if number % 3 == 0:
            said.append(claims.said("event", {"kind": "seen_by_exdetainee", "site": str(dice.choice(sites))}, source=told[0],
                                    subject_key=key, credibility="3", first_hand=True,
                                    at=(day + timedelta(days=90), day + timedelta(days=300))))
        said.append(claims.said("sex", {"code": dice.choice(("female", "male"))}, source=told[1], subject_key=key,
                                credibility="2"))
    claims.record(opened, said, subjects=subjects, reason="demonstration")


def settle(settings, dice, made):
    """A few statuses are decided the way officers would: measures first, then the status that they allow."""
    with session.acting(settings, Actor("demo.officer", "system", "demo")) as opened:
        for number, (site_id, _code, _kind, _claims) in enumerate(made[:36]):
            if not ready(opened, site_id):
                continue
            if number % 3 == 0:
                protection.decide(opened, site_id, "unprotected", reason="Seen from the road, nothing done yet", observed_on=DAY)
                continue
            kind = "perimeter_fence" if number % 2 else "watch_by_residents"
            protection.record_measure(opened, site_id, kind, reason="agreed on site", agent_kind="residents_or_committee",
                                      began=DAY - timedelta(days=200))
            if number % 3 == 1:
                protection.decide(opened, site_id, "protected", reason="Fenced and watched by residents", observed_on=DAY,
                                  due=opened.value("today") + timedelta(days=60 + 5 * number))
            else:
                protection.decide(opened, site_id, "partially_protected", reason="One side is open", observed_on=DAY)
        for site_id, *_ in made[40:44]:
            visit = protection.inspect(opened, site_id, visited_on=DAY - timedelta(days=10), team="Demo team", covered="all of it",
                                       findings="Fresh digging at the east side")
            protection.record_disturbance(opened, site_id, "construction", "moderate", observed=DAY - timedelta(days=12),
                                          visit=visit["visit"])


def well_told(opened, dice, told, spots, name):
    """One site of which a survivor and a record tell alike; answers (id, the claims that speak for it, its place)."""
    kind, grade = WELL_TOLD[name], {"subject_key": "s", "credibility": "2"}
    said = [claims.said("kind", {"code": kind}, source=told[0], first_hand=True, **grade),
            claims.said("kind", {"code": kind}, source=told[3], first_hand=False, **grade),
            claims.said("name", {"text": name, "lang": "en"}, source=told[3], **grade),
            claims.said("place", None, source=told[4], shape=spots.one(), uncertainty_m=60, method="satellite_digitised",
                        place_kind="exact", **grade)]
    rows = claims.record(opened, said, subjects=[claims.new_subject("s", "site")], reason="demonstration")
    return rows[0].subject, [row.claim for row in rows[:2]], [row.claim for row in rows[2:]]


def examine(settings, published, empty, ward, fence):
    """One site each is confirmed and published, refuted, probable, and overdue for its review, each by those who may."""
    def by(name):
        return session.acting(settings, Actor(name, "system", "demo"))

    with by("demo.officer") as opened:
        seen = protection.inspect(opened, published[0], visited_on=DAY, team="Demo team", covered="all of it",
                                  findings="As it was told")
        bare = protection.inspect(opened, empty[0], visited_on=DAY, team="Demo team", covered="the whole field", negative=True,
                                  findings="Untouched ground")
        protection.record_measure(opened, fence[0], "perimeter_fence", reason="agreed on site", agent_kind="residents_or_committee",
                                  began=DAY - timedelta(days=400))
        protection.decide(opened, fence[0], "partially_protected", reason="Fenced on three sides",
                          observed_on=DAY - timedelta(days=390), due=DAY - timedelta(days=30))
    with by("demo.investigator") as opened:
        waiting = [decisions.decide(opened, site, "verification", to, aspect=kind, reason="What was told was looked at on the spot",
                                    basis=[*basis, *visit["claims"]]).proposal
                   for site, to, kind, basis, visit in ((published[0], "confirmed", "court", published[1], seen),
                                                        (empty[0], "refuted", "mass_grave", empty[1], bare))]
        decisions.decide(opened, ward[0], "verification", "probable", aspect="hospital_civil",
                         reason="A survivor and a record agree", basis=ward[1])
    with by("demo.verifier") as opened:
        for one in waiting:
            decisions.approve(opened, one, reason="Agreed")
    with by("demo.analyst") as opened:
        asked = disclosing.disclose(opened, published[0], [*published[1], *published[2]],
                                    disclosing.Answers(True, "public", RISKS), reason="For the demonstration")
    with by("demo.releaser") as opened:
        decisions.approve(opened, asked.proposal, reason="Agreed")


def ready(opened, site_id):
    """Whether an assessment may be recorded: a kind of the site is suspected or better."""
    return any(not row["lacking"] for row in decisions.options(opened, site_id, "protection", observed_on=DAY)
               if row["to_state"] == "unprotected")
