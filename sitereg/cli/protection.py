"""`sitereg protection`: what an officer sees at a place, does for it and decides about it."""
import functools

import click

from sitereg import vocab
from sitereg.cli import guards
from sitereg.cli.features import gap_reasons, logged, said
from sitereg.cli.options import Day, json_option, limit_option, opened, show, with_settings
from sitereg.cli.words import counted
from sitereg.errors import BadInput

METHODS = click.Choice(["on_site", "imagery", "telephone"])
WHERE_NOW = click.Choice(["reburied", "stored", "unknown"])
CODES = {scheme: click.Choice(list(vocab.SCHEMES[scheme].codes())) for scheme in (
    "protection_status", "measure_kind", "authority_kind", "disturbance_kind", "severity", "disturbance_by",
    "remains_state", "gap_list", "access_condition")}


def on_site(command):
    """The command takes SITE and --seen, and is called with `code` and `seen`."""

    @click.argument("code", metavar="SITE")
    @click.option("--seen", type=int, metavar="VERSION",
                  help="The version that you looked at (`sitereg sites show`): if somebody was faster, nothing is written.")
    @functools.wraps(command)
    def wrapped(*args, **more):
        return command(*args, **more)

    return wrapped


def site_of(session, code):
    """The page of the site that stands under that code now."""
    from sitereg import sites

    page = sites.show(session, code)
    if page["merged_into"]:
        raise BadInput(f"{page['code']} was merged into {page['merged_into']}", do="Use the code of what it became.")
    return page


def day(session, given):
    """`today` as the registry counts days; others as they are."""
    return session.value("today") if given == "today" else given


def told(outcome, code, to):
    """What became of an act, in one line."""
    if outcome.state == "decided":
        click.echo(f"{code}: {to}, version {outcome.version}.")
    else:
        click.echo(f"{code}: {to} is proposed and waits for"
                   f" {counted(outcome.approvals_needed, 'approval')}: proposal {outcome.proposal}.")


def steps(rows):
    """The next states in columns: the state, who else must approve, then each thing that is lacking on a line of its own."""
    wide = max((len(row["to_state"]) for row in rows), default=0) + 2
    for row in rows:
        approvals = counted(row["approvals"], "approval") if row["approvals"] else ""
        first, *more = guards.lacking(row["lacking"] or []) or ["ready"]
        click.echo(f"{row['to_state']:<{wide}}{approvals:<13}{'' if row['may'] else '(not your role) '}{first}")
        for one in more:
            click.echo(" " * (wide + 13) + one)
    if not rows:
        click.echo("No step leads from here.")


@click.group()
def protection() -> None:
    """What is seen at a site, done for it, and decided about its protection."""


@protection.command()
@on_site
@click.argument("to", metavar="STATUS", type=CODES["protection_status"])
@click.option("--reason", required=True, help="Why; it stays with the decision.")
@click.option("--basis", "basis", multiple=True, metavar="CLAIM", help="A claim that it rests on; may be given again.")
@click.option("--visit", type=Day(), help="It rests on a visit of this day: the visit is recorded first and cited.")
@click.option("--method", type=METHODS, default="on_site", show_default=True, help="How that visit was made.")
@click.option("--findings", help="What that visit found.")
@click.option("--damage-assessed", is_flag=True, help="That visit assessed the damage.")
@click.option("--due", type=Day(), help="The day of the next review.")
@click.option("--observed-on", type=Day(), help="The day of the assessment; the day of the visit where there is one.")
@click.option("--where-now", type=WHERE_NOW, help="Where the remains are now, when protection ends.")
@click.option("--handover", help="To whom the place was handed over, when protection ends.")
@click.option("--report-wrong", help="Why the report of its destruction was wrong.")
@json_option
@with_settings
def decide(settings, code, to, reason, basis, visit, method, findings, damage_assessed, due, observed_on, seen, as_json,
           **value) -> None:
    """Change the protection status of SITE to STATUS, or propose it where a verifier must approve."""
    from sitereg import protection as work

    with opened(settings, "acting") as session:
        site = site_of(session, code)
        visited = visit and {"visited_on": day(session, visit), "method": method, "findings": findings,
                             "damage_assessed": damage_assessed}
        outcome = work.decide(session, site["id"], to, reason=reason, basis=basis, seen=seen, due=day(session, due),
                              observed_on=day(session, observed_on), visit=visited,
                              value={name: given for name, given in value.items() if given})
    if as_json:
        show(outcome)
        return
    told(outcome, site["code"], said("protection_status", to))


