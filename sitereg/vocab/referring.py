"""Words of referrals of families, and of coordination: needs, urgency, what is passed on and came of it; declared work."""
from sitereg.vocab.scheme import Scheme


class ReferralNeed(Scheme):
    """What a family needs of a partner."""

    LEGAL = "legal", "legal help"
    PSYCHOSOCIAL = "psychosocial", "psychosocial support"
    MEDICAL = "medical", "medical care"
    ECONOMIC = "economic", "money, work or housing"
    DOCUMENTATION = "documentation", "papers and civil status"
    PROTECTION = "protection", "protection"
    REUNIFICATION = "reunification", "reunification with relatives"
    EDUCATION = "education", "schooling and care of children"
    SEARCH = "search", "registering somebody who is missing"


class ReferralUrgency(Scheme):
    """How soon: days until it is answered, and until an outcome is known."""

    CRITICAL = "critical", "at once", {"answer_days": 1, "outcome_days": 7}
    URGENT = "urgent", "within days", {"answer_days": 3, "outcome_days": 30}
    ROUTINE = "routine", "as soon as there is room", {"answer_days": 14, "outcome_days": 90}


class ReferralField(Scheme):
    """What is passed on; early: what the partner reads before accepting, the rest only afterwards."""

    REASON = "reason", "what is needed, and why this partner", {"early": True}
    LIVES_IN = "lives_in", "town or district where they live now", {"early": True}
    LANGUAGE = "language", "language and accessibility", {"early": True}
    HOUSEHOLD = "household", "how many they are, with children", {"early": True}
    NAME = "name", "name of the one to speak to", {"early": False}
    CONTACT = "contact", "how to reach them", {"early": False}
    SAFE_WAY = "safe_way", "when and how it is safe to call", {"early": False}


class ReferralConsentForm(Scheme):
    """In which form a family consented."""

    WRITTEN = "written", "signed"
    RECORDED = "recorded", "spoken and recorded"
    SPOKEN = "spoken", "spoken, before a second person"


class ReferralConsentBy(Scheme):
    """Who consented."""

    SELF = "self", "the one who is referred"
    GUARDIAN = "guardian", "a parent or guardian"
    REPRESENTATIVE = "representative", "somebody whom they empowered"


class ReferralGround(Scheme):
    """Why a referral was declined or withdrawn."""

    NO_ROOM = "no_room", "no room now"
    NOT_OURS = "not_ours", "not among what we do"
    OUT_OF_AREA = "out_of_area", "we do not work there"
    UNSAFE = "unsafe", "it would not be safe"
    FAMILY_WITHDREW = "family_withdrew", "the family withdrew its consent"
    NO_LONGER_NEEDED = "no_longer_needed", "no longer needed"
    IN_ERROR = "in_error", "made in error"


class ReferralOutcome(Scheme):
    """What came of a referral, in a word and never in detail."""

    SUPPORTED = "supported", "the need was met"
    IN_PART = "in_part", "met in part"
    NOT_REACHED = "not_reached", "they could not be reached"
    DECLINED = "declined_by_family", "they did not wish it"
    PASSED_ON = "to_others", "others help them now"
    NOT_MET = "not_met", "it could not be met"


class WorkKind(Scheme):
    """What somebody does at a place."""

    SURVEY = "survey", "survey"
    DOCUMENTATION = "documentation", "documentation"
    EXHUMATION = "exhumation", "planning an exhumation"
    INTERVIEWS = "interviews", "interviews"
    PROTECTION = "protection", "protection"


class WorkTold(Scheme):
    """What others who see the same place are told of declared work."""

    NOBODY = "nobody", "nothing"
    SOMEBODY = "somebody", "that somebody works there, not who"
    NAMED = "named", "the name, as was agreed"


class AskAnswer(Scheme):
    """What a source handler lets an asker know."""

    NOTHING_TOLD = "nothing_told", "Nothing can be said. Go by your own rules."
    SPEAK_FIRST = "speak_first", "Speak with the coordinator before you go on."
