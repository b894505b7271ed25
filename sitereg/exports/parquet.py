"""GeoParquet 1.1: WKB in OGC:CRS84, codes as texts, days as days; what is said of the file stands in its metadata, `sitereg`."""
import json

from pyarrow import parquet

from sitereg.exports.gpkg import simple

SUFFIX = ".parquet"


def write(table, about, path):
    """The file has one row for each site, in the order of their codes."""
    made = table.assign(**{name: held for name in table.columns if (held := simple(table[name])) is not None})
    made.to_parquet(path, index=False, compression="zstd", schema_version="1.1.0")
    held = parquet.read_table(path)
    said = json.dumps(about, ensure_ascii=False).encode()
    parquet.write_table(held.replace_schema_metadata({**held.schema.metadata, b"sitereg": said}), path, compression="zstd")
    return {}
