"""The same of what the registry keeps of its own work: reports, consent, freezes, drafts, what left, accounts, the log."""
from sitereg import accounts, audit, consent, reports, sharing, sites
from sitereg.entering import drafts
from sitereg.errors import NotFound
from tests.sitereg.matrix_probes import closed, column, refusing


def told(text, who):
    """The reports of a text, by the tier and compartment that each was given: all that this clearance holds, no other one, or none."""
    seen = {one for one in ("1", "2", "names") if f"Words of report {one}" in text}
    meant = {"t0": set(), "t1": {"1"}, "t2": {"1", "2"}}[who[:2]] | ({"names"} if who in ("t1_names", "t2_names", "t2_steward") else set())
    return "none" if not seen else "cleared" if seen == meant else f"something else: {sorted(seen)}"


class Reports:
    def function(house, session, who):
        return refusing(lambda: told(repr(reports.waiting(session)), who))

    def page(house, who):
        status, text = house.get(who, "/reports")
        return "refused" if status == 403 else told(text, who)

    def sql(house, connection, who):
        seen = told(repr(column(connection, "select words from v_report")), who)
        return "refused" if seen == "none" else seen


class Withdrawn:
    def function(house, session, who):
        told = repr([sites.find(session), session.rows("all_sources"), session.rows("all_claims")])
        assert "Taken Back" not in told and "took it back" not in told
        return refusing(lambda: "one_by_one" if str(house.known["lost"]) in repr(consent.withdrawn(session)) else "none")

    def page(house, who):
        status = house.get(who, f"/sources/{house.known['lost']}/withdrawn")[0]
        return {200: "one_by_one", 403: "refused"}[status]

    def sql(house, connection, who):
        assert not column(connection, "select 1 from v_claim where value like '%%Taken Back%%'")
        closed(connection, "select * from api.withdrawn_claims(%s)", house.known["lost"])


class Frozen:
    def function(house, session, who):
        seen = house.known["frozen"] in repr(sites.find(session)) + repr(sharing.freezes(session))
        try:
            return "shown" if sites.show(session, house.known["frozen"]) and seen and sharing.freezes(session) else "something else"
        except NotFound:
            return "something else" if seen else "none"

    def page(house, who):
        status, text = house.get(who, f"/sites/{house.known['frozen']}")
        return "shown" if status == 200 and "Frozen Prison" in text else {404: "none"}[status]

    def sql(house, connection, who):
        return "shown" if column(connection, "select 1 from v_site where code = %s", house.known["frozen"]) else "none"


class Drafts:
    def function(house, session, who):
        return "own" if drafts.listed(session) == [] else "all"

    page = None

    def sql(house, connection, who):
        closed(connection, "select 1 from api.drafts()")


class Left:
    def function(house, session, who):
        return "all" if "A commission of the matrix" in repr(session.rows("disclosures")) else "own"

    page = None

    def sql(house, connection, who):
        return "all" if column(connection, "select 1 from v_disclosure where recipient = 'A commission of the matrix'") else "own"


class Batches:
    def function(house, session, who):
        return "all" if session.rows("batch_report") else "own"

    def page(house, who):
        text = house.get(who, "/imports")[1]
        return ("own", "all") if "list.csv" not in text else "all"

    def sql(house, connection, who):
        return "all" if column(connection, "select id from v_batch") else "own"


class Accounts:
    def function(house, session, who):
        names = {one["name"] for one in accounts.everyone(session)}
        return "own" if names == {house.account(who)} else "all" if "worker" in names else "something else"

    page = None

    def sql(house, connection, who):
        closed(connection, "select name from api.accounts()")


class Log:
    def function(house, session, who):
        return refusing(lambda: "all" if audit.log(session) else "none")

    page = None

    def sql(house, connection, who):
        closed(connection, "select seq from api.audit_log()")


PROBES = {"reports": Reports, "withdrawn": Withdrawn, "frozen": Frozen, "drafts": Drafts, "left": Left, "batches": Batches,
          "accounts": Accounts, "log": Log}
