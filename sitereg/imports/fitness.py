"""Whether a file as a whole is the one that a profile reads: its layers, columns, systems, letters and rows. Pure."""

from datetime import date

from pyproj import CRS
from pyproj.exceptions import CRSError

from sitereg.errors import BadInput
from sitereg.imports.desk import LOST, MOJIBAKE, Desk
from sitereg.imports.ground import Ground
from sitereg.imports.problems import Problem, problem
from sitereg.imports.readers import LAYER, Row
from sitereg.imports.rules import Profile
from sitereg.imports.sayings import is_total
from sitereg.vocab import ProblemCode

__all__ = ["check_count", "check_layers", "check_letters", "untested"]


def check_layers(layers, profile: Profile) -> list[Problem]:
    """The file problems: columns nobody speaks of. Raises BadInput for what is missing."""
    wanted, found = set(profile.file.layers), {layer.part for layer in layers}
    if profile.file.some_layers:
        wanted = {""} if found == {""} else wanted & found
    if profile.file.layers and (wanted != found or not wanted):
        raise _unfit(
            "The layers are not those of the profile",
            "missing_layer",
            "layers",
            f"missing: {_list(wanted - found)}; not known: {_list(found - wanted)}",
        )
    problems = []
    for layer in layers:
        missing = profile.said - set(layer.columns)
        if missing:
            raise _unfit(
                "Columns of the profile are missing in the file",
                "missing_column",
                layer.part or "header",
                f"missing: {_list(missing)}; there: {_list(layer.columns)}{_cut(missing, layer.columns)}",
            )
        if layer.shapes and not layer.crs and not profile.file.crs:
            raise _unfit(
                "Nobody says in which coordinate system the shapes are",
                "unknown_crs",
                layer.part or "file",
                "no .prj or other name of a system, and no crs in the profile",
                do="Ask the partner, and say it as crs in [file].",
            )
        if layer.crs and not _same_crs(layer.crs, profile.file.crs_named or profile.file.system):
            raise _unfit(
                "The file names another coordinate system than the profile",
                "unknown_crs",
                layer.part,
                f"{layer.crs[:60]} and not {profile.file.crs_named or profile.file.system}",
                do="Say crs in [file] as the file does, if that is what its numbers are.",
            )
        for column in layer.columns:
            if column not in profile.columns and column != LAYER:
                problems.append(
                    problem(
                        ProblemCode.UNKNOWN_COLUMN,
                        column,
                        layer.part,
                        f"The profile does not speak of the column {column}; it is kept verbatim",
                    )
                )
    return problems


def _cut(missing, found) -> str:
    """Which columns may be those of the profile, cut to ten letters as shapefiles cut them."""
    likely = [f"{there} may be {name}, cut after 10 letters" for name in sorted(missing) for there in found
              if 8 <= len(there) <= 11 and len(name) > 10 and name.lower().startswith(there.lower()[:8])]
    return f"; {'; '.join(likely)}" if likely else ""


def untested(profile: Profile, ground: Ground | None) -> list[Problem]:
    """What cannot be tested of the places with the units that the registry has, told once for the file."""
    if profile.place is None or (ground and (ground.finest >= 3 or profile.unit is None)):
        return []
    wanted = profile.unit is not None or profile.area.country == "SY"
    has = f"those of level {ground.finest} (edition {ground.edition})" if ground else "none"
    words = (f"Admin units of {profile.area.country}: the registry has {has}, so places are tested against "
             f"{'these' if ground else 'the declared area alone'}. `sitereg places load-cod` brings OCHA's")
    return [problem(ProblemCode.NOT_CHECKED, "place", "", words)] if wanted else []


def check_count(rows: list[Row], profile: Profile, told: int) -> None:
    """Raises BadInput where the partner told another number of rows; one that sums up others is none."""
    found = sum(not is_total(Desk(row, profile, date.min)) for row in rows)
    if found != told:
        raise _unfit("The file holds another number of rows than the partner says", "row_count", "rows",
                     f"{told:,} rows were told, {found:,} are in the file",
                     do="Ask for the whole file; or, if the number was wrong, say the one that is right.")


def check_letters(rows: list[Row]) -> None:
    """Raises BadInput where most rows with letters beyond ASCII read as another encoding would show them, or where letters were
    lost in more than one row of twenty: what is lost is in no file of ours."""
    lost = [row for row in rows if any(LOST.search(cell) for cell in row.cells.values())]
    if len(lost) * 20 > len(rows):
        raise _unfit("Letters were lost before the file came here", "encoding_lossy", f"row {lost[0].number}",
                     f"{len(lost)} of {len(rows)} rows, as in: {next(c for c in lost[0].cells.values() if LOST.search(c))[:60]}",
                     do="Ask for the original file, saved with its letters (UTF-8).")
    beyond = [row for row in rows if not all(cell.isascii() for cell in row.cells.values())]
    broken = [row for row in beyond if any(MOJIBAKE.search(cell) for cell in row.cells.values())]
    if len(broken) * 2 > len(beyond) and broken:
        cell = next(cell for cell in broken[0].cells.values() if MOJIBAKE.search(cell))
        raise _unfit(
            "The text was read in a wrong encoding",
            "mojibake",
            f"row {broken[0].number}",
            f"it reads: {cell[:60]}",
            do="Declare the file's own encoding in the profile.",
        )


def _same_crs(one: str, other: str) -> bool:
    try:
        return CRS.from_user_input(one).equals(CRS.from_user_input(other), ignore_axis_order=True)
    except CRSError:
        return False


def _unfit(
    what: str,
    code: str,
    field: str,
    message: str,
    do: str = "Correct the profile, or ask for the file again.",
) -> BadInput:
    return BadInput(
        what,
        where=f"{field} ({message})",
        code=code,
        do=do,
        problems=[{"code": code, "field": field, "value": "", "message": message}],
    )


def _list(names) -> str:
    shown = sorted(names)
    return ", ".join(shown[:12]) + (" ..." if len(shown) > 12 else "") or "none"
