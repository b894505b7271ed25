"""Every table as a frame: the rows of the caller's face, typed whether empty or not, and whole again from a GeoPackage."""
import json

import geopandas
import pandas
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from sitereg import tables
from sitereg.cli import main
from sitereg.errors import BadInput
from tests import given
from tests.sitereg import analysing, peopled

pytestmark = pytest.mark.db
PLACED = {"sites", "events", "holdings", "claims", "visits", "measures", "reports", "units"}
# in this registry one site is disclosed; the rest is of tier 1, or for roles that the viewer lacks
NOT_FOR_VIEWERS = {"persons", "events", "proposals", "tasks", "reports", "disclosures", "batches", "inquiries", "holdings", "documents",
                   "visits", "measures", "disturbances", "sources", "relations",
                   "decisions"}


@pytest.fixture(scope="module")
def filled(server, tmp_path_factory):
    with analysing.house(server, "tables") as settings:
        analysing.bind(settings)
        codes = peopled.fill(settings, tmp_path_factory.mktemp("peopled"))
        with analysing.dba(settings) as raw:  # T0 with a role that asks by scripts
            raw.execute("update reg.clearance set roles = '{viewer,analyst}' where account = (select id from reg.account where name = 'viewer')")
        yield settings, codes


@pytest.fixture(scope="module")
def opened(filled):
    """{caller: {table: frame}}."""
    found = {}
    for name in ("worker", "analyst1", "viewer"):
        with analysing.as_(filled[0], name, "reading")() as session:
            found[name] = {table: tables.frame(session, table) for table in tables.NAMES}
    return found


def test_every_table_opens_for_every_clearance_and_holds_rows_where_it_may(opened):
    assert {name for name, frame in opened["worker"].items() if frame.empty} == set()
    assert {name for name, frame in opened["analyst1"].items() if frame.empty} == {"reports", "disclosures", "batches", "tasks"}
    assert {name for name, frame in opened["viewer"].items() if frame.empty} == NOT_FOR_VIEWERS
    for name in tables.NAMES:
        counts = [len(opened[who][name]) for who in ("viewer", "analyst1", "worker")]
        assert counts == sorted(counts), name


@pytest.mark.parametrize("name", tables.NAMES)
def test_columns_and_types_are_the_same_whoever_asks_and_however_little_there_is(opened, name):
    kinds = [opened[who][name].dtypes.astype(str).to_dict() for who in opened]
    plain = [{column: kind for column, kind in one.items() if kind != "category"} for one in kinds]
    assert plain[0] == plain[1] == plain[2] and "object" not in plain[0].values()
    assert [list(one) for one in kinds[1:]] == [list(kinds[0])] * 2
    for frame in (opened[who][name] for who in opened):
        assert isinstance(frame, geopandas.GeoDataFrame) == (name in PLACED)
        if name in PLACED:
            assert frame.crs == "EPSG:4326" and frame.geometry.name == "geometry" and frame.geometry.dropna().is_valid.all()
            assert (shapely.get_srid(frame.geometry.dropna().to_numpy()) == 0).all()
        if "id" in frame:
            assert frame["id"].is_unique and frame["id"].notna().all()
        for column in frame.columns:
            if column.endswith(("_earliest", "_latest", "_on", "next_review")):
                assert frame[column].dtype == "datetime64[s]", column
            if column.endswith("_at"):
                assert str(frame[column].dtype) == "datetime64[us, UTC]", column


def test_codes_are_categories_of_their_vocabulary_even_when_there_is_nothing(opened):
    for name, table in tables.TABLES.items():
        for column, scheme in table.terms.items():
            for who in opened:
                kind = opened[who][name][column].dtype
                assert isinstance(kind, pandas.CategoricalDtype) == (scheme is not False), (name, column)
                if scheme:
                    assert list(kind.categories) == tables.frames.vocab.SCHEMES[scheme].codes() or kind.categories.size, (name, column)
    worker = opened["worker"]
    assert worker["measures"]["kind"].tolist() == ["guard"] and worker["disturbances"]["severity"].cat.categories[0] == "none"
    part = worker["relations"].set_index("kind").loc["part_of"]
    assert (part["feature_kind"], part["feature_number"]) == ("wing", "3")


def test_nothing_finer_than_the_callers_face_is_in_any_table(opened, filled):
    codes = filled[1]
    low, high = opened["analyst1"], opened["worker"]
    told = {who: "\n".join(frame.astype(str).to_csv() for frame in opened[who].values()) for who in opened}
    for words in ("T2 only", "Apart", codes["hidden"], codes["apart"], peopled.FINDINGS, peopled.TOLD, "Hidden register", "two of us"):
        assert words in told["worker"] and words not in told["analyst1"] + told["viewer"], words
    assert codes["grave"] in told["analyst1"] and peopled.ARABIC in told["analyst1"] and codes["person"] not in told["viewer"]
    assert high["visits"].geometry.dropna().iloc[0].equals(peopled.PLOT) and low["visits"].geometry.isna().all() and len(low["visits"]) == 2
    assert high["measures"].geometry[0].equals(peopled.PLOT) and low["measures"].geometry.isna().all() and low["measures"]["issuer"].isna().all()
    grave = low["claims"][(low["claims"]["record_code"] == codes["grave"]) & (low["claims"]["field"] == "place")]
    assert grave["withheld"].all() and grave.geometry.isna().all() and grave["verbatim"].isna().all() and grave["uncertainty_m"].isna().all()
    exact = high["claims"][(high["claims"]["record_code"] == codes["grave"]) & (high["claims"]["field"] == "place")]
    assert exact.geometry.iloc[0].equals(shapely.Point(36.5, 33.5))
    of_persons = low["claims"][low["claims"]["record_kind"] == "person"]
    assert len(of_persons) and of_persons.geometry.isna().all()


