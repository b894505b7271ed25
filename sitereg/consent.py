"""Consent that changes: withdrawn, nothing that rests on it is used or shown until it is given again; then it is reviewed."""

__all__ = ["change", "claims", "review", "show", "withdrawn"]


def show(session, source):
    """A source with its consent and uses now, how they changed, its reviews, and how many claims of which records rest on it."""
    return session.value("source_terms", source=source)


def change(session, source, *, consent, why, permitted_uses=None):
    """The consent (and uses, else as they were) of a source are these from now on.

    Withdrawn or refused: in the same transaction nothing of it is shown or shared any more; each recipient, each status that
    rests on it and its deletion review (within thirty days) is a task. Given again: all stands as it stood, but for what was
    erased meanwhile.
    """
    session.call("change_terms", source=source, consent=consent, why=why, permitted_uses=permitted_uses)


def withdrawn(session):
    """The sources whose consent is gone, for source handlers: by when each is reviewed, or what came of it."""
    return session.rows("withdrawn")


def claims(session, source):
    """What such a source said, without sealed words, for source handlers; the read is logged with the answer: in `acting` alone."""
    return session.rows("withdrawn_claims", source=source)


def review(session, source, *, outcome, why, legal_basis=None):
    """What rests on it is kept, closed, under another basis (`keep`), or its personal words are erased (`erase`): how many.

    Erased are the keys of its identity, its reports, and of persons and documents of which nobody else told; its claims stay as
    rows, and every hash holds. `shared`: cases whose key also seals what others told. Erasing is refused to the one who recorded
    the withdrawal.
    """
    return session.value("review_deletion", source=source, outcome=outcome, why=why, legal_basis=legal_basis)
