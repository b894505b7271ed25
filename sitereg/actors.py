"""Who is asking: a name and how it was proved, never what that name may do."""

from dataclasses import dataclass
from typing import Literal

How = Literal["password", "local", "sql", "token", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """One account at one moment; rights are looked up in the database, where they may have ended meanwhile.

    account: the account's name. how: the way it was proved (`local` = the operating system's user,
    `sql` = the database's session user, `system` = the keeper itself). request: the id under which errors
    and audit events of this request are found, or None.
    """

    account: str
    how: How
    request: str | None = None

    def __post_init__(self):
        if not self.account or not self.account.strip():
            raise ValueError("An actor needs the name of an account.")
        if self.how not in How.__args__:
            raise ValueError(f"An actor is proved by one of {', '.join(How.__args__)}.")
