"""What speaks for and against two records being one thing, in words."""
from flask_babel import gettext as _
from flask_babel import ngettext


def part(what, said):
    """One part of the comparison as a sentence."""
    if what == "name":
        return name(said)
    if what == "place":
        return _("their places lie %(km)s km apart", km=f"{said:g}")
    return {
        ("area", "same"): _("an area is the same"), ("area", "other"): _("no area is the same"),
        ("born", "same"): _("they may have been born on the same day"), ("born", "other"): _("they were not born on the same day"),
        ("days", "same"): _("their days meet"), ("days", "other"): _("their days do not meet"),
        ("kind", "same"): _("a kind is the same"), ("kind", "group"): _("their kinds are of one sort"),
        ("kind", "other"): _("their kinds are of other sorts"),
        ("sex", "same"): _("the recorded sex is the same"), ("sex", "other"): _("the recorded sex is another"),
        ("listed", "same"): _("an outside list gives them the same number"),
        ("listed", "other"): _("an outside list gives them two numbers")}[what, said]


def name(said):
    """How the words of the shorter name were met in the longer one."""
    told = {"same": lambda n: ngettext("%(num)d word is the same", "%(num)d words are the same", n),
            "sounds": lambda n: ngettext("%(num)d word sounds the same", "%(num)d words sound the same", n),
            "slip": lambda n: ngettext("%(num)d word differs by a letter", "%(num)d words differ by a letter", n),
            "missing": lambda n: ngettext("%(num)d word is not met", "%(num)d words are not met", n),
            "number": lambda n: ngettext("%(num)d number is another", "%(num)d numbers are others", n)}
    return _("of the names ") + _(", ").join(told[how](said.count(how)) for how in told if how in said)
