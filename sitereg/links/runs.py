"""Runs: the lines of inquiry of a whole tier, computed by the keeper and stored, so that nobody waits for them.

A run reads the faces of one tier without compartments, is filled in chunks that each are committed, and goes on where it broke off.
What moves in the registry afterwards is made good by `renew`: a person who changed is ranked anew alone; where a site, a confirmed
link or a transfer changed, so that the world of the run is another, all are moved on, or ranked anew.
"""
import dataclasses
import logging
from contextlib import nullcontext
from datetime import UTC, datetime

import geopandas
import numpy
import shapely

from sitereg import frames
from sitereg.errors import BadInput
from sitereg.links import cluster, engine, kept, relinked, sums, world
from sitereg.links.batch import Ranked
from sitereg.links.resited import resited
from sitereg.links.slots import Slots, weights
from sitereg.store import session as store
from sitereg.store.packing import packed
from sitereg.store.session import Json

CHUNK, PART, MOST_TOP, TOP = 500, 125, 100, 20
TIERS = (1, 2)

log = logging.getLogger("sitereg.links")

__all__ = ["ask", "find", "frame", "renew", "run"]


def ask(session, *, question="held", persons=None, top=TOP, reason=None, scheduler=None):
    """A run of the caller's own tier waits for the keeper; answers the id of its job.

    persons: filters of sitereg.persons.FILTERS, else everybody of the tier. A question of burial has a reason, which is logged.
    scheduler: the Dask scheduler to hand it to; the keeper knows one (SITEREG_SCHEDULER) and refuses every other.
    Raises BadInput, Denied.
    """
    if not 1 <= top <= MOST_TOP:
        raise BadInput("A run keeps between 1 and 100 sites of each person", where=f"top {top}")
    return session.call("link_ask", question=question, persons=Json(dict(persons or {})), top=top, reason=reason,
                        scheduler=scheduler)


def find(session):
    """The runs of the caller's tier, the newest first: how far they are, what they rest on, since when they are out of date."""
    return session.rows("link_runs")


def run(settings, question, tier, *, by, top=TOP, only=None, asked=None, progress=None, scheduler=None):
    """A whole run stands; answers its id and how many persons it holds. For the keeper.

    only: ids of persons, `asked`: the filter that named them; progress(done, of) is called after each chunk.
    scheduler: the Dask scheduler that has it done, else this machine.
    """
    with store.unasked(settings) as opened:
        began, read = datetime.now(UTC), world.load(world.tier(opened.unhurried(), tier), question, tier)
        wanted = {"persons": [str(one) for one in only], "asked": asked or {}} if only is not None else {}
        ids = [row["id"] for row in opened.rows("keeper_link_persons", question=question, tier=tier,
                                                **({} if only is None else {"persons": list(only)}))]
        made = opened.call("keeper_link_begin", question=question, tier=tier, version=read.world.parameters.version,
                           parameters=Json(finite(dataclasses.asdict(read.world.parameters))), mark=world.mark(read), cutoff=began,
                           filter=Json(wanted), top=top, persons=len(ids), counts=Json(counts(read)), by=by)
        ready = set(opened.call("keeper_link_done", run=made))
        noted = any(one["tier"] == tier and one["id"] != made for one in opened.rows("keeper_link_runs"))
    waiting, held = [one for one in ids if one not in ready], laid_out(settings, tier, question, read, top)
    held.engine.start()
    with cluster.Cluster(read.world, scheduler) if scheduler else nullcontext(held.engine) as ranks:
        portion = CHUNK * ranks.hands
        for n in range(0, len(waiting), portion):
            with store.unasked(settings) as opened:
                keep(opened.unhurried(), made, read, waiting[n:n + portion], tier, top, ranks)
            if progress:
                progress(len(ids) - len(waiting) + min(n + portion, len(waiting)), len(ids))
    with store.unasked(settings) as opened:
        many = opened.unhurried().call("keeper_link_end", run=made)
    if held.engine.sums:
        held.engine.sums.whole()
    kept.keep(settings, tier, question, dataclasses.replace(held, run=None if scheduler or ready else made, noted=noted))
    return {"run": str(made), "persons": many}


