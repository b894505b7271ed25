"""Means over many areas in one pass: cells count with the share that is covered, exactly; what is unknown counts nowhere."""
import numpy
import pyproj
import pytest
import rasterio
import shapely
from rasterio.transform import Affine, from_origin

from sitereg.errors import BadInput
from sitereg.terrain import scenes, zonal

GRID = from_origin(600_000, 3_900_000, 10, 10)
BACK = pyproj.Transformer.from_crs(32637, 4326, always_xy=True).transform


def saved(path, values, *, transform=GRID, crs="EPSG:32637", nodata=None, **more):
    with rasterio.open(path, "w", driver="GTiff", width=values.shape[2], height=values.shape[1], count=len(values), dtype=values.dtype,
                       crs=crs, transform=transform, nodata=nodata, **more) as out:
        out.write(values)
        out.descriptions = ("red", "nir")[:len(values)]
    return path


def differences(before, after, shapes, bands=("red",)):
    with scenes.scene(before) as old, scenes.scene(after) as new:
        return zonal.differences(old, new, numpy.asarray(shapes, object), bands)


def lonlat(*shapes):
    """Shapes in cells of GRID, as EPSG:4326."""
    return [shapely.transform(one, lambda x, y: BACK(600_000 + 10 * x, 3_900_000 - 10 * y), interleaved=False) for one in shapes]


def by_clipping(shape, values):
    """The same mean by cutting each cell with the area."""
    rows, columns = values.shape
    weights = numpy.array([[shape.intersection(shapely.box(c, r, c + 1, r + 1)).area for c in range(columns)] for r in range(rows)])
    known = numpy.isfinite(values)
    return weights[known].sum(), (weights * numpy.nan_to_num(values)).sum() / weights[known].sum()


SHAPES = {
    "disc": shapely.Point(20.3, 15.7).buffer(6.4), "within_a_cell": shapely.box(7.2, 8.3, 7.6, 8.9), "sliver": shapely.box(3, 4.4, 30, 4.5),
    "hole": shapely.Point(20, 15).buffer(9).difference(shapely.Point(21, 15.5).buffer(4.2)),
    "parts": shapely.union_all([shapely.box(1.5, 1.5, 3.25, 4), shapely.Point(33, 24).buffer(3)]),
    "over_the_rim": shapely.Point(0.5, 29).buffer(5), "star": shapely.Polygon([(10, 3), (12, 14), (30, 12.5), (14, 17), (22, 28), (9, 18)]),
    "on_the_lines": shapely.box(4, 5, 9, 12)}


@pytest.mark.parametrize("blocks", [{}, {"tiled": True, "blockxsize": 16, "blockysize": 16}], ids=["strips", "tiles"])
def test_a_cell_counts_with_the_share_that_is_covered(tmp_path, blocks, monkeypatch):
    monkeypatch.setattr(zonal, "STRIP_CELLS", 300)  # many strips: areas lie across them
    dice = numpy.random.default_rng(0)
    before, after = (dice.integers(1, 4000, (1, 30, 40)).astype("uint16") for _ in range(2))
    after[0, 10:13, 18:22] = 0
    found = differences(saved(tmp_path / "a.tif", before, nodata=0, **blocks), saved(tmp_path / "b.tif", after, nodata=0, **blocks),
                        lonlat(*SHAPES.values()))
    apart = numpy.where(after[0] == 0, numpy.nan, after[0].astype(float) - before[0])
    for (name, shape), row in zip(SHAPES.items(), found.itertuples(), strict=True):
        cells, mean = by_clipping(shape, apart)
        assert row.cells == pytest.approx(cells, rel=1e-4, abs=1e-6), name  # the sides of the areas bend a little on the way to degrees
        assert row.difference == pytest.approx(mean, rel=1e-3, abs=0.5), name
        assert row.covered == pytest.approx(cells / shape.area, abs=1e-4), name
        assert row.after - row.before == pytest.approx(row.difference, abs=1e-6), name


def test_of_two_bands_the_normalised_difference(tmp_path):
    before = numpy.stack([numpy.full((20, 20), 100), numpy.full((20, 20), 300)]).astype("int16")
    after = numpy.stack([numpy.full((20, 20), 200), numpy.full((20, 20), 200)]).astype("int16")
    after[:, 5] = 0  # red + nir = 0 is nothing
    row = differences(saved(tmp_path / "a.tif", before), saved(tmp_path / "b.tif", after), lonlat(shapely.box(2, 2, 12, 12)),
                      ("red", "nir")).iloc[0]
    assert (row.before, row.after, row.difference) == pytest.approx((0.5, 0.0, -0.5)) and row.cells == pytest.approx(90, abs=0.01)
    assert row.spread == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", ["uint8", "int16", "float32", "float64"])
def test_any_dtype_and_nan(tmp_path, kind):
    before = numpy.full((1, 20, 20), 7, kind)
    after = before + numpy.arange(20, dtype=kind)[None, None, :]
    nothing = None
    if kind.startswith("float"):
        after[0, :, 0:4], nothing = numpy.nan, numpy.nan
    found = differences(saved(tmp_path / "a.tif", before), saved(tmp_path / "b.tif", after, nodata=nothing),
                        lonlat(shapely.box(2, 2, 6, 6), shapely.box(0, 0, 3, 3)))
    assert found.difference[0] == pytest.approx(4.5 if nothing is not None else 3.5, abs=0.01)
    assert numpy.isnan(found.difference[1]) == (nothing is not None) and (found.covered[1] == 0) == (nothing is not None)


def test_another_grid_is_brought_onto_the_first_and_what_lies_beside_is_unknown(tmp_path):
    before = numpy.full((1, 40, 40), 10, "float32")
    after = numpy.full((1, 60, 60), 13, "float32")
    turned = saved(tmp_path / "b.tif", after, transform=GRID @ Affine.translation(4.5, 4.5) @ Affine.scale(0.5), nodata=-1)
    found = differences(saved(tmp_path / "a.tif", before), turned, lonlat(shapely.box(10, 10, 20, 20), shapely.box(0, 0, 3, 3),
                                                                         shapely.box(100, 100, 120, 120)))
    assert found.difference[0] == pytest.approx(3) and found.covered[0] == pytest.approx(1, abs=1e-3)
    assert found.cells[1] == 0 and numpy.isnan(found.difference[2]) and found.covered[2] == 0


def test_refused(tmp_path):
    path = saved(tmp_path / "a.tif", numpy.ones((1, 9, 9), "uint8"))
    with pytest.raises(BadInput, match="no such band"):
        differences(path, path, lonlat(shapely.box(1, 1, 2, 2)), ("red", "nir"))
    with pytest.raises(BadInput, match="areas"):
        differences(path, path, lonlat(shapely.Point(1, 1)))
    assert len(differences(path, path, [])) == 0
