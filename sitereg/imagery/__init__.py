"""Rasters of the ground: the catalogue of images from above and of elevations, and what was observed on them.

    from sitereg import imagery, terrain
    for one in imagery.find(session, site="SYS-K7F49M-3", kind="imagery"):
        with terrain.opened(imagery.path(session.settings, one)) as data: ...
    imagery.observe(session, rows, method="change 1")

    catalogue     rasters: added (kept, made into a cloud-optimised copy in a closed process), found, told
    observing     what was seen at sites, also what was not: written in one event, read again
    scanning      all sites looked at on pairs of rasters, by the keeper: observations, and tasks for a person
"""
from sitereg.imagery import scanning
from sitereg.imagery.catalogue import Raster, add, find, path, show
from sitereg.imagery.observing import Observation, observations, observe

__all__ = ["Observation", "Raster", "add", "find", "observations", "observe", "path", "scanning", "show"]
