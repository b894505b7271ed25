"""What is to be done: tasks, inquiries with their steps, jobs of the keeper."""
from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text

from sitereg.store.tables.base import (
    day,
    id_pk,
    json,
    moment,
    recorded,
    sealed_row,
    table,
    term,
    tiered,
    uid,
    whole,
    words,
)

task = table(
    "task", id_pk(), words("what", null=False), words("why", null=False), uid("subject", "subject.id"),
    term("role", "role"), uid("person", "account.id"), day("due"), json("data", null=False, default="{}"), *tiered(),
    moment("opened_at", null=False, now=True), uid("opened_by", "account.id"), moment("done_at"),
    uid("done_by", "account.id"), words("outcome"),
    Index("ix_task_open", "subject", postgresql_where=text("done_at is null")),
    Index("ix_task_waiting", "tier", "scope", postgresql_where=text("done_at is null")))

inquiry = table(
    "inquiry", id_pk(), uid("subject", "subject.id", null=False), words("question", null=False),
    uid("owner", "account.id", null=False), day("due"), *tiered(), *recorded(), *sealed_row(), uid("task", "task.id"),
    Index("ix_inquiry_subject", "subject"))

inquiry_step = table(
    "inquiry_step", id_pk(), uid("inquiry", "inquiry.id", null=False), words("step", null=False), words("outcome"),
    *recorded(), *sealed_row(), term("kind", "inquiry_step_kind"), day("done_on"), term("result", "inquiry_result"),
    uid("owner", "account.id"), day("due"), whole("n"), UniqueConstraint("inquiry", "n"),
    Index("ix_inquiry_step_inquiry", "inquiry"))

job = table(
    "job", id_pk(), words("kind", null=False), uid("owner", "account.id", null=False),
    json("input", null=False, default="{}"), term("state", "job_state", null=False),
    json("progress", null=False, default="{}"), json("result"), words("error"), moment("queued_at", null=False, now=True),
    moment("started_at"), moment("heartbeat_at"), moment("ended_at"),
    CheckConstraint("(ended_at is null) or (queued_at <= ended_at)", name="times"),
    Index("ix_job_owner", "owner", "queued_at"),
    Index("ix_job_waiting", "queued_at", postgresql_where=text("state in ('queued', 'running')")))
