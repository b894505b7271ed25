"""Redacted sound: silent where it is covered, as it was elsewhere, without a tag; faulty copies are found out."""
import shutil
import struct

import numpy as np
import pytest
import soundfile

from sitereg.imports.readers import Unreadable, redact_sound
from tests.sitereg.redacting import RATE, SOUND, sound, sound_faults, sounded

LOSSY = [("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")]


@pytest.mark.parametrize("form", ["flac", "wav"])
@pytest.mark.parametrize(("kept", "subtype"), [("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "FLOAT"), ("FLAC", "PCM_16"), *LOSSY])
def test_what_is_covered_is_silent_and_the_rest_as_it_was(tmp_path, kept, subtype, form):
    original = sound(tmp_path / "said", form=kept, subtype=subtype, channels=2)
    copy = sounded(original, tmp_path / "copy", {**SOUND, "form": form})
    assert sound_faults(original, copy, {**SOUND, "form": form}) == set()
    was, now = (soundfile.read(one)[0] for one in (original, copy))
    assert len(was) == len(now) and not now[RATE:int(2.5 * RATE)].any() and now[:RATE].any()
    assert np.abs(was[int(3.5 * RATE):] - now[int(3.5 * RATE):]).max() < 1 / 30_000


def test_cut_out_it_is_one_second_whatever_was_there(tmp_path):
    original = sound(tmp_path / "said")
    lengths = set()
    for ended in (1.5, 2.5, 4.75):
        options = {**SOUND, "length": "cut", "marks": [[1.0, ended], [1.2, 1.4]]}
        copy = sounded(original, tmp_path / "copy", options)
        assert sound_faults(original, copy, options) == set()
        held = soundfile.read(copy)[0]
        silent = np.flatnonzero(np.abs(held) == 0)
        assert len(held) == int((5 - (ended - 1.0) + 1) * RATE) and not held[RATE:2 * RATE].any() and held[2 * RATE]
        lengths.add(len(silent) // RATE)
    assert lengths == {1}


@pytest.mark.parametrize("excerpt", [[0, 2.0], [2.0, 4.0], [4.0, 9.0]])
@pytest.mark.parametrize("length", ["keep", "cut"])
def test_an_excerpt_alone_is_written(tmp_path, excerpt, length):
    original, options = sound(tmp_path / "said"), {**SOUND, "excerpt": excerpt, "length": length}
    assert sound_faults(original, sounded(original, tmp_path / "copy", options), options) == set()


def test_what_is_no_sound_or_too_long_is_refused_with_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "words").write_bytes(b"RIFF words")
    with pytest.raises(Unreadable) as refused:
        sounded(tmp_path / "words", tmp_path / "copy")
    assert refused.value.do == "Ask for WAV, FLAC, MP3 or OGG."
    soundfile.write(tmp_path / "other.aiff", np.zeros(100), RATE)
    with pytest.raises(Unreadable, match="not taken"):
        sounded(tmp_path / "other.aiff", tmp_path / "copy")
    with pytest.raises(Unreadable, match="beyond the end"):
        sounded(sound(tmp_path / "said"), tmp_path / "copy", {**SOUND, "excerpt": [7, 9]})
    monkeypatch.setattr(redact_sound, "MOST_SAMPLES", 100)
    with pytest.raises(Unreadable, match="too long"):
        sounded(tmp_path / "said", tmp_path / "copy")


def other(act, subtype="PCM_16"):
    """A copy whose samples a faulty maker changed."""
    def change(copy, form):
        held, rate = soundfile.read(copy, dtype="int16", always_2d=True)
        soundfile.write(copy, act(held.copy()), rate, subtype, format=form)
    return change


def louder(held):
    held[RATE:int(2.5 * RATE)] = 1
    return held


def ramp(held):
    held[RATE:RATE + 200, 0] = np.arange(200, 0, -1)
    return held


def moved(held):
    return np.roll(held, 5, axis=0)


def changed(held):
    held[-40:] += 9
    return held


def tagged(copy, form):
    with soundfile.SoundFile(copy) as given:
        held = given.read(dtype="int16")
    with soundfile.SoundFile(copy, "w", RATE, 1, "PCM_16", format=form) as out:
        out.artist = "A named informer"
        out.write(held)


def behind(copy, form):
    copy.write_bytes(copy.read_bytes() + b"x" * 40)


def id3(copy, form):
    copy.write_bytes(copy.read_bytes() + b"TAG" + b"A named informer".ljust(125, b"\0"))


@pytest.mark.parametrize("form", ["FLAC", "WAV"])
@pytest.mark.parametrize(("act", "expected"), [
    (other(louder), "heard"), (other(ramp), "heard"), (other(moved), "sound_differs"), (other(changed), "sound_differs"),
    (other(lambda held: held[:-9]), "sound_differs"), (other(lambda held: np.vstack([held, held[:9]])), "sound_differs"),
    (tagged, "tag"), (behind, "trailing"), (id3, "trailing")])
def test_every_faulty_copy_is_found(tmp_path, act, expected, form):
    original, options = sound(tmp_path / "said"), {**SOUND, "form": form.lower()}
    copy = sounded(original, tmp_path / "copy", options)
    act(copy, form)
    assert expected in sound_faults(original, copy, options)


def test_tags_before_and_behind_and_pictures_in_a_flac_are_named(tmp_path):
    original = sound(tmp_path / "said")
    data = sounded(original, tmp_path / "copy").read_bytes()
    cover = b"\x06" + struct.pack(">I", 60)[1:] + b"\0" * 60
    for faulty, expected in ((data[:42] + cover + data[42:], "attachment"), (b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10 + data, "kind"),
                             (data + b"TAG" + b"\0" * 125, "tag")):
        (tmp_path / "faulty").write_bytes(faulty)
        assert expected in sound_faults(original, tmp_path / "faulty")


def test_a_copy_that_is_the_original_or_no_sound_is_found(tmp_path):
    original = sound(tmp_path / "said", form="FLAC")
    shutil.copy(original, tmp_path / "copy")
    assert "heard" in sound_faults(original, tmp_path / "copy")
    (tmp_path / "copy").write_bytes(b"words")
    assert "kind" in sound_faults(original, tmp_path / "copy")


def test_words_that_must_not_appear_are_found_beside_the_samples(tmp_path):
    original, options = sound(tmp_path / "said"), {**SOUND, "form": "wav", "words": ["informer"]}
    copy = sounded(original, tmp_path / "copy", options)
    tagged(copy, "WAV")
    assert {"tag", "word"} <= sound_faults(original, copy, options)
