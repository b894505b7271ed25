"""`sitereg links`: lines of inquiry between persons and sites. Never a finding."""
import time

import click

from sitereg.cli.evaluating import evaluate, fit
from sitereg.cli.options import Day, json_option, limit_option, opened, show, with_settings
from sitereg.errors import BadInput, Refused

LOOK_SECONDS, UNHEARD_SECONDS = 1.0, 15

question_option = click.option("--question", type=click.Choice(["held", "buried"]), default="held", show_default=True)
reason_option = click.option("--reason", help="Why the question of burial is asked; it is logged.")


@click.group()
def links() -> None:
    """Lines of inquiry: what to look at first, never what is so."""


links.add_command(evaluate)
links.add_command(fit)


@links.command()
@click.argument("person", required=False)
@click.option("--site", metavar="CODE", help="Ask about a site: for whom it is a line of inquiry.")
@question_option
@reason_option
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, metavar="N")
@json_option
@with_settings
def candidates(settings, person, site, question, reason, limit, as_json) -> None:
    """Where to look first for PERSON (a public reference), and why."""
    from sitereg import links as work

    with opened(settings) as session:
        answer = work.candidates(session, person=person, site=site, question=question, reason=reason, limit=limit)
    if as_json:
        show(answer)
        return
    asked = "been held" if question == "held" else "been buried"
    click.echo(f"{answer.about}: where this person may have {asked}" if person else f"{answer.about}: who may have {asked} here")
    click.echo(f"{answer.compared} compared. " + " ".join(answer.notes))
    for one in answer.candidates:
        click.echo(f"\n{one.look}: {one.site + (f' {one.name}' if one.name else '') if person else one.person}")
        for sentence in (*one.because, *one.flagged):
            click.echo(f"    {sentence}")
    if site:
        click.echo(f"\nIt comes first for {answer.bands['first']} persons, and among the first five for {answer.bands['five']}.")
    if person and answer.missing:
        click.echo("\nNot known, and could change the order: " + " ".join(one.words for one in answer.missing))
    if answer.leans:
        click.echo("Without the load of sites and the cohort the first are others: " + ", ".join(answer.plain))


@links.command()
@click.argument("person")
@click.argument("code")
@question_option
@reason_option
@json_option
@with_settings
def explain(settings, person, code, question, reason, as_json) -> None:
    """Why the site of CODE is a line of inquiry for PERSON: every bar with its sentence."""
    from sitereg import links as work
    from sitereg.links import waterfall

    with opened(settings) as session:
        one = work.why(session, person=person, site=code, question=question, reason=reason)
    if as_json:
        show(one)
        return
    click.echo(f"{one.look}: {one.site}{f' {one.name}' if one.name else ''} (number {one.rank})")
    for sentence in (*one.because, *one.flagged):
        click.echo(f"    {sentence}")
    for row in waterfall.drawn(one, (), "en"):
        click.echo(f"{row.label:<22}{row.bits:>+8.2f} bits  {' '.join(row.sentences)}")


@links.command()
@click.argument("person")
@click.argument("code")
@click.argument("other")
@question_option
@reason_option
@json_option
@with_settings
def contrast(settings, person, code, other, question, reason, as_json) -> None:
    """Why the site of CODE and not that of OTHER: the difference of each bar, for PERSON."""
    from sitereg import links as work
    from sitereg.links import waterfall

    with opened(settings) as session:
        made = work.contrast(session, person=person, site=code, other=other, question=question, reason=reason)
    if as_json:
        show(made)
        return
    click.echo(f"In bits, {made.one.site} against {made.other.site}:")
    for row in waterfall.apart(made, "en"):
        click.echo(f"{row.label:<22}{row.bits:>+8.2f}")


@links.command()
@question_option
@click.option("--persons", multiple=True, metavar="FILTER",
              help="Only cases that fit, as FIELD=VALUE (states=open_missing); may be given again.")
@click.option("--top", type=click.IntRange(1, 100), default=20, show_default=True, metavar="N",
              help="How many sites of each person are kept.")
@reason_option
@click.option("--scheduler", metavar="tcp://HOST:PORT",
              help="Have a Dask cluster do it: the one that the keeper knows (SITEREG_SCHEDULER).")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Whether to wait until the keeper has done it.")
