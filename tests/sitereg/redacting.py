"""What is redacted in tests: made-up pages, pictures and sounds; making and checking without a process of their own."""
import io

import numpy as np
import soundfile
from PIL import Image, ImageDraw

from sitereg.imports.readers import check_pages, check_sound, redact_pages, redact_sound

BOX = [.1, .1, .5, .06]
SECRET = "Invented Bulldozer"
PAGES = {"kind": "pdf", "form": "pdf", "pages": [1, 2], "marks": {"1": [BOX], "2": [[.3, .5, .2, .1]]}, "words": []}
SOUND = {"form": "flac", "length": "keep", "excerpt": None, "marks": [[1.0, 2.5], [3.25, 3.5]], "words": []}
RATE = 8000


def page(n=1, size=(640, 480)):
    """A made-up page: lines of words, other ones on each."""
    made = Image.new("RGB", size, "white")
    drawn = ImageDraw.Draw(made)
    for line in range(12):
        drawn.text((40, 20 + 36 * line), f"{SECRET} {n} {line * 7919 * n}", fill=(20, 20, 140), font_size=24)
    return made


def pdf(path, pages=2, **more):
    """A PDF of such pages, 640 by 480 pixels where 200 dots are an inch."""
    made = [page(n) for n in range(1, pages + 1)]
    made[0].save(path, "PDF", resolution=200, save_all=True, append_images=made[1:], title=SECRET, **more)
    return path


def picture(path, form="PNG", exif=None, **more):
    made = io.BytesIO()
    page().save(made, form, **({"exif": exif} if exif else {}), **more)
    path.write_bytes(made.getvalue())
    return path


def sound(path, seconds=5, form="WAV", subtype="PCM_16", channels=1):
    """A tone that grows, with some noise."""
    at = np.arange(seconds * RATE) / RATE
    tone = .3 * np.sin(2 * np.pi * 330 * at) + np.random.default_rng(7).normal(0, .05, len(at))
    soundfile.write(path, np.repeat(tone[:, None], channels, axis=1), RATE, subtype, format=form)
    return path


def made(originals, into, options, maker=redact_pages):
    """The file that the maker wrote of these originals."""
    list(maker.read([{"path": str(one)} for one in originals], {**options, "into": str(into)}))
    return into


def faults(originals, copy, options, checker=check_pages):
    """{(code, page)} that the checker finds in a copy."""
    (told,) = checker.read([{"path": str(one)} for one in (*originals, copy)], {**options, "into": str(copy) + ".again"})
    return {(one["code"], one["page"]) for one in told["looked"]["faults"]}


def sounded(original, into, options=SOUND):
    return made([original], into, options, redact_sound)


def sound_faults(original, copy, options=SOUND):
    return {code for code, _page in faults([original], copy, options, check_sound)}