@protection.command()
@click.argument("code", metavar="SITE")
@json_option
@with_settings
def options(settings, code, as_json) -> None:
    """List the next protection statuses of SITE and what each still needs."""
    from sitereg import decisions

    with opened(settings) as session:
        rows = decisions.options(session, site_of(session, code)["id"], "protection")
    if as_json:
        show(rows)
        return
    steps(rows)


@protection.command()
@on_site
@click.option("--on", "visited_on", type=Day(), required=True, help="The day of the visit.")
@click.option("--method", type=METHODS, default="on_site", show_default=True)
@click.option("--team", help="Who went; shown only with the exact place.")
@click.option("--covered", help="What was searched.")
@click.option("--not-searched", help="What was not.")
@click.option("--findings", help="What was found.")
@click.option("--access", type=CODES["access_condition"], help="How one came in, or `denied`.")
@click.option("--negative", is_flag=True, help="Nothing was found in what was covered.")
@click.option("--damage-assessed", is_flag=True)
@click.option("--remains", type=CODES["remains_state"], help="The state of the remains.")
@json_option
@with_settings
def visit(settings, code, visited_on, as_json, **given) -> None:
    """Record a visit of SITE, or a review by imagery or telephone, with its claims."""
    from sitereg import protection as work

    with opened(settings, "acting") as session:
        made = work.inspect(session, site_of(session, code)["id"], visited_on=day(session, visited_on), **given)
    if as_json:
        show(made)
        return
    click.echo(f"visit {made['visit']}, version {made['version']}")
    for one in made["claims"]:
        click.echo(f"claim {one}")


@protection.command()
@on_site
@click.argument("kind", type=CODES["measure_kind"])
@click.option("--reason", required=True)
@click.option("--state", type=click.Choice(["planned", "active"]), default="active", show_default=True)
@click.option("--agent-kind", type=CODES["authority_kind"], help="Who carries it out.")
@click.option("--issuer", help="Who ordered it.")
@click.option("--legal-basis", help="By which order.")
@click.option("--began", type=Day())
@click.option("--lapses-on", type=Day(), help="The day on which it ends unless renewed.")
@click.option("--note")
@click.option("--visit", "visit_id", metavar="VISIT", type=click.UUID, help="The visit that saw it.")
@json_option
@with_settings
def measure(settings, code, kind, reason, began, lapses_on, visit_id, as_json, **given) -> None:
    """Record a measure for SITE, planned or active; the status is decided apart from it."""
    from sitereg import protection as work

    with opened(settings, "acting") as session:
        made = work.record_measure(session, site_of(session, code)["id"], kind, reason=reason, began=day(session, began),
                                   lapses_on=day(session, lapses_on), visit=visit_id, **given)
    if as_json:
        show({"measure": made})
        return
    click.echo(f"measure {made}")


@protection.command("set-measure")
@click.argument("measure_id", metavar="MEASURE", type=click.UUID)
@click.argument("to", type=click.Choice(["active", "removed", "failed"]))
@click.option("--reason", required=True)
@click.option("--due", type=Day(), help="Its new end; needed when a lapsed one is active again.")
@json_option
@with_settings
def set_measure(settings, measure_id, to, reason, due, as_json) -> None:
    """A measure is active, removed or failed now."""
    from sitereg import protection as work

    with opened(settings, "acting") as session:
        outcome = work.set_measure(session, measure_id, to, reason=reason, due=day(session, due))
    if as_json:
        show(outcome)
        return
    click.echo(f"{measure_id} is {to}.")


