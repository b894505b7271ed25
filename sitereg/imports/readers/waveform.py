"""How loud a sound is over its length, drawn as a picture."""
from collections.abc import Iterator

from sitereg.imports.readers import redact_sound

DRIVERS: tuple[str, ...] = ()
NEEDS = ("soundfile", "numpy", "PIL.Image", "PIL.PngImagePlugin")


def read(files: list[dict], options: dict) -> Iterator[dict]:
    """{"looked": {png, seconds, rate, channels}}: a PNG (base64) of 1,200 by 160 pixels."""
    yield from redact_sound.waveform(files[0]["path"])
