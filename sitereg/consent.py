"""Consent that changes: withdrawn, nothing that rests on it is used or shown until it is given again; then it is reviewed."""

from sitereg.store.session import Json

__all__ = ["change", "claims", "downstream", "holds", "holds_for", "record", "review", "show", "uses", "withdrawn"]


def record(session, uses, *, version, how, on, why, before=None, source=None, partner=None):
    """What a source (or a partner, of what it passes on) answered stands recorded, and holds from this transaction on.

    uses: {use of consent_use: answer of use_answer}, the others as they were; version: of the text that was shown; how: of
    consent_how; before: before whom, or which kind of representative, where it is not written: an office, no name.
    Answers {uses, narrowed, widened}: which uses are refused from now on, or not any more. Raises BadInput by field, NotFound.
    """
    return session.call_patiently("consent_record", uses=Json(uses), version=version, how=how, on_day=on, why=why, before=before,
                                  source=source, partner=partner)


def uses(session, *, source=None, partner=None):
    """{uses, records}: each use with who says what, whether it is allowed, who decided and where the stricter of two held."""
    return session.value("consent_uses", source=source, partner=partner)


def holds_for(session, code):
    """Each use of a record as a whole: allows, by whom it was decided, how many of how many sources refuse it."""
    return session.rows("record_uses", code=code)


def downstream(session, use, *, source=None, partner=None):
    """What a use has led to, of what one may see: what left for it, releases, persons with lines of inquiry, who is to be told."""
    return session.value("consent_downstream", use=use, source=source, partner=partner)


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


def holds(session, code):
    """What may be done with a record: the uses that all who told of it permit; stricter: whether one permits less than another.

    told: what each kind of them said. An agreement narrows what its sources permit. Raises NotFound, Denied.
    """
    return session.value("record_consent", code=code)


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
