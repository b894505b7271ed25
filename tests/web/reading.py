"""What a person reads of an answer."""
import re


def words(answer):
    """The text of a page without its marks: no address, number of a request, token or code of a form is in it."""
    text = answer if isinstance(answer, str) else answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
