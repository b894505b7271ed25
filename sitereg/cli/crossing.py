"""`sitereg cross`: two partners' lists of persons crossed before either hands its list over; no registry, no network."""
import csv
import io

import click

from sitereg.cli.options import json_option, show


@click.group("cross")
def cross() -> None:
    """Which persons two lists have in common, without either list leaving its desk.

    Each partner makes a half of a key and sends it sealed to the other, joins both, and encodes his own list. A third who never
    holds the key compares the two files, and each partner finds his own rows by the numbers that stayed with him.
    """


@cross.group()
def key() -> None:
    """The key of one crossing: two halves, one of each partner."""


@key.command()
@click.argument("half")
@json_option
def new(half, as_json) -> None:
    """Make one's own half and keep it in the file HALF. It is a secret."""
    from sitereg.crossing import keys, lists

    made = keys.half()
    lists.keep({half: made + "\n"})
    _told({"half": half, "spoken": keys.spoken(made)}, as_json, "Your half is in {half}. Send it to your partner sealed (age), by "
          "another road than the lists, and tell each other its word by telephone: {spoken}")


@key.command()
@click.argument("mine")
@click.argument("theirs")
@click.option("--to", "to", required=True, metavar="KEY", help="The file of the key, which must not exist.")
@json_option
def join(mine, theirs, to, as_json) -> None:
    """Join the own half and the partner's to the key of this crossing; the order does not matter."""
    from sitereg.crossing import keys, lists

    made = keys.join(lists.text(mine), lists.text(theirs))
    lists.keep({to: made + "\n"})
    _told({"key": to, "spoken": keys.spoken(made)}, as_json, "The key is in {key}. Your partner must hear the same word: {spoken}")


@cross.command()
@click.argument("path", metavar="LIST")
@click.option("--key", "key_", required=True, metavar="KEY", help="The key of this crossing.")
@click.option("--to", "to", required=True, metavar="FILE", help="The file of encodings, which leaves the desk.")
@click.option("--numbers", required=True, metavar="CSV", help="Which row got which number; stays at the desk.")
@click.option("--name", default="name", show_default=True, metavar="COLUMN", help="The column of names.")
@click.option("--born", default="birth_year", show_default=True, metavar="COLUMN", help="The column of birth years or days.")
@click.option("--origin", default="origin", show_default=True, metavar="COLUMN", help="The column of the place of origin.")
@click.option("--without", multiple=True, type=click.Choice(["born", "origin"]), help="Leave this out, at both desks alike.")
@click.option("--plain", is_flag=True, help="Do not lay the halves of each encoding on each other: easier to read for an attacker.")
@click.option("--salted", is_flag=True,
              help="Key names with the birth year, too: little to count, and what has another year is lost.")
@json_option
def encode(path, key_, to, numbers, name, born, origin, without, plain, salted, as_json) -> None:
    """Encode one's own LIST (.csv or .xlsx) to a file without names, with row numbers drawn by lot."""
    from sitereg.crossing import encodings, lists
    from sitereg.crossing.marks import FIELDS
    from sitereg.crossing.schema import Schema

    schema = Schema(tuple(one for one in FIELDS if one not in without), "plain" if plain else "fold", salted)
    people, rows = lists.people(path, name=name, born=born if "born" not in without else None,
                                origin=origin if "origin" not in without else None)
    coded = encodings.encode(people, lists.text(key_), schema)
    lists.keep({numbers: lists.numbered(coded, rows), to: encodings.written(coded.file)})
    _told({"file": to, "numbers": numbers, "rows": len(coded.numbers), "left_out": len(coded.left),
           "key": coded.file.commitment, "schema": coded.file.fingerprint}, as_json,
          "{rows} rows encoded in {file}; {left_out} without a name were left out. {numbers} stays with you.")


@cross.command()
@click.argument("one")
@click.argument("other")
@click.option("--least", type=click.FloatRange(0, 1, min_open=True), default=None, metavar="SHARE",
              help="The least similarity of a pair (0.75).")
@json_option
def compare(one, other, least, as_json) -> None:
    """Lay two files of encodings beside each other: CSV of numbers, similarity, and the next best of either row."""
    from sitereg.crossing import comparing, encodings, lists

    made = comparing.cross(encodings.read(lists.text(one), one), encodings.read(lists.text(other), other), least or comparing.LEAST)
    if as_json:
        show(made)
        return
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [("one", "other", "similarity", "rival"), *((p.one, p.other, p.similarity, p.rival) for p in made.pairs)])
    click.echo(out.getvalue(), nl=False)
    click.echo(f"{len(made.pairs)} pairs from {made.least:g} on, of {made.rows[0]} and {made.rows[1]} rows. A pair is a "
               "question for two people, not an answer.", err=True)


def _told(made, as_json, words):
    if as_json:
        show(made)
    else:
        click.echo(words.format(**made))
