"""Why something is covered in a redacted copy, and what can be wrong with one."""
from sitereg.vocab.scheme import Scheme


class RedactionReason(Scheme):
    """Why a region or an interval is covered; worded: it is said in words besides."""

    SOURCE_IDENTITY = "source_identity", "identity of a source"
    WITNESS = "witness", "a witness"
    FAMILY_MEMBER = "family_member", "a member of a family"
    MINOR = "minor", "a minor"
    THIRD_PERSON = "third_person", "a third person"
    EXACT_PLACE = "exact_place", "an exact place"
    STAFF = "staff", "staff"
    SECURITY = "security", "security"
    OTHER = "other", "another reason, in words", {"worded": True}


class RedactionState(Scheme):
    """Where a redaction stands."""

    DRAFT = "draft", "a draft"
    WAITING = "waiting", "waits to be checked"
    MADE = "made", "made: the redacted copy stands"
    RETRACTED = "retracted", "its copy was retracted"
    DROPPED = "dropped", "dropped"


class RedactionLength(Scheme):
    """What stands where sound was covered."""

    KEEP = "keep", "silence of the same length"
    CUT = "cut", "one second of silence, whatever was there: the length tells nothing"


class RedactionFault(Scheme):
    """What was found in a redacted copy that may not be in it; such a copy is not kept."""

    TEXT = "text", "text that can be read out"
    METADATA = "metadata", "data about the file or who made it"
    ANNOTATION = "annotation", "an annotation"
    FORM = "form", "fields of a form"
    DRAWING = "drawing", "something drawn over the picture"
    ATTACHMENT = "attachment", "a file inside the file"
    REVISION = "revision", "an earlier revision"
    ACTION = "action", "something that runs when it is opened"
    THUMBNAIL = "thumbnail", "a small second picture"
    TRAILING = "trailing", "bytes behind its end"
    STRUCTURE = "structure", "a part that no such file of ours has"
    KIND = "kind", "another kind of file than was asked for"
    PAGES = "pages", "another number of pages"
    SIZE = "size", "another size than the original"
    UNCOVERED = "uncovered", "something shows where it should be covered"
    DIFFERS = "differs", "something else than the original shows where nothing is covered"
    TAG = "tag", "a tag"
    HEARD = "heard", "something is heard where it should be silent"
    SOUND_DIFFERS = "sound_differs", "something else than the original is heard where nothing is covered"
    WORD = "word", "a word that must not appear"
