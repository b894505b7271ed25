"""Some four hundred invented sites of all kinds over the governorates, and what sources say of them."""
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import shapely

from sitereg import claims
from sitereg.demo import names
from sitereg.demo.dice import Dice, Turns
from sitereg.vocab import (
    AccessCondition,
    Adjacency,
    AuthorityRole,
    Building,
    Construction,
    Content,
    CountDefinition,
    CurrentUse,
    Deposition,
    FacilitySexRegime,
    FeatureKind,
    Integrity,
    InvestigationActivity,
    RelationKind,
    RemainsState,
    SiteKind,
)

OFTEN = ("mass_grave", "mass_grave", "mass_grave", "water_or_shaft_deposit", "provisional_burial", "prison_central",
         "prison_military", "security_branch", "security_branch", "unofficial_detention", "checkpoint", "hospital_military",
         "hospital_civil", "court", "archive", "civil_registry", "cemetery_section_unmarked", "individual_clandestine_grave")
ALL = SiteKind.codes()
TELLERS = ("testimony_survivor", "testimony_family", "testimony_resident", "official_record", "ngo_report", "social_media",
           "news_media", "testimony_insider", "anonymous_tip", "un_report")
GRAVE = (("content", Content, "testimony_gravedigger_driver"), ("construction", Construction, "satellite_imagery"),
         ("remains_state", RemainsState, "testimony_resident"), ("adjacency", Adjacency, "testimony_resident"),
         ("deposition", Deposition, "medical_forensic_record"), ("integrity", Integrity, "satellite_imagery"))
INVENTED = "Invented for demonstration; nothing here is real."


@dataclass
class Site:
    """One invented site before it is recorded: spot is None where no point is said."""

    key: str
    id: UUID
    code: str
    kind: str
    governorate: str
    spot: shapely.Point | None
    began: date
    ended: date
    names: tuple[str, str]
    tier: int = 1
    whole: UUID | None = None
    sure: bool = False
    routed: bool = False  # a place of a planted route: it held whoever was on it

    def held(self, began, ended):
        """It was in use in these days too, and by whoever came."""
        self.began, self.ended, self.routed = min(self.began, began), max(self.ended, ended), True

    @property
    def group(self):
        return SiteKind(self.kind).attrs["group"]

    def subject(self):
        return claims.new_subject(self.key, "site", tier=self.tier, id=self.id, code=self.code)


def planned(seed, ground, many, first=()):
    """The sites in order, those of the kinds `first` before all; of the others every eleventh is inside the one before it."""
    dice, made, codes = Dice(seed, "sites"), [], sorted(ground.land)
    for n, kind in enumerate(first):
        made.append(Site(f"t{n}", dice.id(), dice.code("SYS"), kind, ground.open[n % len(ground.open)], ground.spot(
            ground.open[n % len(ground.open)]), date(2012, 2, 1), date(2016, 9, 1), names.place(dice, 400 + n, kind), sure=True))
    kinds = [*OFTEN, *ALL, *OFTEN, *OFTEN]
    for n in range(many - len(first)):
        kind, pcode, inside = kinds[n % len(kinds)], codes[n % len(codes)], n % 11 == 10
        whole = made[-1] if inside and made[-1].spot is not None else None
        spot = None if pcode not in ground.open or n % 13 == 6 else ground.spot(pcode)
        if whole:
            pcode, spot = whole.governorate, shapely.Point(round(whole.spot.x + 0.0012, 5), round(whole.spot.y + 0.0009, 5))
        began = dice.day(date(1979, 1, 1), date(2014, 6, 1))
        ended = min(began + timedelta(days=dice.randint(200, 6000)), date(2024, 12, 8))
        made.append(Site(f"s{n}", dice.id(), dice.code("SYS"), kind, pcode, spot, began, ended, names.place(dice, n, kind),
                         2 if n % 16 == 7 else 1, whole.id if whole else None))
    return made


def told(seed, made, sources, bodies):
    """Every claim of every site, contradictions with them; the dicts of claims.said. bodies: ids of authorities."""
    dice, turns, said = Dice(seed, "claims"), Turns(), []
    for n, one in enumerate(made):
        def say(predicate, value, by, one=one, **more):
            source = dice.choice(sources[by])
            seen = by.startswith("testimony") and dice.random() < 0.7 and source not in sources["repeats"]
            grade = "2" if one.sure else str(dice.choice((2, 2, 3, 3, 4, 6)))
            said.append(claims.said(predicate, value, source=source, subject_key=one.key, first_hand=seen, credibility=grade,
                                    **more))

        say("name", {"text": one.names[0], "lang": "en"}, "ngo_report")
        say("name", {"text": one.names[1], "lang": "ar"}, "testimony_resident")
        say("note", {"text": INVENTED}, "ngo_report")
        say("kind", {"code": one.kind}, "testimony_resident", began=dice.around(one.began, 60), ended=dice.around(one.ended, 200))
        for by in dice.sample(TELLERS, dice.randint(2, 4)):
            say("kind", {"code": one.kind}, by)
        where(dice, one, n, say)
        facts(dice, turns, one, n, say)
        beside(dice, turns, one, n, say, bodies, made[n - 1] if n else None)
    return said


