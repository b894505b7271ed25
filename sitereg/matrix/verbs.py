"""What each role opens: one line for each verb, with the functions of the database and the routes of the web that are that verb.

A verb without roles is for everybody who is cleared; NOBODY: for whoever comes, shown nothing of the registry. A function of which
the role depends on what is decided has the roles of its machine's steps (sitereg.machines). Tier and compartments decide which rows
a verb meets; that is `cells`.
"""
from sitereg import machines
from sitereg.matrix.packing import PACKING
from sitereg.matrix.reading import READING
from sitereg.matrix.roles import (
    ADMINS,
    AGREEMENT_ENDERS,
    AGREERS,
    APPROVERS,
    CHANGERS,
    COLLEAGUES,
    EVERYONE,
    FREEZERS,
    GIVERS,
    HANDLERS,
    KEEPERS_OF_TERMS,
    MACHINE,
    NAMERS,
    NOBODY,
    OFFICERS,
    RECEIVERS,
    RELEASERS,
    REPORTERS,
    SORTERS,
    STEWARDS,
    VISITORS,
    WORKING,
    Verb,
    acting,
    verb,
)
from sitereg.matrix.searching import SEARCHING

WRITING = (
    verb("record", "record claims, sources and documents, correct, retract a claim", WORKING,
         "record_claims new_source correct_claim end_claim keep_document", "sharing.retract saying.index saying.ask saying.say"),
    verb("seal", "lay into the vault how to reach a teller or an asker, and what insiders said", WORKING,
         "vault_recipients vault_box vault_keep vault_insiders vault_insider_of", "vault.keep"),
    verb("name_authority", "name an authority", NAMERS, "find_authority"),
    verb("scan", "add pages, draw regions, transcribe, say what a scan shows and whether living people are in it", WORKING,
         "add_page draw_region transcribe describe_document look_document keep_camera",
         "documents.region documents.transcribe documents.describe documents.look"),
    verb("enter", "type sites, cases and testimonies; keep drafts", WORKING,
         "open_entry save_draft",
         "entering.start entering.site entering.site_typed entering.person entering.person_typed entering.testimony "
         "entering.testimony_typed entering.keep entering.draft entering.drop entering.reading entering.receipt"),
    verb("keep_views", "keep, name, share and delete one's own views; watch sites", EVERYONE,
         "keep_view name_view drop_view watch_site unwatch_site looked_at",
         "kept.keep kept.change kept.drop watching.add watching.end watching.looked"),
    verb("own_drafts", "open, list and drop one's own drafts; the terms and receipts of one's own sheets", EVERYONE,
         "draft drafts drop_draft entry last_terms"),
    verb("record_report", "write down a report", RECEIVERS, "record_report", "entering.report entering.report_typed"),
    verb("sort_report", "sort a report; take back what a teller takes back", SORTERS,
         "sort_report", "reports.sort reports.take_back"),
    verb("hold", "record bodies of records and what is said of them", WORKING,
         "", "holdings.blank holdings.add holdings.say holdings.access holdings.loss"),
    verb("inquire", "open inquiries and take their steps", WORKING,
         "open_inquiry inquiry_step", "inquiries.blank inquiries.add inquiries.step"),
    verb("visit", "record a visit; the page, the sheet and the form for the road", VISITORS, "record_visit",
         "protection.visit field.show field.sheet field.form"),
    verb("set_out", "set out for a place, with the hour of return", VISITORS, "start_trip", "field.leave"),
    verb("allow_device_drafts", "allow that somebody's device keeps sealed drafts", STEWARDS, "allow_device_drafts",
         "devices.index devices.allow devices.end"),
    verb("device_drafts", "keep a sealed draft on one's own device, where that is allowed; end that", EVERYONE,
         "device_drafts device_seed end_device_drafts", "me.end_drafts", note="of others: data steward"),
    verb("look_for", "see who is on the way for whom one is to look, say that he is back", EVERYONE, "trips end_trip",
         "field.back", note="one's own trips, and those whose colleague one is"),
    verb("measure", "record a measure and its state; decide on protection in the web; end a disturbance", OFFICERS,
         "measure_state record_measure end_disturbance",
         "protection.decide protection.measure protection.measure_state protection.disturbance_end"),
    verb("disturbance", "record a disturbance", REPORTERS, "record_disturbance send_once",
         "protection.disturbance"),
    verb("grade", "grade a source; retract all that it says", CHANGERS,
         "grade_source retract_source", "sharing.ask_retract_source sharing.retract_source"),
    verb("import", "import a partner's file, revoke a batch, load places", STEWARDS,
         "open_batch add_rows close_batch revoke_batch known_rows intake_state batch_rows batch_before rows_before "
         "said_already load_places settle_rows rows_beside batch_problems batch_profile profiles_used batches_of_file",
         "sharing.batches sharing.ask_retract_batch sharing.retract_batch "
         "intake.index intake.upload intake.show intake.act intake.text "
         "intake.report intake.stop intake.drop intake_rows.rows intake_rows.report intake_rows.row intake_rows.settle_row "
         "intake_rows.settle intake_rows.corrected_file"),
    verb("register_raster", "register rasters of the ground", STEWARDS, "register_raster may_register_raster"),
    verb("observe", "record what was seen on rasters, and what was not", REPORTERS, "record_observations imagery_scan_ask"),
    verb("open_rows", "open the sealed words of rows that were held back", STEWARDS, "open_rows", "intake_rows.words",
         note="the compartment names from tier 1, with a reason; logged"),
    verb("task", "settle a task of one's own, enqueue work and stop one's own, log a read", EVERYONE,
         "task_done job_enqueue job_stop log_read", "desk.task"),
)

