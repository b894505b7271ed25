"""The verbs of search requests: the stage of it, what source handlers do with them, what one of a family reads and asks for."""
from sitereg.matrix.roles import STAGE_AGREERS, STAGE_ASKERS, TELLERS, WORKING, verb

FAMILY = ("family",)

SEARCHING = (
    verb("cases_registered", "know whether cases are registered", (*WORKING, *STAGE_AGREERS, "auditor"), "cases_registered"),
    verb("read_stage", "read whether cases are registered, and who settled that", (*STAGE_ASKERS, "auditor"), "stage",
         "requests.stage"),
    verb("ask_stage", "ask that registering cases be opened or closed", STAGE_ASKERS, "stage_ask", "requests.turn"),
    verb("settle_stage", "agree that it be opened or closed, or refuse it", STAGE_AGREERS, "stage_settle", "requests.settle",
         "agreeing: not the one who asked"),
    verb("search_requests", "record search requests, propose whom they are for, open the search, hand over the family's page",
         TELLERS,
         "request_record request_step request_match request_unmatch request_open requests request_access request_access_end "
         "request_wish_done request_reach",
         "requests.index requests.blank requests.record requests.show requests.candidates requests.match requests.unmatch "
         "requests.open_case requests.step requests.access requests.end_access requests.called requests.reach"),
    verb("own_page", "read one's own request as one of a family, say how one wishes to be reached, withdraw", FAMILY,
         "family_page family_wish", "own.index own.reach own.call own.hear own.withdraw own.delete"),
)
