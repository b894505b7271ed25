"""`sitereg inquiries`: questions with an owner and a day, what was done about them, what came of it."""
import click

from sitereg import vocab
from sitereg.cli.features import said
from sitereg.cli.options import Day, json_option, limit_option, opened, show, with_settings

RESULT = click.Choice(list(vocab.InquiryResult.codes()))
seen_option = click.option("--seen", type=int, metavar="N",
                           help="How many steps you looked at: if there are more, nothing is written.")


@click.group()
def inquiries() -> None:
    """What is to be found out, by whom, until when."""


@inquiries.command("open")
@click.argument("code")
@click.argument("question")
@click.option("--due", type=Day(today=False), required=True, help="By when.")
@click.option("--owner", metavar="NAME", help="Who has it (else you).")
@click.option("--task", type=click.UUID, help="The task that it comes from; it is done thereby.")
@json_option
@with_settings
def open_(settings, code, question, due, owner, task, as_json) -> None:
    """Open an inquiry about the site, case or records of CODE."""
    from sitereg import inquiries as work

    with opened(settings, "acting") as session:
        made = work.open_(session, subject_of(session, code), question, due=due, owner=owner, task=task)
    show({"inquiry": made}) if as_json else click.echo(f"Opened: {made}.")


def subject_of(session, code):
    """The id of what stands under a code."""
    from sitereg import holdings, persons, sites
    from sitereg.errors import BadInput

    room = {"SYP": persons, "SYH": holdings}.get(code.strip().upper()[:3], sites)
    page = room.show(session, code)
    if page["merged_into"]:
        raise BadInput(f"{page['code']} was merged into {page['merged_into']}", do="Use the code of what it became.")
    return page["id"]


@inquiries.command()
@click.option("--mine", is_flag=True, help="Only those that you have.")
@click.option("--of", "code", metavar="CODE", help="Only those about this site, case or records.")
@click.option("--open/--closed", "is_open", default=True, show_default=True)
@limit_option
@json_option
@with_settings
def find(settings, mine, code, is_open, limit, as_json) -> None:
    """List inquiries, the most urgent first."""
    from sitereg import inquiries as work

    with opened(settings) as session:
        rows = work.find(session, mine=mine, subject=subject_of(session, code) if code else None, open=is_open, limit=limit)
    if as_json:
        show(rows)
        return
    for row in rows:
        due = f"due {row['due']}{' OVERDUE' if row['overdue'] else ''}"
        state = said("inquiry_result", row["result"]) if row["closed"] else due
        click.echo(f"{row['id']}  {row['code']}  {row['question']}  {row['owner']}, {state}")
    if not rows:
        click.echo("No inquiry in what you may see.")


@inquiries.command("show")
@click.argument("inquiry", type=click.UUID)
@json_option
@with_settings
def show_one(settings, inquiry, as_json) -> None:
    """Show an inquiry with its whole history."""
    from sitereg import inquiries as work

    with opened(settings) as session:
        page = work.show(session, inquiry)
    if as_json:
        show(page)
        return
    click.echo(f"{page['code']}  {page['question']}")
    click.echo(f"opened {page['opened_on']} by {page['opened_by']} for {page['first_owner']}, due {page['first_due']}")
    for one in page["steps"]:
        more = " ".join(filter(None, (one["owner"] and f"-> {one['owner']}", one["due"] and f"due {one['due']}",
                                      one["result"] and f"[{said('inquiry_result', one['result'])}]")))
        click.echo(f"{one['n']}. {one['done_on']}  {said('inquiry_step_kind', one['kind'])}: {one['step']}  {more}  ({one['by']})")
    click.echo("closed" if page["closed"] else f"{page['owner']}, due {page['due']}{' OVERDUE' if page['overdue'] else ''}")


@inquiries.command()
@click.argument("inquiry", type=click.UUID)
@click.argument("what")
@click.option("--result", type=RESULT, required=True, help="What came of it; no answer is a result.")
@click.option("--on", "done_on", type=Day(today=False), help="On which day (else today).")
@seen_option
@with_settings
def step(settings, inquiry, what, result, done_on, seen) -> None:
    """Record what was done and what came of it."""
    act(settings, "step", inquiry, what, result=result, done_on=done_on, seen=seen)


@inquiries.command()
@click.argument("inquiry", type=click.UUID)
@click.argument("owner")
@click.option("--why", required=True, metavar="TEXT")
@click.option("--due", type=Day(today=False), help="Until another day.")
@seen_option
@with_settings
def reassign(settings, inquiry, owner, why, due, seen) -> None:
    """Give it to somebody else."""
    act(settings, "reassign", inquiry, owner, why=why, due=due, seen=seen)


@inquiries.command()
@click.argument("inquiry", type=click.UUID)
@click.argument("due", type=Day(today=False))
@click.option("--why", required=True, metavar="TEXT")
@seen_option
@with_settings
def postpone(settings, inquiry, due, why, seen) -> None:
    """Put it off until another day."""
    act(settings, "postpone", inquiry, due, why=why, seen=seen)


@inquiries.command()
@click.argument("inquiry", type=click.UUID)
@click.argument("outcome")
@click.option("--result", type=RESULT, required=True)
@seen_option
@with_settings
def close(settings, inquiry, outcome, result, seen) -> None:
    """Close it with its outcome."""
    act(settings, "close", inquiry, outcome, result=result, seen=seen)


@inquiries.command()
@click.argument("inquiry", type=click.UUID)
@click.option("--why", required=True, metavar="TEXT")
@click.option("--due", type=Day(today=False))
@seen_option
@with_settings
def reopen(settings, inquiry, why, due, seen) -> None:
    """Open a closed one again."""
    act(settings, "reopen", inquiry, why=why, due=due, seen=seen)


def act(settings, name, inquiry, *args, **more):
    """The entry stands; its number in one line."""
    from sitereg import inquiries as work

    with opened(settings, "acting") as session:
        n = getattr(work, name)(session, inquiry, *args, **more)
    click.echo(f"Recorded as entry {n}.")
