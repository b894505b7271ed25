"""Makes docs/bad-input.md of the cases and attacks: what should become of each, and what did. `python -m tests.files.bad_input`"""

import tempfile
from pathlib import Path

from sitereg.errors import STATUS_OF_CODE
from tests.files import cases
from tests.files.attacks import ATTACKS

PAGE = Path(__file__).parents[2] / "docs" / "bad-input.md"
HEAD = """# Bad input and what becomes of it

Made by `python -m tests.files.bad_input` from the cases in `tests/files/corpus` and the attacks in `tests/files/attacks.py`; a test
compares it with what happens. Where the handling differs from what a reader may expect, the reason stands in
[decisions/0030](decisions/0030-bad-input.md). All input is invented.

accepted, flagged: claims are made, the row's words are kept. quarantined: the words are kept, no claims, a person decides, and is shown the
readings that are possible (`proposed`). rejected: the words are kept, nothing else. refused: nothing of the file is kept.

## What partners send

| # | input | should | got | codes | readings |
|---|---|---|---|---|---|
"""
ATTACKED = """
## What an attacker sends

Each is read by the closed reader beside a file that every user may read and a server on the same machine that counts connections, and
one of each kind once more by an ordinary user: the file's words come in nowhere, nobody connects, each is refused within 10 s and 200 MB
(`tests/sitereg/imports/test_attacks.py`). The number is that of the kind of attack.

| # | input | answer |
|---|---|---|
"""


def page(became=None) -> str:
    """The page; `became(case)` answers what became of a case, its runs by default."""
    with tempfile.TemporaryDirectory() as room:
        became = became or (lambda case: cases.runs(case, Path(room)))
        rows = [_shown(case) if "see" in case else _row(case, became(case)) for case in cases.load()]
    attacked = [_line(one.number, one.says, _answer(one.code)) for one in sorted(ATTACKS.values(), key=lambda one: one.number)]
    return HEAD + "\n".join(rows) + "\n" + ATTACKED + "\n".join(attacked) + "\n"


def _row(case: dict, got: list[cases.Got]) -> str:
    refused = case.get("any_refused", [case["refused"]] if "refused" in case else [])
    should = "refused" if refused else " or ".join(case.get("any", [case.get("outcome")]))
    outcomes = dict.fromkeys(one for each in got for one in each.outcomes)
    codes = dict.fromkeys(code for each in got for code in each.codes)
    readings = max((len(p.proposed) for each in got for one in each.drafts for p in one.problems), default=0)
    return _line(case["n"], case["says"], should, ", ".join(outcomes), ", ".join(f"`{one}`" for one in codes), readings or "")


def _shown(case: dict) -> str:
    path = case["see"].partition("::")[0]
    return _line(case["n"], case["says"], case["does"], f"[{path.rpartition('/')[2]}](../{path})", "", "")


def _answer(code: str | None) -> str:
    return f"refused: `{code}`, {STATUS_OF_CODE.get(code, 422)}" if code else "read; what reaches elsewhere is dropped and told"


def _line(*cells) -> str:
    return "| " + " | ".join(str(one).replace("|", "\\|").replace("\n", " ") for one in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