def where(dice, one, n, say):
    """A point, an area, two points that contradict, a sub-district or a governorate alone."""
    if one.spot is None:
        unit = one.governorate if one.governorate == "SY01" or n % 2 else f"{one.governorate}99X1"
        return say("place", None, "testimony_resident", pcode=unit, place_kind="admin_unit", method="admin_unit")
    radius = dice.choice((15, 60, 250, 900, 3000))
    if n % 5 == 0:
        ring = one.spot.buffer(0.003, quad_segs=2).envelope
        say("place", None, "satellite_imagery", shape=ring, uncertainty_m=50, place_kind="exact", method="drone_orthophoto")
    else:
        say("place", None, "satellite_imagery", shape=one.spot, uncertainty_m=radius, method="satellite_digitised",
            place_kind="exact" if radius < 100 else "approximate")
    say("place", None, "testimony_survivor", shape=shapely.Point(one.spot.x + 0.004, one.spot.y), uncertainty_m=2000,
        place_kind="approximate", method="testimony_sketch")
    if n % 6 == 1:
        say("place", None, "official_record", shape=shapely.Point(one.spot.x + 0.02, one.spot.y), uncertainty_m=500,
            place_kind="approximate", method="map_digitised")


def facts(dice, turns, one, n, say):
    """Counts that contradict, buildings, uses, access, graves' form, a second kind, the whole that it is part of."""
    if one.group in ("burial", "detention"):
        low, what = dice.randint(3, 60), "bodies_reported" if one.group == "burial" else "persons_held"
        say("count", {"definition": what, "min": low, "best": low + 5, "max": low + 20}, "testimony_family")
        say("count", {"definition": what, "min": low + 40, "max": low + 90}, "social_media")
    if one.group == "burial":
        for predicate, scheme, by in GRAVE:
            if predicate in ("content", "construction", "remains_state") or n % 3 == 0:
                say(predicate, {"code": turns.next(scheme)}, by)
    else:
        house = n % 17 == 5
        say("building", {"code": "private_house" if house else turns.next(Building, "private_house")}, "testimony_resident")
        say("current_use", {"code": "housing" if house else turns.next(CurrentUse)}, "ngo_report", at=date(2025, 6, 1))
    if one.group == "detention":
        say("sex_regime", {"code": "mixed" if one.routed else turns.next(FacilitySexRegime)}, "testimony_survivor")
    say("access_condition", {"code": turns.next(AccessCondition)}, "ngo_report", at=dice.day(date(2025, 1, 1), date(2026, 2, 1)))
    if n % 9 == 4 and one.kind != "mass_grave":
        say("kind", {"code": "mass_grave"}, "testimony_survivor")
    if one.whole:
        say("relation", {"kind": "part_of"}, "satellite_imagery", object=one.whole)
        say("feature", {"feature_kind": turns.next(FeatureKind), "number": str(n)}, "satellite_imagery")


def beside(dice, turns, one, n, say, bodies, before):
    """What is known of some only: who ran it, what was done there, other counts, what others call it, how it stands to another."""
    if n % 3 == 0:
        say("authority", {"role": turns.next(AuthorityRole)}, "official_record", object=bodies[n // 3 % len(bodies)],
            began=dice.around(one.began, 60))
    if n % 4 == 1:
        say("activity", {"code": turns.next(InvestigationActivity)}, "ngo_report", at=dice.day(date(2018, 1, 1), date(2025, 11, 1)))
    if n % 6 == 2:
        say("count", {"definition": turns.next(CountDefinition), "best": dice.randint(2, 90)}, "cemetery_register")
    if n % 8 == 3:
        say("external_id", {"scheme": "invented_association", "value": f"IA-{n}"}, "ngo_report")
        stands = dice.choice(("listed", "visited", "closed"))
        say("official_status", {"scheme": "invented_commission", "code": stands}, "official_record")
    if n % 12 == 5:
        say("address", {"text": f"Invented road, stone {n}"}, "testimony_resident")
    if n % 5 == 3 and before and before.tier == one.tier == 1:
        say("relation", {"kind": turns.next(RelationKind, "part_of", "remains_moved_to")}, "testimony_resident", object=before.id)


def after(opened, said, rows, owner):
    """Some of what was said is retracted, and some stands as a rumour until somebody confirms it."""
    extra = [row for one, row in zip(said, rows, strict=False) if one["predicate"] in ("count", "access_condition")]
    for row in extra[::25]:
        claims.end(opened, row.claim, why="The source took it back (invented)")
    rumours = [{**one, "credibility": "6", "rumour_owner": owner, "rumour_until": date(2026, 9, 1), "subject": row.subject}
               for one, row in zip(said, rows, strict=False) if one["predicate"] == "count"][::9]
    for one in rumours:
        one.pop("subject_key")
    claims.record(opened, rumours, reason="A rumour, kept apart (invented)")
    return len(rumours), len(extra[::25])
