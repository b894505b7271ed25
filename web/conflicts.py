"""Somebody was faster: field by field what stood there when the form was opened, what stands there now, what was typed."""
from flask_babel import gettext as _

from web import forms, language, words

# Of each form the field against which a change of the record stands: {what changed: (field, vocabulary of its codes)}
AGAINST = {
    "decide": {"protection": ("to", "protection_status")},
    "measure_state": {"measure": ("to", "measure_state")},
    "visit": {"remains_state": ("remains", "remains_state"), "access_condition": ("access", "access_condition")},
}


def told(form, changed, site, typed, thing=None):
    """Each change as {field, was, now, by, at, name, yours}, in words. name: the field of the form that it stands against, if
    that was filled in otherwise; yours: what was typed there."""
    rows = [one for one in changed if one["field"] != "version" or len(changed) == 1]
    return [against(form, one, site, typed, thing) for one in rows]


def against(form, one, site, typed, thing):
    row = {**words.changed(one), "at": words.moment(one["at"]) if one.get("at") else ""}
    what, _blank, aspect = one["field"].partition(" ")
    name, scheme = AGAINST.get(form, {}).get(what, (None, None))
    if name is None or (what == "measure" and aspect != str(thing)):
        return row
    now = stands(site, what) or one.get("now")
    was = typed.get(f"was_{name}") or one.get("was")
    row |= {"was": language.word(scheme, was) if was else _("nothing"), "now": language.word(scheme, now) if now else _("nothing")}
    yours = typed.get(name)
    return {**row, "name": name, "yours": language.word(scheme, yours)} if yours and yours != now else row


def left(form, given, typed):
    """Whether anything of what was typed remains, once the fields are taken out of which what stands now is to stay."""
    stays = forms.let_stand(form, typed)
    for name in stays:
        given[name] = None
    return not any(forms.FORMS[form][name].must for name in stays)


def stands(site, what):
    """The code that a field of the record has now, or None."""
    value = next((fact["value"] for fact in site.get("facts", ()) if fact["field"] == what), None)
    return value.get("condition") if isinstance(value, dict) else value
