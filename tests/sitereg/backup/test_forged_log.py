"""An attack on the log: whoever can write into the repository and knows the public key puts segments of his own in it."""
import hashlib
import json
import shutil

import pyrage
import pytest

from sitereg import sealing, witness
from sitereg.backup import manifests, restoring, segments
from sitereg.errors import Refused
from sitereg.settings import Settings
from tests.sitereg.backup.conftest import rows
from tests.sitereg.backup.test_restoring import refused

pytestmark = pytest.mark.db


def log(folder):
    return sorted((folder / "wal").glob("*/*.age"))


def forge(house, sealed, *, note=None):
    """The segment holds other bytes, sealed to the same key under a name that fits them; answers the new file.

    note: None: the old note goes along under the new name; "none": there is none."""
    plain = bytearray(sealing.opened(sealed.read_bytes(), house.secret))
    plain[-8192:] = b"\0" * 8192  # what the attacker wants: here the last page of the segment, which nobody needs
    plain[-1] = 7
    made = sealed.with_name(f"{sealed.name[:24]}.{hashlib.sha256(plain).hexdigest()[:16]}.age")
    made.write_bytes(pyrage.encrypt(bytes(plain), [pyrage.x25519.Recipient.from_str(house.public)]))
    old = segments.beside(sealed)
    if note is None:
        old.rename(segments.beside(made))
    else:
        old.unlink()
    sealed.unlink()
    return made


def test_every_segment_is_signed(house):
    assert all(segments.beside(one).exists() for one in log(house.repository)) and len(log(house.repository)) > 2
    assert segments.unsigned(house.settings, None) == []


def test_a_forged_segment_with_the_note_of_the_true_one_is_refused(house, copied):
    forge(house, log(copied)[-1])
    assert "not what was signed" in refused(house, copied)


def test_a_forged_segment_with_a_note_that_was_made_to_fit_is_refused(house, copied):
    made = forge(house, log(copied)[-1])
    note = segments.beside(made)
    note.write_text(json.dumps({**json.loads(note.read_text()), "name": made.name, "sha256": made.name.split(".")[1]}))
    assert "not what was signed" in refused(house, copied)


def test_a_forged_segment_that_the_attacker_signed_himself_is_refused(house, copied):
    made = forge(house, log(copied)[-1], note="none")
    stranger = Settings.at(house.tmp / "stranger2")
    (house.tmp / "stranger2" / "keys").mkdir(parents=True, exist_ok=True)
    plain = sealing.opened(made.read_bytes(), house.secret)
    told = {"line": made.parent.name, "name": made.name, "sha256": hashlib.sha256(plain).hexdigest(), "sealed": "0" * 64, "size": 1}
    key = witness.signing_key(stranger)
    told["key"] = witness.public(key).hex()
    segments.beside(made).write_text(json.dumps({**told, "signature": key.sign(segments.message(told)).hex()}))
    assert "signed by a key that the witness does not know" in refused(house, copied)


def test_a_forged_segment_without_a_note_before_others_is_refused(house, copied):
    forge(house, log(copied)[0 if len(log(copied)) < 3 else -2], note="none")
    assert "signed by nobody" in refused(house, copied)


def test_forged_segments_at_the_end_are_left_out_and_what_the_witness_saw_is_missed(house, copied):
    forge(house, log(copied)[-1], note="none")
    said = refused(house, copied)
    assert "older than the witness" in said and "1 segments at the end of the log were signed by nobody" in said


def test_segments_that_nobody_signed_are_taken_by_decision_alone(house, copied):
    """As after a host was lost before the last minute's segments were signed."""
    for one in log(copied)[-1:]:
        segments.beside(one).unlink()
    with restoring.proved(house.settings, copied, **house.asked(unsigned=True)) as found:
        assert rows(found.settings) == house.at_end


def test_one_true_segment_does_not_stand_for_another(house, copied):
    """A segment and its note of another line, or under another number."""
    one = log(copied)[-1]
    told = json.loads(segments.beside(one).read_text())
    line = copied / "wal" / "0badc0de"
    shutil.copytree(one.parent, line)
    assert segments.read(one, one.parent.name, {bytes.fromhex(told["key"])}) == told["sha256"]
    with pytest.raises(Refused, match="not what was signed"):
        segments.read(line / one.name, "0badc0de", {bytes.fromhex(told["key"])})
    other = one.with_name(manifests.after(one.name[:24]) + one.name[24:])
    shutil.copy(one, other), shutil.copy(segments.beside(one), segments.beside(other))
    assert "not what was signed" in refused(house, copied)


def test_a_signature_of_a_manifest_is_none_of_a_segment(house):
    told = {"line": "0badc0de", "name": "x"}
    assert manifests.message(told) != segments.message(told)


def test_what_is_opened_is_held_against_all_of_the_signed_hash(house, copied):
    """The name has sixteen digits of it, which somebody with time may meet."""
    one, folder = log(copied)[-1], house.tmp / "opened"
    folder.mkdir()
    with pytest.raises(Refused, match="another than the one that was signed"):
        restoring.plain(one, folder, house.secret, one.name.split(".")[1] + "0" * 48)
    assert list(folder.iterdir()) == []
