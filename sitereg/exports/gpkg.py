"""GeoPackage: one layer for each kind of shape, a table of the rows without a place, and a table `about`."""
import geopandas
import pandas
import pyarrow
import pyogrio
import shapely

SUFFIX = ".gpkg"
LAYERS = {"point": (0, "Point"), "line": (1, "MultiLineString"), "area": (2, "MultiPolygon")}


def write(table, about, path):
    """The file holds every site in exactly one layer, EPSG:4326, and what is said of it; no layer of it is empty."""
    counts = layers(table, path, "sites")
    tell(about, path)
    return {"layers": counts}


def layers(table, path, name):
    """The file holds every row of the frame in exactly one of <name>_point, _line, _area and _unplaced; {layer: rows}.

    Rows of a frame that has no column of shapes stand in the table <name>.
    """
    table = pandas.DataFrame(table).assign(**{one: held for one in table.columns if (held := simple(table[one])) is not None})
    if "geometry" not in table:
        add(table, path, name)
        return {name: len(table)}
    shapes = geopandas.GeoSeries(table["geometry"], crs="EPSG:4326")
    dimension, counts = shapely.get_dimensions(shapes.to_numpy()), {}
    for kind, (dim, geometry_type) in LAYERS.items():
        rows = table[dimension == dim]
        if len(rows):
            held = rows["geometry"].to_numpy()
            made = shapely.point_on_surface(held) if dim == 0 else [multi(shape) for shape in held]
            placed = geopandas.GeoDataFrame(rows.drop(columns="geometry"), geometry=made, crs="EPSG:4326")
            add(placed, path, f"{name}_{kind}", geometry_type=geometry_type)
            counts[f"{name}_{kind}"] = len(rows)
    without = table[dimension < 0]
    if len(without) or not counts:
        add(without.drop(columns="geometry"), path, f"{name}_unplaced")
        counts[f"{name}_unplaced"] = len(without)
    return counts


def tell(about, path):
    """The file says of itself what stands in `about`."""
    add(pandas.DataFrame({"name": list(about), "value": [str(value) for value in about.values()]}), path, "about")


def add(rows, path, layer, **more):
    """The file holds the layer besides those that it had."""
    pyogrio.write_dataframe(rows, path, layer=layer, driver="GPKG", append=path.exists(), use_arrow=True,
                            dataset_options=None if path.exists() else {"VERSION": "1.2"}, **more)


def simple(column):
    """Codes as texts and days as days, as GDAL takes them; None where the column is as it should be."""
    if isinstance(column.dtype, pandas.CategoricalDtype):
        return column.astype("str")
    if column.dtype.kind == "M" and not isinstance(column.dtype, pandas.DatetimeTZDtype):
        return column.astype(pandas.ArrowDtype(pyarrow.timestamp("s"))).astype(pandas.ArrowDtype(pyarrow.date32()))
    return None


def multi(shape):
    """The shape as the collection of its kind."""
    if shape.geom_type.startswith("Multi"):
        return shape
    return shapely.MultiPolygon([shape]) if shape.geom_type == "Polygon" else shapely.MultiLineString([shape])
