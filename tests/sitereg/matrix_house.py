"""One registry in which every column of the matrix has something to see, and one account for each row, asked through every door."""
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

from sitereg import consent, exports, holdings, imports, reports, sharing, sources
from sitereg.entering import drafts
from sitereg.matrix import WHO
from sitereg.store import people
from tests import given
from tests.sitereg import analysing
from tests.sitereg.imports.steps import HEADER, ROWS, partner
from tests.sitereg.peopled import publish
from web import create_app, identity

SPOT = (36.123456, 33.543217)  # digits that occur nowhere else
OPEN = (36.654321, 33.234567)
NAMES, NUMBER = "Invented Personname", "A-4711"


@dataclass
class House:
    """settings; known: ids and codes by what they are for; app: the web, in which whoever the test says sits."""

    settings: object
    known: dict = field(default_factory=dict)
    app: object = None
    sits: str = ""

    def account(self, who):
        return who.replace("_", ".")

    def reading(self, who):
        return analysing.as_(self.settings, self.account(who), "reading")()

    def acting(self, who):
        return analysing.as_(self.settings, self.account(who))()

    def get(self, who, path, **more):
        """(status, text) of a page as that row of the matrix."""
        self.sits = self.account(who)
        answer = self.app.test_client().get(path, **more)
        return answer.status_code, answer.text

    def post(self, who, path, **form):
        """The same of a form, with the token of a page before it, and of the page that it leads to."""
        self.sits, client = self.account(who), self.app.test_client()
        token = client.get("/persons").text.partition('name="csrf_token" value="')[2].partition('"')[0]
        answer = client.post(path, data={"csrf_token": token, **form}, follow_redirects=True)
        return answer.status_code, answer.text


def made(settings, folder, monkeypatch):
    """The House, filled."""
    house = House(replace(settings, second_factor=()))
    with analysing.dba(settings) as raw:
        for who in WHO:
            for name, roles in ((who.code, who.roles), (f"sql_{who.code}", (*who.roles, "analyst"))):
                account = people.account(raw, house.account(name), display=name, os_user=f"os_{name}")
                people.clearance(raw, account, tier=who.tier, compartments=who.compartments, roles=list(roles), reason="the matrix")
    fill(house, analysing.sources(settings)["B"], folder)
    house.app = create_app(house.settings)
    house.app.testing = True
    monkeypatch.setattr(identity, "seated", lambda: house.sits)
    return house


def fill(house, told, folder):
    """told: the id of a source that is a testimony of tier 1."""
    known, settings = house.known, house.settings
    with analysing.as_(settings, "worker")() as session:
        written = sources.new(session, "official_record", {"en": "A register"}, reliability="B", reason="test", terms=given.TERMS)
        lost = sources.new(session, "testimony_resident", {"en": "Whoever took it back"}, reliability="B", reason="test", terms=given.TERMS)

        def site(key, *said, source=told, **more):
            known[f"{key}_id"], known[key], known[f"{key}_claims"] = given.site(session, *said, source=source, key=key, **more)

        site("open", given.kind("court"), given.place(*OPEN))
        site("plain", given.kind("court", quote="in his own words"), given.name("Plain Court"), given.place(36.15, 33.15))
        given.say(session, known["plain_id"], given.kind("court", quote="as the register has it"), source=written)
        given.say(session, known["plain_id"], given.name("Taken Back"), source=lost)
        site("grave", given.kind("mass_grave"), given.name("Dry Well"), given.place(*SPOT), exact_tier=2)
        site("secret", given.kind("court"), given.name("Secret Court"), given.place(36.2, 33.2), tier=2)
        site("named", given.kind("court"), given.name("Named Court"), given.place(36.3, 33.3), compartments=["names"])
        site("named2", given.kind("court"), given.name("Named Secret"), given.place(36.3, 33.35), tier=2, compartments=["names"])
        site("frozen", given.kind("prison_military"), given.name("Frozen Prison"), given.place(36.85, 33.85))
        cases(session, known, told)
        for tier in (1, 2):
            held = holdings.record(session, told, name={"en": f"Register {tier}"}, kinds=["detention_register"], tier=tier)
            known[f"records{tier}"] = held.code
            known[f"report{tier}"] = reports.record(session, f"Words of report {tier}", terms=given.TERMS, tier=tier, source=told)
        held = holdings.record(session, told, name={"en": "Register of names"}, kinds=["detention_register"], compartments=["names"])
        known["records_named"] = held.code
        reports.record(session, "Words of report names", terms=given.TERMS, tier=1, source=told, compartments=["names"])
        table = folder / "list.csv"
        table.write_text(HEADER + ROWS)
        imports.run(session, table, profile=partner())
        drafts.save(session, uuid4(), "site", {"name": "a draft of a worker"})
    publish(settings, known["open_id"], known["open_claims"])
    with analysing.dba(settings) as raw:
        stands(raw, known["asked_id"], "open_missing")
        stands(raw, known["draft_id"], "draft")
    exports.write(analysing.as_(settings, "worker"), folder / "left.csv", recipient="A commission of the matrix", purpose="test")
    with analysing.as_(settings, "officer")() as session:
        sharing.freeze(session, "site", code=known["frozen"], reason="digging", review_on=session.value("today") + timedelta(days=30))
    with analysing.as_(settings, "worker")() as session:
        consent.change(session, lost, consent="withdrawn", why="they asked")
    known |= {"told": told, "lost": lost}


def cases(session, known, source):
    """One for whom somebody asked, one that a testimony named, one of a list, one that T2 alone knows, one in a compartment; each with an event at the spot."""
    for key, tier in (("asked", 1), ("draft", 1), ("listed", 1), ("hidden", 2), ("apart", 1)):
        said = [analysing.event("held_at", lon=SPOT[0], lat=SPOT[1], radius=30, at="[2013-03-01,2013-04-01)"),
                {"predicate": "person_name", "value": {"text": NAMES}},
                {"predicate": "external_id", "value": {"scheme": "partner", "value": f"{NUMBER}-{key}"}}]
        known[f"{key}_id"], known[key] = analysing.person(
            session, *said, source=source, tier=tier, compartments=["names"] if key == "apart" else None)


def stands(raw, person, state):
    """The case is in that state, as if somebody had decided it."""
    raw.execute("insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, basis, value, proposed_by, tier, scope,"
                " recorded_by, event, digest, observed_on) select reg.new_id(), s.id, 'case', '', 9, 'listed', %s, 'arranged', '{}', '{}',"
                " s.recorded_by, s.tier, s.scope, s.recorded_by, reg.new_id(), '', '2024-03-02' from reg.subject s where s.id = %s", [state, person])
    raw.execute("select api._resolve(array[%s]::uuid[])", [person])
