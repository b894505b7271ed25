"""A redacted copy of sound, looked at before it is kept: its samples beside those of the original, and every byte of the file.

Written without the code that makes copies. Samples that are covered are zero, the others those of the original, one by one, to
within the last bit. The same samples written once more give the same file to the last byte: there is no room for a tag, a picture
or anything behind the end; the parts of the file are read besides, so that a refusal can say what was found (FLAC format 1.2,
metadata blocks; RIFF chunks).
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from sitereg.imports.readers import check_bytes
from sitereg.imports.readers.check_pages import word_faults

DRIVERS: tuple[str, ...] = ()
NEEDS = ("soundfile", "numpy")
BLOCK, GAP_SECONDS = 1 << 17, 1
_FLAC = {1: None, 3: None, 2: "structure", 4: "tag", 5: "structure", 6: "attachment"}
_CHUNKS, _TOLD = (b"fmt ", b"data", b"fact"), (b"LIST", b"id3 ", b"ID3 ", b"bext", b"iXML")


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """{"looked": {"faults": [...], "samples": n}}: the second of files is the copy. options: as redact_sound, and words."""
    data = Path(files[1]["path"]).read_bytes()
    faults, beside = (_flac if options["form"] == "flac" else _wav)(data)
    faults += word_faults(beside, data, options["words"])
    more, samples = _compared(files[0]["path"], files[1]["path"], options)
    faults += more
    readable = not any(one["code"] == "kind" for one in faults)
    if readable and not _same_again(files[1]["path"], Path(options["into"]), options["form"]):
        faults.append(check_bytes.fault("trailing"))
    yield {"looked": {"faults": faults[:100], "samples": samples}}


def _flac(data):
    """(faults, what stands before the samples) of a FLAC file."""
    if data[:4] != b"fLaC":
        return [check_bytes.fault("kind", byte=0)], data
    faults, at, last = [], 4, False
    while not last and at + 4 <= len(data):
        last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        end = at + 4 + int.from_bytes(data[at + 1:at + 4], "big")
        body = data[at + 4:end]
        if kind == 4:
            vendor = struct.unpack("<I", body[:4])[0]
            if body[4:17] != b"reference lib" or body[4 + vendor:] != b"\0\0\0\0":
                faults.append(check_bytes.fault("tag", byte=at))
        elif kind == 1 and any(body):
            faults.append(check_bytes.fault("structure", byte=at))
        elif kind and _FLAC.get(kind, "structure"):
            faults.append(check_bytes.fault(_FLAC.get(kind, "structure"), byte=at))
        at = end
    if data[-128:-125] == b"TAG" or data[-32:-24] == b"APETAGEX":
        faults.append(check_bytes.fault("tag", byte=len(data) - 128))
    return faults, data[:at]


def _wav(data):
    """(faults, all but the samples) of a WAV file."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return [check_bytes.fault("kind", byte=0)], data
    faults, rest, at = [], bytearray(data[:12]), 12
    while at + 8 <= len(data):
        name, end = data[at:at + 4], at + 8 + struct.unpack("<I", data[at + 4:at + 8])[0]
        if name not in _CHUNKS:
            faults.append(check_bytes.fault("tag" if name in _TOLD else "structure", byte=at))
        rest += data[at:at + 8] if name == b"data" else data[at:end]
        at = end + end % 2
    return faults, bytes(rest + data[at:])


def _compared(original, copy, options):
    """(faults, samples) where a covered sample is not zero, or another is not that of the original."""
    import numpy
    import soundfile

    found = {}
    try:
        with soundfile.SoundFile(original) as was, soundfile.SoundFile(copy) as now:
            rate, off = was.samplerate, 1.5 / (1 << (23 if now.subtype == "PCM_24" else 15))
            if (now.samplerate, now.channels) != (rate, was.channels):
                return [check_bytes.fault("kind", byte=0)], 0
            for start, end, covered in _expected(options, rate, was.frames):
                while not covered and was.tell() < start and len(was.read(min(BLOCK, start - was.tell()))):
                    pass  # read and not leapt over: a lossy decoder that leaps comes out elsewhere
                left = end - start
                while left and len(got := now.read(min(BLOCK, left), always_2d=True)):
                    if covered:
                        differs = bool(got.any())
                    else:
                        want = numpy.clip(was.read(len(got), always_2d=True), -1, 1)
                        differs = len(want) != len(got) or bool((numpy.abs(got - want) > off).any())
                    if differs:
                        found.setdefault("heard" if covered else "sound_differs", start / rate)
                    left -= len(got)
                if left:
                    found.setdefault("sound_differs", start / rate)
            if now.tell() != now.frames:
                found.setdefault("sound_differs", now.tell() / rate)
            return [{**check_bytes.fault(code), "seconds": round(at, 2)} for code, at in found.items()], now.frames
    except (soundfile.LibsndfileError, RuntimeError):
        return [check_bytes.fault("kind", byte=0)], 0


def _expected(options, rate, frames):
    """(first sample of the original, the one behind, whether it is covered) of each stretch of the copy, one after the other."""
    import numpy

    began, ended = options["excerpt"] or (0, frames / rate)
    first, last = int(numpy.floor(began * rate)), min(int(numpy.ceil(ended * rate)), frames)
    at = first
    for a, b in _joined(options["marks"], rate, first, last):
        if a > at:
            yield at, a, False
        yield (a, b, True) if options["length"] == "keep" else (0, GAP_SECONDS * rate, True)
        at = b
    if at < last:
        yield at, last, False


def _joined(marks, rate, first, last):
    """The covered stretches within the excerpt, in samples, in order, none touching the next."""
    import numpy

    edges = sorted((int(numpy.floor(a * rate)), int(numpy.ceil(b * rate))) for a, b in marks)
    open_from = open_to = None
    for a, b in edges:
        a, b = max(a, first), min(b, last)
        if a >= b:
            continue
        if open_to is not None and a <= open_to:
            open_to = max(open_to, b)
            continue
        if open_to is not None:
            yield open_from, open_to
        open_from, open_to = a, b
    if open_to is not None:
        yield open_from, open_to


def _same_again(path, into, form):
    """Whether the samples of the file, written once more, give the same bytes."""
    import soundfile

    with soundfile.SoundFile(path) as given:
        how = "int32" if given.subtype == "PCM_24" else "int16"
        with soundfile.SoundFile(into, "w", given.samplerate, given.channels, given.subtype, format=form.upper()) as out:
            for block in given.blocks(blocksize=1 << 18, dtype=how, always_2d=True):
                out.write(block)
    return into.read_bytes() == Path(path).read_bytes()