SETTLING = (
    verb("decide", "propose or decide a status", acting("verification", "protection", "case", "fate", "whereabouts"),
         "decide", note="by the step's own roles (decision machines)"),
    verb("propose_level", "propose in the web how well a kind of a site is known", acting("verification"), "",
         "settling.ask settling.propose"),
    verb("choose_value", "choose which value is shown", NAMERS, "choose_value"),
    verb("review_link", "settle what a line of inquiry is: a lead, set aside, or (proposed) excluded", acting("link_review"),
         "review_link", "links.review"),
    verb("settle_duplicate", "link two records, tell them apart, undo it", acting("duplicate"), "settle_duplicate",
         "duplicates.settle"),
    verb("run_links", "have the lines of inquiry of one's tier computed", NAMERS, "link_ask link_may_run"),
    verb("weigh_statuses", "read what another body says in a batch, and what taking it over would change",
         (*acting("verification"), "verifier"), "batch_statuses takeover_steps", "intake_statuses.weigh"),
    verb("take_over", "take over the statuses of a partner's batch", acting("verification"), "take_over_statuses",
         "intake_statuses.propose"),
    verb("merge", "merge and split sites", acting("merge", "split"), "merge split",
         "proposing.merge proposing.merged proposing.split proposing.parted"),
    verb("disclose", "propose that a site or its exact place be disclosed", acting("disclosure"),
         "disclose disclose_place", "proposing.disclose proposing.disclose_place"),
    verb("restrict", "restrict what one sees, at once; the page of who may see a site", machines.ANYONE_AT_WORK, "restrict",
         "proposing.tier proposing.restrict"),
    verb("lift", "propose that a restriction be lifted", ("investigator", "analyst", "protection_officer"), "lift",
         "proposing.lift"),
    verb("annul", "annul the last decision of a kind", tuple(dict.fromkeys((*acting(*machines.START), *APPROVERS))),
         "annul", note="by whoever may decide of that kind, or approve"),
    verb("approve", "agree to what another one proposed, or refuse it", APPROVERS,
         "approve", "desk.review desk.reviewed", note="a verifier; of tiers and disclosures a releaser"),
    verb("withdraw", "withdraw what one proposed oneself; the form that answers a proposal", EVERYONE,
         "withdraw", "desk.proposal"),
)

SHARING = (
    verb("give", "give a document away, print a page, write a file", GIVERS,
         "release_document print_page write_disclosure leaving_sites leaving_withheld",
         "leaving.ask_document leaving.document leaving.ask_print leaving.printed leaving.ask_inquiry leaving.inquiry "
         "dossier.ask dossier.make "
         "leaving.ask_map leaving.ask_sites leaving.sites leaving.ask_counts leaving.counts"),
    verb("release", "agree that a document of tier 2 leaves", RELEASERS,
         "agree_release", "leaving.releases leaving.agree"),
    verb("freeze", "freeze an area, a site, records or a source", FREEZERS,
         "freeze",
         "freezing.index freezing.ask freezing.freeze freezing.ask_area freezing.area freezing.ask_source freezing.source"),
    verb("unfreeze", "ask that a freeze be lifted, or agree", RELEASERS,
         "ask_unfreeze settle_unfreeze", "freezing.settle"),
    verb("change_terms", "record a teller's consent, or that it is withdrawn", CHANGERS,
         "change_terms consent_record", "consent.ask consent.change uses.ask uses.answer uses.ask_partner uses.answer_partner"),
    verb("submit", "submit through the partner's door, see one's own submissions", ("partner",),
         "door_keys door_begin door_mine door_send door_drop",
         "door.index door.blank door.begin door.show door.there door.part door.send door.drop"),
    verb("read_shares", "see what shares give, at one's own door", ("partner",), "door_shares door_share",
         "door.share"),
    verb("open_submissions", "open what partners submitted, with one's own key of the vault", HANDLERS,
         "submissions submission_open", "submissions.index submissions.show submissions.read submissions.report submissions.desk"),
    verb("write_agreements", "write down an agreement with a partner", KEEPERS_OF_TERMS,
         "add_agreement", "agreements.blank agreements.add agreements.renew agreements.renewed"),
    verb("approve_agreements", "approve an agreement", AGREERS, "approve_agreement", "agreements.approve"),
    verb("end_agreements", "withdraw an agreement, at once", AGREEMENT_ENDERS, "end_agreement", "agreements.withdraw"),
    verb("read_agreements", "read agreements and the calendar of what falls due", (*AGREERS, "auditor"),
         "agreements agreement_page", "agreements.index agreements.show"),
    verb("read_downstream", "read what rests on an agreement, and what stands under none", (*AGREEMENT_ENDERS, "auditor"),
         "agreement_downstream without_agreement", "agreements.downstream"),
    verb("withdrawn", "open what rests on withdrawn consent and settle what becomes of it", HANDLERS,
         "withdrawn withdrawn_claims review_deletion", "consent.index consent.show consent.review"),
)