def laid_out(settings, tier, question, read, top=TOP):
    """The Kept of a world that was just read: the engine that stands for it, else one that takes over what it can."""
    before, mark = kept.find(settings, tier, question), world.mark(read)
    if before and before.mark == mark:
        return kept.Kept(read, mark, before.engine, before.run)
    return kept.Kept(read, mark, sums.Summing(read.world, before=before and before.engine, top=top))


def finite(value):
    """Numbers as JSON holds them: null where there is no bound."""
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not numpy.isfinite(value) else value


def counts(read):
    """What a run rests on, in numbers."""
    made, network = read.world, read.world.network
    return {"sites": len(made.sites), "confirmed": len(made.confirmed), "moves": len(network.moves),
            "documented": len(network.documented), "burials": len(network.burials), "remains_moved": len(network.moved)}


def keep(opened, made, read, persons, tier, top, ranks):
    """The links of these persons stand in a run; answers the ids of those that it can hold."""
    read = dataclasses.replace(read, ask=world.tier(opened, tier))
    found = Ranked.joined([engine.NOBODY, *ranks.run(world.persons(read, persons), top=top, chunk=PART)])
    bars(opened, made, read, found)
    return found.persons


def bars(opened, made, read, found, new=True):
    """What is Ranked stands in a run; new: also of those of whom it holds nothing."""
    if len(found):
        opened.call("keeper_link_rows", run=made, persons=packed(found.persons, "uuid"), ends=packed(found.ends, "int4"),
                    sites=packed([read.world.sites.ids[one] for one in found.sites], "uuid"),
                    parts=packed(found.parts.reshape(-1), "float8"), unlisted=packed(found.unlisted, "float8"),
                    rests=packed(found.rests.reshape(-1), "float8"), near=packed(found.near.reshape(-1), "float8"), new=new,
                    **weights(found))


def renew(settings):
    """What runs say follows from the registry again; answers {run: how many persons were ranked anew}. For the keeper."""
    answer, whole = {}, []
    for tier in TIERS:
        with store.unasked(settings) as opened:
            known = [one for one in opened.rows("keeper_link_runs") if one["tier"] == tier]
            taken = opened.one("keeper_link_take", tier=tier) if known else None
            opened.unhurried()
            for one in known:
                if one["state"] != "done" or not (one["stale"] or taken["sites"] or taken["persons"]):
                    continue
                answer[str(one["id"])], later = (None, None) if one["stale"] else renewed(opened, one, taken)
                if answer[str(one["id"])] is None:
                    whole.append((one, later, taken["persons"]))
    for one, later, persons in whole:
        answer[str(one["id"])] = anew(settings, one, later, persons)
    return answer


def anew(settings, one, later, persons):
    """How many persons of a run whose world has changed were ranked anew or moved on; the run says what the registry says.

    later: the Kept of the changed world, where the run told of the one before until these persons changed; else None.
    """
    question, tier, said = one["question"], one["tier"], one["filter"]
    held = kept.find(settings, tier, question)
    if later and held and held.run == one["id"] and held.mark == bytes(one["mark"]) and held.engine.sums:
        links = relinked.of_reads(later.read, held.read)
        sites = sums.altered(later.read.world, held.read.world, links)
        if sites is not None:
            return followed(settings, one, held, later, sites, persons, links)
    done = run(settings, question, tier, by=one["asked_by"], top=one["top"], only=said.get("persons"), asked=said.get("asked"))
    return done["persons"]


