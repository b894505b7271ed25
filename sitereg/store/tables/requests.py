"""Search requests: the stage in which cases are registered, who asked for whom, what became of it, who of the family reads
its own page and what they wish. Of a wish no time finer than the hour is kept."""
from sqlalchemy import CheckConstraint, Index

from sitereg.store.tables.base import (
    day,
    flag,
    id_pk,
    json,
    moment,
    recorded,
    sealed_row,
    table,
    tiered,
    uid,
    words,
)

stage = table("stage", id_pk(), flag("opens", null=False), words("reason", null=False), *recorded(), *sealed_row())

stage_step = table(
    "stage_step", id_pk(), uid("stage", "stage.id", null=False), words("step", null=False), words("why", null=False),
    *recorded(), *sealed_row(), Index("ix_stage_step_stage", "stage", unique=True),
    CheckConstraint("step in ('agreed', 'refused')", name="step"))

search_request = table(
    "search_request", id_pk(), uid("entry", "entry.id", null=False), uid("source", "source.id", null=False),
    uid("person", "subject.id", null=False), words("urgency", null=False), day("answer_by", null=False), json("said", null=False),
    json("reach", null=False), words("consent_version", null=False), *tiered(), *recorded(), *sealed_row(),
    CheckConstraint("urgency in ('ordinary', 'soon', 'urgent')", name="urgency"),
    Index("ix_search_request_entry", "entry", unique=True), Index("ix_search_request_source", "source"),
    Index("ix_search_request_person", "person"))

request_step = table(
    "request_step", id_pk(), uid("request", "search_request.id", null=False), words("step", null=False), words("why", null=False),
    day("due"), uid("proposal", "proposal.id"), *recorded(), *sealed_row(),
    CheckConstraint("step in ('comparing', 'caseworker', 'asked_back', 'answered', 'left_open', 'matched', 'unmatched', 'opened')",
                    name="step"),
    CheckConstraint("(step in ('left_open', 'answered')) = (due is not null)", name="due"),
    Index("ix_request_step_request", "request", "recorded_at"))

family_access = table(
    "family_access", id_pk(), uid("request", "search_request.id", null=False), uid("account", "account.id", null=False),
    *recorded(), *sealed_row(), Index("ix_family_access_account", "account", unique=True),
    Index("ix_family_access_request", "request"))

family_wish = table(
    "family_wish", id_pk(), uid("request", "search_request.id", null=False), words("wish", null=False), json("value", null=False),
    moment("asked_at", null=False), moment("done_at"), uid("done_by", "account.id"),
    CheckConstraint("wish in ('reach', 'call', 'hear', 'withdraw', 'delete')", name="wish"),
    CheckConstraint("asked_at = date_trunc('hour', asked_at, 'UTC') and done_at = date_trunc('hour', done_at, 'UTC')",
                    name="hours"),
    Index("ix_family_wish_request", "request"))
