"""Partners of the demonstration: three agreements (in force, soon over, taken back), consent use by use, one share at the door, one
submission that waits there, one release of counts. All of it invented, and said to be."""
import json
from datetime import timedelta

from sitereg import agreements, claims, consent, gates, packages, sealing, sharing, sources, statistics, submissions, vocab
from sitereg.demo.deciding import by

USES = ["search_for_missing", "analysis", "statistics", "sharing_with_partners"]
PARTNERS = (  # English, Arabic, days until its last one, whether it is taken back
    ("An invented union of survivors", "اتحاد ناجين متخيَّل", 300, False),
    ("An invented documentation centre", "مركز توثيق متخيَّل", 20, False),
    ("An invented legal clinic", "عيادة قانونية متخيَّلة", 200, True))
WHY = "Synthetic: made up for the demonstration"
YES = {one.code: {"answer": "yes", "why": WHY} for one in vocab.GateQuestion}
LETTER = {"v": 1, "text": "نص مختلق للعرض: رأينا سوراً جديداً عند الحقل. Synthetic: we saw a new wall by the field.",
          "places": "33.5, 36.5", "files": []}

__all__ = ["record"]


def record(settings, told):
    """What partners agreed, gave, were shown and sent stands. told: some planned sites of tier 1, as many as PARTNERS at least."""
    for (en, ar, days, back), site in zip(PARTNERS, told, strict=False):
        agreement = agreed(settings, {"en": en, "ar": ar}, days)
        with by(settings, "investigator") as opened:
            source = sources.new(opened, "ngo_report", {"en": f"List of {en[3:]}", "ar": f"قائمة: {ar}"}, reliability="B",
                                 reason="Graded for the demonstration", terms={
                                     "partner": {"en": en, "ar": ar}, "terms": WHY, "permitted_uses": USES, "consent": "given",
                                     "legal_class": "passed_on"})
            claims.record(opened, [claims.said("kind", {"code": site.kind}, source=source, credibility="3", subject=site.id)],
                          reason="demonstration")
        asked(settings, source)
        if back:
            with by(settings, "steward") as opened:
                agreements.withdraw(opened, agreement, by="by_them", why="Synthetic: they asked for it back")
    shown(settings, told)
    submitted(settings)
    counted(settings)


def agreed(settings, partner, days):
    """An agreement that two approved; its id."""
    with by(settings, "steward") as opened:
        today = opened.value("today")
        made = agreements.add(opened, {
            "classes": ["organisation", "passed_on"], "purposes": USES, "audiences": ["institution", "partners", "families"],
            "kinds": ["sites", "places", "events", "referrals"], "precision": "one_km",
            "onward": "permitted", "retention_months": 12,
            "signed_on": str(today - timedelta(60)), "signed_by_them": "Invented chair (synthetic)",
            "signed_by_us": "Invented head (synthetic)", "review_on": str(today + timedelta(min(days, 90))),
            "expires_on": str(today + timedelta(days))}, why=WHY, partner=partner, title=f"Synthetic: {partner['en']}")
    for who in ("verifier", "releaser"):
        with by(settings, who) as opened:
            agreements.approve(opened, made["version"])
    return made["agreement"]


def asked(settings, source):
    """Whoever told it was asked use by use: sharing with partners and statistics, but no authority and no call."""
    with by(settings, "handler") as opened:
        consent.record(opened, {"search": "yes", "partners": "yes", "statistics": "yes", "authorities": "no", "recontact": "no"},
                       version="Invented leaflet, version 2", how="oral", before="the demonstration unit",
                       on=opened.value("today"), why=WHY, source=source)


def shown(settings, sites):
    """The demo partner is shown these sites at the door, as cells of ten kilometres, by two persons."""
    who = {"recipient": "An invented union of survivors"}
    with by(settings, "investigator") as opened:
        until = opened.value("today") + timedelta(180)
        made = [gates.propose(opened, one.code, precision="cell_10km", answers=YES, reason=WHY, until=until, **who)["gate"]
                for one in sites]
    with by(settings, "releaser") as opened:
        for gate in made:
            gates.settle(opened, gate, "agreed", why=WHY)
    with by(settings, "investigator") as opened:
        share = packages.share(opened, account="demo.partner", purpose="Synthetic: to plan visits with families", expires_on=until,
                               risk=dict.fromkeys(sharing.RISKS, "none: invented"), codes=[one.code for one in sites],
                               fields=["kinds", "verification", "protection", "place"], **who)
    with by(settings, "releaser") as opened:
        packages.settle(opened, share, agrees=True, why=WHY)


def submitted(settings):
    """One submission of the demo partner waits at the door, sealed."""
    with by(settings, "partner") as opened:
        made = submissions.begin(opened, "Synthetic: a new wall / جدار جديد", [1])
        letter = json.dumps(LETTER, ensure_ascii=False).encode().ljust(4096)
        submissions.part(opened, made, 0, 0, sealing.sealed(letter, submissions.keys(opened)))
        submissions.send(opened, made)


def counted(settings):
    """One table of counts is published."""
    with by(settings, "steward") as opened:
        made = statistics.propose(opened, "Synthetic: invented sites by governorate and kind")
    with by(settings, "releaser") as opened:
        statistics.settle(opened, made, "published", why=WHY)
