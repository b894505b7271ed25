"""Who says it: the options with which a command names a source that is known, or a new one with its terms."""
import functools

import click

from sitereg import vocab

CODES = {scheme: click.Choice(list(vocab.SCHEMES[scheme].codes())) for scheme in (
    "source_type", "source_connection", "reliability", "credibility", "consent_state", "permitted_use")}


def sourced(command):
    """The command is called with `source` (the options as one dict, for source_of), `credibility` and `first_hand`."""

    @click.option("--source", metavar="ID", help="A source that is known; else describe it with the options that follow.")
    @click.option("--source-type", type=CODES["source_type"], help="What kind of source it is.")
    @click.option("--source-label", metavar="TEXT", help="What it is called; never who it is.")
    @click.option("--connection", type=CODES["source_connection"], help="How it knows.")
    @click.option("--reliability", type=CODES["reliability"], help="A to F.")
    @click.option("--partner", metavar="NAME", help="From whom it came.")
    @click.option("--terms", metavar="TEXT", help="Under which terms it was given.")
    @click.option("--use", "uses", multiple=True, type=CODES["permitted_use"], help="A use that they permit; may be given again.")
    @click.option("--consent", type=CODES["consent_state"], help="What is known of consent.")
    @click.option("--credibility", type=CODES["credibility"], default="6", show_default=True, help="Of what is said: 1 to 6.")
    @click.option("--first-hand/--second-hand", default=None, help="Whether the source saw it.")
    @functools.wraps(command)
    def wrapped(*args, source, source_type, source_label, connection, reliability, partner, terms, uses, consent, **more):
        about = {"source": source, "type": source_type, "label": source_label, "connection": connection,
                 "reliability": reliability, "partner": partner, "terms": terms, "uses": list(uses), "consent": consent}
        return command(*args, source=about, **more)

    return wrapped


def source_of(session, about):
    """The id of the source: the one named, or a new one as described; what is lacking is refused by the registry, named."""
    from uuid import UUID

    from sitereg import sources
    from sitereg.errors import BadInput

    if about["source"]:
        try:
            return UUID(about["source"])
        except ValueError:
            raise BadInput("This is no id of a source", where=about["source"], do="Take it from `sites why --json`.") from None
    return sources.described(session, **{name: one for name, one in about.items() if name != "source"})
