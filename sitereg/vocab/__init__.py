"""All words of the registry: codes, English labels, attributes, and their labels in other languages.

One member of a Scheme is one term. Tables, choices of the shell, options of forms, words of imports, labels
of tiles and the documentation come from here; adding a term needs no migration, its Arabic goes into
translations/ar/LC_MESSAGES/vocab.po (msgctxt = the scheme, msgid = the English label). A label marked `draft`
there is not yet approved by a terminologist: `is_draft` says so and it must be said where the label is shown.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from sitereg.vocab.access import JobState, LinkState, Machine, PairState, Role, TaskState, Tier
from sitereg.vocab.agreements import AgreementEnd, Audience, DataKind, LegalClass, OnwardSharing, SharedPrecision
from sitereg.vocab.consents import ConsentHow, ConsentUse, UseAnswer
from sitereg.vocab.evidence import (
    Answer,
    ConsentScope,
    ConsentState,
    Credibility,
    CustodyKind,
    DeletionOutcome,
    DocumentRole,
    KnownBy,
    LegalBasis,
    LivingShown,
    PermittedUse,
    Reliability,
    ReportState,
    RowOutcome,
    SourceConnection,
    SourceType,
)
from sitereg.vocab.holdings import (
    ExtentDefinition,
    ExtentUnit,
    FreezeKind,
    InquiryResult,
    InquiryStepKind,
    RecordCondition,
    RecordKind,
    RecordsAccess,
)
from sitereg.vocab.imagery import ChangeDirection, ObservationResult, RasterKind, RasterMaking, UnusableReason
from sitereg.vocab.leaving import AskedWhom, GatePrecision, GateQuestion, HandOverAnswer, PackageState
from sitereg.vocab.persons import (
    AgeBand,
    AliveEvidence,
    CaseState,
    Circumstance,
    CompanionKind,
    EventKind,
    FacilitySexRegime,
    Fate,
    FateIndication,
    NamePart,
    Sex,
    Whereabouts,
)
from sitereg.vocab.places import GeorefMethod, PlaceKind, PrecisionClass
from sitereg.vocab.predicates import Predicate
from sitereg.vocab.problems import ProblemCode
from sitereg.vocab.protection import (
    AccessCondition,
    AuthorityKind,
    AuthorityRole,
    DisturbanceBy,
    DisturbanceKind,
    GapList,
    MeasureKind,
    MeasureState,
    MovedBy,
    ProtectionStatus,
    Severity,
)
from sitereg.vocab.redaction import RedactionFault, RedactionLength, RedactionReason, RedactionState
from sitereg.vocab.referring import (
    AskAnswer,
    ReferralConsentBy,
    ReferralConsentForm,
    ReferralField,
    ReferralGround,
    ReferralNeed,
    ReferralOutcome,
    ReferralUrgency,
    WorkKind,
    WorkTold,
)
from sitereg.vocab.scheme import Scheme
from sitereg.vocab.sites import (
    Adjacency,
    Building,
    Construction,
    Content,
    CountDefinition,
    CurrentUse,
    Deposition,
    FeatureKind,
    Integrity,
    InvestigationActivity,
    RelationKind,
    RemainsState,
    SiteKind,
    SiteKindGroup,
    VerificationLevel,
)

_CLASSES = (
    SiteKind, SiteKindGroup, Building, CurrentUse, FeatureKind, Content, Adjacency, Deposition, Integrity,
    Construction, CountDefinition, VerificationLevel, InvestigationActivity, RemainsState, RelationKind,
    ProtectionStatus, MeasureKind, MeasureState, DisturbanceKind, Severity, DisturbanceBy, MovedBy,
    AuthorityKind, AuthorityRole, AccessCondition, GapList,
    SourceType, SourceConnection, Reliability, Credibility, DocumentRole, LivingShown, CustodyKind,
    ConsentState, ConsentScope, DeletionOutcome, Answer, LegalBasis, PermittedUse, RowOutcome, ReportState, KnownBy,
    GeorefMethod, PrecisionClass, PlaceKind,
    RecordKind, ExtentUnit, ExtentDefinition, RecordCondition, RecordsAccess, InquiryStepKind, InquiryResult, FreezeKind,
    RasterKind, RasterMaking, ObservationResult, ChangeDirection, UnusableReason,
    Audience, DataKind, SharedPrecision, OnwardSharing, LegalClass, AgreementEnd,
    CaseState, Fate, FateIndication, Whereabouts, Circumstance, EventKind, AliveEvidence, CompanionKind,
    Sex, AgeBand, FacilitySexRegime, NamePart,
    ConsentUse, UseAnswer, ConsentHow, HandOverAnswer, AskedWhom, PackageState, GateQuestion, GatePrecision,
    ReferralNeed, ReferralUrgency, ReferralField, ReferralConsentForm, ReferralConsentBy, ReferralGround, ReferralOutcome,
    WorkKind, WorkTold, AskAnswer,
    RedactionReason, RedactionState, RedactionLength, RedactionFault,
    Role, Tier, Machine, LinkState, PairState, TaskState, JobState, ProblemCode, Predicate,
)

SCHEMES: dict[str, type[Scheme]] = {one.scheme(): one for one in _CLASSES}

__all__ = ["LOCALES", "SCHEMES", "Scheme", "choices", "is_draft", "label", "term", "terms",
           *(one.__name__ for one in _CLASSES)]

LOCALES = ("en", "ar")
_TRANSLATIONS = Path(__file__).parent.parent / "translations"


def term(scheme: str, code: str) -> Scheme:
    """The member of that scheme and code; LookupError names what is unknown."""
    try:
        return SCHEMES[scheme](code)
    except KeyError:
        raise LookupError(f"There is no vocabulary {scheme!r}.") from None
    except ValueError:
        raise LookupError(f"{code!r} is not a code of the vocabulary {scheme!r}.") from None


def label(scheme: str, code: str, locale: str = "en") -> str:
    """The word for a code in that language, in English where the language has none."""
    english = term(scheme, code).label
    return _catalogue(_language(locale)).get((scheme, english), (english, False))[0]


def choices(scheme: str, word: str, most: int = 5) -> str:
    """What to give instead of a word that is no code: the terms where they are few, else those nearest to it."""
    members = list(SCHEMES[scheme])
    codes = [one.code for one in members]
    if len(codes) <= most:
        return f"Give one of: {', '.join(codes)}."
    known = {name.lower(): one.code for one in members for name in (one.label, one.code)}
    matches = get_close_matches((word or "").lower(), known, n=2 * most, cutoff=0.55)
    near = list(dict.fromkeys(known[name] for name in matches))[:most]
    if near:
        return f"Nearest {'is' if len(near) == 1 else 'are'}: {', '.join(near)}."
    return f"There are {len(codes)} terms, such as {', '.join(codes[:most])}."


def is_draft(scheme: str, code: str, locale: str = "ar") -> bool:
    """Whether the label in that language still waits for a terminologist's approval."""
    english = term(scheme, code).label
    return _catalogue(_language(locale)).get((scheme, english), ("", False))[1]


def terms() -> Iterator[tuple[str, str, str, str, dict]]:
    """One row for each term, in order: scheme, code, English label, Arabic label, attributes."""
    for name, scheme in SCHEMES.items():
        for member in scheme:
            yield name, member.code, member.label, label(name, member.code, "ar"), dict(member.attrs)


def _language(locale: str) -> str:
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in LOCALES else "en"


@cache
def _catalogue(language: str) -> dict[tuple[str, str], tuple[str, bool]]:
    from babel.messages.pofile import read_po  # as it is first needed: a shell speaks English and starts sooner

    path = _TRANSLATIONS / language / "LC_MESSAGES" / "vocab.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        messages = read_po(file, locale=language)
    return {
        (message.context, message.id): (message.string, "draft" in message.user_comments)
        for message in messages if message.id and message.string
    }
