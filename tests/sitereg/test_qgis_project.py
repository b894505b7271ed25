"""The project for QGIS as a file: our layers and symbols, nothing of anybody else, nothing of an account."""
import base64
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from sitereg import qgis, symbols
from sitereg.cli import main
from sitereg.errors import BadInput
from sitereg.layers import LAYERS

ASKED = [{"url": "https://sites.example.org/ogc"}, {"service": "sitereg"}]


@pytest.mark.parametrize("asked", ASKED, ids=["ogc", "sql"])
def test_every_layer_is_ours_and_asks_in_one_way(asked):
    root = ET.fromstring(qgis.project(**asked))
    held = {one.findtext("id").removeprefix("sitereg_"): (one.findtext("provider"), one.findtext("datasource")) for one in root.iter("maplayer")}
    wanted = [name for names in qgis.GROUPS.values() for name in names if "url" in asked or LAYERS[name].view]
    assert list(held) == wanted and {provider for provider, _source in held.values()} == {"OAPIF" if "url" in asked else "postgres"}
    assert [one.get("id") for one in root.iter("layer-tree-layer")] == [f"sitereg_{name}" for name in held]
    begins = f"url='{asked['url']}' " if "url" in asked else "service='sitereg' "
    assert all(source.startswith(begins) for _provider, source in held.values())
    assert {name for name in LAYERS if LAYERS[name].shape != "Geometry"} - set(held) <= {"site_relations", "site_uncertainty"}


@pytest.mark.parametrize("asked", ASKED, ids=["ogc", "sql"])
def test_it_holds_no_password_no_name_and_no_other_host(asked):
    text = qgis.project(**asked).decode()
    assert not re.search(r"password|username|user=|sitereg_[A-Za-z0-9_-]{40}", text)
    pictures = "".join(base64.b64decode(one).decode() for one in re.findall(r"base64:([A-Za-z0-9+/=]+)", text))
    hosts = set(re.findall(r"(?:https?:)?//([A-Za-z0-9.-]+)", text + pictures))
    assert hosts <= {"sites.example.org", "www.w3.org"} and pictures.count("<svg") == pictures.count("www.w3.org") > 40
    assert qgis.project(**asked).decode() == text, "the same each time"


def test_each_thing_that_a_symbol_shows_is_a_rule_of_its_own():
    root = ET.fromstring(qgis.project(service="sitereg"))
    points = next(one for one in root.iter("maplayer") if one.findtext("id") == "sitereg_site_points")
    rules = [one.get("filter") for one in points.iter("rule")]
    assert len(rules) == len(set(rules)) == len(qgis.CLASSES) * (len(symbols.UNDER) + len(symbols.FILLS)) + len(symbols.OVER)
    for code in (*symbols.UNDER, *symbols.FILLS, *set(symbols.OVER) - {"overdue"}):
        assert any(f"'{code}'" in one for one in rules), code
    labels = [one.get("label") for one in points.iter("rule")]
    assert all(re.search("[\u0600-\u06ff]", one) and re.search("[A-Za-z]", one) for one in labels)


@pytest.mark.parametrize("asked", [{}, {"url": "https://a/ogc", "service": "s"}, {"url": "javascript:x"}, {"url": "https://a/ogc' authcfg=x"},
                                   {"service": "a b"}, {"service": "x' host=elsewhere"}, {"url": "https://u:p@a/ogc"}])
def test_what_would_reach_elsewhere_is_refused(asked):
    with pytest.raises(BadInput):
        qgis.project(**asked)


def test_the_shell_writes_it_once(tmp_path):
    path = tmp_path / "sites.qgz"
    first = CliRunner().invoke(main, ["qgis", "project", str(path), "--service", "sitereg"])
    assert first.exit_code == 0 and zipfile.ZipFile(path).read("sitereg.qgs") == qgis.project(service="sitereg")
    for words in ([str(path), "--service", "sitereg"], [str(tmp_path / "x.txt"), "--service", "sitereg"], [str(tmp_path / "y.qgs")]):
        assert isinstance(CliRunner().invoke(main, ["qgis", "project", *words], standalone_mode=False).exception, BadInput)