def followed(settings, one, held, later, sites, touched, links):
    """How many persons of a run were moved on to a later world with few other sites; in portions, the run stale meanwhile."""
    tier, question, many, began = one["tier"], one["question"], 0, datetime.now(UTC)
    if links is not None:
        touched = sorted({*touched, *relinked.related(later.read, held.read, links)})
    named = resited(later.read.world, held.read.world).ids(later.read.world, held.read.world)
    later.engine.sums = held.engine.sums
    kept.forget(settings, tier, question)
    with store.unasked(settings) as opened:
        if named:
            touched = sorted({*touched, *opened.call("keeper_link_naming", tier=tier, sites=named)})
        held.engine.sums.drop(touched)
        slots = Slots(opened.unhurried(), one["id"], moving=len(sites) > 0)
    there = slots.at.keys()
    whole = sorted({*among(one, touched), *(there - set(held.engine.sums.whole()[0].ids))})
    for part in sums.moved_on(later.engine.sums, held.engine, later.engine, sites, links):
        stay = numpy.array([person in there for person in part.ids], bool)
        whole += [person for person, lost in zip(part.ids, (stay & ~part.proven).tolist(), strict=True) if lost]
        if part.answer:
            told = part.proven & ~part.same & stay
            light, heavy = part.weights(told & part.light), part.ranked(told & ~part.light, later.read.world.parameters.unlisted)
            with store.unasked(settings) as opened:
                bars(opened.unhurried(), one["id"], later.read, heavy, new=False)
                slots.write(opened, slots.put(light) + slots.put(heavy))
            many += len(light.persons) + len(heavy)
    for n in range(0, len(whole), CHUNK):
        with store.unasked(settings) as opened:
            many += len(keep(opened.unhurried(), one["id"], later.read, whole[n:n + CHUNK], tier, one["top"], later.engine))
    with store.unasked(settings) as opened:
        opened.call("keeper_link_follows", run=one["id"], mark=later.mark, cutoff=began, counts=Json(counts(later.read)))
    kept.keep(settings, tier, question, dataclasses.replace(later, run=one["id"]))
    return many


def among(one, persons):
    """Which of these persons a run is asked about."""
    return [each for each in persons if not one["filter"] or str(each) in set(one["filter"]["persons"])]


def renewed(opened, one, taken):
    """(how many persons of a run were ranked anew, None), or (None, the Kept of its world, which has changed): all must be."""
    question, tier, persons = one["question"], one["tier"], among(one, taken["persons"])
    held, settings = kept.find(opened.settings, tier, question), opened.settings
    if taken["sites"] or not held or held.mark != bytes(one["mark"]) or not held.stands(opened, tier, taken["persons"]):
        now = laid_out(settings, tier, question, world.load(world.tier(opened, tier), question, tier), one["top"])
        if now.mark != bytes(one["mark"]) or now.read.world.parameters.version != one["version"]:
            opened.call("keeper_link_stale", run=one["id"])
            log.info("the run %s is stale", one["id"])
            return None, now
        kept.keep(settings, tier, question, held := now)
    held.engine.drop(taken["persons"])
    return (len(keep(opened, one["id"], held.read, persons, tier, one["top"], held.engine)) if persons else 0), None


def frame(session, *, question="held", persons=None, sites=None, reason=None):
    """Every stored line of inquiry that the caller is shown as a GeoDataFrame (EPSG:4326), without names; the read is logged.

    One row for a person and a site, by rank: the bars in nats (person_fit is the bar `person`), their sum `total`, p, the sizes
    of the sets, what a review settled, whether the run is stale, is_line_of_inquiry (always true); geometry: what is shown of it.
    persons, sites: codes. Burial is asked with a reason.
    """
    table = frames.frame(session, "link_frame", question=question, reason=reason, persons=persons, sites=sites,
                         terms={"question": None, "review": "link_state", "version": None})
    rows = {row["code"]: row for row in session.rows("link_sites", question=question)}
    at = {code: shapely.from_wkb(row["geometry"]) for code, row in rows.items() if row["geometry"] is not None}
    table["uncertainty_m"] = [rows[code]["uncertainty_m"] if code in rows else None for code in table["site"]]
    shapes = numpy.array([*(at.get(code) for code in table["site"]), None], object)[:-1]
    return geopandas.GeoDataFrame(table, geometry=geopandas.array.from_shapely(shapes, crs="EPSG:4326"))
