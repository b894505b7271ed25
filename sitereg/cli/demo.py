"""`sitereg demo`: the synthetic registry, loaded into a home of its own and counted."""

import click

from sitereg.cli.options import json_option, show, with_settings
from sitereg.settings import Settings


@click.command()
@click.option("--seed", type=click.IntRange(1, 2**31), help="Invent another world than the one that docs/demo.md tells of.")
@json_option
@with_settings
def demo(settings: Settings, seed: int | None, as_json: bool) -> None:
    """Load the synthetic registry into a home of its own, and say how much it holds.

    A second run changes nothing. A home that holds a registry, or a demo of another seed, is refused.
    """
    from sitereg import demo as work
    from sitereg.cli.server import database, keep_demo_apart
    from sitereg.store.folders import lock

    with lock(settings.home, "up.lock"):
        keep_demo_apart(settings, demo=True)
        database(settings)
        work.load(settings, seed=seed or work.SEED)
    held = work.counts(settings)
    if as_json:
        show({"synthetic": True, **held})
        return
    click.echo("Synthetic demonstration data: no place and no person here is real.")
    for name, many in held.items():
        click.echo(f"  {name:<13} {many}")
    click.echo(f"  truth, rasters: beside the registry in {settings.home}; docs/demo.md tells six stories to follow")
