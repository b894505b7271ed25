"""The form of a visit for phones, as its standard's own converter reads it, and the submissions that come back."""
import csv
import json
from datetime import date

import openpyxl
import pytest
from click.testing import CliRunner
from PIL import Image
from pyxform.xls2xform import convert

from sitereg import protection, sites
from sitereg.cli import main
from sitereg.entering import visits, visitsheet
from sitereg.errors import BadInput
from tests import given
from tests.sitereg import analysing

pytestmark = pytest.mark.db
SAID = {"visited_on": "2025-03-02", "team": "T7", "covered": "the north half", "not_searched": "the cellar: mines", "findings": "fresh earth",
        "negative": "no", "damage_assessed": "yes", "remains": "in_place", "disturbed": "no"}


@pytest.fixture(scope="module")
def filled(server):
    with analysing.house(server, "visits") as settings:
        analysing.bind(settings)
        source = analysing.sources(settings)["B"]
        with analysing.as_(settings, "worker")() as session:
            codes = [given.site(session, given.kind("mass_grave"), given.place(36.5 + n / 10, 33.5), source=source)[1] for n in range(4)]
        yield settings, codes


def written(path, rows, prefix=""):
    """An export of submissions: as Central writes CSV, or as Kobo writes a workbook with groups before the names."""
    head = [*dict.fromkeys(prefix + name for row in rows for name in row), "meta-instanceID"]
    lines = [[row.get(name.removeprefix(prefix), "") for name in head] for row in rows]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *lines])
    else:
        book = openpyxl.Workbook()
        for line in [head, *lines]:
            book.active.append(line)
        book.save(path)
    return path


def take(settings, path, name="worker", **more):
    with analysing.as_(settings, name)() as session:
        return visits.take(session, path, **more)


def of(settings, code, what=protection.visits):
    with analysing.as_(settings, "worker", "reading")() as session:
        return what(session, sites.show(session, code)["id"])


def test_the_form_converts_without_a_warning_and_asks_in_both_languages(tmp_path):
    visitsheet.form(tmp_path / "visit.xlsx", public_key="MIIB abc")
    made = convert(tmp_path / "visit.xlsx", validate=False)
    assert made.warnings == []
    text = made.xform
    assert "ما الذي شوهد" in text and "What was seen" in text and 'lang="العربية (ar)"' in text and 'base64RsaPublicKey="MIIBabc"' in text
    assert "SYS-[0-9A-Z]{6}" in text and "today()" in text and not any(one in text for one in ("SYS-K", "36.", "33."))
    for name in visitsheet.FIELDS:
        assert f"<{name}" in text, name
    with pytest.raises(BadInput, match="already"):
        visitsheet.form(tmp_path / "visit.xlsx")


def test_every_sentence_of_the_form_is_arabic_too():
    from sitereg.sentences import catalogue
    words = {one for field in visitsheet.FIELDS.values() for one in (field.words, field.hint) if one} | {m for _, m in visitsheet.RULES.values()}
    assert not words - catalogue("ar").keys()


@pytest.mark.parametrize(("name", "prefix"), [("central.csv", ""), ("kobo.xlsx", "visit_group/")])
def test_a_submission_is_a_visit_and_the_same_export_again_writes_nothing(filled, tmp_path, name, prefix):
    settings, codes = filled
    code = codes[0 if prefix else 1]
    path = written(tmp_path / name, [{"site": code.lower(), **SAID, "covered_shape": "33.5 36.5 0 5; 33.501 36.5 0 5; 33.501 36.501 0 5; 33.5 36.5 0 5"}], prefix)
    assert take(settings, path, dry_run=True)[0]["outcome"] == "recorded" and not of(settings, code)
    told = take(settings, path)
    assert [(row["outcome"], row["problems"]) for row in told] == [("recorded", [])]
    held, = of(settings, code)
    assert (str(held["id"]), held["visited_on"], held["team"], held["covered"], held["not_searched"], held["findings"], held["negative"],
            held["damage_assessed"]) == (told[0]["visit"], date(2025, 3, 2), "T7", "the north half", "the cellar: mines", "fresh earth", False, True)
    assert held["covered_shape"] is not None
    assert [row["outcome"] for row in take(settings, path)] == ["already"] and len(of(settings, code)) == 1
    other = written(tmp_path / f"2{name}", [{"site": code, **SAID, "findings": "nothing new"}], prefix)
    assert [row["outcome"] for row in take(settings, other)] == ["recorded"]


