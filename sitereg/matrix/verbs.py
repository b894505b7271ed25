"""What each role opens: one line for each verb, with the functions of the database and the routes of the web that are that verb.

A verb without roles is for everybody who is cleared; NOBODY: for whoever comes, shown nothing of the registry. A function of which
the role depends on what is decided has the roles of its machine's steps (sitereg.machines). Tier and compartments decide which rows
a verb meets; that is `cells`.
"""
from dataclasses import dataclass

from sitereg import machines

OFFICERS = machines.OFFICERS
VISITORS = ("protection_officer", "investigator")
REPORTERS = ("protection_officer", "investigator", "analyst", "data_steward")
WORKING = (*REPORTERS, "source_handler")
RECEIVERS = ("investigator", "protection_officer", "data_steward", "source_handler")
GIVERS = (*REPORTERS, "releaser")
CLAIM_READERS = (*WORKING, "releaser")
FREEZERS = ("protection_officer", "investigator", "data_steward", "source_handler", "releaser")
CHANGERS = ("source_handler", "data_steward", "investigator")
SORTERS = ("investigator", "data_steward")
LISTERS = (*SORTERS, "source_handler")
NAMERS = ("investigator", "analyst", "data_steward")
APPROVERS = ("verifier", "releaser")
TRACERS = (*CLAIM_READERS, "auditor")
COLLEAGUES = ("viewer", *machines.ANYONE_AT_WORK, "auditor", "admin")
STEWARDS, HANDLERS, RELEASERS, ADMINS, AUDITORS = ("data_steward",), ("source_handler",), ("releaser",), ("admin",), ("auditor",)
EVERYONE = ()  # whoever is cleared
NOBODY = None  # whoever comes
MACHINE = ("keeper",)  # no person


@dataclass(frozen=True)
class Verb:
    """One thing that may be done. words: in English; roles: who may (one of them is enough)."""

    code: str
    words: str
    roles: tuple[str, ...] | None
    functions: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    note: str = ""


def acting(*wanted):
    """The roles that may take a step of these machines."""
    return tuple(dict.fromkeys(role for step in machines.TRANSITIONS if step.machine in wanted for role in step.roles))


SETTLERS = acting("duplicate")


def _verb(code, words, roles, functions="", routes="", note=""):
    return Verb(code, words, roles, tuple(functions.split()), tuple(routes.split()), note)


