"""`sitereg qgis`: a project for QGIS with the registry's layers and symbols."""
import click

from sitereg.cli.options import json_option, show


@click.group()
def qgis() -> None:
    """Projects for QGIS: our layers in our symbols, no other layer, no password."""


@qgis.command()
@click.argument("file", type=click.Path())
@click.option("--url", help="Asks the web: its address, which ends in /ogc; QGIS keeps a token as `sitereg`.")
@click.option("--service", help="Asks by SQL: the name of a service in pg_service.conf.")
@json_option
def project(file, url, service, as_json) -> None:
    """Write FILE (.qgz or .qgs). What is seen in it is what the account of whoever opens it may see."""
    from sitereg import qgis as work

    work.write(file, url=url, service=service)
    if as_json:
        show({"file": file, "url": url, "service": service})
        return
    click.echo(f"{file}: open it in QGIS.")
