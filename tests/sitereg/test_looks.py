"""What a picture tells of its camera, whether living people are in it, of which scene and day it is: asked as it comes in."""
import io
import struct

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from sitereg import documents, pictures, scans
from sitereg.errors import BadInput, NotFound, Refused
from tests import given

db = pytest.mark.db
RISK = dict.fromkeys(("site", "sources", "families", "staff"), "none, it is made up")


def photograph(lat=(33, 30, 47.04), lon=(36, 16, 35.28), refs="NE", form="JPEG", **more):
    """A grey picture with the EXIF of a made-up telephone."""
    exif = Image.Exif()
    gps = {1: refs[0], 2: tuple(IFDRational(round(one * 100), 100) for one in lat), 3: refs[1],
           4: tuple(IFDRational(round(one * 100), 100) for one in lon), **more.get("gps", {})}
    exif[0x8825], exif[0x8769] = gps, {0x9003: more.get("taken", "2014:05:12 10:20:30")}
    made = io.BytesIO()
    Image.new("L", (40, 24), 128).save(made, form, exif=exif)
    return made.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_photograph_tells_where_its_camera_stood_and_how_far_off_that_may_be(form):
    told = pictures.camera(photograph(form=form, gps={0x11: IFDRational(2705, 10), 0x1F: IFDRational(12, 1)}))
    assert (round(told.lat, 5), round(told.lon, 5)) == (33.51307, 36.27647) and told.bearing == 270.5
    assert told.taken == "2014:05:12 10:20:30" and 24 < told.uncertainty_m < 25  # twice what it says, and a hundredth of a second
    assert pictures.camera(pictures.bare(photograph(form=form))) is None


@pytest.mark.parametrize(("more", "least", "most"), [
    ({}, 100, 101), ({"gps": {0x12: "ED50"}}, 250, 251), ({"lat": (33.51, 0, 0), "lon": (36.28, 0, 0)}, 1500, 1600),
    ({"gps": {0x1F: IFDRational(1, 10)}}, 10, 11), ({"gps": {0x1F: IFDRational(1, 0)}}, 100, 101)])
def test_what_a_device_does_not_say_makes_its_point_less_sure(more, least, most):
    assert least <= pictures.camera(photograph(**more)).uncertainty_m <= most


def test_south_and_west_are_below_zero_and_nothing_is_no_point():
    assert pictures.camera(photograph(refs="SW")).lat < 0 > pictures.camera(photograph(refs="SW")).lon
    for nothing in (photograph(lat=(0, 0, 0), lon=(0, 0, 0)), photograph(refs="XE"), photograph(lat=(91, 0, 0)), photograph(lat=(33, 61, 0)),
                    b"", b"GIF89a", pictures.PNG, b"\xff\xd8\xff\xe1\x00\x10Exif\0\0MM\0*\0\0\0\x08"):
        assert pictures.camera(nothing) is None


def test_broken_exif_is_no_point_and_no_failure():
    whole = photograph()
    for at in range(20, 400, 3):
        pictures.camera(whole[:at])
        pictures.camera(whole[:at] + struct.pack(">I", 0xFFFFFFF0) + whole[at + 4:])


@pytest.fixture
def photo(registry, tmp_path):
    """Keeps a photograph that tells its camera; answers its id."""
    def make(**more):
        path = tmp_path / "IMG_0001.jpg"
        path.write_bytes(photograph(gps={0x11: IFDRational(90, 1)}))
        return scans.keep(registry, pages=[path], shows="a field", terms=given.TERMS, **more)
    return make


@db
def test_where_a_photograph_was_taken_is_kept_for_staff_and_is_no_place_of_anything(registry, photo):
    document = photo(living="none")
    told = scans.page(registry, document)["camera"]
    assert (round(told["lat"], 4), round(told["lon"], 4), told["bearing"]) == (33.5131, 36.2765, 90)
    assert 100 <= told["uncertainty_m"] <= 101 and told["taken"].startswith("2014")
    with registry.as_("investigator1"):
        assert scans.page(registry, document)["camera"] is None
    with registry.dba() as raw:
        assert raw.execute("select count(*) from reg.claim where document = %s", [document]).fetchone() == (0,)
    shown = documents.bytes_of(registry.settings, registry.one("open_page", document=document, n=1)["sha256"])
    assert pictures.camera(shown) is not None and pictures.camera(pictures.bare(shown)) is None  # the doors show and give it bare
    assert photo(living="none") == document  # the same bytes again: nothing more to say