READING = (
    _verb("read_sites", "find, list, count, draw and open sites", EVERYONE,
          "site_list site_count site_facets site_years site_frame site_outlines site_page site_page_on site_tile site_why "
          "site_history site_claims sites_near site_transfers circle all_sites all_site_kinds all_relations all_claims "
          "all_sources where_now",
          "sites.index sites.search going.go sites.show sites.past sites.why sites.history tiles.site_tile "
          "tiles.transfers tiles.streets"),
    _verb("read_persons", "find and open cases", EVERYONE,
          "person_list person_count person_frame person_page person_why event_frame event_outlines event_tile all_persons "
          "all_events",
          "persons.index persons.search persons.show persons.why persons.history tiles.event_tile"),
    _verb("read_records", "find and open bodies of records", EVERYONE,
          "holding_list holding_count holding_page holding_why all_holdings",
          "holdings.index holdings.search holdings.show holdings.why"),
    _verb("read_protection", "read visits, measures, disturbances and gaps", EVERYONE,
          "visits measures disturbances protection_gaps protection_gap_counts all_visits all_measures all_disturbances",
          "gaps.index"),
    _verb("read_documents", "look at scans", EVERYONE,
          "document_list document_view documents_of open_page all_documents",
          "documents.index documents.show documents.image"),
    _verb("read_inquiries", "read inquiries", EVERYONE,
          "inquiries inquiry all_inquiries", "inquiries.index inquiries.show"),
    _verb("read_decisions", "read what was decided, what waits and what may be decided", EVERYONE,
          "decision_history decision_options site_settle nearest_settled proposals_waiting "
          "proposal_effects all_decisions all_proposals",
          "settling.index"),
    _verb("read_ground", "read units, partners' names, the day", EVERYONE,
          "units units_at unit_area all_units places_named ground_units ground_places partners today is_demo is_frozen sender"),
    _verb("search", "search sites, places and cases by the words that they carry", EVERYONE, "site_search",
          "search.index search.ask search.suggest", note="cases by their reference; logged"),
    _verb("compare", "compare records that may be one, read what was settled of them", EVERYONE,
          "duplicate_sites duplicate_persons duplicates_settled", "duplicates.index duplicates.ask",
          note="persons: compartment names, with a reason; logged"),
    _verb("look_inside", "count what lies inside an area", EVERYONE,
          "inside_counts sites_inside events_inside", "inside.show inside.ask"),
    _verb("overview", "count what the registry covers, look at it over time, find silent places", EVERYONE,
          "coverage progress silent_units", "overview.index overview.silent"),
    _verb("join", "join events and sites, read what a search for lines of inquiry reads", EVERYONE,
          "event_site_near link_person link_persons link_events link_sites link_confirmed link_network link_companions"),
    _verb("read_links", "read lines of inquiry that were computed, and what reviews settled", EVERYONE,
          "link_frame link_runs link_reviews", "links.person links.ask links.site links.ask_site",
          note="of exactly one's own tier; burial with a reason"),
    _verb("read_frames", "read tables as a script", EVERYONE, "", "api.frame", note="with a personal token of one's own"),
    _verb("find_by_number", "find records by a partner's number", EVERYONE,
          "subjects_by_external", note="those of persons: compartment names, or a data steward who imports"),
    _verb("open_names", "open the names of one case, find a case by name", EVERYONE,
          "person_names person_named name_mark", "persons.names",
          note="the compartment names from tier 1, with a reason; logged"),
    _verb("read_claim", "open one claim, to retract it or restrict it", CLAIM_READERS, "", "sharing.ask_retract"),
    _verb("read_reports", "read reports that wait to be sorted; find one by its number", LISTERS,
          "reports entry_of", "reports.listed reports.find"),
    _verb("list_reports", "the same as a table: empty for other roles", EVERYONE, "all_reports"),
    _verb("open_vault", "open what the vault holds", HANDLERS,
          "vault_holds vault_try vault_tried vault_open", "vault.ask vault.show", note="with one's own key; logged"),
    _verb("read_vault_state", "read who holds a key of the vault and what waits for one", ("source_handler", "admin", "auditor"),
          "vault_state"),
    _verb("read_terms", "read the terms and consent of a source", CHANGERS, "source_terms"),
    _verb("trace_recipients", "read who received what rests on a source", TRACERS, "recipients"),
    _verb("read_views", "open views of the map, one's own and colleagues'; read what changed at sites that one watches", EVERYONE,
          "kept_views kept_view watched watches", "kept.index watching.index", note="a partner his own views alone"),
    _verb("read_log", "read the chain of events", AUDITORS, "audit_log"),
    _verb("read_left", "read what left by one's own act", EVERYONE,
          "disclosures all_disclosures", note="of all: auditor, releaser"),
    _verb("read_batches", "read one's own imports", EVERYONE, "batch_report all_batches", note="of all: auditor"),
    _verb("read_freezes", "read one's own freezes", EVERYONE,
          "freezes freeze_receipts", note="of all that he sees: releaser"),
    _verb("read_self", "read one's own account, jobs, tokens and tasks", EVERYONE,
          "me self account level scopes roles how request accounts jobs tokens tasks all_tasks", "desk.desk me.me",
          note="accounts and tokens of all: admin, auditor; jobs of all: auditor"),
)

