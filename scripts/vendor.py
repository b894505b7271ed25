"""Copies what pages use from web/node_modules to web/static/vendor: the two tables below say what goes where.

Text files lose the line that names their source map; style sheets may name local files only. Other files in
web/static/vendor (the basemap) are left alone. Only the standard library.
"""

import re
import shutil
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "web"
MODULES = WEB / "node_modules"
VENDOR = WEB / "static" / "vendor"

# file or folder under web/node_modules -> file or folder under web/static/vendor
FILES = {
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/dist/images": "leaflet/images",
    "leaflet/LICENSE": "leaflet/LICENSE",
    "protomaps-leaflet/dist/protomaps-leaflet.js": "protomaps-leaflet/protomaps-leaflet.js",
    "pmtiles/dist/pmtiles.js": "pmtiles/pmtiles.js",
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
    "bootstrap/dist/css/bootstrap.rtl.min.css": "bootstrap/bootstrap.rtl.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap/bootstrap.bundle.min.js",
    "bootstrap/LICENSE": "bootstrap/LICENSE",
    "@fontsource/ibm-plex-sans/LICENSE": "fonts/LICENSE",
}

# Modules without a bundler, by their folder under web/node_modules; they lie in the same folders under vendor/age and find each
# other by the import map of the page (web/views/door.py). age-encryption seals in a partner's browser.
AGE = {
    "@noble/ciphers/esm": ("_arx", "_poly1305", "chacha", "utils",),
    "@noble/curves/esm": ("ed25519", "utils",),
    "@noble/curves/esm/abstract": ("curve", "edwards", "hash-to-curve", "modular", "montgomery",),
    "@noble/hashes/esm": ("_md", "_u64", "crypto", "hkdf", "hmac", "pbkdf2", "scrypt", "sha2", "sha256", "utils",),
    "@scure/base/lib/esm": ("index",),
    "age-encryption/dist": ("armor", "cbor", "format", "index", "io", "recipients", "stream", "webauthn", "x25519",),
}
FILES |= {f"{folder}/{name}.js": f"age/{folder}/{name}.js" for folder, names in AGE.items() for name in names}
FILES |= {f"{package}/LICENSE": f"age/{package}/LICENSE" for package in (
    "age-encryption", "@noble/ciphers", "@noble/curves", "@noble/hashes", "@scure/base")}

# package -> (scripts, weights) that become web/static/vendor/fonts/fonts.css and its woff2 files
FONTS = {
    "@fontsource/ibm-plex-sans": (("latin", "latin-ext"), ("400", "400-italic", "500", "600", "700")),
    "@fontsource/ibm-plex-sans-arabic": (("arabic",), ("400", "500", "600", "700")),
}

_MAP = re.compile(r"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")
_FACE = re.compile(r"/\* (?P<name>[a-z0-9-]+) \*/\s*(?P<face>@font-face \{.*?\n\})", re.DOTALL)
_WOFF2 = re.compile(r"src: url\(\./files/(?P<file>[a-z0-9-]+\.woff2)\) format\('woff2'\)[^;]*;")
_FOREIGN = re.compile(r"url\(\s*['\"]?(?:https?:)?//")


def main():
    """web/static/vendor holds what the tables name; exits 1 with the name of what is missing."""
    try:
        for source, target in FILES.items():
            copy(MODULES / source, VENDOR / target)
        write_fonts(VENDOR / "fonts")
    except (OSError, ValueError) as error:
        sys.exit(f"vendor: {error}. Run `make setup`.")


def copy(source, target):
    """`target` holds `source` (a folder: its files), text without the name of its source map."""
    if source.is_dir():
        for file in source.iterdir():
            copy(file, target / file.name)
    elif source.suffix in (".js", ".css"):
        text = _MAP.sub("\n", source.read_text(encoding="utf-8"))
        if source.suffix == ".css" and _FOREIGN.search(text):
            raise ValueError(f"{source.name} names another host")
        put(target, text.encode())
    else:
        put(target, source.read_bytes())


def write_fonts(folder):
    """`folder` holds fonts.css with the faces of FONTS, and the woff2 files that it names."""
    faces = []
    for package, (scripts, weights) in FONTS.items():
        stem = package.rpartition("/")[2]
        for weight in weights:
            css = (MODULES / package / f"{weight}.css").read_text(encoding="utf-8")
            wanted = {f"{stem}-{script}-{weight if 'italic' in weight else weight + '-normal'}"
                      for script in scripts}
            found = {face["name"]: face["face"] for face in _FACE.finditer(css) if face["name"] in wanted}
            if set(found) != wanted:
                raise ValueError(f"{package} has no {', '.join(sorted(wanted - set(found)))}")
            for text in found.values():
                file = _WOFF2.search(text)["file"]
                shutil.copyfile(MODULES / package / "files" / file, made(folder / file))
                faces.append(_WOFF2.sub(f"src: url({file}) format('woff2');", text))
    put(folder / "fonts.css", ("\n".join(faces) + "\n").encode())


def put(target, content):
    """`target` holds `content`; an equal file is left as it is."""
    if not target.exists() or target.read_bytes() != content:
        made(target).write_bytes(content)


def made(target):
    """`target`, whose folder is there now."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


if __name__ == "__main__":
    main()
