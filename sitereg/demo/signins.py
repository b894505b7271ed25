"""The ways in: one invented account for each role, its password known to everybody."""
from dataclasses import dataclass

from sitereg import accounts
from sitereg.store import credentials, people

PEOPLE = {  # role shown: (account, display, tier, compartments, roles)
    "viewer": ("demo.viewer", "Demo viewer", 0, (), ("viewer",)),
    "investigator": ("demo.investigator", "Demo investigator", 2, ("names",), ("investigator",)),
    "investigator (T1)": ("demo.field", "Demo field investigator", 1, (), ("investigator",)),
    "analyst": ("demo.analyst", "Demo analyst", 2, (), ("analyst",)),
    "verifier": ("demo.verifier", "Demo verifier", 2, ("names",), ("verifier",)),
    "verifier (second)": ("demo.colleague", "Demo second verifier", 2, ("names",), ("verifier",)),
    "protection_officer": ("demo.officer", "Demo protection officer", 2, (), ("protection_officer",)),
    "data_steward": ("demo.steward", "Demo data steward", 2, ("names",), ("data_steward",)),
    "source_handler": ("demo.handler", "Demo source handler", 2, ("names",), ("source_handler",)),
    "releaser": ("demo.releaser", "Demo releaser", 2, (), ("releaser",)),
    "releaser (second)": ("demo.releaser2", "Demo second releaser", 2, (), ("releaser",)),
    "auditor": ("demo.auditor", "Demo auditor", 0, (), ("auditor",)),
    "admin": ("demo.admin", "Demo admin", 0, (), ("admin",)),
    "admin (second)": ("demo.second", "Demo second admin", 0, (), ("admin",)),
    "partner": ("demo.partner", "Demo partner", 0, (), ("partner",)),
}


@dataclass(frozen=True)
class SignIn:
    """One way in: what it is for, the address and the password to type."""

    role: str
    email: str
    password: str


def admit(raw, role, name, display, tier, compartments, roles):
    """The demo account exists, bound to the OS user, and opens the web with a password that is no secret."""
    made = people.account(raw, name, display=display, os_user=accounts.os_user(), demo=True)
    people.clearance(raw, made, tier=tier, compartments=compartments, roles=roles, reason="demonstration")
    way = SignIn(role, f"{name}@demo.invalid", f"{name}-sees-only-invented-places")
    if not credentials.opens(raw, account=name, email=way.email, password=way.password):  # else whoever sits there stays
        credentials.accept(raw, account=name, email=way.email, password=way.password)
    return way


