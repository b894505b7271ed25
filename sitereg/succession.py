"""May a successor institution have what a source said? Who was asked, what they answered; who has not been asked yet."""

__all__ = ["answers", "ask"]


def ask(session, source, *, answer, asked, on, named=False, note=None):
    """It stands recorded who was asked (asked_whom) and the answer (hand_over_answer) on a day; of witnesses by source handlers.

    named: they agree to be named in the hand-over. Refused after it was handed over, each recipient is a task and a notice. Raises
    BadInput, Denied, NotFound, Refused (handler).
    """
    session.call("hand_over_ask", source=source, answer=answer, asked=asked, on_day=on, named=named, note=note)


def answers(session, *, open=False):
    """Each source with whether it goes along, or why not, and what was last recorded; `open`: those without an answer."""
    return session.rows("hand_over_answers", open=open)
