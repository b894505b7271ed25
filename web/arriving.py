"""Files that are uploaded: written to their private place and hashed while they come, and only from an open seat."""
from flask import Request, current_app, g, request

from sitereg import submissions
from sitereg.entering import fieldwork
from sitereg.errors import BadInput
from sitereg.imports import spool
from web import seats

UPLOADS = {"intake.upload": spool.MOST_BYTES, "intake_rows.corrected_file": spool.MOST_BYTES,
           "protection.visit": fieldwork.MOST_PHOTOGRAPHS * fieldwork.MOST_BYTES}
BESIDE = 64 * 1024  # bytes of a form around its file


class Arrivals(Request):
    """A request whose uploaded file goes where arrivals go."""

    def _get_file_stream(self, total_content_length, content_type, filename=None, content_length=None):
        if g.get("uploading"):
            return spool.Arriving(current_app.config["SITEREG"])
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)


def widen():
    """A form with a file may be as long as a file may be, if somebody sits there: called before any form is read."""
    if request.method == "POST" and request.endpoint in UPLOADS and seats.state() == "open":
        g.uploading = True
        request.max_content_length = UPLOADS[request.endpoint] + BESIDE
    if request.endpoint == "door.part":
        request.max_content_length = submissions.PART + submissions.AROUND


def taken():
    """(the file as it arrived, its name); raises BadInput where none was sent."""
    file = request.files.get("file")
    if file is None or not file.filename or not isinstance(file.stream, spool.Arriving):
        raise BadInput("The form is not complete", do="Choose the file, and send it again.",
                       problems=[{"code": "missing_required", "field": "file", "value": "", "message": "This is needed"}])
    return file.stream, file.filename


def pictures(name):
    """The pictures that came under this name, as they arrived; none where none was chosen."""
    return [one.stream for one in request.files.getlist(name) if one.filename and isinstance(one.stream, spool.Arriving)]
