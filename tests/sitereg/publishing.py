"""Short ways to publish: a site whose kinds are confirmed, the answers a disclosure asks for, a releaser's approval."""
from sitereg import decisions, disclosing
from tests import given
from tests.sitereg.deciding import put

RISK = {"site": "guarded since May", "sources": "none was on the spot", "families": "they asked for it", "staff": "none works there"}
ANSWERS = disclosing.Answers(publish=True, recipient="public", risk=RISK)


def confirmed(registry, *said, kind="court", **more):
    """(site, code, {predicate: claim}) of a new site whose kind is confirmed; `said` besides its kind."""
    said = (given.kind(kind), *said)
    site, code, claims = given.site(registry, *said, **more)
    put(registry, site, "verification", "confirmed", aspect=kind)
    with registry.dba() as raw:
        raw.execute("select api._resolve(%s::uuid[])", [[site]])
    return site, code, {one["predicate"]: claim for one, claim in zip(said, claims, strict=True)}


def confirm(raw, site):
    """The kind of a site with one kind is confirmed by a decision put underneath."""
    raw.execute("insert into reg.decision(id, subject, machine, aspect, seq, from_state, to_state, reason, proposed_by, tier, scope, recorded_by, event, digest)"
                " select reg.new_id(), d.subject, d.machine, d.aspect, d.seq + 1, d.to_state, 'confirmed', 'arranged', d.proposed_by, d.tier, d.scope,"
                " d.proposed_by, d.event, '' from reg.decision d where d.subject = %s order by d.seq desc limit 1", [site])


def agreed(registry, outcome, by="releaser"):
    """The outcome once a releaser has approved."""
    with registry.as_(by):
        return decisions.approve(registry, outcome.proposal)


def disclose(registry, site, *claims, **more):
    """The site is disclosed with these claims, with four eyes; the decision."""
    done = disclosing.disclose(registry, site, claims, ANSWERS, reason="families asked where it was", **more)
    return agreed(registry, done).decision


def published(registry, *said, kind="court"):
    """(site, code, {predicate: claim}) of a disclosed site, all that was said of it named."""
    site, code, claims = confirmed(registry, *said, kind=kind)
    disclose(registry, site, *claims.values())
    return site, code, claims


def annul(registry, decision):
    return agreed(registry, decisions.annul(registry, decision, reason="it was a mistake"))
