"""Redacted sound: decoded, intervals made silent or cut out, written anew without a tag; and how loud it is, drawn.

Written as FLAC or WAV, which keep each sample as it is decoded: what was covered is exactly nothing and the rest what it was, so
that both can be proved. Lossy formats are read (MP3, OGG) and not written: in them silence is not silent to the last bit.
"""

import base64
import io
import itertools
from collections.abc import Iterator

from sitereg.imports.readers import Unreadable

DRIVERS: tuple[str, ...] = ()
NEEDS = ("soundfile", "numpy")
KNOWN = ("WAV", "WAVEX", "FLAC", "MP3", "OGG")
MOST_SAMPLES = 400_000_000  # of all channels: 75 minutes in CD quality, 6 hours of a telephone's recording
BLOCK, GAP_SECONDS = 1 << 18, 1.0
_FINE = ("PCM_24", "PCM_32", "FLOAT", "DOUBLE")
_FORMS = {"flac": "FLAC", "wav": "WAV"}


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """{"made": {seconds, rate, channels}} once the copy lies in options["into"].

    options: form (flac, wav), length (keep, cut), marks ([[began, ended] in seconds]), excerpt ([began, ended] or None: the whole).
    Raises Unreadable for what is no WAV, FLAC, MP3 or OGG, is too long, or an excerpt beyond its end.
    """
    import numpy
    import soundfile

    with opened(files[0]["path"]) as given:
        first, last = spans(given, options["excerpt"])
        holes = merged([(round_down(a, given.samplerate), round_up(b, given.samplerate)) for a, b in options["marks"]])
        fine = given.subtype in _FINE
        gap = numpy.zeros((round(GAP_SECONDS * given.samplerate), given.channels), dtype="int32" if fine else "int16")
        with soundfile.SoundFile(options["into"], "w", given.samplerate, given.channels, "PCM_24" if fine else "PCM_16",
                                 format=_FORMS[options["form"]]) as out:
            written, at = 0, first
            while given.tell() < first and len(given.read(min(BLOCK, first - given.tell()))):
                pass  # read and not leapt over: a lossy decoder that leaps comes out elsewhere
            while at < last and len(block := _read(given, min(BLOCK, last - at), fine)):
                kept = numpy.ones(len(block), dtype=bool)
                for a, b in holes:
                    kept[max(a - at, 0):max(b - at, 0)] = False
                parts = [block * kept[:, None]] if options["length"] == "keep" else _cut(block, kept, holes, at, first, gap)
                for one in parts:
                    out.write(one)
                    written += len(one)
                at += len(block)
        yield {"made": {"seconds": written / given.samplerate, "rate": given.samplerate, "channels": given.channels}}


def _read(given, count, fine):
    """Samples as whole numbers; those of a file that holds fractions (a lossy one, too) rounded to the nearest."""
    import numpy

    if given.subtype.startswith("PCM_"):
        return given.read(count, dtype="int32" if fine else "int16", always_2d=True)
    most = 1 << (23 if fine else 15)
    whole = numpy.clip(numpy.rint(given.read(count, dtype="float64", always_2d=True) * most), -most, most - 1)
    return whole.astype("int32") << 8 if fine else whole.astype("int16")


def _cut(block, kept, holes, at, first, gap):
    """What stays of a block, a gap in the place where each interval begins."""
    edges = sorted({0, len(block), *(max(a - at, 0) for a, b in holes if at <= max(a, first) < at + len(block) and b > first)})
    starts = {max(a, first) - at for a, b in holes if b > first}
    for a, b in itertools.pairwise(edges):
        if a in starts:
            yield gap
        yield block[a:b][kept[a:b]]


def opened(path):
    """The sound file; Unreadable for what is none of KNOWN, or longer than MOST_SAMPLES."""
    import soundfile

    try:
        given = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, RuntimeError, TypeError) as error:
        raise Unreadable("This is no sound that can be read", do="Ask for WAV, FLAC, MP3 or OGG.") from error
    if given.format not in KNOWN:
        given.close()
        raise Unreadable("Sound of this format is not taken", do="Ask for WAV, FLAC, MP3 or OGG.", code="not_this_format")
    if not 0 < given.frames * given.channels <= MOST_SAMPLES:
        given.close()
        raise Unreadable("The sound is too long to be redacted in one piece", do="Cut it into parts first.", code="too_large")
    return given


def spans(given, excerpt):
    """The first sample that is taken and the one behind the last."""
    if not excerpt:
        return 0, given.frames
    first, last = round_down(excerpt[0], given.samplerate), min(round_up(excerpt[1], given.samplerate), given.frames)
    if not 0 <= first < last:
        raise Unreadable("The excerpt lies beyond the end of the sound", do="Give seconds within it.")
    return first, last


def merged(holes):
    """The same intervals, in order, those that meet made one."""
    made = []
    for a, b in sorted(holes):
        if made and a <= made[-1][1]:
            made[-1] = (made[-1][0], max(b, made[-1][1]))
        else:
            made.append((a, b))
    return made


def round_down(seconds, rate):
    return int(seconds * rate // 1)


def round_up(seconds, rate):
    return -int(-seconds * rate // 1)


def waveform(path, width: int = 1200, height: int = 160) -> Iterator[dict]:
    """{"looked": {png, seconds, rate, channels}}: how loud the sound is over its length, as a picture in base64."""
    import numpy
    from PIL import Image

    with opened(path) as given:
        step = max(-(-given.frames // width), 1)
        peaks = numpy.zeros(-(-given.frames // step))
        for n, block in enumerate(given.blocks(blocksize=step, dtype="float32", always_2d=True)):
            peaks[n] = numpy.abs(block).max(initial=0)
        rows = numpy.abs(numpy.arange(height) - (height - 1) / 2)[:, None]
        shape = numpy.where(rows <= numpy.maximum(numpy.minimum(peaks, 1) * height / 2, 0.6)[None, :], 60, 255).astype("uint8")
        made = io.BytesIO()
        Image.frombytes("L", (shape.shape[1], height), shape.tobytes()).resize((width, height)).save(made, "PNG")
        yield {"looked": {"png": base64.b64encode(made.getvalue()).decode("ascii"), "seconds": given.frames / given.samplerate,
                          "rate": given.samplerate, "channels": given.channels}}
