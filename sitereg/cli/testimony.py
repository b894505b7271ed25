"""`sitereg testimony`: a whole sheet of lines, from a spreadsheet or JSON."""
from pathlib import Path

import click

from sitereg.cli import entering as forms
from sitereg.cli.options import json_option, with_settings
from sitereg.errors import BadInput


@click.group()
def testimony() -> None:
    """Testimonies: many persons, places and days that one person told."""


@testimony.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--read-aloud", "aloud", is_flag=True, help="It was read aloud to whoever told it, and they agreed: write it.")
@json_option
@with_settings
def add(settings, file, aloud, as_json) -> None:
    """Enter the testimony in FILE (.xlsx from the template, or .json); without --read-aloud it is only read back.

    A JSON file holds one object with the fields who_type, language, partner, terms, uses (a list), consent, scope (a list), and
    rows, a list of objects with person, what, place, when and how (saw, heard or told).
    """
    if not file.is_file():
        raise BadInput("There is no such file", where=file.name, do="Check the path.")
    if file.suffix.lower() == ".xlsx":
        from sitereg.entering import xlsx

        typed, rows = xlsx.read(file)
    else:
        typed = forms.fields_of(str(file))
        rows = typed.pop("rows", [])
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            raise BadInput("The lines are no list of objects", where="rows", do="Give \"rows\": [{\"person\": ...}, ...].")
    forms.carry_out(settings, "testimony", typed, rows=rows, once=forms.once_of(file.read_bytes()), check=False,
                    aloud=aloud, as_json=as_json)


@testimony.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="The language of labels and lists.")
def template(file, lang) -> None:
    """Write the spreadsheet to fill into FILE, with lists to choose from and one example line, which must be replaced."""
    from sitereg.entering import xlsx

    if file.suffix.lower() != ".xlsx":
        raise BadInput("The template is a spreadsheet", where=file.name, do="Give a name that ends in .xlsx.")
    xlsx.template(file, locale=lang)
    click.echo(f"{file.name}: fill the first page once, a line for each person on the second;"
               f" then `sitereg testimony add {file.name}`.")
