"""What the ground is like, from rasters of elevation: arrays and shapes in, arrays and numbers out. Knows no database.

    from sitereg import terrain
    grid = terrain.read("relief.tif", around=shapely.Point(38.9, 34.3), within_m=2000)
    found = terrain.relief(grid)                       # slope, aspect (degrees), ruggedness, roughness (metres), on the grid
    terrain.around("relief.tif", shapely.Point(38.9, 34.3), within_m=500)   # numbers for one place, with their limits
    terrain.profile(grid, shapely.LineString([(38.90, 34.30), (38.95, 34.33)]))
"""
from sitereg.terrain.places import Around, around, profile
from sitereg.terrain.raster import Grid, opened, read
from sitereg.terrain.relief import Relief, hillshade, relief, write

__all__ = ["Around", "Grid", "Relief", "around", "hillshade", "opened", "profile", "read", "relief", "write"]
