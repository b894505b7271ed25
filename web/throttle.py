"""Tries that failed, counted so that nobody shuts out a colleague: a browser that the account knows is counted by itself, and
strangers by name and network. A stranger's fault never weighs on a known browser."""
import hmac
import ipaddress
from datetime import timedelta

from flask import current_app, request
from sqlalchemy import delete, func, insert, select

from sitereg.store.tables import metadata
from web import security
from web.seats import BROWSER, DEVICE, NOW, door, hashed, tell, write

TRIES, OF_A_NETWORK, OF_A_NAME = 5, 30, 60  # failed tries of one name from one place; of all names from one; of one name from all
WITHIN = timedelta(minutes=15)
KEPT = timedelta(hours=1)
ATTEMPT, USER = metadata.tables["signin.attempt"], metadata.tables["signin.user"]


def who(name):
    """Who tries, as the table remembers it: keyed hashes of name and network, and the browser if this account knows it."""
    name = name.strip().lower()
    cookie = request.cookies.get(BROWSER)
    known = cookie and door().execute(select(DEVICE.c.hash).join(USER, USER.c.id == DEVICE.c.user_id).where(
        DEVICE.c.hash == hashed(cookie), USER.c.email == name)).scalar()
    return {"name_hash": keyed(name), "network_hash": keyed(network()), "device_hash": known or None}


def keyed(text):
    return hmac.new(security.derived(current_app.config["SITEREG"], "attempts"), text.encode(), "sha256").hexdigest()


def network():
    """The network that asks: the /24 of an IPv4 address, the /64 of an IPv6 one."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False))


def spent(one):
    """Whether whoever tries must wait, even with the right password."""
    place = "device_hash" if one["device_hash"] else "network_hash"
    here = [ATTEMPT.c.name_hash == one["name_hash"], ATTEMPT.c[place] == one[place]]
    strangers = ATTEMPT.c.device_hash.is_(None)
    if one["device_hash"]:
        return failed(*here) >= TRIES
    return (failed(*here, strangers) >= TRIES
            or failed(ATTEMPT.c.network_hash == one["network_hash"], strangers, ever=True) >= OF_A_NETWORK
            or failed(ATTEMPT.c.name_hash == one["name_hash"], strangers, ever=True) >= OF_A_NAME)


def failed(*where, ever=False):
    """How many tries failed of late; since the last that succeeded, unless `ever`."""
    since = NOW - WITHIN
    last_good = select(func.max(ATTEMPT.c.at)).where(*where, ATTEMPT.c.good).scalar_subquery()
    return door().execute(select(func.count()).select_from(ATTEMPT).where(
        *where, ~ATTEMPT.c.good, ATTEMPT.c.at > (since if ever else func.greatest(since, last_good)))).scalar()


def note(one, good, user=None):
    """The try is counted; a failed one stands in the log of reads before it is answered, and so does that after which one must
    wait. Those that come meanwhile are counted alone: nobody fills the log from outside."""
    waited = spent(one)
    if not good and not waited:
        tell("sign_in_failed", user, one["network_hash"])
    write(insert(ATTEMPT).values(**one, good=good))
    write(delete(ATTEMPT).where(ATTEMPT.c.at < NOW - KEPT))
    if not good and not waited and spent(one):
        tell("sign_in_slowed", user, one["network_hash"])
