"""Lines of inquiry between persons and sites: what to look at first, never what is so.

    links.candidates(session, person="PER-...")            where to look first, and why; computed at that moment
    links.beside(session, person=..., pair=(site, other))   the same and why the one and not the other, asked and logged once
    links.why, links.contrast                               what every bar says of one candidate; why the one and not the other
    links.places(session, codes, question="held")           what the caller is shown of candidates: where, what, when in use
    links.ask(session, question="held"), links.runs         a run of the whole tier waits for the keeper; how far runs are
    links.frame(session, question="held")                   every stored line of inquiry, for scripts
    links.review(session, person, site, to="lead", ...)     what a link is to those who search: a decision

A link changes no status and is never exported as a fact. The score itself (score.bars over a model.World) is plain numpy.
"""
from sitereg.links.candidates import Answer, Candidate, Contrast, beside, candidates, contrast, why
from sitereg.links.places import places
from sitereg.links.review import review, reviews
from sitereg.links.runs import ask, find, frame

__all__ = ["Answer", "Candidate", "Contrast", "ask", "beside", "candidates", "contrast", "explain", "find", "frame", "places",
           "review", "reviews", "why"]
