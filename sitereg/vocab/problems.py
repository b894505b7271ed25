"""What can be wrong with a value or a row, and what an import does about it unless told otherwise."""

from sitereg.vocab.scheme import Scheme

_NOTE = {"outcome": "accepted"}
_FLAG = {"outcome": "flagged"}
_HOLD = {"outcome": "quarantined"}
_STOP = {"outcome": "rejected"}


class ProblemCode(Scheme):
    """One fault; outcome: what becomes of the row by default (an `accepted` fault is only written down)."""

    # places
    SWAPPED = "swapped", "latitude and longitude may be swapped", _HOLD
    AMBIGUOUS_PLACE = "ambiguous_place", "the coordinates can be read in more than one way", _HOLD
    BAD_COORDINATES = "bad_coordinates", "the coordinates cannot be read", _STOP
    OUT_OF_RANGE = "out_of_range", "the coordinates lie outside the earth's degrees", _STOP
    MISSING_ZONE = "missing_zone", "the grid zone is missing", _HOLD
    PROJECTED_COORDINATES = "projected_coordinates", "the numbers look like metres of a projection", _HOLD
    UNKNOWN_DATUM = "unknown_datum", "the datum is not stated", _FLAG
    SHORT_LINK = "short_link", "a short link is not followed: open it and paste the numbers", _HOLD
    OUTSIDE_AREA = "outside_area", "the place lies outside the declared area", _FLAG
    NULL_ISLAND = "null_island", "the coordinates are zero or a placeholder", _FLAG
    REPEATED_POINT = "repeated_point", "many rows share this very point", _FLAG
    CENTROID = "centroid", "the point is the centre of an administrative unit", _FLAG
    NO_GEOMETRY = "no_geometry", "no place is given", _FLAG
    COORDINATES_IMPRECISE = "coordinates_imprecise", "the coordinates are rounded", _FLAG
    UNCERTAINTY_RAISED = "uncertainty_raised", "the stated uncertainty is less than the numbers allow", _FLAG
    BAD_UNCERTAINTY = "bad_uncertainty", "the uncertainty cannot be read", _FLAG
    PLACES_DISAGREE = "places_disagree", "two places given for the same thing lie apart", _HOLD
    UNIT_DISAGREES = "unit_disagrees", "the place and the administrative unit disagree", _FLAG
    UNKNOWN_UNIT = "unknown_unit", "the administrative code is not in its edition", _HOLD
    BAD_GEOMETRY = "bad_geometry", "the shape is not valid", _HOLD
    GEOMETRY_REPAIRED = "geometry_repaired", "the shape was closed, turned or flattened", _NOTE
    AREA_TOO_LARGE = "area_too_large", "the shape is too large for its kind", _HOLD
    UNKNOWN_CRS = "unknown_crs", "the coordinate system is not stated", _HOLD
    CAMERA_POINT = "camera_point", "the point is where a camera stood, not the place", _FLAG
    NOT_CHECKED = "not_checked", "a test could not be made", _NOTE
    AMBIGUOUS_TOPONYM = "ambiguous_toponym", "several places have this name", _FLAG
    # dates
    BAD_DATE = "bad_date", "the date cannot be read", _HOLD
    IMPOSSIBLE_DATE = "impossible_date", "there is no such day", _STOP
    AMBIGUOUS_DATE = "ambiguous_date", "the date can be read in more than one way", _HOLD
    FUTURE_DATE = "future_date", "the date lies in the future", _STOP
    TWO_DIGIT_YEAR = "two_digit_year", "the year has two digits", _HOLD
    EXCEL_SERIAL = "excel_serial", "the date is a number of a spreadsheet", _HOLD
    HIJRI_DATE = "hijri_date", "the date is of the Hijri calendar (within two days)", _NOTE
    VAGUE_DATE = "vague_date", "the date is vague", _NOTE
    UNSURE_DATE = "unsure_date", "the source is not sure of the date", _NOTE
    DATE_UNKNOWN = "date_unknown", "the image has no scene or day of its own", _FLAG
    REVERSED_INTERVAL = "reversed_interval", "the end lies before the beginning", _HOLD
    IMPOSSIBLE_ORDER = "impossible_order", "the dates cannot follow each other", _FLAG
    # numbers, codes, text
    BAD_NUMBER = "bad_number", "the number cannot be read", _HOLD
    VAGUE_COUNT = "vague_count", "the number is vague", _NOTE
    DIGITS_LOST = "digits_lost", "the identifier is not what it was: digits were lost or misread", _HOLD
    UNKNOWN_CODE = "unknown_code", "the word is not in the vocabulary", _HOLD
    BAD_GRADE = "bad_grade", "the grade is not one of A-F and 1-6", _FLAG
    MISSING_REQUIRED = "missing_required", "a value that must be given is missing", _STOP
    TOO_LONG = "too_long", "the text is too long", _STOP
    NUL_CHARACTER = "nul_character", "the text holds a forbidden character", _STOP
    ENCODING_LOSSY = "encoding_lossy", "letters were lost before the file came here", _STOP
    MOJIBAKE = "mojibake", "the text was read in a wrong encoding", _HOLD
    COUNTS_DISAGREE = "counts_disagree", "a count disagrees with another value of the row", _FLAG
    TEXT_SPLIT = "text_split", "columns of a page had run together: split at the gap", _NOTE
    PLACEHOLDER_NAME = "placeholder_name", "the name is a placeholder", _NOTE
    NAMED_BY_RELATION = "named_by_relation", "a relation is named and not the person", _FLAG
    NAME_PARTED = "name_parted", "a title or kunya was told apart from the name", _NOTE
    INFERRED_VALUE = "inferred_value", "the value was guessed and not told: it is not taken", _FLAG
    AGE_DISAGREES = "age_disagrees", "the age and the date of birth disagree", _FLAG
    PERSONAL_DATA = "personal_data", "the text may hold personal data", _HOLD
    # rows
    DUPLICATE_KEY = "duplicate_key", "the same identifier stands in several rows", _FLAG
    DUPLICATE_ROW = "duplicate_row", "the row is the same as an earlier one", _FLAG
    UNKNOWN_COLUMN = "unknown_column", "the profile does not speak of this column", _FLAG
    RAGGED_ROW = "ragged_row", "the row has more or fewer fields than the header", _STOP
    TOTALS_ROW = "totals_row", "the row is a total, not a record", _STOP
    CONSENT_MISSING = "consent_missing", "no consent is recorded: treated as not asked", _FLAG
    # parts of a file
    HIDDEN_PART = "hidden_part", "a part of the file is hidden", _FLAG
    NOT_READ = "not_read", "a part of the file was not read", _FLAG
    MERGED_CELL = "merged_cell", "cells were merged: the value counts for each row", _FLAG
    FORMULA_RESULT = "formula_result", "cells are formulas: their stored results were taken", _NOTE
    SPREADSHEET_ERROR = "spreadsheet_error", "the cell shows an error of the spreadsheet", _HOLD
    LINK_DROPPED = "link_dropped", "a link to elsewhere was not followed", _NOTE
    # an edited working copy
    CHANGED_SINCE = "changed_since", "the record has changed since it was copied", _FLAG
    NOT_TAKEN = "not_taken", "this is not taken from a working copy", _FLAG
    STATUS_NOT_TAKEN_OVER = "status_not_taken_over", "another body's status is kept as its claim", _FLAG
