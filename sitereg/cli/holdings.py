"""`sitereg holdings`: archives, registers and lists; who keeps them, in what state, who was let in, what was lost."""
import functools

import click

from sitereg import vocab
from sitereg.cli import why as behind
from sitereg.cli.features import collection, logged, one_page, pages, said
from sitereg.cli.options import Day, json_option, limit_option, opened, show, with_settings
from sitereg.cli.saying import source_of, sourced
from sitereg.cli.words import counted, days, value

CODES = {scheme: click.Choice(list(vocab.SCHEMES[scheme].codes())) for scheme in (
    "record_kind", "record_condition", "extent_unit", "extent_definition", "authority_kind", "records_access", "protection_status",
    "disturbance_kind")}


def told(command):
    """The command takes what is said of records and is called with `what`."""

    @click.option("--kind", "kinds", multiple=True, type=CODES["record_kind"], help="Of what they consist; may be given again.")
    @click.option("--years", nargs=2, type=int, metavar="FIRST LAST", help="The years that they cover.")
    @click.option("--extent", nargs=2, type=float, metavar="MIN MAX", help="How much there is; the same twice where it is exact.")
    @click.option("--unit", type=CODES["extent_unit"], help="Of the extent.")
    @click.option("--definition", type=CODES["extent_definition"], help="How the extent is known.")
    @click.option("--condition", type=CODES["record_condition"])
    @click.option("--digitised", nargs=2, type=float, metavar="MIN MAX", help="How much is digitised, in hundredths.")
    @click.option("--custodian", metavar="NAME", help="Who keeps them.")
    @click.option("--custodian-kind", type=CODES["authority_kind"], default="unknown", show_default=True)
    @click.option("--held-at", metavar="SITE", help="The code of the site where they lie.")
    @click.option("--records-of", metavar="SITE", help="The code of the site that they are of.")
    @click.option("--note", metavar="TEXT")
    @click.option("--observed", type=Day(today=False), help="The day on which their state was seen.")
    @functools.wraps(command)
    def wrapped(*args, kinds, years, extent, unit, definition, condition, digitised, custodian, custodian_kind, held_at, records_of,
                note, observed, **more):
        what = {"kinds": kinds, "years": years, "condition": condition, "note": note, "observed_on": observed, "held_at": held_at,
                "records_of": records_of}
        if extent or unit or definition:
            low, high = extent or (None, None)
            what["extent"] = {"unit": unit, "definition": definition, "min": low, "max": high}
        if digitised:
            what["digitised"] = {"min": digitised[0], "max": digitised[1]}
        if custodian:
            what["custodian"] = {"name": {"en": custodian}, "kind": custodian_kind}
        return command(*args, what={key: one for key, one in what.items() if one}, **more)

    return wrapped


@click.group()
def holdings() -> None:
    """Bodies of records: archives, registers, lists."""


@holdings.command()
@click.argument("words", nargs=-1)
@click.option("--kind", "kinds", multiple=True, type=CODES["record_kind"], help="Of this kind; may be given again.")
@click.option("--protection", multiple=True, type=CODES["protection_status"])
@click.option("--condition", multiple=True, type=CODES["record_condition"])
@click.option("--access", multiple=True, type=CODES["records_access"], help="What last came of asking for access.")
@click.option("--site", metavar="CODE", help="That lie at this site, or are of it.")
@limit_option
@click.option("--after", metavar="CODE", help="Go on after this code.")
@json_option
@with_settings
def find(settings, words, site, limit, after, as_json, **filters) -> None:
    """Find bodies of records by WORDS of a title or a code, and by filters."""
    from sitereg import holdings as work

    chosen = {name: list(codes) for name, codes in filters.items() if codes}
    with opened(settings) as session:
        rows = pages(functools.partial(work.find, session, q=" ".join(words) or None, site=site, **chosen), limit, after)
        logged(session, "holdings_find", rows)
    answer = collection(rows, limit)
    if as_json:
        show(answer)
        return
    for row in rows:
        kinds = ", ".join(said("record_kind", one) for one in row["record_kinds"]) or "kind not known"
        access = said("records_access", row["last_access"]["code"]) if row["last_access"] else "access never asked for"
        where = ", ".join(one["code"] for one in row["sites"]) or "no site known"
        known = (kinds, said("protection_status", row["protection"]), access, where)
        click.echo("  ".join([row["code"], called(row["names"]), *known]))
    if answer["next"]:
        click.echo(f"There may be more: --after {answer['next']}")
    if not rows:
        click.echo("No records here in what you may see.")


@holdings.command("show")
@click.argument("code")
@json_option
@with_settings
def show_one(settings, code, as_json) -> None:
    """Show one body of records: what it is, who keeps it, who was let in, what was lost."""
    from sitereg import holdings as work

    with opened(settings) as session:
        page = work.show(session, code)
        if not page["merged_into"]:
            logged(session, "holding", [{"code": page["code"], "shown_as": page["place"]["shown_as"]}], subject=page["id"])
    one_page(page, as_json, tell)


@holdings.command()
@click.argument("code")
@click.argument("field")
@json_option
@with_settings
def why(settings, code, field, as_json) -> None:
    """List the claims behind FIELD (record_kind, extent, authority, records_access, ...), the strongest first."""
    from sitereg import holdings as work

    with opened(settings) as session:
        rows = work.why(session, code, field)
        logged(session, "holding_why", [{"code": code, "shown_as": "exact"} for row in rows if row["shape"]][:1])
    if as_json:
        show(rows)
        return
    behind.tell(rows)
    if not rows:
        click.echo("Nothing was said about this in what you may see.")