def test_sources_stand_alone_and_only_where_something_of_theirs_is_seen(filled):
    settings, _ = filled
    with analysing.dba(settings) as raw:
        alone = given.source(raw, "the driver of the hidden pit", "A")
    with analysing.as_(settings, "worker")() as session:
        given.site(session, given.kind("mass_grave"), tier=2, source=alone)
    for name, seen in (("worker", True), ("analyst1", False)):
        with analysing.as_(settings, name, "reading")() as session:
            sources, claims = tables.frame(session, "sources"), tables.frame(session, "claims")
        assert ("the driver of the hidden pit" in sources["label_en"].tolist()) == seen
        assert sources["source_type"].isna()[sources["source_family"] == "testimony"].all(), "the kind of witness is for source handlers"
        assert not set(sources.astype(str).to_numpy().ravel()) & set(claims["source_ref"]) and str(alone) not in sources.astype(str).to_csv()


def test_claims_of_some_records_alone(filled):
    settings, codes = filled
    with analysing.as_(settings, "analyst1", "reading")() as session:
        found = tables.frame(session, "claims", codes=[codes["court"], codes["hidden"]])
        assert set(found["record_code"]) == {codes["court"]} and set(found["field"]) >= {"kind:court", "name:en"}
        with pytest.raises(BadInput, match="no such table"):
            tables.frame(session, "secrets")
        with pytest.raises(BadInput, match="no such filter"):
            tables.frame(session, "visits", codes=["x"])


@pytest.mark.parametrize("who", ["worker", "analyst1", "viewer"])
def test_all_of_them_are_whole_again_from_a_geopackage(opened, who, tmp_path):
    path = tmp_path / "work.gpkg"
    counts = tables.save(opened[who], path)
    assert path.stat().st_mode & 0o777 == 0o600 and list(tmp_path.iterdir()) == [path]
    assert {name for name, _ in pyogrio.list_layers(path)} == {*counts, "about"}
    for name, frame in opened[who].items():
        parts = [part for part in counts if part == name or (part.startswith(f"{name}_") and part.rsplit("_", 1)[1] in
                 ("point", "line", "area", "unplaced"))]
        assert sum(counts[part] for part in parts) == len(frame)
        back = pandas.concat([same(geopandas.read_file(path, layer=part, use_arrow=True)) for part in parts if counts[part] or len(parts) == 1])
        assert set(back.columns) - {"geometry"} == set(frame.columns) - {"geometry"}, name
        told = same(frame)
        if "id" in frame:
            told, back = told.set_index("id").sort_index(), back.set_index("id").sort_index()
        for column in set(frame.columns) - {"geometry", "id"}:
            mine, theirs = ([None if pandas.isna(v) else v for v in one[column]] for one in (told, back))
            assert mine == theirs, (name, column)
        if name in PLACED and "id" in frame:
            mine, theirs = told["geometry"], back.reindex(columns=[*back.columns, *({"geometry"} - set(back.columns))])["geometry"]
            assert all((a is None and (b is None or b != b)) or a.equals(b) for a, b in zip(mine, theirs, strict=True)), name
    with pytest.raises(BadInput, match="already"):
        tables.save(opened[who], path)
    about = dict(pyogrio.read_dataframe(path, layer="about").to_numpy().tolist())
    assert "Not to be handed on" in about["use"]


def same(frame):
    """A frame as plain texts, days and numbers, to be compared with what a file held."""
    out = pandas.DataFrame(frame).copy()
    for column in out.columns:
        if column == "geometry":
            continue
        kind = out[column].dtype
        if isinstance(kind, pandas.CategoricalDtype):
            out[column] = out[column].astype(object)
        elif str(kind).startswith("datetime64") and "UTC" in str(kind):
            out[column] = out[column].dt.round("ms").dt.round("s").astype(object)  # a file keeps thousandths
        elif kind.kind == "M":
            out[column] = out[column].dt.date.astype(object)
        elif kind.kind in "iufb":
            out[column] = out[column].astype(object)
    return out


def test_plain_geopandas_saves_and_opens_them_too(opened, tmp_path):
    for name, frame in opened["worker"].items():
        if name in PLACED:
            frame.to_file(tmp_path / f"{name}.gpkg")
            assert len(geopandas.read_file(tmp_path / f"{name}.gpkg")) == len(frame)


def test_the_shell_shows_the_same_tables(filled, monkeypatch):
    from sitereg.cli import frames

    assert set(frames.NAMES) == set(tables.NAMES)
    monkeypatch.setattr("sitereg.settings.Settings.from_env", classmethod(lambda cls: filled[0]))
    monkeypatch.setattr("sitereg.accounts.LOCAL", "worker")
    shown = CliRunner().invoke(main, ["frames", "holdings", "--json"])
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.output)
    assert told["rows"] == 2 and told["columns"]["condition"] == "category" and {row["name_en"] for row in told["head"]} == {
        "Register of Hall 4", "Hidden register"}
