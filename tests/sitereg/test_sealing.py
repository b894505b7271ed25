"""age and nothing of our own: sealed to keys, locked by passphrases at a price, of a length that tells little; the house's own keys."""
import stat

import pytest

from sitereg import errors, house, sealing
from sitereg.settings import Settings


def test_words_open_for_each_of_their_keys_and_for_no_other():
    (one, first), (two, second), (other, _) = (sealing.identity() for _ in range(3))
    file = sealing.sealed(b"words", [first, second])
    assert sealing.opened(file, one) == sealing.opened(file, two) == b"words" and sealing.opened(file, other) is None
    assert sealing.opened(file[:-1], one) is None and file.startswith(b"age-encryption.org/v1\n")


def test_a_passphrase_costs_what_age_asks_for_and_a_wrong_one_opens_nothing(cheap_locks):
    secret, _ = sealing.identity()
    file = cheap_locks[0](secret, "five invented words")
    assert int(file.split(b"\n")[1].split()[-1]) >= 14, "scrypt's work factor is age's own"
    assert sealing.unlocked(file, "five invented words") == secret and sealing.unlocked(file, "five invented word") is None


def test_short_and_long_words_look_alike():
    _, public = sealing.identity()
    files = [sealing.sheet(words, public).partition(b"\n--- ")[2] for words in ("x", "Somebody Invented", "ع" * 100)]
    assert len({len(one) for one in files}) == 1, "behind age's own header, whose length is drawn"


@pytest.mark.parametrize("text", ["", "age1", "AGE-SECRET-KEY-1", "x" * 62])
def test_what_is_no_key_is_told_apart(text):
    assert sealing.public_of(text) is None and not sealing.is_public(text)


def test_the_house_s_keys_are_made_once_for_their_owner_alone(tmp_path):
    settings = Settings.at(tmp_path)
    settings.make_folders()
    assert house.key(settings) == house.key(settings) and house.opened(settings, house.sealed(settings, "draft")) == "draft"
    public = house.make_recovery(settings)
    assert house.make_recovery(settings) == public == house.public_in(house.recovery_file(settings).read_text())
    for path in (house.recovery_file(settings), settings.keys / "house.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (settings.keys / "house.key").write_text("broken")
    with pytest.raises(errors.Unavailable):
        house.key(settings)


def test_the_recovery_key_of_a_demonstration_says_that_all_is_invented(tmp_path):
    settings = Settings.at(tmp_path)
    settings.make_folders()
    settings.demo_mark.touch()
    house.make_recovery(settings)
    text = house.recovery_file(settings).read_text()
    assert "invented" in text and house.secret_in(text).startswith("AGE-SECRET-KEY-1")
