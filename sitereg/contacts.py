"""How to reach somebody, in one form however it was written: telephone numbers and addresses of mail; pure.

    ways("Call 0933 111 222, or a@b.org")    ["tel:963933111222", "mail:a@b.org"]

A number that begins with 0 is taken as Syrian (963).
"""
import re

from sitereg.writing import digits

NUMBER = re.compile(r"(?:\+|00)?\d(?:[\s().\-/]{0,2}\d){6,14}")
MAIL = re.compile(r"[^\s<>,;:]+@[^\s<>,;:]+\.[^\s<>,;:.]+")
MOST = 4


def ways(text):
    """The ways that the text names, at most MOST, each once."""
    plain = digits(text)
    mails = [f"mail:{one.lower()}" for one in MAIL.findall(plain)]
    numbers = [f"tel:{number(one)}" for one in NUMBER.findall(MAIL.sub(" ", plain))]
    return list(dict.fromkeys(numbers + mails))[:MOST]


def number(text):
    """A telephone number with the code of its country and nothing but digits."""
    bare = re.sub(r"\D", "", text)
    if text.startswith("+"):
        return bare
    if bare.startswith("00"):
        return bare[2:]
    if bare.startswith("0"):
        return "963" + bare[1:]
    return "963" + bare if len(bare) == 9 and bare[0] == "9" else bare
