"""`sitereg reports|sites add|persons add|testimony`: what was told, entered in the shell; refused whole, sent once."""
import json

import pytest

from sitereg import persons, sites
from tests import given
from tests.sitereg import cases
from tests.sitereg.entering import HEAD, NAMES, line
from tests.sitereg.entering.test_xlsx import fill

pytestmark = pytest.mark.db
ONCE = ("--who", "testimony_survivor", "--partner", "Our office", "--terms", "by telephone", "--use", "search_for_missing", "--consent", "given",
        "--covers", "store")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The shell stands in a folder of its own."""
    monkeypatch.chdir(tmp_path)


def test_a_report_is_taken_listed_and_sorted_to_a_new_site(run, registry):
    said = run("reports", "add", *ONCE, "--words", "A pit behind the mill", "--place", "geo:33.5138,36.2765", "--when", "May 2013", "--callback", "yes")
    assert said.exit_code == 0, said.output
    assert "point 33.51380, 36.27650 +-" in said.stdout and "2013-05-01 to 2013-05-31" in said.stdout and "receipt " in said.stdout
    row, = json.loads(run("reports", "list", "--json").stdout)
    assert (row["words"], row["state"], row["receipt"]) == ("A pit behind the mill", "new", said.stdout.split("receipt ")[1][:8])
    assert "A pit behind the mill" in run("reports", "list").stdout and "reports" in {action for action, _ in said.logged}
    done = run("reports", "sort", row["id"], "new_site", "--kind", "mass_grave", "--place", "--why", "nothing near it", "--json")
    code = json.loads(done.stdout)["site"]
    assert sites.show(registry, code)["kinds"][0]["verification"] == "reported"
    assert run("reports", "list").stdout == "No report here in what you may see.\n"


def test_a_place_that_can_be_read_twice_is_refused_with_the_ways_to_say_which(run, registry):
    words = ("reports", "add", *ONCE, "--words", "x", "--place", "33.5138, 36.2765")
    refused = run(*words)
    assert refused.exit_code == 1 and "33.513800,36.276500  point 33.51380, 36.27650 +-" in refused.stderr and "words  keep it" in refused.stderr
    assert run(*words, "--pick", "33.513800,36.276500").exit_code == 0 and run(*words, "--pick", "words").exit_code == 0


def test_without_consent_nothing_is_written_and_what_is_lacking_is_said(run, registry):
    refused = run("sites", "add", *ONCE[:-4], "--kind", "mass_grave")
    assert refused.exit_code == 1 and "consent" in refused.stderr
    refused = run("sites", "add", *ONCE[:-4], "--consent", "refused", "--kind", "mass_grave")
    assert refused.exit_code == 1 and "nothing is written" in refused.stderr and sites.count(registry) == 0


def test_a_site_and_a_person_are_entered_and_only_checked_on_demand(run, registry):
    checked = run("sites", "add", *ONCE, "--kind", "security_branch", "--name", "The Branch", "--place", "behind the mill", "--check")
    assert checked.exit_code == 0 and "kept as words, without a place" in checked.stdout and sites.count(registry) == 0
    made = json.loads(run("sites", "add", *ONCE, "--kind", "security_branch", "--name", "The Branch", "--json").stdout)
    assert sites.show(registry, made["written"]["subjects"][0][0])["names"] == {"en": "The Branch"}
    told = json.dumps({"name": NAMES[0], "words": "A scar"})
    made = json.loads(run("persons", "add", *ONCE, "--from", "-", "--sex", "male", "--asked", "--json", input=told).stdout)
    assert persons.show(registry, made["written"]["subjects"][0][0])["case_state"] == "open_missing"


def test_no_case_is_opened_in_the_shell_while_cases_are_not_registered(run, registry):
    subject, code = cases.case(registry, {"predicate": "event", "value": {"kind": "reported_missing_filed"}})
    with registry.dba() as raw:
        given.stage(raw, opens=False)
        claim = raw.execute("select id from reg.claim where subject = %s", [subject]).fetchone()[0]
    for words in (("decisions", "decide", code, "case", "open_missing", "--reason", "they ask", "--basis", str(claim)),
                  ("persons", "add", *ONCE, "--from", "-", "--sex", "male", "--asked")):
        refused = run(*words, input=json.dumps({"name": NAMES[0]}))
        assert refused.exit_code == 2 and "two persons open it first" in " ".join(refused.stderr.split()), refused.output
    assert persons.count(registry, states=["open_missing"]) == 0


@pytest.mark.parametrize("form", ["json", "en", "ar"])
def test_a_testimony_is_read_back_before_it_is_written_and_written_once(run, registry, tmp_path, form):
    if form == "json":
        path = tmp_path / "t.json"
        path.write_text(json.dumps({**HEAD, "language": "ar", "rows": [line(NAMES[0]), line(NAMES[1], place='"')]}, ensure_ascii=False))
    else:
        path = fill(tmp_path / "t.xlsx", form)
    back = run("testimony", "add", path.name)
    assert back.exit_code == 0 and "Nothing is written yet" in back.stdout and NAMES[0] in back.stdout and "السطر 1." in back.stdout
    assert persons.count(registry) == 0
    made = json.loads(run("testimony", "add", path.name, "--read-aloud", "--json").stdout)["written"]
    assert len(made["subjects"]) == 2 and persons.count(registry) == 2
    again = json.loads(run("testimony", "add", path.name, "--read-aloud", "--json").stdout)["written"]
    assert (again["receipt"], again["already"]) == (made["receipt"], True) and persons.count(registry) == 2


def test_the_template_is_written_once_and_refused_as_it_is(run):
    assert run("testimony", "template", "t.xlsx", "--lang", "ar").exit_code == 0
    assert run("testimony", "template", "t.xlsx").exit_code == 1 and run("testimony", "template", "t.csv").exit_code == 1
    refused = run("testimony", "add", "t.xlsx", "--read-aloud")
    assert refused.exit_code == 1 and "example line" in refused.stderr


@pytest.mark.parametrize("content", ["[1]", "{", '{"rows": 3}', '{"rows": [1]}'])
def test_what_is_no_sheet_is_refused_in_words(run, tmp_path, content):
    (tmp_path / "t.json").write_text(content)
    refused = run("testimony", "add", "t.json")
    assert refused.exit_code == 1 and "Traceback" not in refused.output and refused.stderr.strip()


def test_a_receipt_is_found_and_taken_back(run, registry):
    made = json.loads(run("sites", "add", *ONCE, "--kind", "security_branch", "--json").stdout)["written"]
    said = run("reports", "receipt", made["receipt"])
    assert said.exit_code == 0 and made["subjects"][0][0] in said.stdout and "1 live claim" in said.stdout and "receipt" in {action for action, _ in said.logged}
    assert run("reports", "receipt", made["receipt"], "--take-back").exit_code == 1
    assert "1 ended" in run("reports", "receipt", made["receipt"], "--take-back", "--why", "they asked").stdout
    assert "0 live claims" in run("reports", "receipt", made["receipt"]).stdout


def test_a_report_is_attached_by_code(run, registry):
    _, code, _ = given.site(registry, given.kind("mass_grave"))
    run("reports", "add", *ONCE, "--words", "x")
    row, = json.loads(run("reports", "list", "--json").stdout)
    refused = run("reports", "sort", row["id"], "attached", "--why", "x", "--note", "y")
    assert refused.exit_code == 1 and "code" in refused.stderr
    assert run("reports", "sort", row["id"], "attached", "--site", code, "--why", "the same", "--note", "y").stdout == f"{row['id']}: attached, {code}\n"