WRITING = (
    _verb("record", "record claims, sources and documents, correct, retract a claim", WORKING,
          "record_claims new_source correct_claim end_claim keep_document", "sharing.retract saying.index saying.ask saying.say"),
    _verb("seal", "lay into the vault how to reach a teller or an asker, and what insiders said", WORKING,
          "vault_recipients vault_box vault_keep vault_insiders vault_insider_of", "vault.keep"),
    _verb("name_authority", "name an authority", NAMERS, "find_authority"),
    _verb("scan", "add pages, draw regions, transcribe, say what a scan shows and whether living people are in it", WORKING,
          "add_page draw_region transcribe describe_document look_document keep_camera",
          "documents.region documents.transcribe documents.describe documents.look"),
    _verb("enter", "type sites, cases and testimonies; keep drafts", WORKING,
          "open_entry save_draft",
          "entering.start entering.site entering.site_typed entering.person entering.person_typed entering.testimony "
          "entering.testimony_typed entering.keep entering.draft entering.drop entering.reading entering.receipt"),
    _verb("keep_views", "keep, name, share and delete one's own views; watch sites", EVERYONE,
          "keep_view name_view drop_view watch_site unwatch_site looked_at",
          "kept.keep kept.change kept.drop watching.add watching.end watching.looked"),
    _verb("own_drafts", "open, list and drop one's own drafts; the terms and receipts of one's own sheets", EVERYONE,
          "draft drafts drop_draft entry last_terms"),
    _verb("record_report", "write down a report", RECEIVERS, "record_report", "entering.report entering.report_typed"),
    _verb("sort_report", "sort a report; take back what a teller takes back", SORTERS,
          "sort_report", "reports.sort reports.take_back"),
    _verb("hold", "record bodies of records and what is said of them", WORKING,
          "", "holdings.blank holdings.add holdings.say holdings.access holdings.loss"),
    _verb("inquire", "open inquiries and take their steps", WORKING,
          "open_inquiry inquiry_step", "inquiries.blank inquiries.add inquiries.step"),
    _verb("visit", "record a visit; the page, the sheet and the form for the road", VISITORS, "record_visit",
          "protection.visit field.show field.sheet field.form"),
    _verb("set_out", "set out for a place, with the hour of return", VISITORS, "start_trip", "field.leave"),
    _verb("allow_device_drafts", "allow that somebody's device keeps sealed drafts", STEWARDS, "allow_device_drafts"),
    _verb("device_drafts", "keep a sealed draft on one's own device, where that is allowed; end that", EVERYONE,
          "device_drafts device_seed end_device_drafts", "me.end_drafts", note="of others: data steward"),
    _verb("look_for", "see who is on the way for whom one is to look, say that he is back", EVERYONE, "trips end_trip",
          "field.back", note="one's own trips, and those whose colleague one is"),
    _verb("measure", "record a measure and its state; decide on protection in the web; end a disturbance", OFFICERS,
          "measure_state record_measure end_disturbance",
          "protection.decide protection.measure protection.measure_state protection.disturbance_end"),
    _verb("disturbance", "record a disturbance", REPORTERS, "record_disturbance send_once",
          "protection.disturbance"),
    _verb("grade", "grade a source; retract all that it says", CHANGERS,
          "grade_source retract_source", "sharing.ask_retract_source sharing.retract_source"),
    _verb("import", "import a partner's file, revoke a batch, load places", STEWARDS,
          "open_batch add_rows close_batch revoke_batch known_rows intake_state batch_rows batch_before rows_before "
          "said_already load_places settle_rows rows_beside batch_problems batch_profile profiles_used batches_of_file",
          "sharing.batches sharing.ask_retract_batch sharing.retract_batch "
          "intake.index intake.upload intake.show intake.act intake.text "
          "intake.report intake.stop intake.drop intake_rows.rows intake_rows.report intake_rows.row intake_rows.settle_row "
          "intake_rows.settle intake_rows.corrected_file"),
    _verb("open_rows", "open the sealed words of rows that were held back", STEWARDS, "open_rows", "intake_rows.words",
          note="the compartment names from tier 1, with a reason; logged"),
    _verb("task", "settle a task of one's own, enqueue work and stop one's own, log a read", EVERYONE,
          "task_done job_enqueue job_stop log_read", "desk.task"),
)

SETTLING = (
    _verb("decide", "propose or decide a status", acting("verification", "protection", "case", "fate", "whereabouts"),
          "decide", note="by the step's own roles (decision machines)"),
    _verb("propose_level", "propose in the web how well a kind of a site is known", acting("verification"), "",
          "settling.ask settling.propose"),
    _verb("choose_value", "choose which value is shown", NAMERS, "choose_value"),
    _verb("review_link", "settle what a line of inquiry is: a lead, set aside, or (proposed) excluded", acting("link_review"),
          "review_link", "links.review"),
    _verb("settle_duplicate", "link two records, tell them apart, undo it", acting("duplicate"), "settle_duplicate",
          "duplicates.settle"),
    _verb("run_links", "have the lines of inquiry of one's tier computed", NAMERS, "link_ask link_may_run"),
    _verb("weigh_statuses", "read what another body says in a batch, and what taking it over would change",
          (*acting("verification"), "verifier"), "batch_statuses takeover_steps", "intake_statuses.weigh"),
    _verb("take_over", "take over the statuses of a partner's batch", acting("verification"), "take_over_statuses",
          "intake_statuses.propose"),
    _verb("merge", "merge and split sites", acting("merge", "split"), "merge split"),
    _verb("disclose", "propose that a site or its exact place be disclosed", acting("disclosure"),
          "disclose disclose_place"),
    _verb("restrict", "restrict what one sees, at once", machines.ANYONE_AT_WORK, "restrict"),
    _verb("lift", "propose that a restriction be lifted", ("investigator", "analyst", "protection_officer"), "lift"),
    _verb("annul", "annul the last decision of a kind", tuple(dict.fromkeys((*acting(*machines.START), *APPROVERS))),
          "annul", note="by whoever may decide of that kind, or approve"),
    _verb("approve", "agree to what another one proposed, or refuse it", APPROVERS,
          "approve", "desk.review desk.reviewed", note="a verifier; of tiers and disclosures a releaser"),
    _verb("withdraw", "withdraw what one proposed oneself; the form that answers a proposal", EVERYONE,
          "withdraw", "desk.proposal"),
)

