"""What leaves as a whole: whom one asked, what a package went through, what the gate asks and allows."""

from sitereg.vocab.scheme import Scheme


class HandOverAnswer(Scheme):
    """What came of asking whether a successor institution may have what a source said; allows: it goes along."""

    WAITING = "waiting", "asked, no answer yet", {"allows": False}
    GIVEN = "given", "may be handed over", {"allows": True}
    REFUSED = "refused", "may not be handed over", {"allows": False}
    NOT_REACHED = "not_reached", "could not be reached", {"allows": False}


class AskedWhom(Scheme):
    """Who was asked, in kind and never by name."""

    SOURCE = "source", "the source itself"
    REPRESENTATIVE = "representative", "a guardian or next of kin"
    ORGANISATION = "organisation", "the organisation that passed it on"


class PackageState(Scheme):
    """Where a package or a hand-over stands."""

    WAITING = "waiting", "waits for a releaser"
    AGREED = "agreed", "agreed, to be made"
    REFUSED = "refused", "refused"
    MADE = "made", "made"
    DELIVERED = "delivered", "delivered"
    ACKNOWLEDGED = "acknowledged", "receipt acknowledged"
    WITHDRAWN = "withdrawn", "taken back"


class GateQuestion(Scheme):
    """What is asked before one recipient is shown a place, after the Bournemouth MaGMap; each answered, with a reason."""

    NEED = "need", "Does this recipient need the place for the purpose?"
    KEEPS = "keeps", "Can the recipient keep it safe and pass it on to nobody?"
    SITE = "site", "Is the site safe if this recipient knows it?"
    WITNESSES = "witnesses", "Are witnesses and sources safe?"
    FAMILIES = "families", "Are families spared from learning it this way?"
    COMMUNITIES = "communities", "Are the communities around it safe?"
    STAFF = "staff", "Are our own people safe?"


class GatePrecision(Scheme):
    """How exactly a recipient is shown a place, the coarsest first; metres: side of the cell, 0 for the shape itself."""

    NOTHING = "nothing", "nothing of it", {"metres": None}
    GOVERNORATE = "governorate", "the governorate alone", {"metres": 1_000_000}
    CELL_10KM = "cell_10km", "a cell of 10 km", {"metres": 10_000}
    CELL_1KM = "cell_1km", "a cell of 1 km", {"metres": 1_000}
    EXACT = "exact", "the exact place", {"metres": 0}
