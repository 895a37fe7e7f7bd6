"""What the console needs of the service around it; `pages` of the service fills it in."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Protocol
from uuid import UUID

from cds_service.console.kit import Site
from cds_service.domain.audit import (
    AccessLine,
    Account,
    DayFigures,
    Filters,
    Integrity,
    Listed,
    Person,
    Proven,
    ReleaseLine,
    Role,
    Whole,
    Work,
    WorkAsked,
)
from cds_service.domain.content import Content
from cds_service.domain.decision import Access


class Accounts(Protocol):
    """Who may read the record."""

    def there_are(self) -> bool:
        """Whether there is any account."""

    def sign_in(self, name: str, password: str, address: str) -> str | None:
        """The secret of a new session; `None` where that is refused."""

    def sign_in_from(self, issuer: str, name: str, roles: Collection[Role]) -> str:
        """The secret of a new session of somebody an identity provider vouches for."""

    def person(self, secret: str) -> Person | None:
        """Who is signed in with a secret."""

    def sign_out(self, secret: str) -> None:
        """End a session."""

    def listed(self) -> tuple[Account, ...]:
        """All accounts by name."""

    def change_password(self, name: str, password: str, old: str | None = None) -> bool:
        """Give an account a new password; whether the old one was right."""

    def set_roles(self, name: str, roles: Collection[Role]) -> None:
        """Say what an account may do."""

    def set_active(self, name: str, *, active: bool) -> None:
        """Shut an account, or open it again."""


class Questions(Protocol):
    """What the record holds."""

    def listed(self, wanted: Filters, at_most: int) -> Listed:
        """A page of decisions, latest first."""

    def whole(self, id_: str) -> Whole | None:
        """A decision with its feedback."""

    def decision_of(self, id_: str) -> str | None:
        """The decision meant by its id or by that of a card of it."""

    def proven(self, id_: str) -> Proven:
        """The proof of a decision, checked."""

    def accesses(self, *, who: str, below: int | None, at_most: int) -> tuple[AccessLine, ...]:
        """A page of the access log."""

    def days(self, last: date, many: int, as_of: datetime) -> tuple[DayFigures, ...]:
        """The figures of so many days, the last one last."""

    def clients(self) -> tuple[str, ...]:
        """Clients of which there are decisions."""

    def integrity(self) -> Integrity:
        """The log as it stands, and its newest checkpoints."""

    def releases(self) -> tuple[ReleaseLine, ...]:
        """Content releases, the newest first."""


class Works(Protocol):
    """Copies, reports and verifications that take a while."""

    def start(self, asked: WorkAsked) -> str:
        """Begin one; its id."""

    def find(self, id_: str) -> Work | None:
        """How far it is."""

    def of(self, who: str) -> tuple[Work, ...]:
        """Those of a person, the newest first."""

    def open(self, id_: str) -> IO[bytes]:
        """The file of one that is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The service around the console.

    Attributes:
        content: the release in use. key: secret bytes, the same in every worker.
        note: keeps an access durably before what was read leaves.
        whole_seconds: how long a session lives at most.
        clock: now, UTC. new_uuid: random ids.
    """

    site: Site
    content: Content
    accounts: Accounts
    questions: Questions
    works: Works
    note: Callable[[Access], None]
    key: bytes
    whole_seconds: int
    clock: Callable[[], datetime]
    new_uuid: Callable[[], UUID]
