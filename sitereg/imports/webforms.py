"""Exports of web forms (Kobo, ODK, Google Forms, Microsoft Forms), known by the columns that they add: one is the row's
number, the rest tells of whoever filled in the form and when, which is left out. Pure."""
import re
from collections.abc import Sequence

_KOBO = ("start end today deviceid username simserial subscriberid phonenumber audit __version__"
         " _id _submission_time _validation_status _notes _status"
         " _submitted_by _tags _index _xform_id_string _attachments _geolocation meta/instanceid meta/rootuuid formhub/uuid")
_ODK = ("submissiondate start end today deviceid username phonenumber simserial"
        " meta-instanceid meta-instancename submitterid submittername"
        " attachmentspresent attachmentsexpected status reviewstate edits formversion")
FORMS = {  # name: (what shows it, the number of a row, what is left out)
    "KoboToolbox": ({"_uuid", "_submission_time"}, "_uuid", set(_KOBO.split())),
    "ODK": ({"key", "submissiondate"}, "key", set(_ODK.split())),
    "Microsoft Forms": ({"id", "start time", "completion time"}, "id",
                        {"start time", "completion time", "email", "name", "last modified time", "total points", "quiz feedback"}),
    "Google Forms": ({"timestamp"}, "", {"timestamp", "email address", "username", "score"}),
    "نماذج غوغل": ({"طابع زمني"}, "", {"طابع زمني", "عنوان البريد الإلكتروني", "النتيجة"}),
}
_GEOPOINT = re.compile(r"^(?P<stem>.+?)[-_ ](?P<part>latitude|longitude|altitude|precision|accuracy)$", re.IGNORECASE)

__all__ = ["FORMS", "form_of", "question", "told"]


def form_of(columns: Sequence[str]) -> str | None:
    """Whose export these columns are, or None; Google's has its time alone, so there it is the first column."""
    held = [one.strip().lower() for one in columns]
    return next((name for name, (shown, number, _out) in FORMS.items()
                 if shown <= set(held) and (number or held[:1] == list(shown))), None)


def told(columns: Sequence[str]) -> dict[str, str]:
    """{column: field} of what such a form adds: id, lat, lon, or left_out; empty where the columns are of no form.

    The whole cell of a geopoint stands beside its four parts; the parts are taken, and how exact a device held itself is not.
    """
    form = form_of(columns)
    if form is None:
        return {}
    _shown, number, out = FORMS[form]
    found = {}
    for column in columns:
        name, met = column.strip().lower(), _GEOPOINT.match(column.strip())
        if name == number:
            found[column] = "id"
        elif name in out:
            found[column] = "left_out"
        elif met:
            found[column] = {"latitude": "lat", "longitude": "lon"}.get(met["part"].lower(), "verbatim")
    return found


def question(column: str, form: str | None) -> str:
    """What a column is called: in the export of a form without the groups that its question stands in."""
    return column.rsplit("/", 1)[-1] if form else column
