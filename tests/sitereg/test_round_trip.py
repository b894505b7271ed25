"""What one registry exports another one imports, in each format, and what that one exports then says the same of every site."""
from dataclasses import dataclass, replace

import pandas
import pytest
import shapely

from sitereg import exports, imports, sites
from sitereg.errors import BadInput
from sitereg.exports import rows
from sitereg.imports import profile
from tests import given
from tests.sitereg import analysing

pytestmark = pytest.mark.db
ASKED = {"recipient": "Another registry", "purpose": "search for the missing"}
OWN = profile.load("sitereg")
ONWARD = replace(OWN, terms=replace(OWN.terms, permitted_uses=(*OWN.terms.permitted_uses, "sharing_with_partners")))
SAME = ["name_en", "name_ar", "kinds", "remains_state", "began_earliest", "began_latest", "ended_earliest", "ended_latest", "uncertainty_m",
        "precision", "place_kind", "method", "lon", "lat", "country", "adm1", "adm2", "adm3", "edition"]
NAMES = ("=HYPERLINK(A1)", "'=A1", "''+A1", "''quoted''", "-minus", "@SUM(A1)", "＝wide", "ends ]]>", '"; drop', "<b>&amp;", "‏سجن‏ (غربي)", "a,5;2", "#tag +x")


@dataclass
class Undone(Exception):
    """Ends a transaction of which nothing is to stay."""


@pytest.fixture(scope="module")
def sender(server):
    with analysing.house(server, "trip_from") as settings:
        source = analysing.sources(settings)["B"]
        with analysing.as_(settings, "worker")() as session:
            analysing.scatter(session, source, sites=15, persons=1)
            for n, name in enumerate(NAMES):
                given.site(session, given.kind("archive"), given.name(name), given.place(36.0 + n / 10, 33.5), source=source)
            given.site(session, given.kind("prison_central", began="(,2012-04-01)", ended="[2014-01-01,)"), given.kind("mass_grave"),
                       given.name("سجن", "ar"), given.place(36.5, 33.9, place_kind="approximate", uncertainty_m=5_000), source=source)
            drawn = shapely.Polygon([(36.2, 33.1), (36.21, 33.1), (36.21, 33.11), (36.2, 33.11)], [[(36.203, 33.103), (36.206, 33.103), (36.206, 33.106)]])
            given.site(session, given.kind("prison_central"), {"predicate": "place", "geom": shapely.to_wkb(drawn, hex=True), "uncertainty_m": 12.5,
                                                       "place_kind": "exact", "method": "satellite_digitised"}, source=source)
            given.site(session, given.kind("court"), given.name("no place"), source=source)
        yield settings


@pytest.fixture(scope="module")
def receiver(server):
    with analysing.house(server, "trip_to") as settings:
        with analysing.dba(settings) as raw:
            raw.execute("insert into reg.setting(name, value) values ('registry', '\"elsewhere\"')")
        yield settings


def leaving(session):
    return rows.leaving(session, 1, {}, {"tlp": "", "registry": "", "synthetic": False, "date": None})


@pytest.fixture(scope="module")
def sent(sender):
    with analysing.as_(sender, "worker", "reading")() as session:
        return leaving(session)


@pytest.mark.parametrize("format", exports.READ_BACK)
def test_export_and_import_give_the_same_registry(sender, receiver, sent, tmp_path, format):
    path = tmp_path / f"sites.{format}"
    exports.write(analysing.as_(sender, "worker"), path, **ASKED)
    with pytest.raises(Undone), analysing.as_(receiver, "worker")() as session:
        report = imports.run(session, path, profile=ONWARD)
        assert report.counts["rows_in"] == len(sent) == report.counts["accepted"] + report.counts["flagged"], report.as_dict()
        known = {row["value"]: row["code"] for row in session.rows("subjects_by_external", scheme="sitereg", values=list(sent["code"]))}
        back = leaving(session).set_index("code").loc[[known[code] for code in sent["code"]]].reset_index()
        compare(sent, back)
        told = {row["value"]["scheme"]: row["value"]["code"] for row in sites.why(session, known[sent["code"][0]], "official_status")}
        assert told == {"sitereg_verification": sent["verification"][0], "sitereg_protection": sent["protection"][0]}
        assert set(back["verification"]) <= {"reported", "suspected"}, "the other registry's statuses are its words, not ours"
        raise Undone


def compare(sent, back):
    """The frames say the same of each site, the shapes to a tenth of a metre."""
    pandas.testing.assert_frame_equal(pandas.DataFrame(sent[SAME]), pandas.DataFrame(back[SAME]), check_categorical=False, rtol=1e-8, atol=2e-7)
    for code, one, other in zip(sent["code"], sent.geometry, back.geometry, strict=True):
        assert (one is None) == (other is None), code
        assert one is None or one.hausdorff_distance(other) < 1e-6, code


def test_what_was_made_here_is_refused(sender, tmp_path):
    path = tmp_path / "sites.csv"
    exports.write(analysing.as_(sender, "worker"), path, **ASKED)
    with analysing.as_(sender, "worker")() as session, pytest.raises(BadInput, match="made by this registry"):
        imports.run(session, path, profile="sitereg")
