"""What `verify` can find, each by one name that stays, with what it means and what to do; and how findings are told shortly."""
from itertools import groupby

LOOK = "Keep a copy of the database as it is, and compare with the newest backup from before."
FAULTS = {  # name: (what it means, what to do)
    "event changed": ("An event of the chain is not what was written.", LOOK),
    "event missing": ("Events between two others are gone.", LOOK),
    "event inserted": ("An event stands in the chain that nobody's act wrote.", LOOK),
    "event reordered": ("An event stands at another place than it was written at.", LOOK),
    "chain broken": ("What an event followed was rewritten, or replaced by something else.", LOOK),
    "tail lost": ("The newest events are gone.", LOOK),
    "chain head changed": ("What the registry holds for its last event is not that event.", LOOK),
    "clock ran backwards": (
        "Something is dated before what it follows.",
        "Set the machine's clock by a time server; ask who moved it."),
    "row changed": ("A row is not what was written.", LOOK),
    "row without event": ("A row belongs to no event of the chain.", LOOK),
    "row added to an event": ("An event has more rows than it was closed with.", LOOK),
    "event without its row": ("Rows of an event are gone.", LOOK),
    "rows of the event differ": ("Rows of an event were replaced by others.", LOOK),
    "row written while triggers were off": ("A row was never sealed: the triggers were off as it was written.", LOOK),
    "triggers off": (
        "A trigger that seals or freezes rows is off now.",
        "Switch it on (sitereg upgrade), then look at what was written meanwhile."),
    "triggers were off": (
        ("Triggers that seal or freeze rows were switched off after this event, and on again at the next such "
         "event."),
        "Ask who did it and why; what stands between these events is not protected by them."),
    "rules altered": (
        "Functions, triggers or policies are not those that the last upgrade wrote.",
        "Run `sitereg upgrade`, then verify again."),
    "record does not follow": (
        "What is shown is not what claims and decisions say.",
        "An auditor or admin runs the job resolve_again; ask who wrote there."),
    "name sought by other words": (
        "What a name is sought by is not what the name says: a search misses it, or meets it by another name.",
        "An auditor or admin runs the job resolve_again; ask who wrote there."),
    "tier changed without a decision": ("A record has a tier that no decision gave it.", LOOK),
    "exact place lowered without a decision": ("An exact place is shown more widely than was decided.", LOOK),
    "does not lie where the freezes in force say": (
        "Something frozen is not hidden, or something is hidden that no freeze holds.",
        "Freeze it again or ask the releasers; ask who wrote there."),
    "page not bound to its original": ("A page of a PDF is no copy of that PDF.", LOOK),
    "reads changed": ("Entries of the log of reads are not what they were.", LOOK),
    "reads missing": ("Entries of the log of reads are gone.", LOOK),
    "reads inserted": ("The log of reads holds entries that were not there as it was rooted.", LOOK),
    "checkpoint not signed by its key": ("A checkpoint is not what was signed.", LOOK),
    "checkpoint signed by another key": (
        "A checkpoint's key is not the keeper's.",
        ("If the key was replaced on purpose, name the old one in keys/keeper.retired; else somebody else "
         "signed.")),
    "checkpoint missing": ("A checkpoint before this one is gone.", LOOK),
    "chain differs from its checkpoint": ("The chain was written anew after it was signed.", LOOK),
    "older than the witness": (
        ("The registry holds fewer events than the witness saw: an older backup was restored, or the newest "
         "events are gone."),
        "Restore the newest backup, or say in writing what was lost."),
    "fork": (("Registry and witness tell two different histories: the chain was written anew, or this is another "
         "registry."), LOOK),
    "another key than the witness": (
        "The registry signs with another key than the one that signed the witness.",
        "Ask who replaced keys/keeper.key; checkpoints of the new key prove nothing of the time before."),
    "file changed": (
        "A kept file has other bytes than it had.",
        "It is handed out to nobody. Put it back from a backup; the keeper looks again."),
    "file truncated": (
        "A kept file is shorter than it was.",
        "It is handed out to nobody. Put it back from a backup; the keeper looks again."),
    "file missing": ("A kept file is gone.", "Put it back from a backup; the keeper looks again."),
    "file extra": (
        "A file lies in the evidence store that no document speaks of.",
        "Ask who put it there; move it out of the store."),
}
MOST = 1000  # of one name in one place

__all__ = ["FAULTS", "MOST", "fault", "shortened"]


def fault(problem, tbl, id=None, event=None):
    """One finding as a dict: its name, in which table (or folder), which row (or file), of which event, what to do."""
    return {"problem": problem, "tbl": tbl, "id": id, "event": event, "what": FAULTS[problem][0], "do": FAULTS[problem][1]}


def shortened(numbers, problem, tbl="audit_event"):
    """Findings of one name at many numbers of the chain: each run of numbers is one finding, its id `first` or `first-last`."""
    for _, run in groupby(enumerate(sorted(numbers)), lambda one: one[1] - one[0]):
        held = [number for _, number in run]
        yield fault(problem, tbl, str(held[0]) if len(held) == 1 else f"{held[0]}-{held[-1]}")
