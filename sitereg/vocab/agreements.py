"""Words of agreements: who may receive, which kinds of data, how fine a place may leave, whose data they are."""
from sitereg.vocab.scheme import Scheme


class Audience(Scheme):
    """For whom an agreement lets something be used; outside: beyond the institution itself."""

    INSTITUTION = "institution", "the institution alone", {"outside": False}
    PARTNERS = "partners", "partners under an agreement", {"outside": True}
    FAMILIES = "families", "families of the missing", {"outside": True}
    AUTHORITIES = "authorities", "national authorities for the missing", {"outside": True}
    ACCOUNTABILITY = "accountability", "bodies of accountability", {"outside": True}
    PUBLIC = "public", "the public", {"outside": True}


class DataKind(Scheme):
    """Kinds of data that an agreement covers; what is of another kind is not taken in under it."""

    SITES = "sites", "sites and records, without their places"
    PLACES = "places", "places of sites"
    PERSONS = "persons", "cases, without names"
    NAMES = "names", "names and identifiers of persons"
    EVENTS = "events", "events of cases"
    DOCUMENTS = "documents", "documents and files"
    REFERRALS = "referrals", "families who are referred"


class SharedPrecision(Scheme):
    """How fine a place may leave under an agreement; face: the finest face from which a file may be made."""

    EXACT = "exact", "the exact place", {"face": 2}
    ONE_KM = "one_km", "a cell of 1 km", {"face": 1}
    TEN_KM = "ten_km", "a cell of 10 km or a unit", {"face": 0}
    NOWHERE = "nowhere", "no place", {"face": -1}


class OnwardSharing(Scheme):
    """Whether what an agreement brought may be passed on."""

    NEVER = "never", "never"
    PERMITTED = "permitted", "to the audiences that it names"


class LegalClass(Scheme):
    """Whose data they are: two classes of the law, with rules of their own."""

    INDIVIDUAL = "individual", "given by an individual"
    ORGANISATION = "organisation", "given by an organisation"
    PASSED_ON = "passed_on", "given by individuals, passed on by an organisation"


class AgreementEnd(Scheme):
    """How an agreement came to its end."""

    EXPIRED = "expired", "its last day has passed"
    BY_THEM = "by_them", "withdrawn by the partner"
    BY_US = "by_us", "withdrawn by the institution"