@holdings.command()
@click.option("--title-en", metavar="TEXT", help="What they are called, in English.")
@click.option("--title-ar", metavar="TEXT", help="What they are called, in Arabic.")
@click.option("--tier", type=click.IntRange(1, 2), default=1, show_default=True)
@told
@sourced
@json_option
@with_settings
def add(settings, title_en, title_ar, tier, what, source, credibility, first_hand, as_json) -> None:
    """Record a body of records, with what a source says of it."""
    from sitereg import holdings as work

    with opened(settings, "acting") as session:
        made = work.record(session, source_of(session, source), name={"en": title_en, "ar": title_ar}, tier=tier,
                           credibility=credibility, first_hand=first_hand, **placed(session, what))
    answer(as_json, {"code": made.code, "holding": made.subject}, f"{made.code}: recorded.")


@holdings.command()
@click.argument("code")
@told
@sourced
@json_option
@with_settings
def say(settings, code, what, source, credibility, first_hand, as_json) -> None:
    """Record what a source says of records that stand."""
    written(settings, code, what, source, credibility, first_hand, as_json)


@holdings.command()
@click.argument("code")
@click.argument("result", type=CODES["records_access"])
@click.option("--on", type=Day(today=False), required=True, help="On which day.")
@click.option("--asked-by", metavar="TEXT", help="Which unit asked.")
@click.option("--answered-by", metavar="TEXT", help="Who answered.")
@click.option("--note", metavar="TEXT")
@sourced
@json_option
@with_settings
def access(settings, code, result, on, asked_by, answered_by, note, source, credibility, first_hand, as_json) -> None:
    """Record that access was asked for, or what came of it."""
    entry = {"code": result, "on": on, "asked_by": asked_by, "answered_by": answered_by, "note": note}
    written(settings, code, {"access": entry}, source, credibility, first_hand, as_json)


@holdings.command()
@click.argument("code")
@click.argument("kind", type=CODES["disturbance_kind"])
@click.option("--what", "lost", required=True, metavar="TEXT", help="What was lost.")
@click.option("--on", type=Day(today=False), help="On which day.")
@click.option("--by", "by_whom", metavar="TEXT", help="By whom, as it is said.")
@sourced
@json_option
@with_settings
def loss(settings, code, kind, lost, on, by_whom, source, credibility, first_hand, as_json) -> None:
    """Record what was taken, burned or otherwise lost, when and by whom."""
    entry = {"kind": kind, "on": on, "what": lost, "by_whom": by_whom}
    written(settings, code, {"loss": entry}, source, credibility, first_hand, as_json)


def written(settings, code, what, source, credibility, first_hand, as_json):
    """The claims stand with the source's; what became of it in one line."""
    from sitereg import holdings as work

    with opened(settings, "acting") as session:
        made = work.say(session, standing(session, code)["id"], source_of(session, source), credibility=credibility,
                        first_hand=first_hand, **placed(session, what))
    answer(as_json, {"code": code, "claims": made}, f"{code}: {counted(len(made), 'claim')} recorded.")


def standing(session, code):
    """The page of the records that stand under that code now."""
    from sitereg import holdings as work
    from sitereg.errors import BadInput

    page = work.show(session, code)
    if page["merged_into"]:
        raise BadInput(f"{page['code']} was merged into {page['merged_into']}", do="Use the code of what it became.")
    return page


def placed(session, what):
    """What is said, with the ids of the sites whose codes were given."""
    from sitereg.cli.disclosing import standing as site

    return {key: site(session, one) if key in ("held_at", "records_of") else one for key, one in what.items()}


def answer(as_json, made, line):
    show(made) if as_json else click.echo(line)


def called(names):
    """A title in English, else in whatever language there is."""
    return names.get("en") or next(iter(names.values()), "-")


def tell(page):
    """The page of records as lines."""
    names = [f"{name} ({language})" for language, name in page["names"].items()]
    click.echo(f"{page['code']}  {' / '.join(names) or '-'}   T{page['tier']}, version {page['version']}")
    click.echo(f"protection  {said('protection_status', page['protection'])}")
    for fact in page["facts"]:
        known = f"   ({fact['standing']}; {counted(fact['sources'] or 0, 'source')})" if fact["standing"] else ""
        click.echo(f"{fact['field']:<32} {value(fact['field'], fact['value'])}{known}{'  CONFLICT' if fact['conflict'] else ''}")
    for one in page["authorities"]:
        click.echo(f"{said('authority_role', one['role']):<32} {called(one['names'] or {})}")
    for one in page["relations"]:
        click.echo(f"{said('relation_kind', one['kind'])} -> {one['code']}")
    for one in page["access"]:
        by = "; ".join(filter(None, (one.get("asked_by") and f"asked by {one['asked_by']}",
                                     one.get("answered_by") and f"answered by {one['answered_by']}", one.get("note"))))
        click.echo(f"{said('records_access', one['code']):<32} {days(one['at']) if one['at'] else 'day not known'}  {by}")
    for one in page["losses"]:
        by = f" by {one['by_whom']}" if one.get("by_whom") else ""
        day = days(one["at"]) if one["at"] else "day not known"
        click.echo(f"{said('disturbance_kind', one['kind']):<32} {day}  {one.get('what') or ''}{by}")