SHARING = (
    _verb("give", "give a document away, print a page, write a file", GIVERS,
          "release_document print_page write_disclosure leaving_sites leaving_withheld",
          "leaving.ask_document leaving.document leaving.ask_print leaving.printed leaving.ask_inquiry leaving.inquiry "
          "dossier.ask dossier.make "
          "leaving.ask_sites leaving.sites leaving.ask_counts leaving.counts"),
    _verb("release", "agree that a document of tier 2 leaves", RELEASERS,
          "agree_release", "leaving.releases leaving.agree"),
    _verb("freeze", "freeze an area, a site, records or a source", FREEZERS,
          "freeze",
          "freezing.index freezing.ask freezing.freeze freezing.ask_area freezing.area freezing.ask_source freezing.source"),
    _verb("unfreeze", "ask that a freeze be lifted, or agree", RELEASERS,
          "ask_unfreeze settle_unfreeze", "freezing.settle"),
    _verb("change_terms", "record a teller's consent, or that it is withdrawn", CHANGERS,
          "change_terms", "consent.ask consent.change"),
    _verb("withdrawn", "open what rests on withdrawn consent and settle what becomes of it", HANDLERS,
          "withdrawn withdrawn_claims review_deletion", "consent.index consent.show consent.review"),
)

KEEPING = (
    _verb("accounts", "make accounts, ask for and settle clearances, end them, close accounts, ask for a thaw", ADMINS,
          "account_add compartment_add clearance_ask clearance_settle clearance_end account_close thaw_ask"),
    _verb("read_requests", "read what clearances wait, what compartments there are: empty but for admin and auditor", EVERYONE,
          "clearance_requests compartments"),
    _verb("freeze_account", "freeze any account, at once", COLLEAGUES, "account_freeze", note="never a partner"),
    _verb("own_account", "tokens, seats and second factors of one's own account", EVERYONE,
          "token_make token_end", "me.make_token me.end_token me.end_others me.freeze",
          note="me.freeze is refused to partners by the function"),
    _verb("vault_keys", "make one's own key of the vault, let colleagues open what one opens", HANDLERS,
          "vault_new_key vault_passphrase vault_unshared vault_share", "vault.index vault.key vault.share vault.end"),
    _verb("end_vault_key", "end a key of the vault", ("source_handler", "admin"), "vault_end_key"),
    _verb("erase_vault", "erase what the vault holds of an inquiry", HANDLERS, "vault_erase", "vault.erase"),
    _verb("resolve_again", "resolve every record again", ("auditor", "admin"), "resolve_again"),
    _verb("keeper", "the keeper's rounds", MACHINE, "daily_review lapse_measures", note="the keeper alone, who is no role"),
    _verb("door", "sign in, show a second factor, lock, leave", NOBODY,
          "token_opens log_sign_in",
          "security.login security.logout me.leave me.health static second.answer second.ask second.begin second.codes "
          "second.end second.key_end second.key_new second.key_options second.lock second.locked second.open_options "
          "second.open_with_key second.stay second.take second.unlock"),
)

VERBS: tuple[Verb, ...] = READING + WRITING + SETTLING + SHARING + KEEPING

# Where a role changes which rows or columns are answered, beside opening the function. A partner sees no case for which nobody has
# asked; a source handler the kind of witness, the words of testimonies and what rests on withdrawn consent; the rest see more than
# their own.
_SEES_MORE = (
    ("partner", "_claims_of _events_inside _page_companions _person_filter _seen_records"),
    ("partner", "all_events all_persons event_site_near person_page person_why site_transfers"),
    ("partner", "_link_me _kept_view _view_terms kept_views silent_units"),
    ("partner source_handler", "person_named person_names"),
    ("partner", "_settled_pairs duplicate_persons"),
    ("source_handler", "_record_of _seen_document all_sources recipients reports source_terms"),
    ("source_handler", "_live_recipients entry_of vault_state"),
    ("investigator data_steward source_handler", "all_reports"),
    ("data_steward", "device_drafts end_device_drafts subjects_by_external"),
    ("releaser", "settle_unfreeze"),
    ("releaser source_handler", "freezes"),
    ("analyst partner releaser", "_who"),
    ("analyst partner", "keeper_end_strays"),
    ("admin partner", "account_freeze"),
    ("admin", "clearance_settle token_end"),
    ("admin auditor", "accounts clearance_requests compartments tokens"),
    ("auditor", "batch_report jobs"),
    ("auditor releaser", "disclosures"),
    (" ".join(WORKING), "_worker_named"),
)
SEES_MORE: dict[str, frozenset[str]] = {name: frozenset(roles.split()) for roles, names in _SEES_MORE for name in names.split()}

# The same of the policies of tables (20_policies.sql).
POLICIES: dict[str, frozenset[str]] = {
    table: frozenset(roles.split()) for roles, tables in (
        ("admin auditor", "account clearance clearance_request personal_token"), ("auditor releaser", "disclosure"),
        ("partner", "map_view"),
        ("auditor", "audit_event checkpoint job read_log read_root")) for table in tables.split()}