def test_a_disturbance_comes_with_its_visit_and_words_may_be_labels_in_arabic(filled, tmp_path):
    settings, codes = filled
    row = {"الرمز العام للموقع": codes[2], "يوم الزيارة": "2025-03-03", "ما الذي جرى تفقّده": "كل شيء", "هل لم يُعثر على شيء في ما جرى تفقّده؟": "لا",
           "هل قُدِّر الضرر؟": "نعم", "هل جرى العبث بالمكان؟": "نعم", "كيف جرى العبث به؟": "looting", "ما مدى الضرر؟": "severe"}
    told = take(settings, written(tmp_path / "a.csv", [row]))
    assert told[0]["outcome"] == "recorded", told
    harm, = of(settings, codes[2], protection.disturbances)
    assert (harm["kind"], harm["severity"]) == ("looting", "severe")
    with analysing.as_(settings, "worker", "reading")() as session:
        assert sites.show(session, codes[2])["protection"] in ("compromised", "unassessed", "unprotected")


def test_photographs_are_kept_as_documents_and_a_missing_one_is_told(filled, tmp_path):
    settings, codes = filled
    (tmp_path / "media").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "media" / "one.jpg")
    path = written(tmp_path / "p.csv", [{"site": codes[3], **SAID, "photo_1": "one.jpg", "photo_2": "../../etc/passwd", "photo_3": "three.jpg"}])
    told, = take(settings, path, media=tmp_path / "media")
    assert told["outcome"] == "recorded" and [(one.code, one.field) for one in told["problems"]] == [("not_read", "photo_2"), ("not_read", "photo_3")]
    with analysing.dba(settings) as raw:
        kept, tier = raw.execute("select cardinality(v.documents), d.tier from reg.visit v join reg.document d on d.id = v.documents[1]"
                                 " where v.id = %s", [told["visit"]]).fetchone()
    assert (kept, tier) == (1, 2)


@pytest.mark.parametrize(("change", "field"), [
    ({"site": "SYS-1"}, "site"), ({"site": "SYS-ZZZZZZ-Z"}, "site"), ({"visited_on": "yesterday"}, "visited_on"), ({"visited_on": "2999-01-01"}, "visited_on"),
    ({"negative": "perhaps"}, "negative"), ({"remains": "gone"}, "remains"), ({"negative": "yes", "covered": ""}, "covered"),
    ({"covered_shape": "33 36"}, "covered_shape"), ({"disturbed": "yes"}, "kind"), ({"disturbed": ""}, "disturbed")])
def test_what_is_wrong_with_one_costs_that_one_alone(filled, tmp_path, change, field):
    settings, codes = filled
    before = len(of(settings, codes[3]))
    good = {"site": codes[3], **SAID, "findings": f"{field} {change}"}
    told = take(settings, written(tmp_path / "b.csv", [{**good, **change}, good]))
    assert [row["outcome"] for row in told] == ["refused", "recorded"] and told[0]["problems"][0].field == field, told[0]
    assert len(of(settings, codes[3])) == before + 1


def test_what_is_no_export_of_the_form_is_refused(filled, tmp_path):
    for name, text, words in (("a.csv", "x,y\n1,2\n", "no export of the form"), ("a.pdf", "x", "csv or .xlsx")):
        (tmp_path / name).write_text(text)
        with pytest.raises(BadInput, match=words):
            take(filled[0], tmp_path / name)
    told = take(filled[0], written(tmp_path / "c.csv", [{"site": filled[1][0], **SAID, "visited_on": "2025-05-05"}]), name="analyst1")
    assert [row["outcome"] for row in told] == ["refused"], "an analyst records no visits"


def test_the_shell_makes_the_form_and_takes_submissions(filled, tmp_path, monkeypatch):
    monkeypatch.setattr("sitereg.settings.Settings.from_env", classmethod(lambda cls: filled[0]))
    run = lambda *words: CliRunner().invoke(main, words)  # noqa: E731
    (tmp_path / "key.pem").write_text("-----BEGIN PUBLIC KEY-----\nMIIB\nabc\n-----END PUBLIC KEY-----\n")
    assert run("visits", "form", str(tmp_path / "f.xlsx"), "--public-key", str(tmp_path / "key.pem")).exit_code == 0
    assert openpyxl.load_workbook(tmp_path / "f.xlsx")["settings"]["E2"].value == "MIIBabc"
    path = written(tmp_path / "s.csv", [{"site": filled[1][0], **SAID, "findings": "by the shell"}, {"site": "x", **SAID}])
    said = run("visits", "take", str(path), "--dry-run", "--as", "worker")
    assert said.exit_code == 0 and "recorded" in said.output and "unknown_code in site" in said.output and "Nothing was written." in said.output, said.output
    assert json.loads(run("visits", "take", str(path), "--json", "--as", "worker").stdout)["rows"][0]["visit"]