@protection.command()
@on_site
@click.argument("kind", type=CODES["disturbance_kind"])
@click.argument("severity", type=CODES["severity"])
@click.option("--visit", "visit_id", metavar="VISIT", type=click.UUID, help="The visit that saw it; or --source.")
@click.option("--source", metavar="SOURCE", type=click.UUID, help="The source that tells of it.")
@click.option("--credibility", type=click.Choice(list("123456")))
@click.option("--by", type=CODES["disturbance_by"], help="By whom; said without blame.")
@click.option("--observed", type=Day())
@click.option("--note")
@json_option
@with_settings
def disturbance(settings, code, kind, severity, visit_id, observed, as_json, **given) -> None:
    """Record harm or a threat to SITE; a strong one makes it compromised at once."""
    from sitereg import protection as work

    with opened(settings, "acting") as session:
        made = work.record_disturbance(session, site_of(session, code)["id"], kind, severity, visit=visit_id,
                                       observed=day(session, observed), **given)
    if as_json:
        show(made)
        return
    became = {"compromised": "the site counts as compromised now", "already": "the status stays",
              "task": "somebody is to look at it"}
    click.echo(f"disturbance {made['disturbance']}: {became[made['answer']]}")


@protection.command("end-disturbance")
@click.argument("disturbance_id", metavar="DISTURBANCE", type=click.UUID)
@click.option("--why", required=True)
@click.option("--remedy", help="What was done about it.")
@click.option("--visit", "visit_id", metavar="VISIT", type=click.UUID)
@with_settings
def end_disturbance(settings, disturbance_id, why, remedy, visit_id) -> None:
    """A disturbance is over; the status stays until it is decided anew."""
    from sitereg import protection as work

    with opened(settings, "acting") as session:
        work.end_disturbance(session, disturbance_id, why=why, remedy=remedy, visit=visit_id)
    click.echo("Ended. The status stays until it is decided.")


@protection.command("show")
@click.argument("code", metavar="SITE")
@json_option
@with_settings
def show_(settings, code, as_json) -> None:
    """Show the status of SITE with its measures, disturbances and visits."""
    from sitereg import protection as work

    with opened(settings) as session:
        site = site_of(session, code)
        logged(session, "protection", [{"code": site["code"], "shown_as": site["place"]["shown_as"]}], subject=site["id"])
        answer = {name: site[name] for name in ("code", "protection", "next_review", "overdue", "in_doubt_since", "version")}
        answer |= {"measures": work.measures(session, site["id"]), "disturbances": work.disturbances(session, site["id"]),
                   "visits": work.visits(session, site["id"])}
    if as_json:
        show(answer)
        return
    due = f", review due {answer['next_review']}" if answer["next_review"] else ""
    click.echo(f"{answer['code']}  {said('protection_status', answer['protection'])}{due}   version {answer['version']}")
    for one in answer["measures"]:
        click.echo(f"  measure      {one['id']}  {said('measure_kind', one['kind'])}: {one['state']}")
    for one in answer["disturbances"]:
        click.echo(f"  disturbance  {one['id']}  {said('disturbance_kind', one['kind'])}, {said('severity', one['severity'])}")
    for one in answer["visits"]:
        click.echo(f"  visit        {one['id']}  {one['visited_on']} {one['method']}{', nothing found' if one['negative'] else ''}")


@protection.command()
@limit_option
@click.option("--list", "of", type=CODES["gap_list"], default="to_do", show_default=True, help="Which list of gaps.")
@click.option("--area", "areas", multiple=True, metavar="PCODE", help="Of this governorate (as often as wanted), or none.")
@click.option("--body", metavar="BODY", help="Of this authority (id) or kind of body, or none.")
@click.option("--skip", type=click.IntRange(0), default=0, help="Leave out so many (`next`).")
@json_option
@with_settings
def gaps(settings, limit, of, areas, body, skip, as_json) -> None:
    """List sites where protection is lacking, the most pressing first (docs/protection.md says how that is reckoned)."""
    from sitereg import protection as work

    with opened(settings) as session:
        rows = work.gaps(session, list=of, areas=areas, body=body, limit=limit, skip=skip)
    if as_json:
        show({"sites": rows, "next": skip + limit if len(rows) == limit else None})
        return
    for row in rows:
        click.echo(f"{row['urgency']:>4}  {row['code']}  {said('protection_status', row['protection'])}{gap_reasons(row)}")
    if not rows:
        click.echo("No gap of this list in what you may see.")
