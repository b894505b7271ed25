"""What a proposal would change, in words: the record before and after, and what follows from it."""
from flask_babel import gettext as _

from web import words


def told(one, effect):
    """{rows: [(what, before, after)], follows: [sentence]} of a proposal; None where nothing more is to be said of it."""
    if not effect:
        return None
    was, becomes = effect["was"], effect["becomes"]
    rows = [(words.machine(one["machine"], one["aspect"]), words.state(one["machine"], one["aspect"], one["from_state"]),
             words.state(one["machine"], one["aspect"], one["to_state"]))]
    if "best" in becomes:
        rows.append((_("How the site stands on the map and in lists"), words.state("verification", "", was["best"]),
                     words.state("verification", "", becomes["best"])))
    if "next_review" in becomes:
        rows.append((_("Next review"), *(words.day(side["next_review"]) or _("none set") for side in (was, becomes))))
    if was.get("in_doubt_since"):
        rows.append((_("In doubt since"), words.day(was["in_doubt_since"]), _("no longer in doubt")))
    return {"rows": rows, "follows": follows(effect)}


def follows(effect):
    """What follows beside the record itself."""
    tasks = {"consider_exact_place": _("A task: consider whether its exact place may be shown to more."),
             "review_protection": _("A task: decide whether its measures come down and its protection ends."),
             "review_disclosure": _("A task: it is published and no longer confirmed; restrict it or annul the disclosure.")}
    said = [tasks[one["what"]] for one in effect["tasks"] if one["what"] in tasks]
    if effect["becomes"].get("into"):
        said.append(_("All that was said of it goes to %(code)s; its code leads there.", code=effect["becomes"]["into"]))
    if effect["lines"]:
        said.append(_("Lines of inquiry that rest on it are computed anew."))
    if effect["published"]:
        said.append(_("The site is published: readers outside see the change."))
    return said
