"""What an officer brings back from a place: an outline as it was typed or drawn, photographs, and each entry written once.

    shape, within_m = outline(corners="33.51 36.29\\n...")      what was walked round, and how exactly that is known
    with photographs(arrived) as paths:
        if send_once(session, once, "visit", site, given, paths):
            visit(session, site, photographs=paths, **given)
"""
import hashlib
import json
import tempfile
from contextlib import contextmanager
from pathlib import Path

import shapely

from sitereg import geo, inside, protection, scans, vocab
from sitereg.errors import BadInput

TERMS = {"terms": "our own record", "consent": "not_applicable"}
SHOWS = "Photograph taken at a visit"
LEAST_CORNERS, MOST_CORNERS = 3, 100
LARGEST_M2 = 50e6
MOST_PHOTOGRAPHS, MOST_BYTES = 6, 12 * 2**20
ENDINGS = {b"\xff\xd8\xff": ".jpg", b"\x89PN": ".png"}

__all__ = ["MOST_BYTES", "MOST_PHOTOGRAPHS", "outline", "photographs", "ring", "send_once", "visit"]


def outline(*, corners=None, drawn=None, centre=None, km=None, within=None):
    """(shape, metres it may be off) of an area given one way; (None, None) where none is. Raises BadInput by field.

    corners: coordinates in any form, one corner a line, latitude first, or GeoJSON; drawn: GeoJSON; centre and km: a circle. Where
    nobody says how exact it is (within), corners that are written down are as exact as the coarsest of them.
    """
    if not (corners or drawn or centre):
        if within:
            raise _wrong("within", "How exact it is says nothing without the area")
        return None, None
    if drawn or (corners and corners.lstrip().startswith("{")):
        return _ordered(inside.read(drawn or corners)), within
    if centre:
        at, radius = _corner(centre, "centre"), _kilometres(km)
        return _ordered(geo.circle(at.lon, at.lat, radius * 1000)), within
    lines = [one for one in corners.replace(";", "\n").splitlines() if one.strip()]
    if not LEAST_CORNERS <= len(lines) <= MOST_CORNERS:
        raise _wrong("corners", "An area has from 3 to 100 corners, one a line")
    found = [_corner(one, "corners") for one in lines]
    return ring([(one.lon, one.lat) for one in found]), within or max(one.uncertainty_m for one in found)


def ring(points):
    """The area within these corners (longitude, latitude); BadInput where they make none."""
    return _ordered(shapely.Polygon(points))


def _ordered(shape):
    cleaned = geo.clean(shape, largest_m2=LARGEST_M2)
    if cleaned.geometry is None:
        raise _wrong("corners", "These corners make no area that can have been covered: look at their order and at each number")
    return cleaned.geometry


def _corner(text, field):
    found = geo.parse(text[:300], geo.Declared(order="latlon"))
    if not found.found:
        raise _wrong(field, "A corner is not read as one place: give latitude and longitude, or MGRS")
    return found


def _kilometres(text):
    try:
        told = float((text or "").replace(",", "."))
    except ValueError:
        told = 0
    if not 0 < told <= 10:
        raise _wrong("corners", "A radius is a number of kilometres, at most 10")
    return told


def _wrong(field, message):
    return BadInput("The form is not complete", do="What you typed is kept: correct what is marked.",
                    problems=[{"code": "bad_value", "field": field, "value": "", "message": message}])


@contextmanager
def photographs(arrived):
    """Paths of pictures that arrived (spool.Arriving), named by what they are, for the time of the block; what they were called on
    the telephone is not kept. Each was hashed as it came, before anybody reads it. Raises BadInput."""
    if len(arrived) > MOST_PHOTOGRAPHS:
        raise _wrong("photographs", "At most six photographs with one visit: record another visit of the day for more")
    if not arrived:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="photographs-", dir=arrived[0].path.parent) as folder:
        paths = []
        for n, each in enumerate(arrived, start=1):
            each.seek(0)
            ending = ENDINGS.get(each.read(3))
            if ending is None:
                raise _wrong("photographs", "A photograph is a JPEG or a PNG")
            if each.size > MOST_BYTES:
                raise _wrong("photographs", "A photograph has at most 12 MB")
            paths.append(Path(folder) / f"photograph {n}{ending}")
            each.keep(paths[-1])
        yield paths


def send_once(session, once, form, site, said, photographs=()):
    """Whether this is new; False where it was sent before under the same number. Raises Conflict where that had other words."""
    words = {name: str(one) for name, one in said.items() if name != "seen"}
    seen = [hashlib.sha256(path.read_bytes()).hexdigest() for path in photographs]
    mark = hashlib.sha256(json.dumps([str(site), words, seen], sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return session.value("send_once", once=once, form=form, mark=mark)


def visit(session, site, *, photographs=(), disturbance=None, **given):
    """A visit stands with its photographs and a disturbance that it saw; answers as `protection.inspect`, with `answer` to that.

    photographs: paths; each is a document of its own, kept before anybody reads it, at the tier of whoever took it since it tells
    where that was, and held back until somebody has looked for living people in it. disturbance: as `record_disturbance` takes it.
    """
    level = session.one("self")["level"] if photographs else None
    kept = [scans.keep(session, pages=[path], shows=SHOWS, terms=_terms(session), tier=level) for path in photographs]
    made = protection.inspect(session, site, documents=kept, **given)
    if disturbance:
        told = protection.record_disturbance(session, site, visit=made["visit"], **disturbance)
        made |= {"answer": told["answer"], "version": told["version"]}
    return made


def _terms(session):
    unit = session.one("sender")["unit"]
    return {**TERMS, "partner": {"en": unit}, "permitted_uses": list(vocab.SCHEMES["permitted_use"].codes())}
