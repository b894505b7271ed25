"""Where all in a hand-over comes from, as W3C PROV-JSON: accounts and decisions, what was done, who stands behind it (in kind)."""
PREFIX = {"prov": "http://www.w3.org/ns/prov#", "sr": "urn:sitereg:", "xsd": "http://www.w3.org/2001/XMLSchema#"}
UNIT = "sr:agent/unit"

__all__ = ["document"]


def document(parts, *, unit, package, made):
    """The PROV-JSON document (a dict) of these parts of a hand-over: claims, sources, decisions, documents.

    Entities: claims, decisions, documents, the package. Activities: the event of the audit chain that wrote them, and the import
    of a batch. Agents: each source, under the reference that the files use, named only where it agreed; the unit, no person.
    """
    out = {name: {} for name in ("entity", "activity", "agent", "wasGeneratedBy", "wasAttributedTo",
                                 "wasDerivedFrom", "wasAssociatedWith", "hadMember")}
    out["agent"][UNIT] = {"prov:type": qualified("prov:Organization"), "prov:label": unit}
    out["entity"][package] = {"prov:type": qualified("prov:Collection"), "prov:generatedAtTime": made}
    for one in parts["sources"]:
        name = one["label_en"] or one["label_ar"] if one["named"] else None
        out["agent"][f"sr:source/{one['source']}"] = {"sr:family": one["family"], **({"prov:label": name} if name else {})}
    for one in parts["documents"]:
        out["entity"][f"sr:document/{one['document']}"] = {"prov:type": "document", "sr:sha256": one["sha256"]}
        if one["derived_from"]:
            add(out, "wasDerivedFrom", {"prov:generatedEntity": f"sr:document/{one['document']}",
                                        "prov:usedEntity": f"sr:document/{one['derived_from']}"})
    for one in parts["claims"]:
        claim = f"sr:claim/{one['claim']}"
        out["entity"][claim] = {"prov:type": "claim", "sr:record": one["record"], "sr:field": one["field"]}
        act = act_of(one, f"claim/{one['claim']}")
        generated(out, claim, act, "import" if one["batch"] else "entry", package)
        add(out, "wasAttributedTo", {"prov:entity": claim, "prov:agent": f"sr:source/{one['source']}"})
    for one in parts["decisions"]:
        settled = f"sr:decision/{one['record']}/{one['machine']}/{one['aspect'] or '-'}/{one['seq']}"
        out["entity"][settled] = {"prov:type": "decision", "sr:record": one["record"], "sr:to": one["to_state"]}
        generated(out, settled, act_of(one, settled.removeprefix("sr:")), "decision", package)
    return {"prefix": PREFIX, **{name: held for name, held in out.items() if held}}


def act_of(one, alone):
    """The import or event in which it was written; one of its own where neither is told, since a witness told in it."""
    told = (("batch", one.get("batch")), ("event", one["recorded_in"]))
    return next((f"sr:{kind}/{held}" for kind, held in told if held), f"sr:act/{alone}")


def generated(out, entity, activity, kind, package):
    """The entity came about in that activity, which the unit stands behind, and is a member of the package."""
    if activity not in out["activity"]:
        out["activity"][activity] = {"prov:type": kind}
        add(out, "wasAssociatedWith", {"prov:activity": activity, "prov:agent": UNIT})
    add(out, "wasGeneratedBy", {"prov:entity": entity, "prov:activity": activity})
    add(out, "hadMember", {"prov:collection": package, "prov:entity": entity})


def add(out, relation, said):
    out[relation][f"_:{relation}{len(out[relation]) + 1}"] = said


def qualified(name):
    return {"$": name, "type": "prov:QUALIFIED_NAME"}
