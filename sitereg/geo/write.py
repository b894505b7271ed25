"""Places as they are shown: what is written here is read back by parse within what its digits can tell."""

from sitereg.geo.grids import _grid, to_wgs84


def decimal(lon: float, lat: float, places: int = 5) -> str:
    """Decimal degrees, latitude first: `33.51380, 36.27650`."""
    return f"{lat:.{places}f}, {lon:.{places}f}"


def dms(lon: float, lat: float, places: int = 0) -> str:
    """Degrees, minutes and seconds with hemispheres: `33°30'50"N 36°16'35"E`."""
    return f"{_sexagesimal(lat, places, 'N', 'S')} {_sexagesimal(lon, places, 'E', 'W')}"


def _sexagesimal(value: float, places: int, plus: str, minus: str) -> str:
    units = round(abs(value) * 3600 * 10**places)
    seconds, rest = divmod(units, 10**places)
    minutes, second = divmod(seconds, 60)
    degree, minute = divmod(minutes, 60)
    tail = f".{rest:0{places}d}" if places else ""
    return f"{degree}°{minute:02d}'{second:02d}{tail}\"{plus if value >= 0 else minus}"


def mgrs(lon: float, lat: float, digits: int = 5) -> str:
    """The MGRS reference of the cell of 10^(5 - digits) m that holds the point: `37SBT4702911570`."""
    return _grid().toMGRS(lat, lon, MGRSPrecision=digits)


def utm(lon: float, lat: float) -> str:
    """UTM in whole metres with zone and hemisphere: `37 north 247029 3711570`."""
    zone = min(60, int((lon + 180) // 6) + 1)
    code = f"EPSG:{326 if lat >= 0 else 327}{zone:02d}"
    east, north = to_wgs84(code).transform(lon, lat, direction="INVERSE")
    return f"{zone} {'north' if lat >= 0 else 'south'} {east:.0f} {north:.0f}"
