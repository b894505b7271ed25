"""Is this package as it was made? Runs by itself, offline: python3 verify.py [FOLDER] [--fingerprint "0123 4567 ..."].

Every package carries this file as verify.py; take it from elsewhere if you do not trust the one in the package. It needs
Python 3.9 and nothing else, but for the signature the package `cryptography`: without it that is said, and nothing is decided.

    0  every file is there as it was made, nothing besides, and the signature is that of the key
    2  something was changed, is missing, is too much, was signed by another key, or its time is over
    3  it cannot be decided: no manifest, or no way to check the signature
"""
import hashlib
import json
import sys
from datetime import date
from pathlib import Path

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig.json"
BLOCK = 4096  # bytes of which each has a hash of its own, so that what was changed is named by where it lies
SHORT = 32  # hexadecimal digits of a block's hash: they tell where, the hash of the whole file tells whether
MOST = 64 * 2**20  # bytes of a manifest


def digest(data):
    """The SHA-256 of some bytes in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(key):
    """A public key in 32 hexadecimal digits, in groups of four to read aloud."""
    digits = digest(key)[:32]
    return " ".join(digits[at:at + 4] for at in range(0, 32, 4))


def signed(manifest):
    """What the signature covers: the hash of the manifest's very bytes."""
    return b"sitereg package|" + digest(manifest).encode()


def described(path):
    """A file as the manifest names it: bytes, sha256 of the whole, and of each BLOCK the beginning of its hash."""
    whole, blocks, size = hashlib.sha256(), [], 0
    with open(path, "rb") as held:
        while part := held.read(BLOCK):
            whole.update(part)
            blocks.append(digest(part)[:SHORT])
            size += len(part)
    return {"bytes": size, "sha256": whole.hexdigest(), "blocks": blocks}


def verify(folder, trusted=None):
    """(what is wrong, what could not be looked at), each a list of sentences; both empty where all is sound.

    folder: the package. trusted: the fingerprint that was told by another road, or None.
    """
    folder = Path(folder)
    try:
        raw = readable(folder / MANIFEST)
        manifest = json.loads(raw)
        listed = {one["path"]: one for one in manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return [], [f"{MANIFEST} cannot be read: this is no package, or its manifest is gone or broken"]
    wrong, unsure = signature(folder, raw, trusted)
    if str(manifest.get("expires") or "9999") < date.today().isoformat():  # noqa: DTZ011  (the day of whoever holds it)
        wrong.append(f"its time was over on {manifest['expires']}: it is to be destroyed")
    for name in sorted(listed):
        wrong += changes(folder, name, listed[name])
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
    wrong += [f"{name}: is no file of this package" for name in sorted(there - set(listed) - {MANIFEST, SIGNATURE})]
    return wrong, unsure


def readable(path):
    """The bytes of a small file that is no link; ValueError otherwise."""
    if path.is_symlink() or path.stat().st_size > MOST:
        raise ValueError
    return path.read_bytes()


def signature(folder, manifest, trusted):
    """What is wrong with the signature, and what could not be checked."""
    try:
        told = json.loads(readable(folder / SIGNATURE))
        key, made = bytes.fromhex(told["key"]), bytes.fromhex(told["signature"])
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{SIGNATURE}: is missing or cannot be read"], []
    if trusted and "".join(trusted.lower().split()) != fingerprint(key).replace(" ", ""):
        return [f"{SIGNATURE}: signed by the key {fingerprint(key)}, not by the one that you trust"], []
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return [], ["the signature was not checked: the Python package `cryptography` is missing"]
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(made, signed(manifest))
    except (InvalidSignature, ValueError):
        return [f"{MANIFEST}: is not what was signed"], []
    return [], []


def changes(folder, name, told):
    """Sentences on one file that is not as it was made: missing, a link, of another length, or where its bytes differ."""
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts:
        return [f"{name}: lies outside the package"]
    if path.is_symlink() or not path.is_file():
        return [f"{name}: is missing"]
    now = described(path)
    if now["sha256"] == told["sha256"]:
        return []
    size = "" if now["bytes"] == told["bytes"] else f"; it has {now['bytes']} bytes, not {told['bytes']}"
    return [f"{name}: was changed {where(told['blocks'], now['blocks'], told['bytes'])}{size}"]


def where(was, now, size):
    """The first and last byte of what differs, in whole blocks."""
    apart = [at for at in range(max(len(was), len(now))) if at >= len(was) or at >= len(now) or was[at] != now[at]]
    if not apart:
        return "somewhere"
    first, last = apart[0] * BLOCK, max(min((apart[-1] + 1) * BLOCK, size) - 1, apart[0] * BLOCK)
    return f"between byte {first} and byte {last}"


def main(words):
    """What was found stands on stdout; answers the exit code."""
    trusted = None
    if "--fingerprint" in words:
        at = words.index("--fingerprint")
        trusted, words = " ".join(words[at + 1:at + 2]), words[:at] + words[at + 2:]
    folder = Path(words[0]) if words else Path(__file__).resolve().parent
    wrong, unsure = verify(folder, trusted)
    for line in (*wrong, *unsure):
        sys.stdout.write(line + "\n")
    if not wrong and not unsure:
        key = json.loads((folder / SIGNATURE).read_bytes())["key"]
        told = f"the key {fingerprint(bytes.fromhex(key))}{'' if trusted else ': compare it with what you were told'}"
        sys.stdout.write(f"Sound: every file is as it was made, signed by {told}.\n")
    return 2 if wrong else 3 if unsure else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
