"""The door of partners: pages of their own, Arabic first. What they submit is sealed in the browser; nothing here reads it."""
from flask import Blueprint, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from sitereg import sealing, shares, submissions
from sitereg.errors import BadInput
from web import language
from web.identity import PARTNERS, open_to, open_to_all

views = Blueprint("door", __name__, url_prefix="/door")
NOBLE, SCURE = "age/@noble/{}/esm/{}.js", "age/@scure/base/lib/esm/index.js"
MODULES = {"age-encryption": "age/age-encryption/dist/index.js", "@scure/base": SCURE,
           **{f"@noble/{room}/{name}{ending}": NOBLE.format(room, name) for room, names in (
               ("hashes", ("crypto", "hkdf", "hmac", "scrypt", "sha2", "sha256", "utils")), ("ciphers", ("chacha",)),
               ("curves", ("ed25519",))) for name in names for ending in ("", ".js")}}


@views.get("/enter")
@open_to_all
def enter():
    """Where a partner begins: the way leads to sign in, in Arabic unless another language is asked for, and back to the door."""
    session["onward"] = "/door"
    session["lang"] = request.args.get("lang") if request.args.get("lang") in language.LOCALES else "ar"
    return redirect("/sign-in", 303)


@views.get("")
@open_to(PARTNERS)
def index(opened):
    """What one submitted oneself (titles, hours, sizes, receipts), and what is shared with one."""
    return render_template("door/index.html", rows=submissions.mine(opened), shares=shares.mine(opened), size=size)


@views.get("/shares/<uuid:share>")
@open_to(PARTNERS, writes=True)
def share(opened, share):
    """What a share gives now, and the notices of it; that it was read stands recorded."""
    one = shares.show(opened, share)
    return render_template("door/share.html", one=one, drawn=shares.drawing(one["rows"], language.code()))


@views.get("/new")
@open_to(PARTNERS)
def blank(opened):
    """The form whose words and files are sealed before they leave the browser."""
    return form_page(opened)


def form_page(opened, about=None):
    publics = submissions.keys(opened)
    modules = {name: url_for("static", filename=f"vendor/{path}") for name, path in MODULES.items()}
    return render_template("door/form.html", about=about, keys=publics, modules={"imports": modules}, part=submissions.PART,
                           fingerprint=sealing.fingerprint(publics[0]) if publics else "")


@views.post("/new")
@open_to(PARTNERS, writes=True)
def begin(opened):
    """A submission may come now, part by part."""
    said = request.get_json(silent=True)
    if not isinstance(said, dict) or set(said) != {"title", "parts"} or type(said["title"]) is not str or not counts(said["parts"]):
        raise BadInput("This cannot be asked")
    made = submissions.begin(opened, said["title"], said["parts"])
    return jsonify(at=f"/door/{made}")


def counts(told):
    return isinstance(told, list) and len(told) < 100 and all(type(one) is int and 0 < one < 10_000 for one in told)


@views.get("/<uuid:submission>")
@open_to(PARTNERS)
def show(opened, submission):
    """One submission: its receipt, or, where it was not sent, the form that goes on where the line broke."""
    about = submissions.mine(opened, submission)
    if about["state"] == "unsent":
        return form_page(opened, about)
    return render_template("door/receipt.html", one=about, size=size)


@views.get("/<uuid:submission>/parts")
@open_to(PARTNERS)
def there(opened, submission):
    """The parts that have come."""
    submissions.mine(opened, submission)
    return jsonify(there=submissions.there(opened.settings, submission))


@views.post("/<uuid:submission>/<int:item>/<int:n>")
@open_to(PARTNERS, writes=True)
def part(opened, submission, item, n):
    """A sealed part lies on the disk; sent again it stays as it came."""
    submissions.part(opened, submission, item, n, request.get_data())
    return "", 204


@views.post("/<uuid:submission>/send")
@open_to(PARTNERS, writes=True)
def send(opened, submission):
    """It is sent; the page with the receipt is the same whatever was sent."""
    submissions.send(opened, submission)
    return jsonify(at=f"/door/{submission}")


@views.post("/<uuid:submission>/drop")
@open_to(PARTNERS, writes=True)
def drop(opened, submission):
    """What was not sent is gone."""
    submissions.drop(opened, submission)
    flash(_("It is gone; nothing of it was sent."))
    return redirect("/door", 303)


def size(parts):
    """How much came, in megabytes: the room of its parts."""
    return megabytes(sum(parts[1:]) * submissions.PART)


def megabytes(size):
    """So many bytes in megabytes, rounded up to a tenth, as it stands in a sentence."""
    return f"\u2068{-(-size // 100_000) / 10:.1f}\u2069"

