"""How each column of the matrix is asked through each door: the code of the rule that was observed, or None where there is no such door.

A probe is told nothing of what should be seen. Doors: function (an opened session), page (the web), sql (a login that is an analyst,
too), each given the house and the row.
"""
import re

import psycopg

from sitereg import events, holdings, persons, sites, vault
from sitereg.errors import Denied, NotFound
from tests.sitereg.matrix_house import NAMES, NUMBER, OPEN, SPOT

OF_TIER = {frozenset(): "none", frozenset({0}): "t0", frozenset({0, 1}): "t1", frozenset({0, 1, 2}): "t2"}
SITES = {"t0": {"open"}, "t1": {"open", "plain", "grave"}, "t2": {"open", "plain", "grave", "secret"}}
SITES |= {"t1_names": SITES["t1"] | {"named"}, "t2_names": SITES["t2"] | {"named", "named2"}, "t2_frozen": SITES["t2"] | {"frozen"}}
KEYS = ("open", "plain", "grave", "secret", "named", "named2", "frozen")
CASES = {"none": set(), "asked_for": {"asked"}, "t1": {"asked", "draft", "listed"}, "t2": {"asked", "draft", "listed", "hidden"}}
CASES |= {f"{tier}_names": CASES[tier] | {"apart"} for tier in ("t1", "t2")}
ALL = CASES["t2_names"]
CELL = re.compile(r"\b(10|1) km")
PRECISION = {"exact": "exact", "cell_1km": "one_km", "cell_10km": "ten_km"}


def refusing(ask):
    """What the question answers, `refused` where the role or the login may not ask it."""
    try:
        return ask()
    except (Denied, psycopg.errors.InsufficientPrivilege):
        return "refused"
    except psycopg.Error as refusal:
        if refusal.sqlstate == "SR403":
            return "refused"
        raise


def which(rules, seen):
    """The rule that gives exactly what was seen."""
    return next((rule for rule, meant in rules.items() if meant == set(seen)), f"something else: {sorted(seen)}")


def held(house, keys, text):
    """Which of these things are named in a page or among rows, by code."""
    return {key for key in keys if house.known[key] in text}


def column(connection, query, *values):
    return {row[0] for row in connection.execute(query, values).fetchall()}


def closed(connection, query, *values):
    """No login for SQL may call this, whoever it is."""
    assert refusing(lambda: connection.execute(query, values)) == "refused"


def tier_of(seen, one, two):
    """t1 or t2 by whether the thing of each tier was seen; none."""
    return {(False, False): "none", (True, False): "t1", (True, True): "t2"}.get((one in seen, two in seen), "something else")


class Sites:
    def function(house, session, who):
        return which(SITES, held(house, KEYS, repr(sites.find(session)) + " "))

    def page(house, who):
        return which(SITES, held(house, KEYS, house.get(who, "/sites")[1]))

    def sql(house, connection, who):
        return which(SITES, held(house, KEYS, repr(column(connection, "select code from v_site"))))


class Place:
    def key(who):
        return "open" if who.startswith("t0") else "grave"

    def function(house, session, who):
        return PRECISION[next(iter(sites.find(session, q=house.known[Place.key(who)])))["shown_as"]]

    def page(house, who):
        text = house.get(who, f"/sites/{house.known[Place.key(who)]}")[1]
        told = text.partition('id="h-place"')[2].partition("<b>")[2].partition("</b>")[0]
        if [digits for digits in map(str, (*SPOT, *OPEN)) if digits[:7] in text]:
            return "exact" if CELL.search(told) is None else "something else"
        return {"1": "one_km", "10": "ten_km"}[CELL.search(told)[1]]

    def sql(house, connection, who):
        return PRECISION[column(connection, "select shown_as from v_site where code = %s", house.known[Place.key(who)]).pop()]


def records(text, house):
    found = tier_of(text, house.known["records1"], house.known["records2"])
    return "t0" if found == "none" else f"{found}_names" if house.known["records_named"] in text else found


class Records:
    def function(house, session, who):
        return records(repr(holdings.find(session)), house)

    def page(house, who):
        return records(house.get(who, "/holdings")[1], house)

    def sql(house, connection, who):
        return records(repr(column(connection, "select code from v_holding")), house)


class Persons:
    def function(house, session, who):
        seen = held(house, ALL, repr(persons.find(session)))
        assert seen == held(house, ALL, repr([session.rows("all_persons"), session.rows("person_frame")]))
        assert seen == {key for key in ALL if house.known[key] in {row["record_code"] for row in session.rows("all_claims")}}
        return which(CASES, seen)

    def page(house, who):
        return which(CASES, held(house, ALL, house.get(who, "/persons")[1]))

    def sql(house, connection, who):
        return which(CASES, held(house, ALL, repr(column(connection, "select code from v_person"))))


