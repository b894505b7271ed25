"""`sitereg doctor`: is the living house in order; for whoever runs it, and for cron."""
import click

from sitereg.cli.options import json_option, show, with_settings


@click.command()
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Only this check; may be given again. --list names them.")
@click.option("--list", "listed", is_flag=True, help="Name the checks, each with what holds where it finds nothing.")
@json_option
@with_settings
def doctor(settings, checks, listed, as_json) -> int:
    """Look whether rules, server, keys, files, keeper and web are as they must be. Exit code 0 well, 2 wrong, 3 could not look."""
    from sitereg import doctor as work

    if unknown := [one for one in checks if one not in work.CHECKS]:
        raise click.BadParameter(f"There is no check {unknown[0]}: there are {', '.join(work.CHECKS)}.", param_hint="--check")
    if listed:
        told = {name: check.__doc__.strip() for name, check in work.CHECKS.items()}
        show(told) if as_json else [click.echo(f"{name:<9} {words}") for name, words in told.items()]
        return 0
    report = work.examine(settings, only=checks or None)
    if as_json:
        show(report.told())
    else:
        for one in report.checks:
            click.echo(f"{one['check']:<9} {one['state']}")
            for found in one["found"]:
                click.echo(f"          {found['what']}. {found['do']}")
    return {"well": 0, "wrong": 2, "unclear": 3}[report.word]
