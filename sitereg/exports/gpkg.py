"""GeoPackage: one layer for each kind of shape, a table of the rows without a place, and a table `about`."""
import geopandas
import pandas
import pyarrow
import pyogrio
import shapely

SUFFIX = ".gpkg"
LAYERS = {"sites_point": (0, "Point", shapely.point_on_surface), "sites_line": (1, "MultiLineString", None),
          "sites_area": (2, "MultiPolygon", None)}


def write(table, about, path):
    """The file holds every row in exactly one layer, EPSG:4326; a layer that would be empty is left out."""
    table = table.assign(**{name: held for name in table.columns if (held := simple(table[name])) is not None})
    dimension = shapely.get_dimensions(table.geometry.to_numpy())
    counts = {}
    for layer, (dim, kind, shaped) in LAYERS.items():
        rows = table[dimension == dim]
        if len(rows):
            shapes = rows.geometry.to_numpy()
            made = shaped(shapes) if shaped else [multi(shape) for shape in shapes]
            add(rows.set_geometry(geopandas.GeoSeries(made, index=rows.index, crs=table.crs)), path, layer, geometry_type=kind)
            counts[layer] = len(rows)
    without = table[dimension < 0]
    if len(without) or not counts:
        add(pandas.DataFrame(without.drop(columns="geometry")), path, "sites_unplaced")
        counts["sites_unplaced"] = len(without)
    add(pandas.DataFrame({"name": list(about), "value": [str(value) for value in about.values()]}), path, "about")
    return {"layers": counts}


def add(rows, path, layer, **more):
    """The file holds the layer besides those that it had."""
    pyogrio.write_dataframe(rows, path, layer=layer, driver="GPKG", append=path.exists(), use_arrow=True, **more)


def simple(column):
    """Codes as texts and days as days, as GDAL takes them; None where the column is as it should be."""
    if isinstance(column.dtype, pandas.CategoricalDtype):
        return column.astype("str")
    if column.dtype.kind == "M":
        return column.astype(pandas.ArrowDtype(pyarrow.timestamp("s"))).astype(pandas.ArrowDtype(pyarrow.date32()))
    return None


def multi(shape):
    """The shape as the collection of its kind."""
    if shape.geom_type.startswith("Multi"):
        return shape
    return shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shapely.MultiLineString([shape])
