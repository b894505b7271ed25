"""The data dictionary of a hand-over: every column of every file, in words that hold without this program."""
DAY = "a day as ISO 8601"
CODE = "a code; terms.csv says it in English and Arabic"

COLUMNS = {
    "sites": {
        "code": "the site's code: random, and the same in every file", "name_en": "its name in English",
        "name_ar": "its name in Arabic",
        "kinds": "what it was or is: kind, how well that is known (verification), first and last day of use", "protection": CODE,
        "next_review": f"when its protection is to be looked at again, {DAY}", "remains_state": CODE,
        "shown_as": "exact, cell_1km, cell_10km, admin_unit or none: how the place stands here",
        "uncertainty_m": "how far off the place may be, metres", "place_kind": CODE, "method": "how the place came about: " + CODE,
        "country": "ISO 3166", "adm1": "p-code of the governorate", "adm2": "p-code of the district",
        "adm3": "p-code of the sub-district",
        "geometry": "GeoJSON, longitude and latitude in WGS 84 (OGC:CRS84)"},
    "cases": {
        "code": "the case's public reference; no name goes along", "case_state": CODE, "fate": CODE, "whereabouts": CODE,
        "sex": CODE,
        "birth_earliest": f"the first day on which the birth may have been, {DAY}", "birth_latest": f"the last one, {DAY}"},
    "events": {
        "person": "the case that it happened to", "kind": CODE, "at_earliest": f"the first day that it may have been, {DAY}",
        "at_latest": f"the last one, {DAY}", "began": f"the first day of a period, {DAY}", "ended": f"its last day, {DAY}",
        "shown_as": "as of sites", "uncertainty_m": "metres", "pcode": "p-code where an admin unit is all that is known",
        "edition": "edition of the admin units", "site": "code of the site where it was", "reliability": "A to F, of the source",
        "credibility": "1 to 6, of what is said", "first_hand": "whether the source saw it", "geometry": "GeoJSON, OGC:CRS84"},
    "relations": {"site": "code of the first site", "kind": CODE, "other": "code of the second", "began": DAY, "ended": DAY},
    "decisions": {
        "record": "code of the site, case or body of records", "machine": "what kind of thing was settled",
        "aspect": "of what in it",
        "seq": "their order", "from_state": CODE, "to_state": CODE,
        "reason": "in words, where every account that it rests on goes along",
        "approvals": "how many persons agreed besides the one who proposed",
        "annulled": "whether it was undone", "how": "by a person, an import or a rule", "decided_on": f"{DAY}, UTC",
        "recorded_in": "the event of the audit chain; not told of one in which a witness told"},
    "claims": {
        "claim": "the account's own id", "record": "code of what it is about", "record_kind": "site, person or holding",
        "field": "what of it is said", "value": "what is said", "reliability": "A to F", "credibility": "1 to 6",
        "first_hand": "whether the source saw it",
        "source": "the source, as sources.csv has it: of a witness another one for each record",
        "at_earliest": DAY, "at_latest": DAY, "began": DAY, "ended": DAY, "geometry": "GeoJSON, OGC:CRS84",
        "uncertainty_m": "metres",
        "place_kind": CODE, "method": CODE, "pcode": "p-code", "verbatim": "as it was told or written",
        "quote": "the words of the source",
        "recorded": "when it was written down: a day, of a witness a month",
        "recorded_in": "the event of the audit chain; not told of a witness who is not named",
        "batch": "the import that it came with; not told of a witness who is not named"},
    "sources": {
        "source": "a reference: of a witness who is not named another one for each record",
        "type": "what it is, of witnesses not told",
        "family": "what kind of source", "label_en": "what it is called, where it may be named", "label_ar": "the same in Arabic",
        "named": "whether it agreed to be named", "partner_en": "who passed it on, where it may be named",
        "partner_ar": "the same in Arabic",
        "terms": "the terms under which it was received", "consent": CODE, "reliability": "A to F, as it stands now",
        "repeats": "whether it only repeats another one"},
    "documents": {
        "document": "the document's id", "sha256": "of the file that stays with the registry until it is given out",
        "bytes": "its length",
        "media_type": "its kind", "role": CODE, "derived_from": "the document that it is a copy of"},
    "measures": {
        "record_code": "code of the site or records", "record_kind": "site or holding", "kind": CODE, "state": CODE,
        "agent_kind": CODE,
        "issuer": "who ordered it", "legal_basis": "on what basis", "began_earliest": DAY, "began_latest": DAY,
        "ended_earliest": DAY,
        "ended_latest": DAY, "lapses_on": DAY, "note": "in words"},
    "visits": {
        "record_code": "code of the site or records", "record_kind": "site or holding", "method": CODE, "visited_on": DAY,
        "covered": "what was looked at", "not_searched": "what was not", "findings": "in words",
        "negative": "whether nothing was found",
        "damage_assessed": "whether damage was assessed"},
    "disturbances": {
        "record_code": "code of the site or records", "record_kind": "site or holding", "kind": CODE, "by": CODE, "severity": CODE,
        "reversible": "whether it can be made good", "observed_earliest": DAY, "observed_latest": DAY, "reliability": "A to F",
        "credibility": "1 to 6", "is_open": "whether it goes on", "ended_why": "why not", "remedy": "what was done",
        "note": "in words"},
    "terms": {"scheme": "the vocabulary", "code": "the code", "label_en": "in English", "label_ar": "in Arabic"},
}
"""{file: {column: what it means}}; the order is that of the columns."""
