"""What the ground is like, from rasters of elevation: arrays and shapes in, arrays and numbers out. Knows no database.

    from sitereg import terrain
    grid = terrain.read("relief.tif", around=shapely.Point(38.9, 34.3), within_m=2000)
    found = terrain.relief(grid)                       # slope, aspect (degrees), ruggedness, roughness (metres), on the grid
    terrain.around("relief.tif", shapely.Point(38.9, 34.3), within_m=500)   # numbers for one place, with their limits
    terrain.grounds(frame, "relief.tif", within_m=500)                      # the same for each row of a GeoDataFrame
    terrain.profile(grid, shapely.LineString([(38.90, 34.30), (38.95, 34.33)]))
    box, metres = terrain.box_around(shapely.Point(38.9, 34.3), 500)        # a picture: 512 pixels of 1,000 metres
    terrain.png(terrain.drawn("scene.tif", box, 512, [{"name": "grey", "low": 0, "high": 3000}]))
"""
from sitereg.terrain.drawing import SLOPES, box_around, coloured, display, drawn, png, sampled, shaded, sloped, tile_box
from sitereg.terrain.places import Around, around, profile
from sitereg.terrain.raster import Grid, opened, read
from sitereg.terrain.relief import Relief, hillshade, relief, write
from sitereg.terrain.tables import changes, grounds

__all__ = ["SLOPES", "Around", "Grid", "Relief", "around", "box_around", "changes", "coloured", "display", "drawn", "grounds",
           "hillshade", "opened", "png", "profile", "read", "relief", "sampled", "shaded", "sloped", "tile_box", "write"]
