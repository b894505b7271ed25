"""`sitereg consent uses, answer, withdraw, downstream`: consent use by use, of a source or of a partner for what it passes on."""
import click

from sitereg import vocab
from sitereg.cli.options import Day, json_option, opened, show, with_settings
from sitereg.cli.words import counted
from sitereg.errors import BadInput

WHO = {"person": "whoever told it", "organisation": "the organisation", "agreement": "the agreement", "terms": "the terms",
       "withdrawn": "withdrawn as a whole"}
use_type = click.Choice(list(vocab.ConsentUse.codes()))
of_source = click.option("--source", type=click.UUID, help="Of this source.")
of_partner = click.option("--partner", type=click.UUID, help="Of this partner, for all that it passes on.")


def said_options(command):
    """How, when and by which text they answered."""
    for option in (
            click.option("--why", required=True, metavar="TEXT", help="In words; kept."),
            click.option("--on", "on", type=Day(today=False), help="The day on which they answered (today)."),
            click.option("--before", metavar="TEXT", help="Before whom, or what kind of representative: an office, no name."),
            click.option("--how", type=click.Choice(list(vocab.ConsentHow.codes())), required=True),
            click.option("--text-version", "version", required=True, metavar="TEXT", help="The version of the text they saw.")):
        command = option(command)
    return of_partner(of_source(command))


def one_of(source, partner):
    if (source is None) == (partner is None):
        raise BadInput("Name one source, or one partner", do="Give --source or --partner.")
    return {"source": source} if source else {"partner": partner}


@click.command()
@of_source
@of_partner
@click.option("--code", metavar="CODE", help="Of a record as a whole: the strictest of all who told of it.")
@json_option
@with_settings
def uses(settings, source, partner, code, as_json) -> None:
    """Show each use: whether it is permitted, who decided that, and where the stricter of two held."""
    from sitereg import consent as work

    with opened(settings) as session:
        found = {"uses": work.holds_for(session, code)} if code else work.uses(session, **one_of(source, partner))
    if as_json:
        show(found)
        return
    for one in found["uses"]:
        name = vocab.label("consent_use", one["use"])
        if "allows" not in one:
            click.echo(f"{name}: {vocab.label('use_answer', one['organisation'])}")
            continue
        decided = ", ".join(WHO[by] for by in one["decided"]) or "-"
        stricter = "; the stricter holds" if one.get("stricter") or 0 < one.get("refusing", 0) < one.get("sources", 0) else ""
        asked = " (not asked)" if one.get("person") == "not_asked" and one.get("organisation") in (None, "not_asked") else ""
        click.echo(f"{name}: {'permitted' if one['allows'] else 'NOT PERMITTED'} by {decided}{asked}{stricter}")
    for one in found.get("records", ()):
        answers = ", ".join(f"{use} {said}" for use, said in one["uses"].items() if said != "not_asked")
        given = f"{WHO[one['whose']]}, {vocab.label('consent_how', one['how'])}, {one['version']}"
        click.echo(f"{one['on_day']}  {given}: {answers}  ({one['by']})")


def recorded(settings, answers, source, partner, as_json, on, **said):
    from sitereg import consent as work

    of = one_of(source, partner)
    with opened(settings, "acting") as session:
        told = {use: work.downstream(session, use, **of) for use, answer in answers.items() if answer == "no"}
        made = work.record(session, answers, on=on or session.value("today"), **said, **of)
    if as_json:
        show({**made, "downstream": told})
        return
    for use in made["narrowed"]:
        click.echo(f"From now on not: {vocab.label('consent_use', use)}.")
        below(told.get(use))
    for use in made["widened"]:
        click.echo(f"Permitted again: {vocab.label('consent_use', use)}.")
    if not made["narrowed"] and not made["widened"]:
        click.echo("Recorded; what may be done with it is as it was.")


@click.command()
@click.argument("answers", nargs=-1, required=True, metavar="USE=ANSWER...")
@said_options
@json_option
@with_settings
def answer(settings, answers, source, partner, as_json, **said) -> None:
    """Record what was answered of uses: partners=no recontact=yes ...; the others stay as they were."""
    recorded(settings, dict(one.partition("=")[::2] for one in answers), source, partner, as_json, **said)


@click.command()
@click.argument("names", nargs=-1, required=True, type=use_type, metavar="USE...")
@said_options
@json_option
@with_settings
def withdraw(settings, names, source, partner, as_json, **said) -> None:
    """Withdraw consent to these uses, at once; what each has led to is listed, and who received it is told."""
    recorded(settings, dict.fromkeys(names, "no"), source, partner, as_json, **said)


@click.command()
@click.argument("use", type=use_type)
@of_source
@of_partner
@json_option
@with_settings
def downstream(settings, use, source, partner, as_json) -> None:
    """List what one use has led to: what left and to whom, releases of counts, lines of inquiry, who is still to be told."""
    from sitereg import consent as work

    with opened(settings) as session:
        found = work.downstream(session, use, **one_of(source, partner))
    if as_json:
        show(found)
    else:
        click.echo(f"{counted(found['claims'], 'claim')} on {counted(found['records'], 'record')}")
        below(found)


def below(found):
    for one in (found or {}).get("left", ()):
        click.echo(f"  left: {one['recipient']}  {one['at']}  {one['purpose']}")
    for one in (found or {}).get("statistics", ()):
        click.echo(f"  published: {one['title']}  {one['at']}")
    if found and found["links"]:
        click.echo(f"  lines of inquiry of {counted(found['links'], 'person', 'persons')}")


COMMANDS = (uses, answer, withdraw, downstream)
