"""age, the file format, and nothing of our own beside it: identities, words sealed to public keys, secrets locked by a passphrase.

    identity()                     (secret, public), both text: AGE-SECRET-KEY-1..., age1...
    sealed(bytes, [public, ...])   an age file that each of those keys opens
    opened(file, secret)           its bytes, or None where this key opens nothing
    sheet(text, public)            the words as an age file whose length tells little
    locked(secret, passphrase)     the secret as an age file that the passphrase opens (scrypt)
    unlocked(file, passphrase)     the secret, or None: the passphrase was not right

Whatever is made here any program that reads age opens without this one (docs/operations.md).
"""
import hashlib

import pyrage

ROOM = 256
"""Words are filled with spaces to a multiple of so many bytes, so that a short name and a long one look alike."""


def identity():
    """A new key: its secret and its public half."""
    made = pyrage.x25519.Identity.generate()
    return str(made), str(made.to_public())


def public_of(secret):
    """The public half of a secret key, or None for what is none."""
    try:
        return str(pyrage.x25519.Identity.from_str(secret.strip()).to_public())
    except pyrage.IdentityError:
        return None


def is_public(text):
    """Whether the text is the public half of a key."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def sealed(words, publics):
    """The bytes as one age file for those public keys, each of which opens it alone."""
    return pyrage.encrypt(words, [pyrage.x25519.Recipient.from_str(one) for one in publics])


def opened(file, secret):
    """The bytes of an age file, or None where that secret key opens nothing."""
    try:
        return pyrage.decrypt(bytes(file), [pyrage.x25519.Identity.from_str(secret)])
    except pyrage.DecryptError:
        return None


def sheet(words, public):
    """The text as an age file for one key, filled with spaces behind."""
    told = words.encode()
    return sealed(told.ljust(-(-len(told) // ROOM) * ROOM), [public])


def locked(secret, passphrase):
    """The secret as an age file that the passphrase opens; guessing costs a second and 256 MB each time."""
    return pyrage.passphrase.encrypt(secret.encode(), passphrase)


def unlocked(file, passphrase):
    """The secret that a passphrase locks, or None."""
    try:
        return pyrage.passphrase.decrypt(bytes(file), passphrase).decode()
    except pyrage.DecryptError:
        return None


def fingerprint(public):
    """Sixteen letters that two people can compare by voice, in fours."""
    mark = hashlib.sha256(public.encode()).hexdigest()[:16]
    return " ".join(mark[at:at + 4] for at in range(0, 16, 4))