class Events:
    def function(house, session, who):
        return next((PRECISION[one] for one in set(events.frame(session)["shown_as"])), "none")

    def page(house, who):
        status, text = house.get(who, f"/persons/{house.known['asked']}")
        return "none" if status == 404 else "exact" if str(SPOT[0])[:7] in text else "ten_km" if "10 km" in text else "something else"

    def sql(house, connection, who):
        return next((PRECISION[one] for one in column(connection, "select shown_as from v_event")), "none")


class Names:
    def function(house, session, who):
        return refusing(lambda: "opened" if NAMES in repr(persons.names_of(session, house.known["asked"], reason="the matrix")) else "none")

    def page(house, who):
        status, text = house.post(who, f"/persons/{house.known['asked']}/names", reason="the matrix")
        return "opened" if NAMES in text else {403: "refused", 404: "refused"}[status]

    def sql(house, connection, who):
        closed(connection, "select * from api.person_names(%s, 'the matrix')", house.known["asked"])


class Numbers:
    def function(house, session, who):
        try:
            with session.savepoint():
                shown = NUMBER in repr(persons.why(session, house.known["asked"], "external_id"))
                assert shown == (NUMBER in repr(persons.show(session, house.known["asked"])["external_ids"]))
        except NotFound:
            shown = False
        found = session.rows("subjects_by_external", scheme="partner", values=[f"{NUMBER}-asked"])
        return "shown" if shown and found else "joined" if found else "none"

    def page(house, who):
        shown = NUMBER in house.get(who, f"/persons/{house.known['asked']}/why/external_id")[1]
        return "shown" if shown else ("none", "joined")

    def sql(house, connection, who):
        shown = column(connection, "select value from v_claim where field like 'external_id%%' and value like %s", f"%{NUMBER}%")
        closed(connection, "select 1 from api.subjects_by_external('partner', array[%s])", f"{NUMBER}-asked")
        return "shown" if shown else None


class Links:
    def function(house, session, who):
        seen = repr(session.rows("link_events", question="held"))
        drawn = {one["code"] for one in session.rows("link_sites", question="held")}
        assert bool(drawn) == (not who.startswith("t0"))
        return which(CASES, held(house, ALL, seen))

    page = None

    def sql(house, connection, who):
        closed(connection, "select person_code from api.link_events('held')")


def said_by(row, exact):
    """The rule of a testimony's row of a why: what is told of who says it."""
    label, kind, recorded = row["source_label"], row["source_type"], row["recorded"]
    assert row["source_family"] == "testimony" and row["reliability"]
    if label is None:
        return "published" if kind is None and len(recorded) == 7 else "something else"
    if kind is None:
        return "coarse" if len(recorded) == 7 else "something else"
    return "whole" if len(recorded) == (20 if exact else 10) else "something else"


class Sources:
    def function(house, session, who):
        key = "open" if who.startswith("t0") else "plain"
        rows = sites.why(session, house.known[key], "place")
        return said_by(rows[0], exact=not who.startswith("t0"))

    page = None

    def sql(house, connection, who):
        told = connection.execute("select label_en, source_type, source_family from v_source where source_family = 'testimony'").fetchall()
        if who.startswith("t0"):
            return "published" if all(one[0] is None and one[1] is None for one in told) else "something else"
        return {True: "whole", False: "coarse"}[any(one[1] for one in told)] if told else "nothing"


def words(text):
    spoken, written = "in his own words" in text, "as the register has it" in text
    return "spoken" if spoken and written else "written" if written else "none" if not spoken else "something else"


class Quotes:
    def function(house, session, who):
        try:
            return words(repr(sites.why(session, house.known["plain"], "kind")))
        except NotFound:
            return "none"

    def page(house, who):
        return words(house.get(who, f"/sites/{house.known['plain']}/why/kind")[1])

    def sql(house, connection, who):
        return words(repr(column(connection, "select quote from v_claim")))


class Teller:
    def function(house, session, who):
        return refusing(lambda: vault.holds(session, "source", house.known["told"]) and "one_by_one")

    def page(house, who):
        return {200: "one_by_one", 403: "refused"}[house.get(who, f"/vault/open/report/{house.known['report1']}")[0]]

    def sql(house, connection, who):
        closed(connection, "select api.vault_open('source', %s)", house.known["told"])


PROBES = {"sites": Sites, "place": Place, "records": Records, "persons": Persons, "events": Events, "names": Names, "numbers": Numbers,
          "links": Links, "sources": Sources, "quotes": Quotes, "teller": Teller}