KEEPING = (
    verb("accounts", "make accounts, ask for and settle clearances, end them, close accounts, ask for a thaw", ADMINS,
         "account_add compartment_add clearance_ask clearance_settle clearance_end account_close thaw_ask"),
    verb("read_requests", "read what clearances wait, what compartments there are: empty but for admin and auditor", EVERYONE,
         "clearance_requests compartments"),
    verb("freeze_account", "freeze any account, at once", COLLEAGUES, "account_freeze", note="never a partner"),
    verb("own_account", "tokens, seats and second factors of one's own account", EVERYONE,
         "token_make token_end", "me.make_token me.end_token me.end_others me.freeze",
         note="me.freeze is refused to partners by the function"),
    verb("vault_keys", "make one's own key of the vault, let colleagues open what one opens", HANDLERS,
         "vault_new_key vault_passphrase vault_unshared vault_share", "vault.index vault.key vault.share vault.end"),
    verb("end_vault_key", "end a key of the vault", ("source_handler", "admin"), "vault_end_key"),
    verb("erase_vault", "erase what the vault holds of an inquiry", HANDLERS, "vault_erase", "vault.erase"),
    verb("resolve_again", "resolve every record again", ("auditor", "admin"), "resolve_again"),
    verb("keeper", "the keeper's rounds", MACHINE, "daily_review lapse_measures lapse_agreements",
         note="the keeper alone, who is no role"),
    verb("door", "sign in, show a second factor, lock, leave", NOBODY,
         "token_opens log_sign_in agreement_due",
         "security.login security.logout door.enter own.enter me.leave me.health static second.answer second.ask second.begin "
         "second.codes second.end second.key_end second.key_new second.key_options second.lock second.locked second.open_options "
         "second.open_with_key second.stay second.take second.unlock"),
)

VERBS: tuple[Verb, ...] = READING + WRITING + SETTLING + SHARING + PACKING + SEARCHING + KEEPING

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
    ("source_handler", "_live_recipients _seen_box entry_of vault_state"),
    ("investigator data_steward source_handler", "all_reports"),
    ("data_steward", "device_drafts end_device_drafts subjects_by_external"),
    ("releaser", "settle_unfreeze"),
    ("releaser source_handler", "freezes"),
    ("analyst family partner releaser", "_who"),
    ("family releaser", "_rights_held"),
    ("family partner", "_of_partner keeper_partners_seats"),
    ("analyst family partner", "keeper_end_strays"),
    ("admin family partner", "account_freeze"),
    ("admin", "clearance_settle token_end"),
    ("admin auditor", "accounts clearance_requests compartments tokens"),
    ("auditor", "batch_report jobs"),
    ("auditor releaser", "disclosures"),
    ("auditor data_steward investigator protection_officer releaser", "packages"),
    ("releaser", "_package gate_settle redaction_made"),
    ("auditor releaser", "notices"),
    ("source_handler", "hand_over_ask hand_over_answers"),
    ("data_steward", "declare_work"),
    ("data_steward source_handler", "works"),
    ("partner", "ask_witness"),
    (" ".join(WORKING), "_worker_named"),
)
SEES_MORE: dict[str, frozenset[str]] = {name: frozenset(roles.split()) for roles, names in _SEES_MORE for name in names.split()}

# The same of the policies of tables (20_policies.sql).
POLICIES: dict[str, frozenset[str]] = {
    table: frozenset(roles.split()) for roles, tables in (
        ("admin auditor", "account clearance clearance_request personal_token"), ("auditor releaser", "disclosure package"),
        ("partner", "map_view"), ("source_handler", "search_request submission"), ("data_steward source_handler", "work"),
        ("auditor", "audit_event checkpoint job read_log read_root")) for table in tables.split()}
