"""`sitereg links evaluate` and `fit`: the link score on anybody's files, without a registry."""
import sys

import click

from sitereg.cli.options import json_option, show


def three_files(command):
    """--persons, --sites, --truth, --question, --cap: the same for evaluate and fit."""
    for option in (
        click.option("--cap", type=click.IntRange(0), default=0, show_default=True, metavar="N",
                     help="Rank at most N persons of one place and one true site (0: all); the links of all count."),
        click.option("--question", type=click.Choice(["held", "buried"]), required=True, help="What is asked about the persons."),
        click.option("--truth", required=True, metavar="CSV", help="pid, sid, date."),
        click.option("--sites", required=True, metavar="CSV",
                     help="sid, lat, lon, kind, authority, period_lo, period_hi."),
        click.option("--persons", required=True, metavar="CSV",
                     help="pid, group, lat, lon, radius_km, date_lo, date_hi, authority."),
    ):
        command = option(command)
    return command


@click.command()
@three_files
@click.option("--parameters", metavar="JSON", help="Parameters that `links fit --out` kept; else the defaults.")
@json_option
def evaluate(persons, sites, truth, question, cap, parameters, as_json) -> None:
    """How often the score is right on resolved cases of any country (three files, no registry), beside what needs no model.

    Everybody is scored as if the own links and those of the own group were not known.
    """
    from sitereg.links import cases, keeping
    from sitereg.links import evaluate as work
    from sitereg.links.model import DEFAULTS

    used = keeping.read(parameters, question) if parameters else DEFAULTS[question]
    found = cases.load(persons, sites, truth, used, cap)
    with click.progressbar(length=len(found.cases), label="Persons scored", file=sys.stderr) as bar:
        made = work.evaluate(found, lambda done, _: bar.update(done - bar.pos))
        bar.update(len(found.cases) - bar.pos)
    if as_json:
        show(made)
        return
    click.echo(f"{made['n']} of {made['persons']} persons ranked among {made['candidates']} sites, {made['links']} true links, "
               f"question {made['question']}, parameters {made['version']}, {made['seconds']:.1f} s\n")
    columns = ("hit@1", "hit@5", "hit@20", "mrr", "ll", "ece", "brier", "seconds")
    click.echo("ranker    " + "".join(f"{name:>9}" for name in columns))
    for name, values in made["rankers"].items():
        click.echo(f"{name:<10}" + "".join(f"{'-' if values[one] is None else f'{values[one]:.3f}':>9}" for one in columns))
    told(made)


@click.command()
@three_files
@click.option("--out", metavar="JSON", help="Keep the parameters in this file, for `links evaluate --parameters`.")
@json_option
def fit(persons, sites, truth, question, cap, out, as_json) -> None:
    """Learn parameters from resolved cases; they are taken only if they beat the defaults where they were not learnt.

    From 50 independent groups on; judged on the newest fifth of the confirmations and on each region left out in turn.
    """
    from sitereg.links import cases, keeping
    from sitereg.links import fit as work
    from sitereg.links.model import DEFAULTS

    found = cases.load(persons, sites, truth, DEFAULTS[question], cap)
    made = work.fit(found.world, found.cases)
    if out:
        keeping.write(out, made.parameters)
    if as_json:
        show({"version": made.parameters.version, "accepted": made.accepted, "why": made.why, "groups": made.groups,
              "trials": made.trials, "parameters": made.parameters, "notes": found.oddities.notes,
              "skipped": found.oddities.as_list()})
        return
    click.echo(f"{made.why} Parameters {made.parameters.version}.")
    for one in made.trials:
        for where, (was, now, error) in (("newest fifth", one.newest), (f"{one.regions} regions left out", one.left_out)):
            click.echo(f"{one.what}, {where}: mean ln P of the truth {was:.3f} by the defaults, {now:.3f} fitted, "
                       f"difference {now - was:+.3f}, standard error {error:.3f}")
    click.echo("Confirmed links are no random sample of the missing.")
    told({"notes": found.oddities.notes, "skipped": found.oddities.as_list()})


def told(made):
    """What was odd in the files stands on stderr, with what to do."""
    for note in made["notes"]:
        click.echo(note, err=True)
    for one in made["skipped"]:
        click.echo(f"{one['count']} times: {one['what']}. First: {'; '.join(one['first'])}. {one['do']}", err=True)
