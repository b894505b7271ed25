"""`sitereg export`: a file that leaves. Who gets it and what for is recorded before it has a name."""
import sys
from functools import partial

import click

from sitereg.cli.options import json_option, opened, show, with_settings


@click.command()
@click.argument("format", type=click.Choice(["geojson", "gpkg", "parquet", "kml", "csv", "xlsx", "pdf"]))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, writable=True), metavar="FILE")
@click.option("--recipient", help="Who receives it.")
@click.option("--purpose", help="What for.")
@click.option("--risk", help="What it risks for the sites, sources, families and staff.")
@click.option("--legal-basis", metavar="CODE", help="A code of the vocabulary legal_basis.")
@click.option("--tier", type=click.IntRange(0, 1), help="Make it from this face (by default your own, at most 1).")
@click.option("--kind", "kinds", multiple=True, metavar="CODE", help="Only sites of this kind.")
@click.option("--group", "groups", multiple=True, metavar="CODE", help="Only sites of this group of kinds.")
@click.option("--verification", multiple=True, metavar="CODE", help="Only sites with a kind of this level.")
@click.option("--adm1", multiple=True, metavar="PCODE", help="Only sites of this governorate; `none`: not known.")
@click.option("--bbox", type=float, nargs=4, metavar="W S E N", help="Only sites that are shown within this box.")
@click.option("--language", type=click.Choice(["en", "ar"]), default="en", show_default=True, help="Of a PDF: a sheet with a map.")
@json_option
@with_settings
def export(settings, format, output, recipient, purpose, risk, legal_basis, tier, language, as_json, **filter) -> None:
    """Write the sites that may leave, at most tier 1, and record to whom they go."""
    from sitereg import exports

    recipient, purpose = (asked(name, value) for name, value in (("recipient", recipient), ("purpose", purpose)))
    chosen = {key: list(value) for key, value in filter.items() if value}
    about = exports.write(partial(opened, settings, "acting"), output, format=format, recipient=recipient, purpose=purpose,
                          risk=risk, legal_basis=legal_basis, tier=tier, filter=chosen, language=language)
    if as_json:
        show(about)
        return
    click.echo(f"{output}: {about['rows']} sites, {about['unverified']} of them unverified, {about['tlp']} ({about['tier']})")
    if about["withheld"]:
        click.echo(f"{about['withheld']} withheld: their terms or consent do not permit sharing.")
    click.echo(f"sha256 {about['sha256']}, disclosure {about['disclosure']}")
    if about["synthetic"]:
        click.echo("The records are synthetic: nothing in this file is real.")


def asked(name, value):
    """The value, asked for where somebody sits at the terminal."""
    return value or (click.prompt(name.capitalize()) if sys.stdin.isatty() else None)