@json_option
@with_settings
def run(settings, question, persons, top, reason, scheduler, wait, as_json) -> None:
    """Have the lines of inquiry of your whole tier computed and stored, by the keeper; a run that broke off is gone on with."""
    from sitereg import links as work

    with opened(settings, "acting") as session:
        job = work.ask(session, question=question, persons=filters(persons), top=top, reason=reason, scheduler=scheduler)
    done = waited(settings, job, quiet=as_json) if wait else {"id": job, "state": "queued"}
    if as_json:
        show({"job": str(job), "state": done["state"], **(done.get("result") or {})})
    elif not wait:
        click.echo(f"It waits for the keeper: job {job}.")
    else:
        click.echo(f"Done: {done['result']['persons']} persons, run {done['result']['run']}.")


def filters(given):
    """The filters of persons from FIELD=VALUE; raises BadInput."""
    made = {}
    for one in given:
        name, found, value = one.partition("=")
        if not found or not value:
            raise BadInput("A filter is FIELD=VALUE", where=one, do="For instance states=open_missing.")
        if name in ("from", "to", "site", "q"):
            made[name] = value
        else:
            made.setdefault(name, []).append(value)
    return made


def waited(settings, job, *, quiet, of="persons"):
    """The job once the keeper has ended it, its progress told meanwhile; raises Refused where it failed."""
    from sitereg import jobs

    began, told = time.monotonic(), None
    while True:
        with opened(settings) as session:
            row = next(one for one in jobs.mine(session, limit=500) if one["id"] == job)
        if row["state"] in ("failed", "cancelled"):
            raise Refused("The run was not made", where=str(job), guard="job", needs=row["error"] or row["state"])
        if row["state"] == "done":
            return row
        now = f"{row['progress']['done']} of {row['progress']['of']} {of}" if row["progress"] else None
        if row["state"] == "queued" and time.monotonic() - began > UNHEARD_SECONDS:
            now = "It still waits: does the keeper run? (`sitereg keeper`; leave with Ctrl-C, the job stays in line)"
        if now and now != told and not quiet:
            click.echo(now, err=True)
            told = now
        time.sleep(LOOK_SECONDS)


@links.command()
@limit_option
@json_option
@with_settings
def runs(settings, limit, as_json) -> None:
    """List the runs of your tier, the newest first."""
    from sitereg import links as work

    with opened(settings) as session:
        rows = work.find(session)[:limit]
    if as_json:
        show(rows)
        return
    for row in rows:
        state = row["state"]
        if state == "done" and row["stale_since"]:
            state = f"out of date since {row['stale_since']:%Y-%m-%d %H:%M}"
        elif state == "done" and row["moved"]:
            state = "done; something has changed since"
        made = row["counts"]
        click.echo(f"{row['id']}  {row['question']:<7} {row['done']} of {row['persons']} persons, {made.get('sites', 0)} sites,"
                   f" {made.get('confirmed', 0)} confirmed, data of {row['cutoff']:%Y-%m-%d %H:%M}, {row['version']}: {state}")
    if not rows:
        click.echo("There is no run of your tier yet: `sitereg links run`.")


@links.command()
@click.argument("person")
@click.argument("code")
@click.argument("to", type=click.Choice(["lead", "set_aside", "excluded"]))
@question_option
@click.option("--reason", required=True, help="Why.")
@click.option("--would-show", metavar="WORDS", help="Of a lead: what else would show it.")
@click.option("--asks", metavar="WORDS", help="Of a lead: who asks whom.")
@click.option("--owner", metavar="NAME", help="Of a lead: who has its inquiry (else you).")
@click.option("--due", type=Day(today=False), help="Of a lead: by when.")
@click.option("--basis", multiple=True, metavar="CLAIM", help="A claim about the person that it rests on; may be given again.")
@click.option("--seen", type=int, metavar="N", help="The version of the case that you looked at.")
@json_option
@with_settings
def review(settings, person, code, to, question, reason, would_show, asks, owner, due, basis, seen, as_json) -> None:
    """Settle what the link of PERSON to the site of CODE is: a lead, set aside, or excluded (which another one approves)."""
    from sitereg import links as work

    with opened(settings, "acting") as session:
        done, inquiry = work.review(session, person, code, to=to, question=question, reason=reason, would_show=would_show,
                                    asks=asks, owner=owner, due=due, basis=basis, seen=seen)
    if as_json:
        show({"state": done.state, "decision": done.decision, "proposal": done.proposal, "inquiry": inquiry})
        return
    if done.state == "proposed":
        click.echo(f"Proposed: {done.proposal}. Another one must agree.")
        return
    click.echo(f"Decided: {to}.")
    if to == "lead":
        click.echo(f"Its inquiry: {inquiry}. No digging; no contact with the owner or the family before a second reviewer agrees.")
