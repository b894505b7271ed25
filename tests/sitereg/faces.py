"""Rows of faces put in by hand, and what a reader should see of them: an oracle that knows tier, scope and face alone."""
import json
import uuid
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

READERS = {"viewer": (0, []), "investigator1": (1, []), "officer": (2, []), "worker": (2, ["names"])}
LEVELS = ("reported", "suspected", "probable", "confirmed", "refuted", "inconclusive")
RANK = {level: n for n, level in enumerate(("confirmed", "probable", "suspected", "reported", "inconclusive", "refuted"))}
GROUPS = {"mass_grave": "burial", "prison_central": "detention", "court": "records", "checkpoint": "other", "morgue": "medical"}


@dataclass(frozen=True)
class Site:
    """One site as the resolve rule would leave it: the same values in each face that it has, its place as that face shows it."""

    n: int = 1
    tier: int = 1
    exact_tier: int = 2
    named: bool = False
    lon: float = 36.5
    lat: float = 33.5
    radius: float = 25.0
    place: str = "point"  # or unit, none
    kinds: tuple = (("mass_grave", "suspected"),)
    protection: str = "unassessed"
    review: str | None = None
    name: str = "North field"
    began: str | None = None
    ended: str | None = None
    id: uuid.UUID = field(default=None)

    @property
    def code(self):
        return f"SYS-{self.n:06d}-X"

    def seen_by(self, reader):
        level, compartments = READERS[reader]
        return self.tier <= level and (not self.named or "names" in compartments)

    def exact_for(self, reader):
        return READERS[reader][0] >= self.exact_tier


def put(raw, *sites):
    """The rows of the sites stand in every face that they have; answers them with their ids."""
    made = []
    for site in sites:
        site = replace(site, id=raw.execute("select reg.new_id()").fetchone()[0])
        scope = raw.execute("select id from reg.scope where compartments = %s", [["names"] if site.named else []]).fetchone()[0]
        raw.execute("insert into reg.subject(id, kind, code, tier, scope, exact_tier, recorded_by) select %s, 'site', %s, %s, %s, %s, id"
                    " from reg.account where name = 'worker'", [site.id, site.code, site.tier, scope, site.exact_tier])
        for face in range(site.tier, 3):
            put_face(raw, site, scope, face)
        made.append(site)
    return made


def put_face(raw, site, scope, face):
    kinds = sorted(site.kinds, key=lambda one: RANK[one[1]])
    groups = sorted({GROUPS[kind] for kind, level in kinds if level != "refuted"})
    geom = {"point": f"SRID=4326;POINT({site.lon} {site.lat})"}.get(site.place)
    unit = "SY010000" if site.place == "unit" else None
    raw.execute(
        """insert into reg.site(id, face, tier, scope, exact_tier, code, names, kinds, groups, shown, centre, shown_as,
             uncertainty_m, precision, place_kind, method, adm1, adm2, adm3, country, verification, protection, next_review, active_began, active_ended)
           select %(id)s, %(face)s, %(tier)s, %(scope)s, %(exact)s, %(code)s, %(names)s, %(kinds)s, %(groups)s,
             s.shown, s.centre, s.shown_as, s.uncertainty_m, case when s.shown is null then 'none' else 'site' end, null, null,
             case when s.shown is null then null else 'SY01' end, case when s.pcode is null then null else 'SY0100' end, s.pcode,
             case when s.shown is null then null else 'SY' end, %(level)s, %(protection)s, %(review)s, %(began)s, %(ended)s
           from api._shown(%(geom)s::geometry, %(radius)s, %(unit)s, 'test', api._finest(%(face)s, %(exact)s, 'site')) s""",
        {"id": site.id, "face": face, "tier": site.tier, "scope": scope, "exact": site.exact_tier, "code": site.code,
         "names": json.dumps({"en": site.name}), "kinds": [kind for kind, _ in kinds], "groups": groups, "geom": geom,
         "radius": site.radius if geom else None, "unit": unit, "level": kinds[0][1] if kinds else "reported", "protection": site.protection,
         "review": site.review, "began": site.began, "ended": site.ended})
    for kind, level in kinds:
        raw.execute("insert into reg.site_kind(site, face, tier, scope, kind, kind_group, verification, class, origins)"
                    " values (%s, %s, %s, %s, %s, %s, %s, 0, 1)", [site.id, face, site.tier, scope, kind, GROUPS[kind], level])


def clear(raw):
    raw.execute("delete from reg.site_kind; delete from reg.site; delete from reg.subject")


@st.composite
def registries(draw, most=7):
    """Random sites, spread over a degree in which the units of the tests lie."""
    count = draw(st.integers(0, most))
    return [draw_site(draw, n) for n in range(count)]


def draw_site(draw, n):
    tier = draw(st.integers(0, 2))
    kinds = draw(st.lists(st.tuples(st.sampled_from(sorted(GROUPS)), st.sampled_from(LEVELS)), max_size=2, unique_by=lambda one: one[0]))
    return Site(n=n, tier=tier, exact_tier=draw(st.integers(tier, 2)), named=draw(st.booleans()), kinds=tuple(kinds),
                lon=36 + draw(st.integers(1, 9999)) / 10000, lat=33 + draw(st.integers(1, 9999)) / 10000,
                radius=draw(st.sampled_from([10.0, 400.0, 3000.0])), place=draw(st.sampled_from(["point", "point", "unit", "none"])),
                protection=draw(st.sampled_from(["unassessed", "protected"])), review=draw(st.sampled_from([None, "2020-01-01", "2999-01-01"])))
