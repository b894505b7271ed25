"""What would settle a site, in words: the pieces of evidence that guards lack, and the question that an inquiry is opened with."""
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from web import language, words

MET = {
    "has_claim": lazy_gettext("somebody says so"), "triage_reason": lazy_gettext("a reason is given"),
    "assessed": lazy_gettext("it was assessed, and a kind of it is at least suspected"),
    "planned_measure": lazy_gettext("a measure is planned"), "active_measure": lazy_gettext("a measure is active"),
    "last_measure_gone": lazy_gettext("no measure stands any more"), "disturbance_open": lazy_gettext("a disturbance is open"),
    "total_severity": lazy_gettext("a total disturbance is recorded"), "more_found": lazy_gettext("more was found since"),
    "renewed_finding": lazy_gettext("something was found since"),
    "refuted_or_merged": lazy_gettext("every kind is refuted, or it was merged"),
    "kind_changed": lazy_gettext("a kind of it was raised since"),
    "confirming_evidence_gone": lazy_gettext("an account under the confirmation no longer counts"),
    "new_claim_or_error_shown": lazy_gettext("something was recorded since"),
    "support_gone": lazy_gettext("an account under the level no longer counts"),
}


def groups(rows):
    """The rows of api.site_settle by what they are about: [{machine, aspect, state, up, other}]; up: steps to a better state."""
    found = {}
    for row in rows:
        here = found.setdefault((row["machine"], row["aspect"]), {
            "machine": row["machine"], "aspect": row["aspect"], "state": row["from_state"], "proposed": row["proposed"],
            "up": [], "other": []})
        here["up" if row["up"] else "other"].append(told(row))
    return list(found.values())


def told(row):
    """One step with what is said of it: standing (ready, in_form, lacks), each guard in words."""
    return {**row, "standing": "lacks" if row["barred"] else "in_form" if row["lacking"] else "ready",
            "told": [guard(one) for one in row["guards"]]}


def guard(one):
    """{met, in_form, ways}: each way the pieces [(words, met)] in the reader's language; a guard without pieces says itself."""
    ways = [[(piece(x), x["have"] >= x["want"]) for x in pieces] for pieces in one["ways"]]
    if one["met"] and ways:
        ways = [next(pieces for pieces in ways if all(there for _words, there in pieces))]
    alone = [[(language.said(one["needs"]) if one["needs"] else met(one["guard"]), one["met"])]]
    return {"met": one["met"], "in_form": one["in_form"], "ways": ways or alone}


def met(name):
    """What holds where a guard without pieces is met."""
    return _("; ").join(str(MET.get(one, one.replace("_", " "))) for one in name.split("|"))


def piece(one):
    """A piece of evidence with how much of it there is, where that is more than yes or no."""
    name = language.said(one["words"])
    if one["want"] == 1:
        return name
    return _("%(what)s: %(have)s of %(want)s", what=name, have=one["have"], want=one["want"])


def standing(row):
    """How near a step is, in a few words."""
    if row["standing"] == "ready":
        return _("all that is asked for is there")
    if row["standing"] == "in_form":
        return _("the evidence is there; the rest is said in the form")
    return ngettext("%(num)d piece of evidence is lacking", "%(num)d pieces of evidence are lacking", row["short"])


def question(row, kind):
    """What an inquiry that is opened with one click asks: who or what could show what is lacking."""
    lacking = _("; ").join(shortest(one) for one in row["guards"] if one["guard"] in {lack["guard"] for lack in row["barred"]})
    return _("%(what)s, from %(was)s to %(now)s. Lacking: %(lacking)s. Who or what could show it?",
             what=words.machine(row["machine"], kind), was=words.state(row["machine"], kind, row["from_state"]),
             now=words.state(row["machine"], kind, row["to_state"]), lacking=lacking.rstrip("."))


def shortest(one):
    """What the shortest way of a guard lacks."""
    ways = [[x for x in pieces if x["have"] < x["want"] and not x["form"]] for pieces in one["ways"]]
    if not ways:
        return language.said(one["needs"])
    return _(", ").join(piece(x) for x in min(ways, key=lambda lack: sum(x["want"] - x["have"] for x in lack)))
