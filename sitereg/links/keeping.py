"""A set of parameters as a file: every number of it by name, so that the same version can be used again elsewhere."""
import json
from dataclasses import asdict, replace
from pathlib import Path

from sitereg.errors import BadInput
from sitereg.links.model import DEFAULTS

__all__ = ["read", "write"]


def write(path, parameters):
    """The parameters stand in the file as JSON."""
    Path(path).write_text(json.dumps({"version": parameters.version, **asdict(parameters)}, indent=1) + "\n", encoding="utf-8")


def read(path, question):
    """The parameters of a file that `write` made, for this question. Raises BadInput."""
    path = Path(path)
    if not path.is_file():
        raise BadInput("There is no such file", where=str(path), do="Give a file that `sitereg links fit --out` wrote.")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        version, asked = told.pop("version", None), told.get("question")
        made = replace(DEFAULTS[asked], **{name: frozen(value) for name, value in told.items()})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput("The file holds no parameters of the link score", where=path.name,
                       do="Give a file that `sitereg links fit --out` wrote.") from error
    if made.version != version:
        raise BadInput("The numbers of the file are no longer those of its version", where=f"{path.name}, {version}",
                       do="Fit again, or take the file from where it was kept.")
    if asked != question:
        raise BadInput(f"These parameters are for the question {asked}", where=path.name, do=f"Ask with --question {asked}.")
    return made


def frozen(value):
    """Lists as tuples, all the way down."""
    return tuple(frozen(one) for one in value) if isinstance(value, list) else value