@db
def test_a_picture_is_held_back_until_somebody_has_looked_for_living_people(registry, photo):
    document = photo()
    view = scans.page(registry, document)
    assert (view["living"], view["held"], view["preview"]) == ("not_looked", True, True)
    assert [row["held"] for row in registry.rows("document_list", held=True)] == [True]
    waiting = [one for one in registry.rows("tasks", limit=1000) if one["what"] == "redact_document"]
    assert [one["data"] for one in waiting] == [{"document": str(document)}]
    with registry.as_("investigator1"):
        assert not scans.page(registry, document)["preview"]
        assert [one for one in registry.rows("tasks", limit=1000) if one["what"] == "redact_document"] == []
        for act in (lambda: registry.one("open_page", document=document, n=1), lambda: scans.look(registry, document, living="none")):
            with pytest.raises(Refused) as refusal, registry.savepoint():
                act()
            assert refusal.value.guard == "redaction"
    with pytest.raises(Refused) as refusal, registry.savepoint():
        documents.release(registry, document, recipient="A partner", purpose="test", risk=RISK)
    assert refusal.value.guard == "redaction"
    scans.look(registry, document, living="none")
    assert registry.rows("document_list", held=True) == [] and not scans.page(registry, document)["held"]
    assert [one for one in registry.rows("tasks", limit=1000) if one["what"] == "redact_document"] == []
    documents.release(registry, document, recipient="A partner", purpose="test", risk=RISK)
    with registry.as_("investigator1"):
        assert registry.one("open_page", document=document, n=1)["media_type"] == "image/jpeg"


@db
def test_of_a_picture_that_shows_living_people_a_copy_redacted_elsewhere_leaves_once_another_looked(registry, photo, tmp_path):
    document = photo(living="shown")
    with pytest.raises(Refused), registry.savepoint():
        documents.release(registry, document, recipient="A partner", purpose="test", risk=RISK)
    path = tmp_path / "covered.jpg"
    path.write_bytes(pictures.bare(photograph(lat=(1, 1, 1))))
    copy = scans.keep(registry, pages=[path], shows="faces covered", terms=given.TERMS, role="redacted", derived_from=str(document))
    assert scans.page(registry, copy)["held"], "it was made elsewhere: another person looks at it"
    with registry.as_("officer"):
        scans.look(registry, copy, living="none")
    assert not scans.page(registry, copy)["held"] and scans.page(registry, document)["held"]
    assert [one for one in registry.rows("tasks", limit=1000) if one["what"] == "redact_document"] == []
    documents.release(registry, copy, recipient="A partner", purpose="test", risk=RISK)


@db
def test_an_image_from_above_says_of_which_scene_and_day_it_is_or_is_told_as_unknown(registry, photo):
    document = photo(living="none", imagery=True, scene="made-up scene 7")
    assert scans.page(registry, document)["date_unknown"] and registry.rows("document_list")[0]["date_unknown"]
    with pytest.raises(BadInput) as refusal, registry.savepoint():
        scans.look(registry, document, living="none", imagery=True, acquired="a day")
    assert refusal.value.problems[0]["field"] == "acquired"
    with pytest.raises(BadInput), registry.savepoint():
        scans.look(registry, document, living="none", imagery=True, acquired="2090-01-01")
    with pytest.raises(BadInput), registry.savepoint():
        scans.look(registry, document, living="perhaps")
    scans.look(registry, document, living="none", imagery=True, scene="made-up scene 7", acquired="أيار 2014")
    view = scans.page(registry, document)
    assert not view["date_unknown"] and (view["scene"], view["acquired"]) == ("made-up scene 7", "[2014-05-01,2014-06-01)")


@db
def test_nobody_looks_at_what_he_does_not_see(registry, photo):
    document = photo(tier=2)
    with registry.as_("investigator1"):
        for act in (lambda: scans.look(registry, document, living="shown"),
                    lambda: registry.call("keep_camera", document=document, lon=36.0, lat=33.0, uncertainty_m=10.0)):
            with pytest.raises(NotFound), registry.savepoint():
                act()
